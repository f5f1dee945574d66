/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The L2TP engine: tunnels and calls of RFC 2661 as a machine without I/O.
 *
 * It is driven from one thread by octets that arrived, by the time, and by calls of its owner; it
 * answers with packets, events and the next deadline.  It never learns what medium a channel is on.
 *
 * Rules of the contract
 *  - Time is `now` in microseconds of one monotonic clock and never goes back.
 *  - A channel is an opaque 64-bit handle of the owner's, never 0.
 *  - `tx`, `peer`, `random`, `heard` and `keep` are called from inside the engine and must not
 *    change it; `keep` may ask for what this header has under "out: state".
 *  - Events are queued and delivered, in order, at the end of the outermost call into the engine;
 *    an event handler may call anything here.
 *  - struct l2tp_tunnel and struct l2tp_call belong to the engine.  The pointer is good until the
 *    handler of its *_DOWN event returns.
 *  - Nothing points into the owner's memory after a call returns: policies are copied.
 */
#ifndef CORE_ENGINE_H
#define CORE_ENGINE_H

#include "core/msg.h"

struct l2tp_engine;
struct l2tp_tunnel;
struct l2tp_call;

typedef uint64_t l2tp_channel; /* 0 = none */

#define L2TP_SUPPRESS_MAX 32u

/* RFC 2661 4.4.3, 4.4.4: bits of Framing and Bearer Capabilities and Types */
#define L2TP_FRAMING_SYNC   1u
#define L2TP_FRAMING_ASYNC  2u
#define L2TP_BEARER_DIGITAL 1u
#define L2TP_BEARER_ANALOG  2u

/* How we deal with one peer; copied into a tunnel at its birth. */
struct l2tp_policy {
	char host_name[256]; /* ours, sent as Host Name; 1-255 octets, NUL ended */
	char vendor_name[64];
	char expect_host[256];	   /* the Host Name that an SCCRP must have; "" = any */
	struct l2tp_secret secret; /* empty = no tunnel authentication, no hiding */
	bool challenge;		   /* demand a Challenge Response (needs a secret) */
	bool hide;		   /* hide what may be hidden (needs a secret) */
	uint8_t hide_padding;	   /* pad hidden values to a multiple of this many octets (16);
				      0 = no padding */
	bool single_tunnel;	   /* send a Tie Breaker; excluded with reauth */
	uint16_t receive_window;   /* messages we offer, >= 1; default 64 */
	uint32_t framing_caps;	   /* RFC 2661 4.4.3: 1 = synchronous, 2 = asynchronous */
	uint32_t bearer_caps;	  /* 1 = digital, 2 = analog; no call is taken whose bit is clear */
	uint64_t retransmit;	  /* first interval, us (1 s); doubles up to retransmit_max (8 s) */
	uint64_t retransmit_max;  /* RFC 2661 5.8: not under 8 s; raised to that */
	uint8_t retransmit_count; /* retransmissions without answer before giving up (5) */
	uint64_t hello;		  /* silence before HELLO, us (60 s); 0 = never */
	uint64_t setup_timeout;	  /* tunnel or call still forming, us (60 s) */
	uint64_t idle_close;	  /* close the tunnel this long after its last call, us; 0 = keep */
	uint64_t reauth;	  /* prove the peer again this often, us; 0 = never */
	uint64_t hold;		  /* channel down this long closes the tunnel, us (60 s) */
	uint16_t max_calls;	  /* in one tunnel; 0 = as many as there are ids */
	uint16_t max_tunnels;	  /* of this peer section, established; 0 = no limit */
	uint32_t max_peer_calls;  /* in all tunnels of this peer section; 0 = no limit */
	/* Of these, in tunnels that one source has opened; 0 = no limit. */
	uint16_t max_source_tunnels;
	uint32_t max_source_calls;
	uint32_t quirks;      /* L2TP_QUIRK_* */
	uint8_t control_dscp; /* codepoint of control packets: 1 to 63, asked for and offered
				 as a per-hop behavior (RFC 3308); 0 = none; or: */
#define L2TP_DSCP_PEER 65u    /* that of the behavior which the peer asks for */
	uint8_t suppressed;   /* entries of suppress in use */
	struct l2tp_avp_key suppress[L2TP_SUPPRESS_MAX]; /* attributes never sent to this peer */
};
/* RFC defaults for everything but names and secret. */
void l2tp_policy_default(struct l2tp_policy *p);

/* The peer section that an SCCRQ belongs to (or an SCCRP that came on another channel than our
 * SCCRQ went out on). */
struct l2tp_peer_answer {
	struct l2tp_policy policy;
	uint64_t
		source; /* half-open tunnels are counted by this key (e.g. a hash of the address) */
	void *peer;	/* the owner's handle of the peer section; ties are compared within one */
};

/* --- what is kept, so that tunnels and calls outlive this process -------------------------------
 * A record is octets {type, version, length, ...} (core/save.h) that the owner stores under its ids
 * and gives back to l2tp_*_restore() after a restart.  Kept are tunnels that are established or are
 * being closed by us, and calls from the moment the peer may know of them.  The engine gives
 * records after the events of one of its calls and before the packets that imply them.
 */
#define L2TP_RECORD_MAX 512u /* octets of one record */

enum l2tp_keep {
	L2TP_KEEP_ENGINE, /* which ids have been given */
	L2TP_KEEP_TUNNEL,
	L2TP_KEEP_CALL,
	L2TP_KEEP_DONE, /* no record: those since the last DONE belong together; make them valid
			   now, all or none, because packets that imply them follow */
};

struct l2tp_kept {
	enum l2tp_keep what;
	uint16_t tunnel_id, call_id; /* ours: with `what` the key of the record */
	struct l2tp_tunnel *tunnel;  /* NULL for ENGINE and DONE */
	struct l2tp_call *call; /* NULL also for a call after its CALL_DOWN: the record says that
				   its CDN is not acknowledged yet */
	const uint8_t *rec;
	size_t len; /* 0 = delete the record */
};

enum l2tp_tx { L2TP_TX_TAKEN, L2TP_TX_WAITING, L2TP_TX_FAILED };

enum l2tp_event_kind {
	L2TP_EV_TUNNEL_UP, /* our id of it may have changed since it was opened (4.4.3, lost tie) */
	L2TP_EV_TUNNEL_DOWN,  /* .result, .by; every call of it has gone DOWN before.  Also the only
				 event of a tunnel the peer opened that never came up. */
	L2TP_EV_CALL_OFFERED, /* ICRQ or OCRQ: .msg; answer or refuse, now or later */
	L2TP_EV_CALL_REPLIED, /* ICRP or OCRP to a call we placed: .msg; peer's session id is known
			       */
	L2TP_EV_CALL_UP,      /* .msg = ICCN/OCCN when we received it, NULL when we sent it */
	L2TP_EV_CALL_DOWN,    /* .result, .by, .msg = the CDN when there was one; every call has
				 exactly one */
	L2TP_EV_SLI,	      /* .msg: ACCM */
	L2TP_EV_WEN,	      /* .msg: Call Errors */
	L2TP_EV_REAUTH,	      /* .ok: outcome of a periodic proof */
	L2TP_EV_MALFORMED,    /* .why: an optional attribute was malformed and ignored (7.1); once
				 for each peer section while it has tunnels */
	L2TP_EV_PING,	      /* the last HELLO of l2tp_tunnel_ping() is acknowledged */
};

/* Which side ended it. */
enum l2tp_side { L2TP_BY_US, L2TP_BY_PEER, L2TP_BY_TIMEOUT, L2TP_BY_CHANNEL };

struct l2tp_event {
	enum l2tp_event_kind kind;
	struct l2tp_tunnel *tunnel;
	struct l2tp_call *call;	    /* NULL for tunnel events */
	const struct l2tp_msg *msg; /* decoded attributes, good during the handler; or NULL */
	struct l2tp_result result;
	enum l2tp_side by;
	enum l2tp_reason why;
	bool ok;
	uint64_t now;
};

struct l2tp_ops {
	/* Send one control packet, with this codepoint of differentiated services on media that
	 * have one.  WAITING: the transport has it queued and the owner will say
	 * l2tp_engine_sent(cookie) when it leaves (or never, if the queue is flushed); until then
	 * the retransmission timer does not run and no second copy is handed over. */
	enum l2tp_tx (*tx)(void *ctx, l2tp_channel to, const uint8_t *pkt, size_t len,
			   uint64_t cookie, uint8_t dscp);
	void (*event)(void *ctx, const struct l2tp_event *ev);
	/* Find the peer section of an SCCRQ.  host is not NUL ended.  False = none. */
	bool (*peer)(void *ctx, l2tp_channel from, const uint8_t *host, size_t host_len,
		     struct l2tp_peer_answer *out);
	void (*random)(void *ctx, void *buf, size_t len);
	/* A request of the peer's for a call, msg as far as it was read, is refused with no event
	 * following: there is no room, or it breaks a rule.  The engine may be asked, and no more.
	 * NULL = the owner does not care. */
	void (*refused)(void *ctx, struct l2tp_tunnel *t, const struct l2tp_msg *msg, uint64_t now);
	/* When data last came in on this tunnel (our id), us; 0 = never.  Counts as life for HELLO
	 * (RFC 2661 5.5); asked when a HELLO would be due.  NULL = the owner sees no data. */
	uint64_t (*heard)(void *ctx, uint16_t local_id);
	/* Store or delete a record.  A call may be kept before it is established.  NULL = nothing
	 * is kept. */
	void (*keep)(void *ctx, const struct l2tp_kept *k);
};

struct l2tp_limits {
	uint16_t max_tunnels;	       /* established; 0 or more than ids allow = what they allow */
	uint16_t max_half_open;	       /* opened by peers, not established; 2-16384, 0 = 4096 */
	uint16_t half_open_per_source; /* of these, older than 100 ms from one source; 0 = 16 */
	uint32_t max_calls;	       /* over all tunnels; 0 = 1000000 */
};

/* NULL when there is no memory.  ops and ctx must outlive the engine. */
struct l2tp_engine *l2tp_engine_new(const struct l2tp_ops *ops, void *ctx,
				    const struct l2tp_limits *limits);
/* Frees everything at once; no packet, no event.  Not from inside an event handler.  For an orderly
 * end see l2tp_engine_stop(). */
void l2tp_engine_free(struct l2tp_engine *e);

/* --- in: octets and time ---------------------------------------------------------------------- */

/* One L2TP packet.  Control (T=1) is consumed; data is not the engine's business and is counted as
 * MSG_ROLE.  pkt is not kept. */
void l2tp_engine_rx(struct l2tp_engine *e, l2tp_channel from, const uint8_t *pkt, size_t len,
		    uint64_t now);
/* From the hold to the release, which do not nest, nothing is sent or kept; events are delivered as
 * ever.  So for packets that have come together a tunnel is kept once, and acknowledged once. */
void l2tp_engine_hold(struct l2tp_engine *e);
void l2tp_engine_release(struct l2tp_engine *e, uint64_t now);
/* Everything that is due by now. */
void l2tp_engine_expire(struct l2tp_engine *e, uint64_t now);
/* When to call expire next; DEADLINE_NEVER (UINT64_MAX) = not before something else happens. */
uint64_t l2tp_engine_deadline(const struct l2tp_engine *e);
/* A packet for which tx said WAITING has left. */
void l2tp_engine_sent(struct l2tp_engine *e, uint64_t cookie, uint64_t now);
/* The channel went down or came back: tunnels on it start or stop their hold time. */
void l2tp_engine_channel(struct l2tp_engine *e, l2tp_channel c, bool up, uint64_t now);
/* The channel is gone for good: tunnels on it end now, without StopCCN. */
void l2tp_engine_channel_lost(struct l2tp_engine *e, l2tp_channel c, uint64_t now);

/* --- in: calls of the owner ------------------------------------------------------------------- */

/* Open a control connection to a peer.  NULL with *why set when it cannot be. */
struct l2tp_tunnel *l2tp_tunnel_open(struct l2tp_engine *e, l2tp_channel to,
				     const struct l2tp_peer_answer *who, void *user, uint64_t now,
				     enum l2tp_reason *why);
/* StopCCN; TUNNEL_DOWN follows when it is acknowledged or given up.  r NULL = "general request". */
void l2tp_tunnel_close(struct l2tp_tunnel *t, const struct l2tp_result *r, uint64_t now);
/* Send a HELLO now (RFC 2661 5.5).  When it is acknowledged PING follows, or TUNNEL_DOWN when it is
 * given up.  False: the tunnel is not established. */
bool l2tp_tunnel_ping(struct l2tp_tunnel *t, uint64_t now);

enum l2tp_call_kind { L2TP_INCOMING, L2TP_OUTGOING };

/* Reserve a call with its id, without a packet, so that the data path can know the id before the
 * peer does.  Then place it: INCOMING = we are LAC and send ICRQ, OUTGOING = we are LNS and send
 * OCRQ.  On a tunnel that is still forming the ICRQ/OCRQ follows when it is up. */
struct l2tp_call *l2tp_call_new(struct l2tp_tunnel *t, void *user, enum l2tp_reason *why);
/* avps: what goes into ICRQ (OCRQ) besides the ids and serial number; NULL and 0 = RFC minimum.
 * Bearer and framing types left out are of those the peer has advertised when it is sent; of a peer
 * that has advertised none, digital and synchronous. */
void l2tp_call_place(struct l2tp_call *c, enum l2tp_call_kind kind, const struct l2tp_avp *avps,
		     unsigned n, uint64_t now);
/* Take an offered call.  INCOMING offered (we are LNS): sends ICRP.  OUTGOING offered (we are LAC):
 * sends OCRP; l2tp_call_connected() follows when the circuit is up. */
void l2tp_call_answer(struct l2tp_call *c, const struct l2tp_avp *avps, unsigned n, uint64_t now);
/* LAC: the circuit is up and ICCN (after ICRP) or OCCN (after OCRP) may go.  A placed INCOMING call
 * waits for this after CALL_REPLIED; avps: connect speed, framing type, proxy LCP and so on.  For
 * an INCOMING call it may come earlier, when the circuit is up already: ICCN then follows ICRP at
 * once. */
void l2tp_call_connected(struct l2tp_call *c, const struct l2tp_avp *avps, unsigned n,
			 uint64_t now);
/* Refuse or hang up: CDN.  cause: extra attributes for the CDN (Q.931 cause, RFC 3145), or NULL. Of
 * a Result Code among them the words count, if there are any, in place of r's. */
void l2tp_call_hangup(struct l2tp_call *c, const struct l2tp_result *r,
		      const struct l2tp_avp *cause, unsigned n, uint64_t now);
/* SLI: the LNS tells the LAC which characters PPP escapes on the line (RFC 2661 6.14); for a call
 * whose PPP ends here and negotiated an ACCM, once lines exist, and for the tunnel switch. */
void l2tp_call_send_sli(struct l2tp_call *c, uint32_t send_accm, uint32_t recv_accm, uint64_t now);
/* WEN: the LAC reports errors of the line (RFC 2661 6.13), at most once a minute; for lines, which
 * count them, and for the tunnel switch.  errors: crc, framing, hardware overruns, buffer overruns,
 * time-outs, alignment. */
void l2tp_call_send_wen(struct l2tp_call *c, const uint32_t errors[6], uint64_t now);
/* From now on SLI and WEN of this call are hidden (RFC 2661 4.3), and not sent where the tunnel has
 * no secret to hide them with; for the tunnel switch, when the other call's came hidden. */
void l2tp_call_hide_info(struct l2tp_call *c);
/* StopCCN to everyone; TUNNEL_DOWN follows for each as it is acknowledged or given up.  No tunnel
 * is opened or accepted after that.  r NULL = "being shut down". */
void l2tp_engine_stop(struct l2tp_engine *e, const struct l2tp_result *r, uint64_t now);

/* --- after a restart ---------------------------------------------------------------------------
 * Into an engine that is new: the engine's record, then each tunnel and after it its calls, then
 * once l2tp_engine_resume(); nothing else before that.  `now` goes on from the life before (same
 * clock).  Records may come from anywhere: what does not hold together is refused.
 *
 * Numbers: a tunnel may have sent more than its record says was acknowledged, so every message that
 * may have been sent is replaced by a HELLO with the same Ns.  The peer acknowledges one it has had
 * as a duplicate and takes the others (RFC 2661 5.8); new messages follow.  A peer that is silent
 * for a retransmission cycle loses its tunnel as ever.
 */
bool l2tp_engine_restore(struct l2tp_engine *e, const uint8_t *rec, size_t len);
/* The record's tunnel on this channel, under the policy of today.  No event is given.  One that was
 * being closed, or whose secret has changed, is in L2TP_T_STOPPING: StopCCN is sent (again) and
 * TUNNEL_DOWN follows.  NULL = refused. */
struct l2tp_tunnel *l2tp_tunnel_restore(struct l2tp_engine *e, const uint8_t *rec, size_t len,
					l2tp_channel channel, const struct l2tp_peer_answer *who,
					void *user, uint64_t now);
/* The record's call, established; no event is given.  NULL = there is no call for the owner: the
 * record is refused, or the call was not established at both ends and is cleared with CDN.  Either
 * way the owner deletes the record; l2tp_engine_resume() keeps anew what is to be repeated. */
struct l2tp_call *l2tp_call_restore(struct l2tp_tunnel *t, const uint8_t *rec, size_t len,
				    void *user, uint64_t now);
/* Ids of the life before are not given again for a retransmission cycle; timers start in full;
 * everything restored is kept again, then the first packets go: of 64 tunnels at once, and of 64
 * more each millisecond. */
void l2tp_engine_resume(struct l2tp_engine *e, uint64_t now);

/* --- out: state ------------------------------------------------------------------------------- */

enum l2tp_tunnel_state { /* RFC 2661 7.2.1, plus the time after StopCCN */
			 L2TP_T_IDLE,
			 L2TP_T_WAIT_CTL_REPLY,
			 L2TP_T_WAIT_CTL_CONN,
			 L2TP_T_ESTABLISHED,
			 L2TP_T_STOPPING, /* StopCCN sent, waiting for its acknowledgement */
			 L2TP_T_LINGER, /* StopCCN received: state kept for the full retransmission
					   interval */
			 L2TP_T_STATES
};
enum l2tp_call_state { /* RFC 2661 7.4 and 7.5, all four tables */
		       L2TP_C_IDLE,
		       L2TP_C_WAIT_TUNNEL,
		       L2TP_C_WAIT_REPLY,   /* after ICRQ or OCRQ */
		       L2TP_C_WAIT_CONNECT, /* LNS: waiting for ICCN or OCCN */
		       L2TP_C_WAIT_ANSWER,  /* offered to our owner, who has not decided */
		       L2TP_C_WAIT_CS,	    /* LAC: the circuit is not up yet (wait-cs-answer) */
		       L2TP_C_ESTABLISHED,
		       L2TP_C_STATES
};

struct l2tp_tunnel_info {
	uint16_t local_id, peer_id; /* peer_id 0 = not known yet */
	l2tp_channel channel;
	enum l2tp_tunnel_state state;
	bool initiator, authenticated; /* authenticated: the peer has proved the secret */
	uint8_t dscp;		       /* codepoint of its control packets */
	void *user, *peer;
	char peer_host[256]; /* printable form */
	char peer_vendor[64];
	uint16_t peer_window, cwnd, in_flight, queued;
	uint16_t ns, nr;
	unsigned calls;
	uint64_t since, last_heard, retransmits;
};
struct l2tp_call_info {
	struct l2tp_tunnel *tunnel;
	uint16_t local_id, peer_id;
	enum l2tp_call_state state;
	enum l2tp_call_kind kind;
	bool we_are_lns, placed_by_us;
	bool sequencing_required; /* the AVP was in ICCN/OCCN */
	uint32_t serial;
	uint64_t since;
	void *user;
};
void l2tp_tunnel_info(const struct l2tp_tunnel *t, struct l2tp_tunnel_info *out);
void l2tp_call_info(const struct l2tp_call *c, struct l2tp_call_info *out);
void l2tp_tunnel_set_user(struct l2tp_tunnel *t, void *user);
void l2tp_call_set_user(struct l2tp_call *c, void *user);
/* Look up by our own ids; NULL when there is none. */
struct l2tp_tunnel *l2tp_tunnel_by_id(const struct l2tp_engine *e, uint16_t local_id);
struct l2tp_call *l2tp_call_by_id(const struct l2tp_tunnel *t, uint16_t local_id);
/* By the peer's: of those on one channel, and of one tunnel. */
struct l2tp_tunnel *l2tp_tunnel_by_peer_id(const struct l2tp_engine *e, l2tp_channel c,
					   uint16_t peer_id);
struct l2tp_call *l2tp_call_by_peer_id(const struct l2tp_tunnel *t, uint16_t peer_id);
/* Walk: start with NULL, ends with NULL.  Nothing may be closed in between. */
struct l2tp_tunnel *l2tp_tunnel_next(const struct l2tp_engine *e, const struct l2tp_tunnel *after);
/* Walk the tunnels on one channel; takes no time for others. */
struct l2tp_tunnel *l2tp_tunnel_on(const struct l2tp_engine *e, l2tp_channel c,
				   const struct l2tp_tunnel *after);
/* Walk the tunnels we opened to this peer section, forming or established, with room for another
 * call. */
struct l2tp_tunnel *l2tp_tunnel_with_room(const struct l2tp_engine *e, const void *peer,
					  const struct l2tp_tunnel *after);
/* Calls in the tunnels of this peer section. */
unsigned l2tp_peer_calls(const struct l2tp_engine *e, const void *peer);
/* And those tunnels that its limit counts: both ends may have established them. */
unsigned l2tp_peer_tunnels(const struct l2tp_engine *e, const void *peer);
/* Is there a tunnel of it that is not forgotten yet, in whatever state? */
bool l2tp_peer_is_used(const struct l2tp_engine *e, const void *peer);
struct l2tp_call *l2tp_call_next(const struct l2tp_tunnel *t, const struct l2tp_call *after);

struct l2tp_counters {
	uint64_t rx[L2TP_MSG_TYPES + 1], tx[L2TP_MSG_TYPES + 1]; /* by message type; [0] = ZLB */
	uint64_t reason[L2TP_R_COUNT];
	uint64_t tunnels, half_open, calls; /* now: established, still forming, all there are */
	uint64_t gone;			    /* tunnels and calls there were and are no more */
	uint64_t half_open_worst;	    /* of those peers opened, most from one source */
	struct l2tp_limits limits;	    /* in force */
};
void l2tp_engine_counters(const struct l2tp_engine *e, struct l2tp_counters *out);

const char *l2tp_tunnel_state_name(enum l2tp_tunnel_state s);
const char *l2tp_call_state_name(enum l2tp_call_state s);

#endif
