/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The log of the control thread: one libosmocore category per module.  Lines that a peer's packet
 * can cause pass a brake of their own (gw/log_brake.h), which limits the lines of each source and
 * says how many it left out.  Lines of libraries are limited in the same way.  No secret is ever a
 * parameter of these.
 */
#ifndef GW_LOG_H
#define GW_LOG_H

#include "cfg/cfg.h"
#include "gw/log_brake.h"
#include "gw/log_out.h"
#include <osmocom/core/logging.h>
#include <stdbool.h>
#include <stdint.h>

enum gw_log_category {
#define X(sym, name, words) GW_LOG_##sym,
	CFG_LOG_CATEGORIES(X)
#undef X
		GW_LOG_CATEGORY_COUNT
};

/* Start logging at NOTICE, to what `to` says (gw/log_out.h).  talloc: context that owns it. */
int gw_log_start(void *talloc, enum cfg_log_to to);
void gw_log_stop(void);
/* category: a name or "all"; false when there is no such category or level. */
bool gw_log_set(const char *category, const char *level);
const char *gw_log_level(enum gw_log_category c); /* as it is set now */
const char *gw_log_name(enum gw_log_category c);  /* NULL past the last */

/* Each line says whom or what it is about, for the fields of the journal and for `debug`: what
 * gw/about.h or about_leg() knows of it, LOG_ABOUT() of what is known here, or LOG_NOBODY.
 *
 * A line, with its end: GW_LOG(about_leg(l), CALL, LOGL_NOTICE, "words\n"). */
#define GW_LOG(about, cat, level, ...)                                                     \
	do {                                                                               \
		if (log_check_level(GW_LOG_##cat, level))                                  \
			gw_log_line(about, __FILE__, __LINE__, GW_LOG_##cat, (int)(level), \
				    __VA_ARGS__);                                          \
	} while (0)
void gw_log_line(struct log_about about, const char *file, int line, enum gw_log_category cat,
		 int level, const char *fmt, ...) __attribute__((format(printf, 6, 7)));

/* A line that something at `source` (any number that names it) made us say, without a line end:
 * gw_log_peer(about_leg(l), GW_LOG_CALL, LOGL_NOTICE, source, now, "words", ...).  What can be
 * behind the source decides which of the three it is:
 *   gw_log_session   one who has proved a secret or is configured; hardly any line is lost
 *   gw_log_peer      one whose address is proved, or who sits on a circuit of ours
 *   gw_log_stranger  anybody, with any address, so that all of them have one limit as well */
#define gw_log_session(about, cat, level, source, now, ...) \
	GW_LOG_BRAKED(LOG_BRAKE_SESSION, about, cat, level, source, now, __VA_ARGS__)
#define gw_log_peer(about, cat, level, source, now, ...) \
	GW_LOG_BRAKED(LOG_BRAKE_PEER, about, cat, level, source, now, __VA_ARGS__)
#define gw_log_stranger(about, cat, level, source, now, ...) \
	GW_LOG_BRAKED(LOG_BRAKE_STRANGER, about, cat, level, source, now, __VA_ARGS__)

#define GW_LOG_BRAKED(brake_kind, about, cat, level, source, now, ...)                        \
	do {                                                                                  \
		static struct log_brake brake_ = {.kind = brake_kind, .category = cat};       \
                                                                                              \
		gw_log_braked_at(&brake_, about, __FILE__, __LINE__, cat, level, source, now, \
				 __VA_ARGS__);                                                \
	} while (0)
void gw_log_braked_at(struct log_brake *brake, struct log_about about, const char *file, int line,
		      enum gw_log_category cat, int level, uint64_t source, uint64_t now,
		      const char *fmt, ...) __attribute__((format(printf, 9, 10)));
/* Of the line that is being said, for whoever has a target of libosmocore's of his own. */
const struct log_about *gw_log_about(void);
/* Say how many lines were left out since the last time, if that is a minute ago.  Call it now and
 * then. */
void gw_log_say_left_out(uint64_t now);

#endif
