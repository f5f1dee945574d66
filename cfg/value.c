/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Text to numbers, times, addresses and prefixes.  Strict: nothing before or behind the value, no
 * sign, no octal, and a time always says its unit, since "retransmit = 10" has been read as seconds
 * by some and milliseconds by others.
 */
#include "cfg/value.h"
#include "cfg/report.h"
#include "cfg/suggest.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <inttypes.h>
#include <string.h>

#define TIME_MAX (UINT64_C(10) * 365 * 86400 * 1000000)

/* The number at the start of text; returns the text after it, NULL when there is none or it has too
 * many digits. */
static const char *value_digits(uint64_t *out, const char *text)
{
	const char *p = text;

	for (*out = 0; isdigit((unsigned char)*p); p++) {
		if (p - text >= 18)
			return NULL;
		*out = *out * 10 + (uint64_t)(*p - '0');
	}
	return p == text ? NULL : p;
}

bool cfg_parse_number(uint64_t *out, const char *text)
{
	const char *end = value_digits(out, text);

	return end && !*end;
}

static const struct unit {
	const char *name;
	uint64_t n; /* us, or bit/s */
} units[] = {
	{"d", UINT64_C(86400000000)},
	{"h", UINT64_C(3600000000)},
	{"m", 60000000},
	{"s", 1000000},
	{"ms", 1000},
	{"us", 1},
};
#define N_UNITS (sizeof(units) / sizeof(units[0]))

bool cfg_parse_time(uint64_t *out, const char *text)
{
	uint64_t n;
	const char *end = value_digits(&n, text);

	if (!end)
		return false;
	*out = 0;
	if (!n && !*end)
		return true;
	for (size_t i = 0; i < N_UNITS; i++)
		if (!strcmp(end, units[i].name)) {
			*out = n * units[i].n;
			return n <= TIME_MAX / units[i].n;
		}
	return false;
}

const char *cfg_time_text(struct arena *a, uint64_t us)
{
	size_t i = 0;

	if (!us)
		return "0";
	while (us % units[i].n)
		i++;
	return arena_printf(a, "%" PRIu64 "%s", us / units[i].n, units[i].name);
}

static const struct unit rate_units[] = {{"G", 1000000000}, {"M", 1000000}, {"k", 1000}, {"", 1}};
#define N_RATE_UNITS (sizeof(rate_units) / sizeof(rate_units[0]))

bool cfg_parse_rate(uint64_t *out, const char *text)
{
	uint64_t n;
	const char *end = value_digits(&n, text);

	for (size_t i = 0; end && i < N_RATE_UNITS; i++)
		if (!strcmp(end, rate_units[i].name)) {
			*out = n * rate_units[i].n;
			return n <= CFG_RATE_MAX / rate_units[i].n;
		}
	return false;
}

const char *cfg_rate_text(struct arena *a, uint64_t bps)
{
	size_t i = 0;

	while (bps % rate_units[i].n)
		i++;
	return bps ? arena_printf(a, "%" PRIu64 "%s", bps / rate_units[i].n, rate_units[i].name)
		   : "0";
}

bool cfg_parse_bool(bool *out, const char *text)
{
	*out = !strcmp(text, "yes");
	return *out || !strcmp(text, "no");
}

bool cfg_parse_ipv4(uint32_t *out, const char *text)
{
	struct in_addr a;

	if (inet_pton(AF_INET, text, &a) != 1)
		return false;
	*out = ntohl(a.s_addr);
	return true;
}

bool cfg_parse_prefix(struct cfg_prefix *out, const char *text)
{
	char host[INET6_ADDRSTRLEN];
	const char *slash = strchr(text, '/');
	size_t len = slash ? (size_t)(slash - text) : strlen(text);
	uint64_t bits;

	memset(out, 0, sizeof(*out));
	if (len >= sizeof(host))
		return false;
	memcpy(host, text, len);
	host[len] = '\0';
	out->v6 = strchr(host, ':') != NULL;
	if (inet_pton(out->v6 ? AF_INET6 : AF_INET, host, out->addr + (out->v6 ? 0 : 12)) != 1)
		return false;
	bits = out->v6 ? 128 : 32;
	if (slash && (!cfg_parse_number(&bits, slash + 1) || bits > (out->v6 ? 128u : 32u)))
		return false;
	out->bits = (uint8_t)bits;
	return true;
}

bool cfg_prefix_mask(struct cfg_prefix *p)
{
	uint8_t *a = p->addr + (p->v6 ? 0 : 12);
	bool any = false;

	for (unsigned i = 0, n = p->v6 ? 16 : 4; i < n; i++) {
		unsigned keep = p->bits >= 8 * (i + 1) ? 8 : p->bits <= 8 * i ? 0 : p->bits - 8 * i;
		uint8_t mask = (uint8_t)(0xff00 >> keep);

		any |= (a[i] & ~mask & 0xff) != 0;
		a[i] &= mask;
	}
	return any;
}

bool cfg_same_prefix(const struct cfg_prefix *a, const struct cfg_prefix *b)
{
	return a->v6 == b->v6 && a->bits == b->bits && !memcmp(a->addr, b->addr, sizeof(a->addr));
}

bool cfg_prefix_holds(const struct cfg_prefix *a, const struct cfg_prefix *b)
{
	struct cfg_prefix x = *b;

	if (a->v6 != b->v6 || a->bits > b->bits)
		return false;
	x.bits = a->bits;
	cfg_prefix_mask(&x);
	return !memcmp(a->addr, x.addr, sizeof(x.addr));
}

const char *cfg_prefix_text(struct arena *a, const struct cfg_prefix *p)
{
	char host[INET6_ADDRSTRLEN] = "";

	inet_ntop(p->v6 ? AF_INET6 : AF_INET, p->addr + (p->v6 ? 0 : 12), host, sizeof(host));
	return arena_printf(a, "%s/%u", host, p->bits);
}

bool cfg_parse_host_port(char *host, size_t cap, uint16_t *port, const char *text)
{
	const char *colon = strrchr(text, ':');
	struct cfg_prefix p;
	bool bracket = *text == '[';
	uint64_t n;
	size_t len;

	if (!colon || !cfg_parse_number(&n, colon + 1) || !n || n > 65535)
		return false;
	len = (size_t)(colon - text);
	if (bracket) {
		if (len < 2 || text[len - 1] != ']')
			return false;
		text++;
		len -= 2;
	}
	if (len >= cap)
		return false;
	memcpy(host, text, len);
	host[len] = '\0';
	*port = (uint16_t)n;
	return !strchr(host, '/') && cfg_parse_prefix(&p, host) && p.v6 == bracket;
}

int cfg_word_index(const char *words, const char *text)
{
	size_t want = strlen(text);

	for (int i = 0; *words; i++) {
		size_t len = strcspn(words, " ");

		if (len == want && !memcmp(words, text, len))
			return i;
		words += len + (words[len] == ' ');
	}
	return -1;
}

/* --- with a report ---------------------------------------------------------------------------- */

static bool value_in_range(const struct cfg_key *k, uint64_t n)
{
	return (!k->min && !k->max) || ((int64_t)n >= k->min && (int64_t)n <= k->max);
}

bool cfg_get_number(struct cfg_load *l, const struct cfg_item *it, const struct cfg_value *v,
		    uint64_t *out)
{
	const struct cfg_key *k = it->key;

	if (cfg_parse_number(out, v->text) && value_in_range(k, *out))
		return true;
	if (!k->min && !k->max)
		cfg_wrong(l, v->line, it, "`%s` is not a number", cfg_shown(l, v));
	else
		cfg_wrong(l, v->line, it, "`%s` is not a number from %" PRId64 " to %" PRId64,
			  cfg_shown(l, v), k->min, k->max);
	return false;
}

bool cfg_get_time(struct cfg_load *l, const struct cfg_item *it, const struct cfg_value *v,
		  uint64_t *out)
{
	const struct cfg_key *k = it->key;
	uint64_t n;

	if (!cfg_parse_time(out, v->text)) {
		if (cfg_parse_number(&n, v->text))
			cfg_wrong(l, v->line, it, "`%s` has no unit; did you mean `%ss`?",
				  cfg_shown(l, v), cfg_shown(l, v));
		else
			cfg_wrong(l, v->line, it,
				  "`%s` is not a time: a number and us, ms, s, m, h or d, as in "
				  "500ms",
				  cfg_shown(l, v));
		return false;
	}
	if (value_in_range(k, *out))
		return true;
	cfg_wrong(l, v->line, it, "`%s` is out of range, %s to %s", cfg_shown(l, v),
		  cfg_time_text(l->scratch, (uint64_t)k->min),
		  cfg_time_text(l->scratch, (uint64_t)k->max));
	return false;
}

bool cfg_get_rate(struct cfg_load *l, const struct cfg_item *it, const struct cfg_value *v,
		  uint64_t *out)
{
	if (cfg_parse_rate(out, v->text) && value_in_range(it->key, *out))
		return true;
	cfg_wrong(l, v->line, it,
		  "`%s` is not a rate up to %s: bits a second, with k, M or G, as in 512k",
		  cfg_shown(l, v), cfg_rate_text(l->scratch, CFG_RATE_MAX));
	return false;
}

bool cfg_get_bool(struct cfg_load *l, const struct cfg_item *it, const struct cfg_value *v,
		  bool *out)
{
	if (cfg_parse_bool(out, v->text))
		return true;
	cfg_wrong(l, v->line, it, "`%s` is neither `yes` nor `no`", cfg_shown(l, v));
	return false;
}

/* "a, b or c" */
static const char *value_listed(struct arena *a, const char *words)
{
	struct arena_buf b = {.a = a};

	arena_add_text(&b, "");
	while (*words) {
		size_t len = strcspn(words, " ");
		const char *rest = words + len + (words[len] == ' ');

		if (b.len)
			arena_add_text(&b, *rest ? ", " : " or ");
		arena_add(&b, words, len);
		words = rest;
	}
	return b.p;
}

bool cfg_get_word(struct cfg_load *l, const struct cfg_item *it, const struct cfg_value *v,
		  unsigned *out)
{
	int i = cfg_word_index(it->key->words, v->text);
	struct suggest s;
	char buf[64];

	if (i >= 0) {
		*out = (unsigned)i;
		return true;
	}
	suggest_init(&s, v->text);
	suggest_offer_words(&s, it->key->words, buf, sizeof(buf));
	if (s.best)
		cfg_wrong(l, v->line, it, "unknown word `%s`, did you mean `%s`?", cfg_shown(l, v),
			  s.best);
	else
		cfg_wrong(l, v->line, it, "unknown word `%s`, known: %s", cfg_shown(l, v),
			  value_listed(l->scratch, it->key->words));
	return false;
}

bool cfg_get_ipv4(struct cfg_load *l, const struct cfg_item *it, const struct cfg_value *v,
		  uint32_t *out)
{
	if (cfg_parse_ipv4(out, v->text) && *out)
		return true;
	cfg_wrong(l, v->line, it, "`%s` is not an IPv4 address", cfg_shown(l, v));
	return false;
}

bool cfg_get_prefix(struct cfg_load *l, const struct cfg_item *it, const struct cfg_value *v,
		    struct cfg_prefix *out)
{
	if (!cfg_parse_prefix(out, v->text)) {
		cfg_wrong(l, v->line, it,
			  "`%s` is not a prefix, as in 10.64.0.0/16 or 2001:db8::/32",
			  cfg_shown(l, v));
		return false;
	}
	if (cfg_prefix_mask(out)) {
		cfg_wrong(l, v->line, it, "`%s` has bits set beyond its length; did you mean `%s`?",
			  cfg_shown(l, v), cfg_prefix_text(l->scratch, out));
		return false;
	}
	return true;
}

const struct cfg_prefix *cfg_get_prefixes(struct cfg_load *l, const struct cfg_item *it,
					  unsigned *n)
{
	struct cfg_prefix *p = arena_get(l->arena, it->values * sizeof(*p));

	*n = 0;
	for (unsigned i = 0; i < it->values; i++)
		if (cfg_get_prefix(l, it, &it->value[i], &p[*n]))
			(*n)++;
	return p;
}
