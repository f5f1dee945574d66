/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The life of the data side, and its message thread: table messages of control are decoded as what
 * a stranger sends, done in order, and answered when they ask for something or have failed.
 *
 * A worker may hold a packet of control's that was sent after a message: `done` says how far they
 * are, and those that wait are poked.
 */
#include "gw/dp/data.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>

#define DATA_BATCH 64u /* messages before looking elsewhere */

/* --- messages --------------------------------------------------------------------------------- */

/* asks: the answer is waited for; else only a failure is told. */
static const struct {
	data_handler *handle;
	bool asks;
} data_kinds[DOOR_KINDS] = {
	[DOOR_ATTACH] = {data_attach, true},
	[DOOR_MARK] = {data_mark, false},
	[DOOR_CALL_SET] = {data_call_set, false},
	[DOOR_CALL_DEL] = {data_call_del, false},
	[DOOR_FILTER_ADD] = {data_filter_add, true},
	[DOOR_FILTER_DEL] = {data_filter_del, false},
	[DOOR_TUN_OPEN] = {data_tun_open, true},
	[DOOR_TUN_CLOSE] = {data_tun_close, false},
	[DOOR_TUN_ROUTE] = {data_tun_route, false},
	[DOOR_PORT_OPEN] = {data_port_open, true},
	[DOOR_PORT_CLOSE] = {data_port_close, true},
	[DOOR_CONNECT] = {data_connect, true},
	[DOOR_PORT_COUNT] = {data_port_count, true},
	[DOOR_PORT_STATUS] = {data_port_status, true},
	[DOOR_PORT_FILL] = {data_port_fill, true},
	[DOOR_PORT_TAP] = {data_port_tap, true},
	[DOOR_LINE_ACCM] = {data_line_accm, true},
	[DOOR_LINE_ERRORS] = {data_line_errors, true},
	[DOOR_RESUME] = {data_resume, true},
	[DOOR_PORT_OFFLOADS] = {data_port_offloads, true},
	[DOOR_IMPAIR] = {data_impair, true},
	[DOOR_IMPAIR_ROWS] = {data_impair_rows, true},
};

void data_say(struct data *data, struct door_msg *answer, const char *text)
{
	size_t len = strlen(text);

	if (len >= DATA_TEXT)
		len = DATA_TEXT - 1;
	memcpy(data->text, text, len);
	data->text[len] = '\0';
	answer->answer.words = data->text;
}

/* Control reads its answers while it waits for one, so that there is room for it. */
static void data_answer(struct data *data, const struct door_msg *answer, bool asked)
{
	const struct door_msg none = {.kind = DOOR_DONE, .no = answer->no, .answer.rc = -EMSGSIZE};
	size_t len = door_msg_encode(answer, data->answer, DATA_ANSWER);
	void *room = NULL;

	if (!len) /* it must have one */
		len = door_msg_encode(&none, data->answer, DATA_ANSWER);

	/* Failures that are not asked for leave room for an answer that is. */
	if (asked || ring_reserve(&data->answers, DATA_ANSWER))
		room = ring_reserve(&data->answers, len);
	if (!room)
		return;
	memcpy(room, data->answer, len);
	ring_commit(&data->answers);
}

static void data_is_done(struct data *data, uint64_t no)
{
	atomic_store(&data->done, no);
	atomic_store(&data->door->words->done, no);
}

/* An answer to what cannot be read: its number is, if nothing else. */
static void data_refuse(struct data *data, size_t len)
{
	struct rd r = rd_init(data->msg, len);
	struct door_msg answer = {.kind = DOOR_DONE, .answer.rc = -EBADMSG};

	rd_skip(&r, DOOR_MSG_HEAD - 8);
	answer.no = rd_u64(&r);
	if (r.bad) {
		data->broken = true;
		return;
	}
	data_answer(data, &answer, true);
	data_is_done(data, answer.no);
}

static void data_handle(struct data *data, size_t len)
{
	struct door_msg m, answer = {.kind = DOOR_DONE};

	if (!door_msg_decode(&m, DOOR_TABLE, data->msg, len, data->room,
			     door_msg_room(DOOR_MSG_MAX)) ||
	    !data_kinds[m.kind].handle) {
		data_refuse(data, len);
		return;
	}
	answer.no = m.no;
	data_kinds[m.kind].handle(data, &m, &answer);
	if (data_kinds[m.kind].asks || answer.answer.rc < 0)
		data_answer(data, &answer, true);
	data_is_done(data, m.no);
}

/* Those that wait for a message, and control. */
static void data_tell_done(struct data *data)
{
	struct door *d = data->door;

	for (unsigned i = 0; i < data->n; i++)
		if (atomic_load(&data->worker[i]->waits))
			worker_poke(data->worker[i]);
	waker_poke(&d->answer);
}

bool data_serve(struct data *data)
{
	const void *octets;
	size_t len;

	for (unsigned i = 0; i < DATA_BATCH && (octets = ring_peek(&data->table, &len)); i++) {
		if (len <= DOOR_MSG_MAX) {
			memcpy(data->msg, octets, len);
			data->msg_len = len;
			data_handle(data, len);
		}
		ring_drop(&data->table);
	}
	data_tell_done(data);
	data->broken |= data->table.broken;
	return !ring_empty(&data->table);
}

/* --- the message thread ------------------------------------------------------------------------- */

static void *data_thread_main(void *arg)
{
	struct data *data = arg;
	struct waker *w = &data->door->table;
	struct pollfd fd = {.fd = w->fd, .events = POLLIN};

	prctl(PR_SET_NAME, "tables");
	rcu_enter();
	while (!atomic_load(&data->stop)) {
		if (data_serve(data))
			continue;
		waker_sleep(w);
		if (ring_empty(&data->table) && !atomic_load(&data->stop))
			poll(&fd, 1, -1);
		waker_rise(w);
		waker_clear(w);
	}
	rcu_leave();
	return NULL;
}

bool data_start_thread(struct data *data)
{
	sigset_t all, before;

	atomic_store(&data->stop, false);
	sigfillset(&all);
	sigdelset(&all, SIGSYS); /* a forbidden system call is said before it kills */
	pthread_sigmask(SIG_SETMASK, &all, &before);
	data->running = !pthread_create(&data->thread, NULL, data_thread_main, data);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	return data->running;
}

void data_stop_thread(struct data *data)
{
	atomic_store(&data->stop, true);
	waker_poke(&data->door->table);
	if (data->running)
		pthread_join(data->thread, NULL);
	data->running = false;
}

/* --- life ------------------------------------------------------------------------------------- */

static bool data_open_own_rings(struct data *data)
{
	struct door *d = data->door;

	data->done = atomic_load(&d->words->done);
	return ring_in_open(&data->table, d->table_ring, DOOR_TABLE_SIZE) &&
	       ring_out_open(&data->answers, d->answer_ring, DOOR_ANSWER_SIZE);
}

bool data_open_rings(struct data *data)
{
	bool ok = data_open_own_rings(data);

	for (unsigned i = 0; i < data->n; i++)
		ok &= worker_open_rings(data->worker[i]);
	return ok;
}

static bool data_get_memory(struct data *data)
{
	data->msg = malloc(DOOR_MSG_MAX);
	data->room = malloc(door_msg_room(DOOR_MSG_MAX));
	data->answer = malloc(DATA_ANSWER);
	return data->msg && data->room && data->answer && data_open_own_rings(data) &&
	       !calltab_init(&data->tab, data->door->heard) && data_left_find(data);
}

static bool data_make_workers(struct data *data)
{
	for (unsigned i = 0; i < data->n; i++) {
		data->worker[i] = worker_new(data, i);
		if (!data->worker[i] || worker_link(data->worker[i], data->n))
			return false;
	}
	return true;
}

bool data_start_workers(struct data *data)
{
	for (unsigned i = 0; data->threaded && i < data->n; i++)
		if (worker_start(data->worker[i]))
			return false;
	return true;
}

struct data *data_make(struct door *d, bool threaded)
{
	struct data *data = aligned_alloc(64, (sizeof(*data) + 63) & ~(size_t)63);

	if (!data)
		return NULL;
	memset(data, 0, sizeof(*data));
	data->door = d;
	data->threaded = threaded;
	data->n = d->workers;
	slab_init(&data->calls, sizeof(struct call));
	slab_init(&data->states, sizeof(struct call_state));
	map_init(&data->lines_at, false);
	map_init(&data->filters, false);
	map_init(&data->tun_numbers, false);
	map_init(&data->left, false);
	rcu_enter();
	if (!data_get_memory(data) || !data_make_workers(data)) {
		data_free(data);
		return NULL;
	}
	return data;
}

struct data *data_new(struct door *d, bool threaded)
{
	struct data *data = data_make(d, threaded);

	if (!data || data_start_workers(data))
		return data;
	data_free(data);
	return NULL;
}

static void data_forget_call(void *ctx, struct call *c)
{
	data_call_forget(ctx, c->c.tid, c->c.sid);
}

static void data_free_workers(struct data *data)
{
	/* Workers poke each other: none is freed while another runs. */
	for (unsigned i = 0; i < data->n; i++)
		if (data->worker[i])
			worker_stop(data->worker[i]);
	for (unsigned i = 0; i < data->n; i++)
		if (data->worker[i])
			worker_free(data->worker[i]);
}

void data_free(struct data *data)
{
	data_stop_thread(data);
	for (unsigned i = 0; i < WORKER_PORTS; i++)
		if (data->port[i].home)
			data_port_forget(data, i);
	if (data->tab.tunnel)
		calltab_each(&data->tab, data_forget_call, data);
	while (data->tuns)
		data_tun_forget(data, data->tuns);
	data_filters_free(data);
	rcu_drain();
	data_free_workers(data);
	calltab_free(&data->tab);
	slab_free(&data->calls);
	slab_free(&data->states);
	map_free(&data->lines_at);
	map_free(&data->filters);
	map_free(&data->tun_numbers);
	map_free(&data->left);
	free(data->msg);
	free(data->room);
	free(data->answer);
	rcu_leave();
	free(data);
}

bool data_know(struct data *data, const struct ist_transport *t)
{
	unsigned i = 0;

	while (i < data->n_known && strcmp(data->known[i]->name, t->name) != 0)
		i++;
	if (i == DATA_TRANSPORTS)
		return false;
	data->known[i] = t;
	data->n_known += i == data->n_known;
	return true;
}
