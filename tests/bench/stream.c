/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One TCP stream as fast as it goes, and round trips of lone packets.
 *
 *   stream serve                    TCP and UDP on port 4740, of any address; says READY
 *   stream up|down ADDRESS SECONDS  what the server has got, or we have: "octets=N ns=N"
 *   stream ping ADDRESS COUNT MS    UDP, one each MS ms: "p50_ns=N p99_ns=N lost=N"
 *
 * A warm-up of a fifth of the time is not counted.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define PORT   4740
#define SECOND 1000000000ull
#define PIECE  (128 << 10)

static uint8_t stream_piece[PIECE];

/* What a client asks for first: how long, and who sends. */
struct stream_wish {
	uint64_t ns, down;
};
struct stream_result {
	uint64_t octets, ns;
};

static uint64_t stream_now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * SECOND + (uint64_t)t.tv_nsec;
}

static void stream_fail(const char *what)
{
	perror(what);
	exit(1);
}

static bool stream_whole(int fd, void *p, size_t len)
{
	return recv(fd, p, len, MSG_WAITALL) == (ssize_t)len;
}

static void stream_source(int fd, uint64_t ns)
{
	uint64_t until = stream_now() + ns;

	while (stream_now() < until)
		if (send(fd, stream_piece, PIECE, MSG_NOSIGNAL) < 0)
			return;
}

/* Counts what comes behind the warm-up, to the end of the time or of the stream. */
static struct stream_result stream_sink(int fd, uint64_t ns)
{
	uint64_t began = stream_now(), from = began + ns / 5, until = began + ns, now = began;
	struct stream_result r = {0};
	ssize_t n;

	while (now < until && (n = recv(fd, stream_piece, PIECE, 0)) > 0) {
		now = stream_now();
		if (now > from)
			r.octets += (uint64_t)n;
	}
	r.ns = now > from ? now - from : 1;
	return r;
}

static void stream_serve_one(int fd)
{
	struct stream_wish w;
	struct stream_result r;

	if (!stream_whole(fd, &w, sizeof(w)))
		return;
	if (w.down) {
		stream_source(fd, w.ns);
		return;
	}
	r = stream_sink(fd, w.ns);
	if (send(fd, &r, sizeof(r), MSG_NOSIGNAL) != sizeof(r))
		perror("stream");
	while (recv(fd, stream_piece, PIECE, 0) > 0)
		; /* else what is unread makes a reset of our answer */
}

static void stream_echo(int fd)
{
	struct sockaddr_in from;
	socklen_t len = sizeof(from);
	ssize_t n = recvfrom(fd, stream_piece, PIECE, MSG_DONTWAIT, (struct sockaddr *)&from, &len);

	if (n > 0 && sendto(fd, stream_piece, (size_t)n, 0, (struct sockaddr *)&from, len) < 0)
		perror("stream");
}

static int stream_serve(void)
{
	struct sockaddr_in at = {.sin_family = AF_INET, .sin_port = htons(PORT)};
	int tcp = socket(AF_INET, SOCK_STREAM, 0), udp = socket(AF_INET, SOCK_DGRAM, 0), on = 1, fd;
	struct pollfd p[] = {{tcp, POLLIN, 0}, {udp, POLLIN, 0}};

	setsockopt(tcp, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	if (bind(tcp, (struct sockaddr *)&at, sizeof(at)) || listen(tcp, 5) ||
	    bind(udp, (struct sockaddr *)&at, sizeof(at)))
		stream_fail("stream");
	signal(SIGCHLD, SIG_IGN);
	printf("READY\n");
	fflush(stdout);
	for (;;) {
		poll(p, 2, -1);
		if (p[1].revents)
			stream_echo(udp);
		if (!p[0].revents || (fd = accept(tcp, NULL, NULL)) < 0)
			continue;
		if (!fork()) {
			stream_serve_one(fd);
			_exit(0);
		}
		close(fd);
	}
}

static int stream_connect(const char *address, int type)
{
	struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(PORT)};
	struct timeval patience = {20, 0};
	int fd = socket(AF_INET, type, 0);

	setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof(patience));
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
	if (inet_pton(AF_INET, address, &to.sin_addr) != 1 ||
	    connect(fd, (struct sockaddr *)&to, sizeof(to)))
		stream_fail(address);
	return fd;
}

static int stream_client(const char *address, double seconds, bool down)
{
	struct stream_wish w = {(uint64_t)(seconds * SECOND), down};
	struct stream_result r;
	int fd = stream_connect(address, SOCK_STREAM);

	if (send(fd, &w, sizeof(w), 0) != sizeof(w))
		stream_fail("send");
	if (down) {
		r = stream_sink(fd, w.ns);
	} else {
		stream_source(fd, w.ns + SECOND / 50);
		shutdown(fd, SHUT_WR);
		if (!stream_whole(fd, &r, sizeof(r)))
			stream_fail("answer");
	}
	printf("octets=%llu ns=%llu\n", (unsigned long long)r.octets, (unsigned long long)r.ns);
	return 0;
}

static int stream_compare(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return x < y ? -1 : x > y;
}

/* How long a packet took to come back; 0 = it did not within a second. */
static uint64_t stream_round(int fd, uint64_t n)
{
	struct pollfd p = {fd, POLLIN, 0};
	uint64_t began = stream_now(), got = ~n;

	if (send(fd, &n, sizeof(n), 0) < 0)
		return 0;
	while (got != n && poll(&p, 1, 1000) > 0)
		if (recv(fd, &got, sizeof(got), 0) < 0)
			return 0;
	return got == n ? stream_now() - began : 0;
}

static int stream_ping(const char *address, unsigned count, unsigned ms)
{
	const struct timespec pause = {0, (long)ms * 1000000};
	uint64_t *took = calloc(count, sizeof(*took)), n = 0;
	int fd = stream_connect(address, SOCK_DGRAM);

	for (unsigned i = 0; took && i < count; i++) {
		took[n] = stream_round(fd, i);
		n += took[n] > 0;
		nanosleep(&pause, NULL);
	}
	if (!n)
		return 1;
	qsort(took, n, sizeof(*took), stream_compare);
	printf("p50_ns=%llu p99_ns=%llu lost=%llu\n", (unsigned long long)took[n / 2],
	       (unsigned long long)took[n - 1 - n / 100], (unsigned long long)(count - n));
	free(took);
	return 0;
}

int main(int argc, char **argv)
{
	if (argc == 2 && !strcmp(argv[1], "serve"))
		return stream_serve();
	if (argc == 4 && (!strcmp(argv[1], "up") || !strcmp(argv[1], "down")))
		return stream_client(argv[2], atof(argv[3]), argv[1][0] == 'd');
	if (argc == 5 && !strcmp(argv[1], "ping") && atoi(argv[3]) > 0)
		return stream_ping(argv[2], (unsigned)atoi(argv[3]),
				   (unsigned)atoi(argv[4]) % 1000);
	fprintf(stderr, "usage: stream serve | up|down ADDRESS SECONDS | ping ADDRESS COUNT MS\n");
	return 2;
}
