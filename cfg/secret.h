/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Owner and mode of files with secrets in them. */
#ifndef CFG_SECRET_H
#define CFG_SECRET_H

#include "cfg/schema.h"

/* The first line of a secret file, or NULL when it cannot be used, which is reported with the
 * command that mends it: root or our own user must own it, others may neither read nor write it,
 * and its group may not write it.  A relative path starts at the configuration's folder.  For one
 * who only asks it is any text, when the file cannot be opened. */
const char *cfg_get_secret_file(struct cfg_load *l, const struct cfg_item *it,
				const struct cfg_value *v);

/* Reports a configuration that others may write, or that has a secret in it and others may read. */
void cfg_check_file_mode(struct cfg_load *l);

#endif
