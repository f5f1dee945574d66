/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "gw/aaa/aaa_radius.h"

#include <string.h>

#define SECOND		   UINT64_C(1000000)
#define SERVICE_FRAMED	   2u	       /* Service-Type, RFC 2865 5.6 */
#define PROTOCOL_PPP	   1u	       /* Framed-Protocol, RFC 2865 5.7 */
#define PORT_VIRTUAL	   5u	       /* NAS-Port-Type, RFC 2865 5.41 */
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

static bool (*const aaa_radius_put_claim[PPP_AUTHS])(struct radius_writer *b,
						     const struct ppp_auth_claim *c,
						     struct radius_question *out) = {
	[PPP_AUTH_PAP] = aaa_radius_put_pap,
	[PPP_AUTH_CHAP_MD5] = aaa_radius_put_chap,
	[PPP_AUTH_MSCHAPV2] = aaa_radius_put_mschap,
};

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
	radius_put_text(&b, RADIUS_NAS_IDENTIFIER, nas_identifier);
	radius_put_u32(&b, RADIUS_NAS_PORT_TYPE, PORT_VIRTUAL);
	radius_put_text(&b, RADIUS_NAS_PORT_ID, q->source_text);
	radius_put_text(&b, RADIUS_CALLED_STATION_ID, q->called);
	radius_put_text(&b, RADIUS_CALLING_STATION_ID, q->calling);
	radius_put_u32(&b, RADIUS_SERVICE_TYPE, SERVICE_FRAMED);
	radius_put_u32(&b, RADIUS_FRAMED_PROTOCOL, PROTOCOL_PPP);
	out->len = b.w.len;
	return !b.w.bad;
}

/* --- the answer -------------------------------------------------------------------------------- */

struct aaa_radius_read {
	struct aaa_answer *out;
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
	if (v->number != SERVICE_FRAMED)
		r->why = "a Service-Type that is not Framed";
}

static void aaa_radius_protocol(struct aaa_radius_read *r, const struct radius_value *v)
{
	if (v->number != PROTOCOL_PPP)
		r->why = "a Framed-Protocol that is not PPP";
}

/* Behind the identifier. */
static void aaa_radius_success(struct aaa_radius_read *r, const struct radius_value *v)
{
	char *to = r->out->reply.success;

	memcpy(to, v->octets.p + 1, MSCHAP_SUCCESS_LEN);
	to[MSCHAP_SUCCESS_LEN] = '\0';
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
};

static void aaa_radius_read_value(struct aaa_radius_read *r, const struct radius_value *v)
{
	for (size_t i = 0; i < sizeof(aaa_radius_rows) / sizeof(aaa_radius_rows[0]); i++)
		if (aaa_radius_rows[i].name == v->name)
			aaa_radius_rows[i].read(r, v);
}

static void aaa_radius_read_all(struct aaa_radius_read *r, struct grant_draft *d,
				const struct radius_packet *p)
{
	struct radius_walk at = radius_walk(p);
	struct radius_value v;

	while (!r->why && radius_next(&at, &v)) {
		r->why = grant_add(d, &v);
		if (!r->why)
			aaa_radius_read_value(r, &v);
	}
}

/* Of a refusal nothing else counts. */
static void aaa_radius_read_message(struct grant_draft *d, const struct radius_packet *p)
{
	struct radius_walk at = radius_walk(p);
	struct radius_value v;

	while (radius_next(&at, &v))
		if (v.name == RADIUS_REPLY_MESSAGE)
			grant_add(d, &v);
}

bool aaa_radius_answer(const struct radius_answer *a, enum ppp_auth method, struct aaa_answer *out,
		       struct grant_draft *d, const char **why)
{
	struct aaa_radius_read r = {.out = out};

	*out = (struct aaa_answer){.idle = CFG_OF_SERVICE, .session = CFG_OF_SERVICE};
	grant_begin(d);
	if (a->packet.code == RADIUS_ACCESS_REJECT)
		r.why = "refused by the server";
	else if (a->packet.code != RADIUS_ACCESS_ACCEPT)
		r.why = "an answer that this method does not have";
	if (r.why)
		aaa_radius_read_message(d, &a->packet);
	else
		aaa_radius_read_all(&r, d, &a->packet);
	if (!r.why && method == PPP_AUTH_MSCHAPV2 && strncmp(out->reply.success, "S=", 2) != 0)
		r.why = "no MS-CHAP2-Success";
	out->grant = &d->g;
	out->message = *d->message ? d->message : NULL;
	out->ok = !r.why;
	*why = r.why;
	return out->ok;
}
