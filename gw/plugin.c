/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A shared object runs with all our rights as soon as it is loaded, so first comes who could have
 * written it: the file and the folder it really lies in (behind symbolic links) must belong to root
 * or to us and be writable by nobody else.  Then transports/plugin.c loads and judges it.  A plugin
 * that is refused stops nothing; a configuration that names its transport is wrong and says why.
 */
#define _GNU_SOURCE
#include "gw/plugin.h"

#include "transports/plugin.h"

#include <errno.h>
#include <glob.h>
#include <libgen.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* NULL when only root and we could have changed it. */
static const char *plugin_distrust(const char *path, bool folder)
{
	struct stat st;

	if (stat(path, &st) < 0)
		return strerror(errno);
	if (folder != S_ISDIR(st.st_mode) || (!folder && !S_ISREG(st.st_mode)))
		return folder ? "is no folder" : "is no regular file";
	if (st.st_uid != 0 && st.st_uid != geteuid())
		return folder ? "its folder belongs neither to root nor to us"
			      : "it belongs neither to root nor to us";
	if (st.st_mode & (S_IWGRP | S_IWOTH))
		return folder ? "its folder may be written by others"
			      : "it may be written by others";
	return NULL;
}

static const char *plugin_distrust_file(const char *path)
{
	char real[PATH_MAX];
	const char *why;

	if (!realpath(path, real))
		return strerror(errno);
	why = plugin_distrust(real, false);
	return why ? why : plugin_distrust(dirname(real), true);
}

static bool plugin_clashes(const struct plugins *ps, const char *name)
{
	for (unsigned i = 0; ps->transports[i]; i++)
		if (!strcmp(ps->transports[i]->name, name))
			return true;
	return cfg_is_section(name);
}

static void plugin_load_one(const struct plugins *ps, struct plugin *p)
{
	const char *why = plugin_distrust_file(p->path), *base = strrchr(p->path, '/') + 1;
	const struct ist_transport *t;

	snprintf(p->name, sizeof(p->name), "%.*s", (int)(strlen(base) - strlen(".so")), base);
	if (why) {
		snprintf(p->why, sizeof(p->why), "%s", why);
		return;
	}
	t = plugin_load(p->path, p->why, sizeof(p->why));
	if (!t)
		return;
	if (plugin_clashes(ps, t->name)) {
		snprintf(p->why, sizeof(p->why), "there is a `%s` already", t->name);
		return;
	}
	snprintf(p->name, sizeof(p->name), "%s", t->name);
	p->transport = t;
}

static void plugin_refused(struct plugins *ps, const struct plugin *p, cfg_report report, void *ctx)
{
	struct cfg_absent *a = ps->absent;
	char *text;

	while (a->name)
		a++;
	*a = (struct cfg_absent){p->name, p->why};
	if (report && asprintf(&text, "plugin %s refused: %s", p->path, p->why) >= 0) {
		report(ctx, text);
		free(text);
	}
}

static bool plugin_load_all(struct plugins *ps, const glob_t *found, unsigned builtins,
			    cfg_report report, void *ctx)
{
	for (size_t i = 0; i < found->gl_pathc; i++) {
		struct plugin *p = &ps->plugin[ps->n];

		p->path = strdup(found->gl_pathv[i]);
		if (!p->path)
			return false;
		ps->n++;
		plugin_load_one(ps, p);
		if (p->transport)
			ps->transports[builtins++] = p->transport;
		else
			plugin_refused(ps, p, report, ctx);
	}
	return true;
}

/* The folder's name is taken as it is: no character of it is a pattern. */
static int plugin_find(const char *dir, glob_t *found)
{
	size_t len = strlen(dir);
	char *pattern = malloc(2 * len + sizeof("/*.so")), *to = pattern;
	int r;

	if (!pattern)
		return GLOB_NOSPACE;
	while (*dir) {
		if (strchr("*?[\\", *dir))
			*to++ = '\\';
		*to++ = *dir++;
	}
	strcpy(to, "/*.so");
	r = glob(pattern, GLOB_ERR, NULL, found);
	free(pattern);
	return r;
}

static bool plugin_search(struct plugins *ps, const struct ist_transport *const *builtin,
			  cfg_report report, void *ctx)
{
	glob_t found = {0};
	unsigned builtins = 0;
	const char *why = ps->dir ? plugin_distrust(ps->dir, true) : NULL;
	char *text;
	bool ok;

	if (why && report && asprintf(&text, "plugin-dir %s: %s", ps->dir, why) >= 0) {
		report(ctx, text);
		free(text);
	}
	if (ps->dir && !why && plugin_find(ps->dir, &found) == GLOB_NOSPACE)
		return false;
	while (builtin[builtins])
		builtins++;
	ps->plugin = calloc(found.gl_pathc + 1, sizeof(*ps->plugin));
	ps->absent = calloc(found.gl_pathc + 1, sizeof(*ps->absent));
	ps->transports = calloc(builtins + found.gl_pathc + 1, sizeof(*ps->transports));
	ok = ps->plugin && ps->absent && ps->transports;
	if (ok) {
		memcpy(ps->transports, builtin, builtins * sizeof(*builtin));
		ok = plugin_load_all(ps, &found, builtins, report, ctx);
	}
	globfree(&found);
	return ok;
}

/* NULL when ps is, or without memory. */
static struct plugins *plugins_found(struct plugins *ps, const struct ist_transport *const *builtin,
				     cfg_report report, void *ctx)
{
	if (ps && plugin_search(ps, builtin, report, ctx))
		return ps;
	plugins_free(ps);
	return NULL;
}

struct plugins *plugins_load(const char *file, const struct ist_transport *const *builtin,
			     cfg_report report, void *ctx)
{
	struct plugins *ps = calloc(1, sizeof(*ps));

	if (ps)
		ps->dir = cfg_plugin_dir(file);
	return plugins_found(ps, builtin, report, ctx);
}

struct plugins *plugins_load_dir(const char *dir, const struct ist_transport *const *builtin,
				 cfg_report report, void *ctx)
{
	struct plugins *ps = calloc(1, sizeof(*ps));

	if (ps && dir && !(ps->dir = strdup(dir))) {
		free(ps);
		return NULL;
	}
	return plugins_found(ps, builtin, report, ctx);
}

void plugins_free(struct plugins *ps)
{
	if (!ps)
		return;
	for (unsigned i = 0; i < ps->n; i++)
		free(ps->plugin[i].path);
	free(ps->plugin);
	free(ps->absent);
	free(ps->transports);
	free(ps->dir);
	free(ps);
}
