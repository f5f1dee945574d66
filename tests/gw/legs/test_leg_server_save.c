/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A log-in in the next life of the control side: each thing that it has, and what its record may
 * not say. */
#include "gw/legs/leg_server.h"
#include "gw/record.h"
#include "tests/gw/bench.h"
#include "tests/heap.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MIN (60 * SEC)

#define SAVE_CONF(service, ann)                                                     \
	"host-name = gw\nlogin-delay = 0\n"                                         \
	"udp a { listen = \"192.0.2.1:1701\" }\n"                                   \
	"peer lac { service = s }\n"                                                \
	"pool s { ranges = { \"10.64.0.0/24\", \"2001:db8:64::/48\" } }\n"          \
	"service s { local = 10.64.0.1  pool = s  auth = { chap }  " service " }\n" \
	"user ann { secret = a  " ann " }\n"

static const struct leg_server *server_save_leg(void)
{
	CU_ASSERT_PTR_NOT_NULL_FATAL(bench_join());
	return (const struct leg_server *)bench_join()->leg[1];
}

static struct far_call *server_save_up(const char *conf, const char *user)
{
	struct far_call *c;

	bench_start_kept(conf);
	CU_ASSERT_TRUE_FATAL(bench_dial("lac"));
	c = bench_call(user, "a", PPP_AUTH_CHAP_MD5);
	CU_ASSERT_TRUE_FATAL(c->up && c->ip4);
	return c;
}

static void server_save_same_limits(const struct leg_limits *was, const struct leg_limits *want)
{
	CU_ASSERT(was->idle == want->idle && was->session == want->session);
	CU_ASSERT_EQUAL(was->idle_of_user, want->idle_of_user);
	CU_ASSERT_EQUAL(was->session_of_user, want->session_of_user);
}

/* Of whom each limit is, and how long: what a change by RADIUS goes from. */
static void limits_and_whose_they_are(void)
{
	static const struct {
		const char *conf;
		struct leg_limits want;
	} rows[] = {
		{SAVE_CONF("", ""), {0, 0, false, false}},
		{SAVE_CONF("idle = 30m  session = 8h", ""), {30 * MIN, 480 * MIN, false, false}},
		{SAVE_CONF("idle = 30m", "idle = 10m"), {10 * MIN, 0, true, false}},
		{SAVE_CONF("idle = 30m", "session = 2h"), {30 * MIN, 120 * MIN, false, true}},
		{SAVE_CONF("", "idle = 5m  session = 1h"), {5 * MIN, 60 * MIN, true, true}},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		server_save_up(rows[i].conf, "ann");
		server_save_same_limits(&server_save_leg()->limits, &rows[i].want);
		bench_kill(NULL);
		server_save_same_limits(&server_save_leg()->limits, &rows[i].want);
		/* those of a configuration that has changed are for log-ins to come */
		bench_kill(SAVE_CONF("idle = 1m  session = 1m", "idle = 2m  session = 2m"));
		server_save_same_limits(&server_save_leg()->limits, &rows[i].want);
		bench_stop();
	}
}

/* The session counts from the log-in, and idle time begins again. */
static void time_goes_on(void)
{
	struct far_call *c = server_save_up(SAVE_CONF("session = 1h", ""), "ann");
	uint64_t let_in = server_save_leg()->let_in;

	bench_pass(40 * MIN);
	bench_kill(NULL);
	CU_ASSERT_EQUAL(server_save_leg()->let_in, let_in);
	bench_pass(let_in + 60 * MIN - 1 - clock_us);
	CU_ASSERT_FALSE(c->down);
	bench_pass(2);
	CU_ASSERT_TRUE(c->down);
	bench_stop();
	c = server_save_up(SAVE_CONF("", "idle = 30m"), "ann");
	bench_pass(20 * MIN);
	bench_kill(NULL);
	bench_pass(30 * MIN - 1);
	CU_ASSERT_FALSE(c->down);
	bench_pass(MIN + 1);
	CU_ASSERT_TRUE(c->down);
	bench_stop();
}

/* Those of the pool, and of the user. */
static void addresses(void)
{
	for (unsigned own = 0; own < 2; own++) {
		struct leg_server was;

		server_save_up(own ? SAVE_CONF("", "address = 10.64.0.77") : SAVE_CONF("", ""),
			       "ann");
		bench_pass(SEC);
		was = *server_save_leg();
		CU_ASSERT_TRUE(was.has_addresses);
		CU_ASSERT_EQUAL(was.fixed4, own ? 0x0a40004d : 0);
		bench_kill(NULL);
		CU_ASSERT_PTR_NULL(server_save_leg()->before);
		CU_ASSERT_EQUAL(server_save_leg()->has_addresses, was.has_addresses);
		CU_ASSERT_EQUAL(server_save_leg()->has6, was.has6);
		CU_ASSERT_TRUE(was.has6);
		CU_ASSERT_EQUAL(server_save_leg()->given4, was.given4);
		CU_ASSERT_EQUAL(server_save_leg()->fixed4, was.fixed4);
		ASSERT_OCTETS(server_save_leg()->prefix6, 16, was.prefix6, 16);
		bench_stop();
	}
}

/* What a section says of filters, rates and code points is of today. */
static void filters_of_the_service_and_the_user(void)
{
	server_save_up(SAVE_CONF("", "filter-in = \"udp\""), "ann");
	CU_ASSERT_PTR_NOT_NULL(server_save_leg()->filters);
	CU_ASSERT_NOT_EQUAL(fake.call[0].filter[DP_FILTER_IP_IN], 0);
	bench_kill(NULL);
	CU_ASSERT_PTR_NOT_NULL(server_save_leg()->filters);
	CU_ASSERT_NOT_EQUAL(fake.call[0].filter[DP_FILTER_IP_IN], 0);
	CU_ASSERT_EQUAL(fake.call[0].rate[DP_RATE_UP], 0);
	bench_kill(SAVE_CONF("rate-up = 1M  filter-out = \"tcp\"  discard-eligible = 14", ""));
	CU_ASSERT_PTR_NULL(server_save_leg()->filters);
	CU_ASSERT_EQUAL(fake.call[0].filter[DP_FILTER_IP_IN], 0);
	CU_ASSERT_NOT_EQUAL(fake.call[0].filter[DP_FILTER_IP_OUT], 0);
	CU_ASSERT_NOT_EQUAL(fake.call[0].rate[DP_RATE_UP], 0);
	CU_ASSERT_EQUAL(fake.call[0].discard, 1u << 14);
	bench_stop();
}

/* Another service by the realm of his name: the LCP stays that of the one that he came in by. */
static void two_services(void)
{
	static const char realm[] = "service t { local = 10.65.0.1  pool = s  realms = CORP\n"
				    "            strip-realm = prefix  auth = { chap } }\n",
			  text[] = "CORP\\ann";
	char both[1200];

	snprintf(both, sizeof(both), "%s%s", SAVE_CONF("select = t", ""), realm);
	server_save_up(both, text);
	for (unsigned i = 0; i < 2; i++) {
		CU_ASSERT_STRING_EQUAL(server_save_leg()->service->cfg->name, "t");
		CU_ASSERT_STRING_EQUAL(server_save_leg()->entered->cfg->name, "s");
		CU_ASSERT_EQUAL(server_save_leg()->entered->cfg, &bench.gw->cfg->service[0]);
		if (!i)
			bench_kill(NULL);
	}
	bench_stop();
}

/* --- the record -------------------------------------------------------------------------------- */

/* Where its members are, behind the name "s" of the service. */
enum { SAVE_FLAGS = 2, SAVE_IDLE = 27, SAVE_SESSION = 35, SAVE_LET_IN = 43, SAVE_USER = 51 };

struct server_save_rec {
	size_t len;
	uint8_t octets[1500];
};

static struct server_save_rec server_save_record(void)
{
	struct server_save_rec rec;
	struct wr w = wr_init(rec.octets, sizeof(rec.octets));

	CU_ASSERT_TRUE_FATAL(leg_server_save(&server_save_leg()->t.leg, &w) && !w.bad);
	rec.len = w.len;
	return rec;
}

/* How it is read; the leg is never begun. */
static struct leg *server_save_read(const uint8_t *octets, size_t len, const char **words)
{
	struct rd r = rd_init(octets, len);

	*words = NULL;
	return leg_server_resume(bench.gw, &r, words);
}

static void server_save_refuses(const struct server_save_rec *rec, const char *want)
{
	const char *words;

	CU_ASSERT_PTR_NULL(server_save_read(rec->octets, rec->len, &words));
	CU_ASSERT_STRING_EQUAL(words, want);
}

/* Records are not encrypted, and may have been written by anybody. */
static void what_a_record_may_not_say(void)
{
	static const uint8_t most[8] = {0x00, 0x00, 0x1c, 0xae, 0x8c, 0x13, 0xe0, 0x00};
	struct server_save_rec rec, wrong;
	const char *words;
	struct leg *l;

	/* 365 days in us */
	CU_ASSERT_EQUAL(LEG_LIMIT_MOST, UINT64_C(0x1cae8c13e000));
	server_save_up(SAVE_CONF("", ""), "ann");
	rec = server_save_record();
	ASSERT_OCTETS(rec.octets + SAVE_USER, 4, "\3ann", 4);
	for (unsigned at = SAVE_IDLE; at <= SAVE_SESSION; at += 8) {
		wrong = rec;
		memcpy(wrong.octets + at, most, 8);
		l = server_save_read(wrong.octets, wrong.len, &words);
		CU_ASSERT_PTR_NOT_NULL_FATAL(l);
		CU_ASSERT_EQUAL(leg_server_limits(l)->idle, at == SAVE_IDLE ? LEG_LIMIT_MOST : 0);
		l->ops->free(l);
		wrong.octets[at + 7]++;
		server_save_refuses(&wrong, "its record cannot be read");
	}
	wrong = rec;
	wrong.octets[1] = 'x';
	server_save_refuses(&wrong, "its service is gone");
	wrong = rec;
	wrong.octets[SAVE_USER + 1] = '\n';
	server_save_refuses(&wrong, "its record cannot be read");
	bench_stop();
}

/* Cut anywhere it is refused or is one of an older release, which had less. */
static void a_server_record_that_is_cut(void)
{
	struct server_save_rec rec;
	unsigned taken = 0;

	server_save_up(SAVE_CONF("", ""), "ann");
	rec = server_save_record();
	for (size_t len = 0; len < rec.len; len++) {
		uint8_t *copy = malloc(len + 1); /* so that a reader past its end is seen */
		const char *words;
		struct leg *l;

		memcpy(copy, rec.octets, len);
		l = server_save_read(copy, len, &words);
		taken += l != NULL;
		if (l) {
			CU_ASSERT_PTR_EQUAL(((struct leg_server *)l)->entered,
					    ((struct leg_server *)l)->service);
			l->ops->free(l);
		} else {
			CU_ASSERT_STRING_EQUAL(words, len < 2 ? "its service is gone"
							      : "its record cannot be read");
		}
		free(copy);
	}
	/* without what a server has granted, without accounting, without the second service,
	 * without DHCPv6 */
	CU_ASSERT(taken >= 1 && taken <= 4);
	bench_stop();
}

/* Which flag is which: what each release has written. */
static void flags_of_a_record(void)
{
	struct server_save_rec rec;

	server_save_up(SAVE_CONF("ipv6 = no", ""), "ann");
	rec = server_save_record();
	CU_ASSERT_EQUAL(rec.octets[SAVE_FLAGS], 1);
	for (unsigned flags = 0; flags < 16; flags++) {
		const struct leg_server *s;
		const char *words;
		struct leg *l;

		rec.octets[SAVE_FLAGS] = (uint8_t)flags;
		l = server_save_read(rec.octets, rec.len, &words);
		CU_ASSERT_PTR_NOT_NULL_FATAL(l);
		s = (const struct leg_server *)l;
		CU_ASSERT_PTR_NOT_NULL_FATAL(s->before);
		CU_ASSERT_EQUAL(s->before->has_addresses, flags & 1);
		CU_ASSERT_EQUAL(s->before->has6, flags >> 1 & 1);
		CU_ASSERT_EQUAL(s->limits.idle_of_user, flags >> 2 & 1);
		CU_ASSERT_EQUAL(s->limits.session_of_user, flags >> 3 & 1);
		CU_ASSERT_EQUAL(s->before->let_in, server_save_leg()->let_in);
		l->ops->free(l);
	}
	bench_stop();
}

/* The service has gone that his LCP was of: it is the user's. */
static void the_service_that_he_came_by_is_gone(void)
{
	struct server_save_rec rec;
	const char *words;
	struct leg *l;
	size_t at;

	server_save_up(SAVE_CONF("", ""), "ann");
	rec = server_save_record();
	for (at = rec.len - 2; at && (rec.octets[at] != 1 || rec.octets[at + 1] != 's'); at--)
		;
	CU_ASSERT_FATAL(at > SAVE_USER);
	rec.octets[at + 1] = 'x';
	l = server_save_read(rec.octets, rec.len, &words);
	CU_ASSERT_PTR_NOT_NULL_FATAL(l);
	CU_ASSERT_PTR_EQUAL(((struct leg_server *)l)->entered, &bench.gw->service[0]);
	l->ops->free(l);
	rec.octets[at + 1] = '\n';
	server_save_refuses(&rec, "its record cannot be read");
	bench_stop();
}

/* At each allocation. */
static void without_memory_to_read_a_record(void)
{
	struct server_save_rec rec;
	struct leg *l = NULL;
	unsigned refused = 0;

	server_save_up(SAVE_CONF("", ""), "ann");
	rec = server_save_record();
	for (unsigned skip = 0; !l && skip < 20; skip++) {
		const char *words;

		heap_refuse(skip);
		l = server_save_read(rec.octets, rec.len, &words);
		refused += heap_refused();
		CU_ASSERT_TRUE(l || *words);
	}
	CU_ASSERT_PTR_NOT_NULL_FATAL(l);
	CU_ASSERT(refused >= 2); /* the leg, and what it was before */
	l->ops->free(l);
	bench_stop();
}

static const struct test_case cases[] = {
	{"limits_and_whose_they_are", limits_and_whose_they_are},
	{"time_goes_on", time_goes_on},
	{"addresses", addresses},
	{"filters_of_the_service_and_the_user", filters_of_the_service_and_the_user},
	{"two_services", two_services},
	{"what_a_record_may_not_say", what_a_record_may_not_say},
	{"a_server_record_that_is_cut", a_server_record_that_is_cut},
	{"flags_of_a_record", flags_of_a_record},
	{"the_service_that_he_came_by_is_gone", the_service_that_he_came_by_is_gone},
	{"without_memory_to_read_a_record", without_memory_to_read_a_record},
	{NULL, NULL},
};
const struct test_suite suite_leg_server_save = {"leg_server_save", cases};
