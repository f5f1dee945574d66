/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "gw/ipsec.h"

#include "gw/about.h"
#include "gw/bind.h"
#include "gw/port.h"
#include "gw/sa.h"
#include "gw/sa_xfrm.h"
#include "gw/text.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define IPSEC_SOON  100000u  /* us after a change: more come with it */
#define IPSEC_GONE  1000000u /* missing for so long it has gone */
#define IPSEC_EVERY 5000000u
#define IPSEC_PATH  1500u /* octets of a packet, when the system does not know the way */

/* A channel whose tunnels should have an association. */
struct ipsec_missing {
	l2tp_channel c;
	uint64_t since;
};

struct ipsec {
	struct gw *gw;
	struct sa_table table;
	struct ipsec_missing *missing;
	unsigned n;
	bool on, failed; /* failed: it has been logged that nothing can be read */
	bool soon;	 /* something has changed since it was read */
	uint64_t read;	 /* when it was last */
	struct loop_timer timer;
	struct osmo_fd events;
};

static int (*ipsec_ask)(void *ctx, unsigned which);
static void *ipsec_ask_ctx;

void ipsec_ask_by(int (*ask)(void *ctx, unsigned which), void *ctx)
{
	ipsec_ask = ask;
	ipsec_ask_ctx = ctx;
}

static int ipsec_open(unsigned which)
{
	return ipsec_ask ? ipsec_ask(ipsec_ask_ctx, which) : sa_xfrm_open(which);
}

/* --- channels --------------------------------------------------------------------------------- */

static bool ipsec_port(const struct cfg_port *p)
{
	const char *how = cfg_port_setting(p, "ipsec");

	return *how && strcmp(how, "off") != 0;
}

bool ipsec_configured(const struct cfg_model *cfg)
{
	for (unsigned i = 0; i < cfg->ports; i++)
		if (ipsec_port(&cfg->port[i]))
			return true;
	return false;
}

/* The far end of a channel, on a port with `ipsec`. */
struct ipsec_end {
	bool v6, needs; /* needs: an association, else its frames would be in the clear */
	uint8_t ip[16];
	uint32_t mark;
};

/* "192.0.2.1:1701#0x11", "[2001:db8::1%eth0]:1701" */
static bool ipsec_end_parse(struct ipsec_end *e, const char *text)
{
	const char *hash = strchr(text, '#');
	char host[INET6_ADDRSTRLEN] = "";

	e->v6 = *text == '[';
	e->mark = hash ? (uint32_t)strtoul(hash + 1, NULL, 0) : 0;
	if (sscanf(text, e->v6 ? "[%45[0-9a-f:.]" : "%45[0-9.]", host) != 1)
		return false;
	return inet_pton(e->v6 ? AF_INET6 : AF_INET, host, e->ip) == 1;
}

static bool ipsec_end_of(struct gw *gw, l2tp_channel c, struct ipsec_end *e)
{
	const struct gw_port *p = port_by_number(gw, dp_channel_port(c));
	struct ist_addr a;
	char text[128];

	*e = (struct ipsec_end){0};
	if (!p || !ipsec_port(p->cfg) || !dp_channel_peer(gw->dp, c, &a) ||
	    p->cfg->transport->addr_format(&a, text, sizeof(text)) < 0 || !ipsec_end_parse(e, text))
		return false;
	e->needs = e->mark || !strcmp(cfg_port_setting(p->cfg, "ipsec"), "require");
	return true;
}

static struct sa_pair ipsec_pair(const struct sa_table *t, const struct ipsec_end *e)
{
	return sa_find(t, e->v6, e->ip, e->mark);
}

/* --- room ------------------------------------------------------------------------------------- */

/* Octets of a packet on the way to that host, as the system knows it. */
static uint32_t ipsec_path(const struct ipsec_end *e)
{
	struct sockaddr_in6 six = {.sin6_family = AF_INET6, .sin6_port = htons(1701)};
	struct sockaddr_in four = {.sin_family = AF_INET, .sin_port = htons(1701)};
	int fd = socket(e->v6 ? AF_INET6 : AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0), mtu = 0;
	socklen_t len = sizeof(mtu);

	if (fd < 0)
		return IPSEC_PATH;
	memcpy(&six.sin6_addr, e->ip, sizeof(six.sin6_addr));
	memcpy(&four.sin_addr, e->ip, sizeof(four.sin_addr));
	if (connect(fd, e->v6 ? (struct sockaddr *)&six : (struct sockaddr *)&four,
		    e->v6 ? sizeof(six) : sizeof(four)) < 0 ||
	    getsockopt(fd, e->v6 ? IPPROTO_IPV6 : IPPROTO_IP, e->v6 ? IPV6_MTU : IP_MTU, &mtu,
		       &len) < 0 ||
	    mtu < 576)
		mtu = IPSEC_PATH;
	close(fd);
	return (uint32_t)mtu;
}

/* --- reading ---------------------------------------------------------------------------------- */

static void ipsec_say_failed(struct ipsec *i, int err)
{
	if (!i->failed)
		GW_LOG(LOG_NOBODY, PORT, LOGL_ERROR,
		       "IPsec security associations cannot be read: %s; they are not shown, and "
		       "tunnels outlive them\n",
		       strerror(err));
	i->failed = true;
}

/* False: the table is what it was. */
static bool ipsec_read(struct ipsec *i, struct sa_table *was)
{
	struct sa_table now = {NULL, 0};
	int fd = ipsec_open(SA_XFRM_LIST);
	bool ok = fd >= 0 && sa_table_read(&now, fd);

	i->read = loop_now(i->gw->loop);
	if (!ok)
		ipsec_say_failed(i, fd < 0 ? -fd : EBADMSG);
	if (fd >= 0)
		close(fd);
	if (!ok)
		return false;
	i->failed = false;
	*was = i->table;
	i->table = now;
	return true;
}

/* One that is new is needed before the next reading is due. */
static struct sa_pair ipsec_pair_now(struct ipsec *i, const struct ipsec_end *e)
{
	struct sa_pair p = ipsec_pair(&i->table, e);
	struct sa_table was;

	if (p.out || !e->needs || loop_now(i->gw->loop) - i->read < IPSEC_SOON)
		return p;
	if (ipsec_read(i, &was))
		sa_table_free(&was);
	return ipsec_pair(&i->table, e);
}

uint32_t ipsec_mtu(struct gw *gw, l2tp_channel c, uint32_t mtu)
{
	struct ipsec_end e;
	struct sa_pair p;
	uint32_t room;

	if (!gw->ipsec || !gw->ipsec->on || !ipsec_end_of(gw, c, &e))
		return mtu;
	p = ipsec_pair_now(gw->ipsec, &e);
	room = p.out ? sa_room(p.out, ipsec_path(&e)) : 0;
	return room && (!mtu || room < mtu) ? room : mtu;
}

void ipsec_text(struct gw *gw, l2tp_channel c, char *buf, size_t cap)
{
	struct ipsec_end e;
	struct sa_pair p;

	snprintf(buf, cap, "-");
	if (!gw->ipsec || !gw->ipsec->on || !ipsec_end_of(gw, c, &e))
		return;
	p = ipsec_pair(&gw->ipsec->table, &e);
	sa_text(buf, cap, &p);
}

/* --- what has gone ---------------------------------------------------------------------------- */

static uint64_t ipsec_missing_since(const struct ipsec *i, l2tp_channel c, uint64_t now)
{
	for (unsigned k = 0; k < i->n; k++)
		if (i->missing[k].c == c)
			return i->missing[k].since;
	return now;
}

struct ipsec_look {
	struct ipsec_missing *found;
	unsigned n, room;
	bool anew; /* the table has changed */
	const struct sa_table *was;
};

static void ipsec_note_missing(struct ipsec *i, struct ipsec_look *l, l2tp_channel c, uint64_t now)
{
	if (l->n == l->room) {
		unsigned room = l->room ? 2 * l->room : 16;
		struct ipsec_missing *grown = realloc(l->found, room * sizeof(*grown));

		if (!grown) /* it is found at the next look */
			return;
		l->found = grown;
		l->room = room;
	}
	l->found[l->n++] = (struct ipsec_missing){c, ipsec_missing_since(i, c, now)};
}

/* Of a tunnel that is up: one that is being set up may be what makes the IKE daemon begin. */
static void ipsec_look_at(struct ipsec *i, struct ipsec_look *l, l2tp_channel c, uint64_t now)
{
	struct sa_pair p, before;
	struct ipsec_end e;

	if (!ipsec_end_of(i->gw, c, &e))
		return;
	p = ipsec_pair(&i->table, &e);
	if (e.needs && (!p.in || !p.out)) {
		ipsec_note_missing(i, l, c, now);
		return;
	}
	if (!l->anew || !p.out)
		return;
	before = ipsec_pair(l->was, &e);
	if (!before.out || sa_room(before.out, IPSEC_PATH) != sa_room(p.out, IPSEC_PATH))
		bind_channel_mtu(i->gw, c);
}

static void ipsec_end_channel(struct gw *gw, l2tp_channel c, uint64_t now)
{
	static const struct ist_cause why = {.kind = IST_CAUSE_LINK,
					     .words = "its IPsec security association is gone"};
	char where[GW_TEXT_MAX];

	gw_log_peer(about_channel(gw, c), GW_LOG_PORT, LOGL_NOTICE, c, now, "channel %s: %s",
		    port_channel_text(where, sizeof(where), gw, c), why.words);
	bind_channel_lost(gw, c, &why, now);
	dp_disconnect(gw->dp, c, &why);
}

static void ipsec_look_through(struct ipsec *i, struct ipsec_look *l, uint64_t now)
{
	struct l2tp_tunnel *t = NULL;
	struct l2tp_tunnel_info info;

	while ((t = l2tp_tunnel_next(i->gw->engine, t))) {
		l2tp_tunnel_info(t, &info);
		if (info.state == L2TP_T_ESTABLISHED)
			ipsec_look_at(i, l, info.channel, now);
	}
	free(i->missing);
	i->missing = l->found;
	i->n = l->n;
	for (unsigned k = 0; k < i->n;)
		if (now - i->missing[k].since < IPSEC_GONE) {
			k++;
		} else {
			if (l2tp_tunnel_on(i->gw->engine, i->missing[k].c, NULL))
				ipsec_end_channel(i->gw, i->missing[k].c, now);
			i->missing[k] = i->missing[--i->n];
		}
}

static void ipsec_on_time(void *ctx, uint64_t now)
{
	struct ipsec *i = ctx;
	struct sa_table was = {NULL, 0};
	struct ipsec_look l = {.was = &was};

	i->soon = false;
	if (ipsec_read(i, &was)) {
		l.anew = !sa_table_same(&i->table, &was);
		ipsec_look_through(i, &l, now);
		sa_table_free(&was);
	}
	loop_set(i->gw->loop, &i->timer, now + (i->n ? IPSEC_GONE : IPSEC_EVERY));
}

/* What is told is of no interest, only that there is something.  More of it does not put the
 * reading off: with many peers there is always somebody whose association changes. */
static int ipsec_on_event(struct osmo_fd *fd, unsigned what)
{
	struct ipsec *i = fd->data;
	char octets[64];
	ssize_t n;

	(void)what;
	do
		n = recv(fd->fd, octets, sizeof(octets), MSG_DONTWAIT);
	while (n > 0 || (n < 0 && errno == ENOBUFS));
	if (!i->soon)
		loop_set(i->gw->loop, &i->timer, loop_now(i->gw->loop) + IPSEC_SOON);
	i->soon = true;
	return 0;
}

/* --- all -------------------------------------------------------------------------------------- */

static void ipsec_listen(struct ipsec *i)
{
	int fd = ipsec_open(SA_XFRM_EVENTS);

	if (fd < 0) {
		ipsec_say_failed(i, -fd);
		return;
	}
	osmo_fd_setup(&i->events, fd, OSMO_FD_READ, ipsec_on_event, i, 0);
	if (osmo_fd_register(&i->events) < 0) {
		close(fd);
		i->events.fd = -1;
	}
}

struct ipsec *ipsec_new(struct gw *gw)
{
	struct ipsec *i = calloc(1, sizeof(*i));

	if (!i)
		return NULL;
	i->gw = gw;
	i->on = ipsec_configured(gw->cfg);
	i->events.fd = -1;
	loop_timer_init(&i->timer, ipsec_on_time, i);
	if (!i->on)
		return i;
	ipsec_listen(i);
	if (!ipsec_read(i, &(struct sa_table){NULL, 0}))
		i->read = 0;
	loop_set(gw->loop, &i->timer, loop_now(gw->loop) + IPSEC_EVERY);
	return i;
}

void ipsec_free(struct ipsec *i)
{
	if (!i)
		return;
	loop_cancel(i->gw->loop, &i->timer);
	if (i->events.fd >= 0) {
		osmo_fd_unregister(&i->events);
		close(i->events.fd);
	}
	sa_table_free(&i->table);
	free(i->missing);
	free(i);
}
