/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "gw/dial.h"

#include "gw/drain.h"
#include "gw/keep.h"
#include "gw/legs/legs.h"
#include "gw/peer.h"
#include "gw/port.h"
#include <string.h>

/* The port a peer is dialled on: its own, else the first whose transport can read the address. */
static struct gw_port *dial_port(struct gw *gw, const struct cfg_peer *peer, struct ist_addr *to)
{
	unsigned i;

	for (i = 0; i < gw->cfg->ports; i++) {
		struct gw_port *p = &gw->port[i];

		if ((!peer->port || peer->port == p->cfg) &&
		    (p->cfg->transport->caps & IST_CAP_L2TP) &&
		    p->cfg->transport->addr_parse(to, peer->dial) == 0)
			return p;
	}
	return NULL;
}

static bool dial_drains(struct gw *gw, const struct l2tp_tunnel *t)
{
	struct l2tp_tunnel_info i;

	l2tp_tunnel_info(t, &i);
	return drain_has_tunnel(gw, i.local_id);
}

/* One that we have opened. */
static struct l2tp_tunnel *dial_with_room(struct gw *gw, const struct cfg_peer *peer)
{
	struct l2tp_tunnel *t = NULL;

	while ((t = l2tp_tunnel_with_room(gw->engine, peer, t)) && dial_drains(gw, t))
		;
	return t;
}

struct l2tp_tunnel *dial_tunnel(struct gw *gw, const struct cfg_peer *peer, uint64_t now,
				const char **words)
{
	struct l2tp_tunnel *t = dial_with_room(gw, peer);
	enum l2tp_reason why = L2TP_R_NONE;
	struct l2tp_peer_answer who;
	struct ist_addr to = {0};
	struct gw_port *port;
	l2tp_channel c = 0;
	int rc;

	if (t)
		return t;
	port = peer->dial ? dial_port(gw, peer, &to) : NULL;
	if (!port || port->number < 0) {
		*words = !peer->dial ? "the peer section has no dial address"
			 : !port     ? "no port for the peer's dial address"
				     : "its port is not open";
		return NULL;
	}
	if (!port_circuit_up(port, &to)) {
		*words = "the circuit is down";
		return NULL;
	}
	rc = dp_connect(gw->dp, (unsigned)port->number, &to, NULL, IST_PAYLOAD_L2TP, &c);
	if (rc < 0) {
		*words = strerror(-rc);
		return NULL;
	}
	peer_answer(&who, peer, peer_source(port->cfg->transport, &to));
	t = l2tp_tunnel_open(gw->engine, c, &who, NULL, now, &why);
	if (!t) {
		*words = l2tp_reasons[why].words;
		if (port_switched(gw, c))
			keep_unused(gw->keep, c, now);
	}
	return t;
}

static struct l2tp_call *dial_call_in(struct l2tp_tunnel *t, const char **words)
{
	enum l2tp_reason why = L2TP_R_NONE;
	struct l2tp_call *call = t ? l2tp_call_new(t, NULL, &why) : NULL;

	if (t && !call)
		*words = l2tp_reasons[why].words;
	return call;
}

struct l2tp_call *dial_call(struct gw *gw, const struct cfg_peer *peer, uint64_t now,
			    const char **words)
{
	return dial_call_in(dial_tunnel(gw, peer, now, words), words);
}

/* An established tunnel that the peer has opened, and that takes calls. */
static struct l2tp_tunnel *dial_opened_by(struct gw *gw, const struct cfg_peer *peer)
{
	struct l2tp_tunnel *t = NULL;
	struct l2tp_tunnel_info i;

	while ((t = l2tp_tunnel_next(gw->engine, t))) {
		l2tp_tunnel_info(t, &i);
		if (i.peer == peer && i.state == L2TP_T_ESTABLISHED &&
		    !drain_has_tunnel(gw, i.local_id))
			return t;
	}
	return NULL;
}

struct l2tp_call *dial_call_of(struct gw *gw, const struct cfg_peer *peer, uint64_t now,
			       const char **words)
{
	struct l2tp_tunnel *t = dial_opened_by(gw, peer);

	if (!t && !peer->dial) {
		*words = "the peer has no tunnel to us that takes calls, and its section no dial "
			 "address";
		return NULL;
	}
	return t ? dial_call_in(t, words) : dial_call(gw, peer, now, words);
}

uint16_t dial_carries(struct gw *gw, const struct cfg_peer *peer)
{
	struct l2tp_tunnel *t = NULL;
	struct l2tp_tunnel_info i;
	uint16_t least = UINT16_MAX, room;

	while ((t = l2tp_tunnel_next(gw->engine, t))) {
		l2tp_tunnel_info(t, &i);
		if (i.peer != peer)
			continue;
		room = leg_entry_of_call_carries(gw, i.channel, peer);
		least = room < least ? room : least;
	}
	return least;
}

void dial_abandon(struct l2tp_call *call, const char **words, uint64_t now)
{
	struct l2tp_result r = {.result = L2TP_CDN_NO_FACILITIES_TEMP};

	*words = "out of memory";
	l2tp_call_hangup(call, &r, NULL, 0, now);
}
