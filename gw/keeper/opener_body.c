/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Requests as octets.
 *
 *   OPEN     kind 1, then of its row: family 1, ip 16, port 2, scope 4 | receive 4, send 4 |
 *            mtu 2, type 2 | backlog 4 | flags 4; name length 1, name
 *   LINK     up 1, mtu 2, device 1+n
 *   ADDRESS  add 1, has a peer 1, net 18, peer 18 if there is one, device 1+n
 *   ROUTE    add 1, net 18, device 1+n
 *   net      v6 1, bits 1, address 16
 */
#include "gw/keeper/opener.h"

#include <string.h>

#define MTU_LEAST 68u /* RFC 791 */

/* What a kind has besides its name. */
enum opener_part {
	PART_ADDRESS = 1,
	PART_BUFFERS = 2,
	PART_DEVICE = 4,
	PART_BACKLOG = 8,
	PART_NAME = 16,
};

static const struct opener_row {
	uint8_t parts;
	uint16_t flags; /* enum ist_open_flag that it may have */
	uint16_t name;	/* octets of the longest name */
} opener_rows[IST_OPEN_KINDS] = {
	[IST_OPEN_PACKET] = {PART_NAME, 0, OPENER_DEVICE - 1},
	[IST_OPEN_TUN] = {PART_NAME | PART_DEVICE,
			  IST_OPEN_HEAD | IST_OPEN_UP | IST_OPEN_NO_ADDRESS | IST_OPEN_LONG_QUEUE |
				  IST_OPEN_SUPER,
			  OPENER_DEVICE - 1},
	[IST_OPEN_TAP] = {PART_NAME | PART_DEVICE, IST_OPEN_UP, OPENER_DEVICE - 1},
	[IST_OPEN_TTY] = {PART_NAME, 0, IST_OPEN_NAME - 1},
	[IST_OPEN_READ] = {PART_NAME, IST_OPEN_NO_LINK, IST_OPEN_NAME - 1},
	[IST_OPEN_WRITE] = {PART_NAME, IST_OPEN_NO_LINK, IST_OPEN_NAME - 1},
	[IST_OPEN_UDP] = {PART_ADDRESS | PART_BUFFERS,
			  IST_OPEN_DESTINATION | IST_OPEN_MARK | IST_OPEN_ESP | IST_OPEN_SHARE, 0},
	[IST_OPEN_LISTEN] = {PART_ADDRESS | PART_BACKLOG, 0, 0},
};

static void opener_put_name(struct wr *w, const char *name, size_t room)
{
	size_t len = strnlen(name, room);

	if (len == room || len > UINT8_MAX)
		w->bad = true;
	wr_u8(w, (uint8_t)len);
	wr_bytes(w, name, len);
}

/* room: of out, with the NUL. */
static bool opener_get_name(struct rd *r, char *out, size_t room)
{
	size_t len = rd_u8(r);
	const uint8_t *name = rd_take(r, len);

	if (!name || !len || len >= room || memchr(name, '\0', len))
		return false;
	memcpy(out, name, len);
	return true;
}

/* 0 or 1. */
static bool opener_get_bool(struct rd *r, bool *out)
{
	uint8_t b = rd_u8(r);

	*out = b;
	return b <= 1;
}

/* --- OPEN ------------------------------------------------------------------------------------- */

void opener_put_open(struct wr *w, const struct ist_open *what)
{
	uint8_t parts;

	if (what->kind >= IST_OPEN_KINDS || !opener_rows[what->kind].parts) {
		w->bad = true;
		return;
	}
	parts = opener_rows[what->kind].parts;
	wr_u8(w, what->kind);
	if (parts & PART_ADDRESS) {
		wr_u8(w, what->family);
		wr_bytes(w, what->ip, sizeof(what->ip));
		wr_u16(w, what->port);
		wr_u32(w, what->scope);
	}
	if (parts & PART_BUFFERS) {
		wr_u32(w, what->receive);
		wr_u32(w, what->send);
	}
	if (parts & PART_DEVICE) {
		wr_u16(w, what->mtu);
		wr_u16(w, what->type);
	}
	if (parts & PART_BACKLOG)
		wr_u32(w, what->backlog);
	wr_u32(w, what->flags);
	if (parts & PART_NAME)
		opener_put_name(w, what->name, sizeof(what->name));
}

static bool opener_get_address(struct rd *r, struct ist_open *out)
{
	const uint8_t *ip;

	out->family = rd_u8(r);
	ip = rd_take(r, sizeof(out->ip));
	if (ip)
		memcpy(out->ip, ip, sizeof(out->ip));
	out->port = rd_u16(r);
	out->scope = rd_u32(r);
	return !r->bad && (out->family == 4 || out->family == 6);
}

static bool opener_get_device(struct rd *r, struct ist_open *out)
{
	out->mtu = rd_u16(r);
	out->type = rd_u16(r);
	return !out->mtu || out->mtu >= MTU_LEAST;
}

static bool opener_get_parts(struct rd *r, const struct opener_row *row, struct ist_open *out)
{
	if (row->parts & PART_ADDRESS && !opener_get_address(r, out))
		return false;
	if (row->parts & PART_BUFFERS) {
		out->receive = rd_u32(r);
		out->send = rd_u32(r);
	}
	if (row->parts & PART_DEVICE && !opener_get_device(r, out))
		return false;
	if (row->parts & PART_BACKLOG)
		out->backlog = rd_u32(r);
	out->flags = rd_u32(r);
	if (out->receive > INT32_MAX || out->send > INT32_MAX || out->backlog > INT32_MAX)
		return false;
	if (out->flags & ~(uint32_t)row->flags)
		return false;
	return !(row->parts & PART_NAME) || opener_get_name(r, out->name, row->name + 1u);
}

bool opener_get_open(struct rd *r, struct ist_open *out)
{
	*out = (struct ist_open){.size = sizeof(*out), .kind = rd_u8(r)};
	if (out->kind >= IST_OPEN_KINDS || !opener_rows[out->kind].parts)
		return false;
	return opener_get_parts(r, &opener_rows[out->kind], out) && !r->bad && !r->left;
}

/* --- changes ---------------------------------------------------------------------------------- */

static void opener_put_net(struct wr *w, const struct opener_net *n)
{
	wr_u8(w, n->v6);
	wr_u8(w, n->bits);
	wr_bytes(w, n->addr, sizeof(n->addr));
}

static bool opener_get_net(struct rd *r, struct opener_net *out)
{
	bool ok = opener_get_bool(r, &out->v6);
	const uint8_t *addr;

	out->bits = rd_u8(r);
	addr = rd_take(r, sizeof(out->addr));
	if (addr)
		memcpy(out->addr, addr, sizeof(out->addr));
	return ok && addr && out->bits <= (out->v6 ? 128 : 32);
}

void opener_put_change(struct wr *w, const struct opener_change *c)
{
	wr_u8(w, c->add);
	if (c->kind == OPENER_LINK)
		wr_u16(w, c->mtu);
	if (c->kind == OPENER_ADDRESS)
		wr_u8(w, c->has_peer);
	if (c->kind != OPENER_LINK)
		opener_put_net(w, &c->net);
	if (c->kind == OPENER_ADDRESS && c->has_peer)
		opener_put_net(w, &c->peer);
	opener_put_name(w, c->device, sizeof(c->device));
}

bool opener_get_change(struct rd *r, enum opener_kind kind, struct opener_change *out)
{
	bool ok;

	*out = (struct opener_change){.kind = (uint8_t)kind};
	ok = opener_get_bool(r, &out->add);
	if (kind == OPENER_LINK)
		out->mtu = rd_u16(r);
	if (kind == OPENER_ADDRESS)
		ok = opener_get_bool(r, &out->has_peer) && ok;
	if (kind != OPENER_LINK)
		ok = opener_get_net(r, &out->net) && ok;
	if (out->has_peer)
		ok = opener_get_net(r, &out->peer) && ok && out->peer.v6 == out->net.v6;
	return ok && (!out->mtu || out->mtu >= MTU_LEAST) &&
	       opener_get_name(r, out->device, sizeof(out->device)) && !r->bad && !r->left;
}
