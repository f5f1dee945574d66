/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/srcdir.h"

#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static bool srcdir_is_top(const char *dir)
{
	char path[PATH_MAX + 32];

	snprintf(path, sizeof(path), "%s/tests/srcdir.h", dir);
	return !access(path, R_OK);
}

/* Cut path to the nearest folder above it that is the top of a source tree. */
static bool srcdir_climb(char *path)
{
	char *slash;

	while ((slash = strrchr(path, '/'))) {
		*slash = '\0';
		if (srcdir_is_top(path))
			return true;
	}
	return false;
}

const char *test_srcdir(void)
{
	const char *given = getenv("srcdir");
	char path[PATH_MAX];
	ssize_t n;

	if (given)
		return given;
	n = readlink("/proc/self/exe", path, sizeof(path) - 1);
	if (n < 0)
		n = 0;
	path[n] = '\0';
	setenv("srcdir", srcdir_climb(path) ? path : ".", 1);
	return getenv("srcdir");
}
