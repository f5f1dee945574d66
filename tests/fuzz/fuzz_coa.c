/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A request for a change of log-ins, from one who knows the secret: one octet says which kind, the
 * rest are attributes.  All that is read of it lies inside it.  There is an answer, which proves
 * itself and gives back what it must, unless that does not fit; and the same again gets the same,
 * of another server too that has what this one keeps.  What a server goes on from may be anything.
 */
#include "gw/aaa/radius/coa_server.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define SECRET "secret"
#define WALL   1704067200u

static const struct coa_source from = {.address = {[10] = 0xff, 0xff, 192, 0, 2, 1}, .port = 1};
static uint8_t request[RADIUS_MAX], answer[RADIUS_MAX], again[RADIUS_MAX];
static size_t request_len;

static void fuzz_coa_check(bool ok)
{
	if (!ok)
		abort();
}

static void fuzz_coa_inside(struct rd r)
{
	fuzz_coa_check(!r.left || (r.p >= request && r.p + r.left <= request + request_len));
}

static enum radius_refusal fuzz_coa_change(void *ctx, unsigned client,
					   const struct radius_coa *what, uint64_t now)
{
	(void)ctx;
	(void)client;
	fuzz_coa_check(what->has & COA_KEYS);
	fuzz_coa_check(what->disconnect || what->has & COA_CHANGES);
	fuzz_coa_check(what->classes_len <= COA_CLASSES && what->prefix6_bits <= 128);
	fuzz_coa_inside(what->user);
	fuzz_coa_inside(what->session_id);
	return now & 1 ? RADIUS_DONE : RADIUS_R_NOT_FOUND;
}

static void fuzz_coa_answered(void *ctx, unsigned client, const struct radius_coa *what,
			      enum radius_refusal r, uint64_t now)
{
	(void)ctx;
	(void)client;
	(void)now;
	fuzz_coa_check(r < RADIUS_REFUSALS && what->wrong <= RADIUS_NAMES);
}

static void fuzz_coa_dropped(void *ctx, unsigned client, const struct coa_source *who,
			     enum coa_drop why, uint64_t now)
{
	(void)ctx;
	(void)who;
	(void)now;
	fuzz_coa_check(!client && why < COA_DROP_COUNT);
}

static uint8_t kept[COA_RECORD];
static unsigned keeps;

static void fuzz_coa_keep(void *ctx, uint64_t key, const uint8_t rec[COA_RECORD])
{
	(void)ctx;
	(void)key;
	keeps++;
	memcpy(kept, rec, sizeof(kept));
}

static void fuzz_coa_drop(void *ctx, uint64_t key)
{
	(void)ctx;
	(void)key;
}

/* How many of that name; their octets as one sum. */
static unsigned fuzz_coa_of(const struct radius_packet *p, enum radius_name name, uint32_t *sum)
{
	struct radius_walk at = radius_walk(p);
	struct radius_value v;
	unsigned n = 0;

	for (*sum = 0; radius_next(&at, &v);) {
		if (v.name != name)
			continue;
		n++;
		while (v.octets.left)
			*sum = *sum * 31 + rd_u8(&v.octets);
	}
	return n;
}

static void fuzz_coa_proves(size_t len)
{
	struct radius_packet p, q;
	uint32_t a, b;

	fuzz_coa_check(radius_open(&p, request, request_len) && radius_open(&q, answer, len));
	fuzz_coa_check(radius_prove_answer(&q, request + 4, SECRET, 6) == RADIUS_PROVED);
	fuzz_coa_check(q.id == p.id && (q.code == p.code + 1 || q.code == p.code + 2));
	fuzz_coa_check(fuzz_coa_of(&p, RADIUS_PROXY_STATE, &a) ==
			       fuzz_coa_of(&q, RADIUS_PROXY_STATE, &b) &&
		       a == b);
	fuzz_coa_check(fuzz_coa_of(&q, RADIUS_ERROR_CAUSE, &a) == (q.code == p.code + 2u));
}

static struct coa_server *fuzz_coa_server(void)
{
	static const struct coa_client client = {
		.address = {[10] = 0xff, 0xff, 192, 0, 2, 1}, .secret = SECRET, .rate = 1};
	static const struct coa_ops ops = {fuzz_coa_change, fuzz_coa_answered, fuzz_coa_dropped,
					   fuzz_coa_keep, fuzz_coa_drop};
	struct coa_server *s = coa_server_new(&client, 1, 7, &ops, NULL);

	fuzz_coa_check(s);
	return s;
}

/* One that goes on from these octets; each record of a server in its length. */
static struct coa_server *fuzz_coa_after(const uint8_t *rec, size_t len, uint64_t now)
{
	struct coa_server *s = fuzz_coa_server();

	for (uint64_t key = 0; len; key++) {
		size_t n = len < COA_RECORD ? len : COA_RECORD;

		coa_server_recall(s, key, rec, n, now);
		rec += n;
		len -= n;
	}
	coa_server_recalled(s);
	return s;
}

static void fuzz_coa_ask(struct coa_server *s, uint64_t now)
{
	size_t len = coa_server_rx(s, &from, request, request_len, now, WALL, answer), twice;

	if (!len)
		return;
	fuzz_coa_proves(len);
	twice = coa_server_rx(s, &from, request, request_len, now + 1, WALL, again);
	fuzz_coa_check(twice == len && !memcmp(again, answer, len));
	fuzz_coa_check(coa_server_count(s, 0)->repeated == 1);
	fuzz_coa_check(keeps == 1);
	s = fuzz_coa_after(kept, sizeof(kept), now + 1);
	twice = coa_server_rx(s, &from, request, request_len, now + 1, WALL, again);
	fuzz_coa_check(twice == len && !memcmp(again, answer, len));
	fuzz_coa_check(coa_server_count(s, 0)->repeated == 1);
	coa_server_free(s);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct coa_server *s;
	struct radius_writer b;

	if (!size)
		return 0;
	radius_begin(&b, request, sizeof(request),
		     data[0] & 1 ? RADIUS_COA_REQUEST : RADIUS_DISCONNECT_REQUEST, data[0], NULL);
	if (data[0] & 2) { /* none of our own */
		b.w.len = RADIUS_HEAD;
		b.proof = 0;
	}
	wr_bytes(&b.w, data + 1, size - 1);
	request_len = radius_end(&b, SECRET, 6);
	if (!request_len)
		return 0;
	keeps = 0;
	s = fuzz_coa_after(data, size, 1000000);
	fuzz_coa_ask(s, data[0] & 4 ? 1000001 : 1000000);
	coa_server_free(s);
	return 0;
}
