/* SPDX-License-Identifier: GPL-2.0-or-later */
/* `show peers`, `show tunnels` and `show clients`: the far ends.  No secret is ever in a row. */
#include "gw/client.h"
#include "gw/ipsec.h"
#include "gw/lns.h"
#include "gw/operator/vty.h"
#include "gw/outgoing.h"
#include "gw/port.h"
#include "gw/text.h"

struct peer_row {
	const struct cfg_peer *cfg;
	unsigned tunnels, calls;
};

TABLE_TEXT(peer_name, peer_row, row->cfg->name)
TABLE_TEXT(peer_port, peer_row, row->cfg->port ? row->cfg->port->config.name : "any")
TABLE_TEXT(peer_host, peer_row, row->cfg->hostname ? row->cfg->hostname : "any")
TABLE_TEXT(peer_dial, peer_row, row->cfg->dial ? row->cfg->dial : "-")
TABLE_TEXT(peer_service, peer_row, row->cfg->service ? row->cfg->service->name : "-")
TABLE_TEXT(peer_secret, peer_row, row->cfg->policy.secret.len ? "yes" : "no")
TABLE_NUMBER(peer_tunnels, peer_row, row->tunnels)
TABLE_NUMBER(peer_calls, peer_row, row->calls)

TABLE_NUMBER_IF(peer_most_tunnels, peer_row, row->cfg->policy.max_tunnels,
		row->cfg->policy.max_tunnels)

TABLE_NUMBER_IF(peer_most_calls, peer_row, row->cfg->policy.max_peer_calls,
		row->cfg->policy.max_peer_calls)

static void peer_address(const void *object, char *buf, size_t cap)
{
	const struct cfg_peer *p = ((const struct peer_row *)object)->cfg;

	snprintf(buf, cap, "%s%s", p->addresses ? p->address[0] : "any",
		 p->addresses > 1 ? ",..." : "");
}

static const struct table_column table_peers_columns[] = {
	{"Peer", "peer", TABLE_LEFT, TABLE_WORDS(peer_name)},
	{"Port", "port", TABLE_LEFT, TABLE_WORDS(peer_port)},
	{"Address", "address", TABLE_LEFT, TABLE_WORDS(peer_address)},
	{"Host Name", "host-name", TABLE_LEFT, TABLE_WORDS(peer_host)},
	{"Dial", "dial", TABLE_LEFT, TABLE_WORDS(peer_dial)},
	{"Service", "service", TABLE_LEFT, TABLE_WORDS(peer_service)},
	{"Secret", "secret", TABLE_LEFT, TABLE_WORDS(peer_secret)},
	{"Tunnels", "tunnels", TABLE_RIGHT, TABLE_COUNT(peer_tunnels)},
	{"Most", "max-tunnels", TABLE_RIGHT, TABLE_COUNT(peer_most_tunnels)},
	{"Calls", "calls", TABLE_RIGHT, TABLE_COUNT(peer_calls)},
	{"Most", "max-peer-calls", TABLE_RIGHT, TABLE_COUNT(peer_most_calls)},
};

struct peers_of {
	struct gw *gw;
	struct table_sink *to;
};

static void peers_row(void *ctx, const struct cfg_peer *peer)
{
	const struct peers_of *p = ctx;

	table_row(p->to, &(struct peer_row){.cfg = peer,
					    .tunnels = l2tp_peer_tunnels(p->gw->engine, peer),
					    .calls = l2tp_peer_calls(p->gw->engine, peer)});
}

/* Behind the sections those that RADIUS has named. */
static void table_peers_rows(struct gw *gw, struct table_sink *to)
{
	struct peers_of p = {gw, to};

	for (unsigned i = 0; i < gw->cfg->peers; i++)
		peers_row(&p, &gw->cfg->peer[i]);
	lns_each(gw, peers_row, &p);
}

TABLE(table_peers, "peers");

DEFUN(show_peers, show_peers_cmd, "show peers",
      SHOW_STR "L2TP peers, configured and named by RADIUS, and their tunnels\n")
{
	return vty_table(vty, &table_peers);
}

struct tunnel_row {
	struct gw *gw;
	uint64_t now;
	struct l2tp_tunnel_info info;
};

static const char *tunnel_peer_name(const struct cfg_peer *peer)
{
	return peer ? peer->name : "-";
}

TABLE_NUMBER(tunnel_id, tunnel_row, row->info.local_id)
TABLE_NUMBER(tunnel_peer_id, tunnel_row, row->info.peer_id)
TABLE_TEXT(tunnel_state, tunnel_row, l2tp_tunnel_state_name(row->info.state))
TABLE_TEXT(tunnel_opened, tunnel_row, row->info.initiator ? "by us" : "by peer")
TABLE_TEXT(tunnel_peer, tunnel_row, tunnel_peer_name(row->info.peer))
TABLE_TEXT(tunnel_host, tunnel_row, row->info.peer_host)
TABLE_NUMBER(tunnel_calls, tunnel_row, row->info.calls)
TABLE_NUMBER(tunnel_resent, tunnel_row, row->info.retransmits)
TABLE_NUMBER(tunnel_dscp, tunnel_row, row->info.dscp)

static void tunnel_channel(const void *object, char *buf, size_t cap)
{
	const struct tunnel_row *row = object;

	port_channel_text(buf, cap, row->gw, row->info.channel);
}

static void tunnel_ipsec(const void *object, char *buf, size_t cap)
{
	const struct tunnel_row *row = object;

	ipsec_text(row->gw, row->info.channel, buf, cap);
}

TABLE_TIME(tunnel_age, tunnel_row, true, row->now - row->info.since)

TABLE_TIME(tunnel_heard, tunnel_row, true,
	   row->now > row->info.last_heard ? row->now - row->info.last_heard : 0)

static void tunnel_window(const void *object, char *buf, size_t cap)
{
	const struct tunnel_row *row = object;

	snprintf(buf, cap, "%u/%u", row->info.in_flight, row->info.cwnd);
}

static const struct table_column table_tunnels_columns[] = {
	{"ID", "id", TABLE_RIGHT, TABLE_COUNT(tunnel_id)},
	{"Peer ID", "peer-id", TABLE_RIGHT, TABLE_COUNT(tunnel_peer_id)},
	{"State", "state", TABLE_LEFT, TABLE_WORDS(tunnel_state)},
	{"Opened", "opened", TABLE_LEFT, TABLE_WORDS(tunnel_opened)},
	{"Peer", "peer", TABLE_LEFT, TABLE_WORDS(tunnel_peer)},
	{"Host Name", "host-name", TABLE_LEFT, TABLE_WORDS(tunnel_host)},
	{"Channel", "channel", TABLE_LEFT, TABLE_WORDS(tunnel_channel)},
	{"Calls", "calls", TABLE_RIGHT, TABLE_COUNT(tunnel_calls)},
	{"Age", "age-seconds", TABLE_LEFT, TABLE_COUNT(tunnel_age)},
	{"Heard", "heard-seconds", TABLE_LEFT, TABLE_COUNT(tunnel_heard)},
	{"Resent", "resent", TABLE_RIGHT, TABLE_COUNT(tunnel_resent)},
	{"Unacked/Window", "window", TABLE_RIGHT, TABLE_WORDS(tunnel_window)},
	{"DSCP", "dscp", TABLE_RIGHT, TABLE_COUNT(tunnel_dscp)},
	{"IPsec", "ipsec", TABLE_LEFT, TABLE_WORDS(tunnel_ipsec)},
};

static void table_tunnels_rows(struct gw *gw, struct table_sink *to)
{
	struct tunnel_row row = {.gw = gw, .now = loop_now(gw->loop)};
	struct l2tp_tunnel *t = NULL;

	while ((t = l2tp_tunnel_next(gw->engine, t))) {
		l2tp_tunnel_info(t, &row.info);
		table_row(to, &row);
	}
}

TABLE(table_tunnels, "tunnels");

DEFUN(show_tunnels, show_tunnels_cmd, "show tunnels", SHOW_STR "L2TP control connections\n")
{
	return vty_table(vty, &table_tunnels);
}

TABLE_TEXT(client_name, gw_client, row->cfg->name)
TABLE_TEXT(client_peer, gw_client,
	   row->cfg->peer ? row->cfg->peer->name : row->cfg->port->config.name)
TABLE_TEXT(client_state, gw_client, client_state_name(row->state))
TABLE_TEXT(client_device, gw_client, row->tun ? dp_tun_name(row->gw->dp, row->tun) : "-")
TABLE_NUMBER(client_dials, gw_client, row->dials)
TABLE_TEXT(client_ended, gw_client, row->why.words)

TABLE_TIME(client_since, gw_client, true, loop_now(row->gw->loop) - row->since)

static void client_local(const void *object, char *buf, size_t cap)
{
	const struct gw_client *c = object;

	gw_ip4_text(buf, cap, c->ip4 ? c->addr.local4 : 0);
}

static void client_far_end(const void *object, char *buf, size_t cap)
{
	const struct gw_client *c = object;

	gw_ip4_text(buf, cap, c->ip4 ? c->addr.peer4 : 0);
}

TABLE_TIME(client_redial, gw_client,
	   row->state == CLIENT_WAITING && row->next > loop_now(row->gw->loop),
	   row->next - loop_now(row->gw->loop))

static const struct table_column table_clients_columns[] = {
	{"Client", "client", TABLE_LEFT, TABLE_WORDS(client_name)},
	{"Peer", "peer", TABLE_LEFT, TABLE_WORDS(client_peer)},
	{"State", "state", TABLE_LEFT, TABLE_WORDS(client_state)},
	{"For", "for-seconds", TABLE_LEFT, TABLE_COUNT(client_since)},
	{"Device", "device", TABLE_LEFT, TABLE_WORDS(client_device)},
	{"IPv4", "ipv4", TABLE_LEFT, TABLE_WORDS(client_local)},
	{"Far end", "far-end", TABLE_LEFT, TABLE_WORDS(client_far_end)},
	{"Dials", "dials", TABLE_RIGHT, TABLE_COUNT(client_dials)},
	{"Redial in", "redial-in-seconds", TABLE_LEFT, TABLE_COUNT(client_redial)},
	{"Last ended", "last-ended", TABLE_LEFT, TABLE_WORDS(client_ended)},
};

static void table_clients_rows(struct gw *gw, struct table_sink *to)
{
	for (unsigned i = 0; i < gw->cfg->clients; i++)
		table_row(to, &gw->client[i]);
}

TABLE(table_clients, "clients");

DEFUN(show_clients, show_clients_cmd, "show clients", SHOW_STR "Links that we dial\n")
{
	return vty_table(vty, &table_clients);
}

TABLE_TEXT(outgoing_name, gw_outgoing, row->cfg->name)
TABLE_TEXT(outgoing_peer_name, gw_outgoing, row->cfg->peer->name)
TABLE_TEXT(outgoing_called, gw_outgoing, row->cfg->called)
TABLE_TEXT(outgoing_state, gw_outgoing, outgoing_state_name(row->state))
TABLE_NUMBER(outgoing_calls, gw_outgoing, row->calls)
TABLE_NUMBER(outgoing_waiting, gw_outgoing, row->waiting)
TABLE_TEXT(outgoing_ended, gw_outgoing, row->why.words)

static void outgoing_address(const void *object, char *buf, size_t cap)
{
	gw_ip4_text(buf, cap, ((const struct gw_outgoing *)object)->cfg->address4);
}

static void outgoing_prefix(const void *object, char *buf, size_t cap)
{
	const struct cfg_prefix *p = &((const struct gw_outgoing *)object)->cfg->prefix6;

	if (p->bits)
		gw_prefix_text(buf, cap, p);
}

static void outgoing_routes(const void *object, char *buf, size_t cap)
{
	const struct cfg_outgoing *cfg = ((const struct gw_outgoing *)object)->cfg;
	char text[GW_TEXT_MAX];

	for (unsigned i = 0; i < cfg->routes; i++) {
		size_t used = strlen(buf);

		snprintf(buf + used, cap - used, "%s%s", i ? " " : "",
			 gw_prefix_text(text, sizeof(text), &cfg->route[i]));
	}
}

TABLE_TIME(outgoing_for, gw_outgoing, true, loop_now(row->gw->loop) - row->since)

static const struct table_column table_outgoing_columns[] = {
	{"Outgoing", "outgoing", TABLE_LEFT, TABLE_WORDS(outgoing_name)},
	{"Peer", "peer", TABLE_LEFT, TABLE_WORDS(outgoing_peer_name)},
	{"Called", "called", TABLE_LEFT, TABLE_WORDS(outgoing_called)},
	{"IPv4", "ipv4", TABLE_LEFT, TABLE_WORDS(outgoing_address)},
	{"IPv6", "ipv6", TABLE_LEFT, TABLE_WORDS(outgoing_prefix)},
	{"Routes", "routes", TABLE_LEFT, TABLE_WORDS(outgoing_routes)},
	{"State", "state", TABLE_LEFT, TABLE_WORDS(outgoing_state)},
	{"For", "for-seconds", TABLE_LEFT, TABLE_COUNT(outgoing_for)},
	{"Calls", "calls", TABLE_RIGHT, TABLE_COUNT(outgoing_calls)},
	{"Waiting", "waiting", TABLE_RIGHT, TABLE_COUNT(outgoing_waiting)},
	{"Last ended", "last-ended", TABLE_LEFT, TABLE_WORDS(outgoing_ended)},
};

static void table_outgoing_rows(struct gw *gw, struct table_sink *to)
{
	for (unsigned i = 0; i < gw->cfg->outgoings; i++)
		table_row(to, &gw->outgoing[i]);
}

TABLE(table_outgoing, "outgoing");

DEFUN(show_outgoing, show_outgoing_cmd, "show outgoing",
      SHOW_STR "Clients that a LAC calls for us\n")
{
	return vty_table(vty, &table_outgoing);
}

void vty_peers_init(void)
{
	install_element_ve(&show_peers_cmd);
	install_element_ve(&show_tunnels_cmd);
	install_element_ve(&show_clients_cmd);
	install_element_ve(&show_outgoing_cmd);
}
