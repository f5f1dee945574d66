/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Control messages, RFC 2661 sections 3.2 and 6: a const table of message types with the attributes
 * each must carry, a decoder from octets to a list of attributes (hidden ones deciphered, every
 * length checked against its container), and a builder.
 *
 * The decoder knows no state: it reports what the message is, or which rule it broke and how RFC
 * 2661 4.1-4.4 answers that.
 */
#ifndef CORE_MSG_H
#define CORE_MSG_H

#include "core/avp.h"
#include "core/hide.h"
#include "core/reason.h"

enum l2tp_msg_type {
	L2TP_SCCRQ = 1,
	L2TP_SCCRP = 2,
	L2TP_SCCCN = 3,
	L2TP_STOPCCN = 4,
	L2TP_HELLO = 6,
	L2TP_OCRQ = 7,
	L2TP_OCRP = 8,
	L2TP_OCCN = 9,
	L2TP_ICRQ = 10,
	L2TP_ICRP = 11,
	L2TP_ICCN = 12,
	L2TP_CDN = 14,
	L2TP_WEN = 15,
	L2TP_SLI = 16,
	L2TP_MSG_TYPES = 17, /* one past the last */
};

struct l2tp_msg_row {
	const char *name;	  /* "SCCRQ"; NULL = no such message */
	const char *section;	  /* of RFC 2661 */
	bool about_call;	  /* carries a session id; else about the tunnel */
	const uint16_t *required; /* IETF attribute types, ended by L2TP_NO_AVP */
};
#define L2TP_NO_AVP 0xffffu

extern const struct l2tp_msg_row l2tp_msg_table[L2TP_MSG_TYPES];
/* "SCCRQ", or "message 23" for one without a row (static storage is not used: buf is the caller's).
 */
const char *l2tp_msg_name(uint16_t type, char *buf, size_t cap);

/* Result codes: StopCCN and CDN number them apart (RFC 2661 4.4.2). */
enum l2tp_stop_result {
	L2TP_STOP_GENERAL_CLEAR = 1,
	L2TP_STOP_GENERAL_ERROR = 2,
	L2TP_STOP_ALREADY_EXISTS = 3,
	L2TP_STOP_NOT_AUTHORIZED = 4,
	L2TP_STOP_BAD_VERSION = 5,
	L2TP_STOP_SHUTTING_DOWN = 6,
	L2TP_STOP_FSM_ERROR = 7,
	L2TP_STOP_CONTROL_DS = 8, /* RFC 3308 section 10 */
};
enum l2tp_cdn_result {
	L2TP_CDN_LOST_CARRIER = 1,
	L2TP_CDN_GENERAL_ERROR = 2,
	L2TP_CDN_ADMINISTRATIVE = 3,
	L2TP_CDN_NO_FACILITIES_TEMP = 4,
	L2TP_CDN_NO_FACILITIES_PERM = 5,
	L2TP_CDN_INVALID_DESTINATION = 6,
	L2TP_CDN_NO_CARRIER = 7,
	L2TP_CDN_BUSY = 8,
	L2TP_CDN_NO_DIAL_TONE = 9,
	L2TP_CDN_TIMEOUT = 10,
	L2TP_CDN_NO_FRAMING = 11,
	L2TP_CDN_SESSION_DS = 12, /* RFC 3308 section 10 */
};
enum l2tp_error_code {
	L2TP_ERR_NONE = 0,
	L2TP_ERR_NO_CONTROL_CONNECTION = 1,
	L2TP_ERR_WRONG_LENGTH = 2,
	L2TP_ERR_BAD_VALUE = 3,
	L2TP_ERR_NO_RESOURCES = 4,
	L2TP_ERR_BAD_SESSION_ID = 5,
	L2TP_ERR_VENDOR_SPECIFIC = 6,
	L2TP_ERR_TRY_ANOTHER = 7,
	L2TP_ERR_UNKNOWN_MANDATORY = 8,
};

#define L2TP_MSG_TEXT_MAX 255u
/* Result Code as a message carries it. */
struct l2tp_result {
	uint16_t result;
	uint16_t error;			  /* enum l2tp_error_code */
	char text[L2TP_MSG_TEXT_MAX + 1]; /* advisory, printable ASCII kept, NUL ended */
};

/* Departures of real peers from the RFC, allowed per peer and counted at each use.  Strict is the
 * default except where the comment says why strict would break common clients. */
enum l2tp_quirk {
	/* Result Code of 2 octets (MikroTik).  On by default: RFC 2661 4.4.2 allows it (Length 8),
	 * only other daemons do not; the bit is kept so that its use is counted. */
	L2TP_QUIRK_SHORT_RESULT = 1u << 0,
	/* Apple: result and error code in host byte order (0x0300).  Off: only words in a log
	   differ. */
	L2TP_QUIRK_SWAPPED_RESULT = 1u << 1,
	/* Cisco IOS: Challenge Response of 22 octets, the first 16 used.  Off: authentication, and
	 * few releases did it. */
	L2TP_QUIRK_LONG_RESPONSE = 1u << 2,
	/* Ignore unknown M=1 attributes.  Off: RFC 2661 4.2 puts the fault on the sender, and he
	 * may depend on it. */
	L2TP_QUIRK_UNKNOWN_MANDATORY = 1u << 3,
	/* "Deterministic Networks" MSL2TP: Assigned Tunnel ID in StopCCN is ours.  Off. */
	L2TP_QUIRK_STOPCCN_TID = 1u << 4,
	/* D-Link DIR-300: header Tunnel ID 0 after set-up.  Off: it weakens the look-up. */
	L2TP_QUIRK_TID_ZERO = 1u << 5,
	/* A known attribute in a message that does not list it is ignored, also with M=1.  On by
	 * default: old Windows clients and mpd5 send them, nothing is lost by
	 * ignoring them, and RFC 2661 names no answer. */
	L2TP_QUIRK_MISPLACED_AVP = 1u << 6,
	/* With `hide`, nothing is hidden in SCCRQ and SCCRP.  On by default: xl2tpd looks up the
	 * secret only when it has read them, Cisco IOS when it has read SCCRQ, and both refuse;
	 * what could be hidden there is capabilities and digests. */
	L2TP_QUIRK_CLEAR_SETUP = 1u << 7,
};
#define L2TP_QUIRKS 8u /* each has a counter, L2TP_R_QUIRK_* in this order */
#define L2TP_QUIRKS_DEFAULT \
	(L2TP_QUIRK_SHORT_RESULT | L2TP_QUIRK_MISPLACED_AVP | L2TP_QUIRK_CLEAR_SETUP)

#define L2TP_PAD_MAX  255u
#define L2TP_MSG_AVPS 128u
#define L2TP_MSG_MAX  8192u /* octets of one control message we take or build */

struct l2tp_msg {
	uint16_t type;
	bool mandatory; /* M of the Message Type attribute */
	uint16_t n;
	uint32_t quirks_used;		/* L2TP_QUIRK_* bits that were needed */
	uint16_t ignored[L2TP_R_COUNT]; /* attributes passed over, by reason */
	struct l2tp_avp avp[L2TP_MSG_AVPS];
	uint8_t plain[L2TP_MSG_MAX]; /* deciphered values live here */
};

enum l2tp_verdict {
	L2TP_MSG_OK,
	L2TP_MSG_IGNORE, /* acknowledge it and do nothing: unknown message with M=0 */
	L2TP_MSG_CLOSE,	 /* answer with CDN (about a call) or StopCCN (about the tunnel) */
};

struct l2tp_fault {
	struct l2tp_result
		answer;		 /* for CLOSE: what goes into CDN or StopCCN; text names the AVP */
	enum l2tp_reason reason; /* the counter */
};

/* Decode the body (what follows the header) of one control message, not a ZLB.
 * secret: for hidden attributes; NULL or empty = hidden attributes cannot be read (an M=1 one
 * closes, others are dropped and counted).  quirks: L2TP_QUIRK_* allowed.  m points into body and
 * itself.
 *
 * On CLOSE and IGNORE m->type is what the message called itself (0 when not even that could be
 * read) and m holds the attributes before the fault; a CDN or StopCCN that is at fault still ends
 * what it is about.  Unknown attributes with M=0 stay in m with row NULL: RFC 2661 4.1 has
 * them ignored, and a tunnel switch drops them (avp_table.c).  Of an attribute given twice the
 * first counts, but for Random Vector and PPP Disconnect Cause Code, which may be repeated. */
enum l2tp_verdict l2tp_msg_decode(struct l2tp_msg *m, struct l2tp_fault *fault, const uint8_t *body,
				  size_t len, const struct l2tp_secret *secret, uint32_t quirks);

/* Before the peer, and so the secret, is known: the value of the first attribute of this vendor
 * and type that is not hidden, straight from the octets; NULL when it is not among the attributes
 * in front of the first malformed one.  Says nothing about the rest of the message. */
const uint8_t *l2tp_msg_peek(const uint8_t *body, size_t len, uint16_t vendor, uint16_t type,
			     size_t *val_len);
/* The same of a number; false also when the value has another length. */
bool l2tp_msg_peek_u16(const uint8_t *body, size_t len, uint16_t vendor, uint16_t type,
		       uint16_t *out);

/* The first attribute of this vendor and type, or NULL.  u16 and u32: false also when the value has
 * another length. */
const struct l2tp_avp *l2tp_msg_find(const struct l2tp_msg *m, uint16_t vendor, uint16_t type);
bool l2tp_msg_u16(const struct l2tp_msg *m, uint16_t vendor, uint16_t type, uint16_t *out);
bool l2tp_msg_u32(const struct l2tp_msg *m, uint16_t vendor, uint16_t type, uint32_t *out);
/* Result Code of a CDN or StopCCN; false when there is none. */
bool l2tp_msg_result(const struct l2tp_msg *m, struct l2tp_result *out);

/* --- building --------------------------------------------------------------------------------- */

/* A message being written: header with Ns = Nr = 0, Message Type first, then attributes in the
 * order they are added.  Hiding needs a secret and inserts one Random Vector before the first
 * hidden one. */
struct l2tp_build {
	struct wr w;
	size_t start;
	uint16_t type;
	const struct l2tp_secret *secret;
	bool hide; /* hide every attribute whose row allows it */
	uint8_t rv[16];
	bool rv_sent;
	uint16_t pad_to; /* see l2tp_build_padding() */
	uint8_t pad_seed[16];
};

/* rv: 16 random octets, used if anything is hidden. */
void l2tp_build_start(struct l2tp_build *b, void *buf, size_t cap, uint16_t type, uint16_t tid,
		      uint16_t sid, const struct l2tp_secret *secret, bool hide,
		      const uint8_t rv[16]);
/* Pad every hidden value, its length field included, to a multiple of `to` octets (at most
 * L2TP_PAD_MAX; 0 or 1 = no padding), so that its length does not show (RFC 2661 4.3).  seed: 16
 * random octets for this message alone, never sent, from which the padding is derived.
 */
void l2tp_build_padding(struct l2tp_build *b, uint16_t to, const uint8_t seed[16]);
/* M as the table row says. */
void l2tp_build_avp(struct l2tp_build *b, uint16_t vendor, uint16_t type, const void *val,
		    size_t len);
void l2tp_build_u16(struct l2tp_build *b, uint16_t vendor, uint16_t type, uint16_t v);
void l2tp_build_u32(struct l2tp_build *b, uint16_t vendor, uint16_t type, uint32_t v);
/* As given: vendor, M and H from the attribute.  H needs a secret (RFC 2661 4.3), so without one
 * the value goes in the clear; leave the attribute out where that must not happen. */
void l2tp_build_raw(struct l2tp_build *b, const struct l2tp_avp *a);
void l2tp_build_result(struct l2tp_build *b, const struct l2tp_result *r);
/* Total octets, or 0 when something did not fit. */
size_t l2tp_build_end(struct l2tp_build *b);

/* Words for a result, e.g. "general error: unknown mandatory AVP". stop: StopCCN numbering. */
int l2tp_result_format(const struct l2tp_result *r, bool stop, char *buf, size_t cap);

#endif
