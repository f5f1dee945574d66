/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What control asks of bad lines, done by the port's worker. */
#include "gw/dp/data.h"

#include <errno.h>

struct data_impair_job {
	struct data *data;
	const struct door_msg *m;
	unsigned rows;
};

static struct worker *data_impair_home(const struct data *data, unsigned port)
{
	return port < WORKER_PORTS ? data->port[port].home : NULL;
}

static int data_impair_run_set(struct worker *w, void *arg)
{
	struct data_impair_job *j = arg;
	const struct door_impair *a = &j->m->impair;
	struct worker_port *p = w->port[a->port];

	return p ? worker_impair_set(p, &a->circuit, a->way, a->off ? NULL : &a->set, a->configured)
		 : -ENOENT;
}

void data_impair(struct data *data, const struct door_msg *m, struct door_msg *answer)
{
	struct data_impair_job j = {.data = data, .m = m};
	struct worker *home = data_impair_home(data, m->impair.port);

	answer->answer.rc = home ? worker_run(home, data_impair_run_set, &j) : -ENOENT;
}

static int data_impair_run_rows(struct worker *w, void *arg)
{
	struct data_impair_job *j = arg;
	const struct worker_port *p = w->port[j->m->port_ask.port];

	if (p)
		j->rows = worker_impair_rows(p, dp_now(), j->data->impair, j->m->port_ask.n);
	return 0;
}

void data_impair_rows(struct data *data, const struct door_msg *m, struct door_msg *answer)
{
	struct data_impair_job j = {.data = data, .m = m};
	struct worker *home = data_impair_home(data, m->port_ask.port);

	answer->kind = DOOR_IMPAIRED;
	answer->answer.rc = home ? worker_run(home, data_impair_run_rows, &j) : -ENOENT;
	answer->answer.impair_row = data->impair;
	answer->answer.impair_rows = j.rows;
}
