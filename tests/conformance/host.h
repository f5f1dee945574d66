/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A host that watches its transport: real clock, real descriptors, and a note of every rule of
 * transport.h that is broken.  Both hosts of a pair are served by one loop on one thread.
 */
#ifndef TESTS_CONFORMANCE_HOST_H
#define TESTS_CONFORMANCE_HOST_H

#include "transports/transport.h"

#include <pthread.h>
#include <stdatomic.h>

#define CHECK_COUNTERS 256u

enum chan_state { CHAN_NEW, CHAN_UP, CHAN_DOWN, CHAN_DEAD };

struct check_chan {
	ist_channel id;
	uint8_t state;	/* enum chan_state */
	bool writable;	/* reported since it was last cleared */
	bool permanent; /* it said so when it came up */
	bool handed;	/* it was up in another process, and is to be reported again */
	void *user;
	/* That it came up with. */
	uint8_t ticket[IST_TICKET_MAX];
	uint32_t ticket_len;
};

struct check_host {
	struct ist_host host;
	const struct ist_transport *t;
	struct ist_port *port; /* NULL = closed */
	const char *side;
	pthread_t thread;
	bool in_call, tap_on, failed;
	uint64_t stopped; /* the time its clock stands at; 0 = it goes */
	atomic_bool woken;
	int wake_fd;
	struct check_watch *watch;
	unsigned watches;
	struct check_timer *timer;
	unsigned timers;
	struct check_chan **chan; /* open addressing by id */
	unsigned chans, room;
	char fault[200]; /* the first rule broken; empty = none */
	char words[200]; /* of the last warning or failure it told */
	/* Reports, after they were found to be in order; NULL = nobody cares. */
	void (*on_frame)(struct check_host *h, const struct ist_frame *f);
	void (*on_offer)(struct check_host *h, ist_channel c, const struct ist_attrs *a);
	void (*on_up)(struct check_host *h, struct check_chan *c, const struct ist_attrs *a);
	void (*on_down)(struct check_host *h, struct check_chan *c);
	void (*on_tap)(struct check_host *h, const uint8_t *frame, size_t len);
	void *user;
};

uint64_t check_now(void);
void check_init(struct check_host *h, const char *side, const struct ist_transport *t);
void check_fini(struct check_host *h);
void check_fault(struct check_host *h, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* The calls of struct ist_transport. */
int check_open(struct check_host *h, const struct ist_port_config *cfg, char *err, size_t err_len);
void check_close(struct check_host *h);
/* To another process, in place: freeze, close, thaw.  0; -EOPNOTSUPP: it cannot, and is as before;
 * else the port is gone. */
int check_hand_over(struct check_host *h, const struct ist_port_config *cfg, char *err,
		    size_t err_len);
/* The port's process is killed: it is gone, and nobody was told.  0; -EOPNOTSUPP: there is no way
 * to do that to it, and it is as before. */
int check_kill(struct check_host *h);
int check_resume(struct check_host *h, const uint8_t *ticket, size_t len, ist_channel *c);
/* A fault for every channel that was up before that and was not reported again. */
void check_all_again(struct check_host *h);
int check_send(struct check_host *h, const struct ist_frame *f, unsigned n);
int check_connect(struct check_host *h, const struct ist_addr *to, uint8_t payload, ist_channel *c);
int check_answer(struct check_host *h, ist_channel c, bool yes);
void check_disconnect(struct check_host *h, ist_channel c);
uint32_t check_mtu(struct check_host *h, ist_channel c);
/* Returns how many there are; notes when one has gone backwards since. */
unsigned check_count(struct check_host *h, uint64_t now[CHECK_COUNTERS]);

/* Stop the clock the transport sees, or let it go on from the true time.  A line that is shaped by
 * time lets more through the longer its sender takes, and a sender that is kept from its processor
 * for a while would overfill whatever stands behind the line. */
void check_stop_clock(struct check_host *h, bool stop);

/* NULL = never heard of. */
struct check_chan *check_chan(struct check_host *h, ist_channel c);
struct check_chan *check_chan_make(struct check_host *h, ist_channel c);

/* Serve what is ready of n hosts (one or two), waiting until `until` for something to be; false =
 * nothing was. */
bool check_serve(struct check_host *const *h, unsigned n, uint64_t until);

#endif
