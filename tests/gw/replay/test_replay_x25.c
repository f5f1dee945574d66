/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Packets of ITU-T X.25 5.3, and LAPB frames of 2.2, typed by hand: a ZLB in one packet and in
 * several. */
#include "tests/gw/replay/held.h"

#include <stdlib.h>
#include <string.h>

#define FROM_DTE  "0023 0004 00000000 0000 0000 "
#define FROM_DCE  "0023 0004 00000001 0000 0000 "
#define X25	  "000c 0004 782e3235 "
#define LAPB	  "000c 0004 6c617062 "
#define ZLB	  "c802 000c 0001 0000 0002 0003"
#define SNAP	  "80 00005e 0007 "
#define DATA(lci) "10" lci "00" /* P(R) 0, P(S) 0, M 0 */
#define MORE(lci) "10" lci "10"

/* Frame after frame; `from` of the message that the last one makes whole, NULL = none. */
static const struct {
	const char *frame[4], *from;
} rows[] = {
	{{X25 FROM_DTE DATA("05") ZLB}, "lci 5 a"},
	{{X25 FROM_DCE DATA("05") SNAP ZLB}, "lci 5 b"},
	{{X25 FROM_DTE MORE("05") SNAP "c802", X25 FROM_DCE MORE("05") "c802 00",
	  X25 FROM_DTE MORE("05") "000c 0001 0000", X25 FROM_DTE DATA("05") "0002 0003"},
	 "lci 5 a"},
	/* modulo 128: M is in the fourth octet */
	{{X25 FROM_DTE "2005 0001"
		       "c802 000c",
	  X25 FROM_DTE "2005 0200"
		       "0001 0000 0002 0003"},
	 "lci 5 a"},
	/* the circuit is cleared or reset in between, or an interrupt and an RR are there */
	{{X25 FROM_DTE MORE("05") "c802", X25 FROM_DCE "100513 0000",
	  X25 FROM_DTE DATA("05") "000c 0001 0000 0002 0003"},
	 NULL},
	{{X25 FROM_DTE MORE("05") "c802", X25 FROM_DCE "10051b 0000",
	  X25 FROM_DTE DATA("05") "000c 0001 0000 0002 0003"},
	 NULL},
	{{X25 FROM_DTE MORE("05") "c802", X25 FROM_DTE "100523 00", X25 FROM_DTE "100501",
	  X25 FROM_DTE DATA("05") "000c 0001 0000 0002 0003"},
	 "lci 5 a"},
	/* LAPB: what is sent again has the number of the last */
	{{LAPB FROM_DTE "01 00" MORE("07") "c802", LAPB FROM_DTE "01 00" MORE("07") "c802",
	  LAPB FROM_DCE "03 00" MORE("07") "c802",
	  LAPB FROM_DTE "01 02" DATA("07") "000c 0001 0000 0002 0003"},
	 "lci 7 a"},
	{{LAPB FROM_DTE "01 01" DATA("07") ZLB}, NULL}, /* RR */
	/* PPP, other tags, a Q bit, nothing */
	{{X25 FROM_DTE DATA("05") "c021 0901 0004"}, NULL},
	{{"000c 0004 69707634 " FROM_DTE DATA("05") ZLB}, NULL},
	{{X25 FROM_DTE "9005 00" ZLB}, NULL},
	{{X25 FROM_DTE DATA("05")}, NULL},
	{{X25 FROM_DTE}, NULL},
};

static void l2tp_in_packets(void)
{
	uint8_t zlb[12];

	test_hex(zlb, sizeof(zlb), ZLB);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct replay_x25 *x = replay_x25_new();
		struct replay_msg m = {0};
		char text[REPLAY_END_TEXT];
		bool whole = false;

		for (unsigned n = 0; n < 4 && rows[i].frame[n]; n++) {
			uint8_t frame[200];
			size_t len = test_hex(frame, sizeof(frame), rows[i].frame[n]);

			CU_ASSERT_FALSE(whole);
			whole = replay_x25_frame(x, &m, frame, len);
		}
		if (whole != (rows[i].from != NULL))
			fprintf(stderr, "row %zu: %s\n", i, whole ? "whole" : "not whole");
		CU_ASSERT_EQUAL(whole, rows[i].from != NULL);
		if (whole && rows[i].from) {
			CU_ASSERT_STRING_EQUAL(replay_end_text(&m.from, false, text, sizeof(text)),
					       rows[i].from);
			ASSERT_OCTETS(m.pkt, m.len, zlb, sizeof(zlb));
		}
		free(x);
	}
}

/* More than a message may have is left out, and the next one is not touched by it. */
static void a_message_that_does_not_end(void)
{
	struct replay_x25 *x = replay_x25_new();
	uint8_t frame[1200] = {0};
	size_t head = test_hex(frame, sizeof(frame), X25 FROM_DTE MORE("05") "c802");
	struct replay_msg m;

	for (unsigned i = 0; i < 20; i++)
		CU_ASSERT_FALSE(replay_x25_frame(x, &m, frame, head + 1000));
	frame[head - 3] = 0; /* the last packet of it */
	CU_ASSERT_FALSE(replay_x25_frame(x, &m, frame, head + 1000));
	CU_ASSERT_TRUE(replay_x25_frame(x, &m, frame, head + 10));
	CU_ASSERT_EQUAL(m.len, 12);
	free(x);
}

static const struct test_case cases[] = {
	{"l2tp_in_packets", l2tp_in_packets},
	{"a_message_that_does_not_end", a_message_that_does_not_end},
	{NULL, NULL},
};
const struct test_suite suite_replay_x25 = {"replay_x25", cases};
