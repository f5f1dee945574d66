/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Frames of calls and lines in the data plane, in every mode: two calls of one tunnel and a line,
 * on a port that the input plays.  The input is a list of steps, an octet each, with operands: a
 * data message with any flags and number, octets as they are, a frame of the line, another setting
 * of a leg, a port that does not send.
 *
 * Whatever comes: each frame that is counted in goes up, goes out, or is counted as dropped for one
 * reason; what goes up or out has a protocol; and the octets of a frame are not used after the port
 * has taken its memory back.
 */
#include "core/bytes.h"
#include "gw/dp/dp.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define LEGS	  3u
#define FRAME_MAX 2048u
#define STEPS_MAX 256u /* more say nothing new and only take time */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { LINE_CHANNEL = 3 };

struct ist_port {
	const struct ist_host *host;
	void *host_ctx;
	uint8_t frame[FRAME_MAX];
	size_t len;
	ist_channel channel;
	bool line_up, fails;
	bool reporting; /* frame is the reader's */
};

static struct ist_port the_port;
static struct dp *dp;
static unsigned port_no;
static uint64_t went_up;
static uint16_t first_sid = 1;

static void fuzz_dp_check(bool ok)
{
	if (!ok)
		abort();
}

/* --- the transport ---------------------------------------------------------------------------- */

static int fuzz_dp_open(struct ist_port **out, const struct ist_host *host, void *host_ctx,
			const struct ist_port_config *cfg, char *err, size_t err_len)
{
	(void)cfg;
	(void)err;
	(void)err_len;
	the_port.host = host;
	the_port.host_ctx = host_ctx;
	*out = &the_port;
	return 0;
}

static void fuzz_dp_close(struct ist_port *p)
{
	(void)p;
}

static int fuzz_dp_send(struct ist_port *p, const struct ist_frame *f, unsigned n)
{
	for (unsigned i = 0; i < n; i++) {
		fuzz_dp_check(p->reporting || f[i].payload < p->frame ||
			      f[i].payload >= p->frame + FRAME_MAX);
		fuzz_dp_check(f[i].channel >= 1 && f[i].channel <= LEGS);
		fuzz_dp_check(f[i].head_len >= 1 && f[i].head_len <= 18);
		fuzz_dp_check(f[i].channel == LINE_CHANNEL || f[i].head_len >= 7);
	}
	return p->fails ? (int)(n / 2) : (int)n;
}

static uint32_t fuzz_dp_mtu(const struct ist_port *p, ist_channel c)
{
	(void)p;
	(void)c;
	return 1500;
}

static void fuzz_dp_on_wake(struct ist_port *p)
{
	struct ist_attrs a = {.size = sizeof(a), .payload = IST_PAYLOAD_PPP};
	struct ist_frame f = {.channel = p->channel, .payload = p->frame, .len = (uint32_t)p->len};

	if (!p->line_up)
		p->host->up(p->host_ctx, LINE_CHANNEL, &a);
	p->line_up = true;
	p->reporting = true;
	if (p->channel)
		p->host->frames(p->host_ctx, &f, 1);
	p->reporting = false;
	p->channel = 0;
}

static const struct ist_transport transport = {
	.abi = IST_TRANSPORT_ABI,
	.size = sizeof(struct ist_transport),
	.name = "fuzz",
	.caps = IST_CAP_L2TP | IST_CAP_PPP | IST_CAP_UNKNOWN,
	.open = fuzz_dp_open,
	.close = fuzz_dp_close,
	.send = fuzz_dp_send,
	.mtu = fuzz_dp_mtu,
	.on_wake = fuzz_dp_on_wake,
};

/* --- the control thread ----------------------------------------------------------------------- */

static void fuzz_dp_on_control(void *ctx, l2tp_channel from, const uint8_t *pkt, size_t len,
			       uint64_t now)
{
	(void)ctx;
	(void)from;
	(void)pkt;
	(void)now;
	fuzz_dp_check(len >= 2);
}

static void fuzz_dp_on_ppp(void *ctx, uint16_t tid, uint16_t sid, const uint8_t *frame, size_t len,
			   uint64_t now)
{
	(void)ctx;
	(void)frame;
	(void)now;
	fuzz_dp_check(tid <= 2 && sid && len >= 2);
	went_up++;
}

static void fuzz_dp_on_line(void *ctx, l2tp_channel from, const uint8_t *frame, size_t len,
			    uint64_t now)
{
	(void)ctx;
	(void)from;
	(void)now;
	fuzz_dp_check(len >= 3 && frame[0] == 0xc0 && frame[1] == 0x21 && frame[2] == 1);
	went_up++;
}

static const struct dp_ops ops = {
	.control = fuzz_dp_on_control, .ppp = fuzz_dp_on_ppp, .line = fuzz_dp_on_line};

static void fuzz_dp_start(void)
{
	const struct ist_port_config cfg = {.size = sizeof(cfg), .name = "p"};
	char err[80];
	int no;

	if (dp)
		return;
	dp = dp_new(0, &ops, NULL);
	fuzz_dp_check(dp);
	no = dp_port_open(dp, &transport, &cfg, err, sizeof(err));
	fuzz_dp_check(no >= 0);
	port_no = (unsigned)no;
}

/* --- legs ------------------------------------------------------------------------------------- */

/* Leg 0 and 1: calls of tunnel 2 on channels 1 and 2.  Leg 2: the line on channel 3. */
static uint16_t leg_tid(unsigned leg)
{
	return leg < 2 ? 2 : 0;
}

static uint16_t leg_sid(unsigned leg)
{
	return (uint16_t)(first_sid + leg);
}

static void set_leg(unsigned leg, uint8_t how, uint8_t more)
{
	static const enum dp_mode modes[4] = {DP_PUNT, DP_TERMINAL, DP_FORWARD, DP_FORWARD};
	unsigned to = how >> 2 & 3; /* LEGS: one that is not there */
	struct dp_call c = {
		.tid = leg_tid(leg),
		.sid = leg_sid(leg),
		.channel = (uint64_t)(port_no + 1) << 32 | (leg + 1),
		.data = {.peer_tid = 0x0a0b,
			 .peer_sid = (uint16_t)(0x0c00 + leg),
			 .lns = more & 1,
			 .send_seq = (more & 3) == 3,
			 .required = more & 4,
			 .send_length = more & 8,
			 .reorder = more & 16 ? 8 : 0,
			 .reorder_timeout = 1},
		.mode = modes[how & 3],
		.to_tid = leg_tid(to),
		.to_sid = leg_sid(to),
		.no_address = leg == 2,
		.mirror_ff03 = more & 32,
		.ff03 = more & 64,
		.pfc = more & 128,
		.mtu = how & 64 ? 64 : 1400,
		.ip4 = how & 16,
		.ip6 = how & 32,
		.client = how & 128,
		.echo = more & 2,
		.our_magic = 1,
		.peer_magic = 2,
	};

	fuzz_dp_check(!dp_call_set(dp, &c));
}

/* --- steps ------------------------------------------------------------------------------------ */

static void say(ist_channel channel, const struct wr *w)
{
	the_port.channel = channel;
	the_port.len = w->len;
	the_port.host->wake(the_port.host_ctx);
	dp_poll(dp);
}

static void take_payload(struct rd *r, struct wr *w)
{
	size_t n = rd_u8(r);

	if (n > r->left)
		n = r->left;
	wr_bytes(w, rd_take(r, n), n);
}

static void step_data(struct rd *r)
{
	struct wr w = wr_init(the_port.frame, FRAME_MAX);
	uint8_t flags = rd_u8(r), which = rd_u8(r);
	unsigned leg = which & 1;

	wr_u16(&w, (uint16_t)((flags & 0x4b) << 8 | 2));
	if (flags & 0x40)
		wr_u16(&w, 0);
	wr_u16(&w, 2);
	wr_u16(&w, leg_sid(which & 2 ? leg + 40 : leg)); /* an unknown call too */
	if (flags & 0x08) {
		wr_u16(&w, (uint16_t)(flags & 0x80 ? rd_u16(r) : rd_u8(r)));
		wr_u16(&w, 0);
	}
	if (flags & 0x02)
		wr_u16(&w, 0);
	take_payload(r, &w);
	if (flags & 0x40)
		wr_patch16(&w, 2, (uint16_t)w.len);
	say(which & 4 ? 2 - leg : leg + 1, &w); /* the other's channel too */
}

static void step_raw(struct rd *r)
{
	struct wr w = wr_init(the_port.frame, FRAME_MAX);

	take_payload(r, &w);
	say(1, &w);
}

static void step_line(struct rd *r)
{
	struct wr w = wr_init(the_port.frame, FRAME_MAX);

	take_payload(r, &w);
	say(LINE_CHANNEL, &w);
}

static void step_set(struct rd *r)
{
	unsigned leg = rd_u8(r) % LEGS;
	uint8_t how = rd_u8(r), more = rd_u8(r);

	set_leg(leg, how, more);
}

static void step_fails(struct rd *r)
{
	the_port.fails = rd_u8(r) & 1;
}

/* --- conservation ----------------------------------------------------------------------------- */

static bool is_about_frames(unsigned reason)
{
	return reason != DP_R_CONTROL_RING && reason != DP_R_NOT_L2TP && reason != DP_R_BAD_HDR &&
	       reason != DP_R_LOG_RING && reason != DP_R_TAP_RING;
}

/* Frames in that are nowhere yet. */
static int64_t missing(void)
{
	struct dp_counters n;
	int64_t left;

	dp_count(dp, &n);
	left = (int64_t)n.rx_frames - (int64_t)n.tx_frames - (int64_t)went_up;
	for (unsigned i = 0; i < DP_R_COUNT; i++)
		if (is_about_frames(i))
			left -= (int64_t)n.reason[i];
	return left;
}

static void end_legs(void)
{
	for (unsigned i = 0; i < 1000 && missing();
	     i++) { /* held frames wait 1 us for their turn */
		usleep(1);
		dp_poll(dp);
	}
	fuzz_dp_check(!missing());
	for (unsigned i = 0; i < LEGS; i++)
		dp_call_del(dp, leg_tid(i), leg_sid(i));
	dp_poll(dp);
	first_sid = first_sid < 60000 ? (uint16_t)(first_sid + LEGS) : 1;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static void (*const steps[])(struct rd *) = {
		step_data, step_data, step_data, step_line, step_set, step_raw, step_fails,
	};
	struct rd r = rd_init(data, size);

	fuzz_dp_start();
	the_port.fails = false;
	for (unsigned i = 0; i < LEGS; i++)
		set_leg(i, rd_u8(&r), rd_u8(&r));
	for (unsigned i = 0; i < STEPS_MAX && r.left; i++)
		steps[rd_u8(&r) % (sizeof(steps) / sizeof(*steps))](&r);
	end_legs();
	return 0;
}
