/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Frames come from the workers' bounded rings with the monotonic time they were seen at; files hold
 * the time of day, so the difference is taken as each is written.
 */
#include "gw/operator/capture.h"

#include "gw/keeper/opener.h"
#include "gw/operator/mask.h"
#include "gw/port.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

const char *const capture_kind_names[CAPTURE_KINDS] = {
	[CAPTURE_CALL] = "call",       [CAPTURE_TUNNEL] = "tunnel", [CAPTURE_USER] = "user",
	[CAPTURE_CIRCUIT] = "circuit", [CAPTURE_PORT] = "port",
};

static uint64_t capture_time_of_day(uint64_t monotonic)
{
	struct timespec ts;

	clock_gettime(CLOCK_REALTIME, &ts);
	return (uint64_t)ts.tv_sec * 1000000 + (uint64_t)ts.tv_nsec / 1000 - dp_now() + monotonic;
}

/* --- begin and end --------------------------------------------------------------------------------- */

static uint64_t capture_queue(struct gw *gw)
{
	struct dp_counters n;

	dp_count(gw->dp, &n);
	return n.reason[DP_R_TAP_RING];
}

uint64_t capture_lost(const struct capture *c)
{
	return c->lost + capture_queue(c->gw) - c->queue;
}

static bool capture_is_named(const struct capture *c, const char *name)
{
	return !strcmp(c->name, name) || !strcmp(c->what, name);
}

static bool capture_is_into(const struct capture *c, const char *file)
{
	return !strcmp(c->out.name, file);
}

static struct capture **capture_find(struct gw *gw, const char *name,
				     bool (*is)(const struct capture *c, const char *name))
{
	struct capture **at = &gw->capture;

	while (*at && !is(*at, name))
		at = &(*at)->next;
	return at;
}

/* Is one of the targets before n of the same port? */
static bool capture_taps_already(const struct capture *c, unsigned n)
{
	for (unsigned i = 0; i < n; i++)
		if (c->target[i].port == c->target[n].port)
			return true;
	return false;
}

static void capture_untap(struct capture *c, unsigned targets)
{
	for (unsigned i = 0; i < targets; i++)
		if (!capture_taps_already(c, i))
			port_tap(c->target[i].port, false);
}

static bool capture_tap_ports(struct capture *c)
{
	for (unsigned i = 0; i < c->targets; i++)
		if (!capture_taps_already(c, i) && !port_tap(c->target[i].port, true)) {
			capture_untap(c, i);
			return false;
		}
	return true;
}

static void capture_free_one(struct capture *c)
{
	capture_out_end(&c->out, capture_time_of_day(dp_now()), capture_lost(c));
	cfg_filter_free(&c->filter);
	free(c);
}

static void capture_name(struct capture *c, const struct capture_wish *w)
{
	char *blank;

	snprintf(c->what, sizeof(c->what), "%s %s", capture_kind_names[w->kind], w->who);
	c->name = w->kind == CAPTURE_PORT ? c->what + strlen("port ") : c->what;
	blank = w->kind == CAPTURE_CALL ? strrchr(c->what, ' ') : NULL;
	if (blank > c->what + strlen("call"))
		*blank = '/';
	snprintf(c->words, sizeof(c->words), "capture of %s%s%.160s%s", c->what,
		 w->filter ? ", filter " : "", w->filter ? w->filter : "",
		 w->secrets ? ", with secrets" : "");
}

static const char *capture_wrong(struct gw *gw, const struct capture_wish *w)
{
	unsigned n = 0;

	for (const struct capture *c = gw->capture; c; c = c->next, n++)
		if (!strcmp(c->out.name, w->file))
			return "a capture into this file is running";
	return n >= CAPTURES ? "as many as can be are running"
	       : strlen(w->who) >= CAPTURE_WHAT - 16 || strlen(w->file) >= CAPTURE_FILE_NAME
		       ? "name too long"
	       : !opener_plain_name(w->file)
		       ? "a file name has letters, digits, `.`, `_` and `-` only"
	       : w->ring_files > CAPTURE_FILES || (w->ring_size && w->ring_files < 2)
		       ? "a ring has 2 to 16 files"
	       : w->ring_size && w->ring_size < CAPTURE_FILE_LEAST
		       ? "files of a ring have 4k or more"
		       : NULL;
}

/* The data plane has never to run it, but knows which programs are safe to run. */
static const char *capture_compile(struct capture *c, const char *filter)
{
	static char why[200];
	uint32_t number;
	int rc;

	if (!filter)
		return NULL;
	if (!cfg_filter_compile(&c->filter, filter, true, why, sizeof(why)))
		return why;
	rc = dp_filter_add(c->gw->dp, c->filter.insn, c->filter.n, &number);
	if (rc < 0)
		return strerror(-rc);
	dp_filter_del(c->gw->dp, number);
	return NULL;
}

static const char *capture_prepare(struct gw *gw, struct capture *c, const struct capture_wish *w)
{
	const char *words = capture_aim(gw, c, w);

	if (!words)
		words = capture_compile(c, w->filter);
	if (!words)
		words = capture_out_begin(gw, &c->out, w->file);
	if (words)
		return words;
	return capture_tap_ports(c) ? NULL : "out of memory";
}

struct capture *capture_open(struct gw *gw, const struct capture_wish *w, const char **words)
{
	struct capture *c;

	*words = capture_wrong(gw, w);
	if (*words)
		return NULL;
	c = calloc(1, sizeof(*c));
	if (!c) {
		*words = "out of memory";
		return NULL;
	}
	c->gw = gw;
	c->kind = w->kind;
	c->secrets = w->secrets;
	c->queue = capture_queue(gw);
	c->out.folder = -1;
	c->out.of = c->words;
	c->out.ring = w->ring_size ? w->ring_files : 0;
	c->out.size = w->ring_size;
	capture_name(c, w);
	*words = *capture_find(gw, c->what, capture_is_named) ? "a capture of it is running"
							      : capture_prepare(gw, c, w);
	if (*words) {
		capture_free_one(c);
		return NULL;
	}
	c->next = gw->capture;
	gw->capture = c;
	return c;
}

/* Of several calls and ports the first. */
static struct log_about capture_about(const struct capture *c)
{
	const struct capture_target *t = &c->target[0];

	return LOG_ABOUT(.port = t->port->cfg->config.name, .tunnel = t->tid, .call = t->sid);
}

bool capture_stop(struct gw *gw, const char *name)
{
	struct capture **at = capture_find(gw, name, capture_is_named), *c;

	if (!*at)
		at = capture_find(gw, name, capture_is_into);
	c = *at;
	if (!c)
		return false;
	*at = c->next;
	capture_untap(c, c->targets);
	if (capture_lost(c))
		GW_LOG(capture_about(c), MAIN, LOGL_NOTICE,
		       "capture of %s: %llu frames written, %llu lost, %llu of them since the "
		       "queue "
		       "was full\n",
		       c->what, (unsigned long long)c->frames, (unsigned long long)capture_lost(c),
		       (unsigned long long)(capture_lost(c) - c->lost));
	capture_free_one(c);
	return true;
}

void capture_free_all(struct gw *gw)
{
	while (gw->capture)
		capture_stop(gw, gw->capture->name);
}

/* --- frames ---------------------------------------------------------------------------------------- */

#define CAPTURE_AGAIN 1000000u /* us until a file that could not be written is tried again */

static void capture_failed(struct capture *c, int error, uint64_t now)
{
	if (c->error != error)
		GW_LOG(capture_about(c), MAIN, LOGL_ERROR, "capture of %s: %s: frames are lost\n",
		       c->what, strerror(error));
	c->error = error;
	c->again = now + CAPTURE_AGAIN;
}

static void capture_written(struct capture *c, size_t len)
{
	if (c->error)
		GW_LOG(capture_about(c), MAIN, LOGL_NOTICE,
		       "capture of %s: goes on, %llu frames lost so far\n", c->what,
		       (unsigned long long)c->lost);
	c->error = 0;
	c->frames++;
	c->octets += len;
}

struct capture_masked {
	const struct inside *in;
	const uint8_t *frame;
};

static void capture_mask(void *ctx, uint8_t *copy)
{
	const struct capture_masked *m = ctx;

	mask_secrets(m->in, copy, m->frame);
}

static void capture_add_frame(struct capture *c, struct capture_frame *f, const struct inside *in,
			      uint64_t now)
{
	struct capture_masked masked = {in, f->octets};

	if ((!c->out.ring && c->octets + f->len > CAPTURE_MOST) || (c->error && now < c->again)) {
		c->lost++;
		return;
	}
	f->missed = capture_out_begins(&c->out) ? capture_lost(c) : 0;
	f->mask = c->secrets ? NULL : capture_mask;
	f->ctx = &masked;
	if (capture_out_frame(&c->out, f)) {
		capture_written(c, f->len);
		return;
	}
	c->lost++;
	capture_failed(c, errno, now);
}

/* Modulo 128 a head of LAPB is longer, which the frame does not say. */
static bool capture_lapb_128(const struct gw_port *p)
{
	const struct ist_port_config *cfg = &p->cfg->config;

	for (unsigned i = 0; i < cfg->settings; i++)
		if (!strcmp(cfg->setting[i].key, "lapb-modulo"))
			return !strcmp(cfg->setting[i].value, "128");
	return false;
}

static void capture_frame_of(struct gw *gw, struct capture *c, struct gw_port *p,
			     struct capture_frame *f, uint64_t now)
{
	char comment[CAPTURE_COMMENT];
	struct capture_target *t;
	struct inside in;

	inside_find(&in, &c->flows,
		    &(struct inside_frame){.port = (unsigned)p->number,
					   .lapb_128 = capture_lapb_128(p),
					   .outbound = f->outbound,
					   .link_type = f->link_type,
					   .octets = f->octets,
					   .len = f->len});
	t = capture_match(gw, c, p, &in, f->outbound);
	if (!t || !capture_fits(c, &in))
		return;
	f->comment = capture_comment(gw, c, t, &in, f->outbound, comment) ? comment : NULL;
	capture_add_frame(c, f, &in, now);
}

static bool capture_has_port(const struct capture *c, const struct gw_port *p)
{
	for (unsigned i = 0; i < c->targets; i++)
		if (c->target[i].port == p)
			return true;
	return false;
}

void capture_tap(void *ctx, unsigned port, bool outbound, uint16_t link_type, const uint8_t *frame,
		 size_t len, uint64_t when)
{
	struct gw *gw = ctx;
	struct gw_port *p = gw->capture ? port_by_number(gw, port) : NULL;
	struct capture_frame f = {.port = p,
				  .link_type = link_type,
				  .outbound = outbound,
				  .octets = frame,
				  .len = len < PCAPNG_SNAP ? len : PCAPNG_SNAP};

	if (!p)
		return;
	f.us = capture_time_of_day(when);
	for (struct capture *c = gw->capture; c; c = c->next)
		if (capture_has_port(c, p))
			capture_frame_of(gw, c, p, &f, when);
}
