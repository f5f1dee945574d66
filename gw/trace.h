/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Watching one user, peer, tunnel or port: each of its messages goes in words (gw/words/words.h) to
 * whoever has asked (`debug` of the VTY).  While nobody has, each place that has a message asks
 * trace_on() and goes on.
 *
 * A user has a name only once he has given one.  While a user is watched the last messages of calls
 * and lines that have no name yet are kept, in a ring of fixed size, and shown when the name is the
 * one that is watched.
 */
#ifndef GW_TRACE_H
#define GW_TRACE_H

#include "core/engine.h"
#include "gw/log_out.h"

struct gw;
struct leg;

#define TRACE_WATCHES_MAX 16u /* by all who ask */
#define TRACE_WHO_MAX	  255u

enum trace_kind { TRACE_USER, TRACE_PEER, TRACE_TUNNEL, TRACE_PORT, TRACE_KINDS };
extern const char *const trace_kind_names[TRACE_KINDS];

/* Whoever asks. */
struct trace_to {
	/* Will it take a line now?  When it says no it counts the line as left out. */
	bool (*takes)(struct trace_to *to);
	void (*line)(struct trace_to *to, const char *text);
};

/* From now on the messages of this one go to `to`.  NULL, or words why not. */
const char *trace_begin(struct gw *gw, struct trace_to *to, enum trace_kind kind, const char *who);
/* False: it was not watched for `to`. */
bool trace_end(struct gw *gw, struct trace_to *to, enum trace_kind kind, const char *who);
/* Nothing is watched any more: for `to`, or for anybody (NULL). */
void trace_end_all(struct gw *gw, const struct trace_to *to);
/* What is watched, n = 0, 1 ...; false = there is no more. */
bool trace_watch(unsigned n, enum trace_kind *kind, const char **who, const struct trace_to **to);

extern unsigned trace_watches; /* there are */
static inline bool trace_on(void)
{
	return __builtin_expect(trace_watches != 0, 0);
}

/* --- messages; after trace_on() ------------------------------------------------------------------ */

/* A packet of L2TP control, before the engine has it or after it has sent it. */
void trace_l2tp(struct gw *gw, l2tp_channel c, bool out, const uint8_t *pkt, size_t len);
/* Would anybody get it?  Of the user too, who may have no name yet. */
bool trace_sees(struct log_about a);
/* A frame of our PPP. */
void trace_ppp(const struct leg *l, bool out, const uint8_t *frame, size_t len);
/* A frame from this leg that goes out by the other one; that of our PPP is trace_ppp()'s. */
void trace_passed(const struct leg *from, const uint8_t *frame, size_t len);
/* What data copies of one that is watched (dp.h). */
void trace_copied(const struct leg *l, bool out, const uint8_t *frame, size_t len);
/* Our PPP has heard the name of its user. */
void trace_named(struct gw *gw, const struct leg *l);
/* A packet to or from a server of RADIUS, or one who asks for changes; socket: whatever stands for
 * its source port. */
void trace_radius(const void *socket, const char *server, bool out, const uint8_t *pkt, size_t len);
/* A frame of a port as captures have it. */
void trace_frame(struct gw *gw, unsigned port, bool out, uint16_t link_type, const uint8_t *frame,
		 size_t len);
/* A line of the log. */
void trace_log(const struct log_line *l);

#endif
