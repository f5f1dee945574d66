/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The access concentrator, asked by a host that is typed by hand. */
#include "tests/heap.h"
#include "tests/transports/pppoe/pppoe_rig.h"

#include <stdio.h>
#include <string.h>

#define EMPTY "0101 0000"
#define ISP   "0101 0003 697370"

/* A PADI with these tags, and the cookie of its PADO, in hex, as a tag. */
static const char *padi(struct rig *r, const char *src, const char *tags)
{
	static char cookie[80];
	const struct rig_frame *f;

	rig_discovery(r, ALL, src, PPPOE_PADI, 0, tags);
	f = rig_sent(r);
	CU_ASSERT_EQUAL(f->p.code, PPPOE_PADO);
	snprintf(cookie, sizeof(cookie), "0104 0010 %s", rig_hex(&f->t.of[PPPOE_TAG_COOKIE]));
	return cookie;
}

static void padr(struct rig *r, const char *src, const char *tags, const char *cookie)
{
	char all[400];

	snprintf(all, sizeof(all), "%s %s", tags, cookie);
	rig_discovery(r, AC, src, PPPOE_PADR, 0, all);
}

/* All four packets: a session that is up. */
static struct pppoe_session *opened(struct rig *r, const char *src, const char *tags)
{
	unsigned before = r->offers;

	padr(r, src, tags, padi(r, src, tags));
	CU_ASSERT_EQUAL_FATAL(r->offers, before + 1);
	pppoe_ac_answer(&r->ac, r->last);
	CU_ASSERT_EQUAL(rig_sent(r)->p.code, PPPOE_PADS);
	return r->last;
}

/* RFC 2516 5.2: to the host, session 0, AC-Name, the Service-Name of the PADI; appendix A:
 * Host-Uniq and Relay-Session-Id unmodified. */
static void pppoe_ac_offers(void)
{
	const struct rig_frame *f;
	struct rig r;

	rig_ac(&r, 4, NULL);
	rig_discovery(&r, ALL, HOST, PPPOE_PADI, 0,
		      ISP "0103 0003 00ff01 0110 000c 0102030405060708090a0b0c");
	f = rig_sent(&r);
	ASSERT_OCTETS(f->p.dst, 6, "\0\0\x5e\0\x53\1", 6);
	ASSERT_OCTETS(f->p.src, 6, "\0\0\x5e\0\x53\2", 6);
	CU_ASSERT_EQUAL(f->p.code, 0x07);
	CU_ASSERT_EQUAL(f->p.session, 0);
	CU_ASSERT_TRUE(rig_tag(f, PPPOE_TAG_AC_NAME, "6163"));
	CU_ASSERT_EQUAL(f->t.services, 1);
	CU_ASSERT_TRUE(rig_tag(f, PPPOE_TAG_SERVICE, "697370"));
	CU_ASSERT_TRUE(rig_tag(f, PPPOE_TAG_HOST_UNIQ, "00ff01"));
	CU_ASSERT_TRUE(rig_tag(f, PPPOE_TAG_RELAY, "0102030405060708090a0b0c"));
	CU_ASSERT_PTR_NULL(f->t.of[PPPOE_TAG_MAX_PAYLOAD].p);
	CU_ASSERT_EQUAL(f->t.of[PPPOE_TAG_COOKIE].len, 16);
	/* the time of 1000 s does not stand there in clear */
	CU_ASSERT_NOT_EQUAL(memcmp(f->t.of[PPPOE_TAG_COOKIE].p, "\0\0\0\0\x3b\x9a\xca\0", 8), 0);
	CU_ASSERT_EQUAL(r.e.slots.taken, 0); /* 3: stateless until a session is established */
	rig_close(&r);
}

static void pppoe_ac_opens(void)
{
	const struct rig_frame *f;
	struct rig r;
	uint16_t id;

	rig_ac(&r, 4, NULL);
	padr(&r, HOST, ISP "0103 0001 07 0110 0002 aabb", padi(&r, HOST, ISP));
	CU_ASSERT_EQUAL(r.offers, 1);
	CU_ASSERT_EQUAL(r.out.outs, 0); /* not before the answer */
	CU_ASSERT_STRING_EQUAL(r.last->called, "isp");
	CU_ASSERT_STRING_EQUAL(r.last->calling, "00:00:5e:00:53:01");
	pppoe_ac_answer(&r.ac, r.last);
	f = rig_sent(&r);
	id = f->p.session;
	CU_ASSERT_EQUAL(f->p.code, 0x65);
	CU_ASSERT_TRUE(id != 0 && id != 0xffff);
	CU_ASSERT_EQUAL(f->t.services, 1);
	CU_ASSERT_TRUE(rig_tag(f, PPPOE_TAG_AC_NAME, "6163"));
	CU_ASSERT_TRUE(rig_tag(f, PPPOE_TAG_SERVICE, "697370"));
	CU_ASSERT_TRUE(rig_tag(f, PPPOE_TAG_HOST_UNIQ, "07"));
	CU_ASSERT_TRUE(rig_tag(f, PPPOE_TAG_RELAY, "aabb"));
	CU_ASSERT_PTR_EQUAL(pppoe_end_find(&r.e, r.last->peer, id), r.last);
	rig_close(&r);
}

/* The PADR is sent again: before the answer nothing, after it the same PADS. */
static void pppoe_ac_repeats(void)
{
	const char *cookie;
	struct rig r;
	uint16_t id;

	rig_ac(&r, 4, NULL);
	cookie = padi(&r, HOST, ISP);
	padr(&r, HOST, ISP, cookie);
	padr(&r, HOST, ISP, cookie);
	CU_ASSERT_EQUAL(r.offers, 1);
	CU_ASSERT_EQUAL(r.out.outs, 0);
	pppoe_ac_answer(&r.ac, r.last);
	id = rig_sent(&r)->p.session;
	padr(&r, HOST, ISP, cookie);
	CU_ASSERT_EQUAL(rig_sent(&r)->p.session, id);
	CU_ASSERT_EQUAL(r.offers, 1);
	CU_ASSERT_EQUAL(rig_count(&r, PPPOE_C_PADR_AGAIN), 2);
	/* a PADI of its own, a session of its own */
	r.now += 1;
	CU_ASSERT_TRUE(opened(&r, HOST, ISP)->id != id);
	rig_close(&r);
}

/* Without the cookie of a PADO of ours, to this station, not too long ago, nothing is remembered
 * and nothing is said. */
static void pppoe_ac_cookies(void)
{
	char cookie[80], bent[80];
	struct rig r;

	rig_ac(&r, 4, NULL);
	snprintf(cookie, sizeof(cookie), "%s", padi(&r, HOST, ISP));
	padr(&r, HOST, ISP, "");
	padr(&r, HOST, ISP, "0104 0000");
	padr(&r, HOST, ISP, "0104 0010 00000000000000000000000000000000");
	padr(&r, "00005e005399", ISP, cookie);
	for (size_t i = strlen(cookie) - 32; i < strlen(cookie); i++) {
		snprintf(bent, sizeof(bent), "%s", cookie);
		bent[i] = bent[i] == '0' ? '1' : '0';
		padr(&r, HOST, ISP, bent);
	}
	CU_ASSERT_EQUAL(rig_count(&r, PPPOE_C_PADR_COOKIE), 36);
	r.now += 60 * S + 1;
	padr(&r, HOST, ISP, cookie);
	CU_ASSERT_EQUAL(rig_count(&r, PPPOE_C_PADR_COOKIE_OLD), 1);
	CU_ASSERT_EQUAL(r.offers + r.out.outs + r.e.slots.taken, 0);
	r.now -= 1;
	padr(&r, HOST, ISP, cookie);
	CU_ASSERT_EQUAL(r.offers, 1);
	rig_close(&r);
}

/* 5.2: what we cannot serve gets no PADO; 5.4: it gets a PADS with Service-Name-Error, session 0.
 */
static void pppoe_ac_services(void)
{
	static const char *const names[] = {"isp", "voip"};
	static const struct pppoe_ac_conf conf = {.service = names, .services = 2};
	const struct rig_frame *f;
	const char *cookie;
	struct rig r;

	rig_ac(&r, 4, &conf);
	rig_discovery(&r, ALL, HOST, PPPOE_PADI, 0, "0101 0003 697371");
	rig_discovery(&r, ALL, HOST, PPPOE_PADI, 0, "0101 0002 6973");
	CU_ASSERT_EQUAL(rig_count(&r, PPPOE_C_PADI_SERVICE), 2);
	CU_ASSERT_EQUAL(r.out.outs, 0);
	rig_discovery(&r, ALL, HOST, PPPOE_PADI, 0, EMPTY);
	f = rig_sent(&r);
	CU_ASSERT_EQUAL(f->t.services, 3);
	CU_ASSERT_TRUE(pppoe_tags_service(&f->t, NULL, 0));
	CU_ASSERT_TRUE(pppoe_tags_service(&f->t, "isp", 3));
	CU_ASSERT_TRUE(pppoe_tags_service(&f->t, "voip", 4));
	cookie = padi(&r, HOST, ISP);
	padr(&r, HOST, "0101 0003 697371 0103 0001 09", cookie);
	f = rig_sent(&r);
	CU_ASSERT_EQUAL(f->p.code, PPPOE_PADS);
	CU_ASSERT_EQUAL(f->p.session, 0);
	CU_ASSERT_PTR_NOT_NULL(f->t.of[PPPOE_TAG_SERVICE_ERROR].p);
	CU_ASSERT_TRUE(rig_tag(f, PPPOE_TAG_AC_NAME, "6163"));
	CU_ASSERT_TRUE(rig_tag(f, PPPOE_TAG_HOST_UNIQ, "09"));
	CU_ASSERT_EQUAL(r.offers, 0);
	padr(&r, HOST, EMPTY, cookie); /* any service */
	CU_ASSERT_EQUAL(r.offers, 1);
	rig_close(&r);
}

/* Names are listed as far as three times the question goes: here 180 octets. */
static void pppoe_ac_amplifies_little(void)
{
	static char name[16][57];
	const char *names[16];
	struct pppoe_ac_conf conf = {.service = names, .services = 16};
	const struct rig_frame *f;
	struct rig r;

	for (unsigned i = 0; i < 16; i++) {
		memset(name[i], 'a' + (int)i, 40);
		names[i] = name[i];
	}
	rig_ac(&r, 4, &conf);
	rig_discovery(&r, ALL, HOST, PPPOE_PADI, 0, EMPTY);
	f = rig_sent(&r);
	CU_ASSERT_EQUAL(f->t.services, 1 + 2); /* 20 + 6 + 4 + 20 + 44n <= 180 */
	CU_ASSERT_TRUE(f->len <= 180);
	rig_close(&r);
}

static void pppoe_ac_service_tags(void)
{
	struct rig r;

	rig_ac(&r, 4, NULL);
	rig_discovery(&r, ALL, HOST, PPPOE_PADI, 0, "");
	rig_discovery(&r, ALL, HOST, PPPOE_PADI, 0, ISP EMPTY);
	CU_ASSERT_EQUAL(rig_count(&r, PPPOE_C_PADI_SERVICES), 2);
	padr(&r, HOST, "", padi(&r, HOST, ISP));
	padr(&r, HOST, ISP ISP, padi(&r, HOST, ISP));
	CU_ASSERT_EQUAL(rig_count(&r, PPPOE_C_PADR_SERVICES), 2);
	rig_discovery(&r, ALL, HOST, PPPOE_PADI, 1, ISP); /* 5.1: the session id MUST be 0 */
	rig_discovery(&r, AC, HOST, PPPOE_PADR, 1, ISP);
	CU_ASSERT_EQUAL(rig_count(&r, PPPOE_C_RX_NOT_ZERO), 2);
	CU_ASSERT_EQUAL(r.out.outs + r.offers, 0);
	rig_close(&r);
}

/* In total and for one station; PADRs that come too late for a place are told so. */
static void pppoe_ac_limits(void)
{
	static const struct pppoe_ac_conf conf = {.per_mac = 2};
	struct pppoe_session *s;
	const struct rig_frame *f;
	const char *cookie;
	char kept[80];
	struct rig r;

	rig_ac(&r, 3, &conf);
	snprintf(kept, sizeof(kept), "%s", padi(&r, HOST, ISP));
	r.now++;
	s = opened(&r, HOST, ISP);
	r.now++;
	opened(&r, HOST, ISP);
	rig_discovery(&r, ALL, HOST, PPPOE_PADI, 0, ISP);
	CU_ASSERT_EQUAL(rig_count(&r, PPPOE_C_PADI_MAC_FULL), 1);
	padr(&r, HOST, ISP, kept);
	f = rig_sent(&r);
	CU_ASSERT_EQUAL(f->p.session, 0);
	CU_ASSERT_PTR_NOT_NULL(f->t.of[PPPOE_TAG_SYSTEM_ERROR].p);
	CU_ASSERT_EQUAL(rig_count(&r, PPPOE_C_PADR_MAC_FULL), 1);

	cookie = padi(&r, "00005e005304", ISP);
	snprintf(kept, sizeof(kept), "%s", cookie);
	r.now++;
	opened(&r, "00005e005303", ISP);
	rig_discovery(&r, ALL, "00005e005304", PPPOE_PADI, 0, ISP);
	CU_ASSERT_EQUAL(rig_count(&r, PPPOE_C_PADI_FULL), 1);
	padr(&r, "00005e005304", ISP, kept);
	CU_ASSERT_PTR_NOT_NULL(rig_sent(&r)->t.of[PPPOE_TAG_SYSTEM_ERROR].p);
	CU_ASSERT_EQUAL(rig_count(&r, PPPOE_C_PADR_FULL), 1);
	CU_ASSERT_EQUAL(r.out.outs, 0);

	pppoe_end_hang_up(&r.e, s, NULL); /* a place is free again, for another and for this one */
	CU_ASSERT_EQUAL(rig_sent(&r)->p.code, PPPOE_PADT);
	r.now++;
	opened(&r, HOST, ISP);
	rig_close(&r);
}

static void pppoe_ac_refuses(void)
{
	const struct rig_frame *f;
	struct rig r;

	rig_ac(&r, 4, NULL);
	padr(&r, HOST, ISP "0103 0001 07", padi(&r, HOST, ISP));
	pppoe_ac_refuse(&r.ac, r.last, "no LNS");
	f = rig_sent(&r);
	CU_ASSERT_EQUAL(f->p.code, PPPOE_PADS);
	CU_ASSERT_EQUAL(f->p.session, 0);
	CU_ASSERT_TRUE(rig_tag(f, PPPOE_TAG_GENERIC_ERROR, "6e6f204c4e53"));
	CU_ASSERT_TRUE(rig_tag(f, PPPOE_TAG_HOST_UNIQ, "07"));
	CU_ASSERT_EQUAL(r.e.slots.taken, 0);
	CU_ASSERT_EQUAL(rig_count(&r, PPPOE_C_PADR_HOST), 1);
	rig_close(&r);
}

static void pppoe_ac_delays(void)
{
	static const struct pppoe_ac_conf conf = {.pado_delay = S / 2, .cookie_life = S};
	uint64_t asked;
	char all[200];
	struct rig r;

	rig_ac(&r, 4, &conf);
	asked = r.now;
	rig_discovery(&r, ALL, HOST, PPPOE_PADI, 0, ISP);
	CU_ASSERT_EQUAL(r.out.outs, 0);
	CU_ASSERT_EQUAL(pppoe_ac_deadline(&r.ac), asked + S / 2);
	rig_expire(&r);
	CU_ASSERT_EQUAL(pppoe_ac_deadline(&r.ac), UINT64_MAX);
	snprintf(all, sizeof(all), "%s 0104 0010 %s", ISP,
		 rig_hex(&rig_sent(&r)->t.of[PPPOE_TAG_COOKIE]));
	r.now = asked + S / 2 + S; /* the cookie's life begins with the PADO */
	rig_discovery(&r, AC, HOST, PPPOE_PADR, 0, all);
	CU_ASSERT_EQUAL(r.offers, 1);
	for (unsigned i = 0; i < PPPOE_PADO_QUEUE + 3; i++)
		rig_discovery(&r, ALL, HOST, PPPOE_PADI, 0, ISP);
	CU_ASSERT_EQUAL(rig_count(&r, PPPOE_C_PADO_QUEUE_FULL), 3);
	rig_close(&r);
}

/* RFC 4638 4: the tag is echoed if we can do more than 1492; 5.1: the least of both limits holds.
 */
static void pppoe_ac_max_payload(void)
{
	static const struct {
		uint16_t ours;
		const char *asked;
		uint16_t agreed;
		bool echoed;
	} rows[] = {
		{1492, "0120 0002 05dc", 1492, false}, {1500, "0120 0002 05dc", 1500, true},
		{1500, "0120 0002 2328", 1500, true},  {9000, "0120 0002 05dc", 1500, true},
		{9000, "0120 0002 05d4", 1492, false}, {9000, "0120 0002 0100", 1492, false},
		{9000, "0120 0001 05", 1492, false},   {9000, "", 1492, false},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct rig_frame *f;
		char tags[80], want[5] = "";
		struct rig r;

		rig_ac(&r, 4, NULL);
		r.e.payload_max = rows[i].ours;
		snprintf(tags, sizeof(tags), "%s %s", ISP, rows[i].asked);
		if (rows[i].echoed)
			memcpy(want, rows[i].asked + 10, 4);
		rig_discovery(&r, ALL, HOST, PPPOE_PADI, 0, tags);
		f = rig_sent(&r);
		CU_ASSERT_EQUAL(f->t.of[PPPOE_TAG_MAX_PAYLOAD].p != NULL, rows[i].echoed);
		padr(&r, HOST, tags, padi(&r, HOST, tags));
		CU_ASSERT_EQUAL(r.last->payload_max, rows[i].agreed);
		pppoe_ac_answer(&r.ac, r.last);
		f = rig_sent(&r);
		if (rows[i].echoed)
			CU_ASSERT_TRUE(rig_tag(f, PPPOE_TAG_MAX_PAYLOAD, want));
		CU_ASSERT_EQUAL(f->t.of[PPPOE_TAG_MAX_PAYLOAD].p != NULL, rows[i].echoed);
		rig_close(&r);
	}
}

/* What an access node has said of the line: 1022 kbit/s up and 16240 down, as the subscriber sees
 * it. */
static void pppoe_ac_line(void)
{
	static const char *const tags =
		ISP "0105 0014 00000de9 01 02 6d31 81 04 000003fe 82 04 00003f70";
	struct rig r;

	rig_ac(&r, 4, NULL);
	padr(&r, HOST, tags, padi(&r, HOST, ISP));
	CU_ASSERT_STRING_EQUAL(r.calling, "00:00:5e:00:53:01#m1");
	CU_ASSERT_EQUAL(r.last->rx_bps, 1022000);
	CU_ASSERT_EQUAL(r.last->tx_bps, 16240000);
	CU_ASSERT_EQUAL(r.last->tags_len, 7 + 24 + 20); /* all of the PADR's */
	rig_close(&r);
}

/* Ids of sessions at once differ, and begin elsewhere with another key. */
static void pppoe_ac_ids(void)
{
	static struct rig again;
	uint8_t key[PPPOE_KEY];
	uint16_t id[20];
	struct rig r;

	rig_ac(&r, 20, NULL);
	for (unsigned i = 0; i < 20; i++) {
		r.now++;
		id[i] = opened(&r, HOST, ISP)->id;
		CU_ASSERT_TRUE(id[i] != 0 && id[i] != 0xffff);
		for (unsigned k = 0; k < i; k++)
			CU_ASSERT_NOT_EQUAL(id[k], id[i]);
	}
	memset(key, 7, sizeof(key));
	CU_ASSERT_EQUAL_FATAL(pppoe_end_init(&again.e, 1, key, r.e.ops, &again), 0);
	pppoe_ac_init(&again.ac, &again.e, &r.ac.conf);
	CU_ASSERT_NOT_EQUAL(again.ac.id_offset, r.ac.id_offset);
	rig_close(&again);
	r.ac.id_offset = 65533; /* the last id, then the first */
	pppoe_end_hang_up(&r.e, pppoe_end_of(&r.e, handle_make(1, 1)), NULL);
	pppoe_end_hang_up(&r.e, pppoe_end_of(&r.e, handle_make(2, 1)), NULL);
	r.out.outs = 0;
	r.now++;
	CU_ASSERT_EQUAL(opened(&r, HOST, ISP)->id, 65534);
	r.now++;
	CU_ASSERT_EQUAL(opened(&r, HOST, ISP)->id, 1);
	rig_close(&r);
}

/* Tags so long that the answer does not fit a frame. */
static void pppoe_ac_long_tags(void)
{
	static char tags[3100];
	size_t n = (size_t)snprintf(tags, sizeof(tags), "%s 0103 05dc ", ISP);
	struct rig r;

	memset(tags + n, '0', 3000);
	rig_ac(&r, 4, NULL);
	rig_discovery(&r, ALL, HOST, PPPOE_PADI, 0, tags);
	CU_ASSERT_EQUAL(rig_count(&r, PPPOE_C_TX_TAGS), 1);
	CU_ASSERT_EQUAL(r.out.outs, 0);
	r.ac.conf.pado_delay = S; /* nor does it wait to be sent later */
	rig_discovery(&r, ALL, HOST, PPPOE_PADI, 0, tags);
	CU_ASSERT_EQUAL(rig_count(&r, PPPOE_C_TX_TAGS), 2);
	CU_ASSERT_EQUAL(pppoe_ac_deadline(&r.ac), UINT64_MAX);
	rig_close(&r);
}

/* No memory for the session, for its tags, or for a PADO that waits: the station is told, or asks
 * again, and nothing is kept. */
static void pppoe_ac_no_memory(void)
{
	const struct rig_frame *f;
	char cookie[80];
	struct rig r;

	rig_ac(&r, 4, NULL);
	snprintf(cookie, sizeof(cookie), "%s", padi(&r, HOST, ISP));
	/* The rig takes one block for the frame. */
	for (unsigned skip = 1; skip <= 2; skip++) {
		heap_refuse(skip);
		padr(&r, HOST, ISP "0103 0001 07", cookie);
		CU_ASSERT_TRUE(heap_refused());
		f = rig_sent(&r);
		CU_ASSERT_EQUAL(f->p.code, PPPOE_PADS);
		CU_ASSERT_EQUAL(f->p.session, 0);
		CU_ASSERT_TRUE(rig_tag(f, PPPOE_TAG_SYSTEM_ERROR, "6e6f20726f6f6d"));
		CU_ASSERT_TRUE(rig_tag(f, PPPOE_TAG_HOST_UNIQ, "07"));
		CU_ASSERT_EQUAL(rig_count(&r, PPPOE_C_PADR_FULL), skip);
		CU_ASSERT_EQUAL(r.offers + r.e.slots.taken, 0);
	}
	padr(&r, HOST, ISP, cookie);
	CU_ASSERT_EQUAL(r.offers, 1);
	r.ac.conf.pado_delay = S;
	heap_refuse(1);
	rig_discovery(&r, ALL, HOST, PPPOE_PADI, 0, ISP);
	CU_ASSERT_TRUE(heap_refused());
	CU_ASSERT_EQUAL(rig_count(&r, PPPOE_C_PADO_QUEUE_FULL), 1);
	CU_ASSERT_EQUAL(pppoe_ac_deadline(&r.ac), UINT64_MAX);
	rig_close(&r);
}

static const struct test_case cases[] = {
	{"rfc2516_5_2_pado_and_no_state", pppoe_ac_offers},
	{"rfc2516_5_4_pads_after_the_answer", pppoe_ac_opens},
	{"padr_sent_again", pppoe_ac_repeats},
	{"rfc2516_9_cookie", pppoe_ac_cookies},
	{"rfc2516_5_service_names", pppoe_ac_services},
	{"pado_no_longer_than_three_times", pppoe_ac_amplifies_little},
	{"rfc2516_5_1_exactly_one_service_name", pppoe_ac_service_tags},
	{"limits_in_total_and_of_a_station", pppoe_ac_limits},
	{"refused_behind_the_port", pppoe_ac_refuses},
	{"pado_delay", pppoe_ac_delays},
	{"rfc4638_max_payload", pppoe_ac_max_payload},
	{"tr101_line", pppoe_ac_line},
	{"session_ids", pppoe_ac_ids},
	{"tags_beyond_a_frame", pppoe_ac_long_tags},
	{"no_memory", pppoe_ac_no_memory},
	{NULL, NULL},
};
const struct test_suite suite_pppoe_ac = {"pppoe_ac", cases};
