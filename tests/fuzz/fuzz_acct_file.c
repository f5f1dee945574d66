/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The files of a spool that another life, or a bad disk, has left: what is taken for a record can
 * be read, nothing that waits is lost by more records, by making the file smaller, or by the next
 * life, and no number is given again.
 *
 * Input: the length of the first file in two octets, that file, and the second one.
 */
#include "config.h" /* first: GNU extensions */

#include "gw/aaa/acct_file.h"
#include "gw/aaa/radius/radius_acct.h"

#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define MUST(x)                  \
	do {                     \
		if (!(x))        \
			abort(); \
	} while (0)

static int disk[ACCT_FILES];

static void fuzz_acct_open(struct acct_file *f, struct acct_queue *q)
{
	const int fd[ACCT_FILES] = {dup(disk[0]), dup(disk[1])};

	MUST(acct_file_open(f, fd, q) == 0);
}

/* A sum over those that wait, in their order; each can be read. */
static uint64_t fuzz_acct_sum(const struct acct_file *f, const struct acct_queue *q)
{
	uint8_t buf[ACCT_RECORD_MAX];
	struct acct_record r;
	uint64_t sum = 0, octets = 0, n = 0;

	for (uint64_t i = q->first; i < q->end; i++) {
		const struct acct_item *it = acct_queue_at(q, i);

		if (it->state == ACCT_OVER)
			continue;
		MUST(acct_file_read(f, it, buf, &r));
		MUST(r.serial <= f->last && r.session == it->session && r.when == it->when);
		for (size_t k = 0; k < r.len; k++)
			sum = sum * 131 + r.attrs[k];
		sum = sum * 131 + r.serial;
		octets += it->size;
		n++;
	}
	MUST(octets == q->octets && n == q->waiting);
	return sum;
}

static void fuzz_acct_add(struct acct_file *f, struct acct_queue *q, uint64_t serial)
{
	static const uint8_t attrs[3000];
	struct acct_record r = {.serial = serial, .attrs = attrs, .len = sizeof(attrs)};
	uint8_t *rec = malloc(ACCT_RECORD_MAX);
	size_t n;

	MUST(rec);
	n = acct_record_write(rec, ACCT_RECORD_MAX, &r);
	MUST(n && acct_queue_add(q, &r, n, rec, ACCT_NO_FILE));
	MUST(acct_file_append(f, q) == 1);
}

/* Enough that it is worth to be made smaller. */
static void fuzz_acct_use(struct acct_file *f, struct acct_queue *q)
{
	uint64_t from = q->end;

	if (f->last > UINT64_MAX - 1000)
		return;
	for (unsigned i = 0; i < 400; i++)
		fuzz_acct_add(f, q, f->last + 1);
	for (uint64_t i = from; i < q->end - 1; i++) {
		acct_file_over(f, acct_queue_at(q, i));
		acct_queue_over(q, i);
	}
	MUST(acct_file_tidy(f, q) == 0);
	MUST(f->size < 2 * q->octets + 2 * ACCT_FILE_LEAST);
}

static void fuzz_acct_lives(bool more)
{
	struct acct_queue q = {0};
	struct acct_file f;
	uint64_t sum, last;

	fuzz_acct_open(&f, &q);
	sum = fuzz_acct_sum(&f, &q);
	acct_file_close(&f);
	acct_queue_free(&q);
	fuzz_acct_open(&f, &q);
	MUST(fuzz_acct_sum(&f, &q) == sum);
	if (more)
		fuzz_acct_use(&f, &q);
	sum = fuzz_acct_sum(&f, &q);
	last = f.last;
	acct_file_close(&f);
	acct_queue_free(&q);
	fuzz_acct_open(&f, &q);
	MUST(fuzz_acct_sum(&f, &q) == sum && f.last == last);
	acct_file_close(&f);
	acct_queue_free(&q);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct rd r = rd_init(data, size);
	size_t first = rd_u16(&r);

	first = first < r.left ? first : r.left;
	for (unsigned i = 0; i < ACCT_FILES; i++) {
		size_t n = i ? r.left : first;
		const uint8_t *octets = rd_take(&r, n);

		disk[i] = memfd_create("spool", MFD_CLOEXEC);
		MUST(disk[i] >= 0);
		MUST(!octets || write(disk[i], octets, n) == (ssize_t)n);
	}
	fuzz_acct_lives(size % 8 == 2); /* it takes a while */
	close(disk[0]);
	close(disk[1]);
	return 0;
}
