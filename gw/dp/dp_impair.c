/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Bad lines as control asks for them; calls of a port that has one are not the XDP program's. */
#include "gw/dp/dp_int.h"

#include <errno.h>
#include <string.h>

/* As dp_impair_rows(), or -errno: not known, so nothing is believed to have changed. */
static int dp_impair_ask(struct dp *dp, unsigned port)
{
	struct door_msg m = {.kind = DOOR_IMPAIR_ROWS, .port_ask = {port, DP_IMPAIR_ROWS}};
	const struct door_answer *a = &dp->answer.answer;
	bool on = false;
	int rc;

	if (port >= DP_PORTS || !dp->port[port].open)
		return -ENOENT;
	rc = dp_ask(dp, &m);
	if (rc || dp->answer.kind != DOOR_IMPAIRED)
		return rc ? rc : -EPROTO;
	for (unsigned i = 0; i < a->impair_rows; i++)
		on |= a->impair_row[i].on;
	dp_fast_impair(dp, port, on);
	return (int)a->impair_rows;
}

int dp_impair_set(struct dp *dp, unsigned port, const struct ist_addr *circuit,
		  enum dp_impair_way way, const struct dp_impair *set, bool configured)
{
	struct door_msg m = {
		.kind = DOOR_IMPAIR,
		.impair = {.port = port, .way = way, .configured = configured, .off = !set}};
	int rc;

	if (port >= DP_PORTS || !dp->port[port].open)
		return -ENOENT;
	if (circuit)
		m.impair.circuit = *circuit;
	if (set)
		m.impair.set = *set;
	rc = dp_ask(dp, &m);
	if (!rc)
		dp_impair_ask(dp, port);
	return rc;
}

unsigned dp_impair_rows(struct dp *dp, unsigned port, struct dp_impair_row *out, unsigned n)
{
	int rows = dp_impair_ask(dp, port);

	if (rows <= 0)
		return 0;
	if ((unsigned)rows < n)
		n = (unsigned)rows;
	memcpy(out, dp->answer.answer.impair_row, n * sizeof(*out));
	return n;
}
