/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The links we dial: each client section opens (or shares) a tunnel to its peer, places a call in
 * it, runs PPP as client, and puts what it is given on its TUN.  When the link ends it dials again
 * after a growing wait.
 */
#ifndef GW_CLIENT_H
#define GW_CLIENT_H

#include "gw/gw.h"
#include "gw/legs/legs.h"

enum client_state {
	CLIENT_WAITING, /* for the time, or the channel, to dial */
	CLIENT_DIALLING,
	CLIENT_UP,
	CLIENT_ENDED, /* not to be dialled again */
	CLIENT_STATES
};
const char *client_state_name(enum client_state s);

struct gw_client {
	struct gw *gw;
	const struct cfg_client *cfg;
	uint32_t tun;	   /* while the link is up */
	struct join *join; /* while dialling or up */
	bool bundled;	   /* its bundle is there, which has the device */
	enum client_state state;
	struct loop_timer dial;
	uint64_t wait, next; /* us */
	unsigned dials;
	uint64_t since;		   /* in this state */
	struct ppp_addresses addr; /* as IPCP gave them last */
	bool ip4, ip6;
	struct leg_end why; /* how the last link ended; words "" = there was none */
};

/* Make all clients, and dial.  False without memory. */
bool clients_start(struct gw *gw, uint64_t now);
void clients_free(struct gw *gw);
/* A channel or port has come up: clients that wait dial at once. */
void clients_channel_up(struct gw *gw, uint64_t now);
/* Row of gw/resume.h. */
struct resume_from;
struct join *client_resume(struct resume_from *f);
struct join *client_resume_bundle(struct resume_from *f);
/* Dial at once.  NULL, or words saying why not: unknown name, or the client is not waiting. */
const char *client_dial_now(struct gw *gw, const char *name, uint64_t now);

#endif
