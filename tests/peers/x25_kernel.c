/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The x25 transport with this host's own kernel at the other end of the line, on a TUN device or
 *LAPB over an Ethernet, and the kernel's users (AF_X25 sockets) here as well: so it runs in a guest
 *whose kernel has x25.  Both are one program, since a test then knows what each side saw.
 *
 *   x25-kernel tun DEVICE
 *   x25-kernel lapb|lossy DEVICE INTERFACE [SETTING...]	DEVICE: the kernel's; INTERFACE:
 *ours, of the same line; lossy: data only, what is lost is sent again
 *
 * Calls go both ways, packet sequences of every kind of length, clearing from each side with its
 * causes, calls that are refused by each side, qualified data as a PAD sends them, interrupts, a
 *device that goes down and comes back.  Prints a line for each; the exit status says whether all
 *passed.
 */
#include "tests/transports/host.h"
#include "transports/x25/x25_transport.h"

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

#define OURS	 "31105555" /* our X.121 address */
#define ITS	 "31101111" /* of the kernel's users */
#define L2TP	 IST_PAYLOAD_L2TP
#define PATIENCE 20 /* seconds to wait for anything */

static const uint8_t snap[] = {0x80, 0x00, 0x00, 0x5e, 0x00, 0x07};
static struct fake_host host;
static bool failed;

static bool x25_kernel_verdict(bool ok, const char *what)
{
	printf("%s %s\n", ok ? "PASS" : "FAIL", what);
	failed |= !ok;
	return ok;
}

static uint64_t x25_kernel_now_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000 + (uint64_t)t.tv_nsec / 1000;
}

/* Runs the transport until something has happened on one of its descriptors, or 10 ms. */
static void x25_kernel_turn(void)
{
	struct pollfd fds[16];
	nfds_t n = 0;

	fake_run(&host, x25_kernel_now_us());
	for (size_t i = 0; i < 16; i++)
		if (host.watch[i].on_fd)
			fds[n++] = (struct pollfd){.fd = host.watch[i].fd, .events = POLLIN};
	poll(fds, n, 10);
	fake_run(&host, x25_kernel_now_us());
}

#define WAIT(condition)                                                             \
	({                                                                          \
		uint64_t end_ = x25_kernel_now_us() + PATIENCE * UINT64_C(1000000); \
		bool holds_;                                                        \
		while (!(holds_ = (condition)) && x25_kernel_now_us() < end_)       \
			x25_kernel_turn();                                          \
		holds_;                                                             \
	})

/* --- a user of the kernel's ------------------------------------------------------------------- */

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
	    ioctl(fd, SIOCX25SFACILITIES, &wide) < 0 ||
	    ioctl(fd, SIOCX25SCALLUSERDATA, &data) < 0) {
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

static void x25_kernel_route(const char *device)
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

static bool x25_kernel_connected(int fd)
{
	struct pollfd p = {.fd = fd, .events = POLLOUT};
	struct sockaddr_x25 peer;
	socklen_t len = sizeof(peer);

	poll(&p, 1, 0);
	return getpeername(fd, (struct sockaddr *)&peer, &len) == 0;
}

/* Has the kernel cleared it, with this cause and diagnostic? */
static bool x25_kernel_cleared(int fd, uint8_t cause, uint8_t diagnostic)
{
	struct x25_causediag got = {0};
	char octet;

	if (x25_kernel_connected(fd) || recv(fd, &octet, 1, 0) >= 0 || errno == EAGAIN ||
	    ioctl(fd, SIOCX25GCAUSEDIAG, &got) < 0)
		return false;
	if (got.cause != cause || got.diagnostic != diagnostic)
		printf("cause %u diagnostic %u\n", got.cause, got.diagnostic);
	return got.cause == cause && got.diagnostic == diagnostic;
}

/* --- data ------------------------------------------------------------------------------------- */

static void x25_kernel_fill(uint8_t *data, size_t len)
{
	for (size_t i = 0; i < len; i++)
		data[i] = (uint8_t)(i * 31 + len);
}

static bool to_us(int fd, ist_channel c, size_t len)
{
	uint8_t data[1620];
	struct fake_event *e;
	bool ok;

	x25_kernel_fill(data, len);
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

	x25_kernel_fill(data, len);
	if (!WAIT(fake_send(&host, c, data, len) == 1))
		return false;
	(void)WAIT((n = recv(fd, got, sizeof(got), 0)) >= 0);
	return n == (ssize_t)len && !memcmp(got, data, len);
}

static void x25_kernel_exchange(int fd, ist_channel c, const char *who)
{
	static const size_t lens[] = {1,   2,	 127,  128,  129,  255, 256,
				      257, 1023, 1024, 1025, 1500, 1620};
	char what[80];
	bool to = true, from = true;

	for (size_t i = 0; i < sizeof(lens) / sizeof(*lens); i++) {
		from &= to_us(fd, c, lens[i]);
		to &= to_it(fd, c, lens[i]);
	}
	for (unsigned i = 0; i < 100; i++)
		to &= to_it(fd, c, 700 + i);
	snprintf(what, sizeof(what), "%s: packet sequences of every length to us", who);
	x25_kernel_verdict(from, what);
	snprintf(what, sizeof(what), "%s: and to the kernel", who);
	x25_kernel_verdict(to, what);
	x25_kernel_verdict(!fake_count(&host, "x25-resets-tx") &&
				   !fake_count(&host, "x25-resets-rx"),
			   "no circuit was reset");
}

/* --- what is tried ---------------------------------------------------------------------------- */

static ist_channel take_offer(void)
{
	ist_channel c;

	(void)WAIT(fake_pending(&host, FAKE_OFFER));
	c = fake_channel(&host, FAKE_OFFER);
	if (c && !fake_answer(&host, c) && WAIT(fake_pending(&host, FAKE_UP)))
		return fake_channel(&host, FAKE_UP);
	return 0;
}

static bool gone_for(ist_channel c, uint8_t kind, unsigned cause, unsigned diagnostic)
{
	struct fake_event *e;
	bool ok;

	(void)WAIT(fake_pending(&host, FAKE_DOWN));
	e = fake_take(&host, FAKE_DOWN);
	ok = e && e->channel == c && e->forever && e->cause.kind == kind &&
	     (kind != IST_CAUSE_CLEARED ||
	      (e->cause.cause == cause && e->cause.diagnostic == diagnostic));
	if (e && !ok)
		printf("down: kind %u cause %u diagnostic %u %s\n", e->cause.kind, e->cause.cause,
		       e->cause.diagnostic, e->cause.words ? e->cause.words : "");
	fake_free(e);
	return ok;
}

static bool x25_kernel_gone(ist_channel c, uint8_t kind)
{
	return gone_for(c, kind, 0, 0);
}

static void called_by_the_kernel(void)
{
	int fd = call_us(snap, sizeof(snap), false);
	ist_channel c = take_offer();

	if (!x25_kernel_verdict(c && WAIT(x25_kernel_connected(fd)), "the kernel calls us"))
		return;
	x25_kernel_exchange(fd, c, "its call");
	close(fd);
	x25_kernel_verdict(x25_kernel_gone(c, IST_CAUSE_CLEARED), "the kernel clears");
}

static void cleared_by_us(void)
{
	int fd = call_us(snap, sizeof(snap), false);
	ist_channel c = take_offer();

	(void)WAIT(x25_kernel_connected(fd));
	fake_disconnect(&host, c);
	x25_kernel_verdict(WAIT(x25_kernel_cleared(fd, 0, 0)),
			   "we clear: the kernel's user is told");
	close(fd);
}

static void cleared_with_a_cause(void)
{
	struct x25_causediag why = {0x91, 0x4d};
	int fd = call_us(snap, sizeof(snap), false);
	ist_channel c = take_offer();

	(void)WAIT(x25_kernel_connected(fd));
	x25_kernel_verdict(c && ioctl(fd, SIOCX25SCAUSEDIAG, &why) == 0 && !close(fd) &&
				   gone_for(c, IST_CAUSE_CLEARED, why.cause, why.diagnostic),
			   "the kernel's cause and diagnostic arrive");
}

static void refused_by_us(void)
{
	static const uint8_t ip = 0xcc;
	int fd = call_us(&ip, 1, false);

	x25_kernel_verdict(WAIT(x25_kernel_cleared(fd, 0, 249)),
			   "IP is refused with diagnostic 249");
	x25_kernel_verdict(!fake_pending(&host, FAKE_OFFER), "and nobody was asked");
	close(fd);
	fd = call_us(snap, sizeof(snap), false);
	(void)WAIT(fake_pending(&host, FAKE_OFFER));
	fake_refuse(&host, fake_channel(&host, FAKE_OFFER));
	x25_kernel_verdict(WAIT(x25_kernel_cleared(fd, 0, 0)),
			   "a call the host refuses is cleared");
	close(fd);
}

static void calling_the_kernel(void)
{
	int door = listen_for_us(), fd = -1;
	ist_channel c = 0;

	x25_kernel_verdict(!fake_connect(&host, ITS, L2TP, &c) &&
				   WAIT(fake_pending(&host, FAKE_UP)) &&
				   fake_channel(&host, FAKE_UP) == c,
			   "we call the kernel");
	if (!x25_kernel_verdict(WAIT((fd = accept(door, NULL, NULL)) >= 0),
				"its user takes the call"))
		return;
	fcntl(fd, F_SETFL, O_NONBLOCK);
	x25_kernel_exchange(fd, c, "our call");
	fake_disconnect(&host, c);
	x25_kernel_verdict(WAIT(x25_kernel_cleared(fd, 0, 0)), "we clear our call");
	close(fd);
	close(door);
}

static void refused_by_the_kernel(void)
{
	struct fake_event *e;
	ist_channel c = 0;

	if (fake_connect(&host, ITS, L2TP, &c)) {
		x25_kernel_verdict(false, "a call to nobody is placed");
		return;
	}
	(void)WAIT(fake_pending(&host, FAKE_DOWN));
	e = fake_take(&host, FAKE_DOWN);
	x25_kernel_verdict(e && e->channel == c && e->forever && e->cause.kind == IST_CAUSE_REFUSED,
			   "the kernel refuses a call nobody listens for");
	if (e)
		printf("cause %u diagnostic %u: %s\n", e->cause.cause, e->cause.diagnostic,
		       e->cause.words ? e->cause.words : "");
	fake_free(e);
	x25_kernel_verdict(fake_connect(&host, ITS, L2TP, &c) == -EHOSTDOWN,
			   "and is not called again at once");
}

/* As a PAD does: "read parameters", with the Q bit. */
static void a_pad(void)
{
	static const uint8_t read_parameters[] = {1, 4}; /* Q, X.29 code */
	int fd = call_us(snap, sizeof(snap), true);
	ist_channel c = take_offer();

	(void)WAIT(x25_kernel_connected(fd));
	(void)!send(fd, read_parameters, sizeof(read_parameters), MSG_EOR);
	x25_kernel_verdict(x25_kernel_gone(c, IST_CAUSE_REFUSED) && fake_count(&host, "pads") == 1,
			   "qualified data of a PAD: cleared");
	close(fd);
}

static void an_interrupt(void)
{
	int fd = call_us(snap, sizeof(snap), false);
	ist_channel c = take_offer();

	(void)WAIT(x25_kernel_connected(fd));
	(void)!send(fd, "!", 1, MSG_OOB | MSG_EOR);
	x25_kernel_verdict(WAIT(fake_count(&host, "x25-interrupts") == 1),
			   "an interrupt is confirmed");
	x25_kernel_verdict(to_us(fd, c, 300) && to_it(fd, c, 300), "and data go on");
	close(fd);
	(void)x25_kernel_gone(c, IST_CAUSE_CLEARED);
}

static void many_calls(void)
{
	ist_channel c[30];
	int fd[30];
	bool ok = true;

	for (size_t i = 0; i < 30; i++) {
		fd[i] = call_us(snap, sizeof(snap), false);
		c[i] = take_offer();
		ok &= c[i] && WAIT(x25_kernel_connected(fd[i]));
	}
	for (size_t i = 0; i < 30; i++)
		ok &= to_us(fd[i], c[i], 100 + i) && to_it(fd[i], c[i], 200 + i);
	x25_kernel_verdict(ok, "thirty calls at once");
	for (size_t i = 0; i < 30; i++)
		close(fd[i]);
	for (size_t i = 0; i < 30; i++)
		ok &= x25_kernel_gone(c[i], IST_CAUSE_CLEARED);
	x25_kernel_verdict(ok, "and all are cleared");
}

static void set_device(const char *device, const char *state)
{
	char command[100];

	snprintf(command, sizeof(command), "ip link set %s %s", device, state);
	(void)!system(command);
}

/* `device`, either end's, goes down and comes back: the calls are lost, and others can be placed.
 * The kernel forgets the routes of a device of its own that goes down. */
static void down_and_up(const char *device, bool kernels)
{
	const char *whose = kernels ? "the kernel's" : "our";
	int fd = call_us(snap, sizeof(snap), false);
	ist_channel c = take_offer();
	char what[80];

	(void)WAIT(x25_kernel_connected(fd));
	set_device(device, "down");
	snprintf(what, sizeof(what), "%s device goes down: so do calls", whose);
	x25_kernel_verdict(x25_kernel_gone(c, IST_CAUSE_LINK), what);
	close(fd);
	set_device(device, "up");
	snprintf(what, sizeof(what), "%s device comes back, and the line", whose);
	x25_kernel_verdict(WAIT(strstr(fake_status(&host), "packet layer ready")), what);
	if (kernels)
		x25_kernel_route(device);
	fd = call_us(snap, sizeof(snap), false);
	c = take_offer();
	x25_kernel_verdict(c && WAIT(x25_kernel_connected(fd)) && to_us(fd, c, 500),
			   "and calls are placed again");
	close(fd);
	(void)x25_kernel_gone(c, IST_CAUSE_CLEARED);
}

/* Many packets at once each way, so that frames follow those that are lost. */
static void over_a_lossy_line(void)
{
	enum { SDUS = 50, OCTETS = 1200 };
	uint8_t data[OCTETS], got[OCTETS + 1];
	unsigned sent = 0, out = 0, came = 0, wrong = 0;
	int fd = call_us(snap, sizeof(snap), false);
	ist_channel c = take_offer();
	uint64_t set_up = fake_count(&host, "lapb-resets"); /* for a UA that was lost */

	x25_kernel_fill(data, OCTETS);
	for (uint64_t end = x25_kernel_now_us() + PATIENCE * UINT64_C(1000000);
	     x25_kernel_now_us() < end; x25_kernel_turn()) {
		struct fake_event *e;
		ssize_t n;

		sent += sent < SDUS && send(fd, data, OCTETS, MSG_EOR) == OCTETS;
		out += out < SDUS && fake_send(&host, c, data, OCTETS) == 1;
		while ((n = recv(fd, got, sizeof(got), 0)) >= 0) {
			came++;
			wrong += n != OCTETS || memcmp(got, data, OCTETS);
		}
		while ((e = fake_take(&host, FAKE_FRAME))) {
			came++;
			wrong += e->len != OCTETS || memcmp(e->data, data, OCTETS);
			fake_free(e);
		}
		if (came == 2 * SDUS)
			break;
	}
	printf("sent %u and %u, %u came, %u wrong; sent again %u, rejects %u, T1 %u\n", sent, out,
	       came, wrong, (unsigned)fake_count(&host, "lapb-resent"),
	       (unsigned)fake_count(&host, "lapb-rej-tx"), (unsigned)fake_count(&host, "lapb-t1"));
	x25_kernel_verdict(came == 2 * SDUS && !wrong,
			   "frames are lost: every packet arrives, once");
	x25_kernel_verdict(fake_count(&host, "lapb-resent") > 0, "we have sent some again");
	x25_kernel_verdict(fake_count(&host, "lapb-rej-tx") > 0, "and asked the kernel to");
	x25_kernel_verdict(fake_count(&host, "lapb-resets") == set_up &&
				   !fake_count(&host, "x25-resets-tx") &&
				   !fake_count(&host, "x25-resets-rx"),
			   "nothing was reset");
	close(fd);
	x25_kernel_verdict(x25_kernel_gone(c, IST_CAUSE_CLEARED), "and the call is cleared");
}

static void everything(const char *device, const char *interface)
{
	called_by_the_kernel();
	cleared_with_a_cause();
	cleared_by_us();
	refused_by_us();
	calling_the_kernel();
	a_pad();
	an_interrupt();
	many_calls();
	refused_by_the_kernel();
	down_and_up(device, true);
	if (interface)
		down_and_up(interface, false);
}

int main(int argc, char **argv)
{
	static char link[60];
	bool tun = argc == 3 && !strcmp(argv[1], "tun");
	bool lossy = argc > 3 && !strcmp(argv[1], "lossy");
	/* Where nothing is lost T1 is longer than a busy machine takes to answer: the second UA, of
	 * a SABM sent again, resets the link and what is set up on it. */
	const char *config[20] = {link,
				  "role=dce",
				  "address=" OURS,
				  "hold-down=10s",
				  lossy ? "lapb-t1=300ms" : "lapb-t1=3s",
				  "lapb-retry=2s"};
	size_t n = 6;

	if (!tun && !lossy && (argc < 4 || strcmp(argv[1], "lapb"))) {
		fprintf(stderr, "usage: %s tun DEVICE | lapb|lossy DEVICE INTERFACE [SETTING...]\n",
			argv[0]);
		return 2;
	}
	setvbuf(stdout, NULL, _IOLBF, 0);
	snprintf(link, sizeof(link), tun ? "link=tun:%s" : "link=packet:%s", argv[tun ? 2 : 3]);
	config[n++] = tun ? "framing=pseudo-header" : "framing=lapb";
	for (int i = 4; i < argc && n < 19; i++)
		config[n++] = argv[i];
	fake_now = x25_kernel_now_us();
	fake_open(&host, &x25_transport, config);
	(void)WAIT(strstr(fake_status(&host), "link up"));
	if (!tun)
		set_device(argv[2], "up"); /* not before we listen: it would wait for T1 */
	x25_kernel_route(argv[2]);
	x25_kernel_verdict(WAIT(strstr(fake_status(&host), "packet layer ready")),
			   "the kernel confirms our Restart");
	if (lossy)
		over_a_lossy_line();
	else
		everything(argv[2], tun ? NULL : argv[3]);
	fake_close(&host);
	return failed;
}
