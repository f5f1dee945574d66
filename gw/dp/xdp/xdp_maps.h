/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the XDP program (xdp_kern.c) and the process that fills its maps (xdp_table.c) both know:
 * the layout of the maps, and why a frame was passed to the kernel.  Compiled for both machines, so
 * it names types of fixed size only.
 *
 *   index    our Session ID -> slot, in the lower 32 bits; 0 there = no call of this id is fast
 *   calls    slot -> struct xdp_call: settings, and the counters of what the program has carried
 *   near4    lower bits of a client's IPv4 address -> a word with all of it and our Session ID
 *   addr4    the same for an address whose word in near4 another one has: XDP_MORE there says so
 *   addr6    a client's /64 -> our Session ID
 *   heard    our Tunnel ID -> when data last came in for it
 *   devices  ifindex -> struct xdp_device: where frames come from and may leave by
 *   passed   enum xdp_why -> frames of fast calls that went to the kernel
 *   grace    nothing: to write to it waits until no run of the program sees what was there before
 *
 * A call has the slot of its own Session ID, unless that one rests: so the program asks for both at
 * once, and need not wait for the index.
 * The settings of a slot that the index names are never changed: a change is another slot, and one
 * word of the index.
 */
#ifndef GW_DP_XDP_MAPS_H
#define GW_DP_XDP_MAPS_H

#include <linux/types.h>

#define XDP_IDS	    65536u
#define XDP_SLOTS   131072u /* slot 0 is nobody's; those from XDP_IDS on are for changes */
#define XDP_DEVICES 64u
#define XDP_NEAR4   131072u /* addresses of a pool are neighbours, so its words are */

/* A word of near4: the address (as on the wire) in the upper 32 bits, our Session ID in the lower
 * 16 (0 = no address), and this, which stays when it has been set once. */
#define XDP_MORE (1u << 16)

enum xdp_flags {
	XDP_IP4 = 1u << 0, /* IPCP is open */
	XDP_IP6 = 1u << 1,
	XDP_LENGTH = 1u << 2,	 /* Length in what we send */
	XDP_FF03 = 1u << 3,	 /* FF 03 in what we send */
	XDP_MIRROR = 1u << 4,	 /* ... but not while the far end leaves it out */
	XDP_PFC = 1u << 5,	 /* one-octet protocol fields in what we send */
	XDP_COPY_DSCP = 1u << 6, /* the outer codepoint is the inner one */
	XDP_NETS = 1u << 7,	 /* networks lie behind the client: another source may be right */
};

struct xdp_call {
	/* Outside, and the call's ids, as they are on the wire. */
	__be32 local, far;
	__be16 local_port, far_port;
	__be16 tid, peer_tid, peer_sid;
	__u16 flags; /* enum xdp_flags */
	__u16 mtu;   /* largest IP packet to send */
	__u8 tos, ttl;
	__u32 tun; /* ifindex of its TUN device, from which the kernel would forward */
	__be32 peer4;
	__u8 peer6[8];
	__u16 sid; /* ours, for who fills the maps; 0 = the slot is nobody's */
	__u8 room[14];

	/* Written by the program.  A frame is what it is on the slow path: the PPP head and the
	 * packet. */
	__u64 rx_frames, rx_octets, tx_frames, tx_octets;
	__u64 spoofed;	 /* of rx_frames: dropped, since the source is not the client's */
	__u64 last_rx;	 /* ns, CLOCK_MONOTONIC */
	__u64 plain;	 /* the far end's last frame came without FF 03 */
	__u64 sequenced; /* the far end's last frame had sequence numbers: the call is the workers'
			  */
} __attribute__((aligned(64)));

struct xdp_device {
	__u8 mac[6]; /* frames to others are not for us, whoever shows them to us */
	__u16 room;
} __attribute__((aligned(4)));

/* X(symbol, "symbol", "words").  FAST is not counted: the call's own counters have it. */
#define XDP_WHYS(X)                                                                           \
	X(FAST, "fast", "carried")                                                            \
	X(LENGTHS, "lengths", "lengths that do not agree, or octets behind the packet")       \
	X(OUTER, "outer", "outer IP header with options, or a fragment, or a wrong checksum") \
	X(L2TP, "l2tp", "data header with other fields than a length")                        \
	X(PPP, "ppp", "no packet of an open IPCP or IPV6CP")                                  \
	X(OPTIONS, "options", "inner IP header with options or extension headers")            \
	X(FRAGMENT, "fragment", "inner fragment")                                             \
	X(CHECKSUM, "checksum", "wrong checksum of the inner IP header")                      \
	X(TTL, "ttl", "TTL or Hop Limit used up")                                             \
	X(ADDRESS, "address", "link-local, multicast or other address that is not routed")    \
	X(NEIGHBOUR, "neighbour", "neighbour or router discovery")                            \
	X(SYN, "syn", "first packet of a TCP connection, whose MSS may be clamped")           \
	X(NETWORK, "network", "source in a network behind the client, or forged")             \
	X(MTU, "mtu", "larger than the MTU of the way out")                                   \
	X(ROUTE, "route", "no route, or one that leads to this host")                         \
	X(NO_NEIGHBOUR, "no-neighbour", "address of the next hop not known yet")              \
	X(DEVICE, "device", "leaves by a device that has no program")                         \
	X(ROOM, "room", "no room for the headers")                                            \
	X(SEQUENCE, "sequence", "sequence numbers, or the far end had them last")

enum xdp_why {
#define X(sym, key, words) XDP_W_##sym,
	XDP_WHYS(X)
#undef X
		XDP_W_COUNT
};

#endif
