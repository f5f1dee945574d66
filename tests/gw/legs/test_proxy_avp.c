/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The attributes of RFC 2661 4.4.5, in and out. */
#include "gw/legs/proxy_avp.h"
#include "tests/harness.h"

#include <string.h>

static struct l2tp_msg m;
static uint8_t values[2048];
static size_t used;

static void avp_start(void)
{
	memset(&m, 0, sizeof(m));
	m.type = L2TP_ICCN;
	used = 0;
}

static void avp_add(uint16_t type, const char *hex)
{
	size_t n = test_hex(values + used, sizeof(values) - used, hex);

	m.avp[m.n++] = (struct l2tp_avp){.type = type,
					 .val = n ? values + used : NULL,
					 .len = (uint16_t)n,
					 .row = l2tp_avp_row(L2TP_IETF, type)};
	used += n;
}

static void avp_add_long(uint16_t type, size_t n)
{
	memset(values + used, 'x', n);
	m.avp[m.n++] = (struct l2tp_avp){.type = type,
					 .val = values + used,
					 .len = (uint16_t)n,
					 .row = l2tp_avp_row(L2TP_IETF, type)};
	used += n;
}

static void avp_chap(void)
{
	avp_start();
	avp_add(26, "0104 05d4");
	avp_add(27, "0305 c22305");
	avp_add(28, "0506 01020304");
	avp_add(29, "0002");
	avp_add(30, "616e6e");
	avp_add(31, "0011223344");
	avp_add(32, "0007");
	avp_add(33, "15c1682eb7ac3daca85d727884af20a0");
}

static void rfc2661_4_4_5_chap_in(void)
{
	struct proxy_avp_in in;

	avp_chap();
	CU_ASSERT_PTR_NULL(proxy_avp_read(&in, &m));
	ASSERT_OCTETS(in.x.first_rx.p, in.x.first_rx.left, "\x01\x04\x05\xd4", 4);
	ASSERT_OCTETS(in.x.last_tx.p, in.x.last_tx.left, "\x03\x05\xc2\x23\x05", 5);
	ASSERT_OCTETS(in.x.last_rx.p, in.x.last_rx.left, "\x05\x06\x01\x02\x03\x04", 6);
	CU_ASSERT_PTR_EQUAL_FATAL(in.x.claim, &in.claim);
	CU_ASSERT_EQUAL(in.claim.method, PPP_AUTH_CHAP_MD5);
	CU_ASSERT_STRING_EQUAL(in.claim.name, "ann");
	CU_ASSERT_EQUAL(in.claim.name_len, 3);
	CU_ASSERT_EQUAL(in.claim.id, 7);
	ASSERT_OCTETS(in.claim.challenge, in.claim.challenge_len, "\x00\x11\x22\x33\x44", 5);
	CU_ASSERT_EQUAL(in.claim.response_len, 16);
	CU_ASSERT_EQUAL(in.claim.response[15], 0xa0);
}

static void rfc2661_4_4_5_pap_in(void)
{
	struct proxy_avp_in in;

	avp_start();
	avp_add(29, "0003");
	avp_add(30, "616e6e");
	avp_add(32, "0009");
	avp_add(33, "736563726574");
	CU_ASSERT_PTR_NULL(proxy_avp_read(&in, &m));
	CU_ASSERT_PTR_NULL(in.x.last_tx.p);
	CU_ASSERT_PTR_NULL(in.x.last_rx.p);
	CU_ASSERT_PTR_NOT_NULL_FATAL(in.x.claim);
	CU_ASSERT_EQUAL(in.claim.method, PPP_AUTH_PAP);
	CU_ASSERT_EQUAL(in.claim.id, 9);
	ASSERT_OCTETS(in.claim.response, in.claim.response_len, "secret", 6);
}

/* A list without options is known, and says that all is default. */
static void an_empty_list(void)
{
	struct proxy_avp_in in;

	avp_start();
	avp_add(27, "");
	avp_add(28, "");
	CU_ASSERT_PTR_NULL(proxy_avp_read(&in, &m));
	CU_ASSERT_PTR_NOT_NULL(in.x.last_tx.p);
	CU_ASSERT_PTR_NOT_NULL(in.x.last_rx.p);
	CU_ASSERT_EQUAL(in.x.last_tx.left + in.x.last_rx.left, 0);
	CU_ASSERT_PTR_NULL(in.x.first_rx.p);
}

/* Textual, none, MS-CHAP, and what is not assigned: nothing that we could judge. */
static void other_types_are_no_claim(void)
{
	static const char *const types[] = {"0000", "0001", "0004", "0005", "0008", "ffff", "0102"};
	struct proxy_avp_in in;

	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
		avp_start();
		avp_add(29, types[i]);
		CU_ASSERT_PTR_NULL(proxy_avp_read(&in, &m));
		CU_ASSERT_PTR_NULL(in.x.claim);
	}
	avp_start();
	CU_ASSERT_PTR_NULL(proxy_avp_read(&in, &m));
	CU_ASSERT_PTR_NULL(in.x.claim);
}

/* Each of the attributes that go with a Type. */
static void rfc2661_4_4_5_what_is_missing(void)
{
	struct proxy_avp_in in;

	for (uint16_t type = 30; type <= 33; type++) {
		avp_chap();
		for (unsigned i = 0; i < m.n; i++)
			if (m.avp[i].type == type)
				m.avp[i].type = 99;
		CU_ASSERT_PTR_NOT_NULL(proxy_avp_read(&in, &m));
	}
}

static void lengths_up_to_those_of_an_avp(void)
{
	static const struct {
		uint16_t type;
		size_t len;
		bool fits;
	} rows[] = {
		{30, 0, true},	  {30, 255, true},  {30, 256, false}, {30, 1017, false},
		{31, 1, true},	  {31, 64, true},   {31, 65, false},  {31, 1017, false},
		{33, 0, true},	  {33, 255, true},  {33, 256, false}, {33, 1017, false},
		{26, 1017, true}, {27, 1017, true}, {28, 1017, true},
	};
	struct proxy_avp_in in;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		avp_chap();
		for (unsigned k = 0; k < m.n; k++)
			if (m.avp[k].type == rows[i].type)
				m.avp[k].type = 99;
		avp_add_long(rows[i].type, rows[i].len);
		CU_ASSERT_EQUAL(!proxy_avp_read(&in, &m), rows[i].fits);
	}
}

/* --- out -------------------------------------------------------------------------------------- */

static void avp_is(const struct l2tp_avp *a, uint16_t type, const char *hex)
{
	uint8_t want[300];
	size_t n = test_hex(want, sizeof(want), hex);

	CU_ASSERT_EQUAL(a->type, type);
	CU_ASSERT_FALSE(a->mandatory);
	ASSERT_OCTETS(a->val, a->len, want, n);
}

static void rfc2661_4_4_5_chap_out(void)
{
	static const uint8_t first[] = {1, 4, 5, 0xd4}, sent[] = {3, 5, 0xc2, 0x23, 5}, last[1];
	struct ppp_auth_claim c = {.method = PPP_AUTH_CHAP_MD5,
				   .name = "ann",
				   .name_len = 3,
				   .id = 7,
				   .challenge = {0, 0x11},
				   .challenge_len = 2,
				   .response = {0x15},
				   .response_len = 16};
	struct ppp_proxy x = {.first_rx = rd_init(first, 4),
			      .last_tx = rd_init(sent, 5),
			      .last_rx = rd_init(last, 0),
			      .claim = &c};
	struct proxy_avp_out out;

	proxy_avp_write(&out, &x);
	CU_ASSERT_EQUAL_FATAL(out.n, 8);
	avp_is(&out.avp[0], 26, "010405d4");
	avp_is(&out.avp[1], 27, "0305c22305");
	avp_is(&out.avp[2], 28, "");
	avp_is(&out.avp[3], 29, "0002");
	avp_is(&out.avp[4], 30, "616e6e");
	avp_is(&out.avp[5], 31, "0011");
	avp_is(&out.avp[6], 32, "0007");
	avp_is(&out.avp[7], 33, "15000000000000000000000000000000");
	/* RFC 2661 knows no other kind of CHAP that we speak */
	c.method = PPP_AUTH_MSCHAPV2;
	proxy_avp_write(&out, &x);
	avp_is(&out.avp[3], 29, "0002");
}

/* "In the case of cleartext passwords, AVP hiding is recommended." */
static void rfc2661_4_4_5_pap_out(void)
{
	struct ppp_auth_claim c = {.method = PPP_AUTH_PAP,
				   .name = "ann",
				   .name_len = 3,
				   .id = 255,
				   .response = "secret",
				   .response_len = 6};
	struct ppp_proxy x = {.claim = &c};
	struct proxy_avp_out out;

	proxy_avp_write(&out, &x);
	CU_ASSERT_EQUAL_FATAL(out.n, 4);
	avp_is(&out.avp[0], 29, "0003");
	avp_is(&out.avp[1], 30, "616e6e");
	avp_is(&out.avp[2], 32, "00ff");
	avp_is(&out.avp[3], 33, "736563726574");
	CU_ASSERT_TRUE(out.avp[3].hidden);
}

static void rfc2661_4_4_5_no_authentication_out(void)
{
	struct ppp_proxy x = {.unasked = true};
	struct proxy_avp_out out;

	proxy_avp_write(&out, &x);
	CU_ASSERT_EQUAL_FATAL(out.n, 1);
	avp_is(&out.avp[0], 29, "0004");
	x.unasked = false; /* asked, and no answer yet */
	proxy_avp_write(&out, &x);
	CU_ASSERT_EQUAL(out.n, 0);
}

static const struct test_case cases[] = {
	{"rfc2661_4_4_5_chap_in", rfc2661_4_4_5_chap_in},
	{"rfc2661_4_4_5_pap_in", rfc2661_4_4_5_pap_in},
	{"an_empty_list", an_empty_list},
	{"other_types_are_no_claim", other_types_are_no_claim},
	{"rfc2661_4_4_5_what_is_missing", rfc2661_4_4_5_what_is_missing},
	{"lengths_up_to_those_of_an_avp", lengths_up_to_those_of_an_avp},
	{"rfc2661_4_4_5_chap_out", rfc2661_4_4_5_chap_out},
	{"rfc2661_4_4_5_pap_out", rfc2661_4_4_5_pap_out},
	{"rfc2661_4_4_5_no_authentication_out", rfc2661_4_4_5_no_authentication_out},
	{NULL, NULL},
};
const struct test_suite suite_proxy_avp = {"proxy_avp", cases};
