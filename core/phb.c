/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/phb.h"

#include "core/bytes.h"

int phb_codepoint(uint16_t code)
{
	return code & 0x03fd ? PHB_UNKNOWN : code >> 10;
}

int phb_find(const struct l2tp_msg *m, uint16_t type)
{
	const struct l2tp_avp *a = m ? l2tp_msg_find(m, L2TP_IETF, type) : NULL;
	struct rd r = rd_init(a ? a->val : NULL, a ? a->len : 0);
	uint16_t code = rd_u16(&r);

	return !a || r.bad ? PHB_NONE : phb_codepoint(code);
}

struct l2tp_avp phb_avp(uint16_t type, uint8_t dscp, uint8_t value[2])
{
	wr_put16(value, phb_code(dscp));
	return (struct l2tp_avp){.type = type, .val = value, .len = 2};
}
