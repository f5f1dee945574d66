/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A host for transports under test: a clock that only moves when told, timers, descriptors looked
 * at with poll, and a record of every report.  Transports are called through the wrappers below,
 * which abort when a report comes from inside a call.
 */
#ifndef TESTS_TRANSPORTS_HOST_H
#define TESTS_TRANSPORTS_HOST_H

#include "transports/transport.h"

#include <sys/types.h>

enum fake_kind {
	FAKE_FRAME = 1,
	FAKE_OFFER,
	FAKE_UP,
	FAKE_DOWN,
	FAKE_MTU,
	FAKE_WRITABLE,
	FAKE_FAILED,
};

/* One report. */
struct fake_event {
	struct fake_event *next;
	uint64_t at;
	uint8_t kind;
	ist_channel channel;
	uint32_t flags, len; /* of a frame */
	struct ist_cause cause;
	bool forever;
	struct ist_attrs attrs;
	uint32_t attrs_sum; /* of all they say, their texts too */
	uint8_t data[];
};

/* The clock that all hosts of a test share. */
extern uint64_t fake_now;

/* The how manieth watch is refused with ENOMEM, once; 0 = none. */
extern unsigned fake_watches_left;

/* Where random octets come from; NULL = from the system. */
extern uint64_t *fake_random;

#define FAKE_OPENS 4u

struct fake_host {
	struct ist_host host;
	const struct ist_transport *tr;
	struct ist_port *port;
	struct fake_event *first, **last;
	struct fake_watch {
		int fd;
		unsigned what;
		void (*on_fd)(void *arg, unsigned ready);
		void *arg;
	} watch[16];
	struct fake_timer {
		uint64_t at;
		void (*on_time)(void *arg, uint64_t now);
		void *arg;
		bool used;
	} timer[32];
	struct ist_open open[FAKE_OPENS]; /* what the port's check has named, and may be opened */
	unsigned opens;
	bool tap_on, woken, crowded;
	int in_call;
	unsigned errors, warnings; /* logged */
	char last_log[256];
	int last_level; /* of it; 0 = nothing was logged */
	/* What was tapped, when somebody cares. */
	void (*on_tap)(void *arg, bool outbound, uint16_t link_type, const uint8_t *frame,
		       size_t len);
	void *tap_arg;
	/* Called in each report of that kind, after it is recorded; may send, answer, disconnect.
	 */
	void (*on_event)(struct fake_host *h, const struct fake_event *e);
	struct fake_host *peers; /* all of a test, run together */
};

/* The host alone, for what is not a transport. */
void fake_init(struct fake_host *h);

/* Settings as "key=value" texts, NULL ended.  A key of the form "@100 l2tp" or "@100 ppp" or
 * "@100 l2tp ppp" begins a circuit section with that address; settings after it are the circuit's.
 */
int fake_try(struct fake_host *h, const struct ist_transport *tr, const char *const *config,
	     char *err, size_t err_len);
/* The transport's check of such settings; fake_try() aborts when it says anything else of their
 * text than opening does, or when something is opened that it has not named. */
int fake_check(const struct ist_transport *tr, const char *const *config, char *err,
	       size_t err_len);
/* Opening without that check. */
int fake_try_unchecked(struct fake_host *h, const struct ist_transport *tr,
		       const char *const *config, char *err, size_t err_len);
/* fake_try(); aborts with the words when it fails. */
void fake_open(struct fake_host *h, const struct ist_transport *tr, const char *const *config);
void fake_close(struct fake_host *h);

/* A port that was frozen: octets of exactly their number, descriptors that are duplicates. */
struct fake_frozen {
	struct ist_frozen f;
	int fd[64];
};
/* Freeze and close the port, as the process it was in would, and end its watches and timers. */
void fake_freeze(struct fake_host *h, struct fake_frozen *out);
/* Thaw it for h, which goes on with its reports and stays joined.  0 or -errno. */
int fake_thaw(struct fake_host *h, struct fake_frozen *from, const char *const *config, char *err,
	      size_t err_len);
void fake_frozen_free(struct fake_frozen *f);
/* All of that; aborts with the words when it fails. */
void fake_hand_over(struct fake_host *h, const char *const *config);
int fake_resume(struct fake_host *h, const void *ticket, size_t len, ist_channel *out);
/* b is run whenever a is. */
void fake_join(struct fake_host *a, struct fake_host *b);
void fake_leave(struct fake_host *h);

/* Move the clock to `until`, serving timers, descriptors and wakes of all joined hosts in order. */
void fake_run(struct fake_host *h, uint64_t until);
/* Wait (at most 5 s of real time) until h has `n` reports of `kind` not yet taken. */
bool fake_wait(struct fake_host *h, enum fake_kind kind, unsigned n);

/* The oldest report of that kind, taken out; NULL = none.  Free it with fake_free. */
struct fake_event *fake_take(struct fake_host *h, enum fake_kind kind);
unsigned fake_pending(const struct fake_host *h, enum fake_kind kind);
void fake_forget(struct fake_host *h);
/* Takes one of that kind and gives its channel; 0 = there is none. */
ist_channel fake_channel(struct fake_host *h, enum fake_kind kind);
void fake_free(struct fake_event *e);

int fake_send(struct fake_host *h, ist_channel c, const void *payload, size_t len);
int fake_send_frames(struct fake_host *h, const struct ist_frame *f, unsigned n);
int fake_connect(struct fake_host *h, const char *to, uint8_t payload, ist_channel *out);
int fake_answer(struct fake_host *h, ist_channel c);
int fake_refuse(struct fake_host *h, ist_channel c);
void fake_disconnect(struct fake_host *h, ist_channel c);
uint64_t fake_count(struct fake_host *h, const char *counter);
/* All counters that are not 0, "rx-frames=2 rx-octets=9", in the transport's order; a static
 * buffer.
 */
const char *fake_counted(struct fake_host *h);
/* The address as the transport writes it; a static buffer. */
const char *fake_addr(const struct fake_host *h, const struct ist_addr *a);
const char *fake_status(struct fake_host *h);
/* "connections 2/1024 2/256", the second pair of one source; "none". */
const char *fake_fill(struct fake_host *h);

#endif
