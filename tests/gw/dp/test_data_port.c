/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Ports and what another process holds for them. */
#include "tests/gw/dp/pass.h"
#include "tests/harness.h"
#include "transports/kit/opening.h"
#include "transports/udp/udp.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* Another process opens, and holds what it has opened for the next life of data: of a port with a
 * number of its own two sockets, one for control. */
static struct {
	unsigned n;
	struct {
		struct ist_open what;
		int fd;
	} at[2];
} held;

static int opens_and_holds(void *ctx, const struct ist_open *what)
{
	int fd = opening_here(what);

	(void)ctx;
	if (fd < 0)
		return fd;
	CU_ASSERT_FATAL(held.n < 2);
	held.at[held.n].what = *what;
	held.at[held.n++].fd = dup(fd);
	return fd;
}

static void released(void *ctx, const struct ist_open *what)
{
	unsigned i = 0;

	(void)ctx;
	while (i < held.n && memcmp(what, &held.at[i].what, sizeof(*what)) != 0)
		i++;
	CU_ASSERT_FATAL(i < held.n);
	close(held.at[i].fd);
	held.at[i] = held.at[--held.n];
}

static int udp_at(struct pass *p, const char *at, const char *rcvbuf)
{
	const struct ist_setting s[] = {{"listen", at},
					{"dial-port", "listen"},
					{"max-channels", "100"},
					{"rcvbuf", rcvbuf}};
	const struct ist_port_config cfg = {
		.size = sizeof(cfg), .name = "wan", .setting = s, .settings = 4};
	char err[128] = "";
	int no = dp_port_open(p->r.dp, &udp_transport, &cfg, err, sizeof(err));

	if (no < 0)
		printf("\n      %s\n", err);
	return no;
}

/* The address of a port with other settings is free when the one before is closed, and so is that
 * of a port which nobody wants any more. */
static void the_address_of_a_closed_port_is_free(void)
{
	struct sockaddr_in at = {0};
	socklen_t len = sizeof(at);
	char text[40];
	struct pass p;
	int no;

	held.n = 0;
	pass_begin(&p, 1, &fake_flow);
	CU_ASSERT_TRUE(data_know(p.data, &udp_transport));
	dp_open_by(opens_and_holds, NULL);
	dp_released_to(released, NULL);
	no = udp_at(&p, "127.0.0.1:0", "1000000");
	CU_ASSERT_TRUE_FATAL(no >= 0);
	CU_ASSERT_EQUAL_FATAL(held.n, 1);
	CU_ASSERT_FATAL(!getsockname(held.at[0].fd, (struct sockaddr *)&at, &len));
	snprintf(text, sizeof(text), "127.0.0.1:%u", ntohs(at.sin_port));
	dp_port_close(p.r.dp, (unsigned)no);
	CU_ASSERT_EQUAL(held.n, 0);
	CU_ASSERT_TRUE_FATAL(udp_at(&p, text, "1000000") >= 0);
	dp_free(p.r.dp);
	pass_attach(&p);
	CU_ASSERT_TRUE(udp_at(&p, text, "2000000") >= 0);
	dp_free(p.r.dp);
	CU_ASSERT_EQUAL(held.n, 2); /* data goes on with them */
	pass_attach(&p);
	dp_attached(p.r.dp); /* this life does not want it */
	CU_ASSERT_EQUAL(held.n, 0);
	dp_open_by(NULL, NULL);
	dp_released_to(NULL, NULL);
	pass_end(&p);
}

static const struct test_case cases[] = {
	{"the_address_of_a_closed_port_is_free", the_address_of_a_closed_port_is_free},
	{NULL, NULL},
};
const struct test_suite suite_data_port = {"data_port", cases};
