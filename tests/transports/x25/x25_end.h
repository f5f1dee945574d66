/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A packet layer under test: what it sent and reported. */
#ifndef TESTS_TRANSPORTS_X25_X25_END_H
#define TESTS_TRANSPORTS_X25_X25_END_H

#include "tests/transports/recorder.h"
#include "transports/x25/x25.h"

#define S UINT64_C(1000000)

struct end {
	struct x25 x;
	struct recorder sent;
	struct x25_report reports[64];
	unsigned n_reports;
	uint8_t sdu[2000];
	size_t sdu_len;
	unsigned sdus;
};

struct end *make(const struct x25_config *c);
void drop(struct end *e);
void rx(struct end *e, const char *hex, uint64_t now);
void expect(struct end *e, const char *hex);
const struct x25_report *last(const struct end *e);
/* An interface with this configuration after its restart; sent and reports are empty. */
struct end *started(const struct x25_config *c);
/* An interface after its restart, channels 1 to 16. */
struct end *ready(bool dce);
/* The call of the far end on channel 1 is up: packets of 128 and a window of 2. */
void call_up(struct end *e);
/* ready() and call_up() */
struct end *in_call(bool dce);

#endif
