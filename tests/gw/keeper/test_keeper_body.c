/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "gw/keeper/keeper_body.h"
#include "tests/harness.h"

static void go_comes_as_it_was_sent(void)
{
	struct keeper_go go = {.life = 3, .delay = 100, .why = "killed by SIGKILL"}, out;
	uint8_t body[200], want[200];
	struct wr w = wr_init(body, sizeof(body));
	size_t n = test_hex(want, sizeof(want),
			    "00000003 00000064 11 6b696c6c656420627920 5349474b494c4c");

	keeper_put_go(&w, &go);
	ASSERT_OCTETS(body, w.len, want, n);
	CU_ASSERT_TRUE(keeper_get_go(body, w.len, &out));
	CU_ASSERT_EQUAL(out.life, 3);
	CU_ASSERT_EQUAL(out.delay, 100);
	CU_ASSERT_STRING_EQUAL(out.why, go.why);
	for (size_t i = 0; i < w.len; i++)
		CU_ASSERT_FALSE(keeper_get_go(body, i, &out));
	body[w.len] = 0;
	CU_ASSERT_FALSE(keeper_get_go(body, w.len + 1, &out));
}

static void words_are_shown_without_harm(void)
{
	uint8_t body[120] = {0, 0, 0, 0, 0, 0, 0, 0, 4, 'a', 0x1b, 0xff, '\n'};
	struct keeper_go out;

	CU_ASSERT_TRUE(keeper_get_go(body, 13, &out));
	CU_ASSERT_STRING_EQUAL(out.why, "a???");
	body[8] = sizeof(out.why); /* there is no room for its NUL */
	CU_ASSERT_FALSE(keeper_get_go(body, 9 + sizeof(out.why), &out));
}

static struct keeper_process body_process(const char *name)
{
	struct keeper_process p = {.pid = 1,
				   .age = 2,
				   .restarts = 3,
				   .uid = 4,
				   .capabilities = UINT64_C(0x100000003000),
				   .seccomp = 2,
				   .state = "running",
				   .why = "killed by SIGSEGV"};

	strcpy(p.name, name);
	return p;
}

static void processes_come_as_they_were_sent(void)
{
	struct keeper_process p = body_process("control"), out[KEEPER_PROCESSES_MAX];
	uint8_t body[600];
	struct wr w = wr_init(body, sizeof(body));
	size_t one;

	keeper_put_process(&w, &p);
	one = w.len;
	keeper_put_process(&w, &p);
	CU_ASSERT_EQUAL(keeper_get_processes(body, w.len, out), 2);
	for (unsigned i = 0; i < 2; i++) {
		CU_ASSERT_STRING_EQUAL(out[i].name, "control");
		CU_ASSERT_STRING_EQUAL(out[i].state, "running");
		CU_ASSERT_STRING_EQUAL(out[i].why, "killed by SIGSEGV");
		CU_ASSERT_EQUAL(out[i].pid, 1);
		CU_ASSERT_EQUAL(out[i].age, 2);
		CU_ASSERT_EQUAL(out[i].restarts, 3);
		CU_ASSERT_EQUAL(out[i].uid, 4);
		CU_ASSERT_EQUAL(out[i].capabilities, UINT64_C(0x100000003000));
		CU_ASSERT_EQUAL(out[i].seccomp, 2);
	}
	for (size_t i = 1; i < w.len; i++)
		CU_ASSERT_EQUAL(keeper_get_processes(body, i, out), i == one);
	keeper_put_process(&w, &p);
	CU_ASSERT_EQUAL(keeper_get_processes(body, w.len, out), 3);
	keeper_put_process(&w, &p);
	CU_ASSERT_EQUAL(keeper_get_processes(body, w.len, out), 0); /* more than there are */
}

static void programs_come_as_they_were_sent(void)
{
	struct keeper_process out[2] = {{.pid = 7}, {.pid = 8}};
	uint8_t body[600], want[60];
	struct wr w = wr_init(body, sizeof(body));
	size_t n = test_hex(want, sizeof(want),
			    "08 2f62696e2f697374 0000000165920080 03 2f6f6c 0000000000000001");

	keeper_put_program(&w, "/bin/ist", UINT64_C(0x165920080));
	keeper_put_program(&w, "/ol", 1);
	ASSERT_OCTETS(body, w.len, want, n);
	CU_ASSERT_TRUE(keeper_get_programs(body, w.len, out, 2));
	CU_ASSERT_STRING_EQUAL(out[0].program, "/bin/ist");
	CU_ASSERT_EQUAL(out[0].built, UINT64_C(0x165920080));
	CU_ASSERT_STRING_EQUAL(out[1].program, "/ol");
	CU_ASSERT_EQUAL(out[1].pid, 8);
	for (size_t i = 0; i < w.len; i++)
		CU_ASSERT_FALSE(keeper_get_programs(body, i, out, 2));
	CU_ASSERT_STRING_EQUAL(out[0].program, "");
	CU_ASSERT_FALSE(keeper_get_programs(body, w.len, out, 1));
}

static void progress_comes_as_it_was_sent(void)
{
	struct keeper_progress p = {
		.number = 2,
		.state = KEEPER_UPGRADE_DONE,
		.steps = 2,
		.step = {{.ms = 3, .words = "a"}, {.ms = 258, .words = "done"}}};
	struct keeper_progress out;
	uint8_t body[KEEPER_MSG_MAX], want[60];
	struct wr w = wr_init(body, sizeof(body));
	size_t n = test_hex(want, sizeof(want), "00000002 02 00000003 01 61 00000102 04 646f6e65");

	keeper_put_progress(&w, &p);
	ASSERT_OCTETS(body, w.len, want, n);
	CU_ASSERT_TRUE(keeper_get_progress(body, w.len, &out));
	CU_ASSERT_EQUAL(out.number, 2);
	CU_ASSERT_EQUAL(out.state, KEEPER_UPGRADE_DONE);
	CU_ASSERT_EQUAL(out.steps, 2);
	CU_ASSERT_EQUAL(out.step[1].ms, 258);
	CU_ASSERT_STRING_EQUAL(out.step[1].words, "done");
	for (size_t i = 0; i < w.len; i++) /* without steps, with the first, with all */
		CU_ASSERT_EQUAL(keeper_get_progress(body, i, &out), i == 5 || i == 11);
	body[4] = KEEPER_UPGRADE_STATES;
	CU_ASSERT_FALSE(keeper_get_progress(body, w.len, &out));
	w = wr_init(body, sizeof(body));
	p.steps = KEEPER_STEPS_MAX;
	keeper_put_progress(&w, &p);
	CU_ASSERT_TRUE(keeper_get_progress(body, w.len, &out));
	test_hex(body + w.len, 6, "00000003 01 61");
	CU_ASSERT_FALSE(keeper_get_progress(body, w.len + 6, &out));
}

static const struct test_case cases[] = {
	{"go_comes_as_it_was_sent", go_comes_as_it_was_sent},
	{"words_are_shown_without_harm", words_are_shown_without_harm},
	{"processes_come_as_they_were_sent", processes_come_as_they_were_sent},
	{"programs_come_as_they_were_sent", programs_come_as_they_were_sent},
	{"progress_comes_as_it_was_sent", progress_comes_as_it_was_sent},
	{NULL, NULL},
};
const struct test_suite suite_keeper_body = {"keeper_body", cases};
