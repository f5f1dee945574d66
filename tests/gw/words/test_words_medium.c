/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Frames laid out by hand after Q.933 annex A, T1.617 annex D, X.25 sections 2 and 5, RFC 2516. */
#include "tests/gw/words/said.h"

#include "tests/harness.h"
#include "transports/kit/linktype.h"

#define N(rows) (sizeof(rows) / sizeof((rows)[0]))

static bool frelay(struct words *w, const uint8_t *octets, size_t len)
{
	return words_medium(w, LINKTYPE_FRELAY, octets, len);
}

static void lmi(void)
{
	static const struct said_row rows[] = {
		{"0001 03 08 00 75 51 01 00 53 02 0a 09",
		 "LMI STATUS ENQUIRY, full, send 10 receive 9"},
		{"0001 03 08 00 7d 95 01 01 00 03 02 01 02 07 03 06 a0 82 07 03 06 a8 88",
		 "LMI STATUS, full, send 1 receive 2, PVC 100 active, PVC 101 new inactive"},
		{"fcf1 03 09 00 7d 01 01 01 03 02 01 02",
		 "LMI STATUS, link integrity, send 1 receive 2"},
		{"0001 03 08 00 7d 53 02 01", "LMI STATUS (malformed)"},
		{"1841 03 cc 4500", NULL},	     /* DLCI 100 */
		{"0001 03 cc 00 7d 51 01 00", NULL}, /* another protocol */
	};

	said_rows(rows, N(rows), frelay);
	for (unsigned type = 0; type < 300; type++) {
		struct words w = {0};
		uint8_t f[] = {0x00, 0x01, 0x03, 0x08, 0x00, 0x75};

		CU_ASSERT_EQUAL(words_medium(&w, (uint16_t)type, f, sizeof(f)),
				type == LINKTYPE_FRELAY);
	}
}

static uint8_t tagged[1600];
static const char *dissector;

static bool upper(struct words *w, const uint8_t *octets, size_t len)
{
	size_t n = linktype_tags_encode(tagged, dissector, true, 0);

	if (len)
		memcpy(tagged + n, octets, len);
	return words_medium(w, LINKTYPE_UPPER_PDU, tagged, n + len);
}

static void lapb(void)
{
	static const struct said_row rows[] = {
		{"01 3f", "LAPB SABM P/F, address 1"},
		{"01 73", "LAPB UA P/F, address 1"},
		{"03 53", "LAPB DISC P/F, address 3"},
		{"03 0f", "LAPB DM, address 3"},
		{"03 97 000000", "LAPB FRMR P/F, address 3"},
		{"01 00 100b", NULL}, /* information */
		{"01 21", NULL},      /* RR */
	};

	dissector = "lapb";
	said_rows(rows, N(rows), upper);
}

static void x25(void)
{
	static const struct said_row rows[] = {
		{"1001 0b 87 3110123 45678900 0 00 cf000000",
		 "X.25 channel 1 Call Request, called 3110123, calling 45678900, user data "
		 "cf000000"},
		{"1001 0f", "X.25 channel 1 Call Accepted"},
		{"1001 13 05 43", "X.25 channel 1 Clear Request, cause 5 diagnostic 67"},
		{"1001 13 00", "X.25 channel 1 Clear Request, cause 0"},
		{"1000 fb 07 00", "X.25 channel 0 Restart Request, cause 7 diagnostic 0"},
		{"1000 ff", "X.25 channel 0 Restart Confirmation"},
		{"1002 1b 00 00", "X.25 channel 2 Reset Request, cause 0 diagnostic 0"},
		{"1001 0b 00 00", "X.25 channel 1 Call Request, no called, no calling"},
		{"1001 00 cc", NULL}, /* data */
		{"1001 21", NULL},    /* RR */
	};

	dissector = "x.25";
	said_rows(rows, N(rows), upper);
	dissector = "ip";
	said_rows(&(struct said_row){"1001 0f", NULL}, 1, upper);
}

static bool ethernet(struct words *w, const uint8_t *octets, size_t len)
{
	return words_medium(w, LINKTYPE_ETHERNET, octets, len);
}

static void discovery(void)
{
	static const struct said_row rows[] = {
		{"ffffffffffff 020000000001 8863 11 09 0000 000c 0101 0000 0103 0004 0a0b0c0d",
		 "PPPoE PADI from 02:00:00:00:00:01 to ff:ff:ff:ff:ff:ff, Service-Name \"\", "
		 "Host-Uniq 0a0b0c0d"},
		{"020000000001 020000000002 8100 0064 8863 11 65 0007 000a 0102 0002 6777 0000 "
		 "0000",
		 "PPPoE PADS from 02:00:00:00:00:02 to 02:00:00:00:00:01, session 7, AC-Name "
		 "\"gw\""},
		{"020000000001 020000000002 8863 11 a7 0007 0000",
		 "PPPoE PADT from 02:00:00:00:00:02 to 02:00:00:00:00:01, session 7"},
		{"020000000001 020000000002 8863 11 07 0000 0005 0104 0002 aa",
		 "PPPoE PADO from 02:00:00:00:00:02 to 02:00:00:00:00:01 (malformed)"},
		{"020000000001 020000000002 8864 11 00 0007 0002 c021", NULL},
		{"020000000001 020000000002 0800 4500 0000 0000 0000", NULL},
	};

	said_rows(rows, N(rows), ethernet);
}

static const struct test_case cases[] = {
	{"lmi", lmi}, {"lapb", lapb}, {"x25", x25}, {"discovery", discovery}, {NULL, NULL},
};
const struct test_suite suite_words_medium = {"words_medium", cases};
