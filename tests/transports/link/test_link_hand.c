/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Links that go to another process: what waits in the kernel is there for the next one. */
#include "tests/harness.h"
#include "tests/netns.h"
#include "tests/transports/link/captures.h"
#include "tests/transports/link/ends.h"
#include "tests/transports/link/wire.h"
#include "transports/link/link_kind.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/if_ether.h>
#include <net/if.h>
#include <net/if_arp.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#define FRAME_MOST 300u

/* A link of the kernel, and what does at its far end what a frame needs. */
struct hand_rig {
	struct end e;
	const char *text;
	const char *const *pairs;
	int far;
	int (*open_far)(void); /* once the link has made its device; NULL = before */
	void (*put)(struct hand_rig *g, const uint8_t *frame, size_t len);
	size_t (*get)(struct hand_rig *g, uint8_t *out, size_t cap);
	unsigned sent;
	uint32_t sum;
	uint64_t rng;
};

static size_t hand_frame(struct hand_rig *g, uint8_t out[FRAME_MOST])
{
	size_t len = 20 + test_rand(&g->rng) % (FRAME_MOST - 20);

	for (size_t i = 0; i < len; i++)
		out[i] = (uint8_t)test_rand(&g->rng);
	out[0] = 0x10;
	out[1] = 0x01;
	return len;
}

static void hand_in(struct hand_rig *g)
{
	unsigned n = test_rand(&g->rng) % 12;
	uint8_t frame[FRAME_MOST];

	while (n--) {
		size_t len = hand_frame(g, frame);

		g->put(g, frame, len);
		g->sum = end_sum(g->sum, frame, len);
		g->sent++;
	}
}

static void hand_out(struct hand_rig *g)
{
	uint8_t frame[FRAME_MOST], got[2000];
	size_t len = hand_frame(g, frame);

	end_send(&g->e, frame, (uint32_t)len);
	ASSERT_OCTETS(got, g->get(g, got, sizeof(got)), frame, len);
}

/* Frames that the link has read, has not, or has read in part, whenever the process changes. */
static void hand_random_run(struct hand_rig *g)
{
	g->rng = test_seed();
	g->sent = g->sum = 0;
	end_open(&g->e, g->text, g->pairs);
	if (g->open_far)
		g->far = g->open_far();
	fake_run(&g->e.h, fake_now + S);
	CU_ASSERT_TRUE_FATAL(link_up(g->e.l));
	for (unsigned n = 0; n < 150; n++) {
		hand_in(g);
		if (test_rand(&g->rng) % 3 == 0)
			end_hand_over(&g->e, g->text, g->pairs);
		if (test_rand(&g->rng) % 2)
			fake_run(&g->e.h, fake_now + 1000);
		if (test_rand(&g->rng) % 4 == 0)
			hand_out(g);
		if (n % 8 == 0)
			END_UNTIL(&g->e, g->e.frames == g->sent);
	}
	END_UNTIL(&g->e, g->e.frames == g->sent);
	CU_ASSERT_EQUAL(g->e.sum, g->sum);
	CU_ASSERT_EQUAL(g->e.ups, 1);
	CU_ASSERT_EQUAL(g->e.downs, 0);
	CU_ASSERT_EQUAL(end_count(&g->e, LINK_RX_LOST), 0);
	end_close(&g->e);
}

/* --- devices ----------------------------------------------------------------------------------- */

/* To everybody. */
static size_t hand_wrap(uint8_t out[16 + FRAME_MOST], const uint8_t *frame, size_t len)
{
	struct wr w = wr_init(out, 16 + FRAME_MOST);

	test_hex(out, 14, "ffffffffffff 020000000009 88b5");
	w.len = 14;
	wr_u16(&w, (uint16_t)len);
	wr_bytes(&w, frame, len);
	return w.len;
}

static void put_ether(struct hand_rig *g, const uint8_t *frame, size_t len)
{
	uint8_t octets[16 + FRAME_MOST];

	wire_write(g->far, octets, hand_wrap(octets, frame, len));
}

static size_t get_ether(struct hand_rig *g, uint8_t *out, size_t cap)
{
	size_t n = wire_read(g->far, out, cap, 12, 0x88b5);
	size_t len = n < 16 ? 0 : (size_t)(out[14] << 8 | out[15]);

	memmove(out, out + 16, n < 16 ? 0 : n - 16);
	return len;
}

static void packet_sockets(void)
{
	static const char *const rows[][3] = {{"receive-ring", "yes", NULL},
					      {"receive-ring-of", "blocks", NULL},
					      {"receive-ring", "no", NULL}};

	if (!netns_enter("packet_sockets"))
		return;
	for (unsigned i = 0; i < 3; i++) {
		static struct hand_rig g;

		g = (struct hand_rig){
			.text = "packet:w0", .pairs = rows[i], .put = put_ether, .get = get_ether};
		g.far = wire_open("w0", 0, 1500);
		hand_random_run(&g);
		close(g.far);
	}
	netns_leave();
}

/* Of whole frames the filter goes along too: nothing else is seen. */
static void packet_filters(void)
{
	uint8_t frame[64] = {0};
	struct end e;
	int fd;

	if (!netns_enter("packet_filters"))
		return;
	fd = wire_open("w0", 0, 1500);
	end_like.ether[0] = 0x8863;
	end_like.ether[1] = 0x8864;
	end_open(&e, "packet:w0", NULL);
	fake_run(&e.h, fake_now);
	end_hand_over(&e, "packet:w0", NULL);
	test_hex(frame, 14, "ffffffffffff 020000000009 0800");
	wire_write(fd, frame, sizeof(frame));
	test_hex(frame, 14, "ffffffffffff 020000000009 8864");
	wire_write(fd, frame, sizeof(frame));
	END_UNTIL(&e, e.frames == 1);
	ASSERT_OCTETS(e.last, e.last_len, frame, sizeof(frame));
	end_close(&e);
	memset(&end_like, 0, sizeof(end_like));
	close(fd);
	netns_leave();
}

/* Another device of the name: the link starts anew. */
static void another_device(void)
{
	struct fake_frozen f;
	struct end e;
	int fd;

	if (!netns_enter("another_device"))
		return;
	fd = wire_open("w0", 0, 1500);
	end_open(&e, "packet:w0", NULL);
	fake_run(&e.h, fake_now);
	end_freeze(&e, &f);
	close(fd);
	fd = wire_open("w0", 0, 1400);
	CU_ASSERT_FALSE(end_thaw(&e, "packet:w0", NULL, &f));
	fake_run(&e.h, fake_now + S);
	CU_ASSERT(link_up(e.l));
	CU_ASSERT_EQUAL(e.ups, 2);
	CU_ASSERT_EQUAL(link_mtu(e.l), 1400 - 2);
	end_freeze(&e, &f);
	wire_set_mtu("w0", 1300);
	CU_ASSERT(end_thaw(&e, "packet:w0", NULL, &f)); /* the same, seen as it is now */
	CU_ASSERT_EQUAL(link_mtu(e.l), 1300 - 2);
	end_close(&e);
	close(fd);
	netns_leave();
}

static void put_tun(struct hand_rig *g, const uint8_t *frame, size_t len)
{
	wire_send(g->far, "x0", ETH_P_X25, frame, len);
}

static size_t get_tun(struct hand_rig *g, uint8_t *out, size_t cap)
{
	return wire_read(g->far, out, cap, 0, 0x1001);
}

static int far_tun(void)
{
	return wire_sniff("x0", ETH_P_X25);
}

static void put_tap(struct hand_rig *g, const uint8_t *frame, size_t len)
{
	uint8_t octets[16 + FRAME_MOST];

	wire_send(g->far, "x0", 0x88b5, octets, hand_wrap(octets, frame, len));
}

static int far_tap(void)
{
	return wire_sniff("x0", 0x88b5);
}

/* The device is the same one all the time, and goes with the last link. */
static void devices_of_ours(void)
{
	static struct hand_rig rows[] = {
		{.text = "tun:x0", .put = put_tun, .get = get_tun, .open_far = far_tun},
		{.text = "tap:x0", .put = put_tap, .get = get_ether, .open_far = far_tap},
	};

	if (!netns_enter("devices_of_ours"))
		return;
	end_like.tun_type = ARPHRD_X25;
	end_like.tun_protocol = ETH_P_X25;
	for (unsigned i = 0; i < 2; i++) {
		hand_random_run(&rows[i]);
		close(rows[i].far);
		CU_ASSERT_EQUAL(if_nametoindex("x0"), 0);
	}
	memset(&end_like, 0, sizeof(end_like));
	netns_leave();
}

/* What is seen of the device is as before; a descriptor of another one is not taken. */
static void a_device_of_ours(void)
{
	unsigned index, was;
	struct fake_frozen f;
	uint8_t mac[2][6];
	struct end e;

	if (!netns_enter("a_device_of_ours"))
		return;
	end_open(&e, "tap:x%d", NULL);
	fake_run(&e.h, fake_now);
	index = if_nametoindex("x0");
	wire_set_mtu("x0", 3000);
	CU_ASSERT(link_mac(e.l, mac[0]));
	end_hand_over(&e, "tap:x%d", NULL);
	CU_ASSERT_EQUAL(if_nametoindex("x0"), index);
	CU_ASSERT(link_mac(e.l, mac[1]));
	ASSERT_OCTETS(mac[1], 6, mac[0], 6);
	CU_ASSERT_EQUAL(link_mtu(e.l), 3000 - 2);
	end_freeze(&e, &f);
	was = f.f.fds;
	CU_ASSERT_FALSE(end_thaw(&e, "tap:other", NULL, &f));
	CU_ASSERT_EQUAL(was, 1);
	CU_ASSERT_EQUAL(if_nametoindex("x0"), 0);
	fake_run(&e.h, fake_now + S);
	CU_ASSERT(link_up(e.l));
	end_close(&e);
	netns_leave();
}

/* --- PVCs of the kernel ------------------------------------------------------------------------ */

static int pvc_far[2];
static unsigned pvcs_opened;

static int open_pvc(int interface, const struct link_circuit *c)
{
	int fds[2];

	(void)interface;
	CU_ASSERT_EQUAL_FATAL(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_NONBLOCK, 0, fds), 0);
	pvc_far[c->vpi == 8] = fds[1];
	pvcs_opened++;
	return fds[0];
}

/* By the first circuit, 0/35. */
static void put_pvc(struct hand_rig *g, const uint8_t *frame, size_t len)
{
	uint8_t behind[4 + FRAME_MOST] = {0, 0, 0, 35};

	(void)g;
	CU_ASSERT_EQUAL(send(pvc_far[0], frame, len, 0), (ssize_t)len);
	memcpy(behind + 4, frame, len);
	g->sum = end_sum(g->sum, behind, 4 + len);
}

static void kernel_pvcs(void)
{
	static struct hand_rig g = {.text = "atmpvc:3"};
	static const uint8_t out[] = {0, 8, 0, 48, 'x', 'y'};
	int (*the_kernels)(int interface, const struct link_circuit *c) = link_atmpvc_open;
	uint8_t frame[FRAME_MOST], got[100];

	link_atmpvc_open = open_pvc;
	pvcs_opened = 0;
	g.rng = test_seed();
	end_open(&g.e, g.text, NULL);
	fake_run(&g.e.h, fake_now);
	for (unsigned n = 0; n < 200; n++) {
		put_pvc(&g, frame, hand_frame(&g, frame));
		g.sent++;
		if (test_rand(&g.rng) % 3 == 0)
			end_hand_over(&g.e, g.text, NULL);
		end_send(&g.e, out, sizeof(out));
		ASSERT_OCTETS(got, recv(pvc_far[1], got, sizeof(got), 0), "xy", 2);
		if (n % 8 == 0)
			END_UNTIL(&g.e, g.e.frames == g.sent);
	}
	END_UNTIL(&g.e, g.e.frames == g.sent);
	CU_ASSERT_EQUAL(g.e.sum, g.sum);
	CU_ASSERT_EQUAL(pvcs_opened, 2);
	CU_ASSERT_EQUAL(g.e.ups, 1);
	close(pvc_far[0]); /* a circuit that goes meanwhile */
	end_hand_over(&g.e, g.text, NULL);
	END_UNTIL(&g.e, g.e.downs == 1);
	end_close(&g.e);
	close(pvc_far[1]);
	link_atmpvc_open = the_kernels;
}

/* --- captures ---------------------------------------------------------------------------------- */

#define APART 20000u /* us at most between two of its frames */

static void a_capture(struct capture *c, uint64_t *rng)
{
	uint64_t us = 1000 * S;
	uint8_t frame[60];

	capture_begin(c, DLT);
	for (unsigned i = 0; i < 180; i++) {
		uint32_t len = 1 + (uint32_t)(test_rand(rng) % sizeof(frame));

		for (uint32_t k = 0; k < len; k++)
			frame[k] = (uint8_t)test_rand(rng);
		us += test_rand(rng) % APART;
		capture_add(c, us, frame, len, len);
	}
}

/* Frames come when they would have come, and what is sent stands in one file. */
static void capture_run(struct end *e, const char *out, uint64_t rng, uint64_t *disturb)
{
	char text[200];

	snprintf(text, sizeof(text), "pcap:%s>%s", path("run"), path(out));
	end_open(e, text, NULL);
	fake_run(&e->h, fake_now);
	for (unsigned n = 0; n < 200; n++) {
		uint32_t len = 1 + (uint32_t)(test_rand(&rng) % 100), before = e->frames;
		uint8_t frame[100] = {0};

		fake_run(&e->h, fake_now + 1 + test_rand(&rng) % APART);
		e->sum = e->sum * 31 + e->frames - before;
		frame[0] = (uint8_t)n;
		end_send(e, frame, len);
		if (disturb && test_rand(disturb) % 3 == 0)
			end_hand_over(e, text, NULL);
	}
	fake_run(&e->h, fake_now + 180 * APART); /* frames that are not due yet */
	CU_ASSERT_EQUAL(e->frames, 180);
	CU_ASSERT_EQUAL(e->ups, 1);
	CU_ASSERT_EQUAL(e->downs, 0);
	end_close(e);
}

static void captures_without_times(uint8_t *file, size_t len)
{
	for (size_t at = PCAP_FILE_HEAD; at + PCAP_RECORD_HEAD <= len;) {
		struct rd r = rd_init(file + at + 8, 4);

		memset(file + at, 0, 8);
		at += PCAP_RECORD_HEAD + rd_u32(&r);
	}
}

static void capture_files(void)
{
	static uint8_t a[65536], b[65536];
	static struct capture c;
	static struct end plain, other;
	uint64_t seed, disturb;
	size_t n[2];

	captures_begin();
	seed = test_seed();
	disturb = seed ^ 0x5eed;
	a_capture(&c, &seed);
	put_file("run", c.octets, c.w.len);
	capture_run(&plain, "out1", seed, NULL);
	capture_run(&other, "out2", seed, &disturb);
	CU_ASSERT_EQUAL(plain.sum, other.sum);
	n[0] = get_file("out1", a, sizeof(a));
	n[1] = get_file("out2", b, sizeof(b));
	captures_without_times(a, n[0]);
	captures_without_times(b, n[1]);
	ASSERT_OCTETS(b, n[1], a, n[0]);
	captures_end();
}

/* Octet by octet, in and out, a record being cut anywhere. */
static void capture_pipes(void)
{
	static struct capture c;
	static uint8_t got[300000];
	uint8_t frame[5000] = {0};
	uint64_t rng = test_seed();
	char text[200];
	size_t had = 0;
	struct end e;
	int in, out;
	ssize_t n;

	captures_begin();
	CU_ASSERT_EQUAL_FATAL(mkfifo(path("in"), 0600), 0);
	CU_ASSERT_EQUAL_FATAL(mkfifo(path("out"), 0600), 0);
	a_capture(&c, &rng);
	out = open(path("out"), O_RDONLY | O_NONBLOCK);
	snprintf(text, sizeof(text), "pcap:%s>%s", path("in"), path("out"));
	end_open(&e, text, NULL);
	in = open(path("in"), O_WRONLY | O_NONBLOCK);
	CU_ASSERT_FATAL(in >= 0 && out >= 0);
	for (size_t at = 0; at < c.w.len;) {
		size_t some = 1 + test_rand(&rng) % 40;

		some = some > c.w.len - at ? c.w.len - at : some;
		CU_ASSERT_EQUAL(write(in, c.octets + at, some), (ssize_t)some);
		at += some;
		if (test_rand(&rng) % 3 == 0) {
			struct fake_frozen f;

			end_freeze(&e, &f);
			end_thaw(&e, text, NULL, &f);
		}
		fake_run(&e.h, fake_now + S);
	}
	CU_ASSERT_EQUAL(e.frames, 180);
	CU_ASSERT_EQUAL(e.ups, 1);
	for (unsigned i = 0; i < 400; i++) { /* more than the pipe holds */
		frame[0] = (uint8_t)i;
		end_send(&e, frame, sizeof(frame));
		if (i % 20 == 0)
			end_hand_over(&e, text, NULL);
	}
	CU_ASSERT(end_count(&e, LINK_TX_FULL) > 0);
	for (unsigned quiet = 0; quiet < 3; quiet++)
		for (; (n = read(out, got, sizeof(got))) > 0; quiet = 0) {
			had += (size_t)n;
			end_hand_over(&e, text, NULL);
			end_wait(&e);
		}
	CU_ASSERT(had > PCAP_FILE_HEAD);
	CU_ASSERT_EQUAL((had - PCAP_FILE_HEAD) % (PCAP_RECORD_HEAD + sizeof(frame)), 0);
	end_close(&e);
	close(in);
	close(out);
	captures_end();
}

static const struct test_case cases[] = {
	{"packet_sockets", packet_sockets},
	{"packet_filters", packet_filters},
	{"another_device", another_device},
	{"devices_of_ours", devices_of_ours},
	{"a_device_of_ours", a_device_of_ours},
	{"kernel_pvcs", kernel_pvcs},
	{"capture_files", capture_files},
	{"capture_pipes", capture_pipes},
	{NULL, NULL},
};
const struct test_suite suite_link_hand = {"link_hand", cases};
