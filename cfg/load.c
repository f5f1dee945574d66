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
#include "cfg/parts.h"
#include "cfg/port.h"
#include "cfg/preproc.h"
#include "cfg/report.h"
#include "cfg/secret.h"

#include <errno.h>
#include <string.h>

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
	cfg_parts_text(l, "", 0);
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

/* ok: the parts are there; else errno says why not. */
static unsigned load_parts(const struct cfg_model **out, struct cfg_load *l, bool ok,
			   const struct cfg_absent *absent, cfg_report report, void *ctx)
{
	unsigned faults;

	l->absent = absent;
	if (!ok) {
		cfg_wrong(l, 0, NULL, "cannot be read: %s", strerror(errno));
	} else if (l->part->wrong) {
		cfg_wrong(l, 0, NULL, "%s", l->part->wrong);
	} else {
		cfg_outline(l);
		cfg_names(l);
		cfg_confuse(l);
		cfg_build(l);
		cfg_end_top(l);
		cfg_check(l);
		cfg_check_ports(l);
		cfg_check_file_mode(l);
	}
	faults = cfg_load_report(l, report, ctx);
	if (!faults)
		*out = l->m;
	return faults;
}

unsigned cfg_load_text(const struct cfg_model **out, const char *name, const char *text, size_t len,
		       const struct ist_transport *const *transports, cfg_report report, void *ctx)
{
	struct cfg_load l;

	cfg_load_init(&l, name, transports);
	cfg_parts_text(&l, text, len);
	return load_parts(out, &l, true, NULL, report, ctx);
}

unsigned cfg_load(const struct cfg_model **out, const char *file,
		  const struct ist_transport *const *transports, cfg_report report, void *ctx)
{
	return cfg_load_absent(out, file, transports, NULL, report, ctx);
}

unsigned cfg_load_absent(const struct cfg_model **out, const char *file,
			 const struct ist_transport *const *transports,
			 const struct cfg_absent *absent, cfg_report report, void *ctx)
{
	struct cfg_load l;
	bool ok;

	cfg_load_init(&l, file, transports);
	ok = cfg_parts_file(&l, file);
	return load_parts(out, &l, ok, absent, report, ctx);
}

unsigned cfg_load_fd(const struct cfg_model **out, int fd, const char *file,
		     const struct ist_transport *const *transports, const struct cfg_absent *absent,
		     cfg_report report, void *ctx)
{
	struct cfg_load l;
	bool ok;

	cfg_load_init(&l, file, transports);
	ok = cfg_parts_fd(&l, fd);
	return load_parts(out, &l, ok, absent, report, ctx);
}

unsigned cfg_load_fd_asking(const struct cfg_model **out, int fd, const char *file,
			    const struct ist_transport *const *transports,
			    const struct cfg_absent *absent, cfg_report report, void *ctx)
{
	struct cfg_load l;

	cfg_load_init(&l, file, transports);
	l.asking = true;
	return load_parts(out, &l, cfg_parts_fd(&l, fd), absent, report, ctx);
}

char *cfg_plugin_dir(const char *file)
{
	static const struct ist_transport *const none[] = {NULL};
	const struct cfg_item *it;
	struct cfg_load l;
	char *dir = NULL;

	cfg_load_init(&l, file, none);
	if (cfg_parts_file(&l, file) && !l.part->wrong) {
		cfg_outline(&l);
		for (it = l.root->child; it && !dir; it = it->next)
			if (it->kind == CFG_ITEM_KEY && it->values == 1 &&
			    !strcmp(it->name, "plugin-dir"))
				dir = strdup(it->value->text);
	}
	cfg_load_drop(&l);
	return dir;
}

void cfg_unload(const struct cfg_model *m)
{
	if (m)
		arena_free(((const struct owned *)m)->a);
}
