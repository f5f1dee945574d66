/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Two links joined by a line on a simulated clock.  The line delays, and loses, duplicates and
 * reorders with the given odds; the owner of each side is a small script: the users it knows, when
 * it answers, what it gives.
 */
#ifndef TESTS_PPP_PAIR_H
#define TESTS_PPP_PAIR_H

#include "ppp/ppp.h"

#define PAIR_FRAME_MAX 2100u
#define PAIR_IN_FLIGHT 256u
#define PAIR_EVENTS    64u
#define MS	       1000u
#define SEC	       1000000u

struct pair;

struct pair_end {
	struct pair *pair;
	struct ppp *ppp;
	struct ppp_config cfg;
	/* script of the owner */
	const char *password; /* of every user; NULL refuses all */
	bool answer_later;    /* keep the claim in .waiting */
	bool no_network;      /* do not start the network by itself */
	struct ppp_addresses give;
	/* what happened */
	struct ppp_auth_claim waiting;
	unsigned claims;
	uint8_t seen[PAIR_EVENTS]; /* event kinds in order */
	unsigned n_seen;
	unsigned count[PPP_EV_DOWN + 1];
	enum ppp_why why;
	char message[256];
	struct ppp_addresses addr;
	struct ppp_link link;
	unsigned sent;
	uint8_t last[PAIR_FRAME_MAX]; /* last frame sent */
	size_t last_len;
	/* the process behind this end dies at the dies_at-th of its records and frames, written and
	 * sent or not; or with these odds in 1000 at each; another one follows at once */
	unsigned dies_at, mortal;
	unsigned steps, deaths;
	bool dead;
	uint8_t record[PPP_RECORD_MAX];
	size_t record_len;
};

struct pair_frame {
	uint64_t at;
	uint64_t order;
	uint8_t to;
	size_t len;
	uint8_t octets[PAIR_FRAME_MAX];
};

struct pair {
	struct pair_end a, b; /* a: server, b: client, unless told otherwise */
	uint64_t now;
	uint64_t rng;
	uint64_t delay;
	unsigned loss, dup, reorder; /* in 1000 */
	uint64_t order;
	/* may eat (false) or change a frame before it travels */
	bool (*filter)(struct pair *p, struct pair_end *from, uint8_t *frame, size_t *len);
	unsigned filter_state;
	unsigned n;
	struct pair_frame line[PAIR_IN_FLIGHT];
};

/* Defaults: a perfect line of 10 ms, CHAP-MD5, user "user" with "secret", both families. */
void pair_init(struct pair *p);
/* With the configurations as they are now. */
void pair_create(struct pair *p);
void pair_open(struct pair *p);
/* Create and open both, and give them five seconds. */
void pair_start(struct pair *p);
/* Wait two minutes: both ends have gone down once, for these reasons, and no timer is left. */
void pair_both_down(struct pair *p, enum ppp_why a, enum ppp_why b);
/* Until the clock shows `until` or nothing is left to happen. */
void pair_run(struct pair *p, uint64_t until);
void pair_free(struct pair *p);
/* Another server takes the link over from a, which says nothing more: with what a can tell, or
 * without the client's answer.  It has the script of a.  What does not fit, or NULL. */
const char *pair_hand_over(struct pair *p, const struct ppp_config *to, bool with_claim);
/* Give one side a frame, from hex. */
void pair_inject(struct pair_end *to, const char *hex);
uint64_t pair_counter(const struct pair_end *e, enum ppp_reason r);
/* Both network protocols are up on both sides. */
bool pair_is_open(const struct pair *p);
/* And the two sides agree on what was agreed. */
bool pair_is_up(const struct pair *p);

#endif
