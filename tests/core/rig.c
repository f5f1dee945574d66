/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/core/rig.h"

#include "core/save.h"

#include <stdlib.h>
#include <string.h>

/* --- callbacks of an engine ------------------------------------------------------------------- */

static uint16_t rig_type_of(const struct l2tp_hdr *h)
{
	size_t len;
	const uint8_t *p =
		l2tp_msg_peek(h->payload, h->len, L2TP_IETF, L2TP_AVP_MESSAGE_TYPE, &len);

	return p && len == 2 ? (uint16_t)(p[0] << 8 | p[1]) : 0;
}

/* 4.4.2: Error Codes are for Result Code 2, "general error"; in StopCCN result 5 has the highest
 * version supported there. */
static void rig_check_result(const struct l2tp_result *res, bool stopccn)
{
	CU_ASSERT_NOT_EQUAL(res->result, 0);
	CU_ASSERT(!res->error || res->result == 2 || (stopccn && res->result == 5));
}

static void rig_check_result_sent(const struct rig_packet *p)
{
	size_t len;
	const uint8_t *v =
		l2tp_msg_peek(p->h.payload, p->h.len, L2TP_IETF, L2TP_AVP_RESULT_CODE, &len);
	struct rd r = rd_init(v, v ? len : 0);
	struct l2tp_result res = {0};

	res.result = rd_u16(&r);
	res.error = rd_u16(&r);
	CU_ASSERT_FALSE(r.bad);
	rig_check_result(&res, p->type == L2TP_STOPCCN);
}

/* A packet says nothing that is not kept: neither a message that the tunnel's record does not know
 * was sent, nor that one was taken which it does not know was. */
static void rig_check_kept(const struct rig_end *end, const struct rig_packet *p)
{
	for (unsigned i = 0; i < end->shelf->valid.n; i++) {
		const struct shelf_record *k = &end->shelf->valid.rec[i];
		struct save_tunnel s;

		if (k->what != L2TP_KEEP_TUNNEL || !save_tunnel_read(&s, k->octets, k->len) ||
		    s.peer_id != p->h.tid)
			continue;
		CU_ASSERT_TRUE((uint16_t)(s.nr - p->h.nr) < 0x8000);
		CU_ASSERT_TRUE(!p->type || (uint16_t)(s.reach - p->h.ns - 1) < 0x8000);
	}
}

static enum l2tp_tx rig_tx(void *ctx, l2tp_channel to, const uint8_t *pkt, size_t len,
			   uint64_t cookie, uint8_t dscp)
{
	struct rig_end *end = ctx;
	struct rig_packet *p = &end->pkt[end->pkts];

	if (end->pkts == RIG_PACKETS || len > sizeof(p->octets))
		abort();
	p->to = to;
	p->cookie = cookie;
	p->dscp = dscp;
	p->at = end->rig->now;
	p->len = len;
	memcpy(p->octets, pkt, len);
	CU_ASSERT_EQUAL(l2tp_hdr_decode(&p->h, p->octets, len), L2TP_HDR_IS_CONTROL);
	p->type = rig_type_of(&p->h);
	if (p->type == L2TP_STOPCCN || p->type == L2TP_CDN)
		rig_check_result_sent(p);
	if (end->shelf)
		rig_check_kept(end, p);
	end->pkts++;
	return end->tx;
}

static void rig_automatic(struct rig_end *end, const struct l2tp_event *ev)
{
	struct l2tp_call_info info;

	if (ev->kind != L2TP_EV_CALL_OFFERED && ev->kind != L2TP_EV_CALL_REPLIED)
		return;
	l2tp_call_info(ev->call, &info);
	if (end->answer && ev->kind == L2TP_EV_CALL_OFFERED)
		l2tp_call_answer(ev->call, NULL, 0, ev->now);
	if (end->connect && !info.we_are_lns)
		l2tp_call_connected(ev->call, NULL, 0, ev->now);
}

static void test_rig_event(void *ctx, const struct l2tp_event *ev)
{
	struct rig_end *end = ctx;

	if (end->evs == RIG_EVENTS)
		abort();
	end->ev[end->evs++] = (struct rig_event){.kind = ev->kind,
						 .tunnel = ev->tunnel,
						 .call = ev->call,
						 .result = ev->result,
						 .by = ev->by,
						 .why = ev->why,
						 .ok = ev->ok,
						 .had_msg = ev->msg,
						 .msg_type = ev->msg ? ev->msg->type : 0,
						 .now = ev->now};
	if ((ev->kind == L2TP_EV_TUNNEL_DOWN || ev->kind == L2TP_EV_CALL_DOWN) &&
	    ev->by != L2TP_BY_PEER)
		rig_check_result(&ev->result, ev->kind == L2TP_EV_TUNNEL_DOWN);
	rig_automatic(end, ev);
	if (end->on_event)
		end->on_event(end, ev);
}

static bool test_rig_peer(void *ctx, l2tp_channel from, const uint8_t *host, size_t len,
			  struct l2tp_peer_answer *out)
{
	struct rig_end *end = ctx;

	(void)from;
	(void)host;
	(void)len;
	out->policy = end->policy;
	out->source = end->source;
	out->peer = end->peer;
	return !end->no_peer;
}

static void rig_random_octets(void *ctx, void *buf, size_t len)
{
	struct rig_end *end = ctx;
	uint8_t *p = buf;

	if (end->sixteen && len == 16)
		memcpy(buf, end->sixteen, len);
	else
		while (len--)
			*p++ = (uint8_t)test_rand(&end->seed);
}

static uint64_t heard(void *ctx, uint16_t local_id)
{
	(void)local_id;
	return ((struct rig_end *)ctx)->heard;
}

static void rig_keep(void *ctx, const struct l2tp_kept *k)
{
	struct rig_end *end = ctx;

	if (end->shelf)
		shelf_keep(end->shelf, k);
}

static struct l2tp_ops ops = {.tx = rig_tx,
			      .event = test_rig_event,
			      .peer = test_rig_peer,
			      .random = rig_random_octets,
			      .heard = heard,
			      .keep = rig_keep};

void rig_keeps_records(void)
{
	ops.keep = rig_keep;
}

void rig_keeps_nothing(void)
{
	ops.keep = NULL;
}

/* --- the two ends ----------------------------------------------------------------------------- */

static void test_rig_start(struct rig *r, struct rig_end *end, const char *host, uint64_t seed,
			   const struct l2tp_limits *limits)
{
	end->rig = r;
	end->seed = seed;
	end->pkt = calloc(RIG_PACKETS, sizeof(*end->pkt));
	end->source = 1;
	end->to = end->from = 7;
	l2tp_policy_default(&end->policy);
	strcpy(end->policy.host_name, host);
	end->policy.bearer_caps = 3;
	end->policy.secret.len = 10;
	memcpy(end->policy.secret.octets, "testsecret", 10);
	end->e = l2tp_engine_new(&ops, end, limits);
	if (!end->e || !end->pkt)
		abort();
}

void rig_pair(struct rig *r)
{
	memset(r, 0, sizeof(*r));
	test_rig_start(r, &r->a, "lac.example", 1, NULL);
	test_rig_start(r, &r->b, "lns.example", 2, NULL);
	r->a.other = &r->b;
	r->b.other = &r->a;
}

void rig_limited(struct rig *r, const struct l2tp_limits *limits)
{
	memset(r, 0, sizeof(*r));
	test_rig_start(r, &r->a, "lns.example", 3, limits);
}

void rig_single(struct rig *r)
{
	rig_limited(r, NULL);
}

void rig_free(struct rig *r)
{
	l2tp_engine_free(r->a.e);
	l2tp_engine_free(r->b.e);
	free(r->a.pkt);
	free(r->b.pkt);
}

struct shelf_owner rig_restart(struct rig_end *end)
{
	struct shelf_owner o = {
		.who = {.policy = end->policy, .source = end->source, .peer = end->peer}};

	l2tp_engine_free(end->e);
	end->e = l2tp_engine_new(&ops, end, NULL);
	if (!end->e)
		abort();
	shelf_restore(end->shelf, end->e, &o, end->rig->now);
	return o;
}

static bool carry(struct rig_end *end)
{
	struct rig_packet *p;

	if (!end->e || !end->other || end->taken == end->pkts)
		return false;
	p = &end->pkt[end->taken++];
	if (!end->drop)
		l2tp_engine_rx(end->other->e, end->from, p->octets, p->len, end->rig->now);
	return true;
}

void rig_run(struct rig *r)
{
	while (carry(&r->a) || carry(&r->b))
		;
}

static uint64_t rig_next(const struct rig *r)
{
	uint64_t a = l2tp_engine_deadline(r->a.e);
	uint64_t b = r->b.e ? l2tp_engine_deadline(r->b.e) : DEADLINE_NEVER;

	return a < b ? a : b;
}

void rig_pass(struct rig *r, uint64_t us)
{
	uint64_t until = r->now + us;

	rig_run(r);
	while (rig_next(r) <= until) {
		if (rig_next(r) > r->now)
			r->now = rig_next(r);
		l2tp_engine_expire(r->a.e, r->now);
		if (r->b.e)
			l2tp_engine_expire(r->b.e, r->now);
		rig_run(r);
	}
	r->now = until;
}

struct l2tp_tunnel *rig_open(struct rig_end *end)
{
	struct l2tp_peer_answer who = {
		.policy = end->policy, .source = end->source, .peer = end->peer};
	enum l2tp_reason why;

	return l2tp_tunnel_open(end->e, end->to, &who, NULL, end->rig->now, &why);
}

struct l2tp_tunnel *rig_tunnel(struct rig *r, struct l2tp_tunnel **at_b)
{
	struct l2tp_tunnel *t = rig_open(&r->a);

	rig_run(r);
	CU_ASSERT_EQUAL_FATAL(rig_count_events(&r->a, L2TP_EV_TUNNEL_UP), 1);
	CU_ASSERT_EQUAL_FATAL(rig_count_events(&r->b, L2TP_EV_TUNNEL_UP), 1);
	if (at_b)
		*at_b = rig_event(&r->b, L2TP_EV_TUNNEL_UP)->tunnel;
	return t;
}

/* --- events and packets recorded -------------------------------------------------------------- */

unsigned rig_count_events(const struct rig_end *end, enum l2tp_event_kind kind)
{
	unsigned n = 0;

	for (unsigned i = 0; i < end->evs; i++)
		n += end->ev[i].kind == kind;
	return n;
}

const struct rig_event *rig_event(const struct rig_end *end, enum l2tp_event_kind kind)
{
	for (unsigned i = end->evs; i-- > 0;)
		if (end->ev[i].kind == kind)
			return &end->ev[i];
	CU_FAIL_FATAL("no such event");
	return NULL;
}

unsigned rig_count_sent(const struct rig_end *end, uint16_t type)
{
	unsigned n = 0;

	for (unsigned i = 0; i < end->pkts; i++)
		n += end->pkt[i].type == type;
	return n;
}

const struct rig_packet *rig_last(const struct rig_end *end, uint16_t type)
{
	for (unsigned i = end->pkts; i-- > 0;)
		if (end->pkt[i].type == type)
			return &end->pkt[i];
	CU_FAIL_FATAL("no such packet");
	return NULL;
}

void rig_decode(const struct rig_packet *p, struct l2tp_msg *m, const struct l2tp_secret *secret)
{
	struct l2tp_fault f;

	CU_ASSERT_EQUAL_FATAL(l2tp_msg_decode(m, &f, p->h.payload, p->h.len, secret, 0),
			      L2TP_MSG_OK);
}

uint64_t rig_reason(const struct rig_end *end, enum l2tp_reason why)
{
	struct l2tp_counters c;

	l2tp_engine_counters(end->e, &c);
	return c.reason[why];
}

/* --- the test as peer ------------------------------------------------------------------------- */

void rig_peer(struct rig_peer *p, struct rig *r, uint16_t tid)
{
	memset(p, 0, sizeof(*p));
	p->r = r;
	p->on = 7;
	p->tid = tid;
}

void rig_start(struct rig_peer *p, uint16_t type, uint16_t sid)
{
	static const uint8_t rv[16];

	l2tp_build_start(&p->b, p->buf, sizeof(p->buf), type, p->peer_tid, sid, NULL, false, rv);
}

static void rig_put(struct rig_peer *p, size_t len, uint16_t ns)
{
	wr_put16(p->buf + 8, ns);
	wr_put16(p->buf + 10, p->nr);
	l2tp_engine_rx(p->r->a.e, p->on, p->buf, len, p->r->now);
}

void rig_send_ns(struct rig_peer *p, uint16_t ns)
{
	size_t len = l2tp_build_end(&p->b);

	CU_ASSERT_NOT_EQUAL_FATAL(len, 0);
	rig_put(p, len, ns);
}

void rig_send(struct rig_peer *p)
{
	rig_ack(p);
	rig_send_ns(p, p->ns++);
}

void rig_zlb(struct rig_peer *p)
{
	struct wr w = wr_init(p->buf, sizeof(p->buf));

	rig_ack(p);
	l2tp_hdr_control(&w, p->peer_tid, 0, 0, 0);
	l2tp_hdr_finish(&w, 0);
	rig_put(p, w.len, p->ns);
}

void rig_ack(struct rig_peer *p)
{
	struct rig_end *a = &p->r->a;

	for (; a->taken < a->pkts; a->taken++) {
		const struct rig_packet *k = &a->pkt[a->taken];

		if (k->type && (k->h.tid == p->tid || !k->h.tid) && k->h.ns == p->nr)
			p->nr++;
	}
}

void rig_sccrq(struct rig_peer *p)
{
	rig_start(p, L2TP_SCCRQ, 0);
	l2tp_build_u16(&p->b, L2TP_IETF, L2TP_AVP_PROTOCOL_VERSION, 0x0100);
	l2tp_build_avp(&p->b, L2TP_IETF, L2TP_AVP_HOST_NAME, "peer", 4);
	l2tp_build_u32(&p->b, L2TP_IETF, L2TP_AVP_FRAMING_CAPS, 3);
	l2tp_build_u32(&p->b, L2TP_IETF, L2TP_AVP_BEARER_CAPS, 3);
	l2tp_build_u16(&p->b, L2TP_IETF, L2TP_AVP_ASSIGNED_TUNNEL_ID, p->tid);
	l2tp_build_u16(&p->b, L2TP_IETF, L2TP_AVP_RECEIVE_WINDOW_SIZE, 16);
}

void rig_sccrp(struct rig_peer *p)
{
	rig_sccrq(p);
	wr_put16(p->buf + L2TP_HDR_CONTROL_LEN + L2TP_AVP_HDR_LEN, L2TP_SCCRP);
}

struct l2tp_tunnel *rig_peer_up(struct rig_peer *p, struct rig *r)
{
	struct l2tp_msg *m = malloc(sizeof(*m));

	rig_peer(p, r, 4711);
	rig_sccrq(p);
	rig_send(p);
	rig_decode(rig_last(&r->a, L2TP_SCCRP), m, NULL);
	CU_ASSERT_TRUE(l2tp_msg_u16(m, L2TP_IETF, L2TP_AVP_ASSIGNED_TUNNEL_ID, &p->peer_tid));
	free(m);
	rig_start(p, L2TP_SCCCN, 0);
	rig_send(p);
	return rig_event(&r->a, L2TP_EV_TUNNEL_UP)->tunnel;
}

struct l2tp_tunnel *rig_peer_answers(struct rig_peer *p, struct rig *r)
{
	struct l2tp_msg *m = malloc(sizeof(*m));

	rig_peer(p, r, 4712);
	rig_open(&r->a);
	rig_decode(rig_last(&r->a, L2TP_SCCRQ), m, NULL);
	CU_ASSERT_TRUE(l2tp_msg_u16(m, L2TP_IETF, L2TP_AVP_ASSIGNED_TUNNEL_ID, &p->peer_tid));
	free(m);
	rig_sccrp(p);
	rig_send(p);
	return rig_event(&r->a, L2TP_EV_TUNNEL_UP)->tunnel;
}

void rig_stopccn(struct rig_peer *p, uint16_t result)
{
	struct l2tp_result r = {.result = result};

	rig_start(p, L2TP_STOPCCN, 0);
	l2tp_build_u16(&p->b, L2TP_IETF, L2TP_AVP_ASSIGNED_TUNNEL_ID, p->tid);
	l2tp_build_result(&p->b, &r);
	rig_send(p);
}

static void rig_required(struct rig_peer *p, uint16_t type, uint16_t assigned)
{
	static const uint8_t zero[32];
	const struct l2tp_avp_row *row = l2tp_avp_row(L2TP_IETF, type);
	struct l2tp_result r = {.result = 1};

	if (type == L2TP_AVP_ASSIGNED_SESSION_ID)
		l2tp_build_u16(&p->b, L2TP_IETF, type, assigned);
	else if (type == L2TP_AVP_ASSIGNED_TUNNEL_ID)
		l2tp_build_u16(&p->b, L2TP_IETF, type, p->tid);
	else if (type == L2TP_AVP_PROTOCOL_VERSION)
		l2tp_build_u16(&p->b, L2TP_IETF, type, 0x0100);
	else if (type == L2TP_AVP_RESULT_CODE)
		l2tp_build_result(&p->b, &r);
	else
		l2tp_build_avp(&p->b, L2TP_IETF, type, zero, row->min ? row->min : 1);
}

void rig_start_any(struct rig_peer *p, uint16_t type, uint16_t sid, uint16_t assigned)
{
	rig_start(p, type, sid);
	for (const uint16_t *t = l2tp_msg_table[type].required; *t != L2TP_NO_AVP; t++)
		rig_required(p, *t, assigned);
}

void rig_any(struct rig_peer *p, uint16_t type, uint16_t sid, uint16_t assigned)
{
	rig_start_any(p, type, sid, assigned);
	rig_send(p);
}

/* --- a call in any state ---------------------------------------------------------------------- */

static struct l2tp_call *rig_bring_placed(struct rig_peer *p, struct l2tp_tunnel *t, bool lac,
					  enum l2tp_call_state s)
{
	struct l2tp_call *c = l2tp_call_new(t, NULL, NULL);
	struct l2tp_call_info i;

	l2tp_call_place(c, lac ? L2TP_INCOMING : L2TP_OUTGOING, NULL, 0, p->r->now);
	l2tp_call_info(c, &i);
	if (s != L2TP_C_WAIT_REPLY)
		rig_any(p, lac ? L2TP_ICRP : L2TP_OCRP, i.local_id, 77);
	if (s == L2TP_C_ESTABLISHED && lac)
		l2tp_call_connected(c, NULL, 0, p->r->now);
	else if (s == L2TP_C_ESTABLISHED)
		rig_any(p, L2TP_OCCN, i.local_id, 77);
	return c;
}

static struct l2tp_call *rig_bring_offered(struct rig_peer *p, bool lac, enum l2tp_call_state s)
{
	struct l2tp_call_info i;
	struct l2tp_call *c;

	rig_any(p, lac ? L2TP_OCRQ : L2TP_ICRQ, 0, 77);
	c = rig_event(&p->r->a, L2TP_EV_CALL_OFFERED)->call;
	l2tp_call_info(c, &i);
	if (s != L2TP_C_WAIT_ANSWER)
		l2tp_call_answer(c, NULL, 0, p->r->now);
	if (s == L2TP_C_ESTABLISHED && lac)
		l2tp_call_connected(c, NULL, 0, p->r->now);
	else if (s == L2TP_C_ESTABLISHED)
		rig_any(p, L2TP_ICCN, i.local_id, 77);
	return c;
}

struct l2tp_call *rig_bring(struct rig_peer *p, struct l2tp_tunnel *t, enum rig_side side,
			    enum l2tp_call_state s)
{
	bool placed = side == RIG_LAC_IN || side == RIG_LNS_OUT;
	bool lac = side == RIG_LAC_IN || side == RIG_LAC_OUT;
	struct l2tp_call_info i;
	struct l2tp_call *c;

	c = placed ? rig_bring_placed(p, t, lac, s) : rig_bring_offered(p, lac, s);
	l2tp_call_info(c, &i);
	CU_ASSERT_EQUAL(i.state, s);
	rig_ack(p);
	return c;
}
