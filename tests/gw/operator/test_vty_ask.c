/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The far end of the VTY's socket, against a server that says what the test wants. */
#include "gw/operator/operator.h"

#include "tests/harness.h"
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

static char folder[40], path[60];
static int listener;
static const char *says; /* after the last of `wants` was asked */
static const char *wants;
static char asked[300];
static pthread_t server;

static void *ask_serve(void *arg)
{
	int fd = accept(listener, NULL, NULL);
	size_t n = 0;
	ssize_t got;

	(void)arg;
	while (!strstr(asked, wants) && n < sizeof(asked) - 1 &&
	       (got = read(fd, asked + n, sizeof(asked) - 1 - n)) > 0)
		n += (size_t)got;
	if (write(fd, says, strlen(says)) < 0)
		asked[0] = '\0';
	close(fd);
	return NULL;
}

static void ask_begin(const char *until, const char *answer)
{
	struct sockaddr_un sun = {.sun_family = AF_UNIX};

	strcpy(folder, "/tmp/isthmus-test-XXXXXX");
	CU_ASSERT_PTR_NOT_NULL_FATAL(mkdtemp(folder));
	snprintf(path, sizeof(path), "%s/vty", folder);
	strcpy(sun.sun_path, path);
	listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	CU_ASSERT_FATAL(!bind(listener, (struct sockaddr *)&sun, sizeof(sun)));
	CU_ASSERT_FATAL(!listen(listener, 1));
	memset(asked, 0, sizeof(asked));
	wants = until;
	says = answer;
	CU_ASSERT_FATAL(!pthread_create(&server, NULL, ask_serve, NULL));
}

static void ask_end(void)
{
	pthread_join(server, NULL);
	close(listener);
	unlink(path);
	CU_ASSERT_EQUAL(rmdir(folder), 0);
}

#define END "! end of isthmus -x"

/* One command: what stands between its echo and that of the comment behind it. */
static void one_command(void)
{
	static const struct {
		const char *answer, *printed;
		int rc;
	} rows[] = {
		{"Welcome\r\ngw> enable\r\ngw# show x\r\nName  Count\r\na  1\r\n\r\ngw# " END
		 "\r\n",
		 "Name  Count\na  1\n\n", 0},
		{"gw# show x\r\ngw# " END "\r\n", "", 0},
		/* a refusal is printed, and told by the status */
		{"gw# show x\r\n% Unknown command.\r\nmore\r\ngw# " END "\r\n",
		 "% Unknown command.\nmore\n", 1},
		/* before the echo nothing counts, and no line is an echo by its end alone */
		{"% greeting\r\nshow x\r\ngw# show x\r\nshow x\r\n# " END "\r\n", "show x\n", 0},
		{"gw# show x\r\n! a comment\r\n" END "\r\ngw# " END "\r\n",
		 "! a comment\n" END "\n", 0},
		/* breaks off */
		{"gw# show x\r\nhalf\r\n", "half\n", 1},
		{"", "", 1},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char *text = NULL;
		size_t len = 0;
		FILE *out = open_memstream(&text, &len);

		ask_begin(END "\n", rows[i].answer);
		CU_ASSERT_EQUAL(vty_ask(path, "show x", out), rows[i].rc);
		ask_end();
		fclose(out);
		CU_ASSERT_STRING_EQUAL(text, rows[i].printed);
		CU_ASSERT_STRING_EQUAL(asked, "enable\nshow x\n" END "\n");
		free(text);
	}
}

/* Nothing is asked at all. */
static void no_command(void)
{
	static const char *const wrong[] = {"", "show ?", "show\tx", "show x\nclear y", "show x\r"};

	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		CU_ASSERT_EQUAL(vty_ask("/nowhere/vty", wrong[i], stdout), 2);
}

static void nobody_listens(void)
{
	char long_path[200];

	memset(long_path, 'x', sizeof(long_path) - 1);
	long_path[sizeof(long_path) - 1] = '\0';
	CU_ASSERT_EQUAL(vty_ask("/nowhere/vty", "show x", stdout), 1);
	CU_ASSERT_EQUAL(vty_ask(long_path, "show x", stdout), 1);
	CU_ASSERT_EQUAL(vty_talk("/nowhere/vty"), 1);
}

/* Both ways at once; telnet's options (RFC 854: IAC, a verb from 251 on, the option) and
 * subnegotiations (IAC 250 ... IAC 240) are left out. */
static void a_talk(void)
{
	int in[2], out[2], kept_in = dup(STDIN_FILENO), kept_out;
	char got[100] = "";
	ssize_t n;

	fflush(stdout);
	kept_out = dup(STDOUT_FILENO);
	CU_ASSERT_FATAL(!pipe(in) && !pipe(out));
	ask_begin("exit\n", "a\xff\xfb\x01"
			    "b\xff\xfd\x03"
			    "c\xff\xfa\x18yes\xff\xffno\xff\xf0"
			    "d\xff\xf1"
			    "e");
	CU_ASSERT_EQUAL(write(in[1], "show\nexit\n", 10), 10);
	close(in[1]);
	dup2(in[0], STDIN_FILENO);
	dup2(out[1], STDOUT_FILENO);
	CU_ASSERT_EQUAL(vty_talk(path), 0);
	dup2(kept_in, STDIN_FILENO);
	dup2(kept_out, STDOUT_FILENO);
	close(kept_in);
	close(kept_out);
	close(in[0]);
	close(out[1]);
	n = read(out[0], got, sizeof(got) - 1);
	close(out[0]);
	ask_end();
	ASSERT_OCTETS(got, n > 0 ? (size_t)n : 0, "abcde", 5);
	CU_ASSERT_STRING_EQUAL(asked, "show\nexit\n");
}

static const struct test_case cases[] = {
	{"one_command", one_command},
	{"no_command", no_command},
	{"nobody_listens", nobody_listens},
	{"a_talk", a_talk},
	{NULL, NULL},
};
const struct test_suite suite_vty_ask = {"vty_ask", cases};
