/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Captures of UDP ports should open in any tool, so they are written as IP packets.  The kernel
 * keeps the real headers to itself; these carry the true addresses, ports, lengths and checksums,
 * with TTL 64 and no fragmentation.
 */
#include "transports/udp/ip_head.h"

#include "core/bytes.h"

struct sum {
	uint32_t total;
	bool odd; /* the next octet is the low half of a word */
};

static void ip_head_sum_add(struct sum *s, const void *p, size_t len)
{
	const uint8_t *b = p;

	for (size_t i = 0; i < len; i++) {
		s->total += s->odd ? b[i] : (uint32_t)b[i] << 8;
		s->odd = !s->odd;
	}
	s->total = (s->total & 0xffff) + (s->total >> 16);
}

static uint16_t ip_head_sum_end(const struct sum *s)
{
	uint32_t t = (s->total & 0xffff) + (s->total >> 16);

	return (uint16_t) ~((t & 0xffff) + (t >> 16));
}

static void ip_head_put4(struct wr *w, const struct udp_ep *from, const struct udp_ep *to,
			 uint8_t tos, uint16_t udp_len)
{
	struct sum s = {0};

	wr_u16(w, 0x4500 | tos);
	wr_u16(w, (uint16_t)(20 + udp_len));
	wr_u32(w, 0x00004000); /* identification 0, don't fragment */
	wr_u16(w, 64 << 8 | 17);
	wr_u16(w, 0);
	wr_bytes(w, from->ip, 4);
	wr_bytes(w, to->ip, 4);
	ip_head_sum_add(&s, w->buf, 20);
	wr_patch16(w, 10, ip_head_sum_end(&s));
}

static void ip_head_put6(struct wr *w, const struct udp_ep *from, const struct udp_ep *to,
			 uint8_t tos, uint16_t udp_len)
{
	wr_u32(w, 0x60000000 | (uint32_t)tos << 20);
	wr_u16(w, udp_len);
	wr_u16(w, 17 << 8 | 64);
	wr_bytes(w, from->ip, 16);
	wr_bytes(w, to->ip, 16);
}

/* RFC 768, RFC 8200 8.1: over a pseudo-header too; 0 goes out as FFFF. */
static uint16_t ip_head_udp_sum(struct wr *w, size_t udp_at, struct ip_piece head,
				struct ip_piece payload)
{
	size_t addresses = udp_at == 20 ? 12 : 8;
	uint8_t pseudo[4] = {0, 17, w->buf[udp_at + 4], w->buf[udp_at + 5]};
	struct sum s = {0};
	uint16_t v;

	ip_head_sum_add(&s, w->buf + addresses, udp_at - addresses);
	ip_head_sum_add(&s, pseudo, sizeof(pseudo));
	ip_head_sum_add(&s, w->buf + udp_at, 8);
	ip_head_sum_add(&s, head.p, head.len);
	ip_head_sum_add(&s, payload.p, payload.len);
	v = ip_head_sum_end(&s);
	return v ? v : 0xffff;
}

size_t ip_udp_head(uint8_t out[IP_HEAD_MAX], const struct udp_ep *from, const struct udp_ep *to,
		   uint8_t tos, struct ip_piece head, struct ip_piece payload)
{
	size_t udp_len = 8 + head.len + payload.len, at;
	struct wr w = wr_init(out, IP_HEAD_MAX);

	if (from->family != to->family || udp_len > 65535 - (from->family == 4 ? 20 : 0))
		return 0;
	if (from->family == 4)
		ip_head_put4(&w, from, to, tos, (uint16_t)udp_len);
	else
		ip_head_put6(&w, from, to, tos, (uint16_t)udp_len);
	at = w.len;
	wr_u16(&w, from->port);
	wr_u16(&w, to->port);
	wr_u16(&w, (uint16_t)udp_len);
	wr_u16(&w, 0);
	wr_patch16(&w, at + 6, ip_head_udp_sum(&w, at, head, payload));
	return w.len;
}
