/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "gw/operator/ctl_debug.h"

#include "gw/gw.h"

#include <string.h>

static void ctl_debug_put(struct ctl_debug *d, json_t *o)
{
	struct ctl_text line = {0};

	ctl_text_json(&line, o);
	ctl_text_words(&line, "\n");
	d->line(d, &line);
	ctl_text_free(&line);
}

static bool ctl_debug_takes(struct trace_to *to)
{
	return debug_rate_takes(&((struct ctl_debug *)to)->rate);
}

static void ctl_debug_on_line(struct trace_to *to, const char *text)
{
	ctl_debug_put((struct ctl_debug *)to,
		      json_pack("{ss sI so}", "event", "debug", "unix-seconds",
				(json_int_t)loop_wall(), "text", ctl_string(text)));
}

static void ctl_debug_on_left_out(void *ctx, unsigned n)
{
	ctl_debug_put(ctx, json_pack("{ss sI}", "event", "debug-left-out", "count", (json_int_t)n));
}

void ctl_debug_init(struct ctl_debug *d, struct gw *gw,
		    void (*line)(struct ctl_debug *d, const struct ctl_text *line))
{
	*d = (struct ctl_debug){.to = {ctl_debug_takes, ctl_debug_on_line}, .gw = gw, .line = line};
	debug_rate_init(&d->rate, gw->loop, ctl_debug_on_left_out, d);
}

void ctl_debug_end(struct ctl_debug *d)
{
	trace_end_all(d->gw, &d->to);
	debug_rate_end(&d->rate);
}

bool ctl_debug_is_on(const struct ctl_debug *d)
{
	const struct trace_to *to;
	enum trace_kind kind;
	const char *who;

	for (unsigned n = 0; trace_watch(n, &kind, &who, &to); n++)
		if (to == &d->to)
			return true;
	return false;
}

static bool ctl_debug_kind(const char *word, enum trace_kind *kind)
{
	for (*kind = 0; *kind < TRACE_KINDS; ++*kind)
		if (!strcmp(trace_kind_names[*kind], word))
			return true;
	return false;
}

#define NO_KIND "kind is user, peer, tunnel or port"

const char *ctl_debug_watch(struct ctl_debug *d, const char *kind, const char *who)
{
	enum trace_kind k;

	return ctl_debug_kind(kind, &k) ? trace_begin(d->gw, &d->to, k, who) : NO_KIND;
}

const char *ctl_debug_unwatch(struct ctl_debug *d, const char *kind, const char *who)
{
	enum trace_kind k;

	if (!ctl_debug_kind(kind, &k))
		return NO_KIND;
	return trace_end(d->gw, &d->to, k, who) ? NULL : "not watched here";
}
