/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How tables of fields (door_codec.h) are written down: short names, for the files that have some.
 */
#ifndef GW_DP_DOOR_FIELDS_H
#define GW_DP_DOOR_FIELDS_H

#include "gw/dp/door_codec.h"

#include <stddef.h>

/* clang-format off */
#define FIELD(...)   {__VA_ARGS__}
#define OF(s, m)     ((uint16_t)offsetof(s, m))
#define WIDTH(s, m)  ((uint8_t)sizeof(((s *)0)->m))
#define COUNT_OF(a)  (sizeof(a) / sizeof((a)[0]))
#define SHAPE(s, f)  FIELD((f), COUNT_OF(f), sizeof(s))
#define NUM(s, m, n, least, most) \
	FIELD(DOOR_NUM, WIDTH(s, m), OF(s, m), 0, (n), (least), (most), NULL)
#define ANY(s, m)                    NUM(s, m, 1, 0, UINT64_MAX)
#define FLAG(s, m)                   NUM(s, m, 1, 0, 1)
#define RANGE(s, m, least, most)     NUM(s, m, 1, least, most)
#define ARRAY(s, m)                  NUM(s, m[0], COUNT_OF(((s *)0)->m), 0, UINT64_MAX)
#define TEXT(s, m, least, most)      FIELD(DOOR_STRING, 0, OF(s, m), 0, 1, (least), (most), NULL)
#define MAYBE(s, m, most)            FIELD(DOOR_OPTIONAL, 0, OF(s, m), 0, 1, 0, (most), NULL)
#define ADDR(s, m)                   FIELD(DOOR_ADDR, 0, OF(s, m), 0, 1, 0, 0, NULL)
#define CHANNEL(s, m)                FIELD(DOOR_CHANNEL, 0, OF(s, m), 0, 1, 0, 0, NULL)
#define CHANNEL0(s, m)               FIELD(DOOR_CHANNEL0, 0, OF(s, m), 0, 1, 0, 0, NULL)
#define OCTETS(s, m, len, most)      FIELD(DOOR_OCTETS, 0, OF(s, m), OF(s, len), 1, 0, (most), NULL)
#define LIST(s, m, n, least, most, shape) \
	FIELD(DOOR_LIST, 0, OF(s, m), OF(s, n), 1, (least), (most), (shape))
#define EACH_IF(s, m, count, shape, number) \
	FIELD(DOOR_EACH, WIDTH(s, number), OF(s, m), OF(s, number), (count), 0, 0, (shape))
#define STRUCT_SIZE(s, m) \
	FIELD(DOOR_SIZE, sizeof(uint32_t), OF(s, m.size), 0, 1, 0, sizeof(((s *)0)->m), NULL)

#define DOOR_IMPAIR_MILLION 1000000u
#define DOOR_IMPAIR_SET(s, m) \
	RANGE(s, m.loss, 0, DOOR_IMPAIR_MILLION), RANGE(s, m.duplicate, 0, DOOR_IMPAIR_MILLION), \
	RANGE(s, m.reorder, 0, DOOR_IMPAIR_MILLION), RANGE(s, m.corrupt, 0, DOOR_IMPAIR_MILLION), \
	RANGE(s, m.delay, 0, DP_IMPAIR_TIME_MAX), RANGE(s, m.jitter, 0, DP_IMPAIR_TIME_MAX), \
	RANGE(s, m.rate, 0, DP_RATE_MAX), ANY(s, m.seed), ANY(s, m.left)
#define DOOR_IMPAIR_ROW(s, m) \
	ADDR(s, m.circuit), RANGE(s, m.way, 0, DP_IMPAIR_WAYS - 1), FLAG(s, m.configured), \
	FLAG(s, m.on), DOOR_IMPAIR_SET(s, m.set), ARRAY(s, m.n)
/* clang-format on */

#endif
