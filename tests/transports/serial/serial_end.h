/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A serial port under test on a pty, whose other side the test holds.  What a pty cannot do, modem
 * lines, is played: serial_end_lines takes the place of what TIOCMGET says.
 */
#ifndef TESTS_TRANSPORTS_SERIAL_SERIAL_END_H
#define TESTS_TRANSPORTS_SERIAL_SERIAL_END_H

#include "tests/transports/host.h"

#include <linux/serial.h>

struct serial_end {
	struct fake_host h;
	int master, slave;	/* the test's own; -1 = closed */
	char dir[32], path[48]; /* path: a symbolic link to the slave */
};

/* What TIOCGICOUNT says of every tty; NULL = as the kernel says. */
extern const struct serial_icounter_struct *serial_end_counts;
/* Modem lines (TIOCM_...) of every tty; -1 = as the kernel says. */
extern int serial_end_lines;

/* A pty and nothing on it. */
void serial_end_plug(struct serial_end *e);
/* Hang up, and the device is gone. */
void serial_end_unplug(struct serial_end *e);
/* Plugged, and a port on it with these settings besides `device`; run until now. */
void serial_end_open(struct serial_end *e, const char *const *config);
void serial_end_close(struct serial_end *e);

void serial_end_write(struct serial_end *e, const void *octets, size_t len);
void serial_end_hex(struct serial_end *e, const char *hex);
/* What the port sends, exactly want octets unless 5 s pass; returns how many there are. */
size_t serial_end_read(struct serial_end *e, uint8_t *out, size_t want);
/* Waits for a report, takes it; NULL = it did not come. */
struct fake_event *serial_end_take(struct serial_end *e, enum fake_kind kind);
/* Does the port send this text next? */
bool serial_end_hears(struct serial_end *e, const char *text);
void serial_end_says(struct serial_end *e, const char *text);

#endif
