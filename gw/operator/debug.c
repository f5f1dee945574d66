/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Lines wait in a queue of fixed size for each VTY that has asked for some, and go into the
 * library's buffer only when that is empty.  So a reader that does not read costs no more than its
 * queue, and loses lines, which is said; and so is what came faster than anybody reads.
 */
#include "gw/operator/debug.h"

#include "gw/operator/debug_rate.h"
#include "gw/operator/vty.h"
#include "gw/operator/vty_listen.h"
#include "gw/trace.h"
#include <osmocom/vty/telnet_interface.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PIECE 4096u /* octets that go to the library's buffer at a time */

struct debug_terminal {
	struct trace_to to; /* first, it is found by that */
	struct llist_head entry;
	struct vty *vty;
	struct gw *gw;
	bool logs;	  /* it gets every line of the log */
	bool interrupted; /* the next line begins a new one */
	struct debug_rate rate;
	unsigned lost;
	size_t from, to_end; /* what waits, in queue */
	char queue[DEBUG_QUEUE];
};

static LLIST_HEAD(terminals);

static struct debug_terminal *debug_find(const struct vty *vty)
{
	struct debug_terminal *t;

	llist_for_each_entry(t, &terminals, entry) if (t->vty == vty) return t;
	return NULL;
}

/* --- lines to a VTY ------------------------------------------------------------------------------ */

#define LINE_END "\r\n"

static bool debug_room(struct debug_terminal *t, size_t need)
{
	if (need > sizeof(t->queue) - t->to_end && t->from > sizeof(t->queue) / 2) {
		memmove(t->queue, t->queue + t->from, t->to_end - t->from);
		t->to_end -= t->from;
		t->from = 0;
	}
	return need <= sizeof(t->queue) - t->to_end;
}

static void debug_put(struct debug_terminal *t, const char *text)
{
	size_t len = strlen(text);

	memcpy(t->queue + t->to_end, text, len);
	memcpy(t->queue + t->to_end + len, LINE_END, strlen(LINE_END));
	t->to_end += len + strlen(LINE_END);
}

/* How many lines are missing stands in front of the first one that is not. */
static void debug_line(struct debug_terminal *t, const char *text)
{
	struct telnet_connection *c = t->vty->priv;
	char words[80];

	osmo_fd_write_enable(&c->fd);
	if (!debug_room(t, strlen(text) + strlen(LINE_END) + sizeof(words))) {
		t->lost++;
		return;
	}
	snprintf(words, sizeof(words), "%% %u lines are lost: nobody has read them", t->lost);
	if (t->lost)
		debug_put(t, words);
	t->lost = 0;
	debug_put(t, text);
}

static void debug_tell_left_out(void *ctx, unsigned n)
{
	char words[80];

	snprintf(words, sizeof(words), "%% %u messages are left out: more than %u in a second", n,
		 DEBUG_RATE);
	debug_line(ctx, words);
}

static bool debug_takes(struct trace_to *to)
{
	return debug_rate_takes(&((struct debug_terminal *)to)->rate);
}

static void debug_on_line(struct trace_to *to, const char *text)
{
	debug_line((struct debug_terminal *)to, text);
}

bool debug_more(struct vty *vty)
{
	struct debug_terminal *t = debug_find(vty);
	size_t n = t ? t->to_end - t->from : 0;

	if (!n || !vty_memory_left())
		return false;
	if (t->interrupted)
		vty_out(vty, "%s", VTY_NEWLINE);
	t->interrupted = false;
	if (n > PIECE)
		n = PIECE;
	vty_out(vty, "%.*s", (int)n, t->queue + t->from);
	t->from += n;
	if (t->from == t->to_end)
		t->from = t->to_end = 0;
	return true;
}

void debug_interrupted(struct vty *vty)
{
	struct debug_terminal *t = debug_find(vty);

	if (t)
		t->interrupted = true;
}

/* --- VTYs that have asked ------------------------------------------------------------------------ */

static void debug_on_log(const struct log_line *l)
{
	char text[1200] = "";
	struct debug_terminal *t;

	if (trace_on())
		trace_log(l);
	llist_for_each_entry(t, &terminals, entry)
	{
		if (!t->logs || !debug_takes(&t->to))
			continue;
		if (!*text)
			snprintf(text, sizeof(text), "%s %s: %s", l->category, l->level, l->words);
		debug_line(t, text);
	}
}

static struct debug_terminal *debug_of(struct vty *vty)
{
	struct debug_terminal *t = debug_find(vty);

	if (t)
		return t;
	t = calloc(1, sizeof(*t));
	if (!t) {
		vty_out(vty, "%% Out of memory%s", VTY_NEWLINE);
		return NULL;
	}
	t->to = (struct trace_to){debug_takes, debug_on_line};
	t->vty = vty;
	t->gw = vty_gw(vty);
	t->interrupted = true;
	debug_rate_init(&t->rate, t->gw->loop, debug_tell_left_out, t);
	llist_add_tail(&t->entry, &terminals);
	log_out_also(debug_on_log);
	return t;
}

void debug_closed(struct vty *vty)
{
	struct debug_terminal *t = debug_find(vty);

	if (!t)
		return;
	trace_end_all(t->gw, &t->to);
	debug_rate_end(&t->rate);
	llist_del(&t->entry);
	free(t);
	if (llist_empty(&terminals))
		log_out_also(NULL);
}

/* --- commands ------------------------------------------------------------------------------------ */

static int debug_begin(struct vty *vty, enum trace_kind kind, const char *who)
{
	struct debug_terminal *t = debug_of(vty);
	const char *words = t ? trace_begin(vty_gw(vty), &t->to, kind, who) : NULL;

	if (words)
		vty_out(vty, "%% %s %s: %s%s", trace_kind_names[kind], who, words, VTY_NEWLINE);
	return t && !words ? CMD_SUCCESS : CMD_WARNING;
}

static int debug_end(struct vty *vty, enum trace_kind kind, const char *who)
{
	struct debug_terminal *t = debug_find(vty);

	if (t && trace_end(vty_gw(vty), &t->to, kind, who))
		return CMD_SUCCESS;
	vty_out(vty, "%% %s %s: not watched here%s", trace_kind_names[kind], who, VTY_NEWLINE);
	return CMD_WARNING;
}

#define WATCH_STR "Show the messages of one, in words, on this terminal until it ends\n"

#define DEBUG_COMMANDS(sym, words, strings, kind)                                                \
	DEFUN(debug_##sym, debug_##sym##_cmd, "debug " words, WATCH_STR strings)                 \
	{                                                                                        \
		return debug_begin(vty, kind, argv[0]);                                          \
	}                                                                                        \
	DEFUN(no_debug_##sym, no_debug_##sym##_cmd, "no debug " words, NO_STR WATCH_STR strings) \
	{                                                                                        \
		return debug_end(vty, kind, argv[0]);                                            \
	}

DEBUG_COMMANDS(user, "user NAME",
	       "L2TP of his call, PPP, and RADIUS about him\nAs he calls himself\n", TRACE_USER)
DEBUG_COMMANDS(peer, "peer NAME", "L2TP and PPP of its tunnels and calls\nName of its section\n",
	       TRACE_PEER)
DEBUG_COMMANDS(tunnel, "tunnel <1-65535>", "L2TP of it, and PPP of its calls\nOur Tunnel ID\n",
	       TRACE_TUNNEL)
DEBUG_COMMANDS(port, "port NAME",
	       "What its medium says, and L2TP and PPP over it\nName of its section\n", TRACE_PORT)

DEFUN(undebug_all, undebug_all_cmd, "undebug all",
      "Show no more messages\nThose of all debugs, on any terminal\n")
{
	trace_end_all(vty_gw(vty), NULL);
	return CMD_SUCCESS;
}

DEFUN(show_debugging, show_debugging_cmd, "show debugging",
      SHOW_STR "What is watched by debug, and on which terminal\n")
{
	const struct debug_terminal *t = debug_find(vty);
	const struct trace_to *to;
	enum trace_kind kind;
	const char *who;

	for (unsigned n = 0; trace_watch(n, &kind, &who, &to); n++)
		vty_out(vty, "%s %s, on %s terminal%s", trace_kind_names[kind], who,
			t && to == &t->to ? "this" : "another", VTY_NEWLINE);
	return CMD_SUCCESS;
}

#define TERMINAL_STR "Set terminal line parameters\n"

DEFUN(terminal_log, terminal_log_cmd, "terminal log",
      TERMINAL_STR "Show lines of the log here too\n")
{
	struct debug_terminal *t = debug_of(vty);

	if (t)
		t->logs = true;
	return t ? CMD_SUCCESS : CMD_WARNING;
}

DEFUN(terminal_no_log, terminal_no_log_cmd, "terminal no log",
      TERMINAL_STR NO_STR "Show no lines of the log here\n")
{
	struct debug_terminal *t = debug_find(vty);

	if (t)
		t->logs = false;
	return CMD_SUCCESS;
}

void vty_debug_init(void)
{
	static struct cmd_element *const commands[] = {
		&debug_user_cmd,   &no_debug_user_cmd,	 &debug_peer_cmd,      &no_debug_peer_cmd,
		&debug_tunnel_cmd, &no_debug_tunnel_cmd, &debug_port_cmd,      &no_debug_port_cmd,
		&undebug_all_cmd,  &terminal_log_cmd,	 &terminal_no_log_cmd,
	};

	for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++)
		install_element(ENABLE_NODE, commands[i]);
	install_element_ve(&show_debugging_cmd);
}
