/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A secret is as safe as the file it is read from.  A report names the command that mends the file,
 * ready to be pasted.
 */
#include "cfg/secret.h"
#include "cfg/parts.h"
#include "cfg/report.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define LINE_MOST 1024u /* octets of a secret's file that are read, with the NUL behind them */

/* A path relative to the folder of the file that names it. */
static const char *secret_beside(struct cfg_load *l, const struct cfg_value *v)
{
	return cfg_beside(l->scratch, cfg_part_of(l, v->line)->name, v->text);
}

/* One word of a shell command, quoted where it must be. */
static const char *secret_shell_word(struct cfg_load *l, const char *path)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
				    "_./-+@:,";
	struct arena_buf b = {.a = l->scratch};

	if (*path && *path != '-' && !path[strspn(path, plain)])
		return path;
	arena_add_text(&b, *path == '-' ? "./'" : "'");
	for (; *path; path++)
		if ((unsigned char)*path < ' ' || *path == 0x7f)
			arena_add_text(&b, "?");
		else if (*path == '\'')
			arena_add_text(&b, "'\\''");
		else
			arena_add(&b, path, 1);
	arena_add_text(&b, "'");
	return b.p;
}

/* The path; as it was written when the environment put something into it, which is not shown. */
static const char *secret_path_shown(struct cfg_load *l, const struct cfg_value *v)
{
	bool quoted = v->raw_len >= 2 && strchr("\"'", *v->raw);
	const char *raw = arena_text(l->scratch, v->raw + quoted, v->raw_len - 2 * quoted);

	return strstr(raw, "${")
		       ? arena_printf(l->scratch, "\"%s\"", cfg_clean(l, raw, strlen(raw)))
		       : secret_shell_word(l, secret_beside(l, v));
}

static void secret_also(struct arena_buf *b, const char *between, const char *text)
{
	arena_add_text(b, b->len ? between : "");
	arena_add_text(b, text);
}

/* What is wrong with owner and mode, and the command that mends it; NULL = nothing. */
static const char *secret_mend(struct cfg_load *l, const struct stat *st, const char *path)
{
	struct arena_buf why = {.a = l->scratch}, how = {.a = l->scratch};
	mode_t others = st->st_mode & (S_IROTH | S_IWOTH), group = st->st_mode & S_IWGRP;

	if (st->st_uid != 0 && st->st_uid != geteuid()) {
		secret_also(&why, ", ", arena_printf(l->scratch, "user %u owns it", st->st_uid));
		secret_also(&how, " && ", arena_printf(l->scratch, "chown %u %s", geteuid(), path));
	}
	if (others)
		secret_also(&why, ", ",
			    others == S_IROTH	? "others may read it"
			    : others == S_IWOTH ? "others may write it"
						: "others may read and write it");
	if (group)
		secret_also(&why, ", ", "its group may write it");
	if (others || group)
		secret_also(&how, " && ",
			    arena_printf(l->scratch, "chmod %s%s%s %s", others ? "o-rw" : "",
					 others && group ? "," : "", group ? "g-w" : "", path));
	return why.len ? arena_printf(l->scratch, "%s; mend it with: %s", why.p, how.p) : NULL;
}

/* Why this file cannot hold a secret, or NULL. */
static const char *secret_unfit(struct cfg_load *l, int fd, const struct cfg_value *v)
{
	struct stat st;

	if (fstat(fd, &st) || !S_ISREG(st.st_mode))
		return "not a regular file";
	return secret_mend(l, &st, secret_path_shown(l, v));
}

const char *cfg_get_secret_file(struct cfg_load *l, const struct cfg_item *it,
				const struct cfg_value *v)
{
	/* Not blocking: the path may be a FIFO by mistake. */
	int fd = open(secret_beside(l, v), O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	const char *why = fd < 0 ? strerror(errno) : secret_unfit(l, fd, v);
	char *line = arena_get(l->scratch, LINE_MOST);
	ssize_t n = -1;

	if (fd < 0 && l->asking)
		return "what only the gateway may read";
	if (!why) {
		n = read(fd, line, LINE_MOST - 1);
		if (n < 0)
			why = strerror(errno);
	}
	if (fd >= 0)
		close(fd);
	if (why) {
		cfg_wrong(l, v->line, it, "cannot use `%s`: %s", cfg_shown(l, v), why);
		return NULL;
	}
	line[strcspn(line, "\r\n")] = '\0';
	return line;
}

/* --- secrets in the configuration itself ------------------------------------------------------ */

/* Is it written in the file, and not the whole value of an environment variable? */
static bool secret_is_inline(const struct cfg_item *it)
{
	const struct cfg_value *v = it->value;
	size_t quoted = v->raw_len >= 2 && strchr("\"'", *v->raw) ? 1 : 0, n = v->raw_len - quoted;
	size_t at = quoted;

	if (*v->raw == '\'' || n - at < 3 || memcmp(v->raw + at, "${", 2))
		return true;
	while (at < n && v->raw[at] != '}' && v->raw[at] != ':')
		at++;
	return at + 1 != n || v->raw[at] != '}';
}

/* The first one in each file that others may read. */
static void secret_look_inline(struct cfg_load *l, const struct cfg_item *section, bool *told)
{
	for (const struct cfg_item *it = section->child; it; it = it->next) {
		const struct cfg_part *p = cfg_part_of(l, it->values ? it->value->line : it->line);

		if (it->kind == CFG_ITEM_SECTION) {
			secret_look_inline(l, it, told);
		} else if (p->mode & S_IROTH && !told[p - l->part] && it->key &&
			   it->key->kind == CFG_K_SECRET && it->values && secret_is_inline(it)) {
			told[p - l->part] = true;
			cfg_wrong(l, it->value->line, it,
				  "others may read this file, and the secret in it; mend it with: "
				  "chmod o-r %s",
				  secret_shell_word(l, p->name));
		}
	}
}

void cfg_check_file_mode(struct cfg_load *l)
{
	for (const struct cfg_part *p = l->part; p < l->part + l->parts; p++)
		if (p->text && p->mode & S_IWOTH)
			cfg_wrong(l, p->line, p == l->part ? NULL : l->root,
				  "others may write this file; mend it with: chmod o-w %s",
				  secret_shell_word(l, p->name));
	secret_look_inline(l, l->root, arena_get(l->scratch, l->parts * sizeof(bool)));
}
