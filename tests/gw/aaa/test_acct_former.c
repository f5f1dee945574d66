/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Sections that a reload removes or changes: what becomes of their log-ins and records. */
#define _GNU_SOURCE
#include "gw/aaa/aaa.h"
#include "gw/resume.h"
#include "tests/gw/bench.h"
#include "tests/gw/fake_radius.h"
#include "tests/gw/heard.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define SECRET		"0123456789abcdef"
#define SERVER(address) "server \"" address "\" { secret = \"" SECRET "\" acct-port = 1646 } "
#define RADIUS(name, more) \
	"radius " name " { accounting = yes accounting-on = no " SERVER("192.0.2.9") more " }\n"
#define PLAIN                                                                      \
	"host-name = gw\nlogin-delay = 0\nudp a { listen = \"192.0.2.1:1701\" }\n" \
	"pool p { ranges = { \"10.64.0.0/29\" } }\n"
#define SERVICE(name, more) "service " name " { local = 10.64.0.1  pool = p  ipv6 = no " more " }\n"
#define PEER		    "peer lac { service = s }\n"
#define CONF		    PLAIN PEER RADIUS("r", "") SERVICE("s", "radius = r")

static struct far_call *former_call(void)
{
	struct far_call *c;

	CU_ASSERT_TRUE_FATAL(bench_dial("lac"));
	c = bench_call("ann", "x", PPP_AUTH_CHAP_MD5);
	bench_pass(SEC);
	CU_ASSERT_TRUE_FATAL(c->ip4 && heards == 1 && heard_is(0, RADIUS_ACCT_START));
	return c;
}

static void former_reload(const char *conf)
{
	acct_leave(bench.gw->acct);
	resume_write(bench.gw->resume);
	bench_kill(conf);
	bench_pass(SEC);
}

/* Record 1 is the Stop of the log-in of record 0. */
static void former_stopped(const char *cause, const char *octets)
{
	char id[64];

	CU_ASSERT_TRUE_FATAL(heards == 2 && heard_is(1, RADIUS_ACCT_STOP));
	snprintf(id, sizeof(id), "%s", heard_value(0, RADIUS_ACCT_SESSION_ID));
	CU_ASSERT_STRING_EQUAL(heard_value(1, RADIUS_ACCT_SESSION_ID), id);
	ASSERT_HEARD(1, USER_NAME, "616e6e");
	ASSERT_HEARD(1, CLASS, "cc");
	ASSERT_HEARD(1, ACCT_TERMINATE_CAUSE, cause);
	ASSERT_HEARD(1, ACCT_INPUT_OCTETS, octets);
}

static unsigned former_views(void)
{
	struct acct_view v;
	unsigned n = 0, formers = 0;

	for (; acct_view(bench.gw->acct, n, &v); n++)
		formers += v.former;
	return 10 * n + formers;
}

/* --- log-ins ----------------------------------------------------------------------------------- */

/* The user stays; where he began is told of his end, then nothing of the section is left. */
static void servers_of_a_removed_section_hear_of_the_end(void)
{
	static const char *const confs[] = {
		PLAIN PEER SERVICE("s", ""),
		PLAIN PEER RADIUS("q", "") SERVICE("s", "radius = q"),
		PLAIN PEER "radius r { " SERVER("192.0.2.7") "}\n" SERVICE("s", "radius = r"),
	};

	for (unsigned i = 0; i < 3; i++) {
		struct aaa_server_view v;
		struct far_call *c;

		heard_begin(CONF, "1903cc");
		c = former_call();
		former_reload(confs[i]);
		CU_ASSERT_EQUAL(former_views(), i == 1 ? 21 : 11);
		CU_ASSERT_TRUE_FATAL(acct_server(bench.gw->acct, i == 1, &v));
		CU_ASSERT_STRING_EQUAL(v.server->address, "192.0.2.9");
		CU_ASSERT_STRING_EQUAL(v.server->secret, SECRET);
		CU_ASSERT_EQUAL(v.server->acct_port, 1646);
		bench_kill(NULL); /* and another life */
		bench_pass(SEC);
		CU_ASSERT_EQUAL_FATAL(heards, 1);
		fake.stats.rx_octets = 1000;
		bench_hangup(c, L2TP_CDN_LOST_CARRIER, "");
		bench_pass(SEC);
		former_stopped("00000002", "000003e8");
		CU_ASSERT_EQUAL(former_views(), i == 1 ? 10 : 0);
		bench_kill(NULL);
		CU_ASSERT_EQUAL(former_views(), i == 1 ? 10 : 0);
		heard_end();
	}
}

/* RFC 2866 5.10: the administrator has done it; octets up to the reload count. */
static void a_service_that_is_removed_ends_log_ins(void)
{
	static const char *const confs[] = {
		PLAIN "peer lac { service = t }\n" RADIUS("r", "") SERVICE("t", "radius = r"),
		PLAIN "peer lac { service = t }\n" SERVICE("t", ""),
	};

	for (unsigned i = 0; i < 2; i++) {
		heard_begin(CONF, "1903cc");
		former_call();
		fake.stats.rx_octets = 1000;
		former_reload(confs[i]);
		former_stopped("00000006", "000003e8");
		CU_ASSERT_EQUAL(former_views(), i ? 0 : 10);
		heard_end();
	}
}

/* A port takes its tunnels with it. */
static void a_port_that_is_removed_ends_log_ins(void)
{
	static const char conf[] = "host-name = gw\nudp b { listen = \"192.0.2.5:1701\" }\n"
				   "pool p { ranges = { \"10.64.0.0/29\" } }\n" PEER RADIUS("r", "")
					   SERVICE("s", "radius = r");

	heard_begin(CONF, "1903cc");
	former_call();
	fake.stats.rx_octets = 1000;
	former_reload(conf);
	former_stopped("00000006", "000003e8");
	heard_end();
}

/* It is the same one: its servers of today hear of the end. */
static void a_section_that_changes_its_servers_stays(void)
{
	static const char conf[] =
		PLAIN PEER "radius r { accounting = yes accounting-on = no " SERVER(
			"192.0.2.7") "}\n" SERVICE("s", "radius = r");
	struct aaa_server_view v;
	struct far_call *c;

	heard_begin(CONF, "1903cc");
	c = former_call();
	former_reload(conf);
	CU_ASSERT_EQUAL(former_views(), 10);
	CU_ASSERT_TRUE(acct_server(bench.gw->acct, 0, &v));
	CU_ASSERT_STRING_EQUAL(v.server->address, "192.0.2.7");
	bench_hangup(c, L2TP_CDN_LOST_CARRIER, "");
	bench_pass(SEC);
	former_stopped("00000002", "00000000");
	heard_end();
}

/* One that comes back is the section itself again. */
static void a_section_that_comes_back_takes_its_log_ins(void)
{
	struct far_call *c;

	heard_begin(CONF, "1903cc");
	c = former_call();
	former_reload(PLAIN PEER SERVICE("s", ""));
	former_reload(CONF);
	CU_ASSERT_EQUAL(former_views(), 10);
	bench_hangup(c, L2TP_CDN_LOST_CARRIER, "");
	bench_pass(SEC);
	former_stopped("00000002", "00000000");
	heard_end();
}

/* --- records ----------------------------------------------------------------------------------- */

/* A call whose Start is acknowledged and whose Stop is not. */
static void former_end_unheard(void)
{
	struct far_call *c = former_call();

	fake_radius.silent = true;
	bench_hangup(c, L2TP_CDN_LOST_CARRIER, "");
	bench_pass(SEC);
	fake_radius.silent = false;
	heards = 1;
}

/* Those that wait in memory go to the servers that they were for. */
static void records_without_a_spool_are_sent(void)
{
	heard_begin(CONF, "1903cc");
	former_end_unheard();
	former_reload(PLAIN PEER SERVICE("s", ""));
	former_stopped("00000002", "00000000");
	CU_ASSERT_EQUAL(former_views(), 0);
	heard_end();
}

static void former_remove(const char *folder)
{
	char file[64];

	for (unsigned i = 0; i < 4; i++) {
		snprintf(file, sizeof(file), "%s/%s.%u", folder, i & 2 ? "r" : "q", i & 1);
		unlink(file);
	}
	CU_ASSERT_EQUAL(rmdir(folder), 0);
}

/* What waits in a spool is sent when the section has another one, or is gone; once. */
static void records_of_a_former_spool_are_sent(void)
{
	static const char fmt[] =
		PLAIN PEER "radius r { accounting = yes accounting-on = no " SERVER(
			"192.0.2.9") " %s%s%s }\n" SERVICE("s", "radius = r");
	char before[1024], after[1024];

	for (unsigned i = 0; i < 3; i++) {
		char a[] = "/tmp/former.XXXXXX", b[] = "/tmp/former.XXXXXX";

		CU_ASSERT_TRUE_FATAL(mkdtemp(a) && mkdtemp(b));
		snprintf(before, sizeof(before), fmt, "spool = \"", a, "\"");
		snprintf(after, sizeof(after), fmt, "spool = \"", b, "\"");
		if (i)
			snprintf(after, sizeof(after), fmt, "", "", "");
		heard_begin(before, "1903cc");
		former_end_unheard();
		former_reload(i == 2 ? PLAIN PEER SERVICE("s", "") : after);
		bench_pass(60 * SEC);
		former_stopped("00000002", "00000000");
		CU_ASSERT_EQUAL(former_views(), i == 2 ? 0 : 10);
		heard_end();
		former_remove(a);
		former_remove(b);
	}
}

/* --- limits ------------------------------------------------------------------------------------ */

struct former_kept {
	enum acct_kept kind;
	uint64_t key;
	size_t len;
	uint8_t rec[ACCT_KEPT_MAX];
};
static struct former_kept section[32];
static unsigned sections;

static void former_on_keep(void *ctx, enum acct_kept kind, uint64_t key, const uint8_t *rec,
			   size_t len)
{
	(void)ctx;
	if (kind != ACCT_KEPT_SECTION && kind != ACCT_KEPT_RECORD)
		return;
	CU_ASSERT_TRUE_FATAL(sections < 32);
	section[sections].kind = kind;
	section[sections].key = key;
	section[sections].len = len;
	memcpy(section[sections++].rec, rec, len);
}

static unsigned drops;
static void former_on_drop(void *ctx, enum acct_kept kind, uint64_t key)
{
	(void)ctx;
	(void)key;
	drops += kind == ACCT_KEPT_SECTION;
}

static int disk[2];
static int former_open(void *ctx, const char *path, unsigned which)
{
	(void)ctx;
	CU_ASSERT_STRING_EQUAL(path, "/spool/r");
	return dup(disk[which]);
}

static uint64_t former_wall(void)
{
	return 1700000000;
}

static const struct acct_ops former_ops = {
	.wall = former_wall, .open = former_open, .keep = former_on_keep, .drop = former_on_drop};

static struct acct *former_acct(struct loop *loop, const struct cfg_radius *r, unsigned n)
{
	struct acct *a;

	sections = drops = 0;
	a = acct_new(loop, r, n, &former_ops, NULL);
	CU_ASSERT_PTR_NOT_NULL_FATAL(a);
	return a;
}

#define FORMER_SERVER                                                                          \
	{                                                                                      \
		.text = "192.0.2.9", .address = "192.0.2.9", .acct_port = 9, .secret = SECRET, \
		.weight = 1, .timeout = SEC, .fail_time = SEC, .max_fail = 1, .requests = 1    \
	}

/* Killed before its owner has let go of a record that is in the spool: it is that one. */
static void a_record_in_a_former_spool_is_there_once(void)
{
	static const struct cfg_radius_server s = FORMER_SERVER;
	struct cfg_radius r = {.name = "r",
			       .nas_identifier = "gw",
			       .accounting = true,
			       .accounting_on = true,
			       .spool = "/spool",
			       .spool_limit = 1 << 20,
			       .server = &s,
			       .servers = 1};
	struct loop *loop = loop_new(clock_now);
	struct acct_view v;
	struct acct *a;

	for (unsigned i = 0; i < 2; i++)
		disk[i] = memfd_create("spool", MFD_CLOEXEC);
	fake_radius = (struct fake_radius){.on = true, .silent = true};
	fake_radius.attrs = "";
	a = former_acct(loop, &r, 1);
	acct_begin(a);
	acct_turn_end(a, clock_us);
	acct_stop(a);
	bench.gw = &(struct gw){.loop = loop}; /* for the server's sake */
	acct_free(a);
	CU_ASSERT_EQUAL_FATAL(sections, 2);
	r.spool = NULL;
	a = acct_new(loop, &r, 1, &former_ops, NULL);
	for (unsigned i = 0; i < 2; i++)
		acct_recall(a, section[i].kind, section[i].key, section[i].rec, section[i].len,
			    clock_us);
	CU_ASSERT_TRUE_FATAL(acct_view(a, 0, &v));
	CU_ASSERT_TRUE(!v.former && v.found == 0);
	CU_ASSERT_TRUE_FATAL(acct_view(a, 1, &v));
	CU_ASSERT_TRUE(v.former && v.found == 1);
	acct_free(a);
	bench.gw = NULL;
	fake_radius = (struct fake_radius){0};
	loop_free(loop);
	close(disk[0]);
	close(disk[1]);
}

/* Sixteen may be removed at a time; more are said and left out. */
static void more_than_a_few_are_left_out(void)
{
	static const struct cfg_radius_server s = FORMER_SERVER;
	struct cfg_radius r[20];
	struct acct_view v;
	char name[20][8];
	struct loop *loop = loop_new(clock_now);
	struct acct *a;
	unsigned n = 0;

	for (unsigned i = 0; i < 20; i++) {
		snprintf(name[i], sizeof(name[i]), "r%u", i);
		r[i] = (struct cfg_radius){.name = name[i],
					   .nas_identifier = "gw",
					   .accounting = true,
					   .server = &s,
					   .servers = 1};
	}
	a = former_acct(loop, r, 20);
	acct_begin(a);
	CU_ASSERT_EQUAL_FATAL(sections, 20);
	acct_stop(a);
	acct_free(a);
	a = acct_new(loop, NULL, 0, &former_ops, NULL);
	for (unsigned i = 0; i < 20; i++)
		acct_recall(a, ACCT_KEPT_SECTION, section[i].key, section[i].rec, section[i].len,
			    clock_us);
	while (acct_view(a, n, &v))
		n++;
	CU_ASSERT_EQUAL(n, ACCT_FORMER);
	CU_ASSERT_EQUAL(drops, 20 - ACCT_FORMER);
	acct_turn_end(a, clock_us); /* they have no log-ins */
	CU_ASSERT_FALSE(acct_view(a, 0, &v));
	CU_ASSERT_EQUAL(drops, 20);
	acct_free(a);
	loop_free(loop);
}

/* Servers behind secrets that are too long to be kept together are left out, the first are there.
 */
static void as_many_servers_as_there_is_room_for(void)
{
	struct cfg_radius_server s[CFG_RADIUS_SERVERS];
	static char secret[1500];
	struct cfg_radius r = {.name = "r",
			       .nas_identifier = "gw",
			       .accounting = true,
			       .server = s,
			       .servers = 16};
	struct aaa_server_view v;
	struct loop *loop = loop_new(clock_now);
	struct acct *a;

	memset(secret, 'x', sizeof(secret) - 1);
	for (unsigned i = 0; i < 16; i++)
		s[i] = (struct cfg_radius_server)FORMER_SERVER;
	for (unsigned i = 0; i < 3; i++)
		s[i].secret = secret;
	s[0].backup = true;
	s[1].status_server = true;
	a = former_acct(loop, &r, 1);
	acct_begin(a);
	acct_free(a);
	CU_ASSERT_EQUAL_FATAL(sections, 1);
	a = acct_new(loop, NULL, 0, &former_ops, NULL);
	acct_recall(a, ACCT_KEPT_SECTION, section[0].key, section[0].rec, section[0].len, clock_us);
	CU_ASSERT_TRUE_FATAL(acct_server(a, 1, &v));
	CU_ASSERT_STRING_EQUAL(v.server->secret, secret);
	CU_ASSERT_TRUE(v.server->status_server && !v.server->backup);
	CU_ASSERT_TRUE_FATAL(acct_server(a, 0, &v));
	CU_ASSERT_TRUE(v.server->backup && !v.server->status_server);
	acct_free(a);
	loop_free(loop);
}

/* A record that is no more what it was is left out, or is one that can be served. */
static void a_hostile_record_does_no_harm(void)
{
	static const struct cfg_radius_server s = FORMER_SERVER;
	struct cfg_radius r = {.name = "r",
			       .nas_identifier = "gw",
			       .accounting = true,
			       .server = &s,
			       .servers = 1};
	struct loop *loop = loop_new(clock_now);
	uint64_t rnd = test_seed();
	struct former_kept good;
	struct aaa_server_view v;
	struct acct *a = former_acct(loop, &r, 1);

	acct_begin(a);
	acct_free(a);
	good = section[0];
	for (unsigned i = 0; i < 3000; i++) {
		struct former_kept bad = good;

		if (i < bad.len)
			bad.len = i;
		else
			bad.rec[test_rand(&rnd) % bad.len] = (uint8_t)test_rand(&rnd);
		a = former_acct(loop, NULL, 0);
		acct_recall(a, ACCT_KEPT_SECTION, 7, bad.rec, bad.len, clock_us);
		CU_ASSERT_EQUAL(drops, !acct_server(a, 0, &v));
		CU_ASSERT_TRUE(i >= good.len || drops == 1);
		acct_begin(a);
		acct_turn_end(a, clock_us);
		acct_free(a);
	}
	loop_free(loop);
}

static const struct test_case cases[] = {
	{"servers_of_a_removed_section_hear_of_the_end",
	 servers_of_a_removed_section_hear_of_the_end},
	{"a_service_that_is_removed_ends_log_ins", a_service_that_is_removed_ends_log_ins},
	{"a_port_that_is_removed_ends_log_ins", a_port_that_is_removed_ends_log_ins},
	{"a_section_that_changes_its_servers_stays", a_section_that_changes_its_servers_stays},
	{"a_section_that_comes_back_takes_its_log_ins",
	 a_section_that_comes_back_takes_its_log_ins},
	{"records_without_a_spool_are_sent", records_without_a_spool_are_sent},
	{"records_of_a_former_spool_are_sent", records_of_a_former_spool_are_sent},
	{"a_record_in_a_former_spool_is_there_once", a_record_in_a_former_spool_is_there_once},
	{"more_than_a_few_are_left_out", more_than_a_few_are_left_out},
	{"as_many_servers_as_there_is_room_for", as_many_servers_as_there_is_room_for},
	{"a_hostile_record_does_no_harm", a_hostile_record_does_no_harm},
	{NULL, NULL},
};
const struct test_suite suite_acct_former = {"acct_former", cases};
