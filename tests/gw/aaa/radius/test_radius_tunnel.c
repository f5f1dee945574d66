/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Attributes typed from RFC 2868 section 3; passwords hidden by Python's hashlib after 3.5. */
#include "gw/aaa/radius/radius_tunnel.h"
#include "tests/gw/radius_far.h"
#include "tests/harness.h"

#include <stdlib.h>
#include <string.h>

static const uint8_t request[RADIUS_AUTH];

/* Type and endpoint of tag 1, 2 and none: L2TP to 192.0.2.9 */
#define ONE  "400601000003 430c01 3139322e302e322e39"
#define TWO  "400602000003 430c02 3139322e302e322e39"
#define NONE "400600000003 430b 3139322e302e322e39"
/* "between us" of tag 1, hidden with the secret "secret" */
#define PASSWORD "4515018001 12dfcefc0752f374594b4831331d2016"

static struct radius_tunnels *tunnels_of(const char *attrs)
{
	static uint8_t octets[RADIUS_MAX];
	struct radius_packet p;
	bool memory;
	struct radius_tunnels *t;

	radius_far_make(&p, octets, RADIUS_ACCESS_ACCEPT, attrs);
	t = radius_tunnels_read(&p, request, "secret", 6, &memory);
	CU_ASSERT_TRUE(memory);
	return t;
}

static void no_attribute_is_no_tunnel(void)
{
	CU_ASSERT_PTR_NULL(tunnels_of("060600000005 0106616e6e61"));
	radius_tunnels_free(NULL);
}

static void rfc2868_3_one_tunnel(void)
{
	struct radius_tunnels *t =
		tunnels_of(ONE "410601000001 420c01 3139322e302e322e31" PASSWORD "530601000102"
			       "5206016f6e65 5a08016c61632e61 5b08016c6e732e62 510701 72656431");

	CU_ASSERT_EQUAL_FATAL(t->n, 1);
	CU_ASSERT_PTR_NULL(t->tunnel[0].wrong);
	CU_ASSERT_EQUAL(t->tunnel[0].tag, 1);
	CU_ASSERT_EQUAL(t->tunnel[0].medium, 1);
	CU_ASSERT_EQUAL(t->tunnel[0].preference, 0x102);
	CU_ASSERT_STRING_EQUAL(t->tunnel[0].client, "192.0.2.1");
	CU_ASSERT_STRING_EQUAL(t->tunnel[0].server, "192.0.2.9");
	CU_ASSERT_STRING_EQUAL(t->tunnel[0].assignment, "one");
	CU_ASSERT_STRING_EQUAL(t->tunnel[0].client_name, "lac.a");
	CU_ASSERT_STRING_EQUAL(t->tunnel[0].server_name, "lns.b");
	CU_ASSERT_TRUE(t->tunnel[0].has_group);
	ASSERT_OCTETS(t->tunnel[0].secret, t->tunnel[0].secret_len, "between us", 10);
	radius_tunnels_free(t);
}

/* 3.3: an octet over 0x1F is of the text.  Attributes of one tag are one tunnel wherever they are.
 */
static void attributes_belong_by_their_tags(void)
{
	struct radius_tunnels *t =
		tunnels_of("53061f000007" TWO "53060200000a" NONE "40061f000003 43081f 6c6e732e61");

	CU_ASSERT_EQUAL_FATAL(t->n, 3);
	CU_ASSERT_EQUAL(t->tunnel[0].tag, 31);
	CU_ASSERT_EQUAL(t->tunnel[0].preference, 7);
	CU_ASSERT_STRING_EQUAL(t->tunnel[0].server, "lns.a");
	CU_ASSERT_EQUAL(t->tunnel[1].tag, 2);
	CU_ASSERT_EQUAL(t->tunnel[1].preference, 10);
	CU_ASSERT_EQUAL(t->tunnel[2].tag, 0);
	CU_ASSERT_EQUAL(t->tunnel[2].preference, 0);
	CU_ASSERT_STRING_EQUAL(t->tunnel[2].server, "192.0.2.9");
	for (unsigned i = 0; i < t->n; i++)
		CU_ASSERT_PTR_NULL(t->tunnel[i].wrong);
	radius_tunnels_free(t);
}

/* Passwords of several blocks, and one without a tag, whose octet is there all the same (3.5). */
static void passwords_are_revealed(void)
{
	struct radius_tunnels *t = tunnels_of(
		"400603000003 430c03 3139322e302e322e39 4535038103 199b23367c56b4d2ee5d63d40133d657"
		"202c8904395d8650c17c70f4cd34ab07 cfe93d772709453178480d7c62a3e060");

	CU_ASSERT_EQUAL_FATAL(t->n, 1);
	ASSERT_OCTETS(t->tunnel[0].secret, t->tunnel[0].secret_len,
		      "a password of more than one block", 33);
	radius_tunnels_free(t);
	t = tunnels_of(NONE "4515208001 12dfcefc0752f374594b4831331d2016");
	CU_ASSERT_EQUAL_FATAL(t->n, 1);
	ASSERT_OCTETS(t->tunnel[0].secret, t->tunnel[0].secret_len, "between us", 10);
	radius_tunnels_free(t);
}

static void one_that_cannot_be_used_says_why(void)
{
	static const struct {
		const char *attrs, *wrong;
	} rows[] = {
		{"400601000001 430c013139322e302e322e39", "its Tunnel-Type is not L2TP"},
		{"430c013139322e302e322e39", "its Tunnel-Type is not L2TP"},
		{"400601000003", "it has no Tunnel-Server-Endpoint"},
		{ONE "41060100000a", "its Tunnel-Medium-Type is neither IPv4 nor IPv6"},
		{ONE "430c013139322e302e322e38", "an attribute of it is given twice"},
		{ONE "530601000001 530601000001", "an attribute of it is given twice"},
		{ONE "520301", "its Tunnel-Assignment-ID is empty or no text"},
		{ONE "5a07016c610a63", "its Tunnel-Client-Auth-ID is no name"},
		{ONE "5b07016c610063", "its Tunnel-Server-Auth-ID is no name"},
		{ONE "4207016c617f63", "its Tunnel-Client-Endpoint is no address"},
		{"400601000003 4303 01", "its Tunnel-Server-Endpoint is no address"},
		/* 38 of its 15 octets */
		{ONE "4515018001 00dfcefc0752f374594b4831331d2016",
		 "its Tunnel-Password is not hidden by the servers' secret"},
		{ONE "4515018103 38fa03461d25c7a5812f07f46e55f63a", "its Tunnel-Password is empty"},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct radius_tunnels *t = tunnels_of(rows[i].attrs);

		CU_ASSERT_EQUAL_FATAL(t->n, 1);
		CU_ASSERT_PTR_NOT_NULL_FATAL(t->tunnel[0].wrong);
		CU_ASSERT_STRING_EQUAL(t->tunnel[0].wrong, rows[i].wrong);
		radius_tunnels_free(t);
	}
}

/* 3.1: the protocols may be several; one that is spoilt leaves the others alone. */
static void others_are_not_spoilt(void)
{
	struct radius_tunnels *t = tunnels_of("400601000001" ONE TWO "520302");

	CU_ASSERT_EQUAL_FATAL(t->n, 2);
	CU_ASSERT_PTR_NULL(t->tunnel[0].wrong);
	CU_ASSERT_PTR_NOT_NULL(t->tunnel[1].wrong);
	radius_tunnels_free(t);
}

static const struct test_case cases[] = {
	{"no_attribute_is_no_tunnel", no_attribute_is_no_tunnel},
	{"rfc2868_3_one_tunnel", rfc2868_3_one_tunnel},
	{"attributes_belong_by_their_tags", attributes_belong_by_their_tags},
	{"passwords_are_revealed", passwords_are_revealed},
	{"one_that_cannot_be_used_says_why", one_that_cannot_be_used_says_why},
	{"others_are_not_spoilt", others_are_not_spoilt},
	{NULL, NULL},
};
const struct test_suite suite_lac_tunnels = {"lac_tunnels", cases};
