/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What records cost: setting and publishing one of many, in order and at random, against copying as
 * many octets, and reading all of them back.
 *
 *   storebench [RECORDS [OCTETS]]     60,000 of 212
 */
#include "config.h" /* first: GNU extensions */

#include "gw/store/store.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static const uint8_t boot[STORE_BOOT];
static uint8_t rec[STORE_RECORD_MAX];

static double storebench_now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

static uint32_t storebench_next(uint32_t *x)
{
	return *x = *x * 1664525u + 1013904223u;
}

static double storebench_put_in_order(struct store *s, uint32_t records, size_t len,
				      unsigned rounds)
{
	double begin = storebench_now();

	for (uint32_t i = 0; i < records * rounds; i++) {
		store_put(s, 1, i % records, rec, len);
		store_publish(s);
	}
	return (storebench_now() - begin) / records / rounds;
}

static double storebench_put(struct store *s, uint32_t records, size_t len, unsigned rounds)
{
	double begin = storebench_now();
	uint32_t x = 1;

	for (uint32_t i = 0; i < records * rounds; i++) {
		store_put(s, 1, storebench_next(&x) % records, rec, len);
		store_publish(s);
	}
	return (storebench_now() - begin) / records / rounds;
}

static double storebench_copy(uint32_t records, size_t len, unsigned rounds)
{
	uint8_t *to = calloc(records, 512);
	double begin = storebench_now();
	uint32_t x = 1;

	for (uint32_t i = 0; to && i < records * rounds; i++)
		memcpy(to + (size_t)(storebench_next(&x) % records) * 512, rec, len);
	begin = storebench_now() - begin;
	free(to);
	return begin / records / rounds;
}

static void storebench_read(void *ctx, uint64_t key, const uint8_t *octets, size_t len)
{
	*(uint64_t *)ctx += key + octets[len / 2];
}

int main(int argc, char **argv)
{
	uint32_t records = argc > 1 ? (uint32_t)atoi(argv[1]) : 60000;
	size_t len = argc > 2 ? (size_t)atoi(argv[2]) : 212;
	struct store *s = store_new(records, boot);
	struct store_counters n;
	const char *why = "";
	uint64_t sum = 0;
	double begin;
	int fd;

	if (!s || !records || len > STORE_RECORD_MAX)
		return 1;
	for (uint32_t i = 0; i < records; i++)
		store_put(s, 1, i, rec, len);
	store_publish(s);
	printf("%u records of %zu octets\n", records, len);
	printf("in order:          %.1f ns\n", storebench_put_in_order(s, records, len, 20));
	printf("set and published: %.1f ns\n", storebench_put(s, records, len, 20));
	printf("copied:            %.1f ns\n", storebench_copy(records, len, 20));
	fd = fcntl(store_fd(s), F_DUPFD_CLOEXEC, 0);
	store_free(s);
	begin = storebench_now();
	s = store_open(fd, boot, &why);
	if (!s) {
		fprintf(stderr, "not opened: %s\n", why);
		return 1;
	}
	store_each(s, 1, storebench_read, &sum);
	store_count(s, &n);
	printf("read back:         %.1f ms for %u\n", (storebench_now() - begin) / 1e6, n.records);
	store_free(s);
	return 0;
}
