/* SPDX-License-Identifier: GPL-2.0-or-later */
#define _GNU_SOURCE
#include "cfg/load.h"
#include "cfg/parts.h"
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

/* A folder of files, which goes with its test. */
static char folder[64];

static const char *parts_path(const char *name)
{
	static char path[2][200];
	static unsigned n;

	n ^= 1;
	snprintf(path[n], sizeof(path[n]), "%s/%s", folder, name);
	return path[n];
}

static void parts_begin(void)
{
	snprintf(folder, sizeof(folder), "/tmp/ist-parts-XXXXXX");
	CU_ASSERT_PTR_NOT_NULL_FATAL(mkdtemp(folder));
}

static void parts_end(void)
{
	char command[100];

	snprintf(command, sizeof(command), "rm -r %s", folder);
	CU_ASSERT_EQUAL(system(command), 0);
}

static void parts_write(const char *name, const char *text)
{
	int fd = open(parts_path(name), O_CREAT | O_WRONLY | O_TRUNC, 0600);

	CU_ASSERT_FATAL(fd >= 0);
	CU_ASSERT_EQUAL(write(fd, text, strlen(text)), (ssize_t)strlen(text));
	close(fd);
}

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
	cfg_load(&t[0].m, parts_path(name), media, told_add, &t[0]);
	CU_ASSERT_TRUE(cfg_gather(parts_path(name), fd));
	cfg_load_fd(&t[1].m, fd, parts_path(name), media, NULL, told_add, &t[1]);
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

	parts_begin();
	mkdir(parts_path("d"), 0700);
	mkdir(parts_path("d/e"), 0700);
	parts_write("secret", "sesame\n");
	parts_write("d/secret", "hush\n");
	parts_write("x.conf", "user first { secret-file = secret }\ninclude \"d/*.conf\"\n"
			      "user last { secret-file = secret }\n");
	parts_write("d/b.conf", "user b { secret-file = secret }\n");
	parts_write("d/a.conf", "include e/one # behind\nuser a { secret-file = secret }\n");
	parts_write("d/.hidden.conf", "no = such\n");
	parts_write("d/c.conf~", "no = such\n");
	parts_write("d/e/one", "user e { secret-file = ../secret }\n");
	m = parts_load("x.conf", "");
	CU_ASSERT_FATAL(m && m->users == 5);
	for (unsigned i = 0; i < 5; i++) {
		ASSERT_TEXT(m->user[i].name, ((const char *[]){"first", "e", "a", "b", "last"})[i]);
		ASSERT_TEXT(m->user[i].secret, i == 0 || i == 4 ? "sesame" : "hush");
	}
	cfg_unload(m);
	parts_end();
}

/* File and line are those of the mistake, and what is written twice says where it was first. */
static void includes_tell_their_own_lines(void)
{
	parts_begin();
	mkdir(parts_path("d"), 0700);
	parts_write("x.conf", "workers = 1\ninclude d/1\n\nworker = 2\ninclude d/2\n");
	parts_write("d/1", "\n\nhost = a\npool p {\n");
	parts_write("d/2", "workers = 2 }\npool p { ranges = 10.0.0.0/33 }\n");
	parts_load("x.conf",
		   "@/x.conf:4: top level: unknown key `worker`, did you mean `workers`?\n"
		   "@/d/1:3: top level: unknown key `host`\n"
		   "@/d/1:4: pool p: this section is never closed: `}` is missing\n"
		   "@/d/1:4: pool p: needs `ranges` or `delegate`\n"
		   "@/d/2:1: top level: this `}` closes nothing\n"
		   "@/d/2:1: workers: given twice, first on line 1 of @/x.conf\n"
		   "@/d/2:2: pool p: given twice, first on line 4 of @/d/1\n");
	parts_end();
}

/* No file of a pattern is none; a name is to be there. */
static void includes_that_cannot_be_read(void)
{
	parts_begin();
	mkdir(parts_path("d"), 0700);
	parts_write("x.conf", "include \"none/*.conf\"\ninclude \"d/*\"\ninclude none.conf\n"
			      "include d/in\ninclude \"${HOME}\"\ninclude\ninclude = x\n"
			      "vty { include d/in }\ninclude \"open\nlog { include = debug }\n");
	mkdir(parts_path("d/in"), 0700);
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
	parts_end();
}

/* A file of itself, at once or by another one, also by another name. */
static void includes_end(void)
{
	char name[24], text[40], want[200];

	parts_begin();
	parts_write("x.conf", "include x.conf\ninclude y\n");
	parts_write("y", "include link\n");
	CU_ASSERT_EQUAL(symlink("x.conf", parts_path("link")), 0);
	parts_load("x.conf", "@/x.conf:1: top level: cannot include @/x.conf: it would include "
			     "itself\n"
			     "@/y:1: top level: cannot include @/link: it would include itself\n");
	for (unsigned i = 0; i <= CFG_INCLUDE_DEPTH + 1; i++) {
		snprintf(name, sizeof(name), "deep%u", i);
		snprintf(text, sizeof(text), "include deep%u\n", i + 1);
		parts_write(name, i <= CFG_INCLUDE_DEPTH ? text : "workers = 1\n");
	}
	snprintf(want, sizeof(want),
		 "@/deep%u:1: top level: cannot include @/deep%u: files that include each other "
		 "too deep\n",
		 CFG_INCLUDE_DEPTH, CFG_INCLUDE_DEPTH + 1);
	parts_load("deep0", want);
	cfg_unload(parts_load("deep1", ""));
	parts_end();
}

/* As many as there may be in all. */
static void includes_are_bounded(void)
{
	static struct told t;
	char *text, *at;

	parts_begin();
	parts_write("one", "");
	at = text = malloc(13 * (CFG_PARTS_MAX + 1) + 1);
	CU_ASSERT_PTR_NOT_NULL_FATAL(text);
	for (unsigned i = 0; i < CFG_PARTS_MAX; i++)
		at += sprintf(at, "include one\n");
	parts_write("x.conf", text);
	memset(&t, 0, sizeof(t));
	CU_ASSERT_EQUAL(cfg_load(&t.m, parts_path("x.conf"), media, told_add, &t), 2);
	CU_ASSERT_PTR_NOT_NULL(strstr(t.text, "x.conf:4095: top level: cannot include"));
	CU_ASSERT_PTR_NOT_NULL(strstr(t.text, "/one: there are too many files\n"));
	CU_ASSERT_PTR_NOT_NULL(strstr(t.text, "x.conf:4096: top level: cannot include `one` here"));
	free(text);
	parts_end();
}

/* Each file's own rights count, and each is to be mended by its own name. */
static void includes_with_rights_of_others(void)
{
	static struct told t;
	char want[600];

	parts_begin();
	parts_write("x.conf", "include a\ninclude b\ninclude c\n");
	parts_write("a", "user a { secret = hush }\nuser b { secret = hush }\n");
	parts_write("b", "workers = 1\n");
	parts_write("c", "\nuser c { secret = hush }\n");
	chmod(parts_path("x.conf"), 0644);
	chmod(parts_path("a"), 0604);
	chmod(parts_path("b"), 0606);
	snprintf(want, sizeof(want),
		 "%s/a:1: user a: secret: others may read this file, and the secret in it; mend it "
		 "with: chmod o-r %s/a\n"
		 "%s/b:1: top level: others may write this file; mend it with: chmod o-w %s/b\n",
		 folder, folder, folder, folder);
	memset(&t, 0, sizeof(t));
	CU_ASSERT_EQUAL(cfg_load(&t.m, parts_path("x.conf"), media, told_add, &t), 2);
	ASSERT_TEXT(t.text, want);
	parts_end();
}

/* What was copied is what is read, whatever becomes of the files. */
static void a_copy_stands_alone(void)
{
	int fd = memfd_create("copy", MFD_CLOEXEC), plain = memfd_create("plain", MFD_CLOEXEC);
	static struct told t;
	struct stat st;
	char buf[40], path[40], *dir;

	parts_begin();
	parts_write("x.conf", "include a\n");
	parts_write("a", "plugin-dir = /x\nhost-name = of-a\n");
	chmod(parts_path("x.conf"), 0640);
	CU_ASSERT_EQUAL(
		write(fd, "rubbish that was there before and is longer than all of that", 60), 60);
	CU_ASSERT_TRUE(cfg_gather(parts_path("x.conf"), fd));
	CU_ASSERT_EQUAL(fstat(fd, &st), 0);
	CU_ASSERT_EQUAL(st.st_mode & 0777, 0640);
	parts_write("a", "host-name = other\n");
	memset(&t, 0, sizeof(t));
	CU_ASSERT_EQUAL(cfg_load_fd(&t.m, fd, "x.conf", media, NULL, told_add, &t), 0);
	ASSERT_TEXT(t.text, "");
	ASSERT_TEXT(t.m ? t.m->host_name : "none", "of-a");
	told_end(&t);
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	dir = cfg_plugin_dir(path);
	ASSERT_TEXT(dir ? dir : "none", "/x");
	free(dir);
	/* a file that includes nothing is copied as it is */
	CU_ASSERT_TRUE(cfg_gather(parts_path("a"), plain));
	CU_ASSERT_EQUAL(pread(plain, buf, sizeof(buf), 0), 18);
	CU_ASSERT(!memcmp(buf, "host-name = other\n", 18));
	CU_ASSERT_FALSE(cfg_gather(parts_path("none"), plain));
	CU_ASSERT_EQUAL(errno, ENOENT);
	close(plain);
	CU_ASSERT_FALSE(cfg_gather(parts_path("a"), plain));
	close(fd);
	parts_end();
}

/* A copy that is cut off anywhere, or has one octet changed, is refused or read, and nothing else.
 */
static void a_broken_copy(void)
{
	int fd = memfd_create("copy", MFD_CLOEXEC);
	char text[600], broken[600];
	static struct told t;
	ssize_t len;

	parts_begin();
	parts_write("x.conf", "include a\ninclude none\nhost-name = x\n");
	parts_write("a", "workers = 1\n");
	CU_ASSERT_TRUE(cfg_gather(parts_path("x.conf"), fd));
	len = pread(fd, text, sizeof(text), 0);
	CU_ASSERT_FATAL(len > 100 && len < (ssize_t)sizeof(text));
	for (ssize_t i = 17; i < len; i += 3) {
		memset(&t, 0, sizeof(t));
		CU_ASSERT(cfg_load_text(&t.m, "t", text, (size_t)i, media, told_add, &t) || t.m);
		told_end(&t);
		memcpy(broken, text, (size_t)len);
		broken[i] ^= 0x41;
		memset(&t, 0, sizeof(t));
		CU_ASSERT(cfg_load_text(&t.m, "t", broken, (size_t)len, media, told_add, &t) ||
			  t.m);
		told_end(&t);
	}
	memset(&t, 0, sizeof(t));
	CU_ASSERT_EQUAL(cfg_load_text(&t.m, "t", text, 40, media, told_add, &t), 1);
	ASSERT_TEXT(t.text, "t: the copy of the files is broken\n");
	close(fd);
	parts_end();
}

/* A reload tells that the text of a secret's file is another one, by its key. */
static void a_secret_that_has_changed(void)
{
	int fd[3];
	char *out = NULL;
	size_t len = 0;
	FILE *f;

	parts_begin();
	parts_write("x.conf", "include \"*.inc\"\npeer p { secret-file = \"p\" }\n"
			      "user b { secret-file = none }\n");
	parts_write("a.inc", "user a { secret-file = 'a' }\nuser c { secret-file = \"a\" }\n");
	parts_write("a", "sesame\n");
	parts_write("p", "between\n");
	for (unsigned i = 0; i < 3; i++) {
		fd[i] = memfd_create("copy", MFD_CLOEXEC);
		CU_ASSERT_TRUE(cfg_gather(parts_path("x.conf"), fd[i]));
		parts_write(i ? "p" : "a", "hush\n");
	}
	for (unsigned i = 0; i < 3; i++) {
		f = open_memstream(&out, &len);
		CU_ASSERT_PTR_NOT_NULL_FATAL(f);
		cfg_print_changes(f, fd[i], fd[i < 2 ? i + 1 : i], parts_path("x.conf"), media);
		fclose(f);
		ASSERT_TEXT(out, i == 0	  ? "change\tuser\ta\tchanged\tnew-calls\tsecret-file\n"
					    "change\tuser\tc\tchanged\tnew-calls\tsecret-file\n"
				 : i == 1 ? "change\tpeer\tp\tchanged\tnew-calls\tsecret-file\n"
					  : "");
		free(out);
		close(fd[i]);
	}
	parts_end();
}

static const struct test_case cases[] = {
	{"includes_are_read_in_order", includes_are_read_in_order},
	{"includes_tell_their_own_lines", includes_tell_their_own_lines},
	{"includes_that_cannot_be_read", includes_that_cannot_be_read},
	{"includes_end", includes_end},
	{"includes_are_bounded", includes_are_bounded},
	{"includes_with_rights_of_others", includes_with_rights_of_others},
	{"a_copy_stands_alone", a_copy_stands_alone},
	{"a_broken_copy", a_broken_copy},
	{"a_secret_that_has_changed", a_secret_that_has_changed},
	{NULL, NULL},
};
const struct test_suite suite_parts = {"parts", cases};
