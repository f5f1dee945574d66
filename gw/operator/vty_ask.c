/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The far end of the VTY's Unix socket, for people and scripts.  One command: what the VTY prints
 * between the echo of the command and the echo of a comment behind it is the answer; greeting,
 * prompts and telnet options are left out.  Behind a command that lines follow, as `debug`, they
 * are printed until the far end or this one ends.
 */
#include "gw/operator/operator.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

#define END_MARK "! end of isthmus -x"
#define IAC	 255
#define IAC_SB	 250
#define IAC_WILL 251

/* To stderr, unless it is quiet. */
static void __attribute__((format(printf, 2, 3))) ask_complain(bool quiet, const char *fmt, ...)
{
	va_list ap;

	if (quiet)
		return;
	fputs("isthmus: ", stderr);
	va_start(ap, fmt);
	vfprintf(stderr, fmt, ap);
	va_end(ap);
	fputc('\n', stderr);
}

static int ask_connect(const char *path, bool quiet)
{
	struct sockaddr_un sun = {.sun_family = AF_UNIX};
	struct timeval patience = {.tv_sec = 10};
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (strlen(path) >= sizeof(sun.sun_path)) {
		errno = ENAMETOOLONG;
	} else if (fd >= 0) {
		strcpy(sun.sun_path, path);
		setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
		/* of connect() too, when there is no room in the queue of one who does not accept
		 */
		setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof(patience));
		if (connect(fd, (const struct sockaddr *)&sun, sizeof(sun)) == 0)
			return fd;
	}
	ask_complain(quiet, "%s: %s%s", path, strerror(errno),
		     errno == ENOENT || errno == ECONNREFUSED ? "; no gateway answers there" : "");
	if (fd >= 0)
		close(fd);
	return -1;
}

/* Does a line end with the prompt of enabled mode and this command? */
static bool ask_is_echo(const char *line, size_t len, const char *command)
{
	size_t n = strlen(command);

	return len >= n + 2 && !memcmp(line + len - n, command, n) &&
	       !memcmp(line + len - n - 2, "# ", 2);
}

/* A line without its end; false = there are no more. */
static bool ask_line(FILE *in, char **line, size_t *cap, size_t *len)
{
	ssize_t n = getline(line, cap, in);

	while (n > 0 && ((*line)[n - 1] == '\n' || (*line)[n - 1] == '\r'))
		(*line)[--n] = '\0';
	*len = n < 0 ? 0 : (size_t)n;
	return n >= 0;
}

/* Print the answer; 0, or 1 when the VTY refuses the command or breaks off. */
static int ask_print(FILE *in, const char *command, FILE *out, bool quiet)
{
	char *line = NULL;
	bool inside = false;
	size_t cap = 0, n;
	int rc = -1, refused = 0;

	while (rc < 0 && ask_line(in, &line, &cap, &n)) {
		if (ask_is_echo(line, n, END_MARK)) {
			rc = refused;
		} else if (inside) {
			refused |= line[0] == '%';
			fprintf(out, "%s\n", line);
		} else {
			inside = ask_is_echo(line, n, command);
		}
	}
	free(line);
	if (rc < 0)
		ask_complain(quiet, "no answer");
	return rc < 0 ? 1 : rc;
}

/* Commands whose terminal is told things until it ends. */
static bool ask_goes_on(const char *command)
{
	return !strncmp(command, "debug ", 6) || !strcmp(command, "terminal log");
}

/* What comes without being asked for; the prompt is behind us.  Until the far end ends. */
static int ask_follow(FILE *in, FILE *out)
{
	const struct timeval for_ever = {0};
	char *line = NULL;
	size_t cap = 0, n;

	setsockopt(fileno(in), SOL_SOCKET, SO_RCVTIMEO, &for_ever, sizeof(for_ever));
	while (ask_line(in, &line, &cap, &n))
		if (n && !ask_is_echo(line, n, "")) {
			fprintf(out, "%s\n", line);
			fflush(out);
		}
	free(line);
	ask_complain(false, "the gateway has ended, or begins anew");
	return 1;
}

static int ask_one(const char *path, const char *command, FILE *out, bool quiet)
{
	int fd = ask_connect(path, quiet), rc = 1;
	FILE *io;

	if (fd < 0)
		return 1;
	io = fdopen(fd, "r");
	if (io && dprintf(fd, "enable\n%s\n" END_MARK "\n", command) > 0)
		rc = ask_print(io, command, out, quiet);
	if (io && !rc && ask_goes_on(command))
		rc = ask_follow(io, out);
	if (io)
		fclose(io);
	else
		close(fd);
	return rc;
}

int vty_ask(const char *path, const char *command, FILE *out)
{
	if (!*command || strpbrk(command, "\r\n?\t")) {
		ask_complain(false, "a command is one line without ? and tabs");
		return 2;
	}
	return ask_one(path, command, out, false);
}

/* --- an upgrade or reload, which replaces the far end in the middle ------------------------------------- */

#define UPGRADE_PAUSE	50000000l /* ns between two questions */
#define UPGRADE_SECONDS 120	  /* then it has hung */
#define UPGRADE_GONE	40u	  /* in a row for which there is no socket: it listens elsewhere */
#define UPGRADE_GOES	"going-on"
#define UPGRADE_SUCCESS "done"

struct upgrade_view {
	FILE *out;
	unsigned printed; /* steps */
	char state[16];	  /* of the last step seen */
	bool told;	  /* the answer is a table */
};

/* A row of `show upgrade`: its number, its state, ms, words. */
static void upgrade_row(struct upgrade_view *v, const char *line, unsigned row)
{
	unsigned number, ms;
	int words = 0;

	if (sscanf(line, "%u %15s %u %n", &number, v->state, &ms, &words) < 3 || !words)
		return;
	if (row < v->printed)
		return;
	v->printed = row + 1;
	fprintf(v->out, "%6u ms  %s\n", ms, line + words);
	fflush(v->out);
}

/* Its title comes first. */
static void upgrade_view(struct upgrade_view *v, char *text)
{
	unsigned row = 0;

	v->told = text[0] != '%';
	if (!v->told)
		fputs(text, stderr);
	for (char *line = strtok(text, "\n"); line && v->told; line = strtok(NULL, "\n"), row++)
		if (row)
			upgrade_row(v, line, row - 1);
}

/* False when there is no answer, as while there is no control. */
static bool upgrade_ask(const char *path, struct upgrade_view *v)
{
	char *text = NULL;
	size_t len = 0;
	FILE *to = open_memstream(&text, &len);
	int rc = to ? ask_one(path, "show upgrade", to, true) : 1;
	bool answered;

	if (to)
		fclose(to);
	answered = len && (!rc || text[0] == '%');
	if (answered)
		upgrade_view(v, text);
	free(text);
	return answered;
}

/* A control that is replaced leaves its socket, so that this is for longer only when another path
 * is configured, or when the gateway has ended. */
static bool upgrade_is_gone(const char *path)
{
	return access(path, F_OK) < 0 && errno == ENOENT;
}

static bool upgrade_is_served(const char *path)
{
	int fd = ask_connect(path, true);

	if (fd >= 0)
		close(fd);
	return fd >= 0;
}

/* Where somebody listens, the first if nobody does. */
static const char *upgrade_place(const char *path, const char *other)
{
	return other && !upgrade_is_served(path) && upgrade_is_served(other) ? other : path;
}

static time_t upgrade_now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec;
}

/* Until it has ended in one way or another, or there is nobody to ask. */
static void upgrade_wait(const char *path, const char *other, struct upgrade_view *v)
{
	const struct timespec pause = {.tv_nsec = UPGRADE_PAUSE};
	const time_t until = upgrade_now() + UPGRADE_SECONDS;
	unsigned gone = 0;

	for (bool again = false; upgrade_now() < until && gone < UPGRADE_GONE && v->told &&
				 !strcmp(v->state, UPGRADE_GOES);
	     again = true) {
		if (again)
			nanosleep(&pause, NULL);
		upgrade_ask(upgrade_place(path, other), v);
		gone = upgrade_is_gone(path) && (!other || upgrade_is_gone(other)) ? gone + 1 : 0;
	}
	if (gone == UPGRADE_GONE)
		ask_complain(false,
			     "%s is there no more: another `vty { socket }` is configured, "
			     "or the gateway has ended",
			     path);
}

int vty_replace(const char *path, const char *what, FILE *out)
{
	return vty_replace_at(path, NULL, what, out);
}

int vty_replace_at(const char *path, const char *other, const char *what, FILE *out)
{
	struct upgrade_view v = {.out = out, .state = UPGRADE_GOES, .told = true};

	signal(SIGPIPE, SIG_IGN); /* the far end may go away at any time */
	if (ask_one(upgrade_place(path, other), what, stderr, false))
		return 1;
	upgrade_wait(path, other, &v);
	if (!v.told || !strcmp(v.state, UPGRADE_GOES))
		ask_complain(false, "how that goes is not known; the log of the gateway says");
	if (!strncmp(what, "reload", 6) && v.told)
		ask_one(upgrade_place(path, other), "show reload", out, false);
	return strcmp(v.state, UPGRADE_SUCCESS) ? 1 : 0;
}

/* --- an interactive connection ---------------------------------------------------------------- */

struct talk_filter {
	enum { TALK_TEXT, TALK_IAC, TALK_OPTION, TALK_SUB, TALK_SUB_IAC } state;
};

/* Telnet options are left out: this end never echoes. */
static size_t talk_filter(struct talk_filter *f, uint8_t *octets, size_t len)
{
	size_t i, n = 0;

	for (i = 0; i < len; i++) {
		uint8_t c = octets[i];

		if (f->state == TALK_TEXT && c != IAC)
			octets[n++] = c;
		else if (f->state == TALK_TEXT)
			f->state = TALK_IAC;
		else if (f->state == TALK_IAC)
			f->state = c == IAC_SB ? TALK_SUB : c >= IAC_WILL ? TALK_OPTION : TALK_TEXT;
		else if (f->state == TALK_SUB)
			f->state = c == IAC ? TALK_SUB_IAC : TALK_SUB;
		else if (f->state == TALK_SUB_IAC)
			f->state = c == IAC ? TALK_SUB : TALK_TEXT;
		else
			f->state = TALK_TEXT;
	}
	return n;
}

static bool talk_pass(int from, int to, struct talk_filter *f)
{
	uint8_t octets[4096];
	ssize_t n = read(from, octets, sizeof(octets));

	if (n <= 0)
		return n < 0 && errno == EINTR;
	if (f)
		n = (ssize_t)talk_filter(f, octets, (size_t)n);
	return !n || write(to, octets, (size_t)n) == n;
}

static void talk_loop(int fd)
{
	struct pollfd p[2] = {{.fd = fd, .events = POLLIN}, {.fd = STDIN_FILENO, .events = POLLIN}};
	struct talk_filter filter = {TALK_TEXT};

	for (;;) {
		if (poll(p, 2, -1) < 0 && errno != EINTR)
			return;
		if (p[0].revents && !talk_pass(fd, STDOUT_FILENO, &filter))
			return;
		/* The end of the input is not the end of the answers. */
		if (p[1].revents && !talk_pass(STDIN_FILENO, fd, NULL)) {
			shutdown(fd, SHUT_WR);
			p[1].fd = -1;
		}
	}
}

int vty_talk(const char *path)
{
	struct termios old, raw;
	bool tty = tcgetattr(STDIN_FILENO, &old) == 0;
	int fd = ask_connect(path, false);

	if (fd < 0)
		return 1;
	if (tty) {
		raw = old;
		cfmakeraw(&raw);
		tcsetattr(STDIN_FILENO, TCSADRAIN, &raw);
	}
	talk_loop(fd);
	if (tty)
		tcsetattr(STDIN_FILENO, TCSADRAIN, &old);
	close(fd);
	return 0;
}
