/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * NETLINK_XFRM has the keys in nearly every message.  Of a list only the fields of struct sa are
 * kept, and the buffer is wiped; what is told of changes is cut behind the message's header by a
 * filter that cannot be taken off the socket.
 */
#define _GNU_SOURCE
#include "gw/sa_xfrm.h"

#include "gw/sa.h"

#include <errno.h>
#include <libmnl/libmnl.h>
#include <linux/filter.h>
#include <linux/netlink.h>
#include <linux/xfrm.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define SA_XFRM_MOST (1u << 20)
#define SA_XFRM_BUF  32768u

struct sa_xfrm_list {
	struct sa *sa;
	unsigned n;
	bool full; /* no memory, or more than anybody has */
};

/* --- one association --------------------------------------------------------------------------- */

static void sa_xfrm_name(char out[SA_NAME], const char *name)
{
	memcpy(out, name, strnlen(name, SA_NAME - 1));
}

static void sa_xfrm_enc(struct sa *s, const void *value)
{
	const struct xfrm_algo *a = value;

	sa_xfrm_name(s->enc, a->alg_name);
	s->bits = a->alg_key_len;
}

static void sa_xfrm_auth(struct sa *s, const void *value)
{
	const struct xfrm_algo_auth *a = value;

	sa_xfrm_name(s->auth, a->alg_name);
	s->icv = a->alg_trunc_len / 8;
}

static void sa_xfrm_aead(struct sa *s, const void *value)
{
	const struct xfrm_algo_aead *a = value;

	sa_xfrm_name(s->enc, a->alg_name);
	s->bits = a->alg_key_len;
	s->icv = a->alg_icv_len / 8;
}

static void sa_xfrm_encap(struct sa *s, const void *value)
{
	(void)value;
	s->encap = 1;
}

/* Of an outgoing one it says which packets go by it. */
static void sa_xfrm_mark(struct sa *s, const void *value)
{
	const struct xfrm_mark *m = value;

	if (!s->mark)
		s->mark = m->v & m->m;
}

/* Of one that comes in it is the mark packets get. */
static void sa_xfrm_set_mark(struct sa *s, const void *value)
{
	memcpy(&s->mark, value, sizeof(s->mark));
}

static const struct {
	uint16_t type;
	uint16_t least; /* octets */
	void (*read)(struct sa *s, const void *value);
} sa_xfrm_attrs[] = {
	{XFRMA_ALG_CRYPT, sizeof(struct xfrm_algo), sa_xfrm_enc},
	{XFRMA_ALG_AUTH_TRUNC, sizeof(struct xfrm_algo_auth), sa_xfrm_auth},
	{XFRMA_ALG_AEAD, sizeof(struct xfrm_algo_aead), sa_xfrm_aead},
	{XFRMA_ENCAP, sizeof(struct xfrm_encap_tmpl), sa_xfrm_encap},
	{XFRMA_MARK, sizeof(struct xfrm_mark), sa_xfrm_mark},
	{XFRMA_SET_MARK, sizeof(uint32_t), sa_xfrm_set_mark},
};

static void sa_xfrm_attr(struct sa *s, const struct nlattr *a)
{
	for (size_t i = 0; i < sizeof(sa_xfrm_attrs) / sizeof(sa_xfrm_attrs[0]); i++)
		if (mnl_attr_get_type(a) == sa_xfrm_attrs[i].type &&
		    mnl_attr_get_payload_len(a) >= sa_xfrm_attrs[i].least)
			sa_xfrm_attrs[i].read(s, mnl_attr_get_payload(a));
}

bool sa_xfrm_read(struct sa *out, const struct nlmsghdr *nlh)
{
	struct xfrm_usersa_info x; /* a message is aligned to four octets only */
	const struct nlattr *a;

	memset(out, 0, sizeof(*out));
	if (nlh->nlmsg_type != XFRM_MSG_NEWSA || mnl_nlmsg_get_payload_len(nlh) < sizeof(x))
		return false;
	memcpy(&x, mnl_nlmsg_get_payload(nlh), sizeof(x));
	if (x.id.proto != IPPROTO_ESP || !x.id.spi)
		return false;
	out->v6 = x.family == AF_INET6;
	out->spi = ntohl(x.id.spi);
	out->reqid = x.reqid;
	out->added = x.curlft.add_time;
	memcpy(out->src, &x.saddr, out->v6 ? 16 : 4);
	memcpy(out->dst, &x.id.daddr, out->v6 ? 16 : 4);
	mnl_attr_for_each(a, nlh, sizeof(x)) sa_xfrm_attr(out, a);
	return true;
}

/* --- the list ---------------------------------------------------------------------------------- */

static bool sa_xfrm_grow(struct sa_xfrm_list *l)
{
	struct sa *grown = l->sa;

	if (!(l->n & (l->n - 1)))
		grown = realloc(l->sa, (l->n ? 2 * (size_t)l->n : 1) * sizeof(*l->sa));
	if (!grown || l->n == SA_XFRM_MOST)
		return false;
	l->sa = grown;
	return true;
}

static int sa_xfrm_one(const struct nlmsghdr *nlh, void *list)
{
	struct sa_xfrm_list *l = list;
	struct sa s;

	if (!sa_xfrm_read(&s, nlh))
		return MNL_CB_OK;
	if (sa_xfrm_grow(l))
		l->sa[l->n++] = s;
	else
		l->full = true;
	return MNL_CB_OK;
}

/* 0 or -errno. */
static int sa_xfrm_dump(struct mnl_socket *nl, void *buf, struct sa_xfrm_list *l)
{
	struct nlmsghdr *q = mnl_nlmsg_put_header(buf);
	int more = 1;

	q->nlmsg_type = XFRM_MSG_GETSA;
	q->nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP;
	q->nlmsg_seq = 1;
	if (mnl_socket_bind(nl, 0, MNL_SOCKET_AUTOPID) < 0 ||
	    mnl_socket_sendto(nl, q, q->nlmsg_len) < 0)
		return -errno;
	while (more > 0) {
		ssize_t n = mnl_socket_recvfrom(nl, buf, SA_XFRM_BUF);

		if (n < 0)
			return -errno;
		more = mnl_cb_run(buf, (size_t)n, 1, mnl_socket_get_portid(nl), sa_xfrm_one, l);
	}
	return more < 0 ? -errno : l->full ? -ENOMEM : 0;
}

static int sa_xfrm_list(void)
{
	struct mnl_socket *nl = mnl_socket_open2(NETLINK_XFRM, SOCK_CLOEXEC);
	struct sa_xfrm_list l = {NULL, 0, false};
	void *buf = malloc(SA_XFRM_BUF);
	int r = nl && buf ? sa_xfrm_dump(nl, buf, &l) : -ENOMEM;

	if (!r)
		r = sa_list_new(l.sa, l.n);
	if (nl)
		mnl_socket_close(nl);
	if (buf)
		explicit_bzero(buf, SA_XFRM_BUF);
	free(buf);
	free(l.sa);
	return r;
}

/* --- changes ----------------------------------------------------------------------------------- */

static int sa_xfrm_events(void)
{
	struct sock_filter head = {.code = BPF_RET | BPF_K, .k = sizeof(struct nlmsghdr)};
	const struct sock_fprog cut = {.len = 1, .filter = &head};
	const struct sockaddr_nl at = {.nl_family = AF_NETLINK,
				       .nl_groups = XFRMGRP_SA | XFRMGRP_EXPIRE};
	int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, NETLINK_XFRM), on = 1,
	    r;

	if (fd < 0)
		return -errno;
	if (!setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, &cut, sizeof(cut)) &&
	    !setsockopt(fd, SOL_SOCKET, SO_LOCK_FILTER, &on, sizeof(on)) &&
	    !bind(fd, (const struct sockaddr *)&at, sizeof(at)))
		return fd;
	r = -errno;
	close(fd);
	return r;
}

int sa_xfrm_open(unsigned which)
{
	static int (*const kinds[SA_XFRM_KINDS])(void) = {
		[SA_XFRM_LIST] = sa_xfrm_list, [SA_XFRM_EVENTS] = sa_xfrm_events};

	return which < SA_XFRM_KINDS ? kinds[which]() : -EINVAL;
}
