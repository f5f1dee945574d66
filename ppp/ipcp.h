/* SPDX-License-Identifier: GPL-2.0-or-later */
/* IPCP (RFC 1332) with the name servers of RFC 1877. */
#ifndef PPP_IPCP_H
#define PPP_IPCP_H

#include "ppp/cp.h"

enum ipcp_option {
	IPCP_ADDRESS = 3,
	IPCP_DNS1 = 129,
	IPCP_DNS2 = 131,
};

extern const struct cp_def ipcp_def;

#endif
