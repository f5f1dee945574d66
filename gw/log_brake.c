/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "gw/log_brake.h"

#include "gw/random.h"
#include <stdlib.h>

#define SECOND UINT64_C(1000000)
#define WAYS   8u /* places that one source may have */

struct log_brake_slot {
	uint64_t source;
	struct log_bucket b;
	unsigned skipped, skipped_no; /* skipped_no: left_out_no of the brake at that time */
};

struct log_rate {
	unsigned burst;
	uint64_t per; /* us for one token */
};

static const struct log_brake_size {
	unsigned sets; /* of WAYS slots */
	struct log_rate source, newcomers;
} sizes[LOG_BRAKE_KINDS] = {
	[LOG_BRAKE_SESSION] = {256, {1000, SECOND / 10}, {1000, SECOND / 20}},
	[LOG_BRAKE_PEER] = {256, {10, 2 * SECOND}, {50, SECOND / 5}},
	[LOG_BRAKE_STRANGER] = {8, {5, 10 * SECOND}, {20, SECOND}},
};

static struct log_brake *brakes;

static uint64_t log_brake_mix(uint64_t x)
{
	static uint64_t secret; /* nobody can choose sources that get the same places */

	if (!secret) {
		gw_random(&secret, sizeof(secret));
		secret |= 1;
	}
	x += secret;
	x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9ull;
	x = (x ^ (x >> 27)) * 0x94d049bb133111ebull;
	return x ^ (x >> 31);
}

static void log_bucket_fill(struct log_bucket *b, const struct log_rate *rate, uint64_t now)
{
	uint64_t n = now > b->at ? (now - b->at) / rate->per : 0;

	if (!b->at || b->tokens + n >= rate->burst) {
		b->tokens = rate->burst;
		b->at = now ? now : 1;
	} else {
		b->tokens += (unsigned)n;
		b->at += n * rate->per;
	}
}

static bool log_bucket_take(struct log_bucket *b, const struct log_rate *rate, uint64_t now)
{
	log_bucket_fill(b, rate, now);
	if (!b->tokens)
		return false;
	b->tokens--;
	return true;
}

/* The source's own place, or one that can be given away; NULL = there is none. */
static struct log_brake_slot *log_brake_find(struct log_brake *b, uint64_t source, uint64_t now)
{
	const struct log_brake_size *size = &sizes[b->kind];
	struct log_brake_slot *set, *idle = NULL;

	if (!b->slot)
		b->slot = calloc((size_t)size->sets * WAYS, sizeof(*b->slot));
	if (!b->slot)
		return NULL;
	set = b->slot + log_brake_mix(source) % size->sets * WAYS;
	for (struct log_brake_slot *s = set; s < set + WAYS; s++) {
		if (s->b.at && s->source == source)
			return s;
		if (s->b.at)
			log_bucket_fill(&s->b, &size->source, now);
		if (!s->b.at || s->b.tokens == size->source.burst)
			idle = s;
	}
	if (idle)
		idle->b.at = 0;
	return idle;
}

static void log_brake_know(struct log_brake *b)
{
	if (b->known)
		return;
	b->known = true;
	b->next = brakes;
	brakes = b;
}

/* A new source: does it get a place, and if not, may it say this line all the same? */
static bool log_brake_admit(struct log_brake *b, struct log_brake_slot *s, uint64_t source,
			    uint64_t now)
{
	const struct log_brake_size *size = &sizes[b->kind];

	if ((!s || b->kind == LOG_BRAKE_STRANGER) &&
	    !log_bucket_take(&b->newcomers, &size->newcomers, now))
		return false;
	if (s)
		*s = (struct log_brake_slot){.source = source};
	return true;
}

static void log_brake_skip(struct log_brake *b, struct log_brake_slot *s, uint64_t now)
{
	if (!b->left_out++)
		b->left_out_since = now;
	if (!s)
		return;
	if (s->skipped_no != b->left_out_no)
		s->skipped = 0;
	s->skipped_no = b->left_out_no;
	s->skipped++;
}

bool log_brake_allows(struct log_brake *b, uint64_t source, uint64_t now, unsigned *left_out)
{
	struct log_brake_slot *s = log_brake_find(b, source, now);

	log_brake_know(b);
	*left_out = 0;
	if ((!s || !s->b.at) && !log_brake_admit(b, s, source, now)) {
		log_brake_skip(b, NULL, now);
		return false;
	}
	if (s && !log_bucket_take(&s->b, &sizes[b->kind].source, now)) {
		log_brake_skip(b, s, now);
		return false;
	}
	if (s && s->skipped_no == b->left_out_no) {
		*left_out = s->skipped;
		b->left_out -= s->skipped;
		s->skipped = 0;
	}
	return true;
}

unsigned log_brake_take_left_out(struct log_brake *b, uint64_t now, uint64_t after)
{
	unsigned n = b->left_out;

	if (!n || now - b->left_out_since < after)
		return 0;
	b->left_out = 0;
	b->left_out_no++;
	return n;
}

struct log_brake *log_brake_next(const struct log_brake *after)
{
	return after ? after->next : brakes;
}

void log_brakes_reset(void)
{
	for (struct log_brake *b = brakes; b; b = b->next) {
		free(b->slot);
		b->slot = NULL;
		b->newcomers = (struct log_bucket){0};
		b->left_out = b->left_out_no = 0;
	}
}
