/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The private header of this folder: one link and the functions its files share.
 */
#ifndef PPP_LINK_H
#define PPP_LINK_H

#include "ppp/auth.h"
#include "ppp/cp.h"
#include "ppp/ppp.h"

#define PPP_MRU_DEFAULT 1500u
#define PPP_MRU_MIN	128u
/* The longest information field that we build, even if the peer's MRU is larger. */
#define PPP_TX_MAX	2048u
#define PPP_EVENT_QUEUE 16u /* divides 256 */
#define PPP_MESSAGE_MAX 255u

enum ppp_phase {
	PHASE_DEAD,
	PHASE_ESTABLISH,
	PHASE_AUTHENTICATE, /* until the NCPs are started: for a server, by ppp_start_network */
	PHASE_NETWORK,
	PHASE_TERMINATE,
	PHASES,
};

enum timer_kind {
	TIMER_LCP,
	TIMER_IPCP,
	TIMER_IPV6CP,
	TIMER_ECHO,
	TIMER_AUTH_RETRY,
	TIMER_AUTH_LIMIT,
	TIMER_RECHALLENGE,
	TIMER_LOGIN,  /* runs from the first Configure-Request until authenticated */
	TIMER_RESUME, /* restored: what is unsure starts again */
	TIMERS,
};

struct lcp_proposal {
	uint16_t mru;
	uint32_t accm, magic;
	bool pfc, acfc;
	uint8_t auth;
	uint16_t mrru;
	bool short_seq;
	struct ppp_endpoint endpoint;
};

struct lcp_vars {
	struct lcp_proposal peer; /* of the last Configure-Request we judged */
	uint16_t mru;		  /* ours, as asked for now */
	uint16_t mrru;		  /* likewise */
	bool no_endpoint;	  /* the peer wants none of ours */
	uint32_t magic;
	uint32_t nak_magic; /* the last one we suggested: coming back, it shows a loop */
	uint8_t loops;
	uint8_t auth;	    /* server: method asked for now */
	uint8_t auth_tried; /* bit per method */
	uint8_t auth_hint;  /* client: next one to suggest */
	bool auth_disagreed;
	bool no_echo; /* the peer rejected the code */
	uint8_t echo_id;
	uint8_t echo_lost; /* sent since the last reply */
	uint8_t echo_open; /* sent after the one that was answered last: these may still be */
};

/* Options of the peer's Configure-Requests; .len > PPP_OPTIONS_MAX: too many to keep. */
struct lcp_request {
	uint16_t len;
	uint8_t octets[PPP_OPTIONS_MAX];
};
struct lcp_requests {
	struct lcp_request first, last;
};

struct ppp {
	bool rests;		      /* first: it is false, and true in struct rest */
	bool was_up;		      /* LCP, since ppp_open */
	bool bundle;		      /* of ppp_open_bundle */
	bool member;		      /* of a bundle, by ppp_join_bundle */
	uint32_t kept;		      /* save_mark() when the owner was last told */
	const struct ppp_config *cfg; /* of config.c, shared with others of the same */
	const struct ppp_ops *ops;
	void *ctx;
	uint64_t now; /* of the call being served */
	unsigned depth;
	enum ppp_phase phase;
	enum ppp_why why;
	uint64_t when[TIMERS]; /* DEADLINE_NEVER = it does not run */
	struct cp lcp, ipcp, ipv6cp;
	struct lcp_vars lcp_vars;
	struct lcp_requests *requests;	      /* with keep_requests */
	const struct ppp_auth_claim *claimed; /* while LCP comes up: an answer that is here */
	struct auth auth;
	struct ppp_link link;
	struct ppp_addresses given; /* as the owner gave them */
	struct ppp_addresses addr;  /* as agreed */
	struct {
		uint32_t peer4, local4, dns4[2];
	} ipcp_vars;
	struct {
		uint64_t peer, local, suggested;
	} ipv6cp_vars;
	bool ip4_up, ip6_up;
	char *message; /* text of the peer's refusal or Terminate-Request; NULL = none */
	char *bye;     /* text of ours; NULL = none */
	struct {
		uint8_t kind, why;
	} queue[PPP_EVENT_QUEUE];
	uint8_t q_head, q_tail; /* counting on; modulo PPP_EVENT_QUEUE */
	uint32_t counters[PPP_R_COUNT];
};

/* There are many of them while calls come up. */
_Static_assert(sizeof(struct ppp) <= 720, "a link has grown");

/* Free what may be secret; NULL is fine. */
void ppp_link_wipe(void *octets, size_t len);
void ppp_link_count(struct ppp *p, enum ppp_reason r);
void ppp_link_emit(struct ppp *p, enum ppp_event_kind kind);
uint32_t ppp_link_random32(struct ppp *p);
/* Octets of information field that one packet of ours may have now. */
size_t ppp_link_tx_room(const struct ppp *p);
/* One frame; len octets of information. */
void ppp_link_send(struct ppp *p, uint16_t proto, const void *info, size_t len);
/* Orderly end with a reason; the first reason wins. */
void ppp_link_close(struct ppp *p, enum ppp_why why);
/* End without another packet; reports p->why. */
void ppp_link_dead(struct ppp *p);
/* Enter the network phase: open the NCPs that are enabled, or close when none is. */
void ppp_link_start_ncps(struct ppp *p);
/* LCP told us: */
void ppp_link_lcp_up(struct ppp *p);
void ppp_link_lcp_down(struct ppp *p);
void ppp_link_lcp_finished(struct ppp *p);
void ppp_link_protocol_rejected(struct ppp *p, uint16_t proto);
/* The authentication that was asked for is complete. */
void ppp_link_authenticated(struct ppp *p);
/* A negotiation of LCP begins: the clock of the log-in runs from now on, unless it does already. */
void ppp_link_login_begins(struct ppp *p);
void ppp_link_login_timeout(struct ppp *p);
/* IPV6CP may run if it is wanted and the link carries IPv6. */
void ppp_link_enable_ipv6(struct ppp *p);
/* An NCP will not run, or no longer. */
void ppp_link_ncp_finished(struct ppp *p);
/* Tell the owner if what ppp_save() writes has changed. */
void ppp_link_keep(struct ppp *p);
/* What a restored link cannot be sure of starts again. */
void ppp_link_resume(struct ppp *p);
/* Keep the peer's words, printable octets only, for the event that follows. */
void ppp_link_keep_message(struct ppp *p, struct rd text);
void ppp_link_forget_message(struct ppp *p);
/* What our Terminate-Request says; NULL = nothing. */
void ppp_link_say(struct ppp *p, const char *words);

bool ppp_timer_is_set(const struct ppp *p, enum timer_kind k);
void ppp_timer_set(struct ppp *p, enum timer_kind k, uint64_t when);
void ppp_timer_cancel(struct ppp *p, enum timer_kind k);
/* The one that is due first, if any is set. */
enum timer_kind ppp_timer_first(const struct ppp *p);

/* --- config.c --------------------------------------------------------------------------------- */

/* A copy, perhaps one that others have; NULL without memory. */
const struct ppp_config *ppp_config_share(const struct ppp_config *c);
void ppp_config_unshare(const struct ppp_config *c);
/* A link of this one that others are compared with; NULL = there is none. */
const struct ppp *ppp_config_typical(const struct ppp_config *c);
/* p may become that link. */
void ppp_config_exemplify(const struct ppp_config *c, const struct ppp *p);

/* --- rest.c ----------------------------------------------------------------------------------- */

/* p, or what it is while it rests, in room; good as long as both, and not to be freed. */
const struct ppp *ppp_look(const struct ppp *p, struct ppp *room);
/* Of one that rests. */
void ppp_rest_free(struct ppp *p);
size_t ppp_rest_size(const struct ppp *p);
/* All that a link has in memory, but for itself. */
void ppp_drop(struct ppp *p);

#endif
