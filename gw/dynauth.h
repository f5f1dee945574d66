/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Dynamic authorization (RFC 5176): gw/aaa/coa_listen.h between keeper, which opens its sockets,
 * and log-ins. */
#ifndef GW_DYNAUTH_H
#define GW_DYNAUTH_H

#include "gw/gw.h"

struct ist_open;

/* ask: opens a socket for this process (opener_ask_socket()), NULL = it is opened here. */
void dynauth_socket_by(int (*ask)(void *link, const struct ist_open *what), void *link);
/* What is opened for an address. */
struct ist_open dynauth_socket(const struct cfg_coa_address *at);
/* gw->coa, with what the life before has answered; false without memory. */
bool dynauth_open(struct gw *gw);
/* Records of answers that are kept at most. */
size_t dynauth_kept(const struct cfg_model *cfg);

#endif
