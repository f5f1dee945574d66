/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Between the files of the pppoe transport: pppoe.c (reports, frames), pppoe_conf.c (keys, opening,
 * closing), pppoe_freeze.c (to another process), pppoe_resume.c (after one that has died). */
#ifndef TRANSPORTS_PPPOE_PPPOE_INT_H
#define TRANSPORTS_PPPOE_PPPOE_INT_H

#include "transports/kit/handover.h"
#include "transports/link/link.h"
#include "transports/pppoe/pppoe_ac.h"
#include "transports/pppoe/pppoe_client.h"

#define PPPOE_BATCH	   32u
#define PPPOE_PROTOCOL	   2u /* octets of the PPP protocol field, which the MRU does not count */
#define PPPOE_AC_NAME_MAX  64u
#define PPPOE_SERVICES_MAX 64u
#define PPPOE_MADE	   2u /* first octet of an address that we have made */
/* us after a port was opened in which no stray gets a PADT: the session may still be resumed. */
#define PPPOE_QUIET 5000000u

struct ist_port {
	const struct ist_host *host;
	void *ctx;
	struct link *link;
	struct pppoe_end end;
	bool client;
	struct pppoe_ac ac;	    /* unless client */
	struct pppoe_client dialer; /* if client */
	char ac_name[PPPOE_CALLING_MAX];
	bool ac_named; /* by the configuration */
	char *service[PPPOE_SERVICES_MAX];
	uint32_t max_payload;
	uint64_t link_hold, lost_at; /* lost_at: when sessions of a link that is down end */
	uint32_t timer;
	uint64_t timer_at;
	/* Sessions the host let in, whose `up` is not reported yet, and those of another process.
	 */
	ist_channel *noted;
	uint32_t notes;
	bool frozen; /* another process goes on: it is closed without a word */
	uint64_t before[PPPOE_C_COUNT + LINK_COUNTER_COUNT]; /* counters, in other processes */
	struct ist_frame rx[PPPOE_BATCH];		     /* gathered, not delivered yet */
	unsigned rx_count;
};

extern const struct ist_key pppoe_keys[];
extern const struct link_user pppoe_link_user;
extern const struct pppoe_ops pppoe_port_ops;

/* The timer at the earliest deadline of all. */
void pppoe_arm(struct ist_port *p);
void pppoe_on_time(void *arg, uint64_t now);
/* Address and size as the link has them now. */
void pppoe_look_at_link(struct ist_port *p);

/* Report it soon: it is offered, or up. */
void pppoe_note(struct ist_port *p, struct pppoe_session *s);

/* Fields of a session that go to another process, or come from one. */
void pppoe_hand_session(struct ist_port *p, struct pppoe_session *s, struct handover *h);
/* Octets of the session's ticket, or 0: its tags are too long for one. */
size_t pppoe_ticket(struct ist_port *p, struct pppoe_session *s, uint8_t out[IST_TICKET_MAX]);
/* As the transport's resume. */
int pppoe_resume(struct ist_port *p, const uint8_t *ticket, size_t len, ist_channel *out);

/* As the transport's open; from: what another process had, or NULL. */
int pppoe_open_from(struct ist_port **out, const struct ist_host *host, void *ctx,
		    const struct ist_port_config *cfg, struct handover *from, char *err,
		    size_t err_len);
int pppoe_freeze(struct ist_port *p, struct ist_frozen *f);
int pppoe_thaw(struct ist_port **out, const struct ist_host *host, void *ctx,
	       const struct ist_port_config *cfg, struct ist_frozen *f, char *err, size_t err_len);
int pppoe_open(struct ist_port **out, const struct ist_host *host, void *ctx,
	       const struct ist_port_config *cfg, char *err, size_t err_len);
int pppoe_check(const struct ist_port_config *cfg, struct ist_open *opens, unsigned n, char *err,
		size_t err_len);
void pppoe_close(struct ist_port *p);

#endif
