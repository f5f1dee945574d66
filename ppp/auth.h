/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The authentication phase of one link: as server we ask and the owner judges, as client we prove.
 * What differs between PAP, CHAP-MD5, MS-CHAPv2 and EAP is a row of auth_methods; the phase itself
 * (waiting for a verdict, retransmission, answers given again, re-challenge, limits) is here.
 */
#ifndef PPP_AUTH_H
#define PPP_AUTH_H

#include "ppp/ppp.h"

#define AUTH_CHALLENGE 16u
#define AUTH_TEXT_MAX  384u

struct auth_method {
	const char *name;
	uint16_t proto;
	int16_t algorithm; /* CHAP: the octet after the protocol in the LCP option; else -1 */
	/* server: begin, or challenge again */
	void (*serve)(struct ppp *p);
	/* client: begin; NULL in methods for servers only */
	void (*prove)(struct ppp *p);
	/* the retry timer: send the last one again */
	void (*resend)(struct ppp *p);
	/* server: the answer's code and text go to p->auth.answer */
	void (*answer)(struct ppp *p, bool ok, const struct ppp_auth_reply *reply,
		       const char *message);
};

struct auth_proof {
	uint8_t octets[64];
	uint8_t len;
	char expect[44]; /* MS-CHAPv2: the "S=" that the server has to know */
};

struct auth {
	uint8_t method; /* enum ppp_auth, agreed by LCP */
	bool done;	/* once successful */
	bool pending;	/* the owner has the claim */
	bool answered;	/* .answer holds for the current round */
	bool refused;	/* and it is a refusal */
	uint8_t id;	/* Identifier of our last Challenge or Request */
	uint8_t tries;
	uint32_t serial; /* of the last claim */
	uint8_t challenge[AUTH_CHALLENGE];
	uint8_t claim_id; /* Identifier of the last claim, and of its answer */
	uint8_t answer_code;
	uint16_t answer_len, name_len;
	char *answer;		      /* answer_len octets; NULL = none */
	char *name;		      /* of the last claim; NULL = there was none */
	struct auth_proof *proof;     /* client: what we last answered a Challenge with */
	struct auth_eap *eap;	      /* NULL = no EAP has begun */
	struct ppp_auth_claim *claim; /* from its arrival until it is judged */
};

/* The claim is of no more use: called when no handler of the owner's is running that may look at
 * it. */
void auth_tidy(struct auth *a);
/* LCP is up and has agreed on this method. */
void auth_start(struct ppp *p, enum ppp_auth method);
/* The same, and the peer has answered already: the owner judges. */
void auth_take_over(struct ppp *p, enum ppp_auth method, const struct ppp_auth_claim *claim);
/* Can `method` have led to this claim?  NULL, or why not; counted. */
const char *auth_misfit(struct ppp *p, enum ppp_auth method, const struct ppp_auth_claim *claim);
/* LCP is down: reset all state and wipe secrets. */
void auth_stop(struct ppp *p);
void auth_rx_pap(struct ppp *p, struct rd body);
void auth_rx_chap(struct ppp *p, struct rd body);
void auth_rx_eap(struct ppp *p, struct rd body);
/* A Request of the owner's; false: it cannot be sent. */
bool auth_eap_ask(struct ppp *p, const uint8_t *packet, size_t len);
void auth_eap_free(struct auth *a);
void auth_retry(struct ppp *p);
void auth_limit(struct ppp *p);
void auth_rechallenge(struct ppp *p);
void auth_verdict(struct ppp *p, bool ok, const struct ppp_auth_reply *reply, const char *message);

/* For the methods: */
/* Arm the retry timer for the packet just sent, the first of its kind. */
void auth_sent(struct ppp *p);
/* Server: hand claim to the owner. */
void auth_ask_owner(struct ppp *p);
/* Client: the server accepts, or refuses, us. */
void auth_accepted(struct ppp *p);
void auth_refused(struct ppp *p);
/* Code, Identifier and body of one packet; false when its Length is wrong (counted). */
bool auth_packet(struct ppp *p, struct rd *r, uint8_t *code, uint8_t *id);
/* The place of a claim that comes; NULL without memory. */
struct ppp_auth_claim *auth_claim(struct auth *a);
/* A claim comes from this name, of at most PPP_NAME_MAX octets; false without memory: the peer
 * will repeat it. */
bool auth_claim_name(struct ppp *p, struct rd name);
/* What the peer is told, and told again when it asks again. */
void auth_keep_answer(struct auth *a, const void *octets, size_t len);
void auth_send(struct ppp *p, uint16_t proto, uint8_t code, uint8_t id, const void *body,
	       size_t len);

extern const struct auth_method auth_pap, auth_chap_md5, auth_mschapv2, auth_eap;

/* The method named by LCP's Authentication-Protocol option; PPP_AUTH_NONE for an unknown one. */
enum ppp_auth auth_by_option(struct rd v);
void auth_put_option(struct wr *w, enum ppp_auth m);

#endif
