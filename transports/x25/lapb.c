/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * LAPB carries the packets of one X.25 interface over a link that may lose frames.  x25_line.c
 * drives it: lapb_rx with each frame of the link, lapb_send with each packet, lapb_expire when a
 * timer is due.
 *
 * The ends exchange commands and responses, told apart by the address.  SABM and UA set the link
 * up. Then each end numbers its information frames with V(S) and expects the peer's with V(R); N(R)
 * in an I, RR, RNR or REJ frame acknowledges all frames below it.  A missing frame is answered by
 * one REJ. When T1 runs out the sender polls (P=1) and sends again from the N(R) of the answer
 * (F=1).  An N(R) outside the window, or information in a frame that must have none, is answered by
 * FRMR; after it only a new SABM sets the link up.
 *
 * lapb_decode gives each frame a kind.  The table below has a handler for each kind in each state.
 */
#include "transports/x25/lapb.h"

#include "core/bytes.h"

#define ADDR_A 0x03u
#define ADDR_B 0x01u
#define NEVER  UINT64_MAX
#define SABM   0x2fu
#define SABME  0x6fu

/* K_MODE: SABM or SABME of the other modulo.  K_BAD: a frame that FRMR answers. */
enum kind { K_I, K_RR, K_RNR, K_REJ, K_SABM, K_MODE, K_DISC, K_UA, K_DM, K_FRMR, K_BAD, KINDS };

/* Reasons of FRMR, ISO 7776 5.3.9. */
enum { FRMR_W = 1, FRMR_X = 2, FRMR_Y = 4, FRMR_Z = 8 };

struct frame {
	enum kind kind;
	bool command, pf;
	uint8_t nr, ns;
	uint8_t control[2];
	struct rd info;
};

static const struct {
	uint8_t control;
	enum kind kind;
	bool command;
} unnumbered[] = {
	{SABM, K_SABM, true}, {SABME, K_SABM, true}, {0x43, K_DISC, true},
	{0x63, K_UA, false},  {0x0f, K_DM, false},   {0x87, K_FRMR, false},
};

void lapb_config_default(struct lapb_config *c)
{
	*c = (struct lapb_config){
		.k = 7,
		.n1 = 1030, /* 1024 octets of user data and a modulo-128 packet header */
		.n2 = 20,
		.t1 = 3000000,
		.retry = 30000000};
}

static uint8_t lapb_modulus(const struct lapb *l)
{
	return l->cfg.extended ? 128 : 8;
}

static uint8_t lapb_add(const struct lapb *l, uint8_t a, uint8_t b)
{
	return (uint8_t)((a + b) % lapb_modulus(l));
}

/* Number of frames from a up to b, modulo 8 or 128. */
static uint8_t lapb_distance(const struct lapb *l, uint8_t a, uint8_t b)
{
	return (uint8_t)((b + lapb_modulus(l) - a) % lapb_modulus(l));
}

/* A power of two above k: it divides the modulus, so that a number's slot does not change when
 * numbers wrap. */
static uint8_t lapb_slots(const struct lapb_config *c)
{
	uint8_t n = 2;

	while (n <= c->k)
		n = (uint8_t)(n * 2);
	return n;
}

static uint16_t *lapb_slot_len(struct lapb *l, uint8_t ns)
{
	return l->store_len + ns % lapb_slots(&l->cfg);
}

static uint8_t *lapb_slot(struct lapb *l, uint8_t ns)
{
	return l->store + (size_t)(ns % lapb_slots(&l->cfg)) * l->cfg.n1;
}

size_t lapb_store_size(const struct lapb_config *c)
{
	return (size_t)lapb_slots(c) * (c->n1 + sizeof(uint16_t));
}

void lapb_init(struct lapb *l, const struct lapb_config *c, const struct lapb_ops *ops, void *ctx,
	       void *store)
{
	memset(l, 0, sizeof(*l));
	l->cfg = *c;
	l->ops = ops;
	l->ctx = ctx;
	l->store_len = store;
	l->store = (uint8_t *)(l->store_len + lapb_slots(c));
	l->t1_at = l->t3_at = NEVER;
}

/* --- sending ---------------------------------------------------------------------------------- */

static void lapb_put(struct lapb *l, bool command, const uint8_t *control, size_t n,
		     const uint8_t *info, size_t len)
{
	uint8_t buf[3 + LAPB_N1_MAX];
	struct wr w = wr_init(buf, sizeof(buf));

	wr_u8(&w, command == l->cfg.dce ? ADDR_A : ADDR_B);
	wr_bytes(&w, control, n);
	wr_bytes(&w, info, len);
	l->ops->tx(l->ctx, w.buf, w.len);
}

/* Each frame with N(R) acknowledges all that has come. */
static void lapb_told(struct lapb *l)
{
	l->told = l->vr;
	l->ack_due = false;
}

static void lapb_put_u(struct lapb *l, bool command, uint8_t control, bool pf, const uint8_t *info,
		       size_t len)
{
	control |= pf ? 0x10 : 0;
	lapb_put(l, command, &control, 1, info, len);
}

static void lapb_put_s(struct lapb *l, bool command, enum kind k, bool pf)
{
	uint8_t type = (uint8_t)((k - K_RR) << 2 | 1), c[2];

	lapb_told(l);
	if (l->cfg.extended) {
		c[0] = type;
		c[1] = (uint8_t)(l->vr << 1 | pf);
	} else {
		c[0] = (uint8_t)(l->vr << 5 | (pf ? 0x10 : 0) | type);
	}
	lapb_put(l, command, c, l->cfg.extended ? 2 : 1, NULL, 0);
}

static void lapb_put_i(struct lapb *l, uint8_t ns, bool p)
{
	uint8_t c[2];

	lapb_told(l);
	if (l->cfg.extended) {
		c[0] = (uint8_t)(ns << 1);
		c[1] = (uint8_t)(l->vr << 1 | p);
	} else {
		c[0] = (uint8_t)(l->vr << 5 | (p ? 0x10 : 0) | ns << 1);
	}
	lapb_put(l, true, c, l->cfg.extended ? 2 : 1, lapb_slot(l, ns), *lapb_slot_len(l, ns));
}

static void lapb_send_sabm(struct lapb *l, uint64_t now)
{
	lapb_put_u(l, true, l->cfg.extended ? SABME : SABM, true, NULL, 0);
	l->t1_at = now + l->cfg.t1;
}

static void lapb_notify(struct lapb *l, enum lapb_report r)
{
	l->ops->report(l->ctx, r);
}

/* --- changes of state ------------------------------------------------------------------------- */

static void lapb_clear_numbers(struct lapb *l)
{
	l->vs = l->vr = l->va = l->told = 0;
	l->tries = 0;
	l->peer_busy = l->rej_out = l->polling = l->ua_sent = l->ack_due = l->refused = false;
	l->t1_at = l->t3_at = NEVER;
}

static void lapb_enter_up(struct lapb *l, uint64_t now, enum lapb_report r)
{
	lapb_clear_numbers(l);
	l->state = LAPB_UP;
	l->t3_at = l->cfg.t3 ? now + l->cfg.t3 : NEVER;
	lapb_notify(l, r);
}

static void lapb_start_setup(struct lapb *l, uint64_t now)
{
	lapb_clear_numbers(l);
	l->state = LAPB_SETUP;
	l->tries = 1;
	lapb_send_sabm(l, now);
}

static void lapb_enter_disconnected(struct lapb *l, uint64_t retry_at)
{
	bool was = l->state == LAPB_UP || l->state == LAPB_REJECTED || l->state == LAPB_DISC_SENT;

	lapb_clear_numbers(l);
	l->state = LAPB_DISCONNECTED;
	if (l->wanted && !l->cfg.passive)
		l->t1_at = retry_at;
	if (was)
		lapb_notify(l, LAPB_R_DOWN);
}

/* Reset the link: it is down until SABM is answered by UA. */
static void lapb_reset_link(struct lapb *l, uint64_t now)
{
	l->count[LAPB_C_RESETS]++;
	lapb_start_setup(l, now);
	lapb_notify(l, LAPB_R_DOWN);
}

static void lapb_reject_frame(struct lapb *l, const struct frame *f, uint8_t why, uint64_t now)
{
	size_t n = l->cfg.extended ? 5 : 3;

	if (l->cfg.extended) {
		l->frmr[0] = f->control[0];
		l->frmr[1] = f->kind <= K_REJ ? f->control[1] : 0;
		l->frmr[2] = (uint8_t)(l->vs << 1);
		l->frmr[3] = (uint8_t)(l->vr << 1 | !f->command);
		l->frmr[4] = why;
	} else {
		l->frmr[0] = f->control[0];
		l->frmr[1] = (uint8_t)(l->vr << 5 | !f->command << 4 | l->vs << 1);
		l->frmr[2] = why;
	}
	l->count[LAPB_C_FRMR_TX]++;
	l->state = LAPB_REJECTED;
	l->tries = 1;
	l->t1_at = now + l->cfg.t1;
	lapb_put_u(l, false, 0x87, f->command && f->pf, l->frmr, n);
}

/* --- acknowledgement -------------------------------------------------------------------------- */

static bool lapb_nr_valid(const struct lapb *l, uint8_t nr)
{
	return lapb_distance(l, l->va, nr) <= lapb_distance(l, l->va, l->vs);
}

/* Must T1 run: is a frame unacknowledged, or the peer busy, so that it must be polled? */
static bool lapb_awaits_answer(const struct lapb *l)
{
	return l->va != l->vs || l->peer_busy;
}

static void lapb_acknowledge(struct lapb *l, uint8_t nr, uint64_t now)
{
	if (nr == l->va)
		return;
	l->va = nr;
	if (l->polling)
		return; /* T1 waits for the F bit */
	l->tries = 0;
	l->t1_at = lapb_awaits_answer(l) ? now + l->cfg.t1 : NEVER;
}

static void lapb_resend_from(struct lapb *l, uint8_t nr, uint64_t now)
{
	uint8_t end = l->vs;

	for (uint8_t ns = nr; ns != end; ns = lapb_add(l, ns, 1)) {
		l->count[LAPB_C_RESENT]++;
		lapb_put_i(l, ns, false);
	}
	if (nr != end)
		l->t1_at = now + l->cfg.t1;
}

static void lapb_maybe_writable(struct lapb *l)
{
	if (!l->refused || l->state != LAPB_UP || l->peer_busy || l->polling ||
	    lapb_distance(l, l->va, l->vs) >= l->cfg.k)
		return;
	l->refused = false;
	lapb_notify(l, LAPB_R_WRITABLE);
}

/* --- handlers: information transfer ----------------------------------------------------------- */

typedef void (*handler)(struct lapb *l, struct frame *f, uint64_t now);

static void lapb_recovered(struct lapb *l, uint8_t nr, uint64_t now)
{
	l->polling = false;
	l->tries = 0;
	l->t1_at = NEVER;
	if (!l->peer_busy)
		lapb_resend_from(l, nr, now);
	else
		l->t1_at = now + l->cfg.t1; /* ask later whether it still is */
}

static void lapb_up_supervisory(struct lapb *l, struct frame *f, uint64_t now)
{
	if (!lapb_nr_valid(l, f->nr)) {
		lapb_reject_frame(l, f, FRMR_Z, now);
		return;
	}
	l->peer_busy = f->kind == K_RNR;
	lapb_acknowledge(l, f->nr, now);
	if (f->command && f->pf)
		lapb_put_s(l, false, K_RR, true);
	if (f->kind == K_REJ)
		l->count[LAPB_C_REJ_RX]++;
	if (!f->command && f->pf && l->polling)
		lapb_recovered(l, f->nr, now);
	else if (f->kind == K_REJ && !l->polling)
		lapb_resend_from(l, f->nr, now);
	else if (f->kind == K_RNR && l->t1_at == NEVER)
		l->t1_at = now + l->cfg.t1; /* ask later whether it is still busy */
	lapb_maybe_writable(l);
}

static void lapb_up_out_of_sequence(struct lapb *l, const struct frame *f)
{
	if (!l->rej_out) {
		l->rej_out = true;
		l->count[LAPB_C_REJ_TX]++;
		lapb_put_s(l, false, K_REJ, f->pf);
	} else if (f->pf) {
		lapb_put_s(l, false, K_RR, true);
	}
}

static void lapb_up_information(struct lapb *l, struct frame *f, uint64_t now)
{
	if (!lapb_nr_valid(l, f->nr)) {
		lapb_reject_frame(l, f, FRMR_Z, now);
		return;
	}
	lapb_acknowledge(l, f->nr, now);
	if (f->ns != l->vr) {
		lapb_up_out_of_sequence(l, f);
		return;
	}
	l->vr = lapb_add(l, l->vr, 1);
	l->rej_out = false;
	l->count[LAPB_C_I_RX]++;
	l->ack_due = true;
	if (f->pf)
		lapb_put_s(l, false, K_RR, true);
	l->ops->deliver(l->ctx, f->info.p, f->info.left);
	lapb_maybe_writable(l);
	if (l->ack_due && lapb_distance(l, l->told, l->vr) * 2 > l->cfg.k)
		lapb_put_s(l, false, K_RR, false);
}

static void lapb_up_sabm(struct lapb *l, struct frame *f, uint64_t now)
{
	lapb_put_u(l, false, 0x63, f->pf, NULL, 0);
	l->count[LAPB_C_RESETS]++;
	lapb_enter_up(l, now, LAPB_R_RESET);
}

static void lapb_up_reset(struct lapb *l, struct frame *f, uint64_t now)
{
	if (f->kind == K_FRMR)
		l->count[LAPB_C_FRMR_RX]++;
	lapb_reset_link(l, now);
}

/* --- handlers: other states --------------------------------------------------------------------- */

static void lapb_ignore(struct lapb *l, struct frame *f, uint64_t now)
{
	(void)f;
	(void)now;
	l->count[LAPB_C_STATE]++;
}

static void lapb_disc_received(struct lapb *l, struct frame *f, uint64_t now)
{
	lapb_put_u(l, false, 0x63, f->pf, NULL, 0);
	lapb_enter_disconnected(l, now + l->cfg.retry);
}

static void lapb_answer_with_dm(struct lapb *l, struct frame *f, uint64_t now)
{
	(void)now;
	l->count[LAPB_C_STATE]++;
	if (f->command && f->pf)
		lapb_put_u(l, false, 0x0f, true, NULL, 0);
}

static void lapb_send_dm(struct lapb *l, struct frame *f, uint64_t now)
{
	(void)now;
	lapb_put_u(l, false, 0x0f, f->pf, NULL, 0);
}

static void lapb_sabm_received(struct lapb *l, struct frame *f, uint64_t now)
{
	bool known = l->state == LAPB_REJECTED;

	if (!l->wanted) {
		lapb_put_u(l, false, 0x0f, f->pf, NULL, 0);
		return;
	}
	lapb_put_u(l, false, 0x63, f->pf, NULL, 0);
	lapb_enter_up(l, now, known ? LAPB_R_RESET : LAPB_R_UP);
}

/* An unsolicited DM asks us to set the link up (ISO 7776 5.4.5). */
static void lapb_dm_received(struct lapb *l, struct frame *f, uint64_t now)
{
	if (!f->pf && l->wanted && !l->cfg.passive)
		lapb_start_setup(l, now);
}

static void lapb_setup_collision(struct lapb *l, struct frame *f, uint64_t now)
{
	(void)now;
	l->ua_sent = true;
	lapb_put_u(l, false, 0x63, f->pf, NULL, 0);
}

static void lapb_dispatch_up(struct lapb *l, struct frame *f, uint64_t now);

/* SABMs have crossed and the peer sends frames of information transfer, so it has our UA.  Its UA
 * was lost, or it never got our SABM. */
static void lapb_setup_transfer(struct lapb *l, struct frame *f, uint64_t now)
{
	if (!l->ua_sent) {
		lapb_ignore(l, f, now);
		return;
	}
	lapb_enter_up(l, now, LAPB_R_UP);
	lapb_dispatch_up(l, f, now);
}

static void lapb_setup_ua(struct lapb *l, struct frame *f, uint64_t now)
{
	(void)f;
	lapb_enter_up(l, now, LAPB_R_UP);
}

static void lapb_setup_dm(struct lapb *l, struct frame *f, uint64_t now)
{
	if (!f->pf)
		return;
	l->count[LAPB_C_SETUP_REFUSED]++;
	lapb_enter_disconnected(l, now + l->cfg.t1);
}

/* The modulo is agreed on at subscription (X.25 2.1.5) and does not change. */
static void lapb_refuse_modulo(struct lapb *l, struct frame *f, uint64_t now)
{
	l->count[LAPB_C_MODULO]++;
	lapb_send_dm(l, f, now);
}

static void lapb_up_modulo(struct lapb *l, struct frame *f, uint64_t now)
{
	l->count[LAPB_C_MODULO]++;
	lapb_reject_frame(l, f, FRMR_W, now);
}

static void lapb_rejected_again(struct lapb *l, struct frame *f, uint64_t now)
{
	(void)now;
	if (f->command)
		lapb_put_u(l, false, 0x87, f->pf, l->frmr, l->cfg.extended ? 5 : 3);
}

static void lapb_disc_confirmed(struct lapb *l, struct frame *f, uint64_t now)
{
	(void)f;
	lapb_enter_disconnected(l, now + l->cfg.retry);
}

static void lapb_up_bad(struct lapb *l, struct frame *f, uint64_t now)
{
	uint8_t why = f->info.bad ? FRMR_Y : f->info.left ? FRMR_W | FRMR_X : FRMR_W;

	lapb_reject_frame(l, f, why, now);
}

/* ISO 7776 5.4 to 5.7. */
static const handler table[LAPB_STATES][KINDS] = {
	[LAPB_DISCONNECTED] = {[K_I] = lapb_answer_with_dm,
			       [K_RR] = lapb_answer_with_dm,
			       [K_RNR] = lapb_answer_with_dm,
			       [K_REJ] = lapb_answer_with_dm,
			       [K_SABM] = lapb_sabm_received,
			       [K_MODE] = lapb_refuse_modulo,
			       [K_DISC] = lapb_send_dm,
			       [K_UA] = lapb_ignore,
			       [K_DM] = lapb_dm_received,
			       [K_FRMR] = lapb_ignore,
			       [K_BAD] = lapb_answer_with_dm},
	[LAPB_SETUP] = {[K_I] = lapb_setup_transfer,
			[K_RR] = lapb_setup_transfer,
			[K_RNR] = lapb_setup_transfer,
			[K_REJ] = lapb_setup_transfer,
			[K_SABM] = lapb_setup_collision,
			[K_MODE] = lapb_refuse_modulo,
			[K_DISC] = lapb_send_dm,
			[K_UA] = lapb_setup_ua,
			[K_DM] = lapb_setup_dm,
			[K_FRMR] = lapb_ignore,
			[K_BAD] = lapb_ignore},
	[LAPB_UP] = {[K_I] = lapb_up_information,
		     [K_RR] = lapb_up_supervisory,
		     [K_RNR] = lapb_up_supervisory,
		     [K_REJ] = lapb_up_supervisory,
		     [K_SABM] = lapb_up_sabm,
		     [K_MODE] = lapb_up_modulo,
		     [K_DISC] = lapb_disc_received,
		     [K_UA] = lapb_up_reset,
		     [K_DM] = lapb_up_reset,
		     [K_FRMR] = lapb_up_reset,
		     [K_BAD] = lapb_up_bad},
	[LAPB_REJECTED] = {[K_I] = lapb_rejected_again,
			   [K_RR] = lapb_rejected_again,
			   [K_RNR] = lapb_rejected_again,
			   [K_REJ] = lapb_rejected_again,
			   [K_SABM] = lapb_sabm_received,
			   [K_MODE] = lapb_rejected_again,
			   [K_DISC] = lapb_disc_received,
			   [K_UA] = lapb_ignore,
			   [K_DM] = lapb_up_reset,
			   [K_FRMR] = lapb_up_reset,
			   [K_BAD] = lapb_rejected_again},
	[LAPB_DISC_SENT] = {[K_I] = lapb_ignore,
			    [K_RR] = lapb_ignore,
			    [K_RNR] = lapb_ignore,
			    [K_REJ] = lapb_ignore,
			    [K_SABM] = lapb_send_dm,
			    [K_MODE] = lapb_refuse_modulo,
			    [K_DISC] = lapb_disc_received,
			    [K_UA] = lapb_disc_confirmed,
			    [K_DM] = lapb_disc_confirmed,
			    [K_FRMR] = lapb_ignore,
			    [K_BAD] = lapb_ignore},
};

static void lapb_dispatch_up(struct lapb *l, struct frame *f, uint64_t now)
{
	table[LAPB_UP][f->kind](l, f, now);
}

/* --- decoding --------------------------------------------------------------------------------- */

static void lapb_decode_numbered(const struct lapb *l, struct frame *f, struct rd *r)
{
	uint8_t c = f->control[0];
	bool info = !(c & 1);

	if (l->cfg.extended) {
		f->control[1] = rd_u8(r);
		f->nr = f->control[1] >> 1;
		f->pf = f->control[1] & 1;
		f->ns = c >> 1;
	} else {
		f->nr = c >> 5;
		f->pf = c & 0x10;
		f->ns = c >> 1 & 7;
		c &= 0x0f;
	}
	if (info)
		f->kind = K_I;
	else if (c == 0x01 || c == 0x05 || c == 0x09)
		f->kind = (enum kind)(K_RR + (c >> 2));
}

static void lapb_decode_unnumbered(const struct lapb *l, struct frame *f)
{
	uint8_t c = f->control[0] & 0xef;

	f->pf = f->control[0] & 0x10;
	for (size_t i = 0; i < sizeof(unnumbered) / sizeof(*unnumbered); i++)
		if (unnumbered[i].control == c && unnumbered[i].command == f->command)
			f->kind = unnumbered[i].kind;
	if (f->kind == K_SABM && (c == SABME) != l->cfg.extended)
		f->kind = K_MODE;
}

/* False: dropped and counted, wrong address or too short. */
static bool lapb_decode(struct lapb *l, struct frame *f, const uint8_t *frame, size_t len)
{
	struct rd r = rd_init(frame, len);
	uint8_t address = rd_u8(&r);

	memset(f, 0, sizeof(*f));
	f->kind = K_BAD;
	f->control[0] = rd_u8(&r);
	if (!r.bad && address != ADDR_A && address != ADDR_B) {
		l->count[LAPB_C_BAD_ADDRESS]++;
		return false;
	}
	f->command = (address == ADDR_B) == l->cfg.dce;
	if ((f->control[0] & 3) == 3)
		lapb_decode_unnumbered(l, f);
	else
		lapb_decode_numbered(l, f, &r);
	if (r.bad) {
		l->count[LAPB_C_SHORT]++;
		return false;
	}
	f->info = rd_init(r.p, r.left);
	if (f->kind == K_I && !f->command)
		f->kind = K_BAD;
	if (f->info.left && f->kind != K_I && f->kind != K_FRMR)
		f->kind = K_BAD;
	if (f->info.left > l->cfg.n1) {
		f->kind = K_BAD;
		f->info.bad = true;
	}
	return true;
}

/* --- the user's functions and timers ----------------------------------------------------------------- */

void lapb_start(struct lapb *l, uint64_t now)
{
	l->wanted = true;
	if (l->state == LAPB_DISCONNECTED && !l->cfg.passive)
		lapb_start_setup(l, now);
}

void lapb_stop(struct lapb *l, uint64_t now)
{
	l->wanted = false;
	if (l->state == LAPB_DISCONNECTED || l->state == LAPB_SETUP) {
		lapb_enter_disconnected(l, NEVER);
		return;
	}
	lapb_clear_numbers(l);
	l->state = LAPB_DISC_SENT;
	l->tries = 1;
	l->t1_at = now + l->cfg.t1;
	lapb_put_u(l, true, 0x43, true, NULL, 0);
}

void lapb_line_down(struct lapb *l)
{
	l->wanted = false;
	lapb_enter_disconnected(l, NEVER);
}

/* A mistake of configuration that the far end's set-up shows: one of the other modulo, or a command
 * from the address that its responses have to come from. */
static const char *lapb_wrong(const struct lapb *l, const struct frame *f)
{
	uint8_t c = f->control[0] & 0xef;

	if (f->kind == K_MODE)
		return l->cfg.extended ? "the far end has modulo 8, here it is 128"
				       : "the far end has modulo 128, here it is 8";
	if (f->command || (c != SABM && c != SABME))
		return l->wrong;
	return l->cfg.dce ? "the far end is DCE too" : "the far end is DTE too";
}

void lapb_rx(struct lapb *l, const uint8_t *frame, size_t len, uint64_t now)
{
	struct frame f;

	if (!lapb_decode(l, &f, frame, len))
		return;
	if (l->t3_at != NEVER)
		l->t3_at = now + l->cfg.t3;
	l->wrong = lapb_wrong(l, &f);
	table[l->state][f.kind](l, &f, now);
	if (l->state == LAPB_UP)
		l->wrong = NULL;
}

void lapb_settle(struct lapb *l)
{
	if (l->ack_due && l->state == LAPB_UP)
		lapb_put_s(l, false, K_RR, false);
}

bool lapb_send(struct lapb *l, const uint8_t *data, size_t len, uint64_t now)
{
	if (l->state != LAPB_UP || len > l->cfg.n1)
		return false;
	if (l->peer_busy || l->polling || lapb_distance(l, l->va, l->vs) >= l->cfg.k) {
		l->refused = true;
		return false;
	}
	memcpy(lapb_slot(l, l->vs), data, len);
	*lapb_slot_len(l, l->vs) = (uint16_t)len;
	lapb_put_i(l, l->vs, false);
	l->vs = lapb_add(l, l->vs, 1);
	l->count[LAPB_C_I_TX]++;
	if (l->t1_at == NEVER)
		l->t1_at = now + l->cfg.t1;
	return true;
}

static void lapb_poll(struct lapb *l, uint64_t now)
{
	l->polling = true;
	l->t1_at = now + l->cfg.t1;
	lapb_put_s(l, true, K_RR, true);
}

/* T1 has run out, and not for the last time: send again, or poll. */
static void lapb_repeat(struct lapb *l, uint64_t now)
{
	switch (l->state) {
	case LAPB_SETUP:
		if (l->ua_sent)
			lapb_enter_up(l, now, LAPB_R_UP);
		else
			lapb_send_sabm(l, now);
		break;
	case LAPB_UP:
		lapb_poll(l, now);
		break;
	case LAPB_REJECTED:
		l->t1_at = now + l->cfg.t1;
		lapb_put_u(l, false, 0x87, false, l->frmr, l->cfg.extended ? 5 : 3);
		break;
	case LAPB_DISC_SENT:
		l->t1_at = now + l->cfg.t1;
		lapb_put_u(l, true, 0x43, true, NULL, 0);
		break;
	default:
		lapb_start_setup(l, now);
	}
}

static void lapb_give_up(struct lapb *l, uint64_t now)
{
	l->count[LAPB_C_GIVEN_UP]++;
	if (l->state == LAPB_UP || l->state == LAPB_REJECTED)
		lapb_reset_link(l, now);
	else
		lapb_enter_disconnected(l, now + l->cfg.retry);
}

void lapb_expire(struct lapb *l, uint64_t now)
{
	if (now >= l->t3_at) {
		l->t3_at = now + l->cfg.t3;
		if (!l->polling)
			lapb_poll(l, now);
	}
	if (now < l->t1_at)
		return;
	if (l->state != LAPB_DISCONNECTED) {
		l->count[LAPB_C_T1]++;
		if (l->tries >= l->cfg.n2) {
			lapb_give_up(l, now);
			return;
		}
		l->tries++;
	}
	lapb_repeat(l, now);
}

uint64_t lapb_deadline(const struct lapb *l)
{
	return l->t1_at < l->t3_at ? l->t1_at : l->t3_at;
}

const char *lapb_state_name(enum lapb_state s)
{
	static const char *const names[LAPB_STATES] = {"disconnected", "setup", "up",
						       "frame-reject", "disconnecting"};

	return names[s];
}
