/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "gw/dialout.h"

#include "core/phb.h"
#include "gw/about.h"
#include "gw/history.h"
#include "gw/legs/legs.h"
#include "gw/peer.h"
#include "gw/route_way.h"
#include "gw/switch.h"
#include "gw/text.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* One call: alive until its join is gone. */
struct dialout {
	struct llist_head entry;
	struct gw *gw;
	struct l2tp_call *call;
	const struct cfg_peer *peer;
	struct leg_out ask;
	struct route_way way;
	struct leg *leg;	     /* of the call */
	const struct l2tp_msg *ocrq; /* while it is offered */
};

/* --- results ---------------------------------------------------------------------------------- */

enum l2tp_cdn_result dialout_result_of_fail(const struct line_fail *fail)
{
	static const struct {
		int err;
		enum l2tp_cdn_result result;
	} rows[] = {
		{ENETDOWN, L2TP_CDN_NO_DIAL_TONE},
		{EHOSTDOWN, L2TP_CDN_NO_DIAL_TONE},
		{EINVAL, L2TP_CDN_INVALID_DESTINATION},
		{ENOENT, L2TP_CDN_INVALID_DESTINATION},
		{ENOLINK, L2TP_CDN_NO_CARRIER},
		{EBUSY, L2TP_CDN_BUSY},
		{EDESTADDRREQ, L2TP_CDN_INVALID_DESTINATION},
		{EOPNOTSUPP, L2TP_CDN_NO_FACILITIES_PERM},
		{EAFNOSUPPORT, L2TP_CDN_NO_FACILITIES_PERM},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (rows[i].err == fail->err)
			return rows[i].result;
	return L2TP_CDN_NO_FACILITIES_TEMP;
}

/* Clearing causes of X.25 table 5-7; other media clear with 0. */
static enum l2tp_cdn_result dialout_result_of_clear(uint8_t cause)
{
	static const struct {
		uint8_t cause;
		enum l2tp_cdn_result result;
	} rows[] = {
		{1, L2TP_CDN_BUSY},		    /* number busy */
		{3, L2TP_CDN_NO_FACILITIES_PERM},   /* invalid facility request */
		{5, L2TP_CDN_NO_FACILITIES_TEMP},   /* network congestion */
		{9, L2TP_CDN_NO_CARRIER},	    /* out of order */
		{11, L2TP_CDN_ADMINISTRATIVE},	    /* access barred */
		{13, L2TP_CDN_INVALID_DESTINATION}, /* not obtainable */
		{21, L2TP_CDN_NO_FACILITIES_TEMP},  /* RPOA out of order */
		{25, L2TP_CDN_NO_FACILITIES_PERM},  /* reverse charging not subscribed */
		{33, L2TP_CDN_INVALID_DESTINATION}, /* incompatible destination */
		{41, L2TP_CDN_NO_FACILITIES_PERM},  /* fast select not subscribed */
		{57, L2TP_CDN_INVALID_DESTINATION}, /* ship absent */
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (rows[i].cause == cause)
			return rows[i].result;
	return L2TP_CDN_NO_CARRIER;
}

enum l2tp_cdn_result dialout_result_of_end(const struct leg_end *why)
{
	static const enum l2tp_cdn_result by_kind[] = {
		[IST_CAUSE_LOCAL] = L2TP_CDN_ADMINISTRATIVE,
		[IST_CAUSE_LINK] = L2TP_CDN_NO_DIAL_TONE,
		[IST_CAUSE_INACTIVE] = L2TP_CDN_NO_CARRIER,
		[IST_CAUSE_TIMEOUT] = L2TP_CDN_TIMEOUT,
		[IST_CAUSE_REFUSED] = L2TP_CDN_BUSY,
	};

	if (why->circuit_kind == IST_CAUSE_CLEARED)
		return dialout_result_of_clear(why->circuit_cause);
	if (why->circuit_kind && why->circuit_kind < sizeof(by_kind) / sizeof(by_kind[0]))
		return by_kind[why->circuit_kind];
	return (enum l2tp_cdn_result)call_end_results[why->cause];
}

/* --- the call --------------------------------------------------------------------------------- */

static void dialout_refuse(struct dialout *d, uint16_t result, uint16_t error, const char *words,
			   uint64_t now)
{
	struct l2tp_result r = {.result = result, .error = error};
	struct l2tp_tunnel_info t;
	struct l2tp_call_info c;

	l2tp_call_info(d->call, &c);
	l2tp_tunnel_info(c.tunnel, &t);
	gw_log_peer(about_call(d->gw, &t, &c), GW_LOG_CALL, LOGL_NOTICE,
		    peer_channel_source(d->gw, t.channel), now,
		    "call %u/%u: peer %s asks for %s: %s%s%s", t.local_id, c.local_id,
		    d->peer->name, *d->ask.called ? d->ask.called : "no number", words,
		    *d->way.why ? ": " : "", d->way.why);
	history_call(d->gw, d->call, now, words);
	snprintf(r.text, sizeof(r.text), "%s", words);
	l2tp_call_hangup(d->call, &r, NULL, 0, now);
}

static void dialout_free(struct dialout *d)
{
	route_way_end(d->gw, &d->way);
	llist_del(&d->entry);
	free(d);
}

void dialouts_free(struct gw *gw)
{
	struct dialout *d, *next;

	llist_for_each_entry_safe(d, next, &gw->dialouts, entry) dialout_free(d);
}

static void dialout_on_gone(void *ctx, const struct leg_end *why, uint64_t now)
{
	struct dialout *d = ctx;

	/* Started, the leg has hung up itself. */
	d->call = leg_call_let_go(d->leg);
	if (d->call && why->has_cdn)
		dialout_refuse(d, why->cdn_result, why->cdn_error, why->words, now);
	else if (d->call)
		dialout_refuse(d, (uint16_t)dialout_result_of_end(why), 0, why->words, now);
	dialout_free(d);
}

/* Another life has the line with its call and its way, and no more of this. */
static bool dialout_save(void *ctx, struct wr *w)
{
	route_way_save(w, &((const struct dialout *)ctx)->way);
	return true;
}

static const struct join_owner dialout_owner = {.gone = dialout_on_gone, .save = dialout_save};

static struct leg *dialout_leg(void *ctx)
{
	struct dialout *d = ctx;

	d->leg = leg_call_wanted(d->gw, d->call, d->peer, &d->ask);
	if (d->leg)
		leg_call_asks_phb(d->leg, phb_find(d->ocrq, L2TP_AVP_SESSION_DS));
	return d->leg;
}

/* Of a line that is being called nothing is known yet. */
static const char *dialout_wrong(const struct dialout *d, const struct leg *line)
{
	return leg_line_is_up(line) ? leg_out_wrong(&d->ask, leg_line_origin(line)) : NULL;
}

/* RFC 2661 7.5: OCRP only once it is known that the call can be placed. */
static void dialout_place(struct dialout *d, uint64_t now)
{
	const struct cfg_join *to = &d->way.route->to_circuit;
	struct line_to line = {to->port, strcmp(to->address, "*") ? to->address : d->ask.called,
			       *d->ask.sub_address ? d->ask.sub_address : NULL};
	const char *wrong;
	struct line_fail fail;
	struct join *j = line_dial(d->gw, &line, dialout_leg, &dialout_owner, d, &fail, now);
	struct leg_end why;

	if (!j) {
		dialout_refuse(d, (uint16_t)dialout_result_of_fail(&fail), 0, fail.words, now);
		dialout_free(d);
		return;
	}
	join_explain(j, d->way.why);
	wrong = dialout_wrong(d, j->leg[0]);
	if (wrong) {
		why = leg_end_cdn(wrong, L2TP_CDN_NO_FACILITIES_PERM);
		join_cut(j, &why, now);
		return;
	}
	leg_call_agree(d->leg, now);
	join_start(j, now);
}

static void dialout_number(const struct l2tp_msg *m, uint16_t type, char out[LEG_NUMBER_MAX + 1])
{
	const struct l2tp_avp *a = l2tp_msg_find(m, L2TP_IETF, type);

	gw_printable(out, LEG_NUMBER_MAX + 1, a ? a->val : NULL, a ? a->len : 0);
}

static struct leg_out dialout_read(const struct l2tp_msg *m)
{
	struct leg_out ask = {0};

	dialout_number(m, L2TP_AVP_CALLED_NUMBER, ask.called);
	dialout_number(m, L2TP_AVP_SUB_ADDRESS, ask.sub_address);
	l2tp_msg_u32(m, L2TP_IETF, L2TP_AVP_MINIMUM_BPS, &ask.min_bps);
	l2tp_msg_u32(m, L2TP_IETF, L2TP_AVP_MAXIMUM_BPS, &ask.max_bps);
	l2tp_msg_u32(m, L2TP_IETF, L2TP_AVP_BEARER_TYPE, &ask.bearer);
	l2tp_msg_u32(m, L2TP_IETF, L2TP_AVP_FRAMING_TYPE, &ask.framing);
	return ask;
}

static void dialout_begin(struct dialout *d, uint64_t now)
{
	if (d->ask.min_bps > d->ask.max_bps)
		dialout_refuse(d, L2TP_CDN_GENERAL_ERROR, L2TP_ERR_BAD_VALUE,
			       "Minimum BPS is above Maximum BPS", now);
	else if (!d->way.begun)
		dialout_refuse(d, L2TP_CDN_INVALID_DESTINATION, 0, "no route for this number", now);
	else {
		dialout_place(d, now);
		return;
	}
	dialout_free(d);
}

/* The route is chosen once, here: a second look could find the first one full. */
void dialout_offered(struct gw *gw, struct l2tp_call *call, const struct cfg_peer *peer,
		     const struct l2tp_msg *msg, uint64_t now)
{
	static const struct l2tp_result memory = {.result = L2TP_CDN_NO_FACILITIES_TEMP,
						  .text = "out of memory"};
	struct leg_out ask = dialout_read(msg);
	struct route_what what = {.peer = peer, .called = ask.called, .outgoing = true};
	struct route_way way;
	struct dialout *d;

	if (route_way_begin(gw, &way, &what) && !way.route->to_circuit.port) {
		switch_outgoing(gw, call, peer, msg, &way, now);
		return;
	}
	d = calloc(1, sizeof(*d));
	if (!d) {
		route_way_end(gw, &way);
		l2tp_call_hangup(call, &memory, NULL, 0, now);
		return;
	}
	llist_add_tail(&d->entry, &gw->dialouts);
	d->gw = gw;
	d->call = call;
	d->peer = peer;
	d->ask = ask;
	d->way = way;
	d->ocrq = msg;
	dialout_begin(d, now);
}
