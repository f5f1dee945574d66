/* SPDX-License-Identifier: GPL-2.0-or-later */
#define _GNU_SOURCE
#include "cfg/load.h"
#include "tests/cfg/folder.h"
#include "tests/cfg/media.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

/* What was copied is what is read, whatever becomes of the files. */
static void a_copy_stands_alone(void)
{
	int fd = memfd_create("copy", MFD_CLOEXEC), plain = memfd_create("plain", MFD_CLOEXEC);
	static struct told t;
	struct stat st;
	char buf[40], path[40], *dir;

	folder_begin();
	folder_write("x.conf", "include a\n");
	folder_write("a", "plugin-dir = /x\nhost-name = of-a\n");
	chmod(folder_path("x.conf"), 0640);
	CU_ASSERT_EQUAL(
		write(fd, "rubbish that was there before and is longer than all of that", 60), 60);
	CU_ASSERT_TRUE(cfg_gather(folder_path("x.conf"), fd));
	CU_ASSERT_EQUAL(fstat(fd, &st), 0);
	CU_ASSERT_EQUAL(st.st_mode & 0777, 0640);
	folder_write("a", "host-name = other\n");
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
	CU_ASSERT_TRUE(cfg_gather(folder_path("a"), plain));
	CU_ASSERT_EQUAL(pread(plain, buf, sizeof(buf), 0), 18);
	CU_ASSERT(!memcmp(buf, "host-name = other\n", 18));
	CU_ASSERT_FALSE(cfg_gather(folder_path("none"), plain));
	CU_ASSERT_EQUAL(errno, ENOENT);
	close(plain);
	CU_ASSERT_FALSE(cfg_gather(folder_path("a"), plain));
	close(fd);
	folder_end();
}

/* A copy that is cut off anywhere, or has one octet changed, is refused or read, and nothing else.
 */
static void a_broken_copy(void)
{
	int fd = memfd_create("copy", MFD_CLOEXEC);
	char text[600], broken[600];
	static struct told t;
	ssize_t len;

	folder_begin();
	folder_write("x.conf", "include a\ninclude none\nhost-name = x\n");
	folder_write("a", "workers = 1\n");
	CU_ASSERT_TRUE(cfg_gather(folder_path("x.conf"), fd));
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
	folder_end();
}

static const struct test_case cases[] = {
	{"a_copy_stands_alone", a_copy_stands_alone},
	{"a_broken_copy", a_broken_copy},
	{NULL, NULL},
};
const struct test_suite suite_bundle = {"bundle", cases};
