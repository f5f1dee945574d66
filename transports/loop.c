/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The loop transport, which is also the shortest complete example of one.
 *
 * Ports of one name find each other in a list under a mutex.  A port's inbox belongs to it, but its
 * partner fills it: so the same mutex guards inboxes, and a port that puts something there wakes
 * the other with host->wake, the one call that is allowed from any thread.  The reports are made in
 * on_wake and by a timer, on the port's own thread, never under the mutex.
 */
#include "transports/loop.h"

#include "transports/kit/delay.h"
#include "transports/kit/circuits.h"
#include "transports/kit/handover.h"
#include "transports/kit/impair.h"
#include "transports/kit/linktype.h"

#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BATCH 64u

#define LOOP_COUNTERS(X)                                                     \
	X(RX, "rx-frames", "frames received")                                \
	X(TX, "tx-frames", "frames sent")                                    \
	X(TX_STALE, "tx-stale", "frames for a channel that is not there")    \
	X(TX_DOWN, "tx-down", "frames dropped, the other end is not there")  \
	X(TX_TOO_LONG, "tx-too-long", "frames dropped, longer than the MTU") \
	X(TX_FULL, "tx-full", "frames dropped, queue full")                  \
	IMPAIR_COUNTERS(X)

enum counter {
#define X(sym, name, words) C_##sym,
	LOOP_COUNTERS(X)
#undef X
		C_COUNT
};

static const struct ist_counter counters[] = {
#define X(sym, name, words) {name, words},
	LOOP_COUNTERS(X)
#undef X
		{NULL, NULL},
};

static const struct ist_key keys[] = {
	{"pair", IST_KEY_TEXT, IST_KEY_REQUIRED | IST_KEY_PORT, 0, 0, NULL, NULL,
	 "name that two ports have in common"},
	{"mtu", IST_KEY_NUMBER, IST_KEY_PORT, 1, 65535, NULL, "2000", "longest frame"},
	{"queue", IST_KEY_NUMBER, IST_KEY_PORT, 1, 1000000, NULL, "4096",
	 "most frames on their way to this port"},
	{"window", IST_KEY_NUMBER, IST_KEY_PORT, 0, 65535, NULL, "0",
	 "most frames of a channel on their way from this port; 0 = no flow control"},
	IMPAIR_KEYS,
	{.name = NULL},
};

/* One for each circuit and payload kind. */
struct channel {
	struct ist_addr addr;
	uint8_t payload;
	int32_t partner; /* index of the channel at the other end, -1 = none */
	bool up;	 /* as the host knows it */
	uint32_t on_way;
	bool blocked;
};

struct ist_port {
	const struct ist_host *host;
	void *ctx;
	struct ist_port *next, *other;
	char *pair;
	uint32_t mtu, window, timer;
	struct channel *channel;
	unsigned channels;
	bool relinked; /* the partner came or went, not reported yet */
	bool frozen;   /* another process goes on */
	struct impair impair;
	struct delay_queue inbox; /* tag: our channel << 16 | the sender's */
	uint64_t count[C_COUNT];
	uint64_t before[C_COUNT]; /* in other processes */
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct ist_port *ports;

static ist_channel loop_handle(unsigned i)
{
	return handle_make(i, 1);
}

static struct channel *loop_channel_of(const struct ist_port *p, ist_channel c)
{
	if (handle_generation(c) != 1 || handle_index(c) >= p->channels)
		return NULL;
	return &p->channel[handle_index(c)];
}

/* --- reports ---------------------------------------------------------------------------------- */

static void loop_report_channels(struct ist_port *p, const bool *up)
{
	static const struct ist_cause gone = {.kind = IST_CAUSE_LINK, .words = "other end closed"};

	for (unsigned i = 0; i < p->channels; i++) {
		struct channel *ch = &p->channel[i];
		struct ist_attrs a = {.size = sizeof(a), .payload = ch->payload, .permanent = 1};

		if (up[i] == ch->up)
			continue;
		ch->up = up[i];
		a.local = a.peer = ch->addr;
		if (ch->up)
			p->host->up(p->ctx, loop_handle(i), &a);
		else
			p->host->down(p->ctx, loop_handle(i), &gone, false);
	}
}

static void loop_carriers(struct ist_port *p)
{
	bool *up = NULL;

	pthread_mutex_lock(&lock);
	if (p->relinked)
		up = calloc(p->channels + 1, sizeof(*up));
	p->relinked = p->relinked && !up;
	for (unsigned i = 0; up && i < p->channels; i++)
		up[i] = p->other && p->channel[i].partner >= 0;
	pthread_mutex_unlock(&lock);
	if (up)
		loop_report_channels(p, up);
	free(up);
}

/* The sender's window opens by one. */
static void loop_arrived(struct ist_port *p, const struct delayed *d)
{
	struct channel *from;

	if (!p->other || !p->other->window || (d->tag & 0xffff) >= p->other->channels)
		return;
	from = &p->other->channel[d->tag & 0xffff];
	from->on_way -= from->on_way > 0;
	if (from->blocked)
		p->other->host->wake(p->other->ctx);
}

static void loop_tap(const struct ist_port *p, bool outbound, const struct channel *ch,
		     const void *head, uint32_t head_len, const void *payload, uint32_t len)
{
	enum linktype type = ch->payload == IST_PAYLOAD_PPP ? LINKTYPE_PPP : LINKTYPE_USER0;

	if (*p->host->tap_on)
		p->host->tap(p->ctx, outbound, (uint16_t)type, head, head_len, payload, len);
}

static void loop_on_time(void *arg, uint64_t now);

static void loop_deliver(struct ist_port *p, uint64_t now)
{
	struct ist_frame f[BATCH];
	struct delayed *d[BATCH];
	unsigned n = 0;

	pthread_mutex_lock(&lock);
	while (n < BATCH && p->other && (d[n] = delay_pop(&p->inbox, now)))
		loop_arrived(p, d[n++]);
	if (p->inbox.first && p->other)
		p->host->timer(p->ctx, &p->timer, n == BATCH ? now : delay_next(&p->inbox),
			       loop_on_time, p);
	pthread_mutex_unlock(&lock);
	for (unsigned i = 0; i < n; i++) {
		f[i] = (struct ist_frame){.channel = loop_handle(d[i]->tag >> 16),
					  .payload = d[i]->data,
					  .len = d[i]->len};
		loop_tap(p, false, &p->channel[d[i]->tag >> 16], NULL, 0, d[i]->data, d[i]->len);
	}
	p->count[C_RX] += n;
	if (n)
		p->host->frames(p->ctx, f, n);
	for (unsigned i = 0; i < n; i++)
		free(d[i]);
}

static void loop_writables(struct ist_port *p)
{
	for (unsigned i = 0; p->window && i < p->channels; i++) {
		struct channel *ch = &p->channel[i];
		bool open;

		pthread_mutex_lock(&lock);
		open = ch->blocked && ch->on_way < p->window;
		if (open)
			ch->blocked = false;
		pthread_mutex_unlock(&lock);
		if (open)
			p->host->writable(p->ctx, loop_handle(i));
	}
}

static void loop_on_wake(struct ist_port *p)
{
	loop_carriers(p);
	loop_deliver(p, p->host->now(p->ctx));
	loop_writables(p);
}

static void loop_on_time(void *arg, uint64_t now)
{
	loop_carriers(arg);
	loop_deliver(arg, now);
}

/* --- sending ---------------------------------------------------------------------------------- */

/* False: the window is shut. */
static bool loop_send_one(struct ist_port *p, struct channel *ch, const struct ist_frame *f)
{
	uint32_t head_len = f->head ? f->head_len : 0;
	uint64_t due[2];
	unsigned copies;

	if (p->window && ch->on_way >= p->window) {
		ch->blocked = true;
		return false;
	}
	if (head_len + f->len > p->mtu) {
		p->count[C_TX_TOO_LONG]++;
		return true;
	}
	if (!p->other || ch->partner < 0) {
		p->count[C_TX_DOWN]++;
		return true;
	}
	loop_tap(p, true, ch, f->head, head_len, f->payload, f->len);
	p->count[C_TX]++;
	copies = impair_plan(&p->impair, p->host->now(p->ctx), due);
	for (unsigned i = 0; i < copies; i++) {
		uint32_t tag = (uint32_t)ch->partner << 16 | (uint32_t)(ch - p->channel);

		if (delay_push(&p->other->inbox, due[i], tag, f->head, head_len, f->payload,
			       f->len))
			ch->on_way++;
		else
			p->count[C_TX_FULL]++;
	}
	return true;
}

static int loop_send(struct ist_port *p, const struct ist_frame *f, unsigned n)
{
	struct channel *ch = n ? loop_channel_of(p, f->channel) : NULL;
	unsigned i = 0;

	if (!n)
		return 0;
	if (!ch) {
		p->count[C_TX_STALE] += n;
		return -ESTALE;
	}
	pthread_mutex_lock(&lock);
	while (i < n && loop_send_one(p, ch, &f[i]))
		i++;
	if (p->other)
		p->other->host->wake(p->other->ctx);
	pthread_mutex_unlock(&lock);
	return (int)i;
}

static uint32_t loop_mtu(const struct ist_port *p, ist_channel c)
{
	(void)c;
	return p->mtu;
}

/* --- opening and closing ---------------------------------------------------------------------- */

static int32_t loop_find(const struct ist_port *p, const struct ist_addr *a, uint8_t payload)
{
	for (unsigned i = 0; i < p->channels; i++)
		if (p->channel[i].payload == payload && !memcmp(&p->channel[i].addr, a, sizeof(*a)))
			return (int32_t)i;
	return -1;
}

static void loop_map(struct ist_port *p)
{
	for (unsigned i = 0; i < p->channels; i++)
		p->channel[i].partner =
			p->other ? loop_find(p->other, &p->channel[i].addr, p->channel[i].payload)
				 : -1;
}

static void loop_join(struct ist_port *p)
{
	pthread_mutex_lock(&lock);
	for (struct ist_port *o = ports; o && !p->other; o = o->next)
		if (!o->other && !strcmp(o->pair, p->pair)) {
			p->other = o;
			o->other = p;
			p->relinked = o->relinked = true;
			loop_map(p);
			loop_map(o);
			o->host->wake(o->ctx);
			p->host->wake(p->ctx);
		}
	p->next = ports;
	ports = p;
	pthread_mutex_unlock(&lock);
}

/* Frames that are on their way: their tags are about channels of a port that is no more. */
static void loop_forget_way(struct ist_port *p)
{
	delay_clear(&p->inbox);
	for (unsigned i = 0; i < p->channels; i++)
		p->channel[i].on_way = 0;
}

static void loop_leave(struct ist_port *p)
{
	struct ist_port **at = &ports;

	pthread_mutex_lock(&lock);
	while (*at && *at != p)
		at = &(*at)->next;
	if (*at)
		*at = p->next;
	if (p->other) {
		p->other->other = NULL;
		p->other->relinked = true;
		if (!p->frozen)
			loop_forget_way(p->other);
		p->other->host->wake(p->other->ctx);
		p->other = NULL;
	}
	pthread_mutex_unlock(&lock);
}

static void loop_close(struct ist_port *p)
{
	loop_leave(p);
	if (p->timer)
		p->host->timer(p->ctx, &p->timer, UINT64_MAX, loop_on_time, p);
	delay_clear(&p->inbox);
	free(p->channel);
	free(p->pair);
	free(p);
}

static int loop_add_channels(struct ist_port *p, const struct ist_port_config *cfg)
{
	p->channel = calloc(2 * (size_t)cfg->circuits + 1, sizeof(*p->channel));
	if (!p->channel)
		return -ENOMEM;
	for (unsigned i = 0; i < cfg->circuits; i++)
		for (uint8_t kind = IST_PAYLOAD_L2TP; kind <= IST_PAYLOAD_PPP; kind++)
			if (cfg->circuit[i].payloads & 1u << kind)
				p->channel[p->channels++] =
					(struct channel){.addr = cfg->circuit[i].addr,
							 .payload = kind,
							 .partner = -1};
	return 0;
}

static int loop_read(struct impair *impair, const struct ist_port_config *cfg, char *err,
		     size_t err_len)
{
	const struct settings set = {keys, cfg->setting, cfg->settings};
	int r = impair_init(impair, &set, err, err_len);

	if (!r && (!settings_text(&set, "pair") || cfg->circuits > CIRCUITS_MOST))
		r = settings_error(err, err_len, EINVAL, "needs a pair, and at most %u circuits",
				   CIRCUITS_MOST);
	return r;
}

static int loop_check(const struct ist_port_config *cfg, struct ist_open *opens, unsigned n,
		      char *err, size_t err_len)
{
	struct impair impair;

	(void)opens;
	(void)n;
	return loop_read(&impair, cfg, err, err_len);
}

/* Everything but finding the other. */
static int loop_make(struct ist_port **out, const struct ist_host *host, void *ctx,
		     const struct ist_port_config *cfg, struct handover *from, char *err,
		     size_t err_len)
{
	const struct settings set = {keys, cfg->setting, cfg->settings};
	int r = settings_host_ok(host, err, err_len);
	struct impair impair;
	struct ist_port *p;

	(void)from;
	if (!r)
		r = loop_read(&impair, cfg, err, err_len);
	if (r < 0)
		return r;
	p = calloc(1, sizeof(*p));
	if (!p)
		return settings_error(err, err_len, ENOMEM, "out of memory");
	p->host = host;
	p->ctx = ctx;
	p->impair = impair;
	p->mtu = (uint32_t)settings_number(&set, "mtu");
	p->window = (uint32_t)settings_number(&set, "window");
	p->inbox.max = (unsigned)settings_number(&set, "queue");
	p->pair = strdup(settings_text(&set, "pair"));
	r = p->pair ? loop_add_channels(p, cfg) : -ENOMEM;
	if (r < 0) {
		loop_close(p);
		return settings_error(err, err_len, -r, "out of memory");
	}
	*out = p;
	return 0;
}

static int loop_open(struct ist_port **out, const struct ist_host *host, void *ctx,
		     const struct ist_port_config *cfg, char *err, size_t err_len)
{
	int r = loop_make(out, host, ctx, cfg, NULL, err, err_len);

	if (!r)
		loop_join(*out);
	return r;
}

/* --- to and from another process ----------------------------------------------------------------- */

#define LOOP_PART    12u
#define LOOP_VERSION 1u
#define INBOX_MOST   3600000000ull /* us */

static bool loop_hand_channels(struct ist_port *p, struct handover *h)
{
	if (handover_word(h, p->channels, UINT16_MAX) != p->channels)
		return false;
	for (unsigned i = 0; i < p->channels; i++) {
		struct channel *ch = &p->channel[i];

		ch->on_way = handover_word(h, ch->on_way, UINT32_MAX);
		ch->blocked = handover_flag(h, ch->blocked);
	}
	return !h->bad;
}

/* False: it has other channels now. */
static bool loop_hand(struct ist_port *p, struct handover *h)
{
	if (!loop_hand_channels(p, h))
		return false;
	p->impair.state = handover_number(h, p->impair.state);
	delay_hand(&p->inbox, h, UINT32_MAX, INBOX_MOST);
	for (struct delayed *d = p->inbox.first; d; d = d->next)
		h->bad |= d->tag >> 16 >= p->channels;
	return true;
}

static void loop_freeze_port(struct ist_port *p, struct handover *h)
{
	struct handover_part part;

	handover_open(h, &part, LOOP_PART, LOOP_VERSION);
	pthread_mutex_lock(&lock);
	loop_hand(p, h);
	pthread_mutex_unlock(&lock);
	handover_close(h, &part);
}

/* The other end sends to it no more, and hears of nothing if the next one comes at once. */
static void loop_freeze_quiet(struct ist_port *p)
{
	p->frozen = true;
	loop_leave(p);
	if (p->timer)
		p->host->timer(p->ctx, &p->timer, UINT64_MAX, loop_on_time, p);
}

/* Its channels are reported once both ends are there. */
static int loop_thaw_port(struct ist_port *p, struct handover *h)
{
	struct handover_part part;

	if (handover_open(h, &part, LOOP_PART, LOOP_VERSION)) {
		loop_hand(p, h);
		handover_close(h, &part);
	}
	if (!h->bad)
		loop_join(p);
	return 0;
}

static uint64_t *loop_before(struct ist_port *p)
{
	return p->before;
}

static const struct handover_medium loop_medium = {
	&loop_transport,   loop_make,	   loop_freeze_port,
	loop_freeze_quiet, loop_thaw_port, loop_before,
};

static int loop_freeze(struct ist_port *p, struct ist_frozen *f)
{
	return handover_freeze_port(&loop_medium, p, p->host->now(p->ctx), f);
}

static int loop_thaw(struct ist_port **out, const struct ist_host *host, void *ctx,
		     const struct ist_port_config *cfg, struct ist_frozen *f, char *err,
		     size_t err_len)
{
	return handover_thaw_port(&loop_medium, out, host, ctx, cfg, f, err, err_len);
}

/* --- the rest --------------------------------------------------------------------------------- */

static int loop_addr_parse(struct ist_addr *out, const char *text)
{
	size_t len = strlen(text);

	if (!len || len > sizeof(out->data))
		return -EINVAL;
	memset(out, 0, sizeof(*out));
	out->len = (uint16_t)len;
	memcpy(out->data, text, len);
	return 0;
}

static int loop_addr_format(const struct ist_addr *a, char *buf, size_t len)
{
	return snprintf(buf, len, "%.*s", (int)a->len, (const char *)a->data);
}

static int loop_connect(struct ist_port *p, const struct ist_addr *to, uint8_t payload,
			const struct ist_attrs *a, ist_channel *out)
{
	int32_t i = loop_find(p, to, payload);

	(void)a;
	if (i < 0)
		return -ENOENT;
	*out = loop_handle((unsigned)i);
	return 0;
}

/* Circuits are permanent: giving one up leaves it where it is. */
static void loop_disconnect(struct ist_port *p, ist_channel c, const struct ist_cause *why)
{
	(void)p;
	(void)c;
	(void)why;
}

static void loop_count(const struct ist_port *p, uint64_t *out, unsigned n)
{
	uint64_t all[C_COUNT];

	memcpy(all, p->count, sizeof(all));
	impair_count(&p->impair, all + C_IMPAIR_LOST);
	handover_count(out, n, all, p->before, C_COUNT);
}

static int loop_status(const struct ist_port *p, char *buf, size_t len)
{
	bool joined;

	pthread_mutex_lock(&lock);
	joined = p->other != NULL;
	pthread_mutex_unlock(&lock);
	return snprintf(buf, len, "pair %s %s, %u channels", p->pair, joined ? "joined" : "alone",
			p->channels);
}

const struct ist_transport loop_transport = {
	.abi = IST_TRANSPORT_ABI,
	.size = sizeof(struct ist_transport),
	.name = "loop",
	.caps = IST_CAP_L2TP | IST_CAP_PPP | IST_CAP_FLOW,
	.keys = keys,
	.counters = counters,
	.open = loop_open,
	.close = loop_close,
	.send = loop_send,
	.mtu = loop_mtu,
	.addr_parse = loop_addr_parse,
	.addr_format = loop_addr_format,
	.connect = loop_connect,
	.count = loop_count,
	.disconnect = loop_disconnect,
	.on_wake = loop_on_wake,
	.status = loop_status,
	.check = loop_check,
	.freeze = loop_freeze,
	.thaw = loop_thaw,
};
