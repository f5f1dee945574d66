/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Default configuration of an interface, and the ranges of its values. */
#include "transports/x25/x25_int.h"

#define SECONDS 1000000u

void x25_config_default(struct x25_config *c, bool dce)
{
	static const struct x25_timers dte_timers = {.restart = 180 * SECONDS,
						     .call = 200 * SECONDS,
						     .reset = 180 * SECONDS,
						     .clear = 180 * SECONDS,
						     .window = 200 * SECONDS,
						     .resets = 1,
						     .clears = 1};
	static const struct x25_timers dce_timers = {.restart = 60 * SECONDS,
						     .call = 180 * SECONDS,
						     .reset = 60 * SECONDS,
						     .clear = 60 * SECONDS,
						     .resets = 1,
						     .clears = 1};

	*c = (struct x25_config){.dce = dce,
				 .restarts = true,
				 .lci_low = 1,
				 .lci_high = 1024,
				 .size = 7,
				 .size_want = 10,
				 .window = 2,
				 .window_want = 7,
				 .flow_facilities = true,
				 .sdu_max =
					 1600 + 14, /* RFC 1356 3.6, and room for L2TP around it */
				 .timers = dce ? dce_timers : dte_timers};
}

bool x25_config_sane(const struct x25_config *c)
{
	uint8_t windows = c->extended ? 127 : 7;

	return c->size >= 4 && c->size <= 12 && c->size_want >= 4 && c->size_want <= 12 &&
	       c->window && c->window <= windows && c->window_want && c->window_want <= windows &&
	       c->lci_low > c->pvc && c->lci_high >= c->lci_low && c->lci_high <= X25_LCI_MAX &&
	       (!c->two_way_low ||
		(c->two_way_low >= c->lci_low && c->two_way_high <= c->lci_high)) &&
	       c->sdu_max;
}
