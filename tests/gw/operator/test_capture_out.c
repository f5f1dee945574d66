/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Files of a ring, and what the last block of each says. */
#include "gw/operator/capture_out.h"

#include "gw/operator/capture.h"
#include "tests/gw/bench.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char out_folder[] = "/tmp/isthmus-test-XXXXXX";

static void out_begin(void)
{
	char conf[200];

	strcpy(out_folder + strlen(out_folder) - 6, "XXXXXX");
	CU_ASSERT_PTR_NOT_NULL_FATAL(mkdtemp(out_folder));
	snprintf(conf, sizeof(conf),
		 "host-name = gw\nudp a { listen = \"192.0.2.1:1701\" }\n"
		 "vty { captures = \"%s\" }\n",
		 out_folder);
	bench_start(conf);
}

static const char *out_path(unsigned n)
{
	static char path[80];

	snprintf(path, sizeof(path), "%s/r.%u", out_folder, n);
	return path;
}

static struct capture *out_ring(unsigned files)
{
	struct capture_wish w = {.kind = CAPTURE_PORT,
				 .who = "a",
				 .file = "r",
				 .ring_size = 4096,
				 .ring_files = files};
	const char *words;
	struct capture *c = capture_open(bench.gw, &w, &words);

	CU_ASSERT_PTR_NOT_NULL_FATAL(c);
	return c;
}

static void out_end(unsigned files)
{
	bench_stop();
	for (unsigned i = 1; i <= files; i++)
		unlink(out_path(i));
	CU_ASSERT_EQUAL(rmdir(out_folder), 0);
}

static void out_frame(uint8_t first)
{
	uint8_t frame[1500] = {first};

	capture_tap(bench.gw, 0, true, 107, frame, sizeof(frame), clock_us);
}

struct out_seen {
	unsigned n;
	uint8_t first;
};

static bool out_on_frame(void *ctx, const struct replay_captured *f)
{
	struct out_seen *s = ctx;

	if (!s->n++)
		s->first = f->octets[0];
	return true;
}

/* The frames of a file, and the first octet of its first one. */
static unsigned out_frames(unsigned file, uint8_t *first)
{
	FILE *in = fopen(out_path(file), "rb");
	struct out_seen s = {0, 0};
	const char *wrong;

	CU_ASSERT_PTR_NOT_NULL_FATAL(in);
	CU_ASSERT_TRUE(replay_pcapng(in, out_on_frame, &s, &wrong));
	fclose(in);
	*first = s.first;
	return s.n;
}

/* Three frames fill a file of 4096 octets.  Ten: 1 2 3 | 4 5 6 | 7 8 9, and 10 in the first. */
static void the_oldest_of_a_ring_goes(void)
{
	static const struct {
		unsigned frames;
		uint8_t first;
	} want[] = {{1, 10}, {3, 4}, {3, 7}};
	struct capture *c;
	struct stat st;
	uint8_t first;

	out_begin();
	c = out_ring(3);
	for (uint8_t i = 1; i <= 10; i++)
		out_frame(i);
	CU_ASSERT_TRUE(c->frames == 10 && c->lost == 0 && c->out.files == 3);
	/* whole blocks, and not much more than it may have */
	CU_ASSERT_TRUE(stat(out_path(2), &st) == 0 && st.st_size >= 4096 && st.st_size < 6000);
	CU_ASSERT_TRUE(capture_stop(bench.gw, "r"));
	for (unsigned i = 0; i < 3; i++) {
		CU_ASSERT_EQUAL(out_frames(i + 1, &first), want[i].frames);
		CU_ASSERT_EQUAL(first, want[i].first);
	}
	out_end(3);
}

/* A ring goes on where another capture would be at its limit. */
static void a_ring_has_no_limit(void)
{
	struct capture *c;

	out_begin();
	c = out_ring(2);
	c->octets = CAPTURE_MOST;
	out_frame(1);
	CU_ASSERT_TRUE(c->frames == 1 && c->lost == 0);
	out_end(2);
}

/* It would come to its second file later, and stop there; nothing is left of the attempt. */
static void a_file_in_the_way_of_a_ring(void)
{
	const struct capture_wish w = {
		.kind = CAPTURE_PORT, .who = "a", .file = "r", .ring_size = 4096, .ring_files = 3};
	const char *words;
	FILE *other;

	out_begin();
	other = fopen(out_path(2), "w");
	CU_ASSERT_PTR_NOT_NULL_FATAL(other);
	fclose(other);
	CU_ASSERT_PTR_NULL(capture_open(bench.gw, &w, &words));
	CU_ASSERT_STRING_EQUAL(words, "File exists");
	CU_ASSERT_NOT_EQUAL(access(out_path(1), F_OK), 0);
	CU_ASSERT_EQUAL(access(out_path(2), F_OK), 0);
	out_end(2);
}

/* isb_ifrecv and isb_ifdrop of the last block of a file: by their place, in this machine's order.
 */
static void out_says(unsigned file, uint64_t received, uint64_t dropped)
{
	FILE *in = fopen(out_path(file), "rb");
	uint32_t word[19];
	uint64_t n;

	CU_ASSERT_PTR_NOT_NULL_FATAL(in);
	CU_ASSERT_EQUAL(fseek(in, -(long)sizeof(word), SEEK_END), 0);
	CU_ASSERT_EQUAL_FATAL(fread(word, 1, sizeof(word), in), sizeof(word));
	fclose(in);
	CU_ASSERT_EQUAL(word[0], 5);
	memcpy(&n, &word[12], sizeof(n));
	CU_ASSERT_EQUAL(n, received);
	memcpy(&n, &word[15], sizeof(n));
	CU_ASSERT_EQUAL(n, dropped);
}

/* What the queue from data had no room for is counted from when the file began. */
static void what_was_lost_is_in_the_file(void)
{
	struct capture *c;

	out_begin();
	fake.count.reason[DP_R_TAP_RING] = 100;
	c = out_ring(2);
	out_frame(1);
	fake.count.reason[DP_R_TAP_RING] = 107;
	out_frame(2);
	out_frame(3);
	c->lost = 1;
	out_frame(4);
	fake.count.reason[DP_R_TAP_RING] = 109;
	CU_ASSERT_EQUAL(capture_lost(c), 10);
	CU_ASSERT_TRUE(capture_stop(bench.gw, "a"));
	CU_ASSERT_EQUAL(bench_logged("main notice: capture of port a: 4 frames written, 10 lost, 9 "
				     "of them since the queue was full"),
			1);
	out_says(1, 3, 8);
	out_says(2, 1, 2);
	out_end(2);
}

static const struct test_case cases[] = {
	{"the_oldest_of_a_ring_goes", the_oldest_of_a_ring_goes},
	{"a_ring_has_no_limit", a_ring_has_no_limit},
	{"a_file_in_the_way_of_a_ring", a_file_in_the_way_of_a_ring},
	{"what_was_lost_is_in_the_file", what_was_lost_is_in_the_file},
	{NULL, NULL},
};
const struct test_suite suite_capture_out = {"capture_out", cases};
