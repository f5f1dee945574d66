/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "gw/aaa/radius/radius_coa.h"

#include "gw/aaa/radius/radius_acct.h"

const struct radius_refusal_row radius_refusals[RADIUS_REFUSALS] = {[RADIUS_DONE] = {0, "done"},
#define X(sym, number, words) [RADIUS_R_##sym] = {number, words},
								    RADIUS_CAUSES(X)
#undef X
};

/* --- values ------------------------------------------------------------------------------------ */

static enum radius_refusal coa_take_nothing(struct radius_coa *out, const struct radius_value *v)
{
	(void)out;
	(void)v;
	return RADIUS_DONE;
}

static enum radius_refusal coa_take_nas6(struct radius_coa *out, const struct radius_value *v)
{
	out->nas6 = v->octets.p;
	return RADIUS_DONE;
}

static enum radius_refusal coa_take_iid(struct radius_coa *out, const struct radius_value *v)
{
	struct rd r = v->octets;

	out->iid = rd_u64(&r);
	return RADIUS_DONE;
}

static enum radius_refusal coa_take_prefix6(struct radius_coa *out, const struct radius_value *v)
{
	out->prefix6_bits = radius_prefix6(v, out->prefix6);
	return out->prefix6_bits ? RADIUS_DONE : RADIUS_R_INVALID_VALUE;
}

static enum radius_refusal coa_take_interim(struct radius_coa *out, const struct radius_value *v)
{
	out->interim = v->number;
	return v->number < RADIUS_INTERIM_LEAST ? RADIUS_R_INVALID_VALUE : RADIUS_DONE;
}

/* "Authorize Only" (RFC 5176 3.2) is not known here.  In a Disconnect-Request there may be none. */
static enum radius_refusal coa_take_service(struct radius_coa *out, const struct radius_value *v)
{
	(void)out;
	return v->number == RADIUS_SERVICE_FRAMED ? RADIUS_DONE : RADIUS_R_UNSUPPORTED_SERVICE;
}

static enum radius_refusal coa_take_protocol(struct radius_coa *out, const struct radius_value *v)
{
	(void)out;
	return v->number == RADIUS_FRAMED_PPP ? RADIUS_DONE : RADIUS_R_INVALID_VALUE;
}

/* 1 would have the server asked again at the end (RFC 2865 5.29). */
static enum radius_refusal coa_take_action(struct radius_coa *out, const struct radius_value *v)
{
	(void)out;
	return v->number ? RADIUS_R_INVALID_VALUE : RADIUS_DONE;
}

static enum radius_refusal coa_take_cause(struct radius_coa *out, const struct radius_value *v)
{
	(void)out;
	return v->number == RADIUS_CAUSE_ADMIN_RESET ? RADIUS_DONE : RADIUS_R_INVALID_VALUE;
}

static enum radius_refusal coa_take_class(struct radius_coa *out, const struct radius_value *v)
{
	struct wr w = wr_init(out->classes + out->classes_len, COA_CLASSES - out->classes_len);

	wr_u8(&w, (uint8_t)v->octets.left);
	wr_bytes(&w, v->octets.p, v->octets.left);
	if (w.bad)
		return RADIUS_R_RESOURCES;
	out->classes_len = (uint16_t)(out->classes_len + w.len);
	return RADIUS_DONE;
}

/* --- the table --------------------------------------------------------------------------------- */

enum { COA_IN_CHANGE = 1, COA_IN_DISCONNECT = 2, COA_IN_BOTH = 3, COA_OFTEN = 4 };

/* A row for each attribute of the table of RFC 5176 section 3.6 that is known here. */
static const struct coa_row {
	enum radius_name name;
	uint8_t in;	    /* which requests may have it, and whether more than once */
	uint32_t has;	    /* 0 = nothing follows from it */
	uint16_t text, u32; /* where its octets go, or its number; 0 = by `take` */
	enum radius_refusal (*take)(struct radius_coa *out, const struct radius_value *v);
} coa_rows[] = {
#define COA_TEXT(m) .text = offsetof(struct radius_coa, m)
#define COA_U32(m)  .u32 = offsetof(struct radius_coa, m)
	{RADIUS_NAS_IP_ADDRESS, COA_IN_BOTH, COA_NAS_ADDRESS4, COA_U32(nas4)},
	{RADIUS_NAS_IPV6_ADDRESS, COA_IN_BOTH, COA_NAS_ADDRESS6, .take = coa_take_nas6},
	{RADIUS_NAS_IDENTIFIER, COA_IN_BOTH, COA_NAS_IDENTIFIER, COA_TEXT(nas_identifier)},
	{RADIUS_USER_NAME, COA_IN_BOTH, COA_USER, COA_TEXT(user)},
	{RADIUS_FRAMED_IP_ADDRESS, COA_IN_BOTH, COA_ADDRESS4, COA_U32(address4)},
	{RADIUS_CALLED_STATION_ID, COA_IN_BOTH, COA_CALLED, COA_TEXT(called)},
	{RADIUS_CALLING_STATION_ID, COA_IN_BOTH, COA_CALLING, COA_TEXT(calling)},
	{RADIUS_ACCT_SESSION_ID, COA_IN_BOTH, COA_SESSION_ID, COA_TEXT(session_id)},
	{RADIUS_ACCT_MULTI_SESSION_ID, COA_IN_BOTH, COA_MULTI_ID, COA_TEXT(multi_id)},
	{RADIUS_NAS_PORT_ID, COA_IN_BOTH, COA_PORT_ID, COA_TEXT(port_id)},
	{RADIUS_FRAMED_INTERFACE_ID, COA_IN_BOTH, COA_IID, .take = coa_take_iid},
	{RADIUS_FRAMED_IPV6_PREFIX, COA_IN_BOTH, COA_PREFIX6, .take = coa_take_prefix6},
	{RADIUS_FILTER_ID, COA_IN_CHANGE | COA_OFTEN, COA_FILTER, .take = coa_take_nothing},
	{RADIUS_WISPR_RATE_UP, COA_IN_CHANGE | COA_OFTEN, COA_RATE, .take = coa_take_nothing},
	{RADIUS_WISPR_RATE_DOWN, COA_IN_CHANGE | COA_OFTEN, COA_RATE, .take = coa_take_nothing},
	{RADIUS_MIKROTIK_RATE, COA_IN_CHANGE | COA_OFTEN, COA_RATE, .take = coa_take_nothing},
	{RADIUS_SESSION_TIMEOUT, COA_IN_CHANGE, COA_SESSION, COA_U32(session)},
	{RADIUS_IDLE_TIMEOUT, COA_IN_CHANGE, COA_IDLE, COA_U32(idle)},
	{RADIUS_ACCT_INTERIM_INTERVAL, COA_IN_CHANGE, COA_INTERIM, .take = coa_take_interim},
	{RADIUS_CLASS, COA_IN_BOTH | COA_OFTEN, COA_CLASS, .take = coa_take_class},
	{RADIUS_SERVICE_TYPE, COA_IN_CHANGE, COA_SERVICE, .take = coa_take_service},
	{RADIUS_FRAMED_PROTOCOL, COA_IN_CHANGE, COA_PROTOCOL, .take = coa_take_protocol},
	{RADIUS_TERMINATION_ACTION, COA_IN_CHANGE, COA_ACTION, .take = coa_take_action},
	{RADIUS_ACCT_TERMINATE_CAUSE, COA_IN_DISCONNECT, COA_CAUSE, .take = coa_take_cause},
	{RADIUS_STATE, COA_IN_CHANGE, COA_STATE, .take = coa_take_nothing},
	{RADIUS_EVENT_TIMESTAMP, COA_IN_BOTH, COA_STAMP, .take = coa_take_nothing},
	{RADIUS_PROXY_STATE, COA_IN_BOTH | COA_OFTEN, 0, .take = coa_take_nothing},
	{RADIUS_MESSAGE_AUTHENTICATOR, COA_IN_BOTH, 0, .take = coa_take_nothing},
};

static const struct coa_row *coa_row_of(enum radius_name name, bool disconnect)
{
	const uint8_t in = disconnect ? COA_IN_DISCONNECT : COA_IN_CHANGE;

	for (size_t i = 0; i < sizeof(coa_rows) / sizeof(coa_rows[0]); i++)
		if (coa_rows[i].name == name)
			return coa_rows[i].in & in ? &coa_rows[i] : NULL;
	return NULL;
}

static enum radius_refusal coa_take(struct radius_coa *out, const struct radius_value *v)
{
	const struct coa_row *row = coa_row_of(v->name, out->disconnect);

	if (!row)
		return RADIUS_R_UNSUPPORTED_ATTRIBUTE;
	if (!(row->in & COA_OFTEN) && out->has & row->has)
		return RADIUS_R_INVALID_REQUEST;
	out->has |= row->has;
	if (row->take)
		return row->take(out, v);
	if (row->text)
		memcpy((uint8_t *)out + row->text, &v->octets, sizeof(v->octets));
	else
		memcpy((uint8_t *)out + row->u32, &v->number, sizeof(v->number));
	return RADIUS_DONE;
}

enum radius_refusal radius_coa_read(struct radius_coa *out, const struct radius_packet *p)
{
	struct radius_walk at = radius_walk(p);
	enum radius_refusal r = RADIUS_DONE;
	struct radius_value v;

	memset(out, 0, sizeof(*out));
	out->packet = p;
	out->disconnect = p->code == RADIUS_DISCONNECT_REQUEST;
	out->wrong = RADIUS_NAMES;
	while (radius_next(&at, &v)) {
		r = coa_take(out, &v);
		out->wrong = v.name;
		if (r != RADIUS_DONE)
			return r;
	}
	out->wrong = RADIUS_NAMES;
	if (!(out->has & COA_KEYS) || (!out->disconnect && !(out->has & COA_CHANGES)))
		return RADIUS_R_MISSING_ATTRIBUTE;
	return RADIUS_DONE;
}

uint32_t radius_coa_stamp(const struct radius_packet *p)
{
	struct radius_walk at = radius_walk(p);
	struct radius_value v;

	while (radius_next(&at, &v))
		if (v.name == RADIUS_EVENT_TIMESTAMP)
			return v.number;
	return 0;
}

/* --- the answer -------------------------------------------------------------------------------- */

/* RFC 5176 sections 3.1 and 3.3: as they were, in their order. */
static void coa_give_back(struct radius_writer *b, const struct radius_packet *request)
{
	bool state = request->code == RADIUS_COA_REQUEST;
	struct radius_walk at = radius_walk(request);
	struct radius_value v;

	while (radius_next(&at, &v)) {
		if (v.name != RADIUS_PROXY_STATE && !(state && v.name == RADIUS_STATE))
			continue;
		radius_put(b, v.name, v.octets.p, v.octets.left);
		state = state && v.name != RADIUS_STATE;
	}
}

size_t radius_coa_answer(const struct radius_packet *request, enum radius_refusal r,
			 const char *secret, uint8_t *out)
{
	const bool disconnect = request->code == RADIUS_DISCONNECT_REQUEST;
	const enum radius_code ack = disconnect ? RADIUS_DISCONNECT_ACK : RADIUS_COA_ACK;
	const enum radius_code nak = disconnect ? RADIUS_DISCONNECT_NAK : RADIUS_COA_NAK;
	struct radius_writer b;

	radius_begin(&b, out, RADIUS_MAX, r == RADIUS_DONE ? ack : nak, request->id,
		     request->octets + 4);
	if (r != RADIUS_DONE)
		radius_put_u32(&b, RADIUS_ERROR_CAUSE, radius_refusals[r].number);
	else if (disconnect) /* RFC 5176 section 2.1 */
		radius_put_u32(&b, RADIUS_ACCT_TERMINATE_CAUSE, RADIUS_CAUSE_ADMIN_RESET);
	coa_give_back(&b, request);
	return radius_end(&b, secret, strlen(secret));
}
