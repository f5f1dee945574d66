/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Who may ask for changes of log-ins, and what a request must prove before it is looked at (RFC
 * 5176 sections 2.3 and 6).  Octets, where they came from and two times go in; an answer comes out,
 * and in between the owner is asked to do what is wanted.
 *
 * A datagram of a source that is no client is dropped; so is one whose authenticator or
 * Message-Authenticator is not made with the client's secret, and one whose Event-Timestamp is not
 * of now.  A client may be configured to send no Message-Authenticator or no Event-Timestamp.  The
 * same request again -- source, port, identifier and authenticator -- gets the same answer, and
 * nothing is done again: of each answer its Error-Cause is kept as long as the request could be
 * believed, and as the authenticator covers all of a request, the rest follows from the request.
 *
 * The owner keeps the newest COA_KEPT of these answers beyond the process, so that the next one,
 * after a reload, an upgrade or the death of control, gives them too (RFC 5176 2.3).
 *
 * What is forged costs two digests and counts for no limit, so that nobody can use up the requests
 * of a client in its name.
 */
#ifndef GW_AAA_RADIUS_COA_SERVER_H
#define GW_AAA_RADIUS_COA_SERVER_H

#include "gw/aaa/radius/radius_coa.h"

#define COA_WINDOW   300u  /* seconds that an Event-Timestamp may be off (RFC 5176 6.3) */
#define COA_A_SECOND 100u  /* requests a second of all clients together */
#define COA_KEPT     8192u /* answers that the owner keeps at most */
#define COA_RECORD   44u   /* octets of one */

/* X(symbol, "key", "words"): datagrams without an answer */
#define COA_DROPS(X)                                                                 \
	X(UNKNOWN, "unknown", "from an address that is no coa-client")               \
	X(MALFORMED, "malformed", "no packet of RADIUS, or an answer would not fit") \
	X(CODE, "code", "neither a CoA-Request nor a Disconnect-Request")            \
	X(FORGED, "forged", "the secret is another one there")                       \
	X(UNPROVED, "unproved", "without Message-Authenticator")                     \
	X(UNDATED, "undated", "without Event-Timestamp")                             \
	X(STALE, "stale", "with an Event-Timestamp that is not of now")              \
	X(LIMIT, "limit", "more requests than are served in a second")

enum coa_drop {
#define X(sym, key, words) COA_D_##sym,
	COA_DROPS(X)
#undef X
		COA_DROP_COUNT
};
struct coa_drop_row {
	const char *key, *words;
};
extern const struct coa_drop_row coa_drops[COA_DROP_COUNT];

struct coa_client {
	uint8_t address[16]; /* IPv4 as ::ffff:a.b.c.d */
	const char *secret;  /* never shown; outlives the server */
	bool need_proof, need_stamp;
	unsigned rate; /* requests a second; 1 or more */
};

struct coa_source {
	uint8_t address[16];
	uint16_t port;
};

/* received = the sum of all others. */
struct coa_counters {
	uint64_t received;
	uint64_t disconnects, changes; /* carried out */
	uint64_t refused[RADIUS_REFUSALS];
	uint64_t repeated; /* answered as before */
	uint64_t drop[COA_DROP_COUNT];
};

struct coa_ops {
	/* Do all of it, or nothing and say why; client: its number. */
	enum radius_refusal (*change)(void *ctx, unsigned client, const struct radius_coa *what,
				      uint64_t now);
	/* A request has been answered for the first time. */
	void (*answered)(void *ctx, unsigned client, const struct radius_coa *what,
			 enum radius_refusal r, uint64_t now);
	/* client: COA_NOBODY when it is not known. */
	void (*dropped)(void *ctx, unsigned client, const struct coa_source *from,
			enum coa_drop why, uint64_t now);
	/* Keep this record of an answer, which has to be valid before the answer leaves; or no
	 * longer. */
	void (*keep)(void *ctx, uint64_t key, const uint8_t rec[COA_RECORD]);
	void (*drop)(void *ctx, uint64_t key);
};
#define COA_NOBODY UINT32_MAX

struct coa_server;

/* Clients are copied; secret: random, for the table of what was answered.  NULL without memory. */
struct coa_server *coa_server_new(const struct coa_client *client, unsigned n, uint64_t secret,
				  const struct coa_ops *ops, void *ctx);
void coa_server_free(struct coa_server *s);
/* What a life before has kept, each record in any order, and then that these are all; before the
 * first datagram.  Records may say anything. */
void coa_server_recall(struct coa_server *s, uint64_t key, const uint8_t *rec, size_t len,
		       uint64_t now);
void coa_server_recalled(struct coa_server *s);
/* A datagram.  now: us, monotonic; wall: seconds since 1970.  Octets of the answer in out, which
 * has room for RADIUS_MAX; 0 = there is none. */
size_t coa_server_rx(struct coa_server *s, const struct coa_source *from, const void *octets,
		     size_t len, uint64_t now, uint64_t wall, uint8_t *out);
/* Of this client, or of COA_NOBODY; NULL = there is no such. */
const struct coa_counters *coa_server_count(const struct coa_server *s, unsigned client);

#endif
