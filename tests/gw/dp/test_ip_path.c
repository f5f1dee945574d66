/* SPDX-License-Identifier: GPL-2.0-or-later */
/* IP between a call and a TUN device. */
#include "config.h" /* first: GNU extensions */

#include "core/bytes.h"
#include "gw/ip/ip.h"
#include "gw/netif.h"
#include "tests/gw/dp/ip_bench.h"
#include "tests/harness.h"

#include <errno.h>
#include <linux/tcp.h>
#include <net/if.h>
#include <netinet/in.h>
#include <pcap/pcap.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define EACH(name)                                          \
	static void name(void)                              \
	{                                                   \
		ip_bench_each("ip_path " #name, do_##name); \
	}

/* --- in --------------------------------------------------------------------------------------- */

static void do_client_is_heard(struct bench *b)
{
	int s4 = netns_udp4(GATEWAY, 7000), s6 = netns_udp6(gateway6, 7000);
	struct dp_counters n;

	client_says4(b, CLIENT, "four");
	CU_ASSERT(hears(b, s4, "four"));
	client_says6(b, client6, "six");
	CU_ASSERT(hears(b, s6, "six"));
	rig_settle(&b->r);
	dp_count(b->r.dp, &n);
	CU_ASSERT(n.tun_tx == 2 && n.rx_frames == 2);
	close(s4);
	close(s6);
}
EACH(client_is_heard)

/* A filter sees the packet alone: octet 9 of IPv4 is the protocol, octet 6 of IPv6. */
static void do_filters(struct bench *b)
{
	static const struct bpf_insn no_udp4[] = {
		BPF_STMT(BPF_LD + BPF_B + BPF_ABS, 0),
		BPF_JUMP(BPF_JMP + BPF_JGE + BPF_K, 0x60, 2, 0),
		BPF_STMT(BPF_LD + BPF_B + BPF_ABS, 9),
		BPF_JUMP(BPF_JMP + BPF_JEQ + BPF_K, IPPROTO_UDP, 1, 0),
		BPF_STMT(BPF_RET + BPF_K, 65535),
		BPF_STMT(BPF_RET + BPF_K, 0),
	};
	int s4 = netns_udp4(GATEWAY, 7000), s6 = netns_udp6(gateway6, 7000);
	struct dp_call_stats s;
	uint32_t no;

	CU_ASSERT_FATAL(!dp_filter_add(b->r.dp, no_udp4, 6, &no));
	b->call.filter[DP_FILTER_IP_IN] = b->call.filter[DP_FILTER_IP_OUT] = no;
	CU_ASSERT(!dp_call_set(b->r.dp, &b->call));
	client_says4(b, CLIENT, "four");
	CU_ASSERT(rig_wait_reason(&b->r, DP_R_FILTER_IN, 1));
	client_says6(b, client6, "six");
	CU_ASSERT(hears(b, s6, "six"));
	CU_ASSERT(ip_bench_send4(b, s4, CLIENT, 7000, "out four", 8) == 8);
	CU_ASSERT(rig_wait_reason(&b->r, DP_R_FILTER_OUT, 1));
	b->call.filter[DP_FILTER_IP_IN] = b->call.filter[DP_FILTER_IP_OUT] = 0;
	CU_ASSERT(!dp_call_set(b->r.dp, &b->call));
	client_says4(b, CLIENT, "four");
	CU_ASSERT(hears(b, s4, "four"));
	CU_ASSERT(dp_call_stats(b->r.dp, 2, 3, &s));
	CU_ASSERT(s.filtered_in == 1 && s.filtered_out == 1);
	dp_filter_del(b->r.dp, no);
	close(s4);
	close(s6);
}
EACH(filters)

/* Packets of a terminal count with their IP head and no more: 100 of 1000 octets, three of which
 * find room in two packets of 1500; both directions and both families have one bucket each. */
static void do_rates(struct bench *b)
{
	static char text[1000 - 28 + 1];
	int s4 = netns_udp4(GATEWAY, 7000);
	struct dp_call_stats s;

	memset(text, 'x', sizeof(text) - 1);
	b->call.rate[DP_RATE_UP] = b->call.rate[DP_RATE_DOWN] = 1;
	CU_ASSERT(!dp_call_set(b->r.dp, &b->call));
	for (unsigned i = 0; i < 6; i++)
		client_says4(b, CLIENT, text);
	CU_ASSERT(rig_wait_reason(&b->r, DP_R_RATE_UP, 3));
	for (unsigned i = 0; i < 3; i++)
		CU_ASSERT(hears(b, s4, text));
	client_says6(b, client6, "six");
	CU_ASSERT(rig_wait_reason(&b->r, DP_R_RATE_UP, 4));
	for (unsigned i = 0; i < 5; i++)
		CU_ASSERT(ip_bench_send4(b, s4, CLIENT, 7001, text, 972) == 972);
	CU_ASSERT(rig_wait_reason(&b->r, DP_R_RATE_DOWN, 2));
	CU_ASSERT(dp_call_stats(b->r.dp, 2, 3, &s));
	CU_ASSERT(s.limited[DP_RATE_UP] == 4 && s.limited[DP_RATE_DOWN] >= 2);
	CU_ASSERT_EQUAL(s.drops, 4 + s.limited[DP_RATE_DOWN]);
	b->call.rate[DP_RATE_UP] = b->call.rate[DP_RATE_DOWN] = 0;
	CU_ASSERT(!dp_call_set(b->r.dp, &b->call));
	client_says4(b, CLIENT, "four");
	CU_ASSERT(hears(b, s4, "four"));
	CU_ASSERT(ip_bench_send4(b, s4, CLIENT, 7001, "out four", 8) == 8);
	CU_ASSERT(frame_with(b, "out four", 8) != NULL);
	close(s4);
}
EACH(rates)

/* The peer's first packet behind our Ack: it goes up, the NCP opens, and it comes back down; its
 * source is looked at then. */
static void do_packets_before_the_ncp_is_open(struct bench *b)
{
	int s4 = netns_udp4(GATEWAY, 7000), s6 = netns_udp6(gateway6, 7000);
	const struct fake_line *l = b->r.line;
	struct dp_counters n;

	b->call.ip4 = b->call.ip6 = false;
	CU_ASSERT(!dp_call_set(b->r.dp, &b->call));
	client_says4(b, CLIENT, "four");
	client_says6(b, client6, "six");
	client_says4(b, CLIENT + 1, "spoof");
	CU_ASSERT_FATAL(rig_wait_lines(&b->r, 3));
	CU_ASSERT(dp_ip_rx(b->r.dp, 2, 3, l[0].octets, l[0].len));
	CU_ASSERT(rig_wait_reason(&b->r, DP_R_NOT_OPEN,
				  1)); /* still closed: it does not come up again */
	b->call.ip4 = b->call.ip6 = true;
	CU_ASSERT(!dp_call_set(b->r.dp, &b->call));
	for (unsigned i = 0; i < 3; i++)
		CU_ASSERT(dp_ip_rx(b->r.dp, 2, 3, l[i].octets, l[i].len));
	CU_ASSERT(hears(b, s4, "four"));
	CU_ASSERT(hears(b, s6, "six"));
	CU_ASSERT(rig_wait_reason(&b->r, DP_R_SPOOF, 1));
	rig_settle(&b->r);
	dp_count(b->r.dp, &n);
	CU_ASSERT(n.tun_tx == 2 && n.reason[DP_R_NOT_OPEN] == 1);
	CU_ASSERT(!dp_ip_rx(b->r.dp, 2, 4, l[0].octets, l[0].len));
	CU_ASSERT_EQUAL(rig_reason(&b->r, DP_R_NO_CALL), 1);
	close(s4);
	close(s6);
}
EACH(packets_before_the_ncp_is_open)

static void do_spoofing_is_stopped(struct bench *b)
{
	static const uint8_t own[16] = {0xfe, 0x80, [15] = 5}, strange[16] = {0xfe, 0x80, [15] = 6};
	static const uint8_t none[16];
	struct dp_counters n;

	client_says4(b, CLIENT + 1, "x");
	client_says4(b, 0, "x");
	client_says4(b, GATEWAY, "x");
	client_says6(b, other6, "x");
	client_says6(b, strange, "x");
	client_says6(b, none, "x");
	CU_ASSERT(rig_wait_reason(&b->r, DP_R_SPOOF, 6));
	client_says6(b, own, "x");
	rig_settle(&b->r);
	CU_ASSERT(rig_reason(&b->r, DP_R_SPOOF) == 6);
	dp_count(b->r.dp, &n);
	CU_ASSERT(n.tun_tx == 1);
	/* Without a prefix only the link-local source is left. */
	b->call.has_peer6 = false;
	CU_ASSERT(!dp_call_set(b->r.dp, &b->call));
	client_says6(b, client6, "x");
	CU_ASSERT(rig_wait_reason(&b->r, DP_R_SPOOF, 7));
	/* Without an address no source is right, not even none. */
	b->call.peer4 = 0;
	CU_ASSERT(!dp_call_set(b->r.dp, &b->call));
	client_says4(b, 0, "x");
	CU_ASSERT(rig_wait_reason(&b->r, DP_R_SPOOF, 8));
}
EACH(spoofing_is_stopped)

/* RFC 4862 5.4.2: a host asks from :: whether its address is free; that is no spoofing. */
static void do_duplicate_address_detection(struct bench *b)
{
	static const char *const asks[] = {
		"60000000 0018 3aff 00000000000000000000000000000000 "
		"ff0200000000000000000001ff000005"
		"87000000 00000000 fe800000000000000000000000000005",
		/* MLDv2 report behind a hop-by-hop header with the router alert */
		"60000000 001c 0001 00000000000000000000000000000000 "
		"ff020000000000000000000000000016"
		"3a00 0502 0000 0100 8f000000 00000001 04000000 00000000 00000000",
	};
	struct dp_counters n;

	for (unsigned i = 0; i < 2; i++) {
		uint8_t p[128];

		client_says(b, 0x0057, p, test_hex(p, sizeof(p), asks[i]));
		CU_ASSERT(rig_wait_reason(&b->r, DP_R_UNSPECIFIED, i + 1));
	}
	rig_settle(&b->r);
	dp_count(b->r.dp, &n);
	CU_ASSERT(n.tun_tx == 0 && n.reason[DP_R_SPOOF] == 0);
}
EACH(duplicate_address_detection)

static void do_bad_ip(struct bench *b)
{
	uint8_t pkt[64];
	size_t len = netns_packet4(pkt, CLIENT, GATEWAY, 7000, "x", 1);

	client_says(b, 0x0021, pkt, 19);
	client_says(b, 0x0021, pkt, len - 1);
	client_says(b, 0x0057, pkt, len);
	client_says(b, 0x0021, pkt, 0);
	CU_ASSERT(rig_wait_reason(&b->r, DP_R_BAD_IP, 4));
}
EACH(bad_ip)

static void do_padding_is_cut(struct bench *b)
{
	int sniff = netns_sniff(dp_tun_name(b->r.dp, b->tun));
	struct reading w = {.fd = sniff, .len = -1};
	uint8_t pkt[100] = {0};
	size_t len = netns_packet4(pkt, CLIENT, GATEWAY, 7000, "pad", 3);

	client_says(b, 0x0021, pkt, len + 20);
	do {
		w.len = -1;
		CU_ASSERT_FATAL(rig_wait(&b->r, ip_bench_socket_has, &w));
	} while (w.text[0] != 0x45 || memcmp(w.text + 12, pkt + 12, 4));
	ASSERT_OCTETS(w.text, (size_t)w.len, pkt, len);
	close(sniff);
}
EACH(padding_is_cut)

/* --- out -------------------------------------------------------------------------------------- */

static void do_client_is_told(struct bench *b)
{
	int s4 = netns_udp4(GATEWAY, 7000), s6 = netns_udp6(gateway6, 7000);
	const struct fake_frame *f;
	uint8_t head[16];

	CU_ASSERT(ip_bench_send4(b, s4, CLIENT, 7001, "four", 4) == 4);
	f = frame_with(b, "four", 4);
	CU_ASSERT_FATAL(f != NULL);
	CU_ASSERT(f->c == 1);
	ASSERT_OCTETS(f->octets, 8, head, test_hex(head, 16, "0002 0a0b 0c0d 0021"));
	CU_ASSERT(f->len == 8 + 28 + 4 && f->octets[8] == 0x45);
	CU_ASSERT(ip_bench_send6(b, s6, client6, 7001, "six", 3) == 3);
	f = frame_with(b, "six", 3);
	CU_ASSERT_FATAL(f != NULL);
	ASSERT_OCTETS(f->octets, 8, head, test_hex(head, 16, "0002 0a0b 0c0d 0057"));
	CU_ASSERT(f->len == 8 + 48 + 3 && f->octets[8] >> 4 == 6);
	close(s4);
	close(s6);
}
EACH(client_is_told)

static void do_nobody_has_it(struct bench *b)
{
	int s4 = netns_udp4(GATEWAY, 7000), s6 = netns_udp6(gateway6, 7000);
	uint64_t before = rig_reason(&b->r, DP_R_NO_ROUTE);

	CU_ASSERT(ip_bench_send4(b, s4, CLIENT + 1, 7001, "x", 1) == 1);
	CU_ASSERT(ip_bench_send6(b, s6, other6, 7001, "x", 1) == 1);
	CU_ASSERT(rig_wait_reason(&b->r, DP_R_NO_ROUTE, before + 2));
	/* An NCP that is not open has no address. */
	b->call.ip4 = false;
	CU_ASSERT(!dp_call_set(b->r.dp, &b->call));
	CU_ASSERT(ip_bench_send4(b, s4, CLIENT, 7001, "x", 1) == 1);
	CU_ASSERT(rig_wait_reason(&b->r, DP_R_NO_ROUTE, before + 3));
	dp_call_del(b->r.dp, 2, 3);
	CU_ASSERT(ip_bench_send6(b, s6, client6, 7001, "x", 1) == 1);
	CU_ASSERT(rig_wait_reason(&b->r, DP_R_NO_ROUTE, before + 4));
	close(s4);
	close(s6);
}
EACH(nobody_has_it)

/* An address goes to another call; the end of the first does not take it away again. */
static void do_an_address_moves(struct bench *b)
{
	int s4 = netns_udp4(GATEWAY, 7000);
	struct dp_call second = b->call;
	const struct fake_frame *f;

	second.sid = 4;
	second.data.peer_sid = 0x0e0f;
	CU_ASSERT(!dp_call_set(b->r.dp, &second));
	dp_call_del(b->r.dp, 2, 3);
	CU_ASSERT(ip_bench_send4(b, s4, CLIENT, 7001, "moved", 5) == 5);
	f = frame_with(b, "moved", 5);
	CU_ASSERT(f && f->octets[4] == 0x0e && f->octets[5] == 0x0f);
	dp_call_del(b->r.dp, 2, 4);
	close(s4);
}
EACH(an_address_moves)

static void tell_link_local(struct bench *b, const char *text)
{
	struct sockaddr_in6 to = {.sin6_family = AF_INET6,
				  .sin6_port = htons(7001),
				  .sin6_addr.s6_addr = {0xfe, 0x80, [15] = 5},
				  .sin6_scope_id = if_nametoindex(dp_tun_name(b->r.dp, b->tun))};
	int s6 = socket(AF_INET6, SOCK_DGRAM, 0);

	CU_ASSERT(sendto(s6, text, strlen(text), 0, (struct sockaddr *)&to, sizeof(to)) > 0);
	close(s6);
}

/* A second client with the same interface identifier does not get the packets of the first. */
static void do_an_identifier_stays(struct bench *b)
{
	static const struct cfg_prefix ours = {
		.v6 = true, .bits = 64, .addr = {0xfe, 0x80, [15] = 1}};
	static const uint8_t first[] = {0x0c, 0x0d};
	struct dp_call second = b->call;
	const struct fake_frame *f;

	CU_ASSERT(!netif_addr(dp_tun_name(b->r.dp, b->tun), &ours, NULL, true));
	CU_ASSERT(netns_settled6(ours.addr));
	second.sid = 4;
	second.data.peer_sid = 0x0e0f;
	second.peer4 = CLIENT + 1;
	memcpy(second.peer6, other6, 8);
	CU_ASSERT(!dp_call_set(b->r.dp, &second));
	tell_link_local(b, "local one");
	f = frame_with(b, "local one", 9);
	CU_ASSERT_FATAL(f != NULL);
	CU_ASSERT(!memcmp(f->octets + 4, first, 2));
	dp_call_del(b->r.dp, 2, 4);
	tell_link_local(b, "local two");
	f = frame_with(b, "local two", 9);
	CU_ASSERT_FATAL(f != NULL);
	CU_ASSERT(!memcmp(f->octets + 4, first, 2));
}
EACH(an_identifier_stays)

/* --- MTU -------------------------------------------------------------------------------------- */

/* What the kernel takes the path to the client to be; asked by a fresh connect, because an answer
 * that comes while the socket is busy changes the route only. */
static int path_mtu4(int fd)
{
	struct sockaddr_in to = {
		.sin_family = AF_INET, .sin_port = htons(7001), .sin_addr.s_addr = htonl(CLIENT)};
	socklen_t len = sizeof(int);
	int mtu = -1;

	CU_ASSERT(!connect(fd, (struct sockaddr *)&to, sizeof(to)));
	CU_ASSERT(!getsockopt(fd, IPPROTO_IP, IP_MTU, &mtu, &len));
	return mtu;
}

static int path_mtu6(int fd)
{
	struct sockaddr_in6 to = {.sin6_family = AF_INET6, .sin6_port = htons(7001)};
	socklen_t len = sizeof(int);
	int mtu = -1;

	memcpy(&to.sin6_addr, client6, 16);
	CU_ASSERT(!connect(fd, (struct sockaddr *)&to, sizeof(to)));
	CU_ASSERT(!getsockopt(fd, IPPROTO_IPV6, IPV6_MTU, &mtu, &len));
	return mtu;
}

static bool learnt4(struct rig *r, void *arg)
{
	(void)r;
	return path_mtu4(*(int *)arg) == CALL_MTU;
}

static void do_too_big_is_answered(struct bench *b)
{
	static const char big[1400];
	int s4 = netns_udp4(GATEWAY, 7000), on = IP_PMTUDISC_DO;

	CU_ASSERT(!setsockopt(s4, IPPROTO_IP, IP_MTU_DISCOVER, &on, sizeof(on)));
	CU_ASSERT(path_mtu4(s4) == 1500);
	CU_ASSERT(send(s4, big, sizeof(big), 0) == sizeof(big));
	CU_ASSERT(rig_wait(&b->r, learnt4, &s4)); /* by our ICMP */
	CU_ASSERT(rig_reason(&b->r, DP_R_TOO_BIG) == 1);
	CU_ASSERT(fake_sent_count(b->r.fake) == 0);
	close(s4);
}
EACH(too_big_is_answered)

static bool learnt6(struct rig *r, void *arg)
{
	(void)r;
	return path_mtu6(*(int *)arg) == 1280;
}

static void do_too_big_is_answered6(struct bench *b)
{
	static const char big[1400];
	int s6 = netns_udp6(gateway6, 7000);

	b->call.mtu = 1280;
	CU_ASSERT(!dp_call_set(b->r.dp, &b->call));
	dp_flush(b->r.dp);
	CU_ASSERT(path_mtu6(s6) == 1500);
	CU_ASSERT(send(s6, big, sizeof(big), 0) == sizeof(big));
	CU_ASSERT(rig_wait(&b->r, learnt6, &s6));
	CU_ASSERT(rig_reason(&b->r, DP_R_TOO_BIG) == 1);
	close(s6);
}
EACH(too_big_is_answered6)

static void do_without_df_it_is_cut(struct bench *b)
{
	char big[1400];
	int s4 = netns_udp4(GATEWAY, 7000), off = IP_PMTUDISC_DONT;
	const struct fake_frame *first, *last;
	struct dp_counters n;

	memset(big, 'a', sizeof(big));
	memcpy(big, "start", 5);
	memcpy(big + sizeof(big) - 3, "end", 3);
	CU_ASSERT(!setsockopt(s4, IPPROTO_IP, IP_MTU_DISCOVER, &off, sizeof(off)));
	CU_ASSERT(ip_bench_send4(b, s4, CLIENT, 7001, big, sizeof(big)) == sizeof(big));
	first = frame_with(b, "start", 5);
	last = frame_with(b, "aend", 4);
	CU_ASSERT_FATAL(first && last && first < last);
	CU_ASSERT(first->len - 8 == 996 && first->octets[8 + 6] == 0x20); /* MF, offset 0 */
	CU_ASSERT(last->len - 8 == 20 + 1408 - 976);
	CU_ASSERT(last->octets[8 + 6] == 0 && last->octets[8 + 7] == 976 / 8);
	dp_count(b->r.dp, &n);
	CU_ASSERT(n.fragmented == 1 && n.reason[DP_R_TOO_BIG] == 0);
	close(s4);
}
EACH(without_df_it_is_cut)

/* Packet i of the jumbo ones is filled so. */
static char jumbo_octet(size_t k, unsigned i)
{
	return (char)(k * 7 + k / 256 + i);
}

/* Octets of UDP in it: a small one is behind the first. */
static size_t jumbo_len(unsigned i)
{
	return i == 1 ? 40 - 28 : 9000 - 28;
}

static bool jumbo_is_read(struct rig *r, void *arg)
{
	struct dp_counters n;

	dp_count(r->dp, &n);
	return n.tun_rx >= *(unsigned *)arg;
}

/* The fragments of all packets, in order, are what was sent; each: most octets of data in one. */
static void jumbo_arrived(struct bench *b, unsigned packets, size_t each)
{
	unsigned frame = 0;

	for (unsigned i = 0; i < packets; i++) {
		size_t len = 8 + jumbo_len(i);
		const uint8_t *first;

		CU_ASSERT_FATAL(rig_wait_sent(&b->r, frame + (unsigned)((len + each - 1) / each)));
		first = b->r.fake->sent[frame].octets + 8;
		for (size_t at = 0; at < len; at += each, frame++) {
			const uint8_t *p = b->r.fake->sent[frame].octets + 8;
			size_t body = len - at < each ? len - at : each;

			CU_ASSERT_EQUAL_FATAL(b->r.fake->sent[frame].len, 8 + 20 + body);
			CU_ASSERT_EQUAL((size_t)(p[2] << 8 | p[3]), 20 + body);
			CU_ASSERT_EQUAL((size_t)((p[6] & 31) << 8 | p[7]), at / 8);
			CU_ASSERT(!memcmp(p + 4, first + 4, 2) && !memcmp(p + 12, first + 12, 8));
			for (size_t k = at ? 0 : 8; k < body; k++)
				CU_ASSERT_FATAL((char)p[20 + k] == jumbo_octet(at + k - 8, i));
		}
	}
	CU_ASSERT_EQUAL(frame, fake_sent_count(b->r.fake));
}

/* Packets of 9000 octets for a call with a small MTU: many fragments of one packet, many packets in
 * one batch, and more octets than a batch has memory for.  The worker of the call is held up until
 * all packets wait for it. */
static void do_jumbo_packets(struct bench *b)
{
	static const struct {
		uint16_t mtu;
		unsigned packets;
		size_t each;
	} row[] = {{128, 1, 104}, {128, 5, 104}, {4000, 70, 3976}, {4400, 70, 4376}};
	int s4 = netns_udp4(GATEWAY, 7000), off = IP_PMTUDISC_DONT;
	bool held_up = dp_workers(b->r.dp) == 2;
	char big[9000];

	CU_ASSERT(!netif_set(dp_tun_name(b->r.dp, b->tun), true, 9000));
	CU_ASSERT(!setsockopt(s4, IPPROTO_IP, IP_MTU_DISCOVER, &off, sizeof(off)));
	for (unsigned k = 0; k < sizeof(row) / sizeof(row[0]); k++) {
		struct dp_counters n;
		unsigned want;

		b->call.mtu = row[k].mtu;
		CU_ASSERT(!dp_call_set(b->r.dp, &b->call));
		dp_count(b->r.dp, &n);
		want = (unsigned)n.tun_rx + row[k].packets;
		b->r.fake->n_sent = 0;
		if (held_up) {
			pthread_mutex_lock(&b->r.fake->lock);
			b->r.fake->host->wake(b->r.fake->host_ctx);
		}
		for (unsigned i = 0; i < row[k].packets; i++) {
			long len = (long)jumbo_len(i);

			for (size_t j = 0; j < sizeof(big); j++)
				big[j] = jumbo_octet(j, i);
			CU_ASSERT(ip_bench_send4(b, s4, CLIENT, 7001, big, (size_t)len) == len);
		}
		if (held_up) {
			CU_ASSERT(rig_wait(&b->r, jumbo_is_read, &want));
			pthread_mutex_unlock(&b->r.fake->lock);
		}
		jumbo_arrived(b, row[k].packets, row[k].each);
	}
	close(s4);
}
EACH(jumbo_packets)

/* RFC 791: a header and 8 octets are the least that a fragment has. */
static void do_not_even_a_header_fits(struct bench *b)
{
	static const char text[64];
	int s4 = netns_udp4(GATEWAY, 7000), off = IP_PMTUDISC_DONT;

	CU_ASSERT(!setsockopt(s4, IPPROTO_IP, IP_MTU_DISCOVER, &off, sizeof(off)));
	b->call.mtu = 27;
	CU_ASSERT(!dp_call_set(b->r.dp, &b->call));
	CU_ASSERT(ip_bench_send4(b, s4, CLIENT, 7001, text, sizeof(text)) == sizeof(text));
	CU_ASSERT(rig_wait_reason(&b->r, DP_R_TOO_BIG, 1));
	CU_ASSERT_EQUAL(fake_sent_count(b->r.fake), 0);
	b->call.mtu = 28;
	CU_ASSERT(!dp_call_set(b->r.dp, &b->call));
	CU_ASSERT(ip_bench_send4(b, s4, CLIENT, 7001, text, sizeof(text)) == sizeof(text));
	CU_ASSERT(rig_wait_sent(&b->r, 9)); /* 72 octets */
	CU_ASSERT_EQUAL(rig_reason(&b->r, DP_R_TOO_BIG), 1);
	close(s4);
}
EACH(not_even_a_header_fits)

static void do_too_big_answers_are_limited(struct bench *b)
{
	static const char big[1400];
	int s4 = netns_udp4(GATEWAY, 7000), probe = IP_PMTUDISC_PROBE;

	CU_ASSERT(!setsockopt(s4, IPPROTO_IP, IP_MTU_DISCOVER, &probe, sizeof(probe)));
	/* PROBE: DF, and what is learnt is ignored */
	ip_bench_flood4(b, s4, CLIENT, big, sizeof(big), DP_R_ICMP_LIMIT, 10);
	close(s4);
}
EACH(too_big_answers_are_limited)

/* --- MSS -------------------------------------------------------------------------------------- */

static void do_mss_is_held_down(struct bench *b)
{
	/* The MSS option of a SYN is the first of Linux's: kind 2, length 4. */
	static const uint8_t want_out[] = {2, 4, (CALL_MTU - 40) >> 8, (CALL_MTU - 40) & 255};
	struct sockaddr_in to = {
		.sin_family = AF_INET, .sin_port = htons(80), .sin_addr.s_addr = htonl(CLIENT)};
	int s = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	int sniff = netns_sniff(dp_tun_name(b->r.dp, b->tun));
	const struct fake_frame *f;
	struct reading w = {.fd = sniff};
	uint8_t syn[44];

	CU_ASSERT(connect(s, (struct sockaddr *)&to, sizeof(to)) < 0 && errno == EINPROGRESS);
	f = frame_with(b, want_out, sizeof(want_out));
	CU_ASSERT(f && f->octets[8 + 33] == 0x02);
	/* and the client's, on its way in */
	test_hex(syn, sizeof(syn),
		 "4500002c 00004000 40060000 0a400005 0a400001"
		 "04d2 0050 00000001 00000000 6002 ffff 0000 0000 020405b4");
	client_says(b, 0x0021, syn, sizeof(syn));
	do {
		w.len = -1;
		CU_ASSERT_FATAL(rig_wait(&b->r, ip_bench_socket_has, &w));
	} while (w.len != sizeof(syn) || w.text[12] != 0x0a || w.text[15] != 0x05);
	ASSERT_OCTETS(w.text + 40, 4, want_out, 4);
	close(s);
	close(sniff);
}
EACH(mss_is_held_down)

static void do_mss_is_held_down6(struct bench *b)
{
	static const uint8_t want[] = {2, 4, (CALL_MTU - 60) >> 8, (CALL_MTU - 60) & 255};
	struct sockaddr_in6 to = {.sin6_family = AF_INET6, .sin6_port = htons(80)};
	int s = socket(AF_INET6, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	int sniff = netns_sniff(dp_tun_name(b->r.dp, b->tun));
	const struct fake_frame *f;
	struct reading w = {.fd = sniff};
	uint8_t syn[64];

	memcpy(&to.sin6_addr, client6, 16);
	CU_ASSERT(connect(s, (struct sockaddr *)&to, sizeof(to)) < 0 && errno == EINPROGRESS);
	f = frame_with(b, want, sizeof(want));
	CU_ASSERT_FATAL(f != NULL);
	CU_ASSERT_EQUAL(f->octets[8 + 53], 0x02);
	CU_ASSERT_EQUAL(f->octets[8 + 60], 2);
	/* The sum over the pseudo header and the segment (RFC 8200 8.1). */
	CU_ASSERT_EQUAL(ip_fold(ip_sum(ip_sum((uint32_t)f->len - 48 + 6, f->octets + 16, 32),
				       f->octets + 48, f->len - 48)),
			0xffff);
	test_hex(syn, sizeof(syn),
		 "60000000 0018 0640 20010db8006400050000000000000009"
		 "20010db8006400000000000000000001"
		 "04d2 0050 00000001 00000000 6002 ffff 0000 0000 020405a0");
	client_says(b, 0x0057, syn, sizeof(syn));
	do {
		w.len = -1;
		CU_ASSERT_FATAL(rig_wait(&b->r, ip_bench_socket_has, &w));
	} while (w.len != sizeof(syn) || memcmp(w.text, syn, 40));
	ASSERT_OCTETS(w.text + 60, 4, want, 4);
	close(s);
	close(sniff);
}
EACH(mss_is_held_down6)

/* More SYNs in one batch than there is memory for their copies. */
static void do_many_syns(struct bench *b)
{
	uint8_t syn[1400] = {0};
	struct dp_counters n;

	test_hex(syn, sizeof(syn),
		 "45000578 00004000 40060000 0a400005 0a400001"
		 "04d2 0050 00000001 00000000 6002 ffff 0000 0000 020405b4");
	for (unsigned i = 0; i < 300; i++)
		client_says(b, 0x0021, syn, sizeof(syn));
	rig_settle(&b->r);
	dp_count(b->r.dp, &n);
	CU_ASSERT_EQUAL(n.tun_tx, 300);
}
EACH(many_syns)

/* --- client side ------------------------------------------------------------------------------ */

static void do_as_a_client(struct bench *b)
{
	int s4 = netns_udp4(GATEWAY, 7000);
	uint8_t pkt[64];

	b->call.client = true;
	b->call.peer4 = 0;
	CU_ASSERT(!dp_call_set(b->r.dp, &b->call));
	client_says(b, 0x0021, pkt, netns_packet4(pkt, CLIENT + 77, GATEWAY, 7000, "any", 3));
	CU_ASSERT(hears(b, s4, "any"));
	CU_ASSERT(ip_bench_send4(b, s4, CLIENT + 77, 7001, "back", 4) == 4);
	CU_ASSERT(frame_with(b, "back", 4) != NULL);
	dp_call_del(b->r.dp, 2, 3);
	CU_ASSERT(ip_bench_send4(b, s4, CLIENT + 77, 7001, "gone", 4) == 4);
	CU_ASSERT(rig_wait_reason(&b->r, DP_R_NO_ROUTE, 1));
	close(s4);
}
EACH(as_a_client)

/* Octets that are no IP packet, and packets of an NCP that is not open. */
static void do_what_is_no_ip(struct bench *b)
{
	int raw = netns_sniff(dp_tun_name(b->r.dp, b->tun));
	int s4 = netns_udp4(GATEWAY, 7000), s6 = netns_udp6(gateway6, 7000);
	uint64_t before;

	b->call.client = true;
	CU_ASSERT(!dp_call_set(b->r.dp, &b->call));
	dp_flush(b->r.dp);
	CU_ASSERT_EQUAL(netns_send_raw(raw, dp_tun_name(b->r.dp, b->tun), "\x45\0\0\x15", 4), 4);
	CU_ASSERT(rig_wait_reason(&b->r, DP_R_BAD_IP, 1));
	CU_ASSERT_EQUAL(netns_send_raw(raw, dp_tun_name(b->r.dp, b->tun), "\x60\0\0\0", 4), 4);
	CU_ASSERT(rig_wait_reason(&b->r, DP_R_BAD_IP, 2));
	CU_ASSERT_EQUAL(rig_reason(&b->r, DP_R_NOT_OPEN), 0);
	b->call.ip4 = false;
	CU_ASSERT(!dp_call_set(b->r.dp, &b->call));
	CU_ASSERT(ip_bench_send4(b, s4, CLIENT, 7001, "four", 4) == 4);
	CU_ASSERT(rig_wait_reason(&b->r, DP_R_NOT_OPEN, 1));
	CU_ASSERT(ip_bench_send6(b, s6, client6, 7001, "six", 3) == 3);
	CU_ASSERT(frame_with(b, "six", 3) != NULL);
	b->call.ip4 = true;
	b->call.ip6 = false;
	CU_ASSERT(!dp_call_set(b->r.dp, &b->call));
	before = rig_reason(&b->r, DP_R_NOT_OPEN);
	CU_ASSERT(ip_bench_send6(b, s6, client6, 7001, "closed", 6) == 6);
	CU_ASSERT(rig_wait_reason(&b->r, DP_R_NOT_OPEN, before + 1));
	CU_ASSERT(ip_bench_send4(b, s4, CLIENT, 7001, "four", 4) == 4);
	CU_ASSERT(frame_with(b, "four", 4) != NULL);
	close(raw);
	close(s4);
	close(s6);
}
EACH(what_is_no_ip)

/* --- the device ------------------------------------------------------------------------------- */

static void do_a_device_is_joined(struct bench *b)
{
	const char *name = dp_tun_name(b->r.dp, b->tun);
	uint32_t again = dp_tun_open(b->r.dp, name, 1500, DP_TUN_OFFLOADS, NULL, 0);
	int s4 = netns_udp4(GATEWAY, 7000);

	CU_ASSERT(again == b->tun);
	dp_tun_close(b->r.dp, again);
	CU_ASSERT(ip_bench_send4(b, s4, CLIENT, 7001, "still", 5) == 5);
	CU_ASSERT(frame_with(b, "still", 5) != NULL);
	close(s4);
}
EACH(a_device_is_joined)

static void do_a_device_that_cannot_be(struct bench *b)
{
	char err[64] = "";

	CU_ASSERT(!dp_tun_open(b->r.dp, "much-too-long-a-name", 1500, DP_TUN_OFFLOADS, err,
			       sizeof(err)));
	CU_ASSERT(err[0] != '\0');
}
EACH(a_device_that_cannot_be)

/* Removed from outside: reported once, and the worker does not spin. */
static void do_a_device_is_removed(struct bench *b)
{
	struct pollfd fd = {.fd = dp_fd(b->r.dp), .events = POLLIN};
	char command[64];

	snprintf(command, sizeof(command), "ip link del %s", dp_tun_name(b->r.dp, b->tun));
	CU_ASSERT_FATAL(system(command) == 0);
	CU_ASSERT(rig_wait_reason(&b->r, DP_R_TUN_READ, 1));
	client_says4(b, CLIENT, "x");
	CU_ASSERT(rig_wait_reason(&b->r, DP_R_TUN_WRITE, 1));
	rig_settle(&b->r);
	dp_poll(b->r.dp);
	CU_ASSERT(poll(&fd, 1, 0) == 0);
	CU_ASSERT(rig_reason(&b->r, DP_R_TUN_READ) == 1);
	CU_ASSERT(dp_tun_gone(b->r.dp, b->tun));
	CU_ASSERT(dp_tun_any_gone(b->r.dp));
}
EACH(a_device_is_removed)

/* Whatever its source, nothing of it can be written. */
static void do_without_a_device(struct bench *b)
{
	b->call.tun = 0;
	CU_ASSERT_FATAL(!dp_call_set(b->r.dp, &b->call));
	client_says4(b, CLIENT, "its own");
	client_says4(b, CLIENT + 1, "another's");
	client_says6(b, other6, "another's");
	CU_ASSERT(rig_wait_reason(&b->r, DP_R_TUN_WRITE, 3));
	CU_ASSERT_EQUAL(rig_reason(&b->r, DP_R_SPOOF), 0);
}
EACH(without_a_device)

static const struct test_case cases[] = {
	{"client_is_heard", client_is_heard},
	{"packets_before_the_ncp_is_open", packets_before_the_ncp_is_open},
	{"filters", filters},
	{"rates", rates},
	{"spoofing_is_stopped", spoofing_is_stopped},
	{"duplicate_address_detection", duplicate_address_detection},
	{"bad_ip", bad_ip},
	{"padding_is_cut", padding_is_cut},
	{"client_is_told", client_is_told},
	{"nobody_has_it", nobody_has_it},
	{"an_address_moves", an_address_moves},
	{"an_identifier_stays", an_identifier_stays},
	{"too_big_is_answered", too_big_is_answered},
	{"too_big_is_answered6", too_big_is_answered6},
	{"without_df_it_is_cut", without_df_it_is_cut},
	{"jumbo_packets", jumbo_packets},
	{"not_even_a_header_fits", not_even_a_header_fits},
	{"too_big_answers_are_limited", too_big_answers_are_limited},
	{"mss_is_held_down", mss_is_held_down},
	{"mss_is_held_down6", mss_is_held_down6},
	{"many_syns", many_syns},
	{"as_a_client", as_a_client},
	{"what_is_no_ip", what_is_no_ip},
	{"a_device_is_joined", a_device_is_joined},
	{"a_device_that_cannot_be", a_device_that_cannot_be},
	{"a_device_is_removed", a_device_is_removed},
	{"without_a_device", without_a_device},
	{NULL, NULL},
};
const struct test_suite suite_ip_path = {"ip_path", cases};
