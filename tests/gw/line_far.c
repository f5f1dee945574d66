/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/gw/line_far.h"

#include "gw/bind.h"

#include <string.h>

struct line_far line_far;

static void line_send_off(bool to_gw, const uint8_t *frame, size_t len)
{
	unsigned at = line_far.tail++ % 64;

	CU_ASSERT_FATAL(line_far.tail - line_far.head <= 64 && len <= sizeof(line_far.queue[0]));
	memcpy(line_far.queue[at], frame, len);
	line_far.len[at] = len;
	line_far.to_gw[at] = to_gw;
}

static void line_far_tx(void *ctx, const uint8_t *frame, size_t len)
{
	(void)ctx;
	line_send_off(true, frame, len);
}

void line_from_gw(uint16_t tid, uint16_t sid, const uint8_t *frame, size_t len)
{
	CU_ASSERT_EQUAL(tid, 0);
	CU_ASSERT_PTR_NOT_NULL(fake_entry(0, sid));
	line_send_off(false, frame, len);
}

static void line_far_event(void *ctx, const struct ppp_event *ev)
{
	(void)ctx;
	if (ev->kind == PPP_EV_AUTH_OK && line_far.give.local4)
		ppp_start_network(line_far.ppp, &line_far.give, ev->now);
	if (ev->kind == PPP_EV_IP4_UP)
		line_far.got = *ev->addr;
	line_far.ip4 |= ev->kind == PPP_EV_IP4_UP;
	line_far.ip6 |= ev->kind == PPP_EV_IP6_UP;
	line_far.down |= ev->kind == PPP_EV_DOWN;
}

static void line_far_random(void *ctx, void *buf, size_t len)
{
	static uint64_t seed = 77;

	(void)ctx;
	for (uint8_t *p = buf; len--; p++)
		*p = (uint8_t)test_rand(&seed);
}

static const struct ppp_ops line_far_ops = {line_far_tx, line_far_event, line_far_random, NULL,
					    NULL};

/* As the data plane: by the line's entry where there is one. */
static void line_to_gw(const uint8_t *frame, size_t len)
{
	const struct dp_call *e = fake.calls ? &fake.call[0] : NULL;

	if (e && !e->tid)
		bind_dp_ops.ppp(bench.gw, 0, e->sid, frame, len, clock_us);
	else
		bind_dp_ops.line(bench.gw, LINE_CHANNEL, frame, len, clock_us);
}

void line_pump(uint64_t us)
{
	uint64_t until = clock_us + us;

	do {
		for (; line_far.head != line_far.tail; line_far.head++) {
			unsigned at = line_far.head % 64;

			if (line_far.to_gw[at])
				line_to_gw(line_far.queue[at], line_far.len[at]);
			else if (line_far.ppp)
				ppp_rx(line_far.ppp, line_far.queue[at], line_far.len[at],
				       clock_us);
		}
		bench_pass(us ? 100000 : 0);
		if (line_far.ppp)
			ppp_expire(line_far.ppp, clock_us);
	} while (clock_us < until || line_far.head != line_far.tail);
}

void line_dial_in(void)
{
	struct ppp_config cfg;

	ppp_config_default(&cfg);
	cfg.server = false;
	cfg.n_auth = 1;
	cfg.auth[0] = PPP_AUTH_CHAP_MD5;
	strcpy(cfg.name, "ann");
	strcpy(cfg.secret, "a password");
	line_far.ip4 = line_far.ip6 = line_far.down = false;
	line_far.ppp = ppp_new(&cfg, &line_far_ops, NULL);
	ppp_open(line_far.ppp, clock_us);
	line_pump(0);
}

void line_serve_far(void)
{
	struct ppp_config cfg;

	ppp_config_default(&cfg);
	cfg.server = true;
	cfg.n_auth = 0;
	line_far.ip4 = line_far.ip6 = line_far.down = false;
	line_far.give = (struct ppp_addresses){.local4 = 0x0a640001, .peer4 = 0x0a640002};
	line_far.ppp = ppp_new(&cfg, &line_far_ops, NULL);
	ppp_open(line_far.ppp, clock_us);
	line_pump(0);
}
