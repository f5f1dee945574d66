/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the table allows, and requests from octets to a descriptor. */
#include "gw/keeper/opener.h"
#include "tests/harness.h"
#include "tests/heap.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

/* What was done last. */
static struct {
	struct ist_open open;
	struct opener_change change;
	unsigned opens, changes, which;
	int answer; /* 0 = a descriptor, or it is done */
} done;

static int done_open(const struct ist_open *what)
{
	done.open = *what;
	done.opens++;
	return done.answer ? done.answer : open("/dev/null", O_RDONLY | O_CLOEXEC);
}

static int done_change(const struct opener_change *c)
{
	done.change = *c;
	done.changes++;
	return done.answer;
}

static int done_sas(unsigned which)
{
	done.which = which;
	return done.answer ? done.answer : open("/dev/null", O_RDONLY | O_CLOEXEC);
}

static struct opener *opener_of_test(void)
{
	static const struct opener_ops ops = {done_open, done_change, NULL, done_sas};
	struct opener *o = opener_new(&ops);

	memset(&done, 0, sizeof(done));
	CU_ASSERT_FATAL(o != NULL);
	return o;
}

static struct ist_open named(uint8_t kind, const char *name)
{
	struct ist_open w = {.size = sizeof(w), .kind = kind};

	snprintf(w.name, sizeof(w.name), "%s", name);
	return w;
}

static struct opener_net net(bool v6, const char *hex, uint8_t bits)
{
	struct opener_net n = {.v6 = v6, .bits = bits};

	test_hex(n.addr + (v6 ? 0 : 12), v6 ? 16 : 4, hex);
	return n;
}

/* --- the table -------------------------------------------------------------------------------- */

static void opener_opens_the_same_only(void)
{
	struct opener *o = opener_of_test();
	struct ist_open w = named(IST_OPEN_PACKET, "eth1"), other = w;

	CU_ASSERT_FALSE(opener_allows_open(o, &w));
	CU_ASSERT_FATAL(opener_may_open(o, &w));
	CU_ASSERT_TRUE(opener_allows_open(o, &w));
	/* every octet counts */
	for (size_t i = 0; i < sizeof(w); i++) {
		other = w;
		((uint8_t *)&other)[i] ^= 1;
		CU_ASSERT_FALSE(opener_allows_open(o, &other));
	}
	/* many rows */
	for (unsigned i = 0; i < 100; i++) {
		w = named(IST_OPEN_TTY, "/dev/ttyS");
		w.name[9] = (char)('0' + i);
		CU_ASSERT_FATAL(opener_may_open(o, &w));
	}
	CU_ASSERT_TRUE(opener_allows_open(o, &w));
	w = named(IST_OPEN_PACKET, "eth1");
	CU_ASSERT_TRUE(opener_allows_open(o, &w));
	opener_free(o);
	opener_free(NULL);
}

/* "%d" is a number, of TUN and TAP devices only. */
static void opener_numbers_of_devices(void)
{
	static const struct {
		uint8_t kind;
		const char *allowed, *asked;
		bool ok;
	} rows[] = {
		{IST_OPEN_TUN, "ist%d", "ist%d", true},	 {IST_OPEN_TUN, "ist%d", "ist0", true},
		{IST_OPEN_TUN, "ist%d", "ist123", true}, {IST_OPEN_TUN, "ist%d", "ist", false},
		{IST_OPEN_TUN, "ist%d", "ist1x", false}, {IST_OPEN_TUN, "ist%d", "is1", false},
		{IST_OPEN_TUN, "ist%d", "xist1", false}, {IST_OPEN_TUN, "ist", "ist1", false},
		{IST_OPEN_TAP, "tap%d", "tap7", true},	 {IST_OPEN_TUN, "%d", "7", true},
		{IST_OPEN_PACKET, "e%d", "e1", false},	 {IST_OPEN_TUN, "i%dx", "i1x", false},
		{IST_OPEN_PACKET, "e%d", "e%d", true},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct opener *o = opener_of_test();
		struct ist_open w = named(rows[i].kind, rows[i].allowed);

		CU_ASSERT_FATAL(opener_may_open(o, &w));
		w = named(rows[i].kind, rows[i].asked);
		CU_ASSERT_EQUAL(opener_allows_open(o, &w), rows[i].ok);
		opener_free(o);
	}
}

static struct opener_change change(uint8_t kind, const char *device, struct opener_net n)
{
	struct opener_change c = {.kind = kind, .add = true, .net = n};

	snprintf(c.device, sizeof(c.device), "%s", device);
	return c;
}

static void opener_changes_inside_a_network(void)
{
	const struct opener_net pool = net(false, "0a400000", 12), all4 = net(false, "00000000", 0),
				v6 = net(true, "20010db8006400000000000000000000", 48);
	static const struct {
		uint8_t kind;
		const char *device;
		bool v6;
		const char *hex;
		uint8_t bits;
		bool ok;
	} rows[] = {
		{OPENER_ROUTE, "ist0", false, "0a400000", 12, true},
		{OPENER_ROUTE, "ist0", false, "0a4f0000", 16, true}, /* the last of its /12 */
		{OPENER_ROUTE, "ist0", false, "0a4f0001", 32, true},
		{OPENER_ROUTE, "ist0", false, "0a500000", 16, false},
		{OPENER_ROUTE, "ist0", false, "0a400000", 11, false},
		{OPENER_ROUTE, "ist0", false, "00000000", 0, false},
		{OPENER_ROUTE, "eth0", false, "0a400000", 12, false},
		{OPENER_ADDRESS, "ist0", false, "0a400001", 32, false}, /* it is for routes */
		{OPENER_ROUTE, "ist0", true, "20010db8006400010000000000000000", 64, true},
		{OPENER_ROUTE, "ist0", true, "20010db8006500000000000000000000", 64, false},
		{OPENER_ROUTE, "ist0", true, "20010db8006400000000000000000000", 47, false},
		{OPENER_ADDRESS, "home", false, "c0000201", 32, true},
		{OPENER_ADDRESS, "home", true, "20010db8000000000000000000000001", 64, false},
		{OPENER_ROUTE, "home", false, "c0000201", 32, false},
	};
	struct opener *o = opener_of_test();

	CU_ASSERT_FATAL(opener_may_route(o, "ist%d", &pool) && opener_may_route(o, "ist%d", &v6) &&
			opener_may_address(o, "home", &all4));
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct opener_change c = change(rows[i].kind, rows[i].device,
						      net(rows[i].v6, rows[i].hex, rows[i].bits));

		CU_ASSERT_EQUAL(opener_allows_change(o, &c), rows[i].ok);
	}
	opener_free(o);
}

/* A reload may have brought other networks than those that routes were added for. */
static void opener_removes_routes_of_its_devices(void)
{
	const struct opener_net pool = net(false, "0a400000", 12);
	struct opener_change c = change(OPENER_ROUTE, "ist0", net(false, "0a500000", 16));
	struct opener *o = opener_of_test();

	CU_ASSERT_FATAL(opener_may_route(o, "ist%d", &pool));
	CU_ASSERT_FALSE(opener_allows_change(o, &c));
	c.add = false;
	CU_ASSERT_TRUE(opener_allows_change(o, &c));
	memcpy(c.device, "eth0", 5);
	CU_ASSERT_FALSE(opener_allows_change(o, &c));
	c = change(OPENER_ADDRESS, "ist0", net(false, "0a500001", 32));
	c.add = false;
	CU_ASSERT_FALSE(opener_allows_change(o, &c));
	opener_free(o);
}

static void opener_changes_of_state_and_far_ends(void)
{
	const struct opener_net all4 = net(false, "00000000", 0);
	struct opener *o = opener_of_test();
	struct opener_change c = change(OPENER_LINK, "home", all4);

	CU_ASSERT_FALSE(opener_allows_change(o, &c));
	CU_ASSERT_FATAL(opener_may_address(o, "home", &all4));
	CU_ASSERT_FALSE(opener_may_address(o, "a-name-of-16-oct", &all4));
	CU_ASSERT_TRUE(opener_allows_change(o, &c));
	memcpy(c.device, "eth0", 5);
	CU_ASSERT_FALSE(opener_allows_change(o, &c));
	/* a far end is one host: a network would be a route */
	c = change(OPENER_ADDRESS, "home", net(false, "0a000001", 32));
	c.has_peer = true;
	c.peer = net(false, "0a000002", 32);
	CU_ASSERT_TRUE(opener_allows_change(o, &c));
	c.peer = net(false, "00000000", 0);
	CU_ASSERT_FALSE(opener_allows_change(o, &c));
	c.peer = net(false, "0a000002", 31);
	CU_ASSERT_FALSE(opener_allows_change(o, &c));
	opener_free(o);
}

static void opener_without_memory(void)
{
	static const struct opener_ops ops = {done_open, done_change, NULL, done_sas};
	const struct opener_net all4 = net(false, "00000000", 0);
	struct ist_open w = named(IST_OPEN_TTY, "/dev/ttyS0");
	struct opener *o = opener_of_test();

	heap_refuse(0);
	CU_ASSERT_PTR_NULL(opener_new(&ops));
	heap_refuse(0);
	CU_ASSERT_FALSE(opener_may_open(o, &w));
	heap_refuse(0);
	CU_ASSERT_FALSE(opener_may_route(o, "ist0", &all4));
	CU_ASSERT(heap_refused());
	CU_ASSERT_FALSE(opener_allows_open(o, &w));
	CU_ASSERT_TRUE(opener_may_open(o, &w) && opener_allows_open(o, &w));
	opener_free(o);
}

/* --- requests --------------------------------------------------------------------------------- */

static int opener_run(struct opener *o, uint8_t kind, const uint8_t *body, size_t len, int *fd)
{
	const struct keeper_request *r = opener_requests;
	struct rd rd = rd_init(body, len);
	uint8_t room[8];
	struct wr answer = wr_init(room, sizeof(room));
	int rc;

	*fd = -1;
	while (r->kind && r->kind != kind)
		r++;
	CU_ASSERT_FATAL(r->kind == kind);
	rc = r->run(o, KEEPER_DATA, &rd, &answer, fd);
	CU_ASSERT_EQUAL(answer.len, 0);
	return rc;
}

static void opener_opens_what_is_asked(void)
{
	struct opener *o = opener_of_test();
	struct ist_open w = named(IST_OPEN_READ, "/var/lib/x.pcap");
	uint8_t body[400];
	struct wr wr = wr_init(body, sizeof(body));
	int fd;

	opener_put_open(&wr, &w);
	CU_ASSERT_EQUAL(opener_run(o, OPENER_OPEN, body, wr.len, &fd), EACCES);
	CU_ASSERT(fd == -1 && !done.opens);
	CU_ASSERT_FATAL(opener_may_open(o, &w));
	CU_ASSERT_EQUAL(opener_run(o, OPENER_OPEN, body, wr.len, &fd), 0);
	CU_ASSERT(fd >= 0 && done.opens == 1);
	close(fd);
	/* a symbolic link, which the other process may have made, is not followed */
	CU_ASSERT_EQUAL(done.open.flags, IST_OPEN_NO_LINK);
	CU_ASSERT_STRING_EQUAL(done.open.name, w.name);
	done.answer = -ENOENT;
	CU_ASSERT_EQUAL(opener_run(o, OPENER_OPEN, body, wr.len, &fd), ENOENT);
	CU_ASSERT_EQUAL(fd, -1);
	CU_ASSERT_EQUAL(opener_run(o, OPENER_OPEN, body, wr.len - 1, &fd), EBADMSG);
	CU_ASSERT_EQUAL(opener_run(o, OPENER_OPEN, body, 0, &fd), EBADMSG);
	CU_ASSERT_EQUAL(done.opens, 2);
	opener_free(o);
}

/* The next life of data gets what is open; what it does not ask for, or has closed, goes. */
static void opener_holds_what_is_open(void)
{
	struct opener *o = opener_of_test();
	struct ist_open w = named(IST_OPEN_LISTEN, "");
	uint8_t body[400];
	struct wr wr = wr_init(body, sizeof(body));
	int fd;

	w.family = 4;
	opener_put_open(&wr, &w);
	CU_ASSERT_FATAL(opener_may_open(o, &w));
	for (unsigned life = 0; life < 3; life++) {
		CU_ASSERT_EQUAL(opener_run(o, OPENER_OPEN, body, wr.len, &fd), 0);
		CU_ASSERT(fd >= 0 && done.opens == 1);
		close(fd);
		opener_data_begins(o);
	}
	CU_ASSERT_EQUAL(opener_run(o, OPENER_SETTLED, body, 1, &fd), EBADMSG);
	CU_ASSERT_EQUAL(opener_run(o, OPENER_SETTLED, NULL, 0, &fd), 0);
	for (unsigned i = 2; i < 4; i++) { /* twice in one life */
		CU_ASSERT_EQUAL(opener_run(o, OPENER_OPEN, body, wr.len, &fd), 0);
		CU_ASSERT(fd >= 0 && done.opens == i);
		close(fd);
	}
	CU_ASSERT_EQUAL(opener_run(o, OPENER_RELEASED, body, wr.len - 1, &fd), EBADMSG);
	CU_ASSERT_EQUAL(opener_run(o, OPENER_RELEASED, body, wr.len, &fd), 0);
	opener_data_begins(o);
	CU_ASSERT_EQUAL(opener_run(o, OPENER_OPEN, body, wr.len, &fd), 0);
	CU_ASSERT(fd >= 0 && done.opens == 4); /* it was not held any more */
	close(fd);
	CU_ASSERT_EQUAL(opener_run(o, OPENER_CLOSED, (const uint8_t *)"ist0", 4, &fd), 0);
	CU_ASSERT_EQUAL(opener_run(o, OPENER_CLOSED,
				   (const uint8_t *)"ist\0"
						    "0",
				   5, &fd),
			EBADMSG);
	CU_ASSERT_EQUAL(opener_run(o, OPENER_CLOSED, (const uint8_t *)"a-name-of-16-oct", 16, &fd),
			EBADMSG);
	CU_ASSERT_EQUAL(opener_run(o, OPENER_CLOSED, NULL, 0, &fd), EBADMSG);
	opener_free(o);
}

static void opener_changes_what_is_asked(void)
{
	static const uint8_t kinds[] = {OPENER_LINK, OPENER_ADDRESS, OPENER_ROUTE};
	const struct opener_net all4 = net(false, "00000000", 0);

	for (size_t i = 0; i < sizeof(kinds); i++) {
		struct opener *o = opener_of_test();
		const struct opener_change c = change(kinds[i], "home", net(false, "0a000001", 32));
		uint8_t body[100];
		struct wr wr = wr_init(body, sizeof(body));
		int fd;

		opener_put_change(&wr, &c);
		CU_ASSERT_EQUAL(opener_run(o, kinds[i], body, wr.len, &fd), EACCES);
		CU_ASSERT_FATAL(opener_may_address(o, "home", &all4) &&
				opener_may_route(o, "home", &all4));
		CU_ASSERT_EQUAL(opener_run(o, kinds[i], body, wr.len, &fd), 0);
		CU_ASSERT(done.changes == 1 && done.change.kind == kinds[i] && fd == -1);
		CU_ASSERT_STRING_EQUAL(done.change.device, "home");
		done.answer = -EEXIST;
		CU_ASSERT_EQUAL(opener_run(o, kinds[i], body, wr.len, &fd), EEXIST);
		CU_ASSERT_EQUAL(opener_run(o, kinds[i], body, wr.len - 1, &fd), EBADMSG);
		CU_ASSERT_EQUAL(done.changes, 2);
		opener_free(o);
	}
}

/* A new file in the folder of captures: the error, and its descriptor. */
static int opener_capture(struct opener *o, const char *name, uint8_t trial, int *fd)
{
	uint8_t body[300];
	struct wr w = wr_init(body, sizeof(body));

	wr_u8(&w, trial);
	wr_bytes(&w, name, strlen(name));
	return opener_run(o, OPENER_CAPTURE, body, w.len, fd);
}

static void opener_makes_captures(void)
{
	struct opener *o = opener_of_test();
	char folder[] = "/tmp/opener.XXXXXX", path[64], name[OPENER_CAPTURE_NAME + 1];
	static const char *const bad[] = {"", "../x", "a/b", ".x", "-x", "a b", "/etc/x"};
	int fd;

	CU_ASSERT_FATAL(mkdtemp(folder) != NULL);
	snprintf(path, sizeof(path), "%s/a.pcap", folder);
	CU_ASSERT_EQUAL(opener_capture(o, "a.pcap", 0, &fd), EACCES);
	CU_ASSERT_FATAL(opener_may_capture(o, folder));
	/* a trial leaves nothing behind */
	CU_ASSERT_EQUAL(opener_capture(o, "a.pcap", 1, &fd), 0);
	CU_ASSERT(fd == -1 && access(path, F_OK) < 0);
	CU_ASSERT_EQUAL(opener_capture(o, "a.pcap", 0, &fd), 0);
	CU_ASSERT(fd >= 0 && write(fd, "x", 1) == 1 && access(path, F_OK) == 0);
	close(fd);
	/* what is there is neither written over nor removed */
	CU_ASSERT_EQUAL(opener_capture(o, "a.pcap", 0, &fd), EEXIST);
	CU_ASSERT_EQUAL(opener_capture(o, "a.pcap", 1, &fd), EEXIST);
	CU_ASSERT(access(path, F_OK) == 0);
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		CU_ASSERT_EQUAL(opener_capture(o, bad[i], 0, &fd), EBADMSG);
	memset(name, 'a', sizeof(name) - 1);
	name[sizeof(name) - 1] = '\0';
	CU_ASSERT_EQUAL(opener_capture(o, name, 0, &fd), EBADMSG);
	CU_ASSERT_EQUAL(opener_capture(o, "b.pcap", 2, &fd), EBADMSG);
	CU_ASSERT_EQUAL(opener_run(o, OPENER_CAPTURE, NULL, 0, &fd), EBADMSG);
	unlink(path);
	CU_ASSERT_EQUAL(rmdir(folder), 0);
	CU_ASSERT_EQUAL(opener_capture(o, "a.pcap", 0, &fd), ENOENT);
	opener_free(o);
}

static int opener_spool(struct opener *o, const char *path, uint8_t which, int *fd)
{
	uint8_t body[300];
	struct wr w = wr_init(body, sizeof(body));

	wr_u8(&w, which);
	wr_bytes(&w, path, strlen(path));
	return opener_run(o, OPENER_SPOOL, body, w.len, fd);
}

/* Two files of the path that is allowed, which are nobody else's while they are open. */
static void opener_opens_spools(void)
{
	struct opener *o = opener_of_test();
	char folder[] = "/tmp/opener.XXXXXX", path[64], file[80];
	int fd, again;

	CU_ASSERT_FATAL(mkdtemp(folder) != NULL);
	snprintf(path, sizeof(path), "%s/isp", folder);
	snprintf(file, sizeof(file), "%s.1", path);
	CU_ASSERT_EQUAL(opener_spool(o, path, 0, &fd), EACCES);
	CU_ASSERT_FATAL(opener_may_spool(o, "/nowhere/isp") && opener_may_spool(o, path));
	CU_ASSERT_EQUAL(opener_spool(o, path, 2, &fd), EBADMSG);
	CU_ASSERT_EQUAL(opener_spool(o, folder, 0, &fd), EACCES);
	CU_ASSERT_EQUAL(opener_spool(o, "/nowhere/isp", 0, &fd), ENOENT);
	CU_ASSERT_EQUAL_FATAL(opener_spool(o, path, 1, &fd), 0);
	CU_ASSERT_EQUAL(write(fd, "x", 1), 1);
	CU_ASSERT_EQUAL(opener_spool(o, path, 1, &again), EBUSY);
	close(fd);
	CU_ASSERT_EQUAL_FATAL(opener_spool(o, path, 1, &again), 0);
	CU_ASSERT_EQUAL(read(again, file, 1), 1); /* what was there is there */
	close(again);
	snprintf(file, sizeof(file), "%s.1", path);
	unlink(file);
	/* a link leads nowhere */
	CU_ASSERT_EQUAL(symlink("/etc/passwd", file), 0);
	CU_ASSERT_EQUAL(opener_spool(o, path, 1, &fd), ELOOP);
	unlink(file);
	CU_ASSERT_EQUAL(mkdir(file, 0700), 0);
	CU_ASSERT_EQUAL(opener_spool(o, path, 1, &fd), EISDIR);
	CU_ASSERT_EQUAL(rmdir(file), 0);
	CU_ASSERT_EQUAL(rmdir(folder), 0);
	opener_free(o);
}

/* A section that is removed may still have records there. */
static void opener_keeps_to_former_spools(void)
{
	struct opener *o = opener_of_test(), *other = opener_of_test();
	int fd;

	CU_ASSERT_FATAL(opener_may_spool(o, "/nowhere/a") && opener_may_spool(o, "/nowhere/b") &&
			opener_may_spool(other, "/nowhere/b"));
	opener_swap_rules(o, other);
	CU_ASSERT_EQUAL(opener_spool(o, "/nowhere/a", 0, &fd), ENOENT);
	CU_ASSERT_EQUAL(opener_spool(o, "/nowhere/b", 0, &fd), ENOENT);
	CU_ASSERT_EQUAL(opener_spool(o, "/nowhere/c", 0, &fd), EACCES);
	opener_free(other);
	other = opener_of_test();
	opener_swap_rules(o, other);
	CU_ASSERT_EQUAL(opener_spool(o, "/nowhere/a", 0, &fd), ENOENT);
	opener_free(other);
	opener_free(o);
}

/* Each life of control gets the same socket, until the configuration is without it; data none. */
static void opener_keeps_sockets_of_control(void)
{
	struct opener *o = opener_of_test(), *other = opener_of_test();
	struct ist_open w = named(IST_OPEN_UDP, "");
	uint8_t body[400];
	struct wr wr = wr_init(body, sizeof(body));
	int fd;

	w.family = 4;
	opener_put_open(&wr, &w);
	CU_ASSERT_EQUAL(opener_run(o, OPENER_SOCKET, body, wr.len, &fd), EACCES);
	CU_ASSERT_FATAL(opener_may_open(o, &w));
	CU_ASSERT_EQUAL(opener_run(o, OPENER_SOCKET, body, wr.len, &fd), EACCES);
	CU_ASSERT_FATAL(opener_may_socket(o, &w) && opener_may_socket(other, &w));
	CU_ASSERT_EQUAL(opener_run(o, OPENER_SOCKET, body, wr.len - 1, &fd), EBADMSG);
	done.answer = -EADDRINUSE;
	CU_ASSERT_EQUAL(opener_run(o, OPENER_SOCKET, body, wr.len, &fd), EADDRINUSE);
	CU_ASSERT_EQUAL(fd, -1);
	done.answer = 0;
	for (unsigned life = 0; life < 3; life++) {
		CU_ASSERT_EQUAL(opener_run(o, OPENER_SOCKET, body, wr.len, &fd), 0);
		CU_ASSERT(fd >= 0 && done.opens == 2);
		close(fd);
	}
	/* neither a life of data nor the same rules again are anything to it */
	opener_data_begins(o);
	CU_ASSERT_EQUAL(opener_run(o, OPENER_SETTLED, NULL, 0, &fd), 0);
	opener_swap_rules(o, other);
	CU_ASSERT_EQUAL(opener_run(o, OPENER_SOCKET, body, wr.len, &fd), 0);
	CU_ASSERT(fd >= 0 && done.opens == 2);
	close(fd);
	opener_free(other);
	other = opener_of_test();
	opener_swap_rules(o, other);
	CU_ASSERT_EQUAL(opener_run(o, OPENER_SOCKET, body, wr.len, &fd), EACCES);
	opener_swap_rules(o, other);
	done.opens = 2;
	CU_ASSERT_EQUAL(opener_run(o, OPENER_SOCKET, body, wr.len, &fd), 0);
	CU_ASSERT(fd >= 0 && done.opens == 3); /* it was closed in between */
	close(fd);
	opener_free(o);
	opener_free(other);
}

/* Only where the configuration has IPsec. */
static void opener_gives_associations(void)
{
	struct opener *o = opener_of_test();
	static const uint8_t body[] = {1, 0};
	int fd;

	CU_ASSERT_EQUAL(opener_run(o, OPENER_SAS, body, 1, &fd), EACCES);
	opener_may_sas(o);
	CU_ASSERT_EQUAL(opener_run(o, OPENER_SAS, body, 0, &fd), EBADMSG);
	CU_ASSERT_EQUAL(opener_run(o, OPENER_SAS, body, 2, &fd), EBADMSG);
	CU_ASSERT_EQUAL(opener_run(o, OPENER_SAS, body, 1, &fd), 0);
	CU_ASSERT_TRUE(fd >= 0 && done.which == 1);
	close(fd);
	done.answer = -EPERM;
	CU_ASSERT_EQUAL(opener_run(o, OPENER_SAS, body, 1, &fd), EPERM);
	opener_free(o);
}

/* Control opens nothing, and data changes no addresses. */
static void opener_requests_have_a_sender(void)
{
	for (const struct keeper_request *r = opener_requests; r->kind; r++)
		CU_ASSERT_EQUAL(r->from,
				1u << (r->kind == OPENER_OPEN || r->kind == OPENER_CLOSED ||
						       r->kind == OPENER_SETTLED ||
						       r->kind == OPENER_RELEASED
					       ? KEEPER_DATA
					       : KEEPER_CONTROL));
}

/* --- asking ----------------------------------------------------------------------------------- */

struct opener_far {
	struct opener *o;
	int sock;
	bool no_descriptor; /* it answers without one */
};

/* Keeper, as far as one request goes. */
static void *opener_far_side(void *arg)
{
	const struct opener_far *f = arg;
	uint8_t buf[KEEPER_MSG_MAX], room[8];
	struct wr w = wr_init(room, sizeof(room));
	const struct keeper_request *r = opener_requests;
	struct keeper_msg q, a = {.fd = {-1}};
	struct rd body;

	if (keeper_recv(f->sock, buf, &q) != 1)
		return NULL;
	while (r->kind && r->kind != q.kind)
		r++;
	body = rd_init(q.body, q.len);
	a.kind = q.kind;
	a.error = r->kind ? (uint16_t)r->run(f->o, KEEPER_DATA, &body, &w, &a.fd[0]) : ENOSYS;
	a.fds = a.fd[0] >= 0 && !f->no_descriptor;
	keeper_send(f->sock, &a);
	if (a.fd[0] >= 0)
		close(a.fd[0]);
	return NULL;
}

/* What asking says; of a change when c is not NULL. */
static int opener_asked_by(struct opener_far *f, const struct ist_open *what,
			   const struct opener_change *c,
			   int (*ask)(void *link, const struct ist_open *what))
{
	struct keeper_link l = {.notice = -1, .lock = PTHREAD_MUTEX_INITIALIZER};
	int sv[2], r;
	pthread_t t;

	CU_ASSERT_FATAL(!socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, sv));
	l.ask = sv[0];
	f->sock = sv[1];
	CU_ASSERT_FATAL(!pthread_create(&t, NULL, opener_far_side, f));
	r = c ? opener_ask_change(&l, c) : ask(&l, what);
	pthread_join(t, NULL);
	close(sv[0]);
	close(sv[1]);
	return r;
}

static int opener_asked(struct opener_far *f, const struct ist_open *what,
			const struct opener_change *c)
{
	return opener_asked_by(f, what, c, opener_ask_open);
}

static void opener_asks(void)
{
	struct opener_far f = {.o = opener_of_test()};
	struct ist_open w = named(IST_OPEN_TTY, "/dev/ttyS0"), nothing = {.size = sizeof(nothing)};
	const struct opener_net all4 = net(false, "00000000", 0);
	const struct opener_change c = change(OPENER_ROUTE, "home", net(false, "0a000001", 32));
	struct keeper_link gone = {.notice = -1, .lock = PTHREAD_MUTEX_INITIALIZER};
	int fd, sv[2];

	CU_ASSERT_EQUAL(opener_asked(&f, &w, NULL), -EACCES);
	CU_ASSERT_EQUAL(opener_asked(&f, NULL, &c), -EACCES);
	CU_ASSERT_FATAL(opener_may_open(f.o, &w) && opener_may_route(f.o, "home", &all4));
	fd = opener_asked(&f, &w, NULL);
	CU_ASSERT(fd >= 0 && fcntl(fd, F_GETFD) & FD_CLOEXEC);
	close(fd);
	CU_ASSERT_EQUAL(opener_asked(&f, NULL, &c), 0);
	CU_ASSERT(done.opens == 1 && done.changes == 1);
	CU_ASSERT_EQUAL(opener_asked_by(&f, &w, NULL, opener_ask_socket), -EACCES);
	CU_ASSERT_FATAL(opener_may_socket(f.o, &w));
	fd = opener_asked_by(&f, &w, NULL, opener_ask_socket);
	CU_ASSERT(fd >= 0 && fcntl(fd, F_GETFD) & FD_CLOEXEC);
	close(fd);
	f.no_descriptor = true;
	CU_ASSERT_EQUAL(opener_asked(&f, &w, NULL), -EPROTO);
	/* what is none is not even sent; keeper has gone */
	CU_ASSERT_FATAL(!socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, sv));
	close(sv[1]);
	gone.ask = sv[0];
	CU_ASSERT_EQUAL(opener_ask_open(&gone, &nothing), -EINVAL);
	CU_ASSERT_EQUAL(opener_ask_open(&gone, &w), -EPIPE);
	CU_ASSERT_EQUAL(opener_ask_change(&gone, &c), -EPIPE);
	close(sv[0]);
	opener_free(f.o);
}

static void opener_takes_the_rules_of_another(void)
{
	struct opener *o = opener_of_test(), *other = opener_of_test();
	const struct ist_open a = named(IST_OPEN_PACKET, "eth1"),
			      b = named(IST_OPEN_PACKET, "eth2");
	const struct opener_net n = net(false, "0A000000", 8);
	struct opener_change c = {.kind = OPENER_ROUTE, .add = true, .net = n, .device = "t"};

	CU_ASSERT_FATAL(opener_may_open(o, &a) && opener_may_open(other, &b) &&
			opener_may_route(other, "t", &n));
	opener_swap_rules(o, other);
	CU_ASSERT_TRUE(!opener_allows_open(o, &a) && opener_allows_open(o, &b));
	CU_ASSERT_TRUE(opener_allows_change(o, &c));
	CU_ASSERT_TRUE(opener_allows_open(other, &a) && !opener_allows_change(other, &c));
	opener_swap_rules(o, other);
	CU_ASSERT_TRUE(opener_allows_open(o, &a) && !opener_allows_open(o, &b));
	CU_ASSERT_FALSE(opener_allows_change(o, &c));
	opener_free(o);
	opener_free(other);
}

static const struct test_case cases[] = {
	{"asks", opener_asks},
	{"gives_associations", opener_gives_associations},
	{"takes_the_rules_of_another", opener_takes_the_rules_of_another},
	{"opens_the_same_only", opener_opens_the_same_only},
	{"numbers_of_devices", opener_numbers_of_devices},
	{"changes_inside_a_network", opener_changes_inside_a_network},
	{"removes_routes_of_its_devices", opener_removes_routes_of_its_devices},
	{"changes_of_state_and_far_ends", opener_changes_of_state_and_far_ends},
	{"without_memory", opener_without_memory},
	{"opens_what_is_asked", opener_opens_what_is_asked},
	{"holds_what_is_open", opener_holds_what_is_open},
	{"changes_what_is_asked", opener_changes_what_is_asked},
	{"makes_captures", opener_makes_captures},
	{"opens_spools", opener_opens_spools},
	{"keeps_to_former_spools", opener_keeps_to_former_spools},
	{"keeps_sockets_of_control", opener_keeps_sockets_of_control},
	{"requests_have_a_sender", opener_requests_have_a_sender},
	{NULL, NULL},
};
const struct test_suite suite_opener = {"opener", cases};
