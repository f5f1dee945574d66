/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Data has died, and another one begins at a door of its own.  Counters are copied from the door
 * before, those of calls to a place where they wait until control sets the call again; Ns and Nr
 * are among them, since a peer drops data with numbers that it has had (RFC 2661 5.4).  A data that
 * dies before control has come so far leaves them to the next one.
 *
 * The data that died may have written anything: slots are counted, never followed, and a time that
 * has not come yet is none.
 */
#define _DEFAULT_SOURCE /* madvise */
#include "gw/dp/data.h"

#include <sys/mman.h>

_Static_assert(offsetof(struct worker_counters, filter) ==
		       (DP_R_COUNT + 18) * sizeof(_Atomic uint64_t),
	       "all counters before those of filters are copied as one array");

/* --- from door to door ------------------------------------------------------------------------ */

/* Filters have other numbers in each life of control. */
static void data_left_copy_worker(struct worker_counters *to, const struct worker_counters *from)
{
	_Atomic uint64_t *t = to->reason;
	const _Atomic uint64_t *f = from->reason;

	for (size_t i = 0; i < offsetof(struct worker_counters, filter) / sizeof(*t); i++)
		count_add(&t[i], count_get(&f[i]));
}

static void data_left_copy_call(struct call_counters *to, const struct call_counters *from)
{
	uint64_t last_rx = count_get(&from->last_rx);

	count_add(&to->rx_frames, count_get(&from->rx_frames));
	count_add(&to->rx_octets, count_get(&from->rx_octets));
	count_add(&to->tx_frames, count_get(&from->tx_frames));
	count_add(&to->tx_octets, count_get(&from->tx_octets));
	count_add(&to->drops, count_get(&from->drops));
	count_add(&to->last_rx, last_rx <= dp_now() ? last_rx : 0);
	count_add(&to->control, count_get(&from->control));
	count_add(&to->numbers, count_get(&from->numbers));
}

static void data_left_copy_rare(struct call_rare *to, const struct call_rare *from)
{
	uint64_t fast = count_get(&from->fast_last_rx);

	count_add(&to->filtered_in, count_get(&from->filtered_in));
	count_add(&to->filtered_out, count_get(&from->filtered_out));
	for (unsigned i = 0; i < DP_RATES; i++)
		count_add(&to->limited[i], count_get(&from->limited[i]));
	count_add(&to->seq_lost, count_get(&from->seq_lost));
	count_add(&to->seq_late, count_get(&from->seq_late));
	count_add(&to->seq_reordered, count_get(&from->seq_reordered));
	atomic_fetch_add(&to->fast_rx_frames, count_get(&from->fast_rx_frames));
	atomic_fetch_add(&to->fast_rx_octets, count_get(&from->fast_rx_octets));
	atomic_fetch_add(&to->fast_tx_frames, count_get(&from->fast_tx_frames));
	atomic_fetch_add(&to->fast_tx_octets, count_get(&from->fast_tx_octets));
	atomic_fetch_add(&to->fast_last_rx, fast <= dp_now() ? fast : 0);
}

/* rare: NULL = nothing. */
static void data_left_add_row(struct door *d, const struct call_counters *n,
			      const struct call_slot *slot, const struct call_rare *rare)
{
	uint32_t rows = atomic_load(&d->words->left), owner = atomic_load(&slot->owner);
	struct call_left *to = &d->left[rows];

	if (!owner || rows >= DOOR_CALLS)
		return;
	data_left_copy_call(&to->n, n);
	if (rare)
		data_left_copy_rare(&to->rare, rare);
	atomic_store(&to->slot.has_rare, rare != NULL);
	atomic_store(&to->slot.home, atomic_load(&slot->home));
	atomic_store(&to->slot.owner, owner);
	atomic_store(&d->words->left, rows + 1);
}

static void data_left_copy_slots(struct door *d, const struct door *before)
{
	uint32_t n = atomic_load(&before->words->fresh_slot);

	for (uint32_t i = 0; i < n && i < DOOR_CALLS; i++)
		data_left_add_row(d, &before->call[i], &before->slot[i], door_rare(before, i));
}

/* What the data before has not begun with. */
static void data_left_copy_left(struct door *d, const struct door *before)
{
	uint32_t n = atomic_load(&before->words->left);

	for (uint32_t i = 0; i < n && i < DOOR_CALLS; i++) {
		const struct call_left *from = &before->left[i];

		data_left_add_row(d, &from->n, &from->slot,
				  atomic_load(&from->slot.has_rare) ? &from->rare : NULL);
	}
}

/* --- what was in the mailboxes ---------------------------------------------------------------- */

static enum dp_reason data_left_command(const void *octets, size_t len)
{
	static const enum dp_reason why[CMD_KINDS] = {
		[CMD_CONTROL] = DP_R_DIED_CONTROL,
		[CMD_PPP] = DP_R_DIED_FRAME,
		[CMD_IP] = DP_R_DIED_FRAME,
	};
	const struct cmd_rec *r = octets;

	return len >= sizeof(*r) && r->kind < CMD_KINDS && why[r->kind] ? why[r->kind] : DP_R_COUNT;
}

static enum dp_reason data_left_control(const void *octets, size_t len)
{
	(void)octets;
	(void)len;
	return DP_R_DIED_CONTROL;
}

static enum dp_reason data_left_frame(const void *octets, size_t len)
{
	(void)octets;
	(void)len;
	return DP_R_DIED_FRAME;
}

/* Neither side takes these any more.  A control that has not yet seen the death may still take a
 * few of those for it: they count as lost all the same. */
static void data_left_count(struct door *d, unsigned worker, const struct door *before)
{
	static const struct {
		enum door_mail mail;
		enum dp_reason (*reason)(const void *octets, size_t len);
	} rows[] = {
		{MAIL_CMD, data_left_command},
		{MAIL_CONTROL, data_left_control},
		{MAIL_PPP, data_left_frame},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		enum door_mail mail = rows[i].mail;
		enum dp_reason why;
		struct ring_in ring;
		const void *r;
		size_t len;

		if (!ring_in_open(&ring, before->mail[worker][mail], door_ring_size[mail]))
			continue;
		for (; (r = ring_peek(&ring, &len)); ring_pass(&ring)) {
			why = rows[i].reason(r, len);
			if (why != DP_R_COUNT)
				count_add(&d->counters[worker]->reason[why], 1);
		}
	}
}

void data_left_copy(struct door *d, const struct door *before)
{
	for (unsigned i = 0; i < d->workers; i++) {
		data_left_copy_worker(d->counters[i], before->counters[i]);
		data_left_count(d, i, before);
	}
	count_add(&d->counters[0]->deaths, 1);
	data_left_copy_slots(d, before);
	data_left_copy_left(d, before);
}

/* --- to the calls that go on ------------------------------------------------------------------ */

/* Of two rows of a call the first is the younger. */
bool data_left_find(struct data *data)
{
	uint32_t n = atomic_load(&data->door->words->left);

	for (uint32_t i = 0; i < n && i < DOOR_CALLS; i++) {
		uint32_t key = atomic_load(&data->door->left[i].slot.owner);

		if (key && !map_get(&data->left, key) &&
		    !map_set(&data->left, key, (uintptr_t)i + 1))
			return false;
	}
	return true;
}

static void data_left_take_rare(struct call_state *st, const struct call_left *from)
{
	if (!atomic_load(&from->slot.has_rare))
		return;
	st->data.lost = count_get(&from->rare.seq_lost);
	st->data.late = count_get(&from->rare.seq_late);
	st->data.reordered = count_get(&from->rare.seq_reordered);
	data_left_copy_rare(call_rare(st), &from->rare);
}

void data_left_take(struct data *data, struct call_state *st)
{
	uint32_t key = call_key(st->tid, st->sid);
	uint32_t row = (uint32_t)map_get(&data->left, key);
	struct call_left *from = row ? &data->door->left[row - 1] : NULL;
	uint64_t n;

	/* A data side that has handed over to us may have taken it. */
	if (!from || atomic_load(&from->slot.owner) != key ||
	    !(atomic_load(&from->slot.home) & DOOR_BUNDLE) != !st->bundle)
		return;
	n = count_get(&from->n.numbers);
	l2tp_data_go_on(&st->data, &(struct l2tp_data_numbers){.ns = (uint16_t)n,
							       .nr = (uint16_t)(n >> 16),
							       .sending_seq = n & DOOR_SENDING_SEQ,
							       .seen_seq = n & DOOR_SEEN_SEQ});
	data_left_copy_call(st->n, &from->n);
	data_left_take_rare(st, from);
	map_set(&data->left, key, 0);
	atomic_store(&from->slot.owner, 0);
}

void data_left_drop(struct data *data)
{
	struct door *d = data->door;

	if (!atomic_load(&d->words->left))
		return;
	atomic_store(&d->words->left, 0);
	map_free(&data->left);
	madvise(d->left, DOOR_CALLS * sizeof(*d->left), MADV_REMOVE);
}
