/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "transports/frame-relay/lmi_hint.h"

#include <stdio.h>

/* With both roles at each end no message is of the wrong one. */
static bool lmi_hint_of_role(const struct lmi_sides *s, const struct lmi_msg *m)
{
	bool user = s->side[0].lmi.conf.role == LMI_USER;

	return s->n == 1 && m->type == (user ? LMI_STATUS_ENQUIRY : LMI_STATUS);
}

bool lmi_hint(const struct lmi_sides *s, uint32_t dlci, const uint8_t *pdu, size_t len, char *words,
	      size_t cap)
{
	const struct lmi *l = &s->side[0].lmi;
	struct lmi_msg m;
	unsigned k = 0;

	while (k < LMI_KINDS && (lmi_variants[k].dlci != dlci ||
				 !lmi_msg_get(&m, (enum lmi_kind)k, l->conf.address, pdu, len)))
		k++;
	if (k == LMI_KINDS)
		return false;
	if (lmi_hint_of_role(s, &m))
		snprintf(words, cap, "the far end has role = %s too", lmi_sides_role(s));
	else if (!l->searching && k != (unsigned)l->conf.kind)
		snprintf(words, cap, "the far end speaks %s, here lmi = %s", lmi_variants[k].name,
			 lmi_sides_name(s));
	else
		return false;
	return true;
}
