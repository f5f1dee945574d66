/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The data side in a process of its own, and the door that is made for it before it starts. */
#include "gw/dp/data.h"

#include <fcntl.h>
#include <unistd.h>

_Static_assert(DP_DOOR_FDS == DOOR_FDS, "what callers have room for is what a door has");

unsigned dp_door_new(unsigned workers, int fd[DP_DOOR_FDS])
{
	struct door *d = door_new(dp_count_workers(workers));
	unsigned n = d ? door_fds(d, fd) : 0, i;

	for (i = 0; i < n; i++) {
		fd[i] = fcntl(fd[i], F_DUPFD_CLOEXEC, 0);
		if (fd[i] < 0)
			break;
	}
	if (d)
		door_free(d);
	if (i == n)
		return n;
	while (i)
		close(fd[--i]);
	return 0;
}

/* False: there is nothing to go on from. */
static bool data_side_go_on(struct door *d, int before)
{
	struct door *left = before >= 0 ? door_read(before, d->workers) : NULL;

	if (left)
		data_left_copy(d, left);
	door_free(left);
	return left;
}

struct data *dp_data_start(const int *fd, unsigned n, int before,
			   const struct ist_transport *const *known)
{
	struct door *d = door_open(fd, n);
	bool again = d && data_side_go_on(d, before), ok;
	struct data *data = d ? data_new(d, true) : NULL;

	if (!d && before >= 0)
		close(before);
	ok = data;
	if (data)
		atomic_store(&data->waits, again);
	for (; ok && *known; known++)
		ok = data_know(data, *known);
	if (ok && data_start_thread(data))
		return data;
	if (data)
		data_free(data);
	if (d)
		door_free(d);
	return NULL;
}

void dp_data_stop(struct data *data)
{
	struct door *d = data->door;

	data_free(data);
	door_free(d);
}
