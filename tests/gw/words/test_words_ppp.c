/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Packets laid out by hand after the RFCs that gw/words/words_ppp.c names. */
#include "tests/gw/words/said.h"

#include "tests/harness.h"

#define N(rows) (sizeof(rows) / sizeof((rows)[0]))

static bool say(struct words *w, const uint8_t *octets, size_t len)
{
	words_ppp(w, octets, len);
	return true;
}

static void configuration(void)
{
	static const struct said_row rows[] = {
		{"c021 01 07 0004", "LCP Configure-Request id 7"},
		{"c021 01 01 001d 0104 05dc 0206 000a0000 0305 c223 81 0506 12345678 0702 0802",
		 "LCP Configure-Request id 1: MRU 1500, ACCM 000a0000, Authentication MS-CHAPv2, "
		 "Magic-Number 12345678, PFC, ACFC"},
		{"c021 03 02 0008 0304 c023", "LCP Configure-Nak id 2: Authentication PAP"},
		{"c021 02 02 0009 0305 c223 05", "LCP Configure-Ack id 2: Authentication CHAP MD5"},
		{"c021 03 02 0008 0304 c227", "LCP Configure-Nak id 2: Authentication EAP"},
		{"c021 01 03 000f 1104 05dc 1202 1305 01 0a0b",
		 "LCP Configure-Request id 3: MRRU 1500, Short-Sequence-Numbers, "
		 "Endpoint-Discriminator class 1 0a0b"},
		{"c021 04 03 0007 7703 aa", "LCP Configure-Reject id 3: option 119 aa"},
		{"c021 01 03 0007 0103 aa", "LCP Configure-Request id 3: MRU aa"},
		{"c021 01 03 0006 0101", "LCP Configure-Request id 3 (malformed)"},
		{"c021 01 03 0006 0107", "LCP Configure-Request id 3 (malformed)"},
		{"8021 01 01 0016 0306 00000000 8106 00000000 8306 0a000001",
		 "IPCP Configure-Request id 1: IP-Address 0.0.0.0, Primary-DNS 0.0.0.0, "
		 "Secondary-DNS 10.0.0.1"},
		{"8057 02 01 000e 010a 0123456789abcdef",
		 "IPV6CP Configure-Ack id 1: Interface-Identifier 0123456789abcdef"},
		{"80fd 01 01 000a 1206 01000060", "CCP Configure-Request id 1: MPPE 01000060"},
	};

	said_rows(rows, N(rows), say);
}

static void other_codes(void)
{
	static const struct said_row rows[] = {
		{"c021 05 02 0007 627965", "LCP Terminate-Request id 2: \"bye\""},
		{"c021 06 02 0004", "LCP Terminate-Ack id 2"},
		{"c021 07 02 0008 63010004", "LCP Code-Reject id 2: code 99"},
		{"c021 08 02 000a 8057 01010004", "LCP Protocol-Reject id 2: IPV6CP"},
		{"c021 09 03 0008 000000ff", "LCP Echo-Request id 3: Magic-Number 000000ff"},
		{"c021 0c 03 000b 00000001 61627c",
		 "LCP Identification id 3: Magic-Number 00000001: \"ab|\""},
		{"c021 63 03 0004", "LCP code 99 id 3"},
		{"c021 01 03 0003", "LCP malformed"},
		{"c021 01 03 0005", "LCP malformed"},
		{"0021 4500", "IP, 2 octets"},
		{"1234", "protocol 4660, 0 octets"},
		{"c0", "a PPP frame of 1 octets"},
	};

	said_rows(rows, N(rows), say);
}

/* What proves who somebody is is not said: here it is "hidden!" or ff. */
static void authentication(void)
{
	static const struct said_row rows[] = {
		{"c023 01 01 0010 03616e6e 0768696464656e21",
		 "PAP Authenticate-Request id 1: \"ann\", password not shown"},
		{"c023 03 01 0007 026e6f", "PAP Authenticate-Nak id 1: \"no\""},
		{"c023 02 01 0004", "PAP Authenticate-Ack id 1: \"\" (malformed)"},
		{"c223 01 09 000b 04ffffffff 6777",
		 "CHAP Challenge id 9: name \"gw\", 4 octets not shown"},
		{"c223 02 09 000c 04ffffffff 616e6e",
		 "CHAP Response id 9: name \"ann\", 4 octets not shown"},
		{"c223 03 09 0006 6f6b", "CHAP Success id 9: \"ok\""},
		{"c223 03 09 0032 533d "
		 "30303030303030303030303030303030303030303030303030303030303030303030303030303030 "
		 "204d3d6f",
		 "CHAP Success id 9: authenticator not shown: \" M=o\""},
		{"c223 04 09 0009 453d363931", "CHAP Failure id 9: \"E=691\""},
		{"c227 01 05 0005 01", "EAP Request id 5: Identity \"\""},
		{"c227 02 05 0008 01616e6e", "EAP Response id 5: Identity \"ann\""},
		{"c227 02 05 0007 031a04", "EAP Response id 5: Nak for MSCHAPv2, MD5-Challenge"},
		{"c227 01 05 000a 04ffffffffff",
		 "EAP Request id 5: MD5-Challenge, 5 octets not shown"},
		{"c227 03 05 0004", "EAP Success id 5"},
	};

	said_rows(rows, N(rows), say);
}

static const struct test_case cases[] = {
	{"configuration", configuration},
	{"other_codes", other_codes},
	{"authentication", authentication},
	{NULL, NULL},
};
const struct test_suite suite_words_ppp = {"words_ppp", cases};
