/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ppp/link.h"
#include "tests/harness.h"
#include "tests/heap.h"
#include "tests/ppp/pair.h"

#include <stdio.h>
#include <stdlib.h>

static void links_of_one_configuration_share_it(void)
{
	unsigned held = heap_blocks();
	const struct ppp_config *one, *same, *other;
	struct ppp_config c;

	ppp_config_default(&c);
	one = ppp_config_share(&c);
	same = ppp_config_share(&c);
	c.mtu = 1400;
	other = ppp_config_share(&c);
	CU_ASSERT_PTR_EQUAL(one, same);
	CU_ASSERT_PTR_NOT_EQUAL(one, other);
	CU_ASSERT_EQUAL(one->mtu, 1500);
	CU_ASSERT_EQUAL(other->mtu, 1400);
	CU_ASSERT_EQUAL(heap_blocks(), held + 2);
	ppp_config_unshare(one);
	CU_ASSERT_EQUAL(heap_blocks(), held + 2);
	ppp_config_unshare(same);
	CU_ASSERT_EQUAL(heap_blocks(), held + 1);
	ppp_config_unshare(other);
	ppp_config_unshare(NULL);
	CU_ASSERT_EQUAL(heap_blocks(), held);
}

/* More than are looked at: each still has what it asked for. */
static void many_configurations(void)
{
	const struct ppp_config *all[40];
	struct ppp_config c;

	ppp_config_default(&c);
	for (unsigned i = 0; i < 40; i++) {
		snprintf(c.name, sizeof(c.name), "service %u", i);
		all[i] = ppp_config_share(&c);
	}
	for (unsigned i = 0; i < 40; i++) {
		CU_ASSERT_EQUAL(atoi(all[i]->name + 8), (int)i);
		ppp_config_unshare(all[i]);
	}
}

static void without_memory(void)
{
	struct ppp_config c;

	ppp_config_default(&c);
	heap_refuse(0);
	CU_ASSERT_PTR_NULL(ppp_config_share(&c));
	CU_ASSERT_TRUE(heap_refused());
}

/* What was needed to prove who the peer is has gone when that is over: a link that is open is one
 * block, and short texts (the name, the answer that may be wanted again). */
static void an_open_link_is_small(void)
{
	static const enum ppp_auth methods[] = {PPP_AUTH_PAP, PPP_AUTH_CHAP_MD5, PPP_AUTH_MSCHAPV2};

	for (unsigned i = 0; i < 3; i++) {
		struct pair p;
		const struct auth *a;

		pair_init(&p);
		p.a.cfg.auth[0] = p.b.cfg.auth[0] = (uint8_t)methods[i];
		p.a.cfg.n_auth = p.b.cfg.n_auth = 1;
		pair_start(&p);
		a = &p.a.ppp->auth;
		CU_ASSERT_TRUE(p.a.ppp->ip4_up);
		CU_ASSERT_PTR_NULL(a->claim);
		CU_ASSERT_PTR_NULL(a->proof);
		CU_ASSERT_PTR_NULL(p.a.ppp->message);
		CU_ASSERT_PTR_NULL(p.a.ppp->bye);
		CU_ASSERT(a->name_len < 8 && a->answer_len < 64);
		CU_ASSERT(sizeof(struct ppp) + a->name_len + a->answer_len < 780);
		CU_ASSERT_PTR_NULL(p.a.ppp->lcp.req);
		CU_ASSERT_PTR_NULL(p.a.ppp->ipcp.req);
		pair_free(&p);
	}
}

static const struct test_case cases[] = {
	{"links_of_one_configuration_share_it", links_of_one_configuration_share_it},
	{"many_configurations", many_configurations},
	{"without_memory", without_memory},
	{"an_open_link_is_small", an_open_link_is_small},
	{NULL, NULL},
};
const struct test_suite suite_config = {"config", cases};
