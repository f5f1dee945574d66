/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The host, answered by an access concentrator that is typed by hand. */
#include "tests/heap.h"
#include "tests/transports/pppoe/pppoe_rig.h"

#include "transports/pppoe/pppoe_addr.h"

#include <stdio.h>
#include <string.h>

static struct pppoe_session *dial(struct rig *r, const char *to)
{
	struct ist_addr a;

	CU_ASSERT_EQUAL_FATAL(pppoe_addr_parse(&a, to), 0);
	return pppoe_client_connect(&r->client, &a, r->now);
}

/* The Host-Uniq of the frame sent last, as a tag in hex. */
static const char *uniq(const struct rig_frame *f)
{
	static char tag[200];

	snprintf(tag, sizeof(tag), "0103 %04x %s", f->t.of[PPPOE_TAG_HOST_UNIQ].len,
		 rig_hex(&f->t.of[PPPOE_TAG_HOST_UNIQ]));
	return tag;
}

static void reply(struct rig *r, const char *src, uint8_t code, uint16_t session, const char *tags,
		  const char *host_uniq)
{
	char all[600];

	snprintf(all, sizeof(all), "%s %s", tags, host_uniq);
	rig_discovery(r, HOST, src, code, session, all);
}

#define OFFER "0101 0000 0102 0002 6163"

/* Dialled, offered and asked for: what is missing is the PADS.  Its Host-Uniq. */
static const char *half(struct rig *r, const char *to, const char *offer)
{
	dial(r, to);
	reply(r, AC, PPPOE_PADO, 0, offer, uniq(rig_sent(r)));
	CU_ASSERT_EQUAL_FATAL(r->out.outs, 1);
	return uniq(rig_sent(r));
}

static struct pppoe_session *whole(struct rig *r, uint16_t id)
{
	unsigned before = r->ups;

	reply(r, AC, PPPOE_PADS, id, "0101 0000", half(r, "*", OFFER));
	CU_ASSERT_EQUAL_FATAL(r->ups, before + 1);
	return r->last;
}

/* RFC 2516 5.1 and 5.3: PADI to everybody, PADR to the one chosen, each with the service wanted;
 * appendix A: cookie and relay's id go back unmodified. */
static void pppoe_client_discovers(void)
{
	const struct rig_frame *f;
	const char *tag;
	struct rig r;

	rig_client(&r, 4, NULL);
	dial(&r, "isp@*");
	f = rig_sent(&r);
	ASSERT_OCTETS(f->p.dst, 6, "\xff\xff\xff\xff\xff\xff", 6);
	ASSERT_OCTETS(f->p.src, 6, "\0\0\x5e\0\x53\1", 6);
	CU_ASSERT_EQUAL(f->p.code, 0x09);
	CU_ASSERT_EQUAL(f->p.session, 0);
	CU_ASSERT_EQUAL(f->t.services, 1);
	CU_ASSERT_TRUE(rig_tag(f, PPPOE_TAG_SERVICE, "697370"));
	CU_ASSERT_PTR_NULL(f->t.of[PPPOE_TAG_MAX_PAYLOAD].p);
	tag = uniq(f);
	reply(&r, AC, PPPOE_PADO, 0,
	      "0101 0003 697370 0102 0002 6163 0104 0003 c00c1e 0110 0002 aabb", tag);
	f = rig_sent(&r);
	ASSERT_OCTETS(f->p.dst, 6, "\0\0\x5e\0\x53\2", 6);
	CU_ASSERT_EQUAL(f->p.code, 0x19);
	CU_ASSERT_EQUAL(f->p.session, 0);
	CU_ASSERT_EQUAL(f->t.services, 1);
	CU_ASSERT_TRUE(rig_tag(f, PPPOE_TAG_SERVICE, "697370"));
	CU_ASSERT_TRUE(rig_tag(f, PPPOE_TAG_COOKIE, "c00c1e"));
	CU_ASSERT_TRUE(rig_tag(f, PPPOE_TAG_RELAY, "aabb"));
	CU_ASSERT_EQUAL(r.ups, 0);
	reply(&r, AC, PPPOE_PADS, 0x1234, "0101 0003 697370", uniq(f));
	CU_ASSERT_EQUAL(r.ups, 1);
	CU_ASSERT_EQUAL(r.last->id, 0x1234);
	CU_ASSERT_PTR_EQUAL(pppoe_end_find(&r.e, (const uint8_t *)"\0\0\x5e\0\x53\2", 0x1234),
			    r.last);
	CU_ASSERT_EQUAL(pppoe_client_deadline(&r.client), UINT64_MAX);
	rig_close(&r);
}

/* RFC 2516 8: sent again, the waiting period doubled; a PADI again when no PADS comes. */
static void pppoe_client_waits(void)
{
	uint64_t at;
	struct rig r;

	rig_client(&r, 4, NULL); /* 1 s, 3 tries */
	at = r.now;
	dial(&r, "*");
	for (unsigned i = 0; i < 3; i++) {
		CU_ASSERT_EQUAL(rig_sent(&r)->p.code, PPPOE_PADI);
		at += S << i;
		CU_ASSERT_EQUAL(pppoe_client_deadline(&r.client), at);
		rig_expire(&r);
	}
	CU_ASSERT_EQUAL(r.downs, 1);
	CU_ASSERT_EQUAL(r.why.kind, IST_CAUSE_TIMEOUT);
	CU_ASSERT_STRING_EQUAL(r.why.words, "no PADO");
	CU_ASSERT_EQUAL(r.e.slots.taken + r.out.outs, 0);
	CU_ASSERT_EQUAL(rig_count(&r, PPPOE_C_NO_ANSWER), 1);

	half(&r, "*", OFFER);
	for (unsigned i = 0; i < 2; i++) {
		rig_expire(&r);
		CU_ASSERT_EQUAL(rig_sent(&r)->p.code, PPPOE_PADR);
	}
	rig_expire(&r);
	reply(&r, AC, PPPOE_PADO, 0, OFFER, uniq(rig_sent(&r)));
	for (unsigned i = 0; i < 3; i++) {
		CU_ASSERT_EQUAL(rig_sent(&r)->p.code, PPPOE_PADR);
		rig_expire(&r);
	}
	CU_ASSERT_EQUAL(r.downs, 2);
	CU_ASSERT_STRING_EQUAL(r.why.words, "no PADS");
	CU_ASSERT_EQUAL(pppoe_client_deadline(&r.client), UINT64_MAX);
	rig_close(&r);
}

static void pppoe_client_waits_a_minute_at_most(void)
{
	static const struct pppoe_client_conf conf = {.wait = 40 * S, .tries = 5};
	struct rig r;

	rig_client(&r, 4, &conf);
	dial(&r, "*");
	rig_expire(&r);
	rig_expire(&r);
	CU_ASSERT_EQUAL(pppoe_client_deadline(&r.client), r.now + 60 * S);
	rig_close(&r);
}

/* Which offers are not taken, and the one behind them that is. */
static void pppoe_client_chooses(void)
{
	static const struct {
		const char *to, *src, *tags;
		enum pppoe_counter why;
	} rows[] = {
		{"*", AC, "0101 0000", PPPOE_C_PADO_ERROR},	  /* no AC-Name */
		{"*", AC, OFFER "0201 0000", PPPOE_C_PADO_ERROR}, /* an error tag */
		{"*", AC, OFFER "0203 0001 78", PPPOE_C_PADO_ERROR},
		{"isp@*", AC, OFFER, PPPOE_C_PADO_SERVICE}, /* another service */
		{"00:00:5e:00:53:02", "00005e005307", OFFER, PPPOE_C_PADO_OTHER},
		{"*", AC, "0101 0000 0102 0001 61", PPPOE_C_PADO_OTHER},   /* named a, not ac */
		{"*", AC, "0101 0000 0102 0002 4143", PPPOE_C_PADO_OTHER}, /* AC, not ac */
	};
	static const struct pppoe_client_conf conf = {.ac_name = "ac"};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const char *tag;
		struct rig r;

		rig_client(&r, 4, &conf);
		dial(&r, rows[i].to);
		tag = uniq(rig_sent(&r));
		reply(&r, rows[i].src, PPPOE_PADO, 0, rows[i].tags, tag);
		CU_ASSERT_EQUAL(rig_count(&r, rows[i].why), 1);
		CU_ASSERT_EQUAL(r.out.outs, 0);
		reply(&r, AC, PPPOE_PADO, 0, "0101 0003 697370 " OFFER, tag);
		CU_ASSERT_EQUAL(rig_sent(&r)->p.code, PPPOE_PADR);
		reply(&r, AC, PPPOE_PADO, 0, "0101 0003 697370 " OFFER, tag);
		CU_ASSERT_EQUAL(rig_count(&r, PPPOE_C_PADO_LATE), 1);
		rig_close(&r);
	}
}

/* Answers to questions we have not asked. */
static void pppoe_client_strangers(void)
{
	char tag[200];
	struct rig r;

	rig_client(&r, 4, NULL);
	dial(&r, "*");
	snprintf(tag, sizeof(tag), "%s", uniq(rig_sent(&r)));
	reply(&r, AC, PPPOE_PADO, 0, OFFER, "");
	reply(&r, AC, PPPOE_PADO, 0, OFFER, "0103 0000");
	reply(&r, AC, PPPOE_PADO, 0, OFFER, "0103 0004 00010001");
	tag[strlen(tag) - 1] ^= 1;
	reply(&r, AC, PPPOE_PADO, 0, OFFER, tag);
	CU_ASSERT_EQUAL(rig_count(&r, PPPOE_C_PADO_UNKNOWN), 4);
	tag[strlen(tag) - 1] ^= 1;
	reply(&r, AC, PPPOE_PADO, 7, OFFER, tag);
	CU_ASSERT_EQUAL(rig_count(&r, PPPOE_C_RX_NOT_ZERO), 1);
	reply(&r, AC, PPPOE_PADS, 0, "0101 0000", tag); /* no PADR was sent yet */
	CU_ASSERT_EQUAL(rig_count(&r, PPPOE_C_PADS_UNKNOWN), 1);
	CU_ASSERT_EQUAL(r.out.outs + r.ups + r.downs, 0);
	reply(&r, AC, PPPOE_PADO, 0, OFFER, tag);
	rig_sent(&r);
	reply(&r, "00005e005307", PPPOE_PADS, 0, "0101 0000 0201 0000",
	      tag); /* not whom we asked */
	reply(&r, AC, PPPOE_PADS, 0xffff, "0101 0000", tag);
	CU_ASSERT_EQUAL(rig_count(&r, PPPOE_C_PADS_BAD), 1);
	CU_ASSERT_EQUAL(r.out.outs + r.ups + r.downs, 0);
	rig_close(&r);
}

static void pppoe_client_refused_words(void)
{
	static const struct {
		uint16_t id;
		const char *tags, *words, *said;
	} rows[] = {
		{0, "0201 0000", "Service-Name-Error", ""},
		{0, "0202 0004 66756c6c", "AC-System-Error", "full"},
		{0, "0203 0002 6e6f", "Generic-Error", "no"},
		{0, "0101 0000", "PADS without a session id", ""},
		{9, "0202 0000", "AC-System-Error", ""},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct rig r;

		rig_client(&r, 4, NULL);
		reply(&r, AC, PPPOE_PADS, rows[i].id, rows[i].tags, half(&r, "*", OFFER));
		CU_ASSERT_EQUAL(r.downs, 1);
		CU_ASSERT_EQUAL(r.why.kind, IST_CAUSE_REFUSED);
		CU_ASSERT_STRING_EQUAL(r.why.words, rows[i].words);
		CU_ASSERT_STRING_EQUAL(r.said, rows[i].said);
		CU_ASSERT_EQUAL(r.e.slots.taken, 0);
		CU_ASSERT_EQUAL(pppoe_client_deadline(&r.client), UINT64_MAX);
		rig_close(&r);
	}
}

/* The PADR went twice and was taken for two: the second session is ended; the first PADS again is
 * nothing new. */
static void pppoe_client_pads_twice(void)
{
	const struct rig_frame *f;
	char tag[200];
	struct rig r;

	rig_client(&r, 4, NULL);
	snprintf(tag, sizeof(tag), "%s", half(&r, "*", OFFER));
	reply(&r, AC, PPPOE_PADS, 7, "0101 0000", tag);
	reply(&r, AC, PPPOE_PADS, 7, "0101 0000", tag);
	CU_ASSERT_EQUAL(rig_count(&r, PPPOE_C_PADS_AGAIN), 1);
	CU_ASSERT_EQUAL(r.out.outs, 0);
	reply(&r, AC, PPPOE_PADS, 8, "0101 0000", tag);
	f = rig_sent(&r);
	CU_ASSERT_EQUAL(f->p.code, PPPOE_PADT);
	CU_ASSERT_EQUAL(f->p.session, 8);
	CU_ASSERT_EQUAL(r.ups, 1);
	CU_ASSERT_EQUAL(r.downs, 0);
	rig_close(&r);
}

/* An id that one access concentrator gives twice; the same of another is another session. */
static void pppoe_client_same_id(void)
{
	const struct pppoe_session *first;
	char tag[200];
	struct rig r;

	rig_client(&r, 4, NULL);
	first = whole(&r, 7);
	dial(&r, "*");
	reply(&r, "00005e005307", PPPOE_PADO, 0, OFFER, uniq(rig_sent(&r)));
	snprintf(tag, sizeof(tag), "%s", uniq(rig_sent(&r)));
	reply(&r, "00005e005307", PPPOE_PADS, 7, "0101 0000", tag);
	CU_ASSERT_EQUAL(r.ups, 2);
	CU_ASSERT_EQUAL(r.downs, 0);
	CU_ASSERT_PTR_EQUAL(pppoe_end_find(&r.e, (const uint8_t *)"\0\0\x5e\0\x53\2", 7), first);
	CU_ASSERT_PTR_EQUAL(pppoe_end_find(&r.e, (const uint8_t *)"\0\0\x5e\0\x53\7", 7), r.last);
	whole(&r, 7);
	CU_ASSERT_EQUAL(r.downs, 1);
	CU_ASSERT_EQUAL(r.why.kind, IST_CAUSE_CLEARED);
	CU_ASSERT_EQUAL(r.e.slots.taken, 2);
	rig_close(&r);
}

/* RFC 4638 4: asked for in PADI and PADR; agreed is what the PADS says, if it says. */
static void pppoe_client_max_payload(void)
{
	static const struct {
		uint16_t ours;
		const char *pads;
		uint16_t agreed;
	} rows[] = {
		{1492, "0120 0002 05dc", 1492},
		{1500, "0120 0002 05dc", 1500},
		{9000, "0120 0002 05dc", 1500},
		{1500, "0120 0002 2328", 1500},
		{1500, "", 1492},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct rig_frame *f;
		struct rig r;

		rig_client(&r, 4, NULL);
		r.e.payload_max = rows[i].ours;
		dial(&r, "*");
		f = rig_sent(&r);
		CU_ASSERT_EQUAL(pppoe_tags_max_payload(&f->t),
				rows[i].ours > 1492 ? rows[i].ours : 0);
		reply(&r, AC, PPPOE_PADO, 0, OFFER, uniq(f));
		f = rig_sent(&r);
		CU_ASSERT_EQUAL(pppoe_tags_max_payload(&f->t),
				rows[i].ours > 1492 ? rows[i].ours : 0);
		reply(&r, AC, PPPOE_PADS, 7, rows[i].pads, uniq(f));
		CU_ASSERT_EQUAL(r.last->payload_max, rows[i].agreed);
		rig_close(&r);
	}
}

static void pppoe_client_host_uniq_given(void)
{
	static const struct pppoe_client_conf conf = {.uniq = {0xca, 0xfe}, .uniq_len = 2};
	const struct pppoe_session *first, *second;
	struct rig r;

	rig_client(&r, 4, &conf);
	first = dial(&r, "*");
	r.now++;
	second = dial(&r, "*");
	CU_ASSERT_TRUE(rig_tag(rig_sent(&r), PPPOE_TAG_HOST_UNIQ, "cafe"));
	rig_sent(&r);
	reply(&r, AC, PPPOE_PADO, 0, OFFER, "0103 0002 caff");
	CU_ASSERT_EQUAL(rig_count(&r, PPPOE_C_PADO_UNKNOWN), 1);
	reply(&r, AC, PPPOE_PADO, 0, OFFER, "0103 0002 cafe");
	CU_ASSERT_EQUAL(first->state, PPPOE_WAIT_PADS);
	CU_ASSERT_EQUAL(second->state, PPPOE_WAIT_PADO);
	reply(&r, AC, PPPOE_PADS, 7, "0101 0000", "0103 0002 cafe");
	CU_ASSERT_PTR_EQUAL(r.last, first);
	CU_ASSERT_EQUAL(r.ups, 1);
	reply(&r, AC, PPPOE_PADO, 0, OFFER, "0103 0002 cafe");
	CU_ASSERT_EQUAL(second->state, PPPOE_WAIT_PADS);
	rig_close(&r);
}

/* Nobody who has seen one Host-Uniq knows that of another time, early or late. */
static void pppoe_client_host_uniq_differs(void)
{
	static const uint64_t later[] = {0, 1, UINT64_C(1) << 16, UINT64_C(1) << 32,
					 UINT64_C(1) << 48};
	enum { N = sizeof(later) / sizeof(later[0]) };
	uint64_t nonce[N];

	for (unsigned i = 0; i < N; i++) {
		struct rig r;

		rig_client(&r, 2, NULL);
		r.now += later[i];
		nonce[i] = dial(&r, "*")->nonce;
		CU_ASSERT_NOT_EQUAL(nonce[i], dial(&r, "*")->nonce);
		for (unsigned k = 0; k < i; k++)
			CU_ASSERT_NOT_EQUAL(nonce[k], nonce[i]);
		rig_close(&r);
	}
}

static void pppoe_client_ends(void)
{
	const struct rig_frame *f;
	struct pppoe_session *s;
	struct rig r;

	rig_client(&r, 2, NULL);
	s = dial(&r, "*");
	rig_sent(&r);
	pppoe_client_hang_up(&r.client, s, "no more"); /* there is no session to end yet */
	CU_ASSERT_EQUAL(r.out.outs, 0);
	CU_ASSERT_EQUAL(pppoe_client_deadline(&r.client), UINT64_MAX);
	pppoe_client_hang_up(&r.client, whole(&r, 7), "no more");
	f = rig_sent(&r);
	CU_ASSERT_EQUAL(f->p.code, PPPOE_PADT);
	CU_ASSERT_EQUAL(f->p.session, 7);
	CU_ASSERT_TRUE(rig_tag(f, PPPOE_TAG_GENERIC_ERROR, "6e6f206d6f7265"));
	CU_ASSERT_EQUAL(r.downs, 0);
	dial(&r, "*");
	dial(&r, "*");
	CU_ASSERT_PTR_NULL(dial(&r, "*"));
	rig_close(&r);
}

/* The link was down: what waits is asked again from the beginning, at once. */
static void pppoe_client_kicked(void)
{
	struct rig r;

	rig_client(&r, 4, NULL);
	whole(&r, 7);
	dial(&r, "*");
	rig_sent(&r);
	rig_expire(&r);
	rig_sent(&r);
	r.now += 10;
	pppoe_client_kick(&r.client, r.now);
	CU_ASSERT_EQUAL(rig_sent(&r)->p.code, PPPOE_PADI);
	CU_ASSERT_EQUAL(r.out.outs, 0);
	CU_ASSERT_EQUAL(pppoe_client_deadline(&r.client), r.now + S);
	rig_close(&r);

	rig_client(&r, 4, NULL); /* offered, and asked for once more: three PADRs from here on */
	half(&r, "*", OFFER);
	rig_expire(&r);
	rig_sent(&r);
	r.now += 10;
	pppoe_client_kick(&r.client, r.now);
	for (unsigned i = 0; i < 3; i++) {
		CU_ASSERT_EQUAL(rig_sent(&r)->p.code, PPPOE_PADR);
		CU_ASSERT_EQUAL(pppoe_client_deadline(&r.client), r.now + (S << i));
		rig_expire(&r);
	}
	CU_ASSERT_EQUAL(rig_sent(&r)->p.code, PPPOE_PADI);
	rig_close(&r);
}

/* The session that had the id before goes, and the host gives up the new one when it hears that. */
static void pppoe_client_hung_up_inside(void)
{
	const struct rig_frame *f;
	char tag[200];
	struct rig r;

	rig_client(&r, 4, NULL);
	whole(&r, 7);
	snprintf(tag, sizeof(tag), "%s", half(&r, "*", OFFER));
	r.hang_up = r.e.session[2];
	CU_ASSERT_PTR_NOT_NULL_FATAL(r.hang_up);
	reply(&r, AC, PPPOE_PADS, 7, "0101 0000", tag);
	CU_ASSERT_EQUAL(r.downs, 1);
	CU_ASSERT_EQUAL(r.ups, 1); /* of the first */
	f = rig_sent(&r);
	CU_ASSERT_EQUAL(f->p.code, PPPOE_PADT);
	CU_ASSERT_EQUAL(f->p.session, 7);
	CU_ASSERT_EQUAL(r.e.slots.taken, 0);
	rig_close(&r);
}

/* An offer whose cookie cannot be kept is not taken; the next one is. */
static void pppoe_client_no_memory(void)
{
	char tag[200];
	struct rig r;

	rig_client(&r, 4, NULL);
	dial(&r, "*");
	snprintf(tag, sizeof(tag), "%s", uniq(rig_sent(&r)));
	heap_refuse(1); /* the rig takes one for the frame */
	reply(&r, AC, PPPOE_PADO, 0, OFFER, tag);
	CU_ASSERT_TRUE(heap_refused());
	CU_ASSERT_EQUAL(rig_count(&r, PPPOE_C_PADO_TAGS), 1);
	CU_ASSERT_EQUAL(r.out.outs, 0);
	reply(&r, AC, PPPOE_PADO, 0, OFFER, tag);
	CU_ASSERT_EQUAL(rig_sent(&r)->p.code, PPPOE_PADR);
	heap_refuse(0);
	CU_ASSERT_PTR_NULL(dial(&r, "*"));
	CU_ASSERT_TRUE(heap_refused());
	rig_close(&r);
}

/* An offer whose cookie leaves no room in a PADR. */
static void pppoe_client_long_cookie(void)
{
	static char tags[2700];
	size_t n = (size_t)snprintf(tags, sizeof(tags), "%s 0104 04ff ", OFFER);
	const char *tag;
	struct rig r;

	memset(tags + n, '0', 2 * 0x4ff);
	rig_client(&r, 4, NULL);
	dial(&r, "*");
	tag = uniq(rig_sent(&r));
	memcpy(tags + n + 2 * (size_t)0x4ff, tag, strlen(tag) + 1);
	rig_discovery(&r, HOST, AC, PPPOE_PADO, 0, tags);
	CU_ASSERT_EQUAL(rig_count(&r, PPPOE_C_PADO_TAGS), 1);
	CU_ASSERT_EQUAL(r.out.outs, 0);
	rig_close(&r);
}

static const struct test_case cases[] = {
	{"rfc2516_5_discovery", pppoe_client_discovers},
	{"rfc2516_8_sent_again_and_given_up", pppoe_client_waits},
	{"waits_a_minute_at_most", pppoe_client_waits_a_minute_at_most},
	{"offers_not_taken", pppoe_client_chooses},
	{"answers_to_no_question", pppoe_client_strangers},
	{"refused_with_words", pppoe_client_refused_words},
	{"pads_sent_twice", pppoe_client_pads_twice},
	{"one_id_given_twice", pppoe_client_same_id},
	{"rfc4638_max_payload", pppoe_client_max_payload},
	{"host_uniq_of_the_configuration", pppoe_client_host_uniq_given},
	{"host_uniq_differs", pppoe_client_host_uniq_differs},
	{"hung_up", pppoe_client_ends},
	{"link_back", pppoe_client_kicked},
	{"hung_up_inside_a_report", pppoe_client_hung_up_inside},
	{"no_memory", pppoe_client_no_memory},
	{"cookie_beyond_a_frame", pppoe_client_long_cookie},
	{NULL, NULL},
};
const struct test_suite suite_pppoe_client = {"pppoe_client", cases};
