/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The engine's inside, shared by engine.c (entry points, packets in, time), output.c, events.c,
 * tunnel.c (life of a control connection), setup.c (SCCRQ, SCCRP, SCCCN), tie.c, reauth.c, call.c
 * (life of a call), call_msg.c (its messages), keep.c (records of them) and restore.c.
 *
 * How one call of the engine runs: engine_enter(); each message received passes reliable delivery
 * and makes an event of a state table, whose action queues messages to send and events for the
 * owner; the owner's events are delivered after each message; engine_leave() gives the records of
 * what has changed to the owner and then sends the packets.  Sending comes last, so that one packet
 * acknowledges several messages and a ZLB goes only when no message does.
 *
 * Lifetime: a tunnel or call whose state table says "idle" ignores everything from then on; the
 * owner gets its *_DOWN event, and after that it is freed.
 */
#ifndef CORE_ENGINE_INT_H
#define CORE_ENGINE_INT_H

#include "core/call_table.h"
#include "core/cc_table.h"
#include "core/container.h"
#include "core/deadline.h"
#include "core/engine.h"
#include "core/fifo.h"
#include "core/hdr.h"
#include "core/htab.h"
#include "core/idtab.h"
#include "core/reliable.h"
#include "core/save.h"
#include "core/spare.h"

/* What a deadline is for: those of a tunnel first, each with its place in l2tp_tunnel.due[]. */
enum engine_deadline {
	D_RETRY,  /* the oldest message sent is not acknowledged */
	D_LIFE,	  /* set-up takes too long, or lingering is over */
	D_HELLO,  /* the peer is silent */
	D_IDLE,	  /* there are no calls */
	D_HOLD,	  /* the channel is down */
	D_REAUTH, /* the peer is to prove itself again */
	D_TUNNEL, /* how many a tunnel has */
	D_CALL = D_TUNNEL,
};

/* Events of a tunnel or call for the owner: bits (1u << enum l2tp_event_kind), lowest first.
 */
struct event_queue {
	struct event_queue *next;
	uint16_t bits, with_msg;
	bool queued, is_call;
};

/* Half-open tunnels of one source. */
struct source {
	struct hnode node;
	struct fifo tunnels;
};

/* What one peer section has, or one source in it.  users: all its tunnels, in any state. */
struct quota {
	struct hnode node;
	const void *peer;
	uint64_t source;
	bool of_source;
	uint32_t users, tunnels, calls;
	bool malformed; /* the owner knows that it sends malformed attributes */
};

struct l2tp_tunnel {
	struct l2tp_engine *e;
	struct l2tp_tunnel *next, *prev; /* in the engine */
	struct l2tp_tunnel *dirty_next;
	struct event_queue events;
	struct hnode by_channel, by_peer_id, by_peer, by_challenge, by_room;
	struct deadline due[D_TUNNEL];
	struct reliable rel;
	struct idtab sids;
	struct l2tp_call *calls, *last_call;	  /* all, in order of birth */
	struct l2tp_call *waiting, *last_waiting; /* placed, request not sent */
	struct source *source;			  /* half-open: counted there until established */
	struct fifo_node in_source, in_half_open, in_linger, in_keep;
	struct fifo connecting; /* calls whose ICCN or OCCN is not acknowledged, in order of Ns */
	struct fifo clearing;	/* CDNs not acknowledged (struct clearing), in order of Ns */
	struct quota *quota, *share; /* share: of its source; NULL = that has no limit */
	struct l2tp_tunnel *proof;   /* re-authentication: the other of the two */
	void *user, *peer;
	l2tp_channel channel;
	uint64_t since, last_heard;
	uint64_t request; /* which SCCRQ opened it: a hash of that; 0 = ours did */
	size_t credit;	  /* stranger: octets it may still be sent */
	uint32_t peer_framing, peer_bearer;
	uint16_t id, peer_id, birth, pins;
	uint16_t ping_ns; /* while `pinged`: of the HELLO that the owner has asked for */
	uint8_t state;	  /* enum l2tp_tunnel_state */
	bool dirty, initiator, authenticated, is_proof, has_bearer, has_result, down_queued, pinged;
	bool reauth_ok, counted;
	bool confirmed;	    /* the peer knows that it is established, so it may be kept */
	bool kept;	    /* the owner has a record of it */
	bool restored;	    /* l2tp_engine_resume() is still to come */
	uint8_t dscp;	    /* of its control packets */
	bool stranger;	    /* its address is not proved: see output_may_send() */
	uint8_t ignored;    /* enum l2tp_reason of the event MALFORMED */
	uint8_t by;	    /* enum l2tp_side */
	uint8_t stop_tries; /* the StopCCN is not queued yet: times that there was no memory */
	const char *choked; /* why a message could not be queued, in words; NULL = all were */
	uint8_t tie[8], challenge[16];
	uint8_t secret_print[8]; /* while it is kept: a digest of its secret and the key of its ids
				  */
	struct l2tp_result result;
	char peer_host[256], peer_vendor[64];
	struct l2tp_policy policy;
};

/* A CDN that is not acknowledged, of a call that may be gone. */
struct clearing {
	struct fifo_node node, in_keep;
	struct l2tp_tunnel *t;
	uint16_t id, peer_id, ns;
	uint16_t result, error;
	bool kept;
};

/* A control packet built before it can be sent. */
struct packet {
	uint16_t len;
	uint8_t octets[];
};

/* What a call needs until it is up. */
struct call_setup {
	struct l2tp_call *c;
	struct deadline late;
	struct l2tp_call *wait_next, *wait_prev; /* while c->waiting */
	struct packet *request, *connect;	 /* until sent */
	struct l2tp_avps *asked; /* OCRQ before the tunnel is up: what the owner gave */
};

struct l2tp_call {
	struct l2tp_tunnel *t;
	struct l2tp_call *next, *prev;
	struct event_queue events;
	struct hnode by_peer_sid;
	struct fifo_node in_keep, in_connecting;
	void *user;
	struct call_setup *setup;   /* NULL = it has been up */
	struct l2tp_result *result; /* for CALL_DOWN; NULL = the tunnel's */
	uint64_t since, last_wen;
	uint32_t serial, bearer, framing; /* what we ask for */
	uint16_t id, peer_id;
	uint8_t state, role, by;
	bool placed, waiting, ended, required, wen_sent;
	bool hides_info;     /* see l2tp_call_hide_info() */
	bool kept;	     /* the owner has a record of it */
	bool connecting;     /* our ICCN or OCCN has not left yet */
	uint16_t connect_ns; /* its Ns */
};

/* Whose records are to be given to the owner. */
struct keep_queue {
	struct fifo tunnels, calls, clearings;
	bool engine; /* the engine's own */
	bool given;  /* DONE is to follow */
	bool off;    /* the engine is being freed: the records stay as they are */
};

/* A packet that came while events were being delivered. */
struct deferred {
	struct deferred *next;
	l2tp_channel from;
	size_t len;
	uint8_t pkt[];
};
#define DEFERRED_MAX   256u
#define OUTPUT_FACTOR  3u /* octets sent for each octet that came, to an address not proved */
#define HALF_OPEN_MOST 16384u
#define LINGER_MAX     4096u /* closed tunnels whose state is kept */

struct l2tp_engine {
	const struct l2tp_ops *ops;
	void *ctx;
	struct l2tp_limits limits;
	struct deadline_heap heap;
	struct idtab tids;
	struct htab channels;	/* tunnels by channel */
	struct htab peer_ids;	/* tunnels by (channel, peer's Assigned Tunnel ID) */
	struct htab requests;	/* our outstanding SCCRQs by peer section */
	struct htab challenges; /* our Challenges without a response yet */
	struct htab with_room;	/* tunnels that can take a call, by peer section */
	struct htab sources;
	struct htab quotas; /* by peer section */
	struct fifo half_open, linger;
	struct htab peer_sids; /* calls by (tunnel, peer's Assigned Session ID) */
	struct l2tp_tunnel *tunnels, *last_tunnel, *dirty;
	struct event_queue *events, **events_end;
	struct deferred *deferred, **deferred_end;
	uint64_t now, calls;
	uint32_t serial, deferred_count, counted;
	unsigned depth;
	uint16_t births;
	bool delivering, stopping;
	bool held; /* between l2tp_engine_hold() and _release() */
	struct spare spare;
	struct keep_queue keep;
	struct l2tp_counters count;
	struct l2tp_msg msg; /* the message being handled */
	struct l2tp_fault fault;
	uint8_t out[L2TP_MSG_MAX]; /* the message being built */
};

/* --- engine.c --------------------------------------------------------------------------------- */

void engine_enter(struct l2tp_engine *e, uint64_t now);
void engine_leave(struct l2tp_engine *e);
void engine_count(struct l2tp_engine *e, enum l2tp_reason why);
/* Count each L2TP_QUIRK_* bit of `used`. */
void engine_quirks(struct l2tp_engine *e, uint32_t used);
void engine_random(struct l2tp_engine *e, void *buf, size_t len);
/* The id that the message h assigns by an attribute of this type, 0 = none; e->msg holds what was
 * decoded before a fault. */
uint16_t engine_assigned_id(const struct l2tp_engine *e, const struct l2tp_hdr *h, uint16_t type);
/* Result codes with words, snprintf style. */
struct l2tp_result engine_result(uint16_t result, uint16_t error, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/* --- output.c --------------------------------------------------------------------------------- */

/* A packet of this many octets came from a peer whose address is not proved. */
void output_earn(struct l2tp_tunnel *t, size_t octets);
/* Send an answer of len octets to a packet of `asked` octets, unless it is too large for an address
 * that is not proved. */
void output_answer(struct l2tp_engine *e, l2tp_channel to, size_t asked, const uint8_t *pkt,
		   size_t len, uint16_t type);
/* Start a message about a tunnel (sid 0) or a call in e->out. */
void output_start(struct l2tp_tunnel *t, struct l2tp_build *b, uint16_t type, uint16_t sid);
bool output_suppressed(const struct l2tp_tunnel *t, uint16_t vendor, uint16_t type);
/* Add an attribute that has a row, unless the peer's policy suppresses it. */
void output_avp(const struct l2tp_tunnel *t, struct l2tp_build *b, uint16_t vendor, uint16_t type,
		const void *val, size_t len);
void output_avp_u16(const struct l2tp_tunnel *t, struct l2tp_build *b, uint16_t vendor,
		    uint16_t type, uint16_t v);
void output_avp_u32(const struct l2tp_tunnel *t, struct l2tp_build *b, uint16_t vendor,
		    uint16_t type, uint32_t v);
/* Our Assigned Tunnel ID, never hidden: a peer that cannot decipher has nothing else to find the
 * tunnel by. */
void output_tunnel_id(const struct l2tp_tunnel *t, struct l2tp_build *b);
/* End the message and queue it.  One that cannot be queued closes the tunnel at the next flush. */
void output_queue(struct l2tp_tunnel *t, struct l2tp_build *b);
/* The same for a message built earlier. */
void output_queue_octets(struct l2tp_tunnel *t, const uint8_t *pkt, size_t len, uint16_t type);
/* The tunnel may have something to send: look at the next flush. */
void output_mark(struct l2tp_tunnel *t);
/* Send what one marked tunnel may send; false when no tunnel is marked. */
bool output_flush(struct l2tp_engine *e);

/* --- events.c --------------------------------------------------------------------------------- */

void events_tunnel(struct l2tp_tunnel *t, enum l2tp_event_kind kind);
/* with_msg: e->msg belongs to it. */
void events_call(struct l2tp_call *c, enum l2tp_event_kind kind, bool with_msg);
void events_deliver(struct l2tp_engine *e);

/* --- keep.c ----------------------------------------------------------------------------------- */

/* What its record says may have changed: give it before the next packet. */
void keep_engine(struct l2tp_engine *e);
void keep_tunnel(struct l2tp_tunnel *t);
void keep_call(struct l2tp_call *c);
/* The call's ICCN or OCCN is queued next. */
void keep_connecting(struct l2tp_call *c);
/* The CDN of a call is queued next.  Without memory it is not repeated after a restart. */
void keep_clearing(struct l2tp_tunnel *t, uint16_t id, uint16_t peer_id,
		   const struct l2tp_result *r);
/* The peer has acknowledged more: some of these are done. */
void keep_acked(struct l2tp_tunnel *t);
/* It is freed, and its record deleted; that of its CDN, if there is one, follows. */
void keep_call_gone(struct l2tp_call *c);
void keep_clearings_gone(struct l2tp_tunnel *t);
void keep_tunnel_gone(struct l2tp_tunnel *t);
/* Give all of them to the owner. */
void keep_flush(struct l2tp_engine *e);
/* Set t->secret_print. */
void keep_print_secret(struct l2tp_tunnel *t);

/* --- tunnel.c --------------------------------------------------------------------------------- */

struct l2tp_tunnel *tunnel_new(struct l2tp_engine *e, l2tp_channel channel,
			       const struct l2tp_peer_answer *who, enum l2tp_reason *why);
/* One of a life before with this id, not yet in any state; NULL = the id cannot be, or no memory.
 */
struct l2tp_tunnel *tunnel_again(struct l2tp_engine *e, l2tp_channel channel,
				 const struct l2tp_peer_answer *who, uint16_t id);
/* Send StopCCN with t->result. */
void tunnel_send_stop(struct l2tp_tunnel *t);
/* One step of the control connection's table.  r: for what may end the tunnel; NULL = FSM error. */
void tunnel_step(struct l2tp_tunnel *t, enum cc_event ev, const struct l2tp_result *r,
		 enum l2tp_side by);
void tunnel_set_peer_id(struct l2tp_tunnel *t, uint16_t peer_id);
void tunnel_set_channel(struct l2tp_tunnel *t, l2tp_channel c);
/* The tunnel on this channel to which the peer gave this id: a forming one rather than an
 * established one, a lingering one only when there is no other. */
struct l2tp_tunnel *tunnel_by_peer_id(struct l2tp_engine *e, l2tp_channel from, uint16_t peer_id);
/* The tunnel that this SCCRQ opened earlier (request: hash of its body); NULL = it opens a new one.
 */
struct l2tp_tunnel *tunnel_of_request(struct l2tp_engine *e, l2tp_channel from, uint16_t peer_id,
				      uint64_t request);
/* Handle a decoded message about the tunnel. */
void tunnel_message(struct l2tp_tunnel *t, const struct l2tp_hdr *h);
void tunnel_deadline(struct deadline *d);
void tunnel_call_gone(struct l2tp_tunnel *t);
void tunnel_ping_acked(struct l2tp_tunnel *t);
/* Its state or the number of its calls has changed: enter it among the tunnels with room for a
 * call, or take it out. */
void tunnel_update_room(struct l2tp_tunnel *t);
/* When a packet last arrived on it, data included. */
uint64_t tunnel_heard(const struct l2tp_tunnel *t);
/* An optional attribute was malformed (t->ignored): tell the owner once, when the tunnel is
 * established. */
void tunnel_tell_malformed(struct l2tp_tunnel *t);
/* How many tunnels end when this one is established: the peer has lost them. */
unsigned tunnel_replaces(const struct l2tp_tunnel *t);
/* Free it when it is idle and nothing refers to it. */
void tunnel_release(struct l2tp_tunnel *t);
void tunnel_free(struct l2tp_tunnel *t);

/* --- setup.c ---------------------------------------------------------------------------------- */

/* The tunnel an SCCRQ with Tunnel ID 0 belongs to, new or not; NULL when it was refused or dropped.
 */
struct l2tp_tunnel *setup_request(struct l2tp_engine *e, l2tp_channel from,
				  const struct l2tp_hdr *h);
/* Send StopCCN for a control connection that does not exist, in answer to the message h. */
void setup_refuse(struct l2tp_engine *e, l2tp_channel to, uint16_t peer_id,
		  const struct l2tp_hdr *h, const struct l2tp_result *r);
/* The codepoint that packets of a new tunnel have. */
uint8_t setup_dscp(const struct l2tp_policy *p);
/* Is the SCCRP (SCCCN) in e->msg acceptable?  If not, *r says why. */
bool setup_reply_ok(struct l2tp_tunnel *t, struct l2tp_result *r);
bool setup_connected_ok(struct l2tp_tunnel *t, struct l2tp_result *r);
/* StopCCN "insufficient resources" in the words of this reason. */
struct l2tp_result setup_full(enum l2tp_reason why);
void setup_learn(struct l2tp_tunnel *t);
void setup_send_request(struct l2tp_tunnel *t);
void setup_send_reply(struct l2tp_tunnel *t);
void setup_send_connected(struct l2tp_tunnel *t);
/* May an SCCRP from another channel move this tunnel there?  (Once, and only a valid one.) */
bool setup_may_move(struct l2tp_tunnel *t, l2tp_channel from, const struct l2tp_hdr *h);

/* --- half_open.c ------------------------------------------------------------------------------ */

/* Let old half-open tunnels give way to one more of this source. */
void half_open_make_room(struct l2tp_engine *e, uint64_t key);
/* The record of a source, new or not; NULL = no memory. */
struct source *half_open_source(struct l2tp_engine *e, uint64_t key);
void half_open_forget_if_empty(struct l2tp_engine *e, struct source *s);
void half_open_enter(struct l2tp_tunnel *t, struct source *s);
/* No effect when it has left already. */
void half_open_leave(struct l2tp_tunnel *t);
/* The most that one source has now. */
uint32_t half_open_worst(const struct l2tp_engine *e);

/* --- quota.c ---------------------------------------------------------------------------------- */

/* Find or make the record of the tunnel's peer section; false = no memory. */
bool quota_join(struct l2tp_tunnel *t);
/* Count it against its source too, if that has a limit. */
bool quota_join_source(struct l2tp_tunnel *t, uint64_t source);
void quota_leave(struct l2tp_tunnel *t);
/* Its state has changed: count it, or no longer. */
void quota_update(struct l2tp_tunnel *t);
/* Why this peer section, or this source in it, cannot have one more tunnel; L2TP_R_NONE = it can.
 * source: NULL = we open it.  leaving: tunnels that will end when it is there. */
enum l2tp_reason quota_tunnel(const struct l2tp_engine *e, const void *peer,
			      const struct l2tp_policy *p, const uint64_t *source,
			      unsigned leaving);
/* The same for one more call. */
enum l2tp_reason quota_call(const struct l2tp_tunnel *t);

/* --- tie.c ------------------------------------------------------------------------------------ */

/* Compare the SCCRQ of `peer` in e->msg with our own outstanding ones and drop those of ours that
 * lose.  False = the received one loses and is to be dropped.  *yields: one of ours that has lost
 * and whose calls wait; it is to take the SCCRQ after tie_yield(), or to be dropped by tie_lose().
 * NULL = there is none. */
bool tie_admit(struct l2tp_engine *e, l2tp_channel from, const void *peer,
	       struct l2tp_tunnel **yields);
/* The tunnel has a new id then.  False = there is none. */
bool tie_yield(struct l2tp_tunnel *t);
void tie_lose(struct l2tp_tunnel *t);

/* --- reauth.c --------------------------------------------------------------------------------- */

bool reauth_wanted(const struct l2tp_tunnel *t);
void reauth_arm(struct l2tp_tunnel *t);
void reauth_start(struct l2tp_tunnel *t);
/* The second tunnel is established: the peer has proved itself. */
void reauth_proved(struct l2tp_tunnel *proof);
/* All messages of the second tunnel are acknowledged: close it. */
void reauth_close(struct l2tp_tunnel *proof);
/* Either of the two tunnels is ending. */
void reauth_over(struct l2tp_tunnel *t);

/* --- call.c ----------------------------------------------------------------------------------- */

/* What comes with an event.  r and by: for events that may end the call (r NULL = message not
 * allowed in this state).  avps: the owner's attributes for the message the action sends. */
struct call_arg {
	const struct l2tp_result *r;
	enum l2tp_side by;
	const struct l2tp_avp *avps;
	unsigned n;
	bool refused; /* the message that is the event cannot be accepted */
};

struct l2tp_call *call_new(struct l2tp_tunnel *t, enum call_role role, enum l2tp_reason *why);
/* One of a life before with this id; NULL = the id cannot be, or no memory. */
struct l2tp_call *call_again(struct l2tp_tunnel *t, enum call_role role, uint16_t id);
/* One step of the call's table; arg NULL = nothing comes with it. */
void call_step(struct l2tp_call *c, enum call_event ev, const struct call_arg *arg);
void call_late(struct deadline *d);
struct l2tp_call *call_by_peer_sid(struct l2tp_tunnel *t, uint16_t sid);
/* Our ICCN or OCCN has been handed to the transport. */
void call_connect_sent(struct l2tp_call *c);
void call_set_peer_sid(struct l2tp_call *c, uint16_t sid);
/* Send the requests of waiting calls while there is room. */
void call_pump(struct l2tp_tunnel *t);
void call_all_gone(struct l2tp_tunnel *t);
void call_free(struct l2tp_call *c);

/* --- call_msg.c ------------------------------------------------------------------------------- */

/* Handle a decoded message about a call; and one that broke a rule (e->fault). */
void call_message(struct l2tp_tunnel *t, const struct l2tp_hdr *h);
void call_fault(struct l2tp_tunnel *t, const struct l2tp_hdr *h);
struct packet *call_build_request(struct l2tp_call *c, const struct l2tp_avp *avps, unsigned n);
struct packet *call_build_connect(struct l2tp_call *c, const struct l2tp_avp *avps, unsigned n);
/* False when the owner's attributes do not fit; nothing is sent then. */
bool call_send_reply(struct l2tp_call *c, const struct l2tp_avp *avps, unsigned n);
/* The owner's attributes are left out when they do not fit. */
void call_send_cdn(struct l2tp_call *c, const struct l2tp_result *r, const struct l2tp_avp *avps,
		   unsigned n);
/* CDN for a call that does not exist here: id is the one of ours that the peer knows it by. */
void call_send_clear(struct l2tp_tunnel *t, uint16_t id, uint16_t peer_id,
		     const struct l2tp_result *r);
/* Send a packet built earlier, now that the ids are known. */
void call_send_packet(struct l2tp_call *c, struct packet **p, uint16_t type);

#endif
