/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Accounting (gw/aaa/acct.h) in the gateway: its records are kept with those of calls
 * (gw/resume.h), and the files of its spool are opened by keeper where there is one.
 */
#ifndef GW_ACCOUNTS_H
#define GW_ACCOUNTS_H

#include "gw/gw.h"

/* gw->acct; false without memory. */
bool accounts_open(struct gw *gw);
/* ask: opens a file of a spool for this process (opener_ask_spool()), NULL = it is opened here. */
void accounts_spool_by(int (*ask)(void *link, const char *path, unsigned which), void *link);
/* Warn of spools that cannot be. */
void accounts_check(const struct cfg_model *cfg, cfg_report report, void *ctx);
/* Records that may be kept at a time. */
size_t accounts_kept(const struct cfg_model *cfg);

#endif
