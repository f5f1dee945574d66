/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a process does with its two sockets; the keeper is played by the test. */
#define _GNU_SOURCE
#include "gw/keeper/keeper_body.h"
#include "tests/harness.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

static int near[2]; /* keeper's ends: notice and ask */
static struct keeper_link link_;
static struct keeper_fds fds;
static struct keeper_go go;
static int spare[2]; /* what stood at the numbers of the sockets */

/* The process's ends get the numbers that keeper_begin() expects. */
static void link_open(void)
{
	static const int number[2] = {KEEPER_FD_NOTICE, KEEPER_FD_ASK};
	int pair[2];

	for (unsigned i = 0; i < 2; i++) {
		spare[i] = fcntl(number[i], F_DUPFD_CLOEXEC, 20);
		CU_ASSERT_EQUAL(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, pair), 0);
		near[i] = fcntl(pair[0], F_DUPFD_CLOEXEC, 20);
		close(pair[0]);
		if (pair[1] != number[i]) {
			CU_ASSERT_EQUAL(dup2(pair[1], number[i]), number[i]);
			close(pair[1]);
		}
	}
	fds = (struct keeper_fds){0};
}

static void link_close(void)
{
	static const int number[2] = {KEEPER_FD_NOTICE, KEEPER_FD_ASK};

	keeper_end(&link_);
	keeper_fds_free(&fds);
	for (unsigned i = 0; i < 2; i++) {
		close(near[i]);
		if (spare[i] >= 0) {
			dup2(spare[i], number[i]);
			close(spare[i]);
		}
	}
}

static void link_give(const char *hex, unsigned n)
{
	uint8_t body[64];
	struct keeper_msg m = {.kind = KEEPER_GIVE, .body = body};

	m.len = test_hex(body, sizeof(body), hex);
	while (m.fds < n)
		m.fd[m.fds++] = near[1];
	CU_ASSERT_EQUAL(keeper_send(near[0], &m), 0);
}

static void link_go(uint32_t life)
{
	struct keeper_go g = {.life = life, .why = "killed by SIGSEGV"};
	uint8_t body[sizeof(g)];
	struct wr w = wr_init(body, sizeof(body));
	struct keeper_msg m = {.kind = KEEPER_GO, .body = body};

	keeper_put_go(&w, &g);
	m.len = w.len;
	CU_ASSERT_EQUAL(keeper_send(near[0], &m), 0);
}

static void it_begins_with_what_is_held(void)
{
	link_open();
	link_give("05 616c6c2f61 05 616c6c2f62", 2); /* all/a, all/b */
	link_give("05 616c6c2f63", 1);
	link_go(4);
	CU_ASSERT_EQUAL(keeper_begin(&link_, &fds, &go), 0);
	CU_ASSERT_EQUAL(fds.n, 3);
	CU_ASSERT_TRUE(keeper_fds_find(&fds, "all/a") >= 0 && keeper_fds_find(&fds, "all/c") >= 0);
	CU_ASSERT_EQUAL(go.life, 4);
	CU_ASSERT_STRING_EQUAL(go.why, "killed by SIGSEGV");
	CU_ASSERT_TRUE(fcntl(link_.notice, F_GETFD) & FD_CLOEXEC);
	CU_ASSERT_TRUE(fcntl(link_.ask, F_GETFD) & FD_CLOEXEC);
	CU_ASSERT_TRUE(fcntl(link_.notice, F_GETFL) & O_NONBLOCK);
	link_close();
}

static void it_does_not_begin_with_nonsense(void)
{
	static const struct {
		const char *hex;
		unsigned fds;
	} row[] = {
		{"05 616c6c2f61", 2},
		{"05 616c6c2f61 05 616c6c2f62", 1},
		{"", 1},
		{"01 20", 1},
	};

	for (size_t i = 0; i < sizeof(row) / sizeof(row[0]); i++) {
		link_open();
		link_give(row[i].hex, row[i].fds);
		link_go(0);
		CU_ASSERT_EQUAL(keeper_begin(&link_, &fds, &go), -EBADMSG);
		link_close();
	}
	link_open();
	CU_ASSERT_EQUAL(send(near[0], "x", 1, 0), 1);
	CU_ASSERT_EQUAL(keeper_begin(&link_, &fds, &go), -EBADMSG);
	link_close();
}

static void it_does_not_begin_without_a_keeper(void)
{
	link_open();
	close(near[0]);
	near[0] = dup(near[1]);
	CU_ASSERT_EQUAL(keeper_begin(&link_, &fds, &go), -EPIPE);
	link_close();
}

static void link_begin(void)
{
	link_open();
	link_go(0);
	CU_ASSERT_EQUAL(keeper_begin(&link_, &fds, &go), 0);
}

static void notices_are_as_said(void)
{
	uint8_t buf[KEEPER_MSG_MAX], want[16];
	struct keeper_msg m;

	link_begin();
	CU_ASSERT_EQUAL(keeper_say(&link_, KEEPER_READY), 0);
	CU_ASSERT_EQUAL(keeper_recv(near[0], buf, &m), 1);
	CU_ASSERT_TRUE(m.kind == KEEPER_READY && !m.len && !m.fds);
	CU_ASSERT_EQUAL(keeper_keep(&link_, "data/a", near[1]), 0);
	CU_ASSERT_EQUAL(keeper_recv(near[0], buf, &m), 1);
	CU_ASSERT_TRUE(m.kind == KEEPER_KEEP && m.fds == 1);
	ASSERT_OCTETS(m.body, m.len, want, test_hex(want, sizeof(want), "06 646174612f61"));
	keeper_msg_close(&m);
	CU_ASSERT_EQUAL(keeper_drop(&link_, "data/a"), 0);
	CU_ASSERT_EQUAL(keeper_recv(near[0], buf, &m), 1);
	CU_ASSERT_TRUE(m.kind == KEEPER_DROP && !m.fds);
	ASSERT_OCTETS(m.body, m.len, want, test_hex(want, sizeof(want), "06 646174612f61"));
	CU_ASSERT_EQUAL(keeper_say_stays(&link_, EPIPE), 0);
	CU_ASSERT_EQUAL(keeper_recv(near[0], buf, &m), 1);
	CU_ASSERT_TRUE(m.kind == KEEPER_STAYS && m.error == EPIPE && !m.len && !m.fds);
	CU_ASSERT_EQUAL(keeper_keep(&link_, "data/a", -1), -EBADF);
	CU_ASSERT_EQUAL(keeper_drop(&link_, "not plain"), -EINVAL);
	link_close();
}

/* Answers that wait already when the question is asked. */
static void link_answer(uint8_t kind, uint16_t error)
{
	struct keeper_msg m = {.kind = kind,
			       .error = error,
			       .body = (uint8_t *)"yes",
			       .len = 3,
			       .fd = {near[0]},
			       .fds = 1};

	CU_ASSERT_EQUAL(keeper_send(near[1], &m), 0);
}

static void an_answer_is_of_its_question(void)
{
	uint8_t buf[KEEPER_MSG_MAX];
	struct keeper_msg a;

	link_begin();
	link_answer(71, 0); /* to nothing that we have asked */
	link_answer(70, 0);
	CU_ASSERT_EQUAL(keeper_ask(&link_, 70, "q", 1, buf, &a), 0);
	ASSERT_OCTETS(a.body, a.len, "yes", 3);
	CU_ASSERT_EQUAL(a.fds, 1);
	keeper_msg_close(&a);
	CU_ASSERT_EQUAL(keeper_recv(near[1], buf, &a), 1);
	CU_ASSERT_EQUAL(a.kind, 70);
	ASSERT_OCTETS(a.body, a.len, "q", 1);
	link_close();
}

static void link_answer_hex(uint8_t kind, uint16_t error, const char *hex)
{
	uint8_t body[200];
	struct keeper_msg m = {.kind = kind, .error = error, .body = body};

	m.len = test_hex(body, sizeof(body), hex);
	CU_ASSERT_EQUAL(keeper_send(near[1], &m), 0);
}

static void progress_is_asked_for(void)
{
	struct keeper_progress p;

	link_begin();
	link_answer_hex(KEEPER_PROGRESS, 0, "00000001 02 00000003 02 6f6b");
	CU_ASSERT_EQUAL(keeper_progress(&link_, &p), 0);
	CU_ASSERT_TRUE(p.number == 1 && p.state == KEEPER_UPGRADE_DONE && p.steps == 1);
	CU_ASSERT_STRING_EQUAL(p.step[0].words, "ok");
	link_answer_hex(KEEPER_PROGRESS, 0, "00000001 02 0000");
	CU_ASSERT_EQUAL(keeper_progress(&link_, &p), -EBADMSG);
	link_answer_hex(KEEPER_PROGRESS, ENOSYS, "");
	CU_ASSERT_EQUAL(keeper_progress(&link_, &p), -ENOSYS);
	link_close();
}

#define ONE_PROCESS                                                         \
	"01 61 01 62 00000007 00000000 00000000 00000000 0000000000000000 " \
	"00 00 "

/* A keeper of an older version does not know of what file they are. */
static void programs_are_of_the_processes(void)
{
	struct keeper_process p[KEEPER_PROCESSES_MAX];

	link_begin();
	link_answer_hex(KEEPER_PROCESSES, 0, ONE_PROCESS ONE_PROCESS);
	link_answer_hex(KEEPER_PROGRAMS, 0, "02 2f61 0000000000000005 02 2f62 0000000000000006");
	CU_ASSERT_EQUAL(keeper_processes(&link_, p), 2);
	CU_ASSERT_TRUE(p[0].pid == 7 && p[0].built == 5 && p[1].built == 6);
	CU_ASSERT_STRING_EQUAL(p[1].program, "/b");
	link_answer_hex(KEEPER_PROCESSES, 0, ONE_PROCESS);
	link_answer_hex(KEEPER_PROGRAMS, ENOSYS, "");
	CU_ASSERT_EQUAL(keeper_processes(&link_, p), 1);
	CU_ASSERT_STRING_EQUAL(p[0].program, "");
	link_close();
}

static void a_refusal_says_why(void)
{
	struct keeper_process p[KEEPER_PROCESSES_MAX];
	uint8_t buf[KEEPER_MSG_MAX];
	struct keeper_msg a;

	link_begin();
	link_answer(70, EPERM);
	CU_ASSERT_EQUAL(keeper_ask(&link_, 70, NULL, 0, buf, &a), -EPERM);
	ASSERT_OCTETS(a.body, a.len, "yes", 3);
	keeper_msg_close(&a);
	CU_ASSERT_EQUAL(keeper_ask(&link_, 70, NULL, KEEPER_MSG_MAX, buf, &a), -EMSGSIZE);
	close(near[1]);
	near[1] = dup(near[0]);
	CU_ASSERT_EQUAL(keeper_ask(&link_, 70, NULL, 0, buf, &a), -EPIPE);
	CU_ASSERT_EQUAL(a.fds, 0);
	CU_ASSERT_EQUAL(keeper_processes(&link_, p), 0);
	link_close();
}

static const struct test_case cases[] = {
	{"it_begins_with_what_is_held", it_begins_with_what_is_held},
	{"it_does_not_begin_with_nonsense", it_does_not_begin_with_nonsense},
	{"it_does_not_begin_without_a_keeper", it_does_not_begin_without_a_keeper},
	{"notices_are_as_said", notices_are_as_said},
	{"an_answer_is_of_its_question", an_answer_is_of_its_question},
	{"progress_is_asked_for", progress_is_asked_for},
	{"programs_are_of_the_processes", programs_are_of_the_processes},
	{"a_refusal_says_why", a_refusal_says_why},
	{NULL, NULL},
};
const struct test_suite suite_keeper_link = {"keeper_link", cases};
