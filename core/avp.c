/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One attribute by itself: whether its length and value are what the RFC allows, and its text form.
 * Both follow from the shape in the attribute's row, so that a new attribute of a known shape needs
 * no code here.
 */
#include "core/avp.h"
#include "core/msg.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const struct l2tp_avp *l2tp_avp_find(const struct l2tp_avp *avps, unsigned n, uint16_t vendor,
				     uint16_t type)
{
	for (unsigned i = 0; i < n; i++)
		if (l2tp_avp_is(&avps[i], vendor, type))
			return &avps[i];
	return NULL;
}

struct l2tp_avps *l2tp_avps_copy(const struct l2tp_avp *avps, unsigned n)
{
	struct l2tp_avps *copy;
	size_t octets = 0;
	uint8_t *at;

	for (unsigned i = 0; i < n; i++)
		octets += avps[i].len;
	copy = malloc(sizeof(*copy) + n * sizeof(copy->avp[0]) + octets);
	if (!copy)
		return NULL;
	copy->n = n;
	at = (uint8_t *)&copy->avp[n];
	for (unsigned i = 0; i < n; i++) {
		copy->avp[i] = avps[i];
		copy->avp[i].val = at;
		if (avps[i].len)
			memcpy(at, avps[i].val, avps[i].len);
		at += avps[i].len;
	}
	return copy;
}

bool l2tp_avp_length_ok(const struct l2tp_avp_row *row, size_t len)
{
	if (row->shape == L2TP_SHAPE_RESULT && len == 3)
		return false;
	return len >= row->min && len <= row->max;
}

/* --- values ----------------------------------------------------------------------------------- */

static bool avp_nonzero(uint16_t message, const uint8_t *val)
{
	(void)message;
	return val[0] || val[1];
}

static bool avp_assigned(uint16_t message, const uint8_t *val)
{
	return message == L2TP_CDN || message == L2TP_STOPCCN || avp_nonzero(message, val);
}

static bool avp_high_octet_zero(uint16_t message, const uint8_t *val)
{
	(void)message;
	return !val[0];
}

/* Attributes of exactly two octets whose value is bounded. */
static const struct {
	uint16_t type;
	bool (*ok)(uint16_t message, const uint8_t *val);
} bounds[] = {
	{L2TP_AVP_ASSIGNED_TUNNEL_ID, avp_assigned},
	{L2TP_AVP_ASSIGNED_SESSION_ID, avp_assigned},
	{L2TP_AVP_RECEIVE_WINDOW_SIZE, avp_nonzero},
	{L2TP_AVP_PROXY_AUTHEN_ID, avp_high_octet_zero},
};

bool l2tp_avp_value_ok(const struct l2tp_avp_row *row, uint16_t message, const uint8_t *val,
		       size_t len)
{
	if (row->vendor || len != 2)
		return true;
	for (size_t i = 0; i < sizeof(bounds) / sizeof(bounds[0]); i++)
		if (bounds[i].type == row->type)
			return bounds[i].ok(message, val);
	return true;
}

/* --- text ------------------------------------------------------------------------------------- */

/* snprintf into what is left, keeping count of what a larger buffer would have held. */
struct text {
	char *buf;
	size_t cap;
	int want;
};

static __attribute__((format(printf, 2, 3))) void avp_put(struct text *t, const char *fmt, ...)
{
	size_t used = (size_t)t->want < t->cap ? (size_t)t->want : t->cap;
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(t->buf ? t->buf + used : NULL, t->cap - used, fmt, ap);
	va_end(ap);
	if (n > 0)
		t->want += n;
}

/* Octets of a peer as text: printable ASCII as it is, everything else as \xNN. */
static void avp_put_text(struct text *t, struct rd *r)
{
	while (r->left) {
		uint8_t c = rd_u8(r);

		if (c >= 0x20 && c < 0x7f && c != '\\')
			avp_put(t, "%c", c);
		else
			avp_put(t, "\\x%02x", c);
	}
}

static void avp_put_octets(struct text *t, struct rd *r)
{
	while (r->left)
		avp_put(t, "%02x", rd_u8(r));
}

static void avp_put_u16(struct text *t, struct rd *r)
{
	avp_put(t, "%u", rd_u16(r));
}

static void avp_put_u32(struct text *t, struct rd *r)
{
	avp_put(t, "%" PRIu32, rd_u32(r));
}

static void avp_put_u64(struct text *t, struct rd *r)
{
	avp_put(t, "%016" PRIx64, rd_u64(r));
}

static void avp_put_rate(struct text *t, struct rd *r)
{
	avp_put(t, "%" PRIu64, rd_u64(r));
}

static void avp_put_rest_quoted(struct text *t, struct rd *r)
{
	if (!r->left)
		return;
	avp_put(t, " \"");
	avp_put_text(t, r);
	avp_put(t, "\"");
}

static void avp_put_result(struct text *t, struct rd *r)
{
	avp_put(t, "%u", rd_u16(r));
	if (r->left >= 2)
		avp_put(t, " error %u", rd_u16(r));
	avp_put_rest_quoted(t, r);
}

static void avp_put_version(struct text *t, struct rd *r)
{
	unsigned ver = rd_u8(r);

	avp_put(t, "%u.%u", ver, rd_u8(r));
}

static void avp_put_cause(struct text *t, struct rd *r)
{
	unsigned cause = rd_u16(r);

	avp_put(t, "%u message 0x%02x", cause, rd_u8(r));
	avp_put_rest_quoted(t, r);
}

static void avp_put_errors(struct text *t, struct rd *r)
{
	static const char *const name[] = {
		"crc", "framing", "hardware-overruns", "buffer-overruns", "time-out", "alignment"};

	rd_skip(r, 2);
	for (size_t i = 0; i < sizeof(name) / sizeof(name[0]); i++)
		avp_put(t, "%s%s %" PRIu32, i ? ", " : "", name[i], rd_u32(r));
}

static void avp_put_accm(struct text *t, struct rd *r)
{
	uint32_t send;

	rd_skip(r, 2);
	send = rd_u32(r);
	avp_put(t, "send %08" PRIx32 " receive %08" PRIx32, send, rd_u32(r));
}

static void avp_put_flag(struct text *t, struct rd *r)
{
	(void)r;
	avp_put(t, "yes");
}

static void avp_put_secret(struct text *t, struct rd *r)
{
	avp_put(t, "(%zu octets)", r->left);
}

static void (*const put_shape[])(struct text *t, struct rd *r) = {
	[L2TP_SHAPE_U16] = avp_put_u16,	      [L2TP_SHAPE_U32] = avp_put_u32,
	[L2TP_SHAPE_U64] = avp_put_u64,	      [L2TP_SHAPE_RATE] = avp_put_rate,
	[L2TP_SHAPE_TEXT] = avp_put_text,     [L2TP_SHAPE_OCTETS] = avp_put_octets,
	[L2TP_SHAPE_RESULT] = avp_put_result, [L2TP_SHAPE_VERSION] = avp_put_version,
	[L2TP_SHAPE_CAUSE] = avp_put_cause,   [L2TP_SHAPE_ERRORS] = avp_put_errors,
	[L2TP_SHAPE_ACCM] = avp_put_accm,     [L2TP_SHAPE_ID] = avp_put_u16,
	[L2TP_SHAPE_FLAG] = avp_put_flag,     [L2TP_SHAPE_SECRET] = avp_put_secret,
};

int l2tp_avp_format(const struct l2tp_avp *a, char *buf, size_t cap)
{
	struct text t = {buf, cap, 0};
	struct rd r = rd_init(a->val, a->len);

	if (cap)
		buf[0] = '\0';
	if (a->row) {
		avp_put(&t, "%s: ", a->row->name);
		put_shape[a->row->shape](&t, &r);
		return t.want;
	}
	/* An unknown attribute that came hidden may be a secret: only its length is shown. */
	avp_put(&t, "vendor %u type %u: ", a->vendor, a->type);
	(a->hidden ? avp_put_secret : avp_put_octets)(&t, &r);
	return t.want;
}
