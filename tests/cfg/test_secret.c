/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cfg/load.h"
#include "cfg/parts.h"
#include "cfg/preproc.h"
#include "cfg/secret.h"
#include "tests/cfg/media.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char dir[32], path[64];

static const char *secret_path(const char *name)
{
	snprintf(path, sizeof(path), "%s/%s", dir, name);
	return path;
}

static void secret_begin(void)
{
	strcpy(dir, "/tmp/ist-cfg-XXXXXX");
	if (!mkdtemp(dir))
		abort();
}

static void secret_put(const char *name, const char *text, mode_t mode)
{
	FILE *f = fopen(secret_path(name), "w");

	if (!f || fputs(text, f) < 0 || fclose(f) || chmod(path, mode))
		abort();
}

static void secret_end(const char *const *names)
{
	for (; *names; names++)
		unlink(secret_path(*names));
	CU_ASSERT_EQUAL(rmdir(dir), 0);
}
#define SECRET_END(...) secret_end((const char *const[]){__VA_ARGS__, NULL})

static struct told secret_told;

static const struct cfg_model *secret_load(const char *name)
{
	memset(&secret_told, 0, sizeof(secret_told));
	cfg_load(&secret_told.m, secret_path(name), media, told_add, &secret_told);
	return secret_told.m;
}

/* The one report of this load, without the folder: each "@" of want stands for it. */
static void secret_assert_told(const char *want, unsigned line)
{
	char full[1024] = "";

	for (size_t n = 0; *want; want++) {
		if (*want == '@')
			n += (size_t)snprintf(full + n, sizeof(full) - n, "%s", dir);
		else
			full[n++] = *want;
	}
	assert_same_text(secret_told.text, full, __FILE__, line);
}
#define SECRET_TOLD(want) secret_assert_told(want, __LINE__)

static void secret_first_line(void)
{
	secret_begin();
	secret_put("good", "first line\r\nsecond\n", 0600);
	secret_put("empty", "\nhush\n", 0600);
	secret_put("a.conf", "user a { secret-file = good }\n", 0644);
	CU_ASSERT_PTR_NOT_NULL_FATAL(secret_load("a.conf"));
	ASSERT_TEXT(secret_told.m->user[0].secret, "first line");
	told_end(&secret_told);
	secret_put("b.conf",
		   "user b { secret-file = empty }\nuser c { secret-file = none }\n"
		   "user d { secret-file = \".\" }\n",
		   0600);
	CU_ASSERT_PTR_NULL(secret_load("b.conf"));
	SECRET_TOLD(
		"@/b.conf:1: user b: secret-file: a secret has 1 to 255 octets, this one has 0\n"
		"@/b.conf:2: user c: secret-file: cannot use `none`: No such file or directory\n"
		"@/b.conf:3: user d: secret-file: cannot use `.`: not a regular file\n");
	SECRET_END("good", "empty", "a.conf", "b.conf");
}

/* As a process that asks a running gateway, which has a secret in a place of its own. */
static unsigned secret_asking(const char *name)
{
	int fd = open(secret_path(name), O_RDONLY);
	unsigned faults;

	memset(&secret_told, 0, sizeof(secret_told));
	faults = cfg_load_fd_asking(&secret_told.m, fd, secret_path(name), media, NULL, told_add,
				    &secret_told);
	close(fd);
	return faults;
}

static void secret_of_a_gateway_that_is_asked(void)
{
	secret_begin();
	secret_put("open", "hush\n", 0604);
	secret_put("a.conf",
		   "user a { secret-file = none }\n"
		   "radius r { server 192.0.2.1 { secret-file = none } }\n",
		   0600);
	CU_ASSERT_EQUAL(secret_asking("a.conf"), 0);
	ASSERT_TEXT(secret_told.text, "");
	CU_ASSERT_PTR_NOT_NULL(secret_told.m);
	told_end(&secret_told);
	secret_put("b.conf", "user a { secret-file = open }\n", 0600);
	CU_ASSERT_EQUAL(secret_asking("b.conf"), 1);
	SECRET_TOLD("@/b.conf:1: user a: secret-file: cannot use `open`: others may read it; mend "
		    "it with: chmod o-rw @/open\n");
	SECRET_END("open", "a.conf", "b.conf");
}

/* A file that opens and cannot be read: nothing is mapped at address 0 of a process. */
static void secret_that_cannot_be_read(void)
{
	ASSERT_TOLD("user a { secret-file = /proc/self/mem }",
		    "t:1: user a: secret-file: cannot use `/proc/self/mem`: Input/output error\n");
}

/* The linker's --wrap: how a file was opened last. */
static int opened_with;

int __real_open(const char *name, int flags);
int __wrap_open(const char *name, int flags);
int __wrap_open(const char *name, int flags)
{
	opened_with = flags;
	return __real_open(name, flags);
}

/* A FIFO by mistake is not waited for, a terminal does not become ours, and no child has it. */
static void secret_file_is_opened_with_care(void)
{
	secret_begin();
	secret_put("a.conf", "user a { secret-file = fifo }\n", 0600);
	if (mkfifo(secret_path("fifo"), 0600))
		abort();
	CU_ASSERT_PTR_NULL(secret_load("a.conf"));
	SECRET_TOLD("@/a.conf:1: user a: secret-file: cannot use `fifo`: not a regular file\n");
	CU_ASSERT_EQUAL(opened_with & O_ACCMODE, O_RDONLY);
	CU_ASSERT_TRUE(opened_with & O_NONBLOCK);
	CU_ASSERT_TRUE(opened_with & O_NOCTTY);
	CU_ASSERT_TRUE(opened_with & O_CLOEXEC);
	SECRET_END("a.conf", "fifo");
}

/* Each permission bit on its own. */
static void secret_file_modes(void)
{
	static const struct {
		mode_t mode;
		const char *want; /* NULL = fine */
	} rows[] = {
		{0400, NULL},
		{0600, NULL},
		{0640, NULL},
		{0700, NULL},
		{0610, NULL},
		{0601, NULL},
		{0620, "its group may write it; mend it with: chmod g-w @/s"},
		{0604, "others may read it; mend it with: chmod o-rw @/s"},
		{0602, "others may write it; mend it with: chmod o-rw @/s"},
		{0606, "others may read and write it; mend it with: chmod o-rw @/s"},
		{0664, "others may read it, its group may write it; mend it with: "
		       "chmod o-rw,g-w @/s"},
	};
	char want[256];

	secret_begin();
	secret_put("a.conf", "user a { secret-file = s }\n", 0600);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		secret_put("s", "hush\n", 0600);
		if (chmod(secret_path("s"), rows[i].mode))
			abort();
		CU_ASSERT((secret_load("a.conf") != NULL) == !rows[i].want);
		snprintf(want, sizeof(want),
			 "@/a.conf:1: user a: secret-file: cannot use `s`: %s\n",
			 rows[i].want ? rows[i].want : "");
		SECRET_TOLD(rows[i].want ? want : "");
		told_end(&secret_told);
		unlink(secret_path("s"));
	}
	SECRET_END("a.conf");
}

/* Only root can give files away, so only root can show this. */
static void secret_file_owners(void)
{
	if (geteuid())
		return;
	secret_begin();
	secret_put("a.conf", "user a { secret-file = s }\n", 0600);
	secret_put("s", "hush\n", 0600);
	if (chown(secret_path("s"), 12345, 0))
		abort();
	CU_ASSERT_PTR_NULL(secret_load("a.conf"));
	SECRET_TOLD("@/a.conf:1: user a: secret-file: cannot use `s`: user 12345 owns it; "
		    "mend it with: chown 0 @/s\n");
	if (chmod(secret_path("s"), 0620))
		abort();
	CU_ASSERT_PTR_NULL(secret_load("a.conf"));
	SECRET_TOLD("@/a.conf:1: user a: secret-file: cannot use `s`: user 12345 owns it, its "
		    "group may write it; mend it with: chown 0 @/s && chmod g-w @/s\n");
	/* as that user: his own file is fine, and so is root's */
	if (chmod(secret_path("s"), 0600) || chmod(dir, 0755) ||
	    chmod(secret_path("a.conf"), 0644) || seteuid(12345))
		abort();
	CU_ASSERT_PTR_NOT_NULL(secret_load("a.conf"));
	told_end(&secret_told);
	if (seteuid(0) || chown(secret_path("s"), 0, 12345) || chmod(path, 0640) ||
	    setegid(12345) || seteuid(12345))
		abort();
	CU_ASSERT_PTR_NOT_NULL(secret_load("a.conf"));
	told_end(&secret_told);
	if (seteuid(0) || setegid(0))
		abort();
	SECRET_END("a.conf", "s");
}

/* The command can be pasted, and shows nothing that came from the environment. */
static void secret_commands(void)
{
	secret_begin();
	setenv("IST_TEST_SECRET", "it's", 1);
	secret_put("it's", "hush\n", 0644);
	secret_put("a.conf",
		   "user a { secret-file = \"it's\" }\n"
		   "user b { secret-file = \"${IST_TEST_SECRET}\" }\n",
		   0600);
	CU_ASSERT_PTR_NULL(secret_load("a.conf"));
	SECRET_TOLD("@/a.conf:1: user a: secret-file: cannot use `it's`: others may read it; mend "
		    "it with: chmod o-rw '@/it'\\''s'\n"
		    "@/a.conf:2: user b: secret-file: cannot use `${IST_TEST_SECRET}`: others may "
		    "read it; mend it with: chmod o-rw \"${IST_TEST_SECRET}\"\n");
	SECRET_END("a.conf", "it's");
}

/* A name that begins like an option, or has what a terminal would obey. */
static void secret_names_for_the_shell(void)
{
	static const struct {
		const char *file, *shown;
	} rows[] = {{"-rf", "./'-rf'"}, {"a b", "'a b'"}, {"a\001\177b", "'a??b'"},	 {"", "''"},
		    {"a~", "'a~'"},	{"a-b", "a-b"},	  {"A_z/0.9+@:,", "A_z/0.9+@:,"}};
	struct told t;
	char want[256];

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct cfg_load l;

		memset(&t, 0, sizeof(t));
		cfg_load_init(&l, rows[i].file, media);
		cfg_outline(&l);
		l.part->mode = S_IFREG | 0602;
		cfg_check_file_mode(&l);
		CU_ASSERT_EQUAL(cfg_load_report(&l, told_add, &t), 1);
		snprintf(want, sizeof(want), "chmod o-w %s\n", rows[i].shown);
		CU_ASSERT(strlen(t.text) > strlen(want));
		ASSERT_TEXT(t.text + strlen(t.text) - strlen(want), want);
	}
}

/* A secret in the text itself: nobody else may read the file. */
static void secret_inline(void)
{
	static const struct {
		const char *text;
		bool in_file;
	} rows[] = {
		{"user a { secret = hush }", true},
		{"peer a { secret = \"hush\" }", true},
		{"user a { secret = '${IST_TEST_SECRET}' }", true},
		{"user a { secret = ${IST_TEST_SECRET} }", false},
		{"user a { secret = \"${IST_TEST_SECRET}\" }", false},
		{"user a { secret = \"${IST_TEST_SECRET}x\" }", true},
		{"user a { secret = \"x${IST_TEST_SECRET}\" }", true},
		{"user a { secret = ${IST_TEST_SECRET}${IST_TEST_SECRET} }", true},
		{"user a { secret = \"${IST_TEST_SECRET:-hush}\" }", true},
		{"user a { secret = x }", true},
		{"pool p { ranges = 10.0.0.0/8 }", false},
	};
	static const mode_t modes[] = {0600, 0640, 0660, 0644, 0604};

	setenv("IST_TEST_SECRET", "hush", 1);
	secret_begin();
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		for (size_t m = 0; m < sizeof(modes) / sizeof(modes[0]); m++) {
			bool fine = !rows[i].in_file || !(modes[m] & 04);

			secret_put("a.conf", rows[i].text, modes[m]);
			CU_ASSERT((secret_load("a.conf") != NULL) == fine);
			CU_ASSERT_PTR_NULL(strstr(secret_told.text, "hush"));
			told_end(&secret_told);
		}
	secret_put("a.conf", "net n { }\nuser a { secret = hush }\nuser b { secret = hush }", 0604);
	CU_ASSERT_PTR_NULL(secret_load("a.conf"));
	SECRET_TOLD("@/a.conf:2: user a: secret: others may read this file, and the secret in it; "
		    "mend it with: chmod o-r @/a.conf\n");
	SECRET_END("a.conf");
}

/* Who may write the configuration may have any plugin loaded. */
static void secret_open_configuration(void)
{
	secret_begin();
	secret_put("a.conf", "net n { }", 0602);
	CU_ASSERT_PTR_NULL(secret_load("a.conf"));
	SECRET_TOLD("@/a.conf: others may write this file; mend it with: chmod o-w @/a.conf\n");
	secret_put("a.conf", "net n { }", 0664);
	CU_ASSERT_PTR_NOT_NULL(secret_load("a.conf"));
	told_end(&secret_told);
	SECRET_END("a.conf");
}

static const struct test_case cases[] = {
	{"first_line", secret_first_line},
	{"of_a_gateway_that_is_asked", secret_of_a_gateway_that_is_asked},
	{"that_cannot_be_read", secret_that_cannot_be_read},
	{"file_is_opened_with_care", secret_file_is_opened_with_care},
	{"file_modes", secret_file_modes},
	{"file_owners", secret_file_owners},
	{"commands", secret_commands},
	{"names_for_the_shell", secret_names_for_the_shell},
	{"inline", secret_inline},
	{"open_configuration", secret_open_configuration},
	{NULL, NULL},
};
const struct test_suite suite_secret = {"secret", cases};
