/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Tunnel and Session IDs of ours: unpredictable on the wire, dense in our tables.  An id is a keyed
 * 16-bit permutation of a slot number; slots are reused oldest first and not before the owner says
 * so (RFC 2661 3.1: 0 is never an id).
 */
#ifndef CORE_IDS_H
#define CORE_IDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct ids {
	uint32_t key[4];
	uint32_t cap;	 /* slots at most, <= 65535 */
	uint32_t fresh;	 /* lowest slot never used */
	uint16_t *queue; /* freed slots, oldest first: a ring that grows to what was freed */
	uint32_t head, count, room;
};

/* key: 16 random octets.  No allocation until something is freed. */
void ids_init(struct ids *s, const uint8_t key[16], uint32_t cap);
void ids_free(struct ids *s);
/* The key that it was made with. */
void ids_key(const struct ids *s, uint8_t key[16]);
/* A new id (never 0), or 0 when all are in use. */
uint16_t ids_take(struct ids *s);
/* Give one back; false only without memory (the id is then lost, not reused). */
bool ids_give(struct ids *s, uint16_t id);
/* id <-> slot, both ways, without state beyond the key. */
uint16_t ids_slot(const struct ids *s, uint16_t id);
uint16_t ids_id(const struct ids *s, uint16_t slot);

#endif
