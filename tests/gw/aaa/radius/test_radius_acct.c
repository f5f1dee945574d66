/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Octets typed from the attribute formats of RFC 2866 section 5, RFC 2867 section 4, RFC 2868
 * section 3, RFC 2869 section 5, RFC 3162 section 2 and RFC 4679 section 3.3. */
#include "gw/aaa/radius/radius_acct.h"
#include "tests/harness.h"

static uint8_t buf[RADIUS_MAX];
static struct radius_writer b;

static void acct_octets_are(const char *hex)
{
	uint8_t want[1024];
	size_t n = test_hex(want, sizeof(want), hex);

	CU_ASSERT_FALSE(b.w.bad);
	ASSERT_OCTETS(buf, b.w.len, want, n);
}

static void acct_facts_are(const struct radius_acct_facts *f, const char *hex)
{
	b = (struct radius_writer){.w = wr_init(buf, sizeof(buf))};
	radius_acct_put_facts(&b, f);
	acct_octets_are(hex);
}

static void acct_event_is(const struct radius_acct_event *e, const char *hex)
{
	b = (struct radius_writer){.w = wr_init(buf, sizeof(buf))};
	radius_acct_put_event(&b, e);
	acct_octets_are(hex);
}

#define NO_PORT "3d0600000005" /* NAS-Port-Type Virtual */

static void what_is_not_known_is_left_out(void)
{
	struct radius_acct_facts f = {.port_type = 5, .called = ""};

	acct_facts_are(&f, NO_PORT);
	f.user = (const uint8_t *)"ann";
	f.user_len = 3;
	f.nas_identifier = "gate";
	f.port_id = "wan";
	f.calling = "4711";
	f.called = "2001";
	f.connect_info = "1M";
	f.authentic = RADIUS_AUTHENTIC_RADIUS;
	f.framed = true;
	acct_facts_are(&f, "0105616e6e 200667617465" NO_PORT "570577616e 1e0632303031 1f0634373131"
			   "060600000002 070600000001 2d0600000001 4d04314d");
}

static void rfc3162_addresses(void)
{
	struct radius_acct_facts f = {
		.port_type = 5, .address4 = 0x0a4d004d, .has_prefix6 = true, .has_iid = true};

	test_hex(f.prefix6, sizeof(f.prefix6), "20010db800640001 ffffffffffffffff");
	f.iid = UINT64_C(0x0102030405060708);
	acct_facts_are(&f, NO_PORT "08060a4d004d 610c 00 40 20010db800640001"
				   "600a0102030405060708");
}

/* Only as many octets as the prefix has. */
static void rfc4818_3_a_delegated_prefix(void)
{
	struct radius_acct_facts f = {.port_type = 5, .delegated_bits = 54};

	test_hex(f.delegated, sizeof(f.delegated), "20010db80100fc00 0000000000000000");
	acct_facts_are(&f, NO_PORT "7b0b 00 36 20010db80100fc");
	f.delegated_bits = 56;
	acct_facts_are(&f, NO_PORT "7b0b 00 38 20010db80100fc");
	f.delegated_bits = 32;
	acct_facts_are(&f, NO_PORT "7b08 00 20 20010db8");
}

static void rfc2867_4_a_call_names_its_tunnel(void)
{
	struct radius_acct_facts f = {.port_type = 5,
				      .tunnel = {.here = true,
						 .medium = 1,
						 .client = "192.0.2.1",
						 .server = "192.0.2.2",
						 .client_name = "lac",
						 .server_name = "lns",
						 .connection = "1"}};

	acct_facts_are(&f, NO_PORT "400600000003 410600000001 420b3139322e302e322e31"
				   "430b3139322e302e322e32 5a056c6163 5b056c6e73 440331");
	f.tunnel.assignment = "gold";
	acct_facts_are(&f, NO_PORT "400600000003 410600000001 420b3139322e302e322e31"
				   "430b3139322e302e322e32 5a056c6163 5b056c6e73 440331"
				   "5206676f6c64");
	f.tunnel.assignment = NULL;
	f.tunnel.medium = 0;
	f.tunnel.client_name = NULL;
	acct_facts_are(&f, NO_PORT "400600000003 420b3139322e302e322e31"
				   "430b3139322e302e322e32 5b056c6e73 440331");
	f.tunnel.here = false;
	acct_facts_are(&f, NO_PORT);
}

/* TR-101 has kbit/s, RFC 4679 bit/s; delays and text are the same. */
static void rfc4679_3_3_lines(void)
{
	uint8_t access[64];
	struct radius_acct_facts f = {.port_type = 5, .access = access};

	f.access_len =
		test_hex(access, sizeof(access),
			 "0103613162 8104000003e8 82040000abcd 8b0400000007 9003010203 fe00");
	acct_facts_are(&f, NO_PORT "1a0b00000de9 0105613162"
				   "1a0c00000de9 8106000f4240"
				   "1a0c00000de9 8206029f18c8"
				   "1a0c00000de9 8b0600000007"
				   "1a0b00000de9 9005010203"
				   "1a0800000de9 fe02");
	/* more than the number can say */
	f.access_len = test_hex(access, sizeof(access), "8104ffffffff 820400418937");
	acct_facts_are(&f, NO_PORT "1a0c00000de9 8106ffffffff 1a0c00000de9 8206fffffed8");
	/* unknown, of another length, cut off */
	f.access_len = test_hex(access, sizeof(access), "550161 810201ff 020162 0105");
	acct_facts_are(&f, NO_PORT "1a0900000de9 020362");
}

static void rfc2865_5_25_each_class_as_it_came(void)
{
	uint8_t octets[256] = {RADIUS_ACCESS_ACCEPT}, classes[64];
	struct radius_acct_facts f = {.port_type = 5, .classes = classes};
	struct radius_packet p;
	bool whole;

	octets[3] = (uint8_t)(20 + test_hex(octets + 20, 200, "1905010002 0806ffffffff 1903ff"));
	CU_ASSERT_TRUE_FATAL(radius_open(&p, octets, octets[3]));
	f.classes_len = radius_acct_classes(&p, classes, sizeof(classes), &whole);
	CU_ASSERT_TRUE(whole);
	acct_facts_are(&f, NO_PORT "1905010002 1903ff");
	/* no room for the second, and for the first */
	f.classes_len = radius_acct_classes(&p, classes, 5, &whole);
	CU_ASSERT_FALSE(whole);
	acct_facts_are(&f, NO_PORT "1905010002");
	CU_ASSERT_EQUAL(radius_acct_classes(&p, classes, 3, &whole), 0);
	CU_ASSERT_FALSE(whole);
	octets[3] = 20;
	CU_ASSERT_TRUE_FATAL(radius_open(&p, octets, 20));
	CU_ASSERT_EQUAL(radius_acct_classes(&p, classes, 0, &whole), 0);
	CU_ASSERT_TRUE(whole);
}

/* Acct-Session-Id is text. */
#define ID "2c1230303031303230333034303530363037"

static void rfc2866_5_a_start(void)
{
	struct radius_acct_event e = {.status = RADIUS_ACCT_START,
				      .id = UINT64_C(0x0001020304050607),
				      .when = 0x5f000001};

	acct_event_is(&e, "280600000001" ID "37065f000001");
	e.status = RADIUS_ACCT_ON;
	acct_event_is(&e, "280600000007" ID "37065f000001");
	e.status = RADIUS_ACCT_LINK_REJECT;
	acct_event_is(&e, "28060000000e" ID "37065f000001");
}

/* RFC 2869 5.1 and 5.2: gigawords. */
static void rfc2866_5_a_stop(void)
{
	struct radius_acct_counts n = {.in_octets = UINT64_C(0x300000005),
				       .out_octets = 0xffffffff,
				       .in_packets = 7,
				       .out_packets = 8,
				       .lost = 9,
				       .seconds = 3600};
	struct radius_acct_event e = {.status = RADIUS_ACCT_STOP,
				      .id = UINT64_C(0x0001020304050607),
				      .when = 0x5f000001,
				      .cause = RADIUS_CAUSE_IDLE_TIMEOUT,
				      .counts = &n};

	acct_event_is(&e, "280600000002" ID "37065f000001 2e0600000e10 2a0600000005 340600000003"
			  "2b06ffffffff 2f0600000007 300600000008 310600000004");
	e.status = RADIUS_ACCT_INTERIM;
	e.cause = 0;
	n.out_octets = UINT64_C(1) << 32;
	acct_event_is(&e, "280600000003" ID "37065f000001 2e0600000e10 2a0600000005 340600000003"
			  "2b0600000000 350600000001 2f0600000007 300600000008");
	e.status = RADIUS_ACCT_LINK_STOP;
	n.in_octets = n.out_octets = 0;
	acct_event_is(&e, "28060000000d" ID "37065f000001 2e0600000e10 2a0600000000 2b0600000000"
			  "2f0600000007 300600000008 560600000009");
}

static const struct test_case cases[] = {
	{"what_is_not_known_is_left_out", what_is_not_known_is_left_out},
	{"rfc3162_addresses", rfc3162_addresses},
	{"rfc4818_3_a_delegated_prefix", rfc4818_3_a_delegated_prefix},
	{"rfc2867_4_a_call_names_its_tunnel", rfc2867_4_a_call_names_its_tunnel},
	{"rfc4679_3_3_lines", rfc4679_3_3_lines},
	{"rfc2865_5_25_each_class_as_it_came", rfc2865_5_25_each_class_as_it_came},
	{"rfc2866_5_a_start", rfc2866_5_a_start},
	{"rfc2866_5_a_stop", rfc2866_5_a_stop},
	{NULL, NULL},
};
const struct test_suite suite_radius_acct = {"radius_acct", cases};
