/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the control thread knows of channels and does to them without waiting for a worker. */
#include "tests/gw/dp/fake.h"
#include "tests/harness.h"

#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

static const struct ist_cause why = {.kind = IST_CAUSE_LOCAL};

static bool dp_chan_line_is(const struct rig *r, unsigned i, const char *want)
{
	return i < r->n_line && !strcmp(r->line[i].text, want);
}

static bool dp_chan_known(struct rig *r, ist_channel c)
{
	struct ist_addr a;

	return dp_channel_peer(r->dp, rig_channel(r, c), &a) && a.len == 1 && a.data[0] == c;
}

static void do_life(struct rig *r)
{
	CU_ASSERT(!dp_chan_known(r, 5) && !dp_channel_mtu(r->dp, rig_channel(r, 5)));
	fake_say(r->fake, FAKE_OFFER, 5);
	CU_ASSERT(rig_wait_lines(r, 1));
	CU_ASSERT(dp_chan_known(r, 5) && dp_channel_mtu(r->dp, rig_channel(r, 5)) == 1005);
	fake_say(r->fake, FAKE_UP, 5);
	fake_say(r->fake, FAKE_DOWN, 5);
	CU_ASSERT(rig_wait_lines(r, 3) && dp_chan_known(r, 5)); /* it may come back */
	fake_say(r->fake, FAKE_DOWN_FOREVER, 5);
	CU_ASSERT(rig_wait_lines(r, 4) && !dp_chan_known(r, 5));
	fake_say(r->fake, FAKE_UP, 6);
	CU_ASSERT(rig_wait_lines(r, 5) && dp_chan_known(r, 6));
	dp_port_close(r->dp, r->port);
	CU_ASSERT(!dp_chan_known(r, 6) && !dp_channel_mtu(r->dp, rig_channel(r, 6)));
}

static void known_from_the_first_report_to_the_last(void)
{
	rig_each(do_life);
}

static bool dp_chan_speed_is(struct rig *r, ist_channel c, uint64_t tx_bps, uint64_t rx_bps)
{
	struct dp_speed s = dp_channel_speed(r->dp, rig_channel(r, c));

	return s.tx_bps == tx_bps && s.rx_bps == rx_bps;
}

static void do_speed(struct rig *r)
{
	CU_ASSERT(dp_chan_speed_is(r, 5, 0, 0));
	fake_say(r->fake, FAKE_OFFER, 5);
	fake_say(r->fake, FAKE_UP, 6);
	CU_ASSERT(rig_wait_lines(r, 2));
	CU_ASSERT(dp_chan_speed_is(r, 5, 9600, 64000));
	CU_ASSERT(dp_chan_speed_is(r, 6, 9600, 64000));
	dp_disconnect(r->dp, rig_channel(r, 6), &why);
	CU_ASSERT(dp_chan_speed_is(r, 6, 0, 0));
	fake_say(r->fake, FAKE_DOWN_FOREVER, 5);
	CU_ASSERT(rig_wait_lines(r, 3) && dp_chan_speed_is(r, 5, 0, 0));
}

static void speeds_of_circuits_are_kept(void)
{
	rig_each(do_speed);
}

static void do_mtu(struct rig *r)
{
	fake_say(r->fake, FAKE_UP, 5);
	fake_say_mtu(r->fake, 5, 700);
	fake_say_mtu(r->fake, 9, 800); /* of an unknown channel */
	fake_say(r->fake, FAKE_DOWN, 5);
	CU_ASSERT(rig_wait_lines(r, 3));
	CU_ASSERT(dp_chan_line_is(r, 1, "mtu 5 700"));
	CU_ASSERT(dp_chan_line_is(r, 2, "down 5 inactive"));
	CU_ASSERT(dp_channel_mtu(r->dp, rig_channel(r, 5)) == 700);
	CU_ASSERT(!dp_channel_mtu(r->dp, rig_channel(r, 9)));
}

static void mtu_changes_are_told(void)
{
	rig_each(do_mtu);
}

/* Dead to us at once; and the handle may be used again, by the medium or by us. */
static void dp_chan_do_given_up(struct rig *r)
{
	struct ist_addr to = {.len = 1, .data = {5}};
	l2tp_channel c;

	fake_say(r->fake, FAKE_UP, 5);
	CU_ASSERT(rig_wait_lines(r, 1));
	dp_disconnect(r->dp, rig_channel(r, 5), &why);
	CU_ASSERT(!dp_chan_known(r, 5) && !dp_channel_mtu(r->dp, rig_channel(r, 5)));
	CU_ASSERT(!dp_connect(r->dp, r->port, &to, NULL, IST_PAYLOAD_L2TP, &c));
	CU_ASSERT(c == rig_channel(r, 5) && dp_chan_known(r, 5));
	rig_settle(r); /* the worker's last word about the first life */
	CU_ASSERT(dp_chan_known(r, 5));
	dp_disconnect(r->dp, c, &why);
	dp_disconnect(r->dp, c, &why); /* twice does no harm */
	rig_settle(r);
	CU_ASSERT(!dp_chan_known(r, 5));
	fake_say(r->fake, FAKE_UP, 5);
	CU_ASSERT(rig_wait_lines(r, 2) && dp_chan_line_is(r, 1, "up 5 - 31101234/77") &&
		  dp_chan_known(r, 5));
	dp_refuse(r->dp, rig_channel(r, 77), &why); /* never heard of */
	rig_settle(r);
	CU_ASSERT(!dp_chan_known(r, 77) && r->n_line == 2);
}

static void given_up_and_used_again(void)
{
	rig_each(dp_chan_do_given_up);
}

static bool dp_chan_ticket_is(const struct rig *r, ist_channel c, const void *want, size_t len)
{
	const uint8_t *ticket;

	return dp_channel_ticket(r->dp, rig_channel(r, c), &ticket) == len &&
	       (!len || !memcmp(ticket, want, len));
}

/* By the ticket that it came up with, which is as good for the next one that dies. */
static void dp_chan_do_resume(struct rig *r)
{
	static const uint8_t ticket[] = {1, 2, 3};
	struct ist_addr to = {.len = 1, .data = {3}};
	l2tp_channel c = 0;

	CU_ASSERT(dp_chan_ticket_is(r, 3, NULL, 0));
	CU_ASSERT_EQUAL(
		dp_resume(r->dp, r->port, &to, IST_PAYLOAD_PPP, (const uint8_t *)"none", 4, &c),
		-EINVAL);
	CU_ASSERT(!dp_chan_known(r, 3));
	CU_ASSERT_EQUAL(dp_resume(r->dp, r->port, &to, IST_PAYLOAD_PPP, ticket, 3, &c), 0);
	CU_ASSERT(c == rig_channel(r, 3) && dp_chan_known(r, 3));
	CU_ASSERT_EQUAL(dp_channel_mtu(r->dp, c), 1003);
	CU_ASSERT(dp_chan_ticket_is(r, 3, ticket, 3));
	fake_say(r->fake, FAKE_UP, 6);
	CU_ASSERT(rig_wait_lines(r, 1) && dp_chan_ticket_is(r, 6, ticket, 3));
	dp_disconnect(r->dp, c, &why);
	CU_ASSERT(dp_chan_ticket_is(r, 3, NULL, 0));
	fake_say(r->fake, FAKE_DOWN_FOREVER, 6);
	CU_ASSERT(rig_wait_lines(r, 2) && dp_chan_ticket_is(r, 6, NULL, 0));
}

static void dp_chan_do_no_ticket(struct rig *r)
{
	r->fake->attrs_size = offsetof(struct ist_attrs, ticket_len);
	fake_say(r->fake, FAKE_UP, 5);
	CU_ASSERT(rig_wait_lines(r, 1) && dp_chan_ticket_is(r, 5, NULL, 0));
	r->fake->attrs_size = 0;
	r->fake->long_ticket = true;
	fake_say(r->fake, FAKE_UP, 6);
	CU_ASSERT(rig_wait_lines(r, 2) && dp_chan_ticket_is(r, 6, NULL, 0));
}

static void channels_without_a_ticket(void)
{
	rig_each(dp_chan_do_no_ticket);
}

static void channels_are_resumed(void)
{
	struct ist_addr to = {.len = 1, .data = {5}};
	l2tp_channel c;
	struct rig r;

	rig_each(dp_chan_do_resume);
	rig_up(&r, 0, &fake_old);
	CU_ASSERT_EQUAL(
		dp_resume(r.dp, r.port, &to, IST_PAYLOAD_PPP, (const uint8_t *)"\1\2\3", 3, &c),
		-EOPNOTSUPP);
	rig_down(&r);
}

/* The worker is held fast: the control thread goes on. */
static void a_busy_worker_holds_nobody_up(void)
{
	struct dp_call call = {.tid = 2, .sid = 3};
	struct dp_call_stats st;
	struct rig r;

	rig_up(&r, 1, &fake_flow);
	fake_say(r.fake, FAKE_UP, 5);
	CU_ASSERT(rig_wait_lines(&r, 1));
	rig_settle(&r);
	pthread_mutex_lock(&r.fake->lock);
	r.fake->host->wake(r.fake->host_ctx); /* it goes for the lock */
	call.channel = rig_channel(&r, 5);
	CU_ASSERT(!dp_call_set(r.dp, &call));
	CU_ASSERT(dp_call_stats(r.dp, 2, 3, &st) && !st.rx_frames);
	CU_ASSERT(dp_chan_known(&r, 5) && dp_channel_mtu(r.dp, rig_channel(&r, 5)) == 1005);
	CU_ASSERT(dp_send(r.dp, rig_channel(&r, 5), (const uint8_t *)"x", 1, 1, 0) ==
		  L2TP_TX_WAITING);
	dp_answer(r.dp, rig_channel(&r, 5));
	dp_disconnect(r.dp, rig_channel(&r, 5), &why);
	dp_poll(r.dp);
	CU_ASSERT(!r.fake->n_sent);
	pthread_mutex_unlock(&r.fake->lock);
	rig_settle(&r);
	CU_ASSERT(fake_sent_count(r.fake) == 1); /* what was sent first went first */
	dp_call_del(r.dp, 2, 3);
	rig_down(&r);
}

static unsigned dp_chan_peer_len(struct rig *r, ist_channel c)
{
	struct ist_addr a = {0};

	return dp_channel_peer(r->dp, rig_channel(r, c), &a) ? a.len : 0;
}

/* What the medium has said of the far end stays: a report that does not say changes nothing, and
 * connecting to it does not either. */
static void do_far_end(struct rig *r)
{
	struct ist_addr five = {.len = 2, .data = {5, 9}}, six = {.len = 3, .data = {6, 9}};
	l2tp_channel c;

	fake_say(r->fake, FAKE_UP, 5);
	CU_ASSERT(rig_wait_lines(r, 1) && dp_chan_peer_len(r, 5) == 1);
	CU_ASSERT(!dp_connect(r->dp, r->port, &five, NULL, IST_PAYLOAD_L2TP, &c));
	CU_ASSERT_EQUAL(dp_chan_peer_len(r, 5), 1);
	r->fake->no_peer = true;
	fake_say(r->fake, FAKE_UP, 5);
	fake_say(r->fake, FAKE_UP, 6);
	CU_ASSERT(rig_wait_lines(r, 3) && dp_chan_peer_len(r, 5) == 1);
	CU_ASSERT_EQUAL(dp_chan_peer_len(r, 6), 0);
	CU_ASSERT(!dp_connect(r->dp, r->port, &five, NULL, IST_PAYLOAD_L2TP, &c));
	CU_ASSERT_EQUAL(dp_chan_peer_len(r, 5), 1);
	CU_ASSERT(!dp_connect(r->dp, r->port, &six, NULL, IST_PAYLOAD_L2TP, &c));
	CU_ASSERT_EQUAL(dp_chan_peer_len(r, 6), 3);
}

static void the_far_end_is_kept(void)
{
	rig_each(do_far_end);
}

/* More than the mailbox holds: nothing is lost, it only takes longer. */
static void dp_chan_do_many(struct rig *r)
{
	enum { MANY = 20000 };

	for (unsigned i = 1; i <= MANY; i++)
		dp_disconnect(r->dp, rig_channel(r, i), &why);
	rig_settle(r);
	CU_ASSERT(r->n_line == 0);
	for (unsigned i = 1; i <= 200; i++)
		fake_say(r->fake, FAKE_UP, i);
	CU_ASSERT(rig_wait_lines(r, 200));
}

static void more_than_the_mailbox_holds(void)
{
	rig_each(dp_chan_do_many);
}

static const struct test_case cases[] = {
	{"known_from_the_first_report_to_the_last", known_from_the_first_report_to_the_last},
	{"speeds_of_circuits_are_kept", speeds_of_circuits_are_kept},
	{"mtu_changes_are_told", mtu_changes_are_told},
	{"given_up_and_used_again", given_up_and_used_again},
	{"channels_are_resumed", channels_are_resumed},
	{"channels_without_a_ticket", channels_without_a_ticket},
	{"a_busy_worker_holds_nobody_up", a_busy_worker_holds_nobody_up},
	{"the_far_end_is_kept", the_far_end_is_kept},
	{"more_than_the_mailbox_holds", more_than_the_mailbox_holds},
	{NULL, NULL},
};
const struct test_suite suite_dp_chan = {"dp_chan", cases};
