/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Whatever is done with packets, the same comes out with each offload as with none. */
#include "config.h" /* first: GNU extensions */

#include "core/bytes.h"
#include "gw/dp/calltab.h"
#include "gw/dp/tun_super.h"
#include "tests/gw/dp/through.h"
#include "tests/harness.h"

#include <pcap/pcap.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define SAME_MOST 64u /* packets of a flow */
#define SAME_MTU  96u /* cuts each IPv4 packet into two */
#define SAME_HEAD 12u /* of a data message with sequence numbers: ids, Ns and Nr, protocol */
#define SYN_DATA  (DATA - 4u)

static unsigned same_16(const uint8_t *p)
{
	return (unsigned)p[0] << 8 | p[1];
}

static uint32_t same_32(const uint8_t *p)
{
	return (uint32_t)same_16(p) << 16 | same_16(p + 2);
}

/* What is asked of the data plane besides. */
struct deed {
	const char *name;
	void (*set)(struct bench *b, struct dp_call *c);
	bool sequenced; /* data messages bear numbers, and come in another order */
	bool cut;	/* each IPv4 packet to the client is two fragments */
};

/* Packets whose last octet has none of these bits: some of each flow of TCP. */
static const struct bpf_insn same_some[] = {
	BPF_STMT(BPF_LD + BPF_W + BPF_LEN, 0),
	BPF_STMT(BPF_ALU + BPF_SUB + BPF_K, 1),
	BPF_STMT(BPF_MISC + BPF_TAX, 0),
	BPF_STMT(BPF_LD + BPF_B + BPF_IND, 0),
	BPF_JUMP(BPF_JMP + BPF_JSET + BPF_K, 4, 0, 1),
	BPF_STMT(BPF_RET + BPF_K, 0),
	BPF_STMT(BPF_RET + BPF_K, 65535),
};

static void deed_none(struct bench *b, struct dp_call *c)
{
	(void)b;
	(void)c;
}

static uint32_t same_filter; /* its number; 0 = none */

static void deed_filter(struct bench *b, struct dp_call *c)
{
	CU_ASSERT_FATAL(!dp_filter_add(b->r.dp, same_some, sizeof(same_some) / sizeof(same_some[0]),
				       &same_filter));
	c->filter[DP_FILTER_IP_IN] = c->filter[DP_FILTER_IP_OUT] = same_filter;
}

static void deed_sequence(struct bench *b, struct dp_call *c)
{
	(void)b;
	c->data.lns = c->data.send_seq = true;
	c->data.reorder = 8;
	c->data.reorder_timeout = 10000000;
}

static void deed_capture(struct bench *b, struct dp_call *c)
{
	CU_ASSERT(!dp_port_tap(b->r.dp, b->r.port, true));
	c->watched = true;
}

/* Nothing is added meanwhile: a burst of two packets of 1500 octets. */
static void deed_rate(struct bench *b, struct dp_call *c)
{
	(void)b;
	c->rate[DP_RATE_UP] = c->rate[DP_RATE_DOWN] = 1;
}

static void deed_cut(struct bench *b, struct dp_call *c)
{
	(void)b;
	c->mtu = SAME_MTU;
}

static void deed_marks(struct bench *b, struct dp_call *c)
{
	(void)b;
	c->dscp = DP_DSCP_COPY;
	c->discard = 1;
}

/* So many other calls that look-ups are begun together. */
static void deed_many(struct bench *b, struct dp_call *c)
{
	struct dp_call other = *c;

	other.tid++;
	other.peer4 = 0;
	other.has_peer6 = false;
	other.peer_iid = 0;
	for (unsigned i = 1; i <= CALLTAB_LARGE; i++) {
		other.sid = (uint16_t)i;
		CU_ASSERT_FATAL(!dp_call_set(b->r.dp, &other));
	}
}

enum { DEED_NONE, DEED_FILTER, DEED_RATE, DEED_CUT };
static const struct deed deeds[] = {
	[DEED_NONE] = {"nothing more", deed_none, false, false},
	[DEED_FILTER] = {"filters", deed_filter, false, false},
	[DEED_RATE] = {"rates", deed_rate, false, false},
	[DEED_CUT] = {"fragments", deed_cut, false, true},
	{"sequence numbers", deed_sequence, true, false},
	{"captures", deed_capture, false, false},
	{"marks", deed_marks, false, false},
	{"many calls", deed_many, false, false}, /* last: they stay */
};
#define DEEDS (sizeof(deeds) / sizeof(deeds[0]))

/* What has come out of one flow, in its order. */
struct outcome {
	unsigned n;
	struct {
		uint32_t flags;
		size_t len;
		uint8_t octets[256];
	} p[SAME_MOST];
};

static void outcome_add(struct outcome *o, const uint8_t *octets, size_t len, uint32_t flags)
{
	CU_ASSERT_FATAL(o->n < SAME_MOST && len <= sizeof(o->p[0].octets));
	o->p[o->n].flags = flags;
	o->p[o->n].len = len;
	memcpy(o->p[o->n++].octets, octets, len);
}

static void outcome_same(const struct outcome *o, const struct outcome *want, const char *deed,
			 unsigned offload, bool together)
{
	unsigned bad = o->n != want->n;

	for (unsigned i = 0; i < o->n && i < want->n; i++)
		bad += o->p[i].len != want->p[i].len || o->p[i].flags != want->p[i].flags ||
		       memcmp(o->p[i].octets, want->p[i].octets, o->p[i].len);
	CU_ASSERT_EQUAL(bad, 0);
	if (bad)
		printf("\n      %s, offload %u, %s: %u of %u, wanted %u", deed, offload,
		       together ? "together" : "one by one", bad, o->n, want->n);
}

/* A call that has carried nothing yet, of this device. */
static void same_begin(struct through *s, const struct deed *d)
{
	struct bench *b = s->b;
	struct dp_call c = b->call;

	s->n = 0;
	memset(s->p, 0, sizeof(s->p));
	b->r.n_line = 0;
	b->r.fake->n_sent = 0;
	dp_port_tap(b->r.dp, b->r.port, false);
	d->set(b, &c);
	dp_call_del(b->r.dp, c.tid, c.sid);
	CU_ASSERT_FATAL(!dp_call_set(b->r.dp, &c));
	dp_flush(b->r.dp);
}

static void same_end(struct through *s)
{
	dp_port_tap(s->b->r.dp, s->b->r.port, false);
	dp_call_del(s->b->r.dp, s->b->call.tid, s->b->call.sid);
	CU_ASSERT_FATAL(!dp_call_set(s->b->r.dp, &s->b->call));
	dp_filter_del(s->b->r.dp, same_filter);
	same_filter = 0;
}

/* The first packet of a connection, with an MSS of 1460 (RFC 9293 3.2) and as long as the others.
 */
static void same_syn(struct through *s, const struct through_flow *f, bool up)
{
	static const uint8_t option[] = {2, 4, 1460 >> 8, 1460 & 255};
	struct through_packet *p = through_packet(s, f, up, 0, SYN_DATA);
	size_t at = f->v6 ? 60 : 40;

	memmove(p->octets + at + 4, p->octets + at, SYN_DATA);
	memcpy(p->octets + at, option, sizeof(option));
	p->len += 4;
	p->octets[at - 8] = 0x60; /* data offset: 24 octets */
	p->octets[at - 7] = 0x02;
	if (f->v6)
		wr_put16(p->octets + 4, (uint16_t)(p->len - 40));
	else
		wr_put16(p->octets + 2, (uint16_t)p->len);
	through_sums(p->octets, p->len, f);
}

static void same_spoofed(struct through_packet *p, const struct through_flow *f)
{
	if (f->v6)
		memcpy(p->octets + 8, other6, 16);
	else
		wr_put32(p->octets + 12, CLIENT + 1);
	through_sums(p->octets, p->len, f);
}

/* Flows take turns; connections begin; each fourth packet of UDP has a source that is not the
 * client's. */
static void same_up_packets(struct through *s)
{
	for (unsigned i = 0; i < ROW; i++)
		for (unsigned k = 0; k < THROUGH_FLOWS; k++) {
			const struct through_flow *f = &through_flows[k];

			if (f->tcp && !i)
				same_syn(s, f, true);
			else
				through_packet(s, f, true, i, f->tcp ? DATA : DATA + 12);
			if (!f->tcp && i % 4 == 3)
				same_spoofed(&s->p[s->n - 1], f);
		}
}

static size_t same_message(uint8_t *to, const struct through_packet *p, const struct deed *d,
			   unsigned ns)
{
	size_t len = test_hex(to, 16, d->sequenced ? "0802 0002 0003" : "0002 0002 0003");

	if (d->sequenced) {
		wr_put16(to + len, (uint16_t)ns);
		wr_put16(to + len + 2, 0);
		len += 4;
	}
	len += test_hex(to + len, 16, p->octets[0] >> 4 == 6 ? "ff03 0057" : "ff03 0021");
	memcpy(to + len, p->octets, p->len);
	return len + p->len;
}

/* Those of a family, each by itself or all in one buffer; with numbers, the second of two first. */
static void same_client_says(struct through *s, const struct deed *d, bool together, bool v6,
			     unsigned *ns)
{
	static uint8_t buffer[FAKE_FRAME];
	const struct through_packet *of[8 * ROW];
	size_t len = 0, one = 0;
	unsigned n = 0;

	for (unsigned i = 0; i < s->n; i++)
		if ((s->p[i].octets[0] >> 4 == 6) == v6)
			of[n++] = &s->p[i];
	for (unsigned i = 0; i < n; i++) {
		unsigned k = d->sequenced ? i ^ 1u : i;

		one = same_message(buffer + len, of[k], d, *ns + k);
		len += one;
		CU_ASSERT_TRUE_FATAL(len + one < FAKE_FRAME);
		if (!together) {
			fake_octets(s->b->r.fake, 1, buffer, len, 0);
			len = 0;
		}
	}
	*ns += n;
	if (together)
		fake_octets(s->b->r.fake, 1, buffer, len, (uint32_t)one);
}

struct same_far {
	struct through *s;
	struct outcome *out; /* one of each flow */
	uint64_t want;
	unsigned n;
};

static bool same_far_has(struct rig *r, void *arg)
{
	struct same_far *w = arg;
	struct pollfd p = {.fd = w->s->far, .events = POLLIN};
	uint8_t got[LONGEST];
	ssize_t n;

	(void)r;
	while (poll(&p, 1, w->n < w->want ? 10 : 0) == 1 &&
	       (n = read(w->s->far, got, sizeof(got))) > 0) {
		unsigned port = same_16(got + (got[0] >> 4 == 6 ? 40 : 20));

		if (n < 28 || same_16(got + (got[0] >> 4 == 6 ? 42 : 22)) != 4000)
			continue; /* what the kernel says by itself */
		CU_ASSERT_TRUE_FATAL(port >= 1 && port <= THROUGH_FLOWS);
		outcome_add(&w->out[port - 1], got, (size_t)n, 0);
		w->n++;
	}
	return w->n >= w->want;
}

static void same_up(struct through *s, const struct deed *d, bool together, struct outcome *out)
{
	struct dp_counters before, after;
	struct same_far w = {.s = s, .out = out};
	unsigned ns = 0;

	same_begin(s, d);
	memset(out, 0, THROUGH_FLOWS * sizeof(*out));
	same_up_packets(s);
	dp_count(s->b->r.dp, &before);
	same_client_says(s, d, together, false, &ns);
	same_client_says(s, d, together, true, &ns);
	rig_settle(&s->b->r);
	dp_count(s->b->r.dp, &after);
	w.want = after.tun_tx - before.tun_tx;
	CU_ASSERT_TRUE(rig_wait(&s->b->r, same_far_has, &w));
	CU_ASSERT_EQUAL(w.n, w.want);
	if (d - deeds != DEED_FILTER && d - deeds != DEED_RATE) /* these drop some of them */
		CU_ASSERT_EQUAL(after.reason[DP_R_SPOOF] - before.reason[DP_R_SPOOF], 2 * ROW / 4);
	same_end(s);
}

/* By what the words of each say, not by what we send. */
static void same_up_is_right(const struct deed *d, const struct outcome *o)
{
	const unsigned which = (unsigned)(d - deeds);

	if (which == DEED_RATE) {
		/* IPv4 goes first, and among these are two whose source is not the client's */
		CU_ASSERT_EQUAL(o[0].n + o[1].n + o[2].n + o[3].n, 3000 / 140 - 2);
		return;
	}
	CU_ASSERT_EQUAL(same_16(o[0].p[0].octets + 42), (d->cut ? SAME_MTU : CALL_MTU) - 40);
	for (unsigned f = 0; f < THROUGH_FLOWS; f++) {
		unsigned all = through_flows[f].tcp ? ROW : ROW - ROW / 4;

		CU_ASSERT_EQUAL(o[f].n < all, which == DEED_FILTER && through_flows[f].tcp);
		CU_ASSERT(o[f].n > 0 && o[f].n <= all);
	}
}

static void do_same_up(struct bench *b)
{
	static struct outcome want[DEEDS][THROUGH_FLOWS], got[THROUGH_FLOWS];
	struct through s;

	for (unsigned i = 0; i < 2 * THROUGH_OFFLOADS; i++) {
		through_up(&s, b, through_offloads[i / 2], false);
		for (unsigned k = 0; k < DEEDS; k++) {
			same_up(&s, &deeds[k], i & 1, i ? got : want[k]);
			if (!i)
				same_up_is_right(&deeds[k], want[k]);
			for (unsigned f = 0; i && f < THROUGH_FLOWS; f++)
				outcome_same(&got[f], &want[k][f], deeds[k].name,
					     through_offloads[i / 2], i & 1);
		}
		through_down(&s);
	}
}

static void same_towards_the_device(void)
{
	ip_bench_in(&rig_forms[0], "offloads_same towards_the_device", do_same_up);
}

/* --- the same from the device ------------------------------------------------------------------ */

/* Those of ours that have been sent to the client. */
static unsigned same_client_has(struct through *s, struct outcome *out)
{
	struct fake *f = s->b->r.fake;
	unsigned sent = fake_sent_count(f);

	memset(out, 0, sizeof(*out));
	for (unsigned i = 0; i < sent; i++) {
		const struct fake_frame *at = &f->sent[i];
		const uint8_t *far;
		size_t len;

		for (size_t h = L2TP_PPP; h <= SAME_HEAD && at->len > h + 40; h += 4) {
			far = at->octets + h;
			len = at->len - h;
			if ((far[0] == 0x45 && same_32(far + 12) == FAR && len <= 256) ||
			    (far[0] >> 4 == 6 && !memcmp(far + 8, through_far6, 16))) {
				outcome_add(out, at->octets, at->len, at->flags);
				break;
			}
		}
	}
	return out->n;
}

struct same_client {
	struct through *s;
	struct outcome *out;
	struct dp_counters before;
	unsigned want;
};

/* Each has come, or is counted as dropped. */
static bool same_all_came(struct rig *r, void *arg)
{
	static const enum dp_reason why[] = {DP_R_FILTER_OUT, DP_R_RATE_DOWN, DP_R_TOO_BIG};
	struct same_client *w = arg;
	struct dp_counters now;
	uint64_t n = same_client_has(w->s, w->out);

	dp_count(r->dp, &now);
	for (unsigned i = 0; i < 3; i++)
		n += now.reason[why[i]] - w->before.reason[why[i]];
	return n >= w->want;
}

static void same_far_says(struct through *s, bool together, unsigned from)
{
	if (together) {
		through_far_says(s, from);
		return;
	}
	for (unsigned i = from; i < from + ROW; i++)
		CU_ASSERT_TRUE(tun_super_write_one(s->far, 0, s->p[i].octets, s->p[i].len));
}

static void same_down(struct through *s, const struct deed *d, const struct through_flow *f,
		      bool together, struct outcome *out)
{
	struct same_client w = {.s = s, .out = out};

	same_begin(s, d);
	if (f->tcp)
		same_syn(s, f, false);
	for (unsigned i = 0; i < 2 * ROW; i++)
		through_packet(s, f, false, i + 1, f->tcp ? DATA : DATA + 12);
	w.want = s->n * (d->cut && !f->v6 ? 2 : 1);
	dp_count(s->b->r.dp, &w.before);
	if (f->tcp)
		CU_ASSERT_TRUE(tun_super_write_one(s->far, together ? TUN_VNET : 0, s->p[0].octets,
						   s->p[0].len));
	same_far_says(s, together, f->tcp);
	same_far_says(s, together, f->tcp + ROW);
	CU_ASSERT_TRUE(rig_wait(&s->b->r, same_all_came, &w));
	same_end(s);
}

static void same_down_is_right(const struct deed *d, const struct through_flow *f,
			       const struct outcome *o)
{
	const unsigned all = 2 * ROW + f->tcp, which = (unsigned)(d - deeds);
	const unsigned mss = L2TP_PPP + (f->v6 ? 62 : 42);
	unsigned want = all;

	if (which == DEED_RATE)
		want = 3000 / (f->v6 ? 160 : 140);
	else if (which == DEED_CUT)
		want = f->v6 ? 0 : 2 * all;
	if (which == DEED_FILTER && f->tcp)
		CU_ASSERT(o->n > 1 && o->n < all);
	if (which != DEED_FILTER)
		CU_ASSERT_EQUAL(o->n, want);
	if (which == DEED_NONE && f->tcp)
		CU_ASSERT_EQUAL(same_16(o->p[0].octets + mss), CALL_MTU - (f->v6 ? 60 : 40));
}

static void do_same_down(struct bench *b)
{
	static struct outcome want[DEEDS][THROUGH_FLOWS], got;
	bool udp = through_has_udp(b);
	struct through s;

	for (unsigned i = 0; i < 2 * THROUGH_OFFLOADS; i++) {
		through_up(&s, b, through_offloads[i / 2], i & 1);
		for (unsigned k = 0; k < DEEDS * THROUGH_FLOWS; k++) {
			const struct through_flow *f = &through_flows[k % THROUGH_FLOWS];
			const struct deed *d = &deeds[k / THROUGH_FLOWS];
			struct outcome *first = &want[k / THROUGH_FLOWS][k % THROUGH_FLOWS];

			if (i & 1 && !udp && !f->tcp)
				continue;
			same_down(&s, d, f, i & 1, i ? &got : first);
			if (i)
				outcome_same(&got, first, d->name, through_offloads[i / 2], i & 1);
			else
				same_down_is_right(d, f, first);
		}
		through_down(&s);
	}
	b->r.fake->n_sent = 0;
}

static void same_from_the_device(void)
{
	ip_bench_in(&rig_forms[0], "offloads_same from_the_device", do_same_down);
}

static const struct test_case cases[] = {
	{"towards_the_device", same_towards_the_device},
	{"from_the_device", same_from_the_device},
	{NULL, NULL},
};
const struct test_suite suite_offloads_same = {"offloads_same", cases};
