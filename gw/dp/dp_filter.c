/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Packet filters: programs of the classic BPF machine, run by libpcap.  A program never changes; it
 * is known by a number, and goes when that is given back, the last call that names it has gone, and
 * a grace period is over.
 *
 * An IP filter of a call sees the packets that the call's device gets or gave.  A PPP filter sees
 * frames as on a line, FF 03 and both octets of the protocol in front, whatever has been left out
 * on the way.  Link control (RFC 1661 2: protocols from c000 on) passes without being asked: a
 * filter that only knows IP would cut the link that it is there for.
 */
#include "gw/dp/dp_int.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>

#include <pcap/bpf.h> /* last: it needs the types of sys/types.h */

#define LINK_CONTROL 0xc000u

/* Workers count beside each other, not into one cache line. */
struct filter_count {
	_Alignas(64) _Atomic uint64_t passed;
	_Atomic uint64_t dropped;
};

struct filter {
	struct filter_count n[WORKER_MAX];
	struct rcu_head rcu;
	unsigned refs; /* its number, and the entries of calls that name it; control thread */
	unsigned len;
	struct bpf_insn insn[];
};

/* --- is a program safe? ----------------------------------------------------------------------- */

#define ALU(op) BPF_ALU + (op) + BPF_K, BPF_ALU + (op) + BPF_X
#define JMP(op) BPF_JMP + (op) + BPF_K, BPF_JMP + (op) + BPF_X

/* Every instruction there is.  bpf_filter() ends the process at any other, and bpf_validate() lets
 * some of those by. */
static const uint16_t dp_filter_codes[] = {
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

static bool dp_filter_is_code(uint16_t code)
{
	for (size_t i = 0; i < sizeof(dp_filter_codes) / sizeof(dp_filter_codes[0]); i++)
		if (dp_filter_codes[i] == code)
			return true;
	return false;
}

/* Beside what bpf_validate() looks at: it lets a JA go back, which is how libpcap writes loops. */
static bool dp_filter_is_safe(const struct bpf_insn *insn, unsigned n)
{
	for (unsigned i = 0; i < n; i++) {
		bool shift = insn[i].code == BPF_ALU + BPF_LSH + BPF_K ||
			     insn[i].code == BPF_ALU + BPF_RSH + BPF_K;

		if (!dp_filter_is_code(insn[i].code) || (shift && insn[i].k > 31) ||
		    (insn[i].code == BPF_JMP + BPF_JA && insn[i].k >= n))
			return false;
	}
	return bpf_validate(insn, (int)n);
}

/* --- the control thread ----------------------------------------------------------------------- */

static void dp_filter_free(struct rcu_head *head)
{
	rcu_grace_over();
	free(IST_CONTAINER_OF(head, struct filter, rcu));
	rcu_deferred_done();
}

static void dp_filter_release(struct filter *f)
{
	if (f && !--f->refs)
		rcu_defer(&f->rcu, dp_filter_free);
}

static struct filter *dp_filter_find(const struct dp *dp, uint32_t no)
{
	return no ? (struct filter *)map_get(&dp->filters, no) : NULL;
}

static struct filter *dp_filter_new(const struct bpf_insn *insn, unsigned n)
{
	size_t size = sizeof(struct filter) + n * sizeof(*insn);
	struct filter *f = aligned_alloc(64, (size + 63) & ~(size_t)63);

	if (!f)
		return NULL;
	memset(f, 0, sizeof(*f));
	f->refs = 1;
	f->len = n;
	memcpy(f->insn, insn, n * sizeof(*insn));
	return f;
}

int dp_filter_add(struct dp *dp, const struct bpf_insn *insn, unsigned n, uint32_t *no)
{
	struct filter *f;

	if (!n || n > DP_FILTER_INSNS || !dp_filter_is_safe(insn, n))
		return -EINVAL;
	f = dp_filter_new(insn, n);
	if (!f)
		return -ENOMEM;
	do
		*no = ++dp->last_filter;
	while (!*no || dp_filter_find(dp, *no));
	if (map_set(&dp->filters, *no, (uintptr_t)f))
		return 0;
	free(f);
	return -ENOMEM;
}

void dp_filter_del(struct dp *dp, uint32_t no)
{
	struct filter *f = dp_filter_find(dp, no);

	if (!f)
		return;
	map_set(&dp->filters, no, 0);
	dp_filter_release(f);
}

bool dp_filter_count(const struct dp *dp, uint32_t no, struct dp_filter_counters *out)
{
	const struct filter *f = dp_filter_find(dp, no);

	*out = (struct dp_filter_counters){.calls = f ? f->refs - 1 : 0};
	for (unsigned i = 0; f && i < WORKER_MAX; i++) {
		out->passed += count_get(&f->n[i].passed);
		out->dropped += count_get(&f->n[i].dropped);
	}
	return f;
}

bool call_take_filters(struct dp *dp, struct call *c)
{
	for (unsigned i = 0; i < DP_FILTERS; i++)
		if (c->c.filter[i] && !dp_filter_find(dp, c->c.filter[i]))
			return false;
	for (unsigned i = 0; i < DP_FILTERS; i++) {
		c->filter[i] = dp_filter_find(dp, c->c.filter[i]);
		if (c->filter[i])
			c->filter[i]->refs++;
	}
	return true;
}

void call_give_filters(struct call *c)
{
	for (unsigned i = 0; i < DP_FILTERS; i++)
		dp_filter_release(c->filter[i]);
}

static void dp_filter_forget(void *ctx, uint64_t key, uintptr_t v)
{
	struct dp *dp = ctx;

	(void)v;
	dp_filter_del(dp, (uint32_t)key);
}

void dp_filters_free(struct dp *dp)
{
	map_each(&dp->filters, dp_filter_forget, dp);
}

/* --- the workers ------------------------------------------------------------------------------ */

bool filter_run(struct worker *w, struct call *c, enum dp_filter place, const uint8_t *pkt,
		size_t len)
{
	struct filter *f = c->filter[place];
	bool in = place == DP_FILTER_IP_IN || place == DP_FILTER_PPP_IN;

	if (bpf_filter(f->insn, pkt, (u_int)len, (u_int)len)) {
		count_add(&f->n[w->no].passed, 1);
		return true;
	}
	count_add(&f->n[w->no].dropped, 1);
	count_add(in ? &c->st->n.filtered_in : &c->st->n.filtered_out, 1);
	call_drop(w, c, in ? DP_R_FILTER_IN : DP_R_FILTER_OUT);
	return false;
}

bool filter_run_ppp(struct worker *w, struct call *c, enum dp_filter place, uint16_t proto,
		    const uint8_t *info, size_t len)
{
	uint8_t *frame = w->filter_frame;

	if (proto >= LINK_CONTROL)
		return true;
	if (len > WORKER_FILTER_FRAME - PPP_HEAD_MAX)
		len = WORKER_FILTER_FRAME - PPP_HEAD_MAX;
	frame[0] = PPP_ALL_STATIONS;
	frame[1] = PPP_UI;
	wr_put16(frame + 2, proto);
	memcpy(frame + PPP_HEAD_MAX, info, len);
	return filter_run(w, c, place, frame, PPP_HEAD_MAX + len);
}
