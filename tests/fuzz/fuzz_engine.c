/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Control messages into a live engine.  The first octet chooses the policy; then each octet is an
 * operation: a packet as it is; a message whose numbers and ids are made right for one of the
 * tunnels and calls there are, so that it gets as far as its contents allow; a wish of the owner's;
 * time; what the transport says.
 *
 * Whatever happens: each tunnel and call the owner knows ends once, packets sent are well-formed,
 * and after the engine is stopped and time has passed nothing is left.
 */
#include "core/deadline.h"
#include "core/engine.h"
#include "core/hdr.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define SECOND 1000000ull

struct world {
	struct l2tp_engine *e;
	struct rd in;
	struct l2tp_policy policy;
	uint64_t now, cookie, random;
	long known; /* objects the owner holds */
	uint8_t mode;
};

static void fuzz_engine_check(bool ok)
{
	if (!ok)
		abort();
}

/* --- what the engine is given ----------------------------------------------------------------- */

static enum l2tp_tx fuzz_engine_tx(void *ctx, l2tp_channel to, const uint8_t *pkt, size_t len,
				   uint64_t cookie, uint8_t dscp)
{
	struct world *w = ctx;
	struct l2tp_hdr h;

	fuzz_engine_check(to != 0);
	fuzz_engine_check(dscp < 64);
	fuzz_engine_check(l2tp_hdr_decode(&h, pkt, len) == L2TP_HDR_IS_CONTROL);
	fuzz_engine_check(h.len + L2TP_HDR_CONTROL_LEN == len);
	w->cookie = cookie;
	return w->mode & 0x40 ? L2TP_TX_WAITING : L2TP_TX_TAKEN;
}

static void fuzz_engine_event(void *ctx, const struct l2tp_event *ev)
{
	struct world *w = ctx;
	struct l2tp_call_info c;

	fuzz_engine_check(ev->tunnel != NULL);
	if (ev->kind == L2TP_EV_CALL_OFFERED) {
		l2tp_call_set_user(ev->call, w);
		w->known++;
	}
	if (ev->kind == L2TP_EV_CALL_DOWN) {
		l2tp_call_info(ev->call, &c);
		fuzz_engine_check(c.user == w);
		l2tp_call_set_user(ev->call, NULL);
		w->known--;
	}
	if (ev->msg)
		fuzz_engine_check(ev->msg->type < L2TP_MSG_TYPES);
}

static bool fuzz_engine_peer(void *ctx, l2tp_channel from, const uint8_t *host, size_t len,
			     struct l2tp_peer_answer *out)
{
	struct world *w = ctx;

	*out = (struct l2tp_peer_answer){.policy = w->policy, .source = from, .peer = w};
	return len && host[0] != '!';
}

static void fuzz_engine_random_octets(void *ctx, void *buf, size_t len)
{
	struct world *w = ctx;
	uint8_t *p = buf;

	while (len--) {
		w->random = w->random * 6364136223846793005u + 1442695040888963407u;
		*p++ = (uint8_t)(w->random >> 56);
	}
}

static const struct l2tp_ops ops = {.tx = fuzz_engine_tx,
				    .event = fuzz_engine_event,
				    .peer = fuzz_engine_peer,
				    .random = fuzz_engine_random_octets};

/* --- choosing --------------------------------------------------------------------------------- */

static struct l2tp_tunnel *fuzz_engine_some_tunnel(struct world *w)
{
	struct l2tp_tunnel *t = l2tp_tunnel_next(w->e, NULL), *next;

	for (unsigned n = rd_u8(&w->in) % 4; t && n-- > 0;) {
		next = l2tp_tunnel_next(w->e, t);
		t = next ? next : t;
	}
	return t;
}

static struct l2tp_call *fuzz_engine_some_call(struct world *w, const struct l2tp_tunnel *t)
{
	unsigned n = rd_u8(&w->in) % 4;
	struct l2tp_call *c = t ? l2tp_call_next(t, NULL) : NULL, *next;

	while (c && n-- > 0) {
		next = l2tp_call_next(t, c);
		c = next ? next : c;
	}
	return c;
}

/* --- operations ------------------------------------------------------------------------------- */

static void as_it_is(struct world *w)
{
	l2tp_channel on = 1 + rd_u8(&w->in) % 3;
	uint16_t len = rd_u16(&w->in) % 600;
	const uint8_t *p;

	if (len > w->in.left)
		len = (uint16_t)w->in.left;
	p = rd_take(&w->in, len);
	if (p)
		l2tp_engine_rx(w->e, on, p, len, w->now);
}

/* Which call the message is about: none, or one there is. */
static uint16_t session(struct world *w, const struct l2tp_tunnel *t)
{
	struct l2tp_call *c = fuzz_engine_some_call(w, t);
	struct l2tp_call_info i;

	if (!c || rd_u8(&w->in) & 1)
		return 0;
	l2tp_call_info(c, &i);
	return i.local_id;
}

static void made_right(struct world *w)
{
	struct l2tp_tunnel_info i = {.channel = 1};
	struct l2tp_tunnel *t = fuzz_engine_some_tunnel(w);
	uint16_t sid = session(w, t), type = rd_u8(&w->in) % 20, len = rd_u8(&w->in);
	uint8_t buf[400];
	struct wr out = wr_init(buf, sizeof(buf));

	if (len > w->in.left)
		len = (uint16_t)w->in.left;
	if (t && type != L2TP_SCCRQ)
		l2tp_tunnel_info(t, &i);
	l2tp_hdr_control(&out, i.local_id, sid, i.nr, i.ns);
	if (type) {
		wr_u16(&out, 0x8008);
		wr_u16(&out, 0);
		wr_u16(&out, L2TP_AVP_MESSAGE_TYPE);
		wr_u16(&out, type);
		wr_bytes(&out, rd_take(&w->in, len), len);
	}
	l2tp_hdr_finish(&out, 0);
	l2tp_engine_rx(w->e, i.channel, buf, out.len, w->now);
}

static void wish_call(struct world *w, struct l2tp_tunnel *t)
{
	struct l2tp_call *c = fuzz_engine_some_call(w, t);
	struct l2tp_avp a = {.vendor = 9, .type = 1, .val = w->in.p, .len = w->in.left ? 1 : 0};
	static const uint32_t errors[6];

	if (!c)
		return;
	switch (rd_u8(&w->in) % 6) {
	case 0:
		l2tp_call_answer(c, &a, 1, w->now);
		break;
	case 1:
		l2tp_call_connected(c, &a, 1, w->now);
		break;
	case 2:
		l2tp_call_hangup(c, NULL, &a, 1, w->now);
		break;
	case 3:
		l2tp_call_send_sli(c, 1, 2, w->now);
		break;
	case 4:
		l2tp_call_send_wen(c, errors, w->now);
		break;
	default:
		l2tp_call_place(c, L2TP_INCOMING, &a, 1, w->now);
	}
}

static void wish(struct world *w)
{
	struct l2tp_peer_answer who = {.policy = w->policy, .source = 1, .peer = w};
	uint8_t what = rd_u8(&w->in);
	struct l2tp_tunnel *t = fuzz_engine_some_tunnel(w);
	struct l2tp_call *c;

	switch (what % 4) {
	case 0:
		l2tp_tunnel_open(w->e, 1 + what % 3, &who, w, w->now, NULL);
		break;
	case 1:
		c = t ? l2tp_call_new(t, w, NULL) : NULL;
		w->known += c != NULL;
		if (c)
			l2tp_call_place(c, what & 8 ? L2TP_INCOMING : L2TP_OUTGOING, NULL, 0,
					w->now);
		break;
	case 2:
		if (t && what & 8)
			l2tp_tunnel_close(t, NULL, w->now);
		break;
	default:
		wish_call(w, t);
	}
}

static void transport(struct world *w)
{
	uint8_t what = rd_u8(&w->in);
	l2tp_channel c = 1 + what % 3;

	if (what & 0x80)
		l2tp_engine_sent(w->e, w->cookie, w->now);
	else if (what & 0x40)
		l2tp_engine_channel(w->e, c, what & 0x20, w->now);
	else if (what & 0x20)
		l2tp_engine_channel_lost(w->e, c, w->now);
}

static void pass_time(struct world *w)
{
	w->now += (uint64_t)rd_u8(&w->in) * SECOND / 4;
	l2tp_engine_expire(w->e, w->now);
}

static void empty_at_the_end(struct world *w)
{
	w->mode = 0;
	for (l2tp_channel c = 1; c <= 3; c++)
		l2tp_engine_channel(w->e, c, true, w->now);
	l2tp_engine_stop(w->e, NULL, w->now);
	for (unsigned n = 0; n < 10000 && l2tp_engine_deadline(w->e) != DEADLINE_NEVER; n++) {
		if (l2tp_engine_deadline(w->e) > w->now)
			w->now = l2tp_engine_deadline(w->e);
		l2tp_engine_expire(w->e, w->now);
	}
	fuzz_engine_check(!l2tp_tunnel_next(w->e, NULL));
	fuzz_engine_check(!w->known);
}

static void fuzz_engine_prepare(struct world *w)
{
	l2tp_policy_default(&w->policy);
	w->mode = rd_u8(&w->in);
	memcpy(w->policy.host_name, "fuzz", 5);
	w->policy.bearer_caps = 3;
	w->policy.secret.len = w->mode & 1 ? 10 : 0;
	memcpy(w->policy.secret.octets, "testsecret", 10);
	w->policy.challenge = w->mode & 2;
	w->policy.hide = w->mode & 4;
	w->policy.single_tunnel = w->mode & 8;
	w->policy.reauth = w->mode & 16 ? 30 * SECOND : 0;
	w->policy.quirks = w->mode & 32 ? 0x7f : L2TP_QUIRKS_DEFAULT;
	w->policy.hold = 5 * SECOND;
	w->policy.idle_close = w->mode & 0x80 ? 10 * SECOND : 0;
	w->policy.max_calls = 8;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static void (*const op[])(struct world * w) = {as_it_is, made_right, made_right, made_right,
						       wish,	 transport,  pass_time,	 wish};
	const struct l2tp_limits limits = {.max_tunnels = 8, .half_open_per_source = 4};
	struct world w = {.in = rd_init(data, size), .now = 1, .random = 1};

	fuzz_engine_prepare(&w);
	w.e = l2tp_engine_new(&ops, &w, &limits);
	fuzz_engine_check(w.e != NULL);
	while (w.in.left)
		op[rd_u8(&w.in) % 8](&w);
	empty_at_the_end(&w);
	l2tp_engine_free(w.e);
	return 0;
}
