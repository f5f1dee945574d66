/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * L2TP over a pair: a real engine of core/ on either side, bound to what the host reports, with the
 * clock the transport has.  Like the gateway, each side keeps a queue per flow-controlled channel,
 * control in front of data, and tells the engine what waits there.
 *
 * A channel of the engine is the number of a link plus one, so that a tunnel can outlive a port
 * that is closed and opened again.  PPP frames are made from the receiver's ids and their number in
 * the call: one that arrives can be told to be whole, in its place and in its call.
 */
#ifndef TESTS_CONFORMANCE_L2TP_END_H
#define TESTS_CONFORMANCE_L2TP_END_H

#include "core/data.h"
#include "core/engine.h"
#include "tests/conformance/pair.h"

#define BED_TUNS     64u
#define BED_LEGS     128u
#define BED_LINKS    4u	       /* of those that carry L2TP, so many are used */
#define BED_PATIENCE 30000000u /* us until something that must come has come */

/* A tunnel as one side knows it. */
struct tun {
	struct l2tp_tunnel *t;	   /* NULL once it is down */
	uint16_t id;		   /* ours */
	uint64_t heard;		   /* data, us; 0 = never */
	bool up, down, settled;	   /* up or down */
	struct l2tp_result result; /* when down */
	enum l2tp_side by;
};

/* A call as one side knows it. */
struct leg {
	struct l2tp_call *c; /* NULL once it is down */
	struct tun *tun;
	unsigned link;
	uint16_t sid; /* ours */
	bool up, down, settled;
	struct l2tp_result result;
	enum l2tp_side by;
	uint32_t at_down; /* frames of data this side had received by then */
	struct l2tp_data data;
	uint32_t sent, got, missed, slis, wens;
	uint64_t octets; /* received */
};

struct waiting;
struct queue {
	struct waiting *first, **end;
};
struct line {
	struct queue control, data;
};

struct l2tp_end {
	struct bed *bed;
	struct check_host *host;
	unsigned side;
	struct l2tp_engine *e; /* NULL = killed */
	struct l2tp_policy policy;
	struct line *line; /* one for each link of the pair */
	bool deaf;	   /* hears and says nothing, and its clock stands still */
	bool refuse;	   /* offered calls */
	struct tun tun[BED_TUNS];
	struct leg leg[BED_LEGS];
	uint32_t tuns, legs;
	uint32_t received;	/* data frames, all calls */
	uint32_t lost_messages; /* control, but for mere acknowledgements, lost on purpose */
	void (*pair_up)(struct check_host *h, struct check_chan *c, const struct ist_attrs *a);
};

struct bed {
	struct pair *p;
	struct l2tp_end end[2];
	unsigned link[BED_LINKS], links; /* those that carry L2TP */
	struct l2tp_data_config data;	 /* of calls to come, but for ids and role */
	unsigned loss;			 /* per cent, on the way from an engine to its port */
	uint64_t sent, arrived;		 /* data frames; arrived or missed */
	uint64_t since;
};

/* Run a case: ports are open, engines are made with `policy` (NULL = bed_policy's). */
bool bed_run(struct pair *p, const struct l2tp_policy *policy, bool (*body)(struct bed *b));
/* Short times, tunnel authentication both ways, what may be hidden is. */
void bed_policy(struct l2tp_policy *p);

/* Serve sides (bit 1 = A, bit 2 = B) and their engines until `until`, or something has happened. */
void bed_serve(struct bed *b, unsigned sides, uint64_t until);
/* Serve those sides for so long. */
bool bed_pass(struct bed *b, unsigned sides, uint64_t us);
/* Serve both until it is true, or until it is that many. */
bool bed_until(struct bed *b, const bool *what, const char *words);
bool bed_until_n(struct bed *b, const uint32_t *what, uint32_t n, const char *words);

/* The port is closed, and the channels are down for its engine; kill: that is gone as well, without
 * a word to anybody. */
void bed_close(struct bed *b, unsigned side, bool kill);
/* Open again, with a new engine if there is none; channels are up. */
bool bed_reopen(struct bed *b, unsigned side);
/* The links have been made again: both engines hear that their channels are up. */
bool bed_relink(struct bed *b);

/* Open a tunnel from `side`; t[A], t[B] are both views of it once it is up. */
struct tun *bed_open(struct bed *b, unsigned side, unsigned link);
bool bed_tunnel(struct bed *b, unsigned side, unsigned link, struct tun *t[2]);
/* Place a call from `side`; l[A], l[B] likewise. */
struct leg *bed_place(struct bed *b, unsigned side, struct tun *t, enum l2tp_call_kind kind);
bool bed_leg_up(struct bed *b, unsigned side, struct leg *l, struct leg *both[2]);
bool bed_call(struct bed *b, unsigned side, struct tun *t, enum l2tp_call_kind kind,
	      struct leg *l[2]);

/* The most a frame in this call may have. */
uint32_t bed_room(struct bed *b, const struct leg *l);
/* One frame; waits while much is on its way. */
bool bed_send(struct bed *b, unsigned side, struct leg *l, uint32_t len);
/* The same at once; what the channel does not take waits in the queue. */
bool bed_push(struct bed *b, unsigned side, struct leg *l, uint32_t len);
/* n frames each way, and all arrive. */
bool bed_both_ways(struct bed *b, struct leg *l[2], unsigned n);
/* Until all that was sent is there. */
bool bed_drain(struct bed *b);
bool bed_queued(const struct queue *q);

uint64_t bed_count(struct l2tp_end *e, enum l2tp_reason why);
uint64_t bed_told(struct l2tp_end *e, enum l2tp_msg_type type); /* messages of a type sent */

static inline uint64_t bed_now(void)
{
	return check_now();
}

#endif
