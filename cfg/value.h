/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Values in their written form.  The cfg_parse_* functions only read; the cfg_get_* functions take
 * a value of an item, and report a mistake in it and return false.
 */
#ifndef CFG_VALUE_H
#define CFG_VALUE_H

#include "cfg/schema.h"

bool cfg_parse_number(uint64_t *out, const char *text);
/* "10s" "500ms" "2m" "1h" "1d", "0"; us, at most 10 years. */
bool cfg_parse_bool(bool *out, const char *text);
bool cfg_parse_ipv4(uint32_t *out, const char *text);
/* "10.0.0.0/8"; an address alone has the length of all its bits. */
bool cfg_parse_prefix(struct cfg_prefix *out, const char *text);
/* "127.0.0.1:4246", "[::1]:4246": host copied without brackets. */
bool cfg_parse_host_port(char *host, size_t cap, uint16_t *port, const char *text);

/* "10s", the largest unit that says it exactly. */
const char *cfg_time_text(struct arena *a, uint64_t us);
/* "2M" likewise; bit/s. */
const char *cfg_rate_text(struct arena *a, uint64_t bps);
const char *cfg_prefix_text(struct arena *a, const struct cfg_prefix *p);
/* Clear the bits beyond the prefix length; true when any was set. */
bool cfg_prefix_mask(struct cfg_prefix *p);
/* Does a hold all of b? */
bool cfg_prefix_holds(const struct cfg_prefix *a, const struct cfg_prefix *b);

bool cfg_get_number(struct cfg_load *l, const struct cfg_item *it, const struct cfg_value *v,
		    uint64_t *out);
bool cfg_get_time(struct cfg_load *l, const struct cfg_item *it, const struct cfg_value *v,
		  uint64_t *out);
bool cfg_get_rate(struct cfg_load *l, const struct cfg_item *it, const struct cfg_value *v,
		  uint64_t *out);
bool cfg_get_bool(struct cfg_load *l, const struct cfg_item *it, const struct cfg_value *v,
		  bool *out);
/* Index of the word among the row's words. */
bool cfg_get_word(struct cfg_load *l, const struct cfg_item *it, const struct cfg_value *v,
		  unsigned *out);
bool cfg_get_ipv4(struct cfg_load *l, const struct cfg_item *it, const struct cfg_value *v,
		  uint32_t *out);
/* No bit beyond the length may be set. */
bool cfg_get_prefix(struct cfg_load *l, const struct cfg_item *it, const struct cfg_value *v,
		    struct cfg_prefix *out);
/* All values of a list, *n of them good, in the model's memory. */
const struct cfg_prefix *cfg_get_prefixes(struct cfg_load *l, const struct cfg_item *it,
					  unsigned *n);

/* Is text one of the words (blanks between)?  Its index, or -1. */
int cfg_word_index(const char *words, const char *text);

#endif
