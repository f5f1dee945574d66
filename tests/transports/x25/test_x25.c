/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/transports/x25/x25_end.h"

#include <string.h>

/* As seen on the wire with a Linux kernel: 700 octets as 256+256+188 with the M bit. */
static void conversation_with_a_kernel(void)
{
	struct end *e = ready(true);
	uint8_t pkt[3 + 256] = {0x10, 0x01};

	rx(e, "10010b 44 5555 1111 06 420808 430707 80 00005e0007", 1);
	CU_ASSERT_EQUAL(last(e)->kind, X25_INCOMING);
	CU_ASSERT_TRUE(x25_accept(&e->x, 1, 1));
	expect(e, "10010f 00 06 420808 430707");
	pkt[2] = 0x10;
	x25_rx(&e->x, pkt, 259, 2);
	pkt[2] = 0x12;
	x25_rx(&e->x, pkt, 259, 2);
	CU_ASSERT_EQUAL(e->sdus, 0);
	pkt[2] = 0x04;
	x25_rx(&e->x, pkt, 3 + 188, 2);
	x25_settle(&e->x);
	CU_ASSERT_EQUAL(e->sdus, 1);
	CU_ASSERT_EQUAL(e->sdu_len, 700);
	expect(e, "100161"); /* RR P(R) 3 */
	rx(e, "1001130000", 3);
	expect(e, "100117");
	CU_ASSERT_EQUAL(last(e)->kind, X25_CLEARED);
	CU_ASSERT_EQUAL(x25_state(&e->x, 1), X25_P1_READY);
	drop(e);
}

static void a_dte_calls_from_the_top(void)
{
	struct end *e = ready(false);
	struct x25_vc_info i;

	CU_ASSERT_EQUAL(x25_call(&e->x, "311", "42", "", "\xcf", 1, 0), 16);
	expect(e, "10100b 23 311420 06 420a0a 430707 cf");
	drop(e);
	e = ready(false);
	CU_ASSERT_EQUAL(x25_call(&e->x, "5555", "1111", "", "\xcf", 1, 0), 16);
	expect(e, "10100b 44 55551111 06 420a0a 430707 cf");
	CU_ASSERT_EQUAL(x25_state(&e->x, 16), X25_P_WE_CALL);
	rx(e, "10100f 00 06 420708 430203", 1);
	CU_ASSERT_EQUAL(last(e)->kind, X25_CONNECTED);
	CU_ASSERT_TRUE(x25_info(&e->x, 16, &i));
	CU_ASSERT_EQUAL(i.size_in, 128);
	CU_ASSERT_EQUAL(i.size_out, 256);
	CU_ASSERT_EQUAL(i.window_in, 2);
	CU_ASSERT_EQUAL(i.window_out, 3);
	drop(e);
}

static void bad_numbers_and_no_channel_refuse_the_call(void)
{
	struct end *e = ready(true);

	CU_ASSERT_EQUAL(x25_call(&e->x, "", "", "", NULL, 0, 0), 0);
	CU_ASSERT_EQUAL(x25_call(&e->x, "12a", "", "", NULL, 0, 0), 0);
	CU_ASSERT_EQUAL(x25_call(&e->x, "1234567890123456", "", "", NULL, 0, 0), 0);
	for (uint16_t i = 1; i <= 16; i++)
		CU_ASSERT_EQUAL(x25_call(&e->x, "1", "", "", NULL, 0, 0), i);
	CU_ASSERT_EQUAL(x25_call(&e->x, "1", "", "", NULL, 0, 0), 0);
	drop(e);
}

/* X.25 4.1.6 */
static void call_collision_is_the_dtes(void)
{
	struct end *dte = ready(false), *dce = ready(true);

	CU_ASSERT_EQUAL(x25_call(&dte->x, "1", "", "", NULL, 0, 0), 16);
	dte->sent.outs = 0;
	rx(dte, "10100b 00 00", 0);
	CU_ASSERT_EQUAL(x25_state(&dte->x, 16), X25_P_WE_CALL);
	CU_ASSERT_EQUAL(dte->sent.outs, 0);

	CU_ASSERT_EQUAL(x25_call(&dce->x, "1", "", "", NULL, 0, 0), 1);
	dce->sent.outs = 0;
	rx(dce, "10010b 00 00", 0);
	CU_ASSERT_EQUAL(x25_state(&dce->x, 1), X25_P_THEY_CALL);
	CU_ASSERT_EQUAL(dce->reports[0].kind, X25_CLEARED);
	CU_ASSERT_EQUAL(dce->reports[0].diag, X25_DIAG_COLLISION);
	CU_ASSERT_EQUAL(last(dce)->kind, X25_INCOMING);
	drop(dte);
	drop(dce);
}

static void restart_loses_every_circuit_and_is_confirmed(void)
{
	struct end *e = in_call(true);

	rx(e, "1000fb0000", 1);
	expect(e, "1000ff");
	CU_ASSERT_EQUAL(e->reports[0].kind, X25_CLEARED);
	CU_ASSERT_EQUAL(last(e)->kind, X25_READY);
	CU_ASSERT_EQUAL(x25_state(&e->x, 1), X25_P1_READY);
	rx(e, "1000ff", 2); /* not asked for: diagnostic 17 */
	expect(e, "1000fb0111");
	rx(e, "100100 41", 3); /* while restarting everything is discarded */
	CU_ASSERT_EQUAL(e->x.count[X25_C_DISCARDED], 1);
	rx(e, "1000fb0000", 4); /* collision counts as confirmation */
	CU_ASSERT_EQUAL(e->sent.outs, 0);
	CU_ASSERT_EQUAL(last(e)->kind, X25_READY);
	drop(e);
}

static void sdu_is_cut_by_packet_size_and_window(void)
{
	struct end *e = in_call(true);
	uint8_t data[300];

	for (int i = 0; i < 300; i++)
		data[i] = (uint8_t)i;
	CU_ASSERT_TRUE(x25_send(&e->x, 1, data, 10, data + 10, 290, 0));
	CU_ASSERT_EQUAL(e->sent.outs, 2); /* the window */
	CU_ASSERT_EQUAL(e->sent.out[0][2], 0x10);
	CU_ASSERT_EQUAL(e->sent.out_len[0], 131);
	CU_ASSERT_EQUAL(e->sent.out[1][2], 0x12);
	CU_ASSERT_FALSE(x25_send(&e->x, 1, NULL, 0, data, 1, 0));
	e->sent.outs = 0;
	rx(e, "100121", 1); /* RR 1 */
	CU_ASSERT_EQUAL(e->sent.outs, 1);
	CU_ASSERT_EQUAL(e->sent.out[0][2], 0x04); /* the last, without M */
	CU_ASSERT_EQUAL(e->sent.out_len[0], 3 + 44);
	ASSERT_OCTETS(e->sent.out[0] + 3, 44, data + 256, 44);
	CU_ASSERT_EQUAL(last(e)->kind, X25_WRITABLE);
	CU_ASSERT_FALSE(x25_send(&e->x, 1, NULL, 0, data, 1615, 0)); /* over sdu_max */
	drop(e);
}

static void not_ready_stops_and_ready_starts(void)
{
	struct end *e = in_call(true);

	rx(e, "100105", 0);
	CU_ASSERT_TRUE(x25_send(&e->x, 1, NULL, 0, "abc", 3, 0));
	CU_ASSERT_EQUAL(e->sent.outs, 0);
	rx(e, "100101", 0);
	expect(e, "100100 616263");
	drop(e);
}

static void wrong_counters_reset(void)
{
	static const struct {
		const char *in, *out;
	} rows[] = {
		{"100102 41", "10011b0501"}, /* P(S) 1 first */
		{"100121", "10011b0502"},    /* P(R) 1, nothing sent */
		{"100120 41", "10011b0502"},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct end *e = in_call(true);

		rx(e, rows[i].in, 0);
		expect(e, rows[i].out);
		rx(e, "10011f", 1);
		CU_ASSERT_EQUAL(last(e)->kind, X25_RESET_DONE);
		rx(e, "100100 41", 2); /* counters start at 0 again */
		CU_ASSERT_EQUAL(e->sdus, 1);
		drop(e);
	}
}

static void too_long_packet_or_sdu_resets(void)
{
	struct end *e = in_call(true);
	uint8_t pkt[3 + 129] = {0x10, 0x01, 0x00};
	uint8_t vr = 0;

	x25_rx(&e->x, pkt, sizeof(pkt), 0);
	expect(e, "10011b0527");
	drop(e);
	e = in_call(true);
	for (int i = 0; i < 13; i++) { /* 13 * 128 > 1614 */
		pkt[2] = (uint8_t)(0x10 | vr << 1);
		vr = (vr + 1) % 8;
		x25_rx(&e->x, pkt, 3 + 128, 0);
	}
	CU_ASSERT_EQUAL(e->x.count[X25_C_SDU_LONG], 1);
	CU_ASSERT_EQUAL(e->sent.out[e->sent.outs - 1][2], 0x1b);
	CU_ASSERT_EQUAL(e->sdus, 0);
	drop(e);
}

static void a_shut_window_resets_after_t25(void)
{
	struct end *e = in_call(false);

	CU_ASSERT_TRUE(x25_send(&e->x, 1, NULL, 0, "a", 1, 0));
	e->sent.outs = 0;
	CU_ASSERT_EQUAL(x25_deadline(&e->x), 200 * S);
	x25_expire(&e->x, 200 * S);
	expect(e, "10011b0030");
	drop(e);
}

static void a_pvc_is_up_after_the_restart_and_has_no_calls(void)
{
	struct x25_config c;
	struct end *e;

	x25_config_default(&c, true);
	c.pvc = 2;
	c.lci_low = 3;
	c.lci_high = 8;
	e = make(&c);
	x25_up(&e->x, 0);
	rx(e, "1000ff", 0);
	e->sent.outs = 0;
	CU_ASSERT_EQUAL(x25_state(&e->x, 2), X25_P4_DATA);
	CU_ASSERT_TRUE(x25_send(&e->x, 2, NULL, 0, "a", 1, 0));
	expect(e, "100200 61");
	rx(e, "10020b 00 00", 0);
	expect(e, "10021b0523"); /* diagnostic 35 */
	x25_clear(&e->x, 2, 0, 0, 0);
	CU_ASSERT_EQUAL(e->sent.outs, 0);
	drop(e);
}

static void permanent_circuits_are_reset_until_it_works(void)
{
	struct x25_config c;
	struct end *e;

	x25_config_default(&c, false);
	c.pvc = 1;
	c.lci_low = 2;
	c.lci_high = 8;
	e = make(&c);
	x25_up(&e->x, 0);
	rx(e, "1000ff", 0);
	e->sent.outs = 0;
	x25_reset(&e->x, 1, 0, 0, 0);
	expect(e, "10011b0000");
	for (unsigned i = 1; i < 5; i++) {
		x25_expire(&e->x, i * 180 * S);
		expect(e, "10011b0033"); /* diagnostic 51: timer of a Reset */
	}
	rx(e, "10011f", 900 * S);
	CU_ASSERT_EQUAL(last(e)->kind, X25_RESET_DONE);
	CU_ASSERT_TRUE(x25_send(&e->x, 1, NULL, 0, "a", 1, 900 * S));
	drop(e);
}

/* A Restart ends the Reset of a permanent circuit: its timer must not send another later, when that
 * of a call runs out. */
static void a_restart_ends_the_timer_of_a_reset(void)
{
	struct x25_config c;
	struct end *e;

	x25_config_default(&c, true);
	c.pvc = 1;
	c.lci_low = 2;
	c.lci_high = 8;
	e = started(&c);
	x25_reset(&e->x, 1, 0, 0, 0);
	rx(e, "1000fb0000", 1);
	CU_ASSERT_EQUAL(x25_deadline(&e->x), UINT64_MAX);
	CU_ASSERT_EQUAL(x25_call(&e->x, "1", "", "", NULL, 0, 1), 2);
	e->sent.outs = 0;
	x25_expire(&e->x, 180 * S + 1);
	expect(e, "1002131331");
	CU_ASSERT_EQUAL(e->sent.outs, 0);
	drop(e);
}

static void nothing_is_sent_while_a_restart_is_out(void)
{
	struct x25_config c;
	struct end *e;

	x25_config_default(&c, false);
	c.pvc = 1;
	c.lci_low = 2;
	c.lci_high = 8;
	e = make(&c);
	x25_up(&e->x, 0);
	rx(e, "1000ff", 0);
	rx(e, "1000ff", 0); /* out of place: the interface starts over */
	e->sent.outs = e->n_reports = 0;
	CU_ASSERT_FALSE(x25_send(&e->x, 1, NULL, 0, "a", 1, 0));
	CU_ASSERT_EQUAL(e->sent.outs, 0);
	rx(e, "1000ff", 0);
	CU_ASSERT_EQUAL(last(e)->kind, X25_WRITABLE);
	drop(e);
}

/* Channels 1-2 are for calls of the DCE, 3-4 for both, 5-6 for calls of the DTE (X.25 annex A). */
static void one_way_channels(void)
{
	struct x25_config c;

	for (int dce = 0; dce < 2; dce++) {
		struct end *e;

		x25_config_default(&c, dce);
		c.lci_low = 1;
		c.lci_high = 6;
		c.two_way_low = 3;
		c.two_way_high = 4;
		c.ask = (struct x25_facilities){.given = X25_FAC_CUG, .cug = {0x03, 0x42}};
		c.flow_facilities = false;
		e = make(&c);
		x25_up(&e->x, 0);
		rx(e, "1000ff", 0);
		e->sent.outs = 0;
		for (unsigned i = 0; i < 4; i++)
			CU_ASSERT_EQUAL(x25_call(&e->x, "12", "", "", "\xcf", 1, 0),
					dce ? 1 + i : 6 - i);
		CU_ASSERT_EQUAL(x25_call(&e->x, "12", "", "", "\xcf", 1, 0), 0);
		expect(e, dce ? "10010b 02 12 02 0342 cf" : "10060b 02 12 02 0342 cf");
		e->sent.outs = 0;
		rx(e, dce ? "10060b 00 00" : "10010b 00 00", 0);
		CU_ASSERT_EQUAL(last(e)->kind, X25_INCOMING);
		CU_ASSERT_EQUAL(e->sent.outs, 0);
		drop(e);

		e = make(&c);
		x25_up(&e->x, 0);
		rx(e, "1000ff", 0);
		e->sent.outs = e->n_reports = 0;
		rx(e, dce ? "10010b 00 00" : "10060b 00 00", 0);
		expect(e, dce ? "1001131322" : "1006130022"); /* diagnostic 34 */
		CU_ASSERT_EQUAL(e->n_reports, 0);
		drop(e);
	}
}

/* A Call with the Q bit, on a free channel and on one in use. */
static void a_qualified_call_is_no_call(void)
{
	struct end *e = ready(true);

	rx(e, "90010b 00 00", 0);
	CU_ASSERT_EQUAL(e->n_reports, 0);
	expect(e, "1001131328"); /* diagnostic 40 */
	drop(e);
	e = in_call(true);
	e->sent.outs = 0;
	rx(e, "90010b 00 00", 0);
	expect(e, "1000f128 90010b");
	CU_ASSERT_EQUAL(x25_state(&e->x, 1), X25_P4_DATA);
	drop(e);
}

static void interrupts_are_confirmed_and_q_is_told_apart(void)
{
	struct end *e = in_call(true);

	rx(e, "10012355", 0);
	expect(e, "100127");
	CU_ASSERT_EQUAL(e->x.count[X25_C_INTERRUPTS], 1);
	rx(e, "900100 02", 0);
	CU_ASSERT_EQUAL(last(e)->kind, X25_SDU_Q);
	drop(e);
}

/* What no call negotiated is set, and read back; a channel in p1 has nothing. */
static void sizes_and_windows_are_set(void)
{
	struct end *e = in_call(true);
	struct x25_vc_info i = {0};

	x25_set_flow(&e->x, 1, 5, 6, 3, 4);
	CU_ASSERT_TRUE(x25_info(&e->x, 1, &i));
	CU_ASSERT_TRUE(i.size_in == 32 && i.size_out == 64);
	CU_ASSERT_TRUE(i.window_in == 3 && i.window_out == 4);
	CU_ASSERT_TRUE(i.d1);
	x25_reset(&e->x, 1, 0, 0, 0);
	CU_ASSERT_TRUE(x25_info(&e->x, 1, &i));
	CU_ASSERT_FALSE(i.d1);
	for (uint16_t lci = 2; lci < 20; lci++) { /* free, and beyond the last */
		x25_set_flow(&e->x, lci, 5, 6, 3, 4);
		CU_ASSERT_FALSE(x25_info(&e->x, lci, &i));
		CU_ASSERT_EQUAL(x25_state(&e->x, lci), X25_P1_READY);
	}
	drop(e);
}

/* --- two ends --------------------------------------------------------------------------------- */

static void x25_arrive(void *far, const uint8_t *pkt, size_t len)
{
	struct end *e = far;

	x25_rx(&e->x, pkt, len, 0);
	x25_settle(&e->x);
}

static void x25_settle_both(struct end *a, struct end *b)
{
	while (recorder_carry(&a->sent, b, x25_arrive) + recorder_carry(&b->sent, a, x25_arrive))
		;
}

static void all_sizes_both_ways(bool extended)
{
	struct x25_config c;
	struct end *a, *b;
	uint8_t data[1614];
	uint64_t seed = test_seed();

	x25_config_default(&c, false);
	c.extended = extended;
	c.lci_high = 4;
	a = make(&c);
	c.dce = true;
	b = make(&c);
	x25_up(&a->x, 0);
	x25_up(&b->x, 0);
	x25_settle_both(a, b);
	CU_ASSERT_EQUAL(x25_call(&a->x, "1", "2", "", "\xcf", 1, 0), 4);
	x25_settle_both(a, b);
	CU_ASSERT_TRUE(x25_accept(&b->x, 4, 0));
	x25_settle_both(a, b);
	for (size_t len = 1; len <= sizeof(data); len++) {
		struct end *from = len & 1 ? a : b, *to = len & 1 ? b : a;

		for (size_t i = 0; i < len; i++)
			data[i] = (uint8_t)test_rand(&seed);
		CU_ASSERT_TRUE_FATAL(
			x25_send(&from->x, 4, data, len / 3, data + len / 3, len - len / 3, 0));
		x25_settle_both(a, b);
		CU_ASSERT_EQUAL_FATAL(to->sdu_len, len);
		CU_ASSERT_EQUAL_FATAL(memcmp(to->sdu, data, len), 0);
	}
	CU_ASSERT_EQUAL(a->sdus + b->sdus, 1614);
	CU_ASSERT_EQUAL(a->x.count[X25_C_RESETS_TX] + b->x.count[X25_C_RESETS_TX], 0);
	drop(a);
	drop(b);
}

static void all_sizes_modulo_8(void)
{
	all_sizes_both_ways(false);
}

static void all_sizes_modulo_128(void)
{
	all_sizes_both_ways(true);
}

/* Random packets at a live interface: no crash, no leak, bounded answers. */
static void hostile_packets(void)
{
	uint64_t seed = test_seed();
	struct end *e = in_call(true);

	for (int i = 0; i < 200000; i++) {
		static const uint8_t types[] = {0x0b, 0x0f, 0x13, 0x17, 0x00, 0x01, 0x05, 0x09,
						0x23, 0x27, 0x1b, 0x1f, 0xfb, 0xff, 0xf1, 0x53};
		uint8_t buf[40];
		size_t n = test_rand(&seed) % sizeof(buf);

		for (size_t j = 0; j < n; j++)
			buf[j] = (uint8_t)test_rand(&seed);
		buf[0] = 0x10;
		buf[1] = (uint8_t)(test_rand(&seed) % 20);
		buf[2] = types[test_rand(&seed) % sizeof(types)];
		e->sent.outs = e->n_reports = 0;
		x25_rx(&e->x, buf, n, (uint64_t)i);
		CU_ASSERT_FATAL(e->sent.outs <= 20);
		if (test_rand(&seed) % 4 == 0)
			x25_accept(&e->x, (uint16_t)(test_rand(&seed) % 20), (uint64_t)i);
	}
	CU_ASSERT_TRUE(e->x.used <= 16);
	drop(e);
}

/* Whatever comes: no interrupts, no Q, no D; and no RNR, so that nothing can hang on one. */
static void what_is_never_sent(void)
{
	uint64_t seed = test_seed();
	struct end *e = in_call(true);

	for (int i = 0; i < 50000; i++) {
		static const uint8_t types[] = {0x0b, 0x0f, 0x13, 0x00, 0x10, 0x01, 0x05,
						0x23, 0x27, 0x1b, 0x1f, 0xfb, 0xff};
		uint8_t buf[40] = {0};
		size_t n = 3 + test_rand(&seed) % 37;

		buf[0] = (uint8_t)(0x10 | (test_rand(&seed) % 4) << 6);
		buf[1] = (uint8_t)(test_rand(&seed) % 8);
		buf[2] = types[test_rand(&seed) % sizeof(types)];
		e->sent.outs = e->n_reports = 0;
		x25_rx(&e->x, buf, n, (uint64_t)i);
		x25_accept(&e->x, buf[1], (uint64_t)i);
		x25_send(&e->x, buf[1], buf, 3, buf, 30, (uint64_t)i);
		for (unsigned j = 0; j < e->sent.outs; j++) {
			struct x25_pkt p;

			CU_ASSERT_EQUAL_FATAL(
				x25_decode(&p, e->sent.out[j], e->sent.out_len[j], false), 0);
			CU_ASSERT_FALSE_FATAL(p.q || p.d);
			CU_ASSERT_FATAL(p.type != X25_INTERRUPT && p.type != X25_RNR &&
					p.type != X25_REJ && p.type != X25_REGISTRATION);
		}
	}
	drop(e);
}

static const struct test_case cases[] = {
	{"rfc1356_3_13_what_is_never_sent", what_is_never_sent},
	{"conversation_with_a_kernel", conversation_with_a_kernel},
	{"a_dte_calls_from_the_top", a_dte_calls_from_the_top},
	{"bad_numbers_and_no_channel_refuse_the_call", bad_numbers_and_no_channel_refuse_the_call},
	{"call_collision_is_the_dtes", call_collision_is_the_dtes},
	{"restart_loses_every_circuit_and_is_confirmed",
	 restart_loses_every_circuit_and_is_confirmed},
	{"sdu_is_cut_by_packet_size_and_window", sdu_is_cut_by_packet_size_and_window},
	{"not_ready_stops_and_ready_starts", not_ready_stops_and_ready_starts},
	{"wrong_counters_reset", wrong_counters_reset},
	{"too_long_packet_or_sdu_resets", too_long_packet_or_sdu_resets},
	{"a_shut_window_resets_after_t25", a_shut_window_resets_after_t25},
	{"a_pvc_is_up_after_the_restart_and_has_no_calls",
	 a_pvc_is_up_after_the_restart_and_has_no_calls},
	{"permanent_circuits_are_reset_until_it_works",
	 permanent_circuits_are_reset_until_it_works},
	{"a_restart_ends_the_timer_of_a_reset", a_restart_ends_the_timer_of_a_reset},
	{"nothing_is_sent_while_a_restart_is_out", nothing_is_sent_while_a_restart_is_out},
	{"one_way_channels", one_way_channels},
	{"a_qualified_call_is_no_call", a_qualified_call_is_no_call},
	{"interrupts_are_confirmed_and_q_is_told_apart",
	 interrupts_are_confirmed_and_q_is_told_apart},
	{"sizes_and_windows_are_set", sizes_and_windows_are_set},
	{"all_sizes_modulo_8", all_sizes_modulo_8},
	{"all_sizes_modulo_128", all_sizes_modulo_128},
	{"hostile_packets", hostile_packets},
	{NULL, NULL},
};
const struct test_suite suite_x25 = {"x25", cases};
