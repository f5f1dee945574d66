/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/transports/pppoe/pppoe_rig.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const uint8_t key[PPPOE_KEY] = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};

static void rig_on_tx(void *ctx, const uint8_t *frame, size_t len)
{
	recorder_add(&((struct rig *)ctx)->out, frame, len);
}

static void rig_on_offer(void *ctx, struct pppoe_session *s)
{
	struct rig *r = ctx;

	r->offers++;
	r->last = s;
	memcpy(r->calling, s->calling, sizeof(r->calling));
}

static void rig_on_up(void *ctx, struct pppoe_session *s)
{
	struct rig *r = ctx;

	r->ups++;
	r->last = s;
}

static void rig_on_down(void *ctx, struct pppoe_session *s, const struct ist_cause *why)
{
	struct rig *r = ctx;

	r->downs++;
	r->last = s;
	r->why = *why;
	memcpy(r->said, s->said, sizeof(r->said));
	if (r->hang_up)
		pppoe_client_hang_up(&r->client, r->hang_up, NULL);
	r->hang_up = NULL;
}

static const struct pppoe_ops ops = {rig_on_tx, rig_on_offer, rig_on_up, rig_on_down};

static void rig_begin(struct rig *r, uint32_t most, uint8_t last_octet)
{
	static const uint8_t mac[] = {0, 0, 0x5e, 0, 0x53};

	memset(r, 0, sizeof(*r));
	r->now = 1000 * S;
	CU_ASSERT_FATAL(!pppoe_end_init(&r->e, most, key, &ops, r));
	memcpy(r->e.mac, mac, sizeof(mac));
	r->e.mac[5] = last_octet;
}

void rig_ac(struct rig *r, uint32_t most, const struct pppoe_ac_conf *conf)
{
	struct pppoe_ac_conf c = conf ? *conf : (struct pppoe_ac_conf){0};

	rig_begin(r, most, 2);
	c.name = c.name ? c.name : "ac";
	c.cookie_life = c.cookie_life ? c.cookie_life : 60 * S;
	pppoe_ac_init(&r->ac, &r->e, &c);
}

void rig_client(struct rig *r, uint32_t most, const struct pppoe_client_conf *conf)
{
	struct pppoe_client_conf c = conf ? *conf : (struct pppoe_client_conf){0};

	rig_begin(r, most, 1);
	c.wait = c.wait ? c.wait : S;
	c.tries = c.tries ? c.tries : 3;
	CU_ASSERT_FATAL(!pppoe_client_init(&r->client, &r->e, &c));
}

void rig_close(struct rig *r)
{
	pppoe_ac_free(&r->ac);
	pppoe_client_free(&r->client);
	pppoe_end_free(&r->e);
}

bool rig_rx(struct rig *r, const char *hex)
{
	/* of the very size, so that a sanitizer sees what is read behind it */
	size_t len = strlen(hex);
	uint8_t *frame = malloc(len + 1);
	struct pppoe_pkt p;
	struct pppoe_tags t;
	bool ok;

	CU_ASSERT_FATAL(frame != NULL);
	len = test_hex(frame, len + 1, hex);
	ok = pppoe_pkt_get(&p, frame, len) == PPPOE_PKT_OK && pppoe_tags_get(&t, p.payload, p.len);
	if (ok && p.code == PPPOE_PADT)
		pppoe_end_padt_in(&r->e, &p, &t);
	else if (ok && r->client.end)
		pppoe_client_rx(&r->client, &p, &t, r->now);
	else if (ok)
		pppoe_ac_rx(&r->ac, &p, &t, r->now);
	free(frame);
	return ok;
}

void rig_discovery(struct rig *r, const char *dst, const char *src, uint8_t code, uint16_t session,
		   const char *tags)
{
	char hex[4200];
	uint8_t octets[2048];

	snprintf(hex, sizeof(hex), "%s%s8863 11 %02x %04x %04zx %s", dst, src, code, session,
		 test_hex(octets, sizeof(octets), tags), tags);
	CU_ASSERT_TRUE(rig_rx(r, hex));
}

const struct rig_frame *rig_sent(struct rig *r)
{
	static uint8_t frame[RECORDER_OCTETS];
	static struct rig_frame f;

	CU_ASSERT_FATAL(r->out.outs > 0);
	f.len = r->out.out_len[0];
	memcpy(frame, r->out.out[0], f.len);
	r->out.outs--;
	memmove(r->out.out[0], r->out.out[1], sizeof(r->out.out[0]) * r->out.outs);
	memmove(&r->out.out_len[0], &r->out.out_len[1], sizeof(r->out.out_len[0]) * r->out.outs);
	CU_ASSERT_EQUAL_FATAL(pppoe_pkt_get(&f.p, frame, f.len), PPPOE_PKT_OK);
	CU_ASSERT_EQUAL(f.p.len, f.len - PPPOE_HEADS);
	CU_ASSERT_EQUAL(f.p.ethertype, PPPOE_DISCOVERY);
	CU_ASSERT_TRUE(pppoe_tags_get(&f.t, f.p.payload, f.p.len));
	return &f;
}

bool rig_tag(const struct rig_frame *f, enum pppoe_tag_kind kind, const char *hex)
{
	uint8_t want[256];
	size_t n = test_hex(want, sizeof(want), hex);
	const struct pppoe_tag *t = &f->t.of[kind];

	return t->p && t->len == n && !memcmp(t->p, want, n);
}

const char *rig_hex(const struct pppoe_tag *t)
{
	static char text[600];

	text[0] = '\0';
	for (unsigned i = 0; i < t->len; i++)
		snprintf(text + 2 * (size_t)i, 3, "%02x", t->p[i]);
	return text;
}

void rig_expire(struct rig *r)
{
	uint64_t at = r->client.end ? pppoe_client_deadline(&r->client) : pppoe_ac_deadline(&r->ac);

	CU_ASSERT_FATAL(at != UINT64_MAX);
	r->now = at;
	if (r->client.end)
		pppoe_client_expire(&r->client, at);
	else
		pppoe_ac_expire(&r->ac, at);
}

uint64_t rig_count(const struct rig *r, enum pppoe_counter c)
{
	return r->e.count[c];
}
