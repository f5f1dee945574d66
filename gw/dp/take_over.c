/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The data side that comes.  Until the other one says GO it neither reads nor writes the rings of
 * the door, and it leaves no trace when it has to give up: ports that it has opened are frozen
 * before they are closed, so that they say nothing to anybody.
 */
#include "gw/dp/hand.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct data *dp_data_stand_by(const int *fd, unsigned n, const struct ist_transport *const *known)
{
	struct door *d = door_open(fd, n);
	struct data *data = d ? data_make(d, true) : NULL;
	bool ok = data;

	for (; ok && *known; known++)
		ok = data_know(data, *known);
	if (data)
		data->aside = true;
	if (ok)
		return data;
	if (data)
		data_free(data);
	door_free(d);
	return NULL;
}

typedef int take_over_load(struct data *data, struct image *im, struct image_fds *fds);

/* The first descriptor is the image. */
static int take_over_image(struct data *data, int sock, enum hand_kind kind, take_over_load *load)
{
	struct image_fds fds = {0}, rest;
	struct image im = {.fd = -1};
	int rc = hand_hear(sock, kind, -1, &fds), image;

	if (!rc && !fds.n)
		rc = -EPROTO;
	if (!rc) {
		image = fds.fd[0];
		fds.fd[0] = -1;
		rest = fds;
		rc = image_open(&im, image) ? load(data, &im, &rest) : -EINVAL;
	}
	image_free(&im);
	hand_close(&fds);
	return rc;
}

/* The other one reads and writes nothing any more, so that what is at the door holds. */
static int take_over_state(struct data *data, struct image *im, struct image_fds *fds)
{
	map_free(&data->left);
	return data_open_rings(data) && data_left_find(data) ? image_load_state(data, im, fds)
							     : -EBADMSG;
}

/* --- give up ------------------------------------------------------------------------------------ */

/* What it freezes to is thrown away. */
static void take_over_silence(struct worker_port *p)
{
	struct ist_frozen f = {.size = sizeof(f)};

	worker_port_freeze(p, &f);
	worker_port_forget_frozen(&f);
}

static void take_over_give_up(struct data *data)
{
	for (unsigned i = 0; i < WORKER_PORTS; i++) {
		struct worker *w = data->port[i].home;

		if (w && w->port[i])
			take_over_silence(w->port[i]);
		data_port_forget(data, i);
	}
}

/* --- go on -------------------------------------------------------------------------------------- */

#define TAKE_OVER_TRIES 100u
#define TAKE_OVER_PAUSE 10 /* ms */

static bool take_over_is_in_the_way(const struct data *data, unsigned port)
{
	const struct worker_port *p =
		data->port[port].home ? data->port[port].home->port[port] : NULL;

	return p && p->lost == -EADDRINUSE;
}

/* A port that has not thawed is opened with sockets of its own.  The other one had the same until
 * now, in case it were to go on; it ends in a moment. */
static void take_over_open_again(struct data *data)
{
	unsigned tries = 0;

	for (unsigned i = 0; i < WORKER_PORTS; i++)
		for (; tries < TAKE_OVER_TRIES && take_over_is_in_the_way(data, i); tries++) {
			if (tries)
				poll(NULL, 0, TAKE_OVER_PAUSE);
			data_port_thaw(data, i, NULL);
		}
}

static int take_over_start(struct data *data)
{
	take_over_open_again(data);
	data->aside = false;
	image_begin(data);
	return data_start_workers(data) && data_start_thread(data) ? 0 : -ENOMEM;
}

static int take_over_step(struct data *data, int sock, enum hand_kind kind, take_over_load *load)
{
	int rc = take_over_image(data, sock, kind, load);

	if (rc) {
		take_over_give_up(data);
		hand_say(sock, HAND_ANSWER, rc, NULL);
		return rc;
	}
	return hand_say(sock, HAND_ANSWER, 0, NULL);
}

int dp_data_take_over(struct data *data, int sock)
{
	int rc = take_over_step(data, sock, HAND_TABLES, image_load_tables);

	if (!rc)
		rc = take_over_step(data, sock, HAND_STATE, take_over_state);
	if (!rc)
		rc = hand_hear(sock, HAND_GO, -1, NULL);
	if (!rc)
		return take_over_start(data);
	take_over_give_up(data);
	return rc;
}
