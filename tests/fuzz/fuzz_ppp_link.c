/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A live PPP link.  The first octet of the input chooses the configuration; after it come steps, an
 * octet each, some with an operand: a frame (two octets of length), a pause, a verdict, addresses,
 * close, open, line down.
 *
 * Whatever comes: each frame sent is a whole packet with a true Length, no call sends more than a
 * handful, nobody gets a network without the verdict that the configuration asks for, and the link
 * comes to rest after it is closed.
 */
#include "ppp/ppp.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define SECOND	  1000000u
#define BURST_MAX 16u

struct state {
	struct ppp *ppp;
	struct ppp_config cfg;
	uint64_t now, random;
	unsigned burst; /* frames sent by the call being made */
	bool proven;	/* a verdict, or the server's word, since LCP came up */
	bool passed;	/* PPP_EV_AUTH_OK */
};

static void fuzz_ppp_link_check(bool ok)
{
	if (!ok)
		abort();
}

static void fuzz_ppp_link_on_tx(void *ctx, const uint8_t *frame, size_t len)
{
	struct state *s = ctx;

	fuzz_ppp_link_check(len >= 6 && len <= 2 + 2048);
	fuzz_ppp_link_check((size_t)(frame[4] << 8 | frame[5]) == len - 2);
	fuzz_ppp_link_check(++s->burst <= BURST_MAX);
}

static void fuzz_ppp_link_on_random(void *ctx, void *buf, size_t len)
{
	struct state *s = ctx;

	memset(buf, (int)++s->random, len);
}

static void fuzz_ppp_link_on_event(void *ctx, const struct ppp_event *ev)
{
	struct state *s = ctx;

	if (ev->kind == PPP_EV_LCP_UP) {
		s->proven = ev->link->auth == PPP_AUTH_NONE;
		s->passed = false;
	}
	if (ev->kind == PPP_EV_AUTH) {
		fuzz_ppp_link_check(strlen(ev->auth->name) <= ev->auth->name_len);
		ppp_auth_check(ev->auth, "secret", 6, NULL);
	}
	if (ev->kind == PPP_EV_AUTH_OK) {
		fuzz_ppp_link_check(s->proven || !s->cfg.server);
		s->passed = true;
	}
	if (ev->kind == PPP_EV_IP4_UP || ev->kind == PPP_EV_IP6_UP)
		fuzz_ppp_link_check(s->passed);
}

static const struct ppp_ops ops = {fuzz_ppp_link_on_tx, fuzz_ppp_link_on_event,
				   fuzz_ppp_link_on_random, NULL, NULL};

static void fuzz_ppp_link_configure(struct state *s, uint8_t how)
{
	struct ppp_config *c = &s->cfg;

	ppp_config_default(c);
	c->server = how & 1;
	c->n_auth = how >> 1 & 3;
	for (unsigned i = 0; i < c->n_auth; i++)
		c->auth[i] = (uint8_t)(1 + (i + (how >> 3)) % 3);
	c->passive = how & 0x20;
	c->echo_interval = how & 0x40 ? 10 * SECOND : 0;
	c->rechallenge = how & 0x80 ? 30 * SECOND : 0;
	strcpy(c->name, "name");
	strcpy(c->secret, "secret");
}

static void step_frame(struct state *s, struct rd *r)
{
	size_t n = rd_u16(r);
	const uint8_t *frame;
	uint8_t *copy;

	if (r->bad)
		return;
	if (n > r->left)
		n = r->left;
	frame = rd_take(r, n);
	copy = malloc(n ? n : 1);
	fuzz_ppp_link_check(copy && frame);
	memcpy(copy, frame, n);
	ppp_rx(s->ppp, copy, n, s->now);
	free(copy);
}

static void step_pause(struct state *s, struct rd *r)
{
	s->now += rd_u8(r) * (SECOND / 4);
	ppp_expire(s->ppp, s->now);
}

static void step_verdict(struct state *s, struct rd *r)
{
	static const struct ppp_auth_reply reply = {
		.success = "S=407A5589115FD0D6209F510FE9C04566932CDA56"};
	bool ok = rd_u8(r) & 1;

	s->proven |= ok;
	ppp_auth_verdict(s->ppp, ok, &reply, "words", s->now);
}

static void step_network(struct state *s, struct rd *r)
{
	struct ppp_addresses a = {.local4 = rd_u8(r), .peer4 = rd_u8(r), .peer_iid = rd_u8(r)};

	ppp_start_network(s->ppp, &a, s->now);
}

static void step_close(struct state *s, struct rd *r)
{
	(void)r;
	ppp_close(s->ppp, s->now);
}

static void step_open(struct state *s, struct rd *r)
{
	(void)r;
	ppp_open(s->ppp, s->now);
}

static void step_down(struct state *s, struct rd *r)
{
	(void)r;
	ppp_lower_down(s->ppp, s->now);
}

static void (*const steps[])(struct state *, struct rd *) = {
	step_frame,   step_frame, step_frame, step_pause, step_verdict,
	step_network, step_close, step_open,  step_down,
};

static void consistent(const struct ppp *p)
{
	struct ppp_info i;

	ppp_get_info(p, &i);
	fuzz_ppp_link_check(!(i.ip4_up || i.ip6_up) || !strcmp(i.phase, "network"));
	fuzz_ppp_link_check(i.ip4_up == !strcmp(i.ipcp, "Opened"));
	fuzz_ppp_link_check(i.ip6_up == !strcmp(i.ipv6cp, "Opened"));
	fuzz_ppp_link_check(strcmp(i.phase, "dead") || ppp_deadline(p) == DEADLINE_NEVER);
}

static void comes_to_rest(struct state *s)
{
	ppp_close(s->ppp, s->now);
	for (unsigned i = 0; i < 100 && ppp_deadline(s->ppp) != DEADLINE_NEVER; i++) {
		s->burst = 0;
		s->now = ppp_deadline(s->ppp);
		ppp_expire(s->ppp, s->now);
	}
	fuzz_ppp_link_check(ppp_deadline(s->ppp) == DEADLINE_NEVER);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct rd r = rd_init(data, size);
	struct state s = {.now = 1000 * (uint64_t)SECOND};

	fuzz_ppp_link_configure(&s, rd_u8(&r));
	s.ppp = ppp_new(&s.cfg, &ops, &s);
	fuzz_ppp_link_check(s.ppp);
	ppp_open(s.ppp, s.now);
	while (r.left) {
		s.burst = 0;
		steps[rd_u8(&r) % (sizeof(steps) / sizeof(*steps))](&s, &r);
		consistent(s.ppp);
	}
	comes_to_rest(&s);
	ppp_free(s.ppp);
	return 0;
}
