/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "gw/operator/ctl_event.h"

#include <string.h>

uint32_t ctl_event_kinds(const char *name)
{
	size_t len = strlen(name);
	uint32_t kinds = 0;

	for (unsigned i = 0; i < EVENT_KINDS; i++) {
		const char *n = event_names[i].name;

		if (len && !strncmp(n, name, len) && (!n[len] || n[len] == '-'))
			kinds |= 1u << i;
	}
	return kinds;
}

static void event_set_text(json_t *o, const char *key, const char *text)
{
	if (text && *text)
		json_object_set_new(o, key, ctl_string(text));
}

static void event_set_number(json_t *o, const char *key, unsigned n)
{
	if (n)
		json_object_set_new(o, key, json_integer(n));
}

void ctl_event_line(struct ctl_text *line, const struct gw_event *e, uint64_t wall)
{
	const struct log_about *a = e->about;
	json_t *o = json_pack("{ss sI}", "event", event_names[e->kind].name, "unix-seconds",
			      (json_int_t)wall);

	event_set_text(o, "port", a->port);
	event_set_text(o, "circuit", a->circuit);
	event_set_text(o, "peer", a->peer);
	event_set_number(o, "tunnel-id", a->tunnel);
	event_set_number(o, "session-id", a->call);
	event_set_number(o, "line", a->line);
	event_set_text(o, "user", a->user);
	event_set_text(o, "radius", a->radius);
	event_set_text(o, "cause", e->cause);
	ctl_text_json(line, o);
	ctl_text_words(line, "\n");
}

bool ctl_event_add(struct ctl_text *out, uint64_t *lost, const struct ctl_text *line)
{
	size_t before = out->len;
	char gap[64];

	if (ctl_text_left(out) + line->len + sizeof(gap) > CTL_EVENTS_MAX || line->failed) {
		++*lost;
		return false;
	}
	if (*lost) {
		snprintf(gap, sizeof(gap), "{\"event\":\"lost\",\"count\":%llu}\n",
			 (unsigned long long)*lost);
		ctl_text_words(out, gap);
	}
	ctl_text_add(out, line->at, line->len);
	if (out->failed) {
		ctl_text_cut(out, before);
		++*lost;
		return false;
	}
	*lost = 0;
	return true;
}
