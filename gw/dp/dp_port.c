/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Ports as the control thread handles them: every call is a small struct handed to the port's
 * worker, which runs it between two batches.  A new port goes to the worker that has the fewest; a
 * number is used again only after all others, so that a stale channel does not name a new port.
 */
#include "gw/dp/dp_int.h"

#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

struct dp_port_job {
	unsigned no;
	const struct ist_transport *t;
	const struct ist_port_config *cfg;
	char *text;
	size_t len;
	const struct ist_addr *to;
	const char *sub_address;
	uint8_t payload;
	struct ist_addr peer;
	uint32_t mtu;
	bool permanent;
	l2tp_channel *out;
	uint64_t *counts;
	struct ist_fill *fill;
	unsigned n;
	bool on;
	ist_channel channel;
	uint32_t send_accm, receive_accm;
	uint32_t *errors;
};

static int dp_port_run(struct dp *dp, unsigned no, int (*fn)(struct worker *w, void *arg),
		       struct dp_port_job *j)
{
	if (no >= WORKER_PORTS || !dp->port[no].home)
		return -ENOENT;
	j->no = no;
	return worker_run(dp->port[no].home, fn, j);
}

/* --- open, close ------------------------------------------------------------------------------ */

static int dp_port_run_open(struct worker *w, void *arg)
{
	struct dp_port_job *j = arg;
	struct worker_port *p = worker_port_new(w, j->no, j->t);
	int rc;

	if (!p)
		return -ENOMEM;
	rc = j->t->open(&p->p, &p->host, p, j->cfg, j->text, j->len);
	if (rc < 0) {
		p->p = NULL;
		worker_port_free(p);
		return rc;
	}
	w->port[j->no] = p;
	return 0;
}

static unsigned dp_port_least_loaded(const struct dp *dp)
{
	unsigned ports[WORKER_MAX] = {0}, best = 0;

	for (unsigned i = 0; i < WORKER_PORTS; i++)
		if (dp->port[i].home)
			ports[dp->port[i].home->no]++;
	for (unsigned i = 1; i < dp->n; i++)
		if (ports[i] < ports[best])
			best = i;
	return best;
}

static int dp_port_free_number(struct dp *dp)
{
	for (unsigned i = 0; i < WORKER_PORTS; i++) {
		unsigned no = (dp->next_port + i) % WORKER_PORTS;

		if (!dp->port[no].home) {
			dp->next_port = no + 1;
			return (int)no;
		}
	}
	return -ENOSPC;
}

int dp_port_open(struct dp *dp, const struct ist_transport *t, const struct ist_port_config *cfg,
		 char *err, size_t err_len)
{
	int no = dp_port_free_number(dp), rc;
	struct dp_port_job j = {
		.no = (unsigned)no, .t = t, .cfg = cfg, .text = err, .len = err_len};
	struct worker *home = dp->worker[dp_port_least_loaded(dp)];

	if (err_len)
		err[0] = '\0';
	if (no < 0) {
		snprintf(err, err_len, "more than %u ports", WORKER_PORTS);
		return no;
	}
	rc = worker_run(home, dp_port_run_open, &j);
	if (rc < 0) {
		if (err_len && !err[0])
			snprintf(err, err_len, "%s", strerror(-rc));
		return rc;
	}
	dp->port[no] = (struct dp_port){home, t};
	return no;
}

static int dp_port_run_close(struct worker *w, void *arg)
{
	struct dp_port_job *j = arg;

	worker_port_free(w->port[j->no]);
	w->port[j->no] = NULL;
	return 0;
}

void dp_port_close(struct dp *dp, unsigned port)
{
	struct dp_port_job j = {0};

	if (dp_port_run(dp, port, dp_port_run_close, &j))
		return;
	dp->port[port].home = NULL;
	dp_chan_forget_port(dp, port);
}

/* --- channels --------------------------------------------------------------------------------- */

static int dp_port_run_connect(struct worker *w, void *arg)
{
	struct dp_port_job *j = arg;
	struct worker_port *p = w->port[j->no];
	struct ist_attrs a = {.size = sizeof(a),
			      .payload = j->payload,
			      .peer = *j->to,
			      .sub_address = j->sub_address};
	struct worker_chan *c;
	ist_channel id;
	int rc;

	if (!p->t->connect)
		return -EOPNOTSUPP;
	rc = p->t->connect(p->p, j->to, j->payload, &a, &id);
	if (rc < 0)
		return rc;
	c = worker_chan_make(p, id);
	if (!c)
		return -ENOMEM;
	c->payload = j->payload;
	if (!c->peer.len)
		c->peer = *j->to;
	j->peer = c->peer;
	j->mtu = worker_chan_mtu(p, id);
	j->permanent = c->permanent;
	*j->out = worker_port_channel(p, id);
	return 0;
}

int dp_connect(struct dp *dp, unsigned port, const struct ist_addr *to, const char *sub_address,
	       uint8_t payload, l2tp_channel *out)
{
	struct dp_port_job j = {
		.to = to, .sub_address = sub_address, .payload = payload, .out = out};
	int rc = dp_port_run(dp, port, dp_port_run_connect, &j);

	if (!rc)
		dp_chan_connected(dp, *out, &j.peer, j.mtu, j.permanent);
	return rc;
}

/* Has the transport this operation, which was appended after the first version? */
#define DP_PORT_HAS(t, op) (IST_HAS(t, op) && (t)->op)

static int dp_port_run_accm(struct worker *w, void *arg)
{
	struct dp_port_job *j = arg;
	const struct worker_port *p = w->port[j->no];

	if (!DP_PORT_HAS(p->t, set_accm))
		return -EOPNOTSUPP;
	p->t->set_accm(p->p, j->channel, j->send_accm, j->receive_accm);
	return 0;
}

bool dp_line_accm(struct dp *dp, l2tp_channel c, uint32_t send, uint32_t receive)
{
	struct dp_port_job j = {
		.channel = (ist_channel)c, .send_accm = send, .receive_accm = receive};

	return !dp_port_run(dp, dp_channel_port(c), dp_port_run_accm, &j);
}

static int dp_port_run_errors(struct worker *w, void *arg)
{
	struct dp_port_job *j = arg;
	const struct worker_port *p = w->port[j->no];

	return DP_PORT_HAS(p->t, errors) && p->t->errors(p->p, j->channel, j->errors) ? 0 : -ENOENT;
}

bool dp_line_errors(struct dp *dp, l2tp_channel c, uint32_t out[IST_ERRORS])
{
	struct dp_port_job j = {.channel = (ist_channel)c, .errors = out};

	return !dp_port_run(dp, dp_channel_port(c), dp_port_run_errors, &j);
}

/* --- for show --------------------------------------------------------------------------------- */

static int dp_port_run_count(struct worker *w, void *arg)
{
	struct dp_port_job *j = arg;
	const struct worker_port *p = w->port[j->no];

	if (p->t->count)
		p->t->count(p->p, j->counts, j->n);
	return 0;
}

void dp_port_count(struct dp *dp, unsigned port, uint64_t *out, unsigned n)
{
	struct dp_port_job j = {.counts = out, .n = n};

	memset(out, 0, n * sizeof(*out));
	dp_port_run(dp, port, dp_port_run_count, &j);
}

static int dp_port_run_status(struct worker *w, void *arg)
{
	struct dp_port_job *j = arg;
	const struct worker_port *p = w->port[j->no];

	return p->t->status ? p->t->status(p->p, j->text, j->len) : 0;
}

int dp_port_status(struct dp *dp, unsigned port, char *buf, size_t len)
{
	struct dp_port_job j = {.text = buf, .len = len};

	if (len)
		buf[0] = '\0';
	return dp_port_run(dp, port, dp_port_run_status, &j);
}

static int dp_port_run_fill(struct worker *w, void *arg)
{
	struct dp_port_job *j = arg;
	const struct worker_port *p = w->port[j->no];

	return DP_PORT_HAS(p->t, fill) ? (int)p->t->fill(p->p, j->fill, j->n) : 0;
}

unsigned dp_port_fill(struct dp *dp, unsigned port, struct ist_fill *out, unsigned n)
{
	struct dp_port_job j = {.fill = out, .n = n};
	int rc;

	memset(out, 0, n * sizeof(*out));
	rc = dp_port_run(dp, port, dp_port_run_fill, &j);
	return rc > 0 ? (unsigned)rc : 0;
}

static int dp_port_run_tap(struct worker *w, void *arg)
{
	struct dp_port_job *j = arg;

	return worker_port_tap(w->port[j->no], j->on);
}

int dp_port_tap(struct dp *dp, unsigned port, bool on)
{
	struct dp_port_job j = {.on = on};

	return dp_port_run(dp, port, dp_port_run_tap, &j);
}
