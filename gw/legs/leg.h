/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A leg is one end that PPP frames enter and leave by; two of them make a join (join.h).  Each kind
 * is a const table of what can be asked of it; its data is known in its own file only.
 *
 * A leg's life: IDLE, start() -> STARTING, join_leg_up() -> UP, stop() or the far end -> STOPPING,
 * join_leg_gone() -> GONE, free() once both legs of the join are gone and no handler is running.
 * From GONE on it makes no calls and holds nothing outside its own memory.
 */
#ifndef GW_LEGS_LEG_H
#define GW_LEGS_LEG_H

#include "core/msg.h"
#include "gw/dp/dp.h"
#include "ppp/ppp.h"

struct gw;
struct join;
struct leg;
struct leg_entry;

/* The numbers are those of records (gw/resume.h): new ones go to the end. */
enum leg_kind {
	LEG_CALL,   /* a session in a tunnel */
	LEG_LINE,   /* PPP on a channel of its own */
	LEG_SERVER, /* our PPP as server, TUN behind it */
	LEG_CLIENT, /* our PPP as client, TUN behind it */
	LEG_PROXY,  /* our PPP as server, for the LNS that will have the line */
	LEG_BUNDLE, /* the calls and lines of a multilink bundle, as one */
	LEG_KINDS
};

enum leg_state { LEG_IDLE, LEG_STARTING, LEG_UP, LEG_STOPPING, LEG_GONE, LEG_STATES };

/* Why a leg has gone; each kind of leg maps it to codes of its protocol. */
enum leg_cause {
	LEG_BY_OPERATOR,
	LEG_BY_SHUTDOWN,
	LEG_BY_PEER,	  /* its far end ended it in good order */
	LEG_BY_LOSS,	  /* carrier, channel or tunnel lost */
	LEG_BY_TIMEOUT,	  /* no answer */
	LEG_BY_AUTH,	  /* authentication failed */
	LEG_BY_MISMATCH,  /* negotiation failed */
	LEG_BY_RESOURCES, /* no address, no memory, no room */
	LEG_BY_LIMIT,	  /* idle for too long, or as long as a session may last */
	LEG_BY_ANOTHER,	  /* another log-in of the same user came in its place */
	LEG_CAUSES
};

struct leg_end {
	enum leg_cause cause;
	bool has_cdn; /* a call's far end said so: its Result and Error Code */
	uint16_t cdn_result, cdn_error;
	char cdn_text[L2TP_MSG_TEXT_MAX + 1]; /* and its message, "" without one */
	bool has_ppp;			      /* the three below are known: RFC 3145 */
	uint16_t ppp_code, ppp_proto;
	uint8_t ppp_direction;
	/* A circuit went down or was refused: enum ist_cause_kind, 0 = it is about no circuit; and
	 * the medium's own code. */
	uint8_t circuit_kind, circuit_cause;
	char words[128]; /* printable */
};
struct leg_end leg_end(enum leg_cause cause, const char *words);
/* What was asked for does not fit: the call's far end is told this Result Code. */
struct leg_end leg_end_cdn(const char *words, uint16_t result);
/* A copy to keep, in place of `before` (NULL = none), which goes.  Without memory it is one with
 * the cause and no more. */
const struct leg_end *leg_end_keep(const struct leg_end *before, const struct leg_end *why);
void leg_end_forget(const struct leg_end *kept); /* NULL is fine */

/* How the data path treats the frames of a call from now on. */
struct leg_network {
	bool ff03, pfc;
	bool ip4, ip6, client, has_peer6;
	bool echo; /* LCP is open, with the magic numbers below */
	uint16_t mtu;
	uint16_t bundle; /* the number of the one that its frames are of, LCP's and authentication's
			    excepted; 0 = of none */
	uint32_t peer4;
	uint8_t peer6[16];
	uint64_t peer_iid;
	struct ppp_echo magic;
	uint32_t tun; /* with ip4 or ip6 IP goes straight to it */
};

struct leg_ops {
	enum leg_kind kind;
	const char *name;
	/* Begin; join_leg_up() or join_leg_gone() follows, now or later. */
	void (*start)(struct leg *l, uint64_t now);
	/* End in good order; join_leg_gone() follows, now or later. */
	void (*stop)(struct leg *l, const struct leg_end *why, uint64_t now);
	/* What is behind the other leg is gone, nothing more can be sent: join_leg_gone() before
	 * this returns. */
	void (*lost)(struct leg *l, const struct leg_end *why, uint64_t now);
	/* Send this frame (protocol number and information) to the far end. */
	void (*frame)(struct leg *l, const uint8_t *frame, size_t len, uint64_t now);
	/* Only where the data plane carries the frames; else NULL. */
	void (*network)(struct leg *l, const struct leg_network *n);
	struct leg_entry *(*entry)(struct leg *l);
	/* What the other leg has learnt of the asynchronous line that is at either end of the join
	 * (RFC 2661 6.13, 6.14): its ACCM for sending to the line and receiving from it, its errors
	 * so far.  NULL = it means nothing to this kind. */
	void (*accm)(struct leg *l, uint32_t send, uint32_t receive, uint64_t now);
	void (*errors)(struct leg *l, const uint32_t errors[IST_ERRORS], uint64_t now);
	/* Largest information field that can be sent; UINT16_MAX = no limit. */
	uint16_t (*mtu)(const struct leg *l);
	/* Write what another life of the gateway goes on from (gw/resume.h); false = it cannot.
	 * NULL likewise. */
	bool (*save)(const struct leg *l, struct wr *w);
	/* The second leg of a join goes on, in place of start(): r has the rest of what save() has
	 * written, and the other leg is up.  NULL, or words saying why it cannot. */
	const char *(*resume)(struct leg *l, struct rd *r, uint64_t now);
	void (*free)(struct leg *l);
};

struct leg {
	const struct leg_ops *ops;
	struct join *join;
	enum leg_state state;
};

const char *leg_state_name(enum leg_state s);
const char *leg_cause_name(enum leg_cause c);

/* The kinds of section that a leg has filters from; one further down comes first. */
enum leg_filters {
	LEG_FILTERS_SECTION, /* the service or the route */
	LEG_FILTERS_CIRCUIT,
	LEG_FILTERS_USER,
	LEG_FILTERS
};

/* Who says what rates a leg has; one further down comes first. */
enum leg_rates {
	LEG_RATES_SECTION, /* the service or the route */
	LEG_RATES_USER,	   /* the user's section, or RADIUS */
	LEG_RATES_OWN,	   /* an operator, for this leg alone */
	LEG_RATES
};

#endif
