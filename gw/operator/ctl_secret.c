/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "gw/operator/ctl_secret.h"

#include <signal.h>
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

static struct termios secret_terminal; /* as it was */

/* SA_RESETHAND: then it does what it does by itself. */
static void secret_interrupted(int sig)
{
	tcsetattr(STDIN_FILENO, TCSAFLUSH, &secret_terminal);
	raise(sig);
}

/* Signals that end us leave the terminal with its echo. */
static void secret_catch(void (*handler)(int))
{
	static const int signals[] = {SIGINT, SIGQUIT, SIGTERM, SIGHUP};
	const struct sigaction act = {.sa_handler = handler, .sa_flags = (int)SA_RESETHAND};

	for (size_t i = 0; i < sizeof(signals) / sizeof(signals[0]); i++)
		sigaction(signals[i], &act, NULL);
}

bool ctl_secret(const char *name, char *buf, size_t cap)
{
	struct termios silent;
	bool good;

	if (tcgetattr(STDIN_FILENO, &secret_terminal) < 0)
		return secret_line(buf, cap);
	silent = secret_terminal;
	silent.c_lflag &= (tcflag_t) ~(ECHO);
	secret_catch(secret_interrupted);
	tcsetattr(STDIN_FILENO, TCSAFLUSH, &silent);
	fprintf(stderr, "%s: ", name);
	good = secret_line(buf, cap);
	tcsetattr(STDIN_FILENO, TCSAFLUSH, &secret_terminal);
	secret_catch(SIG_DFL);
	fputc('\n', stderr);
	return good;
}
