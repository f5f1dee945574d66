/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What control asks of ports: each message is handed to the port's worker, which does it between
 * two batches.  Only what is asked of no port that there is never reaches a worker.
 */
#include "gw/dp/data.h"
#include "gw/dp/port_check.h"
#include "gw/dp/tun.h"

#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DATA_PORT_OPENS 8u /* that a port asks for, at most */

/* Has the transport this operation, which was appended after the first version? */
#define DATA_PORT_HAS(t, op) (IST_HAS(t, op) && (t)->op)

bool data_port_is_open(const struct data *data, l2tp_channel c)
{
	unsigned no = dp_channel_port(c);

	return no < WORKER_PORTS && data->port[no].home;
}

/* A message on its way to the worker. */
struct data_job {
	struct data *data;
	const struct door_msg *m;
	struct door_msg *answer;
	const struct ist_transport *t;
	unsigned no;
};

static void data_port_run(struct data *data, unsigned no, int (*fn)(struct worker *w, void *arg),
			  const struct door_msg *m, struct door_msg *answer)
{
	struct data_job j = {data, m, answer, NULL, no};

	if (no < WORKER_PORTS && data->port[no].home)
		answer->answer.rc = worker_run(data->port[no].home, fn, &j);
	else
		answer->answer.rc = -ENOENT;
}

/* --- open, close ------------------------------------------------------------------------------ */

static int data_port_run_open(struct worker *w, void *arg)
{
	struct data_job *j = arg;
	struct worker_port *p = worker_port_new(w, j->no, j->t, j->m->port_open.cfg.name);
	int rc;

	if (!p)
		return -ENOMEM;
	rc = j->t->open(&p->p, &p->host, p, &j->m->port_open.cfg, j->data->text, DATA_TEXT);
	if (rc < 0) {
		p->p = NULL;
		worker_port_free(p);
		return rc;
	}
	w->port[j->no] = p;
	return 0;
}

static const struct ist_transport *data_port_transport(const struct data *data, const char *name)
{
	for (unsigned i = 0; i < data->n_known; i++)
		if (!strcmp(data->known[i]->name, name))
			return data->known[i];
	return NULL;
}

/* The message's own octets: the same port opened with the same settings is the same message. */
static bool data_port_keep(const struct data *data, struct data_port *p)
{
	p->settings_len = data->msg_len - DOOR_MSG_HEAD;
	p->settings = malloc(p->settings_len);
	if (p->settings)
		memcpy(p->settings, data->msg + DOOR_MSG_HEAD, p->settings_len);
	return p->settings;
}

/* One that a control before has opened. */
static int data_port_claim(const struct data *data, struct data_port *p)
{
	if (p->claimed == data->attach)
		return -EINVAL;
	if (p->settings_len != data->msg_len - DOOR_MSG_HEAD ||
	    memcmp(p->settings, data->msg + DOOR_MSG_HEAD, p->settings_len) != 0)
		return -EEXIST;
	p->claimed = data->attach;
	return 0;
}

static int data_port_make(struct data *data, const struct door_port_open *o, struct data_job *j)
{
	struct worker *home = o->worker < data->n ? data->worker[o->worker] : NULL;
	struct data_port p = {.home = home, .claimed = data->attach};
	int rc;

	j->t = p.t = data_port_transport(data, o->transport);
	if (!p.t)
		return -EPROTONOSUPPORT;
	if (!home || o->port >= WORKER_PORTS)
		return -EINVAL;
	if (data->port[o->port].home)
		return data_port_claim(data, &data->port[o->port]);
	rc = port_check(p.t, &o->cfg, data->text, DATA_TEXT);
	if (!rc)
		rc = data_port_keep(data, &p) ? worker_run(home, data_port_run_open, j) : -ENOMEM;
	if (rc)
		free(p.settings);
	else
		data->port[o->port] = p;
	return rc;
}

void data_port_open(struct data *data, const struct door_msg *m, struct door_msg *answer)
{
	struct data_job j = {data, m, answer, NULL, m->port_open.port};

	data->text[0] = '\0';
	answer->kind = DOOR_STATUS;
	answer->answer.rc = data_port_make(data, &m->port_open, &j);
	answer->answer.words = data->text;
}

static int data_port_run_close(struct worker *w, void *arg)
{
	struct data_job *j = arg;

	if (w->port[j->no]) /* else it was to be handed over */
		worker_port_free(w->port[j->no]);
	w->port[j->no] = NULL;
	return 0;
}

/* --- handed over -------------------------------------------------------------------------------- */

/* Its message once more; what m points to is in data->msg and data->room. */
static bool data_port_config(struct data *data, const uint8_t *settings, size_t len,
			     struct door_msg *m)
{
	if (!len || len > DOOR_MSG_MAX - DOOR_MSG_HEAD)
		return false;
	memset(data->msg, 0, DOOR_MSG_HEAD);
	wr_put16(data->msg, DOOR_PORT_OPEN);
	wr_put32(data->msg + 2, (uint32_t)len);
	memcpy(data->msg + DOOR_MSG_HEAD, settings, len);
	data->msg_len = DOOR_MSG_HEAD + len;
	return door_msg_decode(m, DOOR_TABLE, data->msg, data->msg_len, data->room,
			       door_msg_room(DOOR_MSG_MAX));
}

/* What it has asked for is the same for the same settings: who holds it for another life of data
 * may let it go. */
static void data_port_release(struct data *data, const struct data_port *p)
{
	struct ist_open opens[DATA_PORT_OPENS];
	struct door_msg m;
	int n = 0;

	if (DATA_PORT_HAS(p->t, check) && data_port_config(data, p->settings, p->settings_len, &m))
		n = p->t->check(&m.port_open.cfg, opens, DATA_PORT_OPENS, data->text, DATA_TEXT);
	for (int i = 0; i < n && i < (int)DATA_PORT_OPENS; i++)
		tun_say_released(&opens[i]);
}

void data_port_forget(struct data *data, unsigned port)
{
	struct door_msg none = {.kind = DOOR_DONE};

	data_port_run(data, port, data_port_run_close, NULL, &none);
	if (none.answer.rc)
		return;
	if (!data->aside) /* else another one goes on with it */
		data_port_release(data, &data->port[port]);
	free(data->port[port].settings);
	data->port[port] = (struct data_port){0};
}

void data_port_close(struct data *data, const struct door_msg *m, struct door_msg *answer)
{
	(void)answer;
	data_port_forget(data, m->number.no);
}

bool data_port_restore(struct data *data, const uint8_t *settings, size_t len, uint64_t claimed)
{
	const struct door_port_open *o;
	struct data_port p = {.claimed = claimed};
	struct door_msg m;

	if (!data_port_config(data, settings, len, &m))
		return false;
	o = &m.port_open;
	p.t = data_port_transport(data, o->transport);
	p.home = o->worker < data->n ? data->worker[o->worker] : NULL;
	if (!p.t || !p.home || o->port >= WORKER_PORTS || data->port[o->port].home ||
	    !data_port_keep(data, &p))
		return false;
	data->port[o->port] = p;
	return true;
}

static void data_port_try(struct data *data, struct worker_port *p,
			  const struct ist_port_config *cfg, struct ist_frozen *f)
{
	int rc = -EOPNOTSUPP;

	data->text[0] = '\0';
	if (f && DATA_PORT_HAS(p->t, thaw))
		rc = p->t->thaw(&p->p, &p->host, p, cfg, f, data->text, DATA_TEXT);
	p->anew = rc < 0;
	p->lost = 0;
	free(p->anew_words);
	p->anew_words = rc < 0 && f ? strdup(data->text) : NULL;
	if (rc < 0) {
		p->p = NULL;
		rc = p->t->open(&p->p, &p->host, p, cfg, data->text, DATA_TEXT);
	}
	if (rc < 0) {
		p->p = NULL;
		p->lost = rc;
		free(p->anew_words);
		p->anew_words = strdup(data->text);
	}
}

int data_port_thaw(struct data *data, unsigned no, struct ist_frozen *f)
{
	struct data_port *at = &data->port[no];
	struct worker_port *p = at->home->port[no];
	struct door_msg m;

	/* These octets have been read before. */
	if (!data_port_config(data, at->settings, at->settings_len, &m))
		return -EINVAL;
	if (!p)
		p = worker_port_new(at->home, no, at->t, m.port_open.cfg.name);
	if (!p)
		return -ENOMEM;
	at->home->port[no] = p;
	data_port_try(data, p, &m.port_open.cfg, f);
	return 0;
}

/* --- channels --------------------------------------------------------------------------------- */

/* Control has this channel now. */
static int data_port_connected(struct worker_port *p, const struct door_connect *q, ist_channel id,
			       struct door_answer *answer)
{
	struct worker_chan *c = worker_chan_make(p, id);

	if (!c)
		return -ENOMEM;
	c->payload = q->payload;
	c->claimed = p->w->attach;
	if (!c->peer.len)
		c->peer = q->to;
	answer->peer = c->peer;
	if (DATA_PORT_HAS(p->t, chan_local))
		p->t->chan_local(p->p, id, &answer->local);
	answer->mtu = worker_chan_mtu(p, id);
	answer->permanent = c->permanent;
	answer->channel = worker_port_channel(p, id);
	return 0;
}

static int data_port_run_connect(struct worker *w, void *arg)
{
	struct data_job *j = arg;
	const struct door_connect *q = &j->m->connect;
	struct worker_port *p = w->port[j->no];
	struct ist_attrs a = {.size = sizeof(a),
			      .payload = q->payload,
			      .peer = q->to,
			      .sub_address = q->sub_address};
	ist_channel id;
	int rc;

	if (!p->t->connect)
		return -EOPNOTSUPP;
	rc = p->t->connect(p->p, &q->to, q->payload, &a, &id);
	return rc < 0 ? rc : data_port_connected(p, q, id, &j->answer->answer);
}

void data_connect(struct data *data, const struct door_msg *m, struct door_msg *answer)
{
	answer->kind = DOOR_CONNECTED;
	data_port_run(data, m->connect.port, data_port_run_connect, m, answer);
}

static int data_port_run_resume(struct worker *w, void *arg)
{
	struct data_job *j = arg;
	const struct door_connect *q = &j->m->connect;
	struct worker_port *p = w->port[j->no];
	ist_channel id;
	int rc;

	if (!DATA_PORT_HAS(p->t, resume))
		return -EOPNOTSUPP;
	rc = p->t->resume(p->p, q->ticket, q->ticket_len, &id);
	return rc < 0 ? rc : data_port_connected(p, q, id, &j->answer->answer);
}

void data_resume(struct data *data, const struct door_msg *m, struct door_msg *answer)
{
	answer->kind = DOOR_CONNECTED;
	data_port_run(data, m->connect.port, data_port_run_resume, m, answer);
}

static int data_port_run_accm(struct worker *w, void *arg)
{
	struct data_job *j = arg;
	const struct worker_port *p = w->port[j->no];
	const struct door_line *l = &j->m->line;

	if (!DATA_PORT_HAS(p->t, set_accm))
		return -EOPNOTSUPP;
	p->t->set_accm(p->p, (ist_channel)l->channel, l->send, l->receive);
	return 0;
}

void data_line_accm(struct data *data, const struct door_msg *m, struct door_msg *answer)
{
	data_port_run(data, dp_channel_port(m->line.channel), data_port_run_accm, m, answer);
}

static int data_port_run_errors(struct worker *w, void *arg)
{
	struct data_job *j = arg;
	const struct worker_port *p = w->port[j->no];
	ist_channel c = (ist_channel)j->m->line.channel;

	return DATA_PORT_HAS(p->t, errors) && p->t->errors(p->p, c, j->answer->answer.error)
		       ? 0
		       : -ENOENT;
}

void data_line_errors(struct data *data, const struct door_msg *m, struct door_msg *answer)
{
	answer->kind = DOOR_ERRORS;
	data_port_run(data, dp_channel_port(m->line.channel), data_port_run_errors, m, answer);
}

/* --- for show --------------------------------------------------------------------------------- */

static int data_port_run_count(struct worker *w, void *arg)
{
	struct data_job *j = arg;
	const struct worker_port *p = w->port[j->no];

	if (p->t->count)
		p->t->count(p->p, j->data->count, j->m->port_ask.n);
	return 0;
}

void data_port_count(struct data *data, const struct door_msg *m, struct door_msg *answer)
{
	answer->kind = DOOR_COUNTS_ARE;
	memset(data->count, 0, sizeof(data->count));
	data_port_run(data, m->port_ask.port, data_port_run_count, m, answer);
	answer->answer.count = data->count;
	answer->answer.counts = m->port_ask.n;
}

static int data_port_run_status(struct worker *w, void *arg)
{
	struct data_job *j = arg;
	const struct worker_port *p = w->port[j->no];

	return p->t->status ? p->t->status(p->p, j->data->text, DATA_TEXT) : 0;
}

void data_port_status(struct data *data, const struct door_msg *m, struct door_msg *answer)
{
	answer->kind = DOOR_STATUS;
	data->text[0] = '\0';
	data_port_run(data, m->port_ask.port, data_port_run_status, m, answer);
	answer->answer.words = data->text;
}

static int data_port_run_fill(struct worker *w, void *arg)
{
	struct data_job *j = arg;
	const struct worker_port *p = w->port[j->no];

	return DATA_PORT_HAS(p->t, fill) ? (int)p->t->fill(p->p, j->data->fill, j->m->port_ask.n)
					 : 0;
}

void data_port_fill(struct data *data, const struct door_msg *m, struct door_msg *answer)
{
	answer->kind = DOOR_FILLS_ARE;
	memset(data->fill, 0, sizeof(data->fill));
	data_port_run(data, m->port_ask.port, data_port_run_fill, m, answer);
	answer->answer.fill = data->fill;
	if (answer->answer.rc > 0)
		answer->answer.fills = m->port_ask.n < (uint32_t)answer->answer.rc
					       ? m->port_ask.n
					       : (uint32_t)answer->answer.rc;
}

static int data_port_run_offloads(struct worker *w, void *arg)
{
	struct data_job *j = arg;
	const struct worker_port *p = w->port[j->no];

	return DATA_PORT_HAS(p->t, offloads)
		       ? (int)p->t->offloads(p->p, j->data->offload, j->m->port_ask.n)
		       : 0;
}

void data_port_offloads(struct data *data, const struct door_msg *m, struct door_msg *answer)
{
	struct door_answer *a = &answer->answer;

	answer->kind = DOOR_OFFLOADS_ARE;
	memset(data->offload, 0, sizeof(data->offload));
	data_port_run(data, m->port_ask.port, data_port_run_offloads, m, answer);
	a->offload_row = data->offload;
	if (a->rc > 0)
		a->offload_rows = m->port_ask.n < (uint32_t)a->rc ? m->port_ask.n : (uint32_t)a->rc;
}

static int data_port_run_tap(struct worker *w, void *arg)
{
	struct data_job *j = arg;

	w->port[j->no]->tap_on = j->m->port_tap.on;
	return 0;
}

void data_port_tap(struct data *data, const struct door_msg *m, struct door_msg *answer)
{
	data_port_run(data, m->port_tap.port, data_port_run_tap, m, answer);
}
