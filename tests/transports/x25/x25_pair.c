/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/transports/x25/x25_pair.h"

#include <stdlib.h>

#define TEXTS 40

static void x25_pair_collect(const char *out[TEXTS], const char *const *first,
			     const char *const *more)
{
	unsigned n = 0;

	for (; *first; first++)
		out[n++] = *first;
	for (; more && *more; more++) {
		CU_ASSERT_FATAL(n < TEXTS - 1);
		out[n++] = *more;
	}
	out[n] = NULL;
}

void pair_open(struct pair *p, const char *framing, const char *const *dte, const char *const *dce)
{
	char text[40];
	const char *const a[] = {"link=loop:x25", "address=3110", text, NULL};
	const char *const b[] = {"link=loop:x25", "role=dce", "address=3111", text, NULL};
	const char *all[TEXTS];

	snprintf(text, sizeof(text), "framing=%s", framing);
	x25_pair_collect(all, a, dte);
	fake_open(&p->dte, &x25_transport, all);
	x25_pair_collect(all, b, dce);
	fake_open(&p->dce, &x25_transport, all);
	fake_join(&p->dte, &p->dce);
	/* a link looks for its carrier every second, LAPB tries again after three */
	fake_run(&p->dte, fake_now + 10 * S);
}

void pair_close(struct pair *p)
{
	fake_close(&p->dte);
	fake_close(&p->dce);
}

void pair_run(struct pair *p)
{
	fake_run(&p->dte, fake_now + 1000);
}

bool pair_call(struct pair *p, const char *to, uint8_t payload, ist_channel *at_dte,
	       ist_channel *at_dce)
{
	if (fake_connect(&p->dte, to, payload, at_dte))
		return false;
	pair_run(p);
	*at_dce = fake_channel(&p->dce, FAKE_OFFER);
	if (!*at_dce || fake_answer(&p->dce, *at_dce))
		return false;
	pair_run(p);
	return fake_channel(&p->dte, FAKE_UP) == *at_dte &&
	       fake_channel(&p->dce, FAKE_UP) == *at_dce;
}

bool pair_got(struct fake_host *h, ist_channel c, const void *data, size_t len)
{
	struct fake_event *e = fake_take(h, FAKE_FRAME);
	bool ok = e && e->channel == c && e->len == len && !memcmp(e->data, data, len);

	fake_free(e);
	return ok;
}

void pair_rates(struct fake_host *h, enum fake_kind kind, uint64_t tx_bps, uint64_t rx_bps)
{
	struct fake_event *e = fake_take(h, kind);

	CU_ASSERT_PTR_NOT_NULL_FATAL(e);
	CU_ASSERT_EQUAL(e->attrs.tx_bps, tx_bps);
	CU_ASSERT_EQUAL(e->attrs.rx_bps, rx_bps);
	fake_free(e);
}

/* --- a far end typed by hand ------------------------------------------------------------------ */

static const struct ist_key link_keys[] = {LINK_KEYS, {NULL, 0, 0, 0, 0, NULL, NULL, NULL}};

static void x25_pair_on_frames(void *ctx, const struct link_frame *f, unsigned n)
{
	struct typed *t = ctx;

	for (unsigned i = 0; i < n; i++) {
		size_t len = f[i].len - 1;

		CU_ASSERT_FATAL(t->pkts < 256 && f[i].len);
		t->kind[t->pkts] = f[i].payload[0];
		t->len[t->pkts] = len;
		memcpy(t->pkt[t->pkts++], f[i].payload + 1,
		       len < sizeof(t->pkt[0]) ? len : sizeof(t->pkt[0]));
	}
}

static void x25_pair_on_carrier(void *ctx, bool up, const char *words)
{
	(void)ctx;
	(void)up;
	(void)words;
}

static void x25_pair_run(struct typed *t)
{
	fake_run(&t->h, fake_now + 1000);
}

void typed_frame(struct typed *t, const char *hex)
{
	uint8_t buf[4200];
	struct link_frame f = {NULL, buf, 0, (uint32_t)test_hex(buf, sizeof(buf), hex)};

	link_send(t->link, &f, 1);
	x25_pair_run(t);
}

void typed_rx(struct typed *t, const char *hex)
{
	uint8_t buf[4200];
	static const uint8_t data = 0;
	struct link_frame f = {&data, buf, 1, (uint32_t)test_hex(buf, sizeof(buf), hex)};

	link_send(t->link, &f, 1);
	x25_pair_run(t);
}

static bool x25_pair_same(const struct typed *t, unsigned i, const char *hex, const char *file,
			  unsigned line)
{
	uint8_t want[300];
	size_t n = test_hex(want, sizeof(want), hex);

	test_same_octets(t->pkt[i], t->len[i], want, n, file, line);
	return true;
}

void typed_sent(struct typed *t, const char *const *hex, const char *file, unsigned line)
{
	unsigned n = 0;

	x25_pair_run(t);
	for (; hex[n]; n++) {
		CU_ASSERT_FATAL(n < t->pkts);
		x25_pair_same(t, n, hex[n], file, line);
	}
	CU_ASSERT_EQUAL(t->pkts, n);
	t->pkts = 0;
}

void typed_nothing(struct typed *t)
{
	x25_pair_run(t);
	CU_ASSERT_EQUAL(t->pkts, 0);
	t->pkts = 0;
}

void typed_begin(struct typed *t, const char *const *config)
{
	static const struct link_user user = {x25_pair_on_frames, x25_pair_on_carrier};
	const char *const mine[] = {"link=loop:typed", "address=3110", NULL};
	struct link_conf conf = {.user = &user, .settings = {link_keys, t->set, 0}};
	const char *all[TEXTS];
	char err[100];

	memset(t, 0, sizeof(*t));
	fake_init(&t->far);
	conf.host = &t->far.host;
	conf.host_ctx = &t->far;
	conf.ctx = t;
	/* ours first: it comes up when the other is there to hear */
	x25_pair_collect(all, mine, config);
	fake_open(&t->h, &x25_transport, all);
	fake_run(&t->h, fake_now);
	CU_ASSERT_EQUAL_FATAL(link_open(&t->link, "loop:typed", &conf, err, sizeof(err)), 0);
	fake_run(&t->far, fake_now);
	fake_join(&t->h, &t->far);
	fake_run(&t->h, fake_now + 6 * S);
}

void typed_open(struct typed *t, const char *const *config)
{
	typed_begin(t, config);
	CU_ASSERT_TRUE(t->pkts > 0 && t->kind[0] == 1); /* it asks */
	t->pkts = 0;
	typed_frame(t, "01");
	TYPED_SENT(t, "1000fb0000");
	typed_rx(t, "1000ff");
	typed_nothing(t);
	fake_forget(&t->far);
}

void typed_close(struct typed *t)
{
	t->pkts = 0;
	fake_close(&t->h);
	fake_run(&t->far, fake_now);
	link_close(t->link);
	fake_leave(&t->far);
}
