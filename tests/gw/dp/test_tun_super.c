/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A socket in the place of a device shows each octet of virtio-net's header (OASIS
 * virtio 1.2, 5.1.6). */
#include "core/bytes.h"
#include "gw/dp/tun_super.h"
#include "tests/harness.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define HEAD 10u /* flags, type, and four lengths */
#define MOST 65536u

static struct {
	int device, kernel;
	uint8_t pkt[MOST], got[MOST + HEAD];
} ts;

static void ts_begin(void)
{
	int fd[2], room = 4 << 20;

	CU_ASSERT_EQUAL_FATAL(socketpair(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK, 0, fd), 0);
	ts.device = fd[0];
	ts.kernel = fd[1];
	setsockopt(ts.device, SOL_SOCKET, SO_SNDBUF, &room, sizeof(room));
	setsockopt(ts.kernel, SOL_SOCKET, SO_SNDBUF, &room, sizeof(room));
	for (size_t i = 0; i < MOST; i++)
		ts.pkt[i] = (uint8_t)(i * 13 + i / 256);
}

static void ts_end(void)
{
	close(ts.device);
	close(ts.kernel);
}

/* One packet of each length, with an empty header where the device has headers. */
static void one_is_written(void)
{
	static const size_t lengths[] = {1, 20, 64, 1400, 2047, 2048, 2049, 9000, 65535};
	static const uint8_t none[HEAD];
	size_t head;

	ts_begin();
	for (size_t i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++)
		for (unsigned vnet = 0; vnet <= TUN_VNET; vnet += TUN_VNET) {
			head = vnet ? HEAD : 0;
			CU_ASSERT_TRUE(tun_super_write_one(ts.device, vnet, ts.pkt, lengths[i]));
			CU_ASSERT_EQUAL_FATAL(recv(ts.kernel, ts.got, sizeof(ts.got), 0),
					      (ssize_t)(head + lengths[i]));
			CU_ASSERT_EQUAL(memcmp(ts.got, none, head), 0);
			CU_ASSERT_EQUAL(memcmp(ts.got + head, ts.pkt, lengths[i]), 0);
		}
	ts_end();
}

/* A device that has gone. */
static void nothing_is_written(void)
{
	ts_begin();
	ts_end();
	CU_ASSERT_FALSE(tun_super_write_one(-1, 0, ts.pkt, 64));
	CU_ASSERT_FALSE(tun_super_write_one(-1, TUN_VNET, ts.pkt, 64));
	CU_ASSERT_FALSE(tun_super_write_one(-1, TUN_VNET, ts.pkt, 9000));
}

/* What tun_super_read() makes of these octets; only the header's place in front is touched. */
static ssize_t ts_read(unsigned offload, const uint8_t *from, size_t len, struct tun_cut *cut)
{
	static uint8_t room[TUN_FRONT + MOST];
	const size_t front = TUN_FRONT - (offload & TUN_VNET ? HEAD : 0);
	ssize_t n;

	memset(room, 0xee, sizeof(room));
	CU_ASSERT_EQUAL_FATAL(send(ts.kernel, from, len, 0), (ssize_t)len);
	n = tun_super_read(ts.device, offload, room + TUN_FRONT, MOST, cut);
	for (size_t i = 0; i < front; i++)
		CU_ASSERT_EQUAL(room[i], 0xee);
	memcpy(ts.got, room + TUN_FRONT, n > 0 ? (size_t)n : 0);
	return n;
}

static void headers_are_read(void)
{
	static const struct {
		const char *head; /* flags type hdr_len gso_size csum_start csum_offset */
		bool taken;
		uint16_t size;
		bool udp;
	} rows[] = {
		{"00 00 0000 0000 0000 0000", true, 0, false},
		{"02 00 0000 0000 0000 0000", true, 0, false},	  /* data is valid */
		{"01 01 2800 7805 1400 1000", true, 1400, false}, /* TCPv4 */
		{"01 04 3c00 7805 2800 1000", true, 1400, false}, /* TCPv6 */
		{"01 81 2800 7805 1400 1000", true, 1400, false}, /* with ECN */
		{"01 05 1c00 e803 1400 0600", true, 1000, true},  /* UDP, cut by the kernel */
		{"01 03 1c00 e803 1400 0600", false, 0, false},	  /* UFO: fragments */
		{"01 01 2800 0000 1400 1000", false, 0, false},	  /* pieces of nothing */
		{"01 00 0000 0000 ff00 0000", false, 0, false},	  /* a checksum outside */
	};
	uint8_t octets[HEAD + 100];
	struct tun_cut cut;
	bool little = *(const uint8_t *)&(const uint16_t){1};

	if (!little) {
		test_skip("tun_super headers_are_read", "the rows are of a little-endian machine");
		return;
	}
	ts_begin();
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		test_hex(octets, HEAD, rows[i].head);
		memcpy(octets + HEAD, ts.pkt, 100);
		CU_ASSERT_EQUAL(ts_read(TUN_VNET, octets, sizeof(octets), &cut),
				rows[i].taken ? 100 : 0);
		CU_ASSERT_EQUAL(cut.size, rows[i].size);
		CU_ASSERT_EQUAL(cut.udp, rows[i].udp);
		if (rows[i].taken)
			CU_ASSERT_EQUAL(memcmp(ts.got, ts.pkt, 100), 0);
	}
	CU_ASSERT_EQUAL(ts_read(TUN_VNET, octets, HEAD, &cut), 0); /* nothing behind it */
	CU_ASSERT_EQUAL(ts_read(TUN_VNET, octets, HEAD - 1, &cut), 0);
	CU_ASSERT_EQUAL(ts_read(0, ts.pkt, 100, &cut), 100);
	CU_ASSERT_EQUAL(memcmp(ts.got, ts.pkt, 100), 0);
	errno = 0;
	CU_ASSERT_EQUAL(tun_super_read(ts.device, TUN_VNET, ts.got + TUN_FRONT, 100, &cut), -1);
	CU_ASSERT_EQUAL(errno, EAGAIN);
	ts_end();
}

static const struct test_case cases[] = {
	{"one_is_written", one_is_written},
	{"nothing_is_written", nothing_is_written},
	{"headers_are_read", headers_are_read},
	{NULL, NULL},
};
const struct test_suite suite_tun_super = {"tun_super", cases};
