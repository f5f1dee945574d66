/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A link at rest is the link that it was.  Besides, all tests of links run in a form in which they
 * rest after each call (naps.h). */
#include "ppp/link.h"
#include "tests/harness.h"
#include "tests/heap.h"
#include "tests/ppp/lone.h"

#include <stdlib.h>
#include <string.h>

#define MANY 8u

/* Octets of one that rests. */
#define SMALL 128u

static void rest(struct lone *l)
{
	l->ppp = ppp_rest(l->ppp);
}

static void wake(struct lone *l)
{
	l->ppp = ppp_wake(l->ppp);
	CU_ASSERT_FATAL(l->ppp != NULL);
}

/* Both octet by octet, but for where their texts are. */
static bool same(const struct ppp *a, const struct ppp *b)
{
	struct ppp x, y;

	memcpy(&x, a, sizeof(x));
	memcpy(&y, b, sizeof(y));
	x.auth.name = x.auth.answer = y.auth.name = y.auth.answer = NULL;
	return !memcmp(&x, &y, sizeof(x)) && !a->auth.name == !b->auth.name &&
	       !a->auth.answer == !b->auth.answer &&
	       (!a->auth.name || !strcmp(a->auth.name, b->auth.name)) &&
	       (!a->auth.answer || !memcmp(a->auth.answer, b->auth.answer, a->auth.answer_len));
}

static struct ppp *copy(const struct ppp *p)
{
	struct ppp *c = malloc(sizeof(*c));

	if (!c)
		abort();
	memcpy(c, p, sizeof(*c));
	c->auth.name = p->auth.name ? strdup(p->auth.name) : NULL;
	c->auth.answer = p->auth.answer ? malloc(p->auth.answer_len + 1u) : NULL;
	if (c->auth.answer)
		memcpy(c->auth.answer, p->auth.answer, p->auth.answer_len);
	return c;
}

static void copy_free(struct ppp *c)
{
	free(c->auth.name);
	free(c->auth.answer);
	free(c);
}

static void comes_back(struct lone *l)
{
	struct ppp *was = copy(l->ppp);

	rest(l);
	CU_ASSERT(l->ppp->rests);
	wake(l);
	CU_ASSERT(same(l->ppp, was));
	copy_free(was);
}

/* With others of its configuration and alone, from the first on. */
static void what_wakes_up_is_what_has_gone_to_rest(void)
{
	struct lone l[MANY];

	for (unsigned i = 0; i < MANY; i++) {
		lone_proven(&l[i]);
		l[i].now += i * (uint64_t)SEC;
		lone_rx(&l[i], "c021 09 05 0008 a0a0a0a0");
		comes_back(&l[i]);
		rest(&l[i]);
	}
	for (unsigned i = 0; i < MANY; i++) {
		wake(&l[i]);
		comes_back(&l[i]);
		if (i % 2)
			rest(&l[i]);
		lone_free(&l[i]);
	}
}

/* The first ones are compared with nothing, and stay so when there is one to compare with. */
static void a_link_without_a_like_stays_without(void)
{
	struct lone l[MANY];
	struct ppp *was[MANY];

	for (unsigned i = 0; i < MANY; i++) {
		lone_proven(&l[i]);
		was[i] = copy(l[i].ppp);
		rest(&l[i]);
	}
	for (unsigned i = 0; i < MANY; i++) {
		wake(&l[i]);
		CU_ASSERT(same(l[i].ppp, was[i]));
		copy_free(was[i]);
		lone_free(&l[i]);
	}
}

static void at_rest_it_is_small(void)
{
	struct lone l[MANY];

	for (unsigned i = 0; i < MANY; i++) {
		lone_proven(&l[i]);
		rest(&l[i]);
	}
	CU_ASSERT(ppp_rest_size(l[MANY - 1].ppp) <= SMALL);
	for (unsigned i = 0; i < MANY; i++)
		lone_free(&l[i]);
}

/* What is asked of it at rest has the answer that it has when it is up. */
static void it_may_be_looked_at(void)
{
	uint8_t rec[PPP_RECORD_MAX], rest_rec[PPP_RECORD_MAX];
	struct ppp_echo echo, rest_echo;
	struct ppp_info i, rest_i;
	struct ppp_proxy x;
	uint64_t due;
	struct lone l;
	size_t n;

	lone_proven(&l);
	lone_rx(&l, "00");
	n = lone_record(&l, rec);
	due = ppp_deadline(l.ppp);
	ppp_get_info(l.ppp, &i);
	CU_ASSERT(ppp_get_echo(l.ppp, &echo));
	CU_ASSERT_EQUAL(lone_counter(&l, PPP_R_SHORT), 1);
	rest(&l);
	CU_ASSERT(l.ppp->rests);
	CU_ASSERT_EQUAL(lone_record(&l, rest_rec), n);
	CU_ASSERT(!memcmp(rec, rest_rec, n));
	CU_ASSERT_EQUAL(ppp_deadline(l.ppp), due);
	ppp_get_info(l.ppp, &rest_i);
	CU_ASSERT_STRING_EQUAL(rest_i.phase, i.phase);
	CU_ASSERT_STRING_EQUAL(rest_i.lcp, i.lcp);
	CU_ASSERT_STRING_EQUAL(rest_i.ipcp, i.ipcp);
	CU_ASSERT_STRING_EQUAL(rest_i.peer_name, "user");
	CU_ASSERT(!memcmp(&rest_i.addr, &i.addr, sizeof(i.addr)));
	CU_ASSERT(!memcmp(&rest_i.link, &i.link, sizeof(i.link)));
	CU_ASSERT(rest_i.ip4_up == i.ip4_up && rest_i.ip6_up == i.ip6_up);
	CU_ASSERT(ppp_get_echo(l.ppp, &rest_echo));
	CU_ASSERT(rest_echo.our_magic == echo.our_magic);
	CU_ASSERT(rest_echo.peer_magic == echo.peer_magic);
	CU_ASSERT_EQUAL(lone_counter(&l, PPP_R_SHORT), 1);
	CU_ASSERT(ppp_carries_ipv6(l.ppp));
	CU_ASSERT(!ppp_auth_waits(l.ppp, 1));
	CU_ASSERT(!ppp_get_proxy(l.ppp, &x));
	lone_free(&l);
}

/* It waits for an answer: to a Request, to a Challenge, to its end. */
static void a_link_that_waits_does_not_rest(void)
{
	struct lone l;

	lone_init(&l, true);
	lone_open(&l);
	rest(&l);
	CU_ASSERT(!l.ppp->rests);
	lone_free(&l);
	lone_all_open(&l);
	lone_rx(&l, "8021 01 09 000a 03060a400002"); /* IPCP begins anew */
	CU_ASSERT_EQUAL(l.ppp->ipcp.state, FSM_ACK_SENT);
	rest(&l);
	CU_ASSERT(!l.ppp->rests);
	lone_free(&l);
	lone_all_open(&l);
	ppp_close(l.ppp, l.now);
	rest(&l);
	CU_ASSERT(!l.ppp->rests);
	lone_free(&l);
}

static void in_handler(struct lone *l, const struct ppp_event *ev)
{
	if (ev->kind == PPP_EV_IP4_UP || ev->kind == PPP_EV_IP6_UP)
		CU_ASSERT(ppp_rest(l->ppp) == l->ppp);
}

static void nor_inside_a_handler(void)
{
	struct lone l;

	lone_init(&l, true);
	l.cfg.ipv6 = false;
	l.on_event = in_handler;
	l.give = &lone_given;
	lone_lcp_up(&l);
	lone_rx(&l, "8021 02 01 000a 03060a400001");
	lone_rx(&l, "8021 01 09 000a 03060a400002");
	CU_ASSERT_EQUAL(l.count[PPP_EV_IP4_UP], 1);
	rest(&l);
	CU_ASSERT(l.ppp->rests);
	lone_free(&l);
}

/* Each allocation of going to rest and of waking up fails once. */
static void without_memory_it_is_what_it_was(void)
{
	struct ppp *was, *up;
	unsigned failed = 0;
	struct lone l;

	lone_proven(&l);
	was = copy(l.ppp);
	heap_refuse(0);
	rest(&l);
	if (heap_refused())
		CU_ASSERT(!l.ppp->rests);
	CU_ASSERT(same(l.ppp, was));
	rest(&l);
	CU_ASSERT_FATAL(l.ppp->rests);
	for (unsigned skip = 0; skip < 3; skip++) {
		heap_refuse(skip);
		up = ppp_wake(l.ppp);
		if (!heap_refused()) {
			l.ppp = up;
			break;
		}
		failed++;
		CU_ASSERT_FATAL(!up);
		CU_ASSERT(l.ppp->rests);
	}
	wake(&l);
	CU_ASSERT(failed >= 1);
	CU_ASSERT(same(l.ppp, was));
	copy_free(was);
	lone_free(&l);
}

static const struct test_case cases[] = {
	{"what_wakes_up_is_what_has_gone_to_rest", what_wakes_up_is_what_has_gone_to_rest},
	{"a_link_without_a_like_stays_without", a_link_without_a_like_stays_without},
	{"at_rest_it_is_small", at_rest_it_is_small},
	{"it_may_be_looked_at", it_may_be_looked_at},
	{"a_link_that_waits_does_not_rest", a_link_that_waits_does_not_rest},
	{"nor_inside_a_handler", nor_inside_a_handler},
	{"without_memory_it_is_what_it_was", without_memory_it_is_what_it_was},
	{NULL, NULL},
};
const struct test_suite suite_rest = {"rest", cases};
