/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The XDP program: IP between L2TP calls over UDP/IPv4 and the networks behind us, as ip_path.c and
 * the kernel's forwarding have it together, without a socket, a TUN device or a copy.
 *
 * It carries what it fully understands and whose call is in the maps (xdp_maps.h).  Anything else
 * it passes as it came, to the kernel and so to the workers; nothing is written before that is
 * decided.  One thing is dropped: a packet whose source is not its client's.
 *
 *   up    Ethernet IPv4 UDP L2TP PPP [IP ...]  ->  Ethernet [IP ...], TTL one less, by the route
 *         that the kernel has for packets of the call's TUN device
 *   down  Ethernet [IP ...] to a client  ->  Ethernet IPv4 UDP L2TP PPP [IP ...], TTL one less, by
 *         the route that this host has to the peer
 *
 * Not looked at: the UDP checksum (the network card has, or what the packet carries has its own);
 * in what is sent it is 0, as RFC 768 allows.  The outer Identification is 0, since DF is set (RFC
 * 6864).  Lengths must agree to the octet, so that several packets in one buffer are never taken
 * for one.
 */
#include "gw/dp/xdp/xdp_maps.h"

#include <linux/bpf.h>
#include <linux/if_ether.h>
#include <linux/in.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/tcp.h>
#include <linux/udp.h>
#include <stdbool.h>

#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>

#define INLINE static __always_inline

/* --- maps ------------------------------------------------------------------------------------- */

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, XDP_IDS);
	__type(key, __u32);
	__type(value, __u64);
} xdp_index SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, XDP_SLOTS);
	__type(key, __u32);
	__type(value, struct xdp_call);
} xdp_calls SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, XDP_NEAR4);
	__type(key, __u32);
	__type(value, __u64);
} xdp_near4 SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, XDP_IDS);
	__type(key, __be32);
	__type(value, __u32);
} xdp_addr4 SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, XDP_IDS);
	__type(key, __u64);
	__type(value, __u32);
} xdp_addr6 SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, XDP_IDS);
	__type(key, __u32);
	__type(value, __u64);
} xdp_heard SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, XDP_DEVICES);
	__type(key, __u32);
	__type(value, struct xdp_device);
} xdp_devices SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, XDP_W_COUNT);
	__type(key, __u32);
	__type(value, __u64);
} xdp_passed SEC(".maps");

struct inner_map {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, __u32);
} xdp_nothing SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY_OF_MAPS);
	__uint(max_entries, 1);
	__type(key, __u32);
	__array(values, struct inner_map);
} xdp_grace SEC(".maps") = {.values = {&xdp_nothing}};

INLINE int kern_pass(enum xdp_why why)
{
	__u32 key = why;
	__u64 *n = bpf_map_lookup_elem(&xdp_passed, &key);

	if (n)
		__sync_fetch_and_add(n, 1);
	return XDP_PASS;
}

/* The processor guesses that it is the slot of that number, and reads it while the index comes. */
INLINE struct xdp_call *kern_call(__u32 sid)
{
	struct xdp_call *own = bpf_map_lookup_elem(&xdp_calls, &sid);
	__u64 *slot = bpf_map_lookup_elem(&xdp_index, &sid);
	__u32 no = slot ? *slot : 0;

	if (!no)
		return NULL;
	return no == sid ? own : bpf_map_lookup_elem(&xdp_calls, &no);
}

/* --- IP headers ------------------------------------------------------------------------------- */

INLINE __u32 kern_sum4(const struct iphdr *ip)
{
	const __u16 *p = (const __u16 *)ip;
	__u32 sum = 0;

#pragma unroll
	for (int i = 0; i < 10; i++)
		sum += p[i];
	sum = (sum & 0xffff) + (sum >> 16);
	return (sum & 0xffff) + (sum >> 16);
}

/* 0/8, 127/8, multicast and above: the kernel has rules for these. */
INLINE bool kern_odd4(__be32 addr)
{
	__u8 first = bpf_ntohl(addr) >> 24;

	return !first || first == 127 || first >= 224;
}

/* ::/8, fe00::/7, multicast */
INLINE bool kern_odd6(const struct in6_addr *addr)
{
	__u8 first = addr->s6_addr[0];

	return !first || first >= 0xfe;
}

INLINE enum xdp_why kern_tcp_why(const struct tcphdr *tcp, const void *end)
{
	if ((const void *)(tcp + 1) > end)
		return XDP_W_LENGTHS;
	return tcp->syn ? XDP_W_SYN : XDP_W_FAST;
}

/* Of a packet of len octets that is to be routed. */
INLINE enum xdp_why kern_ip4_why(const struct iphdr *ip, const void *end, __u32 len)
{
	if ((const void *)(ip + 1) > end || ip->version != 4 || bpf_ntohs(ip->tot_len) != len)
		return XDP_W_LENGTHS;
	if (ip->ihl != 5)
		return XDP_W_OPTIONS;
	if (ip->frag_off & bpf_htons(0x3fff))
		return XDP_W_FRAGMENT;
	if (kern_sum4(ip) != 0xffff)
		return XDP_W_CHECKSUM;
	if (ip->ttl <= 1)
		return XDP_W_TTL;
	if (kern_odd4(ip->saddr) || kern_odd4(ip->daddr))
		return XDP_W_ADDRESS;
	if (ip->protocol == IPPROTO_TCP)
		return kern_tcp_why((const struct tcphdr *)(ip + 1), end);
	return XDP_W_FAST;
}

INLINE enum xdp_why kern_ip6_why(const struct ipv6hdr *ip, const void *end, __u32 len)
{
	enum { HOP_BY_HOP = 0, ROUTING = 43, FRAGMENT = 44, DESTINATION = 60, ICMP6 = 58 };
	enum { FIRST_OF_DISCOVERY = 133, LAST_OF_DISCOVERY = 137 };
	const __u8 *type = (const __u8 *)(ip + 1);
	__u8 next;

	if ((const void *)type > end || ip->version != 6 ||
	    bpf_ntohs(ip->payload_len) + sizeof(*ip) != len)
		return XDP_W_LENGTHS;
	next = ip->nexthdr;
	if (next == HOP_BY_HOP || next == ROUTING || next == DESTINATION)
		return XDP_W_OPTIONS;
	if (next == FRAGMENT)
		return XDP_W_FRAGMENT;
	if (ip->hop_limit <= 1)
		return XDP_W_TTL;
	if (kern_odd6(&ip->saddr) || kern_odd6(&ip->daddr))
		return XDP_W_ADDRESS;
	if (next == IPPROTO_TCP)
		return kern_tcp_why((const struct tcphdr *)type, end);
	if (next != ICMP6)
		return XDP_W_FAST;
	if ((const void *)(type + 1) > end)
		return XDP_W_LENGTHS;
	return *type >= FIRST_OF_DISCOVERY && *type <= LAST_OF_DISCOVERY ? XDP_W_NEIGHBOUR
									 : XDP_W_FAST;
}

/* RFC 1624, as the kernel writes it. */
INLINE void kern_hop4(struct iphdr *ip)
{
	__u32 sum = (__u32)ip->check + bpf_htons(0x0100);

	ip->check = sum + (sum >= 0xffff);
	ip->ttl--;
}

/* --- ways out --------------------------------------------------------------------------------- */

INLINE void kern_to4(struct bpf_fib_lookup *f, const struct iphdr *ip)
{
	f->family = 2; /* AF_INET, whose header is not for this machine */
	f->l4_protocol = ip->protocol;
	f->tos = ip->tos & 0x1c; /* as the kernel's routing reads it */
	f->tot_len = bpf_ntohs(ip->tot_len);
	f->ipv4_src = ip->saddr;
	f->ipv4_dst = ip->daddr;
}

INLINE void kern_to6(struct bpf_fib_lookup *f, const struct ipv6hdr *ip)
{
	f->family = 10; /* AF_INET6 */
	f->l4_protocol = ip->nexthdr;
	f->flowinfo = *(const __be32 *)ip & bpf_htonl(0x0fffffff);
	f->tot_len = bpf_ntohs(ip->payload_len) + sizeof(*ip);
	__builtin_memcpy(f->ipv6_src, &ip->saddr, 16);
	__builtin_memcpy(f->ipv6_dst, &ip->daddr, 16);
}

INLINE enum xdp_why kern_route(struct xdp_md *ctx, struct bpf_fib_lookup *f)
{
	switch (bpf_fib_lookup(ctx, f, sizeof(*f), 0)) {
	case BPF_FIB_LKUP_RET_SUCCESS:
		return bpf_map_lookup_elem(&xdp_devices, &f->ifindex) ? XDP_W_FAST : XDP_W_DEVICE;
	case BPF_FIB_LKUP_RET_FRAG_NEEDED:
		return XDP_W_MTU;
	case BPF_FIB_LKUP_RET_NO_NEIGH:
		return XDP_W_NO_NEIGHBOUR;
	default:
		return XDP_W_ROUTE;
	}
}

INLINE void kern_ethernet(struct ethhdr *eth, const struct bpf_fib_lookup *f, __be16 proto)
{
	__builtin_memcpy(eth->h_dest, f->dmac, ETH_ALEN);
	__builtin_memcpy(eth->h_source, f->smac, ETH_ALEN);
	eth->h_proto = proto;
}

/* --- up --------------------------------------------------------------------------------------- */

/* A data message whose call is in the maps. */
struct up {
	struct xdp_call *call;
	__u32 ppp, inner, len; /* offsets in the frame; octets of the packet in it */
	__u16 proto;
	bool plain; /* without FF 03 */
	bool v6;
};

#define UP_UDP	 (ETH_HLEN + sizeof(struct iphdr))
#define UP_L2TP	 (UP_UDP + sizeof(struct udphdr))
#define UP_HEADS 12 /* the longest: flags, length, two ids, FF 03, protocol */

/* Whose frame is it?  Other UDP than a fast call's is nobody's, and not counted. */
INLINE struct xdp_call *kern_up_call(const struct iphdr *ip, const struct udphdr *udp,
				     const __be16 *id)
{
	struct xdp_call *c = kern_call(bpf_ntohs(id[1]));

	if (!c || c->tid != id[0] || c->far != ip->saddr || c->local != ip->daddr ||
	    c->far_port != udp->source || c->local_port != udp->dest)
		return NULL;
	return c;
}

/* Numbers that the far end sends: the workers have the call as long as it does, both ways, since
 * they know what is next.  The first frame without them is still theirs. */
INLINE bool kern_up_sequence(struct xdp_call *c, __be16 flags)
{
	__u64 is = !!(flags & bpf_htons(0x0800)), was = c->sequenced;

	if (is != was)
		c->sequenced = is;
	return is || was;
}

/* False: the frame is not of a fast call. */
INLINE bool kern_up_l2tp(struct up *u, void *data, void *end, enum xdp_why *why)
{
	const struct iphdr *ip = data + ETH_HLEN;
	const struct udphdr *udp = data + UP_UDP;
	const __be16 *l2tp = data + UP_L2TP;
	__u32 len = end - data;
	bool has_length;

	if (data + UP_L2TP + UP_HEADS > end || l2tp[0] & bpf_htons(0x8000))
		return false;
	has_length = l2tp[0] & bpf_htons(0x4000);
	u->call = kern_up_call(ip, udp, has_length ? l2tp + 2 : l2tp + 1);
	if (!u->call)
		return false;
	u->ppp = UP_L2TP + (has_length ? 8 : 6);
	if (ip->ihl != 5 || ip->frag_off & bpf_htons(0x3fff) || kern_sum4(ip) != 0xffff)
		*why = XDP_W_OUTER;
	else if (bpf_ntohs(ip->tot_len) + ETH_HLEN != len || bpf_ntohs(udp->len) + UP_UDP != len ||
		 (has_length && bpf_ntohs(l2tp[1]) + UP_L2TP != len))
		*why = XDP_W_LENGTHS;
	else if ((l2tp[0] & bpf_htons(0x000f)) == bpf_htons(2) &&
		 kern_up_sequence(u->call, l2tp[0]))
		*why = XDP_W_SEQUENCE;
	else if ((l2tp[0] & ~bpf_htons(0x4000)) != bpf_htons(2))
		*why = XDP_W_L2TP;
	return true;
}

/* ppp_frame_split() of ppp/frame.h.  UP_HEADS octets are there. */
INLINE enum xdp_why kern_up_ppp(struct up *u, void *data, void *end)
{
	__u32 at = u->ppp;
	const __u8 *p = data + at;
	__u16 proto;

	if ((const void *)(p + 4) > end)
		return XDP_W_LENGTHS;
	u->plain = p[0] != 0xff || p[1] != 0x03;
	if (!u->plain) {
		p += 2;
		at += 2;
	}
	proto = p[0];
	if (proto & 1) {
		at++;
	} else {
		proto = proto << 8 | p[1];
		at += 2;
	}
	u->inner = at;
	u->len = (__u32)(end - data) - at;
	u->v6 = proto == 0x57;
	if ((proto != 0x21 && !u->v6) || !(u->call->flags & (u->v6 ? XDP_IP6 : XDP_IP4)))
		return XDP_W_PPP;
	return XDP_W_FAST;
}

INLINE bool kern_same_prefix(const struct in6_addr *addr, const __u8 prefix[8])
{
	return *(const __u64 *)addr->s6_addr == *(const __u64 *)prefix;
}

/* *forged: nothing is wrong with it but its source. */
INLINE enum xdp_why kern_up_inner(struct up *u, void *data, void *end, struct bpf_fib_lookup *f,
				  bool *forged)
{
	void *at = data + u->inner;
	enum xdp_why why;

	if (u->v6) {
		struct ipv6hdr *ip = at;

		why = kern_ip6_why(ip, end, u->len);
		if (why != XDP_W_FAST)
			return why;
		*forged = !kern_same_prefix(&ip->saddr, u->call->peer6);
		kern_to6(f, ip);
	} else {
		struct iphdr *ip = at;

		why = kern_ip4_why(ip, end, u->len);
		if (why != XDP_W_FAST)
			return why;
		*forged = ip->saddr != u->call->peer4;
		kern_to4(f, ip);
	}
	return *forged && u->call->flags & XDP_NETS ? XDP_W_NETWORK : XDP_W_FAST;
}

INLINE void kern_up_count(const struct up *u)
{
	__u32 tid = bpf_ntohs(u->call->tid);
	__u64 *heard = bpf_map_lookup_elem(&xdp_heard, &tid), now = bpf_ktime_get_ns();

	__sync_fetch_and_add(&u->call->rx_frames, 1);
	__sync_fetch_and_add(&u->call->rx_octets, u->len + u->inner - u->ppp);
	u->call->last_rx = now;
	if (u->call->plain != u->plain)
		u->call->plain = u->plain;
	if (heard)
		*heard = now;
}

/* The headers up to the packet make room for an Ethernet header of its own. */
INLINE int kern_up_send(struct xdp_md *ctx, const struct up *u, struct bpf_fib_lookup *f)
{
	void *data, *end;

	if (bpf_xdp_adjust_head(ctx, (int)(u->inner - ETH_HLEN)))
		return kern_pass(XDP_W_ROOM);
	data = (void *)(long)ctx->data;
	end = (void *)(long)ctx->data_end;
	if (data + ETH_HLEN + sizeof(struct iphdr) > end)
		return XDP_ABORTED; /* it was there */
	kern_up_count(u);
	kern_ethernet(data, f, bpf_htons(u->v6 ? ETH_P_IPV6 : ETH_P_IP));
	if (u->v6)
		((struct ipv6hdr *)(data + ETH_HLEN))->hop_limit--;
	else
		kern_hop4(data + ETH_HLEN);
	return bpf_redirect(f->ifindex, 0);
}

/* False: it is not of a fast call. */
INLINE bool kern_up(struct xdp_md *ctx, void *data, void *end, int *rc)
{
	struct bpf_fib_lookup f = {};
	enum xdp_why why = XDP_W_FAST;
	bool forged = false;
	struct up u = {};

	if (!kern_up_l2tp(&u, data, end, &why))
		return false;
	if (why == XDP_W_FAST)
		why = kern_up_ppp(&u, data, end);
	if (why == XDP_W_FAST)
		why = kern_up_inner(&u, data, end, &f, &forged);
	if (why == XDP_W_FAST && forged) {
		kern_up_count(&u);
		__sync_fetch_and_add(&u.call->spoofed, 1);
		*rc = XDP_DROP;
		return true;
	}
	f.ifindex = u.call->tun;
	if (why == XDP_W_FAST)
		why = kern_route(ctx, &f);
	*rc = why == XDP_W_FAST ? kern_up_send(ctx, &u, &f) : kern_pass(why);
	return true;
}

/* --- down ------------------------------------------------------------------------------------- */

struct down {
	struct xdp_call *call;
	__u32 len; /* octets of the packet */
	__u16 flags;
	__u8 dscp; /* of it, as in the octet it is in */
	bool v6;
};

/* ppp_frame_head() of ppp/frame.h. */
INLINE __u32 kern_down_ppp(const struct down *d)
{
	return (d->flags & XDP_FF03 ? 2 : 0) + (d->flags & XDP_PFC ? 1 : 2);
}

INLINE void kern_down_outer(const struct down *d, struct iphdr *ip, __u32 len)
{
	const struct xdp_call *c = d->call;
	struct udphdr *udp = (struct udphdr *)(ip + 1);

	ip->version = 4;
	ip->ihl = 5;
	ip->tos = d->flags & XDP_COPY_DSCP ? d->dscp : c->tos;
	ip->tot_len = bpf_htons(len);
	ip->id = 0;
	ip->frag_off = bpf_htons(0x4000);
	ip->ttl = c->ttl;
	ip->protocol = IPPROTO_UDP;
	ip->check = 0;
	ip->saddr = c->local;
	ip->daddr = c->far;
	ip->check = ~kern_sum4(ip);
	udp->source = c->local_port;
	udp->dest = c->far_port;
	udp->len = bpf_htons(len - sizeof(*ip));
	udp->check = 0;
}

INLINE void kern_down_l2tp(const struct down *d, __be16 *p)
{
	bool has_length = d->flags & XDP_LENGTH;
	__u8 *ppp;

	*p++ = bpf_htons(has_length ? 0x4002 : 2);
	if (has_length)
		*p++ = bpf_htons(8 + kern_down_ppp(d) + d->len);
	*p++ = d->call->peer_tid;
	*p++ = d->call->peer_sid;
	ppp = (__u8 *)p;
	if (d->flags & XDP_FF03) {
		*ppp++ = 0xff;
		*ppp++ = 0x03;
	}
	if (!(d->flags & XDP_PFC))
		*ppp++ = 0;
	*ppp = d->v6 ? 0x57 : 0x21;
}

INLINE enum xdp_why kern_down_way(struct xdp_md *ctx, const struct down *d, __u32 heads,
				  struct bpf_fib_lookup *f)
{
	f->family = 2;
	f->l4_protocol = IPPROTO_UDP;
	f->sport = d->call->local_port;
	f->dport = d->call->far_port;
	f->tot_len = heads + d->len;
	f->ifindex = 1; /* lo: what this host sends itself */
	f->tos = d->call->tos & 0x1c;
	f->ipv4_src = d->call->local;
	f->ipv4_dst = d->call->far;
	return kern_route(ctx, f);
}

/* A hop fewer, in the packet behind the headers that are to be written. */
INLINE bool kern_down_hop(const struct down *d, void *packet, void *end)
{
	if (packet + sizeof(struct iphdr) > end)
		return false;
	if (d->v6)
		((struct ipv6hdr *)packet)->hop_limit--;
	else
		kern_hop4(packet);
	return true;
}

INLINE int kern_down_send(struct xdp_md *ctx, const struct down *d)
{
	__u32 ppp = kern_down_ppp(d), l2tp = d->flags & XDP_LENGTH ? 8 : 6;
	__u32 heads = UP_L2TP - ETH_HLEN + l2tp + ppp;
	struct bpf_fib_lookup f = {};
	enum xdp_why why = kern_down_way(ctx, d, heads, &f);
	void *data, *end;

	if (why != XDP_W_FAST)
		return kern_pass(why);
	if (bpf_xdp_adjust_head(ctx, -(int)heads))
		return kern_pass(XDP_W_ROOM);
	data = (void *)(long)ctx->data;
	end = (void *)(long)ctx->data_end;
	if (data + UP_L2TP + UP_HEADS > end || !kern_down_hop(d, data + ETH_HLEN + heads, end))
		return XDP_ABORTED; /* they are there */
	kern_ethernet(data, &f, bpf_htons(ETH_P_IP));
	kern_down_outer(d, data + ETH_HLEN, heads + d->len);
	kern_down_l2tp(d, data + UP_L2TP);
	__sync_fetch_and_add(&d->call->tx_frames, 1);
	__sync_fetch_and_add(&d->call->tx_octets, ppp + d->len);
	return bpf_redirect(f.ifindex, 0);
}

/* Ethernet has no frame shorter than this: octets behind a short packet are no fault. */
#define SHORTEST 60

INLINE bool kern_down_length(struct xdp_md *ctx, __u32 behind, __u32 frame)
{
	return !behind || (frame <= SHORTEST && !bpf_xdp_adjust_tail(ctx, -(int)behind));
}

/* The flags of this frame; why it is not to be sent. */
INLINE enum xdp_why kern_down_may(struct down *d)
{
	d->flags = d->call->flags;
	if (d->flags & XDP_MIRROR && d->call->plain)
		d->flags &= ~XDP_FF03;
	if (!(d->flags & (d->v6 ? XDP_IP6 : XDP_IP4)))
		return XDP_W_PPP;
	if (d->call->sequenced)
		return XDP_W_SEQUENCE;
	return d->len > d->call->mtu ? XDP_W_MTU : XDP_W_FAST;
}

INLINE enum xdp_why kern_down4(struct down *d, struct iphdr *ip, void *end)
{
	d->len = bpf_ntohs(ip->tot_len);
	d->dscp = ip->tos & 0xfc;
	if (ip->daddr != d->call->peer4) /* the address has just become another call's */
		return XDP_W_ADDRESS;
	return kern_ip4_why(ip, end, d->len);
}

INLINE enum xdp_why kern_down6(struct down *d, struct ipv6hdr *ip, void *end)
{
	d->v6 = true;
	d->len = bpf_ntohs(ip->payload_len) + sizeof(*ip);
	d->dscp = (bpf_ntohl(*(const __be32 *)ip) >> 20) & 0xfc;
	return kern_ip6_why(ip, end, d->len);
}

/* Whose address is it?  0 = no fast call's. */
INLINE __u32 kern_who4(__be32 to)
{
	__u32 at = bpf_ntohl(to) % XDP_NEAR4;
	__u64 *near = bpf_map_lookup_elem(&xdp_near4, &at), word = near ? *near : 0;
	__u32 *sid;

	if (word >> 32 == to && (__u16)word)
		return (__u16)word;
	if (!(word & XDP_MORE))
		return 0;
	sid = bpf_map_lookup_elem(&xdp_addr4, &to);
	return sid ? *sid : 0;
}

/* sid: of the call that has the destination, 0 = none has. */
INLINE int kern_down(struct xdp_md *ctx, void *data, void *end, __u32 sid, bool v6)
{
	__u32 frame = end - data;
	struct down d = {.call = sid ? kern_call(sid) : NULL};
	enum xdp_why why;

	if (!d.call)
		return XDP_PASS;
	why = v6 ? kern_down6(&d, data + ETH_HLEN, end) : kern_down4(&d, data + ETH_HLEN, end);
	if (why == XDP_W_FAST)
		why = kern_down_may(&d);
	if (why == XDP_W_FAST && frame < ETH_HLEN + d.len)
		why = XDP_W_LENGTHS;
	if (why == XDP_W_FAST && !kern_down_length(ctx, frame - ETH_HLEN - d.len, frame))
		why = XDP_W_LENGTHS;
	return why == XDP_W_FAST ? kern_down_send(ctx, &d) : kern_pass(why);
}

/* --- a frame ---------------------------------------------------------------------------------- */

INLINE int kern_frame4(struct xdp_md *ctx, void *data, void *end)
{
	const struct iphdr *ip = data + ETH_HLEN;
	int rc = XDP_PASS;
	__be32 to;

	if ((const void *)(ip + 1) > end)
		return XDP_PASS;
	to = ip->daddr;
	if (ip->protocol == IPPROTO_UDP && kern_up(ctx, data, end, &rc))
		return rc;
	return kern_down(ctx, data, end, kern_who4(to), false);
}

INLINE int kern_frame6(struct xdp_md *ctx, void *data, void *end)
{
	const struct ipv6hdr *ip = data + ETH_HLEN;
	__u32 *sid;
	__u64 to;

	if ((const void *)(ip + 1) > end)
		return XDP_PASS;
	to = *(const __u64 *)ip->daddr.s6_addr;
	sid = bpf_map_lookup_elem(&xdp_addr6, &to);
	return kern_down(ctx, data, end, sid ? *sid : 0, true);
}

INLINE bool kern_is_ours(struct xdp_md *ctx, const struct ethhdr *eth)
{
	__u32 from = ctx->ingress_ifindex;
	const struct xdp_device *d = bpf_map_lookup_elem(&xdp_devices, &from);

	return d && *(const __u32 *)eth->h_dest == *(const __u32 *)d->mac &&
	       *(const __u16 *)(eth->h_dest + 4) == *(const __u16 *)(d->mac + 4);
}

SEC("xdp")
int xdp_frame(struct xdp_md *ctx)
{
	void *data = (void *)(long)ctx->data, *end = (void *)(long)ctx->data_end;
	const struct ethhdr *eth = data;

	if ((const void *)(eth + 1) > end || !kern_is_ours(ctx, eth))
		return XDP_PASS;
	if (eth->h_proto == bpf_htons(ETH_P_IP))
		return kern_frame4(ctx, data, end);
	if (eth->h_proto == bpf_htons(ETH_P_IPV6))
		return kern_frame6(ctx, data, end);
	return XDP_PASS;
}

char xdp_licence[] SEC("license") = "GPL";
