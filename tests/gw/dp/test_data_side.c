/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The data side in a process of its own, with a port of UDP on the loopback address. */
#include "tests/gw/dp/apart.h"
#include "tests/harness.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

static const char sccrq[] = "c802000c000000000000000000000000";

struct two {
	struct rig r;
	struct apart data;
	int fd[DP_DOOR_FDS];
	unsigned n, port;
	int peer; /* a socket that is connected to the port */
	l2tp_channel channel;
};

static void data_side_say(int peer, const char *hex)
{
	uint8_t buf[256];
	size_t len = test_hex(buf, sizeof(buf), hex);

	CU_ASSERT_EQUAL(send(peer, buf, len, 0), (ssize_t)len);
}

static void data_side_hears(int peer, const char *hex)
{
	struct pollfd fd = {.fd = peer, .events = POLLIN};
	uint8_t buf[2048], want[256];
	size_t len = test_hex(want, sizeof(want), hex);
	ssize_t got;

	CU_ASSERT_EQUAL_FATAL(poll(&fd, 1, 10000), 1);
	got = recv(peer, buf, sizeof(buf), 0);
	ASSERT_OCTETS(buf, (size_t)got, want, len);
}

/* before: the first descriptor of the door of a data that was killed, or -1. */
static void data_side_up_after(struct two *t, unsigned workers, int before)
{
	int fd[DP_DOOR_FDS];
	unsigned handle;
	int port;

	t->n = dp_door_new(workers, t->fd);
	CU_ASSERT_EQUAL_FATAL(t->n, workers + 4);
	memcpy(fd, t->fd, sizeof(fd));
	fd[t->n] = before;
	if (before < 0)
		apart_start(&t->data, "--data", fd, t->n);
	else
		apart_start(&t->data, "--data-after", fd, t->n + 1);
	CU_ASSERT_TRUE_FATAL(apart_attach(&t->r, t->fd, t->n, t->data.gone));
	CU_ASSERT_EQUAL(dp_workers(t->r.dp), workers);
	port = apart_open_udp(t->r.dp, "127.0.0.1:0");
	CU_ASSERT_TRUE_FATAL(port >= 0);
	t->port = t->r.port = (unsigned)port;
	t->peer = apart_peer_of(t->r.dp, t->port);
	data_side_say(t->peer, sccrq);
	CU_ASSERT_TRUE_FATAL(rig_wait_lines(&t->r, 2));
	CU_ASSERT_EQUAL_FATAL(sscanf(t->r.line[0].text, "up %u", &handle), 1);
	t->channel = rig_channel(&t->r, handle);
}

static void data_side_up(struct two *t, unsigned workers)
{
	data_side_up_after(t, workers, -1);
}

static void data_side_down(struct two *t)
{
	for (unsigned i = 0; i < t->n; i++)
		close(t->fd[i]);
	close(t->peer);
	apart_detach(&t->r);
	apart_free(&t->data);
}

static struct dp_call data_side_call(const struct two *t)
{
	return (struct dp_call){.tid = 2,
				.sid = 3,
				.channel = t->channel,
				.data = {.peer_tid = 0x0a0b, .peer_sid = 0x0c0d},
				.mode = DP_TERMINAL,
				.ff03 = true,
				.mtu = 1400,
				.echo = true,
				.our_magic = 0x11223344,
				.peer_magic = 0xa1a2a3a4};
}

#define IN  "0002 0002 0003 ff03 "
#define OUT "0002 0a0b 0c0d ff03 "

/* A call's frames both ways: up to control, out by it, and what data answers itself. */
static void data_side_do_call(struct two *t)
{
	static const uint8_t frame[] = {0x80, 0x21, 1, 2, 0, 4};
	struct dp_call c = data_side_call(t);
	struct dp_call_stats st;
	struct ist_addr peer;

	CU_ASSERT(!strncmp(t->r.line[1].text, "control ", 8) && t->r.line[1].len == 16);
	CU_ASSERT(dp_channel_peer(t->r.dp, t->channel, &peer) && peer.len);
	CU_ASSERT_EQUAL(dp_call_set(t->r.dp, &c), 0);
	/* Both behind the entry, without a wait for it. */
	CU_ASSERT_TRUE(dp_ppp_send(t->r.dp, 2, 3, frame, sizeof(frame)));
	data_side_hears(t->peer, OUT "8021 01020004");
	CU_ASSERT_EQUAL(dp_send(t->r.dp, t->channel, (const uint8_t *)"abc", 3, 0, 0),
			L2TP_TX_TAKEN);
	data_side_hears(t->peer, "616263");
	data_side_say(t->peer, IN "8021 0105000400");
	CU_ASSERT_TRUE_FATAL(rig_wait_lines(&t->r, 3));
	CU_ASSERT_STRING_EQUAL(t->r.line[2].text, "ppp 2/3");
	data_side_say(t->peer, IN "c021 09070008 a1a2a3a4");
	data_side_hears(t->peer, "0102 0a0b 0c0d ff03 c021 0a070008 11223344");
	CU_ASSERT_TRUE_FATAL(dp_call_stats(t->r.dp, 2, 3, &st));
	CU_ASSERT(st.rx_frames == 2 && st.tx_frames == 2 && st.drops == 0);
	CU_ASSERT(dp_tunnel_heard(t->r.dp, 2) > 0);
	dp_call_del(t->r.dp, 2, 3);
	dp_flush(t->r.dp);
	data_side_say(t->peer, IN "8021 0105000400");
	CU_ASSERT_TRUE(rig_wait_reason(&t->r, DP_R_NO_CALL, 1));
	CU_ASSERT_FALSE(dp_call_stats(t->r.dp, 2, 3, &st));
}

static void a_call_goes_through_two_processes(void)
{
	for (unsigned workers = 1; workers < 3; workers++) {
		struct two t;

		data_side_up(&t, workers);
		data_side_do_call(&t);
		dp_port_close(t.r.dp, t.port);
		CU_ASSERT_EQUAL(apart_end(&t.data), 0);
		data_side_down(&t);
	}
}

static bool data_side_is_gone(struct rig *r, void *arg)
{
	(void)arg;
	return r->n_line && !strncmp(r->line[r->n_line - 1].text, "gone ", 5);
}

/* Nothing that control does then waits for ever, or crashes. */
static void data_side_ask_all(struct two *t)
{
	const struct ist_cause why = {.kind = IST_CAUSE_LOCAL};
	const struct ist_addr to = {.len = 1};
	struct dp_call c = data_side_call(t);
	uint64_t counts[2] = {3, 3};
	l2tp_channel channel;
	char text[64];

	CU_ASSERT_EQUAL(dp_port_status(t->r.dp, t->port, text, sizeof(text)), -EPIPE);
	CU_ASSERT_EQUAL(dp_connect(t->r.dp, t->port, &to, NULL, IST_PAYLOAD_L2TP, &channel),
			-EPIPE);
	CU_ASSERT_EQUAL(dp_call_set(t->r.dp, &c), -EPIPE);
	CU_ASSERT_FALSE(dp_tun_open(t->r.dp, "x", 1500, DP_TUN_OFFLOADS, text, sizeof(text)));
	CU_ASSERT_EQUAL(apart_open_udp(t->r.dp, "127.0.0.1:0"), -EPIPE);
	dp_port_count(t->r.dp, t->port, counts, 2);
	CU_ASSERT(!counts[0] && !counts[1]);
	for (unsigned i = 0; i < 20000; i++) /* more than the mailbox holds */
		dp_disconnect(t->r.dp, t->channel, &why);
	dp_flush(t->r.dp);
	dp_port_close(t->r.dp, t->port);
	dp_poll(t->r.dp);
}

static void data_is_killed(void)
{
	struct two t;

	data_side_up(&t, 1);
	apart_kill(&t.data);
	CU_ASSERT_TRUE(rig_wait(&t.r, data_side_is_gone, NULL));
	data_side_ask_all(&t);
	CU_ASSERT_EQUAL(t.r.n_line, 3); /* told once */
	data_side_down(&t);
}

/* Killed while control waits for an answer. */
static void data_is_killed_in_a_question(void)
{
	char text[64];
	struct two t;

	data_side_up(&t, 1);
	kill(t.data.pid, SIGSTOP);
	CU_ASSERT_EQUAL(waitpid(t.data.pid, NULL, WUNTRACED), t.data.pid); /* it has stopped */
	apart_kill_soon(&t.data);
	CU_ASSERT_EQUAL(dp_port_status(t.r.dp, t.port, text, sizeof(text)), -EPIPE);
	apart_reap(&t.data);
	CU_ASSERT_EQUAL(wait(NULL) > 0, true); /* for the killer */
	data_side_down(&t);
}

/* --- the next one goes on ---------------------------------------------------------------------- */

static struct dp_call data_side_sequenced(const struct two *t, bool lns)
{
	struct dp_call c = data_side_call(t);

	c.data.lns = lns;
	c.data.send_seq = lns;
	return c;
}

static void data_side_echo(struct two *t, unsigned theirs, unsigned ours)
{
	char say[80], hear[80];

	snprintf(say, sizeof(say), "0802 0002 0003 %04x 0000 ff03 c021 09070008 a1a2a3a4", theirs);
	snprintf(hear, sizeof(hear), "0902 0a0b 0c0d %04x 0000 ff03 c021 0a070008 11223344", ours);
	data_side_say(t->peer, say);
	data_side_hears(t->peer, hear);
}

/* RFC 2661 5.4: Ns rises by one with each message.  Both sides go on where they were; the two that
 * the peer has sent meanwhile are lost. */
static void data_side_goes_on(bool lns)
{
	static const uint8_t frame[] = {0x80, 0x21, 1, 2, 0, 4};
	struct dp_call_stats st;
	struct dp_counters n;
	struct two first, next;
	struct dp_call c;

	data_side_up(&first, 1);
	c = data_side_sequenced(&first, lns);
	CU_ASSERT_EQUAL_FATAL(dp_call_set(first.r.dp, &c), 0);
	dp_flush(first.r.dp);
	for (unsigned i = 0; i < 3; i++)
		data_side_echo(&first, i, i);
	CU_ASSERT_TRUE(dp_ppp_send(first.r.dp, 2, 3, frame, sizeof(frame)));
	data_side_hears(first.peer, "0802 0a0b 0c0d 0003 0000 ff03 8021 01020004");
	apart_kill(&first.data);
	data_side_up_after(&next, 1, first.fd[0]);
	c = data_side_sequenced(&next, lns);
	CU_ASSERT_EQUAL_FATAL(dp_call_set(next.r.dp, &c), 0);
	dp_attached(next.r.dp);
	CU_ASSERT_TRUE_FATAL(dp_call_stats(next.r.dp, 2, 3, &st));
	CU_ASSERT(st.rx_frames == 3 && st.tx_frames == 4 && st.sending_seq);
	data_side_echo(&next, 5, 4);
	CU_ASSERT_TRUE_FATAL(dp_call_stats(next.r.dp, 2, 3, &st));
	CU_ASSERT(st.rx_frames == 4 && st.tx_frames == 5 && st.seq_lost == 2 && !st.seq_late);
	dp_count(next.r.dp, &n);
	CU_ASSERT(n.deaths == 1 && n.rx_frames == 4 && n.echoes == 4);
	/* With the mark all that was left has gone: a later call with these ids is a new one. */
	dp_call_del(next.r.dp, 2, 3);
	CU_ASSERT_EQUAL_FATAL(dp_call_set(next.r.dp, &c), 0);
	dp_flush(next.r.dp);
	data_side_echo(&next, 0, 0);
	CU_ASSERT_EQUAL(apart_end(&next.data), 0);
	data_side_down(&first);
	data_side_down(&next);
}

static void a_sequenced_call_goes_on(void)
{
	data_side_goes_on(true);
	data_side_goes_on(false);
}

static void no_data_side(void)
{
	struct rig r;
	int fd[DP_DOOR_FDS], pipe_fd[2];
	unsigned n = dp_door_new(1, fd);

	CU_ASSERT_EQUAL_FATAL(n, 5);
	CU_ASSERT_FATAL(!pipe(pipe_fd));
	close(pipe_fd[1]);
	CU_ASSERT_FALSE(apart_attach(&r, fd, n, pipe_fd[0])); /* it has gone already */
	apart_detach(&r);
	close(pipe_fd[0]);
	for (unsigned i = 0; i < n; i++)
		close(fd[i]);
}

static const struct test_case cases[] = {
	{"a_call_goes_through_two_processes", a_call_goes_through_two_processes},
	{"data_is_killed", data_is_killed},
	{"data_is_killed_in_a_question", data_is_killed_in_a_question},
	{"a_sequenced_call_goes_on", a_sequenced_call_goes_on},
	{"no_data_side", no_data_side},
	{NULL, NULL},
};
const struct test_suite suite_data_side = {"data_side", cases};
