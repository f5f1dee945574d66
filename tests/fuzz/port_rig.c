/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A command is an octet, and what it says it needs:
 *
 *   0..199     so many octets are a frame from the far end
 *   200..207   a long one: (octet - 200) * 256 and the next octet; it ends with 0 where the input
 * does 208        the frame that the port sent last comes back, with an octet changed (two octets)
 *   209        the far end's link is closed and opened
 *   210        the clock goes on by 10 ms times the square of the next octet
 *   211..215   the owner: answers, refuses, disconnects, connects, sends (an octet: the channel;
 *              for a send one more: 8 octets of payload each)
 *   others     nothing
 */
#include "tests/fuzz/port_rig.h"

#include "core/bytes.h"
#include "tests/transports/raw.h"

#include <stdlib.h>
#include <string.h>

#define CHANNELS 64u
#define FRAME	 2048u

enum channel_state { CHANNEL_NONE, CHANNEL_ASKED, CHANNEL_OFFERED, CHANNEL_UP, CHANNEL_DOWN };

static struct rig {
	const struct port_rig *what;
	const char *const *config;
	struct fake_host port, far;
	struct channel {
		ist_channel id;
		enum channel_state state;
	} channel[CHANNELS];
	uint64_t frames, octets; /* delivered */
	uint8_t sent[FRAME];
	size_t sent_len;
	uint64_t sends; /* frames that came out at the far end */
} rig;

void port_rig_check(bool ok)
{
	if (!ok)
		abort();
}

uint64_t port_rig_sum(struct fake_host *h, const char *first, const char *last)
{
	uint64_t v[128], sum = 0;
	bool in = false;
	unsigned n = 0;

	while (h->tr->counters[n].name)
		n++;
	port_rig_check(n <= 128);
	h->tr->count(h->port, v, n);
	for (unsigned i = 0; i < n; i++) {
		in |= !strcmp(h->tr->counters[i].name, first);
		sum += in ? v[i] : 0;
		if (in && !strcmp(h->tr->counters[i].name, last))
			return sum;
	}
	abort();
}

/* --- channels --------------------------------------------------------------------------------- */

/* The place of a channel, or an empty one for it; NULL = all are in use. */
static struct channel *rig_channel(ist_channel id)
{
	struct channel *room = NULL;

	for (unsigned i = 0; i < CHANNELS; i++) {
		struct channel *c = &rig.channel[i];

		if (c->state && c->id == id)
			return c;
		if (!c->state && !room)
			room = c;
	}
	if (room)
		room->id = id;
	return room;
}

/* The index-th of those in this state, round and round; NULL = there is none. */
static struct channel *rig_pick(enum channel_state state, uint8_t index)
{
	unsigned n = 0;

	for (unsigned i = 0; i < CHANNELS; i++)
		n += rig.channel[i].state == state;
	for (unsigned i = 0, at = n ? index % n : 0; i < CHANNELS && n; i++)
		if (rig.channel[i].state == state && !at--)
			return &rig.channel[i];
	return NULL;
}

static void rig_on_event(struct fake_host *h, const struct fake_event *e)
{
	struct channel *c = e->channel ? rig_channel(e->channel) : NULL;

	(void)h;
	if (!c)
		return;
	switch (e->kind) {
	case FAKE_FRAME:
		port_rig_check(c->state == CHANNEL_UP && e->len);
		rig.frames++;
		rig.octets += e->len;
		break;
	case FAKE_OFFER:
		port_rig_check(c->state == CHANNEL_NONE);
		c->state = CHANNEL_OFFERED;
		break;
	case FAKE_UP:
		port_rig_check(c->state != CHANNEL_UP && e->attrs.payload);
		c->state = CHANNEL_UP;
		break;
	case FAKE_DOWN:
		port_rig_check(c->state != CHANNEL_NONE && c->state != CHANNEL_DOWN);
		c->state = e->forever ? CHANNEL_NONE : CHANNEL_DOWN;
		break;
	default:
		break;
	}
}

/* --- commands --------------------------------------------------------------------------------- */

static void rig_on_far(struct fake_host *h, const struct fake_event *e)
{
	(void)h;
	if (e->kind != FAKE_FRAME)
		return;
	rig.sends++;
	rig.sent_len = e->len < FRAME ? e->len : FRAME;
	memcpy(rig.sent, e->data, rig.sent_len);
}

static void rig_far_open(void)
{
	static const char *const link[] = {"link=loop:fuzz", NULL};

	fake_open(&rig.far, &raw_transport, link);
	rig.far.on_event = rig_on_far;
	fake_join(&rig.port, &rig.far);
	fake_run(&rig.port, fake_now);
}

static void rig_frame(const uint8_t *frame, size_t len)
{
	if (len)
		fake_send(&rig.far, 1, frame, len);
}

static void rig_long_frame(struct rd *r, uint8_t what)
{
	size_t len = (what - 200u) * 256u + rd_u8(r), have = len < r->left ? len : r->left;
	uint8_t frame[FRAME] = {0};

	if (have)
		memcpy(frame, rd_take(r, have), have);
	rig_frame(frame, len);
}

static void rig_echo(struct rd *r)
{
	uint8_t at = rd_u8(r), flip = rd_u8(r);

	if (rig.sent_len)
		rig.sent[at % rig.sent_len] ^= flip;
	rig_frame(rig.sent, rig.sent_len);
}

static void rig_connect(uint8_t payload)
{
	ist_channel id;

	if (!fake_connect(&rig.port, rig.what->dial,
			  payload & 1 ? IST_PAYLOAD_PPP : IST_PAYLOAD_L2TP, &id)) {
		struct channel *c = rig_channel(id);

		if (c && !c->state && rig.port.tr->caps & IST_CAP_SWITCHED)
			c->state = CHANNEL_ASKED;
	}
}

static void rig_gone(struct channel *c, bool switched)
{
	if (switched)
		c->state = CHANNEL_NONE;
}

static void rig_owner(uint8_t what, uint8_t index, struct rd *r)
{
	static const uint8_t payload[8 * 255];
	static const enum channel_state of[] = {CHANNEL_OFFERED, CHANNEL_OFFERED, CHANNEL_UP,
						CHANNEL_NONE, CHANNEL_UP};
	struct channel *c = rig_pick(of[what], index);

	if (what == 3)
		rig_connect(index);
	else if (!c)
		return;
	else if (what == 0)
		fake_answer(&rig.port, c->id);
	else if (what == 1 && !fake_refuse(&rig.port, c->id))
		rig_gone(c, true);
	else if (what == 4)
		fake_send(&rig.port, c->id, payload, 8u * rd_u8(r));
}

/* Permanent circuits stay up when their owner gives them up. */
static void rig_hang_up(uint8_t index)
{
	struct channel *c = rig_pick(CHANNEL_UP, index);

	if (!c)
		return;
	fake_disconnect(&rig.port, c->id);
	rig_gone(c, rig.port.tr->mtu(rig.port.port, c->id) == 0);
}

static void rig_step(struct rd *r)
{
	uint8_t what = rd_u8(r), n;

	if (what < 200) {
		size_t len = what < r->left ? what : r->left;

		rig_frame(rd_take(r, len), len);
	} else if (what < 208) {
		rig_long_frame(r, what);
	} else if (what == 208) {
		rig_echo(r);
	} else if (what == 209) {
		fake_close(&rig.far);
		fake_run(&rig.port, fake_now);
		rig_far_open();
	} else if (what == 210) {
		n = rd_u8(r) % 112; /* two minutes */
		fake_run(&rig.port, fake_now + UINT64_C(10000) * n * n);
	} else if (what == 213) {
		rig_hang_up(rd_u8(r));
	} else if (what <= 215) {
		n = rd_u8(r);
		rig_owner((uint8_t)(what - 211), n, r);
	}
}

static void rig_begin(const struct port_rig *what, uint8_t choice)
{
	const char *config[32] = {"link=loop:fuzz"};
	unsigned n = 0;

	while (n < PORT_RIG_CONFIGS && what->config[n])
		n++;
	memset(&rig, 0, sizeof(rig));
	rig.what = what;
	rig.config = what->config[choice % n];
	for (unsigned i = 0; rig.config[i]; i++)
		config[i + 1] = rig.config[i];
	fake_now = 1000000;
	fake_open(&rig.port, what->tr, config);
	rig.port.on_event = rig_on_event;
	rig_far_open();
}

void port_rig_run(const struct port_rig *what, const uint8_t *data, size_t size)
{
	struct rd r = rd_init(data, size);

	rig_begin(what, rd_u8(&r));
	while (r.left) {
		rig_step(&r);
		fake_run(&rig.port, fake_now);
		fake_forget(&rig.port);
		fake_forget(&rig.far);
	}
	port_rig_check(fake_count(&rig.port, "rx-frames") == rig.frames);
	port_rig_check(fake_count(&rig.port, "rx-octets") == rig.octets);
	port_rig_check(fake_count(&rig.port, "link-tx") >= rig.sends);
	what->conserves(&rig.port, rig.config);
	fake_close(&rig.port);
	fake_close(&rig.far);
}
