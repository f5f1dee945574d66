/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/gw/frames.h"

#include "gw/bind.h"
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#define FRAMES	  32u
#define FRAME_MAX 300u

static struct {
	uint8_t octets[FRAME_MAX];
	size_t len;
} frames[FRAMES];
static unsigned frames_n, frames_read;

static void frames_sent(uint16_t tid, uint16_t sid, const uint8_t *frame, size_t len)
{
	CU_ASSERT_PTR_NOT_NULL(fake_entry(tid, sid));
	CU_ASSERT_FATAL(frames_n < FRAMES && len <= FRAME_MAX);
	memcpy(frames[frames_n].octets, frame, len);
	frames[frames_n++].len = len;
}

void frames_record(void)
{
	frames_n = frames_read = 0;
	fake.frame = frames_sent;
}

static bool frames_match(const uint8_t *p, size_t len, const char *pattern)
{
	static const char digits[] = "0123456789abcdef";
	size_t at = 0;

	for (; *pattern && *pattern != '*'; pattern++) {
		if (isspace((unsigned char)*pattern))
			continue;
		if (at == 2 * len)
			return false;
		if (*pattern != '?' && *pattern != digits[at % 2 ? p[at / 2] & 15 : p[at / 2] >> 4])
			return false;
		at++;
	}
	return *pattern || at == 2 * len;
}

bool frames_next(const char *pattern)
{
	if (frames_read == frames_n) {
		printf("\n      sent nothing, want %s\n", pattern);
		return false;
	}
	frames_read++;
	if (frames_match(frames[frames_read - 1].octets, frames[frames_read - 1].len, pattern))
		return true;
	printf("\n      sent ");
	for (size_t i = 0; i < frames[frames_read - 1].len; i++)
		printf("%02x", frames[frames_read - 1].octets[i]);
	printf("\n      want %s\n", pattern);
	return false;
}

bool frames_none(void)
{
	return frames_read == frames_n || frames_next("(nothing)");
}

const uint8_t *frames_last(size_t *len)
{
	*len = frames[frames_read - 1].len;
	return frames[frames_read - 1].octets;
}

void frames_asked(char hex[512])
{
	const uint8_t *octets;
	size_t n;

	CU_ASSERT(frames_next("c021 01 *"));
	octets = frames_last(&n);
	hex += sprintf(hex, "c02102");
	for (size_t i = 3; i < n; i++)
		hex += sprintf(hex, "%02x", octets[i]);
}

void frames_give(uint16_t tid, uint16_t sid, const char *hex)
{
	uint8_t frame[FRAME_MAX];
	size_t len = test_hex(frame, sizeof(frame), hex);

	CU_ASSERT_PTR_NOT_NULL(fake_entry(tid, sid));
	bind_dp_ops.ppp(bench.gw, tid, sid, frame, len, clock_us);
	bench_pass(0);
}

const struct dp_call *frames_lcp(const char *options, unsigned len)
{
	const struct dp_call *at;
	char hex[512];

	bench_call(NULL, NULL, PPP_AUTH_NONE);
	at = &fake.call[fake.calls - 1];
	frames_asked(hex);
	frames_give(at->tid, at->sid, hex);
	snprintf(hex, sizeof(hex), "c021 01 01 %04x 0506a0a0a0a0 %s", 10 + len, options);
	frames_give(at->tid, at->sid, hex);
	snprintf(hex, sizeof(hex), "c021 02 01 %04x 0506a0a0a0a0 %s", 10 + len, options);
	CU_ASSERT(frames_next(hex));
	return at;
}
