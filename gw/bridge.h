/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Line to line: PPP of one circuit goes on by another, of the same medium or a different one, and
 * is not looked at.  The first frame of either end makes the join; a switched circuit at the other
 * end is called for it and cleared when the join ends.  After a call that failed the next one waits
 * for a second, then two, up to a minute.
 */
#ifndef GW_BRIDGE_H
#define GW_BRIDGE_H

#include "gw/line_int.h"

/* A frame has come by a line without a join, whose circuit is joined to `to`.  The line has a leg
 * after it unless the other end cannot be reached now. */
void bridge_begin(struct line *l, const struct cfg_join *to, uint64_t now);
/* Could a join to it begin now?  For a switched circuit that is offered: none is let in and then
 * cleared. */
bool bridge_may_begin(struct gw *gw, const struct cfg_join *to);
/* Row of gw/resume.h. */
struct resume_from;
struct join *bridge_resume(struct resume_from *f);

#endif
