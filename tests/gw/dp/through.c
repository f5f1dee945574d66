/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h" /* first: GNU extensions */

#include "tests/gw/dp/through.h"

#include "core/bytes.h"
#include "gw/dp/tun.h"
#include "gw/dp/tun_super.h"
#include "gw/ip/ip.h"
#include "gw/netif.h"
#include "tests/harness.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

const uint8_t through_far6[16] = {0x20, 1, 0x0d, 0xb8, 0, 0x99, [15] = 1};
const struct through_flow through_flows[THROUGH_FLOWS] = {
	{false, true, 1}, {false, false, 2}, {true, true, 3}, {true, false, 4}};
const unsigned through_offloads[THROUGH_OFFLOADS] = {0, DP_TUN_TCP, DP_TUN_UDP, DP_TUN_OFFLOADS};

/* --- two devices ------------------------------------------------------------------------------ */

static void through_write(const char *file, const char *text)
{
	int fd = open(file, O_WRONLY);

	CU_ASSERT_FATAL(fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text));
	close(fd);
}

static void through_route(const char *dev, uint32_t four, const uint8_t *six, bool add)
{
	struct cfg_prefix r4 = {.bits = 32}, r6 = {.v6 = true, .bits = 64};

	wr_put32(r4.addr + 12, four);
	memcpy(r6.addr, six, 8);
	CU_ASSERT_FATAL(!netif_set(dev, true, 1500));
	CU_ASSERT_FATAL(!netif_route(dev, &r4, add) && !netif_route(dev, &r6, add));
}

/* The call's device with these through_offloads; the far one has super-packets, or none. */
void through_up(struct through *s, struct bench *b, unsigned offload, bool far_super)
{
	unsigned far = far_super ? TUN_TCP | TUN_UDP : 0;
	char err[64], made[TUN_NAME];

	*s = (struct through){.b = b};
	through_write("/proc/sys/net/ipv4/ip_forward", "1");
	through_write("/proc/sys/net/ipv6/conf/all/forwarding", "1");
	s->tun = dp_tun_open(b->r.dp, "near%d", 1500, offload, err, sizeof(err));
	s->far = tun_open("far%d", 1500, far, made, err, sizeof(err));
	CU_ASSERT_FATAL(s->tun && s->far >= 0);
	if (far_super)
		tun_super_probe(s->far, far);
	CU_ASSERT_EQUAL(dp_tun_offload(b->r.dp, s->tun) & ~offload, 0);
	through_route(dp_tun_name(b->r.dp, s->tun), CLIENT, client6, true);
	through_route(made, FAR, through_far6, true);
	b->call.tun = s->tun;
	CU_ASSERT_FATAL(!dp_call_set(b->r.dp, &b->call));
	dp_flush(b->r.dp);
}

void through_down(struct through *s)
{
	through_route(dp_tun_name(s->b->r.dp, s->tun), CLIENT, client6, false);
	close(s->far);
	s->b->call.tun = s->b->tun;
	dp_call_set(s->b->r.dp, &s->b->call);
	dp_tun_close(s->b->r.dp, s->tun);
}

/* --- packets ---------------------------------------------------------------------------------- */

void through_sums(uint8_t *p, size_t len, const struct through_flow *f)
{
	size_t at = f->v6 ? 40 : 20;
	uint32_t sum = (uint32_t)(len - at) + (f->tcp ? 6 : 17);
	uint8_t *to = p + at + (f->tcp ? 16 : 6);

	wr_put16(to, 0);
	sum = f->v6 ? ip_sum(sum, p + 8, 32) : ip_sum(sum, p + 12, 8);
	wr_put16(to, (uint16_t)~ip_fold(ip_sum(sum, p + at, len - at)));
	if (!f->v6) {
		wr_put16(p + 10, 0);
		wr_put16(p + 10, (uint16_t)~ip_fold(ip_sum(0, p, 20)));
	}
}

/* Number i of a flow, n octets of data; up: from the client to the far end. */
struct through_packet *through_packet(struct through *s, const struct through_flow *f, bool up,
				      unsigned i, size_t n)
{
	struct through_packet *to = &s->p[s->n++];
	struct wr w = wr_init(to->octets, sizeof(to->octets));
	size_t own = f->tcp ? 20 : 8;

	to->flow = f->port;
	if (f->v6) {
		wr_u32(&w, 0x60000000);
		wr_u16(&w, (uint16_t)(own + n));
		wr_u16(&w, (uint16_t)((f->tcp ? 6 : 17) << 8 | 64));
		wr_bytes(&w, up ? client6 : through_far6, 16);
		wr_bytes(&w, up ? through_far6 : client6, 16);
	} else {
		wr_u32(&w, 0x45000000u | (uint32_t)(20 + own + n));
		wr_u32(&w, (100 + i) << 16);
		wr_u32(&w, 64u << 24 | (f->tcp ? 6u : 17u) << 16);
		wr_u32(&w, up ? CLIENT : FAR);
		wr_u32(&w, up ? FAR : CLIENT);
	}
	wr_u16(&w, f->port);
	wr_u16(&w, 4000);
	if (f->tcp) {
		wr_u32(&w, 1000 + i * DATA);
		wr_u32(&w, 77);
		wr_u32(&w, 0x50100400);
		wr_u32(&w, 0);
	} else {
		wr_u16(&w, (uint16_t)(own + n));
		wr_u16(&w, 0);
	}
	for (size_t o = 0; o < n; o++)
		wr_u8(&w, (uint8_t)(f->port + i * n + o));
	to->len = w.len;
	through_sums(to->octets, to->len, f);
	return to;
}

/* As a router has it: one hop fewer. */
void through_hop(struct through_packet *p)
{
	if (p->octets[0] >> 4 == 6) {
		p->octets[7]--;
		return;
	}
	p->octets[8]--;
	wr_put16(p->octets + 10, 0);
	wr_put16(p->octets + 10, (uint16_t)~ip_fold(ip_sum(0, p->octets, 20)));
}

/* One that was sent and has not been seen; in its flow it is the next. */
bool through_sees(struct through *s, const uint8_t *octets, size_t len)
{
	for (unsigned i = 0; i < s->n; i++) {
		if (s->p[i].seen || s->p[i].len != len || memcmp(s->p[i].octets, octets, len))
			continue;
		s->p[i].seen = true;
		for (unsigned k = 0; k < i; k++)
			CU_ASSERT_TRUE(s->p[k].seen || s->p[k].flow != s->p[i].flow);
		return true;
	}
	return false;
}

/* A row of packets as one super-packet, written at the far end. */
void through_far_says(struct through *s, unsigned first)
{
	struct iovec iov[TUN_SUPER_HEAD + ROW];
	uint8_t head[TUN_HEADERS];
	struct ip_run r, x;

	CU_ASSERT_EQUAL(ip_run_begin(&r, s->p[first].octets, s->p[first].len), IP_RUN_BEGUN);
	for (unsigned i = 0; i < ROW; i++) {
		struct through_packet *p = &s->p[first + i];

		ip_run_begin(&x, p->octets, p->len);
		CU_ASSERT_TRUE_FATAL(!i || ip_run_join(&r, &x));
		iov[TUN_SUPER_HEAD + i] = (struct iovec){p->octets + r.hlen, p->len - r.hlen};
	}
	CU_ASSERT_TRUE(tun_super_write(s->far, &r, head, iov, TUN_SUPER_HEAD + ROW));
}

/* Where the far device has no super-packets of UDP, there is nothing to begin with. */
bool through_has_udp(struct bench *b)
{
	uint32_t no;
	char err[64];
	unsigned has;

	no = dp_tun_open(b->r.dp, "try%d", 1500, DP_TUN_OFFLOADS, err, sizeof(err));
	has = dp_tun_offload(b->r.dp, no);
	dp_tun_close(b->r.dp, no);
	return has & DP_TUN_UDP;
}
