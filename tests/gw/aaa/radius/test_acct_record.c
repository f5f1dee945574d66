/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The octets of version 1 stay as they are: they lie in spools. */
#include "gw/aaa/radius/acct_record.h"
#include "tests/harness.h"

/* Octets 12 to 15 are the first four of the MD5 of all others with state as 0, by Python's hashlib.
 */
#define RECORD_1                                                                     \
	"49416363 01 00 02 00 0006 0000 71828794 0102030405060708 1112131415161718 " \
	"000000005f000001 280600000002"

static const struct acct_record one = {.serial = UINT64_C(0x0102030405060708),
				       .session = UINT64_C(0x1112131415161718),
				       .when = 0x5f000001,
				       .status = 2,
				       .attrs = (const uint8_t *)"\x28\x06\0\0\0\2",
				       .len = 6};

static uint8_t buf[ACCT_RECORD_MAX + 1];

static void acct_record_1_is_written(void)
{
	uint8_t want[64];
	size_t n = test_hex(want, sizeof(want), RECORD_1);

	ASSERT_OCTETS(buf, acct_record_write(buf, sizeof(buf), &one), want, n);
	CU_ASSERT_EQUAL(acct_record_write(buf, n, &one), n);
	CU_ASSERT_EQUAL(acct_record_write(buf, n - 1, &one), 0);
}

static void acct_record_1_is_read(void)
{
	size_t n = test_hex(buf, sizeof(buf), RECORD_1);
	struct acct_record r;

	CU_ASSERT_EQUAL_FATAL(acct_record_read(&r, buf, n + 1), n);
	CU_ASSERT_EQUAL(r.serial, one.serial);
	CU_ASSERT_EQUAL(r.session, one.session);
	CU_ASSERT_EQUAL(r.when, one.when);
	CU_ASSERT_EQUAL(r.status, 2);
	CU_ASSERT_EQUAL(r.state, ACCT_STATE_WAITS);
	ASSERT_OCTETS(r.attrs, r.len, one.attrs, one.len);
	/* its state changes where it lies */
	buf[ACCT_STATE_AT] = ACCT_STATE_OVER;
	CU_ASSERT_EQUAL(acct_record_read(&r, buf, n), n);
	CU_ASSERT_EQUAL(r.state, ACCT_STATE_OVER);
	buf[ACCT_STATE_AT] = 2;
	CU_ASSERT_EQUAL(acct_record_read(&r, buf, n), 0);
}

/* Cut anywhere, or with one bit of another value. */
static void acct_record_torn_is_none(void)
{
	size_t n = test_hex(buf, sizeof(buf), RECORD_1);
	struct acct_record r;

	for (size_t len = 0; len < n; len++)
		CU_ASSERT_EQUAL(acct_record_read(&r, buf, len), 0);
	for (size_t i = 0; i < 8 * n; i++) {
		buf[i / 8] ^= (uint8_t)(1 << i % 8);
		if (i / 8 != ACCT_STATE_AT)
			CU_ASSERT_EQUAL(acct_record_read(&r, buf, n), 0);
		buf[i / 8] ^= (uint8_t)(1 << i % 8);
	}
}

static void acct_record_is_as_long_as_it_may_be(void)
{
	static uint8_t attrs[ACCT_ATTRS_MAX + 1];
	struct acct_record r = {.attrs = attrs, .len = ACCT_ATTRS_MAX};

	CU_ASSERT_EQUAL(acct_record_write(buf, sizeof(buf), &r), ACCT_RECORD_MAX);
	CU_ASSERT_EQUAL(acct_record_read(&r, buf, sizeof(buf)), ACCT_RECORD_MAX);
	r.len++;
	CU_ASSERT_EQUAL(acct_record_write(buf, sizeof(buf), &r), 0);
}

static void acct_record_is_sought(void)
{
	size_t n = test_hex(buf, sizeof(buf), "4941 49416363 00 494163");

	CU_ASSERT_EQUAL(acct_record_seek(buf, n, 0), 2);
	CU_ASSERT_EQUAL(acct_record_seek(buf, n, 2), 2);
	CU_ASSERT_EQUAL(acct_record_seek(buf, n, 3), 7); /* the rest may not be read yet */
	CU_ASSERT_EQUAL(acct_record_seek(buf, 6, 3), 6);
	CU_ASSERT_EQUAL(acct_record_seek(buf, 0, 0), 0);
}

static const struct test_case cases[] = {
	{"1_is_written", acct_record_1_is_written},
	{"1_is_read", acct_record_1_is_read},
	{"torn_is_none", acct_record_torn_is_none},
	{"is_as_long_as_it_may_be", acct_record_is_as_long_as_it_may_be},
	{"is_sought", acct_record_is_sought},
	{NULL, NULL},
};
const struct test_suite suite_acct_record = {"acct_record", cases};
