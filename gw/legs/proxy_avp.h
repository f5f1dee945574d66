/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Proxy LCP and proxy authentication, RFC 2661 4.4.5: between the attributes of an ICCN and what
 * PPP hands over (ppp.h).  Nothing is kept.
 */
#ifndef GW_LEGS_PROXY_AVP_H
#define GW_LEGS_PROXY_AVP_H

#include "core/msg.h"
#include "ppp/ppp.h"

struct proxy_avp_in {
	struct ppp_proxy x; /* its claim, if any, is the one below */
	struct ppp_auth_claim claim;
};
/* NULL, or words saying what is malformed.  Lists of options point into the message.  A Proxy
 * Authen Type that is missing, or that PPP here does not speak, leaves no claim. */
const char *proxy_avp_read(struct proxy_avp_in *out, const struct l2tp_msg *iccn);

#define PROXY_AVPS 8u
struct proxy_avp_out {
	struct l2tp_avp avp[PROXY_AVPS];
	unsigned n;
	uint8_t type[2], id[2];
};
/* Values point into x and out.  A PAP password is marked to be hidden. */
void proxy_avp_write(struct proxy_avp_out *out, const struct ppp_proxy *x);

#endif
