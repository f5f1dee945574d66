/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Files of accounting that outlive every process.  Their folder belongs to the administrator, who
 * has named it in the configuration; the last part of the path is never a link that is followed.
 */
#include "gw/keeper/opener_spool.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

/* A descriptor that is no file, or that another has, is closed. */
static int opener_spool_judge(int fd)
{
	struct stat st;

	if (fstat(fd, &st) < 0)
		return -errno;
	if (!S_ISREG(st.st_mode))
		return -EINVAL;
	if (flock(fd, LOCK_EX | LOCK_NB) < 0)
		return errno == EWOULDBLOCK ? -EBUSY : -errno;
	return 0;
}

int opener_open_spool(const char *path, unsigned which)
{
	char file[OPENER_SPOOL_PATH + 2];
	int fd, rc;

	snprintf(file, sizeof(file), "%s.%u", path, which & 1);
	fd = open(file, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0600);
	if (fd < 0)
		return -errno;
	rc = opener_spool_judge(fd);
	if (!rc)
		return fd;
	close(fd);
	return rc;
}

void opener_spools_free(struct opener_spools *s)
{
	for (unsigned i = 0; i < s->n; i++)
		free(s->path[i]);
	free(s->path);
}

bool opener_spools_add(struct opener_spools *s, const char *path)
{
	char **grown = realloc(s->path, (s->n + 1) * sizeof(*grown));

	if (!grown)
		return false;
	s->path = grown;
	s->path[s->n] = strdup(path);
	return s->path[s->n] && ++s->n;
}

static bool opener_spools_has(const struct opener_spools *s, const char *path)
{
	for (unsigned i = 0; i < s->n; i++)
		if (!strcmp(s->path[i], path))
			return true;
	return false;
}

void opener_spools_join(struct opener_spools *s, const struct opener_spools *from)
{
	for (unsigned i = 0; i < from->n; i++)
		if (!opener_spools_has(s, from->path[i]) && !opener_spools_add(s, from->path[i]))
			return;
}

int opener_spools_open(const struct opener_spools *s, struct rd *body, int *fd)
{
	uint8_t which = rd_u8(body);
	size_t len = body->left;
	const uint8_t *path = rd_take(body, len);

	if (!path || which > 1)
		return EBADMSG;
	for (unsigned i = 0; i < s->n; i++) {
		if (strlen(s->path[i]) != len || memcmp(s->path[i], path, len) != 0)
			continue;
		*fd = opener_open_spool(s->path[i], which);
		return *fd < 0 ? -*fd : 0;
	}
	return EACCES;
}
