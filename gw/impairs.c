/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "gw/impairs.h"

#include "gw/port.h"
#include "gw/random.h"
#include "gw/text.h"

#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define IMPAIRS_LATE 1000u /* us after the end of one, for data to see it first */

const char *const impairs_way_names[DP_IMPAIR_WAYS] = {"in", "out"};

struct impairs {
	struct gw *gw;
	struct loop_timer look;
	unsigned on; /* when it was looked at last */
};

/* --- which there are ----------------------------------------------------------------------------- */

static void impairs_view_of(const struct gw_port *p, const struct dp_impair_row *row,
			    struct impairs_view *v)
{
	*v = (struct impairs_view){.port = p->cfg->config.name, .row = *row};
	if (row->circuit.len && p->cfg->transport->addr_format)
		p->cfg->transport->addr_format(&row->circuit, v->circuit, sizeof(v->circuit));
}

void impairs_each(struct gw *gw, void (*each)(void *ctx, const struct impairs_view *v), void *ctx)
{
	struct dp_impair_row row[DP_IMPAIR_ROWS];
	struct impairs_view v;

	for (unsigned i = 0; i < gw->cfg->ports; i++) {
		const struct gw_port *p = &gw->port[i];
		unsigned n = 0;

		if (p->number >= 0)
			n = dp_impair_rows(gw->dp, (unsigned)p->number, row, DP_IMPAIR_ROWS);
		for (unsigned k = 0; k < n; k++) {
			impairs_view_of(p, &row[k], &v);
			each(ctx, &v);
		}
	}
}

struct impairs_sum {
	unsigned on;
	uint64_t left; /* until the first is over */
};

static void impairs_add(void *ctx, const struct impairs_view *v)
{
	struct impairs_sum *sum = ctx;

	if (!v->row.on)
		return;
	sum->on++;
	if (v->row.set.left < sum->left)
		sum->left = v->row.set.left;
}

/* Asking is what makes calls fast again. */
static void impairs_look(void *ctx, uint64_t now)
{
	struct impairs *s = ctx;
	struct impairs_sum sum = {.left = UINT64_MAX};

	impairs_each(s->gw, impairs_add, &sum);
	if (sum.on < s->on)
		GW_LOG(LOG_NOBODY, PORT, LOGL_NOTICE, "impair: the time of %u is over, %u left\n",
		       s->on - sum.on, sum.on);
	s->on = sum.on;
	loop_set(s->gw->loop, &s->look,
		 sum.left == UINT64_MAX ? DEADLINE_NEVER : now + sum.left + IMPAIRS_LATE);
}

/* Not by its time: nothing is said of it. */
static void impairs_changed(struct impairs *s)
{
	s->on = 0;
	impairs_look(s, loop_now(s->gw->loop));
}

struct impairs *impairs_new(struct gw *gw)
{
	struct impairs *s = calloc(1, sizeof(*s));

	if (!s)
		return NULL;
	s->gw = gw;
	loop_timer_init(&s->look, impairs_look, s);
	return s;
}

void impairs_free(struct impairs *s)
{
	free(s);
}

void impairs_find(struct gw *gw)
{
	impairs_changed(gw->impairs);
}

/* --- words --------------------------------------------------------------------------------------- */

#define IMPAIRS_AT(m) offsetof(struct dp_impair, m), sizeof(((struct dp_impair *)0)->m)

const struct impairs_word impairs_words[IMPAIRS_WORDS] = {
	{"loss", IMPAIRS_PERCENT, IMPAIRS_AT(loss), "a percentage, as 5% or 0.1%"},
	{"delay", IMPAIRS_DELAY, IMPAIRS_AT(delay), "a time up to 60s, as 20ms"},
	{"jitter", IMPAIRS_DELAY, IMPAIRS_AT(jitter), "a time up to 60s, as 5ms"},
	{"reorder", IMPAIRS_PERCENT, IMPAIRS_AT(reorder), "a percentage, as 1%"},
	{"duplicate", IMPAIRS_PERCENT, IMPAIRS_AT(duplicate), "a percentage, as 1%"},
	{"corrupt", IMPAIRS_PERCENT, IMPAIRS_AT(corrupt), "a percentage, as 0.1%"},
	{"rate", IMPAIRS_RATE, IMPAIRS_AT(rate), "a rate, as 64k or 2M"},
	{"seed", IMPAIRS_SEED, IMPAIRS_AT(seed), "a number of at most 18 digits"},
	{"for", IMPAIRS_LASTS, IMPAIRS_AT(left), "a time, as 60s or 10m"},
};

uint64_t impairs_get(const struct dp_impair *set, const struct impairs_word *w)
{
	uint64_t wide;
	uint32_t narrow;

	if (w->size == sizeof(narrow)) {
		memcpy(&narrow, (const char *)set + w->at, sizeof(narrow));
		return narrow;
	}
	memcpy(&wide, (const char *)set + w->at, sizeof(wide));
	return wide;
}

void impairs_put(struct dp_impair *set, const struct impairs_word *w, uint64_t value)
{
	uint32_t narrow = (uint32_t)value;

	if (w->size == sizeof(narrow))
		memcpy((char *)set + w->at, &narrow, sizeof(narrow));
	else
		memcpy((char *)set + w->at, &value, sizeof(value));
}

static int impairs_say_percent(char *buf, size_t cap, uint64_t millionths)
{
	char part[8];
	size_t len;

	snprintf(part, sizeof(part), "%04u", (unsigned)(millionths % 10000));
	for (len = 4; len && part[len - 1] == '0'; len--)
		part[len - 1] = '\0';
	return snprintf(buf, cap, "%u%s%s%%", (unsigned)(millionths / 10000), len ? "." : "", part);
}

static int impairs_say_time(char *buf, size_t cap, uint64_t us)
{
	static const struct {
		uint64_t us;
		const char *unit;
	} units[] = {{1000000, "s"}, {1000, "ms"}, {1, "us"}};
	size_t i = 0;

	while (us % units[i].us)
		i++;
	return snprintf(buf, cap, "%llu%s", (unsigned long long)(us / units[i].us), units[i].unit);
}

static int impairs_say_rate(char *buf, size_t cap, uint64_t bps)
{
	char text[GW_TEXT_MAX];

	return snprintf(buf, cap, "%s", gw_rate_text(text, sizeof(text), bps));
}

const char *impairs_text(char buf[IMPAIRS_TEXT], const struct dp_impair *set)
{
	static int (*const say[])(char *buf, size_t cap, uint64_t value) = {
		[IMPAIRS_PERCENT] = impairs_say_percent,
		[IMPAIRS_DELAY] = impairs_say_time,
		[IMPAIRS_RATE] = impairs_say_rate,
	};
	size_t at = 0;

	*buf = '\0';
	for (unsigned i = 0; i < IMPAIRS_WORDS; i++) {
		const struct impairs_word *w = &impairs_words[i];
		uint64_t value = impairs_get(set, w);

		if (!value || !impairs_word_spoils(w))
			continue;
		at += (size_t)snprintf(buf + at, IMPAIRS_TEXT - at, "%s%s ", at ? " " : "",
				       w->word);
		at += (size_t)say[w->kind](buf + at, IMPAIRS_TEXT - at, value);
	}
	return buf;
}

/* --- asked for ----------------------------------------------------------------------------------- */

/* NULL, or what is wrong. */
static const char *impairs_aim(struct gw *gw, const struct impairs_wish *wish, struct gw_port **p,
			       struct ist_addr *circuit)
{
	*circuit = (struct ist_addr){0};
	*p = port_named(gw, wish->port);
	if (!*p)
		return "no such port";
	if ((*p)->number < 0)
		return "the port is not open";
	if (!wish->circuit)
		return NULL;
	if (!(*p)->cfg->transport->addr_parse ||
	    (*p)->cfg->transport->addr_parse(circuit, wish->circuit) < 0 || !circuit->len)
		return "that is no address of a circuit of this port";
	return NULL;
}

static const char *impairs_why(int rc)
{
	return rc == -ENOSPC ? "too many circuits of this port are impaired" : strerror(-rc);
}

static const char *impairs_ways_text(unsigned ways)
{
	return ways == IMPAIRS_BOTH ? "in and out" : ways == 1u << DP_IMPAIR_IN ? "in" : "out";
}

/* "port fr0: impair 100 in: loss 5%, seed 8" */
static void impairs_log(const struct impairs_wish *wish, const char *words, const char *what)
{
	struct log_about about = LOG_ABOUT(.port = wish->port);

	if (wish->circuit)
		snprintf(about.circuit, sizeof(about.circuit), "%s %s", wish->port, wish->circuit);
	GW_LOG(about, PORT, LOGL_NOTICE, "port %s: %s %s%s%s%s\n", wish->port, words,
	       wish->circuit ? wish->circuit : "", wish->circuit ? " " : "",
	       impairs_ways_text(wish->ways), what);
}

const char *impairs_begin(struct gw *gw, struct impairs_wish *wish)
{
	char text[IMPAIRS_TEXT], what[IMPAIRS_TEXT + 40];
	struct ist_addr circuit;
	struct gw_port *p;
	const char *wrong = impairs_aim(gw, wish, &p, &circuit);
	uint32_t seed;
	int rc = 0;

	if (wrong)
		return wrong;
	if (!wish->seeded) {
		gw_random(&seed, sizeof(seed));
		wish->set.seed = seed;
	}
	for (unsigned way = 0; !rc && way < DP_IMPAIR_WAYS; way++)
		if (wish->ways >> way & 1)
			rc = dp_impair_set(gw->dp, (unsigned)p->number, &circuit, way, &wish->set,
					   false);
	impairs_changed(gw->impairs);
	if (rc)
		return impairs_why(rc);
	snprintf(what, sizeof(what), ": %s, seed %llu", impairs_text(text, &wish->set),
		 (unsigned long long)wish->set.seed);
	impairs_log(wish, "impair", what);
	return NULL;
}

const char *impairs_end(struct gw *gw, const struct impairs_wish *wish)
{
	struct ist_addr circuit;
	struct gw_port *p;
	const char *wrong = impairs_aim(gw, wish, &p, &circuit);
	unsigned ended = 0;

	if (wrong)
		return wrong;
	for (unsigned way = 0; way < DP_IMPAIR_WAYS; way++)
		if (wish->ways >> way & 1)
			ended += !dp_impair_set(gw->dp, (unsigned)p->number, &circuit, way, NULL,
						false);
	impairs_changed(gw->impairs);
	if (!ended)
		return "it is not impaired";
	impairs_log(wish, "no impair", "");
	return NULL;
}
