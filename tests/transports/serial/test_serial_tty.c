/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a tty is set to, read back from the pty, and what its modem lines say. */
#include "transports/serial/serial_tty.h"

#include "tests/harness.h"
#include "tests/transports/kernel.h"
#include "tests/transports/serial/serial_end.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

static void tty_speeds(void)
{
	static const uint32_t has[] = {300, 9600, 115200, 921600, 4000000};
	static const uint32_t has_not[] = {0, 1, 9601, 64000, 4000001};

	for (size_t i = 0; i < 5; i++) {
		CU_ASSERT_TRUE(serial_tty_has_speed(has[i]));
		CU_ASSERT_FALSE(serial_tty_has_speed(has_not[i]));
	}
}

static int tty_open(const char *path)
{
	return open(path, O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
}

static void tty_is_raw(void)
{
	static const struct {
		uint32_t bps;
		enum serial_flow flow;
		speed_t speed;
		tcflag_t iflag, cflag;
	} rows[] = {
		{9600, SERIAL_FLOW_NONE, B9600, 0, 0},
		{115200, SERIAL_FLOW_RTS_CTS, B115200, 0, CRTSCTS},
		{0, SERIAL_FLOW_XON_XOFF, B115200, IXON | IXOFF, 0},
	};
	struct serial_end e = {.master = -1};
	struct termios t;

	serial_end_plug(&e);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		int fd = serial_tty_take(tty_open(e.path), rows[i].bps, rows[i].flow);

		CU_ASSERT_TRUE_FATAL(fd >= 0);
		CU_ASSERT_EQUAL_FATAL(tcgetattr(e.slave, &t), 0);
		CU_ASSERT_EQUAL(cfgetospeed(&t), rows[i].speed);
		CU_ASSERT_EQUAL(cfgetispeed(&t), rows[i].speed);
		CU_ASSERT_EQUAL(t.c_iflag, IGNBRK | IGNPAR | rows[i].iflag);
		CU_ASSERT_EQUAL(t.c_oflag & OPOST, 0);
		CU_ASSERT_EQUAL(t.c_lflag & (ICANON | ECHO | ISIG | IEXTEN), 0);
		CU_ASSERT_EQUAL(t.c_cflag & (CSIZE | PARENB | CSTOPB | CRTSCTS | CLOCAL | HUPCL),
				CS8 | CLOCAL | HUPCL | rows[i].cflag);
		serial_tty_close(fd);
	}
	serial_end_unplug(&e);
	rmdir(e.dir);
}

/* Octets of a session that has ended are not those of the next. */
static void tty_begins_empty(void)
{
	struct serial_end e = {.master = -1};
	struct pollfd p = {.events = POLLIN};
	char octet;
	int fd;

	serial_end_plug(&e);
	p.fd = e.slave;
	serial_end_write(&e, "stale", 5);
	CU_ASSERT_EQUAL(poll(&p, 1, 5000), 1);
	fd = serial_tty_take(tty_open(e.path), 0, SERIAL_FLOW_NONE);
	CU_ASSERT_TRUE_FATAL(fd >= 0);
	CU_ASSERT_EQUAL(read(fd, &octet, 1), -1);
	CU_ASSERT_EQUAL(errno, EAGAIN);
	serial_tty_close(fd);
	serial_end_unplug(&e);
	rmdir(e.dir);
}

static void tty_not_there(void)
{
	CU_ASSERT_EQUAL(serial_tty_take(tty_open("/dev/null"), 9600, SERIAL_FLOW_NONE), -ENOTTY);
	CU_ASSERT_EQUAL(serial_tty_take(-ENOENT, 9600, SERIAL_FLOW_NONE), -ENOENT);
}

/* A device that others have is not opened, and not kept open. */
static void tty_refused(void)
{
	struct serial_end e = {.master = -1};
	int before;

	serial_end_plug(&e);
	before = kernel_next_fd();
	kernel_fail("ioctl", TIOCEXCL, 0, EBUSY);
	CU_ASSERT_EQUAL(serial_tty_take(tty_open(e.path), 9600, SERIAL_FLOW_NONE), -EBUSY);
	CU_ASSERT_TRUE(kernel_failed());
	CU_ASSERT_EQUAL(kernel_next_fd(), before);
	serial_end_unplug(&e);
	rmdir(e.dir);
}

/* Ours alone while it is open. */
static void tty_is_exclusive(void)
{
	struct serial_end e = {.master = -1};
	int fd, on = 0;

	serial_end_plug(&e);
	fd = serial_tty_take(tty_open(e.path), 0, SERIAL_FLOW_NONE);
	CU_ASSERT_EQUAL(ioctl(e.slave, TIOCGEXCL, &on), 0);
	CU_ASSERT_TRUE(on);
	serial_tty_close(fd);
	CU_ASSERT_EQUAL(ioctl(e.slave, TIOCGEXCL, &on), 0);
	CU_ASSERT_FALSE(on);
	serial_end_unplug(&e);
	rmdir(e.dir);
}

static void tty_counts_errors(void)
{
	static const struct serial_icounter_struct counts = {.rx = 9,
							     .tx = 8,
							     .frame = 3,
							     .overrun = 5,
							     .parity = 6,
							     .brk = 4,
							     .buf_overrun = 7};
	struct serial_end e = {.master = -1};
	struct serial_tty_errors n = {1, 1, 1};
	int fd;

	serial_end_plug(&e);
	fd = serial_tty_take(tty_open(e.path), 0, SERIAL_FLOW_NONE);
	serial_tty_errors(fd, &n); /* a pty has none */
	CU_ASSERT_TRUE(!n.framing && !n.hardware_overruns && !n.buffer_overruns);
	serial_end_counts = &counts;
	serial_tty_errors(fd, &n);
	serial_end_counts = NULL;
	CU_ASSERT_EQUAL(n.framing, 3);
	CU_ASSERT_EQUAL(n.hardware_overruns, 5);
	CU_ASSERT_EQUAL(n.buffer_overruns, 7);
	serial_tty_close(fd);
	serial_end_unplug(&e);
	rmdir(e.dir);
}

/* Octets that the other side has not read, until it has. */
static void tty_unsent(void)
{
	struct serial_end e = {.master = -1};
	char octets[8];
	int fd;

	serial_end_plug(&e);
	fd = serial_tty_take(tty_open(e.path), 0, SERIAL_FLOW_NONE);
	CU_ASSERT_FALSE(serial_tty_unsent(fd));
	kernel_fail("ioctl", TIOCOUTQ, 0, ENOTTY);
	CU_ASSERT_FALSE(serial_tty_unsent(fd));
	CU_ASSERT_TRUE(kernel_failed());
	CU_ASSERT_EQUAL(write(fd, "abc", 3), 3);
	CU_ASSERT_EQUAL(read(e.master, octets, sizeof(octets)), 3);
	CU_ASSERT_FALSE(serial_tty_unsent(fd));
	serial_tty_close(fd);
	serial_end_unplug(&e);
	rmdir(e.dir);
}

static void tty_carrier(void)
{
	struct serial_end e = {.master = -1};
	int fd;

	serial_end_plug(&e);
	fd = serial_tty_take(tty_open(e.path), 0, SERIAL_FLOW_NONE);
	CU_ASSERT_EQUAL(serial_tty_carrier(fd), SERIAL_CARRIER_UNKNOWN);
	serial_end_lines = TIOCM_CD | TIOCM_CTS;
	CU_ASSERT_EQUAL(serial_tty_carrier(fd), SERIAL_CARRIER_ON);
	serial_end_lines = TIOCM_CTS;
	CU_ASSERT_EQUAL(serial_tty_carrier(fd), SERIAL_CARRIER_OFF);
	serial_end_lines = -1;
	serial_end_unplug(&e);
	CU_ASSERT_EQUAL(serial_tty_carrier(fd), SERIAL_CARRIER_GONE);
	serial_tty_close(fd);
	rmdir(e.dir);
}

static const struct test_case cases[] = {
	{"speeds", tty_speeds},
	{"is_raw", tty_is_raw},
	{"begins_empty", tty_begins_empty},
	{"not_there", tty_not_there},
	{"refused", tty_refused},
	{"is_exclusive", tty_is_exclusive},
	{"counts_errors", tty_counts_errors},
	{"unsent", tty_unsent},
	{"carrier", tty_carrier},
	{NULL, NULL},
};
const struct test_suite suite_serial_tty = {"serial_tty", cases};
