/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Packets of the X.25 packet layer (X.25 section 5), modulo 8 and 128: decode and encode,
 * addresses, facilities, and words for causes and diagnostics.  Pure functions without state.
 *
 *   GFI 4 | LCI 12 | packet type 8 | ...
 */
#ifndef TRANSPORTS_X25_X25_PKT_H
#define TRANSPORTS_X25_X25_PKT_H

#include "core/bytes.h"

#define X25_DIGITS   15u  /* of an X.121 address */
#define X25_CUD	     16u  /* octets of call user data */
#define X25_CUD_FAST 128u /* with fast select */
#define X25_SUB	     40u  /* digits of an address extension (X.25 annex G) */
#define X25_LCI_MAX  4095u

/* Requests of a DTE and indications of a DCE have the same codes. */
enum x25_type {
	X25_DATA,
	X25_RR,
	X25_RNR,
	X25_REJ,
	X25_CALL,
	X25_CALL_ACCEPTED,
	X25_CLEAR,
	X25_CLEAR_CONF,
	X25_INTERRUPT,
	X25_INTERRUPT_CONF,
	X25_RESET,
	X25_RESET_CONF,
	X25_RESTART,
	X25_RESTART_CONF,
	X25_DIAGNOSTIC,
	X25_REGISTRATION,
	X25_REGISTRATION_CONF,
	X25_UNKNOWN,
	X25_TYPES
};

/* Diagnostic codes, X.25 annex E. */
enum x25_diag {
	X25_DIAG_NONE = 0,
	X25_DIAG_PS = 1,
	X25_DIAG_PR = 2,
	X25_DIAG_TYPE_INVALID = 16, /* and 17-19 in r1-r3, 20-26 in p1-p7, 27-29 in d1-d3 */
	X25_DIAG_TYPE_INVALID_R1 = 17,
	X25_DIAG_TYPE_INVALID_P1 = 20,
	X25_DIAG_TYPE_INVALID_D1 = 27,
	X25_DIAG_NOT_ALLOWED = 32,
	X25_DIAG_UNIDENTIFIABLE = 33,
	X25_DIAG_ONE_WAY = 34,
	X25_DIAG_TYPE_ON_PVC = 35,
	X25_DIAG_UNASSIGNED = 36,
	X25_DIAG_REJECT_NOT_SUBSCRIBED = 37,
	X25_DIAG_TOO_SHORT = 38,
	X25_DIAG_TOO_LONG = 39,
	X25_DIAG_GFI = 40,
	X25_DIAG_LCI_NOT_ZERO = 41,
	X25_DIAG_FACILITY_FORMAT = 42,
	X25_DIAG_INTERRUPT_CONF = 43,
	X25_DIAG_INTERRUPT = 44,
	X25_DIAG_TIMER = 48,
	X25_DIAG_TIMER_CALL = 49,
	X25_DIAG_TIMER_CLEAR = 50,
	X25_DIAG_TIMER_RESET = 51,
	X25_DIAG_TIMER_RESTART = 52,
	X25_DIAG_CALL_PROBLEM = 64,
	X25_DIAG_FACILITY_CODE = 65,
	X25_DIAG_FACILITY_VALUE = 66,
	X25_DIAG_CALLED_ADDRESS = 67,
	X25_DIAG_CALLING_ADDRESS = 68,
	X25_DIAG_FACILITY_LENGTH = 69,
	X25_DIAG_NO_LCI = 71,
	X25_DIAG_COLLISION = 72,
	X25_DIAG_DUPLICATE_FACILITY = 73,
	X25_DIAG_NO_FAST_SELECT = 164, /* from here on ISO 8208's, for use by a DTE */
	X25_DIAG_NO_D_BIT = 166,
	X25_DIAG_PROTOCOL = 249, /* protocol not supported */
};

/* Clearing causes. */
enum x25_clear {
	X25_CLEAR_DTE = 0x00,
	X25_CLEAR_BUSY = 0x01,
	X25_CLEAR_INVALID_FACILITY = 0x03,
	X25_CLEAR_CONGESTION = 0x05,
	X25_CLEAR_OUT_OF_ORDER = 0x09,
	X25_CLEAR_BARRED = 0x0b,
	X25_CLEAR_NOT_OBTAINABLE = 0x0d,
	X25_CLEAR_REMOTE_ERROR = 0x11,
	X25_CLEAR_LOCAL_ERROR = 0x13,
	X25_CLEAR_REVERSE_CHARGING = 0x19,
	X25_CLEAR_FAST_SELECT = 0x29,
};

enum x25_facility_bit {
	X25_FAC_SIZE = 1u << 0,
	X25_FAC_WINDOW = 1u << 1,
	X25_FAC_THROUGHPUT = 1u << 2,
	X25_FAC_REVERSE = 1u << 3, /* reverse charging asked for */
	X25_FAC_FAST = 1u << 4,	   /* fast select asked for */
	X25_FAC_FAST_RESTRICTED = 1u << 5,
	X25_FAC_CUG = 1u << 6,
	X25_FAC_NUI = 1u << 7,
};

/* Facilities of a call packet.  "called" is the direction from the called DTE, "calling" the
 * direction from the calling DTE. */
struct x25_facilities {
	uint32_t given;				       /* X25_FAC_* */
	uint8_t size_called, size_calling;	       /* log2 of octets, 4-12 */
	uint8_t window_called, window_calling;	       /* 1-127 */
	uint8_t throughput_called, throughput_calling; /* class, 3 = 75 bit/s ... 13 = 64 kbit/s */
	uint8_t cug[3];				       /* facility code and one or two octets */
	uint8_t nui_len, nui[32];
	char sub[X25_SUB + 1]; /* called address extension, hexadecimal digits; "" = none */
};

struct x25_pkt {
	enum x25_type type;
	bool q, d;     /* Qualifier; Delivery confirmation (data and call packets) */
	bool extended; /* modulo 128 */
	uint16_t lci;
	uint8_t ps, pr;
	bool m;
	uint8_t cause, diag;
	char called[X25_DIGITS + 1], calling[X25_DIGITS + 1];
	struct x25_facilities fac;
	const uint8_t *data; /* user data, call user data, interrupt data, explanation */
	size_t len;
};

/* Returns 0, or the diagnostic for what is wrong; type and lci are set as far as they were read.
 * extended: the interface has modulo 128; a packet with the other modulo in its GFI is an error.
 * p->data points into pkt. */
uint8_t x25_decode(struct x25_pkt *p, const uint8_t *pkt, size_t len, bool extended);
/* All members that the type uses must be set.  A Call Accepted without addresses, facilities and
 * data is encoded in its short form of three octets.  False: it does not fit. */
bool x25_encode(struct wr *w, const struct x25_pkt *p);

/* The header of a data packet without its data; returns 3 or 4, its octets. */
size_t x25_data_header(uint8_t out[4], const struct x25_pkt *p);

bool x25_digits_ok(const char *digits); /* 1-15 decimal digits */
bool x25_sub_ok(const char *digits);	/* 1-40 lower-case hexadecimal digits */
/* bit/s of a throughput class (X.25 table 7-1), 0 for a reserved class; and the highest class that
 * is not faster than bps. */
uint32_t x25_throughput_bps(uint8_t cls);
uint8_t x25_throughput_class(uint64_t bps);

const char *x25_type_name(enum x25_type t);
/* Words for cause and diagnostic of a Clear, Reset or Restart; never NULL. */
const char *x25_cause_words(enum x25_type t, uint8_t cause);
const char *x25_diag_words(uint8_t diag);

#endif
