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
#include "gw/dp/data.h"
#include "gw/dp/filter_safe.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>

#include <pcap/bpf.h> /* last: it needs the types of sys/types.h */

#define LINK_CONTROL 0xc000u

struct filter {
	struct rcu_head rcu;
	unsigned refs;	/* its number, and the entries of calls that name it */
	unsigned count; /* of struct worker_counters */
	unsigned len;
	struct bpf_insn insn[];
};

/* --- the message thread ----------------------------------------------------------------------- */

static void data_filter_free(struct rcu_head *head)
{
	rcu_grace_over();
	free(IST_CONTAINER_OF(head, struct filter, rcu));
	rcu_deferred_done();
}

void data_filter_release(struct filter *f)
{
	if (f && !--f->refs)
		rcu_defer(&f->rcu, data_filter_free);
}

static struct filter *data_filter_find(const struct data *data, uint32_t no)
{
	return no ? (struct filter *)map_get(&data->filters, no) : NULL;
}

static void data_filter_drop(struct data *data, uint32_t no)
{
	struct filter *f = data_filter_find(data, no);

	map_set(&data->filters, no, 0);
	data_filter_release(f);
}

static void data_filter_count_anew(struct data *data, unsigned count)
{
	for (unsigned i = 0; i < data->n; i++) {
		struct filter_counters *n = &data->door->counters[i]->filter[count];

		atomic_store_explicit(&n->passed, 0, memory_order_relaxed);
		atomic_store_explicit(&n->dropped, 0, memory_order_relaxed);
	}
}

static struct filter *data_filter_new(const struct door_filter *from)
{
	size_t size = from->insns * sizeof(from->insn[0]);
	struct filter *f = calloc(1, sizeof(*f) + size);

	if (!f)
		return NULL;
	f->refs = 1;
	f->count = from->no % DOOR_FILTERS;
	f->len = from->insns;
	memcpy(f->insn, from->insn, size);
	return f;
}

static int data_add_filter(struct data *data, const struct door_filter *from)
{
	struct filter *f;

	if (!from->no || !filter_is_safe(from->insn, from->insns))
		return -EINVAL;
	if (data_filter_find(data, from->no))
		return -EEXIST;
	f = data_filter_new(from);
	if (!f)
		return -ENOMEM;
	data_filter_count_anew(data, f->count);
	if (map_set(&data->filters, from->no, (uintptr_t)f))
		return 0;
	free(f);
	return -ENOMEM;
}

void data_filter_add(struct data *data, const struct door_msg *m, struct door_msg *answer)
{
	answer->answer.rc = data_add_filter(data, &m->filter);
}

void data_filter_del(struct data *data, const struct door_msg *m, struct door_msg *answer)
{
	(void)answer;
	data_filter_drop(data, m->number.no);
}

bool call_take_filters(struct data *data, struct call *c, const uint32_t no[DP_FILTERS])
{
	for (unsigned i = 0; i < DP_FILTERS; i++)
		if (no[i] && !data_filter_find(data, no[i]))
			return false;
	for (unsigned i = 0; i < DP_FILTERS; i++)
		if (no[i])
			call_set_filter(c, i, data_filter_hold(data_filter_find(data, no[i])));
	return true;
}

void call_give_filters(struct call *c)
{
	for (unsigned i = 0; i < DP_FILTERS; i++)
		data_filter_release(call_filter(c, i));
}

static void data_filter_forget(void *ctx, uint64_t key, uintptr_t v)
{
	(void)v;
	data_filter_drop(ctx, (uint32_t)key);
}

void data_filters_free(struct data *data)
{
	map_each(&data->filters, data_filter_forget, data);
}

/* --- handed over -------------------------------------------------------------------------------- */

struct filter *data_filter_hold(struct filter *f)
{
	if (f)
		f->refs++;
	return f;
}

struct door_msg data_filter_message(const struct filter *f, uint32_t no)
{
	return (struct door_msg){.kind = DOOR_FILTER_ADD,
				 .filter = {.no = no ? no : f->count + DOOR_FILTERS,
					    .insn = f->insn,
					    .insns = f->len}};
}

/* Its counters go on. */
struct filter *data_filter_restore(struct data *data, const struct door_filter *from,
				   bool registered)
{
	struct filter *f;

	if (!filter_is_safe(from->insn, from->insns) ||
	    (registered && data_filter_find(data, from->no)))
		return NULL;
	f = data_filter_new(from);
	if (!f || !registered)
		return f;
	if (map_set(&data->filters, from->no, (uintptr_t)f))
		return data_filter_hold(f);
	free(f);
	return NULL;
}

/* --- the workers ------------------------------------------------------------------------------ */

bool filter_run(struct worker *w, struct call *c, enum dp_filter place, const uint8_t *pkt,
		size_t len)
{
	struct filter *f = c->more->filter[place];
	bool in = place == DP_FILTER_IP_IN || place == DP_FILTER_PPP_IN;
	struct filter_counters *n = &w->n->filter[f->count];

	if (bpf_filter(f->insn, pkt, (u_int)len, (u_int)len)) {
		count_add(&n->passed, 1);
		return true;
	}
	count_add(&n->dropped, 1);
	count_add(in ? &call_rare(c->st)->filtered_in : &call_rare(c->st)->filtered_out, 1);
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
