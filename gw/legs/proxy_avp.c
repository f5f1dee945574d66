/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "gw/legs/proxy_avp.h"

#include <string.h>

/* Values of Proxy Authen Type. */
enum { AUTHEN_CHAP = 2, AUTHEN_PAP = 3, AUTHEN_NONE = 4 };

/* --- from an ICCN ----------------------------------------------------------------------------- */

static struct rd proxy_avp_value(const struct l2tp_msg *m, uint16_t type)
{
	const struct l2tp_avp *a = l2tp_msg_find(m, L2TP_IETF, type);

	/* An empty value is a list without options, and not nothing. */
	return rd_init(!a ? NULL : a->val ? a->val : (const uint8_t *)"", a ? a->len : 0);
}

static bool proxy_avp_copy(const struct l2tp_msg *m, uint16_t type, void *to, size_t room,
			   size_t *len)
{
	struct rd r = proxy_avp_value(m, type);

	if (!r.p || r.left > room)
		return false;
	*len = r.left;
	if (r.left)
		memcpy(to, r.p, r.left);
	return true;
}

static const char *proxy_avp_claim(struct ppp_auth_claim *c, const struct l2tp_msg *m)
{
	struct rd id = proxy_avp_value(m, L2TP_AVP_PROXY_AUTHEN_ID);
	size_t name, challenge = 0, response;

	if (!proxy_avp_copy(m, L2TP_AVP_PROXY_AUTHEN_NAME, c->name, PPP_NAME_MAX, &name))
		return "Proxy Authen Name is missing or too long";
	if (c->method != PPP_AUTH_PAP &&
	    !proxy_avp_copy(m, L2TP_AVP_PROXY_AUTHEN_CHALLENGE, c->challenge, sizeof(c->challenge),
			    &challenge))
		return "Proxy Authen Challenge is missing or too long";
	if (!proxy_avp_copy(m, L2TP_AVP_PROXY_AUTHEN_RESPONSE, c->response, sizeof(c->response),
			    &response))
		return "Proxy Authen Response is missing or too long";
	c->id = (uint8_t)rd_u16(&id);
	if (id.bad)
		return "Proxy Authen ID is missing";
	c->name_len = (uint16_t)name;
	c->challenge_len = (uint8_t)challenge;
	c->response_len = (uint8_t)response;
	return NULL;
}

const char *proxy_avp_read(struct proxy_avp_in *out, const struct l2tp_msg *m)
{
	struct rd type = proxy_avp_value(m, L2TP_AVP_PROXY_AUTHEN_TYPE);
	uint16_t authen = rd_u16(&type);

	memset(out, 0, sizeof(*out));
	out->x.first_rx = proxy_avp_value(m, L2TP_AVP_INITIAL_RX_LCP_CONFREQ);
	out->x.last_tx = proxy_avp_value(m, L2TP_AVP_LAST_TX_LCP_CONFREQ);
	out->x.last_rx = proxy_avp_value(m, L2TP_AVP_LAST_RX_LCP_CONFREQ);
	if (authen != AUTHEN_CHAP && authen != AUTHEN_PAP)
		return NULL;
	out->claim.method = authen == AUTHEN_PAP ? PPP_AUTH_PAP : PPP_AUTH_CHAP_MD5;
	out->x.claim = &out->claim;
	return proxy_avp_claim(&out->claim, m);
}

/* --- into one --------------------------------------------------------------------------------- */

static struct l2tp_avp *proxy_avp_put(struct proxy_avp_out *out, uint16_t type, const void *val,
				      size_t len)
{
	struct l2tp_avp *a = &out->avp[out->n++];

	*a = (struct l2tp_avp){.type = type, .val = val, .len = (uint16_t)len};
	return a;
}

static void proxy_avp_put_list(struct proxy_avp_out *out, uint16_t type, struct rd options)
{
	if (options.p)
		proxy_avp_put(out, type, options.p, options.left);
}

static void proxy_avp_put_type(struct proxy_avp_out *out, uint16_t type)
{
	wr_put16(out->type, type);
	proxy_avp_put(out, L2TP_AVP_PROXY_AUTHEN_TYPE, out->type, 2);
}

static void proxy_avp_put_claim(struct proxy_avp_out *out, const struct ppp_auth_claim *c)
{
	bool pap = c->method == PPP_AUTH_PAP;

	proxy_avp_put_type(out, pap ? AUTHEN_PAP : AUTHEN_CHAP);
	proxy_avp_put(out, L2TP_AVP_PROXY_AUTHEN_NAME, c->name, c->name_len);
	if (!pap)
		proxy_avp_put(out, L2TP_AVP_PROXY_AUTHEN_CHALLENGE, c->challenge, c->challenge_len);
	wr_put16(out->id, c->id);
	proxy_avp_put(out, L2TP_AVP_PROXY_AUTHEN_ID, out->id, 2);
	proxy_avp_put(out, L2TP_AVP_PROXY_AUTHEN_RESPONSE, c->response, c->response_len)->hidden =
		pap;
}

void proxy_avp_write(struct proxy_avp_out *out, const struct ppp_proxy *x)
{
	out->n = 0;
	proxy_avp_put_list(out, L2TP_AVP_INITIAL_RX_LCP_CONFREQ, x->first_rx);
	proxy_avp_put_list(out, L2TP_AVP_LAST_TX_LCP_CONFREQ, x->last_tx);
	proxy_avp_put_list(out, L2TP_AVP_LAST_RX_LCP_CONFREQ, x->last_rx);
	if (x->claim)
		proxy_avp_put_claim(out, x->claim);
	else if (x->unasked)
		proxy_avp_put_type(out, AUTHEN_NONE);
}
