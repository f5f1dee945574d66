/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Attributes of RFC 2548, 2865, 2869, 3162 and 6911, typed from there. */
#include "gw/aaa/grant.h"

#include "gw/aaa/radius/radius.h"
#include "tests/gw/radius_far.h"
#include "tests/harness.h"
#include "tests/heap.h"

#include <stdlib.h>
#include <string.h>

static struct grant_draft draft;

/* Attributes in hex; the first refusal, or NULL. */
static const char *grant_of(const char *attrs)
{
	uint8_t octets[RADIUS_MAX];
	struct radius_packet p;
	struct radius_walk at;
	struct radius_value v;
	const char *why = NULL;

	radius_far_make(&p, octets, RADIUS_ACCESS_ACCEPT, attrs);
	grant_begin(&draft);
	for (at = radius_walk(&p); !why && radius_next(&at, &v);)
		why = grant_add(&draft, &v);
	return why;
}

#define GRANTED(attrs) CU_ASSERT_PTR_NULL_FATAL(grant_of(attrs))
#define REFUSED(attrs, words)                          \
	do {                                           \
		const char *why_ = grant_of(attrs);    \
		CU_ASSERT_PTR_NOT_NULL_FATAL(why_);    \
		CU_ASSERT_STRING_EQUAL(why_, (words)); \
	} while (0)

static void names_of_sections(void)
{
	GRANTED("5806676f6c64 0b057765 62");
	CU_ASSERT_STRING_EQUAL(draft.g.pool4, "gold");
	CU_ASSERT_STRING_EQUAL(draft.g.filter, "web");
	GRANTED("6406736978 36");
	CU_ASSERT_STRING_EQUAL(draft.g.pool6, "six6");
	/* 64 octets are more than a name has */
	REFUSED("0b42"
		"6161616161616161616161616161616161616161616161616161616161616161"
		"6161616161616161616161616161616161616161616161616161616161616161",
		"a Filter-Id that is no name");
	REFUSED("0b0377 0b0378", "more than one Filter-Id");
	/* what no name may have is not taken over */
	GRANTED("5805610a62");
	CU_ASSERT_STRING_EQUAL(draft.g.pool4, "a?b");
}

/* RFC 2865 5.8 */
static void addresses_that_are_none(void)
{
	GRANTED("0806ffffffff");
	CU_ASSERT_TRUE(draft.g.chooses4);
	GRANTED("0806fffffffe");
	CU_ASSERT_FALSE(draft.g.chooses4);
	GRANTED("08060a000001");
	CU_ASSERT_FALSE(draft.g.chooses4);
}

/* RFC 2548 2.5.1, RFC 6911 3.2 */
static void name_servers(void)
{
	GRANTED("1a0c00000137 1c06 0a000035 1a0c00000137 1d06 0a000036"
		"a91220010db8000000000000000000000053");
	CU_ASSERT_EQUAL(draft.g.dns4[0], 0x0a000035);
	CU_ASSERT_EQUAL(draft.g.dns4[1], 0x0a000036);
	CU_ASSERT_EQUAL(draft.g.dns6s, 1);
	ASSERT_OCTETS(draft.g.dns6[0], 4, "\x20\x01\x0d\xb8", 4);
	GRANTED("a91220010db8000000000000000000000051 a91220010db8000000000000000000000052"
		"a91220010db8000000000000000000000053 a91220010db8000000000000000000000054");
	CU_ASSERT_EQUAL(draft.g.dns6s, 3);
	CU_ASSERT_EQUAL(draft.g.dns6[2][15], 0x53);
}

/* RFC 3162 2.2 and 2.3 */
static void ipv6_of_the_user(void)
{
	GRANTED("610c0040 20010db800770000 600a 0200000000000007");
	CU_ASSERT_TRUE(draft.g.has_prefix6);
	ASSERT_OCTETS(draft.g.prefix6, 16, "\x20\x01\x0d\xb8\0\x77\0\0\0\0\0\0\0\0\0\0", 16);
	CU_ASSERT_EQUAL(draft.g.iid, 0x0200000000000007);
	/* octets behind the prefix are none of it */
	GRANTED("61140040 20010db8007700000000000000000001");
	CU_ASSERT_EQUAL(draft.g.prefix6[15], 0);
	/* the first of several */
	GRANTED("610c0040 20010db800770000 610c0040 20010db800780000");
	CU_ASSERT_EQUAL(draft.g.prefix6[5], 0x77);
	REFUSED("610b0038 20010db8007700", "a Framed-IPv6-Prefix that is no /64");
}

/* RFC 4818 section 3, RFC 6911 3.5.  What the length does not cover does not count. */
static void prefixes_to_delegate(void)
{
	static const uint8_t want[16] = {0x20, 1, 0x0d, 0xb8, 1, 0, 0xfc};

	GRANTED("7b0c 0036 20010db80100ffff ab06676f6c64");
	CU_ASSERT_EQUAL(draft.g.delegated.bits, 54);
	CU_ASSERT_TRUE(draft.g.delegated.v6);
	ASSERT_OCTETS(draft.g.delegated.addr, 16, want, 16);
	CU_ASSERT_STRING_EQUAL(draft.g.pool_pd, "gold");
	GRANTED("7b08 0020 20010db8 7b08 0020 20010db9"); /* the first counts */
	ASSERT_OCTETS(draft.g.delegated.addr, 4, want, 4);
	REFUSED("7b0d 0041 20010db801000000 80",
		"a Delegated-IPv6-Prefix that is not of 1 to 64 bits");
	REFUSED("7b04 0000", "a Delegated-IPv6-Prefix that is not of 1 to 64 bits");
	REFUSED("ab42"
		"6161616161616161616161616161616161616161616161616161616161616161"
		"6161616161616161616161616161616161616161616161616161616161616161",
		"a Delegated-IPv6-Prefix-Pool that is no name");
}

static void how_much(void)
{
	GRANTED("0c0600000514 3e0600000002");
	CU_ASSERT_EQUAL(draft.g.mtu, 1300);
	CU_ASSERT_EQUAL(draft.g.links, 2);
	GRANTED("0c0600000040 3e06ffffffff");
	CU_ASSERT_EQUAL(draft.g.mtu, 64);
	CU_ASSERT_EQUAL(draft.g.links, 65535);
	REFUSED("0c060000003f", "a Framed-MTU under 64");
	REFUSED("3e0600000000", "a Port-Limit of 0");
}

/* RFC 2865 5.18 */
static void words_for_the_peer(void)
{
	char hex[3 * 2 * 255 + 1] = "";

	GRANTED("120748656c6c6f 120421 0a");
	CU_ASSERT_STRING_EQUAL(draft.message, "Hello!?");
	for (unsigned i = 0; i < 3; i++) {
		strcat(hex, "12c9");
		for (unsigned k = 0; k < 199; k++)
			strcat(hex, "61");
	}
	GRANTED(hex);
	CU_ASSERT_EQUAL(strlen(draft.message), GRANT_MESSAGE);
}

/* --- routes ----------------------------------------------------------------------------------- */

/* "a.b.c.d/n" of an IPv4 route, or what is wrong with it */
static void route4_is(const char *text, uint32_t addr, unsigned bits)
{
	struct cfg_prefix p;
	uint8_t want[4];

	CU_ASSERT_PTR_NULL(grant_route(&p, false, text));
	wr_put32(want, addr);
	CU_ASSERT_FALSE(p.v6);
	CU_ASSERT_EQUAL(p.bits, bits);
	ASSERT_OCTETS(p.addr + 12, 4, want, 4);
}

static void route_is_wrong(bool v6, const char *text, const char *words)
{
	struct cfg_prefix p;
	const char *why = grant_route(&p, v6, text);

	CU_ASSERT_PTR_NOT_NULL_FATAL(why);
	CU_ASSERT_STRING_EQUAL(why, words);
}

/* The first is the RFC's example. */
static void rfc2865_5_22_routes(void)
{
	route4_is("192.168.1.0/24 192.168.1.1 1 2 -1 3 400", 0xc0a80100, 24);
	route4_is("192.168.1.0/24 0.0.0.0 1", 0xc0a80100, 24);
	route4_is("10.9.0.0/16", 0x0a090000, 16);
	/* without a length: that of the class */
	route4_is("10.0.0.0 0.0.0.0 1", 0x0a000000, 8);
	route4_is("172.16.0.0 0.0.0.0 1", 0xac100000, 16);
	route4_is("192.168.1.0 0.0.0.0 1", 0xc0a80100, 24);
	/* bits of a host */
	route4_is("10.9.8.7/20", 0x0a090000, 20);
	route4_is("10.9.8.7/32", 0x0a090807, 32);
	route_is_wrong(false, "", "no address");
	route_is_wrong(false, "net 0.0.0.0 1", "no address");
	route_is_wrong(false, "10.0.0.0/33", "a wrong prefix length");
	route_is_wrong(false, "10.0.0.0/", "a wrong prefix length");
	route_is_wrong(false, "10.0.0.0/8x", "a wrong prefix length");
	route_is_wrong(false, "10.0.0.0/0008", "a wrong prefix length");
	route_is_wrong(false, "0.0.0.0/0 0.0.0.0 1", "a default route");
	route_is_wrong(false, "10.0.0.0/8 gate 1", "a wrong next hop");
	route_is_wrong(false, "10.0.0.0/8 0.0.0.0 far", "a metric that is no number");
	route_is_wrong(false, "10.0.0.0/8 0.0.0.0 1 2 3 4 5 6 7", "more than five metrics");
}

/* The first is the RFC's example. */
static void rfc3162_2_5_routes(void)
{
	struct cfg_prefix p;

	CU_ASSERT_PTR_NULL(
		grant_route(&p, true, "2000:0:0:106::/64 2000::106:a00:20ff:fe99:a998 1"));
	CU_ASSERT_EQUAL(p.bits, 64);
	ASSERT_OCTETS(p.addr, 8, "\x20\0\0\0\0\0\x01\x06", 8);
	CU_ASSERT_PTR_NULL(grant_route(&p, true, "2001:db8:1234:5678::/44 :: 1"));
	ASSERT_OCTETS(p.addr, 16, "\x20\x01\x0d\xb8\x12\x30\0\0\0\0\0\0\0\0\0\0", 16);
	route_is_wrong(true, "2001:db8::1/128 :: 1", "more than 64 bits");
	route_is_wrong(true, "2001:db8:: :: 1", "no prefix length");
	route_is_wrong(true, "::/0 :: 1", "a default route");
	route_is_wrong(true, "10.0.0.0/8 :: 1", "no address");
}

/* A log-in is good without a route that is none; the first of them is told. */
static void a_wrong_route_is_left_out(void)
{
	/* "10.0.0.0/8", "x", "y", "2001:db8::/48 :: 1" */
	GRANTED("160c31302e302e302e302f38 160378 160379"
		"6314323030313a6462383a3a2f3438203a3a2031");
	CU_ASSERT_EQUAL(draft.g.routes, 2);
	CU_ASSERT_FALSE(draft.g.route[0].v6);
	CU_ASSERT_TRUE(draft.g.route[1].v6 && draft.g.route[1].bits == 48);
	CU_ASSERT_STRING_EQUAL(draft.skipped, "x");
	CU_ASSERT_STRING_EQUAL(draft.skipped_name, "Framed-Route");
	CU_ASSERT_STRING_EQUAL(draft.skipped_why, "no address");
}

static void routes_have_a_limit(void)
{
	char hex[17 * 30] = "";

	for (unsigned i = 0; i < 17; i++)
		strcat(hex, "160c31302e302e302e302f38");
	GRANTED(hex);
	CU_ASSERT_EQUAL(draft.g.routes, GRANT_ROUTES);
	CU_ASSERT_STRING_EQUAL(draft.skipped_why, "more than 16 routes");
}

/* --- kept -------------------------------------------------------------------------------------- */

#define ALL                                                                             \
	"5806676f6c64 6406736978 36 0b05776562 0806ffffffff 1a0c00000137 1c06 0a000035" \
	"1a0c00000137 1d06 0a000036 a91220010db8000000000000000000000053"               \
	"610c0040 20010db800770000 600a 0200000000000007 0c0600000514 3e0600000002"     \
	"160c31302e302e302e302f38 6314323030313a6462383a3a2f3438203a3a2031"

static bool grant_same(const struct grant *a, const struct grant *b)
{
	struct grant x = *a, y = *b;

	x.route = y.route = NULL;
	return !memcmp(&x, &y, sizeof(x)) &&
	       (!a->routes || !memcmp(a->route, b->route, a->routes * sizeof(a->route[0])));
}

static void a_grant_is_kept(void)
{
	struct grant *kept;

	GRANTED(ALL);
	kept = grant_keep(&draft.g);
	CU_ASSERT_PTR_NOT_NULL_FATAL(kept);
	CU_ASSERT_TRUE(grant_same(kept, &draft.g));
	free(kept);
	CU_ASSERT_PTR_NULL(grant_keep(NULL));
}

static void a_grant_goes_along(void)
{
	uint8_t rec[1024];
	struct wr w = wr_init(rec, sizeof(rec));
	struct grant *back;
	struct rd r;

	GRANTED(ALL);
	grant_save(&draft.g, &w);
	wr_u8(&w, 0xee);
	CU_ASSERT_FALSE(w.bad);
	r = rd_init(rec, w.len);
	CU_ASSERT_TRUE_FATAL(grant_read(&r, &back));
	CU_ASSERT_TRUE(grant_same(back, &draft.g));
	free(back);
	CU_ASSERT_EQUAL(rd_u8(&r), 0xee);
	/* cut anywhere */
	for (size_t len = 0; len < w.len - 1; len++) {
		r = rd_init(rec, len);
		CU_ASSERT_FALSE(grant_read(&r, &back));
		CU_ASSERT_PTR_NULL(back);
	}
}

/* Nobody has written that. */
static void a_name_that_is_too_long_spoils_the_record(void)
{
	uint8_t rec[1024], longer[1024 + GRANT_NAME];
	struct wr w = wr_init(rec, sizeof(rec));

	GRANTED(ALL); /* "gold" comes first */
	grant_save(&draft.g, &w);
	for (unsigned more = GRANT_NAME - 4; more <= GRANT_NAME - 3; more++) {
		struct wr l = wr_init(longer, sizeof(longer));
		struct grant *back;
		struct rd r;

		wr_u16(&l, (uint16_t)(w.len - 2 + more));
		wr_u8(&l, (uint8_t)(4 + more));
		for (unsigned i = 0; i < 4 + more; i++)
			wr_u8(&l, 'x');
		wr_bytes(&l, rec + 7, w.len - 7);
		r = rd_init(longer, l.len);
		CU_ASSERT_EQUAL(grant_read(&r, &back), 4 + more <= GRANT_NAME);
		free(back);
	}
}

static void no_grant_goes_along(void)
{
	uint8_t rec[8];
	struct wr w = wr_init(rec, sizeof(rec));
	struct grant *back;
	struct rd r;

	grant_save(NULL, &w);
	r = rd_init(rec, w.len);
	CU_ASSERT_TRUE(grant_read(&r, &back));
	CU_ASSERT_PTR_NULL(back);
}

static const struct test_case cases[] = {
	{"names_of_sections", names_of_sections},
	{"addresses_that_are_none", addresses_that_are_none},
	{"name_servers", name_servers},
	{"ipv6_of_the_user", ipv6_of_the_user},
	{"prefixes_to_delegate", prefixes_to_delegate},
	{"how_much", how_much},
	{"words_for_the_peer", words_for_the_peer},
	{"rfc2865_5_22_routes", rfc2865_5_22_routes},
	{"rfc3162_2_5_routes", rfc3162_2_5_routes},
	{"a_wrong_route_is_left_out", a_wrong_route_is_left_out},
	{"routes_have_a_limit", routes_have_a_limit},
	{"a_grant_is_kept", a_grant_is_kept},
	{"a_grant_goes_along", a_grant_goes_along},
	{"a_name_that_is_too_long_spoils_the_record", a_name_that_is_too_long_spoils_the_record},
	{"no_grant_goes_along", no_grant_goes_along},
	{NULL, NULL},
};
const struct test_suite suite_grant = {"grant", cases};
