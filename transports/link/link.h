/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Links: the raw pipe under a transport.  A link is opened from a text, "packet:eth1", and carries
 * whole frames.  It is up or down: when its device, socket or file goes away it is down and tries
 * again with growing pauses.  It never ends the port.
 *
 *   udp:LOCAL>REMOTE   one frame per datagram, both ends as "ADDRESS:PORT"
 *   packet:INTERFACE   a network device: frames as they are on a Frame Relay device, with an
 *                      ethertype and a 16-bit length in front on an Ethernet
 *   tun:INTERFACE      a TUN device made here, of the transport's own link type, for the protocol
 *                      stack of this host's kernel
 *   tap:INTERFACE      an Ethernet device made here, frames on it as on that of a packet: link
 *   loop:NAME          two links of one process
 *   atmtcp:ADDRESS:PORT, atmtcp-listen:ADDRESS:PORT
 *                      Linux's "ATM over TCP": AAL5 SDUs, each behind its VPI and VCI
 *   atmpvc:INTERFACE   AAL5 SDUs, the same frames, by the ATM of this host's kernel
 *   pcap:IN>OUT        frames of one capture file are received, sent ones recorded in the other;
 *                      either may be left out, or be a named pipe: a capture that another
 *                      program makes or watches, or the pcap: link of another gateway
 *
 * A transport may ask for whole Ethernet frames instead (`ether` below).  Then `packet:` and `tap:`
 * carry those of its two ethertypes without a tag, and any other link carries any octets as ever.
 *
 * Under every link the line can be made bad on purpose (impair.h).  Like transports, links report
 * (frames, carrier) from descriptors and timers only, never from inside a call.
 */
#ifndef TRANSPORTS_LINK_LINK_H
#define TRANSPORTS_LINK_LINK_H

#include "transports/kit/impair.h"
#include "transports/kit/linktype.h"

#define LINK_FRAME_MAX 10240u

struct handover;
struct link;

struct link_frame {
	const uint8_t *head, *payload; /* head: sending only, NULL = none */
	uint32_t head_len, len;
};

struct link_user {
	void (*frames)(void *ctx, const struct link_frame *f, unsigned n);
	/* words: why it is down */
	void (*carrier)(void *ctx, bool up, const char *words);
};

/* A circuit of the port. */
struct link_circuit {
	uint16_t vpi, vci;
	uint32_t sdu_max; /* octets of an SDU */
};

struct link_conf {
	const struct ist_host *host; /* NULL: the text is only checked */
	void *host_ctx;
	const struct link_user *user;
	void *ctx;
	uint16_t ethertype;
	/* The ethertypes of a transport whose frames are whole Ethernet frames, from the
	 * destination address on and without FCS; 0 = its frames are wrapped in one of `ethertype`.
	 */
	uint16_t ether[2];
	struct settings settings; /* the port's, for the impair keys */
	bool little_endian;	  /* the length in front of a frame over Ethernet */
	/* ARPHRD and ETH_P numbers of a TUN device, the latter also of any device of the medium's
	 * own; 0 = the transport has none.  With ETH_P_ALL frames of any number are taken. */
	uint16_t tun_type, tun_protocol;
	/* Octets that most frames will have at most: memory for many is kept then.  0 = they are as
	 * long as the device's. */
	uint32_t short_frames;
	bool sdus; /* frames are AAL5 SDUs behind VPI and VCI, two octets each */
	/* All the circuits, ascending, for links that must open each; valid until the link is
	 * closed. */
	const struct link_circuit *circuit;
	unsigned circuits;
	uint16_t linktype; /* of the frames in a capture file */
	/* With LINKTYPE_UPPER_PDU: the name in front of each frame, and which side we are. */
	const char *dissector;
	bool dce;
	struct handover
		*from; /* opening: what link_hand() wrote in another process; NULL = nothing */
};

/* Rows for the key table of a transport that stands on a link. */
/* clang-format off */
#define LINK_KEYS LINK_KEYS_FOR("0x88b5", "")
#define LINK_KEYS_FOR(its_ethertype, more_links)                                                   \
	{"link", IST_KEY_TEXT, IST_KEY_REQUIRED | IST_KEY_PORT, 0, 0, NULL, NULL,                  \
	 "the link under the port: packet:, tun: or tap:INTERFACE, udp:LOCAL>REMOTE, loop:NAME, "          \
	 "pcap:IN>OUT, atmtcp: or atmtcp-listen:ADDRESS:PORT, atmpvc:INTERFACE" more_links},       \
	PORT_TEXT("ethertype", its_ethertype,                                                      \
		  "of packet links over Ethernet and of tap links"),                               \
	LINK_LINE_KEYS
/* Without the rows `link` and `ethertype`. */
#define LINK_LINE_KEYS                                                                             \
	PORT_BOOL("receive-ring", "yes",                                                           \
		  "packet links: take many frames at a time, from memory shared with the kernel"), \
	PORT_WORD("receive-ring-of", "slots blocks", NULL,                                         \
		  "what that memory is made of: slots, a place for each frame (the default), or "  \
		  "blocks, which hold more short frames, but one alone comes 1 to 4 ms later"),    \
	PORT_BOOL("qdisc-bypass", "no",                                                            \
		  "packet links: send past queueing disciplines, and this host's captures"),       \
	PORT_WORD("replay", "recorded full-speed", "recorded", "pace of pcap links"),              \
	IMPAIR_KEYS,                                                                               \
	PORT_WORD("impair-direction", "send receive both", "both",                                 \
		  "direction of the frames that the impair keys spoil")
/* clang-format on */

#define LINK_COUNTERS(X)                                                                         \
	X(LINK_RX, "link-rx", "frames the link received")                                        \
	X(LINK_TX, "link-tx", "frames the link sent")                                            \
	X(LINK_RX_BAD, "link-rx-bad", "frames dropped, the link's own header was wrong")         \
	X(LINK_RX_TOO_LONG, "link-rx-too-long", "frames dropped, longer than the buffer")        \
	X(LINK_RX_DOWN, "link-rx-down", "frames dropped, received before the link was up")       \
	X(LINK_RX_LOST, "link-rx-lost", "frames lost in the kernel, we were too slow")           \
	X(LINK_TX_DOWN, "link-tx-down", "frames dropped, link down")                             \
	X(LINK_TX_TOO_LONG, "link-tx-too-long", "frames dropped, longer than the link carries")  \
	X(LINK_TX_FULL, "link-tx-full", "frames dropped, no room in the link's buffer")          \
	X(LINK_TX_ERROR, "link-tx-error", "frames dropped, other errors")                        \
	X(LINK_DOWN, "link-down", "times the link went down")                                    \
	X(LINK_CONTROL, "link-control", "records of the link's own protocol")                    \
	X(LINK_REFUSED, "link-refused", "connections refused, the link has one already")         \
	X(LINK_STRANGER, "link-stranger", "connections refused, address not in atmtcp-from")     \
	X(LINK_STARVED, "link-no-descriptors", "times a connection had to wait for descriptors") \
	IMPAIR_COUNTERS(X)

enum link_counter {
#define X(sym, name, words) sym,
	LINK_COUNTERS(X)
#undef X
		LINK_COUNTER_COUNT
};

/* err gets words for a text that is malformed or can never work. */
int link_open(struct link **out, const char *text, const struct link_conf *conf, char *err,
	      size_t err_len);
/* The same for a port whose keys have LINK_KEYS: `link` and, unless conf->ether is given,
 * `ethertype` are read from conf->settings. */
int link_open_configured(struct link **out, struct link_conf *conf, char *err, size_t err_len);
/* What link_open_configured() refuses of the text, without opening anything, as
 * ist_transport.check; conf->host is not used. */
int link_check_configured(const struct link_conf *conf, struct ist_open *opens, unsigned n,
			  char *err, size_t err_len);
void link_close(struct link *l);
/* Freezing: write it, for conf.from.  Opened from that, the link is up at once, without a report of
 * the carrier, if it was and its descriptor came along (link_up() says so); else it starts as ever.
 */
void link_hand(struct link *l, struct handover *h);
/* Watches and timers end; only link_close() follows. */
void link_quiet(struct link *l);
/* The carrier is reported anew, as if the link had just started. */
void link_renew(struct link *l);
/* A frame that cannot be sent is dropped and counted. */
void link_send(struct link *l, const struct link_frame *f, unsigned n);
bool link_up(const struct link *l);
/* Does it wait for a connection of the other side?  It has one at a time. */
bool link_accepts(const struct link *l);
/* Octets of the longest frame it carries now. */
uint32_t link_mtu(const struct link *l);
/* The address our end has on an Ethernet, as it is now; false when the link has none to give. */
bool link_mac(const struct link *l, uint8_t mac[6]);
/* As ist_transport.offloads, of what is under the port now. */
unsigned link_offloads(const struct link *l, struct ist_offload *out, unsigned n);
/* LINK_COUNTER_COUNT values. */
void link_count(const struct link *l, uint64_t *out);

#endif
