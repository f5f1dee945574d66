/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * HTTP for programs and people who look: libmicrohttpd on the control thread, without threads of
 * its own and without a listening socket, so that who connects goes through listener.h.  What is
 * served is read only and made at most once a second for all; GET and HEAD are answered, nothing
 * else.  A client that has not got an answer for METRICS_PATIENCE is cut, and when
 * METRICS_CLIENTS_MAX are connected the one that has waited longest gives way to a new one.
 *
 * A build without libmicrohttpd has metrics_none.c in place of metrics_listen.c.
 */
#ifndef GW_OPERATOR_METRICS_LISTEN_H
#define GW_OPERATOR_METRICS_LISTEN_H

#include "gw/operator/counters.h"

#define METRICS_PATIENCE   30000000u /* us */
#define METRICS_FRESH	   1000000u  /* us that an answer is given to others too */
#define METRICS_CONNECTION 16384u    /* octets for one request: its line and its header */

/* X(symbol, "key", "words") */
#define METRICS_COUNTERS(X)                                                                      \
	X(CONNECTED, "connected", "clients of HTTP that were let in")                            \
	X(REQUESTS, "requests", "requests of these that were answered with what they asked for") \
	X(MADE, "made", "times that an answer was made for them")                                \
	X(NOT_FOUND, "not-found", "requests for what there is not")                              \
	X(METHOD, "method", "requests that would change something")                              \
	X(HOST, "host", "requests refused: they were meant for another host")                    \
	X(GAVE_WAY, "gave-way", "clients cut: another one came and there were so many")          \
	X(CROWD, "refused-crowd", "clients refused: so many are connected already")              \
	X(SLOW, "slow", "clients cut: they have asked nothing, or not read, for 30 s")           \
	X(NOT_NOW, "not-now", "requests refused: no memory, or others were answered just now")

enum metrics_counter {
#define X(sym, key, words) METRICS_N_##sym,
	METRICS_COUNTERS(X)
#undef X
		METRICS_N_COUNT
};
extern const struct counter_name metrics_counter_names[METRICS_N_COUNT];
uint64_t metrics_count(enum metrics_counter c);

unsigned metrics_clients(void);

#endif
