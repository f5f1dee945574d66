/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Q.922 3.3 figure 2: each octet carries some bits of the DLCI at its top, the most significant
 * ones first, and EA in its lowest bit, set in the last octet only.  The first octet has C/R, the
 * second FECN, BECN and DE, the last of three or four has D/C.  One row per octet says the rest.
 */
#include "transports/frame-relay/q922.h"

struct octet {
	uint8_t shift; /* where its bits stand in the DLCI */
	uint8_t low;   /* the lowest bit of the octet that is DLCI */
};

static const struct layout {
	uint8_t octets;
	uint32_t max_dlci;
	struct octet octet[Q922_MAX_OCTETS];
} layouts[Q922_FORMATS] = {
	[Q922_2_OCTETS] = {2, 0x3ff, {{4, 2}, {0, 4}}},
	[Q922_3_OCTETS] = {3, 0xffff, {{10, 2}, {6, 4}, {0, 2}}},
	[Q922_4_OCTETS] = {4, 0x7fffff, {{17, 2}, {13, 4}, {6, 1}, {0, 2}}},
};

#define EA   0x01u
#define CR   0x02u /* first octet */
#define DE   0x02u /* second */
#define BECN 0x04u
#define FECN 0x08u
#define DC   0x02u /* last of 3 or 4 */

unsigned q922_octets(enum q922_format f)
{
	return layouts[f].octets;
}

uint32_t q922_max_dlci(enum q922_format f)
{
	return layouts[f].max_dlci;
}

enum q922_result q922_get(struct rd *r, enum q922_format f, struct q922_addr *out)
{
	const struct layout *l = &layouts[f];
	const uint8_t *p = rd_take(r, l->octets);

	*out = (struct q922_addr){0};
	if (!p)
		return Q922_SHORT;
	for (unsigned i = 0; i < l->octets; i++) {
		if ((p[i] & EA) != (i + 1u == l->octets))
			return Q922_EA;
		out->dlci |= (uint32_t)(p[i] >> l->octet[i].low) << l->octet[i].shift;
	}
	out->cr = p[0] & CR;
	out->fecn = p[1] & FECN;
	out->becn = p[1] & BECN;
	out->de = p[1] & DE;
	out->control = l->octets > 2 && p[l->octets - 1] & DC;
	return out->control ? Q922_DL_CORE : Q922_OK;
}

void q922_put(struct wr *w, enum q922_format f, const struct q922_addr *a)
{
	const struct layout *l = &layouts[f];
	uint8_t *p = wr_room(w, l->octets);

	if (!p)
		return;
	if (a->dlci > l->max_dlci) {
		w->bad = true;
		return;
	}
	for (unsigned i = 0; i < l->octets; i++)
		p[i] = (uint8_t)((uint8_t)(a->dlci >> l->octet[i].shift) << l->octet[i].low);
	p[0] = (uint8_t)(p[0] | (a->cr ? CR : 0));
	p[1] = (uint8_t)((p[1] & 0xf0) | (a->fecn ? FECN : 0) | (a->becn ? BECN : 0) |
			 (a->de ? DE : 0));
	p[l->octets - 1] |= EA;
}
