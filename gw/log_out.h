/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Where the lines of the log go, and how they look there:
 *   terminal  with the time of day, and in colour
 *   file      or pipe: with the time of day and its zone
 *   stream    standard error is the journal's: <priority> in front, and no time, which it has
 *   journal   a record of fields by its socket (gw/journal.h)
 * Nothing here waits for the journal.  A line that it does not take is counted, and the number
 * said when it takes lines again; when there is none, lines go to standard error.
 */
#ifndef GW_LOG_OUT_H
#define GW_LOG_OUT_H

#include "cfg/cfg.h"
#include <stdbool.h>
#include <stdint.h>

enum log_form { LOG_FORM_PLAIN, LOG_FORM_TERMINAL, LOG_FORM_FILE, LOG_FORM_STREAM };

#define LOG_CIRCUIT 100u

/* Whom or what a line is about, as far as that is known: a number is 0, a text NULL or "", when it
 * is not.  Texts are good until the line is written. */
struct log_about {
	const char *id; /* MESSAGE_ID of an event that has one (gw/log_id.h) */
	uint16_t tunnel, call, line;
	const char *peer, *user, *port, *service, *radius;
	const char *device;	   /* a network device */
	char circuit[LOG_CIRCUIT]; /* as port_channel_text() has it, with the port's name in front
				    */
};
#define LOG_ABOUT(...) ((struct log_about){__VA_ARGS__})
/* Of none of these: it is about the gateway as a whole. */
#define LOG_NOBODY LOG_ABOUT(.id = NULL)

struct log_line {
	const char *category, *level; /* names */
	unsigned priority;	      /* of syslog(3) */
	const char *words;	      /* without a line end */
	const char *file;	      /* where in the source; NULL = not known */
	unsigned at;
	struct log_about about;
};

/* Choose by the key `log-to`, what standard error is, and the environment.  What has to be opened
 * is. */
void log_out_begin(enum cfg_log_to to);
void log_out_end(void);
void log_out(const struct log_line *l);
/* Tell `also` of each line too, which may log nothing itself; NULL = nobody. */
void log_out_also(void (*also)(const struct log_line *l));
/* Lines that the journal has not taken, and no line has said. */
unsigned log_out_lost(void);

/* For tests: a form, a journal at another path (NULL = none). */
void log_out_set(enum log_form form, const char *journal);

#endif
