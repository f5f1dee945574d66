/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A packet of RADIUS (RFC 2865): attributes by the names and forms of the dictionary. */
#include "gw/aaa/radius/radius.h"
#include "gw/words/words.h"

#include <stdio.h>

static const struct words_name codes[] = {
	{RADIUS_ACCESS_REQUEST, "Access-Request"},
	{RADIUS_ACCESS_ACCEPT, "Access-Accept"},
	{RADIUS_ACCESS_REJECT, "Access-Reject"},
	{RADIUS_ACCOUNTING_REQUEST, "Accounting-Request"},
	{RADIUS_ACCOUNTING_RESPONSE, "Accounting-Response"},
	{RADIUS_ACCESS_CHALLENGE, "Access-Challenge"},
	{RADIUS_STATUS_SERVER, "Status-Server"},
	{RADIUS_DISCONNECT_REQUEST, "Disconnect-Request"},
	{RADIUS_DISCONNECT_ACK, "Disconnect-ACK"},
	{RADIUS_DISCONNECT_NAK, "Disconnect-NAK"},
	{RADIUS_COA_REQUEST, "CoA-Request"},
	{RADIUS_COA_ACK, "CoA-ACK"},
	{RADIUS_COA_NAK, "CoA-NAK"},
	{0, NULL},
};

/* What proves or hides a secret, or carries one. */
static bool radius_is_secret(enum radius_name name)
{
	static const enum radius_name secret[] = {
		RADIUS_USER_PASSWORD,	  RADIUS_CHAP_PASSWORD,		RADIUS_CHAP_CHALLENGE,
		RADIUS_EAP_MESSAGE,	  RADIUS_MESSAGE_AUTHENTICATOR, RADIUS_STATE,
		RADIUS_MS_CHAP_CHALLENGE, RADIUS_MS_CHAP2_RESPONSE,	RADIUS_MS_CHAP2_SUCCESS,
		RADIUS_MS_CHAP_ERROR,
	};

	for (size_t i = 0; i < sizeof(secret) / sizeof(secret[0]); i++)
		if (secret[i] == name)
			return true;
	return radius_attrs[name].form == RADIUS_SALTED ||
	       radius_attrs[name].form == RADIUS_TAGGED_SALTED;
}

static void radius_addr6(struct words *w, const uint8_t *a, size_t len)
{
	for (size_t i = 0; i < 16; i++)
		words_add(w, "%s%02x", i && !(i & 1) ? ":" : "", i < len ? a[i] : 0);
}

static void radius_prefix(struct words *w, struct rd r)
{
	uint8_t bits;

	rd_skip(&r, 1);
	bits = rd_u8(&r);
	radius_addr6(w, r.p, r.left);
	words_add(w, "/%u", bits);
}

static bool radius_has(const struct rd *r, const char *word)
{
	size_t n = strlen(word);

	for (size_t i = 0; i + n <= r->left; i++)
		if (!memcmp(r->p + i, word, n))
			return true;
	return false;
}

/* "name=value": some names are those of passwords and keys. */
static void radius_pair(struct words *w, struct rd r)
{
	const uint8_t *is = memchr(r.p, '=', r.left);
	struct rd name = rd_sub(&r, is ? (size_t)(is - r.p) + 1 : r.left);

	words_quoted(w, name.p, name.left);
	if (radius_has(&name, "password") || radius_has(&name, "secret") ||
	    radius_has(&name, "key"))
		words_add(w, " not shown");
	else if (r.left)
		words_quoted(w, r.p, r.left);
}

static void radius_value_words(struct words *w, const struct radius_value *v)
{
	uint8_t form = radius_attrs[v->name].form;

	if (radius_is_secret(v->name))
		words_add(w, "%zu octets not shown", v->octets.left);
	else if (v->name == RADIUS_CISCO_AVPAIR)
		radius_pair(w, v->octets);
	else if (form == RADIUS_TEXT || form == RADIUS_TAGGED)
		words_quoted(w, v->octets.p, v->octets.left);
	else if (form == RADIUS_U32 || form == RADIUS_TAGGED_U24)
		words_add(w, "%u", v->number);
	else if (form == RADIUS_ADDR4)
		words_addr4(w, v->number);
	else if (form == RADIUS_ADDR6)
		radius_addr6(w, v->octets.p, v->octets.left);
	else if (form == RADIUS_PREFIX6)
		radius_prefix(w, v->octets);
	else
		words_hex(w, v->octets.p, v->octets.left);
}

void words_radius(struct words *w, const uint8_t *packet, size_t len)
{
	const char *between = ": ";
	struct radius_packet p;
	struct radius_value v;
	struct radius_walk at;
	unsigned others = 0;

	if (!radius_open(&p, packet, len)) {
		words_add(w, "%zu octets that are malformed", len);
		return;
	}
	words_name(w, codes, p.code, "code");
	words_add(w, " id %u", p.id);
	for (at = radius_walk(&p); radius_next(&at, &v);) {
		if (v.name == RADIUS_NAMES) {
			others++;
			continue;
		}
		words_add(w, "%s%s ", between, radius_attrs[v.name].words);
		if (v.tag)
			words_add(w, "(tag %u) ", v.tag);
		radius_value_words(w, &v);
		between = ", ";
	}
	if (others)
		words_add(w, ", %u attributes that are not in the dictionary", others);
}

bool words_radius_user(char *out, size_t cap, const uint8_t *packet, size_t len)
{
	struct radius_packet p;
	struct radius_walk at;
	struct radius_value v;

	if (!radius_open(&p, packet, len))
		return false;
	for (at = radius_walk(&p); radius_next(&at, &v);) {
		if (v.name != RADIUS_USER_NAME)
			continue;
		snprintf(out, cap, "%.*s", (int)v.octets.left, (const char *)v.octets.p);
		return true;
	}
	return false;
}

bool words_radius_is_request(const uint8_t *packet, size_t len)
{
	static const uint8_t requests[] = {RADIUS_ACCESS_REQUEST, RADIUS_ACCOUNTING_REQUEST,
					   RADIUS_STATUS_SERVER, RADIUS_DISCONNECT_REQUEST,
					   RADIUS_COA_REQUEST};

	return len && memchr(requests, packet[0], sizeof(requests));
}
