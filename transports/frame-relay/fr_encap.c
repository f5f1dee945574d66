/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Demultiplexing is two tables: NLPIDs, and for NLPID 80 the (OUI, PID) behind it.  After the
 * control field at most one pad octet is skipped, whatever the NLPID: peers differ in where they
 * put it.
 */
#include "transports/frame-relay/fr_encap.h"

#define UI	    0x03u
#define NLPID_PAD   0x00u
#define NLPID_SNAP  0x80u
#define NLPID_PPP   0xcfu
#define OUI_IANA    0x00005eu
#define OUI_ETHER   0x000000u
#define OUI_BRIDGED 0x0080c2u
#define PID_L2TP    0x0007u

static const struct {
	uint8_t nlpid;
	uint8_t kind;
} nlpids[] = {
	{NLPID_PPP, FR_PPP},
	{0x08, FR_LMI},
	{0x09, FR_LMI},
	{0xcc, FR_IPV4},
	{0x8e, FR_IPV6},
	{0x81, FR_OSI},
	{0x82, FR_OSI},
	{0x83, FR_OSI},
	{0xb1, FR_FRAGMENT},
	{0xb0, FR_COMPRESSED},
	{NLPID_PAD, FR_NLPID_ZERO},
};

static enum fr_kind fr_encap_snap(struct rd *r)
{
	uint32_t oui = (uint32_t)rd_u8(r) << 16;
	uint16_t pid;

	oui |= rd_u16(r);
	pid = rd_u16(r);
	if (r->bad)
		return FR_SHORT;
	if (oui == OUI_IANA && pid == PID_L2TP)
		return FR_L2TP;
	if (oui == OUI_BRIDGED)
		return FR_BRIDGED;
	return oui == OUI_ETHER ? FR_ETHERTYPE : FR_SNAP_OTHER;
}

enum fr_kind fr_encap_get(struct rd *r, uint8_t *nlpid)
{
	uint8_t control = rd_u8(r), id = rd_u8(r);

	*nlpid = 0;
	if (!r->bad && control == UI && id == NLPID_PAD)
		id = rd_u8(r);
	if (r->bad)
		return FR_SHORT;
	if (control != UI)
		return FR_NOT_UI;
	*nlpid = id;
	if (id == NLPID_SNAP)
		return fr_encap_snap(r);
	for (size_t i = 0; i < sizeof(nlpids) / sizeof(nlpids[0]); i++)
		if (nlpids[i].nlpid == id)
			return (enum fr_kind)nlpids[i].kind;
	return FR_NLPID_OTHER;
}

/* RFC 3070 figure 1, RFC 1973 3.1 (which has no pad). */
void fr_encap_put(struct wr *w, enum fr_kind kind, bool pad)
{
	wr_u8(w, UI);
	if (kind == FR_PPP) {
		wr_u8(w, NLPID_PPP);
		return;
	}
	if (pad)
		wr_u8(w, NLPID_PAD);
	wr_u8(w, NLPID_SNAP);
	wr_u8(w, OUI_IANA >> 16);
	wr_u16(w, OUI_IANA & 0xffff);
	wr_u16(w, PID_L2TP);
}

unsigned fr_encap_octets(enum fr_kind kind, bool pad)
{
	return kind == FR_PPP ? 2 : 7 + pad;
}
