/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A request of the control socket: one line, an object with "command", a text, and if need be
 * "arguments", an object.  Another member, the same one twice, or octets behind the object make it
 * no request.
 */
#ifndef GW_OPERATOR_CTL_REQUEST_H
#define GW_OPERATOR_CTL_REQUEST_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CTL_LINE_MAX  8192u /* octets of a request with the end of its line */
#define CTL_WORDS_MAX 256u  /* octets of "text" with its NUL */

/* "result", as in Kea's answers. */
enum ctl_result {
	CTL_DONE = 0,
	CTL_REFUSED = 1,     /* no request, wrong arguments, or it cannot be now */
	CTL_UNKNOWN = 2,     /* there is no such command */
	CTL_NOTHING = 3,     /* there is nothing of what was asked for */
	CTL_NOT_ALLOWED = 4, /* the right for it is missing */
};

struct ctl_request {
	json_t *whole;
	const char *command;	 /* of `whole`, as the next one */
	const json_t *arguments; /* an object; NULL = none */
};

/* False: it is none, and `words` says why. */
bool ctl_request_read(struct ctl_request *r, const char *line, size_t len,
		      char words[CTL_WORDS_MAX]);
void ctl_request_free(struct ctl_request *r);

/* A secret is a text that who types a command is asked for; words are an array of texts: the rest
 * of what he has typed. */
enum ctl_arg_kind {
	CTL_ARG_NUMBER,
	CTL_ARG_TEXT,
	CTL_ARG_OBJECT,
	CTL_ARG_BOOLEAN,
	CTL_ARG_SECRET,
	CTL_ARG_WORDS
};
extern const char *const ctl_arg_kind_names[];

struct ctl_arg {
	const char *name;
	enum ctl_arg_kind kind;
	bool required;
	int64_t least, most; /* of a number; octets of a text; how many words */
	const char *help;
};

/* Does `arguments` (NULL = none) have what the rows say, and nothing else?  words: what is wrong.
 */
bool ctl_request_fits(const json_t *arguments, const struct ctl_arg *arg, unsigned args,
		      char words[CTL_WORDS_MAX]);

/* Arguments that fit: NULL, or `other`, when they are left out. */
const char *ctl_request_text(const json_t *arguments, const char *name);
int64_t ctl_request_number(const json_t *arguments, const char *name, int64_t other);
/* Words that fit, at most `most`: how many. */
unsigned ctl_request_words(const json_t *arguments, const char *name, const char **word,
			   unsigned most);
/* False when it is left out. */
bool ctl_request_boolean(const json_t *arguments, const char *name);

#endif
