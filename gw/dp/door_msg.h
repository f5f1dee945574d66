/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The messages between the control process and the data process: their kinds, their members, and
 * one codec for all of them, driven by a table of their fields.
 *
 * A message on the ring is: kind (2 octets), length of the rest (4), number (8), then the fields
 * of the kind in the order of its row, integers in network order.  Text is a length, its octets and
 * a NUL.  Fields are only ever appended to a row: a decoder skips what follows the last field that
 * it knows.
 *
 * The decoder trusts nothing: every length is checked against the message, every number against its
 * range, every channel against the ports there can be.  Whether a call, a port or a device is there
 * is for the receiver to know.  The octets must be memory that the sender can no longer write: copy
 * them out of the ring first.
 */
#ifndef GW_DP_DOOR_MSG_H
#define GW_DP_DOOR_MSG_H

#include "gw/dp/dp.h"

#define DOOR_MSG_VERSION 5u
#define DOOR_MSG_HEAD	 14u	    /* kind, length, number */
#define DOOR_MSG_MAX	 (1u << 20) /* octets of a message: a port with some 10,000 circuits */
#define DOOR_PORTS	 256u
#define DOOR_WORKERS	 16u
#define DOOR_CALLS	 (1u << 20) /* counter slots */
#define DOOR_TEXT	 4096u	    /* octets of one text */
#define DOOR_SETTINGS	 4096u	    /* of a port, or of one of its circuits */
#define DOOR_CIRCUITS	 65536u
#define DOOR_COUNTS	 1024u
#define DOOR_FILLS	 64u
#define DOOR_OFFLOADS	 64u

/* Who sends a message: it is refused when it comes another way. */
enum door_way {
	DOOR_TABLE,  /* control: tables are changed */
	DOOR_ANSWER, /* data, once to each table message, with its number */
	DOOR_REPORT, /* data, unasked */
	DOOR_WAYS
};

enum door_kind {
	/* table */
	DOOR_ATTACH = 1, /* a control begins: report everything, forget the numbers of filters */
	DOOR_MARK,	 /* all is replayed: what was not claimed goes */
	DOOR_CALL_SET,
	DOOR_CALL_DEL,
	DOOR_FILTER_ADD,
	DOOR_FILTER_DEL,
	DOOR_TUN_OPEN,
	DOOR_TUN_CLOSE,
	DOOR_TUN_ROUTE,
	DOOR_PORT_OPEN,
	DOOR_PORT_CLOSE,
	DOOR_CONNECT,
	DOOR_PORT_COUNT,
	DOOR_PORT_STATUS,
	DOOR_PORT_FILL,
	DOOR_PORT_TAP,
	DOOR_LINE_ACCM,
	DOOR_LINE_ERRORS,
	/* answers */
	DOOR_DONE, /* to those that ask for nothing more */
	DOOR_TUN,
	DOOR_CONNECTED,
	DOOR_COUNTS_ARE,
	DOOR_STATUS,
	DOOR_FILLS_ARE,
	DOOR_ERRORS,
	/* reports */
	DOOR_OFFER,
	DOOR_UP,
	DOOR_DOWN,
	DOOR_MTU,
	DOOR_GONE,   /* data has freed a channel that was refused or disconnected */
	DOOR_FAILED, /* a port */
	DOOR_PORT,   /* attach: a port that is open */
	DOOR_TOLD,   /* attach: this worker has reported all that it has */
	/* table, later */
	DOOR_RESUME, /* answered as CONNECT */
	DOOR_PORT_OFFLOADS,
	DOOR_OFFLOADS_ARE, /* its answer */
	DOOR_IMPAIR,
	DOOR_IMPAIR_ROWS,
	DOOR_IMPAIRED, /* its answer */
	DOOR_KINDS
};

struct door_attach {
	uint32_t version; /* DOOR_MSG_VERSION of the sender */
	bool lines;	  /* it serves lines: ops->line is there */
};
struct door_call_set {
	struct dp_call call;
	uint32_t slot;			      /* of its counters */
	struct dp_bundle_link link[MP_LINKS]; /* in place of call.bundle.link */
};
struct door_call_set door_call_set_of(const struct dp_call *c, uint32_t slot);
struct door_leg {
	uint16_t tid, sid;
};
struct door_filter {
	uint32_t no;
	const struct bpf_insn *insn;
	uint32_t insns;
};
struct door_number {
	uint32_t no;
};
struct door_tun_open {
	const char *name;
	uint16_t mtu;
	uint8_t offload; /* enum dp_tun_offload */
};
/* To a call; with sid 0 to none, and with this tid besides there is no route any more. */
#define DOOR_TUN_NO_ROUTE UINT16_MAX
struct door_tun_route {
	uint32_t no;
	struct dp_prefix to;
	uint16_t tid, sid;
};
struct door_port_open {
	uint32_t port, worker;
	const char *transport;
	struct ist_port_config cfg;
};
struct door_connect {
	uint32_t port;
	struct ist_addr to;
	const char *sub_address; /* NULL = none */
	uint8_t payload;
	const uint8_t *ticket; /* RESUME */
	uint32_t ticket_len;
};
struct door_port_ask {
	uint32_t port;
	uint32_t n; /* counters, octets of text, fills or offloads at most */
};
struct door_port_tap {
	uint32_t port;
	bool on;
};
struct door_impair {
	uint32_t port;
	struct ist_addr circuit; /* len 0 = the port */
	uint8_t way;		 /* enum dp_impair_way */
	bool off, configured;
	struct dp_impair set;
};
struct door_line {
	l2tp_channel channel;
	uint32_t send, receive; /* LINE_ACCM */
};
struct door_answer {
	int32_t rc;	   /* what the function of dp.h returns */
	uint32_t no;	   /* TUN */
	const char *words; /* why not, the status, or the name of the device; NULL = none */
	uint8_t offload;   /* TUN: what it has of enum dp_tun_offload */
	l2tp_channel channel;
	struct ist_addr peer, local;
	uint32_t mtu;
	bool permanent;
	const uint64_t *count;
	uint32_t counts;
	const struct ist_fill *fill;
	uint32_t fills;
	const struct ist_offload *offload_row;
	uint32_t offload_rows;
	const struct dp_impair_row *impair_row;
	uint32_t impair_rows;
	uint32_t error[IST_ERRORS];
};
struct door_report {
	uint32_t port;
	l2tp_channel channel;
	uint64_t when;
	struct ist_attrs attrs; /* whole: members that the transport does not have are 0 */
	uint32_t mtu;		/* OFFER, UP, MTU */
	struct ist_cause cause;
	bool forever;
	int32_t err;
	const char *words;     /* FAILED */
	const char *transport; /* PORT */
	const char *name;      /* PORT */
	uint32_t worker;       /* PORT */
};

struct door_msg {
	uint16_t kind; /* enum door_kind */
	/* Of a table message; an answer has that of its question, a report that of the ATTACH of
	 * the control that it is for. */
	uint64_t no;
	union {
		struct door_attach attach;
		struct door_call_set call_set;
		struct door_leg leg; /* CALL_DEL */
		struct door_filter filter;
		struct door_number number; /* FILTER_DEL, TUN_CLOSE, PORT_CLOSE */
		struct door_tun_open tun_open;
		struct door_tun_route tun_route;
		struct door_port_open port_open;
		struct door_connect connect;   /* CONNECT, RESUME */
		struct door_port_ask port_ask; /* PORT_COUNT, _STATUS, _FILL, _OFFLOADS,
						  IMPAIR_ROWS */
		struct door_impair impair;
		struct door_port_tap port_tap;
		struct door_line line; /* LINE_ACCM, LINE_ERRORS */
		struct door_answer answer;
		struct door_report report;
	};
};

/* Octets written, or 0: it does not fit, or a member is out of its range. */
size_t door_msg_encode(const struct door_msg *m, void *buf, size_t cap);

/* Octets of `room` that a message of len octets may need; the room is aligned as by malloc. */
size_t door_msg_room(size_t len);
/* False: not a whole message of this way with members in range; *m is not to be used.  Its lists
 * are put into the room; text and octets stay where they are in the message. */
bool door_msg_decode(struct door_msg *m, enum door_way way, const void *octets, size_t len,
		     void *room, size_t room_len);
/* For counters and logs; "?" for a kind there is not. */
const char *door_msg_name(unsigned kind);

#endif
