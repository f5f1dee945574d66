/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "gw/journal.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

static void journal_put(struct journal_record *r, const void *octets, size_t len)
{
	memcpy(r->octets + r->len, octets, len);
	r->len += len;
}

/* What a line cannot carry: its length in front. */
static void journal_put_length(struct journal_record *r, uint64_t len)
{
	uint8_t le[8];

	for (unsigned i = 0; i < sizeof(le); i++)
		le[i] = (uint8_t)(len >> 8 * i);
	journal_put(r, le, sizeof(le));
}

void journal_text(struct journal_record *r, const char *name, const char *value)
{
	size_t n = strlen(name), len = value ? strlen(value) : 0;
	bool lines = len && strchr(value, '\n');

	if (!len || n + len + (lines ? 10u : 2u) > sizeof(r->octets) - r->len)
		return;
	journal_put(r, name, n);
	journal_put(r, lines ? "\n" : "=", 1);
	if (lines)
		journal_put_length(r, len);
	journal_put(r, value, len);
	journal_put(r, "\n", 1);
}

void journal_number(struct journal_record *r, const char *name, unsigned value)
{
	char text[16];

	snprintf(text, sizeof(text), "%u", value);
	journal_text(r, name, text);
}

int journal_open(void)
{
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	return fd < 0 ? -errno : fd;
}

/* By its name each time, so that a journal that begins anew is found. */
int journal_send(int fd, const char *path, const struct journal_record *r)
{
	struct sockaddr_un to = {.sun_family = AF_UNIX};

	if (strlen(path) >= sizeof(to.sun_path))
		return -ENAMETOOLONG;
	strcpy(to.sun_path, path);
	if (sendto(fd, r->octets, r->len, MSG_DONTWAIT | MSG_NOSIGNAL, (struct sockaddr *)&to,
		   sizeof(to)) >= 0)
		return 0;
	return errno == EWOULDBLOCK || errno == ENOBUFS ? -EAGAIN : -errno;
}

bool journal_has(int fd, const char *stream)
{
	unsigned long long device, inode;
	struct stat st;
	int end = 0;

	return stream && sscanf(stream, "%llu:%llu%n", &device, &inode, &end) == 2 &&
	       !stream[end] && fstat(fd, &st) == 0 && st.st_dev == device && st.st_ino == inode;
}

const char *journal_front(bool warning)
{
	if (!journal_has(STDERR_FILENO, getenv("JOURNAL_STREAM")))
		return "";
	return warning ? "<4>" : "<3>";
}
