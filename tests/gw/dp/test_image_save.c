/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a data side writes down is what it was built from: rows that are typed here go in by
 * image_load.c, and the same ones must come out, octet by octet.
 */
#include "gw/dp/image.h"
#include "tests/gw/dp/door_samples.h"
#include "tests/gw/dp/fake.h"
#include "tests/harness.h"
#include "tests/heap.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/types.h>
#include <unistd.h>

#include <pcap/bpf.h> /* last: it needs the types of sys/types.h */

#define SAVE_WORKERS 2u
#define SAVE_ROWS    12u
#define SAVE_CHANNEL ((uint64_t)1 << 32 | 7) /* of port 0 */

struct image_save_rig {
	struct door *door;
	struct data *data;
	struct fake *fake;
	struct image_fds fds;
};

static void image_save_begin(struct image_save_rig *g)
{
	*g = (struct image_save_rig){.door = door_new(SAVE_WORKERS), .fake = fake_new()};
	CU_ASSERT_PTR_NOT_NULL_FATAL(g->door);
	g->data = data_make(g->door, false);
	CU_ASSERT_PTR_NOT_NULL_FATAL(g->data);
	CU_ASSERT_TRUE_FATAL(data_know(g->data, &fake_frozen));
	fake_next(g->fake);
	g->data->aside = true;
	CU_ASSERT_EQUAL(image_fds_add(&g->fds, eventfd(0, EFD_CLOEXEC)), 0);
}

static void image_save_end(struct image_save_rig *g)
{
	data_free(g->data);
	door_free(g->door);
	fake_free(g->fake);
	for (unsigned i = 0; i < g->fds.n; i++)
		if (g->fds.fd[i] >= 0)
			close(g->fds.fd[i]);
	free(g->fds.fd);
}

/* These rows, up to the first without a kind. */
static void image_save_of(struct image *im, const struct image_row *row)
{
	CU_ASSERT_TRUE_FATAL(image_new(im));
	for (unsigned i = 0; i < SAVE_ROWS && row[i].kind; i++)
		image_put(im, &row[i]);
	CU_ASSERT_TRUE_FATAL(image_seal(im));
}

static int image_save_load(struct image_save_rig *g, const struct image_row *row, bool state)
{
	struct image im;
	int rc;

	image_save_of(&im, row);
	rc = (state ? image_load_state : image_load_tables)(g->data, &im, &g->fds);
	image_free(&im);
	return rc;
}

/* The data side has these rows, and names so many descriptors. */
static void image_save_has(struct image_save_rig *g, const struct image_row *row, bool state,
			   unsigned n)
{
	struct image_fds fds = {0};
	struct image is, want;

	image_save_of(&want, row);
	CU_ASSERT_TRUE_FATAL(image_new(&is));
	(state ? image_save_state : image_save_tables)(g->data, &is, &fds);
	CU_ASSERT_TRUE_FATAL(image_seal(&is));
	ASSERT_OCTETS(is.mem, is.len, want.mem, want.len);
	CU_ASSERT_EQUAL(fds.n, n);
	free(fds.fd);
	image_free(&is);
	image_free(&want);
}

/* --- the first image --------------------------------------------------------------------------- */

static struct image_octets image_save_encode(const struct door_msg *m, uint8_t *buf, size_t room)
{
	size_t n = door_msg_encode(m, buf, room);

	CU_ASSERT_FATAL(n > 0);
	return (struct image_octets){buf, (uint32_t)n};
}

static struct image_octets image_save_filter(uint32_t no, uint8_t *buf, size_t room)
{
	static const struct bpf_insn all[] = {{0x06, 0, 0, 1}};
	const struct door_msg m = {.kind = DOOR_FILTER_ADD, .filter = {no, all, 1}};

	return image_save_encode(&m, buf, room);
}

static struct image_octets image_save_call(uint32_t slot, uint16_t sid, uint8_t *buf, size_t room)
{
	const struct door_msg m = {.kind = DOOR_CALL_SET,
				   .call_set = {.slot = slot,
						.call = {.tid = 2,
							 .sid = sid,
							 .channel = SAVE_CHANNEL,
							 .mode = DP_PUNT,
							 .data = {.peer_tid = 5, .peer_sid = 6},
							 .mtu = 1400}}};

	return image_save_encode(&m, buf, room);
}

static struct image_octets image_save_port(uint8_t *buf, size_t room)
{
	struct door_msg m = {.kind = DOOR_PORT_OPEN, .port_open = {.transport = fake_frozen.name}};
	struct image_octets o;

	m.port_open.cfg = (struct ist_port_config){.size = sizeof(m.port_open.cfg), .name = "p"};
	o = image_save_encode(&m, buf, room);
	return (struct image_octets){o.p + DOOR_MSG_HEAD, o.len - DOOR_MSG_HEAD};
}

static const struct image_row image_save_head = {.kind = IMAGE_HEAD,
						 .head = {.version = IMAGE_VERSION,
							  .messages = DOOR_MSG_VERSION,
							  .workers = SAVE_WORKERS,
							  .attach = 0x1122334455667788,
							  .last_tun = 9,
							  .lines = true}};

static struct image_row image_save_route(uint8_t table, uint8_t bits, uint64_t top, uint32_t key)
{
	return (struct image_row){
		.kind = IMAGE_ROUTE,
		.route = {.no = 7, .table = table, .bits = bits, .top = top, .key = key}};
}

/* A filter that only a call has comes with it, and is written once. */
static void tables_come_out_as_they_went_in(void)
{
	static uint8_t port[256], kept[64], given[64], call[256];
	const struct image_row rows[SAVE_ROWS] = {
		image_save_head,
		{.kind = IMAGE_PORT,
		 .port = {.claimed = 5, .settings = image_save_port(port, sizeof(port))}},
		{.kind = IMAGE_FILTER,
		 .filter = {.registered = true, .msg = image_save_filter(9, kept, sizeof(kept))}},
		{.kind = IMAGE_TUN,
		 .tun = {.no = 7,
			 .home = 1,
			 .name = "tun3",
			 .asked = "tun%d",
			 .opened = true,
			 .claims = true}},
		image_save_route(0, 32, UINT64_C(0x0a400005) << 32, 3),
		image_save_route(1, 64, UINT64_C(0x20010db800640005), 4),
		image_save_route(2, 24, UINT64_C(0x0a400000) << 32, 5),
		image_save_route(3, 48, UINT64_C(0x20010db800640000), 6),
		{.kind = IMAGE_FILTER,
		 .filter = {.msg = image_save_filter(12 + DOOR_FILTERS, given, sizeof(given))}},
		{.kind = IMAGE_CALL,
		 .call = {.claimed = 77,
			  .filter = {2, 1, 0, 2},
			  .msg = image_save_call(4, 3, call, sizeof(call))}},
	};
	struct image_save_rig g;

	image_save_begin(&g);
	CU_ASSERT_EQUAL_FATAL(image_save_load(&g, rows, false), 0);
	image_save_has(&g, rows, false, 1);
	image_save_end(&g);
}

/* A call that control has set names filters by number, and its row names them by theirs. */
static void filters_of_a_call_that_was_set(void)
{
	static const struct bpf_insn all[] = {{0x06, 0, 0, 1}};
	static uint8_t port[256], kept[64], call[256];
	struct image_row rows[SAVE_ROWS] = {
		image_save_head,
		{.kind = IMAGE_PORT, .port.settings = image_save_port(port, sizeof(port))},
		{.kind = 0},
	};
	struct door_msg m = {.kind = DOOR_FILTER_ADD, .filter = {9, all, 1}}, answer = {0};
	struct image_save_rig g;

	image_save_begin(&g);
	CU_ASSERT_EQUAL_FATAL(image_save_load(&g, rows, false), 0);
	data_filter_add(g.data, &m, &answer);
	rows[2] = (struct image_row){
		.kind = IMAGE_FILTER,
		.filter = {.registered = true, .msg = image_save_filter(9, kept, sizeof(kept))}};
	rows[3] = (struct image_row){.kind = IMAGE_CALL,
				     .call = {.claimed = image_save_head.head.attach,
					      .filter = {[DP_FILTER_IP_OUT] = 1},
					      .msg = image_save_call(4, 3, call, sizeof(call))}};
	CU_ASSERT_TRUE_FATAL(door_msg_decode(&m, DOOR_TABLE, rows[3].call.msg.p,
					     rows[3].call.msg.len, g.data->room,
					     door_msg_room(DOOR_MSG_MAX)));
	m.call_set.call.filter[DP_FILTER_IP_OUT] = 9;
	data_call_set(g.data, &m, &answer);
	CU_ASSERT_EQUAL(answer.answer.rc, 0);
	image_save_has(&g, rows, false, 0);
	image_save_end(&g);
}

/* Each thing that is said of a device, alone. */
static void what_a_device_is(void)
{
	for (unsigned i = 0; i < 8; i++) {
		struct image_row rows[SAVE_ROWS] = {image_save_head,
						    {.kind = IMAGE_TUN,
						     .tun = {.no = 7,
							     .home = i % 2,
							     .name = "tun3",
							     .asked = "tun3",
							     .opened = i & 1,
							     .claims = i & 2,
							     .gone = i & 4}}};
		struct image_save_rig g;

		image_save_begin(&g);
		rows[0].head.lines = i & 1;
		CU_ASSERT_EQUAL_FATAL(image_save_load(&g, rows, false), 0);
		image_save_has(&g, rows, false, 1);
		image_save_end(&g);
	}
}

/* --- the second image -------------------------------------------------------------------------- */

/* A data side with a port and call 2/3; its tables are loaded. */
static void image_save_up(struct image_save_rig *g)
{
	static uint8_t port[256], call[256];
	const struct image_row rows[SAVE_ROWS] = {
		image_save_head,
		{.kind = IMAGE_PORT, .port.settings = image_save_port(port, sizeof(port))},
		{.kind = IMAGE_CALL, .call.msg = image_save_call(4, 3, call, sizeof(call))},
	};

	image_save_begin(g);
	CU_ASSERT_EQUAL_FATAL(image_save_load(g, rows, false), 0);
}

static struct image_octets image_save_offer(uint8_t *buf, size_t room)
{
	struct door_msg m;

	door_sample(&m, DOOR_OFFER);
	m.report.port = 0;
	m.report.channel = SAVE_CHANNEL;
	return image_save_encode(&m, buf, room);
}

static struct image_row image_save_queued(bool control, const char *text, uint64_t cookie)
{
	return (struct image_row){
		.kind = IMAGE_QUEUED,
		.queued = {.channel = SAVE_CHANNEL,
			   .control = control,
			   .want_sent = cookie,
			   .flags = 0x11,
			   .cookie = cookie,
			   .after = 4 * cookie,
			   .octets = {(const uint8_t *)text, (uint32_t)strlen(text)}}};
}

/* The settings go on; what was counted does not. */
static const struct image_row image_save_impair = {
	.kind = IMAGE_IMPAIR,
	.impair.row = {.circuit = {.len = 2, .data = {1, 2}},
		       .way = DP_IMPAIR_OUT,
		       .configured = true,
		       .on = true,
		       .set = {1, 2, 3, 4, 5, 6, 7, 8, UINT64_MAX}}};

static const struct image_row image_save_frozen = {
	.kind = IMAGE_FROZEN,
	.frozen = {.frozen = true, .octets = {(const uint8_t *)"zzzz", 4}, .fds = 1, .words = ""}};

/* Packets that wait stay, for perhaps this data side goes on. */
static void channels_come_out_as_they_went_in(void)
{
	static uint8_t offer[2000];
	struct image_row rows[SAVE_ROWS] = {
		image_save_frozen,
		image_save_impair,
		{.kind = IMAGE_CHAN,
		 .chan = {.channel = SAVE_CHANNEL,
			  .payload = IST_PAYLOAD_PPP,
			  .permanent = true,
			  .told = true,
			  .peer = {.len = 2, .data = {1, 2}},
			  .claimed = 0x1020304050607080,
			  .refilled = 99,
			  .tokens = 12,
			  .story = image_save_offer(offer, sizeof(offer))}},
		image_save_queued(true, "one", 0),
		image_save_queued(true, "two", 5),
		image_save_queued(false, "three", 0),
		{.kind = IMAGE_REPORT,
		 .report = {.birth = true, .msg = image_save_offer(offer, sizeof(offer))}},
		{.kind = IMAGE_REPORT, .report.msg = image_save_offer(offer, sizeof(offer))},
	};
	struct image_save_rig g;

	image_save_up(&g);
	rows[0].frozen.tap_on = true;
	CU_ASSERT_EQUAL_FATAL(image_save_load(&g, rows, true), 0);
	for (unsigned i = 0; i < 2; i++)
		image_save_has(&g, rows, true, 1);
	CU_ASSERT_EQUAL(g.fake->freezes, 2);
	CU_ASSERT_TRUE(g.data->port[0].home->port[0]->p != NULL);
	image_save_end(&g);
}

/* One that has failed; and one that cannot be frozen is closed. */
static void a_port_that_is_not_as_it_should_be(void)
{
	struct image_row rows[SAVE_ROWS] = {image_save_frozen};
	struct image_save_rig g;

	image_save_up(&g);
	rows[0].frozen.failed = true;
	rows[0].frozen.err = -5;
	rows[0].frozen.words = "broken";
	CU_ASSERT_EQUAL_FATAL(image_save_load(&g, rows, true), 0);
	image_save_has(&g, rows, true, 1);
	g.fake->refuse_freeze = true;
	g.fake->freezes = g.fake->silent_closes = 0;
	rows[0].frozen.frozen = false;
	rows[0].frozen.octets.len = rows[0].frozen.fds = 0;
	image_save_has(&g, rows, true, 0);
	CU_ASSERT_EQUAL(g.fake->closes, 1);
	CU_ASSERT_PTR_NULL(g.data->port[0].home->port[0]->p);
	image_save_end(&g);
}

/* Each member alone makes a row, and the row says it; a state that the door has makes none. */
static void what_the_door_does_not_say(void)
{
	static const struct image_state rows[] = {
		{.far_run = 2, .far_next = 7},
		{.no_seq = 1},
		{.resyncs = 1},
		{.sending_seq = true},
		{.ns = 5},
		{.nr = 6},
		{.seen_seq = true},
		{.lns = true},
		{.send_seq = true, .sending_seq = true},
		{.reorder = 3},
		{.reorder_timeout = 9},
		{.punted = 1},
		{.taken = 1},
		{.is_early = true, .early = 2},
		{.lcp = true},
		{.told_unsequenced = true},
		{.plain = true},
		{.lost = 1, .late = 2, .reordered = 3, .plain = true},
	};
	const struct image_row none[SAVE_ROWS] = {{.kind = 0}};

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct image_row row[SAVE_ROWS] = {{.kind = IMAGE_STATE, .state = rows[i]}};
		struct image_save_rig g;

		image_save_up(&g);
		image_save_has(&g, none, true, 0);
		row[0].state.tid = 2;
		row[0].state.sid = 3;
		CU_ASSERT_EQUAL_FATAL(image_save_load(&g, row, true), 0);
		image_save_has(&g, row, true, 0);
		image_save_end(&g);
	}
}

/* --- without memory ---------------------------------------------------------------------------- */

/* At each allocation the image is bad: it is not sealed, and nobody believes it. */
static void without_memory_to_save(void)
{
	static uint8_t given[64], call[256];
	static uint8_t port[256];
	const struct image_row rows[SAVE_ROWS] = {
		image_save_head,
		{.kind = IMAGE_PORT, .port.settings = image_save_port(port, sizeof(port))},
		{.kind = IMAGE_TUN, .tun = {.no = 7, .name = "tun3", .asked = "tun3"}},
		{.kind = IMAGE_FILTER,
		 .filter = {.msg = image_save_filter(12 + DOOR_FILTERS, given, sizeof(given))}},
		{.kind = IMAGE_CALL,
		 .call = {.filter = {1}, .msg = image_save_call(4, 3, call, sizeof(call))}},
	};
	struct image_save_rig g;
	unsigned refused = 0;
	bool again = true;

	image_save_begin(&g);
	CU_ASSERT_EQUAL_FATAL(image_save_load(&g, rows, false), 0);
	for (unsigned skip = 0; again && skip < 20; skip++) {
		struct image_fds fds = {0};
		struct image im;

		CU_ASSERT_TRUE_FATAL(image_new(&im));
		heap_refuse(skip);
		image_save_tables(g.data, &im, &fds);
		again = heap_refused();
		refused += again;
		CU_ASSERT_EQUAL(image_seal(&im), !again);
		free(fds.fd);
		image_free(&im);
	}
	CU_ASSERT_FALSE(again);
	CU_ASSERT(refused >= 3); /* a message, the list of filters, that of descriptors */
	image_save_end(&g);
}

static const struct test_case cases[] = {
	{"tables_come_out_as_they_went_in", tables_come_out_as_they_went_in},
	{"filters_of_a_call_that_was_set", filters_of_a_call_that_was_set},
	{"what_a_device_is", what_a_device_is},
	{"channels_come_out_as_they_went_in", channels_come_out_as_they_went_in},
	{"a_port_that_is_not_as_it_should_be", a_port_that_is_not_as_it_should_be},
	{"what_the_door_does_not_say", what_the_door_does_not_say},
	{"without_memory_to_save", without_memory_to_save},
	{NULL, NULL},
};
const struct test_suite suite_image_save = {"image_save", cases};
