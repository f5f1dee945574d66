/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * TUN devices with their kernel addresses and routes: one per service, which all its clients share
 * and to which one route per range of its pool leads; one per client section.
 */
#ifndef GW_DEVICE_H
#define GW_DEVICE_H

#include "gw/gw.h"

/* Make the device of a service, up, with its addresses and routes.  0 or -errno with words in err.
 */
int device_open_service(struct gw_service *s, char *err, size_t err_len);
/* Make the device of a client section, without addresses. */
int device_open_client(struct gw *gw, const struct cfg_client *c, uint32_t *out, char *err,
		       size_t err_len);

/* What a client's NCPs agreed, on its device (by name). */
void device_client_ip4(struct gw *gw, const char *dev, const struct cfg_client *c,
		       const struct ppp_addresses *a, bool up);
void device_client_ip6(struct gw *gw, const char *dev, const struct cfg_client *c,
		       const struct ppp_addresses *a, bool up);
/* Add or remove a route to a network outside the pools; false when the kernel refuses.  One that
 * leads elsewhere is added as soon as that has gone, unless it is removed before: as to a device
 * that had another name before a reload. */
bool device_route(struct gw *gw, const char *dev, const struct cfg_prefix *to, bool add);
bool device_route4(struct gw *gw, const char *dev, uint32_t addr, bool add);
void device_free(struct gw *gw);

/* `tun-offload` as the data plane has it. */
unsigned device_offload(uint8_t word);
/* As the data plane has it; of IPv6 at most 64 bits. */
struct dp_prefix device_network(const struct cfg_prefix *p);
struct dp_prefix device_host(uint32_t addr);

#endif
