/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Every event in every state, once without a restart and once after one: the answers must be the
 * same, octet for octet but for Ns and Nr.  States that do not live on end in good order.
 */
#include "core/htab.h"
#include "tests/core/rig.h"

#include <stdarg.h>
#include <string.h>

static struct rig r;
static struct rig_peer p;
static struct shelf shelf;
static struct l2tp_msg m;

/* --- what an end does, as text ---------------------------------------------------------------- */

struct story {
	char text[6000];
	size_t n;
};

static void __attribute__((format(printf, 2, 3))) cells_tell(struct story *s, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	s->n += (size_t)vsnprintf(s->text + s->n, sizeof(s->text) - s->n, fmt, ap);
	va_end(ap);
	if (s->n >= sizeof(s->text))
		CU_FAIL_FATAL("a long story");
}

struct mark {
	unsigned pkts, evs;
	uint64_t state, call, tunnel;
};

static struct mark cells_mark(void)
{
	return (struct mark){.pkts = r.a.pkts,
			     .evs = r.a.evs,
			     .state = rig_reason(&r.a, L2TP_R_MSG_STATE),
			     .call = rig_reason(&r.a, L2TP_R_NO_CALL),
			     .tunnel = rig_reason(&r.a, L2TP_R_NO_TUNNEL)};
}

static void cells_tell_packets(struct story *s, unsigned from)
{
	for (unsigned i = from; i < r.a.pkts; i++) {
		const struct rig_packet *k = &r.a.pkt[i];

		cells_tell(s, "sent %u to %u/%u %zu %016llx\n", k->type, k->h.tid, k->h.sid,
			   k->h.len, (unsigned long long)htab_octets(k->h.payload, k->h.len));
	}
}

static void cells_tell_events(struct story *s, unsigned from)
{
	for (unsigned i = from; i < r.a.evs; i++) {
		const struct rig_event *e = &r.a.ev[i];

		cells_tell(s, "event %u call %d by %u result %u/%u \"%s\" message %u\n", e->kind,
			   e->call != NULL, e->by, e->result.result, e->result.error,
			   e->result.text, e->msg_type);
	}
}

static void cells_tell_what_is_left(struct story *s)
{
	struct l2tp_tunnel_info i;
	struct l2tp_call_info j;

	for (struct l2tp_tunnel *t = l2tp_tunnel_next(r.a.e, NULL); t;
	     t = l2tp_tunnel_next(r.a.e, t)) {
		l2tp_tunnel_info(t, &i);
		cells_tell(s, "tunnel %u/%u state %u flags %u%u host %s dscp %u window %u\n",
			   i.local_id, i.peer_id, i.state, i.initiator, i.authenticated,
			   i.peer_host, i.dscp, i.peer_window);
		for (struct l2tp_call *c = l2tp_call_next(t, NULL); c; c = l2tp_call_next(t, c)) {
			l2tp_call_info(c, &j);
			cells_tell(s, "call %u/%u state %u kind %u lns %u placed %u serial %u\n",
				   j.local_id, j.peer_id, j.state, j.kind, j.we_are_lns,
				   j.placed_by_us, j.serial);
		}
	}
}

static void cells_tell_all(struct story *s, const struct mark *from)
{
	s->n = 0;
	cells_tell_packets(s, from->pkts);
	cells_tell_events(s, from->evs);
	cells_tell(s, "counted %llu %llu\n",
		   (unsigned long long)(rig_reason(&r.a, L2TP_R_MSG_STATE) - from->state),
		   (unsigned long long)(rig_reason(&r.a, L2TP_R_NO_CALL) - from->call));
	cells_tell_what_is_left(s);
}

static void cells_same(const struct story *a, const struct story *b, const char *what, unsigned n)
{
	CU_ASSERT_STRING_EQUAL(a->text, b->text);
	if (strcmp(a->text, b->text))
		printf("\n   %s %u\n-- without a restart:\n%s-- after one:\n%s", what, n, a->text,
		       b->text);
}

/* --- a tunnel, and its process dies ----------------------------------------------------------- */

static struct l2tp_tunnel *cells_tunnel(void)
{
	memset(&shelf, 0, sizeof(shelf));
	rig_single(&r);
	r.a.shelf = &shelf;
	r.a.policy.hello = 0; /* its time is not the same after a restart */
	return rig_peer_up(&p, &r);
}

/* The peer acknowledges the HELLOs, and no more. */
static void cells_restart(void)
{
	unsigned before = r.a.pkts;

	rig_restart(&r.a);
	while (before < r.a.pkts && r.a.pkt[before].type == L2TP_HELLO) {
		struct wr w = wr_init(p.buf, sizeof(p.buf));

		p.nr = (uint16_t)(r.a.pkt[before].h.ns + 1);
		before = r.a.taken = r.a.pkts;
		l2tp_hdr_control(&w, p.peer_tid, 0, p.ns, p.nr);
		l2tp_hdr_finish(&w, 0);
		l2tp_engine_rx(r.a.e, p.on, p.buf, w.len, r.now);
	}
}

static struct l2tp_tunnel *cells_only_tunnel(void)
{
	return l2tp_tunnel_next(r.a.e, NULL);
}

static struct l2tp_call *cells_only_call(void)
{
	struct l2tp_tunnel *t = cells_only_tunnel();

	return t ? l2tp_call_next(t, NULL) : NULL;
}

/* --- events ----------------------------------------------------------------------------------- */

static void cells_answer(void)
{
	if (cells_only_call())
		l2tp_call_answer(cells_only_call(), NULL, 0, r.now);
}

static void cells_connected(void)
{
	if (cells_only_call())
		l2tp_call_connected(cells_only_call(), NULL, 0, r.now);
}

static void cells_hangup(void)
{
	if (cells_only_call())
		l2tp_call_hangup(cells_only_call(), NULL, NULL, 0, r.now);
}

static void cells_hangup_unanswered(void)
{
	cells_hangup();
	rig_pass(&r, 100 * SEC);
}

static void cells_sli(void)
{
	if (cells_only_call())
		l2tp_call_send_sli(cells_only_call(), 1, 2, r.now);
}

static void cells_wen(void)
{
	static const uint32_t errors[6] = {1, 2, 3, 4, 5, 6};

	rig_pass(&r, 60 * SEC); /* one a minute, and the one before may have been just now */
	if (cells_only_call())
		l2tp_call_send_wen(cells_only_call(), errors, r.now);
}

static void cells_another_call(void)
{
	rig_any(&p, L2TP_ICRQ, 0, 78);
}

static void cells_close(void)
{
	l2tp_tunnel_close(cells_only_tunnel(), NULL, r.now);
}

static void cells_close_unanswered(void)
{
	cells_close();
	rig_pass(&r, 100 * SEC);
}

static void cells_lost(void)
{
	l2tp_engine_channel_lost(r.a.e, 7, r.now);
}

static void cells_down(void)
{
	l2tp_engine_channel(r.a.e, 7, false, r.now);
	rig_pass(&r, 70 * SEC);
}

static void cells_stopped(void)
{
	rig_stopccn(&p, 6);
}

static void cells_silence(void)
{
	rig_pass(&r, 100 * SEC);
}

static void cells_acked(void)
{
	rig_zlb(&p);
}

static void (*const doings[])(void) = {
	cells_answer,	    cells_connected, cells_hangup, cells_hangup_unanswered,
	cells_sli,	    cells_wen,	     cells_close,  cells_close_unanswered,
	cells_another_call, cells_lost,	     cells_down,   cells_stopped,
	cells_silence,	    cells_acked};
enum { DOINGS = sizeof(doings) / sizeof(doings[0]) };

/* The events of a cell: these, then each message about the call, then each about the tunnel. */
enum { EVENTS = DOINGS + 2 * L2TP_MSG_TYPES };

static bool cells_is_event(unsigned ev)
{
	return ev < DOINGS || l2tp_msg_table[(ev - DOINGS) % L2TP_MSG_TYPES].name;
}

static void cells_event(unsigned ev)
{
	unsigned n = ev - DOINGS, type = n % L2TP_MSG_TYPES;
	struct l2tp_call_info i = {0};
	bool asks = type == L2TP_ICRQ || type == L2TP_OCRQ;

	if (ev < DOINGS) {
		doings[ev]();
		return;
	}
	if (cells_only_call() && n >= L2TP_MSG_TYPES && !asks)
		l2tp_call_info(cells_only_call(), &i);
	rig_any(&p, (uint16_t)type, i.local_id, 77);
}

/* --- established ------------------------------------------------------------------------------ */

static void cells_call_story(struct story *s, enum rig_side side, unsigned ev, bool dies)
{
	struct mark from;

	rig_bring(&p, cells_tunnel(), side, L2TP_C_ESTABLISHED);
	rig_zlb(&p);
	if (dies)
		cells_restart();
	from = cells_mark();
	cells_event(ev);
	cells_tell_all(s, &from);
	rig_free(&r);
}

static void every_event_of_an_established_call(void)
{
	static struct story a, b;

	for (enum rig_side side = 0; side < RIG_SIDES; side++)
		for (unsigned ev = 0; ev < EVENTS; ev++) {
			if (!cells_is_event(ev))
				continue;
			cells_call_story(&a, side, ev, false);
			cells_call_story(&b, side, ev, true);
			cells_same(&a, &b, "event", ev);
		}
}

/* Its StopCCN is sent, and the peer may or may not have had it. */
static void cells_stopping_story(struct story *s, unsigned ev, bool dies)
{
	struct l2tp_tunnel *t = cells_tunnel();
	struct mark from;

	rig_zlb(&p);
	l2tp_tunnel_close(t, NULL, r.now);
	if (dies)
		cells_restart();
	r.a.taken = r.a.pkts; /* the peer has not seen the last StopCCN */
	from = cells_mark();
	cells_event(ev);
	cells_tell_all(s, &from);
	rig_free(&r);
}

static void every_event_of_a_tunnel_being_closed(void)
{
	static struct story a, b;

	for (unsigned ev = 0; ev < EVENTS; ev++) {
		if (!cells_is_event(ev))
			continue;
		cells_stopping_story(&a, ev, false);
		cells_stopping_story(&b, ev, true);
		cells_same(&a, &b, "event", ev);
	}
}

/* --- other states ----------------------------------------------------------------------------- */

static const struct {
	enum rig_side side;
	enum l2tp_call_state state;
	uint16_t peer_sid; /* 0 = not known yet: the peer finds the call by ours (4.4.4) */
} half_done[] = {
	{RIG_LAC_IN, L2TP_C_WAIT_REPLY, 0},    {RIG_LAC_IN, L2TP_C_WAIT_CS, 77},
	{RIG_LNS_IN, L2TP_C_WAIT_ANSWER, 77},  {RIG_LNS_IN, L2TP_C_WAIT_CONNECT, 77},
	{RIG_LAC_OUT, L2TP_C_WAIT_ANSWER, 77}, {RIG_LAC_OUT, L2TP_C_WAIT_CS, 77},
	{RIG_LNS_OUT, L2TP_C_WAIT_REPLY, 0},   {RIG_LNS_OUT, L2TP_C_WAIT_CONNECT, 77},
};

/* The call does not live on.  The peer gets a CDN, and what it still says of the call is counted
 * and nothing else. */
static void cells_half_done(unsigned n, unsigned type)
{
	struct l2tp_call_info i;
	struct l2tp_result res;
	uint16_t assigned = 0;
	struct mark from;

	l2tp_call_info(rig_bring(&p, cells_tunnel(), half_done[n].side, half_done[n].state), &i);
	cells_restart();
	CU_ASSERT_PTR_NULL(cells_only_call());
	CU_ASSERT_EQUAL_FATAL(rig_count_sent(&r.a, L2TP_CDN), 1);
	CU_ASSERT_EQUAL(rig_last(&r.a, L2TP_CDN)->h.sid, half_done[n].peer_sid);
	rig_decode(rig_last(&r.a, L2TP_CDN), &m, NULL);
	l2tp_msg_u16(&m, L2TP_IETF, L2TP_AVP_ASSIGNED_SESSION_ID, &assigned);
	CU_ASSERT_EQUAL(assigned, i.local_id);
	CU_ASSERT_TRUE(l2tp_msg_result(&m, &res));
	CU_ASSERT_EQUAL(res.result, L2TP_CDN_NO_FACILITIES_TEMP);
	from = cells_mark();
	rig_any(&p, (uint16_t)type, i.local_id, 77);
	CU_ASSERT_EQUAL(rig_reason(&r.a, L2TP_R_NO_CALL), from.call + 1);
	CU_ASSERT_EQUAL(r.a.pkts, from.pkts + 1);
	CU_ASSERT_EQUAL(r.a.pkt[from.pkts].type, 0);
	CU_ASSERT_EQUAL(r.a.evs, from.evs);
	/* the CDN is acknowledged: there is no record of the call any more */
	CU_ASSERT_EQUAL(shelf_count(&shelf, L2TP_KEEP_CALL), 0);
	rig_free(&r);
}

static void every_message_to_a_call_half_done(void)
{
	static const uint16_t types[] = {L2TP_ICRP, L2TP_ICCN, L2TP_OCRP, L2TP_OCCN,
					 L2TP_CDN,  L2TP_WEN,  L2TP_SLI};

	for (unsigned n = 0; n < sizeof(half_done) / sizeof(half_done[0]); n++)
		for (unsigned i = 0; i < sizeof(types) / sizeof(types[0]); i++)
			cells_half_done(n, types[i]);
}

/* Tunnels that form, or that the peer has closed, do not live on. */
static void cells_not_kept(enum l2tp_tunnel_state s, unsigned type)
{
	struct l2tp_tunnel_info i;
	struct mark from;

	if (s == L2TP_T_LINGER) {
		cells_tunnel();
		rig_stopccn(&p, 1);
	} else {
		memset(&shelf, 0, sizeof(shelf));
		rig_single(&r);
		r.a.shelf = &shelf;
		rig_peer(&p, &r, 4711);
		if (s == L2TP_T_WAIT_CTL_REPLY) {
			rig_open(&r.a);
		} else {
			rig_sccrq(&p);
			rig_send(&p);
		}
	}
	l2tp_tunnel_info(cells_only_tunnel(), &i);
	CU_ASSERT_EQUAL(i.state, s);
	CU_ASSERT_EQUAL(shelf_count(&shelf, L2TP_KEEP_TUNNEL), 0);
	rig_restart(&r.a);
	CU_ASSERT_PTR_NULL(cells_only_tunnel());
	from = cells_mark();
	p.peer_tid = i.local_id;
	rig_any(&p, (uint16_t)type, 0, 77);
	CU_ASSERT_EQUAL(rig_reason(&r.a, L2TP_R_NO_TUNNEL), from.tunnel + 1);
	CU_ASSERT_EQUAL(r.a.evs, from.evs);
	rig_free(&r);
}

static void every_message_to_a_tunnel_not_kept(void)
{
	static const enum l2tp_tunnel_state states[] = {L2TP_T_WAIT_CTL_REPLY, L2TP_T_WAIT_CTL_CONN,
							L2TP_T_LINGER};

	for (unsigned n = 0; n < sizeof(states) / sizeof(states[0]); n++)
		for (unsigned type = 2; type < L2TP_MSG_TYPES; type++)
			if (l2tp_msg_table[type].name)
				cells_not_kept(states[n], type);
}

static const struct test_case cases[] = {
	{"every_event_of_an_established_call", every_event_of_an_established_call},
	{"every_event_of_a_tunnel_being_closed", every_event_of_a_tunnel_being_closed},
	{"every_message_to_a_call_half_done", every_message_to_a_call_half_done},
	{"every_message_to_a_tunnel_not_kept", every_message_to_a_tunnel_not_kept},
	{NULL, NULL},
};
extern const struct test_suite suite_restore_cells;
const struct test_suite suite_restore_cells = {"restore_cells", cases};
