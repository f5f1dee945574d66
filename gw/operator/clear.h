/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What an operator ends: the commands `clear` of the VTY and of the control socket.  They return
 * before the far end has answered. */
#ifndef GW_OPERATOR_CLEAR_H
#define GW_OPERATOR_CLEAR_H

#include "gw/gw.h"

/* False: there is none. */
bool clear_tunnel(struct gw *gw, unsigned tid);
bool clear_call(struct gw *gw, unsigned tid, unsigned sid);
/* Log-ins of this user, as he has said his name, or that have this IPv4 address: how many there
 * were. */
unsigned clear_user(struct gw *gw, const char *user);
unsigned clear_address(struct gw *gw, uint32_t address);

#endif
