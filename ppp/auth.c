/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The authentication phase.  As server: a claim arrives, the owner is asked once, a retransmitted
 * claim meanwhile is not asked again, and after the verdict the same answer is repeated as often as
 * the peer asks (RFC 1334 2.2.1, RFC 1994 4.2).  As client: the proof is sent again until the
 * server answers.  The clock of the log-in (link.c) covers the whole phase, a limit of its own each
 * re-challenge.  Everything secret is wiped as soon as it has served.
 */
#include "ppp/auth.h"

#include "ppp/link.h"

#include <nettle/md5.h>
#include <nettle/memops.h>
#include <stdlib.h>

#include "ppp/mschap.h"

#define HEADER 4u

static const struct auth_method none = {"none", 0, -1, NULL, NULL, NULL, NULL};

static const struct auth_method *const methods[PPP_AUTHS] = {
	[PPP_AUTH_NONE] = &none,
	[PPP_AUTH_PAP] = &auth_pap,
	[PPP_AUTH_CHAP_MD5] = &auth_chap_md5,
	[PPP_AUTH_MSCHAPV2] = &auth_mschapv2,
	[PPP_AUTH_EAP] = &auth_eap,
};

const char *ppp_auth_name(enum ppp_auth a)
{
	return (unsigned)a < PPP_AUTHS ? methods[a]->name : "?";
}

enum ppp_auth auth_by_option(struct rd v)
{
	uint16_t proto = rd_u16(&v);
	int algorithm = v.left ? rd_u8(&v) : -1;

	for (unsigned i = PPP_AUTH_PAP; i < PPP_AUTHS && !v.left && !v.bad; i++)
		if (methods[i]->proto == proto && methods[i]->algorithm == algorithm)
			return (enum ppp_auth)i;
	return PPP_AUTH_NONE;
}

void auth_put_option(struct wr *w, enum ppp_auth m)
{
	wr_u16(w, methods[m]->proto);
	if (methods[m]->algorithm >= 0)
		wr_u8(w, (uint8_t)methods[m]->algorithm);
}

static const struct auth_method *auth_method(const struct ppp *p)
{
	return methods[p->auth.method];
}

void auth_tidy(struct auth *a)
{
	if (a->pending)
		return;
	ppp_link_wipe(a->claim, sizeof(*a->claim));
	a->claim = NULL;
}

struct ppp_auth_claim *auth_claim(struct auth *a)
{
	if (!a->claim)
		a->claim = calloc(1, sizeof(*a->claim));
	return a->claim;
}

static bool auth_keep_name(struct auth *a, const void *name, size_t len)
{
	char *copy = malloc(len + 1);

	if (!copy)
		return false;
	if (len)
		memcpy(copy, name, len);
	copy[len] = 0;
	free(a->name);
	a->name = copy;
	a->name_len = (uint16_t)len;
	return true;
}

void auth_keep_answer(struct auth *a, const void *octets, size_t len)
{
	ppp_link_wipe(a->answer, a->answer_len);
	a->answer = len ? malloc(len) : NULL;
	a->answer_len = a->answer ? (uint16_t)len : 0;
	if (a->answer)
		memcpy(a->answer, octets, len);
}

void auth_start(struct ppp *p, enum ppp_auth m)
{
	auth_stop(p);
	p->auth.method = (uint8_t)m;
	if (m == PPP_AUTH_NONE) {
		p->auth.done = true;
		ppp_link_authenticated(p);
		return;
	}
	(p->cfg->server ? auth_method(p)->serve : auth_method(p)->prove)(p);
}

const char *auth_misfit(struct ppp *p, enum ppp_auth m, const struct ppp_auth_claim *c)
{
	static const struct {
		uint8_t response, challenge; /* octets; 0 = any number */
	} lengths[PPP_AUTHS] = {
		[PPP_AUTH_CHAP_MD5] = {MD5_DIGEST_SIZE, 0},
		[PPP_AUTH_MSCHAPV2] = {MSCHAP_RESPONSE, MSCHAP_CHALLENGE},
	};

	if ((unsigned)c->method >= PPP_AUTHS || methods[c->method]->proto != methods[m]->proto) {
		ppp_link_count(p, PPP_R_MISFIT);
		return "authentication of another protocol than LCP has agreed";
	}
	if ((lengths[m].response && c->response_len != lengths[m].response) ||
	    (lengths[m].challenge && c->challenge_len != lengths[m].challenge)) {
		ppp_link_count(p, PPP_R_PROXY);
		return "a response or challenge of the wrong length";
	}
	return NULL;
}

void auth_take_over(struct ppp *p, enum ppp_auth m, const struct ppp_auth_claim *claim)
{
	struct auth *a = &p->auth;

	auth_stop(p);
	a->method = (uint8_t)m;
	a->id = claim->id;
	if (!auth_claim(a) || !auth_keep_name(a, claim->name, claim->name_len)) {
		ppp_link_close(p, PPP_WHY_AUTH_FAILED);
		return;
	}
	*a->claim = *claim;
	a->claim_id = claim->id;
	auth_ask_owner(p);
}

void auth_stop(struct ppp *p)
{
	struct auth *a = &p->auth;
	struct ppp_auth_claim *claim = a->claim;
	uint32_t serial = a->serial;
	uint8_t id = a->id;

	ppp_timer_cancel(p, TIMER_AUTH_RETRY);
	ppp_timer_cancel(p, TIMER_AUTH_LIMIT);
	ppp_timer_cancel(p, TIMER_RECHALLENGE);
	auth_eap_free(a);
	ppp_link_wipe(a->proof, sizeof(*a->proof));
	auth_keep_answer(a, NULL, 0);
	free(a->name);
	if (claim)
		explicit_bzero(claim, sizeof(*claim));
	explicit_bzero(a, sizeof(*a));
	a->claim = claim; /* whoever judges it may look at it still */
	a->serial = serial;
	a->id = id;
}

/* --- for the methods -------------------------------------------------------------------------- */

bool auth_packet(struct ppp *p, struct rd *r, uint8_t *code, uint8_t *id)
{
	uint16_t length;

	*code = rd_u8(r);
	*id = rd_u8(r);
	length = rd_u16(r);
	if (r->bad) {
		ppp_link_count(p, PPP_R_SHORT);
		return false;
	}
	if (length < HEADER || length - HEADER > r->left) {
		ppp_link_count(p, PPP_R_LENGTH);
		return false;
	}
	*r = rd_sub(r, length - HEADER);
	return true;
}

void auth_send(struct ppp *p, uint16_t proto, uint8_t code, uint8_t id, const void *body,
	       size_t len)
{
	uint8_t buf[PPP_TX_MAX];
	struct wr w = wr_init(buf, sizeof(buf));

	wr_u8(&w, code);
	wr_u8(&w, id);
	wr_u16(&w, (uint16_t)(HEADER + len));
	wr_bytes(&w, body, len);
	if (!w.bad)
		ppp_link_send(p, proto, buf, w.len);
	explicit_bzero(buf, sizeof(buf));
}

bool auth_claim_name(struct ppp *p, struct rd name)
{
	struct auth *a = &p->auth;

	return auth_keep_name(a, name.p, name.left) && auth_claim(a);
}

static void auth_arm_retry(struct ppp *p)
{
	ppp_timer_set(p, TIMER_AUTH_RETRY, p->now + p->cfg->restart_timer);
}

void auth_sent(struct ppp *p)
{
	p->auth.tries = 1;
	auth_arm_retry(p);
}

void auth_ask_owner(struct ppp *p)
{
	struct auth *a = &p->auth;

	ppp_timer_cancel(p, TIMER_AUTH_RETRY);
	a->pending = true;
	a->claim->method = (enum ppp_auth)a->method;
	a->claim->id = a->claim_id;
	memcpy(a->claim->name, a->name, a->name_len + 1u);
	a->claim->name_len = a->name_len;
	a->claim->again = a->done;
	a->claim->serial = ++a->serial;
	ppp_link_emit(p, PPP_EV_AUTH);
}

void auth_accepted(struct ppp *p)
{
	ppp_timer_cancel(p, TIMER_AUTH_RETRY);
	if (p->auth.done)
		return;
	p->auth.done = true;
	ppp_link_authenticated(p);
}

void auth_refused(struct ppp *p)
{
	ppp_timer_cancel(p, TIMER_AUTH_RETRY);
	ppp_link_close(p, PPP_WHY_AUTH_FAILED);
	/* Now, since the line may be gone before our Terminate-Request is answered. */
	ppp_link_emit(p, PPP_EV_PEER_CLOSES);
}

/* --- time ------------------------------------------------------------------------------------- */

/* A client whose link stands only stops repeating itself: no more than a Success is missing. */
void auth_retry(struct ppp *p)
{
	struct auth *a = &p->auth;

	if (a->tries >= p->cfg->max_configure) {
		if (p->cfg->server || !a->done)
			ppp_link_close(p, PPP_WHY_AUTH_TIMEOUT);
		return;
	}
	auth_method(p)->resend(p);
	a->tries++;
	auth_arm_retry(p);
}

void auth_limit(struct ppp *p)
{
	ppp_link_close(p, PPP_WHY_AUTH_TIMEOUT);
}

void auth_rechallenge(struct ppp *p)
{
	ppp_timer_set(p, TIMER_AUTH_LIMIT, p->now + p->cfg->auth_timeout);
	auth_method(p)->serve(p);
}

/* --- the owner's verdict ---------------------------------------------------------------------- */

void auth_verdict(struct ppp *p, bool ok, const struct ppp_auth_reply *reply, const char *message)
{
	struct auth *a = &p->auth;

	a->pending = false;
	a->answered = true;
	if (a->claim) {
		explicit_bzero(a->claim->response, sizeof(a->claim->response));
		a->claim->response_len = 0;
	}
	/* An owner's slip must not pass: without it an MS-CHAPv2 client would refuse us. */
	if (a->method == PPP_AUTH_MSCHAPV2 && ok && (!reply || !reply->success[0]))
		ok = false;
	a->refused = !ok;
	auth_method(p)->answer(p, ok, reply, message);
	ppp_timer_cancel(p, TIMER_AUTH_LIMIT);
	if (!ok) {
		ppp_link_say(p, message);
		ppp_link_close(p, PPP_WHY_AUTH_FAILED);
		return;
	}
	if (p->cfg->rechallenge && auth_method(p)->proto == PPP_CHAP)
		ppp_timer_set(p, TIMER_RECHALLENGE, p->now + p->cfg->rechallenge);
	if (!a->done) {
		a->done = true;
		ppp_link_authenticated(p);
	}
}

/* --- proof ------------------------------------------------------------------------------------ */

static bool auth_check_pap(const struct ppp_auth_claim *c, const char *password, size_t len,
			   struct ppp_auth_reply *reply)
{
	(void)reply;
	return c->response_len == len && (!len || memeql_sec(c->response, password, len));
}

static bool auth_check_chap_md5(const struct ppp_auth_claim *c, const char *password, size_t len,
				struct ppp_auth_reply *reply)
{
	uint8_t digest[MD5_DIGEST_SIZE];

	(void)reply;
	chap_md5(digest, c->id, password, len, c->challenge, c->challenge_len);
	return c->response_len == sizeof(digest) && memeql_sec(c->response, digest, sizeof(digest));
}

static bool auth_check_mschapv2(const struct ppp_auth_claim *c, const char *password, size_t len,
				struct ppp_auth_reply *reply)
{
	struct mschap_exchange x;
	struct mschap_proof proof;
	bool same;

	if (c->challenge_len != MSCHAP_CHALLENGE || c->response_len != MSCHAP_RESPONSE)
		return false;
	x = (struct mschap_exchange){c->challenge, c->response, c->name, c->name_len};
	mschap_prove(&proof, &x, password, len);
	same = memeql_sec(c->response + MSCHAP_NT_AT, proof.nt_response, sizeof(proof.nt_response));
	if (same && reply)
		memcpy(reply->success, proof.success, sizeof(proof.success));
	explicit_bzero(&proof, sizeof(proof));
	return same;
}

bool ppp_auth_check(const struct ppp_auth_claim *claim, const char *password, size_t len,
		    struct ppp_auth_reply *reply)
{
	static bool (*const checks[PPP_AUTHS])(const struct ppp_auth_claim *, const char *, size_t,
					       struct ppp_auth_reply *) = {
		[PPP_AUTH_PAP] = auth_check_pap,
		[PPP_AUTH_CHAP_MD5] = auth_check_chap_md5,
		[PPP_AUTH_MSCHAPV2] = auth_check_mschapv2,
	};

	if (reply)
		memset(reply, 0, sizeof(*reply));
	if ((unsigned)claim->method >= PPP_AUTHS || !checks[claim->method])
		return false;
	return checks[claim->method](claim, password, len, reply);
}
