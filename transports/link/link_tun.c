/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * `tun:INTERFACE` and `tap:INTERFACE`: a device made here, by which this host itself is at the
 * other end.
 *
 * A TUN has the link type of the medium (TUNSETLINK), so that the kernel binds the right protocol
 * to it where it has one, and others see what it is; it keeps its packet information header,
 * without which it takes IP only: two octets of flags and the protocol in front of each frame.  A
 * TAP is an Ethernet, for bridges and guests: frames are wrapped as on `packet:` links, and what
 * else is on it is not ours.
 *
 * The device goes when the link is closed.  An operator may delete it or take it down before: check
 * sees that, and link.c makes it anew.
 */
#include "transports/link/link_kind.h"

#include "transports/link/link_ether.h"

#include "core/bytes.h"

#include <errno.h>
#include <net/if.h>
#include <linux/if_ether.h>
#include <linux/if_tun.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/uio.h>
#include <unistd.h>

#define PI_LEN	   4u
#define DEVICE_MTU 4200u /* the longest packet of X.25 with room */
#define ROUNDS	   64u

struct tun_link {
	struct link *link;
	bool tap;
	char name[IFNAMSIZ];
	unsigned index;
	uint32_t mtu;		       /* of the device */
	int fd;			       /* -1 = closed */
	uint8_t head[LINK_ETHER_HEAD]; /* in front of each frame: packet information, or Ethernet's
					*/
	unsigned head_len;
	uint8_t mac[6]; /* of our end of a TAP */
	uint8_t buffer[LINK_ETHER_HEAD + LINK_FRAME_MAX];
};

static void *link_tun_parse(struct link *l, const char *rest, const struct link_kind *kind,
			    char *err, size_t err_len)
{
	bool tap = kind == &link_tap;
	size_t len = strlen(rest);
	struct tun_link *u;

	if (!tap && !link_conf_of(l)->tun_type) {
		settings_error(err, err_len, EINVAL, "link: no %s with this transport", kind->form);
		return NULL;
	}
	u = opening_may_be_device(rest, true) ? calloc(1, sizeof(*u)) : NULL;
	if (!u) {
		settings_error(err, err_len, EINVAL, "link: \"%s%s\" is not %s", kind->scheme, rest,
			       kind->form);
		return NULL;
	}
	memcpy(u->name, rest, len + 1);
	u->link = l;
	u->tap = tap;
	u->fd = -1;
	u->mtu = DEVICE_MTU;
	u->head_len = tap ? link_ether_own(link_conf_of(l)) : PI_LEN;
	return u;
}

static void *parse_tun(struct link *l, const char *rest, char *err, size_t err_len)
{
	return link_tun_parse(l, rest, &link_tun, err, err_len);
}

static void *link_tun_parse_tap(struct link *l, const char *rest, char *err, size_t err_len)
{
	return link_tun_parse(l, rest, &link_tap, err, err_len);
}

/* --- frames ----------------------------------------------------------------------------------- */

/* The protocol, and the frame behind it. */
static bool take_tun(const struct link_conf *c, struct link_frame *f)
{
	struct rd r = rd_init(f->payload, f->len);
	uint16_t protocol;

	rd_skip(&r, 2);
	protocol = rd_u16(&r);
	f->payload = r.p;
	f->len = (uint32_t)r.left;
	return !r.bad && (protocol == c->tun_protocol || c->tun_protocol == ETH_P_ALL);
}

static void link_tun_take(struct tun_link *u, struct link_frame *f)
{
	const struct link_conf *c = link_conf_of(u->link);

	if (u->tap && !link_ether_wanted(c, f))
		return; /* other protocols, such as this host's IPv6 */
	if (f->len > LINK_FRAME_MAX + (u->tap ? 0 : PI_LEN)) /* and it may have been cut */
		link_counted(u->link, LINK_RX_TOO_LONG);
	else if (u->tap ? link_ether_take(c, f) : take_tun(c, f))
		link_received(u->link, f, 1);
	else
		link_counted(u->link, LINK_RX_BAD);
}

/* False: nothing more to read now. */
static bool link_tun_receive(struct tun_link *u)
{
	ssize_t n = read(u->fd, u->buffer, sizeof(u->buffer));
	struct link_frame f = {NULL, u->buffer, 0, n < 0 ? 0 : (uint32_t)n};

	if (n >= 0)
		link_tun_take(u, &f);
	else if (errno != EAGAIN && errno != EINTR)
		link_recheck(u->link);
	return n >= 0 || errno == EINTR;
}

static void link_tun_on_readable(void *arg, unsigned ready)
{
	struct tun_link *u = arg;

	(void)ready;
	for (unsigned i = 0; i < ROUNDS; i++)
		if (!link_tun_receive(u))
			return;
}

static void link_tun_send_one(struct tun_link *u, const struct link_frame *f)
{
	uint32_t head = f->head ? f->head_len : 0;
	struct iovec iov[3] = {
		{u->head, u->head_len},
		{(void *)(uintptr_t)f->head, head},
		{(void *)(uintptr_t)f->payload, f->len},
	};

	if (u->tap)
		link_ether_length(u->head + LINK_ETHER_HEAD - 2, (uint16_t)(head + f->len),
				  link_conf_of(u->link)->little_endian);
	if (writev(u->fd, iov, 3) >= 0) {
		link_counted(u->link, LINK_TX);
	} else if (errno == EAGAIN || errno == ENOBUFS || errno == ENOMEM) {
		link_counted(u->link, LINK_TX_FULL);
	} else {
		link_counted(u->link, LINK_TX_ERROR);
		link_recheck(u->link);
	}
}

static void link_tun_send_frames(void *impl, const struct link_frame *f, unsigned n)
{
	for (unsigned i = 0; i < n; i++)
		link_tun_send_one(impl, &f[i]);
}

/* --- the device ------------------------------------------------------------------------------- */

static struct ifreq link_tun_request(const struct tun_link *u)
{
	struct ifreq r;

	memset(&r, 0, sizeof(r));
	memcpy(r.ifr_name, u->name, sizeof(r.ifr_name));
	return r;
}

static struct ist_open link_tun_opening(const struct tun_link *u)
{
	struct ist_open w = opening_named(u->tap ? IST_OPEN_TAP : IST_OPEN_TUN, u->name);

	w.flags = IST_OPEN_UP | (u->tap ? 0 : IST_OPEN_HEAD);
	w.type = u->tap ? 0 : link_conf_of(u->link)->tun_type;
	w.mtu = DEVICE_MTU;
	return w;
}

static unsigned link_tun_opens(const void *impl, struct ist_open *out, unsigned n)
{
	const struct ist_open w = link_tun_opening(impl);

	return opening_only(&w, out, n);
}

/* What stands in front of each frame.  Our end of the TAP's wire has an address too: the device's,
 * but for one bit. */
static int link_tun_make_head(struct tun_link *u)
{
	const struct link_conf *c = link_conf_of(u->link);
	struct ifreq r = link_tun_request(u);

	if (!u->tap) {
		wr_put16(u->head, 0);
		wr_put16(u->head + 2, c->tun_protocol);
		return 0;
	}
	if (ioctl(u->fd, SIOCGIFHWADDR, &r) < 0)
		return -errno;
	memcpy(u->mac, r.ifr_hwaddr.sa_data, sizeof(u->mac));
	u->mac[5] ^= 1;
	link_ether_head(u->head, u->mac, c->ethertype);
	return 0;
}

static void link_tun_stop(void *impl)
{
	struct tun_link *u = impl;
	const struct link_conf *c = link_conf_of(u->link);

	c->host->watch(c->host_ctx, u->fd, 0, link_tun_on_readable, u);
	close(u->fd);
	u->fd = -1;
}

/* It is made ready; on an error it is closed. */
static int link_tun_use(struct tun_link *u, int fd)
{
	const struct link_conf *c = link_conf_of(u->link);
	int r;

	u->fd = fd;
	r = opening_device_name(fd, u->name);
	if (!r)
		r = link_tun_make_head(u);
	if (!r)
		r = c->host->watch(c->host_ctx, u->fd, IST_READ, link_tun_on_readable, u);
	if (r < 0) {
		close(u->fd);
		u->fd = -1;
		return r;
	}
	u->index = if_nametoindex(u->name);
	return 0;
}

static int link_tun_start(void *impl)
{
	struct tun_link *u = impl;
	const struct ist_open w = link_tun_opening(u);
	int fd = link_ask_open(u->link, &w);

	return fd < 0 ? fd : link_tun_use(u, fd);
}

/* Is it such a device, and the one that is configured?  A name with %d may have become any. */
static bool link_tun_is(const struct tun_link *u, int fd)
{
	struct ifreq r = link_tun_request(u);

	return !ioctl(fd, TUNGETIFF, &r) &&
	       (r.ifr_flags & (IFF_TUN | IFF_TAP)) == (u->tap ? IFF_TAP : IFF_TUN) &&
	       (strchr(u->name, '%') || !strncmp(r.ifr_name, u->name, IFNAMSIZ));
}

static int link_tun_check(void *impl)
{
	struct tun_link *u = impl;
	struct ifreq flags = link_tun_request(u), mtu = flags;
	int s, rc;

	if (if_nametoindex(u->name) != u->index)
		return -ENODEV;
	s = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (s < 0)
		return -errno;
	rc = ioctl(s, SIOCGIFFLAGS, &flags) < 0 || ioctl(s, SIOCGIFMTU, &mtu) < 0
		     ? -errno
		     : (flags.ifr_flags & IFF_UP) != 0;
	close(s);
	if (rc >= 0)
		u->mtu = (uint32_t)mtu.ifr_mtu;
	return rc;
}

/* The device stays while anybody has the descriptor, and its queue with it. */
static int link_tun_hand(void *impl, struct handover *h)
{
	struct tun_link *u = impl;
	int fd = handover_fd(h, u->fd);

	int r = -ENODEV;

	if (!h->thawing)
		return 0;
	if (fd < 0)
		return -EBADF;
	if (link_tun_is(u, fd))
		r = link_tun_use(u, fd);
	else
		close(fd);
	if (r)
		return r;
	r = link_tun_check(u); /* its MTU is known from here on */
	if (r < 0)
		link_tun_stop(u);
	return r < 0 ? r : 0;
}

static void link_tun_quiet(void *impl)
{
	struct tun_link *u = impl;
	const struct link_conf *c = link_conf_of(u->link);

	c->host->watch(c->host_ctx, u->fd, 0, link_tun_on_readable, u);
}

static uint32_t link_tun_mtu(const void *impl)
{
	const struct tun_link *u = impl;

	if (u->tap)
		return link_ether_mtu(link_conf_of(u->link), u->mtu);
	return u->mtu < LINK_FRAME_MAX ? u->mtu : LINK_FRAME_MAX;
}

static bool link_tap_mac(const void *impl, uint8_t out[6])
{
	const struct tun_link *u = impl;

	memcpy(out, u->mac, sizeof(u->mac));
	return u->fd >= 0;
}

const struct link_kind link_tun = {
	.scheme = "tun:",
	.form = "tun:INTERFACE",
	.parse = parse_tun,
	.free = free,
	.start = link_tun_start,
	.stop = link_tun_stop,
	.check = link_tun_check,
	.send = link_tun_send_frames,
	.mtu = link_tun_mtu,
	.opens = link_tun_opens,
	.hand = link_tun_hand,
	.quiet = link_tun_quiet,
};

const struct link_kind link_tap = {
	.scheme = "tap:",
	.form = "tap:INTERFACE",
	.parse = link_tun_parse_tap,
	.free = free,
	.start = link_tun_start,
	.stop = link_tun_stop,
	.check = link_tun_check,
	.send = link_tun_send_frames,
	.mtu = link_tun_mtu,
	.mac = link_tap_mac,
	.opens = link_tun_opens,
	.hand = link_tun_hand,
	.quiet = link_tun_quiet,
};
