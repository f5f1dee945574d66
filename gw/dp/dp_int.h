/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The private header of the data plane: the data plane itself, ports and their channels, reports,
 * and the records in the mailboxes.
 */
#ifndef GW_DP_DP_INT_H
#define GW_DP_DP_INT_H

#include "gw/dp/addrtab.h"
#include "gw/dp/prefixtab.h"
#include "gw/dp/worker.h"
#include "ppp/ppp.h"

struct dp_tun {
	struct dp *dp;
	uint32_t no;
	char name[16];
	int fd;
	unsigned opened;     /* by dp_tun_open */
	unsigned calls;	     /* that name it */
	struct worker *home; /* reads it */
	struct watch *watch;
	atomic_bool gone; /* the device was removed from outside */
	struct addrtab addr;
	struct prefixtab route4, route6; /* of dp_tun_route(), to calls or DP_TUN_ABSENT */
	uint32_t absent_tokens;
	uint64_t absent_refilled;
	_Atomic uint32_t client; /* the call that gets everything, 0 = by address */
	struct rcu_head rcu;
	struct dp_tun *next;
};

/* No call has this key. */
#define DP_TUN_ABSENT call_key(1, 0)

/* Control thread: the device of a number; NULL = not there. */
struct dp_tun *dp_tun_get(const struct dp *dp, uint32_t no);
/* Control thread: free it unless it is still open or a call names it. */
void dp_tun_release(struct dp *dp, struct dp_tun *t);

/* The control thread's view of a port; worker_port is the port itself. */
struct dp_port {
	struct worker *home; /* NULL = no such port */
	const struct ist_transport *t;
};

struct report;

struct dp {
	struct dp_ops ops;
	void *ctx;
	unsigned n;
	bool threaded;
	struct worker *worker[WORKER_MAX];
	struct waker waker; /* of the control thread */
	int fd;
	struct calltab tab;
	uint32_t version; /* of the last struct call published */
	struct dp_port port[WORKER_PORTS];
	unsigned next_port;
	struct dp_tun *tuns;
	struct map tun_numbers; /* number -> struct dp_tun */
	uint32_t last_tun;
	unsigned waiting[WORKER_MAX]; /* packets a flow-controlled port owes us a `sent` for */
	uint64_t reason[DP_R_COUNT];  /* counted on the control thread */
	struct map chans;	      /* l2tp_channel -> struct dp_chan (dp_chan.c) */
	struct map lines;	      /* l2tp_channel -> struct call of the line on it */
	struct map filters;	      /* number -> struct filter (dp_filter.c) */
	uint32_t last_filter;
};

/* --- ports and channels (the port's worker) --------------------------------------------------- */

struct worker_port_timer {
	struct deadline d;
	void (*on_time)(void *arg, uint64_t now);
	void *arg;
};

struct worker_chan_queue {
	struct ring control, data; /* struct cmd_rec */
};

/* A channel on its port's worker: made when it is offered, comes up or is connected. */
struct worker_chan {
	ist_channel id;
	uint8_t payload;
	bool permanent;
	struct ist_addr peer;
	bool told;	 /* has made a report */
	uint32_t tokens; /* PPP without a line: frames that may go up, in thousandths */
	uint64_t refilled;
	struct report *birth, *last; /* its reports, while the first is still unread */
	struct worker_chan_queue *q; /* flow controlled: waiting to be taken; else NULL */
};

struct worker_port {
	struct worker *w;
	unsigned no;
	const struct ist_transport *t;
	struct ist_port *p;
	struct map chans; /* ist_channel -> struct worker_chan */
	struct watch **watch;
	unsigned watches;
	struct worker_port_timer **timer;
	unsigned timers;
	atomic_bool woken;
	bool tap_on;
	struct ist_host host;
	struct report *failure; /* kept ready: a failure can always be told */
};

static inline l2tp_channel worker_port_channel(const struct worker_port *p, ist_channel c)
{
	return (uint64_t)(p->no + 1) << 32 | c;
}

static inline bool worker_port_has(const struct worker_port *p, enum ist_cap cap)
{
	return p->t->caps & cap;
}

struct worker_port *worker_port_new(struct worker *w, unsigned no, const struct ist_transport *t);
/* Closes it with the transport; forgets watches, timers, channels. */
void worker_port_free(struct worker_port *p);
struct worker_chan *worker_chan_find(const struct worker_port *p, ist_channel c);
struct worker_chan *worker_chan_make(struct worker_port *p, ist_channel c);
void worker_chan_drop(struct worker_port *p, struct worker_chan *c);
/* Drop the frames that wait to be sent. */
void worker_chan_purge(struct worker_port *p, struct worker_chan *c);
void worker_port_timer_fire(struct deadline *d, uint64_t now);
/* Call on_wake of every port that has called host->wake. */
void worker_ports_woken(struct worker *w);
int worker_port_tap(struct worker_port *p, bool on);
/* The host functions given to a port's transport (host.c). */
extern const struct ist_host host_table;
/* As the transport reports it now; 0 when it does not. */
uint32_t worker_chan_mtu(const struct worker_port *p, ist_channel c);

/* --- reports (dp_report.c) -------------------------------------------------------------------- */

/* GONE: the worker has freed a channel that the control thread refused or disconnected. */
enum report_kind {
	REPORT_OFFER,
	REPORT_UP,
	REPORT_DOWN,
	REPORT_MTU,
	REPORT_GONE,
	REPORT_FAILED,
	REPORT_KINDS
};

struct report {
	enum report_kind kind;
	bool forever;
	unsigned port;
	l2tp_channel channel;
	struct ist_attrs attrs;
	struct ist_cause cause;
	uint32_t mtu; /* OFFER, UP, MTU */
	int err;
	uint64_t when;
	struct worker_chan *chan; /* while this is its birth */
	struct report *same;	  /* the next of the same channel, while its birth is unread */
	struct report *next, **prev;
	char text[]; /* attrs and words point into it */
};

#define REPORT_TEXT 256 /* of a failure, with its NUL */

/* A report with room for text, or NULL. */
struct report *report_new(size_t text);
void report_attrs(struct worker_port *p, struct worker_chan *c, enum report_kind kind,
		  const struct ist_attrs *a);
/* Withdraw all reports of a channel, if the first is still unread; false when it has been read. */
bool report_annul(struct worker *w, struct worker_chan *c);
/* forever, and its first report is unread: all its reports are withdrawn instead. */
void report_down(struct worker_port *p, struct worker_chan *c, ist_channel id,
		 const struct ist_cause *why, bool forever);
/* Its MTU has changed. */
void report_mtu(struct worker_port *p, struct worker_chan *c);
void report_gone(struct worker_port *p, ist_channel id);
void report_failed(struct worker_port *p, int err, const char *words);
/* Control thread. */
struct report *report_take(struct worker *w);
unsigned report_count(struct worker *w);
void report_deliver(struct dp *dp, const struct report *r);
/* All that is unread of a port that is being closed. */
void report_forget(struct worker *w, unsigned port);

/* --- channels on the control thread (dp_chan.c) ----------------------------------------------- */

void dp_chan_note(struct dp *dp, l2tp_channel c, const struct ist_addr *peer, uint32_t mtu,
		  bool permanent);
/* The same for dp_connect(); a channel refused or disconnected before counts as new. */
void dp_chan_connected(struct dp *dp, l2tp_channel c, const struct ist_addr *peer, uint32_t mtu,
		       bool permanent);
/* False for a report of a channel that was refused or disconnected here: it is not delivered. */
bool dp_chan_wanted(struct dp *dp, const struct report *r);
/* Before and after a report is delivered. */
void dp_chan_before(struct dp *dp, const struct report *r);
void dp_chan_after(struct dp *dp, const struct report *r);
void dp_chan_forget_port(struct dp *dp, unsigned port);

/* --- records in the mailboxes ----------------------------------------------------------------- */

enum cmd_kind { CMD_CONTROL, CMD_PPP, CMD_IP, CMD_ANSWER, CMD_REFUSE, CMD_DISCONNECT };

struct cmd_rec {
	uint32_t kind;
	uint32_t call; /* CMD_PPP, CMD_IP */
	l2tp_channel channel;
	uint64_t cookie;
	bool want_sent;
	uint8_t dscp;	  /* CMD_CONTROL */
	uint8_t octets[]; /* a packet, a frame, or a struct ist_cause */
};

struct frame_rec { /* control ring and ppp ring */
	l2tp_channel channel;
	uint64_t when;
	uint32_t call;	  /* 0 = a line, or with channel 0 what ops->absent tells */
	bool unsequenced; /* no frame: what ops->unsequenced tells */
	uint8_t octets[];
};

enum pair_kind {
	PAIR_IP,	  /* an IP packet of a TUN */
	PAIR_FORWARD,	  /* a PPP frame that goes out by this leg */
	PAIR_FROM_MEMBER, /* that came by a link of this bundle */
	PAIR_TO_MEMBER,	  /* a piece of a packet of its bundle goes out by this link */
	PAIR_KINDS
};

struct pair_rec { /* for a leg of this worker, from another one */
	uint32_t call;
	uint32_t member; /* FROM_MEMBER: the link */
	uint32_t marks;	 /* TO_MEMBER: enum ist_frame_flags */
	uint16_t proto;	 /* of a PPP frame */
	uint8_t kind;
	uint8_t octets[];
};

struct tap_rec {
	uint64_t when;
	uint32_t port;
	uint16_t link_type;
	bool outbound;
	uint8_t octets[];
};

struct log_rec {
	uint32_t port;
	int32_t level;
	char text[];
};

/* Control thread: put it into the worker's mailbox; false when that is full. */
bool dp_command(struct worker *w, const struct cmd_rec *head, const uint8_t *octets, size_t len);
/* Worker: answer, refuse or disconnect a channel. */
void worker_chan_do(struct worker *w, enum cmd_kind kind, l2tp_channel channel,
		    const struct ist_cause *why);
/* Report a packet as sent. Dropped packets are reported as sent too, so that the engine's window
 * does not stall. */
void tell_sent(struct worker *w, uint64_t cookie);
/* Put a frame into a ring to the control thread: up to two pieces.  False when it is full. */
bool tell_frame(struct worker *w, struct ring *r, enum dp_reason full, l2tp_channel from,
		uint32_t call, const uint8_t *a, size_t a_len, const uint8_t *b, size_t b_len);

/* --- frames (dp_call.c in, dp_send.c out) ----------------------------------------------------- */

void frames_in(struct worker_port *p, const struct ist_frame *f, unsigned n);
void call_gap(struct deadline *d, uint64_t now);
/* A frame of the peer of a call, however it came. */
void call_ppp_in(struct worker *w, struct call *c, const uint8_t *frame, size_t len);
/* The same when its protocol has been read. */
void call_info_in(struct worker *w, struct call *c, uint16_t proto, const struct rd *info);
void call_count_in(struct worker *w, struct call *c, size_t len);
/* A token for a frame to the control thread, or for an answer in its place. */
bool call_may_punt(struct worker *w, struct call_state *st, uint16_t proto);
/* A packet of LCP: false = it is for the control thread. */
bool call_echo(struct worker *w, struct call *c, const struct rd *info);
/* A frame of dp_ip_rx(). */
void call_ip_in(struct worker *w, struct call *c, const uint8_t *frame, size_t len);
/* A frame to or from a call is dropped. */
static inline void call_drop(struct worker *w, struct call *c, enum dp_reason why)
{
	worker_drop(w, why);
	count_add(&c->st->n.drops, 1);
}

/* Worker: free st; no reader holds it any more. Frames it held are counted as dropped. */
void call_retire(struct worker *w, struct call_state *st);
/* Follow what the control thread has changed; home worker, before the state is used. */
void call_follow(struct call *c);

/* A PPP frame into a call; the payload stays where it is until the flush. */
void tx_frame(struct worker *w, struct call *c, uint16_t proto, const uint8_t *payload, size_t len);
void tx_flush(struct worker *w);
/* A forwarded frame goes out by this leg of the worker's own. */
void tx_forward(struct worker *w, struct call *c, uint16_t proto, const uint8_t *payload,
		size_t len);
/* To a leg on another worker: head as in struct pair_rec, then both pieces. */
void tx_pass_on(struct worker *w, struct worker *to, const struct pair_rec *head, const uint8_t *a,
		size_t a_len, const uint8_t *b, size_t b_len);
/* Marks of the medium for a packet of this leg (enum ist_frame_flags). */
uint32_t tx_marks(const struct dp_call *c, uint16_t proto, const uint8_t *info, size_t len);
/* tx_frame() with n octets of `front` between the PPP head and the payload. */
void tx_frame_behind(struct worker *w, struct call *c, uint16_t proto, uint32_t marks,
		     const uint8_t *front, size_t n, const uint8_t *payload, size_t len);
void tx_poke_others(struct worker *w);
void tx_control(struct worker *w, const struct cmd_rec *r, size_t len);
/* The channel may take frames again. */
void worker_chan_writable(struct worker_port *p, ist_channel id);

/* --- multilink (dp_bundle.c) ------------------------------------------------------------------- */

/* NULL without memory. */
struct bundle *bundle_new(const struct dp_bundle *cfg);
/* Worker: what it holds goes back to the pool. */
void bundle_free(struct worker *w, struct bundle *b);
/* A frame that came by this member of the bundle c, whose home is w. */
void bundle_in(struct worker *w, struct call *c, uint32_t member, uint16_t proto,
	       const uint8_t *info, size_t len);
/* A frame of the bundle goes out; the payload stays where it is until the flush. */
void bundle_out(struct worker *w, struct call *c, uint16_t proto, const uint8_t *payload,
		size_t len);
/* A piece of a packet goes out by this link of a bundle, whose home is w. */
void bundle_piece_out(struct worker *w, struct call *member, uint32_t marks, const uint8_t *front,
		      size_t n, const uint8_t *payload, size_t len);
void bundle_timeout(struct deadline *d, uint64_t now);

/* --- dp_filter.c ------------------------------------------------------------------------------ */

/* Control thread: find the filters that c names and hold them; false when one is not there. */
bool call_take_filters(struct dp *dp, struct call *c);
void call_give_filters(struct call *c);
void dp_filters_free(struct dp *dp);

/* Worker.  False: the packet is dropped and counted. */
bool filter_run(struct worker *w, struct call *c, enum dp_filter place, const uint8_t *pkt,
		size_t len);
bool filter_run_ppp(struct worker *w, struct call *c, enum dp_filter place, uint16_t proto,
		    const uint8_t *info, size_t len);

/* Calls without a filter, as most are, cost one branch that is predicted. */
static inline bool filter_has(const struct call *c, enum dp_filter place)
{
	return __builtin_expect(c->filter[place] != NULL, 0);
}

/* --- ip_path.c ------------------------------------------------------------------------------- */

/* An IP packet that came in on a call.  May change octets in a copy only. */
void ip_path_rx(struct worker *w, struct call *c, bool v6, const uint8_t *pkt, size_t len);
/* An IP packet for a call of this worker's.  pkt may be changed and must stay until the flush. */
void ip_path_tx(struct worker *w, struct call *c, uint8_t *pkt, size_t len);
/* The TUN is readable. */
void ip_path_read(void *arg, unsigned ready);

#endif
