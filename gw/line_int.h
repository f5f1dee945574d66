/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What line.c, line_proxy.c and bridge.c share: a line, and the pieces that joins of lines are made
 * of.
 */
#ifndef GW_LINE_INT_H
#define GW_LINE_INT_H

#include "core/htab.h"
#include "core/idtab.h"
#include "gw/line.h"
#include "gw/port.h"
#include "gw/route_way.h"
#include <osmocom/core/linuxlist.h>

struct lines {
	struct gw *gw;
	struct llist_head list;
	struct htab by_channel;
	struct idtab number; /* of lines that have a join */
};

struct line {
	struct llist_head entry;
	struct hnode node;
	struct lines *all;
	l2tp_channel channel;
	bool switched, is_up;
	struct leg *leg; /* NULL = no join */
	struct line_number number;
	struct leg_origin origin;
	const struct gw_filters *filters; /* of its circuit's section; NULL = none */
	struct route_way way;		  /* of the call that is placed */
	bool lost;			  /* the channel has gone down under the join */
	bool left;			  /* the channel is given up; freed soon */
	const struct join_owner *owner;	  /* of a line we dial: hears of the join as well */
	void *owner_ctx;
	bool joined;		  /* both legs have been up */
	struct loop_timer errors; /* when a call's far end is told of new ones */
	uint32_t told[IST_ERRORS];
	struct loop_timer idle;
	/* While servers say where its call goes (line_ask.c): the frame it began with.  Servers
	 * that have refused it are not asked again before .ask_after. */
	struct line_early *early;
	uint64_t ask_after;
	/* With `lcp = proxy`, until a peer has taken the call: our PPP, which is joined with .leg,
	 * and the line's leg in the join of the call that is being placed (line_proxy.c). */
	struct leg *proxy, *calling;
	/* Joined to another line (bridge.c): */
	struct line *other;
	bool waits;	     /* its leg is started when the other line's is up */
	uint64_t not_before; /* the other line is not tried again earlier */
	uint64_t wait;	     /* that follows the next failure, us; 0 = the shortest */
};

extern const struct join_owner line_owner;
/* struct join_owner.save of joins whose owner is a line. */
bool line_save(void *ctx, struct wr *w);
/* The line that f->owner has next, whose leg is f->leg[which]: with its leg, its number and the way
 * of its call; a line that is there, as the data plane has said, is taken.  NULL with words. */
struct resume_from;
struct line *line_recall(struct resume_from *f, unsigned which);
/* Free the leg of a line that is in no join yet, and give its number and way back. */
void line_drop_leg(struct line *l);
/* A frame for the line's leg. */
void line_number_frame(struct line_number *n, const uint8_t *frame, size_t len, uint64_t now);
/* The line of a channel, a new one unless there is one.  cfg: what the circuit's section has; NULL
 * = there is no section. */
struct line *line_make(struct gw *gw, l2tp_channel c, bool switched,
		       const struct leg_origin *origin, const struct cfg_filter *cfg, uint64_t now);
/* Of the section that names the circuit, or else lets it in. */
const struct cfg_filter *line_filters(const struct gw_port *p, const struct ist_addr *peer);
/* NULL when the channel has none. */
struct line *line_on(const struct gw *gw, l2tp_channel c);
/* The line to an address: its channel is there at once, or a call is under way.  NULL with *fail,
 * also when it has a join already. */
struct line *line_reach(struct gw *gw, const struct line_to *where, struct line_fail *fail,
			uint64_t now);
/* Has a line of this address a join?  Walks all lines. */
bool line_is_joined(struct gw *gw, const struct gw_port *p, const struct ist_addr *a);
/* A leg with the filters of the circuit's section. */
struct leg *line_leg_made(struct line *l);
/* A line's leg and its number; NULL = no memory, or 65535 are in use. */
struct leg *line_leg_new(struct line *l, uint64_t now);
/* The leg has been freed, or is about to be. */
void line_without_leg(struct line *l);
/* The join is gone: log it, clear a switched circuit whose leg was never started, forget it. */
void line_join_gone(struct line *l, const struct leg_end *why, uint64_t now);
/* j, or NULL when there was no memory, is the line's join: start it.  False = it has gone. */
bool line_start_join(struct line *l, struct join *j, uint64_t now);
/* The join that l->leg is in is up. */
void line_joined(struct line *l, uint64_t now);
/* What a route may ask about the circuit; circuit: GW_TEXT_MAX octets that it points into.  False:
 * the port has gone. */
bool line_what_of(const struct line *l, struct route_what *what, char *circuit);
/* Place a call by the route that fits, now or when servers have said to whom; false: l->way says
 * why there is none. */
bool line_route(struct line *l, const struct route_what *what, uint64_t now);
/* The same by the next peers of l->way. */
bool line_place_call(struct line *l, uint64_t now);

/* --- line_ask.c -------------------------------------------------------------------------------- */

/* Ask the servers of l->way's route; false: l->way says why not. */
bool line_ask(struct line *l, const struct route_what *what, uint64_t now);
/* It is being asked about. */
bool line_asks(const struct line *l);
/* The frame is the one that the join gets first. */
void line_keep_early(struct line *l, const uint8_t *frame, size_t len);
/* The circuit is gone, or the line. */
void line_ask_no_more(struct line *l);

/* --- line_proxy.c ------------------------------------------------------------------------------ */

/* Our PPP on the line asks who is there; then a route is looked for. */
void line_proxy_begin(struct line *l, const struct cfg_lcp *cfg, uint64_t now);
/* The line's leg in the join of a call, of which our PPP on the line knows nothing. */
struct leg *line_proxy_leg(struct line *l);
bool line_proxy_start(struct line *l, struct join *j, uint64_t now);
extern const struct join_owner line_proxy_call;
/* Nobody takes the call; message: words of the servers for the client, or NULL. */
void line_proxy_not_taken(struct line *l, const char *message, uint64_t now);

#endif
