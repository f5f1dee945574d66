/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/harness.h"
#include "tests/transports/host.h"
#include "tests/transports/kernel.h"
#include "tests/transports/raw.h"
#include "transports/atm/aal5.h"
#include "transports/atm/atm.h"

#include <string.h>

static struct fake_host h, raw;

static ist_channel atm_tx_open_one(const char *const *config, const char *addr, uint8_t payload)
{
	ist_channel c = 0;

	fake_open(&h, &atm_transport, config);
	fake_open(&raw, &raw_transport, (const char *const[]){"link=loop:tx", NULL});
	fake_join(&h, &raw);
	fake_run(&h, fake_now + 2000000);
	CU_ASSERT_EQUAL(fake_connect(&h, addr, payload, &c), 0);
	fake_forget(&raw);
	fake_forget(&h);
	return c;
}

static void atm_tx_close_both(void)
{
	fake_close(&h);
	fake_close(&raw);
}

/* The one-cell vector of RFC 3355 with VPI 0, VCI 40: the header's HEC is checked by decoding it.
 */
static void sccrq_in_one_cell(void)
{
	ist_channel c = atm_tx_open_one((const char *const[]){"link=loop:tx", "@0/40 l2tp", NULL},
					"0/40", IST_PAYLOAD_L2TP);
	uint8_t sccrq[20], want[CELL_PAYLOAD];
	struct fake_event *e;
	struct cell_hdr hdr;
	struct ist_frame f = {
		.channel = c, .head = sccrq, .head_len = 12, .payload = sccrq + 12, .len = 8};

	test_hex(sccrq, sizeof(sccrq), "c802001400000000000000008008000000000001");
	test_hex(want, sizeof(want),
		 "aaaa0300005e0007 c802001400000000000000008008000000000001"
		 "000000000000000000000000 0000001c 196666e4");
	CU_ASSERT_EQUAL(fake_send_frames(&h, &f, 1), 1);
	fake_run(&h, fake_now + 1000);
	e = fake_take(&raw, FAKE_FRAME);
	CU_ASSERT_PTR_NOT_NULL_FATAL(e);
	CU_ASSERT_EQUAL(e->len, CELL_LEN);
	CU_ASSERT_TRUE(cell_decode(&hdr, e->data, CELL_UNI));
	CU_ASSERT_TRUE(hdr.vpi == 0 && hdr.vci == 40 && hdr.pti == CELL_PTI_LAST && !hdr.clp);
	ASSERT_OCTETS(e->data + CELL_HDR_LEN, CELL_PAYLOAD, want, sizeof(want));
	fake_free(e);
	CU_ASSERT_EQUAL(fake_count(&h, "tx-cells"), 1);
	atm_tx_close_both();
}

static void cells_are_packed_as_asked(void)
{
	ist_channel c =
		atm_tx_open_one((const char *const[]){"link=loop:tx", "cells-per-frame=4",
						      "@0/40 ppp", "encapsulation=vc-mux", NULL},
				"0/40", IST_PAYLOAD_PPP);
	uint8_t data[400] = {0xc0, 0x21};
	static const uint32_t want[] = {4 * CELL_LEN, 4 * CELL_LEN, CELL_LEN};

	CU_ASSERT_EQUAL(fake_send(&h, c, data, sizeof(data)), 1); /* 408 octets: 9 cells */
	fake_run(&h, fake_now + 1000);
	for (int i = 0; i < 3; i++) {
		struct fake_event *e = fake_take(&raw, FAKE_FRAME);
		struct cell_hdr hdr;

		CU_ASSERT_PTR_NOT_NULL_FATAL(e);
		CU_ASSERT_EQUAL(e->len, want[i]);
		CU_ASSERT_TRUE(cell_decode(&hdr, e->data + e->len - CELL_LEN, CELL_UNI));
		CU_ASSERT_EQUAL(hdr.pti, i == 2 ? CELL_PTI_LAST : 0);
		fake_free(e);
	}
	atm_tx_close_both();
}

/* What atmtcp carries: VPI, VCI and the SDU. */
static void sdus_have_the_circuit_in_front(void)
{
	ist_channel c = atm_tx_open_one(
		(const char *const[]){"link=loop:tx", "framing=sdus", "@0/35 ppp", NULL}, "0/35",
		IST_PAYLOAD_PPP);
	uint8_t want[14];
	struct fake_event *e;

	test_hex(want, sizeof(want), "00000023 fefe03cf c02101010004");
	CU_ASSERT_EQUAL(fake_send(&h, c, "\xc0\x21\x01\x01\x00\x04", 6), 1);
	fake_run(&h, fake_now + 1000);
	e = fake_take(&raw, FAKE_FRAME);
	CU_ASSERT_PTR_NOT_NULL_FATAL(e);
	ASSERT_OCTETS(e->data, e->len, want, sizeof(want));
	fake_free(e);
	atm_tx_close_both();
}

/* I.361: CLP is the last bit of a cell's fourth octet; every cell of a frame marked for discard has
 * it, whether the frame went at once or waited for its circuit's rate. */
static void discard_is_clp(void)
{
	static const struct {
		const char *framing, *pcr;
		unsigned frames; /* of the link, for each SDU of 60 octets */
	} rows[] = {
		{"framing=cells", "pcr=0", 2},
		{"framing=cells", "pcr=100", 2},
		{"framing=pdus", "pcr=0", 1},
		{"framing=pdus", "pcr=100", 1},
	};
	static const uint8_t data[60];

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		ist_channel c =
			atm_tx_open_one((const char *const[]){"link=loop:tx", rows[i].framing,
							      "@0/40 ppp", rows[i].pcr, NULL},
					"0/40", IST_PAYLOAD_PPP);
		struct ist_frame f[2] = {{.channel = c, .payload = data, .len = sizeof(data)},
					 {.channel = c, .payload = data, .len = sizeof(data)}};

		f[1].flags = IST_FRAME_DISCARD;
		CU_ASSERT_EQUAL(fake_send_frames(&h, f, 2), 2);
		fake_run(&h, fake_now + 1000000);
		CU_ASSERT_EQUAL(fake_pending(&raw, FAKE_FRAME), 2 * rows[i].frames);
		for (unsigned k = 0; k < 2 * rows[i].frames; k++) {
			struct fake_event *e = fake_take(&raw, FAKE_FRAME);

			CU_ASSERT_PTR_NOT_NULL_FATAL(e);
			CU_ASSERT_EQUAL(e->data[3] & 1, k / rows[i].frames);
			fake_free(e);
		}
		atm_tx_close_both();
	}
}

static void too_long_and_stale_are_counted(void)
{
	ist_channel c = atm_tx_open_one(
		(const char *const[]){"link=loop:tx", "@0/40 ppp", "sdu-max=100", NULL}, "0/40",
		IST_PAYLOAD_PPP);
	static const uint8_t data[200];

	CU_ASSERT_EQUAL(fake_send(&h, c, data, 96), 1);
	CU_ASSERT_EQUAL(fake_send(&h, c, data, 97), 1);
	CU_ASSERT_EQUAL(fake_count(&h, "tx-too-long"), 1);
	CU_ASSERT_TRUE(fake_send(&h, c + 2, data, 10) < 0);
	CU_ASSERT_EQUAL(fake_count(&h, "tx-stale"), 1);
	atm_tx_close_both();
}

/* 1000 cells a second, two-cell SDUs: those of 4 ms go at once, 64 wait, the rest is refused, and
 * WRITABLE comes. */
static void a_shaped_circuit_pushes_back(void)
{
	ist_channel c = atm_tx_open_one(
		(const char *const[]){"link=loop:tx", "@0/40 ppp", "pcr=1000", "@0/41 ppp", NULL},
		"0/40", IST_PAYLOAD_PPP);
	static const uint8_t data[60];
	struct ist_frame f[100];
	ist_channel other = 0;

	for (int i = 0; i < 100; i++)
		f[i] = (struct ist_frame){.channel = c, .payload = data, .len = sizeof(data)};
	CU_ASSERT_EQUAL(fake_send_frames(&h, f, 100), 66);
	CU_ASSERT_EQUAL(fake_send_frames(&h, f, 1), 0);
	CU_ASSERT_EQUAL(fake_connect(&h, "0/41", IST_PAYLOAD_PPP, &other), 0);
	CU_ASSERT_EQUAL(fake_send(&h, other, data, sizeof(data)), 1); /* not held up */
	fake_run(&h, fake_now + 1000);
	CU_ASSERT_EQUAL(fake_pending(&raw, FAKE_FRAME),
			8); /* two cells each; the bucket has paid for one more */
	fake_run(&h, fake_now + 64000);
	CU_ASSERT_EQUAL(fake_pending(&h, FAKE_WRITABLE), 1);
	fake_run(&h, fake_now + 100000);
	CU_ASSERT_EQUAL(fake_count(&h, "tx-frames"), 67);
	CU_ASSERT_EQUAL(fake_pending(&raw, FAKE_FRAME), 134);
	atm_tx_close_both();
}

/* More in one `send` than the batch for the link has frames, or octets: all go, in order. */
static void more_than_a_batch_for_the_link(void)
{
	static const struct {
		const char *framing;
		unsigned frames;
		uint32_t len, on_link;
	} rows[] = {
		{"framing=cells", 130, 30, 53}, /* 64 frames at once */
		{"framing=pdus", 10, 9000, 4 + 9024},
	};
	static uint8_t data[130][9000];
	struct ist_frame f[130];

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		ist_channel c = atm_tx_open_one((const char *const[]){"link=loop:tx",
								      rows[i].framing, "@0/40 ppp",
								      "encapsulation=vc-mux", NULL},
						"0/40", IST_PAYLOAD_PPP);

		for (unsigned k = 0; k < rows[i].frames; k++) {
			data[k][0] = (uint8_t)k;
			f[k] = (struct ist_frame){
				.channel = c, .payload = data[k], .len = rows[i].len};
		}
		CU_ASSERT_EQUAL(fake_send_frames(&h, f, rows[i].frames), (int)rows[i].frames);
		fake_run(&h, fake_now + 1000);
		CU_ASSERT_EQUAL(fake_pending(&raw, FAKE_FRAME), rows[i].frames);
		for (unsigned k = 0; k < rows[i].frames; k++) {
			struct fake_event *e = fake_take(&raw, FAKE_FRAME);

			CU_ASSERT_PTR_NOT_NULL_FATAL(e);
			CU_ASSERT_EQUAL(e->len, rows[i].on_link);
			CU_ASSERT_EQUAL(e->data[e->len == 53 ? 5 : 4], k);
			fake_free(e);
		}
		atm_tx_close_both();
	}
}

/* The kernel's PVCs are those of the port, each with its own longest SDU. */
static void circuits_that_the_link_opens(void)
{
	kernel_begin();
	fake_open(&h, &atm_transport,
		  (const char *const[]){"link=atmpvc:3", "framing=sdus", "@8/48 ppp", "sdu-max=100",
					"@0/35 ppp", NULL});
	CU_ASSERT_EQUAL_FATAL(kernel.sockets, 3); /* the first asks for the family only */
	for (unsigned i = 0; i < 2; i++) {
		CU_ASSERT_EQUAL(kernel.socket[1 + i].pvc.sap_addr.vpi, i ? 8 : 0);
		CU_ASSERT_EQUAL(kernel.socket[1 + i].pvc.sap_addr.vci, i ? 48 : 35);
		CU_ASSERT_EQUAL(kernel.socket[1 + i].qos.txtp.max_sdu, i ? 100 : 9216);
	}
	fake_close(&h);
	kernel_end();
}

static const struct test_case cases[] = {
	{"more_than_a_batch_for_the_link", more_than_a_batch_for_the_link},
	{"circuits_that_the_link_opens", circuits_that_the_link_opens},
	{"sccrq_in_one_cell", sccrq_in_one_cell},
	{"cells_are_packed_as_asked", cells_are_packed_as_asked},
	{"sdus_have_the_circuit_in_front", sdus_have_the_circuit_in_front},
	{"discard_is_clp", discard_is_clp},
	{"too_long_and_stale_are_counted", too_long_and_stale_are_counted},
	{"a_shaped_circuit_pushes_back", a_shaped_circuit_pushes_back},
	{NULL, NULL},
};
const struct test_suite suite_atm_tx = {"atm_tx", cases};
