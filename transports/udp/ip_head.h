/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The IP and UDP header a datagram had or will have, made up for a capture (LINKTYPE_RAW). */
#ifndef TRANSPORTS_UDP_IP_HEAD_H
#define TRANSPORTS_UDP_IP_HEAD_H

#include "transports/kit/udp_addr.h"

#define IP_HEAD_MAX 48u

struct ip_piece {
	const void *p;
	size_t len;
};

/* tos: the octet of the differentiated services.  The data is `head` then `payload`.  Returns the
 * octets written to out: 28, 48, or 0 when the ends are not of one family or it is too long. */
size_t ip_udp_head(uint8_t out[IP_HEAD_MAX], const struct udp_ep *from, const struct udp_ep *to,
		   uint8_t tos, struct ip_piece head, struct ip_piece payload);

#endif
