/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Both ends of an atmtcp link, against each other and against bare TCP sockets of 127.0.0.1. */
#include "tests/harness.h"
#include "tests/transports/link/ends.h"
#include "transports/atm/atm.h"
#include "transports/kit/udp_addr.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#define HDR(vci, len) 0, 0, 0, vci, 0, 0, 0, len

/* A listening socket of a free port, and where it is. */
static int link_atmtcp_listening(char *text, size_t len)
{
	struct sockaddr_storage ss;
	struct udp_ep e;
	socklen_t n;
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	CU_ASSERT_TRUE(udp_ep_parse(&e, "127.0.0.1:0", 0));
	n = udp_ep_to_sock(&e, &ss);
	CU_ASSERT_FATAL(!bind(fd, (struct sockaddr *)&ss, n) && !listen(fd, 4));
	getsockname(fd, (struct sockaddr *)&ss, &n);
	udp_ep_from_sock(&e, &ss);
	udp_ep_format(&e, text, len);
	return fd;
}

/* A port that was free just now. */
static void unused(char *text, size_t len)
{
	close(link_atmtcp_listening(text, len));
}

static int link_atmtcp_dialled(const char *from, const char *to)
{
	struct sockaddr_storage ss;
	struct udp_ep e;
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	socklen_t n;

	CU_ASSERT_TRUE(udp_ep_parse(&e, from, 0));
	n = udp_ep_to_sock(&e, &ss);
	CU_ASSERT_EQUAL(bind(fd, (struct sockaddr *)&ss, n), 0);
	CU_ASSERT_TRUE(udp_ep_parse(&e, to, 0));
	n = udp_ep_to_sock(&e, &ss);
	CU_ASSERT_EQUAL(connect(fd, (struct sockaddr *)&ss, n), 0);
	return fd;
}

static void link_atmtcp_open_at(struct end *e, const char *scheme, const char *at)
{
	char text[100];

	snprintf(text, sizeof(text), "%s:%s", scheme, at);
	end_open(e, text, NULL);
}

/* A client that is up on a bare socket, which is returned. */
static int client_up(struct end *e)
{
	char at[80];
	int fd = link_atmtcp_listening(at, sizeof(at)), c;

	link_atmtcp_open_at(e, "atmtcp", at);
	CU_ASSERT_FALSE(link_up(e->l));
	c = accept(fd, NULL, NULL);
	close(fd);
	END_UNTIL(e, link_up(e->l));
	CU_ASSERT_EQUAL(e->ups, 1);
	return c;
}

static void both_ends(void)
{
	static uint8_t data[4 + 65535];
	struct end a, b;
	char at[80];

	unused(at, sizeof(at));
	link_atmtcp_open_at(&a, "atmtcp", at); /* nobody there yet */
	fake_run(&a.h, fake_now);
	link_atmtcp_open_at(&b, "atmtcp-listen", at);
	fake_join(&a.h, &b.h);
	while (!link_up(a.l) || !link_up(b.l)) {
		end_wait(&a);
		fake_run(&a.h, fake_now + S / 10);
	}
	CU_ASSERT_EQUAL(link_mtu(a.l), sizeof(data));
	for (size_t i = 0; i < sizeof(data); i++)
		data[i] = (uint8_t)(i * 7 >> 2);
	data[3] = 35;
	for (uint32_t len = 5; len <= sizeof(data); len = len < 1600 ? len + 53 : len + 12787) {
		const struct link_frame f = {data, data + len % 9, len % 9, len - len % 9};

		b.frames = a.frames = 0;
		link_send(a.l, &f, 1);
		END_UNTIL(&a, b.frames);
		ASSERT_OCTETS(b.last, b.last_len, data, len);
		end_send(&b, data, len);
		END_UNTIL(&a, a.frames);
		ASSERT_OCTETS(a.last, a.last_len, data, len);
	}
	end_send(&a, data, 3); /* not even a circuit */
	CU_ASSERT_EQUAL(end_count(&a, LINK_TX_ERROR), 1);
	end_close(&a);
	END_UNTIL(&b, b.downs);
	CU_ASSERT_FALSE(link_up(b.l));
	end_close(&b);
}

static void octets_of_a_record(void)
{
	static const uint8_t frame[] = {0, 0, 0, 35, 0xc0, 0x21, 9};
	static const uint8_t record[] = {HDR(35, 3), 0xc0, 0x21, 9};
	static const uint8_t words[] = {HDR(0, 6), 'C', ' ', '0', '.', '3', '5'};
	uint8_t buf[64];
	struct end e;
	int fd = client_up(&e);

	end_send(&e, frame, sizeof(frame));
	CU_ASSERT_EQUAL(recv(fd, buf, sizeof(record), MSG_WAITALL), sizeof(record));
	ASSERT_OCTETS(buf, sizeof(record), record, sizeof(record));
	CU_ASSERT_EQUAL(send(fd, words, sizeof(words), 0), sizeof(words));
	for (size_t i = 0; i < sizeof(record); i++) { /* octet by octet */
		CU_ASSERT_EQUAL(e.frames, 0);
		CU_ASSERT_EQUAL(send(fd, record + i, 1, 0), 1);
		end_wait(&e);
	}
	END_UNTIL(&e, e.frames);
	ASSERT_OCTETS(e.last, e.last_len, frame, sizeof(frame));
	CU_ASSERT_EQUAL(end_count(&e, LINK_CONTROL), 1);
	CU_ASSERT_STRING_EQUAL(e.h.last_log, "atmtcp: far end: C 0.35");
	close(fd);
	END_UNTIL(&e, !link_up(e.l));
	CU_ASSERT_EQUAL(end_count(&e, LINK_RX_BAD), 0);
	end_close(&e);
}

/* Many records in one piece come out one by one. */
static void link_atmtcp_many_at_once(void)
{
	static uint8_t stream[100 * 10];
	struct end e;
	int fd = client_up(&e);

	for (size_t i = 0; i < 100; i++)
		memcpy(stream + i * 10, (const uint8_t[]){HDR(40, 2), (uint8_t)i, 1}, 10);
	CU_ASSERT_EQUAL(send(fd, stream, sizeof(stream), 0), sizeof(stream));
	END_UNTIL(&e, e.frames >= 100);
	CU_ASSERT_EQUAL(e.frames, 100);
	ASSERT_OCTETS(e.last, e.last_len, ((const uint8_t[]){0, 0, 0, 40, 99, 1}), 6);
	CU_ASSERT_EQUAL(end_count(&e, LINK_RX), 100);
	close(fd);
	end_close(&e);
}

static void broken_stream(const void *octets, size_t len, bool then_close)
{
	struct end e;
	uint8_t octet;
	int fd = client_up(&e);

	CU_ASSERT_EQUAL(send(fd, octets, len, 0), (ssize_t)len);
	if (then_close)
		shutdown(fd, SHUT_WR);
	END_UNTIL(&e, !link_up(e.l));
	CU_ASSERT_EQUAL(end_count(&e, LINK_RX_BAD), 1);
	CU_ASSERT_EQUAL(end_count(&e, LINK_DOWN), 1);
	CU_ASSERT_TRUE(recv(fd, &octet, 1, 0) <= 0); /* closed by us */
	close(fd);
	end_close(&e);
}

static void broken_streams(void)
{
	static const uint8_t cut[] = {HDR(35, 9), 1, 2};
	static const uint8_t too_long[] = {0, 0, 0, 35, 0, 1, 0, 0};
	static const uint8_t magic[] = {0, 0, 0, 0, 0xff, 0xff, 0xff, 0xff, 0, 0, 0, 1};

	broken_stream(cut, sizeof(cut), true);
	broken_stream(cut, 3, true);
	broken_stream(too_long, sizeof(too_long), false);
	broken_stream(magic, sizeof(magic), false);
}

/* What a far end does not read fills the buffer, which is bounded; all that was taken arrives. */
static void link_atmtcp_back_pressure(void)
{
	static uint8_t frame[4 + 10000], got[1 << 16];
	const struct link_frame f = {NULL, frame, 0, sizeof(frame)};
	struct end e;
	int fd = client_up(&e);
	size_t expected, octets = 0;

	frame[3] = 35;
	while (!end_count(&e, LINK_TX_FULL) && end_count(&e, LINK_TX) < 100000)
		link_send(e.l, &f, 1);
	CU_ASSERT_EQUAL_FATAL(end_count(&e, LINK_TX_FULL), 1);
	CU_ASSERT_TRUE(link_up(e.l));
	expected = end_count(&e, LINK_TX) * (4 + sizeof(frame));
	while (octets < expected) {
		ssize_t n = recv(fd, got, sizeof(got), MSG_DONTWAIT);

		if (n > 0)
			octets += (size_t)n;
		else
			end_wait(&e);
	}
	CU_ASSERT_EQUAL(octets, expected);
	link_send(e.l, &f, 1);
	CU_ASSERT_EQUAL(end_count(&e, LINK_TX_FULL), 1);
	close(fd);
	end_close(&e);
}

/* A far end that reads a part, again and again: what is not sent yet moves to the front of the
 * buffer, and each frame arrives whole and in its place. */
static void link_atmtcp_far_end_that_reads_slowly(void)
{
	static uint8_t frame[4 + 9000], got[4 + sizeof(frame)];
	const struct link_frame f = {NULL, frame, 0, sizeof(frame)};
	struct end e;
	int fd = client_up(&e);
	unsigned sent = 0, received = 0;
	uint64_t full = 0;

	frame[3] = 35;
	while (received < 400) {
		while (end_count(&e, LINK_TX_FULL) == full && sent < 400) {
			memset(frame + 4, (int)(sent % 251), sizeof(frame) - 4);
			link_send(e.l, &f, 1);
			sent += end_count(&e, LINK_TX_FULL) == full;
		}
		full = end_count(&e, LINK_TX_FULL);
		for (size_t n = 0; n < sizeof(got);) {
			ssize_t r = recv(fd, got + n, sizeof(got) - n, MSG_DONTWAIT);

			if (r > 0)
				n += (size_t)r;
			else
				end_wait(&e);
		}
		memset(frame + 4, (int)(received++ % 251), sizeof(frame) - 4);
		ASSERT_OCTETS(got + 8, sizeof(got) - 8, frame + 4, sizeof(frame) - 4);
	}
	close(fd);
	end_close(&e);
}

static uint64_t link_atmtcp_next_timer(const struct end *e)
{
	uint64_t at = UINT64_MAX;

	for (size_t i = 0; i < 32; i++)
		if (e->h.timer[i].used && e->h.timer[i].at < at)
			at = e->h.timer[i].at;
	return at;
}

/* A refused connection is tried again after 1, 2, 4 ... and never more than 30 seconds. */
static void backs_off(void)
{
	static const unsigned pauses[] = {1, 2, 4, 8, 16, 30, 30};
	char at[80];
	struct end e;

	unused(at, sizeof(at));
	link_atmtcp_open_at(&e, "atmtcp", at);
	for (size_t i = 0; i < sizeof(pauses) / sizeof(pauses[0]); i++) {
		END_UNTIL(&e, link_atmtcp_next_timer(&e) == fake_now + pauses[i] * S);
		fake_run(&e.h, fake_now + pauses[i] * S);
	}
	CU_ASSERT_EQUAL(e.ups + e.downs, 0);
	end_close(&e);
}

static void again_after_a_loss(void)
{
	char at[80];
	struct end e;
	int fd = link_atmtcp_listening(at, sizeof(at)), c;

	link_atmtcp_open_at(&e, "atmtcp", at);
	for (unsigned i = 1; i <= 3; i++) {
		c = accept(fd, NULL, NULL);
		END_UNTIL(&e, link_up(e.l));
		CU_ASSERT_EQUAL(e.ups, i);
		close(c);
		END_UNTIL(&e, !link_up(e.l));
		CU_ASSERT_STRING_EQUAL(e.why, "Connection reset by peer");
		fake_run(&e.h, fake_now + S - 1);
		CU_ASSERT_EQUAL(e.downs, i);
		fake_run(&e.h, fake_now + 1); /* a second later it dials */
	}
	c = accept(fd, NULL, NULL);
	END_UNTIL(&e, link_up(e.l));
	close(c);
	close(fd);
	end_close(&e);
}

/* One connection at a time: a stranger's is closed, one from the same address takes over. */
static void who_may_connect(void)
{
	static const uint8_t record[] = {HDR(35, 1), 7};
	char at[80];
	struct end e;
	uint8_t octet;
	int first, stranger, second;

	unused(at, sizeof(at));
	link_atmtcp_open_at(&e, "atmtcp-listen", at);
	fake_run(&e.h, fake_now + 5 * S);
	CU_ASSERT_FALSE(link_up(e.l));
	first = link_atmtcp_dialled("127.0.0.1:0", at);
	END_UNTIL(&e, link_up(e.l));
	stranger = link_atmtcp_dialled("127.0.0.2:0", at);
	END_UNTIL(&e, end_count(&e, LINK_REFUSED));
	CU_ASSERT_EQUAL(recv(stranger, &octet, 1, 0), 0);
	CU_ASSERT_TRUE(link_up(e.l));
	second = link_atmtcp_dialled("127.0.0.1:0", at);
	CU_ASSERT_EQUAL(send(second, record, sizeof(record), 0), sizeof(record));
	END_UNTIL(&e, e.downs); /* once, and up again in the same moment */
	CU_ASSERT_EQUAL(recv(first, &octet, 1, 0), 0);
	END_UNTIL(&e, e.frames); /* was sent while we were down, and waited */
	CU_ASSERT_TRUE(link_up(e.l) && e.downs == 1 && e.ups == 2);
	close(first);
	close(second);
	END_UNTIL(&e, !link_up(e.l));
	close(stranger);
	first = link_atmtcp_dialled("127.0.0.2:0", at);
	END_UNTIL(&e, link_up(e.l));
	close(first);
	end_close(&e);
}

static void link_atmtcp_open_with(struct end *e, const char *at, const char *const *pairs)
{
	char text[100];

	snprintf(text, sizeof(text), "atmtcp-listen:%s", at);
	end_open(e, text, pairs);
}

/* A stranger who connects and says nothing keeps nobody out for good; one who talks keeps its
 * place. */
static void an_idle_far_end_gives_way(void)
{
	static const char *const pairs[] = {"atmtcp-idle", "30s", NULL};
	static const uint8_t record[] = {HDR(35, 1), 7};
	int stranger, genuine;
	uint8_t octet;
	char at[80];
	struct end e;

	unused(at, sizeof(at));
	link_atmtcp_open_with(&e, at, pairs);
	stranger = link_atmtcp_dialled("127.0.0.2:0", at);
	END_UNTIL(&e, link_up(e.l));
	fake_run(&e.h, fake_now + 30 * S - 1);
	CU_ASSERT_EQUAL(send(stranger, record, 3, 0), 3); /* not a whole record */
	end_wait(&e);
	genuine = link_atmtcp_dialled("127.0.0.1:0", at);
	END_UNTIL(&e, end_count(&e, LINK_REFUSED) == 1);
	close(genuine);
	fake_run(&e.h, fake_now + 1);
	genuine = link_atmtcp_dialled("127.0.0.1:0", at);
	END_UNTIL(&e, e.ups == 2);
	CU_ASSERT_EQUAL(recv(stranger, &octet, 1, 0), 0);
	close(stranger);
	fake_run(&e.h, fake_now + 29 * S);
	CU_ASSERT_EQUAL(send(genuine, record, sizeof(record), 0), sizeof(record));
	END_UNTIL(&e, e.frames == 1);
	fake_run(&e.h, fake_now + 29 * S);
	stranger = link_atmtcp_dialled("127.0.0.2:0", at);
	END_UNTIL(&e, end_count(&e, LINK_REFUSED) == 2);
	CU_ASSERT_TRUE(link_up(e.l) && e.ups == 2);
	close(stranger);
	close(genuine);
	end_close(&e);
}

static void only_listed_addresses_connect(void)
{
	static const char *const pairs[] = {"atmtcp-from", "192.0.2.0/24", "atmtcp-from",
					    "127.0.0.1", NULL};
	static const char *const wrong[] = {"atmtcp-from", "home", NULL};
	char at[80], err[200] = "";
	int stranger, genuine;
	struct end e;
	uint8_t octet;

	unused(at, sizeof(at));
	link_atmtcp_open_with(&e, at, pairs);
	stranger = link_atmtcp_dialled("127.0.0.2:0", at);
	END_UNTIL(&e, end_count(&e, LINK_STRANGER) == 1);
	CU_ASSERT_EQUAL(recv(stranger, &octet, 1, 0), 0);
	CU_ASSERT_FALSE(link_up(e.l));
	CU_ASSERT_EQUAL(end_count(&e, LINK_REFUSED), 0);
	genuine = link_atmtcp_dialled("127.0.0.1:0", at);
	END_UNTIL(&e, link_up(e.l));
	close(stranger);
	close(genuine);
	end_close(&e);
	CU_ASSERT_EQUAL(end_try(&e, "atmtcp-listen:127.0.0.1:9", wrong, err, sizeof(err)), -EINVAL);
	CU_ASSERT_STRING_EQUAL(err, "atmtcp-from: \"home\" is no address or prefix");
}

/* A caller waits while there is no descriptor for it; the listener is left alone meanwhile, once a
 * second it is tried again. */
static void no_descriptors(void)
{
	struct rlimit was, none;
	char at[80];
	struct end e;
	int caller;

	unused(at, sizeof(at));
	link_atmtcp_open_with(&e, at, NULL);
	fake_run(&e.h, fake_now); /* its first check */
	caller = link_atmtcp_dialled("127.0.0.1:0", at);
	getrlimit(RLIMIT_NOFILE, &was);
	none = was;
	none.rlim_cur = (rlim_t)dup(caller); /* the lowest that is free */
	close((int)none.rlim_cur);
	CU_ASSERT_EQUAL(setrlimit(RLIMIT_NOFILE, &none), 0);
	for (int i = 0; i < 20; i++)
		end_wait(&e);
	CU_ASSERT_EQUAL(end_count(&e, LINK_STARVED), 1);
	CU_ASSERT_STRING_EQUAL(e.h.last_log, "no file descriptor left: connections wait");
	CU_ASSERT_EQUAL(e.h.warnings, 1);
	fake_run(&e.h, fake_now + 3 * S);
	CU_ASSERT(end_count(&e, LINK_STARVED) >= 3 && end_count(&e, LINK_STARVED) <= 5);
	CU_ASSERT_EQUAL(e.h.warnings, 1);
	CU_ASSERT_EQUAL(setrlimit(RLIMIT_NOFILE, &was), 0);
	fake_run(&e.h, fake_now + S);
	END_UNTIL(&e, link_up(e.l));
	close(caller);
	end_close(&e);
}

/* Both ends: small records leave at once; a far end that is gone is found out within a minute. */
static void options_of_the_connection(void)
{
	static const struct {
		int level, name, value;
	} rows[] = {{IPPROTO_TCP, TCP_NODELAY, 1},
		    {SOL_SOCKET, SO_KEEPALIVE, 1},
		    {IPPROTO_TCP, TCP_KEEPIDLE, 20},
		    {IPPROTO_TCP, TCP_KEEPINTVL, 10},
		    {IPPROTO_TCP, TCP_USER_TIMEOUT, 60000}};

	for (int listens = 0; listens < 2; listens++) {
		unsigned seen = 0;
		char at[80];
		struct end e;
		int fd;

		if (listens) {
			unused(at, sizeof(at));
			link_atmtcp_open_at(&e, "atmtcp-listen", at);
			fd = link_atmtcp_dialled("127.0.0.1:0", at);
			END_UNTIL(&e, link_up(e.l));
		} else {
			fd = client_up(&e);
		}
		for (size_t i = 0; i < 16; i++) {
			struct sockaddr_storage ss;
			socklen_t len = sizeof(ss);

			if (!e.h.watch[i].on_fd ||
			    getpeername(e.h.watch[i].fd, (struct sockaddr *)&ss, &len))
				continue; /* the one that listens */
			seen++;
			for (size_t k = 0; k < sizeof(rows) / sizeof(*rows); k++) {
				int value = -1;

				len = sizeof(value);
				CU_ASSERT_EQUAL(getsockopt(e.h.watch[i].fd, rows[k].level,
							   rows[k].name, &value, &len),
						0);
				CU_ASSERT_EQUAL(value, rows[k].value);
			}
		}
		CU_ASSERT_EQUAL(seen, 1);
		close(fd);
		end_close(&e);
	}
}

static void misfits(void)
{
	static const struct {
		const char *text, *words;
	} rows[] = {
		{"atmtcp:", "\"atmtcp:\" is not atmtcp:ADDRESS:PORT"},
		{"atmtcp:127.0.0.1", "is not atmtcp:ADDRESS:PORT"},
		{"atmtcp:host:2812", "is not atmtcp:ADDRESS:PORT"},
		{"atmtcp-listen:127.0.0.1:0", "is not atmtcp-listen:ADDRESS:PORT"},
	};
	static const char *const cells[] = {"link=atmtcp:127.0.0.1:9", "framing=cells", NULL};
	char err[200] = "", at[80], text[100];
	struct fake_host h;
	struct end e;
	int fd;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		CU_ASSERT_EQUAL(end_try(&e, rows[i].text, NULL, err, sizeof(err)), -EINVAL);
		if (!strstr(err, rows[i].words))
			CU_FAIL(err);
	}
	CU_ASSERT_EQUAL(fake_try(&h, &atm_transport, cells, err, sizeof(err)), -EINVAL);
	CU_ASSERT_PTR_NOT_NULL(strstr(err, "needs atm with framing = sdus"));
	fd = link_atmtcp_listening(at, sizeof(at));
	snprintf(text, sizeof(text), "atmtcp-listen:%s", at);
	CU_ASSERT_EQUAL(end_try(&e, text, NULL, err, sizeof(err)), -EADDRINUSE);
	close(fd);
}

static void sockets_that_are_refused(void)
{
	end_refused("atmtcp:127.0.0.1:1", NULL, "socket", 0);
	end_refused("atmtcp-listen:127.0.0.1:1", NULL, "socket", 0);
}

static const struct test_case cases[] = {
	{"far_end_that_reads_slowly", link_atmtcp_far_end_that_reads_slowly},
	{"sockets_that_are_refused", sockets_that_are_refused},
	{"client_and_server_every_size", both_ends},
	{"octets_of_a_record", octets_of_a_record},
	{"many_records_in_one_piece", link_atmtcp_many_at_once},
	{"broken_streams_are_closed_and_counted", broken_streams},
	{"far_end_that_does_not_read", link_atmtcp_back_pressure},
	{"dials_with_growing_pauses", backs_off},
	{"up_again_after_each_loss", again_after_a_loss},
	{"one_connection_at_a_time", who_may_connect},
	{"an_idle_far_end_gives_way", an_idle_far_end_gives_way},
	{"only_listed_addresses_connect", only_listed_addresses_connect},
	{"no_descriptors", no_descriptors},
	{"options_of_the_connection", options_of_the_connection},
	{"malformed_or_misplaced", misfits},
	{NULL, NULL},
};
const struct test_suite suite_link_atmtcp = {"link_atmtcp", cases};
