/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * `serial`: PPP on an asynchronous line, a tty or a pty, in the octet-stuffed framing of RFC 1662
 * with FCS-16.  Carries PPP only.  A port is one line and has one channel, whose address is "line".
 * FF 03 is added and taken off here.  A chat script can dial or answer by modem before PPP begins.
 * Synchronous HDLC is not made here.
 */
#ifndef TRANSPORTS_SERIAL_SERIAL_H
#define TRANSPORTS_SERIAL_SERIAL_H

#include "transports/transport.h"

extern const struct ist_transport serial_transport;

#endif
