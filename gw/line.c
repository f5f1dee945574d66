/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "gw/line.h"

#include "core/bytes.h"
#include "core/container.h"
#include "core/htab.h"
#include "core/idtab.h"
#include "gw/legs/legs.h"
#include "gw/port.h"
#include "gw/random.h"
#include "gw/service.h"
#include "gw/text.h"
#include <osmocom/core/linuxlist.h>
#include <stdlib.h>
#include <string.h>

/* A switched circuit whose far end does not begin with PPP is cleared. */
#define LINE_IDLE (30 * UINT64_C(1000000))

struct lines {
	struct gw *gw;
	struct llist_head list;
	struct htab by_channel;
	struct idtab number; /* of lines that have a join */
};

struct line {
	struct llist_head entry;
	struct hnode node;
	struct lines *all;
	l2tp_channel channel;
	bool switched;
	struct leg *leg; /* NULL = no join */
	uint16_t number;
	struct loop_timer idle;
};

struct lines *lines_new(struct gw *gw)
{
	struct lines *l = calloc(1, sizeof(*l));
	uint8_t key[16];
	uint64_t secret;

	if (!l)
		return NULL;
	l->gw = gw;
	gw_random(key, sizeof(key));
	gw_random(&secret, sizeof(secret));
	INIT_LLIST_HEAD(&l->list);
	htab_init(&l->by_channel, secret);
	idtab_init(&l->number, key, UINT16_MAX);
	return l;
}

static struct line *line_on(const struct gw *gw, l2tp_channel c)
{
	struct hnode *n = htab_first(&gw->lines->by_channel, c);

	return n ? IST_CONTAINER_OF(n, struct line, node) : NULL;
}

static void line_forget(struct line *l)
{
	loop_cancel(l->all->gw->loop, &l->idle);
	if (l->number)
		idtab_give(&l->all->number, l->number, 0);
	htab_del(&l->all->by_channel, &l->node);
	llist_del(&l->entry);
	free(l);
}

void lines_free(struct lines *all)
{
	struct line *l, *next;

	if (!all)
		return;
	llist_for_each_entry_safe(l, next, &all->list, entry) line_forget(l);
	htab_free(&all->by_channel);
	idtab_free(&all->number);
	free(all);
}

/* --- where its PPP goes ----------------------------------------------------------------------- */

/* The service of its section; NULL = none. */
static struct gw_service *line_service(struct gw *gw, const struct gw_port *p,
				       const struct ist_addr *peer)
{
	const struct cfg_circuit *c = port_circuit(p, peer);
	const struct cfg_accept *a = c ? NULL : port_accept(p, peer);
	const struct cfg_service *s = c ? c->service : a ? a->service : NULL;

	return s ? service_of(gw, s) : NULL;
}

static struct gw_service *line_service_of(const struct line *l)
{
	struct gw *gw = l->all->gw;
	const struct gw_port *p = port_by_number(gw, dp_channel_port(l->channel));
	struct ist_addr peer;

	return p && dp_channel_peer(gw->dp, l->channel, &peer) ? line_service(gw, p, &peer) : NULL;
}

/* --- joins ------------------------------------------------------------------------------------ */

/* The leg has let the channel go: a switched circuit has been cleared. */
static void line_on_gone(void *ctx, const struct leg_end *why, uint64_t now)
{
	struct line *l = ctx;
	char where[GW_TEXT_MAX];

	gw_log_peer(GW_LOG_CALL, LOGL_NOTICE, l->channel, now, "line %u (%s): ended: %s", l->number,
		    port_channel_text(where, sizeof(where), l->all->gw, l->channel), why->words);
	l->leg = NULL;
	idtab_give(&l->all->number, l->number, now);
	l->number = 0;
	if (l->switched)
		line_forget(l);
}

static const struct join_owner line_owner = {.gone = line_on_gone};

static bool line_join(struct line *l, struct leg *other, uint64_t now)
{
	struct gw *gw = l->all->gw;
	struct join *j;

	l->number = idtab_take(&l->all->number, l, now);
	l->leg = l->number ? leg_line_new(gw, l->channel, l->number, l->switched) : NULL;
	j = join_new(gw->joins, l->leg, other, &line_owner, l, now);
	if (j) {
		loop_cancel(gw->loop, &l->idle);
		join_start(j, now);
		return l->leg;
	}
	l->leg = NULL;
	if (l->number)
		idtab_give(&l->all->number, l->number, now);
	l->number = 0;
	return false;
}

static bool line_is_configure_request(const uint8_t *frame, size_t len)
{
	struct rd r = rd_init(frame, len);
	uint16_t proto = rd_u16(&r);

	return rd_u8(&r) == 1 && !r.bad && proto == PPP_LCP;
}

void line_unclaimed(struct gw *gw, l2tp_channel from, const uint8_t *frame, size_t len,
		    uint64_t now)
{
	struct line *l = line_on(gw, from);
	struct gw_service *s;

	s = l && !l->leg && gw->phase == GW_RUNNING && line_is_configure_request(frame, len)
		    ? line_service_of(l)
		    : NULL;
	if (s && line_join(l, leg_server_new(gw, s), now))
		leg_line_rx(l->leg, frame, len, now);
	else
		gw->joins->drop[JOIN_D_NO_LINE]++;
}

void line_punted(struct gw *gw, uint16_t number, const uint8_t *frame, size_t len, uint64_t now)
{
	struct line *l = idtab_get(&gw->lines->number, number);

	if (l && l->leg)
		leg_line_rx(l->leg, frame, len, now);
	else
		gw->joins->drop[JOIN_D_NO_LINE]++;
}

/* --- the circuit ------------------------------------------------------------------------------ */

static void line_on_idle(void *ctx, uint64_t now)
{
	static const struct ist_cause why = {.kind = IST_CAUSE_TIMEOUT,
					     .words = "no Configure-Request"};
	struct line *l = ctx;

	(void)now;
	dp_disconnect(l->all->gw->dp, l->channel, &why);
	line_forget(l);
}

static struct line *line_make(struct gw *gw, l2tp_channel c, bool switched, uint64_t now)
{
	struct line *l = line_on(gw, c);

	if (l)
		return l;
	l = calloc(1, sizeof(*l));
	if (!l)
		return NULL;
	l->all = gw->lines;
	l->channel = c;
	l->switched = switched;
	loop_timer_init(&l->idle, line_on_idle, l);
	llist_add_tail(&l->entry, &gw->lines->list);
	htab_add(&gw->lines->by_channel, &l->node, c);
	if (switched)
		loop_set(gw->loop, &l->idle, now + LINE_IDLE);
	return l;
}

bool line_offered(struct gw *gw, l2tp_channel c, const struct ist_attrs *a, uint64_t now)
{
	const struct gw_port *p = port_by_number(gw, dp_channel_port(c));

	if (!p || gw->phase != GW_RUNNING || !line_service(gw, p, &a->peer) ||
	    !line_make(gw, c, true, now))
		return false;
	dp_answer(gw->dp, c);
	return true;
}

void line_up(struct gw *gw, l2tp_channel c, const struct ist_attrs *a, uint64_t now)
{
	line_make(gw, c, !a->permanent, now);
}

static struct leg_end line_end_of(const struct ist_cause *why)
{
	return leg_end(LEG_BY_LOSS, why && why->words ? why->words : "the circuit is down");
}

void line_down(struct gw *gw, l2tp_channel c, const struct ist_cause *why, bool forever,
	       uint64_t now)
{
	struct line *l = line_on(gw, c);
	struct leg_end end = line_end_of(why);

	if (!l)
		return;
	if (l->leg) {
		l->switched |= forever; /* forgotten when its join has gone */
		leg_line_lost(l->leg, &end, now);
	} else if (forever) {
		line_forget(l);
	}
}

void lines_lose_port(struct gw *gw, unsigned port, uint64_t now)
{
	static const struct ist_cause why = {.kind = IST_CAUSE_LINK, .words = "the port failed"};
	struct line *l, *next;

	llist_for_each_entry_safe(l, next, &gw->lines->list,
				  entry) if (dp_channel_port(l->channel) == port)
		line_down(gw, l->channel, &why, true, now);
}

void line_mtu_changed(struct gw *gw, l2tp_channel c)
{
	struct line *l = line_on(gw, c);

	if (l && l->leg)
		leg_line_mtu_changed(l->leg);
}
