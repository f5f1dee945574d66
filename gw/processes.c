/* SPDX-License-Identifier: GPL-2.0-or-later */
#define _GNU_SOURCE
#include "gw/processes.h"

#include "gw/accelerate.h"
#include "gw/journal.h"
#include "gw/keeper/drop.h"
#include "gw/kept.h"
#include "gw/permit.h"
#include "gw/reload.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#define PROGRAM	     "/proc/self/exe" /* the same also when its file has been replaced */
#define ANEW	     10000000u	      /* us that control has to see that data has gone */
#define CONTROL_ENDS 7000	      /* ms, its own orderly end has five seconds */
#define ARGS	     8u

int processes_copy_new(void)
{
	return memfd_create("configuration", MFD_CLOEXEC | MFD_ALLOW_SEALING);
}

bool processes_copy_done(int copy)
{
	return fcntl(copy, F_ADD_SEALS, F_SEAL_WRITE | F_SEAL_GROW | F_SEAL_SHRINK | F_SEAL_SEAL) ==
	       0;
}

int processes_copy(const char *file)
{
	int to = processes_copy_new();

	if (to >= 0 && (!cfg_gather(file, to) || !processes_copy_done(to))) {
		int err = errno;

		close(to);
		errno = err;
		to = -1;
	}
	return to;
}

/* --- keeper ----------------------------------------------------------------------------------- */

/* What the calls go on from, until the next data says that it has it. */
static void processes_leave_door(struct keeper_fds *held)
{
	char name[KEEPER_NAME_MAX];
	int fd;

	if (keeper_fds_find(held, PROCESSES_BEFORE) >= 0) /* the last life did not come so far */
		return;
	snprintf(name, sizeof(name), PROCESSES_DOOR, 0u);
	fd = keeper_fds_take(held, name);
	if (fd >= 0 && keeper_fds_put(held, PROCESSES_BEFORE, fd) < 0)
		close(fd);
}

/* A door for each data: the one before may be broken. */
static bool processes_new_door(const struct processes *p, unsigned workers, struct keeper_fds *held)
{
	int fd[DP_DOOR_FDS];
	unsigned n = dp_door_new(workers, fd);
	bool ok = n;

	processes_leave_door(held);
	for (unsigned i = 0; i < n; i++) {
		char name[KEEPER_NAME_MAX];

		snprintf(name, sizeof(name), PROCESSES_DOOR, i);
		if (!ok || keeper_fds_put(held, name, fd[i]) < 0) {
			close(fd[i]);
			ok = false;
		}
	}
	if (!ok)
		p->log(KEEPER_ERROR, "no memory for what control and data share");
	return ok;
}

static bool processes_prepare(void *ctx, enum keeper_role role, struct keeper_fds *held)
{
	struct reload *r = ctx;

	if (role != KEEPER_DATA)
		return reload_give(r, held) && accelerate_give(r->p->accelerate, held);
	opener_data_begins(r->opener);
	return processes_new_door(r->p, r->now.cfg->workers, held);
}

/* The name of the program's file, which may be another file by now; NULL = it has none. */
static const char *processes_program(char file[PATH_MAX])
{
	ssize_t n = readlink(PROGRAM, file, PATH_MAX - 1);

	if (n <= 0)
		return NULL;
	file[n] = '\0';
	return file;
}

/* False, with the reason logged, when the others could not give up root either. */
static bool processes_keep_few_rights(const struct processes *p)
{
	struct drop_user u;

	if (geteuid() != 0)
		return true;
	if (!drop_find_user(&u)) {
		p->log(KEEPER_ERROR, "there is neither a user " DROP_USER " nor a user nobody");
		return false;
	}
	if (!u.uid)
		p->log(KEEPER_NOTICE,
		       "this user namespace has no other user than root: data and control stay "
		       "root of it, without capabilities");
	else if (strcmp(u.name, DROP_USER) != 0)
		p->log(KEEPER_NOTICE,
		       "there is no user " DROP_USER ": data and control run as nobody");
	if (drop_rights_of_keeper() == 0)
		return true;
	p->log(KEEPER_ERROR, "keeper cannot give up rights");
	return false;
}

/* --- what data and control give up ------------------------------------------------------------ */

static int processes_drop_rights(bool marks)
{
	struct drop_user u;

	if (geteuid() != 0)
		return drop_capabilities(marks);
	return drop_find_user(&u) ? drop_rights(&u, marks) : -ENOENT;
}

bool processes_drop(struct keeper_link *keeper, enum keeper_role role, const struct limits *limits)
{
	static const unsigned how[] = {[CFG_SECCOMP_KILL] = 0, [CFG_SECCOMP_LOG] = DROP_LOG};
	const char *what = "memory and descriptors cannot be limited";
	int rc = drop_limits(limits->memory, limits->files);

	permit_ask(keeper);
	if (!rc) {
		what = "rights cannot be given up";
		rc = processes_drop_rights(role == KEEPER_DATA && limits->marks);
	}
	/* The library that knows users has to be loaded now: `show processes` names ours. */
	(void)getpwuid(geteuid());
	if (!rc && limits->seccomp != CFG_SECCOMP_NO) {
		what = "system calls cannot be filtered (`seccomp = no` goes without)";
		rc = drop_calls(role, how[limits->seccomp] | (limits->plugins ? DROP_PLUGINS : 0u) |
					      (limits->maps ? DROP_MAPS : 0u) |
					      (*journal_front(false) ? DROP_STREAM : 0u));
	}
	if (rc < 0)
		fprintf(stderr, "%s%s: %s: %s\n", journal_front(false), keeper_role_names[role],
			what, strerror(-rc));
	return rc == 0;
}

/* --- as a whole ------------------------------------------------------------------------------- */

/* us; a service manager waits for an end longer than for any of these. */
static const struct keeper_patience processes_patience = {
	.check = 60000000,
	.stand_by = 10000000,
	.leave = 5000000,
	.take = 5000000,
	.stay = 3000000,
	.work = 30000000,
};

/* A page for each 4 kB of 60,000 calls is half of the time in which control takes them up again.
 * The C library of a process that begins reads this; what an operator has set there stays. */
static void processes_want_large_pages(void)
{
	setenv("GLIBC_TUNABLES", "glibc.malloc.hugetlb=1", 0);
}

int processes_run(const struct processes *p)
{
	char dir[PATH_MAX + 32], file[PATH_MAX];
	const char *control[ARGS] = {"isthmus", "--role=control", "-c", p->file};
	const char *data[ARGS] = {"isthmus", "--role=data"};
	const char *check_file[ARGS] = {"isthmus", "-C", "-c", p->file};
	struct reload r;
	const bool known = reload_init(&r, p);
	const char *const *const check[] = {check_file, r.check_running, NULL};
	const char *stand_by[ARGS] = {"isthmus", "--role=" PROCESSES_STAND_BY};
	struct keeper_config c = {.program = PROGRAM,
				  .argv = {[KEEPER_DATA] = data, [KEEPER_CONTROL] = control},
				  .upgrade = processes_program(file),
				  .check = check,
				  .stand_by = stand_by,
				  .reload = &r.ops,
				  .patience = processes_patience,
				  .anew = ANEW,
				  .log = p->log,
				  .prepare = processes_prepare,
				  .prepare_ctx = &r,
				  .request = opener_requests,
				  .request_ctx = r.opener};
	int rc = 1;

	processes_want_large_pages();
	data[2] = stand_by[2] = r.limits;
	if (p->plugin_dir) {
		snprintf(dir, sizeof(dir), "--plugin-dir=%s", p->plugin_dir);
		control[4] = data[3] = stand_by[3] = dir;
	}
	if (!known) {
		p->log(KEEPER_ERROR, "no memory for what keeper may open");
	} else {
		accelerate_start(p->accelerate, p->cfg, p->log);
		if (processes_keep_few_rights(p))
			rc = keeper_run(&c);
	}
	accelerate_end(p->accelerate);
	p->sweep(r.now.cfg->vty_socket);
	p->sweep(r.now.cfg->control_socket);
	p->forget(p->file);
	reload_free(&r);
	return rc;
}

/* --- data ------------------------------------------------------------------------------------- */

/* Keeper has gone: data still carries what control has to say. */
static void processes_wait_for_control(const struct keeper_fds *held)
{
	struct pollfd p = {.fd = keeper_fds_find(held, "life/control"), .events = POLLIN};

	if (p.fd >= 0)
		poll(&p, 1, CONTROL_ENDS);
}

struct processes_data {
	struct keeper_link link;
	struct keeper_fds held;
	struct data *data;
	bool stored; /* keeper's death is no end: the next life goes on */
	bool over;   /* told to end, or keeper has gone */
	bool left;   /* another goes on with all there is, so that nothing may be closed */
};

static void processes_hear_given(struct processes_data *d, struct keeper_msg *m)
{
	keeper_given(m, &d->held);
}

static void processes_hear_stop(struct processes_data *d, struct keeper_msg *m)
{
	(void)m;
	d->over = true;
}

static void processes_hear_stored(struct processes_data *d, struct keeper_msg *m)
{
	(void)m;
	d->stored = true;
}

static void processes_hand_over(struct processes_data *d, struct keeper_msg *m)
{
	int sock = keeper_msg_take(m, 0), rc = -EBADF;

	if (sock >= 0) {
		rc = dp_data_hand_over(&d->data, sock);
		close(sock);
	}
	d->left = d->over = rc == 0;
	if (rc)
		keeper_say_stays(&d->link, -rc);
}

static const struct {
	uint8_t kind;
	void (*hear)(struct processes_data *d, struct keeper_msg *m);
} processes_notices[] = {
	{KEEPER_GIVE, processes_hear_given},
	{KEEPER_STOP, processes_hear_stop},
	{KEEPER_STORED, processes_hear_stored},
	{KEEPER_HAND_OVER, processes_hand_over},
};

static void processes_hear(struct processes_data *d, struct keeper_msg *m)
{
	for (size_t i = 0; i < sizeof(processes_notices) / sizeof(processes_notices[0]); i++)
		if (processes_notices[i].kind == m->kind)
			processes_notices[i].hear(d, m);
}

/* Until it is told to end, has handed over, or keeper has gone. */
static void processes_serve(struct processes_data *d)
{
	struct pollfd p = {.fd = d->link.notice, .events = POLLIN};
	uint8_t buf[KEEPER_MSG_MAX];
	struct keeper_msg m;
	int rc = 1;

	while (rc && !d->over) {
		poll(&p, 1, -1);
		rc = keeper_recv(p.fd, buf, &m);
		if (rc > 0)
			processes_hear(d, &m);
		keeper_msg_close(&m);
	}
	if (rc)
		return;
	processes_wait_for_control(&d->held);
	d->left = d->stored;
}

static struct data *processes_begin_data(struct processes_data *d,
					 const struct ist_transport *const *transports,
					 const struct limits *limits, bool stand_by)
{
	int fd[DP_DOOR_FDS];
	struct keeper_go go;
	struct data *data;
	unsigned n;

	if (keeper_begin(&d->link, &d->held, &go) < 0)
		return NULL;
	n = processes_drop(&d->link, KEEPER_DATA, limits) ? kept_door(&d->held, fd) : 0;
	if (!n)
		return NULL;
	if (stand_by) {
		data = dp_data_stand_by(fd, n, transports);
		if (!data)
			fprintf(stderr,
				"%sdata cannot stand by: no memory, or the one that runs has a "
				"door of another version\n",
				journal_front(false));
		return data;
	}
	data = dp_data_start(fd, n, keeper_fds_take(&d->held, PROCESSES_BEFORE), transports);
	if (data) /* what the one before has left is at this door now */
		keeper_drop(&d->link, PROCESSES_BEFORE);
	return data;
}

/* The next notice after STAND_BY that matters is the one of the hand-over. */
static bool processes_take_over(struct processes_data *d)
{
	struct pollfd p = {.fd = d->link.notice, .events = POLLIN};
	uint8_t buf[KEEPER_MSG_MAX];
	struct keeper_msg m;
	int rc = keeper_say(&d->link, KEEPER_STAND_BY), sock = -1;

	while (rc >= 0 && sock < 0 && !d->over) {
		poll(&p, 1, -1);
		rc = keeper_recv(p.fd, buf, &m);
		if (rc > 0 && m.kind == KEEPER_HAND_OVER)
			sock = keeper_msg_take(&m, 0);
		else if (rc > 0)
			processes_hear(d, &m);
		keeper_msg_close(&m);
		d->over = d->over || rc == 0;
		if (rc == -EAGAIN)
			rc = 0;
	}
	if (sock < 0)
		return false;
	rc = dp_data_take_over(d->data, sock);
	close(sock);
	if (rc < 0)
		fprintf(stderr, "%sdata has not been taken over: %s\n", journal_front(false),
			strerror(-rc));
	return rc == 0;
}

int processes_data(const struct ist_transport *const *transports, const struct limits *limits,
		   bool stand_by)
{
	struct processes_data d = {0};
	bool works;

	d.data = processes_begin_data(&d, transports, limits, stand_by);
	works = d.data && (!stand_by || processes_take_over(&d));
	if (works && keeper_say(&d.link, KEEPER_READY) == 0)
		processes_serve(&d);
	if (d.left)
		_exit(0);
	if (d.data)
		dp_data_stop(d.data);
	keeper_fds_free(&d.held);
	keeper_end(&d.link);
	return works ? 0 : 1;
}
