/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What both ends of PPPoE have in common: sessions and how they are found, PADT, counters.
 * pppoe_ac.h is the access concentrator, pppoe_client.h the host.  Bytes and `now` go in; frames,
 * events and a deadline come out.
 *
 * A session is named on the wire by both stations and a 16-bit id, which the access concentrator
 * chose (RFC 2516 4).  It is found by id and peer address; its slot (kit/slots.h) is the host's
 * handle.
 */
#ifndef TRANSPORTS_PPPOE_PPPOE_END_H
#define TRANSPORTS_PPPOE_PPPOE_END_H

#include "transports/kit/slots.h"
#include "transports/pppoe/pppoe_hash.h"
#include "transports/pppoe/pppoe_line.h"

#define PPPOE_SESSIONS_MAX 65534u
#define PPPOE_UNIQ_MAX	   64u /* octets of a Host-Uniq we send */

#define PPPOE_COUNTERS(X)                                                                         \
	X(RX, "rx-frames", "frames delivered")                                                    \
	X(RX_OCTETS, "rx-octets", "octets delivered")                                             \
	X(TX, "tx-frames", "frames handed to the link")                                           \
	X(TX_OCTETS, "tx-octets", "octets handed to the link")                                    \
	X(RX_SHORT, "rx-short", "frames dropped, cut off in a head")                              \
	X(RX_ETHERTYPE, "rx-ethertype", "frames dropped, ethertype not of PPPoE")                 \
	X(RX_VERSION, "rx-version", "frames dropped, version or type not 1")                      \
	X(RX_LENGTH, "rx-length", "frames dropped, length beyond the frame's end")                \
	X(RX_SOURCE, "rx-source", "frames dropped, source address of no station")                 \
	X(RX_DESTINATION, "rx-destination", "frames dropped, for another station")                \
	X(RX_CODE, "rx-code", "frames dropped, code unknown or not for our role")                 \
	X(RX_TAGS, "rx-tags", "discovery frames dropped, tags malformed")                         \
	X(RX_NOT_ZERO, "rx-session-id", "discovery frames dropped, session id not zero")          \
	X(RX_UNKNOWN, "rx-unknown", "session frames dropped, no such session")                    \
	X(RX_STRANGER, "rx-stranger",                                                             \
	  "session frames dropped, from another station than the peer")                           \
	X(RX_EMPTY, "rx-empty", "session frames dropped, nothing in them")                        \
	X(RX_PADI, "rx-padi", "PADI received")                                                    \
	X(TX_PADO, "tx-pado", "PADO sent")                                                        \
	X(RX_PADR, "rx-padr", "PADR received")                                                    \
	X(TX_PADS, "tx-pads", "PADS sent that open a session")                                    \
	X(TX_PADS_ERROR, "tx-pads-error", "PADS sent that refuse one")                            \
	X(TX_PADI, "tx-padi", "PADI sent")                                                        \
	X(RX_PADO, "rx-pado", "PADO received")                                                    \
	X(TX_PADR, "tx-padr", "PADR sent")                                                        \
	X(RX_PADS, "rx-pads", "PADS received")                                                    \
	X(RX_PADT, "rx-padt", "PADT received")                                                    \
	X(TX_PADT, "tx-padt", "PADT sent")                                                        \
	X(PADI_SERVICES, "padi-services", "PADI dropped, not exactly one Service-Name")           \
	X(PADI_SERVICE, "padi-service", "PADI dropped, for a service we have not")                \
	X(PADI_FULL, "padi-full", "PADI dropped, as many sessions as allowed")                    \
	X(PADI_MAC_FULL, "padi-mac-full", "PADI dropped, as many sessions as a station may have") \
	X(PADO_QUEUE_FULL, "pado-queue-full", "PADO dropped, too many wait for their delay")      \
	X(PADR_SERVICES, "padr-services", "PADR dropped, not exactly one Service-Name")           \
	X(PADR_COOKIE, "padr-cookie", "PADR dropped, no cookie of ours")                          \
	X(PADR_COOKIE_OLD, "padr-cookie-old", "PADR dropped, its cookie too old")                 \
	X(PADR_AGAIN, "padr-again", "PADR that repeat one")                                       \
	X(PADR_SERVICE, "padr-service", "PADR refused, for a service we have not")                \
	X(PADR_FULL, "padr-full", "PADR refused, as many sessions as allowed")                    \
	X(PADR_MAC_FULL, "padr-mac-full", "PADR refused, as many sessions as a station may have") \
	X(PADR_HOST, "padr-refused", "sessions refused behind the port")                          \
	X(PADO_UNKNOWN, "pado-unknown", "PADO dropped, its Host-Uniq not of a request")           \
	X(PADO_LATE, "pado-late", "PADO dropped, another one was chosen")                         \
	X(PADO_OTHER, "pado-other", "PADO dropped, of another access concentrator than wanted")   \
	X(PADO_SERVICE, "pado-service", "PADO dropped, without the service wanted")               \
	X(PADO_ERROR, "pado-error", "PADO dropped, with an error tag or without AC-Name")         \
	X(PADO_TAGS, "pado-tags", "PADO dropped, tags to return too long")                        \
	X(PADS_UNKNOWN, "pads-unknown", "PADS dropped, its Host-Uniq not of a request")           \
	X(PADS_AGAIN, "pads-again", "PADS that repeat one")                                       \
	X(PADS_BAD, "pads-bad", "PADS dropped, with the reserved session id")                     \
	X(PADS_REFUSED, "pads-refused", "PADS that refuse a session")                             \
	X(PADT_UNKNOWN, "padt-unknown", "PADT dropped, no such session")                          \
	X(PADT_HELD, "padt-held", "PADT for sessions we have not left out, too many a second")    \
	X(NO_ANSWER, "no-answer", "sessions given up, no answer to PADI or PADR")                 \
	X(TX_TAGS, "tx-tags", "discovery frames not sent, tags beyond a frame's end")             \
	X(TX_STALE, "tx-stale", "frames for a channel that is not there")                         \
	X(TX_DOWN, "tx-down", "frames dropped, session not open yet")                             \
	X(TX_TOO_LONG, "tx-too-long", "frames dropped, longer than the MTU")

enum pppoe_counter {
#define X(sym, name, words) PPPOE_C_##sym,
	PPPOE_COUNTERS(X)
#undef X
		PPPOE_C_COUNT
};

enum pppoe_state {
	PPPOE_OFFERED, /* PADR received, the host of the port is asked */
	PPPOE_WAIT_PADO,
	PPPOE_WAIT_PADS,
	PPPOE_UP,
	PPPOE_OVER, /* while `down` is reported */
};

struct pppoe_session {
	uint32_t slot;
	uint8_t state; /* enum pppoe_state */
	uint8_t peer[6];
	uint16_t id;	      /* 0 = has none yet */
	uint16_t payload_max; /* octets of a PPP payload both ends agreed on */
	uint32_t next_id, next_mac;
	bool in_mac;
	bool noted;	/* the port will report it */
	uint64_t nonce; /* of the cookie it was asked for with; of our Host-Uniq */
	uint8_t *tags;	/* of the PADR; as client, the PADO's tags to return */
	uint16_t tags_len;
	struct ist_addr local, address; /* ours; the peer with the service */
	char called[PPPOE_CALLING_MAX], calling[PPPOE_CALLING_MAX];
	char said[64];		 /* words of the peer's error tag */
	uint64_t tx_bps, rx_bps; /* 0 = not known */
	/* client */
	uint64_t wait; /* us until the next try */
	uint32_t tries, rounds;
};

/* Reports; they may end any session. */
struct pppoe_ops {
	void (*tx)(void *ctx, const uint8_t *frame, size_t len);
	void (*offer)(void *ctx, struct pppoe_session *s);
	void (*up)(void *ctx, struct pppoe_session *s);
	/* It is freed when this returns. */
	void (*down)(void *ctx, struct pppoe_session *s, const struct ist_cause *why);
};

struct pppoe_end {
	const struct pppoe_ops *ops;
	void *ctx;
	uint8_t key[PPPOE_KEY]; /* secret */
	uint8_t mac[6];		/* ours */
	uint16_t payload_max;	/* octets of a PPP payload we and the link can take */
	struct slots slots;
	struct pppoe_session **session; /* by slot */
	uint32_t *by_id;		/* first slot of each id; 0 = none */
	uint32_t *by_mac, macs;		/* of each place; a power of two */
	uint64_t padt_at;		/* when the next stray PADT may go, at the earliest */
	uint64_t count[PPPOE_C_COUNT];
};

/* most: sessions at once.  0 or -ENOMEM; pppoe_end_free is called after both. */
int pppoe_end_init(struct pppoe_end *e, uint32_t most, const uint8_t key[PPPOE_KEY],
		   const struct pppoe_ops *ops, void *ctx);
void pppoe_end_free(struct pppoe_end *e);

/* A new session, which counts among those of peer unless that is NULL; NULL = no more. */
struct pppoe_session *pppoe_end_new(struct pppoe_end *e, const uint8_t *peer);
/* From here on it is found by s->peer and id. */
void pppoe_end_name(struct pppoe_end *e, struct pppoe_session *s, uint16_t id);
/* One of a slot that is taken already, otherwise as pppoe_end_new; NULL = no memory, or the slot
 * has one. */
struct pppoe_session *pppoe_end_put(struct pppoe_end *e, uint32_t slot, const uint8_t *peer);
void pppoe_end_drop(struct pppoe_end *e, struct pppoe_session *s);
/* The session of a slot, a handle, or an id and a peer; NULL = none. */
struct pppoe_session *pppoe_end_of(const struct pppoe_end *e, ist_channel c);
struct pppoe_session *pppoe_end_find(const struct pppoe_end *e, const uint8_t peer[6], uint16_t id);
/* The next session of the same peer behind s, s NULL = the first. */
struct pppoe_session *pppoe_end_next_of(const struct pppoe_end *e, const uint8_t peer[6],
					const struct pppoe_session *s);
unsigned pppoe_end_sessions_of(const struct pppoe_end *e, const uint8_t peer[6]);
/* The most sessions that one peer has. */
unsigned pppoe_end_worst(const struct pppoe_end *e);
bool pppoe_end_full(const struct pppoe_end *e);

/* Copies tags; false = out of memory. */
bool pppoe_end_keep_tags(struct pppoe_session *s, const uint8_t *tags, size_t len);
/* What both agree on: asked is the value of PPP-Max-Payload, 0 = none (RFC 4638 5.1). */
uint16_t pppoe_end_agree(const struct pppoe_end *e, uint16_t asked);
/* Sends what w has; counts c. */
void pppoe_end_send(struct pppoe_end *e, struct wr *w, enum pppoe_counter c);

/* Keeps the words of the error tag, if there is one. */
void pppoe_end_hear(struct pppoe_session *s, const struct pppoe_tags *t);
/* Down with `why`, and gone. */
void pppoe_end_lose(struct pppoe_end *e, struct pppoe_session *s, const struct ist_cause *why);
/* PADT with these words (NULL = none) if it is up, and gone without a report. */
void pppoe_end_hang_up(struct pppoe_end *e, struct pppoe_session *s, const char *words);
void pppoe_end_padt_in(struct pppoe_end *e, const struct pppoe_pkt *p, const struct pppoe_tags *t);
/* PADT for a session we do not have; a few a second. */
void pppoe_end_stray(struct pppoe_end *e, const uint8_t peer[6], uint16_t id, uint64_t now);

#endif
