/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Two ports of a transport that reach each other, and the frames on their way between them.  Every
 * frame is made from its number, so that one that arrives can be told to be whole, in its place,
 * and on its channel.
 */
#ifndef TESTS_CONFORMANCE_PAIR_H
#define TESTS_CONFORMANCE_PAIR_H

#include "cfg/cfg.h"
#include "tests/conformance/host.h"

#define PATIENCE 5000000u /* us without progress */
#define QUIET	 150000u  /* us of nothing: no more will come */

/* One frame on its way. */
struct sent {
	uint32_t seq, len;
};

/* One direction of a link. */
struct way {
	struct sent *on_way; /* ring */
	unsigned first, n, room;
	uint32_t seq, old; /* of the next frame; those before `old` are forgotten, but may arrive */
	uint64_t got, lost, late, wrong; /* late: behind one sent after it, or twice */
};

/* A channel of side A and the one of side B it leads to. */
struct link {
	const struct ist_circuit_config *circuit; /* of side A's configuration */
	uint8_t payload;
	ist_channel id[2]; /* A's, B's */
	struct way way[2]; /* from A, from B */
};

enum { A, B };

struct spec {
	const struct ist_transport *t;
	const char *text[2]; /* configuration of either side, as in a file */
	const char *many;    /* "FIRST-LAST:TEXT": circuits for the case with many; NULL = none */
	const char *hostile; /* "udp:FROM>TO": where side B's link hears anybody; NULL = none */
};

struct pair {
	const struct spec *spec;
	const struct cfg_model *model[2];
	/* The transport without its check: that is asked when the port is opened, since some
	 * circuit sections here are only addresses to dial. */
	struct ist_transport unchecked;
	struct check_host side[2];
	struct link *link;
	unsigned links;
	bool pairing, echo, refuse, unordered;
	unsigned offers;
	char why[400];	   /* the case failed */
	char skipped[100]; /* or could not be run */
	uint64_t progress; /* when a frame last arrived */
	uint64_t count[2][CHECK_COUNTERS];
	uint64_t seed;
	void (*on_tap)(void *arg, const uint8_t *frame, size_t len);
	void *tap_arg;
	/* What arrives is not made from numbers: whoever set this looks at it instead. */
	void (*on_frame)(struct pair *p, unsigned side, const struct check_chan *c,
			 const struct ist_frame *f);
	void *user; /* of the case */
};

uint64_t pair_rand(struct pair *p);
/* False, with words in p->why. */
bool fail(struct pair *p, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* True, and the case counts as skipped. */
bool skip(struct pair *p, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

void pair_init(struct pair *p, const struct spec *s);
/* Both sides, with `extra` settings and circuits in their configurations (NULL = none). */
bool pair_configure(struct pair *p, const char *extra, bool many);
bool pair_open_side(struct pair *p, unsigned side);
/* Wait until every circuit leads to its other end, however long the medium needs to come up. */
bool pair_links(struct pair *p);
bool pair_open(struct pair *p, const char *extra, bool many);
void pair_close_side(struct pair *p, unsigned side);
/* To another process.  False, with words; skipped when the port cannot. */
bool pair_to_another(struct pair *p, unsigned side);
void pair_end(struct pair *p);

/* One frame; waits for room.  head_len octets of it go in front as a piece of their own. */
bool pair_send(struct pair *p, struct link *l, unsigned from, uint32_t len, uint32_t head_len,
	       uint32_t flags);
/* The same without waiting; false = there is no room now. */
bool pair_try(struct pair *p, struct link *l, unsigned from, uint32_t len, uint32_t head_len,
	      uint32_t flags);
/* n frames in one call of send, from `from`; waits for room. */
bool pair_send_batch(struct pair *p, struct link *l, unsigned from, uint32_t len, unsigned n);
/* Serve both sides until all that was sent is there; what is missing after PATIENCE is the fault.
 */
bool pair_drain(struct pair *p);
/* Serve sides (bit 1 = A, bit 2 = B) until `until`, or QUIET us without a frame. */
bool pair_serve(struct pair *p, unsigned sides, uint64_t until);
void pair_settle(struct pair *p, unsigned sides);
/* Nothing on its way and nothing lost, no matter what became of it. */
void pair_forget(struct pair *p);
/* Frames on their way on all links. */
unsigned pair_on_way(const struct pair *p);
/* Read the counters of open sides; a fault when one has gone backwards. */
void pair_count(struct pair *p);
/* The most one frame may have, on either side of the link. */
uint32_t pair_mtu(struct pair *p, const struct link *l);
/* Which of the links a channel belongs to, as far as that is known; NULL = not yet. */
struct link *pair_link_of(struct pair *p, const struct check_chan *c);
/* Has the transport a setting of this name? */
bool pair_has_key(const struct spec *s, const char *name);
/* Does a transport need to be told to let channels in, or to be dialled? */
static inline bool pair_has(const struct pair *p, uint32_t cap)
{
	return p->spec->t->caps & cap;
}

#endif
