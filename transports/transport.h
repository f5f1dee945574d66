/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * transport.h: what a medium looks like to isthmus.  Installed; the plugin ABI.
 *
 * A transport is one const struct ist_transport.  A port is one configured instance of it; it lives
 * on one thread and is called from no other.  On a port are circuits (a DLCI, a PVC, an X.25 call,
 * a UDP peer), and on a circuit are channels: circuit times payload kind, L2TP or PPP.  The
 * transport adds and removes the medium's encapsulation and tells the channels apart; the host
 * never sees it.
 *
 * Rules
 *  - Nothing blocks.  Nothing in a transport is called again from inside a report it makes, except
 *    `send`, `answer`, `refuse` and `disconnect`; and a transport never reports from inside one of
 *    the host's calls (defer to a timer of 0 us).
 *  - Boundaries are kept: one frame in is one frame out.  Nothing corrupted is delivered.  Every
 *    lost frame is counted, by reason.
 *  - Receive memory is valid until the callback returns.  When `send` returns it has consumed or
 *    copied the frames it took.
 *  - A frame's head goes out in front of the payload as its own piece: payload is never moved.
 *  - Times are microseconds of the host's monotonic clock.
 *  - New members are added at the end only; the reader of a struct tests its size first.
 *  - Errors are negative errno values.
 *  - Only `host->wake(port)` may be called from a thread of the transport's own.
 */
#ifndef IST_TRANSPORT_H
#define IST_TRANSPORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define IST_TRANSPORT_ABI 1u
#define IST_HEAD_MAX	  64u /* octets of head a frame may have */
#define IST_TICKET_MAX	  1024u

struct ist_port; /* the transport's own */

enum ist_cap {
	IST_CAP_L2TP = 1u << 0,
	IST_CAP_PPP = 1u << 1,
	IST_CAP_FLOW = 1u << 2,	    /* `send` may take fewer than asked; `writable` follows */
	IST_CAP_UNKNOWN = 1u << 3,  /* takes circuits that are not configured (UDP, X.25) */
	IST_CAP_SWITCHED = 1u << 4, /* has connect, answer, refuse, disconnect */
	/* `send` takes ist_frame.segment.  No built-in medium has it yet: it is for UDP's
	 * generic segmentation offload.  Any transport may give segments with `frames`. */
	IST_CAP_SEGMENTS = 1u << 5,
	/* `connect` to an address that is none of its configured circuits may place a call, as
	 * where calls are switched; none is ever offered. */
	IST_CAP_CALLS = 1u << 6,
};

enum ist_payload { IST_PAYLOAD_L2TP = 1, IST_PAYLOAD_PPP = 2 };

/* An address as the medium writes it: opaque, zero padded, so that memcmp is equality. */
struct ist_addr {
	uint16_t len;
	uint8_t data[62];
};

/* A channel on a port: index and generation, so that a stale handle is seen.  0 = none. */
typedef uint32_t ist_channel;

enum ist_frame_flag {
	/* sending: jump the data queue where there is one */
	IST_FRAME_CONTROL = 1u << 0,
	/* received: the medium says congestion (FECN, BECN, EFCI); the host counts it */
	IST_FRAME_CONGESTED = 1u << 1,
	/* received: the medium may drop it first (DE, CLP), the host counts it; sending: mark it
	 * so where the medium can */
	IST_FRAME_DISCARD = 1u << 2,
};
/* Sending: bits 8 to 13 are the differentiated services codepoint (RFC 2474) of the packet that
 * carries the frame, where the medium has one; 0 = as the port is set up. */
#define IST_FRAME_DSCP(codepoint) ((uint32_t)(codepoint) << 8)
#define IST_FRAME_DSCP_OF(flags)  ((flags) >> 8 & 63u)

struct ist_frame {
	ist_channel channel;
	uint32_t flags;
	const uint8_t *head; /* sending only: goes in front of payload; NULL = none */
	const uint8_t *payload;
	uint32_t head_len; /* <= IST_HEAD_MAX */
	uint32_t len;	   /* octets of payload */
	uint32_t segment;  /* payload is frames of this size, the last may be shorter; 0 = one frame
			    */
};

/* Why a circuit went down or was refused; turned into CDN and Q.931 words by the host. */
enum ist_cause_kind {
	IST_CAUSE_NONE,
	IST_CAUSE_LOCAL,    /* we closed it */
	IST_CAUSE_LINK,	    /* the link under the port failed */
	IST_CAUSE_INACTIVE, /* the network says inactive or deleted (LMI) */
	IST_CAUSE_CLEARED,  /* the peer or network cleared it: cause and diagnostic */
	IST_CAUSE_TIMEOUT,
	IST_CAUSE_REFUSED,
};
struct ist_cause {
	uint8_t kind;		   /* enum ist_cause_kind */
	uint8_t cause, diagnostic; /* the medium's own codes (X.25) */
	const char *words;	   /* static text, or NULL */
};

/* What is known of a circuit when it is offered or comes up.  Text members may be NULL. */
struct ist_attrs {
	uint32_t size;
	uint8_t payload;	     /* enum ist_payload */
	uint8_t permanent;	     /* not switched */
	struct ist_addr local, peer; /* the two ends, as addr_format prints them */
	const char *called, *calling;
	const uint8_t *user_data;
	uint32_t user_data_len;
	/* What the circuit carries each way, as configured or as its network said; 0 = not known,
	 * never a guess.  Told to L2TP peers as connect speeds. */
	uint64_t tx_bps, rx_bps;
	/* --- only append below --- */
	/* What the medium calls the channel: DLCI, VPI << 16 | VCI, logical channel, session; 0 =
	 * nothing.  Told to L2TP peers as Physical Channel ID. */
	uint32_t number;
	uint8_t async; /* start-stop octets (RFC 1662 section 4.3); else it is synchronous */
	/* What an access node says of the line, as TR-101 suboptions: type, length, value; NULL =
	 * nothing. */
	const uint8_t *access_line;
	uint32_t access_line_len;
	/* What is called behind the called address: of X.25 the digits of the called address
	 * extension; NULL = nothing.  `connect` too may be given one, which a medium without them
	 * ignores.  Told to L2TP peers as Sub-Address. */
	const char *sub_address;
	/* With `up`, of a transport that has `resume`: what that has to know to go on with the
	 * channel after this process has died.  At most IST_TICKET_MAX octets of the transport's
	 * own; NULL = the channel ends with its process. */
	const uint8_t *ticket;
	uint32_t ticket_len;
};

/* Does *p have this member?  A struct of an older ABI is shorter; its `size` says where it ends. */
#define IST_HAS(p, member) \
	((uint32_t)((const char *)(&(p)->member + 1) - (const char *)(p)) <= (p)->size)

/* --- what the host gives ---------------------------------------------------------------------- */

enum ist_watch { IST_READ = 1, IST_WRITE = 2 };

/* Things that a port opens by name, some of which need a privilege. */
enum ist_open_kind {
	IST_OPEN_PACKET = 1, /* AF_PACKET socket, not bound yet, to be used on device `name` */
	IST_OPEN_TUN,	     /* bare packets by a device made here; %d in its name is a number */
	IST_OPEN_TAP,	     /* Ethernet frames, likewise */
	IST_OPEN_TTY,	     /* tty or pty, read and written without waiting */
	IST_OPEN_READ,	     /* file or named pipe to be read, without waiting */
	IST_OPEN_WRITE,	     /* file that begins anew, or a named pipe that has a reader */
	IST_OPEN_UDP,	     /* datagram socket bound to an address */
	IST_OPEN_LISTEN,     /* TCP socket that listens on an address */
	IST_OPEN_KINDS
};
enum ist_open_flag {
	IST_OPEN_HEAD = 1,	  /* TUN: four octets of packet information before each packet */
	IST_OPEN_UP = 2,	  /* TUN, TAP: the device is taken up, without ARP */
	IST_OPEN_NO_ADDRESS = 4,  /* TUN: the kernel makes no link-local address for it */
	IST_OPEN_DESTINATION = 8, /* UDP: each datagram says to which address it came */
	IST_OPEN_NO_LINK = 16,	  /* READ, WRITE: a path that ends in a symbolic link is refused */
	IST_OPEN_LONG_QUEUE =
		32, /* TUN: it holds IST_OPEN_QUEUE packets while nobody reads it, if we may */
	IST_OPEN_MARK =
		64, /* UDP: each datagram says its mark; the opener may set that of others */
	IST_OPEN_ESP = 128,   /* UDP: what has not come by ESP in transport mode is dropped */
	IST_OPEN_SUPER = 256, /* TUN: each packet has the header of virtio-net in front */
	/* UDP: at an address that a socket of the same port has, by which SO_REUSEPORT is set */
	IST_OPEN_SHARE = 512,
};
#define IST_OPEN_NAME  256u
#define IST_OPEN_QUEUE 16000u

/* Zero filled but for what the kind needs, so that memcmp is equality. */
struct ist_open {
	uint32_t size;
	uint8_t kind;		  /* enum ist_open_kind */
	uint8_t family;		  /* UDP, LISTEN: 4 or 6 */
	uint16_t port;		  /* UDP, LISTEN; 0 = any */
	uint8_t ip[16];		  /* UDP, LISTEN: in network order, IPv4 in the first four octets */
	uint32_t scope;		  /* UDP, LISTEN: interface of an IPv6 link-local address */
	uint32_t flags;		  /* enum ist_open_flag */
	uint32_t receive, send;	  /* UDP: octets of the socket's buffers, 0 = the system's */
	uint16_t mtu;		  /* TUN, TAP; 0 = the system's */
	uint16_t type;		  /* TUN: ARPHRD number, 0 = none */
	uint32_t backlog;	  /* LISTEN */
	char name[IST_OPEN_NAME]; /* device or path, NUL ended */
};

/* All are called on the port's own thread, except wake. */
struct ist_host {
	uint32_t abi, size;
	/* Watch fd for `what` (IST_READ|IST_WRITE; 0 = stop).  on_fd is called with what is ready.
	 */
	int (*watch)(void *host, int fd, unsigned what, void (*on_fd)(void *arg, unsigned ready),
		     void *arg);
	/* One-shot timer.  *id 0 = make a new one and store its id; else move that one, also after
	 * it has fired.  at: absolute us, UINT64_MAX = stop and forget (*id becomes 0). */
	int (*timer)(void *host, uint32_t *id, uint64_t at,
		     void (*on_time)(void *arg, uint64_t now), void *arg);
	uint64_t (*now)(void *host);
	/* level as in syslog: 3 error, 4 warning, 5 notice, 6 info, 7 debug */
	void (*log)(void *host, int level, const char *fmt, ...)
#if defined(__GNUC__)
		__attribute__((format(printf, 3, 4)))
#endif
		;
	/* Give a capture the frame as it is on the wire: link_type is the number in the head of
	 * pcap files (LINKTYPE_...).  Test *tap_on first: it is false while no capture runs. */
	void (*tap)(void *host, bool outbound, uint16_t link_type, const void *head,
		    uint32_t head_len, const void *payload, uint32_t len);
	const bool *tap_on;
	/* From any thread: have on_wake called on the port's thread. */
	void (*wake)(void *host);

	/* --- reports of the port ------------------------------------------------------------------- */

	void (*frames)(void *host, const struct ist_frame *f, unsigned n);
	/* A circuit asks to be let in; the host answers or refuses, now or later. */
	void (*offer)(void *host, ist_channel c, const struct ist_attrs *a);
	/* A channel can carry frames. */
	void (*up)(void *host, ist_channel c, const struct ist_attrs *a);
	/* It cannot.  forever: the handle is dead after this; else it may come up again. */
	void (*down)(void *host, ist_channel c, const struct ist_cause *why, bool forever);
	void (*mtu_changed)(void *host, ist_channel c);
	void (*writable)(void *host, ist_channel c);
	/* The port is of no more use; the host will close it. */
	void (*failed)(void *host, int err, const char *words);
	/* --- only append below --- */
	/* Open this; `check` of the transport has named it before.  A descriptor, the port's from
	 * here on, which does not wait and is closed on exec; or -errno, -ENOSYS for a port that is
	 * to open by itself, as it does when this is NULL. */
	int (*open)(void *host, const struct ist_open *what);
	/* Half of what can wait to be read is waiting, or no longer.  While it is the host drops
	 * users' packets, so that what keeps tunnels, calls and circuits alive is read before it is
	 * lost.  Test `size`; may be NULL. */
	void (*crowded)(void *host, bool on);
};

/* --- configuration ---------------------------------------------------------------------------- */

/* The keys a transport adds to `<name> PORT { ... }` and to its circuit sections.  The host parses
 * and checks them and hands them over as text: numbers are in range, words are of the list. */
enum ist_key_kind {
	IST_KEY_TEXT,
	IST_KEY_NUMBER, /* min..max */
	IST_KEY_BOOL,	/* handed over as "yes" or "no" */
	IST_KEY_WORD,	/* one of words */
	IST_KEY_TIME,	/* "10s", "500ms", "2m"; handed over as microseconds in digits */
	IST_KEY_LIST,	/* several texts; given once per member, in order */
};
enum ist_key_flag { IST_KEY_REQUIRED = 1, IST_KEY_PORT = 2, IST_KEY_CIRCUIT = 4 };

struct ist_key {
	const char *name; /* NULL ends a table */
	uint8_t kind, flags;
	int64_t min, max;
	const char *words; /* IST_KEY_WORD: "none annex-a annex-d" */
	const char *deflt; /* NULL = none: the key is absent unless given */
	const char *help;  /* one line, for people */
};

/* One key with its value, or a circuit section. */
struct ist_setting {
	const char *key, *value;
};
struct ist_circuit_config {
	struct ist_addr addr;
	uint32_t payloads; /* bit (1u << enum ist_payload) for each it carries */
	const struct ist_setting *setting;
	unsigned settings;
};
struct ist_port_config {
	uint32_t size;
	const char *name; /* of the port, e.g. "fr0" */
	const struct ist_setting *setting;
	unsigned settings;
	const struct ist_circuit_config *circuit;
	unsigned circuits;
};

/* Counters: the transport names them once, the host reads them whenever it likes. */
struct ist_counter {
	const char *name; /* "lmi-status-rx"; NULL ends the table */
	const char *words;
};

/* One kind of thing that others can take up on a port, with its limits; for `show summary`. */
struct ist_fill {
	const char *words;    /* "connections", "sessions"; static */
	uint32_t taken, most; /* in all */
	uint32_t worst,
		each_most; /* of one source; each_most 0 = a source has no limit of its own */
};

/* What a port may take when others fill it up, beside its configured circuits and its link. */
struct ist_need {
	uint32_t circuits, descriptors;
};

/* How it stands with one thing by which the kernel makes frames cheaper. */
enum ist_offload_state {
	IST_OFFLOAD_ACTIVE = 1,
	IST_OFFLOAD_OFF,     /* by the port's settings */
	IST_OFFLOAD_ABSENT,  /* this kernel does not offer it */
	IST_OFFLOAD_REFUSED, /* `err` says why */
	IST_OFFLOAD_SMALLER, /* memory: less than was asked for */
};
/* One of them; for `show datapath`. */
struct ist_offload {
	const char *words;   /* "datagrams received together (UDP_GRO)"; static */
	uint32_t state;	     /* enum ist_offload_state */
	uint32_t err;	     /* REFUSED: errno */
	uint64_t asked, got; /* memory: octets, or slots; asked 0 = what there is by itself; both 0
				= none */
	const char *hint;    /* what an administrator could do for it; static, NULL = nothing */
};

#define IST_ERRORS 6u /* kinds of physical layer errors */

/* A port on its way to another process: octets of the transport's own, and descriptors. */
struct ist_frozen {
	uint32_t size;
	uint8_t *octets;
	size_t len, room; /* there are, there is room for */
	int *fd;
	unsigned fds, fd_room;
};

/* --- the transport ---------------------------------------------------------------------------- */

struct ist_transport {
	uint32_t abi;  /* IST_TRANSPORT_ABI */
	uint32_t size; /* sizeof(struct ist_transport) as compiled */
	const char *name;
	uint32_t caps; /* enum ist_cap */
	const struct ist_key *keys;
	const char *circuit_word; /* alias of `channel` in its sections: "dlci", "pvc"; or NULL */
	const struct ist_counter *counters;

	/* Open a port.  err gets words when it fails.  Reports start after it has returned. */
	int (*open)(struct ist_port **out, const struct ist_host *host, void *host_ctx,
		    const struct ist_port_config *cfg, char *err, size_t err_len);
	/* No report after this.  Circuits are closed politely where that takes no waiting. */
	void (*close)(struct ist_port *p);
	/* Frames for one channel.  Returns how many were taken (a short count means the channel is
	 * full and `writable` follows), or -errno when none can ever be. */
	int (*send)(struct ist_port *p, const struct ist_frame *f, unsigned n);
	/* Octets of payload (head included) one frame of this channel may have. */
	uint32_t (*mtu)(const struct ist_port *p, ist_channel c);
	int (*addr_parse)(struct ist_addr *out, const char *text);
	/* snprintf rules */
	int (*addr_format)(const struct ist_addr *a, char *buf, size_t len);
	/* Find or make the channel to an address: at once where the medium has no call (UDP, a
	 * PVC), placing a call where it has.  `up` or `down` follows for the latter. */
	int (*connect)(struct ist_port *p, const struct ist_addr *to, uint8_t payload,
		       const struct ist_attrs *a, ist_channel *out);
	/* Current values, in the order of `counters`. */
	void (*count)(const struct ist_port *p, uint64_t *out, unsigned n);
	/* Give up a channel made by connect, by an offer or by a stranger's frame.  For a line of
	 * PPP it is called at the end of each use, on permanent circuits too, which stay: what can
	 * be hung up is, and goes `down` for a while. */
	void (*disconnect)(struct ist_port *p, ist_channel c, const struct ist_cause *why);
	/* IST_CAP_SWITCHED: let an offered call in, or not.  IST_CAP_UNKNOWN without it (UDP): `up`
	 * comes with the first frame of a stranger, whose channel is recycled (`down`, forever)
	 * when others need the room and it was used least recently; `answer` keeps it until
	 * `disconnect`. */
	int (*answer)(struct ist_port *p, ist_channel c);
	int (*refuse)(struct ist_port *p, ist_channel c, const struct ist_cause *why);
	/* Called on the port's thread after host->wake(); NULL = never wakes. */
	void (*on_wake)(struct ist_port *p);
	/* One line for `show ports`, e.g. "LMI annex-a user up"; snprintf rules; may be NULL. */
	int (*status)(const struct ist_port *p, char *buf, size_t len);
	/* Does address a match a configured pattern text?  NULL = exact text only. */
	bool (*addr_match)(const struct ist_addr *a, const char *pattern);
	/* --- only append below --- */
	/* What others can take up on this port, and how much of it they have: at most n of them are
	 * written, *out zeroed before; returns how many there are.  Test `size`; may be NULL. */
	unsigned (*fill)(const struct ist_port *p, struct ist_fill *out, unsigned n);
	/* An asynchronous line, as PPP at its ends has agreed (RFC 1662 7.1): control octets to
	 * escape when sending (bit n = octet n), and those to drop when they come unescaped.  Until
	 * the channel goes down; NULL = no line is asynchronous. */
	void (*set_accm)(struct ist_port *p, ist_channel c, uint32_t send, uint32_t receive);
	/* Errors of the physical layer since the channel came up, in the order of RFC 2661 4.4.6:
	 * CRC, framing, hardware overruns, buffer overruns, time-outs, alignment.  NULL = they are
	 * not counted; false = the channel is not up. */
	bool (*errors)(const struct ist_port *p, ist_channel c, uint32_t out[IST_ERRORS]);
	/* What a port with these settings may need, asked before it is opened; *out zeroed before.
	 * NULL = 1024 of each with IST_CAP_SWITCHED, else nothing. */
	void (*need)(const struct ist_port_config *cfg, struct ist_need *out);
	/* IST_CAP_CALLS: can `connect` call this address?  False for those of its permanent
	 * circuits, which need a section.  NULL = every address. */
	bool (*addr_calls)(const struct ist_addr *a);
	/* Is there a mistake in these settings?  What `open` refuses of their own text, found
	 * without opening anything: no device need be there.  -errno with words in err:
	 * "KEY: ..." about a key of the port, "WORD ADDRESS: ..." about a circuit, WORD being
	 * circuit_word or "channel"; a host finds the line of the mistake by these.  Without a
	 * mistake: how many things the port will ask host->open for, of which at most n are
	 * written.  NULL = only `open` knows, and it opens all by itself. */
	int (*check)(const struct ist_port_config *cfg, struct ist_open *opens, unsigned n,
		     char *err, size_t err_len);
	/* Another process of this host, perhaps of another version, goes on with the port and its
	 * circuits, and the far ends notice nothing.  NULL = both, and the circuits begin anew
	 * there.
	 *
	 * freeze: write the state to f->octets, and which descriptors go with it to f->fd; they
	 * stay the port's until it is closed, so pass duplicates on before.  0: the port has
	 * stopped; it reports nothing, takes no call but `close`, and that says nothing to anybody.
	 * -ENOSPC: f is too small, -EOPNOTSUPP: a port with these settings cannot; and nothing has
	 * happened. Not called from inside a report. */
	int (*freeze)(struct ist_port *p, struct ist_frozen *f);
	/* thaw: open a port as `open` does, with that state.  Channels have the handles they had;
	 * those that are up, or offered, are reported again, as after `open`, by on_wake or a timer
	 * that is due at once: one that has not been reported within a second has gone, for the
	 * host.  Octets are judged as
	 * hostile: -EINVAL with words, and `open` may follow.  What the settings, which may have
	 * changed, do not allow begins anew.  A descriptor that was taken becomes -1 in f->fd; the
	 * caller closes the others, whatever was returned. */
	int (*thaw)(struct ist_port **out, const struct ist_host *host, void *host_ctx,
		    const struct ist_port_config *cfg, struct ist_frozen *f, char *err,
		    size_t err_len);
	/* The process that had a channel has died without a word, so its far end still has it: go
	 * on with it, on a port that was opened anew, and send nothing.  ticket: what the channel
	 * came `up` with there; judged as hostile.  0: *out carries frames from now on, and `up`
	 * follows; a ticket of a channel that is there gives that one.  -ESTALE: these settings or
	 * this link cannot have it; -EINVAL: no such ticket was ever given; then nothing has
	 * happened.  NULL = a channel that is not permanent ends with its process. */
	int (*resume)(struct ist_port *p, const uint8_t *ticket, size_t len, ist_channel *out);
	/* IST_CAP_SWITCHED, IST_CAP_CALLS: can a port with these settings place calls at all, or
	 * does it only take them?  NULL = it can. */
	bool (*calls)(const struct ist_port_config *cfg);
	/* Which offloads the port has, and which it could have: at most n of them are written, *out
	 * zeroed before; returns how many there are.  NULL = it knows of none. */
	unsigned (*offloads)(const struct ist_port *p, struct ist_offload *out, unsigned n);
	/* An address of an end of a channel that carries L2TP in UDP over IPv4 and nothing else, as
	 * the IPv4 and UDP headers have it; port in the host's order.  False for another one, or
	 * one that needs more than its headers say, as IPsec.  NULL = there are none. */
	bool (*addr_udp4)(const struct ist_addr *a, uint8_t ip[4], uint16_t *port);
	/* Our end of a channel, which `connect` has chosen, as `up` says it of others.  False:
	 * there is no such channel, or its end has no address.  NULL = only `up` says. */
	bool (*chan_local)(const struct ist_port *p, ist_channel c, struct ist_addr *out);
};

/* A plugin exports exactly this. */
#define IST_TRANSPORT_SYMBOL "ist_transport_v1"

#ifdef __cplusplus
}
#endif
#endif
