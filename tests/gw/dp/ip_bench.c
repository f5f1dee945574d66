/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h" /* first: GNU extensions */

#include "tests/gw/dp/ip_bench.h"
#include "core/bytes.h"
#include "gw/netif.h"
#include "tests/harness.h"

#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

const uint8_t gateway6[16] = {0x20, 1, 0x0d, 0xb8, 0, 0x64, 0, 0, [15] = 1};
const uint8_t client6[16] = {0x20, 1, 0x0d, 0xb8, 0, 0x64, 0, 5, [15] = 9};
const uint8_t other6[16] = {0x20, 1, 0x0d, 0xb8, 0, 0x64, 0, 6, [15] = 9};

static struct dp_call ip_bench_call(struct bench *b)
{
	struct dp_call c = {
		.tid = 2,
		.sid = 3,
		.channel = rig_channel(&b->r, 1),
		.data = {.peer_tid = 0x0a0b, .peer_sid = 0x0c0d},
		.mode = DP_TERMINAL,
		.mtu = CALL_MTU,
		.tun = b->tun,
		.ip4 = true,
		.ip6 = true,
		.peer4 = CLIENT,
		.peer_iid = 5,
		.has_peer6 = true,
	};

	memcpy(c.peer6, client6, 8);
	return c;
}

static void ip_bench_addresses(const char *dev)
{
	struct cfg_prefix a4 = {.bits = 32}, r4 = {.bits = 16}, a6 = {.v6 = true, .bits = 128};
	struct cfg_prefix r6 = {.v6 = true, .bits = 48};

	wr_put32(a4.addr + 12, GATEWAY);
	wr_put32(r4.addr + 12, 0x0a400000);
	memcpy(a6.addr, gateway6, 16);
	memcpy(r6.addr, gateway6, 6);
	CU_ASSERT_FATAL(!netif_set(dev, true, 1500));
	CU_ASSERT_FATAL(!netif_addr(dev, &a4, NULL, true) && !netif_route(dev, &r4, true));
	CU_ASSERT_FATAL(!netif_addr(dev, &a6, NULL, true) && !netif_route(dev, &r6, true));
	CU_ASSERT(netns_settled6(gateway6));
}

/* Two workers: the call's port is made the second, so that it is not where the TUN is read. */
static void ip_bench_up(struct bench *b, const struct rig_form *form)
{
	char err[64];
	int port;

	rig_up_form(&b->r, form, &fake_udp, &rig_ops);
	if (form->workers > 1) {
		port = rig_open(&b->r, &fake_udp, b->r.fake, err, sizeof(err));
		if (port < 0)
			abort();
		b->r.port = (unsigned)port;
	}
	b->tun = dp_tun_open(b->r.dp, "term%d", 1500, DP_TUN_OFFLOADS, err, sizeof(err));
	CU_ASSERT_FATAL(b->tun != 0);
	ip_bench_addresses(dp_tun_name(b->r.dp, b->tun));
	b->call = ip_bench_call(b);
}

void ip_bench_in(const struct rig_form *form, const char *test, void (*fn)(struct bench *b))
{
	struct bench b;

	if (!netns_enter(test))
		return;
	ip_bench_up(&b, form);
	CU_ASSERT(!dp_call_set(b.r.dp, &b.call));
	dp_flush(b.r.dp);
	fn(&b);
	dp_call_del(b.r.dp, 2, 3);
	dp_tun_close(b.r.dp, b.tun);
	rig_down(&b.r);
	netns_leave();
}

void ip_bench_each(const char *test, void (*fn)(struct bench *b))
{
	for (const struct rig_form *f = rig_forms; f->name; f++)
		ip_bench_in(f, test, fn);
}

/* --- helpers ---------------------------------------------------------------------------------- */

void client_says(struct bench *b, uint16_t proto, const uint8_t *pkt, size_t len)
{
	uint8_t p[FAKE_FRAME];
	size_t h = test_hex(p, sizeof(p), "0002 0002 0003 ff03");

	wr_put16(p + h, proto);
	memcpy(p + h + 2, pkt, len);
	fake_octets(b->r.fake, 1, p, h + 2 + len, 0);
}

void client_says4(struct bench *b, uint32_t src, const char *text)
{
	uint8_t pkt[2000];

	client_says(b, 0x0021, pkt, netns_packet4(pkt, src, GATEWAY, 7000, text, strlen(text)));
}

void client_says6(struct bench *b, const uint8_t *src, const char *text)
{
	uint8_t pkt[2000];

	client_says(b, 0x0057, pkt, netns_packet6(pkt, src, gateway6, 7000, text, strlen(text)));
}

bool ip_bench_socket_has(struct rig *r, void *arg)
{
	struct reading *w = arg;
	struct pollfd p = {.fd = w->fd, .events = POLLIN};

	(void)r;
	if (poll(&p, 1, 10) == 1)
		w->len = recv(w->fd, w->text, sizeof(w->text) - 1, 0);
	if (w->len >= 0)
		w->text[w->len] = '\0';
	return w->len >= 0;
}

bool hears(struct bench *b, int fd, const char *want)
{
	struct reading w = {.fd = fd, .len = -1};

	return rig_wait(&b->r, ip_bench_socket_has, &w) && !strcmp(w.text, want);
}

struct needle {
	const void *p;
	size_t len;
	const struct fake_frame *found;
};

static bool ip_bench_frame_has(struct rig *r, void *arg)
{
	struct needle *n = arg;
	unsigned sent = fake_sent_count(r->fake);

	for (unsigned i = 0; i < sent && !n->found; i++)
		if (memmem(r->fake->sent[i].octets, r->fake->sent[i].len, n->p, n->len))
			n->found = &r->fake->sent[i];
	return n->found;
}

const struct fake_frame *frame_with(struct bench *b, const void *p, size_t len)
{
	struct needle n = {p, len, NULL};

	CU_ASSERT(rig_wait(&b->r, ip_bench_frame_has, &n));
	return n.found;
}

long ip_bench_send4(struct bench *b, int fd, uint32_t addr, uint16_t port, const void *p,
		    size_t len)
{
	dp_flush(b->r.dp);
	return netns_send4(fd, addr, port, p, len);
}

long ip_bench_send6(struct bench *b, int fd, const uint8_t addr[16], uint16_t port, const void *p,
		    size_t len)
{
	dp_flush(b->r.dp);
	return netns_send6(fd, addr, port, p, len);
}

void ip_bench_flood4(struct bench *b, int fd, uint32_t addr, const void *p, size_t len,
		     enum dp_reason why, unsigned n)
{
	uint64_t want = rig_reason(&b->r, why) + n;

	dp_flush(b->r.dp);
	for (unsigned i = 0; i < 100000 && rig_reason(&b->r, why) < want; i++) {
		netns_send4(fd, addr, 7001, p, len);
		dp_poll(b->r.dp);
	}
	CU_ASSERT(rig_wait_reason(&b->r, why, want));
}
