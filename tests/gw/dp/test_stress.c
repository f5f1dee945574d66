/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Two workers that are never idle: each has a port that gives it frames as fast as it takes them,
 * some before their turn and some never, and takes what leaves, now and then only a part.
 * Meanwhile calls come and go, change and are counted, and the data side is handed over.  Frames of
 * a call must leave in their order, and of all that came each one has left, is with control, or was
 * dropped for a reason.  A build with --enable-sanitize=thread looks for races in it besides.
 */
#include "config.h" /* first: GNU extensions */

#include "core/bytes.h"
#include "tests/gw/dp/pass.h"
#include "tests/harness.h"
#include "tests/heap.h"

#include <pcap.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define STRESS_PAIRS	16u
#define STRESS_CHANNELS 4u
#define STRESS_OPS	200u
#define STRESS_GUESTS	64u
#define STRESS_DAY	(test_sanitized ? 10800u : 86400u)
#define STRESS_LATER	512u
#define STRESS_STEP	64u /* frames that have come before the next thing is done */
#define STRESS_BATCH	16u
#define STRESS_FRAME	24u
#define STRESS_TID	2u  /* of the calls of the first port, the second one's are one more */
#define STRESS_SID	10u /* of the first pair */
#define STRESS_PATIENCE 30000000u /* us: the machine may be busy */

/* What comes by one call of a pair and leaves by the other. */
struct stress_flow {
	/* the worker where it comes in */
	uint16_t ns;
	uint32_t made;
	/* the worker where it leaves */
	uint32_t left;
};

struct stress_port {
	const struct ist_host *host;
	void *ctx;
	unsigned no;
	uint64_t seed;
	bool told; /* its channels are up */
	bool full[STRESS_CHANNELS + 1];
	uint8_t octets[STRESS_BATCH][STRESS_FRAME];
};

/* Without `pass`: whatever the workers share with the test is atomic. */
static struct {
	struct stress_port port[2];
	struct stress_flow flow[2][STRESS_PAIRS];
	atomic_bool go;
	_Atomic uint64_t frames, control; /* that came */
	_Atomic uint64_t sent, disorder;
	/* the test's own */
	uint64_t seed, given, told, told_control; /* given: to be sent, or dropped */
	uint32_t filter;
	unsigned changes, passes, guests;
} load;

static unsigned stress_random(uint64_t *seed, unsigned n)
{
	return (unsigned)(test_rand(seed) % n);
}

/* --- the ports -------------------------------------------------------------------------------- */

static void stress_begin_port(struct stress_port *p, const struct ist_host *host, void *ctx)
{
	p->host = host;
	p->ctx = ctx;
	p->told = false;
	host->wake(ctx);
}

static struct stress_port *stress_port_of(const struct ist_port_config *cfg)
{
	return &load.port[cfg->name[0] == 'b'];
}

static int stress_open(struct ist_port **out, const struct ist_host *host, void *ctx,
		       const struct ist_port_config *cfg, char *err, size_t err_len)
{
	(void)err;
	(void)err_len;
	stress_begin_port(stress_port_of(cfg), host, ctx);
	*out = (struct ist_port *)stress_port_of(cfg);
	return 0;
}

static void stress_close(struct ist_port *p)
{
	(void)p;
}

static int stress_freeze(struct ist_port *p, struct ist_frozen *f)
{
	(void)p;
	f->octets[0] = 's';
	f->len = 1;
	return 0;
}

static int stress_thaw(struct ist_port **out, const struct ist_host *host, void *ctx,
		       const struct ist_port_config *cfg, struct ist_frozen *f, char *err,
		       size_t err_len)
{
	return f->len == 1 ? stress_open(out, host, ctx, cfg, err, err_len) : -EINVAL;
}

/* The number that a frame bears is its last four octets, its call the third pair of octets. */
static void stress_left(const struct stress_port *p, const struct ist_frame *f)
{
	uint8_t all[2 * STRESS_FRAME];
	struct stress_flow *w;
	uint32_t number;
	struct rd r;

	if (f->flags & IST_FRAME_CONTROL)
		return;
	if (f->head_len)
		memcpy(all, f->head, f->head_len);
	memcpy(all + f->head_len, f->payload, f->len);
	atomic_fetch_add(&load.sent, 1);
	r = rd_init(all + f->head_len + f->len - 4, 4);
	number = rd_u32(&r);
	if (!number)
		return; /* control's own */
	r = rd_init(all + 4, 2);
	w = &load.flow[!p->no][rd_u16(&r) - STRESS_SID];
	if (number <= w->left)
		atomic_fetch_add(&load.disorder, 1);
	w->left = number;
}

static int stress_send(struct ist_port *port, const struct ist_frame *f, unsigned n)
{
	struct stress_port *p = (struct stress_port *)port;
	unsigned take = n;

	if (p->full[f->channel])
		return 0;
	if (!stress_random(&p->seed, 16))
		take = stress_random(&p->seed, n + 1);
	p->full[f->channel] = take < n;
	for (unsigned i = 0; i < take; i++)
		stress_left(p, &f[i]);
	return (int)take;
}

static void stress_tell(struct stress_port *p)
{
	const struct ist_attrs a = {
		.size = sizeof(a), .payload = IST_PAYLOAD_L2TP, .permanent = true};

	p->told = true;
	for (ist_channel c = 1; c <= STRESS_CHANNELS; c++)
		p->host->up(p->ctx, c, &a);
}

/* RFC 2661 3.1: data with Ns and Nr; one number in 32 is left out. */
static void stress_make(struct stress_port *p, struct ist_frame *f, uint8_t *out)
{
	unsigned i = stress_random(&p->seed, STRESS_PAIRS);
	struct stress_flow *w = &load.flow[p->no][i];
	struct wr m = wr_init(out, STRESS_FRAME);

	w->ns = (uint16_t)(w->ns + 1 + !stress_random(&p->seed, 32));
	wr_u16(&m, 0x0802);
	wr_u16(&m, (uint16_t)(STRESS_TID + p->no));
	wr_u16(&m, (uint16_t)(STRESS_SID + i));
	wr_u16(&m, w->ns);
	wr_u16(&m, 0);
	wr_u32(&m, 0xff030021);
	wr_u32(&m, ++w->made);
	*f = (struct ist_frame){
		.channel = 1 + i % STRESS_CHANNELS, .payload = out, .len = (uint32_t)m.len};
}

static void stress_batch(struct stress_port *p)
{
	static const uint8_t zlb[] = {0xc8, 0x02, 0, 12, 0, 9, 0, 0, 0, 0, 0, 0};
	struct ist_frame f[STRESS_BATCH + 1];
	unsigned n;

	for (n = 0; n < STRESS_BATCH; n++)
		stress_make(p, &f[n], p->octets[n]);
	for (unsigned i = 1; i < n; i++) {
		unsigned k = i - 1 + stress_random(&p->seed, 2);
		struct ist_frame was = f[i];

		f[i] = f[k];
		f[k] = was;
	}
	if (!stress_random(&p->seed, 8)) {
		f[n++] = (struct ist_frame){.channel = 1, .payload = zlb, .len = sizeof(zlb)};
		atomic_fetch_add(&load.control, 1);
	}
	p->host->frames(p->ctx, f, n);
	atomic_fetch_add(&load.frames, STRESS_BATCH);
}

static void stress_on_wake(struct ist_port *port)
{
	struct stress_port *p = (struct stress_port *)port;

	if (!p->told)
		stress_tell(p);
	for (ist_channel c = 1; c <= STRESS_CHANNELS; c++) {
		if (!p->full[c])
			continue;
		p->full[c] = false;
		p->host->writable(p->ctx, c);
	}
	if (atomic_load(&load.go))
		stress_batch(p);
	p->host->wake(p->ctx);
}

static const struct ist_transport stress_transport = {
	.abi = IST_TRANSPORT_ABI,
	.size = sizeof(struct ist_transport),
	.name = "stress",
	.caps = IST_CAP_L2TP | IST_CAP_FLOW,
	.open = stress_open,
	.close = stress_close,
	.send = stress_send,
	.on_wake = stress_on_wake,
	.freeze = stress_freeze,
	.thaw = stress_thaw,
};
static const struct ist_transport *const stress_known[] = {&stress_transport, NULL};

/* --- control ---------------------------------------------------------------------------------- */

static void stress_on_control(void *ctx, l2tp_channel c, const uint8_t *p, size_t len, uint64_t now)
{
	(void)ctx;
	(void)c;
	(void)p;
	(void)len;
	(void)now;
	load.told_control++;
}

static void stress_on_ppp(void *ctx, uint16_t tid, uint16_t sid, const uint8_t *p, size_t len,
			  uint64_t now)
{
	(void)ctx;
	(void)tid;
	(void)sid;
	(void)p;
	(void)len;
	(void)now;
	load.told++;
}

static const struct dp_ops stress_ops = {.control = stress_on_control, .ppp = stress_on_ppp};

static l2tp_channel stress_channel(unsigned side, unsigned pair)
{
	return (uint64_t)(load.port[side].no + 1) << 32 | (1 + pair % STRESS_CHANNELS);
}

static void stress_set(struct pass *p, unsigned side, unsigned pair, bool punt, bool filtered)
{
	struct dp_call c = {
		.tid = (uint16_t)(STRESS_TID + side),
		.sid = (uint16_t)(STRESS_SID + pair),
		.channel = stress_channel(side, pair),
		.data = {.peer_tid = 99,
			 .peer_sid = (uint16_t)(STRESS_SID + pair),
			 .lns = true,
			 .reorder = (uint8_t)stress_random(&load.seed, 9),
			 .reorder_timeout = stress_random(&load.seed, 2000)},
		.mode = punt ? DP_PUNT : DP_FORWARD,
		.to_tid = (uint16_t)(STRESS_TID + !side),
		.to_sid = (uint16_t)(STRESS_SID + pair),
		.ff03 = true,
		.mtu = 1400,
	};

	if (filtered)
		c.filter[DP_FILTER_PPP_IN] = load.filter;
	CU_ASSERT_EQUAL(dp_call_set(p->r.dp, &c), 0);
}

static void stress_call(struct pass *p, unsigned pair)
{
	stress_set(p, 0, pair, false, false);
	stress_set(p, 1, pair, false, false);
}

static void stress_comes(struct pass *p)
{
	for (unsigned i = 0; i < 3; i++)
		stress_call(p, stress_random(&load.seed, STRESS_PAIRS));
}

static void stress_goes(struct pass *p)
{
	unsigned pair = stress_random(&load.seed, STRESS_PAIRS);

	dp_call_del(p->r.dp, STRESS_TID, (uint16_t)(STRESS_SID + pair));
	dp_call_del(p->r.dp, STRESS_TID + 1, (uint16_t)(STRESS_SID + pair));
}

/* The other one finds nobody for its frames. */
static void stress_leg_goes(struct pass *p)
{
	unsigned leg = stress_random(&load.seed, 2 * STRESS_PAIRS);

	dp_call_del(p->r.dp, (uint16_t)(STRESS_TID + leg % 2), (uint16_t)(STRESS_SID + leg / 2));
}

/* Its entry keeps its state. */
static void stress_changes(struct pass *p)
{
	unsigned pair = stress_random(&load.seed, STRESS_PAIRS);

	stress_set(p, stress_random(&load.seed, 2), pair, stress_random(&load.seed, 2),
		   stress_random(&load.seed, 2));
	load.changes++;
}

static void stress_new_filter(struct pass *p)
{
	static const struct bpf_insn all = {BPF_RET | BPF_K, 0, 0, 65535};

	dp_filter_del(p->r.dp, load.filter);
	CU_ASSERT_EQUAL(dp_filter_add(p->r.dp, &all, 1, &load.filter), 0);
}

static void stress_looks(struct pass *p)
{
	unsigned leg = stress_random(&load.seed, 2 * STRESS_PAIRS);
	struct dp_call_stats s;
	struct dp_counters n;
	char text[64];

	dp_count(p->r.dp, &n);
	dp_call_stats(p->r.dp, (uint16_t)(STRESS_TID + leg % 2), (uint16_t)(STRESS_SID + leg / 2),
		      &s);
	dp_tunnel_heard(p->r.dp, STRESS_TID);
	dp_port_status(p->r.dp, load.port[leg % 2].no, text, sizeof(text));
}

static void stress_sends(struct pass *p)
{
	static const uint8_t echo[] = {0xc0, 0x21, 9, 1, 0, 8, 0, 0, 0, 0}, hello[20] = {0xc8, 2};
	unsigned leg = stress_random(&load.seed, 2 * STRESS_PAIRS);

	dp_ppp_send(p->r.dp, (uint16_t)(STRESS_TID + leg % 2), (uint16_t)(STRESS_SID + leg / 2),
		    echo, sizeof(echo));
	dp_send(p->r.dp, stress_channel(leg % 2, leg / 2), hello, sizeof(hello), leg, 0);
	load.given += 2;
}

static void stress_passes(struct pass *p)
{
	CU_ASSERT_EQUAL_FATAL(pass_on_to(p, stress_known), 0);
	load.passes++;
}

/* --- the reckoning ---------------------------------------------------------------------------- */

/* What is dropped on its way to control is not among the frames. */
static uint64_t stress_drops(const struct dp_counters *n)
{
	uint64_t all = 0;

	for (unsigned i = 0; i < DP_R_COUNT; i++)
		if (i != DP_R_CONTROL_RING)
			all += n->reason[i];
	return all;
}

static bool stress_adds_up(struct dp *dp)
{
	struct dp_counters n;

	dp_count(dp, &n);
	return n.rx_frames == atomic_load(&load.frames) &&
	       n.rx_control == atomic_load(&load.control) &&
	       n.rx_control == load.told_control + n.reason[DP_R_CONTROL_RING] &&
	       n.tx_frames == atomic_load(&load.sent) &&
	       n.rx_frames + load.given ==
		       n.tx_frames + n.tx_control + load.told + stress_drops(&n);
}

static void stress_show(struct dp *dp)
{
	struct dp_counters n;

	dp_count(dp, &n);
	printf("  %llu frames came, %llu left, %llu are with control, %llu were dropped; %u "
	       "changes, %u hand-overs\n",
	       (unsigned long long)n.rx_frames, (unsigned long long)n.tx_frames,
	       (unsigned long long)load.told, (unsigned long long)stress_drops(&n), load.changes,
	       load.passes);
	for (unsigned i = 0; i < DP_R_COUNT; i++)
		if (n.reason[i])
			printf("    %s %llu\n", dp_reasons[i].key, (unsigned long long)n.reason[i]);
}

static void stress_turn(struct pass *p)
{
	struct pollfd fd = {.fd = dp_fd(p->r.dp), .events = POLLIN};

	poll(&fd, 1, 1);
	dp_poll(p->r.dp);
}

static void stress_wait_frames(struct pass *p, unsigned more)
{
	uint64_t until = atomic_load(&load.frames) + more, end = dp_now() + STRESS_PATIENCE;

	do {
		stress_turn(p);
		CU_ASSERT_TRUE_FATAL(dp_now() < end);
	} while (atomic_load(&load.frames) < until);
}

/* --- the test --------------------------------------------------------------------------------- */

static void stress_begin(struct pass *p)
{
	memset(&load, 0, sizeof(load));
	load.seed = test_seed();
	atomic_store(&load.go, true);
	memset(p, 0, sizeof(*p));
	p->ops = &stress_ops;
	p->r.fake = fake_new();
	p->door = door_new(2);
	CU_ASSERT_PTR_NOT_NULL_FATAL(p->door);
	p->data = data_new(p->door, true);
	CU_ASSERT_PTR_NOT_NULL_FATAL(p->data);
	p->first = true;
	CU_ASSERT_TRUE_FATAL(data_know(p->data, &stress_transport));
	CU_ASSERT_TRUE_FATAL(data_start_thread(p->data));
	pass_attach(p);
	for (unsigned i = 0; i < 2; i++)
		load.port[i].seed = test_rand(&load.seed);
	load.port[1].no = 1; /* and its worker is the second one */
	CU_ASSERT_EQUAL_FATAL(pass_port(p, &stress_transport, "a"), 0);
	CU_ASSERT_EQUAL_FATAL(pass_port(p, &stress_transport, "b"), 1);
	stress_new_filter(p);
}

/* All calls go, and with them what they hold. */
static void stress_rest(struct pass *p)
{
	uint64_t end = dp_now() + STRESS_PATIENCE;

	atomic_store(&load.go, false);
	for (unsigned i = 0; i < 2 * STRESS_PAIRS; i++)
		dp_call_del(p->r.dp, (uint16_t)(STRESS_TID + i % 2),
			    (uint16_t)(STRESS_SID + i / 2));
	while (!stress_adds_up(p->r.dp) && dp_now() < end)
		stress_turn(p);
}

static void stress_step(struct pass *p)
{
	static const struct {
		unsigned one_in;
		void (*run)(struct pass *p);
	} rows[] = {
		{50, stress_passes}, {12, stress_new_filter}, {4, stress_looks},
		{4, stress_sends},   {8, stress_leg_goes},    {4, stress_goes},
		{3, stress_changes}, {1, stress_comes},
	};
	unsigned k = 0;

	stress_wait_frames(p, STRESS_STEP);
	while (stress_random(&load.seed, rows[k].one_in))
		k++;
	rows[k].run(p);
}

static void calls_come_and_go_under_full_load(void)
{
	struct pass p;

	stress_begin(&p);
	for (unsigned i = 0; i < STRESS_PAIRS; i++)
		stress_call(&p, i);
	for (unsigned i = 0; i < STRESS_OPS; i++)
		stress_step(&p);
	stress_rest(&p);
	stress_show(p.r.dp);
	CU_ASSERT_TRUE(stress_adds_up(p.r.dp));
	CU_ASSERT_EQUAL(atomic_load(&load.disorder), 0);
	pass_end(&p);
}

/* --- a day ------------------------------------------------------------------------------------ */

/* One that lives for a moment, with a filter and numbers, as the other half of no pair. */
static void stress_guest(struct pass *p, unsigned n)
{
	struct dp_call c = {
		.tid = STRESS_TID,
		.sid = (uint16_t)(STRESS_SID + STRESS_PAIRS + n % STRESS_GUESTS),
		.channel = stress_channel(0, n),
		.data = {.peer_tid = 99, .peer_sid = STRESS_SID, .reorder = 8},
		.mode = DP_FORWARD,
		.to_tid = STRESS_TID + 1,
		.to_sid = STRESS_SID,
		.mtu = 1400,
		.filter = {[DP_FILTER_PPP_IN] = load.filter},
	};

	CU_ASSERT_EQUAL(dp_call_set(p->r.dp, &c), 0);
	dp_call_del(
		p->r.dp, c.tid,
		(uint16_t)(STRESS_SID + STRESS_PAIRS + (n + STRESS_GUESTS / 2) % STRESS_GUESTS));
	load.guests++;
}

/* So many calls come and go, with what befalls those of the pairs; then all have gone. */
static void stress_hours(struct pass *p, unsigned calls)
{
	uint64_t end;

	atomic_store(&load.go, true);
	for (unsigned i = 0; i < calls; i++) {
		stress_guest(p, i);
		if (i % 512 == 0)
			stress_step(p);
		if (i % 64 == 0)
			stress_turn(p);
	}
	for (unsigned i = 0; i < STRESS_GUESTS; i++)
		dp_call_del(p->r.dp, STRESS_TID, (uint16_t)(STRESS_SID + STRESS_PAIRS + i));
	stress_rest(p);
	stress_passes(p); /* whatever only ends with its data side does */
	end = dp_now() + STRESS_PATIENCE;
	while (!stress_adds_up(p->r.dp) && dp_now() < end)
		stress_turn(p);
	CU_ASSERT_TRUE(stress_adds_up(p->r.dp));
}

/* A call for each second of it, or for some: no more memory than in the morning, but for slots of
 * counters that the workers gave back late, and no descriptor. */
static void a_day_leaves_nothing_behind(void)
{
	unsigned blocks;
	struct pass p;
	int fd, later;

	stress_begin(&p);
	stress_hours(&p, STRESS_DAY / 12);
	blocks = heap_blocks();
	fd = dup(0);
	close(fd);
	stress_hours(&p, STRESS_DAY);
	later = dup(0);
	close(later);
	printf("  %u calls, %u blocks in the morning, %u in the evening\n", load.guests, blocks,
	       heap_blocks());
	CU_ASSERT_TRUE(heap_blocks() <= blocks + STRESS_LATER);
	CU_ASSERT_EQUAL(later, fd);
	CU_ASSERT_EQUAL(atomic_load(&load.disorder), 0);
	pass_end(&p);
}

static const struct test_case cases[] = {
	{"a_day_leaves_nothing_behind", a_day_leaves_nothing_behind},
	{"calls_come_and_go_under_full_load", calls_come_and_go_under_full_load},
	{NULL, NULL},
};
const struct test_suite suite_stress = {"stress", cases};
