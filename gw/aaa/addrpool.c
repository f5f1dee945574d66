/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * All are the same machine over numbers: a space is a row of ranges (first number, count; the last
 * has none), and each number in it is a slot.  An IPv4 slot's number is the address, an IPv6
 * slot's the upper 64 bits, a delegated prefix's as many upper bits as the prefix has.  Slots never
 * used are found by a cursor, those given back wait in a doubly linked list by index: oldest at the
 * head, and a fixed address can leave from its middle.
 */
#include "gw/aaa/addrpool.h"

#include "core/bytes.h"
#include "core/htab.h"
#include <stdlib.h>
#include <string.h>

#define NONE	   UINT32_MAX
#define IP6_BITS   64u /* of a slot of IPv6, and of the longest prefix that can be delegated */
#define RANGE_BITS 20u /* of ADDRPOOL_RANGE_MAX */

enum slot_state { SLOT_FRESH, SLOT_WAITING, SLOT_USED, SLOT_HELD, SLOT_HELD_USED };

struct slot {
	uint32_t prev, next; /* while WAITING */
};

struct range {
	uint64_t base;
	uint32_t first, count; /* first: index of its first slot */
};

struct space {
	struct range *range;
	uint32_t total, cursor, head, tail, used, held;
	struct slot *slot;
	uint8_t *state;
	bool dry;  /* somebody got none, and none has come back since */
	bool told; /* what addrpool_news() has said of it */
};

/* One in use that is in none of the ranges; its key is its number. */
struct outside {
	struct hnode node; /* first: found from the table's node */
	struct outside *next, **at;
	uint8_t kind; /* enum addrpool_kind */
};

enum addrpool_kind { KIND_4, KIND_6, KIND_PREFIX, KINDS };

struct addrpool {
	char *name;
	struct space space[KINDS];
	uint8_t bits; /* of a prefix to delegate */
	struct htab by_number;
	struct outside *outside;
	uint32_t n_outside;
};

static uint64_t addrpool_prefix_number(const struct cfg_prefix *p)
{
	struct rd r = rd_init(p->addr, sizeof(p->addr));

	if (p->v6)
		return rd_u64(&r);
	rd_skip(&r, 12);
	return rd_u32(&r);
}

/* The addresses of an IPv4 prefix that hosts may have: without the first and last, where it has
 * room for such. */
static struct range addrpool_range4(const struct cfg_prefix *p)
{
	unsigned host = 32u - p->bits;
	uint64_t n = (uint64_t)1 << host, base = addrpool_prefix_number(p) & ~(n - 1);

	if (host >= 2) {
		base++;
		n -= 2;
	}
	return (struct range){.base = base,
			      .count = n > ADDRPOOL_RANGE_MAX ? ADDRPOOL_RANGE_MAX : (uint32_t)n};
}

/* The prefixes of `bits` in one of IPv6. */
static struct range addrpool_range6(const struct cfg_prefix *p, unsigned bits)
{
	unsigned spare = p->bits < bits ? bits - p->bits : 0;
	uint64_t n = UINT64_C(1) << (spare < RANGE_BITS ? spare : RANGE_BITS);
	uint64_t mask = spare >= 64 ? 0 : ~(((uint64_t)1 << spare) - 1);

	return (struct range){.base = addrpool_prefix_number(p) >> (64 - bits) & mask,
			      .count = (uint32_t)n};
}

/* bits: of a slot of IPv6; 0 = the space is of IPv4. */
static bool addrpool_space_init(struct space *s, const struct cfg_prefix *p, unsigned n,
				unsigned bits)
{
	unsigned i, ranges = 0;

	s->head = s->tail = NONE;
	s->range = calloc(n + 1, sizeof(*s->range)); /* the last has no slots */
	if (!s->range)
		return false;
	for (i = 0; i < n; i++) {
		struct range r;

		if (p[i].v6 != (bits != 0))
			continue;
		r = bits ? addrpool_range6(&p[i], bits) : addrpool_range4(&p[i]);
		if (r.count > UINT32_MAX - 1 - s->total)
			continue;
		r.first = s->total;
		s->total += r.count;
		s->range[ranges++] = r;
	}
	s->slot = calloc(s->total + 1, sizeof(*s->slot));
	s->state = calloc(s->total + 1, sizeof(*s->state));
	return s->slot && s->state;
}

static void addrpool_space_free(struct space *s)
{
	free(s->range);
	free(s->slot);
	free(s->state);
}

static uint32_t addrpool_space_find(const struct space *s, uint64_t number)
{
	const struct range *r;

	for (r = s->range; r->count; r++)
		if (number - r->base < r->count)
			return r->first + (uint32_t)(number - r->base);
	return NONE;
}

static uint64_t addrpool_space_number(const struct space *s, uint32_t index)
{
	const struct range *r = s->range;

	while (index - r->first >= r->count)
		r++;
	return r->base + (index - r->first);
}

static void addrpool_space_unlink(struct space *s, uint32_t i)
{
	const struct slot *x = &s->slot[i];

	if (x->prev == NONE)
		s->head = x->next;
	else
		s->slot[x->prev].next = x->next;
	if (x->next == NONE)
		s->tail = x->prev;
	else
		s->slot[x->next].prev = x->prev;
}

static void addrpool_space_append(struct space *s, uint32_t i)
{
	s->slot[i] = (struct slot){.prev = s->tail, .next = NONE};
	if (s->tail == NONE)
		s->head = i;
	else
		s->slot[s->tail].next = i;
	s->tail = i;
	s->state[i] = SLOT_WAITING;
}

static bool addrpool_space_take(struct space *s, uint64_t *number)
{
	uint32_t i = NONE;

	while (s->cursor < s->total && s->state[s->cursor] != SLOT_FRESH)
		s->cursor++;
	if (s->cursor < s->total) {
		i = s->cursor++;
	} else if (s->head != NONE) {
		i = s->head;
		addrpool_space_unlink(s, i);
	}
	if (i == NONE) {
		s->dry = s->total;
		return false;
	}
	s->state[i] = SLOT_USED;
	s->used++;
	*number = addrpool_space_number(s, i);
	return true;
}

static void addrpool_space_hold(struct space *s, uint64_t number)
{
	uint32_t i = addrpool_space_find(s, number);

	if (i == NONE || (s->state[i] != SLOT_FRESH && s->state[i] != SLOT_WAITING))
		return;
	if (s->state[i] == SLOT_WAITING)
		addrpool_space_unlink(s, i);
	s->state[i] = SLOT_HELD;
	s->held++;
}

static bool addrpool_space_take_fixed(struct space *s, uint32_t i)
{
	if (s->state[i] == SLOT_USED || s->state[i] == SLOT_HELD_USED)
		return false;
	if (s->state[i] == SLOT_WAITING)
		addrpool_space_unlink(s, i);
	s->state[i] = s->state[i] == SLOT_HELD ? SLOT_HELD_USED : SLOT_USED;
	s->used++;
	return true;
}

static void addrpool_space_give(struct space *s, uint64_t number)
{
	uint32_t i = addrpool_space_find(s, number);

	if (i == NONE)
		return;
	if (s->state[i] == SLOT_HELD_USED) {
		s->state[i] = SLOT_HELD;
		s->used--;
	} else if (s->state[i] == SLOT_USED) {
		addrpool_space_append(s, i);
		s->used--;
		s->dry = false;
	}
}

struct addrpool *addrpool_new(const char *name, const struct cfg_prefix *range, unsigned ranges)
{
	struct addrpool *p = calloc(1, sizeof(*p));
	bool v4, v6;

	if (!p)
		return NULL;
	htab_init(&p->by_number, 0); /* servers and operators say them, not peers */
	p->name = strdup(name);
	/* Not short-circuited: both must be fit to be freed. */
	v4 = addrpool_space_init(&p->space[KIND_4], range, ranges, 0);
	v6 = addrpool_space_init(&p->space[KIND_6], range, ranges, IP6_BITS);
	if (p->name && v4 && v6 && addrpool_delegate(p, NULL, 0, IP6_BITS))
		return p;
	addrpool_free(p);
	return NULL;
}

bool addrpool_delegate(struct addrpool *p, const struct cfg_prefix *from, unsigned n, uint8_t bits)
{
	struct space *s = &p->space[KIND_PREFIX];

	addrpool_space_free(s);
	*s = (struct space){0};
	p->bits = bits;
	return addrpool_space_init(s, from, n, bits);
}

void addrpool_free(struct addrpool *p)
{
	struct outside *o;

	if (!p)
		return;
	while ((o = p->outside)) {
		p->outside = o->next;
		free(o);
	}
	htab_free(&p->by_number);
	for (unsigned i = 0; i < KINDS; i++)
		addrpool_space_free(&p->space[i]);
	free(p->name);
	free(p);
}

const char *addrpool_name(const struct addrpool *p)
{
	return p->name;
}

/* --- outside the ranges ------------------------------------------------------------------------ */

static struct outside *addrpool_outside_find(const struct addrpool *p, uint8_t kind,
					     uint64_t number)
{
	struct hnode *n = htab_first(&p->by_number, number);

	while (n && ((struct outside *)n)->kind != kind)
		n = htab_more(n);
	return (struct outside *)n;
}

static bool addrpool_outside_take(struct addrpool *p, uint8_t kind, uint64_t number)
{
	struct outside *o;

	if (addrpool_outside_find(p, kind, number))
		return false;
	o = calloc(1, sizeof(*o));
	if (!o)
		return false;
	o->kind = kind;
	o->next = p->outside;
	o->at = &p->outside;
	if (o->next)
		o->next->at = &o->next;
	p->outside = o;
	p->n_outside++;
	htab_add(&p->by_number, &o->node, number);
	return true;
}

static void addrpool_outside_give(struct addrpool *p, struct outside *o)
{
	htab_del(&p->by_number, &o->node);
	*o->at = o->next;
	if (o->next)
		o->next->at = o->at;
	p->n_outside--;
	free(o);
}

static bool addrpool_take_fixed(struct addrpool *p, uint8_t kind, uint64_t number)
{
	struct space *s = &p->space[kind];
	uint32_t i = addrpool_space_find(s, number);

	return i != NONE ? addrpool_space_take_fixed(s, i) : addrpool_outside_take(p, kind, number);
}

static void addrpool_give(struct addrpool *p, uint8_t kind, uint64_t number)
{
	struct outside *o = addrpool_outside_find(p, kind, number);

	if (o)
		addrpool_outside_give(p, o);
	else
		addrpool_space_give(&p->space[kind], number);
}

/* --- both families ----------------------------------------------------------------------------- */

void addrpool_hold4(struct addrpool *p, uint32_t addr)
{
	addrpool_space_hold(&p->space[KIND_4], addr);
}

uint32_t addrpool_take4(struct addrpool *p)
{
	uint64_t number;

	return addrpool_space_take(&p->space[KIND_4], &number) ? (uint32_t)number : 0;
}

bool addrpool_take4_fixed(struct addrpool *p, uint32_t addr)
{
	return addrpool_take_fixed(p, KIND_4, addr);
}

bool addrpool_take4_chosen(struct addrpool *p, uint32_t addr)
{
	uint32_t i = addrpool_space_find(&p->space[KIND_4], addr);

	return (i == NONE || p->space[KIND_4].state[i] != SLOT_HELD) &&
	       addrpool_take4_fixed(p, addr);
}

void addrpool_give4(struct addrpool *p, uint32_t addr)
{
	addrpool_give(p, KIND_4, addr);
}

bool addrpool_covers4(const struct addrpool *p, uint32_t addr)
{
	return addrpool_space_find(&p->space[KIND_4], addr) != NONE;
}

static uint64_t addrpool_number6(const uint8_t prefix[16])
{
	struct rd r = rd_init(prefix, 16);

	return rd_u64(&r);
}

void addrpool_hold6(struct addrpool *p, const uint8_t prefix[16])
{
	addrpool_space_hold(&p->space[KIND_6], addrpool_number6(prefix));
}

bool addrpool_take6_fixed(struct addrpool *p, const uint8_t prefix[16])
{
	return addrpool_take_fixed(p, KIND_6, addrpool_number6(prefix));
}

bool addrpool_covers6(const struct addrpool *p, const uint8_t prefix[16])
{
	return addrpool_space_find(&p->space[KIND_6], addrpool_number6(prefix)) != NONE;
}

bool addrpool_take6(struct addrpool *p, uint8_t prefix[16])
{
	struct wr w = wr_init(prefix, 16);
	uint64_t number;

	if (!addrpool_space_take(&p->space[KIND_6], &number))
		return false;
	wr_u64(&w, number);
	wr_u64(&w, 0);
	return true;
}

void addrpool_give6(struct addrpool *p, const uint8_t prefix[16])
{
	addrpool_give(p, KIND_6, addrpool_number6(prefix));
}

const char *addrpool_news(struct addrpool *p, bool *full)
{
	static const char *const words[KINDS] = {
		[KIND_4] = "IPv4 address",
		[KIND_6] = "IPv6 prefix",
		[KIND_PREFIX] = "prefix to delegate",
	};

	for (unsigned i = 0; i < KINDS; i++) {
		struct space *s = &p->space[i];

		if (s->dry != s->told) {
			*full = s->told = s->dry;
			return words[i];
		}
	}
	return NULL;
}

/* --- prefixes to delegate ---------------------------------------------------------------------- */

bool addrpool_delegates(const struct addrpool *p)
{
	return p->space[KIND_PREFIX].total;
}

bool addrpool_take_prefix(struct addrpool *p, struct cfg_prefix *out)
{
	struct wr w = wr_init(out->addr, sizeof(out->addr));
	uint64_t number;

	if (!addrpool_space_take(&p->space[KIND_PREFIX], &number))
		return false;
	out->v6 = true;
	out->bits = p->bits;
	wr_u64(&w, number << (IP6_BITS - p->bits));
	wr_u64(&w, 0);
	return true;
}

struct addrpool_run {
	uint64_t first, n;
};

/* The numbers of the pool's prefixes that have something in common with this one. */
static struct addrpool_run addrpool_run(const struct addrpool *p, const struct cfg_prefix *prefix)
{
	unsigned more = prefix->bits < p->bits ? p->bits - prefix->bits : 0;

	return (struct addrpool_run){
		.first = addrpool_prefix_number(prefix) >> (IP6_BITS - p->bits),
		.n = UINT64_C(1) << more,
	};
}

/* What the pool's ranges have of a run; the number behind the last is in *end. */
static uint64_t addrpool_run_in(const struct addrpool *p, struct addrpool_run run, uint64_t *end)
{
	const struct range *r = p->space[KIND_PREFIX].range;

	for (; r->count; r++) {
		uint64_t first = run.first > r->base ? run.first : r->base;
		uint64_t mine = run.first + run.n, its = r->base + r->count;

		*end = mine < its ? mine : its;
		if (first < *end)
			return first;
	}
	return *end = 0;
}

bool addrpool_covers_prefix(const struct addrpool *p, const struct cfg_prefix *prefix)
{
	uint64_t end;

	addrpool_run_in(p, addrpool_run(p, prefix), &end);
	return end;
}

bool addrpool_has_prefix(const struct addrpool *p, const struct cfg_prefix *prefix)
{
	return prefix->bits == p->bits && addrpool_covers_prefix(p, prefix);
}

/* Ranges are apart, so that a prefix is in one of them, or around some; then the first counts. */
bool addrpool_take_prefix_fixed(struct addrpool *p, const struct cfg_prefix *prefix)
{
	uint64_t end, first = addrpool_run_in(p, addrpool_run(p, prefix), &end), at = first;

	if (!end)
		return addrpool_outside_take(p, KIND_PREFIX, addrpool_prefix_number(prefix));
	while (at < end && addrpool_take_fixed(p, KIND_PREFIX, at))
		at++;
	if (at == end)
		return true;
	while (at-- > first)
		addrpool_give(p, KIND_PREFIX, at);
	return false;
}

void addrpool_give_prefix(struct addrpool *p, const struct cfg_prefix *prefix)
{
	uint64_t end, at = addrpool_run_in(p, addrpool_run(p, prefix), &end);

	if (!end)
		addrpool_give(p, KIND_PREFIX, addrpool_prefix_number(prefix));
	for (; at < end; at++)
		addrpool_give(p, KIND_PREFIX, at);
}

void addrpool_stats(const struct addrpool *p, struct addrpool_stats *out)
{
	*out = (struct addrpool_stats){.size4 = p->space[KIND_4].total,
				       .used4 = p->space[KIND_4].used,
				       .held4 = p->space[KIND_4].held,
				       .size6 = p->space[KIND_6].total,
				       .used6 = p->space[KIND_6].used,
				       .prefixes = p->space[KIND_PREFIX].total,
				       .delegated = p->space[KIND_PREFIX].used,
				       .outside = p->n_outside};
}
