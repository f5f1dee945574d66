/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A terminal as server as the files of it see it: leg_server.c, and leg_server_save.c. */
#ifndef GW_LEGS_LEG_SERVER_H
#define GW_LEGS_LEG_SERVER_H

#include "core/htab.h"
#include "gw/aaa/aaa.h"
#include "gw/legs/leg_bundle.h"
#include "gw/legs/leg_entry.h"
#include "gw/legs/leg_limit.h"

#include <string.h>

struct leg_dhcp6;
struct leg_adverts;

/* What decides which addresses a client gets; pools NULL = not configured. */
struct leg_server_want {
	struct addrpool *pool4, *pool6, *pool_pd;
	uint32_t fixed4; /* 0 = one of the pool */
	bool has_fixed6;
	uint8_t fixed6[16];
	struct cfg_prefix delegated; /* bits 0 = one of the pool */
};

/* One of those that log-ins of a service have in common; one of zeros belongs to nobody. */
struct leg_server_wanted {
	struct leg_server_want w;
	struct gw_service *of;
	unsigned users;
};

/* Of the life before, until this one goes on with it. */
struct leg_server_before {
	uint64_t let_in;
	uint32_t fixed4, given4;
	bool has_addresses, has6;
	uint64_t acct; /* Acct-Session-Id; 0 = there was none */
};

/* For what not each log-in is found by. */
struct leg_server_names {
	struct leg_server *of;
	struct hnode named[LEG_LOGIN_NAMES - LEG_LOGIN_RARE];
};

/* One of each call: what few have is elsewhere, and there are no holes. */
struct leg_server {
	struct leg_terminal t;
	struct gw_service *service; /* of the user, once he is known */
	struct gw_service *entered; /* that the call or line came in by, whose LCP it is */
	struct aaa_request *ask;
	struct aaa_state *eap; /* where the server was left in the middle of EAP; NULL = nowhere */
	struct leg_own *own;   /* of the call, whoever the user is; NULL = nothing */
	uint32_t serial;       /* of the claim asked about */
	uint32_t fixed4;       /* the user's own address or that one, 0 = one of the pool */
	/* what the link has, and as what it was taken */
	const struct leg_server_wanted *taken_as;
	uint32_t given4;
	bool has_addresses, has6;
	bool of_service4, of_service6; /* given4, prefix6: of its pool, not of that in taken_as */
	bool routed, routed6;	       /* they have a route of their own */
	uint8_t prefix6[16];
	bool of_bundle;		     /* it has the network protocols of a bundle's links */
	bool is_client;		     /* one of those that the service counts */
	bool has_network[2];	     /* the routes of IPv4, of IPv6 lead here */
	bool grant_waits;	     /* it was made for a name that it has not got yet */
	struct leg_dhcp6 *dhcp6;     /* NULL = he has no prefix, nor has he asked for anything */
	struct leg_adverts *adverts; /* NULL = none are sent */
	uint64_t let_in;	     /* when that was logged; 0 = it was not */
	uint64_t let_in_as;	     /* leg_server_source() at that time */
	struct leg_limit *limit;
	struct leg_limits limits;	  /* of the user who has authenticated last */
	const struct gw_filters *filters; /* his, NULL = none */
	struct cfg_rates *rates;	  /* his, of a link for the bundle it makes; NULL = none */
	struct grant *grant;		  /* of RADIUS, NULL = it was not asked */
	struct network_hold *hold;	  /* of each of its routes; NULL = of none */
	struct acct_session *acct;	  /* of him, NULL = there is no accounting */
	struct hnode named[LEG_LOGIN_RARE]; /* of leg_login.c */
	struct leg_server_names *rare;	    /* likewise; NULL = it never had one */
	struct leg_server *chosen;	    /* of leg_coa.c: the next one that a request is about */
	/* In a bundle, whose network protocols are another leg's; NULL = it never was. */
	struct leg_link *link;
	struct leg_server_before *before; /* NULL = it did not come out of a record */
};

static inline struct leg_server *leg_server_of(struct leg_terminal *t)
{
	return (struct leg_server *)t;
}

/* Of the call or line that the client comes in by. */
static inline const struct leg_entry *leg_server_entry(const struct leg_server *s)
{
	struct leg *other = join_other(&s->t.leg);

	return other->ops->entry(other);
}

/* The log-ins of one user from one place are of one source. */
static inline uint64_t leg_server_source(const struct leg_server *s)
{
	const struct leg_entry *e = leg_server_entry(s);
	const char *user = leg_terminal_name(&s->t);

	return e->source ^ htab_octets(user, strlen(user));
}

/* leg_realm.c: the service of the claim's user, as its realm says, is s->service.  NULL, or why he
 * cannot be let in. */
const char *leg_realm_choose(struct leg_server *s, const struct ppp_auth_claim *claim);

/* leg_sessions.c: other log-ins of the user give way, or he may not begin. */
bool leg_sessions_may_begin(struct leg_server *s, uint64_t now);

/* idle, session: us, or CFG_OF_SERVICE. */
void leg_server_set_limits(struct leg_server *s, uint64_t idle, uint64_t session);

/* leg_login.c: after what the log-in is found by has changed, and before it is asked about. */
void leg_login_update(struct leg_server *s);
/* It is found by what is rare no more. */
void leg_login_drop_rare(struct leg_server *s);

/* leg_grant.c: make a place for another filter's name, false without memory; then put it there, or
 * do without. */
bool leg_grant_can_name(struct leg_server *s);
void leg_grant_name(struct leg_server *s, const char *filter);
void leg_grant_does_not_name(struct leg_server *s);
/* Take what an answer grants (NULL = nothing) in place of what was granted before, or
 * look up again what a record says; s->filters too.  NULL, or why it cannot be had. */
const char *leg_grant_take(struct leg_server *s, const struct grant *g);
const char *leg_grant_again(struct leg_server *s);
/* For the leg that has the network protocols of a bundle; false without memory. */
bool leg_grant_give(struct leg_server *to, const struct leg_server *from);
void leg_grant_drop(struct leg_server *s);
/* The pools of his addresses, and of the prefix that is delegated to him; NULL = not configured. */
struct addrpool *leg_grant_pool4(const struct leg_server *s);
struct addrpool *leg_grant_pool6(const struct leg_server *s);
struct addrpool *leg_grant_pool_pd(const struct leg_server *s);
/* The granted networks of a family lead to this entry; NULL = nowhere. */
void leg_grant_lead(struct leg_server *s, bool v6, const struct dp_call *c);
/* It was in a record, and may not go on. */
void leg_grant_left(const struct leg_server *s);
/* What he is told in place of what the service says. */
void leg_grant_addresses(const struct leg_server *s, struct ppp_addresses *a);

/* What it has of its own. */
static inline struct leg_own leg_server_own(const struct leg_server *s)
{
	return s->own ? *s->own : (struct leg_own){.address4 = 0};
}

/* A copy of rates for later; false without memory.  NULL = there are none any more. */
bool leg_server_keep_rates(struct leg_server *s, const struct cfg_rates *r);

/* leg_server_addr.c: tell of a pool what addrpool_news() has. */
void leg_server_pool_news(const struct leg_server *s, struct addrpool *pool);
/* The pools that given4 and prefix6 go back to. */
struct addrpool *leg_server_from4(const struct leg_server *s);
struct addrpool *leg_server_from6(const struct leg_server *s);
/* What the client is to have; it is taken unless it is there already.  False:
 * leg_server_why_none() says why. */
bool leg_server_have_addresses(struct leg_server *s);
const char *leg_server_why_none(const struct leg_server *s);
void leg_server_give_addresses_back(struct leg_server *s);
/* At first, and at the end: as what addresses were taken is nothing. */
void leg_server_wants_nothing(struct leg_server *s);
/* Of struct leg_role: one that a user whose server lets him choose asks for. */
bool leg_server_may_have4(struct leg_terminal *t, uint32_t addr);
/* Those of a life before; false: they are not free any more. */
bool leg_server_take_again(struct leg_server *s);

/* leg_dhcp6.c: a packet of his is a message of DHCPv6, and has been handled. */
bool leg_dhcp6_packet(struct leg_server *s, const uint8_t *pkt, size_t len, uint64_t now);
/* Could he have a prefix delegated? */
bool leg_dhcp6_delegates(const struct leg_server *s);
/* His prefix leads to this entry, the one that RADIUS has granted from now on; NULL = nowhere. */
void leg_dhcp6_lead(struct leg_server *s, const struct dp_call *c);
/* The call has none any more. */
void leg_dhcp6_end(struct leg_server *s);
/* NULL = he has none. */
const struct dhcp6_lease *leg_dhcp6_lease(const struct leg_server *s);
const char *leg_dhcp6_pool(const struct leg_server *s);
/* Name servers for IPv6 that he is told of. */
unsigned leg_dhcp6_dns(const struct leg_server *s, const uint8_t (**out)[16]);
void leg_dhcp6_save(const struct leg_server *s, struct wr *w);
/* From a record; false: malformed, or no memory. */
bool leg_dhcp6_read(struct leg_server *s, struct rd *r);
/* That of the life before; false: it is not free any more. */
bool leg_dhcp6_take_again(struct leg_server *s);
/* It was in a record, and may not go on. */
void leg_dhcp6_left(const struct leg_server *s);

/* What is known of the call or line that the client comes by; NULL = nothing. */
const struct leg_origin *leg_server_origin(const struct leg_server *s);

/* leg_acct.c: he has been let in; a network protocol is open; the leg goes. */
/* What his frames come in by. */
enum aaa_medium leg_acct_medium(const struct leg_server *s);
void leg_acct_let_in(struct leg_server *s, const struct acct_said *said, uint64_t now);
void leg_acct_tell_link(struct leg_server *s);
void leg_acct_up(struct leg_server *s, uint64_t now);
void leg_acct_end(struct leg_server *s, uint64_t now);
/* The leg with the network protocols of a bundle has it. */
void leg_acct_move(struct leg_server *to, struct leg_server *from);
void leg_acct_save(const struct leg_server *s, struct wr *w);
void leg_acct_go_on(struct leg_server *s);

/* A bundle is one client, however many links it has. */
void leg_server_count(struct leg_server *s, bool is_client);
void leg_server_forget_before(struct leg_server *s);
/* Of leg_ops. */
bool leg_server_save(const struct leg *l, struct wr *w);
const char *leg_server_go_on(struct leg *l, struct rd *r, uint64_t now);

#endif
