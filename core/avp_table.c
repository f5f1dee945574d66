/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Every attribute of RFC 2661 section 4.4, RFC 3145, RFC 3308 and RFC 5515 section 5, and one of
 * our own, in the order of vendor and type: name, octets of value, the M bit we send, whether H
 * is allowed, its shape, what a tunnel switch does with it and the messages it belongs to.  Lengths
 * are those of the value: the RFC's Length less 6.
 *
 * A tunnel switch drops attributes of the control connection, because they describe the tunnel they
 * came on; it regenerates ids, Sequencing Required, Session DS and the list of gateways for each
 * side; it relays attributes that describe the call, the caller or the reason the call ended.  One
 * that has no row here is dropped, since nobody knows whether it describes the call or the tunnel.
 */
#include "core/avp.h"
#include "core/msg.h"

#define ANY L2TP_AVP_VALUE_MAX

#define IN(msg) (1u << L2TP_##msg)
#define IN_ALL                                                                               \
	(IN(SCCRQ) | IN(SCCRP) | IN(SCCCN) | IN(STOPCCN) | IN(HELLO) | IN(OCRQ) | IN(OCRP) | \
	 IN(OCCN) | IN(ICRQ) | IN(ICRP) | IN(ICCN) | IN(CDN) | IN(WEN) | IN(SLI))
#define IN_START     (IN(SCCRQ) | IN(SCCRP))
#define IN_CONNECTED (IN(ICCN) | IN(OCCN))

#define M1    L2TP_M_MUST_BE_1
#define M0    L2TP_M_MUST_BE_0
#define HIDE  true
#define CLEAR false

#define ROW(sym, name, min, max, m, hide, shape, on_switch, messages)           \
	{                                                                       \
		0, L2TP_AVP_##sym, name, min, max, m, hide, L2TP_SHAPE_##shape, \
			L2TP_SWITCH_##on_switch, messages                       \
	}

#define VENDOR_ROW(vendor, type, name, min, max, shape, on_switch, messages) \
	{                                                                    \
		vendor, type, name, min, max, M0, HIDE, L2TP_SHAPE_##shape,  \
			L2TP_SWITCH_##on_switch, messages                    \
	}
/* RFC 5515 section 5: M clear, may be hidden, in ICRQ */
#define LINE(sym, name, min, max, shape)                                                        \
	VENDOR_ROW(L2TP_BROADBAND_FORUM, L2TP_LINE_##sym, "Access Line " name, min, max, shape, \
		   RELAY, IN(ICRQ))

/* clang-format off */
const struct l2tp_avp_row l2tp_avp_table[] = {
	ROW(MESSAGE_TYPE, "Message Type", 2, 2, M1, CLEAR, U16, REGENERATE, IN_ALL),
	ROW(RESULT_CODE, "Result Code", 2, ANY, M1, CLEAR, RESULT, RELAY, IN(CDN) | IN(STOPCCN)),
	ROW(PROTOCOL_VERSION, "Protocol Version", 2, 2, M1, CLEAR, VERSION, DROP, IN_START),
	ROW(FRAMING_CAPS, "Framing Capabilities", 4, 4, M1, HIDE, U32, DROP, IN_START),
	ROW(BEARER_CAPS, "Bearer Capabilities", 4, 4, M1, HIDE, U32, DROP, IN_START),
	ROW(TIE_BREAKER, "Tie Breaker", 8, 8, M0, CLEAR, U64, DROP, IN(SCCRQ)),
	ROW(FIRMWARE_REVISION, "Firmware Revision", 2, 2, M0, HIDE, U16, DROP, IN_START),
	ROW(HOST_NAME, "Host Name", 1, ANY, M1, CLEAR, TEXT, DROP, IN_START),
	ROW(VENDOR_NAME, "Vendor Name", 0, ANY, M0, HIDE, TEXT, DROP, IN_START),
	ROW(ASSIGNED_TUNNEL_ID, "Assigned Tunnel ID", 2, 2, M1, HIDE, U16, DROP,
	    IN_START | IN(STOPCCN)),
	ROW(RECEIVE_WINDOW_SIZE, "Receive Window Size", 2, 2, M1, CLEAR, U16, DROP, IN_START),
	ROW(CHALLENGE, "Challenge", 1, ANY, M1, HIDE, OCTETS, DROP, IN_START),
	ROW(Q931_CAUSE, "Q.931 Cause Code", 3, ANY, M1, CLEAR, CAUSE, RELAY, IN(CDN)),
	ROW(CHALLENGE_RESPONSE, "Challenge Response", 16, 16, M1, HIDE, SECRET, DROP,
	    IN(SCCRP) | IN(SCCCN)),
	ROW(ASSIGNED_SESSION_ID, "Assigned Session ID", 2, 2, M1, HIDE, U16, REGENERATE,
	    IN(CDN) | IN(ICRP) | IN(ICRQ) | IN(OCRP) | IN(OCRQ)),
	ROW(CALL_SERIAL_NUMBER, "Call Serial Number", 4, 4, M1, HIDE, U32, RELAY,
	    IN(ICRQ) | IN(OCRQ)),
	ROW(MINIMUM_BPS, "Minimum BPS", 4, 4, M1, HIDE, U32, RELAY, IN(OCRQ)),
	ROW(MAXIMUM_BPS, "Maximum BPS", 4, 4, M1, HIDE, U32, RELAY, IN(OCRQ)),
	ROW(BEARER_TYPE, "Bearer Type", 4, 4, M1, HIDE, U32, RELAY, IN(ICRQ) | IN(OCRQ)),
	ROW(FRAMING_TYPE, "Framing Type", 4, 4, M1, HIDE, U32, RELAY, IN_CONNECTED | IN(OCRQ)),
	ROW(CALLED_NUMBER, "Called Number", 0, ANY, M1, HIDE, TEXT, RELAY, IN(ICRQ) | IN(OCRQ)),
	ROW(CALLING_NUMBER, "Calling Number", 0, ANY, M1, HIDE, TEXT, RELAY, IN(ICRQ)),
	ROW(SUB_ADDRESS, "Sub-Address", 0, ANY, M1, HIDE, TEXT, RELAY, IN(ICRQ) | IN(OCRQ)),
	ROW(TX_CONNECT_SPEED, "(Tx) Connect Speed", 4, 4, M1, HIDE, U32, RELAY, IN_CONNECTED),
	ROW(PHYSICAL_CHANNEL_ID, "Physical Channel ID", 4, 4, M0, HIDE, U32, RELAY,
	    IN(ICRQ) | IN(OCRP)),
	ROW(INITIAL_RX_LCP_CONFREQ, "Initial Received LCP CONFREQ", 0, ANY, M0, HIDE, OCTETS, RELAY,
	    IN(ICCN)),
	ROW(LAST_TX_LCP_CONFREQ, "Last Sent LCP CONFREQ", 0, ANY, M0, HIDE, OCTETS, RELAY, IN(ICCN)),
	ROW(LAST_RX_LCP_CONFREQ, "Last Received LCP CONFREQ", 0, ANY, M0, HIDE, OCTETS, RELAY,
	    IN(ICCN)),
	ROW(PROXY_AUTHEN_TYPE, "Proxy Authen Type", 2, 2, M0, HIDE, U16, RELAY, IN(ICCN)),
	ROW(PROXY_AUTHEN_NAME, "Proxy Authen Name", 0, ANY, M0, HIDE, TEXT, RELAY, IN(ICCN)),
	ROW(PROXY_AUTHEN_CHALLENGE, "Proxy Authen Challenge", 1, ANY, M0, HIDE, OCTETS, RELAY,
	    IN(ICCN)),
	ROW(PROXY_AUTHEN_ID, "Proxy Authen ID", 2, 2, M0, HIDE, ID, RELAY, IN(ICCN)),
	ROW(PROXY_AUTHEN_RESPONSE, "Proxy Authen Response", 0, ANY, M0, HIDE, SECRET, RELAY,
	    IN(ICCN)),
	ROW(CALL_ERRORS, "Call Errors", 26, 26, M1, HIDE, ERRORS, RELAY, IN(WEN)),
	ROW(ACCM, "ACCM", 10, 10, M1, HIDE, ACCM, RELAY, IN(SLI)),
	ROW(RANDOM_VECTOR, "Random Vector", 0, ANY, M1, CLEAR, OCTETS, REGENERATE, IN_ALL),
	ROW(PRIVATE_GROUP_ID, "Private Group ID", 0, ANY, M0, HIDE, TEXT, RELAY, IN(ICCN)),
	ROW(RX_CONNECT_SPEED, "Rx Connect Speed", 4, 4, M0, HIDE, U32, RELAY, IN_CONNECTED),
	ROW(SEQUENCING_REQUIRED, "Sequencing Required", 0, 0, M1, CLEAR, FLAG, REGENERATE,
	    IN_CONNECTED),
	/* Five octets, then text: the RFC's "11" is the Length of the whole attribute. */
	ROW(PPP_DISCONNECT_CAUSE, "PPP Disconnect Cause Code", 5, ANY, M0, HIDE, OCTETS, RELAY,
	    IN(CDN)),
	/* RFC 3308 3.1, 4.1 */
	ROW(CONTROL_DS, "Control Connection DS", 2, 2, M0, HIDE, U16, DROP, IN_START),
	ROW(SESSION_DS, "Session DS", 2, 2, M0, HIDE, U16, REGENERATE,
	    IN(ICRQ) | IN(ICRP) | IN(OCRQ) | IN(OCRP)),
	LINE(AGENT_CIRCUIT_ID, "Agent-Circuit-Id", 2, 63, TEXT),
	LINE(AGENT_REMOTE_ID, "Agent-Remote-Id", 2, 63, TEXT),
	LINE(ACTUAL_UP, "Actual-Data-Rate-Upstream", 8, 8, RATE),
	LINE(ACTUAL_DOWN, "Actual-Data-Rate-Downstream", 8, 8, RATE),
	LINE(MINIMUM_UP, "Minimum-Data-Rate-Upstream", 8, 8, RATE),
	LINE(MINIMUM_DOWN, "Minimum-Data-Rate-Downstream", 8, 8, RATE),
	LINE(ATTAINABLE_UP, "Attainable-Data-Rate-Upstream", 8, 8, RATE),
	LINE(ATTAINABLE_DOWN, "Attainable-Data-Rate-Downstream", 8, 8, RATE),
	LINE(MAXIMUM_UP, "Maximum-Data-Rate-Upstream", 8, 8, RATE),
	LINE(MAXIMUM_DOWN, "Maximum-Data-Rate-Downstream", 8, 8, RATE),
	LINE(LOW_POWER_UP, "Minimum-Data-Rate-Upstream-Low-Power", 8, 8, RATE),
	LINE(LOW_POWER_DOWN, "Minimum-Data-Rate-Downstream-Low-Power", 8, 8, RATE),
	LINE(MAX_DELAY_UP, "Maximum-Interleaving-Delay-Upstream", 4, 4, U32),
	LINE(DELAY_UP, "Actual-Interleaving-Delay-Upstream", 4, 4, U32),
	LINE(MAX_DELAY_DOWN, "Maximum-Interleaving-Delay-Downstream", 4, 4, U32),
	LINE(DELAY_DOWN, "Actual-Interleaving-Delay-Downstream", 4, 4, U32),
	LINE(ENCAPSULATION, "Access-Loop-Encapsulation", 3, 3, OCTETS),
	VENDOR_ROW(L2TP_BROADBAND_FORUM, L2TP_LINE_TYPE, "ANCP Access Line Type", 4, 4, OCTETS, RELAY,
		   IN(ICRQ)),
	LINE(IWF_SESSION, "IWF-Session", 4, 4, U32),
	VENDOR_ROW(L2TP_EXAMPLE_VENDOR, L2TP_AVP_GATEWAYS_PASSED, "Gateways Passed", 8, ANY, OCTETS,
		   REGENERATE, IN(ICRQ) | IN(OCRQ)),
};
/* clang-format on */

const size_t l2tp_avp_table_len = sizeof(l2tp_avp_table) / sizeof(l2tp_avp_table[0]);

const struct l2tp_avp_row *l2tp_avp_row(uint16_t vendor, uint16_t type)
{
	size_t lo = 0, hi = l2tp_avp_table_len;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;
		const struct l2tp_avp_row *row = &l2tp_avp_table[mid];
		uint32_t have = (uint32_t)row->vendor << 16 | row->type;
		uint32_t want = (uint32_t)vendor << 16 | type;

		if (have == want)
			return row;
		if (have < want)
			lo = mid + 1;
		else
			hi = mid;
	}
	return NULL;
}
