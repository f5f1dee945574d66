/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a hand-over of the data side costs: calls are set, another data side of this program takes
 * them over, and the longest time is told in which no worker has run.
 *
 *   handbench [CALLS [WORKERS]]     60,000 calls on 2 workers
 */
#include "config.h" /* first: GNU extensions */

#include "gw/dp/data.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define HANDBENCH_TUNNEL 600u /* calls of one */
#define HANDBENCH_ROUNDS 5u

/* --- a transport that is never at rest ---------------------------------------------------------- */

struct ist_port {
	const struct ist_host *host;
	void *ctx;
};

static struct ist_port port;
static _Atomic uint64_t last, longest;

static int handbench_open(struct ist_port **out, const struct ist_host *host, void *ctx,
			  const struct ist_port_config *cfg, char *err, size_t err_len)
{
	(void)cfg;
	(void)err;
	(void)err_len;
	port = (struct ist_port){host, ctx};
	*out = &port;
	host->wake(ctx);
	return 0;
}

static void handbench_close(struct ist_port *p)
{
	(void)p;
}

static void handbench_on_wake(struct ist_port *p)
{
	uint64_t now = dp_now(), since = now - last;

	if (last && since > longest)
		longest = since;
	last = now;
	p->host->wake(p->ctx);
}

static int handbench_send(struct ist_port *p, const struct ist_frame *f, unsigned n)
{
	(void)p;
	(void)f;
	return (int)n;
}

static int handbench_connect(struct ist_port *p, const struct ist_addr *to, uint8_t payload,
			     const struct ist_attrs *a, ist_channel *out)
{
	(void)p;
	(void)payload;
	(void)a;
	*out = to->data[0];
	return 0;
}

static int handbench_freeze(struct ist_port *p, struct ist_frozen *f)
{
	(void)p;
	f->len = f->fds = 0;
	return 0;
}

static int handbench_thaw(struct ist_port **out, const struct ist_host *host, void *ctx,
			  const struct ist_port_config *cfg, struct ist_frozen *f, char *err,
			  size_t err_len)
{
	(void)f;
	return handbench_open(out, host, ctx, cfg, err, err_len);
}

static const struct ist_transport transport = {
	.abi = IST_TRANSPORT_ABI,
	.size = sizeof(struct ist_transport),
	.name = "handbench",
	.caps = IST_CAP_L2TP,
	.open = handbench_open,
	.close = handbench_close,
	.send = handbench_send,
	.connect = handbench_connect,
	.on_wake = handbench_on_wake,
	.freeze = handbench_freeze,
	.thaw = handbench_thaw,
};
static const struct ist_transport *const known[] = {&transport, NULL};

/* --- calls -------------------------------------------------------------------------------------- */

static void handbench_fail(const char *what)
{
	fprintf(stderr, "handbench: %s\n", what);
	exit(1);
}

static void handbench_door(struct door *d, int fd[DOOR_FDS], unsigned *n)
{
	*n = door_fds(d, fd);
	for (unsigned i = 0; i < *n; i++)
		fd[i] = dup(fd[i]);
}

static void handbench_calls(struct dp *dp, unsigned calls)
{
	const struct ist_port_config cfg = {.size = sizeof(cfg), .name = "p"};
	const struct ist_addr to = {.len = 1, .data = {7}};
	l2tp_channel channel;
	char err[80];
	int no = dp_port_open(dp, &transport, &cfg, err, sizeof(err));

	if (no < 0 || dp_connect(dp, (unsigned)no, &to, NULL, IST_PAYLOAD_L2TP, &channel))
		handbench_fail("no port");
	for (unsigned i = 0; i < calls; i++) {
		struct dp_call c = {
			.tid = (uint16_t)(1 + i / HANDBENCH_TUNNEL),
			.sid = (uint16_t)(1 + i % HANDBENCH_TUNNEL),
			.channel = channel,
			.data = {.peer_tid = 1, .peer_sid = 1, .lns = true, .send_seq = true},
			.mode = DP_PUNT,
			.mtu = 1400,
		};

		if (dp_call_set(dp, &c))
			handbench_fail("a call could not be set");
	}
	dp_flush(dp);
}

/* --- the hand-over ------------------------------------------------------------------------------ */

struct old_side {
	struct data *data;
	int sock, rc;
};

static void *handbench_old(void *arg)
{
	struct old_side *o = arg;

	o->rc = dp_data_hand_over(&o->data, o->sock);
	return NULL;
}

static struct data *handbench_pass(struct door *d, struct data *data)
{
	struct old_side o = {.data = data};
	int s[2], fd[DOOR_FDS];
	pthread_t thread;
	uint64_t begin;
	struct data *to;
	unsigned n;

	if (socketpair(AF_UNIX, SOCK_SEQPACKET, 0, s))
		handbench_fail("no sockets");
	handbench_door(d, fd, &n);
	to = dp_data_stand_by(fd, n, known);
	if (!to)
		handbench_fail("no memory");
	o.sock = s[0];
	longest = 0;
	begin = dp_now();
	if (pthread_create(&thread, NULL, handbench_old, &o) || dp_data_take_over(to, s[1]))
		handbench_fail("it was not taken over");
	begin = dp_now() - begin;
	pthread_join(thread, NULL);
	usleep(1000);
	printf("%7.1f ms without a turn of the workers, %7.1f ms in all\n", (double)longest / 1000,
	       (double)begin / 1000);
	close(s[0]);
	close(s[1]);
	return to;
}

int main(int argc, char **argv)
{
	unsigned calls = argc > 1 ? (unsigned)atoi(argv[1]) : 60000;
	struct door *d = door_new(argc > 2 ? (unsigned)atoi(argv[2]) : 2);
	struct data *data = d ? data_new(d, true) : NULL;
	static const struct dp_ops ops = {0};
	int fd[DOOR_FDS];
	struct dp *dp;
	unsigned n;

	if (!data || !data_know(data, &transport) || !data_start_thread(data))
		handbench_fail("no memory");
	handbench_door(d, fd, &n);
	dp = dp_attach(fd, n, -1, &ops, NULL);
	if (!dp)
		handbench_fail("no control");
	handbench_calls(dp, calls);
	printf("%u calls:\n", calls);
	for (unsigned i = 0; i < HANDBENCH_ROUNDS; i++)
		data = handbench_pass(d, data);
	return 0; /* as the old one does: nothing is closed */
}
