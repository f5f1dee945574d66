/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * LNSs that answers of RADIUS name: which section or which peer an answer stands for, how many
 * there may be, when they go, and their records.  What becomes of calls to them is in
 * test_line_ask.c.
 */
#include "gw/lns.h"

#include "gw/drain.h"
#include "gw/record.h"
#include "gw/resume.h"
#include "gw/route_way.h"
#include "gw/trace.h"
#include "tests/gw/bench.h"
#include "tests/gw/operator/says.h"

#include <stdio.h>
#include <string.h>

#define CONF                                                                       \
	"host-name = gw\n"                                                         \
	"udp a { listen = \"192.0.2.1:1701\" }\n"                                  \
	"udp b { listen = \"192.0.2.2:1701\" }\n"                                  \
	"udp six { listen = \"[2001:db8::1]:1701\" }\n"                            \
	"peer one { port = b  dial = \"192.0.2.20:1701\"  secret = \"of one\" }\n" \
	"peer any { hello = 20s  hostname = somebody  max-tunnels = 3 }\n"         \
	"peer on-b { port = b }\n"                                                 \
	"radius isp { server \"192.0.2.5\" { secret = \"0123456789abcdef\" } }\n"  \
	"route r { radius = isp  ask = called  template = any }\n"                 \
	"route s { radius = isp  ask = called  template = on-b }\n"

static const char *lns_words;

static const struct cfg_peer *lns_section_named(const char *name)
{
	const struct cfg_peer *p = cfg_named(bench.gw->cfg, "peer", name);

	CU_ASSERT_PTR_NOT_NULL_FATAL(p);
	return p;
}

/* Of this template; NULL = there is none. */
static const struct cfg_peer *lns_of_tunnel(const char *like, struct radius_tunnel t)
{
	lns_words = NULL;
	return lns_for(bench.gw, like ? lns_section_named(like) : NULL, &t, &lns_words);
}
#define LNS_OF(like, ...) lns_of_tunnel(like, (struct radius_tunnel){__VA_ARGS__})

static void lns_count(void *ctx, const struct cfg_peer *peer)
{
	(void)peer;
	++*(unsigned *)ctx;
}

static unsigned lns_there(void)
{
	unsigned n = 0;

	lns_each(bench.gw, lns_count, &n);
	return n;
}

/* --- the section ------------------------------------------------------------------------------- */

static void a_section_that_dials_it(void)
{
	const struct cfg_peer *one;

	bench_start(CONF);
	one = lns_section_named("one");
	CU_ASSERT_PTR_EQUAL(LNS_OF(NULL, .server = "192.0.2.20"), one);
	CU_ASSERT_PTR_EQUAL(LNS_OF("any", .server = "192.0.2.20"), one);
	/* what the answer says besides is what the section says */
	CU_ASSERT_PTR_EQUAL(LNS_OF("any", .server = "192.0.2.20", .client_name = "gw",
				   .client = "192.0.2.2", .secret = "of one", .secret_len = 6),
			    one);
	CU_ASSERT_EQUAL(lns_there(), 0);
	/* a section is nobody's that could go, or that has an assignment */
	lns_use(bench.gw, one);
	lns_unuse(bench.gw, one);
	CU_ASSERT_PTR_EQUAL(lns_section(bench.gw, one), one);
	CU_ASSERT_STRING_EQUAL(lns_assignment(bench.gw, one), "");
	CU_ASSERT_PTR_NULL(lns_denied(bench.gw, one));
	bench_stop();
}

/* Each thing that an answer says in another way makes a peer of the section's keys. */
static void an_answer_that_says_more_than_the_section(void)
{
	static const struct radius_tunnel rows[] = {
		{.server = "192.0.2.20", .client_name = "whole"},
		{.server = "192.0.2.20", .server_name = "far"},
		{.server = "192.0.2.20", .assignment = "gold"},
		{.server = "192.0.2.20", .secret = "of ond", .secret_len = 6},
		{.server = "192.0.2.20", .secret = "of", .secret_len = 2},
	};
	const struct cfg_peer *one, *p;

	bench_start(CONF);
	one = lns_section_named("one");
	for (unsigned i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct radius_tunnel *t = &rows[i];

		p = lns_of_tunnel("any", *t);
		CU_ASSERT_PTR_NOT_NULL_FATAL(p);
		CU_ASSERT_PTR_NOT_EQUAL(p, one);
		CU_ASSERT_PTR_EQUAL(lns_section(bench.gw, p), one);
		CU_ASSERT_EQUAL(lns_there(), i + 1);
		CU_ASSERT_STRING_EQUAL(p->policy.host_name, *t->client_name ? "whole" : "gw");
		CU_ASSERT_STRING_EQUAL(p->policy.expect_host, t->server_name);
		CU_ASSERT_STRING_EQUAL(lns_assignment(bench.gw, p), t->assignment);
		ASSERT_OCTETS(p->policy.secret.octets, p->policy.secret.len,
			      t->secret_len ? (const char *)t->secret : "of one",
			      t->secret_len ? t->secret_len : 6);
		/* RFC 2868 3.5: the password is for the tunnel to prove itself */
		CU_ASSERT_TRUE(p->policy.challenge);
	}
	bench_stop();
}

static void made_of_the_template(void)
{
	const struct cfg_peer *p, *any;

	bench_start(CONF);
	any = lns_section_named("any");
	CU_ASSERT_PTR_NULL(LNS_OF(NULL, .server = "192.0.2.9"));
	CU_ASSERT_STRING_EQUAL(lns_words,
			       "no peer section dials it, and the route has no template");
	p = LNS_OF("any", .server = "192.0.2.9");
	CU_ASSERT_PTR_NOT_NULL_FATAL(p);
	CU_ASSERT_PTR_EQUAL(lns_section(bench.gw, p), any);
	CU_ASSERT_STRING_EQUAL(p->name, "any@192.0.2.9");
	CU_ASSERT_STRING_EQUAL(p->dial, "192.0.2.9");
	CU_ASSERT_STRING_EQUAL(p->port->config.name, "a");
	CU_ASSERT_EQUAL(p->policy.hello, 20 * SEC);
	CU_ASSERT_EQUAL(p->policy.secret.len, 0);
	/* whom the section lets in is no matter: we dial */
	CU_ASSERT_TRUE(!p->hostname && !p->address && !p->addresses && !p->anybody &&
		       !p->is_template);
	CU_ASSERT_PTR_EQUAL(lns_named(bench.gw, "any@192.0.2.9"), p);
	CU_ASSERT_PTR_EQUAL(lns_named(bench.gw, "any"), any);
	CU_ASSERT_PTR_NULL(lns_named(bench.gw, "any@192.0.2.8"));
	bench_stop();
}

static bool lns_takes(struct trace_to *to)
{
	(void)to;
	return false;
}

static void lns_line(struct trace_to *to, const char *text)
{
	(void)to;
	(void)text;
}

static bool lns_is_seen(const char *peer)
{
	return trace_sees((struct log_about){.peer = peer});
}

/* An operator who says the section means all that are made of it. */
static void it_drains_and_is_watched_with_its_section(void)
{
	struct trace_to to = {lns_takes, lns_line};
	const struct cfg_peer *p;

	vty_begin(CONF);
	p = LNS_OF("any", .server = "192.0.2.9");
	CU_ASSERT_PTR_NOT_NULL_FATAL(p);
	CU_ASSERT_PTR_NULL(drain_begin(bench.gw, DRAIN_PEER, "one"));
	CU_ASSERT_PTR_NULL(drain_why(bench.gw, NULL, p, 0));
	CU_ASSERT_PTR_NULL(drain_begin(bench.gw, DRAIN_PEER, "any"));
	CU_ASSERT_STRING_EQUAL(drain_why(bench.gw, NULL, p, 0), "the peer takes no new calls");
	CU_ASSERT_PTR_NULL(drain_end(bench.gw, DRAIN_PEER, "any"));
	CU_ASSERT_PTR_NULL(drain_why(bench.gw, NULL, p, 0));
	CU_ASSERT_PTR_NULL(drain_begin(bench.gw, DRAIN_PEER, p->name));
	CU_ASSERT_STRING_EQUAL(drain_why(bench.gw, NULL, p, 0), "the peer takes no new calls");

	CU_ASSERT_PTR_NULL(trace_begin(bench.gw, &to, TRACE_PEER, "any"));
	CU_ASSERT_TRUE(lns_is_seen(p->name) && lns_is_seen("any"));
	CU_ASSERT_FALSE(lns_is_seen("anyone") || lns_is_seen("an") || lns_is_seen("one"));
	trace_end(bench.gw, &to, TRACE_PEER, "any");
	CU_ASSERT_FALSE(lns_is_seen(p->name));
	vty_end();
}

/* RFC 2868 3.3: Tunnel-Client-Endpoint says where from; without it any port that gets there. */
static void the_port(void)
{
	static const struct {
		const char *like, *client, *server, *port;
	} rows[] = {
		{"any", "", "192.0.2.9", "a"},
		{"any", "192.0.2.2", "192.0.2.9", "b"},
		{"any", "b", "192.0.2.9", "b"},
		{"any", "", "2001:db8::9", "six"},
		{"any", "six", "2001:db8::9", "six"},
		{"on-b", "", "192.0.2.9", "b"},
		{"on-b", "192.0.2.1", "192.0.2.9", NULL},
		{"any", "192.0.2.3", "192.0.2.9", NULL},
		{"any", "six", "192.0.2.9", NULL},
		{"any", "a", "2001:db8::9", NULL},
		{"on-b", "", "2001:db8::9", NULL},
		{"any", "", "lns.example", NULL}, /* no name is looked up */
		{"any", "", "", NULL},
	};

	for (unsigned i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct radius_tunnel t = {.tag = 1};
		const struct cfg_peer *p;

		bench_start(CONF);
		snprintf(t.client, sizeof(t.client), "%s", rows[i].client);
		snprintf(t.server, sizeof(t.server), "%s", rows[i].server);
		p = lns_of_tunnel(rows[i].like, t);
		CU_ASSERT_EQUAL(p != NULL, rows[i].port != NULL);
		if (p && rows[i].port)
			CU_ASSERT_STRING_EQUAL(p->port->config.name, rows[i].port);
		if (!p)
			CU_ASSERT_STRING_EQUAL(lns_words,
					       "no port has its Tunnel-Client-Endpoint and reaches "
					       "its Tunnel-Server-Endpoint");
		bench_stop();
	}
}

/* --- which of them ----------------------------------------------------------------------------- */

/* RFC 2868 3.7: calls of one assignment share a tunnel; so do those that have none. */
static void the_same_answer_is_the_same_peer(void)
{
	const struct cfg_peer *plain, *gold;

	bench_start(CONF);
	plain = LNS_OF("any", .server = "192.0.2.9");
	CU_ASSERT_PTR_EQUAL(LNS_OF("any", .server = "192.0.2.9", .tag = 3, .preference = 7), plain);
	gold = LNS_OF("any", .server = "192.0.2.9", .assignment = "gold");
	CU_ASSERT_TRUE_FATAL(plain && gold && gold != plain);
	CU_ASSERT_STRING_EQUAL(gold->name, "any@192.0.2.9/gold");
	CU_ASSERT_PTR_EQUAL(LNS_OF("any", .server = "192.0.2.9", .assignment = "gold"), gold);
	CU_ASSERT_EQUAL(lns_there(), 2);
	bench_stop();
}

/* Two that differ in nothing that their names show have two names. */
static void names_are_never_the_same(void)
{
	static const struct radius_tunnel rows[] = {
		{.server = "192.0.2.9"},
		{.server = "192.0.2.9", .secret = "x", .secret_len = 1},
		{.server = "192.0.2.9", .secret = "y", .secret_len = 1},
	};
	const struct cfg_peer *p[3];
	char id[RADIUS_TUNNEL_TEXT];

	bench_start(CONF);
	for (unsigned i = 0; i < 3; i++) {
		p[i] = lns_of_tunnel("any", rows[i]);
		CU_ASSERT_PTR_NOT_NULL_FATAL(p[i]);
		CU_ASSERT_PTR_EQUAL(lns_named(bench.gw, p[i]->name), p[i]);
	}
	CU_ASSERT_EQUAL(lns_there(), 3);
	bench_stop();
	/* the longest assignments, and what would not survive a table */
	bench_start(CONF);
	memset(id, 'i', sizeof(id));
	id[sizeof(id) - 1] = '\0';
	for (unsigned i = 0; i < 2; i++) {
		struct radius_tunnel t = {.server = "192.0.2.9"};

		id[sizeof(id) - 2] = (char)('0' + i);
		memcpy(t.assignment, id, sizeof(id));
		p[i] = lns_of_tunnel("any", t);
		CU_ASSERT_PTR_NOT_NULL_FATAL(p[i]);
		CU_ASSERT_STRING_EQUAL(lns_assignment(bench.gw, p[i]), id);
		CU_ASSERT_PTR_EQUAL(lns_named(bench.gw, p[i]->name), p[i]);
	}
	p[2] = LNS_OF("any", .server = "192.0.2.9", .assignment = "a b\n\x1b[2J");
	CU_ASSERT_PTR_NOT_NULL_FATAL(p[2]);
	for (const char *c = p[2]->name; *c; c++)
		CU_ASSERT_TRUE(*c > ' ' && *c < 0x7f);
	bench_stop();
}

/* --- how many ---------------------------------------------------------------------------------- */

static void no_more_than_the_section_may_have_tunnels(void)
{
	char server[32];

	bench_start(CONF);
	for (unsigned i = 0; i < 3; i++) {
		struct radius_tunnel t = {.tag = 1};

		snprintf(server, sizeof(server), "192.0.2.%u", 30 + i);
		memcpy(t.server, server, sizeof(server));
		CU_ASSERT_PTR_NOT_NULL(lns_of_tunnel("any", t));
	}
	CU_ASSERT_PTR_NULL(LNS_OF("any", .server = "192.0.2.9"));
	CU_ASSERT_STRING_EQUAL(lns_words,
			       "as many LNSs have been named as its peer section may have tunnels");
	/* those that are there can be named again, and other sections have room of their own */
	CU_ASSERT_PTR_NOT_NULL(LNS_OF("any", .server = "192.0.2.30"));
	CU_ASSERT_PTR_NOT_NULL(LNS_OF("on-b", .server = "192.0.2.9"));
	CU_ASSERT_EQUAL(lns_there(), 4);
	bench_stop();
}

static void no_more_than_there_may_be(void)
{
	bench_start("udp a { listen = \"192.0.2.1:1701\" }\n"
		    "radius isp { server \"192.0.2.5\" { secret = \"0123456789abcdef\" } }\n"
		    "peer any { max-tunnels = 0 }\n"
		    "route r { radius = isp  ask = called  template = any }\n");
	for (unsigned i = 0; i <= LNS_MOST; i++) {
		struct radius_tunnel t = {.tag = 1};

		snprintf(t.server, sizeof(t.server), "192.0.%u.%u", 2 + i / 200, 1 + i % 200);
		CU_ASSERT_EQUAL(lns_of_tunnel("any", t) != NULL, i < LNS_MOST);
	}
	CU_ASSERT_STRING_EQUAL(lns_words, "as many LNSs have been named as there may be");
	CU_ASSERT_EQUAL(lns_there(), LNS_MOST);
	/* none is used: all have gone after a while, and there is room again */
	bench_pass(90 * SEC);
	CU_ASSERT_EQUAL(lns_there(), 0);
	CU_ASSERT_PTR_NOT_NULL(LNS_OF("any", .server = "192.0.2.1"));
	bench_stop();
}

/* --- how long ---------------------------------------------------------------------------------- */

static void one_that_is_used_or_denied_stays(void)
{
	const struct cfg_peer *used, *denied;

	bench_start(CONF);
	used = LNS_OF("any", .server = "192.0.2.9");
	denied = LNS_OF("any", .server = "192.0.2.10");
	CU_ASSERT_TRUE_FATAL(used && denied && LNS_OF("any", .server = "192.0.2.11"));
	lns_use(bench.gw, used);
	lns_use(bench.gw, used);
	lns_denied(bench.gw, denied)->until = clock_us + 200 * SEC;
	bench_pass(100 * SEC);
	CU_ASSERT_EQUAL(lns_there(), 2);
	CU_ASSERT_PTR_NULL(lns_named(bench.gw, "any@192.0.2.11"));
	lns_unuse(bench.gw, used);
	bench_pass(190 * SEC);
	CU_ASSERT_EQUAL(lns_there(), 1); /* it is denied no more, and the other has a user yet */
	CU_ASSERT_PTR_EQUAL(lns_named(bench.gw, "any@192.0.2.9"), used);
	lns_unuse(bench.gw, used);
	bench_pass(20 * SEC); /* a leg that is going may still point to it */
	CU_ASSERT_PTR_EQUAL(LNS_OF("any", .server = "192.0.2.9"), used);
	bench_pass(90 * SEC);
	CU_ASSERT_EQUAL(lns_there(), 0);
	bench_stop();
}

/* --- records ----------------------------------------------------------------------------------- */

static void all_of_it_outlives_control(void)
{
	static const char section[] = "0123456789abcdef";
	struct radius_tunnel t = {.server = "192.0.2.9",
				  .client = "b",
				  .client_name = "whole",
				  .server_name = "far",
				  .assignment = "gold",
				  .secret_len = 16};
	const struct cfg_peer *p;

	memcpy(t.secret, section, 16);
	t.secret[3] = 0; /* octets, no text */
	bench_start_kept(CONF);
	CU_ASSERT_PTR_NOT_NULL_FATAL(lns_of_tunnel("any", t));
	bench_pass(0);
	resume_write(bench.gw->resume);
	bench_kill(NULL);
	CU_ASSERT_EQUAL(lns_there(), 1);
	p = lns_named(bench.gw, "any@192.0.2.9/gold");
	CU_ASSERT_PTR_NOT_NULL_FATAL(p);
	CU_ASSERT_PTR_EQUAL(lns_section(bench.gw, p), lns_section_named("any"));
	CU_ASSERT_STRING_EQUAL(p->dial, "192.0.2.9");
	CU_ASSERT_STRING_EQUAL(p->port->config.name, "b");
	CU_ASSERT_STRING_EQUAL(p->policy.host_name, "whole");
	CU_ASSERT_STRING_EQUAL(p->policy.expect_host, "far");
	CU_ASSERT_STRING_EQUAL(lns_assignment(bench.gw, p), "gold");
	CU_ASSERT_TRUE(p->policy.challenge && p->policy.hello == 20 * SEC);
	ASSERT_OCTETS(p->policy.secret.octets, p->policy.secret.len, t.secret, 16);
	/* the same answer is the same one, a new one has another key */
	CU_ASSERT_PTR_EQUAL(lns_of_tunnel("any", t), p);
	t.secret[0]++;
	CU_ASSERT_TRUE(lns_of_tunnel("any", t) != p);
	resume_write(bench.gw->resume);
	bench_kill(NULL);
	CU_ASSERT_EQUAL(lns_there(), 2);
	/* and what has gone is not there in the next life */
	bench_pass(90 * SEC);
	CU_ASSERT_EQUAL(lns_there(), 0);
	resume_write(bench.gw->resume);
	bench_kill(NULL);
	CU_ASSERT_EQUAL(lns_there(), 0);
	bench_stop();
}

struct lns_fields {
	const char *name, *section, *port, *dial, *assignment, *host, *expect;
	uint8_t secret_len;
};

static size_t lns_record(uint8_t *rec, const struct lns_fields *f)
{
	struct wr w = wr_init(rec, STORE_RECORD_MAX);

	record_text(&w, f->name);
	record_text(&w, f->section);
	record_text(&w, f->port);
	record_text(&w, f->dial);
	record_text(&w, f->assignment);
	record_text(&w, f->host);
	record_text(&w, f->expect);
	wr_u8(&w, 1);
	wr_u8(&w, f->secret_len);
	for (unsigned i = 0; i < f->secret_len; i++)
		wr_u8(&w, (uint8_t)i);
	CU_ASSERT_FALSE(w.bad);
	return w.len;
}

static void hostile_records(void)
{
	static const struct lns_fields good = {"any@1", "any", "a", "192.0.2.9", "", "gw", "", 255};
	static const struct lns_fields bad[] = {
		{"any@2", "nobody", "a", "192.0.2.9", "", "gw", "", 1}, /* no such section, */
		{"any@2", "any", "z", "192.0.2.9", "", "gw", "", 1},	/* or port */
		{"any@2", "any", "a", "192.0.2.9", "", "", "", 1},	/* RFC 2661: a Host Name */
		{"one", "any", "a", "192.0.2.9", "", "gw", "", 1},	/* a section's name, */
		{"any@1", "any", "a", "192.0.2.8", "", "gw", "", 1},	/* or another's */
		{"any\n2", "any", "a", "192.0.2.9", "", "gw", "", 1},
	};
	uint8_t rec[STORE_RECORD_MAX];
	size_t len;

	bench_start(CONF);
	len = lns_record(rec, &good);
	for (size_t n = 0; n < len; n++) {
		CU_ASSERT_FALSE(lns_restore(bench.gw, 1, rec, n));
	}
	CU_ASSERT_EQUAL(lns_there(), 0);
	CU_ASSERT_TRUE(lns_restore(bench.gw, 1, rec, len));
	CU_ASSERT_EQUAL(lns_named(bench.gw, "any@1")->policy.secret.len, 255);
	for (unsigned i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		len = lns_record(rec, &bad[i]);
		CU_ASSERT_FALSE(lns_restore(bench.gw, 2 + i, rec, len));
	}
	CU_ASSERT_EQUAL(lns_there(), 1);
	bench_stop();
}

static const struct test_case cases[] = {
	{"a_section_that_dials_it", a_section_that_dials_it},
	{"an_answer_that_says_more_than_the_section", an_answer_that_says_more_than_the_section},
	{"made_of_the_template", made_of_the_template},
	{"it_drains_and_is_watched_with_its_section", it_drains_and_is_watched_with_its_section},
	{"the_port", the_port},
	{"the_same_answer_is_the_same_peer", the_same_answer_is_the_same_peer},
	{"names_are_never_the_same", names_are_never_the_same},
	{"no_more_than_the_section_may_have_tunnels", no_more_than_the_section_may_have_tunnels},
	{"no_more_than_there_may_be", no_more_than_there_may_be},
	{"one_that_is_used_or_denied_stays", one_that_is_used_or_denied_stays},
	{"all_of_it_outlives_control", all_of_it_outlives_control},
	{"hostile_records", hostile_records},
	{NULL, NULL},
};
const struct test_suite suite_lns = {"lns", cases};
