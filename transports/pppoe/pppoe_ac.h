/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The access concentrator's side of discovery (RFC 2516 5).
 *
 *   PADI -> PADO, at once or after a delay.  Nothing is remembered: the PADO's AC-Cookie says,
 * under our key, to which station and when it was given. PADR with a cookie of ours -> a session,
 * which is offered -> answer: PADS, up
 *                                                            \-> refuse: PADS with an error tag
 *
 * Until a PADR proves that a station has its address, no answer is longer than three times the
 * question, a short Ethernet frame being 60 octets.
 */
#ifndef TRANSPORTS_PPPOE_PPPOE_AC_H
#define TRANSPORTS_PPPOE_PPPOE_AC_H

#include "transports/kit/delay.h"
#include "transports/pppoe/pppoe_end.h"

#define PPPOE_COOKIE	 16u   /* octets of ours */
#define PPPOE_PADO_QUEUE 1024u /* PADO waiting for their delay */

struct pppoe_ac_conf {
	const char *name;	    /* AC-Name; valid as long as the engine */
	const char *const *service; /* names offered; the same */
	unsigned services;	    /* 0 = every name is served and given back (RFC 2516 9) */
	uint32_t per_mac;	    /* sessions of one station; 0 = no limit */
	uint64_t pado_delay;	    /* us */
	uint64_t cookie_life;	    /* us */
};

struct pppoe_ac {
	struct pppoe_end *end;
	struct pppoe_ac_conf conf;
	struct delay_queue late;
	uint16_t id_offset;
};

void pppoe_ac_init(struct pppoe_ac *ac, struct pppoe_end *e, const struct pppoe_ac_conf *conf);
void pppoe_ac_free(struct pppoe_ac *ac);
/* A PADI to everybody or to us, or a PADR to us. */
void pppoe_ac_rx(struct pppoe_ac *ac, const struct pppoe_pkt *p, const struct pppoe_tags *t,
		 uint64_t now);
/* UINT64_MAX = none. */
uint64_t pppoe_ac_deadline(const struct pppoe_ac *ac);
void pppoe_ac_expire(struct pppoe_ac *ac, uint64_t now);

/* s is offered.  It is up when this returns, without a report. */
void pppoe_ac_answer(struct pppoe_ac *ac, struct pppoe_session *s);
/* s is offered.  It is gone when this returns.  words NULL = none. */
void pppoe_ac_refuse(struct pppoe_ac *ac, struct pppoe_session *s, const char *words);

#endif
