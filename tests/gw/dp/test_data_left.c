/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What goes from the door of a data that has died to that of the next one. */
#include "gw/dp/data.h"
#include "tests/harness.h"

#include <string.h>

#define KEY call_key(2, 3)

struct doors {
	struct door *before, *now;
	struct data data;
	struct worker worker; /* of the call that is set */
};

static void doors_begin(struct doors *d)
{
	memset(d, 0, sizeof(*d));
	d->before = door_new(2);
	d->now = door_new(2);
	CU_ASSERT_FATAL(d->before && d->now);
	d->data.door = d->now;
	d->worker.data = &d->data;
	map_init(&d->data.left, false);
}

static void doors_end(struct doors *d)
{
	map_free(&d->data.left);
	door_free(d->before);
	door_free(d->now);
}

/* A call there, which has sent ns frames and expects nr. */
static struct call_counters *doors_call(struct doors *d, uint32_t slot, uint32_t key, uint16_t ns,
					uint16_t nr)
{
	struct call_counters *n = &d->before->call[slot];

	atomic_store(&d->before->slot[slot].owner, key);
	atomic_store(&n->numbers, ns | (uint64_t)nr << 16 | DOOR_SENDING_SEQ | DOOR_SEEN_SEQ);
	atomic_store(&n->rx_frames, 11);
	atomic_store(&n->last_rx, 1);
	atomic_store(&door_rare_mine(d->before, slot)->seq_lost, 7);
	if (atomic_load(&d->before->words->fresh_slot) <= slot)
		atomic_store(&d->before->words->fresh_slot, slot + 1);
	return n;
}

static void doors_copy(struct doors *d)
{
	data_left_copy(d->now, d->before);
	CU_ASSERT_TRUE_FATAL(data_left_find(&d->data));
}

#define SLOT 8u /* of the call that is set */

/* Control sets call 2/3. */
static struct call_state doors_set(struct doors *d, struct bundle *bundle)
{
	struct call_state st = {
		.tid = 2, .sid = 3, .home = &d->worker, .n = &d->now->call[SLOT], .bundle = bundle};

	memset((void *)st.n, 0, sizeof(*st.n));
	memset((void *)&d->now->slot[SLOT], 0, sizeof(d->now->slot[SLOT]));
	l2tp_data_init(&st.data, &(struct l2tp_data_config){.peer_tid = 1});
	data_left_take(&d->data, &st);
	return st;
}

static void a_call_has_its_numbers_once(void)
{
	struct call_state st;
	struct doors d;

	doors_begin(&d);
	doors_call(&d, 5, KEY, 65535, 300);
	doors_call(&d, 9, call_key(2, 4), 1, 1);
	doors_copy(&d);
	st = doors_set(&d, NULL);
	CU_ASSERT(st.data.ns == 65535 && st.data.nr == 300);
	CU_ASSERT(st.data.sending_seq && st.data.seen_seq && st.data.lost == 7);
	CU_ASSERT(st.n->rx_frames == 11 && st.n->last_rx == 1);
	CU_ASSERT_PTR_NOT_NULL_FATAL(door_rare(d.now, SLOT));
	CU_ASSERT_EQUAL(door_rare(d.now, SLOT)->seq_lost, 7);
	CU_ASSERT_EQUAL(st.n->numbers, d.before->call[5].numbers);
	st = doors_set(&d, NULL);
	CU_ASSERT(!st.data.ns && !st.data.seen_seq && !st.n->rx_frames);
	doors_end(&d);
}

static void the_mark_ends_it(void)
{
	struct call_state st;
	struct doors d;

	doors_begin(&d);
	doors_call(&d, 1, KEY, 20, 20);
	doors_copy(&d);
	CU_ASSERT_EQUAL(d.now->words->left, 1);
	data_left_drop(&d.data);
	CU_ASSERT_EQUAL(d.now->words->left, 0);
	CU_ASSERT_EQUAL(d.now->left[0].n.rx_frames, 0); /* its memory has gone back */
	st = doors_set(&d, NULL);
	CU_ASSERT_FALSE(st.data.ns);
	doors_end(&d);
}

/* One that dies before the mark: what it has carried counts, and what it has not begun with is
 * still there. */
static void a_life_before_its_mark(void)
{
	struct call_state st;
	struct doors d;

	doors_begin(&d);
	doors_call(&d, 1, KEY, 20, 20);
	doors_call(&d, 2, call_key(2, 4), 30, 30);
	doors_copy(&d);
	doors_set(&d, NULL);
	door_free(d.before);
	d.before = d.now;
	d.data.door = d.now = door_new(2);
	map_free(&d.data.left);
	doors_call(&d, 1, KEY, 21, 22);
	doors_copy(&d);
	CU_ASSERT_EQUAL(d.now->words->left, 2);
	st = doors_set(&d, NULL);
	CU_ASSERT(st.data.ns == 21 && st.data.nr == 22);
	CU_ASSERT_EQUAL(map_get(&d.data.left, call_key(2, 4)), 2);
	CU_ASSERT_EQUAL(d.now->left[1].n.numbers & UINT16_MAX, 30);
	CU_ASSERT_EQUAL(d.now->counters[0]->deaths, 2);
	doors_end(&d);
}

static void counters_of_workers_add_up(void)
{
	struct doors d;

	doors_begin(&d);
	atomic_store(&d.before->counters[1]->reason[DP_R_SEQ], 5);
	atomic_store(&d.before->counters[1]->rx_discard, 6);
	atomic_store(&d.before->counters[1]->deaths, 2);
	atomic_store(&d.before->counters[0]->filter[3].passed, 7);
	doors_copy(&d);
	CU_ASSERT_EQUAL(d.now->counters[1]->reason[DP_R_SEQ], 5);
	CU_ASSERT_EQUAL(d.now->counters[1]->rx_discard, 6);
	CU_ASSERT_EQUAL(d.now->counters[1]->deaths, 2);
	CU_ASSERT_EQUAL(d.now->counters[0]->deaths, 1);
	CU_ASSERT_EQUAL(d.now->counters[0]->filter[3].passed, 0);
	doors_end(&d);
}

/* --- mailboxes -------------------------------------------------------------------------------- */

static void doors_post(struct doors *d, enum door_mail mail, const void *octets, size_t len)
{
	struct ring_out ring;
	void *room;

	CU_ASSERT_TRUE_FATAL(ring_out_open(&ring, d->before->mail[1][mail], door_ring_size[mail]));
	room = ring_reserve(&ring, len);
	CU_ASSERT_PTR_NOT_NULL_FATAL(room);
	memcpy(room, octets, len);
	ring_commit(&ring);
}

/* Two that were taken, then those that were not. */
static void frames_in_mailboxes_are_lost(void)
{
	static const uint32_t kinds[] = {CMD_PPP,    CMD_IP,	 CMD_CONTROL,	 CMD_PPP,
					 CMD_ANSWER, CMD_REFUSE, CMD_DISCONNECT, 99};
	const struct frame_rec frame = {.channel = 1};
	struct ring_in cmd;
	struct doors d;
	size_t len;

	doors_begin(&d);
	for (unsigned i = 0; i < 8; i++)
		doors_post(&d, MAIL_CMD, &(struct cmd_rec){.kind = kinds[i]},
			   sizeof(struct cmd_rec));
	doors_post(&d, MAIL_CMD, "abc", 3);
	doors_post(&d, MAIL_CONTROL, &frame, sizeof(frame));
	doors_post(&d, MAIL_PPP, &frame, sizeof(frame));
	doors_post(&d, MAIL_PPP, &frame, sizeof(frame));
	doors_post(&d, MAIL_LOG, &frame, sizeof(frame));
	CU_ASSERT_TRUE_FATAL(
		ring_in_open(&cmd, d.before->mail[1][MAIL_CMD], door_ring_size[MAIL_CMD]));
	for (unsigned i = 0; i < 2; i++) {
		CU_ASSERT_PTR_NOT_NULL(ring_peek(&cmd, &len));
		ring_drop(&cmd);
	}
	doors_copy(&d);
	CU_ASSERT_EQUAL(d.now->counters[1]->reason[DP_R_DIED_CONTROL], 2);
	CU_ASSERT_EQUAL(d.now->counters[1]->reason[DP_R_DIED_FRAME], 3);
	CU_ASSERT_EQUAL(d.now->counters[0]->reason[DP_R_DIED_FRAME], 0);
	doors_end(&d);
}

/* --- it may have written anything ------------------------------------------------------------- */

static void nonsense_is_not_followed(void)
{
	struct call_counters *n;
	struct call_state st;
	struct doors d;

	doors_begin(&d);
	n = doors_call(&d, DOOR_CALLS - 1, KEY, 1, 2);
	atomic_store(&n->last_rx, UINT64_MAX);
	atomic_store(&n->numbers, UINT64_MAX);
	doors_call(&d, 4, call_key(2, 4), 1, 2);
	doors_call(&d, 6, call_key(2, 4), 3, 4); /* two owners are one */
	atomic_store(&d.before->words->fresh_slot, UINT32_MAX);
	atomic_store(&d.before->words->left, UINT32_MAX);
	for (unsigned k = 0; k < MAIL_KINDS; k++)
		atomic_store(&d.before->mail[0][k]->head, 0x123456789);
	memset(d.before->mail[1][MAIL_CMD], 0xff, 4096);
	atomic_store(&d.before->mail[1][MAIL_PPP]->head, 64);
	memset(d.before->mail[1][MAIL_PPP]->octets, 0xee, 64); /* a length beyond the head */
	doors_copy(&d);
	st = doors_set(&d, NULL);
	CU_ASSERT(st.data.ns == UINT16_MAX && st.data.nr == UINT16_MAX);
	CU_ASSERT_EQUAL(st.n->last_rx, 0);
	CU_ASSERT_EQUAL(map_get(&d.data.left, call_key(2, 4)), 1);
	CU_ASSERT_EQUAL(d.now->counters[1]->reason[DP_R_DIED_FRAME], 0);
	doors_end(&d);
}

/* As many rows as there are slots, however many the door before says. */
static void rows_have_an_end(void)
{
	struct doors d;

	doors_begin(&d);
	for (uint32_t i = 0; i < DOOR_CALLS; i++) {
		atomic_store(&d.before->slot[i].owner, i + 1);
		atomic_store(&d.before->left[i].slot.owner, i + 1);
	}
	atomic_store(&d.before->words->fresh_slot, DOOR_CALLS);
	atomic_store(&d.before->words->left, DOOR_CALLS);
	doors_copy(&d);
	CU_ASSERT_EQUAL(d.now->words->left, DOOR_CALLS);
	doors_end(&d);
}

/* The entry of this key was of another kind. */
static void a_bundle_is_no_call(void)
{
	struct call_state st;
	struct doors d;

	doors_begin(&d);
	doors_call(&d, 1, KEY, 20, 20);
	atomic_store(&d.before->slot[1].home, DOOR_BUNDLE);
	doors_copy(&d);
	st = doors_set(&d, NULL);
	CU_ASSERT(!st.data.ns && !st.n->rx_frames);
	doors_end(&d);
}

static const struct test_case cases[] = {
	{"a_call_has_its_numbers_once", a_call_has_its_numbers_once},
	{"the_mark_ends_it", the_mark_ends_it},
	{"a_life_before_its_mark", a_life_before_its_mark},
	{"counters_of_workers_add_up", counters_of_workers_add_up},
	{"frames_in_mailboxes_are_lost", frames_in_mailboxes_are_lost},
	{"nonsense_is_not_followed", nonsense_is_not_followed},
	{"rows_have_an_end", rows_have_an_end},
	{"a_bundle_is_no_call", a_bundle_is_no_call},
	{NULL, NULL},
};
const struct test_suite suite_data_left = {"data_left", cases};
