/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Calls, as a table and one by one. */
#include "gw/legs/legs.h"
#include "gw/operator/table.h"
#include "gw/operator/vty.h"
#include "gw/port.h"
#include "gw/text.h"

struct view {
	struct gw *gw;
	struct l2tp_tunnel_info tunnel;
	struct l2tp_call_info call;
	const struct join *join; /* or NULL */
	bool has_term;
	struct leg_terminal_view term; /* of join->leg[1] */
	struct dp_call_stats stats;
};

/* Every call of every tunnel. */
static void vty_calls_each(struct gw *gw, void (*row)(void *ctx, const struct view *v), void *ctx)
{
	struct l2tp_tunnel *t = NULL;
	struct view v = {.gw = gw};
	struct l2tp_call *c;

	while ((t = l2tp_tunnel_next(gw->engine, t))) {
		l2tp_tunnel_info(t, &v.tunnel);
		for (c = l2tp_call_next(t, NULL); c; c = l2tp_call_next(t, c)) {
			l2tp_call_info(c, &v.call);
			v.join = leg_call_join(c);
			v.has_term = v.join && leg_terminal_view(v.join->leg[1], &v.term);
			if (!dp_call_stats(gw->dp, v.tunnel.local_id, v.call.local_id, &v.stats))
				v.stats = (struct dp_call_stats){0};
			row(ctx, &v);
		}
	}
}

static void vty_calls_table_row(void *ctx, const struct view *v)
{
	uint64_t now = loop_now(v->gw->loop);
	struct table *t = ctx;
	char text[GW_TEXT_MAX];

	table_cell(t, "%u", v->tunnel.local_id);
	table_cell(t, "%u", v->call.local_id);
	table_cell(t, "%u", v->call.peer_id);
	table_cell(t, "%s", l2tp_call_state_name(v->call.state));
	table_cell(t, "%s", v->call.we_are_lns ? "LNS" : "LAC");
	table_cell(t, "%s", v->has_term ? v->join->leg[1]->ops->name : "-");
	table_cell(t, "%s", v->has_term ? v->term.user : "");
	table_cell(t, "%s",
		   gw_ip4_text(text, sizeof(text),
			       !v->has_term	     ? 0
			       : v->term.net->client ? v->term.addr->local4
						     : v->term.net->peer4));
	table_cell(t, "%s", !v->has_term ? "-" : v->term.net->ip6 ? "yes" : "no");
	table_cell(t, "%u", v->join ? leg_call_entry(v->join->leg[0])->mtu : 0);
	table_cell(t, "%s", gw_duration_text(text, sizeof(text), now - v->call.since));
	table_cell(t, "%llu", (unsigned long long)v->stats.rx_frames);
	table_cell(t, "%llu", (unsigned long long)v->stats.tx_frames);
	table_cell(t, "%llu", (unsigned long long)v->stats.drops);
}

DEFUN(show_calls, show_calls_cmd, "show calls",
      SHOW_STR "L2TP sessions and what they are joined to\n")
{
	struct table *t = table_new(">TID|>SID|>Peer SID|State|We are|Joined to|User|IPv4|IPv6|"
				    ">MTU|Age|>In|>Out|>Dropped");

	if (!t)
		return CMD_WARNING;
	vty_calls_each(vty_gw(vty), vty_calls_table_row, t);
	table_end(t, vty_line, vty);
	return CMD_SUCCESS;
}

static void vty_calls_ppp_lines(struct vty *vty, const struct leg_terminal_view *term)
{
	char a[GW_TEXT_MAX], b[GW_TEXT_MAX];
	struct ppp_info p;

	ppp_get_info(term->ppp, &p);
	vty_out(vty, "  ppp     %s: LCP %s, IPCP %s, IPV6CP %s; authentication %s%s", p.phase,
		p.lcp, p.ipcp, p.ipv6cp, ppp_auth_name(p.link.auth), VTY_NEWLINE);
	vty_out(vty, "  link    MRU %u in, %u out; we compress%s%s%s; peer compresses%s%s%s%s",
		p.link.our_mru, p.link.peer_mru, p.link.tx_acfc ? " address" : "",
		p.link.tx_pfc ? " protocol" : "", p.link.tx_acfc || p.link.tx_pfc ? "" : " nothing",
		p.link.rx_acfc ? " address" : "", p.link.rx_pfc ? " protocol" : "",
		p.link.rx_acfc || p.link.rx_pfc ? "" : " nothing", VTY_NEWLINE);
	vty_out(vty, "  ip      %s to %s; interface ids %016llx to %016llx%s",
		gw_ip4_text(a, sizeof(a), p.addr.local4), gw_ip4_text(b, sizeof(b), p.addr.peer4),
		(unsigned long long)p.addr.local_iid, (unsigned long long)p.addr.peer_iid,
		VTY_NEWLINE);
}

static void vty_calls_detail(void *ctx, const struct view *v)
{
	const struct dp_call_stats *s = &v->stats;
	const struct cfg_peer *peer = v->tunnel.peer;
	struct vty *vty = ctx;
	char where[GW_TEXT_MAX], age[GW_TEXT_MAX];

	vty_out(vty, "call %u/%u, %s of peer %s, %s, for %s%s", v->tunnel.local_id,
		v->call.local_id, v->call.we_are_lns ? "we are LNS" : "we are LAC",
		peer ? peer->name : "-", l2tp_call_state_name(v->call.state),
		gw_duration_text(age, sizeof(age), loop_now(v->gw->loop) - v->call.since),
		VTY_NEWLINE);
	vty_out(vty, "  tunnel  %s (%s), peer's ids %u/%u, serial %u%s",
		port_channel_text(where, sizeof(where), v->gw, v->tunnel.channel),
		v->tunnel.peer_host, v->tunnel.peer_id, v->call.peer_id, v->call.serial,
		VTY_NEWLINE);
	if (v->join)
		vty_out(vty, "  join    %s %s - %s %s, user %s%s", v->join->leg[0]->ops->name,
			leg_state_name(v->join->leg[0]->state), v->join->leg[1]->ops->name,
			leg_state_name(v->join->leg[1]->state),
			v->has_term && v->term.user[0] ? v->term.user : "-", VTY_NEWLINE);
	if (v->has_term && v->term.ppp)
		vty_calls_ppp_lines(vty, &v->term);
	vty_out(vty, "  frames  in %llu (%llu octets), out %llu (%llu octets), dropped %llu%s",
		(unsigned long long)s->rx_frames, (unsigned long long)s->rx_octets,
		(unsigned long long)s->tx_frames, (unsigned long long)s->tx_octets,
		(unsigned long long)s->drops, VTY_NEWLINE);
	vty_out(vty, "  order   %s; lost %llu, late %llu, put in order %llu%s",
		s->sending_seq ? "sequenced" : "not sequenced", (unsigned long long)s->seq_lost,
		(unsigned long long)s->seq_late, (unsigned long long)s->seq_reordered, VTY_NEWLINE);
}

DEFUN(show_calls_detail, show_calls_detail_cmd, "show calls detail",
      SHOW_STR "L2TP sessions and what they are joined to\n"
	       "All that is known of each\n")
{
	vty_calls_each(vty_gw(vty), vty_calls_detail, vty);
	return CMD_SUCCESS;
}

void vty_calls_init(void)
{
	install_element_ve(&show_calls_cmd);
	install_element_ve(&show_calls_detail_cmd);
}
