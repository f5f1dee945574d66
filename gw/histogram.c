/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "gw/histogram.h"

#include <string.h>

const struct histogram histograms[HISTOGRAM_KINDS] = {
#define X(sym, name, words, ...) {name, words, {__VA_ARGS__}},
	HISTOGRAMS(X)
#undef X
};

static struct histogram_counts histogram_all[HISTOGRAM_KINDS];

void histogram_add(enum histogram_kind k, uint64_t us)
{
	struct histogram_counts *c = &histogram_all[k];
	unsigned i = 0;

	while (i < HISTOGRAM_BOUNDS && us > histograms[k].bound[i])
		i++;
	c->in[i]++;
	c->n++;
	c->sum += us;
}

const struct histogram_counts *histogram_counts(enum histogram_kind k)
{
	return &histogram_all[k];
}

void histogram_clear(void)
{
	memset(histogram_all, 0, sizeof(histogram_all));
}
