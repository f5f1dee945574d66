/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A gateway that says what the test wants, and goes away when it wants. */
#include "gw/operator/ctl_follow.h"

#include "tests/harness.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

static char follow_folder[40], follow_path[60];
static int follow_listener;
static pthread_t follow_server;

#define BREAKS_OFF ""
#define IS_GONE	   "gone" /* the socket, and then it breaks off */

/* What each question is answered, in order; NULL ends. */
static const char *const *follow_answers;

/* False: this connection is over. */
static bool follow_answer(FILE *io, int fd)
{
	static char line[1000];
	const char *a = *follow_answers;

	if (!a || !fgets(line, sizeof(line), io))
		return false;
	follow_answers++;
	if (!strcmp(a, IS_GONE))
		unlink(follow_path);
	if (!strcmp(a, IS_GONE) || !strcmp(a, BREAKS_OFF))
		return false;
	send(fd, a, strlen(a), MSG_NOSIGNAL);
	send(fd, "\n", 1, MSG_NOSIGNAL);
	return true;
}

static void *follow_serve(void *arg)
{
	while (*follow_answers) {
		int fd = accept(follow_listener, NULL, NULL);
		FILE *io = fd < 0 ? NULL : fdopen(fd, "r");

		if (!io)
			break;
		while (follow_answer(io, fd))
			;
		fclose(io);
	}
	return arg;
}

static void follow_begin(const char *const *answers)
{
	struct sockaddr_un sun = {.sun_family = AF_UNIX};

	strcpy(follow_folder, "/tmp/isthmus-test-XXXXXX");
	CU_ASSERT_PTR_NOT_NULL_FATAL(mkdtemp(follow_folder));
	snprintf(follow_path, sizeof(follow_path), "%s/ctl", follow_folder);
	strcpy(sun.sun_path, follow_path);
	follow_listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	CU_ASSERT_FATAL(!bind(follow_listener, (struct sockaddr *)&sun, sizeof(sun)));
	CU_ASSERT_FATAL(!listen(follow_listener, 8));
	follow_answers = answers;
	CU_ASSERT_FATAL(!pthread_create(&follow_server, NULL, follow_serve, NULL));
}

static void follow_end(void)
{
	shutdown(follow_listener, SHUT_RDWR); /* nobody else comes */
	pthread_join(follow_server, NULL);
	close(follow_listener);
	unlink(follow_path);
	CU_ASSERT_EQUAL(rmdir(follow_folder), 0);
}

static const char follow_commands[] =
	"[{\"name\":\"show-reload\",\"columns\":[{\"name\":\"section\",\"type\":\"text\"},"
	"{\"name\":\"calls\",\"type\":\"number\"}]}]";

/* Its exit status; *text is what it prints, to be freed.  asks: the first answer is that of the
 * command, and read before. */
static int follow_asked(const char *command, bool asks, bool json, char **text)
{
	json_t *commands = json_loads(follow_commands, 0, NULL);
	size_t len;
	json_t *answer = json_loads("{\"arguments\":{\"number\":7}}", 0, NULL);
	struct ctl_follow f = {follow_path, commands, answer, json, open_memstream(text, &len)};
	struct ctl_link l;
	int rc;

	CU_ASSERT_TRUE_FATAL(ctl_link_open(&l, follow_path, false));
	if (asks)
		json_decref(ctl_link_ask(&l, json_pack("{ss}", "command", command)));
	rc = ctl_follow(&f, &l, command);
	ctl_link_close(&l);
	fclose(f.out);
	json_decref(commands);
	json_decref(answer);
	return rc;
}

static int follow_run(const char *command, bool json, char **text)
{
	return follow_asked(command, false, json, text);
}

#define ANSWER(rows) "{\"arguments\":{\"rows\":[" rows "],\"next\":null},\"result\":0}"
#define STEP(n, state, ms, step) \
	"{\"number\":" #n ",\"state\":\"" state "\",\"milliseconds\":" #ms ",\"step\":\"" step "\"}"
#define MESSAGES(list) "{\"arguments\":{\"messages\":[" list "]},\"result\":0}"
#define CHANGE	       "{\"section\":\"udp\",\"calls\":2}"

/* Steps are printed once, also when the far end is replaced meanwhile. */
static void steps_until_it_is_over(void)
{
	static const struct {
		const char *command, *answers[6], *printed;
		int status;
	} rows[] = {
		{"upgrade",
		 {ANSWER(STEP(1, "going-on", 0, "one")), BREAKS_OFF,
		  ANSWER(STEP(1, "going-on", 0, "one") "," STEP(1, "going-on", 12, "two")),
		  BREAKS_OFF,
		  ANSWER(STEP(1, "done", 0, "one") "," STEP(1, "done", 12, "two") "," STEP(
			  1, "done", 345, "done"))},
		 "     0 ms  one\n    12 ms  two\n   345 ms  done\n",
		 0},
		{"upgrade",
		 {ANSWER(STEP(2, "refused", 7, "the check"))},
		 "     7 ms  the check\n",
		 1},
		{"upgrade", {ANSWER(STEP(2, "taken-back", 7, "no"))}, "     7 ms  no\n", 1},
		{"reload",
		 {ANSWER(STEP(3, "done", 7, "done")), MESSAGES("\"x.conf:1: doubtful\""),
		  ANSWER(CHANGE)},
		 "     7 ms  done\nx.conf:1: doubtful\nsection  calls\nudp          2\n",
		 0},
		{"reload",
		 {ANSWER(STEP(3, "refused", 7, "no")), MESSAGES("\"x.conf:1: wrong\""), ANSWER("")},
		 "     7 ms  no\nx.conf:1: wrong\nsection  calls\n",
		 1},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char *text = NULL;

		follow_begin(rows[i].answers);
		CU_ASSERT_EQUAL(follow_run(rows[i].command, false, &text), rows[i].status);
		CU_ASSERT_STRING_EQUAL(text, rows[i].printed);
		free(text);
		follow_end();
		CU_ASSERT_PTR_NULL(*follow_answers);
	}
}

/* The standard error of these is not looked at: the status says it. */
static void how_it_goes_is_not_known(void)
{
	static const struct {
		const char *answers[5], *printed;
	} rows[] = {
		/* nobody has heard of any */
		{{ANSWER("")}, ""},
		/* the next one has begun before the end of ours was seen */
		{{ANSWER(STEP(1, "going-on", 0, "one")), ANSWER(STEP(2, "done", 9, "other"))},
		 "     0 ms  one\n"},
		/* the new configuration takes the right from who asks */
		{{ANSWER(STEP(1, "going-on", 0, "one")), BREAKS_OFF,
		  "{\"result\":4,\"text\":\"only the admin group may\"}"},
		 "     0 ms  one\n"},
		/* it names another socket: two seconds, not two minutes */
		{{ANSWER(STEP(1, "going-on", 0, "one")), IS_GONE}, "     0 ms  one\n"},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char *text = NULL;

		follow_begin(rows[i].answers);
		CU_ASSERT_EQUAL(follow_run("reload", false, &text), CTL_NO_ANSWER);
		CU_ASSERT_STRING_EQUAL(text, rows[i].printed);
		free(text);
		follow_end();
	}
}

/* As they come, until the far end is gone. */
static void debug_until_it_is_gone(void)
{
	static const char *const answers[] = {
		"{\"result\":0}\n"
		"{\"event\":\"debug\",\"unix-seconds\":1,\"text\":\"one\"}\n"
		"{\"event\":\"debug-left-out\",\"count\":7}\n"
		"{\"event\":\"lost\",\"count\":9}",
		NULL};

	for (unsigned json = 0; json < 2; json++) {
		char *text = NULL;

		follow_begin(answers);
		CU_ASSERT_EQUAL(follow_asked("debug", true, json, &text), CTL_NO_ANSWER);
		CU_ASSERT_STRING_EQUAL(
			text, json ? "{\"event\":\"debug\",\"unix-seconds\":1,\"text\":\"one\"}\n"
				     "{\"event\":\"debug-left-out\",\"count\":7}\n"
				     "{\"event\":\"lost\",\"count\":9}\n"
				   : "one\n% 7 lines are left out\n"
				     "% 9 lines are lost: nobody has read them\n");
		free(text);
		follow_end();
	}
}

static void as_one_object(void)
{
	static const char *const answers[] = {
		ANSWER(STEP(1, "going-on", 0, "one")),
		ANSWER(STEP(1, "done", 0, "one")),
		MESSAGES("\"doubtful\""),
		ANSWER(CHANGE),
		NULL,
	};
	char *text = NULL;
	json_t *got, *want;

	follow_begin(answers);
	CU_ASSERT_EQUAL(follow_run("reload", true, &text), 0);
	got = json_loads(text, 0, NULL);
	want = json_loads("{\"state\":\"done\",\"steps\":[" STEP(
				  1, "done", 0,
				  "one") "],"
					 "\"messages\":[\"doubtful\"],\"changes\":[" CHANGE "]}",
			  0, NULL);
	CU_ASSERT_TRUE(json_equal(got, want));
	json_decref(got);
	json_decref(want);
	free(text);
	follow_end();
}

#define TRIAL(state, us, words)                                                   \
	ANSWER("{\"number\":7,\"state\":\"" state "\",\"took-microseconds\":" #us \
	       ",\"result\":\"" words "\"}")

static void a_trial_until_it_has_ended(void)
{
	static const struct {
		const char *answers[4], *printed;
		int status;
	} rows[] = {
		{{TRIAL("going-on", null, ""), TRIAL("done", 12345, "acknowledged")},
		 "12.3 ms  acknowledged\n",
		 0},
		{{TRIAL("failed", 5000000, "no server has answered")},
		 "5000.0 ms  no server has answered\n",
		 1},
		/* control has been replaced, and knows of none */
		{{TRIAL("going-on", null, ""), ANSWER("")}, "", CTL_NO_ANSWER},
		{{TRIAL("going-on", null, ""), BREAKS_OFF}, "", CTL_NO_ANSWER},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char *text = NULL;

		follow_begin(rows[i].answers);
		CU_ASSERT_EQUAL(follow_run("ping-tunnel", false, &text), rows[i].status);
		CU_ASSERT_STRING_EQUAL(text, rows[i].printed);
		free(text);
		follow_end();
		CU_ASSERT_PTR_NULL(*follow_answers);
	}
}

static void what_is_followed(void)
{
	CU_ASSERT_TRUE(ctl_is_followed("reload"));
	CU_ASSERT_TRUE(ctl_is_followed("upgrade"));
	CU_ASSERT_TRUE(ctl_is_followed("ping-tunnel"));
	CU_ASSERT_TRUE(ctl_is_followed("test-radius"));
	CU_ASSERT_FALSE(ctl_is_followed("reload-messages"));
	CU_ASSERT_FALSE(ctl_is_followed("clear-user"));
}

static const struct test_case cases[] = {
	{"steps_until_it_is_over", steps_until_it_is_over},
	{"how_it_goes_is_not_known", how_it_goes_is_not_known},
	{"debug_until_it_is_gone", debug_until_it_is_gone},
	{"as_one_object", as_one_object},
	{"a_trial_until_it_has_ended", a_trial_until_it_has_ended},
	{"what_is_followed", what_is_followed},
	{NULL, NULL},
};
const struct test_suite suite_ctl_follow = {"ctl_follow", cases};
