/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The line that is reached is the first leg of the join: until its circuit is up the line that asks
 * has not started, and what its far end sends waits in the join.
 */
#include "gw/about.h"
#include "gw/bridge.h"

#include "gw/history.h"
#include "gw/resume.h"
#include "gw/text.h"
#include <stdio.h>
#include <string.h>

#define BRIDGE_WAIT_FIRST UINT64_C(1000000)
#define BRIDGE_WAIT_LAST  (60 * UINT64_C(1000000))

static void bridge_on_up(void *ctx, uint64_t now)
{
	struct line *l = ctx;

	(void)now;
	l->joined = l->other->joined = true;
	l->wait = 0;
}

static void bridge_failed(struct line *l, uint64_t now)
{
	if (!l->wait)
		l->wait = BRIDGE_WAIT_FIRST;
	l->not_before = loop_back_off(&l->wait, BRIDGE_WAIT_LAST, now);
}

static void bridge_on_gone(void *ctx, const struct leg_end *why, uint64_t now)
{
	struct line *l = ctx, *other = l->other;

	if (!l->joined)
		bridge_failed(l, now);
	l->other = other->other = NULL;
	line_join_gone(other, why, now);
	line_join_gone(l, why, now);
}

/* The line that was reached first, then the one that asked. */
static bool bridge_save(void *ctx, struct wr *w)
{
	struct line *l = ctx;

	return line_save(l->other, w) && line_save(l, w);
}

static const struct join_owner bridge_owner = {
	.up = bridge_on_up, .gone = bridge_on_gone, .save = bridge_save};

static void bridge_refused(struct line *l, const struct cfg_join *to, const char *words,
			   uint64_t now)
{
	struct leg_end why = leg_end(LEG_BY_RESOURCES, words);
	char where[GW_TEXT_MAX], name[GW_TEXT_MAX];

	port_channel_text(where, sizeof(where), l->all->gw, l->channel);
	bridge_failed(l, now);
	gw_log_peer(about_channel(l->all->gw, l->channel), GW_LOG_CALL, LOGL_NOTICE, l->channel,
		    now, "line (%s): not joined to %s %s: %s", where, to->port->config.name,
		    to->address, words);
	snprintf(name, sizeof(name), "line - %s", to->port->config.name);
	history_not_begun(l->all->gw, l->channel, now, name, to->address, where, &why);
}

static void bridge_pair(struct line *l, struct line *other)
{
	l->other = other;
	other->other = l;
	l->waits = true;
}

void bridge_begin(struct line *l, const struct cfg_join *to, uint64_t now)
{
	struct gw *gw = l->all->gw;
	struct line_fail fail;
	struct line *other;
	struct join *j;

	if (now < l->not_before)
		return;
	other = line_reach(gw, &(struct line_to){to->port, to->address, NULL}, &fail, now);
	if (!other) {
		bridge_refused(l, to, fail.words, now);
		return;
	}
	j = join_new(gw->joins, line_leg_new(other, now), line_leg_new(l, now), &bridge_owner, l,
		     now);
	if (!j) {
		line_without_leg(other);
		line_without_leg(l);
		bridge_refused(l, to, "out of memory", now);
		return;
	}
	loop_cancel(gw->loop, &other->idle);
	loop_cancel(gw->loop, &l->idle);
	bridge_pair(l, other);
	join_explain(j, "the circuit's join");
	join_start(j, now);
}

bool bridge_may_begin(struct gw *gw, const struct cfg_join *to)
{
	const struct gw_port *p = &gw->port[to->port - gw->cfg->port];
	const struct ist_transport *t = p->cfg->transport;
	struct ist_addr a = {0};

	if (p->number < 0 || t->addr_parse(&a, to->address))
		return false;
	return port_calls(p, &a) || (port_circuit_up(p, &a) && !line_is_joined(gw, p, &a));
}

struct join *bridge_resume(struct resume_from *f)
{
	struct line *other = line_recall(f, 0), *l = other ? line_recall(f, 1) : NULL;
	struct join *j;

	if (!l) {
		if (other)
			line_drop_leg(other);
		return NULL;
	}
	j = join_new(f->gw->joins, other->leg, l->leg, &bridge_owner, l, f->now);
	f->words = "out of memory";
	if (j) {
		bridge_pair(l, other);
		return j;
	}
	l->leg = other->leg = NULL;
	line_drop_leg(l);
	line_drop_leg(other);
	return NULL;
}
