/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is wrong with a text is said before any device is made; devices in a namespace. */
#include "tests/harness.h"
#include "tests/netns.h"
#include "tests/transports/kernel.h"
#include "tests/transports/link/ends.h"
#include "tests/transports/link/wire.h"

#include <errno.h>
#include <linux/if_ether.h>
#include <linux/if_tun.h>
#include <net/if.h>
#include <net/if_arp.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

static void link_tun_malformed(void)
{
	static const struct {
		const char *text, *words;
	} rows[] = {
		{"tun:x", "no tun:INTERFACE with this transport"}, /* it has no link type */
		{"tap:", "\"tap:\" is not tap:INTERFACE"},
		{"tap:a-name-too-long-for-it", "is not tap:INTERFACE"},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char err[200] = "";
		struct end e;

		CU_ASSERT_EQUAL(end_try(&e, rows[i].text, NULL, err, sizeof(err)), -EINVAL);
		if (!strstr(err, rows[i].words))
			CU_FAIL(err);
	}
}

/* A name no device can have: the kernel refuses, also to somebody with privileges. */
static void link_tun_refused(void)
{
	char err[200] = "";
	struct end e;
	int r = end_try(&e, "tap:a/b", NULL, err, sizeof(err));

	if (!r) /* no /dev/net/tun here: waited for */
		end_close(&e);
	CU_ASSERT_TRUE(r == -EINVAL || r == -EPERM || r == -EACCES ||
		       (!r && access("/dev/net/tun", F_OK)));
}

static void link_tun_up(struct end *e, const char *text)
{
	end_open(e, text, NULL);
	fake_run(&e->h, fake_now);
	CU_ASSERT_EQUAL_FATAL(e->ups, 1);
}

/* The kernel's stack sees the frame under the medium's protocol, and what it sends comes bare. */
static void link_tun_frames(void)
{
	const struct link_frame f = {(const uint8_t *)"\x10\x01", (const uint8_t *)"\x0b\x22", 2,
				     2};
	uint8_t got[100];
	struct end e;
	int fd, all;

	if (!netns_enter("link_tun_frames"))
		return;
	end_like.tun_type = ARPHRD_X25;
	end_like.tun_protocol = ETH_P_X25;
	link_tun_up(&e, "tun:x0");
	CU_ASSERT_EQUAL(wire_arphrd("x0"), ARPHRD_X25);
	CU_ASSERT_EQUAL(wire_flags("x0") & (IFF_UP | IFF_NOARP), IFF_UP | IFF_NOARP);
	CU_ASSERT_EQUAL(wire_mtu("x0"), 4200);
	CU_ASSERT_EQUAL(link_mtu(e.l), 4200);
	CU_ASSERT_FALSE(link_mac(e.l, got));
	fd = wire_sniff("x0", ETH_P_X25);
	all = wire_sniff("x0", ETH_P_ALL);
	end_send_frames(&e, &f, 1);
	ASSERT_OCTETS(got, wire_read(fd, got, sizeof(got), 0, 0x1001), "\x10\x01\x0b\x22", 4);
	CU_ASSERT_EQUAL(end_count(&e, LINK_TX), 1);
	CU_ASSERT_EQUAL(end_count(&e, LINK_TX_ERROR), 0);
	wire_send(fd, "x0", ETH_P_IP, "\x45", 1); /* is not of the medium */
	wire_send(fd, "x0", ETH_P_X25, "\x10\x01\xff", 3);
	END_UNTIL(&e, e.frames == 1);
	ASSERT_OCTETS(e.last, e.last_len, "\x10\x01\xff", 3);
	CU_ASSERT_EQUAL(end_count(&e, LINK_RX), 1);
	CU_ASSERT_EQUAL(end_count(&e, LINK_RX_BAD), 1);
	CU_ASSERT_EQUAL(end_count(&e, LINK_RX_TOO_LONG), 0);
	close(fd);
	close(all);
	end_close(&e);
	CU_ASSERT_EQUAL(if_nametoindex("x0"), 0);
	memset(&end_like, 0, sizeof(end_like));
	netns_leave();
}

/* A medium of many protocols takes each. */
static void link_tun_of_any_protocol(void)
{
	struct end e;
	int fd;

	if (!netns_enter("link_tun_of_any_protocol"))
		return;
	end_like.tun_type = ARPHRD_FRAD;
	end_like.tun_protocol = ETH_P_ALL;
	link_tun_up(&e, "tun:x0");
	fd = wire_sniff("x0", ETH_P_ALL);
	wire_send(fd, "x0", ETH_P_IP, "\x18\x41\x03", 3);
	END_UNTIL(&e, e.frames == 1);
	ASSERT_OCTETS(e.last, e.last_len, "\x18\x41\x03", 3);
	close(fd);
	end_close(&e);
	memset(&end_like, 0, sizeof(end_like));
	netns_leave();
}

/* A device whose MTU an operator has raised. */
static void link_tun_too_long(void)
{
	static uint8_t frame[20000];
	struct end e;
	int fd;

	if (!netns_enter("link_tun_too_long"))
		return;
	end_like.tun_type = ARPHRD_X25;
	end_like.tun_protocol = ETH_P_X25;
	link_tun_up(&e, "tun:x0");
	wire_set_mtu("x0", 20000);
	fake_run(&e.h, fake_now + S);
	CU_ASSERT_EQUAL(link_mtu(e.l), LINK_FRAME_MAX);
	fd = wire_sniff("x0", ETH_P_X25);
	wire_send(fd, "x0", ETH_P_X25, frame, sizeof(frame));
	wire_send(fd, "x0", ETH_P_X25, frame, LINK_FRAME_MAX + 1);
	wire_send(fd, "x0", ETH_P_X25, frame, LINK_FRAME_MAX);
	END_UNTIL(&e, e.frames == 1);
	CU_ASSERT_EQUAL(e.last_len, LINK_FRAME_MAX);
	CU_ASSERT_EQUAL(end_count(&e, LINK_RX_TOO_LONG), 2);
	CU_ASSERT_EQUAL(end_count(&e, LINK_RX_BAD), 0);
	close(fd);
	end_close(&e);
	memset(&end_like, 0, sizeof(end_like));
	netns_leave();
}

/* Over a TAP frames are wrapped as on packet: links; other ethertypes are not ours, and nothing
 * counts them. */
static void link_tap_frames(void)
{
	uint8_t got[100], mac[6],
		frame[32] = {0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 2, 0, 0, 0, 0, 9};
	struct end e;
	int fd;

	if (!netns_enter("link_tap_frames"))
		return;
	link_tun_up(&e, "tap:x0");
	CU_ASSERT_EQUAL(wire_arphrd("x0"), ARPHRD_ETHER);
	CU_ASSERT_EQUAL(wire_flags("x0") & (IFF_UP | IFF_NOARP), IFF_UP | IFF_NOARP);
	CU_ASSERT_EQUAL(link_mtu(e.l), 4198);
	wire_mac("x0", mac);
	mac[5] ^= 1; /* ours is one bit away from the device's */
	CU_ASSERT_TRUE(link_mac(e.l, got));
	ASSERT_OCTETS(got, 6, mac, 6);
	fd = wire_sniff("x0", 0x88b5);
	end_send(&e, "abc", 3);
	memcpy(frame + 6, mac, 6);
	test_hex(frame + 12, 7, "88b5 0003 616263");
	ASSERT_OCTETS(got, wire_read(fd, got, sizeof(got), 12, 0x88b5), frame, 19);
	test_hex(frame + 12, 6, "88b6 0001 aa00");
	wire_write(fd, frame, 20);
	test_hex(frame + 12, 6, "88b5 0009 aa00");
	wire_write(fd, frame, 20);
	test_hex(frame + 12, 6, "88b5 0002 6364");
	wire_write(fd, frame, 32);
	END_UNTIL(&e, e.frames == 1);
	ASSERT_OCTETS(e.last, e.last_len, "cd", 2);
	CU_ASSERT_EQUAL(end_count(&e, LINK_RX), 1);
	CU_ASSERT_EQUAL(end_count(&e, LINK_RX_BAD), 1);
	CU_ASSERT_EQUAL(end_count(&e, LINK_TX), 1);
	close(fd);
	end_close(&e);
	netns_leave();
}

static void link_tap_whole_frames(void)
{
	uint8_t got[100],
		frame[32] = {0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 2, 0, 0, 0, 0, 9, 0x88, 0x64};
	struct end e;
	int fd;

	if (!netns_enter("link_tap_whole_frames"))
		return;
	end_like.ether[0] = 0x8863;
	end_like.ether[1] = 0x8864;
	link_tun_up(&e, "tap:x0");
	CU_ASSERT_EQUAL(link_mtu(e.l), 4214);
	fd = wire_sniff("x0", 0x8864);
	end_send(&e, frame, 32);
	ASSERT_OCTETS(got, wire_read(fd, got, sizeof(got), 12, 0x8864), frame, 32);
	wire_write(fd, frame, 32);
	END_UNTIL(&e, e.frames == 1);
	ASSERT_OCTETS(e.last, e.last_len, frame, 32);
	wire_set_mtu("x0", 20000);
	fake_run(&e.h, fake_now + S);
	CU_ASSERT_EQUAL(link_mtu(e.l), LINK_FRAME_MAX);
	{
		static uint8_t long_one[LINK_FRAME_MAX + 1];

		memcpy(long_one, frame, 14);
		wire_write(fd, long_one, sizeof(long_one));
		wire_write(fd, long_one, sizeof(long_one) - 1);
		END_UNTIL(&e, e.frames == 2);
	}
	CU_ASSERT_EQUAL(end_count(&e, LINK_RX_TOO_LONG), 1);
	close(fd);
	end_close(&e);
	memset(&end_like, 0, sizeof(end_like));
	netns_leave();
}

static void link_tun_comes_and_goes(void)
{
	struct end e;

	if (!netns_enter("link_tun_comes_and_goes"))
		return;
	link_tun_up(&e, "tap:x0");
	wire_set_up("x0", false);
	fake_run(&e.h, fake_now + S);
	CU_ASSERT_EQUAL(e.downs, 1);
	CU_ASSERT_STRING_EQUAL(e.why, "no carrier");
	wire_set_up("x0", true);
	fake_run(&e.h, fake_now + S);
	CU_ASSERT_EQUAL(e.ups, 2);
	/* Without its name it is not ours any more, and another is made. */
	wire_rename("x0", "x1");
	fake_run(&e.h, fake_now + S);
	CU_ASSERT_EQUAL(e.downs, 2);
	CU_ASSERT_STRING_EQUAL(e.why, "No such device");
	CU_ASSERT_EQUAL(if_nametoindex("x1"), 0);
	CU_ASSERT_FALSE(link_mac(e.l, e.last));
	fake_run(&e.h, fake_now + 2 * S);
	CU_ASSERT_EQUAL(e.ups, 3);
	CU_ASSERT_NOT_EQUAL(if_nametoindex("x0"), 0);
	end_close(&e);
	CU_ASSERT_EQUAL(if_nametoindex("x0"), 0);
	netns_leave();
}

/* Each step of making a device, refused: none is left. */
static void link_tun_calls_refused(void)
{
	static const struct {
		const char *text, *call;
		unsigned long number;
	} rows[] = {
		{"tun:x0", "ioctl", TUNSETIFF},
		{"tun:x0", "ioctl", TUNSETLINK},
		{"tun:x0", "socket", 0},
		{"tun:x0", "ioctl", SIOCSIFMTU},
		{"tun:x0", "ioctl", SIOCSIFFLAGS},
		{"tap:x0", "ioctl", TUNSETIFF},
		{"tap:x0", "ioctl", SIOCGIFHWADDR},
		{"tap:x0", "socket", 0},
		{"tap:x0", "ioctl", SIOCSIFMTU},
		{"tap:x0", "ioctl", SIOCSIFFLAGS},
	};

	if (!netns_enter("link_tun_calls_refused"))
		return;
	end_like.tun_type = ARPHRD_X25;
	end_like.tun_protocol = ETH_P_X25;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		end_refused(rows[i].text, NULL, rows[i].call, rows[i].number);
		CU_ASSERT_EQUAL(if_nametoindex("x0"), 0);
	}
	memset(&end_like, 0, sizeof(end_like));
	netns_leave();
}

static void link_tun_cannot_be_opened(void)
{
	end_refused("tap:x0", NULL, "open", 0);
}

/* A device that cannot be asked is gone, and made again in a second. */
static void link_tun_looks_that_fail(void)
{
	static const struct {
		const char *call;
		unsigned long number;
	} rows[] = {{"socket", 0}, {"ioctl", SIOCGIFFLAGS}, {"ioctl", SIOCGIFMTU}};

	if (!netns_enter("link_tun_looks_that_fail"))
		return;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		int before = kernel_next_fd();
		struct end e;

		link_tun_up(&e, "tap:x0");
		kernel_fail(rows[i].call, rows[i].number, 0, EMFILE);
		fake_run(&e.h, fake_now + S);
		CU_ASSERT_TRUE(kernel_failed());
		CU_ASSERT_EQUAL(e.downs, 1);
		CU_ASSERT_STRING_EQUAL(e.why, "Too many open files");
		CU_ASSERT_EQUAL(kernel_next_fd(), before);
		fake_run(&e.h, fake_now + S);
		CU_ASSERT_EQUAL(e.ups, 2);
		CU_ASSERT_EQUAL(link_mtu(e.l), 4198);
		end_close(&e);
	}
	netns_leave();
}

/* The second of three frames does not go. */
static void link_tun_send_errors(void)
{
	static const struct {
		int err;
		enum link_counter counter;
		bool look;
	} rows[] = {
		{EAGAIN, LINK_TX_FULL, false},
		{ENOBUFS, LINK_TX_FULL, false},
		{ENOMEM, LINK_TX_FULL, false},
		{EIO, LINK_TX_ERROR, true},
	};
	const struct link_frame f[3] = {{NULL, (const uint8_t *)"1", 0, 1},
					{NULL, (const uint8_t *)"2", 0, 1},
					{NULL, (const uint8_t *)"3", 0, 1}};

	if (!netns_enter("link_tun_send_errors"))
		return;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct end e;

		link_tun_up(&e, "tap:x0");
		CU_ASSERT_EQUAL(end_next_look(&e), fake_now + S);
		kernel_fail("writev", 0, 1, rows[i].err);
		end_send_frames(&e, f, 3);
		CU_ASSERT_TRUE(kernel_failed());
		CU_ASSERT_EQUAL(end_count(&e, LINK_TX), 2);
		CU_ASSERT_EQUAL(end_count(&e, LINK_TX_FULL), rows[i].counter == LINK_TX_FULL);
		CU_ASSERT_EQUAL(end_count(&e, LINK_TX_ERROR), rows[i].counter == LINK_TX_ERROR);
		CU_ASSERT_EQUAL(end_next_look(&e), fake_now + (rows[i].look ? 0 : S));
		end_close(&e);
	}
	netns_leave();
}

static unsigned link_tun_read_with(struct end *e, int err)
{
	unsigned before = e->frames;

	if (err)
		kernel_fail("read", 0, 0, err);
	e->h.watch[0].on_fd(e->h.watch[0].arg, IST_READ);
	CU_ASSERT_EQUAL(kernel_failed(), err != 0);
	return e->frames - before;
}

/* 64 frames are read until others have their turn.  A signal does not end the turn, an error does;
 * what may have ended the device is looked at now. */
static void link_tun_reads(void)
{
	uint8_t frame[60] = {0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 2, 0, 0, 0, 0, 9};
	struct end e;
	int fd;

	if (!netns_enter("link_tun_reads"))
		return;
	link_tun_up(&e, "tap:x0");
	while (link_tun_read_with(&e, 0)) /* this host's IPv6 has its own to say */
		;
	fd = wire_sniff("x0", 0x88b5);
	test_hex(frame + 12, 5, "88b5 0001 61");
	for (unsigned i = 0; i < 66; i++)
		wire_write(fd, frame, sizeof(frame));
	CU_ASSERT_EQUAL(link_tun_read_with(&e, 0), 64);
	CU_ASSERT_EQUAL(link_tun_read_with(&e, EAGAIN), 0);
	CU_ASSERT_EQUAL(end_next_look(&e), fake_now + S);
	CU_ASSERT_EQUAL(link_tun_read_with(&e, EINTR), 2);
	CU_ASSERT_EQUAL(end_next_look(&e), fake_now + S);
	wire_write(fd, frame, sizeof(frame));
	CU_ASSERT_EQUAL(link_tun_read_with(&e, EIO), 0);
	CU_ASSERT_EQUAL(end_next_look(&e), fake_now);
	CU_ASSERT_EQUAL(link_tun_read_with(&e, 0), 1);
	close(fd);
	end_close(&e);
	netns_leave();
}

static const struct test_case cases[] = {
	{"cannot_be_opened", link_tun_cannot_be_opened},
	{"frames_of_a_tun", link_tun_frames},
	{"tun_of_any_protocol", link_tun_of_any_protocol},
	{"frames_too_long", link_tun_too_long},
	{"frames_of_a_tap", link_tap_frames},
	{"whole_frames_of_a_tap", link_tap_whole_frames},
	{"comes_and_goes", link_tun_comes_and_goes},
	{"malformed_or_without_a_type", link_tun_malformed},
	{"device_name_refused", link_tun_refused},
	{"calls_refused", link_tun_calls_refused},
	{"looks_that_fail", link_tun_looks_that_fail},
	{"send_errors", link_tun_send_errors},
	{"reads_a_share_at_a_time", link_tun_reads},
	{NULL, NULL},
};
const struct test_suite suite_link_tun = {"link_tun", cases};
