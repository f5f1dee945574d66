/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the files of secrets were when a configuration was copied, so that a reload can tell that
 * one has another text now, and nothing of the text.  It is one more part of the copy, which no
 * `include` names: a line for each file, a hash of its text and its path, in the order of paths.
 */
#define _GNU_SOURCE
#include "cfg/parts.h"

#include "core/htab.h"

#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char stamp_key[] = "secret-file";

#define STAMP_HASH 16u /* digits, and a blank behind them */

struct stamp_list {
	const char **at;
	unsigned n, room;
};

static int stamp_order(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static void stamp_add(struct arena *a, struct stamp_list *s, const char *text)
{
	if (s->n == s->room) {
		const char **more = arena_get(a, (2 * (size_t)s->room + 16) * sizeof(*more));

		if (s->n)
			memcpy(more, s->at, s->n * sizeof(*more));
		s->at = more;
		s->room = 2 * s->room + 16;
	}
	s->at[s->n++] = text;
}

/* --- when it is copied ------------------------------------------------------------------------ */

static bool stamp_is_path(const struct cfg_token *t)
{
	return t->kind == CFG_T_WORD && !t->quoted && !strcmp(t->text, stamp_key) &&
	       t->next->kind == CFG_T_EQUALS && t->next->next->kind == CFG_T_WORD;
}

static void stamp_find(struct cfg_load *l, const struct cfg_part *p, struct stamp_list *s)
{
	if (!p->text || !memmem(p->text, p->len, stamp_key, sizeof(stamp_key) - 1))
		return;
	for (const struct cfg_token *t = cfg_lex(l, p->text, p->len, 1); t->kind != CFG_T_END;
	     t = t->next)
		if (stamp_is_path(t))
			stamp_add(l->scratch, s,
				  cfg_beside(l->scratch, p->name, t->next->next->text));
}

/* Of a file that cannot be read: that of no text. */
static uint64_t stamp_of(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	char text[1024];
	ssize_t n = fd < 0 ? 0 : read(fd, text, sizeof(text));

	if (fd >= 0)
		close(fd);
	return htab_octets(text, n > 0 ? (size_t)n : 0);
}

void cfg_stamp_put(struct cfg_load *l)
{
	struct arena_buf b = {.a = l->scratch};
	struct stamp_list s = {0};
	struct cfg_part *p;

	for (unsigned i = 0; i < l->parts; i++)
		stamp_find(l, &l->part[i], &s);
	if (s.n)
		qsort(s.at, s.n, sizeof(*s.at), stamp_order);
	for (unsigned i = 0; i < s.n; i++)
		if (!strchr(s.at[i], '\n') && b.len + strlen(s.at[i]) + 20 < CFG_TEXT_MAX)
			arena_add_text(&b, arena_printf(l->scratch, "%016" PRIx64 " %s\n",
							stamp_of(s.at[i]), s.at[i]));
	p = b.len ? cfg_part_add(l, stamp_key) : NULL;
	if (!p)
		return;
	p->text = b.p;
	p->len = b.len;
	p->depth = 1;
}

/* --- when it is compared ---------------------------------------------------------------------- */

/* The first word of a file is no pattern, so that no `include` has this place. */
static const struct cfg_part *stamp_part(const struct cfg_load *l)
{
	const struct cfg_part *p = l->parts > 1 ? &l->part[l->parts - 1] : NULL;

	return p && !p->from && !p->at && p->text ? p : NULL;
}

bool cfg_has_stamps(const struct cfg_load *l)
{
	return stamp_part(l);
}

static int stamp_compare(const void *path, const void *line)
{
	return strcmp(path, *(const char *const *)line + STAMP_HASH + 1);
}

static void stamp_items(struct cfg_load *l, struct cfg_item *section, const struct stamp_list *s)
{
	for (struct cfg_item *it = section->child; it; it = it->next) {
		const char **line;
		const char *path;

		if (it->kind == CFG_ITEM_SECTION)
			stamp_items(l, it, s);
		if (it->kind != CFG_ITEM_KEY || it->values != 1 || strcmp(it->name, stamp_key) != 0)
			continue;
		path = cfg_beside(l->scratch, cfg_part_of(l, it->value->line)->name,
				  it->value->text);
		line = s->n ? bsearch(path, s->at, s->n, sizeof(*s->at), stamp_compare) : NULL;
		if (line)
			it->value->text = *line;
	}
}

void cfg_stamp_values(struct cfg_load *l)
{
	const struct cfg_part *p = stamp_part(l);
	char *text = p ? arena_text(l->scratch, p->text, p->len) : NULL, *line;
	struct stamp_list s = {0};

	while ((line = strsep(&text, "\n"))) /* none without a text */
		if (strlen(line) > STAMP_HASH + 1)
			stamp_add(l->scratch, &s, line);
	stamp_items(l, l->root, &s);
}
