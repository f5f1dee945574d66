/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Where a test keeps the engine's records, as an owner does: what is given between two DONEs
 * becomes valid together.  From it another engine is filled.
 */
#ifndef TESTS_CORE_SHELF_H
#define TESTS_CORE_SHELF_H

#include "core/engine.h"

enum { SHELF_RECORDS = 160 };

struct shelf_record {
	enum l2tp_keep what;
	uint16_t tunnel_id, call_id;
	l2tp_channel channel; /* of a tunnel; an owner stores it beside the octets */
	size_t len;
	uint8_t octets[L2TP_RECORD_MAX];
};

struct shelf_set {
	unsigned n;
	struct shelf_record rec[SHELF_RECORDS];
};

struct shelf {
	struct shelf_set open, valid; /* since the last DONE; up to it */
	unsigned kept, deleted, done; /* how often */
	unsigned most_tunnels;	      /* valid at once */
};

/* For an engine's op `keep`. */
void shelf_keep(struct shelf *s, const struct l2tp_kept *k);
/* A valid record, or NULL. */
const struct shelf_record *shelf_find(const struct shelf *s, enum l2tp_keep what,
				      uint16_t tunnel_id, uint16_t call_id);
/* How many valid ones there are. */
unsigned shelf_count(const struct shelf *s, enum l2tp_keep what);

/* A record of tests/vectors/engine-records-1.txt. */
size_t shelf_vector(const char *name, uint8_t *out, size_t cap);

/* What an owner has of its own for each tunnel and call. */
struct shelf_owner {
	struct l2tp_peer_answer who;
	void *(*tunnel_user)(struct shelf_owner *o);
	void (*call_back)(struct shelf_owner *o, struct l2tp_call *c);
	void *ctx;
	unsigned tunnels, calls; /* that came back */
};
/* The process has died: take the valid records, give them to the new engine, and resume.  The
 * shelf is empty then but for what the engine keeps anew. */
void shelf_restore(struct shelf *s, struct l2tp_engine *e, struct shelf_owner *o, uint64_t now);

#endif
