/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "gw/legs/origin.h"

#include "gw/record.h"

#include "cfg/cfg.h"
#include "gw/text.h"
#include <stdlib.h>
#include <string.h>

#define KBIT 1000u

/* --- texts of its own ------------------------------------------------------------------------- */

static size_t origin_octets(const char *text)
{
	return text && *text ? strnlen(text, LEG_NUMBER_MAX) + 1 : 0;
}

/* NULL stays NULL. */
static const char *origin_copy(uint8_t **at, const char *text)
{
	size_t n = origin_octets(text);
	char *copy = (char *)*at;

	if (!n)
		return NULL;
	memcpy(copy, text, n - 1);
	copy[n - 1] = '\0';
	*at += n;
	return copy;
}

/* Octets that they take. */
static size_t origin_texts(const struct leg_origin *o)
{
	return origin_octets(o->called) + origin_octets(o->calling) +
	       origin_octets(o->sub_address) + o->access_len;
}

void origin_take(struct leg_origin *to, const struct leg_origin *from)
{
	size_t n = origin_texts(from);
	uint8_t *before = to->own, *own = n ? malloc(n) : NULL, *at = own;

	*to = *from;
	to->own = own;
	to->called = own ? origin_copy(&at, from->called) : NULL;
	to->calling = own ? origin_copy(&at, from->calling) : NULL;
	to->sub_address = own ? origin_copy(&at, from->sub_address) : NULL;
	to->access = own ? at : NULL;
	to->access_len = own ? from->access_len : 0;
	if (to->access_len)
		memcpy(at, from->access, to->access_len);
	free(before);
}

void origin_forget(struct leg_origin *o)
{
	free(o->own);
	*o = (struct leg_origin){.number = 0};
}

/* --- kept ones --------------------------------------------------------------------------------- */

const struct leg_origin origin_nothing;

struct origin_kept {
	struct leg_origin o; /* first: what its users have */
	unsigned users;
};

/* The one without texts that was made last.  Of most calls no more than a speed is known, and of
 * those of one LAC the same. */
static struct origin_kept *origin_last;

/* But for texts. */
static bool origin_alike(const struct leg_origin *o, const struct leg_origin *other)
{
	return o->speed.tx_bps == other->speed.tx_bps && o->speed.rx_bps == other->speed.rx_bps &&
	       o->number == other->number && o->async == other->async && o->proxy == other->proxy;
}

static struct origin_kept *origin_new(const struct leg_origin *from, bool texts)
{
	struct origin_kept *k = calloc(1, sizeof(*k));

	if (!k)
		return NULL;
	origin_take(&k->o, from);
	k->users = 1;
	if (!texts)
		origin_last = k;
	return k;
}

const struct leg_origin *origin_keep(const struct leg_origin *before, const struct leg_origin *from)
{
	bool texts = origin_texts(from);
	struct origin_kept *k = NULL;

	if (!texts && origin_last && origin_alike(from, &origin_last->o)) {
		k = origin_last;
		k->users++;
	} else if (texts || !origin_alike(from, &origin_nothing)) {
		k = origin_new(from, texts);
	}
	origin_drop(before);
	return k ? &k->o : &origin_nothing;
}

void origin_drop(const struct leg_origin *kept)
{
	struct origin_kept *k = (struct origin_kept *)(uintptr_t)kept;

	if (kept == &origin_nothing || --k->users)
		return;
	if (k == origin_last)
		origin_last = NULL;
	origin_forget(&k->o);
	free(k);
}

/* --- attributes ------------------------------------------------------------------------------- */

static void origin_put(struct origin_avps *out, uint16_t vendor, uint16_t type, const void *val,
		       size_t len)
{
	const struct l2tp_avp_row *row = l2tp_avp_row(vendor, type);

	if (out->n < ORIGIN_AVPS)
		out->avp[out->n++] =
			(struct l2tp_avp){.vendor = vendor,
					  .type = type,
					  .mandatory = row && row->m == L2TP_M_MUST_BE_1,
					  .val = val,
					  .len = (uint16_t)len};
}

/* Room for a value among ours; NULL = it is full. */
static uint8_t *origin_room(struct origin_avps *out, size_t len)
{
	uint8_t *p = out->octets + out->used;

	if (len > sizeof(out->octets) - out->used)
		return NULL;
	out->used += len;
	return p;
}

static void origin_put_u32(struct origin_avps *out, uint16_t vendor, uint16_t type, uint32_t n)
{
	uint8_t *p = origin_room(out, 4);

	if (!p)
		return;
	wr_put32(p, n);
	origin_put(out, vendor, type, p, 4);
}

static void origin_put_rate(struct origin_avps *out, uint16_t type, uint64_t bps)
{
	uint8_t *p = origin_room(out, 8);
	struct wr w = wr_init(p, 8);

	if (!p)
		return;
	wr_u64(&w, bps);
	origin_put(out, L2TP_BROADBAND_FORUM, type, p, 8);
}

/* One suboption.  TR-101 has the numbers of RFC 5515 and the same values, but kbit/s for bit/s, and
 * IWF-Session as a flag without a value. */
static void origin_put_access(struct origin_avps *out, uint8_t type, const uint8_t *val,
			      uint8_t len)
{
	const struct l2tp_avp_row *row = l2tp_avp_row(L2TP_BROADBAND_FORUM, type);
	struct rd r = rd_init(val, len);

	if (!row || l2tp_avp_find(out->avp, out->n, L2TP_BROADBAND_FORUM, type))
		return;
	if (row->shape == L2TP_SHAPE_RATE && len == 4)
		origin_put_rate(out, type, (uint64_t)rd_u32(&r) * KBIT);
	else if (type == L2TP_LINE_IWF_SESSION && !len)
		origin_put_u32(out, L2TP_BROADBAND_FORUM, type, 1);
	else if (row->shape != L2TP_SHAPE_RATE && l2tp_avp_length_ok(row, len))
		origin_put(out, L2TP_BROADBAND_FORUM, type, val, len);
}

/* What stands in front of a malformed suboption holds. */
static void origin_access(struct origin_avps *out, const struct leg_origin *o)
{
	struct rd r = rd_init(o->access, o->access_len);

	while (r.left) {
		uint8_t type = rd_u8(&r), len = rd_u8(&r);
		const uint8_t *val = rd_take(&r, len);

		if (val)
			origin_put_access(out, type, val, len);
	}
}

/* The other way: one attribute of RFC 5515 as a suboption. */
static void origin_read_line(struct wr *w, const struct l2tp_avp *a)
{
	const struct l2tp_avp_row *row = l2tp_avp_row(L2TP_BROADBAND_FORUM, a->type);
	bool flag = a->type == L2TP_LINE_IWF_SESSION;
	struct rd r = rd_init(a->val, a->len);
	uint64_t kbits;

	if (!row || !l2tp_avp_length_ok(row, a->len) || (flag && !rd_u32(&r)))
		return;
	wr_u8(w, (uint8_t)a->type);
	if (row->shape == L2TP_SHAPE_RATE) {
		kbits = rd_u64(&r) / KBIT;
		wr_u8(w, 4);
		wr_u32(w, kbits > UINT32_MAX ? UINT32_MAX : (uint32_t)kbits);
		return;
	}
	wr_u8(w, flag ? 0 : (uint8_t)a->len);
	wr_bytes(w, a->val, flag ? 0 : a->len);
}

/* The first of each kind counts, so that there is room for all. */
static void origin_read_access(struct leg_origin *o, struct origin_room *room,
			       const struct l2tp_avp *avp, unsigned n)
{
	struct wr w = wr_init(room->access, sizeof(room->access));

	for (unsigned i = 0; i < n; i++)
		if (avp[i].vendor == L2TP_BROADBAND_FORUM &&
		    l2tp_avp_find(avp, n, L2TP_BROADBAND_FORUM, avp[i].type) == &avp[i])
			origin_read_line(&w, &avp[i]);
	if (!w.len || w.bad)
		return;
	o->access = room->access;
	o->access_len = (uint16_t)w.len;
}

static void origin_put_text(struct origin_avps *out, uint16_t type, const char *text)
{
	if (text && *text)
		origin_put(out, L2TP_IETF, type, text, strlen(text));
}

void origin_icrq(struct origin_avps *out, const struct leg_origin *o)
{
	origin_put_text(out, L2TP_AVP_CALLED_NUMBER, o->called);
	origin_put_text(out, L2TP_AVP_CALLING_NUMBER, o->calling);
	origin_put_text(out, L2TP_AVP_SUB_ADDRESS, o->sub_address);
	if (o->number)
		origin_put_u32(out, L2TP_IETF, L2TP_AVP_PHYSICAL_CHANNEL_ID, o->number);
	/* There may be a modem behind an asynchronous line or not. */
	if (!o->async)
		origin_put_u32(out, L2TP_IETF, L2TP_AVP_BEARER_TYPE, L2TP_BEARER_DIGITAL);
	origin_access(out, o);
}

static void origin_read_text(const char **text, char room[LEG_NUMBER_MAX + 1],
			     const struct l2tp_avp *avp, unsigned n, uint16_t type)
{
	const struct l2tp_avp *a = l2tp_avp_find(avp, n, L2TP_IETF, type);

	if (a)
		*text = gw_printable(room, LEG_NUMBER_MAX + 1, a->val, a->len);
}

static bool origin_read_u32(uint32_t *out, const struct l2tp_avp *avp, unsigned n, uint16_t type)
{
	const struct l2tp_avp *a = l2tp_avp_find(avp, n, L2TP_IETF, type);
	struct rd r = rd_init(a ? a->val : NULL, a ? a->len : 0);
	uint32_t value = rd_u32(&r);

	if (a && !r.bad)
		*out = value;
	return a && !r.bad;
}

void origin_read(struct leg_origin *o, struct origin_room *room, const struct l2tp_avp *avp,
		 unsigned n)
{
	uint32_t tx = 0, rx, framing = 0;

	origin_read_text(&o->called, room->called, avp, n, L2TP_AVP_CALLED_NUMBER);
	origin_read_text(&o->calling, room->calling, avp, n, L2TP_AVP_CALLING_NUMBER);
	origin_read_text(&o->sub_address, room->sub_address, avp, n, L2TP_AVP_SUB_ADDRESS);
	origin_read_u32(&o->number, avp, n, L2TP_AVP_PHYSICAL_CHANNEL_ID);
	if (origin_read_u32(&tx, avp, n, L2TP_AVP_TX_CONNECT_SPEED)) {
		rx = tx; /* 4.4.4: alike when it is left out */
		origin_read_u32(&rx, avp, n, L2TP_AVP_RX_CONNECT_SPEED);
		o->speed = (struct dp_speed){.tx_bps = tx, .rx_bps = rx};
	}
	origin_read_u32(&framing, avp, n, L2TP_AVP_FRAMING_TYPE);
	o->async |= framing == L2TP_FRAMING_ASYNC;
	origin_read_access(o, room, avp, n);
}

void origin_ocrq(struct origin_avps *out, const struct leg_out *ask)
{
	const struct {
		uint16_t type;
		uint32_t value;
	} numbers[] = {{L2TP_AVP_MINIMUM_BPS, ask->min_bps},
		       {L2TP_AVP_MAXIMUM_BPS, ask->max_bps},
		       {L2TP_AVP_BEARER_TYPE, ask->bearer},
		       {L2TP_AVP_FRAMING_TYPE, ask->framing}};

	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++)
		if (numbers[i].value)
			origin_put_u32(out, L2TP_IETF, numbers[i].type, numbers[i].value);
	origin_put_text(out, L2TP_AVP_CALLED_NUMBER, ask->called);
	origin_put_text(out, L2TP_AVP_SUB_ADDRESS, ask->sub_address);
}

const char *leg_out_wrong(const struct leg_out *ask, const struct leg_origin *line)
{
	uint64_t tx = line->speed.tx_bps, rx = line->speed.rx_bps;
	uint64_t least = rx && rx < tx ? rx : tx, most = rx > tx ? rx : tx;

	if (least && least < ask->min_bps)
		return "the line is slower than Minimum BPS";
	if (ask->max_bps && most > ask->max_bps)
		return "the line is faster than Maximum BPS";
	if (ask->framing == (line->async ? L2TP_FRAMING_SYNC : L2TP_FRAMING_ASYNC))
		return line->async ? "the line is asynchronous" : "the line is synchronous";
	/* There may be a modem behind an asynchronous line or not. */
	return ask->bearer == L2TP_BEARER_ANALOG && !line->async ? "the line is digital" : NULL;
}

void origin_iccn(struct origin_avps *out, const struct leg_origin *o)
{
	if (o->async)
		origin_put_u32(out, L2TP_IETF, L2TP_AVP_FRAMING_TYPE, L2TP_FRAMING_ASYNC);
}

static uint32_t origin_bps(uint64_t bps)
{
	return bps > UINT32_MAX ? UINT32_MAX : (uint32_t)bps;
}

void origin_speeds(struct origin_avps *out, uint64_t tx_bps, uint64_t rx_bps)
{
	origin_put_u32(out, L2TP_IETF, L2TP_AVP_TX_CONNECT_SPEED, origin_bps(tx_bps));
	if (origin_bps(tx_bps) != origin_bps(rx_bps))
		origin_put_u32(out, L2TP_IETF, L2TP_AVP_RX_CONNECT_SPEED, origin_bps(rx_bps));
}

void origin_relay(struct origin_avps *out, const struct l2tp_avp *avp, unsigned n)
{
	for (unsigned i = 0; i < n && out->n < ORIGIN_AVPS; i++)
		out->avp[out->n++] = avp[i];
}

void origin_add(struct origin_avps *out, const struct cfg_peer *peer)
{
	for (unsigned i = 0; i < peer->adds; i++) {
		const struct cfg_avp *a = &peer->add[i];
		const struct l2tp_avp *there =
			l2tp_avp_find(out->avp, out->n, a->key.vendor, a->key.type);

		if (there) {
			out->avp[there - out->avp].val = a->val;
			out->avp[there - out->avp].len = a->len;
		} else {
			origin_put(out, a->key.vendor, a->key.type, a->val, a->len);
		}
	}
}

/* --- records ---------------------------------------------------------------------------------- */

void origin_save(struct wr *w, const struct leg_origin *o)
{
	record_text(w, o->called);
	record_text(w, o->calling);
	record_text(w, o->sub_address);
	wr_u64(w, o->speed.tx_bps);
	wr_u64(w, o->speed.rx_bps);
	wr_u32(w, o->number);
	wr_u8(w, o->async);
	wr_u8(w, (uint8_t)o->access_len);
	wr_bytes(w, o->access, o->access_len);
}

void origin_recall(struct rd *r, struct leg_origin *o, struct origin_room *room)
{
	record_read_text(r, room->called, sizeof(room->called));
	record_read_text(r, room->calling, sizeof(room->calling));
	record_read_text(r, room->sub_address, sizeof(room->sub_address));
	o->called = room->called;
	o->calling = room->calling;
	o->sub_address = room->sub_address;
	o->speed.tx_bps = rd_u64(r);
	o->speed.rx_bps = rd_u64(r);
	o->number = rd_u32(r);
	o->async = rd_u8(r);
	o->access_len = rd_u8(r);
	o->access = rd_take(r, o->access_len);
	if (!o->access)
		o->access_len = 0;
}
