/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * RADIUS packets (RFC 2865, 2866, 2868, 2869, 3162, 3579, 4679, 4818, 5176, 6911; Microsoft's
 * attributes RFC 2548): octets in, values out, and back.  No I/O, no clock, no randomness.
 *
 * A packet is a code, an identifier, a length, 16 octets of authenticator, and attributes of a
 * type, a length and a value each.  Who shares the secret is proved twice: by the authenticator,
 * an MD5 over the packet and the secret, and by the attribute Message-Authenticator, an HMAC-MD5
 * that a forger of MD5 collisions cannot make.  The second is demanded in every answer to a
 * request for access.
 */
#ifndef GW_AAA_RADIUS_RADIUS_H
#define GW_AAA_RADIUS_RADIUS_H

#include "core/bytes.h"

#define RADIUS_MAX	 4096u /* octets of a packet */
#define RADIUS_HEAD	 20u
#define RADIUS_AUTH	 16u  /* octets of an authenticator */
#define RADIUS_VALUE_MAX 253u /* octets of a value; less by a vendor's head of 6 */
#define RADIUS_PASSWORD	 128u /* octets of a User-Password */

enum radius_code {
	RADIUS_ACCESS_REQUEST = 1,
	RADIUS_ACCESS_ACCEPT = 2,
	RADIUS_ACCESS_REJECT = 3,
	RADIUS_ACCOUNTING_REQUEST = 4,
	RADIUS_ACCOUNTING_RESPONSE = 5,
	RADIUS_ACCESS_CHALLENGE = 11,
	RADIUS_STATUS_SERVER = 12,
	RADIUS_DISCONNECT_REQUEST = 40,
	RADIUS_DISCONNECT_ACK = 41,
	RADIUS_DISCONNECT_NAK = 42,
	RADIUS_COA_REQUEST = 43,
	RADIUS_COA_ACK = 44,
	RADIUS_COA_NAK = 45,
};

/* --- the dictionary (radius_dict.c) ------------------------------------------------------------ */

enum radius_form {
	RADIUS_OCTETS,
	RADIUS_TEXT,	      /* of UTF-8, without a NUL */
	RADIUS_U32,	      /* also times and enumerations */
	RADIUS_ADDR4,	      /* 4 octets */
	RADIUS_ADDR6,	      /* 16 octets */
	RADIUS_PREFIX6,	      /* 0, prefix length, at most 16 octets of prefix (RFC 3162 2.3) */
	RADIUS_TAGGED_U24,    /* a tag and 3 octets (RFC 2868) */
	RADIUS_TAGGED,	      /* text, with a tag before it when that is at most 31 */
	RADIUS_SALTED,	      /* a salt of 2 octets and hidden octets (RFC 2548 2.4.2) */
	RADIUS_TAGGED_SALTED, /* the same behind a tag (RFC 2868 3.5) */
};

#define RADIUS_MICROSOFT 311u
#define RADIUS_CISCO	 9u
#define RADIUS_WISPR	 14122u
#define RADIUS_MIKROTIK	 14988u
#define RADIUS_BROADBAND 3561u /* the DSL Forum (RFC 4679) */

/* Of the lines of access nodes (RFC 4679), as those of RADIUS_DICTIONARY. */
#define RADIUS_LINES(X)                                                                            \
	X(AGENT_CIRCUIT_ID, RADIUS_BROADBAND, 1, TEXT, 1, 63, "ADSL-Agent-Circuit-Id")             \
	X(AGENT_REMOTE_ID, RADIUS_BROADBAND, 2, TEXT, 1, 63, "ADSL-Agent-Remote-Id")               \
	X(RATE_UPSTREAM, RADIUS_BROADBAND, 129, U32, 4, 4, "Actual-Data-Rate-Upstream")            \
	X(RATE_DOWNSTREAM, RADIUS_BROADBAND, 130, U32, 4, 4, "Actual-Data-Rate-Downstream")        \
	X(RATE_LEAST_UPSTREAM, RADIUS_BROADBAND, 131, U32, 4, 4, "Minimum-Data-Rate-Upstream")     \
	X(RATE_LEAST_DOWNSTREAM, RADIUS_BROADBAND, 132, U32, 4, 4, "Minimum-Data-Rate-Downstream") \
	X(RATE_ATTAINABLE_UPSTREAM, RADIUS_BROADBAND, 133, U32, 4, 4,                              \
	  "Attainable-Data-Rate-Upstream")                                                         \
	X(RATE_ATTAINABLE_DOWNSTREAM, RADIUS_BROADBAND, 134, U32, 4, 4,                            \
	  "Attainable-Data-Rate-Downstream")                                                       \
	X(RATE_MOST_UPSTREAM, RADIUS_BROADBAND, 135, U32, 4, 4, "Maximum-Data-Rate-Upstream")      \
	X(RATE_MOST_DOWNSTREAM, RADIUS_BROADBAND, 136, U32, 4, 4, "Maximum-Data-Rate-Downstream")  \
	X(RATE_LOW_UPSTREAM, RADIUS_BROADBAND, 137, U32, 4, 4,                                     \
	  "Minimum-Data-Rate-Upstream-Low-Power")                                                  \
	X(RATE_LOW_DOWNSTREAM, RADIUS_BROADBAND, 138, U32, 4, 4,                                   \
	  "Minimum-Data-Rate-Downstream-Low-Power")                                                \
	X(DELAY_MOST_UPSTREAM, RADIUS_BROADBAND, 139, U32, 4, 4,                                   \
	  "Maximum-Interleaving-Delay-Upstream")                                                   \
	X(DELAY_UPSTREAM, RADIUS_BROADBAND, 140, U32, 4, 4, "Actual-Interleaving-Delay-Upstream")  \
	X(DELAY_MOST_DOWNSTREAM, RADIUS_BROADBAND, 141, U32, 4, 4,                                 \
	  "Maximum-Interleaving-Delay-Downstream")                                                 \
	X(DELAY_DOWNSTREAM, RADIUS_BROADBAND, 142, U32, 4, 4,                                      \
	  "Actual-Interleaving-Delay-Downstream")                                                  \
	X(ACCESS_ENCAPSULATION, RADIUS_BROADBAND, 144, OCTETS, 3, 3, "Access-Loop-Encapsulation")  \
	X(IWF_SESSION, RADIUS_BROADBAND, 254, OCTETS, 0, 0, "IWF-Session")

/* One line an attribute: our name, vendor (0 = of an RFC), type, form, least and most octets of
 * the value, the name that people know. */
#define RADIUS_DICTIONARY(X)                                                              \
	X(USER_NAME, 0, 1, TEXT, 1, 253, "User-Name")                                     \
	X(USER_PASSWORD, 0, 2, OCTETS, 16, 128, "User-Password")                          \
	X(CHAP_PASSWORD, 0, 3, OCTETS, 17, 17, "CHAP-Password")                           \
	X(NAS_IP_ADDRESS, 0, 4, ADDR4, 4, 4, "NAS-IP-Address")                            \
	X(NAS_PORT, 0, 5, U32, 4, 4, "NAS-Port")                                          \
	X(SERVICE_TYPE, 0, 6, U32, 4, 4, "Service-Type")                                  \
	X(FRAMED_PROTOCOL, 0, 7, U32, 4, 4, "Framed-Protocol")                            \
	X(FRAMED_IP_ADDRESS, 0, 8, ADDR4, 4, 4, "Framed-IP-Address")                      \
	X(FRAMED_IP_NETMASK, 0, 9, ADDR4, 4, 4, "Framed-IP-Netmask")                      \
	X(FILTER_ID, 0, 11, TEXT, 1, 253, "Filter-Id")                                    \
	X(FRAMED_MTU, 0, 12, U32, 4, 4, "Framed-MTU")                                     \
	X(REPLY_MESSAGE, 0, 18, TEXT, 1, 253, "Reply-Message")                            \
	X(FRAMED_ROUTE, 0, 22, TEXT, 1, 253, "Framed-Route")                              \
	X(STATE, 0, 24, OCTETS, 1, 253, "State")                                          \
	X(CLASS, 0, 25, OCTETS, 1, 253, "Class")                                          \
	X(SESSION_TIMEOUT, 0, 27, U32, 4, 4, "Session-Timeout")                           \
	X(IDLE_TIMEOUT, 0, 28, U32, 4, 4, "Idle-Timeout")                                 \
	X(TERMINATION_ACTION, 0, 29, U32, 4, 4, "Termination-Action")                     \
	X(CALLED_STATION_ID, 0, 30, TEXT, 1, 253, "Called-Station-Id")                    \
	X(CALLING_STATION_ID, 0, 31, TEXT, 1, 253, "Calling-Station-Id")                  \
	X(NAS_IDENTIFIER, 0, 32, TEXT, 1, 253, "NAS-Identifier")                          \
	X(PROXY_STATE, 0, 33, OCTETS, 1, 253, "Proxy-State")                              \
	X(ACCT_STATUS_TYPE, 0, 40, U32, 4, 4, "Acct-Status-Type")                         \
	X(ACCT_DELAY_TIME, 0, 41, U32, 4, 4, "Acct-Delay-Time")                           \
	X(ACCT_INPUT_OCTETS, 0, 42, U32, 4, 4, "Acct-Input-Octets")                       \
	X(ACCT_OUTPUT_OCTETS, 0, 43, U32, 4, 4, "Acct-Output-Octets")                     \
	X(ACCT_SESSION_ID, 0, 44, TEXT, 1, 253, "Acct-Session-Id")                        \
	X(ACCT_AUTHENTIC, 0, 45, U32, 4, 4, "Acct-Authentic")                             \
	X(ACCT_SESSION_TIME, 0, 46, U32, 4, 4, "Acct-Session-Time")                       \
	X(ACCT_INPUT_PACKETS, 0, 47, U32, 4, 4, "Acct-Input-Packets")                     \
	X(ACCT_OUTPUT_PACKETS, 0, 48, U32, 4, 4, "Acct-Output-Packets")                   \
	X(ACCT_TERMINATE_CAUSE, 0, 49, U32, 4, 4, "Acct-Terminate-Cause")                 \
	X(ACCT_MULTI_SESSION_ID, 0, 50, TEXT, 1, 253, "Acct-Multi-Session-Id")            \
	X(ACCT_LINK_COUNT, 0, 51, U32, 4, 4, "Acct-Link-Count")                           \
	X(ACCT_INPUT_GIGAWORDS, 0, 52, U32, 4, 4, "Acct-Input-Gigawords")                 \
	X(ACCT_OUTPUT_GIGAWORDS, 0, 53, U32, 4, 4, "Acct-Output-Gigawords")               \
	X(EVENT_TIMESTAMP, 0, 55, U32, 4, 4, "Event-Timestamp")                           \
	X(CHAP_CHALLENGE, 0, 60, OCTETS, 5, 253, "CHAP-Challenge")                        \
	X(NAS_PORT_TYPE, 0, 61, U32, 4, 4, "NAS-Port-Type")                               \
	X(PORT_LIMIT, 0, 62, U32, 4, 4, "Port-Limit")                                     \
	X(TUNNEL_TYPE, 0, 64, TAGGED_U24, 4, 4, "Tunnel-Type")                            \
	X(TUNNEL_MEDIUM_TYPE, 0, 65, TAGGED_U24, 4, 4, "Tunnel-Medium-Type")              \
	X(TUNNEL_CLIENT_ENDPOINT, 0, 66, TAGGED, 1, 253, "Tunnel-Client-Endpoint")        \
	X(TUNNEL_SERVER_ENDPOINT, 0, 67, TAGGED, 1, 253, "Tunnel-Server-Endpoint")        \
	X(ACCT_TUNNEL_CONNECTION, 0, 68, TEXT, 1, 253, "Acct-Tunnel-Connection")          \
	X(TUNNEL_PASSWORD, 0, 69, TAGGED_SALTED, 19, 253, "Tunnel-Password")              \
	X(CONNECT_INFO, 0, 77, TEXT, 1, 253, "Connect-Info")                              \
	X(EAP_MESSAGE, 0, 79, OCTETS, 1, 253, "EAP-Message")                              \
	X(MESSAGE_AUTHENTICATOR, 0, 80, OCTETS, 16, 16, "Message-Authenticator")          \
	X(TUNNEL_PRIVATE_GROUP_ID, 0, 81, TAGGED, 1, 253, "Tunnel-Private-Group-ID")      \
	X(TUNNEL_ASSIGNMENT_ID, 0, 82, TAGGED, 1, 253, "Tunnel-Assignment-ID")            \
	X(TUNNEL_PREFERENCE, 0, 83, TAGGED_U24, 4, 4, "Tunnel-Preference")                \
	X(ACCT_INTERIM_INTERVAL, 0, 85, U32, 4, 4, "Acct-Interim-Interval")               \
	X(ACCT_TUNNEL_PACKETS_LOST, 0, 86, U32, 4, 4, "Acct-Tunnel-Packets-Lost")         \
	X(NAS_PORT_ID, 0, 87, TEXT, 1, 253, "NAS-Port-Id")                                \
	X(FRAMED_POOL, 0, 88, TEXT, 1, 253, "Framed-Pool")                                \
	X(TUNNEL_CLIENT_AUTH_ID, 0, 90, TAGGED, 1, 253, "Tunnel-Client-Auth-ID")          \
	X(TUNNEL_SERVER_AUTH_ID, 0, 91, TAGGED, 1, 253, "Tunnel-Server-Auth-ID")          \
	X(NAS_IPV6_ADDRESS, 0, 95, ADDR6, 16, 16, "NAS-IPv6-Address")                     \
	X(FRAMED_INTERFACE_ID, 0, 96, OCTETS, 8, 8, "Framed-Interface-Id")                \
	X(FRAMED_IPV6_PREFIX, 0, 97, PREFIX6, 2, 18, "Framed-IPv6-Prefix")                \
	X(FRAMED_IPV6_ROUTE, 0, 99, TEXT, 1, 253, "Framed-IPv6-Route")                    \
	X(FRAMED_IPV6_POOL, 0, 100, TEXT, 1, 253, "Framed-IPv6-Pool")                     \
	X(ERROR_CAUSE, 0, 101, U32, 4, 4, "Error-Cause")                                  \
	X(DELEGATED_IPV6_PREFIX, 0, 123, PREFIX6, 2, 18, "Delegated-IPv6-Prefix")         \
	X(FRAMED_IPV6_ADDRESS, 0, 168, ADDR6, 16, 16, "Framed-IPv6-Address")              \
	X(DNS_SERVER_IPV6_ADDRESS, 0, 169, ADDR6, 16, 16, "DNS-Server-IPv6-Address")      \
	X(DELEGATED_IPV6_POOL, 0, 171, TEXT, 1, 253, "Delegated-IPv6-Prefix-Pool")        \
	X(MS_CHAP_ERROR, RADIUS_MICROSOFT, 2, OCTETS, 2, 247, "MS-CHAP-Error")            \
	X(MS_CHAP_CHALLENGE, RADIUS_MICROSOFT, 11, OCTETS, 8, 16, "MS-CHAP-Challenge")    \
	X(MS_MPPE_SEND_KEY, RADIUS_MICROSOFT, 16, SALTED, 18, 247, "MS-MPPE-Send-Key")    \
	X(MS_MPPE_RECV_KEY, RADIUS_MICROSOFT, 17, SALTED, 18, 247, "MS-MPPE-Recv-Key")    \
	X(MS_CHAP2_RESPONSE, RADIUS_MICROSOFT, 25, OCTETS, 50, 50, "MS-CHAP2-Response")   \
	X(MS_CHAP2_SUCCESS, RADIUS_MICROSOFT, 26, OCTETS, 43, 43, "MS-CHAP2-Success")     \
	X(MS_PRIMARY_DNS, RADIUS_MICROSOFT, 28, ADDR4, 4, 4, "MS-Primary-DNS-Server")     \
	X(MS_SECONDARY_DNS, RADIUS_MICROSOFT, 29, ADDR4, 4, 4, "MS-Secondary-DNS-Server") \
	X(CISCO_AVPAIR, RADIUS_CISCO, 1, TEXT, 1, 247, "Cisco-AVPair")                    \
	X(WISPR_RATE_UP, RADIUS_WISPR, 7, U32, 4, 4, "WISPr-Bandwidth-Max-Up")            \
	X(WISPR_RATE_DOWN, RADIUS_WISPR, 8, U32, 4, 4, "WISPr-Bandwidth-Max-Down")        \
	X(MIKROTIK_RATE, RADIUS_MIKROTIK, 8, TEXT, 1, 247, "Mikrotik-Rate-Limit")         \
	RADIUS_LINES(X)

enum radius_name {
#define RADIUS_AS_NAME(name, vendor, type, form, least, most, words) RADIUS_##name,
	RADIUS_DICTIONARY(RADIUS_AS_NAME)
#undef RADIUS_AS_NAME
		RADIUS_NAMES
};

struct radius_attr {
	const char *words;
	uint32_t vendor;
	uint8_t type, form, least, most;
};
extern const struct radius_attr radius_attrs[RADIUS_NAMES];

/* RADIUS_NAMES for one that is not in the dictionary. */
enum radius_name radius_find(uint32_t vendor, uint8_t type);

/* --- values of attributes ---------------------------------------------------------------------- */

/* Service-Type (RFC 2865 5.6) */
enum radius_service {
	RADIUS_SERVICE_FRAMED = 2,
	RADIUS_SERVICE_OUTBOUND = 5,
	RADIUS_SERVICE_CALL_CHECK = 10,
};
#define RADIUS_FRAMED_PPP    1u	 /* Framed-Protocol (RFC 2865 5.7) */
#define RADIUS_INTERIM_LEAST 60u /* seconds: Acct-Interim-Interval (RFC 2869 5.16) */

/* --- reading (radius_read.c) ------------------------------------------------------------------- */

struct radius_packet {
	uint8_t code, id;
	const uint8_t *octets; /* the whole packet; the caller's */
	size_t len;	       /* as its Length says */
	size_t proof;	       /* where the value of Message-Authenticator is; 0 = there is none */
};

/* One attribute. */
struct radius_value {
	enum radius_name name; /* RADIUS_NAMES: not in the dictionary */
	uint8_t tag;	       /* 1 to 31; 0 = none */
	struct rd octets;      /* behind the tag */
	uint32_t number;       /* of the forms U32, ADDR4 and TAGGED_U24 */
};

/* Where a reader of attributes is; all zeros but `attrs` at the beginning. */
struct radius_walk {
	struct rd attrs;
	struct rd inside; /* the rest of one of a vendor */
	uint32_t vendor;
};

/* Octets of a datagram.  False: to be dropped in silence, since lengths do not agree or an
 * attribute of the dictionary has not the length of its form (RFC 2865 sections 3 and 5).  Octets
 * behind the packet's Length are padding. */
bool radius_open(struct radius_packet *p, const void *octets, size_t len);
/* From the first attribute of a packet that is open. */
struct radius_walk radius_walk(const struct radius_packet *p);
/* The next one, in order; those of a vendor come one by one.  False: there are no more. */
bool radius_next(struct radius_walk *at, struct radius_value *v);

enum radius_proof {
	RADIUS_PROVED,
	RADIUS_UNPROVED, /* the authenticator is right, and there is no Message-Authenticator */
	RADIUS_FORGED,	 /* one of the two is wrong */
};
/* An answer to our request with that authenticator. */
enum radius_proof radius_prove_answer(const struct radius_packet *p,
				      const uint8_t request[RADIUS_AUTH], const void *secret,
				      size_t secret_len);
/* A request of a server for a change (RFC 5176 section 2.3), or for accounting. */
enum radius_proof radius_prove_request(const struct radius_packet *p, const void *secret,
				       size_t secret_len);

/* Of a value of the form PREFIX6 (RFC 3162 2.3): the prefix, without what is behind its bits, and
 * how many these are. */
uint8_t radius_prefix6(const struct radius_value *v, uint8_t prefix[16]);

/* The octets behind the salt of a hidden value (RFC 2868 3.5, RFC 2548 2.4.2): v->octets is salt
 * and ciphertext.  How many were written to out, which has room for RADIUS_VALUE_MAX, or -1. */
int radius_reveal(const struct radius_value *v, const uint8_t request[RADIUS_AUTH],
		  const void *secret, size_t secret_len, uint8_t *out);

/* --- writing (radius_write.c) ------------------------------------------------------------------ */

struct radius_writer {
	struct wr w;
	size_t proof;		/* where Message-Authenticator's value is; 0 = there is none */
	const uint8_t *given;	/* the authenticator */
	const uint8_t *request; /* an answer: that of the request */
};

/* Begin a packet.  authenticator: 16 random octets for a request for access or of status, that of
 * the request for an answer; NULL for the other requests, whose authenticator follows from the
 * rest.  It must live until radius_end().  Message-Authenticator comes first in all but
 * accounting. */
void radius_begin(struct radius_writer *b, void *buf, size_t cap, enum radius_code code, uint8_t id,
		  const uint8_t *authenticator);
/* A value that is longer than the attribute may be, or shorter, spoils the packet. */
void radius_put(struct radius_writer *b, enum radius_name name, const void *value, size_t len);
void radius_put_u32(struct radius_writer *b, enum radius_name name, uint32_t value);
/* Empty text, or NULL, puts nothing; text that is too long is cut. */
void radius_put_text(struct radius_writer *b, enum radius_name name, const char *text);
/* User-Password (RFC 2865 5.2), at most RADIUS_PASSWORD octets. */
void radius_put_password(struct radius_writer *b, const void *password, size_t len,
			 const void *secret, size_t secret_len);
/* Lengths, Message-Authenticator, authenticator.  Octets of the packet, or 0: it did not fit. */
size_t radius_end(struct radius_writer *b, const void *secret, size_t secret_len);

#endif
