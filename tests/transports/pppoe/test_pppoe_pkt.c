/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The packets of RFC 2516 appendix B, with 00:00:5e:00:53:01 as the host and ...:02 as the access
 * concentrator. */
#include "transports/pppoe/pppoe_pkt.h"

#include "tests/harness.h"

#define HOST "00005e005301"
#define AC   "00005e005302"
/* "Go RedBack - eshshesh shoot" is what the figure of the PADO spells, in 24 octets. */

static const uint8_t host[] = {0, 0, 0x5e, 0, 0x53, 1}, ac[] = {0, 0, 0x5e, 0, 0x53, 2};
static const uint8_t everybody[] = {0xff, 0xff, 0xff, 0xff, 0xff, 0xff};

static enum pppoe_pkt_result pkt(struct pppoe_pkt *out, uint8_t *buf, size_t cap, const char *hex)
{
	return pppoe_pkt_get(out, buf, test_hex(buf, cap, hex));
}

static void pppoe_pkt_padi(void)
{
	uint8_t buf[64], built[64];
	struct wr w = wr_init(built, sizeof(built));
	struct pppoe_tags t;
	struct pppoe_pkt p;

	CU_ASSERT_EQUAL(
		pkt(&p, buf, sizeof(buf), "ffffffffffff" HOST "8863 11 09 0000 0004 0101 0000"),
		PPPOE_PKT_OK);
	ASSERT_OCTETS(p.dst, 6, everybody, 6);
	ASSERT_OCTETS(p.src, 6, host, 6);
	CU_ASSERT_EQUAL(p.ethertype, PPPOE_DISCOVERY);
	CU_ASSERT_EQUAL(p.code, PPPOE_PADI);
	CU_ASSERT_EQUAL(p.session, 0);
	CU_ASSERT_TRUE(pppoe_tags_get(&t, p.payload, p.len));
	CU_ASSERT_EQUAL(t.services, 1);
	CU_ASSERT_PTR_NOT_NULL(t.of[PPPOE_TAG_SERVICE].p);
	CU_ASSERT_EQUAL(t.of[PPPOE_TAG_SERVICE].len, 0);
	CU_ASSERT_TRUE(pppoe_tags_service(&t, NULL, 0));

	pppoe_put_heads(&w, everybody, host, PPPOE_DISCOVERY, PPPOE_PADI, 0);
	pppoe_put_tag(&w, PPPOE_TAG_SERVICE, NULL, 0);
	pppoe_put_end(&w);
	ASSERT_OCTETS(built, w.len, buf, 24);
}

static void pppoe_pkt_pado(void)
{
	static const char name[] = "Go RedBack - eshsheshoot";
	uint8_t buf[80], built[80];
	struct wr w = wr_init(built, sizeof(built));
	struct pppoe_tags t;
	struct pppoe_pkt p;

	CU_ASSERT_EQUAL(pkt(&p, buf, sizeof(buf),
			    HOST AC "8863 11 07 0000 0020 0101 0000 0102 0018"
				    "47 6f 20 52 65 64 42 61 63 6b 20 2d 20 65 73 68 73 68 65 73 68"
				    "6f 6f 74"),
			PPPOE_PKT_OK);
	CU_ASSERT_EQUAL(p.code, PPPOE_PADO);
	CU_ASSERT_EQUAL(p.len, 0x20);
	CU_ASSERT_TRUE(pppoe_tags_get(&t, p.payload, p.len));
	CU_ASSERT_EQUAL(t.of[PPPOE_TAG_AC_NAME].len, 24);
	CU_ASSERT_EQUAL(memcmp(t.of[PPPOE_TAG_AC_NAME].p, name, 24), 0);
	CU_ASSERT_PTR_NULL(t.of[PPPOE_TAG_COOKIE].p);
	CU_ASSERT_EQUAL(pppoe_tags_error(&t), PPPOE_TAGS);

	pppoe_put_heads(&w, host, ac, PPPOE_DISCOVERY, PPPOE_PADO, 0);
	pppoe_put_same(&w, PPPOE_TAG_SERVICE, &t.of[PPPOE_TAG_SERVICE]);
	pppoe_put_same(&w, PPPOE_TAG_AC_NAME, &t.of[PPPOE_TAG_AC_NAME]);
	pppoe_put_same(&w, PPPOE_TAG_COOKIE, &t.of[PPPOE_TAG_COOKIE]);
	pppoe_put_end(&w);
	ASSERT_OCTETS(built, w.len, buf, 52);
}

/* The last packet of the appendix: LCP from the host, on session 0x1234. */
static void pppoe_pkt_lcp(void)
{
	uint8_t buf[64];
	struct pppoe_pkt p;

	/* with the padding an Ethernet gives a frame that short */
	CU_ASSERT_EQUAL(pkt(&p, buf, sizeof(buf),
			    AC HOST "8864 11 00 1234 0006 c021 01010004"
				    "0000 0000 0000 0000 0000 0000 0000 0000 0000 0000 0000 0000"),
			PPPOE_PKT_OK);
	CU_ASSERT_EQUAL(p.ethertype, PPPOE_SESSION);
	CU_ASSERT_EQUAL(p.code, PPPOE_DATA);
	CU_ASSERT_EQUAL(p.session, 0x1234);
	ASSERT_OCTETS(p.payload, p.len, buf + 20, 6);
}

static void pppoe_pkt_malformed(void)
{
	static const struct {
		const char *hex;
		enum pppoe_pkt_result want;
	} rows[] = {
		{"", PPPOE_PKT_SHORT},
		{AC HOST, PPPOE_PKT_SHORT},
		{AC HOST "8863 11 09 0000 00", PPPOE_PKT_SHORT},
		{AC HOST "0800 4500", PPPOE_PKT_ETHERTYPE},
		{AC HOST "8100 0001 8863 1109 0000 0000", PPPOE_PKT_ETHERTYPE},
		{AC HOST "8863 21 09 0000 0000", PPPOE_PKT_VERSION},
		{AC HOST "8863 12 09 0000 0000", PPPOE_PKT_VERSION},
		{AC HOST "8863 11 09 0000 0005 0101 0000", PPPOE_PKT_LENGTH},
		{AC HOST "8864 11 00 0001 ffff c021", PPPOE_PKT_LENGTH},
		{AC HOST "8864 11 00 0001 0000", PPPOE_PKT_OK},
		{AC "01005e005301 8863 11 09 0000 0000", PPPOE_PKT_SOURCE},
		{AC "000000000000 8863 11 09 0000 0000", PPPOE_PKT_SOURCE},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		uint8_t buf[64];
		struct pppoe_pkt p;

		CU_ASSERT_EQUAL(pkt(&p, buf, sizeof(buf), rows[i].hex), rows[i].want);
	}
}

static void pppoe_pkt_tags(void)
{
	static const struct {
		const char *hex;
		bool ok;
		unsigned services;
	} rows[] = {
		{"", true, 0},
		{"0101 0003 697370", true, 1},
		{"0101 0003 6973", false, 0},
		{"0101 00", false, 0},
		{"0101", false, 0},
		{"01", false, 0},
		{"0101 ffff 69", false, 0},
		{"ffee 0002 0102 0101 0000 0101 0001 61", true, 2}, /* an unknown tag */
		{"0101 0000 0000 0000 0101 0000", true, 1},	    /* End-Of-List */
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		uint8_t buf[64];
		struct pppoe_tags t;

		CU_ASSERT_EQUAL(pppoe_tags_get(&t, buf, test_hex(buf, sizeof(buf), rows[i].hex)),
				rows[i].ok);
		if (rows[i].ok)
			CU_ASSERT_EQUAL(t.services, rows[i].services);
	}
}

/* The first of each kind counts; any of several services is found; what is behind the end is not.
 */
static void pppoe_pkt_services(void)
{
	uint8_t buf[80];
	struct pppoe_tags t;
	size_t n = test_hex(buf, sizeof(buf),
			    "0101 0003 697370 0102 0002 6163 0101 0004 766f6970 0102 0001 78"
			    "0000 0000 0101 0001 7a");

	CU_ASSERT_TRUE(pppoe_tags_get(&t, buf, n));
	CU_ASSERT_EQUAL(t.of[PPPOE_TAG_SERVICE].len, 3);
	CU_ASSERT_EQUAL(t.of[PPPOE_TAG_AC_NAME].len, 2);
	CU_ASSERT_EQUAL(t.raw_len, 26);
	CU_ASSERT_TRUE(pppoe_tags_service(&t, "isp", 3));
	CU_ASSERT_TRUE(pppoe_tags_service(&t, "voip", 4));
	CU_ASSERT_FALSE(pppoe_tags_service(&t, "voi", 3));
	CU_ASSERT_FALSE(pppoe_tags_service(&t, "z", 1));
	CU_ASSERT_FALSE(pppoe_tags_service(&t, "", 0));
}

static void pppoe_pkt_vendors(void)
{
	uint8_t buf[80];
	struct pppoe_tags t;
	/* Somebody else's, one too short for an id, and the Broadband Forum's: 3561 is 0x0de9. */
	size_t n = test_hex(buf, sizeof(buf),
			    "0105 0006 00000009 0101 0105 0002 0000 0105 0007 00000de9 010161");

	CU_ASSERT_TRUE(pppoe_tags_get(&t, buf, n));
	ASSERT_OCTETS(t.of[PPPOE_TAG_LINE].p, t.of[PPPOE_TAG_LINE].len, buf + 24, 3);
}

static void pppoe_pkt_max_payload(void)
{
	static const struct {
		const char *hex;
		uint16_t want;
	} rows[] = {
		{"0120 0002 05dc", 1500}, {"0120 0001 05", 0}, {"0120 0003 05dc00", 0}, {"", 0}};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		uint8_t buf[16];
		struct pppoe_tags t;

		CU_ASSERT_TRUE(pppoe_tags_get(&t, buf, test_hex(buf, sizeof(buf), rows[i].hex)));
		CU_ASSERT_EQUAL(pppoe_tags_max_payload(&t), rows[i].want);
	}
}

static void pppoe_pkt_errors(void)
{
	static const struct {
		const char *hex;
		enum pppoe_tag_kind want;
	} rows[] = {
		{"0101 0000 0201 0000", PPPOE_TAG_SERVICE_ERROR},
		{"0202 0004 66756c6c", PPPOE_TAG_SYSTEM_ERROR},
		{"0203 0002 6e6f 0101 0000", PPPOE_TAG_GENERIC_ERROR},
		{"0101 0000", PPPOE_TAGS},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		uint8_t buf[16];
		struct pppoe_tags t;

		CU_ASSERT_TRUE(pppoe_tags_get(&t, buf, test_hex(buf, sizeof(buf), rows[i].hex)));
		CU_ASSERT_EQUAL(pppoe_tags_error(&t), rows[i].want);
	}
}

static void pppoe_pkt_no_room(void)
{
	uint8_t buf[30];
	struct wr w = wr_init(buf, sizeof(buf));

	pppoe_put_heads(&w, host, ac, PPPOE_DISCOVERY, PPPOE_PADO, 0);
	pppoe_put_tag(&w, PPPOE_TAG_AC_NAME, "longer than it", 14);
	pppoe_put_end(&w);
	CU_ASSERT_TRUE(w.bad);
}

/* LENGTH has 16 bits. */
static void pppoe_tag_too_long(void)
{
	static uint8_t out[70000], value[65536];
	struct wr w = wr_init(out, sizeof(out));

	pppoe_put_tag(&w, PPPOE_TAG_COOKIE, value, 65535);
	CU_ASSERT_FALSE(w.bad);
	CU_ASSERT_EQUAL(w.len, 4 + 65535);
	ASSERT_OCTETS(out, 4, "\x01\x04\xff\xff", 4);
	w = wr_init(out, sizeof(out));
	pppoe_put_tag(&w, PPPOE_TAG_COOKIE, value, 65536);
	CU_ASSERT_TRUE(w.bad);
}

static const struct test_case cases[] = {
	{"tag_too_long", pppoe_tag_too_long},
	{"rfc2516_b_padi", pppoe_pkt_padi},
	{"rfc2516_b_pado", pppoe_pkt_pado},
	{"rfc2516_b_lcp_without_padding", pppoe_pkt_lcp},
	{"malformed_heads", pppoe_pkt_malformed},
	{"tags_malformed_unknown_ended", pppoe_pkt_tags},
	{"services_among_tags", pppoe_pkt_services},
	{"vendor_tag_of_the_broadband_forum_only", pppoe_pkt_vendors},
	{"rfc4638_4_max_payload", pppoe_pkt_max_payload},
	{"error_tags", pppoe_pkt_errors},
	{"no_room_to_build", pppoe_pkt_no_room},
	{NULL, NULL},
};
const struct test_suite suite_pppoe_pkt = {"pppoe_pkt", cases};
