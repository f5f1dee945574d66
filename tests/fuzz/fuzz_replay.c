/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A capture of anybody's control messages: each is an octet of flags (bit 0 which way, bit 1
 * another port, bits 2 to 5 seconds since the last, bit 6 a medium that does not tell the sides),
 * an octet of length, and the message.  Whatever they are, it ends, and all that is said is
 * printable.
 */
#include "gw/replay/replay.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void fuzz_replay_fill(struct replay_file *f, struct rd r)
{
	static const struct replay_end ends[] = {{REPLAY_IPV4, {192, 0, 2, 1}, 1701},
						 {REPLAY_IPV4, {192, 0, 2, 2}, 1701}};
	uint64_t us = 0;

	while (r.left) {
		uint8_t flags = rd_u8(&r), len = rd_u8(&r);
		struct replay_msg m = {.from = ends[flags & 1], .to = ends[!(flags & 1)]};
		struct rd pkt = rd_sub(&r, len);

		us += (uint64_t)(flags >> 2 & 15) * 1000000;
		m.us = us;
		m.from.at += flags >> 1 & 1;
		if (flags & 0x40)
			m.from = m.to = (struct replay_end){.kind = REPLAY_FRELAY, .at = 100};
		m.pkt = pkt.p;
		m.len = pkt.left;
		if (!pkt.bad && len)
			replay_file_add(f, &m);
	}
}

static void fuzz_replay_play(const struct replay_file *f, const struct replay_wish *w)
{
	char *text;
	size_t len;
	FILE *out = open_memstream(&text, &len);

	replay_play(f, w, out);
	fclose(out);
	for (size_t i = 0; i < len; i++)
		if ((text[i] < 0x20 || text[i] > 0x7e) && text[i] != '\n')
			abort();
	free(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct replay_wish plain,
		explain = {.secret = {10, "testsecret"}, .explain = true};
	struct replay_file f = {0};

	fuzz_replay_fill(&f, rd_init(data, size));
	replay_sides(&f);
	fuzz_replay_play(&f, &plain);
	fuzz_replay_play(&f, &explain);
	replay_file_free(&f);
	return 0;
}
