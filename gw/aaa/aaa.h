/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Authentication and authorization of users: a question about one PPP claim, and its answer some
 * time later, always from the loop.  The users of the configuration are asked, or the RADIUS
 * servers of the service (`radius`, `local-users`).  After failures the answer comes later and the
 * user is locked on the source (login_limit.h); right and wrong answers wait alike.
 */
#ifndef GW_AAA_AAA_H
#define GW_AAA_AAA_H

#include "cfg/cfg.h"
#include "gw/aaa/acct.h"
#include "gw/aaa/addrpool.h"
#include "gw/aaa/coa_listen.h"
#include "gw/aaa/grant.h"
#include "gw/aaa/login_limit.h"
#include "gw/aaa/radius/radius_tunnel.h"
#include "gw/aaa/rate.h"
#include "gw/aaa/realm.h"
#include "gw/log.h"
#include "gw/loop.h"

struct aaa;
struct aaa_request;

/* Where a server was left in the middle of EAP (RFC 2865 5.24). */
struct aaa_state {
	unsigned server; /* as struct radius_question says it */
	uint8_t len, octets[253];
};

/* A LAC asks where a call goes (RFC 2868): these servers, and nobody else.  Of what is no user the
 * claim has the name, and a password for form's sake. */
struct aaa_lac {
	const struct cfg_radius *radius; /* NULL = it is no such question */
	uint8_t ask;			 /* enum cfg_ask */
};

/* What a user's frames come in by. */
enum aaa_medium {
	AAA_VIRTUAL, /* a tunnel */
	AAA_ASYNC,
	AAA_SYNC,
	AAA_X25,
	AAA_PPPOA,
	AAA_PPPOE,
	AAA_MEDIA
};
/* Its NAS-Port-Type (RFC 2865 5.41, RFC 4603). */
uint8_t aaa_port_type(enum aaa_medium m);

struct aaa_question {
	const struct ppp_auth_claim *claim;
	const struct cfg_service *service; /* where the user wants in; NULL for a LAC */
	struct aaa_lac lac;
	uint64_t source;	 /* names the peer's address or the circuit */
	const char *source_text; /* the same for the log, or NULL; not kept */
	/* The call or line, for the log; texts that outlive the request.  The user is that of the
	 * claim. */
	struct log_about about;
	enum aaa_medium medium;	      /* of the circuit */
	const char *called, *calling; /* numbers of the call or line, for RADIUS, or NULL */
	const uint8_t *access;	      /* the line as an access node says it, for RADIUS; not kept */
	uint16_t access_len;	      /* octets of TR-101 suboptions; 0 = there are none */
	const struct aaa_state *state; /* of the answer before, NULL = it is the first */
	uint16_t mtu;		       /* EAP: the longest packet to the peer */
};

struct aaa_answer {
	bool ok;
	/* Not judged yet (EAP): this Request is for the peer, and the next question has this state.
	 * .left 0 = judged */
	struct rd eap;
	const struct aaa_state *state;
	struct ppp_auth_reply reply;
	uint32_t address4; /* fixed address of the user, 0 = from the pool */
	/* In place of those of the service: */
	uint64_t idle, session; /* limits of the log-in, us, 0 = none, or CFG_OF_SERVICE */
	struct cfg_rates rates; /* bit/s, 0 = no limit, or CFG_OF_SERVICE; without burst */
	/* CFG_FILTERS of them, of a section of the model; one without a text is that of the
	 * service; NULL = all are */
	const struct cfg_filter *filter;
	/* For a LAC: the tunnels that the answer names, NULL = none; that there was no answer. */
	const struct radius_tunnels *tunnels;
	bool unanswered;
	const struct grant *grant;    /* what RADIUS grants besides; NULL = it was not asked */
	const struct acct_said *said; /* what accounting is to say of him; NULL: he is refused */
	/* text for the peer, or NULL; the same for every refusal that RADIUS says no words about */
	const char *message;
};

typedef void (*aaa_done)(void *ctx, const struct aaa_answer *a, uint64_t now);

/* users must outlive it; login is copied.  NULL without memory. */
struct aaa *aaa_new(struct loop *loop, const struct cfg_user *users, unsigned n,
		    const struct cfg_login *login);
void aaa_free(struct aaa *a);
/* Reach the servers of these sections, which must outlive it.  Once; false without memory. */
bool aaa_use_radius(struct aaa *a, const struct cfg_radius *radius, unsigned n);
/* The claim is judged or copied before this returns; done is called from the loop, once, unless
 * cancelled.  NULL = no answer will come (out of memory): refuse. */
struct aaa_request *aaa_ask(struct aaa *a, const struct aaa_question *q, aaa_done done, void *ctx,
			    uint64_t now);
/* Harmless with NULL; not after done was called. */
void aaa_cancel(struct aaa_request *r);

/* An Access-Request by PAP to the servers of a section, for an operator; it is no log-in, and
 * neither limits nor counters of log-ins have to do with it.  done is called once, later, unless
 * cancelled: has a server accepted, and what was answered, in words.  NULL with *words: it cannot
 * be asked. */
#define AAA_TEST_WORDS 256u
typedef void (*aaa_tested)(void *ctx, bool good, const char *words, uint64_t now);
struct aaa_test *aaa_test(struct aaa *a, const struct cfg_radius *radius, const char *user,
			  const char *password, aaa_tested done, void *ctx, const char **words,
			  uint64_t now);
void aaa_test_cancel(struct aaa_test *t);

struct aaa_counters {
	uint64_t asked, accepted, refused;
	uint64_t delayed;	 /* of asked: answered after a wait */
	uint64_t locks;		 /* users locked on a source */
	uint64_t refused_locked; /* of refused: not judged, since the user was locked there */
	uint64_t unanswered;	 /* of asked: no RADIUS server has answered */
};
void aaa_count(const struct aaa *a, struct aaa_counters *out);

struct aaa_view {
	struct login_limit_view limit;
	unsigned waiting; /* log-ins without their answer */
};
void aaa_view(const struct aaa *a, struct aaa_view *out);

struct aaa_server_view {
	const struct cfg_radius *radius;
	const struct cfg_radius_server *server;
	bool accounting; /* it is asked about that, at another port */
	bool alive;
	unsigned waiting;    /* requests that have no answer yet */
	uint64_t round_trip; /* us, of the last answer; 0 = none yet */
	/* resent: packets; timeouts: requests; unproved: answers dropped for their proof, and
	 * dropped: for all else */
	uint64_t asked, answered, resent, timeouts, unproved, dropped;
	uint64_t probes, probes_answered; /* Status-Server, while it was dead */
};
/* Server i of this client. */
struct radius_client;
void aaa_view_server(const struct radius_client *c, unsigned i, struct aaa_server_view *out);
/* Server i, counted through all `radius` sections; false = there are no more. */
bool aaa_server(const struct aaa *a, unsigned i, struct aaa_server_view *out);

#endif
