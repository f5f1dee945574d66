/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Structs to octets and back, as tables of fields say: where in the struct a member is, how it is
 * written, and what its range is.  A list has the shape of its elements; no shape contains itself,
 * so the depth is that of the tables.
 *
 * Integers are in network order.  Text is a length of 16 bits, its octets and a NUL, or the length
 * 65535 for NULL; octets and lists are a length of 32 bits and what it counts.
 */
#ifndef GW_DP_DOOR_CODEC_H
#define GW_DP_DOOR_CODEC_H

#include "core/bytes.h"

#include <stddef.h>

enum door_type {
	DOOR_NUM,      /* n integers of `size` octets, min to max */
	DOOR_STRING,   /* const char * */
	DOOR_OPTIONAL, /* the same, may be NULL */
	DOOR_ADDR,     /* struct ist_addr */
	DOOR_CHANNEL,  /* l2tp_channel of a port there can be */
	DOOR_CHANNEL0, /* the same, or 0 */
	DOOR_OCTETS,   /* const uint8_t * with a length */
	DOOR_LIST,     /* pointer to elements with their number */
	DOOR_EACH,     /* n structs in place, if a number of `size` octets before them is not 0 */
	DOOR_SIZE,     /* not written: the size of the struct, which readers test */
	DOOR_TYPES
};

struct door_shape;

struct door_field {
	uint8_t type, size;
	uint16_t at;	   /* of the member */
	uint16_t count_at; /* OCTETS, LIST: of its uint32_t; EACH: of that number */
	uint16_t n;	   /* NUM, EACH */
	uint64_t min, max; /* of a number, or of elements or octets */
	const struct door_shape *of;
};

struct door_shape {
	const struct door_field *field;
	unsigned fields;
	uint32_t size;
};

struct door_in {
	struct rd r;
	uint8_t *room; /* for lists, aligned as by malloc */
	size_t room_left;
};

/* Write the n fields of the struct at base.  An error of the writer says also that a member is out
 * of its range. */
void door_put(struct wr *w, const void *base, const struct door_field *f, unsigned n);
/* Read them; an error of the reader says also that a member is out of its range, or that the room
 * is used up.  The struct is zeroed by the caller.  Text and octets stay where they are. */
void door_get(struct door_in *in, void *base, const struct door_field *f, unsigned n);

#endif
