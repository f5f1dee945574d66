/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The two ends exchange commands and responses; which is which is told by the address.  After SABM and
 * UA both count information frames with V(S) and V(R); N(R) in any I, RR, RNR or REJ acknowledges all
 * below it.  A gap is answered by one REJ.  When T1 runs out with frames unacknowledged the sender
 * polls (P=1) and goes on from the N(R) of the answer (F=1).  What cannot be right, an N(R) outside the
 * window, information where none may be, is answered by FRMR and only a new SABM helps.
 *
 * A frame is decoded into a kind; the table at the end says which handler a kind has in each state.
 */
#include "transports/x25/lapb.h"

#include "core/bytes.h"

#define ADDR_A 0x03u
#define ADDR_B 0x01u
#define NEVER UINT64_MAX

/* K_MODE: set-up with the other modulo. */
enum kind { K_I, K_RR, K_RNR, K_REJ, K_SABM, K_MODE, K_DISC, K_UA, K_DM, K_FRMR, K_BAD, KINDS };

/* FRMR: why, ISO 7776 5.3.9 */
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
	bool command; /* as what we take it */
} unnumbered[] = {
	{0x2f, K_SABM, true}, {0x6f, K_SABM, true}, {0x43, K_DISC, true},
	{0x63, K_UA, false},  {0x0f, K_DM, false},  {0x87, K_FRMR, false},
};

void lapb_config_default(struct lapb_config *c)
{
	*c = (struct lapb_config){.k = 7,
				  .n1 = 1030, /* 1024 octets of user data and a modulo-128 packet header */
				  .n2 = 20,
				  .t1 = 3000000,
				  .retry = 30000000};
}

static uint8_t modulus(const struct lapb *l)
{
	return l->cfg.extended ? 128 : 8;
}

static uint8_t plus(const struct lapb *l, uint8_t a, uint8_t b)
{
	return (uint8_t)((a + b) % modulus(l));
}

/* How many frames from a up to b. */
static uint8_t span(const struct lapb *l, uint8_t a, uint8_t b)
{
	return (uint8_t)((b + modulus(l) - a) % modulus(l));
}

/* A power of two over k: divides the modulus, so that numbers that wrap keep to their slots. */
static uint8_t slots(const struct lapb_config *c)
{
	uint8_t n = 2;

	while (n <= c->k)
		n = (uint8_t)(n * 2);
	return n;
}

static uint16_t *slot_len(struct lapb *l, uint8_t ns)
{
	return l->store_len + ns % slots(&l->cfg);
}

static uint8_t *slot(struct lapb *l, uint8_t ns)
{
	return l->store + (size_t)(ns % slots(&l->cfg)) * l->cfg.n1;
}

size_t lapb_store_size(const struct lapb_config *c)
{
	return (size_t)slots(c) * (c->n1 + sizeof(uint16_t));
}

void lapb_init(struct lapb *l, const struct lapb_config *c, const struct lapb_ops *ops, void *ctx,
	       void *store)
{
	memset(l, 0, sizeof(*l));
	l->cfg = *c;
	l->ops = ops;
	l->ctx = ctx;
	l->store_len = store;
	l->store = (uint8_t *)(l->store_len + slots(c));
	l->t1_at = l->t3_at = NEVER;
}

/* --- sending ---------------------------------------------------------------------------------- */

static void put(struct lapb *l, bool command, const uint8_t *control, size_t n, const uint8_t *info,
		size_t len)
{
	uint8_t buf[3 + LAPB_N1_MAX];
	struct wr w = wr_init(buf, sizeof(buf));

	wr_u8(&w, command == l->cfg.dce ? ADDR_A : ADDR_B);
	wr_bytes(&w, control, n);
	wr_bytes(&w, info, len);
	l->ops->tx(l->ctx, w.buf, w.len);
}

static void put_u(struct lapb *l, bool command, uint8_t control, bool pf, const uint8_t *info,
		  size_t len)
{
	control |= pf ? 0x10 : 0;
	put(l, command, &control, 1, info, len);
}

static void put_s(struct lapb *l, bool command, enum kind k, bool pf)
{
	uint8_t type = (uint8_t)((k - K_RR) << 2 | 1), c[2];

	l->ack_due = false;
	if (l->cfg.extended) {
		c[0] = type;
		c[1] = (uint8_t)(l->vr << 1 | pf);
	} else {
		c[0] = (uint8_t)(l->vr << 5 | (pf ? 0x10 : 0) | type);
	}
	put(l, command, c, l->cfg.extended ? 2 : 1, NULL, 0);
}

static void put_i(struct lapb *l, uint8_t ns, bool p)
{
	uint8_t c[2];

	l->ack_due = false;
	if (l->cfg.extended) {
		c[0] = (uint8_t)(ns << 1);
		c[1] = (uint8_t)(l->vr << 1 | p);
	} else {
		c[0] = (uint8_t)(l->vr << 5 | (p ? 0x10 : 0) | ns << 1);
	}
	put(l, true, c, l->cfg.extended ? 2 : 1, slot(l, ns), *slot_len(l, ns));
}

static void send_sabm(struct lapb *l, uint64_t now)
{
	put_u(l, true, l->cfg.extended ? 0x6f : 0x2f, true, NULL, 0);
	l->t1_at = now + l->cfg.t1;
}

static void report(struct lapb *l, enum lapb_report r)
{
	l->ops->report(l->ctx, r);
}

/* --- changes of state ------------------------------------------------------------------------- */

static void clear_numbers(struct lapb *l)
{
	l->vs = l->vr = l->va = 0;
	l->tries = 0;
	l->peer_busy = l->rej_out = l->polling = l->ua_sent = l->ack_due = l->refused = false;
	l->t1_at = l->t3_at = NEVER;
}

static void enter_up(struct lapb *l, uint64_t now, enum lapb_report r)
{
	clear_numbers(l);
	l->state = LAPB_UP;
	l->t3_at = l->cfg.t3 ? now + l->cfg.t3 : NEVER;
	report(l, r);
}

static void start_setup(struct lapb *l, uint64_t now)
{
	clear_numbers(l);
	l->state = LAPB_SETUP;
	l->tries = 1;
	send_sabm(l, now);
}

static void enter_disconnected(struct lapb *l, uint64_t retry_at)
{
	bool was = l->state == LAPB_UP || l->state == LAPB_REJECTED || l->state == LAPB_DISC_SENT;

	clear_numbers(l);
	l->state = LAPB_DISCONNECTED;
	if (l->wanted && !l->cfg.passive)
		l->t1_at = retry_at;
	if (was)
		report(l, LAPB_R_DOWN);
}

/* Start over with SABM; the link is down until the UA comes. */
static void reset_link(struct lapb *l, uint64_t now)
{
	l->count[LAPB_C_RESETS]++;
	start_setup(l, now);
	report(l, LAPB_R_DOWN);
}

static void reject_frame(struct lapb *l, const struct frame *f, uint8_t why, uint64_t now)
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
	put_u(l, false, 0x87, f->command && f->pf, l->frmr, n);
}

/* --- acknowledgement -------------------------------------------------------------------------- */

static bool nr_valid(const struct lapb *l, uint8_t nr)
{
	return span(l, l->va, nr) <= span(l, l->va, l->vs);
}

/* Is there something that the peer must yet say?  When it is busy: that it no longer is. */
static bool must_hear(const struct lapb *l)
{
	return l->va != l->vs || l->peer_busy;
}

static void acknowledge(struct lapb *l, uint8_t nr, uint64_t now)
{
	if (nr == l->va)
		return;
	l->va = nr;
	if (l->polling)
		return; /* T1 waits for the F bit */
	l->tries = 0;
	l->t1_at = must_hear(l) ? now + l->cfg.t1 : NEVER;
}

static void resend_from(struct lapb *l, uint8_t nr, uint64_t now)
{
	uint8_t end = l->vs;

	for (uint8_t ns = nr; ns != end; ns = plus(l, ns, 1)) {
		l->count[LAPB_C_RESENT]++;
		put_i(l, ns, false);
	}
	if (nr != end)
		l->t1_at = now + l->cfg.t1;
}

static void maybe_writable(struct lapb *l)
{
	if (!l->refused || l->state != LAPB_UP || l->peer_busy || l->polling ||
	    span(l, l->va, l->vs) >= l->cfg.k)
		return;
	l->refused = false;
	report(l, LAPB_R_WRITABLE);
}

/* --- handlers: information transfer ----------------------------------------------------------- */

typedef void (*handler)(struct lapb *l, struct frame *f, uint64_t now);

static void recovered(struct lapb *l, uint8_t nr, uint64_t now)
{
	l->polling = false;
	l->tries = 0;
	l->t1_at = NEVER;
	if (!l->peer_busy)
		resend_from(l, nr, now);
	else
		l->t1_at = now + l->cfg.t1; /* ask later whether it still is */
}

static void up_supervisory(struct lapb *l, struct frame *f, uint64_t now)
{
	if (!nr_valid(l, f->nr)) {
		reject_frame(l, f, FRMR_Z, now);
		return;
	}
	l->peer_busy = f->kind == K_RNR;
	acknowledge(l, f->nr, now);
	if (f->command && f->pf)
		put_s(l, false, K_RR, true);
	if (f->kind == K_REJ)
		l->count[LAPB_C_REJ_RX]++;
	if (!f->command && f->pf && l->polling)
		recovered(l, f->nr, now);
	else if (f->kind == K_REJ && !l->polling)
		resend_from(l, f->nr, now);
	else if (f->kind == K_RNR && l->t1_at == NEVER)
		l->t1_at = now + l->cfg.t1; /* ask later whether it is still busy */
	maybe_writable(l);
}

static void up_out_of_sequence(struct lapb *l, const struct frame *f)
{
	if (!l->rej_out) {
		l->rej_out = true;
		l->count[LAPB_C_REJ_TX]++;
		put_s(l, false, K_REJ, f->pf);
	} else if (f->pf) {
		put_s(l, false, K_RR, true);
	}
}

static void up_information(struct lapb *l, struct frame *f, uint64_t now)
{
	if (!nr_valid(l, f->nr)) {
		reject_frame(l, f, FRMR_Z, now);
		return;
	}
	acknowledge(l, f->nr, now);
	if (f->ns != l->vr) {
		up_out_of_sequence(l, f);
		return;
	}
	l->vr = plus(l, l->vr, 1);
	l->rej_out = false;
	l->count[LAPB_C_I_RX]++;
	l->ack_due = true;
	if (f->pf)
		put_s(l, false, K_RR, true);
	l->ops->deliver(l->ctx, f->info.p, f->info.left);
	maybe_writable(l);
	if (l->ack_due)
		put_s(l, false, K_RR, false);
}

static void up_sabm(struct lapb *l, struct frame *f, uint64_t now)
{
	put_u(l, false, 0x63, f->pf, NULL, 0);
	l->count[LAPB_C_RESETS]++;
	enter_up(l, now, LAPB_R_RESET);
}

static void up_reset(struct lapb *l, struct frame *f, uint64_t now)
{
	if (f->kind == K_FRMR)
		l->count[LAPB_C_FRMR_RX]++;
	reset_link(l, now);
}

/* --- handlers: everywhere --------------------------------------------------------------------- */

static void ignore(struct lapb *l, struct frame *f, uint64_t now)
{
	(void)f;
	(void)now;
	l->count[LAPB_C_STATE]++;
}

static void take_disc(struct lapb *l, struct frame *f, uint64_t now)
{
	put_u(l, false, 0x63, f->pf, NULL, 0);
	enter_disconnected(l, now + l->cfg.retry);
}

static void say_dm(struct lapb *l, struct frame *f, uint64_t now)
{
	(void)now;
	l->count[LAPB_C_STATE]++;
	if (f->command && f->pf)
		put_u(l, false, 0x0f, true, NULL, 0);
}

static void dm_to_disc(struct lapb *l, struct frame *f, uint64_t now)
{
	(void)now;
	put_u(l, false, 0x0f, f->pf, NULL, 0);
}

static void take_sabm(struct lapb *l, struct frame *f, uint64_t now)
{
	bool known = l->state == LAPB_REJECTED;

	if (!l->wanted) {
		put_u(l, false, 0x0f, f->pf, NULL, 0);
		return;
	}
	put_u(l, false, 0x63, f->pf, NULL, 0);
	enter_up(l, now, known ? LAPB_R_RESET : LAPB_R_UP);
}

/* An unsolicited DM asks us to set the link up (ISO 7776 5.4.5). */
static void invited(struct lapb *l, struct frame *f, uint64_t now)
{
	if (!f->pf && l->wanted && !l->cfg.passive)
		start_setup(l, now);
}

static void setup_collision(struct lapb *l, struct frame *f, uint64_t now)
{
	(void)now;
	l->ua_sent = true;
	put_u(l, false, 0x63, f->pf, NULL, 0);
}

static void in_up(struct lapb *l, struct frame *f, uint64_t now);

/* Both have sent SABM, and the peer has gone on to transfer: so it has our UA.  Its own may be lost, or
 * never have been, if it was not there to hear our SABM. */
static void setup_numbered(struct lapb *l, struct frame *f, uint64_t now)
{
	if (!l->ua_sent) {
		ignore(l, f, now);
		return;
	}
	enter_up(l, now, LAPB_R_UP);
	in_up(l, f, now);
}

static void setup_ua(struct lapb *l, struct frame *f, uint64_t now)
{
	(void)f;
	enter_up(l, now, LAPB_R_UP);
}

static void setup_dm(struct lapb *l, struct frame *f, uint64_t now)
{
	if (!f->pf)
		return;
	l->count[LAPB_C_SETUP_REFUSED]++;
	enter_disconnected(l, now + l->cfg.t1);
}

/* There is no changing the modulo: both ends are told it beforehand (X.25 2.1.5). */
static void refuse_modulo(struct lapb *l, struct frame *f, uint64_t now)
{
	l->count[LAPB_C_MODULO]++;
	dm_to_disc(l, f, now);
}

static void up_modulo(struct lapb *l, struct frame *f, uint64_t now)
{
	l->count[LAPB_C_MODULO]++;
	reject_frame(l, f, FRMR_W, now);
}

static void rejected_again(struct lapb *l, struct frame *f, uint64_t now)
{
	(void)now;
	if (f->command)
		put_u(l, false, 0x87, f->pf, l->frmr, l->cfg.extended ? 5 : 3);
}

static void gone(struct lapb *l, struct frame *f, uint64_t now)
{
	(void)f;
	enter_disconnected(l, now + l->cfg.retry);
}

static void up_bad(struct lapb *l, struct frame *f, uint64_t now)
{
	uint8_t why = f->info.bad ? FRMR_Y : f->info.left ? FRMR_W | FRMR_X : FRMR_W;

	reject_frame(l, f, why, now);
}

/* ISO 7776 5.4 to 5.7: what each kind of frame does in each state. */
static const handler table[LAPB_STATES][KINDS] = {
	[LAPB_DISCONNECTED] = {[K_I] = say_dm, [K_RR] = say_dm, [K_RNR] = say_dm, [K_REJ] = say_dm,
			       [K_SABM] = take_sabm, [K_MODE] = refuse_modulo,
			       [K_DISC] = dm_to_disc, [K_UA] = ignore, [K_DM] = invited,
			       [K_FRMR] = ignore, [K_BAD] = say_dm},
	[LAPB_SETUP] = {[K_I] = setup_numbered, [K_RR] = setup_numbered, [K_RNR] = setup_numbered,
			[K_REJ] = setup_numbered, [K_SABM] = setup_collision,
			[K_MODE] = refuse_modulo, [K_DISC] = dm_to_disc, [K_UA] = setup_ua,
			[K_DM] = setup_dm, [K_FRMR] = ignore, [K_BAD] = ignore},
	[LAPB_UP] = {[K_I] = up_information, [K_RR] = up_supervisory, [K_RNR] = up_supervisory,
		     [K_REJ] = up_supervisory, [K_SABM] = up_sabm, [K_MODE] = up_modulo,
		     [K_DISC] = take_disc, [K_UA] = up_reset, [K_DM] = up_reset,
		     [K_FRMR] = up_reset, [K_BAD] = up_bad},
	[LAPB_REJECTED] = {[K_I] = rejected_again, [K_RR] = rejected_again, [K_RNR] = rejected_again,
			   [K_REJ] = rejected_again, [K_SABM] = take_sabm,
			   [K_MODE] = rejected_again, [K_DISC] = take_disc, [K_UA] = ignore,
			   [K_DM] = up_reset, [K_FRMR] = up_reset, [K_BAD] = rejected_again},
	[LAPB_DISC_SENT] = {[K_I] = ignore, [K_RR] = ignore, [K_RNR] = ignore, [K_REJ] = ignore,
			    [K_SABM] = dm_to_disc, [K_MODE] = refuse_modulo,
			    [K_DISC] = take_disc, [K_UA] = gone, [K_DM] = gone, [K_FRMR] = ignore,
			    [K_BAD] = ignore},
};

static void in_up(struct lapb *l, struct frame *f, uint64_t now)
{
	table[LAPB_UP][f->kind](l, f, now);
}

/* --- decoding --------------------------------------------------------------------------------- */

static void decode_numbered(const struct lapb *l, struct frame *f, struct rd *r)
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

static void decode_unnumbered(const struct lapb *l, struct frame *f)
{
	uint8_t c = f->control[0] & 0xef;

	f->pf = f->control[0] & 0x10;
	for (size_t i = 0; i < sizeof(unnumbered) / sizeof(*unnumbered); i++)
		if (unnumbered[i].control == c && unnumbered[i].command == f->command)
			f->kind = unnumbered[i].kind;
	if (f->kind == K_SABM && (c == 0x6f) != l->cfg.extended)
		f->kind = K_MODE;
}

/* False: not for us, or too short to be a frame. */
static bool decode(struct lapb *l, struct frame *f, const uint8_t *frame, size_t len)
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
		decode_unnumbered(l, f);
	else
		decode_numbered(l, f, &r);
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

/* --- the rest of the contract ----------------------------------------------------------------- */

void lapb_start(struct lapb *l, uint64_t now)
{
	l->wanted = true;
	if (l->state == LAPB_DISCONNECTED && !l->cfg.passive)
		start_setup(l, now);
}

void lapb_stop(struct lapb *l, uint64_t now)
{
	l->wanted = false;
	if (l->state == LAPB_DISCONNECTED || l->state == LAPB_SETUP) {
		enter_disconnected(l, NEVER);
		return;
	}
	clear_numbers(l);
	l->state = LAPB_DISC_SENT;
	l->tries = 1;
	l->t1_at = now + l->cfg.t1;
	put_u(l, true, 0x43, true, NULL, 0);
}

void lapb_line_down(struct lapb *l)
{
	l->wanted = false;
	enter_disconnected(l, NEVER);
}

void lapb_rx(struct lapb *l, const uint8_t *frame, size_t len, uint64_t now)
{
	struct frame f;

	if (!decode(l, &f, frame, len))
		return;
	if (l->t3_at != NEVER)
		l->t3_at = now + l->cfg.t3;
	table[l->state][f.kind](l, &f, now);
}

bool lapb_send(struct lapb *l, const uint8_t *data, size_t len, uint64_t now)
{
	if (l->state != LAPB_UP || len > l->cfg.n1)
		return false;
	if (l->peer_busy || l->polling || span(l, l->va, l->vs) >= l->cfg.k) {
		l->refused = true;
		return false;
	}
	memcpy(slot(l, l->vs), data, len);
	*slot_len(l, l->vs) = (uint16_t)len;
	put_i(l, l->vs, false);
	l->vs = plus(l, l->vs, 1);
	l->count[LAPB_C_I_TX]++;
	if (l->t1_at == NEVER)
		l->t1_at = now + l->cfg.t1;
	return true;
}

static void poll(struct lapb *l, uint64_t now)
{
	l->polling = true;
	l->t1_at = now + l->cfg.t1;
	put_s(l, true, K_RR, true);
}

/* What T1 waited for did not come, and it may be asked for once more. */
static void try_again(struct lapb *l, uint64_t now)
{
	switch (l->state) {
	case LAPB_SETUP:
		if (l->ua_sent)
			enter_up(l, now, LAPB_R_UP);
		else
			send_sabm(l, now);
		break;
	case LAPB_UP:
		poll(l, now);
		break;
	case LAPB_REJECTED:
		l->t1_at = now + l->cfg.t1;
		put_u(l, false, 0x87, false, l->frmr, l->cfg.extended ? 5 : 3);
		break;
	case LAPB_DISC_SENT:
		l->t1_at = now + l->cfg.t1;
		put_u(l, true, 0x43, true, NULL, 0);
		break;
	default:
		start_setup(l, now);
	}
}

static void give_up(struct lapb *l, uint64_t now)
{
	l->count[LAPB_C_GIVEN_UP]++;
	if (l->state == LAPB_UP || l->state == LAPB_REJECTED)
		reset_link(l, now);
	else
		enter_disconnected(l, now + l->cfg.retry);
}

void lapb_expire(struct lapb *l, uint64_t now)
{
	if (now >= l->t3_at) {
		l->t3_at = now + l->cfg.t3;
		if (!l->polling)
			poll(l, now);
	}
	if (now < l->t1_at)
		return;
	if (l->state != LAPB_DISCONNECTED) {
		l->count[LAPB_C_T1]++;
		if (l->tries >= l->cfg.n2) {
			give_up(l, now);
			return;
		}
		l->tries++;
	}
	try_again(l, now);
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
