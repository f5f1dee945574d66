/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * PPPoE from the outside in: heads, tags, line tags, and both engines.  The first octet chooses how
 * much each engine may hold.  Then come frames, each behind an octet of length: 255 means "wait for
 * the deadline" instead, 254 that the owner answers the oldest offer, 253 that the client dials,
 * 252 that a session is hung up, 251 that the frame is what the engine sent last with an octet
 * changed. What a decoder accepts must come out the same after we have written it.  Whatever comes:
 * each frame is accounted for, sessions are as many as were opened less those ended, and an answer
 * to one who has not proved his address is at most three times the question.
 */
#include "transports/pppoe/pppoe_ac.h"
#include "transports/pppoe/pppoe_addr.h"
#include "transports/pppoe/pppoe_client.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define CHECK(ok)                \
	do {                     \
		if (!(ok))       \
			abort(); \
	} while (0)

struct side {
	struct pppoe_end e;
	struct pppoe_ac ac;
	struct pppoe_client client;
	bool is_client;
	uint8_t sent[PPPOE_FRAME_MAX];
	size_t sent_len;
	unsigned sends, made, ended;
	ist_channel offered;
};

static const uint8_t key[PPPOE_KEY] = {1, 2, 3};
static uint64_t now;

static void fuzz_pppoe_on_tx(void *ctx, const uint8_t *frame, size_t len)
{
	struct side *s = ctx;
	struct pppoe_tags t;
	struct pppoe_pkt p;

	CHECK(len <= PPPOE_FRAME_MAX && pppoe_pkt_get(&p, frame, len) == PPPOE_PKT_OK);
	CHECK(p.len + PPPOE_HEADS == len && pppoe_tags_get(&t, p.payload, p.len));
	CHECK(p.code == PPPOE_PADT || p.session == 0 || p.code == PPPOE_PADS);
	memcpy(s->sent, frame, len);
	s->sent_len = len;
	s->sends++;
}

static void fuzz_pppoe_on_offer(void *ctx, struct pppoe_session *s)
{
	struct side *side = ctx;

	CHECK(s->state == PPPOE_OFFERED && !s->id);
	side->made++;
	side->offered = slots_handle(&side->e.slots, s->slot);
}

static void fuzz_pppoe_on_up(void *ctx, struct pppoe_session *s)
{
	struct side *side = ctx;

	CHECK(s->state == PPPOE_UP && s->id && s->id != PPPOE_RESERVED_ID);
	CHECK(pppoe_end_find(&side->e, s->peer, s->id) == s);
	CHECK(s->payload_max >= PPPOE_MRU && s->payload_max <= side->e.payload_max);
}

static void fuzz_pppoe_on_down(void *ctx, struct pppoe_session *s, const struct ist_cause *why)
{
	CHECK(why->words && memchr(s->said, 0, sizeof(s->said)));
	((struct side *)ctx)->ended++;
}

static const struct pppoe_ops ops = {fuzz_pppoe_on_tx, fuzz_pppoe_on_offer, fuzz_pppoe_on_up,
				     fuzz_pppoe_on_down};

static void fuzz_pppoe_begin(struct side *s, bool is_client, uint8_t choice)
{
	static const char *const services[] = {"isp", "voip"};
	const struct pppoe_ac_conf ac = {
		.name = "ac",
		.service = services,
		.services = choice & 3 ? choice % 3u : 0,
		.per_mac = choice >> 2 & 3,
		.pado_delay = choice & 0x10 ? 1000 : 0,
		.cookie_life = 100000,
	};
	const struct pppoe_client_conf client = {.wait = 1000,
						 .tries = 2,
						 .ac_name = choice & 0x20 ? "ac" : NULL,
						 .uniq_len = choice & 0x40 ? 2 : 0};

	memset(s, 0, sizeof(*s));
	s->is_client = is_client;
	CHECK(!pppoe_end_init(&s->e, 1 + (choice & 7), key, &ops, s));
	memcpy(s->e.mac, is_client ? "\0\0\x5e\0\x53\1" : "\0\0\x5e\0\x53\2", 6);
	s->e.payload_max = choice & 0x80 ? 9000 : PPPOE_MRU;
	if (is_client)
		CHECK(!pppoe_client_init(&s->client, &s->e, &client));
	else
		pppoe_ac_init(&s->ac, &s->e, &ac);
}

static void fuzz_pppoe_holds(const struct side *s)
{
	unsigned there = 0;

	for (uint32_t i = 1; i < s->e.slots.fresh; i++)
		there += s->e.session[i] != NULL;
	CHECK(there == s->e.slots.taken && there == s->made - s->ended);
	CHECK(there < s->e.slots.most);
}

/* Of each PADI, PADR, PADO and PADS that came, one thing is known that became of it. */
static void fuzz_pppoe_conserves(const struct side *s)
{
	const uint64_t *c = s->e.count;

	CHECK(s->is_client || s->ac.conf.pado_delay ||
	      c[PPPOE_C_RX_PADI] == c[PPPOE_C_PADI_SERVICES] + c[PPPOE_C_PADI_SERVICE] +
					    c[PPPOE_C_PADI_FULL] + c[PPPOE_C_PADI_MAC_FULL] +
					    c[PPPOE_C_TX_PADO] + c[PPPOE_C_TX_TAGS]);
	CHECK(s->is_client ||
	      c[PPPOE_C_RX_PADR] == c[PPPOE_C_PADR_SERVICES] + c[PPPOE_C_PADR_COOKIE] +
					    c[PPPOE_C_PADR_COOKIE_OLD] + c[PPPOE_C_PADR_AGAIN] +
					    c[PPPOE_C_PADR_SERVICE] + c[PPPOE_C_PADR_FULL] +
					    c[PPPOE_C_PADR_MAC_FULL] + s->made);
}

static void fuzz_pppoe_take(struct side *s, const uint8_t *frame, size_t len)
{
	uint64_t pado = s->e.count[PPPOE_C_TX_PADO];
	struct pppoe_line line;
	struct pppoe_tags t;
	struct pppoe_pkt p;

	if (pppoe_pkt_get(&p, frame, len) != PPPOE_PKT_OK)
		return;
	CHECK(p.len + PPPOE_HEADS <= len);
	if (!pppoe_tags_get(&t, p.payload, p.len))
		return;
	CHECK(t.raw_len <= p.len);
	pppoe_line_get(&line, &t.of[PPPOE_TAG_LINE]);
	if (p.code == PPPOE_PADT)
		pppoe_end_padt_in(&s->e, &p, &t);
	else if (s->is_client && (p.code == PPPOE_PADO || p.code == PPPOE_PADS))
		pppoe_client_rx(&s->client, &p, &t, now);
	else if (!s->is_client && (p.code == PPPOE_PADI || p.code == PPPOE_PADR))
		pppoe_ac_rx(&s->ac, &p, &t, now);
	if (s->e.count[PPPOE_C_TX_PADO] != pado)
		CHECK(s->sent_len <= 3 * (p.len + PPPOE_HEADS > 60 ? p.len + PPPOE_HEADS : 60u));
}

/* In memory of its very size, so that a sanitizer sees what is read behind it. */
static void fuzz_pppoe_frame(struct side *s, const uint8_t *frame, size_t len)
{
	uint8_t *exact = malloc(len ? len : 1);

	CHECK(exact);
	if (len)
		memcpy(exact, frame, len);
	fuzz_pppoe_take(s, exact, len);
	free(exact);
}

static void fuzz_pppoe_wait(struct side *s)
{
	uint64_t at = s->is_client ? pppoe_client_deadline(&s->client) : pppoe_ac_deadline(&s->ac);

	if (at == UINT64_MAX)
		return;
	now = at > now ? at : now;
	if (s->is_client)
		pppoe_client_expire(&s->client, now);
	else
		pppoe_ac_expire(&s->ac, now);
}

static void fuzz_pppoe_answer(struct side *s)
{
	struct pppoe_session *o = pppoe_end_of(&s->e, s->offered);

	if (!s->is_client && o && o->state == PPPOE_OFFERED) {
		pppoe_ac_answer(&s->ac, o);
		CHECK(pppoe_end_find(&s->e, o->peer, o->id) == o);
	}
}

static void fuzz_pppoe_dial(struct side *s)
{
	struct ist_addr to;

	CHECK(!pppoe_addr_parse(&to, now & 1 ? "isp@*" : "*"));
	s->made += s->is_client && pppoe_client_connect(&s->client, &to, now);
}

static void fuzz_pppoe_hang_up(struct side *s)
{
	for (uint32_t i = 1; i < s->e.slots.fresh; i++) {
		struct pppoe_session *o = s->e.session[i];

		if (!o)
			continue;
		s->ended++;
		if (s->is_client)
			pppoe_client_hang_up(&s->client, o, "over");
		else if (o->state == PPPOE_OFFERED)
			pppoe_ac_refuse(&s->ac, o, "over");
		else
			pppoe_end_hang_up(&s->e, o, "over");
		return;
	}
}

/* What the one sent last comes to the other, which is how a fuzzer learns cookies and Host-Uniqs;
 * two octets of the input change one of it. */
static void fuzz_pppoe_cross(const struct side *from, struct side *to, struct rd *r)
{
	uint8_t at = rd_u8(r), flip = rd_u8(r), frame[256];
	size_t len = from->sent_len < sizeof(frame) ? from->sent_len : sizeof(frame);

	memcpy(frame, from->sent, len);
	if (len)
		frame[at % len] ^= flip;
	fuzz_pppoe_frame(to, frame, len);
}

static void fuzz_pppoe_step(struct side *s, struct side *other, struct rd *r)
{
	uint8_t what = rd_u8(r);
	size_t n = what > 250 ? 0 : what < r->left ? what : r->left;

	now++;
	if (what == 255)
		fuzz_pppoe_wait(s);
	else if (what == 254)
		fuzz_pppoe_answer(s);
	else if (what == 253)
		fuzz_pppoe_dial(s);
	else if (what == 252)
		fuzz_pppoe_hang_up(s);
	else if (what == 251)
		fuzz_pppoe_cross(other, s, r);
	else
		fuzz_pppoe_frame(s, rd_take(r, n), n);
	fuzz_pppoe_holds(s);
	fuzz_pppoe_conserves(s);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct side side[2];
	struct rd r = rd_init(data, size);
	uint8_t choice = rd_u8(&r);

	now = 1000000;
	fuzz_pppoe_begin(&side[0], false, choice);
	fuzz_pppoe_begin(&side[1], true, choice);
	while (r.left) {
		unsigned which = rd_u8(&r) & 1;

		fuzz_pppoe_step(&side[which], &side[!which], &r);
	}
	for (unsigned i = 0; i < 2; i++) {
		pppoe_ac_free(&side[i].ac);
		pppoe_client_free(&side[i].client);
		pppoe_end_free(&side[i].e);
	}
	return 0;
}
