/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Filters of a data side without workers that run: how long one is there, what it is shown, and
 * what is counted.  Opcodes as in McCanne and Jacobson, "The BSD Packet Filter" (1993).
 */
#include "gw/dp/data.h"
#include "gw/dp/image.h"
#include "tests/gw/dp/fake.h"
#include "tests/harness.h"
#include "tests/heap.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>

#include <pcap/bpf.h> /* last: it needs the types of sys/types.h */

#define FILTER_WORKERS 2u

static const struct bpf_insn filter_all[] = {BPF_STMT(BPF_RET + BPF_K, 1)};
static const struct bpf_insn filter_none[] = {BPF_STMT(BPF_RET + BPF_K, 0)};
/* an octet of 45 in front */
static const struct bpf_insn filter_45[] = {
	BPF_STMT(BPF_LD + BPF_B + BPF_ABS, 0),
	BPF_JUMP(BPF_JMP + BPF_JEQ + BPF_K, 0x45, 0, 1),
	BPF_STMT(BPF_RET + BPF_K, 65535),
	BPF_STMT(BPF_RET + BPF_K, 0),
};
/* FF 03 and this protocol, and the rest has so many octets */
#define FILTER_SHOWN(proto, len)                                                         \
	{                                                                                \
		BPF_STMT(BPF_LD + BPF_W + BPF_ABS, 0),                                   \
			BPF_JUMP(BPF_JMP + BPF_JEQ + BPF_K, 0xff030000 | (proto), 0, 3), \
			BPF_STMT(BPF_LD + BPF_W + BPF_LEN, 0),                           \
			BPF_JUMP(BPF_JMP + BPF_JEQ + BPF_K, 4 + (len), 0, 1),            \
			BPF_STMT(BPF_RET + BPF_K, 1), BPF_STMT(BPF_RET + BPF_K, 0),      \
	}

static struct {
	struct door *door;
	struct data *data;
	struct worker *w;
	struct call *c; /* 2/3, of a port that is not open */
} filter_at;

static void data_filter_begin(void)
{
	static uint8_t octets[256];
	struct door_msg port = {
		.kind = DOOR_PORT_OPEN,
		.port_open = {.transport = fake_frozen.name,
			      .cfg = {.size = sizeof(port.port_open.cfg), .name = "p"}}};
	size_t n = door_msg_encode(&port, octets, sizeof(octets));

	filter_at.door = door_new(FILTER_WORKERS);
	CU_ASSERT_PTR_NOT_NULL_FATAL(filter_at.door);
	filter_at.data = data_make(filter_at.door, false);
	CU_ASSERT_PTR_NOT_NULL_FATAL(filter_at.data);
	filter_at.data->aside = true;
	filter_at.w = filter_at.data->worker[0];
	CU_ASSERT_TRUE_FATAL(data_know(filter_at.data, &fake_frozen));
	CU_ASSERT_TRUE_FATAL(
		data_port_restore(filter_at.data, octets + DOOR_MSG_HEAD, n - DOOR_MSG_HEAD, 0));
}

static void data_filter_end(void)
{
	data_free(filter_at.data);
	door_free(filter_at.door);
}

#define FILTER_ADD(no, program) \
	data_filter_asks(no, program, sizeof(program) / sizeof((program)[0]))

static int data_filter_asks(uint32_t no, const struct bpf_insn *insn, unsigned n)
{
	const struct door_msg m = {.kind = DOOR_FILTER_ADD, .filter = {no, insn, n}};
	struct door_msg answer = {.answer.rc = 1};

	data_filter_add(filter_at.data, &m, &answer);
	return answer.answer.rc;
}

static void data_filter_goes(uint32_t no)
{
	const struct door_msg m = {.kind = DOOR_FILTER_DEL, .number.no = no};
	struct door_msg answer = {0};

	data_filter_del(filter_at.data, &m, &answer);
	CU_ASSERT_EQUAL(answer.answer.rc, 0);
}

/* Call 2/3 with these filters. */
static int data_filter_call(const uint32_t no[DP_FILTERS])
{
	struct door_msg m = {.kind = DOOR_CALL_SET,
			     .call_set = {.slot = 3,
					  .call = {.tid = 2,
						   .sid = 3,
						   .channel = (uint64_t)1 << 32 | 1,
						   .mode = DP_PUNT,
						   .mtu = 1400}}};
	struct door_msg answer = {0};

	memcpy(m.call_set.call.filter, no, sizeof(m.call_set.call.filter));
	data_call_set(filter_at.data, &m, &answer);
	filter_at.c = calltab_get(&filter_at.data->tab, 2, 3);
	return answer.answer.rc;
}

static struct filter_counters *data_filter_counted(unsigned worker, uint32_t no)
{
	return &filter_at.door->counters[worker]->filter[no % DOOR_FILTERS];
}

/* --- messages ---------------------------------------------------------------------------------- */

static void filters_that_are_refused(void)
{
	static const struct bpf_insn no_end[] = {BPF_STMT(BPF_LD + BPF_IMM, 0)};

	data_filter_begin();
	CU_ASSERT_EQUAL(FILTER_ADD(0, filter_all), -EINVAL);
	CU_ASSERT_EQUAL(FILTER_ADD(1, no_end), -EINVAL);
	CU_ASSERT_EQUAL(filter_at.data->filters.live, 0);
	CU_ASSERT_EQUAL(FILTER_ADD(1, filter_all), 0);
	CU_ASSERT_EQUAL(FILTER_ADD(1, filter_none), -EEXIST);
	CU_ASSERT_EQUAL(FILTER_ADD(2, filter_none), 0);
	data_filter_goes(3);
	data_filter_goes(0);
	CU_ASSERT_EQUAL(filter_at.data->filters.live, 2);
	data_filter_goes(1);
	CU_ASSERT_EQUAL(FILTER_ADD(1, filter_none), 0);
	data_filter_end(); /* which frees what is left */
}

/* A number that another filter has had before: each worker begins with nothing. */
static void counts_of_the_one_before_are_gone(void)
{
	data_filter_begin();
	for (unsigned w = 0; w < FILTER_WORKERS; w++)
		for (uint32_t no = 4; no < 7; no++) {
			atomic_store(&data_filter_counted(w, no)->passed, no);
			atomic_store(&data_filter_counted(w, no)->dropped, 10 + no);
		}
	CU_ASSERT_EQUAL(FILTER_ADD(5 + DOOR_FILTERS, filter_all), 0);
	CU_ASSERT_EQUAL(FILTER_ADD(5 + DOOR_FILTERS, filter_all), -EEXIST);
	for (unsigned w = 0; w < FILTER_WORKERS; w++)
		for (uint32_t no = 4; no < 7; no++) {
			CU_ASSERT_EQUAL(data_filter_counted(w, no)->passed, no == 5 ? 0 : no);
			CU_ASSERT_EQUAL(data_filter_counted(w, no)->dropped, no == 5 ? 0 : 10 + no);
		}
	data_filter_end();
}

/* What a call cannot have it has none of, and nothing that was there is held. */
static void a_call_names_one_that_is_not_there(void)
{
	data_filter_begin();
	CU_ASSERT_EQUAL(FILTER_ADD(1, filter_all), 0);
	for (unsigned i = 0; i < DP_FILTERS; i++) {
		uint32_t no[DP_FILTERS] = {1, 1, 1, 1};

		no[i] = 2;
		CU_ASSERT_NOT_EQUAL(data_filter_call(no), 0);
		CU_ASSERT_PTR_NULL(filter_at.c);
	}
	data_filter_goes(1); /* the last that held it: it is freed, or is left behind */
	data_filter_end();
}

/* Its number is given back, and another one has it: the call keeps what it has. */
static void a_call_keeps_what_it_has(void)
{
	const uint32_t no[DP_FILTERS] = {[DP_FILTER_IP_IN] = 1, [DP_FILTER_IP_OUT] = 1};
	const uint32_t none[DP_FILTERS] = {0};
	const uint8_t pkt[] = {0x45};

	data_filter_begin();
	CU_ASSERT_EQUAL(FILTER_ADD(1, filter_none), 0);
	CU_ASSERT_EQUAL(data_filter_call(no), 0);
	CU_ASSERT_PTR_NOT_NULL_FATAL(filter_at.c);
	CU_ASSERT_PTR_NULL(call_filter(filter_at.c, DP_FILTER_PPP_IN));
	data_filter_goes(1);
	rcu_drain(); /* had it been freed, the next one would be in its place */
	CU_ASSERT_EQUAL(FILTER_ADD(1, filter_all), 0);
	CU_ASSERT_FALSE(filter_run(filter_at.w, filter_at.c, DP_FILTER_IP_IN, pkt, 1));
	CU_ASSERT_FALSE(filter_run(filter_at.w, filter_at.c, DP_FILTER_IP_OUT, pkt, 1));
	CU_ASSERT_EQUAL(data_filter_call(no), 0);
	CU_ASSERT_TRUE(filter_run(filter_at.w, filter_at.c, DP_FILTER_IP_IN, pkt, 1));
	CU_ASSERT_EQUAL(data_filter_call(none), 0);
	CU_ASSERT_PTR_NULL(call_filter(filter_at.c, DP_FILTER_IP_IN));
	data_filter_end();
}

static void without_memory_for_a_data_filter(void)
{
	unsigned refused = 0;
	int rc = 1;

	data_filter_begin();
	for (unsigned skip = 0; rc && skip < 10; skip++) {
		heap_refuse(skip);
		rc = FILTER_ADD(1, filter_all);
		if (heap_refused())
			refused++;
		CU_ASSERT(!rc || rc == -ENOMEM);
		CU_ASSERT_EQUAL(filter_at.data->filters.live, !rc);
	}
	CU_ASSERT_EQUAL(rc, 0);
	CU_ASSERT(refused >= 1);
	data_filter_end();
}

/* --- frames ------------------------------------------------------------------------------------ */

/* Each place has its reason, and the call and the filter their counts, at this worker. */
static void what_is_counted(void)
{
	static const struct {
		enum dp_filter place;
		enum dp_reason why;
		bool in;
	} rows[] = {
		{DP_FILTER_IP_IN, DP_R_FILTER_IN, true},
		{DP_FILTER_PPP_IN, DP_R_FILTER_IN, true},
		{DP_FILTER_IP_OUT, DP_R_FILTER_OUT, false},
		{DP_FILTER_PPP_OUT, DP_R_FILTER_OUT, false},
	};
	const uint8_t good[] = {0x45, 0}, bad[] = {0x60, 0x45};

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		uint32_t no[DP_FILTERS] = {0};
		const struct call_rare *n;

		data_filter_begin();
		filter_at.w = filter_at.data->worker[1];
		no[rows[i].place] = 7;
		CU_ASSERT_EQUAL(FILTER_ADD(7, filter_45), 0);
		CU_ASSERT_EQUAL_FATAL(data_filter_call(no), 0);
		n = call_rare(filter_at.c->st);
		CU_ASSERT_TRUE(filter_run(filter_at.w, filter_at.c, rows[i].place, good, 2));
		for (unsigned k = 0; k < 2; k++)
			CU_ASSERT_FALSE(
				filter_run(filter_at.w, filter_at.c, rows[i].place, bad, 2));
		/* it does not look behind the end of the packet */
		CU_ASSERT_FALSE(filter_run(filter_at.w, filter_at.c, rows[i].place, good, 0));
		CU_ASSERT_EQUAL(data_filter_counted(1, 7)->passed, 1);
		CU_ASSERT_EQUAL(data_filter_counted(1, 7)->dropped, 3);
		CU_ASSERT_EQUAL(data_filter_counted(0, 7)->dropped, 0);
		CU_ASSERT_EQUAL(filter_at.w->n->reason[rows[i].why], 3);
		CU_ASSERT_EQUAL(n->filtered_in, rows[i].in ? 3 : 0);
		CU_ASSERT_EQUAL(n->filtered_out, rows[i].in ? 0 : 3);
		data_filter_end();
	}
}

/* RFC 1661 2: protocols from c000 on are link control, which passes unasked.  Others are shown with
 * FF 03 in front (RFC 1662 3.1), and up to 65535 octets behind. */
static void what_a_ppp_filter_sees(void)
{
	static const struct bpf_insn ipcp[] = FILTER_SHOWN(0x8021, 3);
	static const struct bpf_insn last[] = FILTER_SHOWN(0xbfff, 65535);
	const uint32_t no[DP_FILTERS] = {[DP_FILTER_PPP_IN] = 1, [DP_FILTER_PPP_OUT] = 2};
	uint8_t *info = calloc(1, 65537);

	data_filter_begin();
	CU_ASSERT_EQUAL(FILTER_ADD(1, ipcp), 0);
	CU_ASSERT_EQUAL(FILTER_ADD(2, last), 0);
	CU_ASSERT_EQUAL_FATAL(data_filter_call(no), 0);
#define SEES(place, proto, len) filter_run_ppp(filter_at.w, filter_at.c, place, proto, info, len)
	CU_ASSERT_TRUE(SEES(DP_FILTER_PPP_IN, 0x8021, 3));
	CU_ASSERT_FALSE(SEES(DP_FILTER_PPP_IN, 0x8021, 2));
	CU_ASSERT_FALSE(SEES(DP_FILTER_PPP_IN, 0x0021, 3));
	CU_ASSERT_FALSE(SEES(DP_FILTER_PPP_IN, 0xbfff, 3));
	CU_ASSERT_EQUAL(data_filter_counted(0, 1)->passed, 1);
	CU_ASSERT_TRUE(SEES(DP_FILTER_PPP_IN, 0xc000, 3));
	CU_ASSERT_TRUE(SEES(DP_FILTER_PPP_IN, 0xc021, 3));
	CU_ASSERT_TRUE(SEES(DP_FILTER_PPP_IN, 0xffff, 3));
	CU_ASSERT_EQUAL(data_filter_counted(0, 1)->passed, 1);
	CU_ASSERT_FALSE(SEES(DP_FILTER_PPP_OUT, 0xbfff, 65534));
	CU_ASSERT_TRUE(SEES(DP_FILTER_PPP_OUT, 0xbfff, 65535));
	CU_ASSERT_TRUE(SEES(DP_FILTER_PPP_OUT, 0xbfff, 65537));
#undef SEES
	data_filter_end();
	free(info);
}

/* --- handed over ------------------------------------------------------------------------------- */

/* Its counters go on; who has one that is not registered is a call, by its place in the counters.
 */
static void one_that_is_restored(void)
{
	static const struct bpf_insn no_end[] = {BPF_STMT(BPF_LD + BPF_IMM, 0)};
	const struct door_filter from = {9, filter_45, 4}, endless = {10, no_end, 1},
				 first = {DOOR_FILTERS, filter_45, 4};
	static const struct bpf_insn filter_four[] = {
		BPF_STMT(BPF_RET + BPF_K, 1), BPF_STMT(BPF_RET + BPF_K, 1),
		BPF_STMT(BPF_RET + BPF_K, 1), BPF_STMT(BPF_RET + BPF_K, 1)};
	const uint32_t no[DP_FILTERS] = {[DP_FILTER_IP_IN] = 9};
	const uint8_t pkt[] = {0x60};
	struct filter *kept, *given;
	struct door_msg m;

	data_filter_begin();
	atomic_store(&data_filter_counted(1, 9)->passed, 12);
	kept = data_filter_restore(filter_at.data, &from, true);
	CU_ASSERT_PTR_NOT_NULL_FATAL(kept);
	CU_ASSERT_PTR_NULL(data_filter_restore(filter_at.data, &from, true));
	CU_ASSERT_PTR_NULL(data_filter_restore(filter_at.data, &endless, true));
	CU_ASSERT_PTR_NULL(data_filter_restore(filter_at.data, &endless, false));
	given = data_filter_restore(filter_at.data, &from, false);
	CU_ASSERT_PTR_NOT_NULL_FATAL(given);
	CU_ASSERT_PTR_NOT_EQUAL(given, kept);
	CU_ASSERT_EQUAL(filter_at.data->filters.live, 1);
	CU_ASSERT_EQUAL(data_filter_counted(1, 9)->passed, 12);
	m = data_filter_message(kept, 9);
	CU_ASSERT(m.kind == DOOR_FILTER_ADD && m.filter.no == 9 && m.filter.insns == 4);
	CU_ASSERT(!memcmp(m.filter.insn, filter_45, sizeof(filter_45)));
	m = data_filter_message(given, 0);
	CU_ASSERT(m.filter.no && m.filter.no % DOOR_FILTERS == 9);
	data_filter_release(given);
	given = data_filter_restore(filter_at.data, &first, false);
	m = data_filter_message(given, 0);
	CU_ASSERT(m.filter.no && m.filter.no % DOOR_FILTERS == 0); /* 0 is none */
	CU_ASSERT_PTR_NULL(data_filter_hold(NULL));
	data_filter_release(NULL);
	data_filter_release(kept);
	data_filter_release(given);
	CU_ASSERT_EQUAL(FILTER_ADD(9, filter_all), -EEXIST);
	rcu_drain(); /* had it been freed, the next one would be in its place */
	CU_ASSERT_EQUAL(FILTER_ADD(11, filter_four), 0);
	CU_ASSERT_EQUAL_FATAL(data_filter_call(no), 0);
	CU_ASSERT_FALSE(filter_run(filter_at.w, filter_at.c, DP_FILTER_IP_IN, pkt, 1));
	data_filter_end();
}

static const struct test_case cases[] = {
	{"filters_that_are_refused", filters_that_are_refused},
	{"counts_of_the_one_before_are_gone", counts_of_the_one_before_are_gone},
	{"a_call_names_one_that_is_not_there", a_call_names_one_that_is_not_there},
	{"a_call_keeps_what_it_has", a_call_keeps_what_it_has},
	{"without_memory_for_a_data_filter", without_memory_for_a_data_filter},
	{"what_is_counted", what_is_counted},
	{"what_a_ppp_filter_sees", what_a_ppp_filter_sees},
	{"one_that_is_restored", one_that_is_restored},
	{NULL, NULL},
};
const struct test_suite suite_data_filter = {"data_filter", cases};
