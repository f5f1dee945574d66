/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A VTY to which lines come that no command has asked for: of `debug` and `terminal log`. */
#ifndef GW_OPERATOR_DEBUG_H
#define GW_OPERATOR_DEBUG_H

#include <osmocom/vty/vty.h>
#include <stdbool.h>

#define DEBUG_QUEUE 65536u /* octets that wait for a slow reader */

/* The VTY has said what it had to say: give it more; false = there is nothing. */
bool debug_more(struct vty *vty);
/* A command has come: what it says stands in front of lines that follow. */
void debug_interrupted(struct vty *vty);
/* The VTY is closed: what was asked for there ends. */
void debug_closed(struct vty *vty);

#endif
