/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A tunnel under IPsec: the room for its frames, what is shown, and its end with the association.
 */
#include "gw/ipsec.h"

#include "gw/sa.h"
#include "gw/sa_xfrm.h"
#include "tests/gw/bench.h"
#include "transports/udp/udp_peer.h"

#include <errno.h>
#include <osmocom/core/select.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* What the kernel would say. */
static struct {
	struct sa sa[4];
	unsigned n, asked;
	int refuses;
	int tells[2]; /* what it tells of changes: to the gateway, and the end it is said at */
} kernel;

/* Its end is the gateway's from now on. */
static int kernel_listened(void)
{
	int fd = kernel.tells[0];

	kernel.tells[0] = -1;
	return fd;
}

static int kernel_asked(void *ctx, unsigned which)
{
	CU_ASSERT_PTR_EQUAL(ctx, &kernel);
	if (kernel.refuses)
		return kernel.refuses;
	if (which == SA_XFRM_EVENTS)
		return kernel_listened();
	kernel.asked++;
	return sa_list_new(kernel.sa, kernel.n);
}

static uint32_t peer_ip = 0xc6336407; /* 198.51.100.7 */

/* In from the peer with this SPI, and out with the next. */
static void kernel_has_pair(struct sa s, const uint8_t *we, const uint8_t *peer, uint32_t spi)
{
	const size_t len = s.v6 ? 16 : 4;

	for (unsigned out = 0; out < 2; out++) {
		s.spi = spi + out;
		memcpy(s.src, out ? we : peer, len);
		memcpy(s.dst, out ? peer : we, len);
		kernel.sa[kernel.n++] = s;
	}
}

/* Both directions to the peer, AES-CBC and SHA-1, in UDP. */
static void kernel_has(uint32_t mark, uint32_t spi, uint32_t icv)
{
	static const uint8_t we[] = {192, 0, 2, 1};
	const uint8_t peer[] = {(uint8_t)(peer_ip >> 24), (uint8_t)(peer_ip >> 16),
				(uint8_t)(peer_ip >> 8), (uint8_t)peer_ip};
	const struct sa s = {.encap = 1,
			     .mark = mark,
			     .reqid = 3,
			     .bits = 256,
			     .icv = icv,
			     .enc = "cbc(aes)",
			     .auth = "hmac(sha1)"};

	kernel_has_pair(s, we, peer, spi);
}

/* The same by IPv6 to fe80::7, AES-CBC and SHA-512, and nothing in UDP. */
static void kernel_has6(uint32_t mark, uint32_t spi)
{
	static const uint8_t we[16] = {0x20, 0x01, 0x0d, 0xb8, [15] = 1},
			     peer[16] = {0xfe, 0x80, [15] = 7};
	const struct sa s = {.v6 = 1,
			     .mark = mark,
			     .reqid = 4,
			     .bits = 256,
			     .icv = 32,
			     .enc = "cbc(aes)",
			     .auth = "hmac(sha512)"};

	kernel_has_pair(s, we, peer, spi);
}

static void conf_with(char conf[512], const char *ipsec)
{
	snprintf(conf, 512,
		 "udp wan { listen = \"192.0.2.1:1701\"  ipsec = %s }"
		 "peer far { port = wan  hostname = far  service = s }"
		 "pool p { ranges = { \"10.0.0.0/24\" } }"
		 "service s { local = 10.0.0.1  pool = p  auth = { chap } }"
		 "user ann { secret = pw }",
		 ipsec);
}

static void start_by(void (*start)(const char *conf), const char *ipsec, const char *peer)
{
	char conf[512];

	kernel.n = kernel.asked = 0;
	kernel.refuses = 0;
	CU_ASSERT_EQUAL_FATAL(socketpair(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0, kernel.tells), 0);
	ipsec_ask_by(kernel_asked, &kernel);
	conf_with(conf, ipsec);
	start(conf);
	fake.mtu = 65507;
	CU_ASSERT_TRUE_FATAL(udp_peer_parse(&fake.peer, peer));
}

static void start_with(const char *ipsec, const char *peer)
{
	start_by(bench_start, ipsec, peer);
}

static void stop(void)
{
	peer_ip = 0xc6336407;
	bench_stop();
	for (unsigned i = 0; i < 2; i++)
		if (kernel.tells[i] >= 0)
			close(kernel.tells[i]);
	ipsec_ask_by(NULL, NULL);
}

/* Control is killed, and its socket with it. */
static void next_life(void)
{
	const int said_at = kernel.tells[1];

	CU_ASSERT_EQUAL_FATAL(socketpair(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0, kernel.tells), 0);
	bench_kill(NULL);
	close(said_at);
}

static uint32_t mtu_of_call(void)
{
	const struct far_call *c = bench_call("ann", "pw", PPP_AUTH_CHAP_MD5);
	const struct dp_call *e;

	CU_ASSERT_TRUE_FATAL(c && c->ip4);
	e = fake.calls ? &fake.call[0] : NULL;
	return e ? e->mtu : 0;
}

/* Others use the loop while the gateway is freed: what is due must be gone from it. */
static void nothing_is_due_when_it_is_freed(void)
{
	start_with("require", "198.51.100.7:1701#0x11");
	CU_ASSERT_EQUAL(kernel.asked, 1);
	ipsec_free(bench.gw->ipsec);
	bench.gw->ipsec = NULL;
	bench_pass(60 * SEC);
	CU_ASSERT_EQUAL(kernel.asked, 1);
	stop();
}

/* Sizes by RFC 4303, as in tests/gw/test_sa.c; L2TP with Ns and Nr takes 10, FF 03 and the
 * protocol 4. The system knows no way to that address, on any machine, and so 1500 octets are
 * assumed. */
static void ipsec_leaves_room(void)
{
	peer_ip = 0xffffffff;
	start_with("require", "255.255.255.255:1701#0x11");
	kernel_has(0x11, 0x100, 64);
	bench_pass(SEC);
	CU_ASSERT_TRUE_FATAL(bench_dial("far"));
	/* 64 octets of ICV: 1384 in blocks 1376, less 10 */
	CU_ASSERT_EQUAL(mtu_of_call(), 1366 - 14);
	kernel.n = 0;
	kernel_has(0x11, 0x200, 12);
	bench_pass(6 * SEC);
	CU_ASSERT_EQUAL(fake.call[0].mtu, 1352); /* what PPP has agreed on stays */
	kernel.n = 0;
	kernel_has(0x11, 0x300, 128);
	bench_pass(6 * SEC);
	CU_ASSERT_EQUAL(fake.call[0].mtu, 1302 - 14); /* 1320, 1312, less 10 */
	stop();
}

static void ipsec_is_shown(void)
{
	char text[160];

	start_with("prefer", "198.51.100.7:1701#0x11");
	kernel_has(0x11, 0x100, 12);
	kernel_has(0x12, 0x200, 12);
	CU_ASSERT_TRUE_FATAL(bench_dial("far"));
	bench_pass(6 * SEC);
	ipsec_text(bench.gw, FAR_CHANNEL, text, sizeof(text));
	CU_ASSERT_STRING_EQUAL(text, "spi 0x00000100 in, 0x00000101 out, mark 0x11, reqid 3, "
				     "cbc(aes) 256, hmac(sha1), in UDP");
	CU_ASSERT_TRUE(udp_peer_parse(&fake.peer, "198.51.100.7:1701"));
	ipsec_text(bench.gw, FAR_CHANNEL, text, sizeof(text));
	CU_ASSERT_STRING_EQUAL(text, "none");
	stop();

	start_with("off", "198.51.100.7:1701");
	ipsec_text(bench.gw, FAR_CHANNEL, text, sizeof(text));
	CU_ASSERT_STRING_EQUAL(text, "-");
	bench_pass(60 * SEC);
	CU_ASSERT_EQUAL(kernel.asked, 0);
	stop();
}

/* An address of IPv6: brackets, zone, port and mark are no part of it.  RFC 4303 by hand: 1500 less
 * 40, 8, 16 and 32 is 1404, in blocks 1392; less 2, UDP 8, L2TP 10, FF 03 and the protocol 4.
 * Without its zone that address has no way on any machine, and so 1500 octets are assumed. */
static void ipsec_by_ipv6(void)
{
	char text[160];

	start_with("require", "[fe80::7%1]:1701#0x11");
	kernel_has6(0x11, 0x100);
	bench_pass(SEC);
	CU_ASSERT_TRUE_FATAL(bench_dial("far"));
	CU_ASSERT_EQUAL(mtu_of_call(), 1368);
	ipsec_text(bench.gw, FAR_CHANNEL, text, sizeof(text));
	CU_ASSERT_STRING_EQUAL(text, "spi 0x00000100 in, 0x00000101 out, mark 0x11, reqid 4, "
				     "cbc(aes) 256, hmac(sha512)");
	bench_pass(60 * SEC);
	CU_ASSERT_EQUAL(fake.calls, 1);
	kernel.n = 0;
	kernel_has(0x11, 0x300, 12); /* one of IPv4 with that mark is another's */
	bench_pass(7 * SEC);
	CU_ASSERT_EQUAL(fake.calls, 0);
	CU_ASSERT_EQUAL(bench_logged("port notice: channel wan ?fe80::7%*]:1701#0x11: its IPsec "
				     "security association is gone*"),
			1);
	stop();
}

/* Without a mark, as at a client, it is known by the addresses. */
static void ipsec_by_address(void)
{
	char text[160];

	start_with("require", "[fe80::7%1]:1701");
	kernel_has6(0, 0x100);
	kernel_has6(5, 0x200);
	bench_pass(SEC);
	CU_ASSERT_TRUE_FATAL(bench_dial("far"));
	CU_ASSERT_EQUAL(mtu_of_call(), 1368);
	ipsec_text(bench.gw, FAR_CHANNEL, text, sizeof(text));
	CU_ASSERT_EQUAL(strncmp(text, "spi 0x00000100 in, 0x00000101 out, mark 0x0, ", 45), 0);
	memmove(kernel.sa, kernel.sa + 2, 2 * sizeof(kernel.sa[0]));
	kernel.n = 2;
	bench_pass(7 * SEC);
	CU_ASSERT_EQUAL(fake.calls, 0);
	stop();
}

/* The next life of control looks after associations as the last did, also those that went between
 * the two. */
static void ipsec_outlives_control(void)
{
	start_by(bench_start_kept, "require", "198.51.100.7:1701#0x11");
	kernel_has(0x11, 0x100, 12);
	CU_ASSERT_TRUE_FATAL(bench_dial("far"));
	CU_ASSERT_TRUE(mtu_of_call());
	next_life();
	bench_pass(60 * SEC);
	CU_ASSERT_PTR_NOT_NULL(l2tp_tunnel_on(bench.gw->engine, FAR_CHANNEL, NULL));
	kernel.n = 0;
	next_life();
	fake.lines = 0;
	bench_pass(7 * SEC);
	CU_ASSERT_PTR_NULL(l2tp_tunnel_on(bench.gw->engine, FAR_CHANNEL, NULL));
	CU_ASSERT_EQUAL(fake_said("send StopCCN"), 0);
	stop();
}

static void ipsec_gone_is_tunnel_gone(void)
{
	start_with("require", "198.51.100.7:1701#0x11");
	kernel_has(0x11, 0x100, 12);
	CU_ASSERT_TRUE_FATAL(bench_dial("far"));
	CU_ASSERT_TRUE(mtu_of_call());
	bench_pass(60 * SEC);
	kernel.n = 0; /* rekeyed: never without one */
	kernel_has(0x11, 0x300, 12);
	bench_pass(60 * SEC);
	CU_ASSERT_EQUAL(fake.calls, 1);
	kernel.n = 1; /* that of one direction is left */
	bench_pass(5 * SEC);
	kernel.n = 2; /* and there it is again */
	bench_pass(60 * SEC);
	CU_ASSERT_EQUAL(fake.calls, 1);
	kernel.n = 0;
	fake.lines = 0;
	bench_pass(7 * SEC);
	CU_ASSERT_EQUAL(fake.calls, 0);
	CU_ASSERT_EQUAL(fake_said("send StopCCN"), 0); /* it would be in the clear */
	CU_ASSERT_TRUE(fake_said("disconnect"));
	CU_ASSERT_EQUAL(
		bench_logged("port notice: channel wan 198.51.100.7:1701#0x11: its IPsec security "
			     "association is gone*"),
		1);
	stop();
}

/* Other peers' associations come and go, each less than a tenth of a second after the last. */
static void ipsec_gone_among_many(void)
{
	start_with("require", "198.51.100.7:1701#0x11");
	kernel_has(0x11, 0x100, 12);
	CU_ASSERT_TRUE_FATAL(bench_dial("far"));
	CU_ASSERT_TRUE(mtu_of_call());
	kernel.n = kernel.asked = 0;
	for (unsigned i = 0; i < 40; i++) {
		CU_ASSERT_EQUAL(send(kernel.tells[1], "x", 1, 0), 1);
		osmo_select_main(1);
		bench_pass(SEC / 20);
	}
	CU_ASSERT_EQUAL(fake.calls, 0);
	/* Changes that come together are read together: in two seconds, ten times each at most. */
	CU_ASSERT_TRUE(kernel.asked > 2 && kernel.asked <= 20);
	stop();
}

/* In the clear with `prefer` there is nothing that could go. */
static void ipsec_clear_is_left_alone(void)
{
	start_with("prefer", "198.51.100.7:1701");
	CU_ASSERT_TRUE_FATAL(bench_dial("far"));
	CU_ASSERT_TRUE(mtu_of_call() > 1350);
	bench_pass(60 * SEC);
	CU_ASSERT_EQUAL(fake.calls, 1);
	stop();
}

/* Nothing is ended on no better grounds than that nobody answers. */
static void ipsec_not_told(void)
{
	start_with("require", "198.51.100.7:1701#0x11");
	kernel_has(0x11, 0x100, 12);
	CU_ASSERT_TRUE_FATAL(bench_dial("far"));
	CU_ASSERT_TRUE(mtu_of_call());
	kernel.refuses = -EACCES;
	bench_pass(60 * SEC);
	CU_ASSERT_EQUAL(fake.calls, 1);
	CU_ASSERT_EQUAL(bench_logged("port error: IPsec security associations cannot be read: *"),
			1);
	stop();
}

static const struct test_case cases[] = {
	{"nothing_is_due_when_it_is_freed", nothing_is_due_when_it_is_freed},
	{"leaves_room", ipsec_leaves_room},
	{"is_shown", ipsec_is_shown},
	{"by_ipv6", ipsec_by_ipv6},
	{"by_address", ipsec_by_address},
	{"outlives_control", ipsec_outlives_control},
	{"gone_is_tunnel_gone", ipsec_gone_is_tunnel_gone},
	{"gone_among_many", ipsec_gone_among_many},
	{"clear_is_left_alone", ipsec_clear_is_left_alone},
	{"not_told", ipsec_not_told},
	{NULL, NULL},
};
const struct test_suite suite_ipsec = {"ipsec", cases};
