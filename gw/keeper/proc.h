/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the kernel says of a process's rights. */
#ifndef GW_KEEPER_PROC_H
#define GW_KEEPER_PROC_H

#include "gw/keeper/keeper.h"

/* Fills uid, capabilities and seccomp of out from /proc/PID/status; false, and they stay, when it
 * cannot be read. */
bool proc_rights(pid_t pid, struct keeper_process *out);
/* The same from the text of that file. */
bool proc_rights_text(const char *text, struct keeper_process *out);

#endif
