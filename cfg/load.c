/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * From a file to a model: every step in its order.
 */
#include "cfg/load.h"
#include "cfg/check.h"
#include "cfg/keys.h"
#include "cfg/model.h"
#include "cfg/names.h"
#include "cfg/parse.h"
#include "cfg/port.h"
#include "cfg/preproc.h"
#include "cfg/report.h"
#include "cfg/secret.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* The model and the arena it lives in. */
struct owned {
	struct cfg_model m;
	struct arena *a;
};

void cfg_load_init(struct cfg_load *l, const char *name,
		   const struct ist_transport *const *transports)
{
	struct owned *o;

	memset(l, 0, sizeof(*l));
	l->scratch = arena_new();
	l->arena = arena_new();
	l->schema = cfg_schema_new(l->scratch, transports);
	o = arena_get(l->arena, sizeof(*o));
	o->a = l->arena;
	l->m = &o->m;
	l->file = l->m->file = cfg_keep(l, name);
}

void cfg_load_drop(struct cfg_load *l)
{
	arena_free(l->arena);
	arena_free(l->scratch);
}

unsigned cfg_load_report(struct cfg_load *l, cfg_report report, void *ctx)
{
	unsigned faults = l->faults;

	cfg_report_all(l, report, ctx);
	if (faults) {
		arena_free(l->arena);
		l->m = NULL;
	}
	arena_free(l->scratch);
	return faults;
}

struct load_source {
	const char *name, *text;
	size_t len;
	unsigned mode; /* 0 = from memory */
};

static unsigned load_source(const struct cfg_model **out, const struct load_source *from,
			    const struct ist_transport *const *transports,
			    const struct cfg_absent *absent, cfg_report report, void *ctx)
{
	struct cfg_load l;
	unsigned faults;

	cfg_load_init(&l, from->name, transports);
	l.absent = absent;
	l.mode = from->mode;
	if (from->len > CFG_TEXT_MAX) {
		cfg_wrong(&l, 0, NULL, "larger than %u octets: this is not a configuration",
			  CFG_TEXT_MAX);
	} else {
		cfg_outline(&l, from->text, from->len);
		cfg_names(&l);
		cfg_confuse(&l);
		cfg_build(&l);
		cfg_check(&l);
		cfg_check_ports(&l);
		cfg_check_file_mode(&l);
	}
	faults = cfg_load_report(&l, report, ctx);
	if (!faults)
		*out = l.m;
	return faults;
}

unsigned cfg_load_text(const struct cfg_model **out, const char *name, const char *text, size_t len,
		       const struct ist_transport *const *transports, cfg_report report, void *ctx)
{
	struct load_source from = {.name = name, .text = text, .len = len};

	return load_source(out, &from, transports, NULL, report, ctx);
}

/* The whole of f, which is closed, at most one octet more than a configuration may have; from->text
 * is NULL, with errno, when it cannot be read. */
static struct load_source load_read(struct arena *a, const char *file, FILE *f)
{
	struct load_source from = {.name = file};
	struct stat st;
	char *text;

	if (!f)
		return from;
	if (!fstat(fileno(f), &st))
		from.mode = st.st_mode;
	text = arena_get(a, CFG_TEXT_MAX + 1);
	from.len = fread(text, 1, CFG_TEXT_MAX + 1, f);
	if (ferror(f)) {
		int err = errno;

		fclose(f);
		errno = err;
		return from;
	}
	fclose(f);
	from.text = text;
	return from;
}

static struct load_source load_read_file(struct arena *a, const char *file)
{
	return load_read(a, file, fopen(file, "rbe"));
}

/* From its beginning, where it has one. */
static struct load_source load_read_fd(struct arena *a, const char *file, int fd)
{
	int own = fcntl(fd, F_DUPFD_CLOEXEC, 0);
	FILE *f = own < 0 ? NULL : fdopen(own, "rb");

	if (!f && own >= 0)
		close(own);
	lseek(fd, 0, SEEK_SET);
	return load_read(a, file, f);
}

const char *cfg_load_octets(struct cfg_load *l, int fd, size_t *len)
{
	struct load_source from = load_read_fd(l->scratch, l->file, fd);

	*len = from.len;
	return from.text;
}

unsigned cfg_load(const struct cfg_model **out, const char *file,
		  const struct ist_transport *const *transports, cfg_report report, void *ctx)
{
	return cfg_load_absent(out, file, transports, NULL, report, ctx);
}

/* from->text NULL: it could not be read, errno says why.  a is freed. */
static unsigned load_from(const struct cfg_model **out, struct arena *a,
			  const struct load_source *from,
			  const struct ist_transport *const *transports,
			  const struct cfg_absent *absent, cfg_report report, void *ctx)
{
	struct cfg_load l;
	unsigned faults;

	if (from->text) {
		faults = load_source(out, from, transports, absent, report, ctx);
	} else {
		int err = errno;

		cfg_load_init(&l, from->name, transports);
		errno = err;
		cfg_wrong(&l, 0, NULL, "cannot be read: %s", strerror(errno));
		faults = cfg_load_report(&l, report, ctx);
	}
	arena_free(a);
	return faults;
}

unsigned cfg_load_absent(const struct cfg_model **out, const char *file,
			 const struct ist_transport *const *transports,
			 const struct cfg_absent *absent, cfg_report report, void *ctx)
{
	struct arena *a = arena_new();
	struct load_source from = load_read_file(a, file);

	return load_from(out, a, &from, transports, absent, report, ctx);
}

unsigned cfg_load_fd(const struct cfg_model **out, int fd, const char *file,
		     const struct ist_transport *const *transports, const struct cfg_absent *absent,
		     cfg_report report, void *ctx)
{
	struct arena *a = arena_new();
	struct load_source from = load_read_fd(a, file, fd);

	return load_from(out, a, &from, transports, absent, report, ctx);
}

char *cfg_plugin_dir(const char *file)
{
	static const struct ist_transport *const none[] = {NULL};
	struct arena *a = arena_new();
	const struct cfg_item *it;
	struct load_source from = load_read_file(a, file);
	struct cfg_load l;
	char *dir = NULL;

	cfg_load_init(&l, file, none);
	if (from.text && from.len <= CFG_TEXT_MAX) {
		cfg_outline(&l, from.text, from.len);
		for (it = l.root->child; it && !dir; it = it->next)
			if (it->kind == CFG_ITEM_KEY && it->values == 1 &&
			    !strcmp(it->name, "plugin-dir"))
				dir = strdup(it->value->text);
	}
	cfg_load_drop(&l);
	arena_free(a);
	return dir;
}

void cfg_unload(const struct cfg_model *m)
{
	if (m)
		arena_free(((const struct owned *)m)->a);
}
