/* SPDX-License-Identifier: GPL-2.0-or-later */
/* For isthmusctl: a secret that no command line and no history has. */
#ifndef GW_OPERATOR_CTL_SECRET_H
#define GW_OPERATOR_CTL_SECRET_H

#include <stdbool.h>
#include <stddef.h>

/* The first line of stdin without its end; a terminal is asked for it by name, and shows nothing of
 * it.  False: there is none, or it is longer than cap - 1 octets. */
bool ctl_secret(const char *name, char *buf, size_t cap);

#endif
