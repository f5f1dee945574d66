/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "gw/operator/ctl_secret.h"

#include <stdio.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

/* Octet by octet: what is behind the line is not ours. */
static bool secret_line(char *buf, size_t cap)
{
	size_t n = 0;
	ssize_t got;
	char c;

	while ((got = read(STDIN_FILENO, &c, 1)) == 1 && c != '\n') {
		if (n + 1 >= cap)
			return false;
		buf[n++] = c;
	}
	if (n && buf[n - 1] == '\r')
		n--;
	buf[n] = '\0';
	return got == 1 || n;
}

bool ctl_secret(const char *name, char *buf, size_t cap)
{
	struct termios before, silent;
	bool good;

	if (tcgetattr(STDIN_FILENO, &before) < 0)
		return secret_line(buf, cap);
	silent = before;
	silent.c_lflag &= (tcflag_t) ~(ECHO);
	tcsetattr(STDIN_FILENO, TCSAFLUSH, &silent);
	fprintf(stderr, "%s: ", name);
	good = secret_line(buf, cap);
	tcsetattr(STDIN_FILENO, TCSAFLUSH, &before);
	fputc('\n', stderr);
	return good;
}
