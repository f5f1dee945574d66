/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The objects themselves are transports/plugin.c's; in its place stands a loader that knows files
 * by their names (the linker's --wrap leads plugin_load() here). */
#include "gw/plugin.h"

#include "tests/gw/bench.h"
#include "tests/harness.h"
#include "tests/heap.h"
#include "transports/loop.h"
#include "transports/plugin.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* --- a loader ------------------------------------------------------------------------------- */

static struct ist_transport transport[8]; /* named after their files, without the ending */
static char transport_name[8][64];
static unsigned loads; /* since the test began */

const struct ist_transport *__wrap_plugin_load(const char *path, char *err, size_t err_len);
const struct ist_transport *__wrap_plugin_load(const char *path, char *err, size_t err_len)
{
	const char *base = strrchr(path, '/') + 1;
	struct ist_transport *t = &transport[loads % 8];

	snprintf(transport_name[loads % 8], 64, "%.*s", (int)strcspn(base, "."), base);
	loads++;
	if (!strncmp(base, "bad", 3)) {
		snprintf(err, err_len, "%s is not fit", base);
		return NULL;
	}
	*t = loop_transport;
	t->name = transport_name[(loads - 1) % 8];
	return t;
}

/* Reading the configuration ends the program when memory is short, so an allocation can be refused
 * only after it: but this many; < 0 = none. */
static int refuse_after = -1;

char *__real_cfg_plugin_dir(const char *file);
char *__wrap_cfg_plugin_dir(const char *file);
char *__wrap_cfg_plugin_dir(const char *file)
{
	char *dir = __real_cfg_plugin_dir(file);

	if (refuse_after >= 0)
		heap_refuse((unsigned)refuse_after);
	refuse_after = -1;
	return dir;
}

/* --- a folder of plugins -------------------------------------------------------------------- */

static const struct ist_transport *const builtin[] = {&loop_transport, NULL};
static char folder[64], conf[80], reports[1024];
static struct plugins *ps;

static void plugin_on_report(void *ctx, const char *text)
{
	CU_ASSERT_PTR_EQUAL(ctx, reports);
	snprintf(reports + strlen(reports), sizeof(reports) - strlen(reports), "%s\n", text);
}

/* A file there with this name and text; its path, until the next call. */
static const char *plugin_file(const char *name, const char *text)
{
	const char *path = bench_file(folder, name, text);

	chmod(path, 0644);
	return path;
}

/* What the text says, with the folder for each %s. */
static void plugin_expect_reports(const char *want)
{
	char text[1024];

	snprintf(text, sizeof(text), want, folder, folder, folder, folder);
	CU_ASSERT_STRING_EQUAL(reports, text);
}

/* dir: of the configuration; NULL = the folder, "" = none. */
static void plugin_begin(const char *dir)
{
	char text[300];

	strcpy(folder, "/tmp/isthmus-plugin-XXXXXX");
	CU_ASSERT_PTR_NOT_NULL_FATAL(mkdtemp(folder));
	snprintf(text, sizeof(text), "host-name = gw\nplugin-dir = \"%s\"\n", dir ? dir : folder);
	snprintf(conf, sizeof(conf), "%s", plugin_file("x.conf", dir && !*dir ? "" : text));
	reports[0] = '\0';
	loads = 0;
	ps = NULL;
}

static void plugin_take(void)
{
	ps = plugins_load(conf, builtin, plugin_on_report, reports);
	CU_ASSERT_PTR_NOT_NULL_FATAL(ps);
}

static void plugin_clear(const char *path)
{
	char command[200];

	snprintf(command, sizeof(command), "rm -r '%s'", path);
	CU_ASSERT_EQUAL(system(command), 0);
}

static void plugin_end(void)
{
	plugins_free(ps);
	ps = NULL;
	plugin_clear(folder);
}

static void plugin_is(unsigned i, const char *file, const char *name, const char *why)
{
	char path[200];

	snprintf(path, sizeof(path), "%s/%s", folder, file);
	CU_ASSERT_FATAL(i < ps->n);
	CU_ASSERT_STRING_EQUAL(ps->plugin[i].path, path);
	CU_ASSERT_STRING_EQUAL(ps->plugin[i].name, name);
	CU_ASSERT_STRING_EQUAL(ps->plugin[i].why, why);
	CU_ASSERT_EQUAL(!ps->plugin[i].transport, why[0] != '\0');
}

/* --- tests ------------------------------------------------------------------------------------ */

static void plugin_none_configured(void)
{
	plugin_begin("");
	plugin_file("a.so", "");
	plugin_take();
	CU_ASSERT_PTR_NULL(ps->dir);
	CU_ASSERT_EQUAL(ps->n, 0);
	CU_ASSERT_EQUAL(loads, 0);
	CU_ASSERT_PTR_EQUAL(ps->transports[0], &loop_transport);
	CU_ASSERT_PTR_NULL(ps->transports[1]);
	CU_ASSERT_PTR_NULL(ps->absent[0].name);
	CU_ASSERT_STRING_EQUAL(reports, "");
	plugin_end();
	plugins_free(NULL);
}

static void plugin_an_empty_folder(void)
{
	plugin_begin(NULL);
	plugin_file("a.o", "");
	plugin_take();
	CU_ASSERT_STRING_EQUAL(ps->dir, folder);
	CU_ASSERT_EQUAL(ps->n, 0);
	CU_ASSERT_STRING_EQUAL(reports, "");
	plugin_end();
}

/* In the order of their names, behind those built in. */
static void plugin_those_that_fit(void)
{
	plugin_begin(NULL);
	plugin_file("c.so", "");
	plugin_file("a.so", "");
	plugin_file("b.so", "");
	plugin_file("text", "");
	plugin_take();
	CU_ASSERT_EQUAL(ps->n, 3);
	CU_ASSERT_EQUAL(loads, 3);
	plugin_is(0, "a.so", "a", "");
	plugin_is(1, "b.so", "b", "");
	plugin_is(2, "c.so", "c", "");
	CU_ASSERT_PTR_EQUAL(ps->transports[0], &loop_transport);
	for (unsigned i = 0; i < 3; i++)
		CU_ASSERT_PTR_EQUAL(ps->transports[1 + i], ps->plugin[i].transport);
	CU_ASSERT_PTR_NULL(ps->transports[4]);
	CU_ASSERT_PTR_NULL(ps->absent[0].name);
	CU_ASSERT_STRING_EQUAL(reports, "");
	plugin_end();
}

/* Those that do not fit stop nothing: the others are there, and the reasons are kept. */
static void plugin_those_that_do_not(void)
{
	plugin_begin(NULL);
	plugin_file("bad-1.so", "");
	plugin_file("bad-of-a-name-that-is-longer-than-any.so", "");
	plugin_file("c.so", "");
	plugin_file("loop.so", "");
	plugin_file("peer.so", "");
	plugin_take();
	CU_ASSERT_EQUAL(ps->n, 5);
	plugin_is(0, "bad-1.so", "bad-1", "bad-1.so is not fit");
	plugin_is(1, "bad-of-a-name-that-is-longer-than-any.so", "bad-of-a-name-that-is-longer-th",
		  "bad-of-a-name-that-is-longer-than-any.so is not fit");
	plugin_is(2, "c.so", "c", "");
	plugin_is(3, "loop.so", "loop", "there is a `loop` already");
	plugin_is(4, "peer.so", "peer", "there is a `peer` already");
	CU_ASSERT_PTR_EQUAL(ps->transports[1], ps->plugin[2].transport);
	CU_ASSERT_PTR_NULL(ps->transports[2]);
	for (unsigned i = 0; i < 4; i++) {
		const struct plugin *p = &ps->plugin[i < 2 ? i : i + 1];

		CU_ASSERT_PTR_EQUAL(ps->absent[i].name, p->name);
		CU_ASSERT_PTR_EQUAL(ps->absent[i].why, p->why);
	}
	CU_ASSERT_PTR_NULL(ps->absent[4].name);
	plugin_expect_reports("plugin %s/bad-1.so refused: bad-1.so is not fit\n"
			      "plugin %s/bad-of-a-name-that-is-longer-than-any.so refused: "
			      "bad-of-a-name-that-is-longer-than-any.so is not fit\n"
			      "plugin %s/loop.so refused: there is a `loop` already\n"
			      "plugin %s/peer.so refused: there is a `peer` already\n");
	plugin_end();
}

/* The name counts that the transport gives, also against those loaded before. */
static void plugin_names_twice(void)
{
	plugin_begin(NULL);
	plugin_file("a.1.so", "");
	plugin_file("a.2.so", "");
	plugin_take();
	CU_ASSERT_EQUAL(loads, 2);
	plugin_is(0, "a.1.so", "a", "");
	plugin_is(1, "a.2.so", "a.2", "there is a `a` already");
	CU_ASSERT_PTR_NULL(ps->transports[2]);
	plugin_end();
}

static void plugin_reports_are_optional(void)
{
	plugin_begin(NULL);
	plugin_file("bad.so", "");
	ps = plugins_load(conf, builtin, NULL, NULL);
	CU_ASSERT_PTR_NOT_NULL_FATAL(ps);
	plugin_is(0, "bad.so", "bad", "bad.so is not fit");
	plugins_free(ps);
	chmod(folder, 0777);
	ps = plugins_load(conf, builtin, NULL, NULL);
	CU_ASSERT_PTR_NOT_NULL_FATAL(ps);
	CU_ASSERT_EQUAL(ps->n, 0);
	plugin_end();
}

/* None of them is loaded: a constructor would run before anything could be judged. */
static void plugin_files_that_others_write(void)
{
	static const struct {
		mode_t mode;
		const char *why;
	} rows[] = {
		{0644, ""},
		{0600, ""},
		{0755, ""},
		{0664, "it may be written by others"},
		{0620, "it may be written by others"},
		{0602, "it may be written by others"},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		plugin_begin(NULL);
		chmod(plugin_file("a.so", ""), rows[i].mode);
		plugin_take();
		plugin_is(0, "a.so", "a", rows[i].why);
		CU_ASSERT_EQUAL(loads, !rows[i].why[0]);
		plugin_end();
	}
}

/* A link is judged by the file behind it, and the folder where that lies. */
static void plugin_links(void)
{
	char path[2][100];

	plugin_begin(NULL);
	snprintf(path[0], sizeof(path[0]), "%s/below", folder);
	mkdir(path[0], 0700);
	plugin_file("below/a.so", "");
	snprintf(path[0], sizeof(path[0]), "%s/below/a.so", folder);
	snprintf(path[1], sizeof(path[1]), "%s/link.so", folder);
	CU_ASSERT_EQUAL(symlink(path[0], path[1]), 0);
	plugin_take();
	plugin_is(0, "link.so", "link", "");
	plugins_free(ps);
	*strrchr(path[0], '/') = '\0';
	chmod(path[0], 0722);
	plugin_take();
	plugin_is(0, "link.so", "link", "its folder may be written by others");
	CU_ASSERT_EQUAL(loads, 1);
	plugins_free(ps);
	plugin_clear(path[0]);
	plugin_take();
	plugin_is(0, "link.so", "link", "No such file or directory");
	CU_ASSERT_EQUAL(loads, 1);
	plugin_end();
}

static void plugin_is_no_file(void)
{
	char path[100];

	plugin_begin(NULL);
	snprintf(path, sizeof(path), "%s/a.so", folder);
	mkdir(path, 0700);
	snprintf(path, sizeof(path), "%s/b.so", folder);
	mkfifo(path, 0600);
	plugin_take();
	plugin_is(0, "a.so", "a", "is no regular file");
	plugin_is(1, "b.so", "b", "is no regular file");
	CU_ASSERT_EQUAL(loads, 0);
	plugin_end();
}

static void plugin_of_somebody_else(void)
{
	const char *path;

	plugin_begin(NULL);
	path = plugin_file("a.so", "");
	if (chown(path, 12345, 0) < 0) {
		plugin_end();
		test_skip("plugin_of_somebody_else", "not root");
		return;
	}
	plugin_take();
	plugin_is(0, "a.so", "a", "it belongs neither to root nor to us");
	plugins_free(ps);
	CU_ASSERT_EQUAL(chown(path, 0, 0), 0);
	CU_ASSERT_EQUAL(chown(folder, 12345, 0), 0);
	reports[0] = '\0';
	plugin_take();
	CU_ASSERT_EQUAL(ps->n, 0);
	CU_ASSERT_EQUAL(loads, 0);
	plugin_expect_reports("plugin-dir %s: its folder belongs neither to root nor to us\n");
	/* We are that user: what is root's is trusted too. */
	plugins_free(ps);
	reports[0] = '\0';
	CU_ASSERT_EQUAL(seteuid(12345), 0);
	plugin_take();
	CU_ASSERT_EQUAL(seteuid(0), 0);
	plugin_is(0, "a.so", "a", "");
	CU_ASSERT_STRING_EQUAL(reports, "");
	plugin_end();
}

/* A folder that cannot be trusted is not looked into. */
static void plugin_folders(void)
{
	plugin_begin(NULL);
	plugin_file("a.so", "");
	chmod(folder, 0770);
	plugin_take();
	CU_ASSERT_EQUAL(ps->n, 0);
	plugin_expect_reports("plugin-dir %s: its folder may be written by others\n");
	plugin_end();

	plugin_begin("/nowhere/at all");
	plugin_take();
	CU_ASSERT_EQUAL(ps->n, 0);
	CU_ASSERT_PTR_EQUAL(ps->transports[0], &loop_transport);
	CU_ASSERT_STRING_EQUAL(reports, "plugin-dir /nowhere/at all: No such file or directory\n");
	plugin_end();

	plugin_begin("/dev/null");
	plugin_take();
	CU_ASSERT_STRING_EQUAL(reports, "plugin-dir /dev/null: is no folder\n");
	plugin_end();
}

/* No character of the folder's name is a pattern. */
static void plugin_odd_names(void)
{
	char text[300], path[200];

	plugin_begin(NULL);
	snprintf(path, sizeof(path), "%s/a*[b]?", folder);
	mkdir(path, 0700);
	snprintf(path, sizeof(path), "%s/aabc", folder);
	mkdir(path, 0700);
	plugin_file("a*[b]?/a.so", "");
	plugin_file("aabc/b.so", "");
	snprintf(text, sizeof(text), "plugin-dir = \"%s/a*[b]?\"\n", folder);
	plugin_file("x.conf", text);
	plugin_take();
	CU_ASSERT_EQUAL(ps->n, 1);
	plugin_is(0, "a*[b]?/a.so", "a", "");
	plugin_end();
}

/* Nothing is left behind, whichever allocation fails. */
static void plugin_no_memory(void)
{
	unsigned held = heap_blocks(), skip;

	plugin_begin(NULL);
	plugin_file("a.so", "");
	plugin_file("bad.so", "");
	heap_refuse(0);
	CU_ASSERT_PTR_NULL(plugins_load(conf, builtin, plugin_on_report, reports));
	CU_ASSERT(heap_refused());
	/* The pattern, the three tables, the two paths. */
	for (skip = 0; skip < 6; skip++) {
		refuse_after = (int)skip;
		CU_ASSERT_PTR_NULL(plugins_load(conf, builtin, plugin_on_report, reports));
		CU_ASSERT(heap_refused());
		CU_ASSERT_EQUAL(heap_blocks(), held);
	}
	refuse_after = (int)skip;
	plugin_take();
	CU_ASSERT_FALSE(heap_refused());
	CU_ASSERT_EQUAL(ps->n, 2);
	plugin_end();
}

static const struct test_case cases[] = {
	{"none_configured", plugin_none_configured},
	{"an_empty_folder", plugin_an_empty_folder},
	{"those_that_fit", plugin_those_that_fit},
	{"those_that_do_not", plugin_those_that_do_not},
	{"names_twice", plugin_names_twice},
	{"reports_are_optional", plugin_reports_are_optional},
	{"files_that_others_write", plugin_files_that_others_write},
	{"links", plugin_links},
	{"is_no_file", plugin_is_no_file},
	{"of_somebody_else", plugin_of_somebody_else},
	{"folders", plugin_folders},
	{"odd_names", plugin_odd_names},
	{"no_memory", plugin_no_memory},
	{NULL, NULL},
};
const struct test_suite suite_plugin = {"plugin", cases};
