/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Addresses of PPPoE: a station and the service asked for, "SERVICE@MAC", "MAC" without a service,
 * "*" in place of a MAC for any station.  The session id is no part of it: it is another one each
 * time.
 */
#ifndef TRANSPORTS_PPPOE_PPPOE_ADDR_H
#define TRANSPORTS_PPPOE_PPPOE_ADDR_H

#include "transports/transport.h"

#define PPPOE_SERVICE_MAX 56u /* octets of a service name an address has room for */

/* 0 or -EINVAL. */
int pppoe_addr_parse(struct ist_addr *out, const char *text);
/* snprintf rules */
int pppoe_addr_format(const struct ist_addr *a, char *buf, size_t len);
/* Does it match "SERVICE@MAC" or "MAC", where '*' stands for any characters?  A pattern without '@'
 * is about the station alone, whatever the service. */
bool pppoe_addr_match(const struct ist_addr *a, const char *pattern);

/* mac NULL = any.  A service that is too long is cut, and what may not stand in an address is '?'.
 */
void pppoe_addr_set(struct ist_addr *out, const uint8_t *mac, const void *service, size_t len);
/* Two hexadecimal digits. */
bool pppoe_addr_octet(uint8_t *out, const char *text);
/* The station, or NULL for any. */
const uint8_t *pppoe_addr_mac(const struct ist_addr *a);
/* Octets of the service name, which begins at *name. */
size_t pppoe_addr_service(const struct ist_addr *a, const uint8_t **name);

#endif
