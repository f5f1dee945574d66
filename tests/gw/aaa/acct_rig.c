/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/gw/aaa/acct_rig.h"

#include "gw/aaa/radius/acct_record.h"

#include <string.h>

#define WALL UINT64_C(1700000000)

struct acct_rig acct_rig;

/* --- the owner --------------------------------------------------------------------------------- */

static uint64_t acct_rig_wall(void)
{
	return WALL;
}

static void acct_rig_read(struct acct_made *m, const struct acct_record *r)
{
	static uint8_t octets[RADIUS_MAX];
	struct radius_packet p;
	struct radius_value v;
	size_t len = RADIUS_HEAD + r->len;

	*m = (struct acct_made){.id = r->session};
	octets[0] = RADIUS_ACCOUNTING_REQUEST;
	wr_put16(octets + 2, (uint16_t)len);
	memcpy(octets + RADIUS_HEAD, r->attrs, r->len);
	CU_ASSERT_TRUE_FATAL(radius_open(&p, octets, len));
	for (struct radius_walk w = radius_walk(&p); radius_next(&w, &v);) {
		if (v.name >= RADIUS_NAMES)
			continue;
		CU_ASSERT(!m->has[v.name] || v.name == RADIUS_CLASS); /* once */
		m->has[v.name] = true;
		m->number[v.name] = v.number;
		if (v.name == RADIUS_USER_NAME) {
			m->user_len = v.octets.left;
			memcpy(m->user, v.octets.p, v.octets.left);
		} else if (v.name == RADIUS_CLASS) {
			m->classes[m->classes_len++] = (uint8_t)v.octets.left;
			memcpy(m->classes + m->classes_len, v.octets.p, v.octets.left);
			m->classes_len += v.octets.left;
		}
	}
	CU_ASSERT_EQUAL(m->number[RADIUS_ACCT_STATUS_TYPE], r->status);
}

static void acct_rig_keep(uint64_t id, const uint8_t *octets, size_t len)
{
	unsigned i = 0;

	while (i < ACCT_RIG_KEPT && acct_rig.kept[i].len && acct_rig.kept[i].id != id)
		i++;
	CU_ASSERT_TRUE_FATAL(i < ACCT_RIG_KEPT);
	acct_rig.kept[i].id = id;
	acct_rig.kept[i].len = len;
	memcpy(acct_rig.kept[i].octets, octets, len);
}

static void acct_rig_on_keep(void *ctx, enum acct_kept kind, uint64_t key, const uint8_t *rec,
			     size_t len)
{
	struct acct_record r;

	(void)ctx;
	if (kind == ACCT_KEPT_SESSION)
		acct_rig_keep(key, rec, len);
	if (kind != ACCT_KEPT_RECORD)
		return;
	CU_ASSERT_TRUE_FATAL(acct_rig.n < ACCT_RIG_MADE);
	ASSERT_OCTETS(rec, 4, "\3isp", 4);
	CU_ASSERT_EQUAL_FATAL(acct_record_read(&r, rec + 4, len - 4), len - 4);
	if (!acct_rig.hostile)
		acct_rig_read(&acct_rig.made[acct_rig.n], &r);
	acct_rig.n++;
}

static void acct_rig_on_drop(void *ctx, enum acct_kept kind, uint64_t key)
{
	(void)ctx;
	if (kind != ACCT_KEPT_SESSION)
		return;
	acct_rig.drops++;
	for (unsigned i = 0; i < ACCT_RIG_KEPT; i++)
		if (acct_rig.kept[i].id == key)
			acct_rig.kept[i].len = 0;
}

static const struct acct_ops acct_rig_ops = {
	.wall = acct_rig_wall, .keep = acct_rig_on_keep, .drop = acct_rig_on_drop};

void acct_rig_ask(void *ctx, uint64_t tag, struct acct_now *out)
{
	acct_rig.asked++;
	acct_rig.asked_of = ctx;
	acct_rig.asked_tag = tag;
	*out = acct_rig.now;
}

/* A life that knows what the one before has had kept. */
void acct_rig_life(bool left)
{
	uint8_t epoch[5] = {0, 0, 0, 1, left};

	acct_rig.acct = acct_new(acct_rig.loop, &acct_rig.radius, 1, &acct_rig_ops, NULL);
	CU_ASSERT_PTR_NOT_NULL_FATAL(acct_rig.acct);
	acct_recall(acct_rig.acct, ACCT_KEPT_EPOCH, 0, epoch, sizeof(epoch), clock_us);
	for (unsigned i = 0; i < ACCT_RIG_KEPT; i++)
		if (acct_rig.kept[i].len)
			acct_recall(acct_rig.acct, ACCT_KEPT_SESSION, acct_rig.kept[i].id,
				    acct_rig.kept[i].octets, acct_rig.kept[i].len, clock_us);
	acct_begin(acct_rig.acct);
}

void acct_rig_kill(bool left)
{
	acct_stop(acct_rig.acct);
	acct_free(acct_rig.acct);
	acct_rig_life(left);
}

void acct_rig_up(void)
{
	memset(&acct_rig, 0, sizeof(acct_rig));
	clock_us = 1000 * SEC;
	acct_rig.server = (struct cfg_radius_server){.text = "192.0.2.9",
						     .address = "192.0.2.9",
						     .acct_port = 1813,
						     .secret = "0123456789abcdef",
						     .weight = 1,
						     .timeout = SEC,
						     .requests = 1};
	acct_rig.radius = (struct cfg_radius){.name = "isp",
					      .nas_identifier = "gate",
					      .server = &acct_rig.server,
					      .servers = 1,
					      .accounting = true};
	acct_rig.loop = loop_new(clock_now);
	acct_rig_life(false);
}

void acct_rig_down(void)
{
	acct_stop(acct_rig.acct);
	acct_free(acct_rig.acct);
	loop_free(acct_rig.loop);
}

const struct acct_said acct_rig_ann = {.remote = true,
				       .user_len = 3,
				       .user = "ann",
				       .classes_len = 5,
				       .classes = {1, 'a', 2, 'b', 'c'}};

struct acct_session *acct_rig_log_in(const struct acct_said *said)
{
	struct acct_session *s = acct_session_new(acct_rig.acct, &acct_rig.radius, said,
						  acct_rig_ask, &acct_rig.radius);

	CU_ASSERT_PTR_NOT_NULL_FATAL(s);
	return s;
}

struct acct_session *acct_rig_tagged(enum acct_of of, uint64_t tag)
{
	struct acct_session *s =
		acct_session_new_of(acct_rig.acct, &acct_rig.radius, of, tag, rd_init("lac", 3),
				    acct_rig_ask, &acct_rig.server);

	CU_ASSERT_PTR_NOT_NULL_FATAL(s);
	return s;
}

const struct acct_made *acct_rig_last(void)
{
	CU_ASSERT_TRUE_FATAL(acct_rig.n > 0);
	return &acct_rig.made[acct_rig.n - 1];
}

uint64_t acct_rig_says(enum radius_name name)
{
	return acct_rig_last()->number[name];
}

unsigned acct_rig_started(void)
{
	struct acct_view v;

	CU_ASSERT_TRUE_FATAL(acct_view(acct_rig.acct, 0, &v));
	return v.sessions;
}

void acct_rig_count(uint64_t n)
{
	acct_rig.now.counts = (struct radius_acct_counts){.in_octets = n,
							  .out_octets = n << 32,
							  .in_packets = 2 * n,
							  .out_packets = 3 * n,
							  .lost = 4 * n};
}
