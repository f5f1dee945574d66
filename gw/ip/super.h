/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Super-packets: many packets of one TCP or UDP flow as one, with the headers once.  A TUN device
 * takes and gives them (the kernel says GSO, with the header of virtio-net), so that a system call
 * and a walk through the kernel are paid once for up to 64 kB.  Cutting one gives the packets that
 * the kernel itself would have made; joining is done only where cutting gives the same octets back,
 * but for the Identification of IPv4 packets with DF that all have the same one: nobody may look at
 * it (RFC 6864 4.1). Pure functions over octets.
 */
#ifndef GW_IP_SUPER_H
#define GW_IP_SUPER_H

#include "core/bytes.h"

/* --- cutting ---------------------------------------------------------------------------------- */

struct ip_super {
	const uint8_t *pkt;
	size_t len;    /* of all */
	size_t at;     /* of the transport header */
	size_t hlen;   /* IP and transport header, which each packet repeats */
	uint16_t size; /* octets behind them in each packet but the last */
	bool v6, tcp;
};

/* size: the gso_size.  False: it is not TCP (or UDP, as udp says), or its lengths are wrong. */
bool ip_super_parse(struct ip_super *s, const uint8_t *pkt, size_t len, bool udp, uint16_t size);
/* Packet number i, complete, to out (at least hlen + size octets).  Its length; 0 = there is none.
 */
size_t ip_super_cut(const struct ip_super *s, unsigned i, uint8_t *out);

/* Finish a checksum that the kernel has left (csum_start, csum_offset).  False: outside pkt. */
bool ip_super_finish_sum(uint8_t *pkt, size_t len, size_t start, size_t offset);

/* --- joining ---------------------------------------------------------------------------------- */

#define IP_RUN_PACKETS 64u    /* the kernel cuts UDP into no more */
#define IP_RUN_OCTETS  65535u /* of the whole, as IPv4's length field has it */

struct ip_run {
	const uint8_t *first; /* the packet whose headers all have */
	size_t len;	      /* of all: headers once, and what is behind them */
	uint16_t at, hlen;    /* as in struct ip_super */
	uint16_t size, last;  /* octets behind the headers: of each but the last, and of that */
	uint16_t id;	      /* IPv4: of the first */
	uint8_t n;	      /* packets */
	bool v6, tcp;
	bool closed;  /* nothing may follow */
	bool checked; /* the checksum of the first is known to be right */
	bool push;    /* the last has PSH */
	bool still;   /* IPv4: all have one Identification */
};

enum ip_run_kind {
	IP_RUN_OTHER, /* not of a flow */
	IP_RUN_PART,  /* a fragment: its flow is not known */
	IP_RUN_ALONE, /* of a flow, and joins nothing: after what has come before it */
	IP_RUN_BEGUN, /* may be joined */
};

/* A run of one packet.  pkt has len octets by its IP header, too, and stays where it is.  With
 * IP_RUN_ALONE only what ip_run_same() and ip_run_hash() read is set. */
enum ip_run_kind ip_run_begin(struct ip_run *r, const uint8_t *pkt, size_t len);
/* Of one flow: addresses, protocol and ports. */
bool ip_run_same(const struct ip_run *a, const struct ip_run *b);
uint32_t ip_run_hash(const struct ip_run *r);
/* Put x, a run of one packet of the same flow, behind r.  False: it does not fit there. */
bool ip_run_join(struct ip_run *r, const struct ip_run *x);
/* The headers of the whole to out (r->hlen octets), with the checksum that the kernel goes on from.
 */
void ip_run_head(const struct ip_run *r, uint8_t *out);

#endif
