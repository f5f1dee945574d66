/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The form of the tests in which a link goes to rest, and wakes up, after each call. */
#ifndef TESTS_PPP_NAPS_H
#define TESTS_PPP_NAPS_H

#include "ppp/ppp.h"

void naps_are_taken(void);
void naps_are_not_taken(void);
/* What a link is after a call: a test may look at what is in it. */
struct ppp *nap(struct ppp *p);

#endif
