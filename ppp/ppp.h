/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One PPP link without I/O: LCP, authentication, IPCP and IPV6CP, as server or as client.
 *
 * A frame here is the two-octet protocol number followed by the information field: no FF 03, no
 * protocol-field compression, no FCS; the owner of the link adds and removes those (frame.h).  Only
 * control protocols come here; IP of an open NCP is the owner's fast path.
 *
 * Rules of the contract
 *  - Time is `now` in microseconds of one monotonic clock.
 *  - `tx`, `random`, `keep` and `may_have4` are called from inside and must not call back, but for
 * ppp_save and ppp_get_info.  Events are queued and delivered at the end of the outermost call; the
 * handler may call anything here but ppp_free.
 *  - Nothing points into the owner's memory after a call returns: the configuration is copied.
 *  - Failed authentication, option loops and garbage are answered as the RFC says, counted,
 * bounded.
 */
#ifndef PPP_PPP_H
#define PPP_PPP_H

#include "core/bytes.h"
#include "core/deadline.h"

enum ppp_proto {
	PPP_IP = 0x0021,
	PPP_MP = 0x003d,
	PPP_IPV6 = 0x0057,
	PPP_IPCP = 0x8021,
	PPP_IPV6CP = 0x8057,
	PPP_CCP = 0x80fd,
	PPP_LCP = 0xc021,
	PPP_PAP = 0xc023,
	PPP_CHAP = 0xc223,
	PPP_EAP = 0xc227,
};

/* The numbers are those of records: new ones go to the end.  EAP is for servers only. */
enum ppp_auth {
	PPP_AUTH_NONE,
	PPP_AUTH_PAP,
	PPP_AUTH_CHAP_MD5,
	PPP_AUTH_MSCHAPV2,
	PPP_AUTH_EAP,
	PPP_AUTHS
};

#define PPP_NAME_MAX   255u
#define PPP_SECRET_MAX 255u

/* RFC 1990 5.1.3: class and address of an Endpoint Discriminator; len 0 is the null class. */
#define PPP_ENDPOINT_MAX 21u
struct ppp_endpoint {
	uint8_t len;
	uint8_t octets[PPP_ENDPOINT_MAX];
};

struct ppp_config {
	bool server;  /* we authenticate and assign; else we are the client */
	bool passive; /* wait, without limit, for the peer's Configure-Request before sending ours
		       */
	uint16_t mru; /* our MRU, negotiated by LCP when not 1500; 128..65535 */
	uint16_t mtu; /* never send more than this, even if the peer's MRU is larger */
	bool accept_acfc, accept_pfc; /* let the peer ask us to compress what we send */
	bool ask_acfc, ask_pfc;
	/* server: offered in this order, moving on when the peer Naks or rejects; n_auth 0 = none
	 * asked. client: methods we agree to. */
	uint8_t auth[PPP_AUTHS];
	uint8_t n_auth;
	char name[PPP_NAME_MAX + 1];	 /* CHAP name of ours; client: our user name */
	char secret[PPP_SECRET_MAX + 1]; /* client: our password */
	uint64_t rechallenge;		 /* CHAP again this often, us; 0 = never */
	uint64_t echo_interval;		 /* LCP echo, us; 0 = never */
	uint8_t echo_failures;	/* unanswered in a row before the link is dead; 0 = never */
	uint64_t restart_timer; /* 3 s */
	uint8_t max_configure, max_terminate, max_failure; /* 10, 2, 5 */
	/* Each negotiation that ends in authentication (or would, if any were asked for) has this
	 * long, however often LCP starts again; so has a re-challenge.  60 s */
	uint64_t auth_timeout;
	bool ipv4, ipv6;
	/* client: address to ask for; 0 = the server chooses */
	uint32_t want_ip4;  /* host order */
	bool keep_requests; /* for ppp_get_proxy */
	/* Multilink (RFC 1990): the longest packet, in octets of its information field, that we put
	 * together of fragments, 1500 or more; 0 = links stand alone. */
	uint16_t mrru;
	bool short_seq;		      /* ask for short sequence numbers in what we receive */
	struct ppp_endpoint endpoint; /* which endpoint we are; sent when mrru is */
};
/* RFC defaults; server with CHAP-MD5, IPv4 and IPv6. */
void ppp_config_default(struct ppp_config *c);

/* Addresses for this link, given by the owner after authentication (server) or agreed (client). */
struct ppp_addresses {
	uint32_t local4, peer4;	      /* host order; 0 = none */
	uint32_t dns4[2];	      /* server: offered; client: learnt */
	uint64_t local_iid, peer_iid; /* IPv6 interface identifiers; 0 = choose at random */
};

enum ppp_event_kind {
	PPP_EV_LCP_UP,	/* .link */
	PPP_EV_AUTH,	/* server: judge .auth; answer with ppp_auth_verdict, now or later */
	PPP_EV_AUTH_OK, /* both directions that were asked for are done; server: now give addresses
			   by ppp_start_network.  With ppp_is_multilink() either kind joins the
			   link to a bundle instead, by ppp_join_bundle */
	PPP_EV_IP4_UP,	/* .addr */
	PPP_EV_IP6_UP,	/* .addr */
	PPP_EV_IP4_DOWN,
	PPP_EV_IP6_DOWN,
	PPP_EV_PEER_CLOSES, /* the peer's Terminate-Request, or its refusal of our proof: .why,
			       .message; PPP_EV_DOWN follows, or PPP_EV_LCP_UP when the peer starts
			       again */
	PPP_EV_LCP_DOWN, /* a link that has joined a bundle is none of it any more; .why: NONE = LCP
			    begins anew */
	PPP_EV_DOWN,	 /* the link has ended: .why; ppp_open may start it again */
};

enum ppp_why {
	PPP_WHY_NONE,
	PPP_WHY_LOCAL,	     /* ppp_close */
	PPP_WHY_PEER,	     /* Terminate-Request */
	PPP_WHY_NO_ANSWER,   /* Configure-Requests unanswered, LCP did not converge */
	PPP_WHY_AUTH_FAILED, /* the peer, or we, were refused */
	PPP_WHY_AUTH_TIMEOUT,
	PPP_WHY_AUTH_REFUSED, /* the peer agrees to none of our methods, or asks for one we do not
				 do */
	PPP_WHY_ECHO,	      /* echoes unanswered */
	PPP_WHY_LOOP,	      /* looped back: our own magic number */
	PPP_WHY_NO_NETWORK,   /* no NCP could be agreed */
	PPP_WHY_LOWER,	      /* ppp_lower_down */
	PPP_WHYS
};
const char *ppp_why_words(enum ppp_why w);
const char *ppp_auth_name(enum ppp_auth a); /* "pap", "chap", "mschapv2" */

/* The name and proof that the peer sent.  The owner finds the user's secret and calls
 * ppp_auth_check. */
struct ppp_auth_claim {
	enum ppp_auth method;
	char name[PPP_NAME_MAX +
		  1]; /* NUL ended; octets outside printable ASCII kept as they came */
	uint16_t name_len;
	/* raw, for an AAA server: PAP password, or CHAP id, challenge and response */
	uint8_t id;
	uint8_t challenge[64];
	uint8_t challenge_len;
	uint8_t response[255];
	uint8_t response_len;
	/* EAP: the Response, whole; good until the next call for the link.  Answer by ppp_auth_eap
	 * or, at the end, by ppp_auth_verdict */
	struct rd eap;
	bool eap_begins; /* it is the first one */
	bool again;	 /* a periodic re-challenge; the name is the same as before */
	uint32_t serial; /* which claim of this link: for ppp_auth_answer */
};

struct ppp_link { /* what LCP agreed */
	uint16_t peer_mru, our_mru;
	bool tx_acfc, tx_pfc, rx_acfc, rx_pfc; /* tx: the peer lets us compress what we send */
	uint32_t tx_accm, rx_accm, our_magic, peer_magic;
	enum ppp_auth auth;	      /* what the peer must do (server) or we must do (client) */
	uint16_t our_mrru, peer_mrru; /* 0 = that side puts no fragments together */
	bool tx_short, rx_short;      /* sequence numbers of 12 bits */
	struct ppp_endpoint endpoint; /* the peer's */
};

struct ppp_event {
	enum ppp_event_kind kind;
	enum ppp_why why;
	const struct ppp_auth_claim *auth; /* of PPP_EV_AUTH; NULL when none waits */
	const struct ppp_addresses *addr;
	const struct ppp_link *link;
	/* text of the peer's refusal or Terminate-Request, printable; NULL = none */
	const char *message;
	uint64_t now;
};

struct ppp_ops {
	void (*tx)(void *ctx, const uint8_t *frame, size_t len);
	void (*event)(void *ctx, const struct ppp_event *ev);
	void (*random)(void *ctx, void *buf, size_t len);
	/* What ppp_save() writes has changed: called before the first frame that shows the change
	 * leaves, and before its event.  NULL = nothing is kept. */
	void (*keep)(void *ctx);
	/* Server: the peer asks for this address in place of peer4, and may have it; then it is
	 * peer4 from now on, and the one before is nobody's.  NULL = it may not. */
	bool (*may_have4)(void *ctx, uint32_t addr);
};

struct ppp;
/* cfg is copied, ops stays the caller's as long as the link is there. */
struct ppp *ppp_new(const struct ppp_config *cfg, const struct ppp_ops *ops, void *ctx);
void ppp_free(struct ppp *p);

/* The link under us is up and PPP is wanted: starts LCP. */
void ppp_open(struct ppp *p, uint64_t now);
/* Orderly end: Terminate-Request, then PPP_EV_DOWN.  Nothing on a link that is already down. */
void ppp_close(struct ppp *p, uint64_t now);
/* The same, and the Terminate-Request says why: up to PPP_BYE_MAX octets of words (RFC 1661 5.5).
 */
#define PPP_BYE_MAX 63u
void ppp_close_saying(struct ppp *p, const char *words, uint64_t now);
/* End without a word to the peer; PPP_EV_DOWN. */
void ppp_lower_down(struct ppp *p, uint64_t now);
/* One frame; IP and IPV6 of a closed NCP are counted and dropped, unknown protocols rejected. */
void ppp_rx(struct ppp *p, const uint8_t *frame, size_t len, uint64_t now);
void ppp_expire(struct ppp *p, uint64_t now);
uint64_t ppp_deadline(const struct ppp *p);

/* Does the claim hold for this password?  For MS-CHAPv2 *reply gets the authenticator response that
 * ppp_auth_verdict wants (RFC 2759 section 5: "S=" and 40 hex digits). */
struct ppp_auth_reply {
	char success[44]; /* "S=..." or "" */
	uint16_t error;	  /* of a refusal of MS-CHAPv2 (RFC 2759 section 6); 0 = 691 */
};
bool ppp_auth_check(const struct ppp_auth_claim *claim, const char *password, size_t len,
		    struct ppp_auth_reply *reply);
/* The owner's judgement of a claim.  message: text for the peer, may be NULL; also in the
 * Terminate-Request that follows a refusal. */
void ppp_auth_verdict(struct ppp *p, bool ok, const struct ppp_auth_reply *reply,
		      const char *message, uint64_t now);
/* The same for a judgement that comes later: ignored when the claim with that serial is no longer
 * the one that waits (the link was renegotiated meanwhile). */
void ppp_auth_answer(struct ppp *p, uint32_t serial, bool ok, const struct ppp_auth_reply *reply,
		     const char *message, uint64_t now);
/* EAP: the server's next Request, whole, in place of a judgement.  False, and nothing has happened:
 * no claim with that serial waits, it is no Request, or the peer cannot receive it. */
#define PPP_EAP_MAX 1500u
bool ppp_auth_eap(struct ppp *p, uint32_t serial, const uint8_t *packet, size_t len, uint64_t now);
/* An answer to the claim with that serial would be taken. */
bool ppp_auth_waits(const struct ppp *p, uint32_t serial);
/* Server, after PPP_EV_AUTH_OK: open the NCPs with these addresses.  A zero peer4 leaves IPCP
 * closed (its packets get a Protocol-Reject); ipv6 likewise by ppp_config. */
void ppp_start_network(struct ppp *p, const struct ppp_addresses *a, uint64_t now);

/* Is the link, as LCP agreed it, large enough for IPv6 (1280 octets both ways, RFC 8200 section 5)?
 * If not, IPV6CP stays closed. */
bool ppp_carries_ipv6(const struct ppp *p);

/* --- LCP and authentication in other hands (RFC 2661 4.4.5) ------------------------------------ */

#define PPP_OPTIONS_MAX 255u

/* What one owner of a link hands to the next, who goes on from there.  first_rx, last_tx and
 * last_rx are the options of Configure-Requests: the peer's first one, and the last ones sent to
 * and received from the peer, which have been acknowledged.  .p NULL = not known. */
struct ppp_proxy {
	struct rd first_rx, last_tx, last_rx;
	/* What the peer has answered; it waits for the verdict.  NULL: it has not answered, or is
	 * not asked. */
	const struct ppp_auth_claim *claim;
	bool unasked; /* from ppp_get_proxy: LCP has agreed on no authentication */
};
/* Server, with keep_requests: false while LCP is not open.  Good until the next call for p. */
bool ppp_get_proxy(const struct ppp *p, struct ppp_proxy *out);
/* Server, in place of ppp_open: LCP begins as opened with what was agreed by another, if this
 * configuration can live with it, and so does authentication: a claim is judged as if it had been
 * received (PPP_EV_AUTH), without one the peer is asked.  NULL; or words saying what does not fit,
 * which is counted: nothing has happened then, and ppp_open may follow.  x is copied. */
const char *ppp_open_proxied(struct ppp *p, const struct ppp_proxy *x, uint64_t now);

/* --- multilink (RFC 1990) ---------------------------------------------------------------------- */

/* Both sides put fragments together: the link may be one of a bundle. */
bool ppp_is_multilink(const struct ppp_link *l);
/* After PPP_EV_AUTH_OK: the link is one of a bundle from now on, and has no network protocols of
 * its own. */
void ppp_join_bundle(struct ppp *p, uint64_t now);
/* In place of ppp_open, for the PPP of a whole bundle: nothing is negotiated but network protocols,
 * with frames as long as the MRRUs of l, its first link, allow.  Its end says no word to the peer:
 * that is for each of its links. */
void ppp_open_bundle(struct ppp *p, const struct ppp_link *l, uint64_t now);

/* --- a link that outlives the process (save.c) -------------------------------------------------- */

/* Octets that are always enough for ppp_save(). */
#define PPP_RECORD_MAX 1024u
/* Write what another process needs in order to go on with this link, without secrets.  Octets
 * written; 0: nothing is to be kept (the link is down or ends, or a bundle has no network yet), or
 * cap is too small. */
size_t ppp_save(const struct ppp *p, uint8_t *buf, size_t cap);
/* The link of that record, as a new one; NULL: no memory, or the record is malformed, of a later
 * version, or does not fit cfg (server and client).  What follows the record's own length is left
 * alone.
 *
 * Nothing is sent and no event comes from inside.  An open link goes on with its magic numbers,
 * addresses and open NCPs, which ppp_get_info() shows and no event repeats; echo and re-challenge
 * run again, from a random moment of their interval.  What the record cannot be sure of starts
 * again at ppp_deadline(), which is now: LCP from its Configure-Request when it, or authentication,
 * was not over, else each NCP that was not, and a Challenge that was not answered. */
struct ppp *ppp_restore(const struct ppp_config *cfg, const struct ppp_ops *ops, void *ctx,
			const uint8_t *rec, size_t len, uint64_t now);

/* --- a link at rest (rest.c) -------------------------------------------------------------------- */

/* An open link has little to do until it ends, and there are many of them.  After each call, if it
 * waits for nothing but its peer, an echo or a challenge: the same link in an eighth of the
 * memory, elsewhere.  p itself in all other cases, inside a handler too. */
struct ppp *ppp_rest(struct ppp *p);
/* Before each call but those that take a const link: it is up, elsewhere.  NULL: no memory, and p
 * is what it was. */
struct ppp *ppp_wake(struct ppp *p);

struct ppp_info {
	const char *phase; /* "dead" "establish" "authenticate" "network" "terminate" */
	const char *lcp, *ipcp, *ipv6cp; /* states of RFC 1661 4.2: "Req-Sent" and so on */
	struct ppp_link link;
	struct ppp_addresses addr;
	char peer_name[PPP_NAME_MAX + 1];
	bool ip4_up, ip6_up;
};
void ppp_get_info(const struct ppp *p, struct ppp_info *out);
/* LCP is open, and its magic numbers (0 = not negotiated): what is needed to answer Echo-Requests
 * without the engine.  False, and zeros, in any other state. */
struct ppp_echo {
	uint32_t our_magic, peer_magic;
};
bool ppp_get_echo(const struct ppp *p, struct ppp_echo *out);

/* X(symbol, "key", "words") */
#define PPP_REASONS(X)                                                               \
	X(SHORT, "ppp-short", "frame or packet shorter than its header")             \
	X(LENGTH, "ppp-length", "Length field outside the frame")                    \
	X(OPTION, "ppp-option", "option length wrong")                               \
	X(ID, "ppp-id", "answer with an Identifier we did not send")                 \
	X(CODE, "ppp-code", "unknown code, rejected")                                \
	X(PROTO, "ppp-proto", "unknown protocol, rejected")                          \
	X(PHASE, "ppp-phase", "protocol not allowed in this phase")                  \
	X(CLOSED_NCP, "ppp-closed-ncp", "network packet of an NCP that is not open") \
	X(MAGIC, "ppp-magic", "wrong magic number")                                  \
	X(STATE, "ppp-state", "packet that this state does not expect")              \
	X(ROUNDS, "ppp-rounds", "negotiation that did not converge")                 \
	X(SMALL_MRU, "ppp-small-mru", "IPV6CP not opened: an MRU under 1280")        \
	X(PROXY, "ppp-proxy", "proxy LCP or authentication that is malformed")       \
	X(MISFIT, "ppp-misfit", "proxy LCP or authentication that does not fit ours")

enum ppp_reason {
#define X(sym, key, words) PPP_R_##sym,
	PPP_REASONS(X)
#undef X
		PPP_R_COUNT
};
struct ppp_reason_row {
	const char *key, *words;
};
extern const struct ppp_reason_row ppp_reasons[PPP_R_COUNT];
/* Add the counters of one link. */
void ppp_add_counters(const struct ppp *p, uint64_t to[PPP_R_COUNT]);

#endif
