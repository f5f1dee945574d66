/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The data side that goes.  Its message thread stops first: from then on the tables do not change,
 * and the other side builds its own while frames are still carried.  Then the workers stop, between
 * two batches; what they have passed to each other and what waits for its turn is sent, ports are
 * frozen, and the rest is what nobody writes to any more.  Control's messages and commands wait in
 * the rings of the door for whoever goes on.
 */
#include "gw/dp/hand.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

/* ms for an answer: while frames are carried, and while they are not */
#define HAND_WAIT_TABLES 30000
#define HAND_WAIT_STATE	 5000

struct hand_over {
	struct data *data;
	int sock;
	struct image tables, state;
	struct image_fds fds; /* of the ports; borrowed, but for the first, which is the image's */
	bool still;	      /* the workers have stopped */
};

/* The descriptor of the image goes before those that belong to it. */
static int hand_over_image(struct hand_over *h, enum hand_kind kind, struct image *im,
			   struct image_fds *fds, int wait)
{
	int rc;

	if (!image_seal(im))
		return -ENOMEM;
	fds->fd[0] = im->fd;
	rc = hand_say(h->sock, kind, 0, fds);
	return rc ? rc : hand_hear(h->sock, HAND_ANSWER, wait, NULL);
}

static int hand_over_tables(struct hand_over *h)
{
	struct image_fds fds = {0};
	int rc = -ENOMEM;

	if (image_fds_add(&fds, -1) == 0 && image_new(&h->tables)) {
		image_save_tables(h->data, &h->tables, &fds);
		rc = hand_over_image(h, HAND_TABLES, &h->tables, &fds, HAND_WAIT_TABLES);
	}
	free(fds.fd);
	return rc;
}

/* --- the workers stop --------------------------------------------------------------------------- */

static void hand_over_settle_call(void *ctx, struct call *c)
{
	(void)ctx;
	call_settle(c->st->home, c);
	if (c->st->bundle)
		bundle_settle(c->st->home, c);
}

/* A frame may go from worker to worker more than once, as those of a bundle do. */
static void hand_over_settle(struct data *data)
{
	bool more = true;

	for (unsigned i = 0; i < data->n; i++) {
		data->worker[i]->now = dp_now();
		for (unsigned k = 0; k < WORKER_PORTS; k++)
			if (data->worker[i]->port[k])
				worker_impair_flush(data->worker[i]->port[k]);
	}
	calltab_each(&data->tab, hand_over_settle_call, NULL);
	while (more) {
		more = false;
		for (unsigned i = 0; i < data->n; i++) {
			tx_flush(data->worker[i]);
			more |= worker_drain_pairs(data->worker[i]);
		}
	}
	for (unsigned i = 0; i < data->n; i++)
		worker_finish(data->worker[i]);
}

static void hand_over_stop(struct hand_over *h)
{
	struct data *data = h->data;

	for (unsigned i = 0; i < data->n; i++)
		worker_stop(data->worker[i]);
	h->still = true;
	rcu_online();
	hand_over_settle(data);
	rcu_offline();
}

static int hand_over_state(struct hand_over *h)
{
	if (image_fds_add(&h->fds, -1) < 0 || !image_new(&h->state))
		return -ENOMEM;
	hand_over_stop(h);
	image_save_state(h->data, &h->state, &h->fds);
	return hand_over_image(h, HAND_STATE, &h->state, &h->fds, HAND_WAIT_STATE);
}

/* --- the end ------------------------------------------------------------------------------------ */

/* The other one may have written what it had to say; or it is at it, and is not to go on. */
static void hand_over_take_back(struct hand_over *h)
{
	struct data *data = h->data;

	if (h->still) {
		data_open_rings(data);
		image_take_back(data, &h->state, &h->fds);
		image_begin(data);
		data_start_workers(data);
	}
	data_start_thread(data);
}

int dp_data_hand_over(struct data **data, int sock)
{
	struct hand_over h = {.data = *data, .sock = sock, .tables.fd = -1, .state.fd = -1};
	int rc;

	rcu_enter();
	data_stop_thread(h.data);
	rcu_drain(); /* what control has had deleted has gone from the tables */
	rc = hand_over_tables(&h);
	if (!rc)
		rc = hand_over_state(&h);
	if (!rc)
		rc = hand_say(sock, HAND_GO, 0, NULL);
	if (rc) {
		shutdown(sock, SHUT_RDWR);
		hand_over_take_back(&h);
	}
	h.data->aside = !rc;
	image_free(&h.tables);
	image_free(&h.state);
	free(h.fds.fd);
	rcu_leave();
	return rc;
}
