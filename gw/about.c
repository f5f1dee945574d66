/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "gw/about.h"

#include "gw/legs/legs.h"
#include "gw/port.h"

void about_channel(struct log_about *out, struct gw *gw, l2tp_channel c)
{
	const struct gw_port *p = c ? port_by_number(gw, dp_channel_port(c)) : NULL;

	*out = (struct log_about){.port = p ? p->cfg->config.name : NULL};
}

void about_tunnel(struct log_about *out, struct gw *gw, const struct l2tp_tunnel_info *i)
{
	const struct cfg_peer *peer = i->peer;

	about_channel(out, gw, i->channel);
	out->tunnel = i->local_id;
	out->peer = peer ? peer->name : NULL;
}

void about_call(struct log_about *out, struct gw *gw, const struct l2tp_tunnel_info *i,
		const struct l2tp_call_info *c)
{
	if (c->user) {
		about_leg(out, c->user);
		return;
	}
	about_tunnel(out, gw, i);
	out->call = c->local_id;
}

void log_about_call(struct gw *gw, const struct l2tp_tunnel_info *i, const struct l2tp_call_info *c,
		    const char *id)
{
	struct log_about a;

	if (c)
		about_call(&a, gw, i, c);
	else
		about_tunnel(&a, gw, i);
	a.id = id;
	gw_log_about(&a);
}

void log_about_channel(struct gw *gw, l2tp_channel c)
{
	struct log_about a;

	about_channel(&a, gw, c);
	gw_log_about(&a);
}
