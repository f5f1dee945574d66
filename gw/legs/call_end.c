/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "gw/legs/call_end.h"

#include "core/bytes.h"
#include "gw/legs/legs.h"
#include "gw/text.h"
#include <stdio.h>
#include <string.h>

const uint16_t call_end_results[LEG_CAUSES] = {
	[LEG_BY_OPERATOR] = L2TP_CDN_ADMINISTRATIVE,
	[LEG_BY_SHUTDOWN] = L2TP_CDN_ADMINISTRATIVE,
	[LEG_BY_PEER] = L2TP_CDN_ADMINISTRATIVE,
	[LEG_BY_LOSS] = L2TP_CDN_LOST_CARRIER,
	[LEG_BY_TIMEOUT] = L2TP_CDN_LOST_CARRIER,
	[LEG_BY_AUTH] = L2TP_CDN_ADMINISTRATIVE,
	[LEG_BY_MISMATCH] = L2TP_CDN_NO_FRAMING,
	[LEG_BY_RESOURCES] = L2TP_CDN_NO_FACILITIES_TEMP,
	[LEG_BY_LIMIT] = L2TP_CDN_ADMINISTRATIVE,
	[LEG_BY_ANOTHER] = L2TP_CDN_ADMINISTRATIVE,
};

struct l2tp_result call_end_result(const struct leg_end *why)
{
	struct l2tp_result r = {.result = call_end_results[why->cause]};

	if (why->has_cdn)
		r = (struct l2tp_result){.result = why->cdn_result, .error = why->cdn_error};
	snprintf(r.text, sizeof(r.text), "%s", why->has_cdn ? why->cdn_text : why->words);
	return r;
}

/* RFC 3145 section 2: code, control protocol, direction, message */
struct l2tp_avp call_end_cause(uint8_t out[CALL_END_CAUSE], const struct leg_end *why)
{
	struct wr w = wr_init(out, CALL_END_CAUSE);

	wr_u16(&w, why->ppp_code);
	wr_u16(&w, why->ppp_proto);
	wr_u8(&w, why->ppp_direction);
	wr_bytes(&w, why->words, strlen(why->words));
	return (struct l2tp_avp){
		.type = L2TP_AVP_PPP_DISCONNECT_CAUSE, .val = out, .len = (uint16_t)w.len};
}

static void call_end_read_cause(struct leg_end *why, const struct l2tp_msg *cdn)
{
	const struct l2tp_avp *a =
		cdn ? l2tp_msg_find(cdn, L2TP_IETF, L2TP_AVP_PPP_DISCONNECT_CAUSE) : NULL;
	struct rd r = rd_init(a ? a->val : NULL, a ? a->len : 0);

	why->ppp_code = rd_u16(&r);
	why->ppp_proto = rd_u16(&r);
	why->ppp_direction = rd_u8(&r);
	why->has_ppp = a && !r.bad;
}

struct leg_end call_end_why(const struct l2tp_event *ev, const char *lost)
{
	static const enum leg_cause by_side[] = {
		[L2TP_BY_US] = LEG_BY_OPERATOR,
		[L2TP_BY_PEER] = LEG_BY_PEER,
		[L2TP_BY_TIMEOUT] = LEG_BY_TIMEOUT,
		[L2TP_BY_CHANNEL] = LEG_BY_LOSS,
	};
	struct leg_end why = {.cause = by_side[ev->by]};

	/* Its tunnel has ended, or what came cannot be understood: another peer may do. */
	if (ev->by == L2TP_BY_US && ev->result.result == L2TP_CDN_GENERAL_ERROR)
		why.cause = LEG_BY_LOSS;
	if (ev->by == L2TP_BY_CHANNEL && lost)
		snprintf(why.words, sizeof(why.words), "%s", lost);
	else
		gw_result_text(why.words, sizeof(why.words), &ev->result, false);
	why.has_cdn = ev->by == L2TP_BY_PEER;
	why.cdn_result = ev->result.result;
	why.cdn_error = ev->result.error;
	snprintf(why.cdn_text, sizeof(why.cdn_text), "%s", ev->result.text);
	call_end_read_cause(&why, ev->msg);
	return why;
}
