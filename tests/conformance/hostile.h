/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Somebody who stands where side A stood and sends what he likes to side B's link: each kind wraps
 * a frame as that link has it, mostly, so that the octets get as far as what is above the link.
 *
 *   udp:FROM:PORT>TO:PORT    datagrams, IPv6 in brackets    unix:FROM>TO   the same between files
 *   packet:INTERFACE/PROTO   a network device; PROTO in hex is the ethertype, or what a device that
 * is no Ethernet says of a frame xot:TO:PORT, atmtcp:TO:PORT   a TCP connection, made again
 * whenever it is closed pcap:IN>OUT              named pipes: a capture stream
 */
#ifndef TESTS_CONFORMANCE_HOSTILE_H
#define TESTS_CONFORMANCE_HOSTILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define HOSTILE_ROOM 4096u

struct hostile {
	const struct hostile_kind *kind;
	char part[2][108]; /* of the text, in front of and behind `>` or `/` */
	int fd, in;	   /* -1 = closed; in: of a pipe */
	uint16_t protocol;
	bool ethernet, begun;
	uint8_t head[24]; /* of the stream that the other side writes */
	size_t heads;
};

/* False: the text is none, or what it names cannot be opened. */
bool hostile_open(struct hostile *h, const char *text);
/* len at most HOSTILE_ROOM.  random: which of what can be wrong with the wrapping is.  False: not
 * taken now. */
bool hostile_send(struct hostile *h, const uint8_t *frame, size_t len, uint64_t random);
/* A frame that side B has sent; 0 = none.  out has HOSTILE_ROOM. */
size_t hostile_hear(struct hostile *h, uint8_t *out);
void hostile_close(struct hostile *h);

#endif
