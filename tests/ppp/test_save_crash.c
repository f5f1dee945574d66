/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Two links one of whose processes dies: at each record and each frame, and at random. */
#include "tests/harness.h"
#include "tests/ppp/pair.h"

#include <stdio.h>
#include <string.h>

#define STEPS_MAX 200u

struct way {
	const char *name;
	uint8_t auth; /* 0 = none */
	bool passive;
	unsigned long long rechallenge;
};

static const struct way ways[] = {
	{"none", PPP_AUTH_NONE, false, 0},
	{"pap", PPP_AUTH_PAP, false, 0},
	{"chap", PPP_AUTH_CHAP_MD5, false, 7 * SEC},
	{"mschapv2", PPP_AUTH_MSCHAPV2, false, 7 * SEC},
	{"passive chap", PPP_AUTH_CHAP_MD5, true, 0},
};

#define WAYS (sizeof(ways) / sizeof(*ways))

static void way_create(struct pair *p, const struct way *w)
{
	pair_init(p);
	p->a.cfg.n_auth = w->auth ? 1 : 0;
	p->a.cfg.auth[0] = p->b.cfg.auth[0] = w->auth;
	p->a.cfg.passive = w->passive;
	p->a.cfg.rechallenge = w->rechallenge;
	p->a.cfg.echo_interval = p->b.cfg.echo_interval = 5 * SEC;
	pair_create(p);
}

/* True while there was a step to die at. */
static bool dies_at(const struct way *w, bool server, unsigned step)
{
	static struct pair p;
	struct pair_end *e = server ? &p.a : &p.b;
	bool up;

	way_create(&p, w);
	e->dies_at = step;
	pair_open(&p);
	pair_run(&p, p.now + 40 * SEC);
	up = pair_is_up(&p) && !p.a.count[PPP_EV_DOWN] && !p.b.count[PPP_EV_DOWN];
	if (!up)
		printf("\n      %s: the %s dies at step %u\n", w->name,
		       server ? "server" : "client", step);
	CU_ASSERT(up);
	CU_ASSERT_EQUAL(e->deaths, e->steps >= step);
	/* and it lives on: re-challenges and echoes are answered */
	pair_run(&p, p.now + 40 * SEC);
	CU_ASSERT(pair_is_up(&p) && !p.a.count[PPP_EV_DOWN] && !p.b.count[PPP_EV_DOWN]);
	pair_free(&p);
	return e->deaths;
}

static void a_death_at_every_record_and_frame(void)
{
	unsigned step;

	for (unsigned i = 0; i < WAYS; i++) {
		for (unsigned server = 0; server < 2; server++) {
			for (step = 1; step < STEPS_MAX && dies_at(&ways[i], server, step); step++)
				;
			CU_ASSERT(step > 10);
		}
	}
}

static void agrees(const struct pair *p, const char *name)
{
	struct ppp_info a, b;

	ppp_get_info(p->a.ppp, &a);
	ppp_get_info(p->b.ppp, &b);
	/* a passive server may have begun again, and waits */
	if (pair_is_up(p) ||
	    (!strcmp(b.phase, "dead") && (!strcmp(a.phase, "dead") || !strcmp(a.lcp, "Stopped"))))
		return;
	printf("\n      %s: server %s %s %s %s, client %s %s %s %s\n", name, a.phase, a.lcp, a.ipcp,
	       a.ipv6cp, b.phase, b.lcp, b.ipcp, b.ipv6cp);
	CU_FAIL("one end has a link, the other has not");
}

/* Deaths of both, and losses; then peace.  The link may have ended for want of answers, but not at
 * one side alone. */
static void deaths_at_random(void)
{
	static struct pair p;
	uint64_t seed = test_seed();
	unsigned deaths = 0, up = 0;

	for (unsigned run = 0; run < 40; run++) {
		way_create(&p, &ways[run % (WAYS)]);
		p.rng = seed + run;
		p.loss = 50;
		p.dup = 20;
		p.a.mortal = p.b.mortal = 30;
		pair_open(&p);
		pair_run(&p, p.now + 300 * SEC);
		p.loss = p.dup = p.a.mortal = p.b.mortal = 0;
		pair_run(&p, p.now + 200 * SEC);
		deaths += p.a.deaths + p.b.deaths;
		up += pair_is_up(&p);
		agrees(&p, ways[run % WAYS].name);
		pair_free(&p);
	}
	CU_ASSERT(deaths > 100);
	CU_ASSERT(up > 20);
}

static const struct test_case cases[] = {
	{"a_death_at_every_record_and_frame", a_death_at_every_record_and_frame},
	{"deaths_at_random", deaths_at_random},
	{NULL, NULL},
};
const struct test_suite suite_save_crash = {"save_crash", cases};
