/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/harness.h"
#include "tests/heap.h"
#include "tests/transports/host.h"
#include "tests/transports/raw.h"
#include "transports/atm/aal5.h"
#include "transports/atm/atm.h"
#include "transports/atm/oam.h"

#include <stdio.h>
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

static void atm_rx_close_both(void)
{
	fake_close(&h);
	fake_close(&raw);
}

static void atm_rx_feed(const void *frame, size_t len)
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

	test_hex(pdu, sizeof(pdu),
		 "aaaa0300005e0007 c802001400000000000000008008000000000001"
		 "000000000000000000000000 0000001c 196666e4");
	cell_of(out, 0, 40, CELL_PTI_LAST, pdu);
}

static void one_cell_is_one_frame(void)
{
	uint8_t cell[CELL_LEN];
	struct fake_event *e;

	open_both("framing=cells");
	sccrq_cell(cell);
	atm_rx_feed(cell, sizeof(cell));
	e = fake_take(&h, FAKE_FRAME);
	CU_ASSERT_PTR_NOT_NULL_FATAL(e);
	CU_ASSERT_EQUAL(e->len, 20);
	CU_ASSERT_EQUAL(e->data[0], 0xc8);
	fake_free(e);
	CU_ASSERT_EQUAL(fake_count(&h, "rx-frames"), 1);
	CU_ASSERT_EQUAL(fake_count(&h, "rx-cells"), 1);
	atm_rx_close_both();
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
	atm_rx_feed(frame, sizeof(frame));
	CU_ASSERT_EQUAL(fake_pending(&h, FAKE_FRAME), 2);
	e = fake_take(&h, FAKE_FRAME);
	CU_ASSERT_TRUE(e->len == 92 && e->data[0] == 'a' && e->data[91] == 'a');
	fake_free(e);
	e = fake_take(&h, FAKE_FRAME);
	CU_ASSERT_TRUE(e->len == 100 && e->data[0] == 'b' && e->data[99] == 'b');
	fake_free(e);
	atm_rx_close_both();
}

/* Two PDUs of one circuit in one frame of the link: the first is handed over before its buffer is
 * used again. */
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
	atm_rx_feed(frame, sizeof(frame));
	for (int i = 0; i < 2; i++) {
		e = fake_take(&h, FAKE_FRAME);
		CU_ASSERT_PTR_NOT_NULL_FATAL(e);
		ASSERT_OCTETS(e->data, e->len, i ? "2222" : "1111", 4);
		fake_free(e);
	}
	atm_rx_close_both();
}

static void every_drop_has_its_counter(void)
{
	static const uint8_t zeros[CELL_PAYLOAD];
	uint8_t cell[CELL_LEN], pdu[CELL_PAYLOAD];

	open_both("framing=cells");
	atm_rx_feed("short", 5);
	CU_ASSERT_EQUAL(fake_count(&h, "rx-cut"), 1);
	sccrq_cell(cell);
	cell[4] ^= 1;
	atm_rx_feed(cell, sizeof(cell));
	CU_ASSERT_EQUAL(fake_count(&h, "rx-hec"), 1);
	sccrq_cell(cell);
	cell[20] ^= 1;
	atm_rx_feed(cell, sizeof(cell));
	CU_ASSERT_EQUAL(fake_count(&h, "aal5-crc"), 1);
	cell_of(cell, 0, 0, 0, zeros);
	atm_rx_feed(cell, sizeof(cell));
	CU_ASSERT_EQUAL(fake_count(&h, "rx-idle"), 1);
	cell_of(cell, 0, 5, 0, zeros);
	atm_rx_feed(cell, sizeof(cell));
	CU_ASSERT_EQUAL(fake_count(&h, "rx-reserved"), 1);
	cell_of(cell, 9, 99, 0, zeros);
	atm_rx_feed(cell, sizeof(cell));
	CU_ASSERT_EQUAL(fake_count(&h, "rx-vc"), 1);
	cell_of(cell, 0, 40, CELL_PTI_RM, zeros);
	atm_rx_feed(cell, sizeof(cell));
	CU_ASSERT_EQUAL(fake_count(&h, "rx-rm"), 1);
	cell_of(cell, 1, 200, CELL_PTI_LAST, zeros); /* length 0 */
	atm_rx_feed(cell, sizeof(cell));
	CU_ASSERT_EQUAL(fake_count(&h, "aal5-abort"), 1);
	aal5_pdu_write(pdu, NULL, 0, (const uint8_t *)"\xaa\xaa\x03\0\0\0\x08\0\x45", 9,
		       AAL5_CRC_STRICT);
	cell_of(cell, 0, 40, CELL_PTI_LAST, pdu);
	atm_rx_feed(cell, sizeof(cell));
	CU_ASSERT_EQUAL(fake_count(&h, "rx-ipv4"), 1);
	aal5_pdu_write(pdu, NULL, 0, (const uint8_t *)"\xfe\xfe\x03\xcf\xc0\x21", 6,
		       AAL5_CRC_STRICT);
	cell_of(cell, 1, 200, CELL_PTI_LAST, pdu); /* PPP where only L2TP is carried */
	atm_rx_feed(cell, sizeof(cell));
	CU_ASSERT_EQUAL(fake_count(&h, "rx-not-carried"), 1);
	CU_ASSERT_EQUAL(fake_pending(&h, FAKE_FRAME), 0);
	atm_rx_close_both();
}

static void a_pdu_without_end_times_out(void)
{
	static const uint8_t zeros[CELL_PAYLOAD];
	uint8_t cell[CELL_LEN];

	open_both("framing=cells");
	cell_of(cell, 0, 40, 0, zeros);
	atm_rx_feed(cell, sizeof(cell));
	fake_run(&h, fake_now + 2000000);
	CU_ASSERT_EQUAL(fake_count(&h, "aal5-timeout"), 1);
	sccrq_cell(cell);
	atm_rx_feed(cell, sizeof(cell));
	CU_ASSERT_EQUAL(fake_pending(&h, FAKE_FRAME), 1);
	atm_rx_close_both();
}

/* What was sent back on a circuit of VPI 0: its PTI, -1 = nothing; octets behind the header in
 * body. */
static int sent_back(uint16_t vci, uint8_t body[CELL_PAYLOAD])
{
	struct fake_event *e = fake_take(&raw, FAKE_FRAME);
	struct cell_hdr hdr;

	if (!e)
		return -1;
	CU_ASSERT_EQUAL_FATAL(e->len, CELL_LEN);
	CU_ASSERT_TRUE(cell_decode(&hdr, e->data, CELL_UNI));
	CU_ASSERT_TRUE(hdr.vpi == 0 && hdr.vci == vci);
	memcpy(body, e->data + CELL_HDR_LEN, CELL_PAYLOAD);
	fake_free(e);
	return hdr.pti;
}

static void loopback_is_answered_and_alarms_counted(void)
{
	uint8_t cell[CELL_LEN], body[CELL_PAYLOAD];
	struct oam_cell o;

	open_both("framing=cells");
	oam_loopback_request(body, 77);
	cell_of(cell, 0, 40, CELL_PTI_F5_END_TO_END, body);
	atm_rx_feed(cell, sizeof(cell));
	CU_ASSERT_EQUAL(sent_back(40, body), CELL_PTI_F5_END_TO_END);
	oam_decode(&o, body);
	CU_ASSERT_TRUE(o.kind == OAM_LOOPBACK_REPLY && o.tag == 77);
	CU_ASSERT_EQUAL(fake_count(&h, "oam-looped"), 1);
	oam_rdi(body);
	cell_of(cell, 0, 40, CELL_PTI_F5_END_TO_END, body);
	atm_rx_feed(cell, sizeof(cell));
	CU_ASSERT_EQUAL(fake_count(&h, "oam-rdi"), 1);
	CU_ASSERT_EQUAL(fake_pending(&raw, FAKE_FRAME), 0); /* an RDI has no answer */
	body[10] ^= 1;
	cell_of(cell, 0, 40, CELL_PTI_F5_END_TO_END, body);
	atm_rx_feed(cell, sizeof(cell));
	CU_ASSERT_EQUAL(fake_count(&h, "oam-bad"), 1);
	atm_rx_close_both();
}

/* A segment's request is answered on the segment. */
static void loopback_on_the_segment(void)
{
	uint8_t cell[CELL_LEN], body[CELL_PAYLOAD];

	open_both("framing=cells");
	oam_loopback_request(body, 5);
	cell_of(cell, 0, 41, CELL_PTI_F5_SEGMENT, body);
	atm_rx_feed(cell, sizeof(cell));
	CU_ASSERT_EQUAL(sent_back(41, body), CELL_PTI_F5_SEGMENT);
	atm_rx_close_both();
}

/* 48 octets of a function with nothing in it, sealed. */
static void oam_of(uint8_t out[CELL_PAYLOAD], uint8_t first)
{
	uint16_t c;

	memset(out, 0x6a, CELL_PAYLOAD);
	out[0] = first;
	for (c = 0; c < 0x400; c++) { /* the seal by trial */
		out[46] = (uint8_t)(c >> 8);
		out[47] = (uint8_t)c;
		if (!oam_crc10(out, CELL_PAYLOAD))
			return;
	}
}

/* I.610: RDI goes back while AIS comes, one a second, in the flow the alarm came in. */
static void alarms_are_answered_once_a_second(void)
{
	uint8_t cell[CELL_LEN], body[CELL_PAYLOAD], back[CELL_PAYLOAD];
	struct oam_cell o;

	open_both("framing=cells");
	oam_of(body, 0x10);
	cell_of(cell, 0, 40, CELL_PTI_F5_END_TO_END, body);
	for (int i = 0; i < 300; i++) {
		fake_send(&raw, 1, cell, sizeof(cell));
		fake_run(&h, fake_now + 10000);
	}
	CU_ASSERT_EQUAL(fake_count(&h, "oam-ais"), 300);
	CU_ASSERT_EQUAL(fake_count(&h, "oam-rdi-sent"), 4);
	CU_ASSERT_EQUAL(fake_pending(&raw, FAKE_FRAME), 4);
	CU_ASSERT_EQUAL(sent_back(40, back), CELL_PTI_F5_END_TO_END);
	oam_decode(&o, back);
	CU_ASSERT_EQUAL(o.kind, OAM_RDI);
	fake_forget(&raw);
	cell_of(cell, 0, 40, CELL_PTI_F5_SEGMENT, body);
	atm_rx_feed(cell, sizeof(cell));
	CU_ASSERT_EQUAL(sent_back(40, back), CELL_PTI_F5_SEGMENT);
	oam_of(body, 0x14);
	cell_of(cell, 0, 40, CELL_PTI_F5_END_TO_END, body);
	atm_rx_feed(cell, sizeof(cell));
	CU_ASSERT_EQUAL(fake_count(&h, "oam-cc"), 1);
	CU_ASSERT_EQUAL(fake_pending(&raw, FAKE_FRAME), 0);
	atm_rx_close_both();
}

/* A header known from the cell before is still judged whole: its HEC, and whose it is. */
static void a_known_header_with_an_error(void)
{
	uint8_t cell[CELL_LEN];

	open_both("framing=cells");
	for (int i = 0; i < 3; i++) {
		sccrq_cell(cell);
		atm_rx_feed(cell, sizeof(cell));
		for (int bit = 0; bit < 40; bit++) {
			sccrq_cell(cell);
			cell[bit / 8] ^= (uint8_t)(0x80 >> bit % 8);
			atm_rx_feed(cell, sizeof(cell));
		}
	}
	CU_ASSERT_EQUAL(fake_pending(&h, FAKE_FRAME), 3);
	CU_ASSERT_EQUAL(fake_count(&h, "rx-hec"), 120);
	atm_rx_close_both();
}

/* CLP of any cell marks the SDU, congestion is what the last one says. */
static void marks_of_cells_mark_the_sdu(void)
{
	static const struct {
		uint8_t pti[2];
		bool clp[2];
		uint32_t flags;
	} rows[] = {
		{{0, CELL_PTI_LAST}, {true, false}, IST_FRAME_DISCARD},
		{{0, CELL_PTI_LAST}, {false, true}, IST_FRAME_DISCARD},
		{{CELL_PTI_CONGESTED, CELL_PTI_LAST}, {false, false}, 0},
		{{0, CELL_PTI_LAST | CELL_PTI_CONGESTED}, {false, false}, IST_FRAME_CONGESTED},
		{{0, CELL_PTI_LAST}, {false, false}, 0},
	};
	uint8_t pdu[96], sdu[60] = {0xc0, 0x21};

	open_both("framing=cells");
	aal5_pdu_write(pdu, NULL, 0, sdu, sizeof(sdu), AAL5_CRC_STRICT);
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct fake_event *e;

		for (int k = 0; k < 2; k++) {
			const struct cell_hdr hdr = {
				.vci = 41, .pti = rows[i].pti[k], .clp = rows[i].clp[k]};
			uint8_t cell[CELL_LEN];

			cell_encode(cell, &hdr, CELL_UNI);
			memcpy(cell + CELL_HDR_LEN, pdu + k * CELL_PAYLOAD, CELL_PAYLOAD);
			atm_rx_feed(cell, sizeof(cell));
		}
		e = fake_take(&h, FAKE_FRAME);
		CU_ASSERT_PTR_NOT_NULL_FATAL(e);
		CU_ASSERT_EQUAL(e->flags, rows[i].flags);
		fake_free(e);
	}
	CU_ASSERT_EQUAL(fake_count(&h, "rx-clp"), 2);
	CU_ASSERT_EQUAL(fake_count(&h, "rx-efci"), 2);
	atm_rx_close_both();
}

static void sdu_cell(uint16_t vci, const char *hex)
{
	uint8_t sdu[40], pdu[CELL_PAYLOAD], cell[CELL_LEN];
	size_t n = test_hex(sdu, sizeof(sdu), hex);

	aal5_pdu_write(pdu, NULL, 0, sdu, n, AAL5_CRC_STRICT);
	cell_of(cell, 0, vci, CELL_PTI_LAST, pdu);
	atm_rx_feed(cell, sizeof(cell));
}

/* RFC 2364, 8: a PPP link whose far end changes to the other encapsulation is torn down; one that
 * never had the right one is only spoken of, and neither more than once in a while. */
static void the_other_encapsulation(void)
{
	static const struct {
		uint16_t vci;
		const char *good, *other;
	} rows[] = {
		{40, "fefe03cf c02101010004", "c02101010004"},
		{41, "c02101010004", "fefe03cf c02101010004"},
	};

	for (size_t i = 0; i < 2; i++) {
		open_both("framing=cells");
		sdu_cell(rows[i].vci, rows[i].other);
		CU_ASSERT_EQUAL(fake_count(&h, "rx-encapsulation"), 1);
		CU_ASSERT_EQUAL(fake_pending(&h, FAKE_DOWN), 0);
		CU_ASSERT_PTR_NOT_NULL(strstr(h.last_log, i ? "0/41: far end sends with"
							    : "0/40: far end sends without"));
		fake_run(&h, fake_now + 11000000);
		for (int k = 0; k < 50; k++) {
			sdu_cell(rows[i].vci, rows[i].good);
			sdu_cell(rows[i].vci, rows[i].other);
		}
		CU_ASSERT_EQUAL(fake_pending(&h, FAKE_DOWN), 1);
		CU_ASSERT_EQUAL(fake_pending(&h, FAKE_UP), 1);
		CU_ASSERT_EQUAL(fake_pending(&h, FAKE_FRAME), 50);
		CU_ASSERT_EQUAL(fake_count(&h, "rx-encapsulation"), 51);
		CU_ASSERT_EQUAL(h.warnings, 2);
		atm_rx_close_both();
	}
	open_both("framing=cells");
	sdu_cell(40, "c802001400000000000000008008000000000001"); /* L2TP: nothing to tear down */
	sdu_cell(41, "aaaa0300005e0007 c802");
	CU_ASSERT_EQUAL(fake_count(&h, "rx-encapsulation"), 2);
	CU_ASSERT_EQUAL(fake_pending(&h, FAKE_DOWN), 0);
	atm_rx_close_both();
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
	atm_rx_feed(frame, sizeof(frame));
	e = fake_take(&h, FAKE_FRAME);
	CU_ASSERT_PTR_NOT_NULL_FATAL(e);
	CU_ASSERT_EQUAL(e->len, 20);
	fake_free(e);
	atm_rx_feed(frame, 3);
	atm_rx_feed(frame, 30);
	CU_ASSERT_EQUAL(fake_count(&h, "rx-cut"), 1);
	CU_ASSERT_EQUAL(fake_count(&h, "aal5-length"), 1);
	atm_rx_close_both();
	open_both("framing=sdus");
	test_hex(frame, sizeof(frame), "00000029 c021 0101 0004");
	atm_rx_feed(frame, 10);
	e = fake_take(&h, FAKE_FRAME);
	CU_ASSERT_PTR_NOT_NULL_FATAL(e);
	ASSERT_OCTETS(e->data, e->len, "\xc0\x21\x01\x01\x00\x04", 6);
	fake_free(e);
	atm_rx_close_both();
}

/* More SDUs in a frame of the link than are gathered for the host: all come, in order. */
static void more_sdus_than_a_batch(void)
{
	enum { CIRCUITS = 70 };
	static char words[CIRCUITS][20];
	static const char *config[CIRCUITS + 2] = {"link=loop:rx"};
	static const unsigned counts[] = {1, 31, 32, 33, 64, 65, 70};
	static uint8_t frame[CIRCUITS * CELL_LEN];

	for (unsigned i = 0; i < CIRCUITS; i++) {
		uint8_t sdu[7] = {0xfe, 0xfe, 3, 0xcf, 0xc0, 0x21, (uint8_t)i}, pdu[CELL_PAYLOAD];

		snprintf(words[i], sizeof(words[i]), "@0/%u ppp", 100 + i);
		config[i + 1] = words[i];
		aal5_pdu_write(pdu, NULL, 0, sdu, sizeof(sdu), AAL5_CRC_STRICT);
		cell_of(frame + (size_t)i * CELL_LEN, 0, (uint16_t)(100 + i), CELL_PTI_LAST, pdu);
	}
	fake_open(&h, &atm_transport, config);
	fake_open(&raw, &raw_transport, (const char *const[]){"link=loop:rx", NULL});
	fake_join(&h, &raw);
	fake_run(&h, fake_now + 2000000);
	for (size_t i = 0; i < sizeof(counts) / sizeof(*counts); i++) {
		fake_forget(&h);
		atm_rx_feed(frame, counts[i] * CELL_LEN);
		CU_ASSERT_EQUAL(fake_pending(&h, FAKE_FRAME), counts[i]);
		for (unsigned k = 0; k < counts[i]; k++) {
			struct fake_event *e = fake_take(&h, FAKE_FRAME);

			CU_ASSERT_PTR_NOT_NULL_FATAL(e);
			CU_ASSERT_TRUE(e->len == 3 && e->data[2] == k);
			fake_free(e);
		}
	}
	atm_rx_close_both();
}

static void (*given)(void *host, const struct ist_frame *f, unsigned n);
static unsigned batches;

static void batch_counted(void *host, const struct ist_frame *f, unsigned n)
{
	batches++;
	given(host, f, n);
}

/* The SDUs of one circuit that a frame brings, cell by cell, are given to the host together. */
static void sdus_of_a_circuit_go_together(void)
{
	enum { SDUS = 40 };
	static uint8_t frame[SDUS * CELL_LEN];

	open_both("framing=cells");
	given = h.host.frames;
	h.host.frames = batch_counted;
	batches = 0;
	for (unsigned i = 0; i < SDUS; i++) {
		uint8_t sdu[9] = {0xaa, 0xaa, 3, 0, 0, 0x5e, 0, 7, (uint8_t)i}, pdu[CELL_PAYLOAD];

		aal5_pdu_write(pdu, NULL, 0, sdu, sizeof(sdu), AAL5_CRC_STRICT);
		cell_of(frame + (size_t)i * CELL_LEN, 0, 40, CELL_PTI_LAST, pdu);
	}
	atm_rx_feed(frame, sizeof(frame));
	CU_ASSERT_EQUAL(batches, 2); /* of 32 at most */
	for (unsigned i = 0; i < SDUS; i++) {
		struct fake_event *e = fake_take(&h, FAKE_FRAME);

		CU_ASSERT_PTR_NOT_NULL_FATAL(e);
		CU_ASSERT_TRUE(e->len == 1 && e->data[0] == i);
		fake_free(e);
	}
	atm_rx_close_both();
}

/* Long ones, of which the batch holds some, and those it does not hold at all. */
static void long_sdus_in_a_row(void)
{
	static const uint16_t octets[] = {16384, 9,	40000, 16385, 65000, 9,
					  16384, 16384, 16384, 16384, 30,    65000};
	static uint8_t sdu[65535], pdu[65568 + 48], frame[192 * CELL_LEN];

	fake_open(&h, &atm_transport,
		  (const char *const[]){"link=loop:rx", "@0/41 l2tp", "encapsulation=vc-mux",
					"sdu-max=65535", NULL});
	fake_open(&raw, &raw_transport, (const char *const[]){"link=loop:rx", NULL});
	fake_join(&h, &raw);
	fake_run(&h, fake_now + 2000000);
	for (size_t i = 0; i < sizeof(octets) / sizeof(octets[0]); i++) {
		size_t cells = aal5_pdu_len(octets[i]) / CELL_PAYLOAD, n = 0;

		memset(sdu, (int)i + 1, octets[i]);
		aal5_pdu_write(pdu, NULL, 0, sdu, octets[i], AAL5_CRC_STRICT);
		for (size_t k = 0; k < cells; k++) {
			cell_of(frame + n * CELL_LEN, 0, 41, k + 1 == cells ? CELL_PTI_LAST : 0,
				pdu + k * CELL_PAYLOAD);
			if (++n < 192 && k + 1 < cells)
				continue;
			fake_send(&raw, 1, frame, n * CELL_LEN);
			n = 0;
		}
		if (i % 2) /* the loop has room for two of them */
			fake_run(&h, fake_now + 1000);
	}
	for (size_t i = 0; i < sizeof(octets) / sizeof(octets[0]); i++) {
		struct fake_event *e = fake_take(&h, FAKE_FRAME);

		CU_ASSERT_PTR_NOT_NULL_FATAL(e);
		CU_ASSERT_EQUAL_FATAL(e->len, octets[i]);
		CU_ASSERT_TRUE(e->data[0] == i + 1 && e->data[e->len - 1] == i + 1);
		fake_free(e);
	}
	atm_rx_close_both();
}

static void no_memory_to_reassemble(void)
{
	uint8_t cell[CELL_LEN];

	open_both("framing=cells");
	sccrq_cell(cell);
	CU_ASSERT_EQUAL(fake_count(&h, "rx-no-memory"), 0);
	heap_refuse(0);
	atm_rx_feed(cell, sizeof(cell));
	CU_ASSERT_TRUE(heap_refused());
	CU_ASSERT_EQUAL(fake_count(&h, "rx-no-memory"), 1);
	CU_ASSERT_EQUAL(fake_pending(&h, FAKE_FRAME), 0);
	atm_rx_feed(cell, sizeof(cell));
	CU_ASSERT_EQUAL(fake_count(&h, "rx-no-memory"), 1);
	CU_ASSERT_EQUAL(fake_pending(&h, FAKE_FRAME), 1);
	atm_rx_close_both();
}

/* A circuit whose loopback is not answered brings nothing. */
static void nothing_from_a_circuit_that_is_down(void)
{
	uint8_t cell[CELL_LEN];

	fake_open(&h, &atm_transport,
		  (const char *const[]){"link=loop:rx", "@0/40 l2tp", "oam-interval=1000000",
					"oam-misses=1", NULL});
	fake_open(&raw, &raw_transport, (const char *const[]){"link=loop:rx", NULL});
	fake_join(&h, &raw);
	fake_run(&h, fake_now + 10000000);
	CU_ASSERT_EQUAL(fake_pending(&h, FAKE_DOWN), 1);
	CU_ASSERT_EQUAL(fake_count(&h, "rx-down"), 0);
	sccrq_cell(cell);
	atm_rx_feed(cell, sizeof(cell));
	CU_ASSERT_EQUAL(fake_count(&h, "rx-down"), 1);
	CU_ASSERT_EQUAL(fake_pending(&h, FAKE_FRAME), 0);
	atm_rx_close_both();
}

static const struct test_case cases[] = {
	{"more_sdus_than_a_batch", more_sdus_than_a_batch},
	{"sdus_of_a_circuit_go_together", sdus_of_a_circuit_go_together},
	{"long_sdus_in_a_row", long_sdus_in_a_row},
	{"no_memory_to_reassemble", no_memory_to_reassemble},
	{"nothing_from_a_circuit_that_is_down", nothing_from_a_circuit_that_is_down},
	{"one_cell_is_one_frame", one_cell_is_one_frame},
	{"circuits_are_interleaved", circuits_are_interleaved},
	{"two_sdus_of_one_circuit_in_one_frame", two_sdus_of_one_circuit_in_one_frame},
	{"every_drop_has_its_counter", every_drop_has_its_counter},
	{"a_pdu_without_end_times_out", a_pdu_without_end_times_out},
	{"loopback_is_answered_and_alarms_counted", loopback_is_answered_and_alarms_counted},
	{"loopback_on_the_segment", loopback_on_the_segment},
	{"alarms_are_answered_once_a_second", alarms_are_answered_once_a_second},
	{"a_known_header_with_an_error", a_known_header_with_an_error},
	{"marks_of_cells_mark_the_sdu", marks_of_cells_mark_the_sdu},
	{"the_other_encapsulation", the_other_encapsulation},
	{"pdus_and_sdus", pdus_and_sdus},
	{NULL, NULL},
};
const struct test_suite suite_atm_rx = {"atm_rx", cases};
