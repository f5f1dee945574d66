/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A group of RADIUS servers that stand in for each other (RFC 2865 section 2.4, RFC 5080): which
 * one is asked, what is sent again and when, whose answer counts, and when a server is taken for
 * dead.  Octets and a time come in; octets, answers and a deadline go out.
 *
 * A request goes to one of the servers that are alive, by weight; to a backup only when no other
 * is left to ask.  It is sent again with the same octets, then to the next server.  One that leaves
 * `max_fail` requests in a row without an answer is dead for `fail_time`; then the next request
 * tries it again.  One that knows Status-Server (RFC 5997) is asked by that instead, at once and
 * then ever more seldom, at most `fail_time` apart; no request goes there before it has answered.
 *
 * An answer is found by server, source port and identifier, and must be proved by the secret; one
 * to a request for access needs a Message-Authenticator (CVE-2024-3596).  Others are counted, and
 * the request goes on waiting.
 */
#ifndef GW_AAA_RADIUS_RADIUS_POOL_H
#define GW_AAA_RADIUS_RADIUS_POOL_H

#include "gw/aaa/radius/radius.h"

#define RADIUS_SERVERS	 16u
#define RADIUS_PORTS	 16u	      /* source ports to a server, with 256 requests each */
#define RADIUS_PORT_ASK	 RADIUS_PORTS /* one more, for Status-Server */
#define RADIUS_ATTRS_MAX (RADIUS_MAX - RADIUS_HEAD - 18u - 2u - RADIUS_PASSWORD)

struct radius_server {
	const char *secret; /* never shown; outlives the pool */
	/* It knows Status-Server: what we call ourselves in that, which outlives the pool; NULL =
	 * it does not. */
	const char *status_as;
	unsigned weight; /* 1 or more */
	bool backup;
	uint64_t timeout, fail_time; /* us */
	unsigned retries;	     /* after the first time */
	unsigned max_fail;	     /* 1 or more */
	unsigned requests;	     /* at a time; at most 256 * RADIUS_PORTS */
};

enum radius_drop {
	RADIUS_D_MALFORMED,
	RADIUS_D_UNKNOWN, /* no request waits for it */
	RADIUS_D_CODE,	  /* no answer to that request */
	RADIUS_D_FORGED,
	RADIUS_D_UNPROVED,
	RADIUS_DROPS
};

struct radius_counters {
	uint64_t asked, resent, answered, timeouts; /* timeouts: of whole requests */
	uint64_t probes, probes_answered;	    /* by Status-Server; counted nowhere else */
	uint64_t drop[RADIUS_DROPS];
};

struct radius_view {
	bool alive;
	unsigned waiting;    /* requests that have no answer yet */
	uint64_t round_trip; /* us, of the last answer to what was sent once; 0 = none yet */
	struct radius_counters n;
};

struct radius_ops {
	void (*send)(void *ctx, unsigned server, unsigned port, const uint8_t *octets, size_t len);
	void (*random)(void *ctx, void *buf, size_t len);
	/* A server is dead, or answers again. */
	void (*changed)(void *ctx, unsigned server, bool alive, uint64_t now);
	/* A datagram of the server was dropped and counted. */
	void (*dropped)(void *ctx, unsigned server, enum radius_drop why, uint64_t now);
	/* Time from what was sent once to its answer, us.  NULL = nobody cares. */
	void (*took)(void *ctx, unsigned server, uint64_t round_trip);
};

struct radius_question {
	enum radius_code code;
	const uint8_t *attrs; /* attributes as they are sent, but for the password; copied */
	size_t len;	      /* at most RADIUS_ATTRS_MAX */
	const uint8_t *password;
	size_t password_len; /* at most RADIUS_PASSWORD; with password NULL there is none */
	/* Only this server may be asked, since it has what was said before (State): its number and
	 * 1; 0 = any */
	unsigned only;
};

struct radius_answer {
	struct radius_packet packet;
	unsigned server;
	const uint8_t *request; /* its authenticator, for radius_reveal() */
	const char *secret;
};

struct radius_pool;
struct radius_request;

/* a NULL: no server has answered.  The request is gone.  a and all in it live until this returns.
 */
typedef void (*radius_done)(void *ctx, const struct radius_answer *a, uint64_t now);

/* n: 1 to RADIUS_SERVERS, copied.  NULL without memory. */
struct radius_pool *radius_pool_new(const struct radius_server *server, unsigned n,
				    const struct radius_ops *ops, void *ctx);
/* Requests that wait are gone without a word. */
void radius_pool_free(struct radius_pool *p);

/* done is called later, never from inside.  NULL without memory. */
struct radius_request *radius_ask(struct radius_pool *p, const struct radius_question *q,
				  radius_done done, void *ctx, uint64_t now);
void radius_cancel(struct radius_request *r);
/* A datagram of that server, to that source port. */
void radius_rx(struct radius_pool *p, unsigned server, unsigned port, const void *octets,
	       size_t len, uint64_t now);
void radius_expire(struct radius_pool *p, uint64_t now);
uint64_t radius_deadline(const struct radius_pool *p);

void radius_view(const struct radius_pool *p, unsigned server, struct radius_view *out);

#endif
