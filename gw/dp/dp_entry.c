/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The entries of the call table as control has asked for them: which worker is home, where the
 * counters are, and which filters and device each one holds.
 *
 * The slot of an entry that has gone is taken again once data says that no worker writes there any
 * more, oldest first.
 */
#include "gw/dp/dp_int.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct dp_entry *dp_entry_find(const struct dp *dp, uint16_t tid, uint16_t sid)
{
	return (struct dp_entry *)map_get(&dp->entries, call_key(tid, sid));
}

struct call_slot *dp_entry_slot(const struct dp *dp, const struct dp_entry *e)
{
	return &dp->door->slot[e->slot];
}

/* --- slots ------------------------------------------------------------------------------------ */

static void dp_entry_empty(struct door *d, uint32_t slot, uint32_t key, unsigned home, bool bundle)
{
	struct call_slot *s = &d->slot[slot];

	if (door_rare(d, slot))
		memset((void *)&d->rare[slot], 0, sizeof(d->rare[slot]));
	memset((void *)&d->call[slot], 0, sizeof(d->call[slot]));
	memset((void *)s, 0, sizeof(*s));
	atomic_store(&s->home, (uint16_t)(home | (bundle ? DOOR_BUNDLE : 0)));
	atomic_store(&s->owner, key);
}

/* Entries are kept when their calls go.  Many share a block, or each would keep a page of memory
 * that was the call's from going back. */
static struct dp_entry *dp_entry_new(struct dp *dp)
{
	struct dp_entry_block *b = dp->entry_blocks;

	if (!b || b->used == DP_ENTRY_BLOCK) {
		b = calloc(1, sizeof(*b));
		if (!b)
			return NULL;
		b->next = dp->entry_blocks;
		dp->entry_blocks = b;
	}
	return &b->entry[b->used++];
}

/* The spare entry of the oldest slot, when that is free; else a new one.  NULL without memory. */
static struct dp_entry *dp_entry_take(struct dp *dp)
{
	struct dp_entry *e = dp->spare;

	if (e && !atomic_load(&dp_entry_slot(dp, e)->owner)) {
		dp->spare = e->next;
		if (!dp->spare)
			dp->spare_tail = &dp->spare;
		return e;
	}
	if (dp->fresh_slot == DOOR_CALLS)
		return NULL;
	e = dp_entry_new(dp);
	if (!e)
		return NULL;
	e->slot = dp->fresh_slot++;
	atomic_store(&dp->door->words->fresh_slot, dp->fresh_slot);
	return e;
}

static void dp_entry_give(struct dp *dp, struct dp_entry *e)
{
	e->next = NULL;
	*dp->spare_tail = e;
	dp->spare_tail = &e->next;
}

void dp_entry_spare(struct dp *dp, uint32_t slot)
{
	struct dp_entry *e = dp_entry_new(dp);

	if (!e)
		return; /* the slot is not used again */
	e->slot = slot;
	dp_entry_give(dp, e);
}

/* With the slot in which data counts for it already, if it does. */
static struct dp_entry *dp_entry_take_for(struct dp *dp, uint32_t key, unsigned home, bool bundle)
{
	uint32_t slot = dp_left_take_slot(dp, key, home, bundle);
	struct dp_entry *e;

	if (!slot) {
		e = dp_entry_take(dp);
		if (e)
			dp_entry_empty(dp->door, e->slot, key, home, bundle);
		return e;
	}
	e = dp_entry_new(dp);
	if (e)
		e->slot = slot;
	return e;
}

/* --- what an entry holds ---------------------------------------------------------------------- */

static bool dp_entry_may_hold(const struct dp *dp, const struct dp_call *c)
{
	for (unsigned i = 0; i < DP_FILTERS; i++) {
		const struct dp_filter_ref *f = dp_filter_find(dp, c->filter[i]);

		if (c->filter[i] && !(f && f->registered))
			return false;
	}
	return !c->tun || dp_tun_get(dp, c->tun);
}

static void dp_entry_hold(struct dp *dp, struct dp_entry *e, const struct dp_call *c)
{
	e->tun = c->tun;
	if (c->tun)
		dp_tun_get(dp, c->tun)->calls++;
	for (unsigned i = 0; i < DP_FILTERS; i++) {
		e->filter[i] = c->filter[i];
		if (c->filter[i])
			dp_filter_find(dp, c->filter[i])->calls++;
	}
}

static void dp_entry_let_go(struct dp *dp, const struct dp_entry *e)
{
	dp_tun_drop(dp, e->tun);
	for (unsigned i = 0; i < DP_FILTERS; i++)
		dp_filter_drop(dp, e->filter[i]);
}

static void dp_entry_remove(struct dp *dp, struct dp_entry *e)
{
	map_set(&dp->entries, e->key, 0);
	dp_fast_del(dp, e);
	dp_entry_let_go(dp, e);
	dp_entry_give(dp, e);
}

/* --- set and delete --------------------------------------------------------------------------- */

/* A bundle stays where it is, whichever of its links come and go.  -1 = the channel is gone. */
static int dp_entry_home(const struct dp *dp, const struct dp_call *c)
{
	if (c->bundle.mrru)
		return (int)(c->sid % dp->n);
	return dp_port_is_open(dp, c->channel) ? (int)dp->port[dp_channel_port(c->channel)].home
					       : -1;
}

/* The state of an entry stays with its worker, and its counters with the state. */
static bool dp_entry_moves(const struct dp_entry *e, const struct dp_call *c, unsigned home)
{
	return e->home != home || e->bundle != (c->bundle.mrru != 0);
}

/* An entry for what is wanted: with the slot of the one before, or with one of its own. */
static struct dp_entry *dp_entry_make(struct dp *dp, const struct dp_call *want, unsigned home)
{
	uint32_t key = call_key(want->tid, want->sid);
	struct dp_entry *e = dp_entry_take_for(dp, key, home, want->bundle.mrru);

	if (!e)
		return NULL;
	if (!map_set(&dp->entries, key, (uintptr_t)e)) {
		dp_entry_give(dp, e);
		return NULL;
	}
	*e = (struct dp_entry){
		.key = key, .slot = e->slot, .home = (uint8_t)home, .bundle = want->bundle.mrru};
	return e;
}

static int dp_entry_post(struct dp *dp, struct dp_entry *e, const struct dp_call *want)
{
	struct door_msg m = {.kind = DOOR_CALL_SET, .call_set = door_call_set_of(want, e->slot)};
	int rc = dp_change(dp, &m);

	e->set = dp->posted;
	return rc;
}

int dp_call_set(struct dp *dp, const struct dp_call *want)
{
	struct dp_entry *old = dp_entry_find(dp, want->tid, want->sid), *e = old, was;
	int home = dp_entry_home(dp, want), rc;

	if (!want->sid)
		return -EINVAL;
	if (home < 0)
		return -ENOENT;
	if (!dp_entry_may_hold(dp, want))
		return -EINVAL;
	if (!old || dp_entry_moves(old, want, (unsigned)home))
		e = dp_entry_make(dp, want, (unsigned)home);
	if (!e)
		return -ENOMEM;
	was = *e;
	e->fresh = !old;
	dp_entry_hold(dp, e, want);
	rc = dp_entry_post(dp, e, want);
	if (rc && !old)
		dp_entry_remove(dp, e);
	else if (old)
		dp_entry_let_go(dp, e == old ? &was : old);
	if (old && e != old)
		dp_entry_give(dp, old);
	if (!rc)
		dp_fast_set(dp, e, want);
	return rc;
}

void dp_call_del(struct dp *dp, uint16_t tid, uint16_t sid)
{
	struct door_msg m = {.kind = DOOR_CALL_DEL, .leg = {tid, sid}};
	struct dp_entry *e = dp_entry_find(dp, tid, sid);

	if (!e)
		return;
	dp_change(dp, &m);
	dp_entry_remove(dp, e);
}

struct dp_entry_search {
	uint64_t no;
	struct dp_entry *found;
};

static void dp_entry_look(void *ctx, uint64_t key, uintptr_t v)
{
	struct dp_entry_search *s = ctx;
	struct dp_entry *e = (struct dp_entry *)v;

	(void)key;
	if (e->set == s->no)
		s->found = e;
}

/* Rare: data had no memory. */
void dp_entry_failed(struct dp *dp, uint64_t no)
{
	struct dp_entry_search s = {no, NULL};

	dp->reason[DP_R_NOT_SET]++;
	map_each(&dp->entries, dp_entry_look, &s);
	if (s.found && s.found->fresh)
		dp_entry_remove(dp, s.found);
}

void dp_entries_free(struct dp *dp)
{
	map_free(&dp->entries);
	while (dp->entry_blocks) {
		struct dp_entry_block *b = dp->entry_blocks;

		dp->entry_blocks = b->next;
		free(b);
	}
}

/* --- counters --------------------------------------------------------------------------------- */

static void dp_entry_count_rare(struct dp_call_stats *out, const struct call_rare *n)
{
	out->filtered_in = count_get(&n->filtered_in);
	out->filtered_out = count_get(&n->filtered_out);
	for (unsigned i = 0; i < DP_RATES; i++)
		out->limited[i] = count_get(&n->limited[i]);
	out->seq_lost = count_get(&n->seq_lost);
	out->seq_late = count_get(&n->seq_late);
	out->seq_reordered = count_get(&n->seq_reordered);
}

bool dp_call_stats(struct dp *dp, uint16_t tid, uint16_t sid, struct dp_call_stats *out)
{
	const struct dp_entry *e = dp_entry_find(dp, tid, sid);
	const struct call_counters *n = e ? &dp->door->call[e->slot] : NULL;

	if (!e)
		return false;
	*out = (struct dp_call_stats){
		.rx_frames = count_get(&n->rx_frames),
		.rx_octets = count_get(&n->rx_octets),
		.tx_frames = count_get(&n->tx_frames),
		.tx_octets = count_get(&n->tx_octets),
		.drops = count_get(&n->drops),
		.last_rx = count_get(&n->last_rx),
		.control = count_get(&n->control),
		.sending_seq = count_get(&n->numbers) & DOOR_SENDING_SEQ,
	};
	if (door_rare(dp->door, e->slot))
		dp_entry_count_rare(out, door_rare(dp->door, e->slot));
	dp_fast_add(dp, e, out);
	return true;
}

uint64_t dp_tunnel_heard(const struct dp *dp, uint16_t tid)
{
	uint64_t slow = atomic_load_explicit(&dp->door->heard[tid], memory_order_relaxed),
		 fast = dp_fast_heard(dp, tid);

	return fast > slow ? fast : slow;
}
