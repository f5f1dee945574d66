/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A question about a log-in as attributes of RADIUS, and its answer.  Pure functions. */
#ifndef GW_AAA_AAA_RADIUS_H
#define GW_AAA_AAA_RADIUS_H

#include "gw/aaa/aaa.h"
#include "gw/aaa/radius/radius_pool.h"

/* The request for access; its attributes go to buf (RADIUS_ATTRS_MAX octets), and the password
 * stays in the claim.  Both must live until radius_ask().  False: the claim cannot be said. */
bool aaa_radius_question(const struct aaa_question *q, const char *nas_identifier, uint8_t *buf,
			 struct radius_question *out);

/* A round of EAP. */
struct aaa_eap {
	struct aaa_state state;
	uint16_t len;
	uint8_t packet[PPP_EAP_MAX];
};
/* The answer asks the peer for more; false: it does not, or what it says cannot be passed on. */
bool aaa_radius_challenge(const struct radius_answer *a, const struct ppp_auth_claim *claim,
			  struct aaa_eap *out);

/* What the answer allows; false: the user is not let in, and *why says so for the log.  The grant
 * and the message of out are in d, where what a refusal says to the peer is too. */
bool aaa_radius_answer(const struct radius_answer *a, const struct ppp_auth_claim *claim,
		       struct aaa_answer *out, struct grant_draft *d, const char **why);

/* The same for a LAC, which is told of tunnels: *tunnels, for radius_tunnels_free(), NULL = none is
 * named.  Of the rest only a Reply-Message counts; addresses and such are the LNS's to give. */
bool aaa_radius_lac_answer(const struct radius_answer *a, struct aaa_answer *out,
			   struct radius_tunnels **tunnels, struct grant_draft *d,
			   const char **why);

#endif
