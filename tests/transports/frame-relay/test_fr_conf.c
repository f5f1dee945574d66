/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Settings of a frame-relay port that are wrong: each is refused with words. */
#include "tests/harness.h"
#include "tests/transports/host.h"
#include "tests/transports/keys.h"
#include "transports/frame-relay/frame_relay.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

static void fr_conf_bad_settings(void)
{
	static const struct {
		const char *cfg[5], *words;
	} rows[] = {
		{{"@100 l2tp"}, "needs a link"},
		{{"link=serial:ttyS0"}, "is none of udp:"},
		{{"link=loop:x", "@1008 l2tp"}, "dlci 1008: not 16 to 1007"},
		{{"link=loop:x", "@15 l2tp"}, "dlci 15: not 16 to 1007"},
		{{"link=loop:x", "@100 l2tp", "@100 ppp"}, "dlci 100: is there twice"},
		{{"link=loop:x", "mtu=1525", "@100 l2tp"}, "mtu: 1525 is under 1526"},
		{{"link=loop:x", "n392=5", "n393=4"}, "n392"},
		{{"link=loop:x", "n391=0"}, "n391"},
		{{"link=loop:x", "t391=0"}, "t391"},
		{{"link=loop:x", "address-octets=4", "lmi=cisco"}, "annex-a or annex-d"},
		{{"link=loop:x", "address-octets=4", "lmi=auto"}, "annex-a or annex-d"},
		{{"link=loop:x", "role=nni", "lmi=cisco"}, "nni"},
		{{"link=loop:x", "role=nni", "lmi=auto"}, "nni"},
		{{"link=loop:x", "lmi=none", "address-octets=3", "@1023 ppp"},
		 "dlci 1023: not 1024 to"},
		{{"link=loop:x", "ethertype=0x5ff"}, "ethertype: \"0x5ff\" is not"},
		{{"link=loop:x", "impair-loss=x"}, "impair-loss"},
		{{"link=loop:x", "fragment=127"}, "fragment: must be 0 or at least 128"},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct fake_host h;
		char err[200] = "";

		CU_ASSERT_EQUAL(fake_try(&h, &frame_relay_transport, rows[i].cfg, err, sizeof(err)),
				-EINVAL);
		if (!strstr(err, rows[i].words))
			CU_FAIL(rows[i].words);
	}
}

/* Q.922 table 1: DLCIs for users, by the octets of the address; "lmi=none" lists nothing. */
static void first_and_last_dlci(void)
{
	static const struct {
		const char *octets, *circuit;
		bool ok;
	} rows[] = {
		{"address-octets=2", "@16 ppp", true},
		{"address-octets=2", "@1007 ppp", true},
		{"address-octets=3", "@1024 ppp", true},
		{"address-octets=3", "@63487 ppp", true},
		{"address-octets=3", "@63488 ppp", false},
		{"address-octets=4", "@131071 ppp", false},
		{"address-octets=4", "@131072 ppp", true},
		{"address-octets=4", "@8126463 ppp", true},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const char *const config[] = {"link=loop:edge", "lmi=none", rows[i].octets,
					      rows[i].circuit, NULL};
		struct fake_host h;
		char err[200];

		CU_ASSERT_EQUAL(!fake_try(&h, &frame_relay_transport, config, err, sizeof(err)),
				rows[i].ok);
		if (rows[i].ok)
			fake_close(&h);
		else
			CU_ASSERT_PTR_NOT_NULL(strstr(err, ": not "));
	}
}

/* What is counted, and that nothing else is: first whole frames, then one in three fragments. */
static void every_counter_of_a_clean_exchange(void)
{
	static const char *const cfg[] = {"link=loop:count", "lmi=none", "fragment=200",
					  "@100 l2tp ppp", NULL};
	static const uint8_t data[500];
	struct fake_host h[2];
	ist_channel l2tp, ppp;

	for (size_t i = 0; i < 2; i++)
		fake_open(&h[i], &frame_relay_transport, cfg);
	CU_ASSERT_EQUAL(fake_connect(&h[0], "100", IST_PAYLOAD_L2TP, &l2tp), 0);
	CU_ASSERT_EQUAL(fake_connect(&h[0], "100", IST_PAYLOAD_PPP, &ppp), 0);
	CU_ASSERT_EQUAL(fake_send(&h[0], l2tp, data, 10), 1);
	CU_ASSERT_STRING_EQUAL(fake_counted(&h[0]), "tx-down=1");
	fake_join(&h[0], &h[1]);
	fake_run(&h[0], fake_now + 1000000);
	const struct ist_frame f[] = {{l2tp, 0, data, data, 12, 8, 0},
				      {ppp, IST_FRAME_DISCARD, NULL, data, 0, 30, 0}};

	CU_ASSERT_EQUAL(fake_send_frames(&h[0], &f[0], 1), 1);
	CU_ASSERT_EQUAL(fake_send_frames(&h[0], &f[1], 1), 1);
	fake_run(&h[0], fake_now);
	CU_ASSERT_STRING_EQUAL(fake_counted(&h[0]), "tx-frames=2 tx-octets=50 tx-down=1 link-tx=2");
	CU_ASSERT_STRING_EQUAL(fake_counted(&h[1]), "rx-frames=2 rx-octets=50 rx-de=1 link-rx=2");
	CU_ASSERT_EQUAL(fake_send(&h[1], l2tp, data, 500), 1);
	fake_run(&h[0], fake_now);
	CU_ASSERT_STRING_EQUAL(fake_counted(&h[1]),
			       "rx-frames=2 rx-octets=50 tx-frames=1 tx-octets=500 rx-de=1 "
			       "tx-fragments=3 link-rx=2 link-tx=3");
	CU_ASSERT_STRING_EQUAL(fake_counted(&h[0]),
			       "rx-frames=1 rx-octets=500 tx-frames=2 tx-octets=50 "
			       "rx-fragments=3 tx-down=1 link-rx=3 link-tx=2");
	fake_close(&h[0]);
	fake_close(&h[1]);
}

static void committed_rates_are_told(void)
{
	static const char *const cfg[] = {"link=loop:rates", "lmi=none", "@100 l2tp",
					  "cir=9600",	     "@101 ppp", "@102 ppp",
					  "cir=10000000000", NULL};
	static const uint64_t want[] = {9600, 0, 10000000000};
	struct fake_host h[2];

	for (size_t i = 0; i < 2; i++)
		fake_open(&h[i], &frame_relay_transport, cfg);
	fake_join(&h[0], &h[1]);
	fake_run(&h[0], fake_now + 1000000);
	for (size_t i = 0; i < 3; i++) {
		struct fake_event *e = fake_take(&h[0], FAKE_UP);

		CU_ASSERT_PTR_NOT_NULL_FATAL(e);
		CU_ASSERT_EQUAL(e->attrs.tx_bps, want[i]);
		CU_ASSERT_EQUAL(e->attrs.rx_bps, want[i]);
		CU_ASSERT_EQUAL(e->attrs.number, 100 + i);
		fake_free(e);
	}
	fake_close(&h[0]);
	fake_close(&h[1]);
}

static void rows_of_the_key_table(void)
{
	static const struct key_row rows[] = {
		{"lmi", "port word =annex-a"},
		{"role", "port word =user"},
		{"n391", "port number 1-255 =6"},
		{"n392", "port number 1-10 =3"},
		{"n393", "port number 1-10 =4"},
		{"t391", "port time =10s"},
		{"t392", "port time =15s"},
		{"mtu", "port number 262-9216 =1564"},
		{"fragment", "port number 0-9216 =0"},
		{"address-octets", "port number 2-4 =2"},
		{"pad", "port bool =yes"},
		{"cir", "circuit number 0-10000000000 =0"},
	};

	keys_are(&frame_relay_transport, rows, sizeof(rows) / sizeof(*rows));
}

/* Opens a port of n PPP circuits, from the first DLCI of the address length on, and closes it. */
static int fr_conf_open_many(const char *octets, const char *lmi, const char *mtu, unsigned n,
			     char *err, size_t err_len)
{
	static struct ist_circuit_config circuit[32768];
	const struct ist_setting set[] = {
		{"link", "loop:many"}, {"address-octets", octets}, {"lmi", lmi}, {"mtu", mtu}};
	const struct ist_port_config cfg = {.size = sizeof(cfg),
					    .setting = set,
					    .settings = 4,
					    .circuit = circuit,
					    .circuits = n};
	struct ist_port *p;
	struct fake_host h;
	int r;

	fake_init(&h);
	for (unsigned i = 0; i < n; i++) {
		char text[16];

		snprintf(text, sizeof(text), "%u", (*octets == '2' ? 16 : 1024) + i);
		circuit[i].payloads = 1u << IST_PAYLOAD_PPP;
		CU_ASSERT_EQUAL_FATAL(frame_relay_transport.addr_parse(&circuit[i].addr, text), 0);
	}
	*err = '\0';
	r = frame_relay_transport.open(&p, &h.host, &h, &cfg, err, err_len);
	if (!r)
		frame_relay_transport.close(p);
	return r;
}

/* Two channels for each of the 65535 indices a handle has: 32767 circuits at most. */
static void as_many_circuits_as_handles(void)
{
	char err[200];

	CU_ASSERT_EQUAL(fr_conf_open_many("3", "none", "1564", 32767, err, sizeof(err)), 0);
	CU_ASSERT_EQUAL(fr_conf_open_many("3", "none", "1564", 32768, err, sizeof(err)), -EINVAL);
	CU_ASSERT_STRING_EQUAL(err, "more than 32767 circuits");
}

/* Q.933 A.3: control, discriminator, call reference, type, a report type of 3 octets, numbers of 4
 * (and Annex D a shift), then for each PVC 5 octets, 6 with an address of three, 8 the
 * consortium's.  And never more than 1024. */
static void a_full_status_lists_all(void)
{
	static const struct {
		const char *octets, *lmi, *mtu;
		unsigned circuits;
		bool ok;
	} rows[] = {
		{"2", "annex-a", "1561", 310, true},  {"2", "annex-a", "1560", 310, false},
		{"2", "annex-d", "1562", 310, true},  {"2", "annex-d", "1561", 310, false},
		{"3", "annex-a", "1871", 310, true},  {"3", "annex-a", "1870", 310, false},
		{"2", "cisco", "2491", 310, true},    {"2", "cisco", "2490", 310, false},
		{"2", "auto", "2491", 310, true},     {"2", "auto", "2490", 310, false},
		{"3", "annex-a", "9216", 1024, true}, {"3", "annex-a", "9216", 1025, false},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		char err[200];

		CU_ASSERT_EQUAL(fr_conf_open_many(rows[i].octets, rows[i].lmi, rows[i].mtu,
						  rows[i].circuits, err, sizeof(err)),
				rows[i].ok ? 0 : -EINVAL);
		CU_ASSERT_STRING_EQUAL(
			err, rows[i].ok ? "" : "mtu: a full status cannot list so many circuits");
	}
}

static const struct test_case cases[] = {
	{"as_many_circuits_as_handles", as_many_circuits_as_handles},
	{"q933_a_full_status_lists_all", a_full_status_lists_all},
	{"rows_of_the_key_table", rows_of_the_key_table},
	{"bad_settings_have_words", fr_conf_bad_settings},
	{"first_and_last_dlci", first_and_last_dlci},
	{"every_counter_of_a_clean_exchange", every_counter_of_a_clean_exchange},
	{"committed_rates_are_told", committed_rates_are_told},
	{NULL, NULL},
};
const struct test_suite suite_fr_conf = {"fr_conf", cases};
