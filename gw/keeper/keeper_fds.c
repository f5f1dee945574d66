/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Descriptors by name, in the order in which they came. */
#include "gw/keeper/keeper.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

static struct keeper_fd *keeper_fds_at(const struct keeper_fds *t, const char *name)
{
	for (unsigned i = 0; i < t->n; i++)
		if (!strcmp(t->at[i].name, name))
			return &t->at[i];
	return NULL;
}

static bool keeper_fds_room(struct keeper_fds *t)
{
	unsigned cap = t->cap ? t->cap * 2 : 16;
	struct keeper_fd *at;

	if (t->n < t->cap)
		return true;
	if (t->n >= KEEPER_HELD_MAX)
		return false;
	at = realloc(t->at, cap * sizeof(*at));
	if (!at)
		return false;
	t->at = at;
	t->cap = cap;
	return true;
}

int keeper_fds_put(struct keeper_fds *t, const char *name, int fd)
{
	struct keeper_fd *f = keeper_fds_at(t, name);

	if (!keeper_name_ok(name, strlen(name)))
		return -EINVAL;
	if (f) {
		if (f->fd != fd)
			close(f->fd);
		f->fd = fd;
		return 0;
	}
	if (!keeper_fds_room(t))
		return -ENFILE;
	f = &t->at[t->n++];
	memcpy(f->name, name, strlen(name) + 1);
	f->fd = fd;
	f->serial = ++t->serial;
	return 0;
}

int keeper_fds_find(const struct keeper_fds *t, const char *name)
{
	const struct keeper_fd *f = keeper_fds_at(t, name);

	return f ? f->fd : -1;
}

int keeper_fds_take(struct keeper_fds *t, const char *name)
{
	struct keeper_fd *f = keeper_fds_at(t, name);
	int fd;

	if (!f)
		return -1;
	fd = f->fd;
	t->n--;
	memmove(f, f + 1, (size_t)(t->at + t->n - f) * sizeof(*f));
	return fd;
}

bool keeper_fds_drop(struct keeper_fds *t, const char *name)
{
	int fd = keeper_fds_take(t, name);

	if (fd >= 0)
		close(fd);
	return fd >= 0;
}

void keeper_fds_free(struct keeper_fds *t)
{
	while (t->n)
		close(t->at[--t->n].fd);
	free(t->at);
	*t = (struct keeper_fds){0};
}
