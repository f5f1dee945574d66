/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A line whose route asks RADIUS servers where the call goes.  Meanwhile it has no leg, or with
 * `lcp = proxy` that of our PPP; the far end's first frame is kept for the join.  A line that
 * nobody takes is cleared, and one that stays is asked about again after a while only, however
 * often its far end begins anew.
 */
#include "gw/about.h"
#include "gw/line_int.h"

#include "gw/history.h"
#include "gw/peer.h"
#include "gw/route_ask.h"
#include "gw/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LINE_ASK_AGAIN (10 * UINT64_C(1000000))

struct line_early {
	size_t len;
	uint8_t octets[JOIN_EARLY_LEN];
};

bool line_asks(const struct line *l)
{
	return l->way.request && !l->proxy;
}

void line_keep_early(struct line *l, const uint8_t *frame, size_t len)
{
	if (len > JOIN_EARLY_LEN)
		return;
	if (!l->early)
		l->early = malloc(sizeof(*l->early));
	if (!l->early)
		return;
	memcpy(l->early->octets, frame, len);
	l->early->len = len;
}

static void line_drop_early(struct line *l)
{
	free(l->early);
	l->early = NULL;
}

void line_ask_no_more(struct line *l)
{
	if (line_asks(l))
		route_way_end(l->all->gw, &l->way);
	line_drop_early(l);
}

/* Its far end may go on when it sends a Configure-Request again. */
static void line_not_taken(struct line *l, uint64_t now)
{
	struct leg_end why = leg_end(LEG_BY_RESOURCES,
				     l->way.refused ? l->way.refused : "no peer can be called");
	struct gw *gw = l->all->gw;
	char where[GW_TEXT_MAX];

	port_channel_text(where, sizeof(where), gw, l->channel);
	gw_log_peer(about_channel(gw, l->channel), GW_LOG_CALL, LOGL_NOTICE, l->channel, now,
		    "line (%s): no call: %s", where, l->way.why);
	history_not_begun(gw, l->channel, now, "line by route", l->way.route->name, where, &why);
	l->ask_after = now + LINE_ASK_AGAIN;
	route_way_end(gw, &l->way);
}

static void line_refuse(struct line *l, uint64_t now)
{
	static const struct ist_cause refused = {.kind = IST_CAUSE_REFUSED,
						 .words = "no peer takes the call"};

	line_not_taken(l, now);
	dp_disconnect(l->all->gw->dp, l->channel, &refused);
}

static void line_ask_answered(void *ctx, bool ok, const char *message, uint64_t now)
{
	struct line *l = ctx;
	bool placed = ok && l->all->gw->phase == GW_RUNNING && line_place_call(l, now);

	if (!placed && l->proxy) {
		line_proxy_not_taken(l, message, now);
		route_way_end(l->all->gw, &l->way);
	} else if (!placed) {
		line_refuse(l, now);
	} else if (l->early && l->leg) {
		leg_line_rx(l->leg, l->early->octets, l->early->len, now);
	}
	line_drop_early(l);
}

bool line_ask(struct line *l, const struct route_what *what, uint64_t now)
{
	struct gw *gw = l->all->gw;
	const struct gw_port *p = port_by_number(gw, dp_channel_port(l->channel));
	char where[GW_TEXT_MAX];
	struct ppp_proxy x = {.claim = NULL};
	struct route_question q = {
		.what = what,
		.source = peer_channel_source(gw, l->channel),
		.source_text = port_channel_text(where, sizeof(where), gw, l->channel),
		.about = about_channel(gw, l->channel),
		.medium = p ? port_medium(p->cfg, l->origin.async) : AAA_VIRTUAL};

	if (l->proxy && leg_proxy_state(l->proxy, &x))
		q.claim = x.claim;
	if (route_ask(gw, &l->way, &q, line_ask_answered, l, now)) {
		loop_cancel(gw->loop, &l->idle);
		return true;
	}
	if (!l->proxy)
		line_not_taken(l, now);
	return false;
}
