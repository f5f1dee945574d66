/* SPDX-License-Identifier: GPL-2.0-or-later */
#define _GNU_SOURCE
#include "cfg/load.h"
#include "tests/cfg/folder.h"
#include "tests/cfg/media.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

/* A reload tells that the text of a secret's file is another one, by its key. */
static void a_secret_that_has_changed(void)
{
	int fd[3];
	char *out = NULL;
	size_t len = 0;
	FILE *f;

	folder_begin();
	folder_write("x.conf", "include \"*.inc\"\npeer p { secret-file = \"p\" }\n"
			       "user b { secret-file = none }\n");
	folder_write("a.inc", "user a { secret-file = 'a' }\nuser c { secret-file = \"a\" }\n");
	folder_write("a", "sesame\n");
	folder_write("p", "between\n");
	for (unsigned i = 0; i < 3; i++) {
		fd[i] = memfd_create("copy", MFD_CLOEXEC);
		CU_ASSERT_TRUE(cfg_gather(folder_path("x.conf"), fd[i]));
		folder_write(i ? "p" : "a", "hush\n");
	}
	for (unsigned i = 0; i < 3; i++) {
		f = open_memstream(&out, &len);
		CU_ASSERT_PTR_NOT_NULL_FATAL(f);
		cfg_print_changes(f, fd[i], fd[i < 2 ? i + 1 : i], folder_path("x.conf"), media);
		fclose(f);
		ASSERT_TEXT(out, i == 0	  ? "change\tuser\ta\tchanged\tnew-calls\tsecret-file\n"
					    "change\tuser\tc\tchanged\tnew-calls\tsecret-file\n"
				 : i == 1 ? "change\tpeer\tp\tchanged\tends\tsecret-file\n"
					  : "");
		free(out);
		close(fd[i]);
	}
	folder_end();
}

static const struct test_case cases[] = {
	{"a_secret_that_has_changed", a_secret_that_has_changed},
	{NULL, NULL},
};
const struct test_suite suite_stamp = {"stamp", cases};
