/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A leg whose frames the data plane carries (a call, a line): its entry there.  The leg changes the
 * entry by these functions only, from the control thread, and the data plane is told at once.
 */
#ifndef GW_LEGS_LEG_ENTRY_H
#define GW_LEGS_LEG_ENTRY_H

#include "cfg/cfg.h"
#include "gw/legs/leg.h"
#include "gw/log_out.h"

#define GW_LEG_CIRCUIT LOG_CIRCUIT
#define GW_LEG_NAME    (GW_LEG_CIRCUIT + 20)

struct gw_filters;

/* What few legs have. */
struct leg_entry_filters {
	const struct gw_filters *of[LEG_FILTERS]; /* its sections; NULL = none */
	struct gw_filters *own;			  /* its own in their place; NULL = none */
};

struct leg_entry {
	struct gw *gw;
	struct dp_call c;
	bool in_table;
	bool unfiltered; /* there was no memory for a filter it is to have: it stays out of it */
	uint8_t ff03;	 /* enum cfg_ff03 of the peer; a line learns */
	uint16_t agreed_mtu; /* what PPP or the other leg lets us send, before what the channel
				carries; UINT16_MAX = no limit */
	struct dp_call_stats *last;	   /* when it left the table; NULL = it has not */
	struct leg_circuit_name *circuit;  /* leg_entry_circuit(); NULL = "" */
	uint64_t source;		   /* peer_channel_source() */
	struct leg_entry_filters *filters; /* NULL = it never had any */
	/* What nobody has said anything of is one for all; that of a section is the section's. */
	const struct cfg_rates *rates[LEG_RATES];
};

/* Those of a section; NULL = none. */
static inline const struct gw_filters *leg_entry_filters(const struct leg_entry *e,
							 enum leg_filters of)
{
	return e->filters ? e->filters->of[of] : NULL;
}
/* Its own filters in a record (gw/resume.h), and of one, before the entry is set; false = one of
 * them cannot be had. */
void leg_filters_save(const struct leg_entry *e, struct wr *w);
bool leg_filters_recall(struct leg_entry *e, struct rd *r);
/* Past what leg_filters_save() has written. */
void leg_filters_pass(struct rd *r);
/* It has none any more, and its own go. */
void leg_filters_free(struct leg_entry *e);

/* Nobody says anything. */
void leg_rates_init(struct leg_entry *e);
void leg_rates_free(struct leg_entry *e);
/* Those of the user and its own in a record, and of one, before the entry is set; false = it is
 * malformed. */
void leg_rates_save(const struct leg_entry *e, struct wr *w);
bool leg_rates_recall(struct leg_entry *e, struct rd *r);

/* The circuit that its channel is, with the port's name in front; "" without a channel.  The calls
 * of a tunnel share its memory. */
const char *leg_entry_circuit(const struct leg_entry *e);

/* c names the leg (tid, sid, channel); the rest of it may be set already.  Nothing is told yet. */
void leg_entry_init(struct leg_entry *e, struct gw *gw, const struct dp_call *c);
/* Tell the data plane; 0, or -errno with the reason logged. */
int leg_entry_set(struct leg_entry *e);
/* The tunnel has this id now, before any frame of the call has come. */
void leg_entry_move(struct leg_entry *e, uint16_t tid);
/* Take it out of the data plane.  Harmless when it is not there. */
void leg_entry_del(struct leg_entry *e);
/* After leg_entry_del(): what it has in memory goes. */
void leg_entry_free(struct leg_entry *e);
/* Its counters, also after it has left the data plane. */
void leg_entry_stats(const struct leg_entry *e, struct dp_call_stats *out);
/* What a log line calls it: "call 18473/52894" or "line 3 (fr0 100)". */
const char *leg_entry_name(char *buf, size_t cap, const struct leg_entry *e);
/* Where a call comes from, " from wan 192.0.2.2:1701"; "" for a line, whose name says it. */
const char *leg_entry_from(char *buf, size_t cap, const struct leg_entry *e);
/* What is known of it without its leg, for a line of the log. */
struct log_about about_entry(const struct leg_entry *e);
/* Octets of the information field that one frame in this channel has room for; UINT16_MAX = the
 * channel does not say. */
uint16_t leg_entry_carries(const struct leg_entry *e);
/* A terminal is behind the other leg: treat frames as it says. */
void leg_entry_network(struct leg_entry *e, const struct leg_network *n);
/* The other leg is a call or a line: every frame goes out by it. */
void leg_entry_forward(struct leg_entry *e, const struct leg_entry *to);
/* The channel carries frames of another size from now on. */
void leg_entry_mtu_changed(struct leg_entry *e);
/* Somebody watches it (gw/trace.h), or nobody does any more. */
void leg_entry_watch(struct leg_entry *e, bool on);
/* Packets with these codepoints too (bits) go out as discard eligible. */
void leg_entry_discard(struct leg_entry *e, uint64_t codepoints);
/* One frame, protocol number and information, to the far end; false when it cannot be sent. */
bool leg_entry_send(struct leg_entry *e, const uint8_t *frame, size_t len);
/* The members `frame` and `network` of struct leg_ops, of every leg that has an entry. */
void leg_entry_frame(struct leg *l, const uint8_t *frame, size_t len, uint64_t now);
void leg_entry_on_network(struct leg *l, const struct leg_network *n);
/* A frame with an IP packet that came up before its NCP was open: back to the data plane. */
void leg_entry_ip_rx(struct leg_entry *e, const uint8_t *frame, size_t len);

#endif
