/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The octets of a frozen port.  The first octet of the input chooses the transport and its
 * settings, the rest is what another process is said to have written, with descriptors that may be
 * what it says.  Thaw refuses with words, or makes a port: that runs for a while, can be frozen and
 * thawed again, and leaves nothing behind.
 */
#include "tests/transports/host.h"
#include "transports/atm/atm.h"
#include "transports/frame-relay/frame_relay.h"
#include "transports/loop.h"
#include "transports/pppoe/pppoe.h"
#include "transports/serial/serial.h"
#include "transports/udp/udp.h"
#include "transports/x25/x25_socket.h"
#include "transports/x25/x25_transport.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define S UINT64_C(1000000)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define SETTINGS(...) ((const char *const[]){__VA_ARGS__, NULL})

static const struct fuzz_thaw_row {
	const struct ist_transport *tr;
	const char *const *config;
} rows[] = {
	{&frame_relay_transport, SETTINGS("link=loop:ft", "lmi=annex-d", "t391=5s", "fragment=400",
					  "@100 l2tp ppp", "@101 ppp")},
	{&frame_relay_transport, SETTINGS("link=loop:ft", "lmi=annex-d", "role=network",
					  "impair-delay=1s", "@100 l2tp ppp", "@101 ppp")},
	{&atm_transport, SETTINGS("link=loop:ft", "oam-loopback=1s", "pcr=100", "@0/35 l2tp ppp",
				  "@8/48 ppp", "encapsulation=vc-mux", "sdu-max=200")},
	{&x25_transport, SETTINGS("link=loop:ft", "address=3110", "@1 l2tp")},
	{&pppoe_transport, SETTINGS("link=loop:ft", "pado-delay=1s", "max-sessions=20")},
	{&pppoe_transport, SETTINGS("link=loop:ft", "role=client", "max-sessions=20")},
	{&serial_transport, SETTINGS("link=loop:ft", "fcs=16")},
	{&serial_transport,
	 SETTINGS("device=/nowhere", "chat='' ATDT\\T", "chat=CONNECT ppp", "chat=welcome")},
	{&serial_transport, SETTINGS("device=/nowhere")},
	{&udp_transport, SETTINGS("listen=127.0.0.1:0", "max-channels=16")},
	{&loop_transport, SETTINGS("pair=ft", "window=4", "@a l2tp ppp", "@b ppp")},
	{&x25_transport, SETTINGS("link=xot:127.0.0.1:1", "address=3110", "@1 l2tp")},
	{&x25_transport, SETTINGS("link=x25-socket:", "address=31101111", "socket-calls=8")},
};
#define ROWS (sizeof(rows) / sizeof(rows[0]))

static void fuzz_thaw_check(bool ok)
{
	if (!ok)
		abort();
}

/* --- sockets of AF_X25 ------------------------------------------------------------------------ */

/* The kernel here has none: the end of a loop link is a call, a datagram socket is one that
 * listens, since it is quiet. */
static enum x25_kernel_kind fuzz_thaw_kind(int fd)
{
	int type = 0;
	socklen_t len = sizeof(type);

	getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &len);
	return type == SOCK_SEQPACKET ? X25_KERNEL_CALL
	       : type == SOCK_DGRAM   ? X25_KERNEL_LISTENS
				      : X25_KERNEL_OTHER;
}

static int fuzz_thaw_listen(const struct x25_kernel_call *c)
{
	(void)c;
	return socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
}

static int fuzz_thaw_next_call(int fd, struct x25_kernel_call *out)
{
	(void)fd;
	(void)out;
	return -EAGAIN;
}

static int fuzz_thaw_state(int fd, uint8_t *cause, uint8_t *diagnostic)
{
	(void)fd;
	*cause = *diagnostic = 0;
	return -ECONNRESET; /* nobody is at the other end */
}

static void fuzz_thaw_kernel(void)
{
	static struct x25_kernel kernel;

	kernel = x25_af_x25;
	kernel.listen = fuzz_thaw_listen;
	kernel.next_call = fuzz_thaw_next_call;
	kernel.state = fuzz_thaw_state;
	kernel.kind = fuzz_thaw_kind;
	x25_socket_kernel = &kernel;
}

/* --- the port --------------------------------------------------------------------------------- */

/* The end of a loop link, a datagram socket that is bound, a tty, a stream, two more sockets that
 * listen. */
static void fuzz_thaw_descriptors(struct fake_frozen *f)
{
	struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	int pair[2];

	fuzz_thaw_check(
		!socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, pair));
	close(pair[1]);
	f->fd[0] = pair[0];
	f->fd[1] = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (f->fd[1] >= 0)
		(void)bind(f->fd[1], (struct sockaddr *)&at, sizeof(at));
	f->fd[2] = open("/dev/ptmx", O_RDWR | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	f->fd[3] = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	f->fd[4] = fuzz_thaw_listen(NULL);
	f->fd[5] = fuzz_thaw_listen(NULL);
	f->f.fd = f->fd;
	f->f.fds = 6;
}

static bool fuzz_thaw_thaw(struct fake_host *h, struct fake_frozen *f,
			   const struct fuzz_thaw_row *row)
{
	char err[200] = "";
	int r = fake_thaw(h, f, row->config, err, sizeof(err));

	fuzz_thaw_check(!r || err[0]);
	return !r;
}

/* What came of it is what its own transport writes. */
static void fuzz_thaw_live(struct fake_host *h, const struct fuzz_thaw_row *row)
{
	struct fake_frozen f;

	for (unsigned i = 0; i < 3; i++) {
		fake_run(h, fake_now + i * S);
		fake_freeze(h, &f);
		fuzz_thaw_check(fuzz_thaw_thaw(h, &f, row));
		fake_frozen_free(&f);
	}
	fake_run(h, fake_now + 30 * S);
	fake_close(h);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fake_frozen f = {.f = {.size = sizeof(f.f), .fd_room = 64}};
	const struct fuzz_thaw_row *row;
	struct fake_host h;

	if (!size)
		return 0;
	row = &rows[data[0] % ROWS];
	fake_now = 1000 * S;
	fuzz_thaw_kernel();
	fake_init(&h);
	h.tr = row->tr;
	f.f.len = size - 1;
	f.f.octets = malloc(size);
	fuzz_thaw_check(f.f.octets != NULL);
	memcpy(f.f.octets, data + 1, size - 1);
	fuzz_thaw_descriptors(&f);
	if (fuzz_thaw_thaw(&h, &f, row))
		fuzz_thaw_live(&h, row);
	fake_frozen_free(&f);
	fake_forget(&h);
	return 0;
}
