/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A data side built from rows that are typed here: what a row names must be there, once, and in the
 * right image.  Whole data sides that go on are in test_hand_over.c.
 */
#include "gw/dp/image.h"
#include "tests/gw/dp/door_samples.h"
#include "tests/gw/dp/fake.h"
#include "tests/harness.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/types.h>
#include <unistd.h>

#include <pcap/bpf.h> /* last: it needs the types of sys/types.h */

#define WORKERS 2u
#define CHANNEL ((uint64_t)1 << 32 | 7) /* of port 0 */

/* Messages that rows carry; filled by load_messages(). */
static uint8_t filter_msg[64], loop_msg[64], call_msg[256], del_msg[64], port_msg[256];
static struct image_octets filter_add, endless_add, call_set, call_del, port_open;

static struct image_octets load_encode(const struct door_msg *m, uint8_t *buf, size_t room)
{
	size_t n = door_msg_encode(m, buf, room);

	CU_ASSERT_FATAL(n > 0);
	return (struct image_octets){buf, (uint32_t)n};
}

static void load_messages(void)
{
	static const struct bpf_insn all[] = {{0x06, 0, 0, 1}},
				     endless[] = {{0x05, 0, 0, ~0u}, {0x06, 0, 0, 1}};
	struct door_msg m = {.kind = DOOR_FILTER_ADD, .filter = {9, all, 1}};

	filter_add = load_encode(&m, filter_msg, sizeof(filter_msg));
	m.filter = (struct door_filter){9, endless, 2};
	endless_add = load_encode(&m, loop_msg, sizeof(loop_msg));
	m = (struct door_msg){.kind = DOOR_CALL_SET,
			      .call_set = {.slot = 4,
					   .call = {.tid = 2,
						    .sid = 3,
						    .channel = CHANNEL,
						    .mode = DP_PUNT,
						    .data = {.peer_tid = 5, .peer_sid = 6},
						    .mtu = 1400}}};
	call_set = load_encode(&m, call_msg, sizeof(call_msg));
	m = (struct door_msg){.kind = DOOR_PORT_OPEN,
			      .port_open = {.transport = fake_frozen.name,
					    .cfg = {.size = sizeof(m.port_open.cfg), .name = "p"}}};
	port_open = load_encode(&m, port_msg, sizeof(port_msg)); /* behind its head */
	port_open.p += DOOR_MSG_HEAD;
	port_open.len -= DOOR_MSG_HEAD;
	door_sample(&m, DOOR_CALL_DEL);
	call_del = load_encode(&m, del_msg, sizeof(del_msg));
}

/* A data side that has nothing, and four descriptors that come along. */
struct load_rig {
	struct door *door;
	struct data *data;
	struct image_fds fds;
};

static void load_begin(struct load_rig *g)
{
	load_messages();
	*g = (struct load_rig){.door = door_new(WORKERS)};
	CU_ASSERT_PTR_NOT_NULL_FATAL(g->door);
	g->data = data_make(g->door, false);
	CU_ASSERT_PTR_NOT_NULL_FATAL(g->data);
	CU_ASSERT_TRUE_FATAL(data_know(g->data, &fake_frozen));
	g->data->aside = true;
	for (unsigned i = 0; i < 4; i++)
		CU_ASSERT_EQUAL(image_fds_add(&g->fds, eventfd(0, EFD_CLOEXEC)), (int)i);
}

static void load_end(struct load_rig *g)
{
	data_free(g->data);
	door_free(g->door);
	for (unsigned i = 0; i < g->fds.n; i++)
		if (g->fds.fd[i] >= 0)
			close(g->fds.fd[i]);
	free(g->fds.fd);
}

#define ROWS 6u

/* These rows, up to the first without a kind, as one image. */
static int load_image(struct load_rig *g, const struct image_row *row, bool state)
{
	struct image im;
	int rc;

	CU_ASSERT_TRUE_FATAL(image_new(&im));
	for (unsigned i = 0; i < ROWS && row[i].kind; i++)
		image_put(&im, &row[i]);
	CU_ASSERT_TRUE_FATAL(image_seal(&im));
	rc = (state ? image_load_state : image_load_tables)(g->data, &im, &g->fds);
	image_free(&im);
	return rc;
}

#define HEAD_OF(v, m, n)                                                                 \
	{                                                                                \
		.kind = IMAGE_HEAD, .head = {.version = v, .messages = m, .workers = n } \
	}
#define HEAD HEAD_OF(IMAGE_VERSION, DOOR_MSG_VERSION, WORKERS)
#define A_PORT                                                          \
	{                                                               \
		.kind = IMAGE_PORT, .port = {.settings = {NULL, OPEN} } \
	}
#define FILTER(reg, message)                                                                 \
	{                                                                                    \
		.kind = IMAGE_FILTER, .filter = {.registered = reg, .msg = {NULL, message} } \
	}
#define TUN(number, which, ...)           \
	{                                 \
		.kind = IMAGE_TUN,        \
		.tun = {.no = number,     \
			.name = "tun0",   \
			.asked = "tun%d", \
			.fd = which,      \
			__VA_ARGS__ }     \
	}
#define ROUTE(which, length)                                                                       \
	{                                                                                          \
		.kind = IMAGE_ROUTE, .route = {.no = 7, .table = which, .bits = length, .key = 1 } \
	}
#define A_CALL(message, ...)                                                       \
	{                                                                          \
		.kind = IMAGE_CALL, .call = {.msg = {NULL, message}, __VA_ARGS__ } \
	}

/* Messages are put into rows by these marks, since they are made as the test runs. */
enum { NONE, ADD, ENDLESS, SET, DEL, OPEN };

static void load_mark(struct image_row *row)
{
	const struct image_octets *const of[] = {[ADD] = &filter_add,
						 [ENDLESS] = &endless_add,
						 [SET] = &call_set,
						 [DEL] = &call_del,
						 [OPEN] = &port_open};
	struct image_octets *msg = row->kind == IMAGE_FILTER ? &row->filter.msg
				   : row->kind == IMAGE_CALL ? &row->call.msg
				   : row->kind == IMAGE_PORT ? &row->port.settings
							     : NULL;

	if (msg && msg->len)
		*msg = *of[msg->len];
}

static int load_marked(struct load_rig *g, const struct image_row *from)
{
	struct image_row row[ROWS];

	memcpy(row, from, sizeof(row));
	for (unsigned i = 0; i < ROWS; i++)
		load_mark(&row[i]);
	return load_image(g, row, false);
}

static void tables_that_cannot_be(void)
{
	static const struct {
		const char *what;
		struct image_row row[ROWS];
		int rc;
	} rows[] = {
		{"nothing", {{.kind = 0}}, -EBADMSG},
		{"a head", {HEAD}, 0},
		{"no head", {TUN(7, 0, .claims = false)}, -EINVAL},
		{"two heads", {HEAD, HEAD}, -EINVAL},
		{"of another version",
		 {HEAD_OF(IMAGE_VERSION + 1, DOOR_MSG_VERSION, WORKERS)},
		 -EPROTONOSUPPORT},
		{"with other messages",
		 {HEAD_OF(IMAGE_VERSION, DOOR_MSG_VERSION + 1, WORKERS)},
		 -EPROTONOSUPPORT},
		{"more workers", {HEAD_OF(IMAGE_VERSION, DOOR_MSG_VERSION, WORKERS + 1)}, -EINVAL},
		{"fewer", {HEAD_OF(IMAGE_VERSION, DOOR_MSG_VERSION, WORKERS - 1)}, -EINVAL},
		{"a row of the other image",
		 {HEAD, {.kind = IMAGE_STATE, .state = {.tid = 2, .sid = 3}}},
		 -EINVAL},
		{"a filter", {HEAD, FILTER(false, ADD)}, 0},
		{"a filter that is there already",
		 {HEAD, FILTER(true, ADD), FILTER(true, ADD)},
		 -EINVAL},
		{"one that does not end", {HEAD, FILTER(false, ENDLESS)}, -EINVAL},
		{"one that is no filter", {HEAD, FILTER(false, DEL)}, -EINVAL},
		{"one that is nothing", {HEAD, FILTER(true, NONE)}, -EINVAL},
		{"a port", {HEAD, A_PORT}, 0},
		{"a port that is there already", {HEAD, A_PORT, A_PORT}, -EINVAL},
		{"one of other settings",
		 {HEAD, {.kind = IMAGE_PORT, .port = {.settings = {NULL, DEL}}}},
		 -EINVAL},
		{"a call of no port", {HEAD, A_CALL(SET, .claimed = 1)}, -EINVAL},
		{"a device", {HEAD, TUN(7, 3, .claims = false)}, 0},
		{"a device without a descriptor", {HEAD, TUN(7, 4, .claims = false)}, -EINVAL},
		{"with one that is taken",
		 {HEAD, TUN(7, 3, .claims = false), TUN(8, 3, .claims = false)},
		 -EINVAL},
		{"a device that is there already",
		 {HEAD, TUN(7, 3, .claims = false), TUN(7, 2, .claims = false)},
		 -EINVAL},
		{"of a worker that is not there", {HEAD, TUN(7, 3, .home = WORKERS)}, -EINVAL},
		{"routes",
		 {HEAD, TUN(7, 3, .claims = true), ROUTE(0, 32), ROUTE(1, 64), ROUTE(2, 32),
		  ROUTE(3, 64)},
		 0},
		{"a route of no device", {HEAD, ROUTE(0, 8)}, -EINVAL},
		{"a route of IPv4 that is too long",
		 {HEAD, TUN(7, 3, .claims = false), ROUTE(0, 33)},
		 -EINVAL},
		{"likewise, claimed", {HEAD, TUN(7, 3, .claims = true), ROUTE(2, 33)}, -EINVAL},
		{"one that is claimed where nothing is",
		 {HEAD, TUN(7, 3, .claims = false), ROUTE(2, 8)},
		 -EINVAL},
		{"a call", {HEAD, A_PORT, A_CALL(SET, .claimed = 1)}, 0},
		{"a call that is there already",
		 {HEAD, A_PORT, A_CALL(SET, .claimed = 1), A_CALL(SET, .claimed = 1)},
		 -EINVAL},
		{"a call by another message", {HEAD, A_PORT, A_CALL(DEL, .claimed = 1)}, -EINVAL},
		{"with a filter",
		 {HEAD, A_PORT, FILTER(false, ADD), A_CALL(SET, .filter = {0, 1})},
		 0},
		{"with one that is not there",
		 {HEAD, A_PORT, FILTER(false, ADD), A_CALL(SET, .filter = {0, 2})},
		 -EINVAL},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct load_rig g;
		int rc;

		load_begin(&g);
		rc = load_marked(&g, rows[i].row);
		if (rc != rows[i].rc)
			printf("%s: %d\n", rows[i].what, rc);
		CU_ASSERT_EQUAL(rc, rows[i].rc);
		load_end(&g);
	}
}

/* What the head says is each worker's, too. */
static void what_the_head_says(void)
{
	static const struct image_row rows[ROWS] = {{.kind = IMAGE_HEAD,
						     .head = {.version = IMAGE_VERSION,
							      .messages = DOOR_MSG_VERSION,
							      .workers = WORKERS,
							      .attach = 0x1122334455667788,
							      .last_tun = 9,
							      .lines = true}}};
	struct load_rig g;

	load_begin(&g);
	CU_ASSERT_EQUAL(load_image(&g, rows, false), 0);
	CU_ASSERT(g.data->attach == 0x1122334455667788 && g.data->last_tun == 9);
	CU_ASSERT_TRUE(atomic_load(&g.data->lines));
	for (unsigned i = 0; i < g.data->n; i++)
		CU_ASSERT_EQUAL(g.data->worker[i]->attach, 0x1122334455667788);
	load_end(&g);
}

/* Filters are counted from 1 on, in the order of their rows. */
static void a_call_and_what_it_has(void)
{
	static const struct image_row rows[ROWS] = {
		HEAD,
		A_PORT,
		FILTER(false, ADD),
		FILTER(true, ADD),
		A_CALL(SET, .claimed = 77, .filter = {2, 0, 1}),
	};
	static const struct image_row state[ROWS] = {
		{.kind = IMAGE_STATE,
		 .state = {.tid = 2,
			   .sid = 3,
			   .lns = true,
			   .reorder = 1,
			   .reorder_timeout = 5,
			   .ns = 0x1234,
			   .nr = 0x5678,
			   .seen_seq = true,
			   .far_next = 0x9abc,
			   .far_run = 4,
			   .lost = 11,
			   .late = 12,
			   .reordered = 13,
			   .no_seq = 14,
			   .resyncs = 15,
			   .punted = 16,
			   .taken = 17,
			   .early = 18,
			   .told_unsequenced = true}},
	};
	struct load_rig g;
	struct call *c;

	load_begin(&g);
	CU_ASSERT_EQUAL(load_marked(&g, rows), 0);
	c = calltab_get(&g.data->tab, 2, 3);
	CU_ASSERT_PTR_NOT_NULL_FATAL(c);
	CU_ASSERT(c->claimed == 77 && c->c.mtu == 1400 && c->c.channel == CHANNEL);
	CU_ASSERT(call_filter(c, 0) && call_filter(c, 2) && call_filter(c, 0) != call_filter(c, 2));
	CU_ASSERT(!call_filter(c, 1) && !call_filter(c, 3));
	CU_ASSERT_EQUAL(load_image(&g, state, true), 0);
	CU_ASSERT(c->st->data.cfg.lns && c->st->data.cfg.reorder == 1);
	CU_ASSERT_EQUAL(c->st->data.cfg.reorder_timeout, 5);
	CU_ASSERT(c->st->data.ns == 0x1234 && c->st->data.nr == 0x5678);
	CU_ASSERT(!c->st->data.sending_seq && c->st->data.seen_seq);
	CU_ASSERT(c->st->data.far_next == 0x9abc && c->st->data.far_run == 4);
	CU_ASSERT(c->st->data.lost == 11 && c->st->data.late == 12);
	CU_ASSERT(c->st->data.reordered == 13 && c->st->data.no_seq == 14);
	CU_ASSERT(c->st->data.resyncs == 15 && c->st->punted == 16);
	CU_ASSERT(atomic_load(&c->st->taken) == 17 && c->st->early == 18);
	CU_ASSERT(c->st->told_unsequenced && !c->st->plain);
	CU_ASSERT(c->st->early_version != c->version && c->st->lcp_version != c->version);
	load_end(&g);
}

/* The second image is about what the first one has brought. */
static void state_of_what_is_not_there(void)
{
	static const struct {
		const char *what;
		struct image_row row[ROWS];
	} rows[] = {
		{"a port", {{.kind = IMAGE_FROZEN, .frozen = {.port = 1, .words = ""}}}},
		{"a channel",
		 {{.kind = IMAGE_CHAN, .chan = {.channel = CHANNEL, .payload = IST_PAYLOAD_L2TP}}}},
		{"a packet", {{.kind = IMAGE_QUEUED, .queued = {.channel = CHANNEL}}}},
		{"a call", {{.kind = IMAGE_STATE, .state = {.tid = 9, .sid = 9}}}},
		{"a bundle", {{.kind = IMAGE_BUNDLE, .bundle = {.tid = 2, .sid = 3}}}},
		{"a report", {{.kind = IMAGE_REPORT}}},
		{"a bad line", {{.kind = IMAGE_IMPAIR, .impair.port = 1}}},
		{"a head", {HEAD}},
		{"a device", {TUN(7, 0, .claims = false)}},
	};
	static const struct image_row first[ROWS] = {HEAD, A_PORT, A_CALL(SET, .claimed = 1)};

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct load_rig g;
		int rc;

		load_begin(&g);
		CU_ASSERT_EQUAL(load_marked(&g, first), 0);
		rc = load_image(&g, rows[i].row, true);
		if (rc != -EINVAL)
			printf("%s: %d\n", rows[i].what, rc);
		CU_ASSERT_EQUAL(rc, -EINVAL);
		load_end(&g);
	}
}

static const struct test_case cases[] = {
	{"tables_that_cannot_be", tables_that_cannot_be},
	{"what_the_head_says", what_the_head_says},
	{"a_call_and_what_it_has", a_call_and_what_it_has},
	{"state_of_what_is_not_there", state_of_what_is_not_there},
	{NULL, NULL},
};
const struct test_suite suite_image_load = {"image_load", cases};
