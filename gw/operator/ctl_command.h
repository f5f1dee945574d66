/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the control socket can do: const rows, each with its name, who may, and its arguments.
 * Names stay as they are once they are in a release; `list-commands` tells them, with the columns
 * of what they answer, and tests/vectors/control-commands.json holds them.
 */
#ifndef GW_OPERATOR_CTL_COMMAND_H
#define GW_OPERATOR_CTL_COMMAND_H

#include "gw/operator/ctl_request.h"
#include "gw/operator/ctl_text.h"

struct gw;
struct ctl_debug;

/* What a client may do; each includes those before it. */
enum ctl_right { CTL_MAY_NOTHING, CTL_MAY_SHOW, CTL_MAY_ALL };

struct ctl_session {
	struct gw *gw;
	enum ctl_right right;
	uint32_t events;	 /* kinds of events (ctl_event.h) that it gets */
	struct ctl_debug *debug; /* NULL: it can be told no lines */
};

/* Do what one line asks for, and add the line of its answer to `out`. */
void ctl_command(struct ctl_session *s, const char *line, size_t len, struct ctl_text *out);
/* An answer that has nothing but this. */
void ctl_answer(struct ctl_text *out, enum ctl_result result, const char *words);

#endif
