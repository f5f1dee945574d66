/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The keys of the sections about PPP: `pool`, `service` and `user` for links that end here as a
 * server, `client` for links we dial.  Timers and counts start from ppp_config_default().
 */
#include "cfg/dscp.h"
#include "cfg/filter.h"
#include "cfg/keys.h"
#include "cfg/rate.h"
#include "cfg/report.h"
#include "cfg/value.h"

#include <stddef.h>
#include <string.h>

#define CFG_MRRU_MIN	   1500u
#define CFG_ENDPOINT_LOCAL 1u /* class: locally assigned address */

#define MS 1000
#define S  (1000 * MS)
#define M  (60 * S)
#define H  (60LL * M)
#define D  (24 * H)

static void keys_ppp_set_ranges(struct cfg_load *l, const struct cfg_item *it, void *obj,
				const char *text)
{
	struct cfg_pool *p = obj;

	(void)text;
	p->range = cfg_get_prefixes(l, it, &p->ranges);
}

static void keys_ppp_set_routes(struct cfg_load *l, const struct cfg_item *it, void *obj,
				const char *text)
{
	struct cfg_client *c = obj;

	(void)text;
	c->route = cfg_get_prefixes(l, it, &c->routes);
}

static void keys_ppp_set_radius_routes(struct cfg_load *l, const struct cfg_item *it, void *obj,
				       const char *text)
{
	struct cfg_service *s = obj;

	(void)text;
	s->radius_route = cfg_get_prefixes(l, it, &s->radius_routes);
}

static void keys_ppp_set_realms(struct cfg_load *l, const struct cfg_item *it, void *obj,
				const char *text)
{
	const char **a = arena_get(l->arena, it->values * sizeof(*a));
	struct cfg_service *s = obj;

	(void)text;
	for (unsigned i = 0; i < it->values; i++)
		a[i] = cfg_keep(l, it->value[i].text);
	s->realm = a;
	s->realms = it->values;
}

void cfg_set_methods(struct cfg_load *l, const struct cfg_item *it, uint8_t auth[PPP_AUTHS],
		     uint8_t *n)
{
	bool none = false, had[PPP_AUTHS] = {false};
	unsigned a;

	*n = 0;
	for (unsigned i = 0; i < it->values; i++) {
		if (!cfg_get_word(l, it, &it->value[i], &a))
			continue;
		if (had[a])
			cfg_wrong(l, it->value[i].line, it, "`%s` is named twice",
				  cfg_shown(l, &it->value[i]));
		else if (a == PPP_AUTH_NONE)
			none = true;
		else
			auth[(*n)++] = (uint8_t)a;
		had[a] = true;
	}
	if (none && *n)
		cfg_wrong(l, it->line, it, "`none` does not go with a method");
}

static void keys_ppp_set_service_auth(struct cfg_load *l, const struct cfg_item *it, void *obj,
				      const char *text)
{
	struct cfg_service *s = obj;

	(void)text;
	cfg_set_methods(l, it, s->ppp.auth, &s->ppp.n_auth);
}

static void keys_ppp_set_client_auth(struct cfg_load *l, const struct cfg_item *it, void *obj,
				     const char *text)
{
	struct cfg_client *c = obj;

	(void)text;
	cfg_set_methods(l, it, c->ppp.auth, &c->ppp.n_auth);
}

#define MULTILINK_WORDS "no yes short"

static void keys_ppp_take_multilink(struct cfg_load *l, const struct cfg_item *it,
				    struct ppp_config *ppp)
{
	enum { NO, YES, SHORT };
	unsigned word = NO;

	if (!cfg_get_word(l, it, &it->value[0], &word))
		return;
	ppp->mrru = word == NO ? 0 : CFG_MRRU_MIN;
	ppp->short_seq = word == SHORT;
}

static void keys_ppp_set_service_multilink(struct cfg_load *l, const struct cfg_item *it, void *obj,
					   const char *text)
{
	(void)text;
	keys_ppp_take_multilink(l, it, &((struct cfg_service *)obj)->ppp);
}

static void keys_ppp_set_client_multilink(struct cfg_load *l, const struct cfg_item *it, void *obj,
					  const char *text)
{
	(void)text;
	keys_ppp_take_multilink(l, it, &((struct cfg_client *)obj)->ppp);
}

static void keys_ppp_set_dns(struct cfg_load *l, const struct cfg_item *it, void *obj,
			     const char *text)
{
	struct cfg_service *s = obj;
	unsigned n = 0;
	uint32_t a;

	(void)text;
	for (unsigned i = 0; i < it->values; i++) {
		if (!cfg_get_ipv4(l, it, &it->value[i], &a))
			continue;
		if (n == 2)
			cfg_wrong(l, it->value[i].line, it,
				  "IPCP can name two servers, this is the third");
		if (n < 2)
			s->dns4[n] = a;
		n++;
	}
}

static bool keys_ppp_secret_fits(struct cfg_load *l, const struct cfg_item *it, const char *text)
{
	size_t len = strlen(text);

	if (len && len <= PPP_SECRET_MAX)
		return true;
	cfg_wrong(l, it->line, it, "a secret has 1 to %u octets, this one has %zu", PPP_SECRET_MAX,
		  len);
	return false;
}

static void keys_ppp_set_user_secret(struct cfg_load *l, const struct cfg_item *it, void *obj,
				     const char *text)
{
	if (keys_ppp_secret_fits(l, it, text))
		((struct cfg_user *)obj)->secret = cfg_keep(l, text);
}

static void keys_ppp_set_client_secret(struct cfg_load *l, const struct cfg_item *it, void *obj,
				       const char *text)
{
	if (keys_ppp_secret_fits(l, it, text))
		strcpy(((struct cfg_client *)obj)->ppp.secret, text);
}

static void keys_ppp_set_client_user(struct cfg_load *l, const struct cfg_item *it, void *obj,
				     const char *text)
{
	size_t len = strlen(text);

	if (len && len <= PPP_NAME_MAX)
		memcpy(((struct cfg_client *)obj)->ppp.name, text, len + 1);
	else
		cfg_wrong(l, it->line, it, "a user name has 1 to %u octets", PPP_NAME_MAX);
}

static const struct cfg_key pool_keys[] = {
	{"ranges", CFG_K_PREFIX, CFG_KEY_LIST, .deflt = "none", .set = keys_ppp_set_ranges,
	 .help = "prefixes to give out: an address of IPv4, a /64 of IPv6 for each client"},
	{"delegate", CFG_K_PREFIX, CFG_KEY_LIST, .set = cfg_set_delegate, .deflt = "none",
	 .help = "prefixes of IPv6 to delegate from, by DHCPv6, to clients that ask for one"},
	{"delegate-length", CFG_K_NUMBER, .min = 17, .max = 64,
	 .help = "length of the prefix that each of them gets",
	 CFG_AT(struct cfg_pool, delegate_bits)},
};

/* Keys of both ends of PPP; AT: SERVICE or CLIENT. */
/* clang-format off */
#define NEGOTIATION(AT)                                                                    \
	{"auth-timeout", CFG_K_TIME, .min = 1 * S, .max = H,                               \
	 .help = "longest time from the first Configure-Request to authenticated, however" \
		 " often LCP starts again", AT(ppp.auth_timeout)},                         \
	{"restart-timer", CFG_K_TIME, .min = 100 * MS, .max = M,                           \
	 .help = "wait for an answer before a request is sent again (RFC 1661 4.6)",       \
	 AT(ppp.restart_timer)},                                                           \
	{"max-configure", CFG_K_NUMBER, .min = 1, .max = 255,                              \
	 .help = "Configure-Requests without an answer that end the link",                 \
	 AT(ppp.max_configure)},                                                           \
	{"max-terminate", CFG_K_NUMBER, .min = 1, .max = 255,                              \
	 .help = "Terminate-Requests without an answer that end the link",                 \
	 AT(ppp.max_terminate)},                                                           \
	{"max-failure", CFG_K_NUMBER, .min = 1, .max = 255,                                \
	 .help = "Configure-Naks in a row before an option is rejected",                   \
	 AT(ppp.max_failure)},                                                             \
	{"echo-interval", CFG_K_TIME, .min = 0, .max = H,                                  \
	 .help = "time between LCP Echo-Requests; 0 = send none", AT(ppp.echo_interval)},  \
	{"echo-failures", CFG_K_NUMBER, .min = 1, .max = 100,                              \
	 .help = "Echo-Requests without a reply in a row that end the link",               \
	 AT(ppp.echo_failures)}
/* clang-format on */

/* Of a log-in; AT: SERVICE or USER; otherwise: the default for the help. */
/* clang-format off */
#define LIMITS(AT, otherwise)                                                              \
	{"idle", CFG_K_TIME, .min = 0, .max = 30 * D, .deflt = otherwise,                  \
	 .help = "end a log-in that has carried no data for this long; 0 = never", AT(idle)}, \
	{"session", CFG_K_TIME, .min = 0, .max = 365 * D, .deflt = otherwise,              \
	 .help = "end a log-in that has lasted this long; 0 = never", AT(session)}
/* clang-format on */

/* enum cfg_tun_offload */
#define TUN_OFFLOAD_WORDS "auto tcp udp off"
#define TUN_OFFLOAD_HELP                                                                           \
	"super-packets that the kernel gives and takes at the device (TSO, USO), which make long " \
	"packets of a flow cheap: all that it has, those of TCP, those of UDP, none"

#define SERVICE(m) CFG_AT(struct cfg_service, m)

static const struct cfg_key service_keys[] = {
	{"local", CFG_K_IPV4, .flags = CFG_KEY_REQUIRED,
	 .help = "our IPv4 address on every link; if it is in the pool, clients never get it",
	 SERVICE(local4)},
	{"pool", CFG_K_REF, .words = "pool",
	 .help = "pool of clients' addresses; without it only users with a fixed address get one",
	 SERVICE(pool)},
	{"dns", CFG_K_IPV4, CFG_KEY_LIST, .set = keys_ppp_set_dns,
	 .help = "up to two name servers to tell clients"},
	{"dns6", CFG_K_TEXT, CFG_KEY_LIST, .set = cfg_set_dns6, .deflt = "none",
	 .when = CFG_WHEN_LIVE,
	 .help = "up to three name servers with IPv6 addresses, told in advertisements and by "
		 "DHCPv6"},
	{"domains", CFG_K_TEXT, CFG_KEY_LIST, .set = cfg_set_domains, .deflt = "none",
	 .when = CFG_WHEN_LIVE, .help = "domains that clients search, told likewise"},
	{"tun", CFG_K_TEXT, .help = "name of the TUN device; %d becomes a number", SERVICE(tun)},
	{"tun-offload", CFG_K_WORD, .words = TUN_OFFLOAD_WORDS, .deflt = "auto",
	 .help = TUN_OFFLOAD_HELP, SERVICE(tun_offload)},
	{"mtu", CFG_K_NUMBER, .min = 576, .max = 65535,
	 .help = "largest IP packet in both directions; offered as MRU", SERVICE(mtu)},
	{"auth", CFG_K_WORD, CFG_KEY_LIST, .words = CFG_AUTH_WORDS_SERVER, .deflt = "chap",
	 .set = keys_ppp_set_service_auth,
	 .help = "authentication methods for clients, in order of preference; eap is had with the "
		 "servers of `radius`"},
	{"proxy", CFG_K_WORD, .words = "renegotiate authenticate accept require",
	 .deflt = "renegotiate",
	 .help = "LCP and authentication that a LAC has had already: begin anew, keep LCP and ask "
		 "the client again, keep both if they fit, or keep both and refuse others",
	 SERVICE(proxy)},
	{"multilink", CFG_K_WORD, .words = MULTILINK_WORDS, .deflt = "no",
	 .set = keys_ppp_set_service_multilink,
	 .help = "let several calls of one user and endpoint be one link (RFC 1990); short: "
		 "ask for sequence numbers of 12 bits"},
	{"radius", CFG_K_REF, .words = "radius", .deflt = "none",
	 .help = "servers that are asked about users", SERVICE(radius)},
	{"local-users", CFG_K_WORD, .words = "first fallback never last", .deflt = "first",
	 .help = "with `radius`: `user` sections count before it; only when no server answers; "
		 "never; or when it refuses or does not answer",
	 SERVICE(local_users)},
	{"sessions", CFG_K_WORD, .words = "allow replace deny", .deflt = "allow",
	 .help = "a user logs in who is logged in already: let him, end the log-in before, or "
		 "refuse him",
	 SERVICE(sessions)},
	{"strip-realm", CFG_K_WORD, .words = "none suffix prefix both", .deflt = "none",
	 .help = "look for user@realm (suffix), DOMAIN\\user (prefix) or both without the realm, "
		 "here and by RADIUS",
	 SERVICE(strip_realm)},
	{"select", CFG_K_REF, CFG_KEY_LIST, .words = "service", .deflt = "none",
	 .help = "services that take users of their `realms` who come in by this one",
	 SERVICE(select)},
	{"realms", CFG_K_TEXT, CFG_KEY_LIST, .set = keys_ppp_set_realms, .deflt = "none",
	 .help = "realms whose users this service takes from those that `select` it; * is any "
		 "text"},
	{"radius-routes", CFG_K_PREFIX, CFG_KEY_LIST, .set = keys_ppp_set_radius_routes,
	 .deflt = "any",
	 .help = "with `radius`: networks that it may have led to clients, beside those of the "
		 "pool"},
	{"rechallenge", CFG_K_TIME, .min = 0, .max = D,
	 .help = "time between CHAP challenges during a call; 0 = only one at its start",
	 SERVICE(ppp.rechallenge)},
	LIMITS(SERVICE, NULL),
	CFG_RATE_ROWS(struct cfg_service, NULL, CFG_WHEN_LIVE),
	CFG_RATE_BURST_ROW(struct cfg_service, CFG_WHEN_LIVE),
	CFG_DISCARD_ROW(struct cfg_service),
	CFG_FILTER_ROWS_IP(struct cfg_service, CFG_FILTER_NONE),
	CFG_FILTER_ROWS_PPP(struct cfg_service, CFG_FILTER_NONE),
	{"ipv6", CFG_K_BOOL, .deflt = "yes with an IPv6 prefix in the pool", .help = "offer IPv6",
	 SERVICE(ppp.ipv6)},
	{"dhcpv6", CFG_K_BOOL, .when = CFG_WHEN_LIVE,
	 .help = "answer clients' DHCPv6: prefixes that are delegated, name servers, domains",
	 SERVICE(dhcpv6)},
	NEGOTIATION(SERVICE),
};

#define USER(m)	  CFG_AT(struct cfg_user, m)
#define USER_NONE "the service's"

static const struct cfg_key user_keys[] = {
	{"secret", CFG_K_SECRET, .set = keys_ppp_set_user_secret, .help = "password"},
	{"secret-file", CFG_K_SECRET_FILE, .set = keys_ppp_set_user_secret,
	 .help = "file whose first line is the password; others may not read or write it"},
	{"address", CFG_K_IPV4, .deflt = "from the pool", .help = "fixed IPv4 address",
	 USER(address4)},
	{"service", CFG_K_REF, .words = "service", .deflt = "any",
	 .help = "the only service this user may log in to", USER(service)},
	LIMITS(USER, USER_NONE),
	CFG_RATE_ROWS(struct cfg_user, USER_NONE, CFG_WHEN_NEW),
	CFG_FILTER_ROWS_IP(struct cfg_user, USER_NONE),
	CFG_FILTER_ROWS_PPP(struct cfg_user, USER_NONE),
};

static const struct cfg_key filter_keys[] = {
	CFG_FILTER_ROWS_IP(struct cfg_filter_section, CFG_FILTER_NONE),
	CFG_FILTER_ROWS_PPP(struct cfg_filter_section, CFG_FILTER_NONE),
};

#define CLIENT(m) CFG_AT(struct cfg_client, m)

static const struct cfg_key client_keys[] = {
	{"peer", CFG_K_REF, .words = "peer", .help = "the LNS that is called; needs `dial` there",
	 CLIENT(peer)},
	{"port", CFG_K_REF, .words = "port",
	 .help = "without `peer`: the port of the circuit that PPP goes out on", CLIENT(port)},
	{"circuit", CFG_K_TEXT, .max = 128,
	 .help = "address of that circuit; a switched one is called", CLIENT(circuit)},
	{"user", CFG_K_TEXT, CFG_KEY_REQUIRED, .set = keys_ppp_set_client_user,
	 .help = "user name to log in with"},
	{"secret", CFG_K_SECRET, .set = keys_ppp_set_client_secret,
	 .help = "password to log in with"},
	{"secret-file", CFG_K_SECRET_FILE, .set = keys_ppp_set_client_secret,
	 .help = "file whose first line is the password; others may not read or write it"},
	{"auth", CFG_K_WORD, CFG_KEY_LIST, .words = CFG_AUTH_WORDS, .deflt = "mschapv2, chap",
	 .set = keys_ppp_set_client_auth,
	 .help = "authentication methods to accept; pap shows the password to the LNS"},
	{"tun", CFG_K_TEXT, .deflt = "the section's name", .help = "name of the TUN device",
	 CLIENT(tun)},
	{"tun-offload", CFG_K_WORD, .words = TUN_OFFLOAD_WORDS, .deflt = "auto",
	 .help = TUN_OFFLOAD_HELP, CLIENT(tun_offload)},
	{"mtu", CFG_K_NUMBER, .min = 576, .max = 65535, .help = "largest IP packet on the link",
	 CLIENT(mtu)},
	{"routes", CFG_K_PREFIX, CFG_KEY_LIST, .set = keys_ppp_set_routes,
	 .help = "prefixes to route into the TUN device while the link is up"},
	{"multilink", CFG_K_WORD, .words = MULTILINK_WORDS, .deflt = "no",
	 .set = keys_ppp_set_client_multilink,
	 .help = "offer to be one link with the clients that say `bundle` (RFC 1990); short: "
		 "ask for sequence numbers of 12 bits"},
	{"bundle", CFG_K_REF, .words = "client", .deflt = "none",
	 .help = "client with `multilink` whose bundle this is another link of", CLIENT(bundle)},
	{"redial", CFG_K_TIME, .min = 0, .max = D,
	 .help = "wait before dialling again; 0 = dial once", CLIENT(redial)},
	{"ipv4", CFG_K_BOOL, .help = "ask for IPv4", CLIENT(ppp.ipv4)},
	{"ipv6", CFG_K_BOOL, .help = "ask for IPv6", CLIENT(ppp.ipv6)},
	NEGOTIATION(CLIENT),
};

static void keys_ppp_init_pool(struct cfg_load *l, void *obj)
{
	struct cfg_pool *p = obj;

	(void)l;
	p->delegate_bits = 56;
}

static void keys_ppp_init_service(struct cfg_load *l, void *obj)
{
	struct cfg_service *s = obj;

	(void)l;
	ppp_config_default(&s->ppp);
	s->ppp.server = true;
	s->tun = "ist%d";
	s->mtu = CFG_MTU_DEFAULT;
	s->dhcpv6 = true;
}

static bool keys_ppp_has_ipv6(const struct cfg_pool *p)
{
	for (unsigned i = 0; p && i < p->ranges; i++)
		if (p->range[i].v6)
			return true;
	return p && p->delegates;
}

/* RFC 1990 5.1.1 and 5.1.3: each system can receive packets of 1500 octets; the endpoint is known
 * by its name, an address of class 1. */
static void keys_ppp_finish_multilink(const struct cfg_load *l, struct ppp_config *ppp,
				      uint16_t mtu)
{
	size_t n = strnlen(l->m->host_name, PPP_ENDPOINT_MAX - 1);

	if (ppp->mrru < mtu)
		ppp->mrru = mtu;
	ppp->endpoint.len = (uint8_t)(1 + n);
	ppp->endpoint.octets[0] = CFG_ENDPOINT_LOCAL;
	memcpy(ppp->endpoint.octets + 1, l->m->host_name, n);
}

static void keys_ppp_finish_bundles(struct cfg_load *l, const struct cfg_item *it)
{
	struct cfg_service *s = it->object;

	keys_ppp_finish_multilink(l, &s->ppp, s->mtu);
	if (!s->ppp.n_auth)
		cfg_warn(l, it->line, it,
			 "`multilink` with `auth = none`: whoever names the endpoint of a client "
			 "becomes a link of its bundle");
}

/* References to services are to others, with realms. */
static void keys_ppp_finish_select(struct cfg_load *l, const struct cfg_item *it)
{
	const struct cfg_item *select = cfg_given(it, "select");
	const struct cfg_service *s = it->object;

	for (unsigned i = 0; select && i < s->select.n; i++) {
		const struct cfg_service *to = s->select.at[i];

		if (to == s)
			cfg_wrong(l, select->line, select, "`%s` is the service itself", s->name);
		else if (!to->realms)
			cfg_wrong(l, select->line, select, "service `%s` has no `realms`",
				  to->name);
	}
}

static void keys_ppp_finish_service(struct cfg_load *l, const struct cfg_item *it)
{
	const struct cfg_item *routes = cfg_given(it, "radius-routes");
	const struct cfg_item *auth = cfg_given(it, "auth");
	struct cfg_service *s = it->object;

	s->ppp.mtu = s->ppp.mru = s->mtu;
	memcpy(s->ppp.name, l->m->host_name, strlen(l->m->host_name) + 1);
	if (!cfg_given(it, "ipv6"))
		s->ppp.ipv6 = keys_ppp_has_ipv6(s->pool);
	if (s->ppp.mrru)
		keys_ppp_finish_bundles(l, it);
	keys_ppp_finish_select(l, it);
	for (unsigned i = 0; i < s->ppp.n_auth; i++)
		if (s->ppp.auth[i] == PPP_AUTH_EAP && !s->radius)
			cfg_wrong(l, auth->line, auth, "`eap` needs `radius`");
	if (routes && !s->radius)
		cfg_wrong(l, routes->line, routes, "needs `radius`");
}

static void keys_ppp_init_user(struct cfg_load *l, void *obj)
{
	struct cfg_user *u = obj;

	(void)l;
	u->idle = u->session = CFG_OF_SERVICE;
	u->rates.bps[CFG_RATE_UP] = u->rates.bps[CFG_RATE_DOWN] = CFG_OF_SERVICE;
}

static void keys_ppp_init_client(struct cfg_load *l, void *obj)
{
	struct cfg_client *c = obj;

	(void)l;
	ppp_config_default(&c->ppp);
	c->ppp.server = false;
	c->ppp.n_auth = 2;
	c->ppp.auth[0] = PPP_AUTH_MSCHAPV2;
	c->ppp.auth[1] = PPP_AUTH_CHAP_MD5;
	c->mtu = CFG_MTU_DEFAULT;
	c->redial = 30 * S;
	c->ppp.ipv4 = c->ppp.ipv6 = true;
}

static void keys_ppp_finish_client(struct cfg_load *l, const struct cfg_item *it)
{
	struct cfg_client *c = it->object;
	const struct cfg_client *first = c->bundle ? c->bundle : c;

	c->ppp.mtu = c->ppp.mru = c->mtu;
	c->ppp.mrru = first->ppp.mrru;
	c->ppp.short_seq = first->ppp.short_seq;
	if (c->ppp.mrru)
		keys_ppp_finish_multilink(l, &c->ppp, first->mtu);
	if (!c->tun)
		c->tun = c->name;
}

#define SCHEMA(kind, name, text, rows, what, start, end, gone)                               \
	{                                                                                    \
		.section = kind, .word = name, .title = "NAME", .help = text, .key = rows,   \
		.keys = CFG_ROWS(rows), .sub = cfg_no_sections, .size = sizeof(struct what), \
		.init = start, .finish = end, .when_removed = gone                           \
	}

const struct cfg_schema cfg_schema_pool =
	SCHEMA(CFG_S_POOL, "pool", "addresses for clients", pool_keys, cfg_pool, keys_ppp_init_pool,
	       NULL, CFG_WHEN_NEW);
const struct cfg_schema cfg_schema_service = SCHEMA(
	CFG_S_SERVICE, "service", "the server side of PPP for calls that end here", service_keys,
	cfg_service, keys_ppp_init_service, keys_ppp_finish_service, CFG_WHEN_ENDS);
const struct cfg_schema cfg_schema_user =
	SCHEMA(CFG_S_USER, "user", "a user who may log in", user_keys, cfg_user, keys_ppp_init_user,
	       NULL, CFG_WHEN_NEW);
const struct cfg_schema cfg_schema_filter =
	SCHEMA(CFG_S_FILTER, "filter", "packet filters that a RADIUS server names by Filter-Id",
	       filter_keys, cfg_filter_section, NULL, NULL, CFG_WHEN_NEW);
const struct cfg_schema cfg_schema_client = SCHEMA(
	CFG_S_CLIENT, "client", "a link that is dialled from here, with PPP as the client",
	client_keys, cfg_client, keys_ppp_init_client, keys_ppp_finish_client, CFG_WHEN_ENDS);
