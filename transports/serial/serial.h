/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * `serial`: PPP in HDLC-like framing (RFC 1662).  Carries PPP only.  A port is one line and has one
 * channel, whose address is "line".  FF 03 is added and taken off here, and so is the FCS, of 16 or
 * 32 bits.
 *
 * With `device` the line is asynchronous, a tty or a pty, and frames are octet-stuffed.  A chat
 * script can dial or answer by modem before PPP begins; `disconnect` hangs up a line that has a
 * script or modem lines.  With `link` the line is synchronous: the link's frames are what stands
 * between two flags, as a native HDLC device gives and takes them.
 */
#ifndef TRANSPORTS_SERIAL_SERIAL_H
#define TRANSPORTS_SERIAL_SERIAL_H

#include "transports/transport.h"

extern const struct ist_transport serial_transport;

#endif
