/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "gw/aaa/acct.h"

#include <string.h>

void acct_said_claim(struct acct_said *out, const struct ppp_auth_claim *claim)
{
	size_t len = claim->name_len < sizeof(out->user) ? claim->name_len : sizeof(out->user);

	memset(out, 0, sizeof(*out));
	out->user_len = (uint8_t)len;
	memcpy(out->user, claim->name, len);
}

static void acct_said_value(struct acct_said *out, const struct radius_value *v)
{
	if (v->name == RADIUS_ACCT_INTERIM_INTERVAL)
		out->interim = v->number;
	if (v->name != RADIUS_USER_NAME)
		return;
	out->user_len = (uint8_t)v->octets.left;
	memcpy(out->user, v->octets.p, v->octets.left);
}

bool acct_said_answer(struct acct_said *out, const struct radius_packet *p)
{
	struct radius_walk at = radius_walk(p);
	struct radius_value v;
	bool whole;

	out->remote = true;
	while (radius_next(&at, &v))
		acct_said_value(out, &v);
	out->classes_len =
		(uint16_t)radius_acct_classes(p, out->classes, sizeof(out->classes), &whole);
	return whole;
}
