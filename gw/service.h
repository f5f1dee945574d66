/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The configured services at work: each with its address pool and its TUN device. */
#ifndef GW_SERVICE_H
#define GW_SERVICE_H

#include "gw/gw.h"

/* Make the pools, which need nothing; then the services with their devices.  False with the reason
 * logged. */
bool services_open_pools(struct gw *gw);
bool services_open(struct gw *gw);
/* Devices, and pools; every leg that uses them is gone by then. */
void services_free(struct gw *gw);
void services_free_pools(struct gw *gw);

/* The service at work of a section, or NULL. */
struct gw_service *service_of(struct gw *gw, const struct cfg_service *cfg);
/* Look for TUN devices that have been removed: calls behind them are ended, services get new ones.
 * Routes that led elsewhere are tried again. */
void services_check(struct gw *gw, uint64_t now);

#endif
