/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Rows in sealed memory: what is written is read, and nothing else is. */
#define _GNU_SOURCE /* memfd_create, seals */
#include "gw/dp/image.h"
#include "tests/harness.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static const struct image_row call = {
	.kind = IMAGE_CALL,
	.call = {.claimed = 7,
		 .owns = DATA_OWNS_LINE,
		 .filter = {0, 1, 0, 2},
		 .msg = {(const uint8_t *)"abc", 3}},
};
static const struct image_row frozen = {
	.kind = IMAGE_FROZEN,
	.frozen = {.port = 3,
		   .frozen = true,
		   .octets = {(const uint8_t *)"zz", 2},
		   .fd = 1,
		   .fds = 2,
		   .words = "w"},
};

/* kind, length; claimed, owns, filters, octets */
static const char call_hex[] =
	"0006 00000020 0000000000000007 10 00000000 00000001 00000000 00000002 "
	"00000003 616263";

static void image_of_two(struct image *im)
{
	CU_ASSERT_TRUE_FATAL(image_new(im));
	image_put(im, &call);
	image_put(im, &frozen);
	CU_ASSERT_TRUE_FATAL(image_seal(im));
}

static void rows_are_read_as_written(void)
{
	struct image_row row;
	struct image im, other;
	uint8_t want[64];
	size_t len = test_hex(want, sizeof(want), call_hex);

	image_of_two(&im);
	ASSERT_OCTETS(im.mem, len, want, len);
	CU_ASSERT_TRUE_FATAL(image_open(&other, dup(im.fd)));
	for (unsigned i = 0; i < 2; i++, image_again(&other)) {
		CU_ASSERT_TRUE_FATAL(image_next(&other, &row));
		CU_ASSERT_EQUAL(row.kind, IMAGE_CALL);
		CU_ASSERT(row.call.claimed == 7 && row.call.owns == DATA_OWNS_LINE &&
			  row.call.filter[3] == 2);
		ASSERT_OCTETS(row.call.msg.p, row.call.msg.len, "abc", 3);
		CU_ASSERT_TRUE_FATAL(image_next(&other, &row));
		CU_ASSERT(row.kind == IMAGE_FROZEN && row.frozen.port == 3 && row.frozen.frozen);
		CU_ASSERT(row.frozen.fd == 1 && row.frozen.fds == 2 && !row.frozen.tap_on);
		CU_ASSERT_STRING_EQUAL(row.frozen.words, "w");
		CU_ASSERT_FALSE(image_next(&other, &row));
		CU_ASSERT_FALSE(other.bad);
	}
	image_free(&im);
	image_free(&other);
}

/* Nobody writes to it any more, and only such memory is taken. */
static void an_image_is_sealed(void)
{
	int fd = memfd_create("plain", MFD_CLOEXEC | MFD_ALLOW_SEALING);
	struct image im, other;

	image_of_two(&im);
	CU_ASSERT_EQUAL(write(im.fd, "x", 1), -1);
	CU_ASSERT_EQUAL(ftruncate(im.fd, 1), -1);
	CU_ASSERT_EQUAL(mmap(NULL, 1, PROT_WRITE, MAP_SHARED, im.fd, 0), MAP_FAILED);
	CU_ASSERT_EQUAL(write(fd, im.mem, im.len), (ssize_t)im.len);
	CU_ASSERT_FALSE(image_open(&other, dup(fd)));
	CU_ASSERT_EQUAL(
		fcntl(fd, F_ADD_SEALS, F_SEAL_GROW | F_SEAL_SHRINK | F_SEAL_WRITE | F_SEAL_SEAL),
		0);
	CU_ASSERT_TRUE(image_open(&other, fd));
	image_free(&other);
	CU_ASSERT_FALSE(image_open(&other, open("/dev/null", O_RDONLY | O_CLOEXEC)));
	image_free(&im);
}

/* Cut anywhere: it is bad, and what comes before the cut is read. */
static void a_cut_image(void)
{
	struct image_row row;
	struct image im, cut;

	image_of_two(&im);
	for (size_t len = 0; len < im.len; len++) {
		uint8_t *copy = malloc(len + 1); /* so that a reader past its end is seen */

		memcpy(copy, im.mem, len);
		image_read(&cut, copy, len);
		while (image_next(&cut, &row))
			;
		CU_ASSERT_TRUE(cut.bad);
		free(copy);
	}
	image_free(&im);
}

static void image_refuses(const char *hex)
{
	struct image_row row;
	uint8_t octets[128];
	struct image im;

	image_read(&im, octets, test_hex(octets, sizeof(octets), hex));
	CU_ASSERT_FALSE(image_next(&im, &row));
	CU_ASSERT_TRUE(im.bad);
}

static void rows_that_cannot_be(void)
{
	image_refuses("0000 00000000");				  /* no kind */
	image_refuses("ffff 00000000");				  /* nor this */
	image_refuses("000e 00000000");				  /* one behind the last */
	image_refuses("000d ffffffff");				  /* longer than the image */
	image_refuses("0002 0000000b 0000000000000001 000000");	  /* the length of octets is cut */
	image_refuses("0002 0000000c 0000000000000001 00000001"); /* octets that are not there */
	/* a route of table 4, and of 65 bits */
	image_refuses("0005 00000012 00000001 04 08 0a00000000000000 00000001");
	image_refuses("0005 00000012 00000001 00 41 0a00000000000000 00000001");
	image_refuses("000b 00000003 000000"); /* a bundle of which most is missing */
}

/* A member out of its range is not written either. */
static void what_cannot_be_is_not_written(void)
{
	struct image_row row = call;
	struct image im;

	CU_ASSERT_TRUE_FATAL(image_new(&im));
	row.call.owns = DATA_OWNS_ALL + 1;
	image_put(&im, &row);
	CU_ASSERT_TRUE(im.bad);
	CU_ASSERT_FALSE(image_seal(&im));
	image_free(&im);
}

static void an_image_grows(void)
{
	uint8_t *octets = calloc(1, 100000);
	struct image_row row = frozen;
	struct image im;
	unsigned n = 0;

	row.frozen.octets = (struct image_octets){octets, 100000};
	CU_ASSERT_TRUE_FATAL(image_new(&im));
	for (unsigned i = 0; i < 60; i++) {
		octets[99999] = (uint8_t)i;
		image_put(&im, &row);
	}
	free(octets);
	CU_ASSERT_TRUE_FATAL(image_seal(&im));
	while (image_next(&im, &row))
		CU_ASSERT_EQUAL(row.frozen.octets.p[99999], n++);
	CU_ASSERT_EQUAL(n, 60);
	image_free(&im);
}

static const struct test_case cases[] = {
	{"rows_are_read_as_written", rows_are_read_as_written},
	{"an_image_is_sealed", an_image_is_sealed},
	{"a_cut_image", a_cut_image},
	{"rows_that_cannot_be", rows_that_cannot_be},
	{"what_cannot_be_is_not_written", what_cannot_be_is_not_written},
	{"an_image_grows", an_image_grows},
	{NULL, NULL},
};
const struct test_suite suite_image = {"image", cases};
