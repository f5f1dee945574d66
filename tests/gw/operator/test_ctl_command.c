/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "gw/operator/ctl_command.h"

#include "gw/client.h"
#include "gw/drain.h"
#include "gw/operator/ctl_event.h"
#include "gw/operator/ctl_listen.h"
#include "gw/operator/vty.h"
#include "tests/gw/bench.h"
#include "tests/heap.h"
#include "tests/srcdir.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CONF                                                                        \
	"host-name = gw\n"                                                          \
	"udp a { listen = \"192.0.2.1:1701\" }\n"                                   \
	"peer lac { port = a  service = s  hostname = lac }\n"                      \
	"peer out { port = a  dial = \"192.0.2.7:1701\"  secret = \"hidden-t\" }\n" \
	"radius r { server \"192.0.2.9\" { secret = \"hidden-r\" } }\n"             \
	"client home { peer = out  user = u  secret = \"hidden-u\"  tun = t0 }\n"   \
	"pool p { ranges = { \"10.64.0.0/24\" } }\n"                                \
	"service s { local = 10.64.0.1  pool = p  auth = { chap }  tun = t1 }\n"    \
	"user ann { secret = \"hidden-u\" }\n"

static struct ctl_text command_out;
static enum ctl_right command_right;
static uint32_t command_events;

/* The answer to a line, good until the next one; it ends with the only line end. */
static const char *command_says(const char *line)
{
	struct ctl_session s = {.gw = bench.gw, .right = command_right, .events = command_events};
	const char *end;

	ctl_text_free(&command_out);
	ctl_command(&s, line, strlen(line), &command_out);
	command_events = s.events;
	CU_ASSERT_FALSE_FATAL(command_out.failed);
	ctl_text_add(&command_out, "", 1);
	end = strchr(command_out.at, '\n');
	CU_ASSERT_PTR_NOT_NULL_FATAL(end);
	CU_ASSERT_EQUAL(end[1], '\0');
	return command_out.at;
}

static json_t *command_asks(const char *line)
{
	json_t *a = json_loads(command_says(line), 0, NULL);

	CU_ASSERT_PTR_NOT_NULL_FATAL(a);
	return a;
}

static int command_result(const char *line)
{
	json_t *a = command_asks(line);
	int result = (int)json_integer_value(json_object_get(a, "result"));

	json_decref(a);
	return result;
}

static void command_begin(void)
{
	bench_start(CONF);
	command_right = CTL_MAY_ALL;
	command_events = 0;
}

static void command_end(void)
{
	ctl_text_free(&command_out);
	bench_stop();
}

static void answers_have_result_and_text(void)
{
	static const struct {
		const char *line, *answer;
	} rows[] = {
		{"{\"command\":\"show-nothing\"}",
		 "{\"result\":2,\"text\":\"no such command; list-commands has them\"}\n"},
		{"{\"command\":\"show-\"}",
		 "{\"result\":2,\"text\":\"no such command; list-commands has them\"}\n"},
		{"{\"command\":\"list-commands\",\"arguments\":{\"x\":1}}",
		 "{\"result\":1,\"text\":\"no argument of this command: x\"}\n"},
		{"{\"command\":\"clear-tunnel\"}",
		 "{\"result\":1,\"text\":\"tunnel-id is missing\"}\n"},
		{"{\"command\":\"clear-tunnel\",\"arguments\":{\"tunnel-id\":7}}",
		 "{\"result\":3,\"text\":\"there is none\"}\n"},
		{"{\"command\":\"clear-user\",\"arguments\":{\"user\":\"nobody\"}}",
		 "{\"result\":3,\"text\":\"there is none\"}\n"},
		{"{\"command\":\"clear-address\",\"arguments\":{\"address\":\"10.64.0.256\"}}",
		 "{\"result\":1,\"text\":\"no IPv4 address: 10.64.0.256\"}\n"},
		{"{\"command\":\"show-captures\"}",
		 "{\"arguments\":{\"rows\":[],\"next\":null},\"result\":0,\"text\":\"0 rows\"}\n"},
		{"[]", "{\"result\":1,\"text\":\"a request is an object\"}\n"},
	};

	command_begin();
	for (unsigned i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		CU_ASSERT_STRING_EQUAL(command_says(rows[i].line), rows[i].answer);
	command_end();
}

/* Who may only look gets no further than the name. */
static void readers_change_nothing(void)
{
	command_begin();
	command_right = CTL_MAY_SHOW;
	CU_ASSERT_EQUAL(command_result("{\"command\":\"show-peers\"}"), CTL_DONE);
	CU_ASSERT_EQUAL(
		command_result("{\"command\":\"clear-user\",\"arguments\":{\"user\":\"a\"}}"),
		CTL_NOT_ALLOWED);
	CU_ASSERT_EQUAL(command_result("{\"command\":\"clear-tunnel\"}"), CTL_NOT_ALLOWED);
	command_end();
}

static void events_are_asked_for_by_kind(void)
{
	static const struct {
		const char *line, *answer;
		uint32_t events;
	} rows[] = {
		{"{\"command\":\"subscribe\",\"arguments\":{\"event\":\"tunnel\"}}",
		 "{\"result\":0,\"text\":\"2 kinds of events\"}\n",
		 1u << EVENT_TUNNEL_UP | 1u << EVENT_TUNNEL_DOWN},
		{"{\"command\":\"subscribe\",\"arguments\":{\"event\":\"user-in\"}}",
		 "{\"result\":0,\"text\":\"3 kinds of events\"}\n",
		 1u << EVENT_TUNNEL_UP | 1u << EVENT_TUNNEL_DOWN | 1u << EVENT_USER_IN},
		{"{\"command\":\"subscribe\",\"arguments\":{\"event\":\"tun\"}}",
		 "{\"result\":1,\"text\":\"no such event: tun\"}\n",
		 1u << EVENT_TUNNEL_UP | 1u << EVENT_TUNNEL_DOWN | 1u << EVENT_USER_IN},
		{"{\"command\":\"unsubscribe\",\"arguments\":{\"event\":\"tunnel-up\"}}",
		 "{\"result\":0,\"text\":\"2 kinds of events\"}\n",
		 1u << EVENT_TUNNEL_DOWN | 1u << EVENT_USER_IN},
		{"{\"command\":\"subscribe\"}", "{\"result\":0,\"text\":\"17 kinds of events\"}\n",
		 CTL_EVENTS_ALL},
		{"{\"command\":\"unsubscribe\"}", "{\"result\":0,\"text\":\"0 kinds of events\"}\n",
		 0},
	};

	command_begin();
	command_right = CTL_MAY_SHOW;
	for (unsigned i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		CU_ASSERT_STRING_EQUAL(command_says(rows[i].line), rows[i].answer);
		CU_ASSERT_EQUAL(command_events, rows[i].events);
	}
	command_end();
}

static json_t *command_first_row(json_t *answer)
{
	return json_array_get(json_object_get(json_object_get(answer, "arguments"), "rows"), 0);
}

static void a_call_is_shown_and_cleared(void)
{
	const char *state, *user, *ip4;
	json_int_t tid, sid, frames;
	char line[200];
	json_t *a;

	command_begin();
	CU_ASSERT_TRUE_FATAL(bench_dial("lac"));
	CU_ASSERT_TRUE_FATAL(bench_call("ann", "hidden-u", PPP_AUTH_CHAP_MD5)->ip4);
	a = command_asks(
		"{\"command\":\"show-calls\",\"arguments\":{\"match\":{\"user\":\"ann\"}}}");
	CU_ASSERT_EQUAL_FATAL(json_unpack(command_first_row(a), "{sI sI ss ss ss sI}", "tunnel-id",
					  &tid, "session-id", &sid, "state", &state, "user", &user,
					  "ipv4", &ip4, "frames-in", &frames),
			      0);
	CU_ASSERT_EQUAL(tid, fake.call[0].tid);
	CU_ASSERT_EQUAL(sid, fake.call[0].sid);
	CU_ASSERT_STRING_EQUAL(state, "established");
	CU_ASSERT_STRING_EQUAL(user, "ann");
	CU_ASSERT_STRING_EQUAL(ip4, "10.64.0.2");
	CU_ASSERT_EQUAL((uint64_t)frames, fake.stats.rx_frames);
	json_decref(a);
	snprintf(line, sizeof(line),
		 "{\"command\":\"clear-call\",\"arguments\":{\"tunnel-id\":%u,\"session-id\":%u}}",
		 (unsigned)tid, (unsigned)sid);
	CU_ASSERT_EQUAL(command_result(line), CTL_DONE);
	bench_pass(5 * SEC);
	CU_ASSERT_EQUAL(bench.gw->joins->n, 0);
	CU_ASSERT_EQUAL(command_result(line), CTL_NOTHING);
	command_end();
}

static void log_ins_are_cleared(void)
{
	command_begin();
	CU_ASSERT_TRUE_FATAL(bench_dial("lac"));
	CU_ASSERT_TRUE_FATAL(bench_call("ann", "hidden-u", PPP_AUTH_CHAP_MD5)->ip4);
	CU_ASSERT_EQUAL(command_result("{\"command\":\"clear-address\",\"arguments\":{\"address\":"
				       "\"10.64.0.2\"}}"),
			CTL_DONE);
	CU_ASSERT_EQUAL(
		command_result("{\"command\":\"clear-user\",\"arguments\":{\"user\":\"ann\"}}"),
		CTL_NOTHING);
	command_end();
}

struct command_row {
	const char *command, *arguments;
	enum ctl_result result;
	const char *text;
};

static void command_rows(const struct command_row *rows, unsigned n)
{
	char line[300], want[300];

	for (unsigned i = 0; i < n; i++) {
		snprintf(line, sizeof(line), "{\"command\":\"%s\",\"arguments\":{%s}}",
			 rows[i].command, rows[i].arguments);
		snprintf(want, sizeof(want), "{\"result\":%d,\"text\":\"%s\"}\n", rows[i].result,
			 rows[i].text);
		CU_ASSERT_STRING_EQUAL(command_says(line), want);
	}
}
#define ROWS(rows) command_rows(rows, sizeof(rows) / sizeof((rows)[0]))

static void what_takes_no_new_call(void)
{
	static const struct command_row rows[] = {
		{"drain", "\"kind\":\"gateway\"", CTL_DONE, "done"},
		{"drain", "\"kind\":\"port\",\"name\":\"a\"", CTL_DONE, "done"},
		{"drain", "\"kind\":\"peer\",\"name\":\"out\"", CTL_DONE, "done"},
		{"drain", "\"kind\":\"port\",\"name\":\"b\"", CTL_REFUSED,
		 "there is none of this name"},
		{"drain", "\"kind\":\"tunnel\",\"name\":\"7\"", CTL_REFUSED,
		 "there is none of this name"},
		{"drain", "\"kind\":\"tunnel\",\"name\":\"65536\"", CTL_REFUSED,
		 "name is no Tunnel ID"},
		{"drain", "\"kind\":\"tunnel\",\"name\":\"-1\"", CTL_REFUSED,
		 "name is no Tunnel ID"},
		{"drain", "\"kind\":\"tunnel\",\"name\":\"7x\"", CTL_REFUSED,
		 "name is no Tunnel ID"},
		{"drain", "\"kind\":\"shutdown\"", CTL_REFUSED,
		 "kind is gateway, port, peer or tunnel"},
		{"drain", "\"kind\":\"gateway\",\"name\":\"a\"", CTL_REFUSED,
		 "the gateway has no name here"},
		{"drain", "\"kind\":\"port\"", CTL_REFUSED, "name is missing"},
		{"no-drain", "\"kind\":\"port\",\"name\":\"a\"", CTL_DONE, "done"},
		{"no-drain", "\"kind\":\"port\",\"name\":\"a\"", CTL_NOTHING, "it does not drain"},
		{"no-drain", "\"kind\":\"\"", CTL_REFUSED, "kind is a text of octets, 1 to 16"},
		{"no-drain", "\"kind\":\"peer\",\"name\":\"out\"", CTL_DONE, "done"},
		{"no-drain", "\"kind\":\"gateway\"", CTL_DONE, "done"},
		{"no-shutdown", "", CTL_NOTHING, "none has been asked for"},
		{"shutdown-after", "\"minutes\":10081", CTL_REFUSED,
		 "minutes is a number, 0 to 10080"},
		{"shutdown-after", "\"minutes\":90", CTL_DONE, "done"},
	};
	json_t *a;

	command_begin();
	ROWS(rows);
	a = command_asks("{\"command\":\"show-drain\"}");
	CU_ASSERT_STRING_EQUAL(json_string_value(json_object_get(command_first_row(a), "for")),
			       "in 1h30m");
	json_decref(a);
	CU_ASSERT_EQUAL(command_result("{\"command\":\"no-shutdown\"}"), CTL_DONE);
	command_end();
}

/* Our Tunnel ID as drain.h has it: the command that takes it back may write it otherwise. */
static void a_tunnel_takes_no_new_call(void)
{
	char line[200];

	command_begin();
	CU_ASSERT_TRUE_FATAL(bench_dial("lac"));
	CU_ASSERT_TRUE_FATAL(bench_call("ann", "hidden-u", PPP_AUTH_CHAP_MD5)->ip4);
	snprintf(line, sizeof(line),
		 "{\"command\":\"drain\",\"arguments\":{\"kind\":\"tunnel\",\"name\":\"00%u\"}}",
		 fake.call[0].tid);
	CU_ASSERT_EQUAL(command_result(line), CTL_DONE);
	CU_ASSERT_TRUE(drain_has_tunnel(bench.gw, fake.call[0].tid));
	snprintf(line, sizeof(line),
		 "{\"command\":\"no-drain\",\"arguments\":{\"kind\":\"tunnel\",\"name\":\"%u\"}}",
		 fake.call[0].tid);
	CU_ASSERT_EQUAL(command_result(line), CTL_DONE);
	CU_ASSERT_FALSE(drain_has_tunnel(bench.gw, fake.call[0].tid));
	command_end();
}

/* The far end has no secret for the client's tunnel, so that each dialling fails. */
static void what_is_dialled_and_captured(void)
{
	static const struct command_row rows[] = {
		{"dial-client", "\"client\":\"away\"", CTL_REFUSED, "no such client"},
		{"dial-client", "\"client\":\"home\"", CTL_DONE, "done"},
		{"dial-outgoing", "\"outgoing\":\"away\"", CTL_REFUSED, "no such section"},
		{"dial-number", "\"peer\":\"x\",\"called\":\"5\",\"service\":\"s\"", CTL_REFUSED,
		 "no such peer"},
		{"capture", "\"what\":[\"port\",\"b\",\"to\",\"f\"]", CTL_REFUSED, "no such port"},
		{"no-capture", "\"what\":[\"port\",\"a\"]", CTL_NOTHING, "there is none"},
	};
	unsigned before;

	command_begin();
	bench_pass(0);
	CU_ASSERT_EQUAL(bench.gw->client[0].state, CLIENT_WAITING);
	before = bench.gw->client[0].dials;
	ROWS(rows);
	bench_pass(0);
	CU_ASSERT_EQUAL(bench.gw->client[0].dials, before + 1);
	command_end();
}

/* Each table is there, with the columns that its row of list-commands says and with their types;
 * no secret is in any. */
static void every_table_is_as_the_list_says(void)
{
	json_t *list, *c, *column;
	size_t i, k;

	command_begin();
	CU_ASSERT_TRUE_FATAL(bench_dial("lac"));
	CU_ASSERT_TRUE_FATAL(bench_call("ann", "hidden-u", PPP_AUTH_CHAP_MD5)->ip4);
	bench_call("ann", "a guess", PPP_AUTH_CHAP_MD5);
	list = command_asks("{\"command\":\"list-commands\"}");
	json_array_foreach(json_object_get(json_object_get(list, "arguments"), "commands"), i, c)
	{
		json_t *columns = json_object_get(c, "columns"), *a, *row;
		char line[200];

		if (!columns)
			continue;
		snprintf(line, sizeof(line), "{\"command\":\"%s\"}",
			 json_string_value(json_object_get(c, "name")));
		a = command_asks(line);
		CU_ASSERT_PTR_NULL(strstr(command_out.at, "hidden-"));
		row = command_first_row(a);
		json_array_foreach(columns, k, column)
		{
			const char *type = json_string_value(json_object_get(column, "type"));
			json_t *cell = json_object_get(
				row, json_string_value(json_object_get(column, "name")));

			CU_ASSERT_TRUE(!row || json_is_null(cell) ||
				       (!strcmp(type, "number") ? json_is_integer(cell)
								: json_is_string(cell)));
		}
		CU_ASSERT_TRUE(!row || json_object_size(row) == json_array_size(columns));
		json_decref(a);
	}
	json_decref(list);
	command_end();
}

/* Programs rely on the names: who changes one changes this file, and the release notes. */
static void the_list_is_what_is_promised(void)
{
	char path[4096];
	json_t *list, *held;

	command_begin();
	snprintf(path, sizeof(path), "%s/tests/vectors/control-commands.json", test_srcdir());
	held = json_load_file(path, 0, NULL);
	CU_ASSERT_PTR_NOT_NULL(held);
	list = command_asks("{\"command\":\"list-commands\"}");
	if (!json_equal(held, json_object_get(list, "arguments"))) {
		char *text = json_dumps(json_object_get(list, "arguments"), JSON_INDENT(1));

		fprintf(stderr, "\n%s\n", text);
		free(text);
		CU_FAIL("list-commands differs from tests/vectors/control-commands.json");
	}
	json_decref(held);
	json_decref(list);
	command_end();
}

/* All of an answer, or one that says so, or none. */
static void without_memory_there_is_no_half_answer(void)
{
	static const char line[] = "{\"command\":\"show-summary\"}";
	struct ctl_session s = {.right = CTL_MAY_ALL};
	bool more = true;

	command_begin();
	s.gw = bench.gw;
	for (unsigned n = 0; more; n++) {
		ctl_text_free(&command_out);
		heap_refuse(n);
		ctl_command(&s, line, strlen(line), &command_out);
		more = heap_refused();
		if (command_out.failed)
			continue;
		ctl_text_add(&command_out, "", 1);
		CU_ASSERT_EQUAL(
			!strcmp(command_out.at, "{\"result\":1,\"text\":\"out of memory\"}\n"),
			more);
	}
	command_end();
}

static const struct test_case cases[] = {
	{"answers_have_result_and_text", answers_have_result_and_text},
	{"readers_change_nothing", readers_change_nothing},
	{"events_are_asked_for_by_kind", events_are_asked_for_by_kind},
	{"a_call_is_shown_and_cleared", a_call_is_shown_and_cleared},
	{"log_ins_are_cleared", log_ins_are_cleared},
	{"what_takes_no_new_call", what_takes_no_new_call},
	{"a_tunnel_takes_no_new_call", a_tunnel_takes_no_new_call},
	{"what_is_dialled_and_captured", what_is_dialled_and_captured},
	{"every_table_is_as_the_list_says", every_table_is_as_the_list_says},
	{"the_list_is_what_is_promised", the_list_is_what_is_promised},
	{"without_memory_there_is_no_half_answer", without_memory_there_is_no_half_answer},
	{NULL, NULL},
};
const struct test_suite suite_ctl_command = {"ctl_command", cases};
