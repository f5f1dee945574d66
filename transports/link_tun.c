/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * `tun:INTERFACE`: a TUN device made here, by which the protocol stack of this host's own kernel is at
 * the other end.  The device has the link type of the medium (TUNSETLINK), so that the kernel binds
 * the right protocol to it, and keeps its packet information header, without which TUN takes IP only:
 * two octets of flags and the protocol in front of each frame.
 *
 * The device goes when the link is closed.  Somebody may delete it or take it down before: check sees
 * that, and link.c makes it anew.
 */
#include "transports/link_kind.h"

#include "core/bytes.h"

#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <linux/if_tun.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/uio.h>
#include <unistd.h>

#define PI_LEN	   4u
#define DEVICE_MTU 4200 /* the longest packet of X.25 with room */
#define ROUNDS	   64u

struct tun_link {
	struct link *link;
	char name[IFNAMSIZ];
	unsigned index;
	int fd; /* -1 = closed */
	uint8_t buffer[PI_LEN + LINK_FRAME_MAX];
};

static void *parse(struct link *l, const char *rest, char *err, size_t err_len)
{
	size_t len = strlen(rest);
	struct tun_link *u;

	if (!link_conf_of(l)->tun_type) {
		settings_error(err, err_len, EINVAL, "link: no %s with this transport",
			       link_tun.form);
		return NULL;
	}
	u = len && len < IFNAMSIZ ? calloc(1, sizeof(*u)) : NULL;
	if (!u) {
		settings_error(err, err_len, EINVAL, "link: \"tun:%s\" is not %s", rest,
			       link_tun.form);
		return NULL;
	}
	memcpy(u->name, rest, len + 1);
	u->link = l;
	u->fd = -1;
	return u;
}

/* --- frames --------------------------------------------------------------------------------------- */

/* False: nothing more to read now. */
static bool receive(struct tun_link *u)
{
	ssize_t n = read(u->fd, u->buffer, sizeof(u->buffer));
	struct rd r = rd_init(u->buffer, n < 0 ? 0 : (size_t)n);
	uint16_t flags = rd_u16(&r), protocol = rd_u16(&r);
	struct link_frame f;

	if (n < 0) {
		if (errno != EAGAIN && errno != EINTR)
			link_recheck(u->link);
		return errno == EINTR;
	}
	f = (struct link_frame){NULL, r.p, 0, (uint32_t)r.left};
	if (flags & TUN_PKT_STRIP)
		link_counted(u->link, LINK_RX_TOO_LONG);
	else if (r.bad || protocol != link_conf_of(u->link)->tun_protocol)
		link_counted(u->link, LINK_RX_BAD);
	else
		link_received(u->link, &f, 1);
	return true;
}

static void on_readable(void *arg, unsigned ready)
{
	struct tun_link *u = arg;

	(void)ready;
	for (unsigned i = 0; i < ROUNDS && u->fd >= 0; i++)
		if (!receive(u))
			return;
}

static void send_one(struct tun_link *u, const struct link_frame *f)
{
	uint8_t pi[PI_LEN] = {0};
	struct iovec iov[3] = {
		{pi, sizeof(pi)},
		{(void *)(uintptr_t)f->head, f->head ? f->head_len : 0},
		{(void *)(uintptr_t)f->payload, f->len},
	};

	wr_put16(pi + 2, link_conf_of(u->link)->tun_protocol);
	if (writev(u->fd, iov, 3) >= 0) {
		link_counted(u->link, LINK_TX);
	} else if (errno == EAGAIN || errno == ENOBUFS || errno == ENOMEM) {
		link_counted(u->link, LINK_TX_FULL);
	} else {
		link_counted(u->link, LINK_TX_ERROR);
		link_recheck(u->link);
	}
}

static void send_frames(void *impl, const struct link_frame *f, unsigned n)
{
	for (unsigned i = 0; i < n; i++)
		send_one(impl, &f[i]);
}

/* --- the device ------------------------------------------------------------------------------------- */

static struct ifreq request(const struct tun_link *u)
{
	struct ifreq r;

	memset(&r, 0, sizeof(r));
	memcpy(r.ifr_name, u->name, sizeof(r.ifr_name));
	return r;
}

static int make_device(struct tun_link *u)
{
	struct ifreq r = request(u);

	r.ifr_flags = IFF_TUN;
	if (ioctl(u->fd, TUNSETIFF, &r) < 0)
		return -errno;
	memcpy(u->name, r.ifr_name, sizeof(u->name));
	if (ioctl(u->fd, TUNSETLINK, (unsigned long)link_conf_of(u->link)->tun_type) < 0)
		return -errno;
	return 0;
}

static int take_up(const struct tun_link *u)
{
	struct ifreq r = request(u);
	int s = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0), rc = 0;

	if (s < 0)
		return -errno;
	r.ifr_mtu = DEVICE_MTU;
	if (ioctl(s, SIOCSIFMTU, &r) < 0)
		rc = -errno;
	r = request(u);
	r.ifr_flags = IFF_UP | IFF_RUNNING | IFF_NOARP;
	if (!rc && ioctl(s, SIOCSIFFLAGS, &r) < 0)
		rc = -errno;
	close(s);
	return rc;
}

static void stop(void *impl)
{
	struct tun_link *u = impl;
	const struct link_conf *c = link_conf_of(u->link);

	if (u->fd < 0)
		return;
	c->host->watch(c->host_ctx, u->fd, 0, on_readable, u);
	close(u->fd);
	u->fd = -1;
}

static int start(void *impl)
{
	struct tun_link *u = impl;
	const struct link_conf *c = link_conf_of(u->link);
	int r;

	u->fd = open("/dev/net/tun", O_RDWR | O_NONBLOCK | O_CLOEXEC);
	if (u->fd < 0)
		return -errno;
	r = make_device(u);
	if (!r)
		r = take_up(u);
	if (!r)
		r = c->host->watch(c->host_ctx, u->fd, IST_READ, on_readable, u);
	if (r < 0) {
		close(u->fd);
		u->fd = -1;
		return r;
	}
	u->index = if_nametoindex(u->name);
	return 0;
}

static int check(void *impl)
{
	const struct tun_link *u = impl;
	struct ifreq r = request(u);
	int s, rc;

	if (if_nametoindex(u->name) != u->index)
		return -ENODEV;
	s = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (s < 0)
		return -errno;
	rc = ioctl(s, SIOCGIFFLAGS, &r) < 0 ? -errno : (r.ifr_flags & IFF_UP) != 0;
	close(s);
	return rc;
}

static uint32_t mtu(const void *impl)
{
	(void)impl;
	return DEVICE_MTU;
}

const struct link_kind link_tun = {
	.scheme = "tun:",
	.form = "tun:INTERFACE",
	.parse = parse,
	.free = free,
	.start = start,
	.stop = stop,
	.check = check,
	.send = send_frames,
	.mtu = mtu,
};
