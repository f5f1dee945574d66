/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "gw/route_way.h"
#include "tests/harness.h"
#include <stdlib.h>
#include <string.h>

static const struct cfg_peer peers[] = {{.name = "a"}, {.name = "b"}, {.name = "c"}};
static const void *const all[] = {&peers[0], &peers[1], &peers[2]};

/* A gateway with these routes and nothing else. */
static struct cfg_model way_model;
static struct gw way_gw;

static void way_start(const struct cfg_route *routes, unsigned n)
{
	way_model = (struct cfg_model){.peer = peers, .peers = 3, .route = routes, .routes = n};
	way_gw = (struct gw){.cfg = &way_model};
	way_gw.routes = routes_new(&way_model);
	CU_ASSERT_PTR_NOT_NULL_FATAL(way_gw.routes);
}

static void way_stop(void)
{
	routes_free(way_gw.routes);
}

static const struct route_what nothing;

/* The names of the peers that one call is tried with, in order. */
static const char *way_order(const struct route_what *what, uint64_t now)
{
	static char order[8];
	const struct cfg_peer *p;
	struct route_way w;
	unsigned n = 0;

	if (route_way_begin(&way_gw, &w, what))
		while (n < 7 && (p = route_way_next(&way_gw, &w, now)))
			order[n++] = *p->name;
	order[n] = '\0';
	route_way_end(&way_gw, &w);
	return order;
}

static void first_and_round(void)
{
	static const struct cfg_route first = {.name = "r", .to = {all, 3}},
				      round = {.name = "r",
					       .to = {all, 3},
					       .balance = CFG_BALANCE_ROUND};

	way_start(&first, 1);
	CU_ASSERT_STRING_EQUAL(way_order(&nothing, 0), "abc");
	CU_ASSERT_STRING_EQUAL(way_order(&nothing, 0), "abc");
	way_stop();
	way_start(&round, 1);
	CU_ASSERT_EQUAL(*way_order(&nothing, 0), 'a');
	CU_ASSERT_EQUAL(*way_order(&nothing, 0), 'b');
	CU_ASSERT_EQUAL(*way_order(&nothing, 0), 'c');
	CU_ASSERT_EQUAL(*way_order(&nothing, 0), 'a');
	way_stop();
}

static void lower_priority_first(void)
{
	static const uint32_t priority[] = {2, 1, 2};
	static const struct cfg_route r = {.name = "r",
					   .to = {all, 3},
					   .priority = {priority, 3},
					   .balance = CFG_BALANCE_ROUND};

	way_start(&r, 1);
	CU_ASSERT_STRING_EQUAL(way_order(&nothing, 0), "bac");
	CU_ASSERT_STRING_EQUAL(way_order(&nothing, 0), "bca");
	way_stop();
}

/* Weights 1, 2, 5: of the 2^32 values of the die an eighth, a quarter and the rest. */
static void by_weight(void)
{
	static const uint32_t weight[] = {1, 2, 5};
	static const struct cfg_route r = {
		.to = {all, 3}, .weight = {weight, 3}, .balance = CFG_BALANCE_WEIGHT};
	uint64_t seed = test_seed();
	unsigned n[3] = {0};

	CU_ASSERT_EQUAL(route_way_pick(&r, 7, 0, 0), 0);
	CU_ASSERT_EQUAL(route_way_pick(&r, 7, 0, 0x1fffffff), 0);
	CU_ASSERT_EQUAL(route_way_pick(&r, 7, 0, 0x20000000), 1);
	CU_ASSERT_EQUAL(route_way_pick(&r, 7, 0, 0x5fffffff), 1);
	CU_ASSERT_EQUAL(route_way_pick(&r, 7, 0, 0x60000000), 2);
	CU_ASSERT_EQUAL(route_way_pick(&r, 7, 0, UINT32_MAX), 2);
	CU_ASSERT_EQUAL(route_way_pick(&r, 5, 0, 0x2aaaaaaa), 0); /* 1 to 5 */
	CU_ASSERT_EQUAL(route_way_pick(&r, 5, 0, 0x2aaaaaab), 2);
	CU_ASSERT_EQUAL(route_way_pick(&r, 2, 0, UINT32_MAX), 1);
	for (unsigned i = 0; i < 8000; i++)
		n[route_way_pick(&r, 7, 0, (uint32_t)test_rand(&seed))]++;
	/* five standard deviations of the binomial */
	CU_ASSERT_TRUE(abs((int)n[0] - 1000) < 148);
	CU_ASSERT_TRUE(abs((int)n[1] - 2000) < 194);
	CU_ASSERT_TRUE(abs((int)n[2] - 5000) < 217);
}

static void route_is_full(void)
{
	static const struct cfg_route r[] = {{.name = "small", .to = {all, 1}, .max_calls = 1},
					     {.name = "big", .to = {all + 1, 1}}};
	struct route_way one, two;

	way_start(r, 2);
	CU_ASSERT_TRUE(route_way_begin(&way_gw, &one, &nothing));
	CU_ASSERT_PTR_EQUAL(one.route, &r[0]);
	CU_ASSERT_TRUE(route_way_begin(&way_gw, &two, &nothing));
	CU_ASSERT_PTR_EQUAL(two.route, &r[1]);
	CU_ASSERT_PTR_EQUAL(route_way_next(&way_gw, &two, 0), &peers[1]);
	CU_ASSERT_STRING_EQUAL(two.why,
			       "route big (not small: it has as many calls as it may have), to b");
	route_way_end(&way_gw, &two);
	route_way_end(&way_gw, &one);
	route_way_end(&way_gw, &one); /* counts once */
	CU_ASSERT_TRUE(route_way_begin(&way_gw, &one, &nothing));
	CU_ASSERT_PTR_EQUAL(one.route, &r[0]);
	CU_ASSERT_TRUE(route_way_begin(&way_gw, &two, &nothing));
	CU_ASSERT_PTR_EQUAL(two.route, &r[1]);
	way_stop();
}

static struct leg_end way_cdn(uint16_t result)
{
	struct leg_end e = leg_end(LEG_BY_PEER, "busy");

	e.has_cdn = true;
	e.cdn_result = result;
	return e;
}

#define S UINT64_C(1000000)

/* Calls that a peer ends so, and for whom it is passed over afterwards. */
static void denied_for_a_while(void)
{
	static const struct cfg_route r = {.name = "r",
					   .to = {all, 2},
					   .deny = CFG_DENY_SILENT | 1u << L2TP_CDN_BUSY,
					   .deny_for = 60 * S};
	const struct {
		struct leg_end end;
		bool denies;
	} rows[] = {
		{way_cdn(L2TP_CDN_BUSY), true},
		{way_cdn(L2TP_CDN_ADMINISTRATIVE), false},
		{way_cdn(0), false}, /* not a Result Code: not "silent" either */
		{way_cdn(32), false},
		{leg_end(LEG_BY_TIMEOUT, NULL), true},
		{leg_end(LEG_BY_LOSS, NULL), true},
		{leg_end(LEG_BY_RESOURCES, NULL), false},
	};
	struct route_way w;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		way_start(&r, 1);
		CU_ASSERT_TRUE(route_way_begin(&way_gw, &w, &nothing));
		route_way_next(&way_gw, &w, 5 * S);
		CU_ASSERT_TRUE(route_way_refused(&way_gw, &w, &rows[i].end, 5 * S));
		CU_ASSERT_STRING_EQUAL(way_order(&nothing, 65 * S - 1),
				       rows[i].denies ? "b" : "ab");
		CU_ASSERT_STRING_EQUAL(way_order(&nothing, 65 * S), "ab");
		route_way_end(&way_gw, &w);
		way_stop();
	}
}

static void denied_everywhere(void)
{
	static const struct cfg_route r = {
		.name = "r", .to = {all, 1}, .deny = CFG_DENY_SILENT, .deny_for = 60 * S};
	const struct leg_end silent = leg_end(LEG_BY_TIMEOUT, "no answer");
	struct route_way w;

	way_start(&r, 1);
	CU_ASSERT_TRUE(route_way_begin(&way_gw, &w, &nothing));
	route_way_next(&way_gw, &w, 0);
	CU_ASSERT_TRUE(route_way_refused(&way_gw, &w, &silent, 0));
	route_way_end(&way_gw, &w);
	CU_ASSERT_TRUE(route_way_begin(&way_gw, &w, &nothing));
	CU_ASSERT_PTR_NULL(route_way_next(&way_gw, &w, 20 * S));
	CU_ASSERT_STRING_EQUAL(w.why, "route r, a passed over for 40s more: no answer");
	CU_ASSERT_FALSE(route_way_refused(&way_gw, &w, &silent, 0)); /* there is nobody to refuse */
	route_way_end(&way_gw, &w);
	route_way_show(&way_gw, &w, &nothing, 20 * S);
	CU_ASSERT_STRING_EQUAL(
		w.why, "route r, a passed over for 40s more: no answer, no peer may be tried");
	way_stop();
}

/* Whatever the Result Code is, and with the General Error "try another" of RFC 2661 4.4.2. */
static void any_refusal_goes_on(void)
{
	static const struct cfg_route r = {.name = "r", .to = {all, 2}};
	const struct cfg_peer *next;
	struct route_way w;

	for (uint16_t result = L2TP_CDN_LOST_CARRIER; result <= L2TP_CDN_NO_FRAMING; result++) {
		struct leg_end e = way_cdn(result);

		e.cdn_error = result == L2TP_CDN_GENERAL_ERROR ? L2TP_ERR_TRY_ANOTHER : 0;
		way_start(&r, 1);
		CU_ASSERT_TRUE(route_way_begin(&way_gw, &w, &nothing));
		CU_ASSERT_PTR_NOT_NULL(route_way_next(&way_gw, &w, 0));
		CU_ASSERT_TRUE(route_way_refused(&way_gw, &w, &e, 0));
		next = route_way_next(&way_gw, &w, 0);
		CU_ASSERT_TRUE(next && !strcmp(next->name, "b"));
		route_way_end(&way_gw, &w);
		way_stop();
	}
}

static void a_refusal_may_end_it(void)
{
	static const struct cfg_route r = {.name = "r", .to = {all, 2}, .ends_on_refusal = true};
	const struct leg_end busy = way_cdn(L2TP_CDN_BUSY), silent = leg_end(LEG_BY_TIMEOUT, NULL);
	struct route_way w;

	way_start(&r, 1);
	CU_ASSERT_TRUE(route_way_begin(&way_gw, &w, &nothing));
	route_way_next(&way_gw, &w, 0);
	CU_ASSERT_TRUE(route_way_refused(&way_gw, &w, &silent, 0)); /* it has not answered */
	route_way_next(&way_gw, &w, 0);
	CU_ASSERT_FALSE(route_way_refused(&way_gw, &w, &busy, 0));
	route_way_end(&way_gw, &w);
	way_stop();
}

static void all_in_words(void)
{
	static const struct cfg_route r[] = {{.name = "gold", .user = "a*"},
					     {.name = "lead", .called = "9"},
					     {.name = "tin", .to = {all, 3}}};
	const struct leg_end busy = way_cdn(L2TP_CDN_BUSY);
	struct route_way w;

	way_start(r, 3);
	CU_ASSERT_TRUE(route_way_begin(&way_gw, &w, &(struct route_what){.user = "bob"}));
	route_way_next(&way_gw, &w, 0);
	route_way_unreached(&w, "the circuit is down");
	route_way_next(&way_gw, &w, 0);
	route_way_refused(&way_gw, &w, &busy, 0);
	route_way_next(&way_gw, &w, 0);
	CU_ASSERT_STRING_EQUAL(
		w.why, "route tin (not gold: the user differs, not lead: no called address is "
		       "known), to a not possible: the circuit is down, to b refused: busy, to c");
	route_way_end(&way_gw, &w);
	way_model.routes = 2;
	CU_ASSERT_FALSE(route_way_begin(&way_gw, &w, &nothing));
	CU_ASSERT_STRING_EQUAL(w.why, "no route (not gold: no user is known, not lead: no called "
				      "address is known)");
	route_way_end(&way_gw, &w);
	way_stop();
}

/* More routes than there is room for the reasons of. */
static void many_words(void)
{
	static struct cfg_route r[40];
	struct route_way w;

	for (size_t i = 0; i < 40; i++)
		r[i] = (struct cfg_route){.name = "one of them", .called = "9"};
	way_start(r, 40);
	CU_ASSERT_FALSE(route_way_begin(&way_gw, &w, &nothing));
	CU_ASSERT_EQUAL(strlen(w.why), ROUTE_WHY_MAX - 1);
	CU_ASSERT_STRING_EQUAL(w.why + ROUTE_WHY_MAX - 4, "...");
	way_stop();
}

/* A dry run says what a call would do, and changes nothing. */
static void dry_run(void)
{
	static const struct cfg_route r = {
		.name = "r", .to = {all, 2}, .balance = CFG_BALANCE_ROUND, .max_calls = 1};
	struct route_way w;

	way_start(&r, 1);
	for (unsigned i = 0; i < 3; i++) {
		route_way_show(&way_gw, &w, &nothing, 0);
		CU_ASSERT_STRING_EQUAL(w.why, "route r, to a");
	}
	CU_ASSERT_STRING_EQUAL(way_order(&nothing, 0), "ab");
	route_way_show(&way_gw, &w, &nothing, 0);
	CU_ASSERT_STRING_EQUAL(w.why, "route r, to b");
	way_stop();
}

static const struct test_case cases[] = {
	{"first_and_round", first_and_round},
	{"lower_priority_first", lower_priority_first},
	{"by_weight", by_weight},
	{"route_is_full", route_is_full},
	{"denied_for_a_while", denied_for_a_while},
	{"denied_everywhere", denied_everywhere},
	{"any_refusal_goes_on", any_refusal_goes_on},
	{"a_refusal_may_end_it", a_refusal_may_end_it},
	{"all_in_words", all_in_words},
	{"many_words", many_words},
	{"dry_run", dry_run},
	{NULL, NULL},
};
const struct test_suite suite_route_way = {"route_way", cases};
