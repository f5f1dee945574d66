/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * PAP, RFC 1334 section 2: the client repeats its Authenticate-Request until it is answered, each
 * with a new Identifier; the server answers the latest one.
 */
#include "ppp/auth.h"
#include "ppp/link.h"

#include <nettle/memops.h>

enum { REQUEST = 1, ACK, NAK };

/* --- client ----------------------------------------------------------------------------------- */

static void auth_pap_send_request(struct ppp *p)
{
	uint8_t body[2 + PPP_NAME_MAX + PPP_SECRET_MAX];
	struct wr w = wr_init(body, sizeof(body));
	size_t name = strlen(p->cfg->name), secret = strlen(p->cfg->secret);

	wr_u8(&w, (uint8_t)name);
	wr_bytes(&w, p->cfg->name, name);
	wr_u8(&w, (uint8_t)secret);
	wr_bytes(&w, p->cfg->secret, secret);
	auth_send(p, PPP_PAP, REQUEST, ++p->auth.id, body, w.len);
	explicit_bzero(body, sizeof(body));
}

static void auth_pap_prove(struct ppp *p)
{
	auth_pap_send_request(p);
	auth_sent(p);
}

static void auth_pap_rx_answer(struct ppp *p, uint8_t code, uint8_t id, struct rd body)
{
	struct rd text = rd_sub(&body, rd_u8(&body));

	if (p->auth.done)
		return;
	if (id != p->auth.id) {
		ppp_link_count(p, PPP_R_ID);
		return;
	}
	if (code == ACK) {
		auth_accepted(p);
		return;
	}
	ppp_link_keep_message(p, text);
	auth_refused(p);
}

/* --- server ----------------------------------------------------------------------------------- */

static void auth_pap_serve(struct ppp *p)
{
	(void)p;
}

static void auth_pap_repeat_answer(struct ppp *p, uint8_t id)
{
	const struct auth *a = &p->auth;

	auth_send(p, PPP_PAP, a->answer_code, id, a->answer ? a->answer : "",
		  a->answer ? a->answer_len : 1u);
}

static void auth_pap_answer(struct ppp *p, bool ok, const struct ppp_auth_reply *reply,
			    const char *message)
{
	struct auth *a = &p->auth;
	size_t n = message ? strnlen(message, 255) : 0;
	uint8_t text[256];

	(void)reply;
	a->answer_code = ok ? ACK : NAK;
	text[0] = (uint8_t)n;
	if (n)
		memcpy(text + 1, message, n);
	auth_keep_answer(a, text, n + 1);
	auth_send(p, PPP_PAP, a->answer_code, a->claim_id, text, n + 1);
}

static bool auth_pap_same_claim(const struct ppp_auth_claim *c, struct rd name, struct rd password)
{
	return c->name_len == name.left && c->response_len == password.left &&
	       (!name.left || !memcmp(c->name, name.p, name.left)) &&
	       (!password.left || memeql_sec(c->response, password.p, password.left));
}

static void auth_pap_rx_request(struct ppp *p, uint8_t id, struct rd body)
{
	struct auth *a = &p->auth;
	struct rd name = rd_sub(&body, rd_u8(&body));
	struct rd password = rd_sub(&body, rd_u8(&body));

	if (body.bad) {
		ppp_link_count(p, PPP_R_LENGTH);
		return;
	}
	if (a->answered) {
		auth_pap_repeat_answer(p, id);
		return;
	}
	if (a->pending) {
		if (auth_pap_same_claim(a->claim, name, password))
			a->claim->id = a->claim_id = id;
		else
			ppp_link_count(p, PPP_R_STATE);
		return;
	}
	a->claim_id = id;
	if (!auth_claim_name(p, name))
		return;
	if (password.left)
		memcpy(a->claim->response, password.p, password.left);
	a->claim->response_len = (uint8_t)password.left;
	auth_ask_owner(p);
}

void auth_rx_pap(struct ppp *p, struct rd r)
{
	uint8_t code, id;

	if (!auth_packet(p, &r, &code, &id))
		return;
	if (p->cfg->server && code == REQUEST)
		auth_pap_rx_request(p, id, r);
	else if (!p->cfg->server && (code == ACK || code == NAK))
		auth_pap_rx_answer(p, code, id, r);
	else
		ppp_link_count(p, PPP_R_CODE);
}

const struct auth_method auth_pap = {
	"pap", PPP_PAP, -1, auth_pap_serve, auth_pap_prove, auth_pap_send_request, auth_pap_answer};
