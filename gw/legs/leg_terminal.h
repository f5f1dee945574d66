/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The legs where PPP ends: our PPP engine with a TUN behind it.  What server and client have in
 * common is here; what is different is a const role (leg_server.c, leg_client.c,
 * leg_proxy.c).
 */
#ifndef GW_LEGS_LEG_TERMINAL_H
#define GW_LEGS_LEG_TERMINAL_H

#include "gw/gw.h"
#include "gw/legs/legs.h"

struct leg_link;
struct leg_terminal;

/* What a role does; lcp_up, auth, may_have4, told and ip6_packet may be NULL. */
struct leg_role {
	const struct leg_ops *ops;
	/* Name of its service or client. */
	const char *(*section)(const struct leg_terminal *t);
	/* LCP has opened; authentication is next. */
	void (*lcp_up)(struct leg_terminal *t);
	/* Somebody proves who he is: answer by ppp_auth_verdict, now or later. */
	void (*auth)(struct leg_terminal *t, const struct ppp_auth_claim *claim, uint64_t now);
	/* Everything that had to be proved has been. */
	void (*auth_ok)(struct leg_terminal *t, uint64_t now);
	/* Fill net for the NCP that has come up (it has addr) or gone; the data plane is told next.
	 */
	void (*ip4)(struct leg_terminal *t, const struct ppp_addresses *addr, bool up);
	void (*ip6)(struct leg_terminal *t, const struct ppp_addresses *addr, bool up);
	/* The far end asks for this address, and has it from now on; NULL in roles that say no. */
	bool (*may_have4)(struct leg_terminal *t, uint32_t addr);
	/* The data plane has been told. */
	void (*told)(struct leg_terminal *t);
	/* An IPv6 packet that came to us and not to the TUN; false = it is for the TUN. */
	bool (*ip6_packet)(struct leg_terminal *t, const uint8_t *pkt, size_t len, uint64_t now);
	/* Its place in a bundle, NULL without memory; NULL in roles that have none. */
	struct leg_link *(*link)(struct leg_terminal *t);
	/* LCP is not open any more on a link of a bundle; NULL in roles that have none. */
	void (*leaves)(struct leg_terminal *t, const struct leg_end *why, uint64_t now);
	/* Give back everything outside this leg. */
	void (*release)(struct leg_terminal *t);
};

struct leg_terminal {
	struct leg leg;
	const struct leg_role *role;
	struct gw *gw;
	struct ppp *ppp;
	struct deadline timer;
	struct leg_network net; /* its tun: of the service or client */
	uint16_t mtu;	   /* the most a frame to the far end may carry, before its MRU is known */
	uint16_t user_mtu; /* the most for this user; 0 = no limit */
	uint8_t auth;	   /* enum ppp_auth: agreed by LCP */
	bool wants6 : 1;   /* IPv6 is configured */
	bool released : 1; /* holds nothing of others any more */
	bool has_end : 1;  /* end says why we closed */
	uint16_t was_of;   /* number of the bundle that it was a link of in the life before */
	const struct leg_end *end; /* why it has gone, once it has; NULL = it has not */
	char *user;		   /* see leg_terminal_name(); NULL = "" */
};

/* For the roles' start: make PPP from cfg, bounded by what the other leg can carry, and open it;
 * false = no memory.  mtu: of the service or client. */
bool leg_terminal_make(struct leg_terminal *t, const struct ppp_config *cfg, uint16_t mtu);
bool leg_terminal_open(struct leg_terminal *t, const struct ppp_config *cfg, uint16_t mtu,
		       uint64_t now);
/* The user, and what PPP goes on from; nothing of PPP before it has come far enough. */
bool leg_terminal_save(const struct leg_terminal *t, struct wr *w);
/* The user, for the roles' makers. */
void leg_terminal_read(struct leg_terminal *t, struct rd *r);
/* In place of leg_terminal_open(): PPP goes on from what r has, or begins anew where that is
 * nothing or does not fit.  The role is told of each network protocol that is open.  False = no
 * memory, or r is malformed. */
bool leg_terminal_resume(struct leg_terminal *t, const struct ppp_config *cfg, uint16_t mtu,
			 struct rd *r, uint64_t now);
/* End PPP in good order and say `why` when it has. */
void leg_terminal_close(struct leg_terminal *t, const struct leg_end *why, uint64_t now);
/* The members of struct leg_ops both roles share. */
void leg_terminal_stop(struct leg *l, const struct leg_end *why, uint64_t now);
void leg_terminal_lost(struct leg *l, const struct leg_end *why, uint64_t now);
void leg_terminal_frame(struct leg *l, const uint8_t *frame, size_t len, uint64_t now);
uint16_t leg_terminal_mtu(const struct leg *l);
void leg_terminal_free(struct leg *l);
/* Why it has gone or is about to; all zeros before. */
const struct leg_end *leg_terminal_ended(const struct leg_terminal *t);
void leg_terminal_ends(struct leg_terminal *t, const struct leg_end *why);
/* As who it authenticates, or has been; "" = nobody has said. */
const char *leg_terminal_name(const struct leg_terminal *t);
bool leg_terminal_set_name(struct leg_terminal *t, const char *user); /* false without memory */
/* The name for the log. */
const char *leg_terminal_user(const struct leg_terminal *t);
/* What NCPs have agreed. */
struct ppp_addresses leg_terminal_addresses(const struct leg_terminal *t);
/* Tell the data plane what net says. */
void leg_terminal_tell(struct leg_terminal *t);
/* The largest packet to the user; 0 = no limit.  Of one who has IPv6 it is 1280 at least. */
void leg_terminal_set_user_mtu(struct leg_terminal *t, uint16_t most);
/* Deadlines may have moved: after every call into t->ppp from outside leg_terminal.c. */
void leg_terminal_touch(struct leg_terminal *t);

/* Why PPP ended, as an end of a leg with its RFC 3145 cause. */
struct leg_end leg_terminal_why(enum ppp_why why, enum ppp_auth auth, bool server);

#endif
