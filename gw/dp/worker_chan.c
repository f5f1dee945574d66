/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Answer, refuse and disconnect on the port's worker. */
#include "gw/dp/data.h"

#include <errno.h>

static void worker_chan_do_answer(struct worker_port *p, ist_channel c, const struct ist_cause *why)
{
	int rc = p->t->answer ? p->t->answer(p->p, c) : -EOPNOTSUPP;

	/* An offer that cannot be answered is refused, so that it does not stay half open. */
	if (rc < 0 && p->t->refuse)
		p->t->refuse(p->p, c, why);
}

static void worker_chan_do_refuse(struct worker_port *p, ist_channel c, const struct ist_cause *why)
{
	if (p->t->refuse)
		p->t->refuse(p->p, c, why);
}

static void worker_chan_do_disconnect(struct worker_port *p, ist_channel c,
				      const struct ist_cause *why)
{
	if (p->t->disconnect)
		p->t->disconnect(p->p, c, why);
}

void worker_chan_do(struct worker *w, enum cmd_kind kind, l2tp_channel channel,
		    const struct ist_cause *why)
{
	static void (*const what[])(struct worker_port * p, ist_channel c,
				    const struct ist_cause *why) = {
		[CMD_ANSWER] = worker_chan_do_answer,
		[CMD_REFUSE] = worker_chan_do_refuse,
		[CMD_DISCONNECT] = worker_chan_do_disconnect,
	};
	unsigned no = dp_channel_port(channel);
	struct worker_port *p = no < WORKER_PORTS ? w->port[no] : NULL;
	ist_channel id = (ist_channel)channel;
	struct worker_chan *c;

	if (!p)
		return;
	what[kind](p, id, why);
	if (kind == CMD_ANSWER)
		return;
	c = worker_chan_find(p, id);
	if (c && !c->permanent)
		worker_chan_drop(p, c);
	report_gone(p, id);
}
