/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Mistakes of configuration that show in what the far end says on the LMI, while ours is down:
 * it speaks another kind, or both ends have the same role (Q.933 Annex A: a user polls, a network
 * answers).
 */
#ifndef TRANSPORTS_FRAME_RELAY_LMI_HINT_H
#define TRANSPORTS_FRAME_RELAY_LMI_HINT_H

#include "transports/frame-relay/lmi_sides.h"

#define LMI_HINT_MAX 80u

/* A PDU as for lmi_rx(), that came on this DLCI: whichever kind it is of.  False: it tells of no
 * mistake, or is no LMI message; then words is untouched. */
bool lmi_hint(const struct lmi_sides *s, uint32_t dlci, const uint8_t *pdu, size_t len, char *words,
	      size_t cap);

#endif
