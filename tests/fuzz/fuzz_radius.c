/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A RADIUS packet of a stranger.  What is taken for a packet has attributes that lie inside it, and
 * each that is in the dictionary has a length of its form; the hidden ones are revealed with a
 * secret.  Written again, attribute by attribute, it is read again as the same.
 */
#include "gw/aaa/radius/radius_tunnel.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const uint8_t request[RADIUS_AUTH] = {1, 2, 3};

static void fuzz_radius_check(bool ok)
{
	if (!ok)
		abort();
}

static void fuzz_radius_value(const struct radius_packet *p, const struct radius_value *v)
{
	uint8_t out[RADIUS_VALUE_MAX];

	fuzz_radius_check(v->octets.p >= p->octets + RADIUS_HEAD &&
			  v->octets.p + v->octets.left <= p->octets + p->len);
	fuzz_radius_check(v->tag <= 31);
	if (v->name == RADIUS_TUNNEL_PASSWORD || v->name == RADIUS_MS_MPPE_SEND_KEY)
		fuzz_radius_check(radius_reveal(v, request, "secret", 6, out) < (int)sizeof(out));
}

/* What can be used has an endpoint, and no two have one tag. */
static void fuzz_radius_tunnels(const struct radius_packet *p)
{
	bool memory;
	struct radius_tunnels *t = radius_tunnels_read(p, request, "secret", 6, &memory);

	for (unsigned i = 0; t && i < t->n; i++) {
		const struct radius_tunnel *x = &t->tunnel[i];

		fuzz_radius_check(x->wrong || (*x->server && x->l2tp && x->medium <= 2));
		fuzz_radius_check(strlen(x->server) < sizeof(x->server) &&
				  x->preference >> 24 == 0);
		for (unsigned k = 0; k < i; k++)
			fuzz_radius_check(t->tunnel[k].tag != x->tag);
	}
	fuzz_radius_check(!t || t->n <= RADIUS_TUNNELS);
	radius_tunnels_free(t);
}

/* Those of the dictionary, which have no tag that would be lost. */
static void fuzz_radius_again(const struct radius_packet *p)
{
	static uint8_t buf[RADIUS_MAX];
	struct radius_walk at = radius_walk(p);
	struct radius_writer b;
	struct radius_packet q;
	struct radius_value v, w;
	size_t len;

	radius_begin(&b, buf, sizeof(buf), RADIUS_ACCOUNTING_REQUEST, p->id, NULL);
	while (radius_next(&at, &v))
		if (v.name != RADIUS_NAMES && !v.tag)
			radius_put(&b, v.name, v.octets.p, v.octets.left);
	len = radius_end(&b, "secret", 6);
	if (!len) /* vendors' heads, or a number without its tag */
		return;
	fuzz_radius_check(radius_open(&q, buf, len));
	fuzz_radius_check(radius_prove_request(&q, "secret", 6) != RADIUS_UNPROVED || !q.proof);
	for (at = radius_walk(&q); radius_next(&at, &w);)
		fuzz_radius_check(w.name != RADIUS_NAMES);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct radius_packet p;
	struct radius_walk at;
	struct radius_value v;

	if (!radius_open(&p, data, size))
		return 0;
	fuzz_radius_check(p.len >= RADIUS_HEAD && p.len <= size);
	radius_prove_answer(&p, request, "secret", 6);
	radius_prove_request(&p, "secret", 6);
	for (at = radius_walk(&p); radius_next(&at, &v);)
		fuzz_radius_value(&p, &v);
	fuzz_radius_tunnels(&p);
	fuzz_radius_again(&p);
	return 0;
}
