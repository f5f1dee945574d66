/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A synchronous line (RFC 1662 5).  Flags and stuffed bits are the hardware's, and so is the FCS,
 * unless the key `fcs` says that it is made here: a frame of the link is all that stands between
 * two flags.  The line is up while the link has carrier.
 */
#include "transports/serial/serial_int.h"

#include "transports/kit/linktype.h"

#include <errno.h>

#define SYNC_FRAME_MIN 2u /* octets of a frame without its FCS */

/* --- up and down ------------------------------------------------------------------------------ */

static void serial_sync_check_mtu(struct ist_port *p)
{
	uint32_t was = serial_payload(p);

	p->link_mtu = link_mtu(p->link);
	if (was != serial_payload(p))
		p->host->mtu_changed(p->ctx, p->channel);
}

static void serial_sync_on_carrier(void *ctx, bool up, const char *words)
{
	static const struct ist_cause why = {.kind = IST_CAUSE_LINK, .words = "link down"};
	struct ist_port *p = ctx;

	serial_announce(p);
	if (up) {
		serial_sync_check_mtu(p);
		serial_report_up(p);
		return;
	}
	p->state = SERIAL_CLOSED;
	p->count[SERIAL_C_CARRIER_LOST]++;
	p->host->log(p->ctx, 4, "%s: link down: %s", p->device, words);
	p->host->down(p->ctx, p->channel, &why, false);
}

/* --- receiving -------------------------------------------------------------------------------- */

static void serial_sync_frame(struct ist_port *p, const struct link_frame *f)
{
	unsigned fcs = hdlc_fcs_octets(p->fcs);

	if (f->len < SYNC_FRAME_MIN + fcs)
		p->count[SERIAL_C_RX_SHORT]++;
	else if (!hdlc_fcs_is_good(p->fcs, f->payload, f->len))
		p->count[SERIAL_C_RX_FCS]++;
	else
		serial_received(p, f->payload, f->len - fcs);
}

static void serial_sync_on_frames(void *ctx, const struct link_frame *f, unsigned n)
{
	serial_announce(ctx);
	for (unsigned i = 0; i < n; i++)
		serial_sync_frame(ctx, &f[i]);
	serial_deliver(ctx);
}

const struct link_user serial_sync_user = {serial_sync_on_frames, serial_sync_on_carrier};

/* --- sending ---------------------------------------------------------------------------------- */

/* An FCS of ours stands behind the payload, for which that is copied into `room`. */
static bool serial_sync_build(struct ist_port *p, const struct ist_frame *f, uint8_t *room,
			      struct link_frame *out)
{
	uint32_t head_len = f->head ? f->head_len : 0;
	struct wr w = wr_init(room, p->tx_slot);
	uint8_t fcs[HDLC_FCS_MAX];

	if (head_len + (uint64_t)f->len > serial_payload(p)) {
		p->count[SERIAL_C_TX_TOO_LONG]++;
		return false;
	}
	wr_u8(&w, 0xff);
	wr_u8(&w, 0x03);
	wr_bytes(&w, f->head, head_len);
	p->count[SERIAL_C_TX]++;
	p->count[SERIAL_C_TX_OCTETS] += head_len + f->len;
	if (*p->host->tap_on)
		p->host->tap(p->ctx, true, LINKTYPE_PPP, room, (uint32_t)w.len, f->payload, f->len);
	if (p->fcs == HDLC_FCS_NONE) {
		*out = (struct link_frame){room, f->payload, (uint32_t)w.len, f->len};
		return true;
	}
	wr_bytes(&w, f->payload, f->len);
	wr_bytes(&w, fcs, hdlc_fcs_put(p->fcs, fcs, room, w.len));
	*out = (struct link_frame){NULL, room, 0, (uint32_t)w.len};
	return true;
}

static void serial_sync_send_batch(struct ist_port *p, const struct ist_frame *f, unsigned n)
{
	struct link_frame out[SERIAL_BATCH];
	unsigned k = 0;

	for (unsigned i = 0; i < n; i++)
		k += serial_sync_build(p, &f[i], p->tx_frame + k * p->tx_slot, &out[k]);
	if (k)
		link_send(p->link, out, k);
}

int serial_sync_send(struct ist_port *p, const struct ist_frame *f, unsigned n)
{
	if (p->state != SERIAL_UP) {
		p->count[SERIAL_C_TX_DOWN] += n;
		return (int)n;
	}
	for (unsigned i = 0; i < n; i += SERIAL_BATCH)
		serial_sync_send_batch(p, f + i, n - i < SERIAL_BATCH ? n - i : SERIAL_BATCH);
	return (int)n;
}
