/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A port that fails takes its channels with it: their tunnels end at once, since no
 * StopCCN could be sent.  It is opened again after a second, then two, up to a minute, until it
 * stays.  So is one whose address comes later than the gateway, as from DHCP.  In a reload a port
 * that cannot be opened is a mistake, unless it was not open before: which ports wait is in a
 * record.  The control that takes the place of one that has failed so, by then with the
 * configuration before, goes on with what there is.
 */
#include "gw/port.h"

#include "gw/event.h"
#include "gw/log_id.h"
#include "gw/record.h"
#include "gw/resume.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#define WAIT_LAST 60000000u

bool port_tap(struct gw_port *p, bool on)
{
	bool first = on && !p->taps, last = !on && p->taps == 1;

	if (p->number >= 0 && (first || last) &&
	    dp_port_tap(p->gw->dp, (unsigned)p->number, on) < 0 && on)
		return false;
	p->taps = on ? p->taps + 1 : p->taps - 1;
	return true;
}

static bool port_open(struct gw_port *p)
{
	p->number = dp_port_open(p->gw->dp, p->cfg->transport, &p->cfg->config, p->error,
				 sizeof(p->error));
	if (p->number < 0) {
		p->in_use = p->number == -EADDRINUSE || p->number == -EBUSY;
		p->absent = p->number == -EADDRNOTAVAIL;
		p->number = -1;
		p->failures++;
		EVENT(PORT_DOWN, LOG_ABOUT(.port = p->cfg->config.name), p->error);
		GW_LOG(LOG_ABOUT(.port = p->cfg->config.name, .id = LOG_ID_PORT_FAILED), PORT,
		       LOGL_ERROR, "port %s: cannot open: %s\n", p->cfg->config.name, p->error);
		return false;
	}
	if (p->taps)
		dp_port_tap(p->gw->dp, (unsigned)p->number, true);
	EVENT(PORT_UP, LOG_ABOUT(.port = p->cfg->config.name), NULL);
	GW_LOG(LOG_ABOUT(.port = p->cfg->config.name, .id = LOG_ID_PORT_OPEN), PORT, LOGL_NOTICE,
	       "port %s: open\n", p->cfg->config.name);
	return true;
}

static void port_wait_longer(struct gw_port *p, uint64_t now)
{
	loop_set(p->gw->loop, &p->again, loop_back_off(&p->wait, WAIT_LAST, now));
}

/* What the first octet of the record says of the life that has written it. */
enum ports_state {
	PORTS_TRIED = 1, /* it has begun to open them, and did not come to its end, */
	PORTS_OPEN	 /* or it did: the names behind are of those that wait */
};

static void ports_keep(struct gw *gw, enum ports_state state)
{
	uint8_t rec[STORE_RECORD_MAX];
	struct wr w = wr_init(rec, sizeof(rec));

	wr_u8(&w, (uint8_t)state);
	for (unsigned i = 0; i < gw->cfg->ports; i++) {
		const char *name = gw->cfg->port[i].config.name;

		if (gw->port[i].number < 0 && w.len + 1 + strlen(name) <= sizeof(rec))
			record_text(&w, name);
	}
	resume_ports(gw->resume, rec, w.len);
}

static void port_open_again(void *ctx, uint64_t now)
{
	struct gw_port *p = ctx;

	if (p->gw->phase != GW_RUNNING)
		return;
	if (!port_open(p)) {
		port_wait_longer(p, now);
		return;
	}
	ports_keep(p->gw, PORTS_OPEN);
	p->opened_again(p->gw, now);
}

/* --- at start --------------------------------------------------------------------------------- */

static bool port_is_named(struct rd r, const char *name)
{
	char text[RECORD_TEXT_MAX + 1];

	while (r.left && !r.bad) {
		record_read_text(&r, text, sizeof(text));
		if (!r.bad && !strcmp(text, name))
			return true;
	}
	return false;
}

/* An attempt to open each port. */
struct ports_try {
	struct gw *gw;
	bool first; /* there was no life before: what is absent may wait; */
	bool after; /* one that could not open them: whatever fails may */
	bool ok;    /* no port has failed that may not wait */
};

static void ports_recall(struct ports_try *t)
{
	uint8_t rec[STORE_RECORD_MAX];
	const int n = resume_ports_before(t->gw->resume, rec);
	struct rd r = rd_init(rec, n < 0 ? 0 : (size_t)n);
	const uint8_t state = rd_u8(&r);

	t->first = n < 0;
	t->after = state == PORTS_TRIED;
	for (unsigned i = 0; state == PORTS_OPEN && i < t->gw->cfg->ports; i++)
		t->gw->port[i].waited = port_is_named(r, t->gw->cfg->port[i].config.name);
}

static bool port_may_wait(const struct ports_try *t, const struct gw_port *p)
{
	return t->after || p->waited || (t->first && p->absent);
}

/* Those that a life before has open, or those that are new.  What is in use may be free later. */
static void ports_open_some(struct ports_try *t, bool left)
{
	for (unsigned i = 0; i < t->gw->cfg->ports; i++) {
		struct gw_port *p = &t->gw->port[i];

		if (p->left == left && !port_open(p))
			t->ok = t->ok && (p->in_use || port_may_wait(t, p));
	}
}

/* What they want may be in use by a port that is configured no more, or with other settings. */
static void ports_open_rest(struct ports_try *t)
{
	struct gw *gw = t->gw;
	bool again = dp_ports_close_left(gw->dp);

	for (unsigned i = 0; i < gw->cfg->ports; i++)
		again = again || gw->port[i].left;
	for (unsigned i = 0; i < gw->cfg->ports; i++) {
		struct gw_port *p = &gw->port[i];

		if (p->number < 0 && p->in_use && !(again && port_open(p)))
			t->ok = t->ok && port_may_wait(t, p);
	}
}

static bool ports_any_in_use(const struct gw *gw)
{
	for (unsigned i = 0; i < gw->cfg->ports; i++)
		if (gw->port[i].number < 0 && gw->port[i].in_use)
			return true;
	return false;
}

/* New ports come first: when one of them cannot be opened, the others have not been touched.  One
 * that is there with other settings is closed and opened again. */
static bool ports_open_in_order(struct gw *gw)
{
	struct ports_try t = {.gw = gw, .ok = true};

	ports_recall(&t);
	ports_keep(gw, PORTS_TRIED);
	resume_write(gw->resume); /* should we not come further */
	ports_open_some(&t, false);
	if (t.ok)
		ports_open_some(&t, true);
	if (t.ok && ports_any_in_use(gw))
		ports_open_rest(&t);
	return t.ok;
}

static void ports_wait(struct gw *gw)
{
	for (unsigned i = 0; i < gw->cfg->ports; i++)
		if (gw->port[i].number < 0)
			port_wait_longer(&gw->port[i], loop_now(gw->loop));
	ports_keep(gw, PORTS_OPEN);
}

bool ports_open(struct gw *gw, void (*opened_again)(struct gw *gw, uint64_t now))
{
	unsigned i;

	gw->port = calloc(gw->cfg->ports ? gw->cfg->ports : 1, sizeof(*gw->port));
	if (!gw->port)
		return false;
	for (i = 0; i < gw->cfg->ports; i++) {
		struct gw_port *p = &gw->port[i];

		*p = (struct gw_port){.gw = gw,
				      .cfg = &gw->cfg->port[i],
				      .number = -1,
				      .wait = PORT_WAIT_FIRST,
				      .opened_again = opened_again};
		p->up = calloc(p->cfg->circuits ? p->cfg->circuits : 1, sizeof(*p->up));
		if (!p->up)
			return false;
		loop_timer_init(&p->again, port_open_again, p);
		p->left = dp_port_is_left(gw->dp, p->cfg->transport, p->cfg->config.name);
	}
	if (!ports_open_in_order(gw))
		return false;
	ports_wait(gw);
	return true;
}

void ports_free(struct gw *gw)
{
	unsigned i;

	for (i = 0; gw->port && i < gw->cfg->ports; i++) {
		loop_cancel(gw->loop, &gw->port[i].again);
		free(gw->port[i].up);
	}
	free(gw->port);
	gw->port = NULL;
}

struct gw_port *port_by_number(struct gw *gw, unsigned number)
{
	unsigned i;

	for (i = 0; i < gw->cfg->ports; i++)
		if (gw->port[i].number >= 0 && (unsigned)gw->port[i].number == number)
			return &gw->port[i];
	return NULL;
}

struct gw_port *port_named(struct gw *gw, const char *name)
{
	const struct cfg_port *p = cfg_named(gw->cfg, "port", name);

	return p ? &gw->port[p - gw->cfg->port] : NULL;
}

/* Ending tunnels while walking them is not allowed: one at a time, from the start. */
static void port_lose_channels(struct gw *gw, unsigned number, uint64_t now)
{
	struct l2tp_tunnel_info i;
	struct l2tp_tunnel *t;

	do {
		for (t = l2tp_tunnel_next(gw->engine, NULL); t;
		     t = l2tp_tunnel_next(gw->engine, t)) {
			l2tp_tunnel_info(t, &i);
			if (i.channel && dp_channel_port(i.channel) == number)
				break;
		}
		if (t)
			l2tp_engine_channel_lost(gw->engine, i.channel, now);
	} while (t);
}

void port_failed(struct gw *gw, unsigned number, int err, const char *words, uint64_t now)
{
	struct gw_port *p = port_by_number(gw, number);

	if (!p)
		return;
	p->failures++;
	snprintf(p->error, sizeof(p->error), "%s", words ? words : strerror(abs(err)));
	EVENT(PORT_DOWN, LOG_ABOUT(.port = p->cfg->config.name), p->error);
	GW_LOG(LOG_ABOUT(.port = p->cfg->config.name, .id = LOG_ID_PORT_FAILED), PORT, LOGL_ERROR,
	       "port %s: failed: %s\n", p->cfg->config.name, p->error);
	port_lose_channels(gw, number, now);
	dp_port_close(gw->dp, number);
	p->number = -1;
	memset(p->up, 0, p->cfg->circuits * sizeof(*p->up));
	port_wait_longer(p, now);
	ports_keep(gw, PORTS_OPEN);
}

bool port_match(const struct gw_port *p, const struct ist_addr *a, const char *pattern)
{
	const struct ist_transport *t = p->cfg->transport;
	struct ist_addr want = {0};

	if (t->addr_match)
		return t->addr_match(a, pattern);
	return t->addr_parse(&want, pattern) == 0 && !memcmp(&want, a, sizeof(want));
}

const struct cfg_circuit *port_circuit(const struct gw_port *p, const struct ist_addr *a)
{
	unsigned i;

	for (i = 0; i < p->cfg->circuits; i++)
		if (!memcmp(&p->cfg->circuit[i].config.addr, a, sizeof(*a)))
			return &p->cfg->circuit[i];
	return NULL;
}

void port_circuit_set(struct gw_port *p, const struct ist_addr *a, bool up)
{
	const struct cfg_circuit *c = port_circuit(p, a);

	if (c)
		p->up[c - p->cfg->circuit] = up;
}

bool port_circuit_up(const struct gw_port *p, const struct ist_addr *a)
{
	const struct cfg_circuit *c = port_circuit(p, a);

	return !c || p->up[c - p->cfg->circuit];
}

bool port_circuit_carries(const struct gw_port *p, unsigned k)
{
	return p->number >= 0 && p->up && p->up[k];
}

bool port_calls(const struct gw_port *p, const struct ist_addr *a)
{
	uint32_t caps = p->cfg->transport->caps;

	return caps & IST_CAP_SWITCHED || (caps & IST_CAP_CALLS && !port_circuit(p, a));
}

const struct cfg_accept *port_accept(const struct gw_port *p, const struct ist_addr *a)
{
	unsigned i;

	for (i = 0; i < p->cfg->accepts; i++)
		if (port_match(p, a, p->cfg->accept[i].pattern))
			return &p->cfg->accept[i];
	return NULL;
}

struct ist_need port_need(const struct cfg_port *p)
{
	const struct ist_transport *t = p->transport;
	struct ist_need n = {0};

	if (IST_HAS(t, need) && t->need)
		t->need(&p->config, &n);
	else if (t->caps & IST_CAP_SWITCHED)
		n.circuits = n.descriptors = 1024;
	return n;
}

bool port_switched(struct gw *gw, l2tp_channel c)
{
	const struct gw_port *p = port_by_number(gw, dp_channel_port(c));

	return p && p->cfg->transport->caps & IST_CAP_SWITCHED;
}

const char *port_channel_text(char *buf, size_t cap, struct gw *gw, l2tp_channel c)
{
	const struct gw_port *p = port_by_number(gw, dp_channel_port(c));
	char addr[128] = "?";
	struct ist_addr a;

	if (!p) {
		snprintf(buf, cap, "?");
		return buf;
	}
	if (dp_channel_peer(gw->dp, c, &a))
		p->cfg->transport->addr_format(&a, addr, sizeof(addr));
	snprintf(buf, cap, "%s %s", p->cfg->config.name, addr);
	return buf;
}

/* "192.0.2.1:1701", "[2001:db8::1]:1701": the address alone, and its family. */
static uint8_t port_endpoint(char *out, size_t cap, const char *text)
{
	static const uint8_t medium[] = {1, 2}; /* IPv4, IPv6 */
	bool v6 = *text == '[';
	const char *end = v6 ? strchr(text, ']') : strchr(text, ':');
	size_t len = end ? (size_t)(end - text) - v6 : strlen(text);

	snprintf(out, cap, "%.*s", (int)len, text + v6);
	return medium[v6];
}

enum aaa_medium port_medium(const struct cfg_port *p, bool async)
{
	static const struct {
		const char *transport;
		enum aaa_medium medium;
	} rows[] = {{"serial", AAA_SYNC},
		    {"frame-relay", AAA_SYNC},
		    {"atm", AAA_PPPOA},
		    {"x25", AAA_X25},
		    {"pppoe", AAA_PPPOE}};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (!strcmp(p->transport->name, rows[i].transport))
			return async ? AAA_ASYNC : rows[i].medium;
	return AAA_VIRTUAL;
}

bool port_is_at(const struct cfg_port *p, const char *address)
{
	char near[100];

	port_endpoint(near, sizeof(near), cfg_port_setting(p, "listen"));
	return !strcasecmp(near, address) || !strcmp(p->config.name, address);
}

/* As its transport writes it: "[2001:db8::1]:1701". */
static bool port_is_v6(const struct ist_transport *t, const char *address)
{
	char text[128] = "";
	struct ist_addr a;

	return !t->addr_parse(&a, address) && t->addr_format(&a, text, sizeof(text)) > 0 &&
	       *text == '[';
}

bool port_has_family(const struct cfg_port *p, const char *address)
{
	const struct ist_transport *t = p->transport;

	return strcmp(t->name, "udp") != 0 ||
	       port_is_v6(t, cfg_port_setting(p, "listen")) == port_is_v6(t, address);
}

void port_tunnel_ends(struct gw *gw, l2tp_channel c, struct tunnel_ends *out)
{
	const struct gw_port *p = port_by_number(gw, dp_channel_port(c));
	char addr[sizeof(out->far)] = "";
	struct ist_addr a;

	*out = (struct tunnel_ends){0};
	if (!p || !dp_channel_peer(gw->dp, c, &a))
		return;
	p->cfg->transport->addr_format(&a, addr, sizeof(addr));
	if (strcmp(p->cfg->transport->name, "udp") != 0) {
		snprintf(out->far, sizeof(out->far), "%s", addr);
		return;
	}
	out->medium = port_endpoint(out->far, sizeof(out->far), addr);
	port_endpoint(out->near, sizeof(out->near), cfg_port_setting(p->cfg, "listen"));
	if (!strcmp(out->near, "0.0.0.0") || !strcmp(out->near, "::"))
		out->near[0] = '\0';
}
