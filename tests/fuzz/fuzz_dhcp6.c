/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Packets of a client to a DHCPv6 server.  The input is a row of messages, each behind two octets:
 * how it comes, and its length.  An answer has whole options, and never another client's prefix;
 * and the same packet as it is, headers and all, is looked at as well.
 */
#include "gw/dhcp6/dhcp6.h"
#include "gw/ip/ip.h"

#include <stdlib.h>
#include <string.h>

#define ADVERTISE 2u
#define REPLY	  7u
#define SECOND	  UINT64_C(1000000)

enum { UNICAST = 1, NO_PREFIX = 2, PACKET = 4 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const uint8_t dns[2][16] = {{0x20, 1, 0x0d, 0xb8, [15] = 1}, {0x20, 1}};
static const uint8_t domain[] = "\7example\3net";
static const struct dhcp6_says says = {
	.duid = {0, 4},
	.on_link = {.addr = {0x20, 1, 0x0d, 0xb8}, .bits = 64},
	.dns = dns,
	.dns_n = 2,
	.domains = domain,
	.domains_len = sizeof(domain),
	.preferred = 14400,
	.valid = 86400,
};

static void fuzz_dhcp6_check(bool ok)
{
	if (!ok)
		abort();
}

static void fuzz_dhcp6_answer(const uint8_t *octets, size_t len)
{
	struct rd r = rd_init(octets, len);
	uint8_t type = rd_u8(&r);

	fuzz_dhcp6_check(type == ADVERTISE || type == REPLY);
	rd_skip(&r, 3);
	while (r.left) {
		rd_skip(&r, 2);
		rd_skip(&r, rd_u16(&r));
	}
	fuzz_dhcp6_check(!r.bad);
}

static void fuzz_dhcp6_message(struct dhcp6_lease *l, uint8_t how, struct rd in, uint64_t now)
{
	struct dhcp6_lease before = *l;
	uint8_t out[DHCP6_MAX], duid[DHCP6_DUID_MAX];
	struct dhcp6_msg m;
	size_t n;

	if (!dhcp6_read(&m, &says, in.p, in.left, how & UNICAST))
		return;
	n = dhcp6_answer(l, &says, &m, now, out);
	fuzz_dhcp6_check(n <= DHCP6_MAX && l->duid_len <= DHCP6_DUID_MAX);
	fuzz_dhcp6_check(!memcmp(&l->prefix, &before.prefix, sizeof(l->prefix)));
	/* nobody has it but who asks */
	if (l->duid_len && l->until != before.until) {
		memcpy(duid, m.client.p, m.client.left);
		fuzz_dhcp6_check(l->prefix.bits && m.client.left == l->duid_len &&
				 !memcmp(duid, l->duid, l->duid_len));
	}
	fuzz_dhcp6_check(n || !memcmp(l, &before, sizeof(before)));
	if (n)
		fuzz_dhcp6_answer(out, n);
}

static void fuzz_dhcp6_packet(const uint8_t *pkt, size_t len)
{
	uint8_t back[UDP6_HLEN + 2048];
	struct udp6 u, v;

	ip6_is_for_dhcp_server(pkt, len);
	if (!udp6_parse(&u, pkt, len) || u.payload.left > 2048)
		return;
	memcpy(back + UDP6_HLEN, u.payload.p, u.payload.left);
	len = udp6_put_head(back, &u, u.payload.left);
	fuzz_dhcp6_check(udp6_parse(&v, back, len) && v.from == u.from && v.to == u.to &&
			 v.payload.left == u.payload.left);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct dhcp6_lease l = {.prefix = {.addr = {0x20, 1, 0x0d, 0xb8, 1}, .bits = 56}};
	struct rd r = rd_init(data, size);
	uint64_t now = SECOND;

	memset(l.duid, 0, sizeof(l.duid));
	while (r.left > 2) {
		uint8_t how = rd_u8(&r), len = rd_u8(&r);
		struct rd in = rd_sub(&r, len < r.left ? len : r.left);

		if (how & NO_PREFIX)
			l = (struct dhcp6_lease){.iaid = 0};
		if (how & PACKET)
			fuzz_dhcp6_packet(in.p, in.left);
		else
			fuzz_dhcp6_message(&l, how, in, now += SECOND);
	}
	return 0;
}
