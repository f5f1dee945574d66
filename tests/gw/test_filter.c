/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Filters of all kinds of section, as they are registered with the data plane. */
#include "gw/filter.h"

#include "tests/gw/bench.h"
#include "tests/heap.h"

#include <string.h>

/* In another order than they are looked at; each has a filter of its own place. */
#define CONF                                                                                       \
	"udp a { listen = \"192.0.2.1:1701\" }\n"                                                  \
	"frame-relay f { link = \"loop:x\"\n"                                                      \
	"  dlci 100 { carries = ppp  ppp-filter-in = \"ip\" }\n"                                   \
	"  dlci 101 { carries = ppp  ppp-filter-out = \"ip\" }\n"                                  \
	"  dlci 102 { carries = ppp } }\n"                                                         \
	"x25 x { link = \"loop:y\"  address = 1  accept \"42*\" { carries = ppp  ppp-filter-in = " \
	"\"ip\"  ppp-filter-out = \"ip\" } }\n"                                                    \
	"peer lns { port = a  dial = \"192.0.2.9:1701\" }\n"                                       \
	"filter named { filter-in = \"udp\" }\n"                                                   \
	"user ann { secret = a  filter-out = \"tcp\" }\n"                                          \
	"user bob { secret = b }\n"                                                                \
	"route r { from = { f, x }  to = lns  ppp-filter-in = \"ip\" }\n"                          \
	"service plain { local = 10.64.0.2 }\n"                                                    \
	"service s { local = 10.64.0.1  filter-in = \"icmp\"  filter-out = \"udp\" }\n"

static const struct {
	const char *of;
	unsigned first, n; /* numbers that the data plane gave */
	enum dp_filter place[2];
} filter_wants[] = {
	{"service s", 1, 2, {DP_FILTER_IP_IN, DP_FILTER_IP_OUT}},
	{"route r", 3, 1, {DP_FILTER_PPP_IN}},
	{"user ann", 4, 1, {DP_FILTER_IP_OUT}},
	{"filter named", 5, 1, {DP_FILTER_IP_IN}},
	{"circuit f 100", 6, 1, {DP_FILTER_PPP_IN}},
	{"circuit f 101", 7, 1, {DP_FILTER_PPP_OUT}},
	{"circuits x 42*", 8, 2, {DP_FILTER_PPP_IN, DP_FILTER_PPP_OUT}},
};
#define FILTER_SETS (sizeof(filter_wants) / sizeof(filter_wants[0]))

/* In the order of filter.h: services, routes, users, `filter` sections, circuits. */
static void filters_of_each_section(void)
{
	const struct gw_filters *f = NULL;

	bench_start(CONF);
	for (unsigned i = 0; i < FILTER_SETS; i++) {
		unsigned n = 0;

		f = filters_next(bench.gw, f);
		CU_ASSERT_PTR_NOT_NULL_FATAL(f);
		CU_ASSERT_STRING_EQUAL(f->of, filter_wants[i].of);
		for (unsigned k = 0; k < DP_FILTERS; k++) {
			bool has = n < filter_wants[i].n && filter_wants[i].place[n] == k;

			CU_ASSERT_EQUAL(f->no[k], has ? filter_wants[i].first + n : 0);
			CU_ASSERT_EQUAL(f->text[k] != NULL, has);
			n += has;
		}
		CU_ASSERT_EQUAL(n, filter_wants[i].n);
	}
	CU_ASSERT_PTR_NULL(filters_next(bench.gw, f));
	CU_ASSERT_EQUAL(fake.filters, 9);
	bench_stop();
	CU_ASSERT_EQUAL(fake_said("unfilter"), 9);
}

/* By the section's own filters; one without any has none. */
static void filters_are_found_by_their_section(void)
{
	const struct cfg_model *m;
	const struct cfg_port *p;

	bench_start(CONF);
	m = bench.gw->cfg;
	CU_ASSERT_STRING_EQUAL(filters_of(bench.gw, m->service[1].filter)->of, "service s");
	CU_ASSERT_STRING_EQUAL(filters_of(bench.gw, m->route[0].filter)->of, "route r");
	CU_ASSERT_STRING_EQUAL(filters_of(bench.gw, m->user[0].filter)->of, "user ann");
	CU_ASSERT_STRING_EQUAL(filters_of(bench.gw, m->filter[0].filter)->of, "filter named");
	p = &m->port[1];
	CU_ASSERT_STRING_EQUAL(filters_of(bench.gw, p->circuit[1].filter)->of, "circuit f 101");
	CU_ASSERT_PTR_NULL(filters_of(bench.gw, p->circuit[2].filter));
	CU_ASSERT_PTR_NULL(filters_of(bench.gw, m->service[0].filter));
	CU_ASSERT_PTR_NULL(filters_of(bench.gw, m->user[1].filter));
	bench_stop();
}

/* Wherever the data plane says no, it is said whose filter that is, and what was made is given
 * back. */
static void each_filter_may_be_refused(void)
{
	const struct cfg_model *m;

	bench_start(CONF);
	m = bench.gw->cfg;
	gw_free(bench.gw);
	fake.filter_refuses = true;
	CU_ASSERT_PTR_NULL(bench_gw_new(m));
	fake.filter_refuses = false;
	CU_ASSERT_EQUAL(bench_logged("main error: service s: filter-in: Invalid argument"), 1);
	bench.gw = bench_gw_new(m);
	bench_stop();
}

static void filters_without_memory(void)
{
	bench_start(CONF);
	for (unsigned skip = 0, more = true; more; skip++) {
		struct gw gw = {.cfg = bench.gw->cfg, .dp = bench.gw->dp, .loop = bench.gw->loop};
		bool made;

		CU_ASSERT_TRUE_FATAL(skip < 100);
		heap_refuse(skip);
		made = filters_open(&gw);
		more = heap_refused();
		CU_ASSERT_TRUE(made || more); /* a table that does not grow is slower */
		filters_free(&gw);
		CU_ASSERT_PTR_NULL(gw.filters);
		filters_free(&gw);
	}
	bench_stop();
}

static const struct test_case cases[] = {
	{"filters_of_each_section", filters_of_each_section},
	{"filters_are_found_by_their_section", filters_are_found_by_their_section},
	{"each_filter_may_be_refused", each_filter_may_be_refused},
	{"filters_without_memory", filters_without_memory},
	{NULL, NULL},
};
const struct test_suite suite_filter = {"filter", cases};
