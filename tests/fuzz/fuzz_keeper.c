/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a process may send to keeper, and keeper to a process.  The first octet says which of the
 * two sockets a packet takes and how many descriptors come with it; the rest is the packet.  Keeper
 * must still hold what is not the process's own, and nothing under a name that is not the
 * process's.
 */
#define _GNU_SOURCE
#include "gw/keeper/keeper_body.h"
#include "gw/keeper/keeper_int.h"

#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void fuzz_keeper_check(bool ok)
{
	if (!ok)
		abort();
}

static void fuzz_keeper_log(enum keeper_level level, const char *words)
{
	(void)level;
	fuzz_keeper_check(words[0] != '\0');
}

static void fuzz_keeper_bodies(const uint8_t *data, size_t size)
{
	struct keeper_process p[KEEPER_PROCESSES_MAX];
	uint8_t buf[sizeof(struct keeper_go)];
	struct wr w = wr_init(buf, sizeof(buf));
	struct keeper_progress progress;
	struct keeper_go go, again;

	if (keeper_get_go(data, size, &go)) {
		keeper_put_go(&w, &go);
		fuzz_keeper_check(!w.bad && w.len == size && keeper_get_go(buf, w.len, &again));
		fuzz_keeper_check(!strcmp(go.why, again.why));
	}
	keeper_get_progress(data, size, &progress);
	fuzz_keeper_check(progress.steps <= KEEPER_STEPS_MAX);
	fuzz_keeper_check(keeper_get_processes(data, size, p) <= KEEPER_PROCESSES_MAX);
}

static void fuzz_keeper_send(int sock, const uint8_t *data, size_t size, unsigned fds)
{
	union {
		char room[CMSG_SPACE(3 * sizeof(int))];
		struct cmsghdr align;
	} a = {.room = {0}};
	struct iovec iov = {(void *)data, size};
	struct msghdr h = {.msg_iov = &iov, .msg_iovlen = 1};

	if (fds) {
		h.msg_control = a.room;
		h.msg_controllen = CMSG_SPACE(fds * sizeof(int));
		a.align.cmsg_level = SOL_SOCKET;
		a.align.cmsg_type = SCM_RIGHTS;
		a.align.cmsg_len = CMSG_LEN(fds * sizeof(int));
		for (unsigned i = 0; i < fds; i++)
			memcpy(CMSG_DATA(&a.align) + i * sizeof(int), &sock, sizeof(sock));
	}
	sendmsg(sock, &h, MSG_NOSIGNAL);
}

static void fuzz_keeper_held(const struct keeper *k)
{
	fuzz_keeper_check(keeper_fds_find(&k->held, "all/door") >= 0);
	fuzz_keeper_check(keeper_fds_find(&k->held, "control/vty") >= 0);
	for (unsigned i = 2; i < k->held.n; i++)
		fuzz_keeper_check(!strncmp(k->held.at[i].name, "data/", 5));
}

static void fuzz_keeper_close(int fd)
{
	if (fd >= 0)
		close(fd);
}

static void fuzz_keeper_serve(const uint8_t *data, size_t size, bool ask, unsigned fds)
{
	static const struct keeper_config c = {.log = fuzz_keeper_log};
	struct keeper k = {.cfg = &c,
			   .store = {.sock = -1},
			   .program = {.fd = -1},
			   .upgrade = {.other = {.fd = -1}}};
	struct keeper_proc *p = &k.proc[KEEPER_DATA];
	int n[2], a[2];

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_NONBLOCK, 0, n) < 0 ||
	    socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_NONBLOCK, 0, a) < 0)
		abort();
	for (unsigned i = 0; i < KEEPER_PROCS; i++)
		keeper_no_process(&k.proc[i], i == KEEPER_CONTROL ? KEEPER_CONTROL : KEEPER_DATA);
	p->notice = n[0];
	p->ask = a[0];
	child_started(&p->child, 0, 0);
	keeper_fds_put(&k.held, "all/door", dup(n[0]));
	keeper_fds_put(&k.held, "control/vty", dup(n[0]));
	fuzz_keeper_send(ask ? a[1] : n[1], data, size, fds);
	keeper_serve_notice(&k, p);
	keeper_serve_ask(&k, p);
	fuzz_keeper_held(&k);
	keeper_fds_free(&k.held);
	fuzz_keeper_close(p->notice);
	fuzz_keeper_close(p->ask);
	close(n[1]);
	close(a[1]);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size < 1 || size > KEEPER_MSG_MAX + 2)
		return 0;
	fuzz_keeper_bodies(data + 1, size - 1);
	fuzz_keeper_serve(data + 1, size - 1, data[0] & 1, data[0] >> 1 & 3);
	return 0;
}
