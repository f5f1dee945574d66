/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The octets of save.h.  What a record says of other records is checked in restore.c. */
#include "core/save.h"

#include "core/bytes.h"
#include "core/call_table.h"
#include "core/engine.h"
#include "core/reliable.h"

#define AT_LENGTH 2u

/* Bits of the octet of flags. */
#define T_INITIATOR	1u
#define T_AUTHENTICATED 2u
#define T_HAS_BEARER	4u
#define C_PLACED	1u
#define C_REQUIRED	2u
#define C_HIDES_INFO	4u

/* --- writing ---------------------------------------------------------------------------------- */

static struct wr save_start(uint8_t *buf, size_t cap, enum save_type type)
{
	struct wr w = wr_init(buf, cap);

	wr_u8(&w, (uint8_t)type);
	wr_u8(&w, SAVE_VERSION);
	wr_u16(&w, 0);
	return w;
}

static size_t save_end(struct wr *w)
{
	wr_patch16(w, AT_LENGTH, (uint16_t)w->len);
	return w->bad ? 0 : w->len;
}

static void save_text(struct wr *w, const char *text)
{
	size_t n = strlen(text);

	wr_u8(w, (uint8_t)n);
	wr_bytes(w, text, n);
}

size_t save_engine_write(const struct save_engine *s, uint8_t *buf, size_t cap)
{
	struct wr w = save_start(buf, cap, SAVE_ENGINE);

	wr_bytes(&w, s->key, sizeof(s->key));
	wr_u16(&w, s->fresh);
	wr_u16(&w, s->births);
	/* engine: appended fields are written here */
	return save_end(&w);
}

size_t save_tunnel_write(const struct save_tunnel *s, uint8_t *buf, size_t cap)
{
	struct wr w = save_start(buf, cap, SAVE_TUNNEL);
	unsigned flags = (s->initiator ? T_INITIATOR : 0) |
			 (s->authenticated ? T_AUTHENTICATED : 0) |
			 (s->has_bearer ? T_HAS_BEARER : 0);

	wr_u16(&w, s->id);
	wr_u16(&w, s->peer_id);
	wr_u8(&w, s->state);
	wr_u8(&w, (uint8_t)flags);
	wr_u16(&w, s->una);
	wr_u16(&w, s->reach);
	wr_u16(&w, s->nr);
	wr_u16(&w, s->peer_window);
	wr_u32(&w, s->peer_framing);
	wr_u32(&w, s->peer_bearer);
	wr_u64(&w, s->since);
	wr_bytes(&w, s->sid_key, sizeof(s->sid_key));
	wr_u16(&w, s->sid_fresh);
	wr_bytes(&w, s->secret, sizeof(s->secret));
	wr_u8(&w, s->dscp);
	wr_u16(&w, s->result);
	wr_u16(&w, s->error);
	save_text(&w, s->peer_host);
	save_text(&w, s->peer_vendor);
	/* tunnel: appended fields are written here */
	return save_end(&w);
}

size_t save_call_write(const struct save_call *s, uint8_t *buf, size_t cap)
{
	struct wr w = save_start(buf, cap, SAVE_CALL);
	unsigned flags = (s->placed ? C_PLACED : 0) | (s->required ? C_REQUIRED : 0) |
			 (s->hides_info ? C_HIDES_INFO : 0);

	wr_u16(&w, s->tunnel_id);
	wr_u16(&w, s->id);
	wr_u16(&w, s->peer_id);
	wr_u8(&w, s->state);
	wr_u8(&w, s->role);
	wr_u8(&w, (uint8_t)flags);
	wr_u32(&w, s->serial);
	wr_u64(&w, s->since);
	wr_u16(&w, s->result);
	wr_u16(&w, s->error);
	/* call: appended fields are written here */
	return save_end(&w);
}

/* --- reading ---------------------------------------------------------------------------------- */

/* The fields of a record; failed when it is none of this type. */
static struct rd save_open(const uint8_t *rec, size_t len, enum save_type type)
{
	struct rd r = rd_init(rec, len);
	bool known = rd_u8(&r) == type && rd_u8(&r) == SAVE_VERSION;
	uint16_t whole = rd_u16(&r);

	if (!known || whole != len)
		rd_fail(&r);
	return r;
}

static void save_octets(struct rd *r, uint8_t *out, size_t n)
{
	const uint8_t *p = rd_take(r, n);

	if (p)
		memcpy(out, p, n);
}

/* Printable ASCII, as setup.c has made it of what the peer sent; else the record fails. */
static void save_read_text(struct rd *r, char *out, size_t cap)
{
	uint8_t n = rd_u8(r);
	const uint8_t *p = rd_take(r, n);

	if (!p || n >= cap) {
		rd_fail(r);
		return;
	}
	for (unsigned i = 0; i < n; i++) {
		if (p[i] < 0x20 || p[i] >= 0x7f)
			rd_fail(r);
		out[i] = (char)p[i];
	}
}

bool save_engine_read(struct save_engine *s, const uint8_t *rec, size_t len)
{
	struct rd r = save_open(rec, len, SAVE_ENGINE);

	*s = (struct save_engine){0};
	save_octets(&r, s->key, sizeof(s->key));
	s->fresh = rd_u16(&r);
	s->births = rd_u16(&r);
	/* engine: appended fields are read here, if r.left */
	return !r.bad;
}

static bool save_tunnel_in_range(const struct save_tunnel *s)
{
	uint16_t sent = (uint16_t)(s->reach - s->una);

	bool ends = s->state == L2TP_T_STOPPING && s->result;

	return s->id && s->peer_id && s->peer_window && sent <= s->peer_window &&
	       sent < REL_QUEUE_MESSAGES && s->dscp < 64 &&
	       (ends || s->state == L2TP_T_ESTABLISHED);
}

static void save_tunnel_flags(struct save_tunnel *s, uint8_t flags)
{
	s->initiator = flags & T_INITIATOR;
	s->authenticated = flags & T_AUTHENTICATED;
	s->has_bearer = flags & T_HAS_BEARER;
}

bool save_tunnel_read(struct save_tunnel *s, const uint8_t *rec, size_t len)
{
	struct rd r = save_open(rec, len, SAVE_TUNNEL);

	*s = (struct save_tunnel){0};
	s->id = rd_u16(&r);
	s->peer_id = rd_u16(&r);
	s->state = rd_u8(&r);
	save_tunnel_flags(s, rd_u8(&r));
	s->una = rd_u16(&r);
	s->reach = rd_u16(&r);
	s->nr = rd_u16(&r);
	s->peer_window = rd_u16(&r);
	s->peer_framing = rd_u32(&r);
	s->peer_bearer = rd_u32(&r);
	s->since = rd_u64(&r);
	save_octets(&r, s->sid_key, sizeof(s->sid_key));
	s->sid_fresh = rd_u16(&r);
	save_octets(&r, s->secret, sizeof(s->secret));
	s->dscp = rd_u8(&r);
	s->result = rd_u16(&r);
	s->error = rd_u16(&r);
	save_read_text(&r, s->peer_host, sizeof(s->peer_host));
	save_read_text(&r, s->peer_vendor, sizeof(s->peer_vendor));
	/* tunnel: appended fields are read here, if r.left */
	return !r.bad && save_tunnel_in_range(s);
}

static bool save_call_in_range(const struct save_call *s)
{
	bool lives = s->state == L2TP_C_ESTABLISHED && s->peer_id;

	bool ends = s->state == L2TP_C_IDLE && s->result;

	return s->tunnel_id && s->id && s->role < CALL_ROLES && (lives || ends);
}

bool save_call_read(struct save_call *s, const uint8_t *rec, size_t len)
{
	struct rd r = save_open(rec, len, SAVE_CALL);
	uint8_t flags;

	*s = (struct save_call){0};
	s->tunnel_id = rd_u16(&r);
	s->id = rd_u16(&r);
	s->peer_id = rd_u16(&r);
	s->state = rd_u8(&r);
	s->role = rd_u8(&r);
	flags = rd_u8(&r);
	s->placed = flags & C_PLACED;
	s->required = flags & C_REQUIRED;
	s->hides_info = flags & C_HIDES_INFO;
	s->serial = rd_u32(&r);
	s->since = rd_u64(&r);
	s->result = rd_u16(&r);
	s->error = rd_u16(&r);
	/* call: appended fields are read here, if r.left */
	return !r.bad && save_call_in_range(s);
}
