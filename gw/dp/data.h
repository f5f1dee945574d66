/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The data side of the door: its tables, ports and their channels, reports, and what frames pass.
 *
 * Two kinds of threads are here.  The message thread does what control asks by table messages: it
 * is the only writer of the tables, and has workers do what is to be done at ports.  The workers
 * carry frames.  With workers = 0 both are the control thread.
 */
#ifndef GW_DP_DATA_H
#define GW_DP_DATA_H

#include "gw/dp/addrtab.h"
#include "gw/dp/door.h"
#include "gw/dp/prefixtab.h"
#include "gw/dp/worker.h"
#include "ppp/ppp.h"

/* --- the message thread ------------------------------------------------------------------------- */

struct data_tun {
	uint32_t no;
	char name[16];
	char asked[16]; /* the name as it was opened, perhaps with %d */
	int fd;
	uint8_t offload; /* enum tun_offload */
	bool opened;	 /* by control, since it has attached */
	/* The routes set since then, IPv4's and IPv6's; NULL = it has said which are left. */
	struct prefixtab *claimed;
	unsigned calls;	     /* that name it */
	struct worker *home; /* reads it */
	struct watch *watch;
	atomic_bool gone; /* the device was removed from outside */
	struct addrtab addr;
	struct prefixtab route4, route6; /* of dp_tun_route(), to calls or DATA_TUN_ABSENT */
	uint32_t absent_tokens;
	uint64_t absent_refilled;
	_Atomic uint32_t client; /* the call that gets everything, 0 = by address */
	struct rcu_head rcu;
	struct data_tun *next;
};

/* No call has this key. */
#define DATA_TUN_ABSENT call_key(1, 0)

/* The message thread's view of a port; worker_port is the port itself. */
struct data_port {
	struct worker *home; /* NULL = no such port */
	const struct ist_transport *t;
	uint64_t claimed;  /* the ATTACH under which control has opened it */
	uint8_t *settings; /* the message that has opened it, behind its head */
	size_t settings_len;
};

struct report;

#define DATA_TRANSPORTS 64u
#define DATA_ANSWER	65536u
#define DATA_TEXT	DOOR_TEXT

struct data {
	struct door *door;
	struct ring_in table;
	struct ring_out answers;
	_Atomic uint64_t done; /* the number of the last table message done */
	uint8_t *msg, *room;   /* a message, and what its lists need */
	size_t msg_len;
	uint64_t attach; /* the number of the last ATTACH */
	uint8_t *answer; /* DATA_ANSWER octets, encoded */
	/* what the answer points to */
	char text[DATA_TEXT];
	uint64_t count[DOOR_COUNTS];
	struct ist_fill fill[DOOR_FILLS];
	struct ist_offload offload[DOOR_OFFLOADS];
	struct dp_impair_row impair[DP_IMPAIR_ROWS];
	pthread_t thread;
	bool running;
	atomic_bool stop;
	bool broken; /* control has sent what no control sends */
	/* A data side has died, and control has not set all calls again: what the sockets of UDP
	 * and the TUN devices have is left there, since it would be of no call. */
	atomic_bool waits;
	atomic_bool lines; /* control serves lines */

	/* Another data side has the door: nothing is read from it, and nothing written to it. */
	bool aside;
	unsigned n;
	bool threaded;
	struct worker *worker[WORKER_MAX];
	struct calltab tab;
	uint32_t version; /* of the last struct call published */
	struct slab calls, states;
	struct data_port port[WORKER_PORTS];
	struct data_tun *tuns;
	struct map tun_numbers; /* number -> struct data_tun */
	uint32_t last_tun;
	struct map lines_at; /* l2tp_channel -> struct call of the line on it */
	struct map filters;  /* number -> struct filter */
	struct map left;     /* call_key() -> number of its row at door->left, plus 1 */
	/* Transports by name. */
	const struct ist_transport *known[DATA_TRANSPORTS];
	unsigned n_known;
};

/* As many as dp_new() makes. */
unsigned dp_count_workers(unsigned asked);
/* Of a door, with its workers; threaded: they have threads, else worker_turn() does their work.
 * NULL without memory, descriptors or threads. */
struct data *data_new(struct door *d, bool threaded);
/* The same, but no thread runs yet. */
struct data *data_make(struct door *d, bool threaded);
bool data_start_workers(struct data *data);
/* A thread that serves by itself; it can be stopped and started again. */
bool data_start_thread(struct data *data);
void data_stop_thread(struct data *data);
/* Take up all rings where the door says that they were left. */
bool data_open_rings(struct data *data);
/* Ports closed, threads joined, TUN devices gone. */
void data_free(struct data *data);
/* Before control names it.  False when there are too many. */
bool data_know(struct data *data, const struct ist_transport *t);
/* Do what control has asked; bounded work.  True = more is left. */
bool data_serve(struct data *data);

/* What a message asks: m is decoded, *answer zeroed.  The result goes into answer->rc; a kind is
 * set for an answer with more than that. */
typedef void data_handler(struct data *data, const struct door_msg *m, struct door_msg *answer);
data_handler data_call_set, data_call_del, data_filter_add, data_filter_del, data_tun_open,
	data_tun_close, data_tun_route, data_port_open, data_port_close, data_connect, data_resume,
	data_port_count, data_port_status, data_port_fill, data_port_tap, data_line_accm,
	data_port_offloads, data_line_errors, data_impair, data_impair_rows, data_attach, data_mark;
void data_call_forget(struct data *data, uint16_t tid, uint16_t sid);
void data_port_forget(struct data *data, unsigned port);
void data_tun_forget(struct data *data, struct data_tun *t);
void data_filters_free(struct data *data);

/* --- what a data that died has left (data_left.c) ---------------------------------------------- */

/* To the door of the next one, before that begins: counters of workers and calls, and how many
 * frames were in its mailboxes.  Nothing at `before` is believed more than a stranger. */
void data_left_copy(struct door *d, const struct door *before);
/* What there is at the door.  False without memory. */
bool data_left_find(struct data *data);
/* A call that is set first goes on with what it has there, if anything. */
void data_left_take(struct data *data, struct call_state *st);
/* Control has set all: the rest is of no call that is there. */
void data_left_drop(struct data *data);

/* Text of an answer: copied, cut when it is long. */
void data_say(struct data *data, struct door_msg *answer, const char *text);

/* The device of a number; NULL = not there. */
struct data_tun *data_tun_get(const struct data *data, uint32_t no);
/* Free it unless it is still open or a call names it. */
void data_tun_release(struct data *data, struct data_tun *t);
/* A control begins; and it has set what it wants: what else there is goes. */
void data_tun_unclaim(struct data_tun *t);
void data_tun_sweep(struct data *data, struct data_tun *t);
bool data_port_is_open(const struct data *data, l2tp_channel c);

/* --- handed over (image.h) ------------------------------------------------------------------------ */

/* What finds this call: of two calls that say the same the table has one. */
enum data_owns {
	DATA_OWNS_CLIENT = 1,
	DATA_OWNS_PEER4 = 2,
	DATA_OWNS_PREFIX6 = 4,
	DATA_OWNS_IID = 8,
	DATA_OWNS_LINE = 16,
	DATA_OWNS_ALL = 31
};
struct image_bundle;
struct image_tun;

/* As control has said it, but for its filters. */
struct dp_call data_call_said(const struct call *c);
unsigned data_call_owns(const struct data *data, const struct call *c);
/* As data_call_set(), of an entry that is not there yet; its counters go on.  false: it cannot be.
 */
bool data_call_restore(struct data *data, const struct door_call_set *set, uint64_t claimed,
		       struct filter *const filter[DP_FILTERS], unsigned owns);
/* What the slot of its counters says. */
void data_call_go_on(void *ctx, struct call *c);
/* The message that makes this filter; no 0: any number with the same counters. */
struct door_msg data_filter_message(const struct filter *f, uint32_t no);
/* Held by the caller, until data_filter_release(), and, if it is registered, by its number.  NULL
 * without memory, or for one that is not safe. */
struct filter *data_filter_restore(struct data *data, const struct door_filter *from,
				   bool registered);
struct filter *data_filter_hold(struct filter *f);
void data_filter_release(struct filter *f);
/* fd is its own then.  NULL: it cannot be. */
struct data_tun *data_tun_restore(struct data *data, const struct image_tun *row, int fd);
/* A port with these settings (a message behind its head), which data_port_thaw() opens.  False: it
 * cannot be. */
bool data_port_restore(struct data *data, const uint8_t *settings, size_t len, uint64_t claimed);
/* Open it, anew when f is NULL or its transport does not take that; in the place of one that was
 * closed, or for the first time.  Which way it went is told later.  0 or -ENOMEM. */
int data_port_thaw(struct data *data, unsigned no, struct ist_frozen *f);

/* --- ports and channels (the port's worker) --------------------------------------------------- */

#define FROZEN_MOST (1u << 26) /* octets of a port that is handed over */
#define REPORT_MAX  65536u     /* octets of a report */
#define REPORT_TEXT 256u       /* of a failure, with its NUL */

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
	bool told;	  /* has made a report */
	uint64_t claimed; /* the ATTACH under which control has connected it */
	/* Its last OFFER or UP, while that holds: for a control that begins. */
	uint8_t *story;
	size_t story_len;
	/* Handed over: its transport reports once more what control knows. */
	bool again;
	uint32_t tokens; /* PPP without a line: frames that may go up, in thousandths */
	uint64_t refilled;
	struct report *birth, *last; /* its reports, while the first is still unread */
	struct worker_chan_queue *q; /* flow controlled: waiting to be taken; else NULL */
};

#define WORKER_PORT_LATE 4u

struct worker_port {
	struct worker *w;
	unsigned no;
	char *name;
	const struct ist_transport *t;
	struct ist_port *p;
	struct map chans; /* ist_channel -> struct worker_chan */
	struct watch **watch;
	unsigned watches;
	struct worker_port_timer **timer;
	unsigned timers;
	atomic_bool woken;
	bool tap_on;
	bool crowded;		    /* as its transport has said last */
	int late[WORKER_PORT_LATE]; /* sockets to be read once data waits no more */
	unsigned lates;
	struct ist_host host;
	struct report *failure; /* kept ready: a failure can always be told */
	int failed;		/* what it has told, once failure is NULL */
	char failed_words[REPORT_TEXT];
	/* Handed over: its channels have gone; why; and it is not open, because of this error. */
	bool anew;
	char *anew_words;
	int lost;
	struct deadline settle; /* thawed: what was not reported again by then has gone */
	uint8_t impaired;	/* bit of each enum dp_impair_way that is, for some channel */
	struct worker_impairs *impairs; /* NULL = it never was */
};

static inline l2tp_channel worker_port_channel(const struct worker_port *p, ist_channel c)
{
	return (uint64_t)(p->no + 1) << 32 | c;
}

static inline bool worker_port_has(const struct worker_port *p, enum ist_cap cap)
{
	return p->t->caps & cap;
}

struct worker_port *worker_port_new(struct worker *w, unsigned no, const struct ist_transport *t,
				    const char *name);
/* As ist_transport.freeze, with as much room as that takes; f is zeroed but for its size, and its
 * memory is the caller's to forget. */
int worker_port_freeze(struct worker_port *p, struct ist_frozen *f);
void worker_port_forget_frozen(struct ist_frozen *f);
/* Closes it with the transport; forgets watches, timers. */
void worker_port_close(struct worker_port *p);
/* And channels. */
void worker_port_free(struct worker_port *p);
struct worker_chan *worker_chan_find(const struct worker_port *p, ist_channel c);
struct worker_chan *worker_chan_make(struct worker_port *p, ist_channel c);
void worker_chan_drop(struct worker_port *p, struct worker_chan *c);
/* Drop the frames that wait to be sent. */
void worker_chan_purge(struct worker_port *p, struct worker_chan *c);
void worker_port_timer_fire(struct deadline *d, uint64_t now);
/* Channels that came along, and that the port does not know: they are down (image_load.c). */
void image_settle_port(struct deadline *d, uint64_t now);
/* Call on_wake of every port that has called host->wake. */
void worker_ports_woken(struct worker *w);
/* The host functions given to a port's transport (host.c). */
extern const struct ist_host host_table;
/* As the transport reports it now; 0 when it does not. */
uint32_t worker_chan_mtu(const struct worker_port *p, ist_channel c);

/* --- reports (data_report.c), on the port's worker ---------------------------------------------- */

/* An encoded message that waits for room in the ring. */
struct report {
	unsigned port;
	struct worker_chan *chan; /* while this is its birth */
	struct report *same;	  /* the next of the same channel, while its birth is here */
	struct report *next, **prev;
	size_t len;
	uint8_t octets[];
};

/* A report of a failure, made beforehand; NULL without memory. */
struct report *report_new_failure(void);
/* kind: DOOR_OFFER, DOOR_UP */
void report_attrs(struct worker_port *p, struct worker_chan *c, enum door_kind kind,
		  const struct ist_attrs *a);
/* Withdraw all reports of a channel, if the first has not left; false when it has. */
bool report_annul(struct worker *w, struct worker_chan *c);
/* forever, and its first report has not left: all its reports are withdrawn instead. */
void report_down(struct worker_port *p, struct worker_chan *c, ist_channel id,
		 const struct ist_cause *why, bool forever);
/* Its MTU has changed. */
void report_mtu(struct worker_port *p, struct worker_chan *c);
/* The worker has freed a channel that control refused or disconnected. */
void report_gone(struct worker_port *p, ist_channel id);
void report_failed(struct worker_port *p, int err, const char *words);
/* Move what there is into the ring, as it has room; false when something is left. */
bool report_mail(struct worker *w);
/* All that has not left of a port that is being closed. */
void report_forget(struct worker *w, unsigned port);
/* A port could not be opened when it was handed over, and is not there any more. */
void report_lost(struct worker *w, unsigned port, int err, const char *words);
/* One that another data side had made and not mailed; m: its octets decoded.  False without memory.
 */
bool report_restore(struct worker *w, const struct door_msg *m, const uint8_t *octets, size_t len,
		    bool birth);
/* For a control that begins with this ATTACH: what was for the one before goes, and each port and
 * channel is reported as new.  False without memory: control is to begin again. */
bool report_all(struct worker *w, uint64_t attach);

/* --- between workers ---------------------------------------------------------------------------- */

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

/* Worker: answer, refuse or disconnect a channel. */
void worker_chan_do(struct worker *w, enum cmd_kind kind, l2tp_channel channel,
		    const struct ist_cause *why);
/* Report a packet as sent. Dropped packets are reported as sent too, so that the engine's window
 * does not stall. */
void tell_sent(struct worker *w, uint64_t cookie);
/* Put a frame into a ring to control: up to two pieces.  False when it is full, or reports before
 * it have no room in theirs. */
bool tell_frame(struct worker *w, struct ring_out *r, enum dp_reason full, l2tp_channel from,
		uint32_t call, const uint8_t *a, size_t a_len, const uint8_t *b, size_t b_len);

/* --- the slot of a call's counters ------------------------------------------------------------- */

static inline uint32_t call_slot_no(const struct call_state *st)
{
	return (uint32_t)(st->n - st->home->data->door->call);
}
static inline struct call_slot *call_slot(const struct call_state *st)
{
	return &st->home->data->door->slot[call_slot_no(st)];
}
/* Home worker: something is to be counted there. */
static inline struct call_rare *call_rare(const struct call_state *st)
{
	return door_rare_mine(st->home->data->door, call_slot_no(st));
}

/* --- frames (dp_call.c in, dp_send.c out) ----------------------------------------------------- */

void frames_in(struct worker_port *p, const struct ist_frame *f, unsigned n);
void call_gap(struct deadline *d, uint64_t now);
/* A frame of the peer of a call, however it came. */
void call_ppp_in(struct worker *w, struct call *c, const uint8_t *frame, size_t len);
/* The same when its protocol has been read. */
void call_info_in(struct worker *w, struct call *c, uint16_t proto, const struct rd *info);
void call_count_in(struct worker *w, struct call *c, size_t len);
/* A token for a frame to control, or for an answer in its place. */
bool call_may_punt(struct worker *w, struct call_state *st, uint16_t proto);
/* A packet of LCP: false = it is for control. */
bool call_echo(struct worker *w, struct call *c, const struct rd *info);
/* For ops->copy; c is watched. */
void call_copy(struct worker *w, struct call *c, bool outbound, uint16_t proto, const uint8_t *info,
	       size_t len);
/* A frame of dp_ip_rx(). */
void call_ip_in(struct worker *w, struct call *c, const uint8_t *frame, size_t len);
/* A frame to or from a call is dropped. */
static inline void call_drop(struct worker *w, struct call *c, enum dp_reason why)
{
	worker_drop(w, why);
	count_add(&c->st->n->drops, 1);
}

/* Worker: free st; no reader holds it any more. Frames it held are counted as dropped. */
void call_retire(struct worker *w, struct call_state *st);
/* Follow what control has changed; home worker, before the state is used. */
void call_follow(struct call *c);
/* Hand on all frames that wait for one before them. */
void call_settle(struct worker *w, struct call *c);

/* As they stand in the slot of the call's counters. */
static inline uint64_t call_numbers(const struct l2tp_data *d)
{
	return d->ns | (uint64_t)d->nr << 16 | (l2tp_data_sends_seq(d) ? DOOR_SENDING_SEQ : 0) |
	       (d->seen_seq ? DOOR_SEEN_SEQ : 0);
}
/* Home worker: the numbers are where the next data finds them. */
void call_show_numbers(struct call_state *st);

/* RFC 1661 section 2: protocols from here on negotiate.  No limit of a rate counts for them. */
#define PPP_NETWORK_CONTROL 0x8000u
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
uint32_t tx_marks(const struct call *c, uint16_t proto, const uint8_t *info, size_t len);
/* tx_frame() with n octets of `front` between the PPP head and the payload. */
void tx_frame_behind(struct worker *w, struct call *c, uint16_t proto, uint32_t marks,
		     const uint8_t *front, size_t n, const uint8_t *payload, size_t len);
void tx_poke_others(struct worker *w);
void tx_control(struct worker *w, const struct cmd_rec *r, size_t len);
/* Is the control that waits for this queued packet still there?  r->after: that of r's ATTACH. */
static inline bool worker_queue_wants_sent(const struct worker *w, const struct cmd_rec *r)
{
	return r->want_sent && r->after == w->attach;
}
/* The channel may take frames again. */
void worker_chan_writable(struct worker_port *p, ist_channel id);

/* --- bad lines (worker_impair.c) ---------------------------------------------------------------- */

/* Frames of one channel, or of any, on their way: true = they were taken, and go on in their time,
 * or are lost and counted.  False: this channel is not impaired. */
bool worker_impair_out(struct worker_port *p, const struct ist_frame *f, const struct tx_told *told,
		       unsigned n);
void worker_impair_in(struct worker_port *p, const struct ist_frame *f, unsigned n);
void worker_impair_time(struct deadline *d, uint64_t now);
/* As dp_impair_set(), and back. */
int worker_impair_set(struct worker_port *p, const struct ist_addr *circuit, unsigned way,
		      const struct dp_impair *set, bool configured);
unsigned worker_impair_rows(const struct worker_port *p, uint64_t now, struct dp_impair_row *out,
			    unsigned n);
/* What waits goes on now, in its order: data is handed over. */
void worker_impair_flush(struct worker_port *p);
/* The port goes: what waits is dropped. */
void worker_impair_free(struct worker_port *p);
/* Frames of one channel that a bad line has let go: they leave as if there were none (dp_send.c).
 */
void tx_let_go(struct worker_port *p, const struct ist_frame *f, unsigned n);

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
/* Hand on the packets that wait for one before them; of one that has not come whole the fragments
 * are lost. */
void bundle_settle(struct worker *w, struct call *c);
/* To and from another data side, with nothing held. */
void bundle_save(const struct call *c, struct image_bundle *to);
void bundle_load(struct call *c, const struct image_bundle *from);

/* --- data_filter.c ------------------------------------------------------------------------------ */

/* Message thread: find the filters of these numbers and hold them; false when one is not there. */
bool call_take_filters(struct data *data, struct call *c, const uint32_t no[DP_FILTERS]);
void call_give_filters(struct call *c);

/* Worker.  False: the packet is dropped and counted. */
bool filter_run(struct worker *w, struct call *c, enum dp_filter place, const uint8_t *pkt,
		size_t len);
bool filter_run_ppp(struct worker *w, struct call *c, enum dp_filter place, uint16_t proto,
		    const uint8_t *info, size_t len);

/* Calls without a filter, as most are, cost one branch that is predicted. */
static inline bool filter_has(const struct call *c, enum dp_filter place)
{
	return __builtin_expect(c->filters >> place & 1, 0);
}

/* --- rates -------------------------------------------------------------------------------------- */

/* Worker.  False: the packet is dropped and counted.  Calls without a limit, as most are, cost one
 * branch that is predicted. */
static inline bool call_rate_allows(struct worker *w, struct call *c, enum dp_rate way,
				    size_t octets)
{
	const struct rate *r;

	if (__builtin_expect(!c->limited, 1))
		return true;
	r = &c->more->rate[way];
	if (!r->bps || rate_take(r, &c->st->bucket[way], w->now, octets))
		return true;
	count_add(&call_rare(c->st)->limited[way], 1);
	call_drop(w, c, way == DP_RATE_UP ? DP_R_RATE_UP : DP_R_RATE_DOWN);
	return false;
}

/* --- ip_path.c ------------------------------------------------------------------------------- */

/* An IP packet that came in on a call.  May change octets in a copy only. */
void ip_path_rx(struct worker *w, struct call *c, bool v6, const uint8_t *pkt, size_t len);
/* An IP packet for a call of this worker's.  pkt may be changed and must stay until the flush. */
void ip_path_tx(struct worker *w, struct call *c, uint8_t *pkt, size_t len);
/* The TUN is readable. */
void ip_path_read(void *arg, unsigned ready);

#endif
