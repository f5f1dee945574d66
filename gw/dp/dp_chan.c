/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Channels as the control thread knows them: the far end and the MTU of each, told by the worker
 * with every report, so that a query is a look-up and waits for no worker. Answer, refuse and
 * disconnect go to the worker through the mailbox of packets, behind the packets sent before.
 *
 * A channel is known from the first report that names it, or from dp_connect(), until the report
 * that it is gone.  Once it is refused or disconnected here, its unread reports are not delivered
 * any more. The worker answers with REPORT_GONE, the last report of that channel.
 */
#include "gw/dp/dp_int.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* --- the control thread's table --------------------------------------------------------------- */

/* The control thread's view of a channel. */
struct dp_chan {
	struct ist_addr peer;
	uint32_t mtu;
	struct dp_speed speed;
	unsigned leaving; /* refusals and disconnects not yet answered by REPORT_GONE */
	bool permanent, given_up;
};

static struct dp_chan *dp_chan_find(const struct dp *dp, l2tp_channel c)
{
	return (struct dp_chan *)map_get(&dp->chans, c);
}

/* NULL without memory: then the channel has no known far end. */
static struct dp_chan *dp_chan_make(struct dp *dp, l2tp_channel c)
{
	struct dp_chan *f = dp_chan_find(dp, c);

	if (f)
		return f;
	f = calloc(1, sizeof(*f));
	if (f && !map_set(&dp->chans, c, (uintptr_t)f)) {
		free(f);
		f = NULL;
	}
	return f;
}

static void dp_chan_drop(struct dp *dp, l2tp_channel c)
{
	struct dp_chan *f = dp_chan_find(dp, c);

	map_set(&dp->chans, c, 0);
	free(f);
}

void dp_chan_note(struct dp *dp, l2tp_channel c, const struct ist_addr *peer, uint32_t mtu,
		  bool permanent)
{
	struct dp_chan *f = dp_chan_make(dp, c);

	if (!f)
		return;
	if (peer->len)
		f->peer = *peer;
	f->mtu = mtu;
	f->permanent = permanent;
}

void dp_chan_connected(struct dp *dp, l2tp_channel c, const struct ist_addr *peer, uint32_t mtu,
		       bool permanent)
{
	struct dp_chan *f;

	dp_chan_note(dp, c, peer, mtu, permanent);
	f = dp_chan_find(dp, c);
	if (f)
		f->given_up = false;
}

bool dp_chan_wanted(struct dp *dp, const struct report *r)
{
	const struct dp_chan *f = dp_chan_find(dp, r->channel);

	return !f || !f->given_up;
}

void dp_chan_before(struct dp *dp, const struct report *r)
{
	struct dp_chan *f;

	if (r->kind == REPORT_OFFER || r->kind == REPORT_UP) {
		dp_chan_note(dp, r->channel, &r->attrs.peer, r->mtu, r->attrs.permanent);
		f = dp_chan_find(dp, r->channel);
		if (f)
			f->speed = (struct dp_speed){r->attrs.tx_bps, r->attrs.rx_bps};
	} else if (r->kind == REPORT_MTU && (f = dp_chan_find(dp, r->channel))) {
		f->mtu = r->mtu;
	}
}

void dp_chan_after(struct dp *dp, const struct report *r)
{
	struct dp_chan *f = dp_chan_find(dp, r->channel);

	if (!f)
		return;
	if (r->kind == REPORT_GONE && f->leaving)
		f->leaving--;
	if (f->given_up ? !f->leaving : r->kind == REPORT_DOWN && r->forever)
		dp_chan_drop(dp, r->channel);
}

struct dp_chan_of_port {
	struct dp *dp;
	unsigned port;
};

static void dp_chan_drop_if_of(void *ctx, uint64_t key, uintptr_t v)
{
	const struct dp_chan_of_port *o = ctx;

	(void)v;
	if (dp_channel_port(key) == o->port)
		dp_chan_drop(o->dp, key);
}

void dp_chan_forget_port(struct dp *dp, unsigned port)
{
	map_each(&dp->chans, dp_chan_drop_if_of, &(struct dp_chan_of_port){dp, port});
}

bool dp_channel_peer(struct dp *dp, l2tp_channel c, struct ist_addr *out)
{
	const struct dp_chan *f = dp_chan_find(dp, c);

	if (!f || f->given_up || !f->peer.len)
		return false;
	*out = f->peer;
	return true;
}

uint32_t dp_channel_mtu(struct dp *dp, l2tp_channel c)
{
	const struct dp_chan *f = dp_chan_find(dp, c);

	return f && !f->given_up ? f->mtu : 0;
}

struct dp_speed dp_channel_speed(struct dp *dp, l2tp_channel c)
{
	const struct dp_chan *f = dp_chan_find(dp, c);

	return f && !f->given_up ? f->speed : (struct dp_speed){0, 0};
}

/* --- answer, refuse, disconnect: the worker's side -------------------------------------------- */

static void dp_chan_do_answer(struct worker_port *p, ist_channel c, const struct ist_cause *why)
{
	int rc = p->t->answer ? p->t->answer(p->p, c) : -EOPNOTSUPP;

	/* An offer that cannot be answered is refused, so that it does not stay half open. */
	if (rc < 0 && p->t->refuse)
		p->t->refuse(p->p, c, why);
}

static void dp_chan_do_refuse(struct worker_port *p, ist_channel c, const struct ist_cause *why)
{
	if (p->t->refuse)
		p->t->refuse(p->p, c, why);
}

static void dp_chan_do_disconnect(struct worker_port *p, ist_channel c, const struct ist_cause *why)
{
	if (p->t->disconnect)
		p->t->disconnect(p->p, c, why);
}

void worker_chan_do(struct worker *w, enum cmd_kind kind, l2tp_channel channel,
		    const struct ist_cause *why)
{
	static void (*const what[])(struct worker_port * p, ist_channel c,
				    const struct ist_cause *why) = {
		[CMD_ANSWER] = dp_chan_do_answer,
		[CMD_REFUSE] = dp_chan_do_refuse,
		[CMD_DISCONNECT] = dp_chan_do_disconnect,
	};
	struct worker_port *p = w->port[dp_channel_port(channel)];
	ist_channel id = (ist_channel)channel;
	struct worker_chan *c;

	what[kind](p, id, why);
	if (kind == CMD_ANSWER)
		return;
	c = worker_chan_find(p, id);
	if (c && !c->permanent)
		worker_chan_drop(p, c);
	report_gone(p, id);
}

/* --- the same: the control thread's side ------------------------------------------------------ */

struct dp_chan_job {
	enum cmd_kind kind;
	l2tp_channel channel;
	const struct ist_cause *why;
};

static int dp_chan_run_job(struct worker *w, void *arg)
{
	const struct dp_chan_job *j = arg;

	worker_chan_do(w, j->kind, j->channel, j->why);
	return 0;
}

static struct worker *dp_chan_home_of(const struct dp *dp, l2tp_channel c)
{
	unsigned port = dp_channel_port(c);

	return port < WORKER_PORTS ? dp->port[port].home : NULL;
}

/* By mail; only when the mailbox is full by hand, which waits for the worker. */
static void dp_chan_command(struct worker *w, enum cmd_kind kind, l2tp_channel c,
			    const struct ist_cause *why)
{
	struct cmd_rec head = {.kind = kind, .channel = c};
	struct dp_chan_job j = {kind, c, why};

	if (!dp_command(w, &head, (const uint8_t *)why, sizeof(*why)))
		worker_run(w, dp_chan_run_job, &j);
}

static void dp_chan_give_up(struct dp *dp, enum cmd_kind kind, l2tp_channel c,
			    const struct ist_cause *why)
{
	struct worker *w = dp_chan_home_of(dp, c);
	struct dp_chan *f;

	if (!w)
		return;
	f = dp_chan_make(dp, c);
	if (f) {
		f->given_up = !f->permanent;
		f->leaving++;
	}
	dp_chan_command(w, kind, c, why);
}

void dp_answer(struct dp *dp, l2tp_channel c)
{
	static const struct ist_cause cannot = {.kind = IST_CAUSE_LOCAL};
	struct worker *w = dp_chan_home_of(dp, c);

	if (w)
		dp_chan_command(w, CMD_ANSWER, c, &cannot);
}

void dp_refuse(struct dp *dp, l2tp_channel c, const struct ist_cause *why)
{
	dp_chan_give_up(dp, CMD_REFUSE, c, why);
}

void dp_disconnect(struct dp *dp, l2tp_channel c, const struct ist_cause *why)
{
	dp_chan_give_up(dp, CMD_DISCONNECT, c, why);
}
