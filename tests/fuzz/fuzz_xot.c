/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The XOT stream in pieces, whose size is in the first octet of the input: the packets must be the
 * same as of the whole stream.  A valid PVC-setup must be the same after encoding and decoding.
 */
#include "transports/x25/xot.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void fuzz_xot_check(bool ok)
{
	if (!ok)
		abort();
}

static void pvc(const uint8_t *pkt, size_t len)
{
	struct xot_pvc p, again;
	uint8_t buf[600];
	struct wr w = wr_init(buf, sizeof(buf));

	if (xot_pvc_decode(&p, pkt, len))
		return;
	xot_pvc_encode(&w, &p);
	fuzz_xot_check(!w.bad && !xot_pvc_decode(&again, buf, w.len));
	fuzz_xot_check(!memcmp(&p, &again, sizeof(p)));
	fuzz_xot_check(xot_pvc_words(p.status) != NULL);
}

struct sum {
	unsigned packets;
	size_t octets;
	int end;
};

static void fuzz_xot_take(struct sum *s, struct xot_in *in, const uint8_t *data, size_t len)
{
	const uint8_t *pkt;
	size_t n;

	while (s->end >= 0 && (s->end = xot_next_packet(in, &data, &len, &pkt, &n)) > 0) {
		fuzz_xot_check(n >= XOT_PACKET_MIN && n <= XOT_PACKET_MAX);
		s->packets++;
		s->octets += n;
		if (xot_is_pvc_setup(pkt, n))
			pvc(pkt, n);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct xot_in in;
	struct sum whole = {0, 0, 0}, pieces = {0, 0, 0};
	size_t piece = size ? data[0] + 1u : 1;

	if (size < 1)
		return 0;
	xot_in_init(&in);
	fuzz_xot_take(&whole, &in, data + 1, size - 1);
	xot_in_init(&in);
	for (size_t at = 1; at < size && pieces.end >= 0; at += piece)
		fuzz_xot_take(&pieces, &in, data + at, size - at < piece ? size - at : piece);
	fuzz_xot_check(whole.packets == pieces.packets && whole.octets == pieces.octets);
	fuzz_xot_check((whole.end < 0) == (pieces.end < 0));
	return 0;
}
