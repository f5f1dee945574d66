/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/ppp/lone.h"

#include "tests/harness.h"
#include "tests/ppp/naps.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void lone_on_tx(void *ctx, const uint8_t *frame, size_t len)
{
	struct lone *l = ctx;

	l->total++;
	if (l->n_sent == LONE_SENT)
		return;
	if (len > LONE_FRAME)
		abort();
	memcpy(l->sent[l->n_sent].octets, frame, len);
	l->sent[l->n_sent++].len = len;
}

static void lone_on_random(void *ctx, void *buf, size_t len)
{
	struct lone *l = ctx;

	memset(buf, l->zero ? 0 : ++l->random, len);
}

static void lone_on_keep(void *ctx)
{
	struct lone *l = ctx;

	l->keeps++;
	l->kept_len = ppp_save(l->ppp, l->kept, sizeof(l->kept));
}

static void lone_on_auth(struct lone *l, const struct ppp_event *ev)
{
	struct ppp_auth_reply reply;
	bool ok;

	l->claim = *ev->auth;
	if (!l->password)
		return;
	ok = ppp_auth_check(ev->auth, l->password, strlen(l->password), &reply);
	ppp_auth_verdict(l->ppp, ok, &reply, NULL, ev->now);
}

static void lone_on_event(void *ctx, const struct ppp_event *ev)
{
	struct lone *l = ctx;

	l->count[ev->kind]++;
	l->addr = *ev->addr;
	l->link = *ev->link;
	if (ev->kind == PPP_EV_AUTH)
		lone_on_auth(l, ev);
	if (ev->kind == PPP_EV_AUTH_OK && l->give)
		ppp_start_network(l->ppp, l->give, ev->now);
	if (ev->kind == PPP_EV_LCP_DOWN)
		l->lcp_why = ev->why;
	if (ev->kind == PPP_EV_DOWN || ev->kind == PPP_EV_PEER_CLOSES) {
		l->why = ev->why;
		snprintf(l->message, sizeof(l->message), "%s", ev->message ? ev->message : "");
	}
	if (l->on_event)
		l->on_event(l, ev);
}

void lone_init(struct lone *l, bool server)
{
	memset(l, 0, sizeof(*l));
	l->now = 1000 * (uint64_t)SEC;
	ppp_config_default(&l->cfg);
	l->cfg.server = server;
	l->cfg.n_auth = 0;
}

static const struct ppp_ops ops = {lone_on_tx, lone_on_event, lone_on_random, lone_on_keep, NULL};

void lone_make(struct lone *l)
{
	l->ppp = ppp_new(&l->cfg, &ops, l);
	if (!l->ppp)
		abort();
}

bool lone_restore(struct lone *l, const struct lone *from, const uint8_t *rec, size_t len)
{
	*l = *from;
	memset(l->count, 0, sizeof(l->count));
	lone_skip(l);
	l->keeps = 0;
	l->ppp = ppp_restore(&l->cfg, &ops, l, rec, len, l->now);
	return l->ppp;
}

void lone_open(struct lone *l)
{
	lone_make(l);
	ppp_open(l->ppp, l->now);
}

void lone_free(struct lone *l)
{
	ppp_free(l->ppp);
}

void lone_rx_octets(struct lone *l, const uint8_t *frame, size_t len)
{
	ppp_rx(l->ppp, frame, len, l->now);
	l->ppp = nap(l->ppp);
}

void lone_rx(struct lone *l, const char *hex)
{
	uint8_t frame[LONE_FRAME];
	size_t len = test_hex(frame, sizeof(frame), hex);

	lone_rx_octets(l, frame, len);
}

void lone_wait(struct lone *l, uint64_t us)
{
	uint64_t end = l->now + us;

	while (ppp_deadline(l->ppp) <= end) {
		if (ppp_deadline(l->ppp) > l->now)
			l->now = ppp_deadline(l->ppp);
		ppp_expire(l->ppp, l->now);
		l->ppp = nap(l->ppp);
	}
	l->now = end;
}

static bool matches(const char *hex, const char *pattern)
{
	for (; *pattern; pattern++) {
		if (isspace((unsigned char)*pattern))
			continue;
		if (!*hex || (*pattern != '?' && *pattern != *hex))
			return false;
		hex++;
	}
	return !*hex;
}

bool lone_sent(struct lone *l, const char *pattern)
{
	char hex[2 * LONE_FRAME + 1] = "";

	if (l->n_read == l->n_sent) {
		printf("\n      sent nothing, want %s\n", pattern);
		return false;
	}
	for (size_t i = 0; i < l->sent[l->n_read].len; i++)
		sprintf(hex + 2 * i, "%02x", l->sent[l->n_read].octets[i]);
	l->n_read++;
	if (matches(hex, pattern))
		return true;
	printf("\n      sent %s\n      want %s\n", hex, pattern);
	return false;
}

bool lone_quiet(struct lone *l)
{
	if (l->n_read == l->n_sent) {
		lone_skip(l);
		return true;
	}
	lone_sent(l, "(nothing)");
	return false;
}

void lone_skip(struct lone *l)
{
	l->n_sent = l->n_read = 0;
}

uint64_t lone_counter(const struct lone *l, enum ppp_reason r)
{
	uint64_t n[PPP_R_COUNT] = {0};

	ppp_add_counters(l->ppp, n);
	return n[r];
}

bool lone_lcp_is(const struct lone *l, const char *state)
{
	struct ppp_info info;

	ppp_get_info(l->ppp, &info);
	return !strcmp(info.lcp, state);
}

bool lone_phase_is(const struct lone *l, const char *phase)
{
	struct ppp_info info;

	ppp_get_info(l->ppp, &info);
	return !strcmp(info.phase, phase);
}

void lone_lcp_began(struct lone *l)
{
	char ack[128] = "c021 02";

	lone_open(l);
	for (size_t i = 3; i < l->sent[0].len; i++)
		sprintf(ack + strlen(ack), "%02x", l->sent[0].octets[i]);
	lone_rx(l, ack);
	lone_skip(l);
	lone_rx(l, "c021 01 01 000a 0506a0a0a0a0");
}

void lone_lcp_up(struct lone *l)
{
	struct ppp_info info;

	lone_lcp_began(l);
	ppp_get_info(l->ppp, &info);
	if (strcmp(info.lcp, "Opened"))
		abort();
	if (!lone_sent(l, "c021 02 01 000a 0506a0a0a0a0"))
		abort();
}

void lone_network(struct lone *l)
{
	static const struct ppp_addresses given = {.local4 = 0x0a400001, .peer4 = 0x0a400002};

	lone_init(l, true);
	l->give = &given;
	lone_lcp_up(l);
	lone_skip(l);
	CU_ASSERT(lone_phase_is(l, "network"));
}

const struct ppp_addresses lone_given = {.local4 = 0x0a400001,
					 .peer4 = 0x0a400002,
					 .dns4 = {0x0a4000fe, 0},
					 .local_iid = 0xa1,
					 .peer_iid = 0xb2};

static void lone_ncps_open(struct lone *l)
{
	struct ppp_info i;

	lone_rx(l, "8021 02 01 000a 03060a400001");
	lone_rx(l, "8021 01 09 0010 03060a400002 8106 0a4000fe");
	lone_rx(l, "8057 02 01 000e 010a00000000000000a1");
	lone_rx(l, "8057 01 09 000e 010a00000000000000b2");
	ppp_get_info(l->ppp, &i);
	CU_ASSERT(i.ip4_up && i.ip6_up);
	lone_skip(l);
}

void lone_auth(struct lone *l, bool server, enum ppp_auth method, uint64_t limit)
{
	static const char *const options[PPP_AUTHS] = {
		[PPP_AUTH_PAP] = "c021 01 01 000e 0304c023 0506a0a0a0a0",
		[PPP_AUTH_CHAP_MD5] = "c021 01 01 000f 0305c22305 0506a0a0a0a0",
		[PPP_AUTH_MSCHAPV2] = "c021 01 01 000f 0305c22381 0506a0a0a0a0",
	};

	lone_init(l, server);
	l->cfg.n_auth = 1;
	l->cfg.auth[0] = (uint8_t)method;
	l->cfg.auth_timeout = limit;
	strcpy(l->cfg.name, server ? "gw" : "User");
	strcpy(l->cfg.secret, server ? "" : "clientPass");
	if (server) {
		lone_lcp_up(l);
		return;
	}
	lone_open(l);
	lone_rx(l, "c021 02 01 000a 050601010101");
	lone_skip(l);
	lone_rx(l, options[method]);
	l->n_read++; /* the Ack */
	CU_ASSERT(lone_lcp_is(l, "Opened"));
}

void lone_all_open(struct lone *l)
{
	lone_init(l, true);
	l->give = &lone_given;
	lone_lcp_up(l);
	lone_ncps_open(l);
}

void lone_proven(struct lone *l)
{
	lone_init(l, true);
	l->give = &lone_given;
	l->cfg.n_auth = 1;
	strcpy(l->cfg.name, "gateway");
	strcpy(l->cfg.secret, "hush-hush");
	lone_lcp_began(l);
	lone_rx(l, LONE_RESPONSE("01"));
	ppp_auth_verdict(l->ppp, true, NULL, "hi", l->now);
	lone_ncps_open(l);
}

size_t lone_record(const struct lone *l, uint8_t rec[PPP_RECORD_MAX])
{
	return ppp_save(l->ppp, rec, PPP_RECORD_MAX);
}

bool lone_follow(struct lone *to, struct lone *from)
{
	uint8_t rec[PPP_RECORD_MAX];
	size_t len = lone_record(from, rec);
	bool ok = len && lone_restore(to, from, rec, len);

	CU_ASSERT_EQUAL(ok, len > 0);
	if (ok)
		CU_ASSERT(lone_quiet(to));
	lone_free(from);
	return ok;
}
