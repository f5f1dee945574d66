/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/transports/x25/xot_far.h"

#include "core/bytes.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

void xot_serve(struct fake_host *h)
{
	struct pollfd fds[64];
	nfds_t n = 0;
	struct fake_host *p = h;

	fake_run(h, fake_now);
	do {
		for (size_t i = 0; i < 16 && n < 64; i++)
			if (p->watch[i].on_fd)
				fds[n++] = (struct pollfd){.fd = p->watch[i].fd, .events = POLLIN};
		p = p->peers;
	} while (p != h);
	poll(fds, n, 1);
}

int xot_socket(int port)
{
	struct sockaddr_in at = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
	int fd = socket(AF_INET, SOCK_STREAM, 0), on = 1;

	CU_ASSERT_FATAL(fd >= 0);
	at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	CU_ASSERT_FATAL(bind(fd, (struct sockaddr *)&at, sizeof(at)) == 0);
	return fd;
}

int xot_port_of(int fd)
{
	struct sockaddr_in at;
	socklen_t len = sizeof(at);

	getsockname(fd, (struct sockaddr *)&at, &len);
	return ntohs(at.sin_port);
}

int xot_free_port(void)
{
	int fd = xot_socket(0), port = xot_port_of(fd);

	close(fd);
	return port;
}

#define TEXTS 12

void xot_open_port(struct fake_host *h, const char *spec, const char *const *more)
{
	const char *all[TEXTS] = {spec};

	for (unsigned i = 0; more && more[i]; i++)
		all[i + 1] = more[i];
	fake_open(h, &x25_transport, all);
}

void xot_open_two(struct pair *p, const char *const *dialler, const char *const *listener)
{
	char to[60], at[60];
	int port = xot_free_port();

	snprintf(to, sizeof(to), "link=xot:127.0.0.1:%d", port);
	snprintf(at, sizeof(at), "link=xot-listen:127.0.0.1:%d", port);
	xot_open_port(&p->dce, at, listener);
	xot_open_port(&p->dte, to, dialler);
	fake_join(&p->dte, &p->dce);
}

void far_open(struct far *f, const char *const *more)
{
	char spec[60];

	f->port = xot_free_port();
	snprintf(spec, sizeof(spec), "link=xot-listen:127.0.0.1:%d", f->port);
	xot_open_port(&f->h, spec, more);
	f->fd = -1;
}

void far_dialled(struct far *f, const char *const *more, ist_channel *call)
{
	int door = xot_socket(0);
	char spec[60];

	CU_ASSERT_FATAL(listen(door, 1) == 0);
	snprintf(spec, sizeof(spec), "link=xot:127.0.0.1:%d", xot_port_of(door));
	xot_open_port(&f->h, spec, more);
	if (call)
		CU_ASSERT_EQUAL(fake_connect(&f->h, "5555", IST_PAYLOAD_L2TP, call), 0);
	fake_run(&f->h, fake_now);
	f->fd = accept(door, NULL, NULL);
	CU_ASSERT_FATAL(f->fd >= 0);
	close(door);
}

/* From 127.0.0.host. */
int far_connect_from(struct far *f, uint8_t host)
{
	struct sockaddr_in at = {.sin_family = AF_INET, .sin_port = htons((uint16_t)f->port)};
	struct sockaddr_in from = {.sin_family = AF_INET};
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	from.sin_addr.s_addr = htonl((INADDR_LOOPBACK & ~0xffu) | host);
	CU_ASSERT_FATAL(bind(fd, (struct sockaddr *)&from, sizeof(from)) == 0);
	CU_ASSERT_FATAL(connect(fd, (struct sockaddr *)&at, sizeof(at)) == 0);
	return fd;
}

int far_connect(struct far *f)
{
	return far_connect_from(f, 1);
}

void far_close(struct far *f)
{
	if (f->fd >= 0)
		close(f->fd);
	fake_close(&f->h);
}

/* Without a header of ours: the test types it. */
void far_put_raw(int fd, const char *hex)
{
	uint8_t buf[600];
	size_t n = test_hex(buf, sizeof(buf), hex);

	CU_ASSERT_EQUAL(send(fd, buf, n, MSG_NOSIGNAL), (ssize_t)n);
}

void far_put(int fd, const char *hex)
{
	uint8_t buf[600] = {0};
	size_t n = test_hex(buf + 4, sizeof(buf) - 4, hex);

	wr_put16(buf + 2, (uint16_t)n);
	CU_ASSERT_EQUAL(send(fd, buf, 4 + n, MSG_NOSIGNAL), (ssize_t)(4 + n));
}

/* The next packet from us is this one. */
void far_expect(struct far *f, const char *hex)
{
	uint8_t want[600] = {0}, got[600];
	size_t n = 4 + test_hex(want + 4, sizeof(want) - 4, hex), have = 0;

	wr_put16(want + 2, (uint16_t)(n - 4));
	while (have < n) {
		ssize_t r = recv(f->fd, got + have, n - have, MSG_DONTWAIT);

		CU_ASSERT_FATAL(r != 0);
		if (r > 0)
			have += (size_t)r;
		else
			xot_serve(&f->h);
	}
	ASSERT_OCTETS(got, n, want, n);
}

bool far_closed(struct far *f)
{
	uint8_t octet;

	return recv(f->fd, &octet, 1, MSG_DONTWAIT) == 0;
}

ist_channel xot_far_lost(struct far *f, const char *words)
{
	struct fake_event *e = fake_take(&f->h, FAKE_DOWN);
	ist_channel c = e ? e->channel : 0;

	CU_ASSERT_EQUAL(e != NULL, words != NULL);
	if (e && words) {
		CU_ASSERT_EQUAL(e->cause.kind, IST_CAUSE_LINK);
		CU_ASSERT_STRING_EQUAL(e->cause.words, words);
	}
	fake_free(e);
	return c;
}

ist_channel far_let_in(struct far *f)
{
	ist_channel c;

	f->fd = far_connect(f);
	far_put(f->fd, CALL);
	UNTIL(&f->h, fake_pending(&f->h, FAKE_OFFER));
	c = fake_channel(&f->h, FAKE_OFFER);
	CU_ASSERT_EQUAL(fake_answer(&f->h, c), 0);
	far_expect(f, "10010f 00 06 420a0a 430707");
	UNTIL(&f->h, fake_pending(&f->h, FAKE_UP));
	CU_ASSERT_EQUAL(fake_channel(&f->h, FAKE_UP), c);
	return c;
}
