/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h" /* first: accept4 */

#include "gw/operator/listener.h"

#include "gw/reserve.h"

#include <errno.h>
#include <grp.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#define LOOK_AWAY 1000000u /* us */

/* --- a Unix socket -------------------------------------------------------------------------------- */

/* A process listens on this socket: it is not a leftover of one that was killed. */
static bool listener_lives(const struct sockaddr_un *sun)
{
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	int rc = fd < 0 ? -1 : connect(fd, (const struct sockaddr *)sun, sizeof(*sun));
	bool lives = rc == 0 || errno != ECONNREFUSED;

	if (fd >= 0)
		close(fd);
	return lives;
}

static int listener_bind(int fd, const struct sockaddr_un *sun, mode_t mode)
{
	mode_t old = umask(~mode & 0777); /* so from the first moment on */
	int rc = bind(fd, (const struct sockaddr *)sun, sizeof(*sun)) < 0 ? -errno : 0;

	umask(old);
	return rc;
}

static int listener_set_group(const char *who, const char *path, const char *group)
{
	const struct group *g = group ? getgrnam(group) : NULL;

	if (!group)
		return 0;
	if (!g) {
		GW_LOG(LOG_NOBODY, MAIN, LOGL_ERROR, "%s: there is no group %s\n", who, group);
		return -ENOENT;
	}
	return lchown(path, (uid_t)-1, g->gr_gid) < 0 ? -errno : 0;
}

static void listener_make_folder(const char *path)
{
	char folder[LISTENER_PATH];
	char *slash;

	snprintf(folder, sizeof(folder), "%s", path);
	slash = strrchr(folder, '/');
	if (!slash)
		return;
	*slash = '\0';
	mkdir(folder, 0755); /* when it fails, bind() says why */
}

int listener_open(const char *who, const char *path, const char *group, mode_t mode)
{
	struct sockaddr_un sun = {.sun_family = AF_UNIX};
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0), rc;

	if (fd < 0)
		return -errno;
	snprintf(sun.sun_path, sizeof(sun.sun_path), "%s", path);
	listener_make_folder(path);
	rc = listener_bind(fd, &sun, mode);
	if (rc == -EADDRINUSE && !listener_lives(&sun))
		rc = unlink(path) < 0 ? -errno : listener_bind(fd, &sun, mode);
	if (rc < 0) {
		close(fd);
		return rc;
	}
	rc = listener_set_group(who, path, group);
	if (rc == 0 && listen(fd, SOMAXCONN) < 0)
		rc = -errno;
	if (rc == 0)
		return fd;
	unlink(path);
	close(fd);
	return rc;
}

void listener_sweep(const char *path)
{
	struct sockaddr_un sun = {.sun_family = AF_UNIX};

	snprintf(sun.sun_path, sizeof(sun.sun_path), "%s", path);
	if (!listener_lives(&sun))
		unlink(path);
}

/* --- accepting ------------------------------------------------------------------------------------ */

static void listener_look_back(void *ctx, uint64_t now)
{
	struct listener *l = ctx;

	(void)now;
	osmo_fd_read_enable(&l->fd);
}

static void listener_failed(struct listener *l, int err)
{
	uint64_t now = loop_now(l->gw->loop);

	if (err != EMFILE && err != ENFILE && err != ENOBUFS && err != ENOMEM)
		return; /* of this connection only */
	osmo_fd_read_disable(&l->fd);
	loop_set(l->gw->loop, &l->look_back, now + LOOK_AWAY);
	gw_log_peer(LOG_NOBODY, GW_LOG_MAIN, LOGL_ERROR, 0, now,
		    "%s: cannot accept a connection: %s", l->name, strerror(err));
}

static int listener_accept(struct osmo_fd *ofd, unsigned what)
{
	struct listener *l = ofd->data;
	int fd;

	(void)what;
	do
		fd = accept4(ofd->fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
	while (fd < 0 && errno == EMFILE && reserve_give_up());
	if (fd < 0)
		listener_failed(l, errno);
	else
		l->take(l, fd);
	return 0;
}

bool listener_looks_away(const struct listener *l)
{
	return !(l->fd.when & OSMO_FD_READ);
}

int listener_start(struct listener *l, int fd)
{
	loop_timer_init(&l->look_back, listener_look_back, l);
	osmo_fd_setup(&l->fd, fd, OSMO_FD_READ, listener_accept, l, 0);
	if (osmo_fd_register(&l->fd) == 0)
		return 0;
	close(fd);
	return -1;
}

void listener_stop(struct listener *l)
{
	loop_cancel(l->gw->loop, &l->look_back);
	osmo_fd_unregister(&l->fd);
	close(l->fd.fd);
}
