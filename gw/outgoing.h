/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Outgoing calls as their LNS: clients that a LAC calls for us.  An operator's command places the
 * call, or the first packet for the client's address, its IPv6 prefix or a network behind it, which
 * waits for the call with a few more.  Control thread only.
 */
#ifndef GW_OUTGOING_H
#define GW_OUTGOING_H

#include "gw/gw.h"
#include "gw/legs/legs.h"

#define OUTGOING_WAITING_MAX 8u /* packets that wait for one call */

enum outgoing_state { OUTGOING_IDLE, OUTGOING_CALLING, OUTGOING_UP, OUTGOING_STATES };

struct outgoing_packet;

/* A section at work. */
struct gw_outgoing {
	struct gw *gw;
	const struct cfg_outgoing *cfg;
	struct join *join;
	enum outgoing_state state;
	uint64_t since;	     /* in this state, us */
	uint64_t not_before; /* no packet places a call before this */
	uint64_t wait;	     /* after the next failure */
	unsigned calls;
	struct leg_end why; /* the last one ended */
	struct outgoing_packet *first;
	unsigned waiting;
	struct loop_timer flush;
};

const char *outgoing_state_name(enum outgoing_state s);
/* After the services, whose devices are told which addresses have a call to be placed. */
bool outgoings_start(struct gw *gw);
/* After the joins. */
void outgoings_free(struct gw *gw);
/* For joins of a section with a service (gw/resume.h). */
struct resume_from;
struct join *outgoing_resume(struct resume_from *f);
/* The device of a service has been made again. */
void outgoings_watch(struct gw *gw, const struct gw_service *service);

/* Place the call of a section now; NULL, or words saying why not. */
const char *outgoing_call_now(struct gw *gw, const char *name, uint64_t now);
/* Have a peer call a number, for PPP of this service; words likewise. */
const char *outgoing_call(struct gw *gw, const char *peer, const char *called, const char *service,
			  uint64_t now);
/* The data plane has an IP packet for a client that is not there, or a network behind it. */
void outgoing_absent(struct gw *gw, const uint8_t *pkt, size_t len, uint64_t now);

#endif
