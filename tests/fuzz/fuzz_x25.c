/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The packet decoder, and an interface that gets packets and requests.  First octet of the input:
 * 1 = DCE, 2 = modulo 128, 4 = no restarts (as XOT), 8 = two permanent circuits.  Records follow:
 * an octet under 128 is the length of a packet; any other is a request of the user, with the
 * circuit in the next octet.
 *
 * A valid packet must be the same after encoding and decoding.  No SDU may be longer than sdu_max,
 * and all packets sent must be valid.
 */
#include "transports/x25/x25.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define HIGH 20u
#define SDU  300u

static void fuzz_x25_check(bool ok)
{
	if (!ok)
		abort();
}

static void same_call(const struct x25_pkt *a, const struct x25_pkt *b)
{
	fuzz_x25_check(!strcmp(a->called, b->called) && !strcmp(a->calling, b->calling));
	fuzz_x25_check(!memcmp(&a->fac, &b->fac, sizeof(a->fac)));
}

static void codec(const uint8_t *pkt, size_t len, bool extended)
{
	struct x25_pkt p, again;
	uint8_t buf[4096];
	struct wr w = wr_init(buf, sizeof(buf));

	if (x25_decode(&p, pkt, len, extended) || p.type == X25_REGISTRATION ||
	    p.type == X25_REGISTRATION_CONF)
		return;
	fuzz_x25_check(p.len <= len && p.type < X25_UNKNOWN);
	fuzz_x25_check(x25_encode(&w, &p));
	fuzz_x25_check(!x25_decode(&again, buf, w.len, extended));
	fuzz_x25_check(again.type == p.type && again.lci == p.lci && again.ps == p.ps &&
		       again.pr == p.pr);
	fuzz_x25_check(again.m == p.m && again.cause == p.cause && again.diag == p.diag);
	fuzz_x25_check(again.len == p.len && (!p.len || !memcmp(again.data, p.data, p.len)));
	if (p.type == X25_CALL || p.type == X25_CALL_ACCEPTED)
		same_call(&p, &again);
}

static void fuzz_x25_tx(void *ctx, const uint8_t *pkt, size_t len)
{
	const struct x25 *x = ctx;
	struct x25_pkt p;

	fuzz_x25_check(len >= 3 && !x25_decode(&p, pkt, len, x->cfg.extended));
}

static void fuzz_x25_report(void *ctx, const struct x25_report *r)
{
	struct x25 *x = ctx;

	fuzz_x25_check(r->lci < x->vcs);
	if (r->kind == X25_SDU || r->kind == X25_SDU_Q)
		fuzz_x25_check(r->len <= SDU);
	if (r->kind == X25_INCOMING && r->pkt->len == 3)
		x25_accept(x, r->lci, 0);
	if (r->kind == X25_SDU && r->len == 7)
		x25_clear(x, r->lci, 0, 0, 0);
}

static void fuzz_x25_act(struct x25 *x, uint8_t what, uint16_t lci, uint64_t *now)
{
	static const uint8_t sdu[SDU];

	switch (what % 9) {
	case 0:
		x25_accept(x, lci, *now);
		break;
	case 1:
		x25_clear(x, lci, 0, 0, *now);
		break;
	case 2:
		x25_call(x, "3110", "", lci & 1 ? "12f" : "", "\xcf", 1, *now);
		break;
	case 3:
		x25_send(x, lci, sdu, lci, sdu, 200, *now);
		break;
	case 4:
		x25_block(x);
		break;
	case 5:
		x25_unblock(x, *now);
		break;
	case 6:
		x25_reset(x, lci, 0, 0, *now);
		break;
	case 7:
		*now += (uint64_t)lci * 20000000;
		x25_expire(x, *now);
		break;
	default:
		x25_down(x);
		x25_up(x, *now);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct x25_ops ops = {fuzz_x25_tx, fuzz_x25_report};
	struct rd r = rd_init(data, size);
	uint8_t kind = rd_u8(&r);
	struct x25_config c;
	uint64_t now = 0;
	struct x25 x;

	x25_config_default(&c, kind & 1);
	c.extended = kind & 2;
	c.restarts = !(kind & 4);
	c.pvc = kind & 8 ? 2 : 0;
	c.lci_low = 3;
	c.lci_high = HIGH;
	c.sdu_max = SDU;
	fuzz_x25_check(!x25_init(&x, &c, &ops, &x));
	x25_up(&x, now);
	while (r.left) {
		uint8_t n = rd_u8(&r);

		if (n < 128) {
			struct rd pkt = rd_sub(&r, n);

			codec(pkt.p, pkt.left, c.extended);
			x25_rx(&x, pkt.p, pkt.left, now);
			if (n & 1)
				x25_settle(&x);
		} else {
			fuzz_x25_act(&x, n, rd_u8(&r) % (HIGH + 3), &now);
		}
		fuzz_x25_check(x.used <= HIGH);
	}
	x25_free(&x);
	return 0;
}
