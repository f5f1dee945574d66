/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * `atmpvc:INTERFACE`: AAL5 SDUs by the ATM of this host's kernel, with an adapter or another driver
 * under it.  Each PVC of the port is a socket of the family AF_ATMPVC, connected to interface, VPI
 * and VCI; a message on it is an SDU.  A frame is VPI, VCI, two octets each, and the SDU.
 *
 * The carrier is that all circuits are open: a driver that goes takes all its circuits with it.
 * They are read only from when the carrier was reported, so that nothing is dropped for having come
 * early. Connecting waits for the driver, which has nothing to wait for but its hardware.
 *
 * The family knows no MSG_NOSIGNAL, so the program must ignore SIGPIPE.
 */
#define _GNU_SOURCE
#include "transports/link/link_kind.h"

#include "core/bytes.h"

#include <errno.h>
#include <linux/atm.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define BATCH	16u
#define ROUNDS	4u
#define CIRCUIT 4u /* VPI and VCI in front of a frame */

struct pvc {
	struct atmpvc_link *u;
	const struct link_circuit *circuit;
	int fd; /* -1 = closed */
	bool watched;
};

struct atmpvc_link {
	struct link *link;
	int interface;
	struct pvc *pvc; /* in the order of the circuits */
	unsigned pvcs;
	int lost;	 /* errno of a circuit that is no more */
	uint32_t room;	 /* octets of the longest frame */
	uint8_t *buffer; /* BATCH of those */
};

static const struct link_conf *link_atmpvc_conf(const struct atmpvc_link *u)
{
	return link_conf_of(u->link);
}

/* --- the socket of a circuit ------------------------------------------------------------------ */

static int link_atmpvc_connect_pvc(int fd, int interface, const struct link_circuit *c)
{
	const struct atm_trafprm ubr = {
		.traffic_class = ATM_UBR, .max_pcr = ATM_MAX_PCR, .max_sdu = (int)c->sdu_max};
	const struct atm_qos qos = {.txtp = ubr, .rxtp = ubr, .aal = ATM_AAL5};
	struct sockaddr_atmpvc to = {.sap_family = AF_ATMPVC};

	to.sap_addr.itf = (short)interface;
	to.sap_addr.vpi = (short)c->vpi;
	to.sap_addr.vci = c->vci;
	if (setsockopt(fd, SOL_ATM, SO_ATMQOS, &qos, sizeof(qos)) < 0 ||
	    connect(fd, (const struct sockaddr *)&to, sizeof(to)) < 0)
		return -errno;
	return fd;
}

static int link_atmpvc_new_socket(void)
{
	int fd = socket(AF_ATMPVC, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, ATM_AAL5);

	return fd < 0 ? -errno : fd;
}

static int link_atmpvc_open_pvc(int interface, const struct link_circuit *c)
{
	int fd = link_atmpvc_new_socket(),
	    r = fd < 0 ? fd : link_atmpvc_connect_pvc(fd, interface, c);

	if (fd >= 0 && r < 0)
		close(fd);
	return r;
}

int (*link_atmpvc_open)(int interface, const struct link_circuit *c) = link_atmpvc_open_pvc;

/* --- receiving -------------------------------------------------------------------------------- */

static void link_atmpvc_on_ready(void *arg, unsigned ready);

static void link_atmpvc_unwatch(struct pvc *p)
{
	if (p->watched)
		link_atmpvc_conf(p->u)->host->watch(link_atmpvc_conf(p->u)->host_ctx, p->fd, 0,
						    link_atmpvc_on_ready, p);
	p->watched = false;
}

static void link_atmpvc_lose(struct pvc *p, int err)
{
	link_atmpvc_unwatch(p); /* it would be readable for ever */
	p->u->lost = err;
	link_recheck(p->u->link);
}

/* One SDU behind its circuit; false when there is none, or it was dropped. */
static bool link_atmpvc_receive_one(struct pvc *p, uint8_t *room, struct link_frame *out,
				    bool *more)
{
	struct atmpvc_link *u = p->u;
	struct iovec iov = {room + CIRCUIT, u->room - CIRCUIT};
	struct msghdr m = {.msg_iov = &iov, .msg_iovlen = 1};
	ssize_t n = recvmsg(p->fd, &m, MSG_DONTWAIT);

	*more = n > 0;
	if (n <= 0) {
		if (!n || (errno != EAGAIN && errno != EINTR))
			link_atmpvc_lose(p, n ? errno : ENOTCONN);
		return false;
	}
	if (m.msg_flags & MSG_TRUNC) {
		link_counted(u->link, LINK_RX_TOO_LONG);
		return false;
	}
	wr_put16(room, p->circuit->vpi);
	wr_put16(room + 2, p->circuit->vci);
	*out = (struct link_frame){NULL, room, 0, CIRCUIT + (uint32_t)n};
	return true;
}

static void link_atmpvc_on_ready(void *arg, unsigned ready)
{
	struct pvc *p = arg;
	struct atmpvc_link *u = p->u;
	bool more = true;

	(void)ready;
	for (unsigned i = 0; i < ROUNDS && more && !u->lost; i++) {
		struct link_frame frames[BATCH];
		unsigned n = 0;

		for (unsigned j = 0; j < BATCH && more; j++)
			n += link_atmpvc_receive_one(p, u->buffer + (size_t)n * u->room, &frames[n],
						     &more);
		if (n)
			link_received(u->link, frames, n);
	}
}

/* --- sending ---------------------------------------------------------------------------------- */

static int link_atmpvc_compare(const void *key, const void *pvc)
{
	const struct link_circuit *a = key, *b = ((const struct pvc *)pvc)->circuit;
	uint32_t x = (uint32_t)a->vpi << 16 | a->vci, y = (uint32_t)b->vpi << 16 | b->vci;

	return (x > y) - (x < y);
}

/* The circuit may stand in the head or in the payload, or in both. */
static struct pvc *link_atmpvc_circuit_of(const struct atmpvc_link *u, const struct link_frame *f,
					  uint32_t from_head)
{
	struct link_circuit c = {0};
	uint8_t octets[CIRCUIT];
	struct rd r = rd_init(octets, sizeof(octets));

	if (from_head + (uint64_t)f->len < CIRCUIT)
		return NULL;
	if (from_head)
		memcpy(octets, f->head, from_head);
	if (from_head < CIRCUIT)
		memcpy(octets + from_head, f->payload, CIRCUIT - from_head);
	c.vpi = rd_u16(&r);
	c.vci = rd_u16(&r);
	return bsearch(&c, u->pvc, u->pvcs, sizeof(*u->pvc), link_atmpvc_compare);
}

static enum link_counter link_atmpvc_send_one(struct atmpvc_link *u, const struct link_frame *f)
{
	uint32_t head = f->head ? f->head_len : 0, from_head = head < CIRCUIT ? head : CIRCUIT;
	struct pvc *p = link_atmpvc_circuit_of(u, f, from_head);
	struct iovec iov[2] = {
		{head ? (void *)(uintptr_t)(f->head + from_head) : NULL, head - from_head},
		{p ? (void *)(uintptr_t)(f->payload + CIRCUIT - from_head) : NULL, 0}};
	const struct msghdr m = {.msg_iov = iov, .msg_iovlen = 2};

	if (!p)
		return LINK_TX_ERROR;
	iov[1].iov_len = f->len - (CIRCUIT - from_head);
	if (iov[0].iov_len + iov[1].iov_len > p->circuit->sdu_max)
		return LINK_TX_TOO_LONG;
	if (sendmsg(p->fd, &m, MSG_DONTWAIT) >= 0)
		return LINK_TX;
	if (errno == EAGAIN || errno == ENOBUFS || errno == ENOMEM)
		return LINK_TX_FULL;
	if (errno == EPIPE || errno == ENOTCONN)
		link_atmpvc_lose(p, errno);
	return LINK_TX_ERROR;
}

static void link_atmpvc_send_frames(void *impl, const struct link_frame *f, unsigned n)
{
	struct atmpvc_link *u = impl;

	for (unsigned i = 0; i < n; i++)
		link_counted(u->link, link_atmpvc_send_one(u, &f[i]));
}

/* --- the kind --------------------------------------------------------------------------------- */

static void link_atmpvc_stop(void *impl)
{
	struct atmpvc_link *u = impl;

	for (unsigned i = 0; i < u->pvcs; i++) {
		struct pvc *p = &u->pvc[i];

		link_atmpvc_unwatch(p);
		if (p->fd >= 0)
			close(p->fd);
		p->fd = -1;
	}
}

static int link_atmpvc_start(void *impl)
{
	struct atmpvc_link *u = impl;

	u->lost = 0;
	for (unsigned i = 0; i < u->pvcs; i++) {
		int fd = link_atmpvc_open(u->interface, u->pvc[i].circuit);

		if (fd < 0) {
			link_atmpvc_stop(u);
			return fd;
		}
		u->pvc[i].fd = fd;
	}
	return 0;
}

static int link_atmpvc_check(void *impl)
{
	struct atmpvc_link *u = impl;

	for (unsigned i = 0; i < u->pvcs && !u->lost; i++) {
		struct pvc *p = &u->pvc[i];
		int r = p->watched ? 0
				   : link_atmpvc_conf(u)->host->watch(link_atmpvc_conf(u)->host_ctx,
								      p->fd, IST_READ,
								      link_atmpvc_on_ready, p);

		if (r < 0)
			return r;
		p->watched = true;
	}
	return u->lost ? -u->lost : 1;
}

/* --- to and from another process --------------------------------------------------------------- */

/* Its traffic contract was made with the longest SDU: with another one it is another circuit. */
static void link_atmpvc_thaw_pvc(struct atmpvc_link *u, const struct link_circuit *was, int fd)
{
	struct pvc *p = bsearch(was, u->pvc, u->pvcs, sizeof(*u->pvc), link_atmpvc_compare);

	if (p && p->fd < 0 && p->circuit->sdu_max == was->sdu_max)
		p->fd = fd;
	else if (fd >= 0)
		close(fd);
}

/* Circuits that are new are opened. */
static int link_atmpvc_thaw_rest(struct atmpvc_link *u)
{
	for (unsigned i = 0; i < u->pvcs; i++) {
		if (u->pvc[i].fd < 0)
			u->pvc[i].fd = link_atmpvc_open(u->interface, u->pvc[i].circuit);
		if (u->pvc[i].fd < 0)
			return u->pvc[i].fd;
	}
	return 0;
}

static int link_atmpvc_thaw(struct atmpvc_link *u, uint32_t n, struct handover *h)
{
	int r;

	while (n-- && !h->bad) {
		struct link_circuit was = {0};
		uint32_t key = handover_word(h, 0, UINT32_MAX);

		was.vpi = (uint16_t)(key >> 16);
		was.vci = (uint16_t)key;
		was.sdu_max = handover_word(h, 0, UINT32_MAX);
		link_atmpvc_thaw_pvc(u, &was, handover_fd(h, -1));
	}
	r = h->bad ? -EINVAL : link_atmpvc_thaw_rest(u);
	if (!r)
		r = link_atmpvc_check(u) < 0 ? -EIO : 0;
	if (r)
		link_atmpvc_stop(u);
	return r;
}

static int link_atmpvc_hand(void *impl, struct handover *h)
{
	struct atmpvc_link *u = impl;
	bool same = handover_word(h, (uint32_t)u->interface, 9999) == (uint32_t)u->interface;
	uint32_t n = handover_word(h, u->pvcs, UINT16_MAX);

	u->lost = (int)handover_word(h, (uint32_t)u->lost, INT16_MAX);
	if (h->thawing)
		return same && !u->lost ? link_atmpvc_thaw(u, n, h) : -ENOTCONN;
	for (unsigned i = 0; i < n; i++) {
		const struct link_circuit *c = u->pvc[i].circuit;

		handover_word(h, (uint32_t)c->vpi << 16 | c->vci, UINT32_MAX);
		handover_word(h, c->sdu_max, UINT32_MAX);
		handover_fd(h, u->pvc[i].fd);
	}
	return 0;
}

static void link_atmpvc_quiet(void *impl)
{
	struct atmpvc_link *u = impl;

	for (unsigned i = 0; i < u->pvcs; i++)
		link_atmpvc_unwatch(&u->pvc[i]);
}

static void link_atmpvc_free_link(void *impl)
{
	struct atmpvc_link *u = impl;

	free(u->pvc);
	free(u->buffer);
	free(u);
}

static struct atmpvc_link *link_atmpvc_make(struct link *l, int interface)
{
	const struct link_conf *c = link_conf_of(l);
	struct atmpvc_link *u = calloc(1, sizeof(*u));
	uint32_t longest = 0;

	if (!u)
		return NULL;
	u->link = l;
	u->interface = interface;
	u->pvcs = c->circuits;
	u->pvc = calloc((size_t)c->circuits + 1, sizeof(*u->pvc));
	for (unsigned i = 0; i < c->circuits && u->pvc; i++) {
		u->pvc[i] = (struct pvc){.u = u, .circuit = &c->circuit[i], .fd = -1};
		if (c->circuit[i].sdu_max > longest)
			longest = c->circuit[i].sdu_max;
	}
	u->room = CIRCUIT + longest;
	u->buffer = malloc((size_t)BATCH * u->room);
	if (u->pvc && u->buffer)
		return u;
	link_atmpvc_free_link(u);
	return NULL;
}

/* Words for what can never work here, or NULL. */
static const char *link_atmpvc_unfit(const struct link *l, const char *rest)
{
	size_t digits = strspn(rest, "0123456789");
	int fd;

	if (!digits || rest[digits] || digits > 4)
		return "is not atmpvc:INTERFACE, the number of an ATM interface";
	if (!link_conf_of(l)->sdus)
		return "carries AAL5 SDUs, it needs atm with framing = sdus";
	if (!link_conf_of(l)->circuits)
		return "opens the circuits that are configured, and there is none";
	if (!link_conf_of(l)->host || link_atmpvc_open != link_atmpvc_open_pvc)
		return NULL;
	fd = link_atmpvc_new_socket();
	if (fd >= 0)
		close(fd);
	return fd == -EAFNOSUPPORT
		       ? "address family not supported: the kernel has no AF_ATMPVC (module "
			 "atm), or this network namespace is not its first"
		       : NULL;
}

static void *link_atmpvc_parse(struct link *l, const char *rest, char *err, size_t err_len)
{
	const char *words = link_atmpvc_unfit(l, rest);
	struct atmpvc_link *u = words ? NULL : link_atmpvc_make(l, atoi(rest));

	if (words)
		settings_error(err, err_len, EINVAL, "link: \"atmpvc:%s\" %s", rest, words);
	return u;
}

static uint32_t link_atmpvc_mtu(const void *impl)
{
	return ((const struct atmpvc_link *)impl)->room;
}

const struct link_kind link_atmpvc = {
	.scheme = "atmpvc:",
	.form = "atmpvc:INTERFACE",
	.parse = link_atmpvc_parse,
	.free = link_atmpvc_free_link,
	.start = link_atmpvc_start,
	.stop = link_atmpvc_stop,
	.check = link_atmpvc_check,
	.send = link_atmpvc_send_frames,
	.mtu = link_atmpvc_mtu,
	.hand = link_atmpvc_hand,
	.quiet = link_atmpvc_quiet,
};
