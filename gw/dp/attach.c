/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A control begins, perhaps after another one that has died: it is told of every port and channel
 * as of new ones.  What it then opens and sets with the same names, numbers and ids is what there
 * is already: a port with its circuits, a device with its packets, a call with its sequence numbers
 * and counters.  At its mark the rest goes.
 *
 * Frames are carried all the while.  Filters are the exception: their numbers are the new control's
 * from the beginning, and calls keep the programs that they have until they are set anew.
 */
#include "gw/dp/data.h"
#include "gw/dp/tun.h"

#include <errno.h>

/* --- it begins -------------------------------------------------------------------------------- */

static int attach_run(struct worker *w, void *arg)
{
	const struct data *data = arg;

	for (unsigned i = 0; i < WORKER_PORTS; i++) {
		if (w->port[i])
			w->port[i]->tap_on = false;
	}
	return report_all(w, data->attach) ? 0 : -ENOMEM;
}

void data_attach(struct data *data, const struct door_msg *m, struct door_msg *answer)
{
	if (m->attach.version != DOOR_MSG_VERSION) {
		answer->answer.rc = -EPROTO;
		return;
	}
	data->attach = m->no;
	atomic_store(&data->lines, m->attach.lines);
	data_filters_free(data);
	for (struct data_tun *t = data->tuns; t; t = t->next)
		data_tun_unclaim(t);
	for (unsigned i = 0; i < data->n && !answer->answer.rc; i++)
		answer->answer.rc = worker_run(data->worker[i], attach_run, data);
}

/* --- its mark --------------------------------------------------------------------------------- */

static void mark_sweep_call(void *ctx, struct call *c)
{
	struct data *data = ctx;

	if (c->claimed != data->attach)
		data_call_forget(data, c->c.tid, c->c.sid);
}

/* One that was to be connected, and of which nobody has heard since. */
static void mark_sweep_channel(void *ctx, uint64_t key, uintptr_t v)
{
	static const struct ist_cause why = {.kind = IST_CAUSE_LOCAL};
	struct worker_chan *c = (struct worker_chan *)v;
	struct worker_port *p = ctx;

	(void)key;
	if (!c->told && !c->permanent && c->claimed != p->w->attach)
		worker_chan_do(p->w, CMD_DISCONNECT, worker_port_channel(p, c->id), &why);
}

static int mark_run(struct worker *w, void *arg)
{
	(void)arg;
	for (unsigned i = 0; i < WORKER_PORTS; i++)
		if (w->port[i])
			map_each(&w->port[i]->chans, mark_sweep_channel, w->port[i]);
	return 0;
}

static int mark_run_read(struct worker *w, void *arg)
{
	(void)arg;
	worker_watch_now(w);
	return 0;
}

static void mark_sweep_tuns(struct data *data)
{
	struct data_tun *next;

	for (struct data_tun *t = data->tuns; t; t = next) {
		next = t->next;
		data_tun_sweep(data, t);
	}
}

void data_mark(struct data *data, const struct door_msg *m, struct door_msg *answer)
{
	(void)m;
	(void)answer;
	calltab_each(&data->tab, mark_sweep_call, data);
	for (unsigned i = 0; i < WORKER_PORTS; i++)
		if (data->port[i].home && data->port[i].claimed != data->attach)
			data_port_forget(data, i);
	for (unsigned i = 0; i < data->n; i++)
		worker_run(data->worker[i], mark_run, NULL);
	mark_sweep_tuns(data);
	data_left_drop(data);
	atomic_store(&data->waits, false);
	for (unsigned i = 0; i < data->n; i++)
		worker_run(data->worker[i], mark_run_read, NULL);
	tun_say_closed(NULL);
}
