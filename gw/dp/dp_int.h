/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The control side of the door: what dp.h promises, as messages to the data side and a mirror of
 * what it has been told.  Nothing here is read by a worker.
 */
#ifndef GW_DP_DP_INT_H
#define GW_DP_DP_INT_H

#include "gw/dp/addrtab.h"
#include "gw/dp/door.h"
#include "gw/dp/map.h"

struct data;

#define DP_PORTS   DOOR_PORTS
#define DP_WORKERS DOOR_WORKERS
#define DP_FRAME   (1u << 19) /* octets of a record of any mailbox */
#define DP_ANSWER  (1u << 17) /* of an answer, and what its lists need */
#define DP_WORDS   16384u

struct dp_mail { /* of a worker */
	struct ring_out cmd;
	struct ring_in control, ppp, sent, log, tap, reports;
};

struct dp_port {
	bool open;
	unsigned home; /* worker */
	const struct ist_transport *t;
	/* Reports in the ring up to this mark are of the port that had the number before. */
	uint64_t stale;
	bool claimed; /* it was open when control began, and its settings are as before */
	bool accelerated, secured; /* as the settings have it: by XDP, by IPsec */
	bool tapped, impaired;
	struct ist_addr
		listen; /* of a port that is accelerated: our end, where a channel's is not known */
};

/* Octets of a report that came while control began. */
struct dp_left_report {
	struct dp_left_report *next;
	size_t len;
	uint8_t octets[];
};

/* What data had when control began, and control has not named since. */
struct dp_left {
	struct {
		bool open;
		unsigned home;
		char *transport, *name;
	} port[DP_PORTS];
	struct dp_left_report *reports, **tail;
	size_t octets;	  /* of the reports */
	struct map slots; /* call_key() -> slot of its counters */
};

/* A TUN device: here while it is open or an entry names it. */
struct dp_tun {
	uint32_t no;
	uint32_t ifindex; /* 0 = nobody has asked yet */
	char name[16];
	uint8_t offload; /* what it has of enum dp_tun_offload */
	uint8_t wanted;	 /* of those */
	unsigned opened, calls;
	struct dp_tun *next;
};

/* A filter: here while its number is registered or an entry names it. */
struct dp_filter_ref {
	uint32_t no;
	unsigned calls; /* that name it, and lines */
	bool registered;
};

/* An entry of the call table. */
struct dp_entry {
	uint32_t key, slot;
	uint32_t tun, filter[DP_FILTERS];
	uint8_t home, port;
	bool bundle : 1, fresh : 1; /* fresh: the message of `set` was the first */
	uint8_t fast;		    /* enum fast_why */
	uint64_t set;		    /* the number of the message that set it last */
	struct dp_entry *next;
};

#define DP_ENTRY_BLOCK 128u

struct dp_entry_block {
	struct dp_entry_block *next;
	unsigned used;
	struct dp_entry entry[DP_ENTRY_BLOCK];
};

struct dp {
	struct dp_ops ops;
	void *ctx;
	struct door *door;
	struct data *data; /* in this process; NULL = it is another one */
	bool threaded;
	int fd, gone_fd;      /* gone_fd: readable or hung up when data has gone; -1 = it cannot */
	bool gone;	      /* it has, or is broken */
	const char *why_gone; /* until it is told */
	uint64_t now;	      /* of this poll, us */
	/* Mail that is gathered: it is not seen yet, and its reader not woken. */
	bool polling, table_due;
	uint32_t workers_due;
	unsigned n;
	struct dp_mail mail[DP_WORKERS];
	struct ring_out table;
	struct ring_in answers;
	uint64_t posted; /* the number of the last table message */
	uint64_t attach; /* that of our ATTACH */
	struct dp_left left;
	uint8_t *msg;	/* one that is encoded */
	uint8_t *frame; /* a record of a mailbox, copied */
	uint8_t *room;	/* for the lists of a report */
	uint8_t *reply, *reply_room;
	uint64_t asked; /* the number of the question that control waits for; 0 = none */
	bool answered;
	struct door_msg answer;

	struct dp_port port[DP_PORTS];
	unsigned next_port;
	unsigned waiting[DP_WORKERS]; /* packets a flow-controlled port owes us a `sent` for */
	uint64_t reason[DP_R_COUNT];  /* counted here */
	struct map chans;	      /* l2tp_channel -> struct dp_chan (dp_chan.c) */
	struct map entries;	      /* call_key() -> struct dp_entry */
	struct dp_entry_block *entry_blocks;
	struct dp_entry *spare, **spare_tail; /* with slots that data may not have freed yet */
	uint32_t fresh_slot;
	struct dp_tun *tuns;
	struct map tun_numbers;			    /* number -> struct dp_tun */
	struct dp_filter_ref *filter[DOOR_FILTERS]; /* by number, modulo */
	uint32_t last_filter;
	struct dp_fast *fast; /* NULL = there is no XDP program */
	char words[DP_WORDS]; /* static text of data, each with its NUL, once */
	size_t words_used;
};

/* --- dp.c ------------------------------------------------------------------------------------- */

/* The oldest record of a ring, copied to buf of cap octets and dropped: a record that stops control
 * does not stop its successor too.  False when there is none. */
bool dp_take(struct dp *dp, struct ring_in *ring, uint8_t *buf, size_t cap, size_t *len);
/* A time that data says, if it can be. */
uint64_t dp_when(const struct dp *dp, uint64_t when);
/* Data has gone, or has written what no data writes. */
void dp_lose(struct dp *dp, const char *why);

/* --- dp_ask.c --------------------------------------------------------------------------------- */

/* Post a message; its number, or 0: it does not fit, or data has gone. */
uint64_t dp_post(struct dp *dp, struct door_msg *m);
/* The same, and wait until data has done it: what it answers, as a function of dp.h returns it; the
 * rest is in dp->answer until the next question.  -EPIPE: data has gone. */
int dp_ask(struct dp *dp, struct door_msg *m);
/* Post a change of a table.  0, or with workers = 0 what came of it; in other cases a failure is
 * told later (dp_entry_failed). */
int dp_change(struct dp *dp, struct door_msg *m);
/* Until is() says so, woken by w; is() is not asked again once it has.  False when data has gone.
 */
bool dp_wait(struct dp *dp, struct waker *w, bool (*is)(struct dp *dp, const void *arg),
	     const void *arg);
/* A record has been put into the ring: it leaves now, or with others. */
void dp_gather(struct dp *dp, const struct ring_out *ring);
/* Answers that nobody waits for. */
void dp_take_answers(struct dp *dp);

/* --- dp_attach.c ------------------------------------------------------------------------------ */

/* Begin: find out what data has.  False when data has gone, or is of another version. */
bool dp_left_find(struct dp *dp);
/* The number and home of a port that was open and has these names; -1 = there is none. */
int dp_left_port(const struct dp *dp, const char *transport, const char *name);
void dp_left_forget_port(struct dp *dp, unsigned no);
/* The slot in which data counts for this entry; 0 = it has none. */
uint32_t dp_left_take_slot(struct dp *dp, uint32_t key, unsigned home, bool bundle);
/* Deliver the reports that came while control began. */
void dp_left_deliver(struct dp *dp);
void dp_left_free(struct dp *dp);

/* --- ports, channels, reports ----------------------------------------------------------------- */

bool dp_port_is_open(const struct dp *dp, l2tp_channel c);
/* Put it into the worker's mailbox; false when that is full. */
bool dp_command(struct dp *dp, unsigned worker, const struct cmd_rec *head, const uint8_t *octets,
		size_t len);

/* Both ends of a channel, as ist_transport.addr_udp4; false = it is none of these. */
struct fast_way;
bool dp_chan_udp4(const struct dp *dp, l2tp_channel c, struct fast_way *out);
void dp_chan_note(struct dp *dp, l2tp_channel c, const struct ist_addr *peer, uint32_t mtu,
		  bool permanent);
/* The same for dp_connect(); a channel refused or disconnected before counts as new. */
struct door_answer;
void dp_chan_connected(struct dp *dp, l2tp_channel c, const struct door_answer *a);
/* What the channel is resumed by; none without memory for it. */
void dp_chan_keep_ticket(struct dp *dp, l2tp_channel c, const uint8_t *ticket, size_t len);
/* False for a report of a channel that was refused or disconnected here: it is not delivered. */
bool dp_chan_wanted(struct dp *dp, const struct door_msg *m);
/* Before and after a report is delivered. */
void dp_chan_before(struct dp *dp, const struct door_msg *m);
void dp_chan_after(struct dp *dp, const struct door_msg *m);
void dp_chan_forget_port(struct dp *dp, unsigned port);
void dp_chans_free(struct dp *dp);

/* A copy that stays as long as dp; NULL when there are too many. */
const char *dp_static_words(struct dp *dp, const char *words);
/* All reports of a worker that are in its ring. */
void dp_report_deliver(struct dp *dp, unsigned worker);
/* One of them; at: where it was in the ring. */
void dp_report_handle(struct dp *dp, struct door_msg *m, uint64_t at);
/* There is room in its ring now. */
void dp_report_poke(struct dp *dp, unsigned worker);
/* The next report of a worker that is for us; false when there is none. */
bool dp_report_take(struct dp *dp, unsigned worker, uint64_t mark, struct door_msg *m, size_t *len);

/* --- entries, devices, filters ---------------------------------------------------------------- */

struct dp_entry *dp_entry_find(const struct dp *dp, uint16_t tid, uint16_t sid);
struct call_slot *dp_entry_slot(const struct dp *dp, const struct dp_entry *e);
/* A slot of a life before: taken again once data has freed it. */
void dp_entry_spare(struct dp *dp, uint32_t slot);
/* Data could not set the entry of this message. */
void dp_entry_failed(struct dp *dp, uint64_t no);
void dp_entries_free(struct dp *dp);

/* --- dp_fast.c -------------------------------------------------------------------------------- */

/* With the maps of dp_fast_by(), if there are any. */
void dp_fast_begin(struct dp *dp);
void dp_fast_end(struct dp *dp);
/* The entry has these settings from now on: the program carries it, or not. */
void dp_fast_set(struct dp *dp, struct dp_entry *e, const struct dp_call *want);
/* The entry goes. */
void dp_fast_del(struct dp *dp, const struct dp_entry *e);
/* Frames of this port are captured from now on, or no more. */
void dp_fast_tap(struct dp *dp, unsigned port, bool on);
/* Frames of this port are spoilt on purpose from now on, or no more. */
void dp_fast_impair(struct dp *dp, unsigned port, bool on);
/* What is not among the entries is carried no more. */
void dp_fast_sweep(struct dp *dp);
/* Add what the program has carried. */
void dp_fast_add(const struct dp *dp, const struct dp_entry *e, struct dp_call_stats *to);
/* When it has carried data from this tunnel last, us; 0 = never. */
uint64_t dp_fast_heard(const struct dp *dp, uint16_t tid);

struct dp_tun *dp_tun_get(const struct dp *dp, uint32_t no);
void dp_tun_drop(struct dp *dp, uint32_t no); /* by an entry */
void dp_tuns_free(struct dp *dp);

struct dp_filter_ref *dp_filter_find(const struct dp *dp, uint32_t no);
void dp_filter_drop(struct dp *dp, uint32_t no); /* by an entry */
void dp_filters_free(struct dp *dp);

#endif
