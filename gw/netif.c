/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Each function builds one rtnetlink request, sends it on a socket of its own and reads the
 * acknowledgement.
 */
#include "gw/netif.h"

#include <arpa/inet.h>
#include <errno.h>
#include <libmnl/libmnl.h>
#include <linux/if_addr.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <string.h>

struct request {
	struct nlmsghdr *nlh;
	_Alignas(8) char buf[512];
};

static void netif_begin(struct request *q, uint16_t type, uint16_t flags)
{
	q->nlh = mnl_nlmsg_put_header(q->buf);
	q->nlh->nlmsg_type = type;
	q->nlh->nlmsg_flags = (uint16_t)(NLM_F_REQUEST | NLM_F_ACK | flags);
	q->nlh->nlmsg_seq = 1;
}

static int netif_exchange(struct mnl_socket *s, const struct request *q)
{
	char buf[4096];
	ssize_t n;

	if (mnl_socket_bind(s, 0, MNL_SOCKET_AUTOPID) < 0 ||
	    mnl_socket_sendto(s, q->nlh, q->nlh->nlmsg_len) < 0)
		return -errno;
	n = mnl_socket_recvfrom(s, buf, sizeof(buf));
	if (n < 0 || mnl_cb_run(buf, (size_t)n, 1, mnl_socket_get_portid(s), NULL, NULL) < 0)
		return -errno;
	return 0;
}

static int netif_ask(const struct request *q)
{
	struct mnl_socket *s = mnl_socket_open2(NETLINK_ROUTE, SOCK_CLOEXEC);
	int rc;

	if (!s)
		return -errno;
	rc = netif_exchange(s, q);
	mnl_socket_close(s);
	return rc;
}

/* Adding what is there is done; so is removing what is not. */
static int netif_ask_once(const struct request *q)
{
	int rc = netif_ask(q);
	bool adds = q->nlh->nlmsg_flags & NLM_F_CREATE;

	if (adds ? rc == -EEXIST : rc == -ESRCH || rc == -EADDRNOTAVAIL)
		return 0;
	return rc;
}

int netif_set(const char *name, bool up, uint16_t mtu)
{
	unsigned index = if_nametoindex(name);
	struct request q;
	struct ifinfomsg *i;

	if (!index)
		return -ENODEV;
	netif_begin(&q, RTM_NEWLINK, 0);
	i = mnl_nlmsg_put_extra_header(q.nlh, sizeof(*i));
	i->ifi_index = (int)index;
	i->ifi_change = IFF_UP;
	i->ifi_flags = up ? IFF_UP : 0;
	if (up && mtu)
		mnl_attr_put_u32(q.nlh, IFLA_MTU, mtu);
	return netif_ask(&q);
}

static void netif_put_addr(struct request *q, uint16_t attr, const struct cfg_prefix *p)
{
	if (p->v6)
		mnl_attr_put(q->nlh, attr, 16, p->addr);
	else
		mnl_attr_put(q->nlh, attr, 4, p->addr + 12);
}

int netif_addr(const char *name, const struct cfg_prefix *addr, const struct cfg_prefix *peer,
	       bool add)
{
	unsigned index = if_nametoindex(name);
	struct request q;
	struct ifaddrmsg *a;

	if (!index)
		return -ENODEV;
	netif_begin(&q, add ? RTM_NEWADDR : RTM_DELADDR, add ? NLM_F_CREATE | NLM_F_EXCL : 0);
	a = mnl_nlmsg_put_extra_header(q.nlh, sizeof(*a));
	a->ifa_family = addr->v6 ? AF_INET6 : AF_INET;
	a->ifa_prefixlen = peer ? peer->bits : addr->bits;
	a->ifa_index = index;
	if (addr->v6)
		a->ifa_flags = IFA_F_NODAD; /* point-to-point: duplicate addresses cannot be */
	netif_put_addr(&q, IFA_LOCAL, addr);
	netif_put_addr(&q, IFA_ADDRESS, peer ? peer : addr);
	return netif_ask_once(&q);
}

/* --- routes ----------------------------------------------------------------------------------- */

struct route_search {
	const struct cfg_prefix *to;
	unsigned device;
};

static int netif_on_route(const struct nlmsghdr *nlh, void *ctx)
{
	const struct rtmsg *r = mnl_nlmsg_get_payload(nlh);
	struct route_search *s = ctx;
	const uint8_t *want = s->to->v6 ? s->to->addr : s->to->addr + 12;
	size_t len = s->to->v6 ? 16 : 4;
	const struct nlattr *a;
	bool same = !s->to->bits;
	unsigned device = 0;

	if (r->rtm_table != RT_TABLE_MAIN || r->rtm_dst_len != s->to->bits)
		return MNL_CB_OK;
	mnl_attr_for_each(a, nlh, sizeof(*r))
	{
		if (mnl_attr_get_type(a) == RTA_DST && mnl_attr_get_payload_len(a) == len)
			same = !memcmp(mnl_attr_get_payload(a), want, len);
		else if (mnl_attr_get_type(a) == RTA_OIF && mnl_attr_get_payload_len(a) == 4)
			device = mnl_attr_get_u32(a);
	}
	if (same)
		s->device = device;
	return MNL_CB_OK;
}

/* Every answer to q, as far as they can be read. */
static void netif_dump(struct mnl_socket *s, const struct request *q, mnl_cb_t each, void *ctx)
{
	char buf[32768]; /* as large as the kernel's answers get */
	int rc = MNL_CB_OK;

	if (mnl_socket_bind(s, 0, MNL_SOCKET_AUTOPID) < 0 ||
	    mnl_socket_sendto(s, q->nlh, q->nlh->nlmsg_len) < 0)
		return;
	while (rc > MNL_CB_STOP) {
		ssize_t n = mnl_socket_recvfrom(s, buf, sizeof(buf));

		rc = n < 0 ? MNL_CB_ERROR
			   : mnl_cb_run(buf, (size_t)n, 1, mnl_socket_get_portid(s), each, ctx);
	}
}

/* Index of the device that the main table's route to this prefix leads to; 0 = none. */
static unsigned netif_route_device(const struct cfg_prefix *to)
{
	struct mnl_socket *s = mnl_socket_open2(NETLINK_ROUTE, SOCK_CLOEXEC);
	struct route_search found = {.to = to};
	struct request q;
	struct rtmsg *r;

	if (!s)
		return 0;
	netif_begin(&q, RTM_GETROUTE, 0);
	q.nlh->nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP;
	r = mnl_nlmsg_put_extra_header(q.nlh, sizeof(*r));
	r->rtm_family = to->v6 ? AF_INET6 : AF_INET;
	netif_dump(s, &q, netif_on_route, &found);
	mnl_socket_close(s);
	return found.device;
}

int netif_route(const char *name, const struct cfg_prefix *to, bool add)
{
	unsigned index = if_nametoindex(name);
	struct request q;
	struct rtmsg *r;
	int rc;

	if (!index)
		return -ENODEV;
	netif_begin(&q, add ? RTM_NEWROUTE : RTM_DELROUTE, add ? NLM_F_CREATE | NLM_F_EXCL : 0);
	r = mnl_nlmsg_put_extra_header(q.nlh, sizeof(*r));
	r->rtm_family = to->v6 ? AF_INET6 : AF_INET;
	r->rtm_dst_len = to->bits;
	r->rtm_table = RT_TABLE_MAIN;
	r->rtm_protocol = RTPROT_STATIC;
	r->rtm_type = RTN_UNICAST;
	r->rtm_scope = to->v6 ? RT_SCOPE_UNIVERSE : RT_SCOPE_LINK;
	netif_put_addr(&q, RTA_DST, to);
	mnl_attr_put_u32(q.nlh, RTA_OIF, index);
	rc = netif_ask(&q);
	if (rc == -EEXIST && netif_route_device(to) == index)
		rc = 0;
	return rc == -ESRCH && !add ? 0 : rc;
}
