/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "gw/operator/capture.h"

#include "gw/reserve.h"
#include "transports/kit/linktype.h"
#include "tests/gw/bench.h"
#include "tests/gw/calls.h"
#include "tests/heap.h"
#include <errno.h>
#include <fcntl.h>
#include <pcap/pcap.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#define FILE_NAME "a.pcap"

static char folder[] = "/tmp/isthmus-test-XXXXXX", path[64];

/* All of a port of the bench. */
static struct capture *capture_begin_of(const char *port, const char *file, const char **words)
{
	const struct capture_wish w = {.kind = CAPTURE_PORT, .who = port, .file = file};

	return capture_open(bench.gw, &w, words);
}

static void capture_begin_test(void)
{
	char conf[200];

	strcpy(folder + strlen(folder) - 6, "XXXXXX");
	CU_ASSERT_PTR_NOT_NULL_FATAL(mkdtemp(folder));
	snprintf(path, sizeof(path), "%s/a.pcap", folder);
	snprintf(conf, sizeof(conf),
		 "host-name = gw\nudp a { listen = \"192.0.2.1:1701\" }\n"
		 "vty { captures = \"%s\" }\n",
		 folder);
	bench_start(conf);
}

static void capture_end_test(void)
{
	bench_stop();
	unlink(path);
	rmdir(folder);
}

struct capture_found {
	uint32_t link_type;
	const char *octets;
	unsigned n, others;
};

static bool capture_on_frame(void *ctx, const struct replay_captured *f)
{
	struct capture_found *found = ctx;

	if (f->link_type != found->link_type) {
		found->others++;
		return true;
	}
	ASSERT_OCTETS(f->octets, f->len, found->octets, strlen(found->octets));
	found->n++;
	return true;
}

/* How many frames of a link type a file has, each of which must be what was tapped. */
static unsigned capture_frames_in(const char *file, uint32_t link_type, const char *octets)
{
	struct capture_found found = {link_type, octets, 0, 0};
	FILE *in = fopen(file, "rb");
	const char *wrong;

	CU_ASSERT_PTR_NOT_NULL_FATAL(in);
	CU_ASSERT_TRUE(replay_pcapng(in, capture_on_frame, &found, &wrong));
	fclose(in);
	return found.n;
}

static void a_file_has_an_interface_per_link_type(void)
{
	const char *words;

	capture_begin_test();
	CU_ASSERT_PTR_NOT_NULL_FATAL(capture_begin_of("a", FILE_NAME, &words));
	for (int i = 0; i < 3; i++)
		capture_tap(bench.gw, 0, i & 1, DLT_FRELAY, (const uint8_t *)"frame", 5, dp_now());
	capture_tap(bench.gw, 0, true, DLT_PPP, (const uint8_t *)"lcp", 3, dp_now());
	capture_tap(bench.gw, 1, true, DLT_PPP, (const uint8_t *)"another port", 12, dp_now());
	CU_ASSERT_EQUAL(bench.gw->capture->frames, 4);
	CU_ASSERT_EQUAL(bench.gw->capture->octets, 18);
	CU_ASSERT_EQUAL(bench.gw->capture->out.interfaces, 2);
	CU_ASSERT_TRUE(capture_stop(bench.gw, "a"));
	CU_ASSERT_FALSE(capture_stop(bench.gw, "a"));
	CU_ASSERT_EQUAL(capture_frames_in(path, DLT_FRELAY, "frame"), 3);
	CU_ASSERT_EQUAL(capture_frames_in(path, DLT_PPP, "lcp"), 1);
	capture_end_test();
}

static void refused_with_words(void)
{
	const char *words;
	FILE *f;

	capture_begin_test();
	CU_ASSERT_PTR_NULL(capture_begin_of("b", FILE_NAME, &words));
	CU_ASSERT_STRING_EQUAL(words, "no such port");
	f = fopen(path, "w");
	fputs("mine", f);
	fclose(f);
	CU_ASSERT_PTR_NULL(capture_begin_of("a", FILE_NAME, &words));
	CU_ASSERT_STRING_EQUAL(words, "File exists");
	unlink(path);
	CU_ASSERT_PTR_NOT_NULL(capture_begin_of("a", FILE_NAME, &words));
	CU_ASSERT_PTR_NULL(capture_begin_of("a", "b.pcap", &words));
	CU_ASSERT_STRING_EQUAL(words, "a capture of it is running");
	capture_end_test(); /* which ends the capture too */
}

/* Whoever may give commands writes nowhere but in the folder of captures. */
static void only_plain_names_in_the_folder(void)
{
	static const char *const names[] = {"/tmp/x", "../x", "a/b", ".x", "-x", "", "a b", "a\nb"};
	const char *words;
	char link[80];

	capture_begin_test();
	for (unsigned i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		CU_ASSERT_PTR_NULL(capture_begin_of("a", names[i], &words));
		CU_ASSERT_STRING_EQUAL(words,
				       "a file name has letters, digits, `.`, `_` and `-` only");
	}
	snprintf(link, sizeof(link), "%s/link", folder);
	CU_ASSERT_EQUAL(symlink(path, link), 0);
	CU_ASSERT_PTR_NULL(capture_begin_of("a", "link", &words));
	CU_ASSERT_STRING_EQUAL(words, "File exists");
	CU_ASSERT_EQUAL(access(path, F_OK), -1);
	unlink(link);
	capture_end_test();
}

static void without_a_folder_there_are_none(void)
{
	const char *words;

	bench_start("host-name = gw\nudp a { listen = \"192.0.2.1:1701\" }\n");
	CU_ASSERT_PTR_NULL(capture_begin_of("a", FILE_NAME, &words));
	CU_ASSERT_STRING_EQUAL(words, "no folder is configured: vty { captures = FOLDER }");
	bench_stop();
}

static void it_ends_at_its_limit(void)
{
	static uint8_t frame[60000];
	const char *words;

	capture_begin_test();
	CU_ASSERT_PTR_NOT_NULL_FATAL(capture_begin_of("a", FILE_NAME, &words));
	bench.gw->capture->octets = CAPTURE_MOST - 100000;
	for (int i = 0; i < 3; i++)
		capture_tap(bench.gw, 0, false, LINKTYPE_RAW, frame, sizeof(frame), 1);
	CU_ASSERT_EQUAL(bench.gw->capture->frames, 1);
	CU_ASSERT_EQUAL(bench.gw->capture->lost, 2);
	capture_end_test();
}

/* The limit of a file's size stands for a disk that is full; it cuts a record in the middle. */
static void capture_disk_has(const char *file, int more)
{
	struct stat st = {0};
	struct rlimit r;

	if (file)
		CU_ASSERT_EQUAL_FATAL(stat(file, &st), 0);
	CU_ASSERT_EQUAL_FATAL(getrlimit(RLIMIT_FSIZE, &r), 0);
	r.rlim_cur = more < 0 ? r.rlim_max : (rlim_t)(st.st_size + more);
	signal(SIGXFSZ, SIG_IGN);
	CU_ASSERT_EQUAL_FATAL(setrlimit(RLIMIT_FSIZE, &r), 0);
}

static void a_full_disk_loses_what_it_cannot_take(void)
{
	const uint8_t *frame = (const uint8_t *)"frame";
	const struct capture *c;
	const char *words;

	capture_begin_test();
	c = capture_begin_of("a", FILE_NAME, &words);
	CU_ASSERT_PTR_NOT_NULL_FATAL(c);
	capture_tap(bench.gw, 0, true, LINKTYPE_RAW, frame, 5, 1 * SEC);
	capture_disk_has(path, 18); /* of a block's octets */
	capture_tap(bench.gw, 0, true, LINKTYPE_RAW, frame, 5, 2 * SEC);
	CU_ASSERT_EQUAL(c->error, EFBIG);
	capture_tap(bench.gw, 0, true, LINKTYPE_RAW, frame, 5, 4 * SEC);
	CU_ASSERT_TRUE(c->frames == 1 && c->lost == 2 && c->octets == 5);
	capture_disk_has(NULL, -1);
	capture_tap(bench.gw, 0, true, LINKTYPE_RAW, frame, 5, 5 * SEC - 1); /* not tried yet */
	CU_ASSERT_TRUE(c->frames == 1 && c->lost == 3);
	capture_tap(bench.gw, 0, true, LINKTYPE_RAW, frame, 5, 5 * SEC);
	capture_tap(bench.gw, 0, true, LINKTYPE_RAW, frame, 5, 5 * SEC);
	CU_ASSERT_TRUE(c->frames == 3 && c->lost == 3 && c->error == 0);
	CU_ASSERT_TRUE(capture_stop(bench.gw, "a"));
	CU_ASSERT_EQUAL(capture_frames_in(path, LINKTYPE_RAW, "frame"), 3);
	capture_end_test();
}

static void a_disk_that_is_full_from_the_start(void)
{
	const uint8_t *frame = (const uint8_t *)"frame";
	const struct capture *c;
	const char *words;

	capture_begin_test();
	c = capture_begin_of("a", FILE_NAME, &words);
	CU_ASSERT_PTR_NOT_NULL_FATAL(c);
	capture_disk_has(NULL, 10); /* of the octets of a section's head */
	capture_tap(bench.gw, 0, true, LINKTYPE_RAW, frame, 5, 1 * SEC);
	capture_disk_has(NULL, -1);
	CU_ASSERT_TRUE(c->error == EFBIG && c->lost == 1 && c->out.good == 0);
	capture_tap(bench.gw, 0, true, LINKTYPE_RAW, frame, 5, 2 * SEC);
	CU_ASSERT_TRUE(c->error == 0 && c->lost == 1 && c->frames == 1);
	CU_ASSERT_TRUE(capture_stop(bench.gw, "a"));
	CU_ASSERT_EQUAL(capture_frames_in(path, LINKTYPE_RAW, "frame"), 1);
	capture_end_test();
}

static int capture_next_fd(void)
{
	int fd = dup(0);

	close(fd);
	return fd;
}

static void a_capture_needs_memory(void)
{
	const char *words = NULL;
	int fd;

	capture_begin_test();
	fd = capture_next_fd();
	heap_refuse(0);
	CU_ASSERT_PTR_NULL(capture_begin_of("a", FILE_NAME, &words));
	CU_ASSERT_TRUE(heap_refused());
	CU_ASSERT_STRING_EQUAL(words, "out of memory");
	fake.tap_refuses = true;
	words = NULL;
	CU_ASSERT_PTR_NULL(capture_begin_of("a", FILE_NAME, &words));
	CU_ASSERT_STRING_EQUAL(words, "out of memory");
	CU_ASSERT_PTR_NULL(bench.gw->capture);
	CU_ASSERT_EQUAL(capture_next_fd(), fd);
	capture_end_test();
}

/* A name of 99 octets fits, a port's of 63; a file of the folder's name is no folder. */
static void names_that_are_too_long(void)
{
	char name[102], file[200];
	const char *words;

	capture_begin_test();
	memset(name, 'x', 100);
	name[100] = '\0';
	CU_ASSERT_PTR_NULL(capture_begin_of("a", name, &words));
	CU_ASSERT_STRING_EQUAL(words, "name too long");
	name[99] = '\0';
	CU_ASSERT_PTR_NOT_NULL(capture_begin_of("a", name, &words));
	CU_ASSERT_STRING_EQUAL(bench.gw->capture->out.name, name);
	capture_tap(bench.gw, 0, true, LINKTYPE_RAW, (const uint8_t *)"x", 1, 1);
	CU_ASSERT_TRUE(capture_stop(bench.gw, "a"));
	snprintf(file, sizeof(file), "%s/%s", folder, name);
	CU_ASSERT_EQUAL(unlink(file), 0);
	capture_end_test();
}

/* A file is the owner's alone, and no descriptor of a capture is left to programs that are started.
 */
static void files_are_private(void)
{
	const struct capture *c;
	const char *words;
	struct stat st;
	mode_t old = umask(0);

	capture_begin_test();
	c = capture_begin_of("a", FILE_NAME, &words);
	CU_ASSERT_PTR_NOT_NULL_FATAL(c);
	CU_ASSERT_EQUAL(access(path, F_OK), -1); /* made with its first frame */
	capture_tap(bench.gw, 0, true, LINKTYPE_RAW, (const uint8_t *)"x", 1, 1);
	CU_ASSERT_EQUAL_FATAL(stat(path, &st), 0);
	CU_ASSERT_EQUAL(st.st_mode & 07777, 0600);
	CU_ASSERT_EQUAL(fcntl(c->out.folder, F_GETFD), FD_CLOEXEC);
	CU_ASSERT_EQUAL(fcntl(c->out.fd[0], F_GETFD), FD_CLOEXEC);
	umask(old);
	capture_end_test();
}

/* Whatever keeps a file from being made, the frame is lost, and a second later it is tried again.
 */
static void a_file_that_cannot_be_made(void)
{
	const struct capture *c;
	const char *words;
	int fd;

	capture_begin_test();
	c = capture_begin_of("a", FILE_NAME, &words);
	CU_ASSERT_PTR_NOT_NULL_FATAL(c);
	fd = capture_next_fd();
	fclose(fopen(path, "w"));
	capture_tap(bench.gw, 0, true, LINKTYPE_RAW, (const uint8_t *)"x", 1, SEC);
	CU_ASSERT_TRUE(c->lost == 1 && c->frames == 0 && c->out.files == 0);
	CU_ASSERT_EQUAL(c->error, EEXIST);
	CU_ASSERT_EQUAL(bench_logged("main error: capture of port a: File exists: frames are lost"),
			1);
	CU_ASSERT_EQUAL(capture_next_fd(), fd);
	unlink(path);
	capture_tap(bench.gw, 0, true, LINKTYPE_RAW, (const uint8_t *)"x", 1, 2 * SEC - 1);
	CU_ASSERT_TRUE(c->lost == 2 && c->frames == 0);
	capture_tap(bench.gw, 0, true, LINKTYPE_RAW, (const uint8_t *)"x", 1, 2 * SEC);
	CU_ASSERT_TRUE(c->lost == 2 && c->frames == 1 && c->error == 0);
	CU_ASSERT_EQUAL(
		bench_logged("main notice: capture of port a: goes on, 2 frames lost so far"), 1);
	CU_ASSERT_TRUE(capture_stop(bench.gw, "a"));
	CU_ASSERT_EQUAL(
		bench_logged("main notice: capture of port a: 1 frames written, 2 lost, 0 *"), 1);
	CU_ASSERT_EQUAL(capture_frames_in(path, LINKTYPE_RAW, "x"), 1);
	capture_end_test();
}

/* Somebody makes a file of that name after the capture has begun: it is not written to. */
static void a_file_that_is_there_meanwhile(void)
{
	const struct capture *c;
	const char *words;
	struct stat st;

	capture_begin_test();
	c = capture_begin_of("a", FILE_NAME, &words);
	CU_ASSERT_PTR_NOT_NULL_FATAL(c);
	fclose(fopen(path, "w"));
	capture_tap(bench.gw, 0, true, LINKTYPE_RAW, (const uint8_t *)"x", 1, SEC);
	CU_ASSERT_TRUE(c->error == EEXIST && c->lost == 1 && c->out.files == 0);
	CU_ASSERT_EQUAL(stat(path, &st), 0);
	CU_ASSERT_EQUAL(st.st_size, 0);
	capture_end_test();
}

/* A file has 32 interfaces; frames of another link type are lost. */
static void as_many_interfaces_as_there_are(void)
{
	const struct capture *c;
	const char *words;

	capture_begin_test();
	c = capture_begin_of("a", FILE_NAME, &words);
	CU_ASSERT_PTR_NOT_NULL_FATAL(c);
	for (unsigned i = 0; i < 32; i++)
		capture_tap(bench.gw, 0, true, (uint16_t)(200 + i), (const uint8_t *)"x", 1, SEC);
	CU_ASSERT_TRUE(c->frames == 32 && c->lost == 0);
	capture_tap(bench.gw, 0, true, 300, (const uint8_t *)"x", 1, SEC);
	CU_ASSERT_TRUE(c->frames == 32 && c->lost == 1 && c->error == ENOBUFS);
	capture_tap(bench.gw, 0, true, 231, (const uint8_t *)"x", 1, 2 * SEC);
	CU_ASSERT_TRUE(c->frames == 33 && c->lost == 1);
	CU_ASSERT_TRUE(capture_stop(bench.gw, "a"));
	CU_ASSERT_EQUAL(capture_frames_in(path, 231, "x"), 2);
	capture_end_test();
}

/* Without a standard input its number is the folder's, or a file's. */
static void descriptor_zero(void)
{
	int kept = dup(STDIN_FILENO);
	const char *words;

	for (unsigned i = 0; i < 2; i++) {
		capture_begin_test();
		if (i)
			close(STDIN_FILENO);
		errno = EMFILE; /* of an older call */
		CU_ASSERT_PTR_NOT_NULL_FATAL(capture_begin_of("a", FILE_NAME, &words));
		if (!i)
			close(STDIN_FILENO);
		errno = EMFILE;
		capture_tap(bench.gw, 0, true, LINKTYPE_RAW, (const uint8_t *)"x", 1, SEC);
		CU_ASSERT_EQUAL(bench.gw->capture->frames, 1);
		CU_ASSERT_NOT_EQUAL(fcntl(STDIN_FILENO, F_GETFD), -1);
		CU_ASSERT_TRUE(capture_stop(bench.gw, "a"));
		CU_ASSERT_EQUAL(fcntl(STDIN_FILENO, F_GETFD), -1);
		dup2(kept, STDIN_FILENO);
		CU_ASSERT_EQUAL(capture_frames_in(path, LINKTYPE_RAW, "x"), 1);
		capture_end_test();
	}
	close(kept);
}

/* None is left but the reserve: the folder and its files take of it. */
static void descriptors_of_the_reserve(void)
{
	struct rlimit old, none;
	struct reserve_limits n;
	const char *words;
	int next;

	capture_begin_test();
	next = dup(0);
	close(next);
	getrlimit(RLIMIT_NOFILE, &old);
	none = (struct rlimit){.rlim_cur = (rlim_t)next, .rlim_max = old.rlim_max};
	CU_ASSERT_EQUAL_FATAL(setrlimit(RLIMIT_NOFILE, &none), 0);
	CU_ASSERT_PTR_NOT_NULL(capture_begin_of("a", FILE_NAME, &words));
	capture_tap(bench.gw, 0, true, LINKTYPE_RAW, (const uint8_t *)"x", 1, SEC);
	CU_ASSERT_TRUE(capture_stop(bench.gw, "a"));
	setrlimit(RLIMIT_NOFILE, &old);
	reserve_limits(&n);
	CU_ASSERT(n.kept < RESERVE_MAX);
	CU_ASSERT_EQUAL(capture_frames_in(path, LINKTYPE_RAW, "x"), 1);
	capture_end_test();
}

static const struct test_case cases[] = {
	{"a_file_has_an_interface_per_link_type", a_file_has_an_interface_per_link_type},
	{"refused_with_words", refused_with_words},
	{"only_plain_names_in_the_folder", only_plain_names_in_the_folder},
	{"without_a_folder_there_are_none", without_a_folder_there_are_none},
	{"it_ends_at_its_limit", it_ends_at_its_limit},
	{"a_full_disk_loses_what_it_cannot_take", a_full_disk_loses_what_it_cannot_take},
	{"a_disk_that_is_full_from_the_start", a_disk_that_is_full_from_the_start},
	{"a_capture_needs_memory", a_capture_needs_memory},
	{"names_that_are_too_long", names_that_are_too_long},
	{"files_are_private", files_are_private},
	{"a_file_that_cannot_be_made", a_file_that_cannot_be_made},
	{"a_file_that_is_there_meanwhile", a_file_that_is_there_meanwhile},
	{"as_many_interfaces_as_there_are", as_many_interfaces_as_there_are},
	{"descriptor_zero", descriptor_zero},
	{"descriptors_of_the_reserve", descriptors_of_the_reserve},
	{NULL, NULL},
};
const struct test_suite suite_capture = {"capture", cases};
