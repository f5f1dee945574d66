/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "gw/operator/ctl_event.h"

#include "gw/operator/ctl_listen.h"
#include "tests/gw/bench.h"

#include <stdlib.h>
#include <string.h>

#define CONF                                                                     \
	"host-name = gw\n"                                                       \
	"udp a { listen = \"192.0.2.1:1701\" }\n"                                \
	"peer lac { port = a  service = s  hostname = lac }\n"                   \
	"pool p { ranges = { \"10.64.0.0/24\" } }\n"                             \
	"service s { local = 10.64.0.1  pool = p  auth = { chap }  tun = t1 }\n" \
	"user ann { secret = \"a\" }\n"

static void kinds_by_name(void)
{
	static const struct {
		const char *name;
		uint32_t kinds;
	} rows[] = {
		{"tunnel-up", 1u << EVENT_TUNNEL_UP},
		{"tunnel", 1u << EVENT_TUNNEL_UP | 1u << EVENT_TUNNEL_DOWN},
		{"user", 1u << EVENT_USER_IN | 1u << EVENT_USER_OUT | 1u << EVENT_USER_REFUSED},
		{"tunnel-", 0},
		{"tun", 0},
		{"", 0},
		{"tunnel-up-", 0},
	};

	for (unsigned i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		CU_ASSERT_EQUAL(ctl_event_kinds(rows[i].name), rows[i].kinds);
}

static void a_line_has_what_is_known(void)
{
	struct log_about a = {.tunnel = 5, .call = 6, .user = "ann", .circuit = "wan 192.0.2.7"};
	struct ctl_text line = {0};

	ctl_event_line(&line, &(struct gw_event){EVENT_CALL_DOWN, &a, "gone"}, 1000);
	ctl_event_line(&line, &(struct gw_event){EVENT_PORT_UP, &LOG_ABOUT(.port = "wan"), NULL},
		       7);
	ctl_text_add(&line, "", 1);
	CU_ASSERT_STRING_EQUAL(line.at,
			       "{\"event\":\"call-down\",\"unix-seconds\":1000,"
			       "\"circuit\":\"wan 192.0.2.7\",\"tunnel-id\":5,\"session-id\":6,"
			       "\"user\":\"ann\",\"cause\":\"gone\"}\n"
			       "{\"event\":\"port-up\",\"unix-seconds\":7,\"port\":\"wan\"}\n");
	ctl_text_free(&line);
}

static char events_seen[4096];

static void events_note(const struct gw_event *e)
{
	size_t n = strlen(events_seen);

	snprintf(events_seen + n, sizeof(events_seen) - n, "%s %s%s%s\n", event_names[e->kind].name,
		 e->about->user ? e->about->user : "-", e->cause ? ": " : "",
		 e->cause ? e->cause : "");
}

static void events_are(const char *want)
{
	if (strcmp(events_seen, want) != 0)
		fprintf(stderr, "\n%s", events_seen);
	CU_ASSERT_STRING_EQUAL(events_seen, want);
	*events_seen = '\0';
}

/* A call from its tunnel to its end, and one that is refused. */
static void events_of_a_call(void)
{
	*events_seen = '\0';
	event_to = events_note;
	bench_start(CONF);
	events_are("port-up -\n");
	CU_ASSERT_TRUE_FATAL(bench_dial("lac"));
	events_are("tunnel-up -\n");
	CU_ASSERT_TRUE_FATAL(bench_call("ann", "a", PPP_AUTH_CHAP_MD5)->ip4);
	events_are("call-up -\nuser-in ann\njoin-up ann\n");
	bench_call("ann", "wrong", PPP_AUTH_CHAP_MD5);
	bench_pass(20 * SEC);
	CU_ASSERT_PTR_NOT_NULL(strstr(events_seen, "user-refused ann: "));
	CU_ASSERT_PTR_NULL(strstr(events_seen, "user-out"));
	*events_seen = '\0';
	l2tp_tunnel_close(l2tp_tunnel_by_id(bench.gw->engine, fake.call[0].tid),
			  &(struct l2tp_result){.result = L2TP_STOP_GENERAL_CLEAR, .text = "so"},
			  loop_now(bench.gw->loop));
	bench_pass(20 * SEC);
	CU_ASSERT_PTR_NOT_NULL(strstr(events_seen, "user-out ann: "));
	CU_ASSERT_PTR_NOT_NULL(strstr(events_seen, "join-down "));
	CU_ASSERT_PTR_NOT_NULL(strstr(events_seen, "call-down "));
	CU_ASSERT_PTR_NOT_NULL(strstr(events_seen, "tunnel-down -: "));
	event_to = NULL;
	bench_stop();
}

static const struct test_case cases[] = {
	{"kinds_by_name", kinds_by_name},
	{"a_line_has_what_is_known", a_line_has_what_is_known},
	{"events_of_a_call", events_of_a_call},
	{NULL, NULL},
};
const struct test_suite suite_ctl_event = {"ctl_event", cases};
