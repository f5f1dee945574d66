/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The memory between control and data: one region (memfd) that both map, and the descriptors that
 * wake either side.  In it are, for each worker, the mailboxes both ways and its counters; the
 * rings of table messages and their answers; the counters of calls; and when each tunnel was heard.
 *
 *   control                                    data
 *   dp_call_set, dp_port_open ... ----> table ring ----> message thread, its tables
 *                                 <---- answer ring <---
 *   dp_send, dp_ppp_send          ----> cmd ring   ----> worker
 *   dp_poll                       <---- report, control, ppp, sent, log, tap rings <---- worker
 *   dp_call_stats, dp_count       <---- counters, written by the workers
 *
 * No pointer is in it.  The region can be neither grown nor cut (its seals are checked), so that
 * the other side cannot make an access fail; what it writes there is checked before it is used
 * (ring.h, door_msg.h).
 */
#ifndef GW_DP_DOOR_H
#define GW_DP_DOOR_H

#include "gw/dp/door_msg.h"
#include "gw/dp/dp.h"
#include "gw/dp/ring.h"

#include <assert.h>

#define DOOR_FILTERS 16384u /* at a time */
#define DOOR_TUNS    65536u
#define DOOR_FDS     (4 + DOOR_WORKERS)

/* --- counters ----------------------------------------------------------------------------------- */

/* Of a call: one cache line, which its home worker writes at every frame, and nobody else. */
struct call_counters {
	_Alignas(64) _Atomic uint64_t rx_frames;
	_Atomic uint64_t rx_octets, tx_frames, tx_octets, drops, last_rx, control;
	/* Ns to send next, Nr << 16, DOOR_SENDING_SEQ, DOOR_SEEN_SEQ: written before the frame
	 * leaves that has the number before, so that the next data never repeats one. */
	_Atomic uint64_t numbers;
};
static_assert(sizeof(struct call_counters) == 64, "one cache line");

/* Whose the counters of the same number are, and what both sides tell each other of the call. */
struct call_slot {
	/* The entry that has it: call_key(); 0 = free.  Data frees it when no worker can write
	 * there any more. */
	_Atomic uint32_t owner;
	_Atomic uint16_t home;	   /* control: its worker, and DOOR_BUNDLE */
	_Atomic uint16_t has_rare; /* a writer of its struct call_rare has been there */
	_Atomic uint32_t returned; /* control: punted frames that it has done with */
	_Atomic uint32_t posted;   /* control: frames that it has sent to this leg */
};
#define DOOR_BUNDLE 0x8000u /* it is a bundle */

/* What few calls have to count, by the same number.  Each has one writer, the call's home worker,
 * where nothing else is said.  A row that nobody has written to is not read: it has no memory. */
struct call_rare {
	_Atomic uint64_t filtered_in, filtered_out;
	_Atomic uint64_t limited[DP_RATES];
	_Atomic uint64_t seq_lost, seq_late, seq_reordered; /* of l2tp_data */
	/* Control, and data when it takes up the call of a life before: what the XDP program has
	 * carried until it was told to carry the call no more. */
	_Atomic uint64_t fast_rx_frames, fast_rx_octets, fast_tx_frames, fast_tx_octets;
	_Atomic uint64_t fast_last_rx; /* us */
};

/* All of a call of the data before. */
struct call_left {
	struct call_counters n;
	struct call_slot slot;
	struct call_rare rare;
};

#define DOOR_SENDING_SEQ (UINT64_C(1) << 32)
#define DOOR_SEEN_SEQ	 (UINT64_C(1) << 33)

struct filter_counters {
	_Atomic uint64_t passed, dropped;
};

/* Of a worker, its only writer. */
struct worker_counters {
	_Alignas(64) _Atomic uint64_t reason[DP_R_COUNT];
	_Atomic uint64_t rx_frames, tx_frames, rx_control, tx_control, tun_rx, tun_tx, fragmented;
	_Atomic uint64_t echoes, tun_cut, tun_joined;
	_Atomic uint64_t rx_congested, rx_discard;
	_Atomic uint64_t punted, from_control, made, joined, control_lost;
	_Atomic uint64_t deaths; /* of the first worker: lives of data that ended without order */
	struct filter_counters filter[DOOR_FILTERS]; /* by number, modulo */
};

/* Counters have one writer: no locked instruction is needed. */
static inline void count_add(_Atomic uint64_t *n, uint64_t by)
{
	atomic_store_explicit(n, atomic_load_explicit(n, memory_order_relaxed) + by,
			      memory_order_relaxed);
}

static inline uint64_t count_get(const _Atomic uint64_t *n)
{
	return atomic_load_explicit(n, memory_order_relaxed);
}

/* --- records in the mailboxes ------------------------------------------------------------------- */

enum cmd_kind { CMD_CONTROL, CMD_PPP, CMD_IP, CMD_ANSWER, CMD_REFUSE, CMD_DISCONNECT, CMD_KINDS };

struct cmd_rec {
	uint32_t kind;
	uint32_t call; /* CMD_PPP, CMD_IP */
	l2tp_channel channel;
	uint64_t cookie;
	uint64_t after; /* the number of the last table message before this record */
	uint8_t want_sent;
	uint8_t dscp;	  /* CMD_CONTROL */
	uint8_t octets[]; /* a packet, a frame, or a struct cmd_cause */
};

struct cmd_cause { /* struct ist_cause; text: its words and a NUL, or nothing */
	uint8_t kind, cause, diagnostic;
	char text[];
};

struct frame_rec { /* control ring and ppp ring */
	l2tp_channel channel;
	uint64_t when;
	uint32_t call;	     /* 0 = a line, or with channel 0 what ops->absent tells */
	uint8_t unsequenced; /* a flag; no frame: what ops->unsequenced tells */
	uint8_t octets[];
};

struct tap_rec {
	uint64_t when;
	uint32_t call; /* not 0: what ops->copy tells of it; else ops->tap of the port */
	uint32_t port;
	uint16_t link_type;
	uint8_t outbound;
	uint8_t octets[];
};

struct log_rec {
	uint32_t port;
	int32_t level;
	char text[]; /* with its NUL */
};

/* --- the region --------------------------------------------------------------------------------- */

enum door_mail { /* the rings of a worker; CMD is its only one in */
		 MAIL_CMD,
		 MAIL_CONTROL,
		 MAIL_PPP,
		 MAIL_SENT,
		 MAIL_LOG,
		 MAIL_TAP,
		 MAIL_REPORTS,
		 MAIL_KINDS
};

/* What both sides write single words of. */
struct door_words {
	uint32_t magic, version; /* written by door_new() */
	uint32_t workers;
	/* asleep: see struct waker */
	_Alignas(64) atomic_int control_asleep;
	atomic_int answer_asleep; /* control waits for an answer */
	atomic_int table_asleep;  /* data's message thread */
	/* Data: the number of the last table message that it has done. */
	_Alignas(64) _Atomic uint64_t done;
	_Atomic uint32_t left; /* data: rows at door->left */
	/* Control: slots from here on were never used; the next numbers of its own to give. */
	_Alignas(64) _Atomic uint32_t fresh_slot;
	_Atomic uint32_t last_filter;
	_Atomic uint64_t posted; /* the number of the last table message */
	struct {
		_Alignas(64) atomic_int asleep;
		/* The worker has reports that its ring had no room for. */
		atomic_bool reports_wait;
	} worker[DOOR_WORKERS];
};

struct door {
	struct door_words *words;
	unsigned workers;
	size_t size; /* octets mapped */
	int fd;
	struct waker control, answer, table, worker[DOOR_WORKERS];
	struct ring_mem *table_ring, *answer_ring;
	struct ring_mem *mail[DOOR_WORKERS][MAIL_KINDS];
	struct worker_counters *counters[DOOR_WORKERS];
	struct call_counters *call; /* DOOR_CALLS */
	struct call_slot *slot;	    /* as many */
	struct call_rare *rare;	    /* likewise; see door_rare() */
	/* As many, and data's alone: counters of calls of the data before, by their owners, until
	 * control has set all that goes on. */
	struct call_left *left;
	_Atomic uint64_t *heard; /* by Tunnel ID: data last came in, us */
	/* By number, modulo DOOR_TUNS: the number of a device that was removed from outside. */
	_Atomic uint32_t *tun_gone;
};

/* The rare counters of a slot; NULL = all are 0. */
static inline const struct call_rare *door_rare(const struct door *d, uint32_t slot)
{
	return atomic_load_explicit(&d->slot[slot].has_rare, memory_order_acquire) ? &d->rare[slot]
										   : NULL;
}
/* For their writers. */
static inline struct call_rare *door_rare_mine(struct door *d, uint32_t slot)
{
	_Atomic uint16_t *has = &d->slot[slot].has_rare;

	if (!atomic_load_explicit(has, memory_order_relaxed))
		atomic_store_explicit(has, 1, memory_order_release);
	return &d->rare[slot];
}

extern const uint64_t door_ring_size[MAIL_KINDS]; /* octets of each */
#define DOOR_TABLE_SIZE	 (1u << 22)
#define DOOR_ANSWER_SIZE (1u << 18)

/* workers: 1 to 16.  NULL without memory or descriptors. */
struct door *door_new(unsigned workers);
/* Its descriptors, in the order that door_open() wants; returns how many.  They stay the door's. */
unsigned door_fds(struct door *d, int fd[DOOR_FDS]);
/* The same door in another process; takes the n descriptors over, also when it fails.  NULL: not a
 * door of this version, or its region is not whole. */
struct door *door_open(const int *fd, unsigned n);
/* The region of a door that another one has replaced, to read only; takes fd over.  Its wakers are
 * not there.  NULL as above, or it is not of as many workers. */
struct door *door_read(int fd, unsigned workers);
/* Unmaps it and closes its descriptors. */
void door_free(struct door *d);

#endif
