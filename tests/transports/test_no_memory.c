/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A port that opens while memory runs out: each allocation of it is refused once.  And one that
 * gets no random octets from the system. */
#include "tests/harness.h"
#include "tests/heap.h"
#include "tests/netns.h"
#include "tests/transports/host.h"
#include "tests/transports/kernel.h"
#include "transports/builtin.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

struct row {
	const char *transport, *config[8];
};

/* On an address of this process's own. */
static char own_udp[60], own_atmtcp[60];

static const struct row rows[] = {
	{"udp", {"listen=127.0.0.1:0"}},
	{"udp", {"listen=127.0.0.1:0", "dial-port=ephemeral"}},
	{"frame-relay", {"link=loop:m", "fragment=128", "@100 l2tp ppp", "@200 ppp"}},
	{"frame-relay", {"link=loop:m", "lmi=auto", "role=network", "@100 l2tp ppp"}},
	{"frame-relay", {"link=loop:m", "role=nni", "@100 l2tp"}},
	{"atm", {"link=loop:m", "framing=cells", "oam-interval=5s", "@0/35 l2tp", "@8/48 ppp"}},
	{"atm", {"link=loop:m", "framing=sdus", "@0/35 l2tp", "pcr=1000", "@8/48 ppp"}},
	{"atm", {"link=atmtcp:127.0.0.1:1", "framing=sdus", "@0/35 l2tp"}},
	{"atm", {own_atmtcp, "framing=sdus", "atmtcp-from=127.0.0.0/8"}},
	{"x25", {"link=loop:m", "address=3110", "accept=311*", "@1 l2tp"}},
	{"x25", {"link=loop:m", "framing=lapb"}},
	{"x25", {"link=x25-socket:", "address=3110"}},
	{"atm", {"link=atmpvc:3", "framing=sdus", "@0/35 l2tp", "@8/48 ppp"}},
	{"x25", {"link=xot-listen:127.0.0.1:0", "xot-from=127.0.0.0/8", "accept=311*"}},
	{"x25",
	 {"link=xot:127.0.0.1:0>127.0.0.1", "lci-two-way=9-12", "@1 l2tp",
	  "xot-interface=Serial1"}},
	{"pppoe", {"link=loop:m", "role=server", "services=isp", "services=other"}},
	{"pppoe", {"link=loop:m", "role=client", "@* ppp"}},
	{"serial", {"link=loop:m", "fcs=32"}},
	{"serial", {"device=/dev/ptmx", "chat=OK AT", "chat=CONNECT \"\""}},
	{"loop", {"pair=m", "@1 l2tp ppp"}},
	{"loop", {"pair=m", "threads=yes"}},
	{"frame-relay", {own_udp, "@100 l2tp"}},
	{"frame-relay", {"link=pcap:/none/in.pcap", "@100 l2tp"}},
};
static const struct row device_rows[] = {
	{"frame-relay", {"link=packet:lo", "@100 l2tp"}},
	{"frame-relay", {"link=tap:mem0", "@100 l2tp"}},
	{"x25", {"link=tun:mem0"}},
};

static void own_addresses(void)
{
	snprintf(own_udp, sizeof(own_udp), "link=udp:%s:28129>127.0.0.1:9", kernel_loopback());
	snprintf(own_atmtcp, sizeof(own_atmtcp), "link=atmtcp-listen:%s:28128", kernel_loopback());
}

static const struct ist_transport *no_memory_transport(const char *name)
{
	const struct ist_transport *const *t = ist_builtin_transports;

	while (strcmp((*t)->name, name))
		t++;
	return *t;
}

static bool no_memory_idle(const struct fake_host *h)
{
	for (size_t i = 0; i < 16; i++)
		if (h->watch[i].on_fd)
			return false;
	for (size_t i = 0; i < 32; i++)
		if (h->timer[i].used)
			return false;
	return true;
}

/* As many as are asked for, and zero for what there is not. */
static void no_memory_counters(struct fake_host *h)
{
	uint64_t v[140];
	unsigned n = 0;

	while (h->tr->counters[n].name)
		n++;
	memset(v, 0xff, sizeof(v));
	h->tr->count(h->port, v, 1);
	CU_ASSERT_EQUAL(v[0], 0);
	CU_ASSERT_EQUAL(v[1], UINT64_MAX);
	h->tr->count(h->port, v, n + 4);
	for (unsigned i = 0; i < n + 4; i++)
		CU_ASSERT_EQUAL(v[i], 0);
	CU_ASSERT_EQUAL(v[n + 4], UINT64_MAX);
}

/* The host has no room for a descriptor more.  False once there was none left to refuse. */
static bool no_memory_watch(const struct row *row, unsigned nth)
{
	struct fake_host h;
	char err[200] = "";
	bool refused;
	int r;

	kernel_begin();
	fake_watches_left = nth;
	r = fake_try_unchecked(&h, no_memory_transport(row->transport), row->config, err,
			       sizeof(err));
	if (!r)
		fake_run(&h, fake_now + 100);
	refused = !fake_watches_left;
	fake_watches_left = 0;
	if (r < 0)
		CU_ASSERT_NOT_EQUAL(err[0], '\0');
	if (r < 0)
		CU_ASSERT_TRUE(no_memory_idle(&h));
	if (!r)
		fake_close(&h);
	kernel_end();
	return refused;
}

/* False once no allocation was left to refuse. */
static bool no_memory_try(const struct row *row, unsigned skip)
{
	unsigned before = heap_blocks();
	struct fake_host h;
	char err[200] = "";
	int r;

	heap_refuse(skip);
	r = fake_try_unchecked(&h, no_memory_transport(row->transport), row->config, err,
			       sizeof(err));
	if (!heap_refused()) {
		if (r)
			printf("\n%s %s: %s", row->transport, row->config[0], err);
		CU_ASSERT_EQUAL_FATAL(r, 0);
		no_memory_counters(&h);
		fake_close(&h);
		return false;
	}
	if (!r) { /* a link that is waited for */
		if (!h.warnings)
			printf("\n%s %s, allocation %u: opened (%s)", row->transport,
			       row->config[0], skip, h.last_log);
		CU_ASSERT_EQUAL(h.warnings, 1);
		fake_close(&h);
	} else if (r != -ENOMEM || !strstr(err, "memory")) {
		CU_FAIL("refused for another reason");
		printf("\n%s %s, allocation %u: %d \"%s\"", row->transport, row->config[0], skip, r,
		       err);
	}
	CU_ASSERT_TRUE(no_memory_idle(&h));
	if (heap_blocks() != before)
		printf("\n%s %s, allocation %u: blocks left", row->transport, row->config[0], skip);
	CU_ASSERT_EQUAL(heap_blocks(), before);
	return true;
}

/* The same of a check, which has nothing to wait for. */
static bool no_memory_check(const struct row *row, unsigned skip)
{
	unsigned before = heap_blocks();
	char err[200] = "";
	bool refused;
	int r;

	heap_refuse(skip);
	r = fake_check(no_memory_transport(row->transport), row->config, err, sizeof(err));
	refused = heap_refused();
	CU_ASSERT(refused ? r == -ENOMEM : r >= 0);
	CU_ASSERT_EQUAL(strstr(err, "memory") != NULL, refused);
	CU_ASSERT_EQUAL(heap_blocks(), before);
	return refused;
}

/* One that has AF_X25 and AF_ATMPVC. */
static bool no_memory_on_a_kernel(const struct row *row, unsigned skip)
{
	bool refused;

	kernel_begin();
	refused = no_memory_try(row, skip);
	kernel_end();
	return refused;
}

static void no_memory_rows(const struct row *row, size_t rows_there)
{
	for (size_t i = 0; i < rows_there; i++) {
		unsigned n = 0;

		while (no_memory_on_a_kernel(&row[i], n))
			n++;
		CU_ASSERT(n > 0);
		for (n = 0; no_memory_check(&row[i], n); n++)
			;
		for (n = 1; no_memory_watch(&row[i], n); n++)
			;
	}
}

/* Descriptor 0 is one like the others: with standard input closed, a port gets it, and gives it
 * back. */
static void no_memory_descriptor_0(const struct row *row, size_t rows_there)
{
	int input = fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 3);

	CU_ASSERT_FATAL(input > 2 && !close(STDIN_FILENO));
	for (size_t i = 0; i < rows_there; i++) {
		struct fake_host h;

		kernel_begin();
		fake_open(&h, no_memory_transport(row[i].transport), row[i].config);
		fake_run(&h, fake_now + 1100000);
		fake_close(&h);
		kernel_end();
		if (kernel_next_fd() != STDIN_FILENO)
			CU_FAIL(row[i].config[0]);
	}
	CU_ASSERT_EQUAL(dup2(input, STDIN_FILENO), STDIN_FILENO);
	close(input);
}

static void descriptor_0(void)
{
	own_addresses();
	no_memory_descriptor_0(rows, sizeof(rows) / sizeof(rows[0]));
}

static void each_allocation_refused_once(void)
{
	own_addresses();
	no_memory_rows(rows, sizeof(rows) / sizeof(rows[0]));
}

static void devices(void)
{
	if (!netns_enter("devices"))
		return;
	no_memory_rows(device_rows, sizeof(device_rows) / sizeof(device_rows[0]));
	no_memory_descriptor_0(device_rows, sizeof(device_rows) / sizeof(device_rows[0]));
	netns_leave();
}

/* A host that is not of this ABI, or of too small a table, opens nothing. */
static void another_abi(void)
{
	for (const struct ist_transport *const *t = ist_builtin_transports; *t; t++)
		for (int i = 0; i < 2; i++) {
			const struct ist_port_config cfg = {.size = sizeof(cfg)};
			struct ist_port *port = NULL;
			struct fake_host h;
			char err[100] = "";

			fake_init(&h);
			h.host.abi += i;
			h.host.size -= !i;
			CU_ASSERT_EQUAL((*t)->open(&port, &h.host, &h, &cfg, err, sizeof(err)),
					-EPROTO);
			CU_ASSERT_STRING_EQUAL(err, "host speaks another transport ABI");
			CU_ASSERT_PTR_NULL(port);
		}
}

/* --- no random octets ------------------------------------------------------------------------- */

ssize_t __real_getrandom(void *buf, size_t len, unsigned flags);
ssize_t __wrap_getrandom(void *buf, size_t len, unsigned flags);

/* What it gives instead of what was asked for; 0 = as the system does. */
static ssize_t no_random;

ssize_t __wrap_getrandom(void *buf, size_t len, unsigned flags)
{
	uint8_t *octets = buf;

	if (no_random || !fake_random)
		return no_random ? no_random : __real_getrandom(buf, len, flags);
	for (size_t i = 0; i < len; i++)
		octets[i] = (uint8_t)test_rand(fake_random);
	return (ssize_t)len;
}

/* A key that is not random, or only in part, would let others choose what is found in one place. */
static void no_random_octets(void)
{
	static const struct row keyed[] = {
		{"udp", {"listen=127.0.0.1:0"}},
		{"pppoe", {"link=loop:m", "role=server"}},
		{"pppoe", {"link=loop:m", "role=client"}},
	};
	static const ssize_t given[] = {-1, 1, 15};

	for (size_t i = 0; i < sizeof(keyed) / sizeof(keyed[0]); i++)
		for (size_t j = 0; j < sizeof(given) / sizeof(given[0]); j++) {
			struct fake_host h;
			char err[200] = "";

			no_random = given[j];
			CU_ASSERT_EQUAL(fake_try(&h, no_memory_transport(keyed[i].transport),
						 keyed[i].config, err, sizeof(err)),
					-EIO);
			no_random = 0;
			CU_ASSERT_STRING_EQUAL(err, "no random octets from the system");
			CU_ASSERT_TRUE(no_memory_idle(&h));
		}
}

static void no_socket_to_listen_with(void)
{
	static const char *const keys[] = {"link=xot-listen:127.0.0.1:0", NULL};
	struct fake_host h;
	char err[200];

	kernel_fail("socket", 0, 0, EMFILE);
	CU_ASSERT_EQUAL(fake_try(&h, no_memory_transport("x25"), keys, err, sizeof(err)), -EMFILE);
	CU_ASSERT_TRUE(kernel_failed());
	CU_ASSERT_TRUE(no_memory_idle(&h));
	CU_ASSERT_STRING_EQUAL(err, "link xot-listen:127.0.0.1:0: Too many open files");
}

/* --- another ABI ------------------------------------------------------------------------------- */

static void a_host_of_another_abi(void)
{
	for (const struct ist_transport *const *t = ist_builtin_transports; *t; t++) {
		const struct ist_port_config cfg = {.size = sizeof(cfg)};
		struct ist_port *p;
		struct fake_host h;
		char err[100] = "";

		fake_init(&h);
		h.host.abi++;
		CU_ASSERT_EQUAL((*t)->open(&p, &h.host, &h, &cfg, err, sizeof(err)), -EPROTO);
		CU_ASSERT_STRING_EQUAL(err, "host speaks another transport ABI");
	}
}

static const struct test_case cases[] = {
	{"a_host_of_another_abi", a_host_of_another_abi},
	{"each_allocation_of_a_port_refused_once", each_allocation_refused_once},
	{"and_of_one_on_a_device", devices},
	{"descriptor_0", descriptor_0},
	{"another_abi", another_abi},
	{"no_random_octets", no_random_octets},
	{"no_socket_to_listen_with", no_socket_to_listen_with},
	{NULL, NULL},
};
const struct test_suite suite_no_memory = {"no_memory", cases};
