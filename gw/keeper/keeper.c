/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The processes: started, started again when they die, ended in order: control first, so that data
 * still carries what it has to say, then data.
 */
#include "gw/keeper/keeper_int.h"

#include "gw/keeper/spawn.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define SECOND	     UINT64_C(1000000)
#define STOP_CONTROL (10 * SECOND) /* its own orderly end has five */
#define STOP_DATA    (3 * SECOND)
#define STOP_NOW     SECOND
#define LIMIT_MOST   (UINT64_C(1) << 20) /* descriptors */
#define LAST_TURNS   256u		 /* for what a process has said before it ended */

uint64_t keeper_now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * SECOND + (uint64_t)ts.tv_nsec / 1000;
}

void keeper_log(const struct keeper *k, enum keeper_level level, const char *fmt, ...)
{
	char words[512];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(words, sizeof(words), fmt, ap);
	va_end(ap);
	k->cfg->log(level, words);
}

const char *keeper_proc_name(const struct keeper *k, const struct keeper_proc *p)
{
	return p == &k->proc[KEEPER_SECOND] ? "the new data" : keeper_role_names[p->role];
}

void keeper_kill(struct keeper *k, struct keeper_proc *p)
{
	p->child.due = CHILD_NEVER;
	if (p->child.pid <= 0) /* it has just ended */
		return;
	if (kill(p->child.pid, SIGKILL) < 0)
		keeper_log(k, KEEPER_ERROR, "%s cannot be killed: %s", keeper_proc_name(k, p),
			   strerror(errno));
}

void keeper_distrust(struct keeper *k, struct keeper_proc *p, const char *words)
{
	if (!child_running(&p->child))
		return;
	keeper_log(k, KEEPER_ERROR, "%s: %s: it is killed", keeper_proc_name(k, p), words);
	keeper_kill(k, p);
}

void keeper_is_ready(struct keeper *k, struct keeper_proc *p)
{
	child_ready(&p->child);
	if (p->role == KEEPER_CONTROL)
		keeper_upgrade_event(k, UPGRADE_CONTROL_READY, 0);
	for (unsigned i = 0; i < KEEPER_ROLES; i++)
		if (k->proc[i].child.state != CHILD_READY)
			return;
	if (!k->said_ready)
		fdstore_say(&k->store, "READY=1");
	k->said_ready = true;
}

/* --- start ------------------------------------------------------------------------------------ */

/* Control needs data; data needs nobody. */
static bool keeper_can_be_due(const struct keeper *k, const struct keeper_proc *p)
{
	return p->role == KEEPER_DATA || child_running(&p->child) ||
	       (child_running(&k->proc[KEEPER_DATA].child) && !keeper_upgrade_holds(k));
}

static void keeper_not_started(struct keeper *k, struct keeper_proc *p, const char *why)
{
	child_failed(&p->child, why, keeper_now());
	keeper_log(k, KEEPER_ERROR, "%s: %s", keeper_role_names[p->role], p->child.why);
}

const char *keeper_program_path(const struct keeper *k, const struct keeper_program *p,
				char buf[KEEPER_PATH])
{
	if (p->fd < 0)
		return k->cfg->program;
	snprintf(buf, KEEPER_PATH, "/proc/%d/fd/%d", (int)getpid(), p->fd);
	return buf;
}

int keeper_launch(struct keeper *k, struct keeper_proc *p, const struct keeper_program *from,
		  const char *const argv[])
{
	char path[KEEPER_PATH];
	struct spawn s;
	sigset_t none;
	int rc;

	sigemptyset(&none);
	rc = spawn_start(&s, keeper_program_path(k, from, path), argv, &none);
	if (rc < 0)
		return rc;
	child_started(&p->child, s.pid, keeper_now());
	p->notice = s.notice;
	p->ask = s.ask;
	p->life = spawn_life(s.pid);
	p->given = 0;
	p->built = from->time;
	p->owed = KEEPER_OWE_HELD | KEEPER_OWE_LIFE | KEEPER_OWE_GO |
		  (k->stored ? KEEPER_OWE_STORED : 0u);
	return 0;
}

static void keeper_start(struct keeper *k, struct keeper_proc *p)
{
	struct keeper_proc *other = &k->proc[!p->role];
	int rc;

	if (k->cfg->prepare && !k->cfg->prepare(k->cfg->prepare_ctx, p->role, &k->held)) {
		keeper_not_started(k, p, "cannot be prepared");
		return;
	}
	rc = keeper_launch(k, p, &k->program, k->cfg->argv[p->role]);
	if (rc < 0) {
		keeper_not_started(k, p, strerror(-rc));
		return;
	}
	if (p->role == KEEPER_DATA)
		child_doom(&other->child, k->cfg->anew, keeper_now());
	else
		keeper_upgrade_started(k);
	other->owed |= KEEPER_OWE_LIFE;
}

void keeper_no_process(struct keeper_proc *p, enum keeper_role role)
{
	*p = (struct keeper_proc){.role = role,
				  .child = {.due = CHILD_NEVER},
				  .notice = -1,
				  .ask = -1,
				  .life = -1,
				  .hand = -1};
}

/* --- end -------------------------------------------------------------------------------------- */

void keeper_close(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

static void keeper_say_death(struct keeper *k, const struct keeper_proc *p, uint64_t now)
{
	const struct child *c = &p->child;
	char again[64] = "";

	if (c->state == CHILD_WAITING && c->delay)
		snprintf(again, sizeof(again), "; it is started again in %llu.%llu s",
			 (unsigned long long)(c->delay / SECOND),
			 (unsigned long long)(c->delay / (SECOND / 10) % 10));
	else if (c->state == CHILD_WAITING)
		snprintf(again, sizeof(again), "; it is started again");
	keeper_log(k, KEEPER_ERROR, "%s: %s after %llu s%s", keeper_proc_name(k, p), c->why,
		   (unsigned long long)((now - c->since) / SECOND), again);
}

/* Tell a process to end. */
static void keeper_stop_one(struct keeper *k, struct keeper_proc *p, uint64_t now)
{
	uint64_t within = p->role == KEEPER_CONTROL ? STOP_CONTROL : STOP_DATA;

	if (!child_stop(&p->child, k->stops > 1 ? STOP_NOW : within, now))
		return;
	p->owed |= k->stops > 1 ? KEEPER_OWE_STOP_NOW : KEEPER_OWE_STOP;
}

static void keeper_stop(struct keeper *k, uint64_t now)
{
	struct keeper_proc *control = &k->proc[KEEPER_CONTROL], *data = &k->proc[KEEPER_DATA];

	if (!k->stops++)
		fdstore_say(&k->store, "STOPPING=1");
	keeper_upgrade_stop(k);
	keeper_stop_one(k, control, now);
	if (control->child.state == CHILD_OVER || k->stops > 1)
		keeper_stop_one(k, data, now);
}

/* What it has said before it ended counts. */
static void keeper_hang_up(struct keeper *k, struct keeper_proc *p)
{
	for (unsigned i = 0; i < LAST_TURNS && p->notice >= 0; i++)
		keeper_serve_notice(k, p);
	keeper_close(&p->notice);
	keeper_close(&p->ask);
	keeper_close(&p->life);
	keeper_close(&p->hand);
	p->owed = 0;
}

/* What its end is in an upgrade; true when it is nothing else. */
static bool keeper_ended_in_upgrade(struct keeper *k, struct keeper_proc *p, int status)
{
	if (p == &k->proc[KEEPER_SECOND]) {
		p->child.state = CHILD_DOWN;
		p->child.due = CHILD_NEVER;
		keeper_upgrade_event(k, UPGRADE_SECOND_ENDED, status);
		return true;
	}
	if (p->role == KEEPER_DATA)
		return keeper_upgrade_event(k, UPGRADE_DATA_ENDED, status);
	if (k->upgrade.step == UPGRADE_LEAVE)
		child_left(&p->child, "has left for an upgrade", keeper_now());
	if (k->upgrade.step == RELOAD_LEAVE)
		child_left(&p->child, "has left for a reload", keeper_now());
	return keeper_upgrade_event(k, UPGRADE_CONTROL_ENDED, status);
}

/* Control begins anew with each data, however often that is. */
static bool keeper_follows_data(const struct keeper *k, const struct keeper_proc *p)
{
	const struct child *data = &k->proc[KEEPER_DATA].child;

	return p->role == KEEPER_CONTROL && (!child_running(data) || data->since > p->child.since);
}

static void keeper_ended(struct keeper *k, struct keeper_proc *p, int status)
{
	bool hopeless = child_hopeless(&p->child, status);
	uint64_t now = keeper_now();

	p->child.pid = 0;
	keeper_hang_up(k, p);
	if (keeper_ended_in_upgrade(k, p, status))
		return;
	if (hopeless || k->stops)
		child_stop(&p->child, 0, now);
	if (keeper_follows_data(k, p))
		child_followed(&p->child, status, now);
	else
		child_ended(&p->child, status, now);
	if (status && (!hopeless || WEXITSTATUS(status) == 127))
		keeper_say_death(k, p, now);
	if (hopeless || (status && k->stops == 1)) /* a second signal ends all at once */
		k->status = 1;
	if (hopeless && !k->stops)
		keeper_stop(k, now);
	else if (k->stops && p->role == KEEPER_CONTROL)
		keeper_stop_one(k, &k->proc[KEEPER_DATA], now);
}

static void keeper_reap(struct keeper *k)
{
	for (unsigned i = 0; i < KEEPER_PROCS; i++) {
		struct keeper_proc *p = &k->proc[i];
		int status;

		if (child_running(&p->child) && waitpid(p->child.pid, &status, WNOHANG) > 0)
			keeper_ended(k, p, status);
	}
	keeper_upgrade_reap(k);
}

/* --- the loop --------------------------------------------------------------------------------- */

static void keeper_asked_to_end(struct keeper *k, unsigned signal)
{
	if (!k->stop_later && keeper_upgrade_defers(k)) {
		keeper_log(k, KEEPER_NOTICE, "signal %u: ending once control is back", signal);
		k->stop_later = true;
		return;
	}
	keeper_log(k, KEEPER_NOTICE, "signal %u: ending", signal);
	k->stops += k->stop_later; /* it is the second */
	k->stop_later = false;
	keeper_stop(k, keeper_now());
}

static void keeper_asked_to(struct keeper *k, const char *what, int rc)
{
	if (rc)
		keeper_log(k, KEEPER_ERROR, "no %s: %s", what, strerror(rc));
}

static void keeper_signal(struct keeper *k, int from)
{
	struct signalfd_siginfo info;

	if (read(from, &info, sizeof(info)) != sizeof(info))
		return;
	if (info.ssi_signo == SIGCHLD) {
		keeper_reap(k);
	} else if (info.ssi_signo == SIGHUP) {
		keeper_asked_to(k, "reload", keeper_reload(k, false));
	} else if (info.ssi_signo == SIGUSR2) {
		keeper_asked_to(k, "upgrade", keeper_upgrade(k));
	} else {
		keeper_asked_to_end(k, info.ssi_signo);
	}
}

static void keeper_due(struct keeper *k, uint64_t now)
{
	for (unsigned i = 0; i < KEEPER_PROCS; i++) {
		struct keeper_proc *p = &k->proc[i];

		if (now < p->child.due || !keeper_can_be_due(k, p))
			continue;
		if (!child_running(&p->child)) {
			keeper_start(k, p);
			continue;
		}
		keeper_log(k, KEEPER_ERROR, "%s does not %s: it is killed", keeper_proc_name(k, p),
			   i == KEEPER_SECOND ? "answer" : "end");
		keeper_kill(k, p);
	}
	keeper_upgrade_late(k, now);
	if (k->stop_later && !keeper_upgrade_defers(k)) {
		k->stop_later = false;
		keeper_stop(k, now);
	}
}

/* ms until something is due, rounded up; -1 = nothing is. */
static int keeper_wait(struct keeper *k, uint64_t now)
{
	uint64_t due = keeper_upgrade_due(k), alive = fdstore_watch(&k->store, now);

	if (alive < due)
		due = alive;
	for (unsigned i = 0; i < KEEPER_PROCS; i++)
		if (k->proc[i].child.due < due && keeper_can_be_due(k, &k->proc[i]))
			due = k->proc[i].child.due;
	if (due == CHILD_NEVER)
		return -1;
	return due <= now ? 0 : (int)((due - now + 999) / 1000);
}

static void keeper_turn(struct keeper *k, int signals)
{
	struct pollfd fd[1 + 2 * KEEPER_PROCS] = {{.fd = signals, .events = POLLIN}};
	unsigned i;

	for (i = 0; i < KEEPER_PROCS; i++) {
		struct keeper_proc *p = &k->proc[i];

		keeper_pay(k, p);
		fd[1 + 2 * i] = (struct pollfd){
			.fd = p->notice, .events = (short)(POLLIN | (p->owed ? POLLOUT : 0))};
		fd[2 + 2 * i] = (struct pollfd){.fd = p->ask, .events = POLLIN};
	}
	if (poll(fd, sizeof(fd) / sizeof(fd[0]), keeper_wait(k, keeper_now())) < 0)
		return;
	for (i = 0; i < KEEPER_PROCS; i++) {
		if (fd[1 + 2 * i].revents & ~POLLOUT)
			keeper_serve_notice(k, &k->proc[i]);
		if (fd[2 + 2 * i].revents)
			keeper_serve_ask(k, &k->proc[i]);
	}
	if (fd[0].revents)
		keeper_signal(k, signals);
	keeper_due(k, keeper_now());
}

static bool keeper_over(const struct keeper *k)
{
	for (unsigned i = 0; i < KEEPER_ROLES; i++)
		if (k->proc[i].child.state != CHILD_OVER)
			return false;
	return !child_running(&k->proc[KEEPER_SECOND].child);
}

/* --- as a whole ------------------------------------------------------------------------------- */

/* For what is held, and for the others, who inherit it. */
static void keeper_raise_limit(void)
{
	struct rlimit r;

	if (getrlimit(RLIMIT_NOFILE, &r) == 0 && r.rlim_cur < r.rlim_max) {
		r.rlim_cur = r.rlim_max < LIMIT_MOST ? r.rlim_max : LIMIT_MOST;
		setrlimit(RLIMIT_NOFILE, &r);
	}
}

static int keeper_signals(void)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGHUP);
	sigaddset(&set, SIGUSR2);
	sigaddset(&set, SIGCHLD);
	sigprocmask(SIG_BLOCK, &set, NULL);
	return signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
}

static void keeper_prepare(struct keeper *k)
{
	struct stat st;

	if (stat(k->cfg->program, &st) == 0)
		k->built = k->program.time = (uint64_t)st.st_mtim.tv_sec;
	fdstore_open(&k->store);
	if (!fdstore_take_back(&k->held))
		return;
	k->stored = k->store.sock >= 0;
	keeper_log(k, KEEPER_NOTICE, "%u descriptors were kept by the service manager", k->held.n);
}

/* One that is not started at the first attempt is waited for by nobody. */
static void keeper_work(struct keeper *k, int signals)
{
	for (unsigned i = 0; i < KEEPER_ROLES && !k->status; i++) {
		keeper_start(k, &k->proc[i]);
		k->status = !child_running(&k->proc[i].child);
	}
	if (k->status)
		keeper_stop(k, keeper_now());
	while (!keeper_over(k))
		keeper_turn(k, signals);
}

int keeper_run(const struct keeper_config *cfg)
{
	struct keeper k = {.cfg = cfg,
			   .since = keeper_now(),
			   .store = {.sock = -1},
			   .program = {.fd = -1},
			   .upgrade = {.other = {.fd = -1}},
			   .report = -1};
	int signals = keeper_signals();

	for (unsigned i = 0; i < KEEPER_PROCS; i++)
		keeper_no_process(&k.proc[i], i == KEEPER_SECOND ? KEEPER_DATA : i);
	keeper_raise_limit();
	k.status = signals < 0;
	if (signals >= 0) {
		keeper_prepare(&k);
		keeper_work(&k, signals);
	}
	keeper_close(&signals);
	keeper_close(&k.program.fd);
	keeper_close(&k.upgrade.other.fd);
	keeper_close(&k.report);
	fdstore_close(&k.store);
	keeper_fds_free(&k.held);
	return k.status;
}
