/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * CLOCAL is always set: the kernel then leaves the carrier to us, and an `open` does not wait for
 * it.  HUPCL makes DTR fall when the port closes, which is how a modem is told to hang up.
 */
#include "transports/serial/serial_tty.h"

#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <linux/serial.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

static const struct {
	uint32_t bps;
	speed_t code;
} tty_speeds[] = {
	{300, B300},	     {600, B600},	  {1200, B1200},       {2400, B2400},
	{4800, B4800},	     {9600, B9600},	  {19200, B19200},     {38400, B38400},
	{57600, B57600},     {115200, B115200},	  {230400, B230400},   {460800, B460800},
	{500000, B500000},   {576000, B576000},	  {921600, B921600},   {1000000, B1000000},
	{1152000, B1152000}, {1500000, B1500000}, {2000000, B2000000}, {2500000, B2500000},
	{3000000, B3000000}, {3500000, B3500000}, {4000000, B4000000},
};

static bool tty_code_of(uint32_t bps, speed_t *code)
{
	for (size_t i = 0; i < sizeof(tty_speeds) / sizeof(tty_speeds[0]); i++) {
		if (tty_speeds[i].bps != bps)
			continue;
		*code = tty_speeds[i].code;
		return true;
	}
	return false;
}

bool serial_tty_has_speed(uint32_t bps)
{
	speed_t code;

	return tty_code_of(bps, &code);
}

static int tty_set(int fd, uint32_t bps, enum serial_flow flow)
{
	struct termios t;
	speed_t code;

	if (tcgetattr(fd, &t))
		return -ENOTTY;
	cfmakeraw(&t);
	t.c_iflag = IGNBRK | IGNPAR | (flow == SERIAL_FLOW_XON_XOFF ? IXON | IXOFF : 0);
	t.c_cflag &= ~(tcflag_t)(CSTOPB | CRTSCTS);
	t.c_cflag |= CREAD | CLOCAL | HUPCL | (flow == SERIAL_FLOW_RTS_CTS ? CRTSCTS : 0);
	t.c_cc[VMIN] = 1; /* with 0, an idle line would read as one that is hung up */
	t.c_cc[VTIME] = 0;
	if (tty_code_of(bps, &code))
		cfsetspeed(&t, code);
	return tcsetattr(fd, TCSANOW, &t) ? -errno : 0;
}

int serial_tty_take(int fd, uint32_t bps, enum serial_flow flow)
{
	int r;

	if (fd < 0)
		return fd;
	r = tty_set(fd, bps, flow);
	if (!r && ioctl(fd, TIOCEXCL))
		r = -errno;
	if (r) {
		close(fd);
		return r;
	}
	tcflush(fd, TCIFLUSH);
	return fd;
}

void serial_tty_close(int fd)
{
	tcflush(fd, TCOFLUSH);
	ioctl(fd, TIOCNXCL);
	close(fd);
}

enum serial_carrier serial_tty_carrier(int fd)
{
	int lines;

	if (!ioctl(fd, TIOCMGET, &lines))
		return lines & TIOCM_CD ? SERIAL_CARRIER_ON : SERIAL_CARRIER_OFF;
	return errno == ENOTTY || errno == EINVAL ? SERIAL_CARRIER_UNKNOWN : SERIAL_CARRIER_GONE;
}

bool serial_tty_unsent(int fd)
{
	int octets;

	return !ioctl(fd, TIOCOUTQ, &octets) && octets > 0;
}

void serial_tty_errors(int fd, struct serial_tty_errors *out)
{
	struct serial_icounter_struct n;

	*out = (struct serial_tty_errors){0};
	if (!ioctl(fd, TIOCGICOUNT, &n))
		*out = (struct serial_tty_errors){(uint32_t)n.frame, (uint32_t)n.overrun,
						  (uint32_t)n.buf_overrun};
}
