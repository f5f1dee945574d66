/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A RADIUS server that says yes to all: for an LNS that takes no calls without one.
 *
 *   radstub SECRET [AUTH-PORT ACCT-PORT]
 */
#include <arpa/inet.h>
#include <nettle/md5.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define ACCESS_REQUEST	   1
#define ACCESS_ACCEPT	   2
#define ACCOUNTING_REQUEST 4
#define ACCOUNTING_ANSWER  5

static int radstub_socket(uint16_t port)
{
	struct sockaddr_in at = {.sin_family = AF_INET,
				 .sin_port = htons(port),
				 .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	int fd = socket(AF_INET, SOCK_DGRAM, 0), size = 4 << 20;

	if (fd < 0 || bind(fd, (struct sockaddr *)&at, sizeof(at)) ||
	    setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof(size))) {
		perror("radstub");
		exit(1);
	}
	return fd;
}

/* RFC 2865, 3: Response Authenticator is the digest of answer, question's authenticator, secret. */
static size_t radstub_answer(uint8_t *out, const uint8_t *question, const char *secret)
{
	static const uint8_t framed_ppp[] = {6, 6, 0, 0, 0, 2, 7, 6, 0, 0, 0, 1};
	size_t len = 20;
	struct md5_ctx md5;

	out[0] = question[0] == ACCESS_REQUEST ? ACCESS_ACCEPT : ACCOUNTING_ANSWER;
	out[1] = question[1];
	memcpy(out + 4, question + 4, 16);
	if (out[0] == ACCESS_ACCEPT) {
		memcpy(out + len, framed_ppp, sizeof(framed_ppp));
		len += sizeof(framed_ppp);
	}
	out[2] = 0;
	out[3] = (uint8_t)len;
	md5_init(&md5);
	md5_update(&md5, len, out);
	md5_update(&md5, strlen(secret), (const uint8_t *)secret);
	md5_digest(&md5, 16, out + 4);
	return len;
}

static void radstub_serve(int fd, const char *secret)
{
	struct sockaddr_in from;
	socklen_t len = sizeof(from);
	uint8_t in[4096], out[64];
	ssize_t n = recvfrom(fd, in, sizeof(in), MSG_DONTWAIT, (struct sockaddr *)&from, &len);
	size_t answer;

	if (n < 20 || (in[0] != ACCESS_REQUEST && in[0] != ACCOUNTING_REQUEST))
		return;
	answer = radstub_answer(out, in, secret);
	if (sendto(fd, out, answer, 0, (struct sockaddr *)&from, len) < 0)
		perror("radstub");
}

int main(int argc, char **argv)
{
	struct pollfd p[2] = {{.events = POLLIN}, {.events = POLLIN}};

	if (argc < 2) {
		fprintf(stderr, "usage: radstub SECRET [AUTH-PORT ACCT-PORT]\n");
		return 2;
	}
	p[0].fd = radstub_socket(argc > 2 ? (uint16_t)atoi(argv[2]) : 1812);
	p[1].fd = radstub_socket(argc > 3 ? (uint16_t)atoi(argv[3]) : 1813);
	for (;;) {
		poll(p, 2, -1);
		for (int i = 0; i < 2; i++)
			if (p[i].revents)
				radstub_serve(p[i].fd, argv[1]);
	}
}
