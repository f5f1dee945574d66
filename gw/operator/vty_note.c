/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Where the gateway of a configuration listens, for who has only read that file, in which another
 * path may stand by now.  It is a symbolic link beside the usual socket, named after the file's own
 * path; where there is no right to make it there is none.
 */
#include "core/htab.h"
#include "gw/operator/operator.h"

#include <inttypes.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* False: there is no such file. */
static bool note_path(const char *file, char *out, size_t cap)
{
	char *whole = realpath(file, NULL);

	if (!whole)
		return false;
	snprintf(out, cap, "%.*s/socket-of-%016" PRIx64,
		 (int)(strrchr(CFG_VTY_SOCKET, '/') - CFG_VTY_SOCKET), CFG_VTY_SOCKET,
		 htab_octets(whole, strlen(whole)));
	free(whole);
	return true;
}

void vty_note(const char *file, const char *socket)
{
	char at[PATH_MAX], whole[PATH_MAX] = "";

	if (!note_path(file, at, sizeof(at)) || !realpath(socket, whole))
		return;
	*strrchr(at, '/') = '\0';
	mkdir(at, 0755);
	at[strlen(at)] = '/';
	unlink(at);
	(void)!symlink(whole, at);
}

bool vty_noted(const char *file, char *socket, size_t cap)
{
	char at[PATH_MAX];
	ssize_t n = note_path(file, at, sizeof(at)) ? readlink(at, socket, cap - 1) : -1;

	socket[n < 0 ? 0 : n] = '\0';
	return n > 0;
}

void vty_forget(const char *file)
{
	char at[PATH_MAX];

	if (note_path(file, at, sizeof(at)))
		unlink(at);
}
