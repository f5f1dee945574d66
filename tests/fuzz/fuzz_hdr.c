/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The header decoder.  Whatever it accepts must lie inside the input, and must decode to the same
 * fields after we have written it ourselves.
 */
#include "core/hdr.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void fuzz_hdr_check(bool ok)
{
	if (!ok)
		abort();
}

static void fuzz_hdr_same_again(const struct l2tp_hdr *h)
{
	static uint8_t buf[L2TP_HDR_DATA_MAX + 65536];
	struct wr w = wr_init(buf, sizeof(buf));
	struct l2tp_hdr back;

	if (h->flags & L2TP_HDR_T)
		l2tp_hdr_control(&w, h->tid, h->sid, h->ns, h->nr);
	else
		l2tp_hdr_data(&w, h->flags, h->tid, h->sid, h->ns, h->nr, h->len);
	wr_bytes(&w, h->payload, h->len);
	if (h->flags & L2TP_HDR_T)
		l2tp_hdr_finish(&w, 0);
	if (w.bad) /* a Length that a data message without L has no need of */
		return;
	fuzz_hdr_check(l2tp_hdr_decode(&back, buf, w.len) ==
		       (h->flags & L2TP_HDR_T ? L2TP_HDR_IS_CONTROL : L2TP_HDR_IS_DATA));
	fuzz_hdr_check(back.tid == h->tid && back.sid == h->sid && back.ns == h->ns &&
		       back.nr == h->nr);
	fuzz_hdr_check(back.len == h->len && !memcmp(back.payload, h->payload, h->len));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct l2tp_hdr h;
	enum l2tp_hdr_kind kind = l2tp_hdr_decode(&h, data, size);

	if (kind != L2TP_HDR_IS_CONTROL && kind != L2TP_HDR_IS_DATA)
		return 0;
	fuzz_hdr_check(h.payload == data + h.hlen && h.hlen + h.len <= size);
	if (h.len <= 65536)
		fuzz_hdr_same_again(&h);
	return 0;
}
