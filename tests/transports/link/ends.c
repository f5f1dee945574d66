/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/transports/link/ends.h"

#include "tests/harness.h"
#include "tests/transports/kernel.h"
#include "transports/kit/handover.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const struct ist_key keys[] = {LINK_KEYS, {NULL, 0, 0, 0, 0, NULL, NULL, NULL}};

static void ends_on_frames(void *ctx, const struct link_frame *f, unsigned n)
{
	struct end *e = ctx;

	CU_ASSERT_EQUAL(e->h.in_call, 0);
	e->most = n > e->most ? n : e->most;
	for (unsigned i = 0; i < n; i++) {
		e->frames++;
		e->last_len = f[i].len;
		e->sum = end_sum(e->sum, f[i].payload, f[i].len);
		memcpy(e->last, f[i].payload,
		       f[i].len < sizeof(e->last) ? f[i].len : sizeof(e->last));
		if (e->echo)
			link_send(e->l, &f[i], 1);
	}
}

static void ends_on_carrier(void *ctx, bool up, const char *words)
{
	struct end *e = ctx;

	CU_ASSERT_EQUAL(e->h.in_call, 0);
	e->ups += up;
	e->downs += !up;
	snprintf(e->why, sizeof(e->why), "%s", words);
}

static const struct link_user user = {ends_on_frames, ends_on_carrier};
static const struct link_circuit circuits[] = {{0, 35, 1600}, {8, 48, 100}};

struct link_conf end_like;
int (*end_opener)(void *host, const struct ist_open *what);

static int ends_link(struct end *e, const char *text, const char *const *pairs,
		     struct handover *from, char *err, size_t len)
{
	struct link_conf c = {.host = &e->h.host,
			      .host_ctx = &e->h,
			      .user = &user,
			      .ctx = e,
			      .ethertype = 0x88b5,
			      .ether = {end_like.ether[0], end_like.ether[1]},
			      .little_endian = end_like.little_endian,
			      .short_frames = end_like.short_frames,
			      .tun_type = end_like.tun_type,
			      .tun_protocol = end_like.tun_protocol,
			      .settings = {keys, e->set, 0},
			      .sdus = true,
			      .circuit = circuits,
			      .circuits = 2,
			      .linktype = LINKTYPE_USER0,
			      .from = from};
	int r;

	for (; pairs && pairs[2 * c.settings.n]; c.settings.n++)
		e->set[c.settings.n] =
			(struct ist_setting){pairs[2 * c.settings.n], pairs[2 * c.settings.n + 1]};
	e->h.in_call++;
	r = link_open(&e->l, text, &c, err, len);
	e->h.in_call--;
	return r;
}

static void end_crowded(void *host, bool on)
{
	((struct fake_host *)host)->crowded = on;
}

int end_try(struct end *e, const char *text, const char *const *pairs, char *err, size_t len)
{
	memset(e, 0, sizeof(*e));
	fake_init(&e->h);
	e->h.host.open = end_opener;
	e->h.host.crowded = end_crowded;
	return ends_link(e, text, pairs, NULL, err, len);
}

/* --- to another process ------------------------------------------------------------------------ */

static void ends_no_callbacks(const struct end *e)
{
	for (size_t i = 0; i < 16; i++)
		CU_ASSERT_PTR_NULL(e->h.watch[i].on_fd);
	for (size_t i = 0; i < 32; i++)
		CU_ASSERT_FALSE(e->h.timer[i].used);
}

void end_freeze(struct end *e, struct fake_frozen *f)
{
	struct handover h;

	memset(f, 0, sizeof(*f));
	f->f = (struct ist_frozen){
		.size = sizeof(f->f), .fd = f->fd, .fd_room = 64, .room = 1 << 20};
	f->f.octets = malloc(f->f.room);
	CU_ASSERT_PTR_NOT_NULL_FATAL(f->f.octets);
	e->h.in_call++;
	handover_freeze(&h, &f->f, fake_now);
	link_hand(e->l, &h);
	CU_ASSERT_EQUAL_FATAL(handover_frozen(&h), 0);
	link_quiet(e->l);
	ends_no_callbacks(e);
	for (unsigned i = 0; i < f->f.fds; i++)
		f->fd[i] = dup(f->fd[i]);
	link_close(e->l);
	e->h.in_call--;
	f->f.octets = realloc(f->f.octets, f->f.len);
}

bool end_thaw(struct end *e, const char *text, const char *const *pairs, struct fake_frozen *f)
{
	char err[200] = "";
	struct handover h;
	bool up;

	handover_thaw(&h, &f->f, fake_now);
	CU_ASSERT_EQUAL_FATAL(ends_link(e, text, pairs, &h, err, sizeof(err)), 0);
	CU_ASSERT_FALSE(h.bad);
	up = link_up(e->l);
	fake_frozen_free(f);
	return up;
}

void end_hand_over(struct end *e, const char *text, const char *const *pairs)
{
	struct fake_frozen f;

	end_freeze(e, &f);
	CU_ASSERT_TRUE_FATAL(end_thaw(e, text, pairs, &f));
}

uint32_t end_sum(uint32_t sum, const uint8_t *frame, size_t len)
{
	for (size_t i = 0; i < len; i++)
		sum = sum * 31 + frame[i];
	return sum * 31 + (uint32_t)len;
}

void end_refused(const char *text, const char *const *pairs, const char *call, unsigned long number)
{
	static struct end e;
	char err[200] = "", want[200];
	int before = kernel_next_fd();

	snprintf(want, sizeof(want), "link %s: Operation not permitted", text);
	kernel_fail(call, number, 0, EPERM);
	CU_ASSERT_EQUAL_FATAL(end_try(&e, text, pairs, err, sizeof(err)), -EPERM);
	CU_ASSERT_TRUE(kernel_failed());
	CU_ASSERT_STRING_EQUAL(err, want);
	CU_ASSERT_EQUAL(kernel_next_fd(), before);
	for (size_t i = 0; i < 16; i++)
		CU_ASSERT_PTR_NULL(e.h.watch[i].on_fd);
}

void end_open(struct end *e, const char *text, const char *const *pairs)
{
	char err[200] = "";

	CU_ASSERT_EQUAL_FATAL(end_try(e, text, pairs, err, sizeof(err)), 0);
}

void end_close(struct end *e)
{
	e->h.in_call++;
	link_close(e->l);
	e->h.in_call--;
	fake_leave(&e->h);
	ends_no_callbacks(e);
}

void end_send(struct end *e, const void *data, uint32_t len)
{
	const struct link_frame f = {NULL, data, 0, len};

	end_send_frames(e, &f, 1);
}

void end_send_frames(struct end *e, const struct link_frame *f, unsigned n)
{
	e->h.in_call++;
	link_send(e->l, f, n);
	e->h.in_call--;
}

uint64_t end_count(const struct end *e, enum link_counter c)
{
	uint64_t v[LINK_COUNTER_COUNT];

	link_count(e->l, v);
	return v[c];
}

uint64_t end_next_look(const struct end *e)
{
	CU_ASSERT_TRUE(e->h.timer[0].used);
	return e->h.timer[0].at;
}

void end_wait(struct end *e)
{
	struct fake_host *p = &e->h;
	struct pollfd fds[64];
	nfds_t n = 0;

	fake_run(&e->h, fake_now);
	do {
		for (size_t i = 0; i < 16; i++)
			if (p->watch[i].on_fd)
				fds[n++] = (struct pollfd){p->watch[i].fd, POLLIN, 0};
		p = p->peers;
	} while (p != &e->h && n + 16 <= sizeof(fds) / sizeof(fds[0]));
	poll(fds, n, 1);
	fake_run(&e->h, fake_now);
}
