/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a LAC knows of the line of a call, what an LNS asks of it, and what ICRQ, ICCN and OCRQ say.
 */
#ifndef GW_LEGS_ORIGIN_H
#define GW_LEGS_ORIGIN_H

#include "core/msg.h"
#include "gw/dp/dp.h"

struct cfg_peer;
struct leg;

#define LEG_NUMBER_MAX 64u
#define LEG_LINE_MAX   255u /* octets of what an access node says of a line */

/* Texts are at most LEG_NUMBER_MAX octets, and NULL when they are not known.  They are somebody
 * else's, as long as the origin is used, until origin_take() makes them its own. */
struct leg_origin {
	const char *called, *calling;
	const char *sub_address; /* behind the called number */
	struct dp_speed speed;	 /* of the line; 0 = not known */
	uint32_t number;	 /* as its medium counts channels; 0 = none */
	bool async;		 /* start-stop octets; else the medium is synchronous and digital */
	uint16_t access_len;	 /* TR-101 suboptions of an access node; 0 = none */
	const uint8_t *access;
	uint8_t *own; /* memory of its texts and suboptions; NULL = they are not its own */
	/* Our PPP on the line, as leg_proxy_new() made it: ICCN tells what it has come to.  It is
	 * there until the call's join is up or gone.  NULL = there is none */
	const struct leg *proxy;
};

/* Room for what is read of a message or record. */
struct origin_room {
	char called[LEG_NUMBER_MAX + 1], calling[LEG_NUMBER_MAX + 1];
	char sub_address[LEG_NUMBER_MAX + 1];
	uint8_t access[LEG_LINE_MAX];
};
/* Put `from`, which may have texts of to's, into the place of `to`, with texts of its own.  Without
 * memory these are not known.  origin_forget() gives them back. */
void origin_take(struct leg_origin *to, const struct leg_origin *from);
void origin_forget(struct leg_origin *o);
/* Nothing is known. */
extern const struct leg_origin origin_nothing;
/* The same for one that is not written to: a copy in the place of `before`, which goes.  Without
 * texts it is one for all that are alike; without memory nothing is known.  Both are kept ones;
 * that is, or origin_nothing. */
const struct leg_origin *origin_keep(const struct leg_origin *before,
				     const struct leg_origin *from);
void origin_drop(const struct leg_origin *kept);
static inline const char *origin_text(const char *text)
{
	return text ? text : "";
}

/* What an LNS asks of the line (OCRQ); "" and 0 = nothing. */
struct leg_out {
	char called[LEG_NUMBER_MAX + 1], sub_address[LEG_NUMBER_MAX + 1];
	uint32_t min_bps, max_bps, bearer, framing;
};
/* NULL when this line will do, else why not; a speed that is not known will do. */
const char *leg_out_wrong(const struct leg_out *ask, const struct leg_origin *line);

/* Attributes for one message, some with values of their own. */
#define ORIGIN_AVPS (L2TP_MSG_AVPS + 40u)
struct origin_avps {
	unsigned n;
	struct l2tp_avp avp[ORIGIN_AVPS];
	size_t used;
	uint8_t octets[512];
};

/* For ICRQ: Called and Calling Number, Sub-Address, Physical Channel ID, Bearer Type, and the
 * access line AVPs of RFC 5515.  What is not known is left out (RFC 2661 4.4.3). */
void origin_icrq(struct origin_avps *out, const struct leg_origin *o);
/* The other way: what ICRQ, OCRQ, ICCN or OCCN says of the line, printable, with texts and
 * suboptions in room; what it does not say stays as it is.  Of a rate whole kbit/s are known. */
void origin_read(struct leg_origin *o, struct origin_room *room, const struct l2tp_avp *avp,
		 unsigned n);
/* For OCRQ (RFC 2661 6.9): what is asked for. */
void origin_ocrq(struct origin_avps *out, const struct leg_out *ask);
/* For ICCN: Framing Type of an asynchronous line; else it is left to the engine, which knows what
 * the peer has advertised. */
void origin_iccn(struct origin_avps *out, const struct leg_origin *o);
/* Connect speeds (RFC 2661 4.4.4), transmitting to the remote system.  Rx is left out when both
 * ways are alike.  A speed that is not known is 0, which RFC 3931 5.4.4 defines and RFC 2661 leaves
 * open. */
void origin_speeds(struct origin_avps *out, uint64_t tx_bps, uint64_t rx_bps);
/* These too. */
void origin_relay(struct origin_avps *out, const struct l2tp_avp *avp, unsigned n);
/* In a record (gw/resume.h), where what is read of it stays: all but the PPP on the line. */
void origin_save(struct wr *w, const struct leg_origin *o);
void origin_recall(struct rd *r, struct leg_origin *o, struct origin_room *room);
/* The attributes that the peer's section adds, in place of those that are there. */
void origin_add(struct origin_avps *out, const struct cfg_peer *peer);

#endif
