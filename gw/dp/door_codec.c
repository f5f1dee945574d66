/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The codec of the door: one function to write and one to read for each type of field. */
#include "gw/dp/door_codec.h"

#include "gw/dp/door_msg.h"

#include <endian.h>

/* --- members in memory ------------------------------------------------------------------------ */

static uint64_t door_codec_load(const uint8_t *at, size_t size)
{
	uint8_t u8;
	uint16_t u16;
	uint32_t u32;
	uint64_t u64;

	switch (size) {
	case 1:
		memcpy(&u8, at, size);
		return u8;
	case 2:
		memcpy(&u16, at, size);
		return u16;
	case 4:
		memcpy(&u32, at, size);
		return u32;
	default:
		memcpy(&u64, at, sizeof(u64));
		return u64;
	}
}

static void door_codec_store(uint8_t *at, size_t size, uint64_t v)
{
	uint8_t u8 = (uint8_t)v;
	uint16_t u16 = (uint16_t)v;
	uint32_t u32 = (uint32_t)v;
	const void *from = size == 1   ? (const void *)&u8
			   : size == 2 ? (const void *)&u16
			   : size == 4 ? (const void *)&u32
				       : (const void *)&v;

	memcpy(at, from, size);
}

/* Between the order of the network and that of the machine, either way. */
static uint64_t door_codec_turn(uint64_t v, size_t size)
{
	return size == 1   ? v
	       : size == 2 ? be16toh((uint16_t)v)
	       : size == 4 ? be32toh((uint32_t)v)
			   : be64toh(v);
}

static uint32_t door_codec_count(const uint8_t *base, const struct door_field *f)
{
	return (uint32_t)door_codec_load(base + f->count_at, sizeof(uint32_t));
}

/* How many structs there are in place. */
static unsigned door_codec_each(const uint8_t *base, const struct door_field *f)
{
	return door_codec_load(base + f->count_at, f->size) ? f->n : 0;
}

static bool door_codec_in_range(const struct door_field *f, uint64_t v)
{
	return v >= f->min && v <= f->max;
}

static bool door_codec_is_channel(l2tp_channel c)
{
	return dp_channel_port(c) < DOOR_PORTS && (ist_channel)c;
}

/* --- writing ---------------------------------------------------------------------------------- */

static void door_codec_put_num(struct wr *w, const uint8_t *base, const struct door_field *f)
{
	uint8_t *p = wr_room(w, (size_t)f->n * f->size);

	for (unsigned i = 0; p && i < f->n; i++) {
		size_t at = (size_t)i * f->size;
		uint64_t v = door_codec_load(base + f->at + at, f->size);

		w->bad |= !door_codec_in_range(f, v);
		door_codec_store(p + at, f->size, door_codec_turn(v, f->size));
	}
}

#define DOOR_NO_TEXT UINT16_MAX

static void door_codec_put_text(struct wr *w, const uint8_t *base, const struct door_field *f)
{
	const char *text;
	size_t len;

	memcpy(&text, base + f->at, sizeof(text));
	if (!text) {
		w->bad |= f->type != DOOR_OPTIONAL;
		wr_u16(w, DOOR_NO_TEXT);
		return;
	}
	len = strlen(text);
	w->bad |= !door_codec_in_range(f, len);
	wr_u16(w, (uint16_t)len);
	wr_bytes(w, text, len + 1);
}

static void door_codec_put_addr(struct wr *w, const uint8_t *base, const struct door_field *f)
{
	struct ist_addr a;

	memcpy(&a, base + f->at, sizeof(a));
	if (a.len > sizeof(a.data)) {
		w->bad = true;
		return;
	}
	wr_u16(w, a.len);
	wr_bytes(w, a.data, a.len);
}

static void door_codec_put_channel(struct wr *w, const uint8_t *base, const struct door_field *f)
{
	uint64_t c = door_codec_load(base + f->at, sizeof(c));

	w->bad |= !door_codec_is_channel(c) && (c || f->type != DOOR_CHANNEL0);
	wr_u64(w, c);
}

static void door_codec_put_octets(struct wr *w, const uint8_t *base, const struct door_field *f)
{
	const uint8_t *octets;
	uint32_t len = door_codec_count(base, f);

	memcpy(&octets, base + f->at, sizeof(octets));
	if (!octets)
		len = 0;
	w->bad |= !door_codec_in_range(f, len);
	wr_u32(w, len);
	if (len)
		wr_bytes(w, octets, len);
}

static void door_codec_put_list(struct wr *w, const uint8_t *base, const struct door_field *f)
{
	const uint8_t *element;
	uint32_t n = door_codec_count(base, f);

	memcpy(&element, base + f->at, sizeof(element));
	w->bad |= !door_codec_in_range(f, n) || (n && !element);
	wr_u32(w, n);
	for (uint32_t i = 0; i < n && !w->bad; i++)
		door_put(w, element + (size_t)i * f->of->size, f->of->field, f->of->fields);
}

static void door_codec_put_each(struct wr *w, const uint8_t *base, const struct door_field *f)
{
	for (unsigned i = 0; i < door_codec_each(base, f); i++)
		door_put(w, base + f->at + i * f->of->size, f->of->field, f->of->fields);
}

void door_put(struct wr *w, const void *base, const struct door_field *f, unsigned n)
{
	static void (*const put[DOOR_TYPES])(struct wr * w, const uint8_t *base,
					     const struct door_field *f) = {
		[DOOR_NUM] = door_codec_put_num,	 [DOOR_STRING] = door_codec_put_text,
		[DOOR_OPTIONAL] = door_codec_put_text,	 [DOOR_ADDR] = door_codec_put_addr,
		[DOOR_CHANNEL] = door_codec_put_channel, [DOOR_CHANNEL0] = door_codec_put_channel,
		[DOOR_OCTETS] = door_codec_put_octets,	 [DOOR_LIST] = door_codec_put_list,
		[DOOR_EACH] = door_codec_put_each,
	};

	for (unsigned i = 0; i < n; i++)
		if (put[f[i].type])
			put[f[i].type](w, base, &f[i]);
}

/* --- reading ---------------------------------------------------------------------------------- */

static void door_codec_get_num(struct door_in *in, uint8_t *base, const struct door_field *f)
{
	const uint8_t *p = rd_take(&in->r, (size_t)f->n * f->size);

	for (unsigned i = 0; p && i < f->n; i++) {
		size_t at = (size_t)i * f->size;
		uint64_t v = door_codec_turn(door_codec_load(p + at, f->size), f->size);

		if (door_codec_in_range(f, v))
			door_codec_store(base + f->at + at, f->size, v);
		else
			rd_fail(&in->r);
	}
}

static void door_codec_get_text(struct door_in *in, uint8_t *base, const struct door_field *f)
{
	uint16_t len = rd_u16(&in->r);
	const char *text;

	if (f->type == DOOR_OPTIONAL && len == DOOR_NO_TEXT)
		return;
	text = door_codec_in_range(f, len) ? (const char *)rd_take(&in->r, len + 1u) : NULL;
	if (!text || memchr(text, '\0', len + 1u) != text + len)
		rd_fail(&in->r);
	else
		memcpy(base + f->at, &text, sizeof(text));
}

static void door_codec_get_addr(struct door_in *in, uint8_t *base, const struct door_field *f)
{
	struct ist_addr a = {.len = rd_u16(&in->r)};
	const uint8_t *p = a.len <= sizeof(a.data) ? rd_take(&in->r, a.len) : NULL;

	if (!p) {
		rd_fail(&in->r);
		return;
	}
	memcpy(a.data, p, a.len);
	memcpy(base + f->at, &a, sizeof(a));
}

static void door_codec_get_channel(struct door_in *in, uint8_t *base, const struct door_field *f)
{
	uint64_t c = rd_u64(&in->r);

	if (!door_codec_is_channel(c) && (c || f->type != DOOR_CHANNEL0))
		rd_fail(&in->r);
	else
		door_codec_store(base + f->at, sizeof(c), c);
}

static void door_codec_get_octets(struct door_in *in, uint8_t *base, const struct door_field *f)
{
	uint32_t len = rd_u32(&in->r);
	const uint8_t *octets = door_codec_in_range(f, len) ? rd_take(&in->r, len) : NULL;

	if (!octets) {
		rd_fail(&in->r);
		return;
	}
	door_codec_store(base + f->count_at, sizeof(len), len);
	if (len)
		memcpy(base + f->at, &octets, sizeof(octets));
}

/* Zeroed, aligned to 8 octets; NULL when the room is used up. */
static uint8_t *door_codec_take_room(struct door_in *in, size_t size)
{
	uint8_t *p = in->room;

	size = (size + 7) & ~(size_t)7;
	if (size > in->room_left)
		return NULL;
	in->room += size;
	in->room_left -= size;
	memset(p, 0, size);
	return p;
}

static void door_codec_get_list(struct door_in *in, uint8_t *base, const struct door_field *f)
{
	uint32_t n = rd_u32(&in->r);
	uint8_t *element = door_codec_in_range(f, n)
				   ? door_codec_take_room(in, (size_t)n * f->of->size)
				   : NULL;

	if (!element) {
		rd_fail(&in->r);
		return;
	}
	for (uint32_t i = 0; i < n && !in->r.bad; i++)
		door_get(in, element + (size_t)i * f->of->size, f->of->field, f->of->fields);
	door_codec_store(base + f->count_at, sizeof(n), n);
	if (n)
		memcpy(base + f->at, &element, sizeof(element));
}

static void door_codec_get_each(struct door_in *in, uint8_t *base, const struct door_field *f)
{
	for (unsigned i = 0; i < door_codec_each(base, f); i++)
		door_get(in, base + f->at + i * f->of->size, f->of->field, f->of->fields);
}

static void door_codec_get_size(struct door_in *in, uint8_t *base, const struct door_field *f)
{
	(void)in;
	door_codec_store(base + f->at, f->size, f->max);
}

void door_get(struct door_in *in, void *base, const struct door_field *f, unsigned n)
{
	static void (*const get[DOOR_TYPES])(struct door_in * in, uint8_t * base,
					     const struct door_field *f) = {
		[DOOR_NUM] = door_codec_get_num,	 [DOOR_STRING] = door_codec_get_text,
		[DOOR_OPTIONAL] = door_codec_get_text,	 [DOOR_ADDR] = door_codec_get_addr,
		[DOOR_CHANNEL] = door_codec_get_channel, [DOOR_CHANNEL0] = door_codec_get_channel,
		[DOOR_OCTETS] = door_codec_get_octets,	 [DOOR_LIST] = door_codec_get_list,
		[DOOR_EACH] = door_codec_get_each,	 [DOOR_SIZE] = door_codec_get_size,
	};

	for (unsigned i = 0; i < n && !in->r.bad; i++)
		get[f[i].type](in, base, &f[i]);
}
