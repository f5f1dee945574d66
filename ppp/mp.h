/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Multilink PPP (RFC 1990) without I/O: the head of a fragment, the order in which fragments from
 * several links become packets again, and the link by which each packet leaves.
 *
 * Fragments of a bundle are numbered; on each link the numbers rise.  A fragment that is missing is
 * lost once every link has delivered a later one (M of section 4.1), once it has been waited for
 * as long as the owner says, or when MP_HELD later fragments have come.  The owner keeps the octets
 * of fragments that wait, under the slot number that mp_rx_put() gives; nothing here allocates.
 */
#ifndef PPP_MP_H
#define PPP_MP_H

#include "core/bytes.h"

#define MP_LINKS     8u	  /* of one bundle */
#define MP_HELD	     128u /* fragments that wait; divides both sequence spaces */
#define MP_HEAD_MAX  4u
#define MP_MRRU_MIN  1500u	       /* section 5.1.1: each system can receive this */
#define MP_PATIENCE  UINT64_C(1000000) /* us; section 4.1 asks for a timer, and gives no figure */
#define MP_STRAYS    8u		       /* in a row behind the window, which then moves back */
#define MP_SEQ_LONG  0xffffffu
#define MP_SEQ_SHORT 0xfffu

struct mp_head {
	uint32_t seq;
	bool begin, end;
};
/* Take the head off an information field of protocol 003d.  False when it is too short, or when a
 * reserved bit is set, which belongs to a class (RFC 2686) that was not agreed. */
bool mp_head_get(struct rd *r, bool short_seq, struct mp_head *h);
/* Write it; returns its length, 4 or 2. */
size_t mp_head_put(uint8_t to[MP_HEAD_MAX], bool short_seq, const struct mp_head *h);

/* --- receiving -------------------------------------------------------------------------------- */

struct mp_rx {
	uint32_t mask;	   /* of the sequence space */
	uint32_t mrru;	   /* the longest packet: protocol field and information field */
	uint32_t next;	   /* first number that is neither delivered nor given up */
	uint32_t span;	   /* numbers from next on, up to the last one that has come */
	uint32_t given_up; /* numbers from next on that are waited for no longer */
	uint32_t links;	   /* bit per link of the bundle */
	uint32_t heard;	   /* and per link that has delivered since it joined */
	bool more;	   /* a link that has not joined may have delivered already */
	uint32_t last[MP_LINKS];
	bool waiting; /* for a number from next on */
	uint64_t since;
	uint64_t patience; /* us, the owner's; MP_PATIENCE at first */
	uint32_t stray;	   /* the last number behind the window */
	unsigned strays;   /* and how many have come in a row, in order */
	struct {
		bool used, begin, end;
		uint16_t len;
	} slot[MP_HELD];
	unsigned held;
	uint64_t lost, late; /* fragments: missing, and that came when given up (or twice) */
	uint64_t broken;     /* that came, of packets that cannot be completed or are too long */
};

void mp_rx_init(struct mp_rx *rx, bool short_seq, uint16_t mrru);
void mp_rx_join(struct mp_rx *rx, unsigned link);
void mp_rx_leave(struct mp_rx *rx, unsigned link);
/* more: the far end may send by another link before that has joined here.  As long as it may, a
 * number that is missing is lost only when it has been waited for. */
void mp_rx_expect(struct mp_rx *rx, bool more);

enum mp_verdict {
	MP_DROP,  /* too late, counted */
	MP_WHOLE, /* a packet, and its turn: deliver it, it is not kept */
	MP_HOLD,  /* *slot is its number */
	MP_DRAIN, /* the window moves: call mp_rx_next() until it says no, then put it again */
};
/* A fragment of len octets behind its head, from this link. */
enum mp_verdict mp_rx_put(struct mp_rx *rx, unsigned link, const struct mp_head *h, size_t len,
			  unsigned *slot);
/* The owner has no memory for the octets of a slot it was just given: the fragment is lost. */
void mp_rx_forget(struct mp_rx *rx, unsigned slot);

/* Fragments in n slots from first on (modulo MP_HELD): the owner takes them out. */
struct mp_run {
	unsigned first, n;
	bool packet; /* they make one; else they are dropped */
};
/* The next packet or fragments of a broken one; false = wait for more, or until
 * mp_rx_deadline(). */
bool mp_rx_next(struct mp_rx *rx, uint64_t now, struct mp_run *run);
uint64_t mp_rx_deadline(const struct mp_rx *rx); /* us; UINT64_MAX = none */

/* --- sending ---------------------------------------------------------------------------------- */

struct mp_tx_link {
	bool there;
	uint16_t room;	/* octets of a fragment behind its head */
	uint32_t kbps;	/* of the link; 0 = not known, counts as MP_KBPS */
	uint64_t until; /* when what was given to it has left, ns */
};
#define MP_KBPS 100000u

struct mp_tx {
	uint32_t mask, seq;
	uint64_t clock; /* ns; ahead of the time while more is sent than the links carry */
	struct mp_tx_link link[MP_LINKS];
};
void mp_tx_init(struct mp_tx *tx, bool short_seq);

/* Octets at .. at + len of the packet go by this link, behind this head. */
struct mp_piece {
	unsigned link;
	size_t at, len;
	struct mp_head head;
};
#define MP_PIECES 64u
/* Cut a packet (protocol field and information) of len octets: whole by the link that is free
 * first, in pieces when that has no room for it.  0 when no link is there, or it would take more
 * than MP_PIECES: nothing is numbered then. */
unsigned mp_tx_cut(struct mp_tx *tx, size_t len, uint64_t now, struct mp_piece out[MP_PIECES]);

#endif
