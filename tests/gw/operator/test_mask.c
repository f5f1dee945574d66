/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What of a frame is a secret, and that nothing else changes. */
#include "gw/operator/mask.h"

#include "tests/harness.h"
#include "transports/kit/linktype.h"

#include <stdlib.h>

static struct inside_flows flows;

/* The frame as it is written: "2a" where a secret was. */
static void mask_makes(uint16_t link_type, const char *hex, const char *wanted)
{
	uint8_t frame[300], copy[300], want[300];
	size_t len = test_hex(frame, sizeof(frame), hex);
	struct inside in;

	memcpy(copy, frame, len);
	inside_find(&in, &flows,
		    &(struct inside_frame){.link_type = link_type, .octets = frame, .len = len});
	mask_secrets(&in, copy, frame);
	ASSERT_OCTETS(copy, len, want, test_hex(want, sizeof(want), wanted));
}

/* RFC 1334 2.2.1: code, id, length, length and octets of the name "ann", of the password "secret".
 */
#define PAP	   "01 07 000f 03 616e6e 06 736563726574"
#define PAP_MASKED "01 07 000f 03 616e6e 06 2a2a2a2a2a2a"

static void passwords_of_pap(void)
{
	static const struct {
		uint16_t link_type;
		const char *head;
	} rows[] = {
		{LINKTYPE_PPP, "ff03 c023"},
		{LINKTYPE_PPP, "c023"},
		{LINKTYPE_FRELAY, "1841 03 cf c023"},
		{LINKTYPE_FRELAY,
		 "1841 03 00 80 00005e 0007 4802 001b 0007 0009 0001 0000 ff03 c023"},
		{LINKTYPE_SUNATM, "02 08 0030 fefe03 cf c023"},
		{LINKTYPE_ETHERNET, "02005e005301 02005e005302 8864 11 00 0007 0011 c023"},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char from[200], to[200];

		snprintf(from, sizeof(from), "%s" PAP, rows[i].head);
		snprintf(to, sizeof(to), "%s" PAP_MASKED, rows[i].head);
		mask_makes(rows[i].link_type, from, to);
	}
	/* behind the password; one that is cut off; an answer, whose message is none */
	mask_makes(LINKTYPE_PPP, "c023 01 07 000b 01 61 02 7365 cccc",
		   "c023 01 07 000b 01 61 02 2a2a cccc");
	mask_makes(LINKTYPE_PPP, "c023 01 07 000b 01 61 06 7365", "c023 01 07 000b 01 61 06 2a2a");
	mask_makes(LINKTYPE_PPP, "c023 01 07 000b 01 61", "c023 01 07 000b 01 61");
	mask_makes(LINKTYPE_PPP, "c023 02 07 0007 02 6f6b", "c023 02 07 0007 02 6f6b");
}

/* A CHAP Response (RFC 1994) is a hash; EAP's answer to MD5 (type 4) too, to a token card (6) not.
 */
static void other_proofs(void)
{
#define CHAP "c223 02 01 0018 10 00112233445566778899aabbccddeeff 616e6e"
	mask_makes(LINKTYPE_PPP, CHAP, CHAP);
	mask_makes(LINKTYPE_PPP, "c227 02 01 0009 04 0011 6161", "c227 02 01 0009 04 0011 6161");
	mask_makes(LINKTYPE_PPP, "c227 02 01 0008 06 616263", "c227 02 01 0008 06 2a2a2a");
	mask_makes(LINKTYPE_PPP, "c227 01 01 0008 06 616263", "c227 01 01 0008 06 616263");
	mask_makes(LINKTYPE_PPP, "0021 01 07 000f 03 616e6e 06", "0021 01 07 000f 03 616e6e 06");
}

/* ICCN (RFC 2661 4.4.5): type 29, response 33. */
#define ICCN	    "c802 0028 0007 0009 0001 0001 8008 0000 0000 000c "
#define TYPE(n)	    "8008 0000 001d 000" n " "
#define RESPONSE    "800c 0000 0021 736563726574"
#define MASKED	    "800c 0000 0021 2a2a2a2a2a2a"
#define OF_A_VENDOR "800c 0009 0021 736563726574"

static void proxy_responses(void)
{
	static const struct {
		const char *from, *to;
	} rows[] = {
		{ICCN TYPE("3") RESPONSE, ICCN TYPE("3") MASKED},
		{ICCN TYPE("1") RESPONSE, ICCN TYPE("1") MASKED},
		{ICCN RESPONSE TYPE("3"), ICCN MASKED TYPE("3")},
		{ICCN TYPE("2") RESPONSE, ICCN TYPE("2") RESPONSE},
		{ICCN TYPE("4") RESPONSE, ICCN TYPE("4") RESPONSE},
		{ICCN TYPE("5") RESPONSE, ICCN TYPE("5") RESPONSE},
		/* whose type is not said, or is none that there is */
		{ICCN RESPONSE, ICCN MASKED},
		{ICCN TYPE("9") RESPONSE, ICCN TYPE("9") MASKED},
		{ICCN TYPE("3") OF_A_VENDOR, ICCN TYPE("3") OF_A_VENDOR},
		/* hidden, by which it is no secret in the clear */
		{ICCN TYPE("3") "c00c 0000 0021 736563726574",
		 ICCN TYPE("3") "c00c 0000 0021 736563726574"},
		/* longer than there is; and an attribute without a head in front */
		{ICCN TYPE("3") "800c 0000 0021 7365", ICCN TYPE("3") "800c 0000 0021 2a2a"},
		{ICCN TYPE("3") "8003 0000 0021 7365", ICCN TYPE("3") "8003 0000 0021 7365"},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		mask_makes(LINKTYPE_USER0, rows[i].from, rows[i].to);
}

/* RFC 1990 3: B and E, number of 24 or of 12 bits. */
static void passwords_in_multilink(void)
{
	mask_makes(LINKTYPE_PPP, "ff03 003d c0000001 c023" PAP,
		   "ff03 003d c0000001 c023" PAP_MASKED);
	mask_makes(LINKTYPE_PPP, "3d c001 c023" PAP, "3d c001 c023" PAP_MASKED);
	mask_makes(LINKTYPE_PPP, "003d 80000001 c023" PAP, "003d 80000001 c023" PAP_MASKED);
	mask_makes(LINKTYPE_PPP, "003d c0000001 0021 4500", "003d c0000001 0021 4500");
	mask_makes(LINKTYPE_PPP, "003d 40000001 c023" PAP, "003d 40000001 c023" PAP);
	mask_makes(LINKTYPE_PPP, "003d", "003d");
}

/* FRF.12, end to end: all behind marks and number. */
static void pieces_of_frame_relay_are_masked(void)
{
	mask_makes(LINKTYPE_FRELAY, "1841 03 b1 8001 03 cf c023 01", "1841 03 b1 8001 2a2a2a2a2a");
	mask_makes(LINKTYPE_FRELAY, "1841 03 b1 4002 736563", "1841 03 b1 4002 2a2a2a");
	mask_makes(LINKTYPE_FRELAY, "1841 03 b1", "1841 03 b1");
}

/* X.25, LCI 5, packets with M and P(S) 0, 1, 2 ... */
#define X25 "000c 0004 782e3235 0023 0004 00000000 0000 0000 1005 "

static void mask_call(void)
{
	memset(&flows, 0, sizeof(flows));
	mask_makes(LINKTYPE_UPPER_PDU, X25 "0b 00 00", X25 "0b 00 00");
}

static void a_secret_in_several_packets(void)
{
	mask_call();
	mask_makes(LINKTYPE_UPPER_PDU, X25 "10 c023 01 07 000f 03 616e6e 06 7365",
		   X25 "10 c023 01 07 000f 03 616e6e 06 2a2a");
	mask_makes(LINKTYPE_UPPER_PDU, X25 "12 637265", X25 "12 2a2a2a");
	mask_makes(LINKTYPE_UPPER_PDU, X25 "04 74 cc", X25 "04 2a cc");
	/* behind its type, which is in the packet before; with a SNAP header in front of all */
	mask_makes(LINKTYPE_UPPER_PDU, X25 "16 8000005e0007" ICCN TYPE("2"),
		   X25 "16 8000005e0007" ICCN TYPE("2"));
	mask_makes(LINKTYPE_UPPER_PDU, X25 "08" RESPONSE, X25 "08" RESPONSE);
	/* before its type is known it may be any */
	mask_makes(LINKTYPE_UPPER_PDU, X25 "1a" ICCN "800c 0000 0021 7365",
		   X25 "1a" ICCN "800c 0000 0021 2a2a");
	mask_makes(LINKTYPE_UPPER_PDU, X25 "0c 63726574" TYPE("3"), X25 "0c 2a2a2a2a" TYPE("3"));
}

/* Tapped from the middle of a log-in on. */
static void a_secret_that_has_begun(void)
{
	memset(&flows, 0, sizeof(flows));
	mask_makes(LINKTYPE_UPPER_PDU, X25 "12 736563", X25 "12 2a2a2a");
	mask_makes(LINKTYPE_UPPER_PDU, X25 "04 726574", X25 "04 2a2a2a");
	mask_makes(LINKTYPE_UPPER_PDU, X25 "06 c021 01", X25 "06 c021 01");
}

/* The packet before it was not seen. */
static void what_may_be_a_secret(void)
{
	mask_call();
	mask_makes(LINKTYPE_UPPER_PDU, X25 "10 c023 01 07", X25 "10 c023 01 07");
	mask_makes(LINKTYPE_UPPER_PDU, X25 "04 736563", X25 "04 2a2a2a");
	mask_makes(LINKTYPE_UPPER_PDU, X25 "06 c021 01", X25 "06 c021 01");
}

static const struct test_case cases[] = {
	{"passwords_of_pap", passwords_of_pap},
	{"other_proofs", other_proofs},
	{"proxy_responses", proxy_responses},
	{"a_secret_in_several_packets", a_secret_in_several_packets},
	{"a_secret_that_has_begun", a_secret_that_has_begun},
	{"what_may_be_a_secret", what_may_be_a_secret},
	{"passwords_in_multilink", passwords_in_multilink},
	{"pieces_of_frame_relay_are_masked", pieces_of_frame_relay_are_masked},
	{NULL, NULL},
};
const struct test_suite suite_mask = {"mask", cases};
