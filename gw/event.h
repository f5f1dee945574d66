/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What happens to ports, circuits, tunnels, calls, users, joins, RADIUS servers and pools, told to
 * whoever has asked for it as it happens.  While nobody has, it costs one branch.  No level of the
 * log and no brake is between; who listens bounds what he keeps.
 */
#ifndef GW_EVENT_H
#define GW_EVENT_H

#include "gw/log_out.h"

/* X(symbol, "name", "words").  A name stays as it is once it is in a release. */
#define EVENTS(X)                                                                 \
	X(PORT_UP, "port-up", "a port is open")                                   \
	X(PORT_DOWN, "port-down", "a port cannot be opened or has failed")        \
	X(CIRCUIT_UP, "circuit-up", "a circuit carries frames")                   \
	X(CIRCUIT_DOWN, "circuit-down", "a circuit carries none")                 \
	X(TUNNEL_UP, "tunnel-up", "a tunnel is established")                      \
	X(TUNNEL_DOWN, "tunnel-down", "a tunnel that was up has ended")           \
	X(CALL_UP, "call-up", "a call is established")                            \
	X(CALL_DOWN, "call-down", "a call has ended")                             \
	X(USER_IN, "user-in", "a user is let in")                                 \
	X(USER_OUT, "user-out", "a log-in has ended")                             \
	X(USER_REFUSED, "user-refused", "a user is refused")                      \
	X(JOIN_UP, "join-up", "two legs are connected")                           \
	X(JOIN_DOWN, "join-down", "two legs that were connected no longer are")   \
	X(RADIUS_ALIVE, "radius-alive", "a RADIUS server that was dead answers")  \
	X(RADIUS_DEAD, "radius-dead", "a RADIUS server does not answer")          \
	X(POOL_FULL, "pool-full", "a client got nothing of a pool: none is left") \
	X(POOL_FREE, "pool-free", "a pool that was full has something again")

enum event_kind {
#define X(sym, name, words) EVENT_##sym,
	EVENTS(X)
#undef X
		EVENT_KINDS
};
extern const struct event_name {
	const char *name, *words;
} event_names[EVENT_KINDS];

/* Texts are good until it is told. */
struct gw_event {
	enum event_kind kind;
	const struct log_about *about;
	const char *cause; /* NULL = there is none */
};

/* Tell `to`, which must not change anything; NULL = nobody. */
extern void (*event_to)(const struct gw_event *e);

/* EVENT(TUNNEL_UP, about_tunnel(gw, &i), NULL): the arguments are made only when somebody asks. */
#define EVENT(kind, about, cause)                               \
	do {                                                    \
		if (__builtin_expect(event_to != NULL, 0))      \
			event_tell(EVENT_##kind, about, cause); \
	} while (0)
void event_tell(enum event_kind kind, struct log_about about, const char *cause);

#endif
