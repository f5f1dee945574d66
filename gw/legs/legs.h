/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The door of legs/: how each kind of leg is made, and what can be seen of it.  What every leg has
 * is in leg.h, what connects two of them in join.h.
 */
#ifndef GW_LEGS_LEGS_H
#define GW_LEGS_LEGS_H

#include "core/engine.h"
#include "gw/legs/join.h"
#include "gw/legs/leg.h"
#include "gw/legs/origin.h"
#include "gw/legs/relay.h"
#include "gw/log_out.h"

struct cfg_client;
struct cfg_lcp;
struct cfg_peer;
struct cfg_rates;
struct grant;
struct gw_filters;
struct gw_service;

/* "call 18473/52894", "line 3 (fr0 100)", "server" or "client". */
const char *leg_text(char *buf, size_t cap, const struct leg *l);
/* What is known of it and of the user behind it, for a line of the log. */
struct log_about about_leg(const struct leg *l);
/* Does somebody watch it, or what it is joined with (gw/trace.h)? */
bool leg_is_watched(const struct leg *l);
/* Tell the data plane so, of both legs of a join: of what it does not bring here it copies frames.
 */
void join_watch(struct join *j);
/* What the data plane names a call or line by: Tunnel ID << 16 | Session ID, 0 | number of a line
 * or bundle.  0 = neither. */
uint32_t leg_key(const struct leg *l);
/* The call or line that has this key; NULL = none has. */
struct leg *leg_by_key(struct gw *gw, uint32_t key);
/* The circuit of a call or line and the number of its source (gw/log_brake.h); NULL for our PPP. */
const char *leg_circuit(const struct leg *l, uint64_t *source);
/* Their names, once all legs are gone. */
void leg_circuits_forget(struct gw *gw);

/* --- a call: a session in an L2TP tunnel ------------------------------------------------------- */

/* A call the engine has offered (we are its LNS); peer: its section.  NULL without memory.  start()
 * answers it. */
struct leg *leg_call_offered(struct gw *gw, struct l2tp_call *call, const struct cfg_peer *peer);
/* A call reserved by l2tp_call_new() (we are its LAC); start() places it.  from: the line's,
 * copied; NULL = the call is of our own PPP. */
struct leg *leg_call_placed(struct gw *gw, struct l2tp_call *call, const struct cfg_peer *peer,
			    const struct leg_origin *from);

/* Octets of information that a frame of a call to this peer carries on this channel; UINT16_MAX =
 * not known. */
uint16_t leg_entry_of_call_carries(struct gw *gw, l2tp_channel c, const struct cfg_peer *peer);

/* --- outgoing calls: the LNS asks, the LAC calls (RFC 2661 6.9 to 6.11) */
/* A call reserved by l2tp_call_new() that we ask a LAC to place; start() sends OCRQ. */
struct leg *leg_call_asked(struct gw *gw, struct l2tp_call *call, const struct cfg_peer *peer,
			   const struct leg_out *what);
/* A call that an LNS asks us to place: the first leg of its join is a line that is called, this is
 * the second, whose start() sends OCCN.  Before the join is started leg_call_agree() sends OCRP. */
struct leg *leg_call_wanted(struct gw *gw, struct l2tp_call *call, const struct cfg_peer *peer,
			    const struct leg_out *what);
void leg_call_agree(struct leg *l, uint64_t now);

/* One that has been up in the life before: r has what it saved.  NULL with *words: the engine does
 * not go on with the call, or there is no memory. */
struct leg *leg_call_resume(struct gw *gw, struct rd *r, const char **words);
/* Both of a switch have been resumed; their join is made after this. */
void leg_call_resume_switched(struct leg *out, struct leg *in);

/* Answer an offered call before its join is made, which has to wait for ICCN.  The leg has no join
 * until then. */
struct leg_call_waiter {
	void (*up)(void *ctx, const struct l2tp_msg *iccn, uint64_t now);
	void (*down)(void *ctx, uint64_t now); /* the leg may be freed, and its call is gone */
};
void leg_call_wait(struct leg *l, const struct leg_call_waiter *waiter, void *ctx, uint64_t now);
/* The same without an answer, or for one that is up: until it is known where it goes. */
void leg_call_hold(struct leg *l, const struct leg_call_waiter *waiter, void *ctx);
/* How its user has proved to the LAC who he is, as an ICCN says; false = it does not. */
bool leg_call_claim(struct ppp_auth_claim *out, const struct l2tp_msg *iccn);

/* A call placed for one that came in by the leg `in`, which is not started yet: a tunnel switch.
 * The join has this leg first and `in` second.  icrq: what ICRQ says besides.  iccn NULL: `in` is
 * answered when this one has been, and its ICCN goes on by this one; else `in` is up already and
 * that was its ICCN.  Both are good until the join is up or gone. */
struct leg *leg_call_switched(struct gw *gw, struct l2tp_call *call, const struct cfg_peer *peer,
			      struct leg *in, const struct l2tp_avps *icrq,
			      const struct l2tp_avps *iccn);
/* Take the engine's call out of a leg that has not been started; NULL = it is gone. */
struct l2tp_call *leg_call_let_go(struct leg *l);

/* The codepoint of the per-hop behavior that the ICRQ or OCRQ of an offered call asks for, before
 * it is answered; or enum in core/phb.h (RFC 3308). */
void leg_call_asks_phb(struct leg *l, int asked);
/* What its ICRQ tells of the line, for `show`. */
void leg_call_line(struct leg *l, const struct l2tp_avp *avp, unsigned n);
/* The engine's events about the call: REPLIED, UP, DOWN. */
void leg_call_event(struct leg *l, const struct l2tp_event *ev);
/* A PPP frame of the call that the data plane has punted. */
void leg_call_rx(struct leg *l, const uint8_t *frame, size_t len, uint64_t now);
/* Switch sequence numbers on what we send on or off; the LAC follows (RFC 2661 5.4).  NULL, or
 * words saying why that is not possible. */
const char *leg_call_sequence(struct leg *l, bool on);
/* The tunnel it has waited for is up, maybe with another id of ours. */
void leg_call_tunnel_up(struct leg *l);
/* The channel carries frames of another size from now on. */
void leg_call_mtu_changed(struct leg *l);

/* Result Code that CDN carries for a cause; none has an Error Code. */
extern const uint16_t call_end_results[LEG_CAUSES];
/* What CDN says.  What the far end of a switched call said is passed on as it is. */
struct l2tp_result call_end_result(const struct leg_end *why);

/* The ICCN of a call offered to us, only while the other leg is started; else NULL. */
const struct l2tp_msg *leg_call_iccn(const struct leg *l);
/* Whom the call is to and from, where that is known, for `show`. */
const struct leg_origin *leg_call_origin(const struct leg *l);
/* User and Class of who is behind it, where that is known (leg_acct.c). */
struct radius_acct_facts;
void leg_acct_who(struct leg *call, struct radius_acct_facts *out);
/* Whom our PPP on the line of a call that we have placed has asked, until its ICCN; nothing =
 * nobody. */
struct rd leg_acct_who_asked(const struct leg *call);
/* The call's entry in the data plane, for `show`. */
const struct dp_call *leg_call_entry(const struct leg *l);
/* Errors of its line as the last WEN said; NULL = there was none. */
const uint32_t *leg_call_wen(const struct leg *l);

/* The leg that a call of the engine belongs to, or NULL. */
struct leg *leg_of_call(const struct l2tp_call *c);

/* --- a line: PPP on a channel of its own ------------------------------------------------------- */

/* number: the line's, 1 to 65535, unique while the leg is there.  origin: of the line, which keeps
 * it as long as the leg.  is_up: it can carry frames; else
 * leg_line_up() or leg_line_lost() follows.  When the leg ends the circuit is given up: a switched
 * one is cleared, a modem hangs up, a permanent one waits.  NULL without memory. */
struct leg *leg_line_new(struct gw *gw, l2tp_channel c, uint16_t number,
			 const struct leg_origin *origin, bool is_up);
/* Of a life before: r has what the leg saved (gw/resume.h).  False: a filter of its own cannot be
 * had. */
bool leg_line_recall(struct leg *l, struct rd *r);
/* Of what it has saved, octets or none: dp_channel_ticket() as it was. */
struct rd leg_line_ticket(struct rd saved);
bool leg_line_is_up(const struct leg *l);
/* What is known of the line by now. */
const struct leg_origin *leg_line_origin(const struct leg *l);
void leg_line_up(struct leg *l, uint64_t now);
/* A PPP frame of the line that the data plane has punted. */
void leg_line_rx(struct leg *l, const uint8_t *frame, size_t len, uint64_t now);
/* The channel is down: end the leg without clearing the circuit. */
void leg_line_lost(struct leg *l, const struct leg_end *why, uint64_t now);
void leg_line_mtu_changed(struct leg *l);
/* Another leg of the same number and channel has its entry and its circuit. */
void leg_line_let_go(struct leg *l);
const struct dp_call *leg_line_entry(const struct leg *l);

/* --- a multilink bundle ------------------------------------------------------------------------ */

/* As `show` sees it. */
struct leg_bundle_view {
	uint16_t number;
	unsigned links;
	const struct leg *link[MP_LINKS]; /* calls and lines; NULL = none here */
	struct dp_call_stats stats;
};
/* False when the leg is no bundle. */
bool leg_bundle_view(const struct leg *l, struct leg_bundle_view *out);

/* One of the life before, of links that go on already; who: for whom (leg_bundle.h).  NULL with
 * *words. */
struct leg *leg_bundle_resume(struct gw *gw, struct rd *r, const void *who, const char **words);
/* l is a terminal that goes on as a link of a bundle which does not. */
bool leg_bundle_is_lost(const struct leg *l);
/* That this call or line is a link of; NULL = of none. */
struct leg *leg_bundle_with(const struct gw *gw, const struct leg *link);

/* --- filters of a call or line ----------------------------------------------------------------- */

/* Those of a section, which outlive it, in place of those it had from a section of this kind; NULL
 * = none.  Where a section has no filter, that of a kind further up in the enum counts.  False: the
 * data plane could not be told, which is logged, and nothing has changed. */
bool leg_take_filters(struct leg *l, enum leg_filters from, const struct gw_filters *f);
/* One for this leg alone, compiled from expr (pcap-filter); NULL = that of its sections again.
 * False with words in err. */
bool leg_filter(struct leg *l, enum dp_filter place, const char *expr, char *err, size_t cap);
/* Those that leg_filter() has set; NULL = none. */
const struct gw_filters *leg_own_filters(const struct leg *l);
/* Those which that of one place is of; NULL = it has none there. */
const struct gw_filters *leg_filters_in_force(const struct leg *l, enum dp_filter place);

/* --- rates of a call or line ------------------------------------------------------------------- */

/* What a service or route, or the user says of them in place of what it said before; NULL, and each
 * that is CFG_OF_SERVICE: nothing.  A running call has them at once.  False: the data plane could
 * not be told, which is logged, and nothing has changed. */
bool leg_take_rates(struct leg *l, enum leg_rates from, const struct cfg_rates *r);
/* The same of one direction; bit/s, 0 = no limit. */
bool leg_set_rate(struct leg *l, enum leg_rates from, enum dp_rate way, uint64_t bps);
/* That in force, 0 = no limit; *from says whose it is when anybody has said it. */
uint64_t leg_rate(const struct leg *l, enum dp_rate way, enum leg_rates *from);

/* --- a terminal: our PPP with a TUN behind it -------------------------------------------------- */

/* The server side of a service.  NULL without memory. */
struct leg *leg_server_new(struct gw *gw, struct gw_service *service);
/* One of the life before; r is left at what the rest is in.  NULL with *words. */
struct leg *leg_server_resume(struct gw *gw, struct rd *r, const char **words);
/* Row of gw/resume.h: the network protocols of a bundle. */
struct resume_from;
struct join *leg_server_resume_bundle(struct resume_from *f);
/* The time limits of its log-in, us; 0 = none. */
struct leg_limits {
	uint64_t idle, session;
	bool idle_of_user, session_of_user; /* not the service's */
};
/* NULL when the leg is no server. */
const struct leg_limits *leg_server_limits(const struct leg *l);
/* What its client has, as `show` sees it. */
struct leg_server_view {
	uint32_t address4;	/* 0 = none */
	const uint8_t *prefix6; /* a /64; NULL = none */
	/* Of which pools, or NULL: it is of none. */
	const char *pool4, *pool6, *pool_pd;
	const struct grant *grant;	 /* of RADIUS; NULL = nothing */
	const struct dhcp6_lease *lease; /* what is delegated; NULL = nothing */
};
/* False when the leg is no server. */
bool leg_server_view(const struct leg *l, struct leg_server_view *out);
/* What a client has, unless its user has an address of his own. */
struct leg_own {
	uint32_t address4;		  /* 0 = any of the pool */
	unsigned routes;		  /* networks behind it */
	const struct cfg_prefix *prefix6; /* NULL = any of the pool */
	const struct cfg_prefix *route;
};
/* Before it is started; the prefixes are good as long as the leg.  False without memory. */
bool leg_server_give(struct leg *l, const struct leg_own *own);

/* What a log-in is found by. */
enum leg_login_by {
	LEG_LOGIN_USER,	   /* as the client has said it, with its realm */
	LEG_LOGIN_ADDRESS, /* of IPv4 */
	LEG_LOGIN_TOLD,	   /* as accounting tells it, where that is another name */
	LEG_LOGIN_PREFIX,  /* of IPv6, a /64 */
	LEG_LOGIN_ACCT,	   /* Acct-Session-Id */
	LEG_LOGIN_NAMES,
	LEG_LOGIN_RARE = LEG_LOGIN_TOLD /* from here on: not of each log-in */
};
struct leg_login_name {
	enum leg_login_by by; /* the member that counts */
	const char *user;
	struct rd told;
	uint32_t address4;
	const uint8_t *prefix6;
	uint64_t acct;
};
/* The server leg of a log-in of that name whose join is not ending; after: the one that was found
 * before, still there, or NULL.  NULL = there is no other.  It takes the same time however many
 * log-ins there are. */
struct leg *leg_login_next(const struct gw *gw, const struct leg_login_name *name,
			   const struct leg *after);
/* Do to all log-ins of services of `of` what a request of RADIUS says (gw/aaa/radius/radius_coa.h),
 * or nothing and say why, as enum radius_refusal.  who: asks for it, for people; *n: log-ins that
 * it is about. */
struct cfg_radius;
struct radius_coa;
unsigned leg_coa(struct gw *gw, const struct cfg_radius *of, const char *who,
		 const struct radius_coa *what, unsigned *n, uint64_t now);
/* Of all services.  NULL without memory; to be freed after the joins. */
struct logins *logins_new(void);
void logins_free(struct logins *l);

/* Owner of a client leg.  The device is asked for when the first NCP comes up, and stays until the
 * join is gone.  ip4 and ip6 are called with the agreed addresses, when the data plane has begun or
 * stopped using the device. */
struct leg_client_owner {
	uint32_t (*device)(void *ctx);
	void (*ip4)(void *ctx, const struct ppp_addresses *addr, bool up);
	void (*ip6)(void *ctx, const struct ppp_addresses *addr, bool up);
	/* The leg that has the network protocols of its bundle. */
	struct leg *(*network)(void *ctx);
	const struct join_owner *bundle; /* of that leg's join, with its ctx */
};
/* The client side of a client section, of its line or of its bundle.  NULL without memory. */
struct leg *leg_client_new(struct gw *gw, const struct cfg_client *cfg,
			   const struct leg_client_owner *owner, void *ctx);

/* One of the life before, of the client section that r names; r is left at what the rest is in. The
 * section is cfg_named() and of today; NULL = there is none any more. */
const struct cfg_client *leg_client_read(struct gw *gw, struct rd *r);

/* Our PPP on a line whose way depends on who is there (the second leg of a join with it).  known:
 * LCP is open and the client has named itself, user "" when it was not asked to; more than once
 * when the client starts again.  frame: after that, of a network protocol. */
struct leg_proxy_owner {
	void (*known)(void *ctx, const char *user, uint64_t now);
	void (*frame)(void *ctx, const uint8_t *frame, size_t len, uint64_t now);
};
/* NULL without memory. */
struct leg *leg_proxy_new(struct gw *gw, const struct cfg_lcp *cfg,
			  const struct leg_proxy_owner *owner, void *ctx);
/* Nobody takes the client: it is told `message`, and the leg ends with `why`. */
void leg_proxy_refuse(struct leg *l, const struct leg_end *why, const char *message, uint64_t now);
/* What LCP and authentication have come to, good until the next frame; false = LCP is not open. */
bool leg_proxy_state(const struct leg *l, struct ppp_proxy *out);

/* A terminal as `show` sees it; pointers are valid as long as the leg. */
struct leg_terminal_view {
	const char *user;
	const struct ppp *ppp; /* NULL before it is started */
	const struct leg_network *net;
	uint32_t tun;
};
/* False when the leg is no terminal. */
bool leg_terminal_view(const struct leg *l, struct leg_terminal_view *out);
/* The far end's address of IPv4, or ours where we are the client; 0 = none. */
uint32_t leg_terminal_client4(const struct leg_terminal_view *v);

#endif
