/* SPDX-License-Identifier: GPL-2.0-or-later */
/* PPP frames that the control side sends, in hex, for a test that plays the far end itself. */
#ifndef TESTS_GW_FRAMES_H
#define TESTS_GW_FRAMES_H

#include "tests/gw/bench.h"

/* From now on, in place of the bench's own far ends. */
void frames_record(void);
/* The next frame is this one; blanks are ignored, '?' is any digit, '*' any rest.  Says so when
 * not. */
bool frames_next(const char *pattern);
/* No other was sent. */
bool frames_none(void);
/* The frame that frames_next() has looked at last. */
const uint8_t *frames_last(size_t *len);
/* The next frame is LCP's Configure-Request: the Configure-Ack to it, for frames_give(). */
void frames_asked(char hex[512]);
/* To the gateway, by its entry of these ids; tid 0 = of line sid. */
void frames_give(uint16_t tid, uint16_t sid, const char *hex);
/* A call of the LAC; our Configure-Request is acknowledged, and the client's, with its magic number
 * and these len octets of options.  Its entry. */
const struct dp_call *frames_lcp(const char *options, unsigned len);

#endif
