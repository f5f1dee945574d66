/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Dynamic authorization (RFC 5176): gw/aaa/coa_listen.h between its sockets (gw/bound.h)
 * and log-ins. */
#ifndef GW_DYNAUTH_H
#define GW_DYNAUTH_H

#include "gw/gw.h"

/* gw->coa, with what the life before has answered; false without memory. */
bool dynauth_open(struct gw *gw);
/* Records of answers that are kept at most. */
size_t dynauth_kept(const struct cfg_model *cfg);

#endif
