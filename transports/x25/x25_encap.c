/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Encapsulations on a circuit: the SNAP header of L2TP stands in the Call of a dedicated circuit,
 * and in front of each PDU of a multiplexed one.
 */
#include "transports/x25/x25_encap.h"

#define NLPID_NULL 0x00u
#define NLPID_PPP  0xcfu

/* NLPID 80, OUI 00-00-5E, PID 0007: as RFC 3070 and RFC 3355 have it. */
static const uint8_t snap[X25_SNAP_LEN] = {0x80, 0x00, 0x00, 0x5e, 0x00, 0x07};

static bool x25_encap_is_snap(const uint8_t *p, size_t len)
{
	return len >= sizeof(snap) && !memcmp(p, snap, sizeof(snap));
}

enum x25_encap x25_encap_of(const uint8_t *cud, size_t len)
{
	if (x25_encap_is_snap(cud, len))
		return X25_ENCAP_DEDICATED;
	if (len && cud[0] == NLPID_NULL)
		return X25_ENCAP_MULTIPLEXED;
	return len && cud[0] == NLPID_PPP ? X25_ENCAP_PPP : X25_ENCAPS;
}

size_t x25_encap_cud(enum x25_encap e, uint8_t out[X25_CUD_ENCAP_MAX])
{
	memcpy(out, snap, sizeof(snap));
	if (e == X25_ENCAP_DEDICATED)
		return sizeof(snap);
	out[0] = e == X25_ENCAP_PPP ? NLPID_PPP : NLPID_NULL;
	return 1;
}

size_t x25_encap_head(enum x25_encap e, uint8_t out[X25_SNAP_LEN])
{
	memcpy(out, snap, sizeof(snap));
	return e == X25_ENCAP_MULTIPLEXED ? sizeof(snap) : 0;
}

enum x25_encap_result x25_encap_remove(enum x25_encap e, struct rd *pdu)
{
	if (e == X25_ENCAP_MULTIPLEXED) {
		if (!x25_encap_is_snap(pdu->p, pdu->left))
			return X25_PDU_OTHER;
		rd_skip(pdu, sizeof(snap));
	}
	return pdu->left ? X25_PDU_OK : X25_PDU_EMPTY;
}
