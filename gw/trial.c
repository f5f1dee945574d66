/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A ring: the one that ended first gives way to a new one.  What goes on keeps its place. */
#include "gw/trial.h"

#include "gw/aaa/aaa.h"
#include "gw/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char *const trial_kind_names[TRIAL_KINDS] = {
	[TRIAL_PING] = "ping-tunnel", [TRIAL_RADIUS] = "test-radius"};
const char *const trial_state_names[TRIAL_STATES] = {
	[TRIAL_GOING_ON] = "going-on", [TRIAL_DONE] = "done", [TRIAL_FAILED] = "failed"};

struct trial {
	unsigned number; /* 0 = none is here */
	enum trial_kind kind;
	enum trial_state state;
	unsigned tid;		/* of a ping */
	struct aaa_test *asked; /* until it has ended; NULL = it is no test of RADIUS */
	uint64_t began, took;
	char of[GW_TEXT_MAX], words[TRIAL_WORDS];
};

struct trials {
	unsigned last; /* number */
	struct trial row[TRIALS_MAX];
};

struct trials *trials_new(void)
{
	return calloc(1, sizeof(struct trials));
}

void trials_free(struct trials *t)
{
	for (unsigned i = 0; t && i < TRIALS_MAX; i++)
		if (t->row[i].asked)
			aaa_test_cancel(t->row[i].asked);
	free(t);
}

static void trial_show(const struct trial *t, void (*each)(void *ctx, const struct trial_view *v),
		       void *ctx)
{
	const struct trial_view v = {.number = t->number,
				     .kind = t->kind,
				     .state = t->state,
				     .of = t->of,
				     .took = t->took,
				     .words = t->words};

	each(ctx, &v);
}

/* The next one by number; NULL = there are no more. */
static const struct trial *trial_behind(const struct trials *t, unsigned number)
{
	const struct trial *found = NULL;

	for (unsigned i = 0; i < TRIALS_MAX; i++)
		if (t->row[i].number > number && (!found || t->row[i].number < found->number))
			found = &t->row[i];
	return found;
}

void trials_each(const struct gw *gw, void (*each)(void *ctx, const struct trial_view *v),
		 void *ctx)
{
	const struct trial *t = NULL;

	while ((t = trial_behind(gw->trials, t ? t->number : 0)))
		trial_show(t, each, ctx);
}

/* The place for a new one, which is not taken yet; NULL: all of them go on. */
static struct trial *trial_room(struct trials *t)
{
	struct trial *found = NULL;

	for (unsigned i = 0; i < TRIALS_MAX; i++) {
		struct trial *r = &t->row[i];

		if ((!r->number || r->state != TRIAL_GOING_ON) &&
		    (!found || r->number < found->number))
			found = r;
	}
	return found;
}

/* Its number. */
static unsigned trial_begin(struct trials *t, struct trial *r, const struct trial *of)
{
	*r = *of;
	r->number = ++t->last;
	return r->number;
}

static void trial_end(struct trial *t, bool good, const char *words, uint64_t now)
{
	t->state = good ? TRIAL_DONE : TRIAL_FAILED;
	t->took = now > t->began ? now - t->began : 1;
	t->asked = NULL;
	snprintf(t->words, sizeof(t->words), "%s", words);
}

/* --- a HELLO --------------------------------------------------------------------------------------- */

static struct trial *trial_ping_of(struct trials *t, unsigned tid)
{
	for (unsigned i = 0; i < TRIALS_MAX; i++) {
		struct trial *r = &t->row[i];

		if (r->number && r->kind == TRIAL_PING && r->state == TRIAL_GOING_ON &&
		    r->tid == tid)
			return r;
	}
	return NULL;
}

unsigned trial_ping(struct gw *gw, unsigned tid, const char **words)
{
	struct l2tp_tunnel *t = l2tp_tunnel_by_id(gw->engine, (uint16_t)tid);
	struct trial *r = trial_room(gw->trials);
	struct trial of = {.kind = TRIAL_PING, .tid = tid, .began = loop_now(gw->loop)};

	snprintf(of.of, sizeof(of.of), "tunnel %u", tid);
	*words = !t				  ? "there is no such tunnel"
		 : !r				  ? "as many are under way as there may be"
		 : trial_ping_of(gw->trials, tid) ? "one is under way there"
		 : !l2tp_tunnel_ping(t, of.began) ? "the tunnel is not established"
						  : NULL;
	return *words ? 0 : trial_begin(gw->trials, r, &of);
}

void trial_pinged(struct gw *gw, unsigned tid, uint64_t now)
{
	struct trial *t = trial_ping_of(gw->trials, tid);

	if (t)
		trial_end(t, true, "acknowledged", now);
}

void trial_tunnel_down(struct gw *gw, unsigned tid, const char *why, uint64_t now)
{
	struct trial *t = trial_ping_of(gw->trials, tid);
	char words[TRIAL_WORDS];

	if (!t)
		return;
	snprintf(words, sizeof(words), "the tunnel has ended: %s", why);
	trial_end(t, false, words, now);
}

/* --- RADIUS ---------------------------------------------------------------------------------------- */

static void trial_answered(void *ctx, bool good, const char *words, uint64_t now)
{
	trial_end(ctx, good, words, now);
}

/* NULL with *words: there is none, or one has to be named. */
static const struct cfg_radius *trial_section(const struct cfg_model *m, const char *name,
					      const char **words)
{
	*words = name	       ? "there is no such section"
		 : m->radiuses ? "there are several sections: name one"
			       : "there is no section";
	return name ? cfg_named(m, "radius", name) : m->radiuses == 1 ? &m->radius[0] : NULL;
}

unsigned trial_radius(struct gw *gw, const char *radius, const char *user, const char *password,
		      const char **words)
{
	const struct cfg_radius *section = trial_section(gw->cfg, radius, words);
	struct trial *r = trial_room(gw->trials);
	struct trial of = {.kind = TRIAL_RADIUS, .began = loop_now(gw->loop)};
	char plain[GW_TEXT_MAX];

	if (!section)
		return 0;
	*words = "as many are under way as there may be";
	if (!r)
		return 0;
	of.asked = aaa_test(gw->aaa, section, user, password, trial_answered, r, words, of.began);
	if (!of.asked)
		return 0;
	snprintf(of.of, sizeof(of.of), "%.100s by %.40s",
		 gw_printable(plain, sizeof(plain), user, strlen(user)), section->name);
	return trial_begin(gw->trials, r, &of);
}
