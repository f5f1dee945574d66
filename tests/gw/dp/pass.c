/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/gw/dp/pass.h"

#include "core/bytes.h"
#include "gw/dp/hand.h"
#include "tests/harness.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

const struct ist_transport *const pass_known[] = {&fake_flow, &fake_udp, &fake_frozen, NULL};

void pass_door(struct pass *p, int fd[DOOR_FDS], unsigned *n)
{
	*n = door_fds(p->door, fd);
	for (unsigned i = 0; i < *n; i++)
		fd[i] = dup(fd[i]);
}

void pass_attach(struct pass *p)
{
	int fd[DOOR_FDS];
	unsigned n;

	pass_door(p, fd, &n);
	p->r.dp = dp_attach(fd, n, -1, p->ops ? p->ops : &rig_ops, &p->r);
	CU_ASSERT_PTR_NOT_NULL_FATAL(p->r.dp);
	p->r.fake->dp = p->r.dp;
}

int pass_port(struct pass *p, const struct ist_transport *t, const char *name)
{
	const struct ist_port_config cfg = {.size = sizeof(cfg), .name = name};
	char err[64];

	fake_next(p->r.fake);
	return dp_port_open(p->r.dp, t, &cfg, err, sizeof(err));
}

void pass_begin(struct pass *p, unsigned workers, const struct ist_transport *t)
{
	int port;

	memset(p, 0, sizeof(*p));
	p->r.begin = dp_now();
	p->r.line = calloc(FAKE_LINES, sizeof(p->r.line[0]));
	p->r.fake = fake_new();
	p->door = door_new(workers);
	CU_ASSERT_PTR_NOT_NULL_FATAL(p->door);
	p->data = data_new(p->door, true);
	CU_ASSERT_PTR_NOT_NULL_FATAL(p->data);
	p->first = true;
	for (unsigned i = 0; pass_known[i]; i++)
		CU_ASSERT_TRUE_FATAL(data_know(p->data, pass_known[i]));
	CU_ASSERT_TRUE_FATAL(data_start_thread(p->data));
	pass_attach(p);
	port = pass_port(p, t, "p");
	CU_ASSERT_TRUE_FATAL(port >= 0);
	p->r.port = (unsigned)port;
}

static void pass_drop(struct pass *p)
{
	if (p->first)
		data_free(p->data);
	else
		dp_data_stop(p->data);
	p->first = false;
}

void pass_end(struct pass *p)
{
	if (p->r.dp)
		dp_free(p->r.dp);
	pass_drop(p);
	door_free(p->door);
	fake_free(p->r.fake);
	free(p->r.line);
}

void pass_taken(struct pass *p, struct data *data)
{
	pass_drop(p);
	p->data = data;
}

/* --- the hand-over ------------------------------------------------------------------------------ */

/* The old one is a thread here, since the new one is freed by the thread that has made it. */
struct old_side {
	struct data *data;
	int sock, rc;
};

static void *pass_old(void *arg)
{
	struct old_side *o = arg;

	o->rc = dp_data_hand_over(&o->data, o->sock);
	return NULL;
}

/* 0: it is the new one that serves now. */
int pass_on_to(struct pass *p, const struct ist_transport *const *transports)
{
	struct old_side o = {.data = p->data};
	int s[2], fd[DOOR_FDS], rc;
	pthread_t thread;
	struct data *data;
	unsigned n;

	CU_ASSERT_FATAL(!socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, s));
	pass_door(p, fd, &n);
	data = dp_data_stand_by(fd, n, transports);
	CU_ASSERT_PTR_NOT_NULL_FATAL(data);
	o.sock = s[0];
	CU_ASSERT_FATAL(!pthread_create(&thread, NULL, pass_old, &o));
	rc = dp_data_take_over(data, s[1]);
	close(s[1]);
	pthread_join(thread, NULL);
	close(s[0]);
	CU_ASSERT_EQUAL(!rc, !o.rc);
	if (rc) {
		dp_data_stop(data);
		return rc;
	}
	pass_taken(p, data);
	return 0;
}

void pass_on(struct pass *p)
{
	CU_ASSERT_EQUAL_FATAL(pass_on_to(p, pass_known), 0);
}

/* --- what is seen ------------------------------------------------------------------------------- */

void pass_line_is(struct pass *p, unsigned i, const char *want)
{
	CU_ASSERT_TRUE_FATAL(rig_wait_lines(&p->r, i + 1));
	CU_ASSERT_STRING_EQUAL(p->r.line[i].text, want);
}

void pass_no_more_lines(struct pass *p, unsigned n)
{
	rig_settle(&p->r);
	CU_ASSERT_EQUAL(p->r.n_line, n);
}

void pass_begin_up(struct pass *p, const struct ist_transport *t)
{
	pass_begin(p, 2, t);
	fake_say(p->r.fake, FAKE_UP, 7);
	pass_line_is(p, 0, "up 7 - 31101234/77");
}

const char pass_echo[] = "0002 0002 0003 ff03 c021 0907 0008 00000000";

struct dp_call pass_call_of(const struct pass *p)
{
	return (struct dp_call){
		.tid = 2,
		.sid = 3,
		.channel = rig_channel(&p->r, 7),
		.data = {.peer_tid = 0x0a0b, .peer_sid = 0x0c0d, .lns = true, .send_seq = true},
		.mode = DP_PUNT,
		.echo = true,
		.mtu = 1400};
}

void pass_call(struct pass *p)
{
	struct dp_call c = pass_call_of(p);

	CU_ASSERT_EQUAL_FATAL(dp_call_set(p->r.dp, &c), 0);
}

/* Data answers an LCP echo of the call. */
void pass_echoes(struct pass *p, unsigned i, unsigned ns)
{
	fake_hex(p->r.fake, 7, pass_echo);
	CU_ASSERT_TRUE_FATAL(rig_wait_sent(&p->r, i + 1));
	CU_ASSERT_EQUAL(p->r.fake->sent[i].octets[7], ns);
}
