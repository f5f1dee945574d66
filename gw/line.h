/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Lines: channels that carry PPP outside L2TP (a DLCI, a PVC, an X.25 call, a PPPoE session).  A
 * circuit that comes up is not yet a call: the far end's first Configure-Request makes the join.
 * The other leg is the service that the circuit's section names, or a call to the peers of the
 * first route that fits, one after the other until one takes it.  When the join ends, a switched
 * circuit is cleared, a modem is hung up, and a permanent circuit waits for the next
 * Configure-Request.  Control thread only.
 */
#ifndef GW_LINE_H
#define GW_LINE_H

#include "gw/gw.h"
#include "gw/legs/legs.h"

/* NULL without memory. */
struct lines *lines_new(struct gw *gw);
/* After the joins and before the data plane.  NULL is fine. */
void lines_free(struct lines *l);

/* Why a circuit cannot be had: ENETDOWN = its port is not open, EINVAL = no address of its medium,
 * ENOLINK = the circuit is down, EBUSY = it has a join already, ENOMEM, or what the transport says.
 */
struct line_fail {
	int err;
	const char *words;
};
/* A circuit by its address; sub_address: what is called behind it, NULL = nothing. */
struct line_to {
	const struct cfg_port *port;
	const char *address, *sub_address;
};
/* A join of this circuit with the leg that make() returns, which is the second; the caller starts
 * it.  A switched circuit is called, and the leg goes when the call is refused.  NULL with *fail
 * saying why there is none; make() may not have been asked then. */
struct join *line_dial(struct gw *gw, const struct line_to *to, struct leg *(*make)(void *ctx),
		       const struct join_owner *owner, void *ctx, struct line_fail *fail,
		       uint64_t now);
/* The data plane names lines, and bundles of links, by numbers of one space. */
struct line_number {
	uint16_t n; /* 0 = none */
	/* a frame of it that the data plane has punted */
	void (*frame)(struct line_number *n, const uint8_t *frame, size_t len, uint64_t now);
};
/* False: no memory, or 65535 are in use. */
bool line_number_take(struct gw *gw, struct line_number *n,
		      void (*frame)(struct line_number *n, const uint8_t *frame, size_t len,
				    uint64_t now),
		      uint64_t now);
void line_number_give(struct gw *gw, struct line_number *n); /* harmless when it has none */
/* Which numbers have been given, for another life of the gateway. */
#define LINES_RECORD 20u
void lines_save(const struct gw *gw, uint8_t rec[LINES_RECORD]);
/* Before any number is taken.  A record of another length is left alone. */
void lines_restore(struct gw *gw, const uint8_t *rec, size_t len);
/* A number of that life, by one who still has it.  False: it is in use, or was never given. */
bool line_number_take_again(struct gw *gw, struct line_number *n, uint16_t number,
			    void (*frame)(struct line_number *n, const uint8_t *frame, size_t len,
					  uint64_t now));

/* A line as `show` sees it. */
struct line_view {
	uint16_t number; /* 0 = no join */
	l2tp_channel channel;
	bool switched;
	const struct leg_origin *origin;
	const struct leg *leg; /* NULL = no join */
};
void lines_each(struct gw *gw, void (*each)(void *ctx, const struct line_view *line), void *ctx);
unsigned lines_joined(const struct gw *gw);

/* --- what the data plane reports, of channels whose payload is PPP ----------------------------- */

/* A switched circuit is offered: let it in when its section says where its PPP goes.  False: it is
 * for the caller to refuse. */
bool line_offered(struct gw *gw, l2tp_channel c, const struct ist_attrs *a, uint64_t now);
void line_up(struct gw *gw, l2tp_channel c, const struct ist_attrs *a, uint64_t now);
/* Harmless for channels that carry no PPP.  forever: the channel is not heard of again. */
void line_down(struct gw *gw, l2tp_channel c, const struct ist_cause *why, bool forever,
	       uint64_t now);
/* All channels of a port are gone. */
void lines_lose_port(struct gw *gw, unsigned port, uint64_t now);
/* Joins of a line with another leg go on (gw/resume.h): rows for a service, for a call of a route
 * and for one that an LNS has asked for, and a maker for others, who are told as those of
 * line_dial().  What the owner of a line saves is in place of its way, and of the same form. */
struct resume_from;
struct join *line_resume_server(struct resume_from *f);
struct join *line_resume_call(struct resume_from *f);
struct join *line_resume_wanted(struct resume_from *f);
struct join *line_resume_dialled(struct resume_from *f, struct leg *(*make)(void *ctx),
				 const struct join_owner *owner, void *ctx);
/* A frame, protocol number and information, of a channel without a join. */
void line_unclaimed(struct gw *gw, l2tp_channel from, const uint8_t *frame, size_t len,
		    uint64_t now);
/* The leg of line `number`; NULL = there is none, or it is a bundle's. */
struct leg *line_leg(struct gw *gw, uint16_t number);
/* A frame of line or bundle `number` that the data plane has punted. */
void line_punted(struct gw *gw, uint16_t number, const uint8_t *frame, size_t len, uint64_t now);
void line_mtu_changed(struct gw *gw, l2tp_channel c);

#endif
