/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Ports as control knows them; all else about them is asked of data, which asks the port's worker.
 * A new port goes to the worker that has the fewest; a number is used again only after all others,
 * so that a stale channel does not name a new port.
 */
#include "gw/dp/data.h"
#include "gw/dp/dp_int.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

/* Ask of a port that is open. */
static int dp_port_ask(struct dp *dp, unsigned no, struct door_msg *m)
{
	return no < DP_PORTS && dp->port[no].open ? dp_ask(dp, m) : -ENOENT;
}

/* Text of an answer, as snprintf() would have written it. */
static void dp_port_text(const struct dp *dp, char *buf, size_t len)
{
	const struct door_msg *m = &dp->answer;

	if (len)
		snprintf(buf, len, "%s",
			 m->kind == DOOR_STATUS && m->answer.words ? m->answer.words : "");
}

/* --- open, close ------------------------------------------------------------------------------ */

static unsigned dp_port_least_loaded(const struct dp *dp)
{
	unsigned ports[DP_WORKERS] = {0}, best = 0;

	for (unsigned i = 0; i < DP_PORTS; i++)
		if (dp->port[i].open)
			ports[dp->port[i].home]++;
	for (unsigned i = 1; i < dp->n; i++)
		if (ports[i] < ports[best])
			best = i;
	return best;
}

static int dp_port_free_number(struct dp *dp)
{
	for (unsigned i = 0; i < DP_PORTS; i++) {
		unsigned no = (dp->next_port + i) % DP_PORTS;

		if (!dp->port[no].open && !dp->left.port[no].open) {
			dp->next_port = no + 1;
			return (int)no;
		}
	}
	return -ENOSPC;
}

static bool dp_port_setting_is(const struct ist_port_config *cfg, const char *key,
			       const char *value)
{
	for (unsigned i = 0; i < cfg->settings; i++)
		if (!strcmp(cfg->setting[i].key, key) && !strcmp(cfg->setting[i].value, value))
			return true;
	return false;
}

/* What we dial has this address too, unless it has a port of its own. */
static void dp_port_listens(struct dp_port *p, const struct ist_port_config *cfg)
{
	if (!p->accelerated || dp_port_setting_is(cfg, "dial-port", "ephemeral") ||
	    !p->t->addr_parse)
		return;
	for (unsigned i = 0; i < cfg->settings; i++)
		if (!strcmp(cfg->setting[i].key, "listen") &&
		    p->t->addr_parse(&p->listen, cfg->setting[i].value) < 0)
			p->listen.len = 0;
}

static int dp_port_ask_open(struct dp *dp, unsigned no, unsigned home,
			    const struct ist_transport *t, const struct ist_port_config *cfg,
			    char *err, size_t err_len)
{
	struct door_msg m = {.kind = DOOR_PORT_OPEN,
			     .port_open = {.port = no, .worker = home, .transport = t->name}};
	int rc;

	m.port_open.cfg = *cfg;
	if (dp->data && !data_know(dp->data, t))
		return -ENOSPC;
	rc = dp_ask(dp, &m);
	dp_port_text(dp, err, err_len);
	if (rc)
		return rc;
	dp->port[no] = (struct dp_port){
		.open = true,
		.home = home,
		.t = t,
		.stale = dp->port[no].stale,
		.accelerated = dp_port_setting_is(cfg, "accelerate", "xdp"),
		.secured = dp_port_setting_is(cfg, "ipsec", "prefer") ||
			   dp_port_setting_is(cfg, "ipsec", "require"),
	};
	dp_port_listens(&dp->port[no], cfg);
	return 0;
}

/* One that a life before has left is closed. */
static void dp_port_give_up(struct dp *dp, unsigned no)
{
	struct door_msg m = {.kind = DOOR_PORT_CLOSE, .number = {no}};

	dp_ask(dp, &m);
	dp_chan_forget_port(dp, no);
	dp_left_forget_port(dp, no);
}

/* The port that a life before has left under this name: with the same settings it is this one,
 * else it is in the way. */
static int dp_port_claim(struct dp *dp, const struct ist_transport *t,
			 const struct ist_port_config *cfg)
{
	int no = dp_left_port(dp, t->name, cfg->name);
	char none[1];

	if (no < 0)
		return no;
	if (!dp_port_ask_open(dp, (unsigned)no, dp->left.port[no].home, t, cfg, none, 0)) {
		dp->port[no].claimed = true;
		dp_left_forget_port(dp, (unsigned)no);
		return no;
	}
	dp_port_give_up(dp, (unsigned)no);
	return -1;
}

bool dp_port_is_left(const struct dp *dp, const struct ist_transport *t, const char *name)
{
	return dp_left_port(dp, t->name, name) >= 0;
}

bool dp_ports_close_left(struct dp *dp)
{
	bool any = false;

	for (unsigned no = 0; no < DP_PORTS; no++) {
		if (!dp->left.port[no].open)
			continue;
		dp_port_give_up(dp, no);
		any = true;
	}
	return any;
}

int dp_port_open(struct dp *dp, const struct ist_transport *t, const struct ist_port_config *cfg,
		 char *err, size_t err_len)
{
	int no = dp_port_claim(dp, t, cfg), rc;

	if (err_len)
		err[0] = '\0';
	if (no >= 0)
		return no;
	no = dp_port_free_number(dp);
	if (no < 0) {
		snprintf(err, err_len, "more than %u ports", DP_PORTS);
		return no;
	}
	rc = dp_port_ask_open(dp, (unsigned)no, dp_port_least_loaded(dp), t, cfg, err, err_len);
	if (rc < 0 && err_len && !err[0])
		snprintf(err, err_len, "%s", strerror(-rc));
	return rc < 0 ? rc : no;
}

void dp_port_close(struct dp *dp, unsigned port)
{
	struct door_msg m = {.kind = DOOR_PORT_CLOSE, .number = {port}};
	struct dp_port *p;

	if (port >= DP_PORTS || !dp->port[port].open)
		return;
	p = &dp->port[port];
	dp_ask(dp, &m);
	p->open = p->claimed = false;
	p->stale = ring_mark(&dp->mail[p->home].reports);
	dp_chan_forget_port(dp, port);
}

/* --- channels --------------------------------------------------------------------------------- */

static int dp_port_ask_channel(struct dp *dp, struct door_msg *m, l2tp_channel *out)
{
	const struct door_answer *a = &dp->answer.answer;
	unsigned port = m->connect.port;
	int rc = dp_port_ask(dp, port, m);

	if (rc)
		return rc;
	if (dp->answer.kind != DOOR_CONNECTED || dp_channel_port(a->channel) != port)
		return -EPROTO;
	*out = a->channel;
	dp_chan_connected(dp, a->channel, a);
	return 0;
}

int dp_connect(struct dp *dp, unsigned port, const struct ist_addr *to, const char *sub_address,
	       uint8_t payload, l2tp_channel *out)
{
	struct door_msg m = {
		.kind = DOOR_CONNECT,
		.connect = {
			.port = port, .to = *to, .sub_address = sub_address, .payload = payload}};

	return dp_port_ask_channel(dp, &m, out);
}

int dp_resume(struct dp *dp, unsigned port, const struct ist_addr *to, uint8_t payload,
	      const uint8_t *ticket, size_t len, l2tp_channel *out)
{
	struct door_msg m = {.kind = DOOR_RESUME,
			     .connect = {.port = port,
					 .to = *to,
					 .payload = payload,
					 .ticket = ticket,
					 .ticket_len = (uint32_t)len}};
	int rc = dp_port_ask_channel(dp, &m, out);

	if (!rc)
		dp_chan_keep_ticket(dp, *out, ticket, len);
	return rc;
}

bool dp_line_accm(struct dp *dp, l2tp_channel c, uint32_t send, uint32_t receive)
{
	struct door_msg m = {.kind = DOOR_LINE_ACCM, .line = {c, send, receive}};

	return !dp_port_ask(dp, dp_channel_port(c), &m);
}

bool dp_line_errors(struct dp *dp, l2tp_channel c, uint32_t out[IST_ERRORS])
{
	struct door_msg m = {.kind = DOOR_LINE_ERRORS, .line = {.channel = c}};

	if (dp_port_ask(dp, dp_channel_port(c), &m) || dp->answer.kind != DOOR_ERRORS)
		return false;
	memcpy(out, dp->answer.answer.error, IST_ERRORS * sizeof(*out));
	return true;
}

/* --- for show --------------------------------------------------------------------------------- */

void dp_port_count(struct dp *dp, unsigned port, uint64_t *out, unsigned n)
{
	struct door_msg m = {.kind = DOOR_PORT_COUNT, .port_ask = {port, n}};
	const struct door_answer *a = &dp->answer.answer;

	memset(out, 0, n * sizeof(*out));
	if (m.port_ask.n > DOOR_COUNTS)
		m.port_ask.n = DOOR_COUNTS;
	if (!dp_port_ask(dp, port, &m) && dp->answer.kind == DOOR_COUNTS_ARE && a->counts <= n)
		memcpy(out, a->count, a->counts * sizeof(*out));
}

int dp_port_status(struct dp *dp, unsigned port, char *buf, size_t len)
{
	struct door_msg m = {.kind = DOOR_PORT_STATUS, .port_ask = {port, DOOR_TEXT - 1}};
	int rc;

	if (len)
		buf[0] = '\0';
	rc = dp_port_ask(dp, port, &m);
	if (rc >= 0)
		dp_port_text(dp, buf, len);
	return rc;
}

unsigned dp_port_fill(struct dp *dp, unsigned port, struct ist_fill *out, unsigned n)
{
	struct door_msg m = {.kind = DOOR_PORT_FILL, .port_ask = {port, n}};
	const struct door_answer *a = &dp->answer.answer;
	int rc;

	memset(out, 0, n * sizeof(*out));
	if (m.port_ask.n > DOOR_FILLS)
		m.port_ask.n = DOOR_FILLS;
	rc = dp_port_ask(dp, port, &m);
	if (rc <= 0 || dp->answer.kind != DOOR_FILLS_ARE || a->fills > n)
		return 0;
	memcpy(out, a->fill, a->fills * sizeof(*out));
	for (unsigned i = 0; i < a->fills; i++)
		out[i].words = dp_static_words(dp, a->fill[i].words);
	return (unsigned)rc;
}

unsigned dp_port_offloads(struct dp *dp, unsigned port, struct ist_offload *out, unsigned n)
{
	struct door_msg m = {.kind = DOOR_PORT_OFFLOADS, .port_ask = {port, n}};
	const struct door_answer *a = &dp->answer.answer;
	int rc;

	memset(out, 0, n * sizeof(*out));
	if (m.port_ask.n > DOOR_OFFLOADS)
		m.port_ask.n = DOOR_OFFLOADS;
	rc = dp_port_ask(dp, port, &m);
	if (rc <= 0 || dp->answer.kind != DOOR_OFFLOADS_ARE || a->offload_rows > n)
		return 0;
	memcpy(out, a->offload_row, a->offload_rows * sizeof(*out));
	for (unsigned i = 0; i < a->offload_rows; i++) {
		out[i].words = dp_static_words(dp, out[i].words);
		out[i].hint = dp_static_words(dp, out[i].hint);
	}
	return a->offload_rows;
}

unsigned dp_port_worker(const struct dp *dp, unsigned port)
{
	return port < DP_PORTS ? dp->port[port].home : 0;
}

int dp_port_tap(struct dp *dp, unsigned port, bool on)
{
	struct door_msg m = {.kind = DOOR_PORT_TAP, .port_tap = {port, on}};
	int rc = dp_port_ask(dp, port, &m);

	if (!rc)
		dp_fast_tap(dp, port, on);
	return rc;
}
