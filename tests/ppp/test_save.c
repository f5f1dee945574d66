/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Links as records: what each state of each part becomes.  test_save_record.c has their
 * octets, test_save_crash.c deaths of a process. */
#include "ppp/link.h"
#include "tests/harness.h"
#include "tests/ppp/cells.h"
#include "tests/ppp/lone.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* --- every (state, event) cell ------------------------------------------------------------------ */

static void lcp_begins(struct lone *l, enum fsm_state state)
{
	struct lone was;
	uint8_t rec[PPP_RECORD_MAX];

	lone_init(l, true);
	l->cfg.passive = state == FSM_STOPPED;
	if (state == FSM_INITIAL)
		lone_make(l);
	else
		lone_open(l);
	if (state == FSM_ACK_RCVD)
		lone_rx(l, "c021 02 01 000a 050601010101");
	if (state == FSM_ACK_SENT)
		lone_rx(l, "c021 01 07 0004");
	if (state == FSM_CLOSED) /* passed through only */
		l->ppp->lcp.state = FSM_CLOSED;
	if (state != FSM_STARTING)
		return;
	was = *l;
	CU_ASSERT_FATAL(lone_restore(l, &was, rec, lone_record(&was, rec)));
	lone_free(&was);
}

static void lcp_in(struct lone *l, enum fsm_state state)
{
	if (state != FSM_CLOSING && state != FSM_STOPPING && state != FSM_OPENED)
		lcp_begins(l, state);
	else
		lone_all_open(l);
	if (state == FSM_CLOSING)
		ppp_close(l->ppp, l->now);
	if (state == FSM_STOPPING)
		lone_rx(l, "c021 05 09 0004");
	lone_skip(l);
	CU_ASSERT_EQUAL(l->ppp->lcp.state, state);
}

/* An IPCP or IPV6CP in that state, beside the other one, which is open. */
static void ncp_in(struct lone *l, struct cp *(*which)(struct ppp *), enum fsm_state state)
{
	bool v4;
	struct cp *c;

	lone_all_open(l);
	c = which(l->ppp);
	v4 = c == &l->ppp->ipcp;
	c->state = (uint8_t)state;
	c->answered = state == FSM_OPENED;
	if (fsm_timed(state))
		ppp_timer_set(l->ppp, (enum timer_kind)c->timer, l->now + 3 * SEC);
	*(v4 ? &l->ppp->ip4_up : &l->ppp->ip6_up) = state == FSM_OPENED;
}

static struct cp *which_lcp(struct ppp *p)
{
	return &p->lcp;
}

static struct cp *which_ipcp(struct ppp *p)
{
	return &p->ipcp;
}

static struct cp *which_ipv6cp(struct ppp *p)
{
	return &p->ipv6cp;
}

/* What a state is for the process that follows; FSM_ILLEGAL: nothing is kept. */
static const uint8_t lcp_becomes[FSM_STATES] = {
	[FSM_INITIAL] = FSM_ILLEGAL,   [FSM_STARTING] = FSM_REQ_SENT, [FSM_CLOSED] = FSM_ILLEGAL,
	[FSM_STOPPED] = FSM_STOPPED,   [FSM_CLOSING] = FSM_ILLEGAL,   [FSM_STOPPING] = FSM_ILLEGAL,
	[FSM_REQ_SENT] = FSM_REQ_SENT, [FSM_ACK_RCVD] = FSM_REQ_SENT, [FSM_ACK_SENT] = FSM_REQ_SENT,
	[FSM_OPENED] = FSM_OPENED,
};
static const uint8_t ncp_becomes[FSM_STATES] = {
	[FSM_INITIAL] = FSM_REQ_SENT,  [FSM_STARTING] = FSM_REQ_SENT, [FSM_CLOSED] = FSM_CLOSED,
	[FSM_STOPPED] = FSM_STOPPED,   [FSM_CLOSING] = FSM_CLOSED,    [FSM_STOPPING] = FSM_STOPPED,
	[FSM_REQ_SENT] = FSM_REQ_SENT, [FSM_ACK_RCVD] = FSM_REQ_SENT, [FSM_ACK_SENT] = FSM_REQ_SENT,
	[FSM_OPENED] = FSM_OPENED,
};

static void happens(struct lone *l, struct cp *c, enum fsm_event ev)
{
	memset(l->count, 0, sizeof(l->count));
	l->ppp->now = l->now;
	cells_bring_about(l->ppp, c, ev);
	ppp_expire(l->ppp, l->now); /* delivers the events */
}

/* A packet that an open protocol does not take: a second answer to a Request (RFC 1661 4.3). */
static bool out_of_sequence(enum fsm_state state, enum fsm_event ev)
{
	return state == FSM_OPENED && (ev == FSM_RCA || ev == FSM_RCN);
}

static void as_the_table_says(struct lone *l, struct cp *c, enum fsm_event ev, bool lcp)
{
	enum fsm_state from = (enum fsm_state)c->state;
	const struct fsm_cell *cell = &fsm_table[ev][from];
	unsigned next = cell->next;
	uint8_t codes[4];
	unsigned n = cells_codes(cell->actions, codes);

	happens(l, c, ev);
	if (next == FSM_ILLEGAL || out_of_sequence(from, ev)) {
		next = from;
		n = 0;
	}
	if (lcp && (cell->actions & FSM_TLF))
		next = FSM_INITIAL; /* the link is dead */
	CU_ASSERT_EQUAL(c->state, next);
	CU_ASSERT_EQUAL(l->n_sent, n);
	for (unsigned i = 0; i < n && i < l->n_sent; i++)
		CU_ASSERT_EQUAL(l->sent[i].octets[2], codes[i]);
	CU_ASSERT_EQUAL(ppp_timer_is_set(l->ppp, (enum timer_kind)c->timer),
			fsm_timed((enum fsm_state)next));
}

static void cell(struct cp *(*which)(struct ppp *), enum fsm_state state, enum fsm_event ev)
{
	bool lcp = which == which_lcp;
	enum fsm_state want = (enum fsm_state)(lcp ? lcp_becomes : ncp_becomes)[state];
	struct lone l, f;
	struct cp *c;

	if (lcp)
		lcp_in(&l, state);
	else
		ncp_in(&l, which, state);
	if (!lone_follow(&f, &l)) {
		CU_ASSERT_EQUAL(want, FSM_ILLEGAL);
		return;
	}
	lone_wait(&f, 0);
	c = which(f.ppp);
	CU_ASSERT_EQUAL(c->state, want);
	CU_ASSERT_EQUAL(f.n_sent, want == FSM_REQ_SENT);
	CU_ASSERT_EQUAL(f.count[PPP_EV_IP4_UP] + f.count[PPP_EV_IP6_UP] + f.count[PPP_EV_LCP_UP],
			0);
	lone_skip(&f);
	c->heard = true; /* else a Request is sent once more: test_cp.c */
	if (lcp && want == FSM_STOPPED && ev == FSM_CLOSE) {
		ppp_close(f.ppp, f.now);
		CU_ASSERT_EQUAL(f.count[PPP_EV_DOWN], 1);
	} else {
		as_the_table_says(&f, c, ev, lcp);
	}
	lone_free(&f);
}

static void every_cell(struct cp *(*which)(struct ppp *))
{
	for (unsigned state = 0; state < FSM_STATES; state++)
		for (unsigned ev = 0; ev < FSM_EVENTS; ev++)
			cell(which, (enum fsm_state)state, (enum fsm_event)ev);
}

static void every_cell_of_lcp(void)
{
	every_cell(which_lcp);
}

static void every_cell_of_ipcp(void)
{
	every_cell(which_ipcp);
}

static void every_cell_of_ipv6cp(void)
{
	every_cell(which_ipv6cp);
}

/* An open protocol answers as if nothing had happened: the same octets, events and state. */
static void an_open_link_answers_as_before(struct cp *(*which)(struct ppp *), enum fsm_event ev)
{
	uint8_t rec[PPP_RECORD_MAX];
	struct lone l, f;

	ncp_in(&l, which, FSM_OPENED);
	CU_ASSERT_FATAL(lone_restore(&f, &l, rec, lone_record(&l, rec)));
	lone_wait(&f, 0);
	which(f.ppp)->req_id = which(l.ppp)->req_id;
	happens(&l, which(l.ppp), ev);
	happens(&f, which(f.ppp), ev);
	CU_ASSERT_EQUAL(f.n_sent, l.n_sent);
	for (unsigned i = 0; i < l.n_sent && i < f.n_sent; i++)
		ASSERT_OCTETS(f.sent[i].octets, f.sent[i].len, l.sent[i].octets, l.sent[i].len);
	ASSERT_OCTETS((uint8_t *)f.count, sizeof(f.count), (uint8_t *)l.count, sizeof(l.count));
	CU_ASSERT_EQUAL(which(f.ppp)->state, which(l.ppp)->state);
	lone_free(&f);
	lone_free(&l);
}

static void open_protocols_answer_as_before(void)
{
	for (unsigned ev = 0; ev < FSM_EVENTS; ev++) {
		if (ev == FSM_RCA)
			continue; /* has the octets of a Request that is not kept */
		an_open_link_answers_as_before(which_lcp, (enum fsm_event)ev);
		an_open_link_answers_as_before(which_ipcp, (enum fsm_event)ev);
		an_open_link_answers_as_before(which_ipv6cp, (enum fsm_event)ev);
	}
}

/* --- authentication ------------------------------------------------------------------------------ */

#define RESPONSE(id) LONE_RESPONSE(id)

struct auth_row {
	const char *name;
	bool server;
	uint8_t method;
	const char *lead[4]; /* packets; "ok", "no": the owner's verdict; "again": a re-challenge */
	const char *resumed; /* what the next process sends at once; NULL = nothing; "none": no
				record */
	const char *packet;  /* then this comes */
	const char *answer;  /* NULL = nothing */
};

#define FIRST_ASK "c021 01 02 000f 0305c22305 0506????????"

static const struct auth_row auth_rows[] = {
	/* not over: from LCP on, and what the peer still says is not heard */
	{"challenged", true, PPP_AUTH_CHAP_MD5, {NULL}, FIRST_ASK, RESPONSE("01"), NULL},
	{"claimed", true, PPP_AUTH_CHAP_MD5, {RESPONSE("01")}, FIRST_ASK, RESPONSE("01"), NULL},
	{"refused", true, PPP_AUTH_CHAP_MD5, {RESPONSE("01"), "no"}, "none", NULL, NULL},
	{"pap waits",
	 true,
	 PPP_AUTH_PAP,
	 {NULL},
	 "c021 01 02 000e 0304c023 0506????????",
	 "c023 01 05 000e 04 75736572 04 70617373",
	 NULL},
	{"pap claimed",
	 true,
	 PPP_AUTH_PAP,
	 {"c023 01 05 000e 04 75736572 04 70617373"},
	 "c021 01 02 000e 0304c023 0506????????",
	 "c023 01 05 000e 04 75736572 04 70617373",
	 NULL},
	{"pap refused",
	 true,
	 PPP_AUTH_PAP,
	 {"c023 01 05 000e 04 75736572 04 70617373", "no"},
	 "none",
	 NULL,
	 NULL},
	/* over: a Success that was lost is given again */
	{"proven",
	 true,
	 PPP_AUTH_CHAP_MD5,
	 {RESPONSE("01"), "ok"},
	 NULL,
	 RESPONSE("01"),
	 "c223 03 01 0006 6869"},
	{"proven, another id",
	 true,
	 PPP_AUTH_CHAP_MD5,
	 {RESPONSE("01"), "ok"},
	 NULL,
	 RESPONSE("02"),
	 NULL},
	{"pap proven",
	 true,
	 PPP_AUTH_PAP,
	 {"c023 01 05 000e 04 75736572 04 70617373", "ok"},
	 NULL,
	 "c023 01 06 000e 04 75736572 04 70617373",
	 "c023 02 06 0007 02 6869"},
	/* a re-challenge: again, with an Identifier that has not been */
	{"challenged again",
	 true,
	 PPP_AUTH_CHAP_MD5,
	 {RESPONSE("01"), "ok", "again"},
	 "c223 01 03 001c 10 ???????????????????????????????? 67617465776179",
	 RESPONSE("02"),
	 NULL},
	{"claimed again",
	 true,
	 PPP_AUTH_CHAP_MD5,
	 {RESPONSE("01"), "ok", "again", RESPONSE("02")},
	 "c223 01 03 001c 10 ???????????????????????????????? 67617465776179",
	 RESPONSE("02"),
	 NULL},
	/* a client */
	{"waits for a challenge",
	 false,
	 PPP_AUTH_CHAP_MD5,
	 {NULL},
	 "c021 01 02 000a 0506????????",
	 "c223 01 05 000d 04 01020304 67617465",
	 NULL},
	{"has answered",
	 false,
	 PPP_AUTH_CHAP_MD5,
	 {"c223 01 05 000d 04 01020304 67617465"},
	 "c021 01 02 000a 0506????????",
	 "c223 03 05 0004",
	 NULL},
	{"is known",
	 false,
	 PPP_AUTH_CHAP_MD5,
	 {"c223 01 05 000d 04 01020304 67617465", "c223 03 05 0004"},
	 NULL,
	 "c223 01 06 000d 04 01020304 67617465",
	 "c223 02 06 001c 10 ???????????????????????????????? 67617465776179"},
	{"is known, a late Success",
	 false,
	 PPP_AUTH_CHAP_MD5,
	 {"c223 01 05 000d 04 01020304 67617465", "c223 03 05 0004"},
	 NULL,
	 "c223 03 05 0004",
	 NULL},
	{"has asked",
	 false,
	 PPP_AUTH_PAP,
	 {NULL},
	 "c021 01 02 000a 0506????????",
	 "c023 02 01 0005 00",
	 NULL},
	{"is let in",
	 false,
	 PPP_AUTH_PAP,
	 {"c023 02 01 0005 00"},
	 NULL,
	 "c023 03 01 0005 00",
	 NULL},
};

static void auth_lcp(struct lone *l, const struct auth_row *r)
{
	static const char *const client_asked[] = {
		[PPP_AUTH_PAP] = "c021 01 01 000e 0304c023 0506a0a0a0a0",
		[PPP_AUTH_CHAP_MD5] = "c021 01 01 000f 0305c22305 0506a0a0a0a0",
	};

	lone_init(l, r->server);
	l->give = &lone_given;
	l->cfg.auth[0] = r->method;
	l->cfg.n_auth = 1;
	l->cfg.ipv6 = false;
	l->cfg.rechallenge = 50 * (uint64_t)SEC;
	strcpy(l->cfg.name, "gateway");
	strcpy(l->cfg.secret, "hush-hush");
	if (r->server) {
		lone_lcp_began(l);
	} else {
		lone_open(l);
		lone_rx(l, "c021 02 01 000a 050601010101");
		lone_rx(l, client_asked[r->method]);
	}
	CU_ASSERT(lone_lcp_is(l, "Opened"));
}

static void auth_lead(struct lone *l, const char *step)
{
	if (!strcmp(step, "no")) {
		ppp_auth_verdict(l->ppp, false, NULL, "hi", l->now);
	} else if (!strcmp(step, "ok")) {
		ppp_auth_verdict(l->ppp, true, NULL, "hi", l->now);
		lone_rx(l, "8021 02 01 000a 03060a400001");
		lone_rx(l, "8021 01 09 000a 03060a400002");
	} else if (!strcmp(step, "again")) {
		lone_wait(l, 50 * (uint64_t)SEC);
	} else {
		lone_rx(l, step);
	}
}

/* A client's IPCP is still under way and starts again; that is shown elsewhere. */
static void auth_skip_ipcp(struct lone *l)
{
	while (l->n_read < l->n_sent && l->sent[l->n_read].octets[0] == 0x80)
		l->n_read++;
}

static void auth_cell(const struct auth_row *r)
{
	struct lone l, f;
	bool none = r->resumed && !strcmp(r->resumed, "none");

	auth_lcp(&l, r);
	for (unsigned i = 0; i < 4 && r->lead[i]; i++)
		auth_lead(&l, r->lead[i]);
	if (!lone_follow(&f, &l)) {
		CU_ASSERT(none);
		return;
	}
	CU_ASSERT(!none);
	lone_wait(&f, 0);
	auth_skip_ipcp(&f);
	if (r->resumed)
		CU_ASSERT(lone_sent(&f, r->resumed));
	if (r->lead[2])
		CU_ASSERT_EQUAL(f.keeps, 1); /* the Identifier of another Challenge */
	CU_ASSERT(lone_quiet(&f));
	lone_rx(&f, r->packet);
	if (r->answer)
		CU_ASSERT(lone_sent(&f, r->answer));
	CU_ASSERT(lone_quiet(&f));
	CU_ASSERT_EQUAL(f.count[PPP_EV_AUTH], 0);
	lone_free(&f);
}

static void every_state_of_authentication(void)
{
	for (size_t i = 0; i < sizeof(auth_rows) / sizeof(*auth_rows); i++) {
		unsigned failed = CU_get_number_of_failures();

		auth_cell(&auth_rows[i]);
		if (CU_get_number_of_failures() != failed)
			printf("\n      in the row \"%s\"\n", auth_rows[i].name);
	}
}

/* --- keep: the record before what shows it ------------------------------------------------------- */

/* The record that was written last says what one would say now: whether LCP begins again, else also
 * which protocols do. */
static bool kept_is_true(struct lone *l)
{
	uint8_t rec[PPP_RECORD_MAX];
	size_t n = lone_record(l, rec);

	if (!n)
		return !l->kept_len;
	return l->kept_len && !memcmp(rec + 4, l->kept + 4, rec[4] == 1 ? 1 : 4);
}

static struct ppp_ops kept_ops; /* of the link, but for what sends */
static struct lone *kept_watched;
static unsigned kept_late;

static void kept_on_event(struct lone *l, const struct ppp_event *ev)
{
	(void)ev;
	kept_late += !kept_is_true(l);
}

static void kept_tx(void *ctx, const uint8_t *frame, size_t len)
{
	(void)ctx;
	(void)frame;
	(void)len;
	kept_late += !kept_is_true(kept_watched);
}

static void kept_before_each_frame_and_event(void)
{
	struct lone l;
	unsigned keeps;

	lone_init(&l, true);
	l.give = &lone_given;
	l.cfg.n_auth = 1;
	l.on_event = kept_on_event;
	l.cfg.rechallenge = 20 * (uint64_t)SEC;
	kept_watched = &l;
	kept_late = 0;
	lone_make(&l);
	kept_ops = *l.ppp->ops;
	kept_ops.tx = kept_tx;
	l.ppp->ops = &kept_ops;
	CU_ASSERT_EQUAL(l.keeps, 0);
	ppp_open(l.ppp, l.now);
	CU_ASSERT_EQUAL(l.keeps, 1);
	lone_rx(&l, "c021 02 01 000f 0305c22305 050601010101");
	lone_rx(&l, "c021 01 01 000a 0506a0a0a0a0");
	CU_ASSERT_EQUAL(l.keeps, 1); /* LCP begins again either way */
	lone_rx(&l, RESPONSE("01"));
	ppp_auth_verdict(l.ppp, true, NULL, "hi", l.now);
	lone_rx(&l, "8021 02 01 000a 03060a400001");
	lone_rx(&l, "8021 01 09 000a 03060a400002");
	lone_rx(&l, "8057 02 01 000e 010a00000000000000a1");
	lone_rx(&l, "8057 01 09 000e 010a00000000000000b2");
	CU_ASSERT_EQUAL(l.count[PPP_EV_IP6_UP], 1);
	keeps = l.keeps;
	lone_rx(&l, "c021 09 77 0008 a0a0a0a0");
	CU_ASSERT_EQUAL(l.keeps, keeps); /* an echo changes nothing */
	lone_wait(&l, 20 * (uint64_t)SEC);
	CU_ASSERT_EQUAL(l.keeps, keeps + 1); /* the Identifier of a Challenge */
	lone_rx(&l, "c021 05 09 0004");
	CU_ASSERT_EQUAL(l.kept_len, 0);
	lone_wait(&l, 10 * (uint64_t)SEC);
	CU_ASSERT_EQUAL(l.count[PPP_EV_DOWN], 1);
	CU_ASSERT_EQUAL(kept_late, 0);
	lone_free(&l);
}

/* A Request of an open protocol that starts again is repeated, as that of any other. */
static void a_request_after_the_link_was_open_is_repeated(void)
{
	struct lone l, f;

	lone_all_open(&l);
	CU_ASSERT_FATAL(lone_follow(&f, &l));
	lone_wait(&f, 0);
	lone_rx(&f, "8021 01 0a 000a 03060a400002");
	CU_ASSERT(lone_sent(&f, "8021 01 02 000a 03060a400001"));
	CU_ASSERT(lone_sent(&f, "8021 02 0a 000a 03060a400002"));
	lone_wait(&f, 3 * SEC);
	CU_ASSERT(lone_sent(&f, "8021 01 02 000a 03060a400001"));
	lone_rx(&f, "c021 01 07 000a 0506a0a0a0a1");
	CU_ASSERT(lone_sent(&f, "c021 01 02 000a 0506????????"));
	CU_ASSERT(lone_sent(&f, "c021 02 07 000a 0506a0a0a0a1"));
	lone_wait(&f, 3 * SEC);
	CU_ASSERT(lone_sent(&f, "c021 01 02 000a 0506????????"));
	lone_free(&f);
}

static void kept_at_failure_tx(void *ctx, const uint8_t *frame, size_t len)
{
	struct lone *l = ctx;

	if (len > 2 && frame[0] == 0xc2 && frame[2] == 4)
		kept_late += l->kept_len;
}

/* A Failure is on its way: no process after this one lets that user in. */
static void a_refusal_leaves_no_record(void)
{
	struct lone l;

	lone_proven(&l);
	l.cfg.rechallenge = 0;
	CU_ASSERT(l.kept_len > 0);
	kept_ops = *l.ppp->ops;
	kept_ops.tx = kept_at_failure_tx;
	l.ppp->ops = &kept_ops;
	kept_late = 0;
	l.ppp->now = l.now;
	auth_rechallenge(l.ppp);
	lone_rx(&l, LONE_RESPONSE("02"));
	CU_ASSERT(l.kept_len > 0);
	ppp_auth_verdict(l.ppp, false, NULL, NULL, l.now);
	CU_ASSERT_EQUAL(kept_late, 0);
	CU_ASSERT_EQUAL(l.kept_len, 0);
	lone_free(&l);
}

static void what_has_not_changed_is_not_kept_again(void)
{
	struct lone l, f;

	lone_all_open(&l);
	CU_ASSERT_FATAL(lone_follow(&f, &l));
	lone_wait(&f, 0);
	lone_rx(&f, "c021 09 77 0008 a0a0a0a0");
	CU_ASSERT_EQUAL(f.keeps, 0);
	lone_free(&f);
}

/* --- time ---------------------------------------------------------------------------------------- */

/* An echo comes within one interval; what the process before had lost does not count. */
static void echoes_begin_anew(void)
{
	struct lone l, f;

	lone_proven(&l);
	l.ppp->lcp_vars.echo_lost = l.ppp->lcp_vars.echo_open = 3;
	l.ppp->lcp_vars.echo_id = 0x55;
	l.cfg.echo_interval = 10 * (uint64_t)SEC;
	CU_ASSERT_FATAL(lone_follow(&f, &l));
	lone_wait(&f, 10 * (uint64_t)SEC);
	CU_ASSERT(lone_sent(&f, "c021 09 56 0008 01010101"));
	CU_ASSERT(lone_quiet(&f));
	lone_wait(&f, 20 * (uint64_t)SEC);
	CU_ASSERT(lone_sent(&f, "c021 09 57 0008 01010101"));
	CU_ASSERT(lone_sent(&f, "c021 09 58 0008 01010101"));
	CU_ASSERT_EQUAL(f.count[PPP_EV_DOWN], 0);
	lone_wait(&f, 13 * (uint64_t)SEC);
	CU_ASSERT_EQUAL(f.why, PPP_WHY_ECHO);
	lone_free(&f);
}

/* Two links of one moment do not speak at one moment. */
static void restored_links_speak_at_different_times(void)
{
	uint8_t rec[PPP_RECORD_MAX];
	struct lone l, f, g;
	size_t n;

	lone_proven(&l);
	n = lone_record(&l, rec);
	l.cfg.echo_interval = 10 * (uint64_t)SEC;
	CU_ASSERT_FATAL(lone_restore(&f, &l, rec, n));
	l.random = 0x77;
	CU_ASSERT_FATAL(lone_restore(&g, &l, rec, n));
	lone_wait(&f, 0);
	lone_wait(&g, 0);
	CU_ASSERT_NOT_EQUAL(ppp_deadline(f.ppp), ppp_deadline(g.ppp));
	CU_ASSERT(ppp_deadline(f.ppp) <= l.now + 10 * (uint64_t)SEC);
	lone_free(&g);
	lone_free(&f);
	lone_free(&l);
}

/* RFC 1661 5.8: the peer rejected the code; and 6.4: a Request with our magic number is a loop. */
static void no_echo_and_our_magic(void)
{
	struct lone l, f;

	lone_all_open(&l);
	lone_rx(&l, "c021 07 01 000c 09 01 0008 01010101");
	l.cfg.echo_interval = SEC;
	CU_ASSERT_FATAL(lone_follow(&f, &l));
	lone_wait(&f, 5 * SEC);
	CU_ASSERT(lone_quiet(&f));
	lone_rx(&f, "c021 01 07 000a 0506 01010101");
	CU_ASSERT(lone_sent(&f, "c021 01 02 000a 0506????????"));
	CU_ASSERT(lone_sent(&f, "c021 03 07 000a 0506????????"));
	lone_free(&f);
}

/* RFC 5072 4.1: two ends have not one identifier. */
static void our_interface_identifier(void)
{
	static const struct ppp_addresses any = {.local4 = 1, .peer4 = 2, .local_iid = 0xa1};
	struct lone l, f;

	lone_init(&l, true);
	l.give = &any;
	lone_lcp_up(&l);
	lone_rx(&l, "8057 02 01 000e 010a00000000000000a1");
	lone_rx(&l, "8057 01 09 000e 010a00000000000000b2");
	CU_ASSERT(l.ppp->ip6_up);
	CU_ASSERT_FATAL(lone_follow(&f, &l));
	lone_wait(&f, 0);
	lone_skip(&f);
	lone_rx(&f, "8057 01 0a 000e 010a00000000000000a1");
	CU_ASSERT(lone_sent(&f, "8057 01 02 000e 010a00000000000000a1"));
	CU_ASSERT(lone_sent(&f, "8057 03 0a 000e 010a????????????????"));
	lone_free(&f);
}

static void down_before_the_deadline(void)
{
	struct lone l, f;

	lone_init(&l, true);
	lone_open(&l);
	CU_ASSERT_FATAL(lone_follow(&f, &l));
	CU_ASSERT_EQUAL(ppp_deadline(f.ppp), f.now);
	ppp_lower_down(f.ppp, f.now);
	CU_ASSERT_EQUAL(f.count[PPP_EV_DOWN], 1);
	CU_ASSERT_EQUAL(ppp_deadline(f.ppp), DEADLINE_NEVER);
	CU_ASSERT(lone_quiet(&f));
	lone_free(&f);
}

/* A frame that comes before the deadline finds what is to start again started. */
static void a_frame_before_the_deadline(void)
{
	struct lone l, f;

	lone_init(&l, true);
	l.give = &lone_given;
	lone_lcp_up(&l);
	CU_ASSERT_FATAL(lone_follow(&f, &l));
	lone_rx(&f, "8021 01 09 000a 03060a400002");
	CU_ASSERT(lone_sent(&f, "8021 01 02 000a 03060a400001"));
	CU_ASSERT(lone_sent(&f, "8057 01 02 000e 010a00000000000000a1"));
	CU_ASSERT(lone_sent(&f, "8021 02 09 000a 03060a400002"));
	CU_ASSERT(lone_quiet(&f));
	lone_free(&f);
}

/* The configuration has become another one. */
static void a_protocol_that_is_no_longer_wanted(void)
{
	struct lone l, f;

	lone_init(&l, true);
	l.give = &lone_given;
	lone_lcp_up(&l);
	l.cfg.ipv4 = l.cfg.ipv6 = false;
	CU_ASSERT_FATAL(lone_follow(&f, &l));
	lone_wait(&f, 0);
	CU_ASSERT(lone_sent(&f, "c021 05 02 0004"));
	lone_wait(&f, 10 * (uint64_t)SEC);
	CU_ASSERT_EQUAL(f.why, PPP_WHY_NO_NETWORK);
	lone_free(&f);
}

/* RFC 8200 5: a link that cannot carry 1280 octets any more has no IPv6, and says so to the peer.
 */
static void an_mtu_that_has_become_too_small(void)
{
	struct lone l, f;

	lone_all_open(&l);
	l.cfg.mtu = 1279;
	CU_ASSERT_FATAL(lone_follow(&f, &l));
	CU_ASSERT(f.ppp->ip4_up && !f.ppp->ip6_up);
	lone_rx(&f, "8057 01 0a 000e 010a00000000000000b2");
	CU_ASSERT(lone_sent(&f, "c021 08 02 0014 8057 01 0a 000e 010a00000000000000b2"));
	CU_ASSERT(lone_quiet(&f));
	lone_free(&f);
}

/* --- bundles (RFC 1990) -------------------------------------------------------------------------- */

static void a_link_of_a_bundle(void)
{
	struct lone l, f;

	lone_init(&l, true);
	lone_lcp_up(&l);
	CU_ASSERT_EQUAL(l.count[PPP_EV_AUTH_OK], 1);
	ppp_join_bundle(l.ppp, l.now);
	CU_ASSERT_FATAL(lone_follow(&f, &l));
	lone_wait(&f, 0);
	CU_ASSERT(lone_phase_is(&f, "network"));
	CU_ASSERT(lone_quiet(&f));
	lone_rx(&f, "c021 01 07 0004");
	CU_ASSERT_EQUAL(f.count[PPP_EV_LCP_DOWN], 1);
	lone_free(&f);
}

static void the_ppp_of_a_bundle(void)
{
	static const struct ppp_link first = {.peer_mrru = 1700, .our_mrru = 1600};
	struct lone l, f;
	uint8_t rec[PPP_RECORD_MAX];

	lone_init(&l, true);
	lone_make(&l);
	ppp_open_bundle(l.ppp, &first, l.now);
	CU_ASSERT_EQUAL(lone_record(&l, rec), 0); /* has no LCP to start again */
	ppp_start_network(l.ppp, &lone_given, l.now);
	CU_ASSERT_FATAL(lone_follow(&f, &l));
	CU_ASSERT_EQUAL(f.ppp->link.peer_mru, 1700);
	lone_wait(&f, 0);
	CU_ASSERT(lone_sent(&f, "8021 01 02 000a 03060a400001"));
	lone_rx(&f, "c021 05 09 0004");
	CU_ASSERT_EQUAL(lone_counter(&f, PPP_R_PHASE), 1);
	lone_free(&f);
}

static const struct test_case cases[] = {
	{"every_cell_of_lcp", every_cell_of_lcp},
	{"every_cell_of_ipcp", every_cell_of_ipcp},
	{"every_cell_of_ipv6cp", every_cell_of_ipv6cp},
	{"open_protocols_answer_as_before", open_protocols_answer_as_before},
	{"every_state_of_authentication", every_state_of_authentication},
	{"kept_before_each_frame_and_event", kept_before_each_frame_and_event},
	{"a_request_after_the_link_was_open_is_repeated",
	 a_request_after_the_link_was_open_is_repeated},
	{"echoes_begin_anew", echoes_begin_anew},
	{"restored_links_speak_at_different_times", restored_links_speak_at_different_times},
	{"a_refusal_leaves_no_record", a_refusal_leaves_no_record},
	{"what_has_not_changed_is_not_kept_again", what_has_not_changed_is_not_kept_again},
	{"no_echo_and_our_magic", no_echo_and_our_magic},
	{"our_interface_identifier", our_interface_identifier},
	{"down_before_the_deadline", down_before_the_deadline},
	{"a_frame_before_the_deadline", a_frame_before_the_deadline},
	{"a_protocol_that_is_no_longer_wanted", a_protocol_that_is_no_longer_wanted},
	{"an_mtu_that_has_become_too_small", an_mtu_that_has_become_too_small},
	{"a_link_of_a_bundle", a_link_of_a_bundle},
	{"the_ppp_of_a_bundle", the_ppp_of_a_bundle},
	{NULL, NULL},
};
const struct test_suite suite_save = {"save", cases};
