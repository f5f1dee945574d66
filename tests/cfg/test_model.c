/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cfg/model.h"
#include "tests/cfg/media.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define US 1000000u

static void an_empty_text_is_all_defaults(void)
{
	static struct told t;
	char host[256] = "";

	gethostname(host, sizeof(host) - 1);
	tell(&t, "");
	CU_ASSERT_EQUAL_FATAL(t.faults, 0);
	ASSERT_TEXT(t.m->file, "t");
	ASSERT_TEXT(t.m->host_name, *host ? host : "isthmus");
	CU_ASSERT_EQUAL(t.m->log_to, CFG_LOG_TO_AUTO);
	ASSERT_TEXT(t.m->vty_socket, "/run/isthmus/vty");
	ASSERT_TEXT(t.m->control_socket, "/run/isthmus/vty.ctl");
	CU_ASSERT_PTR_NULL(t.m->control_group);
	CU_ASSERT_PTR_NULL(t.m->control_read_group);
	CU_ASSERT_PTR_NULL(t.m->vty_group);
	CU_ASSERT_PTR_NULL(t.m->vty_address);
	CU_ASSERT_PTR_NULL(t.m->vty_captures);
	CU_ASSERT_EQUAL(t.m->workers, UINT_MAX);
	CU_ASSERT_EQUAL(t.m->max_tunnels, 32768);
	CU_ASSERT_EQUAL(t.m->max_calls, 262144);
	CU_ASSERT_EQUAL(t.m->half_open, 4096);
	CU_ASSERT_EQUAL(t.m->half_open_per_source, 16);
	CU_ASSERT_EQUAL(t.m->login.delay, 1000000);
	CU_ASSERT_EQUAL(t.m->login.failures, 8);
	CU_ASSERT_EQUAL(t.m->login.lock, 300000000);
	CU_ASSERT_EQUAL(t.m->logs + t.m->ports + t.m->peers + t.m->pools + t.m->services +
				t.m->users + t.m->clients,
			0);
	told_end(&t);
}

/* The linker's --wrap. */
static const char *system_name; /* NULL = the real one, "?" = it cannot be told */

int __real_gethostname(char *name, size_t len);
int __wrap_gethostname(char *name, size_t len);
int __wrap_gethostname(char *name, size_t len)
{
	if (!system_name)
		return __real_gethostname(name, len);
	strcpy(name, system_name);
	return *system_name == '?' ? -1 : 0;
}

static void our_name_is_the_systems(void)
{
	static const char *const names[][2] = {
		{"lns.example", "lns.example"}, {"", "isthmus"}, {"?", "isthmus"}};
	static struct told t;

	for (unsigned i = 0; i < 3; i++) {
		system_name = names[i][0];
		tell(&t, "");
		ASSERT_TEXT(t.m->host_name, names[i][1]);
		told_end(&t);
	}
	system_name = NULL;
}

/* A stranger without a secret gets less, and what is given is taken in both cases. */
static void peer_limits_follow_the_secret(void)
{
	static struct told t;

	tell(&t, "peer a { hostname = a }\npeer b { hostname = b secret = x }\n"
		 "peer c { hostname = c max-tunnels = 0 max-peer-calls = 5 }\n"
		 "peer d { hostname = d max-tunnels = 3 max-peer-calls = 0 secret = x }");
	CU_ASSERT_EQUAL_FATAL(t.faults, 0);
	CU_ASSERT_EQUAL(t.m->peer[0].policy.max_tunnels, 64);
	CU_ASSERT_EQUAL(t.m->peer[0].policy.max_peer_calls, 1024);
	CU_ASSERT_EQUAL(t.m->peer[1].policy.max_tunnels, 1024);
	CU_ASSERT_EQUAL(t.m->peer[1].policy.max_peer_calls, 65535);
	CU_ASSERT_EQUAL(t.m->peer[2].policy.max_tunnels, 0);
	CU_ASSERT_EQUAL(t.m->peer[2].policy.max_peer_calls, 5);
	CU_ASSERT_EQUAL(t.m->peer[3].policy.max_tunnels, 3);
	CU_ASSERT_EQUAL(t.m->peer[3].policy.max_peer_calls, 0);
	told_end(&t);
}

/* Where whoever likes may open tunnels, one source gets half, rounded up. */
static void sources_have_limits_where_anybody_may_send(void)
{
	static const struct {
		const char *keys;
		uint16_t tunnels;
		uint32_t calls;
	} rows[] = {
		{"port = n", 32, 512},
		{"port = n max-tunnels = 3 max-peer-calls = 5", 2, 3},
		{"port = n max-tunnels = 0 max-peer-calls = 0", 0, 0},
		{"port = n max-tunnels-per-source = 0 max-calls-per-source = 9", 0, 9},
		{"port = n secret = x", 0, 0},
		{"port = n address = 192.0.2.0/24", 0, 0},
		{"port = l", 0, 0}, /* circuits are configured */
		{"", 32, 512},
	};
	static struct told t;
	char text[200];

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		snprintf(text, sizeof(text), "net n { }\nline l { link = x }\npeer a { %s }",
			 rows[i].keys);
		tell(&t, text);
		CU_ASSERT_EQUAL_FATAL(t.faults, 0);
		CU_ASSERT_EQUAL(t.m->peer[0].policy.max_source_tunnels, rows[i].tunnels);
		CU_ASSERT_EQUAL(t.m->peer[0].policy.max_source_calls, rows[i].calls);
		told_end(&t);
	}
}

static void the_top_level(void)
{
	static struct told t;

	tell(&t, "host-name = lns.example\nvty { listen = \"[::1]:99\"  socket = /tmp/v  group = "
		 "adm  captures = /var/cap }\nworkers = 0\n"
		 "control { socket = /tmp/c  group = staff  read-group = users } "
		 "plugin-dir = /usr/lib/isthmus\nmax-tunnels = 7 half-open = 9 max-calls = "
		 "70000\nhalf-open-per-source = 8\n"
		 "login-delay = 500ms\nlogin-failures = 3\nlogin-lock = 1h log-to = journal\n"
		 "log { all = notice  tunnel = debug }");
	CU_ASSERT_EQUAL_FATAL(t.faults, 0);
	ASSERT_TEXT(t.m->host_name, "lns.example");
	ASSERT_TEXT(t.m->vty_address, "::1");
	CU_ASSERT_EQUAL(t.m->vty_port, 99);
	ASSERT_TEXT(t.m->vty_socket, "/tmp/v");
	ASSERT_TEXT(t.m->control_socket, "/tmp/c");
	ASSERT_TEXT(t.m->control_group, "staff");
	ASSERT_TEXT(t.m->control_read_group, "users");
	ASSERT_TEXT(t.m->vty_group, "adm");
	ASSERT_TEXT(t.m->vty_captures, "/var/cap");
	CU_ASSERT_EQUAL(t.m->workers, 0);
	CU_ASSERT_EQUAL(t.m->max_tunnels, 7);
	CU_ASSERT_EQUAL(t.m->half_open_per_source, 8);
	CU_ASSERT_EQUAL(t.m->half_open, 9);
	CU_ASSERT_EQUAL(t.m->max_calls, 70000);
	CU_ASSERT_EQUAL(t.m->login.delay, 500000);
	CU_ASSERT_EQUAL(t.m->log_to, CFG_LOG_TO_JOURNAL);
	CU_ASSERT_EQUAL(t.m->login.failures, 3);
	CU_ASSERT_EQUAL(t.m->login.lock, 3600000000);
	CU_ASSERT_EQUAL_FATAL(t.m->logs, 2);
	ASSERT_TEXT(t.m->log[0].category, "all");
	ASSERT_TEXT(t.m->log[0].level, "notice");
	ASSERT_TEXT(t.m->log[1].category, "tunnel");
	ASSERT_TEXT(t.m->log[1].level, "debug");
	told_end(&t);
	tell(&t, "workers = auto");
	CU_ASSERT_EQUAL_FATAL(t.faults, 0);
	CU_ASSERT_EQUAL(t.m->workers, UINT_MAX);
	told_end(&t);
}

static void a_vty_that_others_can_reach_is_warned_of(void)
{
	ASSERT_WARNED("vty { listen = \"127.7.0.1:1\" }", "");
	ASSERT_WARNED("vty { listen = \"[::1]:1\" }", "");
	ASSERT_WARNED("vty { listen = \"0.0.0.0:1\" }",
		      "t:1: vty: listen: warning: anybody who can reach 0.0.0.0 can do anything "
		      "here: the VTY has no password\n");
	ASSERT_WARNED(
		"vty { listen = \"[2001:db8::1]:1\" }",
		"t:1: vty: listen: warning: anybody who can reach 2001:db8::1 can do anything "
		"here: the VTY has no password\n");
}

static void a_peer_of_defaults(void)
{
	static struct told t;
	struct l2tp_policy want;
	const struct cfg_peer *p;

	tell(&t, "host-name = us\n\npeer a { }");
	CU_ASSERT_EQUAL_FATAL(t.faults, 0);
	l2tp_policy_default(&want);
	want.max_tunnels = 64;
	want.max_peer_calls = 1024;
	strcpy(want.host_name, "us");
	p = &t.m->peer[0];
	CU_ASSERT(!memcmp(&p->policy, &want, sizeof(want)));
	ASSERT_TEXT(p->name, "a");
	CU_ASSERT_PTR_NULL(p->port);
	CU_ASSERT_PTR_NULL(p->dial);
	CU_ASSERT_PTR_NULL(p->hostname);
	CU_ASSERT_PTR_NULL(p->service);
	CU_ASSERT_EQUAL(p->addresses, 0);
	CU_ASSERT_FALSE(p->length_bit || p->sequencing || p->sequencing_required || p->reorder);
	CU_ASSERT_EQUAL(p->ff03, CFG_FF03_LEARN);
	CU_ASSERT_EQUAL(p->reorder_timeout, 100000);
	told_end(&t);
}

static void check_full_policy(const struct l2tp_policy *p)
{
	CU_ASSERT_EQUAL(p->secret.len, 9);
	ASSERT_OCTETS(p->secret.octets, p->secret.len, "wonder ln", 9);
	CU_ASSERT(p->challenge && p->hide && p->hide_padding == 32);
	CU_ASSERT_FALSE(p->single_tunnel);
	CU_ASSERT_EQUAL(p->receive_window, 16);
	CU_ASSERT_EQUAL(p->retransmit, 2 * US);
	CU_ASSERT_EQUAL(p->retransmit_max, 16 * US);
	CU_ASSERT_EQUAL(p->retransmit_count, 9);
	CU_ASSERT_EQUAL(p->hello, 30 * US);
	CU_ASSERT_EQUAL(p->setup_timeout, 20 * US);
	CU_ASSERT_EQUAL(p->idle_close, 300 * US);
	CU_ASSERT_EQUAL(p->reauth, 3600ull * US);
	CU_ASSERT_EQUAL(p->hold, US / 2);
	CU_ASSERT_EQUAL(p->max_calls, 100);
	CU_ASSERT_EQUAL(p->quirks,
			L2TP_QUIRKS_DEFAULT | L2TP_QUIRK_LONG_RESPONSE | L2TP_QUIRK_TID_ZERO);
	CU_ASSERT_EQUAL_FATAL(p->suppressed, 5);
	for (unsigned i = 0; i < p->suppressed; i++) {
		static const struct l2tp_avp_key want[] = {
			{0, 8}, {0, 6}, {0, 5}, {9, 8}, {65535, 65535}};

		CU_ASSERT_EQUAL(p->suppress[i].vendor, want[i].vendor);
		CU_ASSERT_EQUAL(p->suppress[i].type, want[i].type);
	}
}

static void a_peer_of_every_key(void)
{
	static struct told t;
	const struct cfg_peer *p;

	tell(&t,
	     "peer a { port = n address = { 192.0.2.0/24, 192.0.2.1:1701, \"2001:db8::/32\" }\n"
	     "hostname = \"lac-*\" dial = 192.0.2.9:1701 secret = \"wonder ln\" challenge = yes "
	     "hide = yes\n"
	     "hide-padding = 32\n"
	     "service = s window = 16 retransmit = 2s retransmit-max = 16s retransmit-count = 9\n"
	     "hello = 30s setup-timeout = 20s idle-close = 5m reauth = 1h hold = 500ms max-calls = "
	     "100\n"
	     "quirks = { long-response, tid-zero } suppress = { Vendor-Name, 0:6, \"tie breaker\", "
	     "9:8, "
	     "65535:65535 }\n"
	     "length-bit = yes ff03 = no sequencing = yes sequencing-required = yes reorder = 8\n"
	     "reorder-timeout = 50ms single-tunnel = no }\n"
	     "net n { }\nservice s { local = 10.0.0.1 }");
	ASSERT_TEXT(t.text, "");
	CU_ASSERT_EQUAL_FATAL(t.faults, 0);
	p = &t.m->peer[0];
	CU_ASSERT_PTR_EQUAL(p->port, &t.m->port[0]);
	CU_ASSERT_EQUAL_FATAL(p->addresses, 3);
	ASSERT_TEXT(p->address[1], "192.0.2.1:1701");
	ASSERT_TEXT(p->address[2], "2001:db8::/32");
	ASSERT_TEXT(p->hostname, "lac-*");
	ASSERT_TEXT(p->dial, "192.0.2.9:1701");
	CU_ASSERT_PTR_EQUAL(p->service, &t.m->service[0]);
	CU_ASSERT(p->length_bit && p->sequencing && p->sequencing_required);
	CU_ASSERT_EQUAL(p->ff03, CFG_FF03_NO);
	CU_ASSERT_EQUAL(p->reorder, 8);
	CU_ASSERT_EQUAL(p->reorder_timeout, 50000);
	check_full_policy(&p->policy);
	told_end(&t);
}

static void a_secret_brings_the_challenge(void)
{
	static struct told t;

	tell(&t, "peer a { secret = x }\npeer b { secret = x challenge = no hostname = b }\n"
		 "peer c { hostname = c quirks = { strict, stopccn-tid } }");
	CU_ASSERT_EQUAL_FATAL(t.faults, 0);
	CU_ASSERT(t.m->peer[0].policy.challenge);
	CU_ASSERT_FALSE(t.m->peer[1].policy.challenge);
	CU_ASSERT_FALSE(t.m->peer[2].policy.challenge);
	CU_ASSERT_EQUAL(t.m->peer[2].policy.quirks, L2TP_QUIRK_STOPCCN_TID);
	told_end(&t);
}

static void a_service(void)
{
	static struct told t;
	const struct cfg_service *s;

	tell(&t, "host-name = us\nservice s { local = 10.64.0.1 pool = p dns = { 192.0.2.53, "
		 "192.0.2.54 }\n"
		 "tun = lns%d mtu = 1500 auth = { mschapv2, chap, pap } rechallenge = 10m\n"
		 "echo-interval = 30s echo-failures = 4 }\n"
		 "pool p { ranges = { 10.64.0.0/16, \"2001:db8:64::/48\" } }\n"
		 "service t { local = 10.64.0.2 auth = none }\n"
		 "service u { local = 10.64.0.3 pool = p ipv6 = no }");
	ASSERT_TEXT(t.text,
		    "t:6: service t: local: `10.64.0.2` lies in pool `p`, which this service does "
		    "not use\n");
	told_end(&t);
	tell(&t, "host-name = us\nservice s { local = 10.64.0.1 pool = p dns = { 192.0.2.53, "
		 "192.0.2.54 }\n"
		 "tun = lns%d mtu = 1500 auth = { mschapv2, chap, pap } rechallenge = 10m\n"
		 "echo-interval = 30s echo-failures = 4\n"
		 "auth-timeout = 20s restart-timer = 500ms max-configure = 20 max-terminate = 3\n"
		 "max-failure = 6 }\n"
		 "pool p { ranges = { 10.64.0.0/16, \"2001:db8:64::/48\" } }\n"
		 "service t { local = 10.65.0.2 auth = none }\n"
		 "service u { local = 10.64.0.3 pool = p ipv6 = no }");
	CU_ASSERT_EQUAL_FATAL(t.faults, 0);
	s = &t.m->service[0];
	CU_ASSERT_EQUAL(s->local4, 0x0a400001);
	CU_ASSERT_PTR_EQUAL(s->pool, &t.m->pool[0]);
	CU_ASSERT_EQUAL(s->dns4[0], 0xc0000235);
	CU_ASSERT_EQUAL(s->dns4[1], 0xc0000236);
	ASSERT_TEXT(s->tun, "lns%d");
	CU_ASSERT(s->mtu == 1500 && s->ppp.mtu == 1500 && s->ppp.mru == 1500);
	CU_ASSERT(s->ppp.server && s->ppp.ipv4 && s->ppp.ipv6);
	CU_ASSERT_EQUAL(s->ppp.n_auth, 3);
	CU_ASSERT_EQUAL(s->ppp.auth[0], PPP_AUTH_MSCHAPV2);
	CU_ASSERT_EQUAL(s->ppp.auth[1], PPP_AUTH_CHAP_MD5);
	CU_ASSERT_EQUAL(s->ppp.auth[2], PPP_AUTH_PAP);
	CU_ASSERT_EQUAL(s->ppp.rechallenge, 600ull * US);
	CU_ASSERT_EQUAL(s->ppp.echo_interval, 30 * US);
	CU_ASSERT_EQUAL(s->ppp.echo_failures, 4);
	CU_ASSERT_EQUAL(s->ppp.auth_timeout, 20 * US);
	CU_ASSERT_EQUAL(s->ppp.restart_timer, US / 2);
	CU_ASSERT_EQUAL(s->ppp.max_configure, 20);
	CU_ASSERT_EQUAL(s->ppp.max_terminate, 3);
	CU_ASSERT_EQUAL(s->ppp.max_failure, 6);
	ASSERT_TEXT(s->ppp.name, "us");
	s = &t.m->service[1];
	CU_ASSERT_EQUAL(s->ppp.n_auth, 0);
	CU_ASSERT_FALSE(s->ppp.ipv6); /* nothing to give out */
	/* RFC 1661 4.6 */
	CU_ASSERT_EQUAL(s->ppp.restart_timer, 3 * US);
	CU_ASSERT_EQUAL(s->ppp.max_configure, 10);
	CU_ASSERT_EQUAL(s->ppp.max_terminate, 2);
	CU_ASSERT_EQUAL(s->ppp.max_failure, 5);
	CU_ASSERT_EQUAL(s->ppp.auth_timeout, 60 * US);
	ASSERT_TEXT(s->tun, "ist%d");
	CU_ASSERT_EQUAL(s->mtu, 1400);
	CU_ASSERT_FALSE(t.m->service[2].ppp.ipv6);
	told_end(&t);
}

/* RFC 1990 5.1.1: 1500 at least; 5.1.3: an address of class 1, 20 octets at most. */
static void multilink_services(void)
{
	static struct told t;

	tell(&t, "host-name = a.name.of.21.letters\n"
		 "service a { local = 10.64.0.1 mtu = 1400 multilink = yes }\n"
		 "service b { local = 10.64.0.1 mtu = 1501 multilink = yes }\n"
		 "service c { local = 10.64.0.1 }\n"
		 "service d { local = 10.64.0.1 multilink = no }\n"
		 "service e { local = 10.64.0.1 multilink = short }");
	CU_ASSERT_EQUAL_FATAL(t.faults, 0);
	CU_ASSERT_EQUAL(t.m->service[4].ppp.mrru, 1500);
	CU_ASSERT_TRUE(t.m->service[4].ppp.short_seq);
	CU_ASSERT_EQUAL(t.m->service[3].ppp.mrru, 0);
	CU_ASSERT_EQUAL(t.m->service[0].ppp.mrru, 1500);
	CU_ASSERT_FALSE(t.m->service[0].ppp.short_seq);
	CU_ASSERT_EQUAL(t.m->service[1].ppp.mrru, 1501);
	ASSERT_OCTETS(t.m->service[0].ppp.endpoint.octets, t.m->service[0].ppp.endpoint.len,
		      "\x01"
		      "a.name.of.21.letters",
		      21);
	CU_ASSERT_EQUAL(t.m->service[2].ppp.mrru, 0);
	CU_ASSERT_EQUAL(t.m->service[2].ppp.endpoint.len, 0);
	told_end(&t);
}

/* A client in the bundle of another has what that one says, wherever it stands. */
static void multilink_clients(void)
{
	static struct told t;

	tell(&t, "host-name = h\nnet n { }\npeer p { port = n dial = 192.0.2.1:1 }\n"
		 "client b { peer = p user = u secret = s bundle = a }\n"
		 "client a { peer = p user = u secret = s mtu = 1600 multilink = short }\n"
		 "client c { peer = p user = u secret = s }");
	CU_ASSERT_EQUAL_FATAL(t.faults, 0);
	CU_ASSERT_PTR_EQUAL(t.m->client[0].bundle, &t.m->client[1]);
	CU_ASSERT_PTR_NULL(t.m->client[1].bundle);
	for (unsigned i = 0; i < 2; i++) {
		CU_ASSERT_EQUAL(t.m->client[i].ppp.mrru, 1600);
		CU_ASSERT_TRUE(t.m->client[i].ppp.short_seq);
		ASSERT_OCTETS(t.m->client[i].ppp.endpoint.octets, t.m->client[i].ppp.endpoint.len,
			      "\x01h", 2);
	}
	CU_ASSERT_EQUAL(t.m->client[2].ppp.mrru, 0);
	CU_ASSERT_EQUAL(t.m->client[2].ppp.endpoint.len, 0);
	told_end(&t);
}

static void pools_and_users(void)
{
	static struct told t;

	tell(&t, "pool p { ranges = { 10.64.0.0/16, \"2001:db8:64::/48\" } }\n"
		 "user alice { secret = \"s e\" address = 10.65.0.9 service = s\n"
		 " idle = 0 session = 8h filter-out = \"udp\" ppp-filter-in = \"ip\" }\n"
		 "user bob@isp { secret = x }\nservice s { local = 10.66.0.1 }");
	CU_ASSERT_EQUAL_FATAL(t.faults, 0);
	CU_ASSERT_EQUAL_FATAL(t.m->pool[0].ranges, 2);
	CU_ASSERT_EQUAL(t.m->pool[0].range[0].bits, 16);
	CU_ASSERT(t.m->pool[0].range[1].v6);
	ASSERT_TEXT(t.m->user[0].name, "alice");
	ASSERT_TEXT(t.m->user[0].secret, "s e");
	CU_ASSERT_EQUAL(t.m->user[0].address4, 0x0a410009);
	CU_ASSERT_PTR_EQUAL(t.m->user[0].service, &t.m->service[0]);
	ASSERT_TEXT(t.m->user[1].name, "bob@isp");
	CU_ASSERT_EQUAL(t.m->user[1].address4, 0);
	CU_ASSERT_PTR_NULL(t.m->user[1].service);
	CU_ASSERT_EQUAL(t.m->user[0].idle, 0);
	CU_ASSERT_EQUAL(t.m->user[0].session, 8 * 3600 * UINT64_C(1000000));
	ASSERT_TEXT(t.m->user[0].filter[CFG_FILTER_OUT].text, "udp");
	ASSERT_TEXT(t.m->user[0].filter[CFG_FILTER_PPP_IN].text, "ip");
	CU_ASSERT_PTR_NULL(t.m->user[0].filter[CFG_FILTER_IN].text);
	CU_ASSERT_EQUAL(t.m->user[1].idle, CFG_OF_SERVICE);
	CU_ASSERT_EQUAL(t.m->user[1].session, CFG_OF_SERVICE);
	CU_ASSERT_PTR_NULL(t.m->user[1].filter[CFG_FILTER_OUT].text);
	told_end(&t);
}

static void a_client(void)
{
	static struct told t;
	const struct cfg_client *c;

	tell(&t, "net n { }\npeer lns { dial = 192.0.2.1:1701 }\n"
		 "client home { peer = lns user = alice secret = w }\n"
		 "client away { peer = lns user = bob secret = x auth = pap tun = ppp0 mtu = 1200\n"
		 "routes = { 10.0.0.0/8, 0.0.0.0/0 } redial = 0 ipv6 = no }");
	CU_ASSERT_EQUAL_FATAL(t.faults, 0);
	c = &t.m->client[0];
	ASSERT_TEXT(c->name, "home");
	ASSERT_TEXT(c->tun, "home");
	CU_ASSERT_PTR_EQUAL(c->peer, &t.m->peer[0]);
	CU_ASSERT_FALSE(c->ppp.server);
	ASSERT_TEXT(c->ppp.name, "alice");
	ASSERT_TEXT(c->ppp.secret, "w");
	CU_ASSERT_EQUAL(c->ppp.n_auth, 2);
	CU_ASSERT_EQUAL(c->ppp.auth[0], PPP_AUTH_MSCHAPV2);
	CU_ASSERT_EQUAL(c->ppp.auth[1], PPP_AUTH_CHAP_MD5);
	CU_ASSERT(c->mtu == 1400 && c->ppp.mtu == 1400 && c->ppp.mru == 1400);
	CU_ASSERT_EQUAL(c->redial, 30 * US);
	CU_ASSERT(c->ppp.ipv4 && c->ppp.ipv6);
	c = &t.m->client[1];
	ASSERT_TEXT(c->tun, "ppp0");
	CU_ASSERT_EQUAL(c->ppp.n_auth, 1);
	CU_ASSERT_EQUAL(c->ppp.auth[0], PPP_AUTH_PAP);
	CU_ASSERT_EQUAL(c->routes, 2);
	CU_ASSERT_EQUAL(c->route[1].bits, 0);
	CU_ASSERT_EQUAL(c->redial, 0);
	CU_ASSERT_FALSE(c->ppp.ipv6);
	told_end(&t);
}

static void the_model_owns_its_texts(void)
{
	static struct told t;
	char text[] = "peer alpha { secret = topsecret dial = 192.0.2.1:1701 }\nnet n { }";

	tell(&t, text);
	memset(text, '#', sizeof(text) - 1);
	CU_ASSERT_EQUAL_FATAL(t.faults, 0);
	ASSERT_TEXT(t.m->peer[0].name, "alpha");
	ASSERT_TEXT(t.m->peer[0].dial, "192.0.2.1:1701");
	told_end(&t);
}

static const struct test_case cases[] = {
	{"an_empty_text_is_all_defaults", an_empty_text_is_all_defaults},
	{"our_name_is_the_systems", our_name_is_the_systems},
	{"sources_have_limits_where_anybody_may_send", sources_have_limits_where_anybody_may_send},
	{"peer_limits_follow_the_secret", peer_limits_follow_the_secret},
	{"the_top_level", the_top_level},
	{"a_vty_that_others_can_reach_is_warned_of", a_vty_that_others_can_reach_is_warned_of},
	{"a_peer_of_defaults", a_peer_of_defaults},
	{"a_peer_of_every_key", a_peer_of_every_key},
	{"a_secret_brings_the_challenge", a_secret_brings_the_challenge},
	{"a_service", a_service},
	{"multilink_services", multilink_services},
	{"multilink_clients", multilink_clients},
	{"pools_and_users", pools_and_users},
	{"a_client", a_client},
	{"the_model_owns_its_texts", the_model_owns_its_texts},
	{NULL, NULL},
};
const struct test_suite suite_model = {"model", cases};
