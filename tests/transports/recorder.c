/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/transports/recorder.h"

#include <string.h>

void recorder_add(struct recorder *r, const uint8_t *frame, size_t len)
{
	CU_ASSERT_FATAL(r->outs < RECORDER_FRAMES && len <= RECORDER_OCTETS);
	memcpy(r->out[r->outs], frame, len);
	r->out_len[r->outs++] = len;
}

void recorder_expect(struct recorder *r, const char *hex)
{
	uint8_t want[300];
	size_t n = test_hex(want, sizeof(want), hex);

	CU_ASSERT_FATAL(r->outs > 0);
	ASSERT_OCTETS(r->out[0], r->out_len[0], want, n);
	r->outs--;
	memmove(r->out[0], r->out[1], sizeof(r->out[0]) * r->outs);
	memmove(&r->out_len[0], &r->out_len[1], sizeof(r->out_len[0]) * r->outs);
}

unsigned recorder_carry(struct recorder *r, void *far,
			void (*rx)(void *far, const uint8_t *frame, size_t len))
{
	static struct recorder copy; /* the far end's answers may come back here */
	unsigned n = r->outs;

	memcpy(copy.out, r->out, n * sizeof(r->out[0]));
	memcpy(copy.out_len, r->out_len, n * sizeof(r->out_len[0]));
	r->outs = 0;
	for (unsigned i = 0; i < n; i++)
		rx(far, copy.out[i], copy.out_len[i]);
	return n;
}
