/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Does the configuration of a port keep what transports are promised (struct ist_key)?  The
 * configuration's reader has seen to it, but in another process, which may have been taken over.
 */
#ifndef GW_DP_PORT_CHECK_H
#define GW_DP_PORT_CHECK_H

#include "transports/transport.h"

/* 0, or -errno with words in err. */
int port_check(const struct ist_transport *t, const struct ist_port_config *cfg, char *err,
	       size_t err_len);
/* An address as addr_parse writes it: it survives being formatted and parsed. */
bool port_check_addr(const struct ist_transport *t, const struct ist_addr *a);

#endif
