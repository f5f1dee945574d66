/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "gw/aaa/radius/acct_record.h"

#include <nettle/md5.h>

#define VERSION	 1u
#define CHECK	 4u
#define CHECK_AT 12u

/* Against a torn end and a bad disk, not against a forger: four octets of a digest. */
static void acct_record_check(const uint8_t *buf, size_t len, uint8_t out[CHECK])
{
	static const uint8_t zero;
	struct md5_ctx md5;

	md5_init(&md5);
	md5_update(&md5, ACCT_STATE_AT, buf);
	md5_update(&md5, 1, &zero);
	md5_update(&md5, CHECK_AT - ACCT_STATE_AT - 1, buf + ACCT_STATE_AT + 1);
	md5_update(&md5, len - CHECK_AT - CHECK, buf + CHECK_AT + CHECK);
	md5_digest(&md5, CHECK, out);
}

size_t acct_record_write(uint8_t *buf, size_t cap, const struct acct_record *r)
{
	struct wr w = wr_init(buf, cap);

	if (r->len > ACCT_ATTRS_MAX)
		return 0;
	wr_u32(&w, ACCT_MAGIC);
	wr_u8(&w, VERSION);
	wr_u8(&w, r->state);
	wr_u8(&w, r->status);
	wr_u8(&w, 0);
	wr_u16(&w, (uint16_t)r->len);
	wr_u16(&w, 0);
	wr_u32(&w, 0);
	wr_u64(&w, r->serial);
	wr_u64(&w, r->session);
	wr_u64(&w, r->when);
	wr_bytes(&w, r->attrs, r->len);
	if (w.bad)
		return 0;
	acct_record_check(buf, w.len, buf + CHECK_AT);
	return w.len;
}

size_t acct_record_read(struct acct_record *out, const void *buf, size_t len)
{
	struct rd r = rd_init(buf, len);
	uint8_t check[CHECK];
	bool ours = rd_u32(&r) == ACCT_MAGIC && rd_u8(&r) == VERSION;

	*out = (struct acct_record){0};
	out->state = rd_u8(&r);
	out->status = rd_u8(&r);
	rd_skip(&r, 1);
	out->len = rd_u16(&r);
	rd_skip(&r, 2 + CHECK);
	out->serial = rd_u64(&r);
	out->session = rd_u64(&r);
	out->when = rd_u64(&r);
	out->attrs = rd_take(&r, out->len);
	if (r.bad || !ours || out->len > ACCT_ATTRS_MAX || out->state > ACCT_STATE_OVER)
		return 0;
	acct_record_check(buf, ACCT_HEAD + out->len, check);
	if (memcmp(check, (const uint8_t *)buf + CHECK_AT, CHECK) != 0)
		return 0;
	return ACCT_HEAD + out->len;
}

size_t acct_record_seek(const uint8_t *buf, size_t len, size_t from)
{
	uint8_t magic[4];

	wr_put32(magic, ACCT_MAGIC);
	for (size_t at = from; at < len; at++) {
		size_t n = len - at < sizeof(magic) ? len - at : sizeof(magic);

		if (!memcmp(buf + at, magic, n))
			return at;
	}
	return len;
}
