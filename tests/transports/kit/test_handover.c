/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/harness.h"
#include "transports/kit/handover.h"

#include <errno.h>

struct handover_rig {
	struct ist_frozen f;
	struct handover h;
	struct handover_part part;
	uint8_t octets[200];
	int fd[2];
};

static void rig_init(struct handover_rig *g, size_t room)
{
	g->f = (struct ist_frozen){
		.octets = g->octets, .room = room, .fd = g->fd, .fd_room = 2, .size = sizeof(g->f)};
	handover_freeze(&g->h, &g->f, 1000);
}

static void rig_thaw(struct handover_rig *g)
{
	CU_ASSERT_EQUAL(handover_frozen(&g->h), 0);
	handover_thaw(&g->h, &g->f, 1000);
}

static void every_kind_of_field(void)
{
	struct handover_rig g;
	uint8_t three[3] = {1, 2, 3};
	char text[8] = "words";

	rig_init(&g, sizeof(g.octets));
	CU_ASSERT(handover_open(&g.h, &g.part, 7, 1));
	CU_ASSERT_EQUAL(handover_word(&g.h, 5, 9), 5);
	CU_ASSERT_EQUAL(handover_number(&g.h, 1ull << 40), 1ull << 40);
	CU_ASSERT(handover_flag(&g.h, true));
	handover_octets(&g.h, three, sizeof(three));
	handover_text(&g.h, text, sizeof(text));
	CU_ASSERT_EQUAL(handover_fd(&g.h, 42), 42);
	CU_ASSERT_EQUAL(handover_fd(&g.h, -1), -1);
	CU_ASSERT_EQUAL(handover_fd(&g.h, 43), 43);
	handover_close(&g.h, &g.part);
	rig_thaw(&g);
	CU_ASSERT_EQUAL(g.f.fds, 2);
	memset(three, 0, sizeof(three));
	memset(text, 0, sizeof(text));
	CU_ASSERT(handover_open(&g.h, &g.part, 7, 1));
	CU_ASSERT_EQUAL(handover_word(&g.h, 0, 9), 5);
	CU_ASSERT_EQUAL(handover_number(&g.h, 0), 1ull << 40);
	CU_ASSERT(handover_flag(&g.h, false));
	handover_octets(&g.h, three, sizeof(three));
	CU_ASSERT_EQUAL(three[2], 3);
	handover_text(&g.h, text, sizeof(text));
	CU_ASSERT_STRING_EQUAL(text, "words");
	CU_ASSERT_EQUAL(handover_fd(&g.h, -1), 42);
	CU_ASSERT_EQUAL(g.fd[0], -1); /* it was taken */
	CU_ASSERT_EQUAL(handover_fd(&g.h, -1), -1);
	CU_ASSERT_EQUAL(handover_fd(&g.h, -1), 43);
	handover_close(&g.h, &g.part);
	CU_ASSERT_FALSE(g.h.bad);
}

static void times(void)
{
	static const struct {
		uint64_t at, most, want;
	} rows[] = {{1500, 500, 1500},
		    {1501, 500, 1500},
		    {900, 500, 900}, /* is over: it is served at once */
		    {UINT64_MAX, 500, UINT64_MAX},
		    {UINT64_MAX - 1, 500, 1500}};
	struct handover_rig g;

	rig_init(&g, sizeof(g.octets));
	for (unsigned i = 0; i < 5; i++)
		CU_ASSERT_EQUAL(handover_time(&g.h, rows[i].at, rows[i].most), rows[i].at);
	rig_thaw(&g);
	for (unsigned i = 0; i < 5; i++)
		CU_ASSERT_EQUAL(handover_time(&g.h, 0, rows[i].most), rows[i].want);
}

/* A later program appends to a part, and has parts that this one does not know. */
static void what_is_not_known(void)
{
	struct handover_rig g;
	struct handover_part inner;

	rig_init(&g, sizeof(g.octets));
	handover_open(&g.h, &g.part, 7, 1);
	handover_open(&g.h, &inner, 8, 1);
	handover_word(&g.h, 1, 9);
	handover_word(&g.h, 2, 9);
	handover_close(&g.h, &inner);
	handover_word(&g.h, 3, 9);
	handover_word(&g.h, 4, 9);
	handover_close(&g.h, &g.part);
	handover_open(&g.h, &g.part, 9, 1);
	handover_word(&g.h, 5, 9);
	handover_close(&g.h, &g.part);
	rig_thaw(&g);
	CU_ASSERT_FALSE(handover_open(&g.h, &g.part, 9, 1)); /* another one comes here */
	CU_ASSERT_FALSE(handover_open(&g.h, &g.part, 7, 2)); /* of another version */
	CU_ASSERT(handover_open(&g.h, &g.part, 7, 1));
	CU_ASSERT(handover_open(&g.h, &inner, 8, 1));
	CU_ASSERT_EQUAL(handover_word(&g.h, 0, 9), 1);
	handover_close(&g.h, &inner);
	CU_ASSERT_EQUAL(handover_word(&g.h, 0, 9), 3);
	handover_close(&g.h, &g.part);
	CU_ASSERT(handover_open(&g.h, &g.part, 9, 1));
	CU_ASSERT_EQUAL(handover_word(&g.h, 0, 9), 5);
	handover_close(&g.h, &g.part);
	CU_ASSERT_FALSE(handover_open(&g.h, &g.part, 9, 1)); /* the end */
	CU_ASSERT_FALSE(g.h.bad);
}

static void values_that_cannot_be(void)
{
	struct handover_rig g;
	char text[4] = "abc";

	rig_init(&g, sizeof(g.octets));
	handover_open(&g.h, &g.part, 7, 1);
	handover_word(&g.h, 10, 99);
	handover_word(&g.h, 3, 99);
	handover_close(&g.h, &g.part);
	rig_thaw(&g);
	handover_open(&g.h, &g.part, 7, 1);
	CU_ASSERT_EQUAL(handover_word(&g.h, 0, 9), 0);
	CU_ASSERT(g.h.bad);
	CU_ASSERT_EQUAL(handover_word(&g.h, 0, 9), 0); /* and all that follow */
	handover_close(&g.h, &g.part);
	CU_ASSERT_FALSE(handover_open(&g.h, &g.part, 7, 1));
	handover_thaw(&g.h, &g.f, 0);
	handover_open(&g.h, &g.part, 7, 1);
	handover_text(&g.h, text, sizeof(text)); /* longer than its room */
	CU_ASSERT(g.h.bad);
	CU_ASSERT_STRING_EQUAL(text, "");
	handover_thaw(&g.h, &g.f, 0);
	handover_open(&g.h, &g.part, 7, 1);
	CU_ASSERT_EQUAL(handover_fd(&g.h, -1), -1); /* there is no tenth */
	CU_ASSERT(g.h.bad);
	g.octets[4 + 5]++; /* the part is longer than what there is */
	handover_thaw(&g.h, &g.f, 0);
	CU_ASSERT_FALSE(handover_open(&g.h, &g.part, 7, 1));
	CU_ASSERT(g.h.bad);
	g.octets[0]++;
	handover_thaw(&g.h, &g.f, 0);
	CU_ASSERT(g.h.bad);
	g.f.len = 0;
	handover_thaw(&g.h, &g.f, 0);
	CU_ASSERT(g.h.bad);
}

static void too_small(void)
{
	struct handover_rig g;

	rig_init(&g, 13);
	handover_open(&g.h, &g.part, 7, 1);
	handover_word(&g.h, 1, 1);
	handover_close(&g.h, &g.part);
	CU_ASSERT_EQUAL(handover_frozen(&g.h), -ENOSPC);
	rig_init(&g, 14);
	handover_open(&g.h, &g.part, 7, 1);
	handover_word(&g.h, 1, 1);
	handover_close(&g.h, &g.part);
	CU_ASSERT_EQUAL(handover_frozen(&g.h), 0);
	CU_ASSERT_EQUAL(g.f.len, 14);
	rig_init(&g, sizeof(g.octets));
	for (unsigned i = 0; i < 3; i++)
		handover_fd(&g.h, (int)i);
	CU_ASSERT_EQUAL(handover_frozen(&g.h), -ENOSPC);
}

static const struct test_case cases[] = {
	{"every_kind_of_field", every_kind_of_field},
	{"times", times},
	{"what_is_not_known", what_is_not_known},
	{"values_that_cannot_be", values_that_cannot_be},
	{"too_small", too_small},
	{NULL, NULL},
};
const struct test_suite suite_handover = {"handover", cases};
