/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "transports/atm/atm_encap.h"

#include "tests/harness.h"

/* Heads of RFC 2684, 2364 and 3355. */
static const struct {
	const char *hex;
	enum atm_kind kind;
	size_t left;
} llc[] = {
	{"aaaa0300005e0007 c802", ATM_L2TP, 2},
	{"fefe03cf c021", ATM_PPP, 2},
	{"aaaa030000000800 45", ATM_IPV4, 1},
	{"aaaa0300000086dd 60", ATM_IPV6, 1},
	{"aaaa030000000806 00", ATM_ETHERTYPE, 1},
	{"aaaa030080c20007 0000", ATM_BRIDGED, 2},
	{"aaaa0300005e0008 00", ATM_OTHER_SNAP, 1},
	{"aaaa03123456abcd 00", ATM_OTHER_SNAP, 1},
	{"fefe0381 00", ATM_OTHER_NLPID, 1},
	{"fefe03cc 45", ATM_OTHER_NLPID, 1},
	{"424203 00", ATM_OTHER_LLC, 1},
	{"aaaa04 00005e0007", ATM_OTHER_LLC, 5},
	/* RFC 2364, 8: what a far end with VC multiplexing sends */
	{"c021 0101 0004", ATM_OTHER_MUX_PPP, 3},
	{"0021 45", ATM_OTHER_MUX_PPP, 0},
	{"c802 0014", ATM_OTHER_MUX_L2TP, 1},
	{"0002 0001", ATM_OTHER_MUX_L2TP, 1},
	{"00ffbf", ATM_OTHER_LLC, 0},
	{"", ATM_SHORT, 0},
	{"aaaa", ATM_SHORT, 0},
	{"aaaa0300005e00", ATM_SHORT, 0},
	{"fefe03", ATM_SHORT, 0},
};

static void llc_says_what_follows(void)
{
	for (size_t i = 0; i < sizeof(llc) / sizeof(*llc); i++) {
		uint8_t buf[32];
		struct rd r = rd_init(buf, test_hex(buf, sizeof(buf), llc[i].hex));

		CU_ASSERT_EQUAL(atm_encap_get(&r, ATM_LLC, IST_PAYLOAD_L2TP), llc[i].kind);
		if (llc[i].kind != ATM_SHORT)
			CU_ASSERT_EQUAL(r.left, llc[i].left);
	}
}

static void vc_mux_is_what_was_configured(void)
{
	static const uint8_t any[] = {0xc0, 0x21};
	struct rd r = rd_init(any, 2);

	CU_ASSERT_EQUAL(atm_encap_get(&r, ATM_VC_MUX, IST_PAYLOAD_PPP), ATM_PPP);
	CU_ASSERT_EQUAL(atm_encap_get(&r, ATM_VC_MUX, IST_PAYLOAD_L2TP), ATM_L2TP);
	CU_ASSERT_EQUAL(r.left, 2);
}

/* RFC 2364, 8: what a far end with LLC encapsulation sends. */
static void llc_on_vc_mux_is_seen(void)
{
	static const struct {
		const char *hex;
		enum atm_kind ppp, l2tp;
	} rows[] = {
		{"fefe03cfc021", ATM_OTHER_MUX_PPP, ATM_OTHER_MUX_PPP},
		{"aaaa0300005e0007c802", ATM_OTHER_MUX_L2TP, ATM_OTHER_MUX_L2TP},
		{"aaaa03", ATM_OTHER_MUX_L2TP, ATM_OTHER_MUX_L2TP},
		{"aaaa", ATM_PPP, ATM_L2TP},
		{"c021", ATM_PPP, ATM_L2TP},
		{"", ATM_PPP, ATM_L2TP},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		uint8_t buf[32];
		size_t n = test_hex(buf, sizeof(buf), rows[i].hex);
		struct rd r = rd_init(buf, n);

		CU_ASSERT_EQUAL(atm_encap_get(&r, ATM_VC_MUX, IST_PAYLOAD_PPP), rows[i].ppp);
		CU_ASSERT_EQUAL(atm_encap_get(&r, ATM_VC_MUX, IST_PAYLOAD_L2TP), rows[i].l2tp);
		CU_ASSERT_EQUAL(r.left, n);
	}
}

static void heads_as_sent(void)
{
	uint8_t buf[16];
	struct wr w = wr_init(buf, sizeof(buf));

	atm_encap_put(&w, ATM_LLC, IST_PAYLOAD_L2TP);
	ASSERT_OCTETS(buf, w.len, "\xaa\xaa\x03\x00\x00\x5e\x00\x07", 8);
	CU_ASSERT_EQUAL(atm_encap_octets(ATM_LLC, IST_PAYLOAD_L2TP), 8);
	w.len = 0;
	atm_encap_put(&w, ATM_LLC, IST_PAYLOAD_PPP);
	ASSERT_OCTETS(buf, w.len, "\xfe\xfe\x03\xcf", 4);
	CU_ASSERT_EQUAL(atm_encap_octets(ATM_LLC, IST_PAYLOAD_PPP), 4);
	w.len = 0;
	atm_encap_put(&w, ATM_VC_MUX, IST_PAYLOAD_PPP);
	CU_ASSERT_EQUAL(w.len, 0);
	CU_ASSERT_EQUAL(atm_encap_octets(ATM_VC_MUX, IST_PAYLOAD_L2TP), 0);
}

static const struct test_case cases[] = {
	{"llc_says_what_follows", llc_says_what_follows},
	{"vc_mux_is_what_was_configured", vc_mux_is_what_was_configured},
	{"llc_on_vc_mux_is_seen", llc_on_vc_mux_is_seen},
	{"heads_as_sent", heads_as_sent},
	{NULL, NULL},
};
const struct test_suite suite_atm_encap = {"atm_encap", cases};
