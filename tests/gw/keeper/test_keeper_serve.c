/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Keeper's side of the sockets, without processes: what each message does to its state. */
#define _GNU_SOURCE
#include "gw/keeper/keeper_body.h"
#include "gw/keeper/keeper_int.h"
#include "tests/harness.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

static struct keeper k;
static int far[KEEPER_ROLES][2]; /* notice and ask of the processes */
static unsigned logged;
static char last_log[512];
static uint8_t buf[KEEPER_MSG_MAX];

static void serve_log(enum keeper_level level, const char *words)
{
	(void)level;
	logged++;
	snprintf(last_log, sizeof(last_log), "%s", words);
}

/* The answer is the body backwards, with a descriptor. */
static int serve_reverse(void *ctx, enum keeper_role from, struct rd *body, struct wr *answer,
			 int *fd)
{
	CU_ASSERT_PTR_EQUAL(ctx, &k);
	CU_ASSERT_EQUAL(from, KEEPER_DATA);
	for (size_t n = body->left; n; n--)
		wr_u8(answer, body->p[n - 1]);
	*fd = dup(far[0][0]);
	return body->left == 1 ? EXDEV : 0;
}

static int serve_too_much(void *ctx, enum keeper_role from, struct rd *body, struct wr *answer,
			  int *fd)
{
	(void)ctx;
	(void)from;
	(void)body;
	(void)fd;
	wr_room(answer, KEEPER_MSG_MAX);
	return 0;
}

static const struct keeper_request requests[] = {
	{KEEPER_OPENER, 1 << KEEPER_DATA, serve_reverse},
	{KEEPER_OPENER + 1, 1 << KEEPER_DATA | 1 << KEEPER_CONTROL, serve_too_much},
	{0, 0, NULL},
};
static const struct keeper_config serve_config = {
	.request = requests, .request_ctx = &k, .log = serve_log};

static void serve_open(void)
{
	k = (struct keeper){.cfg = &serve_config,
			    .store = {.sock = -1},
			    .program = {.fd = -1},
			    .upgrade = {.other = {.fd = -1}}};
	keeper_no_process(&k.proc[KEEPER_SECOND], KEEPER_DATA);
	logged = 0;
	for (unsigned i = 0; i < KEEPER_ROLES; i++) {
		int n[2], a[2];

		CU_ASSERT_EQUAL(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_NONBLOCK, 0, n), 0);
		CU_ASSERT_EQUAL(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_NONBLOCK, 0, a), 0);
		k.proc[i] = (struct keeper_proc){.role = (enum keeper_role)i,
						 .notice = n[0],
						 .ask = a[0],
						 .life = dup(n[0]),
						 .hand = -1,
						 .owed = KEEPER_OWE_HELD | KEEPER_OWE_LIFE |
							 KEEPER_OWE_GO};
		child_started(&k.proc[i].child, 0, 0); /* no process that could be killed */
		far[i][0] = n[1];
		far[i][1] = a[1];
	}
}

static void serve_shut(int fd)
{
	if (fd >= 0)
		close(fd);
}

static void serve_close(void)
{
	for (unsigned i = 0; i < KEEPER_ROLES; i++) {
		serve_shut(k.proc[i].notice);
		serve_shut(k.proc[i].ask);
		serve_shut(k.proc[i].life);
		serve_shut(far[i][0]);
		serve_shut(far[i][1]);
	}
	keeper_fds_free(&k.held);
}

static void serve_hold(const char *name)
{
	CU_ASSERT_EQUAL(keeper_fds_put(&k.held, name, dup(far[0][0])), 0);
}

/* The next message that the process gets: its kind, 0 when there is none; names of descriptors in
 * `names`, parted by blanks. */
static unsigned serve_get(enum keeper_role role, char *names, size_t cap)
{
	struct keeper_msg m;
	char name[KEEPER_NAME_MAX];
	struct rd r;

	if (cap)
		names[0] = '\0';
	if (keeper_recv(far[role][0], buf, &m) <= 0)
		return 0;
	r = rd_init(m.body, m.kind == KEEPER_GIVE ? m.len : 0);
	for (unsigned i = 0; i < m.fds && keeper_get_name(&r, name); i++)
		snprintf(names + strlen(names), cap - strlen(names), "%s%s", i ? " " : "", name);
	CU_ASSERT_FALSE(r.left);
	keeper_msg_close(&m);
	return m.kind;
}

#define ASSERT_GET(role, want_kind, want_names)                                      \
	do {                                                                         \
		char names_[256];                                                    \
                                                                                     \
		CU_ASSERT_EQUAL(serve_get(role, names_, sizeof(names_)), want_kind); \
		CU_ASSERT_STRING_EQUAL(names_, want_names);                          \
	} while (0)

static void a_process_gets_what_is_its_own(void)
{
	serve_open();
	serve_hold("all/door");
	serve_hold("data/port/a");
	serve_hold("control/vty");
	serve_hold("database/x"); /* the name of nobody */
	keeper_pay(&k, &k.proc[KEEPER_DATA]);
	ASSERT_GET(KEEPER_DATA, KEEPER_GIVE, "all/door data/port/a");
	ASSERT_GET(KEEPER_DATA, KEEPER_GIVE, "life/control");
	ASSERT_GET(KEEPER_DATA, KEEPER_GO, "");
	ASSERT_GET(KEEPER_DATA, 0, "");
	keeper_pay(&k, &k.proc[KEEPER_DATA]); /* once is enough */
	ASSERT_GET(KEEPER_DATA, 0, "");
	k.proc[KEEPER_DATA].life = (close(k.proc[KEEPER_DATA].life), -1);
	keeper_pay(&k, &k.proc[KEEPER_CONTROL]);
	ASSERT_GET(KEEPER_CONTROL, KEEPER_GIVE, "all/door control/vty");
	ASSERT_GET(KEEPER_CONTROL, KEEPER_GO, ""); /* there is no data now */
	serve_close();
}

static void many_are_given_in_several_messages(void)
{
	char name[32], names[2048];
	unsigned n = 0;

	serve_open();
	for (unsigned i = 0; i < 40; i++) {
		snprintf(name, sizeof(name), "data/%u", i);
		serve_hold(name);
	}
	keeper_pay(&k, &k.proc[KEEPER_DATA]);
	for (unsigned want = 16;
	     serve_get(KEEPER_DATA, names, sizeof(names)) == KEEPER_GIVE && want;
	     want = n == 32 ? 8 : want) {
		unsigned got = 1;

		if (!strncmp(names, "life", 4))
			break;
		for (const char *c = names; *c; c++)
			got += *c == ' ';
		CU_ASSERT_EQUAL(got, want);
		n += got;
	}
	CU_ASSERT_EQUAL(n, 40);
	CU_ASSERT_EQUAL(strcmp(k.held.at[39].name, "data/39"), 0);
	serve_close();
}

/* What does not fit follows when there is room, in the same order. */
static void a_process_that_is_slow_gets_all(void)
{
	struct keeper_proc *p = &k.proc[KEEPER_DATA];
	struct keeper_msg fill = {.kind = 99};
	unsigned kind, last = 0;

	serve_open();
	serve_hold("data/a");
	while (keeper_send(p->notice, &fill) == 0)
		;
	p->owed |= KEEPER_OWE_STOP;
	keeper_pay(&k, p);
	CU_ASSERT_EQUAL(p->owed,
			KEEPER_OWE_HELD | KEEPER_OWE_LIFE | KEEPER_OWE_GO | KEEPER_OWE_STOP);
	while ((kind = serve_get(KEEPER_DATA, last_log, sizeof(last_log))) == 99)
		;
	CU_ASSERT_EQUAL(kind, 0);
	keeper_pay(&k, p);
	CU_ASSERT_EQUAL(p->owed, 0);
	ASSERT_GET(KEEPER_DATA, KEEPER_GIVE, "data/a");
	while ((kind = serve_get(KEEPER_DATA, last_log, sizeof(last_log))))
		last = kind;
	CU_ASSERT_EQUAL(last, KEEPER_STOP);
	serve_close();
}

static void serve_say(enum keeper_role role, uint8_t kind, const char *name, unsigned fds)
{
	uint8_t body[KEEPER_NAME_MAX];
	struct wr w = wr_init(body, sizeof(body));
	struct keeper_msg m = {.kind = kind, .body = body};

	if (name)
		keeper_put_name(&w, name);
	m.len = w.len;
	while (m.fds < fds)
		m.fd[m.fds++] = far[0][0];
	CU_ASSERT_EQUAL(keeper_send(far[role][0], &m), 0);
	keeper_serve_notice(&k, &k.proc[role]);
}

static void what_is_kept_is_held_until_it_is_dropped(void)
{
	int old;

	serve_open();
	serve_say(KEEPER_DATA, KEEPER_KEEP, "data/a", 1);
	old = keeper_fds_find(&k.held, "data/a");
	CU_ASSERT_TRUE(old >= 0);
	serve_say(KEEPER_DATA, KEEPER_KEEP, "data/a", 1);
	CU_ASSERT_EQUAL(k.held.n, 1);
	CU_ASSERT_TRUE(keeper_fds_find(&k.held, "data/a") != old);
	serve_say(KEEPER_DATA, KEEPER_DROP, "data/a", 0);
	CU_ASSERT_EQUAL(k.held.n, 0);
	serve_say(KEEPER_DATA, KEEPER_DROP, "data/a", 0); /* no harm */
	CU_ASSERT_EQUAL(logged, 0);
	serve_close();
}

static unsigned serve_last(enum keeper_role role)
{
	char names[256];
	unsigned kind, last = 0;

	keeper_pay(&k, &k.proc[role]);
	while ((kind = serve_get(role, names, sizeof(names))))
		last = kind;
	return last;
}

/* By control's descriptors the next life goes on, not by those of data. */
static void both_hear_that_the_service_manager_holds_them(void)
{
	int manager[2];

	serve_open();
	CU_ASSERT_EQUAL(socketpair(AF_UNIX, SOCK_DGRAM, 0, manager), 0);
	k.store.sock = manager[0];
	serve_say(KEEPER_DATA, KEEPER_KEEP, "data/a", 1);
	CU_ASSERT_EQUAL(serve_last(KEEPER_DATA), KEEPER_GO);
	serve_say(KEEPER_CONTROL, KEEPER_KEEP, "control/a", 1);
	CU_ASSERT_EQUAL(serve_last(KEEPER_DATA), KEEPER_STORED);
	CU_ASSERT_EQUAL(serve_last(KEEPER_CONTROL), KEEPER_STORED);
	serve_say(KEEPER_CONTROL, KEEPER_KEEP, "control/b", 1);
	CU_ASSERT_EQUAL(serve_last(KEEPER_CONTROL), 0); /* once is enough */
	CU_ASSERT_EQUAL(logged, 0);
	close(manager[0]);
	close(manager[1]);
	serve_close();
}

static void one_that_it_does_not_take_is_said(void)
{
	static const char says[] = "the service manager does not take descriptor control/a: ";
	int manager[2];

	serve_open();
	CU_ASSERT_EQUAL(socketpair(AF_UNIX, SOCK_DGRAM, 0, manager), 0);
	k.store.sock = manager[0];
	close(manager[1]);
	serve_say(KEEPER_CONTROL, KEEPER_KEEP, "control/a", 1);
	CU_ASSERT_FALSE(strncmp(last_log, says, strlen(says)));
	CU_ASSERT_EQUAL(logged, 1);
	CU_ASSERT_TRUE(keeper_fds_find(&k.held, "control/a") >= 0);
	CU_ASSERT_EQUAL(serve_last(KEEPER_CONTROL), KEEPER_GO);
	close(manager[0]);
	serve_close();
}

static void ready_is_heard(void)
{
	serve_open();
	serve_say(KEEPER_CONTROL, KEEPER_READY, NULL, 0);
	CU_ASSERT_EQUAL(k.proc[KEEPER_CONTROL].child.state, CHILD_READY);
	CU_ASSERT_FALSE(k.said_ready);
	serve_say(KEEPER_DATA, KEEPER_READY, NULL, 0);
	CU_ASSERT_TRUE(k.said_ready);
	CU_ASSERT_EQUAL(logged, 0);
	serve_close();
}

/* Each is said in the log, and changes nothing. */
static void what_a_process_may_not_say_is_its_end(void)
{
	static const struct {
		uint8_t kind;
		const char *name;
		unsigned fds;
	} row[] = {
		{KEEPER_KEEP, "control/a", 1}, /* another's */
		{KEEPER_KEEP, "all/a", 1},
		{KEEPER_KEEP, "life/data", 1},
		{KEEPER_KEEP, "data", 1},
		{KEEPER_KEEP, "data/a", 0},
		{KEEPER_KEEP, "data/a", 2},
		{KEEPER_KEEP, NULL, 1},
		{KEEPER_DROP, "all/door", 0},
		{KEEPER_DROP, "control/vty", 0},
		{KEEPER_DROP, "data/port", 1},
		{KEEPER_READY, "data/a", 0},
		{KEEPER_READY, NULL, 1},
		{KEEPER_STAND_BY, NULL, 0}, /* a second data's */
		{KEEPER_STAYS, NULL, 0},    /* unasked */
		{KEEPER_GIVE, "data/a", 1}, /* keeper's */
		{KEEPER_GO, NULL, 0},
		{KEEPER_PROCESSES, NULL, 0}, /* on the other socket */
		{0, NULL, 0},
		{255, NULL, 0},
	};

	for (size_t i = 0; i < sizeof(row) / sizeof(row[0]); i++) {
		serve_open();
		serve_hold("all/door");
		serve_hold("control/vty");
		serve_hold("data/port");
		serve_say(KEEPER_DATA, row[i].kind, row[i].name, row[i].fds);
		CU_ASSERT_EQUAL(logged, 1);
		CU_ASSERT_STRING_EQUAL(last_log, "data: says what it may not say: it is killed");
		CU_ASSERT_EQUAL(k.held.n, 3);
		serve_close();
	}
}

static void octets_that_are_no_message_are_its_end(void)
{
	serve_open();
	CU_ASSERT_EQUAL(send(far[KEEPER_DATA][0], "xyzt", 4, 0), 4);
	keeper_serve_notice(&k, &k.proc[KEEPER_DATA]);
	CU_ASSERT_STRING_EQUAL(last_log, "data: sends what is no message: it is killed");
	CU_ASSERT_EQUAL(send(far[KEEPER_CONTROL][1], "xyzt", 4, 0), 4);
	keeper_serve_ask(&k, &k.proc[KEEPER_CONTROL]);
	CU_ASSERT_STRING_EQUAL(last_log, "control: sends what is no message: it is killed");
	serve_close();
}

static void one_that_hangs_up_has_a_second_to_end(void)
{
	struct keeper_proc *p = &k.proc[KEEPER_DATA];

	serve_open();
	close(far[KEEPER_DATA][0]);
	far[KEEPER_DATA][0] = -1;
	keeper_serve_notice(&k, p);
	CU_ASSERT_EQUAL(p->notice, -1);
	CU_ASSERT_TRUE(p->child.due <= keeper_now() + 1000000 && p->child.due > keeper_now());
	keeper_pay(&k, p);
	keeper_serve_notice(&k, p);
	CU_ASSERT_EQUAL(logged, 0);
	serve_close();
}

/* Ask, and the answer's error; its body stays in *a. */
static int serve_ask(enum keeper_role role, uint8_t kind, const char *body, struct keeper_msg *a)
{
	struct keeper_msg q = {.kind = kind, .body = (const uint8_t *)body, .len = strlen(body)};

	CU_ASSERT_EQUAL(keeper_send(far[role][1], &q), 0);
	keeper_serve_ask(&k, &k.proc[role]);
	CU_ASSERT_EQUAL(keeper_recv(far[role][1], buf, a), 1);
	CU_ASSERT_EQUAL(a->kind, kind);
	return a->error;
}

static void requests_are_answered(void)
{
	struct keeper_msg a;

	serve_open();
	CU_ASSERT_EQUAL(serve_ask(KEEPER_DATA, KEEPER_OPENER, "abc", &a), 0);
	ASSERT_OCTETS(a.body, a.len, "cba", 3);
	CU_ASSERT_EQUAL(a.fds, 1);
	keeper_msg_close(&a);
	CU_ASSERT_EQUAL(serve_ask(KEEPER_DATA, KEEPER_OPENER, "a", &a), EXDEV);
	keeper_msg_close(&a);
	CU_ASSERT_EQUAL(serve_ask(KEEPER_CONTROL, KEEPER_OPENER, "abc", &a), EPERM);
	CU_ASSERT_EQUAL(a.len, 0);
	CU_ASSERT_EQUAL(serve_ask(KEEPER_DATA, KEEPER_OPENER + 1, "", &a), EMSGSIZE);
	CU_ASSERT_EQUAL(serve_ask(KEEPER_DATA, KEEPER_OPENER + 2, "", &a), ENOSYS);
	CU_ASSERT_EQUAL(serve_ask(KEEPER_DATA, KEEPER_KEEP, "", &a), ENOSYS);
	CU_ASSERT_EQUAL(logged, 0);
	serve_close();
}

static void processes_are_told_to_control_only(void)
{
	struct keeper_process p[KEEPER_PROCESSES_MAX];
	struct keeper_msg a;

	serve_open();
	child_ended(&k.proc[KEEPER_DATA].child, 9, 0);
	child_started(&k.proc[KEEPER_DATA].child, getpid(), keeper_now());
	CU_ASSERT_EQUAL(serve_ask(KEEPER_DATA, KEEPER_PROCESSES, "", &a), EPERM);
	CU_ASSERT_EQUAL(serve_ask(KEEPER_CONTROL, KEEPER_PROCESSES, "x", &a), EBADMSG);
	CU_ASSERT_EQUAL(serve_ask(KEEPER_CONTROL, KEEPER_PROCESSES, "", &a), 0);
	CU_ASSERT_EQUAL(keeper_get_processes(a.body, a.len, p), 3);
	CU_ASSERT_STRING_EQUAL(p[0].name, "keeper");
	CU_ASSERT_EQUAL(p[0].pid, (uint32_t)getpid());
	CU_ASSERT_STRING_EQUAL(p[1].name, "data");
	CU_ASSERT_EQUAL(p[1].restarts, 1);
	CU_ASSERT_STRING_EQUAL(p[1].state, "starting");
	CU_ASSERT_STRING_EQUAL(p[1].why, "killed by SIGKILL");
	CU_ASSERT_EQUAL(p[1].uid, geteuid());
	CU_ASSERT_EQUAL(p[1].age, 0);
	CU_ASSERT_STRING_EQUAL(p[2].name, "control");
	CU_ASSERT_EQUAL(p[2].restarts, 0);
	k.proc[KEEPER_DATA].child.pid = 0;
	serve_close();
}

static void an_upgrade_is_for_control(void)
{
	struct keeper_msg a;

	serve_open();
	CU_ASSERT_EQUAL(serve_ask(KEEPER_DATA, KEEPER_UPGRADE, "", &a), EPERM);
	CU_ASSERT_EQUAL(serve_ask(KEEPER_CONTROL, KEEPER_UPGRADE, "", &a), ENOSYS);
	k.cfg = &(struct keeper_config){.log = serve_log, .upgrade = "/absent"};
	k.upgrade.step = UPGRADE_TRIAL; /* one is going on */
	CU_ASSERT_EQUAL(serve_ask(KEEPER_CONTROL, KEEPER_UPGRADE, "", &a), EBUSY);
	k.upgrade.step = UPGRADE_NONE;
	k.upgrade.checking = 1; /* the check of one that was broken off has not ended */
	CU_ASSERT_EQUAL(serve_ask(KEEPER_CONTROL, KEEPER_UPGRADE, "", &a), EBUSY);
	k.upgrade.checking = 0;
	child_started(&k.proc[KEEPER_SECOND].child, 0, 0); /* nor has its data */
	CU_ASSERT_EQUAL(serve_ask(KEEPER_CONTROL, KEEPER_UPGRADE, "", &a), EBUSY);
	keeper_no_process(&k.proc[KEEPER_SECOND], KEEPER_DATA);
	k.stop_later = true;
	CU_ASSERT_EQUAL(serve_ask(KEEPER_CONTROL, KEEPER_UPGRADE, "", &a), EBUSY);
	k.stop_later = false;
	k.stops = 1;
	CU_ASSERT_EQUAL(serve_ask(KEEPER_CONTROL, KEEPER_UPGRADE, "", &a), EBUSY);
	k.stops = 0;
	k.proc[KEEPER_DATA].child.state = CHILD_WAITING;
	CU_ASSERT_EQUAL(serve_ask(KEEPER_CONTROL, KEEPER_UPGRADE, "", &a), EAGAIN);
	k.proc[KEEPER_DATA].child.state = CHILD_READY;
	CU_ASSERT_EQUAL(serve_ask(KEEPER_CONTROL, KEEPER_UPGRADE, "x", &a), EBADMSG);
	CU_ASSERT_EQUAL(serve_ask(KEEPER_CONTROL, KEEPER_RELOAD, "x", &a), EBADMSG);
	CU_ASSERT_EQUAL(serve_ask(KEEPER_DATA, KEEPER_RELOAD, "", &a), EPERM);
	CU_ASSERT_EQUAL(serve_ask(KEEPER_CONTROL, KEEPER_RELOAD, "\1", &a), ENOSYS);
	CU_ASSERT_EQUAL(serve_ask(KEEPER_CONTROL, KEEPER_RELOAD, "", &a), EBADMSG);
	CU_ASSERT_EQUAL(serve_ask(KEEPER_CONTROL, KEEPER_RELOAD, "\2", &a), EBADMSG);
	CU_ASSERT_EQUAL(serve_ask(KEEPER_CONTROL, KEEPER_RELOAD, "\1\1", &a), EBADMSG);
	k.report = -1;
	CU_ASSERT_EQUAL(serve_ask(KEEPER_CONTROL, KEEPER_REPORT, "", &a), ENOENT);
	CU_ASSERT_EQUAL(serve_ask(KEEPER_CONTROL, KEEPER_REPORT, "x", &a), EBADMSG);
	CU_ASSERT_EQUAL(serve_ask(KEEPER_DATA, KEEPER_REPORT, "", &a), EPERM);
	CU_ASSERT_EQUAL(logged, 0);
	CU_ASSERT_EQUAL(serve_ask(KEEPER_CONTROL, KEEPER_UPGRADE, "", &a), ENOENT);
	CU_ASSERT_STRING_EQUAL(last_log, "upgrade: refused: /absent No such file or directory");
	serve_close();
}

/* Each step has its time, and the last of too many makes room for the next. */
static void progress_is_told(void)
{
	struct keeper_progress p;
	struct keeper_msg a;

	serve_open();
	CU_ASSERT_EQUAL(serve_ask(KEEPER_DATA, KEEPER_PROGRESS, "", &a), EPERM);
	CU_ASSERT_EQUAL(serve_ask(KEEPER_CONTROL, KEEPER_PROGRESS, "x", &a), EBADMSG);
	CU_ASSERT_EQUAL(serve_ask(KEEPER_CONTROL, KEEPER_PROGRESS, "", &a), 0);
	CU_ASSERT_TRUE(keeper_get_progress(a.body, a.len, &p));
	CU_ASSERT_TRUE(!p.number && p.state == KEEPER_UPGRADE_NONE && !p.steps);
	k.cfg = &(struct keeper_config){.log = serve_log, .upgrade = "/absent"};
	for (unsigned i = 1; i <= 2; i++) {
		CU_ASSERT_EQUAL(serve_ask(KEEPER_CONTROL, KEEPER_UPGRADE, "", &a), ENOENT);
		CU_ASSERT_EQUAL(serve_ask(KEEPER_CONTROL, KEEPER_PROGRESS, "", &a), 0);
		CU_ASSERT_TRUE(keeper_get_progress(a.body, a.len, &p));
		CU_ASSERT_EQUAL(p.number, i);
		CU_ASSERT_EQUAL(p.state, KEEPER_UPGRADE_REFUSED);
		CU_ASSERT_EQUAL_FATAL(p.steps, 2);
		CU_ASSERT_STRING_EQUAL(p.step[0].words, "/absent checks the configuration");
		CU_ASSERT_STRING_EQUAL(p.step[1].words,
				       "refused: /absent No such file or directory");
	}
	serve_close();
}

static void programs_are_told(void)
{
	struct keeper_process p[3];
	struct keeper_msg a;

	serve_open();
	k.cfg = &(struct keeper_config){.log = serve_log, .upgrade = "/usr/bin/it"};
	k.built = 1;
	k.proc[KEEPER_DATA].built = 2;
	k.proc[KEEPER_CONTROL].built = 3;
	CU_ASSERT_EQUAL(serve_ask(KEEPER_DATA, KEEPER_PROGRAMS, "", &a), EPERM);
	CU_ASSERT_EQUAL(serve_ask(KEEPER_CONTROL, KEEPER_PROGRAMS, "x", &a), EBADMSG);
	CU_ASSERT_EQUAL(serve_ask(KEEPER_CONTROL, KEEPER_PROGRAMS, "", &a), 0);
	CU_ASSERT_TRUE(keeper_get_programs(a.body, a.len, p, 3));
	for (unsigned i = 0; i < 3; i++) {
		CU_ASSERT_STRING_EQUAL(p[i].program, "/usr/bin/it");
		CU_ASSERT_EQUAL(p[i].built, i + 1);
	}
	serve_close();
}

static void one_that_does_not_read_its_answers_is_killed(void)
{
	struct keeper_msg q = {.kind = KEEPER_OPENER + 2};

	serve_open();
	while (!logged) {
		CU_ASSERT_EQUAL(keeper_send(far[KEEPER_DATA][1], &q), 0);
		keeper_serve_ask(&k, &k.proc[KEEPER_DATA]);
	}
	CU_ASSERT_STRING_EQUAL(last_log, "data: does not read its answers: it is killed");
	serve_close();
}

static const struct test_case cases[] = {
	{"a_process_gets_what_is_its_own", a_process_gets_what_is_its_own},
	{"many_are_given_in_several_messages", many_are_given_in_several_messages},
	{"a_process_that_is_slow_gets_all", a_process_that_is_slow_gets_all},
	{"what_is_kept_is_held_until_it_is_dropped", what_is_kept_is_held_until_it_is_dropped},
	{"both_hear_that_the_service_manager_holds_them",
	 both_hear_that_the_service_manager_holds_them},
	{"one_that_it_does_not_take_is_said", one_that_it_does_not_take_is_said},
	{"ready_is_heard", ready_is_heard},
	{"what_a_process_may_not_say_is_its_end", what_a_process_may_not_say_is_its_end},
	{"octets_that_are_no_message_are_its_end", octets_that_are_no_message_are_its_end},
	{"one_that_hangs_up_has_a_second_to_end", one_that_hangs_up_has_a_second_to_end},
	{"requests_are_answered", requests_are_answered},
	{"processes_are_told_to_control_only", processes_are_told_to_control_only},
	{"an_upgrade_is_for_control", an_upgrade_is_for_control},
	{"progress_is_told", progress_is_told},
	{"programs_are_told", programs_are_told},
	{"one_that_does_not_read_its_answers_is_killed",
	 one_that_does_not_read_its_answers_is_killed},
	{NULL, NULL},
};
const struct test_suite suite_keeper_serve = {"keeper_serve", cases};
