/* SPDX-License-Identifier: GPL-2.0-or-later */
#define _GNU_SOURCE
#include "gw/aaa/acct_file.h"
#include "gw/aaa/radius/radius_acct.h"
#include "tests/harness.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

static int disk[ACCT_FILES]; /* what is there when nobody has it open */
static struct acct_file file;
static struct acct_queue queue;

static void files_begin(void)
{
	for (unsigned i = 0; i < ACCT_FILES; i++)
		disk[i] = memfd_create("spool", MFD_CLOEXEC);
}

static int files_open(void)
{
	const int fd[ACCT_FILES] = {dup(disk[0]), dup(disk[1])};

	return acct_file_open(&file, fd, &queue);
}

/* Whoever had it open is killed. */
static void files_kill(void)
{
	acct_file_close(&file);
	acct_queue_free(&queue);
}

static void files_end(void)
{
	files_kill();
	close(disk[0]);
	close(disk[1]);
}

static void files_add(uint64_t serial, size_t attrs)
{
	static uint8_t octets[ACCT_ATTRS_MAX];
	const struct acct_record r = {.serial = serial,
				      .session = serial + 1000,
				      .when = serial + 2000,
				      .status = RADIUS_ACCT_STOP,
				      .attrs = octets,
				      .len = attrs};
	uint8_t *rec = malloc(ACCT_HEAD + attrs);
	size_t n = acct_record_write(rec, ACCT_HEAD + attrs, &r);

	CU_ASSERT_TRUE_FATAL(n && acct_queue_add(&queue, &r, n, rec, ACCT_NO_FILE));
}

static void files_write(void)
{
	int rc;

	while ((rc = acct_file_append(&file, &queue)) > 0)
		continue;
	CU_ASSERT_EQUAL(rc, 0);
}

static void files_over(uint64_t place)
{
	acct_file_over(&file, acct_queue_at(&queue, place));
	acct_queue_over(&queue, place);
}

/* Those of these numbers wait, in this order, and can be read. */
static void files_have(uint64_t from, uint64_t to)
{
	uint8_t buf[ACCT_RECORD_MAX];
	uint64_t i, serial = from;
	struct acct_record r;

	for (i = queue.first; i < queue.end; i++) {
		const struct acct_item *it = acct_queue_at(&queue, i);

		if (it->state == ACCT_OVER)
			continue;
		CU_ASSERT_EQUAL(it->serial, serial);
		CU_ASSERT_TRUE(acct_file_read(&file, it, buf, &r));
		CU_ASSERT_EQUAL(r.session, serial + 1000);
		CU_ASSERT_EQUAL(r.when, serial + 2000);
		serial++;
	}
	CU_ASSERT_EQUAL(serial, to);
	CU_ASSERT_EQUAL(queue.waiting, to - from);
}

static void what_was_written_is_there_again(void)
{
	files_begin();
	CU_ASSERT_EQUAL_FATAL(files_open(), 0);
	for (uint64_t i = 1; i <= 200; i++)
		files_add(i, i);
	CU_ASSERT_PTR_NOT_NULL(acct_queue_at(&queue, 0)->octets);
	files_write();
	CU_ASSERT_PTR_NULL(acct_queue_at(&queue, 199)->octets);
	files_have(1, 201);
	for (uint64_t i = 0; i < 50; i++)
		files_over(i);
	files_kill();
	CU_ASSERT_EQUAL_FATAL(files_open(), 0);
	CU_ASSERT_EQUAL(file.last, 200);
	CU_ASSERT_EQUAL(file.skipped, 0);
	files_have(51, 201);
	files_add(201, 5);
	files_write();
	files_kill();
	CU_ASSERT_EQUAL_FATAL(files_open(), 0);
	files_have(51, 202);
	files_end();
}

/* The last record is cut anywhere: those before it are there, and the next one takes its place. */
static void a_torn_end_is_cut_off(void)
{
	struct stat st;
	off_t whole, two;

	files_begin();
	CU_ASSERT_EQUAL_FATAL(files_open(), 0);
	files_add(1, 10);
	files_add(2, 10);
	files_write();
	two = (off_t)file.size;
	files_add(3, 10);
	files_write();
	whole = (off_t)file.size;
	files_kill();
	CU_ASSERT_EQUAL(whole - two, ACCT_HEAD + 10);
	for (off_t end = whole - 1; end > two; end--) {
		CU_ASSERT_EQUAL(ftruncate(disk[0], end), 0);
		CU_ASSERT_EQUAL_FATAL(files_open(), 0);
		files_have(1, 3);
		CU_ASSERT_EQUAL(file.skipped, (uint64_t)(end - two));
		CU_ASSERT_EQUAL(fstat(disk[0], &st), 0);
		CU_ASSERT_EQUAL(st.st_size, two);
		files_add(3, 10);
		files_write();
		files_kill();
		CU_ASSERT_EQUAL_FATAL(files_open(), 0);
		files_have(1, 4);
		files_kill();
	}
	files_end();
}

/* A bad sector costs the records in it. */
static void what_is_no_record_is_skipped(void)
{
	static const uint8_t noise[60] = {0x49, 0x41, 0x63, 0x63, 1};

	files_begin();
	CU_ASSERT_EQUAL_FATAL(files_open(), 0);
	for (uint64_t i = 1; i <= 5; i++)
		files_add(i, 10);
	files_write();
	files_kill();
	CU_ASSERT_EQUAL(pwrite(disk[0], noise, sizeof(noise), ACCT_FILE_HEAD), 60);
	CU_ASSERT_EQUAL_FATAL(files_open(), 0);
	files_have(3, 6);
	CU_ASSERT_EQUAL(file.skipped, 2 * (ACCT_HEAD + 10));
	files_kill();
	/* and a head that is gone costs none */
	CU_ASSERT_EQUAL(pwrite(disk[0], noise, ACCT_FILE_HEAD, 0), ACCT_FILE_HEAD);
	CU_ASSERT_EQUAL_FATAL(files_open(), 0);
	files_have(3, 6);
	files_end();
}

/* 700 from this number on, and the first 600 of all are over. */
static void files_fill(uint64_t serial)
{
	for (uint64_t i = 0; i < 700; i++)
		files_add(serial + i, 3000);
	files_write();
	for (unsigned i = 0; i < 600; i++)
		files_over(queue.first);
}

static void what_is_left_moves_to_the_other_file(void)
{
	struct stat st;

	files_begin();
	CU_ASSERT_EQUAL_FATAL(files_open(), 0);
	files_fill(1);
	CU_ASSERT_TRUE(file.size > 2000000 && file.now == 0);
	CU_ASSERT_EQUAL(acct_file_tidy(&file, &queue), 0);
	CU_ASSERT_EQUAL(file.now, 1);
	CU_ASSERT_TRUE(file.size < 310000);
	CU_ASSERT_EQUAL(fstat(disk[0], &st), 0);
	CU_ASSERT_EQUAL(st.st_size, 0);
	files_have(601, 701);
	CU_ASSERT_EQUAL(acct_file_tidy(&file, &queue), 0);
	CU_ASSERT_EQUAL(file.now, 1);
	files_add(701, 10);
	files_write();
	files_kill();
	CU_ASSERT_EQUAL_FATAL(files_open(), 0);
	CU_ASSERT_EQUAL(file.now, 1);
	files_have(601, 702);
	/* nothing is left: the numbers that were given are remembered */
	for (uint64_t i = queue.first; i < queue.end; i++)
		files_over(i);
	CU_ASSERT_EQUAL(acct_file_tidy(&file, &queue), 0);
	CU_ASSERT_EQUAL(file.size, ACCT_FILE_HEAD);
	files_kill();
	CU_ASSERT_EQUAL_FATAL(files_open(), 0);
	CU_ASSERT_EQUAL(queue.waiting, 0);
	CU_ASSERT_EQUAL(file.last, 701);
	files_end();
}

static void files_copy(int to, int from)
{
	uint8_t buf[4096];
	off_t at = 0;
	ssize_t n;

	CU_ASSERT_EQUAL(ftruncate(to, 0), 0);
	for (; (n = pread(from, buf, sizeof(buf), at)) > 0; at += n)
		CU_ASSERT_EQUAL(pwrite(to, buf, (size_t)n, at), n);
}

/* Killed before the head is written, and before the old file is emptied. */
static void a_move_that_is_killed(void)
{
	int before = memfd_create("before", MFD_CLOEXEC);
	static const uint8_t zeros[ACCT_FILE_HEAD];

	files_begin();
	CU_ASSERT_EQUAL_FATAL(files_open(), 0);
	files_fill(1);
	files_copy(before, disk[0]);
	CU_ASSERT_EQUAL(acct_file_tidy(&file, &queue), 0);
	files_kill();
	files_copy(disk[0], before);
	CU_ASSERT_EQUAL_FATAL(files_open(), 0);
	CU_ASSERT_EQUAL(file.now, 1);
	files_have(601, 701);
	files_kill();
	files_copy(disk[0], before);
	CU_ASSERT_EQUAL(pwrite(disk[1], zeros, sizeof(zeros), 0), ACCT_FILE_HEAD);
	CU_ASSERT_EQUAL_FATAL(files_open(), 0);
	CU_ASSERT_EQUAL(file.now, 0);
	files_have(601, 701);
	/* three times in one life: the last is the latest one */
	CU_ASSERT_EQUAL(acct_file_tidy(&file, &queue), 0);
	files_fill(701);
	CU_ASSERT_EQUAL(acct_file_tidy(&file, &queue), 0);
	files_fill(1401);
	files_copy(before, disk[0]);
	CU_ASSERT_EQUAL(acct_file_tidy(&file, &queue), 0);
	files_kill();
	files_copy(disk[0], before);
	CU_ASSERT_EQUAL_FATAL(files_open(), 0);
	CU_ASSERT_EQUAL(file.now, 1);
	files_have(1801, 2101);
	close(before);
	files_end();
}

/* A full disk: what could not be written waits in memory, in its place. */
static void what_cannot_be_written_is_written_later(void)
{
	files_begin();
	CU_ASSERT_EQUAL_FATAL(files_open(), 0);
	files_add(1, 10);
	files_write();
	files_add(2, 10);
	files_add(3, 10);
	CU_ASSERT_EQUAL(fcntl(disk[0], F_ADD_SEALS, F_SEAL_SEAL), -1);
	close(file.fd[0]);
	file.fd[0] = open("/dev/full", O_RDWR | O_CLOEXEC);
	CU_ASSERT_EQUAL(acct_file_append(&file, &queue), -ENOSPC);
	CU_ASSERT_PTR_NOT_NULL(acct_queue_at(&queue, 1)->octets);
	acct_queue_over(&queue, 1); /* a server has it meanwhile */
	close(file.fd[0]);
	file.fd[0] = dup(disk[0]);
	CU_ASSERT_EQUAL(acct_file_append(&file, &queue), 1);
	CU_ASSERT_EQUAL(acct_file_append(&file, &queue), 0);
	files_kill();
	CU_ASSERT_EQUAL_FATAL(files_open(), 0);
	CU_ASSERT_EQUAL(queue.waiting, 2);
	CU_ASSERT_EQUAL(acct_queue_at(&queue, 1)->serial, 3);
	files_end();
}

static void what_cannot_be_opened(void)
{
	const int fd[ACCT_FILES] = {open("/dev/null", O_RDONLY | O_CLOEXEC),
				    open("/dev/null", O_RDONLY | O_CLOEXEC)};

	CU_ASSERT_TRUE(acct_file_open(&file, fd, &queue) < 0);
	CU_ASSERT_EQUAL(fcntl(fd[0], F_GETFD), -1);
	acct_queue_free(&queue);
}

static const struct test_case cases[] = {
	{"what_was_written_is_there_again", what_was_written_is_there_again},
	{"a_torn_end_is_cut_off", a_torn_end_is_cut_off},
	{"what_is_no_record_is_skipped", what_is_no_record_is_skipped},
	{"what_is_left_moves_to_the_other_file", what_is_left_moves_to_the_other_file},
	{"a_move_that_is_killed", a_move_that_is_killed},
	{"what_cannot_be_written_is_written_later", what_cannot_be_written_is_written_later},
	{"what_cannot_be_opened", what_cannot_be_opened},
	{NULL, NULL},
};
const struct test_suite suite_acct_file = {"acct_file", cases};
