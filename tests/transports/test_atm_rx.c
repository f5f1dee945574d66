/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/harness.h"
#include "tests/transports/host.h"
#include "tests/transports/raw.h"
#include "transports/aal5.h"
#include "transports/atm.h"
#include "transports/oam.h"

#include <string.h>

static struct fake_host h, raw;

/* A port with 0/40 (LLC, both payloads), 0/41 (VC-mux PPP) and 1/200 (CRC not checked). */
static void open_both(const char *framing)
{
	fake_open(&h, &atm_transport,
		  (const char *const[]){"link=loop:rx", framing, "reassembly-timeout=1000000",
					"@0/40 l2tp ppp", "@0/41 ppp", "encapsulation=vc-mux",
					"@1/200 l2tp", "aal5-crc=ignore", NULL});
	fake_open(&raw, &raw_transport, (const char *const[]){"link=loop:rx", NULL});
	fake_join(&h, &raw);
	fake_run(&h, fake_now + 2000000);
	CU_ASSERT_EQUAL(fake_pending(&h, FAKE_UP), 4);
	fake_forget(&h);
}

static void close_both(void)
{
	fake_close(&h);
	fake_close(&raw);
}

static void feed(const void *frame, size_t len)
{
	fake_send(&raw, 1, frame, len);
	fake_run(&h, fake_now + 1000);
}

static void cell_of(uint8_t out[CELL_LEN], uint16_t vpi, uint16_t vci, uint8_t pti,
		    const uint8_t *body)
{
	const struct cell_hdr hdr = {.vpi = vpi, .vci = vci, .pti = pti};

	cell_encode(out, &hdr, CELL_UNI);
	memcpy(out + CELL_HDR_LEN, body, CELL_PAYLOAD);
}

/* The SCCRQ of RFC 3355 in one cell on 0/40. */
static void sccrq_cell(uint8_t out[CELL_LEN])
{
	uint8_t pdu[CELL_PAYLOAD];

	test_hex(pdu, sizeof(pdu), "aaaa0300005e0007 c802001400000000000000008008000000000001"
				   "000000000000000000000000 0000001c 196666e4");
	cell_of(out, 0, 40, CELL_PTI_LAST, pdu);
}

static void one_cell_is_one_frame(void)
{
	uint8_t cell[CELL_LEN];
	struct fake_event *e;

	open_both("framing=cells");
	sccrq_cell(cell);
	feed(cell, sizeof(cell));
	e = fake_take(&h, FAKE_FRAME);
	CU_ASSERT_PTR_NOT_NULL_FATAL(e);
	CU_ASSERT_EQUAL(e->len, 20);
	CU_ASSERT_EQUAL(e->data[0], 0xc8);
	fake_free(e);
	CU_ASSERT_EQUAL(fake_count(&h, "rx-frames"), 1);
	CU_ASSERT_EQUAL(fake_count(&h, "rx-cells"), 1);
	close_both();
}

/* Two PDUs whose cells alternate on two circuits, several cells to a frame of the link. */
static void circuits_are_interleaved(void)
{
	uint8_t sdu[2][100], pdu[2][144], frame[6 * CELL_LEN];
	struct fake_event *e;

	open_both("framing=cells");
	memcpy(sdu[0], "\xaa\xaa\x03\x00\x00\x5e\x00\x07", 8);
	memset(sdu[0] + 8, 'a', 92);
	memset(sdu[1], 'b', 100);
	for (int i = 0; i < 2; i++)
		aal5_pdu_write(pdu[i], NULL, 0, sdu[i], 100, AAL5_CRC_STRICT);
	for (int i = 0; i < 6; i++)
		cell_of(frame + i * CELL_LEN, 0, 40 + i % 2, i >= 4 ? CELL_PTI_LAST : 0,
			pdu[i % 2] + i / 2 * CELL_PAYLOAD);
	feed(frame, sizeof(frame));
	CU_ASSERT_EQUAL(fake_pending(&h, FAKE_FRAME), 2);
	e = fake_take(&h, FAKE_FRAME);
	CU_ASSERT_TRUE(e->len == 92 && e->data[0] == 'a' && e->data[91] == 'a');
	fake_free(e);
	e = fake_take(&h, FAKE_FRAME);
	CU_ASSERT_TRUE(e->len == 100 && e->data[0] == 'b' && e->data[99] == 'b');
	fake_free(e);
	close_both();
}

/* Two PDUs of one circuit in one frame of the link: the first is handed over before its buffer is used
 * again. */
static void two_sdus_of_one_circuit_in_one_frame(void)
{
	uint8_t frame[2 * CELL_LEN], pdu[CELL_PAYLOAD];
	struct fake_event *e;

	open_both("framing=cells");
	for (int i = 0; i < 2; i++) {
		aal5_pdu_write(pdu, NULL, 0, (const uint8_t *)(i ? "2222" : "1111"), 4,
			       AAL5_CRC_STRICT);
		cell_of(frame + i * CELL_LEN, 0, 41, CELL_PTI_LAST, pdu);
	}
	feed(frame, sizeof(frame));
	for (int i = 0; i < 2; i++) {
		e = fake_take(&h, FAKE_FRAME);
		CU_ASSERT_PTR_NOT_NULL_FATAL(e);
		ASSERT_OCTETS(e->data, e->len, i ? "2222" : "1111", 4);
		fake_free(e);
	}
	close_both();
}

static void every_drop_has_its_counter(void)
{
	static const uint8_t zeros[CELL_PAYLOAD];
	uint8_t cell[CELL_LEN], pdu[CELL_PAYLOAD];

	open_both("framing=cells");
	feed("short", 5);
	CU_ASSERT_EQUAL(fake_count(&h, "rx-cut"), 1);
	sccrq_cell(cell);
	cell[4] ^= 1;
	feed(cell, sizeof(cell));
	CU_ASSERT_EQUAL(fake_count(&h, "rx-hec"), 1);
	sccrq_cell(cell);
	cell[20] ^= 1;
	feed(cell, sizeof(cell));
	CU_ASSERT_EQUAL(fake_count(&h, "aal5-crc"), 1);
	cell_of(cell, 0, 0, 0, zeros);
	feed(cell, sizeof(cell));
	CU_ASSERT_EQUAL(fake_count(&h, "rx-idle"), 1);
	cell_of(cell, 0, 5, 0, zeros);
	feed(cell, sizeof(cell));
	CU_ASSERT_EQUAL(fake_count(&h, "rx-reserved"), 1);
	cell_of(cell, 9, 99, 0, zeros);
	feed(cell, sizeof(cell));
	CU_ASSERT_EQUAL(fake_count(&h, "rx-vc"), 1);
	cell_of(cell, 0, 40, CELL_PTI_RM, zeros);
	feed(cell, sizeof(cell));
	CU_ASSERT_EQUAL(fake_count(&h, "rx-rm"), 1);
	cell_of(cell, 1, 200, CELL_PTI_LAST, zeros); /* length 0 */
	feed(cell, sizeof(cell));
	CU_ASSERT_EQUAL(fake_count(&h, "aal5-abort"), 1);
	aal5_pdu_write(pdu, NULL, 0, (const uint8_t *)"\xaa\xaa\x03\0\0\0\x08\0\x45", 9,
		       AAL5_CRC_STRICT);
	cell_of(cell, 0, 40, CELL_PTI_LAST, pdu);
	feed(cell, sizeof(cell));
	CU_ASSERT_EQUAL(fake_count(&h, "rx-ipv4"), 1);
	aal5_pdu_write(pdu, NULL, 0, (const uint8_t *)"\xfe\xfe\x03\xcf\xc0\x21", 6,
		       AAL5_CRC_STRICT);
	cell_of(cell, 1, 200, CELL_PTI_LAST, pdu); /* PPP where only L2TP is carried */
	feed(cell, sizeof(cell));
	CU_ASSERT_EQUAL(fake_count(&h, "rx-not-carried"), 1);
	CU_ASSERT_EQUAL(fake_pending(&h, FAKE_FRAME), 0);
	close_both();
}

static void a_pdu_without_end_times_out(void)
{
	static const uint8_t zeros[CELL_PAYLOAD];
	uint8_t cell[CELL_LEN];

	open_both("framing=cells");
	cell_of(cell, 0, 40, 0, zeros);
	feed(cell, sizeof(cell));
	fake_run(&h, fake_now + 2000000);
	CU_ASSERT_EQUAL(fake_count(&h, "aal5-timeout"), 1);
	sccrq_cell(cell);
	feed(cell, sizeof(cell));
	CU_ASSERT_EQUAL(fake_pending(&h, FAKE_FRAME), 1);
	close_both();
}

static void loopback_is_answered_and_alarms_counted(void)
{
	uint8_t cell[CELL_LEN], body[CELL_PAYLOAD];
	struct fake_event *e;
	struct oam_cell o;

	open_both("framing=cells");
	oam_loopback_request(body, 77);
	cell_of(cell, 0, 40, CELL_PTI_F5_END_TO_END, body);
	feed(cell, sizeof(cell));
	e = fake_take(&raw, FAKE_FRAME);
	CU_ASSERT_PTR_NOT_NULL_FATAL(e);
	CU_ASSERT_EQUAL(e->len, CELL_LEN);
	CU_ASSERT_EQUAL(memcmp(e->data, cell, CELL_HDR_LEN), 0);
	oam_decode(&o, e->data + CELL_HDR_LEN);
	CU_ASSERT_TRUE(o.kind == OAM_LOOPBACK_REPLY && o.tag == 77);
	fake_free(e);
	CU_ASSERT_EQUAL(fake_count(&h, "oam-looped"), 1);
	oam_rdi(body);
	cell_of(cell, 0, 40, CELL_PTI_F5_END_TO_END, body);
	feed(cell, sizeof(cell));
	CU_ASSERT_EQUAL(fake_count(&h, "oam-rdi"), 1);
	CU_ASSERT_EQUAL(fake_pending(&raw, FAKE_FRAME), 0); /* an RDI has no answer */
	body[10] ^= 1;
	cell_of(cell, 0, 40, CELL_PTI_F5_END_TO_END, body);
	feed(cell, sizeof(cell));
	CU_ASSERT_EQUAL(fake_count(&h, "oam-bad"), 1);
	close_both();
}

/* Whole PDUs and SDUs bring the same frame. */
static void pdus_and_sdus(void)
{
	uint8_t frame[4 + CELL_PAYLOAD], cell[CELL_LEN];
	struct fake_event *e;

	open_both("framing=pdus");
	sccrq_cell(cell);
	memcpy(frame, cell, 4);
	memcpy(frame + 4, cell + CELL_HDR_LEN, CELL_PAYLOAD);
	feed(frame, sizeof(frame));
	e = fake_take(&h, FAKE_FRAME);
	CU_ASSERT_PTR_NOT_NULL_FATAL(e);
	CU_ASSERT_EQUAL(e->len, 20);
	fake_free(e);
	feed(frame, 3);
	feed(frame, 30);
	CU_ASSERT_EQUAL(fake_count(&h, "rx-cut"), 1);
	CU_ASSERT_EQUAL(fake_count(&h, "aal5-length"), 1);
	close_both();
	open_both("framing=sdus");
	test_hex(frame, sizeof(frame), "00000029 c021 0101 0004");
	feed(frame, 10);
	e = fake_take(&h, FAKE_FRAME);
	CU_ASSERT_PTR_NOT_NULL_FATAL(e);
	ASSERT_OCTETS(e->data, e->len, "\xc0\x21\x01\x01\x00\x04", 6);
	fake_free(e);
	close_both();
}

static const struct test_case cases[] = {
	{"one_cell_is_one_frame", one_cell_is_one_frame},
	{"circuits_are_interleaved", circuits_are_interleaved},
	{"two_sdus_of_one_circuit_in_one_frame", two_sdus_of_one_circuit_in_one_frame},
	{"every_drop_has_its_counter", every_drop_has_its_counter},
	{"a_pdu_without_end_times_out", a_pdu_without_end_times_out},
	{"loopback_is_answered_and_alarms_counted", loopback_is_answered_and_alarms_counted},
	{"pdus_and_sdus", pdus_and_sdus},
	{NULL, NULL},
};
const struct test_suite suite_atm_rx = {"atm_rx", cases};
