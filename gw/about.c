/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "gw/about.h"

#include "gw/legs/legs.h"
#include "gw/port.h"

struct log_about about_port(struct gw *gw, l2tp_channel c)
{
	const struct gw_port *p = c ? port_by_number(gw, dp_channel_port(c)) : NULL;

	return LOG_ABOUT(.port = p ? p->cfg->config.name : NULL);
}

struct log_about about_channel(struct gw *gw, l2tp_channel c)
{
	struct log_about a = about_port(gw, c);
	struct ist_addr peer;

	if (a.port && dp_channel_peer(gw->dp, c, &peer))
		port_channel_text(a.circuit, sizeof(a.circuit), gw, c);
	return a;
}

struct log_about about_tunnel(struct gw *gw, const struct l2tp_tunnel_info *i)
{
	const struct cfg_peer *peer = i->peer;
	struct log_about a = about_channel(gw, i->channel);

	a.tunnel = i->local_id;
	a.peer = peer ? peer->name : NULL;
	return a;
}

struct log_about about_call(struct gw *gw, const struct l2tp_tunnel_info *i,
			    const struct l2tp_call_info *c)
{
	struct log_about a;

	if (c->user)
		return about_leg(c->user);
	a = about_tunnel(gw, i);
	a.call = c->local_id;
	return a;
}

struct log_about about_event(const char *id, struct log_about a)
{
	a.id = id;
	return a;
}
