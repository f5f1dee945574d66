/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/gw/replay/held.h"

#include <fcntl.h>
#include <getopt.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* What it prints goes nowhere. */
static int replay_run(const char *a, const char *b, const char *c)
{
	const char *const words[] = {"replay", a, b, c, NULL};
	char *argv[5] = {NULL};
	int argc = 0, out = dup(1), err = dup(2), null = open("/dev/null", O_WRONLY), rc;

	for (; words[argc]; argc++)
		argv[argc] = strdup(words[argc]);
	fflush(stdout);
	dup2(null, 1);
	dup2(null, 2);
	optind = 0;
	rc = replay_command(argc, argv);
	fflush(stdout);
	dup2(out, 1);
	dup2(err, 2);
	close(null);
	close(out);
	close(err);
	while (argc)
		free(argv[--argc]);
	return rc;
}

static void replay_temp(char *path, const void *octets, size_t len)
{
	int fd = mkstemp(path);

	CU_ASSERT_EQUAL(write(fd, octets, len), (ssize_t)len);
	close(fd);
}

/* A capture with one message whose header is too short. */
static void exit_statuses_of_replay(void)
{
	char path[] = "/tmp/test_replay_command.XXXXXX",
	     secret[] = "/tmp/test_replay_secret.XXXXXX";
	char empty[] = "/tmp/test_replay_empty.XXXXXX";
	uint8_t octets[100];
	size_t len = test_hex(
		octets, sizeof(octets),
		"a1b2c3d4 0002 0004 00000000 00000000 00040000 00000065"
		"00000001 00000005 00000020 00000020"
		"4500 0020 0000 0000 4011 0000 c0000201 c0000202 1388 06a5 000c 0000 c802000c");

	replay_temp(path, octets, len);
	replay_temp(secret, "hush\nmore\n", 10);
	replay_temp(empty, "\n", 1);
	CU_ASSERT_EQUAL(replay_run(path, NULL, NULL), 1);
	CU_ASSERT_EQUAL(replay_run("--explain", path, NULL), 1);
	CU_ASSERT_EQUAL(replay_run("--as", "192.0.2.1", path), 1);
	CU_ASSERT_EQUAL(replay_run("--as", "192.0.2.2", path), 2);
	CU_ASSERT_EQUAL(replay_run("--secret-file", secret, path), 1);
	CU_ASSERT_EQUAL(replay_run("--secret-file", empty, path), 2);
	CU_ASSERT_EQUAL(replay_run("--secret-file", "/nowhere/at/all", path), 2);
	CU_ASSERT_EQUAL(replay_run("/nowhere/at/all", NULL, NULL), 2);
	CU_ASSERT_EQUAL(replay_run(NULL, NULL, NULL), 2);
	CU_ASSERT_EQUAL(replay_run(path, path, NULL), 2);
	CU_ASSERT_EQUAL(replay_run("--nonsense", path, NULL), 2);
	CU_ASSERT_EQUAL(replay_run("--help", NULL, NULL), 0);
	unlink(path);
	unlink(secret);
	unlink(empty);
}

static const struct test_case cases[] = {
	{"exit_statuses_of_replay", exit_statuses_of_replay},
	{NULL, NULL},
};
const struct test_suite suite_replay_command = {"replay_command", cases};
