/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "gw/legs/legs.h"
#include "tests/gw/bench.h"
#include "tests/heap.h"

#include <stdio.h>

#define CONF                                         \
	"host-name = gw\n"                           \
	"udp a { listen = \"192.0.2.1:1701\" }\n"    \
	"pool s { ranges = { \"10.64.0.0/24\" } }\n" \
	"service s { local = 10.64.0.1  pool = s  auth = none }\n"

static const uint8_t request[] = {0xc0, 0x21, 1, 1, 0, 4};
static const struct leg_origin origin = {.number = 7};
static unsigned gones;
static struct leg_end gone_why;

static void leg_line_on_gone(void *ctx, const struct leg_end *why, uint64_t now)
{
	(void)ctx;
	(void)now;
	gones++;
	gone_why = *why;
}

static const struct join_owner owner = {.gone = leg_line_on_gone};

/* Line 9 with our PPP behind it. */
static struct leg *leg_line_bench(bool is_up)
{
	struct leg *line;

	bench_start(CONF);
	fake.frame = NULL;
	gones = 0;
	line = leg_line_new(bench.gw, FAR_CHANNEL, 9, &origin, is_up);
	CU_ASSERT_PTR_NOT_NULL_FATAL(join_new(bench.gw->joins, line,
					      leg_server_new(bench.gw, &bench.gw->service[0]),
					      &owner, NULL, clock_us));
	return line;
}

static void leg_line_starts(struct leg *line)
{
	join_start(line->join, clock_us);
}

/* What the far end of the circuit hears, for each cause. */
static void the_circuit_is_told_why(void)
{
	static const struct ist_cause told[LEG_CAUSES] = {
		[LEG_BY_OPERATOR] = {IST_CAUSE_LOCAL, 0, 0, "cleared by the operator"},
		[LEG_BY_SHUTDOWN] = {IST_CAUSE_LOCAL, 0, 0, "shutting down"},
		[LEG_BY_PEER] = {IST_CAUSE_LOCAL, 0, 0, "the far end has hung up"},
		[LEG_BY_LOSS] = {IST_CAUSE_LOCAL, 0, 0, "lost carrier"},
		[LEG_BY_TIMEOUT] = {IST_CAUSE_TIMEOUT, 0, 0, "no answer"},
		[LEG_BY_AUTH] = {IST_CAUSE_LOCAL, 0, 0, "not let in"},
		[LEG_BY_MISMATCH] = {IST_CAUSE_LOCAL, 0, 0, "nothing could be agreed"},
		[LEG_BY_RESOURCES] = {IST_CAUSE_LOCAL, 0, 0, "no resources"},
		[LEG_BY_LIMIT] = {IST_CAUSE_LOCAL, 0, 0, "time limit"},
		[LEG_BY_ANOTHER] = {IST_CAUSE_LOCAL, 0, 0, "another log-in"},
	};

	for (unsigned i = 0; i < LEG_CAUSES; i++) {
		struct leg *line = leg_line_bench(true);
		struct leg_end why = leg_end((enum leg_cause)i, "some words");
		char want[96];

		leg_line_starts(line);
		CU_ASSERT_EQUAL(line->state, LEG_UP);
		CU_ASSERT_PTR_NOT_NULL(fake_entry(0, 9));
		line->ops->stop(line, &why, clock_us);
		snprintf(want, sizeof(want), "disconnect 100000007 %d %s", told[i].kind,
			 told[i].words);
		CU_ASSERT_EQUAL(fake_said(want), 1);
		CU_ASSERT_EQUAL(fake_said("disconnect"), 1);
		CU_ASSERT_EQUAL(fake.calls, 0);
		CU_ASSERT_EQUAL(line->state, LEG_GONE);
		bench_pass(0);
		CU_ASSERT_EQUAL(gones, 1);
		CU_ASSERT_EQUAL(gone_why.cause, i);
		bench_stop();
	}
}

/* A circuit that is called has an entry when it is up, and with the MTU it has then. */
static void a_circuit_that_is_called(void)
{
	struct leg *line = leg_line_bench(false);

	CU_ASSERT_FALSE(leg_line_is_up(line));
	CU_ASSERT_PTR_EQUAL(leg_line_origin(line), &origin);
	leg_line_starts(line);
	CU_ASSERT_EQUAL(line->state, LEG_STARTING);
	CU_ASSERT_EQUAL(fake.calls, 0);
	line->ops->frame(line, request, sizeof(request), clock_us);
	CU_ASSERT_EQUAL(bench.gw->joins->drop[JOIN_D_SEND_NOT_UP], 1);
	CU_ASSERT_EQUAL(fake_said("ppp"), 0);
	fake.mtu = 900;
	leg_line_up(line, clock_us);
	CU_ASSERT_TRUE(leg_line_is_up(line));
	CU_ASSERT_EQUAL(line->state, LEG_UP);
	CU_ASSERT_EQUAL_FATAL(fake.calls, 1);
	CU_ASSERT_TRUE(fake.call[0].no_address && fake.call[0].channel == FAR_CHANNEL);
	CU_ASSERT_EQUAL(fake.call[0].mtu, 898);
	CU_ASSERT_EQUAL(fake_said("ppp c021"), 1); /* our Configure-Request */
	line->ops->frame(line, request, sizeof(request), clock_us);
	CU_ASSERT_EQUAL(fake_said("ppp c021"), 2);
	CU_ASSERT_EQUAL(bench.gw->joins->drop[JOIN_D_SEND_NOT_UP], 1);
	/* up again changes nothing */
	leg_line_up(line, clock_us);
	CU_ASSERT_EQUAL(fake_said("set"), 1);
	bench_stop();
}

static void up_before_it_is_started(void)
{
	struct leg *line = leg_line_bench(false);

	leg_line_up(line, clock_us);
	CU_ASSERT_TRUE(leg_line_is_up(line));
	CU_ASSERT_EQUAL(line->state, LEG_IDLE);
	CU_ASSERT_EQUAL(fake.calls, 0);
	leg_line_starts(line);
	CU_ASSERT_EQUAL(line->state, LEG_UP);
	CU_ASSERT_EQUAL(fake.calls, 1);
	bench_stop();
}

static void no_room_for_it(void)
{
	struct leg *line = leg_line_bench(true);

	fake.call_refuses = true;
	leg_line_starts(line);
	bench_pass(0);
	CU_ASSERT_EQUAL(gones, 1);
	CU_ASSERT_EQUAL(gone_why.cause, LEG_BY_RESOURCES);
	CU_ASSERT_STRING_EQUAL(gone_why.words, "no room for the line");
	CU_ASSERT_EQUAL(fake_said("disconnect"), 1);
	CU_ASSERT_EQUAL(bench.gw->joins->n, 0);
	bench_stop();
}

/* One that has gone down is not cleared, and ends once. */
static void a_circuit_that_is_lost(void)
{
	struct leg *line = leg_line_bench(true);
	struct leg_end why = leg_end(LEG_BY_LOSS, "PVC inactive");

	leg_line_starts(line);
	leg_line_lost(line, &why, clock_us);
	CU_ASSERT_EQUAL(line->state, LEG_GONE);
	CU_ASSERT_EQUAL(fake.calls, 0);
	leg_line_lost(line, &why, clock_us);
	CU_ASSERT_EQUAL(fake_said("disconnect"), 0);
	CU_ASSERT_EQUAL(gones, 1);
	CU_ASSERT_STRING_EQUAL(gone_why.words, "PVC inactive");
	bench_pass(0);
	CU_ASSERT_EQUAL(bench.gw->joins->n, 0);
	bench_stop();
}

/* In each state: passed on, or counted. */
static void frames_in_each_state(void)
{
	static const struct {
		enum leg_state state;
		unsigned dropped;
	} rows[] = {
		{LEG_IDLE, 0}, {LEG_STARTING, 0}, {LEG_UP, 0}, {LEG_STOPPING, 1}, {LEG_GONE, 1}};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct leg *line = leg_line_bench(true);

		line->state = rows[i].state;
		leg_line_rx(line, request, sizeof(request), clock_us);
		CU_ASSERT_EQUAL(bench.gw->joins->drop[JOIN_D_NOT_UP], rows[i].dropped);
		/* what is passed on waits for our PPP */
		CU_ASSERT_EQUAL(line->join->early != NULL, !rows[i].dropped);
		bench_stop();
	}
}

static void its_accm_and_mtu(void)
{
	struct leg *line = leg_line_bench(true);

	leg_line_starts(line);
	line->ops->accm(line, 0x000a0000, 0xffffffff, clock_us);
	CU_ASSERT_EQUAL(fake_said("accm 100000007 000a0000 ffffffff"), 1);
	fake.mtu = 300;
	CU_ASSERT_EQUAL(line->ops->mtu(line), 298);
	leg_line_mtu_changed(line);
	CU_ASSERT_EQUAL_FATAL(fake.calls, 1);
	CU_ASSERT_EQUAL(fake.call[0].mtu, 298);
	bench_stop();
}

/* Another leg has its entry and circuit: neither is touched when it goes. */
static void let_go(void)
{
	struct leg *line = leg_line_bench(true);
	struct leg_end why = leg_end(LEG_BY_OPERATOR, NULL);
	const struct dp_call *e;

	leg_line_starts(line);
	e = leg_line_entry(line);
	CU_ASSERT_TRUE(e->sid == 9 && e->channel == FAR_CHANNEL && !e->tid);
	leg_line_let_go(line);
	join_cut(line->join, &why, clock_us);
	bench_pass(0);
	CU_ASSERT_EQUAL(bench.gw->joins->n, 0);
	CU_ASSERT_EQUAL(fake_said("disconnect"), 0);
	CU_ASSERT_EQUAL(fake_said("del"), 0);
	CU_ASSERT_EQUAL(fake.calls, 1);
	dp_call_del(bench.gw->dp, 0, 9);
	bench_stop();
}

static void without_memory_there_is_none(void)
{
	bench_start(CONF);
	heap_refuse(0);
	CU_ASSERT_PTR_NULL(leg_line_new(bench.gw, FAR_CHANNEL, 9, &origin, true));
	CU_ASSERT_TRUE(heap_refused());
	bench_stop();
}

static const struct test_case cases[] = {
	{"the_circuit_is_told_why", the_circuit_is_told_why},
	{"a_circuit_that_is_called", a_circuit_that_is_called},
	{"up_before_it_is_started", up_before_it_is_started},
	{"no_room_for_it", no_room_for_it},
	{"a_circuit_that_is_lost", a_circuit_that_is_lost},
	{"frames_in_each_state", frames_in_each_state},
	{"its_accm_and_mtu", its_accm_and_mtu},
	{"let_go", let_go},
	{"without_memory_there_is_none", without_memory_there_is_none},
	{NULL, NULL},
};
const struct test_suite suite_leg_line = {"leg_line", cases};
