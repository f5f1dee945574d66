/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "gw/legs/ra.h"
#include "tests/gw/bench.h"

#include "gw/bind.h"
#include <string.h>

/* RFC 4861 4.2, 4.6.2 and 4.6.4, octet by octet; the checksum is that of another implementation
 * (python3: socket, struct, RFC 1071 by hand). */
static void advertisement_octets(void)
{
	static const uint8_t prefix[16] = {0x20, 0x01, 0x0d, 0xb8, 0x00, 0x64, 0x00, 0x05, 0xff};
	uint8_t got[RA_MAX], want[RA_LEN];
	struct ra ra = {.iid = 1, .prefix = prefix, .mtu = 1400};

	test_hex(want, sizeof(want),
		 "60000000 0038 3a ff fe80000000000000 0000000000000001"
		 "ff020000000000000000000000000001"
		 "86 00 2f5e 40 00 0708 00000000 00000000"
		 "05 01 0000 00000578"
		 "03 04 40 40 00015180 00003840 00000000 20010db8006400050000000000000000");
	ASSERT_OCTETS(got, ra_build(got, &ra), want, RA_LEN);
	/* an identifier of 64 bits; the checksum is less by the sum of its first three words */
	test_hex(want + 16, 8, "1122 3344 5566 0001");
	test_hex(want + 42, 2, "9591");
	ra.iid = UINT64_C(0x1122334455660001);
	ASSERT_OCTETS(got, ra_build(got, &ra), want, RA_LEN);
}

/* RFC 8106 5.1; the checksum as above. */
static void ra_name_servers(void)
{
	static const uint8_t prefix[16] = {0x20, 0x01, 0x0d, 0xb8, 0x00, 0x64, 0x00, 0x05};
	static const uint8_t dns[2][16] = {{0x20, 1, 0x0d, 0xb8, [15] = 0x53},
					   {0x20, 1, 0x0d, 0xb8, [15] = 0x54}};
	const struct ra ra = {.iid = 1, .prefix = prefix, .mtu = 1400, .dns = dns, .dns_n = 2};
	uint8_t got[RA_MAX], want[RA_MAX];
	size_t n =
		test_hex(want, sizeof(want),
			 "60000000 0060 3a ff fe80000000000000 0000000000000001"
			 "ff020000000000000000000000000001"
			 "86 00 b30f 40 00 0708 00000000 00000000"
			 "05 01 0000 00000578"
			 "03 04 40 40 00015180 00003840 00000000 20010db8006400050000000000000000"
			 "19 05 0000 00000708 20010db8000000000000000000000053"
			 "20010db8000000000000000000000054");

	ASSERT_OCTETS(got, ra_build(got, &ra), want, n);
}

/* RFC 4861 4.2 (O), RFC 8106 5.2; the checksums as above.  Names are filled up to units of 8. */
static void ra_more_by_dhcpv6(void)
{
	static const uint8_t names[] = "\7example\3net\0\1a\7example";
	static const uint8_t dns[1][16] = {{0x20, 1, 0x0d, 0xb8, [15] = 0x53}};
	struct ra ra = {.iid = 1,
			.mtu = 1400,
			.dns = dns,
			.dns_n = 1,
			.domains = names,
			.domains_len = sizeof(names),
			.dhcp6 = true};
	uint8_t got[RA_MAX], want[RA_MAX];
	size_t n =
		test_hex(want, sizeof(want),
			 "60000000 0050 3a ff fe80000000000000 0000000000000001"
			 "ff020000000000000000000000000001"
			 "86 00 f630 40 40 0708 00000000 00000000"
			 "05 01 0000 00000578"
			 "19 03 0000 00000708 20010db8000000000000000000000053"
			 "1f 04 0000 00000708 076578616d706c65 036e657400016107 6578616d706c6500");

	ASSERT_OCTETS(got, ra_build(got, &ra), want, n);
	n = test_hex(want, sizeof(want),
		     "60000000 0030 3a ff fe80000000000000 0000000000000001"
		     "ff020000000000000000000000000001"
		     "86 00 41c4 40 40 0708 00000000 00000000"
		     "05 01 0000 00000578"
		     "1f 03 0000 00000708 076578616d706c65 036e657400000000");
	ra.dns_n = 0;
	ra.domains_len = 13;
	ASSERT_OCTETS(got, ra_build(got, &ra), want, n);
}

static void mtu_is_never_below_1280(void)
{
	static const uint8_t prefix[16] = {0x20, 0x01};
	const struct ra ra = {.iid = 1, .prefix = prefix, .mtu = 576};
	uint8_t got[RA_MAX], want[4];

	test_hex(want, 4, "00000500");
	ra_build(got, &ra);
	ASSERT_OCTETS(got + 40 + 16 + 4, 4, want, 4);
}

/* fe80::2 to ff02::2, no option */
#define RS_HEX                                                  \
	"60000000 0008 3a ff fe80000000000000 0000000000000002" \
	"ff020000000000000000000000000002 85 00 7d35 00000000"
/* :: to ff02::2 */
#define RS_NOBODY                                               \
	"60000000 0008 3a ff 0000000000000000 0000000000000000" \
	"ff020000000000000000000000000002 85 00 7bb8 00000000"
/* fe80::2 with its link-layer address */
#define RS_LLADDR                                               \
	"60000000 0010 3a ff fe80000000000000 0000000000000002" \
	"ff020000000000000000000000000002 85 00 701d 00000000 0101020304050607"
/* the same from :: */
#define RS_NOBODY_LLADDR                                        \
	"60000000 0010 3a ff 0000000000000000 0000000000000000" \
	"ff020000000000000000000000000002 85 00 6ea0 00000000 0101020304050607"
/* an option that ends behind the packet */
#define RS_OPT2                                                 \
	"60000000 0010 3a ff fe80000000000000 0000000000000002" \
	"ff020000000000000000000000000002 85 00 701c 00000000 0102020304050607"
/* an option of length 0 */
#define RS_OPT0                                                 \
	"60000000 0010 3a ff fe80000000000000 0000000000000002" \
	"ff020000000000000000000000000002 85 00 701e 00000000 0100020304050607"

static bool solicits(const char *hex)
{
	uint8_t pkt[100];

	return ra_is_solicitation(pkt, test_hex(pkt, sizeof(pkt), hex));
}

static void solicitations(void)
{
	uint8_t pkt[100], bad[100];
	size_t len = test_hex(pkt, sizeof(pkt), RS_HEX), i;

	CU_ASSERT_TRUE(solicits(RS_HEX));
	CU_ASSERT_TRUE(solicits(RS_NOBODY));
	CU_ASSERT_TRUE(solicits(RS_LLADDR));
	CU_ASSERT_FALSE(solicits(RS_NOBODY_LLADDR));
	CU_ASSERT_FALSE(solicits(RS_OPT0));
	CU_ASSERT_FALSE(solicits(RS_OPT2));
	for (i = 0; i < len; i++)
		CU_ASSERT_FALSE(ra_is_solicitation(pkt, i));
	/* Hop limit, type, code, checksum: each octet wrong once. */
	for (i = 40; i < 44; i++) {
		memcpy(bad, pkt, len);
		bad[i] ^= 1;
		CU_ASSERT_FALSE(ra_is_solicitation(bad, len));
	}
	memcpy(bad, pkt, len);
	bad[7] = 254;
	CU_ASSERT_FALSE(ra_is_solicitation(bad, len));
}

#define CONF                                                                       \
	"udp a { listen = \"192.0.2.1:1701\" }\n"                                  \
	"peer lac { service = s }\n"                                               \
	"pool s { ranges = { \"2001:db8:64::/48\" } }\n"                           \
	"service s { local = 10.64.0.1  pool = s  auth = { chap }  mtu = 1400 }\n" \
	"user ann { secret = \"a password\" }\n"

static uint8_t advert[2 + RA_LEN];

static void ra_keep(uint16_t tid, uint16_t sid, const uint8_t *frame, size_t len)
{
	(void)tid;
	(void)sid;
	if (frame[1] == 0x57 && len == sizeof(advert))
		memcpy(advert, frame, len);
}

/* The prefix that was set aside, from our address on the link, with the link's MTU. */
static void what_a_client_is_told(void)
{
	uint8_t prefix[16] = {0x20, 1, 0x0d, 0xb8, 0, 0x64}, want[2 + RA_MAX] = {0, 0x57};
	struct ra ra = {.prefix = prefix, .mtu = 1400, .dhcp6 = true};
	void (*pass)(uint16_t tid, uint16_t sid, const uint8_t *frame, size_t len);
	struct far_call *c;

	bench_start(CONF);
	CU_ASSERT_TRUE_FATAL(bench_dial("lac"));
	c = bench_call("ann", "a password", PPP_AUTH_CHAP_MD5);
	CU_ASSERT_TRUE_FATAL(c->ip6);
	pass = fake.frame;
	fake.frame = ra_keep;
	bench_pass(3 * SEC);
	fake.frame = pass;
	ra.iid = bench.gw->service[0].iid;
	ra_build(want + 2, &ra);
	ASSERT_OCTETS(advert, sizeof(advert), want, 2 + RA_LEN);
	bench_stop();
}

/* After 0, 3, 13 and 29 s, then every five minutes; and when asked, at least 100 ms apart. */
static void a_client_is_told_his_prefix(void)
{
	static const struct {
		unsigned at, adverts;
	} rows[] = {{0, 1},  {2, 1},   {3, 2},	 {12, 2},  {13, 3}, {28, 3},
		    {29, 4}, {328, 4}, {329, 5}, {628, 5}, {629, 6}};
	uint8_t rs[2 + 100] = {0x00, 0x57};
	size_t len = 2 + test_hex(rs + 2, 100, RS_HEX);
	struct far_call *c;
	unsigned i, at = 0;

	bench_start(CONF);
	CU_ASSERT_TRUE_FATAL(bench_dial("lac"));
	c = bench_call("ann", "a password", PPP_AUTH_CHAP_MD5);
	CU_ASSERT_TRUE_FATAL(c->ip6);
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		bench_pass((rows[i].at - at) * SEC);
		at = rows[i].at;
		CU_ASSERT_EQUAL(fake_said("ppp 0057"), rows[i].adverts);
	}
	bench_pass(10 * SEC);
	bind_dp_ops.ppp(bench.gw, fake.call[0].tid, fake.call[0].sid, rs, len, clock_us);
	CU_ASSERT_EQUAL(fake_said("ppp 0057"), 7);
	CU_ASSERT_EQUAL(bench.gw->joins->drop[JOIN_D_SOLICITATION], 0);
	/* The client may not have been ready for that one: 100 ms later there is another. */
	for (i = 0; i < 3; i++) {
		bench_pass(10000);
		bind_dp_ops.ppp(bench.gw, fake.call[0].tid, fake.call[0].sid, rs, len, clock_us);
		CU_ASSERT_EQUAL(fake_said("ppp 0057"), 7);
		CU_ASSERT_EQUAL(bench.gw->joins->drop[JOIN_D_SOLICITATION], i);
	}
	bench_pass(69999);
	CU_ASSERT_EQUAL(fake_said("ppp 0057"), 7);
	bench_pass(1);
	CU_ASSERT_EQUAL(fake_said("ppp 0057"), 8);
	bench_pass(100000);
	bind_dp_ops.ppp(bench.gw, fake.call[0].tid, fake.call[0].sid, rs, len, clock_us);
	CU_ASSERT_EQUAL(fake_said("ppp 0057"), 9);
	CU_ASSERT_EQUAL(bench.gw->joins->drop[JOIN_D_IPV6], 0);
	CU_ASSERT_EQUAL(fake_said("ip"), 0); /* none of them is for the device */
	rs[2 + 7] = 254;		     /* hop limit: no solicitation */
	bind_dp_ops.ppp(bench.gw, fake.call[0].tid, fake.call[0].sid, rs, len, clock_us);
	CU_ASSERT_EQUAL(bench.gw->joins->drop[JOIN_D_IPV6], 1);
	CU_ASSERT_EQUAL(fake_said("ip"), 0);
	bench_hangup(c, L2TP_CDN_LOST_CARRIER, "");
	bench_pass(1000 * SEC);
	CU_ASSERT_EQUAL(fake_said("ppp 0057"), 9);
	bench_stop();
}

static const struct test_case cases[] = {
	{"advertisement_octets", advertisement_octets},
	{"ra_name_servers", ra_name_servers},
	{"ra_more_by_dhcpv6", ra_more_by_dhcpv6},
	{"mtu_is_never_below_1280", mtu_is_never_below_1280},
	{"solicitations", solicitations},
	{"what_a_client_is_told", what_a_client_is_told},
	{"a_client_is_told_his_prefix", a_client_is_told_his_prefix},
	{NULL, NULL},
};
const struct test_suite suite_ra = {"ra", cases};
