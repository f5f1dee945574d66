/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "gw/operator/ctl_follow.h"

#include "gw/operator/ctl_rows.h"

#include <errno.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define FOLLOW_PAUSE	   50000000l /* ns between two questions */
#define FOLLOW_SECONDS	   120	     /* then it has hung */
#define FOLLOW_GONE	   40u	     /* in a row without a socket: it is elsewhere now */
#define FOLLOW_GOES	   "going-on"
#define FOLLOW_NOT_ALLOWED 4

struct follow_state {
	const struct ctl_follow *f;
	struct ctl_link *l;
	json_t *steps;	    /* rows of show-upgrade, as they were seen last */
	size_t printed;	    /* of them */
	json_int_t number;  /* of the replacement; 0 = not known yet */
	const char *is;	    /* its state; NULL = there is nobody to tell */
	bool over, refused; /* ours; who asks has not the right any more */
};

static const char *follow_text(const json_t *row, const char *key)
{
	const char *text = json_string_value(json_object_get(row, key));

	return text ? text : "";
}

static json_int_t follow_number(const json_t *row, const char *key)
{
	return json_integer_value(json_object_get(row, key));
}

/* --- steps ----------------------------------------------------------------------------------------- */

static void follow_print_steps(struct follow_state *s)
{
	for (; !s->f->json && s->printed < json_array_size(s->steps); s->printed++) {
		const json_t *row = json_array_get(s->steps, s->printed);

		fprintf(s->f->out, "%6lld ms  %s\n", (long long)follow_number(row, "milliseconds"),
			follow_text(row, "step"));
	}
	fflush(s->f->out);
}

/* rows is given up.  Those of a later replacement say nothing of ours. */
static void follow_take(struct follow_state *s, json_t *rows)
{
	const json_t *last = json_array_get(rows, json_array_size(rows) - 1);
	json_int_t number = follow_number(last, "number");

	s->over = !last || (s->number && s->number != number);
	if (s->over) {
		s->is = NULL;
		json_decref(rows);
		return;
	}
	json_decref(s->steps);
	s->steps = rows;
	s->number = number;
	s->is = follow_text(last, "state");
	s->over = strcmp(s->is, FOLLOW_GOES) != 0;
	follow_print_steps(s);
}

/* A link that breaks off is opened again at the next question. */
static void follow_ask(struct follow_state *s)
{
	json_t *rows;
	int result;

	if (!s->l->io && !ctl_link_open(s->l, s->f->socket, true))
		return;
	rows = ctl_link_rows(s->l, "show-upgrade", NULL, &result);
	if (rows) {
		follow_take(s, rows);
		return;
	}
	ctl_link_close(s->l);
	s->refused = result == FOLLOW_NOT_ALLOWED;
}

/* A control that is replaced leaves its socket, so that this is for longer only when another path
 * is configured, or when the gateway has ended. */
static bool follow_is_gone(const struct follow_state *s)
{
	return !s->l->io && access(s->f->socket, F_OK) < 0 && errno == ENOENT;
}

static time_t follow_now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec;
}

static void follow_wait(struct follow_state *s)
{
	const struct timespec pause = {.tv_nsec = FOLLOW_PAUSE};
	const time_t until = follow_now() + FOLLOW_SECONDS;
	unsigned gone = 0;

	for (bool again = false;
	     follow_now() < until && gone < FOLLOW_GONE && !s->over && !s->refused; again = true) {
		if (again)
			nanosleep(&pause, NULL);
		follow_ask(s);
		gone = follow_is_gone(s) ? gone + 1 : 0;
	}
	if (!s->over)
		s->is = NULL;
	if (gone == FOLLOW_GONE)
		fprintf(stderr,
			"isthmusctl: %s is there no more: another `control { socket }` is "
			"configured, or the gateway has ended\n",
			s->f->socket);
	if (!s->is)
		fprintf(stderr, "isthmusctl: how that goes is not known; the log of the gateway "
				"says\n");
}

/* --- what a reload has found ------------------------------------------------------------------------ */

static const json_t *follow_columns(const json_t *commands)
{
	json_t *c;
	size_t i;

	json_array_foreach((json_t *)commands, i, c)
	{
		if (!strcmp(follow_text(c, "name"), "show-reload"))
			return json_object_get(c, "columns");
	}
	return NULL;
}

/* Mistakes and warnings; NULL: there is no answer. */
static json_t *follow_messages(struct ctl_link *l)
{
	json_t *a = ctl_link_ask(l, json_pack("{ss}", "command", "reload-messages"));
	json_t *list = json_object_get(json_object_get(a, "arguments"), "messages");

	json_incref(list);
	json_decref(a);
	return list;
}

static void follow_print_found(const struct ctl_follow *f, const json_t *messages,
			       const json_t *rows)
{
	json_t *m;
	size_t i;

	json_array_foreach((json_t *)messages, i, m) fprintf(f->out, "%s\n", json_string_value(m));
	ctl_rows_print(rows, follow_columns(f->commands), f->out);
}

static void follow_print_json(const struct follow_state *s, json_t *messages, json_t *rows)
{
	json_t *o = json_pack("{ss sO*}", "state", s->is, "steps", s->steps);

	if (messages)
		json_object_set(o, "messages", messages);
	if (rows)
		json_object_set(o, "changes", rows);
	json_dumpf(o, s->f->out, JSON_INDENT(2));
	fputc('\n', s->f->out);
	json_decref(o);
}

static void follow_tell(struct follow_state *s, bool reload)
{
	json_t *messages = reload ? follow_messages(s->l) : NULL;
	int result;
	json_t *rows = messages ? ctl_link_rows(s->l, "show-reload", NULL, &result) : NULL;

	if (s->f->json)
		follow_print_json(s, messages, rows);
	else if (rows)
		follow_print_found(s->f, messages, rows);
	json_decref(messages);
	json_decref(rows);
}

static int follow_replacement(struct follow_state *s, const char *command)
{
	int status = CTL_NO_ANSWER;

	follow_wait(s);
	if (s->is) {
		follow_tell(s, !strcmp(command, "reload"));
		status = strcmp(s->is, "done") ? 1 : 0;
	}
	json_decref(s->steps);
	return status;
}

/* --- a trial --------------------------------------------------------------------------------------- */

/* Its row; NULL: there is none any more, or nobody answers. */
static json_t *follow_trial_row(const struct follow_state *s)
{
	const json_t *began = json_object_get(s->f->answer, "arguments");
	json_t *match = json_pack("{sO*}", "number", json_object_get(began, "number"));
	int result;
	json_t *rows = ctl_link_rows(s->l, "show-trials", match, &result);
	json_t *row = json_incref(json_array_get(rows, 0));

	json_decref(match);
	json_decref(rows);
	return row;
}

static void follow_print_trial(const struct ctl_follow *f, const json_t *row)
{
	if (f->json) {
		json_dumpf(row, f->out, JSON_INDENT(2));
		fputc('\n', f->out);
		return;
	}
	fprintf(f->out, "%.1f ms  %s\n", (double)follow_number(row, "took-microseconds") / 1000,
		follow_text(row, "result"));
}

static int follow_trial(struct follow_state *s, const char *command)
{
	const struct timespec pause = {.tv_nsec = FOLLOW_PAUSE};
	const time_t until = follow_now() + FOLLOW_SECONDS;
	json_t *row = follow_trial_row(s);
	int status = CTL_NO_ANSWER;

	(void)command;
	while (follow_now() < until && row && !strcmp(follow_text(row, "state"), FOLLOW_GOES)) {
		nanosleep(&pause, NULL);
		json_decref(row);
		row = follow_trial_row(s);
	}
	if (row && strcmp(follow_text(row, "state"), FOLLOW_GOES) != 0) {
		follow_print_trial(s->f, row);
		status = strcmp(follow_text(row, "state"), "done") ? 1 : 0;
	} else {
		fprintf(stderr, "isthmusctl: what came of it is not known\n");
	}
	json_decref(row);
	return status;
}

/* --- lines of debug --------------------------------------------------------------------------------- */

static void follow_print_line(const struct ctl_follow *f, const json_t *e)
{
	const char *event = follow_text(e, "event");

	if (f->json)
		json_dumpf(e, f->out, JSON_COMPACT);
	else if (!strcmp(event, "debug"))
		fputs(follow_text(e, "text"), f->out);
	else
		fprintf(f->out, "%% %lld lines are %s", (long long)follow_number(e, "count"),
			!strcmp(event, "lost") ? "lost: nobody has read them" : "left out");
	fputc('\n', f->out);
	fflush(f->out);
}

/* Until it is interrupted, or the gateway has gone: with its control it has forgotten who watches.
 */
static int follow_debug(struct follow_state *s, const char *command)
{
	json_t *e;

	(void)command;
	fprintf(stderr, "isthmusctl: watching; ^C ends it\n");
	ctl_link_wait(s->l);
	while (!ferror(s->f->out) && (e = ctl_link_next(s->l))) {
		follow_print_line(s->f, e);
		json_decref(e);
	}
	fprintf(stderr, "isthmusctl: the gateway has gone\n");
	return CTL_NO_ANSWER;
}

typedef int (*follow_fn)(struct follow_state *s, const char *command);

static const struct {
	const char *command;
	follow_fn follow;
} follow_rows[] = {
	{"reload", follow_replacement}, {"upgrade", follow_replacement},
	{"ping-tunnel", follow_trial},	{"test-radius", follow_trial},
	{"debug", follow_debug},
};

static follow_fn follow_of(const char *command)
{
	for (size_t i = 0; i < sizeof(follow_rows) / sizeof(follow_rows[0]); i++)
		if (!strcmp(follow_rows[i].command, command))
			return follow_rows[i].follow;
	return NULL;
}

bool ctl_is_followed(const char *command)
{
	return follow_of(command);
}

int ctl_follow(const struct ctl_follow *f, struct ctl_link *l, const char *command)
{
	struct follow_state s = {.f = f, .l = l};
	follow_fn follow = follow_of(command);

	l->quiet = true;
	return follow ? follow(&s, command) : CTL_USAGE;
}
