/* SPDX-License-Identifier: GPL-2.0-or-later */
/* XOT ports that go to another process, with their TCP connections. */
#include "tests/harness.h"
#include "tests/transports/frozen.h"
#include "transports/x25/x25_port.h"
#include "transports/x25/x25_transport.h"
#include "transports/x25/x25_xot.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define MS    1000u
#define CALLS 4u

struct xot_pair {
	struct fake_host h[2]; /* who dials, who listens */
	const char *config[2][6];
	char text[2][60];
	ist_channel c[2][CALLS + 1]; /* the last one is permanent */
	uint64_t seed;
};

static void xot_pair_config(struct xot_pair *p, unsigned i, const char *link, const char *role)
{
	snprintf(p->text[i], sizeof(p->text[i]), "link=%s:127.0.0.1:%u", link,
		 20000 + (unsigned)getpid() % 30000);
	p->config[i][0] = p->text[i];
	p->config[i][1] = i ? "address=3111" : "address=3110";
	p->config[i][2] = role;
	p->config[i][3] = "@1 l2tp";
}

/* Either port, or none, goes to another process. */
static void xot_pair_disturb(struct xot_pair *p)
{
	unsigned which = test_rand(&p->seed) % 3;

	if (which < 2)
		fake_hand_over(&p->h[which], p->config[which]);
}

/* TCP is real: both are served until the report has come.  c 0: of any channel. */
static ist_channel xot_pair_wait(struct xot_pair *p, unsigned i, enum fake_kind kind, ist_channel c)
{
	ist_channel got;

	for (unsigned n = 0; n < 200000; n++) {
		while ((got = fake_channel(&p->h[i], kind)))
			if (!c || got == c)
				return got;
		fake_run(&p->h[0], fake_now + 1);
		usleep(100);
	}
	return 0;
}

/* The next frame there, likewise; NULL = none has come. */
static struct fake_event *xot_pair_frame(struct xot_pair *p, unsigned i)
{
	for (unsigned t = 0; t < 200000 && !fake_pending(&p->h[i], FAKE_FRAME); t++) {
		fake_run(&p->h[0], fake_now + 1);
		usleep(100);
	}
	return fake_take(&p->h[i], FAKE_FRAME);
}

/* The process changes at each step of a call. */
static void xot_pair_place(struct xot_pair *p, unsigned i)
{
	fake_forget(&p->h[1]);
	CU_ASSERT_EQUAL(fake_connect(&p->h[0], "3111", IST_PAYLOAD_L2TP, &p->c[0][i]), 0);
	xot_pair_disturb(p);
	p->c[1][i] = xot_pair_wait(p, 1, FAKE_OFFER, 0);
	xot_pair_disturb(p);
	CU_ASSERT_EQUAL(fake_answer(&p->h[1], p->c[1][i]), 0);
	xot_pair_disturb(p);
	CU_ASSERT_EQUAL_FATAL(xot_pair_wait(p, 0, FAKE_UP, p->c[0][i]), p->c[0][i]);
	CU_ASSERT_EQUAL_FATAL(xot_pair_wait(p, 1, FAKE_UP, p->c[1][i]), p->c[1][i]);
}

static void xot_pair_open(struct xot_pair *p)
{
	memset(p, 0, sizeof(*p));
	p->seed = test_seed();
	xot_pair_config(p, 1, "xot-listen", "role=dce");
	xot_pair_config(p, 0, "xot", "role=dte");
	fake_open(&p->h[1], &x25_transport, p->config[1]);
	fake_open(&p->h[0], &x25_transport, p->config[0]);
	fake_join(&p->h[0], &p->h[1]);
	for (unsigned i = 0; i < 2; i++)
		p->c[i][CALLS] = xot_pair_wait(p, i, FAKE_UP, 0);
	for (unsigned i = 0; i < CALLS; i++)
		xot_pair_place(p, i);
}

static void xot_pair_close(struct xot_pair *p)
{
	fake_close(&p->h[0]);
	fake_close(&p->h[1]);
}

static void frames_of_all_calls(void)
{
	static struct xot_pair p;
	uint8_t sdu[1500] = {0};
	struct fake_event *e;

	xot_pair_open(&p);
	for (unsigned n = 0; n < 300; n++) {
		unsigned from = n % 2, i = test_rand(&p.seed) % (CALLS + 1);
		size_t len = 1 + test_rand(&p.seed) % sizeof(sdu);

		memset(sdu, (int)n, sizeof(sdu));
		CU_ASSERT_EQUAL(fake_send(&p.h[from], p.c[from][i], sdu, len), 1);
		xot_pair_disturb(&p);
		e = xot_pair_frame(&p, !from);
		CU_ASSERT_PTR_NOT_NULL_FATAL(e);
		CU_ASSERT_EQUAL(e->channel, p.c[!from][i]);
		ASSERT_OCTETS(e->data, e->len, sdu, len);
		fake_free(e);
		fake_run(&p.h[0], fake_now + 10 * MS);
	}
	CU_ASSERT_EQUAL(fake_pending(&p.h[0], FAKE_DOWN) + fake_pending(&p.h[1], FAKE_DOWN), 0);
	xot_pair_close(&p);
}

/* The end of a call, and a new one, by the ports of another process. */
static void the_end_of_a_call(void)
{
	static struct xot_pair p;

	xot_pair_open(&p);
	fake_hand_over(&p.h[0], p.config[0]);
	fake_hand_over(&p.h[1], p.config[1]);
	fake_disconnect(&p.h[0], p.c[0][2]);
	fake_hand_over(&p.h[0], p.config[0]);
	CU_ASSERT_EQUAL(xot_pair_wait(&p, 1, FAKE_DOWN, 0), p.c[1][2]);
	xot_pair_place(&p, 2);
	CU_ASSERT_EQUAL(fake_send(&p.h[1], p.c[1][2], "x", 1), 1);
	CU_ASSERT_EQUAL(xot_pair_wait(&p, 0, FAKE_FRAME, 0), p.c[0][2]);
	xot_pair_close(&p);
}

/* Each field of a connection, and of a permanent circuit's next attempt, with values of its own. */
static void fields_of_a_connection(void)
{
	static struct xot_pair p;

	xot_pair_open(&p);
	for (unsigned n = 0; n < 2; n++) {
		struct xot_conn was, want, *k = p.h[1].port->xot->first;
		struct xot_pvc_state *v = p.h[0].port->xot->pvc;
		uint64_t retry = v->retry_at;

		was = *k;
		k->over = k->clearing = n;
		k->called = !n;
		k->give_up = fake_now + 5000 + n;
		k->half_at = fake_now + 7000 + n;
		want = *k;
		v->retry_at = fake_now + 900 + n;
		v->pause = 1000 + n;
		for (unsigned i = 0; i < 2; i++)
			fake_hand_over(&p.h[i], p.config[i]);
		k = p.h[1].port->xot->first;
		v = p.h[0].port->xot->pvc;
		CU_ASSERT_EQUAL(k->over, want.over);
		CU_ASSERT_EQUAL(k->clearing, want.clearing);
		CU_ASSERT_EQUAL(k->called, want.called);
		CU_ASSERT_EQUAL(k->give_up, want.give_up);
		CU_ASSERT_EQUAL(k->half_at, want.half_at);
		CU_ASSERT_EQUAL(k->phase, want.phase);
		CU_ASSERT_EQUAL(memcmp(&k->from, &want.from, sizeof(k->from)), 0);
		CU_ASSERT(k->from.port != 0);
		CU_ASSERT_EQUAL(v->retry_at, fake_now + 900 + n);
		CU_ASSERT_EQUAL(v->pause, 1000 + n);
		k->over = was.over;
		k->clearing = was.clearing;
		k->called = was.called;
		k->give_up = was.give_up;
		k->half_at = was.half_at;
		v->retry_at = retry;
	}
	xot_pair_close(&p);
}

/* What TCP has not taken yet, behind what it has: the other process sends that, and no more. */
static void what_waits_for_tcp_goes_on(void)
{
	static const uint8_t out[] = {0xff, 0xff, 0, 0, 0, 7, 0x10, 1, 0, 'a', 'b', 'c', 'd'};
	static struct xot_pair p;
	struct xot_conn *k;
	struct fake_event *e;

	xot_pair_open(&p);
	k = p.h[1].port->xot->first;
	free(k->out);
	k->out = malloc(sizeof(out));
	CU_ASSERT_PTR_NOT_NULL_FATAL(k->out);
	memcpy(k->out, out, sizeof(out));
	k->out_at = 2;
	k->out_len = k->out_room = sizeof(out);
	fake_forget(&p.h[0]);
	fake_hand_over(&p.h[1], p.config[1]);
	e = xot_pair_frame(&p, 0);
	CU_ASSERT_PTR_NOT_NULL_FATAL(e);
	ASSERT_OCTETS(e->data, e->len, "abcd", 4);
	fake_free(e);
	CU_ASSERT_EQUAL(fake_pending(&p.h[0], FAKE_FRAME), 0);
	CU_ASSERT_EQUAL(fake_pending(&p.h[0], FAKE_DOWN), 0);
	xot_pair_close(&p);
}

/* The listening socket goes along where the other process listens at the same address, and is
 * closed where it does not: nothing is left behind. */
static void the_listener_goes_along(void)
{
	for (unsigned same = 0; same < 2; same++) {
		static struct xot_pair p;
		char text[60];

		xot_pair_open(&p);
		CU_ASSERT(p.h[1].port->xot->fd >= 0);
		snprintf(text, sizeof(text), "link=xot-listen:127.0.0.2:%u",
			 20000 + (unsigned)getpid() % 30000);
		if (!same)
			p.config[1][0] = text;
		fake_hand_over(&p.h[1], p.config[1]);
		CU_ASSERT(p.h[1].port->xot->fd >= 0);
		if (same) {
			fake_disconnect(&p.h[0], p.c[0][0]);
			CU_ASSERT_EQUAL(xot_pair_wait(&p, 1, FAKE_DOWN, 0), p.c[1][0]);
			xot_pair_place(&p, 0);
		}
		xot_pair_close(&p);
	}
}

static void hostile_octets_of_xot(void)
{
	static struct xot_pair p;

	xot_pair_open(&p);
	frozen_hostile(&p.h[1], p.config[1], p.seed);
	fake_close(&p.h[0]);
}

static const struct test_case cases[] = {
	{"frames_of_all_calls", frames_of_all_calls},
	{"the_end_of_a_call", the_end_of_a_call},
	{"fields_of_a_connection", fields_of_a_connection},
	{"what_waits_for_tcp_goes_on", what_waits_for_tcp_goes_on},
	{"the_listener_goes_along", the_listener_goes_along},
	{"hostile_octets_of_xot", hostile_octets_of_xot},
	{NULL, NULL},
};
const struct test_suite suite_x25_xot_hand = {"x25_xot_hand", cases};
