/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What may be run for every packet: a program that keeps to its bounds and ends. */
#include "gw/dp/filter_safe.h"

#include "gw/dp/dp.h"

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include <pcap/bpf.h> /* last: it needs the types of sys/types.h */

#define ALU(op) BPF_ALU + (op) + BPF_K, BPF_ALU + (op) + BPF_X
#define JMP(op) BPF_JMP + (op) + BPF_K, BPF_JMP + (op) + BPF_X

/* Every instruction there is.  bpf_filter() ends the process at any other, and bpf_validate() lets
 * some of those by. */
static const uint16_t filter_safe_codes[] = {
	BPF_LD + BPF_W + BPF_ABS,
	BPF_LD + BPF_H + BPF_ABS,
	BPF_LD + BPF_B + BPF_ABS,
	BPF_LD + BPF_W + BPF_IND,
	BPF_LD + BPF_H + BPF_IND,
	BPF_LD + BPF_B + BPF_IND,
	BPF_LD + BPF_W + BPF_LEN,
	BPF_LDX + BPF_W + BPF_LEN,
	BPF_LD + BPF_IMM,
	BPF_LDX + BPF_IMM,
	BPF_LD + BPF_MEM,
	BPF_LDX + BPF_MEM,
	BPF_LDX + BPF_B + BPF_MSH,
	BPF_ST,
	BPF_STX,
	BPF_RET + BPF_K,
	BPF_RET + BPF_A,
	BPF_MISC + BPF_TAX,
	BPF_MISC + BPF_TXA,
	BPF_ALU + BPF_NEG,
	BPF_JMP + BPF_JA,
	ALU(BPF_ADD),
	ALU(BPF_SUB),
	ALU(BPF_MUL),
	ALU(BPF_DIV),
	ALU(BPF_MOD),
	ALU(BPF_AND),
	ALU(BPF_OR),
	ALU(BPF_XOR),
	ALU(BPF_LSH),
	ALU(BPF_RSH),
	JMP(BPF_JEQ),
	JMP(BPF_JGT),
	JMP(BPF_JGE),
	JMP(BPF_JSET),
};

static bool filter_safe_code(uint16_t code)
{
	for (size_t i = 0; i < sizeof(filter_safe_codes) / sizeof(filter_safe_codes[0]); i++)
		if (filter_safe_codes[i] == code)
			return true;
	return false;
}

/* Beside what bpf_validate() looks at: it lets a JA go back, which is how libpcap writes loops. */
bool filter_is_safe(const struct bpf_insn *insn, unsigned n)
{
	for (unsigned i = 0; i < n; i++) {
		bool shift = insn[i].code == BPF_ALU + BPF_LSH + BPF_K ||
			     insn[i].code == BPF_ALU + BPF_RSH + BPF_K;

		if (!filter_safe_code(insn[i].code) || (shift && insn[i].k > 31) ||
		    (insn[i].code == BPF_JMP + BPF_JA && insn[i].k >= n))
			return false;
	}
	return n && n <= DP_FILTER_INSNS && bpf_validate(insn, (int)n);
}
