/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * isthmusctl: commands for a running gateway, by its control socket.  What there is it asks there
 * (list-commands), so that a command of a newer gateway needs no newer isthmusctl.  Exit status: 0
 * done, 1 refused, 2 no such command, 3 there is nothing of that, 4 not allowed, 5 no answer.
 */
#include "cfg/cfg.h"
#include "gw/operator/ctl_follow.h"
#include "gw/operator/ctl_rows.h"
#include "gw/operator/ctl_secret.h"

#include <getopt.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <time.h>
#include <unistd.h>

#include "config.h"

static const char usage[] =
	"usage: isthmusctl [-s SOCKET] [-j] TABLE [match TEST]... [order [-]COLUMN]\n"
	"                  [columns COLUMN,...] [watch [SECONDS]]\n"
	"       isthmusctl [-s SOCKET] [-j] COMMAND [ARGUMENT]...\n"
	"       isthmusctl [-s SOCKET] [-j] monitor [EVENT]...\n"
	"       isthmusctl [-s SOCKET] ask JSON\n"
	"\n"
	"  -s, --socket PATH  the gateway's control socket (" CFG_VTY_SOCKET CFG_CONTROL_ENDS ")\n"
	"  -j, --json         rows and answers as JSON\n"
	"  -V, --version      version\n"
	"  -h, --help         this text\n"
	"\n"
	"TABLE is summary, ports, peers, tunnels, calls, lines, joins, users, failures, counters\n"
	"and what else `isthmusctl list commands` tells; COMMAND is reload [dry-run], upgrade,\n"
	"clear tunnel ID, clear call TUNNEL SESSION, clear user NAME, clear address A.B.C.D,\n"
	"drain gateway, drain port|peer|tunnel NAME, shutdown after 30m, dial client NAME,\n"
	"ping tunnel ID, test radius USER [SECTION] (which asks for the password),\n"
	"debug user|peer|tunnel|port WHO (messages in words, until ^C) ...\n"
	"A table whose name is a command too is `show NAME`.  TEST is COLUMN=VALUE,\n"
	"COLUMN!=VALUE, COLUMN~PART, COLUMN<NUMBER or COLUMN>NUMBER; `monitor` prints events as\n"
	"they happen, those of port, circuit, tunnel, call, user, join, radius, or all; `ask` "
	"sends one\n"
	"line as it is.\n";

static const struct option options[] = {
	{"socket", required_argument, NULL, 's'},
	{"json", no_argument, NULL, 'j'},
	{"version", no_argument, NULL, 'V'},
	{"help", no_argument, NULL, 'h'},
	/* for bash: what may stand behind these words */
	{"complete", no_argument, NULL, 'c'},
	{NULL, 0, NULL, 0},
};

#define TESTS_MAX 8u

struct ctl_wish {
	const char *socket;
	bool json;
	char **word; /* behind the options */
	int words;
};

/* How a table is wanted. */
struct ctl_view {
	const char *command;
	const json_t *columns; /* of list-commands */
	json_t *shown;	       /* those that are printed */
	struct ctl_test test[TESTS_MAX];
	unsigned tests;
	const char *order; /* NULL = as it comes */
	bool down;
	double every; /* s; 0 = once */
};

static int main_complain(const char *what, const char *why)
{
	fprintf(stderr, "isthmusctl: %s %s\n", what, why);
	return CTL_USAGE;
}

/* --- which command ------------------------------------------------------------------------------- */

/* The first n words with - between them. */
static void words_join(char *buf, size_t cap, char *const *word, int n)
{
	size_t at = 0;

	*buf = '\0';
	for (int i = 0; i < n && at < cap; i++)
		at += (size_t)snprintf(buf + at, cap - at, "%s%s", i ? "-" : "", word[i]);
}

static const char *command_name(const json_t *command)
{
	return json_string_value(json_object_get(command, "name"));
}

static bool command_is(const json_t *command, const char *words)
{
	const char *name = command_name(command);

	return name &&
	       (!strcmp(name, words) || (!strncmp(name, "show-", 5) && !strcmp(name + 5, words)));
}

/* The command that most of the first words name; *used: how many. */
static const json_t *command_find(const json_t *commands, char *const *word, int words, int *used)
{
	char name[256];
	json_t *c;
	size_t i;

	for (*used = words; *used; --*used) {
		words_join(name, sizeof(name), word, *used);
		json_array_foreach((json_t *)commands, i, c)
		{
			if (command_is(c, name))
				return c;
		}
	}
	return NULL;
}

/* --- a table ------------------------------------------------------------------------------------- */

static const char *view_match(struct ctl_view *v, const char *words)
{
	return v->tests == TESTS_MAX ? "is one too many"
				     : ctl_test_read(&v->test[v->tests++], words, v->columns);
}

static const char *view_order(struct ctl_view *v, const char *words)
{
	v->down = *words == '-';
	v->order = words + v->down;
	return ctl_rows_column(v->columns, v->order, strlen(v->order)) ? NULL : "names no column";
}

static const char *view_columns(struct ctl_view *v, const char *words)
{
	if (!v->shown)
		v->shown = json_array();
	for (size_t n; *words; words += n + (words[n] == ',')) {
		const json_t *c;

		n = strcspn(words, ",");
		c = ctl_rows_column(v->columns, words, n);
		if (!c)
			return "names no column";
		json_array_append(v->shown, (json_t *)c);
	}
	return NULL;
}

static const char *view_watch(struct ctl_view *v, const char *words)
{
	char *end;

	v->every = strtod(words, &end);
	return *end || !(v->every >= 0.1 && v->every <= 86400) ? "is no number of seconds" : NULL;
}

static const struct {
	const char *word;
	const char *(*set)(struct ctl_view *v, const char *words);
	const char *deflt; /* when nothing is behind it */
} view_words[] = {
	{"match", view_match, NULL},
	{"order", view_order, NULL},
	{"columns", view_columns, NULL},
	{"watch", view_watch, "2"},
};
#define VIEW_WORDS (sizeof(view_words) / sizeof(view_words[0]))

/* 0, or an exit status. */
static int view_read(struct ctl_view *v, char *const *word, int words)
{
	for (int i = 0; i < words; i++) {
		unsigned k = 0;
		const char *value, *wrong;

		while (k < VIEW_WORDS && strcmp(view_words[k].word, word[i]) != 0)
			k++;
		if (k == VIEW_WORDS)
			return main_complain(word[i], "is not match, order, columns or watch");
		value = i + 1 < words ? word[++i] : view_words[k].deflt;
		if (!value)
			return main_complain(word[i], "needs a word behind it");
		wrong = view_words[k].set(v, value);
		if (wrong)
			return main_complain(value, wrong);
	}
	return 0;
}

/* What the gateway can leave out itself. */
static json_t *view_match_json(const struct ctl_view *v)
{
	json_t *match = json_object();

	for (unsigned i = 0; i < v->tests; i++) {
		json_t *value = ctl_test_value(&v->test[i]);

		if (value)
			json_object_set_new(match, v->test[i].name, value);
	}
	return match;
}

static bool view_takes(const struct ctl_view *v, const json_t *row)
{
	for (unsigned i = 0; i < v->tests; i++)
		if (!ctl_test_holds(&v->test[i], row))
			return false;
	return true;
}

/* The row with the columns that are shown. */
static json_t *view_row(const struct ctl_view *v, json_t *row)
{
	json_t *o = json_object(), *c;
	size_t i;

	json_array_foreach(v->shown, i, c)
	{
		json_object_set(o, command_name(c), json_object_get(row, command_name(c)));
	}
	return o;
}

/* Rows that are wanted, in their order.  rows is given up. */
static json_t *view_select(const struct ctl_view *v, json_t *rows)
{
	json_t *out = json_array(), *row;
	size_t i;

	if (v->order)
		ctl_rows_order(rows, v->order, v->down);
	json_array_foreach(rows, i, row)
	{
		if (view_takes(v, row))
			json_array_append_new(out, view_row(v, row));
	}
	json_decref(rows);
	return out;
}

static void json_print(const json_t *value)
{
	json_dumpf(value, stdout, JSON_INDENT(2) | JSON_ENCODE_ANY);
	putchar('\n');
}

static int view_print(const struct ctl_view *v, struct ctl_link *l, bool json)
{
	json_t *match = view_match_json(v), *rows;
	int result;
	bool any;

	rows = ctl_link_rows(l, v->command, match, &result);
	json_decref(match);
	if (!rows)
		return result;
	rows = view_select(v, rows);
	any = json_array_size(rows);
	if (v->every && !json && isatty(STDOUT_FILENO))
		fputs("\033[H\033[2J", stdout);
	if (json)
		json_print(rows);
	else
		ctl_rows_print(rows, v->shown, stdout);
	fflush(stdout);
	json_decref(rows);
	return v->tests && !any ? 3 : 0;
}

static void view_pause(const struct ctl_view *v)
{
	const struct timespec pause = {(time_t)v->every,
				       (long)((v->every - (double)(time_t)v->every) * 1e9)};

	nanosleep(&pause, NULL);
}

/* A gateway that has gone, as control does when it is replaced, is waited for. */
static int view_watch_on(const struct ctl_view *v, struct ctl_link *l, const struct ctl_wish *w)
{
	for (;;) {
		if (ferror(stdout))
			return 1;
		view_pause(v);
		ctl_link_close(l);
		if (ctl_link_open(l, w->socket, false))
			view_print(v, l, w->json);
	}
}

static int main_show(struct ctl_link *l, const struct ctl_wish *w, const json_t *command, int used)
{
	struct ctl_view v = {.command = command_name(command),
			     .columns = json_object_get(command, "columns")};
	int rc = view_read(&v, w->word + used, w->words - used);

	if (!v.shown)
		v.shown = json_incref((json_t *)v.columns);
	if (!rc)
		rc = view_print(&v, l, w->json);
	if (v.every && (rc == 0 || rc == 3))
		rc = view_watch_on(&v, l, w);
	json_decref(v.shown);
	return rc;
}

/* --- another command ----------------------------------------------------------------------------- */

/* Letters of a unit behind a number of minutes: 30m, 2h, 1d. */
static int run_minutes(long long *n, char unit)
{
	static const struct {
		char unit;
		int minutes;
	} units[] = {{'m', 1}, {'h', 60}, {'d', 1440}};

	for (unsigned i = 0; i < sizeof(units) / sizeof(units[0]); i++)
		if (units[i].unit == unit && *n >= 0 && *n <= 10080) {
			*n *= units[i].minutes;
			return 1;
		}
	return 0;
}

/* A word as the value of an argument; *wrong: why it is none. */
static json_t *run_value(const json_t *argument, const char *word, const char **wrong)
{
	const char *type = json_string_value(json_object_get(argument, "type"));
	char *end;
	long long n;

	*wrong = "is of an argument that has no type";
	if (!type)
		return NULL;
	if (!strcmp(type, "boolean")) { /* said by its name, also as an option */
		*wrong = "is not a word of this command";
		return !strcmp(word + (strncmp(word, "--", 2) ? 0 : 2), command_name(argument))
			       ? json_true()
			       : NULL;
	}
	if (strcmp(type, "number") != 0) {
		*wrong = "is no UTF-8";
		return json_string(word);
	}
	n = strtoll(word, &end, 10);
	if (end != word && !strcmp(command_name(argument), "minutes"))
		end += run_minutes(&n, *end);
	*wrong = "is no number";
	return *word && !*end ? json_integer(n) : NULL;
}

/* NULL: *wrong says why. */
static json_t *run_secret(const char *name, const char **wrong)
{
	char text[256];
	json_t *value = ctl_secret(name, text, sizeof(text)) ? json_string(text) : NULL;

	*wrong = "is not there, or too long, or no UTF-8";
	prctl(PR_SET_DUMPABLE, 0); /* from here on a core would have it */
	explicit_bzero(text, sizeof(text));
	return value;
}

/* All that are left. */
static json_t *run_words(char *const **word, int *words, const char **wrong)
{
	json_t *list = json_array();

	*wrong = "is no UTF-8";
	for (; *words; ++*word, --*words)
		if (json_array_append_new(list, json_string(**word)) < 0) {
			json_decref(list);
			return NULL;
		}
	return list;
}

/* The value of this argument: what is said by the next words, or asked for.  NULL: *wrong says why,
 * of *what. */
static json_t *run_next(const json_t *a, char *const **word, int *words, const char **what,
			const char **wrong)
{
	const char *type = json_string_value(json_object_get(a, "type"));
	json_t *value;

	*what = command_name(a);
	if (type && !strcmp(type, "secret"))
		return run_secret(*what, wrong);
	*what = **word;
	if (type && !strcmp(type, "words"))
		return run_words(word, words, wrong);
	value = run_value(a, *what, wrong);
	++*word;
	--*words;
	return value;
}

/* False: what is said does not fit. */
static bool run_argument(json_t *out, const json_t *a, char *const **word, int *words)
{
	const char *type = json_string_value(json_object_get(a, "type")), *what, *wrong;
	json_t *value;

	if (!*words && (!type || strcmp(type, "secret") != 0)) {
		if (!json_is_true(json_object_get(a, "required")))
			return true;
		main_complain(command_name(a), "is missing");
		return false;
	}
	value = run_next(a, word, words, &what, &wrong);
	if (value)
		return json_object_set_new(out, command_name(a), value) == 0;
	main_complain(what, wrong);
	return false;
}

/* Words for its arguments in their order; NULL: one does not fit. */
static json_t *run_arguments(const json_t *command, char *const *word, int words)
{
	const json_t *args = json_object_get(command, "arguments");
	json_t *out = json_object(), *a;
	bool fits = true;
	size_t i;

	json_array_foreach((json_t *)args, i, a) fits = fits && run_argument(out, a, &word, &words);
	if (fits && words) {
		main_complain(*word, "is one word too many");
		fits = false;
	}
	if (fits)
		return out;
	json_decref(out);
	return NULL;
}

static int run_print(const json_t *a, bool json)
{
	static const char columns[] = "[{\"name\":\"name\",\"type\":\"text\"},"
				      "{\"name\":\"right\",\"type\":\"text\"},"
				      "{\"name\":\"help\",\"type\":\"text\"}]";
	const json_t *list = json_object_get(json_object_get(a, "arguments"), "commands");
	int result = ctl_link_result(a, json || list ? NULL : stdout);

	if (json) {
		json_print(a);
	} else if (list) {
		json_t *c = json_loads(columns, 0, NULL);

		ctl_rows_print(list, c, stdout);
		json_decref(c);
	}
	return result;
}

static int main_run(struct ctl_link *l, const struct ctl_wish *w, const json_t *commands,
		    const json_t *command, int used)
{
	json_t *args = run_arguments(command, w->word + used, w->words - used), *a;
	struct ctl_follow f = {w->socket, commands, NULL, w->json, stdout};
	const char *name = command_name(command);
	int rc;

	if (!args)
		return CTL_USAGE;
	a = ctl_link_ask(l, json_pack("{ss so}", "command", name, "arguments", args));
	if (!a)
		return CTL_NO_ANSWER;
	f.answer = a;
	if (ctl_is_followed(name) && !ctl_link_result(a, NULL))
		rc = ctl_follow(&f, l, name);
	else
		rc = run_print(a, w->json);
	json_decref(a);
	return rc;
}

static int main_ask(struct ctl_link *l, const struct ctl_wish *w)
{
	json_error_t e;
	json_t *request, *a;
	int rc;

	if (w->words != 2)
		return main_complain("ask", "needs one JSON object behind it");
	request = json_loads(w->word[1], JSON_REJECT_DUPLICATES, &e);
	if (!request)
		return main_complain(w->word[1], e.text);
	a = ctl_link_ask(l, request);
	if (!a)
		return CTL_NO_ANSWER;
	rc = run_print(a, true);
	json_decref(a);
	return rc;
}

/* --- events ---------------------------------------------------------------------------------------- */

static const char *monitor_text(const json_t *e, const char *key)
{
	const char *text = json_string_value(json_object_get(e, key));

	return text ? text : "";
}

/* "14:03:22 tunnel-down tunnel-id 5 peer lac: shutting down" */
static void monitor_print(const json_t *e)
{
	static const char *const keys[] = {"port", "circuit", "peer",	"tunnel-id", "session-id",
					   "line", "user",    "radius", "count"};
	const json_t *at = json_object_get(e, "unix-seconds");
	time_t t = at ? (time_t)json_integer_value(at) : time(NULL);
	char when[16] = "";
	struct tm tm;

	if (localtime_r(&t, &tm))
		strftime(when, sizeof(when), "%H:%M:%S", &tm);
	printf("%s %s", when, monitor_text(e, "event"));
	for (unsigned i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		const json_t *v = json_object_get(e, keys[i]);

		if (json_is_integer(v))
			printf(" %s %lld", keys[i], (long long)json_integer_value(v));
		else if (v)
			printf(" %s %s", keys[i], monitor_text(e, keys[i]));
	}
	printf("%s%s\n", *monitor_text(e, "cause") ? ": " : "", monitor_text(e, "cause"));
}

/* Ask for the kinds that are named, or for all; 0, or an exit status. */
static int monitor_subscribe(struct ctl_link *l, const struct ctl_wish *w)
{
	for (int i = 1; i < w->words || i == 1; i++) {
		json_t *args =
			i < w->words ? json_pack("{ss}", "event", w->word[i]) : json_object();
		json_t *a = ctl_link_ask(
			l, json_pack("{ss so}", "command", "subscribe", "arguments", args));
		int result = ctl_link_result(a, NULL);

		if (a && result)
			ctl_link_result(a, stderr);
		json_decref(a);
		if (result)
			return result;
	}
	return 0;
}

static void monitor_follow(struct ctl_link *l, bool json)
{
	json_t *e;

	ctl_link_wait(l);
	while ((e = ctl_link_next(l))) {
		if (json) {
			json_dumpf(e, stdout, JSON_COMPACT);
			putchar('\n');
		} else if (json_object_get(e, "event")) {
			monitor_print(e);
		}
		fflush(stdout);
		json_decref(e);
	}
}

/* Until it is interrupted, or there is nobody from the start.  A gateway whose control is replaced
 * is waited for. */
static int main_monitor(struct ctl_link *l, const struct ctl_wish *w)
{
	const struct timespec pause = {.tv_nsec = 500000000};
	int rc = monitor_subscribe(l, w);

	while (!rc && !ferror(stdout)) {
		fprintf(stderr, "isthmusctl: listening\n");
		monitor_follow(l, w->json);
		fprintf(stderr, "isthmusctl: the gateway has gone; events may be missing here\n");
		do {
			ctl_link_close(l);
			nanosleep(&pause, NULL);
		} while (!ctl_link_open(l, w->socket, true));
		rc = monitor_subscribe(l, w);
		rc = rc == CTL_NO_ANSWER ? 0 : rc;
	}
	return rc;
}

/* --- completion ---------------------------------------------------------------------------------- */

/* The word of `name` behind the words that are there, if they are its first ones. */
static void complete_name(const char *name, const char *words)
{
	size_t n = strlen(words);

	if (n && (strncmp(name, words, n) != 0 || name[n] != '-'))
		return;
	name += n + (n != 0);
	printf("%.*s\n", (int)strcspn(name, "-"), name);
}

static void complete_columns(const json_t *command, const char *behind)
{
	json_t *c;
	size_t i;

	json_array_foreach(json_object_get(command, "columns"), i, c)
		printf("%s%s\n", command_name(c), behind);
}

static void complete_view(const json_t *command, const char *before)
{
	if (!strcmp(before, "match"))
		complete_columns(command, "=");
	else if (!strcmp(before, "order") || !strcmp(before, "columns"))
		complete_columns(command, "");
	else
		for (unsigned i = 0; i < VIEW_WORDS; i++)
			puts(view_words[i].word);
}

/* Arguments that are said by their name. */
static void complete_booleans(const json_t *command)
{
	json_t *a;
	size_t i;

	json_array_foreach(json_object_get(command, "arguments"), i, a)
	{
		const char *type = json_string_value(json_object_get(a, "type"));

		if (type && !strcmp(type, "boolean"))
			puts(command_name(a));
	}
}

static void complete_events(const json_t *events)
{
	json_t *e;
	size_t i;

	json_array_foreach((json_t *)events, i, e)
	{
		const char *name = command_name(e);

		printf("%s\n%.*s\n", name, (int)strcspn(name, "-"), name);
	}
}

static int main_complete(const struct ctl_wish *w, const json_t *list)
{
	const json_t *commands = json_object_get(list, "commands");
	char words[256];
	const json_t *found;
	json_t *c;
	size_t i;
	int used;

	if (w->words && !strcmp(w->word[0], "monitor")) {
		complete_events(json_object_get(list, "events"));
		return 0;
	}
	if (!w->words)
		puts("monitor\nask");
	words_join(words, sizeof(words), w->word, w->words);
	json_array_foreach((json_t *)commands, i, c)
	{
		complete_name(command_name(c), words);
		if (!strncmp(command_name(c), "show-", 5))
			complete_name(command_name(c) + 5, words);
	}
	found = command_find(commands, w->word, w->words, &used);
	if (json_object_get(found, "columns"))
		complete_view(found, w->words > used ? w->word[w->words - 1] : "");
	else
		complete_booleans(found);
	return 0;
}

/* --- start --------------------------------------------------------------------------------------- */

static int main_command(struct ctl_link *l, const struct ctl_wish *w, bool complete)
{
	json_t *list = ctl_link_ask(l, json_pack("{ss}", "command", "list-commands"));
	const json_t *commands = json_object_get(json_object_get(list, "arguments"), "commands");
	int used, rc = ctl_link_result(list, commands ? NULL : stderr);
	const json_t *command = command_find(commands, w->word, w->words, &used);

	if (!rc && complete)
		rc = main_complete(w, json_object_get(list, "arguments"));
	else if (!rc && !command)
		rc = main_complain(w->word[0], "is no command; `list commands` has them");
	else if (!rc && json_object_get(command, "columns"))
		rc = main_show(l, w, command, used);
	else if (!rc)
		rc = main_run(l, w, commands, command, used);
	json_decref(list);
	return rc;
}

static const struct {
	const char *word;
	int (*run)(struct ctl_link *l, const struct ctl_wish *w);
} main_words[] = {{"ask", main_ask}, {"monitor", main_monitor}};
#define MAIN_WORDS (sizeof(main_words) / sizeof(main_words[0]))

static int main_do(struct ctl_link *l, const struct ctl_wish *w)
{
	for (unsigned i = 0; i < MAIN_WORDS; i++)
		if (!strcmp(w->word[0], main_words[i].word))
			return main_words[i].run(l, w);
	return main_command(l, w, false);
}

static int main_connected(const struct ctl_wish *w, bool complete)
{
	struct ctl_link l;
	int rc;

	if (!ctl_link_open(&l, w->socket, complete))
		return CTL_NO_ANSWER;
	rc = complete ? main_command(&l, w, true) : main_do(&l, w);
	ctl_link_close(&l);
	return rc;
}

int main(int argc, char **argv)
{
	struct ctl_wish w = {.socket = CFG_VTY_SOCKET CFG_CONTROL_ENDS};
	bool complete = false;
	int c;

	while ((c = getopt_long(argc, argv, "+s:jVh", options, NULL)) != -1) {
		switch (c) {
		case 's':
			w.socket = optarg;
			break;
		case 'j':
			w.json = true;
			break;
		case 'c':
			complete = true;
			break;
		case 'V':
			puts("isthmusctl " PACKAGE_VERSION);
			return 0;
		case 'h':
			fputs(usage, stdout);
			return 0;
		default:
			fputs(usage, stderr);
			return CTL_USAGE;
		}
	}
	w.word = argv + optind;
	w.words = argc - optind;
	if (!w.words && !complete) {
		fputs(usage, stderr);
		return CTL_USAGE;
	}
	return main_connected(&w, complete);
}
