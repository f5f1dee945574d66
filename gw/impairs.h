/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Bad lines on purpose: what an operator has asked for at ports and circuits.  Data has them and
 * keeps their time; here is who asks, and who sees to it that calls are fast again when one is
 * over.  Control thread only.
 */
#ifndef GW_IMPAIRS_H
#define GW_IMPAIRS_H

#include "gw/gw.h"

#define IMPAIRS_BOTH (1u << DP_IMPAIR_IN | 1u << DP_IMPAIR_OUT)

struct impairs_wish {
	const char *port;    /* name of its section */
	const char *circuit; /* an address there; NULL = all of the port */
	unsigned ways;	     /* bits of enum dp_impair_way */
	struct dp_impair set;
	bool seeded; /* set.seed is asked for, else it is random */
};

/* NULL without memory. */
struct impairs *impairs_new(struct gw *gw);
void impairs_free(struct impairs *s);
/* Ports are open: what goes on there from a life before is known. */
void impairs_find(struct gw *gw);
/* NULL, or words why not; the seed is in the wish then. */
const char *impairs_begin(struct gw *gw, struct impairs_wish *wish);
/* Those of its ways that are set.  NULL, or words: there are none. */
const char *impairs_end(struct gw *gw, const struct impairs_wish *wish);

struct impairs_view {
	const char *port;
	char circuit[100]; /* "" = the port */
	struct dp_impair_row row;
};
/* Each there is, port by port. */
void impairs_each(struct gw *gw, void (*each)(void *ctx, const struct impairs_view *v), void *ctx);

/* What can be set, in the order in which it is said. */
enum impairs_kind { IMPAIRS_PERCENT, IMPAIRS_DELAY, IMPAIRS_RATE, IMPAIRS_SEED, IMPAIRS_LASTS };
struct impairs_word {
	const char *word;
	enum impairs_kind kind;
	size_t at, size; /* of its member of struct dp_impair */
	const char *is;	 /* what stands behind it, in words */
};
#define IMPAIRS_WORDS 9u
extern const struct impairs_word impairs_words[IMPAIRS_WORDS];
/* Does it make a line a bad one?  Seed and time alone do not. */
static inline bool impairs_word_spoils(const struct impairs_word *w)
{
	return w->kind < IMPAIRS_SEED;
}
uint64_t impairs_get(const struct dp_impair *set, const struct impairs_word *w);
void impairs_put(struct dp_impair *set, const struct impairs_word *w, uint64_t value);

/* "loss 5% delay 20ms": the words that set it, without seed and time. */
#define IMPAIRS_TEXT 160u
const char *impairs_text(char buf[IMPAIRS_TEXT], const struct dp_impair *set);
extern const char *const impairs_way_names[DP_IMPAIR_WAYS]; /* "in", "out" */

#endif
