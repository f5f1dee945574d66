/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Heads and tags are read with the bounded reader; a tag's type is looked up in one table, which
 * the builder uses too. */
#include "transports/pppoe/pppoe_pkt.h"

#define VER_TYPE      0x11u
#define GROUP_ADDRESS 0x01u
#define END_OF_LIST   0x0000u
#define LENGTH_AT     (PPPOE_HEADS - 2)

static const uint16_t pppoe_pkt_types[PPPOE_TAGS] = {
	[PPPOE_TAG_SERVICE] = 0x0101,	   [PPPOE_TAG_AC_NAME] = 0x0102,
	[PPPOE_TAG_HOST_UNIQ] = 0x0103,	   [PPPOE_TAG_COOKIE] = 0x0104,
	[PPPOE_TAG_LINE] = 0x0105,	   [PPPOE_TAG_RELAY] = 0x0110,
	[PPPOE_TAG_MAX_PAYLOAD] = 0x0120,  [PPPOE_TAG_SERVICE_ERROR] = 0x0201,
	[PPPOE_TAG_SYSTEM_ERROR] = 0x0202, [PPPOE_TAG_GENERIC_ERROR] = 0x0203,
};

static bool pppoe_pkt_is_station(const uint8_t mac[6])
{
	static const uint8_t none[6];

	return !(mac[0] & GROUP_ADDRESS) && memcmp(mac, none, sizeof(none));
}

static void pppoe_pkt_copy(uint8_t mac[6], const uint8_t *from)
{
	if (from)
		memcpy(mac, from, 6);
}

enum pppoe_pkt_result pppoe_pkt_get(struct pppoe_pkt *out, const uint8_t *frame, size_t len)
{
	struct rd r = rd_init(frame, len);
	uint8_t version;

	memset(out, 0, sizeof(*out));
	pppoe_pkt_copy(out->dst, rd_take(&r, 6));
	pppoe_pkt_copy(out->src, rd_take(&r, 6));
	out->ethertype = rd_u16(&r);
	if (!r.bad && out->ethertype != PPPOE_DISCOVERY && out->ethertype != PPPOE_SESSION)
		return PPPOE_PKT_ETHERTYPE;
	version = rd_u8(&r);
	out->code = rd_u8(&r);
	out->session = rd_u16(&r);
	out->len = rd_u16(&r);
	if (r.bad)
		return PPPOE_PKT_SHORT;
	if (version != VER_TYPE)
		return PPPOE_PKT_VERSION;
	out->payload = rd_take(&r, out->len);
	if (!out->payload)
		return PPPOE_PKT_LENGTH;
	return pppoe_pkt_is_station(out->src) ? PPPOE_PKT_OK : PPPOE_PKT_SOURCE;
}

/* --- tags ------------------------------------------------------------------------------------- */

/* The next tag; false at the end of the list, or with the reader's error set. */
static bool pppoe_pkt_next(struct rd *r, uint16_t *type, struct pppoe_tag *value)
{
	if (!r->left)
		return false;
	*type = rd_u16(r);
	value->len = rd_u16(r);
	value->p = rd_take(r, value->len);
	return !r->bad && *type != END_OF_LIST;
}

/* Vendor-Specific of other vendors is none of ours. */
static bool pppoe_pkt_is_line(struct pppoe_tag *value)
{
	struct rd r = rd_init(value->p, value->len);

	if (rd_u32(&r) != PPPOE_VENDOR_BBF)
		return false;
	*value = (struct pppoe_tag){r.p, (uint16_t)r.left};
	return true;
}

static enum pppoe_tag_kind pppoe_pkt_kind(uint16_t type, struct pppoe_tag *value)
{
	for (unsigned k = 0; k < PPPOE_TAGS; k++)
		if (pppoe_pkt_types[k] == type)
			return k != PPPOE_TAG_LINE || pppoe_pkt_is_line(value)
				       ? (enum pppoe_tag_kind)k
				       : PPPOE_TAGS;
	return PPPOE_TAGS;
}

bool pppoe_tags_get(struct pppoe_tags *out, const uint8_t *p, size_t len)
{
	struct rd r = rd_init(p, len);
	struct pppoe_tag value;
	uint16_t type;

	memset(out, 0, sizeof(*out));
	out->raw = p;
	while (pppoe_pkt_next(&r, &type, &value)) {
		enum pppoe_tag_kind kind = pppoe_pkt_kind(type, &value);

		out->raw_len = (uint16_t)(r.p - p);
		out->services += kind == PPPOE_TAG_SERVICE;
		if (kind < PPPOE_TAGS && !out->of[kind].p)
			out->of[kind] = value;
	}
	return !r.bad;
}

bool pppoe_tags_service(const struct pppoe_tags *t, const void *name, size_t len)
{
	struct rd r = rd_init(t->raw, t->raw_len);
	struct pppoe_tag value;
	uint16_t type;

	while (pppoe_pkt_next(&r, &type, &value))
		if (type == pppoe_pkt_types[PPPOE_TAG_SERVICE] && value.len == len &&
		    (!len || !memcmp(value.p, name, len)))
			return true;
	return false;
}

uint16_t pppoe_tags_max_payload(const struct pppoe_tags *t)
{
	const struct pppoe_tag *tag = &t->of[PPPOE_TAG_MAX_PAYLOAD];
	struct rd r = rd_init(tag->p, tag->len);

	return tag->len == 2 ? rd_u16(&r) : 0;
}

enum pppoe_tag_kind pppoe_tags_error(const struct pppoe_tags *t)
{
	for (unsigned k = PPPOE_TAG_SERVICE_ERROR; k < PPPOE_TAGS; k++)
		if (t->of[k].p)
			return (enum pppoe_tag_kind)k;
	return PPPOE_TAGS;
}

/* --- building --------------------------------------------------------------------------------- */

void pppoe_put_heads(struct wr *w, const uint8_t dst[6], const uint8_t src[6], uint16_t ethertype,
		     uint8_t code, uint16_t session)
{
	wr_bytes(w, dst, 6);
	wr_bytes(w, src, 6);
	wr_u16(w, ethertype);
	wr_u8(w, VER_TYPE);
	wr_u8(w, code);
	wr_u16(w, session);
	wr_u16(w, 0);
}

void pppoe_put_tag(struct wr *w, enum pppoe_tag_kind kind, const void *value, size_t len)
{
	if (len > UINT16_MAX)
		w->bad = true;
	wr_u16(w, pppoe_pkt_types[kind]);
	wr_u16(w, (uint16_t)len);
	wr_bytes(w, value, len);
}

void pppoe_put_same(struct wr *w, enum pppoe_tag_kind kind, const struct pppoe_tag *t)
{
	if (t->p)
		pppoe_put_tag(w, kind, t->p, t->len);
}

void pppoe_put_length(struct wr *w, uint16_t len)
{
	wr_patch16(w, LENGTH_AT, len);
}

void pppoe_put_end(struct wr *w)
{
	pppoe_put_length(w, (uint16_t)(w->len - PPPOE_HEADS));
}
