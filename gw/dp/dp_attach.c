/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Control begins: data may be new, or have the ports, channels and calls of a control before.  Data
 * reports all of them as new, behind the number of our ATTACH, and each worker says when it has
 * told all.  Ports are then found by their names when they are opened, channels by what was
 * reported, the counters of calls by the slots that name their owners.  What is reported is
 * delivered once the ports are open.
 */
#include "gw/dp/data.h"
#include "gw/dp/dp_int.h"

#include <poll.h>
#include <stdlib.h>
#include <string.h>

/* Octets of reports of one control that begins: a million channels.  More is not believed. */
#define LEFT_MOST (1u << 29)

/* --- reports ---------------------------------------------------------------------------------- */

static void dp_left_keep_report(struct dp *dp, size_t len)
{
	struct dp_left_report *r = malloc(sizeof(*r) + len);

	dp->left.octets += len;
	if (!r || dp->left.octets > LEFT_MOST) {
		dp_lose(dp, r ? "more reports than there can be" : "no memory for reports");
		free(r);
		return;
	}
	r->next = NULL;
	r->len = len;
	memcpy(r->octets, dp->frame, len);
	*dp->left.tail = r;
	dp->left.tail = &r->next;
}

static void dp_left_note_port(struct dp *dp, const struct door_report *r)
{
	char *transport = strdup(r->transport), *name = strdup(r->name);

	if (!transport || !name || dp->left.port[r->port].open || r->worker >= dp->n) {
		dp_lose(dp, "a port that cannot be there");
		free(transport);
		free(name);
		return;
	}
	dp->left.port[r->port].open = true;
	dp->left.port[r->port].home = r->worker;
	dp->left.port[r->port].transport = transport;
	dp->left.port[r->port].name = name;
	if (dp->next_port <= r->port) /* when it goes its number is not given next */
		dp->next_port = r->port + 1;
}

/* True = this worker has told all. */
static bool dp_left_take(struct dp *dp, unsigned worker)
{
	struct ring_in *ring = &dp->mail[worker].reports;
	struct door_msg m;
	size_t len;

	while (dp_report_take(dp, worker, ring_mark(ring), &m, &len)) {
		if (m.kind == DOOR_TOLD)
			return true;
		if (m.kind == DOOR_PORT) {
			dp_left_note_port(dp, &m.report);
			continue;
		}
		dp_chan_before(dp, &m);
		dp_left_keep_report(dp, len);
	}
	dp_report_poke(dp, worker);
	return false;
}

static bool dp_left_is_told(struct dp *dp, const void *worker)
{
	return dp_left_take(dp, *(const unsigned *)worker);
}

/* --- counters --------------------------------------------------------------------------------- */

static void dp_left_find_slots(struct dp *dp)
{
	uint32_t fresh = atomic_load(&dp->door->words->fresh_slot);

	dp->fresh_slot = fresh && fresh <= DOOR_CALLS ? fresh : 1;
	for (uint32_t slot = 1; slot < dp->fresh_slot; slot++) {
		uint32_t key = atomic_load(&dp->door->slot[slot].owner);

		if (!key || map_get(&dp->left.slots, key) || !map_set(&dp->left.slots, key, slot))
			dp_entry_spare(dp, slot);
	}
}

/* The state that counts there is with this worker, or data would make another one. */
uint32_t dp_left_take_slot(struct dp *dp, uint32_t key, unsigned home, bool bundle)
{
	uint32_t slot = (uint32_t)map_get(&dp->left.slots, key);

	if (!slot)
		return 0;
	map_set(&dp->left.slots, key, 0);
	if (atomic_load(&dp->door->slot[slot].home) == (home | (bundle ? DOOR_BUNDLE : 0)))
		return slot;
	dp_entry_spare(dp, slot);
	return 0;
}

static void dp_left_spare_slot(void *ctx, uint64_t key, uintptr_t slot)
{
	(void)key;
	dp_entry_spare(ctx, (uint32_t)slot);
}

/* --- ports ------------------------------------------------------------------------------------ */

int dp_left_port(const struct dp *dp, const char *transport, const char *name)
{
	for (unsigned i = 0; i < DP_PORTS; i++)
		if (dp->left.port[i].open && !strcmp(dp->left.port[i].name, name) &&
		    !strcmp(dp->left.port[i].transport, transport))
			return (int)i;
	return -1;
}

void dp_left_forget_port(struct dp *dp, unsigned no)
{
	free(dp->left.port[no].transport);
	free(dp->left.port[no].name);
	memset(&dp->left.port[no], 0, sizeof(dp->left.port[no]));
}

/* --- begin, end ------------------------------------------------------------------------------- */

static bool dp_left_table_is_done(struct dp *dp, const void *arg)
{
	(void)arg;
	dp_take_answers(dp);
	return ring_is_taken(&dp->table);
}

/* What the control before has asked for is done first: its last number is the last there is. */
static bool dp_left_ask(struct dp *dp)
{
	struct door_msg m = {
		.kind = DOOR_ATTACH,
		.attach = {.version = DOOR_MSG_VERSION, .lines = dp->ops.line},
	};

	if (!dp_wait(dp, &dp->door->answer, dp_left_table_is_done, NULL))
		return false;
	dp->posted = atomic_load(&dp->door->words->done);
	dp->last_filter = atomic_load(&dp->door->words->last_filter);
	dp->attach = dp->posted + 1;
	return dp_ask(dp, &m) >= 0;
}

/* Packets that the control before has sent. */
static void dp_left_drop_sent(struct dp *dp)
{
	size_t len;

	for (unsigned i = 0; i < dp->n; i++)
		while (dp_take(dp, &dp->mail[i].sent, dp->frame, DP_FRAME, &len))
			;
}

bool dp_left_find(struct dp *dp)
{
	if (!dp_left_ask(dp))
		return false;
	for (unsigned i = 0; i < dp->n; i++)
		if (!dp_wait(dp, &dp->door->control, dp_left_is_told, &i))
			return false;
	dp_left_drop_sent(dp);
	dp_left_find_slots(dp);
	return !dp->gone;
}

void dp_left_deliver(struct dp *dp)
{
	struct dp_left_report *r = dp->left.reports, *next;
	struct door_msg m;

	dp->left.reports = NULL;
	dp->left.tail = &dp->left.reports;
	for (; r; r = next) {
		next = r->next;
		if (door_msg_decode(&m, DOOR_REPORT, r->octets, r->len, dp->room,
				    door_msg_room(REPORT_MAX)) &&
		    dp->port[m.report.port].claimed)
			dp_report_handle(dp, &m, dp->port[m.report.port].stale + 1);
		free(r);
	}
}

void dp_attached(struct dp *dp)
{
	struct door_msg m = {.kind = DOOR_MARK};

	for (unsigned i = 0; i < DP_PORTS; i++) {
		if (dp->left.port[i].open)
			dp_chan_forget_port(dp, i);
		dp_left_forget_port(dp, i);
	}
	dp_fast_sweep(dp);
	dp_change(dp, &m);
	dp_flush(dp);
	map_each(&dp->left.slots, dp_left_spare_slot, dp);
	map_free(&dp->left.slots);
	map_init(&dp->left.slots, false);
}

void dp_left_free(struct dp *dp)
{
	struct dp_left_report *next;

	for (struct dp_left_report *r = dp->left.reports; r; r = next) {
		next = r->next;
		free(r);
	}
	for (unsigned i = 0; i < DP_PORTS; i++)
		dp_left_forget_port(dp, i);
	map_free(&dp->left.slots);
}
