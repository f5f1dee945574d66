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

/* --- a whole port ------------------------------------------------------------------------------ */

struct ist_port {
	uint64_t before[3];
	uint32_t number;
	bool quiet;
};

static struct ist_port here, there;
static bool closed;

static const struct ist_counter now_has[] = {{"a", ""}, {"b", ""}, {"c", ""}, {NULL, NULL}};
static const struct ist_counter later_has[] = {{"c", ""}, {"new", ""}, {"a", ""}, {NULL, NULL}};

static void port_count(const struct ist_port *p, uint64_t *out, unsigned n)
{
	static const uint64_t value[] = {5, 0, 7};

	handover_count(out, n, value, p->before, 3);
}

static void port_close(struct ist_port *p)
{
	closed = p == &there;
}

static int port_open(struct ist_port **out, const struct ist_host *host, void *ctx,
		     const struct ist_port_config *cfg, struct handover *from, char *err,
		     size_t err_len)
{
	(void)host, (void)ctx, (void)cfg, (void)from, (void)err, (void)err_len;
	there = (struct ist_port){.number = 0};
	*out = &there;
	return 0;
}

static void port_write(struct ist_port *p, struct handover *h)
{
	handover_word(h, p->number, 9);
}

static void port_quiet(struct ist_port *p)
{
	p->quiet = true;
}

static int port_read(struct ist_port *p, struct handover *h)
{
	p->number = handover_word(h, 0, 9);
	return p->number == 8 ? -ENOMEM : 0;
}

static uint64_t *port_before(struct ist_port *p)
{
	return p->before;
}

static uint64_t port_now(void *host)
{
	(void)host;
	return 1000;
}

static const struct ist_transport port_is = {
	.counters = now_has, .count = port_count, .close = port_close};
static const struct ist_transport port_is_later = {
	.counters = later_has, .count = port_count, .close = port_close};
static const struct handover_medium port_medium = {&port_is,   port_open, port_write,
						   port_quiet, port_read, port_before};
static const struct handover_medium port_medium_later = {&port_is_later, port_open, port_write,
							 port_quiet,	 port_read, port_before};

static int port_thaw(struct handover_rig *g, const struct handover_medium *m, char *err)
{
	const struct ist_host host = {
		.abi = IST_TRANSPORT_ABI, .size = sizeof(host), .now = port_now};
	struct ist_port *p = NULL;

	err[0] = '\0';
	closed = false;
	return handover_thaw_port(m, &p, &host, NULL, NULL, &g->f, err, 100);
}

/* Counters go by name, and what this version counts is added. */
static void counters_of_a_port(void)
{
	struct handover_rig g;
	uint64_t out[4] = {9, 9, 9, 9};
	char err[100];

	rig_init(&g, sizeof(g.octets));
	here = (struct ist_port){.number = 3, .before = {100, 0, 0}};
	CU_ASSERT_EQUAL(handover_freeze_port(&port_medium, &here, 1000, &g.f), 0);
	CU_ASSERT(here.quiet);
	CU_ASSERT_EQUAL(port_thaw(&g, &port_medium, err), 0);
	CU_ASSERT_EQUAL(there.number, 3);
	port_count(&there, out, 4);
	CU_ASSERT_EQUAL(out[0], 110);
	CU_ASSERT_EQUAL(out[1], 0);
	CU_ASSERT_EQUAL(out[2], 14);
	CU_ASSERT_EQUAL(out[3], 0);
	CU_ASSERT_EQUAL(port_thaw(&g, &port_medium_later, err), 0);
	CU_ASSERT_EQUAL(there.before[0], 7);
	CU_ASSERT_EQUAL(there.before[1], 0);
	CU_ASSERT_EQUAL(there.before[2], 105);
	CU_ASSERT_FALSE(closed);
}

static void ports_that_cannot_go(void)
{
	struct handover_rig g;
	char err[100];

	rig_init(&g, 20);
	here = (struct ist_port){.number = 3};
	CU_ASSERT_EQUAL(handover_freeze_port(&port_medium, &here, 1000, &g.f), -ENOSPC);
	CU_ASSERT_FALSE(here.quiet);
	rig_init(&g, sizeof(g.octets));
	here.number = 8;
	CU_ASSERT_EQUAL(handover_freeze_port(&port_medium, &here, 1000, &g.f), 0);
	CU_ASSERT_EQUAL(port_thaw(&g, &port_medium, err), -ENOMEM);
	CU_ASSERT_STRING_EQUAL(err, "out of memory");
	CU_ASSERT(closed);
	g.octets[g.f.len - 1] = 10;
	CU_ASSERT_EQUAL(port_thaw(&g, &port_medium, err), -EINVAL);
	CU_ASSERT_STRING_EQUAL(err, "malformed octets of a port");
	CU_ASSERT(closed);
	g.f.len = 12;
	CU_ASSERT_EQUAL(port_thaw(&g, &port_medium, err), -EINVAL);
	CU_ASSERT_STRING_EQUAL(err, "not a port's octets");
	CU_ASSERT_FALSE(closed);
}

static const struct test_case cases[] = {
	{"every_kind_of_field", every_kind_of_field},
	{"times", times},
	{"what_is_not_known", what_is_not_known},
	{"values_that_cannot_be", values_that_cannot_be},
	{"too_small", too_small},
	{"counters_of_a_port", counters_of_a_port},
	{"ports_that_cannot_go", ports_that_cannot_go},
	{NULL, NULL},
};
const struct test_suite suite_handover = {"handover", cases};
