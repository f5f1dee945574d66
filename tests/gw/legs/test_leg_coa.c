/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a server wants to become of log-ins that stand: which ones are meant, what changes, and that
 * it is all or nothing. */
#include "gw/legs/leg_server.h"
#include "tests/gw/bench.h"
#include "tests/gw/fake_radius.h"
#include "tests/gw/heard.h"
#include "tests/gw/radius_far.h"
#include "tests/heap.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CONF_OF(keys, more)                                                               \
	"host-name = gw\nlogin-delay = 0\n"                                               \
	"udp a { listen = \"192.0.2.1:1701\" }\n"                                         \
	"peer lac { service = s }\n"                                                      \
	"radius r { accounting = yes accounting-on = no server \"192.0.2.9\" { secret = " \
	"\"0123456789abcdef\" } }\n"                                                      \
	"radius other { server \"192.0.2.8\" { secret = \"0123456789abcdef\" } }\n"       \
	"pool p { ranges = { \"10.64.0.0/28\", \"2001:db8:64::/56\" } }\n"                \
	"filter web { filter-in = \"tcp port 80\" }\n"                                    \
	"filter out { filter-out = \"not port 25\" }\n"                                   \
	"user bob { secret = \"of bob\" filter-in = \"udp\" }\n"                          \
	"service s { local = 10.64.0.1  pool = p  mtu = 1400  radius = r " keys " }\n" more
#define CONF CONF_OF("", "")

#define ANN  "0105616e6e"
#define WEB  "0b05776562"
#define OUT  "0b056f7574"
#define HOUR "1b0600000e10"

static unsigned about;

/* A request with these attributes, of a client of `of`. */
static enum radius_refusal coa_by(const struct cfg_radius *of, enum radius_code code,
				  const char *attrs)
{
	static uint8_t octets[RADIUS_MAX];
	struct radius_packet p;
	struct radius_coa what;

	radius_far_make(&p, octets, code, attrs);
	CU_ASSERT_EQUAL_FATAL(radius_coa_read(&what, &p), RADIUS_DONE);
	return (enum radius_refusal)leg_coa(bench.gw, of, "RADIUS client 192.0.2.9", &what, &about,
					    clock_us);
}

/* The turn in which it comes ends. */
static enum radius_refusal coa(const char *attrs)
{
	enum radius_refusal r = coa_by(bench.gw->cfg->radius, RADIUS_COA_REQUEST, attrs);

	bench_pass(1);
	return r;
}

static enum radius_refusal disconnect(const char *attrs)
{
	enum radius_refusal r = coa_by(bench.gw->cfg->radius, RADIUS_DISCONNECT_REQUEST, attrs);

	bench_pass(SEC);
	return r;
}

static struct far_call *coa_call(const char *user, const char *secret)
{
	struct far_call *c = bench_call(user, secret, PPP_AUTH_CHAP_MD5);

	bench_pass(SEC);
	CU_ASSERT_TRUE_FATAL(c->ip4);
	return c;
}

static struct far_call *coa_begin(const char *conf, const char *attrs)
{
	heard_begin(conf, attrs);
	CU_ASSERT_TRUE_FATAL(bench_dial("lac"));
	return coa_call("ann", "x");
}

static const struct leg_server *coa_server_of(unsigned i)
{
	struct join *j;

	llist_for_each_entry(j, &bench.gw->joins->head,
			     entry) if (!i--) return (struct leg_server *)j->leg[1];
	return NULL;
}

/* Acct-Session-Id of record i as an attribute. */
static const char *coa_session(unsigned i)
{
	static char attr[80];

	snprintf(attr, sizeof(attr), "2c12%.64s", heard_value(i, RADIUS_ACCT_SESSION_ID));
	return attr;
}

static void found(const char *keys, unsigned n)
{
	char attrs[600];

	snprintf(attrs, sizeof(attrs), "%s" HOUR, keys);
	CU_ASSERT_EQUAL(coa(attrs), n ? RADIUS_DONE : RADIUS_R_NOT_FOUND);
	CU_ASSERT_EQUAL(about, n);
}

/* RFC 5176 section 3: a log-in must have all that is named. */
static void it_is_found_by_each_key(void)
{
	char keys[300], iid[64];

	coa_begin(CONF, "");
	coa_call("eve", "x");
	found(ANN, 1);
	found("0105657665", 1);
	found("0105626f62", 0);
	found("08060a400002", 1);
	found("08060a400004", 0);
	found("6114004020010db8006400000000000000000000", 1);
	found("610c004020010db800640000", 1);
	found("610c004020010db800640001", 1);
	found("610c004020010db800640009", 0);
	found("610b003820010db8006400", 0);
	found(ANN "08060a400002", 1);
	found(ANN "08060a400003", 0);
	found(coa_session(0), 1);
	snprintf(keys, sizeof(keys), "%s" ANN, coa_session(0));
	found(keys, 1);
	snprintf(keys, sizeof(keys), "%s0105657665", coa_session(0));
	found(keys, 0);
	found("2c1230303030303030303030303030303030", 0);
	found("2c0331", 0);
	found("32046d31", 0);
	snprintf(iid, sizeof(iid), "600a%.32s",
		 heard_value(heards - 1, RADIUS_FRAMED_INTERFACE_ID));
	found(iid, 1);
	found("600a0000000000000001", 0);
	heard_end();
}

/* Numbers of the call, and the circuit it came by: nothing else is named. */
static void it_is_found_by_what_it_came_by(void)
{
	static const struct l2tp_avp numbers[] = {
		{.type = L2TP_AVP_CALLED_NUMBER, .val = (const uint8_t *)"42", .len = 2},
		{.type = L2TP_AVP_CALLING_NUMBER, .val = (const uint8_t *)"123", .len = 3}};
	char port[200] = "57";
	const char *circuit;

	heard_begin(CONF, "");
	CU_ASSERT_TRUE_FATAL(bench_dial("lac"));
	coa_call("eve", "x");
	bench.icrq = numbers;
	bench.icrq_avps = 2;
	coa_call("ann", "x");
	found("1e043432", 1);
	found("1e043433", 0);
	found("1f05313233", 1);
	found("1e0434321f05313233", 1);
	found("1e0434321f05313234", 0);
	circuit = leg_entry_circuit(leg_server_entry(coa_server_of(0)));
	snprintf(port, sizeof(port), "57%02zx", strlen(circuit) + 2);
	for (size_t i = 0; circuit[i]; i++)
		snprintf(port + strlen(port), 3, "%02x", (uint8_t)circuit[i]);
	found(port, 2);
	found("570361", 0);
	heard_end();
}

/* The server has given another name: log-ins are told by that, and found by either. */
static void it_is_found_by_the_name_that_is_told(void)
{
	coa_begin(CONF, "0105616e61");
	found(ANN, 1);
	found("0105616e61", 1);
	found("0105616e61"
	      "08060a400003",
	      0);
	bench_kill(NULL);
	found("0105616e61", 1);
	heard_end();
}

/* Whose users are another server's. */
static void others_log_ins_are_not_found(void)
{
	coa_begin(CONF, "");
	CU_ASSERT_EQUAL(coa_by(&bench.gw->cfg->radius[1], RADIUS_COA_REQUEST, ANN HOUR),
			RADIUS_R_NOT_FOUND);
	heard_end();
}

/* --- Disconnect-Request ------------------------------------------------------------------------ */

/* As an operator's `clear call`; RFC 2866 5.10: Admin Reset. */
static void a_log_in_ends(void)
{
	struct far_call *c = coa_begin(CONF, "1903aa"), *d = coa_call("eve", "x");

	CU_ASSERT_EQUAL(disconnect(ANN "1903bb"), RADIUS_DONE);
	CU_ASSERT_TRUE(c->down && !c->call && !d->down);
	CU_ASSERT_STRING_EQUAL(c->said, "disconnected by RADIUS client 192.0.2.9");
	CU_ASSERT_EQUAL(c->result.result, L2TP_CDN_ADMINISTRATIVE);
	CU_ASSERT_TRUE_FATAL(heard_is(heards - 1, RADIUS_ACCT_STOP));
	ASSERT_HEARD(heards - 1, ACCT_TERMINATE_CAUSE, "00000006");
	ASSERT_HEARD(heards - 1, CLASS, "bb");
	CU_ASSERT_EQUAL(disconnect(ANN), RADIUS_R_NOT_FOUND);
	heard_end();
}

/* RFC 5176 section 3: all that match. */
static void all_that_match_end(void)
{
	struct far_call *c = coa_begin(CONF, ""), *d = coa_call("ann", "x"),
			*e = coa_call("eve", "x");

	CU_ASSERT_EQUAL(disconnect(ANN), RADIUS_DONE);
	CU_ASSERT_EQUAL(about, 2);
	CU_ASSERT_TRUE(c->down && d->down && !e->down);
	CU_ASSERT_EQUAL(bench.gw->joins->n, 1);
	heard_end();
}

/* --- changes ----------------------------------------------------------------------------------- */

static void has_filter(unsigned i, bool in, bool out)
{
	CU_ASSERT_EQUAL(fake.call[i].filter[DP_FILTER_IP_IN] != 0, in);
	CU_ASSERT_EQUAL(fake.call[i].filter[DP_FILTER_IP_OUT] != 0, out);
}

static void a_filter_is_changed(void)
{
	coa_begin(CONF, WEB);
	has_filter(0, true, false);
	CU_ASSERT_EQUAL(coa(ANN OUT HOUR), RADIUS_DONE);
	has_filter(0, false, true);
	CU_ASSERT_EQUAL(bench_logged("aaa notice: call */*: ann changed from a * by RADIUS client "
				     "192.0.2.9: filter out, session limit"),
			1);
	bench_kill(NULL);
	has_filter(0, false, true);
	heard_end();
}

/* One whom we have judged has the filter of his section until then. */
static void a_filter_of_one_of_ours(void)
{
	heard_begin(CONF, "");
	CU_ASSERT_TRUE_FATAL(bench_dial("lac"));
	coa_call("bob", "of bob");
	has_filter(0, true, false);
	CU_ASSERT_EQUAL(coa("0105626f62" OUT), RADIUS_DONE);
	has_filter(0, false, true);
	bench_kill(NULL);
	has_filter(0, false, true);
	heard_end();
}

static void a_filter_that_is_not_there(void)
{
	coa_begin(CONF, WEB);
	CU_ASSERT_EQUAL(coa(ANN "0b05776570" HOUR), RADIUS_R_INVALID_VALUE);
	CU_ASSERT_EQUAL(coa(ANN "0b0677656200"), RADIUS_R_INVALID_VALUE);
	CU_ASSERT_EQUAL(coa(ANN "0b42"
				"6161616161616161616161616161616161616161616161616161616161616161"
				"6161616161616161616161616161616161616161616161616161616161616161"),
			RADIUS_R_INVALID_VALUE);
	CU_ASSERT_EQUAL(coa(ANN OUT OUT), RADIUS_R_INVALID_REQUEST);
	has_filter(0, true, false);
	CU_ASSERT_EQUAL(coa_server_of(0)->limits.session, 0);
	heard_end();
}

/* It counts from the log-in (RFC 2865 5.27). */
static void a_session_has_another_limit(void)
{
	struct far_call *c = coa_begin(CONF, "1b0600000064"), *d;

	bench_pass(50 * SEC);
	CU_ASSERT_EQUAL(coa(ANN "1b0600000078"), RADIUS_DONE);
	bench_kill(NULL);
	bench_pass(60 * SEC);
	CU_ASSERT_FALSE(c->down);
	bench_pass(12 * SEC);
	CU_ASSERT_TRUE(c->down);
	CU_ASSERT_STRING_EQUAL(c->said, "session limit of 2m00s");
	d = coa_call("ann", "x");
	bench_pass(50 * SEC);
	CU_ASSERT_EQUAL(coa(ANN "1b060000000a"), RADIUS_DONE);
	bench_pass(SEC);
	CU_ASSERT_TRUE(d->down);
	heard_end();
}

static void a_limit_is_taken_away(void)
{
	struct far_call *c = coa_begin(CONF_OF("idle = 100s", ""), "1b06000000781c060000003c");

	CU_ASSERT_EQUAL(coa(ANN "1b0600000000"), RADIUS_DONE);
	CU_ASSERT_EQUAL(coa_server_of(0)->limits.session, 0);
	CU_ASSERT_EQUAL(coa_server_of(0)->limits.idle, 60 * SEC);
	CU_ASSERT_EQUAL(coa(ANN "1c0600000000"), RADIUS_DONE);
	bench_pass(500 * SEC);
	CU_ASSERT_FALSE(c->down);
	heard_end();
}

/* What the other one is stays, of the service as of the user. */
static void an_idle_limit_is_set(void)
{
	struct far_call *c = coa_begin(CONF_OF("session = 1h", ""), "");

	bench_pass(100 * SEC);
	CU_ASSERT_EQUAL(coa(ANN "1c060000003c"), RADIUS_DONE);
	CU_ASSERT_FALSE(coa_server_of(0)->limits.session_of_user);
	CU_ASSERT_EQUAL(coa_server_of(0)->limits.session, 3600 * SEC);
	bench_pass(58 * SEC);
	CU_ASSERT_FALSE(c->down);
	bench_pass(8 * SEC);
	CU_ASSERT_TRUE(c->down);
	CU_ASSERT_STRING_EQUAL(c->said, "idle for 1m00s");
	heard_end();
}

/* A server's 2^32 - 1 seconds are kept as a year, at the log-in and later: the next life of the
 * gateway believes no more. */
static void a_limit_may_be_long(void)
{
	struct far_call *c = coa_begin(CONF, "1b06ffffffff5506ffffffff");

	CU_ASSERT_EQUAL(coa_server_of(0)->limits.session, LEG_LIMIT_MOST);
	bench_kill(NULL);
	CU_ASSERT_EQUAL(coa(ANN "1c06ffffffff5506ffffffff"), RADIUS_DONE);
	bench_kill(NULL);
	bench_pass(SEC);
	CU_ASSERT_FALSE(c->down);
	CU_ASSERT_EQUAL(coa_server_of(0)->limits.idle, LEG_LIMIT_MOST);
	CU_ASSERT_NOT_EQUAL(acct_session_id(coa_server_of(0)->acct), 0);
	heard_end();
}

static void records_have_another_class_and_interval(void)
{
	unsigned before;

	coa_begin(CONF_OF("ipv6 = no", ""), "1903aa");
	before = heards;
	CU_ASSERT_EQUAL(coa(ANN "1903bb1904c1c2550600000078"), RADIUS_DONE);
	bench_pass(SEC);
	CU_ASSERT_EQUAL(heards, before);
	bench_pass(130 * SEC);
	CU_ASSERT_TRUE_FATAL(heards == before + 1 && heard_is(before, RADIUS_ACCT_INTERIM));
	ASSERT_HEARD(before, CLASS, "bb");
	CU_ASSERT_EQUAL(coa(ANN "1905d1d2d3"), RADIUS_DONE);
	CU_ASSERT_EQUAL(coa(ANN "55060000003c"), RADIUS_DONE);
	bench_kill(NULL);
	bench_pass(55 * SEC);
	CU_ASSERT_EQUAL(heards, before + 2);
	found("600a0000000000000000", 0);
	CU_ASSERT_EQUAL(disconnect(ANN), RADIUS_DONE);
	CU_ASSERT_EQUAL_FATAL(heards, before + 3);
	ASSERT_HEARD(before + 2, CLASS, "d1d2d3");
	heard_end();
}

static void without_accounting_there_are_no_records(void)
{
	struct far_call *c =
		coa_begin("host-name = gw\nudp a { listen = \"192.0.2.1:1701\" }\n"
			  "peer lac { service = s }\n"
			  "radius r { server \"192.0.2.9\" { secret = \"0123456789abcdef\" } }\n"
			  "pool p { ranges = { \"10.64.0.0/28\", \"2001:db8:64::/56\" } }\n"
			  "service s { local = 10.64.0.1  pool = p  mtu = 1400  radius = r }\n",
			  "");

	CU_ASSERT_EQUAL(coa(ANN HOUR "550600000078"), RADIUS_R_UNSUPPORTED_ATTRIBUTE);
	CU_ASSERT_EQUAL(coa(ANN HOUR "1903bb"), RADIUS_R_UNSUPPORTED_ATTRIBUTE);
	CU_ASSERT_EQUAL(coa_server_of(0)->limits.session, 0);
	CU_ASSERT_EQUAL(coa(ANN HOUR), RADIUS_DONE);
	CU_ASSERT_EQUAL(disconnect(ANN "1903bb"), RADIUS_DONE);
	CU_ASSERT_TRUE(c->down);
	heard_end();
}

static void has_rates(unsigned i, uint64_t up, uint64_t down)
{
	CU_ASSERT_EQUAL(fake.call[i].rate[DP_RATE_UP], up);
	CU_ASSERT_EQUAL(fake.call[i].rate[DP_RATE_DOWN], down);
}

#define UP_1M	"1a0c 0000372a 0706 000f4240" /* WISPr-Bandwidth-Max-Up */
#define DOWN_2M "1a0c 0000372a 0806 001e8480"

/* A direction that is not said stays; a Filter-Id that is a rate leaves the filter alone. */
static void a_rate_is_changed(void)
{
	coa_begin(CONF, WEB);
	has_rates(0, 0, 0);
	CU_ASSERT_EQUAL(coa(ANN UP_1M), RADIUS_DONE);
	has_rates(0, 1000000, 0);
	CU_ASSERT_EQUAL(coa(ANN DOWN_2M HOUR), RADIUS_DONE);
	has_rates(0, 1000000, 2000000);
	CU_ASSERT_EQUAL(
		bench_logged("aaa notice: call */*: ann changed * by *: rate, session limit"), 1);
	bench_kill(NULL);
	has_rates(0, 1000000, 2000000);
	CU_ASSERT_EQUAL(coa(ANN "0b09 3330302f323030"), RADIUS_DONE); /* "300/200", down first */
	has_rates(0, 200000, 300000);
	has_filter(0, true, false);
	CU_ASSERT_EQUAL(coa(ANN OUT "1a0c 00003a8c 0806 354d2f78"), RADIUS_R_INVALID_VALUE);
	CU_ASSERT_EQUAL(coa(ANN OUT "1a0e 00003a8c 0808 354d2f36304d"), RADIUS_DONE);
	has_rates(0, 5000000, 60000000);
	has_filter(0, false, true);
	CU_ASSERT_EQUAL(coa(ANN "1a0c 0000372a 0706 00000000"), RADIUS_DONE);
	has_rates(0, 0, 60000000);
	heard_end();
}

/* --- all or nothing ---------------------------------------------------------------------------- */

/* The data plane takes the filter of the first, and not of the second. */
static void if_one_cannot_none_does(void)
{
	for (unsigned at = 1; at <= 2; at++) {
		coa_begin(CONF, WEB);
		coa_call("ann", "x");
		fake.set_refused = at;
		CU_ASSERT_EQUAL(coa(ANN OUT HOUR), RADIUS_R_RESOURCES);
		CU_ASSERT_EQUAL(about, 2);
		has_filter(0, true, false);
		has_filter(1, true, false);
		for (unsigned i = 0; i < 2; i++) {
			CU_ASSERT_EQUAL(coa_server_of(i)->limits.session, 0);
			CU_ASSERT_STRING_EQUAL(coa_server_of(i)->grant->filter, "web");
		}
		heard_end();
	}
}

/* Filters of both, rates of one: each of the four is refused. */
static void if_one_has_no_room_for_a_rate(void)
{
	for (unsigned at = 1; at <= 4; at++) {
		coa_begin(CONF, WEB UP_1M);
		coa_call("ann", "x");
		fake.set_refused = at;
		CU_ASSERT_EQUAL(coa(ANN OUT DOWN_2M HOUR), RADIUS_R_RESOURCES);
		for (unsigned i = 0; i < 2; i++) {
			has_filter(i, true, false);
			has_rates(i, 1000000, 0);
			CU_ASSERT_EQUAL(coa_server_of(i)->limits.session, 0);
		}
		CU_ASSERT_EQUAL(coa(ANN OUT DOWN_2M HOUR), RADIUS_DONE);
		has_rates(1, 1000000, 2000000);
		heard_end();
	}
}

/* One of ours has the filter of his section, in the next life as well. */
static void who_has_no_grant_has_none_then(void)
{
	heard_begin(CONF, "");
	CU_ASSERT_TRUE_FATAL(bench_dial("lac"));
	coa_call("bob", "of bob");
	fake.set_refused = 1;
	CU_ASSERT_EQUAL(coa("0105626f62" OUT), RADIUS_R_RESOURCES);
	CU_ASSERT_EQUAL(coa("0105626f62" HOUR), RADIUS_DONE); /* this is written down */
	bench_kill(NULL);
	has_filter(0, true, false);
	heard_end();
}

/* Each allocation is refused once; one of ours keeps the filter of his section in the next life. */
static void without_memory_no_log_in_changes(void)
{
	bool refused = true;

	for (unsigned i = 0; refused; i++) {
		enum radius_refusal r;

		heard_begin(CONF, "");
		CU_ASSERT_TRUE_FATAL(bench_dial("lac"));
		coa_call("bob", "of bob");
		heap_refuse(i);
		r = coa("0105626f62" OUT HOUR "1903bb");
		refused = heap_refused();
		CU_ASSERT_TRUE(r == RADIUS_DONE || (refused && r == RADIUS_R_RESOURCES));
		has_filter(0, r != RADIUS_DONE, r == RADIUS_DONE);
		CU_ASSERT_EQUAL(coa_server_of(0)->limits.session_of_user, r == RADIUS_DONE);
		bench_kill(NULL);
		has_filter(0, r != RADIUS_DONE, r == RADIUS_DONE);
		heard_end();
	}
}

static const struct test_case cases[] = {
	{"it_is_found_by_each_key", it_is_found_by_each_key},
	{"it_is_found_by_what_it_came_by", it_is_found_by_what_it_came_by},
	{"it_is_found_by_the_name_that_is_told", it_is_found_by_the_name_that_is_told},
	{"others_log_ins_are_not_found", others_log_ins_are_not_found},
	{"a_log_in_ends", a_log_in_ends},
	{"all_that_match_end", all_that_match_end},
	{"a_filter_is_changed", a_filter_is_changed},
	{"a_filter_of_one_of_ours", a_filter_of_one_of_ours},
	{"a_filter_that_is_not_there", a_filter_that_is_not_there},
	{"a_session_has_another_limit", a_session_has_another_limit},
	{"a_limit_is_taken_away", a_limit_is_taken_away},
	{"an_idle_limit_is_set", an_idle_limit_is_set},
	{"a_limit_may_be_long", a_limit_may_be_long},
	{"records_have_another_class_and_interval", records_have_another_class_and_interval},
	{"a_rate_is_changed", a_rate_is_changed},
	{"if_one_has_no_room_for_a_rate", if_one_has_no_room_for_a_rate},
	{"without_accounting_there_are_no_records", without_accounting_there_are_no_records},
	{"if_one_cannot_none_does", if_one_cannot_none_does},
	{"who_has_no_grant_has_none_then", who_has_no_grant_has_none_then},
	{"without_memory_no_log_in_changes", without_memory_no_log_in_changes},
	{NULL, NULL},
};
const struct test_suite suite_leg_coa = {"leg_coa", cases};
