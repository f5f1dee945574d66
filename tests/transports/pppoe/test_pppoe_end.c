/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Sessions, how they are found, and PADT. */
#include "tests/heap.h"
#include "tests/transports/pppoe/pppoe_rig.h"

#include <string.h>

static const uint8_t host[] = {0, 0, 0x5e, 0, 0x53, 1}, other[] = {0, 0, 0x5e, 0, 0x53, 9};

static struct pppoe_session *session(struct rig *r, const uint8_t *peer, uint16_t id)
{
	struct pppoe_session *s = pppoe_end_new(&r->e, peer);

	CU_ASSERT_PTR_NOT_NULL_FATAL(s);
	s->state = PPPOE_UP;
	pppoe_end_name(&r->e, s, id);
	return s;
}

/* By id and peer, and all of a peer, whichever goes first. */
static void pppoe_end_finds(void)
{
	for (unsigned gone = 0; gone < 4; gone++) {
		struct pppoe_session *s[4];
		struct rig r;

		rig_ac(&r, 4, NULL);
		s[0] = session(&r, host, 7);
		s[1] = session(&r, other, 7);
		s[2] = session(&r, host, 8);
		s[3] = session(&r, host, 9);
		CU_ASSERT_TRUE(pppoe_end_full(&r.e));
		CU_ASSERT_PTR_NULL(pppoe_end_new(&r.e, host));
		CU_ASSERT_PTR_EQUAL(pppoe_end_find(&r.e, other, 7), s[1]);
		CU_ASSERT_PTR_NULL(pppoe_end_find(&r.e, other, 8));
		CU_ASSERT_EQUAL(pppoe_end_sessions_of(&r.e, host), 3);
		pppoe_end_drop(&r.e, s[gone]);
		CU_ASSERT_EQUAL(pppoe_end_sessions_of(&r.e, host), gone == 1 ? 3 : 2);
		CU_ASSERT_EQUAL(pppoe_end_sessions_of(&r.e, other), gone != 1);
		CU_ASSERT_PTR_EQUAL(pppoe_end_find(&r.e, host, 7), gone == 0 ? NULL : s[0]);
		CU_ASSERT_PTR_EQUAL(pppoe_end_find(&r.e, other, 7), gone == 1 ? NULL : s[1]);
		CU_ASSERT_PTR_EQUAL(pppoe_end_find(&r.e, host, 8), gone == 2 ? NULL : s[2]);
		CU_ASSERT_PTR_EQUAL(pppoe_end_find(&r.e, host, 9), gone == 3 ? NULL : s[3]);
		CU_ASSERT_FALSE(pppoe_end_full(&r.e));
		rig_close(&r);
	}
}

/* A session more takes memory: without it no slot is held. */
static void pppoe_end_no_memory(void)
{
	struct pppoe_session *s;
	struct rig r;

	rig_ac(&r, 1, NULL);
	heap_refuse(0);
	CU_ASSERT_PTR_NULL(pppoe_end_new(&r.e, host));
	CU_ASSERT_TRUE(heap_refused());
	CU_ASSERT_EQUAL(r.e.slots.taken, 0);
	CU_ASSERT_EQUAL(pppoe_end_sessions_of(&r.e, host), 0);
	s = session(&r, host, 7);
	CU_ASSERT_TRUE(pppoe_end_keep_tags(s, host, sizeof(host)));
	heap_refuse(0);
	CU_ASSERT_FALSE(pppoe_end_keep_tags(s, host, sizeof(host)));
	CU_ASSERT_TRUE(heap_refused());
	CU_ASSERT_PTR_NULL(s->tags);
	CU_ASSERT_EQUAL(s->tags_len, 0);
	rig_close(&r);
}

/* The station with the most sessions, whichever came first. */
static void pppoe_end_worst_station(void)
{
	struct rig r;

	rig_ac(&r, 8, NULL);
	CU_ASSERT_EQUAL(pppoe_end_worst(&r.e), 0);
	session(&r, other, 1);
	CU_ASSERT_EQUAL(pppoe_end_worst(&r.e), 1);
	session(&r, host, 2);
	session(&r, host, 3);
	CU_ASSERT_EQUAL(pppoe_end_worst(&r.e), 2);
	pppoe_end_drop(&r.e, session(&r, other, 4));
	session(&r, other, 5);
	session(&r, other, 6);
	CU_ASSERT_EQUAL(pppoe_end_worst(&r.e), 3);
	rig_close(&r);
}

/* 5.5: by the peer alone; its words are kept. */
static void pppoe_end_padt_received(void)
{
	struct rig r;

	rig_ac(&r, 4, NULL);
	session(&r, host, 7);
	rig_discovery(&r, AC, "00005e005309", PPPOE_PADT, 7, "");
	rig_discovery(&r, AC, HOST, PPPOE_PADT, 8, "");
	rig_discovery(&r, AC, HOST, PPPOE_PADT, 0, "");
	CU_ASSERT_EQUAL(rig_count(&r, PPPOE_C_PADT_UNKNOWN), 3);
	CU_ASSERT_EQUAL(r.downs, 0);
	rig_discovery(&r, AC, HOST, PPPOE_PADT, 7, "0203 0003 627965");
	CU_ASSERT_EQUAL(r.downs, 1);
	CU_ASSERT_EQUAL(r.why.kind, IST_CAUSE_CLEARED);
	CU_ASSERT_STRING_EQUAL(r.said, "bye");
	CU_ASSERT_EQUAL(rig_count(&r, PPPOE_C_RX_PADT), 4);
	CU_ASSERT_EQUAL(r.e.slots.taken + r.out.outs, 0);
	rig_close(&r);
}

static void pppoe_end_padt_sent(void)
{
	struct pppoe_session *s;
	struct rig r;
	uint8_t tags[6];

	rig_ac(&r, 4, NULL);
	s = session(&r, host, 7);
	CU_ASSERT_TRUE(
		pppoe_end_keep_tags(s, tags, test_hex(tags, sizeof(tags), "0110 0002 aabb")));
	pppoe_end_hang_up(&r.e, s, "idle");
	recorder_expect(&r.out, HOST AC "8863 11 a7 0007 000e 0203 0004 69646c65 0110 0002 aabb");
	pppoe_end_hang_up(&r.e, session(&r, host, 7), NULL);
	recorder_expect(&r.out, HOST AC "8863 11 a7 0007 0000");
	s = session(&r, host, 7);
	s->state = PPPOE_OFFERED;
	pppoe_end_hang_up(&r.e, s, "idle");
	CU_ASSERT_EQUAL(r.out.outs, 0);
	CU_ASSERT_EQUAL(r.downs, 0);
	rig_close(&r);
}

/* Ten at once, then one each 100 ms. */
static void pppoe_end_strays(void)
{
	struct rig r;

	rig_ac(&r, 4, NULL);
	for (unsigned i = 0; i < 30; i++)
		pppoe_end_stray(&r.e, host, 7, r.now);
	CU_ASSERT_EQUAL(r.out.outs, 10);
	CU_ASSERT_EQUAL(rig_count(&r, PPPOE_C_PADT_HELD), 20);
	recorder_expect(&r.out, HOST AC "8863 11 a7 0007 0013"
					"0203 000f 6e6f20737563682073657373696f6e");
	r.out.outs = 0;
	for (unsigned i = 0; i < 20; i++)
		pppoe_end_stray(&r.e, host, 7, r.now + i * 50000);
	CU_ASSERT_EQUAL(r.out.outs, 9);
	r.now += 3600 * S;
	r.out.outs = 0;
	for (unsigned i = 0; i < 30; i++)
		pppoe_end_stray(&r.e, host, 7, r.now);
	CU_ASSERT_EQUAL(r.out.outs, 10);
	rig_close(&r);
}

/* RFC 4638 5.1: the least of both, more than 1492 only if both can. */
static void pppoe_end_agrees(void)
{
	static const struct {
		uint16_t ours, asked, want;
	} rows[] = {{1492, 0, 1492},	{1492, 1500, 1492}, {1500, 0, 1492},	{1500, 1492, 1492},
		    {1500, 1000, 1492}, {1500, 1493, 1493}, {1500, 9000, 1500}, {9000, 1500, 1500}};
	struct rig r;

	rig_ac(&r, 1, NULL);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		r.e.payload_max = rows[i].ours;
		CU_ASSERT_EQUAL(pppoe_end_agree(&r.e, rows[i].asked), rows[i].want);
	}
	rig_close(&r);
}

static const struct test_case cases[] = {
	{"found_by_id_and_peer", pppoe_end_finds},
	{"no_memory_for_a_session", pppoe_end_no_memory},
	{"worst_station", pppoe_end_worst_station},
	{"rfc2516_5_5_padt_received", pppoe_end_padt_received},
	{"rfc2516_5_5_padt_sent", pppoe_end_padt_sent},
	{"padt_for_strays_is_limited", pppoe_end_strays},
	{"rfc4638_5_1_payload_agreed_on", pppoe_end_agrees},
	{NULL, NULL},
};
const struct test_suite suite_pppoe_end = {"pppoe_end", cases};
