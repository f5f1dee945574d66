/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A change is made here or by another process (netif_by).  Here each builds one rtnetlink request,
 * sends it on a socket of its own and reads the acknowledgement.
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

/* --- the state of a device -------------------------------------------------------------------- */

static int netif_set_here(unsigned index, const struct opener_change *c)
{
	struct request q;
	struct ifinfomsg *i;

	netif_begin(&q, RTM_NEWLINK, 0);
	i = mnl_nlmsg_put_extra_header(q.nlh, sizeof(*i));
	i->ifi_index = (int)index;
	i->ifi_change = IFF_UP;
	i->ifi_flags = c->add ? IFF_UP : 0;
	if (c->add && c->mtu)
		mnl_attr_put_u32(q.nlh, IFLA_MTU, c->mtu);
	return netif_ask(&q);
}

/* --- addresses -------------------------------------------------------------------------------- */

static void netif_put_addr(struct request *q, uint16_t attr, const struct opener_net *p)
{
	if (p->v6)
		mnl_attr_put(q->nlh, attr, 16, p->addr);
	else
		mnl_attr_put(q->nlh, attr, 4, p->addr + 12);
}

static int netif_addr_here(unsigned index, const struct opener_change *c)
{
	const struct opener_net *far = c->has_peer ? &c->peer : &c->net;
	struct request q;
	struct ifaddrmsg *a;

	netif_begin(&q, c->add ? RTM_NEWADDR : RTM_DELADDR, c->add ? NLM_F_CREATE | NLM_F_EXCL : 0);
	a = mnl_nlmsg_put_extra_header(q.nlh, sizeof(*a));
	a->ifa_family = c->net.v6 ? AF_INET6 : AF_INET;
	a->ifa_prefixlen = far->bits;
	a->ifa_index = index;
	if (c->net.v6)
		a->ifa_flags = IFA_F_NODAD; /* point-to-point: duplicate addresses cannot be */
	netif_put_addr(&q, IFA_LOCAL, &c->net);
	netif_put_addr(&q, IFA_ADDRESS, far);
	return netif_ask_once(&q);
}

/* --- routes ----------------------------------------------------------------------------------- */

struct route_search {
	const struct opener_net *to;
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
static unsigned netif_route_device(const struct opener_net *to)
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

static int netif_route_here(unsigned index, const struct opener_change *c)
{
	struct request q;
	struct rtmsg *r;
	int rc;

	netif_begin(&q, c->add ? RTM_NEWROUTE : RTM_DELROUTE,
		    c->add ? NLM_F_CREATE | NLM_F_EXCL : 0);
	r = mnl_nlmsg_put_extra_header(q.nlh, sizeof(*r));
	r->rtm_family = c->net.v6 ? AF_INET6 : AF_INET;
	r->rtm_dst_len = c->net.bits;
	r->rtm_table = RT_TABLE_MAIN;
	r->rtm_protocol = RTPROT_STATIC;
	r->rtm_type = RTN_UNICAST;
	r->rtm_scope = c->net.v6 ? RT_SCOPE_UNIVERSE : RT_SCOPE_LINK;
	netif_put_addr(&q, RTA_DST, &c->net);
	mnl_attr_put_u32(q.nlh, RTA_OIF, index);
	rc = netif_ask(&q);
	if (rc == -EEXIST && netif_route_device(&c->net) == index)
		rc = 0;
	return rc == -ESRCH && !c->add ? 0 : rc;
}

/* --- one change ------------------------------------------------------------------------------- */

int netif_here(const struct opener_change *c)
{
	static const struct {
		uint8_t kind; /* enum opener_kind */
		int (*run)(unsigned index, const struct opener_change *c);
	} rows[] = {{OPENER_LINK, netif_set_here},
		    {OPENER_ADDRESS, netif_addr_here},
		    {OPENER_ROUTE, netif_route_here}};
	unsigned index = if_nametoindex(c->device);

	if (!index)
		return -ENODEV;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (rows[i].kind == c->kind)
			return rows[i].run(index, c);
	return -EINVAL;
}

static struct {
	int (*change)(void *ctx, const struct opener_change *c);
	void *ctx;
} netif_other;

void netif_by(int (*change)(void *ctx, const struct opener_change *c), void *ctx)
{
	netif_other.change = change;
	netif_other.ctx = ctx;
}

struct opener_net netif_net(const struct cfg_prefix *p)
{
	struct opener_net n = {.v6 = p->v6, .bits = p->bits};

	memcpy(n.addr, p->addr, sizeof(n.addr));
	return n;
}

int netif_do(const struct opener_change *c)
{
	return netif_other.change ? netif_other.change(netif_other.ctx, c) : netif_here(c);
}
