/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Channels as control knows them: the far end and the MTU of each, told by the worker
 * with every report, so that a query is a look-up and waits for no worker. Answer, refuse and
 * disconnect go to the worker through the mailbox of packets, behind the packets sent before.
 *
 * A channel is known from the first report that names it, or from dp_connect(), until the report
 * that it is gone.  Once it is refused or disconnected here, its unread reports are not delivered
 * any more. The worker answers with DOOR_GONE, the last report of that channel.
 */
#include "gw/dp/dp_int.h"
#include "gw/dp/fast.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* --- the table -------------------------------------------------------------------------------- */

struct dp_chan {
	struct ist_addr peer;
	struct ist_addr local;
	uint32_t mtu;
	struct dp_speed speed;
	unsigned leaving; /* refusals and disconnects not yet answered by DOOR_GONE */
	bool permanent, given_up;
	uint8_t *ticket; /* NULL = none */
	size_t ticket_len;
};

static struct dp_chan *dp_chan_find(const struct dp *dp, l2tp_channel c)
{
	return (struct dp_chan *)map_get(&dp->chans, c);
}

/* NULL without memory: then the channel has no known far end. */
static struct dp_chan *dp_chan_make(struct dp *dp, l2tp_channel c)
{
	struct dp_chan *f = dp_chan_find(dp, c);

	if (f)
		return f;
	f = calloc(1, sizeof(*f));
	if (f && !map_set(&dp->chans, c, (uintptr_t)f)) {
		free(f);
		f = NULL;
	}
	return f;
}

static void dp_chan_free(void *ctx, uint64_t key, uintptr_t v)
{
	struct dp_chan *f = (struct dp_chan *)v;

	(void)ctx;
	(void)key;
	if (f)
		free(f->ticket);
	free(f);
}

static void dp_chan_drop(struct dp *dp, l2tp_channel c)
{
	struct dp_chan *f = dp_chan_find(dp, c);

	map_set(&dp->chans, c, 0);
	dp_chan_free(NULL, c, (uintptr_t)f);
}

void dp_chan_note(struct dp *dp, l2tp_channel c, const struct ist_addr *peer, uint32_t mtu,
		  bool permanent)
{
	struct dp_chan *f = dp_chan_make(dp, c);

	if (!f)
		return;
	if (peer->len)
		f->peer = *peer;
	f->mtu = mtu;
	f->permanent = permanent;
}

void dp_chan_connected(struct dp *dp, l2tp_channel c, const struct door_answer *a)
{
	struct dp_chan *f;

	dp_chan_note(dp, c, &a->peer, a->mtu, a->permanent);
	f = dp_chan_find(dp, c);
	if (!f)
		return;
	f->given_up = false;
	if (a->local.len)
		f->local = a->local;
}

void dp_chan_keep_ticket(struct dp *dp, l2tp_channel c, const uint8_t *ticket, size_t len)
{
	struct dp_chan *f = dp_chan_find(dp, c);

	if (!f)
		return;
	free(f->ticket);
	f->ticket = len ? malloc(len) : NULL;
	f->ticket_len = f->ticket ? len : 0;
	if (f->ticket)
		memcpy(f->ticket, ticket, len);
}

bool dp_chan_wanted(struct dp *dp, const struct door_msg *m)
{
	const struct dp_chan *f = dp_chan_find(dp, m->report.channel);

	return !f || !f->given_up;
}

void dp_chan_before(struct dp *dp, const struct door_msg *m)
{
	struct dp_chan *f;

	if (m->kind == DOOR_OFFER || m->kind == DOOR_UP) {
		dp_chan_note(dp, m->report.channel, &m->report.attrs.peer, m->report.mtu,
			     m->report.attrs.permanent);
		f = dp_chan_find(dp, m->report.channel);
		if (f) {
			f->speed =
				(struct dp_speed){m->report.attrs.tx_bps, m->report.attrs.rx_bps};
			f->local = m->report.attrs.local;
		}
		dp_chan_keep_ticket(dp, m->report.channel, m->report.attrs.ticket,
				    m->report.attrs.ticket_len);
	} else if (m->kind == DOOR_MTU && (f = dp_chan_find(dp, m->report.channel))) {
		f->mtu = m->report.mtu;
	}
}

void dp_chan_after(struct dp *dp, const struct door_msg *m)
{
	struct dp_chan *f = dp_chan_find(dp, m->report.channel);

	if (!f)
		return;
	if (m->kind == DOOR_GONE && f->leaving)
		f->leaving--;
	if (f->given_up ? !f->leaving : m->kind == DOOR_DOWN && m->report.forever)
		dp_chan_drop(dp, m->report.channel);
}

struct dp_chan_of_port {
	struct dp *dp;
	unsigned port;
};

static void dp_chan_drop_if_of(void *ctx, uint64_t key, uintptr_t v)
{
	const struct dp_chan_of_port *o = ctx;

	(void)v;
	if (dp_channel_port(key) == o->port)
		dp_chan_drop(o->dp, key);
}

void dp_chan_forget_port(struct dp *dp, unsigned port)
{
	map_each(&dp->chans, dp_chan_drop_if_of, &(struct dp_chan_of_port){dp, port});
}

void dp_chans_free(struct dp *dp)
{
	map_each(&dp->chans, dp_chan_free, NULL);
	map_free(&dp->chans);
}

bool dp_channel_peer(struct dp *dp, l2tp_channel c, struct ist_addr *out)
{
	const struct dp_chan *f = dp_chan_find(dp, c);

	if (!f || f->given_up || !f->peer.len)
		return false;
	*out = f->peer;
	return true;
}

bool dp_chan_udp4(const struct dp *dp, l2tp_channel c, struct fast_way *out)
{
	const struct dp_chan *f = dp_chan_find(dp, c);
	const struct dp_port *p = &dp->port[dp_channel_port(c)];
	const struct ist_transport *t = p->t;

	return f && t && IST_HAS(t, addr_udp4) && t->addr_udp4 &&
	       t->addr_udp4(f->local.len ? &f->local : &p->listen, out->local, &out->local_port) &&
	       t->addr_udp4(&f->peer, out->far, &out->far_port);
}

bool dp_channel_permanent(const struct dp *dp, l2tp_channel c)
{
	const struct dp_chan *f = dp_chan_find(dp, c);

	return f && f->permanent;
}

uint32_t dp_channel_mtu(struct dp *dp, l2tp_channel c)
{
	const struct dp_chan *f = dp_chan_find(dp, c);

	return f && !f->given_up ? f->mtu : 0;
}

size_t dp_channel_ticket(const struct dp *dp, l2tp_channel c, const uint8_t **ticket)
{
	const struct dp_chan *f = dp_chan_find(dp, c);

	*ticket = f ? f->ticket : NULL;
	return f && !f->given_up ? f->ticket_len : 0;
}

struct dp_speed dp_channel_speed(struct dp *dp, l2tp_channel c)
{
	const struct dp_chan *f = dp_chan_find(dp, c);

	return f && !f->given_up ? f->speed : (struct dp_speed){0, 0};
}

/* --- answer, refuse, disconnect --------------------------------------------------------------- */

#define CAUSE_WORDS 256u /* octets, with their NUL */

/* By mail; when the mailbox is full, after a question to which a worker answers when it has emptied
 * it. */
static void dp_chan_command(struct dp *dp, enum cmd_kind kind, l2tp_channel c,
			    const struct ist_cause *why)
{
	struct cmd_rec head = {.kind = kind, .channel = c};
	uint8_t octets[sizeof(struct cmd_cause) + CAUSE_WORDS];
	unsigned port = dp_channel_port(c), home = dp->port[port].home;
	size_t len = sizeof(struct cmd_cause);
	char none[1];

	octets[0] = why->kind;
	octets[1] = why->cause;
	octets[2] = why->diagnostic;
	if (why->words) {
		snprintf((char *)octets + len, CAUSE_WORDS, "%s", why->words);
		len += strlen((char *)octets + len) + 1;
	}
	if (dp_command(dp, home, &head, octets, len))
		return;
	dp_port_status(dp, port, none, sizeof(none));
	dp_command(dp, home, &head, octets, len);
}

static void dp_chan_give_up(struct dp *dp, enum cmd_kind kind, l2tp_channel c,
			    const struct ist_cause *why)
{
	struct dp_chan *f;

	if (!dp_port_is_open(dp, c))
		return;
	f = dp_chan_make(dp, c);
	if (f) {
		f->given_up = !f->permanent;
		f->leaving++;
	}
	dp_chan_command(dp, kind, c, why);
}

void dp_answer(struct dp *dp, l2tp_channel c)
{
	static const struct ist_cause cannot = {.kind = IST_CAUSE_LOCAL};

	if (dp_port_is_open(dp, c))
		dp_chan_command(dp, CMD_ANSWER, c, &cannot);
}

void dp_refuse(struct dp *dp, l2tp_channel c, const struct ist_cause *why)
{
	dp_chan_give_up(dp, CMD_REFUSE, c, why);
}

void dp_disconnect(struct dp *dp, l2tp_channel c, const struct ist_cause *why)
{
	dp_chan_give_up(dp, CMD_DISCONNECT, c, why);
}
