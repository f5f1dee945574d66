/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Our LMI against libosmogb's Frame Relay, both ways at once: our user polls its network, its user
 * polls our network.  The PVC must come up on all four sides, an RFC 3070 frame must pass each way,
 * and what our network says of the PVC afterwards must be seen by its user.
 *
 * libosmogb takes no T391 under 5 s, so this is real time: about 40 s.  Prints a PASS or FAIL line
 * per check; the exit status says whether all passed.
 *
 *   lmi-osmogb user|network OWN-PORT FAR-PORT
 *
 * is the library alone: a frame is a datagram between those ports of 127.0.0.1.  It says when its
 * side of the PVC becomes active and inactive.
 */
#include "transports/frame-relay/fr_encap.h"
#include "transports/frame-relay/lmi.h"
#include "transports/frame-relay/q922.h"

#include <netinet/in.h>
#include <osmocom/core/application.h>
#include <osmocom/core/logging.h>
#include <osmocom/core/msgb.h>
#include <osmocom/core/select.h>
#include <osmocom/core/tdef.h>
#include <osmocom/core/timer.h>
#include <osmocom/gprs/frame_relay.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define DLCI  100
#define LIMIT 90 /* seconds until we give up */

/* The library calls it and leaves it to its user. */
int bssgp_prim_cb(void *oph, void *ctx);
int bssgp_prim_cb(void *oph, void *ctx)
{
	(void)oph;
	(void)ctx;
	return 0;
}

/* One conversation: our side, its side, the wire between. */
struct wire {
	const char *name;
	struct lmi ours;
	struct osmo_fr_link *link;
	struct osmo_fr_dlc *dlc;
	int fd[2]; /* ours, its */
	struct osmo_fd watch[2];
	bool pvc, heard_ours, heard_its;
};

static unsigned failed;

static void lmi_osmogb_verdict(const struct wire *w, bool ok, const char *what)
{
	printf("%s lmi-osmogb: our %s: %s\n", ok ? "PASS" : "FAIL", w->name, what);
	failed += !ok;
}

static uint64_t lmi_osmogb_now_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000 + (uint64_t)t.tv_nsec / 1000;
}

/* --- our side --------------------------------------------------------------------------------- */

static void lmi_osmogb_transmit(struct wire *w, uint32_t dlci, const void *data, size_t len)
{
	const struct q922_addr a = {.dlci = dlci};
	uint8_t frame[1600];
	struct wr out = wr_init(frame, sizeof(frame));

	q922_put(&out, Q922_2_OCTETS, &a);
	wr_bytes(&out, data, len);
	if (write(w->fd[0], frame, out.len) < 0)
		perror("write");
}

static void our_tx(void *ctx, const uint8_t *pdu, size_t len)
{
	lmi_osmogb_transmit(ctx, 0, pdu, len);
}

static void our_link(void *ctx, bool up)
{
	printf("our %s: link %s\n", ((struct wire *)ctx)->name, up ? "up" : "down");
}

static void our_pvc(void *ctx, uint32_t dlci, bool up)
{
	struct wire *w = ctx;

	printf("our %s: DLCI %u %s\n", w->name, dlci, up ? "up" : "down");
	w->pvc = up;
}

static const struct lmi_ops ops = {our_tx, our_link, our_pvc};

static int our_rx(struct osmo_fd *ofd, unsigned what)
{
	struct wire *w = ofd->data;
	uint8_t frame[1600], nlpid;
	ssize_t n = read(ofd->fd, frame, sizeof(frame));
	struct rd r = rd_init(frame, n > 0 ? (size_t)n : 0);
	struct q922_addr a;

	(void)what;
	if (n <= 0 || q922_get(&r, Q922_2_OCTETS, &a) != Q922_OK)
		return 0;
	if (a.dlci == 0)
		lmi_rx(&w->ours, r.p, r.left, lmi_osmogb_now_us());
	else if (a.dlci == DLCI && fr_encap_get(&r, &nlpid) == FR_L2TP && r.left == 4)
		w->heard_its = !memcmp(r.p, "its ", 4);
	return 0;
}

/* --- its side --------------------------------------------------------------------------------- */

static int its_tx(void *data, struct msgb *msg)
{
	const struct wire *w = data;

	if (write(w->fd[1], msg->data, msg->len) < 0)
		perror("write");
	msgb_free(msg);
	return 0;
}

static int its_rx(struct osmo_fd *ofd, unsigned what)
{
	struct wire *w = ofd->data;
	struct msgb *msg = msgb_alloc(2000, "frame");
	ssize_t n = read(ofd->fd, msg->data, 1600);

	(void)what;
	if (n <= 0) {
		msgb_free(msg);
		return 0;
	}
	msgb_put(msg, (unsigned)n);
	msg->dst = w->link;
	return osmo_fr_rx(msg);
}

static int its_data(void *data, struct msgb *msg)
{
	static const uint8_t want[] = {3, 0, 0x80, 0, 0, 0x5e, 0, 7, 'o', 'u', 'r', 's'};
	const uint8_t *end = msg->data + msg->len;

	/* It hands over the frame with or without its address, by version: look at its end. */
	((struct wire *)data)->heard_ours =
		msg->len >= sizeof(want) && !memcmp(end - sizeof(want), want, sizeof(want));
	msgb_free(msg);
	return 0;
}

static void its_state(struct osmo_fr_dlc *dlc, void *data, bool active)
{
	printf("against our %s: its DLC %u %s\n", ((struct wire *)data)->name, dlc->dlci,
	       active ? "active" : "inactive");
}

static struct osmo_fr_network *its_network(void)
{
	struct osmo_fr_network *net = osmo_fr_network_alloc(NULL);

	if (!net || osmo_tdef_set(net->T_defs, 391, 5, OSMO_TDEF_S))
		exit(2);
	net->n391 = 2; /* its user asks for the full status every other time */
	return net;
}

static void its_start(struct wire *w, struct osmo_fr_network *net, bool network)
{
	w->link = osmo_fr_link_alloc(
		net, network ? FR_ROLE_NETWORK_EQUIPMENT : FR_ROLE_USER_EQUIPMENT, w->name);
	w->link->tx_cb = its_tx;
	w->link->cb_data = w;
	w->dlc = osmo_fr_dlc_alloc(w->link, DLCI);
	w->dlc->rx_cb = its_data;
	w->dlc->status_cb = its_state;
	w->dlc->cb_data = w;
	w->dlc->active = network; /* it announces the PVC as active */
	osmo_fd_setup(&w->watch[1], w->fd[1], OSMO_FD_READ, its_rx, w, 0);
	if (osmo_fd_register(&w->watch[1]))
		exit(2);
}

static int its_socket(const char *own, const char *far)
{
	struct sockaddr_in a = {.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK, 0);

	a.sin_port = htons((uint16_t)atoi(own));
	if (fd < 0 || bind(fd, (struct sockaddr *)&a, sizeof(a)) < 0)
		exit(2);
	a.sin_port = htons((uint16_t)atoi(far));
	if (connect(fd, (struct sockaddr *)&a, sizeof(a)) < 0)
		exit(2);
	return fd;
}

/* The library alone, until killed, as the far end of a gateway's udp: link. */
static void its_side(const char *role, const char *own, const char *far)
{
	static struct wire w = {.name = "gateway"};

	w.fd[1] = its_socket(own, far);
	its_start(&w, its_network(), !strcmp(role, "network"));
	for (;;)
		osmo_select_main(0);
}

/* --- both ------------------------------------------------------------------------------------- */

static void lmi_osmogb_join(struct wire *w, struct osmo_fr_network *net, enum lmi_role role)
{
	const struct lmi_conf c = {LMI_ANNEX_A, false,	  role,		6, 3, 4,
				   5000000,	15000000, Q922_2_OCTETS};
	const uint32_t dlci = DLCI;

	w->name = role == LMI_USER ? "user" : "network";
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_NONBLOCK, 0, w->fd) < 0 ||
	    lmi_init(&w->ours, &c, &ops, w, &dlci, 1))
		exit(2);
	osmo_fd_setup(&w->watch[0], w->fd[0], OSMO_FD_READ, our_rx, w, 0);
	if (osmo_fd_register(&w->watch[0]))
		exit(2);
	its_start(w, net, role == LMI_USER);
	lmi_start(&w->ours, lmi_osmogb_now_us());
}

static void send_both_ways(struct wire *w)
{
	static const uint8_t ours[] = {3, 0, 0x80, 0, 0, 0x5e, 0, 7, 'o', 'u', 'r', 's'};
	static const uint8_t its[] = {3, 0, 0x80, 0, 0, 0x5e, 0, 7, 'i', 't', 's', ' '};
	struct msgb *msg = msgb_alloc_headroom(200, 50, "data");

	lmi_osmogb_transmit(w, DLCI, ours, sizeof(ours));
	memcpy(msgb_put(msg, sizeof(its)), its, sizeof(its));
	msg->dst = w->dlc;
	osmo_fr_tx_dlc(msg);
}

static void lmi_osmogb_tick(void *data)
{
	osmo_timer_schedule(data, 0, 50000);
}

/* Until `done` is true for w, or the time is up. */
static bool run_until(struct wire *all, unsigned n, const struct wire *w,
		      bool (*done)(const struct wire *w))
{
	static uint64_t limit;

	if (!limit)
		limit = lmi_osmogb_now_us() + LIMIT * UINT64_C(1000000);
	while (!done(w) && lmi_osmogb_now_us() < limit) {
		osmo_select_main(0);
		for (unsigned i = 0; i < n; i++)
			lmi_expire(&all[i].ours, lmi_osmogb_now_us());
	}
	return done(w);
}

static bool our_side_up(const struct wire *w)
{
	return w->pvc;
}

static bool its_side_up(const struct wire *w)
{
	return w->dlc->active;
}

static bool its_side_down(const struct wire *w)
{
	return !w->dlc->active;
}

static bool frames_passed(const struct wire *w)
{
	return w->heard_ours && w->heard_its;
}

int main(int argc, char **argv)
{
	static struct log_info no_categories;
	static struct wire w[2]; /* our user, our network */
	struct osmo_timer_list timer;
	struct osmo_fr_network *net;

	osmo_init_logging2(NULL, &no_categories);
	setvbuf(stdout, NULL, _IOLBF, 0);
	if (argc == 4)
		its_side(argv[1], argv[2], argv[3]);
	net = its_network();
	osmo_timer_setup(&timer, lmi_osmogb_tick, &timer);
	lmi_osmogb_tick(&timer);
	lmi_osmogb_join(&w[0], net, LMI_USER);
	lmi_osmogb_join(&w[1], net, LMI_NETWORK);
	for (int i = 0; i < 2; i++) {
		lmi_osmogb_verdict(&w[i], run_until(w, 2, &w[i], our_side_up),
				   "our side of the PVC is up");
		lmi_osmogb_verdict(&w[i], run_until(w, 2, &w[i], its_side_up),
				   "its side of the PVC is up");
	}
	for (int i = 0; i < 2; i++) {
		send_both_ways(&w[i]);
		lmi_osmogb_verdict(&w[i], run_until(w, 2, &w[i], frames_passed),
				   "an L2TP frame passes each way");
	}
	lmi_set_pvc(&w[1].ours, DLCI, LMI_PVC_INACTIVE);
	lmi_osmogb_verdict(&w[1], run_until(w, 2, &w[1], its_side_down),
			   "its user sees the PVC go inactive");
	lmi_set_pvc(&w[1].ours, DLCI, LMI_PVC_ACTIVE);
	lmi_osmogb_verdict(&w[1], run_until(w, 2, &w[1], its_side_up), "and come back");
	for (int i = 0; i < 2; i++)
		lmi_osmogb_verdict(&w[i], w[i].ours.up && !w[i].ours.count[LMI_MALFORMED],
				   "the link stayed up, no message was malformed");
	return failed != 0;
}
