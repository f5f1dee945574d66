/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which calls may be fast: each reason alone makes one slow. */
#include "gw/dp/fast.h"
#include "tests/harness.h"

#include <string.h>

static struct dp_call fast_call(void)
{
	struct dp_call c = {
		.tid = 2,
		.sid = 3,
		.data = {.peer_tid = 0x0a0b, .peer_sid = 0x0c0d, .lns = true},
		.mode = DP_TERMINAL,
		.mtu = 1400,
		.tun = 1,
		.ip4 = true,
		.peer4 = 0x0a400005,
	};

	test_hex(c.peer6, 16, "20010db8006400050000000000000000");
	return c;
}

static struct fast_way fast_good_way(void)
{
	return (struct fast_way){.on = true,
				 .ipv4 = true,
				 .local = {192, 0, 2, 1},
				 .far = {192, 0, 2, 77},
				 .local_port = 1701,
				 .far_port = 1702,
				 .ttl = 64,
				 .tun = 5};
}

#define SLOW(what, text)                                               \
	static void fast_##what(struct dp_call *c, struct fast_way *w) \
	{                                                              \
		(void)c;                                               \
		(void)w;                                               \
		text;                                                  \
	}
SLOW(off, w->on = false)
SLOW(line, c->tid = 0)
SLOW(medium, w->ipv4 = false)
SLOW(ipsec, w->secured = true)
SLOW(punt, c->mode = DP_PUNT)
SLOW(forward, c->mode = DP_FORWARD)
SLOW(member, c->mode = DP_MEMBER)
SLOW(client, c->client = true)
SLOW(bundle, c->bundle.mrru = 1500)
SLOW(closed, c->ip4 = false)
SLOW(no_address, c->peer4 = 0)
SLOW(no_prefix, c->ip4 = false; c->ip6 = true)
SLOW(no_tun, c->tun = 0)
SLOW(no_device, w->tun = 0)
SLOW(sends_numbers, c->data.send_seq = true)
SLOW(wants_numbers, c->data.required = true)
SLOW(filter_in, c->filter[DP_FILTER_IP_IN] = 1)
SLOW(filter_ppp, c->filter[DP_FILTER_PPP_OUT] = 1)
SLOW(rate_up, c->rate[DP_RATE_UP] = 1)
SLOW(rate_down, c->rate[DP_RATE_DOWN] = 1)
SLOW(watched, c->watched = true)

static const struct {
	void (*set)(struct dp_call *c, struct fast_way *w);
	enum fast_why why;
} slow_rows[] = {
	{fast_off, FAST_OFF},
	{fast_line, FAST_LINE},
	{fast_medium, FAST_MEDIUM},
	{fast_ipsec, FAST_IPSEC},
	{fast_punt, FAST_MODE},
	{fast_forward, FAST_MODE},
	{fast_member, FAST_MODE},
	{fast_client, FAST_MODE},
	{fast_bundle, FAST_MODE},
	{fast_closed, FAST_NCP},
	{fast_no_address, FAST_NCP},
	{fast_no_prefix, FAST_NCP},
	{fast_no_tun, FAST_TUN},
	{fast_no_device, FAST_TUN},
	{fast_sends_numbers, FAST_SEQUENCE},
	{fast_wants_numbers, FAST_SEQUENCE},
	{fast_filter_in, FAST_FILTER},
	{fast_filter_ppp, FAST_FILTER},
	{fast_rate_up, FAST_RATE},
	{fast_rate_down, FAST_RATE},
	{fast_watched, FAST_COPY},
};

static void each_reason_for_slow(void)
{
	struct xdp_call out;

	for (unsigned i = 0; i < sizeof(slow_rows) / sizeof(slow_rows[0]); i++) {
		struct dp_call c = fast_call();
		struct fast_way w = fast_good_way();

		CU_ASSERT_EQUAL(fast_entry(&c, &w, &out), FAST_FAST);
		slow_rows[i].set(&c, &w);
		CU_ASSERT_EQUAL(fast_entry(&c, &w, &out), slow_rows[i].why);
	}
	CU_ASSERT_STRING_EQUAL(fast_words(FAST_FILTER), "it has a filter");
	CU_ASSERT_STRING_EQUAL(fast_words(FAST_COUNT), "?");
}

static void settings_of_a_fast_call(void)
{
	struct dp_call c = fast_call();
	struct fast_way w = fast_good_way();
	struct xdp_call out;
	uint8_t want[64];

	CU_ASSERT_EQUAL(fast_entry(&c, &w, &out), FAST_FAST);
	ASSERT_OCTETS(&out, 18, want,
		      test_hex(want, 64, "c0000201 c000024d 06a5 06a6 0002 0a0b 0c0d"));
	ASSERT_OCTETS(&out.peer4, 12, want, test_hex(want, 64, "0a400005 20010db800640005"));
	CU_ASSERT(out.mtu == 1400 && out.ttl == 64 && out.tun == 5 && out.tos == 0);
	CU_ASSERT_EQUAL(out.flags, XDP_IP4 | XDP_NETS);
}

static void flags_of_a_fast_call(void)
{
	struct dp_call c = fast_call();
	struct fast_way w = fast_good_way();
	struct xdp_call out;

	c.ip6 = c.has_peer6 = c.ff03 = c.mirror_ff03 = c.pfc = c.data.send_length = true;
	c.dscp = DP_DSCP_COPY;
	CU_ASSERT_EQUAL(fast_entry(&c, &w, &out), FAST_FAST);
	CU_ASSERT_EQUAL(out.flags, XDP_IP4 | XDP_IP6 | XDP_LENGTH | XDP_FF03 | XDP_MIRROR |
					   XDP_PFC | XDP_COPY_DSCP | XDP_NETS);
	CU_ASSERT_EQUAL(out.tos, 0);
	/* no Address field at all */
	c.no_address = true;
	c.dscp = 46;
	CU_ASSERT_EQUAL(fast_entry(&c, &w, &out), FAST_FAST);
	CU_ASSERT_EQUAL(out.flags & (XDP_FF03 | XDP_MIRROR | XDP_COPY_DSCP), 0);
	CU_ASSERT_EQUAL(out.tos, 46 << 2);
}

static const struct test_case cases[] = {
	{"each_reason_for_slow", each_reason_for_slow},
	{"settings_of_a_fast_call", settings_of_a_fast_call},
	{"flags_of_a_fast_call", flags_of_a_fast_call},
	{NULL, NULL},
};
const struct test_suite suite_fast = {"fast", cases};
