/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The dictionary, found by vendor and type. */
#include "gw/aaa/radius/radius.h"

const struct radius_attr radius_attrs[RADIUS_NAMES] = {
#define RADIUS_AS_ROW(name, vendor, type, form, least, most, words) \
	[RADIUS_##name] = {words, vendor, type, RADIUS_##form, least, most},
	RADIUS_DICTIONARY(RADIUS_AS_ROW)
#undef RADIUS_AS_ROW
};

enum radius_name radius_find(uint32_t vendor, uint8_t type)
{
	unsigned i = 0;

	while (i < RADIUS_NAMES &&
	       (radius_attrs[i].vendor != vendor || radius_attrs[i].type != type))
		i++;
	return (enum radius_name)i;
}
