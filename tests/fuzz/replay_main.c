/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A fuzz target without libFuzzer: runs every file, or every file in every directory, that is named
 * on the command line (none: the target's corpus), then mutations of them from a seed: a fixed
 * number, fewer of a target that is slow.  So any compiler, and any sanitizer, can run the targets.
 * IST_TEST_SEED repeats a run.
 */
#include "tests/srcdir.h"

#include <dirent.h>
#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define MUTATIONS 50000u
#define INPUT_MAX 16384u
#define CPU_MOST  (10 * CLOCKS_PER_SEC) /* for the mutations */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct input {
	uint8_t *octets;
	size_t len;
};

static struct input *seeds;
static size_t seed_count;

/* In memory of exactly its size, so that a read past its end is seen. */
static void replay_main_run(const uint8_t *octets, size_t len)
{
	uint8_t *copy = malloc(len ? len : 1);

	if (!copy)
		abort();
	memcpy(copy, octets, len);
	LLVMFuzzerTestOneInput(copy, len);
	free(copy);
}

static void replay_main_add_file(const char *path)
{
	struct input in = {malloc(INPUT_MAX), 0};
	FILE *f = fopen(path, "rb");

	seeds = realloc(seeds, (seed_count + 1) * sizeof(*seeds));
	if (!f || !in.octets || !seeds) {
		perror(path);
		exit(2);
	}
	in.len = fread(in.octets, 1, INPUT_MAX, f);
	fclose(f);
	replay_main_run(in.octets, in.len);
	seeds[seed_count++] = in;
}

static int visible(const struct dirent *e)
{
	return e->d_name[0] != '.';
}

static void add_path(const char *path)
{
	struct dirent **entry;
	int n = scandir(path, &entry, visible, alphasort);

	if (n < 0) {
		replay_main_add_file(path);
		return;
	}
	for (int i = 0; i < n; i++) {
		char file[4096];

		snprintf(file, sizeof(file), "%s/%s", path, entry[i]->d_name);
		replay_main_add_file(file);
		free(entry[i]);
	}
	free(entry);
}

static uint64_t state;

static uint32_t rnd(uint32_t below)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return below ? (uint32_t)(state >> 16) % below : 0;
}

/* What breaks decoders: other bits, other lengths, octets gone, doubled or from elsewhere. */
static void mutate_once(struct input *in)
{
	uint32_t at = rnd((uint32_t)in->len), n = rnd((uint32_t)in->len - at + 1) % 64;
	const struct input *other = &seeds[rnd((uint32_t)seed_count)];
	static const uint8_t edge[] = {0x00, 0x01, 0x05, 0x06, 0x7f, 0x80, 0xfe, 0xff};

	switch (in->len ? rnd(6) : 5) {
	case 0:
		in->octets[at] ^= (uint8_t)(1u << rnd(8));
		break;
	case 1:
		in->octets[at] = edge[rnd(sizeof(edge))];
		break;
	case 2:
		memmove(in->octets + at, in->octets + at + n, in->len - at - n);
		in->len -= n;
		break;
	case 3:
		if (in->len + n > INPUT_MAX)
			break;
		memmove(in->octets + at + n, in->octets + at, in->len - at);
		in->len += n;
		break;
	case 4:
		in->len = at;
		break;
	default:
		if (at + other->len > INPUT_MAX)
			break;
		memcpy(in->octets + at, other->octets, other->len);
		if (in->len < at + other->len)
			in->len = at + other->len;
	}
}

/* How many there were. */
static uint32_t mutations(void)
{
	static uint8_t buf[INPUT_MAX];
	clock_t begin = clock();
	uint32_t i;

	for (i = 0; i < MUTATIONS && clock() - begin < CPU_MOST; i++) {
		const struct input *from = &seeds[rnd((uint32_t)seed_count)];
		struct input in = {buf, from->len};
		uint32_t times = 1 + rnd(6);

		memcpy(buf, from->octets, from->len);
		while (times--)
			mutate_once(&in);
		replay_main_run(in.octets, in.len);
	}
	return i;
}

static void pick_seed(const char *name)
{
	const char *s = getenv("IST_TEST_SEED");

	state = s ? strtoull(s, NULL, 0) : (uint64_t)time(NULL) * 0x9e3779b97f4a7c15u;
	if (!state)
		state = 1;
	printf("%s: IST_TEST_SEED=%" PRIu64 "\n", name, state);
	fflush(stdout);
}

/* "fuzz-hdr", with or without a folder and libtool's "lt-", reads tests/fuzz/corpus/hdr. */
static void default_corpus(const char *name)
{
	const char *dash = strstr(name, "fuzz-");
	char path[4096];

	snprintf(path, sizeof(path), "%s/tests/fuzz/corpus/%s", test_srcdir(),
		 dash ? dash + strlen("fuzz-") : name);
	add_path(path);
}

int main(int argc, char **argv)
{
	const char *slash = strrchr(argv[0], '/'), *name = slash ? slash + 1 : argv[0];
	uint32_t mutated;

	pick_seed(name);
	for (int i = 1; i < argc; i++)
		add_path(argv[i]);
	if (argc < 2)
		default_corpus(name);
	if (!seed_count) {
		fprintf(stderr, "%s: no inputs\n", name);
		return 2;
	}
	mutated = mutations();
	printf("%s: %zu inputs and %u mutations of them\n", name, seed_count, (unsigned)mutated);
	for (size_t i = 0; i < seed_count; i++)
		free(seeds[i].octets);
	free(seeds);
	return 0;
}
