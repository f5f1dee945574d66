/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The frame-relay transport: two ports back to back, and one port against frames typed by hand. */
#include "tests/harness.h"
#include "tests/transports/host.h"
#include "transports/frame-relay/frame_relay.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define S UINT64_C(1000000)

static const struct ist_transport *const fr = &frame_relay_transport;

static void frame_relay_open_port(struct fake_host *h, const char *const *cfg)
{
	fake_open(h, fr, cfg);
}

/* Two ports on one loop link, user and network, run for `us`. */
static void frame_relay_open_pair(struct fake_host *u, struct fake_host *n,
				  const char *const *circuits, uint64_t us)
{
	const char *user[32] = {"link=loop:fr", "role=user"};
	const char *network[32] = {"link=loop:fr", "role=network"};

	for (unsigned i = 0; circuits[i]; i++)
		user[i + 2] = network[i + 2] = circuits[i];
	frame_relay_open_port(u, user);
	frame_relay_open_port(n, network);
	fake_join(u, n);
	fake_run(u, fake_now + us);
}

static void frame_relay_close_pair(struct fake_host *u, struct fake_host *n)
{
	fake_close(u);
	fake_close(n);
}

static ist_channel frame_relay_channel(struct fake_host *h, const char *dlci, uint8_t payload)
{
	ist_channel c = 0;

	CU_ASSERT_EQUAL(fake_connect(h, dlci, payload, &c), 0);
	return c;
}

static bool received(struct fake_host *h, ist_channel c, const void *data, size_t len)
{
	struct fake_event *e = fake_take(h, FAKE_FRAME);
	bool ok = e && e->channel == c && e->len == len && !memcmp(e->data, data, len);

	fake_free(e);
	return ok;
}

/* --- two ports -------------------------------------------------------------------------------- */

static void back_to_back(void)
{
	static const char *const circuits[] = {"@200 ppp", "@100 l2tp ppp", NULL};
	struct fake_host u, n;
	struct fake_event *e;
	ist_channel c;

	frame_relay_open_pair(&u, &n, circuits, 5 * S);
	CU_ASSERT_STRING_EQUAL(fake_status(&u), "link up, LMI annex-a user down, 0 of 2 DLCIs up");
	CU_ASSERT_EQUAL(fake_pending(&u, FAKE_UP), 0);
	fake_run(&u, fake_now + 60 * S);
	CU_ASSERT_STRING_EQUAL(fake_status(&u), "link up, LMI annex-a user up, 2 of 2 DLCIs up");
	CU_ASSERT_STRING_EQUAL(fake_status(&n), "link up, LMI annex-a network up, 2 of 2 DLCIs up");
	CU_ASSERT_EQUAL(fake_pending(&u, FAKE_UP), 3);
	CU_ASSERT_EQUAL(fake_pending(&n, FAKE_UP), 3);
	e = fake_take(&u, FAKE_UP);
	CU_ASSERT_STRING_EQUAL(fake_addr(&u, &e->attrs.peer), "100");
	CU_ASSERT_EQUAL(e->attrs.payload, IST_PAYLOAD_L2TP);
	CU_ASSERT_EQUAL(e->attrs.permanent, 1);
	CU_ASSERT_EQUAL(e->channel, frame_relay_channel(&u, "100", IST_PAYLOAD_L2TP));
	fake_free(e);
	static const struct {
		const char *dlci;
		uint8_t payload;
	} all[] = {{"100", IST_PAYLOAD_L2TP}, {"100", IST_PAYLOAD_PPP}, {"200", IST_PAYLOAD_PPP}};

	for (int i = 0; i < 3; i++) {
		c = frame_relay_channel(&u, all[i].dlci, all[i].payload);
		CU_ASSERT_EQUAL(fake_send(&u, c, "up", 2), 1);
		c = frame_relay_channel(&n, all[i].dlci, all[i].payload);
		CU_ASSERT_EQUAL(fake_send(&n, c, "down", 4), 1);
		fake_run(&u, fake_now);
		CU_ASSERT_TRUE(received(&n, c, "up", 2));
		CU_ASSERT_TRUE(received(&u, frame_relay_channel(&u, all[i].dlci, all[i].payload),
					"down", 4));
	}
	CU_ASSERT_EQUAL(fake_connect(&u, "200", IST_PAYLOAD_L2TP, &c), -ENOENT);
	CU_ASSERT_EQUAL(fake_connect(&u, "300", IST_PAYLOAD_PPP, &c), -ENOENT);
	CU_ASSERT_EQUAL(fake_send(&u, 0, "x", 1), -ESTALE);
	CU_ASSERT_EQUAL(fake_send(&u, 0x10002, "x", 1), -ESTALE); /* L2TP on 200 */
	CU_ASSERT_EQUAL(fake_send(&u, 0x10004, "x", 1), -ESTALE); /* a third circuit */
	frame_relay_close_pair(&u, &n);
}

/* The network knows only one of the user's two DLCIs. */
static void pvc_not_there(void)
{
	static const char *const user[] = {"link=loop:fr", "@100 l2tp", "@200 l2tp", NULL};
	static const char *const network[] = {"link=loop:fr", "role=network", "@100 l2tp", NULL};
	struct fake_host u, n;
	ist_channel c;

	frame_relay_open_port(&u, user);
	frame_relay_open_port(&n, network);
	fake_join(&u, &n);
	fake_run(&u, fake_now + 60 * S);
	CU_ASSERT_STRING_EQUAL(u.last_log, "LMI: the far end does not have DLCI 200");
	CU_ASSERT_EQUAL(u.warnings, 1);
	CU_ASSERT_EQUAL(n.warnings, 0);
	CU_ASSERT_EQUAL(fake_pending(&u, FAKE_UP), 1);
	c = frame_relay_channel(&u, "200", IST_PAYLOAD_L2TP);
	CU_ASSERT_EQUAL(fake_send(&u, c, "x", 1), 1);
	CU_ASSERT_EQUAL(fake_count(&u, "tx-down"), 1);
	CU_ASSERT_EQUAL(fake_count(&u, "tx-frames"), 0);
	frame_relay_close_pair(&u, &n);
}

static void going_down(void)
{
	static const char *const circuits[] = {"@100 l2tp ppp", NULL};
	struct fake_host u, n;
	struct fake_event *e;

	frame_relay_open_pair(&u, &n, circuits, 60 * S);
	CU_ASSERT_EQUAL(fake_pending(&u, FAKE_UP), 2);
	fake_close(&n);
	fake_run(&u, fake_now);
	CU_ASSERT_EQUAL(fake_pending(&u, FAKE_DOWN), 2);
	e = fake_take(&u, FAKE_DOWN);
	CU_ASSERT_EQUAL(e->cause.kind, IST_CAUSE_LINK);
	CU_ASSERT_FALSE(e->forever);
	fake_free(e);
	fake_run(&u, fake_now + 100 * S);
	fake_forget(&u);
	static const char *const network[] = {"link=loop:fr", "role=network", "@100 l2tp ppp",
					      NULL};

	frame_relay_open_port(&n, network);
	fake_join(&u, &n);
	fake_run(&u, fake_now + 100 * S);
	CU_ASSERT_EQUAL(fake_pending(&u, FAKE_UP), 2); /* the same handles again */
	CU_ASSERT_EQUAL(fake_channel(&u, FAKE_UP),
			frame_relay_channel(&u, "100", IST_PAYLOAD_L2TP));
	frame_relay_close_pair(&u, &n);
}

/* The link is gone for 2 s.  When it is back, the poll that is sent at once may find an end that
 * has not seen it yet; three more come T391 apart, and a tunnel waits longer than that (60 s). */
static void short_outage(void)
{
	static const char *const circuits[] = {"@100 l2tp", NULL};
	static const char *const network[] = {"link=loop:fr", "role=network", "@100 l2tp", NULL};
	static const char *const kinds[] = {"lmi=annex-a", "lmi=annex-d", "lmi=cisco"};

	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		const char *const both[] = {kinds[i], circuits[0], NULL};
		const char *const other[] = {network[0], network[1], kinds[i], network[2], NULL};
		struct fake_host u, n;
		uint64_t down;

		frame_relay_open_pair(&u, &n, both, 60 * S);
		fake_forget(&u);
		fake_close(&n);
		down = fake_now;
		fake_run(&u, fake_now + 2 * S);
		CU_ASSERT_EQUAL(fake_pending(&u, FAKE_DOWN), 1);
		frame_relay_open_port(&n, other);
		fake_join(&u, &n);
		fake_run(&u, down + 45 * S);
		CU_ASSERT_EQUAL(fake_pending(&u, FAKE_UP), 1);
		CU_ASSERT_EQUAL(fake_pending(&n, FAKE_UP), 1);
		frame_relay_close_pair(&u, &n);
	}
}

/* All LMI frames lost: the LMI times out on both sides while the link stays. */
static void lmi_lost(void)
{
	static const char *const user[] = {"link=loop:fr", "t391=5s", "@100 l2tp", NULL};
	static const char *const network[] = {"link=loop:fr", "role=network", "lmi=cisco",
					      "@100 l2tp", NULL};
	static const char *const right[] = {"link=loop:fr", "role=network", "t392=6s", "@100 l2tp",
					    NULL};
	struct fake_host u, n;
	struct fake_event *e;

	frame_relay_open_port(&u, user);
	frame_relay_open_port(&n, right);
	fake_join(&u, &n);
	fake_run(&u, fake_now + 30 * S);
	CU_ASSERT_EQUAL(fake_pending(&u, FAKE_UP), 1);
	fake_close(&n);
	frame_relay_open_port(&n, network); /* another variant: neither understands the other */
	fake_join(&u, &n);
	fake_run(&u, fake_now + 60 * S);
	e = fake_take(&u, FAKE_DOWN);
	CU_ASSERT_PTR_NOT_NULL_FATAL(e);
	CU_ASSERT_EQUAL(e->cause.kind, IST_CAUSE_LINK);
	fake_free(e);
	CU_ASSERT_PTR_NOT_NULL(strstr(fake_status(&u), "link up, LMI annex-a user down"));
	CU_ASSERT_TRUE(fake_count(&u, "lmi-timeout") > 5);
	CU_ASSERT_TRUE(fake_count(&n, "rx-dlci") > 5); /* DLCI 0 is nothing to it */
	frame_relay_close_pair(&u, &n);
}

static void every_variant(void)
{
	static const char *const lmis[] = {"lmi=annex-a", "lmi=annex-d", "lmi=cisco"};

	for (int i = 0; i < 3; i++) {
		const char *const circuits[] = {lmis[i], "@16 l2tp", "@991 ppp", NULL};
		struct fake_host u, n;

		frame_relay_open_pair(&u, &n, circuits, 60 * S);
		CU_ASSERT_EQUAL(fake_pending(&u, FAKE_UP), 2);
		CU_ASSERT_EQUAL(fake_pending(&n, FAKE_UP), 2);
		frame_relay_close_pair(&u, &n);
	}
}

static void frame_relay_automatic(void)
{
	static const char *const lmis[] = {"lmi=annex-a", "lmi=annex-d", "lmi=cisco", "lmi=auto"};

	for (int i = 0; i < 8; i++) { /* either side knows, or neither */
		const char *const user[] = {"link=loop:fr", i < 4 ? "lmi=auto" : lmis[i - 4],
					    "@100 l2tp", NULL};
		const char *const network[] = {"link=loop:fr", i < 4 ? lmis[i] : "lmi=auto",
					       "role=network", "@100 l2tp", NULL};
		struct fake_host u, n;

		frame_relay_open_port(&u, user);
		frame_relay_open_port(&n, network);
		fake_join(&u, &n);
		fake_run(&u, fake_now + 100 * S);
		CU_ASSERT_EQUAL(fake_pending(&u, FAKE_UP), 1);
		CU_ASSERT_EQUAL(fake_pending(&n, FAKE_UP), 1);
		CU_ASSERT_PTR_NULL(strstr(fake_status(&u), "auto"));
		frame_relay_close_pair(&u, &n);
	}
}

static void no_lmi(void)
{
	static const char *const circuits[] = {"lmi=none", "@100 l2tp", NULL};
	struct fake_host u, n;

	frame_relay_open_pair(&u, &n, circuits, 0);
	CU_ASSERT_EQUAL(fake_pending(&u, FAKE_UP), 1);
	CU_ASSERT_EQUAL(fake_pending(&n, FAKE_UP), 1);
	CU_ASSERT_STRING_EQUAL(fake_status(&u), "link up, no LMI, 1 of 1 DLCIs up");
	fake_close(&n);
	fake_run(&u, fake_now);
	CU_ASSERT_EQUAL(fake_pending(&u, FAKE_DOWN), 1);
	fake_close(&u);
}

static void frame_relay_sizes(void)
{
	static const char *const circuits[] = {"lmi=none", "@100 l2tp ppp", NULL};
	static uint8_t data[2000];
	struct fake_host u, n;

	frame_relay_open_pair(&u, &n, circuits, 0);
	for (size_t i = 0; i < sizeof(data); i++)
		data[i] = (uint8_t)(i * 5);
	for (uint8_t kind = IST_PAYLOAD_L2TP; kind <= IST_PAYLOAD_PPP; kind++) {
		ist_channel c = frame_relay_channel(&u, "100", kind);
		uint32_t mtu = u.tr->mtu(u.port, c);

		CU_ASSERT_EQUAL(mtu, kind == IST_PAYLOAD_L2TP ? 1564 - 8 : 1564 - 2);
		for (uint32_t len = 1; len <= mtu + 1; len++) {
			uint32_t head = len < 14 ? len / 2 : 14;
			struct ist_frame f = {c, 0, data, data + head, head, len - head, 0};

			CU_ASSERT_EQUAL(fake_send_frames(&u, &f, 1), 1);
			fake_run(&u, fake_now);
			if (len <= mtu && !received(&n, c, data, len))
				CU_FAIL_FATAL("changed on its way");
		}
	}
	CU_ASSERT_EQUAL(fake_pending(&n, FAKE_FRAME), 0);
	CU_ASSERT_EQUAL(fake_count(&u, "tx-too-long"), 2);
	CU_ASSERT_EQUAL(fake_count(&u, "tx-frames"), 1556 + 1562);
	CU_ASSERT_EQUAL(fake_count(&n, "rx-frames"), 1556 + 1562);
	CU_ASSERT_EQUAL(u.tr->mtu(u.port, 0x10009), 0);
	frame_relay_close_pair(&u, &n);
}

/* A piece of 128 octets: the whole MTU still goes, in order, whole frames between the fragmented.
 */
static void frame_relay_fragments(void)
{
	static const char *const circuits[] = {"lmi=none", "fragment=128", "@100 l2tp ppp",
					       "@200 ppp", NULL};
	static uint8_t data[2000];
	struct fake_host u, n;
	ist_channel c, d;

	frame_relay_open_pair(&u, &n, circuits, 0);
	for (size_t i = 0; i < sizeof(data); i++)
		data[i] = (uint8_t)(i * 3 >> 1);
	c = frame_relay_channel(&u, "100", IST_PAYLOAD_L2TP);
	d = frame_relay_channel(&u, "200", IST_PAYLOAD_PPP);
	CU_ASSERT_EQUAL(u.tr->mtu(u.port, c), 1556);
	for (uint32_t len = 1; len <= 1556; len++) {
		uint32_t head = len < 64 ? len : 64;
		const struct ist_frame f[] = {
			{c, 0, data, data + head, head, len - head, 0},
			{c, 0, NULL, data, 0, 1, 0},
			{c, IST_FRAME_DISCARD, data, data + head, head, len - head, 0},
		};

		CU_ASSERT_EQUAL(fake_send_frames(&u, f, 3), 3);
		CU_ASSERT_EQUAL(fake_send(&u, d, data, len), 1);
		fake_run(&u, fake_now);
		if (!received(&n, c, data, len) || !received(&n, c, data, 1) ||
		    !received(&n, c, data, len) || !received(&n, d, data, len))
			CU_FAIL_FATAL("changed on its way");
	}
	CU_ASSERT_EQUAL(fake_send(&u, c, data, 1557), 1);
	CU_ASSERT_EQUAL(fake_count(&u, "tx-too-long"), 1);
	CU_ASSERT_EQUAL(fake_count(&u, "tx-frames"), 4 * 1556);
	CU_ASSERT_EQUAL(fake_count(&n, "rx-frames"), 4 * 1556);
	CU_ASSERT_EQUAL(fake_count(&u, "tx-fragments"), fake_count(&n, "rx-fragments"));
	frame_relay_close_pair(&u, &n);
}

static void frame_relay_many_circuits(void)
{
	struct ist_circuit_config cc[300];
	struct ist_setting set[] = {{"link", "loop:many"}, {"role", "user"}};
	struct ist_port_config cfg = {sizeof(cfg), "many", set, 2, cc, 300};
	struct fake_host h[2];
	char err[200];

	memset(cc, 0, sizeof(cc));
	for (unsigned i = 0; i < 300; i++) {
		char dlci[12];

		snprintf(dlci, sizeof(dlci), "%u", 991 - i); /* in falling order */
		CU_ASSERT_EQUAL(fr->addr_parse(&cc[i].addr, dlci), 0);
		cc[i].payloads = 1u << IST_PAYLOAD_L2TP;
	}
	for (int i = 0; i < 2; i++) {
		set[1].value = i ? "network" : "user";
		fake_init(&h[i]);
		h[i].tr = fr;
		CU_ASSERT_EQUAL_FATAL(
			fr->open(&h[i].port, &h[i].host, &h[i], &cfg, err, sizeof(err)), 0);
	}
	fake_join(&h[0], &h[1]);
	fake_run(&h[0], fake_now + 60 * S);
	CU_ASSERT_EQUAL(fake_pending(&h[0], FAKE_UP), 300);
	for (unsigned i = 692; i <= 991; i++) {
		char dlci[12];
		ist_channel c;

		snprintf(dlci, sizeof(dlci), "%u", i);
		c = frame_relay_channel(&h[0], dlci, IST_PAYLOAD_L2TP);
		fake_send(&h[0], c, dlci, 4);
		fake_run(&h[0], fake_now);
		if (!received(&h[1], c, dlci, 4))
			CU_FAIL("not on its circuit");
	}
	frame_relay_close_pair(&h[0], &h[1]);
}

/* --- one port and frames by hand -------------------------------------------------------------- */

static uint8_t last_tap[2][2000];
static size_t last_tap_len[2];
static unsigned taps;

static void frame_relay_on_tap(void *arg, bool outbound, uint16_t link_type, const uint8_t *frame,
			       size_t len)
{
	(void)arg;
	CU_ASSERT_EQUAL(link_type, 107);
	CU_ASSERT_FATAL(len <= sizeof(last_tap[0]));
	memcpy(last_tap[outbound], frame, len);
	last_tap_len[outbound] = len;
	taps++;
}

/* A pair without LMI: what the first sends is seen by its tap; the second one's tap shows the same.
 */
static void wire_octets(void)
{
	static const char *const circuits[] = {"lmi=none", "@100 l2tp ppp", NULL};
	static const char *const no_pad[] = {"lmi=none", "pad=no", "@100 l2tp ppp", NULL};
	static const struct {
		const char *const *circuits;
		uint8_t payload;
		uint32_t flags;
		const char *hex;
	} rows[] = {
		/* RFC 3070 figure 1 with a SCCRQ of one AVP */
		{circuits, IST_PAYLOAD_L2TP, 0,
		 "18 41 03 00 80 00 00 5e 00 07 c8 02 00 14 0000 0000 0000 0000 8008 0000 0000 "
		 "0001"},
		{no_pad, IST_PAYLOAD_L2TP, 0,
		 "18 41 03 80 00 00 5e 00 07 c8 02 00 14 0000 0000 0000 0000 8008 0000 0000 0001"},
		/* RFC 1973 3.1 */
		{circuits, IST_PAYLOAD_PPP, 0,
		 "18 41 03 cf c8 02 00 14 0000 0000 0000 0000 8008 0000 0000 0001"},
		{circuits, IST_PAYLOAD_PPP, IST_FRAME_DISCARD,
		 "18 43 03 cf c8 02 00 14 0000 0000 0000 0000 8008 0000 0000 0001"},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		uint8_t want[64], sccrq[20];
		size_t n = test_hex(want, sizeof(want), rows[i].hex);
		struct fake_host a, b;
		struct ist_frame f;

		test_hex(sccrq, sizeof(sccrq), "c802 0014 0000 0000 0000 0000 8008 0000 0000 0001");
		frame_relay_open_pair(&a, &b, rows[i].circuits, 0);
		a.tap_on = b.tap_on = true;
		a.on_tap = b.on_tap = frame_relay_on_tap;
		taps = 0;
		f = (struct ist_frame){frame_relay_channel(&a, "100", rows[i].payload),
				       rows[i].flags,
				       sccrq,
				       sccrq + 6,
				       6,
				       14,
				       0};
		CU_ASSERT_EQUAL(fake_send_frames(&a, &f, 1), 1);
		fake_run(&a, fake_now);
		CU_ASSERT_EQUAL(taps, 2);
		ASSERT_OCTETS(last_tap[1], last_tap_len[1], want, n);
		ASSERT_OCTETS(last_tap[0], last_tap_len[0], want, n);
		struct fake_event *e = fake_take(&b, FAKE_FRAME);

		CU_ASSERT_PTR_NOT_NULL_FATAL(e);
		ASSERT_OCTETS(e->data, e->len, sccrq, 20);
		CU_ASSERT_EQUAL(e->flags, rows[i].flags);
		fake_free(e);
		frame_relay_close_pair(&a, &b);
	}
}

/* A port on a udp link, and the socket at the far end of it. */
static int frame_relay_open_udp(struct fake_host *h, const char *const *more)
{
	static char link[100];
	const char *cfg[16] = {link};
	struct sockaddr_in in = {.sin_family = AF_INET}, ours = in;
	socklen_t len = sizeof(in);
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0), other;

	in.sin_addr.s_addr = ours.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	other = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	CU_ASSERT_FATAL(!bind(fd, (struct sockaddr *)&in, sizeof(in)));
	CU_ASSERT_FATAL(!bind(other, (struct sockaddr *)&ours, sizeof(ours)));
	getsockname(fd, (struct sockaddr *)&in, &len);
	getsockname(other, (struct sockaddr *)&ours, &len);
	close(other);
	snprintf(link, sizeof(link), "link=udp:127.0.0.1:%u>127.0.0.1:%u", ntohs(ours.sin_port),
		 ntohs(in.sin_port));
	for (unsigned i = 0; more[i]; i++)
		cfg[i + 1] = more[i];
	frame_relay_open_port(h, cfg);
	CU_ASSERT_FATAL(!connect(fd, (struct sockaddr *)&ours, sizeof(ours)));
	fake_run(h, fake_now);
	return fd;
}

/* Sent, and waited for until the link has it. */
static void frame_relay_feed(struct fake_host *h, int fd, const char *hex)
{
	uint64_t before = fake_count(h, "link-rx");
	uint8_t out[64];
	size_t n = test_hex(out, sizeof(out), hex);

	CU_ASSERT_EQUAL(send(fd, out, n, 0), (ssize_t)n);
	for (int i = 0; i < 1000000 && fake_count(h, "link-rx") == before; i++)
		fake_run(h, fake_now);
	CU_ASSERT_EQUAL(fake_count(h, "link-rx"), before + 1);
}

static void counted_by_reason(void)
{
	static const char *const cfg[] = {"lmi=none", "@100 l2tp", "@200 ppp", NULL};
	static const struct {
		const char *hex, *counter;
	} rows[] = {
		{"18 41 03 00 80 00 00 5e 00 07 c8 02", "rx-frames"},
		{"18 41 03 80 00 00 5e 00 07 c8 02", "rx-frames"},
		{"30 81 03 cf c0 21", "rx-frames"},
		{"1a 41 03 00 80 00 00 5e 00 07 c8 02", "rx-frames"}, /* C/R means nothing */
		{"18 49 03 00 80 00 00 5e 00 07 c8 02", "rx-fecn"},
		{"18 45 03 00 80 00 00 5e 00 07 c8 02", "rx-becn"},
		{"18 43 03 00 80 00 00 5e 00 07 c8 02", "rx-de"},
		{"18", "rx-address"},
		{"19 41 03 00 80", "rx-address"},
		{"18 40 41 03 00 80", "rx-address"},		       /* three octets */
		{"48 01 03 cf c0 21", "rx-dlci"},		       /* 288 */
		{"00 01 03 08 00 75 51 01 00 53 02 01 00", "rx-dlci"}, /* LMI, and we have none */
		{"18 41 03 cf c0 21", "rx-not-carried"},
		{"30 81 03 00 80 00 00 5e 00 07 c8 02", "rx-not-carried"},
		{"18 41 03 08 00 75", "rx-lmi-stray"},
		{"18 41 03 cc 45", "rx-ipv4"},
		{"18 41 03 8e 60", "rx-ipv6"},
		{"18 41 03 81 00", "rx-osi"},
		{"18 41 03 b1 c0 00", "rx-fragment-bad"},
		{"18 41 03 b1 80 00 03 00 80 00 00 5e 00 07", "rx-fragments"},
		{"18 41 03 b1 40 02 c8 02", "rx-fragment-lost"},
		{"18 41 03 b1 c0 03 03 cc 45", "rx-ipv4"},
		{"18 41 03 b1 c0 03 03 b1 c0 00", "rx-fragment-bad"},
		{"18 41 03 b0 00", "rx-compressed"},
		{"18 41 03 00 80 00 80 c2 00 07", "rx-bridged"},
		{"18 41 03 00 80 00 00 00 08 06", "rx-ethertype"},
		{"18 41 03 00 80 00 00 5e 00 08", "rx-snap"},
		{"18 41 03 21 45", "rx-nlpid"},
		{"18 41 03 00 80 00", "rx-short"},
		{"18 41", "rx-short"},
		{"18 41 3f 00", "rx-control"},
		{"18 41 03 00 00 80", "rx-nlpid-zero"},
		{"18 41 03 00 80 00 00 5e 00 07", "rx-empty"},
	};
	struct fake_host h;
	unsigned frames = 0;
	int fd = frame_relay_open_udp(&h, cfg);

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		uint64_t before = fake_count(&h, rows[i].counter);

		frame_relay_feed(&h, fd, rows[i].hex);
		if (fake_count(&h, rows[i].counter) != before + 1)
			CU_FAIL(rows[i].hex);
		frames += i < 7;
	}
	CU_ASSERT_EQUAL(fake_pending(&h, FAKE_FRAME), frames);
	CU_ASSERT_EQUAL(fake_count(&h, "rx-frames"), frames);
	for (unsigned i = 0; i < frames; i++) {
		static const uint32_t flags[] = {
			0, 0, 0, 0, IST_FRAME_CONGESTED, IST_FRAME_CONGESTED, IST_FRAME_DISCARD};
		struct fake_event *e = fake_take(&h, FAKE_FRAME);

		CU_ASSERT_EQUAL(e->flags, flags[i]);
		fake_free(e);
	}
	close(fd);
	fake_close(&h);
}

/* libosmogb's own words, with its sequence numbers, and FECN on a frame it would have dropped. */
static void lmi_by_hand(void)
{
	static const char *const cfg[] = {"@100 l2tp", NULL};
	struct fake_host h;
	uint8_t buf[64], want[16];
	int fd = frame_relay_open_udp(&h, cfg);

	test_hex(want, sizeof(want), "00 01 03 08 00 75 51 01 00 53 02 01 00");
	CU_ASSERT_EQUAL(recv(fd, buf, sizeof(buf), 0), 13);
	ASSERT_OCTETS(buf, 13, want, 13);
	frame_relay_feed(&h, fd, "18 41 03 00 80 00 00 5e 00 07 c8 02");
	CU_ASSERT_EQUAL(fake_count(&h, "rx-inactive"), 1);
	frame_relay_feed(&h, fd, "00 01 03 08 00 7d 51 01 00 53 02 01 01 57 03 06 a0 88");
	fake_run(&h, fake_now + 10 * S);
	frame_relay_feed(&h, fd, "00 01 03 08 00 7d 51 01 00 53 02 02 02 57 03 06 a0 82");
	fake_run(&h, fake_now + 10 * S);
	CU_ASSERT_EQUAL(fake_pending(&h, FAKE_UP), 0);
	frame_relay_feed(&h, fd, "00 01 03 08 00 7d 51 01 00 53 02 03 03 57 03 06 a0 82");
	CU_ASSERT_EQUAL(fake_pending(&h, FAKE_UP), 1);
	frame_relay_feed(&h, fd, "18 4d 03 00 80 00 00 5e 00 07 c8 02");
	CU_ASSERT_EQUAL(fake_pending(&h, FAKE_FRAME), 1);
	frame_relay_feed(&h, fd, "00 01 03 08 00 7d 51 01 02 57 03 06 a0 84"); /* deleted */
	struct fake_event *e = fake_take(&h, FAKE_DOWN);

	CU_ASSERT_PTR_NOT_NULL_FATAL(e);
	CU_ASSERT_EQUAL(e->cause.kind, IST_CAUSE_INACTIVE);
	CU_ASSERT_STRING_EQUAL(e->cause.words, "PVC inactive");
	CU_ASSERT_FALSE(e->forever);
	fake_free(e);
	frame_relay_feed(&h, fd, "00 01 03 08 00 7d 51 01 02 57 03 06 a0 82"); /* and back */
	CU_ASSERT_EQUAL(fake_pending(&h, FAKE_UP), 2);
	fake_run(&h, fake_now + 50 * S); /* silence */
	e = fake_take(&h, FAKE_DOWN);
	CU_ASSERT_PTR_NOT_NULL_FATAL(e);
	CU_ASSERT_STRING_EQUAL(e->cause.words, "LMI down");
	fake_free(e);
	close(fd);
	fake_close(&h);
}

/* Circuits are permanent: a Q.933 SETUP on DLCI 0 gets no answer, and asking for a channel sends
 * none. */
static void no_svc(void)
{
	static const char *const cfg[] = {"role=network", "@100 l2tp", NULL};
	struct fake_host h;
	ist_channel c;
	uint64_t sent;
	int fd = frame_relay_open_udp(&h, cfg);

	sent = fake_count(&h, "link-tx");
	frame_relay_feed(&h, fd, "00 01 03 08 02 00 01 05 04 03 88 a0 90");
	CU_ASSERT_EQUAL(fake_count(&h, "lmi-malformed"), 1);
	CU_ASSERT_EQUAL(fake_connect(&h, "100", IST_PAYLOAD_L2TP, &c), 0);
	fake_run(&h, fake_now + S);
	CU_ASSERT_EQUAL(fake_count(&h, "link-tx"), sent);
	close(fd);
	fake_close(&h);
}

static void fragment_octets(void)
{
	static const char *const cfg[] = {"lmi=none", "fragment=128", "@100 l2tp", NULL};
	uint8_t data[200] = {0}, buf[400], want[16];
	struct fake_host h;
	ist_channel c;
	int fd = frame_relay_open_udp(&h, cfg);

	c = frame_relay_channel(&h, "100", IST_PAYLOAD_L2TP);
	CU_ASSERT_EQUAL(fake_send(&h, c, data, 120), 1); /* 8 + 120: still whole */
	CU_ASSERT_EQUAL(recv(fd, buf, sizeof(buf), 0), 130);
	CU_ASSERT_EQUAL(fake_send(&h, c, data, 121), 1);
	CU_ASSERT_EQUAL(recv(fd, buf, sizeof(buf), 0), 130); /* 2, then a fragment of 128 */
	test_hex(want, sizeof(want), "18 41 03 b1 80 00 03 00 80 00 00 5e 00 07");
	ASSERT_OCTETS(buf, 14, want, 14);
	CU_ASSERT_EQUAL(recv(fd, buf, sizeof(buf), 0), 11);
	test_hex(want, sizeof(want), "18 41 03 b1 40 01 00 00 00 00 00");
	ASSERT_OCTETS(buf, 11, want, 11);
	frame_relay_feed(&h, fd, "18 49 03 b1 80 07 03 00 80 00 00 5e 00 07 c8");
	frame_relay_feed(&h, fd,
			 "18 41 03 00 80 00 00 5e 00 07 aa bb"); /* a whole one between them */
	frame_relay_feed(&h, fd, "18 41 03 b1 40 08 02");
	CU_ASSERT_TRUE(received(&h, c, "\xaa\xbb", 2));
	struct fake_event *e = fake_take(&h, FAKE_FRAME);

	CU_ASSERT_PTR_NOT_NULL_FATAL(e);
	ASSERT_OCTETS(e->data, e->len, "\xc8\x02", 2);
	CU_ASSERT_EQUAL(e->flags, IST_FRAME_CONGESTED); /* as one of its fragments was */
	fake_free(e);
	close(fd);
	fake_close(&h);
}

static void wide_addresses(void)
{
	static const struct {
		const char *octets, *dlci;
		const char *lmi;
		unsigned seconds; /* until it is up: three polls */
	} rows[] = {{"address-octets=3", "@63487 l2tp", "lmi=none", 0},
		    {"address-octets=4", "@8126463 l2tp", "lmi=none", 0},
		    {"address-octets=3", "@63487 l2tp", "lmi=annex-a", 40},
		    {"address-octets=4", "@8126463 l2tp", "lmi=annex-a", 40},
		    {"address-octets=3", "@1024 l2tp", "lmi=annex-d", 40},
		    {"address-octets=4", "@131072 l2tp", "lmi=annex-d", 40},
		    {"address-octets=3", "@4660 l2tp", "lmi=cisco", 40},
		    {"address-octets=3", "@4660 l2tp", "lmi=auto", 80}};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const char *const circuits[] = {rows[i].lmi, rows[i].octets, rows[i].dlci, NULL};
		struct fake_host a, b;
		ist_channel c;

		frame_relay_open_pair(&a, &b, circuits, rows[i].seconds * S);
		c = fake_channel(&a, FAKE_UP);
		CU_ASSERT_EQUAL(fake_send(&a, c, "wide", 4), 1);
		fake_run(&a, fake_now);
		CU_ASSERT_TRUE(received(&b, c, "wide", 4));
		frame_relay_close_pair(&a, &b);
	}
}

static void send_in_report(struct fake_host *h, const struct fake_event *e)
{
	if (e->kind == FAKE_UP)
		CU_ASSERT_EQUAL(fake_send(h, e->channel, "at once", 7), 1);
	if (e->kind == FAKE_FRAME && e->len == 7)
		CU_ASSERT_EQUAL(fake_send(h, e->channel, "answer", 6), 1);
}

static void sends_inside_reports(void)
{
	static const char *const circuits[] = {"@100 l2tp", NULL};
	struct fake_host u, n;

	frame_relay_open_pair(&u, &n, circuits, 0);
	u.on_event = n.on_event = send_in_report;
	fake_run(&u, fake_now + 60 * S);
	CU_ASSERT_TRUE(fake_pending(&u, FAKE_FRAME) + fake_pending(&n, FAKE_FRAME) >= 2);
	frame_relay_close_pair(&u, &n);
}

static void small_mtu_without_l2tp(void)
{
	static const char *const cfg[] = {"link=loop:x", "mtu=262", "@100 ppp", NULL};
	struct fake_host h;

	frame_relay_open_port(&h, cfg);
	CU_ASSERT_EQUAL(h.tr->mtu(h.port, frame_relay_channel(&h, "100", IST_PAYLOAD_PPP)), 260);
	fake_run(&h, fake_now + S);
	CU_ASSERT_EQUAL(h.warnings, 0); /* what RFC 3070 wants is for L2TP */
	CU_ASSERT_PTR_NOT_NULL(strstr(fake_status(&h), "frames of only 262 octets"));
	fake_close(&h);
}

static void frame_relay_addresses(void)
{
	static const char *const bad[] = {"",	  "x",	     "-1",   " 5",
					  "100x", "8126464", "0x64", "31101234"};
	struct ist_addr a;
	char text[20];

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		CU_ASSERT_EQUAL(fr->addr_parse(&a, bad[i]), -EINVAL);
	CU_ASSERT_EQUAL(fr->addr_parse(&a, "100"), 0);
	ASSERT_OCTETS(a.data, a.len, "\0\0\0\x64", 4); /* the rest is zero: it is compared whole */
	CU_ASSERT_FALSE(a.data[4] || a.data[sizeof(a.data) - 1]);
	CU_ASSERT_EQUAL(fr->addr_format(&a, text, sizeof(text)), 3);
	CU_ASSERT_STRING_EQUAL(text, "100");
}

static void frame_relay_hostile(void)
{
	static const char *const cfg[] = {"role=network", "@100 l2tp ppp", NULL};
	struct fake_host h;
	uint64_t seed = test_seed();
	int fd = frame_relay_open_udp(&h, cfg);

	for (int i = 0; i < 3000; i++) {
		static const uint8_t starts[][6] = {{0x00, 0x01, 3, 8, 0, 0x75},
						    {0x18, 0x41, 3, 0, 0x80, 0}};
		uint8_t out[64];
		size_t len = test_rand(&seed) % sizeof(out);

		for (size_t k = 0; k < sizeof(out); k++)
			out[k] = (uint8_t)test_rand(&seed);
		if (i % 3)
			memcpy(out, starts[i % 2], 6);
		CU_ASSERT_EQUAL(send(fd, out, len, 0), (ssize_t)len);
		fake_run(&h, fake_now + 1000);
	}
	for (int i = 0; i < 1000000 && fake_count(&h, "link-rx") < 3000; i++)
		fake_run(&h, fake_now);
	CU_ASSERT_EQUAL(fake_count(&h, "link-rx"), 3000);
	CU_ASSERT_TRUE(fake_count(&h, "lmi-malformed") > 100);
	CU_ASSERT_TRUE(fake_count(&h, "rx-snap") + fake_count(&h, "rx-ethertype") > 100);
	close(fd);
	fake_close(&h);
}

static const struct test_case cases[] = {
	{"two_ports_back_to_back", back_to_back},
	{"pvc_the_network_does_not_know", pvc_not_there},
	{"link_gone_and_back", going_down},
	{"short_outage_is_within_the_hold_time", short_outage},
	{"lmi_of_another_kind", lmi_lost},
	{"annex_a_annex_d_cisco", every_variant},
	{"lmi_found_out", frame_relay_automatic},
	{"without_lmi_up_with_the_link", no_lmi},
	{"sizes_1_to_mtu_and_one_over", frame_relay_sizes},
	{"frf12_fragments_carry_the_mtu", frame_relay_fragments},
	{"frf12_octets", fragment_octets},
	{"three_hundred_circuits", frame_relay_many_circuits},
	{"rfc3070_rfc1973_octets", wire_octets},
	{"every_drop_has_its_counter", counted_by_reason},
	{"q933_a_conversation_by_hand", lmi_by_hand},
	{"rfc3070_7_no_svc_signalling", no_svc},
	{"addresses_of_3_and_4_octets", wide_addresses},
	{"sends_inside_reports", sends_inside_reports},
	{"small_mtu_is_for_ppp", small_mtu_without_l2tp},
	{"dlcis_are_the_only_addresses", frame_relay_addresses},
	{"hostile_octets", frame_relay_hostile},
	{NULL, NULL},
};
const struct test_suite suite_frame_relay = {"frame_relay", cases};
