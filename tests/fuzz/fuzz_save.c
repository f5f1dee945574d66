/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Records into a new engine, as from a store that anybody may have written.  The input is a row of
 * operations: one octet that says which, two of length, then the octets: a record of the engine, of
 * a tunnel, or of a call of the last tunnel; then, when the engine has resumed, packets and time.
 *
 * Whatever happens: what a reader takes is written again octet for octet (a tail of later releases
 * aside), so is what the engine keeps; and when it has been stopped and time has passed, no tunnel
 * is left, and no record of a tunnel or call.
 */
#include "core/bytes.h"
#include "core/deadline.h"
#include "core/engine.h"
#include "core/hdr.h"
#include "core/save.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define SECOND 1000000ull

enum { OPS = 64, RECORDS = 256 };

struct fuzz_save {
	struct l2tp_engine *e;
	struct l2tp_tunnel *t;
	struct l2tp_policy policy;
	uint64_t now, random;
	bool resumed;
	struct {
		uint16_t tunnel_id, call_id;
		enum l2tp_keep what;
	} rec[RECORDS];
	unsigned recs;
};

static void fuzz_save_check(bool ok)
{
	if (!ok)
		abort();
}

/* --- records read and written again ----------------------------------------------------------- */

static bool fuzz_save_engine(const uint8_t *rec, size_t len)
{
	uint8_t again[L2TP_RECORD_MAX];
	struct save_engine s;
	size_t n;

	if (!save_engine_read(&s, rec, len))
		return false;
	n = save_engine_write(&s, again, sizeof(again));
	fuzz_save_check(n && n <= len && !memcmp(again + 4, rec + 4, n - 4));
	return true;
}

/* Octets of flags may have bits of later releases. */
static void fuzz_save_same(const uint8_t *again, size_t n, const uint8_t *rec, size_t len,
			   size_t flags, uint8_t known)
{
	fuzz_save_check(n && n <= len);
	for (size_t i = 4; i < n; i++)
		fuzz_save_check(again[i] == (i == flags ? rec[i] & known : rec[i]));
}

static bool fuzz_save_tunnel(const uint8_t *rec, size_t len)
{
	uint8_t again[L2TP_RECORD_MAX];
	struct save_tunnel s;

	if (!save_tunnel_read(&s, rec, len))
		return false;
	fuzz_save_same(again, save_tunnel_write(&s, again, sizeof(again)), rec, len, 9, 7);
	return true;
}

static bool fuzz_save_call(const uint8_t *rec, size_t len)
{
	uint8_t again[L2TP_RECORD_MAX];
	struct save_call s;

	if (!save_call_read(&s, rec, len))
		return false;
	fuzz_save_same(again, save_call_write(&s, again, sizeof(again)), rec, len, 12, 7);
	return true;
}

/* --- what the engine is given ----------------------------------------------------------------- */

static enum l2tp_tx fuzz_save_tx(void *ctx, l2tp_channel to, const uint8_t *pkt, size_t len,
				 uint64_t cookie, uint8_t dscp)
{
	struct l2tp_hdr h;

	(void)ctx;
	(void)cookie;
	fuzz_save_check(to != 0 && dscp < 64);
	fuzz_save_check(l2tp_hdr_decode(&h, pkt, len) == L2TP_HDR_IS_CONTROL);
	return L2TP_TX_TAKEN;
}

static void fuzz_save_event(void *ctx, const struct l2tp_event *ev)
{
	struct fuzz_save *w = ctx;

	if (ev->kind == L2TP_EV_TUNNEL_DOWN && ev->tunnel == w->t)
		w->t = NULL;
}

static bool fuzz_save_peer(void *ctx, l2tp_channel from, const uint8_t *host, size_t len,
			   struct l2tp_peer_answer *out)
{
	struct fuzz_save *w = ctx;

	(void)host;
	(void)len;
	*out = (struct l2tp_peer_answer){.policy = w->policy, .source = from, .peer = w};
	return true;
}

static void fuzz_save_random(void *ctx, void *buf, size_t len)
{
	struct fuzz_save *w = ctx;
	uint8_t *p = buf;

	while (len--) {
		w->random = w->random * 6364136223846793005u + 1442695040888963407u;
		*p++ = (uint8_t)(w->random >> 56);
	}
}

static void fuzz_save_forget(struct fuzz_save *w, const struct l2tp_kept *k)
{
	for (unsigned i = 0; i < w->recs; i++)
		if (w->rec[i].what == k->what && w->rec[i].tunnel_id == k->tunnel_id &&
		    w->rec[i].call_id == k->call_id) {
			w->rec[i] = w->rec[--w->recs];
			return;
		}
}

static void fuzz_save_keep(void *ctx, const struct l2tp_kept *k)
{
	struct fuzz_save *w = ctx;

	if (k->what == L2TP_KEEP_TUNNEL || k->what == L2TP_KEEP_CALL)
		fuzz_save_forget(w, k);
	if (!k->len)
		return;
	if (k->what == L2TP_KEEP_ENGINE) {
		fuzz_save_check(fuzz_save_engine(k->rec, k->len));
		return;
	}
	fuzz_save_check(k->what == L2TP_KEEP_TUNNEL ? fuzz_save_tunnel(k->rec, k->len)
						    : fuzz_save_call(k->rec, k->len));
	fuzz_save_check(w->recs < RECORDS);
	w->rec[w->recs].what = k->what;
	w->rec[w->recs].tunnel_id = k->tunnel_id;
	w->rec[w->recs++].call_id = k->call_id;
}

static const struct l2tp_ops ops = {.tx = fuzz_save_tx,
				    .event = fuzz_save_event,
				    .peer = fuzz_save_peer,
				    .random = fuzz_save_random,
				    .keep = fuzz_save_keep};

/* --- operations ------------------------------------------------------------------------------- */

static void fuzz_save_restore(struct fuzz_save *w, unsigned what, const uint8_t *p, size_t len)
{
	struct l2tp_peer_answer who = {.policy = w->policy, .source = 1, .peer = w};
	struct l2tp_tunnel *t;

	if (what == 0) {
		fuzz_save_engine(p, len);
		l2tp_engine_restore(w->e, p, len);
	} else if (what == 1) {
		fuzz_save_tunnel(p, len);
		t = l2tp_tunnel_restore(w->e, p, len, 1 + what % 3, &who, NULL, w->now);
		w->t = t ? t : w->t;
	} else {
		fuzz_save_call(p, len);
		if (w->t)
			l2tp_call_restore(w->t, p, len, NULL, w->now);
	}
}

static void fuzz_save_go_on(struct fuzz_save *w, unsigned what, const uint8_t *p, size_t len)
{
	if (!w->resumed)
		l2tp_engine_resume(w->e, w->now);
	w->resumed = true;
	if (what == 4)
		l2tp_engine_rx(w->e, 2, p, len, w->now);
	w->now += what == 5 ? len * SECOND / 8 : 0;
	l2tp_engine_expire(w->e, w->now);
}

static void fuzz_save_op(struct fuzz_save *w, struct rd *in)
{
	unsigned what = rd_u8(in) % 6;
	uint16_t len = rd_u16(in);
	const uint8_t *p;

	if (len > in->left)
		len = (uint16_t)in->left;
	p = rd_take(in, len);
	if (!p)
		return;
	if (what < 3 && !w->resumed)
		fuzz_save_restore(w, what, p, len);
	else
		fuzz_save_go_on(w, what, p, len);
}

static void fuzz_save_end(struct fuzz_save *w)
{
	fuzz_save_go_on(w, 3, NULL, 0);
	l2tp_engine_stop(w->e, NULL, w->now);
	for (unsigned n = 0; n < 10000 && l2tp_engine_deadline(w->e) != DEADLINE_NEVER; n++) {
		if (l2tp_engine_deadline(w->e) > w->now)
			w->now = l2tp_engine_deadline(w->e);
		l2tp_engine_expire(w->e, w->now);
	}
	fuzz_save_check(!l2tp_tunnel_next(w->e, NULL));
	fuzz_save_check(!w->recs);
	l2tp_engine_free(w->e);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct rd in = rd_init(data, size);
	struct fuzz_save w = {.now = 100 * SECOND, .random = 1};

	l2tp_policy_default(&w.policy);
	memcpy(w.policy.host_name, "fuzz", 5);
	w.policy.secret.len = 10;
	memcpy(w.policy.secret.octets, "testsecret", 10);
	w.policy.max_source_calls = 100;
	w.e = l2tp_engine_new(&ops, &w, NULL);
	fuzz_save_check(w.e != NULL);
	for (unsigned n = 0; n < OPS && in.left; n++)
		fuzz_save_op(&w, &in);
	fuzz_save_end(&w);
	return 0;
}
