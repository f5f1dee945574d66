/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What all links have in common.  A link is started; when that fails for a reason that may pass, or
 * when check finds that the thing under it is gone, it is stopped and started again after 1, 2, 4
 * ... 30 seconds.  One timer serves the retry, the carrier check once a second and the frames that
 * an impaired line holds back; it is also how a change seen inside a call is reported outside of
 * it.
 */
#include "transports/link/link_kind.h"

#include "transports/kit/delay.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SECOND	   1000000u
#define RETRY_MOST (30u * SECOND)
#define HELD_MAX   4096u /* frames an impaired line holds back */

static const struct link_kind *const kinds[] = {
	&link_udp,    &link_packet,	   &link_tun,	 &link_tap,  &link_loop,
	&link_atmtcp, &link_atmtcp_listen, &link_atmpvc, &link_pcap,
};
#define KINDS (sizeof(kinds) / sizeof(kinds[0]))

enum { TAG_SEND, TAG_RECEIVE };

struct link {
	const struct link_kind *kind;
	void *impl;
	struct link_conf conf;
	bool started, up, busy; /* busy: on_time will set the timer */
	bool crowded;		/* the host has been told */
	uint32_t timer;
	uint64_t at;	  /* the timer's */
	uint64_t recheck; /* when to look at the carrier, or to start again */
	uint64_t pause;
	char words[96]; /* why it is down */
	struct impair impair;
	bool impair_send, impair_receive;
	struct delay_queue held;
	uint64_t count[LINK_COUNTER_COUNT];
};

const struct link_conf *link_conf_of(const struct link *l)
{
	return &l->conf;
}

int link_ask_open(const struct link *l, const struct ist_open *what)
{
	return opening_ask(l->conf.host, l->conf.host_ctx, what);
}

void link_counted(struct link *l, enum link_counter c)
{
	l->count[c]++;
}

void link_counted_many(struct link *l, enum link_counter c, uint64_t n)
{
	l->count[c] += n;
}

static void link_on_time(void *arg, uint64_t now);

static void link_arm(struct link *l)
{
	uint64_t held = delay_next(&l->held), at = l->recheck < held ? l->recheck : held;

	if (l->busy || at == l->at)
		return;
	l->at = at;
	if (at != UINT64_MAX)
		l->conf.host->timer(l->conf.host_ctx, &l->timer, at, link_on_time, l);
}

/* --- carrier ---------------------------------------------------------------------------------- */

static void link_set_carrier(struct link *l, bool up, const char *words)
{
	if (!up)
		snprintf(l->words, sizeof(l->words), "%s", words);
	if (up == l->up)
		return;
	l->up = up;
	l->count[LINK_DOWN] += !up;
	l->conf.user->carrier(l->conf.ctx, up, l->words);
}

static void link_retry_later(struct link *l, uint64_t now)
{
	l->pause = l->pause ? 2 * l->pause : SECOND;
	if (l->pause > RETRY_MOST)
		l->pause = RETRY_MOST;
	l->recheck = now + l->pause;
}

static void link_start(struct link *l, uint64_t now)
{
	int r = l->kind->start(l->impl);

	l->started = !r;
	if (l->started)
		return;
	snprintf(l->words, sizeof(l->words), "%s", strerror(-r));
	link_retry_later(l, now);
}

static void link_check(struct link *l, uint64_t now)
{
	int r;

	l->recheck = now + SECOND; /* unless check itself wants to be called sooner */
	r = l->kind->check(l->impl);
	if (r >= 0) {
		l->pause = r ? 0 : l->pause;
		link_set_carrier(l, r > 0, "no carrier");
		return;
	}
	l->started = false;
	l->kind->stop(l->impl);
	link_retry_later(l, now);
	link_set_carrier(l, false, strerror(-r));
}

void link_recheck(struct link *l)
{
	l->recheck = l->conf.host->now(l->conf.host_ctx);
	link_arm(l);
}

/* --- frames ----------------------------------------------------------------------------------- */

static void link_hand_out(struct link *l, const struct link_frame *f, unsigned n)
{
	l->count[LINK_RX] += n;
	l->conf.user->frames(l->conf.ctx, f, n);
}

/* A frame that has waited may have become too long, and in another process been made so. */
static void link_release_one(struct link *l, const struct delayed *d)
{
	const struct link_frame f = {NULL, d->data, 0, d->len};
	uint32_t most = l->kind->mtu(l->impl);

	if (d->tag == TAG_RECEIVE && most < LINK_FRAME_MAX)
		most = LINK_FRAME_MAX;
	if (!l->up)
		l->count[d->tag == TAG_SEND ? LINK_TX_DOWN : LINK_RX_DOWN]++;
	else if (d->len > most)
		l->count[d->tag == TAG_SEND ? LINK_TX_TOO_LONG : LINK_RX_TOO_LONG]++;
	else if (d->tag == TAG_SEND)
		l->kind->send(l->impl, &f, 1);
	else
		link_hand_out(l, &f, 1);
}

static void link_release(struct link *l, uint64_t now)
{
	struct delayed *d;

	while ((d = delay_pop(&l->held, now))) {
		link_release_one(l, d);
		free(d);
	}
}

static void link_hold(struct link *l, const struct link_frame *f, uint32_t tag)
{
	uint64_t due[2];
	unsigned n = impair_plan(&l->impair, l->conf.host->now(l->conf.host_ctx), due);

	while (n--)
		if (!delay_push(&l->held, due[n], tag, f->head, f->head ? f->head_len : 0,
				f->payload, f->len))
			l->count[LINK_TX_FULL]++;
}

void link_crowded(struct link *l, bool on)
{
	const struct ist_host *h = l->conf.host;

	if (l->crowded == on)
		return;
	l->crowded = on;
	if (IST_HAS(h, crowded) && h->crowded)
		h->crowded(l->conf.host_ctx, on);
}

void link_received(struct link *l, const struct link_frame *f, unsigned n)
{
	if (!l->up) {
		l->count[LINK_RX_DOWN] += n;
		return;
	}
	if (!l->impair_receive) {
		link_hand_out(l, f, n);
		return;
	}
	for (unsigned i = 0; i < n; i++)
		link_hold(l, &f[i], TAG_RECEIVE);
	link_arm(l);
}

static bool link_too_long(struct link *l, const struct link_frame *f)
{
	return (f->head ? f->head_len : 0) + (uint64_t)f->len > l->kind->mtu(l->impl);
}

static void link_send_fitting(struct link *l, const struct link_frame *f, unsigned n)
{
	if (!l->impair_send) {
		l->kind->send(l->impl, f, n);
		return;
	}
	for (unsigned i = 0; i < n; i++)
		link_hold(l, &f[i], TAG_SEND);
	link_arm(l);
}

void link_send(struct link *l, const struct link_frame *f, unsigned n)
{
	unsigned from = 0;

	if (!l->up) {
		l->count[LINK_TX_DOWN] += n;
		return;
	}
	for (unsigned i = 0; i < n; i++) {
		if (!link_too_long(l, &f[i]))
			continue;
		l->count[LINK_TX_TOO_LONG]++;
		if (i > from)
			link_send_fitting(l, f + from, i - from);
		from = i + 1;
	}
	if (n > from)
		link_send_fitting(l, f + from, n - from);
}

static void link_on_time(void *arg, uint64_t now)
{
	struct link *l = arg;

	l->busy = true;
	l->at = UINT64_MAX;
	if (!l->started && now >= l->recheck)
		link_start(l, now);
	if (l->started && now >= l->recheck)
		link_check(l, now);
	link_release(l, now);
	l->busy = false;
	link_arm(l);
}

/* --- opening ---------------------------------------------------------------------------------- */

static int link_find_kind(const char *text, const struct link_kind **out, char *err, size_t err_len)
{
	char forms[400];
	size_t at = 0;

	for (size_t i = 0; i < KINDS; i++)
		if (!strncmp(text, kinds[i]->scheme, strlen(kinds[i]->scheme))) {
			*out = kinds[i];
			return 0;
		}
	for (size_t i = 0; i < KINDS && at < sizeof(forms); i++)
		at += (size_t)snprintf(forms + at, sizeof(forms) - at, "%s%s", i ? ", " : "",
				       kinds[i]->form);
	return settings_error(err, err_len, EINVAL, "link: \"%s\" is none of %s", text, forms);
}

/* Reasons that will not pass by waiting. */
static bool link_hopeless(int err)
{
	static const int errs[] = {EPERM,      EACCES,	     EINVAL,
				   EADDRINUSE, EAFNOSUPPORT, EPROTONOSUPPORT};

	for (size_t i = 0; i < sizeof(errs) / sizeof(errs[0]); i++)
		if (errs[i] == err)
			return true;
	return false;
}

static int link_parse(struct link *l, const char *text, char *err, size_t err_len)
{
	errno = 0;
	l->impl = l->kind->parse(l, text + strlen(l->kind->scheme), err, err_len);
	if (!l->impl && errno == ENOMEM)
		return settings_error(err, err_len, ENOMEM, "out of memory");
	return l->impl ? 0 : -EINVAL;
}

/* All that the text says.  *out is to be closed whatever comes of it. */
static int link_new(struct link **out, const char *text, const struct link_conf *conf, char *err,
		    size_t err_len)
{
	const struct link_kind *kind = NULL;
	struct link *l;
	int r = link_find_kind(text, &kind, err, err_len);

	*out = NULL;
	if (r < 0)
		return r;
	*out = l = calloc(1, sizeof(*l));
	if (!l)
		return settings_error(err, err_len, ENOMEM, "out of memory");
	l->kind = kind;
	l->conf = *conf;
	l->at = l->recheck = UINT64_MAX;
	l->held.max = HELD_MAX;
	r = impair_init(&l->impair, &conf->settings, err, err_len);
	if (impair_on(&l->impair)) {
		l->impair_send = !settings_is(&conf->settings, "impair-direction", "receive");
		l->impair_receive = !settings_is(&conf->settings, "impair-direction", "send");
	}
	return r ? r : link_parse(l, text, err, err_len);
}

/* --- to and from another process ----------------------------------------------------------------- */

#define LINK_PART    1u
#define LINK_VERSION 1u
#define SCHEME_MAX   32u

#define HELD_MOST 3600000000ull /* us */

/* A bad line stays the same line. */
static void link_hand_held(struct link *l, struct handover *h)
{
	l->impair.state = handover_number(h, l->impair.state);
	delay_hand(&l->held, h, TAG_RECEIVE, HELD_MOST);
}

void link_hand(struct link *l, struct handover *h)
{
	char scheme[SCHEME_MAX];
	struct handover_part part;
	bool handed;

	handover_open(h, &part, LINK_PART, LINK_VERSION);
	snprintf(scheme, sizeof(scheme), "%s", l->kind->scheme);
	handover_text(h, scheme, sizeof(scheme));
	handed = handover_flag(h, l->started && l->kind->hand);
	handover_flag(h, l->up);
	handover_time(h, l->recheck, SECOND);
	link_hand_held(l, h);
	if (handed)
		l->kind->hand(l->impl, h);
	handover_close(h, &part);
}

static bool link_taken_over(struct link *l, struct handover *h)
{
	char scheme[SCHEME_MAX] = "";
	struct handover_part part;
	bool taken;

	if (!handover_open(h, &part, LINK_PART, LINK_VERSION))
		return false;
	handover_text(h, scheme, sizeof(scheme));
	taken = handover_flag(h, false) && l->kind->hand && !strcmp(scheme, l->kind->scheme);
	l->up = handover_flag(h, false);
	l->recheck = handover_time(h, 0, SECOND);
	link_hand_held(l, h);
	taken = taken && !h->bad && !l->kind->hand(l->impl, h);
	handover_close(h, &part);
	return taken;
}

/* The carrier is looked at as always, and a link that has gone meanwhile is reported. */
static bool link_go_on(struct link *l, struct handover *h)
{
	l->conf.from = NULL;
	l->started = link_taken_over(l, h);
	if (l->started)
		link_arm(l);
	else
		l->up = false;
	if (!l->started)
		delay_clear(&l->held);
	return l->started;
}

void link_quiet(struct link *l)
{
	if (l->timer)
		l->conf.host->timer(l->conf.host_ctx, &l->timer, UINT64_MAX, link_on_time, l);
	if (!l->started)
		return;
	if (l->kind->quiet) {
		l->kind->quiet(l->impl);
		return;
	}
	l->kind->stop(l->impl);
	l->started = false;
}

void link_renew(struct link *l)
{
	l->up = false;
	link_recheck(l);
}

/* --- opening, the end ---------------------------------------------------------------------------- */

static int link_start_first(struct link *l, const char *text, char *err, size_t err_len)
{
	int r = l->kind->start(l->impl);

	if (r < 0 && link_hopeless(-r))
		return settings_error(err, err_len, -r, "link %s: %s", text, strerror(-r));
	l->started = !r;
	snprintf(l->words, sizeof(l->words), "%s", r ? strerror(-r) : "not up yet");
	l->recheck = l->conf.host->now(l->conf.host_ctx);
	if (r) {
		l->conf.host->log(l->conf.host_ctx, 4, "link %s: %s, waiting for it", text,
				  l->words);
		link_retry_later(l, l->recheck);
	}
	link_arm(l);
	return 0;
}

int link_open(struct link **out, const char *text, const struct link_conf *conf, char *err,
	      size_t err_len)
{
	struct link *l;
	int r = link_new(&l, text, conf, err, err_len);

	if (!r && !(conf->from && link_go_on(l, conf->from)))
		r = link_start_first(l, text, err, err_len);
	if (r < 0) {
		link_close(l);
		return r;
	}
	*out = l;
	return 0;
}

/* The text of the link, and conf->ethertype; NULL with words when a key is wrong. */
static const char *link_configured(struct link_conf *conf, char *err, size_t err_len)
{
	const struct settings *set = &conf->settings;
	uint64_t ethertype = settings_number(set, "ethertype");
	const char *text = settings_text(set, "link");

	conf->ethertype = (uint16_t)ethertype;
	if (!conf->ether[0] && (ethertype < 0x600 || ethertype > 0xffff)) {
		settings_error(err, err_len, EINVAL, "ethertype: \"%s\" is not 0x0600 to 0xffff",
			       settings_text(set, "ethertype"));
		return NULL;
	}
	if (!text)
		settings_error(err, err_len, EINVAL, "needs a link");
	return text;
}

int link_open_configured(struct link **out, struct link_conf *conf, char *err, size_t err_len)
{
	const char *text = link_configured(conf, err, err_len);

	return text ? link_open(out, text, conf, err, err_len) : -EINVAL;
}

int link_check_configured(const struct link_conf *conf, struct ist_open *opens, unsigned n,
			  char *err, size_t err_len)
{
	struct link_conf c = *conf;
	const char *text = link_configured(&c, err, err_len);
	struct link *l;
	int r;

	if (!text)
		return -EINVAL;
	c.host = NULL;
	r = link_new(&l, text, &c, err, err_len);
	if (!r && l->kind->opens)
		r = (int)l->kind->opens(l->impl, opens, n);
	link_close(l);
	return r;
}

void link_close(struct link *l)
{
	if (!l)
		return;
	if (l->timer)
		l->conf.host->timer(l->conf.host_ctx, &l->timer, UINT64_MAX, link_on_time, l);
	if (l->impl) {
		if (l->started)
			l->kind->stop(l->impl);
		l->kind->free(l->impl);
	}
	delay_clear(&l->held);
	free(l);
}

bool link_up(const struct link *l)
{
	return l->up;
}

bool link_accepts(const struct link *l)
{
	return l->kind->accepts;
}

uint32_t link_mtu(const struct link *l)
{
	return l->kind->mtu(l->impl);
}

bool link_mac(const struct link *l, uint8_t mac[6])
{
	return l->kind->mac && l->kind->mac(l->impl, mac);
}

unsigned link_offloads(const struct link *l, struct ist_offload *out, unsigned n)
{
	struct offloads list = {out, n, 0};

	if (l->started && l->kind->offloads)
		l->kind->offloads(l->impl, &list);
	return list.n;
}

void link_count(const struct link *l, uint64_t *out)
{
	memcpy(out, l->count, sizeof(l->count));
	impair_count(&l->impair, out + IMPAIR_LOST);
}
