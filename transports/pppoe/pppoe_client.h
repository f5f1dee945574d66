/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The host's side of discovery (RFC 2516 5 and 8), for many sessions at once.
 *
 *   connect -> PADI; the first PADO that fits -> PADR; PADS -> up, or refused and down
 *
 * What is not answered is sent again after a wait that doubles each time.  When no PADS comes, it
 * begins once more with a PADI, since the access concentrator may be gone; then the session is
 * given up.  Answers are told apart by Host-Uniq, which nobody can guess who has not seen the
 * question; if the configuration gives one, the session that has waited longest for this answer
 * takes it.
 */
#ifndef TRANSPORTS_PPPOE_PPPOE_CLIENT_H
#define TRANSPORTS_PPPOE_PPPOE_CLIENT_H

#include "transports/kit/due.h"
#include "transports/pppoe/pppoe_end.h"

#define PPPOE_WAIT_MOST 60000000u /* us a wait grows to */
#define PPPOE_ROUNDS	2u	  /* PADIs are begun with so often */

struct pppoe_client_conf {
	const char *ac_name; /* the only one taken; NULL = any; valid as long as the engine */
	uint64_t wait;	     /* us until the first question is sent again */
	uint32_t tries;	     /* questions of a kind */
	uint8_t uniq[PPPOE_UNIQ_MAX];
	uint8_t uniq_len; /* 0 = of our own */
};

struct pppoe_client {
	struct pppoe_end *end;
	struct pppoe_client_conf conf;
	struct due due; /* by slot */
};

/* 0 or -ENOMEM; pppoe_client_free is called after both. */
int pppoe_client_init(struct pppoe_client *c, struct pppoe_end *e,
		      const struct pppoe_client_conf *conf);
void pppoe_client_free(struct pppoe_client *c);
/* Sends a PADI to a station or to any (pppoe_addr.h); NULL = no more sessions. */
struct pppoe_session *pppoe_client_connect(struct pppoe_client *c, const struct ist_addr *to,
					   uint64_t now);
/* A PADO or PADS to us. */
void pppoe_client_rx(struct pppoe_client *c, const struct pppoe_pkt *p, const struct pppoe_tags *t,
		     uint64_t now);
/* The link is there again: what waits for an answer is sent at once. */
void pppoe_client_kick(struct pppoe_client *c, uint64_t now);
/* UINT64_MAX = none. */
uint64_t pppoe_client_deadline(const struct pppoe_client *c);
void pppoe_client_expire(struct pppoe_client *c, uint64_t now);
/* s is gone when this returns; a session that is up ends with a PADT.  words NULL = none. */
void pppoe_client_hang_up(struct pppoe_client *c, struct pppoe_session *s, const char *words);

#endif
