/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The LLC header is three octets: AA AA 03 says that SNAP follows (an organisation and its
 * protocol), FE FE 03 that an ISO network layer protocol identifier does.
 */
#include "transports/atm/atm_encap.h"

static const uint8_t l2tp_head[] = {0xaa, 0xaa, 0x03, 0x00, 0x00, 0x5e, 0x00, 0x07};
static const uint8_t ppp_head[] = {0xfe, 0xfe, 0x03, 0xcf};

/* Organisation in the high octets, protocol in the low two; ~0 stands for any protocol. */
static const struct {
	uint32_t oui;
	int32_t pid;
	enum atm_kind kind;
} snap[] = {
	{0x00005e, 0x0007, ATM_L2TP},  {0x000000, 0x0800, ATM_IPV4}, {0x000000, 0x86dd, ATM_IPV6},
	{0x000000, -1, ATM_ETHERTYPE}, {0x0080c2, -1, ATM_BRIDGED},
};

static enum atm_kind atm_encap_get_snap(struct rd *r)
{
	uint32_t oui = (uint32_t)rd_u8(r) << 16;
	int32_t pid;

	oui |= rd_u16(r);
	pid = rd_u16(r);
	if (r->bad)
		return ATM_SHORT;
	for (size_t i = 0; i < sizeof(snap) / sizeof(*snap); i++)
		if (snap[i].oui == oui && (snap[i].pid == pid || snap[i].pid < 0))
			return snap[i].kind;
	return ATM_OTHER_SNAP;
}

/* Without its LLC header: PPP begins with its protocol, of which these are the ones of a link that
 * is opened or at work, and the second octet of L2TP is its version with four bits of 0 before it.
 * No LLC header begins like that. */
static enum atm_kind atm_encap_bare(uint16_t first)
{
	static const uint16_t ppp[] = {0xc021, 0xc023, 0xc223, 0x8021, 0x8057, 0x0021, 0x0057};

	for (size_t i = 0; i < sizeof(ppp) / sizeof(*ppp); i++)
		if (ppp[i] == first)
			return ATM_OTHER_MUX_PPP;
	return (first & 0xff) == 0x02 ? ATM_OTHER_MUX_L2TP : ATM_OTHER_LLC;
}

static enum atm_kind atm_encap_get_vc_mux(struct rd r, uint8_t configured)
{
	uint16_t saps = rd_u16(&r);
	uint8_t control = rd_u8(&r);

	if (!r.bad && control == 0x03 && saps == 0xaaaa)
		return ATM_OTHER_MUX_L2TP;
	if (!r.bad && control == 0x03 && saps == 0xfefe)
		return ATM_OTHER_MUX_PPP;
	return configured == IST_PAYLOAD_PPP ? ATM_PPP : ATM_L2TP;
}

enum atm_kind atm_encap_get(struct rd *r, enum atm_mux mux, uint8_t configured)
{
	uint16_t saps;
	uint8_t control;

	if (mux == ATM_VC_MUX)
		return atm_encap_get_vc_mux(*r, configured);
	saps = rd_u16(r);
	control = rd_u8(r);
	if (r->bad)
		return ATM_SHORT;
	if (saps == 0xaaaa && control == 0x03)
		return atm_encap_get_snap(r);
	if (saps != 0xfefe || control != 0x03)
		return atm_encap_bare(saps);
	control = rd_u8(r);
	if (r->bad)
		return ATM_SHORT;
	return control == 0xcf ? ATM_PPP : ATM_OTHER_NLPID;
}

void atm_encap_put(struct wr *w, enum atm_mux mux, uint8_t payload)
{
	if (mux == ATM_VC_MUX)
		return;
	if (payload == IST_PAYLOAD_PPP)
		wr_bytes(w, ppp_head, sizeof(ppp_head));
	else
		wr_bytes(w, l2tp_head, sizeof(l2tp_head));
}

uint32_t atm_encap_octets(enum atm_mux mux, uint8_t payload)
{
	if (mux == ATM_VC_MUX)
		return 0;
	return payload == IST_PAYLOAD_PPP ? sizeof(ppp_head) : sizeof(l2tp_head);
}
