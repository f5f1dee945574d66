/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which programs may be run.  Opcodes are typed as the numbers that the tables of bpf(4) come to
 * (McCanne and Jacobson, "The BSD Packet Filter", 1993), with MOD and XOR, which libpcap has too.
 */
#include "gw/dp/filter_safe.h"

#include "gw/dp/dp.h"
#include "tests/harness.h"

#include <pcap/pcap.h>
#include <stdio.h>

#define RET                   \
	{                     \
		0x06, 0, 0, 0 \
	} /* RET #0 */
#define INSN(code, k)         \
	{                     \
		code, 0, 0, k \
	}

static void every_opcode(void)
{
	static const uint8_t there[] = {
		/* LD, LDX */
		0x20, 0x28, 0x30, 0x40, 0x48, 0x50, 0x80, 0x00, 0x60, 0x01, 0x61, 0x81, 0xb1,
		/* ST, STX */
		0x02, 0x03,
		/* ADD, SUB, MUL, DIV, OR, AND, LSH, RSH, MOD, XOR of K and of X; NEG */
		0x04, 0x0c, 0x14, 0x1c, 0x24, 0x2c, 0x34, 0x3c, 0x44, 0x4c, 0x54, 0x5c, 0x64, 0x6c,
		0x74, 0x7c, 0x94, 0x9c, 0xa4, 0xac, 0x84,
		/* JA; JEQ, JGT, JGE, JSET of K and of X */
		0x05, 0x15, 0x1d, 0x25, 0x2d, 0x35, 0x3d, 0x45, 0x4d,
		/* RET of K and of A; TAX, TXA */
		0x06, 0x16, 0x07, 0x87};
	static bool known[65536];
	unsigned wrong = 0;

	for (size_t i = 0; i < sizeof(there); i++)
		known[there[i]] = true;
	for (unsigned code = 0; code < 65536; code++) {
		const struct bpf_insn program[] = {INSN((uint16_t)code, 1), RET, RET};

		if (filter_is_safe(program, 3) != known[code]) {
			printf("opcode %04x is judged wrongly\n", code);
			wrong++;
		}
	}
	CU_ASSERT_EQUAL(wrong, 0);
}

/* One instruction before two RET. */
static void operands(void)
{
	static const struct {
		struct bpf_insn insn;
		bool safe;
	} rows[] = {
		/* a word has 32 bits to shift */
		{INSN(0x64, 31), true},
		{INSN(0x64, 32), false},
		{INSN(0x74, 31), true},
		{INSN(0x74, 32), false},
		/* by X it is for the machine to look */
		{INSN(0x6c, 32), true},
		/* division, and its rest */
		{INSN(0x34, 1), true},
		{INSN(0x34, 0), false},
		{INSN(0x94, 1), true},
		{INSN(0x94, 0), false},
		/* M[0] to M[15] */
		{INSN(0x60, 15), true},
		{INSN(0x60, 16), false},
		{INSN(0x61, 15), true},
		{INSN(0x61, 16), false},
		{INSN(0x02, 15), true},
		{INSN(0x02, 16), false},
		{INSN(0x03, 15), true},
		{INSN(0x03, 16), false},
		/* a jump is forward, and to an instruction that there is */
		{INSN(0x05, 1), true},
		{INSN(0x05, 2), false},
		{INSN(0x05, 3), false},
		{INSN(0x05, 0xffffffff), false}, /* to itself */
		{INSN(0x05, 0xfffffffe), false},
		{{0x15, 1, 1, 0}, true},
		{{0x15, 2, 0, 0}, false},
		{{0x15, 0, 2, 0}, false},
		{{0x15, 255, 0, 0}, false},
	};
	unsigned wrong = 0;

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		const struct bpf_insn program[] = {rows[i].insn, RET, RET};

		if (filter_is_safe(program, 3) != rows[i].safe) {
			printf("opcode %02x with operand %x is judged wrongly\n", rows[i].insn.code,
			       rows[i].insn.k);
			wrong++;
		}
	}
	CU_ASSERT_EQUAL(wrong, 0);
}

/* libpcap writes loops over extension headers as a JA that goes back: these need not end. */
static void no_way_back(void)
{
	for (uint32_t back = 1; back < 8; back++) {
		struct bpf_insn program[8];

		for (unsigned i = 0; i < 8; i++)
			program[i] = (struct bpf_insn)RET;
		program[6] = (struct bpf_insn)INSN(0x05, -back);
		CU_ASSERT_FALSE(filter_is_safe(program, 8));
	}
}

static void filter_safe_lengths(void)
{
	static struct bpf_insn program[DP_FILTER_INSNS + 1];
	static const struct bpf_insn last_falls_out[] = {RET, INSN(0x20, 0)};

	for (unsigned i = 0; i <= DP_FILTER_INSNS; i++)
		program[i] = (struct bpf_insn)RET;
	CU_ASSERT_FALSE(filter_is_safe(program, 0));
	CU_ASSERT_TRUE(filter_is_safe(program, 1));
	CU_ASSERT_TRUE(filter_is_safe(program, DP_FILTER_INSNS));
	CU_ASSERT_FALSE(filter_is_safe(program, DP_FILTER_INSNS + 1));
	CU_ASSERT_FALSE(filter_is_safe(last_falls_out, 2));
}

static const struct test_case cases[] = {
	{"every_opcode", every_opcode},
	{"operands", operands},
	{"no_way_back", no_way_back},
	{"filter_safe_lengths", filter_safe_lengths},
	{NULL, NULL},
};
const struct test_suite suite_filter_safe = {"filter_safe", cases};
