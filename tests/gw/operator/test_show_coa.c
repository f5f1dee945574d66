/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is shown of requests for changes of log-ins. */
#include "gw/aaa/radius/coa_server.h"
#include "tests/gw/operator/says.h"

#include <arpa/inet.h>
#include <osmocom/core/select.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

#define CONF                                                                \
	"host-name = gw\nudp a { listen = \"192.0.2.1:1701\" }\n"           \
	"radius isp { server \"192.0.2.9\" { secret = 0123456789abcdef }\n" \
	" coa-listen = \"127.0.0.1:%u\"\n"                                  \
	" coa-client \"127.0.0.1\" { secret = 0123456789abcdef event-timestamp = no } }\n"

/* A port that nobody has. */
static uint16_t coa_port(void)
{
	struct sockaddr_in any = {.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	socklen_t len = sizeof(any);

	CU_ASSERT_FATAL(fd >= 0 && !bind(fd, (struct sockaddr *)&any, len) &&
			!getsockname(fd, (struct sockaddr *)&any, &len));
	close(fd);
	return ntohs(any.sin_port);
}

/* A CoA-Request for ann, and its answer's code. */
static uint8_t coa_ask(uint16_t port, const char *secret)
{
	struct sockaddr_in to = {.sin_family = AF_INET,
				 .sin_port = htons(port),
				 .sin_addr = {htonl(INADDR_LOOPBACK)}};
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	uint8_t octets[RADIUS_MAX] = {0};
	struct radius_writer b;

	CU_ASSERT_FATAL(fd >= 0 && !connect(fd, (struct sockaddr *)&to, sizeof(to)));
	radius_begin(&b, octets, sizeof(octets), RADIUS_COA_REQUEST, 1, NULL);
	radius_put_text(&b, RADIUS_USER_NAME, "ann");
	radius_put_u32(&b, RADIUS_SESSION_TIMEOUT, 60);
	CU_ASSERT(send(fd, octets, radius_end(&b, secret, 16), 0) > 0);
	osmo_select_main(1);
	bench_pass(0);
	octets[0] = 0;
	CU_ASSERT(recv(fd, octets, sizeof(octets), MSG_DONTWAIT) > 0 || !octets[0]);
	close(fd);
	return octets[0];
}

#define CHANGES "Radius Client Requests Disconnect-ACK CoA-ACK NAK Repeated Dropped\n"
#define REASONS "Radius Client Requests Answer Error-Cause Reason\n"

static void requests_and_what_became_of_them(void)
{
	uint16_t port = coa_port();
	char conf[600];

	snprintf(conf, sizeof(conf), CONF, port);
	vty_begin(conf);
	CU_ASSERT_TRUE(vty_rows("show radius changes", CHANGES "isp 127.0.0.1 0 0 0 0 0 0\n"
							       "- others 0 0 0 0 0 0\n"));
	CU_ASSERT_TRUE(vty_rows("show radius refusals", REASONS));
	CU_ASSERT_EQUAL(coa_ask(port, "0123456789abcdef"), RADIUS_COA_NAK);
	CU_ASSERT_EQUAL(coa_ask(port, "fedcba9876543210"), 0);
	CU_ASSERT_TRUE(vty_rows("show radius changes", CHANGES "isp 127.0.0.1 2 0 0 1 0 1\n"
							       "- others 0 0 0 0 0 0\n"));
	CU_ASSERT_TRUE(vty_rows("show radius refusals", REASONS
				"isp 127.0.0.1 1 NAK 503 session context not found\n"
				"isp 127.0.0.1 1 none - the secret is another one there\n"));
	vty_end();
}

static const struct test_case cases[] = {
	{"requests_and_what_became_of_them", requests_and_what_became_of_them},
	{NULL, NULL},
};
const struct test_suite suite_show_coa = {"show_coa", cases};
