/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/transports/serial/serial_end.h"

#include "tests/harness.h"
#include "transports/serial/serial.h"

#include <poll.h>
#include <pty.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <termios.h>
#include <unistd.h>

int serial_end_lines = -1;
const struct serial_icounter_struct *serial_end_counts;

/* In place of the C library's. */
int ioctl(int fd, unsigned long request, ...)
{
	va_list ap;
	void *arg;

	va_start(ap, request);
	arg = va_arg(ap, void *);
	va_end(ap);
	if (request == TIOCMGET && serial_end_lines >= 0) {
		*(int *)arg = serial_end_lines;
		return 0;
	}
	if (request == TIOCGICOUNT && serial_end_counts) {
		*(struct serial_icounter_struct *)arg = *serial_end_counts;
		return 0;
	}
	return (int)syscall(SYS_ioctl, fd, request, arg);
}

static void end_die(const char *words)
{
	perror(words);
	abort();
}

void serial_end_plug(struct serial_end *e)
{
	struct termios raw;
	char name[64];

	if (!*e->dir) {
		strcpy(e->dir, "/tmp/ist-serial-XXXXXX");
		if (!mkdtemp(e->dir))
			end_die("mkdtemp");
		snprintf(e->path, sizeof(e->path), "%s/tty", e->dir);
	}
	if (openpty(&e->master, &e->slave, name, NULL, NULL) || tcgetattr(e->slave, &raw))
		end_die("openpty");
	cfmakeraw(&raw);
	if (tcsetattr(e->slave, TCSANOW, &raw) || symlink(name, e->path))
		end_die("pty");
}

void serial_end_unplug(struct serial_end *e)
{
	if (e->master >= 0) {
		close(e->master);
		close(e->slave);
		unlink(e->path);
	}
	e->master = e->slave = -1;
}

void serial_end_open(struct serial_end *e, const char *const *config)
{
	char device[64];
	const char *all[16] = {device};

	*e = (struct serial_end){.master = -1, .slave = -1};
	serial_end_plug(e);
	snprintf(device, sizeof(device), "device=%s", e->path);
	for (unsigned i = 0; config && config[i]; i++)
		all[i + 1] = config[i];
	fake_open(&e->h, &serial_transport, all);
	fake_run(&e->h, fake_now);
}

void serial_end_close(struct serial_end *e)
{
	fake_close(&e->h);
	serial_end_unplug(e);
	rmdir(e->dir);
}

void serial_end_write(struct serial_end *e, const void *octets, size_t len)
{
	if (write(e->master, octets, len) != (ssize_t)len)
		end_die("write to the pty");
}

void serial_end_hex(struct serial_end *e, const char *hex)
{
	uint8_t octets[4096];

	serial_end_write(e, octets, test_hex(octets, sizeof(octets), hex));
}

size_t serial_end_read(struct serial_end *e, uint8_t *out, size_t want)
{
	size_t have = 0;

	while (have < want) {
		struct pollfd p = {.fd = e->master, .events = POLLIN};
		ssize_t n = poll(&p, 1, 5000) > 0 ? read(e->master, out + have, want - have) : 0;

		if (n <= 0)
			break;
		have += (size_t)n;
		fake_run(&e->h, fake_now);
	}
	return have;
}

struct fake_event *serial_end_take(struct serial_end *e, enum fake_kind kind)
{
	return fake_wait(&e->h, kind, 1) ? fake_take(&e->h, kind) : NULL;
}

bool serial_end_hears(struct serial_end *e, const char *text)
{
	uint8_t got[64];
	size_t len = strlen(text);

	return serial_end_read(e, got, len) == len && !memcmp(got, text, len);
}

void serial_end_says(struct serial_end *e, const char *text)
{
	serial_end_write(e, text, strlen(text));
}
