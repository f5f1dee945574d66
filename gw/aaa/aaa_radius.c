/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "gw/aaa/aaa_radius.h"

#include <stdlib.h>
#include <string.h>

#define SECOND		   UINT64_C(1000000)
#define ADDRESS_OF_USER	   0xffffffffu /* RFC 2865 5.8: the user says it */
#define ADDRESS_OF_POOL	   0xfffffffeu /* we choose it */
#define MSCHAP_CHALLENGE   16u
#define MSCHAP_RESPONSE	   49u /* peer's challenge 16, reserved 8, response 24, flags 1 */
#define MSCHAP_FLAGS_AT	   48u
#define MSCHAP_SUCCESS_LEN 42u /* "S=" and 40 digits (RFC 2759 section 5) */

/* --- the question ------------------------------------------------------------------------------ */

static bool aaa_radius_put_pap(struct radius_writer *b, const struct ppp_auth_claim *c,
			       struct radius_question *out)
{
	(void)b;
	out->password = c->response;
	out->password_len = c->response_len;
	return c->response_len <= RADIUS_PASSWORD;
}

static bool aaa_radius_put_chap(struct radius_writer *b, const struct ppp_auth_claim *c,
				struct radius_question *out)
{
	uint8_t proof[17];

	(void)out;
	if (c->response_len != sizeof(proof) - 1)
		return false;
	proof[0] = c->id;
	memcpy(proof + 1, c->response, sizeof(proof) - 1);
	radius_put(b, RADIUS_CHAP_PASSWORD, proof, sizeof(proof));
	radius_put(b, RADIUS_CHAP_CHALLENGE, c->challenge, c->challenge_len);
	return true;
}

/* RFC 2548 2.3.2: the flags come second, not last. */
static bool aaa_radius_put_mschap(struct radius_writer *b, const struct ppp_auth_claim *c,
				  struct radius_question *out)
{
	uint8_t proof[2 + MSCHAP_FLAGS_AT];

	(void)out;
	if (c->response_len != MSCHAP_RESPONSE || c->challenge_len != MSCHAP_CHALLENGE)
		return false;
	proof[0] = c->id;
	proof[1] = c->response[MSCHAP_FLAGS_AT];
	memcpy(proof + 2, c->response, MSCHAP_FLAGS_AT);
	radius_put(b, RADIUS_MS_CHAP_CHALLENGE, c->challenge, c->challenge_len);
	radius_put(b, RADIUS_MS_CHAP2_RESPONSE, proof, sizeof(proof));
	return true;
}

/* RFC 3579 3.1: in as many attributes as it takes, one behind the other. */
static bool aaa_radius_put_eap(struct radius_writer *b, const struct ppp_auth_claim *c,
			       struct radius_question *out)
{
	struct rd r = c->eap;

	(void)out;
	while (r.left) {
		size_t n = r.left < RADIUS_VALUE_MAX ? r.left : RADIUS_VALUE_MAX;

		radius_put(b, RADIUS_EAP_MESSAGE, rd_take(&r, n), n);
	}
	return c->eap.left;
}

static bool (*const aaa_radius_put_claim[PPP_AUTHS])(struct radius_writer *b,
						     const struct ppp_auth_claim *c,
						     struct radius_question *out) = {
	[PPP_AUTH_PAP] = aaa_radius_put_pap,
	[PPP_AUTH_CHAP_MD5] = aaa_radius_put_chap,
	[PPP_AUTH_MSCHAPV2] = aaa_radius_put_mschap,
	[PPP_AUTH_EAP] = aaa_radius_put_eap,
};

uint8_t aaa_port_type(enum aaa_medium m)
{
	static const uint8_t types[AAA_MEDIA] = {
		[AAA_VIRTUAL] = RADIUS_PORT_VIRTUAL,
		[AAA_ASYNC] = 0,
		[AAA_SYNC] = 1,
		[AAA_X25] = 8,
		[AAA_PPPOA] = 30,
		[AAA_PPPOE] = 32,
	};

	return types[m];
}

/* RFC 2865 5.6: a call is asked about before it is taken, a realm on behalf of nobody; only a user
 * wants PPP. */
static const uint8_t aaa_radius_services[CFG_ASKS] = {
	[CFG_ASK_USER] = RADIUS_SERVICE_FRAMED,
	[CFG_ASK_REALM] = RADIUS_SERVICE_OUTBOUND,
	[CFG_ASK_CALLED] = RADIUS_SERVICE_CALL_CHECK,
	[CFG_ASK_CALLING] = RADIUS_SERVICE_CALL_CHECK,
	[CFG_ASK_CIRCUIT] = RADIUS_SERVICE_CALL_CHECK,
};

static void aaa_radius_put_service(struct radius_writer *b, const struct aaa_question *q)
{
	uint8_t service = q->lac.radius ? aaa_radius_services[q->lac.ask] : RADIUS_SERVICE_FRAMED;

	radius_put_u32(b, RADIUS_SERVICE_TYPE, service);
	if (service == RADIUS_SERVICE_FRAMED)
		radius_put_u32(b, RADIUS_FRAMED_PROTOCOL, RADIUS_FRAMED_PPP);
}

bool aaa_radius_question(const struct aaa_question *q, const char *nas_identifier, uint8_t *buf,
			 struct radius_question *out)
{
	struct radius_writer b = {.w = wr_init(buf, RADIUS_ATTRS_MAX)};
	const struct ppp_auth_claim *c = q->claim;
	const struct rd user = realm_asked(q->service, c);

	*out = (struct radius_question){.code = RADIUS_ACCESS_REQUEST, .attrs = buf};
	if (!aaa_radius_put_claim[c->method] || !c->name_len)
		return false;
	radius_put(&b, RADIUS_USER_NAME, user.p, user.left);
	if (!aaa_radius_put_claim[c->method](&b, c, out))
		return false;
	if (q->state) {
		radius_put(&b, RADIUS_STATE, q->state->octets, q->state->len);
		out->only = q->state->server;
	}
	if (c->method == PPP_AUTH_EAP && q->mtu) /* RFC 3579 2.4 */
		radius_put_u32(&b, RADIUS_FRAMED_MTU, q->mtu);
	radius_put_text(&b, RADIUS_NAS_IDENTIFIER, nas_identifier);
	radius_put_u32(&b, RADIUS_NAS_PORT_TYPE, aaa_port_type(q->medium));
	radius_put_text(&b, RADIUS_NAS_PORT_ID, q->source_text);
	radius_put_text(&b, RADIUS_CALLED_STATION_ID, q->called);
	radius_put_text(&b, RADIUS_CALLING_STATION_ID, q->calling);
	aaa_radius_put_service(&b, q);
	radius_acct_put_access(&b, q->access, q->access_len);
	out->len = b.w.len;
	return !b.w.bad;
}

/* --- the answer -------------------------------------------------------------------------------- */

struct aaa_radius_read {
	struct {
		const struct radius_answer *answer;
		const struct ppp_auth_claim *claim;
	} a;
	struct aaa_answer *out;
	struct grant_draft *d;
	struct rate_draft rate;
	const char *why; /* the user cannot be let in */
};

static void aaa_radius_address(struct aaa_radius_read *r, const struct radius_value *v)
{
	if (v->number != ADDRESS_OF_USER && v->number != ADDRESS_OF_POOL)
		r->out->address4 = v->number;
}

static void aaa_radius_session(struct aaa_radius_read *r, const struct radius_value *v)
{
	r->out->session = v->number * SECOND;
}

static void aaa_radius_idle(struct aaa_radius_read *r, const struct radius_value *v)
{
	r->out->idle = v->number * SECOND;
}

/* RFC 2865 5.6: what is not known here is a refusal. */
static void aaa_radius_service(struct aaa_radius_read *r, const struct radius_value *v)
{
	if (v->number != RADIUS_SERVICE_FRAMED)
		r->why = "a Service-Type that is not Framed";
}

static void aaa_radius_protocol(struct aaa_radius_read *r, const struct radius_value *v)
{
	if (v->number != RADIUS_FRAMED_PPP)
		r->why = "a Framed-Protocol that is not PPP";
}

/* Identifier, "S=" and 40 digits of upper case (RFC 2548 2.3.3, RFC 2759 section 5).  What they
 * prove only the client can tell. */
static void aaa_radius_success(struct aaa_radius_read *r, const struct radius_value *v)
{
	const char *text = (const char *)v->octets.p + 1;
	char *to = r->out->reply.success;

	if (v->octets.p[0] != r->a.claim->id || strncmp(text, "S=", 2) != 0) {
		r->why = "a MS-CHAP2-Success of another response";
		return;
	}
	for (unsigned i = 2; i < MSCHAP_SUCCESS_LEN; i++)
		if (!strchr("0123456789ABCDEF", text[i]) || !text[i]) {
			r->why = "a MS-CHAP2-Success with other than digits";
			return;
		}
	memcpy(to, text, MSCHAP_SUCCESS_LEN);
	to[MSCHAP_SUCCESS_LEN] = '\0';
}

/* Keys for a cipher that data does not have (RFC 2548 2.4.2).  One that the secret does not reveal
 * is no key: the answer was spoilt. */
static void aaa_radius_key(struct aaa_radius_read *r, const struct radius_value *v)
{
	uint8_t key[RADIUS_VALUE_MAX];

	if (radius_reveal(v, r->a.answer->request, r->a.answer->secret, strlen(r->a.answer->secret),
			  key) <= 0)
		r->why = "a key that the secret does not reveal";
	explicit_bzero(key, sizeof(key));
}

/* Behind the identifier "E=648 R=1 C=... V=3 M=words" (RFC 2548 2.1.5).  The number is what the
 * client goes by; words of its own come before these. */
static void aaa_radius_error(struct aaa_radius_read *r, const struct radius_value *v)
{
	char text[RADIUS_VALUE_MAX + 1], *words;
	size_t n = v->octets.left - 1;
	unsigned long error;

	memcpy(text, v->octets.p + 1, n);
	text[n] = '\0';
	error = strncmp(text, "E=", 2) ? 0 : strtoul(text + 2, NULL, 10);
	r->out->reply.error = error > UINT16_MAX ? 0 : (uint16_t)error;
	words = strstr(text, " M=");
	if (words)
		grant_say(r->d, words + 3);
}

static const struct {
	enum radius_name name;
	void (*read)(struct aaa_radius_read *r, const struct radius_value *v);
} aaa_radius_rows[] = {
	{RADIUS_FRAMED_IP_ADDRESS, aaa_radius_address},
	{RADIUS_SESSION_TIMEOUT, aaa_radius_session},
	{RADIUS_IDLE_TIMEOUT, aaa_radius_idle},
	{RADIUS_SERVICE_TYPE, aaa_radius_service},
	{RADIUS_FRAMED_PROTOCOL, aaa_radius_protocol},
	{RADIUS_MS_CHAP2_SUCCESS, aaa_radius_success},
	{RADIUS_MS_MPPE_SEND_KEY, aaa_radius_key},
	{RADIUS_MS_MPPE_RECV_KEY, aaa_radius_key},
};

static void aaa_radius_read_value(struct aaa_radius_read *r, const struct radius_value *v)
{
	for (size_t i = 0; i < sizeof(aaa_radius_rows) / sizeof(aaa_radius_rows[0]); i++)
		if (aaa_radius_rows[i].name == v->name)
			aaa_radius_rows[i].read(r, v);
}

static void aaa_radius_read_all(struct aaa_radius_read *r)
{
	struct radius_walk at = radius_walk(&r->a.answer->packet);
	struct radius_value v;

	while (!r->why && radius_next(&at, &v)) {
		r->why = grant_add(r->d, &v);
		if (!r->why)
			r->why = rate_add(&r->rate, &v);
		if (!r->why)
			aaa_radius_read_value(r, &v);
	}
	r->out->rates = r->rate.rates;
}

/* Of a refusal only what it says to the client. */
static void aaa_radius_read_refusal(struct aaa_radius_read *r)
{
	struct radius_walk at = radius_walk(&r->a.answer->packet);
	struct radius_value v;

	while (radius_next(&at, &v)) {
		if (v.name == RADIUS_REPLY_MESSAGE)
			grant_add(r->d, &v);
		else if (v.name == RADIUS_MS_CHAP_ERROR)
			aaa_radius_error(r, &v);
	}
}

/* False: there is no room for it. */
static bool aaa_radius_eap_part(struct aaa_eap *out, struct rd part)
{
	if (part.left > sizeof(out->packet) - out->len)
		return false;
	memcpy(out->packet + out->len, part.p, part.left);
	out->len = (uint16_t)(out->len + part.left);
	return true;
}

bool aaa_radius_challenge(const struct radius_answer *a, const struct ppp_auth_claim *claim,
			  struct aaa_eap *out)
{
	struct radius_walk at = radius_walk(&a->packet);
	struct radius_value v;
	bool ok = true;

	*out = (struct aaa_eap){.state = {.server = a->server + 1}};
	if (a->packet.code != RADIUS_ACCESS_CHALLENGE || claim->method != PPP_AUTH_EAP)
		return false;
	while (ok && radius_next(&at, &v)) {
		if (v.name == RADIUS_EAP_MESSAGE)
			ok = aaa_radius_eap_part(out, v.octets);
		if (v.name != RADIUS_STATE)
			continue;
		out->state.len = (uint8_t)v.octets.left;
		memcpy(out->state.octets, v.octets.p, v.octets.left);
	}
	return ok && out->len && out->state.len;
}

bool aaa_radius_answer(const struct radius_answer *a, const struct ppp_auth_claim *claim,
		       struct aaa_answer *out, struct grant_draft *d, const char **why)
{
	struct aaa_radius_read r = {.a = {a, claim}, .out = out, .d = d};

	*out = (struct aaa_answer){.idle = CFG_OF_SERVICE, .session = CFG_OF_SERVICE};
	grant_begin(d);
	rate_begin(&r.rate);
	if (a->packet.code == RADIUS_ACCESS_REJECT)
		r.why = "refused by the server";
	else if (a->packet.code != RADIUS_ACCESS_ACCEPT)
		r.why = "an answer that this method does not have";
	if (r.why)
		aaa_radius_read_refusal(&r);
	else
		aaa_radius_read_all(&r);
	if (!r.why && claim->method == PPP_AUTH_MSCHAPV2 && !*out->reply.success)
		r.why = "no MS-CHAP2-Success";
	out->grant = &d->g;
	out->message = *d->message ? d->message : NULL;
	out->ok = !r.why;
	*why = r.why;
	return out->ok;
}

/* --- a LAC's ----------------------------------------------------------------------------------- */

static const char *aaa_radius_lac_refuses(const struct radius_answer *a)
{
	struct radius_walk at = radius_walk(&a->packet);
	struct radius_value v;

	if (a->packet.code == RADIUS_ACCESS_REJECT)
		return "refused by the server";
	if (a->packet.code != RADIUS_ACCESS_ACCEPT)
		return "an answer that this method does not have";
	while (radius_next(&at, &v))
		if (v.name == RADIUS_SERVICE_TYPE && v.number != RADIUS_SERVICE_FRAMED &&
		    v.number != RADIUS_SERVICE_OUTBOUND && v.number != RADIUS_SERVICE_CALL_CHECK)
			return "a Service-Type that is not Framed, Outbound or Call-Check";
	return NULL;
}

bool aaa_radius_lac_answer(const struct radius_answer *a, struct aaa_answer *out,
			   struct radius_tunnels **tunnels, struct grant_draft *d, const char **why)
{
	struct radius_walk at = radius_walk(&a->packet);
	struct radius_value v;
	bool memory;

	*out = (struct aaa_answer){.idle = CFG_OF_SERVICE, .session = CFG_OF_SERVICE};
	*tunnels = NULL;
	grant_begin(d);
	while (radius_next(&at, &v))
		if (v.name == RADIUS_REPLY_MESSAGE)
			grant_add(d, &v);
	*why = aaa_radius_lac_refuses(a);
	if (!*why) {
		*tunnels = radius_tunnels_read(&a->packet, a->request, a->secret, strlen(a->secret),
					       &memory);
		*why = memory ? NULL : "out of memory";
	}
	out->tunnels = *tunnels;
	out->message = *d->message ? d->message : NULL;
	out->ok = !*why;
	return out->ok;
}
