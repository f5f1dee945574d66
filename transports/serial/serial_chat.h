/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A chat script: what to wait for from a modem or a login prompt, and what to send then, in the
 * manner of chat(8).  Octets and the time in, octets and a deadline out.
 *
 * An entry of a script is one of
 *   EXPECT         wait for the text
 *   EXPECT SEND    wait for it, then send SEND and a carriage return
 *   ABORT TEXT     the text ends the script at any time, e.g. BUSY
 *   TIMEOUT N      seconds that each later EXPECT may take, at most 3600; 0 = without end
 * Words end at a space unless they stand in '...'; '' as EXPECT waits for nothing.  In a word, \r
 * \n \t \s (space) and \\ stand for one octet each; \c anywhere in SEND leaves out the return, and
 * \T, once in SEND, stands for the number that is called.  A script with a \T cannot run without a
 * number.
 */
#ifndef TRANSPORTS_SERIAL_SERIAL_CHAT_H
#define TRANSPORTS_SERIAL_SERIAL_CHAT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SERIAL_CHAT_STEPS  32u
#define SERIAL_CHAT_ABORTS 16u
#define SERIAL_CHAT_TEXT   64u /* octets of one text */
#define SERIAL_CHAT_NUMBER 62u /* octets of a number */

enum serial_chat_state {
	SERIAL_CHAT_TALKING,
	SERIAL_CHAT_DONE,
	SERIAL_CHAT_ABORTED,
	SERIAL_CHAT_TIMED_OUT,
	SERIAL_CHAT_NO_NUMBER, /* \T stands for nothing */
};

struct serial_chat_text {
	unsigned len;
	uint8_t octets[SERIAL_CHAT_TEXT];
	bool number;	    /* \T is in it, */
	unsigned number_at; /* behind so many octets */
};

struct serial_chat {
	struct serial_chat_step {
		struct serial_chat_text expect, send;
		uint64_t timeout; /* us; UINT64_MAX = none */
	} step[SERIAL_CHAT_STEPS];
	struct serial_chat_text abort[SERIAL_CHAT_ABORTS];
	unsigned steps, aborts;
	bool dials;			     /* there is a \T */
	char number[SERIAL_CHAT_NUMBER + 1]; /* "" = none */
	uint64_t timeout;		     /* of entries added from now on */
	void (*send)(void *ctx, const uint8_t *octets, size_t len);
	void *ctx;
	/* a run */
	enum serial_chat_state state;
	unsigned at;			    /* the step whose EXPECT is waited for */
	uint64_t deadline;		    /* us; UINT64_MAX = none */
	struct serial_chat_text seen;	    /* the last octets since the step began */
	const struct serial_chat_text *why; /* of SERIAL_CHAT_ABORTED */
};

/* An empty script.  `send` gets what goes out, at most SERIAL_CHAT_TEXT octets a call. */
void serial_chat_init(struct serial_chat *c, void (*send)(void *ctx, const uint8_t *, size_t),
		      void *ctx);
/* NULL, or static words that say what is wrong with the entry. */
const char *serial_chat_add(struct serial_chat *c, const char *entry);

/* A number is 1 to SERIAL_CHAT_NUMBER digits, * and #, pauses (`,`), waits for a dial tone (W), and
 * perhaps a + in front, with a digit among them: a modem takes no other command from it. */
bool serial_chat_is_number(const char *text, size_t len);
/* What \T stands for in runs that start from now on; NULL = nothing.  False = it is no number, and
 * nothing has changed. */
bool serial_chat_set_number(struct serial_chat *c, const char *text, size_t len);

/* From the first step again; may send. */
void serial_chat_start(struct serial_chat *c, uint64_t now);
/* Returns how many of the n octets belong to the script: what follows the last EXPECT does not. */
size_t serial_chat_rx(struct serial_chat *c, const uint8_t *octets, size_t n, uint64_t now);
void serial_chat_expire(struct serial_chat *c, uint64_t now);

struct handover;
/* The run to or from another process; thawing: of the same script.  False = it cannot be. */
bool serial_chat_hand(struct serial_chat *c, struct handover *h);

#endif
