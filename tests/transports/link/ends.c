/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/transports/link/ends.h"

#include "tests/harness.h"
#include "tests/transports/kernel.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>

static const struct ist_key keys[] = {LINK_KEYS, {NULL, 0, 0, 0, 0, NULL, NULL, NULL}};

static void ends_on_frames(void *ctx, const struct link_frame *f, unsigned n)
{
	struct end *e = ctx;

	CU_ASSERT_EQUAL(e->h.in_call, 0);
	e->most = n > e->most ? n : e->most;
	for (unsigned i = 0; i < n; i++) {
		e->frames++;
		e->last_len = f[i].len;
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

int end_try(struct end *e, const char *text, const char *const *pairs, char *err, size_t len)
{
	struct link_conf c = {.host = &e->h.host,
			      .host_ctx = &e->h,
			      .user = &user,
			      .ctx = e,
			      .ethertype = 0x88b5,
			      .ether = {end_like.ether[0], end_like.ether[1]},
			      .little_endian = end_like.little_endian,
			      .tun_type = end_like.tun_type,
			      .tun_protocol = end_like.tun_protocol,
			      .settings = {keys, e->set, 0},
			      .sdus = true,
			      .circuit = circuits,
			      .circuits = 2,
			      .linktype = LINKTYPE_USER0};
	int r;

	memset(e, 0, sizeof(*e));
	fake_init(&e->h);
	for (; pairs && pairs[2 * c.settings.n]; c.settings.n++)
		e->set[c.settings.n] =
			(struct ist_setting){pairs[2 * c.settings.n], pairs[2 * c.settings.n + 1]};
	e->h.in_call++;
	r = link_open(&e->l, text, &c, err, len);
	e->h.in_call--;
	return r;
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
	for (size_t i = 0; i < 16; i++)
		CU_ASSERT_PTR_NULL(e->h.watch[i].on_fd);
	for (size_t i = 0; i < 32; i++)
		CU_ASSERT_FALSE(e->h.timer[i].used);
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
