/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "gw/legs/leg_entry.h"

#include "gw/gw.h"
#include "gw/ipsec.h"
#include "gw/legs/legs.h"
#include "gw/line.h"
#include "gw/peer.h"
#include "gw/port.h"
#include "gw/trace.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static uint16_t leg_entry_mtu(const struct leg_entry *e)
{
	uint16_t carries = leg_entry_carries(e);

	return carries < e->agreed_mtu ? carries : e->agreed_mtu;
}

/* --- names of circuits ------------------------------------------------------------------------ */

struct leg_circuit_name {
	unsigned users;
	char text[];
};

const char *leg_entry_circuit(const struct leg_entry *e)
{
	return e->circuit ? e->circuit->text : "";
}

static void leg_entry_drop_circuit(struct leg_circuit_name *n)
{
	if (n && !--n->users)
		free(n);
}

/* NULL without memory. */
static struct leg_circuit_name *leg_entry_new_circuit(struct gw *gw, l2tp_channel c)
{
	char text[GW_CIRCUIT_TEXT];
	struct leg_circuit_name *n;

	port_channel_text(text, sizeof(text), gw, c);
	n = malloc(sizeof(*n) + strlen(text) + 1);
	if (!n)
		return NULL;
	n->users = 1;
	memcpy(n->text, text, strlen(text) + 1);
	return n;
}

/* All calls of a tunnel have the same one, and it takes a while to put it into words. */
static void leg_entry_name_circuit(struct leg_entry *e, struct gw *gw, l2tp_channel c)
{
	struct gw_circuit *k = &gw->circuit[c % GW_CIRCUITS];
	struct ist_addr peer = {0};
	bool there = dp_channel_peer(gw->dp, c, &peer);

	if (!there || k->channel != c || !k->name || memcmp(&k->peer, &peer, sizeof(peer)) != 0) {
		leg_entry_drop_circuit(k->name);
		k->channel = there ? c : 0;
		k->peer = peer;
		k->source = peer_channel_source(gw, c);
		k->name = leg_entry_new_circuit(gw, c);
	}
	e->circuit = k->name;
	if (e->circuit)
		e->circuit->users++;
	e->source = k->source;
}

void leg_circuits_forget(struct gw *gw)
{
	for (unsigned i = 0; i < GW_CIRCUITS; i++) {
		leg_entry_drop_circuit(gw->circuit[i].name);
		gw->circuit[i] = (struct gw_circuit){0};
	}
}

/* --- the entry -------------------------------------------------------------------------------- */

void leg_entry_init(struct leg_entry *e, struct gw *gw, const struct dp_call *c)
{
	*e = (struct leg_entry){.gw = gw, .c = *c, .agreed_mtu = UINT16_MAX};
	e->c.mtu = leg_entry_mtu(e);
	leg_rates_init(e);
	if (!c->channel)
		return;
	/* Now, since the channel may be gone when the end is logged. */
	leg_entry_name_circuit(e, gw, c->channel);
}

int leg_entry_set(struct leg_entry *e)
{
	int rc = e->unfiltered ? -ENOMEM : dp_call_set(e->gw->dp, &e->c);
	char name[GW_LEG_NAME];

	if (rc < 0)
		gw_log_peer(about_entry(e), GW_LOG_CALL, LOGL_ERROR, e->source,
			    loop_now(e->gw->loop), "%s: no entry in the data plane: %s",
			    leg_entry_name(name, sizeof(name), e), strerror(-rc));
	else
		e->in_table = true;
	return rc;
}

void leg_entry_move(struct leg_entry *e, uint16_t tid)
{
	if (e->in_table)
		dp_call_del(e->gw->dp, e->c.tid, e->c.sid);
	e->c.tid = tid;
	if (e->in_table)
		e->in_table = leg_entry_set(e) == 0;
}

/* Of the entry that has left the table last without memory for its own: what ends with it asks at
 * once. */
static struct dp_call_stats leg_entry_last;

void leg_entry_free(struct leg_entry *e)
{
	if (e->last != &leg_entry_last)
		free(e->last);
	leg_entry_drop_circuit(e->circuit);
	leg_filters_free(e);
	leg_rates_free(e);
}

void leg_entry_del(struct leg_entry *e)
{
	if (e->in_table) {
		e->last = e->last ? e->last : calloc(1, sizeof(*e->last));
		e->last = e->last ? e->last : &leg_entry_last;
		leg_entry_stats(e, e->last);
		dp_call_del(e->gw->dp, e->c.tid, e->c.sid);
	}
	e->in_table = false;
	leg_filters_free(e);
}

void leg_entry_stats(const struct leg_entry *e, struct dp_call_stats *out)
{
	if (!e->in_table || !dp_call_stats(e->gw->dp, e->c.tid, e->c.sid, out))
		*out = e->last ? *e->last : (struct dp_call_stats){.rx_frames = 0};
}

const char *leg_entry_name(char *buf, size_t cap, const struct leg_entry *e)
{
	if (e->c.tid)
		snprintf(buf, cap, "call %u/%u", e->c.tid, e->c.sid);
	else if (e->c.bundle.mrru)
		snprintf(buf, cap, "bundle %u", e->c.sid);
	else
		snprintf(buf, cap, "line %u (%s)", e->c.sid, leg_entry_circuit(e));
	return buf;
}

const char *leg_text(char *buf, size_t cap, const struct leg *l)
{
	if (l->ops->entry)
		return leg_entry_name(buf, cap, l->ops->entry((struct leg *)(uintptr_t)l));
	snprintf(buf, cap, "%s", l->ops->name);
	return buf;
}

uint32_t leg_key(const struct leg *l)
{
	const struct leg_entry *e =
		l->ops->entry ? l->ops->entry((struct leg *)(uintptr_t)l) : NULL;

	return e ? (uint32_t)e->c.tid << 16 | e->c.sid : 0;
}

struct leg *leg_by_key(struct gw *gw, uint32_t key)
{
	struct l2tp_tunnel *t = l2tp_tunnel_by_id(gw->engine, (uint16_t)(key >> 16));
	struct l2tp_call *c = t ? l2tp_call_by_id(t, (uint16_t)key) : NULL;

	if (!(key >> 16))
		return line_leg(gw, (uint16_t)key);
	return c ? leg_of_call(c) : NULL;
}

const char *leg_circuit(const struct leg *l, uint64_t *source)
{
	const struct leg_entry *e =
		l->ops->entry ? l->ops->entry((struct leg *)(uintptr_t)l) : NULL;

	if (e)
		*source = e->source;
	return e ? leg_entry_circuit(e) : NULL;
}

const char *leg_entry_from(char *buf, size_t cap, const struct leg_entry *e)
{
	snprintf(buf, cap, "%s%s", e->c.tid ? " from " : "", e->c.tid ? leg_entry_circuit(e) : "");
	return buf;
}

/* RFC 2661 3.1: Length and sequence numbers are optional; room for them is kept as they may be
 * switched on during the call.  Behind them come FF 03, where the medium has it, and the protocol
 * field. */
uint16_t leg_entry_carries(const struct leg_entry *e)
{
	uint32_t l2tp = e->c.tid ? 6 + (e->c.data.send_length ? 2 : 0) + 4 : 0;
	uint32_t head = l2tp + (e->c.no_address ? 2 : 4);
	uint32_t mtu = ipsec_mtu(e->gw, e->c.channel, dp_channel_mtu(e->gw->dp, e->c.channel));
	uint32_t room = mtu > head ? mtu - head : UINT16_MAX;

	return room < UINT16_MAX ? room : UINT16_MAX;
}

uint16_t leg_entry_of_call_carries(struct gw *gw, l2tp_channel c, const struct cfg_peer *peer)
{
	const struct leg_entry e = {.gw = gw,
				    .c = {.tid = 1,
					  .channel = c,
					  .no_address = peer->ff03 == CFG_FF03_NO,
					  .data.send_length = peer->length_bit}};

	return leg_entry_carries(&e);
}

void leg_entry_network(struct leg_entry *e, const struct leg_network *n)
{
	const uint32_t tun = n->ip4 || n->ip6 ? n->tun : 0;
	struct dp_call *c = &e->c;

	c->mode = n->bundle ? DP_MEMBER : tun ? DP_TERMINAL : DP_PUNT;
	c->to_tid = 0;
	c->to_sid = n->bundle;
	c->ff03 = n->ff03 || e->ff03 == CFG_FF03_YES;
	c->pfc = n->pfc;
	e->agreed_mtu = n->mtu;
	c->mtu = leg_entry_mtu(e);
	c->tun = tun;
	c->ip4 = n->ip4;
	c->ip6 = n->ip6;
	c->client = n->client;
	c->peer4 = n->peer4;
	c->has_peer6 = n->has_peer6;
	memcpy(c->peer6, n->peer6, sizeof(c->peer6));
	c->peer_iid = n->peer_iid;
	c->echo = n->echo;
	c->our_magic = n->magic.our_magic;
	c->peer_magic = n->magic.peer_magic;
	leg_entry_set(e);
}

void leg_entry_forward(struct leg_entry *e, const struct leg_entry *to)
{
	e->c.mode = DP_FORWARD;
	e->c.to_tid = to->c.tid;
	e->c.to_sid = to->c.sid;
	e->c.ff03 = true;
	e->c.mirror_ff03 = e->ff03 == CFG_FF03_LEARN;
	e->c.mtu = leg_entry_mtu(e);
	e->c.watched = trace_on() && (trace_sees(about_entry(e)) || trace_sees(about_entry(to)));
	leg_entry_set(e);
}

void leg_entry_watch(struct leg_entry *e, bool on)
{
	bool changed = on != e->c.watched;

	e->c.watched = on;
	if (changed && e->in_table)
		leg_entry_set(e);
}

/* Packets too big for the channel as it is now are cut or answered, as for any MTU; when it grows
 * again, what PPP has agreed counts. */
void leg_entry_mtu_changed(struct leg_entry *e)
{
	uint16_t mtu = leg_entry_mtu(e);
	bool changed = mtu != e->c.mtu;

	e->c.mtu = mtu;
	if (changed && e->in_table)
		leg_entry_set(e);
}

void leg_entry_discard(struct leg_entry *e, uint64_t codepoints)
{
	bool changed = codepoints & ~e->c.discard;

	e->c.discard |= codepoints;
	if (changed && e->in_table)
		leg_entry_set(e);
}

bool leg_entry_send(struct leg_entry *e, const uint8_t *frame, size_t len)
{
	return dp_ppp_send(e->gw->dp, e->c.tid, e->c.sid, frame, len);
}

void leg_entry_frame(struct leg *l, const uint8_t *frame, size_t len, uint64_t now)
{
	(void)now;
	if (l->state == LEG_UP)
		leg_entry_send(l->ops->entry(l), frame, len);
	else
		join_drop(l, JOIN_D_SEND_NOT_UP);
}

void leg_entry_on_network(struct leg *l, const struct leg_network *n)
{
	struct leg_entry *e = l->ops->entry(l);

	e->c.watched = leg_is_watched(l);
	leg_entry_network(e, n);
}

void leg_entry_ip_rx(struct leg_entry *e, const uint8_t *frame, size_t len)
{
	dp_ip_rx(e->gw->dp, e->c.tid, e->c.sid, frame, len);
}
