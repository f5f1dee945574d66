/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is told of an offload, by what the kernel has answered. */
#include "transports/kit/offloads.h"

#include "tests/harness.h"
#include "tests/transports/kernel.h"
#include "tests/transports/told.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static void offloads_by_errno(void)
{
	static const struct {
		bool wanted;
		int err;
		const char *text;
	} rows[] = {
		{true, 0, "x: active\n"},
		{false, 0, "x: off, on = yes\n"},
		{false, EPERM, "x: off, on = yes\n"},
		{true, ENOPROTOOPT, "x: absent, Linux 9\n"},
		{true, EINVAL, "x: absent, Linux 9\n"},
		{true, EOPNOTSUPP, "x: absent, Linux 9\n"},
		{true, ENOSYS, "x: absent, Linux 9\n"},
		{true, EPERM, "x: refused 1\n"},
		{true, ENOMEM, "x: refused 12\n"},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct ist_offload o = {0};
		struct offloads l = {&o, 1, 0};

		offloads_asked(&l, "x", rows[i].wanted, rows[i].err, "on = yes", "Linux 9");
		CU_ASSERT_EQUAL(l.n, 1);
		CU_ASSERT_STRING_EQUAL(told_rows(&o, 1), rows[i].text);
	}
}

/* Rows that do not fit are counted. */
static void room(void)
{
	struct ist_offload o[3] = {{0}};
	struct offloads l = {o, 2, 0};

	for (unsigned i = 0; i < 3; i++)
		offloads_asked(&l, "x", true, 0, NULL, NULL);
	CU_ASSERT_EQUAL(l.n, 3);
	CU_ASSERT(o[1].words && !o[2].words);
}

/* socket(7): the kernel doubles what it is asked for. */
static void buffers(void)
{
	static const int options[] = {SO_RCVBUF, SO_SNDBUF};
	int fd = socket(AF_INET, SOCK_DGRAM, 0), octets = 50000;

	for (unsigned i = 0; i < 2; i++) {
		struct ist_offload o[4] = {{0}};
		struct offloads l = {o, 4, 0};

		CU_ASSERT(!setsockopt(fd, SOL_SOCKET, options[i], &octets, sizeof(octets)));
		offloads_buffer(&l, fd, options[i], 50000);
		offloads_buffer(&l, fd, options[i], 50001);
		offloads_buffer(&l, fd, options[i], 0);
		kernel_fail("getsockopt", (unsigned long)options[i], 0, EPERM);
		offloads_buffer(&l, fd, options[i], 50000);
		CU_ASSERT_TRUE(kernel_failed());
		CU_ASSERT(o[0].got == 50000 && o[0].asked == 50000);
		CU_ASSERT(o[1].asked == 50001 && !o[2].asked && o[2].got == 50000);
		CU_ASSERT_STRING_EQUAL(told_rows(o, 4),
				       i ? "send buffer: active\n"
					   "send buffer: smaller, raise net.core.wmem_max\n"
					   "send buffer: active\n"
					   "send buffer: refused 1\n"
					 : "receive buffer: active\n"
					   "receive buffer: smaller, raise net.core.rmem_max\n"
					   "receive buffer: active\n"
					   "receive buffer: refused 1\n");
	}
	close(fd);
}

static const struct test_case cases[] = {
	{"by_errno", offloads_by_errno},
	{"room", room},
	{"buffers", buffers},
	{NULL, NULL},
};
const struct test_suite suite_offloads = {"offloads", cases};
