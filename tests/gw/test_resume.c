/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The control side is killed and another one goes on from what it has kept, while the far end, its
 * PPP and what is under way stay.
 */
#include "gw/client.h"
#include "gw/resume.h"
#include "tests/gw/bench.h"

#include <string.h>

#define LNS(keys)                                                           \
	"host-name = gw\n"                                                  \
	"udp a { listen = \"192.0.2.1:1701\" }\n"                           \
	"peer lac { service = s }\n"                                        \
	"pool s { ranges = { \"10.64.0.0/24\", \"2001:db8:64::/48\" } }\n"  \
	"service s { local = 10.64.0.1  pool = s  mtu = 1400  " keys " }\n" \
	"user ann { secret = \"a password\" }\n"

/* What the data plane was told before is what it is told now. */
static bool resume_same_entry(const struct dp_call *was, const struct dp_call *is)
{
	return is && was->tid == is->tid && was->sid == is->sid && was->channel == is->channel &&
	       was->data.peer_tid == is->data.peer_tid && was->data.peer_sid == is->data.peer_sid &&
	       was->data.lns == is->data.lns && was->data.send_seq == is->data.send_seq &&
	       was->data.required == is->data.required && was->mode == is->mode &&
	       was->to_tid == is->to_tid && was->to_sid == is->to_sid &&
	       was->no_address == is->no_address && was->mirror_ff03 == is->mirror_ff03 &&
	       was->ff03 == is->ff03 && was->pfc == is->pfc && was->mtu == is->mtu &&
	       was->tun == is->tun && was->ip4 == is->ip4 && was->ip6 == is->ip6 &&
	       was->client == is->client && was->peer4 == is->peer4 &&
	       was->has_peer6 == is->has_peer6 && was->peer_iid == is->peer_iid &&
	       !memcmp(was->peer6, is->peer6, sizeof(was->peer6)) &&
	       !memcmp(was->filter, is->filter, sizeof(was->filter)) && was->dscp == is->dscp &&
	       was->discard == is->discard;
}

static struct far_call *resume_server_up(const char *conf)
{
	struct far_call *c;

	bench_start_kept(conf);
	CU_ASSERT_TRUE_FATAL(bench_dial("lac"));
	c = bench_call("ann", "a password", PPP_AUTH_CHAP_MD5);
	bench_pass(SEC);
	CU_ASSERT_TRUE_FATAL(c->up && c->ip4 && c->ip6);
	return c;
}

static struct resume_counters resume_counted(void)
{
	struct resume_counters n;

	resume_count(bench.gw->resume, &n);
	return n;
}

static void resume_server(void)
{
	struct far_call *c = resume_server_up(LNS("")), *d;
	struct dp_call was = fake.call[0];
	uint32_t address = c->got.peer4;

	bench_kill(NULL);
	CU_ASSERT_EQUAL(resume_counted().tunnels, 1);
	CU_ASSERT_EQUAL(resume_counted().calls, 1);
	CU_ASSERT_EQUAL(resume_counted().joins, 1);
	CU_ASSERT_EQUAL(resume_counted().ended, 0);
	CU_ASSERT_EQUAL(fake.calls, 1);
	CU_ASSERT_TRUE(resume_same_entry(&was, &fake.call[0]));
	/* echoes, HELLOs */
	bench_pass(300 * SEC);
	CU_ASSERT_TRUE(c->up && !c->down && bench.tunnel_up);
	CU_ASSERT_TRUE(resume_same_entry(&was, &fake.call[0]));
	/* what is new does not get what is old */
	d = bench_call("ann", "a password", PPP_AUTH_CHAP_MD5);
	bench_pass(SEC);
	CU_ASSERT_TRUE(d->up && d->ip4);
	CU_ASSERT_NOT_EQUAL(d->got.local4, c->got.local4);
	CU_ASSERT_EQUAL(c->got.peer4, address);
	bench_hangup(c, L2TP_CDN_ADMINISTRATIVE, "bye");
	bench_pass(SEC);
	CU_ASSERT_EQUAL(fake.calls, 1);
	bench_kill(NULL);
	CU_ASSERT_EQUAL(resume_counted().joins, 1);
	bench_pass(100 * SEC);
	CU_ASSERT_TRUE(d->up && !d->down);
	bench_stop();
}

static const struct test_case cases[] = {
	{"server", resume_server},
	{NULL, NULL},
};
const struct test_suite suite_resume = {"resume", cases};
