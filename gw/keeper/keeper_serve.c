/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What keeper says to a process and does for it.  A message is hostile until it is decoded: one
 * that is none, or that asks for what is not the process's own, ends the process, not keeper.
 */
#include "gw/keeper/keeper_int.h"

#include "gw/keeper/keeper_body.h"
#include "gw/keeper/proc.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <unistd.h>

#define MESSAGES_A_TURN 16u

/* --- to a process ----------------------------------------------------------------------------- */

static bool keeper_is_for(const struct keeper_proc *p, const char *name)
{
	const char *own = keeper_role_names[p->role];
	size_t n = strlen(own);

	return !strncmp(name, "all/", 4) || (!strncmp(name, own, n) && name[n] == '/');
}

/* As many descriptors as one message holds; *last is the serial of the last of them. */
static void keeper_pack(const struct keeper *k, const struct keeper_proc *p, struct wr *w,
			struct keeper_msg *m, uint32_t *last)
{
	for (unsigned i = 0; i < k->held.n && m->fds < KEEPER_FDS_MAX; i++) {
		const struct keeper_fd *f = &k->held.at[i];

		if (f->serial <= p->given || !keeper_is_for(p, f->name))
			continue;
		keeper_put_name(w, f->name);
		m->fd[m->fds++] = f->fd;
		*last = f->serial;
	}
}

static int keeper_pay_held(struct keeper *k, struct keeper_proc *p)
{
	uint8_t body[KEEPER_MSG_MAX - KEEPER_HEAD];
	int rc = 0;

	for (;;) {
		struct wr w = wr_init(body, sizeof(body));
		struct keeper_msg m = {.kind = KEEPER_GIVE, .body = body};
		uint32_t last = p->given;

		keeper_pack(k, p, &w, &m, &last);
		m.len = w.len;
		if (!m.fds)
			return 0;
		rc = keeper_send(p->notice, &m);
		if (rc < 0)
			return rc;
		p->given = last;
	}
}

static int keeper_pay_life(struct keeper *k, struct keeper_proc *p)
{
	const struct keeper_proc *other = &k->proc[!p->role];
	uint8_t body[KEEPER_NAME_MAX + 1];
	struct wr w = wr_init(body, sizeof(body));
	struct keeper_msg m = {.kind = KEEPER_GIVE, .body = body, .fd = {other->life}, .fds = 1};
	char name[KEEPER_NAME_MAX];

	if (other->life < 0)
		return 0;
	snprintf(name, sizeof(name), "life/%s", keeper_role_names[other->role]);
	keeper_put_name(&w, name);
	m.len = w.len;
	return keeper_send(p->notice, &m);
}

static int keeper_pay_go(struct keeper *k, struct keeper_proc *p)
{
	struct keeper_go go = {.life = p->child.lives - 1,
			       .delay = (uint32_t)(p->child.delay / 1000)};
	uint8_t body[sizeof(go)];
	struct wr w = wr_init(body, sizeof(body));
	struct keeper_msg m = {.kind = KEEPER_GO, .body = body};

	(void)k;
	snprintf(go.why, sizeof(go.why), "%s", p->child.why);
	keeper_put_go(&w, &go);
	m.len = w.len;
	return keeper_send(p->notice, &m);
}

/* One that has gone needs no socket; the one at its other end sees that. */
static int keeper_pay_hand_over(struct keeper *k, struct keeper_proc *p)
{
	struct keeper_msg m = {.kind = KEEPER_HAND_OVER, .fd = {p->hand}, .fds = 1};
	int rc = keeper_send(p->notice, &m);

	(void)k;
	if (rc != -EAGAIN)
		keeper_close(&p->hand);
	return rc;
}

static const struct {
	enum keeper_owed owed;
	int (*pay)(struct keeper *k, struct keeper_proc *p); /* NULL: a message without a body */
	enum keeper_kind kind;
} keeper_debts[] = {
	{KEEPER_OWE_HELD, keeper_pay_held, KEEPER_GIVE},
	{KEEPER_OWE_LIFE, keeper_pay_life, KEEPER_GIVE},
	{KEEPER_OWE_GO, keeper_pay_go, KEEPER_GO},
	{KEEPER_OWE_LEAVE, NULL, KEEPER_LEAVE},
	{KEEPER_OWE_HAND_OVER, keeper_pay_hand_over, KEEPER_HAND_OVER},
	{KEEPER_OWE_STORED, NULL, KEEPER_STORED},
	{KEEPER_OWE_STOP, NULL, KEEPER_STOP},
	{KEEPER_OWE_STOP_NOW, NULL, KEEPER_STOP},
};

static int keeper_pay_one(struct keeper *k, struct keeper_proc *p, unsigned i)
{
	struct keeper_msg m = {.kind = (uint8_t)keeper_debts[i].kind};

	return keeper_debts[i].pay ? keeper_debts[i].pay(k, p) : keeper_send(p->notice, &m);
}

void keeper_pay(struct keeper *k, struct keeper_proc *p)
{
	for (unsigned i = 0; i < sizeof(keeper_debts) / sizeof(keeper_debts[0]); i++) {
		int rc;

		if (p->notice < 0 || !(p->owed & keeper_debts[i].owed))
			continue;
		rc = keeper_pay_one(k, p, i);
		if (rc == -EAGAIN)
			return;
		p->owed &= ~(unsigned)keeper_debts[i].owed;
		/* one that is ending does not listen any more */
		if (rc < 0 && rc != -EPIPE && rc != -ECONNRESET)
			keeper_distrust(k, p, strerror(-rc));
	}
}

/* --- notices of a process --------------------------------------------------------------------- */

static bool keeper_hear_ready(struct keeper *k, struct keeper_proc *p, struct keeper_msg *m)
{
	if (m->len || m->fds)
		return false;
	if (p == &k->proc[KEEPER_SECOND])
		return keeper_upgrade_event(k, UPGRADE_TAKEN, 0);
	keeper_is_ready(k, p);
	return true;
}

static bool keeper_hear_stand_by(struct keeper *k, struct keeper_proc *p, struct keeper_msg *m)
{
	return !m->len && !m->fds && p == &k->proc[KEEPER_SECOND] &&
	       keeper_upgrade_event(k, UPGRADE_STOOD_BY, 0);
}

static bool keeper_hear_stays(struct keeper *k, struct keeper_proc *p, struct keeper_msg *m)
{
	return !m->len && !m->fds && p == &k->proc[KEEPER_DATA] &&
	       keeper_upgrade_event(k, UPGRADE_STAYS, m->error);
}

/* The name of a descriptor of the process's own. */
static bool keeper_own_name(const struct keeper_proc *p, const struct keeper_msg *m,
			    char name[KEEPER_NAME_MAX])
{
	struct rd r = rd_init(m->body, m->len);

	return keeper_get_name(&r, name) && !r.left && strncmp(name, "all/", 4) &&
	       keeper_is_for(p, name);
}

/* Control's descriptors are what a next life goes on from; one of data's alone is no use. */
static void keeper_store(struct keeper *k, const struct keeper_proc *p, const char *name, int fd)
{
	if (k->store.sock < 0)
		return;
	if (!fdstore_put(&k->store, name, fd)) {
		keeper_log(k, KEEPER_ERROR, "the service manager does not take descriptor %s: %s",
			   name, strerror(errno));
		return;
	}
	if (p->role != KEEPER_CONTROL || k->stored)
		return;
	k->stored = true;
	for (unsigned i = 0; i < KEEPER_ROLES; i++)
		k->proc[i].owed |= KEEPER_OWE_STORED;
}

static bool keeper_hear_keep(struct keeper *k, struct keeper_proc *p, struct keeper_msg *m)
{
	char name[KEEPER_NAME_MAX];
	int fd, rc;

	if (!keeper_own_name(p, m, name) || m->fds != 1)
		return false;
	fd = keeper_msg_take(m, 0);
	rc = keeper_fds_put(&k->held, name, fd);
	if (rc < 0) {
		keeper_log(k, KEEPER_ERROR, "%s: descriptor %s is not held: %s",
			   keeper_proc_name(k, p), name, strerror(-rc));
		close(fd);
		return true;
	}
	keeper_store(k, p, name, fd);
	return true;
}

static bool keeper_hear_drop(struct keeper *k, struct keeper_proc *p, struct keeper_msg *m)
{
	char name[KEEPER_NAME_MAX];

	if (!keeper_own_name(p, m, name) || m->fds)
		return false;
	if (keeper_fds_drop(&k->held, name))
		fdstore_drop(&k->store, name);
	return true;
}

static const struct {
	uint8_t kind;
	/* False for a message that nobody of ours would send. */
	bool (*hear)(struct keeper *k, struct keeper_proc *p, struct keeper_msg *m);
} keeper_notices[] = {
	{KEEPER_READY, keeper_hear_ready}, {KEEPER_KEEP, keeper_hear_keep},
	{KEEPER_DROP, keeper_hear_drop},   {KEEPER_STAND_BY, keeper_hear_stand_by},
	{KEEPER_STAYS, keeper_hear_stays},
};

static bool keeper_hear(struct keeper *k, struct keeper_proc *p, struct keeper_msg *m)
{
	for (size_t i = 0; i < sizeof(keeper_notices) / sizeof(keeper_notices[0]); i++)
		if (keeper_notices[i].kind == m->kind)
			return keeper_notices[i].hear(k, p, m);
	return false;
}

/* --- requests of a process -------------------------------------------------------------------- */

static void keeper_tell_process(const struct keeper_proc *p, struct wr *w)
{
	struct keeper_process out = {.pid = (uint32_t)p->child.pid,
				     .restarts = p->child.lives ? p->child.lives - 1 : 0};

	snprintf(out.name, sizeof(out.name), "%s", keeper_role_names[p->role]);
	snprintf(out.state, sizeof(out.state), "%s", child_state_names[p->child.state]);
	snprintf(out.why, sizeof(out.why), "%s", p->child.why);
	if (child_running(&p->child)) {
		out.age = (uint32_t)((keeper_now() - p->child.since) / 1000000);
		proc_rights(p->child.pid, &out);
	}
	keeper_put_process(w, &out);
}

static int keeper_tell_processes(struct keeper *k, struct rd *body, struct wr *answer, int *fd)
{
	struct keeper_process self;

	(void)fd;
	if (body->left)
		return EBADMSG;
	keeper_self(&self, "keeper");
	self.age = (uint32_t)((keeper_now() - k->since) / 1000000);
	keeper_put_process(answer, &self);
	for (unsigned i = 0; i < KEEPER_ROLES; i++)
		keeper_tell_process(&k->proc[i], answer);
	return 0;
}

static int keeper_tell_programs(struct keeper *k, struct rd *body, struct wr *answer, int *fd)
{
	const char *file = k->cfg->upgrade ? k->cfg->upgrade : k->cfg->program;

	(void)fd;
	if (body->left)
		return EBADMSG;
	keeper_put_program(answer, file, k->built);
	for (unsigned i = 0; i < KEEPER_ROLES; i++)
		keeper_put_program(answer, file, k->proc[i].built);
	return 0;
}

static int keeper_tell_progress(struct keeper *k, struct rd *body, struct wr *answer, int *fd)
{
	(void)fd;
	if (body->left)
		return EBADMSG;
	keeper_put_progress(answer, &k->upgrade.said);
	return 0;
}

/* One octet: only tell what it would do. */
static int keeper_begin_reload(struct keeper *k, struct rd *body, struct wr *answer, int *fd)
{
	uint8_t dry = rd_u8(body);

	(void)answer;
	(void)fd;
	return body->bad || body->left || dry > 1 ? EBADMSG : keeper_reload(k, dry);
}

/* Signals are taken in order with all else. */
static int keeper_end_all(struct keeper *k, struct rd *body, struct wr *answer, int *fd)
{
	(void)k;
	(void)answer;
	(void)fd;
	if (body->left)
		return EBADMSG;
	return kill(getpid(), SIGTERM) < 0 ? errno : 0;
}

static int keeper_give_report(struct keeper *k, struct rd *body, struct wr *answer, int *fd)
{
	(void)answer;
	if (body->left)
		return EBADMSG;
	if (k->report < 0)
		return ENOENT;
	*fd = fcntl(k->report, F_DUPFD_CLOEXEC, 0);
	return *fd < 0 ? errno : 0;
}

static int keeper_begin_upgrade(struct keeper *k, struct rd *body, struct wr *answer, int *fd)
{
	(void)fd;
	(void)answer;
	return body->left ? EBADMSG : keeper_upgrade(k);
}

/* Requests of control to keeper itself. */
static const struct {
	uint8_t kind;
	int (*run)(struct keeper *k, struct rd *body, struct wr *answer, int *fd);
} keeper_own_requests[] = {
	{KEEPER_PROCESSES, keeper_tell_processes},
	{KEEPER_UPGRADE, keeper_begin_upgrade},
	{KEEPER_RELOAD, keeper_begin_reload},
	{KEEPER_PROGRESS, keeper_tell_progress},
	{KEEPER_PROGRAMS, keeper_tell_programs},
	{KEEPER_REPORT, keeper_give_report},
	{KEEPER_END, keeper_end_all},
};

static int keeper_answer(struct keeper *k, const struct keeper_proc *p, const struct keeper_msg *q,
			 struct wr *w, int *fd)
{
	const struct keeper_request *r = k->cfg->request;
	struct rd body = rd_init(q->body, q->len);

	for (size_t i = 0; i < sizeof(keeper_own_requests) / sizeof(keeper_own_requests[0]); i++)
		if (keeper_own_requests[i].kind == q->kind)
			return p->role == KEEPER_CONTROL
				       ? keeper_own_requests[i].run(k, &body, w, fd)
				       : EPERM;
	for (; r && r->kind; r++)
		if (r->kind == q->kind)
			return r->from & 1u << p->role
				       ? r->run(k->cfg->request_ctx, p->role, &body, w, fd)
				       : EPERM;
	return ENOSYS;
}

static void keeper_handle(struct keeper *k, struct keeper_proc *p, const struct keeper_msg *q)
{
	uint8_t body[KEEPER_MSG_MAX - KEEPER_HEAD];
	struct wr w = wr_init(body, sizeof(body));
	struct keeper_msg a = {.kind = q->kind, .body = body, .fd = {-1}};

	a.error = (uint16_t)keeper_answer(k, p, q, &w, &a.fd[0]);
	if (w.bad)
		a.error = EMSGSIZE;
	a.len = w.bad ? 0 : w.len;
	a.fds = a.fd[0] >= 0;
	if (keeper_send(p->ask, &a) == -EAGAIN)
		keeper_distrust(k, p, "does not read its answers");
	keeper_msg_close(&a);
}

/* --- both ------------------------------------------------------------------------------------- */

/* The next message of a socket: true when there is one. */
static bool keeper_next(struct keeper *k, struct keeper_proc *p, int *sock, uint8_t *buf,
			struct keeper_msg *m)
{
	int rc = *sock < 0 ? -EAGAIN : keeper_recv(*sock, buf, m);

	if (rc > 0)
		return true;
	if (rc == -EAGAIN)
		return false;
	if (rc == -EBADMSG) {
		keeper_distrust(k, p, "sends what is no message");
		return false;
	}
	/* it has ended, or is about to */
	close(*sock);
	*sock = -1;
	if (p->child.state != CHILD_STOPPING)
		child_doom(&p->child, 1000000, keeper_now());
	return false;
}

void keeper_serve_notice(struct keeper *k, struct keeper_proc *p)
{
	uint8_t buf[KEEPER_MSG_MAX];
	struct keeper_msg m;

	for (unsigned n = 0; n < MESSAGES_A_TURN && keeper_next(k, p, &p->notice, buf, &m); n++) {
		if (!keeper_hear(k, p, &m))
			keeper_distrust(k, p, "says what it may not say");
		keeper_msg_close(&m);
	}
}

void keeper_serve_ask(struct keeper *k, struct keeper_proc *p)
{
	uint8_t buf[KEEPER_MSG_MAX];
	struct keeper_msg m;

	for (unsigned n = 0; n < MESSAGES_A_TURN && keeper_next(k, p, &p->ask, buf, &m); n++) {
		keeper_handle(k, p, &m);
		keeper_msg_close(&m);
	}
}
