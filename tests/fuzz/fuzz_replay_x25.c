/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Packets and frames of X.25 in a capture: an octet of length and a frame, again and again.  A
 * message that is whole has octets, and all of them can be read.
 */
#include "gw/replay/replay.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct replay_x25 *x = replay_x25_new();
	struct rd r = rd_init(data, size);
	uint8_t whole[L2TP_MSG_MAX];

	while (r.left) {
		struct rd frame = rd_sub(&r, rd_u8(&r));
		struct replay_msg m = {0};

		if (frame.bad || !replay_x25_frame(x, &m, frame.p, frame.left))
			continue;
		if (m.len < 2 || m.len > L2TP_MSG_MAX || m.from.at > 4095)
			abort();
		memcpy(whole, m.pkt, m.len);
	}
	free(x);
	return 0;
}
