/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/cfg/media.h"

#include <stdio.h>
#include <string.h>

static const char *setting(const struct ist_setting *s, unsigned n, const char *key, unsigned nth)
{
	for (unsigned i = 0; i < n; i++)
		if (!strcmp(s[i].key, key) && !nth--)
			return s[i].value;
	return "-";
}

static void settings_in_table_order_with_defaults(void)
{
	static struct told t;
	const struct ist_port_config *c;

	tell(&t, "line l {\n alarm = { bell, lamp }\n t391 = 20s fast = yes\n link = "
		 "\"packet:eth1\" }");
	CU_ASSERT_EQUAL_FATAL(t.faults, 0);
	c = &t.m->port[0].config;
	ASSERT_TEXT(c->name, "l");
	CU_ASSERT_EQUAL(c->size, sizeof(*c));
	ASSERT_TEXT(setting(c->setting, c->settings, "link", 0), "packet:eth1");
	ASSERT_TEXT(setting(c->setting, c->settings, "lmi", 0), "none");
	ASSERT_TEXT(setting(c->setting, c->settings, "n391", 0), "6");
	ASSERT_TEXT(setting(c->setting, c->settings, "t391", 0), "20000000");
	ASSERT_TEXT(setting(c->setting, c->settings, "fast", 0), "yes");
	ASSERT_TEXT(setting(c->setting, c->settings, "alarm", 0), "bell");
	ASSERT_TEXT(setting(c->setting, c->settings, "alarm", 1), "lamp");
	ASSERT_TEXT(setting(c->setting, c->settings, "mtu", 0), "1564");
	CU_ASSERT_EQUAL(c->settings, 8);
	ASSERT_TEXT(c->setting[0].key, "link");
	ASSERT_TEXT(t.m->port[0].transport->name, "line");
	told_end(&t);
	/* a time that is a default arrives in microseconds too; a key without default is absent */
	tell(&t, "line l { link = x }\nnet n { }");
	CU_ASSERT_EQUAL_FATAL(t.faults, 0);
	c = &t.m->port[0].config;
	ASSERT_TEXT(setting(c->setting, c->settings, "t391", 0), "10000000");
	ASSERT_TEXT(setting(c->setting, c->settings, "alarm", 0), "-");
	c = &t.m->port[1].config;
	ASSERT_TEXT(setting(c->setting, c->settings, "rcvbuf", 0), "-");
	CU_ASSERT_EQUAL(c->settings, 1);
	told_end(&t);
}

static void port_circuits(void)
{
	static struct told t;
	const struct cfg_port *p;

	tell(&t, "line l { link = x\n dlci 100 { peer = a mtu = 1600 }\n"
		 " channel 1007 { carries = { l2tp, ppp } service = s peer = a }\n"
		 " dlci 17 { carries = ppp cir = 64000 service = s } }\n"
		 "peer a { }\nservice s { local = 10.0.0.1 }\n");
	CU_ASSERT_EQUAL_FATAL(t.faults, 0);
	p = &t.m->port[0];
	CU_ASSERT_EQUAL_FATAL(p->circuits, 3);
	CU_ASSERT_EQUAL(p->config.circuits, 3);
	for (unsigned i = 0; i < 3; i++)
		CU_ASSERT(!memcmp(&p->circuit[i].config, &p->config.circuit[i],
				  sizeof(p->circuit[i].config)));
	ASSERT_TEXT(p->circuit[0].addr_text, "100");
	CU_ASSERT_EQUAL(p->circuit[0].where.line, 2);
	CU_ASSERT_EQUAL(p->circuit[0].config.payloads, 1u << IST_PAYLOAD_L2TP);
	CU_ASSERT_PTR_EQUAL(p->circuit[0].peer, &t.m->peer[0]);
	CU_ASSERT_PTR_NULL(p->circuit[0].service);
	ASSERT_TEXT(setting(p->circuit[0].config.setting, p->circuit[0].config.settings, "mtu", 0),
		    "1600");
	CU_ASSERT_EQUAL(p->circuit[1].config.payloads,
			1u << IST_PAYLOAD_L2TP | 1u << IST_PAYLOAD_PPP);
	CU_ASSERT_PTR_EQUAL(p->circuit[1].service, &t.m->service[0]);
	ASSERT_OCTETS(p->circuit[1].config.addr.data, 2, "\xef\x03", 2);
	CU_ASSERT_EQUAL(p->circuit[2].config.payloads, 1u << IST_PAYLOAD_PPP);
	ASSERT_TEXT(setting(p->circuit[2].config.setting, p->circuit[2].config.settings, "cir", 0),
		    "64000");
	told_end(&t);
}

/* A circuit without a key that the port has too: the port's value is the circuit's, not the
 * table's. */
static void a_circuit_inherits_from_its_port(void)
{
	static struct told t;
	const struct ist_circuit_config *c;

	tell(&t, "line l { link = x mtu = 2000\n dlci 16 { }\n dlci 17 { mtu = 1526 } }");
	CU_ASSERT_EQUAL_FATAL(t.faults, 0);
	c = t.m->port[0].config.circuit;
	ASSERT_TEXT(setting(c[0].setting, c[0].settings, "mtu", 0), "2000");
	ASSERT_TEXT(setting(c[1].setting, c[1].settings, "mtu", 0), "1526");
	told_end(&t);
}

static void what_a_lac_does_with_lcp(void)
{
	static struct told t;
	const struct cfg_circuit *c;

	tell(&t, "line l { link = x\n dlci 16 { carries = ppp }\n dlci 17 { carries = ppp lcp = "
		 "proxy }\n"
		 " dlci 18 { carries = ppp lcp = proxy auth = { mschapv2, pap } mru = 1492 }\n"
		 " dlci 19 { carries = ppp lcp = blind }\n dlci 20 { carries = ppp lcp = proxy "
		 "auth = none } }\n"
		 "sw x { accept \"1*\" { lcp = proxy auth = pap } }");
	CU_ASSERT_EQUAL_FATAL(t.faults, 0);
	c = t.m->port[0].circuit;
	CU_ASSERT_FALSE(c[0].lcp.proxy || c[3].lcp.proxy);
	CU_ASSERT_TRUE(c[1].lcp.proxy && c[2].lcp.proxy && c[4].lcp.proxy);
	CU_ASSERT_EQUAL(c[1].lcp.n_auth, 1);
	CU_ASSERT_EQUAL(c[1].lcp.auth[0], PPP_AUTH_CHAP_MD5);
	CU_ASSERT_EQUAL(c[1].lcp.mru, 1400);
	CU_ASSERT_EQUAL(c[2].lcp.n_auth, 2);
	CU_ASSERT_EQUAL(c[2].lcp.auth[0], PPP_AUTH_MSCHAPV2);
	CU_ASSERT_EQUAL(c[2].lcp.auth[1], PPP_AUTH_PAP);
	CU_ASSERT_EQUAL(c[2].lcp.mru, 1492);
	CU_ASSERT_EQUAL(c[4].lcp.n_auth, 0);
	CU_ASSERT_TRUE(t.m->port[1].accept[0].lcp.proxy);
	CU_ASSERT_EQUAL(t.m->port[1].accept[0].lcp.auth[0], PPP_AUTH_PAP);
	told_end(&t);
	ASSERT_TOLD("line l { link = x dlci 16 { lcp = proxy } }",
		    "t:1: line l: dlci 16: lcp: has no meaning without `carries = ppp`\n");
	ASSERT_TOLD("line l { link = x dlci 16 { carries = ppp auth = chap mru = 1400 } }",
		    "t:1: line l: dlci 16: auth: has no meaning without `lcp = proxy`\n"
		    "t:1: line l: dlci 16: mru: has no meaning without `lcp = proxy`\n");
	ASSERT_TOLD("line l { link = x dlci 16 { carries = ppp lcp = proxy service = s } "
		    "}\nservice s { local "
		    "= 10.0.0.1 }",
		    "t:1: line l: dlci 16: lcp: is for PPP that a `route` takes on, not with "
		    "`service` or `join`\n");
	ASSERT_TOLD("line l { link = x dlci 16 { carries = ppp lcp = proxi } }",
		    "t:1: line l: dlci 16: lcp: unknown word `proxi`, did you mean `proxy`?\n");
	ASSERT_TOLD("line l { link = x dlci 16 { carries = ppp lcp = proxy mru = 575 } }",
		    "t:1: line l: dlci 16: mru: `575` is not a number from 576 to 65535\n");
}

static void filters_of_circuits(void)
{
	static struct told t;

	tell(&t, "line l { link = x\n dlci 16 { carries = ppp service = s filter-in = \"udp\" }\n"
		 " dlci 17 { carries = ppp join = \"l 18\" ppp-filter-in = \"ip\"\n"
		 " ppp-filter-out = \"not ip\" }\n dlci 18 { carries = ppp } }\n"
		 "sw x { accept \"1*\" { ppp-filter-out = \"ip6\" } }\n"
		 "service s { local = 10.0.0.1 }");
	CU_ASSERT_EQUAL_FATAL(t.faults, 0);
	ASSERT_TEXT(t.m->port[0].circuit[0].filter[CFG_FILTER_IN].text, "udp");
	CU_ASSERT_PTR_NULL(t.m->port[0].circuit[0].filter[CFG_FILTER_OUT].text);
	ASSERT_TEXT(t.m->port[0].circuit[1].filter[CFG_FILTER_PPP_IN].text, "ip");
	ASSERT_TEXT(t.m->port[0].circuit[1].filter[CFG_FILTER_PPP_OUT].text, "not ip");
	CU_ASSERT_PTR_NULL(t.m->port[0].circuit[2].filter[CFG_FILTER_PPP_IN].text);
	ASSERT_TEXT(t.m->port[1].accept[0].filter[CFG_FILTER_PPP_OUT].text, "ip6");
	told_end(&t);
	ASSERT_TOLD(
		"line l { link = x dlci 16 { carries = l2tp ppp-filter-in = \"ip\" } }",
		"t:1: line l: dlci 16: ppp-filter-in: has no meaning without `carries = ppp`\n");
	ASSERT_TOLD("line l { link = x dlci 16 { carries = ppp filter-in = \"ip\"\n"
		    " filter-out = \"udp\" } }",
		    "t:1: line l: dlci 16: filter-in: has no meaning without `service`, where PPP "
		    "goes on: there is `ppp-filter-in`\n"
		    "t:2: line l: dlci 16: filter-out: has no meaning without `service`, where PPP "
		    "goes on: there is `ppp-filter-out`\n");
	ASSERT_TOLD("sw x { accept \"1*\" { filter-in = \"ip\" } }",
		    "t:1: sw x: accept 1*: filter-in: has no meaning without `service`, where PPP "
		    "goes on: there is `ppp-filter-in`\n");
}

static void what_a_service_believes(void)
{
	static const char *const words[] = {"renegotiate", "authenticate", "accept", "require"};
	static struct told t;
	char conf[100];

	tell(&t, "service s { local = 10.0.0.1 }");
	CU_ASSERT_EQUAL(t.m->service[0].proxy, CFG_PROXY_RENEGOTIATE);
	told_end(&t);
	for (unsigned i = 0; i < 4; i++) {
		snprintf(conf, sizeof(conf), "service s { local = 10.0.0.1  proxy = %s }",
			 words[i]);
		tell(&t, conf);
		CU_ASSERT_EQUAL_FATAL(t.faults, 0);
		CU_ASSERT_EQUAL(t.m->service[0].proxy, i);
		told_end(&t);
	}
}

static void strangers(void)
{
	static struct told t;

	tell(&t, "sw x { accept 3110* { service = s }\n accept \"*\" { service = s } }\nservice s "
		 "{ local = "
		 "10.0.0.1 }");
	CU_ASSERT_EQUAL_FATAL(t.faults, 0);
	CU_ASSERT_EQUAL_FATAL(t.m->port[0].accepts, 2);
	ASSERT_TEXT(t.m->port[0].accept[0].pattern, "3110*");
	CU_ASSERT_EQUAL(t.m->port[0].accept[0].payloads, 1u << IST_PAYLOAD_PPP);
	CU_ASSERT_PTR_EQUAL(t.m->port[0].accept[0].service, &t.m->service[0]);
	CU_ASSERT_EQUAL(t.m->port[0].accept[1].where.line, 2);
	told_end(&t);
}

static void port_wrong_values(void)
{
	ASSERT_TOLD("line l { link = x lmi = annex-d }",
		    "t:1: line l: lmi: unknown word `annex-d`, did you mean `annex-a`?\n");
	ASSERT_TOLD("line l { link = x lmi = cisco }",
		    "t:1: line l: lmi: unknown word `cisco`, known: none or annex-a\n");
	ASSERT_TOLD("line l { link = x n391 = 256 }",
		    "t:1: line l: n391: `256` is not a number from 1 to 255\n");
	ASSERT_TOLD("line l { link = x t391 = 31s }",
		    "t:1: line l: t391: `31s` is out of range, 5s to 30s\n");
	ASSERT_TOLD("line l { link = x fast = true }",
		    "t:1: line l: fast: `true` is neither `yes` nor `no`\n");
	ASSERT_TOLD("line l { link = x\n dlci 5 { } }",
		    "t:2: line l: dlci 5: `5` is not an address of line\n");
	ASSERT_TOLD("line l { link = x\n dlci 3110* { } }",
		    "t:2: line l: dlci 3110*: `3110*` is not an address of line\n");
	ASSERT_TOLD("line l { link = x dlci 16 { carries = ip } }",
		    "t:1: line l: dlci 16: carries: unknown word `ip`, known: l2tp or ppp\n");
}

static void payloads_fit_the_transport(void)
{
	ASSERT_TOLD("net n { channel 192.0.2.1:1701 { carries = ppp } }",
		    "t:1: net n: channel 192.0.2.1:1701: carries: net does not carry `ppp`\n");
	ASSERT_TOLD("line l { link = x dlci 16 { service = s } }\nservice s { local = 10.0.0.1 }",
		    "t:1: line l: dlci 16: service: has no meaning without `carries = ppp`\n");
	ASSERT_TOLD("line l { link = x dlci 16 { carries = ppp service = s peer = a } }\n"
		    "peer a { }\nservice s { local = 10.0.0.1 }",
		    "t:1: line l: dlci 16: peer: has no meaning without `carries = l2tp`\n");
	ASSERT_TOLD("sw x { accept 1 { service = s peer = a } }\npeer a { }\n"
		    "service s { local = 10.0.0.1 }",
		    "t:1: sw x: accept 1: peer: has no meaning without `carries = l2tp`\n");
}

/* What the circuit carries is not known then: only the mistake itself is told. */
static void wrong_payloads(void)
{
#define CARRYING(payloads)                                                                \
	"line l { link = x\ndlci 16 { carries = " payloads "\npeer = a service = s } }\n" \
	"peer a { }\nservice s { local = 10.0.0.1 }"
	ASSERT_TOLD(CARRYING("{ l2tp, ppp }"), "");
	ASSERT_TOLD(CARRYING(""), "t:2: line l: dlci 16: carries: no value after `=`\n");
	ASSERT_TOLD(CARRYING("l2pt"),
		    "t:2: line l: dlci 16: carries: unknown word `l2pt`, did you mean `l2tp`?\n");
	ASSERT_TOLD(CARRYING("{ l2tp, pppp }"),
		    "t:2: line l: dlci 16: carries: unknown word `pppp`, did you mean `ppp`?\n");
	ASSERT_TOLD("sw s { channel 5 { carries = l2tp } }\nnet n { channel 192.0.2.1:1 { carries "
		    "= ppp } }",
		    "t:1: sw s: channel 5: carries: sw does not carry `l2tp`\n"
		    "t:2: net n: channel 192.0.2.1:1: carries: net does not carry `ppp`\n");
}

static const struct test_case cases[] = {
	{"wrong_payloads", wrong_payloads},
	{"settings_in_table_order_with_defaults", settings_in_table_order_with_defaults},
	{"circuits", port_circuits},
	{"a_circuit_inherits_from_its_port", a_circuit_inherits_from_its_port},
	{"strangers", strangers},
	{"what_a_lac_does_with_lcp", what_a_lac_does_with_lcp},
	{"filters_of_circuits", filters_of_circuits},
	{"what_a_service_believes", what_a_service_believes},
	{"wrong_values", port_wrong_values},
	{"payloads_fit_the_transport", payloads_fit_the_transport},
	{NULL, NULL},
};
const struct test_suite suite_port = {"port", cases};
