/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The operator's terminal: libosmovty with our commands.  It shows and acts; it writes nothing. */
#ifndef GW_OPERATOR_VTY_H
#define GW_OPERATOR_VTY_H

#include "gw/operator/operator.h"
#include <osmocom/vty/command.h>
#include <osmocom/vty/vty.h>

/* DEFUN names parameters that a command need not use.  gcc lets macros of system headers do so. */
#ifdef __clang__
#pragma clang diagnostic ignored "-Wunused-parameter"
#endif

/* The commands by what they are about. */
void vty_show_init(void);  /* vty_show.c */
void vty_calls_init(void); /* vty_calls.c */
void vty_count_init(void); /* stats.c */

/* What the operator at this terminal looks at. */
struct gw *vty_gw(const struct vty *vty);
/* For table_end(). */
void vty_line(void *vty, const char *line);

#endif
