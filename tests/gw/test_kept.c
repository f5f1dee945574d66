/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The keeper is played by the test. */
#include "gw/kept.h"
#include "gw/processes.h"
#include "tests/gw/bench.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#define CONF "host-name = gw\nmax-calls = 10\nudp a { listen = \"192.0.2.1:1701\" }\n"

static int near; /* keeper's end */
static struct kept kept;
static uint8_t buf[KEEPER_MSG_MAX];

static void kept_start(void)
{
	int pair[2];

	bench_start(CONF);
	CU_ASSERT_EQUAL(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, pair),
			0);
	near = pair[0];
	kept = (struct kept){.link = {.notice = pair[1], .ask = dup(pair[1])},
			     .door = {.life = -1},
			     .ofd = {.fd = -1}};
	pthread_mutex_init(&kept.link.lock, NULL);
}

static void kept_over(void)
{
	kept_end(&kept);
	close(near);
	bench_stop();
}

static void kept_hold(const char *name)
{
	CU_ASSERT_EQUAL(keeper_fds_put(&kept.held, name, open("/dev/null", O_RDONLY | O_CLOEXEC)),
			0);
}

static void kept_hold_door(unsigned n)
{
	char name[KEEPER_NAME_MAX];

	for (unsigned i = 0; i < n; i++) {
		snprintf(name, sizeof(name), PROCESSES_DOOR, i);
		kept_hold(name);
	}
	kept_hold("life/data");
}

/* The next notice to keeper: its kind; 0 = there is none.  *fd is the descriptor with it, or -1. */
static unsigned kept_said(int *fd)
{
	struct keeper_msg m;

	*fd = -1;
	if (keeper_recv(near, buf, &m) <= 0)
		return 0;
	*fd = keeper_msg_take(&m, 0);
	keeper_msg_close(&m);
	return m.kind;
}

static void a_first_life_has_its_store_held(void)
{
	struct store_counters n;
	int fd;

	kept_start();
	kept_hold_door(3);
	CU_ASSERT_TRUE(kept_take(&kept, bench.gw->cfg));
	CU_ASSERT_EQUAL(kept.door.fds, 3);
	CU_ASSERT_TRUE(kept.door.life >= 0);
	CU_ASSERT_EQUAL(kept_said(&fd), KEEPER_KEEP);
	store_count(kept.store, &n);
	CU_ASSERT_TRUE(n.room >= bench.gw->cfg->max_tunnels + 2u * 10 + 65536);
	CU_ASSERT_TRUE(store_put(kept.store, 1, 7, "seven", 5));
	store_publish(kept.store);
	store_free(kept.store);
	kept.store = NULL;
	for (unsigned i = 0; i < 3; i++)
		close(kept.door.fd[i]);
	close(kept.door.life);
	/* and in the next life it comes back */
	kept_hold_door(1);
	CU_ASSERT_EQUAL(keeper_fds_put(&kept.held, PROCESSES_STORE, fd), 0);
	CU_ASSERT_TRUE(kept_take(&kept, bench.gw->cfg));
	store_count(kept.store, &n);
	CU_ASSERT_EQUAL(n.records, 1);
	CU_ASSERT_EQUAL(kept_said(&fd), 0);
	close(kept.door.fd[0]);
	kept_over();
}

/* As after a reload with another `max-calls`. */
static void a_larger_store_takes_all(void)
{
	struct cfg_model more;
	struct store_counters n, was;
	uint8_t rec[STORE_RECORD_MAX];
	int fd;

	kept_start();
	kept_hold_door(1);
	CU_ASSERT_TRUE_FATAL(kept_take(&kept, bench.gw->cfg));
	CU_ASSERT_EQUAL(kept_said(&fd), KEEPER_KEEP);
	CU_ASSERT_TRUE(store_put(kept.store, 1, 7, "seven", 5));
	CU_ASSERT_TRUE(store_put(kept.store, 9, 7, "another", 7));
	store_publish(kept.store);
	store_count(kept.store, &was);
	store_free(kept.store);
	kept.store = NULL;
	close(kept.door.fd[0]);
	close(kept.door.life);
	more = *bench.gw->cfg;
	more.max_calls = 1000;
	kept_hold_door(1);
	CU_ASSERT_EQUAL(keeper_fds_put(&kept.held, PROCESSES_STORE, fd), 0);
	CU_ASSERT_TRUE_FATAL(kept_take(&kept, &more));
	store_count(kept.store, &n);
	CU_ASSERT_EQUAL(n.room, was.room + 2 * (1000 - 10));
	CU_ASSERT_EQUAL(n.records, 2);
	CU_ASSERT_EQUAL(store_get(kept.store, 9, 7, rec), 7);
	CU_ASSERT_EQUAL(memcmp(rec, "another", 7), 0);
	/* it is held, with all that is in it */
	CU_ASSERT_EQUAL(kept_said(&fd), KEEPER_KEEP);
	store_free(kept.store);
	kept.store = NULL;
	close(kept.door.fd[0]);
	close(kept.door.life);
	/* one that is larger than it needs to be is good enough */
	kept_hold_door(1);
	CU_ASSERT_EQUAL(keeper_fds_put(&kept.held, PROCESSES_STORE, fd), 0);
	CU_ASSERT_TRUE_FATAL(kept_take(&kept, bench.gw->cfg));
	store_count(kept.store, &n);
	CU_ASSERT_EQUAL(n.records, 2);
	CU_ASSERT_EQUAL(kept_said(&fd), 0);
	close(kept.door.fd[0]);
	kept_over();
}

static void a_store_that_is_no_use_is_replaced(void)
{
	int fd;

	kept_start();
	kept_hold_door(1);
	kept_hold(PROCESSES_STORE);
	CU_ASSERT_TRUE(kept_take(&kept, bench.gw->cfg));
	CU_ASSERT_PTR_NOT_NULL(kept.store);
	CU_ASSERT_EQUAL(kept_said(&fd), KEEPER_KEEP);
	close(fd);
	close(kept.door.fd[0]);
	kept_over();
}

static void without_data_there_is_no_control(void)
{
	kept_start();
	CU_ASSERT_FALSE(kept_take(&kept, bench.gw->cfg));
	kept_hold("life/data");
	CU_ASSERT_FALSE(kept_take(&kept, bench.gw->cfg));
	kept_over();
}

static void kept_tell(enum keeper_kind kind)
{
	struct keeper_msg m = {.kind = (uint8_t)kind};

	CU_ASSERT_EQUAL(keeper_send(near, &m), 0);
	osmo_select_main(1);
}

static void kept_at_work(void)
{
	int fd;

	kept_start();
	CU_ASSERT_EQUAL(kept_serve(&kept, bench.gw), 0);
	CU_ASSERT_EQUAL(kept_said(&fd), KEEPER_READY);
}

static void keeper_ends_the_gateway(void)
{
	kept_at_work();
	kept_tell(KEEPER_HUP);
	kept_tell(KEEPER_GIVE); /* of no use */
	CU_ASSERT_EQUAL(bench.gw->phase, GW_RUNNING);
	kept_tell(KEEPER_STOP);
	CU_ASSERT_EQUAL(bench.gw->phase, GW_CLOSING);
	kept_over();
}

static void without_keeper_it_ends_in_good_order(void)
{
	kept_at_work();
	close(near);
	near = dup(STDERR_FILENO);
	osmo_select_main(1);
	CU_ASSERT_EQUAL(bench.gw->phase, GW_CLOSING);
	osmo_select_main(1); /* once is enough: a second time would end it at once */
	CU_ASSERT_EQUAL(bench.gw->phase, GW_CLOSING);
	kept_over();
}

/* What it has begun to say it says to the end. */
static void its_own_end_goes_on_without_keeper(void)
{
	kept_at_work();
	kept_tell(KEEPER_STORED);
	CU_ASSERT_EQUAL(bench.gw->phase, GW_RUNNING);
	kept_tell(KEEPER_STOP);
	close(near);
	near = dup(STDERR_FILENO);
	osmo_select_main(1);
	CU_ASSERT_EQUAL(bench.gw->phase, GW_CLOSING);
	kept_over();
}

static void leave_by_notice(void)
{
	kept_tell(KEEPER_LEAVE);
}

static void leave_since_data_has_gone(void)
{
	kept_data_gone(bench.gw, "the data process has gone", 0);
}

static void leave_to_the_service_manager(void)
{
	kept_tell(KEEPER_STORED);
	shutdown(near, SHUT_RDWR);
	osmo_select_main(1);
}

/* At once, with nothing undone: the next life goes on. */
static void it_leaves_all_to_the_next_life(void)
{
	static void (*const how[])(void) = {leave_by_notice, leave_since_data_has_gone,
					    leave_to_the_service_manager};
	int status;

	kept_at_work();
	for (unsigned i = 0; i < sizeof(how) / sizeof(how[0]); i++) {
		pid_t pid;

		fflush(NULL);
		pid = fork();
		if (pid == 0) {
			how[i]();
			_exit(0);
		}
		CU_ASSERT_EQUAL(waitpid(pid, &status, 0), pid);
		CU_ASSERT_EQUAL(status, KEPT_LEAVE << 8);
	}
	kept_over();
}

static const struct test_case cases[] = {
	{"a_first_life_has_its_store_held", a_first_life_has_its_store_held},
	{"a_larger_store_takes_all", a_larger_store_takes_all},
	{"a_store_that_is_no_use_is_replaced", a_store_that_is_no_use_is_replaced},
	{"without_data_there_is_no_control", without_data_there_is_no_control},
	{"keeper_ends_the_gateway", keeper_ends_the_gateway},
	{"without_keeper_it_ends_in_good_order", without_keeper_it_ends_in_good_order},
	{"its_own_end_goes_on_without_keeper", its_own_end_goes_on_without_keeper},
	{"it_leaves_all_to_the_next_life", it_leaves_all_to_the_next_life},
	{NULL, NULL},
};
const struct test_suite suite_kept = {"kept", cases};
