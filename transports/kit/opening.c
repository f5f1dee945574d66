/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One function a kind.  Whatever fails, the descriptor is closed in one place.
 */
#include "transports/kit/opening.h"

#include "transports/kit/sock_buffer.h"

#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <linux/if_tun.h>
#include <linux/xfrm.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#ifndef SO_RCVMARK
#define SO_RCVMARK 75 /* headers of Linux before 5.19 */
#endif

struct ist_open opening_named(enum ist_open_kind kind, const char *name)
{
	struct ist_open w = {.size = sizeof(w), .kind = (uint8_t)kind};
	size_t len = strlen(name);

	memcpy(w.name, name, len < sizeof(w.name) ? len : sizeof(w.name));
	return w;
}

struct ist_open opening_at(enum ist_open_kind kind, const struct udp_ep *at)
{
	struct ist_open w = {.size = sizeof(w),
			     .kind = (uint8_t)kind,
			     .family = at->family,
			     .port = at->port,
			     .scope = at->scope};

	memcpy(w.ip, at->ip, sizeof(w.ip));
	return w;
}

void opening_list(const struct ist_open *w, struct ist_open *opens, unsigned room, unsigned *n)
{
	if (*n < room)
		opens[*n] = *w;
	++*n;
}

unsigned opening_only(const struct ist_open *w, struct ist_open *opens, unsigned room)
{
	unsigned n = 0;

	opening_list(w, opens, room, &n);
	return n;
}

int opening_ask(const struct ist_host *h, void *ctx, const struct ist_open *what)
{
	int r = IST_HAS(h, open) && h->open ? h->open(ctx, what) : -ENOSYS;

	return r == -ENOSYS ? opening_here(what) : r;
}

/* --- devices ---------------------------------------------------------------------------------- */

static struct ifreq opening_request(const char *name)
{
	struct ifreq r;

	memset(&r, 0, sizeof(r));
	memcpy(r.ifr_name, name, strnlen(name, sizeof(r.ifr_name) - 1));
	return r;
}

int opening_device_name(int fd, char *name)
{
	struct ifreq r = opening_request("");

	if (ioctl(fd, TUNGETIFF, &r) < 0)
		return -errno;
	memcpy(name, r.ifr_name, IFNAMSIZ);
	name[IFNAMSIZ - 1] = '\0';
	return 0;
}

/* As dev_valid_name() and dev_alloc_name() of Linux have it. */
bool opening_may_be_device(const char *name, bool made)
{
	const char *percent = strchr(name, '%');

	if (!*name || strlen(name) >= IFNAMSIZ || !strcmp(name, ".") || !strcmp(name, ".."))
		return false;
	if (strpbrk(name, "/: \t\n\v\f\r"))
		return false;
	return !made || !percent || (percent[1] == 'd' && !strchr(percent + 1, '%'));
}

static int opening_checked(int fd)
{
	return fd < 0 ? -errno : fd;
}

static int opening_packet(const struct ist_open *w)
{
	int fd;

	if (strlen(w->name) >= IFNAMSIZ)
		return -ENAMETOOLONG;
	/* Protocol 0: nothing is received until it is bound to the one device. */
	fd = opening_checked(socket(AF_PACKET, SOCK_RAW | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
	if (fd < 0)
		return fd;
	sock_buffer(fd, SO_RCVBUFFORCE, SO_RCVBUF, OPENING_PACKET_BUFFER);
	sock_buffer(fd, SO_SNDBUFFORCE, SO_SNDBUF, OPENING_PACKET_BUFFER);
	return fd;
}

/* The interface identifier is agreed by IPV6CP.  Where /proc is not writable the device has another
 * address besides. */
static void opening_no_address(const char *name)
{
	char path[64 + IFNAMSIZ];
	int fd;

	snprintf(path, sizeof(path), "/proc/sys/net/ipv6/conf/%s/addr_gen_mode", name);
	fd = open(path, O_WRONLY | O_CLOEXEC);
	if (fd < 0)
		return;
	dprintf(fd, "1");
	close(fd);
}

static int opening_take_up(const struct ist_open *w, const char *name)
{
	struct ifreq r = opening_request(name);
	int s, rc = 0;

	if (!w->mtu && !(w->flags & (IST_OPEN_UP | IST_OPEN_LONG_QUEUE)))
		return 0;
	s = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (s < 0)
		return -errno;
	r.ifr_mtu = w->mtu;
	if (w->mtu && ioctl(s, SIOCSIFMTU, &r) < 0)
		rc = -errno;
	r = opening_request(name);
	r.ifr_qlen = IST_OPEN_QUEUE;
	/* Root of a user namespace may not, and a short queue is better than no device. */
	if (w->flags & IST_OPEN_LONG_QUEUE)
		(void)ioctl(s, SIOCSIFTXQLEN, &r);
	r = opening_request(name);
	r.ifr_flags = IFF_UP | IFF_NOARP;
	if (!rc && w->flags & IST_OPEN_UP && ioctl(s, SIOCSIFFLAGS, &r) < 0)
		rc = -errno;
	close(s);
	return rc;
}

int opening_set_up(const struct ist_open *w, const char *name)
{
	if (w->flags & IST_OPEN_NO_ADDRESS)
		opening_no_address(name);
	return opening_take_up(w, name);
}

static int opening_make_device(const struct ist_open *w, int fd)
{
	struct ifreq r = opening_request(w->name);

	r.ifr_flags = w->kind == IST_OPEN_TAP ? IFF_TAP : IFF_TUN;
	if (!(w->flags & IST_OPEN_HEAD))
		r.ifr_flags |= IFF_NO_PI;
	if (w->flags & IST_OPEN_SUPER)
		r.ifr_flags |= IFF_VNET_HDR;
	if (ioctl(fd, TUNSETIFF, &r) < 0)
		return -errno;
	if (w->type && ioctl(fd, TUNSETLINK, (unsigned long)w->type) < 0)
		return -errno;
	return opening_set_up(w, r.ifr_name);
}

static int opening_device(const struct ist_open *w)
{
	int fd, r;

	if (strlen(w->name) >= IFNAMSIZ)
		return -ENAMETOOLONG;
	fd = open("/dev/net/tun", O_RDWR | O_NONBLOCK | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	r = opening_make_device(w, fd);
	if (r < 0)
		close(fd);
	return r < 0 ? r : fd;
}

/* --- paths ------------------------------------------------------------------------------------ */

static int opening_tty(const struct ist_open *w)
{
	return opening_checked(open(w->name, O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC));
}

static int opening_no_link(const struct ist_open *w)
{
	return w->flags & IST_OPEN_NO_LINK ? O_NOFOLLOW : 0;
}

static int opening_read(const struct ist_open *w)
{
	return opening_checked(
		open(w->name, O_RDONLY | O_CLOEXEC | O_NONBLOCK | opening_no_link(w)));
}

static int opening_write(const struct ist_open *w)
{
	int flags = O_WRONLY | O_CLOEXEC | opening_no_link(w);
	struct stat st;

	if (!stat(w->name, &st) && S_ISFIFO(st.st_mode))
		return opening_checked(open(w->name, flags | O_NONBLOCK));
	return opening_checked(open(w->name, flags | O_CREAT | O_TRUNC, 0640));
}

/* --- sockets ---------------------------------------------------------------------------------- */

static socklen_t opening_address(const struct ist_open *w, struct sockaddr_storage *out)
{
	struct udp_ep at = {.family = w->family, .port = w->port, .scope = w->scope};

	memcpy(at.ip, w->ip, sizeof(at.ip));
	return udp_ep_to_sock(&at, out);
}

static int opening_bind(const struct ist_open *w, int fd)
{
	struct sockaddr_storage ss;
	socklen_t len = opening_address(w, &ss);

	return bind(fd, (struct sockaddr *)&ss, len) < 0 ? -errno : 0;
}

/* A policy of the socket itself: it comes before those of the system, so that whatever the IKE
 * daemon has done, what arrives in the clear is dropped.  Any key and algorithm will do; which ones
 * are good is the daemon's to say.  There is none for sending, since it could not name a mark. */
static int opening_esp_only(const struct ist_open *w, int fd)
{
	const uint16_t family = w->family == 4 ? AF_INET : AF_INET6;
	struct {
		struct xfrm_userpolicy_info policy;
		struct xfrm_user_tmpl by;
	} p = {
		.policy = {.sel = {.family = family},
			   .lft = {.soft_byte_limit = XFRM_INF,
				   .hard_byte_limit = XFRM_INF,
				   .soft_packet_limit = XFRM_INF,
				   .hard_packet_limit = XFRM_INF},
			   .dir = XFRM_POLICY_IN,
			   .action = XFRM_POLICY_ALLOW},
		.by = {.id = {.proto = IPPROTO_ESP},
		       .family = family,
		       .mode = XFRM_MODE_TRANSPORT,
		       .aalgos = UINT32_MAX,
		       .ealgos = UINT32_MAX,
		       .calgos = UINT32_MAX},
	};

	return setsockopt(fd, w->family == 4 ? IPPROTO_IP : IPPROTO_IPV6,
			  w->family == 4 ? IP_XFRM_POLICY : IPV6_XFRM_POLICY, &p, sizeof(p));
}

static int opening_udp_set(const struct ist_open *w, int fd)
{
	int on = 1, level = w->family == 4 ? IPPROTO_IP : IPPROTO_IPV6;
	int option = w->family == 4 ? IP_PKTINFO : IPV6_RECVPKTINFO;

	if (w->receive)
		sock_buffer(fd, SO_RCVBUFFORCE, SO_RCVBUF, (int)w->receive);
	if (w->send)
		sock_buffer(fd, SO_SNDBUFFORCE, SO_SNDBUF, (int)w->send);
	if (w->family == 6 && setsockopt(fd, level, IPV6_V6ONLY, &on, sizeof(on)) < 0)
		return -errno;
	if (w->flags & IST_OPEN_DESTINATION && setsockopt(fd, level, option, &on, sizeof(on)) < 0)
		return -errno;
	if (w->flags & IST_OPEN_MARK && setsockopt(fd, SOL_SOCKET, SO_RCVMARK, &on, sizeof(on)) < 0)
		return -errno;
	if (w->flags & IST_OPEN_ESP && opening_esp_only(w, fd) < 0)
		return -errno;
	if (w->flags & IST_OPEN_SHARE &&
	    setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &on, sizeof(on)) < 0)
		return -errno;
	return opening_bind(w, fd);
}

static int opening_listen_set(const struct ist_open *w, int fd)
{
	int on = 1, r;

	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	r = opening_bind(w, fd);
	return !r && listen(fd, (int)w->backlog) < 0 ? -errno : r;
}

static int opening_socket(const struct ist_open *w)
{
	bool udp = w->kind == IST_OPEN_UDP;
	int fd = socket(w->family == 4 ? AF_INET : AF_INET6,
			(udp ? SOCK_DGRAM : SOCK_STREAM) | SOCK_NONBLOCK | SOCK_CLOEXEC, 0),
	    r;

	if (fd < 0)
		return -errno;
	r = udp ? opening_udp_set(w, fd) : opening_listen_set(w, fd);
	if (r < 0)
		close(fd);
	return r < 0 ? r : fd;
}

/* --- all -------------------------------------------------------------------------------------- */

static int (*const openings[IST_OPEN_KINDS])(const struct ist_open *w) = {
	[IST_OPEN_PACKET] = opening_packet, [IST_OPEN_TUN] = opening_device,
	[IST_OPEN_TAP] = opening_device,    [IST_OPEN_TTY] = opening_tty,
	[IST_OPEN_READ] = opening_read,	    [IST_OPEN_WRITE] = opening_write,
	[IST_OPEN_UDP] = opening_socket,    [IST_OPEN_LISTEN] = opening_socket,
};

int opening_here(const struct ist_open *what)
{
	if (what->kind >= IST_OPEN_KINDS || !openings[what->kind])
		return -EINVAL;
	if (what->size != sizeof(*what))
		return -EINVAL;
	if (what->name[sizeof(what->name) - 1])
		return -ENAMETOOLONG;
	return openings[what->kind](what);
}
