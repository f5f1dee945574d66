/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * `packet:INTERFACE`: a network device by AF_PACKET.  On a Frame Relay device (ARPHRD_FRAD,
 * ARPHRD_DLCI or raw HDLC) a frame is what the device carries.  On Ethernet it is wrapped:
 * broadcast destination, the configured ethertype, a 16-bit length (Ethernet pads short frames),
 * then the frame.  For a transport of whole Ethernet frames the socket is bound to all ethertypes
 * and a socket filter lets its two through; one with a VLAN tag belongs to the VLAN's device.
 *
 * The interface is looked up by name each time, so that one that was removed and made again, with
 * another index, is found: check then says it is gone, and link.c starts us anew.
 */
#include "transports/link/link_kind.h"

#include "transports/link/link_ether.h"
#include "transports/link/link_ring.h"

#include <errno.h>
#include <net/if.h>
#include <net/if_arp.h>
#include <netinet/in.h>
#include <linux/filter.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

/* More frames than this in a SPAN, and each one that finds us asleep costs more by the wake-up than
 * by all the rest.  Then nobody wakes us, and we look every POLL.  Fewer, and we are woken again.
 */
#define SPAN	    1000u /* us */
#define POLL	    100u  /* us */
#define POLL_FROM   50u	  /* frames in a SPAN */
#define POLL_TO	    25u
#define DEVICE_HEAD 18u /* of an Ethernet, with a VLAN tag */

struct packet_link {
	struct link_socket socket;
	struct link_ring ring;
	enum link_ring_of ring_of;
	bool ring_wanted, bypass;
	int ring_err,
		bypass_err; /* errno of the ring that was wanted, and of that; 0 = it is there */
	char name[IFNAMSIZ];
	unsigned index;
	bool ethernet;
	uint8_t mac[6];
	uint32_t mtu;
	uint64_t since;	 /* the ring's rate is measured from then on */
	unsigned frames; /* that have come since */
	uint32_t timer;	 /* polled: when to look next */
	bool polled;
	uint32_t octets; /* of most frames, all headers included */
};

static void *link_packet_parse(struct link *l, const char *rest, char *err, size_t err_len)
{
	struct packet_link *u = calloc(1, sizeof(*u));
	size_t len = strlen(rest);

	if (u && opening_may_be_device(rest, false)) {
		memcpy(u->name, rest, len + 1);
		u->socket = (struct link_socket){.link = l, .impl = u};
		u->socket.little_endian = link_conf_of(l)->little_endian;
		u->mtu = LINK_FRAME_MAX;
		u->ring_wanted = settings_bool(&link_conf_of(l)->settings, "receive-ring");
		if (settings_is(&link_conf_of(l)->settings, "receive-ring-of", "blocks"))
			u->ring_of = LINK_RING_BLOCKS;
		u->bypass = settings_bool(&link_conf_of(l)->settings, "qdisc-bypass");
		return u;
	}
	free(u);
	settings_error(err, err_len, EINVAL, "link: \"packet:%s\" is not %s", rest,
		       link_packet.form);
	return NULL;
}

/* Broadcast and multicast echo, other hosts' frames on a shared wire, and our own are not for us.
 */
static bool link_packet_take(void *impl, const struct sockaddr_storage *from, struct link_frame *f)
{
	const struct sockaddr_ll *ll = (const struct sockaddr_ll *)from;
	struct packet_link *u = impl;

	if (ll->sll_pkttype == PACKET_OUTGOING || ll->sll_pkttype == PACKET_OTHERHOST)
		return false;
	if (!u->ethernet || link_ether_take(link_conf_of(u->socket.link), f))
		return true;
	link_counted(u->socket.link, LINK_RX_BAD);
	return false;
}

static int link_packet_ask(int fd, const struct packet_link *u, unsigned long what,
			   struct ifreq *out)
{
	memset(out, 0, sizeof(*out));
	memcpy(out->ifr_name, u->name, sizeof(out->ifr_name));
	return ioctl(fd, what, out) < 0 ? -errno : 0;
}

/* Kind of device, address, MTU. */
static int link_packet_look(struct packet_link *u, int fd)
{
	const struct link_conf *c = link_conf_of(u->socket.link);
	struct ifreq hw, mtu;
	int r = link_packet_ask(fd, u, SIOCGIFHWADDR, &hw);

	if (!r)
		r = link_packet_ask(fd, u, SIOCGIFMTU, &mtu);
	if (r)
		return r;
	u->ethernet = hw.ifr_hwaddr.sa_family == ARPHRD_ETHER ||
		      hw.ifr_hwaddr.sa_family == ARPHRD_LOOPBACK;
	if (c->ether[0] && !u->ethernet)
		return -EPROTONOSUPPORT;
	u->mtu = (uint32_t)mtu.ifr_mtu;
	u->octets = (c->short_frames && c->short_frames < u->mtu ? c->short_frames : u->mtu) +
		    DEVICE_HEAD + LINK_ETHER_HEAD;
	if (u->ethernet)
		u->mtu = link_ether_mtu(c, u->mtu);
	else if (u->mtu > LINK_FRAME_MAX - LINK_ETHER_HEAD)
		u->mtu = LINK_FRAME_MAX - LINK_ETHER_HEAD;
	memcpy(u->mac, hw.ifr_hwaddr.sa_data, sizeof(u->mac));
	if (u->ethernet)
		link_ether_head(u->socket.prefix, u->mac, c->ethertype);
	u->socket.prefix_len = u->ethernet ? link_ether_own(c) : 0;
	return 0;
}

/* What a native device says its frames are, received and sent: the kernel's X.25 has a number,
 * Frame Relay has many. */
static uint16_t link_packet_native_protocol(const struct link_conf *c)
{
	return c->tun_protocol ? c->tun_protocol : ETH_P_ALL;
}

/* What the socket is bound to, in host order. */
static uint16_t link_packet_protocol(const struct packet_link *u, const struct link_conf *c)
{
	if (!u->ethernet)
		return link_packet_native_protocol(c);
	return c->ether[0] ? ETH_P_ALL : c->ethertype;
}

/* Lets untagged frames of the two ethertypes through.  The kernel takes a tag off a frame before
 * the filter sees its ethertype, and says so beside it. */
static int link_packet_filter(int fd, const uint16_t ether[2])
{
	struct sock_filter code[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
			 (uint32_t)(SKF_AD_OFF + SKF_AD_VLAN_TAG_PRESENT)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 0, 0, 4),
		BPF_STMT(BPF_LD | BPF_H | BPF_ABS, offsetof(struct ethhdr, h_proto)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, ether[0], 1, 0),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, ether[1], 0, 1),
		BPF_STMT(BPF_RET | BPF_K, UINT32_MAX),
		BPF_STMT(BPF_RET | BPF_K, 0),
	};
	const struct sock_fprog program = {sizeof(code) / sizeof(code[0]), code};

	return setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, &program, sizeof(program)) < 0 ? -errno
											   : 0;
}

static int link_packet_find(struct packet_link *u, int fd)
{
	u->index = if_nametoindex(u->name);
	return u->index ? link_packet_look(u, fd) : -ENODEV;
}

static int link_packet_bind_device(struct packet_link *u, int fd)
{
	const struct link_conf *c = link_conf_of(u->socket.link);
	struct sockaddr_ll ll = {.sll_family = AF_PACKET};
	int on = 1, r = c->ether[0] ? link_packet_filter(fd, c->ether) : 0;

	if (r)
		return r;
	ll.sll_ifindex = (int)u->index;
	ll.sll_protocol = htons(link_packet_protocol(u, c));
	/* Older kernels do not know this; link_packet_take() drops our own frames then. */
	setsockopt(fd, SOL_PACKET, PACKET_IGNORE_OUTGOING, &on, sizeof(on));
	return bind(fd, (struct sockaddr *)&ll, sizeof(ll)) < 0 ? -errno : 0;
}

/* --- the socket ------------------------------------------------------------------------------- */

static void link_packet_on_poll(void *arg, uint64_t now);

static void link_packet_poll_at(struct packet_link *u, uint64_t when)
{
	const struct link_conf *c = link_conf_of(u->socket.link);

	if (u->timer || when != UINT64_MAX)
		c->host->timer(c->host_ctx, &u->timer, when, link_packet_on_poll, u);
}

static void link_packet_end_polling(struct packet_link *u)
{
	u->polled = false;
	link_packet_poll_at(u, UINT64_MAX);
}

/* Are we to be woken, or to look ourselves? */
static void link_packet_judge_rate(struct packet_link *u, unsigned got, uint64_t now)
{
	uint64_t span = now - u->since, rate;

	u->frames += got;
	if (span < SPAN)
		return;
	rate = (uint64_t)u->frames * SPAN / span;
	u->since = now;
	u->frames = 0;
	if (!u->polled && rate > POLL_FROM) {
		link_socket_unwatch(&u->socket);
		u->polled = true;
		link_packet_poll_at(u, now + POLL);
	} else if (u->polled && rate < POLL_TO && !link_socket_watch(&u->socket)) {
		link_packet_end_polling(u);
	}
}

static void link_packet_drain(void *impl)
{
	struct packet_link *u = impl;
	const struct link_conf *c = link_conf_of(u->socket.link);
	unsigned got = link_ring_receive(&u->ring, &u->socket);
	socklen_t len = sizeof(int);
	int err = 0;

	if (u->ring.at && u->ring.shape->of == LINK_RING_SLOTS)
		link_packet_judge_rate(u, got, c->host->now(c->host_ctx));
	if (got)
		return;
	/* What recvmmsg would say: the device went down. */
	getsockopt(u->socket.fd, SOL_SOCKET, SO_ERROR, &err, &len);
	if (err)
		link_recheck(u->socket.link);
}

static void link_packet_on_poll(void *arg, uint64_t now)
{
	struct packet_link *u = arg;

	link_packet_drain(u);
	if (u->polled)
		link_packet_poll_at(u, now + POLL);
}

/* The kind that is wanted, or the other. */
static int link_packet_new_ring(struct packet_link *u, int fd)
{
	const struct link_conf *c = link_conf_of(u->socket.link);
	int r = link_ring_open(&u->ring, fd, u->ring_of, u->octets);

	u->ring_err = r == -EBUSY ? 0 : -r;
	if (!r || r == -EBUSY || u->ring_of == LINK_RING_BLOCKS)
		return r;
	c->host->log(c->host_ctx, 5, "%s: no receive ring of slots: %s", u->name, strerror(-r));
	return link_ring_open(&u->ring, fd, LINK_RING_BLOCKS, u->octets);
}

/* A socket that outlived its process has its ring. */
static int link_packet_get_ring(struct packet_link *u, int fd)
{
	uint32_t lost = 0;
	int r;

	if (!u->ring_wanted) {
		link_ring_forget(fd);
		return 0;
	}
	r = link_packet_new_ring(u, fd);
	if (r != -EBUSY)
		return r;
	r = link_ring_adopt(&u->ring, fd, &lost);
	link_counted_many(u->socket.link, LINK_RX_LOST, lost);
	return r;
}

/* All of this is asked for, and done without where the kernel has it not. */
static void link_packet_use_ring(struct packet_link *u, int fd)
{
	const struct link_conf *c = link_conf_of(u->socket.link);
	int r = link_packet_get_ring(u, fd);

	u->socket.drain = u->ring.at ? link_packet_drain : NULL;
	if (r)
		c->host->log(c->host_ctx, 5, "%s: no receive ring: %s", u->name, strerror(-r));
}

static void link_packet_speed_up(struct packet_link *u, int fd)
{
	const struct link_conf *c = link_conf_of(u->socket.link);
	int on = 1;

	link_packet_use_ring(u, fd);
	u->bypass_err = 0;
	if (!u->bypass || !setsockopt(fd, SOL_PACKET, PACKET_QDISC_BYPASS, &on, sizeof(on)))
		return;
	u->bypass_err = errno;
	c->host->log(c->host_ctx, 5, "%s: no qdisc bypass: %s", u->name, strerror(errno));
}

static struct ist_open link_packet_opening(const struct packet_link *u)
{
	return opening_named(IST_OPEN_PACKET, u->name);
}

static unsigned link_packet_opens(const void *impl, struct ist_open *out, unsigned n)
{
	const struct ist_open w = link_packet_opening(impl);

	return opening_only(&w, out, n);
}

/* A device that was removed and made again is another one. */
static int link_packet_still_bound(struct packet_link *u, int fd)
{
	struct sockaddr_ll ll = {0};
	socklen_t len = sizeof(ll);
	int r;

	if (getsockname(fd, (struct sockaddr *)&ll, &len) < 0)
		return -errno;
	u->index = if_nametoindex(u->name);
	if (ll.sll_family != AF_PACKET || !u->index || ll.sll_ifindex != (int)u->index)
		return -ENODEV;
	r = link_packet_look(u, fd);
	if (!r && ll.sll_protocol != htons(link_packet_protocol(u, link_conf_of(u->socket.link))))
		r = -EPROTONOSUPPORT;
	return r;
}

static bool link_packet_is_bound(int fd)
{
	struct sockaddr_ll ll = {0};
	socklen_t len = sizeof(ll);

	return !getsockname(fd, (struct sockaddr *)&ll, &len) && ll.sll_ifindex;
}

/* One that was held while its process died is bound: perhaps to a device that has gone, or as
 * another port's on the same device, whose frames are in it. */
static int link_packet_open(struct packet_link *u)
{
	const struct ist_open w = link_packet_opening(u);
	int fd;

	while ((fd = link_ask_open(u->socket.link, &w)) >= 0 && link_packet_is_bound(fd) &&
	       link_packet_still_bound(u, fd))
		close(fd);
	return fd;
}

static int link_packet_start(void *impl)
{
	struct packet_link *u = impl;
	int fd = link_packet_open(u), r;

	if (fd < 0)
		return fd;
	u->socket.take = link_packet_take;
	r = link_packet_find(u, fd);
	if (!r) {
		link_packet_speed_up(u, fd);
		r = link_packet_bind_device(u, fd);
	}
	if (r)
		close(fd);
	else
		r = link_socket_open(&u->socket, fd);
	if (r)
		link_ring_close(&u->ring);
	return r;
}

/* --- to and from another process --------------------------------------------------------------- */

/* What the kernel has counted as lost stays there until it is asked for. */
static int link_packet_thaw(struct packet_link *u, int fd, bool ring, struct handover *h)
{
	int r = fd < 0 ? -EBADF : link_packet_still_bound(u, fd);

	if (!r && ring)
		r = link_ring_hand(&u->ring, fd, h);
	u->socket.take = link_packet_take;
	u->socket.drain = u->ring.at ? link_packet_drain : NULL;
	if (!r)
		r = link_socket_open(&u->socket, fd);
	else if (fd >= 0)
		close(fd);
	if (r)
		link_ring_close(&u->ring);
	return r;
}

static int link_packet_hand(void *impl, struct handover *h)
{
	struct packet_link *u = impl;
	int fd = handover_fd(h, u->socket.fd);
	bool ring = handover_flag(h, u->ring.at != NULL);

	if (h->thawing)
		return link_packet_thaw(u, fd, ring, h);
	return ring ? link_ring_hand(&u->ring, fd, h) : 0;
}

static void link_packet_quiet(void *impl)
{
	struct packet_link *u = impl;

	link_packet_end_polling(u);
	link_socket_unwatch(&u->socket);
}

/* --- the rest ---------------------------------------------------------------------------------- */

static void link_packet_count_lost(struct packet_link *u)
{
	struct tpacket_stats_v3 st = {0};
	socklen_t len = sizeof(st);

	if (!getsockopt(u->socket.fd, SOL_PACKET, PACKET_STATISTICS, &st, &len))
		link_counted_many(u->socket.link, LINK_RX_LOST, st.tp_drops);
}

static void link_packet_stop(void *impl)
{
	struct packet_link *u = impl;

	link_packet_count_lost(u);
	link_packet_end_polling(u);
	link_socket_close(&u->socket);
	link_ring_close(&u->ring);
}

static int link_packet_check(void *impl)
{
	struct packet_link *u = impl;
	struct ifreq flags;
	int r;

	link_packet_count_lost(u);
	if (if_nametoindex(u->name) != u->index)
		return -ENODEV;
	r = link_packet_ask(u->socket.fd, u, SIOCGIFFLAGS, &flags);
	if (!r)
		r = link_packet_look(u, u->socket.fd);
	if (r)
		return r;
	return (flags.ifr_flags & (IFF_UP | IFF_RUNNING)) == (IFF_UP | IFF_RUNNING);
}

static void link_packet_send_frames(void *impl, const struct link_frame *f, unsigned n)
{
	link_socket_send(&((struct packet_link *)impl)->socket, f, n);
}

static uint32_t link_packet_mtu(const void *impl)
{
	return ((const struct packet_link *)impl)->mtu;
}

static const char *const link_packet_rings[] = {
	[LINK_RING_SLOTS] = "receive ring of slots",
	[LINK_RING_BLOCKS] = "receive ring of blocks",
};

/* What the ring holds: frames, or blocks of them. */
static void link_packet_ring_row(const struct packet_link *u, struct offloads *l)
{
	const struct link_ring_shape *s = u->ring.shape;
	struct ist_offload row = {.words = link_packet_rings[s->of],
				  .state = IST_OFFLOAD_ACTIVE,
				  .got = s->slots ? s->slots : s->blocks};

	offloads_add(l, row);
}

static void link_packet_offloads(const void *impl, struct offloads *l)
{
	const struct packet_link *u = impl;

	if (!u->ring.at || u->ring.shape->of != u->ring_of)
		offloads_asked(l, link_packet_rings[u->ring_of], u->ring_wanted,
			       u->ring_err ? u->ring_err : EBUSY, "receive-ring = yes",
			       "a kernel with TPACKET_V2 has it");
	if (u->ring.at)
		link_packet_ring_row(u, l);
	offloads_asked(l, "sent past the queueing discipline", u->bypass, u->bypass_err,
		       "qdisc-bypass = yes, unseen by captures of this host", "Linux 3.14 has it");
	offloads_buffer(l, u->socket.fd, SO_RCVBUF, OPENING_PACKET_BUFFER);
	offloads_buffer(l, u->socket.fd, SO_SNDBUF, OPENING_PACKET_BUFFER);
}

static bool link_packet_mac(const void *impl, uint8_t out[6])
{
	const struct packet_link *u = impl;

	memcpy(out, u->mac, sizeof(u->mac));
	return u->ethernet;
}

const struct link_kind link_packet = {
	.scheme = "packet:",
	.form = "packet:INTERFACE",
	.parse = link_packet_parse,
	.free = free,
	.start = link_packet_start,
	.stop = link_packet_stop,
	.check = link_packet_check,
	.send = link_packet_send_frames,
	.mtu = link_packet_mtu,
	.mac = link_packet_mac,
	.opens = link_packet_opens,
	.hand = link_packet_hand,
	.quiet = link_packet_quiet,
	.offloads = link_packet_offloads,
};
