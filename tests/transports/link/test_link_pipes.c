/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Captures that come from another program, or go to one, by a named pipe. */
#include "tests/harness.h"
#include "tests/transports/kernel.h"
#include "tests/transports/link/captures.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static void make_pipe(const char *name)
{
	CU_ASSERT_EQUAL_FATAL(mkfifo(path(name), 0600), 0);
}

static int open_pipe(const char *name, int flags)
{
	int fd = open(path(name), flags | O_NONBLOCK);

	CU_ASSERT_FATAL(fd >= 0);
	return fd;
}

static void put_all(int fd, const void *octets, size_t len)
{
	CU_ASSERT_EQUAL_FATAL(write(fd, octets, len), (ssize_t)len);
}

/* A second, in which a link looks again at what it waits for. */
static void a_second(struct end *e)
{
	fake_run(&e->h, fake_now + S);
}

/* A record may come in pieces of any size: nothing is a frame before it is whole. */
static void pipe_octet_by_octet(void)
{
	static struct capture c;
	struct end e;
	int fd;

	make_pipe("p1");
	capture_link(&e, "p1", NULL, NULL);
	a_second(&e);
	CU_ASSERT_FALSE(link_up(e.l)); /* no writer is no end of a file */
	fd = open_pipe("p1", O_WRONLY);
	capture_begin(&c, DLT);
	capture_add(&c, 100 * S, "one", 3, 3);
	capture_add(&c, 900 * S, "seven", 5, 5); /* the writer's pace, not the recorded one */
	for (size_t i = 0; i < c.w.len; i++) {
		CU_ASSERT_EQUAL(link_up(e.l), i >= 24);
		CU_ASSERT_EQUAL(e.frames, i >= 24 + 16 + 3);
		put_all(fd, c.octets + i, 1);
		fake_run(&e.h, fake_now);
	}
	CU_ASSERT_EQUAL(e.frames, 2);
	ASSERT_OCTETS(e.last, e.last_len, "seven", 5);
	put_all(fd, c.octets + 24, 18); /* and the writer goes inside a record */
	close(fd);
	fake_run(&e.h, fake_now);
	CU_ASSERT_TRUE(!link_up(e.l) && e.downs == 1);
	CU_ASSERT_EQUAL(end_count(&e, LINK_RX_BAD), 1);
	fd = open_pipe("p1", O_WRONLY);
	put_all(fd, c.octets, 24 + 16 + 3);
	fake_run(&e.h, fake_now);
	CU_ASSERT_TRUE(link_up(e.l) && e.frames == 3);
	close(fd);
	end_close(&e);
}

/* What is no capture, or one of something else, is looked at again a second later, told once. */
static void pipe_nonsense(void)
{
	static struct capture c;
	struct end e;
	int fd;

	make_pipe("p2");
	capture_link(&e, "p2", NULL, NULL);
	for (unsigned i = 0; i < 3; i++) {
		fd = open_pipe("p2", O_WRONLY);
		capture_begin(&c, DLT + 1);
		put_all(fd, i == 1 ? (const uint8_t *)"this is not a capture file" : c.octets, 24);
		fake_run(&e.h, fake_now);
		close(fd);
		CU_ASSERT_FALSE(link_up(e.l));
		a_second(&e);
	}
	CU_ASSERT_EQUAL(e.h.errors, 1);
	CU_ASSERT_PTR_NOT_NULL(strstr(e.h.last_log, "its link type is 148, not 147"));
	fd = open_pipe("p2", O_WRONLY);
	capture_begin(&c, DLT);
	capture_add(&c, 1, "good", 4, 4);
	put_all(fd, c.octets, c.w.len);
	fake_run(&e.h, fake_now);
	CU_ASSERT_TRUE(link_up(e.l) && e.frames == 1);
	put_all(fd, "\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff", 16);
	fake_run(&e.h, fake_now);
	CU_ASSERT_TRUE(!link_up(e.l));
	CU_ASSERT_EQUAL(end_count(&e, LINK_RX_BAD), 4);
	close(fd);
	end_close(&e);
}

/* One writer goes and another comes while nobody looks: a header stands where a record should. */
static void pipe_second_stream(void)
{
	static struct capture c;
	struct end e;
	int a, b;

	make_pipe("p3");
	capture_link(&e, "p3", NULL, NULL);
	a = open_pipe("p3", O_WRONLY);
	b = open_pipe("p3", O_WRONLY);
	capture_begin(&c, DLT);
	capture_add(&c, 1, "x", 1, 1);
	put_all(a, c.octets, c.w.len);
	close(a);
	for (size_t i = 0; i < c.w.len; i++) {
		put_all(b, c.octets + i, 1);
		fake_run(&e.h, fake_now);
	}
	CU_ASSERT_EQUAL(e.frames, 2);
	CU_ASSERT_EQUAL(end_count(&e, LINK_RX_BAD), 0);
	close(b);
	end_close(&e);
}

/* Nobody reads: down.  Nobody reads fast enough: frames are lost, and the stream stays one. */
static void pipe_slow_reader(void)
{
	static uint8_t frame[7777], got[2 << 20];
	const struct link_frame f = {NULL, frame, 0, sizeof(frame)};
	struct pcap_record r;
	struct pcap_file file;
	size_t n = 0, at = 24, whole = 0;
	struct end e;
	ssize_t k;
	int fd;

	make_pipe("p4");
	capture_link(&e, NULL, "p4", NULL);
	a_second(&e);
	CU_ASSERT_FALSE(link_up(e.l));
	fd = open_pipe("p4", O_RDONLY);
	a_second(&e);
	CU_ASSERT_TRUE_FATAL(link_up(e.l));
	for (unsigned i = 0; i < 200; i++)
		link_send(e.l, &f, 1);
	CU_ASSERT_TRUE(end_count(&e, LINK_TX_FULL) > 0);
	CU_ASSERT_EQUAL(end_count(&e, LINK_TX_FULL) + end_count(&e, LINK_TX), 200);
	while ((k = read(fd, got + n, sizeof(got) - n)) > 0) {
		n += k > 0 ? (size_t)k : 0;
		fake_run(&e.h, fake_now);
	}
	CU_ASSERT_TRUE_FATAL(n > 24 && pcap_file_decode(&file, got));
	for (; at + 16 <= n && pcap_record_decode(&file, &r, got + at); whole++)
		at += 16 + r.len;
	CU_ASSERT_TRUE(at == n && whole == end_count(&e, LINK_TX));
	close(fd); /* found out without sending */
	a_second(&e);
	CU_ASSERT_FALSE(link_up(e.l));
	fd = open_pipe("p4", O_RDONLY);
	a_second(&e);
	CU_ASSERT_TRUE(link_up(e.l) && read(fd, got, sizeof(got)) == 24);
	close(fd);
	link_send(e.l, &f, 1); /* or by sending */
	CU_ASSERT_EQUAL(end_count(&e, LINK_TX_ERROR), 1);
	fake_run(&e.h, fake_now);
	CU_ASSERT_FALSE(link_up(e.l));
	end_close(&e);
}

/* A record that the pipe has room for in part goes whole, the rest when there is room.  head:
 * octets of the frame's head, of which the rest begins in one part of the record or another. */
static void pipe_part_of(uint32_t head)
{
	static uint8_t frame[LINK_FRAME_MAX], got[2 << 20];
	const struct link_frame f = {frame, frame + head, head, sizeof(frame) - head};
	const size_t record = 16 + sizeof(frame);
	struct fake_watch *out;
	unsigned sent = 0;
	size_t n = 24;
	struct end e;
	int fd = open_pipe("p7", O_RDONLY);

	for (size_t i = 0; i < sizeof(frame); i++)
		frame[i] = (uint8_t)(i >> 4);
	capture_link(&e, NULL, "p7", NULL);
	a_second(&e);
	CU_ASSERT_TRUE_FATAL(link_up(e.l));
	out = &e.h.watch[0];
	CU_ASSERT_EQUAL_FATAL(read(fd, got, sizeof(got)), 24);
	while (!out->on_fd) { /* nobody waits for room until a part is left */
		link_send(e.l, &f, 1);
		CU_ASSERT_TRUE_FATAL(++sent < 1000);
	}
	CU_ASSERT_EQUAL(out->what, IST_WRITE);
	CU_ASSERT_EQUAL(end_count(&e, LINK_TX), sent);
	link_send(e.l, &f, 1); /* no room for another one */
	CU_ASSERT_EQUAL(end_count(&e, LINK_TX_FULL), 1);
	for (int err = EAGAIN; err; err = err == EAGAIN ? EINTR : 0) {
		kernel_fail("write", 0, 0, err);
		out->on_fd(out->arg, IST_WRITE);
		CU_ASSERT_TRUE(kernel_failed() && out->on_fd != NULL);
	}
	n = (size_t)read(fd, got,
			 3 * 4096); /* room for a page or two: the rest may take two turns */
	while (out->on_fd) {
		ssize_t k;

		fake_run(&e.h, fake_now);
		k = read(fd, got + n, 4096);
		n += k > 0 ? (size_t)k : 0;
	}
	link_send(e.l, &f, 1); /* and here is room again */
	CU_ASSERT_EQUAL(end_count(&e, LINK_TX), ++sent);
	for (ssize_t k; (k = read(fd, got + n, sizeof(got) - n)) > 0; fake_run(&e.h, fake_now))
		n += (size_t)k;
	CU_ASSERT_EQUAL(n, sent * record);
	for (unsigned i = 0; i < sent; i++)
		if (memcmp(got + i * record + 16, frame, sizeof(frame)))
			CU_FAIL("not the frame that was sent");
	CU_ASSERT_TRUE(link_up(e.l) && !e.downs);
	close(fd);
	end_close(&e);
}

static void pipe_parts(void)
{
	make_pipe("p7");
	pipe_part_of(0);
	pipe_part_of(1);
	pipe_part_of(LINK_FRAME_MAX - 1);
}

/* The reader goes while a part of a record is kept: down, and the next reader has a header first.
 * Closed meanwhile, the link leaves nothing behind (end_close). */
static void pipe_part_is_lost(void)
{
	static uint8_t frame[LINK_FRAME_MAX], got[2 << 20];
	const struct link_frame f = {NULL, frame, 0, sizeof(frame)};
	struct end e;

	make_pipe("p8");
	for (int closed = 0; closed < 2; closed++) {
		int fd = open_pipe("p8", O_RDONLY);

		capture_link(&e, NULL, "p8", NULL);
		a_second(&e);
		CU_ASSERT_TRUE_FATAL(link_up(e.l));
		while (!end_count(&e, LINK_TX_FULL))
			link_send(e.l, &f, 1);
		CU_ASSERT_TRUE(e.h.watch[0].on_fd != NULL);
		if (!closed) {
			close(fd);
			e.h.watch[0].on_fd(e.h.watch[0].arg, IST_WRITE);
			CU_ASSERT_PTR_NULL(e.h.watch[0].on_fd);
			fake_run(&e.h, fake_now);
			CU_ASSERT_FALSE(link_up(e.l));
			fd = open_pipe("p8", O_RDONLY);
			a_second(&e);
			CU_ASSERT_TRUE(link_up(e.l));
			CU_ASSERT_EQUAL(read(fd, got, sizeof(got)), 24);
			end_send(&e, "x", 1);
			CU_ASSERT_EQUAL(read(fd, got, sizeof(got)), 16 + 1);
		}
		end_close(&e);
		close(fd);
	}
}

/* The host has no room to wait for the pipe: the rest of a record would never go.  The stream ends,
 * and begins anew. */
static void pipe_part_not_waited_for(void)
{
	static uint8_t frame[LINK_FRAME_MAX], got[2 << 20];
	int fd = open_pipe("p8", O_RDONLY);
	struct end e;

	capture_link(&e, NULL, "p8", NULL);
	a_second(&e);
	CU_ASSERT_TRUE_FATAL(link_up(e.l));
	fake_watches_left = 1;
	while (fake_watches_left)
		end_send(&e, frame, sizeof(frame));
	CU_ASSERT_EQUAL(end_count(&e, LINK_TX_ERROR), 1);
	CU_ASSERT_EQUAL(end_count(&e, LINK_TX_FULL), 0);
	fake_run(&e.h, fake_now);
	CU_ASSERT_EQUAL(e.downs, 1);
	while (read(fd, got, sizeof(got)) > 0)
		;
	a_second(&e);
	CU_ASSERT_EQUAL(e.ups, 2);
	end_send(&e, "x", 1);
	CU_ASSERT_EQUAL(read(fd, got, sizeof(got)), 24 + 16 + 1);
	end_close(&e);
	close(fd);
}

/* The pipe itself goes with its writer: it is looked for once a second. */
static void pipe_is_removed(void)
{
	static struct capture c;
	struct end e;
	int fd;

	make_pipe("p9");
	capture_begin(&c, DLT);
	capture_add(&c, 1, "x", 1, 1);
	capture_link(&e, "p9", NULL, NULL);
	fd = open_pipe("p9", O_WRONLY);
	put_all(fd, c.octets, c.w.len);
	fake_run(&e.h, fake_now);
	CU_ASSERT_TRUE(link_up(e.l) && e.frames == 1);
	CU_ASSERT_EQUAL(unlink(path("p9")), 0);
	close(fd);
	a_second(&e);
	a_second(&e);
	CU_ASSERT_EQUAL(e.downs, 1);
	make_pipe("p9");
	a_second(&e);
	fd = open_pipe("p9", O_WRONLY);
	put_all(fd, c.octets, c.w.len);
	fake_run(&e.h, fake_now);
	CU_ASSERT_TRUE(link_up(e.l) && e.frames == 2);
	close(fd);
	end_close(&e);
}

/* Whatever a link has opened it closes, and nothing else. */
static void descriptors(void)
{
	static const struct {
		const char *in, *out;
	} rows[] = {{"file", NULL}, {NULL, "full"}, {"file", "full"}, {"p9", NULL},
		    {NULL, "p9"},   {"none", "p9"}, {"p9", "full"}};
	static struct capture c;
	int before = kernel_next_fd();

	capture_begin(&c, DLT);
	capture_add(&c, 1, "x", 1, 1);
	capture_add(&c, 10 * S, "y", 1, 1); /* is waited for when the link is closed */
	put_file("file", c.octets, c.w.len);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		for (unsigned seconds = 0; seconds < 3; seconds++) {
			struct end e;

			capture_link(&e, rows[i].in, rows[i].out, NULL);
			fake_run(&e.h, fake_now + seconds * S);
			end_close(&e);
			CU_ASSERT_EQUAL(kernel_next_fd(), before);
		}
}

/* Two links, each reading what the other writes; one goes and comes back. */
static void pipe_pair(void)
{
	static uint8_t frame[LINK_FRAME_MAX];
	struct end a, b;

	make_pipe("p5");
	make_pipe("p6");
	for (unsigned round = 0; round < 3; round++) {
		if (!round)
			capture_link(&a, "p5", "p6", NULL);
		capture_link(&b, "p6", "p5", NULL);
		fake_join(&a.h, &b.h);
		a_second(&a);
		CU_ASSERT_TRUE_FATAL(link_up(a.l) && link_up(b.l));
		CU_ASSERT_EQUAL(a.ups, round + 1);
		a.frames = 0;
		for (uint32_t len = 1; len < LINK_FRAME_MAX; len += 333) {
			memset(frame, (int)len, len);
			end_send(&a, frame, len);
			end_send(&b, frame, len);
			fake_run(&a.h, fake_now);
			ASSERT_OCTETS(a.last, a.last_len, frame, len);
			ASSERT_OCTETS(b.last, b.last_len, frame, len);
		}
		CU_ASSERT_EQUAL(a.frames, b.frames);
		end_close(&b);
		fake_run(&a.h, fake_now);
		CU_ASSERT_FALSE(link_up(a.l));
	}
	end_close(&a);
}

static const struct test_case cases[] = {
	{"directory_made", captures_begin},
	{"pipe_octet_by_octet", pipe_octet_by_octet},
	{"pipe_of_nonsense", pipe_nonsense},
	{"pipe_with_a_second_stream", pipe_second_stream},
	{"pipe_that_is_read_slowly_or_not", pipe_slow_reader},
	{"pipe_with_room_for_a_part", pipe_parts},
	{"pipe_whose_reader_goes_inside_a_record", pipe_part_is_lost},
	{"pipe_that_is_not_waited_for", pipe_part_not_waited_for},
	{"pipe_that_is_removed", pipe_is_removed},
	{"descriptors", descriptors},
	{"pipes_between_two_links", pipe_pair},
	{"directory_removed", captures_end},
	{NULL, NULL},
};
const struct test_suite suite_link_pipes = {"link_pipes", cases};
