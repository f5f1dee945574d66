/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Filter expressions of services and routes, compiled by libpcap. */
#include "tests/cfg/media.h"
#include "tests/heap.h"

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
	struct cfg_filter alone;
	struct told t;
	char err[200];

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
	CU_ASSERT_TRUE(cfg_filter_compile(&alone, "not port 25", false, err, sizeof(err)));
	CU_ASSERT_EQUAL(filter_of(&t, CFG_FILTER_IN)->n, alone.n);
	CU_ASSERT_FALSE(memcmp(filter_of(&t, CFG_FILTER_IN)->insn, alone.insn,
			       alone.n * sizeof(*alone.insn)));
	cfg_filter_free(&alone);
	told_end(&t);
}

static void an_empty_expression_lets_all_pass(void)
{
	struct told t;

	tell(&t, SVC("filter-in = \"\""));
	CU_ASSERT_PTR_NOT_NULL_FATAL(filter_of(&t, CFG_FILTER_IN)->text);
	CU_ASSERT_TRUE(filter_passes(filter_of(&t, CFG_FILTER_IN), false, 0, 25));
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

#define FILTER_IN(expr) SVC("\nfilter-in = \"" expr "\"")
#define WRONG(expr, words) \
	ASSERT_TOLD(FILTER_IN(expr), "t:2: service s: filter-in: `" expr "`: " words "\n")

/* Columns count from 1. */
static void syntax_errors_name_their_place(void)
{
	WRONG("not prot 25", "column 5, `prot`: syntax error");
	WRONG("imcp", "column 1, `imcp`: syntax error");
	WRONG("udp udp", "column 5, `udp`: syntax error");
	WRONG("tcp  and ) or ip", "column 10, `)`: syntax error");
	WRONG("tcp && udp port 5 tcp", "column 19, `tcp`: syntax error");
	WRONG("ip[0] = x and tcp", "column 9, `x`: syntax error");
	WRONG("port 25 and", "column 12, the end: syntax error");
	WRONG("(ip", "column 4, the end: syntax error");
	ASSERT_TOLD(SVC("\n\nppp-filter-out = \"link proto\""),
		    "t:3: service s: ppp-filter-out: `link proto`: column 11, the end: syntax "
		    "error\n");
}

/* The words behind the place are libpcap's. */
static void wrong_values_name_their_place(void)
{
	WRONG("tcp and port no-such-port or udp",
	      "column 14, `no-such-port`: unknown port 'no-such-port'");
	WRONG("net 10.0.0.0/33 and ip", "column 14, `33`: mask length must be <= 32");
	WRONG("ip and port 99999", "column 13, `99999`: illegal port number 99999 > 65535");
	WRONG("udp or ip6 net ::999.1.1.1 or tcp",
	      "column 16, `::999.1.1.1`: bogus IPv6 address ::999.1.1.1");
}

/* Only the whole is never true. */
static void contradictions_have_no_place(void)
{
	WRONG("tcp and udp", "expression rejects all packets");
	WRONG("ip6 protochain 6", "`protochain` makes a loop, which no packet may wait for");
}

static void long_expressions_are_cut(void)
{
	char expr[400] = "ip", conf[600], told[100];
	struct told t;

	while (strlen(expr) < 350)
		strcat(expr, " or ip");
	snprintf(told, sizeof(told),
		 ": column %zu, `abcdefghijklmnopqrstuvwxyzabcd`: syntax error\n",
		 strlen(expr) + 2);
	strcat(expr, " abcdefghijklmnopqrstuvwxyzabcdefghi");
	snprintf(conf, sizeof(conf), SVC("filter-in = \"%s\""), expr);
	tell(&t, conf);
	CU_ASSERT_PTR_NOT_NULL(strstr(t.text, told));
	told_end(&t);
}

static void routes_have_no_ip_filter(void)
{
	struct told t;

	ASSERT_TOLD("net n { }\npeer p { secret = x  dial = 192.0.2.1:1 }\n"
		    "route r { to = p  ppp-filter-in = \"(ip\" }",
		    "t:3: route r: ppp-filter-in: `(ip`: column 4, the end: syntax error\n");
	/* it does not look into packets */
	tell(&t, "net n { }\npeer p { secret = x  dial = 192.0.2.1:1 }\n"
		 "route r { to = p  filter-in = \"ip\" }");
	CU_ASSERT_PTR_NOT_NULL(strstr(t.text, "t:3: route r: unknown key `filter-in`"));
	told_end(&t);
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

/* The linker's --wrap: libpcap's memory is its own, so what it has given is counted here. */
static int pcaps, programs;
static bool no_pcap;

pcap_t *__real_pcap_open_dead(int linktype, int snaplen);
pcap_t *__wrap_pcap_open_dead(int linktype, int snaplen);
pcap_t *__wrap_pcap_open_dead(int linktype, int snaplen)
{
	pcap_t *p = no_pcap ? NULL : __real_pcap_open_dead(linktype, snaplen);

	pcaps += p != NULL;
	return p;
}

void __real_pcap_close(pcap_t *p);
void __wrap_pcap_close(pcap_t *p);
void __wrap_pcap_close(pcap_t *p)
{
	pcaps--;
	__real_pcap_close(p);
}

int __real_pcap_compile(pcap_t *p, struct bpf_program *out, const char *text, int optimize,
			bpf_u_int32 mask);
int __wrap_pcap_compile(pcap_t *p, struct bpf_program *out, const char *text, int optimize,
			bpf_u_int32 mask);
int __wrap_pcap_compile(pcap_t *p, struct bpf_program *out, const char *text, int optimize,
			bpf_u_int32 mask)
{
	int r = __real_pcap_compile(p, out, text, optimize, mask);

	programs += r >= 0;
	return r;
}

void __real_pcap_freecode(struct bpf_program *p);
void __wrap_pcap_freecode(struct bpf_program *p);
void __wrap_pcap_freecode(struct bpf_program *p)
{
	programs--;
	__real_pcap_freecode(p);
}

static void no_memory_for_libpcap(void)
{
	struct cfg_filter f = {.n = 1};
	char err[40] = "";

	no_pcap = true;
	CU_ASSERT_FALSE(cfg_filter_compile(&f, "udp", false, err, sizeof(err)));
	no_pcap = false;
	ASSERT_TEXT(err, "out of memory");
	CU_ASSERT_TRUE(!f.text && !f.insn && !f.n);
}

/* The text, then the program; a mistake is said in libpcap's words then. */
static void no_memory_for_a_filter(void)
{
	for (unsigned i = 0; i < 2; i++) {
		struct cfg_filter f;
		char err[40] = "";

		heap_refuse(i);
		CU_ASSERT_FALSE(cfg_filter_compile(&f, "udp", false, err, sizeof(err)));
		CU_ASSERT_TRUE(heap_refused());
		ASSERT_TEXT(err, "out of memory");
		CU_ASSERT_TRUE(!f.text && !f.insn && !f.n);
	}
}

static void what_libpcap_gave_is_given_back(void)
{
	static const char *const texts[] = {
		"udp", "", "udp udp", "port 99999", "tcp and udp", "ip6 protochain 6", "(ip"};

	for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++) {
		struct cfg_filter f;
		char err[200];

		pcaps = programs = 0;
		cfg_filter_compile(&f, texts[i], false, err, sizeof(err));
		CU_ASSERT_EQUAL(pcaps, 0);
		CU_ASSERT_EQUAL(programs, 0);
		cfg_filter_free(&f);
	}
}

static const struct test_case cases[] = {
	{"expressions_become_programs", expressions_become_programs},
	{"an_empty_expression_lets_all_pass", an_empty_expression_lets_all_pass},
	{"without_a_key_there_is_none", without_a_key_there_is_none},
	{"syntax_errors_name_their_place", syntax_errors_name_their_place},
	{"wrong_values_name_their_place", wrong_values_name_their_place},
	{"contradictions_have_no_place", contradictions_have_no_place},
	{"long_expressions_are_cut", long_expressions_are_cut},
	{"routes_have_no_ip_filter", routes_have_no_ip_filter},
	{"one_expression_alone", one_expression_alone},
	{"no_memory_for_libpcap", no_memory_for_libpcap},
	{"no_memory_for_a_filter", no_memory_for_a_filter},
	{"what_libpcap_gave_is_given_back", what_libpcap_gave_is_given_back},
	{NULL, NULL},
};
const struct test_suite suite_filter = {"filter", cases};
