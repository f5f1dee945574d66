/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A TUN device: bare IP packets, one per read and write, without blocking. */
#ifndef GW_DP_TUN_H
#define GW_DP_TUN_H

#include "transports/transport.h"

#define TUN_NAME 16

/* Make the device, or take over a persistent one that is not open.  name may hold %d; made gets
 * the name it has (TUN_NAME octets); with an offload (enum dp_tun_offload) tun_super.h reads and
 * writes it.  Returns the descriptor, or -errno with words in err. */
int tun_open(const char *name, uint16_t mtu, unsigned offload, char *made, char *err,
	     size_t err_len);

/* By whom dp_open_by() said; -ENOSYS = in place. */
int tun_ask_open(const struct ist_open *what);
/* To whom dp_closed_to() said. */
void tun_say_closed(const char *device);
/* To whom dp_released_to() said. */
void tun_say_released(const struct ist_open *what);

#endif
