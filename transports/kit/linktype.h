/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a frame is in a capture: the numbers in the head of capture files (LINKTYPE_..., listed at
 * www.tcpdump.org/linktypes.html), which are what host->tap takes.
 *
 * LINKTYPE_UPPER_PDU stands for what has no number of its own.  Each of its frames then begins with
 * tags: two octets each of tag and length, then the value; tag 12 names Wireshark's dissector, tag
 * 0 is the last.  Tag 25, which Wireshark shows as a source port, has the number of a connection
 * where a port has several whose frames do not tell them apart.
 */
#ifndef TRANSPORTS_KIT_LINKTYPE_H
#define TRANSPORTS_KIT_LINKTYPE_H

#include "core/bytes.h"

enum linktype {
	LINKTYPE_ETHERNET = 1,
	LINKTYPE_PPP = 9,
	LINKTYPE_RAW = 101, /* IP, version 4 or 6 by its first octet */
	LINKTYPE_FRELAY = 107,
	LINKTYPE_SUNATM = 123, /* direction and type, VPI, VCI, then an AAL5 SDU */
	LINKTYPE_USER0 = 147,  /* to 162: private use */
	LINKTYPE_UPPER_PDU = 252,
};

#define LINKTYPE_TAGS_MAX 32u /* octets of the tags we write */

/* The tags: the dissector's name, at most 12 letters, or 8 with a connection; the direction, which
 * for X.25 is from the DTE or to it; and the connection, 0 = there is only one, and no tag. Returns
 * their length in octets; 0 = the name is too long. */
size_t linktype_tags_encode(uint8_t out[LINKTYPE_TAGS_MAX], const char *dissector, bool from_dte,
			    uint32_t connection);
/* Takes all tags off r; false when they are cut off, name another dissector or name none. */
bool linktype_tags_decode(struct rd *r, const char *dissector);
/* What they say of the direction; false also where they say nothing. */
bool linktype_tags_from_dte(struct rd r);
/* The connection; 0 = they name none. */
uint32_t linktype_tags_connection(struct rd r);

#endif
