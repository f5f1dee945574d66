/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Attribute Value Pairs, RFC 2661 section 4: one row of a const table per attribute, keyed by
 * (vendor, type).  The table is the only place that knows an attribute: what it is called, how long
 * it may be, whether M must be set, whether it may be hidden, which messages it belongs to, and
 * what a tunnel switch does with it.  To add an attribute, add a row in avp_table.c.
 */
#ifndef CORE_AVP_H
#define CORE_AVP_H

#include "core/bytes.h"

#define L2TP_IETF	     0u	    /* Vendor ID of most attributes of RFCs */
#define L2TP_BROADBAND_FORUM 3561u  /* of access lines (RFC 5515) */
#define L2TP_EXAMPLE_VENDOR  32473u /* RFC 5612: for examples; of attributes of our own */

/* The types of vendor L2TP_IETF.  Other vendors number their own. */
enum l2tp_avp_type {
	L2TP_AVP_MESSAGE_TYPE = 0,
	L2TP_AVP_RESULT_CODE = 1,
	L2TP_AVP_PROTOCOL_VERSION = 2,
	L2TP_AVP_FRAMING_CAPS = 3,
	L2TP_AVP_BEARER_CAPS = 4,
	L2TP_AVP_TIE_BREAKER = 5,
	L2TP_AVP_FIRMWARE_REVISION = 6,
	L2TP_AVP_HOST_NAME = 7,
	L2TP_AVP_VENDOR_NAME = 8,
	L2TP_AVP_ASSIGNED_TUNNEL_ID = 9,
	L2TP_AVP_RECEIVE_WINDOW_SIZE = 10,
	L2TP_AVP_CHALLENGE = 11,
	L2TP_AVP_Q931_CAUSE = 12,
	L2TP_AVP_CHALLENGE_RESPONSE = 13,
	L2TP_AVP_ASSIGNED_SESSION_ID = 14,
	L2TP_AVP_CALL_SERIAL_NUMBER = 15,
	L2TP_AVP_MINIMUM_BPS = 16,
	L2TP_AVP_MAXIMUM_BPS = 17,
	L2TP_AVP_BEARER_TYPE = 18,
	L2TP_AVP_FRAMING_TYPE = 19,
	L2TP_AVP_CALLED_NUMBER = 21,
	L2TP_AVP_CALLING_NUMBER = 22,
	L2TP_AVP_SUB_ADDRESS = 23,
	L2TP_AVP_TX_CONNECT_SPEED = 24,
	L2TP_AVP_PHYSICAL_CHANNEL_ID = 25,
	L2TP_AVP_INITIAL_RX_LCP_CONFREQ = 26,
	L2TP_AVP_LAST_TX_LCP_CONFREQ = 27,
	L2TP_AVP_LAST_RX_LCP_CONFREQ = 28,
	L2TP_AVP_PROXY_AUTHEN_TYPE = 29,
	L2TP_AVP_PROXY_AUTHEN_NAME = 30,
	L2TP_AVP_PROXY_AUTHEN_CHALLENGE = 31,
	L2TP_AVP_PROXY_AUTHEN_ID = 32,
	L2TP_AVP_PROXY_AUTHEN_RESPONSE = 33,
	L2TP_AVP_CALL_ERRORS = 34,
	L2TP_AVP_ACCM = 35,
	L2TP_AVP_RANDOM_VECTOR = 36,
	L2TP_AVP_PRIVATE_GROUP_ID = 37,
	L2TP_AVP_RX_CONNECT_SPEED = 38,
	L2TP_AVP_SEQUENCING_REQUIRED = 39,
	L2TP_AVP_PPP_DISCONNECT_CAUSE = 46, /* RFC 3145 */
	L2TP_AVP_CONTROL_DS = 47,	    /* RFC 3308 */
	L2TP_AVP_SESSION_DS = 48,	    /* the same */
};

/* Of vendor L2TP_BROADBAND_FORUM: RFC 5515 section 5.  TR-101 gives the same numbers to what
 * an access node says of a line. */
enum l2tp_line_avp_type {
	L2TP_LINE_AGENT_CIRCUIT_ID = 1,
	L2TP_LINE_AGENT_REMOTE_ID = 2,
	L2TP_LINE_ACTUAL_UP = 129,
	L2TP_LINE_ACTUAL_DOWN = 130,
	L2TP_LINE_MINIMUM_UP = 131,
	L2TP_LINE_MINIMUM_DOWN = 132,
	L2TP_LINE_ATTAINABLE_UP = 133,
	L2TP_LINE_ATTAINABLE_DOWN = 134,
	L2TP_LINE_MAXIMUM_UP = 135,
	L2TP_LINE_MAXIMUM_DOWN = 136,
	L2TP_LINE_LOW_POWER_UP = 137,
	L2TP_LINE_LOW_POWER_DOWN = 138,
	L2TP_LINE_MAX_DELAY_UP = 139,
	L2TP_LINE_DELAY_UP = 140,
	L2TP_LINE_MAX_DELAY_DOWN = 141,
	L2TP_LINE_DELAY_DOWN = 142,
	L2TP_LINE_ENCAPSULATION = 144,
	L2TP_LINE_TYPE = 145,
	L2TP_LINE_IWF_SESSION = 254,
};

/* Of vendor L2TP_EXAMPLE_VENDOR.  Gateways Passed: eight random octets for each gateway that has
 * switched the call, so that one finds a loop; never mandatory. */
enum { L2TP_AVP_GATEWAYS_PASSED = 1 };

#define L2TP_AVP_HDR_LEN   6u
#define L2TP_AVP_M	   0x8000u
#define L2TP_AVP_H	   0x4000u
#define L2TP_AVP_RESERVED  0x3c00u
#define L2TP_AVP_LEN	   0x03ffu
#define L2TP_AVP_VALUE_MAX (L2TP_AVP_LEN - L2TP_AVP_HDR_LEN) /* 1017 octets */

enum l2tp_avp_m { L2TP_M_MUST_BE_1, L2TP_M_MUST_BE_0 };

/* What names an attribute. */
struct l2tp_avp_key {
	uint16_t vendor, type;
};

/* What the tunnel switch (a join of two calls) does with the attribute when it carries a call from
 * one tunnel to another.  The switch is to read it. */
enum l2tp_avp_switch { L2TP_SWITCH_RELAY, L2TP_SWITCH_REGENERATE, L2TP_SWITCH_DROP };

/* The shape of the value: how it is checked beyond its length and how it is shown. */
enum l2tp_avp_shape {
	L2TP_SHAPE_U16,
	L2TP_SHAPE_U32,
	L2TP_SHAPE_U64,
	L2TP_SHAPE_RATE, /* bit/s, 64 bits */
	L2TP_SHAPE_TEXT,
	L2TP_SHAPE_OCTETS,
	L2TP_SHAPE_RESULT,  /* result, optional error, optional text */
	L2TP_SHAPE_VERSION, /* ver, rev */
	L2TP_SHAPE_CAUSE,   /* Q.931: cause, message, optional text */
	L2TP_SHAPE_ERRORS,  /* Call Errors: reserved, six u32 */
	L2TP_SHAPE_ACCM,    /* reserved, send, receive */
	L2TP_SHAPE_ID,	    /* Proxy Authen ID: reserved, id */
	L2TP_SHAPE_FLAG,    /* no value: present or not */
	L2TP_SHAPE_SECRET,  /* octets never shown */
};

struct l2tp_avp_row {
	uint16_t vendor, type;
	const char *name;  /* the RFC's own name */
	uint16_t min, max; /* octets of value */
	uint8_t m;	   /* enum l2tp_avp_m: how we send it */
	bool may_hide;
	uint8_t shape;	   /* enum l2tp_avp_shape */
	uint8_t on_switch; /* enum l2tp_avp_switch */
	uint32_t messages; /* bit (1u << message type) for every message it may appear in */
};

/* The row for (vendor, type), or NULL: an attribute we do not know. */
const struct l2tp_avp_row *l2tp_avp_row(uint16_t vendor, uint16_t type);

/* The whole table, for tests and for `show`. */
extern const struct l2tp_avp_row l2tp_avp_table[];
extern const size_t l2tp_avp_table_len;

/* One attribute of a decoded message. */
struct l2tp_avp {
	uint16_t vendor, type;
	bool mandatory;			/* M as received or to be sent */
	bool hidden;			/* received hidden; to be hidden when sent */
	uint16_t len;			/* octets of value */
	const uint8_t *val;		/* deciphered; lives as long as the message it came from */
	const struct l2tp_avp_row *row; /* NULL = unknown to us */
};

static inline bool l2tp_avp_is(const struct l2tp_avp *a, uint16_t vendor, uint16_t type)
{
	return a->vendor == vendor && a->type == type;
}

/* The first of n attributes that is this one, or NULL. */
const struct l2tp_avp *l2tp_avp_find(const struct l2tp_avp *avps, unsigned n, uint16_t vendor,
				     uint16_t type);

/* Attributes with their values behind them, in one piece of memory for free(). */
struct l2tp_avps {
	unsigned n;
	struct l2tp_avp avp[];
};
/* A copy of n attributes; NULL without memory. */
struct l2tp_avps *l2tp_avps_copy(const struct l2tp_avp *avps, unsigned n);

/* Is this a legal length for the row?  (Result Code: 2, or 4 and more.) */
bool l2tp_avp_length_ok(const struct l2tp_avp_row *row, size_t len);
/* Is the value inside what RFC 2661 defines?  Ids and the window are not 0, the high octet of a
 * Proxy Authen ID is; a value whose meaning only the receiver can judge is always fine.  message:
 * the type it came in (CDN and StopCCN may carry an id of 0: nothing was assigned yet). */
bool l2tp_avp_value_ok(const struct l2tp_avp_row *row, uint16_t message, const uint8_t *val,
		       size_t len);

/* Text for people: "Host Name: lac-east", never a secret.  snprintf rules. */
int l2tp_avp_format(const struct l2tp_avp *a, char *buf, size_t cap);

#endif
