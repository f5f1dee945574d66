/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the driver of a network device can do for XDP programs; it is read and never changed. */
#ifndef GW_NETIF_XDP_H
#define GW_NETIF_XDP_H

#include <stdint.h>

/* Does it run programs, and take their word for where a frame leaves?  0, -EOPNOTSUPP: it does not,
 * -ENODEV: there is no such device, -ENOSYS: this kernel does not tell, which one before 6.3 never
 * does.  Needs no right. */
int netif_xdp(uint32_t ifindex);

#endif
