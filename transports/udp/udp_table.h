/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The channels of a UDP port: (peer, our address, socket, mark) to slot and back, bounded.
 *
 * A slot is either held, by a connect or an answer of the host, until it is given up; or it is a
 * stranger's: made by a datagram that came from nowhere we knew.  Strangers may have at most half
 * of the slots, so that they cannot keep us from dialling, and when there is no room the stranger
 * heard of least recently is the one that goes.  Freed slots are used again oldest first.
 *
 * The hash is universal and keyed with octets that only we know, so a sender cannot choose
 * addresses that fall into one bucket.  Nothing is allocated after udp_table_init.
 */
#ifndef TRANSPORTS_UDP_UDP_TABLE_H
#define TRANSPORTS_UDP_UDP_TABLE_H

#include "transports/kit/slots.h"
#include "transports/kit/udp_addr.h"

enum udp_slot_state { UDP_SLOT_FREE, UDP_SLOT_STRANGER, UDP_SLOT_HELD };

struct udp_key {
	struct udp_ep peer, local; /* local without port */
	uint32_t sock;
	uint32_t mark; /* of its security association; 0 = none */
};

struct udp_slot {
	struct udp_key key;
	ist_channel id;	       /* its handle; 0 = free */
	uint32_t chain;	       /* next in the bucket: index + 1, 0 = none */
	uint32_t older, newer; /* strangers by last use */
	uint8_t state;
	bool reported;	      /* up */
	uint16_t single_from; /* datagrams of this length or longer are sent one by one; 0 = none */
};

struct udp_table {
	struct udp_slot *slot;
	uint32_t *bucket;
	uint32_t max, buckets;
	struct slots slots; /* which are free */
	uint32_t oldest, newest;
	uint32_t strangers, held;
	uint64_t hash_key[16];
};

/* max: 4..65536 channels.  key: 128 random octets, kept secret.  0 or -ENOMEM. */
int udp_table_init(struct udp_table *t, uint32_t max, const uint8_t key[128]);
void udp_table_free(struct udp_table *t);

/* NULL for a handle that is stale or never was. */
struct udp_slot *udp_table_get(const struct udp_table *t, ist_channel c);
struct udp_slot *udp_table_find(const struct udp_table *t, const struct udp_key *key);

/* The stranger that must be removed before another one fits; NULL when there is room, or when there
 * is no stranger (udp_table_add then fails).  The caller reports it and removes it. */
struct udp_slot *udp_table_victim(const struct udp_table *t);
/* NULL when full. */
struct udp_slot *udp_table_add(struct udp_table *t, const struct udp_key *key, bool held);
/* A stranger sent a datagram or was sent one: it is removed last. */
void udp_table_touch(struct udp_table *t, struct udp_slot *s);
void udp_table_hold(struct udp_table *t, struct udp_slot *s);
void udp_table_remove(struct udp_table *t, struct udp_slot *s);

struct handover;
/* To or from another process, with marks or without; thawing: right after udp_table_init, for as
 * many sockets as `socks` with addresses of this family.  False: it had more channels than there
 * may be now. */
bool udp_table_hand(struct udp_table *t, uint8_t family, uint32_t socks, bool marks,
		    struct handover *h);

#endif
