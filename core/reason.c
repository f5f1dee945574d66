/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The words of each reason, and the rule of RFC 2661 behind it.  A reason without a row in
 * l2tp_rules is a limit or a choice of ours.  `says` is the rule in short, not the RFC's text.
 */
#include "core/reason.h"

const struct l2tp_reason_row l2tp_reasons[L2TP_R_COUNT] = {
#define X(sym, key, words) {key, words},
	L2TP_REASONS(X)
#undef X
};

#define RULE(sym, section, says)   [L2TP_R_##sym] = {section, false, says}
#define BREACH(sym, section, says) [L2TP_R_##sym] = {section, true, says}

/* clang-format off */
const struct l2tp_rule l2tp_rules[L2TP_R_COUNT] = {
	BREACH(HDR_SHORT, "3.1", "a header has all the fields that its flags announce"),
	BREACH(HDR_LENGTH, "3.1", "Length is that of the whole message"),
	BREACH(HDR_FLAGS, "3.1", "in a control message T, L and S MUST be 1, O and P 0"),
	BREACH(HDR_OFFSET, "3.1", "Offset Size counts octets of the message"),
	BREACH(HDR_VERSION, "3.1", "a packet with an unknown Ver MUST be silently discarded"),
	RULE(L2F, "8.1", "Ver 1 is L2F: who does not support that MUST silently discard it"),
	RULE(V3, "3.1", "a packet with an unknown Ver MUST be silently discarded"),
	BREACH(AVP_SHORT, "4.1", "the Length of an attribute counts its own six octets"),
	BREACH(AVP_OVERRUN, "4.1", "an attribute lies within its message"),
	BREACH(AVP_RESERVED, "4.1", "reserved bits MUST be 0; the attribute is unrecognized otherwise"),
	BREACH(AVP_LENGTH, "4.4", "each attribute has the length that its description gives"),
	BREACH(AVP_VALUE, "4.4", "each attribute has a value that its description allows"),
	BREACH(AVP_UNKNOWN_M, "4.2", "an unknown attribute with M set ends the call or tunnel it is about"),
	RULE(AVP_UNKNOWN, "4.1", "an unknown attribute with M clear MUST be ignored"),
	RULE(AVP_MISPLACED, "4.4", "an attribute is sent in the messages that its description names"),
	BREACH(AVP_MISSING, "6", "an attribute that MUST be in the message is not"),
	RULE(HIDDEN_NO_SECRET, "4.3", "who hides and who reads share a secret"),
	BREACH(HIDDEN_NO_VECTOR, "4.3", "a Random Vector MUST precede the first attribute with H set"),
	BREACH(HIDDEN_LENGTH, "4.3", "the Original Length lies within what was hidden"),
	BREACH(HIDDEN_NOT_ALLOWED, "4.4", "this attribute MUST NOT be hidden"),
	BREACH(MSG_TYPE_NOT_FIRST, "4.4.1", "Message Type MUST be the first attribute"),
	BREACH(MSG_UNKNOWN_M, "4.4.1", "an unknown message with M set ends the tunnel"),
	RULE(MSG_UNKNOWN, "4.4.1", "an unknown message with M clear may be ignored"),
	BREACH(MSG_STATE, "7", "the state tables have no such message in this state"),
	BREACH(MSG_ROLE, "3.1", "Session ID is that of the call, and 0 in what is about the tunnel"),
	RULE(DUPLICATE, "5.8", "what was received before is acknowledged and dropped"),
	RULE(OUT_OF_ORDER, "5.8", "messages are handled in the order of Ns"),
	BREACH(WINDOW, "5.8", "no more messages are outstanding than the receiver's window"),
	BREACH(BAD_NR, "5.8", "Nr is the Ns that is expected next: that of no message not sent yet"),
	RULE(NO_TUNNEL, "7.2.1", "in state idle an SCCRP is answered with StopCCN, others are dropped"),
	RULE(NO_CALL, "7.4", "in state idle the message is dropped"),
	BREACH(WRONG_CHANNEL, "8.1", "addresses and ports MUST remain static for the life of the tunnel"),
	BREACH(AUTH_FAILED, "5.1.1", "a wrong Challenge Response MUST end the tunnel"),
	BREACH(AUTH_MISSING, "5.1.1", "a Challenge MUST be answered in SCCRP or SCCCN"),
	RULE(TIE_LOST, "4.4.3", "of two SCCRQs that cross that with the lower Tie Breaker wins"),
	RULE(RETRANSMITS, "5.8", "what is not acknowledged is sent again"),
	RULE(GAVE_UP, "5.8", "after the last retransmission the tunnel MUST be cleared"),
	RULE(QUIRK_SHORT_RESULT, "4.4.2", "the Error Code is optional"),
	BREACH(QUIRK_SWAPPED_RESULT, "4.4.2", "the Result Code is in network order"),
	BREACH(QUIRK_LONG_RESPONSE, "4.4.3", "a Challenge Response has sixteen octets"),
	BREACH(QUIRK_UNKNOWN_MANDATORY, "4.2", "an unknown attribute with M set ends the call or tunnel it is about"),
	BREACH(QUIRK_STOPCCN_TID, "4.4.3", "Assigned Tunnel ID is the sender's own"),
	BREACH(QUIRK_TID_ZERO, "3.1", "Tunnel ID is that of the receiver"),
	RULE(QUIRK_MISPLACED_AVP, "4.4", "an attribute is sent in the messages that its description names"),
	RULE(DATA_SEQ_OLD, "5.4", "data behind its turn is dropped"),
	RULE(DATA_SEQ_MISSING, "5.4", "sequence numbers show what was lost"),
	BREACH(DATA_NO_SEQ, "4.4.4", "Sequencing Required: sequence numbers MUST be present"),
};
/* clang-format on */
