/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * CHAP, RFC 1994, with MD5 and with MS-CHAPv2 (RFC 2759).  The server repeats a Challenge with the
 * same Identifier and value until a Response comes, so that a Response on its way is not made
 * worthless by the next copy; every new round has a new value.  The client answers each Challenge
 * and repeats its Response, because a Success can be lost.
 */
#include "ppp/auth.h"
#include "ppp/link.h"
#include "ppp/mschap.h"

#include <nettle/memops.h>
#include <stdio.h>
#include <stdlib.h>

enum { CHALLENGE = 1, RESPONSE, SUCCESS, FAILURE };

/* --- server ----------------------------------------------------------------------------------- */

static void auth_chap_send_challenge(struct ppp *p)
{
	uint8_t body[1 + AUTH_CHALLENGE + PPP_NAME_MAX];
	struct wr w = wr_init(body, sizeof(body));

	wr_u8(&w, AUTH_CHALLENGE);
	wr_bytes(&w, p->auth.challenge, AUTH_CHALLENGE);
	wr_bytes(&w, p->cfg->name, strlen(p->cfg->name));
	auth_send(p, PPP_CHAP, CHALLENGE, p->auth.id, body, w.len);
}

static void auth_chap_serve(struct ppp *p)
{
	struct auth *a = &p->auth;

	p->ops->random(p->ctx, a->challenge, AUTH_CHALLENGE);
	a->id++;
	a->answered = false;
	auth_chap_send_challenge(p);
	auth_sent(p);
}

/* A re-challenge must be answered with the same name as before; another user's proof is refused. */
static bool auth_chap_is_another(const struct auth *a, struct rd name)
{
	return a->done &&
	       (name.left != a->name_len || (name.left && memcmp(name.p, a->name, name.left)));
}

static void auth_chap_rx_response(struct ppp *p, uint8_t id, struct rd body)
{
	struct auth *a = &p->auth;
	struct ppp_auth_claim *c;
	size_t want = a->method == PPP_AUTH_MSCHAPV2 ? MSCHAP_RESPONSE : 16;
	struct rd value = rd_sub(&body, rd_u8(&body));

	if (id != a->id) {
		ppp_link_count(p, PPP_R_ID);
		return;
	}
	if (a->answered) {
		auth_send(p, PPP_CHAP, a->answer_code, id, a->answer, a->answer_len);
		return;
	}
	if (a->pending)
		return;
	if (body.bad || value.left != want || body.left > PPP_NAME_MAX) {
		ppp_link_count(p, PPP_R_LENGTH);
		return;
	}
	a->claim_id = id;
	if (auth_chap_is_another(a, body)) {
		auth_verdict(p, false, NULL, NULL);
		return;
	}
	if (!auth_claim_name(p, body))
		return;
	c = a->claim;
	memcpy(c->challenge, a->challenge, AUTH_CHALLENGE);
	c->challenge_len = AUTH_CHALLENGE;
	memcpy(c->response, value.p, value.left);
	c->response_len = (uint8_t)value.left;
	auth_ask_owner(p);
}

static void auth_chap_give(struct ppp *p, bool ok, const char *text, int len)
{
	struct auth *a = &p->auth;

	a->answer_code = ok ? SUCCESS : FAILURE;
	auth_keep_answer(a, text, (size_t)len);
	auth_send(p, PPP_CHAP, a->answer_code, a->claim_id, text, (size_t)len);
}

static void auth_chap_answer_md5(struct ppp *p, bool ok, const struct ppp_auth_reply *reply,
				 const char *message)
{
	char text[AUTH_TEXT_MAX];

	(void)reply;
	auth_chap_give(p, ok, text, snprintf(text, sizeof(text), "%.255s", message ? message : ""));
}

/* RFC 2759 6: error 691 is "authentication failure"; R=0 allows no retry, since the link ends. */
static void auth_chap_answer_mschapv2(struct ppp *p, bool ok, const struct ppp_auth_reply *reply,
				      const char *message)
{
	char text[AUTH_TEXT_MAX], hex[2 * AUTH_CHALLENGE + 1];
	uint8_t fresh[AUTH_CHALLENGE];
	const char *words = message ? message : "";
	unsigned error = reply && reply->error ? reply->error : 691;

	if (ok) {
		auth_chap_give(
			p, ok, text,
			snprintf(text, sizeof(text), "%.42s M=%.255s", reply->success, words));
		return;
	}
	p->ops->random(p->ctx, fresh, sizeof(fresh));
	for (unsigned i = 0; i < sizeof(fresh); i++)
		snprintf(hex + 2 * i, 3, "%02X", fresh[i]);
	auth_chap_give(
		p, ok, text,
		snprintf(text, sizeof(text), "E=%u R=0 C=%s V=3 M=%.255s", error, hex, words));
}

/* --- client ----------------------------------------------------------------------------------- */

static void auth_chap_send_response(struct ppp *p)
{
	const struct auth_proof *proof = p->auth.proof;
	uint8_t body[1 + sizeof(proof->octets) + PPP_NAME_MAX];
	struct wr w = wr_init(body, sizeof(body));

	wr_u8(&w, proof->len);
	wr_bytes(&w, proof->octets, proof->len);
	wr_bytes(&w, p->cfg->name, strlen(p->cfg->name));
	auth_send(p, PPP_CHAP, RESPONSE, p->auth.id, body, w.len);
}

/* Nothing to do before a Challenge comes; the limit of the phase guards the wait. */
static void auth_chap_prove(struct ppp *p)
{
	(void)p;
}

static void auth_chap_respond_mschapv2(struct ppp *p, struct rd challenge)
{
	struct auth *a = &p->auth;
	struct auth_proof *to = a->proof;
	struct mschap_exchange x = {challenge.p, to->octets, p->cfg->name, strlen(p->cfg->name)};
	struct mschap_proof proof;

	memcpy(a->challenge, challenge.p, AUTH_CHALLENGE);
	memset(to->octets, 0, sizeof(to->octets));
	p->ops->random(p->ctx, to->octets, MSCHAP_CHALLENGE);
	mschap_prove(&proof, &x, p->cfg->secret, strlen(p->cfg->secret));
	memcpy(to->octets + MSCHAP_NT_AT, proof.nt_response, MSCHAP_NT);
	to->len = MSCHAP_RESPONSE;
	memcpy(to->expect, proof.success, sizeof(to->expect));
	explicit_bzero(&proof, sizeof(proof));
}

/* A Challenge seen before gets the Response it got: the Success on its way proves that one. */
static void auth_chap_rx_challenge(struct ppp *p, uint8_t id, struct rd body)
{
	struct auth *a = &p->auth;
	struct rd value = rd_sub(&body, rd_u8(&body));
	bool ms = a->method == PPP_AUTH_MSCHAPV2;

	if (body.bad || !value.left || (ms && value.left != MSCHAP_CHALLENGE)) {
		ppp_link_count(p, PPP_R_LENGTH);
		return;
	}
	if (!a->proof)
		a->proof = calloc(1, sizeof(*a->proof));
	if (!a->proof)
		return;
	if (ms && a->proof->len && id == a->id && memeql_sec(a->challenge, value.p, value.left)) {
		auth_chap_send_response(p);
		return;
	}
	a->id = id;
	if (ms) {
		auth_chap_respond_mschapv2(p, value);
	} else {
		chap_md5(a->proof->octets, id, p->cfg->secret, strlen(p->cfg->secret), value.p,
			 value.left);
		a->proof->len = 16;
	}
	auth_chap_send_response(p);
	auth_sent(p);
}

static bool auth_chap_server_knows_us(const struct auth *a, struct rd text)
{
	const uint8_t *s = rd_take(&text, 42);

	return a->method != PPP_AUTH_MSCHAPV2 || (s && memeql_sec(s, a->proof->expect, 42));
}

static void auth_chap_rx_verdict(struct ppp *p, uint8_t code, uint8_t id, struct rd text)
{
	struct auth *a = &p->auth;

	if (!a->proof || id != a->id) {
		ppp_link_count(p, PPP_R_ID);
		return;
	}
	if (code == SUCCESS && auth_chap_server_knows_us(a, text)) {
		auth_accepted(p);
		return;
	}
	ppp_link_keep_message(p, text);
	auth_refused(p);
}

/* --- both ------------------------------------------------------------------------------------- */

static void auth_chap_resend(struct ppp *p)
{
	if (p->cfg->server)
		auth_chap_send_challenge(p);
	else
		auth_chap_send_response(p);
}

void auth_rx_chap(struct ppp *p, struct rd r)
{
	uint8_t code, id;

	if (!auth_packet(p, &r, &code, &id))
		return;
	if (p->cfg->server && code == RESPONSE)
		auth_chap_rx_response(p, id, r);
	else if (!p->cfg->server && code == CHALLENGE)
		auth_chap_rx_challenge(p, id, r);
	else if (!p->cfg->server && (code == SUCCESS || code == FAILURE))
		auth_chap_rx_verdict(p, code, id, r);
	else
		ppp_link_count(p, PPP_R_CODE);
}

const struct auth_method auth_chap_md5 = {"chap",
					  PPP_CHAP,
					  0x05,
					  auth_chap_serve,
					  auth_chap_prove,
					  auth_chap_resend,
					  auth_chap_answer_md5};
const struct auth_method auth_mschapv2 = {"mschapv2",
					  PPP_CHAP,
					  0x81,
					  auth_chap_serve,
					  auth_chap_prove,
					  auth_chap_resend,
					  auth_chap_answer_mschapv2};
