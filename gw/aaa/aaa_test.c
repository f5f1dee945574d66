/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "gw/aaa/aaa_int.h"
#include "gw/aaa/aaa_radius.h"
#include "gw/aaa/radius_client.h"
#include "gw/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct aaa_test {
	struct radius_client *client;
	struct radius_request *request;
	aaa_tested done;
	void *ctx;
};

/* Its Reply-Message, for people; "" without one. */
static void aaa_test_message(const struct radius_answer *a, char *buf, size_t cap)
{
	struct radius_walk at = radius_walk(&a->packet);
	struct radius_value v;

	*buf = '\0';
	while (!*buf && radius_next(&at, &v))
		if (v.name == RADIUS_REPLY_MESSAGE)
			gw_printable(buf, cap, (const char *)v.octets.p, v.octets.left);
}

static const char *aaa_test_code(uint8_t code)
{
	return code == RADIUS_ACCESS_ACCEPT   ? "Access-Accept"
	       : code == RADIUS_ACCESS_REJECT ? "Access-Reject"
					      : "Access-Challenge";
}

static void aaa_test_answered(void *ctx, const struct radius_answer *a, uint64_t now)
{
	struct aaa_test *t = ctx;
	char message[120], words[AAA_TEST_WORDS] = "no server has answered";
	const struct cfg_radius_server *s = a ? radius_client_server(t->client, a->server) : NULL;

	if (a) {
		aaa_test_message(a, message, sizeof(message));
		snprintf(words, sizeof(words), "%s of %s%s%s", aaa_test_code(a->packet.code),
			 s ? s->text : "-", *message ? ": " : "", message);
	}
	t->done(t->ctx, a && a->packet.code == RADIUS_ACCESS_ACCEPT, words, now);
	free(t);
}

/* False: the claim is longer than one can be. */
static bool aaa_test_claim(struct ppp_auth_claim *c, const char *user, const char *password)
{
	const size_t n = strlen(user), p = strlen(password);

	if (!n || n > PPP_NAME_MAX || p > RADIUS_PASSWORD)
		return false;
	*c = (struct ppp_auth_claim){
		.method = PPP_AUTH_PAP, .name_len = (uint16_t)n, .response_len = (uint8_t)p};
	memcpy(c->name, user, n);
	memcpy(c->response, password, p);
	return true;
}

static const char *aaa_test_ask(struct aaa_test *t, const char *user, const char *password,
				uint64_t now)
{
	struct ppp_auth_claim claim;
	const struct aaa_question q = {.claim = &claim};
	uint8_t attrs[RADIUS_ATTRS_MAX];
	struct radius_question out;

	const char *words = "the name or the password is too long";

	if (aaa_test_claim(&claim, user, password) &&
	    aaa_radius_question(&q, radius_client_cfg(t->client)->nas_identifier, attrs, &out)) {
		t->request = radius_client_ask(t->client, &out, aaa_test_answered, t, now);
		words = t->request ? NULL : "out of memory";
	}
	explicit_bzero(&claim, sizeof(claim));
	return words;
}

struct aaa_test *aaa_test(struct aaa *a, const struct cfg_radius *radius, const char *user,
			  const char *password, aaa_tested done, void *ctx, const char **words,
			  uint64_t now)
{
	struct aaa_test *t = malloc(sizeof(*t));

	*words = "out of memory";
	if (!t)
		return NULL;
	*t = (struct aaa_test){.client = aaa_client_of(a, radius), .done = done, .ctx = ctx};
	*words = t->client ? aaa_test_ask(t, user, password, now) : "there is no such section";
	if (!*words)
		return t;
	free(t);
	return NULL;
}

void aaa_test_cancel(struct aaa_test *t)
{
	radius_client_cancel(t->client, t->request);
	free(t);
}
