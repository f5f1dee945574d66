/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A day of a gateway with RADIUS, in seconds: users come and go, its two servers die and come back,
 * alone and together, the configuration is changed again and again, and the control side is killed
 * between any two packets.  Every record that a server acknowledged goes into a ledger, and so does
 * every stay that a client had of its address.  At the end of the day the two must be the same to
 * the second and the octet, and no more memory be held than in the morning.
 */
#include "gw/aaa/acct.h"
#include "gw/log.h"
#include "tests/gw/bench.h"
#include "tests/gw/radius_far.h"
#include "tests/heap.h"

#include <osmocom/core/select.h>
#include <osmocom/core/talloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define HOUR   (3600 * SEC)
#define WALL   UINT64_C(1700000000)
#define SECRET "0123456789abcdef"
#define RATE   1000000u /* octets that each user sends in a second; twice as many go to him */

/* Session-Timeout of four hours, Acct-Interim-Interval of ten minutes, a Class */
#define ACCEPT "1b0600003840 550600000258 1903cc"

/* Blocks of memory that only become used in the course of a day: of tables that grow once. */
#define LATER_BLOCKS 16u

enum { USERS = BENCH_CALLS, SERVERS = 2, RECORDS = 1 << 15, STAYS = 1 << 13 };

struct soak_user {
	struct far_call *call;
	char name[8];
	uint64_t since; /* he has an address, us; 0 = he has none */
};

/* What a client saw. */
struct soak_stay {
	unsigned user;
	uint64_t from, to; /* us */
};

/* What the servers were told of one log-in. */
struct soak_session {
	struct radius_far_record start, last, stop;
	bool started, stopped, seen;
};

static struct {
	uint64_t seed;
	int socket[SERVERS];
	uint16_t port[SERVERS];
	bool dead[SERVERS];
	char folder[32], morning[2048]; /* the first configuration */
	struct soak_user user[USERS];
	struct soak_stay stay[STAYS];
	unsigned stays;
	struct soak_session session[STAYS];
	unsigned sessions, records, repeats, deaths, reloads;
	bool cut; /* it is killed soon, after a packet of a server */
} day;

time_t __wrap_time(time_t *out);
time_t __wrap_time(time_t *out)
{
	time_t now = (time_t)(WALL + clock_us / SEC);

	if (out)
		*out = now;
	return now;
}

static unsigned soak_random(unsigned n)
{
	return (unsigned)(test_rand(&day.seed) % n);
}

/* --- the ledger ------------------------------------------------------------------------------- */

static struct soak_session *soak_session_of(const char *id)
{
	for (unsigned i = day.sessions; i-- > 0;)
		if (strcmp(day.session[i].start.session, id) == 0)
			return &day.session[i];
	CU_ASSERT_TRUE_FATAL(day.sessions < STAYS);
	snprintf(day.session[day.sessions].start.session, RADIUS_ACCT_ID, "%s", id);
	return &day.session[day.sessions++];
}

static uint64_t soak_octets(uint32_t low, uint32_t giga)
{
	return (uint64_t)giga << 32 | low;
}

/* Sent once more, since a life ended between the acknowledgement and the note of it: it must say
 * the same. */
static bool soak_is_repeat(const struct radius_far_record *was, const struct radius_far_record *r)
{
	if (was->status != r->status || was->when != r->when)
		return false;
	CU_ASSERT_EQUAL(was->seconds, r->seconds);
	CU_ASSERT_EQUAL(soak_octets(was->in, was->in_giga), soak_octets(r->in, r->in_giga));
	CU_ASSERT_EQUAL(was->cause, r->cause);
	day.repeats++;
	return true;
}

static void soak_enter(const struct radius_far_record *r)
{
	struct soak_session *s = soak_session_of(r->session);
	uint64_t now = WALL + clock_us / SEC;

	day.records++;
	CU_ASSERT_EQUAL(r->classes, 1);
	/* how long it has waited is what it says, up to a round of tries */
	CU_ASSERT_TRUE(r->when + r->delay <= now + 1 && r->when + r->delay + 30 >= now);
	if (s->started && (soak_is_repeat(&s->start, r) || soak_is_repeat(&s->last, r)))
		return;
	if (r->status == RADIUS_ACCT_START) {
		CU_ASSERT_FALSE(s->started);
		s->start = *r;
		s->started = true;
		return;
	}
	CU_ASSERT_TRUE(s->started && !s->stopped);
	CU_ASSERT_TRUE(r->when >= s->last.when && r->seconds >= s->last.seconds);
	CU_ASSERT_TRUE(soak_octets(r->in, r->in_giga) >= soak_octets(s->last.in, s->last.in_giga));
	s->last = *r;
	if (r->status != RADIUS_ACCT_STOP)
		return;
	s->stop = *r;
	s->stopped = true;
}

/* --- the servers ------------------------------------------------------------------------------ */

static void soak_serve(unsigned i, const struct radius_far_got *got)
{
	struct radius_far_record r;

	if (got->packet.code == RADIUS_ACCESS_REQUEST) {
		radius_far_answer(day.socket[i], got, RADIUS_ACCESS_ACCEPT, ACCEPT, SECRET);
		return;
	}
	radius_far_read(&r, &got->packet);
	if (r.status <= RADIUS_ACCT_INTERIM)
		soak_enter(&r);
	radius_far_answer(day.socket[i], got, RADIUS_ACCOUNTING_RESPONSE, "", SECRET);
}

static bool soak_hear(void)
{
	static struct radius_far_got got;
	bool heard = false;

	for (unsigned i = 0; i < SERVERS; i++)
		while (radius_far_take(day.socket[i], &got)) {
			heard = true;
			if (!day.dead[i])
				soak_serve(i, &got);
		}
	return heard;
}

/* --- the users -------------------------------------------------------------------------------- */

static void soak_look_at(struct soak_user *u)
{
	if (u->call && u->call->ip4 && !u->since)
		u->since = clock_us;
	if (!u->call || u->call->call)
		return;
	u->call = NULL;
	if (!u->since)
		return;
	CU_ASSERT_TRUE_FATAL(day.stays < STAYS);
	day.stay[day.stays++] = (struct soak_stay){(unsigned)(u - day.user), u->since, clock_us};
	u->since = 0;
}

/* Before it has heard what the servers have answered. */
static void soak_dies(void)
{
	day.cut = false;
	bench_kill(NULL);
}

/* After each turn of the gateway. */
static bool soak_turn(void)
{
	bool heard = soak_hear();

	if (heard && day.cut && !soak_random(4))
		soak_dies();
	else if (heard)
		osmo_select_main(1);
	for (unsigned i = 0; i < USERS; i++)
		soak_look_at(&day.user[i]);
	fake.stats.rx_octets = clock_us / SEC * RATE;
	fake.stats.tx_octets = 2 * fake.stats.rx_octets;
	return heard;
}

static void soak_leaves(struct soak_user *u)
{
	struct far_call *c = u->call;

	l2tp_call_set_user(c->call, NULL); /* its place may be another's before it is over */
	bench_hangup(c, L2TP_CDN_LOST_CARRIER, "");
	c->call = NULL;
	soak_look_at(u);
}

static void soak_comes(struct soak_user *u)
{
	if (!bench.tunnel_up && !bench_dial("lac"))
		return;
	u->call = bench_call(u->name, "x", PPP_AUTH_CHAP_MD5);
	soak_look_at(u);
}

static void soak_user_acts(void)
{
	struct soak_user *u = &day.user[soak_random(USERS)];

	if (!u->call)
		soak_comes(u);
	else if (!u->since || soak_random(2))
		soak_leaves(u);
}

/* --- what befalls the gateway ----------------------------------------------------------------- */

/* Each key that differs is one of another kind. */
static const char *soak_conf(void)
{
	static char text[2048];
	int n = snprintf(
		text, sizeof(text),
		"host-name = gw\nlogin-delay = 0\n"
		"udp a { listen = \"192.0.2.1:1701\" }\n"
		"radius r { accounting = yes  accounting-on = no  spool = \"%s\"\n"
		" server \"127.0.0.1:%u\" { secret = \"" SECRET "\" acct-port = %u "
		"timeout = %us }\n"
		" server \"127.0.0.1:%u\" { secret = \"" SECRET "\" acct-port = %u "
		"backup = %s } }\n"
		"pool p { ranges = { \"10.64.0.0/24\" } }\n"
		"peer lac { service = s  hello = %um }\n"
		"service s { local = 10.64.0.1  pool = p  mtu = %u  radius = r  ipv6 = no }\n",
		day.folder, day.port[0], day.port[0], 1 + soak_random(3), day.port[1], day.port[1],
		soak_random(2) ? "yes" : "no", 1 + soak_random(5), 1400 + soak_random(50));

	for (unsigned i = soak_random(4); i > 0; i--)
		n += snprintf(text + n, sizeof(text) - (size_t)n,
			      "user other%u { secret = \"of another\" }\n", i);
	if (soak_random(2))
		snprintf(text + n, sizeof(text) - (size_t)n,
			 "udp b { listen = \"192.0.2.2:1701\" }\n");
	return text;
}

static void soak_server_dies_or_lives(void)
{
	unsigned i = soak_random(SERVERS);

	day.dead[i] = !day.dead[i];
	day.deaths += day.dead[i];
}

static void soak_reload(void)
{
	bench_kill(soak_conf());
	day.reloads++;
}

static void soak_kill(void)
{
	if (soak_random(2))
		bench.kill_at = bench.sent + 1 + soak_random(40);
	else
		day.cut = true;
}

static void soak_until(uint64_t end)
{
	static const struct {
		unsigned one_in;
		void (*run)(void);
	} rows[] = {
		{360, soak_server_dies_or_lives},
		{150, soak_reload},
		{100, soak_kill},
		{1, soak_user_acts},
	};

	while (clock_us < end) {
		unsigned i = 0;

		bench_pass((1 + soak_random(20)) * SEC);
		while (soak_random(rows[i].one_in))
			i++;
		rows[i].run();
	}
}

/* Everybody goes home, and all is told. */
static void soak_rest(void)
{
	memset(day.dead, 0, sizeof(day.dead));
	bench.kill_at = 0;
	day.cut = false;
	for (unsigned i = 0; i < USERS; i++)
		if (day.user[i].call)
			soak_leaves(&day.user[i]);
	bench_pass(HOUR / 2);
	bench_kill(day.morning);
	bench_pass(HOUR / 2);
}

/* --- the reckoning ---------------------------------------------------------------------------- */

/* The log-in in which this stay was. */
static struct soak_session *soak_session_with(const struct soak_stay *s)
{
	uint64_t from = WALL + s->from / SEC;

	for (unsigned i = 0; i < day.sessions; i++) {
		struct soak_session *x = &day.session[i];

		if (!x->seen && strcmp(x->start.user, day.user[s->user].name) == 0 &&
		    x->start.when <= from && x->stop.when >= from)
			return x;
	}
	return NULL;
}

/* Its seconds, those between its records, and its octets agree with each other. */
static void soak_reckon_session(const struct soak_session *s)
{
	uint64_t in = soak_octets(s->stop.in, s->stop.in_giga);

	CU_ASSERT_TRUE_FATAL(s->started && s->stopped);
	CU_ASSERT_TRUE(s->stop.when - s->start.when <= s->stop.seconds + 1u &&
		       s->stop.seconds <= s->stop.when - s->start.when + 1u);
	CU_ASSERT_TRUE(in <= (s->stop.seconds + 1ull) * RATE &&
		       in + RATE >= (uint64_t)s->stop.seconds * RATE);
	CU_ASSERT_EQUAL(soak_octets(s->stop.out, s->stop.out_giga), 2 * in);
	CU_ASSERT_TRUE(s->stop.seconds <= 4 * 3600 + 1);
}

/* Where a life ended just then, a log-in may be longer or shorter than the stay, or without one. */
static unsigned soak_match(uint64_t *told, uint64_t *seen)
{
	unsigned off = 0;

	for (unsigned i = 0; i < day.stays; i++) {
		const struct soak_stay *s = &day.stay[i];
		struct soak_session *x = soak_session_with(s);
		uint64_t seconds = (s->to - s->from) / SEC;

		CU_ASSERT_PTR_NOT_NULL_FATAL(x);
		x->seen = true;
		*told += x->stop.seconds;
		*seen += seconds;
		off += x->stop.seconds > seconds + 1 || x->stop.seconds + 1 < seconds;
	}
	for (unsigned i = 0; i < day.sessions; i++)
		off += !day.session[i].seen;
	return off;
}

static void soak_reckon(void)
{
	uint64_t told = 0, seen = 0;
	unsigned kills = bench.kills - day.reloads, off;

	for (unsigned i = 0; i < day.sessions; i++)
		soak_reckon_session(&day.session[i]);
	off = soak_match(&told, &seen);
	printf("  %u log-ins, %u records, %u sent again; %llu s told, %llu s seen, %u log-ins "
	       "cut;\n"
	       "  servers died %u times, %u reloads, %u kills\n",
	       day.sessions, day.records, day.repeats, (unsigned long long)told,
	       (unsigned long long)seen, off, day.deaths, day.reloads, kills);
	CU_ASSERT_TRUE(off <= kills);
	CU_ASSERT_TRUE(day.sessions > 500 && day.deaths && day.reloads && kills);
}

/* --- the day ---------------------------------------------------------------------------------- */

static void soak_begin(void)
{
	memset(&day, 0, sizeof(day));
	day.seed = test_seed();
	snprintf(day.folder, sizeof(day.folder), "/tmp/soak.XXXXXX");
	CU_ASSERT_PTR_NOT_NULL_FATAL(mkdtemp(day.folder));
	for (unsigned i = 0; i < SERVERS; i++)
		day.socket[i] = radius_far_open(&day.port[i]);
	for (unsigned i = 0; i < USERS; i++)
		snprintf(day.user[i].name, sizeof(day.user[i].name), "user%u", i);
	snprintf(day.morning, sizeof(day.morning), "%s", soak_conf());
	bench_start_kept(day.morning);
	bench.turn = soak_turn;
}

static void soak_end(void)
{
	char file[64];

	bench_stop();
	for (unsigned i = 0; i < SERVERS; i++) {
		close(day.socket[i]);
		snprintf(file, sizeof(file), "%s/r.%u", day.folder, i);
		unlink(file);
	}
	CU_ASSERT_EQUAL(rmdir(day.folder), 0);
}

static void every_second_adds_up(void)
{
	struct acct_view v;
	unsigned blocks;
	uint64_t began;

	soak_begin();
	began = clock_us;
	soak_until(began + 2 * HOUR);
	soak_rest();
	blocks = heap_blocks();
	soak_until(began + 24 * HOUR);
	soak_rest();
	CU_ASSERT_TRUE(heap_blocks() <= blocks + LATER_BLOCKS);
	CU_ASSERT_TRUE_FATAL(acct_view(bench.gw->acct, 0, &v));
	CU_ASSERT_EQUAL(v.waiting, 0);
	CU_ASSERT_EQUAL(v.given_up, 0);
	CU_ASSERT_EQUAL(v.sessions, 0);
	soak_reckon();
	soak_end();
}

static const struct test_case cases[] = {
	{"every_second_adds_up", every_second_adds_up},
	{NULL, NULL},
};
static const struct test_suite suite_soak = {"soak", cases};

int main(int argc, char **argv)
{
	static const struct test_suite *const suites[] = {&suite_soak, NULL};
	void *talloc = talloc_named_const(NULL, 0, "sim-soak");
	int rc;

	gw_log_start(talloc, CFG_LOG_TO_STDERR);
	gw_log_set("all", "fatal");
	bench_log_begin();
	rc = test_main(argc, argv, suites);
	gw_log_stop();
	talloc_free(talloc);
	return rc;
}
