/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Frames of a capture: two octets of link type, then the frame.  What is found lies inside it.
 */
#include "gw/replay/replay.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char text[REPLAY_END_TEXT];
	struct replay_msg m = {0};

	if (size < 2 || !replay_frame(&m, (uint32_t)(data[0] << 8 | data[1]), data + 2, size - 2))
		return 0;
	if (!m.len || m.pkt < data + 2 || m.pkt + m.len > data + size)
		abort();
	replay_end_text(&m.from, false, text, sizeof(text));
	replay_end_text(&m.to, true, text, sizeof(text));
	return 0;
}
