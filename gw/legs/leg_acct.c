/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The accounting of a terminal as server (gw/aaa/acct.h): when its log-in begins and ends, and what
 * is known of it.
 */
#include "gw/legs/leg_server.h"

#include "gw/dhcp6/dhcp6.h"
#include "gw/port.h"
#include "gw/text.h"
#include "gw/tunnel_acct.h"

#include <stdio.h>
#include <string.h>

/* Text of the facts, good until the next log-in is asked about. */
struct leg_acct_text {
	char connection[16], speed[64];
	struct tunnel_ends ends;
	struct l2tp_tunnel_info tunnel;
};

/* RFC 2866 5.10, of what ended the leg. */
static const uint8_t leg_acct_causes[LEG_CAUSES] = {
	[LEG_BY_OPERATOR] = RADIUS_CAUSE_ADMIN_RESET,
	[LEG_BY_SHUTDOWN] = RADIUS_CAUSE_ADMIN_REBOOT,
	[LEG_BY_PEER] = RADIUS_CAUSE_USER_REQUEST,
	[LEG_BY_LOSS] = RADIUS_CAUSE_LOST_CARRIER,
	[LEG_BY_TIMEOUT] = RADIUS_CAUSE_LOST_CARRIER,
	[LEG_BY_AUTH] = RADIUS_CAUSE_USER_ERROR,
	[LEG_BY_MISMATCH] = RADIUS_CAUSE_PORT_ERROR,
	[LEG_BY_RESOURCES] = RADIUS_CAUSE_NAS_ERROR,
	[LEG_BY_LIMIT] = RADIUS_CAUSE_SESSION_TIMEOUT,
	[LEG_BY_ANOTHER] = RADIUS_CAUSE_PORT_PREEMPTED,
};

/* Where the far end of the call has said more: its Result Code (RFC 2661 4.4.2). */
static const struct {
	uint16_t result;
	uint8_t cause;
} leg_acct_results[] = {
	{L2TP_CDN_LOST_CARRIER, RADIUS_CAUSE_LOST_CARRIER},
	{L2TP_CDN_NO_FACILITIES_TEMP, RADIUS_CAUSE_SERVICE_UNAVAILABLE},
};

static enum radius_acct_cause leg_acct_cause(const struct leg_server *s)
{
	const struct leg_end *why = leg_terminal_ended(&s->t);

	if (!*why->words)
		return RADIUS_CAUSE_NAS_REBOOT;
	if (why->cause == LEG_BY_LIMIT && leg_limit_is_idle(s->limit))
		return RADIUS_CAUSE_IDLE_TIMEOUT;
	for (size_t i = 0;
	     why->has_cdn && i < sizeof(leg_acct_results) / sizeof(leg_acct_results[0]); i++)
		if (leg_acct_results[i].result == why->cdn_result)
			return (enum radius_acct_cause)leg_acct_results[i].cause;
	return (enum radius_acct_cause)leg_acct_causes[why->cause];
}

/* --- what is known ------------------------------------------------------------------------------ */

/* RFC 2867 section 4.1: the connection of L2TP is named by its Call Serial Number. */
static void leg_acct_tunnel(const struct leg_server *s, struct radius_acct_tunnel *out,
			    struct leg_acct_text *text)
{
	const struct dp_call *c = &leg_server_entry(s)->c;
	struct l2tp_tunnel *t = l2tp_tunnel_by_id(s->t.gw->engine, c->tid);
	struct l2tp_call *call = t ? l2tp_call_by_id(t, c->sid) : NULL;
	struct l2tp_call_info i;

	if (!call)
		return;
	l2tp_call_info(call, &i);
	l2tp_tunnel_info(t, &text->tunnel);
	snprintf(text->connection, sizeof(text->connection), "%u", i.serial);
	port_tunnel_ends(s->t.gw, c->channel, &text->ends);
	*out = (struct radius_acct_tunnel){.here = true,
					   .medium = text->ends.medium,
					   .client = text->ends.far,
					   .server = text->ends.near,
					   .client_name = text->tunnel.peer_host,
					   .server_name = s->t.gw->cfg->host_name,
					   .connection = text->connection};
	if (i.we_are_lns)
		return;
	out->client = text->ends.near;
	out->server = text->ends.far;
	out->client_name = s->t.gw->cfg->host_name;
	out->server_name = text->tunnel.peer_host;
}

static void leg_acct_line(const struct leg_origin *o, struct radius_acct_facts *out,
			  struct leg_acct_text *text)
{
	if (!o)
		return;
	out->called = o->called;
	out->calling = o->calling;
	out->access = o->access;
	out->access_len = o->access_len;
	if (!o->speed.tx_bps)
		return;
	snprintf(text->speed, sizeof(text->speed), "%llu/%llu", (unsigned long long)o->speed.tx_bps,
		 (unsigned long long)(o->speed.rx_bps ? o->speed.rx_bps : o->speed.tx_bps));
	out->connect_info = text->speed;
}

static void leg_acct_addresses(const struct leg_server *s, struct radius_acct_facts *out)
{
	const struct ppp_addresses agreed = leg_terminal_addresses(&s->t);
	const struct dhcp6_lease *lease = leg_dhcp6_lease(s);

	out->address4 = s->t.net.ip4 ? agreed.peer4 : s->given4;
	out->has_prefix6 = s->has6;
	memcpy(out->prefix6, s->prefix6, sizeof(out->prefix6));
	if (lease) {
		out->delegated_bits = lease->prefix.bits;
		memcpy(out->delegated, lease->prefix.addr, sizeof(out->delegated));
	}
	out->has_iid = s->t.net.ip6;
	out->iid = agreed.peer_iid;
}

enum aaa_medium leg_acct_medium(const struct leg_server *s)
{
	const struct dp_call *c = &leg_server_entry(s)->c;
	const struct leg_origin *line = leg_server_origin(s);
	const struct gw_port *p =
		c->tid ? NULL : port_by_number(s->t.gw, dp_channel_port(c->channel));

	return p ? port_medium(p->cfg, line && line->async) : AAA_VIRTUAL;
}

static void leg_acct_ask(void *ctx, uint64_t tag, struct acct_now *out)
{
	static struct leg_acct_text text;
	struct leg_server *s = ctx;
	const struct leg_entry *e = leg_server_entry(s);
	struct dp_call_stats n;

	(void)tag;
	out->facts = (struct radius_acct_facts){.port_type = aaa_port_type(leg_acct_medium(s)),
						.framed = true,
						.port_id = leg_entry_circuit(e)};
	leg_acct_line(leg_server_origin(s), &out->facts, &text);
	leg_acct_addresses(s, &out->facts);
	leg_acct_tunnel(s, &out->facts.tunnel, &text);
	leg_entry_stats(e, &n);
	out->counts = (struct radius_acct_counts){.in_octets = n.rx_octets,
						  .out_octets = n.tx_octets,
						  .in_packets = n.rx_frames,
						  .out_packets = n.tx_frames};
}

/* --- when --------------------------------------------------------------------------------------- */

/* A log-in that stands goes on when its user proves himself again. */
void leg_acct_let_in(struct leg_server *s, const struct acct_said *said, uint64_t now)
{
	if (!said || acct_session_is_of(s->acct, said))
		return;
	acct_session_stop(s->acct, RADIUS_CAUSE_USER_REQUEST, now);
	acct_session_free(s->acct);
	s->acct = NULL;
	if (s->service->cfg->radius)
		s->acct = acct_session_new(s->t.gw->acct, s->service->cfg->radius, said,
					   leg_acct_ask, s);
	leg_login_update(s);
	join_changed(&s->t.leg);
}

/* The call that he came in by is told with his name from now on (RFC 2867 3.5). */
void leg_acct_tell_link(struct leg_server *s)
{
	const struct dp_call *c = &leg_server_entry(s)->c;

	if (c->tid)
		tunnel_acct_learn(s->t.gw, c->tid, c->sid);
}

static void leg_acct_who_server(const struct leg_server *s, struct radius_acct_facts *out)
{
	const struct rd told = acct_session_user(s->acct), classes = acct_session_classes(s->acct);

	out->user = s->acct ? told.p : (const uint8_t *)leg_terminal_name(&s->t);
	out->user_len = s->acct ? told.left : strlen(leg_terminal_name(&s->t));
	out->classes = classes.p;
	out->classes_len = classes.left;
}

void leg_acct_who(struct leg *call, struct radius_acct_facts *out)
{
	struct leg *other = call->join ? join_other(call) : NULL;

	if (other && other->ops->kind == LEG_SERVER)
		leg_acct_who_server((const struct leg_server *)other, out);
}

struct rd leg_acct_who_asked(const struct leg *call)
{
	const struct leg *line = leg_call_origin(call)->proxy;
	struct ppp_proxy x = {.claim = NULL};

	if (!line || !leg_proxy_state(line, &x) || !x.claim)
		return rd_init(NULL, 0);
	return rd_init((const uint8_t *)x.claim->name, x.claim->name_len);
}

void leg_acct_up(struct leg_server *s, uint64_t now)
{
	acct_session_start(s->acct, now);
	acct_session_changed(s->acct, now);
}

void leg_acct_move(struct leg_server *to, struct leg_server *from)
{
	to->acct = from->acct;
	from->acct = NULL;
	acct_session_move(to->acct, to);
	leg_login_update(from);
	leg_login_update(to);
}

void leg_acct_end(struct leg_server *s, uint64_t now)
{
	acct_session_stop(s->acct, leg_acct_cause(s), now);
	acct_session_free(s->acct);
	s->acct = NULL;
	leg_login_update(s);
}

void leg_acct_save(const struct leg_server *s, struct wr *w)
{
	wr_u64(w, acct_session_id(s->acct));
}

void leg_acct_go_on(struct leg_server *s)
{
	if (s->before && s->before->acct)
		s->acct = acct_session_claim(s->t.gw->acct, s->before->acct, leg_acct_ask, s);
	leg_login_update(s);
}
