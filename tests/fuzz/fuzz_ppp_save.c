/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A record of a link.  The first octet of the input chooses the configuration, the next one how
 * many octets are frames for the link that comes of it; the rest, up to them, is the record.
 *
 * Whatever it says: nothing is sent while the link is made, its states fit together, it is written
 * as a record that can be read, and the link comes to rest after it is closed.
 */
#include "ppp/ppp.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define SECOND 1000000u

struct fuzz_save {
	struct ppp *ppp;
	struct ppp_config cfg;
	uint64_t now;
	unsigned random, sent, events;
};

static void fuzz_save_check(bool ok)
{
	if (!ok)
		abort();
}

static void fuzz_save_tx(void *ctx, const uint8_t *frame, size_t len)
{
	struct fuzz_save *s = ctx;

	fuzz_save_check(len >= 6 && (size_t)(frame[4] << 8 | frame[5]) == len - 2);
	s->sent++;
}

static void fuzz_save_event(void *ctx, const struct ppp_event *ev)
{
	struct fuzz_save *s = ctx;

	fuzz_save_check(ev->auth || ev->kind != PPP_EV_AUTH);
	fuzz_save_check(!ev->auth || strlen(ev->auth->name) <= ev->auth->name_len);
	s->events++;
}

static void fuzz_save_random(void *ctx, void *buf, size_t len)
{
	memset(buf, (int)++((struct fuzz_save *)ctx)->random, len);
}

static const struct ppp_ops fuzz_save_ops = {fuzz_save_tx, fuzz_save_event, fuzz_save_random, NULL,
					     NULL};

static void fuzz_save_configure(struct fuzz_save *s, uint8_t how)
{
	struct ppp_config *c = &s->cfg;

	ppp_config_default(c);
	c->server = how & 1;
	c->ipv4 = !(how & 2);
	c->ipv6 = !(how & 4);
	c->rechallenge = how & 8 ? 30 * SECOND : 0;
	c->echo_interval = how & 16 ? 10 * SECOND : 0;
	c->mtu = how & 32 ? 600 : 1500;
	strcpy(c->name, "name");
	strcpy(c->secret, "secret");
}

/* False: not taken. */
static bool fuzz_save_restore(struct fuzz_save *s, const uint8_t *rec, size_t len)
{
	uint8_t *copy = malloc(len ? len : 1);

	fuzz_save_check(copy);
	memcpy(copy, rec, len);
	s->ppp = ppp_restore(&s->cfg, &fuzz_save_ops, s, copy, len, s->now);
	free(copy);
	fuzz_save_check(!s->sent && !s->events);
	return s->ppp;
}

static void fuzz_save_consistent(const struct ppp *p)
{
	struct ppp_info i;

	ppp_get_info(p, &i);
	fuzz_save_check(!(i.ip4_up || i.ip6_up) || !strcmp(i.phase, "network"));
	fuzz_save_check(i.ip4_up == !strcmp(i.ipcp, "Opened"));
	fuzz_save_check(i.ip6_up == !strcmp(i.ipv6cp, "Opened"));
	fuzz_save_check(strcmp(i.phase, "dead") || ppp_deadline(p) == DEADLINE_NEVER);
}

/* Another process follows at once, and again. */
static void fuzz_save_again(struct fuzz_save *s)
{
	uint8_t rec[PPP_RECORD_MAX], once_more[PPP_RECORD_MAX];
	size_t n = ppp_save(s->ppp, rec, sizeof(rec));

	fuzz_save_check(n);
	ppp_free(s->ppp);
	fuzz_save_check(fuzz_save_restore(s, rec, n));
	fuzz_save_check(ppp_save(s->ppp, once_more, sizeof(once_more)) == n);
	fuzz_save_consistent(s->ppp);
}

static void fuzz_save_rest(struct fuzz_save *s)
{
	ppp_close(s->ppp, s->now);
	for (unsigned i = 0; i < 100 && ppp_deadline(s->ppp) != DEADLINE_NEVER; i++) {
		s->now = ppp_deadline(s->ppp);
		ppp_expire(s->ppp, s->now);
	}
	fuzz_save_check(ppp_deadline(s->ppp) == DEADLINE_NEVER);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct rd r = rd_init(data, size), frames;
	struct fuzz_save s = {.now = 1000 * (uint64_t)SECOND};
	size_t n;

	fuzz_save_configure(&s, rd_u8(&r));
	n = rd_u8(&r);
	if (r.bad)
		return 0;
	if (n > r.left)
		n = r.left;
	frames = rd_init(r.p + (r.left - n), n);
	if (!fuzz_save_restore(&s, r.p, r.left - n))
		return 0;
	fuzz_save_consistent(s.ppp);
	fuzz_save_again(&s);
	ppp_expire(s.ppp, s.now);
	fuzz_save_consistent(s.ppp);
	while (frames.left) {
		struct rd f = rd_sub(&frames, rd_u8(&frames) % (frames.left + 1));

		ppp_rx(s.ppp, f.p, f.left, s.now);
		fuzz_save_consistent(s.ppp);
	}
	fuzz_save_rest(&s);
	ppp_free(s.ppp);
	return 0;
}
