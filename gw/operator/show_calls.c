/* SPDX-License-Identifier: GPL-2.0-or-later */
/* `show calls`, as a table and one by one. */
#include "gw/legs/legs.h"
#include "gw/operator/vty.h"
#include "gw/operator/vty_listen.h"
#include "gw/port.h"
#include "gw/text.h"

struct call_row {
	struct gw *gw;
	struct l2tp_tunnel_info tunnel;
	struct l2tp_call_info call;
	const struct leg *leg;	 /* of the call; or NULL */
	const struct join *join; /* that it is in, or NULL */
	bool has_term;
	struct leg_terminal_view term; /* of join->leg[1] */
	struct dp_call_stats stats;
};

static void call_each(struct gw *gw, void (*each)(void *ctx, const struct call_row *row), void *ctx)
{
	struct l2tp_tunnel *t = NULL;
	struct call_row row = {.gw = gw};
	struct l2tp_call *c;

	while ((t = l2tp_tunnel_next(gw->engine, t))) {
		l2tp_tunnel_info(t, &row.tunnel);
		for (c = l2tp_call_next(t, NULL); c; c = l2tp_call_next(t, c)) {
			l2tp_call_info(c, &row.call);
			row.leg = leg_of_call(c);
			row.join = row.leg ? row.leg->join : NULL;
			row.has_term = row.join && leg_terminal_view(row.join->leg[1], &row.term);
			if (!dp_call_stats(gw->dp, row.tunnel.local_id, row.call.local_id,
					   &row.stats))
				row.stats = (struct dp_call_stats){0};
			each(ctx, &row);
		}
	}
}

TABLE_NUMBER(call_tid, call_row, row->tunnel.local_id)
TABLE_NUMBER(call_sid, call_row, row->call.local_id)
TABLE_NUMBER(call_peer_sid, call_row, row->call.peer_id)
TABLE_TEXT(call_state, call_row, l2tp_call_state_name(row->call.state))
TABLE_TEXT(call_we_are, call_row, row->call.we_are_lns ? "LNS" : "LAC")
TABLE_TEXT(call_user, call_row, row->has_term ? row->term.user : "")
TABLE_TEXT(call_ip6, call_row, !row->has_term ? "-" : row->term.net->ip6 ? "yes" : "no")
TABLE_NUMBER(call_mtu, call_row, row->join ? leg_call_entry(row->leg)->mtu : 0)
static void call_fast(const void *object, char *buf, size_t cap)
{
	const struct call_row *row = object;
	const char *why;
	bool fast = dp_call_fast(row->gw->dp, row->tunnel.local_id, row->call.local_id, &why);

	snprintf(buf, cap, "%s", !why ? "-" : fast ? "yes" : "no");
}

TABLE_NUMBER(call_in, call_row, row->stats.rx_frames)
TABLE_NUMBER(call_out, call_row, row->stats.tx_frames)
TABLE_NUMBER(call_dropped, call_row, row->stats.drops)
TABLE_NUMBER(call_over_rate, call_row,
	     row->stats.limited[DP_RATE_UP] + row->stats.limited[DP_RATE_DOWN])
TABLE_NUMBER(call_filtered, call_row, row->stats.filtered_in + row->stats.filtered_out)

static void call_joined_to(const void *object, char *buf, size_t cap)
{
	const struct call_row *row = object;

	if (row->join)
		leg_text(buf, cap, join_other(row->leg));
}

static void call_ip4(const void *object, char *buf, size_t cap)
{
	const struct call_row *row = object;

	if (row->has_term)
		gw_ip4_text(buf, cap, leg_terminal_client4(&row->term));
}

TABLE_TIME(call_age, call_row, true, loop_now(row->gw->loop) - row->call.since)

static const struct table_column table_calls_columns[] = {
	{"TID", "tunnel-id", TABLE_RIGHT, TABLE_COUNT(call_tid)},
	{"SID", "session-id", TABLE_RIGHT, TABLE_COUNT(call_sid)},
	{"Peer SID", "peer-session-id", TABLE_RIGHT, TABLE_COUNT(call_peer_sid)},
	{"State", "state", TABLE_LEFT, TABLE_WORDS(call_state)},
	{"We are", "we-are", TABLE_LEFT, TABLE_WORDS(call_we_are)},
	{"Joined to", "joined-to", TABLE_LEFT, TABLE_WORDS(call_joined_to)},
	{"User", "user", TABLE_LEFT, TABLE_WORDS(call_user)},
	{"IPv4", "ipv4", TABLE_LEFT, TABLE_WORDS(call_ip4)},
	{"IPv6", "ipv6", TABLE_LEFT, TABLE_WORDS(call_ip6)},
	{"MTU", "mtu", TABLE_RIGHT, TABLE_COUNT(call_mtu)},
	{"Age", "age-seconds", TABLE_LEFT, TABLE_COUNT(call_age)},
	{"Fast", "fast", TABLE_LEFT, TABLE_WORDS(call_fast)},
	{"In", "frames-in", TABLE_RIGHT, TABLE_COUNT(call_in)},
	{"Out", "frames-out", TABLE_RIGHT, TABLE_COUNT(call_out)},
	{"Dropped", "dropped", TABLE_RIGHT, TABLE_COUNT(call_dropped)},
	{"Filtered", "filtered", TABLE_RIGHT, TABLE_COUNT(call_filtered)},
	{"Over rate", "over-rate", TABLE_RIGHT, TABLE_COUNT(call_over_rate)},
};

static void call_to_table(void *ctx, const struct call_row *row)
{
	table_row(ctx, row);
}

static void table_calls_rows(struct gw *gw, struct table_sink *to)
{
	call_each(gw, call_to_table, to);
}

TABLE(table_calls, "calls");

DEFUN(show_calls, show_calls_cmd, "show calls",
      SHOW_STR "L2TP sessions and the legs they are joined to\n")
{
	return vty_table(vty, &table_calls);
}

static void call_ppp_lines(struct vty *vty, const struct leg_terminal_view *term)
{
	char local[GW_TEXT_MAX], far[GW_TEXT_MAX];
	struct ppp_info p;

	ppp_get_info(term->ppp, &p);
	if (term->net->bundle)
		vty_out(vty, "  bundle  %u%s", term->net->bundle, VTY_NEWLINE);
	vty_out(vty, "  ppp     %s: LCP %s, IPCP %s, IPV6CP %s; authentication %s%s", p.phase,
		p.lcp, p.ipcp, p.ipv6cp, ppp_auth_name(p.link.auth), VTY_NEWLINE);
	vty_out(vty, "  link    MRU %u in, %u out; we compress%s%s%s; peer compresses%s%s%s%s",
		p.link.our_mru, p.link.peer_mru, p.link.tx_acfc ? " address" : "",
		p.link.tx_pfc ? " protocol" : "", p.link.tx_acfc || p.link.tx_pfc ? "" : " nothing",
		p.link.rx_acfc ? " address" : "", p.link.rx_pfc ? " protocol" : "",
		p.link.rx_acfc || p.link.rx_pfc ? "" : " nothing", VTY_NEWLINE);
	vty_out(vty, "  ip      %s to %s; interface ids %016llx to %016llx%s",
		gw_ip4_text(local, sizeof(local), p.addr.local4),
		gw_ip4_text(far, sizeof(far), p.addr.peer4), (unsigned long long)p.addr.local_iid,
		(unsigned long long)p.addr.peer_iid, VTY_NEWLINE);
}

static void call_speed_text(char *buf, size_t cap, const struct dp_speed *s)
{
	if (s->tx_bps == s->rx_bps)
		snprintf(buf, cap, "%llu bit/s", (unsigned long long)s->tx_bps);
	else
		snprintf(buf, cap, "%llu bit/s to it, %llu from it", (unsigned long long)s->tx_bps,
			 (unsigned long long)s->rx_bps);
}

/* The line at the LAC, as far as it is known. */
static void call_origin_line(struct vty *vty, const struct leg_origin *o)
{
	char called[GW_TEXT_MAX] = "", number[24] = "", speed[80] = "";

	snprintf(called, sizeof(called), "%s%s%s", o->called ? o->called : "-",
		 o->sub_address ? "/" : "", origin_text(o->sub_address));
	if (o->number)
		snprintf(number, sizeof(number), ", channel %u", o->number);
	if (o->speed.tx_bps || o->speed.rx_bps)
		call_speed_text(speed, sizeof(speed), &o->speed);
	if (o->called || o->calling || o->sub_address || o->number || *speed)
		vty_out(vty, "  line    called %s, calling %s%s%s%s%s%s", called,
			o->calling ? o->calling : "-", number, *speed ? ", " : "", speed,
			o->async ? ", asynchronous" : "", VTY_NEWLINE);
}

static void call_wen_line(struct vty *vty, const uint32_t *n)
{
	if (n)
		vty_out(vty,
			"  errors  CRC %u, framing %u, hardware overruns %u, buffer overruns %u, "
			"time-outs %u, alignment %u%s",
			n[0], n[1], n[2], n[3], n[4], n[5], VTY_NEWLINE);
}

static void call_limit_text(char *buf, size_t cap, const char *what, uint64_t us, const char *of)
{
	char time[GW_TEXT_MAX];

	snprintf(buf, cap, "%s %s%s", what, us ? gw_duration_text(time, sizeof(time), us) : "never",
		 of);
}

/* Each limit with the section it is of; n NULL = there are none. */
static void call_limit_lines(struct vty *vty, const struct leg_limits *n)
{
	static const char *const of[] = {" (service's)", " (user's)"};
	char idle[GW_TEXT_MAX], session[GW_TEXT_MAX];

	if (!n || (!n->idle && !n->session && !n->idle_of_user && !n->session_of_user))
		return;
	call_limit_text(idle, sizeof(idle), "idle", n->idle, of[n->idle_of_user]);
	call_limit_text(session, sizeof(session), "session", n->session, of[n->session_of_user]);
	vty_out(vty, "  ends    %s, %s%s", idle, session, VTY_NEWLINE);
}

static void call_fast_line(struct vty *vty, const struct call_row *row)
{
	const char *why;
	bool fast = dp_call_fast(row->gw->dp, row->tunnel.local_id, row->call.local_id, &why);

	if (why)
		vty_out(vty, "  path    %s%s%s", fast ? "" : "slow: ", why, VTY_NEWLINE);
}

/* Both legs, and why these two. */
static void call_join_lines(struct vty *vty, const struct call_row *row)
{
	const struct leg *first = row->join->leg[0], *second = row->join->leg[1];
	char name[2][GW_TEXT_MAX];

	vty_out(vty, "  join    %s %s - %s %s, user %s%s",
		leg_text(name[0], sizeof(name[0]), first), leg_state_name(first->state),
		leg_text(name[1], sizeof(name[1]), second), leg_state_name(second->state),
		row->has_term && row->term.user[0] ? row->term.user : "-", VTY_NEWLINE);
	if (row->join->reason)
		vty_out(vty, "  way     %s%s", row->join->reason, VTY_NEWLINE);
}

static void call_detail(void *ctx, const struct call_row *row)
{
	const struct dp_call_stats *s = &row->stats;
	const struct cfg_peer *peer = row->tunnel.peer;
	struct vty *vty = ctx;
	char where[GW_TEXT_MAX], age[GW_TEXT_MAX];

	if (!vty_memory_left())
		return;
	call_age(row, age, sizeof(age));
	vty_out(vty, "call %u/%u, %s of peer %s, %s, for %s%s", row->tunnel.local_id,
		row->call.local_id, row->call.we_are_lns ? "we are LNS" : "we are LAC",
		peer ? peer->name : "-", l2tp_call_state_name(row->call.state), age, VTY_NEWLINE);
	vty_out(vty, "  tunnel  %s (%s), peer's ids %u/%u, serial %u%s",
		port_channel_text(where, sizeof(where), row->gw, row->tunnel.channel),
		row->tunnel.peer_host, row->tunnel.peer_id, row->call.peer_id, row->call.serial,
		VTY_NEWLINE);
	if (row->leg) {
		call_origin_line(vty, leg_call_origin(row->leg));
		call_wen_line(vty, leg_call_wen(row->leg));
	}
	if (row->join)
		call_join_lines(vty, row);
	if (row->has_term && row->term.ppp)
		call_ppp_lines(vty, &row->term);
	if (row->join) {
		vty_grant_lines(vty, row->join->leg[1], loop_now(row->gw->loop));
		call_limit_lines(vty, leg_server_limits(row->join->leg[1]));
		vty_filter_lines(vty, row->leg);
		vty_rate_lines(vty, row->leg);
	}
	call_fast_line(vty, row);
	vty_out(vty, "  frames  in %llu (%llu octets), out %llu (%llu octets), dropped %llu%s",
		(unsigned long long)s->rx_frames, (unsigned long long)s->rx_octets,
		(unsigned long long)s->tx_frames, (unsigned long long)s->tx_octets,
		(unsigned long long)s->drops, VTY_NEWLINE);
	vty_out(vty, "  filter  dropped %llu of those in, and %llu on the way out%s",
		(unsigned long long)s->filtered_in, (unsigned long long)s->filtered_out,
		VTY_NEWLINE);
	vty_out(vty, "  order   %s; lost %llu, late %llu, put in order %llu%s",
		s->sending_seq ? "sequenced" : "not sequenced", (unsigned long long)s->seq_lost,
		(unsigned long long)s->seq_late, (unsigned long long)s->seq_reordered, VTY_NEWLINE);
}

DEFUN(show_calls_detail, show_calls_detail_cmd, "show calls detail",
      SHOW_STR "L2TP sessions and the legs they are joined to\n"
	       "Each call with its PPP link and counters\n")
{
	call_each(vty_gw(vty), call_detail, vty);
	return CMD_SUCCESS;
}

void vty_calls_init(void)
{
	install_element_ve(&show_calls_cmd);
	install_element_ve(&show_calls_detail_cmd);
}
