/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Each frame draws the same number of random values whatever becomes of it, so that changing one
 * rate leaves the other decisions of a seed as they were.
 */
#include "transports/kit/impair.h"

#include <errno.h>

#define REORDER_LEAST 10000u /* us a frame is held back when there is no delay to go by */

/* splitmix64 */
uint64_t impair_draw(struct impair *im)
{
	uint64_t z = im->state += 0x9e3779b97f4a7c15u;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
	z = (z ^ z >> 27) * 0x94d049bb133111ebu;
	return z ^ z >> 31;
}

bool impair_chance(struct impair *im, uint32_t parts)
{
	return impair_draw(im) % 1000000 < parts;
}

void impair_begin(struct impair *im, uint64_t seed)
{
	im->state = seed;
	im->reorder_by = 2 * (im->delay + im->jitter) + REORDER_LEAST;
}

int impair_init(struct impair *im, const struct settings *set, char *err, size_t err_len)
{
	const struct {
		const char *key;
		uint32_t *to;
	} rows[] = {{"impair-loss", &im->loss},
		    {"impair-duplicate", &im->duplicate},
		    {"impair-reorder", &im->reorder}};

	*im = (struct impair){
		.delay = settings_time(set, "impair-delay"),
		.jitter = settings_time(set, "impair-jitter"),
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const char *text = settings_text(set, rows[i].key);

		*rows[i].to = settings_percent(text);
		if (*rows[i].to == UINT32_MAX)
			return settings_error(err, err_len, EINVAL, "%s: \"%s\" is no percentage",
					      rows[i].key, text);
	}
	impair_begin(im, settings_number(set, "impair-seed"));
	return 0;
}

bool impair_on(const struct impair *im)
{
	return im->loss || im->duplicate || im->reorder || im->delay || im->jitter;
}

unsigned impair_plan(struct impair *im, uint64_t now, uint64_t due[2])
{
	bool lost = impair_chance(im, im->loss), twice = impair_chance(im, im->duplicate);
	bool held = impair_chance(im, im->reorder);
	uint64_t jitter[2] = {impair_draw(im), impair_draw(im)};

	if (lost) {
		im->lost++;
		return 0;
	}
	for (int i = 0; i < 2; i++)
		due[i] = now + im->delay + (im->jitter ? jitter[i] % (im->jitter + 1) : 0);
	if (held) {
		im->reordered++;
		due[0] += im->reorder_by;
	}
	im->duplicated += twice;
	im->delayed += due[0] > now;
	return twice ? 2 : 1;
}

void impair_count(const struct impair *im, uint64_t out[4])
{
	out[0] = im->lost;
	out[1] = im->duplicated;
	out[2] = im->reordered;
	out[3] = im->delayed;
}
