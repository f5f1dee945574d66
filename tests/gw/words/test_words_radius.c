/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Packets of RFC 2865 section 7, and laid out by hand. */
#include "tests/gw/words/said.h"

#include "tests/harness.h"

#define N(rows) (sizeof(rows) / sizeof((rows)[0]))

static bool say(struct words *w, const uint8_t *octets, size_t len)
{
	words_radius(w, octets, len);
	return true;
}

static void packets(void)
{
	static const struct said_row rows[] = {
		/* 7.1: the request, and its answer (Login-Service is not in the dictionary) */
		{"01000038 0f403f94739780 57bd83d5cb98f4227a 01066e656d6f "
		 "0212 0dbe708d93d413ce3196e43f782a0aee 0406c0a80110 050600000003",
		 "Access-Request id 0: User-Name \"nemo\", User-Password 16 octets not shown, "
		 "NAS-IP-Address 192.168.1.16, NAS-Port 3"},
		{"02000026 86fe220e7624ba2a1005f6bf9b55e0b2 060600000001 0f0600000000 0e06c0a80103",
		 "Access-Accept id 0: Service-Type 1, 2 attributes that are not in the dictionary"},
		/* 7.2 */
		{"01010047 2aee86f08d0d55969ca5978e0d3367a2 0108666c6f707379 "
		 "0313 16e97557c316185895f293ff63440772 75 0406c0a80110 050600000014 "
		 "060600000002 070600000001",
		 "Access-Request id 1: User-Name \"flopsy\", CHAP-Password 17 octets not shown, "
		 "NAS-IP-Address 192.168.1.16, NAS-Port 20, Service-Type 2, Framed-Protocol 1"},
		{"03050022 00000000000000000000000000000000 120e4e6f2074616c6b2022222e2e",
		 "Access-Reject id 5: Reply-Message \"No talk \\x22\\x22..\""},
		{"0205", "2 octets that are malformed"},
	};

	said_rows(rows, N(rows), say);
}

/* Cisco-AVPair, a tunnel's password, a tag, a prefix. */
static void forms(void)
{
	static const struct said_row rows[] = {
		{"02050038 00000000000000000000000000000000 "
		 "1a24 00000009 011e 7670646e3a6c3274702d74756e6e656c2d70617373776f72643d7878",
		 "Access-Accept id 5: Cisco-AVPair \"vpdn:l2tp-tunnel-password=\" not shown"},
		{"02050020 00000000000000000000000000000000 430c 01 31302e302e302e39 2e",
		 "Access-Accept id 5: Tunnel-Server-Endpoint (tag 1) \"10.0.0.9.\""},
		{"02050020 00000000000000000000000000000000 610c 0030 20010db80064 0000",
		 "Access-Accept id 5: Framed-IPv6-Prefix "
		 "2001:0db8:0064:0000:0000:0000:0000:0000/48"},
	};

	said_rows(rows, N(rows), say);
}

static void whose_they_are(void)
{
	uint8_t pkt[80];
	char user[20];
	size_t len = test_hex(pkt, sizeof(pkt),
			      "0101001a 2aee86f08d0d55969ca5978e0d3367a2 01066e656d6f");

	CU_ASSERT_TRUE(words_radius_user(user, sizeof(user), pkt, len));
	CU_ASSERT_STRING_EQUAL(user, "nemo");
	CU_ASSERT_TRUE(words_radius_user(user, 3, pkt, len));
	CU_ASSERT_STRING_EQUAL(user, "ne");
	CU_ASSERT_FALSE(words_radius_user(user, sizeof(user), pkt, len - 1));
	len = test_hex(pkt, sizeof(pkt), "01010014 2aee86f08d0d55969ca5978e0d3367a2");
	CU_ASSERT_FALSE(words_radius_user(user, sizeof(user), pkt, len));
}

static const struct test_case cases[] = {
	{"packets", packets},
	{"forms", forms},
	{"whose_they_are", whose_they_are},
	{NULL, NULL},
};
const struct test_suite suite_words_radius = {"words_radius", cases};
