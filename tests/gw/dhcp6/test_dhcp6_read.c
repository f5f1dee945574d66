/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What RFC 8415 section 16 has a server discard, and what is no message at all. */
#include "gw/dhcp6/dhcp6.h"
#include "tests/harness.h"

#define CLIENT	"0001 000a 0003 0001 020304050607"
#define SERVER	"0002 0012 0004 00000000000000000000000000000000"
#define WRONG	"0002 0012 0004 00000000000000000000000000000001"
#define SHORTER "0002 0011 0004 000000000000000000000000000000"
#define IA	"0019 000c 00000001 00000000 00000000"
#define PREFIX	"001a 0019 00000000 00000000 38 20010db8010000000000000000000000"

static const struct dhcp6_says says = {.duid = {0, 4}};

static bool reads(const char *hex)
{
	uint8_t in[400];
	struct dhcp6_msg m;

	return dhcp6_read(&m, &says, in, test_hex(in, sizeof(in), hex), false);
}

/* Of each type: without a DUID, with the client's, with that and ours, and with that and another's;
 * an IA besides. */
static void rfc8415_16_by_type(void)
{
	static const struct {
		const char *type;
		bool nobody, client, both, wrong, ia;
	} rows[] = {
		{"00", false, false, false, false, false}, /* none */
		{"01", false, true, false, false, true},   /* Solicit */
		{"02", false, false, false, false, false}, /* Advertise */
		{"03", false, false, true, false, true},   /* Request */
		{"04", false, true, false, false, true},   /* Confirm */
		{"05", false, false, true, false, true},   /* Renew */
		{"06", false, true, false, false, true},   /* Rebind */
		{"07", false, false, false, false, false}, /* Reply */
		{"08", false, false, true, false, true},   /* Release */
		{"09", false, false, true, false, true},   /* Decline */
		{"0a", false, false, false, false, false}, /* Reconfigure */
		{"0b", true, true, true, false, false},	   /* Information-request */
		{"0c", false, false, false, false, false}, /* Relay-forward */
		{"0d", false, false, false, false, false}, /* Relay-reply */
		{"ff", false, false, false, false, false},
	};
	char hex[300];

	for (unsigned i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct {
			const char *more;
			bool want;
		} tries[] = {{"", rows[i].nobody},
			     {CLIENT, rows[i].client},
			     {SERVER CLIENT, rows[i].both},
			     {CLIENT WRONG, rows[i].wrong},
			     {CLIENT SHORTER, false}};

		for (unsigned k = 0; k < 5; k++) {
			snprintf(hex, sizeof(hex), "%s000001%s", rows[i].type, tries[k].more);
			CU_ASSERT_EQUAL(reads(hex), tries[k].want);
			snprintf(hex, sizeof(hex), "%s000001" IA "%s", rows[i].type, tries[k].more);
			CU_ASSERT_EQUAL(reads(hex), tries[k].want && rows[i].ia);
		}
	}
}

static void options_are_whole(void)
{
	static const char *const wrong[] = {
		"",			      /* no option, no client */
		CLIENT "00",		      /* a code cut */
		CLIENT "ffff 0001",	      /* an option cut */
		CLIENT CLIENT,		      /* twice */
		"0001 0002 0003",	      /* a DUID without its content */
		CLIENT "0006 0003 001700",    /* half a code */
		CLIENT "0006 0000 0006 0000", /* twice */
		CLIENT "0019 000b 00000001 00000000 000000",
		CLIENT "0004 0003 000000", /* half an IAID */
		CLIENT "0019 0010 00000001 00000000 00000000 001a 0001",
		CLIENT "0019 0010 00000001 00000000 00000000 001a 0000",
		CLIENT "0019 0029 00000001 00000000 00000000 "
		       "001a 0019 00000000 00000000 81 20010db8010000000000000000000000",
		CLIENT "0003 0027 00000001 00000000 00000000 "
		       "0005 0017 20010db8000000000000000000000001 00000000 000000",
	};
	char hex[600];

	CU_ASSERT_TRUE(reads("01000001" CLIENT));
	CU_ASSERT_TRUE(reads("01000001" CLIENT "ffff 0001 07" IA));
	CU_ASSERT_TRUE(reads("01000001" CLIENT "0019 0029 00000001 00000000 00000000 " PREFIX));
	for (unsigned i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		snprintf(hex, sizeof(hex), "01000001%s", wrong[i]);
		CU_ASSERT_FALSE(reads(hex));
	}
	CU_ASSERT_FALSE(reads("0b0000"));
}

/* RFC 8415 11.1: 128 octets behind the type */
static void a_duid_has_an_end(void)
{
	uint8_t in[4 + 4 + DHCP6_DUID_MAX + 1] = {1, 0, 0, 1, 0, 1, 0, DHCP6_DUID_MAX};
	struct dhcp6_msg m;

	CU_ASSERT_TRUE(dhcp6_read(&m, &says, in, sizeof(in) - 1, false));
	in[7]++;
	CU_ASSERT_FALSE(dhcp6_read(&m, &says, in, sizeof(in), false));
}

static void ias_have_a_limit(void)
{
	uint8_t in[600];
	struct wr w = wr_init(in, sizeof(in));
	struct dhcp6_msg m;
	uint8_t part[32];

	wr_bytes(&w, part, test_hex(part, sizeof(part), "01000001" CLIENT));
	for (unsigned i = 0; i < 16; i++)
		wr_bytes(&w, part, test_hex(part, sizeof(part), IA));
	CU_ASSERT_TRUE(dhcp6_read(&m, &says, in, w.len, false));
	CU_ASSERT_TRUE(dhcp6_asks_prefix(&m));
	wr_bytes(&w, part, test_hex(part, sizeof(part), IA));
	CU_ASSERT_FALSE(dhcp6_read(&m, &says, in, w.len, false));
}

/* A prefix is set aside for those that can be answered with one. */
static void who_asks_for_a_prefix(void)
{
	static const struct {
		const char *hex;
		bool asks;
	} rows[] = {
		{"01000001" CLIENT IA, true},
		{"03000001" CLIENT SERVER IA, true},
		{"06000001" CLIENT IA, true},
		{"05000001" CLIENT SERVER IA, false},
		{"08000001" CLIENT SERVER IA, false},
		{"01000001" CLIENT, false},
		{"0b000001", false},
	};
	uint8_t in[200];
	struct dhcp6_msg m;

	for (unsigned i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		size_t n = test_hex(in, sizeof(in), rows[i].hex);

		CU_ASSERT_TRUE(dhcp6_read(&m, &says, in, n, false));
		CU_ASSERT_EQUAL(dhcp6_asks_prefix(&m), rows[i].asks);
	}
	test_hex(in, sizeof(in), rows[1].hex);
	CU_ASSERT_TRUE(dhcp6_read(&m, &says, in, test_hex(in, sizeof(in), rows[1].hex), true));
	CU_ASSERT_FALSE(dhcp6_asks_prefix(&m));
}

static const struct test_case cases[] = {
	{"rfc8415_16_by_type", rfc8415_16_by_type},	  {"options_are_whole", options_are_whole},
	{"a_duid_has_an_end", a_duid_has_an_end},	  {"ias_have_a_limit", ias_have_a_limit},
	{"who_asks_for_a_prefix", who_asks_for_a_prefix}, {NULL, NULL},
};
const struct test_suite suite_dhcp6_read = {"dhcp6_read", cases};
