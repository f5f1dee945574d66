/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "gw/event.h"

void (*event_to)(const struct gw_event *e);

const struct event_name event_names[EVENT_KINDS] = {
#define X(sym, name, words) {name, words},
	EVENTS(X)
#undef X
};

void event_tell(enum event_kind kind, struct log_about about, const char *cause)
{
	const struct gw_event e = {kind, &about, cause && *cause ? cause : NULL};

	event_to(&e);
}
