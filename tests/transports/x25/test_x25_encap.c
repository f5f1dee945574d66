/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "transports/x25/x25_encap.h"

#include "tests/harness.h"

/* RFC 1356 3.2, 5; RFC 1598 2 */
static void call_user_data(void)
{
	static const struct {
		const char *cud;
		enum x25_encap e;
	} rows[] = {
		{"80 00005e 0007", X25_ENCAP_DEDICATED},
		{"80 00005e 0007 00ff", X25_ENCAP_DEDICATED},
		{"00", X25_ENCAP_MULTIPLEXED},
		{"00 80", X25_ENCAP_MULTIPLEXED},
		{"cf", X25_ENCAP_PPP},
		{"cf 01020304", X25_ENCAP_PPP},
		{"", X25_ENCAPS},
		{"80", X25_ENCAPS},
		{"80 00005e 00", X25_ENCAPS},
		{"80 00005e 0006", X25_ENCAPS},
		{"80 000000 0800", X25_ENCAPS},
		{"81", X25_ENCAPS},
		{"82", X25_ENCAPS},
		{"cc", X25_ENCAPS},
		{"cd", X25_ENCAPS},
		{"c5", X25_ENCAPS},
		{"01 000000", X25_ENCAPS},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		uint8_t cud[16];
		size_t n = test_hex(cud, sizeof(cud), rows[i].cud);

		CU_ASSERT_EQUAL(x25_encap_of(cud, n), rows[i].e);
	}
	CU_ASSERT_EQUAL(x25_encap_of(NULL, 0), X25_ENCAPS);
}

static void what_is_asked_is_understood(void)
{
	static const char *const want[] = {"80 00005e 0007", "00", "cf"};

	for (int e = 0; e < X25_ENCAPS; e++) {
		uint8_t cud[X25_CUD_ENCAP_MAX], octets[X25_CUD_ENCAP_MAX];
		size_t n = x25_encap_cud((enum x25_encap)e, cud);

		ASSERT_OCTETS(cud, n, octets, test_hex(octets, sizeof(octets), want[e]));
		CU_ASSERT_EQUAL(x25_encap_of(cud, n), (enum x25_encap)e);
	}
}

static void heads_come_off_again(void)
{
	static const size_t lens[] = {0, 6, 0};

	for (int e = 0; e < X25_ENCAPS; e++) {
		uint8_t pdu[X25_SNAP_LEN + 2];
		size_t n = x25_encap_head((enum x25_encap)e, pdu);
		struct rd r;

		CU_ASSERT_EQUAL(n, lens[e]);
		memcpy(pdu + n, "ab", 2);
		r = rd_init(pdu, n + 2);
		CU_ASSERT_EQUAL(x25_encap_remove((enum x25_encap)e, &r), X25_PDU_OK);
		ASSERT_OCTETS(r.p, r.left, "ab", 2);
		r = rd_init(pdu, n);
		CU_ASSERT_EQUAL(x25_encap_remove((enum x25_encap)e, &r), X25_PDU_EMPTY);
	}
}

static void others_on_a_multiplexed_circuit(void)
{
	static const char *const pdus[] = {
		"cc 45", "80 000000 0800 45", "80 00005e 0008 c8", "81", "8000", "cf c021", "c802",
		""};

	for (size_t i = 0; i < sizeof(pdus) / sizeof(*pdus); i++) {
		uint8_t pdu[20];
		struct rd r = rd_init(pdu, test_hex(pdu, sizeof(pdu), pdus[i]));

		CU_ASSERT_EQUAL(x25_encap_remove(X25_ENCAP_MULTIPLEXED, &r), X25_PDU_OTHER);
	}
}

static const struct test_case cases[] = {
	{"call_user_data", call_user_data},
	{"what_is_asked_is_understood", what_is_asked_is_understood},
	{"heads_come_off_again", heads_come_off_again},
	{"others_on_a_multiplexed_circuit", others_on_a_multiplexed_circuit},
	{NULL, NULL},
};
const struct test_suite suite_x25_encap = {"x25_encap", cases};
