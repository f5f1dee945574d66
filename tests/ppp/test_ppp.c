/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Two whole links against each other: phases, events, ends. */
#include "tests/harness.h"
#include "tests/ppp/pair.h"

#include <string.h>

static void start(struct pair *p)
{
	pair_create(p);
	pair_open(p);
	pair_run(p, p->now + 5 * SEC);
}

static void comes_up(enum ppp_auth method)
{
	struct pair p;

	pair_init(&p);
	p.a.cfg.n_auth = method != PPP_AUTH_NONE;
	p.a.cfg.auth[0] = (uint8_t)method;
	p.b.cfg.n_auth = p.a.cfg.n_auth;
	p.b.cfg.auth[0] = (uint8_t)method;
	start(&p);
	CU_ASSERT(pair_is_up(&p));
	CU_ASSERT_EQUAL(p.a.claims, method != PPP_AUTH_NONE);
	CU_ASSERT_EQUAL(p.b.addr.local4, 0x0a400002);
	CU_ASSERT_EQUAL(p.b.addr.dns4[0], 0x0a4000fe);
	CU_ASSERT_EQUAL(p.b.addr.dns4[1], 0x0a4000ff);
	CU_ASSERT_EQUAL(p.a.link.auth, method);
	ppp_close(p.b.ppp, p.now);
	pair_run(&p, p.now + 10 * SEC);
	CU_ASSERT_EQUAL(p.b.why, PPP_WHY_LOCAL);
	CU_ASSERT_EQUAL(p.a.why, PPP_WHY_PEER);
	CU_ASSERT_EQUAL(p.a.count[PPP_EV_IP4_DOWN], 1);
	CU_ASSERT_EQUAL(p.a.count[PPP_EV_IP6_DOWN], 1);
	CU_ASSERT_EQUAL(p.a.count[PPP_EV_DOWN], 1);
	CU_ASSERT_EQUAL(p.b.count[PPP_EV_DOWN], 1);
	pair_free(&p);
}

static void up_and_down_without_auth(void)
{
	comes_up(PPP_AUTH_NONE);
}

static void up_and_down_pap(void)
{
	comes_up(PPP_AUTH_PAP);
}

static void up_and_down_chap(void)
{
	comes_up(PPP_AUTH_CHAP_MD5);
}

static void up_and_down_mschapv2(void)
{
	comes_up(PPP_AUTH_MSCHAPV2);
}

static const struct test_case cases[] = {
	{"up_and_down_without_auth", up_and_down_without_auth},
	{"up_and_down_pap", up_and_down_pap},
	{"up_and_down_chap", up_and_down_chap},
	{"up_and_down_mschapv2", up_and_down_mschapv2},
	{NULL, NULL},
};
const struct test_suite suite_ppp = {"ppp", cases};
