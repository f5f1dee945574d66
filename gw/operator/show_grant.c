/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a client has, in `show calls detail` and `show joins detail`: a line for each thing. */
#include "gw/aaa/aaa.h"
#include "gw/dhcp6/dhcp6.h"
#include "gw/legs/legs.h"
#include "gw/operator/vty.h"
#include "gw/text.h"

#include <arpa/inet.h>
#include <stdio.h>

static void grant_addresses(struct vty *vty, const struct leg_server_view *v)
{
	struct cfg_prefix p = {.v6 = true, .bits = 64};
	char v4[GW_TEXT_MAX], v6[GW_TEXT_MAX] = "-";

	if (v->prefix6) {
		memcpy(p.addr, v->prefix6, sizeof(p.addr));
		gw_prefix_text(v6, sizeof(v6), &p);
	}
	vty_out(vty, "  has     %s%s%s, prefix %s%s%s%s", gw_ip4_text(v4, sizeof(v4), v->address4),
		v->pool4 ? " of pool " : "", v->pool4 ? v->pool4 : "", v6,
		v->pool6 ? " of pool " : "", v->pool6 ? v->pool6 : "", VTY_NEWLINE);
}

/* What names a client, as others write it. */
static const char *grant_duid(char *out, const struct dhcp6_lease *l)
{
	for (unsigned i = 0; i < l->duid_len; i++)
		snprintf(out + 2 * i, 3, "%02x", l->duid[i]);
	return out;
}

static void grant_delegated(struct vty *vty, const struct leg_server_view *v, uint64_t now)
{
	const struct dhcp6_lease *l = v->lease;
	char text[GW_TEXT_MAX], left[GW_TEXT_MAX], duid[2 * DHCP6_DUID_MAX + 1];
	struct cfg_prefix p = {.v6 = true, .bits = l->prefix.bits};

	memcpy(p.addr, l->prefix.addr, sizeof(p.addr));
	vty_out(vty, "  prefix  %s%s%s is delegated", gw_prefix_text(text, sizeof(text), &p),
		v->pool_pd ? " of pool " : "", v->pool_pd ? v->pool_pd : "");
	if (l->duid_len)
		vty_out(vty, " to %s IAID %u, %s left", grant_duid(duid, l), l->iaid,
			gw_duration_text(left, sizeof(left), l->until > now ? l->until - now : 0));
	else
		vty_out(vty, ", and nobody has asked for it");
	vty_out(vty, "%s", VTY_NEWLINE);
}

static void grant_routes(struct vty *vty, const struct grant *g)
{
	char text[GW_TEXT_MAX];

	for (unsigned i = 0; i < g->routes; i++)
		vty_out(vty, "%s%s", i ? ", " : "  routes  ",
			gw_prefix_text(text, sizeof(text), &g->route[i]));
	if (g->routes)
		vty_out(vty, "%s", VTY_NEWLINE);
}

static void grant_dns(struct vty *vty, const struct grant *g)
{
	const char *before = "  dns     ";
	char text[GW_TEXT_MAX];

	for (unsigned i = 0; i < 2; i++) {
		if (!g->dns4[i])
			continue;
		vty_out(vty, "%s%s", before, gw_ip4_text(text, sizeof(text), g->dns4[i]));
		before = ", ";
	}
	for (unsigned i = 0; i < g->dns6s; i++) {
		inet_ntop(AF_INET6, g->dns6[i], text, sizeof(text));
		vty_out(vty, "%s%s", before, text);
		before = ", ";
	}
	if (*before == ',')
		vty_out(vty, "%s", VTY_NEWLINE);
}

static void grant_rules(struct vty *vty, const struct grant *g)
{
	char mtu[32] = "", links[32] = "";

	if (g->mtu)
		snprintf(mtu, sizeof(mtu), ", packets of %u octets", g->mtu);
	if (g->links)
		snprintf(links, sizeof(links), ", links %u", g->links);
	if (*g->filter || *mtu || *links)
		vty_out(vty, "  most    filter %s%s%s%s", *g->filter ? g->filter : "-", mtu, links,
			VTY_NEWLINE);
}

void vty_grant_lines(struct vty *vty, const struct leg *l, uint64_t now)
{
	struct leg_server_view v;

	if (!leg_server_view(l, &v))
		return;
	if (v.address4 || v.prefix6)
		grant_addresses(vty, &v);
	if (v.lease)
		grant_delegated(vty, &v, now);
	if (!v.grant)
		return;
	grant_routes(vty, v.grant);
	grant_dns(vty, v.grant);
	grant_rules(vty, v.grant);
}
