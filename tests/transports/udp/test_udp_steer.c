/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Groups of sockets whose datagrams the kernel spreads by our program. */
#define _GNU_SOURCE
#include "transports/udp/udp_steer.h"

#include "core/bytes.h"
#include "tests/harness.h"
#include "tests/transports/kernel.h"
#include "transports/kit/udp_addr.h"

#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define STEER_READERS 5u
#define STEER_CALLS   200u

struct steer {
	unsigned readers;
	int member[STEER_READERS + 1]; /* the last one: control */
	int far;
	struct sockaddr_storage at;
	socklen_t at_len;
};

static void steer_begin(struct steer *t, unsigned readers)
{
	struct sock_filter code[UDP_STEER_CODE];
	struct sock_fprog program = {.filter = code};
	struct udp_ep e;
	int on = 1;

	t->readers = readers;
	CU_ASSERT_TRUE_FATAL(udp_ep_parse(&e, kernel_loopback(), 28142));
	t->at_len = udp_ep_to_sock(&e, &t->at);
	t->far = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	for (unsigned i = 0; i <= readers; i++) {
		t->member[i] = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
		setsockopt(t->member[i], SOL_SOCKET, SO_REUSEPORT, &on, sizeof(on));
		CU_ASSERT_EQUAL_FATAL(
			bind(t->member[i], (const struct sockaddr *)&t->at, t->at_len), 0);
	}
	program.len = (unsigned short)udp_steer_code(code, readers);
	CU_ASSERT_EQUAL_FATAL(setsockopt(t->member[0], SOL_SOCKET, SO_ATTACH_REUSEPORT_CBPF,
					 &program, sizeof(program)),
			      0);
}

static void steer_end(struct steer *t)
{
	for (unsigned i = 0; i <= t->readers; i++)
		close(t->member[i]);
	close(t->far);
}

/* Which member gets this? */
static unsigned steer_sent(struct steer *t, const uint8_t *p, size_t len)
{
	uint8_t got[64];
	unsigned who = 0;

	CU_ASSERT_EQUAL(sendto(t->far, p, len, 0, (const struct sockaddr *)&t->at, t->at_len),
			(ssize_t)len);
	while (who <= t->readers && recv(t->member[who], got, sizeof(got), 0) != (ssize_t)len)
		who++;
	CU_ASSERT_TRUE_FATAL(who <= t->readers);
	return who;
}

/* RFC 2661 3.1: a header with these bits. */
static unsigned steer_message(struct steer *t, uint16_t bits, uint16_t tid, uint16_t sid)
{
	uint8_t out[32];
	struct wr w = wr_init(out, sizeof(out));

	wr_u16(&w, bits | 2);
	if (bits & 0x4000)
		wr_u16(&w, 20);
	wr_u16(&w, tid);
	wr_u16(&w, sid);
	wr_u32(&w, 0x12345678);
	wr_u32(&w, 0xff030021);
	return steer_sent(t, out, w.len);
}

/* Whatever its header has besides, a frame of a call is read by who reads the others. */
static void a_call_is_read_by_one(void)
{
	static const uint16_t forms[] = {0x4000, 0x0800, 0x4800, 0x0300, 0x4a00};
	uint64_t seed = test_seed();
	struct steer t;

	for (unsigned readers = 1; readers <= STEER_READERS; readers++) {
		unsigned calls[STEER_READERS] = {0};

		steer_begin(&t, readers);
		for (unsigned i = 0; i < STEER_CALLS; i++) {
			uint16_t tid = (uint16_t)(1 + test_rand(&seed) % 3),
				 sid = (uint16_t)(1 + i);
			unsigned who = steer_message(&t, 0, tid, sid);

			CU_ASSERT_TRUE_FATAL(who < readers);
			calls[who]++;
			for (unsigned k = 0; k < sizeof(forms) / sizeof(forms[0]); k++)
				CU_ASSERT_EQUAL(steer_message(&t, forms[k], tid, sid), who);
		}
		for (unsigned i = 0; i < readers; i++)
			CU_ASSERT_TRUE(calls[i] > STEER_CALLS / readers / 2);
		steer_end(&t);
	}
}

static void control_is_apart(void)
{
	struct steer t;

	for (unsigned readers = 1; readers <= STEER_READERS; readers++) {
		steer_begin(&t, readers);
		for (uint16_t tid = 0; tid < 20; tid++) {
			CU_ASSERT_EQUAL(steer_message(&t, 0xc800, tid, 0), readers);
			CU_ASSERT_EQUAL(steer_message(&t, 0xc800, tid, (uint16_t)(tid + 1)),
					readers);
		}
		steer_end(&t);
	}
}

static void what_is_too_short_goes_to_the_first(void)
{
	static const uint8_t data[] = {0x00, 2, 0, 9, 0, 9},
			     with_length[] = {0x40, 2, 0, 9, 0, 9, 0, 9};
	struct steer t;

	for (unsigned readers = 1; readers <= STEER_READERS; readers++) {
		steer_begin(&t, readers);
		for (size_t n = 0; n < sizeof(data); n++)
			CU_ASSERT_EQUAL(steer_sent(&t, data, n), 0);
		for (size_t n = 0; n < sizeof(with_length); n++)
			CU_ASSERT_EQUAL(steer_sent(&t, with_length, n), 0);
		steer_end(&t);
	}
}

static const struct test_case cases[] = {
	{"a_call_is_read_by_one", a_call_is_read_by_one},
	{"control_is_apart", control_is_apart},
	{"what_is_too_short_goes_to_the_first", what_is_too_short_goes_to_the_first},
	{NULL, NULL},
};
const struct test_suite suite_udp_steer = {"udp_steer", cases};
