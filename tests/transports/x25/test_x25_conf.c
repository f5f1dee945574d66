/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a port's settings come to: what is refused with which words, and what goes over the line. */
#include "tests/transports/keys.h"
#include "tests/transports/x25/x25_pair.h"

#include <errno.h>

#define L2TP IST_PAYLOAD_L2TP

static void wrong_settings_have_words(void)
{
	static const struct {
		const char *keys[6], *words;
	} rows[] = {
		{{NULL}, "needs a link"},
		{{"link=loop:c", "address=31x"}, "address"},
		{{"link=loop:c", "address=1234567890123456"}, "1 to 15 digits"},
		{{"link=loop:c", "packet-size=100"}, "packet-size: a power of two, 16 to 4096"},
		{{"link=loop:c", "packet-size=8"}, "packet-size: a power of two, 16 to 4096"},
		{{"link=loop:c", "packet-size-want=8192"},
		 "packet-size-want: a power of two, 16 to 4096"},
		{{"link=loop:c", "window=8"}, "window: at most 7 with modulo 8"},
		{{"link=loop:c", "window-want=8"}, "window-want: at most 7 with modulo 8"},
		{{"link=loop:c", "modulo=128", "window=128"},
		 "window: at most 127 with modulo 128"},
		{{"link=loop:c", "lapb-window=8"}, "lapb-window: at most 7"},
		{{"link=loop:c", "lapb-modulo=128", "lapb-window=128"}, "lapb-window: at most 127"},
		{{"link=loop:c", "lapb-t1=0"}, "lapb-t1: not 0"},
		{{"link=loop:c", "lapb-retry=0"}, "lapb-retry: not 0"},
		{{"link=loop:c", "lci-two-way=0-3"}, "lci-two-way"},
		{{"link=loop:c", "lci-two-way=5-3"}, "lci-two-way"},
		{{"link=loop:c", "lci-outgoing=1-5000"}, "lci-outgoing"},
		{{"link=loop:c", "lci-incoming=1-3x"}, "lci-incoming"},
		{{"link=loop:c", "lci-incoming=1-3", "lci-two-way=5-9"}, "right after channel 3"},
		{{"link=loop:c", "lci-two-way=1-3", "lci-outgoing=3-9"}, "right after channel 3"},
		{{"link=loop:c", "lci-two-way=1-3", "@3 l2tp"}, "right after channel 3"},
		{{"link=loop:c", "network-user-id=123456789012345678901234567890123"}, "longer"},
		{{"link=loop:c", "@4096 l2tp"}, "1 to 4095"},
		{{"link=loop:c", "@0 l2tp"}, "1 to 4095"},
		{{"link=loop:c", "@1 l2tp ppp"}, "not both"},
		{{"link=loop:c", "@1 l2tp", "@1 ppp"}, "there twice"},
		{{"link=loop:c", "@3 l2tp", "@03 ppp"}, "pvc 03: is there twice"},
		{{"link=loop:c", "@4095 l2tp"},
		 "lci-two-way: the permanent circuits leave no channel for calls"},
		{{"link=loop:c", "@5555 l2tp", "kind=svc", "@5555 ppp", "kind=svc"}, "there twice"},
		{{"link=loop:c", "ethertype=0x500"}, "ethertype"},
		{{"link=nothing:c"}, "link"},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		const char *const *keys = rows[i].keys;
		struct fake_host h;
		char err[200] = "";

		CU_ASSERT_TRUE(fake_try(&h, &x25_transport, keys, err, sizeof(err)) < 0);
		if (!strstr(err, rows[i].words))
			printf("%s\n", err);
		CU_ASSERT_PTR_NOT_NULL(strstr(err, rows[i].words));
	}
}

/* The first call with these settings is this packet. */
static void settings_on_the_line(void)
{
	static const struct {
		const char *keys[6], *call;
	} rows[] = {
		{{"lci-two-way=1-1", "negotiate=no", "closed-user-group=7"},
		 "10010b 44 5555 3110 02 0307 80 00005e0007"},
		{{"lci-two-way=1-1", "negotiate=no", "closed-user-group=99"},
		 "10010b 44 5555 3110 02 0399 80 00005e0007"},
		{{"lci-two-way=1-1", "negotiate=no", "closed-user-group=100"},
		 "10010b 44 5555 3110 03 470100 80 00005e0007"},
		{{"lci-two-way=1-1", "negotiate=no", "closed-user-group=1234"},
		 "10010b 44 5555 3110 03 471234 80 00005e0007"},
		{{"lci-two-way=1-1", "negotiate=no", "network-user-id=ab"},
		 "10010b 44 5555 3110 04 c6026162 80 00005e0007"},
		{{"lci-two-way=1-1", "negotiate=no", "reverse-charging=yes"},
		 "10010b 44 5555 3110 02 0101 80 00005e0007"},
		{{"lci-two-way=1-1", "negotiate=no", "throughput=9600"},
		 "10010b 44 5555 3110 02 02aa 80 00005e0007"},
		{{"lci-two-way=1-1", "packet-size-want=2048", "window-want=3"},
		 "10010b 44 5555 3110 06 420b0b 430303 80 00005e0007"},
		{{"lci-two-way=1-1", "address=1", "negotiate=no"},
		 "10010b 14 5555 10 00 80 00005e0007"},
		{{"lci-incoming=1-9", "lci-two-way=10-19", "lci-outgoing=20-29", "negotiate=no"},
		 "101d0b 44 5555 3110 00 80 00005e0007"},
		{{"lci-incoming=1-9", "lci-outgoing=10-12", "negotiate=no"},
		 "100c0b 44 5555 3110 00 80 00005e0007"},
		{{"negotiate=no", "@7 l2tp"}, "14000b 44 5555 3110 00 80 00005e0007"},
		{{"negotiate=no", "@1030 l2tp"}, "14070b 44 5555 3110 00 80 00005e0007"},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct typed t;
		ist_channel c;

		typed_open(&t, rows[i].keys);
		CU_ASSERT_EQUAL(fake_connect(&t.h, "5555", L2TP, &c), 0);
		TYPED_SENT(&t, rows[i].call);
		typed_close(&t);
	}
}

static void no_channel_for_us(void)
{
	struct typed t;
	ist_channel c;

	typed_open(&t, (const char *const[]){"lci-incoming=1-9", NULL});
	CU_ASSERT_EQUAL(fake_connect(&t.h, "5555", L2TP, &c), -ENOBUFS);
	typed_close(&t);
}

/* Each timer as configured, to the microsecond: T20 repeats the Restart, T21 clears the call, T23
 * repeats the Clear, T25 resets and T22 repeats the Reset. */
static void timers_are_configured(void)
{
	struct typed t;
	ist_channel c;

	typed_begin(&t, (const char *const[]){"restart-timer=11000000", "call-timer=12000000",
					      "reset-timer=13000000", "clear-timer=14000000",
					      "window-timer=15000000", "lci-two-way=1-1",
					      "hold-down=0", "inactivity=0", NULL});
	typed_frame(&t, "01");
	t.pkts = 0;
	fake_run(&t.h, fake_now + 11 * S - 1001);
	CU_ASSERT_EQUAL(t.pkts, 0);
	fake_run(&t.h, fake_now + 1);
	TYPED_SENT(&t, "1000fb0034");
	typed_rx(&t, "1000ff");
	CU_ASSERT_EQUAL(fake_connect(&t.h, "5", L2TP, &c), 0);
	fake_run(&t.h, fake_now + 12 * S - 1);
	t.pkts = 0;
	fake_run(&t.h, fake_now + 1);
	CU_ASSERT_EQUAL(t.pkts, 1); /* the Clear */
	fake_run(&t.h, fake_now + 14 * S - 1);
	CU_ASSERT_EQUAL(t.pkts, 1);
	fake_run(&t.h, fake_now + 1);
	TYPED_SENT(&t, "1001130031", "1001130032");
	typed_rx(&t, "100117");
	CU_ASSERT_EQUAL(fake_connect(&t.h, "5", L2TP, &c), 0);
	typed_rx(&t, "10010f");
	CU_ASSERT_EQUAL(fake_send(&t.h, c, "a", 1), 1);
	fake_run(&t.h, fake_now + 15 * S - 1);
	t.pkts = 0;
	fake_run(&t.h, fake_now + 1);
	CU_ASSERT_EQUAL(t.pkts, 1); /* the Reset */
	fake_run(&t.h, fake_now + 13 * S - 1);
	CU_ASSERT_EQUAL(t.pkts, 1);
	fake_run(&t.h, fake_now + 1);
	TYPED_SENT(&t, "10011b0030", "10011b0033");
	typed_close(&t);
}

/* RFC 1613: the length of a name is one octet. */
static void the_longest_name_of_an_interface(void)
{
	static char name[257];

	for (unsigned len = 255; len <= 256; len++) {
		const struct ist_setting link = {"link", "xot:127.0.0.1"},
					 far = {"xot-interface", name};
		struct ist_circuit_config pvc = {
			.payloads = 1u << IST_PAYLOAD_L2TP, .setting = &far, .settings = 1};
		const struct ist_port_config cfg = {.size = sizeof(cfg),
						    .setting = &link,
						    .settings = 1,
						    .circuit = &pvc,
						    .circuits = 1};
		struct ist_port *p;
		struct fake_host h;
		char err[100] = "";
		int r;

		fake_init(&h);
		memset(name, 'x', len);
		CU_ASSERT_EQUAL(x25_transport.addr_parse(&pvc.addr, "1"), 0);
		r = x25_transport.open(&p, &h.host, &h, &cfg, err, sizeof(err));
		CU_ASSERT_EQUAL(r, len > 255 ? -EINVAL : 0);
		CU_ASSERT_STRING_EQUAL(err, len > 255 ? "xot-interface: longer than 255" : "");
		if (!r)
			x25_transport.close(p);
	}
}

static void the_pdu_size_is_configured(void)
{
	static const struct {
		const char *mtu[2];
		uint32_t octets;
	} rows[] = {{{"mtu=1600"}, 1600}, {{NULL}, 1620}, {{"mtu=9216"}, 9216}};
	static uint8_t data[9216];

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		ist_channel a, b;
		struct pair p;

		pair_open(&p, "lapb", rows[i].mtu, rows[i].mtu);
		CU_ASSERT_TRUE_FATAL(pair_call(&p, "3111", L2TP, &a, &b));
		CU_ASSERT_EQUAL(x25_transport.mtu(p.dte.port, a), rows[i].octets);
		CU_ASSERT_EQUAL(fake_send(&p.dte, a, data, rows[i].octets), 1);
		pair_run(&p);
		CU_ASSERT_TRUE(pair_got(&p.dce, b, data, rows[i].octets));
		pair_close(&p);
	}
}

/* Each key of a table is there once; each counter too. */
static void tables(void)
{
	for (const struct ist_key *k = x25_transport.keys; k->name; k++)
		for (const struct ist_key *o = k + 1; o->name; o++)
			CU_ASSERT_TRUE(strcmp(k->name, o->name));
	for (const struct ist_counter *k = x25_transport.counters; k->name; k++)
		for (const struct ist_counter *o = k + 1; o->name; o++)
			CU_ASSERT_TRUE(strcmp(k->name, o->name));
}

/* Kind, limits and default of each key, as x25.md has them. */
static void rows_of_the_key_table(void)
{
	static const struct key_row rows[] = {
		{"framing", "port word =auto"},
		{"role", "port word =dte"},
		{"address", "port text"},
		{"modulo", "port word =8"},
		{"lci-incoming", "port text"},
		{"lci-two-way", "port text"},
		{"lci-outgoing", "port text"},
		{"packet-size", "port number 16-4096 =128"},
		{"packet-size-want", "port number 16-4096 =1024"},
		{"window", "port number 1-127 =2"},
		{"window-want", "port number 1-127 =7"},
		{"negotiate", "port bool =yes"},
		{"throughput", "port number 0-64000 =0"},
		{"closed-user-group", "port number 0-9999"},
		{"network-user-id", "port text"},
		{"reverse-charging", "port bool =no"},
		{"accept-reverse-charging", "port bool =no"},
		{"encapsulation", "port circuit word"},
		{"mtu", "port number 1600-9216 =1620"},
		{"hold-down", "port time =10s"},
		{"inactivity", "port time =5m"},
		{"restart-timer", "port time"},
		{"call-timer", "port time"},
		{"reset-timer", "port time"},
		{"clear-timer", "port time"},
		{"window-timer", "port time"},
		{"lapb-modulo", "port word =8"},
		{"lapb-window", "port number 1-127 =7"},
		{"lapb-t1", "port time =3s"},
		{"lapb-t3", "port time =30s"},
		{"lapb-retry", "port time =30s"},
		{"lapb-n2", "port number 1-255 =20"},
		{"xot-connections", "port number 1-30000 =1024"},
		{"xot-per-source", "port number 1-30000 =256"},
		{"xot-from", "port list"},
		{"xot-retry", "port time =5m"},
		{"socket-calls", "port number 1-4095 =1024"},
		{"kind", "circuit word =pvc"},
		{"xot-interface", "circuit text"},
		{"xot-lci", "circuit number 1-4095"},
	};

	keys_are(&x25_transport, rows, sizeof(rows) / sizeof(*rows));
}

static const struct test_case cases[] = {
	{"wrong_settings_have_words", wrong_settings_have_words},
	{"settings_on_the_line", settings_on_the_line},
	{"no_channel_for_us", no_channel_for_us},
	{"rfc1356_3_6_the_pdu_size_is_configured", the_pdu_size_is_configured},
	{"tables", tables},
	{"timers_are_configured", timers_are_configured},
	{"the_longest_name_of_an_interface", the_longest_name_of_an_interface},
	{"rows_of_the_key_table", rows_of_the_key_table},
	{NULL, NULL},
};
const struct test_suite suite_x25_conf = {"x25_conf", cases};
