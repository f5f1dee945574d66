/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Messages about calls.  A message received is matched to its call (by our id in the header, or by
 * the peer's Assigned Session ID while the peer does not know ours), checked, and turned into an
 * event of the call's state table.  A message sent carries the attributes the RFC requires, those
 * the owner adds, and defaults for required ones the owner has left out.
 */
#include "core/engine_int.h"

#include <stdlib.h>

#define AT_TID	    4u /* in a control header */
#define AT_SID	    6u
#define UNKNOWN_BPS 0u /* RFC 3931 5.4.4; RFC 2661 has no value for it */

/* --- received --------------------------------------------------------------------------------- */

static const uint8_t event_of[L2TP_MSG_TYPES] = {
	[L2TP_ICRQ] = CALL_ICRQ, [L2TP_ICRP] = CALL_ICRP, [L2TP_ICCN] = CALL_ICCN,
	[L2TP_OCRQ] = CALL_OCRQ, [L2TP_OCRP] = CALL_OCRP, [L2TP_OCCN] = CALL_OCCN,
	[L2TP_CDN] = CALL_CDN,	 [L2TP_WEN] = CALL_WEN,	  [L2TP_SLI] = CALL_SLI,
};

static uint16_t call_msg_assigned_id(const struct l2tp_engine *e, const struct l2tp_hdr *h)
{
	return engine_assigned_id(e, h, L2TP_AVP_ASSIGNED_SESSION_ID);
}

/* The call a message is about.  Session ID 0: the peer does not know ours yet (4.4.4), so the call
 * is found by the Assigned Session ID; a request has no other id. */
static struct l2tp_call *call_msg_find(struct l2tp_tunnel *t, const struct l2tp_hdr *h)
{
	uint16_t type = t->e->msg.type;
	struct l2tp_call *c = NULL;

	if (type == L2TP_ICRQ || type == L2TP_OCRQ || (type == L2TP_CDN && !h->sid))
		c = call_by_peer_sid(t, call_msg_assigned_id(t->e, h));
	else
		c = idtab_get(&t->sids, h->sid);
	return c && !c->ended ? c : NULL;
}

static struct l2tp_result call_msg_refusal(uint16_t result, const char *what)
{
	return engine_result(result, 0, "%s", what);
}

/* 4.4.3: a Framing Type or Bearer Type we did not advertise is rejected. */
static bool call_msg_framing_ok(const struct l2tp_tunnel *t, struct l2tp_result *r)
{
	uint32_t type = 0;

	l2tp_msg_u32(&t->e->msg, L2TP_IETF, L2TP_AVP_FRAMING_TYPE, &type);
	*r = call_msg_refusal(L2TP_CDN_NO_FACILITIES_PERM, "framing type not advertised");
	return !(type & ~t->policy.framing_caps);
}

static bool call_msg_bearer_ok(const struct l2tp_tunnel *t, struct l2tp_result *r)
{
	uint32_t type = 0;

	l2tp_msg_u32(&t->e->msg, L2TP_IETF, L2TP_AVP_BEARER_TYPE, &type);
	*r = call_msg_refusal(L2TP_CDN_NO_FACILITIES_PERM, "bearer type not advertised");
	return t->policy.bearer_caps && !(type & ~t->policy.bearer_caps);
}

void call_send_clear(struct l2tp_tunnel *t, uint16_t id, uint16_t peer_id,
		     const struct l2tp_result *r)
{
	struct l2tp_build b;

	output_start(t, &b, L2TP_CDN, peer_id);
	l2tp_build_result(&b, r);
	l2tp_build_u16(&b, L2TP_IETF, L2TP_AVP_ASSIGNED_SESSION_ID, id);
	output_queue(t, &b);
}

static void call_msg_refuse(struct l2tp_tunnel *t, uint16_t peer_sid, const struct l2tp_result *r)
{
	struct l2tp_engine *e = t->e;

	if (e->ops->refused)
		e->ops->refused(e->ctx, t, &e->msg, e->now);
	call_send_clear(t, idtab_spare(&t->sids), peer_sid, r);
}

/* ICRQ or OCRQ for a call that does not exist yet. */
static void call_msg_request(struct l2tp_tunnel *t, uint16_t sid)
{
	struct l2tp_engine *e = t->e;
	enum call_role role = e->msg.type == L2TP_ICRQ ? CALL_LNS_IN : CALL_LAC_OUT;
	enum call_event ev = (enum call_event)event_of[e->msg.type];
	struct l2tp_result r;
	enum l2tp_reason why;
	bool ok = role == CALL_LNS_IN || (call_msg_bearer_ok(t, &r) && call_msg_framing_ok(t, &r));
	struct l2tp_call *c = ok ? call_new(t, role, &why) : NULL;

	if (ok && !c) {
		engine_count(e, why);
		r = call_msg_refusal(L2TP_CDN_NO_FACILITIES_TEMP, "no room for another call");
	}
	if (!c) {
		if (call_row(role, L2TP_C_IDLE, ev, false, false)->action == CALL_DO_REFUSE)
			call_msg_refuse(t, sid, &r);
		return;
	}
	l2tp_msg_u32(&e->msg, L2TP_IETF, L2TP_AVP_CALL_SERIAL_NUMBER, &c->serial);
	call_set_peer_sid(c, sid);
	call_step(c, ev, NULL);
}

/* ICRP, OCRP: acceptable when the Assigned Session ID is not in use.  When it is, the header of our
 * CDN must not carry it, because there it names the other call; our own id in the CDN's Assigned
 * Session ID names this one (4.4.4). */
static bool call_msg_reply_ok(struct l2tp_call *c, uint16_t sid, struct l2tp_result *r)
{
	if (c->state != L2TP_C_WAIT_REPLY)
		return true;
	if (!call_by_peer_sid(c->t, sid)) {
		call_set_peer_sid(c, sid);
		return true;
	}
	*r = engine_result(L2TP_CDN_GENERAL_ERROR, L2TP_ERR_BAD_SESSION_ID,
			   "Assigned Session ID is in use");
	return false;
}

static void call_msg_existing(struct l2tp_call *c, const struct l2tp_hdr *h)
{
	struct l2tp_tunnel *t = c->t;
	uint16_t type = t->e->msg.type;
	struct call_arg arg = {.by = L2TP_BY_US};
	struct l2tp_result r;
	bool ok = true;

	if (type == L2TP_ICRP || type == L2TP_OCRP)
		ok = call_msg_reply_ok(c, call_msg_assigned_id(t->e, h), &r);
	else if (type == L2TP_ICCN || type == L2TP_OCCN)
		ok = c->state != L2TP_C_WAIT_CONNECT || call_msg_framing_ok(t, &r);
	if (!ok || type == L2TP_CDN)
		arg.r = &r;
	if (type == L2TP_CDN) {
		l2tp_msg_result(&t->e->msg, &r);
		arg.by = L2TP_BY_PEER;
	}
	arg.refused = !ok;
	call_step(c, (enum call_event)event_of[type], &arg);
}

void call_message(struct l2tp_tunnel *t, const struct l2tp_hdr *h)
{
	struct l2tp_engine *e = t->e;
	struct l2tp_call *c = call_msg_find(t, h);
	bool asks = e->msg.type == L2TP_ICRQ || e->msg.type == L2TP_OCRQ;

	if (asks ? h->sid != 0 : !h->sid && e->msg.type != L2TP_CDN)
		engine_count(e, L2TP_R_MSG_ROLE);
	if (c)
		call_msg_existing(c, h);
	else if (asks)
		call_msg_request(t, call_msg_assigned_id(e, h));
	else
		engine_count(e, L2TP_R_NO_CALL); /* idle: 7.4 and 7.5 say "clean up" */
}

/* The message breaks a rule (e->fault): the call it is about ends (4.1, 7.1). */
void call_fault(struct l2tp_tunnel *t, const struct l2tp_hdr *h)
{
	struct l2tp_engine *e = t->e;
	struct l2tp_call *c = call_msg_find(t, h);
	bool cdn = e->msg.type == L2TP_CDN;
	struct call_arg arg = {.r = &e->fault.answer, .by = cdn ? L2TP_BY_PEER : L2TP_BY_US};

	if (c && !c->peer_id && !call_by_peer_sid(t, call_msg_assigned_id(e, h)))
		c->peer_id = call_msg_assigned_id(e, h);
	if (c)
		call_step(c, cdn ? CALL_CDN : CALL_CLOSE, &arg);
	else if (e->msg.type == L2TP_ICRQ || e->msg.type == L2TP_OCRQ)
		call_msg_refuse(t, call_msg_assigned_id(e, h), &e->fault.answer);
	else
		engine_count(e, L2TP_R_NO_CALL);
}

/* --- sent ------------------------------------------------------------------------------------- */

static bool call_msg_engine_writes(const struct l2tp_avp *a)
{
	return a->vendor == L2TP_IETF &&
	       (a->type == L2TP_AVP_MESSAGE_TYPE || a->type == L2TP_AVP_RANDOM_VECTOR ||
		a->type == L2TP_AVP_ASSIGNED_SESSION_ID || a->type == L2TP_AVP_RESULT_CODE);
}

/* 4.4.5: the attributes that each Proxy Authen Type requires. */
static const struct {
	uint16_t type;
	uint8_t with; /* bits (1u << Proxy Authen Type) */
} proxy_needs[] = {
	{L2TP_AVP_PROXY_AUTHEN_NAME, 1u << 1 | 1u << 2 | 1u << 3 | 1u << 5},
	{L2TP_AVP_PROXY_AUTHEN_CHALLENGE, 1u << 2 | 1u << 5},
	{L2TP_AVP_PROXY_AUTHEN_ID, 1u << 2 | 1u << 3 | 1u << 5},
	{L2TP_AVP_PROXY_AUTHEN_RESPONSE, 1u << 1 | 1u << 2 | 1u << 3 | 1u << 5},
};

/* Do the owner's attributes hold all that their Proxy Authen Type requires?  If not, none of the
 * proxy authentication is sent. */
static bool call_msg_proxy_complete(const struct l2tp_avp *avps, unsigned n)
{
	const struct l2tp_avp *a = l2tp_avp_find(avps, n, L2TP_IETF, L2TP_AVP_PROXY_AUTHEN_TYPE);
	struct rd r = rd_init(a ? a->val : NULL, a ? a->len : 0);
	uint16_t type = rd_u16(&r);

	if (r.bad || type > 7)
		return !r.bad;
	for (unsigned i = 0; i < sizeof(proxy_needs) / sizeof(proxy_needs[0]); i++)
		if (proxy_needs[i].with & 1u << type &&
		    !l2tp_avp_find(avps, n, L2TP_IETF, proxy_needs[i].type))
			return false;
	return true;
}

static bool call_msg_is_proxy_authen(const struct l2tp_avp *a)
{
	return a->vendor == L2TP_IETF && a->type >= L2TP_AVP_PROXY_AUTHEN_TYPE &&
	       a->type <= L2TP_AVP_PROXY_AUTHEN_RESPONSE;
}

/* What the owner has got or wants hidden is hidden, also without `hide`. */
static void call_msg_add_known(const struct l2tp_tunnel *t, struct l2tp_build *b,
			       const struct l2tp_avp *a)
{
	bool hide = b->hide;

	b->hide |= a->hidden;
	output_avp(t, b, a->vendor, a->type, a->val, a->len);
	b->hide = hide;
}

/* Add the owner's attributes: known ones in the messages their row lists, unknown ones as given. */
static void call_msg_add(const struct l2tp_tunnel *t, struct l2tp_build *b,
			 const struct l2tp_avp *avps, unsigned n)
{
	bool proxy = call_msg_proxy_complete(avps, n);

	for (unsigned i = 0; i < n; i++) {
		const struct l2tp_avp *a = &avps[i];
		const struct l2tp_avp_row *row = l2tp_avp_row(a->vendor, a->type);

		if (call_msg_engine_writes(a) || (call_msg_is_proxy_authen(a) && !proxy))
			continue;
		if (!row && !output_suppressed(t, a->vendor, a->type))
			l2tp_build_raw(b, a);
		else if (row && row->messages & 1u << b->type)
			call_msg_add_known(t, b, a);
	}
}

/* A 32-bit attribute that the RFC requires: call_msg_add() writes it when the owner gives it, else
 * the default is written here.  Returns the value. */
static uint32_t call_msg_require_u32(struct l2tp_build *b, const struct l2tp_avp *avps, unsigned n,
				     uint16_t vendor, uint16_t type, uint32_t deflt)
{
	const struct l2tp_avp *a = l2tp_avp_find(avps, n, vendor, type);
	struct rd r;

	if (!a) {
		l2tp_build_u32(b, vendor, type, deflt);
		return deflt;
	}
	r = rd_init(a->val, a->len);
	return rd_u32(&r);
}

/* `first` when the peer supports it or has advertised neither, else `second`. */
static uint32_t call_msg_choose(uint32_t caps, uint32_t first, uint32_t second)
{
	return caps & first || !(caps & second) ? first : second;
}

/* What the owner leaves open may be any the peer has advertised (4.4.4); `deflt` when it has
 * advertised none. */
static uint32_t call_msg_any(uint32_t caps, uint32_t known, uint32_t deflt)
{
	return caps & known ? caps & known : deflt;
}

static uint32_t call_msg_choose_framing(const struct l2tp_tunnel *t)
{
	return call_msg_choose(t->peer_framing, L2TP_FRAMING_SYNC, L2TP_FRAMING_ASYNC);
}

static struct packet *call_msg_keep(struct l2tp_tunnel *t, struct l2tp_build *b)
{
	size_t len = l2tp_build_end(b);
	struct packet *p = len ? malloc(sizeof(*p) + len) : NULL;

	if (!p)
		return NULL;
	p->len = (uint16_t)len;
	memcpy(p->octets, t->e->out, len);
	return p;
}

struct packet *call_build_request(struct l2tp_call *c, const struct l2tp_avp *avps, unsigned n)
{
	struct l2tp_tunnel *t = c->t;
	bool in = c->role == CALL_LAC_IN;
	struct l2tp_build b;

	output_start(t, &b, in ? L2TP_ICRQ : L2TP_OCRQ, 0);
	l2tp_build_u16(&b, L2TP_IETF, L2TP_AVP_ASSIGNED_SESSION_ID, c->id);
	c->serial = call_msg_require_u32(&b, avps, n, L2TP_IETF, L2TP_AVP_CALL_SERIAL_NUMBER,
					 c->serial);
	if (!in) {
		call_msg_require_u32(&b, avps, n, L2TP_IETF, L2TP_AVP_MINIMUM_BPS, 1);
		call_msg_require_u32(&b, avps, n, L2TP_IETF, L2TP_AVP_MAXIMUM_BPS, UINT32_MAX);
		c->bearer = call_msg_require_u32(
			&b, avps, n, L2TP_IETF, L2TP_AVP_BEARER_TYPE,
			call_msg_any(t->peer_bearer, L2TP_BEARER_DIGITAL | L2TP_BEARER_ANALOG,
				     L2TP_BEARER_DIGITAL));
		c->framing = call_msg_require_u32(
			&b, avps, n, L2TP_IETF, L2TP_AVP_FRAMING_TYPE,
			call_msg_any(t->peer_framing, L2TP_FRAMING_SYNC | L2TP_FRAMING_ASYNC,
				     L2TP_FRAMING_SYNC));
		if (!l2tp_avp_find(avps, n, L2TP_IETF, L2TP_AVP_CALLED_NUMBER))
			l2tp_build_avp(&b, L2TP_IETF, L2TP_AVP_CALLED_NUMBER, "", 0);
	}
	call_msg_add(t, &b, avps, n);
	return call_msg_keep(t, &b);
}

struct packet *call_build_connect(struct l2tp_call *c, const struct l2tp_avp *avps, unsigned n)
{
	struct l2tp_tunnel *t = c->t;
	struct l2tp_build b;

	output_start(t, &b, c->role == CALL_LAC_IN ? L2TP_ICCN : L2TP_OCCN, 0);
	call_msg_require_u32(&b, avps, n, L2TP_IETF, L2TP_AVP_TX_CONNECT_SPEED, UNKNOWN_BPS);
	c->framing = call_msg_require_u32(&b, avps, n, L2TP_IETF, L2TP_AVP_FRAMING_TYPE,
					  call_msg_choose_framing(t));
	c->required = l2tp_avp_find(avps, n, L2TP_IETF, L2TP_AVP_SEQUENCING_REQUIRED);
	call_msg_add(t, &b, avps, n);
	return call_msg_keep(t, &b);
}

void call_send_packet(struct l2tp_call *c, struct packet **p, uint16_t type)
{
	wr_put16((*p)->octets + AT_TID, c->t->peer_id);
	wr_put16((*p)->octets + AT_SID, c->peer_id);
	output_queue_octets(c->t, (*p)->octets, (*p)->len, type);
	free(*p);
	*p = NULL;
}

bool call_send_reply(struct l2tp_call *c, const struct l2tp_avp *avps, unsigned n)
{
	struct l2tp_build b;

	output_start(c->t, &b, c->role == CALL_LNS_IN ? L2TP_ICRP : L2TP_OCRP, c->peer_id);
	l2tp_build_u16(&b, L2TP_IETF, L2TP_AVP_ASSIGNED_SESSION_ID, c->id);
	call_msg_add(c->t, &b, avps, n);
	if (b.w.bad)
		return false;
	output_queue(c->t, &b);
	return true;
}

/* The words of a CDN that is passed on are longer than ours may be, and not ASCII alone. */
static void call_msg_result(struct l2tp_build *b, const struct l2tp_result *r,
			    const struct l2tp_avp *avps, unsigned n)
{
	const struct l2tp_avp *a = l2tp_avp_find(avps, n, L2TP_IETF, L2TP_AVP_RESULT_CODE);
	uint8_t value[L2TP_AVP_VALUE_MAX];

	if (!a || a->len <= 4 || a->len > sizeof(value)) {
		l2tp_build_result(b, r);
		return;
	}
	memcpy(value, a->val, a->len);
	wr_put16(value, r->result);
	wr_put16(value + 2, r->error);
	l2tp_build_avp(b, L2TP_IETF, L2TP_AVP_RESULT_CODE, value, a->len);
}

void call_send_cdn(struct l2tp_call *c, const struct l2tp_result *r, const struct l2tp_avp *avps,
		   unsigned n)
{
	struct l2tp_build b;

	output_start(c->t, &b, L2TP_CDN, c->peer_id);
	call_msg_result(&b, r, avps, n);
	l2tp_build_u16(&b, L2TP_IETF, L2TP_AVP_ASSIGNED_SESSION_ID, c->id);
	call_msg_add(c->t, &b, avps, n);
	if (b.w.bad && n) {
		call_send_cdn(c, r, NULL, 0);
		return;
	}
	keep_clearing(c->t, c->id, c->peer_id, r);
	output_queue(c->t, &b);
}

void l2tp_call_hide_info(struct l2tp_call *c)
{
	struct l2tp_engine *e = c->t->e;

	engine_enter(e, e->now);
	c->hides_info = true;
	keep_call(c);
	engine_leave(e);
}

/* SLI and WEN only inform, so a full queue drops them. */
static bool call_msg_may_inform(struct l2tp_call *c)
{
	if (c->hides_info && !c->t->policy.secret.len)
		return false;
	if (c->t->rel.octets < REL_QUEUE_OCTETS)
		return true;
	engine_count(c->t->e, L2TP_R_NO_MEMORY);
	return false;
}

/* 6.14, 6.13: SLI goes from LNS to LAC, WEN from LAC to LNS and not more than once a minute. */
void l2tp_call_send_sli(struct l2tp_call *c, uint32_t send_accm, uint32_t recv_accm, uint64_t now)
{
	bool lns = c->role == CALL_LNS_IN || c->role == CALL_LNS_OUT;
	uint8_t value[10] = {0};
	struct l2tp_build b;

	if (!lns || c->state != L2TP_C_ESTABLISHED || !call_msg_may_inform(c))
		return;
	engine_enter(c->t->e, now);
	wr_put32(value + 2, send_accm);
	wr_put32(value + 6, recv_accm);
	output_start(c->t, &b, L2TP_SLI, c->peer_id);
	b.hide |= c->hides_info;
	l2tp_build_avp(&b, L2TP_IETF, L2TP_AVP_ACCM, value, sizeof(value));
	output_queue(c->t, &b);
	engine_leave(c->t->e);
}

void l2tp_call_send_wen(struct l2tp_call *c, const uint32_t errors[6], uint64_t now)
{
	bool lac = c->role == CALL_LAC_IN || c->role == CALL_LAC_OUT;
	uint8_t value[26] = {0};
	struct l2tp_build b;

	if (!lac || c->state != L2TP_C_ESTABLISHED)
		return;
	if ((c->wen_sent && now - c->last_wen < 60000000u) || !call_msg_may_inform(c))
		return;
	engine_enter(c->t->e, now);
	c->wen_sent = true;
	c->last_wen = now;
	for (unsigned i = 0; i < 6; i++)
		wr_put32(value + 2 + 4 * i, errors[i]);
	output_start(c->t, &b, L2TP_WEN, c->peer_id);
	b.hide |= c->hides_info;
	l2tp_build_avp(&b, L2TP_IETF, L2TP_AVP_CALL_ERRORS, value, sizeof(value));
	output_queue(c->t, &b);
	engine_leave(c->t->e);
}
