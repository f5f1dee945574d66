/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What keeper may do for a configuration, and for it alone. */
#include "gw/permit.h"

#include "gw/netif.h"
#include "tests/harness.h"
#include "tests/heap.h"
#include "transports/builtin.h"
#include "transports/kit/opening.h"

#include <stdio.h>
#include <string.h>

static const char text[] = "udp u { listen = 192.0.2.1 dial-port = ephemeral rcvbuf = 1000000 }\n"
			   "metrics { listen = 9101 }\n"
			   "frame-relay f { link = \"packet:eth1\" }\n"
			   "x25 x { link = \"xot-listen:192.0.2.1\" }\n"
			   "atm a { link = \"pcap:/in>/out\" }\n"
			   "serial s { device = /dev/ttyS0 }\n"
			   "loop l { pair = p }\n"
			   "peer p { port = u dial = 192.0.2.9 }\n"
			   "pool gold { ranges = { \"10.64.0.0/16\", \"2001:db8:64::/48\" } "
			   "delegate = \"2001:db8:100::/40\" }\n"
			   "service gold { local = 10.64.0.1 pool = gold mtu = 1400 }\n"
			   "service tin { local = 10.1.0.1 tun = tin }\n"
			   "radius r { server 192.0.2.7 { secret = 0123456789abcdef } "
			   "coa-listen = { \"192.0.2.1\", \"[2001:db8::1]:1700\" } "
			   "coa-client \"192.0.2.7\" { secret = 0123456789abcdef } }\n"
			   "service any { local = 10.1.0.2 tun = any radius = r }\n"
			   "service some { local = 10.1.0.3 tun = some radius = r "
			   "radius-routes = { 10.6.0.0/16, 2001:db8:6::/48 } }\n"
			   "user ann { secret = x address = 10.9.9.9 }\n"
			   "client home { peer = p user = u secret = s routes = { 10.7.0.0/16 } }\n"
			   "outgoing o { peer = p called = 1 service = tin "
			   "routes = { 10.8.1.0/24 } }\n";

static void permit_told(void *ctx, const char *words)
{
	(void)ctx;
	if (!strstr(words, ": warning: "))
		printf("%s\n", words);
}

static const struct cfg_model *permit_model(void)
{
	const struct cfg_model *m = NULL;

	cfg_load_text(&m, "t", text, strlen(text), ist_builtin_transports, permit_told, NULL);
	CU_ASSERT_FATAL(m != NULL);
	return m;
}

static struct ist_open at(uint8_t kind, const char *address)
{
	struct udp_ep ep;

	CU_ASSERT_FATAL(udp_ep_parse(&ep, address, 0));
	return opening_at((enum ist_open_kind)kind, &ep);
}

static void permit_ports_open(void)
{
	const struct cfg_model *m = permit_model();
	struct opener *o = permit_new(m);
	struct ist_open w = at(IST_OPEN_UDP, "192.0.2.1:1701");
	static const struct {
		uint8_t kind;
		const char *name;
		bool ok;
	} rows[] = {
		{IST_OPEN_PACKET, "eth1", true},    {IST_OPEN_PACKET, "eth0", false},
		{IST_OPEN_READ, "/in", true},	    {IST_OPEN_WRITE, "/out", true},
		{IST_OPEN_WRITE, "/in", false},	    {IST_OPEN_READ, "/etc/shadow", false},
		{IST_OPEN_TTY, "/dev/ttyS0", true}, {IST_OPEN_TTY, "/dev/ttyS1", false},
		{IST_OPEN_TAP, "ist0", false},
	};

	CU_ASSERT_FATAL(o != NULL);
	w.receive = 1000000;
	CU_ASSERT_TRUE(opener_allows_open(o, &w));
	w.port = 0;
	CU_ASSERT_TRUE(opener_allows_open(o, &w));
	w.port = 53;
	CU_ASSERT_FALSE(opener_allows_open(o, &w));
	w = at(IST_OPEN_LISTEN, "192.0.2.1:1998");
	w.backlog = 4096;
	CU_ASSERT_TRUE(opener_allows_open(o, &w));
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		w = opening_named((enum ist_open_kind)rows[i].kind, rows[i].name);
		CU_ASSERT_EQUAL(opener_allows_open(o, &w), rows[i].ok);
	}
	opener_free(o);
	cfg_unload(m);
}

/* Where requests for changes of log-ins come in; of control, and not of data. */
static void permit_sockets(void)
{
	const struct cfg_model *m = permit_model();
	struct opener *o = permit_new(m);
	struct ist_open w = at(IST_OPEN_UDP, "192.0.2.1:3799");

	CU_ASSERT_FATAL(o != NULL);
	w.flags = IST_OPEN_DESTINATION;
	w.receive = 1 << 20;
	CU_ASSERT_TRUE(opener_allows_socket(o, &w));
	CU_ASSERT_FALSE(opener_allows_open(o, &w));
	w.port = 3800;
	CU_ASSERT_FALSE(opener_allows_socket(o, &w));
	w = at(IST_OPEN_UDP, "[2001:db8::1]:1700");
	w.flags = IST_OPEN_DESTINATION;
	w.receive = 1 << 20;
	CU_ASSERT_TRUE(opener_allows_socket(o, &w));
	/* and where metrics are served */
	w = at(IST_OPEN_LISTEN, "127.0.0.1:9101");
	w.backlog = 32;
	CU_ASSERT_TRUE(opener_allows_socket(o, &w));
	CU_ASSERT_FALSE(opener_allows_open(o, &w));
	w.port = 9102;
	CU_ASSERT_FALSE(opener_allows_socket(o, &w));
	opener_free(o);
	cfg_unload(m);
}

static void permit_tuns(void)
{
	const struct cfg_model *m = permit_model();
	struct opener *o = permit_new(m);
	static const struct {
		const char *name;
		uint16_t mtu;
		bool ok;
	} rows[] = {{"ist%d", 1400, true}, {"ist3", 1400, true}, {"ist%d", 1500, false},
		    {"tin", 1400, true},   {"home", 1400, true}, {"gold", 1400, false},
		    {"eth0", 1400, false}};

	CU_ASSERT_FATAL(o != NULL);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct ist_open w = opening_named(IST_OPEN_TUN, rows[i].name);

		w.flags = IST_OPEN_NO_ADDRESS | IST_OPEN_LONG_QUEUE | IST_OPEN_SUPER;
		w.mtu = rows[i].mtu;
		CU_ASSERT_EQUAL(opener_allows_open(o, &w), rows[i].ok);
	}
	opener_free(o);
	cfg_unload(m);
}

static void permit_changes(void)
{
	static const struct {
		uint8_t kind;
		const char *device, *hex; /* IPv6 when it has 16 octets */
		uint8_t bits;
		bool ok;
	} rows[] = {
		{OPENER_LINK, "ist0", "00000000", 0, true},
		{OPENER_LINK, "home", "00000000", 0, true},
		{OPENER_LINK, "eth1", "00000000", 0, false},
		{OPENER_ADDRESS, "ist0", "0a400001", 32, true},
		{OPENER_ADDRESS, "ist0", "0a400002", 32, false},
		{OPENER_ADDRESS, "ist0", "fe800000000000000000000000000001", 64, true},
		{OPENER_ADDRESS, "ist0", "20010db8006400000000000000000001", 64, false},
		{OPENER_ROUTE, "ist0", "0a400000", 16, true},
		{OPENER_ROUTE, "ist0", "20010db8006400000000000000000000", 48, true},
		{OPENER_ROUTE, "ist0", "20010db8010001000000000000000000", 56, true},
		{OPENER_ROUTE, "ist0", "20010db8020001000000000000000000", 56, false},
		{OPENER_ROUTE, "ist0", "0a090909", 32, true}, /* ann's */
		{OPENER_ROUTE, "ist0", "0a090908", 32, false},
		{OPENER_ROUTE, "ist0", "0a080100", 24, false}, /* of the other service */
		{OPENER_ROUTE, "ist0", "00000000", 0, false},
		{OPENER_ADDRESS, "tin", "0a010001", 32, true},
		{OPENER_ROUTE, "tin", "0a080100", 24, true},
		{OPENER_ROUTE, "tin", "0a400000", 16, false},
		{OPENER_ROUTE, "any", "c6336400", 24, true}, /* by RADIUS */
		{OPENER_ROUTE, "any", "0a000000", 1, true},
		{OPENER_ROUTE, "any", "20010db8009900000000000000000000", 48, true},
		{OPENER_ROUTE, "any", "fd000000000000000000000000000000", 48, true},
		{OPENER_ROUTE, "any", "00000000", 0, false},
		{OPENER_ROUTE, "any", "00000000000000000000000000000000", 0, false},
		{OPENER_ROUTE, "any", "fe800000000000000000000000000000", 64, false},
		{OPENER_ROUTE, "some", "0a060100", 24, true},
		{OPENER_ROUTE, "some", "0a070100", 24, false},
		{OPENER_ROUTE, "some", "20010db8000600010000000000000000", 64, true},
		{OPENER_ROUTE, "some", "20010db8000700010000000000000000", 64, false},
		{OPENER_ADDRESS, "home", "c6336401", 32, true},
		{OPENER_ADDRESS, "home", "fe800000000000000000000000000001", 64, true},
		{OPENER_ROUTE, "home", "0a070000", 16, true},
		{OPENER_ROUTE, "home", "00000000", 0, false},
		{OPENER_ADDRESS, "eth0", "0a400001", 32, false},
	};
	const struct cfg_model *m = permit_model();
	struct opener *o = permit_new(m);

	CU_ASSERT_FATAL(o != NULL);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct opener_change c = {.kind = rows[i].kind, .add = true};

		c.net.v6 = strlen(rows[i].hex) == 32;
		c.net.bits = rows[i].bits;
		test_hex(c.net.addr + (c.net.v6 ? 0 : 12), c.net.v6 ? 16 : 4, rows[i].hex);
		snprintf(c.device, sizeof(c.device), "%s", rows[i].device);
		if (opener_allows_change(o, &c) != rows[i].ok)
			printf("\nrow %zu", i);
		CU_ASSERT_EQUAL(opener_allows_change(o, &c), rows[i].ok);
	}
	opener_free(o);
	cfg_unload(m);
}

static void permit_without_memory(void)
{
	const struct cfg_model *m = permit_model();
	struct opener *o = NULL;
	unsigned before = heap_blocks(), n;

	for (n = 0; !o; n++) {
		heap_refuse(n);
		o = permit_new(m);
		/* a port that cannot be checked for want of memory has nothing allowed */
		if (o && heap_refused()) {
			opener_free(o);
			o = NULL;
		}
	}
	CU_ASSERT(n > 5);
	opener_free(o);
	CU_ASSERT_EQUAL(heap_blocks(), before);
	cfg_unload(m);
}

static const struct test_case cases[] = {
	{"opens", permit_ports_open},
	{"sockets", permit_sockets},
	{"tuns", permit_tuns},
	{"changes", permit_changes},
	{"without_memory", permit_without_memory},
	{NULL, NULL},
};
const struct test_suite suite_permit = {"permit", cases};
