/* SPDX-License-Identifier: GPL-2.0-or-later */
/* An end of a LAPB link under test: what it sent, delivered and reported. */
#ifndef TESTS_TRANSPORTS_X25_LAPB_END_H
#define TESTS_TRANSPORTS_X25_LAPB_END_H

#include "tests/transports/recorder.h"
#include "transports/x25/lapb.h"

#define S 1000000u

struct end {
	struct lapb l;
	void *store;
	struct recorder sent;
	uint8_t got[64][1100];
	size_t got_len[64];
	unsigned gots;
	enum lapb_report reports[64];
	unsigned n_reports;
};

/* T1 is 3 s, N2 20, the pause before another set-up 30 s. */
struct end *lapb_make(bool dce, bool extended, bool passive, uint8_t k);
void lapb_drop(struct end *e);
/* A frame arrives. */
void test_lapb_rx(struct end *e, const char *hex, uint64_t now);
/* The oldest frame that was sent is this one. */
void lapb_expect(struct end *e, const char *hex);
/* A passive DCE whose link the far end has set up, at 0. */
struct end *lapb_up_as_dce(bool extended, uint8_t k);
/* The same with modulo 8 and a window of 7. */
struct end *lapb_up_dce(void);

#endif
