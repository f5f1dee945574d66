/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The family "netdev" of generic netlink (Linux, Documentation/netlink/specs/netdev.yaml).  Its
 * numbers are here, since the headers of Debian 12 are older than it.
 *
 * That a driver takes frames which others redirect to it is not asked for: some begin to say so
 * when a program is attached.
 */
#define _GNU_SOURCE
#include "gw/netif_xdp.h"

#include <errno.h>
#include <libmnl/libmnl.h>
#include <linux/genetlink.h>
#include <stdbool.h>
#include <sys/socket.h>

enum { XDP_DEV_GET = 1, XDP_ATTR_IFINDEX = 1, XDP_ATTR_FEATURES = 3 };
enum { XDP_FEATURE_BASIC = 1u << 0, XDP_FEATURE_REDIRECT = 1u << 1 };

#define XDP_FAMILY "netdev"

/* A number of the answer: len octets, of host order. */
struct netif_xdp_ask {
	uint16_t attr, len;
	uint64_t value;
	bool has;
};

static int netif_xdp_one(const struct nlmsghdr *nlh, void *arg)
{
	struct netif_xdp_ask *a = arg;
	const struct nlattr *at;

	mnl_attr_for_each(at, nlh, sizeof(struct genlmsghdr))
	{
		if (mnl_attr_get_type(at) != a->attr || mnl_attr_get_payload_len(at) != a->len)
			continue;
		a->value = a->len == sizeof(uint16_t) ? mnl_attr_get_u16(at) : mnl_attr_get_u64(at);
		a->has = true;
	}
	return MNL_CB_OK;
}

static struct nlmsghdr *netif_xdp_request(void *buf, uint16_t family, uint8_t cmd)
{
	struct nlmsghdr *q = mnl_nlmsg_put_header(buf);
	struct genlmsghdr *g = mnl_nlmsg_put_extra_header(q, sizeof(*g));

	q->nlmsg_type = family;
	q->nlmsg_flags = NLM_F_REQUEST;
	g->cmd = cmd;
	g->version = 1;
	return q;
}

/* 0 or -errno; the answer to one request is one message, or an error. */
static int netif_xdp_exchange(struct mnl_socket *s, const struct nlmsghdr *q,
			      struct netif_xdp_ask *a)
{
	uint8_t buf[8192];
	ssize_t n;

	if (mnl_socket_sendto(s, q, q->nlmsg_len) < 0)
		return -errno;
	n = mnl_socket_recvfrom(s, buf, sizeof(buf));
	if (n < 0 || mnl_cb_run(buf, (size_t)n, 0, mnl_socket_get_portid(s), netif_xdp_one, a) < 0)
		return -errno;
	return a->has ? 0 : -ENOSYS;
}

static int netif_xdp_by(struct mnl_socket *s, uint32_t ifindex)
{
	struct netif_xdp_ask family = {.attr = CTRL_ATTR_FAMILY_ID, .len = sizeof(uint16_t)};
	struct netif_xdp_ask has = {.attr = XDP_ATTR_FEATURES, .len = sizeof(uint64_t)};
	const uint64_t needed = XDP_FEATURE_BASIC | XDP_FEATURE_REDIRECT;
	uint8_t buf[256];
	struct nlmsghdr *q = netif_xdp_request(buf, GENL_ID_CTRL, CTRL_CMD_GETFAMILY);
	int rc;

	mnl_attr_put_strz(q, CTRL_ATTR_FAMILY_NAME, XDP_FAMILY);
	if (mnl_socket_bind(s, 0, MNL_SOCKET_AUTOPID) < 0 || netif_xdp_exchange(s, q, &family) < 0)
		return -ENOSYS;
	q = netif_xdp_request(buf, (uint16_t)family.value, XDP_DEV_GET);
	mnl_attr_put_u32(q, XDP_ATTR_IFINDEX, ifindex);
	rc = netif_xdp_exchange(s, q, &has);
	if (rc)
		return rc == -ENODEV ? rc : -ENOSYS;
	return (has.value & needed) == needed ? 0 : -EOPNOTSUPP;
}

int netif_xdp(uint32_t ifindex)
{
	struct mnl_socket *s = mnl_socket_open2(NETLINK_GENERIC, SOCK_CLOEXEC);
	int rc = s ? netif_xdp_by(s, ifindex) : -ENOSYS;

	if (s)
		mnl_socket_close(s);
	return rc;
}
