/* SPDX-License-Identifier: GPL-2.0-or-later */
#define _GNU_SOURCE
#include "cfg/load.h"
#include "cfg/parts.h"
#include "tests/cfg/folder.h"
#include "tests/cfg/media.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

/* `@` of want stands for the folder.  Read from the file and by the copy: both say the same. */
static const struct cfg_model *parts_load(const char *name, const char *want)
{
	static struct told t[2];
	static char all[4096];
	int fd = memfd_create("copy", MFD_CLOEXEC);
	size_t n = 0;

	for (; *want && n + sizeof(folder) < sizeof(all); want++)
		n += (size_t)(*want == '@' ? snprintf(all + n, sizeof(all) - n, "%s", folder)
					   : snprintf(all + n, sizeof(all) - n, "%c", *want));
	all[n] = '\0';
	memset(t, 0, sizeof(t));
	cfg_load(&t[0].m, folder_path(name), media, told_add, &t[0]);
	CU_ASSERT_TRUE(cfg_gather(folder_path(name), fd));
	cfg_load_fd(&t[1].m, fd, folder_path(name), media, NULL, told_add, &t[1]);
	close(fd);
	for (unsigned i = 0; i < 2; i++) {
		ASSERT_TEXT(t[i].text, all);
		CU_ASSERT_EQUAL(t[i].m != NULL, !n);
	}
	told_end(&t[1]);
	return t[0].m;
}

/* Sorted, relative to the file that includes, nested, each once. */
static void includes_are_read_in_order(void)
{
	const struct cfg_model *m;

	folder_begin();
	mkdir(folder_path("d"), 0700);
	mkdir(folder_path("d/e"), 0700);
	folder_write("secret", "sesame\n");
	folder_write("d/secret", "hush\n");
	folder_write("x.conf", "user first { secret-file = secret }\ninclude \"d/*.conf\"\n"
			       "user last { secret-file = secret }\n");
	folder_write("d/b.conf", "user b { secret-file = secret }\n");
	folder_write("d/a.conf", "include e/one # behind\nuser a { secret-file = secret }\n");
	folder_write("d/.hidden.conf", "no = such\n");
	folder_write("d/c.conf~", "no = such\n");
	folder_write("d/e/one", "user e { secret-file = ../secret }\n");
	m = parts_load("x.conf", "");
	CU_ASSERT_FATAL(m && m->users == 5);
	for (unsigned i = 0; i < 5; i++) {
		ASSERT_TEXT(m->user[i].name, ((const char *[]){"first", "e", "a", "b", "last"})[i]);
		ASSERT_TEXT(m->user[i].secret, i == 0 || i == 4 ? "sesame" : "hush");
	}
	cfg_unload(m);
	folder_end();
}

/* File and line are those of the mistake, and what is written twice says where it was first. */
static void includes_tell_their_own_lines(void)
{
	folder_begin();
	mkdir(folder_path("d"), 0700);
	folder_write("x.conf", "workers = 1\ninclude d/1\n\nworker = 2\ninclude d/2\n");
	folder_write("d/1", "\n\nhost = a\npool p {\n");
	folder_write("d/2", "workers = 2 }\npool p { ranges = 10.0.0.0/33 }\n");
	parts_load("x.conf",
		   "@/x.conf:4: top level: unknown key `worker`, did you mean `workers`?\n"
		   "@/d/1:3: top level: unknown key `host`\n"
		   "@/d/1:4: pool p: this section is never closed: `}` is missing\n"
		   "@/d/1:4: pool p: needs `ranges` or `delegate`\n"
		   "@/d/2:1: top level: this `}` closes nothing\n"
		   "@/d/2:1: workers: given twice, first on line 1 of @/x.conf\n"
		   "@/d/2:2: pool p: given twice, first on line 4 of @/d/1\n");
	folder_end();
}

/* No file of a pattern is none; a name is to be there. */
static void includes_that_cannot_be_read(void)
{
	folder_begin();
	mkdir(folder_path("d"), 0700);
	folder_write("x.conf", "include \"none/*.conf\"\ninclude \"d/*\"\ninclude none.conf\n"
			       "include d/in\ninclude \"${HOME}\"\ninclude\ninclude = x\n"
			       "vty { include d/in }\ninclude \"open\n");
	mkdir(folder_path("d/in"), 0700);
	parts_load(
		"x.conf",
		"@/x.conf:2: top level: cannot include @/d/in: not a regular file\n"
		"@/x.conf:3: top level: cannot include @/none.conf: No such file or directory\n"
		"@/x.conf:4: top level: cannot include @/d/in: not a regular file\n"
		"@/x.conf:5: top level: the name of a file cannot come from the environment\n"
		"@/x.conf:6: top level: `include` needs the name of a file, or a pattern: "
		"include \"conf.d/*.conf\"\n"
		"@/x.conf:7: top level: `include` stands without `=`: include \"FILE\"\n"
		"@/x.conf:8: vty: `include` stands outside of sections\n"
		"@/x.conf:9: top level: the quoted text that starts here has no closing quote on "
		"its line\n");
	assert_told("include x.conf\n", "t:1: top level: cannot include `x.conf` here\n", __FILE__,
		    __LINE__);
	folder_end();
}

/* A file of itself, at once or by another one, also by another name. */
static void includes_end(void)
{
	char name[24], text[40], want[200];

	folder_begin();
	folder_write("x.conf", "include x.conf\ninclude y\n");
	folder_write("y", "include link\n");
	CU_ASSERT_EQUAL(symlink("x.conf", folder_path("link")), 0);
	parts_load("x.conf", "@/x.conf:1: top level: cannot include @/x.conf: it would include "
			     "itself\n"
			     "@/y:1: top level: cannot include @/link: it would include itself\n");
	for (unsigned i = 0; i <= CFG_INCLUDE_DEPTH + 1; i++) {
		snprintf(name, sizeof(name), "deep%u", i);
		snprintf(text, sizeof(text), "include deep%u\n", i + 1);
		folder_write(name, i <= CFG_INCLUDE_DEPTH ? text : "workers = 1\n");
	}
	snprintf(want, sizeof(want),
		 "@/deep%u:1: top level: cannot include @/deep%u: files that include each other "
		 "too deep\n",
		 CFG_INCLUDE_DEPTH, CFG_INCLUDE_DEPTH + 1);
	parts_load("deep0", want);
	cfg_unload(parts_load("deep1", ""));
	folder_end();
}

/* As many as there may be in all. */
static void includes_are_bounded(void)
{
	static struct told t;
	char *text, *at;

	folder_begin();
	folder_write("one", "");
	at = text = malloc(13 * (CFG_PARTS_MAX + 1) + 1);
	CU_ASSERT_PTR_NOT_NULL_FATAL(text);
	for (unsigned i = 0; i < CFG_PARTS_MAX; i++)
		at += sprintf(at, "include one\n");
	folder_write("x.conf", text);
	memset(&t, 0, sizeof(t));
	CU_ASSERT_EQUAL(cfg_load(&t.m, folder_path("x.conf"), media, told_add, &t), 2);
	CU_ASSERT_PTR_NOT_NULL(strstr(t.text, "x.conf:4095: top level: cannot include"));
	CU_ASSERT_PTR_NOT_NULL(strstr(t.text, "/one: there are too many files\n"));
	CU_ASSERT_PTR_NOT_NULL(strstr(t.text, "x.conf:4096: top level: cannot include `one` here"));
	free(text);
	folder_end();
}

/* Each file's own rights count, and each is to be mended by its own name. */
static void includes_with_rights_of_others(void)
{
	static struct told t;
	char want[600];

	folder_begin();
	folder_write("x.conf", "include a\ninclude b\ninclude c\n");
	folder_write("a", "user a { secret = hush }\nuser b { secret = hush }\n");
	folder_write("b", "workers = 1\n");
	folder_write("c", "\nuser c { secret = hush }\n");
	chmod(folder_path("x.conf"), 0644);
	chmod(folder_path("a"), 0604);
	chmod(folder_path("b"), 0606);
	snprintf(want, sizeof(want),
		 "%s/a:1: user a: secret: others may read this file, and the secret in it; mend it "
		 "with: chmod o-r %s/a\n"
		 "%s/b:1: top level: others may write this file; mend it with: chmod o-w %s/b\n",
		 folder, folder, folder, folder);
	memset(&t, 0, sizeof(t));
	CU_ASSERT_EQUAL(cfg_load(&t.m, folder_path("x.conf"), media, told_add, &t), 2);
	ASSERT_TEXT(t.text, want);
	folder_end();
}

static const struct test_case cases[] = {
	{"includes_are_read_in_order", includes_are_read_in_order},
	{"includes_tell_their_own_lines", includes_tell_their_own_lines},
	{"includes_that_cannot_be_read", includes_that_cannot_be_read},
	{"includes_end", includes_end},
	{"includes_are_bounded", includes_are_bounded},
	{"includes_with_rights_of_others", includes_with_rights_of_others},
	{NULL, NULL},
};
const struct test_suite suite_parts = {"parts", cases};
