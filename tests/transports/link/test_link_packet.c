/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Devices of the kernel: what leaves by them, what is taken from them, and how they come and go. */
#include "tests/harness.h"
#include "tests/netns.h"
#include "tests/transports/kernel.h"
#include "tests/transports/told.h"
#include "tests/transports/link/ends.h"
#include "tests/transports/link/wire.h"

#include <errno.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <net/if_arp.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

static const char *const no_ring[] = {"receive-ring", "no", NULL};
static const char *const of_slots[] = {"receive-ring-of", "slots", NULL};
static const char *const of_blocks[] = {"receive-ring-of", "blocks", NULL};
static const char *const *const ways[] = {of_slots, of_blocks, no_ring};
#define WAYS (sizeof(ways) / sizeof(ways[0]))

static void packet_up(struct end *e, const char *text, const char *const *pairs)
{
	end_open(e, text, pairs);
	fake_run(&e->h, fake_now);
	CU_ASSERT_EQUAL_FATAL(e->ups, 1);
}

/* Destination, then "source 020000000009", then what follows. */
static size_t packet_frame(uint8_t *out, const uint8_t to[6], const char *rest)
{
	memcpy(out, to, 6);
	test_hex(out + 6, 6, "020000000009");
	return 12 + test_hex(out + 12, 100, rest);
}

static const uint8_t everybody[6] = {0xff, 0xff, 0xff, 0xff, 0xff, 0xff};

/* Broadcast, our address, the ethertype, a length of head and payload, and they. */
static void frames_leave_wrapped(void)
{
	const struct link_frame f = {(const uint8_t *)"\x01\x02\x03", (const uint8_t *)"\x04\x05",
				     3, 2};
	uint8_t got[100], want[64], mac[6];
	int fd;

	if (!netns_enter("frames_leave_wrapped"))
		return;
	fd = wire_open("w0", 0, 1500);
	wire_mac("w0", mac);
	for (int little = 0; little < 2; little++) {
		struct end e;

		end_like.little_endian = little;
		packet_up(&e, "packet:w0", NULL);
		end_send_frames(&e, &f, 1);
		memcpy(want, everybody, 6);
		memcpy(want + 6, mac, 6);
		test_hex(want + 12, 9, little ? "88b5 0500 0102030405" : "88b5 0005 0102030405");
		ASSERT_OCTETS(got, wire_read(fd, got, sizeof(got), 12, 0x88b5), want, 21);
		CU_ASSERT_EQUAL(end_count(&e, LINK_TX), 1);
		CU_ASSERT_EQUAL(end_count(&e, LINK_TX_ERROR), 0);
		end_close(&e);
	}
	end_like.little_endian = false;
	close(fd);
	netns_leave();
}

/* To everybody and to us, not to another host; the padding is taken off; a length that is none, or
 * more than is there, is counted; other ethertypes are not even seen. */
static void frames_come_unwrapped(void)
{
	uint8_t mac[6], other[6] = {2, 0, 0, 0, 0, 7}, frame[200];
	int fd;

	if (!netns_enter("frames_come_unwrapped"))
		return;
	fd = wire_open("w0", 0, 1500);
	wire_mac("w0", mac);
	for (size_t i = 0; i < 2 * WAYS; i++) {
		struct end e;
		bool little = i & 1;

		end_like.little_endian = little;
		packet_up(&e, "packet:w0", ways[i / 2]);
		wire_write(fd, frame, packet_frame(frame, other, "88b5 0002 aaaa 0000"));
		wire_write(fd, frame, packet_frame(frame, everybody, "88b6 0002 aaaa 0000"));
		wire_write(fd, frame, packet_frame(frame, everybody, "88b5 0000 aaaa 0000"));
		wire_write(fd, frame, packet_frame(frame, everybody, "88b5 0505 aaaa 0000"));
		wire_write(
			fd, frame,
			packet_frame(frame, everybody,
				     little ? "88b5 0300 616263 0000" : "88b5 0003 616263 0000"));
		END_UNTIL(&e, e.frames == 1);
		ASSERT_OCTETS(e.last, e.last_len, "abc", 3);
		wire_write(fd, frame,
			   packet_frame(frame, mac,
					little ? "88b5 0400 64656667" : "88b5 0004 64656667"));
		END_UNTIL(&e, e.frames == 2);
		ASSERT_OCTETS(e.last, e.last_len, "defg", 4);
		CU_ASSERT_EQUAL(end_count(&e, LINK_RX), 2);
		CU_ASSERT_EQUAL(end_count(&e, LINK_RX_BAD), 2);
		CU_ASSERT_EQUAL(end_count(&e, LINK_RX_TOO_LONG), 0);
		CU_ASSERT_EQUAL(end_count(&e, LINK_RX_LOST), 0);
		end_close(&e);
	}
	end_like.little_endian = false;
	close(fd);
	netns_leave();
}

/* Frames that are whole Ethernet frames: of two ethertypes, untagged, as they are. */
static void whole_frames(void)
{
	static const char *const taken[] = {"8863 1109000000", "8864 1100000100"};
	uint8_t frame[200], got[200], mac[6];
	int fd;

	if (!netns_enter("whole_frames"))
		return;
	fd = wire_open("w0", 0, 1500);
	end_like.ether[0] = 0x8863;
	end_like.ether[1] = 0x8864;
	for (size_t i = 0; i < WAYS; i++) {
		struct end e;

		packet_up(&e, "packet:w0", ways[i]);
		CU_ASSERT_EQUAL(link_mtu(e.l), 1514);
		CU_ASSERT_TRUE(link_mac(e.l, got));
		wire_mac("w0", mac);
		ASSERT_OCTETS(got, 6, mac, 6);
		wire_write(fd, frame, packet_frame(frame, everybody, "8862 11090000"));
		wire_write(fd, frame, packet_frame(frame, everybody, "8865 11090000"));
		wire_write(fd, frame, packet_frame(frame, everybody, "8100 0005 8863 11090000"));
		for (unsigned k = 0; k < 2; k++) {
			size_t n = packet_frame(frame, everybody, taken[k]);

			wire_write(fd, frame, n);
			END_UNTIL(&e, e.frames == k + 1);
			ASSERT_OCTETS(e.last, e.last_len, frame, n);
		}
		end_send(&e, frame, 19);
		ASSERT_OCTETS(got, wire_read(fd, got, sizeof(got), 12, 0x8864), frame, 19);
		CU_ASSERT_EQUAL(end_count(&e, LINK_RX), 2);
		CU_ASSERT_EQUAL(end_count(&e, LINK_RX_BAD), 0);
		end_close(&e);
	}
	memset(&end_like, 0, sizeof(end_like));
	close(fd);
	netns_leave();
}

static void sizes(void)
{
	static const struct {
		unsigned device, wrapped, whole;
	} rows[] = {
		{1500, 1498, 1514},
		{576, 574, 590},
		/* a frame in the buffer: 10240 octets */
		{10225, 10223, 10239},
		{10226, 10224, 10240},
		{10227, 10224, 10240},
		{20000, 10224, 10240},
	};

	if (!netns_enter("sizes"))
		return;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		int fd = wire_open("w0", 0, rows[i].device);
		struct end e;

		packet_up(&e, "packet:w0", NULL);
		CU_ASSERT_EQUAL(link_mtu(e.l), rows[i].wrapped);
		end_close(&e);
		end_like.ether[0] = end_like.ether[1] = 0x8863;
		packet_up(&e, "packet:w0", NULL);
		CU_ASSERT_EQUAL(link_mtu(e.l), rows[i].whole);
		end_close(&e);
		end_like.ether[0] = end_like.ether[1] = 0;
		close(fd);
	}
	netns_leave();
}

/* A device of the medium's own has no head of ours, and no address. */
static void device_of_the_medium(void)
{
	uint8_t got[100], mac[6];
	int fd;

	if (!netns_enter("device_of_the_medium"))
		return;
	fd = wire_open("w0", ARPHRD_FRAD, 1600);
	for (size_t i = 0; i < WAYS; i++) {
		struct end e;

		packet_up(&e, "packet:w0", ways[i]);
		CU_ASSERT_EQUAL(link_mtu(e.l), 1600);
		CU_ASSERT_FALSE(link_mac(e.l, mac));
		end_send(&e, "\x18\x41\x03", 3);
		ASSERT_OCTETS(got, wire_read(fd, got, sizeof(got), 0, 0x1841), "\x18\x41\x03", 3);
		wire_write(fd, "\x48\x41\x03", 3); /* by a TUN, which looks for an IP version */
		END_UNTIL(&e, e.frames == 1);
		ASSERT_OCTETS(e.last, e.last_len, "\x48\x41\x03", 3);
		CU_ASSERT_EQUAL(end_count(&e, LINK_RX_BAD), 0);
		wire_set_mtu("w0", LINK_FRAME_MAX - 16);
		fake_run(&e.h, fake_now + S);
		CU_ASSERT_EQUAL(link_mtu(e.l), LINK_FRAME_MAX - 16);
		wire_set_mtu("w0", LINK_FRAME_MAX - 15);
		fake_run(&e.h, fake_now + S);
		CU_ASSERT_EQUAL(link_mtu(e.l), LINK_FRAME_MAX - 16);
		wire_set_mtu("w0", 20000);
		fake_run(&e.h, fake_now + S);
		CU_ASSERT_EQUAL(link_mtu(e.l), 10224);
		wire_set_mtu("w0", 1600);
		end_close(&e);
	}
	{
		char err[200] = "";
		struct end e;

		end_like.ether[0] = end_like.ether[1] = 0x8863;
		CU_ASSERT_EQUAL(end_try(&e, "packet:w0", NULL, err, sizeof(err)), -EPROTONOSUPPORT);
		CU_ASSERT_STRING_EQUAL(err, "link packet:w0: Protocol not supported");
		end_like.ether[0] = end_like.ether[1] = 0;
	}
	close(fd);
	netns_leave();
}

static void comes_and_goes(void)
{
	int fd;

	if (!netns_enter("comes_and_goes"))
		return;
	for (size_t i = 0; i < WAYS; i++) {
		struct end e;

		end_open(&e, "packet:w0", ways[i]);
		fake_run(&e.h, fake_now + 3 * S);
		CU_ASSERT_EQUAL(e.ups + e.downs, 0);
		fd = wire_open("w0", 0, 1500);
		fake_run(&e.h, fake_now + 64 * S);
		CU_ASSERT_EQUAL(e.ups, 1);
		wire_set_up("w0", false);
		fake_run(&e.h, fake_now + S);
		CU_ASSERT_EQUAL(e.downs, 1);
		CU_ASSERT_STRING_EQUAL(e.why, "no carrier");
		wire_set_up("w0", true);
		fake_run(&e.h, fake_now + S);
		CU_ASSERT_EQUAL(e.ups, 2);
		/* Another device takes its name: the index is another. */
		wire_rename("w0", "w1");
		fake_run(&e.h, fake_now + S);
		CU_ASSERT_EQUAL(e.downs, 2);
		CU_ASSERT_PTR_NOT_NULL(strstr(e.why, "No such device"));
		close(fd);
		fd = wire_open("w0", 0, 1400);
		fake_run(&e.h, fake_now + 64 * S);
		CU_ASSERT_EQUAL(e.ups, 3);
		CU_ASSERT_EQUAL(link_mtu(e.l), 1398);
		CU_ASSERT_EQUAL(end_count(&e, LINK_DOWN), 2);
		end_close(&e);
		close(fd);
	}
	netns_leave();
}

/* What the kernel could not keep for us is counted once. */
static void lost_in_the_kernel(void)
{
	enum { MANY = 6000 };
	uint8_t frame[1400] = {0};
	int fd;

	if (!netns_enter("lost_in_the_kernel"))
		return;
	fd = wire_open("w0", 0, 1500);
	for (size_t i = 0; i < WAYS; i++) {
		struct end e;
		uint64_t lost;

		packet_up(&e, "packet:w0", ways[i]);
		packet_frame(frame, everybody, "88b5 0510");
		for (int k = 0; k < MANY; k++)
			wire_write(fd, frame, sizeof(frame));
		END_UNTIL(&e, (fake_run(&e.h, fake_now + S),
			       e.frames + end_count(&e, LINK_RX_LOST) == MANY));
		lost = end_count(&e, LINK_RX_LOST);
		CU_ASSERT(lost > 0);
		fake_run(&e.h, fake_now + 3 * S);
		CU_ASSERT_EQUAL(end_count(&e, LINK_RX_LOST), lost);
		end_close(&e);
	}
	close(fd);
	netns_leave();
}

/* --- all ways are alike ------------------------------------------------------------------------- */

enum { ALIKE = 2500, BURST = 90, LENGTHS = 4 };

/* A burst, or one frame; some are longer than the device's own, and one in a hundred too long for
 * us: what came is the sum of the others, in their order. */
static unsigned packet_burst(int fd, uint64_t *rng, uint32_t *sum, unsigned *too_long)
{
	static const uint32_t most[LENGTHS] = {60, 1500, 1500, 9000};
	static uint8_t frame[LINK_FRAME_MAX + 100];
	unsigned n = test_rand(rng) % 3 ? 1 : 1 + (unsigned)(test_rand(rng) % BURST);

	for (unsigned i = 0; i < n; i++) {
		uint32_t len = 20 + (uint32_t)(test_rand(rng) % most[test_rand(rng) % LENGTHS]);

		if (test_rand(rng) % 100 == 0)
			len = LINK_FRAME_MAX + 1 + (uint32_t)(test_rand(rng) % 90);
		packet_frame(frame, everybody, "8863");
		for (uint32_t k = 14; k < len; k++)
			frame[k] = (uint8_t)(test_rand(rng) >> 8);
		wire_write(fd, frame, len);
		if (len > LINK_FRAME_MAX)
			++*too_long;
		else
			*sum = end_sum(*sum, frame, len);
	}
	return n;
}

static void packet_alike(const char *const *way, unsigned mtu, uint64_t seed)
{
	unsigned sent = 0, too_long = 0;
	int fd = wire_open("w0", 0, mtu);
	uint64_t rng = seed;
	uint32_t sum = 0;
	struct end e;

	packet_up(&e, "packet:w0", way);
	while (sent < ALIKE) {
		sent += packet_burst(fd, &rng, &sum, &too_long);
		/* By a clock that runs fast or slow, so that the link is woken now, and looks
		 * itself then. */
		END_UNTIL(&e, (fake_run(&e.h, fake_now + sent % 1200),
			       e.frames + end_count(&e, LINK_RX_TOO_LONG) == sent));
	}
	CU_ASSERT_EQUAL(e.sum, sum);
	CU_ASSERT_EQUAL(end_count(&e, LINK_RX), sent - too_long);
	CU_ASSERT_EQUAL(end_count(&e, LINK_RX_TOO_LONG), too_long);
	CU_ASSERT(too_long > 0);
	CU_ASSERT_EQUAL(end_count(&e, LINK_RX_LOST), 0);
	CU_ASSERT_EQUAL(e.downs, 0);
	end_close(&e);
	close(fd);
}

/* What goes in comes out, by each way to receive, whatever the device's frames are like. */
static void all_ways_are_alike(void)
{
	uint64_t seed = test_seed();

	if (!netns_enter("all_ways_are_alike"))
		return;
	end_like.ether[0] = end_like.ether[1] = 0x8863;
	for (size_t i = 0; i < WAYS; i++) {
		packet_alike(ways[i], 1500, seed);
		packet_alike(ways[i], 9000, seed);
	}
	end_like.short_frames = 53;
	packet_alike(of_slots, 1500, seed);
	memset(&end_like, 0, sizeof(end_like));
	netns_leave();
}

static bool packet_is_watched(const struct end *e)
{
	for (size_t i = 0; i < sizeof(e->h.watch) / sizeof(e->h.watch[0]); i++)
		if (e->h.watch[i].on_fd)
			return true;
	return false;
}

/* Under load nobody is woken; frames are looked for all the same, and a lone one wakes again. */
static void rates(void)
{
	uint8_t frame[200];
	struct end e;
	int fd;

	if (!netns_enter("rates"))
		return;
	fd = wire_open("w0", 0, 1500);
	packet_up(&e, "packet:w0", of_slots);
	for (unsigned step = 1; step <= 50; step++) { /* 60 frames a millisecond */
		for (unsigned i = 0; i < 6; i++)
			wire_write(fd, frame,
				   packet_frame(frame, everybody, "88b5 0003 616263 0000"));
		fake_run(&e.h, fake_now + 100);
		CU_ASSERT_EQUAL(e.frames, step * 6);
	}
	CU_ASSERT_FALSE(packet_is_watched(&e));
	fake_run(&e.h, fake_now + 3000);
	CU_ASSERT_TRUE(packet_is_watched(&e));
	wire_write(fd, frame, packet_frame(frame, everybody, "88b5 0004 64656667 0000"));
	END_UNTIL(&e, e.frames == 301);
	CU_ASSERT_EQUAL(end_count(&e, LINK_RX), 301);
	end_close(&e);
	close(fd);
	netns_leave();
}

/* What it cannot do without, refused. */
static void calls_refused(void)
{
	static const struct {
		const char *call;
		unsigned long number;
	} rows[] = {
		{"socket", 0},	       {"ioctl", SIOCGIFHWADDR},
		{"ioctl", SIOCGIFMTU}, {"setsockopt", SO_ATTACH_FILTER},
		{"bind", 0},
	};
	int fd;

	if (!netns_enter("calls_refused"))
		return;
	fd = wire_open("w0", 0, 1500);
	end_like.ether[0] = 0x8863;
	end_like.ether[1] = 0x8864;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		for (size_t k = 0; k < WAYS; k++)
			end_refused("packet:w0", ways[k], rows[i].call, rows[i].number);
	memset(&end_like, 0, sizeof(end_like));
	close(fd);
	netns_leave();
}

/* The rows of rings and queueing discipline; buffers are the machine's. */
static const char *packet_told(const struct end *e)
{
	struct ist_offload o[8];
	unsigned n = link_offloads(e->l, o, 8);

	CU_ASSERT_FATAL(n >= 4 && n <= 8);
	CU_ASSERT_STRING_EQUAL(o[n - 2].words, "receive buffer");
	CU_ASSERT_STRING_EQUAL(o[n - 1].words, "send buffer");
	return told_rows(o, n - 2);
}

#define BYPASS_OFF                                                                           \
	"sent past the queueing discipline: off, qdisc-bypass = yes, unseen by captures of " \
	"this host\n"

static void offloads_are_told(void)
{
	static const char *const bypass[] = {"qdisc-bypass", "yes", NULL};
	static const struct {
		const char *const *pairs;
		const char *call;
		unsigned long number;
		int err;
		const char *told;
	} rows[] = {
		{of_slots, NULL, 0, 0, "receive ring of slots: active\n" BYPASS_OFF},
		{of_blocks, NULL, 0, 0, "receive ring of blocks: active\n" BYPASS_OFF},
		{no_ring, NULL, 0, 0,
		 "receive ring of slots: off, receive-ring = yes\n" BYPASS_OFF},
		{of_slots, "setsockopt", PACKET_RX_RING, ENOMEM,
		 "receive ring of slots: refused 12\nreceive ring of blocks: active\n" BYPASS_OFF},
		{of_slots, "setsockopt", PACKET_VERSION, EINVAL,
		 "receive ring of slots: absent, a kernel with TPACKET_V2 has it\n"
		 "receive ring of blocks: active\n" BYPASS_OFF},
		{of_blocks, "setsockopt", PACKET_RX_RING, EPERM,
		 "receive ring of blocks: refused 1\n" BYPASS_OFF},
		{bypass, NULL, 0, 0,
		 "receive ring of slots: active\nsent past the queueing discipline: active\n"},
		{bypass, "setsockopt", PACKET_QDISC_BYPASS, ENOPROTOOPT,
		 "receive ring of slots: active\n"
		 "sent past the queueing discipline: absent, Linux 3.14 has it\n"},
	};
	int fd;

	if (!netns_enter("offloads_are_told"))
		return;
	fd = wire_open("w0", 0, 1500);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct end e;

		if (rows[i].call)
			kernel_fail(rows[i].call, rows[i].number, 0, rows[i].err);
		packet_up(&e, "packet:w0", rows[i].pairs);
		CU_ASSERT_EQUAL(kernel_failed(), rows[i].call != NULL);
		CU_ASSERT_STRING_EQUAL(packet_told(&e), rows[i].told);
		end_close(&e);
	}
	close(fd);
	netns_leave();
}

/* What an older kernel has not: the link does without, and says so. */
static void done_without(void)
{
	static const char *const slots[] = {"receive-ring", "yes", "qdisc-bypass", "yes", NULL};
	static const char *const blocks[] = {"receive-ring-of", "blocks", NULL};
	static const struct {
		const char *const *pairs;
		const char *call;
		unsigned long number;
		int err;
		const char *words; /* NULL = it is not worth any */
	} rows[] = {
		{slots, "setsockopt", PACKET_VERSION, EINVAL,
		 "w0: no receive ring of slots: Invalid argument"},
		{slots, "setsockopt", PACKET_COPY_THRESH, ENOPROTOOPT,
		 "w0: no receive ring of slots: Protocol not available"},
		{slots, "setsockopt", PACKET_RX_RING, ENOMEM,
		 "w0: no receive ring of slots: Cannot allocate memory"},
		{slots, "mmap", 0, EPERM, "w0: no receive ring of slots: Operation not permitted"},
		{blocks, "setsockopt", PACKET_VERSION, EINVAL,
		 "w0: no receive ring: Invalid argument"},
		{blocks, "setsockopt", PACKET_RX_RING, ENOMEM,
		 "w0: no receive ring: Cannot allocate memory"},
		{blocks, "mmap", 0, EPERM, "w0: no receive ring: Operation not permitted"},
		{slots, "setsockopt", PACKET_QDISC_BYPASS, ENOPROTOOPT,
		 "w0: no qdisc bypass: Protocol not available"},
		{slots, "setsockopt", PACKET_IGNORE_OUTGOING, ENOPROTOOPT, NULL},
		{slots, NULL, 0, 0, NULL},
	};
	uint8_t frame[64], got[64];
	int fd;

	if (!netns_enter("done_without"))
		return;
	fd = wire_open("w0", 0, 1500);
	end_like.ether[0] = end_like.ether[1] = 0x8863; /* hears all of the device */
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		size_t n = packet_frame(frame, everybody, "8863 1109 0000 0000");
		int before = kernel_next_fd();
		struct end e;

		if (rows[i].call)
			kernel_fail(rows[i].call, rows[i].number, 0, rows[i].err);
		packet_up(&e, "packet:w0", rows[i].pairs);
		CU_ASSERT_EQUAL(kernel_failed(), rows[i].call != NULL);
		CU_ASSERT_STRING_EQUAL(e.h.last_log, rows[i].words ? rows[i].words : "");
		CU_ASSERT_EQUAL(e.h.last_level, rows[i].words ? 5 : 0);
		end_send(&e, frame, (uint32_t)n);
		CU_ASSERT_EQUAL(wire_read(fd, got, sizeof(got), 12, 0x8863), n);
		frame[n - 1] = 1; /* and not what we have sent ourselves */
		wire_write(fd, frame, n);
		END_UNTIL(&e, e.frames == 1);
		ASSERT_OCTETS(e.last, e.last_len, frame, n);
		CU_ASSERT_EQUAL(end_count(&e, LINK_RX), 1);
		CU_ASSERT_EQUAL(end_count(&e, LINK_RX_BAD), 0);
		end_close(&e);
		CU_ASSERT_EQUAL(kernel_next_fd(), before);
	}
	memset(&end_like, 0, sizeof(end_like));
	close(fd);
	netns_leave();
}

/* A device that cannot be asked any more is gone. */
static void looks_that_fail(void)
{
	static const unsigned long asked[] = {SIOCGIFFLAGS, SIOCGIFHWADDR, SIOCGIFMTU};
	int fd;

	if (!netns_enter("looks_that_fail"))
		return;
	fd = wire_open("w0", 0, 1500);
	for (size_t i = 0; i < sizeof(asked) / sizeof(asked[0]); i++) {
		struct end e;

		packet_up(&e, "packet:w0", NULL);
		kernel_fail("ioctl", asked[i], 0, ENXIO);
		fake_run(&e.h, fake_now + S);
		CU_ASSERT_TRUE(kernel_failed());
		CU_ASSERT_EQUAL(e.downs, 1);
		CU_ASSERT_STRING_EQUAL(e.why, "No such device or address");
		fake_run(&e.h, fake_now + S);
		CU_ASSERT_EQUAL(e.ups, 2);
		end_close(&e);
	}
	close(fd);
	netns_leave();
}

/* A device that is taken down says so by its socket: nobody waits for the next look. */
static void down_is_seen_at_once(void)
{
	int fd;

	if (!netns_enter("down_is_seen_at_once"))
		return;
	fd = wire_open("w0", 0, 1500);
	for (size_t i = 0; i < WAYS; i++) {
		struct end e;

		packet_up(&e, "packet:w0", ways[i]);
		wire_set_up("w0", false);
		END_UNTIL(&e, e.downs == 1);
		wire_set_up("w0", true);
		fake_run(&e.h, fake_now + S);
		CU_ASSERT_EQUAL(e.ups, 2);
		end_close(&e);
	}
	close(fd);
	netns_leave();
}

/* --- a socket that was held while its process died ---------------------------------------------- */

static int packet_held[3]; /* given in this order; -1 = none, -2 = one that was given */

/* As data does until control has said what goes on: what waits is not read before the link is up.
 */
static struct packet_later {
	int (*watch)(void *host, int fd, unsigned what, void (*on_fd)(void *, unsigned), void *arg);
	int fd;
	unsigned what;
	void (*on_fd)(void *arg, unsigned ready);
	void *arg;
} packet_later;

static int packet_watch_later(void *host, int fd, unsigned what, void (*on_fd)(void *, unsigned),
			      void *arg)
{
	struct fake_host *h = host;

	packet_later = (struct packet_later){packet_later.watch, fd, what, on_fd, arg};
	h->host.watch = packet_later.watch;
	return 0;
}

static void packet_watch_now(struct end *e)
{
	CU_ASSERT_EQUAL(packet_later.watch(&e->h, packet_later.fd, packet_later.what,
					   packet_later.on_fd, packet_later.arg),
			0);
}

static int packet_opener(void *host, const struct ist_open *what)
{
	struct fake_host *h = host;

	if (h->host.watch != packet_watch_later)
		packet_later.watch = h->host.watch;
	h->host.watch = packet_watch_later;
	CU_ASSERT_EQUAL(what->kind, IST_OPEN_PACKET);
	for (unsigned i = 0; i < 3; i++) {
		int fd = packet_held[i];

		if (fd < 0)
			continue;
		packet_held[i] = -2;
		return dup(fd);
	}
	return socket(AF_PACKET, SOCK_RAW | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
}

/* Of a port that has been opened and has died; a frame came to it before, and one after. */
static int packet_left(int fd, const char *const *pairs)
{
	uint8_t frame[200];
	int held = socket(AF_PACKET, SOCK_RAW | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	struct end e;

	CU_ASSERT_FATAL(held >= 0);
	packet_held[0] = held;
	packet_up(&e, "packet:w0", pairs);
	CU_ASSERT_EQUAL(packet_held[0], -2);
	packet_watch_now(&e);
	wire_write(fd, frame, packet_frame(frame, everybody, "88b5 0003 616263 0000"));
	end_close(&e);
	wire_write(fd, frame, packet_frame(frame, everybody, "88b5 0004 64656667 0000"));
	return held;
}

static void what_waits_in_a_held_socket(void)
{
	uint8_t frame[200];
	int fd;

	if (!netns_enter("what_waits_in_a_held_socket"))
		return;
	fd = wire_open("w0", 0, 1500);
	end_opener = packet_opener;
	packet_held[1] = packet_held[2] = -1;
	for (size_t i = 0; i < WAYS * WAYS; i++) {
		const char *const *before = ways[i / WAYS], *const *now = ways[i % WAYS];
		int held = packet_left(fd, before);
		struct end e;

		packet_held[0] = held;
		packet_up(&e, "packet:w0", now);
		packet_watch_now(&e);
		if ((before == no_ring) == (now == no_ring)) {
			END_UNTIL(&e, e.frames == 2);
			ASSERT_OCTETS(e.last, e.last_len, "defg", 4);
		}
		wire_write(fd, frame, packet_frame(frame, everybody, "88b5 0003 78797a 0000"));
		END_UNTIL(&e, e.last_len == 3 && !memcmp(e.last, "xyz", 3));
		CU_ASSERT_EQUAL(end_count(&e, LINK_RX_LOST), 0);
		CU_ASSERT_EQUAL(e.h.warnings + e.h.errors, 0);
		end_close(&e);
		close(held);
	}
	end_opener = NULL;
	close(fd);
	netns_leave();
}

/* One of another port on the device, and one of a device that has gone. */
static void held_sockets_of_others(void)
{
	int fd, held[2];
	struct end e;

	if (!netns_enter("held_sockets_of_others"))
		return;
	end_opener = packet_opener;
	packet_held[1] = packet_held[2] = -1;
	fd = wire_open("w0", 0, 1500);
	held[0] = packet_left(fd, NULL);
	close(fd);
	fd = wire_open("w0", 0, 1500);
	held[1] = packet_left(fd, NULL);
	memcpy(packet_held, held, sizeof(held));
	end_like.ether[0] = 0x8863;
	end_like.ether[1] = 0x8864;
	packet_up(&e, "packet:w0", NULL);
	packet_watch_now(&e);
	CU_ASSERT(packet_held[0] == -2 && packet_held[1] == -2);
	fake_run(&e.h, fake_now);
	CU_ASSERT_EQUAL(e.frames, 0);
	end_close(&e);
	end_like.ether[0] = end_like.ether[1] = 0;
	end_opener = NULL;
	close(held[0]);
	close(held[1]);
	close(fd);
	netns_leave();
}

static void names(void)
{
	static const char *const wrong[] = {"packet:", "packet:sixteen-octets-x"};

	for (size_t i = 0; i < 2; i++) {
		char err[200] = "";
		struct end e;

		CU_ASSERT_EQUAL(end_try(&e, wrong[i], NULL, err, sizeof(err)), -EINVAL);
		CU_ASSERT_PTR_NOT_NULL(strstr(err, "is not packet:INTERFACE"));
	}
}

static const struct test_case cases[] = {
	{"frames_leave_wrapped", frames_leave_wrapped},
	{"frames_come_unwrapped", frames_come_unwrapped},
	{"whole_frames_of_two_ethertypes", whole_frames},
	{"sizes", sizes},
	{"device_of_the_medium", device_of_the_medium},
	{"comes_and_goes", comes_and_goes},
	{"lost_in_the_kernel", lost_in_the_kernel},
	{"all_ways_are_alike", all_ways_are_alike},
	{"rates", rates},
	{"calls_refused", calls_refused},
	{"done_without", done_without},
	{"offloads_are_told", offloads_are_told},
	{"looks_that_fail", looks_that_fail},
	{"down_is_seen_at_once", down_is_seen_at_once},
	{"what_waits_in_a_held_socket", what_waits_in_a_held_socket},
	{"held_sockets_of_others", held_sockets_of_others},
	{"names", names},
	{NULL, NULL},
};
const struct test_suite suite_link_packet = {"link_packet", cases};
