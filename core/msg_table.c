/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The message types of RFC 2661 section 3.2 with the attributes section 6 says MUST be present
 * (Message Type itself is checked by the decoder), and the words for result and error codes of
 * section 4.4.2.
 */
#include "core/msg.h"

#include <stdio.h>

#define LIST(...)                                      \
	(const uint16_t[])                             \
	{                                              \
		__VA_ARGS__ __VA_OPT__(, ) L2TP_NO_AVP \
	}
#define NEEDS(sym, section, call, ...) [L2TP_##sym] = {#sym, section, call, LIST(__VA_ARGS__)}

/* clang-format off */
const struct l2tp_msg_row l2tp_msg_table[L2TP_MSG_TYPES] = {
	NEEDS(SCCRQ, "6.1", false, L2TP_AVP_PROTOCOL_VERSION, L2TP_AVP_HOST_NAME, L2TP_AVP_FRAMING_CAPS,
	      L2TP_AVP_ASSIGNED_TUNNEL_ID),
	NEEDS(SCCRP, "6.2", false, L2TP_AVP_PROTOCOL_VERSION, L2TP_AVP_FRAMING_CAPS, L2TP_AVP_HOST_NAME,
	      L2TP_AVP_ASSIGNED_TUNNEL_ID),
	NEEDS(SCCCN, "6.3", false),
	[L2TP_STOPCCN] = {"StopCCN", "6.4", false, LIST(L2TP_AVP_ASSIGNED_TUNNEL_ID, L2TP_AVP_RESULT_CODE)},
	NEEDS(HELLO, "6.5", false),
	NEEDS(OCRQ, "6.9", true, L2TP_AVP_ASSIGNED_SESSION_ID, L2TP_AVP_CALL_SERIAL_NUMBER,
	      L2TP_AVP_MINIMUM_BPS, L2TP_AVP_MAXIMUM_BPS, L2TP_AVP_BEARER_TYPE,
	      L2TP_AVP_FRAMING_TYPE, L2TP_AVP_CALLED_NUMBER),
	NEEDS(OCRP, "6.10", true, L2TP_AVP_ASSIGNED_SESSION_ID),
	NEEDS(OCCN, "6.11", true, L2TP_AVP_TX_CONNECT_SPEED, L2TP_AVP_FRAMING_TYPE),
	NEEDS(ICRQ, "6.6", true, L2TP_AVP_ASSIGNED_SESSION_ID, L2TP_AVP_CALL_SERIAL_NUMBER),
	NEEDS(ICRP, "6.7", true, L2TP_AVP_ASSIGNED_SESSION_ID),
	NEEDS(ICCN, "6.8", true, L2TP_AVP_TX_CONNECT_SPEED, L2TP_AVP_FRAMING_TYPE),
	NEEDS(CDN, "6.12", true, L2TP_AVP_RESULT_CODE, L2TP_AVP_ASSIGNED_SESSION_ID),
	NEEDS(WEN, "6.13", true, L2TP_AVP_CALL_ERRORS),
	NEEDS(SLI, "6.14", true, L2TP_AVP_ACCM),
};
/* clang-format on */

const char *l2tp_msg_name(uint16_t type, char *buf, size_t cap)
{
	if (type < L2TP_MSG_TYPES && l2tp_msg_table[type].name)
		return l2tp_msg_table[type].name;
	snprintf(buf, cap, "message %u", type);
	return buf;
}

static const char *const stop_words[] = {
	[L2TP_STOP_GENERAL_CLEAR] = "general request to clear",
	[L2TP_STOP_GENERAL_ERROR] = "general error",
	[L2TP_STOP_ALREADY_EXISTS] = "control channel already exists",
	[L2TP_STOP_NOT_AUTHORIZED] = "not authorized",
	[L2TP_STOP_BAD_VERSION] = "protocol version not supported",
	[L2TP_STOP_SHUTTING_DOWN] = "being shut down",
	[L2TP_STOP_FSM_ERROR] = "finite state machine error",
	[L2TP_STOP_CONTROL_DS] = "per-hop behavior not agreed",
};

static const char *const cdn_words[] = {
	[L2TP_CDN_LOST_CARRIER] = "loss of carrier",
	[L2TP_CDN_GENERAL_ERROR] = "general error",
	[L2TP_CDN_ADMINISTRATIVE] = "administrative reasons",
	[L2TP_CDN_NO_FACILITIES_TEMP] = "no facilities (temporary)",
	[L2TP_CDN_NO_FACILITIES_PERM] = "no facilities (permanent)",
	[L2TP_CDN_INVALID_DESTINATION] = "invalid destination",
	[L2TP_CDN_NO_CARRIER] = "no carrier detected",
	[L2TP_CDN_BUSY] = "busy",
	[L2TP_CDN_NO_DIAL_TONE] = "no dial tone",
	[L2TP_CDN_TIMEOUT] = "not established in time",
	[L2TP_CDN_NO_FRAMING] = "no appropriate framing detected",
	[L2TP_CDN_SESSION_DS] = "per-hop behavior not agreed",
};

static const char *const error_words[] = {
	[L2TP_ERR_NO_CONTROL_CONNECTION] = "no control connection",
	[L2TP_ERR_WRONG_LENGTH] = "length is wrong",
	[L2TP_ERR_BAD_VALUE] = "value out of range",
	[L2TP_ERR_NO_RESOURCES] = "insufficient resources",
	[L2TP_ERR_BAD_SESSION_ID] = "invalid Session ID",
	[L2TP_ERR_VENDOR_SPECIFIC] = "vendor-specific error",
	[L2TP_ERR_TRY_ANOTHER] = "try another",
	[L2TP_ERR_UNKNOWN_MANDATORY] = "unknown mandatory AVP",
};

#define WORD(table, i) ((i) < sizeof(table) / sizeof((table)[0]) ? (table)[i] : NULL)

int l2tp_result_format(const struct l2tp_result *r, bool stop, char *buf, size_t cap)
{
	const char *what = stop ? WORD(stop_words, r->result) : WORD(cdn_words, r->result);
	const char *error = WORD(error_words, r->error);
	bool version = stop && r->result == L2TP_STOP_BAD_VERSION;
	char result_number[24], error_number[32];

	snprintf(result_number, sizeof(result_number), "result %u", r->result);
	if (version) /* not an error code: the highest version supported */
		snprintf(error_number, sizeof(error_number), ": highest is %u.%u", r->error >> 8,
			 r->error & 0xffu);
	else
		snprintf(error_number, sizeof(error_number), ": error %u", r->error);
	return snprintf(buf, cap, "%s%s%s%s%s%s", what ? what : result_number,
			error && !version ? ": " : "",
			!r->error	    ? ""
			: error && !version ? error
					    : error_number,
			r->text[0] ? " (" : "", r->text, r->text[0] ? ")" : "");
}
