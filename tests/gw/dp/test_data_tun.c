/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Devices of a data side without workers that run: which one a name opens, how long it is there,
 * and the routes that lead to calls.  Where the kernel's own part does not matter, an eventfd is
 * one.
 */
#include "gw/dp/image.h"
#include "gw/dp/tun.h"
#include "tests/gw/netns.h"
#include "tests/harness.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/eventfd.h>

#define DATA_TUN_WORKERS 2u

static struct {
	struct door *door;
	struct data *data;
	unsigned closed; /* devices that have been closed, and the last: */
	char device[TUN_NAME];
} tun_at;

static void data_tun_on_closed(void *ctx, const char *device)
{
	CU_ASSERT_PTR_EQUAL(ctx, &tun_at);
	tun_at.closed++;
	snprintf(tun_at.device, sizeof(tun_at.device), "%s", device);
}

static void data_tun_begin(void)
{
	tun_at.closed = 0;
	tun_at.door = door_new(DATA_TUN_WORKERS);
	CU_ASSERT_PTR_NOT_NULL_FATAL(tun_at.door);
	tun_at.data = data_make(tun_at.door, false);
	CU_ASSERT_PTR_NOT_NULL_FATAL(tun_at.data);
	tun_at.data->aside = true;
	dp_closed_to(data_tun_on_closed, &tun_at);
}

static void data_tun_end(void)
{
	data_free(tun_at.data);
	door_free(tun_at.door);
	dp_closed_to(NULL, NULL);
}

/* One of the life before, as its row says. */
static struct data_tun *data_tun_had(const struct image_tun *row)
{
	struct data_tun *t = data_tun_restore(tun_at.data, row, eventfd(0, EFD_CLOEXEC));

	CU_ASSERT_PTR_NOT_NULL_FATAL(t);
	return t;
}

static struct data_tun *data_tun_had_no(uint32_t no)
{
	return data_tun_had(
		&(struct image_tun){.no = no, .name = "t0", .asked = "t0", .opened = true});
}

/* What is answered; *no: its number. */
static int data_tun_opens(const char *name, uint32_t *no)
{
	const struct door_msg m = {.kind = DOOR_TUN_OPEN, .tun_open = {.name = name, .mtu = 1400}};
	struct door_msg answer = {0};

	data_tun_open(tun_at.data, &m, &answer);
	CU_ASSERT_EQUAL(answer.kind, DOOR_TUN);
	CU_ASSERT_PTR_NOT_NULL(answer.answer.words);
	*no = answer.answer.no;
	return answer.answer.rc;
}

static int data_tun_closes(uint32_t no)
{
	const struct door_msg m = {.kind = DOOR_TUN_CLOSE, .number.no = no};
	struct door_msg answer = {0};

	data_tun_close(tun_at.data, &m, &answer);
	return answer.answer.rc;
}

/* --- names ------------------------------------------------------------------------------------- */

/* By its name; under a name with %d those of the life before, in the order of their numbers. */
static void which_one_a_name_opens(void)
{
	uint32_t no;

	data_tun_begin();
	data_tun_had(&(struct image_tun){.no = 8, .name = "t0", .asked = "t%d", .claims = true});
	data_tun_had(&(struct image_tun){.no = 5, .name = "t1", .asked = "t%d", .claims = true});
	data_tun_had(&(struct image_tun){.no = 6, .name = "t2", .asked = "t%d", .claims = true});
	data_tun_had(&(struct image_tun){.no = 3, .name = "u0", .asked = "u%d", .claims = true});
	CU_ASSERT_EQUAL(data_tun_opens("t2", &no), 0);
	CU_ASSERT_EQUAL(no, 6);
	CU_ASSERT_EQUAL(data_tun_opens("t%d", &no), 0);
	CU_ASSERT_EQUAL(no, 5);
	CU_ASSERT_EQUAL(data_tun_opens("t%d", &no), 0);
	CU_ASSERT_EQUAL(no, 8);
	CU_ASSERT_EQUAL(data_tun_opens("t0", &no), 0);
	CU_ASSERT_EQUAL(no, 8);
	CU_ASSERT_TRUE(data_tun_get(tun_at.data, 8)->opened);
	CU_ASSERT_FALSE(data_tun_get(tun_at.data, 3)->opened);
	data_tun_end();
}

/* One that somebody has removed is not found, nor is its end told: the name may be another one's.
 * "lo" cannot be made. */
static void one_that_is_gone(void)
{
	struct data_tun *t;
	uint32_t no;

	data_tun_begin();
	t = data_tun_had(&(struct image_tun){
		.no = 5, .name = "lo", .asked = "lo", .opened = true, .gone = true});
	CU_ASSERT_TRUE(data_tun_opens("lo", &no) < 0);
	CU_ASSERT_EQUAL(no, 0);
	atomic_store(&t->gone, false);
	CU_ASSERT_EQUAL(data_tun_opens("lo", &no), 0);
	CU_ASSERT_EQUAL(no, 5);
	atomic_store(&t->gone, true);
	CU_ASSERT_EQUAL(data_tun_closes(5), 0);
	rcu_drain();
	CU_ASSERT_EQUAL(tun_at.closed, 0);
	data_tun_end();
}

/* --- its end ----------------------------------------------------------------------------------- */

/* Its descriptor is closed when nobody can use it any more. */
static void closed_and_told(void)
{
	struct data_tun *t;
	int fd;

	data_tun_begin();
	t = data_tun_had_no(5);
	CU_ASSERT_TRUE(t->opened);
	fd = t->fd;
	CU_ASSERT_EQUAL(data_tun_closes(6), -ENOENT);
	t->calls = 1;
	CU_ASSERT_EQUAL(data_tun_closes(5), 0);
	CU_ASSERT_PTR_EQUAL(data_tun_get(tun_at.data, 5), t);
	t->calls = 0;
	data_tun_release(tun_at.data, t);
	CU_ASSERT_PTR_NULL(data_tun_get(tun_at.data, 5));
	CU_ASSERT_PTR_NULL(tun_at.data->tuns);
	rcu_drain();
	CU_ASSERT_EQUAL(fcntl(fd, F_GETFD), -1);
	CU_ASSERT_EQUAL(tun_at.closed, 1);
	CU_ASSERT_STRING_EQUAL(tun_at.device, "t0");
	CU_ASSERT_EQUAL(data_tun_closes(5), -ENOENT);
	data_tun_end();
}

/* Out of the middle of the list. */
static void others_stay(void)
{
	data_tun_begin();
	for (uint32_t no = 5; no < 8; no++)
		data_tun_had_no(no);
	CU_ASSERT_EQUAL(data_tun_closes(6), 0);
	CU_ASSERT_PTR_NULL(data_tun_get(tun_at.data, 6));
	CU_ASSERT_PTR_EQUAL(tun_at.data->tuns, data_tun_get(tun_at.data, 7));
	CU_ASSERT_PTR_EQUAL(tun_at.data->tuns->next, data_tun_get(tun_at.data, 5));
	data_tun_end();
}

/* --- routes ------------------------------------------------------------------------------------ */

#define DATA_TUN_NET4 UINT64_C(0x0a40000000000000)
#define DATA_TUN_NET6 UINT64_C(0x20010db800640000)

static int data_tun_leads(uint32_t no, bool v6, uint16_t tid, uint16_t sid)
{
	const struct door_msg m = {.kind = DOOR_TUN_ROUTE,
				   .tun_route = {.no = no,
						 .to = {.v6 = v6,
							.bits = v6 ? 48 : 16,
							.top = v6 ? DATA_TUN_NET6 : DATA_TUN_NET4},
						 .tid = tid,
						 .sid = sid}};
	struct door_msg answer = {0};

	data_tun_route(tun_at.data, &m, &answer);
	return answer.answer.rc;
}

static void data_tun_led(const struct data_tun *t, uint32_t to4, uint32_t to6)
{
	CU_ASSERT_EQUAL(prefixtab_get(&t->route4, DATA_TUN_NET4 | UINT64_C(5) << 32), to4);
	CU_ASSERT_EQUAL(prefixtab_get(&t->route6, DATA_TUN_NET6 | 5), to6);
}

static void where_routes_lead(void)
{
	struct data_tun *t;

	data_tun_begin();
	t = data_tun_had_no(5);
	CU_ASSERT_EQUAL(data_tun_leads(6, false, 2, 3), -ENOENT);
	data_tun_led(t, 0, 0);
	CU_ASSERT_EQUAL(data_tun_leads(5, false, 2, 3), 0);
	data_tun_led(t, call_key(2, 3), 0);
	CU_ASSERT_EQUAL(data_tun_leads(5, true, 2, 4), 0);
	data_tun_led(t, call_key(2, 3), call_key(2, 4));
	/* to nobody, and each packet is told */
	CU_ASSERT_EQUAL(data_tun_leads(5, true, 0, 0), 0);
	data_tun_led(t, call_key(2, 3), DATA_TUN_ABSENT);
	CU_ASSERT_EQUAL(data_tun_leads(5, true, DOOR_TUN_NO_ROUTE, 0), 0);
	CU_ASSERT_EQUAL(data_tun_leads(5, false, DOOR_TUN_NO_ROUTE, 0), 0);
	data_tun_led(t, 0, 0);
	data_tun_end();
}

/* A control that begins: what it does not name again goes, routes and devices. */
static void what_is_not_claimed_goes(void)
{
	for (unsigned i = 0; i < 4; i++) {
		const bool four = i & 1, six = i & 2;
		struct data_tun *t;
		uint32_t no;

		data_tun_begin();
		t = data_tun_had_no(5);
		CU_ASSERT_EQUAL(data_tun_leads(5, false, 2, 3), 0);
		CU_ASSERT_EQUAL(data_tun_leads(5, true, 2, 4), 0);
		data_tun_unclaim(t);
		CU_ASSERT_FALSE(t->opened);
		data_tun_led(t, call_key(2, 3), call_key(2, 4));
		if (four)
			CU_ASSERT_EQUAL(data_tun_leads(5, false, 2, 3), 0);
		if (six)
			CU_ASSERT_EQUAL(data_tun_leads(5, true, 2, 4), 0);
		CU_ASSERT_EQUAL(data_tun_opens("t0", &no), 0);
		data_tun_sweep(tun_at.data, t);
		CU_ASSERT_PTR_NULL(t->claimed);
		data_tun_led(t, four ? call_key(2, 3) : 0, six ? call_key(2, 4) : 0);
		/* what comes then is not claimed, but asked for */
		CU_ASSERT_EQUAL(data_tun_leads(5, false, 2, 9), 0);
		data_tun_sweep(tun_at.data, t);
		data_tun_led(t, call_key(2, 9), six ? call_key(2, 4) : 0);
		data_tun_unclaim(t);
		data_tun_sweep(tun_at.data, t);
		CU_ASSERT_PTR_NULL(data_tun_get(tun_at.data, 5));
		data_tun_end();
	}
}

/* --- handed over ------------------------------------------------------------------------------- */

/* The descriptor is closed. */
static void devices_that_cannot_be_restored(void)
{
	static const struct image_tun rows[] = {
		{.no = 5, .name = "t1", .asked = "t1"},
		{.no = 6, .home = DATA_TUN_WORKERS, .name = "t1", .asked = "t1"},
	};

	data_tun_begin();
	data_tun_had_no(5);
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		int fd = eventfd(0, EFD_CLOEXEC);

		CU_ASSERT_PTR_NULL(data_tun_restore(tun_at.data, &rows[i], fd));
		CU_ASSERT_EQUAL(fcntl(fd, F_GETFD), -1);
	}
	CU_ASSERT_PTR_NULL(data_tun_get(tun_at.data, 6));
	data_tun_end();
}

static void what_is_restored(void)
{
	const struct image_tun row = {.no = 6, .home = 1, .name = "t1", .asked = "t%d"};
	const struct data_tun *t;

	data_tun_begin();
	t = data_tun_had(&row);
	CU_ASSERT(t->no == 6 && t->home == tun_at.data->worker[1] && !t->opened && !t->claimed);
	CU_ASSERT_STRING_EQUAL(t->name, "t1");
	CU_ASSERT_STRING_EQUAL(t->asked, "t%d");
	CU_ASSERT_PTR_NOT_NULL(t->watch);
	data_tun_end();
}

/* --- made -------------------------------------------------------------------------------------- */

/* Each goes to the worker that has fewest; numbers go round, and pass those that are taken and 0.
 */
static void homes_and_numbers(void)
{
	static const uint32_t want[] = {UINT32_MAX, 2, 3};
	static const unsigned home[] = {1, 0, 1};
	uint32_t no;

	if (!netns_enter("data_tun homes_and_numbers"))
		return;
	data_tun_begin();
	data_tun_had_no(1); /* of worker 0 */
	tun_at.data->last_tun = UINT32_MAX - 1;
	for (unsigned i = 0; i < 3; i++) {
		CU_ASSERT_EQUAL(data_tun_opens("dt%d", &no), 0);
		CU_ASSERT_EQUAL(no, want[i]);
		CU_ASSERT_PTR_NOT_NULL_FATAL(data_tun_get(tun_at.data, no));
		CU_ASSERT_EQUAL(data_tun_get(tun_at.data, no)->home->no, home[i]);
		CU_ASSERT_STRING_EQUAL(data_tun_get(tun_at.data, no)->asked, "dt%d");
	}
	/* one that this control has opened is found by its own name only */
	CU_ASSERT_EQUAL(data_tun_opens("dt1", &no), 0);
	CU_ASSERT_EQUAL(no, 2);
	data_tun_end();
	netns_leave();
}

static const struct test_case cases[] = {
	{"which_one_a_name_opens", which_one_a_name_opens},
	{"one_that_is_gone", one_that_is_gone},
	{"closed_and_told", closed_and_told},
	{"others_stay", others_stay},
	{"where_routes_lead", where_routes_lead},
	{"what_is_not_claimed_goes", what_is_not_claimed_goes},
	{"devices_that_cannot_be_restored", devices_that_cannot_be_restored},
	{"what_is_restored", what_is_restored},
	{"homes_and_numbers", homes_and_numbers},
	{NULL, NULL},
};
const struct test_suite suite_data_tun = {"data_tun", cases};
