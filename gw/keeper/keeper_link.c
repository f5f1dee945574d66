/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a process that keeper has started says to it and hears from it. */
#define _GNU_SOURCE
#include "gw/keeper/keeper.h"

#include "gw/keeper/keeper_body.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <unistd.h>

int keeper_given(struct keeper_msg *m, struct keeper_fds *fds)
{
	struct rd r = rd_init(m->body, m->len);
	char name[KEEPER_NAME_MAX];
	int rc = 0;

	for (unsigned i = 0; i < m->fds && !rc; i++) {
		if (!keeper_get_name(&r, name))
			return -EBADMSG;
		rc = keeper_fds_put(fds, name, m->fd[i]);
		if (rc == 0)
			keeper_msg_take(m, i);
	}
	return rc ? rc : r.left ? -EBADMSG : 0;
}

static int keeper_begin_next(struct keeper_link *l, struct keeper_fds *fds, struct keeper_go *go)
{
	uint8_t buf[KEEPER_MSG_MAX];
	struct keeper_msg m;
	int rc = keeper_recv(l->notice, buf, &m);

	if (rc <= 0)
		return rc ? rc : -EPIPE;
	if (m.kind == KEEPER_GIVE)
		rc = keeper_given(&m, fds);
	else if (m.kind == KEEPER_GO)
		rc = keeper_get_go(m.body, m.len, go) ? 1 : -EBADMSG;
	else
		rc = -EBADMSG;
	keeper_msg_close(&m);
	return rc;
}

int keeper_begin(struct keeper_link *l, struct keeper_fds *fds, struct keeper_go *go)
{
	int rc;

	*l = (struct keeper_link){.notice = KEEPER_FD_NOTICE, .ask = KEEPER_FD_ASK};
	if (fcntl(l->notice, F_SETFD, FD_CLOEXEC) < 0 || fcntl(l->ask, F_SETFD, FD_CLOEXEC) < 0)
		return -errno;
	pthread_mutex_init(&l->lock, NULL);
	while ((rc = keeper_begin_next(l, fds, go)) == 0)
		;
	if (rc < 0)
		return rc;
	if (fcntl(l->notice, F_SETFL, fcntl(l->notice, F_GETFL) | O_NONBLOCK) < 0)
		return -errno;
	return 0;
}

void keeper_end(struct keeper_link *l)
{
	close(l->notice);
	close(l->ask);
	pthread_mutex_destroy(&l->lock);
}

int keeper_say(struct keeper_link *l, enum keeper_kind kind)
{
	struct keeper_msg m = {.kind = (uint8_t)kind};

	return keeper_send(l->notice, &m);
}

static int keeper_say_name(struct keeper_link *l, enum keeper_kind kind, const char *name, int fd)
{
	uint8_t body[KEEPER_NAME_MAX];
	struct wr w = wr_init(body, sizeof(body));
	struct keeper_msg m = {.kind = (uint8_t)kind, .body = body, .fd = {fd}, .fds = fd >= 0};

	keeper_put_name(&w, name);
	m.len = w.len;
	return w.bad ? -EINVAL : keeper_send(l->notice, &m);
}

int keeper_keep(struct keeper_link *l, const char *name, int fd)
{
	return fd < 0 ? -EBADF : keeper_say_name(l, KEEPER_KEEP, name, fd);
}

int keeper_drop(struct keeper_link *l, const char *name)
{
	return keeper_say_name(l, KEEPER_DROP, name, -1);
}

int keeper_say_stays(struct keeper_link *l, int why)
{
	struct keeper_msg m = {.kind = KEEPER_STAYS, .error = (uint16_t)why};

	return keeper_send(l->notice, &m);
}

/* Answers come in order, so that one of another kind is none of ours. */
static int keeper_ask_locked(int sock, const struct keeper_msg *q, uint8_t *buf,
			     struct keeper_msg *answer)
{
	int rc = keeper_send(sock, q);

	while (rc == 0) {
		rc = keeper_recv(sock, buf, answer);
		if (rc == 0)
			return -EPIPE;
		if (rc < 0)
			break;
		if (answer->kind == q->kind)
			return -(int)answer->error;
		keeper_msg_close(answer);
		rc = 0;
	}
	return rc == -ECONNRESET ? -EPIPE : rc;
}

int keeper_ask(struct keeper_link *l, uint8_t kind, const void *body, size_t len, uint8_t *buf,
	       struct keeper_msg *answer)
{
	struct keeper_msg q = {.kind = kind, .body = body, .len = len};
	int rc;

	*answer = (struct keeper_msg){0};
	pthread_mutex_lock(&l->lock);
	rc = keeper_ask_locked(l->ask, &q, buf, answer);
	pthread_mutex_unlock(&l->lock);
	return rc;
}

static int keeper_ask_plainly(struct keeper_link *l, enum keeper_kind kind, const void *body,
			      size_t len)
{
	uint8_t buf[KEEPER_MSG_MAX];
	struct keeper_msg a;
	int rc = keeper_ask(l, kind, body, len, buf, &a);

	keeper_msg_close(&a);
	return rc;
}

int keeper_ask_upgrade(struct keeper_link *l)
{
	return keeper_ask_plainly(l, KEEPER_UPGRADE, NULL, 0);
}

int keeper_ask_reload(struct keeper_link *l, bool dry)
{
	return keeper_ask_plainly(l, KEEPER_RELOAD, &(uint8_t){dry}, 1);
}

int keeper_ask_end(struct keeper_link *l)
{
	return keeper_ask_plainly(l, KEEPER_END, NULL, 0);
}

char *keeper_report(struct keeper_link *l)
{
	uint8_t buf[KEEPER_MSG_MAX];
	struct keeper_msg a;
	char *text = NULL;
	ssize_t n = -1;

	if (keeper_ask(l, KEEPER_REPORT, NULL, 0, buf, &a) == 0 && a.fds == 1)
		text = malloc(KEEPER_REPORT_MAX + 1);
	if (text)
		n = pread(a.fd[0], text, KEEPER_REPORT_MAX, 0);
	keeper_msg_close(&a);
	if (n < 0) {
		free(text);
		return NULL;
	}
	text[n] = '\0';
	return text;
}

int keeper_progress(struct keeper_link *l, struct keeper_progress *out)
{
	uint8_t buf[KEEPER_MSG_MAX];
	struct keeper_msg a;
	int rc = keeper_ask(l, KEEPER_PROGRESS, NULL, 0, buf, &a);

	if (rc == 0 && !keeper_get_progress(a.body, a.len, out))
		rc = -EBADMSG;
	keeper_msg_close(&a);
	return rc;
}

/* A keeper of an older version does not tell. */
static void keeper_programs(struct keeper_link *l, struct keeper_process *of, unsigned n)
{
	uint8_t buf[KEEPER_MSG_MAX];
	struct keeper_msg a;

	if (!n)
		return;
	if (keeper_ask(l, KEEPER_PROGRAMS, NULL, 0, buf, &a) == 0)
		keeper_get_programs(a.body, a.len, of, n);
	keeper_msg_close(&a);
}

unsigned keeper_processes(struct keeper_link *l, struct keeper_process out[KEEPER_PROCESSES_MAX])
{
	uint8_t buf[KEEPER_MSG_MAX];
	struct keeper_msg a;
	unsigned n = 0;

	if (keeper_ask(l, KEEPER_PROCESSES, NULL, 0, buf, &a) == 0)
		n = keeper_get_processes(a.body, a.len, out);
	keeper_msg_close(&a);
	keeper_programs(l, out, n);
	return n;
}
