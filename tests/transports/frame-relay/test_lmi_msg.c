/* SPDX-License-Identifier: GPL-2.0-or-later */
/* LMI messages of the three variants: octets as real equipment sends them, and what is malformed.
 */
#include "tests/harness.h"
#include "transports/frame-relay/lmi_msg.h"

#include <string.h>

/* PDUs behind the Q.922 address.  The Annex A ones passed between libosmogb's two sides, the others
 * between Linux and a peer. */
static const struct vector {
	enum lmi_kind kind;
	const char *hex;
	struct lmi_msg m;
} vectors[] = {
	{LMI_ANNEX_A,
	 "03 08 00 75 51 01 00 53 02 01 00",
	 {LMI_STATUS_ENQUIRY, LMI_FULL, true, 1, 0, 0, {{0, 0}}}},
	{LMI_ANNEX_A,
	 "03 08 00 75 51 01 01 53 02 07 06",
	 {LMI_STATUS_ENQUIRY, LMI_INTEGRITY, true, 7, 6, 0, {{0, 0}}}},
	{LMI_ANNEX_A,
	 "03 08 00 7d 51 01 01 53 02 02 02",
	 {LMI_STATUS, LMI_INTEGRITY, true, 2, 2, 0, {{0, 0}}}},
	{LMI_ANNEX_A,
	 "03 08 00 7d 51 01 00 53 02 01 01 57 03 06 a0 88",
	 {LMI_STATUS, LMI_FULL, true, 1, 1, 1, {{100, LMI_PVC_N}}}},
	{LMI_ANNEX_A,
	 "03 08 00 7d 51 01 00 53 02 02 02 57 03 06 a0 82 57 03 3d f8 80",
	 {LMI_STATUS, LMI_FULL, true, 2, 2, 2, {{100, LMI_PVC_A}, {991, 0}}}},
	{LMI_ANNEX_A,
	 "03 08 00 7d 51 01 02 57 03 06 a0 84",
	 {LMI_STATUS, LMI_ASYNC, false, 0, 0, 1, {{100, LMI_PVC_D}}}},
	{LMI_ANNEX_D,
	 "03 08 00 75 95 01 01 00 03 02 01 00",
	 {LMI_STATUS_ENQUIRY, LMI_FULL, true, 1, 0, 0, {{0, 0}}}},
	{LMI_ANNEX_D,
	 "03 08 00 7d 95 01 01 00 03 02 05 06 07 03 06 a0 8a",
	 {LMI_STATUS, LMI_FULL, true, 5, 6, 1, {{100, LMI_PVC_A | LMI_PVC_N}}}},
	{LMI_CISCO,
	 "03 09 00 75 01 01 00 03 02 01 00",
	 {LMI_STATUS_ENQUIRY, LMI_FULL, true, 1, 0, 0, {{0, 0}}}},
	{LMI_CISCO,
	 "03 09 00 7d 01 01 00 03 02 05 06 07 06 00 64 02 00 00 00",
	 {LMI_STATUS, LMI_FULL, true, 5, 6, 1, {{100, LMI_PVC_A}}}},
};

static void test_lmi_msg_get(void)
{
	static struct lmi_msg m;

	for (size_t i = 0; i < sizeof(vectors) / sizeof(vectors[0]); i++) {
		const struct vector *v = &vectors[i];
		uint8_t in[64];
		size_t n = test_hex(in, sizeof(in), v->hex);

		if (!lmi_msg_get(&m, v->kind, Q922_2_OCTETS, in, n)) {
			CU_FAIL(v->hex);
			continue;
		}
		CU_ASSERT_EQUAL(m.type, v->m.type);
		CU_ASSERT_EQUAL(m.report, v->m.report);
		CU_ASSERT_EQUAL(m.has_keepalive, v->m.has_keepalive);
		CU_ASSERT_EQUAL(m.send, v->m.send);
		CU_ASSERT_EQUAL(m.recv, v->m.recv);
		CU_ASSERT_EQUAL_FATAL(m.pvcs, v->m.pvcs);
		for (unsigned k = 0; k < m.pvcs; k++) {
			CU_ASSERT_EQUAL(m.pvc[k].dlci, v->m.pvc[k].dlci);
			CU_ASSERT_EQUAL(m.pvc[k].bits, v->m.pvc[k].bits);
		}
	}
}

static void test_lmi_msg_put(void)
{
	for (size_t i = 0; i < sizeof(vectors) / sizeof(vectors[0]); i++) {
		uint8_t want[64], out[64];
		size_t n = test_hex(want, sizeof(want), vectors[i].hex);
		struct wr w = wr_init(out, sizeof(out));

		lmi_msg_put(&w, vectors[i].kind, Q922_2_OCTETS, &vectors[i].m);
		ASSERT_OCTETS(out, w.len, want, n);
		if (vectors[i].m.has_keepalive)
			CU_ASSERT_EQUAL(
				lmi_msg_octets(vectors[i].kind, Q922_2_OCTETS, vectors[i].m.pvcs),
				n);
	}
}

static bool good(enum lmi_kind kind, const char *hex)
{
	static struct lmi_msg m;
	uint8_t in[64];
	size_t n = test_hex(in, sizeof(in), hex);

	return lmi_msg_get(&m, kind, Q922_2_OCTETS, in, n);
}

static void lmi_msg_malformed(void)
{
	static const char *const annex_a[] = {
		"",
		"03",
		"03 08 00",
		"13 08 00 75 51 01 00 53 02 01 00", /* not UI */
		"03 09 00 75 51 01 00 53 02 01 00", /* discriminator of another variant */
		"03 08 01 75 51 01 00 53 02 01 00", /* call reference not the dummy one */
		"03 08 00 7b 51 01 00 53 02 01 00", /* message type */
		"03 08 00 75",			    /* no elements */
		"03 08 00 75 53 02 01 00",	    /* no report type */
		"03 08 00 75 51 01 00",		    /* no keepalive */
		"03 08 00 75 51 00 53 02 01 00",    /* empty report type */
		"03 08 00 75 51 01 03 53 02 01 00", /* report type 3 */
		"03 08 00 75 51 01 02 53 02 01 00", /* asynchronous ENQUIRY */
		"03 08 00 75 51 01 00 53 01 01",    /* keepalive of one octet */
		"03 08 00 75 51 01 00 53 02 01",    /* cut off */
		"03 08 00 75 51 01 00 53",
		"03 08 00 75 51 ff 00 53 02 01 00", /* element longer than the message */
		"03 08 00 75 51 01 00 53 02 01 00 57 03 06 a0 82", /* PVCs in an ENQUIRY */
		"03 08 00 7d 51 01 00 53 02 01 01 57 02 06 a0",	   /* PVC of two octets */
		"03 08 00 7d 51 01 00 53 02 01 01 57 03 86 a0 82", /* extension bits */
		"03 08 00 7d 51 01 00 53 02 01 01 57 03 06 20 82",
		"03 08 00 7d 51 01 00 53 02 01 01 57 03 06 a0 02",
		"03 08 00 7d 51 01 02", /* asynchronous without its PVC */
		"03 08 00 7d 51 01 02 57 03 06 a0 82 57 03 06 a8 82", /* with two */
		"03 08 00 75 95 01 01 00 03 02 01 00",		      /* Annex D */
	};

	for (size_t i = 0; i < sizeof(annex_a) / sizeof(annex_a[0]); i++)
		if (good(LMI_ANNEX_A, annex_a[i]))
			CU_FAIL(annex_a[i]);
	CU_ASSERT_FALSE(good(LMI_ANNEX_D, "03 08 00 75 01 01 00 03 02 01 00")); /* no shift */
	CU_ASSERT_FALSE(good(LMI_ANNEX_D, "03 08 00 75 51 01 00 53 02 01 00")); /* Annex A */
	CU_ASSERT_FALSE(good(LMI_CISCO, "03 09 00 7d 01 01 02 07 06 00 64 02 00 00 00"));
	CU_ASSERT_FALSE(good(LMI_CISCO, "03 09 00 7d 01 01 00 03 02 05 06 07 05 00 64 02 00 00"));
}

/* What we need not know is skipped: other elements, single octet elements, longer contents. */
static void skipped(void)
{
	CU_ASSERT_TRUE(good(LMI_ANNEX_A, "03 08 00 75 51 01 00 53 02 01 00 14 02 aa bb"));
	CU_ASSERT_TRUE(good(LMI_ANNEX_A, "03 08 00 75 a0 51 01 00 53 02 01 00"));
	CU_ASSERT_TRUE(
		good(LMI_ANNEX_A, "03 08 00 7d 51 02 00 00 53 03 01 01 00 57 04 06 a0 82 00"));
	CU_ASSERT_TRUE(good(LMI_ANNEX_A, "03 08 00 75 53 02 01 00 51 01 00")); /* other order */
}

static void many_pvcs(void)
{
	static struct lmi_msg m, back;
	static uint8_t out[16 + (LMI_MSG_PVCS + 1) * 8];

	for (enum lmi_kind k = LMI_ANNEX_A; k < LMI_KINDS; k++) {
		struct wr w = wr_init(out, sizeof(out));
		size_t longer;

		m = (struct lmi_msg){.type = LMI_STATUS, .has_keepalive = true, .send = 1};
		for (m.pvcs = 0; m.pvcs < LMI_MSG_PVCS; m.pvcs++)
			m.pvc[m.pvcs] = (struct lmi_msg_pvc){m.pvcs, m.pvcs & 14};
		lmi_msg_put(&w, k, Q922_2_OCTETS, &m);
		CU_ASSERT_TRUE(!w.bad && w.len == lmi_msg_octets(k, Q922_2_OCTETS, LMI_MSG_PVCS));
		CU_ASSERT_TRUE(lmi_msg_get(&back, k, Q922_2_OCTETS, out, w.len));
		CU_ASSERT_EQUAL(back.pvcs, m.pvcs);
		for (unsigned i = 0; i < m.pvcs; i++)
			CU_ASSERT_TRUE(back.pvc[i].dlci == m.pvc[i].dlci &&
				       back.pvc[i].bits == m.pvc[i].bits);
		/* one more of the last element */
		longer = lmi_msg_octets(k, Q922_2_OCTETS, LMI_MSG_PVCS + 1);
		memcpy(out + w.len, out + 2 * w.len - longer, longer - w.len);
		CU_ASSERT_FALSE(lmi_msg_get(&back, k, Q922_2_OCTETS, out, longer));
	}
}

/* One PVC, active, on links with longer addresses: the bits of the DLCI are laid out by hand. */
static void wide_dlcis(void)
{
	static const struct {
		enum lmi_kind kind;
		enum q922_format format;
		uint32_t dlci;
		const char *hex;
	} rows[] = {
		{LMI_ANNEX_A, Q922_3_OCTETS, 1024, "57 04 01 00 80 82"},
		{LMI_ANNEX_A, Q922_3_OCTETS, 0x1234, "57 04 04 40 e8 82"},
		{LMI_ANNEX_D, Q922_3_OCTETS, 63487, "07 04 3d 78 fe 82"},
		{LMI_ANNEX_A, Q922_4_OCTETS, 131072, "57 05 01 00 00 80 82"},
		{LMI_ANNEX_A, Q922_4_OCTETS, 0x123456, "57 05 09 08 51 ac 82"},
		{LMI_ANNEX_D, Q922_4_OCTETS, 8126463, "07 05 3d 78 7f fe 82"},
		{LMI_CISCO, Q922_3_OCTETS, 0x1234, "07 06 12 34 02 00 00 00"},
	};
	static const char *const heads[LMI_KINDS] = {
		"03 08 00 7d 51 01 00 53 02 02 02",
		"03 08 00 7d 95 01 01 00 03 02 02 02",
		"03 09 00 7d 01 01 00 03 02 02 02",
	};
	static struct lmi_msg m;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		uint8_t want[64], out[64];
		size_t n = test_hex(want, sizeof(want), heads[rows[i].kind]);
		struct wr w = wr_init(out, sizeof(out));

		n += test_hex(want + n, sizeof(want) - n, rows[i].hex);
		CU_ASSERT_TRUE_FATAL(lmi_msg_get(&m, rows[i].kind, rows[i].format, want, n));
		CU_ASSERT_TRUE(m.pvcs == 1 && m.pvc[0].dlci == rows[i].dlci &&
			       m.pvc[0].bits == LMI_PVC_A);
		lmi_msg_put(&w, rows[i].kind, rows[i].format, &m);
		ASSERT_OCTETS(out, w.len, want, n);
		CU_ASSERT_EQUAL(lmi_msg_octets(rows[i].kind, rows[i].format, 1), n);
	}
	for (enum q922_format f = Q922_2_OCTETS; f < Q922_FORMATS; f++) {
		CU_ASSERT_TRUE(lmi_msg_fits(LMI_ANNEX_A, f) && lmi_msg_fits(LMI_ANNEX_D, f));
		CU_ASSERT_EQUAL(lmi_msg_fits(LMI_CISCO, f), f != Q922_4_OCTETS);
	}
}

/* The length is the link's, never guessed. */
static void dlcis_of_another_length(void)
{
	static const char *const elements[Q922_FORMATS] = {"57 03 06 a0 82", "57 04 04 40 e8 82",
							   "57 05 09 08 51 ac 82"};
	static struct lmi_msg m;

	for (enum q922_format f = Q922_2_OCTETS; f < Q922_FORMATS; f++) {
		for (int e = 0; e < Q922_FORMATS; e++) {
			uint8_t in[64];
			size_t n = test_hex(in, sizeof(in), "03 08 00 7d 51 01 00 53 02 02 02");

			n += test_hex(in + n, sizeof(in) - n, elements[e]);
			CU_ASSERT_EQUAL(lmi_msg_get(&m, LMI_ANNEX_A, f, in, n), e == (int)f);
		}
	}
}

static void update_status(void)
{
	static struct lmi_msg m = {.type = LMI_UPDATE, .report = LMI_ASYNC, .pvcs = 1};
	uint8_t want[64], out[64];
	size_t n = test_hex(want, sizeof(want), "03 09 00 7b 07 06 00 64 02 00 00 00");
	struct wr w = wr_init(out, sizeof(out));

	m.pvc[0].dlci = 100;
	m.pvc[0].bits = LMI_PVC_A;
	lmi_msg_put(&w, LMI_CISCO, Q922_2_OCTETS, &m);
	ASSERT_OCTETS(out, w.len, want, n);
	CU_ASSERT_TRUE(lmi_msg_get(&m, LMI_CISCO, Q922_2_OCTETS, want, n));
	CU_ASSERT_TRUE(m.report == LMI_ASYNC && m.pvcs == 1 && m.pvc[0].dlci == 100);
	CU_ASSERT_TRUE(good(LMI_CISCO, "03 09 00 7b 01 01 02 07 06 00 64 04 00 00 00"));
	CU_ASSERT_TRUE(good(LMI_CISCO, "03 09 00 7b 01 01 00 03 02 05 06 07 06 00 64 04 00 00 00"));
	CU_ASSERT_FALSE(good(LMI_CISCO, "03 09 00 7b"));
	CU_ASSERT_FALSE(good(LMI_CISCO, "03 09 00 7b 07 06 00 64 02 00 00"));
	CU_ASSERT_FALSE(good(LMI_ANNEX_D, "03 08 00 7b 95 07 03 06 a0 82"));
}

static const struct test_case cases[] = {
	{"messages_in", test_lmi_msg_get},
	{"messages_out", test_lmi_msg_put},
	{"malformed_messages", lmi_msg_malformed},
	{"unknown_elements_are_skipped", skipped},
	{"as_many_pvcs_as_there_are", many_pvcs},
	{"dlcis_of_3_and_4_octets", wide_dlcis},
	{"dlcis_of_another_length", dlcis_of_another_length},
	{"cisco_update_status", update_status},
	{NULL, NULL},
};
const struct test_suite suite_lmi_msg = {"lmi_msg", cases};
