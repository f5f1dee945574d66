/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The keeper is played by the test: its answer waits already when control asks. */
#include "gw/keeper/keeper.h"
#include "tests/gw/operator/says.h"

#include <errno.h>
#include <sys/socket.h>

#define CONF "host-name = gw\nudp a { listen = \"192.0.2.1:1701\" }\n"

static void upgrade_answer(uint8_t kind, uint16_t error, const char *hex)
{
	uint8_t body[256];
	struct keeper_msg m = {.kind = kind, .error = error, .body = body};

	m.len = test_hex(body, sizeof(body), hex);
	CU_ASSERT_EQUAL(keeper_send(vty_keeper, &m), 0);
}

/* The last of the requests that keeper has got is of this kind. */
static bool upgrade_asked(uint8_t kind)
{
	uint8_t buf[KEEPER_MSG_MAX], last = 0;
	struct keeper_msg q;

	while (recv(vty_keeper, buf, 0, MSG_PEEK | MSG_DONTWAIT) >= 0 &&
	       keeper_recv(vty_keeper, buf, &q) == 1)
		last = q.kind;
	return last == kind;
}

static void an_upgrade_is_keepers_work(void)
{
	static const struct {
		uint16_t error;
		const char *words;
	} row[] = {
		{EBUSY, "one is going on, or the gateway is ending"},
		{EAGAIN, "data does not run"},
		{ENOSYS, "keeper does not know how: it is of an older version"},
		{ENOENT, "No such file or directory"},
	};
	uint8_t buf[KEEPER_MSG_MAX];
	struct keeper_msg q;
	char want[100];

	vty_begin_keeper(CONF);
	upgrade_answer(KEEPER_UPGRADE, 0, "");
	CU_ASSERT_TRUE(vty_equals("upgrade", ""));
	CU_ASSERT_EQUAL(vty_result, CMD_SUCCESS);
	CU_ASSERT_EQUAL(keeper_recv(vty_keeper, buf, &q), 1);
	CU_ASSERT_TRUE(q.kind == KEEPER_UPGRADE && !q.len);
	for (size_t i = 0; i < sizeof(row) / sizeof(row[0]); i++) {
		upgrade_answer(KEEPER_UPGRADE, row[i].error, "");
		snprintf(want, sizeof(want), "%% No upgrade: %s\n", row[i].words);
		CU_ASSERT_TRUE(vty_equals("upgrade", want));
		CU_ASSERT_EQUAL(vty_result, CMD_WARNING);
	}
	upgrade_answer(KEEPER_RELOAD, 0, "");
	CU_ASSERT_TRUE(vty_equals("reload", ""));
	CU_ASSERT_EQUAL(vty_result, CMD_SUCCESS);
	CU_ASSERT_TRUE(upgrade_asked(KEEPER_RELOAD));
	upgrade_answer(KEEPER_RELOAD, EBUSY, "");
	CU_ASSERT_TRUE(
		vty_equals("reload", "% No reload: one is going on, or the gateway is ending\n"));
	bench.gw->keeper = NULL;
	CU_ASSERT_TRUE(
		vty_equals("upgrade", "% No upgrade: there is no keeper to do it (workers = 0)\n"));
	vty_end_keeper();
}

#define TITLES "Upgrade State ms Step\n"

static void shown(const char *hex, const char *rows)
{
	upgrade_answer(KEEPER_PROGRESS, 0, hex); /* is there an answer? */
	upgrade_answer(KEEPER_PROGRESS, 0, hex); /* of the table */
	CU_ASSERT_TRUE(vty_rows("show upgrade", rows));
	CU_ASSERT_EQUAL(vty_result, CMD_SUCCESS);
}

static void each_step_has_a_row(void)
{
	vty_begin_keeper(CONF);
	shown("00000000 00", TITLES);
	shown("00000001 01 00000000 01 61", TITLES "1 going-on 0 a\n");
	shown("00000002 02 00000003 03 6f 20 6b 00000102 04 646f6e65",
	      TITLES "2 done 3 o k\n2 done 258 done\n");
	shown("00000003 03 00000003 01 61", TITLES "3 refused 3 a\n");
	shown("00000003 04 00000003 01 61", TITLES "3 taken-back 3 a\n");
	upgrade_answer(KEEPER_PROGRESS, ENOSYS, "");
	CU_ASSERT_TRUE(
		vty_equals("show upgrade", "% Keeper does not tell: it is of an older version\n"));
	CU_ASSERT_EQUAL(vty_result, CMD_WARNING);
	bench.gw->keeper = NULL;
	CU_ASSERT_TRUE(vty_rows("show upgrade", TITLES));
	vty_end_keeper();
}

static const struct test_case cases[] = {
	{"an_upgrade_is_keepers_work", an_upgrade_is_keepers_work},
	{"each_step_has_a_row", each_step_has_a_row},
	{NULL, NULL},
};
const struct test_suite suite_show_upgrade = {"show_upgrade", cases};
