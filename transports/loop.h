/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * `loop`: two ports of one process joined by a name; what goes into one comes out of the other, on
 * the circuit of the same address.  Carries L2TP and PPP.  It can lose, duplicate, delay and
 * reorder (impair.h), and with `window` it is flow controlled.  For tests, and to try a
 * configuration out. The two ports may live on different threads.
 */
#ifndef TRANSPORTS_LOOP_H
#define TRANSPORTS_LOOP_H

#include "transports/transport.h"

extern const struct ist_transport loop_transport;

#endif
