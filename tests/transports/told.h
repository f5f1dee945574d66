/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a port or a link tells of its offloads, as text. */
#ifndef TESTS_TRANSPORTS_TOLD_H
#define TESTS_TRANSPORTS_TOLD_H

#include "tests/transports/host.h"

/* A line each: words, state, errno if it is refused, hint if there is one; sizes are the machine's
 * and left out.  Valid until the next call. */
const char *told_rows(const struct ist_offload *o, unsigned n);
/* Those of a port, which writes as many as fit and no more. */
const char *told_port(struct fake_host *h);
/* One of them, by its words; FAILS when there is none. */
struct ist_offload told_row(struct fake_host *h, const char *words);

#endif
