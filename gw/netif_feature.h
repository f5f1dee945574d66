/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What network devices do with packets on their way to us, for the control thread: it is read and
 * never changed. */
#ifndef GW_NETIF_FEATURE_H
#define GW_NETIF_FEATURE_H

#include <net/if.h>

/* Is a feature of `ethtool -k` on, by the name that the kernel has for it ("rx-gro")?  -ENOENT: the
 * device does not know it; other -errno: it does not say. */
int netif_feature(const char *device, const char *feature);
/* Names of the Ethernet devices that are up, at most n are written; how many were. */
unsigned netif_ethers(char (*name)[IF_NAMESIZE], unsigned n);

#endif
