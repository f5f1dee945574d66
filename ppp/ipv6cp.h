/* SPDX-License-Identifier: GPL-2.0-or-later */
/* IPV6CP (RFC 5072): the Interface-Identifier option. */
#ifndef PPP_IPV6CP_H
#define PPP_IPV6CP_H

#include "ppp/cp.h"

enum ipv6cp_option { IPV6CP_INTERFACE_ID = 1 };

extern const struct cp_def ipv6cp_def;

#endif
