/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The one list of what every transport has to do, whatever its medium.  A case gets a pair that is
 * open and linked unless it says otherwise, and returns false with words when a rule is broken.
 */
#ifndef TESTS_CONFORMANCE_CASES_H
#define TESTS_CONFORMANCE_CASES_H

#include "tests/conformance/pair.h"

enum need {
	NEED_CLOSED = 1,   /* opens the pair itself */
	NEED_FLOW = 2,	   /* IST_CAP_FLOW */
	NEED_SWITCHED = 4, /* IST_CAP_SWITCHED */
	NEED_SEGMENTS = 8, /* IST_CAP_SEGMENTS */
	NEED_MANY = 16,	   /* circuits for many channels */
	NEED_HOSTILE = 32, /* where to send hostile octets to */
	NEED_IMPAIR = 64,  /* the keys impair-loss and so on */
	NEED_TWO = 128,	   /* two channels */
	NEED_L2TP = 256,   /* IST_CAP_L2TP */
};

struct check_case {
	const char *name, *what;
	unsigned needs;
	bool (*run)(struct pair *p);
};

extern const struct check_case check_cases[]; /* a NULL name ends */

/* cases_data.c */
bool case_sizes(struct pair *p), case_over(struct pair *p), case_heads(struct pair *p),
	case_batch(struct pair *p), case_both_ways(struct pair *p),
	case_interleaved(struct pair *p), case_full(struct pair *p), case_echo(struct pair *p),
	case_control(struct pair *p), case_segments(struct pair *p), case_bad_line(struct pair *p),
	case_loss(struct pair *p), case_many(struct pair *p);
/* cases_life.c */
bool case_open_close(struct pair *p), case_twice(struct pair *p), case_addresses(struct pair *p),
	case_stale(struct pair *p), case_counters(struct pair *p), case_close_busy(struct pair *p),
	case_far_restart(struct pair *p), case_near_restart(struct pair *p),
	case_hand_over(struct pair *p), case_killed(struct pair *p), case_refused(struct pair *p),
	case_redial(struct pair *p), case_hostile(struct pair *p);
/* cases_l2tp.c */
bool case_l2tp_tunnel(struct pair *p), case_l2tp_secret(struct pair *p),
	case_l2tp_tunnels(struct pair *p), case_l2tp_calls(struct pair *p),
	case_l2tp_refused(struct pair *p), case_l2tp_many(struct pair *p);
/* cases_l2tp_data.c */
bool case_l2tp_data(struct pair *p), case_l2tp_sequence(struct pair *p),
	case_l2tp_sizes(struct pair *p), case_l2tp_loss(struct pair *p),
	case_l2tp_impair(struct pair *p), case_l2tp_priority(struct pair *p);
/* cases_l2tp_life.c */
bool case_l2tp_hello(struct pair *p), case_l2tp_silence(struct pair *p),
	case_l2tp_killed(struct pair *p), case_l2tp_outage(struct pair *p),
	case_l2tp_cleared(struct pair *p);

#endif
