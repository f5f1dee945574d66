/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * pcapng (draft-ietf-opsawg-pcapng), since libpcap takes no file that has interfaces of several
 * link types, as our own captures do.  Sections may have either order of octets.  A block that is
 * of use is in memory as a whole, up to a limit; others are read past.
 */
#include "core/bytes.h"
#include "gw/replay/replay.h"

#include <stdlib.h>

#define INTERFACES 256u /* of a section */
#define BLOCK_MOST (1u << 20)

#define NG_BINARY 0x80u /* in if_tsresol: a power of two, else of ten */

struct ng_interface {
	uint32_t link_type;
	uint8_t resolution; /* as in the option */
	uint64_t offset;    /* us, modulo 2^64 */
};

struct replay_ng {
	FILE *in;
	bool little;
	bool section; /* there has been one */
	struct ng_interface interface[INTERFACES];
	unsigned interfaces;
	uint64_t us; /* of the last frame */
	bool (*each)(void *ctx, const struct replay_captured *f);
	void *ctx;
	uint8_t body[BLOCK_MOST];
};

/* --- numbers in the order of the section ----------------------------------------------------------- */

static uint32_t ng_swap(uint32_t v)
{
	return v >> 24 | (v >> 8 & 0xff00u) | (v << 8 & 0xff0000u) | v << 24;
}

static uint32_t ng_u32(const struct replay_ng *g, struct rd *r)
{
	uint32_t v = rd_u32(r);

	return g->little ? ng_swap(v) : v;
}

static uint16_t ng_u16(const struct replay_ng *g, struct rd *r)
{
	uint16_t v = rd_u16(r);

	return g->little ? (uint16_t)(v >> 8 | v << 8) : v;
}

/* A time is two words of 32 bits, the high one first in either order. */
static uint64_t ng_time(const struct replay_ng *g, struct rd *r)
{
	uint64_t high = ng_u32(g, r);

	return high << 32 | ng_u32(g, r);
}

static uint64_t ng_u64(const struct replay_ng *g, struct rd *r)
{
	uint64_t first = ng_u32(g, r), second = ng_u32(g, r);

	return g->little ? second << 32 | first : first << 32 | second;
}

/* --- times ----------------------------------------------------------------------------------------- */

static uint64_t ng_binary_us(uint64_t t, unsigned bits)
{
	uint64_t seconds = bits < 64 ? t >> bits : 0;
	uint64_t part = bits < 64 ? t - (seconds << bits) : t;

	if (bits > 40) { /* so that the product fits */
		part = bits - 40 < 64 ? part >> (bits - 40) : 0;
		bits = 40;
	}
	return seconds * 1000000 + (part * 1000000 >> bits);
}

static uint64_t ng_decimal_us(uint64_t t, unsigned digits)
{
	for (; digits < 6; digits++)
		t *= 10;
	for (; digits > 6 && t; digits--)
		t /= 10;
	return t;
}

static uint64_t ng_us(const struct ng_interface *i, uint64_t t)
{
	unsigned n = i->resolution & ~NG_BINARY;

	return i->offset + (i->resolution & NG_BINARY ? ng_binary_us(t, n) : ng_decimal_us(t, n));
}

/* --- blocks ---------------------------------------------------------------------------------------- */

/* The next option; false = there is none. */
static bool ng_option(const struct replay_ng *g, struct rd *r, uint16_t *code, struct rd *value)
{
	uint16_t len;

	*code = ng_u16(g, r);
	len = ng_u16(g, r);
	*value = rd_sub(r, len);
	rd_skip(r, (4u - len % 4u) % 4u);
	return !r->bad && *code != PCAPNG_END;
}

static const char *ng_interface(struct replay_ng *g, struct rd r)
{
	struct ng_interface i = {.resolution = 6};
	struct rd value;
	uint16_t code;

	i.link_type = ng_u16(g, &r);
	rd_skip(&r, 6);
	if (r.bad)
		return "an interface is cut short";
	if (g->interfaces == INTERFACES)
		return "more interfaces than can be held";
	while (ng_option(g, &r, &code, &value))
		if (code == PCAPNG_IF_TSRESOL)
			i.resolution = rd_u8(&value);
		else if (code == PCAPNG_IF_TSOFFSET)
			i.offset = ng_u64(g, &value) * 1000000;
	g->interface[g->interfaces++] = i;
	return NULL;
}

static const char *ng_give(struct replay_ng *g, uint32_t interface, struct replay_captured *f,
			   struct rd octets)
{
	if (octets.bad)
		return "a frame is cut short";
	f->interface = interface;
	f->link_type = g->interface[interface].link_type;
	f->us = g->us;
	f->octets = octets.p;
	f->len = octets.left;
	return g->each(g->ctx, f) ? NULL : "more control messages than can be held";
}

#define NO_INTERFACE "a frame of an interface that is not there"

static const char *ng_enhanced(struct replay_ng *g, struct rd r)
{
	struct replay_captured f = {.way = REPLAY_WAY_UNKNOWN};
	uint32_t interface = ng_u32(g, &r), len;
	uint64_t when = ng_time(g, &r);
	struct rd octets, value;
	uint16_t code;

	len = ng_u32(g, &r);
	rd_skip(&r, 4);
	octets = rd_sub(&r, len);
	rd_skip(&r, (4u - len % 4u) % 4u);
	if (interface >= g->interfaces)
		return NO_INTERFACE;
	while (ng_option(g, &r, &code, &value))
		if (code == PCAPNG_EPB_FLAGS)
			f.way = (enum replay_way)(ng_u32(g, &value) & PCAPNG_WAY_MASK);
	g->us = ng_us(&g->interface[interface], when);
	return ng_give(g, interface, &f, octets);
}

/* It has no time, and is of the first interface. */
static const char *ng_simple(struct replay_ng *g, struct rd r)
{
	struct replay_captured f = {.way = REPLAY_WAY_UNKNOWN};
	uint32_t len = ng_u32(g, &r);

	if (!g->interfaces)
		return NO_INTERFACE;
	return ng_give(g, 0, &f, rd_sub(&r, len < r.left ? len : r.left));
}

/* Of old files. */
static const char *ng_packet(struct replay_ng *g, struct rd r)
{
	struct replay_captured f = {.way = REPLAY_WAY_UNKNOWN};
	uint16_t interface = ng_u16(g, &r);
	uint64_t when;
	uint32_t len;

	rd_skip(&r, 2);
	when = ng_time(g, &r);
	len = ng_u32(g, &r);
	rd_skip(&r, 4);
	if (interface >= g->interfaces)
		return NO_INTERFACE;
	g->us = ng_us(&g->interface[interface], when);
	return ng_give(g, interface, &f, rd_sub(&r, len));
}

static const char *ng_section(struct replay_ng *g, struct rd r)
{
	rd_skip(&r, 4);
	if (ng_u16(g, &r) != 1)
		return "a section of another version";
	g->interfaces = 0;
	g->section = true;
	return NULL;
}

static const struct {
	uint32_t type;
	const char *(*take)(struct replay_ng *g, struct rd r);
} ng_blocks[] = {
	{PCAPNG_SHB, ng_section}, {PCAPNG_IDB, ng_interface}, {PCAPNG_EPB, ng_enhanced},
	{PCAPNG_SPB, ng_simple},  {PCAPNG_PB, ng_packet},
};

/* --- the file -------------------------------------------------------------------------------------- */

#define CUT_SHORT "the file is cut short"
#define HEAD	  12u /* type, length, and the first word of the body or the length again */

static bool ng_pass(struct replay_ng *g, size_t len)
{
	while (len) {
		size_t n = len < sizeof(g->body) ? len : sizeof(g->body);

		if (fread(g->body, 1, n, g->in) != n)
			return false;
		len -= n;
	}
	return true;
}

/* The rest of a block behind its head. */
static const char *ng_block(struct replay_ng *g, uint32_t type, uint32_t len, const uint8_t *first)
{
	size_t rest = len - HEAD;

	for (size_t i = 0; i < sizeof(ng_blocks) / sizeof(ng_blocks[0]); i++) {
		if (ng_blocks[i].type != type)
			continue;
		if (rest > sizeof(g->body) - 4)
			return "a block is too long";
		memcpy(g->body, first, 4);
		if (fread(g->body + 4, 1, rest, g->in) != rest)
			return CUT_SHORT;
		/* the length again is behind the body */
		return ng_blocks[i].take(g, rd_init(g->body, rest));
	}
	return ng_pass(g, rest) ? NULL : CUT_SHORT;
}

/* The order of a section, by its magic number behind type and length. */
static const char *ng_order(struct replay_ng *g, const uint8_t *magic)
{
	struct rd r = rd_init(magic, 4);
	uint32_t order = rd_u32(&r);

	g->little = ng_swap(order) == PCAPNG_BYTE_ORDER;
	return g->little || order == PCAPNG_BYTE_ORDER ? NULL
						       : "a section without its magic number";
}

static const char *ng_take(struct replay_ng *g, const uint8_t *head)
{
	struct rd r = rd_init(head, HEAD);
	uint32_t type = ng_u32(g, &r), len;
	const char *wrong = type == PCAPNG_SHB ? ng_order(g, head + 8)
			    : g->section       ? NULL
					       : "a file without a section";

	if (wrong)
		return wrong;
	len = ng_u32(g, &r);
	return len < HEAD || len % 4 ? "the length of a block is wrong"
				     : ng_block(g, type, len, head + 8);
}

/* False: the file is over, or *wrong. */
static bool ng_next(struct replay_ng *g, const char **wrong)
{
	uint8_t head[HEAD];
	size_t n = fread(head, 1, sizeof(head), g->in);

	*wrong = n == sizeof(head) ? ng_take(g, head)
		 : n		   ? CUT_SHORT
		 : ferror(g->in)   ? "it cannot be read"
				   : NULL;
	return n == sizeof(head) && !*wrong;
}

bool replay_pcapng(FILE *in, bool (*each)(void *ctx, const struct replay_captured *f), void *ctx,
		   const char **wrong)
{
	struct replay_ng *g = malloc(sizeof(*g));

	*wrong = "out of memory";
	if (!g)
		return false;
	g->in = in;
	g->little = g->section = false;
	g->interfaces = 0;
	g->us = 0;
	g->each = each;
	g->ctx = ctx;
	while (ng_next(g, wrong))
		;
	free(g);
	return !*wrong;
}
