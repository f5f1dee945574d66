/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One data side, and controls that come and go: what a life has set up, the next one takes up by
 * the same names, numbers and ids; the rest goes at its mark.
 */
#include "core/bytes.h"
#include "gw/dp/data.h"
#include "tests/gw/dp/apart.h"
#include "tests/harness.h"
#include "tests/heap.h"
#include "tests/netns.h"
#include "transports/kit/opening.h"
#include "transports/udp/udp.h"

#include <net/if.h>
#include <pcap.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

struct life {
	struct door *door;
	struct data *data;
	struct rig r;
};

static void life_prepare(struct life *l)
{
	memset(l, 0, sizeof(*l));
	l->r.begin = dp_now();
	l->r.line = calloc(FAKE_LINES, sizeof(l->r.line[0]));
	l->r.fake = fake_new();
	l->door = door_new(2);
	CU_ASSERT_PTR_NOT_NULL_FATAL(l->door);
	l->data = data_new(l->door, true);
	CU_ASSERT_PTR_NOT_NULL_FATAL(l->data);
	CU_ASSERT_TRUE_FATAL(data_know(l->data, &fake_flow) && data_know(l->data, &fake_udp));
	CU_ASSERT_TRUE_FATAL(data_start_thread(l->data));
}

static void life_attach(struct life *l)
{
	int fd[DOOR_FDS];
	unsigned n = door_fds(l->door, fd);

	for (unsigned i = 0; i < n; i++)
		fd[i] = dup(fd[i]);
	l->r.dp = dp_attach(fd, n, -1, &rig_ops, &l->r);
	CU_ASSERT_PTR_NOT_NULL_FATAL(l->r.dp);
	l->r.n_line = 0;
	l->r.fake->dp = l->r.dp;
}

static int life_port(struct life *l, const struct ist_transport *t, const char *name)
{
	const struct ist_port_config cfg = {.size = sizeof(cfg), .name = name};
	char err[64];

	fake_next(l->r.fake);
	return dp_port_open(l->r.dp, t, &cfg, err, sizeof(err));
}

static void life_open(struct life *l)
{
	int port = life_port(l, &fake_flow, "p");

	CU_ASSERT_TRUE_FATAL(port >= 0);
	l->r.port = (unsigned)port;
}

/* As if it were killed: nothing is said any more. */
static void life_dies(struct life *l)
{
	dp_free(l->r.dp);
	l->r.dp = l->r.fake->dp = NULL;
}

static void life_begin(struct life *l)
{
	life_prepare(l);
	life_attach(l);
	life_open(l);
}

/* The next life, which wants the same port. */
static void life_again(struct life *l)
{
	life_dies(l);
	life_attach(l);
	life_open(l);
}

static void life_end(struct life *l)
{
	if (l->r.dp)
		life_dies(l);
	data_free(l->data);
	door_free(l->door);
	fake_free(l->r.fake);
	free(l->r.line);
}

/* While no control is there: all that the port was to say, it has said. */
static void life_said(struct life *l)
{
	struct fake *f = l->r.fake;
	struct pollfd fd = {.fd = f->fd, .events = POLLIN};
	uint64_t n;

	for (bool done = false; !done;) {
		poll(&fd, 1, 1000);
		if (read(f->fd, &n, sizeof(n)) < 0)
			continue;
		pthread_mutex_lock(&f->lock);
		done = !f->n_todo;
		pthread_mutex_unlock(&f->lock);
	}
}

static void line_is(struct life *l, unsigned i, const char *want)
{
	CU_ASSERT_TRUE_FATAL(rig_wait_lines(&l->r, i + 1));
	CU_ASSERT_STRING_EQUAL(l->r.line[i].text, want);
}

static void no_more_lines(struct life *l, unsigned n)
{
	rig_settle(&l->r);
	CU_ASSERT_EQUAL(l->r.n_line, n);
}

/* Begin, and have channel 7. */
static void life_begin_up(struct life *l)
{
	life_begin(l);
	fake_say(l->r.fake, FAKE_UP, 7);
	line_is(l, 0, "up 7 - 31101234/77");
}

/* Call 2/3 on channel 7. */
static struct dp_call call_of(const struct life *l)
{
	return (struct dp_call){
		.tid = 2,
		.sid = 3,
		.channel = rig_channel(&l->r, 7),
		.data = {.peer_tid = 0x0a0b, .peer_sid = 0x0c0d, .lns = true, .send_seq = true},
		.mode = DP_PUNT,
		.mtu = 1400};
}

static void life_call(struct life *l)
{
	struct dp_call c = call_of(l);

	CU_ASSERT_EQUAL_FATAL(dp_call_set(l->r.dp, &c), 0);
}

/* --- ports and channels ----------------------------------------------------------------------- */

static void channels_are_told_again(void)
{
	struct ist_addr a;
	struct life l;

	life_begin_up(&l);
	fake_say(l.r.fake, FAKE_OFFER, 8);
	fake_say(l.r.fake, FAKE_UP, 9);
	fake_say(l.r.fake, FAKE_DOWN, 9);
	fake_say(l.r.fake, FAKE_UP, 10);
	line_is(&l, 4, "up 10 - 31101234/77");
	fake_say(l.r.fake, FAKE_DOWN_FOREVER, 10);
	line_is(&l, 5, "down 10 inactive forever");
	fake_say_mtu(l.r.fake, 7, 555);
	line_is(&l, 6, "mtu 7 555");
	life_again(&l);
	/* before anything is delivered */
	CU_ASSERT_TRUE(dp_channel_peer(l.r.dp, rig_channel(&l.r, 7), &a) && a.data[0] == 7);
	CU_ASSERT_EQUAL(dp_channel_mtu(l.r.dp, rig_channel(&l.r, 7)), 555);
	CU_ASSERT_FALSE(dp_channel_peer(l.r.dp, rig_channel(&l.r, 10), &a));
	CU_ASSERT_EQUAL(l.r.n_line, 0);
	/* in no order, each with its MTU behind it */
	CU_ASSERT_TRUE_FATAL(rig_wait_lines(&l.r, 4));
	for (unsigned i = 0; i < 4; i += 2) {
		bool up = !strcmp(l.r.line[i].text, "up 7 - 31101234/77");

		CU_ASSERT_TRUE(up || !strcmp(l.r.line[i].text, "offer 8 31101234"));
		CU_ASSERT_STRING_EQUAL(l.r.line[i + 1].text, up ? "mtu 7 555" : "mtu 8 555");
		ASSERT_OCTETS(l.r.line[i].octets, l.r.line[i].len, up ? "\1\2\5\6" : "\1\2\3",
			      up ? 4 : 3);
	}
	no_more_lines(&l, 4);
	fake_say(l.r.fake, FAKE_DOWN, 7); /* and it is the same port */
	line_is(&l, 4, "down 7 inactive");
	life_end(&l);
}

/* Reports and frames that nobody has read: of the reports what holds, and every frame. */
static void what_came_meanwhile(void)
{
	struct life l;

	life_begin(&l);
	life_dies(&l);
	fake_say(l.r.fake, FAKE_UP, 7);
	fake_say(l.r.fake, FAKE_DOWN, 7);
	fake_say(l.r.fake, FAKE_UP, 7);
	fake_say(l.r.fake, FAKE_UP, 9);
	fake_say(l.r.fake, FAKE_DOWN_FOREVER, 9);
	fake_hex(l.r.fake, 7, "c802 000c 0000 0000 0000 0000");
	life_said(&l);
	life_attach(&l);
	life_open(&l);
	line_is(&l, 0, "up 7 - 31101234/77");
	line_is(&l, 1, "mtu 7 1007");
	line_is(&l, 2, "control 7");
	no_more_lines(&l, 3);
	life_end(&l);
}

/* A channel that goes for good before its second telling is read is not told of at all. */
static void a_second_birth_is_withdrawn(void)
{
	struct life l;

	life_begin_up(&l);
	life_dies(&l);
	fake_say(l.r.fake, FAKE_DOWN_FOREVER, 7);
	life_said(&l);
	life_attach(&l);
	life_open(&l);
	no_more_lines(&l, 0);
	life_end(&l);
}

static void another_transport_makes_another_port(void)
{
	struct ist_port_config cfg = {.size = sizeof(cfg), .name = "p"};
	struct ist_addr a;
	struct life l;
	char err[64];
	int port;

	life_begin_up(&l);
	life_dies(&l);
	life_attach(&l);
	fake_next(l.r.fake);
	port = dp_port_open(l.r.dp, &fake_udp, &cfg, err, sizeof(err)); /* of another transport */
	CU_ASSERT_TRUE_FATAL(port >= 0);
	CU_ASSERT_NOT_EQUAL((unsigned)port, l.r.port);
	l.r.port = (unsigned)port;
	no_more_lines(&l, 0);
	CU_ASSERT_FALSE(dp_channel_peer(l.r.dp, rig_channel(&l.r, 7), &a));
	life_end(&l);
}

static int life_udp(struct life *l, const char *channels)
{
	const struct ist_setting s[] = {{"listen", "127.0.0.1:0"},
					{"dial-port", "listen"},
					{"max-channels", channels},
					{"rcvbuf", "1000000"}};
	const struct ist_port_config cfg = {
		.size = sizeof(cfg), .name = "wan", .setting = s, .settings = 4};
	char err[128];

	return dp_port_open(l->r.dp, &udp_transport, &cfg, err, sizeof(err));
}

static void other_settings_make_another_port(void)
{
	struct life l;
	int no, other;

	life_prepare(&l);
	CU_ASSERT_TRUE(data_know(l.data, &udp_transport));
	life_attach(&l);
	no = life_udp(&l, "100");
	CU_ASSERT_TRUE_FATAL(no >= 0);
	life_dies(&l);
	life_attach(&l);
	CU_ASSERT_EQUAL(life_udp(&l, "100"), no);
	CU_ASSERT_NOT_EQUAL(life_udp(&l, "100"), no); /* it is taken */
	life_dies(&l);
	life_attach(&l);
	other = life_udp(&l, "101");
	CU_ASSERT_TRUE(other >= 0 && other != no);
	CU_ASSERT_PTR_NULL(l.data->port[no].home); /* at once: it may be in the way */
	life_end(&l);
}

static int life_opens(void *ctx, const struct ist_open *what)
{
	(void)ctx;
	return opening_here(what);
}

static void life_closed(void *settled, const char *device)
{
	*(unsigned *)settled += !device;
}

/* After the death of a data side: what waits in a socket is of calls that are not set yet. */
static void what_waits_is_read_after_the_mark(void)
{
	static const uint8_t packet[] = {0xc8, 2, 0, 12, 0, 0, 0, 0, 0, 0, 0, 0};
	unsigned settled = 0;
	struct life l;
	int no, peer;

	life_prepare(&l);
	CU_ASSERT_TRUE(data_know(l.data, &udp_transport));
	atomic_store(&l.data->waits, true);
	dp_open_by(life_opens, NULL);
	dp_closed_to(life_closed, &settled);
	life_attach(&l);
	no = life_udp(&l, "100");
	CU_ASSERT_TRUE_FATAL(no >= 0);
	l.r.port = (unsigned)no;
	peer = apart_peer_of(l.r.dp, l.r.port);
	CU_ASSERT_EQUAL(send(peer, packet, sizeof(packet), 0), sizeof(packet));
	no_more_lines(&l, 0);
	CU_ASSERT_EQUAL(settled, 0);
	dp_attached(l.r.dp);
	CU_ASSERT_EQUAL(settled, 1);
	CU_ASSERT_TRUE(rig_wait_lines(&l.r, 2)); /* up, control */
	CU_ASSERT_EQUAL(send(peer, packet, sizeof(packet), 0), sizeof(packet));
	CU_ASSERT_TRUE(rig_wait_lines(&l.r, 3));
	dp_open_by(NULL, NULL);
	dp_closed_to(NULL, NULL);
	close(peer);
	life_end(&l);
}

static unsigned closed;

static void count_close(struct fake *f)
{
	(void)f;
	closed++;
}

static void what_is_not_opened_again_is_closed(void)
{
	struct life l;
	int other;

	life_begin(&l);
	closed = 0;
	l.r.fake->on_close = count_close;
	life_dies(&l);
	life_attach(&l);
	other = life_port(&l, &fake_flow, "q");
	CU_ASSERT_TRUE_FATAL(other >= 0 && (unsigned)other != l.r.port);
	CU_ASSERT_EQUAL(closed, 0); /* not before all is said */
	dp_attached(l.r.dp);
	dp_flush(l.r.dp);
	CU_ASSERT_EQUAL(closed, 1);
	/* or before, since another may want what it has */
	CU_ASSERT_FALSE(dp_ports_close_left(l.r.dp));
	life_dies(&l);
	life_attach(&l);
	CU_ASSERT_TRUE(dp_port_is_left(l.r.dp, &fake_flow, "q"));
	CU_ASSERT_FALSE(dp_port_is_left(l.r.dp, &fake_flow, "p"));
	CU_ASSERT_FALSE(dp_port_is_left(l.r.dp, &fake_udp, "q"));
	CU_ASSERT_TRUE(dp_ports_close_left(l.r.dp));
	CU_ASSERT_EQUAL(closed, 2);
	CU_ASSERT_FALSE(dp_port_is_left(l.r.dp, &fake_flow, "q"));
	life_end(&l);
	CU_ASSERT_EQUAL(closed, 2);
}

static void a_failure_is_told_again(void)
{
	char failed[64];
	struct life l;

	life_begin(&l);
	fake_say(l.r.fake, FAKE_FAILED, 0);
	snprintf(failed, sizeof(failed), "failed %u -5 broken", l.r.port);
	line_is(&l, 0, failed);
	for (unsigned i = 0; i < 2; i++) {
		life_again(&l);
		line_is(&l, 0, failed);
		no_more_lines(&l, 1);
	}
	life_end(&l);
}

/* A call that was being placed and that nobody asks for any more. */
static void a_channel_nobody_waits_for_is_given_up(void)
{
	const struct ist_addr to[2] = {{1, {20}}, {1, {21}}};
	l2tp_channel c;
	struct life l;

	life_begin(&l);
	for (unsigned i = 0; i < 2; i++)
		CU_ASSERT_EQUAL(dp_connect(l.r.dp, l.r.port, &to[i], NULL, 1, &c), 0);
	life_again(&l);
	CU_ASSERT_EQUAL(dp_connect(l.r.dp, l.r.port, &to[1], NULL, 1, &c), 0);
	dp_attached(l.r.dp);
	rig_settle(&l.r);
	CU_ASSERT_EQUAL(l.r.fake->disconnects, 1);
	CU_ASSERT_EQUAL(l.r.fake->asked, 20);
	life_end(&l);
}

/* --- calls ------------------------------------------------------------------------------------ */

static const char echo[] = "0002 0002 0003 ff03 c021 0907 0008 00000000";

static void sent_has_ns(struct life *l, unsigned i, unsigned ns)
{
	CU_ASSERT_TRUE_FATAL(rig_wait_sent(&l->r, i + 1));
	CU_ASSERT_EQUAL(l->r.fake->sent[i].octets[7], ns);
}

/* Data answers an LCP echo of the call. */
static void life_open_call(struct life *l)
{
	struct dp_call c = call_of(l);

	c.echo = true;
	CU_ASSERT_EQUAL_FATAL(dp_call_set(l->r.dp, &c), 0);
}

static void a_call_goes_on(void)
{
	struct dp_call_stats s;
	struct life l;

	life_begin_up(&l);
	life_open_call(&l);
	fake_hex(l.r.fake, 7, echo);
	sent_has_ns(&l, 0, 0);
	rig_settle(&l.r);
	life_dies(&l);
	fake_hex(l.r.fake, 7, echo); /* nobody is there but data */
	life_said(&l);
	CU_ASSERT_EQUAL(fake_sent_count(l.r.fake), 2);
	life_attach(&l);
	life_open(&l);
	fake_hex(l.r.fake, 7, echo); /* and while control finds its feet */
	sent_has_ns(&l, 2, 2);
	life_open_call(&l);
	dp_attached(l.r.dp);
	fake_hex(l.r.fake, 7, echo);
	sent_has_ns(&l, 3, 3);
	rig_settle(&l.r);
	CU_ASSERT_TRUE_FATAL(dp_call_stats(l.r.dp, 2, 3, &s));
	CU_ASSERT_EQUAL(s.rx_frames, 4);
	CU_ASSERT_EQUAL(s.tx_frames, 4);
	CU_ASSERT_EQUAL(s.control, 8);
	CU_ASSERT_TRUE(dp_tunnel_heard(l.r.dp, 2) >= l.r.begin);
	life_end(&l);
}

static void an_unclaimed_call_goes(void)
{
	struct dp_call_stats s;
	struct dp_call c;
	struct life l;

	life_begin_up(&l);
	life_open_call(&l);
	c = call_of(&l);
	c.sid = 4;
	CU_ASSERT_EQUAL_FATAL(dp_call_set(l.r.dp, &c), 0);
	life_again(&l);
	c.channel = rig_channel(&l.r, 7);
	CU_ASSERT_EQUAL_FATAL(dp_call_set(l.r.dp, &c), 0);
	dp_attached(l.r.dp);
	fake_hex(l.r.fake, 7, echo);
	CU_ASSERT_TRUE(rig_wait_reason(&l.r, DP_R_NO_CALL, 1));
	CU_ASSERT_EQUAL(fake_sent_count(l.r.fake), 0);
	CU_ASSERT_FALSE(dp_call_stats(l.r.dp, 2, 3, &s));
	CU_ASSERT_TRUE(dp_call_stats(l.r.dp, 2, 4, &s));
	life_end(&l);
}

/* One that dies before its mark leaves all to the next. */
static void a_life_that_is_cut_short(void)
{
	struct life l;

	life_begin_up(&l);
	life_open_call(&l);
	for (unsigned i = 0; i < 3; i++) {
		life_dies(&l);
		life_attach(&l);
		if (i == 1)
			life_open(&l);
	}
	life_open(&l);
	fake_hex(l.r.fake, 7, echo);
	sent_has_ns(&l, 0, 0);
	life_open_call(&l);
	dp_attached(l.r.dp);
	fake_hex(l.r.fake, 7, echo);
	sent_has_ns(&l, 1, 1);
	life_end(&l);
}

/* The ten behind the first. */
static bool slots_are_free(struct rig *r, void *door)
{
	struct door *d = door;
	unsigned taken = 0;

	(void)r;
	for (uint32_t slot = 2; slot < 12; slot++)
		taken += atomic_load(&d->slot[slot].owner) != 0;
	if (taken)
		waker_poke(&d->control); /* do not wait for anything else */
	return !taken;
}

/* Slots of counters: those of calls that have gone are used again, those in use are not. */
static void slots_are_found(void)
{
	struct dp_call_stats s;
	struct dp_call c;
	struct life l;

	life_begin_up(&l);
	life_open_call(&l);
	c = call_of(&l);
	for (c.sid = 10; c.sid < 20; c.sid++)
		CU_ASSERT_EQUAL_FATAL(dp_call_set(l.r.dp, &c), 0);
	fake_hex(l.r.fake, 7, echo);
	sent_has_ns(&l, 0, 0);
	for (uint32_t slot = 2; slot < 12; slot++)
		atomic_store(&door_rare_mine(l.door, slot)->seq_lost, 5);
	life_again(&l);
	for (c.sid = 30; c.sid < 50; c.sid++)
		CU_ASSERT_EQUAL_FATAL(dp_call_set(l.r.dp, &c), 0);
	life_open_call(&l);
	dp_attached(l.r.dp);
	rig_settle(&l.r);
	CU_ASSERT_TRUE_FATAL(dp_call_stats(l.r.dp, 2, 3, &s));
	CU_ASSERT_EQUAL(s.rx_frames, 1);
	CU_ASSERT_TRUE_FATAL(dp_call_stats(l.r.dp, 2, 30, &s));
	CU_ASSERT_EQUAL(s.rx_frames, 0);
	/* 11 of the life before, 20 of this one; 0 is none */
	CU_ASSERT_EQUAL(atomic_load(&l.door->words->fresh_slot), 1 + 11 + 20);
	/* those of the ten come free by and by */
	CU_ASSERT_TRUE_FATAL(rig_wait(&l.r, slots_are_free, l.door));
	for (c.sid = 100; c.sid < 110; c.sid++)
		CU_ASSERT_EQUAL_FATAL(dp_call_set(l.r.dp, &c), 0);
	CU_ASSERT(!door_rare(l.door, 2) && !l.door->rare[2].seq_lost);
	CU_ASSERT_EQUAL(atomic_load(&l.door->words->fresh_slot), 1 + 11 + 20);
	life_end(&l);
}

/* --- filters, packets, order ------------------------------------------------------------------- */

/* A call keeps its program until it is set anew; numbers are not given twice. */
static void filters_begin_anew(void)
{
	static const struct bpf_insn none[] = {BPF_STMT(BPF_RET + BPF_K, 0)};
	struct dp_call c;
	struct life l;
	uint32_t no;

	life_begin_up(&l);
	c = call_of(&l);
	CU_ASSERT_EQUAL_FATAL(dp_filter_add(l.r.dp, none, 1, &c.filter[DP_FILTER_PPP_IN]), 0);
	CU_ASSERT_EQUAL_FATAL(dp_call_set(l.r.dp, &c), 0);
	life_again(&l);
	fake_hex(l.r.fake, 7, "0002 0002 0003 ff03 8021 01010004");
	CU_ASSERT_TRUE(rig_wait_reason(&l.r, DP_R_FILTER_IN, 1));
	CU_ASSERT_NOT_EQUAL(dp_call_set(l.r.dp, &c), 0); /* nobody has registered it */
	CU_ASSERT_EQUAL_FATAL(dp_filter_add(l.r.dp, none, 1, &no), 0);
	CU_ASSERT_TRUE(no > c.filter[DP_FILTER_PPP_IN]);
	life_call(&l);
	dp_attached(l.r.dp);
	fake_hex(l.r.fake, 7, "0002 0002 0003 ff03 8021 01010004");
	line_is(&l, 2, "ppp 2/3");
	life_end(&l);
}

/* Packets of the life before leave; that one alone would have heard of it. */
static void packets_that_wait_are_sent(void)
{
	static const uint8_t hello[12] = {0xc8, 2, 0, 12};
	struct life l;

	life_begin_up(&l);
	fake_say_room(l.r.fake, 7, 0);
	rig_settle(&l.r);
	for (uint64_t i = 1; i < 4; i++)
		CU_ASSERT_EQUAL(dp_send(l.r.dp, rig_channel(&l.r, 7), hello, 12, i, 0),
				L2TP_TX_WAITING);
	life_again(&l);
	line_is(&l, 1, "mtu 7 1007");
	CU_ASSERT_EQUAL(dp_send(l.r.dp, rig_channel(&l.r, 7), hello, 12, 9, 0), L2TP_TX_WAITING);
	fake_say_room(l.r.fake, 7, 100);
	CU_ASSERT_TRUE(rig_wait_sent(&l.r, 4));
	line_is(&l, 2, "sent 9");
	no_more_lines(&l, 3);
	life_end(&l);
}

/* What the life before has asked for is done before the new one begins, and so are its packets. */
static void what_was_asked_is_done_first(void)
{
	static const uint8_t hello[12] = {0xc8, 2, 0, 12};
	struct dp_call c;
	struct life l;

	life_begin_up(&l);
	c = call_of(&l);
	for (c.sid = 100; c.sid < 600; c.sid++)
		CU_ASSERT_EQUAL_FATAL(dp_call_set(l.r.dp, &c), 0);
	dp_send(l.r.dp, rig_channel(&l.r, 7), hello, 12, 1, 0);
	life_again(&l);
	CU_ASSERT_EQUAL(fake_sent_count(l.r.fake), 1);
	CU_ASSERT_PTR_NOT_NULL(calltab_get(&l.data->tab, 2, 599));
	dp_attached(l.r.dp);
	dp_flush(l.r.dp);
	CU_ASSERT_PTR_NULL(calltab_get(&l.data->tab, 2, 599));
	life_end(&l);
}

static void a_capture_ends_with_its_control(void)
{
	struct life l;

	life_begin(&l);
	CU_ASSERT_EQUAL(dp_port_tap(l.r.dp, l.r.port, true), 0);
	life_again(&l);
	fake_say(l.r.fake, FAKE_TAP, 7);
	no_more_lines(&l, 0);
	CU_ASSERT_EQUAL(dp_port_tap(l.r.dp, l.r.port, true), 0);
	fake_say(l.r.fake, FAKE_TAP, 7);
	line_is(&l, 0, "tap 0 1 107");
	life_end(&l);
}

/* --- devices ---------------------------------------------------------------------------------- */

static uint32_t life_tun(struct life *l, const char *name)
{
	char err[128];
	uint32_t no = dp_tun_open(l->r.dp, name, 1400, DP_TUN_OFFLOADS, err, sizeof(err));

	CU_ASSERT_NOT_EQUAL_FATAL(no, 0);
	CU_ASSERT_STRING_EQUAL(dp_tun_name(l->r.dp, no), name);
	return no;
}

static void life_route(struct life *l, uint32_t tun, unsigned net, uint16_t sid)
{
	const struct dp_prefix to = {.bits = 8, .top = (uint64_t)net << 56};

	CU_ASSERT_TRUE(dp_tun_route(l->r.dp, tun, &to, 2, sid));
}

static uint32_t life_routed(struct life *l, uint32_t tun, unsigned net)
{
	const struct data_tun *t = data_tun_get(l->data, tun);
	uint32_t key;

	dp_flush(l->r.dp);
	CU_ASSERT_PTR_NOT_NULL_FATAL(t);
	rcu_enter();
	key = prefixtab_get(&t->route4, (uint64_t)net << 56);
	rcu_leave();
	return key;
}

static bool devices_are_gone(struct rig *r, void *door)
{
	(void)r;
	waker_poke(&((struct door *)door)->control);
	return !if_nametoindex("ist1");
}

static void devices_and_routes(void)
{
	struct life l;
	uint32_t no;

	if (!netns_enter("attach devices_and_routes"))
		return;
	life_begin_up(&l);
	no = life_tun(&l, "ist0");
	life_tun(&l, "ist1");
	life_route(&l, no, 10, 3);
	life_route(&l, no, 11, 3);
	life_route(&l, no, 12, 0);
	life_again(&l);
	CU_ASSERT_EQUAL(life_tun(&l, "ist0"), no);
	life_route(&l, no, 11, 3);
	life_route(&l, no, 13, 4);
	CU_ASSERT_EQUAL(life_routed(&l, no, 10), call_key(2, 3));
	dp_attached(l.r.dp);
	CU_ASSERT_EQUAL(life_routed(&l, no, 10), 0);
	CU_ASSERT_EQUAL(life_routed(&l, no, 11), call_key(2, 3));
	CU_ASSERT_EQUAL(life_routed(&l, no, 12), 0);
	CU_ASSERT_EQUAL(life_routed(&l, no, 13), call_key(2, 4));
	CU_ASSERT_TRUE(rig_wait(&l.r, devices_are_gone, l.door));
	CU_ASSERT_NOT_EQUAL(if_nametoindex("ist0"), 0);
	life_end(&l);
	netns_leave();
}

static void devices_of_a_pattern(void)
{
	uint32_t first, second;
	char name[16], err[128];
	struct life l;

	if (!netns_enter("attach devices_of_a_pattern"))
		return;
	life_begin_up(&l);
	first = dp_tun_open(l.r.dp, "ist%d", 1400, DP_TUN_OFFLOADS, err, sizeof(err));
	second = dp_tun_open(l.r.dp, "ist%d", 1400, DP_TUN_OFFLOADS, err, sizeof(err));
	CU_ASSERT_TRUE(first && second && first != second);
	strcpy(name, dp_tun_name(l.r.dp, first));
	life_again(&l);
	CU_ASSERT_EQUAL(dp_tun_open(l.r.dp, "ist%d", 1400, DP_TUN_OFFLOADS, err, sizeof(err)),
			first);
	CU_ASSERT_STRING_EQUAL(dp_tun_name(l.r.dp, first), name);
	CU_ASSERT_EQUAL(dp_tun_open(l.r.dp, "ist%d", 1400, DP_TUN_OFFLOADS, err, sizeof(err)),
			second);
	dp_attached(l.r.dp);
	dp_flush(l.r.dp);
	CU_ASSERT_NOT_EQUAL(if_nametoindex("ist0"), 0);
	CU_ASSERT_NOT_EQUAL(if_nametoindex("ist1"), 0);
	CU_ASSERT_EQUAL(if_nametoindex("ist2"), 0);
	/* from the mark on it makes another one */
	CU_ASSERT_NOT_EQUAL(dp_tun_open(l.r.dp, "ist%d", 1400, DP_TUN_OFFLOADS, err, sizeof(err)),
			    0);
	CU_ASSERT_NOT_EQUAL(if_nametoindex("ist2"), 0);
	life_end(&l);
	netns_leave();
}

/* --- without memory --------------------------------------------------------------------------- */

/* Whatever is missing to the new control: the next one finds all. */
static void without_memory(void)
{
	bool more = true;
	struct life l;

	life_begin_up(&l);
	life_open_call(&l);
	dp_flush(l.r.dp);
	for (unsigned n = 0; more; n++) {
		int fd[DOOR_FDS];
		unsigned fds = door_fds(l.door, fd);

		life_dies(&l);
		for (unsigned i = 0; i < fds; i++)
			fd[i] = dup(fd[i]);
		heap_refuse(n);
		l.r.dp = dp_attach(fd, fds, -1, &rig_ops, &l.r);
		more = heap_refused();
		CU_ASSERT_TRUE(l.r.dp || more); /* it can do without some */
		if (l.r.dp)
			life_dies(&l);
		life_attach(&l);
		life_open(&l);
	}
	l.r.fake->dp = l.r.dp;
	line_is(&l, 0, "up 7 - 31101234/77");
	fake_hex(l.r.fake, 7, echo);
	sent_has_ns(&l, 0, 0);
	life_end(&l);
}

static const struct test_case cases[] = {
	{"channels_are_told_again", channels_are_told_again},
	{"what_came_meanwhile", what_came_meanwhile},
	{"a_second_birth_is_withdrawn", a_second_birth_is_withdrawn},
	{"another_transport_makes_another_port", another_transport_makes_another_port},
	{"other_settings_make_another_port", other_settings_make_another_port},
	{"what_waits_is_read_after_the_mark", what_waits_is_read_after_the_mark},
	{"what_is_not_opened_again_is_closed", what_is_not_opened_again_is_closed},
	{"a_failure_is_told_again", a_failure_is_told_again},
	{"a_channel_nobody_waits_for_is_given_up", a_channel_nobody_waits_for_is_given_up},
	{"a_call_goes_on", a_call_goes_on},
	{"an_unclaimed_call_goes", an_unclaimed_call_goes},
	{"a_life_that_is_cut_short", a_life_that_is_cut_short},
	{"slots_are_found", slots_are_found},
	{"filters_begin_anew", filters_begin_anew},
	{"packets_that_wait_are_sent", packets_that_wait_are_sent},
	{"what_was_asked_is_done_first", what_was_asked_is_done_first},
	{"a_capture_ends_with_its_control", a_capture_ends_with_its_control},
	{"devices_and_routes", devices_and_routes},
	{"devices_of_a_pattern", devices_of_a_pattern},
	{"without_memory", without_memory},
	{NULL, NULL},
};
const struct test_suite suite_attach = {"attach", cases};
