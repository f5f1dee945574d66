/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The x25 transport on a TUN device, with this host's own kernel at the other end of the line, and the
 * kernel's users (AF_X25 sockets) here as well: so it runs in a guest whose kernel has x25.  Both are
 * one program, since a test then knows what each side saw.
 *
 *   x25-kernel tun|ether-INTERFACE
 *
 * Calls go both ways, packet sequences of every kind of length, clearing from each side with its
 * causes, calls that are refused by each side, qualified data as a PAD sends them, interrupts, a device
 * that goes down and comes back.  Prints a line for each; the exit status says whether all passed.
 */
#include "tests/transports/host.h"
#include "transports/x25_transport.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/sockios.h>
#include <linux/x25.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define OURS  "31105555" /* our X.121 address */
#define ITS   "31101111" /* of the kernel's users */
#define L2TP  IST_PAYLOAD_L2TP
#define PATIENCE 20 /* seconds to wait for anything */

static const uint8_t snap[] = {0x80, 0x00, 0x00, 0x5e, 0x00, 0x07};
static struct fake_host host;
static bool failed;

static bool verdict(bool ok, const char *what)
{
	printf("%s %s\n", ok ? "PASS" : "FAIL", what);
	failed |= !ok;
	return ok;
}

static uint64_t now_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000 + (uint64_t)t.tv_nsec / 1000;
}

/* Runs the transport until something has happened on one of its descriptors, or 10 ms. */
static void turn(void)
{
	struct pollfd fds[16];
	nfds_t n = 0;

	fake_run(&host, now_us());
	for (size_t i = 0; i < 16; i++)
		if (host.watch[i].on_fd)
			fds[n++] = (struct pollfd){.fd = host.watch[i].fd, .events = POLLIN};
	poll(fds, n, 10);
	fake_run(&host, now_us());
}

#define WAIT(condition)                                                            \
	({                                                                         \
		uint64_t end_ = now_us() + PATIENCE * UINT64_C(1000000);           \
		bool holds_;                                                       \
		while (!(holds_ = (condition)) && now_us() < end_)                 \
			turn();                                                    \
		holds_;                                                            \
	})

/* --- a user of the kernel's ------------------------------------------------------------------------------ */

static int user(const uint8_t *cud, uint8_t len, bool qualifier)
{
	struct sockaddr_x25 me = {.sx25_family = AF_X25, .sx25_addr = {ITS}};
	struct x25_calluserdata data = {.cudlength = len};
	struct x25_facilities wide = {.winsize_in = 7,
				      .winsize_out = 7,
				      .pacsize_in = X25_PS1024,
				      .pacsize_out = X25_PS1024};
	int fd = socket(AF_X25, SOCK_SEQPACKET, 0), on = qualifier;

	memcpy(data.cuddata, cud, len);
	if (fd < 0 || setsockopt(fd, SOL_X25, X25_QBITINCL, &on, sizeof(on)) < 0 ||
	    bind(fd, (struct sockaddr *)&me, sizeof(me)) < 0 ||
	    ioctl(fd, SIOCX25SFACILITIES, &wide) < 0 || ioctl(fd, SIOCX25SCALLUSERDATA, &data) < 0) {
		perror("AF_X25");
		exit(2);
	}
	fcntl(fd, F_SETFL, O_NONBLOCK);
	return fd;
}

static int call_us(const uint8_t *cud, uint8_t len, bool qualifier)
{
	struct sockaddr_x25 to = {.sx25_family = AF_X25, .sx25_addr = {OURS}};
	int fd = user(cud, len, qualifier);

	if (connect(fd, (struct sockaddr *)&to, sizeof(to)) < 0 && errno != EINPROGRESS) {
		perror("connect");
		exit(2);
	}
	return fd;
}

static int listen_for_us(void)
{
	struct x25_subaddr match = {.cudmatchlength = sizeof(snap)};
	int fd = user(snap, sizeof(snap), false);

	if (ioctl(fd, SIOCX25SCUDMATCHLEN, &match) < 0 || listen(fd, 5) < 0) {
		perror("listen");
		exit(2);
	}
	return fd;
}

static void route(const char *device)
{
	struct x25_route_struct r = {.address = {OURS}, .sigdigits = strlen(OURS)};
	int fd = socket(AF_X25, SOCK_SEQPACKET, 0);

	snprintf(r.device, sizeof(r.device), "%s", device);
	if (fd < 0 || ioctl(fd, SIOCADDRT, &r) < 0) {
		perror("route");
		exit(2);
	}
	close(fd);
}

static bool connected(int fd)
{
	struct pollfd p = {.fd = fd, .events = POLLOUT};
	struct sockaddr_x25 peer;
	socklen_t len = sizeof(peer);

	poll(&p, 1, 0);
	return getpeername(fd, (struct sockaddr *)&peer, &len) == 0;
}

/* Has the kernel cleared it, with this cause and diagnostic? */
static bool cleared(int fd, uint8_t cause, uint8_t diagnostic)
{
	struct x25_causediag got = {0};
	char octet;

	if (connected(fd) || recv(fd, &octet, 1, 0) >= 0 || errno == EAGAIN ||
	    ioctl(fd, SIOCX25GCAUSEDIAG, &got) < 0)
		return false;
	if (got.cause != cause || got.diagnostic != diagnostic)
		printf("cause %u diagnostic %u\n", got.cause, got.diagnostic);
	return got.cause == cause && got.diagnostic == diagnostic;
}

/* --- data -------------------------------------------------------------------------------------------------- */

static void fill(uint8_t *data, size_t len)
{
	for (size_t i = 0; i < len; i++)
		data[i] = (uint8_t)(i * 31 + len);
}

static bool to_us(int fd, ist_channel c, size_t len)
{
	uint8_t data[1620];
	struct fake_event *e;
	bool ok;

	fill(data, len);
	ok = send(fd, data, len, MSG_EOR) == (ssize_t)len && WAIT(fake_pending(&host, FAKE_FRAME));
	e = fake_take(&host, FAKE_FRAME);
	ok = ok && e && e->channel == c && e->len == len && !memcmp(e->data, data, len);
	fake_free(e);
	return ok;
}

static bool to_it(int fd, ist_channel c, size_t len)
{
	uint8_t data[1620], got[1700];
	ssize_t n = -1;

	fill(data, len);
	if (!WAIT(fake_send(&host, c, data, len) == 1))
		return false;
	(void)WAIT((n = recv(fd, got, sizeof(got), 0)) >= 0);
	return n == (ssize_t)len && !memcmp(got, data, len);
}

static void exchange(int fd, ist_channel c, const char *who)
{
	static const size_t lens[] = {1, 2, 127, 128, 129, 255, 256, 257, 1023, 1024, 1025, 1500, 1620};
	char what[80];
	bool to = true, from = true;

	for (size_t i = 0; i < sizeof(lens) / sizeof(*lens); i++) {
		from &= to_us(fd, c, lens[i]);
		to &= to_it(fd, c, lens[i]);
	}
	for (unsigned i = 0; i < 100; i++)
		to &= to_it(fd, c, 700 + i);
	snprintf(what, sizeof(what), "%s: packet sequences of every length to us", who);
	verdict(from, what);
	snprintf(what, sizeof(what), "%s: and to the kernel", who);
	verdict(to, what);
	verdict(!fake_count(&host, "x25-resets-tx") && !fake_count(&host, "x25-resets-rx"),
		"no circuit was reset");
}

/* --- what is tried ------------------------------------------------------------------------------------------- */

static ist_channel take_offer(void)
{
	ist_channel c;

	(void)WAIT(fake_pending(&host, FAKE_OFFER));
	c = fake_channel(&host, FAKE_OFFER);
	if (c && !fake_answer(&host, c) && WAIT(fake_pending(&host, FAKE_UP)))
		return fake_channel(&host, FAKE_UP);
	return 0;
}

static bool gone(ist_channel c, uint8_t kind)
{
	struct fake_event *e;
	bool ok;

	(void)WAIT(fake_pending(&host, FAKE_DOWN));
	e = fake_take(&host, FAKE_DOWN);
	ok = e && e->channel == c && e->forever && e->cause.kind == kind;
	if (e && !ok)
		printf("down: kind %u cause %u diagnostic %u %s\n", e->cause.kind, e->cause.cause,
		       e->cause.diagnostic, e->cause.words ? e->cause.words : "");
	fake_free(e);
	return ok;
}

static void called_by_the_kernel(void)
{
	int fd = call_us(snap, sizeof(snap), false);
	ist_channel c = take_offer();

	if (!verdict(c && WAIT(connected(fd)), "the kernel calls us"))
		return;
	exchange(fd, c, "its call");
	close(fd);
	verdict(gone(c, IST_CAUSE_CLEARED), "the kernel clears");
}

static void cleared_by_us(void)
{
	int fd = call_us(snap, sizeof(snap), false);
	ist_channel c = take_offer();

	(void)WAIT(connected(fd));
	fake_disconnect(&host, c);
	verdict(WAIT(cleared(fd, 0, 0)), "we clear: the kernel's user is told");
	close(fd);
}

static void refused_by_us(void)
{
	static const uint8_t ip = 0xcc;
	int fd = call_us(&ip, 1, false);

	verdict(WAIT(cleared(fd, 0, 249)), "IP is refused with diagnostic 249");
	verdict(!fake_pending(&host, FAKE_OFFER), "and nobody was asked");
	close(fd);
	fd = call_us(snap, sizeof(snap), false);
	(void)WAIT(fake_pending(&host, FAKE_OFFER));
	fake_refuse(&host, fake_channel(&host, FAKE_OFFER));
	verdict(WAIT(cleared(fd, 0, 0)), "a call the host refuses is cleared");
	close(fd);
}

static void calling_the_kernel(void)
{
	int door = listen_for_us(), fd = -1;
	ist_channel c = 0;

	verdict(!fake_connect(&host, ITS, L2TP, &c) && WAIT(fake_pending(&host, FAKE_UP)) &&
			fake_channel(&host, FAKE_UP) == c,
		"we call the kernel");
	if (!verdict(WAIT((fd = accept(door, NULL, NULL)) >= 0), "its user takes the call"))
		return;
	fcntl(fd, F_SETFL, O_NONBLOCK);
	exchange(fd, c, "our call");
	fake_disconnect(&host, c);
	verdict(WAIT(cleared(fd, 0, 0)), "we clear our call");
	close(fd);
	close(door);
}

static void refused_by_the_kernel(void)
{
	struct fake_event *e;
	ist_channel c = 0;

	if (fake_connect(&host, ITS, L2TP, &c)) {
		verdict(false, "a call to nobody is placed");
		return;
	}
	(void)WAIT(fake_pending(&host, FAKE_DOWN));
	e = fake_take(&host, FAKE_DOWN);
	verdict(e && e->channel == c && e->forever && e->cause.kind == IST_CAUSE_REFUSED,
		"the kernel refuses a call nobody listens for");
	if (e)
		printf("cause %u diagnostic %u: %s\n", e->cause.cause, e->cause.diagnostic,
		       e->cause.words ? e->cause.words : "");
	fake_free(e);
	verdict(fake_connect(&host, ITS, L2TP, &c) == -EHOSTDOWN, "and is not called again at once");
}

/* As a PAD does: "read parameters", with the Q bit. */
static void a_pad(void)
{
	static const uint8_t read_parameters[] = {1, 4}; /* Q, X.29 code */
	int fd = call_us(snap, sizeof(snap), true);
	ist_channel c = take_offer();

	(void)WAIT(connected(fd));
	(void)!send(fd, read_parameters, sizeof(read_parameters), MSG_EOR);
	verdict(gone(c, IST_CAUSE_REFUSED) && fake_count(&host, "pads") == 1,
		"qualified data of a PAD: cleared");
	close(fd);
}

static void an_interrupt(void)
{
	int fd = call_us(snap, sizeof(snap), false);
	ist_channel c = take_offer();

	(void)WAIT(connected(fd));
	(void)!send(fd, "!", 1, MSG_OOB | MSG_EOR);
	verdict(WAIT(fake_count(&host, "x25-interrupts") == 1), "an interrupt is confirmed");
	verdict(to_us(fd, c, 300) && to_it(fd, c, 300), "and data go on");
	close(fd);
	(void)gone(c, IST_CAUSE_CLEARED);
}

static void many_calls(void)
{
	ist_channel c[30];
	int fd[30];
	bool ok = true;

	for (size_t i = 0; i < 30; i++) {
		fd[i] = call_us(snap, sizeof(snap), false);
		c[i] = take_offer();
		ok &= c[i] && WAIT(connected(fd[i]));
	}
	for (size_t i = 0; i < 30; i++)
		ok &= to_us(fd[i], c[i], 100 + i) && to_it(fd[i], c[i], 200 + i);
	verdict(ok, "thirty calls at once");
	for (size_t i = 0; i < 30; i++)
		close(fd[i]);
	for (size_t i = 0; i < 30; i++)
		ok &= gone(c[i], IST_CAUSE_CLEARED);
	verdict(ok, "and all are cleared");
}

static void the_device_goes(const char *device)
{
	int fd = call_us(snap, sizeof(snap), false);
	ist_channel c = take_offer();
	char command[100];

	(void)WAIT(connected(fd));
	snprintf(command, sizeof(command), "ip link set %s down", device);
	(void)!system(command);
	verdict(gone(c, IST_CAUSE_LINK), "the device goes down: so do calls");
	close(fd);
	snprintf(command, sizeof(command), "ip link set %s up", device);
	(void)!system(command);
	verdict(WAIT(strstr(fake_status(&host), "packet layer ready")), "it comes back, and the line");
	route(device);
	fd = call_us(snap, sizeof(snap), false);
	c = take_offer();
	verdict(c && WAIT(connected(fd)) && to_us(fd, c, 500), "and calls are placed again");
	close(fd);
	(void)gone(c, IST_CAUSE_CLEARED);
}

int main(int argc, char **argv)
{
	static char link[60], framing[40];
	const char *const config[] = {link,	       framing,	       "role=dce", "address=" OURS,
				      "hold-down=10s", "lapb-t1=1s", NULL};
	const char *device = argc == 3 ? argv[2] : NULL;
	bool tun = argc == 3 && !strcmp(argv[1], "tun");

	if (!device) {
		fprintf(stderr, "usage: %s tun TUN-DEVICE | lapb X25-DEVICE\n", argv[0]);
		return 2;
	}
	setvbuf(stdout, NULL, _IOLBF, 0);
	snprintf(link, sizeof(link), tun ? "link=tun:%s" : "link=packet:%s", tun ? device : "v1");
	snprintf(framing, sizeof(framing), "framing=%s", tun ? "pseudo-header" : "lapb");
	fake_now = now_us();
	fake_open(&host, &x25_transport, config);
	(void)WAIT(strstr(fake_status(&host), "link up"));
	route(device);
	verdict(WAIT(strstr(fake_status(&host), "packet layer ready")), "the kernel confirms our Restart");
	called_by_the_kernel();
	cleared_by_us();
	refused_by_us();
	calling_the_kernel();
	a_pad();
	an_interrupt();
	many_calls();
	refused_by_the_kernel();
	if (tun)
		the_device_goes(device);
	fake_close(&host);
	return failed;
}
