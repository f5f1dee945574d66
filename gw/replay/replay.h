/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Replay: the control messages of a capture, played through the real engine without sockets, on the
 * capture's own clock.
 *
 * How that works with an engine that makes its own messages.  Each system seen in the capture has
 * an engine that plays it.  A message that system received is what its engine receives.  A message
 * that it sent is a cue: the engine is told to do the same (open, answer, connect, hang up), and
 * what the engine then sends is thrown away, since the peer has had the recorded message.  So the
 * engine is always where the real system was, and judges what the other side sends by its own
 * tables.  Its ids differ from the recorded ones: those in the header of what is received are
 * changed for its own, and Nr for its own count.  What it says of itself (window, framing, bearers)
 * is taken from the recorded SCCRQ or SCCRP, and so are its Challenge and its Tie Breaker, which it
 * asks for as random octets.  Its messages are acknowledged for the peer at once: a capture cannot
 * show whether the peer had got them.
 *
 * Each message is judged where it arrives.  It is against the book when the engine counts a
 * reason whose row in l2tp_rules is a breach.  When an engine has refused what the real system let
 * pass, the tunnel or call is over for it, and what follows there is not judged any more.
 */
#ifndef GW_REPLAY_REPLAY_H
#define GW_REPLAY_REPLAY_H

#include <stdio.h>

#include "core/engine.h"
#include "gw/replay/pcapng_format.h"

/* One end of a frame: the system, and where in it the frame came from or went to. */
enum replay_kind {
	REPLAY_IPV4,
	REPLAY_IPV6,
	REPLAY_ATM,
	REPLAY_FRELAY,
	REPLAY_X25,
	REPLAY_BARE,
	REPLAY_KINDS
};
/* Of a circuit: who captured what it sent, of X.25 the DTE, or else who opened the first tunnel, is
 * a. */
enum replay_side { REPLAY_SIDE_UNKNOWN, REPLAY_SIDE_A, REPLAY_SIDE_B };
struct replay_end {
	uint8_t kind; /* enum replay_kind */
	/* an IP address; of a circuit the first is enum replay_side, the second the interface of
	 * the capture */
	uint8_t system[16];
	uint32_t at; /* port, or circuit */
};
#define REPLAY_END_TEXT 64u
/* "192.0.2.1:1701", "[2001:db8::1]:1701", "pvc 0/35 a", "dlci 100 b", on another than the first
 * interface of a capture "dlci 100 b1"; alone: the system's name. */
const char *replay_end_text(const struct replay_end *e, bool alone, char *buf, size_t cap);

/* A control message as it was captured. */
struct replay_msg {
	uint64_t us;
	struct replay_end from, to;
	const uint8_t *pkt;
	size_t len;
};

/* What is inside a frame of this link type (transports/kit/linktype.h).  False: no L2TP, or cut
 * off.  m->pkt points into the frame. */
bool replay_frame(struct replay_msg *m, uint32_t link_type, const uint8_t *frame, size_t len);
/* The same of UDP in a packet of IP, of whatever port. */
bool replay_udp(struct replay_msg *m, const uint8_t *pkt, size_t len);

/* The same for the packets and LAPB frames of X.25, several of which may make one message: true
 * when one is whole, and m->pkt is good until the next. */
struct replay_x25;
struct replay_x25 *replay_x25_new(void); /* for free(); NULL without memory */
bool replay_x25_frame(struct replay_x25 *x, struct replay_msg *m, const uint8_t *frame, size_t len);

/* A frame of a pcapng file. */
enum replay_way {
	REPLAY_WAY_UNKNOWN = PCAPNG_WAY_UNKNOWN,
	REPLAY_INBOUND = PCAPNG_INBOUND,
	REPLAY_OUTBOUND = PCAPNG_OUTBOUND,
};
struct replay_captured {
	uint32_t interface; /* of its section */
	uint32_t link_type;
	uint64_t us; /* since 1970 */
	enum replay_way way;
	const uint8_t *octets;
	size_t len;
};
/* Each frame of it, until `each` says false; false with words in *wrong. */
bool replay_pcapng(FILE *in, bool (*each)(void *ctx, const struct replay_captured *f), void *ctx,
		   const char **wrong);

#define REPLAY_MOST   1000000u /* control messages of one capture */
#define REPLAY_SYSTEM 64u      /* systems */

struct replay_file {
	struct replay_msg *msg;
	size_t count, room;
	struct replay_x25 *x25;	      /* while it is read */
	uint64_t frames, data, other; /* in the file; L2TP data; no L2TP at all */
};
/* Read a capture; false with words. */
bool replay_file_read(struct replay_file *f, const char *path, char *words, size_t cap);
/* Add a message, whose octets are copied; false = no memory, or too many. */
bool replay_file_add(struct replay_file *f, const struct replay_msg *m);
void replay_file_free(struct replay_file *f);
/* On a medium that does not say which side sent a frame, find out by the ids in the messages. */
void replay_sides(struct replay_file *f);

struct replay_wish {
	struct l2tp_secret secret; /* empty = not known: challenges are not checked */
	bool explain;
	const char *as; /* whom the verdict is about; NULL = all */
};
enum replay_verdict { REPLAY_BY_THE_BOOK, REPLAY_AGAINST_IT, REPLAY_NOT_JUDGED };
/* Play all of it and say what happened. */
enum replay_verdict replay_play(const struct replay_file *f, const struct replay_wish *w,
				FILE *out);

/* `isthmus replay`: argv[0] is the word.  Returns the exit status. */
int replay_command(int argc, char **argv);

#endif
