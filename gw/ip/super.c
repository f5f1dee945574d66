/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Cutting and joining of super-packets.
 *
 * Each packet cut has the headers of the whole with its own lengths and checksums; in IPv4 the
 * Identification goes up by one from packet to packet.  Of TCP the sequence number goes on; FIN and
 * PSH are those of the last, CWR is that of the first (RFC 3168 6.1.2).  Packets are joined when
 * they are such a row: plain data with equal headers, the lengths equal but for the last, and
 * checksums that are right, since the kernel believes those of a super-packet.
 */
#include "gw/ip/super.h"

#include "gw/ip/ip.h"

#include <string.h>

enum { HOP_BY_HOP = 0, ROUTING = 43, FRAGMENT = 44, DESTINATION = 60 };
enum { TCP = 6, UDP = 17, UDP_HLEN = 8, TCP_HLEN = 20, IP4_HLEN = 20 };
enum { TCP_FIN = 0x01, TCP_PSH = 0x08, TCP_ACK = 0x10, TCP_ECE = 0x40, TCP_CWR = 0x80 };
/* offsets in a transport header */
enum {
	TCP_SEQ = 4,
	TCP_ACK_NO = 8,
	TCP_OFFSET = 12,
	TCP_FLAGS = 13,
	TCP_WINDOW = 14,
	TCP_SUM = 16,
	UDP_LEN = 4,
	UDP_SUM = 6
};
/* in an IP header */
enum {
	IP4_LEN = 2,
	IP4_ID = 4,
	IP4_FRAG = 6,
	IP4_TTL = 8,
	IP4_PROTO = 9,
	IP4_SUM = 10,
	IP4_SRC = 12,
	IP6_LEN = 4,
	IP6_NEXT = 6,
	IP6_HOPS = 7,
	IP6_SRC = 8
};

static uint16_t super_get16(const uint8_t *p)
{
	return (uint16_t)(p[0] << 8 | p[1]);
}

static uint32_t super_get32(const uint8_t *p)
{
	return (uint32_t)super_get16(p) << 16 | super_get16(p + 2);
}

/* Addresses, protocol and the length of what is behind the IP header (RFC 9293 3.1, RFC 8200 8.1).
 */
static uint32_t super_pseudo(const uint8_t *pkt, bool v6, bool tcp, size_t body)
{
	uint32_t sum = (uint32_t)((body >> 16) + (body & 0xffff)) + (tcp ? TCP : UDP);

	return v6 ? ip_sum(sum, pkt + IP6_SRC, 32) : ip_sum(sum, pkt + IP4_SRC, 8);
}

static size_t super_sum_at(bool tcp)
{
	return tcp ? TCP_SUM : UDP_SUM;
}

/* --- cutting ---------------------------------------------------------------------------------- */

static bool super_find_transport(struct ip_super *s, uint8_t *proto)
{
	struct ip4 four;
	struct ip6 six;

	s->v6 = s->len && s->pkt[0] >> 4 == 6;
	if (s->v6) {
		if (!ip6_parse(&six, s->pkt, s->len))
			return false;
		s->at = six.at;
		*proto = six.next;
		return true;
	}
	if (!ip4_parse(&four, s->pkt, s->len) || four.frag & (IP4_MF | IP4_OFFSET))
		return false;
	s->at = four.hlen;
	*proto = four.proto;
	return true;
}

bool ip_super_parse(struct ip_super *s, const uint8_t *pkt, size_t len, bool udp, uint16_t size)
{
	uint8_t proto;
	size_t own;

	*s = (struct ip_super){.pkt = pkt, .len = len, .size = size, .tcp = !udp};
	if (!size || !super_find_transport(s, &proto) || proto != (udp ? UDP : TCP))
		return false;
	if (s->len - s->at < (udp ? UDP_HLEN : TCP_HLEN))
		return false;
	own = udp ? UDP_HLEN : (size_t)(pkt[s->at + TCP_OFFSET] >> 4) * 4;
	s->hlen = s->at + own;
	return own >= (udp ? UDP_HLEN : TCP_HLEN) && s->hlen < len;
}

static void super_put_ip(const struct ip_super *s, unsigned i, uint8_t *out, size_t len)
{
	if (s->v6) {
		wr_put16(out + IP6_LEN, (uint16_t)(len - IP6_HLEN));
		return;
	}
	wr_put16(out + IP4_LEN, (uint16_t)len);
	wr_put16(out + IP4_ID, (uint16_t)(super_get16(s->pkt + IP4_ID) + i));
	wr_put16(out + IP4_SUM, 0);
	wr_put16(out + IP4_SUM, (uint16_t)~ip_fold(ip_sum(0, out, s->at)));
}

static void super_put_transport(const struct ip_super *s, unsigned i, uint8_t *out, size_t len)
{
	uint8_t *t = out + s->at;
	bool last = len + (size_t)i * s->size == s->len;
	uint16_t sum;

	if (s->tcp) {
		wr_put32(t + TCP_SEQ, super_get32(s->pkt + s->at + TCP_SEQ) + i * s->size);
		if (!last)
			t[TCP_FLAGS] &= (uint8_t) ~(TCP_FIN | TCP_PSH);
		if (i)
			t[TCP_FLAGS] &= (uint8_t)~TCP_CWR;
	} else {
		wr_put16(t + UDP_LEN, (uint16_t)(len - s->at));
	}
	wr_put16(t + super_sum_at(s->tcp), 0);
	sum = (uint16_t)~ip_fold(
		ip_sum(super_pseudo(out, s->v6, s->tcp, len - s->at), t, len - s->at));
	wr_put16(t + super_sum_at(s->tcp), sum || s->tcp ? sum : 0xffff);
}

size_t ip_super_cut(const struct ip_super *s, unsigned i, uint8_t *out)
{
	size_t from = s->hlen + (size_t)i * s->size, n;

	if (from >= s->len)
		return 0;
	n = s->len - from < s->size ? s->len - from : s->size;
	memcpy(out, s->pkt, s->hlen);
	memcpy(out + s->hlen, s->pkt + from, n);
	super_put_ip(s, i, out, s->hlen + n);
	super_put_transport(s, i, out, s->hlen + n);
	return s->hlen + n;
}

bool ip_super_finish_sum(uint8_t *pkt, size_t len, size_t start, size_t offset)
{
	uint16_t sum;

	if (start > len || offset + 2 > len - start)
		return false;
	/* The field holds the sum of the pseudo-header. */
	sum = (uint16_t)~ip_fold(ip_sum(0, pkt + start, len - start));
	wr_put16(pkt + start + offset, sum ? sum : 0xffff);
	return true;
}

/* --- joining ---------------------------------------------------------------------------------- */

/* Behind these headers there may be a flow. */
static bool super_is_extension(uint8_t next)
{
	return next == HOP_BY_HOP || next == ROUTING || next == FRAGMENT || next == DESTINATION;
}

/* The flow of a packet: false, with what it is instead. */
static bool super_run_flow(struct ip_run *r, size_t len, enum ip_run_kind *else_is)
{
	const uint8_t *p = r->first;
	uint8_t proto;

	*else_is = IP_RUN_OTHER;
	r->v6 = p[0] >> 4 == 6;
	if (r->v6) {
		proto = p[IP6_NEXT];
		r->at = IP6_HLEN;
	} else {
		if (super_get16(p + IP4_FRAG) & (IP4_MF | IP4_OFFSET)) {
			*else_is = IP_RUN_PART;
			return false;
		}
		proto = p[IP4_PROTO];
		r->at = (uint16_t)((p[0] & 15) * 4);
	}
	r->tcp = proto == TCP;
	if (r->v6 && super_is_extension(proto))
		*else_is = IP_RUN_PART;
	return (proto == TCP || proto == UDP) &&
	       len >= (size_t)r->at + (r->tcp ? TCP_HLEN : UDP_HLEN);
}

/* Plain data, whose header says nothing else (and all of it is known). */
static bool super_run_is_data(struct ip_run *r, size_t len)
{
	const uint8_t *t = r->first + r->at;
	size_t own = r->tcp ? (size_t)(t[TCP_OFFSET] >> 4) * 4 : UDP_HLEN;
	uint8_t flags = r->tcp ? t[TCP_FLAGS] & (uint8_t) ~(TCP_PSH | TCP_ECE) : 0;

	if (r->tcp ? flags != TCP_ACK || t[TCP_OFFSET] & 15 || own < TCP_HLEN
		   : super_get16(t + UDP_LEN) != len - r->at || !super_get16(t + UDP_SUM))
		return false;
	r->hlen = (uint16_t)(r->at + own);
	r->push = r->tcp && t[TCP_FLAGS] & TCP_PSH;
	return (r->v6 || r->at == IP4_HLEN) && len > r->hlen;
}

enum ip_run_kind ip_run_begin(struct ip_run *r, const uint8_t *pkt, size_t len)
{
	enum ip_run_kind other;

	*r = (struct ip_run){.first = pkt, .len = len, .n = 1};
	if (!super_run_flow(r, len, &other))
		return other;
	if (!super_run_is_data(r, len) || len > IP_RUN_OCTETS)
		return IP_RUN_ALONE;
	r->size = r->last = (uint16_t)(len - r->hlen);
	r->id = r->v6 ? 0 : super_get16(pkt + IP4_ID);
	r->closed = r->push;
	return IP_RUN_BEGUN;
}

static size_t super_run_addresses(const struct ip_run *r, const uint8_t **p)
{
	*p = r->first + (r->v6 ? IP6_SRC : IP4_SRC);
	return r->v6 ? 32 : 8;
}

bool ip_run_same(const struct ip_run *a, const struct ip_run *b)
{
	const uint8_t *x, *y;
	size_t n = super_run_addresses(a, &x);

	super_run_addresses(b, &y);
	return a->v6 == b->v6 && a->tcp == b->tcp && !memcmp(x, y, n) &&
	       !memcmp(a->first + a->at, b->first + b->at, 4);
}

uint32_t ip_run_hash(const struct ip_run *r)
{
	const uint8_t *p;
	size_t n = super_run_addresses(r, &p);
	uint32_t h = super_get32(r->first + r->at);

	for (size_t i = 0; i < n; i += 4)
		h = (h ^ super_get32(p + i)) * 0x9e3779b1u;
	return h ^ h >> 15;
}

/* All octets of the headers that cutting repeats. */
static bool super_run_headers_equal(const struct ip_run *r, const struct ip_run *x)
{
	const uint8_t *a = r->first, *b = x->first;

	if (r->v6 ? super_get32(a) != super_get32(b) || a[IP6_HOPS] != b[IP6_HOPS]
		  : super_get16(a) != super_get16(b) || a[IP4_TTL] != b[IP4_TTL] ||
			    super_get16(a + IP4_FRAG) != super_get16(b + IP4_FRAG))
		return false;
	if (!r->tcp)
		return true;
	a += r->at;
	b += x->at;
	return super_get32(a + TCP_ACK_NO) == super_get32(b + TCP_ACK_NO) &&
	       a[TCP_OFFSET] == b[TCP_OFFSET] &&
	       !((a[TCP_FLAGS] ^ b[TCP_FLAGS]) & (uint8_t)~TCP_PSH) &&
	       super_get16(a + TCP_WINDOW) == super_get16(b + TCP_WINDOW) &&
	       !memcmp(a + TCP_SUM + 2, b + TCP_SUM + 2, (size_t)(r->hlen - r->at) - TCP_SUM - 2);
}

/* RFC 6864 4.1: the Identification of a packet with DF says nothing, and many senders have 0. */
static bool super_run_id_follows(const struct ip_run *r, const struct ip_run *x)
{
	bool df = super_get16(r->first + IP4_FRAG) & IP4_DF;

	if (df && x->id == r->id && (r->n == 1 || r->still))
		return true;
	return !r->still && x->id == (uint16_t)(r->id + r->n);
}

static bool super_run_follows(const struct ip_run *r, const struct ip_run *x)
{
	if (!r->v6 && !super_run_id_follows(r, x))
		return false;
	return !r->tcp ||
	       super_get32(x->first + x->at + TCP_SEQ) ==
		       super_get32(r->first + r->at + TCP_SEQ) + (uint32_t)(r->len - r->hlen);
}

/* All ones is a second way to write zero, which no cutting makes (RFC 768 has only this one). */
static bool super_run_sum_is_right(const struct ip_run *x)
{
	size_t body = (size_t)(x->hlen - x->at) + x->last;
	const uint8_t *t = x->first + x->at;

	if (!x->v6 && (super_get16(x->first + IP4_SUM) == 0xffff ||
		       ip_fold(ip_sum(0, x->first, IP4_HLEN)) != 0xffff))
		return false;
	if (x->tcp && super_get16(t + TCP_SUM) == 0xffff)
		return false;
	return ip_fold(ip_sum(super_pseudo(x->first, x->v6, x->tcp, body), t, body)) == 0xffff;
}

static bool super_run_is_right(struct ip_run *r, const struct ip_run *x)
{
	/* While r has one packet, r->last is that one's. */
	if (!r->checked)
		r->checked = super_run_sum_is_right(r);
	r->closed = !r->checked;
	return r->checked && super_run_sum_is_right(x);
}

bool ip_run_join(struct ip_run *r, const struct ip_run *x)
{
	if (r->closed || r->n == IP_RUN_PACKETS || x->last > r->size || x->hlen != r->hlen ||
	    r->len + x->last > IP_RUN_OCTETS || !super_run_headers_equal(r, x) ||
	    !super_run_follows(r, x) || !super_run_is_right(r, x))
		return false;
	r->still = x->id == r->id;
	r->n++;
	r->len += x->last;
	r->last = x->last;
	r->push = x->push;
	r->closed = x->push || x->last < r->size;
	return true;
}

void ip_run_head(const struct ip_run *r, uint8_t *out)
{
	uint8_t *t = out + r->at;
	size_t body = r->len - r->at;

	memcpy(out, r->first, r->hlen);
	if (r->v6) {
		wr_put16(out + IP6_LEN, (uint16_t)(r->len - IP6_HLEN));
	} else {
		wr_put16(out + IP4_LEN, (uint16_t)r->len);
		wr_put16(out + IP4_SUM, 0);
		wr_put16(out + IP4_SUM, (uint16_t)~ip_fold(ip_sum(0, out, r->at)));
	}
	if (!r->tcp)
		wr_put16(t + UDP_LEN, (uint16_t)body);
	else if (r->push)
		t[TCP_FLAGS] |= TCP_PSH;
	wr_put16(t + super_sum_at(r->tcp), ip_fold(super_pseudo(out, r->v6, r->tcp, body)));
}
