/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Why the engine dropped, ignored or refused something: one const row per reason, one counter each.
 * Nothing is lost silently; `show counters` prints these words.
 */
#ifndef CORE_REASON_H
#define CORE_REASON_H

#include <stdbool.h>
#include <stdint.h>

/* X(symbol, "key-for-machines", "words for people") */
#define L2TP_REASONS(X)                                                                           \
	X(NONE, "none", "nothing wrong")                                                          \
	X(HDR_SHORT, "hdr-short", "datagram shorter than its header")                             \
	X(HDR_LENGTH, "hdr-length", "header Length outside the datagram")                         \
	X(HDR_FLAGS, "hdr-flags", "control header with wrong L, S, O or P")                       \
	X(HDR_OFFSET, "hdr-offset", "Offset Size past the end")                                   \
	X(HDR_VERSION, "hdr-version", "unknown protocol version")                                 \
	X(L2F, "l2f", "L2F packet")                                                               \
	X(V3, "v3", "L2TPv3 packet")                                                              \
	X(MSG_TOO_LONG, "msg-too-long", "control message over our size limit")                    \
	X(AVP_SHORT, "avp-short", "attribute length under 6")                                     \
	X(AVP_OVERRUN, "avp-overrun", "attribute runs past the message")                          \
	X(AVP_TOO_MANY, "avp-too-many", "more attributes than we take")                           \
	X(AVP_RESERVED, "avp-reserved", "reserved attribute bits set")                            \
	X(AVP_LENGTH, "avp-length", "attribute value of the wrong length")                        \
	X(AVP_VALUE, "avp-value", "attribute value out of range")                                 \
	X(AVP_UNKNOWN_M, "avp-unknown-mandatory", "unknown mandatory attribute")                  \
	X(AVP_UNKNOWN, "avp-unknown", "unknown optional attribute ignored")                       \
	X(AVP_MISPLACED, "avp-misplaced", "attribute does not belong in this message")            \
	X(AVP_MISSING, "avp-missing", "required attribute missing")                               \
	X(AVP_DUPLICATE, "avp-duplicate", "attribute given twice, first kept")                    \
	X(HIDDEN_NO_SECRET, "hidden-no-secret", "hidden attribute but no secret")                 \
	X(HIDDEN_NO_VECTOR, "hidden-no-vector", "hidden attribute before any Random Vector")      \
	X(HIDDEN_LENGTH, "hidden-length", "deciphered length does not fit")                       \
	X(HIDDEN_NOT_ALLOWED, "hidden-not-allowed", "attribute that must not be hidden")          \
	X(MSG_TYPE_NOT_FIRST, "msg-type-not-first", "Message Type is not the first attribute")    \
	X(MSG_UNKNOWN_M, "msg-unknown-mandatory", "unknown mandatory message")                    \
	X(MSG_UNKNOWN, "msg-unknown", "unknown optional message ignored")                         \
	X(MSG_STATE, "msg-state", "message not allowed in this state")                            \
	X(MSG_ROLE, "msg-role", "message about a call without session id, or the reverse")        \
	X(DUPLICATE, "duplicate", "control message seen before, acknowledged again")              \
	X(OUT_OF_ORDER, "out-of-order", "control message ahead of its turn")                      \
	X(WINDOW, "window", "control message beyond the window we offered")                       \
	X(BAD_NR, "bad-nr", "acknowledges what was never sent")                                   \
	X(NO_TUNNEL, "no-tunnel", "unknown Tunnel ID")                                            \
	X(NO_CALL, "no-call", "unknown Session ID")                                               \
	X(WRONG_CHANNEL, "wrong-channel", "tunnel known, but not from there")                     \
	X(NO_PEER, "no-peer", "no peer section matches")                                          \
	X(AUTH_FAILED, "auth-failed", "tunnel authentication failed")                             \
	X(AUTH_MISSING, "auth-missing", "peer did not authenticate")                              \
	X(WRONG_HOST, "wrong-host", "peer has another Host Name than it is to have")              \
	X(HALF_OPEN_SOURCE, "half-open-source", "half-open tunnel gave way to one of its source") \
	X(HALF_OPEN_TOTAL, "half-open-total", "half-open tunnel gave way to a newer one")         \
	X(LINGER_CAP, "linger-cap", "state of a closed tunnel given up early")                    \
	X(TUNNEL_CAP, "tunnel-cap", "no room for another tunnel")                                 \
	X(PEER_TUNNELS, "peer-tunnels", "peer has as many tunnels as it may")                     \
	X(SOURCE_TUNNELS, "source-tunnels", "source has as many tunnels as it may")               \
	X(CALL_CAP, "call-cap", "no room for another call")                                       \
	X(PEER_CALLS, "peer-calls", "peer has as many calls as it may")                           \
	X(SOURCE_CALLS, "source-calls", "source has as many calls as it may")                     \
	X(TIE_LOST, "tie-lost", "lost the tie, dropped")                                          \
	X(WITHHELD, "withheld", "message not sent: address not proved, reply too large")          \
	X(RETRANSMITS, "retransmits", "control messages sent again")                              \
	X(GAVE_UP, "gave-up", "peer did not acknowledge in time")                                 \
	X(QUIRK_SHORT_RESULT, "quirk-short-result", "Result Code without Error Code taken")       \
	X(QUIRK_SWAPPED_RESULT, "quirk-swapped-result",                                           \
	  "Result Code in the wrong byte order turned round")                                     \
	X(QUIRK_LONG_RESPONSE, "quirk-long-response", "Challenge Response cut to 16 octets")      \
	X(QUIRK_UNKNOWN_MANDATORY, "quirk-unknown-mandatory",                                     \
	  "unknown mandatory attribute ignored")                                                  \
	X(QUIRK_STOPCCN_TID, "quirk-stopccn-tid",                                                 \
	  "StopCCN with our Tunnel ID as the peer's taken")                                       \
	X(QUIRK_TID_ZERO, "quirk-tid-zero", "message without Tunnel ID given to the only tunnel") \
	X(QUIRK_MISPLACED_AVP, "quirk-misplaced-avp",                                             \
	  "attribute that does not belong in the message ignored")                                \
	X(QUIRK_CLEAR_SETUP, "quirk-clear-setup", "SCCRQ or SCCRP sent with nothing hidden")      \
	X(SUPERSEDED, "superseded", "tunnel the peer has lost and opened anew")                   \
	X(NO_MEMORY, "no-memory", "out of memory")                                                \
	X(DATA_SEQ_OLD, "data-seq-old", "sequenced data older than expected")                     \
	X(DATA_SEQ_MISSING, "data-seq-missing", "sequence numbers lost")                          \
	X(DATA_NO_SEQ, "data-no-seq", "unsequenced data where sequencing is required")            \
	X(DATA_REORDER_FULL, "data-reorder-full", "reorder queue full")

enum l2tp_reason {
#define X(sym, key, words) L2TP_R_##sym,
	L2TP_REASONS(X)
#undef X
		L2TP_R_COUNT
};

struct l2tp_reason_row {
	const char *key, *words;
};
extern const struct l2tp_reason_row l2tp_reasons[L2TP_R_COUNT];

/* What RFC 2661 has to do with it. */
struct l2tp_rule {
	const char *section; /* "4.1"; NULL = none: a limit or a choice of ours */
	bool breach;	     /* who sent the message has broken the rule; else it is what the
				receiver does, and nobody is at fault */
	const char *says;
};
extern const struct l2tp_rule l2tp_rules[L2TP_R_COUNT];

#endif
