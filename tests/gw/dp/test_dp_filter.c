/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Filters of calls and lines.  Programs are written by hand: opcodes as in McCanne and Jacobson,
 * "The BSD Packet Filter" (1993), which bpf(4) repeats.
 */
#include "core/bytes.h"
#include "tests/gw/dp/fake.h"
#include "tests/harness.h"

#include <errno.h>
#include <pcap/pcap.h>
#include <string.h>

#define LINE 0x101u /* payload ppp */
#define CALL 0x001u

static const struct bpf_insn all[] = {BPF_STMT(BPF_RET + BPF_K, 1)};
static const struct bpf_insn none[] = {BPF_STMT(BPF_RET + BPF_K, 0)};
/* FF 03, and either IPv4 with a first octet of 45, or IPCP */
static const struct bpf_insn plain_ip[] = {
	BPF_STMT(BPF_LD + BPF_H + BPF_ABS, 0),
	BPF_JUMP(BPF_JMP + BPF_JEQ + BPF_K, 0xff03, 0, 6),
	BPF_STMT(BPF_LD + BPF_H + BPF_ABS, 2),
	BPF_JUMP(BPF_JMP + BPF_JEQ + BPF_K, 0x8021, 3, 0),
	BPF_JUMP(BPF_JMP + BPF_JEQ + BPF_K, 0x0021, 0, 3),
	BPF_STMT(BPF_LD + BPF_B + BPF_ABS, 4),
	BPF_JUMP(BPF_JMP + BPF_JEQ + BPF_K, 0x45, 0, 1),
	BPF_STMT(BPF_RET + BPF_K, 65535),
	BPF_STMT(BPF_RET + BPF_K, 0),
};

static uint32_t dp_filter_made(struct rig *r, const struct bpf_insn *insn, unsigned n)
{
	uint32_t no = 0;

	CU_ASSERT_EQUAL_FATAL(dp_filter_add(r->dp, insn, n, &no), 0);
	CU_ASSERT_NOT_EQUAL(no, 0);
	return no;
}
#define MADE(r, program) dp_filter_made(r, program, sizeof(program) / sizeof((program)[0]))

/* Line 7 joined to call 2/3; in, out: the PPP filters of the line. */
static struct dp_call dp_filter_line(const struct rig *r, uint32_t in, uint32_t out)
{
	struct dp_call c = {
		.sid = 7,
		.channel = rig_channel(r, LINE),
		.mode = DP_FORWARD,
		.to_tid = 2,
		.to_sid = 3,
		.no_address = true,
		.mtu = 1400,
		.filter = {[DP_FILTER_PPP_IN] = in, [DP_FILTER_PPP_OUT] = out},
	};

	return c;
}

static void dp_filter_join(struct rig *r, uint32_t in, uint32_t out)
{
	struct dp_call line = dp_filter_line(r, in, out), call = {
								  .tid = 2,
								  .sid = 3,
								  .channel = rig_channel(r, CALL),
								  .mode = DP_FORWARD,
								  .to_sid = 7,
								  .mtu = 1400,
							  };

	fake_say(r->fake, FAKE_UP, LINE);
	fake_say(r->fake, FAKE_UP, CALL);
	CU_ASSERT_FATAL(rig_wait_lines(r, 2));
	CU_ASSERT_FATAL(!dp_call_set(r->dp, &line));
	CU_ASSERT_FATAL(!dp_call_set(r->dp, &call));
}

static void filter_counted(struct rig *r, uint32_t no, uint64_t passed, uint64_t dropped)
{
	struct dp_filter_counters n;

	CU_ASSERT_TRUE(dp_filter_count(r->dp, no, &n));
	CU_ASSERT_EQUAL(n.passed, passed);
	CU_ASSERT_EQUAL(n.dropped, dropped);
}

/* A filter sees a frame as a whole, however its head was shortened on the way. */
static void do_frames_in(struct rig *r)
{
	static const char *const pass[] = {"0021 4500", "21 4501",   "ff03 0021 4502",
					   "8021 0101", "c021 0101", "c223 01"};
	static const char *const drop[] = {"0021 6500", "21 66", "80fd 0101", "0057 4500", "0021"};
	uint32_t no = MADE(r, plain_ip);
	struct dp_call_stats s;

	dp_filter_join(r, no, 0);
	for (unsigned i = 0; i < 5; i++)
		fake_hex(r->fake, LINE, drop[i]);
	CU_ASSERT(rig_wait_reason(r, DP_R_FILTER_IN, 5));
	for (unsigned i = 0; i < 6; i++)
		fake_hex(r->fake, LINE, pass[i]);
	CU_ASSERT(rig_wait_sent(r, 6));
	/* the other way there is none */
	fake_hex(r->fake, CALL, "0002 0002 0003 80fd 0101");
	CU_ASSERT(rig_wait_sent(r, 7));
	rig_settle(r);
	CU_ASSERT_EQUAL(rig_reason(r, DP_R_FILTER_IN), 5);
	CU_ASSERT_EQUAL(rig_reason(r, DP_R_FILTER_OUT), 0);
	CU_ASSERT_TRUE(dp_call_stats(r->dp, 0, 7, &s));
	CU_ASSERT(s.filtered_in == 5 && !s.filtered_out && s.drops == 5 && s.rx_frames == 11);
	filter_counted(r, no, 4, 5); /* link control is not asked about */
}

static void ppp_frames_in(void)
{
	rig_each(do_frames_in);
}

static void do_frames_out(struct rig *r)
{
	uint32_t no = MADE(r, plain_ip);
	struct dp_call_stats s;

	dp_filter_join(r, 0, no);
	fake_hex(r->fake, CALL, "0002 0002 0003 ff03 80fd 0101");
	CU_ASSERT(rig_wait_reason(r, DP_R_FILTER_OUT, 1));
	fake_hex(r->fake, CALL, "0002 0002 0003 c021 0101");
	fake_hex(r->fake, CALL, "0002 0002 0003 21 45");
	fake_hex(r->fake, LINE, "80fd 0101");
	CU_ASSERT(rig_wait_sent(r, 3));
	CU_ASSERT_TRUE(dp_call_stats(r->dp, 0, 7, &s));
	CU_ASSERT(s.filtered_out == 1 && !s.filtered_in && s.drops == 1 && s.tx_frames == 2);
	filter_counted(r, no, 1, 1);
}

static void ppp_frames_out(void)
{
	rig_each(do_frames_out);
}

/* An IP filter that lets nothing by leaves PPP's own packets alone, also on a terminal's call. */
static void do_control_passes(struct rig *r)
{
	uint32_t no = MADE(r, none);
	struct dp_call c = {
		.tid = 2,
		.sid = 3,
		.channel = rig_channel(r, CALL),
		.mode = DP_TERMINAL,
		.ip4 = true,
		.mtu = 1400,
		.filter = {[DP_FILTER_IP_IN] = no, [DP_FILTER_IP_OUT] = no},
	};
	static const uint8_t request[] = {0xc0, 0x21, 1, 1, 0, 4};

	CU_ASSERT_FATAL(!dp_call_set(r->dp, &c));
	fake_hex(r->fake, CALL, "0002 0002 0003 ff03 0021 4500");
	CU_ASSERT(rig_wait_reason(r, DP_R_FILTER_IN, 1));
	fake_hex(r->fake, CALL, "0002 0002 0003 ff03 8021 0101 0004");
	fake_hex(r->fake, CALL, "0002 0002 0003 ff03 c021 0901 0004");
	CU_ASSERT(rig_wait_lines(r, 2));
	CU_ASSERT_TRUE(dp_ppp_send(r->dp, 2, 3, request, sizeof(request)));
	CU_ASSERT(rig_wait_sent(r, 1));
	filter_counted(r, no, 0, 1);
}

static void control_packets_pass_ip_filters(void)
{
	rig_each(do_control_passes);
}

static void do_change(struct rig *r)
{
	uint32_t shut = MADE(r, none), open = MADE(r, all);
	struct dp_call line;
	struct dp_filter_counters n;

	dp_filter_join(r, shut, 0);
	CU_ASSERT_TRUE(dp_filter_count(r->dp, shut, &n));
	CU_ASSERT_EQUAL(n.calls, 1);
	CU_ASSERT_TRUE(dp_filter_count(r->dp, open, &n));
	CU_ASSERT_EQUAL(n.calls, 0);
	fake_hex(r->fake, LINE, "0021 01");
	CU_ASSERT(rig_wait_reason(r, DP_R_FILTER_IN, 1));
	/* Its number may be given back; the call keeps it. */
	dp_filter_del(r->dp, shut);
	CU_ASSERT_FALSE(dp_filter_count(r->dp, shut, &n));
	CU_ASSERT_EQUAL(n.calls, 0);
	fake_hex(r->fake, LINE, "0021 02");
	CU_ASSERT(rig_wait_reason(r, DP_R_FILTER_IN, 2));
	/* A number that is not there changes nothing. */
	line = dp_filter_line(r, shut, 0);
	CU_ASSERT_EQUAL(dp_call_set(r->dp, &line), -EINVAL);
	line = dp_filter_line(r, 0, open + 1);
	CU_ASSERT_EQUAL(dp_call_set(r->dp, &line), -EINVAL);
	fake_hex(r->fake, LINE, "0021 03");
	CU_ASSERT(rig_wait_reason(r, DP_R_FILTER_IN, 3));
	line = dp_filter_line(r, open, 0);
	CU_ASSERT_EQUAL(dp_call_set(r->dp, &line), 0);
	fake_hex(r->fake, LINE, "0021 04");
	CU_ASSERT(rig_wait_sent(r, 1));
	filter_counted(r, open, 1, 0);
	CU_ASSERT_TRUE(dp_filter_count(r->dp, open, &n));
	CU_ASSERT_EQUAL(n.calls, 1);
	line = dp_filter_line(r, 0, 0);
	CU_ASSERT_EQUAL(dp_call_set(r->dp, &line), 0);
	fake_hex(r->fake, LINE, "0021 05");
	CU_ASSERT(rig_wait_sent(r, 2));
	filter_counted(r, open, 1, 0);
	dp_filter_del(r->dp, open);
	dp_filter_del(r->dp, open);
	dp_filter_del(r->dp, 0);
}

static void filters_change_under_traffic(void)
{
	rig_each(do_change);
}

/* A program that could leave the packet's or its own bounds, or not end, is none. */
static void do_bad(struct rig *r)
{
	static const struct bpf_insn far_jump[] = {
		BPF_JUMP(BPF_JMP + BPF_JEQ + BPF_K, 0, 1, 0),
		BPF_STMT(BPF_RET + BPF_K, 0),
	};
	static const struct bpf_insn no_end[] = {BPF_STMT(BPF_LD + BPF_IMM, 0)};
	static const struct bpf_insn memory[] = {BPF_STMT(BPF_LD + BPF_MEM, BPF_MEMWORDS),
						 BPF_STMT(BPF_RET + BPF_A, 0)};
	static const struct bpf_insn by_zero[] = {BPF_STMT(BPF_ALU + BPF_DIV + BPF_K, 0),
						  BPF_STMT(BPF_RET + BPF_A, 0)};
	static const struct bpf_insn loop[] = {BPF_STMT(BPF_LD + BPF_IMM, 0),
					       BPF_STMT(BPF_JMP + BPF_JA, (bpf_u_int32)-2),
					       BPF_STMT(BPF_RET + BPF_K, 0)};
	static const struct bpf_insn shift[] = {BPF_STMT(BPF_ALU + BPF_LSH + BPF_K, 32),
						BPF_STMT(BPF_RET + BPF_K, 0)};
	static const uint16_t known[] = {0x00, 0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x07, 0x0c, 0x14,
					 0x15, 0x16, 0x1c, 0x1d, 0x20, 0x24, 0x25, 0x28, 0x2c, 0x2d,
					 0x30, 0x34, 0x35, 0x3c, 0x3d, 0x40, 0x44, 0x45, 0x48, 0x4c,
					 0x4d, 0x50, 0x54, 0x5c, 0x60, 0x61, 0x64, 0x6c, 0x74, 0x7c,
					 0x80, 0x81, 0x84, 0x87, 0x94, 0x9c, 0xa4, 0xac, 0xb1};
	static struct bpf_insn many[DP_FILTER_INSNS + 1];
	uint32_t no;

	for (unsigned code = 0, at = 0; code < 0x10000; code++) {
		struct bpf_insn one[] = {{(u_short)code, 0, 0, 1}, all[0], all[0]};
		bool is = at < sizeof(known) / sizeof(known[0]) && known[at] == code;

		at += is;
		CU_ASSERT_EQUAL(dp_filter_add(r->dp, one, 3, &no), is ? 0 : -EINVAL);
		if (is)
			dp_filter_del(r->dp, no);
	}
	for (unsigned i = 0; i < sizeof(many) / sizeof(many[0]); i++)
		many[i] = all[0];
	CU_ASSERT_EQUAL(dp_filter_add(r->dp, all, 0, &no), -EINVAL);
	CU_ASSERT_EQUAL(dp_filter_add(r->dp, far_jump, 2, &no), -EINVAL);
	CU_ASSERT_EQUAL(dp_filter_add(r->dp, no_end, 1, &no), -EINVAL);
	CU_ASSERT_EQUAL(dp_filter_add(r->dp, memory, 2, &no), -EINVAL);
	CU_ASSERT_EQUAL(dp_filter_add(r->dp, by_zero, 2, &no), -EINVAL);
	CU_ASSERT_EQUAL(dp_filter_add(r->dp, loop, 3, &no), -EINVAL);
	CU_ASSERT_EQUAL(dp_filter_add(r->dp, shift, 2, &no), -EINVAL);
	CU_ASSERT_EQUAL(dp_filter_add(r->dp, many, DP_FILTER_INSNS + 1, &no), -EINVAL);
	CU_ASSERT_EQUAL(dp_filter_add(r->dp, many, DP_FILTER_INSNS, &no), 0);
}

static void programs_that_are_not_safe_are_refused(void)
{
	rig_each(do_bad);
}

/* A frame is shown to the filter up to 65535 octets of information, behind FF 03 and the protocol.
 * Without threads: the test is on the port's thread. */
static void the_longest_frame(void)
{
	static const struct bpf_insn whole[] = {
		BPF_STMT(BPF_LD + BPF_W + BPF_LEN, 0),
		BPF_JUMP(BPF_JMP + BPF_JEQ + BPF_K, 4 + 65535, 0, 1),
		BPF_STMT(BPF_RET + BPF_K, 1),
		BPF_STMT(BPF_RET + BPF_K, 0),
	};
	static const uint8_t octets[2 + 65537] = {0x00, 0x21};
	static const uint32_t passes[] = {65535, 65536, 65537};
	struct ist_frame f = {.channel = LINE, .payload = octets, .len = 2 + 65534};
	struct dp_call line;
	struct rig r;

	rig_up(&r, 0, &fake_flow);
	line = dp_filter_line(&r, MADE(&r, whole), 0);
	fake_say(r.fake, FAKE_UP, LINE);
	CU_ASSERT_FATAL(rig_wait_lines(&r, 1));
	CU_ASSERT_FATAL(!dp_call_set(r.dp, &line)); /* joined to none */
	r.fake->host->frames(r.fake->host_ctx, &f, 1);
	CU_ASSERT(rig_reason(&r, DP_R_FILTER_IN) == 1 && rig_reason(&r, DP_R_NO_JOIN) == 0);
	for (unsigned i = 0; i < 3; i++) {
		f.len = 2 + passes[i];
		r.fake->host->frames(r.fake->host_ctx, &f, 1);
		CU_ASSERT(rig_reason(&r, DP_R_FILTER_IN) == 1);
		CU_ASSERT(rig_reason(&r, DP_R_NO_JOIN) == i + 1);
	}
	rig_down(&r);
}

static const struct test_case cases[] = {
	{"ppp_frames_in", ppp_frames_in},
	{"ppp_frames_out", ppp_frames_out},
	{"control_packets_pass_ip_filters", control_packets_pass_ip_filters},
	{"filters_change_under_traffic", filters_change_under_traffic},
	{"the_longest_frame", the_longest_frame},
	{"programs_that_are_not_safe_are_refused", programs_that_are_not_safe_are_refused},
	{NULL, NULL},
};
const struct test_suite suite_dp_filter = {"dp_filter", cases};
