/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Table messages to data, and its answers.  Control waits only for those that ask for something,
 * and when the ring is full; never longer than data lives.
 */
#include "gw/dp/data.h"
#include "gw/dp/dp_int.h"

#include <errno.h>
#include <poll.h>
#include <string.h>

/* One that does not answer for this long is stuck: control does not stay so too. */
#define ANSWER_MS 30000

/* --- answers ---------------------------------------------------------------------------------- */

static void dp_take_answer(struct dp *dp, size_t len)
{
	struct door_msg m;

	if (!door_msg_decode(&m, DOOR_ANSWER, dp->reply, len, dp->reply_room, DP_ANSWER)) {
		dp_lose(dp, "an answer that cannot be read");
	} else if (dp->asked && m.no == dp->asked) {
		dp->answer = m;
		dp->answered = true;
	} else if (m.answer.rc < 0) {
		dp_entry_failed(dp, m.no);
	}
}

void dp_take_answers(struct dp *dp)
{
	size_t len;

	/* An answer that is waited for is the last: what it points to stays. */
	while (!dp->answered && dp_take(dp, &dp->answers, dp->reply, DP_ANSWER, &len))
		dp_take_answer(dp, len);
}

/* --- waiting ---------------------------------------------------------------------------------- */

static bool dp_is_answered(struct dp *dp, const void *arg)
{
	(void)arg;
	dp_take_answers(dp);
	return dp->answered;
}

static bool dp_has_room(struct dp *dp, const void *len)
{
	/* A failure that nobody reads would fill the other ring. */
	if (!dp->asked)
		dp_take_answers(dp);
	return ring_reserve(&dp->table, *(const size_t *)len);
}

static bool dp_is_done(struct dp *dp, const void *no)
{
	dp_take_answers(dp);
	return atomic_load(&dp->door->words->done) >= *(const uint64_t *)no;
}

/* Sleep until data has done something.  Without threads nothing more will come. */
static void dp_sleep(struct dp *dp, const struct waker *w)
{
	struct pollfd fd[2] = {{.fd = w->fd, .events = POLLIN},
			       {.fd = dp->gone_fd, .events = POLLIN}};
	int n = dp->threaded ? poll(fd, 2, ANSWER_MS) : 0;

	if (!n)
		dp_lose(dp, "the data side does not answer");
	else if (fd[1].revents)
		dp_lose(dp, "the data process has gone");
}

bool dp_wait(struct dp *dp, struct waker *w, bool (*is)(struct dp *dp, const void *arg),
	     const void *arg)
{
	bool done = false;

	while (!is(dp, arg) && !dp->gone) {
		dp_push(dp);
		waker_sleep(w);
		done = is(dp, arg);
		if (!done)
			dp_sleep(dp, w);
		waker_rise(w);
		waker_clear(w);
		if (done)
			break;
	}
	return !dp->gone;
}

/* --- gathering -------------------------------------------------------------------------------- */

static void dp_show(struct ring_out *ring, struct waker *reader)
{
	ring_show(ring);
	waker_poke(reader);
}

/* Table messages first: no command is seen before those that it is behind. */
void dp_push(struct dp *dp)
{
	if ((dp->table_due || dp->workers_due) && dp->ops.leaving)
		dp->ops.leaving(dp->ctx);
	if (dp->table_due)
		dp_show(&dp->table, &dp->door->table);
	dp->table_due = false;
	for (unsigned i = 0; dp->workers_due; i++) {
		if (dp->workers_due & 1u << i)
			dp_show(&dp->mail[i].cmd, &dp->door->worker[i]);
		dp->workers_due &= ~(1u << i);
	}
}

void dp_gather(struct dp *dp, const struct ring_out *ring)
{
	bool gathers = dp->polling || dp->ops.leaving;

	if (!gathers || ring_unseen(ring) > ring->size / 4)
		dp_push(dp);
}

/* --- posting ---------------------------------------------------------------------------------- */

/* Without threads data does its work here. */
static void dp_serve(struct dp *dp)
{
	if (!dp->data || dp->threaded)
		return;
	dp_push(dp);
	while (data_serve(dp->data))
		;
}

uint64_t dp_post(struct dp *dp, struct door_msg *m)
{
	size_t len;
	void *room;

	m->no = dp->posted + 1;
	len = door_msg_encode(m, dp->msg, DOOR_MSG_MAX);
	if (!len || dp->gone || !dp_wait(dp, &dp->door->answer, dp_has_room, &len))
		return 0;
	room = ring_reserve(&dp->table, len);
	if (!room)
		return 0;
	memcpy(room, dp->msg, len);
	dp->posted = m->no;
	ring_put(&dp->table);
	dp->table_due = true;
	dp_gather(dp, &dp->table);
	dp_serve(dp);
	return dp->posted;
}

static int dp_post_question(struct dp *dp, struct door_msg *m)
{
	dp->answer = (struct door_msg){.kind = DOOR_DONE};
	dp->answered = false;
	dp->asked = dp->posted + 1;
	if (dp_post(dp, m))
		return 0;
	dp->asked = 0;
	return dp->gone ? -EPIPE : -EMSGSIZE;
}

static int dp_take_result(struct dp *dp, int otherwise)
{
	bool answered = dp->answered;

	dp->answered = false;
	dp->asked = 0;
	return answered ? dp->answer.answer.rc : otherwise;
}

int dp_ask(struct dp *dp, struct door_msg *m)
{
	int rc = dp_post_question(dp, m);

	if (rc)
		return rc;
	dp_wait(dp, &dp->door->answer, dp_is_answered, NULL);
	return dp_take_result(dp, -EPIPE);
}

int dp_change(struct dp *dp, struct door_msg *m)
{
	int rc;

	if (dp->threaded || !dp->data)
		return dp_post(dp, m) ? 0 : dp->gone ? -EPIPE : -EMSGSIZE;
	rc = dp_post_question(dp, m);
	if (rc)
		return rc;
	dp_take_answers(dp);
	return dp_take_result(dp, 0);
}

void dp_flush(struct dp *dp)
{
	dp_wait(dp, &dp->door->answer, dp_is_done, &dp->posted);
}
