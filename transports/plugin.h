/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A transport in a shared object: found by its symbol, judged before anything of it is called.  Who
 * may own the file is the daemon's matter (gw/plugin.h).
 */
#ifndef TRANSPORTS_PLUGIN_H
#define TRANSPORTS_PLUGIN_H

#include "transports/transport.h"

/* Is it fit to be used: ABI, size, name, tables, members?  0, or -EINVAL with words. */
int plugin_vet(const struct ist_transport *t, char *err, size_t err_len);
/* Load a file and check the transport it exports.  NULL with words in err.  A loaded object is
 * never unloaded. */
const struct ist_transport *plugin_load(const char *path, char *err, size_t err_len);

#endif
