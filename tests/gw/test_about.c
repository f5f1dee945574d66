/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "gw/about.h"

#include "gw/legs/legs.h"
#include "tests/gw/bench.h"
#include <string.h>

#define CONF                                                           \
	"host-name = gw\n"                                             \
	"udp a { listen = \"192.0.2.1:1701\" }\n"                      \
	"peer lac { hostname = \"lac*\"  service = s }\n"              \
	"pool s { ranges = { \"10.64.0.0/24\" } }\n"                   \
	"service s { local = 10.64.0.1  pool = s  auth = { chap } }\n" \
	"user ann { secret = \"a password\" }\n"

static bool about_is(const struct log_about *a, bool call, const char *peer, const char *user)
{
	return (a->call != 0) == call && a->tunnel == fake.call[0].tid && !a->line && a->port &&
	       !strcmp(a->port, "a") && !strcmp(a->peer ? a->peer : "-", peer) &&
	       !strcmp(a->user ? a->user : "-", user);
}

/* The same of either leg of a join, of the call and of the tunnel. */
static void a_call_with_a_user(void)
{
	struct l2tp_tunnel_info t;
	struct l2tp_call_info c;
	struct l2tp_tunnel *tunnel;
	struct log_about a;
	struct leg *leg;

	bench_start(CONF);
	CU_ASSERT_TRUE_FATAL(bench_dial("lac"));
	bench_call("ann", "a password", PPP_AUTH_CHAP_MD5);
	CU_ASSERT_EQUAL_FATAL(fake.calls, 1);
	for (unsigned i = 0; i < 2; i++) {
		leg = bench_join()->leg[i];
		a = about_leg(leg);
		CU_ASSERT_TRUE(about_is(&a, true, "lac", "ann"));
		CU_ASSERT_EQUAL(a.call, fake.call[0].sid);
	}
	tunnel = l2tp_tunnel_by_id(bench.gw->engine, fake.call[0].tid);
	l2tp_tunnel_info(tunnel, &t);
	l2tp_call_info(l2tp_call_by_id(tunnel, fake.call[0].sid), &c);
	a = about_call(bench.gw, &t, &c);
	CU_ASSERT_TRUE(about_is(&a, true, "lac", "ann"));
	c.user = NULL; /* a call that has no leg yet */
	a = about_call(bench.gw, &t, &c);
	CU_ASSERT_TRUE(about_is(&a, true, "lac", "-"));
	a = about_tunnel(bench.gw, &t);
	CU_ASSERT_TRUE(about_is(&a, false, "lac", "-"));
	a = about_channel(bench.gw, t.channel);
	CU_ASSERT_STRING_EQUAL(a.port, "a");
	a = about_channel(bench.gw, 0);
	CU_ASSERT_PTR_NULL(a.port);
	bench_stop();
}

static const struct test_case cases[] = {{"a_call_with_a_user", a_call_with_a_user}, {NULL, NULL}};
const struct test_suite suite_about = {"about", cases};
