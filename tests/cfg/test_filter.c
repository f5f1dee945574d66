/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Filter expressions of services and routes, compiled by libpcap. */
#include "tests/cfg/media.h"

#include <pcap/pcap.h>
#include <stdlib.h>
#include <string.h>

#define SVC(keys) "service s { local = 10.0.0.1  " keys " }\n"

static const struct cfg_filter *filter_of(struct told *t, enum cfg_filter_place place)
{
	CU_ASSERT_PTR_NOT_NULL_FATAL(t->m);
	return &t->m->service[0].filter[place];
}

/* RFC 791, RFC 9293: IPv4 from 10.0.0.2 to 192.0.2.1, TCP from port 1000 to this one. */
static bool filter_passes(const struct cfg_filter *f, bool ppp, uint16_t proto, uint16_t port)
{
	uint8_t p[64] = {0xff, 0x03, (uint8_t)(proto >> 8), (uint8_t)proto};
	size_t n = ppp ? 4 : 0;

	n += test_hex(p + n, sizeof(p) - n,
		      "45000028 00000000 40060000 0a000002 c0000201 03e80000 00000000 00000000 "
		      "50020000 00000000");
	wr_put16(p + n - 18, port);
	return bpf_filter(f->insn, p, (u_int)n, (u_int)n);
}

static void expressions_become_programs(void)
{
	struct told t;

	tell(&t, SVC("filter-in = \"not port 25\"  filter-out = \"net 192.0.2.0/24 and tcp\"\n"
		     "ppp-filter-in = \"not link proto 0x80fd\"  ppp-filter-out = \"ip\""));
	CU_ASSERT_FALSE(filter_passes(filter_of(&t, CFG_FILTER_IN), false, 0, 25));
	CU_ASSERT_TRUE(filter_passes(filter_of(&t, CFG_FILTER_IN), false, 0, 26));
	CU_ASSERT_TRUE(filter_passes(filter_of(&t, CFG_FILTER_OUT), false, 0, 25));
	CU_ASSERT_FALSE(filter_passes(filter_of(&t, CFG_FILTER_PPP_IN), true, 0x80fd, 25));
	CU_ASSERT_TRUE(filter_passes(filter_of(&t, CFG_FILTER_PPP_IN), true, 0x0021, 25));
	CU_ASSERT_TRUE(filter_passes(filter_of(&t, CFG_FILTER_PPP_OUT), true, 0x0021, 25));
	CU_ASSERT_FALSE(filter_passes(filter_of(&t, CFG_FILTER_PPP_OUT), true, 0x0057, 25));
	CU_ASSERT_STRING_EQUAL(filter_of(&t, CFG_FILTER_IN)->text, "not port 25");
	told_end(&t);
}

static void without_a_key_there_is_none(void)
{
	struct told t;

	tell(&t, SVC(""));
	for (unsigned i = 0; i < CFG_FILTERS; i++)
		CU_ASSERT_TRUE(!filter_of(&t, i)->text && !filter_of(&t, i)->n);
	told_end(&t);
}

/* The words behind the expression are libpcap's. */
static void filter_wrong(const char *config, const char *begin)
{
	struct told t;

	tell(&t, config);
	CU_ASSERT_EQUAL(t.faults, 1);
	CU_ASSERT_EQUAL(strncmp(t.text, begin, strlen(begin)), 0);
	CU_ASSERT(t.len > strlen(begin) + 5);
	told_end(&t);
}

static void mistakes_name_their_place(void)
{
	filter_wrong(SVC("\nfilter-in = \"not prot 25\""),
		     "t:2: service s: filter-in: `not prot 25`: ");
	filter_wrong(SVC("\n\nppp-filter-out = \"port 25 and\""),
		     "t:3: service s: ppp-filter-out: `port 25 and`: ");
	filter_wrong("net n { }\npeer p { secret = x  dial = 192.0.2.1:1 }\n"
		     "route r { to = p  ppp-filter-in = \"(ip\" }",
		     "t:3: route r: ppp-filter-in: `(ip`: ");
	/* what can never be true is a mistake too */
	filter_wrong(SVC("filter-in = \"tcp and udp\""),
		     "t:1: service s: filter-in: `tcp and udp`: ");
	ASSERT_TOLD(SVC("filter-in = \"ip6 protochain 6\""),
		    "t:1: service s: filter-in: `ip6 protochain 6`: `protochain` makes a loop, "
		    "which no packet may wait for\n");
	/* a route has no IP filter: it does not look into packets */
	filter_wrong("net n { }\npeer p { secret = x  dial = 192.0.2.1:1 }\n"
		     "route r { to = p  filter-in = \"ip\" }",
		     "t:3: route r: unknown key `filter-in`");
}

static void one_expression_alone(void)
{
	struct cfg_filter f;
	char err[200] = "";

	CU_ASSERT_TRUE(cfg_filter_compile(&f, "udp", false, err, sizeof(err)));
	CU_ASSERT_STRING_EQUAL(f.text, "udp");
	CU_ASSERT_FALSE(filter_passes(&f, false, 0, 25));
	cfg_filter_free(&f);
	CU_ASSERT_TRUE(!f.text && !f.insn);
	CU_ASSERT_FALSE(cfg_filter_compile(&f, "udp udp", false, err, sizeof(err)));
	CU_ASSERT_TRUE(err[0] && !f.text && !f.insn);
	cfg_filter_free(&f);
}

static const struct test_case cases[] = {
	{"expressions_become_programs", expressions_become_programs},
	{"without_a_key_there_is_none", without_a_key_there_is_none},
	{"mistakes_name_their_place", mistakes_name_their_place},
	{"one_expression_alone", one_expression_alone},
	{NULL, NULL},
};
const struct test_suite suite_filter = {"filter", cases};
