/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A bench for engine tests.  Two engines, a and b, joined by a link without loss on a clock that
 * the test sets; or one engine whose peer is the test, message by message.  Every packet and every
 * event is kept, so that a test reads like a trace.
 */
#ifndef TESTS_CORE_RIG_H
#define TESTS_CORE_RIG_H

#include "core/deadline.h"
#include "core/engine.h"
#include "core/hdr.h"
#include "tests/core/shelf.h"
#include "tests/harness.h"

#define SEC 1000000ull

enum { RIG_EVENTS = 512, RIG_PACKETS = 4096 };

struct rig_event {
	enum l2tp_event_kind kind;
	struct l2tp_tunnel *tunnel;
	struct l2tp_call *call;
	struct l2tp_result result;
	enum l2tp_side by;
	enum l2tp_reason why;
	bool ok, had_msg;
	uint16_t msg_type;
	uint64_t now;
};

struct rig_packet {
	l2tp_channel to;
	uint64_t cookie, at;
	uint16_t type; /* message type, 0 = ZLB */
	uint8_t dscp;
	struct l2tp_hdr h;
	size_t len;
	uint8_t octets[1500];
};

struct rig_end {
	struct rig *rig;
	struct rig_end *other; /* NULL: the test plays the peer */
	struct l2tp_engine *e;
	l2tp_channel from; /* the channel our packets arrive on at the other end */
	l2tp_channel to;   /* the channel we open tunnels on */
	struct l2tp_policy policy;
	uint64_t source;
	bool no_peer; /* the peer callback says no */
	void *peer;
	enum l2tp_tx tx;      /* what tx answers */
	bool answer, connect; /* take offered calls; connect placed and answered ones */
	bool drop;	      /* lose everything this end sends */
	void (*on_event)(struct rig_end *end, const struct l2tp_event *ev);
	uint64_t heard; /* when its owner last saw data, on every tunnel */
	struct rig_event ev[RIG_EVENTS];
	unsigned evs;
	struct rig_packet *pkt; /* all it sent */
	unsigned pkts, taken;
	uint64_t seed;
	struct shelf *shelf;	/* where its records are kept; NULL = nowhere */
	const uint8_t *sixteen; /* what a request for 16 random octets gets; NULL = random */
};

struct rig {
	uint64_t now;
	struct rig_end a, b;
};

/* The forms of an engine, from now on: its owner takes records of it, or does not. */
void rig_keeps_records(void);
void rig_keeps_nothing(void);
/* Two joined engines with the secret "testsecret" on both sides and no challenge. */
void rig_pair(struct rig *r);
/* One engine, a; the test is the peer on channel 7. */
void rig_single(struct rig *r);
/* The same with limits. */
void rig_limited(struct rig *r, const struct l2tp_limits *limits);
void rig_free(struct rig *r);
/* The process of this end dies and comes back: a new engine with what is on the shelf. Returns what
 * came back. */
struct shelf_owner rig_restart(struct rig_end *end);
/* Deliver packets until none is left. */
void rig_run(struct rig *r);
/* Let time pass, expire every deadline on the way, and deliver. */
void rig_pass(struct rig *r, uint64_t us);

struct l2tp_tunnel *rig_open(struct rig_end *end);
/* a opens a tunnel to b, both up; the tunnel as a sees it and, if wanted, as b does. */
struct l2tp_tunnel *rig_tunnel(struct rig *r, struct l2tp_tunnel **at_b);

unsigned rig_count_events(const struct rig_end *end, enum l2tp_event_kind kind);
/* The last event of the kind; a failed assertion ends the test when there is none. */
const struct rig_event *rig_event(const struct rig_end *end, enum l2tp_event_kind kind);
unsigned rig_count_sent(const struct rig_end *end, uint16_t type);
const struct rig_packet *rig_last(const struct rig_end *end, uint16_t type);
/* Decode a packet sent; aborts the test when it is not well-formed. */
void rig_decode(const struct rig_packet *p, struct l2tp_msg *m, const struct l2tp_secret *secret);
uint64_t rig_reason(const struct rig_end *end, enum l2tp_reason why);

/* --- the test as peer of r->a ----------------------------------------------------------------- */

struct rig_peer {
	struct rig *r;
	l2tp_channel on;
	uint16_t tid, peer_tid; /* ours, theirs */
	uint16_t ns, nr;
	uint8_t buf[8192];
	struct l2tp_build b;
};

void rig_peer(struct rig_peer *p, struct rig *r, uint16_t tid);
/* Start a message; add attributes with l2tp_build_*(&p->b, ...); then send it. */
void rig_start(struct rig_peer *p, uint16_t type, uint16_t sid);
void rig_send(struct rig_peer *p);
/* The same with chosen Ns. */
void rig_send_ns(struct rig_peer *p, uint16_t ns);
void rig_zlb(struct rig_peer *p);
/* Set the Nr of our next message to acknowledge all that the engine has sent. */
void rig_ack(struct rig_peer *p);
/* The engine answers our SCCRQ: both up.  Or it opens: we answer. */
struct l2tp_tunnel *rig_peer_up(struct rig_peer *p, struct rig *r);
struct l2tp_tunnel *rig_peer_answers(struct rig_peer *p, struct rig *r);
void rig_sccrq(struct rig_peer *p);
void rig_sccrp(struct rig_peer *p);
void rig_stopccn(struct rig_peer *p, uint16_t result);
/* A message of this type with the attributes the RFC requires, with this Session ID in the header
 * (0 = none yet): started only, or sent as well. */
void rig_start_any(struct rig_peer *p, uint16_t type, uint16_t sid, uint16_t assigned);
void rig_any(struct rig_peer *p, uint16_t type, uint16_t sid, uint16_t assigned);

enum rig_side { RIG_LAC_IN, RIG_LNS_IN, RIG_LAC_OUT, RIG_LNS_OUT, RIG_SIDES };
/* A call in this state, wait-reply or later, on a tunnel with this peer, whose Session ID is 77. */
struct l2tp_call *rig_bring(struct rig_peer *p, struct l2tp_tunnel *t, enum rig_side side,
			    enum l2tp_call_state s);

#endif
