/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Replaying and recording, on files of a directory of our own. */
#include "tests/harness.h"
#include "tests/transports/link/ends.h"
#include "transports/frame-relay/frame_relay.h"
#include "transports/link/pcap_file.h"
#include "transports/x25/x25_transport.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define DLT 147 /* what ends.c says it has */

static char dir[] = "/tmp/isthmus-pcap-XXXXXX";

static const char *path(const char *name)
{
	static char buf[4][64];
	static unsigned next;
	char *p = buf[next++ % 4];

	snprintf(p, sizeof(buf[0]), "%s/%s", dir, name);
	return p;
}

/* A capture in memory, and as a file. */
struct capture {
	uint8_t octets[PCAP_FILE_HEAD + 200 * (PCAP_RECORD_HEAD + 64) + 2 * 40000];
	struct wr w;
};

static void link_pcap_begin(struct capture *c, uint32_t link_type)
{
	c->w = wr_init(c->octets, sizeof(c->octets));
	pcap_file_encode(wr_room(&c->w, PCAP_FILE_HEAD), link_type);
}

static void link_pcap_add(struct capture *c, uint64_t us, const void *frame, uint32_t len,
			  uint32_t wire_len)
{
	const struct pcap_record r = {us, len, wire_len};

	pcap_record_encode(wr_room(&c->w, PCAP_RECORD_HEAD), &r);
	wr_bytes(&c->w, frame, len);
	CU_ASSERT_FALSE_FATAL(c->w.bad);
}

static void put_file(const char *name, const void *octets, size_t len)
{
	FILE *f = fopen(path(name), "wb");

	CU_ASSERT_FATAL(f && fwrite(octets, 1, len, f) == len && !fclose(f));
}

static size_t get_file(const char *name, uint8_t *out, size_t cap)
{
	FILE *f = fopen(path(name), "rb");
	size_t n;

	CU_ASSERT_PTR_NOT_NULL_FATAL(f);
	n = fread(out, 1, cap, f);
	fclose(f);
	return n;
}

static void link_pcap_open_link(struct end *e, const char *in, const char *out,
				const char *const *pairs)
{
	char text[200];

	snprintf(text, sizeof(text), "pcap:%s%s%s", in ? path(in) : "", out ? ">" : "",
		 out ? path(out) : "");
	end_open(e, text, pairs);
}

/* The first frame comes at once, the others as long after it as they were recorded. */
static void recorded_pace(void)
{
	static struct capture c;
	struct end e;
	uint64_t began;

	link_pcap_begin(&c, DLT);
	link_pcap_add(&c, 100 * S, "one", 3, 3);
	link_pcap_add(&c, 100 * S + 250000, "two", 3, 3);
	link_pcap_add(&c, 100 * S + 250000, "three", 5, 5);
	link_pcap_add(&c, 99 * S, "back in time", 12, 12);
	link_pcap_add(&c, 103 * S, "four", 4, 4);
	put_file("pace", c.octets, c.w.len);
	link_pcap_open_link(&e, "pace", NULL, NULL);
	CU_ASSERT_FALSE(link_up(e.l));
	began = fake_now;
	fake_run(&e.h, began);
	CU_ASSERT_TRUE(link_up(e.l));
	CU_ASSERT_EQUAL(e.frames, 1);
	ASSERT_OCTETS(e.last, e.last_len, "one", 3);
	fake_run(&e.h, began + 249999);
	CU_ASSERT_EQUAL(e.frames, 1);
	fake_run(&e.h, began + 250000);
	CU_ASSERT_EQUAL(e.frames, 4);
	fake_run(&e.h, began + 3 * S - 1);
	CU_ASSERT_EQUAL(e.frames, 4);
	fake_run(&e.h, began + 3 * S);
	ASSERT_OCTETS(e.last, e.last_len, "four", 4);
	fake_run(&e.h, began + 100 * S); /* all has come: up, and quiet */
	CU_ASSERT_EQUAL(e.frames, 5);
	CU_ASSERT_TRUE(link_up(e.l) && !e.downs);
	CU_ASSERT_EQUAL(end_count(&e, LINK_RX), 5);
	CU_ASSERT_EQUAL(end_count(&e, LINK_RX_BAD), 0);
	end_send(&e, "away", 4); /* recorded nowhere */
	CU_ASSERT_EQUAL(end_count(&e, LINK_TX), 1);
	end_close(&e);
}

static void full_speed(void)
{
	static const char *const pairs[] = {"replay", "full-speed", NULL};
	static struct capture c;
	struct end e;

	link_pcap_begin(&c, DLT);
	for (uint32_t i = 0; i < 200; i++)
		link_pcap_add(&c, i * 3600 * S, &i, 4, 4);
	put_file("fast", c.octets, c.w.len);
	link_pcap_open_link(&e, "fast", NULL, pairs);
	fake_run(&e.h, fake_now);
	CU_ASSERT_EQUAL(e.frames, 200);
	CU_ASSERT_EQUAL(e.most, 32); /* in batches */
	ASSERT_OCTETS(e.last, e.last_len, &(const uint32_t){199}, 4);
	end_close(&e);
}

/* More than the buffer holds, with frames of every length up to the longest. */
static void long_file(void)
{
	static const char *const pairs[] = {"replay", "full-speed", NULL};
	static uint8_t frame[LINK_FRAME_MAX];
	FILE *f = fopen(path("long"), "wb");
	uint8_t head[PCAP_FILE_HEAD];
	struct end e;

	CU_ASSERT_PTR_NOT_NULL_FATAL(f);
	pcap_file_encode(head, DLT);
	fwrite(head, 1, PCAP_FILE_HEAD, f);
	for (uint32_t i = 0; i < 400; i++) {
		const struct pcap_record r = {i, (i * 631) % LINK_FRAME_MAX + 1,
					      (i * 631) % LINK_FRAME_MAX + 1};

		memset(frame, (int)i, r.len);
		pcap_record_encode(head, &r);
		fwrite(head, 1, PCAP_RECORD_HEAD, f);
		fwrite(frame, 1, r.len, f);
	}
	CU_ASSERT_EQUAL(fclose(f), 0);
	link_pcap_open_link(&e, "long", NULL, pairs);
	fake_run(&e.h, fake_now);
	CU_ASSERT_EQUAL(e.frames, 400);
	ASSERT_OCTETS(e.last, e.last_len, frame, (399 * 631) % LINK_FRAME_MAX + 1);
	end_close(&e);
}

static void what_is_not_whole(void)
{
	static uint8_t frame[40000];
	static struct capture c;
	struct end e;

	link_pcap_begin(&c, DLT);
	link_pcap_add(&c, 1, "cut when captured", 10, 17);
	link_pcap_add(&c, 2, frame, LINK_FRAME_MAX + 1, LINK_FRAME_MAX + 1);
	link_pcap_add(&c, 3, "good", 4, 4);
	link_pcap_add(&c, 4, "cut off", 7, 7);
	put_file("bad", c.octets, c.w.len - 3);
	link_pcap_open_link(&e, "bad", NULL, NULL);
	fake_run(&e.h, fake_now + S);
	CU_ASSERT_EQUAL(e.frames, 1);
	ASSERT_OCTETS(e.last, e.last_len, "good", 4);
	CU_ASSERT_EQUAL(end_count(&e, LINK_RX_TOO_LONG), 1);
	CU_ASSERT_EQUAL(end_count(&e, LINK_RX_BAD), 2);
	end_close(&e);
}

static void recording(void)
{
	static const struct link_frame two[] = {
		{(const uint8_t *)"he", (const uint8_t *)"ad", 2, 2},
		{NULL, (const uint8_t *)"xyz", 0, 3}};
	uint8_t got[200], head[PCAP_FILE_HEAD];
	struct pcap_file f;
	struct pcap_record r;
	struct end e;
	size_t n;

	link_pcap_open_link(&e, NULL, "out", NULL);
	fake_run(&e.h, fake_now);
	CU_ASSERT_TRUE(link_up(e.l));
	link_send(e.l, two, 2);
	CU_ASSERT_EQUAL(end_count(&e, LINK_TX), 2);
	end_close(&e);
	n = get_file("out", got, sizeof(got));
	CU_ASSERT_EQUAL_FATAL(n, 24 + 16 + 4 + 16 + 3);
	pcap_file_encode(head, DLT);
	ASSERT_OCTETS(got, 24, head, 24);
	CU_ASSERT_TRUE(pcap_file_decode(&f, got) && pcap_record_decode(&f, &r, got + 24));
	CU_ASSERT_TRUE(r.len == 4 && r.wire_len == 4 && r.us > UINT64_C(1600000000000000));
	ASSERT_OCTETS(got + 40, 4, "head", 4);
	CU_ASSERT_TRUE(pcap_record_decode(&f, &r, got + 44) && r.len == 3);
	ASSERT_OCTETS(got + 60, 3, "xyz", 3);
	/* What was recorded can be replayed, and is while other things are recorded. */
	link_pcap_open_link(&e, "out", "again", NULL);
	fake_run(&e.h, fake_now + S);
	CU_ASSERT_EQUAL(e.frames, 2);
	ASSERT_OCTETS(e.last, e.last_len, "xyz", 3);
	end_close(&e);
	CU_ASSERT_EQUAL(get_file("again", got, sizeof(got)), 24);
}

static void link_pcap_refused(void)
{
	static struct capture c;
	char text[300], err[300] = "";
	struct end e;

	link_pcap_begin(&c, DLT + 1);
	put_file("other", c.octets, c.w.len);
	put_file("text", "this is not a capture file", 26);
	static const struct {
		const char *in, *log;
	} rows[] = {
		{"other", "its link type is 148, not 147"},
		{"text", "not a capture file of the classic format"},
		{".", "neither a file nor a pipe"},
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		snprintf(text, sizeof(text), "pcap:%s", path(rows[i].in));
		CU_ASSERT_EQUAL(end_try(&e, text, NULL, err, sizeof(err)), -EINVAL);
		if (!strstr(e.h.last_log, rows[i].log))
			CU_FAIL(e.h.last_log);
	}
	CU_ASSERT_EQUAL(end_try(&e, "pcap:", NULL, err, sizeof(err)), -EINVAL);
	CU_ASSERT_EQUAL(end_try(&e, "pcap:>", NULL, err, sizeof(err)), -EINVAL);
	CU_ASSERT_EQUAL(end_try(&e, "pcap:a>a", NULL, err, sizeof(err)), -EINVAL);
	CU_ASSERT_PTR_NOT_NULL(strstr(err, "is not pcap:REPLAYED>RECORDED"));
}

/* A file that is not there yet may come. */
static void link_pcap_waited_for(void)
{
	static struct capture c;
	struct end e;

	link_pcap_open_link(&e, "later", NULL, NULL);
	fake_run(&e.h, fake_now + 10 * S);
	CU_ASSERT_FALSE(link_up(e.l));
	link_pcap_begin(&c, DLT);
	link_pcap_add(&c, 5, "x", 1, 1);
	put_file("later", c.octets, c.w.len);
	fake_run(&e.h, fake_now + 20 * S);
	CU_ASSERT_TRUE(link_up(e.l));
	CU_ASSERT_EQUAL(e.frames, 1);
	end_close(&e);
}

/* A transport on top: Frame Relay of RFC 3070 in, the same format out. */
static void frame_relay(void)
{
	static const uint8_t sccrq[] = {0x18, 0x41, 0x03, 0x00, 0x80, 0x00, 0x00, 0x5e,
					0x00, 0x07, 0xc8, 0x02, 0x00, 0x0c, 0x00, 0x00,
					0x00, 0x00, 0x00, 0x00, 0x00, 0x00};
	static struct capture c;
	char link[150];
	const char *const config[] = {link, "lmi=none", "@100 l2tp", NULL};
	struct fake_host h;
	struct fake_event *ev;
	uint8_t got[200];
	ist_channel ch = 0;

	link_pcap_begin(&c, 107);
	link_pcap_add(&c, 7, sccrq, sizeof(sccrq), sizeof(sccrq));
	put_file("fr", c.octets, c.w.len);
	snprintf(link, sizeof(link), "link=pcap:%s>%s", path("fr"), path("fr-out"));
	fake_open(&h, &frame_relay_transport, config);
	fake_run(&h, fake_now + S);
	ev = fake_take(&h, FAKE_FRAME);
	CU_ASSERT_PTR_NOT_NULL_FATAL(ev);
	ASSERT_OCTETS(ev->data, ev->len, sccrq + 10, 12);
	fake_free(ev);
	CU_ASSERT_EQUAL(fake_connect(&h, "100", IST_PAYLOAD_L2TP, &ch), 0);
	CU_ASSERT_EQUAL(fake_send(&h, ch, sccrq + 10, 12), 1);
	fake_close(&h);
	CU_ASSERT_EQUAL(get_file("fr-out", got, sizeof(got)), 24 + 16 + sizeof(sccrq));
	ASSERT_OCTETS(got + 40, sizeof(sccrq), sccrq, sizeof(sccrq));
}

/* X.25 by tags, of which a file may have more than ours: a Restart and a Call in, what they are
 * answered by out.  LAPB's frames in the same file are for another link. */
static void x25(void)
{
	static const uint8_t restart[] = {0, 12, 0, 4,	  'x', '.',  '2', '5', 0,
					  0, 0,	 0, 0x10, 0,   0xfb, 0,	  0},
			     call[] = {0,    35,   0,	 4,   0,    0, 0, 1,	0, 12,	 0,
				       4,    'x',  '.',	 '2', '5',  0, 0, 0,	0, 0x10, 1,
				       0x0b, 0x10, 0x50, 0,   0x80, 0, 0, 0x5e, 0, 7},
			     lapb[] = {0, 12, 0, 4, 'l', 'a', 'p', 'b', 0, 0, 0, 0, 1, 0x3f},
			     want[] = {0, 12, 0, 4, 'x', '.', '2', '5',	 0, 35,	  0, 4, 0,
				       0, 0,  1, 0, 0,	 0,   0,   0x10, 0, 0xfb, 7, 0};
	static struct capture c;
	char link[150];
	const char *const config[] = {link, "framing=pseudo-header", "role=dce", "negotiate=no",
				      NULL};
	struct fake_host h;
	uint8_t got[300];
	size_t n;

	link_pcap_begin(&c, 252);
	link_pcap_add(&c, 7, restart, sizeof(restart), sizeof(restart));
	link_pcap_add(&c, 8, lapb, sizeof(lapb), sizeof(lapb));
	link_pcap_add(&c, 9, call, sizeof(call), sizeof(call));
	put_file("x25", c.octets, c.w.len);
	snprintf(link, sizeof(link), "link=pcap:%s>%s", path("x25"), path("x25-out"));
	fake_open(&h, &x25_transport, config);
	fake_run(&h, fake_now + S);
	CU_ASSERT_EQUAL(fake_answer(&h, fake_channel(&h, FAKE_OFFER)), 0);
	fake_run(&h, fake_now);
	CU_ASSERT_EQUAL(fake_count(&h, "link-rx-bad"), 1);
	fake_close(&h);
	/* Restart at the start, and what clears the call at the end; between them Call Accepted */
	n = get_file("x25-out", got, sizeof(got));
	CU_ASSERT_EQUAL_FATAL(n, 24 + 3 * 16 + 25 + 23 + 25);
	CU_ASSERT_EQUAL(got[23], 252);
	ASSERT_OCTETS(got + 40, 25, want, 25);
	ASSERT_OCTETS(got + 24 + 2 * 16 + 25, 20, want, 20);
	ASSERT_OCTETS(got + 24 + 2 * 16 + 25 + 20, 3, "\x10\x01\x0f", 3);
}

/* --- named pipes ------------------------------------------------------------------------------ */

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
	link_pcap_open_link(&e, "p1", NULL, NULL);
	a_second(&e);
	CU_ASSERT_FALSE(link_up(e.l)); /* no writer is no end of a file */
	fd = open_pipe("p1", O_WRONLY);
	link_pcap_begin(&c, DLT);
	link_pcap_add(&c, 100 * S, "one", 3, 3);
	link_pcap_add(&c, 900 * S, "seven", 5, 5); /* the writer's pace, not the recorded one */
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
	link_pcap_open_link(&e, "p2", NULL, NULL);
	for (unsigned i = 0; i < 3; i++) {
		fd = open_pipe("p2", O_WRONLY);
		link_pcap_begin(&c, DLT + 1);
		put_all(fd, i == 1 ? (const uint8_t *)"this is not a capture file" : c.octets, 24);
		fake_run(&e.h, fake_now);
		close(fd);
		CU_ASSERT_FALSE(link_up(e.l));
		a_second(&e);
	}
	CU_ASSERT_EQUAL(e.h.errors, 1);
	CU_ASSERT_PTR_NOT_NULL(strstr(e.h.last_log, "its link type is 148, not 147"));
	fd = open_pipe("p2", O_WRONLY);
	link_pcap_begin(&c, DLT);
	link_pcap_add(&c, 1, "good", 4, 4);
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
	link_pcap_open_link(&e, "p3", NULL, NULL);
	a = open_pipe("p3", O_WRONLY);
	b = open_pipe("p3", O_WRONLY);
	link_pcap_begin(&c, DLT);
	link_pcap_add(&c, 1, "x", 1, 1);
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
	link_pcap_open_link(&e, NULL, "p4", NULL);
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

/* Two links, each reading what the other writes; one goes and comes back. */
static void pipe_pair(void)
{
	static uint8_t frame[LINK_FRAME_MAX];
	struct end a, b;

	make_pipe("p5");
	make_pipe("p6");
	for (unsigned round = 0; round < 3; round++) {
		if (!round)
			link_pcap_open_link(&a, "p5", "p6", NULL);
		link_pcap_open_link(&b, "p6", "p5", NULL);
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

static void make_dir(void)
{
	signal(SIGPIPE, SIG_IGN); /* as the daemon does */
	CU_ASSERT_PTR_NOT_NULL_FATAL(mkdtemp(dir));
}

static void remove_dir(void)
{
	static const char *const files[] = {
		"pace",	  "fast", "long", "bad", "out", "again", "other", "text", "later",  "fr",
		"fr-out", "p1",	  "p2",	  "p3",	 "p4",	"p5",	 "p6",	  "x25",  "x25-out"};

	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++)
		CU_ASSERT_EQUAL(unlink(path(files[i])), 0);
	CU_ASSERT_EQUAL(rmdir(dir), 0);
}

static const struct test_case cases[] = {
	{"directory_made", make_dir},
	{"replayed_as_recorded", recorded_pace},
	{"replayed_at_full_speed", full_speed},
	{"file_longer_than_the_buffer", long_file},
	{"frames_that_are_not_whole", what_is_not_whole},
	{"recorded_and_replayed_again", recording},
	{"files_that_are_refused", link_pcap_refused},
	{"file_that_comes_later", link_pcap_waited_for},
	{"frame_relay_over_files", frame_relay},
	{"x25_over_files", x25},
	{"pipe_octet_by_octet", pipe_octet_by_octet},
	{"pipe_of_nonsense", pipe_nonsense},
	{"pipe_with_a_second_stream", pipe_second_stream},
	{"pipe_that_is_read_slowly_or_not", pipe_slow_reader},
	{"pipes_between_two_links", pipe_pair},
	{"directory_removed", remove_dir},
	{NULL, NULL},
};
const struct test_suite suite_link_pcap = {"link_pcap", cases};
