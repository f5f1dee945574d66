/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * PPPoE frames, octet by octet (RFC 2516 4 and 5): the Ethernet head, the PPPoE head, and the tags
 * of discovery.  Byte code: what is read points into the frame and lives as long as it.
 */
#ifndef TRANSPORTS_PPPOE_PPPOE_PKT_H
#define TRANSPORTS_PPPOE_PPPOE_PKT_H

#include "core/bytes.h"

#define PPPOE_DISCOVERY	  0x8863u /* ethertypes */
#define PPPOE_SESSION	  0x8864u
#define PPPOE_ETHER_HEAD  14u
#define PPPOE_HEAD	  6u
#define PPPOE_HEADS	  (PPPOE_ETHER_HEAD + PPPOE_HEAD)
#define PPPOE_PADI_MAX	  1484u /* octets of a PADI with its PPPoE head (5.1) */
#define PPPOE_FRAME_MAX	  1514u /* octets of a discovery frame we send */
#define PPPOE_NO_SESSION  0u
#define PPPOE_RESERVED_ID 0xffffu /* MUST NOT be used (4) */
#define PPPOE_MRU	  1492u	  /* octets of the largest PPP payload unless both agree (7) */
#define PPPOE_VENDOR_BBF  3561u	  /* the Broadband Forum's enterprise number */

enum pppoe_code {
	PPPOE_DATA = 0x00,
	PPPOE_PADO = 0x07,
	PPPOE_PADI = 0x09,
	PPPOE_PADR = 0x19,
	PPPOE_PADS = 0x65,
	PPPOE_PADT = 0xa7,
};

struct pppoe_pkt {
	uint8_t dst[6], src[6];
	uint16_t ethertype;
	uint8_t code;
	uint16_t session;
	const uint8_t *payload; /* without the padding of a short Ethernet frame */
	uint16_t len;
};

enum pppoe_pkt_result {
	PPPOE_PKT_OK,
	PPPOE_PKT_SHORT,     /* cut off in a head */
	PPPOE_PKT_ETHERTYPE, /* neither of the two */
	PPPOE_PKT_VERSION,   /* VER and TYPE are not 1 */
	PPPOE_PKT_LENGTH,    /* LENGTH is more than is there */
	PPPOE_PKT_SOURCE,    /* from no station: a group address, or none */
	PPPOE_PKT_RESULTS,
};
enum pppoe_pkt_result pppoe_pkt_get(struct pppoe_pkt *out, const uint8_t *frame, size_t len);

/* --- tags (appendix A; RFC 4638; TR-101) ------------------------------------------------------ */

enum pppoe_tag_kind {
	PPPOE_TAG_SERVICE,
	PPPOE_TAG_AC_NAME,
	PPPOE_TAG_HOST_UNIQ,
	PPPOE_TAG_COOKIE,
	PPPOE_TAG_LINE, /* Vendor-Specific of the Broadband Forum; its value begins behind the id */
	PPPOE_TAG_RELAY,
	PPPOE_TAG_MAX_PAYLOAD,
	PPPOE_TAG_SERVICE_ERROR,
	PPPOE_TAG_SYSTEM_ERROR,
	PPPOE_TAG_GENERIC_ERROR,
	PPPOE_TAGS,
};

struct pppoe_tag {
	const uint8_t *p; /* the value; NULL = the tag is not there */
	uint16_t len;
};

struct pppoe_tags {
	struct pppoe_tag of[PPPOE_TAGS]; /* the first of each kind */
	unsigned services;		 /* how many Service-Name tags */
	const uint8_t *raw;		 /* the list */
	uint16_t raw_len;
};

/* Unknown tags are ignored (5).  False when a tag is longer than what is left of the list. */
bool pppoe_tags_get(struct pppoe_tags *out, const uint8_t *p, size_t len);
/* Is a Service-Name tag of that value among them? */
bool pppoe_tags_service(const struct pppoe_tags *t, const void *name, size_t len);
/* PPP-Max-Payload (RFC 4638 4); 0 = not there, or not of two octets. */
uint16_t pppoe_tags_max_payload(const struct pppoe_tags *t);
/* The first error tag; PPPOE_TAGS = none. */
enum pppoe_tag_kind pppoe_tags_error(const struct pppoe_tags *t);

/* --- building --------------------------------------------------------------------------------- */

/* Both heads, at the beginning of w; LENGTH is written later. */
void pppoe_put_heads(struct wr *w, const uint8_t dst[6], const uint8_t src[6], uint16_t ethertype,
		     uint8_t code, uint16_t session);
/* value NULL with len 0 = an empty tag. */
void pppoe_put_tag(struct wr *w, enum pppoe_tag_kind kind, const void *value, size_t len);
/* The tag as it came, if it came. */
void pppoe_put_same(struct wr *w, enum pppoe_tag_kind kind, const struct pppoe_tag *t);
/* Writes LENGTH: what stands behind the heads, or a length that is known otherwise. */
void pppoe_put_end(struct wr *w);
void pppoe_put_length(struct wr *w, uint16_t len);

#endif
