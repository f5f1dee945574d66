/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One request for a change of log-ins, and its answer (RFC 5176).  A server that has let somebody
 * in may later have him thrown out (Disconnect-Request), or change what he was granted
 * (CoA-Request).  A request says by attributes which gateway it is for, which log-ins it is about
 * -- all that it names must agree -- and what becomes of them.  Everything in it counts: what is
 * not known here is a refusal, with an Error-Cause that says why.  Octets in, values out, and back.
 */
#ifndef GW_AAA_RADIUS_RADIUS_COA_H
#define GW_AAA_RADIUS_RADIUS_COA_H

#include "gw/aaa/radius/radius.h"

/* X(symbol, number, "words"): Error-Cause, RFC 5176 section 3.5 */
#define RADIUS_CAUSES(X)                                       \
	X(UNSUPPORTED_ATTRIBUTE, 401, "unsupported attribute") \
	X(MISSING_ATTRIBUTE, 402, "missing attribute")         \
	X(NAS_MISMATCH, 403, "NAS identification mismatch")    \
	X(INVALID_REQUEST, 404, "invalid request")             \
	X(UNSUPPORTED_SERVICE, 405, "unsupported service")     \
	X(INVALID_VALUE, 407, "invalid attribute value")       \
	X(NOT_FOUND, 503, "session context not found")         \
	X(RESOURCES, 506, "resources unavailable")

enum radius_refusal {
	RADIUS_DONE, /* it has been carried out */
#define X(sym, number, words) RADIUS_R_##sym,
	RADIUS_CAUSES(X)
#undef X
		RADIUS_REFUSALS
};
/* Number and words of each; those of RADIUS_DONE are 0 and "done". */
struct radius_refusal_row {
	uint16_t number;
	const char *words;
};
extern const struct radius_refusal_row radius_refusals[RADIUS_REFUSALS];

/* What a request has. */
enum radius_coa_has {
	/* names the gateway */
	COA_NAS_ADDRESS4 = 1,
	COA_NAS_ADDRESS6 = 2,
	COA_NAS_IDENTIFIER = 4,
	/* names log-ins */
	COA_USER = 8,
	COA_ADDRESS4 = 0x10,
	COA_CALLED = 0x20,
	COA_CALLING = 0x40,
	COA_SESSION_ID = 0x80,
	COA_MULTI_ID = 0x100,
	COA_PORT_ID = 0x200,
	COA_IID = 0x400,
	COA_PREFIX6 = 0x800,
	COA_KEYS = 0xff8,
	/* changes */
	COA_FILTER = 0x1000,
	COA_SESSION = 0x2000,
	COA_IDLE = 0x4000,
	COA_INTERIM = 0x8000,
	COA_CLASS = 0x10000,
	COA_RATE = 0x20000,
	COA_CHANGES = 0x3f000,
	/* neither */
	COA_SERVICE = 0x100000,
	COA_PROTOCOL = 0x200000,
	COA_ACTION = 0x400000,
	COA_STATE = 0x800000,
	COA_STAMP = 0x1000000,
	COA_CAUSE = 0x2000000,
};

#define COA_CLASSES 512u /* octets of Class attributes, each behind its length of one octet */

/* Octets are good as long as the packet.  Only what `has` names is there.  What may come more than
 * once, and is more than octets here, is to be had from the packet: Filter-Id, rates. */
struct radius_coa {
	const struct radius_packet *packet;
	bool disconnect; /* else it is about changes */
	uint32_t has;	 /* enum radius_coa_has */
	uint32_t nas4;
	const uint8_t *nas6;
	struct rd nas_identifier;
	struct rd user, called, calling, session_id, multi_id, port_id;
	uint32_t address4;
	uint64_t iid;
	uint8_t prefix6[16]; /* zeros behind its bits */
	uint8_t prefix6_bits;
	uint32_t session, idle, interim; /* seconds; session and idle 0 = no limit */
	uint8_t classes[COA_CLASSES];
	uint16_t classes_len;
	enum radius_name wrong; /* the attribute that a refusal is about; RADIUS_NAMES = another */
};

/* A request that is proved: RADIUS_DONE, or why it is refused. */
enum radius_refusal radius_coa_read(struct radius_coa *out, const struct radius_packet *p);
/* Its Event-Timestamp, seconds since 1970; 0 = it has none. */
uint32_t radius_coa_stamp(const struct radius_packet *p);
/* The answer to it.  out: RADIUS_MAX octets.  Octets of it, or 0: there is no room for what it has
 * to give back. */
size_t radius_coa_answer(const struct radius_packet *request, enum radius_refusal r,
			 const char *secret, uint8_t *out);

#endif
