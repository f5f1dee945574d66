/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The body of an ICCN whose LAC has had LCP and authentication: the attributes, the lists of
 * options in them and the client's answer, down to a PPP link that begins with them.  The first
 * octet of the input chooses how that link is configured, the rest are attributes behind the
 * Message Type.
 *
 * Either the link is open and goes on like any other, or nothing has happened to it.
 */
#include "core/msg.h"
#include "gw/legs/proxy_avp.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define BODY_MAX 4000u

static unsigned sent;

static void fuzz_proxy_check(bool ok)
{
	if (!ok)
		abort();
}

static void fuzz_proxy_on_tx(void *ctx, const uint8_t *frame, size_t len)
{
	(void)ctx;
	(void)frame;
	fuzz_proxy_check(len >= 6);
	sent++;
}

static void fuzz_proxy_on_random(void *ctx, void *buf, size_t len)
{
	static uint8_t n;

	(void)ctx;
	memset(buf, ++n, len);
}

static void fuzz_proxy_on_event(void *ctx, const struct ppp_event *ev)
{
	static const struct ppp_addresses a = {.local4 = 1, .peer4 = 2};
	struct ppp_auth_reply reply;
	struct ppp **p = ctx;

	if (ev->kind == PPP_EV_AUTH)
		ppp_auth_verdict(*p, ppp_auth_check(ev->auth, "secret", 6, &reply), &reply, NULL,
				 ev->now);
	if (ev->kind == PPP_EV_AUTH_OK)
		ppp_start_network(*p, &a, ev->now);
}

static const struct ppp_ops ops = {fuzz_proxy_on_tx, fuzz_proxy_on_event, fuzz_proxy_on_random,
				   NULL, NULL};

static struct ppp *fuzz_proxy_link(uint8_t how, struct ppp **ctx)
{
	struct ppp_config cfg;

	ppp_config_default(&cfg);
	cfg.mru = how & 1 ? 1400 : 1500;
	cfg.n_auth = (how >> 1) % PPP_AUTHS;
	for (uint8_t i = 0; i < cfg.n_auth; i++)
		cfg.auth[i] = PPP_AUTH_PAP + i;
	cfg.accept_pfc = how & 16;
	cfg.max_failure = how & 32 ? 1 : 5;
	*ctx = ppp_new(&cfg, &ops, ctx);
	fuzz_proxy_check(*ctx);
	return *ctx;
}

/* What the client may say next. */
static void fuzz_proxy_go_on(struct ppp *p)
{
	static const uint8_t frames[][14] = {
		{0xc2, 0x23, 2, 1, 0, 4},		     /* a Response, too short */
		{0xc0, 0x23, 1, 1, 0, 6, 0, 0},		     /* PAP */
		{0xc0, 0x21, 9, 1, 0, 8, 0, 0, 0, 0},	     /* Echo-Request */
		{0x80, 0x21, 1, 1, 0, 10, 3, 6, 0, 0, 0, 0}, /* IPCP */
		{0xc0, 0x21, 1, 1, 0, 8, 1, 4, 5, 0xdc},     /* LCP anew */
	};

	for (size_t i = 0; i < sizeof(frames) / sizeof(frames[0]); i++)
		ppp_rx(p, frames[i], sizeof(frames[0]), 1000 * i);
	ppp_expire(p, 4000000);
	ppp_close(p, 5000000);
	ppp_expire(p, 100000000);
}

static void fuzz_proxy_take(uint8_t how, const struct ppp_proxy *x)
{
	struct ppp *ctx, *p = fuzz_proxy_link(how, &ctx);
	struct ppp_info info;
	const char *words;

	sent = 0;
	words = ppp_open_proxied(p, x, 0);
	ppp_get_info(p, &info);
	if (words) {
		fuzz_proxy_check(!sent && !strcmp(info.phase, "dead"));
		ppp_open(p, 0);
		fuzz_proxy_check(sent == 1);
	} else {
		fuzz_proxy_check(!strcmp(info.lcp, "Opened") || !strcmp(info.lcp, "Closing"));
		fuzz_proxy_check(info.link.our_mru <= (how & 1 ? 1400 : 1500));
		fuzz_proxy_check(info.link.peer_mru >= 128);
	}
	fuzz_proxy_go_on(p);
	ppp_free(p);
}

/* What is written is read again. */
static void fuzz_proxy_there_and_back(const struct proxy_avp_in *in)
{
	static struct l2tp_msg m;
	static struct proxy_avp_in again;
	struct proxy_avp_out out;

	proxy_avp_write(&out, &in->x);
	memset(&m, 0, sizeof(m));
	m.type = L2TP_ICCN;
	m.n = (uint16_t)out.n;
	for (unsigned i = 0; i < out.n; i++)
		m.avp[i] = out.avp[i];
	fuzz_proxy_check(!proxy_avp_read(&again, &m));
	fuzz_proxy_check(again.x.last_tx.left == in->x.last_tx.left);
	fuzz_proxy_check(!again.x.claim == !in->x.claim);
	if (in->x.claim)
		fuzz_proxy_check(!memcmp(&again.claim, &in->claim, sizeof(in->claim)));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const uint8_t head[] = {0x80, 8, 0, 0, 0, 0, 0, L2TP_ICCN}; /* Message Type */
	static uint8_t body[sizeof(head) + BODY_MAX];
	static struct l2tp_msg m;
	static struct proxy_avp_in in;
	struct l2tp_secret secret = {.len = 6, .octets = "secret"};
	struct l2tp_fault fault;

	if (size < 1 || size > BODY_MAX)
		return 0;
	memcpy(body, head, sizeof(head));
	memcpy(body + sizeof(head), data + 1, size - 1);
	if (l2tp_msg_decode(&m, &fault, body, sizeof(head) + size - 1, &secret,
			    L2TP_QUIRKS_DEFAULT) != L2TP_MSG_OK)
		return 0;
	if (proxy_avp_read(&in, &m))
		return 0;
	fuzz_proxy_take(data[0], &in.x);
	fuzz_proxy_there_and_back(&in);
	in.x.claim = NULL;
	fuzz_proxy_take(data[0], &in.x);
	return 0;
}
