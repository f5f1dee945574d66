/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A data plane that gets no memory: each allocation is refused once.  Without threads, so that all
 * of it is this thread's. */
#include "tests/gw/dp/fake.h"
#include "tests/harness.h"
#include "tests/heap.h"

#include <errno.h>
#include <pcap/pcap.h>
#include <string.h>

static void whole_or_not_at_all(void)
{
	static const struct dp_ops none;

	for (unsigned workers = 0; workers < 3; workers++) {
		unsigned refused = 0;
		bool more = true;

		for (unsigned n = 0; more; n++) {
			struct dp *dp;

			heap_refuse(n);
			dp = dp_new(workers, &none, NULL);
			more = heap_refused();
			refused += more;
			CU_ASSERT_EQUAL(more, !dp);
			if (dp)
				dp_free(dp);
		}
		CU_ASSERT(refused >= 10 * workers + 5);
	}
}

static void a_port(void)
{
	struct fake *f = fake_new();
	bool more = true;
	struct rig r;

	rig_up(&r, 0, &fake_flow);
	for (unsigned n = 0; more; n++) {
		char err[64];
		int port;

		heap_refuse(n);
		port = rig_open(&r, &fake_flow, f, err, sizeof(err));
		more = heap_refused();
		CU_ASSERT(more ? port == -ENOMEM : port > 0);
		CU_ASSERT_STRING_EQUAL(err, more ? "Cannot allocate memory" : "");
	}
	rig_down(&r);
	fake_free(f);
}

/* There are no more than the numbers for them. */
static void many_ports(void)
{
	struct fake *f = fake_new();
	char err[64];
	struct rig r;
	int last = 0;
	unsigned n = 1;

	rig_up(&r, 0, &fake_flow);
	while ((last = rig_open(&r, &fake_flow, f, err, sizeof(err))) >= 0)
		n++;
	CU_ASSERT_EQUAL(last, -ENOSPC);
	CU_ASSERT_STRING_EQUAL(err, "more than 256 ports");
	CU_ASSERT_EQUAL(n, 256);
	rig_down(&r);
	fake_free(f);
}

static const struct bpf_insn all[] = {BPF_STMT(BPF_RET + BPF_K, 1)};

static void a_filter(void)
{
	bool more = true;
	uint32_t no;
	struct rig r;

	rig_up(&r, 0, &fake_flow);
	for (unsigned n = 0; more; n++) {
		struct dp_filter_counters count;
		int rc;

		heap_refuse(n);
		rc = dp_filter_add(r.dp, all, 1, &no);
		more = heap_refused();
		CU_ASSERT_EQUAL(rc, more ? -ENOMEM : 0);
		CU_ASSERT_EQUAL(dp_filter_count(r.dp, no, &count), !more);
		CU_ASSERT(n > 1 || more); /* the program, and its place */
	}
	rig_down(&r);
}

static const struct dp_call new_call = {.tid = 2, .sid = 3, .mode = DP_PUNT, .mtu = 1400};

/* tid 0: a line, which needs a place in one more table. */
static void refuse_a_call(uint16_t tid)
{
	for (int was_there = 0; was_there < 2; was_there++) {
		bool more = true;
		uint32_t filter;
		struct rig r;

		rig_up(&r, 0, &fake_flow);
		CU_ASSERT_FATAL(!dp_filter_add(r.dp, all, 1, &filter));
		for (unsigned n = 0; more; n++) {
			struct dp_call c = new_call;
			struct dp_call_stats st;

			c.tid = tid;
			c.filter[DP_FILTER_PPP_OUT] = filter;
			c.channel = rig_channel(&r, 5);
			if (was_there)
				CU_ASSERT_EQUAL(dp_call_set(r.dp, &c), 0);
			c.mode = DP_TERMINAL;
			heap_refuse(n);
			CU_ASSERT_EQUAL(dp_call_set(r.dp, &c),
					(more = heap_refused()) ? -ENOMEM : 0);
			CU_ASSERT_EQUAL(dp_call_stats(r.dp, tid, 3, &st), was_there || !more);
			dp_call_del(r.dp, tid, 3);
			CU_ASSERT_FALSE(dp_call_stats(r.dp, tid, 3, &st));
		}
		rig_down(&r);
	}
}

static void a_call(void)
{
	refuse_a_call(2);
}

static void a_line(void)
{
	refuse_a_call(0);
}

static void a_channel(void)
{
	const struct ist_addr to = {.len = 1, .data = {42}};
	bool more = true;
	struct rig r;

	rig_up(&r, 0, &fake_flow);
	for (unsigned n = 0; more; n++) {
		l2tp_channel c;
		int rc;

		heap_refuse(n);
		rc = dp_connect(r.dp, r.port, &to, NULL, IST_PAYLOAD_L2TP, &c);
		more = heap_refused();
		CU_ASSERT(rc == 0 || (more && rc == -ENOMEM));
	}
	rig_down(&r);
}

/* A report that is lost would leave control and data of two minds: the port fails instead, and that
 * is told without more memory. */
static void a_report(void)
{
	static const struct {
		enum fake_what kind;
		const char *line;
	} rows[] = {{FAKE_OFFER, "offer 5"},
		    {FAKE_UP, "up 5"},
		    {FAKE_DOWN, "down 5 inactive"},
		    {FAKE_DOWN_FOREVER, "down 5 inactive forever"},
		    {FAKE_MTU, "mtu 5 701"}};

	for (size_t k = 0; k < sizeof(rows) / sizeof(rows[0]); k++) {
		unsigned failed = 0;
		bool more = true;

		for (unsigned n = 0; more; n++) {
			struct rig r;

			rig_up(&r, 0, &fake_flow);
			if (rows[k].kind >= FAKE_DOWN) {
				fake_say(r.fake, FAKE_UP, 5);
				CU_ASSERT(rig_wait_lines(&r, 1));
				r.n_line = 0;
			}
			fake_say_mtu(r.fake, 5, 700);
			r.fake->n_todo = 0;
			if (rows[k].kind == FAKE_MTU)
				fake_say_mtu(r.fake, 5, 701);
			else
				fake_say(r.fake, rows[k].kind, 5);
			heap_refuse(n);
			CU_ASSERT(rig_wait_lines(&r, 1));
			more = heap_refused();
			if (!strncmp(r.line[0].text, "failed", 6)) {
				CU_ASSERT(more && strstr(r.line[0].text, "-12 no memory for a "));
				failed++;
			} else { /* or the control side could not note it, and tells it all the same
				  */
				CU_ASSERT_EQUAL(
					strncmp(r.line[0].text, rows[k].line, strlen(rows[k].line)),
					0);
			}
			rig_down(&r);
		}
		CU_ASSERT(failed > 0);
	}
}

static const struct test_case cases[] = {
	{"whole_or_not_at_all", whole_or_not_at_all},
	{"a_port", a_port},
	{"many_ports", many_ports},
	{"a_filter", a_filter},
	{"a_call", a_call},
	{"a_line", a_line},
	{"a_channel", a_channel},
	{"a_report", a_report},
	{NULL, NULL},
};
const struct test_suite suite_dp_memory = {"dp_memory", cases};
