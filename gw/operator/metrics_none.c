/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Metrics of a build without libmicrohttpd: there are none, and who wants them is told. */
#include "gw/operator/metrics_listen.h"
#include "gw/operator/operator.h"

uint64_t metrics_count(enum metrics_counter c)
{
	(void)c;
	return 0;
}

unsigned metrics_clients(void)
{
	return 0;
}

void metrics_start(struct gw *gw)
{
	if (gw->cfg->metrics_listen)
		GW_LOG(LOG_NOBODY, MAIN, LOGL_ERROR,
		       "metrics: this gateway was built without libmicrohttpd and serves none\n");
}

void metrics_stop(void)
{
}
