/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "transports/atm/atm.h"

#include "tests/harness.h"
#include "tests/netns.h"
#include "tests/transports/link/wire.h"
#include "tests/transports/host.h"
#include "tests/transports/raw.h"
#include "transports/atm/aal5.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define S 1000000u

/* Every size to the MTU in both directions, LLC and VC-mux, cells, PDUs and SDUs. */
static void all_sizes(const char *framing, const char *mux)
{
	struct fake_host a, b;
	const char *const config[] = {"link=loop:sizes", framing, "@0/40 ppp", mux,
				      "sdu-max=1700",	 NULL};
	uint8_t data[1700];
	ist_channel c = 0, d = 0;
	uint32_t mtu;

	fake_open(&a, &atm_transport, config);
	fake_open(&b, &atm_transport, config);
	fake_join(&a, &b);
	fake_run(&a, fake_now + 2 * S);
	fake_connect(&a, "0/40", IST_PAYLOAD_PPP, &c);
	fake_connect(&b, "0/40", IST_PAYLOAD_PPP, &d);
	mtu = atm_transport.mtu(a.port, c);
	for (uint32_t len = 1; len <= mtu; len += len < 200 || len > mtu - 60 ? 1 : 37) {
		struct fake_event *e;

		memset(data, (int)len, sizeof(data));
		CU_ASSERT_EQUAL(fake_send(len & 1 ? &a : &b, len & 1 ? c : d, data, len), 1);
		fake_run(&a, fake_now + 10);
		e = fake_take(len & 1 ? &b : &a, FAKE_FRAME);
		CU_ASSERT_PTR_NOT_NULL_FATAL(e);
		ASSERT_OCTETS(e->data, e->len, data, len);
		fake_free(e);
	}
	CU_ASSERT_EQUAL(fake_send(&a, c, data, mtu + 1), 1);
	CU_ASSERT_EQUAL(fake_count(&a, "tx-too-long"), 1);
	fake_close(&a);
	fake_close(&b);
}

static void every_size_in_cells(void)
{
	all_sizes("framing=cells", "encapsulation=llc");
	all_sizes("framing=cells", "encapsulation=vc-mux");
}

static void every_size_in_pdus_and_sdus(void)
{
	all_sizes("framing=pdus", "encapsulation=llc");
	all_sizes("framing=sdus", "encapsulation=vc-mux");
}

/* RFC 3355 3.1: an L2TP PDU is one AAL5 PDU, also with a PPP frame of MRU 1500 and one with an IP
 * packet of 9180 octets: 14 octets of L2TP, with Address, Control and Protocol 4 of PPP.  LLC takes
 * 8 octets and the trailer 8, cells hold 48: two trailers would not fit. */
static void l2tp_pdus_of_full_size(void)
{
	static const struct {
		uint32_t len, cells;
	} rows[] = {{14 + 1500, 32}, {14 + 4 + 9180, 192}};
	static const char *const config[] = {"link=loop:full", "@0/40 l2tp", NULL};
	static uint8_t data[9200];
	struct fake_host a, b;
	ist_channel c, d;

	for (size_t i = 0; i < sizeof(data); i++)
		data[i] = (uint8_t)(i * 7);
	fake_open(&a, &atm_transport, config);
	fake_open(&b, &atm_transport, config);
	fake_join(&a, &b);
	fake_run(&a, fake_now + 2 * S);
	fake_connect(&a, "0/40", IST_PAYLOAD_L2TP, &c);
	fake_connect(&b, "0/40", IST_PAYLOAD_L2TP, &d);
	for (size_t i = 0; i < 2 * sizeof(rows) / sizeof(rows[0]); i++) {
		struct fake_host *from = i & 1 ? &b : &a, *to = i & 1 ? &a : &b;
		uint64_t before = fake_count(from, "tx-cells");
		uint32_t len = rows[i / 2].len;
		struct fake_event *e;

		CU_ASSERT_EQUAL(fake_send(from, i & 1 ? d : c, data, len), 1);
		fake_run(&a, fake_now + S);
		CU_ASSERT_EQUAL(fake_count(from, "tx-cells") - before, rows[i / 2].cells);
		e = fake_take(to, FAKE_FRAME);
		CU_ASSERT_PTR_NOT_NULL_FATAL(e);
		ASSERT_OCTETS(e->data, e->len, data, len);
		fake_free(e);
	}
	fake_close(&a);
	fake_close(&b);
}

static void loopback_takes_a_circuit_down_and_up(void)
{
	struct fake_host a, b, mute;
	const char *const config[] = {"link=loop:oam", "@0/40 l2tp", "oam-interval=5000000",
				      "oam-misses=3",  "@0/41 l2tp", NULL};
	struct fake_event *e;

	fake_open(&a, &atm_transport, config);
	fake_open(&mute, &raw_transport, (const char *const[]){"link=loop:oam", NULL});
	fake_join(&a, &mute);
	fake_run(&a, fake_now + 2 * S);
	CU_ASSERT_EQUAL(fake_pending(&a, FAKE_UP), 2);
	fake_forget(&a);
	fake_run(&a, fake_now + 30 * S);
	CU_ASSERT_EQUAL(fake_pending(&a, FAKE_DOWN), 1); /* 0/41 does not ask */
	e = fake_take(&a, FAKE_DOWN);
	CU_ASSERT_EQUAL(e->cause.kind, IST_CAUSE_INACTIVE);
	CU_ASSERT_FALSE(e->forever);
	fake_free(e);
	CU_ASSERT_STRING_EQUAL(fake_status(&a), "link up, cells, 1 of 2 PVCs up");
	fake_close(&mute);
	fake_run(&a, fake_now + 2 * S);
	fake_open(&b, &atm_transport, (const char *const[]){"link=loop:oam", "@0/40 l2tp", NULL});
	fake_join(&a, &b);
	fake_forget(&a);
	fake_run(&a, fake_now + 60 * S);
	CU_ASSERT_TRUE(fake_pending(&a, FAKE_UP) >= 1);
	CU_ASSERT_STRING_EQUAL(fake_status(&a), "link up, cells, 2 of 2 PVCs up");
	CU_ASSERT_TRUE(fake_count(&b, "oam-looped") >= 3);
	fake_close(&a);
	fake_close(&b);
}

/* The segment is asked in its own flow. */
static void the_segment_is_asked(void)
{
	struct fake_host a, raw;
	struct fake_event *e;
	struct cell_hdr hdr;

	fake_open(&a, &atm_transport,
		  (const char *const[]){"link=loop:seg", "@0/40 l2tp", "oam-interval=1000000",
					"oam-flow=segment", NULL});
	fake_open(&raw, &raw_transport, (const char *const[]){"link=loop:seg", NULL});
	fake_join(&a, &raw);
	fake_run(&a, fake_now + 2 * S);
	e = fake_take(&raw, FAKE_FRAME);
	CU_ASSERT_PTR_NOT_NULL_FATAL(e);
	CU_ASSERT_TRUE(cell_decode(&hdr, e->data, CELL_UNI));
	CU_ASSERT_EQUAL(hdr.pti, CELL_PTI_F5_SEGMENT);
	fake_free(e);
	fake_close(&a);
	fake_close(&raw);
}

/* A thousand circuits: each asks once an interval, their PDUs come in with the cells of all of them
 * between the first and the last, and those that have no last cell time out. */
static void a_thousand_circuits(void)
{
	enum { CIRCUITS = 1000 };
	static char words[CIRCUITS][20];
	static const char *config[3 * CIRCUITS + 8];
	struct fake_host a, raw;
	uint8_t sdu[80] = {0xc0, 0x21}, pdu[96], cell[CELL_LEN];
	unsigned n = 0;

	config[n++] = "link=loop:many";
	config[n++] = "reassembly-timeout=1000000";
	for (unsigned i = 0; i < CIRCUITS; i++) {
		snprintf(words[i], sizeof(words[i]), "@%u/%u ppp", i / 100, 100 + i % 100);
		config[n++] = words[i];
		config[n++] = "encapsulation=vc-mux";
		config[n++] = "oam-interval=10000000";
	}
	config[n] = NULL;
	fake_open(&a, &atm_transport, config);
	fake_open(&raw, &raw_transport, (const char *const[]){"link=loop:many", NULL});
	fake_join(&a, &raw);
	fake_run(&a, fake_now + 2 * S);
	CU_ASSERT_EQUAL(fake_count(&a, "oam-asked"), CIRCUITS);
	fake_forget(&a);
	for (unsigned k = 0; k < 2; k++)
		for (unsigned i = 0; i < CIRCUITS - 10 * k; i++) {
			const struct cell_hdr hdr = {.vpi = (uint16_t)(i / 100),
						     .vci = (uint16_t)(100 + i % 100),
						     .pti = k ? CELL_PTI_LAST : 0};

			sdu[2] = (uint8_t)(i >> 8);
			sdu[3] = (uint8_t)i;
			aal5_pdu_write(pdu, NULL, 0, sdu, sizeof(sdu), AAL5_CRC_STRICT);
			cell_encode(cell, &hdr, CELL_UNI);
			memcpy(cell + CELL_HDR_LEN, pdu + k * CELL_PAYLOAD, CELL_PAYLOAD);
			fake_send(&raw, 1, cell, sizeof(cell));
			fake_run(&a, fake_now);
		}
	for (unsigned i = 0; i < CIRCUITS - 10; i++) {
		struct fake_event *e = fake_take(&a, FAKE_FRAME);

		CU_ASSERT_PTR_NOT_NULL_FATAL(e);
		CU_ASSERT_TRUE(e->len == 80 && e->data[2] == i >> 8 && e->data[3] == (i & 255));
		fake_free(e);
	}
	fake_run(&a, fake_now + 2 * S);
	CU_ASSERT_EQUAL(fake_count(&a, "aal5-timeout"), 10);
	fake_run(&a, fake_now + 7 * S);
	CU_ASSERT_EQUAL(fake_count(&a, "oam-asked"), 2 * CIRCUITS);
	fake_close(&a);
	fake_close(&raw);
}

/* Two shaped circuits and one that is not, all kept busy: each gets its own rate. */
static void shaped_circuits_do_not_starve_each_other(void)
{
	struct fake_host a, raw;
	static const uint8_t data[60];
	ist_channel c[3];
	uint64_t sent[3] = {0}, end;

	fake_open(&a, &atm_transport,
		  (const char *const[]){"link=loop:busy", "@0/40 ppp", "pcr=100", "@0/41 ppp",
					"pcr=20000", "@0/42 ppp", NULL});
	fake_open(&raw, &raw_transport, (const char *const[]){"link=loop:busy", NULL});
	fake_join(&a, &raw);
	fake_run(&a, fake_now + 2 * S);
	fake_connect(&a, "0/40", IST_PAYLOAD_PPP, &c[0]);
	fake_connect(&a, "0/41", IST_PAYLOAD_PPP, &c[1]);
	fake_connect(&a, "0/42", IST_PAYLOAD_PPP, &c[2]);
	for (end = fake_now + S; fake_now < end;) {
		for (int i = 0; i < 3; i++)
			for (int k = 0; k < 100 && fake_send(&a, c[i], data, sizeof(data)) == 1;
			     k++)
				sent[i]++;
		fake_run(&a, fake_now + 2000);
		fake_forget(&raw);
		fake_forget(&a);
	}
	/* two cells each; 64 may still wait */
	CU_ASSERT_TRUE(sent[0] >= 50 && sent[0] <= 50 + 64 + 2);
	CU_ASSERT_TRUE(sent[1] >= 9900 && sent[1] <= 10000 + 64 + 40);
	CU_ASSERT_EQUAL(sent[2], 50000);
	fake_close(&a);
	fake_close(&raw);
}

static void link_down_is_every_circuit_down(void)
{
	struct fake_host a, b;
	const char *const config[] = {"link=loop:gone", "@0/40 l2tp ppp", NULL};
	struct fake_event *e;

	fake_open(&a, &atm_transport, config);
	fake_open(&b, &atm_transport, config);
	fake_join(&a, &b);
	fake_run(&a, fake_now + 2 * S);
	fake_forget(&a);
	fake_close(&b);
	fake_run(&a, fake_now + 2 * S);
	CU_ASSERT_EQUAL(fake_pending(&a, FAKE_DOWN), 2);
	e = fake_take(&a, FAKE_DOWN);
	CU_ASSERT_EQUAL(e->cause.kind, IST_CAUSE_LINK);
	fake_free(e);
	fake_close(&a);
}

/* Random frames into a port of each framing: no crash, and all that came in is counted. */
static void atm_hostile_frames(void)
{
	static const char *const framings[] = {"framing=cells", "framing=pdus", "framing=sdus"};
	uint64_t seed = test_seed();

	for (int k = 0; k < 3; k++) {
		struct fake_host a, raw;

		fake_open(&a, &atm_transport,
			  (const char *const[]){"link=loop:hostile", framings[k], "@0/32 l2tp ppp",
						"@0/33 ppp", "encapsulation=vc-mux", NULL});
		fake_open(&raw, &raw_transport, (const char *const[]){"link=loop:hostile", NULL});
		fake_join(&a, &raw);
		fake_run(&a, fake_now + 2 * S);
		for (int i = 0; i < 3000; i++) {
			uint8_t buf[159];
			size_t len = test_rand(&seed) % 3 ? 53 : test_rand(&seed) % sizeof(buf);

			for (size_t j = 0; j < len; j++)
				buf[j] = (uint8_t)test_rand(&seed);
			if (len > 4) {
				buf[0] = buf[1] = 0;
				buf[2] = k == 2 ? 0 : 2;
				buf[3] = k == 2 ? 32 : (uint8_t)(test_rand(&seed) & 0x1f);
			}
			fake_send(&raw, 1, buf, len);
			if (i % 16 == 0)
				fake_run(&a, fake_now + 100000);
			fake_forget(&a);
		}
		fake_run(&a, fake_now + S);
		CU_ASSERT_EQUAL(fake_count(&a, "link-rx"), 3000);
		fake_close(&a);
		fake_close(&raw);
	}
}

/* What is counted, and that nothing else is: 60 octets and 4 of LLC are two cells. */
static void every_counter_of_a_clean_exchange(void)
{
	static const struct {
		const char *framing, *sent, *got;
	} rows[] = {
		{"framing=cells", "tx-frames=1 tx-octets=64 tx-cells=2 link-tx=2",
		 "rx-frames=1 rx-octets=60 rx-cells=2 link-rx=2"},
		{"framing=pdus", "tx-frames=1 tx-octets=64 link-tx=1",
		 "rx-frames=1 rx-octets=60 link-rx=1"},
		{"framing=sdus", "tx-frames=1 tx-octets=64 link-tx=1",
		 "rx-frames=1 rx-octets=60 link-rx=1"},
	};
	static const uint8_t data[60];

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const char *const config[] = {"link=loop:count", rows[i].framing, "@0/40 ppp",
					      NULL};
		struct fake_host a, b;
		ist_channel c = 0;

		fake_open(&a, &atm_transport, config);
		fake_open(&b, &atm_transport, config);
		fake_join(&a, &b);
		fake_run(&a, fake_now + 2 * S);
		CU_ASSERT_STRING_EQUAL(fake_counted(&a), "");
		CU_ASSERT_EQUAL(fake_connect(&a, "0/40", IST_PAYLOAD_PPP, &c), 0);
		CU_ASSERT_EQUAL(fake_send(&a, c, data, sizeof(data)), 1);
		fake_run(&a, fake_now);
		CU_ASSERT_STRING_EQUAL(fake_counted(&a), rows[i].sent);
		CU_ASSERT_STRING_EQUAL(fake_counted(&b), rows[i].got);
		fake_close(&a);
		fake_close(&b);
	}
}

/* The longest SDU is taken, one octet more is an error of AAL5, however it comes. */
static void the_longest_sdu(void)
{
	static const char *const framings[] = {"framing=cells", "framing=pdus", "framing=sdus"};
	static const uint8_t data[100];

	for (size_t i = 0; i < 3; i++) {
		struct fake_host a, b;
		ist_channel c = 0;

		fake_open(&a, &atm_transport,
			  (const char *const[]){"link=loop:long", framings[i], "@0/40 ppp",
						"sdu-max=101", NULL});
		fake_open(&b, &atm_transport,
			  (const char *const[]){"link=loop:long", framings[i], "@0/40 ppp",
						"sdu-max=100", NULL});
		fake_join(&a, &b);
		fake_run(&a, fake_now + 2 * S);
		CU_ASSERT_EQUAL(fake_connect(&a, "0/40", IST_PAYLOAD_PPP, &c), 0);
		CU_ASSERT_EQUAL(fake_send(&a, c, data, 96), 1);
		fake_run(&a, fake_now);
		CU_ASSERT_EQUAL(fake_count(&b, "rx-frames"), 1);
		CU_ASSERT_EQUAL(fake_send(&a, c, data, 97), 1);
		fake_run(&a, fake_now);
		CU_ASSERT_EQUAL(fake_count(&b, "rx-frames"), 1);
		CU_ASSERT_EQUAL(fake_count(&b, "aal5-oversize"), 1);
		fake_close(&a);
		fake_close(&b);
	}
}

/* 53 octets a cell; what comes in is the network's to say. */
static void rates_are_told(void)
{
	static const uint64_t want[] = {100 * 53 * 8, 0};
	struct fake_host a, b;

	fake_open(
		&a, &atm_transport,
		(const char *const[]){"link=loop:rate", "@0/40 ppp", "pcr=100", "@0/41 ppp", NULL});
	fake_open(&b, &raw_transport, (const char *const[]){"link=loop:rate", NULL});
	fake_join(&a, &b);
	fake_run(&a, fake_now + 2 * S);
	for (size_t i = 0; i < 2; i++) {
		struct fake_event *e = fake_take(&a, FAKE_UP);

		CU_ASSERT_PTR_NOT_NULL_FATAL(e);
		CU_ASSERT_EQUAL(e->attrs.tx_bps, want[i]);
		CU_ASSERT_EQUAL(e->attrs.rx_bps, 0);
		CU_ASSERT_EQUAL(e->attrs.number, 40 + i);
		fake_free(e);
	}
	fake_close(&a);
	fake_close(&b);
}

/* --- captures --------------------------------------------------------------------------------- */

static struct {
	uint16_t type;
	size_t len;
	uint8_t octets[200];
} tapped[2];

static void atm_on_tap(void *arg, bool outbound, uint16_t link_type, const uint8_t *frame,
		       size_t len)
{
	(void)arg;
	tapped[outbound].type = link_type;
	tapped[outbound].len = len;
	memcpy(tapped[outbound].octets, frame, len);
}

/* With LLC behind a SUNATM head: 0x80 from the DTE, 2 = LLC; VPI, VCI.  VC-mux does not name its
 * protocol: PPP is captured as PPP, L2TP behind the tag of its dissector (12 = name, 8 octets). */
static void a_capture_can_be_decoded(void)
{
	static const struct {
		const char *circuit, *mux;
		uint8_t payload;
		uint16_t type;
		const char *out, *in;
	} rows[] = {
		{"@3/40 ppp", "encapsulation=llc", IST_PAYLOAD_PPP, 123, /* LINKTYPE_SUNATM */
		 "82 03 0028 fefe03cf c021 01010004", "02 03 0028 fefe03cf c021 01010004"},
		{"@3/40 ppp", "encapsulation=vc-mux", IST_PAYLOAD_PPP, 9, /* LINKTYPE_PPP */
		 "c021 01010004", "c021 01010004"},
		{"@3/40 l2tp", "encapsulation=vc-mux", IST_PAYLOAD_L2TP, 252, /* UPPER_PDU */
		 "000c 0008 6c32747072617700 00000000 c021 01010004",
		 "000c 0008 6c32747072617700 00000000 c021 01010004"},
	};
	uint8_t ppp[6], want[64];

	test_hex(ppp, 6, "c021 01010004");
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const char *const config[] = {"link=loop:tap", rows[i].circuit, rows[i].mux, NULL};
		struct ist_frame f = {.head = ppp, .head_len = 2, .payload = ppp + 2, .len = 4};
		struct fake_host a, b;

		fake_open(&a, &atm_transport, config);
		fake_open(&b, &atm_transport, config);
		fake_join(&a, &b);
		fake_run(&a, fake_now + 2 * S);
		memset(tapped, 0, sizeof(tapped));
		a.on_tap = b.on_tap = atm_on_tap;
		f.channel = fake_channel(&a, FAKE_UP);
		CU_ASSERT_EQUAL(fake_send_frames(&a, &f, 1), 1);
		fake_run(&a, fake_now);
		CU_ASSERT_EQUAL(tapped[0].len + tapped[1].len, 0);
		a.tap_on = b.tap_on = true;
		CU_ASSERT_EQUAL(fake_send_frames(&a, &f, 1), 1);
		fake_run(&a, fake_now);
		CU_ASSERT_EQUAL(tapped[0].type, rows[i].type);
		CU_ASSERT_EQUAL(tapped[1].type, rows[i].type);
		ASSERT_OCTETS(tapped[1].octets, tapped[1].len, want,
			      test_hex(want, sizeof(want), rows[i].out));
		ASSERT_OCTETS(tapped[0].octets, tapped[0].len, want,
			      test_hex(want, sizeof(want), rows[i].in));
		fake_close(&a);
		fake_close(&b);
	}
}

/* A circuit whose loopback is not answered takes nothing, and nothing comes from it. */
static void a_circuit_that_is_down(void)
{
	const char *const config[] = {"link=loop:dn", "@0/40 l2tp", "oam-interval=1000000",
				      "oam-misses=2", NULL};
	struct fake_host a, mute;
	ist_channel c;

	fake_open(&a, &atm_transport, config);
	fake_open(&mute, &raw_transport, (const char *const[]){"link=loop:dn", NULL});
	fake_join(&a, &mute);
	fake_run(&a, fake_now + 2 * S);
	c = fake_channel(&a, FAKE_UP);
	fake_run(&a, fake_now + 10 * S);
	CU_ASSERT_EQUAL(fake_pending(&a, FAKE_DOWN), 1);
	CU_ASSERT_EQUAL(fake_count(&a, "tx-down"), 0);
	CU_ASSERT_EQUAL(fake_send(&a, c, "x", 1), 1);
	CU_ASSERT_EQUAL(fake_count(&a, "tx-down"), 1);
	CU_ASSERT_EQUAL(fake_count(&a, "tx-frames"), 0);
	CU_ASSERT_EQUAL(fake_send_frames(&a, NULL, 0), 0);
	fake_close(&a);
	fake_close(&mute);
}

/* Whoever holds channels is told that their frames have another size: each channel, once. */
static void the_device_gets_another_mtu(void)
{
	struct fake_host a;
	uint32_t before;
	ist_channel c;

	if (!netns_enter("the_device_gets_another_mtu"))
		return;
	fake_open(&a, &atm_transport,
		  (const char *const[]){"link=tap:a0", "framing=pdus", "@0/40 l2tp ppp",
					"@0/41 ppp", NULL});
	fake_run(&a, fake_now + S);
	CU_ASSERT_EQUAL(fake_pending(&a, FAKE_UP), 3);
	c = fake_channel(&a, FAKE_UP);
	before = a.tr->mtu(a.port, c);
	for (unsigned i = 0; i < 2; i++) {
		wire_set_up("a0", false);
		fake_run(&a, fake_now + S);
		wire_set_mtu("a0", 500);
		wire_set_up("a0", true);
		fake_run(&a, fake_now + S);
		CU_ASSERT_EQUAL(fake_pending(&a, FAKE_MTU), 3); /* not when it was the same */
		CU_ASSERT(a.tr->mtu(a.port, c) < before);
	}
	fake_close(&a);
	netns_leave();
}

static int atm_free_port(void)
{
	struct sockaddr_in in = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	int fd = socket(AF_INET, SOCK_STREAM, 0);
	socklen_t n = sizeof(in);

	CU_ASSERT_EQUAL_FATAL(bind(fd, (struct sockaddr *)&in, n), 0);
	CU_ASSERT_EQUAL_FATAL(getsockname(fd, (struct sockaddr *)&in, &n), 0);
	close(fd);
	return ntohs(in.sin_port);
}

/* A port that waits for a connection has room for one; a port that does not says nothing. */
static void the_connection_of_a_listener(void)
{
	char dials[64], listens[64];
	struct fake_host a, b;
	int port = atm_free_port();

	snprintf(listens, sizeof(listens), "link=atmtcp-listen:127.0.0.1:%d", port);
	snprintf(dials, sizeof(dials), "link=atmtcp:127.0.0.1:%d", port);
	fake_open(&a, &atm_transport,
		  (const char *const[]){listens, "framing=sdus", "@0/40 ppp", NULL});
	fake_run(&a, fake_now + 2 * S);
	CU_ASSERT_STRING_EQUAL(fake_fill(&a), "connections 0/1 0/0");
	fake_open(&b, &atm_transport,
		  (const char *const[]){dials, "framing=sdus", "@0/40 ppp", NULL});
	CU_ASSERT_STRING_EQUAL(fake_fill(&b), "none");
	fake_join(&a, &b);
	fake_run(&a, fake_now + 2 * S);
	CU_ASSERT_TRUE(fake_wait(&a, FAKE_UP, 1));
	CU_ASSERT_STRING_EQUAL(fake_fill(&a), "connections 1/1 0/0");
	fake_close(&a);
	fake_close(&b);
}

static const struct test_case cases[] = {
	{"a_capture_can_be_decoded", a_capture_can_be_decoded},
	{"a_circuit_that_is_down", a_circuit_that_is_down},
	{"the_device_gets_another_mtu", the_device_gets_another_mtu},
	{"the_connection_of_a_listener", the_connection_of_a_listener},
	{"every_size_in_cells", every_size_in_cells},
	{"rfc3355_3_1_l2tp_pdus_of_full_size", l2tp_pdus_of_full_size},
	{"every_size_in_pdus_and_sdus", every_size_in_pdus_and_sdus},
	{"loopback_takes_a_circuit_down_and_up", loopback_takes_a_circuit_down_and_up},
	{"the_segment_is_asked", the_segment_is_asked},
	{"a_thousand_circuits", a_thousand_circuits},
	{"shaped_circuits_do_not_starve_each_other", shaped_circuits_do_not_starve_each_other},
	{"link_down_is_every_circuit_down", link_down_is_every_circuit_down},
	{"every_counter_of_a_clean_exchange", every_counter_of_a_clean_exchange},
	{"the_longest_sdu", the_longest_sdu},
	{"rates_are_told", rates_are_told},
	{"hostile_frames", atm_hostile_frames},
	{NULL, NULL},
};
const struct test_suite suite_atm = {"atm", cases};
