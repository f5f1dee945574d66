/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Names of users with the realm they are of: `user@realm` or `DOMAIN\user`.  Pure functions.
 */
#ifndef GW_AAA_REALM_H
#define GW_AAA_REALM_H

#include "cfg/cfg.h"
#include "core/bytes.h"

struct realm_name {
	struct rd user;	 /* without it */
	struct rd realm; /* nothing = it has none */
	bool prefix;	 /* it stands in front, before a backslash */
};

/* What is before the first backslash, else behind the last @; neither is a realm when nothing is on
 * one of its sides. */
struct realm_name realm_split(const char *name, size_t len);

/* What a user is called where he is looked for: his name, without the realm if the service strips
 * it. */
struct rd realm_strip(const struct cfg_service *s, const char *name, size_t len);
/* The same for a server that is to judge this claim.  MS-CHAPv2 signs the name with what is behind
 * it, but not with what is in front (RFC 2759 section 8.2), so that this stays; in EAP the name is
 * in the message, too, and stays whole. */
struct rd realm_asked(const struct cfg_service *s, const struct ppp_auth_claim *claim);

#endif
