/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The rows of `show counters`, for metrics too: there also those at zero. */
#ifndef GW_OPERATOR_COUNTERS_H
#define GW_OPERATOR_COUNTERS_H

#include "gw/operator/table.h"

/* What one is called in a table. */
struct counter_name {
	const char *key, *words;
};

struct counter_row {
	const char *where, *key;
	uint64_t count;
	const char *meaning;
	bool reason; /* of what was dropped, refused or tolerated */
};

enum counter_part {
	COUNTER_L2TP,
	COUNTER_PPP, /* and joins */
	COUNTER_AAA,
	COUNTER_CONTROL,
	COUNTER_METRICS,
	COUNTER_DATA,
	COUNTER_XDP,
	COUNTER_PORTS, /* where = the port's name */
};

/* table_row() with a struct counter_row for each counter of the part. */
void counter_part_rows(struct gw *gw, enum counter_part part, struct table_sink *to);

#endif
