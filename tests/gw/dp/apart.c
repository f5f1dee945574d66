/* SPDX-License-Identifier: GPL-2.0-or-later */
#define _GNU_SOURCE /* pipe2 */
#include "tests/gw/dp/apart.h"

#include "tests/harness.h"
#include "transports/udp/udp.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#define APART_ARGS (DP_DOOR_FDS + 4)

/* --- this program as another process ---------------------------------------------------------- */

/* argv: the role, the end to read, then the door. */
static unsigned apart_fds(int argc, char **argv, int fd[DP_DOOR_FDS])
{
	unsigned n = 0;

	for (int i = 3; i < argc && n < DP_DOOR_FDS; i++)
		fd[n++] = atoi(argv[i]);
	return n;
}

static void apart_wait(int end)
{
	char c;

	while (read(end, &c, 1) > 0)
		;
}

static int apart_data(int end, const int *fd, unsigned n, int before)
{
	static const struct ist_transport *const known[] = {&udp_transport, NULL};
	struct data *data = dp_data_start(fd, n, before, known);

	if (!data)
		return 1;
	apart_wait(end);
	dp_data_stop(data);
	return 0;
}

int apart_main(int argc, char **argv)
{
	int fd[DP_DOOR_FDS];
	unsigned n;

	if (argc < 4 || strncmp(argv[1], "--data", 6) != 0)
		return -1;
	n = apart_fds(argc, argv, fd);
	if (!strcmp(argv[1], "--data-after"))
		return apart_data(atoi(argv[2]), fd, n - 1, fd[n - 1]);
	return apart_data(atoi(argv[2]), fd, n, -1);
}

static void apart_exec(const char *role, int end, const int *fd, unsigned n)
{
	char text[APART_ARGS][16],
		*argv[APART_ARGS] = {(char *)"unit-dataplane", (char *)role, text[0]};
	unsigned i;

	snprintf(text[0], sizeof(text[0]), "%d", end);
	for (i = 0; i < n; i++) {
		snprintf(text[i + 1], sizeof(text[0]), "%d", fd[i]);
		argv[i + 3] = text[i + 1];
		fcntl(fd[i], F_SETFD, 0);
	}
	fcntl(end, F_SETFD, 0);
	execv("/proc/self/exe", argv);
	_exit(127);
}

void apart_start(struct apart *a, const char *role, const int *fd, unsigned n)
{
	int end[2], gone[2];

	CU_ASSERT_FATAL(!pipe2(end, O_CLOEXEC) && !pipe2(gone, O_CLOEXEC));
	a->pid = fork();
	CU_ASSERT_FATAL(a->pid >= 0);
	if (!a->pid) {
		fcntl(gone[1], F_SETFD, 0);
		apart_exec(role, end[0], fd, n);
	}
	close(end[0]);
	close(gone[1]);
	a->end = end[1];
	a->gone = gone[0];
}

static int apart_wait_for(struct apart *a)
{
	int status = -1;

	CU_ASSERT_EQUAL(waitpid(a->pid, &status, 0), a->pid);
	return status;
}

void apart_reap(struct apart *a)
{
	int status = apart_wait_for(a);

	CU_ASSERT(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
}

void apart_kill(struct apart *a)
{
	kill(a->pid, SIGKILL);
	apart_reap(a);
}

/* Not by a thread: none of this program's is to be there when it forks again. */
void apart_kill_soon(const struct apart *a)
{
	pid_t killer = fork();

	if (killer)
		return;
	usleep(100000);
	kill(a->pid, SIGKILL);
	_exit(0);
}

int apart_end(struct apart *a)
{
	int status;

	close(a->end);
	a->end = -1;
	status = apart_wait_for(a);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

void apart_free(struct apart *a)
{
	if (a->end >= 0)
		close(a->end);
	close(a->gone);
}

/* --- control ---------------------------------------------------------------------------------- */

static void apart_on_gone(void *ctx, const char *why, uint64_t now)
{
	struct rig *r = ctx;

	(void)now;
	snprintf(r->line[r->n_line++].text, sizeof(r->line[0].text), "gone %s", why);
}

bool apart_attach(struct rig *r, const int *fd, unsigned n, int gone)
{
	int copy[DP_DOOR_FDS];
	struct dp_ops ops;

	memset(r, 0, sizeof(*r));
	r->begin = dp_now() - 10000000; /* what data has may be older than this control */
	r->line = calloc(FAKE_LINES, sizeof(r->line[0]));
	r->fake = fake_new();
	for (unsigned i = 0; i < n; i++)
		copy[i] = fcntl(fd[i], F_DUPFD_CLOEXEC, 0);
	ops = rig_ops;
	ops.gone = apart_on_gone;
	r->dp = dp_attach(copy, n, gone, &ops, r);
	return r->dp;
}

void apart_detach(struct rig *r)
{
	if (r->dp)
		dp_free(r->dp);
	fake_free(r->fake);
	free(r->line);
}

int apart_open_udp(struct dp *dp, const char *listen)
{
	const struct ist_setting setting[] = {{"listen", listen},
					      {"dial-port", "listen"},
					      {"max-channels", "65536"},
					      {"rcvbuf", "1000000"}};
	const struct ist_port_config cfg = {
		.size = sizeof(cfg), .name = "wan", .setting = setting, .settings = 4};
	char err[128];
	int port = dp_port_open(dp, &udp_transport, &cfg, err, sizeof(err));

	if (port < 0)
		printf("\n      %s\n", err);
	return port;
}

int apart_peer_of(struct dp *dp, unsigned port)
{
	struct sockaddr_in to = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	int s = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	char status[128];
	unsigned number;

	dp_port_status(dp, port, status, sizeof(status));
	CU_ASSERT_FATAL(sscanf(strstr(status, "127.0.0.1:") ? strstr(status, "127.0.0.1:") : "",
			       "127.0.0.1:%u", &number) == 1);
	to.sin_port = htons((uint16_t)number);
	CU_ASSERT_FATAL(s >= 0 && !connect(s, (struct sockaddr *)&to, sizeof(to)));
	return s;
}
