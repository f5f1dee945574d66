/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * EAP over PPP, RFC 3748, as an authenticator that passes through (section 2.3): we ask the peer
 * who it is, and from then on an AAA server asks and judges.  Its Requests go to the peer as they
 * are, Responses go to the owner as they came, one at a time.  A Request is repeated until the
 * Response with its Identifier comes; one that comes again after the end gets the same Success or
 * Failure.  What the methods say nobody reads here but the first Response, which has the name.
 */
#include "ppp/auth.h"
#include "ppp/link.h"

#include <stdlib.h>

enum { REQUEST = 1, RESPONSE, SUCCESS, FAILURE };

#define HEADER	 4u
#define IDENTITY 1u  /* type, RFC 3748 section 5.1 */
#define ROUNDS	 64u /* Responses of one log-in */

struct auth_eap {
	uint8_t out[PPP_EAP_MAX], in[PPP_EAP_MAX];
	uint16_t out_len;
	uint8_t rounds;
};

void auth_eap_free(struct auth *a)
{
	ppp_link_wipe(a->eap, sizeof(*a->eap));
	a->eap = NULL;
}

static void auth_eap_send(struct ppp *p)
{
	ppp_link_send(p, PPP_EAP, p->auth.eap->out, p->auth.eap->out_len);
}

static void auth_eap_serve(struct ppp *p)
{
	struct auth *a = &p->auth;
	struct wr w;

	if (!a->eap)
		a->eap = calloc(1, sizeof(*a->eap));
	if (!a->eap) {
		ppp_link_close(p, PPP_WHY_AUTH_FAILED);
		return;
	}
	w = wr_init(a->eap->out, sizeof(a->eap->out));
	wr_u8(&w, REQUEST);
	wr_u8(&w, ++a->id);
	wr_u16(&w, HEADER + 1);
	wr_u8(&w, IDENTITY);
	a->eap->out_len = (uint16_t)w.len;
	auth_eap_send(p);
	auth_sent(p);
}

/* The first Response: who it is.  False: it is none, or its name is too long. */
static bool auth_eap_name(struct ppp *p, struct rd body)
{
	if (rd_u8(&body) != IDENTITY) {
		ppp_link_count(p, PPP_R_STATE);
		return false;
	}
	if (body.left > PPP_NAME_MAX) {
		ppp_link_count(p, PPP_R_LENGTH);
		return false;
	}
	return auth_claim_name(p, body);
}

static void auth_eap_rx_response(struct ppp *p, uint8_t id, const uint8_t *packet, struct rd body)
{
	struct auth *a = &p->auth;
	size_t len = HEADER + body.left;

	if (id != a->id) {
		ppp_link_count(p, PPP_R_ID);
		return;
	}
	if (a->answered) {
		auth_send(p, PPP_EAP, a->answer_code, id, NULL, 0);
		return;
	}
	if (a->pending || !a->eap)
		return;
	if (!body.left || len > sizeof(a->eap->in)) {
		ppp_link_count(p, PPP_R_LENGTH);
		return;
	}
	if (!auth_claim(a) || (!a->eap->rounds && !auth_eap_name(p, body)))
		return;
	a->claim_id = id;
	if (a->eap->rounds++ == ROUNDS) {
		ppp_link_count(p, PPP_R_ROUNDS);
		auth_verdict(p, false, NULL, NULL);
		return;
	}
	memcpy(a->eap->in, packet, len);
	a->claim->eap = rd_init(a->eap->in, len);
	a->claim->eap_begins = a->eap->rounds == 1;
	auth_ask_owner(p);
}

void auth_rx_eap(struct ppp *p, struct rd r)
{
	const uint8_t *packet = r.p;
	uint8_t code, id;

	if (!auth_packet(p, &r, &code, &id))
		return;
	if (p->cfg->server && code == RESPONSE)
		auth_eap_rx_response(p, id, packet, r);
	else
		ppp_link_count(p, PPP_R_CODE);
}

bool auth_eap_ask(struct ppp *p, const uint8_t *packet, size_t len)
{
	struct auth *a = &p->auth;
	struct rd r = rd_init(packet, len);
	bool request = rd_u8(&r) == REQUEST;
	uint8_t id = rd_u8(&r);

	if (a->method != PPP_AUTH_EAP || !a->eap || !request || rd_u16(&r) != len || !r.left ||
	    len > sizeof(a->eap->out) || len > p->link.peer_mru)
		return false;
	memcpy(a->eap->out, packet, len);
	a->eap->out_len = (uint16_t)len;
	a->id = id;
	a->pending = false;
	auth_eap_send(p);
	auth_sent(p);
	return true;
}

/* RFC 3748 4.2: with the Identifier of the Response, and no data. */
static void auth_eap_answer(struct ppp *p, bool ok, const struct ppp_auth_reply *reply,
			    const char *message)
{
	(void)reply;
	(void)message;
	p->auth.answer_code = ok ? SUCCESS : FAILURE;
	auth_keep_answer(&p->auth, NULL, 0);
	auth_send(p, PPP_EAP, p->auth.answer_code, p->auth.claim_id, NULL, 0);
}

const struct auth_method auth_eap = {"eap",	    PPP_EAP,	    -1, auth_eap_serve, NULL,
				     auth_eap_send, auth_eap_answer};
