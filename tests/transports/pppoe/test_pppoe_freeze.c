/* SPDX-License-Identifier: GPL-2.0-or-later */
/* PPPoE ports that go to another process. */
#include "tests/harness.h"
#include "tests/transports/frozen.h"
#include "tests/transports/raw.h"
#include "transports/pppoe/pppoe.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define S UINT64_C(1000000)

static const char *const server[] = {"link=loop:pf", "services=isp", "pado-delay=700ms",
				     "max-payload=1500", NULL};
static const char *const client[] = {"link=loop:pf", "role=client", "max-payload=1500", NULL};
static const char *const bad_server[] = {"link=loop:pf", "impair-loss=10", "impair-delay=20ms",
					 "max-payload=1500", NULL};
static const char *const bad_client[] = {"link=loop:pf",      "role=client",	  "impair-loss=10",
					 "impair-delay=20ms", "max-payload=1500", NULL};

/* Discovery in every stage, sessions that come, wait, are refused and go, frames in them. */
static void pppoe_a_server(void)
{
	struct frozen_run r = {.tr = &pppoe_transport,
			       .config = {server, bad_client},
			       .steps = 1500,
			       .pause = 300000,
			       .frame_most = 1600,
			       .to = {NULL, "isp@*"}};

	CU_ASSERT(frozen_same(&r, test_seed()));
}

static void pppoe_a_client(void)
{
	struct frozen_run r = {.tr = &pppoe_transport,
			       .config = {client, bad_server},
			       .steps = 1500,
			       .pause = 300000,
			       .frame_most = 1600,
			       .to = {"isp@*", NULL}};

	CU_ASSERT(frozen_same(&r, test_seed()));
}

/* Its own name for answers, and what many hosts with the same one ask for. */
static void a_client_with_a_name(void)
{
	static const char *const named[] = {"link=loop:pf", "role=client", "host-uniq=0badcafe",
					    NULL};
	struct frozen_run r = {.tr = &pppoe_transport,
			       .config = {named, bad_server},
			       .steps = 800,
			       .pause = 300000,
			       .frame_most = 1600,
			       .to = {"isp@*", NULL}};

	CU_ASSERT(frozen_same(&r, test_seed()));
}

/* On a line so bad that discovery begins again and again, or gives up. */
static void a_client_in_trouble(void)
{
	static const char *const worse[] = {"link=loop:pf", "impair-loss=60", NULL};
	static const char *const hasty[] = {"link=loop:pf", "role=client", "discovery-wait=200ms",
					    "discovery-tries=2", NULL};
	struct frozen_run r = {.tr = &pppoe_transport,
			       .config = {hasty, worse},
			       .steps = 2000,
			       .pause = 300000,
			       .frame_most = 1400,
			       .to = {"isp@*", NULL}};

	CU_ASSERT(frozen_same(&r, test_seed()));
}

#define ASKERS 6u

/* The sessions of PADIs, as the handle at the head of our own Host-Uniq says. */
struct askers {
	uint32_t who[64];
	unsigned n;
};

static void ask_tap(void *arg, bool outbound, uint16_t link_type, const uint8_t *frame, size_t len)
{
	const unsigned uniq = 20 + 4 + 5 + 4; /* behind the heads and a Service-Name of 5 octets */
	struct askers *a = arg;

	(void)link_type;
	if (outbound && len > uniq + 4 && a->n < 64)
		a->who[a->n++] = (uint32_t)frame[uniq] << 24 | (uint32_t)frame[uniq + 1] << 16 |
				 (uint32_t)frame[uniq + 2] << 8 | frame[uniq + 3];
}

/* Nobody has that service, so that all ask again and again, at one time. */
static void ask_at_once(struct askers *a, bool hand_over)
{
	struct fake_host h[2];
	ist_channel c;

	memset(a, 0, sizeof(*a));
	fake_open(&h[0], &pppoe_transport, client);
	fake_open(&h[1], &pppoe_transport, server);
	fake_join(&h[0], &h[1]);
	fake_run(&h[0], fake_now + 2 * S);
	h[0].tap_on = true;
	h[0].on_tap = ask_tap;
	h[0].tap_arg = a;
	for (unsigned i = 0; i < ASKERS; i++)
		CU_ASSERT_EQUAL(fake_connect(&h[0], "other@*", IST_PAYLOAD_PPP, &c), 0);
	for (unsigned i = 0; i < 20; i++) {
		fake_run(&h[0], fake_now + S);
		if (hand_over)
			fake_hand_over(&h[0], client);
	}
	fake_close(&h[0]);
	fake_close(&h[1]);
}

static void many_that_ask_at_once(void)
{
	struct askers plain, other;

	ask_at_once(&plain, false);
	ask_at_once(&other, true);
	CU_ASSERT(plain.n >= 3 * ASKERS);
	CU_ASSERT_EQUAL(plain.n, other.n);
	CU_ASSERT(!memcmp(plain.who, other.who, sizeof(plain.who)));
}

struct both {
	struct fake_host h[2]; /* server, client */
	ist_channel up, offered, at_client;
};

static void both_open(struct both *b)
{
	memset(b, 0, sizeof(*b));
	fake_open(&b->h[0], &pppoe_transport, server);
	fake_open(&b->h[1], &pppoe_transport, client);
	fake_join(&b->h[0], &b->h[1]);
	fake_run(&b->h[0], fake_now + 2 * S);
	for (unsigned i = 0; i < 2; i++) {
		CU_ASSERT_EQUAL(fake_connect(&b->h[1], "isp@*", IST_PAYLOAD_PPP, &b->at_client), 0);
		fake_run(&b->h[0], fake_now + 1 * S);
		b->offered = fake_channel(&b->h[0], FAKE_OFFER);
		CU_ASSERT_FATAL(b->offered != 0);
		if (i)
			break;
		b->up = b->offered;
		CU_ASSERT_EQUAL(fake_answer(&b->h[0], b->up), 0);
		fake_run(&b->h[0], fake_now);
		b->at_client = fake_channel(&b->h[1], FAKE_UP);
	}
	fake_forget(&b->h[0]);
	fake_forget(&b->h[1]);
}

static void both_close(struct both *b)
{
	fake_close(&b->h[0]);
	fake_close(&b->h[1]);
}

static void channels_are_reported_again(void)
{
	struct both b;

	both_open(&b);
	fake_hand_over(&b.h[0], server);
	CU_ASSERT_PTR_NULL(b.h[0].first);
	fake_run(&b.h[0], fake_now);
	CU_ASSERT_EQUAL(fake_channel(&b.h[0], FAKE_UP), b.up);
	CU_ASSERT_EQUAL(fake_channel(&b.h[0], FAKE_OFFER), b.offered);
	CU_ASSERT_PTR_NULL(b.h[0].first);
	/* Answered before it is offered again: it is up, and that alone is said. */
	fake_hand_over(&b.h[0], server);
	CU_ASSERT_EQUAL(fake_answer(&b.h[0], b.offered), 0);
	fake_run(&b.h[0], fake_now);
	CU_ASSERT_EQUAL(fake_pending(&b.h[0], FAKE_OFFER), 0);
	CU_ASSERT_EQUAL(fake_pending(&b.h[0], FAKE_UP), 2);
	CU_ASSERT_EQUAL(fake_pending(&b.h[1], FAKE_DOWN), 0);
	CU_ASSERT_EQUAL(fake_count(&b.h[0], "tx-padt"), 0);
	both_close(&b);
}

/* Answers to stations whose session we do not have stay few. */
static void strangers_in_the_next_process(void)
{
	static const char *const raw[] = {"link=loop:pf", NULL};
	uint8_t frame[60] = {0};
	struct fake_host h[2];
	unsigned m[6];

	fake_open(&h[0], &pppoe_transport, server);
	fake_open(&h[1], &raw_transport, raw);
	fake_join(&h[0], &h[1]);
	fake_run(&h[0], fake_now + 6 * S);
	CU_ASSERT_EQUAL_FATAL(sscanf(strstr(fake_status(&h[0]), "server ") + 7, "%x:%x:%x:%x:%x:%x",
				     &m[0], &m[1], &m[2], &m[3], &m[4], &m[5]),
			      6);
	for (unsigned i = 0; i < 6; i++)
		frame[i] = (uint8_t)m[i];
	test_hex(frame + 6, 24, "00005e005301 8864 1100 0777 0003 c02101");
	for (unsigned i = 0; i < 30; i++) {
		fake_send(&h[1], 1, frame, sizeof(frame));
		fake_run(&h[0], fake_now);
		fake_hand_over(&h[0], server);
	}
	CU_ASSERT_EQUAL(fake_count(&h[0], "tx-padt"), 10);
	fake_run(&h[0], fake_now + S / 10);
	fake_send(&h[1], 1, frame, sizeof(frame));
	fake_run(&h[0], fake_now);
	CU_ASSERT_EQUAL(fake_count(&h[0], "tx-padt"), 11);
	fake_close(&h[0]);
	fake_close(&h[1]);
}

/* In the role of the client, or with less room: sessions are gone, and nothing is said to anybody.
 */
static void pppoe_other_settings(void)
{
	static const char *const rows[][4] = {
		{"link=loop:pf", "role=client", NULL},
		{"link=loop:pf", "max-sessions=1", NULL},
	};

	for (unsigned i = 0; i < 2; i++) {
		struct fake_frozen f;
		char err[200] = "";
		struct both b;

		both_open(&b);
		fake_freeze(&b.h[0], &f);
		CU_ASSERT_EQUAL(fake_thaw(&b.h[0], &f, rows[i], err, sizeof(err)), 0);
		fake_frozen_free(&f);
		fake_run(&b.h[0], fake_now + S);
		CU_ASSERT_PTR_NULL(b.h[0].first);
		CU_ASSERT_EQUAL(fake_count(&b.h[0], "tx-padt"), 0);
		CU_ASSERT_EQUAL(fake_pending(&b.h[1], FAKE_DOWN), 0);
		both_close(&b);
	}
}

/* The link is down: its sessions have the time that is left, or all of it when it did not come. */
static void without_a_link(void)
{
	static const char *const alone[] = {"link=loop:elsewhere", "services=isp",
					    "pado-delay=700ms", "link-hold=5s", NULL};
	struct fake_frozen f;
	char err[200] = "";
	struct both b;

	both_open(&b);
	fake_freeze(&b.h[0], &f);
	close(f.fd[0]);
	f.fd[0] = -1; /* it did not come along */
	CU_ASSERT_EQUAL(fake_thaw(&b.h[0], &f, alone, err, sizeof(err)), 0);
	fake_frozen_free(&f);
	fake_run(&b.h[0], fake_now + 3 * S);
	CU_ASSERT_EQUAL(fake_channel(&b.h[0], FAKE_UP), b.up);
	fake_hand_over(&b.h[0], alone);
	fake_run(&b.h[0], fake_now + 2 * S - 1);
	CU_ASSERT_EQUAL(fake_pending(&b.h[0], FAKE_DOWN), 0);
	fake_run(&b.h[0], fake_now + 1);
	CU_ASSERT_EQUAL(fake_channel(&b.h[0], FAKE_DOWN), b.up);
	both_close(&b);
}

static void hostile_octets_of_pppoe(void)
{
	struct both b;

	both_open(&b);
	frozen_hostile(&b.h[0], server, test_seed());
	fake_close(&b.h[1]);
	both_open(&b);
	frozen_hostile(&b.h[1], client, test_seed());
	fake_close(&b.h[0]);
}

static const struct test_case cases[] = {
	{"pppoe_a_server", pppoe_a_server},
	{"pppoe_a_client", pppoe_a_client},
	{"a_client_with_a_name", a_client_with_a_name},
	{"a_client_in_trouble", a_client_in_trouble},
	{"many_that_ask_at_once", many_that_ask_at_once},
	{"strangers_in_the_next_process", strangers_in_the_next_process},
	{"channels_are_reported_again", channels_are_reported_again},
	{"pppoe_other_settings", pppoe_other_settings},
	{"without_a_link", without_a_link},
	{"hostile_octets_of_pppoe", hostile_octets_of_pppoe},
	{NULL, NULL},
};
const struct test_suite suite_pppoe_freeze = {"pppoe_freeze", cases};
