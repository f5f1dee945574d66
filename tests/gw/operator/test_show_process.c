/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The keeper is played by the test: its answer waits already when control asks. */
#include "gw/keeper/keeper.h"
#include "tests/gw/operator/says.h"

#include <errno.h>
#include <pwd.h>
#include <stdlib.h>
#include <unistd.h>

#define CONF "host-name = gw\nudp a { listen = \"192.0.2.1:1701\" }\n"

static void processes_begin(void)
{
	setenv("TZ", "UTC", 1);
	vty_begin_keeper(CONF);
}

/* Rows as gw/keeper sends them: name, state, pid, age, restarts, uid, capabilities, seccomp, end.
 */
static void processes_answer(const char *hex)
{
	uint8_t body[256];
	struct keeper_msg m = {.kind = KEEPER_PROCESSES, .body = body};

	m.len = test_hex(body, sizeof(body), hex);
	CU_ASSERT_EQUAL(keeper_send(vty_keeper, &m), 0);
}

/* The next answer: file and time (seconds since 1970) of each; "" = the keeper does not know. */
static void programs_answer(const char *hex)
{
	uint8_t body[256];
	struct keeper_msg m = {.kind = KEEPER_PROGRAMS, .body = body, .error = *hex ? 0 : ENOSYS};

	m.len = test_hex(body, sizeof(body), hex);
	CU_ASSERT_EQUAL(keeper_send(vty_keeper, &m), 0);
}

#define TITLES "Process State PID Age Restarts User Capabilities Seccomp Last end Program\n"
#define KEEPER_ROW                                                               \
	"06 6b6565706572 07 72756e6e696e67 00000007 0000003d 00000000 00000000 " \
	"000001ffffffffff 00 00 "
#define DATA_ROW                                                             \
	"04 64617461 07 72756e6e696e67 00000008 00000001 00000002 fffffffd " \
	"0000000000203000 02 05 6572726f72 "
#define CONTROL_ROW                                                                \
	"07 636f6e74726f6c 07 77616974696e67 00000000 00000000 00000003 00000000 " \
	"0000000000000000 00 11 6b696c6c6564206279205349474b494c4c "

static void each_process_has_a_row(void)
{
	processes_begin();
	processes_answer(KEEPER_ROW DATA_ROW CONTROL_ROW);
	programs_answer("05 2f62696e2f 0000000000000000 02 2f61 0000000065920080 02 2f62 "
			"0000000065920081");
	CU_ASSERT_TRUE(
		vty_rows("show processes", TITLES
			 "keeper running 7 1m01s 0 root all none - /bin/ 1970-01-01 00:00:00\n"
			 "data running 8 1s 2 4294967293 net-admin,net-raw,21 filter "
			 "error /a 2024-01-01 00:00:00\n"
			 "control waiting - - 3 - - - killed by SIGKILL -\n"));
	vty_end_keeper();
}

static void no_capability_is_none(void)
{
	processes_begin();
	processes_answer("01 61 01 62 00000001 00000000 00000000 00000000 0000000000000000 09 00");
	programs_answer("");
	CU_ASSERT_TRUE(vty_rows("show processes", TITLES "a b 1 0s 0 root none ? - -\n"));
	processes_answer("01 61 01 62 00000001 00000000 00000000 00000000 000000000000ffff 00 00");
	programs_answer("");
	CU_ASSERT_TRUE(vty_rows("show processes", TITLES "a b 1 0s 0 root 16 none - -\n"));
	vty_end_keeper();
}

/* Without a keeper, or when it does not answer, there is one row: this process. */
static void one_process_shows_itself(void)
{
	const struct passwd *p = getpwuid(geteuid());
	char want[128];

	snprintf(want, sizeof(want), "*\nisthmus *running *%d * 0 *%s *", (int)getpid(),
		 p ? p->pw_name : "?");
	vty_begin(CONF);
	CU_ASSERT_TRUE(vty_matches("show processes", want));
	vty_end();
	processes_begin();
	close(vty_keeper);
	vty_keeper = dup(STDERR_FILENO);
	CU_ASSERT_TRUE(vty_matches("show processes", want));
	vty_end_keeper();
}

static const struct test_case cases[] = {
	{"each_process_has_a_row", each_process_has_a_row},
	{"no_capability_is_none", no_capability_is_none},
	{"one_process_shows_itself", one_process_shows_itself},
	{NULL, NULL},
};
const struct test_suite suite_show_process = {"show_process", cases};
