/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A server's EAP between a hostile peer and a hostile owner.  The input is steps: an octet that
 * says who speaks, a length, and octets of an EAP packet.  What the owner is given is a whole
 * Response, and what the peer is sent a whole packet, none of them a Response.
 */
#include "ppp/ppp.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct fuzz_eap {
	struct ppp *ppp;
	uint32_t serial;
	bool ok; /* the owner has judged so */
	uint64_t now;
};

static void fuzz_eap_check(bool ok)
{
	if (!ok)
		abort();
}

/* Code and Length. */
static void fuzz_eap_whole(const uint8_t *packet, size_t len)
{
	struct rd r = rd_init(packet, len);

	rd_skip(&r, 2);
	fuzz_eap_check(rd_u16(&r) == len && len <= PPP_EAP_MAX);
}

static void fuzz_eap_tx(void *ctx, const uint8_t *frame, size_t len)
{
	(void)ctx;
	if (len < 2 || frame[0] != 0xc2 || frame[1] != 0x27)
		return;
	fuzz_eap_whole(frame + 2, len - 2);
	fuzz_eap_check(frame[2] == 1 || frame[2] == 3 || frame[2] == 4);
}

static void fuzz_eap_event(void *ctx, const struct ppp_event *ev)
{
	struct fuzz_eap *f = ctx;

	if (ev->kind == PPP_EV_AUTH) {
		f->serial = ev->auth->serial;
		fuzz_eap_whole(ev->auth->eap.p, ev->auth->eap.left);
		fuzz_eap_check(ev->auth->eap.p[0] == 2);
		fuzz_eap_check(ev->auth->name_len <= PPP_NAME_MAX);
	}
	fuzz_eap_check(ev->kind != PPP_EV_AUTH_OK || f->ok);
}

static void fuzz_eap_random(void *ctx, void *buf, size_t len)
{
	(void)ctx;
	memset(buf, 7, len);
}

static const struct ppp_ops fuzz_eap_ops = {fuzz_eap_tx, fuzz_eap_event, fuzz_eap_random, NULL,
					    NULL};

static void fuzz_eap_lcp(struct fuzz_eap *f)
{
	static const uint8_t ack[] = {0xc0, 0x21, 2, 1, 0, 14, 3, 4, 0xc2, 0x27, 5, 6, 7, 7, 7, 7};
	static const uint8_t ask[] = {0xc0, 0x21, 1, 1, 0, 10, 5, 6, 1, 2, 3, 4};

	ppp_open(f->ppp, f->now);
	ppp_rx(f->ppp, ack, sizeof(ack), f->now);
	ppp_rx(f->ppp, ask, sizeof(ask), f->now);
}

static void fuzz_eap_peer(struct fuzz_eap *f, struct rd packet)
{
	uint8_t *frame = malloc(2 + packet.left);

	fuzz_eap_check(frame);
	frame[0] = 0xc2;
	frame[1] = 0x27;
	memcpy(frame + 2, packet.p, packet.left);
	ppp_rx(f->ppp, frame, 2 + packet.left, f->now);
	free(frame);
}

static void fuzz_eap_step(struct fuzz_eap *f, uint8_t who, struct rd packet)
{
	switch (who & 3) {
	case 0:
	case 1:
		fuzz_eap_peer(f, packet);
		break;
	case 2:
		ppp_auth_eap(f->ppp, f->serial, packet.p, packet.left, f->now);
		break;
	default:
		f->ok = f->ok || who & 4;
		ppp_auth_answer(f->ppp, f->serial, who & 4, NULL, "words", f->now);
		f->now += 1000000;
		ppp_expire(f->ppp, f->now);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_eap f = {.now = 1000000};
	struct rd r = rd_init(data, size);
	struct ppp_config cfg;

	ppp_config_default(&cfg);
	cfg.server = true;
	cfg.n_auth = 1;
	cfg.auth[0] = PPP_AUTH_EAP;
	f.ppp = ppp_new(&cfg, &fuzz_eap_ops, &f);
	fuzz_eap_check(f.ppp);
	fuzz_eap_lcp(&f);
	while (r.left) {
		uint8_t who = rd_u8(&r);
		struct rd packet = rd_sub(&r, rd_u8(&r));

		if (!r.bad)
			fuzz_eap_step(&f, who, packet);
	}
	ppp_free(f.ppp);
	return 0;
}
