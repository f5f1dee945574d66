/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "gw/dp/port_check.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define DIGITS_MAX  18u					  /* no overflow in 63 bits */
#define TIME_MOST   (INT64_C(10) * 365 * 86400 * 1000000) /* us, as in the configuration */
#define ADDRESS_MAX 256u

struct port_words {
	char *at;
	size_t len;
};

static int port_check_wrong(const struct port_words *err, const char *key, const char *words)
{
	snprintf(err->at, err->len, "%s: %s", key, words);
	return -EINVAL;
}

/* --- values ----------------------------------------------------------------------------------- */

static bool port_check_number(const struct ist_key *k, const char *text)
{
	size_t n = strspn(text, "0123456789");
	int64_t v = 0;

	if (!n || text[n] || n > DIGITS_MAX)
		return false;
	for (size_t i = 0; i < n; i++)
		v = v * 10 + (text[i] - '0');
	if (k->kind == IST_KEY_TIME && v > TIME_MOST)
		return false;
	return (!k->min && !k->max) || (v >= k->min && v <= k->max);
}

static bool port_check_bool(const struct ist_key *k, const char *text)
{
	(void)k;
	return !strcmp(text, "yes") || !strcmp(text, "no");
}

static bool port_check_word(const struct ist_key *k, const char *text)
{
	size_t len = strlen(text);

	for (const char *w = k->words; w && *w; w += strspn(w, " ")) {
		size_t n = strcspn(w, " ");

		if (n == len && !strncmp(w, text, n))
			return true;
		w += n;
	}
	return false;
}

static bool port_check_text(const struct ist_key *k, const char *text)
{
	(void)k;
	(void)text;
	return true;
}

static bool (*const port_check_value[])(const struct ist_key *k, const char *text) = {
	[IST_KEY_TEXT] = port_check_text,   [IST_KEY_NUMBER] = port_check_number,
	[IST_KEY_BOOL] = port_check_bool,   [IST_KEY_WORD] = port_check_word,
	[IST_KEY_TIME] = port_check_number, [IST_KEY_LIST] = port_check_text,
};

/* --- settings --------------------------------------------------------------------------------- */

static const struct ist_key *port_check_find(const struct ist_transport *t, const char *name,
					     unsigned level)
{
	for (const struct ist_key *k = t->keys; k && k->name; k++)
		if (k->flags & level && !strcmp(k->name, name))
			return k;
	return NULL;
}

static unsigned port_check_given(const struct ist_setting *s, unsigned n, const char *key)
{
	unsigned given = 0;

	for (unsigned i = 0; i < n; i++)
		given += !strcmp(s[i].key, key);
	return given;
}

/* A key that is required or has a default is always there, and only a list comes twice. */
static int port_check_presence(const struct ist_transport *t, const struct ist_setting *s,
			       unsigned n, unsigned level, const struct port_words *err)
{
	for (const struct ist_key *k = t->keys; k && k->name; k++) {
		unsigned given;

		if (!(k->flags & level))
			continue;
		given = port_check_given(s, n, k->name);
		if (!given && (k->flags & IST_KEY_REQUIRED || k->deflt))
			return port_check_wrong(err, k->name, "is missing");
		if (given > 1 && k->kind != IST_KEY_LIST)
			return port_check_wrong(err, k->name, "is given twice");
	}
	return 0;
}

static int port_check_settings(const struct ist_transport *t, const struct ist_setting *s,
			       unsigned n, unsigned level, const struct port_words *err)
{
	for (unsigned i = 0; i < n; i++) {
		const struct ist_key *k = port_check_find(t, s[i].key, level);

		if (!k)
			return port_check_wrong(err, s[i].key, "is no key of this transport");
		if (k->kind > IST_KEY_LIST || !port_check_value[k->kind](k, s[i].value))
			return port_check_wrong(err, k->name, "its value is not in range");
	}
	return port_check_presence(t, s, n, level, err);
}

/* --- circuits --------------------------------------------------------------------------------- */

bool port_check_addr(const struct ist_transport *t, const struct ist_addr *a)
{
	char text[ADDRESS_MAX];
	struct ist_addr again;
	int n;

	if (!t->addr_format || !t->addr_parse)
		return false;
	n = t->addr_format(a, text, sizeof(text));
	memset(&again, 0, sizeof(again));
	return n > 0 && (size_t)n < sizeof(text) && !t->addr_parse(&again, text) &&
	       !memcmp(&again, a, sizeof(again));
}

static uint32_t port_check_able(const struct ist_transport *t)
{
	return (t->caps & IST_CAP_L2TP ? 1u << IST_PAYLOAD_L2TP : 0) |
	       (t->caps & IST_CAP_PPP ? 1u << IST_PAYLOAD_PPP : 0);
}

static int port_check_circuit(const struct ist_transport *t, const struct ist_circuit_config *c,
			      const struct port_words *err)
{
	const char *word = t->circuit_word ? t->circuit_word : "channel";

	if (!port_check_addr(t, &c->addr))
		return port_check_wrong(err, word, "its address is none of this transport");
	if (!c->payloads || c->payloads & ~port_check_able(t))
		return port_check_wrong(err, word, "this transport does not carry its payload");
	return port_check_settings(t, c->setting, c->settings, IST_KEY_CIRCUIT, err);
}

int port_check(const struct ist_transport *t, const struct ist_port_config *cfg, char *err,
	       size_t err_len)
{
	const struct port_words words = {err, err_len};
	int rc = port_check_settings(t, cfg->setting, cfg->settings, IST_KEY_PORT, &words);

	for (unsigned i = 0; !rc && i < cfg->circuits; i++)
		rc = port_check_circuit(t, &cfg->circuit[i], &words);
	if (!rc && IST_HAS(t, check) && t->check)
		rc = t->check(cfg, NULL, 0, err, err_len);
	return rc < 0 ? rc : 0;
}
