/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The transports that are compiled in; the host finds one by its name here or in a plugin. */
#include "transports/builtin.h"

#include "transports/atm/atm.h"
#include "transports/frame-relay/frame_relay.h"
#include "transports/pppoe/pppoe.h"
#include "transports/serial/serial.h"
#include "transports/udp/udp.h"
#include "transports/x25/x25_transport.h"

/* Media in one file of this folder, as transports/local.mk finds them. */
#define ONE_FILE(name) extern const struct ist_transport name##_transport;
#include "transports/one_file.list"
#undef ONE_FILE

const struct ist_transport *const ist_builtin_transports[] = {
	&udp_transport, &frame_relay_transport, &atm_transport,
	&x25_transport, &pppoe_transport,	&serial_transport,
#define ONE_FILE(name) &name##_transport,
#include "transports/one_file.list"
#undef ONE_FILE
	NULL,
};
