/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The configured ports at work: opened at start, and again, after a growing wait, when one has
 * failed.
 */
#ifndef GW_PORT_H
#define GW_PORT_H

#include "gw/aaa/aaa.h"
#include "gw/gw.h"

#define PORT_WAIT_FIRST 1000000u /* us before a failed port is opened again */

struct gw_port {
	struct gw *gw;
	const struct cfg_port *cfg;
	int number;    /* the data plane's, or -1 while it is not open */
	uint64_t wait; /* before the next try, us */
	unsigned failures;
	char error[160]; /* of the last failure */
	bool in_use;	 /* which was that somebody else has what it wants, */
	bool absent;	 /* or that the address it is to listen on is not there */
	bool waited;	 /* it was not open in the life before either */
	bool left;	 /* a life before has it open */
	unsigned taps;	 /* who wants its frames */
	bool *up;	 /* one per configured circuit: it can carry frames */
	struct loop_timer again;
	void (*opened_again)(struct gw *gw, uint64_t now);
};

/* Open all ports; false with a line logged for each that could not be opened.  Some may wait to be
 * opened later: those that have waited in the life before, in a first life those whose address is
 * not there yet, and all when the life before has failed to open its own.  opened_again: called
 * when one that had failed, or has waited, is open. */
bool ports_open(struct gw *gw, void (*opened_again)(struct gw *gw, uint64_t now));
void ports_free(struct gw *gw);
/* NULL when there is none. */
struct gw_port *port_by_number(struct gw *gw, unsigned number);
struct gw_port *port_named(struct gw *gw, const char *name);
/* The data plane says it is of no more use. */
void port_failed(struct gw *gw, unsigned number, int err, const char *words, uint64_t now);
/* Its frames are wanted by one more or one less: ops->tap; also once it is open, if it is not, or
 * again.  False = no memory. */
bool port_tap(struct gw_port *p, bool on);
/* What it may take when others fill it up, by its configuration alone. */
struct ist_need port_need(const struct cfg_port *p);
/* The circuit of its configuration with this address, or NULL. */
const struct cfg_circuit *port_circuit(const struct gw_port *p, const struct ist_addr *a);
/* What is known of a configured circuit; others are up as far as we know. */
void port_circuit_set(struct gw_port *p, const struct ist_addr *a, bool up);
bool port_circuit_up(const struct gw_port *p, const struct ist_addr *a);
/* Number k of the configured ones can carry frames. */
bool port_circuit_carries(const struct gw_port *p, unsigned k);
/* Is a call placed to reach this address?  Else it must be up. */
bool port_calls(const struct gw_port *p, const struct ist_addr *a);
/* The accept section that takes this address, or NULL. */
const struct cfg_accept *port_accept(const struct gw_port *p, const struct ist_addr *a);
/* Does an address match a pattern of the configuration, by the transport's own rules? */
bool port_match(const struct gw_port *p, const struct ist_addr *a, const char *pattern);
/* Is a channel a switched call of its transport, which must be hung up when it is not needed? */
bool port_switched(struct gw *gw, l2tp_channel c);
/* "wan 192.0.2.1:1701": port name and the far end of a channel. */
/* Both ends of the channel of a tunnel, as addresses alone where it is UDP.  Ours is "" where the
 * port does not listen on one address. */
struct tunnel_ends {
	uint8_t medium; /* Tunnel-Medium-Type (RFC 2868 3.2); 0 = it has no number */
	char near[100], far[100];
};
/* What RADIUS servers are told of its lines. */
enum aaa_medium port_medium(const struct cfg_port *p, bool async);
/* Does it listen on this address, or is that its name? */
bool port_is_at(const struct cfg_port *p, const char *address);
/* Can it reach this address at all?  A `udp` port has one family of addresses. */
bool port_has_family(const struct cfg_port *p, const char *address);
void port_tunnel_ends(struct gw *gw, l2tp_channel c, struct tunnel_ends *out);
const char *port_channel_text(char *buf, size_t cap, struct gw *gw, l2tp_channel c);

#endif
