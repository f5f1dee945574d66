/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reports of ports, as control gets them: decoded as what a stranger sends, and told. */
#include "gw/dp/data.h"
#include "gw/dp/dp_int.h"

#include <stdlib.h>
#include <string.h>

const char *dp_static_words(struct dp *dp, const char *words)
{
	size_t len = words ? strlen(words) + 1 : 0;
	char *at = dp->words;

	if (!words)
		return NULL;
	for (; at < dp->words + dp->words_used; at += strlen(at) + 1)
		if (!strcmp(at, words))
			return at;
	if (len > DP_WORDS - dp->words_used)
		return NULL;
	dp->words_used += len;
	return memcpy(at, words, len);
}

static void dp_report_offer(struct dp *dp, const struct door_report *r)
{
	if (dp->ops.offer)
		dp->ops.offer(dp->ctx, r->channel, &r->attrs, r->when);
}

static void dp_report_up(struct dp *dp, const struct door_report *r)
{
	if (dp->ops.up)
		dp->ops.up(dp->ctx, r->channel, &r->attrs, r->when);
}

static void dp_report_down(struct dp *dp, const struct door_report *r)
{
	struct ist_cause why = r->cause;

	why.words = dp_static_words(dp, r->cause.words);
	if (dp->ops.down)
		dp->ops.down(dp->ctx, r->channel, &why, r->forever, r->when);
}

static void dp_report_mtu(struct dp *dp, const struct door_report *r)
{
	if (dp->ops.mtu)
		dp->ops.mtu(dp->ctx, r->channel, r->mtu, r->when);
}

static void dp_report_failed(struct dp *dp, const struct door_report *r)
{
	if (dp->ops.port_failed)
		dp->ops.port_failed(dp->ctx, r->port, r->err, r->words ? r->words : "", r->when);
}

/* A port that is open, and one of whose channels is named, if any is. */
static bool dp_report_is_ours(const struct dp *dp, const struct door_msg *m, uint64_t at)
{
	const struct dp_port *p = m->report.port < DP_PORTS ? &dp->port[m->report.port] : NULL;

	return p && p->open && (int64_t)(p->stale - at) < 0 &&
	       (m->kind == DOOR_FAILED || dp_channel_port(m->report.channel) == m->report.port);
}

static void dp_report_tell(struct dp *dp, const struct door_msg *m)
{
	static void (*const tell[DOOR_KINDS])(struct dp * dp, const struct door_report *r) = {
		[DOOR_OFFER] = dp_report_offer,	  [DOOR_UP] = dp_report_up,
		[DOOR_DOWN] = dp_report_down,	  [DOOR_MTU] = dp_report_mtu,
		[DOOR_FAILED] = dp_report_failed,
	};

	dp_chan_before(dp, m);
	if (tell[m->kind] && (m->kind == DOOR_FAILED || dp_chan_wanted(dp, m)))
		tell[m->kind](dp, &m->report);
	dp_chan_after(dp, m);
}

void dp_report_handle(struct dp *dp, struct door_msg *m, uint64_t at)
{
	if (!dp_report_is_ours(dp, m, at))
		return;
	m->report.when = dp_when(dp, m->report.when);
	dp_report_tell(dp, m);
}

bool dp_report_take(struct dp *dp, unsigned worker, uint64_t mark, struct door_msg *m, size_t *len)
{
	struct ring_in *ring = &dp->mail[worker].reports;

	while (ring_before(ring, mark) && dp_take(dp, ring, dp->frame, DP_FRAME, len)) {
		if (!door_msg_decode(m, DOOR_REPORT, dp->frame, *len, dp->room,
				     door_msg_room(REPORT_MAX))) {
			dp_lose(dp, "a report that cannot be read");
			return false;
		}
		if (m->no == dp->attach) /* else for a control before this one */
			return true;
	}
	return false;
}

void dp_report_poke(struct dp *dp, unsigned worker)
{
	if (atomic_exchange(&dp->door->words->worker[worker].reports_wait, false))
		waker_poke(&dp->door->worker[worker]);
}

void dp_report_deliver(struct dp *dp, unsigned worker)
{
	struct ring_in *ring = &dp->mail[worker].reports;
	uint64_t mark = ring_mark(ring), begin = ring->tail;
	struct door_msg m;
	size_t len;

	while (dp_report_take(dp, worker, mark, &m, &len))
		dp_report_handle(dp, &m, ring->tail);
	if (ring->tail != begin)
		dp_report_poke(dp, worker);
}
