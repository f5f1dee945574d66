/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Records are looked at where they were received and taken whole: as long as one is not complete,
 * the caller keeps its octets and comes back with more.  The length is judged as soon as the header
 * is there, so that no more than ATMTCP_RECORD_MAX octets are ever waited for.
 */
#include "transports/link/atmtcp.h"

enum atmtcp_kind atmtcp_next(struct rd *r, struct atmtcp_record *out)
{
	struct rd at = *r;
	enum atmtcp_kind kind;

	out->vpi = rd_u16(&at);
	out->vci = rd_u16(&at);
	out->len = rd_u32(&at);
	if (at.bad)
		return ATMTCP_MORE;
	kind = out->vpi || out->vci ? ATMTCP_SDU : ATMTCP_CONTROL;
	if (out->len > (kind == ATMTCP_SDU ? ATMTCP_SDU_MAX : ATMTCP_CONTROL_MAX))
		return ATMTCP_BAD;
	out->data = rd_take(&at, out->len);
	if (!out->data)
		return ATMTCP_MORE;
	*r = at;
	return kind;
}

void atmtcp_header(uint8_t out[ATMTCP_HDR_LEN], uint16_t vpi, uint16_t vci, uint32_t len)
{
	wr_put16(out, vpi);
	wr_put16(out + 2, vci);
	wr_put32(out + 4, len);
}

void atmtcp_words(char *out, size_t cap, const struct atmtcp_record *rec)
{
	size_t n = rec->len < cap ? rec->len : cap - 1;

	for (size_t i = 0; i < n; i++)
		out[i] = rec->data[i] >= ' ' && rec->data[i] <= '~' ? (char)rec->data[i] : '.';
	out[n] = '\0';
}
