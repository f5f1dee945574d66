/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The body of one packet, in the state where it counts.  The first octet of the input chooses who
 * receives it (LCP of either role, IPCP, IPV6CP, PAP, CHAP), the second the code; header,
 * Identifier and Length are made to fit, so that every input reaches the option or value parser.
 *
 * An Ack must return the Request as it came, a Reject must be made of its options in their order,
 * and there is at most one answer to a Request.
 */
#include "ppp/ppp.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define BODY_MAX 1600u

struct sent {
	uint8_t octets[2 + 2048];
	size_t len;
};

struct state {
	struct ppp *ppp;
	struct sent last[8]; /* by protocol and code, see remember() */
	unsigned answers;    /* to a Configure-Request, of the protocol under test */
	struct sent answer;
	uint16_t proto;
	uint8_t random;
};

static void fuzz_ppp_options_check(bool ok)
{
	if (!ok)
		abort();
}

static const uint16_t protos[] = {PPP_LCP, PPP_IPCP, PPP_IPV6CP, PPP_CHAP, PPP_PAP};

static struct sent *fuzz_ppp_options_slot(struct state *s, uint16_t proto)
{
	for (unsigned i = 0; i < sizeof(protos) / sizeof(*protos); i++)
		if (protos[i] == proto)
			return &s->last[i];
	abort();
}

/* Requests and Challenges are kept by protocol, to be answered; answers are counted. */
static void fuzz_ppp_options_on_tx(void *ctx, const uint8_t *frame, size_t len)
{
	struct state *s = ctx;
	uint16_t proto = (uint16_t)(frame[0] << 8 | frame[1]);
	struct sent *keep =
		frame[2] == 1 || proto == PPP_CHAP ? fuzz_ppp_options_slot(s, proto) : NULL;

	fuzz_ppp_options_check(len >= 6 && len <= sizeof(s->answer.octets));
	if (proto == s->proto && frame[2] >= 2 && frame[2] <= 4) {
		s->answers++;
		keep = &s->answer;
	}
	if (!keep)
		return;
	memcpy(keep->octets, frame, len);
	keep->len = len;
}

static void fuzz_ppp_options_on_random(void *ctx, void *buf, size_t len)
{
	struct state *s = ctx;

	memset(buf, ++s->random, len);
}

static void fuzz_ppp_options_on_event(void *ctx, const struct ppp_event *ev)
{
	static const struct ppp_addresses a = {
		.local4 = 1, .peer4 = 2, .dns4 = {3, 0}, .peer_iid = 9};
	struct state *s = ctx;

	if (ev->kind == PPP_EV_AUTH_OK)
		ppp_start_network(s->ppp, &a, ev->now);
	if (ev->kind == PPP_EV_AUTH)
		for (unsigned n = 0; n < 7; n++)
			ppp_auth_check(ev->auth, "secret", n, NULL);
}

static const struct ppp_ops ops = {fuzz_ppp_options_on_tx, fuzz_ppp_options_on_event,
				   fuzz_ppp_options_on_random, NULL, NULL};

/* The end that receives. */
static const struct target {
	bool server;
	uint8_t auth;
	bool open; /* LCP open first */
	uint16_t proto;
} targets[] = {
	{true, PPP_AUTH_MSCHAPV2, false, PPP_LCP},  {false, PPP_AUTH_MSCHAPV2, false, PPP_LCP},
	{true, PPP_AUTH_NONE, true, PPP_LCP},	    {true, PPP_AUTH_NONE, true, PPP_IPCP},
	{false, PPP_AUTH_NONE, true, PPP_IPCP},	    {true, PPP_AUTH_NONE, true, PPP_IPV6CP},
	{false, PPP_AUTH_NONE, true, PPP_IPV6CP},   {true, PPP_AUTH_PAP, true, PPP_PAP},
	{false, PPP_AUTH_PAP, true, PPP_PAP},	    {true, PPP_AUTH_CHAP_MD5, true, PPP_CHAP},
	{false, PPP_AUTH_CHAP_MD5, true, PPP_CHAP}, {true, PPP_AUTH_MSCHAPV2, true, PPP_CHAP},
	{false, PPP_AUTH_MSCHAPV2, true, PPP_CHAP},
};

static void fuzz_ppp_options_start(struct state *s, const struct target *t)
{
	struct ppp_config cfg;

	ppp_config_default(&cfg);
	cfg.server = t->server;
	cfg.n_auth = t->auth != PPP_AUTH_NONE;
	cfg.auth[0] = t->auth;
	strcpy(cfg.name, "name");
	strcpy(cfg.secret, "secret");
	s->ppp = ppp_new(&cfg, &ops, s);
	fuzz_ppp_options_check(s->ppp);
	ppp_open(s->ppp, 0);
}

static void open_lcp(struct state *s, const struct target *t)
{
	static const uint8_t plain[] = {0xc0, 0x21, 1, 1, 0, 4};
	static const uint8_t pap[] = {0xc0, 0x21, 1, 1, 0, 8, 3, 4, 0xc0, 0x23};
	static const uint8_t chap[] = {0xc0, 0x21, 1, 1, 0, 9, 3, 5, 0xc2, 0x23, 0x05};
	struct sent ack = *fuzz_ppp_options_slot(s, PPP_LCP);
	uint8_t mschap[sizeof(chap)];

	memcpy(mschap, chap, sizeof(chap));
	mschap[10] = 0x81;
	ack.octets[2] = 2;
	ppp_rx(s->ppp, ack.octets, ack.len, 0);
	if (t->server || t->auth == PPP_AUTH_NONE)
		ppp_rx(s->ppp, plain, sizeof(plain), 0);
	else if (t->auth == PPP_AUTH_PAP)
		ppp_rx(s->ppp, pap, sizeof(pap), 0);
	else
		ppp_rx(s->ppp, t->auth == PPP_AUTH_CHAP_MD5 ? chap : mschap, sizeof(chap), 0);
}

static void is_part_of(const struct sent *part, const uint8_t *body, size_t len)
{
	size_t at = 6, from = 0;

	while (at < part->len) {
		size_t n = part->octets[at + 1];

		fuzz_ppp_options_check(n >= 2 && at + n <= part->len);
		while (from < len &&
		       (body[from + 1] != n || memcmp(body + from, part->octets + at, n)))
			from += body[from + 1];
		fuzz_ppp_options_check(from < len);
		from += n;
		at += n;
	}
}

static void fuzz_ppp_options_check_answer(const struct state *s, const uint8_t *body, size_t len)
{
	const struct sent *a = &s->answer;

	fuzz_ppp_options_check(s->answers <= 1);
	if (!s->answers)
		return;
	if (a->octets[2] == 2)
		fuzz_ppp_options_check(a->len == 6 + len &&
				       (!len || !memcmp(a->octets + 6, body, len)));
	if (a->octets[2] == 4)
		is_part_of(a, body, len);
}

static void fuzz_ppp_options_receive(struct state *s, uint8_t code, const uint8_t *body, size_t len)
{
	const struct sent *ours = fuzz_ppp_options_slot(s, s->proto);
	size_t n = 6 + len;
	uint8_t *frame = malloc(n);

	fuzz_ppp_options_check(frame);
	wr_put16(frame, s->proto);
	frame[2] = code;
	frame[3] = ours->len ? ours->octets[3] : 1;
	wr_put16(frame + 4, (uint16_t)(4 + len));
	memcpy(frame + 6, body, len);
	s->answers = 0;
	ppp_rx(s->ppp, frame, n, 0);
	free(frame);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct state s;
	const struct target *t;

	if (size < 2 || size > BODY_MAX)
		return 0;
	memset(&s, 0, sizeof(s));
	t = &targets[data[0] % (sizeof(targets) / sizeof(*targets))];
	s.proto = t->proto;
	fuzz_ppp_options_start(&s, t);
	if (t->open)
		open_lcp(&s, t);
	fuzz_ppp_options_receive(&s, data[1], data + 2, size - 2);
	if (data[1] == 1 && (t->proto == PPP_LCP || t->proto == PPP_IPCP || t->proto == PPP_IPV6CP))
		fuzz_ppp_options_check_answer(&s, data + 2, size - 2);
	/* and once more, as a retransmission */
	fuzz_ppp_options_receive(&s, data[1], data + 2, size - 2);
	ppp_free(s.ppp);
	return 0;
}
