/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A gateway whose answers are there before it is asked. */
#include "gw/operator/ctl_client.h"

#include "tests/harness.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static struct ctl_link client_link;
static int client_far;
static char client_heard[1024];

static void client_begin(const char *answers)
{
	int pair[2];

	CU_ASSERT_EQUAL_FATAL(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair), 0);
	client_link = (struct ctl_link){.io = fdopen(pair[0], "r")};
	client_far = pair[1];
	CU_ASSERT_EQUAL(write(client_far, answers, strlen(answers)), (ssize_t)strlen(answers));
	shutdown(client_far, SHUT_WR);
}

static void client_end(void)
{
	ssize_t n = recv(client_far, client_heard, sizeof(client_heard) - 1, MSG_DONTWAIT);

	client_heard[n > 0 ? n : 0] = '\0';
	ctl_link_close(&client_link);
	close(client_far);
}

static void a_long_table_is_asked_for_in_pieces(void)
{
	json_t *match = json_pack("{si}", "n", 7), *rows;
	int result = -1;

	client_begin("{\"arguments\":{\"rows\":[{\"n\":7},{\"n\":7}],\"next\":2},\"result\":0}\n"
		     "{\"arguments\":{\"rows\":[{\"n\":7}],\"next\":null},\"result\":0}\n");
	rows = ctl_link_rows(&client_link, "show-x", match, &result);
	CU_ASSERT_EQUAL(json_array_size(rows), 3);
	CU_ASSERT_EQUAL(result, 0);
	client_end();
	CU_ASSERT_STRING_EQUAL(
		client_heard,
		"{\"command\":\"show-x\",\"arguments\":{\"from\":0,\"match\":{\"n\":7}}}\n"
		"{\"command\":\"show-x\",\"arguments\":{\"from\":2,\"match\":{\"n\":7}}}\n");
	json_decref(rows);
	json_decref(match);
}

static void what_is_no_answer(void)
{
	static const struct {
		const char *answer;
		int result;
	} rows[] = {
		{"{\"result\":4,\"text\":\"no\"}\n", 4},
		{"{\"result\":\"4\"}\n", CTL_NO_ANSWER},
		{"[]\n", CTL_NO_ANSWER},
		{"{\"result\":0", CTL_NO_ANSWER},
		{"", CTL_NO_ANSWER},
		/* it comes when there was something, and has gone */
		{"{\"arguments\":{\"rows\":[],\"next\":1},\"result\":0}\n", CTL_NO_ANSWER},
	};

	for (unsigned i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		int result = -1;

		client_begin(rows[i].answer);
		CU_ASSERT_PTR_NULL(ctl_link_rows(&client_link, "show-x", NULL, &result));
		CU_ASSERT_EQUAL(result, rows[i].result);
		client_end();
	}
}

static void nothing_that_matches_is_no_rows(void)
{
	int result = -1;
	json_t *rows;

	client_begin("{\"arguments\":{\"rows\":[],\"next\":null},\"result\":3}\n");
	rows = ctl_link_rows(&client_link, "show-x", NULL, &result);
	CU_ASSERT_TRUE(json_is_array(rows));
	CU_ASSERT_EQUAL(result, 0);
	client_end();
	CU_ASSERT_STRING_EQUAL(client_heard,
			       "{\"command\":\"show-x\",\"arguments\":{\"from\":0}}\n");
	json_decref(rows);
}

static void nobody_is_there(void)
{
	static char longest[200];
	struct ctl_link l;

	memset(longest, 'x', sizeof(longest) - 1);
	CU_ASSERT_FALSE(ctl_link_open(&l, "/nowhere/ctl", true));
	CU_ASSERT_FALSE(ctl_link_open(&l, longest, true));
	ctl_link_close(&l);
}

static const struct test_case cases[] = {
	{"a_long_table_is_asked_for_in_pieces", a_long_table_is_asked_for_in_pieces},
	{"what_is_no_answer", what_is_no_answer},
	{"nothing_that_matches_is_no_rows", nothing_that_matches_is_no_rows},
	{"nobody_is_there", nobody_is_there},
	{NULL, NULL},
};
const struct test_suite suite_ctl_client = {"ctl_client", cases};
