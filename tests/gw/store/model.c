/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h" /* first: GNU extensions */

#include "tests/gw/store/model.h"

#include "tests/harness.h"
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

const uint8_t model_boot[STORE_BOOT] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16};

static const uint16_t model_lens[] = {0, 1, 40, 231, 232, 233, 484, 485, 900, 2700};

size_t model_len(uint32_t version)
{
	return model_lens[version % (sizeof(model_lens) / sizeof(model_lens[0]))];
}

static uint8_t model_octet(uint32_t version, size_t at)
{
	return (uint8_t)(version * 31 + at * 7 + (at >> 8) + 1);
}

bool model_change(struct store *s, struct model_state *m, uint64_t *seed)
{
	uint64_t r = test_rand(seed);
	uint8_t kind = (uint8_t)(r % MODEL_KINDS), key = (uint8_t)((r >> 8) % MODEL_KEYS);
	uint32_t version = (uint32_t)(r >> 32) | 1;
	uint8_t rec[STORE_RECORD_MAX];

	if (r >> 20 & 1) {
		store_del(s, (uint8_t)(kind + 1), key);
		m->version[kind][key] = 0;
		return true;
	}
	for (size_t i = 0; i < model_len(version); i++)
		rec[i] = model_octet(version, i);
	if (!store_put(s, (uint8_t)(kind + 1), key, rec, model_len(version)))
		return false;
	m->version[kind][key] = version;
	return true;
}

int model_memory(const void *octets, size_t len)
{
	int fd = memfd_create("test", MFD_CLOEXEC | MFD_ALLOW_SEALING);

	if (fd < 0 || write(fd, octets, len) != (ssize_t)len ||
	    fcntl(fd, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW) != 0)
		abort();
	return fd;
}

struct model_reader {
	const uint32_t *version; /* of the kind that is read */
	unsigned n;
	bool same;
};

static void model_read(void *ctx, uint64_t key, const uint8_t *rec, size_t len)
{
	struct model_reader *r = ctx;
	uint32_t version = key < MODEL_KEYS ? r->version[key] : 0;

	r->n++;
	if (!version || len != model_len(version)) {
		r->same = false;
		return;
	}
	for (size_t i = 0; i < len; i++)
		r->same = r->same && rec[i] == model_octet(version, i);
}

bool model_same(struct store *s, const struct model_state *m)
{
	bool same = true;

	uint8_t rec[STORE_RECORD_MAX];

	for (unsigned kind = 0; kind < MODEL_KINDS; kind++) {
		struct model_reader r = {m->version[kind], 0, true};
		unsigned want = 0;

		store_each(s, (uint8_t)(kind + 1), model_read, &r);
		for (unsigned key = 0; key < MODEL_KEYS; key++)
			want += m->version[kind][key] != 0;
		for (unsigned key = 0; key < MODEL_KEYS; key++) {
			int len = store_get(s, (uint8_t)(kind + 1), key, rec);

			same = same && (len >= 0) == (m->version[kind][key] != 0);
			if (len >= 0)
				model_read(&r, key, rec, (size_t)len);
			r.n -= len >= 0;
		}
		same = same && r.same && r.n == want;
	}
	return same;
}
