/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Captures laid out by hand: the classic format, and pcapng (draft-ietf-opsawg-pcapng). */
#include "tests/gw/replay/held.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define PACKET(t) "4500 0028 0000 0000 4011 0000 c0000201 c0000202 1388 06a5 0014 0000 " t
#define ZLB	  "c802 000c 0001 0000 0002 0003"
#define DATA	  "0002 0001 0002 ff03 c021 0101"
#define PCAP	  "a1b2c3d4 0002 0004 00000000 00000000 00040000 00000065"
#define RECORD	  "00000001 00000005 00000028 00000028"

static const char *read_words(const char *hex, bool wanted, struct replay_file *f)
{
	char path[] = "/tmp/test_replay_file.XXXXXX";
	int fd = mkstemp(path);
	static char said[512];
	uint8_t octets[600];
	size_t len = test_hex(octets, sizeof(octets), hex);

	said[0] = '\0';
	CU_ASSERT_EQUAL(write(fd, octets, len), (ssize_t)len);
	CU_ASSERT_EQUAL(replay_file_read(f, path, said, sizeof(said)), wanted);
	close(fd);
	unlink(path);
	return said;
}

static void classic_capture(void)
{
	struct replay_file f;

	read_words(PCAP RECORD PACKET(ZLB)
			   RECORD PACKET(DATA) "00000002 00000000 00000002 00000002 4500",
		   true, &f);
	CU_ASSERT_EQUAL(f.frames, 3);
	CU_ASSERT_EQUAL(f.data, 1);
	CU_ASSERT_EQUAL(f.other, 1);
	CU_ASSERT_EQUAL_FATAL(f.count, 1);
	CU_ASSERT_EQUAL(f.msg[0].us, 1000005);
	CU_ASSERT_EQUAL(f.msg[0].len, 12);
	replay_file_free(&f);
}

/* Two ZLBs that the kernel would have sent as two datagrams; what pads a message is none. */
static void datagrams_put_together(void)
{
	static const char *const behind[] = {ZLB, "0000 0000 0000 0000 0000 0000"};
	struct replay_file f;

	for (size_t i = 0; i < 2; i++) {
		char hex[500];

		snprintf(hex, sizeof(hex),
			 PCAP
			 "00000001 00000005 00000034 00000034"
			 "4500 0034 0000 0000 4011 0000 c0000201 c0000202 1388 06a5 0020 0000" ZLB
			 "%s",
			 behind[i]);
		read_words(hex, true, &f);
		CU_ASSERT_EQUAL_FATAL(f.count, 2 - i);
		CU_ASSERT_EQUAL(f.msg[0].len, i ? 24 : 12);
		replay_file_free(&f);
	}
}

static void pcapng_capture(void)
{
	struct replay_file f;

	read_words("0a0d0d0a 0000001c 1a2b3c4d 0001 0000 ffffffffffffffff 0000001c"
		   "00000001 00000014 0065 0000 00000000 00000014"
		   "00000006 00000048 00000000 00000000 000f4245 00000028 00000028" PACKET(
			   ZLB) "00000048",
		   true, &f);
	CU_ASSERT_EQUAL_FATAL(f.count, 1);
	CU_ASSERT_EQUAL(f.msg[0].us, 1000005);
	replay_file_free(&f);
}

static void what_is_no_capture(void)
{
	struct replay_file f;

	CU_ASSERT_PTR_NOT_NULL(strstr(read_words("00112233 44556677 00112233 44556677", false, &f),
				      "unknown file format"));
	CU_ASSERT_TRUE(strlen(read_words(PCAP RECORD "4500", false, &f)) > 0);
	CU_ASSERT_EQUAL(f.count, 0);
	CU_ASSERT_FALSE(replay_file_read(&f, "/nowhere/at/all", (char[200]){0}, 200));
}

static const struct test_case cases[] = {
	{"classic_capture", classic_capture},
	{"datagrams_put_together", datagrams_put_together},
	{"pcapng_capture", pcapng_capture},
	{"what_is_no_capture", what_is_no_capture},
	{NULL, NULL},
};
const struct test_suite suite_replay_file = {"replay_file", cases};
