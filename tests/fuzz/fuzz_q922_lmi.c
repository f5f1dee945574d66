/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Frame Relay from the outside in: address, encapsulation, LMI messages, and both sides of the LMI
 * machine.  The first octet chooses address length, variant and whether it is to be found out; then
 * come frames, each behind an octet of length whose value 255 means "wait for the deadline"
 * instead, 254 that a PVC of the network's changes.  What a decoder accepts must come out the same
 * after we have written it; the machine must keep its numbers in bounds.
 */
#include "transports/frame-relay/fr_encap.h"
#include "transports/frame-relay/frf12.h"
#include "transports/frame-relay/lmi.h"
#include "transports/frame-relay/q922.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void fuzz_q922_lmi_check(bool ok)
{
	if (!ok)
		abort();
}

static struct frf12 gathered;

static void fuzz_q922_lmi_fragment(struct rd *r)
{
	static uint8_t buf[100];

	gathered.buf = buf;
	gathered.cap = sizeof(buf);
	frf12_take(&gathered, 0, r);
	fuzz_q922_lmi_check(gathered.len <= gathered.cap && gathered.next < 4096);
}

static void address(enum q922_format f, const uint8_t *p, size_t len)
{
	struct rd r = rd_init(p, len);
	struct q922_addr a, back;
	uint8_t out[Q922_MAX_OCTETS], nlpid;
	struct wr w = wr_init(out, sizeof(out));
	enum fr_kind kind;

	if (q922_get(&r, f, &a) != Q922_OK)
		return;
	fuzz_q922_lmi_check(r.left == len - q922_octets(f) && a.dlci <= q922_max_dlci(f));
	q922_put(&w, f, &a);
	fuzz_q922_lmi_check(!w.bad && !memcmp(out, p, w.len));
	r = rd_init(out, w.len);
	fuzz_q922_lmi_check(q922_get(&r, f, &back) == Q922_OK && back.dlci == a.dlci);
	r = rd_init(p + w.len, len - w.len);
	kind = fr_encap_get(&r, &nlpid);
	fuzz_q922_lmi_check(kind < FR_KINDS && r.left <= len - w.len);
	if (kind == FR_FRAGMENT)
		fuzz_q922_lmi_fragment(&r);
}

static void fuzz_q922_lmi_message(enum lmi_kind kind, enum q922_format f, const uint8_t *p,
				  size_t len)
{
	static struct lmi_msg m, back;
	static uint8_t out[16 + LMI_MSG_PVCS * 8];
	struct wr w = wr_init(out, sizeof(out));

	if (!lmi_msg_get(&m, kind, f, p, len))
		return;
	lmi_msg_put(&w, kind, f, &m);
	fuzz_q922_lmi_check(!w.bad && lmi_msg_get(&back, kind, f, out, w.len));
	fuzz_q922_lmi_check(back.type == m.type && back.report == m.report && back.pvcs == m.pvcs);
	fuzz_q922_lmi_check(back.send == m.send && back.recv == m.recv);
	for (unsigned i = 0; i < m.pvcs; i++)
		fuzz_q922_lmi_check(back.pvc[i].dlci == m.pvc[i].dlci &&
				    back.pvc[i].bits == m.pvc[i].bits);
}

static void fuzz_q922_lmi_on_tx(void *ctx, const uint8_t *pdu, size_t len)
{
	static struct lmi_msg m;

	const struct lmi_conf *c = &((struct lmi *)ctx)->conf;

	fuzz_q922_lmi_check(lmi_msg_get(&m, c->kind, c->address, pdu, len));
	fuzz_q922_lmi_check(m.send || m.report == LMI_ASYNC);
}

static void fuzz_q922_lmi_on_link(void *ctx, bool up)
{
	fuzz_q922_lmi_check(((struct lmi *)ctx)->up == up);
}

static void fuzz_q922_lmi_on_pvc(void *ctx, uint32_t dlci, bool up)
{
	fuzz_q922_lmi_check(!up || (((struct lmi *)ctx)->up && dlci));
}

static const struct lmi_ops ops = {fuzz_q922_lmi_on_tx, fuzz_q922_lmi_on_link,
				   fuzz_q922_lmi_on_pvc};
static const uint32_t dlcis[] = {16, 100, 991};

static void fuzz_q922_lmi_begin(struct lmi *l, enum lmi_kind kind, bool automatic,
				enum lmi_role role, enum q922_format f)
{
	const struct lmi_conf c = {kind, automatic, role, 3, 2, 4, 10, 15, f};

	fuzz_q922_lmi_check(!lmi_init(l, &c, &ops, l, dlcis, 3));
	lmi_start(l, 0);
}

static void fuzz_q922_lmi_feed(struct lmi *l, const uint8_t *p, size_t len, bool wait)
{
	uint64_t now = lmi_deadline(l);

	fuzz_q922_lmi_check(now != UINT64_MAX);
	if (wait)
		lmi_expire(l, now);
	else
		lmi_rx(l, p, len, now);
	fuzz_q922_lmi_check(lmi_deadline(l) <= now + 15);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct rd r = rd_init(data, size);
	uint8_t choice = rd_u8(&r);
	enum lmi_kind kind = (enum lmi_kind)((choice & 0x7f) / 3 % LMI_KINDS);
	enum q922_format f = (enum q922_format)((choice & 0x7f) % Q922_FORMATS), pvcs = f;
	struct lmi user, network;
	unsigned changes = 0;

	memset(&gathered, 0, sizeof(gathered));
	if (!lmi_msg_fits(choice & 0x80 ? LMI_CISCO : kind, f))
		pvcs = Q922_2_OCTETS;
	fuzz_q922_lmi_begin(&user, kind, choice & 0x80, LMI_USER, pvcs);
	fuzz_q922_lmi_begin(&network, kind, choice & 0x80, LMI_NETWORK, pvcs);
	while (r.left) {
		uint8_t len = rd_u8(&r);
		size_t n = len >= 254 ? 0 : len < r.left ? len : r.left;
		const uint8_t *p = rd_take(&r, n);

		address(f, p, n);
		fuzz_q922_lmi_message(kind, pvcs, p, n);
		if (len == 254)
			lmi_set_pvc(&network, dlcis[changes % 3], changes % 4 % 3), changes++;
		fuzz_q922_lmi_feed(&user, p, n, len == 255);
		fuzz_q922_lmi_feed(&network, p, n, len == 255);
	}
	lmi_stop(&user);
	lmi_stop(&network);
	lmi_free(&user);
	lmi_free(&network);
	return 0;
}
