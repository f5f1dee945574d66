/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Ports: settings and circuits for the transports. */
#ifndef CFG_PORT_H
#define CFG_PORT_H

#include "cfg/schema.h"

void cfg_build_port(struct cfg_load *l, struct cfg_item *it, struct cfg_port *port);

#endif
