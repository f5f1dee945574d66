/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A transport that a test plays by hand: it keeps the frames it is given, and reports on its port's
 * thread as the test tells it (by host->wake, the one call that any thread may make).  And a data
 * plane with such a port, whose reports are kept as text lines.
 */
#ifndef TESTS_GW_DP_FAKE_H
#define TESTS_GW_DP_FAKE_H

#include "gw/dp/dp.h"

#include <pthread.h>

#define FAKE_SENT  512
#define FAKE_TODO  512
#define FAKE_KNOWN 64
#define FAKE_FRAME 4608
#define FAKE_LINES 512

enum fake_what {
	FAKE_FRAME_IN,
	FAKE_UP,
	FAKE_OFFER,
	FAKE_DOWN,
	FAKE_DOWN_FOREVER,
	FAKE_WRITABLE, /* len: how many frames the channel takes from now on */
	FAKE_FAILED,
	FAKE_LOG,
	FAKE_TAP,
	FAKE_MTU,     /* len: its new MTU */
	FAKE_CROWDED, /* len: it is, or no longer */
	FAKE_TIMER,   /* a timer now; it says "up" of the channel */
};

struct fake_frame {
	ist_channel c;
	uint32_t flags;
	size_t len;
	uint8_t octets[FAKE_FRAME];
};

struct fake {
	pthread_mutex_t lock;
	int fd; /* eventfd: something was sent or said */
	const struct ist_host *host;
	void *host_ctx;
	struct fake_frame sent[FAKE_SENT];
	unsigned n_sent;
	int room;	/* frames taken before the channel is full; < 0 = any number */
	int send_error; /* when set, what send returns */
	uint32_t mtu;	/* of every channel; 0 = 1000 + its number */
	uint32_t marks; /* enum ist_frame_flag of the frames that come in */
	struct dp *dp;	/* does what it was asked before the transport says something */
	bool open, refuse_open;
	unsigned in_the_way; /* so often it cannot be opened, since its address is in use */
	bool on_path;	     /* the last send was (gw/dp/path.h) */
	bool bites;	     /* a send takes memory */
	void *volatile bite;
	unsigned wakes, send_calls, answers, refusals, disconnects;
	ist_channel asked; /* the last of these three */
	enum ist_cause_kind why;
	bool no_peer;	     /* attributes do not tell the far end */
	uint32_t attrs_size; /* as a transport of an older ABI; 0 = all there is */
	bool long_ticket;    /* longer than one may be; else it is 1, 2, and the channel 3 */
	char thread[16];     /* its name, at the last wake */
	struct {
		enum fake_what what;
		ist_channel c;
		size_t len;
		uint32_t segment;
		uint8_t octets[FAKE_FRAME];
	} todo[FAKE_TODO];
	unsigned n_todo;
	uint32_t timer;
	ist_channel timer_channel;
	uint32_t accm[2];		  /* the last one set, of channel 7 */
	void (*on_close)(struct fake *f); /* NULL = nothing more to do */
	/* fake_frozen: times it was frozen and thawed, and closed after it was frozen. */
	unsigned freezes, thaws, silent_closes, closes;
	bool refuse_freeze, refuse_thaw;
	bool forgets; /* thawed, it does not know its channels */
	struct {
		ist_channel c;
		enum fake_what what; /* FAKE_UP or FAKE_OFFER */
	} known[FAKE_KNOWN];
	unsigned n_known;
	bool thawed;	   /* they are to be reported again */
	size_t frozen_len; /* octets to be frozen to; 0 = as many as it needs */
};

/* What the data plane said, in order. */
struct fake_line {
	char text[96];
	size_t len;
	uint8_t octets[FAKE_FRAME];
};

struct door;

/* Where the data side is, as control finds it. */
struct rig_form {
	const char *name; /* NULL ends */
	unsigned workers;
	bool apart; /* behind a door, with a message thread and a mapping of its own */
};

struct rig {
	struct dp *dp;
	const struct rig_form *form; /* NULL = the test has chosen */
	struct door *door;	     /* apart: what data uses, and data */
	struct data *data;
	unsigned failures; /* of the program, before */
	struct fake *fake;
	unsigned port;
	struct fake_line *line;
	unsigned n_line;
	uint64_t begin; /* us; nothing that is told is older */
	bool holds;	/* frames still wait for others when it ends; else each has come out, or is
			   counted */
};

extern const struct ist_transport fake_udp;  /* L2TP, strangers */
extern const struct ist_transport fake_old;  /* the same, compiled when there was no `fill` */
extern const struct ist_transport fake_flow; /* L2TP and PPP, flow controlled */

extern const struct ist_transport fake_frozen; /* as fake_flow, and can be handed over */
extern const struct ist_transport fake_bare;   /* the same, with what each transport has */

/* A data plane with one port of t. */
void rig_up(struct rig *r, unsigned workers, const struct ist_transport *t);
/* The same with other handlers than these. */
extern const struct dp_ops rig_ops;
void rig_up_with(struct rig *r, unsigned workers, const struct ist_transport *t,
		 const struct dp_ops *ops);
/* The forms that a gateway has: all in one thread, where what control asks for is done at once;
 * with worker threads; and with data on the other side of a door, as two processes have it.  A test
 * that is not about one of them runs in each. */
extern const struct rig_form rig_forms[]; /* the first is without threads */
void rig_up_form(struct rig *r, const struct rig_form *form, const struct ist_transport *t,
		 const struct dp_ops *ops);
void rig_down(struct rig *r);
/* fn with a port of t, or of fake_flow, in each form. */
void rig_each_of(void (*fn)(struct rig *r), const struct ist_transport *t);
void rig_each(void (*fn)(struct rig *r));
struct fake *fake_new(void);
void fake_free(struct fake *f);
/* The next port opened is played by f. */
void fake_next(struct fake *f);
int rig_open(struct rig *r, const struct ist_transport *t, struct fake *f, char *err, size_t len);

static inline l2tp_channel rig_channel(const struct rig *r, ist_channel c)
{
	return (uint64_t)(r->port + 1) << 32 | c;
}

/* Have the transport say something; the last two are the frame, as hex or octets. */
void fake_say(struct fake *f, enum fake_what what, ist_channel c);
void fake_say_mtu(struct fake *f, ist_channel c, unsigned mtu);
void fake_say_crowded(struct fake *f, bool on);
void fake_say_room(struct fake *f, ist_channel c, unsigned room);
void fake_hex(struct fake *f, ist_channel c, const char *hex);
void fake_octets(struct fake *f, ist_channel c, const uint8_t *p, size_t len, uint32_t segment);

/* Run the data plane until the condition holds; false after ten seconds. */
bool rig_wait_lines(struct rig *r, unsigned n);
bool rig_wait_sent(struct rig *r, unsigned n);
bool rig_wait_reason(struct rig *r, enum dp_reason why, uint64_t n);
bool rig_wait(struct rig *r, bool (*done)(struct rig *r, void *arg), void *arg);
/* Everything said so far has been handled: a command and its answer go all the way round. */
void rig_settle(struct rig *r);
/* The same without delivering anything; needs a worker thread. */
void rig_finish(struct rig *r);
uint64_t rig_reason(struct rig *r, enum dp_reason why);
unsigned fake_sent_count(struct fake *f);

#endif
