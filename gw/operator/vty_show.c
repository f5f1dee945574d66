/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What stands: summary, ports, peers, tunnels, clients, pools.  One table each, one row a thing; no
 * secret is ever in reach of a row.
 */
#include "gw/aaa/aaa.h"
#include "gw/client.h"
#include "gw/operator/table.h"
#include "gw/operator/vty.h"
#include "gw/plugin.h"
#include "gw/port.h"
#include "gw/text.h"

#include "config.h"

#define SHOW "Show what there is\n"

static const char *vty_show_yes(bool b)
{
	return b ? "yes" : "no";
}

static void vty_show_line(struct vty *vty, const char *what, const char *value)
{
	vty_out(vty, "%-12s %s%s", what, value, VTY_NEWLINE);
}

static void vty_show_line_count(struct vty *vty, const char *what, uint64_t n)
{
	vty_out(vty, "%-12s %llu%s", what, (unsigned long long)n, VTY_NEWLINE);
}

DEFUN(show_summary, show_summary_cmd, "show summary", SHOW "The gateway in a dozen lines\n")
{
	struct gw *gw = vty_gw(vty);
	struct l2tp_counters n;
	struct dp_counters d;
	char text[GW_TEXT_MAX];
	unsigned i, up = 0, clients = 0;
	uint64_t drops = 0;

	l2tp_engine_counters(gw->engine, &n);
	dp_count(gw->dp, &d);
	for (i = 0; i < gw->cfg->ports; i++)
		up += gw->port[i].number >= 0;
	for (i = 0; i < gw->cfg->clients; i++)
		clients += gw->client[i].state == CLIENT_UP;
	for (i = 0; i < DP_R_COUNT; i++)
		drops += d.reason[i];
	vty_show_line(vty, "version", PACKAGE_NAME " " PACKAGE_VERSION);
	vty_show_line(vty, "host name", gw->cfg->host_name);
	vty_show_line(vty, "file", gw->cfg->file);
	vty_show_line(vty, "up for",
		      gw_duration_text(text, sizeof(text), loop_now(gw->loop) - gw->started));
	vty_show_line_count(vty, "workers", dp_workers(gw->dp));
	vty_out(vty, "%-12s %u of %u open%s", "ports", up, gw->cfg->ports, VTY_NEWLINE);
	vty_out(vty, "%-12s %llu, %llu half-open%s", "tunnels", (unsigned long long)n.tunnels,
		(unsigned long long)n.half_open, VTY_NEWLINE);
	vty_show_line_count(vty, "calls", n.calls);
	vty_show_line_count(vty, "joins", gw->joins->n);
	vty_out(vty, "%-12s %u of %u up%s", "clients", clients, gw->cfg->clients, VTY_NEWLINE);
	vty_out(vty, "%-12s %llu in, %llu out, %llu dropped%s", "frames",
		(unsigned long long)d.rx_frames, (unsigned long long)d.tx_frames,
		(unsigned long long)drops, VTY_NEWLINE);
	return CMD_SUCCESS;
}

DEFUN(show_ports, show_ports_cmd, "show ports", SHOW "Ports, their state and what they say of it\n")
{
	struct table *t = table_new("Port|Transport|State|Channels|>Failures|Status");
	struct gw *gw = vty_gw(vty);
	char status[200];
	unsigned i;

	for (i = 0; i < gw->cfg->ports; i++) {
		const struct gw_port *p = &gw->port[i];

		if (p->number < 0)
			snprintf(status, sizeof(status), "%s", p->error);
		else if (dp_port_status(gw->dp, (unsigned)p->number, status, sizeof(status)) <= 0)
			status[0] = '\0';
		table_cell(t, "%s", p->cfg->config.name);
		table_cell(t, "%s", p->cfg->transport->name);
		table_cell(t, "%s", p->number < 0 ? "failed" : "open");
		if (p->cfg->circuits)
			table_cell(t, "%u configured", p->cfg->circuits);
		else
			table_cell(t, "any");
		table_cell(t, "%u", p->failures);
		table_cell(t, "%s", status);
	}
	table_end(t, vty_line, vty);
	return CMD_SUCCESS;
}

struct peer_sum {
	unsigned tunnels, calls;
};

static struct peer_sum vty_show_peer_sum(struct gw *gw, const struct cfg_peer *peer)
{
	struct l2tp_tunnel *t = NULL;
	struct peer_sum s = {0};
	struct l2tp_tunnel_info i;

	while ((t = l2tp_tunnel_next(gw->engine, t))) {
		l2tp_tunnel_info(t, &i);
		if (i.peer != peer)
			continue;
		s.tunnels++;
		s.calls += i.calls;
	}
	return s;
}

DEFUN(show_peers, show_peers_cmd, "show peers", SHOW "Who may speak L2TP to us, and who does\n")
{
	struct table *t =
		table_new("Peer|Port|Address|Host Name|Dial|Service|Secret|>Tunnels|>Calls");
	struct gw *gw = vty_gw(vty);
	unsigned i;

	for (i = 0; i < gw->cfg->peers; i++) {
		const struct cfg_peer *p = &gw->cfg->peer[i];
		struct peer_sum s = vty_show_peer_sum(gw, p);

		table_cell(t, "%s", p->name);
		table_cell(t, "%s", p->port ? p->port->config.name : "any");
		table_cell(t, "%s%s", p->addresses ? p->address[0] : "any",
			   p->addresses > 1 ? ",..." : "");
		table_cell(t, "%s", p->hostname ? p->hostname : "any");
		table_cell(t, "%s", p->dial ? p->dial : "-");
		table_cell(t, "%s", p->service ? p->service->name : "-");
		table_cell(t, "%s", vty_show_yes(p->policy.secret.len));
		table_cell(t, "%u", s.tunnels);
		table_cell(t, "%u", s.calls);
	}
	table_end(t, vty_line, vty);
	return CMD_SUCCESS;
}

DEFUN(show_tunnels, show_tunnels_cmd, "show tunnels", SHOW "L2TP control connections\n")
{
	struct table *t = table_new(">ID|>Peer ID|State|Opened|Peer|Host "
				    "Name|Channel|>Calls|Age|Heard|>Resent|>Unacked/Window");
	struct gw *gw = vty_gw(vty);
	uint64_t now = loop_now(gw->loop);
	struct l2tp_tunnel *x = NULL;
	struct l2tp_tunnel_info i;
	char text[GW_TEXT_MAX];

	while ((x = l2tp_tunnel_next(gw->engine, x))) {
		const struct cfg_peer *peer;

		l2tp_tunnel_info(x, &i);
		peer = i.peer;
		table_cell(t, "%u", i.local_id);
		table_cell(t, "%u", i.peer_id);
		table_cell(t, "%s", l2tp_tunnel_state_name(i.state));
		table_cell(t, "%s", i.initiator ? "by us" : "by peer");
		table_cell(t, "%s", peer ? peer->name : "-");
		table_cell(t, "%s", i.peer_host);
		table_cell(t, "%s", port_channel_text(text, sizeof(text), gw, i.channel));
		table_cell(t, "%u", i.calls);
		table_cell(t, "%s", gw_duration_text(text, sizeof(text), now - i.since));
		table_cell(t, "%s",
			   i.last_heard
				   ? gw_duration_text(text, sizeof(text),
						      now > i.last_heard ? now - i.last_heard : 0)
				   : "never");
		table_cell(t, "%llu", (unsigned long long)i.retransmits);
		table_cell(t, "%u/%u", i.in_flight, i.cwnd);
	}
	table_end(t, vty_line, vty);
	return CMD_SUCCESS;
}

DEFUN(show_clients, show_clients_cmd, "show clients", SHOW "Links we dial\n")
{
	struct table *t =
		table_new("Client|Peer|State|For|Device|IPv4|Far end|>Dials|Redial in|Last ended");
	struct gw *gw = vty_gw(vty);
	uint64_t now = loop_now(gw->loop);
	char text[GW_TEXT_MAX];
	unsigned i;

	for (i = 0; i < gw->cfg->clients; i++) {
		const struct gw_client *c = &gw->client[i];
		bool waits = c->state == CLIENT_WAITING && c->next > now;

		table_cell(t, "%s", c->cfg->name);
		table_cell(t, "%s", c->cfg->peer->name);
		table_cell(t, "%s", client_state_name(c->state));
		table_cell(t, "%s", gw_duration_text(text, sizeof(text), now - c->since));
		table_cell(t, "%s", c->tun ? dp_tun_name(c->tun) : "-");
		table_cell(t, "%s", gw_ip4_text(text, sizeof(text), c->ip4 ? c->addr.local4 : 0));
		table_cell(t, "%s", gw_ip4_text(text, sizeof(text), c->ip4 ? c->addr.peer4 : 0));
		table_cell(t, "%u", c->dials);
		table_cell(t, "%s",
			   waits ? gw_duration_text(text, sizeof(text), c->next - now) : "-");
		table_cell(t, "%s", c->why.words);
	}
	table_end(t, vty_line, vty);
	return CMD_SUCCESS;
}

DEFUN(show_pools, show_pools_cmd, "show pools", SHOW "Addresses for clients\n")
{
	struct table *t = table_new("Pool|>IPv4|>used|>held|>IPv6 /64|>used|>fixed outside");
	struct gw *gw = vty_gw(vty);
	struct addrpool_stats s;
	unsigned i;

	for (i = 0; i < gw->cfg->pools; i++) {
		addrpool_stats(gw->pool[i], &s);
		table_cell(t, "%s", addrpool_name(gw->pool[i]));
		table_cell(t, "%u", s.size4);
		table_cell(t, "%u", s.used4);
		table_cell(t, "%u", s.held4);
		table_cell(t, "%u", s.size6);
		table_cell(t, "%u", s.used6);
		table_cell(t, "%u", s.outside);
	}
	table_end(t, vty_line, vty);
	return CMD_SUCCESS;
}

DEFUN(show_services, show_services_cmd, "show services", SHOW "Where calls end, and who is there\n")
{
	struct table *t = table_new("Service|Device|Local|Pool|>MTU|>Clients");
	struct gw *gw = vty_gw(vty);
	char text[GW_TEXT_MAX];
	unsigned i;

	for (i = 0; i < gw->cfg->services; i++) {
		const struct gw_service *s = &gw->service[i];

		table_cell(t, "%s", s->cfg->name);
		table_cell(t, "%s", s->tun ? dp_tun_name(s->tun) : "-");
		table_cell(t, "%s", gw_ip4_text(text, sizeof(text), s->cfg->local4));
		table_cell(t, "%s", s->cfg->pool ? s->cfg->pool->name : "-");
		table_cell(t, "%u", s->cfg->mtu);
		table_cell(t, "%u", s->clients);
	}
	table_end(t, vty_line, vty);
	return CMD_SUCCESS;
}

DEFUN(show_plugins, show_plugins_cmd, "show plugins", SHOW "Transports out of plugin-dir\n")
{
	const struct plugins *ps = vty_gw(vty)->plugins;
	struct table *t;
	unsigned i;

	if (!ps || !ps->dir) {
		vty_out(vty, "No plugin-dir is configured.%s", VTY_NEWLINE);
		return CMD_SUCCESS;
	}
	t = table_new("Transport|State|File|Refused because");
	for (i = 0; i < ps->n; i++) {
		table_cell(t, "%s", ps->plugin[i].name);
		table_cell(t, "%s", ps->plugin[i].transport ? "loaded" : "refused");
		table_cell(t, "%s", ps->plugin[i].path);
		table_cell(t, "%s", ps->plugin[i].why);
	}
	table_end(t, vty_line, vty);
	return CMD_SUCCESS;
}

void vty_show_init(void)
{
	install_element_ve(&show_summary_cmd);
	install_element_ve(&show_ports_cmd);
	install_element_ve(&show_peers_cmd);
	install_element_ve(&show_tunnels_cmd);
	install_element_ve(&show_clients_cmd);
	install_element_ve(&show_pools_cmd);
	install_element_ve(&show_services_cmd);
	install_element_ve(&show_plugins_cmd);
}
