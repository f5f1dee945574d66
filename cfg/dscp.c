/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cfg/dscp.h"
#include "cfg/report.h"
#include "cfg/suggest.h"
#include "cfg/value.h"

#include <string.h>

/* RFC 2474, 2597, 3246, 5865, 8622 */
static const struct dscp_name {
	const char *name;
	uint8_t value;
} dscp_names[] = {
	{"cs0", 0},   {"cs1", 8},   {"cs2", 16},  {"cs3", 24},	{"cs4", 32},  {"cs5", 40},
	{"cs6", 48},  {"cs7", 56},  {"af11", 10}, {"af12", 12}, {"af13", 14}, {"af21", 18},
	{"af22", 20}, {"af23", 22}, {"af31", 26}, {"af32", 28}, {"af33", 30}, {"af41", 34},
	{"af42", 36}, {"af43", 38}, {"ef", 46},	  {"va", 44},	{"le", 1},
};
#define NAMES (sizeof(dscp_names) / sizeof(dscp_names[0]))

int cfg_parse_dscp(const char *text)
{
	uint64_t n;

	for (size_t i = 0; i < NAMES; i++)
		if (!strcmp(dscp_names[i].name, text))
			return dscp_names[i].value;
	return cfg_parse_number(&n, text) && n < 64 ? (int)n : -1;
}

/* words: of the key, beside the names; NULL-ended. */
static void dscp_wrong(struct cfg_load *l, const struct cfg_item *it, const struct cfg_value *v,
		       const char *const *words)
{
	struct suggest s;

	suggest_init(&s, v->text);
	for (size_t i = 0; i < NAMES; i++)
		suggest_offer(&s, dscp_names[i].name);
	for (; *words; words++)
		suggest_offer(&s, *words);
	if (s.best)
		cfg_wrong(l, v->line, it, "`%s` is no codepoint, did you mean `%s`?",
			  cfg_shown(l, v), s.best);
	else
		cfg_wrong(l, v->line, it,
			  "`%s` is no codepoint: 0 to 63, or a name as ef, af11 or cs6",
			  cfg_shown(l, v));
}

/* words: those the key has beside codepoints, for these values; NULL-ended. */
static void dscp_set_word(struct cfg_load *l, const struct cfg_item *it, void *obj,
			  const char *text, const char *const *words, const uint8_t *values)
{
	uint8_t *to = (uint8_t *)obj + it->key->offset;
	int n = cfg_parse_dscp(text);

	for (size_t i = 0; n < 0 && words[i]; i++)
		if (!strcmp(text, words[i]))
			n = values[i];
	if (n < 0)
		dscp_wrong(l, it, it->value, words);
	else
		*to = (uint8_t)n;
}

void cfg_dscp_set(struct cfg_load *l, const struct cfg_item *it, void *obj, const char *text)
{
	static const char *const words[] = {"copy", "peer", NULL};
	static const uint8_t values[] = {CFG_DSCP_COPY, CFG_DSCP_PEER};

	dscp_set_word(l, it, obj, text, words, values);
}

void cfg_dscp_set_control(struct cfg_load *l, const struct cfg_item *it, void *obj,
			  const char *text)
{
	static const char *const words[] = {"peer", NULL};
	static const uint8_t values[] = {CFG_DSCP_PEER};

	dscp_set_word(l, it, obj, text, words, values);
}

void cfg_dscp_set_list(struct cfg_load *l, const struct cfg_item *it, void *obj, const char *text)
{
	static const char *const words[] = {NULL};
	uint64_t bits = 0;

	(void)text;
	for (unsigned i = 0; i < it->values; i++) {
		int n = cfg_parse_dscp(it->value[i].text);

		if (n < 0)
			dscp_wrong(l, it, &it->value[i], words);
		else
			bits |= UINT64_C(1) << n;
	}
	memcpy((char *)obj + it->key->offset, &bits, sizeof(bits));
}
