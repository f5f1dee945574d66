/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Fields of records: texts and channels, as written and as a stranger may have written them. */
#include "gw/record.h"

#include "gw/bind.h"
#include "gw/port.h"
#include "tests/gw/bench.h"
#include "transports/frame-relay/frame_relay.h"
#include "transports/udp/udp.h"

#include <string.h>

#define CONF                                      \
	"udp a { listen = \"192.0.2.1:1701\" }\n" \
	"frame-relay f { link = \"loop:x\"  dlci 100 { carries = l2tp } }\n"

/* --- texts ------------------------------------------------------------------------------------- */

static void texts(void)
{
	char most[RECORD_TEXT_MAX + 2], out[RECORD_TEXT_MAX + 1];
	static const char *const rows[] = {"", "x", "wan 192.0.2.1", "\xc3\xa9"};
	uint8_t rec[600];

	for (unsigned i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct wr w = wr_init(rec, sizeof(rec));
		struct rd r;

		record_text(&w, rows[i]);
		r = rd_init(rec, w.len);
		record_read_text(&r, out, strlen(rows[i]) + 1);
		CU_ASSERT_STRING_EQUAL(out, rows[i]);
		CU_ASSERT_TRUE(!w.bad && !r.bad && !r.left);
		if (!*rows[i])
			continue;
		r = rd_init(rec, w.len); /* no room for its NUL */
		record_read_text(&r, out, strlen(rows[i]));
		CU_ASSERT_TRUE(r.bad && !*out);
	}
	memset(most, 'x', sizeof(most));
	for (unsigned n = RECORD_TEXT_MAX; n <= RECORD_TEXT_MAX + 1; n++) {
		struct wr w = wr_init(rec, sizeof(rec));

		most[n] = '\0';
		record_text(&w, most);
		CU_ASSERT_EQUAL(w.bad, n > RECORD_TEXT_MAX);
		most[n] = 'x';
	}
}

static void no_text_is_an_empty_one(void)
{
	uint8_t rec[4];
	struct wr w = wr_init(rec, sizeof(rec));

	record_text(&w, NULL);
	ASSERT_OCTETS(rec, w.len, "\0", 1);
}

/* What a terminal would take for a command, or that breaks off. */
static void texts_that_nobody_has_written(void)
{
	static const char *const rows[] = {"",	    "01",    "05 61626364", "02 610a",
					   "01 00", "01 7f", "03 1b5b4a"};
	uint8_t rec[16];

	for (unsigned i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		size_t n = test_hex(rec, sizeof(rec), rows[i]);
		struct rd r = rd_init(rec, n);
		char out[8] = "before";

		record_read_text(&r, out, sizeof(out));
		CU_ASSERT_TRUE(r.bad);
		CU_ASSERT_STRING_EQUAL(out, "");
	}
}

/* --- channels ---------------------------------------------------------------------------------- */

static struct ist_addr record_address(const struct ist_transport *t, const char *text)
{
	struct ist_addr a = {0};

	CU_ASSERT_FATAL(!t->addr_parse(&a, text));
	return a;
}

#define UDP_CHANNEL ((l2tp_channel)1 << 32 | 0x51)
#define FR_CHANNEL  ((l2tp_channel)2 << 32 | 0x52)

/* Both channels are up, each to its far end. */
static void record_begin(void)
{
	struct ist_addr udp = record_address(&udp_transport, "192.0.2.9:1701");
	struct ist_addr dlci = record_address(&frame_relay_transport, "100");

	bench_start(CONF);
	fake.peer = (struct ist_addr){0};
	fake_circuit(UDP_CHANNEL, &udp);
	fake_circuit(FR_CHANNEL, &dlci);
}

static size_t record_of(uint8_t *rec, size_t cap, l2tp_channel c)
{
	struct wr w = wr_init(rec, cap);

	CU_ASSERT_TRUE(record_channel(&w, bench.gw, c) && !w.bad);
	return w.len;
}

static const struct rd no_ticket;

static void the_channel_of_before(void)
{
	uint8_t rec[200];
	struct rd r;
	bool waits;

	record_begin();
	r = rd_init(rec, record_of(rec, sizeof(rec), UDP_CHANNEL));
	CU_ASSERT_EQUAL(record_read_channel(&r, bench.gw, IST_PAYLOAD_L2TP, &no_ticket, &waits),
			UDP_CHANNEL);
	CU_ASSERT_TRUE(!waits && !r.bad && !r.left);
	CU_ASSERT_EQUAL(fake_said("connect"), 0);
	fake.permanent = true;
	r = rd_init(rec, record_of(rec, sizeof(rec), FR_CHANNEL));
	CU_ASSERT_EQUAL(record_read_channel(&r, bench.gw, IST_PAYLOAD_L2TP, &no_ticket, &waits),
			FR_CHANNEL);
	CU_ASSERT_FALSE(waits); /* it is up */
	fake.permanent = false;
	bench_stop();
}

/* Octets behind the port's name: channel 8, length of the address 1, address. */
static size_t record_channel_at(const uint8_t *rec)
{
	return 1u + rec[0];
}

/* A new data plane has other channels. */
static void another_data_plane(void)
{
	uint8_t rec[200];
	size_t n, at;
	struct rd r;
	bool waits;

	record_begin();
	n = record_of(rec, sizeof(rec), UDP_CHANNEL);
	at = record_channel_at(rec);
	rec[at + 7]++; /* one of the same port that is there no more */
	r = rd_init(rec, n);
	CU_ASSERT_NOT_EQUAL(record_read_channel(&r, bench.gw, IST_PAYLOAD_L2TP, &no_ticket, &waits),
			    0);
	CU_ASSERT_TRUE(!waits && fake_said("connect") == 1);
	/* it cannot be reached now */
	fake.peer = (struct ist_addr){0};
	fake.connect_refuses = true;
	r = rd_init(rec, n);
	CU_ASSERT_EQUAL(record_read_channel(&r, bench.gw, IST_PAYLOAD_L2TP, &no_ticket, &waits), 0);
	fake.connect_refuses = false;
	/* a permanent circuit that is configured comes by itself */
	fake.permanent = true;
	n = record_of(rec, sizeof(rec), FR_CHANNEL);
	rec[record_channel_at(rec) + 7]++;
	fake.permanent = false;
	r = rd_init(rec, n);
	fake.lines = 0;
	record_read_channel(&r, bench.gw, IST_PAYLOAD_L2TP, &no_ticket, &waits);
	CU_ASSERT_TRUE(waits && fake_said("connect") == 1);
	bench_stop();
}

static void a_port_that_is_not_there(void)
{
	uint8_t rec[200];
	struct wr w = wr_init(rec, sizeof(rec));
	struct rd r;
	size_t n;
	bool waits;

	record_begin();
	n = record_of(rec, sizeof(rec), UDP_CHANNEL);
	bench.gw->port[0].number = -1; /* it has failed */
	r = rd_init(rec, n);
	CU_ASSERT_EQUAL(record_read_channel(&r, bench.gw, IST_PAYLOAD_L2TP, &no_ticket, &waits), 0);
	CU_ASSERT_FALSE(record_channel(&w, bench.gw, UDP_CHANNEL));
	bench.gw->port[0].number = 0;
	rec[1] = 'z'; /* its section is gone */
	r = rd_init(rec, n);
	CU_ASSERT_EQUAL(record_read_channel(&r, bench.gw, IST_PAYLOAD_L2TP, &no_ticket, &waits), 0);
	CU_ASSERT_FALSE(r.bad);
	fake.no_peer = true;
	w = wr_init(rec, sizeof(rec));
	CU_ASSERT_FALSE(record_channel(&w, bench.gw, UDP_CHANNEL));
	fake.no_peer = false;
	bench_stop();
}

static void channels_that_nobody_has_written(void)
{
	uint8_t rec[200], longer[200];
	size_t n, at;
	struct rd r;
	bool waits;

	record_begin();
	n = record_of(rec, sizeof(rec), UDP_CHANNEL);
	for (size_t i = 0; i < n; i++) {
		r = rd_init(rec, i);
		CU_ASSERT_EQUAL(
			record_read_channel(&r, bench.gw, IST_PAYLOAD_L2TP, &no_ticket, &waits), 0);
		CU_ASSERT_TRUE(r.bad);
	}
	/* an address that is longer than there are */
	at = record_channel_at(rec);
	memset(longer, 0, sizeof(longer));
	memcpy(longer, rec, at + 8);
	longer[at + 8] = sizeof(((struct ist_addr *)0)->data) + 1;
	r = rd_init(longer, sizeof(longer));
	CU_ASSERT_EQUAL(record_read_channel(&r, bench.gw, IST_PAYLOAD_L2TP, &no_ticket, &waits), 0);
	CU_ASSERT_TRUE(r.bad);
	bench_stop();
}

/* Its octets are typed: version, length, then a mask for each eight. */
static void a_record_without_its_zeros(void)
{
	static const uint8_t rec[] = {1, 0, 0, 0, 0, 0, 0, 9, 0, 0, 0, 0, 0, 0, 0, 0, 0, 7, 0},
			     folded[] = {0xf0, 0, 19, 0x81, 1, 9, 0, 2, 7};
	uint8_t out[sizeof(rec)], room[sizeof(rec)];
	size_t n = record_fold(out, rec, sizeof(rec));
	struct rd r = record_unfold(folded, sizeof(folded), room, sizeof(room));

	ASSERT_OCTETS(out, n, folded, sizeof(folded));
	ASSERT_OCTETS(r.p, r.left, rec, sizeof(rec));
	/* one that has not been folded is what it is */
	r = record_unfold(rec, sizeof(rec), room, sizeof(room));
	CU_ASSERT_PTR_EQUAL(r.p, rec);
	CU_ASSERT_EQUAL(r.left, sizeof(rec));
	CU_ASSERT_EQUAL(record_fold(out, (const uint8_t *)"12345678", 8), 0);
	CU_ASSERT_EQUAL(record_fold(out, rec, 0), 0);
}

static void folded_records_that_nobody_has_written(void)
{
	static const uint8_t folded[] = {0xf0, 0, 19, 0x81, 1, 9, 0, 2, 7, 0};
	uint8_t room[19];

	for (size_t i = 1; i < sizeof(folded) - 1; i++)
		CU_ASSERT_PTR_NULL(record_unfold(folded, i, room, sizeof(room)).p);
	CU_ASSERT_PTR_NULL(record_unfold(folded, sizeof(folded), room, sizeof(room)).p);
	CU_ASSERT_PTR_NULL(record_unfold(folded, sizeof(folded) - 1, room, 18).p);
}

static const struct test_case cases[] = {
	{"texts", texts},
	{"no_text_is_an_empty_one", no_text_is_an_empty_one},
	{"texts_that_nobody_has_written", texts_that_nobody_has_written},
	{"the_channel_of_before", the_channel_of_before},
	{"another_data_plane", another_data_plane},
	{"a_port_that_is_not_there", a_port_that_is_not_there},
	{"channels_that_nobody_has_written", channels_that_nobody_has_written},
	{"a_record_without_its_zeros", a_record_without_its_zeros},
	{"folded_records_that_nobody_has_written", folded_records_that_nobody_has_written},
	{NULL, NULL},
};
const struct test_suite suite_record = {"record", cases};
