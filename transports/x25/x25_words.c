/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Causes and diagnostics of X.25 in words (X.25 tables 5-7 to 5-9 and annex E).
 */
#include "transports/x25/x25_pkt.h"

struct word {
	uint8_t code;
	const char *words;
};

static const struct word clear_causes[] = {
	{0x00, "DTE originated"},
	{0x01, "number busy"},
	{0x03, "invalid facility request"},
	{0x05, "network congestion"},
	{0x09, "out of order"},
	{0x0b, "access barred"},
	{0x0d, "not obtainable"},
	{0x11, "remote procedure error"},
	{0x13, "local procedure error"},
	{0x15, "RPOA out of order"},
	{0x19, "reverse charging acceptance not subscribed"},
	{0x21, "incompatible destination"},
	{0x29, "fast select acceptance not subscribed"},
	{0x39, "ship absent"},
	{0xc1, "gateway-detected procedure error"},
	{0xc3, "gateway congestion"},
};

static const struct word reset_causes[] = {
	{0x00, "DTE originated"},	  {0x01, "out of order"},
	{0x03, "remote procedure error"}, {0x05, "local procedure error"},
	{0x07, "network congestion"},	  {0x09, "remote DTE operational"},
	{0x0f, "network operational"},	  {0x11, "incompatible destination"},
	{0x1d, "network out of order"},
};

static const struct word restart_causes[] = {
	{0x00, "DTE restarting"},
	{0x01, "local procedure error"},
	{0x03, "network congestion"},
	{0x07, "network operational"},
	{0x7f, "registration or cancellation confirmed"},
};

static const struct word diagnostics[] = {
	{0, "no additional information"},
	{1, "invalid P(S)"},
	{2, "invalid P(R)"},
	{16, "packet type invalid"},
	{17, "packet type invalid in state r1"},
	{18, "packet type invalid in state r2"},
	{19, "packet type invalid in state r3"},
	{20, "packet type invalid in state p1"},
	{21, "packet type invalid in state p2"},
	{22, "packet type invalid in state p3"},
	{23, "packet type invalid in state p4"},
	{24, "packet type invalid in state p5"},
	{25, "packet type invalid in state p6"},
	{26, "packet type invalid in state p7"},
	{27, "packet type invalid in state d1"},
	{28, "packet type invalid in state d2"},
	{29, "packet type invalid in state d3"},
	{32, "packet not allowed"},
	{33, "unidentifiable packet"},
	{34, "call on one-way logical channel"},
	{35, "invalid packet type on a permanent virtual circuit"},
	{36, "packet on unassigned logical channel"},
	{37, "reject not subscribed to"},
	{38, "packet too short"},
	{39, "packet too long"},
	{40, "invalid general format identifier"},
	{41, "restart with non-zero logical channel"},
	{42, "packet type not compatible with facility"},
	{43, "unauthorised interrupt confirmation"},
	{44, "unauthorised interrupt"},
	{45, "unauthorised reject"},
	{48, "timer expired"},
	{49, "timer expired for incoming call"},
	{50, "timer expired for clear indication"},
	{51, "timer expired for reset indication"},
	{52, "timer expired for restart indication"},
	{53, "timer expired for call deflection"},
	{64, "call set-up, clearing or registration problem"},
	{65, "facility code not allowed"},
	{66, "facility parameter not allowed"},
	{67, "invalid called address"},
	{68, "invalid calling address"},
	{69, "invalid facility length"},
	{70, "incoming call barred"},
	{71, "no logical channel available"},
	{72, "call collision"},
	{73, "duplicate facility requested"},
	{74, "non-zero address length"},
	{75, "non-zero facility length"},
	{76, "facility not provided when expected"},
	{80, "miscellaneous"},
	{81, "improper cause code from DTE"},
	{82, "not aligned octet"},
	{83, "inconsistent Q bit setting"},
	{84, "NUI problem"},
	{112, "international problem"},
	{113, "remote network problem"},
	{114, "international protocol problem"},
	{115, "international link out of order"},
	{116, "international link busy"},
	{117, "transit network facility problem"},
	{118, "remote network facility problem"},
	{119, "international routing problem"},
	{120, "temporary routing problem"},
	{121, "unknown called DNIC"},
	{122, "maintenance action"},
	/* ISO 8208, from one DTE to the other */
	{144, "timer expired or retransmission count surpassed"},
	{145, "timer expired or retransmission count surpassed: interrupt"},
	{146, "timer expired or retransmission count surpassed: data"},
	{147, "timer expired or retransmission count surpassed: reject"},
	{160, "DTE-specific signal"},
	{161, "DTE operational"},
	{162, "DTE not operational"},
	{163, "DTE resource constraint"},
	{164, "fast select not subscribed"},
	{165, "partially full data packet"},
	{166, "D-bit procedure not supported"},
	{167, "registration or cancellation confirmed"},
	{249, "protocol not supported"},
};

static const char *x25_words_find(const struct word *w, size_t n, uint8_t code,
				  const char *otherwise)
{
	for (size_t i = 0; i < n; i++)
		if (w[i].code == code)
			return w[i].words;
	return otherwise;
}

#define FIND(table, code, otherwise) \
	x25_words_find(table, sizeof(table) / sizeof(*table), code, otherwise)

/* Causes from 80 hex on were given by the far DTE. */
const char *x25_cause_words(enum x25_type t, uint8_t cause)
{
	const char *other = cause & 0x80 ? "DTE originated" : "unknown cause";

	if (t == X25_RESET)
		return FIND(reset_causes, cause, other);
	if (t == X25_RESTART)
		return FIND(restart_causes, cause, other);
	return FIND(clear_causes, cause, other);
}

const char *x25_diag_words(uint8_t diag)
{
	return FIND(diagnostics, diag, diag < 128 ? "unknown diagnostic" : "network specific");
}
