/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The tty under a serial port: opened raw and without blocking, its speed, its flow control, and
 * what its modem lines say. */
#ifndef TRANSPORTS_SERIAL_SERIAL_TTY_H
#define TRANSPORTS_SERIAL_SERIAL_TTY_H

#include <stdbool.h>
#include <stdint.h>

/* In the order of the words of the key `flow`. */
enum serial_flow { SERIAL_FLOW_NONE, SERIAL_FLOW_RTS_CTS, SERIAL_FLOW_XON_XOFF };

enum serial_carrier {
	SERIAL_CARRIER_OFF,
	SERIAL_CARRIER_ON,
	SERIAL_CARRIER_UNKNOWN, /* the device has no modem lines, as a pty */
	SERIAL_CARRIER_GONE,	/* the device is no more */
};

/* Does termios have it?  bit/s. */
bool serial_tty_has_speed(uint32_t bps);
/* A tty that was opened, or -errno, which is given back: 8 bits, no parity, raw, DTR on; bps 0 =
 * the speed stays as it is.  What came while nobody had it open is thrown away.  The descriptor,
 * which nobody else can open then, or -errno, and it is closed; -ENOTTY = it is no tty. */
int serial_tty_take(int fd, uint32_t bps, enum serial_flow flow);
/* DTR goes off.  Output that is still in the kernel is thrown away, since close would wait for it.
 */
void serial_tty_close(int fd);
enum serial_carrier serial_tty_carrier(int fd);
/* Are octets in the kernel that have not gone out? */
bool serial_tty_unsent(int fd);
/* What its driver has counted; zeros where it counts nothing. */
struct serial_tty_errors {
	uint32_t framing, hardware_overruns, buffer_overruns;
};
void serial_tty_errors(int fd, struct serial_tty_errors *out);

#endif
