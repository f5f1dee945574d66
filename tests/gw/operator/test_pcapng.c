/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Blocks typed from draft-ietf-opsawg-pcapng, sections 4.1, 4.2, 4.3 and 4.6. */
#include "gw/operator/pcapng.h"

#include "tests/harness.h"

#include <stdio.h>
#include <string.h>

static bool pcapng_little(void)
{
	const uint16_t one = 1;

	return *(const uint8_t *)&one;
}

/* Numbers of two or four octets each, in this machine's order; octets that are text begin with "=".
 */
static size_t pcapng_octets(uint8_t *out, size_t cap, const char *text)
{
	char copy[600];
	size_t n = 0;

	snprintf(copy, sizeof(copy), "%s", text);
	for (char *at = strtok(copy, " "); at; at = strtok(NULL, " ")) {
		size_t len = test_hex(out + n, cap - n, at + (*at == '='));

		for (size_t i = 0; *at != '=' && pcapng_little() && i < len / 2; i++) {
			uint8_t one = out[n + i];

			out[n + i] = out[n + len - 1 - i];
			out[n + len - 1 - i] = one;
		}
		n += len;
	}
	return n;
}

static void pcapng_is(const struct wr *w, const char *text)
{
	uint8_t want[256];

	CU_ASSERT_FALSE(w->bad);
	ASSERT_OCTETS(w->buf, w->len, want, pcapng_octets(want, sizeof(want), text));
}

static void a_section(void)
{
	uint8_t octets[128];
	struct wr w = wr_init(octets, sizeof(octets));

	/* magic, 1.0, length not known; shb_userappl "gw 1", comment "all" padded, end */
	pcapng_section(&w, "gw 1", "all");
	pcapng_is(&w, "0a0d0d0a 00000030 1a2b3c4d 0001 0000 ffffffffffffffff "
		      "0004 0004 =67772031 0001 0003 =616c6c00 0000 0000 00000030");
	w = wr_init(octets, sizeof(octets));
	pcapng_section(&w, NULL, NULL);
	pcapng_is(&w, "0a0d0d0a 00000020 1a2b3c4d 0001 0000 ffffffffffffffff 00000000 00000020");
}

static void an_interface(void)
{
	uint8_t octets[128];
	struct wr w = wr_init(octets, sizeof(octets));

	/* link type, reserved, SnapLen; if_name, if_description */
	pcapng_interface(&w, &(struct pcapng_interface){107, "fr0", "Frame"});
	pcapng_is(&w, "00000001 0000002c 006b 0000 0000ffff 0002 0003 =66723000 "
		      "0003 0005 =4672616d65000000 00000000 0000002c");
}

static void a_frame(void)
{
	uint8_t octets[128], *copy;
	struct wr w = wr_init(octets, sizeof(octets));

	/* interface, time in two words, both lengths, octets padded; epb_flags, comment */
	copy = pcapng_frame(&w, &(struct pcapng_frame){.interface = 2,
						       .us = 0x100000002,
						       .outbound = true,
						       .octets = (const uint8_t *)"abcde",
						       .len = 5,
						       .comment = "c"});
	CU_ASSERT_PTR_EQUAL(copy, octets + 28);
	pcapng_is(&w, "00000006 0000003c 00000002 00000001 00000002 00000005 00000005 "
		      "=6162636465000000 0002 0004 00000002 0001 0001 =63000000 00000000 0000003c");
	w = wr_init(octets, sizeof(octets));
	CU_ASSERT_PTR_NOT_NULL(
		pcapng_frame(&w, &(struct pcapng_frame){.octets = (const uint8_t *)"", .len = 0}));
	pcapng_is(&w, "00000006 0000002c 00000000 0000000000000000 00000000 00000000 "
		      "0002 0004 00000001 00000000 0000002c");
}

/* Of a longer one the first 65535 octets are kept; what does not fit is told. */
static void frames_that_are_too_long(void)
{
	static uint8_t octets[PCAPNG_SNAP + 200], frame[PCAPNG_SNAP + 1];
	const struct pcapng_frame f = {.octets = frame, .len = sizeof(frame)};
	struct wr w = wr_init(octets, sizeof(octets));

	CU_ASSERT_PTR_NOT_NULL(pcapng_frame(&w, &f));
	ASSERT_OCTETS(octets + 20, 8, ((const uint32_t[]){0xffff, 0x10000}), 8);
	w = wr_init(octets, PCAPNG_SNAP);
	CU_ASSERT_PTR_NULL(pcapng_frame(&w, &f));
	CU_ASSERT_TRUE(w.bad);
}

static void statistics(void)
{
	uint8_t octets[128];
	struct wr w = wr_init(octets, sizeof(octets));

	/* interface, time; isb_starttime, isb_endtime, isb_ifrecv, isb_ifdrop */
	pcapng_statistics(&w, &(struct pcapng_statistics){.interface = 1,
							  .begin = 0x200000003,
							  .end = 0x400000005,
							  .received = 6,
							  .dropped = 7});
	pcapng_is(&w, "00000005 0000004c 00000001 00000004 00000005 "
		      "0002 0008 00000002 00000003 0003 0008 00000004 00000005 "
		      "0004 0008 0000000000000006 0005 0008 0000000000000007 00000000 0000004c");
}

static const struct test_case cases[] = {
	{"a_section", a_section},   {"an_interface", an_interface},
	{"a_frame", a_frame},	    {"frames_that_are_too_long", frames_that_are_too_long},
	{"statistics", statistics}, {NULL, NULL},
};
const struct test_suite suite_pcapng = {"pcapng", cases};
