/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Captures in tests/vectors as what a replay reads: lines of "SOURCE:PORT>DESTINATION:PORT OCTETS".
 */
#ifndef TESTS_GW_REPLAY_HELD_H
#define TESTS_GW_REPLAY_HELD_H

#include "gw/replay/replay.h"
#include "tests/harness.h"

void held_open(struct replay_file *f, const char *name);
/* One more message, a millisecond after the last, between 192.0.2.FROM and 192.0.2.TO. */
void held_add(struct replay_file *f, uint8_t from, uint8_t to, const uint8_t *pkt, size_t len);
/* Play it; what it prints is in *text, for free(). */
enum replay_verdict held_play(const struct replay_file *f, const char *secret, const char *as,
			      bool explain, char **text);
/* Is there a line with all of both? */
bool held_says(const char *text, const char *a, const char *b);

#endif
