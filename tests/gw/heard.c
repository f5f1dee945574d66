/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/gw/heard.h"

#include "tests/gw/bench.h"
#include "tests/gw/fake_radius.h"

#include <stdio.h>
#include <string.h>

static struct {
	size_t len;
	uint8_t octets[RADIUS_ATTRS_MAX];
} heard[HEARD_MOST];
unsigned heards;
static const char *heard_accept;

static void heard_judge(const struct radius_question *q)
{
	bool record = q->code == RADIUS_ACCOUNTING_REQUEST;

	fake_radius.code = record ? RADIUS_ACCOUNTING_RESPONSE : RADIUS_ACCESS_ACCEPT;
	fake_radius.attrs = record ? "" : heard_accept;
	if (!record)
		return;
	CU_ASSERT_TRUE_FATAL(heards < HEARD_MOST);
	heard[heards].len = q->len;
	memcpy(heard[heards++].octets, q->attrs, q->len);
}

/* False: record i has no such attribute. */
static bool heard_find(unsigned i, enum radius_name name, struct radius_value *v)
{
	static uint8_t packet[RADIUS_MAX];
	struct radius_packet p;
	struct radius_walk at;
	size_t len = RADIUS_HEAD + (i < heards ? heard[i].len : 0);

	CU_ASSERT_TRUE_FATAL(i < heards);
	packet[0] = RADIUS_ACCOUNTING_REQUEST;
	wr_put16(packet + 2, (uint16_t)len);
	memcpy(packet + RADIUS_HEAD, heard[i].octets, heard[i].len);
	CU_ASSERT_TRUE_FATAL(radius_open(&p, packet, len));
	for (at = radius_walk(&p); radius_next(&at, v);)
		if (v->name == name)
			return true;
	return false;
}

const char *heard_value(unsigned i, enum radius_name name)
{
	static char hex[2 * RADIUS_VALUE_MAX + 1];
	struct radius_value v;

	if (!heard_find(i, name, &v))
		return "-";
	for (size_t k = 0; k < v.octets.left; k++)
		snprintf(hex + 2 * k, 3, "%02x", v.octets.p[k]);
	hex[2 * v.octets.left] = '\0';
	return hex;
}

const char *heard_text(unsigned i, enum radius_name name)
{
	static char text[4][RADIUS_VALUE_MAX + 1];
	static unsigned turn;
	char *out = text[turn++ % 4];
	struct radius_value v;

	if (!heard_find(i, name, &v))
		return "-";
	memcpy(out, v.octets.p, v.octets.left);
	out[v.octets.left] = '\0';
	return out;
}

bool heard_is(unsigned i, enum radius_acct_status status)
{
	struct radius_value v;

	return heard_find(i, RADIUS_ACCT_STATUS_TYPE, &v) && v.number == status;
}

void heard_begin(const char *conf, const char *attrs)
{
	heards = 0;
	heard_accept = attrs;
	fake_radius = (struct fake_radius){.on = true, .judge = heard_judge};
	bench_start_kept(conf);
}

void heard_end(void)
{
	bench_stop();
	fake_radius = (struct fake_radius){0};
}
