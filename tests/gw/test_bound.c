/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "gw/bound.h"

#include "tests/harness.h"
#include "transports/transport.h"

#include <errno.h>
#include <string.h>

static const struct cfg_address v4 = {
	.text = "192.0.2.1", .at = {.bits = 32, .addr = {[12] = 192, 0, 2, 1}}, .port = 9101};
static const struct cfg_address v6 = {
	.text = "[2001:db8::1]:1700",
	.at = {.v6 = true, .bits = 128, .addr = {0x20, 1, 0xd, 0xb8, [15] = 1}},
	.port = 1700};

static void what_is_opened(void)
{
	struct ist_open w = bound_listener(&v4, 7);

	CU_ASSERT_EQUAL(w.kind, IST_OPEN_LISTEN);
	CU_ASSERT_EQUAL(w.family, 4);
	ASSERT_OCTETS(w.ip, 4, "\xc0\x00\x02\x01", 4);
	CU_ASSERT_EQUAL(w.port, 9101);
	CU_ASSERT_EQUAL(w.backlog, 7);
	w = bound_datagrams(&v6);
	CU_ASSERT_EQUAL(w.kind, IST_OPEN_UDP);
	CU_ASSERT_EQUAL(w.family, 6);
	ASSERT_OCTETS(w.ip, 16, v6.at.addr, 16);
	CU_ASSERT_EQUAL(w.port, 1700);
	CU_ASSERT_EQUAL(w.flags, IST_OPEN_DESTINATION);
	CU_ASSERT_EQUAL(w.receive, 1 << 20);
}

static struct ist_open asked;

static int bound_on_ask(void *link, const struct ist_open *what)
{
	CU_ASSERT_PTR_EQUAL(link, &asked);
	asked = *what;
	return -EACCES;
}

/* Here, or by whom is set. */
static void who_opens(void)
{
	const struct ist_open w = bound_listener(&v4, 7);

	CU_ASSERT_EQUAL(bound_open(&w), -EADDRNOTAVAIL); /* the address is of no machine */
	bound_by(bound_on_ask, &asked);
	CU_ASSERT_EQUAL(bound_open(&w), -EACCES);
	CU_ASSERT_EQUAL(memcmp(&asked, &w, sizeof(w)), 0);
	bound_by(NULL, NULL);
}

static const struct test_case cases[] = {
	{"what_is_opened", what_is_opened},
	{"who_opens", who_opens},
	{NULL, NULL},
};
const struct test_suite suite_bound = {"bound", cases};
