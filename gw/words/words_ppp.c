/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * PPP's control protocols share one form (RFC 1661 section 5): code, identifier, length, and then,
 * in a Configure packet, options of type, length and value.  Each protocol names its own options in
 * a table here: LCP (RFC 1661, 1990), IPCP (RFC 1332, 1877), IPV6CP (RFC 5072), CCP (RFC 1962).
 * Authentication (PAP RFC 1334, CHAP RFC 1994, EAP RFC 3748) has codes of its own.
 */
#include "gw/words/words.h"
#include "ppp/ppp.h"

#define U(bits) ((unsigned long long)(bits))

enum ppp_form {
	FORM_HEX,
	FORM_U16,
	FORM_U32, /* in hex */
	FORM_ADDR4,
	FORM_IID,
	FORM_NOTHING,
	FORM_AUTH,
	FORM_ENDPOINT,
};

struct ppp_option {
	uint8_t type, form;
	const char *name;
};

static const struct ppp_option lcp_options[] = {
	{1, FORM_U16, "MRU"},
	{2, FORM_U32, "ACCM"},
	{3, FORM_AUTH, "Authentication"},
	{4, FORM_HEX, "Quality"},
	{5, FORM_U32, "Magic-Number"},
	{7, FORM_NOTHING, "PFC"},
	{8, FORM_NOTHING, "ACFC"},
	{9, FORM_HEX, "FCS-Alternatives"},
	{13, FORM_HEX, "Callback"},
	{17, FORM_U16, "MRRU"},
	{18, FORM_NOTHING, "Short-Sequence-Numbers"},
	{19, FORM_ENDPOINT, "Endpoint-Discriminator"},
	{0, 0, NULL},
};
static const struct ppp_option ipcp_options[] = {
	{1, FORM_HEX, "IP-Addresses"},	     {2, FORM_HEX, "IP-Compression"},
	{3, FORM_ADDR4, "IP-Address"},	     {129, FORM_ADDR4, "Primary-DNS"},
	{130, FORM_ADDR4, "Primary-NBNS"},   {131, FORM_ADDR4, "Secondary-DNS"},
	{132, FORM_ADDR4, "Secondary-NBNS"}, {0, 0, NULL},
};
static const struct ppp_option ipv6cp_options[] = {
	{1, FORM_IID, "Interface-Identifier"},
	{2, FORM_HEX, "IPv6-Compression"},
	{0, 0, NULL},
};
static const struct ppp_option ccp_options[] = {
	{18, FORM_U32, "MPPE"},
	{26, FORM_HEX, "Deflate"},
	{0, 0, NULL},
};

static const struct words_name protocols[] = {
	{PPP_IP, "IP"},	    {PPP_MP, "MP"},	    {PPP_IPV6, "IPv6"}, {PPP_IPCP, "IPCP"},
	{PPP_CCP, "CCP"},   {PPP_IPV6CP, "IPV6CP"}, {PPP_LCP, "LCP"},	{PPP_PAP, "PAP"},
	{PPP_CHAP, "CHAP"}, {PPP_EAP, "EAP"},	    {0, NULL},
};
static const struct words_name codes[] = {
	{1, "Configure-Request"}, {2, "Configure-Ack"},
	{3, "Configure-Nak"},	  {4, "Configure-Reject"},
	{5, "Terminate-Request"}, {6, "Terminate-Ack"},
	{7, "Code-Reject"},	  {8, "Protocol-Reject"},
	{9, "Echo-Request"},	  {10, "Echo-Reply"},
	{11, "Discard-Request"},  {12, "Identification"},
	{13, "Time-Remaining"},	  {14, "Reset-Request"},
	{15, "Reset-Ack"},	  {0, NULL},
};
static const struct words_name pap_codes[] = {
	{1, "Authenticate-Request"}, {2, "Authenticate-Ack"}, {3, "Authenticate-Nak"}, {0, NULL}};
static const struct words_name chap_codes[] = {
	{1, "Challenge"}, {2, "Response"}, {3, "Success"}, {4, "Failure"}, {0, NULL}};
static const struct words_name chap_methods[] = {
	{5, "CHAP MD5"}, {0x80, "MS-CHAP"}, {0x81, "MS-CHAPv2"}, {0, NULL}};
static const struct words_name eap_codes[] = {
	{1, "Request"}, {2, "Response"}, {3, "Success"}, {4, "Failure"}, {0, NULL}};
static const struct words_name eap_types[] = {
	{1, "Identity"},  {2, "Notification"}, {3, "Nak"},   {4, "MD5-Challenge"}, {6, "GTC"},
	{13, "TLS"},	  {18, "SIM"},	       {21, "TTLS"}, {23, "AKA"},	   {25, "PEAP"},
	{26, "MSCHAPv2"}, {43, "FAST"},	       {0, NULL},
};

/* --- options ------------------------------------------------------------------------------------ */

static void ppp_auth(struct words *w, struct rd *r)
{
	uint16_t proto = rd_u16(r);

	if (proto == PPP_CHAP && r->left)
		words_name(w, chap_methods, rd_u8(r), "CHAP algorithm");
	else
		words_name(w, protocols, proto, "protocol");
}

static const struct {
	size_t octets; /* of the value; another length is shown in hex */
	enum ppp_form form;
} ppp_lengths[] = {{2, FORM_U16}, {4, FORM_U32}, {4, FORM_ADDR4}, {8, FORM_IID}, {0, FORM_NOTHING}};

static bool ppp_fits(enum ppp_form form, size_t len)
{
	for (size_t i = 0; i < sizeof(ppp_lengths) / sizeof(ppp_lengths[0]); i++)
		if (ppp_lengths[i].form == form)
			return ppp_lengths[i].octets == len;
	return len >= (form == FORM_AUTH ? 2u : form == FORM_ENDPOINT ? 1u : 0u);
}

static void ppp_value(struct words *w, enum ppp_form form, struct rd r)
{
	if (!ppp_fits(form, r.left))
		form = FORM_HEX;
	if (form == FORM_NOTHING)
		return;
	words_add(w, " ");
	if (form == FORM_U16)
		words_add(w, "%u", rd_u16(&r));
	else if (form == FORM_U32)
		words_add(w, "%08x", rd_u32(&r));
	else if (form == FORM_ADDR4)
		words_addr4(w, rd_u32(&r));
	else if (form == FORM_IID)
		words_add(w, "%016llx", U(rd_u64(&r)));
	else if (form == FORM_AUTH)
		ppp_auth(w, &r);
	else if (form == FORM_ENDPOINT) {
		words_add(w, "class %u ", rd_u8(&r));
		words_hex(w, r.p, r.left);
	} else
		words_hex(w, r.p, r.left);
}

static void ppp_option(struct words *w, const struct ppp_option *row, uint8_t type, struct rd value)
{
	while (row->name && row->type != type)
		row++;
	if (row->name)
		words_add(w, "%s", row->name);
	else
		words_add(w, "option %u", type);
	ppp_value(w, row->name ? (enum ppp_form)row->form : FORM_HEX, value);
}

static void ppp_options(struct words *w, const struct ppp_option *rows, struct rd *r)
{
	const char *between = ": ";

	while (r->left) {
		uint8_t type = rd_u8(r), len = rd_u8(r);
		struct rd value = rd_sub(r, len >= 2 ? len - 2u : SIZE_MAX);

		if (value.bad)
			return;
		words_add(w, "%s", between);
		ppp_option(w, rows, type, value);
		between = ", ";
	}
}

/* --- LCP and the network protocols --------------------------------------------------------------- */

static void ppp_magic(struct words *w, struct rd *r)
{
	words_add(w, ": Magic-Number %08x", rd_u32(r));
}

static void ppp_said(struct words *w, struct rd *r)
{
	if (!r->left)
		return;
	words_add(w, ": ");
	words_quoted(w, r->p, r->left);
}

static void ppp_cp(struct words *w, const struct ppp_option *rows, uint8_t code, struct rd *r)
{
	if (code >= 1 && code <= 4) {
		ppp_options(w, rows, r);
	} else if (code == 5 || code == 6) {
		ppp_said(w, r);
	} else if (code == 7) {
		words_add(w, ": ");
		words_name(w, codes, rd_u8(r), "code");
	} else if (code == 8) {
		words_add(w, ": ");
		words_name(w, protocols, rd_u16(r), "protocol");
	} else if (code >= 9 && code <= 13 && rows == lcp_options) {
		ppp_magic(w, r);
		if (code == 12)
			ppp_said(w, r);
	}
}

/* --- authentication ------------------------------------------------------------------------------ */

static void ppp_pap(struct words *w, uint8_t code, struct rd *r)
{
	struct rd name = rd_sub(r, rd_u8(r));

	words_add(w, ": ");
	words_quoted(w, name.p, name.left);
	if (code == 1)
		words_add(w, ", password not shown");
}

/* What authenticates us to the peer (RFC 2759 section 5) is not shown. */
static void ppp_chap_success(struct words *w, struct rd *r)
{
	if (r->left >= 42 && r->p[0] == 'S' && r->p[1] == '=') {
		rd_skip(r, 42);
		words_add(w, ": authenticator not shown");
	}
	ppp_said(w, r);
}

static void ppp_chap(struct words *w, uint8_t code, struct rd *r)
{
	uint8_t len;

	if (code == 3)
		ppp_chap_success(w, r);
	else if (code == 4)
		ppp_said(w, r);
	if (code != 1 && code != 2)
		return;
	len = rd_u8(r);
	rd_skip(r, len);
	words_add(w, ": name ");
	words_quoted(w, r->p, r->left);
	words_add(w, ", %u octets not shown", len);
}

static void ppp_eap(struct words *w, uint8_t code, struct rd *r)
{
	const char *between = " for ";
	uint8_t type;

	if (code > 2 || !r->left)
		return;
	type = rd_u8(r);
	words_add(w, ": ");
	words_name(w, eap_types, type, "type");
	if (type == 1 || type == 2) {
		words_add(w, " ");
		words_quoted(w, r->p, r->left);
	}
	for (; type == 3 && r->left; between = ", ") {
		words_add(w, "%s", between);
		words_name(w, eap_types, rd_u8(r), "type");
	}
	if (type > 3)
		words_add(w, ", %zu octets not shown", r->left);
}

/* --- frames -------------------------------------------------------------------------------------- */

static const struct ppp_proto_row {
	uint16_t proto;
	const struct words_name *codes;
	const struct ppp_option *options; /* of a protocol that is configured; else: */
	void (*body)(struct words *w, uint8_t code, struct rd *r);
} ppp_protos[] = {
	{PPP_LCP, codes, lcp_options, NULL},	   {PPP_IPCP, codes, ipcp_options, NULL},
	{PPP_IPV6CP, codes, ipv6cp_options, NULL}, {PPP_CCP, codes, ccp_options, NULL},
	{PPP_PAP, pap_codes, NULL, ppp_pap},	   {PPP_CHAP, chap_codes, NULL, ppp_chap},
	{PPP_EAP, eap_codes, NULL, ppp_eap},
};

static const struct ppp_proto_row *ppp_find(uint16_t proto)
{
	for (size_t i = 0; i < sizeof(ppp_protos) / sizeof(ppp_protos[0]); i++)
		if (ppp_protos[i].proto == proto)
			return &ppp_protos[i];
	return NULL;
}

static void ppp_packet(struct words *w, const struct ppp_proto_row *row, struct rd *r)
{
	uint8_t code = rd_u8(r), id = rd_u8(r);
	uint16_t len = rd_u16(r);
	struct rd body = rd_sub(r, len >= 4 ? len - 4u : SIZE_MAX);

	words_add(w, " ");
	if (r->bad) {
		words_add(w, "malformed");
		return;
	}
	words_name(w, row->codes, code, "code");
	words_add(w, " id %u", id);
	if (row->options)
		ppp_cp(w, row->options, code, &body);
	else
		row->body(w, code, &body);
	if (body.bad)
		words_add(w, " (malformed)");
}

void words_ppp(struct words *w, const uint8_t *frame, size_t len)
{
	struct rd r = rd_init(frame, len);
	uint16_t proto = rd_u16(&r);
	const struct ppp_proto_row *row = ppp_find(proto);

	if (r.bad) {
		words_add(w, "a PPP frame of %zu octets", len);
		return;
	}
	words_name(w, protocols, proto, "protocol");
	if (row)
		ppp_packet(w, row, &r);
	else
		words_add(w, ", %zu octets", r.left);
}
