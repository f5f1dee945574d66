/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Mistakes and warnings.  A mistake refuses the configuration, a warning does not.  Both are kept
 * until the end and shown in the order of their lines.
 */
#ifndef CFG_REPORT_H
#define CFG_REPORT_H

#include "cfg/item.h"

/* Report a mistake at a line; `at` says where: the section, or the key in its section; NULL = the
 * file as a whole. */
void cfg_wrong(struct cfg_load *l, unsigned line, const struct cfg_item *at, const char *fmt, ...)
	__attribute__((format(printf, 4, 5)));
/* The same for a warning. */
void cfg_warn(struct cfg_load *l, unsigned line, const struct cfg_item *at, const char *fmt, ...)
	__attribute__((format(printf, 4, 5)));
/* Has a mistake been reported of this section, or of anything in it? */
bool cfg_reported(const struct cfg_load *l, const struct cfg_item *section);
/* Of this alone. */
bool cfg_reported_at(const struct cfg_load *l, const struct cfg_item *it);
/* A value for a message: as written, printable, cut when long. */
const char *cfg_shown(struct cfg_load *l, const struct cfg_value *v);
/* Any text for a message, printable. */
const char *cfg_printable(struct cfg_load *l, const char *s, size_t len);
/* The same, cut when long. */
const char *cfg_clean(struct cfg_load *l, const char *s, size_t len);
/* May the name of an unknown item be the rest of a secret, which must not be shown? */
bool cfg_may_be_secret(const struct cfg_item *it);

/* Show everything, in the order of lines; report NULL = show nothing. */
void cfg_report_all(struct cfg_load *l, cfg_report report, void *ctx);

#endif
