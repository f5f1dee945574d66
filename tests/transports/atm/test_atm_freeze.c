/* SPDX-License-Identifier: GPL-2.0-or-later */
/* ATM ports that go to another process. */
#include "tests/harness.h"
#include "tests/transports/frozen.h"
#include "tests/transports/raw.h"
#include "transports/atm/aal5.h"
#include "transports/atm/atm.h"

#include <stdio.h>
#include <unistd.h>

#define MS 1000u
#define S  1000000u

/* Loopback on one alone: what two circuits do at one instant is in no particular order. */
#define CIRCUITS                                                                              \
	"@0/35 ppp", "encapsulation=vc-mux", "pcr=3000", "oam-interval=1s", "@0/36 l2tp ppp", \
		"@8/48 l2tp", NULL

static const char *const here[] = {"link=loop:atmf", "cells-per-frame=4", CIRCUITS};
static const char *const far[] = {"link=loop:atmf", "impair-delay=2ms", "impair-loss=2",
				  "cells-per-frame=4", CIRCUITS};

static void cells_shapers_and_loopback(void)
{
	struct frozen_run r = {&atm_transport, {here, far}, 500, 400 * MS, 1500, {NULL, NULL}};
	uint64_t seed = test_seed();

	CU_ASSERT(frozen_same(&r, seed));
	r.pause = 5 * MS;
	r.steps = 1500;
	CU_ASSERT(frozen_same(&r, seed + 1));
}

/* Between the cells of a PDU, which come one by one and not always in order. */
static void between_cells(void)
{
	static const char *const one[] = {"link=loop:atmf", "reassembly-timeout=3ms", "@0/35 ppp",
					  "encapsulation=vc-mux", NULL};
	static const char *const by_one[] = {"link=loop:atmf",
					     "impair-delay=1ms",
					     "impair-jitter=300",
					     "impair-loss=5",
					     "@0/35 ppp",
					     "encapsulation=vc-mux",
					     NULL};
	struct frozen_run r = {&atm_transport, {one, by_one}, 1500, 500, 90, {NULL, NULL}};

	CU_ASSERT(frozen_same(&r, test_seed()));
}

static void pdus_and_sdus(void)
{
	static const char *const pdus[] = {"link=loop:atmf", "framing=pdus", CIRCUITS};
	static const char *const far_pdus[] = {"link=loop:atmf", "framing=pdus", "impair-loss=10",
					       CIRCUITS};
	static const char *const sdus[] = {"link=loop:atmf", "framing=sdus", "@0/35 ppp", NULL};
	struct frozen_run r = {&atm_transport, {pdus, far_pdus}, 200, 400 * MS, 1500, {NULL, NULL}};
	uint64_t seed = test_seed();

	CU_ASSERT(frozen_same(&r, seed));
	r.config[0] = r.config[1] = sdus;
	CU_ASSERT(frozen_same(&r, seed));
}

static void open_atm_pair(struct fake_host h[2], const char *const *a, const char *const *b)
{
	fake_open(&h[1], &atm_transport, b);
	fake_open(&h[0], &atm_transport, a);
	fake_join(&h[0], &h[1]);
	fake_run(&h[0], fake_now + 5 * S);
}

/* The cells of one PDU on 0/35, the first of them marked for loss. */
static void put_cells(struct fake_host *raw, const uint8_t *sdu, size_t len, unsigned from,
		      unsigned to)
{
	uint8_t pdu[480], cell[CELL_LEN];
	unsigned n = (unsigned)(aal5_pdu_len(len) / CELL_PAYLOAD);

	aal5_pdu_write(pdu, NULL, 0, sdu, len, AAL5_CRC_STRICT);
	for (unsigned i = from; i < to; i++) {
		const struct cell_hdr h = {
			.vci = 35, .clp = !i, .pti = i + 1 == n ? CELL_PTI_LAST : 0};

		cell_encode(cell, &h, CELL_UNI);
		memcpy(cell + CELL_HDR_LEN, pdu + (size_t)i * CELL_PAYLOAD, CELL_PAYLOAD);
		fake_send(raw, 1, cell, sizeof(cell));
	}
	fake_run(raw, fake_now);
}

static void open_raw(struct fake_host h[2], const char *const *config)
{
	static const char *const raw[] = {"link=loop:atmf", NULL};

	fake_open(&h[1], &raw_transport, raw);
	fake_open(&h[0], &atm_transport, config);
	fake_join(&h[0], &h[1]);
	fake_run(&h[0], fake_now + 3 * S);
	fake_forget(&h[0]);
}

/* Half a PDU is kept, with its marks and its time; one that is too long stays lost to its end. */
static void half_a_pdu(void)
{
	static const char *const config[] = {"link=loop:atmf", "reassembly-timeout=5s",
					     "@0/35 ppp",      "encapsulation=vc-mux",
					     "sdu-max=200",    NULL};
	static const char *const small[] = {"link=loop:atmf", "@0/35 ppp", "encapsulation=vc-mux",
					    "sdu-max=48", NULL};
	static const uint8_t sdu[300] = {0xc0, 0x21, 1};
	struct fake_frozen f;
	struct fake_host h[2];
	char err[200] = "";
	struct fake_event *e;

	open_raw(h, config);
	put_cells(&h[1], sdu, 150, 0, 2);
	fake_hand_over(&h[0], config);
	put_cells(&h[1], sdu, 150, 2, 4);
	e = fake_take(&h[0], FAKE_FRAME);
	CU_ASSERT_PTR_NOT_NULL_FATAL(e);
	ASSERT_OCTETS(e->data, e->len, sdu, 150);
	CU_ASSERT_EQUAL(e->flags, IST_FRAME_DISCARD);
	fake_free(e);
	put_cells(&h[1], sdu, 150, 0, 2); /* its last cells do not come */
	fake_hand_over(&h[0], config);
	fake_run(&h[0], fake_now + 6 * S);
	CU_ASSERT_EQUAL(fake_count(&h[0], "aal5-timeout"), 1);
	put_cells(&h[1], sdu, 300, 0, 6);
	fake_hand_over(&h[0], config);
	put_cells(&h[1], sdu, 300, 6, 7);
	CU_ASSERT_EQUAL(fake_count(&h[0], "aal5-oversize"), 1);
	put_cells(&h[1], sdu, 150, 0, 3);
	fake_freeze(&h[0], &f);
	CU_ASSERT_EQUAL(fake_thaw(&h[0], &f, small, err, sizeof(err)), 0);
	fake_frozen_free(&f);
	put_cells(&h[1], sdu, 150, 3, 4);
	CU_ASSERT_EQUAL(fake_count(&h[0], "aal5-oversize"), 2);
	CU_ASSERT_EQUAL(fake_pending(&h[0], FAKE_FRAME), 0);
	fake_close(&h[0]);
	fake_close(&h[1]);
}

/* A full queue: `writable` comes from the next process. */
static void a_full_shaper(void)
{
	static const char *const slow[] = {"link=loop:atmf", "@0/35 ppp", "pcr=100", NULL};
	struct fake_host h[2];
	ist_channel c;

	open_atm_pair(h, slow, slow);
	c = fake_channel(&h[0], FAKE_UP);
	while (fake_send(&h[0], c, "full", 4) == 1)
		;
	fake_hand_over(&h[0], slow);
	fake_run(&h[0], fake_now + S);
	CU_ASSERT_EQUAL(fake_channel(&h[0], FAKE_WRITABLE), c);
	fake_close(&h[0]);
	fake_close(&h[1]);
}

/* Other settings: a circuit less, one that takes smaller SDUs, one that is not shaped any more. */
static void other_settings_of_atm(void)
{
	static const char *const slow[] = {"link=loop:atmf", "@0/35 ppp", "pcr=100", "@0/36 ppp",
					   NULL};
	static const char *const fast[] = {"link=loop:atmf", "@0/35 ppp", "sdu-max=100", NULL};
	static uint8_t sdu[1000];
	struct fake_frozen f;
	struct fake_host h[2];
	char err[200] = "";
	ist_channel c;

	open_atm_pair(h, slow, slow);
	c = fake_channel(&h[0], FAKE_UP);
	fake_forget(&h[0]);
	fake_forget(&h[1]);
	for (unsigned i = 0; i < 5; i++)
		CU_ASSERT_EQUAL(fake_send(&h[0], c, sdu, sizeof(sdu)), 1);
	fake_run(&h[0], fake_now);
	CU_ASSERT_EQUAL(fake_pending(&h[1], FAKE_FRAME), 1);
	fake_freeze(&h[0], &f);
	CU_ASSERT_EQUAL(fake_thaw(&h[0], &f, fast, err, sizeof(err)), 0);
	fake_frozen_free(&f);
	fake_run(&h[0], fake_now + 10 * MS);
	CU_ASSERT_EQUAL(fake_pending(&h[0], FAKE_UP), 1);
	CU_ASSERT_EQUAL(fake_pending(&h[1], FAKE_FRAME), 5); /* what waited, at once */
	fake_close(&h[0]);
	fake_close(&h[1]);
}

static void hostile_octets_of_atm(void)
{
	struct fake_host h[2];
	static uint8_t sdu[1000];
	ist_channel c;

	open_atm_pair(h, here, here);
	c = fake_channel(&h[0], FAKE_UP);
	fake_forget(&h[0]);
	for (unsigned i = 0; i < 5; i++)
		CU_ASSERT_EQUAL(fake_send(&h[0], c, sdu, sizeof(sdu)), 1);
	frozen_hostile(&h[0], here, test_seed());
	fake_close(&h[1]);
}

static void open_tcp_pair(struct fake_host h[2], char listen[60], char dial[60],
			  const char *const *server, const char *const *client)
{
	unsigned port = 20000 + (unsigned)getpid() % 30000;

	snprintf(listen, 60, "link=atmtcp-listen:127.0.0.1:%u", port);
	snprintf(dial, 60, "link=atmtcp:127.0.0.1:%u", port);
	open_atm_pair(h, client, server);
	CU_ASSERT_FATAL(fake_wait(&h[0], FAKE_UP, 1) && fake_wait(&h[1], FAKE_UP, 1));
}

/* The connection goes along in the middle of a record, and neither end sees it end. */
static void over_atmtcp(void)
{
	static char listen[60], dial[60];
	const char *const server[] = {listen, "framing=sdus", "@0/35 l2tp ppp", NULL};
	const char *const client[] = {dial, "framing=sdus", "@0/35 l2tp ppp", NULL};
	struct fake_host h[2];
	uint64_t seed = test_seed();
	uint8_t sdu[3000] = {0};
	ist_channel c[2];

	open_tcp_pair(h, listen, dial, server, client);
	for (unsigned i = 0; i < 2; i++) {
		c[i] = fake_channel(&h[i], FAKE_UP);
		fake_forget(&h[i]);
	}
	for (unsigned n = 0; n < 200; n++) {
		unsigned from = n % 2, which;
		size_t len = 1 + test_rand(&seed) % sizeof(sdu);
		struct fake_event *e;

		sdu[0] = (uint8_t)n;
		CU_ASSERT_EQUAL(fake_send(&h[from], c[from], sdu, len), 1);
		which = test_rand(&seed) % 2;
		fake_hand_over(&h[which], which ? server : client);
		CU_ASSERT_FATAL(fake_wait(&h[!from], FAKE_FRAME, 1));
		e = fake_take(&h[!from], FAKE_FRAME);
		ASSERT_OCTETS(e->data, e->len, sdu, len);
		fake_free(e);
	}
	CU_ASSERT_EQUAL(fake_pending(&h[0], FAKE_DOWN) + fake_pending(&h[1], FAKE_DOWN), 0);
	fake_close(&h[0]);
	fake_close(&h[1]);
}

/* TCP is full, and the next process has the rest of a record to send. */
static void a_full_connection(void)
{
	static char listen[60], dial[60];
	const char *const server[] = {listen, "framing=sdus", "@0/35 ppp", NULL};
	const char *const client[] = {dial, "framing=sdus", "@0/35 ppp", NULL};
	static uint8_t sdu[9000];
	struct fake_host h[2];
	unsigned got = 0;
	struct fake_event *e;
	ist_channel c;

	open_tcp_pair(h, listen, dial, server, client);
	c = fake_channel(&h[0], FAKE_UP);
	fake_leave(&h[1]); /* it does not read */
	for (unsigned i = 0; i < 3000 || !fake_count(&h[0], "link-tx-full"); i++)
		CU_ASSERT_EQUAL(fake_send(&h[0], c, sdu, sizeof(sdu)), 1);
	fake_hand_over(&h[0], client);
	fake_join(&h[0], &h[1]);
	for (unsigned i = 0; i < 50; i++)
		fake_run(&h[0], fake_now + S);
	while ((e = fake_take(&h[1], FAKE_FRAME))) {
		got += e->len == sizeof(sdu);
		fake_free(e);
	}
	CU_ASSERT(got > 10);
	CU_ASSERT_EQUAL(fake_send(&h[0], c, "last", 4), 1);
	CU_ASSERT(fake_wait(&h[1], FAKE_FRAME, 1));
	CU_ASSERT_EQUAL(fake_count(&h[1], "link-rx-bad") + fake_count(&h[1], "link-down"), 0);
	fake_close(&h[0]);
	fake_close(&h[1]);
}

static const struct test_case cases[] = {
	{"cells_shapers_and_loopback", cells_shapers_and_loopback},
	{"between_cells", between_cells},
	{"pdus_and_sdus", pdus_and_sdus},
	{"other_settings_of_atm", other_settings_of_atm},
	{"hostile_octets_of_atm", hostile_octets_of_atm},
	{"half_a_pdu", half_a_pdu},
	{"a_full_shaper", a_full_shaper},
	{"over_atmtcp", over_atmtcp},
	{"a_full_connection", a_full_connection},
	{NULL, NULL},
};
const struct test_suite suite_atm_freeze = {"atm_freeze", cases};
