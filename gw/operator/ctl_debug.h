/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * `debug` of the control socket: the messages of a user, peer, tunnel or port that its client
 * watches (gw/trace.h), a line each between the answers: {"event": "debug", "text": "..."}.
 * {"event": "debug-left-out", "count": N} stands for those over DEBUG_RATE in a second.
 */
#ifndef GW_OPERATOR_CTL_DEBUG_H
#define GW_OPERATOR_CTL_DEBUG_H

#include "gw/operator/ctl_text.h"
#include "gw/operator/debug_rate.h"
#include "gw/trace.h"

struct ctl_debug {
	struct trace_to to; /* first: found by it */
	struct gw *gw;
	struct debug_rate rate;
	void (*line)(struct ctl_debug *d, const struct ctl_text *line);
};

/* line: called with each line, which is the caller's. */
void ctl_debug_init(struct ctl_debug *d, struct gw *gw,
		    void (*line)(struct ctl_debug *d, const struct ctl_text *line));
/* Is anything watched for it?  `undebug all` of a VTY ends it too. */
bool ctl_debug_is_on(const struct ctl_debug *d);
/* Nothing is watched for it any more. */
void ctl_debug_end(struct ctl_debug *d);
/* kind: a word of trace_kind_names.  NULL, or words why not. */
const char *ctl_debug_watch(struct ctl_debug *d, const char *kind, const char *who);
const char *ctl_debug_unwatch(struct ctl_debug *d, const char *kind, const char *who);

#endif
