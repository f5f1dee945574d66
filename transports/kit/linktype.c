/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The tags of LINKTYPE_WIRESHARK_UPPER_PDU, numbered as in Wireshark's epan/exported_pdu.h. */
#include "transports/kit/linktype.h"

enum { TAG_END = 0, TAG_DISSECTOR = 12, TAG_CONNECTION = 25, TAG_DIRECTION = 35 };
enum { DIRECTION_SENT, DIRECTION_RECEIVED };

static void linktype_put_tag(struct wr *w, uint16_t tag, const void *value, size_t len)
{
	static const uint8_t zeros[3];

	wr_u16(w, tag);
	wr_u16(w, (uint16_t)((len + 3) / 4 * 4));
	wr_bytes(w, value, len);
	wr_bytes(w, zeros, (4 - len % 4) % 4);
}

size_t linktype_tags_encode(uint8_t out[LINKTYPE_TAGS_MAX], const char *dissector, bool from_dte,
			    uint32_t connection)
{
	const uint8_t direction[] = {0, 0, 0, from_dte ? DIRECTION_SENT : DIRECTION_RECEIVED};
	struct wr w = wr_init(out, LINKTYPE_TAGS_MAX);
	uint8_t number[4];

	wr_put32(number, connection);
	linktype_put_tag(&w, TAG_DISSECTOR, dissector, strlen(dissector));
	linktype_put_tag(&w, TAG_DIRECTION, direction, sizeof(direction));
	if (connection)
		linktype_put_tag(&w, TAG_CONNECTION, number, sizeof(number));
	linktype_put_tag(&w, TAG_END, NULL, 0);
	return w.bad ? 0 : w.len;
}

/* The padding of a name is zeros. */
static bool linktype_is_name(struct rd value, const char *name)
{
	size_t len = strlen(name);

	return value.left >= len && !memcmp(value.p, name, len) &&
	       (value.left == len || !value.p[len]);
}

/* The next tag; false at the last one, and when they are cut off. */
static bool linktype_next_tag(struct rd *r, uint16_t *tag, struct rd *value)
{
	uint16_t len;

	*tag = rd_u16(r);
	len = rd_u16(r);
	*value = rd_sub(r, len);
	return !r->bad && *tag != TAG_END;
}

bool linktype_tags_decode(struct rd *r, const char *dissector)
{
	bool ours = false;
	struct rd value;
	uint16_t tag;

	while (linktype_next_tag(r, &tag, &value))
		if (tag == TAG_DISSECTOR)
			ours = linktype_is_name(value, dissector);
	return !r->bad && ours;
}

bool linktype_tags_from_dte(struct rd r)
{
	struct rd value;
	uint16_t tag;

	while (linktype_next_tag(&r, &tag, &value))
		if (tag == TAG_DIRECTION)
			return rd_u32(&value) == DIRECTION_SENT && !value.bad;
	return false;
}

uint32_t linktype_tags_connection(struct rd r)
{
	struct rd value;
	uint16_t tag;

	while (linktype_next_tag(&r, &tag, &value))
		if (tag == TAG_CONNECTION)
			return rd_u32(&value);
	return 0;
}
