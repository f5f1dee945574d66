/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The far end of the VTY's socket, against a server that says what the test wants. */
#define _GNU_SOURCE
#include "gw/operator/operator.h"

#include "tests/gw/calls.h"
#include "tests/harness.h"
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <termios.h>
#include <unistd.h>

static char folder[40], path[60];
static int listener;
static const char *says; /* after the last of `wants` was asked */
static const char *wants;
static char asked[300];
static pthread_t server;
static int terminal; /* -1 = none; else its modes while the far end has not answered: */
static struct termios modes;

static void *ask_serve(void *arg)
{
	int fd = accept(listener, NULL, NULL);
	size_t n = 0;
	ssize_t got;

	(void)arg;
	while (!strstr(asked, wants) && n < sizeof(asked) - 1 &&
	       (got = read(fd, asked + n, sizeof(asked) - 1 - n)) > 0)
		n += (size_t)got;
	if (terminal >= 0)
		tcgetattr(terminal, &modes);
	send(fd, says, strlen(says), MSG_NOSIGNAL);
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
	CU_ASSERT_FATAL(!listen(listener, 8));
	memset(asked, 0, sizeof(asked));
	wants = until;
	says = answer;
	terminal = -1;
	if (answer)
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

/* Ask, with these words on the standard error and nothing else. */
static int ask_complains(const char *socket_path, const char *command, const char *words)
{
	int kept = dup(STDERR_FILENO), rc;
	FILE *file = tmpfile(), *answer = tmpfile();
	char said[300] = "";

	CU_ASSERT_FATAL(kept >= 0 && file && answer);
	fflush(stderr);
	dup2(fileno(file), STDERR_FILENO);
	rc = vty_ask(socket_path, command, answer);
	fflush(stderr);
	dup2(kept, STDERR_FILENO);
	close(kept);
	CU_ASSERT_FATAL(pread(fileno(file), said, sizeof(said) - 1, 0) >= 0);
	fclose(file);
	fclose(answer);
	CU_ASSERT_STRING_EQUAL(said, words);
	return rc;
}

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
		/* nor by its length */
		{"gw# show y\r\nno\r\ngw# show x\r\nyes\r\ngw# " END "\r\n", "yes\n", 0},
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
		CU_ASSERT_EQUAL(
			ask_complains("/nowhere/vty", wrong[i],
				      "isthmus: a command is one line without ? and tabs\n"),
			2);
}

static void nobody_listens(void)
{
	char long_path[200], words[300];

	memset(long_path, 'x', sizeof(long_path) - 1);
	long_path[sizeof(long_path) - 1] = '\0';
	snprintf(words, sizeof(words), "isthmus: %s: File name too long\n", long_path);
	CU_ASSERT_EQUAL(ask_complains("/nowhere/vty", "show x",
				      "isthmus: /nowhere/vty: No such file or directory; no "
				      "gateway answers there\n"),
			1);
	CU_ASSERT_EQUAL(ask_complains(long_path, "show x", words), 1);
	CU_ASSERT_EQUAL(vty_talk("/nowhere/vty"), 1);
}

/* Only of an answer that has broken off is said that there is none. */
static void no_answer(void)
{
	ask_begin(END "\n", "gw# show x\r\nhalf\r\n");
	CU_ASSERT_EQUAL(ask_complains(path, "show x", "isthmus: no answer\n"), 1);
	ask_end();
	ask_begin(END "\n", "gw# show x\r\ngw# " END "\r\n");
	CU_ASSERT_EQUAL(ask_complains(path, "show x", ""), 0);
	ask_end();
	ask_begin(END "\n", "gw# show x\r\n% No.\r\ngw# " END "\r\n");
	CU_ASSERT_EQUAL(ask_complains(path, "show x", ""), 1);
	ask_end();
}

/* An answer is waited for so long. */
static void patience(void)
{
	calls_receive_us = 0;
	ask_begin(END "\n", "gw# show x\r\ngw# " END "\r\n");
	CU_ASSERT_EQUAL(vty_ask(path, "show x", stdout), 0);
	ask_end();
	CU_ASSERT_EQUAL(calls_receive_us, 10000000);
}

static int next_fd(void)
{
	int fd = dup(0);

	close(fd);
	return fd;
}

static void no_stream(void)
{
	int fd = next_fd(); /* before the far end's thread opens any of its own */

	ask_begin(END "\n", "");
	calls_refuse("fdopen", ENOMEM);
	CU_ASSERT_EQUAL(vty_ask(path, "show x", stdout), 1);
	CU_ASSERT_TRUE(calls_refused());
	ask_end();
	CU_ASSERT_EQUAL(next_fd(), fd);
	CU_ASSERT_STRING_EQUAL(asked, "");
}

/* Without a standard input the connection takes its number. */
static void descriptor_zero(void)
{
	int kept = dup(STDIN_FILENO);

	ask_begin(END "\n", "gw# show x\r\ngw# " END "\r\n");
	close(STDIN_FILENO);
	CU_ASSERT_EQUAL(vty_ask(path, "show x", stdout), 0);
	CU_ASSERT_EQUAL(fcntl(STDIN_FILENO, F_GETFD), -1);
	CU_ASSERT_EQUAL(vty_ask("/nowhere/vty", "show x", stdout), 1);
	CU_ASSERT_EQUAL(fcntl(STDIN_FILENO, F_GETFD), -1);
	dup2(kept, STDIN_FILENO);
	close(kept);
	ask_end();
}

struct talk {
	int in, out; /* what it reads; what it has written */
	int kept_in, kept_out;
	char said[100];
	size_t len;
};

static void talk_begin(struct talk *t, int in)
{
	int out[2];

	fflush(stdout);
	t->kept_in = dup(STDIN_FILENO);
	t->kept_out = dup(STDOUT_FILENO);
	CU_ASSERT_FATAL(!pipe(out));
	t->in = in;
	t->out = out[0];
	dup2(in, STDIN_FILENO);
	dup2(out[1], STDOUT_FILENO);
	close(out[1]);
}

static void talk_end(struct talk *t)
{
	ssize_t n;

	dup2(t->kept_in, STDIN_FILENO);
	dup2(t->kept_out, STDOUT_FILENO);
	close(t->kept_in);
	close(t->kept_out);
	close(t->in);
	n = read(t->out, t->said, sizeof(t->said));
	t->len = n > 0 ? (size_t)n : 0;
	close(t->out);
	ask_end();
}

static int talk_input(const char *text)
{
	int in[2];

	CU_ASSERT_FATAL(!pipe(in));
	CU_ASSERT_EQUAL(write(in[1], text, strlen(text)), (ssize_t)strlen(text));
	close(in[1]);
	return in[0];
}

/* Both ways at once; telnet's options (RFC 854: IAC, a verb from 251 on, the option) and
 * subnegotiations (IAC 250 ... IAC 240) are left out. */
static void a_talk(void)
{
	static const struct {
		const char *says, *printed;
	} rows[] = {
		{"x", "x"}, /* one octet is as good as many */
		{"", ""},
		{"a\xff\xfb\x01"
		 "b\xff\xfd\x03"
		 "c\xff\xfa\x18yes\xff\xffno\xff\xf0"
		 "d\xff\xf1"
		 "e",
		 "abcde"},
		{"a\xff\xfe\xff"
		 "b",
		 "ab"}, /* the option itself may be 255 */
		{"\xff\xf9"
		 "c",
		 "c"}, /* 249, go ahead, has none */
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct talk t;
		int fd = next_fd();

		ask_begin("exit\n", rows[i].says);
		talk_begin(&t, talk_input("show\nexit\n"));
		CU_ASSERT_EQUAL(vty_talk(path), 0);
		talk_end(&t);
		ASSERT_OCTETS(t.said, t.len, rows[i].printed, strlen(rows[i].printed));
		CU_ASSERT_STRING_EQUAL(asked, "show\nexit\n");
		CU_ASSERT_EQUAL(next_fd(), fd);
	}
}

/* A signal ends no talk; another failure of a call does. */
static void a_talk_with_failures(void)
{
	static const struct {
		const char *call;
		int err;
		bool goes_on;
	} rows[] = {{"poll", EINTR, true},
		    {"poll", ENOMEM, false},
		    {"read", EINTR, true},
		    {"none", 0, true}};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct talk t;

		ask_begin("exit\n", "bye");
		talk_begin(&t, talk_input("exit\n"));
		calls_refuse(rows[i].call, rows[i].err);
		CU_ASSERT_EQUAL(vty_talk(path), 0);
		CU_ASSERT_EQUAL(calls_refused(), rows[i].err != 0);
		talk_end(&t);
		ASSERT_OCTETS(t.said, t.len, "bye", rows[i].goes_on ? 3u : 0u);
		CU_ASSERT_STRING_EQUAL(asked, rows[i].goes_on ? "exit\n" : "");
	}
}

/* A terminal is raw while the talk goes on, and as before afterwards. */
static void a_talk_at_a_terminal(void)
{
	int master = posix_openpt(O_RDWR | O_NOCTTY), slave;
	struct termios before, after;
	struct talk t;

	CU_ASSERT_FATAL(master >= 0 && !grantpt(master) && !unlockpt(master));
	slave = open(ptsname(master), O_RDWR | O_NOCTTY);
	CU_ASSERT_FATAL(slave >= 0);
	CU_ASSERT_EQUAL(write(master, "exit\n", 5), 5);
	tcgetattr(slave, &before);
	CU_ASSERT_TRUE(before.c_lflag & ICANON && before.c_lflag & ECHO);
	ask_begin("exit\n", "bye");
	terminal = dup(slave);
	talk_begin(&t, slave);
	CU_ASSERT_EQUAL(vty_talk(path), 0);
	tcgetattr(terminal, &after);
	talk_end(&t);
	CU_ASSERT_FALSE(modes.c_lflag & (ICANON | ECHO));
	CU_ASSERT_EQUAL(after.c_lflag, before.c_lflag);
	CU_ASSERT_EQUAL(after.c_iflag, before.c_iflag);
	ASSERT_OCTETS(t.said, t.len, "bye", 3);
	close(terminal);
	close(master);
}

/* --- an upgrade --- */

/* What each connection is told, in order; "" = it breaks off. */
static const char *const *tells;
static bool upgrade_unlinks; /* the socket, before the last of them */

static void *upgrade_serve(void *arg)
{
	(void)arg;
	for (; *tells; tells++) {
		int fd = accept(listener, NULL, NULL);

		memset(asked, 0, sizeof(asked));
		for (size_t n = 0; !strstr(asked, END "\n") && n < sizeof(asked) - 1;) {
			ssize_t got = read(fd, asked + n, sizeof(asked) - 1 - n);

			if (got <= 0)
				break;
			n += (size_t)got;
		}
		if (upgrade_unlinks && !tells[1])
			unlink(path);
		send(fd, *tells, strlen(*tells), MSG_NOSIGNAL);
		close(fd);
	}
	return NULL;
}

#define TOLD(rows) "gw# show upgrade\r\nUpgrade  State  ms  Step\r\n" rows "gw# " END "\r\n"

/* Steps are printed once, also when there is nobody to ask meanwhile. */
static void an_upgrade_is_waited_for(void)
{
	static const struct {
		const char *tells[6], *printed;
		int status;
	} row[] = {
		{{"gw# upgrade\r\ngw# " END "\r\n", TOLD("1  going-on  0  one\r\n"), "",
		  TOLD("1  going-on  0  one\r\n1  going-on  12  two\r\n"),
		  TOLD("1  done  0  one\r\n1  done  12  two\r\n1  done  345  done\r\n")},
		 "     0 ms  one\n    12 ms  two\n   345 ms  done\n",
		 0},
		{{"gw# upgrade\r\ngw# " END "\r\n",
		  TOLD("2  refused  0  one\r\n2  refused  7  refused: the check ended with "
		       "status 1\r\n")},
		 "     0 ms  one\n     7 ms  refused: the check ended with status 1\n",
		 1},
		{{"gw# upgrade\r\ngw# " END "\r\n", TOLD("2  taken-back  0  one\r\n")},
		 "     0 ms  one\n",
		 1},
		/* refused by control, or it has gone */
		{{"gw# upgrade\r\n% No upgrade: so\r\ngw# " END "\r\n"}, "", 1},
		{{""}, "", 1},
		/* a version that does not tell */
		{{"gw# upgrade\r\ngw# " END "\r\n",
		  "gw# show upgrade\r\n% Unknown command.\r\ngw# " END "\r\n"},
		 "",
		 1},
	};

	for (size_t i = 0; i < sizeof(row) / sizeof(row[0]); i++) {
		char *text = NULL;
		size_t len = 0;
		FILE *out = open_memstream(&text, &len);

		ask_begin(END "\n", NULL);
		tells = row[i].tells;
		CU_ASSERT_FATAL(!pthread_create(&server, NULL, upgrade_serve, NULL));
		CU_ASSERT_EQUAL(vty_replace(path, "upgrade", out), row[i].status);
		ask_end();
		CU_ASSERT_PTR_NULL(*tells);
		fclose(out);
		CU_ASSERT_STRING_EQUAL(text, row[i].printed);
		free(text);
	}
	CU_ASSERT_EQUAL(vty_replace("/nowhere/vty", "reload", stdout), 1);
}

/* The socket of before goes, since the new configuration names another: it is not waited for. */
static void a_socket_that_goes_is_not_waited_for(void)
{
	static const char *const said[] = {"gw# reload\r\ngw# " END "\r\n",
					   TOLD("1  going-on  0  one\r\n"), NULL};
	char *text = NULL;
	size_t len = 0;
	FILE *out = open_memstream(&text, &len);
	struct timespec begin, end;

	ask_begin(END "\n", NULL);
	tells = said;
	upgrade_unlinks = true;
	CU_ASSERT_FATAL(!pthread_create(&server, NULL, upgrade_serve, NULL));
	clock_gettime(CLOCK_MONOTONIC, &begin);
	CU_ASSERT_EQUAL(vty_replace(path, "reload", out), 1);
	clock_gettime(CLOCK_MONOTONIC, &end);
	upgrade_unlinks = false;
	CU_ASSERT_TRUE(end.tv_sec - begin.tv_sec < 60); /* it is two seconds; two minutes else */
	ask_end();
	fclose(out);
	CU_ASSERT_STRING_EQUAL(text, "     0 ms  one\n");
	free(text);
}

static const struct test_case cases[] = {
	{"one_command", one_command},
	{"no_command", no_command},
	{"nobody_listens", nobody_listens},
	{"no_answer", no_answer},
	{"patience", patience},
	{"no_stream", no_stream},
	{"descriptor_zero", descriptor_zero},
	{"a_talk", a_talk},
	{"a_talk_with_failures", a_talk_with_failures},
	{"a_talk_at_a_terminal", a_talk_at_a_terminal},
	{"an_upgrade_is_waited_for", an_upgrade_is_waited_for},
	{"a_socket_that_goes_is_not_waited_for", a_socket_that_goes_is_not_waited_for},
	{NULL, NULL},
};
const struct test_suite suite_vty_ask = {"vty_ask", cases};
