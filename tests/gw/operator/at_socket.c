/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/gw/operator/at_socket.h"

#include "gw/operator/operator.h"
#include "tests/gw/bench.h"
#include <errno.h>
#include <osmocom/core/select.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

char at_socket_folder[32], at_socket_path[80], at_socket_said[16384];

void at_socket_begin(void)
{
	char conf[200];

	strcpy(at_socket_folder, "/tmp/isthmus-test-XXXXXX");
	CU_ASSERT_PTR_NOT_NULL_FATAL(mkdtemp(at_socket_folder));
	snprintf(at_socket_path, sizeof(at_socket_path), "%s/room/vty", at_socket_folder);
	snprintf(conf, sizeof(conf),
		 "host-name = gw\nudp a { listen = \"192.0.2.1:1701\" }\nvty { socket = \"%s\" }\n",
		 at_socket_path);
	bench_start(conf);
	CU_ASSERT_EQUAL_FATAL(vty_start(bench.gw, bench_talloc()), 0);
}

void at_socket_end(void)
{
	vty_stop();
	CU_ASSERT_EQUAL(access(at_socket_path, F_OK), -1);
	bench_stop();
	*strrchr(at_socket_path, '/') = '\0';
	rmdir(at_socket_path);
	CU_ASSERT_EQUAL(rmdir(at_socket_folder), 0);
}

void at_socket_turns(unsigned n)
{
	while (n--)
		osmo_select_main(1);
}

int at_socket_connect(void)
{
	struct sockaddr_un sun = {.sun_family = AF_UNIX};
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0);

	strcpy(sun.sun_path, at_socket_path);
	CU_ASSERT_EQUAL(connect(fd, (struct sockaddr *)&sun, sizeof(sun)), 0);
	return fd;
}

void at_socket_connect_all(int *fd, unsigned n)
{
	for (unsigned i = 0; i < n; i++) {
		fd[i] = at_socket_connect();
		at_socket_turns(2);
	}
}

void at_socket_close_all(const int *fd, unsigned n)
{
	for (unsigned i = 0; i < n; i++)
		close(fd[i]);
	at_socket_turns(4);
}

/* Everything at_socket_said so far; -1 = closed. */
int at_socket_read(int fd)
{
	size_t n = 0;
	ssize_t got;

	while ((got = read(fd, at_socket_said + n, sizeof(at_socket_said) - 1 - n)) > 0)
		n += (size_t)got;
	at_socket_said[n] = '\0';
	return got == 0 || errno == ECONNRESET ? -1 : (int)n;
}

void at_socket_ask(int fd, const char *text)
{
	CU_ASSERT_EQUAL(write(fd, text, strlen(text)), (ssize_t)strlen(text));
	at_socket_turns(4);
}
