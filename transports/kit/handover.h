/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The state of a port on its way to another process (`freeze` and `thaw` of transport.h).  One list
 * of fields serves both ways: each function writes the value it is given and returns it, or reads
 * one and returns that.
 *
 *	l->vs = (uint8_t)handover_word(h, l->vs, 127);
 *	l->t1_at = handover_time(h, l->t1_at, l->cfg.t1);
 *
 * Fields stand in parts: kind, version, octets.  A part grows at its end only; a reader leaves what
 * it does not know.  Octets are read as if a stranger had written them: after the first value that
 * cannot be, every function returns 0 and `bad` is set.
 *
 * The kinds of parts, all different: 1 link, 2 frame-relay, 3 x25, 6 and 7 its XOT, 15 and 16 its
 * sockets, 4 and 5 atm, 8 and 13 udp, 9, 10 and 14 pppoe, 11 serial, 12 loop, 32 counters.
 */
#ifndef TRANSPORTS_KIT_HANDOVER_H
#define TRANSPORTS_KIT_HANDOVER_H

#include "core/bytes.h"
#include "transports/transport.h"

struct handover {
	bool thawing, bad;
	uint64_t now;
	struct ist_frozen *frozen;
	struct wr w; /* freezing */
	struct rd r; /* thawing: of the part that is open */
	unsigned fds;
};

/* A part that is open; the caller's, until it is closed. */
struct handover_part {
	size_t at;
	struct rd rest;
};

void handover_freeze(struct handover *h, struct ist_frozen *f, uint64_t now);
/* 0, or -ENOSPC: f is too small. */
int handover_frozen(struct handover *h);
/* `bad` when these are not octets of a port. */
void handover_thaw(struct handover *h, struct ist_frozen *f, uint64_t now);

/* Thawing: false when another part comes here, or none, or one of another version; then it is not
 * open, and nothing is bad. */
bool handover_open(struct handover *h, struct handover_part *p, uint8_t kind, uint8_t version);
void handover_close(struct handover *h, struct handover_part *p);

/* 0 to most. */
uint32_t handover_word(struct handover *h, uint32_t v, uint32_t most);
uint64_t handover_number(struct handover *h, uint64_t v);
bool handover_flag(struct handover *h, bool v);
/* A time of the host's clock, which goes on between the processes; UINT64_MAX = never.  Thawing: at
 * most `most` us from now. */
uint64_t handover_time(struct handover *h, uint64_t at, uint64_t most);
/* Exactly n octets. */
void handover_octets(struct handover *h, void *octets, size_t n);
/* NUL-ended text in `size` octets. */
void handover_text(struct handover *h, char *text, size_t size);
void handover_addr(struct handover *h, struct ist_addr *a);
/* A descriptor, or -1.  Freezing: it stays the port's.  Thawing: it becomes the port's. */
int handover_fd(struct handover *h, int fd);

/* --- whole ports ------------------------------------------------------------------------------- */

/* What a transport adds to its freeze and thaw, which are the two functions below. */
struct handover_medium {
	const struct ist_transport *transport; /* its counters, count and close */
	/* As the transport's, from what another process had. */
	int (*open)(struct ist_port **out, const struct ist_host *host, void *ctx,
		    const struct ist_port_config *cfg, struct handover *from, char *err,
		    size_t err_len);
	/* Freezing: what `open` looks for, then what `read` does. */
	void (*write)(struct ist_port *p, struct handover *h);
	/* It is frozen: watches and timers end. */
	void (*quiet)(struct ist_port *p);
	/* Thawing: 0, or -ENOMEM; `bad` = it cannot be.  The port is closed after both. */
	int (*read)(struct ist_port *p, struct handover *h);
	/* Where it keeps what its counters showed in processes before, one for each of them. */
	uint64_t *(*before)(struct ist_port *p);
};

int handover_freeze_port(const struct handover_medium *m, struct ist_port *p, uint64_t now,
			 struct ist_frozen *f);
int handover_thaw_port(const struct handover_medium *m, struct ist_port **out,
		       const struct ist_host *host, void *ctx, const struct ist_port_config *cfg,
		       struct ist_frozen *f, char *err, size_t err_len);
/* The end of a transport's `count`: n values of its `rows` counters, in this process and before. */
void handover_count(uint64_t *out, unsigned n, const uint64_t *here, const uint64_t *before,
		    unsigned rows);

#endif
