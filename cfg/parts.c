/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * `include` is looked for before anything is parsed, so that all files can be copied as they are at
 * one moment: the copy is what is checked and run, by processes that may not open the files.  A
 * file that cannot be read is part of that too, with the reason, and is told by whoever parses it.
 */
#define _GNU_SOURCE
#include "cfg/parts.h"
#include "cfg/report.h"

#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* --- lines ------------------------------------------------------------------------------------ */

const struct cfg_part *cfg_part_of(const struct cfg_load *l, unsigned line)
{
	unsigned low = 0, high = l->parts;

	while (high - low > 1) {
		unsigned middle = (low + high) / 2;

		if (l->part[middle].line <= line)
			low = middle;
		else
			high = middle;
	}
	return &l->part[low];
}

unsigned cfg_line_of(const struct cfg_load *l, unsigned line)
{
	return l->parts ? line - cfg_part_of(l, line)->line + 1 : line;
}

const char *cfg_line_text(struct cfg_load *l, unsigned line, unsigned near)
{
	const struct cfg_part *p = cfg_part_of(l, line);
	bool here = p == cfg_part_of(l, near);

	return arena_printf(l->scratch, "line %u%s%s", cfg_line_of(l, line), here ? "" : " of ",
			    here ? "" : cfg_printable(l, p->name, strlen(p->name)));
}

static unsigned parts_count_lines(const struct cfg_part *p)
{
	unsigned n = 1;

	for (const char *at = p->text;
	     at && (at = memchr(at, '\n', p->len - (size_t)(at - p->text))); at++)
		n++;
	return n;
}

struct cfg_part *cfg_part_add(struct cfg_load *l, const char *name)
{
	const struct cfg_part *last = l->parts ? &l->part[l->parts - 1] : NULL;
	struct cfg_part *p;

	if (l->parts == CFG_PARTS_MAX)
		return NULL;
	if (!(l->parts & (l->parts - 1))) {
		p = arena_get(l->scratch, 2 * (l->parts + 1) * sizeof(*p));
		if (l->parts)
			memcpy(p, l->part, l->parts * sizeof(*p));
		l->part = p;
		last = l->parts ? &p[l->parts - 1] : NULL;
	}
	p = &l->part[l->parts++];
	p->name = name;
	p->line = last ? last->line + parts_count_lines(last) : 1;
	p->before = last ? last->before + last->len : 0;
	return p;
}

/* --- files ------------------------------------------------------------------------------------ */

static const char *parts_too_large(struct arena *a, size_t most)
{
	return arena_printf(a, "larger than %zu octets: this is not a configuration", most);
}

/* Which file it is, and its rights. */
static bool parts_look_at(struct cfg_part *p, int fd)
{
	struct stat st;

	if (fstat(fd, &st) < 0)
		return false;
	p->mode = st.st_mode;
	p->dev = st.st_dev;
	p->ino = st.st_ino;
	return true;
}

/* From where the descriptor is, one octet more than `most` to show that there are more.  -errno. */
static int parts_read(struct cfg_load *l, struct cfg_part *p, int fd, size_t most)
{
	struct arena_buf b = {.a = l->scratch};
	char buf[1 << 15];
	ssize_t n;

	arena_add_text(&b, "");
	while (b.len <= most && (n = read(fd, buf, sizeof(buf))) != 0) {
		if (n < 0)
			return -errno;
		arena_add(&b, buf, (size_t)n);
	}
	p->text = b.p;
	p->len = b.len;
	return 0;
}

const char *cfg_beside(struct arena *a, const char *file, const char *path)
{
	const char *slash = strrchr(file, '/');

	if (*path == '/' || !slash)
		return path;
	return arena_printf(a, "%.*s/%s", (int)(slash - file), file, path);
}

/* --- includes --------------------------------------------------------------------------------- */

bool cfg_is_include(const struct cfg_token *t)
{
	const struct cfg_token *path = t->next;

	return t->kind == CFG_T_WORD && !t->quoted && !t->env && !strcmp(t->text, "include") &&
	       (path->kind == CFG_T_WORD || path->kind == CFG_T_BAD) && path->line == t->line &&
	       path->next->kind != CFG_T_OPEN;
}

bool cfg_is_pattern(const char *text)
{
	return strpbrk(text, "*?[") != NULL;
}

/* Why what this part includes cannot be read, or NULL. */
static const char *parts_refused(const struct cfg_load *l, const struct cfg_part *p)
{
	if (!S_ISREG(p->mode))
		return "not a regular file";
	for (const struct cfg_part *q = p; q->depth;) {
		q = &l->part[q->from];
		if (q->dev == p->dev && q->ino == p->ino)
			return "it would include itself";
	}
	return NULL;
}

static void parts_open(struct cfg_load *l, struct cfg_part *p)
{
	/* Not blocking: the path may be a FIFO by mistake. */
	int fd = open(p->name, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK), rc;

	if (fd < 0 || !parts_look_at(p, fd)) {
		p->wrong = strerror(errno);
		if (fd >= 0)
			close(fd);
		return;
	}
	p->wrong = parts_refused(l, p);
	rc = p->wrong ? 0 : parts_read(l, p, fd, CFG_TEXT_MAX);
	close(fd);
	if (rc < 0)
		p->wrong = strerror(-rc);
	else if (p->len > CFG_TEXT_MAX)
		p->wrong = parts_too_large(l->scratch, CFG_TEXT_MAX);
	else if (p->before + p->len > CFG_PARTS_TEXT)
		p->wrong = "all files together are too large";
	if (p->wrong) {
		p->text = NULL;
		p->len = 0;
	}
}

static void parts_look(struct cfg_load *l, unsigned part);

/* at: where its pattern is in the part that includes it. */
static void parts_include(struct cfg_load *l, unsigned from, size_t at, const char *name,
			  const char *wrong)
{
	struct cfg_part *p = cfg_part_add(l, name);

	if (!p)
		return; /* the last one says it */
	p->from = from;
	p->at = at;
	p->depth = l->part[from].depth + 1;
	if (l->parts == CFG_PARTS_MAX)
		wrong = "there are too many files";
	else if (p->depth > CFG_INCLUDE_DEPTH)
		wrong = "files that include each other too deep";
	p->wrong = wrong;
	if (wrong)
		return;
	parts_open(l, p);
	parts_look(l, l->parts - 1);
}

/* A pattern without a folder of its name matches nothing. */
static int parts_glob_error(const char *path, int err)
{
	(void)path;
	return err != ENOENT && err != ENOTDIR;
}

/* The folder is no pattern. */
static const char *parts_pattern(struct arena *a, const char *file, const char *path)
{
	const char *slash = strrchr(file, '/');
	struct arena_buf b = {.a = a};

	if (*path == '/' || !slash)
		return path;
	for (; file <= slash; file++) {
		if (strchr("*?[\\", *file))
			arena_add_text(&b, "\\");
		arena_add(&b, file, 1);
	}
	arena_add_text(&b, path);
	return b.p;
}

static void parts_glob(struct cfg_load *l, unsigned from, size_t at, const char *path)
{
	const char *name = l->part[from].name;
	glob_t g = {0};
	int rc = glob(parts_pattern(l->scratch, name, path), 0, parts_glob_error, &g);

	if (rc && rc != GLOB_NOMATCH)
		parts_include(l, from, at, cfg_beside(l->scratch, name, path),
			      "the folder cannot be read");
	for (size_t i = 0; !rc && i < g.gl_pathc; i++)
		parts_include(l, from, at,
			      arena_text(l->scratch, g.gl_pathv[i], strlen(g.gl_pathv[i])), NULL);
	globfree(&g);
}

/* Read what it includes, in the order of its text. */
static void parts_look(struct cfg_load *l, unsigned part)
{
	const char *text = l->part[part].text, *name = l->part[part].name;
	size_t len = l->part[part].len;

	if (!text || !memmem(text, len, "include", 7))
		return;
	for (const struct cfg_token *t = cfg_lex(l, text, len, 1); t->kind != CFG_T_END;
	     t = t->next)
		if (cfg_is_include(t) && t->next->kind == CFG_T_WORD && !t->next->env) {
			size_t at = (size_t)(t->next->raw - text);

			if (cfg_is_pattern(t->next->text))
				parts_glob(l, part, at, t->next->text);
			else
				parts_include(l, part, at,
					      cfg_beside(l->scratch, name, t->next->text), NULL);
		}
}

/* --- a configuration -------------------------------------------------------------------------- */

static void parts_none(struct cfg_load *l)
{
	l->part = NULL;
	l->parts = 0;
	cfg_part_add(l, l->file);
}

static bool parts_from(struct cfg_load *l, int fd)
{
	int rc;

	parts_none(l);
	parts_look_at(l->part, fd);
	rc = parts_read(l, l->part, fd, CFG_PARTS_TEXT + CFG_TEXT_MAX);
	if (rc < 0) {
		errno = -rc;
		return false;
	}
	if (cfg_is_bundle(l->part->text, l->part->len)) {
		if (cfg_bundle_get(l))
			return true;
		l->part->wrong = "the copy of the files is broken";
	} else if (l->part->len > CFG_TEXT_MAX) {
		l->part->wrong = parts_too_large(l->scratch, CFG_TEXT_MAX);
	}
	if (!l->part->wrong)
		parts_look(l, 0);
	return true;
}

bool cfg_parts_file(struct cfg_load *l, const char *file)
{
	int fd = open(file, O_RDONLY | O_CLOEXEC), err;
	bool ok = fd >= 0 && parts_from(l, fd);

	err = errno;
	if (fd >= 0)
		close(fd);
	errno = err;
	return ok;
}

bool cfg_parts_fd(struct cfg_load *l, int fd)
{
	lseek(fd, 0, SEEK_SET); /* what has no beginning is read from where it is */
	return parts_from(l, fd);
}

void cfg_parts_text(struct cfg_load *l, const char *text, size_t len)
{
	parts_none(l);
	l->part->text = text;
	l->part->len = len;
	if (cfg_is_bundle(text, len) && !cfg_bundle_get(l))
		l->part->wrong = "the copy of the files is broken";
	else if (len > CFG_TEXT_MAX)
		l->part->wrong = parts_too_large(l->scratch, CFG_TEXT_MAX);
}

/* A broken or too large first part is copied as it is: whoever reads the copy says so. */
bool cfg_gather(const char *file, int to)
{
	struct cfg_load l = {.scratch = arena_new(), .file = file};
	struct arena_buf b = {.a = l.scratch};
	bool ok = cfg_parts_file(&l, file);

	if (ok && !l.part->wrong)
		cfg_stamp_put(&l);
	if (ok && l.parts > 1)
		cfg_bundle_put(&b, &l);
	else if (ok)
		arena_add(&b, l.part->text,
			  l.part->len > CFG_TEXT_MAX ? CFG_TEXT_MAX + 1 : l.part->len);
	ok = ok && !fchmod(to, l.part->mode & 0777) && !ftruncate(to, 0);
	for (size_t done = 0; ok && done < b.len;) {
		ssize_t n = pwrite(to, b.p + done, b.len - done, (off_t)done);

		ok = n > 0;
		done += ok ? (size_t)n : 0;
	}
	arena_free(l.scratch);
	return ok;
}
