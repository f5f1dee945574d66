/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Filters of a service and of one call, as the data plane is told of them. */
#include "gw/filter.h"
#include "gw/legs/leg_entry.h"
#include "tests/gw/bench.h"
#include "tests/heap.h"

#include <errno.h>
#include <string.h>

#define CONF                                                                                 \
	"udp a { listen = \"192.0.2.1:1701\" }\n"                                            \
	"peer lac { service = s }\n"                                                         \
	"pool s { ranges = { \"10.64.0.0/24\" } }\n"                                         \
	"service t { local = 10.65.0.1  filter-in = \"udp\" }\n"                             \
	"service s { local = 10.64.0.1  pool = s  auth = { chap }  ipv6 = no\n"              \
	"            filter-in = \"not port 25\"  ppp-filter-out = \"not link proto 1\" }\n" \
	"user ann { secret = \"a password\" }\n"

static void filters_are(const struct dp_call *e, uint32_t ip_in, uint32_t ip_out, uint32_t ppp_in,
			uint32_t ppp_out)
{
	CU_ASSERT_EQUAL(e->filter[DP_FILTER_IP_IN], ip_in);
	CU_ASSERT_EQUAL(e->filter[DP_FILTER_IP_OUT], ip_out);
	CU_ASSERT_EQUAL(e->filter[DP_FILTER_PPP_IN], ppp_in);
	CU_ASSERT_EQUAL(e->filter[DP_FILTER_PPP_OUT], ppp_out);
}

/* Number 1 is the other service's. */
static void a_service_filters_its_calls(void)
{
	struct far_call *c;

	bench_start(CONF);
	CU_ASSERT_EQUAL(fake.filters, 3);
	CU_ASSERT_TRUE_FATAL(bench_dial("lac"));
	c = bench_call("ann", "a password", PPP_AUTH_CHAP_MD5);
	CU_ASSERT_TRUE_FATAL(c->ip4);
	CU_ASSERT_EQUAL(fake.call[0].mode, DP_TERMINAL);
	filters_are(&fake.call[0], 2, 0, 0, 3);
	bench_hangup(c, L2TP_CDN_LOST_CARRIER, "");
	CU_ASSERT_EQUAL(fake_said("unfilter"), 0);
	bench_stop();
	CU_ASSERT_EQUAL(fake_said("unfilter"), 3);
}

static void a_call_can_have_its_own(void)
{
	struct far_call *c;
	struct leg *l;
	char err[100];

	bench_start(CONF);
	CU_ASSERT_TRUE_FATAL(bench_dial("lac"));
	c = bench_call("ann", "a password", PPP_AUTH_CHAP_MD5);
	l = bench_join()->leg[0];
	CU_ASSERT_PTR_NULL(leg_own_filters(l));
	CU_ASSERT_TRUE(leg_filter(l, DP_FILTER_IP_IN, "tcp", err, sizeof(err)));
	CU_ASSERT_TRUE(leg_filter(l, DP_FILTER_PPP_IN, "ip", err, sizeof(err)));
	filters_are(&fake.call[0], 4, 0, 5, 3);
	CU_ASSERT_STRING_EQUAL(leg_own_filters(l)->text[DP_FILTER_IP_IN], "tcp");
	/* A mistake changes nothing. */
	CU_ASSERT_FALSE(leg_filter(l, DP_FILTER_IP_IN, "tpc", err, sizeof(err)));
	CU_ASSERT_NOT_EQUAL(err[0], 0);
	CU_ASSERT_EQUAL(fake_said("unfilter"), 0);
	filters_are(&fake.call[0], 4, 0, 5, 3);
	/* A new one takes the place of the one before. */
	CU_ASSERT_TRUE(leg_filter(l, DP_FILTER_IP_IN, "udp", err, sizeof(err)));
	CU_ASSERT_EQUAL(fake_said("unfilter 4"), 1);
	filters_are(&fake.call[0], 6, 0, 5, 3);
	/* The service's is back. */
	CU_ASSERT_TRUE(leg_filter(l, DP_FILTER_IP_IN, NULL, err, sizeof(err)));
	CU_ASSERT_EQUAL(fake_said("unfilter 6"), 1);
	filters_are(&fake.call[0], 2, 0, 5, 3);
	/* Negotiating again leaves them. */
	bench_redial(c, "ann", "a password");
	filters_are(&fake.call[0], 2, 0, 5, 3);
	bench_hangup(c, L2TP_CDN_LOST_CARRIER, "");
	CU_ASSERT_EQUAL(fake_said("unfilter 5"), 1);
	CU_ASSERT_EQUAL(fake_said("unfilter"), 3);
	bench_stop();
}

#define CONF_USERS                                                               \
	"udp a { listen = \"192.0.2.1:1701\" }\n"                                \
	"peer lac { service = s }\n"                                             \
	"pool s { ranges = { \"10.64.0.0/24\" } }\n"                             \
	"service s { local = 10.64.0.1  pool = s  auth = { chap }  ipv6 = no\n"  \
	"            filter-in = \"not port 25\"  filter-out = \"udp\" }\n"      \
	"user ann { secret = a  filter-in = \"tcp\"  ppp-filter-in = \"ip\" }\n" \
	"user bob { secret = b  ppp-filter-out = \"ip\" }\n"                     \
	"user cid { secret = c }\n"

/* The service's are filters 1 and 2, ann's 3 and 4, bob's 5. */
static void a_user_comes_before_the_service(void)
{
	struct far_call *c;
	const struct leg *l;

	bench_start(CONF_USERS);
	CU_ASSERT_EQUAL(fake.filters, 5);
	CU_ASSERT_TRUE_FATAL(bench_dial("lac"));
	c = bench_call("ann", "a", PPP_AUTH_CHAP_MD5);
	CU_ASSERT_TRUE_FATAL(c->ip4);
	filters_are(&fake.call[0], 3, 2, 4, 0);
	l = bench_join()->leg[0];
	CU_ASSERT_STRING_EQUAL(leg_filters_in_force(l, DP_FILTER_IP_IN)->of, "user ann");
	CU_ASSERT_STRING_EQUAL(leg_filters_in_force(l, DP_FILTER_IP_OUT)->of, "service s");
	CU_ASSERT_PTR_NULL(leg_filters_in_force(l, DP_FILTER_PPP_OUT));
	/* The next one to log in on the link has his own, or the service's. */
	bench_redial(c, "bob", "b");
	CU_ASSERT_TRUE(c->ip4);
	filters_are(&fake.call[0], 1, 2, 0, 5);
	bench_redial(c, "cid", "c");
	CU_ASSERT_TRUE(c->ip4);
	filters_are(&fake.call[0], 1, 2, 0, 0);
	bench_stop();
	CU_ASSERT_EQUAL(fake_said("unfilter"), 5);
}

static void an_operator_comes_before_the_user(void)
{
	struct leg *l;
	char err[100];

	bench_start(CONF_USERS);
	CU_ASSERT_TRUE_FATAL(bench_dial("lac"));
	bench_call("ann", "a", PPP_AUTH_CHAP_MD5);
	l = bench_join()->leg[0];
	CU_ASSERT_TRUE(leg_filter(l, DP_FILTER_IP_IN, "icmp", err, sizeof(err)));
	filters_are(&fake.call[0], 6, 2, 4, 0);
	CU_ASSERT_PTR_NULL(leg_filters_in_force(l, DP_FILTER_IP_IN)->of);
	CU_ASSERT_TRUE(leg_filter(l, DP_FILTER_IP_IN, NULL, err, sizeof(err)));
	filters_are(&fake.call[0], 3, 2, 4, 0);
	bench_stop();
}

/* Nobody is let in past the filters that he should have. */
static void a_user_whose_filters_do_not_fit_stays_out(void)
{
	struct far_call *c;

	bench_start(CONF_USERS);
	CU_ASSERT_TRUE_FATAL(bench_dial("lac"));
	c = bench_call("cid", "c", PPP_AUTH_CHAP_MD5);
	CU_ASSERT_TRUE_FATAL(c->ip4);
	for (unsigned set = 1; set < 20 && !bench_logged("*refused*"); set++) {
		bench_redial(c, "cid", "c");
		fake.set_refused = set;
		bench_redial(c, "ann", "a");
	}
	fake.set_refused = 0;
	CU_ASSERT_EQUAL(bench_logged("*refused*: user ann: out of memory"), 1);
	CU_ASSERT_FALSE(c->ip4);
	bench_stop();
}

/* What could not be told counts for nothing, so that the same is told again. */
static void filters_that_could_not_be_told(void)
{
	const struct gw_filters *f;
	struct leg *l;

	bench_start(CONF_USERS);
	CU_ASSERT_TRUE_FATAL(bench_dial("lac"));
	bench_call("cid", "c", PPP_AUTH_CHAP_MD5);
	l = bench_join()->leg[0];
	f = filters_of(bench.gw, bench.gw->cfg->user[0].filter);
	fake.call_refuses = true;
	CU_ASSERT_FALSE(leg_take_filters(l, LEG_FILTERS_USER, f));
	fake.call_refuses = false;
	CU_ASSERT_STRING_EQUAL(leg_filters_in_force(l, DP_FILTER_IP_IN)->of, "service s");
	filters_are(&fake.call[0], 1, 2, 0, 0);
	CU_ASSERT_TRUE(leg_take_filters(l, LEG_FILTERS_USER, f));
	filters_are(&fake.call[0], 3, 2, 4, 0);
	bench_stop();
}

/* What is not there can be taken away. */
static void none_of_its_own(void)
{
	char err[100];

	bench_start(CONF);
	CU_ASSERT_TRUE_FATAL(bench_dial("lac"));
	bench_call("ann", "a password", PPP_AUTH_CHAP_MD5);
	CU_ASSERT_TRUE(leg_filter(bench_join()->leg[0], DP_FILTER_IP_OUT, NULL, err, sizeof(err)));
	filters_are(&fake.call[0], 2, 0, 0, 3);
	bench_stop();
}

/* The call that came in has the filters of the route; the call it goes on by has none. */
static void a_route_filters_switched_calls(void)
{
	bench_start(
		"udp a { listen = \"192.0.2.1:1701\" }\n"
		"peer lac { hostname = lac }\n"
		"peer lns { port = a  dial = \"192.0.2.9:1701\" }\n"
		"route r { from-peer = lac  to = lns  ppp-filter-in = \"not link proto 1\" }\n");
	CU_ASSERT_TRUE_FATAL(bench_dial("lac"));
	bench_call(NULL, NULL, PPP_AUTH_NONE);
	CU_ASSERT_EQUAL_FATAL(fake.calls, 2);
	CU_ASSERT_EQUAL(fake.call[0].mode, DP_FORWARD);
	for (unsigned i = 0; i < 2; i++)
		filters_are(&fake.call[i], 0, 0, fake.call[i].data.lns, 0);
	bench_stop();
}

/* A service without filters: nothing is told for their sake. */
static void without_any_filter(void)
{
	bench_start("udp a { listen = \"192.0.2.1:1701\" }\n"
		    "peer lac { service = s }\n"
		    "service s { local = 10.64.0.1  auth = none }\n");
	CU_ASSERT_TRUE_FATAL(bench_dial("lac"));
	bench_call(NULL, NULL, PPP_AUTH_NONE);
	CU_ASSERT_EQUAL(fake.filters, 0);
	CU_ASSERT_EQUAL(fake_said("set"), 1); /* offered; it comes up as it was */
	CU_ASSERT_EQUAL(fake.call[0].tun, 0);
	filters_are(&fake.call[0], 0, 0, 0, 0);
	bench_stop();
}

/* PPP filters see PPP frames, the others IP packets. */
static void each_place_has_its_link_type(void)
{
	static const struct {
		enum dp_filter place;
		const char *key;
		bool ppp;
	} rows[] = {{DP_FILTER_IP_IN, "filter-in", false},
		    {DP_FILTER_IP_OUT, "filter-out", false},
		    {DP_FILTER_PPP_IN, "ppp-filter-in", true},
		    {DP_FILTER_PPP_OUT, "ppp-filter-out", true}};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct leg *l;
		char err[200];

		bench_start(CONF);
		CU_ASSERT_TRUE_FATAL(bench_dial("lac"));
		bench_call("ann", "a password", PPP_AUTH_CHAP_MD5);
		l = bench_join()->leg[0];
		CU_ASSERT_STRING_EQUAL(filter_key(rows[i].place), rows[i].key);
		CU_ASSERT_EQUAL(leg_filter(l, rows[i].place, "link proto 1", err, sizeof(err)),
				rows[i].ppp);
		CU_ASSERT_EQUAL(fake.call[0].filter[rows[i].place],
				rows[i].ppp			   ? 4
				: rows[i].place == DP_FILTER_IP_IN ? 2
								   : 0);
		bench_stop();
	}
}

static void what_the_data_plane_refuses(void)
{
	struct leg *l;
	char err[100] = "";

	bench_start(CONF);
	CU_ASSERT_TRUE_FATAL(bench_dial("lac"));
	bench_call("ann", "a password", PPP_AUTH_CHAP_MD5);
	l = bench_join()->leg[0];
	fake.filter_refuses = true;
	CU_ASSERT_FALSE(leg_filter(l, DP_FILTER_IP_IN, "tcp", err, sizeof(err)));
	CU_ASSERT_STRING_EQUAL(err, "Invalid argument");
	filters_are(&fake.call[0], 2, 0, 0, 3);
	fake.filter_refuses = false;
	fake.call_refuses = true;
	CU_ASSERT_FALSE(leg_filter(l, DP_FILTER_IP_IN, "tcp", err, sizeof(err)));
	CU_ASSERT_STRING_EQUAL(err, "out of memory");
	fake.call_refuses = false;
	bench_stop();
}

static void without_memory_for_a_filter(void)
{
	struct leg *l;

	bench_start(CONF);
	CU_ASSERT_TRUE_FATAL(bench_dial("lac"));
	bench_call("ann", "a password", PPP_AUTH_CHAP_MD5);
	l = bench_join()->leg[0];
	for (unsigned skip = 0, more = true; more; skip++) {
		char err[100] = "";
		bool made;

		heap_refuse(skip);
		made = leg_filter(l, DP_FILTER_IP_IN, "tcp", err, sizeof(err));
		more = heap_refused();
		CU_ASSERT_EQUAL(made, !more);
		CU_ASSERT_EQUAL(fake.call[0].filter[DP_FILTER_IP_IN], made ? 4 : 2);
		if (more)
			CU_ASSERT_STRING_EQUAL(err, "out of memory");
	}
	bench_stop();
}

static struct leg_entry lone;

static struct leg_entry *lone_entry(struct leg *l)
{
	(void)l;
	return &lone;
}

/* A filter that an entry is to have from its beginning: without memory for it nothing is let
 * through. */
static void without_memory_there_is_no_entry(void)
{
	static const struct leg_ops ops = {.entry = lone_entry};
	struct dp_call c = {.tid = 1, .sid = 1, .mode = DP_PUNT};
	struct leg l = {.ops = &ops};
	const struct gw_filters *f;

	bench_start(CONF);
	f = filters_of(bench.gw, bench.gw->cfg->service[1].filter);
	leg_entry_init(&lone, bench.gw, &c);
	heap_refuse(0);
	CU_ASSERT_FALSE(leg_take_filters(&l, LEG_FILTERS_SECTION, f));
	CU_ASSERT_TRUE(heap_refused());
	CU_ASSERT_EQUAL(leg_entry_set(&lone), -ENOMEM);
	CU_ASSERT_FALSE(lone.in_table);
	leg_entry_free(&lone);
	leg_entry_init(&lone, bench.gw, &c);
	CU_ASSERT_TRUE(leg_take_filters(&l, LEG_FILTERS_SECTION, f));
	CU_ASSERT_EQUAL(leg_entry_set(&lone), 0);
	filters_are(&fake.call[0], 2, 0, 0, 3);
	leg_entry_del(&lone);
	leg_entry_free(&lone);
	bench_stop();
}

/* At the start a filter that the data plane does not take is the end. */
static void a_start_without_its_filter(void)
{
	const struct gw_filters *f;
	const struct cfg_model *m;

	bench_start(CONF);
	m = bench.gw->cfg;
	f = filters_of(bench.gw, m->service[1].filter);
	CU_ASSERT_PTR_NOT_NULL_FATAL(f);
	CU_ASSERT_STRING_EQUAL(f->of, "service s");
	CU_ASSERT_STRING_EQUAL(f->text[DP_FILTER_IP_IN], "not port 25");
	CU_ASSERT_PTR_NULL(f->text[DP_FILTER_IP_OUT]);
	gw_free(bench.gw);
	fake.filter_refuses = true;
	CU_ASSERT_PTR_NULL(bench_gw_new(m));
	CU_ASSERT_EQUAL(bench_logged("main error: service t: filter-in: Invalid argument"), 1);
	fake.filter_refuses = false;
	bench.gw = bench_gw_new(m);
	bench_stop();
}

static const struct test_case cases[] = {
	{"a_service_filters_its_calls", a_service_filters_its_calls},
	{"a_call_can_have_its_own", a_call_can_have_its_own},
	{"a_user_comes_before_the_service", a_user_comes_before_the_service},
	{"an_operator_comes_before_the_user", an_operator_comes_before_the_user},
	{"a_user_whose_filters_do_not_fit_stays_out", a_user_whose_filters_do_not_fit_stays_out},
	{"filters_that_could_not_be_told", filters_that_could_not_be_told},
	{"none_of_its_own", none_of_its_own},
	{"without_any_filter", without_any_filter},
	{"each_place_has_its_link_type", each_place_has_its_link_type},
	{"what_the_data_plane_refuses", what_the_data_plane_refuses},
	{"without_memory_for_a_filter", without_memory_for_a_filter},
	{"without_memory_there_is_no_entry", without_memory_there_is_no_entry},
	{"a_start_without_its_filter", a_start_without_its_filter},
	{"a_route_filters_switched_calls", a_route_filters_switched_calls},
	{NULL, NULL},
};
const struct test_suite suite_leg_filter = {"leg_filter", cases};
