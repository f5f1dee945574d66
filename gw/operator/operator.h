/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The door of operator/: what the gateway calls so that an operator can look into it. */
#ifndef GW_OPERATOR_OPERATOR_H
#define GW_OPERATOR_OPERATOR_H

#include "gw/gw.h"
#include <stdio.h>

#define VTY_CONNECTIONS_MAX 64u
#define METRICS_CLIENTS_MAX 32u
#define METRICS_BACKLOG	    32u /* connections that wait while control is replaced */

/* The VTY: listen where the configuration says; 0, or -1 with the reason logged.  talloc: context
 * that owns its memory. */
int vty_start(struct gw *gw, void *talloc);
/* Open what it listens on beforehand, while there are the rights for it; 0, or -1 with the reason
 * logged.  vty_stop() undoes it too. */
int vty_open(const struct cfg_model *m);
/* Remove the socket's name if no process listens there any more. */
void vty_sweep(const char *path);
void vty_stop(void);
/* What has been answered goes out now, as far as it goes at once: the process is about to go. */
void vty_flush_all(void);

/* The same of the control socket (ctl_listen.h), whose name vty_sweep() removes likewise. */
int ctl_open(const struct cfg_model *m);
int ctl_start(struct gw *gw);
void ctl_stop(void);
void ctl_flush_all(void);

/* HTTP (metrics_listen.h), where the configuration says so.  An address that cannot be had is tried
 * again. */
void metrics_start(struct gw *gw);
void metrics_stop(void);

/* The far end of the VTY's socket `path`, in a process of its own.  vty_ask: one command, its
 * answer to `out`; exit status 0, 1 when it was refused or there is no answer, 2 when it is no
 * command. vty_talk: stdin and stdout until either ends; exit status. */
int vty_ask(const char *path, const char *command, FILE *out);
int vty_talk(const char *path);
/* Have the gateway do `what`, "upgrade" or "reload", and print each step to `out` until it is over:
 * exit status 0 when it is done, else 1, with words of a refusal on stderr. */
int vty_replace(const char *path, const char *what, FILE *out);
/* The same of a gateway that may listen at another path too, before or after; NULL = not. */
int vty_replace_at(const char *path, const char *other, const char *what, FILE *out);

/* Note where the gateway of this configuration listens; read that; forget it. */
void vty_note(const char *file, const char *socket);
bool vty_noted(const char *file, char *socket, size_t cap);
void vty_forget(const char *file);

/* Calls that each change of the last reload's check concerns, in a file in memory for the next
 * control, whose gw.reload_calls it is; -1: there is none, or the control before has made it. */
int vty_reload_calls(struct gw *gw);

/* Captures: dp_ops.tap, ctx is the struct gw; and the end of all captures. */
void capture_tap(void *ctx, unsigned port, bool outbound, uint16_t link_type, const uint8_t *frame,
		 size_t len, uint64_t when);
void capture_free_all(struct gw *gw);

#endif
