/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * An answer is {"arguments": ..., "result": N, "text": "..."}.  Its arguments are written as they
 * are made, so that long tables are in memory once; without memory for all of it there is none.
 */
#include "gw/operator/ctl_command.h"

#include "gw/client.h"
#include "gw/drain.h"
#include "gw/operator/capture.h"
#include "gw/operator/clear.h"
#include "gw/operator/ctl_debug.h"
#include "gw/operator/ctl_event.h"
#include "gw/operator/ctl_table.h"
#include "gw/operator/impair_parse.h"
#include "gw/operator/replace.h"
#include "gw/operator/vty.h"
#include "gw/outgoing.h"
#include "gw/trial.h"

#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>

struct ctl_ask {
	struct gw *gw;
	struct ctl_session *session;
	const json_t *arguments;
	const struct table *table; /* of a command that shows one */
	struct ctl_text *out;	   /* for arguments of the answer */
	char words[CTL_WORDS_MAX];
};

struct ctl_command {
	const char *name;
	enum ctl_right right;
	const char *help;
	const struct ctl_arg *arg;
	unsigned args;
	enum ctl_result (*run)(struct ctl_ask *a);
};

/* --- commands that show ------------------------------------------------------------------------- */

static const struct table *const *const command_tables[] = {operator_tables, operator_more_tables};

/* Each table there is, n = 0, 1 ...; NULL = no more. */
static const struct table *command_table(unsigned n)
{
	for (unsigned i = 0; i < sizeof(command_tables) / sizeof(command_tables[0]); i++)
		for (const struct table *const *t = command_tables[i]; *t; t++)
			if (!n--)
				return *t;
	return NULL;
}

#define SHOW "show-"

static enum ctl_result command_show(struct ctl_ask *a)
{
	return ctl_table(a->table, a->gw, a->arguments, a->out, a->words);
}

static const struct ctl_command command_of_tables = {
	SHOW,		CTL_MAY_SHOW,	"the rows of this table of the VTY",
	ctl_table_args, CTL_TABLE_ARGS, command_show,
};

/* --- commands that end something ----------------------------------------------------------------- */

#define ID(what, words)                                                                          \
	{                                                                                        \
		what, CTL_ARG_NUMBER, .required = true, .least = 1, .most = 65535, .help = words \
	}

static enum ctl_result command_ended(struct ctl_ask *a, unsigned n)
{
	snprintf(a->words, sizeof(a->words), n ? "%u cleared" : "there is none", n);
	return n ? CTL_DONE : CTL_NOTHING;
}

static const struct ctl_arg tunnel_args[] = {ID("tunnel-id", "our Tunnel ID")};

static enum ctl_result command_clear_tunnel(struct ctl_ask *a)
{
	return command_ended(
		a, clear_tunnel(a->gw, (unsigned)ctl_request_number(a->arguments, "tunnel-id", 0)));
}

static const struct ctl_arg clear_call_args[] = {ID("tunnel-id", "our Tunnel ID"),
						 ID("session-id", "our Session ID")};

static enum ctl_result command_clear_call(struct ctl_ask *a)
{
	return command_ended(
		a, clear_call(a->gw, (unsigned)ctl_request_number(a->arguments, "tunnel-id", 0),
			      (unsigned)ctl_request_number(a->arguments, "session-id", 0)));
}

static const struct ctl_arg clear_user_args[] = {{"user", CTL_ARG_TEXT, .required = true,
						  .least = 1, .most = 255,
						  .help = "the name as the client has said it"}};

static enum ctl_result command_clear_user(struct ctl_ask *a)
{
	return command_ended(a, clear_user(a->gw, ctl_request_text(a->arguments, "user")));
}

static const struct ctl_arg clear_address_args[] = {{"address", CTL_ARG_TEXT, .required = true,
						     .least = 7, .most = 15,
						     .help = "the client's IPv4 address"}};

static enum ctl_result command_clear_address(struct ctl_ask *a)
{
	const char *text = ctl_request_text(a->arguments, "address");
	struct in_addr in;

	if (inet_pton(AF_INET, text, &in) == 1)
		return command_ended(a, clear_address(a->gw, ntohl(in.s_addr)));
	snprintf(a->words, sizeof(a->words), "no IPv4 address: %s", text);
	return CTL_REFUSED;
}

/* --- what takes no new call ------------------------------------------------------------------------ */

/* words NULL: it is done. */
static enum ctl_result command_said(struct ctl_ask *a, const char *words, enum ctl_result refusal)
{
	snprintf(a->words, sizeof(a->words), "%s", words ? words : "done");
	return words ? refusal : CTL_DONE;
}

static const struct ctl_arg drain_args[] = {
	{"kind", CTL_ARG_TEXT, .required = true, .least = 1, .most = 16,
	 .help = "\"gateway\", \"port\", \"peer\" or \"tunnel\""},
	{"name", CTL_ARG_TEXT, .least = 1, .most = DRAIN_NAME - 1,
	 .help = "of its section; of a tunnel our Tunnel ID"}};

/* A Tunnel ID as drain.h has it. */
static bool command_drain_id(const char *text, char id[DRAIN_NAME])
{
	char *end;
	unsigned long n = strtoul(text, &end, 10);

	snprintf(id, DRAIN_NAME, "%lu", n);
	return *text >= '0' && *text <= '9' && !*end && n >= 1 && n <= 65535;
}

/* NULL, or what is wrong with the arguments. */
static const char *command_drain_what(const json_t *arguments, enum drain_kind *kind,
				      char name[DRAIN_NAME])
{
	const char *word = ctl_request_text(arguments, "kind");
	const char *of = ctl_request_text(arguments, "name");

	for (*kind = 0; *kind < DRAIN_SHUTDOWN; ++*kind)
		if (!strcmp(drain_kind_names[*kind], word))
			break;
	if (*kind == DRAIN_SHUTDOWN)
		return "kind is gateway, port, peer or tunnel";
	if ((*kind == DRAIN_GATEWAY) != !of)
		return of ? "the gateway has no name here" : "name is missing";
	snprintf(name, DRAIN_NAME, "%s", of ? of : "");
	return *kind == DRAIN_TUNNEL && !command_drain_id(of, name) ? "name is no Tunnel ID" : NULL;
}

static enum ctl_result command_drain(struct ctl_ask *a)
{
	char name[DRAIN_NAME];
	enum drain_kind kind;
	const char *words = command_drain_what(a->arguments, &kind, name);

	return command_said(a, words ? words : drain_begin(a->gw, kind, name), CTL_REFUSED);
}

static enum ctl_result command_no_drain(struct ctl_ask *a)
{
	char name[DRAIN_NAME];
	enum drain_kind kind;
	const char *words = command_drain_what(a->arguments, &kind, name);

	if (words)
		return command_said(a, words, CTL_REFUSED);
	return command_said(a, drain_end(a->gw, kind, name), CTL_NOTHING);
}

static const struct ctl_arg shutdown_args[] = {{"minutes", CTL_ARG_NUMBER, .required = true,
						.most = 10080,
						.help = "end when no call is left, or then"}};

static enum ctl_result command_shutdown(struct ctl_ask *a)
{
	drain_shutdown(a->gw, (uint64_t)ctl_request_number(a->arguments, "minutes", 0) * 60000000u);
	return command_said(a, NULL, CTL_DONE);
}

static enum ctl_result command_no_shutdown(struct ctl_ask *a)
{
	const char *words = drain_end(a->gw, DRAIN_SHUTDOWN, "");

	return command_said(a, words ? "none has been asked for" : NULL, CTL_NOTHING);
}

/* --- calls that we place --------------------------------------------------------------------------- */

#define NAME(what, words)                                                                    \
	{                                                                                    \
		what, CTL_ARG_TEXT, .required = true, .least = 1, .most = 255, .help = words \
	}

static const struct ctl_arg dial_client_args[] = {NAME("client", "name of its section")};

static enum ctl_result command_dial_client(struct ctl_ask *a)
{
	return command_said(a,
			    client_dial_now(a->gw, ctl_request_text(a->arguments, "client"),
					    loop_now(a->gw->loop)),
			    CTL_REFUSED);
}

static const struct ctl_arg dial_outgoing_args[] = {NAME("outgoing", "name of its section")};

static enum ctl_result command_dial_outgoing(struct ctl_ask *a)
{
	return command_said(a,
			    outgoing_call_now(a->gw, ctl_request_text(a->arguments, "outgoing"),
					      loop_now(a->gw->loop)),
			    CTL_REFUSED);
}

static const struct ctl_arg dial_number_args[] = {
	NAME("peer", "name of its section"), NAME("called", "the number, as its network has it"),
	NAME("service", "what the far end's PPP meets here")};

static enum ctl_result command_dial_number(struct ctl_ask *a)
{
	return command_said(a,
			    outgoing_call(a->gw, ctl_request_text(a->arguments, "peer"),
					  ctl_request_text(a->arguments, "called"),
					  ctl_request_text(a->arguments, "service"),
					  loop_now(a->gw->loop)),
			    CTL_REFUSED);
}

/* --- captures -------------------------------------------------------------------------------------- */

/* The words of the VTY's command. */
#define WHAT(most_words, words)                                                          \
	{                                                                                \
		"what", CTL_ARG_WORDS, .required = true, .least = 1, .most = most_words, \
				       .help = words                                     \
	}

#define CAPTURE_WORDS 64

static const struct ctl_arg capture_args[] = {
	WHAT(CAPTURE_WORDS, "as in the VTY: \"call\", \"5\", \"7\", \"to\", \"FILE\"")};

static enum ctl_result command_capture(struct ctl_ask *a)
{
	const char *word[CAPTURE_WORDS], *words;
	unsigned n = ctl_request_words(a->arguments, "what", word, CAPTURE_WORDS);
	struct capture_wish wish;
	char text[CAPTURE_TEXT];

	words = capture_parse(&wish, text, word, n);
	if (!words && capture_open(a->gw, &wish, &words))
		words = NULL;
	return command_said(a, words, CTL_REFUSED);
}

static const struct ctl_arg no_capture_args[] = {
	WHAT(CAPTURE_WORDS, "what is captured, as show-captures has it, or the file")};

static enum ctl_result command_no_capture(struct ctl_ask *a)
{
	const char *word[CAPTURE_WORDS];
	char name[CAPTURE_WHAT];

	capture_name_of(name, word, ctl_request_words(a->arguments, "what", word, CAPTURE_WORDS));
	return command_said(a, capture_stop(a->gw, name) ? NULL : "there is none", CTL_NOTHING);
}

/* --- bad lines -------------------------------------------------------------------------------------- */

#define IMPAIR_WORDS_MAX 24

static const struct ctl_arg impair_args[] = {
	WHAT(IMPAIR_WORDS_MAX, "as in the VTY: \"fr0\", \"100\", \"out\", \"loss\", \"5%\"")};

/* The seed goes with the answer: that is how a run is repeated. */
static enum ctl_result command_impair(struct ctl_ask *a)
{
	const char *word[IMPAIR_WORDS_MAX], *words;
	unsigned n = ctl_request_words(a->arguments, "what", word, IMPAIR_WORDS_MAX);
	struct impairs_wish w;

	words = impair_parse(&w, word, n, false);
	if (!words)
		words = impairs_begin(a->gw, &w);
	if (words)
		return command_said(a, words, CTL_REFUSED);
	snprintf(a->words, sizeof(a->words), "seed %llu", (unsigned long long)w.set.seed);
	ctl_text_json(a->out, json_pack("{sI}", "seed", (json_int_t)w.set.seed));
	return CTL_DONE;
}

static const struct ctl_arg no_impair_args[] = {
	WHAT(IMPAIR_WORDS_MAX, "as in the VTY: \"fr0\", \"100\", \"out\"")};

static enum ctl_result command_no_impair(struct ctl_ask *a)
{
	const char *word[IMPAIR_WORDS_MAX], *words;
	unsigned n = ctl_request_words(a->arguments, "what", word, IMPAIR_WORDS_MAX);
	struct impairs_wish w;

	words = impair_parse(&w, word, n, true);
	if (words)
		return command_said(a, words, CTL_REFUSED);
	return command_said(a, impairs_end(a->gw, &w), CTL_NOTHING);
}

/* --- trials ---------------------------------------------------------------------------------------- */

/* The number, by which show-trials has it. */
static enum ctl_result command_tried(struct ctl_ask *a, unsigned number, const char *refusal)
{
	snprintf(a->words, sizeof(a->words), "%s",
		 number ? "begun; show-trials tells what comes of it" : refusal);
	if (number)
		ctl_text_json(a->out, json_pack("{sI}", "number", (json_int_t)number));
	return number ? CTL_DONE : CTL_REFUSED;
}

static enum ctl_result command_ping_tunnel(struct ctl_ask *a)
{
	const char *words;
	unsigned tid = (unsigned)ctl_request_number(a->arguments, "tunnel-id", 0);

	return command_tried(a, trial_ping(a->gw, tid, &words), words);
}

static const struct ctl_arg test_radius_args[] = {
	NAME("user", "as he says his name"),
	{"radius", CTL_ARG_TEXT, .least = 1, .most = 255,
	 .help = "name of its section; left out: the only one"},
	{"password", CTL_ARG_SECRET, .required = true, .most = 128, .help = "sent by PAP"}};

static enum ctl_result command_test_radius(struct ctl_ask *a)
{
	const char *words;
	unsigned number = trial_radius(a->gw, ctl_request_text(a->arguments, "radius"),
				       ctl_request_text(a->arguments, "user"),
				       ctl_request_text(a->arguments, "password"), &words);

	return command_tried(a, number, words);
}

/* --- what keeper replaces -------------------------------------------------------------------------- */

static enum ctl_result command_begun(struct ctl_ask *a, const char *refusal)
{
	snprintf(a->words, sizeof(a->words), "%s",
		 refusal ? refusal : "begun; show-upgrade tells how it goes");
	return refusal ? CTL_REFUSED : CTL_DONE;
}

static const struct ctl_arg reload_args[] = {
	{"dry-run", CTL_ARG_BOOLEAN, .help = "only check it, and find out what would change"}};

static enum ctl_result command_reload(struct ctl_ask *a)
{
	return command_begun(a,
			     replace_reload(a->gw, ctl_request_boolean(a->arguments, "dry-run")));
}

static enum ctl_result command_upgrade(struct ctl_ask *a)
{
	return command_begun(a, replace_upgrade(a->gw));
}

static void command_add_message(void *ctx, const char *words)
{
	json_array_append_new(ctx, ctl_string(words));
}

static enum ctl_result command_reload_messages(struct ctl_ask *a)
{
	json_t *list = json_array();

	reload_messages(a->gw, command_add_message, list);
	snprintf(a->words, sizeof(a->words), "%zu message%s", json_array_size(list),
		 json_array_size(list) == 1 ? "" : "s");
	ctl_text_json(a->out, json_pack("{so}", "messages", list));
	return CTL_DONE;
}

/* --- events ---------------------------------------------------------------------------------------- */

static const struct ctl_arg event_args[] = {
	{"event", CTL_ARG_TEXT, .least = 1, .most = 32,
	 .help = "one kind, or those of \"tunnel\", \"call\" ...; left out: all"}};

/* 0: the name is none, which is said. */
static uint32_t command_event_kinds(struct ctl_ask *a)
{
	const char *name = ctl_request_text(a->arguments, "event");
	uint32_t kinds = name ? ctl_event_kinds(name) : CTL_EVENTS_ALL;

	if (!kinds)
		snprintf(a->words, sizeof(a->words), "no such event: %s", name);
	return kinds;
}

static enum ctl_result command_subscribe(struct ctl_ask *a)
{
	uint32_t kinds = command_event_kinds(a);

	if (!kinds)
		return CTL_REFUSED;
	a->session->events |= kinds;
	snprintf(a->words, sizeof(a->words), "%d kinds of events",
		 __builtin_popcount(a->session->events));
	return CTL_DONE;
}

static enum ctl_result command_unsubscribe(struct ctl_ask *a)
{
	uint32_t kinds = command_event_kinds(a);

	if (!kinds)
		return CTL_REFUSED;
	a->session->events &= ~kinds;
	snprintf(a->words, sizeof(a->words), "%d kinds of events",
		 __builtin_popcount(a->session->events));
	return CTL_DONE;
}

/* --- messages of one, in words ---------------------------------------------------------------------- */

static const struct ctl_arg debug_args[] = {
	{"kind", CTL_ARG_TEXT, .required = true, .least = 1, .most = 16,
	 .help = "\"user\", \"peer\", \"tunnel\" or \"port\""},
	{"who", CTL_ARG_TEXT, .required = true, .least = 1, .most = TRACE_WHO_MAX,
	 .help = "his name, that of its section; of a tunnel our Tunnel ID"}};

static enum ctl_result command_traced(struct ctl_ask *a,
				      const char *(*fn)(struct ctl_debug *d, const char *kind,
							const char *who),
				      enum ctl_result refusal)
{
	if (!a->session->debug)
		return command_said(a, "no lines can be told here", CTL_REFUSED);
	return command_said(a,
			    fn(a->session->debug, ctl_request_text(a->arguments, "kind"),
			       ctl_request_text(a->arguments, "who")),
			    refusal);
}

static enum ctl_result command_debug(struct ctl_ask *a)
{
	return command_traced(a, ctl_debug_watch, CTL_REFUSED);
}

static enum ctl_result command_no_debug(struct ctl_ask *a)
{
	return command_traced(a, ctl_debug_unwatch, CTL_NOTHING);
}

/* --- all of them --------------------------------------------------------------------------------- */

static enum ctl_result command_list(struct ctl_ask *a);

#define ARGS(rows) rows, sizeof(rows) / sizeof((rows)[0])

static const struct ctl_command commands[] = {
	{"capture", CTL_MAY_ALL, "write frames of a call, tunnel, user, circuit or port to a file",
	 ARGS(capture_args), command_capture},
	{"clear-address", CTL_MAY_ALL, "end the log-ins that have this address",
	 ARGS(clear_address_args), command_clear_address},
	{"clear-call", CTL_MAY_ALL, "terminate PPP of a call, then hang it up",
	 ARGS(clear_call_args), command_clear_call},
	{"clear-tunnel", CTL_MAY_ALL, "end a tunnel with all its calls", ARGS(tunnel_args),
	 command_clear_tunnel},
	{"clear-user", CTL_MAY_ALL, "end the log-ins of a user", ARGS(clear_user_args),
	 command_clear_user},
	{"debug", CTL_MAY_ALL, "tell each message of one in words, a line each", ARGS(debug_args),
	 command_debug},
	{"dial-client", CTL_MAY_ALL, "dial a client's link now", ARGS(dial_client_args),
	 command_dial_client},
	{"dial-number", CTL_MAY_ALL, "have a LAC place a call", ARGS(dial_number_args),
	 command_dial_number},
	{"dial-outgoing", CTL_MAY_ALL, "have a client called by its LAC now",
	 ARGS(dial_outgoing_args), command_dial_outgoing},
	{"drain", CTL_MAY_ALL, "take no new calls there; those that are there go on",
	 ARGS(drain_args), command_drain},
	{"impair", CTL_MAY_ALL, "make the line under a port or circuit a bad one",
	 ARGS(impair_args), command_impair},
	{"list-commands", CTL_MAY_SHOW, "this list", NULL, 0, command_list},
	{"no-capture", CTL_MAY_ALL, "end a capture", ARGS(no_capture_args), command_no_capture},
	{"no-debug", CTL_MAY_ALL, "tell them no more", ARGS(debug_args), command_no_debug},
	{"no-drain", CTL_MAY_ALL, "take new calls there again", ARGS(drain_args), command_no_drain},
	{"no-impair", CTL_MAY_ALL, "the line is as it was", ARGS(no_impair_args),
	 command_no_impair},
	{"no-shutdown", CTL_MAY_ALL, "take the shutdown back", NULL, 0, command_no_shutdown},
	{"ping-tunnel", CTL_MAY_ALL, "send a HELLO and wait for its acknowledgement",
	 ARGS(tunnel_args), command_ping_tunnel},
	{"reload", CTL_MAY_ALL,
	 "go on with the configuration as its file is now; calls of what is still there go on",
	 ARGS(reload_args), command_reload},
	{"reload-messages", CTL_MAY_ALL, "mistakes and warnings of the last reload or dry run",
	 NULL, 0, command_reload_messages},
	{"shutdown-after", CTL_MAY_ALL, "take no new calls, and end when none is left, or then",
	 ARGS(shutdown_args), command_shutdown},
	{"subscribe", CTL_MAY_SHOW, "tell events as they happen, a line each", ARGS(event_args),
	 command_subscribe},
	{"test-radius", CTL_MAY_ALL, "send an Access-Request to the servers of a section",
	 ARGS(test_radius_args), command_test_radius},
	{"unsubscribe", CTL_MAY_SHOW, "tell them no more", ARGS(event_args), command_unsubscribe},
	{"upgrade", CTL_MAY_ALL,
	 "replace data and control by those of the program's file of today; calls go on", NULL, 0,
	 command_upgrade},
};
#define COMMANDS (sizeof(commands) / sizeof(commands[0]))

static json_t *command_args_json(const struct ctl_command *c)
{
	json_t *args = json_array();

	for (unsigned i = 0; i < c->args; i++)
		json_array_append_new(args,
				      json_pack("{ss ss sb ss}", "name", c->arg[i].name, "type",
						ctl_arg_kind_names[c->arg[i].kind], "required",
						c->arg[i].required, "help", c->arg[i].help));
	return args;
}

static json_t *command_json(const struct ctl_command *c, const char *table)
{
	char name[64];

	snprintf(name, sizeof(name), "%s%s", c->name, table);
	return json_pack("{ss ss ss so}", "name", name, "right",
			 c->right == CTL_MAY_ALL ? "admin" : "read", "help", c->help, "arguments",
			 command_args_json(c));
}

static json_t *command_events_json(void)
{
	json_t *events = json_array();

	for (unsigned i = 0; i < EVENT_KINDS; i++)
		json_array_append_new(events, json_pack("{ss ss}", "name", event_names[i].name,
							"help", event_names[i].words));
	return events;
}

static enum ctl_result command_list(struct ctl_ask *a)
{
	json_t *list = json_array();
	const struct table *t;
	unsigned n;

	for (n = 0; n < COMMANDS; n++)
		json_array_append_new(list, command_json(&commands[n], ""));
	for (unsigned i = 0; (t = command_table(i)); i++, n++) {
		json_t *c = command_json(&command_of_tables, t->name);

		json_object_set_new(c, "columns", ctl_table_fields(t));
		json_array_append_new(list, c);
	}
	ctl_text_json(a->out,
		      json_pack("{so so}", "commands", list, "events", command_events_json()));
	snprintf(a->words, sizeof(a->words), "%u commands", n);
	return CTL_DONE;
}

/* NULL: there is none.  *t: the table that it shows. */
static const struct ctl_command *command_find(const char *name, const struct table **t)
{
	*t = NULL;
	for (unsigned i = 0; i < COMMANDS; i++)
		if (!strcmp(commands[i].name, name))
			return &commands[i];
	if (strncmp(name, SHOW, strlen(SHOW)) != 0)
		return NULL;
	for (unsigned i = 0; (*t = command_table(i)); i++)
		if (!strcmp((*t)->name, name + strlen(SHOW)))
			return &command_of_tables;
	return NULL;
}

static enum ctl_result command_run(struct ctl_ask *a, enum ctl_right right, const char *name)
{
	const struct ctl_command *c = command_find(name, &a->table);

	if (!c) {
		snprintf(a->words, sizeof(a->words), "no such command; list-commands has them");
		return CTL_UNKNOWN;
	}
	if (c->right > right) {
		snprintf(a->words, sizeof(a->words), "only the admin group may");
		return CTL_NOT_ALLOWED;
	}
	if (!ctl_request_fits(a->arguments, c->arg, c->args, a->words))
		return CTL_REFUSED;
	return c->run(a);
}

static void answer_end(struct ctl_text *out, enum ctl_result result, const char *words)
{
	char text[40];

	snprintf(text, sizeof(text), "\"result\":%d,\"text\":", (int)result);
	ctl_text_words(out, text);
	ctl_text_json(out, ctl_string(words));
	ctl_text_words(out, "}\n");
}

void ctl_answer(struct ctl_text *out, enum ctl_result result, const char *words)
{
	ctl_text_words(out, "{");
	answer_end(out, result, words);
}

void ctl_command(struct ctl_session *s, const char *line, size_t len, struct ctl_text *out)
{
	static const char front[] = "{\"arguments\":";
	struct ctl_ask a = {.gw = s->gw, .session = s, .out = out};
	enum ctl_result result = CTL_REFUSED;
	size_t begin = out->len;
	struct ctl_request r;

	if (ctl_request_read(&r, line, len, a.words)) {
		a.arguments = r.arguments;
		ctl_text_words(out, front);
		result = command_run(&a, s->right, r.command);
		ctl_request_free(&r);
	}
	if (out->failed) {
		ctl_text_cut(out, begin);
		ctl_answer(out, CTL_REFUSED, "out of memory");
	} else if (out->len - begin <= strlen(front)) {
		ctl_text_cut(out, begin);
		ctl_answer(out, result, a.words);
	} else {
		ctl_text_words(out, ",");
		answer_end(out, result, a.words);
	}
}
