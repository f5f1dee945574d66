/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Super-packets: cut, all octets of data are in the packets once and in order.  Packets joined and
 * cut again are the same octets.  The input: 1 = UDP, the size of two octets, and packets, the
 * first of which is as long as its header says.
 */
#include "gw/ip/ip.h"
#include "gw/ip/super.h"

#include <stdlib.h>
#include <string.h>

#define LARGEST 4096u

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void fuzz_super_check(bool ok)
{
	if (!ok)
		abort();
}

static void fuzz_super_cut(const uint8_t *pkt, size_t len, bool udp, uint16_t size)
{
	static uint8_t out[70000];
	struct ip_super s;
	size_t at, n;

	if (!ip_super_parse(&s, pkt, len, udp, size))
		return;
	at = s.hlen;
	for (unsigned i = 0; (n = ip_super_cut(&s, i, out)); i++) {
		fuzz_super_check(n > s.hlen && n <= s.hlen + size && at + n - s.hlen <= len);
		fuzz_super_check(!memcmp(out + s.hlen, pkt + at, n - s.hlen));
		at += n - s.hlen;
	}
	fuzz_super_check(at == len);
}

static size_t fuzz_super_length(const uint8_t *pkt, size_t len)
{
	struct ip4 four;
	struct ip6 six;

	if (ip4_parse(&four, pkt, len))
		return four.len;
	return ip6_parse(&six, pkt, len) ? six.len : 0;
}

static void fuzz_super_same(const struct ip_run *r, const uint8_t *const pkt[2], uint8_t *whole)
{
	uint8_t out[LARGEST];
	struct ip_super s;
	size_t n = r->hlen;

	ip_run_head(r, whole);
	memcpy(whole + n, pkt[0] + r->hlen, r->size);
	memcpy(whole + n + r->size, pkt[1] + r->hlen, r->last);
	fuzz_super_check(n + r->size + r->last == r->len);
	fuzz_super_check(ip_super_parse(&s, whole, r->len, !r->tcp, r->size));
	for (unsigned i = 0; i < 2; i++) {
		n = ip_super_cut(&s, i, out);
		fuzz_super_check(n == (size_t)r->hlen + (i ? r->last : r->size));
		if (r->still && i) { /* its Identification has changed, and the header's checksum */
			memcpy(out + 4, pkt[i] + 4, 2);
			memcpy(out + 10, pkt[i] + 10, 2);
		}
		fuzz_super_check(!memcmp(out, pkt[i], n));
	}
}

static void fuzz_super_join(const uint8_t *pkt, size_t len)
{
	uint8_t whole[LARGEST];
	size_t first = fuzz_super_length(pkt, len), second;
	const uint8_t *const both[] = {pkt, pkt + first};
	struct ip_run r, x;

	if (!first || len > sizeof(whole))
		return;
	second = fuzz_super_length(both[1], len - first);
	if (ip_run_begin(&r, pkt, first) < IP_RUN_ALONE || !second ||
	    ip_run_begin(&x, both[1], second) != IP_RUN_BEGUN)
		return;
	ip_run_hash(&r);
	if (r.hlen && ip_run_same(&r, &x) && ip_run_join(&r, &x))
		fuzz_super_same(&r, both, whole);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint8_t *copy;

	if (size < 4)
		return 0;
	fuzz_super_cut(data + 3, size - 3, data[0] & 1, (uint16_t)(data[1] << 8 | data[2]));
	copy = malloc(size - 3);
	if (!copy)
		abort();
	memcpy(copy, data + 3, size - 3);
	ip_super_finish_sum(copy, size - 3, data[1], data[2]);
	free(copy);
	fuzz_super_join(data + 3, size - 3);
	return 0;
}
