/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The data plane as the control thread sees it: workers that own the ports and the TUN devices, the
 * table of calls they look up, and bounded mailboxes both ways.
 *
 *   control thread                         worker
 *   engine, PPP, AAA, VTY                  ports, links, TUN, data frames
 *        |  dp_send, dp_ppp_send  ---->  command ring  ---->  transport->send
 *        |  dp_call_set (RCU)     ---->  call table    <----  frames: look up, forward, terminal
 *        |  ops->control          <----  control ring  <----  T=1 packets
 *        |  ops->ppp              <----  ppp ring      <----  punted PPP frames
 *        |  ops->offer/up/down    <----  report ring   <----  what ports report
 *
 * Only the control thread calls what is declared here; ops are called on it, from dp_poll().  Rings
 * are bounded; records that do not fit are dropped and counted (DP_REASONS). Reports are never
 * dropped. With workers = 0 the worker's epoll descriptor is nested in the control loop: same code,
 * no thread.
 */
#ifndef GW_DP_DP_H
#define GW_DP_DP_H

#include "core/data.h"
#include "core/engine.h"
#include "ppp/mp.h"
#include "transports/transport.h"

struct bpf_insn;
struct dp;

/* control and ppp must be set before a port is opened; any other member may be NULL. */
struct dp_ops {
	/* An L2TP control packet (T=1, or not L2TPv2 at all) from a channel. */
	void (*control)(void *ctx, l2tp_channel from, const uint8_t *pkt, size_t len, uint64_t now);
	/* A PPP frame of a call, protocol field and information, that is not for the fast path. */
	void (*ppp)(void *ctx, uint16_t tid, uint16_t sid, const uint8_t *frame, size_t len,
		    uint64_t now);
	/* A PPP frame of a channel that carries ppp (a line).  NULL while no lines are served: the
	 * workers drop and count these frames (NO_LINE), so that they take no room in the mailbox.
	 */
	void (*line)(void *ctx, l2tp_channel from, const uint8_t *frame, size_t len, uint64_t now);
	/* An IP packet of a TUN for a network of dp_tun_route() that no call has; at most some
	 * twenty a second. */
	void (*absent)(void *ctx, const uint8_t *pkt, size_t len, uint64_t now);
	/* Data of this call came without sequence numbers where they are required, and was dropped:
	 * told once in the life of the call. */
	void (*unsequenced)(void *ctx, uint16_t tid, uint16_t sid, uint64_t now);
	void (*offer)(void *ctx, l2tp_channel c, const struct ist_attrs *a, uint64_t now);
	void (*up)(void *ctx, l2tp_channel c, const struct ist_attrs *a, uint64_t now);
	void (*down)(void *ctx, l2tp_channel c, const struct ist_cause *why, bool forever,
		     uint64_t now);
	/* The MTU of this channel has changed to mtu octets. */
	void (*mtu)(void *ctx, l2tp_channel c, uint32_t mtu, uint64_t now);
	void (*port_failed)(void *ctx, unsigned port, int err, const char *words, uint64_t now);
	/* A packet for which dp_send said WAITING has left. */
	void (*sent)(void *ctx, uint64_t cookie, uint64_t now);
	/* A log line of a port; level as in syslog. Lines that do not fit the mailbox are counted
	 * as log-ring-full. */
	void (*log)(void *ctx, unsigned port, int level, const char *text);
	/* A frame as on the wire, while dp_port_tap is on. link_type: a DLT number. */
	void (*tap)(void *ctx, unsigned port, bool outbound, uint16_t link_type,
		    const uint8_t *octets, size_t len, uint64_t when);
	/* A copy of a frame from or to the far end of a call or line, protocol field and
	 * information, while `watched` of its entry is set.  Those that do not fit the mailbox of
	 * captures, and more than 200 a second of one worker, are counted and left out. */
	void (*copy)(void *ctx, uint16_t tid, uint16_t sid, bool outbound, const uint8_t *frame,
		     size_t len);
	/* The data process has gone, or what it writes makes no sense: nothing more comes, and
	 * nothing is done.  Told once; why is static text. */
	void (*gone)(void *ctx, const char *why, uint64_t now);
	/* What control sends and changes is gathered: it leaves at dp_push(), or earlier when it is
	 * much or an answer is waited for.  Called before it leaves, to store what it implies.
	 * NULL = all leaves at once, or at the end of dp_poll(). */
	void (*leaving)(void *ctx);
};

/* l2tp_channel = (port + 1) << 32 | the port's own channel handle. */
static inline unsigned dp_channel_port(l2tp_channel c)
{
	return (unsigned)(c >> 32) - 1;
}

/* Have another open what ports and TUN devices need (struct ist_open), from any thread: a
 * descriptor or -errno.  Before dp_new(); NULL = it is opened in place. */
void dp_open_by(int (*open)(void *ctx, const struct ist_open *what), void *ctx);
/* That one may hold what it has opened for a data side that is started when this one has died:
 * tell it, from any thread, that a TUN device has been closed, and with NULL that all is open which
 * is to be. */
void dp_closed_to(void (*closed)(void *ctx, const char *device), void *ctx);
/* Tell it that a port which has asked for this has been closed, and needs it no more. */
void dp_released_to(void (*released)(void *ctx, const struct ist_open *what), void *ctx);
/* The maps of the XDP program (gw/dp/xdp/xdp.h), which stay the caller's, for the next dp_new() or
 * dp_attach(); NULL = there is none. */
void dp_fast_by(const int *fd);
/* Super-packets that a TUN device may give and take: many packets of a flow at once. */
enum dp_tun_offload { DP_TUN_TCP = 1, DP_TUN_UDP = 2, DP_TUN_OFFLOADS = DP_TUN_TCP | DP_TUN_UDP };
/* What dp_tun_open() asks for. */
struct ist_open dp_tun_opening(const char *name, uint16_t mtu, unsigned offload);
/* workers: 0 = in the caller's loop, UINT_MAX = choose.  NULL without memory or threads. */
struct dp *dp_new(unsigned workers, const struct dp_ops *ops, void *ctx);
/* The control side alone, of a data side that runs in another process (data_run).  fd: the n
 * descriptors of the door between them, which are taken over.  gone: readable, or hung up, once
 * that process has gone; it stays the caller's.  NULL: without memory, or not a door of this
 * version, or nobody answers. */
struct dp *dp_attach(const int *fd, unsigned n, int gone, const struct dp_ops *ops, void *ctx);
/* Ports closed, threads joined, TUN devices gone; after dp_attach() data goes on. */
void dp_free(struct dp *dp);
/* A new door between two processes: its descriptors, the caller's; how many, or 0 without memory or
 * descriptors.  workers as in dp_new(). */
#define DP_DOOR_FDS 20u
unsigned dp_door_new(unsigned workers, int fd[DP_DOOR_FDS]);
/* The data side alone, at work in threads of its own; fd as in dp_attach().  before: the first
 * descriptor of the door of a data that has died, which is taken over, or -1: calls go on with the
 * numbers and counters of there.  known: the transports that ports may be of, NULL ended.  NULL
 * without memory or threads, or not a door. */
struct data;
struct data *dp_data_start(const int *fd, unsigned n, int before,
			   const struct ist_transport *const *known);
void dp_data_stop(struct data *data);
/* Of a door whose data side still runs: mapped, with memory, but nothing is served yet.  Takes the
 * descriptors over.  NULL as dp_data_start(). */
struct data *dp_data_stand_by(const int *fd, unsigned n, const struct ist_transport *const *known);
/* Stop, and give all to a data side that stands by at the other end of sock (SOCK_SEQPACKET), by
 * dp_data_take_over().  0: that one goes on; the caller ends by _exit(), since nothing is to be
 * closed.  -errno: it has not taken over, and this data side goes on as before. */
int dp_data_hand_over(struct data **data, int sock);
/* Wait for what the other sends, and go on with it; sock stays the caller's, and may be closed
 * then.  0: it serves.  -errno: *data stands by no more, dp_data_stop() it. */
int dp_data_take_over(struct data *data, int sock);
/* After dp_attach(), once all ports, devices, entries and routes are there that this life wants:
 * those that a life before has left go.  Waits until data has done it: from then on the counters of
 * calls are what they were before, or more. */
void dp_attached(struct dp *dp);
/* Wait until data has done all that it was asked. */
void dp_flush(struct dp *dp);
/* Descriptor that is readable when dp_poll has something to do (epoll or eventfd). */
int dp_fd(const struct dp *dp);
/* Deliver what the workers have sent; bounded work per call, fd stays readable when more is left.
 */
void dp_poll(struct dp *dp);
/* What has been gathered leaves; data is woken once for all of it. */
void dp_push(struct dp *dp);
unsigned dp_workers(const struct dp *dp);
uint64_t dp_now(void); /* us, CLOCK_MONOTONIC */

/* --- ports (these wait for the worker, which never blocks: a few us) -------------------------- */

/* Returns the port number, or -errno with words in err. */
int dp_port_open(struct dp *dp, const struct ist_transport *t, const struct ist_port_config *cfg,
		 char *err, size_t err_len);
/* Is there a port of this name that a life before has opened, and that has not been opened since
 * dp_attach()? */
bool dp_port_is_left(const struct dp *dp, const struct ist_transport *t, const char *name);
/* Close all of those now, so that what they have open can be opened anew; false = there were none.
 */
bool dp_ports_close_left(struct dp *dp);
void dp_port_close(struct dp *dp, unsigned port);
/* sub_address: what is called behind the address, NULL = nothing. */
int dp_connect(struct dp *dp, unsigned port, const struct ist_addr *to, const char *sub_address,
	       uint8_t payload, l2tp_channel *out);
/* A channel of a data that has died, whose far end still has it: by its ticket, without a word to
 * anybody (ist_transport.resume).  to: where it led. */
int dp_resume(struct dp *dp, unsigned port, const struct ist_addr *to, uint8_t payload,
	      const uint8_t *ticket, size_t len, l2tp_channel *out);
void dp_port_count(struct dp *dp, unsigned port, uint64_t *out, unsigned n);
/* Captures on or off: ops->tap. */
int dp_port_tap(struct dp *dp, unsigned port, bool on);
int dp_port_status(struct dp *dp, unsigned port, char *buf, size_t len);
/* What others can take up there, as ist_transport.fill; 0 when the transport does not say. */
unsigned dp_port_fill(struct dp *dp, unsigned port, struct ist_fill *out, unsigned n);
/* Its offloads, as ist_transport.offloads: how many have been written.  words are NULL when there
 * is no room for more texts. */
unsigned dp_port_offloads(struct dp *dp, unsigned port, struct ist_offload *out, unsigned n);
/* The number of the worker that has it. */
unsigned dp_port_worker(const struct dp *dp, unsigned port);

/* --- a bad line on purpose -------------------------------------------------------------------- */

/* Ways of frames at a port or at one of its circuits: L2TP control and data, and PPP of lines, as
 * its channels carry them.  What the medium says for itself (LMI, LAPB, OAM) is not among them. */
enum dp_impair_way { DP_IMPAIR_IN, DP_IMPAIR_OUT, DP_IMPAIR_WAYS };

#define DP_IMPAIR_CIRCUITS 16u		      /* of a port, itself among them */
#define DP_IMPAIR_TIME_MAX UINT64_C(60000000) /* us of delay, and of jitter */

struct dp_impair {
	/* frames in a million that are lost, come twice, are held back behind later ones, or have a
	 * bit turned */
	uint32_t loss, duplicate, reorder, corrupt;
	uint64_t delay, jitter; /* us; jitter: most that is added */
	uint64_t rate;		/* bit/s of the channel's own octets; 0 = no limit */
	uint64_t seed;		/* of the random numbers */
	uint64_t left;		/* us that it lasts yet; UINT64_MAX = until it is ended */
};

/* X(symbol, key, title): frames + duplicated = passed + lost + full + waiting. */
#define DP_IMPAIR_COUNTS(X)                  \
	X(FRAMES, frames, "Frames")          \
	X(LOST, lost, "Lost")                \
	X(DELAYED, delayed, "Delayed")       \
	X(REORDERED, reordered, "Reordered") \
	X(DUPLICATED, duplicated, "Twice")   \
	X(CORRUPTED, corrupted, "Corrupt")   \
	X(FULL, full, "Full")                \
	X(WAITING, waiting, "Waiting")       \
	X(PASSED, passed, "Passed")
enum dp_impair_count {
#define X(sym, key, title) DP_IMPAIR_##sym,
	DP_IMPAIR_COUNTS(X)
#undef X
		DP_IMPAIR_COUNT
};

struct dp_impair_row {
	struct ist_addr circuit; /* len 0 = all of the port but those that have a row */
	uint8_t way;		 /* enum dp_impair_way */
	bool configured;	 /* by the configuration, else by an operator */
	bool on;		 /* else its time is over */
	struct dp_impair set;
	uint64_t n[DP_IMPAIR_COUNT];
};
/* Set one way of a port, or with circuit != NULL of one of its circuits, in the place of what was
 * set there; set NULL: it is as it was before any, at once.  -ENOSPC: too many circuits of a port,
 * -ENOENT, -ENOMEM. */
int dp_impair_set(struct dp *dp, unsigned port, const struct ist_addr *circuit,
		  enum dp_impair_way way, const struct dp_impair *set, bool configured);
/* Those of a port: how many have been written.  Call it once the time of one is over, too: calls
 * that it has made slow are fast again. */
unsigned dp_impair_rows(struct dp *dp, unsigned port, struct dp_impair_row *out, unsigned n);
#define DP_IMPAIR_ROWS (DP_IMPAIR_CIRCUITS * DP_IMPAIR_WAYS)

/* ACCM of the asynchronous line under a channel; false = its transport has none. */
bool dp_line_accm(struct dp *dp, l2tp_channel c, uint32_t send, uint32_t receive);
/* Its errors since it came up, as ist_transport.errors; false = they are not counted. */
bool dp_line_errors(struct dp *dp, l2tp_channel c, uint32_t out[IST_ERRORS]);

/* --- channels (none of these waits) ----------------------------------------------------------- */

/* Accept an offered channel, or keep one that an unknown peer has made. One that cannot be accepted
 * is refused. */
void dp_answer(struct dp *dp, l2tp_channel c);
/* After either no report of the channel follows, except of a permanent one. */
void dp_refuse(struct dp *dp, l2tp_channel c, const struct ist_cause *why);
void dp_disconnect(struct dp *dp, l2tp_channel c, const struct ist_cause *why);
/* The far end of a channel, as last reported.  False when it is not known. */
bool dp_channel_peer(struct dp *dp, l2tp_channel c, struct ist_addr *out);
uint32_t dp_channel_mtu(struct dp *dp, l2tp_channel c); /* 0 = not known */
/* It has been reported as one of a permanent circuit. */
bool dp_channel_permanent(const struct dp *dp, l2tp_channel c);
/* What it is resumed by, valid until the next call of dp.h; its octets, 0 = it cannot be. */
size_t dp_channel_ticket(const struct dp *dp, l2tp_channel c, const uint8_t **ticket);
/* What the circuit under a channel carries each way, bit/s; 0 = not known. */
struct dp_speed {
	uint64_t tx_bps, rx_bps;
};
struct dp_speed dp_channel_speed(struct dp *dp, l2tp_channel c);

/* --- sending ---------------------------------------------------------------------------------- */

/* One control packet; cookie comes back by ops->sent when WAITING was returned.  dscp: the
 * codepoint of the packet that carries it, 0 to 63, on media that have one. */
enum l2tp_tx dp_send(struct dp *dp, l2tp_channel to, const uint8_t *pkt, size_t len,
		     uint64_t cookie, uint8_t dscp);
/* One PPP frame into a call (LCP always with FF 03, the rest as ff03 of the call says). */
bool dp_ppp_send(struct dp *dp, uint16_t tid, uint16_t sid, const uint8_t *frame, size_t len);
/* A frame with an IP packet that ops->ppp got, since the NCP was not open when it came, or of a
 * bundle that the leg was not yet a link of: handle it as the entry now says.  False when it cannot
 * be passed on (counted). */
bool dp_ip_rx(struct dp *dp, uint16_t tid, uint16_t sid, const uint8_t *frame, size_t len);

/* --- packet filters --------------------------------------------------------------------------- */

/* What a filter of a call sees: IP packets from and to the peer of a terminal, or PPP frames of any
 * call or line (as DLT_PPP; not those of link control: LCP, authentication). */
enum dp_filter {
	DP_FILTER_IP_IN,
	DP_FILTER_IP_OUT,
	DP_FILTER_PPP_IN,
	DP_FILTER_PPP_OUT,
	DP_FILTERS
};

#define DP_FILTER_INSNS 4096u

/* Register a program of the classic BPF machine, copied, under a number from 1 on.  -EINVAL for one
 * that could leave its bounds or not end, -ENOMEM. */
int dp_filter_add(struct dp *dp, const struct bpf_insn *insn, unsigned n, uint32_t *no);
/* Give a number back; calls that have the filter keep it until they are changed.  0 is fine. */
void dp_filter_del(struct dp *dp, uint32_t no);
struct dp_filter_counters {
	uint64_t passed, dropped;
	unsigned calls; /* and lines that have it now */
};
/* Of all calls together.  False, and zeros, for a number that is not registered. */
bool dp_filter_count(const struct dp *dp, uint32_t no, struct dp_filter_counters *out);

/* --- rates ------------------------------------------------------------------------------------ */

/* Directions of a leg that have a limit of their own: IP packets of a terminal, or PPP frames of
 * network protocols of any other call or line, that come in by it and that go out by it. */
enum dp_rate { DP_RATE_UP, DP_RATE_DOWN, DP_RATES };

#define DP_RATE_MAX	  UINT64_C(100000000000) /* bit/s */
#define DP_RATE_BURST	  100000u		 /* us */
#define DP_RATE_BURST_MAX 10000000u

/* --- the call table --------------------------------------------------------------------------- */

#define DP_DSCP_COPY 64u

enum dp_mode {
	DP_PUNT, /* everything to the control thread, in order, bounded (call is being opened) */
	/* IP of open NCPs to and from the TUN, the rest punted under a token bucket; of an NCP that
	 * is not open the first few packets after each change of the entry, since the control
	 * thread may be about to open it */
	DP_TERMINAL,
	DP_FORWARD, /* every frame, LCP included, goes out by another leg and is not looked at */
	DP_MEMBER,  /* a link of a bundle: LCP and authentication are punted, the rest is the
		       bundle's */
};

/* A multilink bundle (RFC 1990): the links by which its frames come and go. */
struct dp_bundle_link {
	uint16_t tid, sid; /* an entry with DP_MEMBER; sid 0 = no link here */
	uint32_t kbps;	   /* 0 = not known */
};
struct dp_bundle {
	uint32_t patience; /* us that a fragment is waited for; 0 = MP_PATIENCE */
	uint16_t mrru;	   /* of what we put together; 0 = no bundle */
	bool rx_short, tx_short;
	bool more; /* the far end may send by another link before it is among these */
	/* MP_LINKS of them; NULL = it has none.  Hardly any entry is a bundle. */
	const struct dp_bundle_link *link;
};

/* A leg as the data plane sees it, named by tid and sid: a call by our Tunnel and Session ID, a
 * line (PPP on a channel of its own) or a bundle by tid 0 and a number of the caller's from 1 on.
 */
struct dp_call {
	/* These are asked for every frame, and fill half a cache line of struct call. */
	l2tp_channel channel;	 /* a bundle has none */
	uint16_t tid, sid;	 /* ours */
	uint16_t to_tid, to_sid; /* DP_FORWARD: the leg that frames go out by; DP_MEMBER: the
				    bundle */
	uint32_t peer4;		 /* server: the client's address, host order; 0 = none */
	enum dp_mode mode;
	uint16_t mtu;  /* largest information field to send */
	bool ip4, ip6; /* which NCPs are open */
	bool client;   /* we are the client: everything the TUN reads goes here, any source may come
			  in */
	bool no_address; /* the medium or the peer has no Address and Control field: never FF 03 */
	bool ff03;	 /* put FF 03 before what we send (the peer did not agree to ACFC) */
	bool pfc;	 /* one-octet protocol fields allowed in what we send */

	bool mirror_ff03; /* leave FF 03 out while the far end leaves it out */
	/* Copies go to ops->copy of its frames that control does not get: of link control,
	 * authentication and network control in DP_FORWARD, echoes otherwise. */
	bool watched;
	/* LCP is open: but for DP_FORWARD, Echo-Requests are answered at once (RFC 1661 5.8), with
	 * these magic numbers; 0 = not negotiated.  Those with another magic number than the
	 * peer's are punted. */
	bool echo;
	bool has_peer6;
	/* Differentiated services codepoint of the packets that carry our frames; 0 = none,
	 * DP_DSCP_COPY = that of the IP packet in the frame */
	uint8_t dscp;
	uint32_t our_magic, peer_magic;
	uint32_t tun;	     /* DP_TERMINAL: number of dp_tun_open(); 0 = none */
	uint32_t rate_burst; /* us at that rate which may come at once; 0 = DP_RATE_BURST */
	struct l2tp_data_config data;
	struct dp_bundle bundle;
	uint8_t peer6[16];	     /* server: the client's /64 prefix */
	uint64_t peer_iid;	     /* and its interface identifier (for its link-local source) */
	uint32_t filter[DP_FILTERS]; /* numbers of dp_filter_add(); 0 = none */
	uint64_t discard; /* codepoints (bit N = N) of IP packets that the medium may drop first */
	/* The most of each direction, bit/s of IP packets or of information fields; 0 = no limit.
	 * A member of a bundle has none of its own. */
	uint64_t rate[DP_RATES];
};
/* Add or change an entry; the sequence state of an existing one is kept.  -ENOMEM, -ENOENT for a
 * channel that is gone, or -EINVAL for a session id of 0 or a filter or TUN that is not there. */
int dp_call_set(struct dp *dp, const struct dp_call *c);
void dp_call_del(struct dp *dp, uint16_t tid, uint16_t sid);

struct dp_call_stats {
	uint64_t rx_frames, rx_octets, tx_frames, tx_octets;
	uint64_t drops, seq_lost, seq_late, seq_reordered;
	uint64_t last_rx; /* us */
	/* of the frames: from or for the control thread, so that the others are the user's data */
	uint64_t control;
	uint64_t filtered_in, filtered_out; /* of rx_frames, and never of tx_frames */
	uint64_t limited[DP_RATES];	    /* dropped by the limit of a rate; likewise */
	bool sending_seq;
};
bool dp_call_stats(struct dp *dp, uint16_t tid, uint16_t sid, struct dp_call_stats *out);
/* Does the XDP program carry the packets of this call?  *why: words, static text; NULL without a
 * program. */
bool dp_call_fast(const struct dp *dp, uint16_t tid, uint16_t sid, const char **why);
/* Why it has left frames of such calls to the workers, reason i from 0 on; false: there are no
 * more.
 */
struct dp_fast_reason {
	const char *key, *words;
	uint64_t count;
};
bool dp_fast_reason(const struct dp *dp, unsigned i, struct dp_fast_reason *out);
/* Do drivers run a program at all, and this device's? */
bool dp_fast_loaded(const struct dp *dp);
bool dp_fast_device(const struct dp *dp, uint32_t ifindex);
/* Its address, when it runs one: frames to another one are not ours. */
void dp_fast_device_is(struct dp *dp, uint32_t ifindex, const uint8_t mac[6]);
/* When data last came in on any call of this tunnel, us; 0 = never.  Cheap: reads one word. */
uint64_t dp_tunnel_heard(const struct dp *dp, uint16_t tid);

/* --- TUN -------------------------------------------------------------------------------------- */

/* Make (or join) a TUN device with this MTU; name may hold %d; offload: those of enum
 * dp_tun_offload that are used where the kernel has them.  Up, addresses and routes are the
 * caller's (netif.h).  Returns its number, from 1 on, or 0 with words in err. */
uint32_t dp_tun_open(struct dp *dp, const char *name, uint16_t mtu, unsigned offload, char *err,
		     size_t err_len);
/* What it has of them, and what the first that opened it wanted. */
unsigned dp_tun_offload(const struct dp *dp, uint32_t no);
unsigned dp_tun_wanted(const struct dp *dp, uint32_t no);
/* The number of the next open one after this, 0 = of the first; 0 = there is none. */
uint32_t dp_tun_next(const struct dp *dp, uint32_t no);
/* The device goes with its last close, and the last call that names it.  0 is fine. */
void dp_tun_close(struct dp *dp, uint32_t no);
/* As the kernel knows it; "" for a number that is not there.  Valid until it is closed. */
const char *dp_tun_name(const struct dp *dp, uint32_t no);
/* A network, or an address of IPv4. */
struct dp_prefix {
	bool v6;
	uint8_t bits; /* 1 to 32, 1 to 64 */
	uint64_t top; /* the first 64 bits of its address; an IPv4 address is their upper 32 */
};
/* As long as the device is there, packets for this network go to the call, which also may send from
 * it.  sid 0: to none, and each is reported by the `absent` function.  A client's own address comes
 * first, then the longest prefix.  False without memory, or when the device is not there. */
bool dp_tun_route(struct dp *dp, uint32_t no, const struct dp_prefix *to, uint16_t tid,
		  uint16_t sid);
/* There is no such route any more.  False when the device is not there. */
bool dp_tun_unroute(struct dp *dp, uint32_t no, const struct dp_prefix *to);
/* True once the device has been removed from outside; it delivers nothing more. Opening the name
 * makes a new one. */
bool dp_tun_gone(const struct dp *dp, uint32_t no);
/* One that is open has been removed from outside. */
bool dp_tun_any_gone(const struct dp *dp);

/* X(symbol, "key", "words") */
#define DP_REASONS(X)                                                                        \
	X(BAD_HDR, "data-hdr", "data header short or lengths wrong")                         \
	X(NO_CALL, "data-no-call", "frame of an unknown or deleted tunnel or call")          \
	X(NO_LINE, "no-line", "PPP frame on a circuit that no line serves")                  \
	X(PORT_CLOSED, "port-closed", "frame to or from a port that has been closed")        \
	X(WRONG_CHANNEL, "data-wrong-channel", "data for a call from another channel")       \
	X(NOT_OPEN, "data-not-open", "network frame while its NCP is closed")                \
	X(SPOOF, "data-spoof", "source address is not the client's")                         \
	X(UNSPECIFIED, "data-unspecified",                                                   \
	  "solicitation or MLD report from :: (address detection); needs no answer")         \
	X(BAD_IP, "data-bad-ip", "IP header short or wrong version")                         \
	X(NO_ROUTE, "tun-no-route", "no client has this address")                            \
	X(TOO_BIG, "data-too-big", "larger than the MTU of the leg")                         \
	X(TUN_WRITE, "tun-write", "write to the TUN device failed")                          \
	X(CHANNEL_FULL, "channel-full", "the channel's queue is full")                       \
	X(SEND, "send-failed", "the transport could not send")                               \
	X(SEQ, "data-seq", "sequence number too old")                                        \
	X(NO_SEQ, "data-no-seq", "no sequence number where sequencing is required")          \
	X(REORDER_FULL, "data-reorder-full", "reorder queue full")                           \
	X(PUNT_LIMIT, "punt-limit", "more PPP control frames than the token bucket lets by") \
	X(CONTROL_RING, "control-ring-full", "control mailbox full")                         \
	X(PPP_RING, "ppp-ring-full", "PPP mailbox full")                                     \
	X(COMMAND_RING, "command-ring-full", "command mailbox full")                         \
	X(NOT_L2TP, "not-l2tp", "frame too short to be L2TP")                                \
	X(BAD_PPP, "data-bad-ppp", "PPP frame without a protocol")                           \
	X(ICMP_LIMIT, "icmp-limit", "too-big packets not answered: ICMP rate limit")         \
	X(TUN_READ, "tun-read", "the TUN device has been removed")                           \
	X(PAIR_RING, "pair-ring-full", "mailbox to another worker full")                     \
	X(LOG_RING, "log-ring-full", "log mailbox full")                                     \
	X(NO_JOIN, "forward-no-leg", "frame for a leg that has gone")                        \
	X(TAP_RING, "tap-ring-full", "capture mailbox full")                                 \
	X(COPY_LIMIT, "copy-limit", "copy for debug beyond what the token bucket lets by")   \
	X(FILTER_IN, "filter-in", "a filter of the call or line does not let it in")         \
	X(FILTER_OUT, "filter-out", "a filter of the call or line does not let it out")      \
	X(RATE_UP, "rate-up", "more from a call or line than its rate lets in")              \
	X(RATE_DOWN, "rate-down", "more for a call or line than its rate lets out")          \
	X(NO_BUNDLE, "bundle-gone", "frame of or for a link that is in no bundle")           \
	X(BUNDLE_HEAD, "bundle-head", "multilink head short or with reserved bits")          \
	X(BUNDLE_LATE, "bundle-late", "fragment that came twice, or when it was given up")   \
	X(BUNDLE_BROKEN, "bundle-broken", "fragment of a packet that cannot be completed")   \
	X(BUNDLE_FULL, "bundle-full", "fragment beyond the bundle's share of memory")        \
	X(BUNDLE_LINKS, "bundle-links", "packet that no link of the bundle can carry")       \
	X(NOT_SET, "entry-not-set", "entry of a call or route that data had no memory for")  \
	X(DIED_CONTROL, "died-control", "control message in a mailbox when data died")       \
	X(DIED_FRAME, "died-frame", "PPP frame in a mailbox when data died")                 \
	X(CROWDED, "crowded", "user's packet while more came by its port than is read")      \
	X(IMPAIR_IN, "impair-in", "frame that came in, lost on purpose (impair)")            \
	X(IMPAIR_OUT, "impair-out", "frame that went out, lost on purpose (impair)")         \
	X(IMPAIR_IN_FULL, "impair-in-full", "frame that came in, beyond what impair holds")  \
	X(IMPAIR_OUT_FULL, "impair-out-full", "frame that went out, beyond what impair holds")

enum dp_reason {
#define X(sym, key, words) DP_R_##sym,
	DP_REASONS(X)
#undef X
		DP_R_COUNT
};
struct dp_reason_row {
	const char *key, *words;
};
extern const struct dp_reason_row dp_reasons[DP_R_COUNT];

struct dp_counters { /* folded over workers */
	uint64_t reason[DP_R_COUNT];
	uint64_t rx_frames, tx_frames;	 /* that carry PPP, in L2TP data messages or alone */
	uint64_t rx_control, tx_control; /* L2TP control messages */
	uint64_t tun_rx, tun_tx;
	uint64_t tun_cut, tun_joined; /* of these: by super-packets */
	uint64_t fragmented;	      /* IPv4 packets cut to the MTU of their leg */
	uint64_t echoes;	      /* LCP Echo-Requests answered without the control thread */
	/* received with the marks of their medium: FECN, BECN, EFCI; DE, CLP */
	uint64_t rx_congested, rx_discard;
	uint64_t deaths; /* data died, and another one went on */
	/* What goes in must come out or be counted: once nothing waits,
	 *   rx_frames + tun_rx + from_control + made =
	 *   tx_frames + tun_tx + punted + joined + dropped */
	uint64_t from_control; /* PPP frames, and IP packets in them, that control has sent */
	uint64_t punted;       /* frames, and packets of TUN devices, that control has got */
	uint64_t made;	       /* beyond one: fragments of a packet or frame; and our ICMP errors */
	uint64_t joined;       /* beyond one: fragments of multilink, of a frame */
	uint64_t dropped;      /* of all reasons: those of a frame or packet that was counted */
};
void dp_count(struct dp *dp, struct dp_counters *out);

#endif
