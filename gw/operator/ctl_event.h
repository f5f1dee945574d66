/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Events (gw/event.h) for clients of the control socket that have subscribed to them: a line each,
 * {"event": "tunnel-down", ...}, between the answers.  One that does not read loses events, never
 * the gateway's time: {"event": "lost", "count": N} stands where they are missing.
 */
#ifndef GW_OPERATOR_CTL_EVENT_H
#define GW_OPERATOR_CTL_EVENT_H

#include "gw/event.h"
#include "gw/operator/ctl_text.h"

#define CTL_EVENTS_MAX 65536u /* octets that wait, after which events are lost */
#define CTL_EVENTS_ALL ((1u << EVENT_KINDS) - 1)

/* Kinds by a name, or by what stands before its dash ("tunnel"); 0 = there is none. */
uint32_t ctl_event_kinds(const char *name);
/* Its line, for all who get it. */
void ctl_event_line(struct ctl_text *line, const struct gw_event *e, uint64_t wall);
/* Add the line; false: it is lost, which is counted. */
bool ctl_event_add(struct ctl_text *out, uint64_t *lost, const struct ctl_text *line);

#endif
