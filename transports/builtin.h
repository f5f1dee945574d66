/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The transports that are built in; a new one is a file of transports/ that
 * has NAME_transport, or a folder and one line in builtin.c. */
#ifndef TRANSPORTS_BUILTIN_H
#define TRANSPORTS_BUILTIN_H

#include "transports/transport.h"

extern const struct ist_transport *const ist_builtin_transports[]; /* ends with NULL */

#endif
