/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One end of LAPB.  First octet of the input: 1 = DCE, 2 = modulo 128, 4 = passive.  Records
 * follow: an octet under 128 is the length of a frame; any other is a request of the user, or time
 * that passes. No more frames than the window may be unacknowledged, and all sent must be valid
 * frames.
 */
#include "core/bytes.h"
#include "transports/x25/lapb.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define N1 100u

static void fuzz_lapb_check(bool ok)
{
	if (!ok)
		abort();
}

static void fuzz_lapb_tx(void *ctx, const uint8_t *frame, size_t len)
{
	(void)ctx;
	fuzz_lapb_check(len >= 2 && len <= 3 + N1 && (frame[0] == 1 || frame[0] == 3));
}

static void fuzz_lapb_deliver(void *ctx, const uint8_t *data, size_t len)
{
	struct lapb *l = ctx;

	fuzz_lapb_check(len <= N1 && l->state == LAPB_UP);
	if (len > 3)
		lapb_send(l, data, len, 0);
}

static void fuzz_lapb_report(void *ctx, enum lapb_report r)
{
	if (r != LAPB_R_DOWN)
		lapb_send(ctx, (const uint8_t *)"hello", 5, 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct lapb_ops ops = {fuzz_lapb_tx, fuzz_lapb_deliver, fuzz_lapb_report};
	struct rd r = rd_init(data, size);
	uint8_t kind = rd_u8(&r);
	struct lapb_config c;
	uint64_t now = 0;
	struct lapb l;
	void *store;

	lapb_config_default(&c);
	c.dce = kind & 1;
	c.extended = kind & 2;
	c.passive = kind & 4;
	c.n1 = N1;
	c.t3 = 10000000;
	store = malloc(lapb_store_size(&c));
	if (!store)
		return 0;
	lapb_init(&l, &c, &ops, &l, store);
	lapb_start(&l, now);
	while (r.left) {
		uint8_t n = rd_u8(&r);
		struct rd frame = rd_sub(&r, n < 128 ? n : 0);

		if (n < 128) {
			lapb_rx(&l, frame.p, frame.left, now);
			if (n & 1)
				lapb_settle(&l);
		} else if (n < 200) {
			now += (uint64_t)(n - 127) * 500000;
			lapb_expire(&l, now);
		} else if (n < 250) {
			lapb_send(&l, (const uint8_t *)"some data", 9, now);
		} else if (n < 253) {
			lapb_start(&l, now);
		} else {
			lapb_stop(&l, now);
		}
		fuzz_lapb_check(((l.vs - l.va) & (c.extended ? 127 : 7)) <= c.k);
	}
	free(store);
	return 0;
}
