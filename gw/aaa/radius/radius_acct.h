/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Records of accounting as attributes (RFC 2866, 2867, 2869, 3162, 4679, 4818): what is known of a
 * log-in or tunnel, and what has become of it.  Values in, octets out.
 *
 * A record says when it was made, by Event-Timestamp.  Acct-Delay-Time is added each time that it
 * is sent, since it says how long that has taken.
 */
#ifndef GW_AAA_RADIUS_RADIUS_ACCT_H
#define GW_AAA_RADIUS_RADIUS_ACCT_H

#include "gw/aaa/radius/radius.h"

/* Acct-Status-Type */
enum radius_acct_status {
	RADIUS_ACCT_START = 1,
	RADIUS_ACCT_STOP = 2,
	RADIUS_ACCT_INTERIM = 3,
	RADIUS_ACCT_ON = 7,
	RADIUS_ACCT_OFF = 8,
	RADIUS_ACCT_TUNNEL_START = 9,
	RADIUS_ACCT_TUNNEL_STOP = 10,
	RADIUS_ACCT_TUNNEL_REJECT = 11,
	RADIUS_ACCT_LINK_START = 12,
	RADIUS_ACCT_LINK_STOP = 13,
	RADIUS_ACCT_LINK_REJECT = 14,
};

/* Acct-Terminate-Cause (RFC 2866 5.10); 0 = none is said. */
enum radius_acct_cause {
	RADIUS_CAUSE_USER_REQUEST = 1,
	RADIUS_CAUSE_LOST_CARRIER = 2,
	RADIUS_CAUSE_LOST_SERVICE = 3,
	RADIUS_CAUSE_IDLE_TIMEOUT = 4,
	RADIUS_CAUSE_SESSION_TIMEOUT = 5,
	RADIUS_CAUSE_ADMIN_RESET = 6,
	RADIUS_CAUSE_ADMIN_REBOOT = 7,
	RADIUS_CAUSE_PORT_ERROR = 8,
	RADIUS_CAUSE_NAS_ERROR = 9,
	RADIUS_CAUSE_NAS_REQUEST = 10,
	RADIUS_CAUSE_NAS_REBOOT = 11,
	RADIUS_CAUSE_PORT_PREEMPTED = 13,
	RADIUS_CAUSE_SERVICE_UNAVAILABLE = 15,
	RADIUS_CAUSE_USER_ERROR = 17,
};

enum radius_acct_authentic {
	RADIUS_AUTHENTIC_RADIUS = 1,
	RADIUS_AUTHENTIC_LOCAL = 2,
	RADIUS_AUTHENTIC_REMOTE = 3, /* the LAC has */
};

/* Of an L2TP tunnel and a call in it.  Text that is NULL or empty is not said. */
struct radius_acct_tunnel {
	bool here;
	uint8_t medium;			       /* Tunnel-Medium-Type; 0 = it has no number */
	const char *client, *server;	       /* endpoints: addresses of LAC and LNS */
	const char *client_name, *server_name; /* their host names */
	const char *connection;
	const char *assignment; /* Tunnel-Assignment-ID, as a server has given it */
};

#define RADIUS_PORT_VIRTUAL 5u /* NAS-Port-Type, RFC 2865 5.41 */

struct radius_acct_facts {
	const uint8_t *user; /* at most 253 octets */
	size_t user_len;
	/* NULL or empty: not said */
	const char *multi; /* Acct-Multi-Session-Id */
	const char *nas_identifier, *port_id, *called, *calling, *connect_info;
	uint32_t port_type; /* NAS-Port-Type */
	uint32_t port;	    /* NAS-Port; 0 = it has no number */
	uint8_t authentic;  /* enum radius_acct_authentic; 0 = not said */
	bool framed;	    /* PPP: Service-Type and Framed-Protocol are said */
	uint32_t address4;  /* 0 = none */
	bool has_prefix6, has_iid;
	uint8_t prefix6[16];		       /* its first 64 bits */
	uint8_t delegated[16], delegated_bits; /* a prefix; bits 0 = none */
	uint64_t iid;
	const uint8_t *classes; /* Class attributes, each behind its length of one octet */
	size_t classes_len;
	const uint8_t *access; /* what an access node says of the line, as suboptions of TR-101 */
	size_t access_len;
	struct radius_acct_tunnel tunnel;
};

/* What has been carried since the start; in: from the user. */
struct radius_acct_counts {
	uint64_t in_octets, out_octets, in_packets, out_packets;
	uint64_t lost; /* packets of a tunnel */
	uint32_t seconds;
};

#define RADIUS_ACCT_ID 17u /* octets of an Acct-Session-Id's text with its NUL */

/* Sixteen digits. */
void radius_acct_id(char out[RADIUS_ACCT_ID], uint64_t id);

/* The attributes of all records of the log-in. */
void radius_acct_put_facts(struct radius_writer *b, const struct radius_acct_facts *f);
/* Only those of the line: what an access node says of it, as TR-101 suboptions. */
void radius_acct_put_access(struct radius_writer *b, const uint8_t *access, size_t len);

struct radius_acct_event {
	enum radius_acct_status status;
	uint64_t id;
	uint64_t when; /* seconds since 1970 */
	enum radius_acct_cause cause;
	const struct radius_acct_counts *counts; /* NULL = the record has none */
};
/* The attributes of one record. */
void radius_acct_put_event(struct radius_writer *b, const struct radius_acct_event *e);

/* Append the Class attributes of an answer to those in buf, which has len octets of cap.  The new
 * length; one that does not fit is left out with all that follow, and *whole is false then. */
size_t radius_acct_classes(const struct radius_packet *p, uint8_t *buf, size_t cap, bool *whole);

#endif
