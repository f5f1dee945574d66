/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The log of the control thread: one libosmocore category per module.  Lines that a peer's packet
 * can cause go through gw_log_peer(), which limits the lines of each source and of all sources
 * together, and says how many it left out.  Lines of libraries are limited in the same way.  No
 * secret is ever a parameter of these.
 */
#ifndef GW_LOG_H
#define GW_LOG_H

#include <osmocom/core/logging.h>
#include <stdbool.h>
#include <stdint.h>

/* X(symbol, "name", "words") */
#define GW_LOG_CATEGORIES(X)                                   \
	X(MAIN, "main", "start, stop, configuration")          \
	X(PORT, "port", "ports: opened, failed, opened again") \
	X(TRANSPORT, "transport", "lines of transports")       \
	X(TUNNEL, "tunnel", "L2TP control connections")        \
	X(CALL, "call", "L2TP calls")                          \
	X(PPP, "ppp", "PPP negotiation")                       \
	X(AAA, "aaa", "log-ins")                               \
	X(CLIENT, "client", "links that we dial")

enum gw_log_category {
#define X(sym, name, words) GW_LOG_##sym,
	GW_LOG_CATEGORIES(X)
#undef X
		GW_LOG_CATEGORY_COUNT
};

/* Start logging to stderr at NOTICE; with the time only for people.  talloc: context that owns it.
 */
int gw_log_start(void *talloc);
void gw_log_stop(void);
/* category: a name or "all"; false when there is no such category or level. */
bool gw_log_set(const char *category, const char *level);
const char *gw_log_level(enum gw_log_category c); /* as it is set now */
const char *gw_log_name(enum gw_log_category c);  /* NULL past the last */

#define GW_LOG(cat, level, ...) LOGP(GW_LOG_##cat, level, __VA_ARGS__)

/* A line that something at `source` (any number that names it) made us say:
 * gw_log_peer(GW_LOG_CALL, LOGL_NOTICE, source, now, "words", ...), without a line end. */
#define gw_log_peer(cat, level, source, now, ...) \
	gw_log_peer_at(__FILE__, __LINE__, cat, level, source, now, __VA_ARGS__)
void gw_log_peer_at(const char *file, int line, enum gw_log_category cat, int level,
		    uint64_t source, uint64_t now, const char *fmt, ...)
	__attribute__((format(printf, 7, 8)));

/* The bucket behind it, for tests: may a line about (site, source) be said at `now`?  *skipped =
 * how many were left out since the last that was. */
bool gw_log_allowed(uint64_t site, uint64_t source, uint64_t now, unsigned *skipped);
void gw_log_limits_reset(void);

#endif
