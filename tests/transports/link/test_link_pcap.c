/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Replaying and recording, on files of a directory of our own. */
#include "tests/harness.h"
#include "tests/transports/kernel.h"
#include "tests/transports/link/captures.h"
#include "transports/frame-relay/frame_relay.h"
#include "transports/x25/x25_transport.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>

/* The first frame comes at once, the others as long after it as they were recorded. */
static void recorded_pace(void)
{
	static struct capture c;
	struct end e;
	uint64_t began;

	capture_begin(&c, DLT);
	capture_add(&c, 100 * S, "one", 3, 3);
	capture_add(&c, 100 * S + 250000, "two", 3, 3);
	capture_add(&c, 100 * S + 250000, "three", 5, 5);
	capture_add(&c, 99 * S, "back in time", 12, 12);
	capture_add(&c, 103 * S, "four", 4, 4);
	put_file("pace", c.octets, c.w.len);
	capture_link(&e, "pace", NULL, NULL);
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

	capture_begin(&c, DLT);
	for (uint32_t i = 0; i < 200; i++)
		capture_add(&c, i * 3600 * S, &i, 4, 4);
	put_file("fast", c.octets, c.w.len);
	capture_link(&e, "fast", NULL, pairs);
	fake_run(&e.h, fake_now);
	CU_ASSERT_EQUAL(e.frames, 200);
	CU_ASSERT_EQUAL(e.h.last_level, 5);
	CU_ASSERT_PTR_NOT_NULL(strstr(e.h.last_log, "/fast: all of it was replayed"));
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
	capture_link(&e, "long", NULL, pairs);
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

	capture_begin(&c, DLT);
	capture_add(&c, 1, "cut when captured", 10, 17);
	capture_add(&c, 2, frame, LINK_FRAME_MAX + 1, LINK_FRAME_MAX + 1);
	capture_add(&c, 3, "good", 4, 4);
	capture_add(&c, 4, "cut off", 7, 7);
	put_file("bad", c.octets, c.w.len - 3);
	capture_link(&e, "bad", NULL, NULL);
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

	capture_link(&e, NULL, "out", NULL);
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
	capture_link(&e, "out", "again", NULL);
	fake_run(&e.h, fake_now + S);
	CU_ASSERT_EQUAL(e.frames, 2);
	ASSERT_OCTETS(e.last, e.last_len, "xyz", 3);
	end_close(&e);
	CU_ASSERT_EQUAL(get_file("again", got, sizeof(got)), 24);
}

static void link_pcap_refused(void)
{
	int before = kernel_next_fd();
	static struct capture c;
	char text[300], err[300] = "";
	struct end e;

	capture_begin(&c, DLT + 1);
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
		CU_ASSERT_EQUAL(e.h.last_level, 3);
	}
	CU_ASSERT_EQUAL(kernel_next_fd(), before);
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

	capture_link(&e, "later", NULL, NULL);
	fake_run(&e.h, fake_now + 10 * S);
	CU_ASSERT_FALSE(link_up(e.l));
	capture_begin(&c, DLT);
	capture_add(&c, 5, "x", 1, 1);
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

	capture_begin(&c, 107);
	capture_add(&c, 7, sccrq, sizeof(sccrq), sizeof(sccrq));
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

	capture_begin(&c, 252);
	capture_add(&c, 7, restart, sizeof(restart), sizeof(restart));
	capture_add(&c, 8, lapb, sizeof(lapb), sizeof(lapb));
	capture_add(&c, 9, call, sizeof(call), sizeof(call));
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

/* Files may grow to this; what is beyond it is not written, as on a disk that is full. */
static void file_limit(rlim_t octets)
{
	struct rlimit r;

	CU_ASSERT_EQUAL_FATAL(getrlimit(RLIMIT_FSIZE, &r), 0);
	r.rlim_cur = octets < r.rlim_max ? octets : r.rlim_max;
	CU_ASSERT_EQUAL_FATAL(setrlimit(RLIMIT_FSIZE, &r), 0);
}

/* No room for all of a record: the file ends with the last one that is whole, and the next stands
 * behind that.  When it cannot be cut, that is told. */
static void disk_full(void)
{
	uint8_t got[200];

	signal(SIGXFSZ, SIG_IGN);
	for (int cut = 1; cut >= 0; cut--) {
		char want[200];
		struct end e;

		snprintf(want, sizeof(want), "link %s: a record is cut off", path("full"));
		capture_link(&e, NULL, "full", NULL);
		fake_run(&e.h, fake_now);
		end_send(&e, "one", 3);
		file_limit(24 + 16 + 3 + 16 + 1);
		kernel_fail("ftruncate", 0, cut, EIO);
		end_send(&e, "two", 3);
		CU_ASSERT_EQUAL(kernel_failed(), !cut);
		file_limit(RLIM_INFINITY);
		CU_ASSERT_EQUAL(get_file("full", got, sizeof(got)), 24 + 16 + 3 + (cut ? 0 : 17));
		CU_ASSERT_STRING_EQUAL(e.h.last_log, cut ? "" : want);
		CU_ASSERT_EQUAL(e.h.warnings, !cut);
		end_send(&e, "three", 5);
		CU_ASSERT_EQUAL(end_count(&e, LINK_TX), 2);
		CU_ASSERT_EQUAL(end_count(&e, LINK_TX_ERROR), 1);
		CU_ASSERT_TRUE(link_up(e.l));
		end_close(&e);
		CU_ASSERT_EQUAL(get_file("full", got, sizeof(got)), 24 + 16 + 3 + 16 + 5);
		ASSERT_OCTETS(got + 24 + 16, 3, "one", 3);
		ASSERT_OCTETS(got + 24 + 16 + 3 + 16, 5, "three", 5);
	}
	signal(SIGXFSZ, SIG_DFL);
}

static const struct test_case cases[] = {
	{"directory_made", captures_begin},
	{"replayed_as_recorded", recorded_pace},
	{"replayed_at_full_speed", full_speed},
	{"file_longer_than_the_buffer", long_file},
	{"frames_that_are_not_whole", what_is_not_whole},
	{"recorded_and_replayed_again", recording},
	{"files_that_are_refused", link_pcap_refused},
	{"file_that_comes_later", link_pcap_waited_for},
	{"frame_relay_over_files", frame_relay},
	{"x25_over_files", x25},
	{"disk_full", disk_full},
	{"directory_removed", captures_end},
	{NULL, NULL},
};
const struct test_suite suite_link_pcap = {"link_pcap", cases};
