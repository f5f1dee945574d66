/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Nothing is allocated, locked or worded on the path of frames.  This whole program ends when
 * something is (tests/strict.h); here is shown that it would be noticed.
 */
#include "gw/dp/path.h"

#include "tests/gw/dp/ip_bench.h"
#include "tests/harness.h"
#include "tests/strict.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void path_do(unsigned what)
{
	static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
	static void *volatile p;
	char text[12];

	switch (what) {
	case 0:
		p = malloc(8);
		break;
	case 1:
		p = realloc(p, 16);
		break;
	case 2:
		free(p);
		break;
	case 3:
		p = calloc(1, 8);
		break;
	case 4:
		free(p);
		break;
	case 5:
		pthread_mutex_lock(&lock);
		pthread_mutex_unlock(&lock);
		break;
	default:
		snprintf(text, sizeof(text), "%u", what);
		p = text[0] ? NULL : p;
	}
}

/* Each call is noticed on the path, and none besides it. */
static void bites(void)
{
	static const char *const calls[] = {
		"malloc", "realloc", "free", "calloc", "free", "pthread_mutex_lock", "snprintf"};
	const char *what = "";

	for (unsigned i = 0; i < sizeof(calls) / sizeof(calls[0]); i++) {
		bool was;

		strict_count(1);
		was = path_set(true);
		path_do(i);
		path_set(was);
		CU_ASSERT_TRUE(strict_seen(&what) > 0);
		CU_ASSERT_STRING_EQUAL(what, calls[i]);
	}
	strict_count(1);
	for (unsigned i = 0; i < sizeof(calls) / sizeof(calls[0]); i++)
		path_do(i);
	CU_ASSERT_EQUAL(strict_seen(NULL), 0);
	strict_count(0);
}

/* What a frame goes through is on the path: a transport that takes memory when it sends is noticed,
 * whether the frame is from another channel, from a TUN device, or from control. */
static void do_noticed(struct bench *b)
{
	static const uint8_t lcp[] = {0xc0, 0x21, 9, 1, 0, 8, 0, 0, 0, 0};
	int s = netns_udp4(GATEWAY, 7000);

	strict_count(1);
	b->r.fake->bites = true;
	CU_ASSERT(ip_bench_send4(b, s, CLIENT, 7000, "hello", 5) == 5);
	frame_with(b, "hello", 5);
	rig_settle(&b->r);
	CU_ASSERT_TRUE(strict_seen(NULL) >= 2 && b->r.fake->on_path);
	strict_count(1);
	CU_ASSERT_TRUE(dp_ppp_send(b->r.dp, 2, 3, lcp, sizeof(lcp)));
	frame_with(b, lcp + 2, sizeof(lcp) - 2);
	rig_settle(&b->r);
	CU_ASSERT_TRUE(strict_seen(NULL) >= 2 && b->r.fake->on_path);
	b->r.fake->bites = false;
	strict_count(0);
	close(s);
}

static void noticed(void)
{
	ip_bench_each("path noticed", do_noticed);
}

static const struct test_case cases[] = {
	{"bites", bites},
	{"noticed", noticed},
	{NULL, NULL},
};
const struct test_suite suite_path = {"path", cases};
