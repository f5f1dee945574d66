/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The paths of spools, and what is opened at them: a request is what a stranger may have written.
 */
#include "gw/keeper/opener_spool.h"

#include "tests/harness.h"
#include "tests/heap.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char spool_dir[32], spool_path[64];

static void spool_begin(void)
{
	snprintf(spool_dir, sizeof(spool_dir), "/tmp/ist-spool-XXXXXX");
	CU_ASSERT_PTR_NOT_NULL_FATAL(mkdtemp(spool_dir));
	snprintf(spool_path, sizeof(spool_path), "%s/isp", spool_dir);
}

/* The file of this number, or another name there; until the next call. */
static const char *spool_file(const char *name)
{
	static char path[100];

	snprintf(path, sizeof(path), "%s/%s", spool_dir, name);
	return path;
}

static void spool_end(void)
{
	unlink(spool_file("isp.0"));
	unlink(spool_file("isp.1"));
	unlink(spool_file("other"));
	CU_ASSERT_EQUAL(rmdir(spool_dir), 0);
}

static int spool_ask(const struct opener_spools *s, uint8_t which, const char *path, int *fd)
{
	uint8_t body[200];
	struct rd r;

	body[0] = which;
	memcpy(body + 1, path, strlen(path));
	r = rd_init(body, 1 + strlen(path));
	*fd = -1;
	return opener_spools_open(s, &r, fd);
}

/* --- tests ------------------------------------------------------------------------------------- */

static void only_paths_that_are_named(void)
{
	struct opener_spools s = {0};
	struct rd nothing = rd_init(NULL, 0);
	char longer[70], shorter[64];
	int fd;

	spool_begin();
	CU_ASSERT_EQUAL(spool_ask(&s, 0, spool_path, &fd), EACCES);
	CU_ASSERT_TRUE(opener_spools_add(&s, "/nowhere/isp") && opener_spools_add(&s, spool_path));
	snprintf(longer, sizeof(longer), "%sx", spool_path);
	memcpy(shorter, spool_path, sizeof(shorter));
	shorter[strlen(shorter) - 1] = '\0';
	CU_ASSERT_EQUAL(spool_ask(&s, 0, longer, &fd), EACCES);
	CU_ASSERT_EQUAL(spool_ask(&s, 0, shorter, &fd), EACCES);
	CU_ASSERT_EQUAL(spool_ask(&s, 0, "", &fd), EACCES);
	CU_ASSERT_EQUAL(spool_ask(&s, 2, spool_path, &fd), EBADMSG);
	CU_ASSERT_EQUAL(opener_spools_open(&s, &nothing, &fd), EBADMSG);
	CU_ASSERT_EQUAL(spool_ask(&s, 0, "/nowhere/isp", &fd), ENOENT);
	CU_ASSERT_EQUAL(fd, -ENOENT); /* which is no descriptor */
	CU_ASSERT_EQUAL(access(spool_file("isp.0"), F_OK), -1);
	opener_spools_free(&s);
	spool_end();
}

static void two_files_that_nobody_else_reads(void)
{
	struct opener_spools s = {0};
	struct stat st;
	int fd[2], again;

	spool_begin();
	CU_ASSERT_TRUE(opener_spools_add(&s, spool_path));
	for (uint8_t i = 0; i < 2; i++) {
		CU_ASSERT_EQUAL_FATAL(spool_ask(&s, i, spool_path, &fd[i]), 0);
		CU_ASSERT_EQUAL(stat(spool_file(i ? "isp.1" : "isp.0"), &st), 0);
		CU_ASSERT_EQUAL(st.st_mode & 0777, 0600);
		CU_ASSERT_EQUAL(fcntl(fd[i], F_GETFD) & FD_CLOEXEC, FD_CLOEXEC);
	}
	/* another gateway's would be written twice */
	CU_ASSERT_EQUAL(spool_ask(&s, 0, spool_path, &again), EBUSY);
	CU_ASSERT_EQUAL(write(fd[0], "kept", 4), 4);
	close(fd[0]);
	CU_ASSERT_EQUAL_FATAL(spool_ask(&s, 0, spool_path, &fd[0]), 0);
	CU_ASSERT_TRUE(fstat(fd[0], &st) == 0 && st.st_size == 4);
	close(fd[0]);
	close(fd[1]);
	opener_spools_free(&s);
	spool_end();
}

/* Whoever may write the folder leads nobody elsewhere. */
static void what_is_no_file_is_not_opened(void)
{
	struct opener_spools s = {0};
	int fd;

	spool_begin();
	CU_ASSERT_TRUE(opener_spools_add(&s, spool_path));
	fd = open(spool_file("other"), O_CREAT | O_WRONLY, 0600);
	close(fd);
	CU_ASSERT_EQUAL(symlink("other", spool_file("isp.0")), 0);
	CU_ASSERT_EQUAL(spool_ask(&s, 0, spool_path, &fd), ELOOP);
	unlink(spool_file("isp.0"));
	CU_ASSERT_EQUAL(mkfifo(spool_file("isp.0"), 0600), 0);
	CU_ASSERT_EQUAL(spool_ask(&s, 0, spool_path, &fd), EINVAL);
	unlink(spool_file("isp.0"));
	CU_ASSERT_EQUAL(mkdir(spool_file("isp.0"), 0700), 0);
	CU_ASSERT_EQUAL(spool_ask(&s, 0, spool_path, &fd), EISDIR);
	rmdir(spool_file("isp.0"));
	opener_spools_free(&s);
	spool_end();
}

/* In a reload those of before stay, since their records are still told: each once. */
static void those_of_another_are_joined(void)
{
	struct opener_spools s = {0}, from = {0};

	CU_ASSERT_TRUE(opener_spools_add(&s, "/a") && opener_spools_add(&s, "/b"));
	CU_ASSERT_TRUE(opener_spools_add(&from, "/b") && opener_spools_add(&from, "/c") &&
		       opener_spools_add(&from, "/a") && opener_spools_add(&from, "/d"));
	opener_spools_join(&s, &from);
	CU_ASSERT_EQUAL_FATAL(s.n, 4);
	CU_ASSERT_STRING_EQUAL(s.path[0], "/a");
	CU_ASSERT_STRING_EQUAL(s.path[1], "/b");
	CU_ASSERT_STRING_EQUAL(s.path[2], "/c");
	CU_ASSERT_STRING_EQUAL(s.path[3], "/d");
	opener_spools_join(&s, &from);
	CU_ASSERT_EQUAL(s.n, 4);
	CU_ASSERT_EQUAL(from.n, 4);
	opener_spools_free(&s);
	opener_spools_free(&from);
}

static void without_memory(void)
{
	struct opener_spools s = {0}, from = {0};
	unsigned n;

	CU_ASSERT_TRUE(opener_spools_add(&from, "/c") && opener_spools_add(&from, "/d"));
	heap_refuse(0);
	CU_ASSERT_FALSE(opener_spools_add(&s, "/a"));
	CU_ASSERT_TRUE(heap_refused());
	CU_ASSERT_EQUAL(s.n, 0);
	for (n = 0; n < 8; n++) {
		heap_refuse(n);
		opener_spools_join(&s, &from);
		if (!heap_refused())
			break;
		CU_ASSERT_TRUE(s.n <= 2);
	}
	CU_ASSERT_EQUAL(s.n, 2);
	opener_spools_free(&s);
	opener_spools_free(&from);
}

static const struct test_case cases[] = {
	{"only_paths_that_are_named", only_paths_that_are_named},
	{"two_files_that_nobody_else_reads", two_files_that_nobody_else_reads},
	{"what_is_no_file_is_not_opened", what_is_no_file_is_not_opened},
	{"those_of_another_are_joined", those_of_another_are_joined},
	{"without_memory", without_memory},
	{NULL, NULL},
};
const struct test_suite suite_opener_spool = {"opener_spool", cases};
