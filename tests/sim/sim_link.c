/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/sim/sim_link.h"

#include <stdlib.h>
#include <string.h>

/* One packet on the link, or one packet leaving a transport's queue. */
struct flight {
	struct deadline at;
	struct sim_end *to; /* NULL: a departure, to be told to `from` */
	struct sim_end *from;
	l2tp_channel on;
	uint64_t cookie;
	size_t len;
	uint8_t octets[];
};

unsigned sim_random(struct sim *s, unsigned n)
{
	return (unsigned)(test_rand(&s->seed) % n);
}

static uint64_t delay(struct sim *s)
{
	return s->delay_min + test_rand(&s->seed) % (s->delay_max - s->delay_min + 1);
}

static struct flight *launch(struct sim *s, const uint8_t *pkt, size_t len, uint64_t at)
{
	struct flight *f = calloc(1, sizeof(*f) + len);

	if (!f)
		abort();
	if (len)
		memcpy(f->octets, pkt, len);
	f->len = len;
	deadline_set(&s->air, &f->at, at);
	return f;
}

static void sim_link_fly(struct sim_end *from, l2tp_channel on, const uint8_t *pkt, size_t len,
			 uint64_t at)
{
	struct sim *s = from->sim;
	struct flight *f;

	if (sim_random(s, 1000) < s->loss)
		return;
	f = launch(s, pkt, len, at + delay(s));
	f->to = from->other;
	f->on = on;
}

static enum l2tp_tx sim_link_tx(void *ctx, l2tp_channel to, const uint8_t *pkt, size_t len,
				uint64_t cookie, uint8_t dscp)
{
	struct sim_end *end = ctx;
	struct sim *s = end->sim;
	uint64_t leaves = s->now;
	bool waits = s->waiting && sim_random(s, 2);
	struct flight *f;

	(void)dscp;
	if (end->dies && end->dies(end))
		return L2TP_TX_TAKEN;
	end->sent++;
	if (waits)
		leaves += test_rand(&s->seed) % s->waiting;
	sim_link_fly(end, to, pkt, len, leaves);
	if (sim_random(s, 1000) < s->doubled)
		sim_link_fly(end, to, pkt, len, leaves);
	if (!waits)
		return L2TP_TX_TAKEN;
	f = launch(s, NULL, 0, leaves);
	f->from = end;
	f->cookie = cookie;
	return L2TP_TX_WAITING;
}

/* --- events ----------------------------------------------------------------------------------- */

static struct sim_object *object(void)
{
	struct sim_object *o = calloc(1, sizeof(*o));

	if (!o)
		abort();
	return o;
}

static void sim_link_begin(struct sim_end *end, const struct l2tp_event *ev)
{
	if (ev->kind == L2TP_EV_TUNNEL_UP) {
		struct l2tp_tunnel_info i;

		l2tp_tunnel_info(ev->tunnel, &i);
		if (!i.user)
			l2tp_tunnel_set_user(ev->tunnel, object());
		end->tunnels_up++;
	}
	if (ev->kind == L2TP_EV_CALL_OFFERED) {
		l2tp_call_set_user(ev->call, object());
		end->calls_offered++;
	}
	if (ev->kind == L2TP_EV_CALL_UP)
		end->calls_up++;
}

static void sim_link_finish(struct sim_end *end, struct sim_object *o, bool must)
{
	if (must && (!o || o->down))
		end->twice++;
	if (o)
		o->down = true;
	free(o);
}

static void sim_link_event(void *ctx, const struct l2tp_event *ev)
{
	struct sim_end *end = ctx;
	struct l2tp_tunnel_info t;
	struct l2tp_call_info c;

	sim_link_begin(end, ev);
	if (end->sim->on_event)
		end->sim->on_event(end, ev);
	if (ev->kind == L2TP_EV_TUNNEL_DOWN) {
		l2tp_tunnel_info(ev->tunnel, &t);
		end->tunnels_down += t.user != NULL; /* NULL: the peer's, and it never came up */
		sim_link_finish(end, t.user, false);
		l2tp_tunnel_set_user(ev->tunnel, NULL);
	}
	if (ev->kind == L2TP_EV_CALL_DOWN) {
		l2tp_call_info(ev->call, &c);
		end->calls_down++;
		sim_link_finish(end, c.user, true);
		l2tp_call_set_user(ev->call, NULL);
	}
}

static bool sim_link_peer(void *ctx, l2tp_channel from, const uint8_t *host, size_t len,
			  struct l2tp_peer_answer *out)
{
	struct sim_end *end = ctx;

	(void)host;
	(void)len;
	*out = (struct l2tp_peer_answer){.policy = end->policy, .source = from, .peer = end};
	return true;
}

static void sim_link_random_octets(void *ctx, void *buf, size_t len)
{
	struct sim_end *end = ctx;
	uint8_t *p = buf;

	while (len--)
		*p++ = (uint8_t)test_rand(&end->seed);
}

static void sim_link_keep(void *ctx, const struct l2tp_kept *k)
{
	struct sim_end *end = ctx;

	if (end->shelf && !(end->dies && end->dies(end)))
		shelf_keep(end->shelf, k);
}

static struct l2tp_ops ops = {.tx = sim_link_tx,
			      .event = sim_link_event,
			      .peer = sim_link_peer,
			      .random = sim_link_random_octets,
			      .keep = sim_link_keep};

void sim_keeps_records(void)
{
	ops.keep = sim_link_keep;
}

void sim_keeps_nothing(void)
{
	ops.keep = NULL;
}

/* --- running ---------------------------------------------------------------------------------- */

static void sim_link_engine(struct sim_end *end)
{
	const struct l2tp_limits limits = {.max_half_open = 10000, .half_open_per_source = 5000};

	end->e = l2tp_engine_new(&ops, end, &limits);
	if (!end->e)
		abort();
}

static void sim_link_start(struct sim *s, struct sim_end *end, struct sim_end *other,
			   const char *host)
{
	end->sim = s;
	end->other = other;
	end->seed = test_rand(&s->seed);
	l2tp_policy_default(&end->policy);
	strcpy(end->policy.host_name, host);
	end->policy.bearer_caps = 3;
	end->policy.secret.len = 6;
	memcpy(end->policy.secret.octets, "secret", 6);
	end->policy.challenge = true;
	sim_link_engine(end);
}

void sim_init(struct sim *s, uint64_t seed)
{
	memset(s, 0, sizeof(*s));
	s->seed = seed;
	s->delay_min = 5000;
	s->delay_max = 200000;
	sim_link_start(s, &s->a, &s->b, "a.example");
	sim_link_start(s, &s->b, &s->a, "b.example");
}

static void sim_link_arrive(struct sim *s, struct flight *f)
{
	if (f->to)
		l2tp_engine_rx(f->to->e, f->on, f->octets, f->len, s->now);
	else
		l2tp_engine_sent(f->from->e, f->cookie, s->now);
	free(f);
}

/* What the owner had for the tunnels and calls of an engine that ends without events. */
static void sim_link_forget(struct sim_end *end)
{
	struct l2tp_tunnel_info i;
	struct l2tp_call_info j;

	for (struct l2tp_tunnel *t = l2tp_tunnel_next(end->e, NULL); t;
	     t = l2tp_tunnel_next(end->e, t)) {
		l2tp_tunnel_info(t, &i);
		free(i.user);
		for (struct l2tp_call *c = l2tp_call_next(t, NULL); c; c = l2tp_call_next(t, c)) {
			l2tp_call_info(c, &j);
			free(j.user);
		}
	}
	l2tp_engine_free(end->e);
}

struct sim_return {
	struct shelf_owner o;
	struct sim_end *end;
	void (*back)(struct sim_end *end, struct l2tp_call *c);
};

static void *sim_link_tunnel_back(struct shelf_owner *o)
{
	(void)o;
	return object();
}

static void sim_link_call_back(struct shelf_owner *o, struct l2tp_call *c)
{
	struct sim_return *ret = (struct sim_return *)(void *)o;

	l2tp_call_set_user(c, object());
	if (ret->back)
		ret->back(ret->end, c);
}

void sim_restart(struct sim_end *end, void (*back)(struct sim_end *end, struct l2tp_call *c))
{
	struct sim_return ret = {.o = {.who = {.policy = end->policy, .peer = end},
				       .tunnel_user = sim_link_tunnel_back,
				       .call_back = sim_link_call_back},
				 .end = end,
				 .back = back};

	sim_link_forget(end);
	sim_link_engine(end);
	shelf_restore(end->shelf, end->e, &ret.o, end->sim->now);
}

void sim_free(struct sim *s)
{
	struct deadline *d;

	while ((d = deadline_pop(&s->air, UINT64_MAX - 1)))
		free(d); /* the first member of its flight */
	sim_link_forget(&s->a);
	sim_link_forget(&s->b);
}

static uint64_t sim_link_next(const struct sim *s)
{
	uint64_t t = deadline_next(&s->air), a = l2tp_engine_deadline(s->a.e),
		 b = l2tp_engine_deadline(s->b.e);

	t = a < t ? a : t;
	return b < t ? b : t;
}

static void sim_link_hold(struct sim *s)
{
	if (!s->gathers)
		return;
	l2tp_engine_hold(s->a.e);
	l2tp_engine_hold(s->b.e);
}

static void sim_link_release(struct sim *s)
{
	l2tp_engine_release(s->a.e, s->now);
	l2tp_engine_release(s->b.e, s->now);
}

void sim_run(struct sim *s, uint64_t until)
{
	uint64_t t;

	while ((t = sim_link_next(s)) != DEADLINE_NEVER && t <= until) {
		struct deadline *d;

		if (t > s->now)
			s->now = t;
		s->now += s->gathers;
		sim_link_hold(s);
		while ((d = deadline_pop(&s->air, s->now)))
			sim_link_arrive(s, (struct flight *)(void *)d);
		sim_link_release(s);
		l2tp_engine_expire(s->a.e, s->now);
		l2tp_engine_expire(s->b.e, s->now);
		if (s->on_step)
			s->on_step(s);
	}
	if (until != DEADLINE_NEVER && s->now < until)
		s->now = until;
}

struct l2tp_tunnel *sim_open(struct sim_end *end, l2tp_channel on)
{
	struct l2tp_peer_answer who = {.policy = end->policy, .source = on, .peer = end};

	return l2tp_tunnel_open(end->e, on, &who, object(), end->sim->now, NULL);
}

struct l2tp_call *sim_place(struct sim_end *end, struct l2tp_tunnel *t, enum l2tp_call_kind kind)
{
	struct sim_object *o = object();
	struct l2tp_call *c = l2tp_call_new(t, o, NULL);

	if (!c) {
		free(o);
		return NULL;
	}
	end->calls_made++;
	l2tp_call_place(c, kind, NULL, 0, end->sim->now);
	return c;
}

static void check_end(const struct sim_end *end)
{
	struct l2tp_counters c;

	CU_ASSERT_PTR_NULL(l2tp_tunnel_next(end->e, NULL));
	CU_ASSERT_EQUAL(l2tp_engine_deadline(end->e), DEADLINE_NEVER);
	l2tp_engine_counters(end->e, &c);
	CU_ASSERT_EQUAL(c.tunnels + c.half_open + c.calls, 0);
	CU_ASSERT_EQUAL(end->calls_down, end->calls_offered + end->calls_made);
	CU_ASSERT_EQUAL(end->twice, 0);
}

void sim_check_empty(const struct sim *s)
{
	check_end(&s->a);
	check_end(&s->b);
}
