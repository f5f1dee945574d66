/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Ports: settings and circuits for the transports. */
#ifndef CFG_PORT_H
#define CFG_PORT_H

#include "cfg/schema.h"

void cfg_build_port(struct cfg_load *l, struct cfg_item *it, struct cfg_port *port);
/* Each port that is in the model as it is written is checked by its transport, and with the others
 * for what no two can open; last of all, since what was reported may be left out of the model, and
 * a transport would find fault with that again. */
void cfg_check_ports(struct cfg_load *l);

#endif
