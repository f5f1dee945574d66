/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Decoder and encoder of packets.  A packet is a general format identifier (GFI) and logical
 * channel, a type octet and a body.  The table below has the octet of each type and the shape of
 * its body. P(S) and P(R) stand in the type octet with modulo 8, and partly in the next octet with
 * modulo 128.
 */
#include "transports/x25/x25_pkt.h"

#define GFI_Q	   0x80u
#define GFI_D	   0x40u
#define GFI_MODULO 0x30u
#define GFI_MOD8   0x10u
#define GFI_MOD128 0x20u

enum shape {
	B_NONE,
	B_CAUSE,
	B_CAUSE_REQUIRED,
	B_CALL,
	B_INTERRUPT,
	B_DIAGNOSTIC,
	B_FLOW,
	B_DATA,
	B_ANY
};

static const struct type_row {
	uint8_t octet;
	uint8_t shape;
	bool zero_lci; /* a packet of the interface: LCN 0 */
	const char *name;
} types[X25_TYPES] = {
	[X25_DATA] = {0x00, B_DATA, false, "Data"},
	[X25_RR] = {0x01, B_FLOW, false, "RR"},
	[X25_RNR] = {0x05, B_FLOW, false, "RNR"},
	[X25_REJ] = {0x09, B_FLOW, false, "REJ"},
	[X25_CALL] = {0x0b, B_CALL, false, "Call"},
	[X25_CALL_ACCEPTED] = {0x0f, B_CALL, false, "Call Accepted"},
	[X25_CLEAR] = {0x13, B_CAUSE_REQUIRED, false, "Clear"},
	[X25_CLEAR_CONF] = {0x17, B_ANY, false, "Clear Confirmation"},
	[X25_INTERRUPT] = {0x23, B_INTERRUPT, false, "Interrupt"},
	[X25_INTERRUPT_CONF] = {0x27, B_NONE, false, "Interrupt Confirmation"},
	[X25_RESET] = {0x1b, B_CAUSE, false, "Reset"},
	[X25_RESET_CONF] = {0x1f, B_NONE, false, "Reset Confirmation"},
	[X25_RESTART] = {0xfb, B_CAUSE, true, "Restart"},
	[X25_RESTART_CONF] = {0xff, B_NONE, true, "Restart Confirmation"},
	[X25_DIAGNOSTIC] = {0xf1, B_DIAGNOSTIC, true, "Diagnostic"},
	[X25_REGISTRATION] = {0xf3, B_ANY, true, "Registration"},
	[X25_REGISTRATION_CONF] = {0xf7, B_ANY, true, "Registration Confirmation"},
	[X25_UNKNOWN] = {0, B_ANY, false, "unknown"},
};

const char *x25_type_name(enum x25_type t)
{
	return types[t < X25_TYPES ? t : X25_UNKNOWN].name;
}

/* --- addresses -------------------------------------------------------------------------------- */

bool x25_digits_ok(const char *digits)
{
	size_t n = strlen(digits);

	return n && n <= X25_DIGITS && strspn(digits, "0123456789") == n;
}

/* n digits from half-octet `at` on. */
static bool x25_pkt_decode_digits(char *out, const uint8_t *bcd, unsigned at, unsigned n)
{
	for (unsigned i = 0; i < n; i++, at++) {
		unsigned v = at & 1 ? bcd[at / 2] & 15 : bcd[at / 2] >> 4;

		if (v > 9)
			return false;
		out[i] = (char)('0' + v);
	}
	out[n] = '\0';
	return true;
}

static uint8_t x25_pkt_decode_addresses(struct x25_pkt *p, struct rd *r)
{
	uint8_t lens = rd_u8(r);
	unsigned calling = lens >> 4, called = lens & 15;
	const uint8_t *bcd = rd_take(r, (calling + called + 1) / 2);

	if (!bcd)
		return X25_DIAG_TOO_SHORT;
	if (!x25_pkt_decode_digits(p->called, bcd, 0, called))
		return X25_DIAG_CALLED_ADDRESS;
	return x25_pkt_decode_digits(p->calling, bcd, called, calling) ? 0
								       : X25_DIAG_CALLING_ADDRESS;
}

static void x25_pkt_encode_addresses(struct wr *w, const struct x25_pkt *p)
{
	size_t called = strlen(p->called), calling = strlen(p->calling);
	unsigned at = 0;
	uint8_t *bcd;

	wr_u8(w, (uint8_t)(calling << 4 | called));
	bcd = wr_room(w, (called + calling + 1) / 2);
	if (!bcd)
		return;
	memset(bcd, 0, (called + calling + 1) / 2);
	for (size_t i = 0; i < called + calling; i++, at++) {
		char c = i < called ? p->called[i] : p->calling[i - called];

		bcd[at / 2] |= (uint8_t)((c - '0') << (at & 1 ? 0 : 4));
	}
}

/* --- facilities ------------------------------------------------------------------------------- */

/* Classes A, B, C have 1, 2, 3 octets of value; D says its length. */
static const uint8_t *x25_pkt_next_facility(struct rd *r, uint8_t *code, uint8_t *len)
{
	*code = rd_u8(r);
	*len = *code >> 6 == 3 ? rd_u8(r) : (uint8_t)((*code >> 6) + 1);
	return rd_take(r, *len);
}

static uint8_t x25_pkt_fac_select(struct x25_facilities *f, const uint8_t *v, uint8_t len)
{
	(void)len;
	f->given |= v[0] & 1 ? X25_FAC_REVERSE : 0;
	f->given |= v[0] & 0x80 ? X25_FAC_FAST : 0;
	f->given |= (v[0] & 0xc0) == 0xc0 ? X25_FAC_FAST_RESTRICTED : 0;
	return 0;
}

static uint8_t x25_pkt_fac_throughput(struct x25_facilities *f, const uint8_t *v, uint8_t len)
{
	(void)len;
	f->given |= X25_FAC_THROUGHPUT;
	f->throughput_called = v[0] >> 4;
	f->throughput_calling = v[0] & 15;
	return 0;
}

static uint8_t x25_pkt_fac_size(struct x25_facilities *f, const uint8_t *v, uint8_t len)
{
	(void)len;
	if (v[0] < 4 || v[0] > 12 || v[1] < 4 || v[1] > 12)
		return X25_DIAG_FACILITY_VALUE;
	f->given |= X25_FAC_SIZE;
	f->size_called = v[0];
	f->size_calling = v[1];
	return 0;
}

static uint8_t x25_pkt_fac_window(struct x25_facilities *f, const uint8_t *v, uint8_t len)
{
	(void)len;
	if (!v[0] || v[0] > 127 || !v[1] || v[1] > 127)
		return X25_DIAG_FACILITY_VALUE;
	f->given |= X25_FAC_WINDOW;
	f->window_called = v[0];
	f->window_calling = v[1];
	return 0;
}

static uint8_t x25_pkt_fac_cug(struct x25_facilities *f, const uint8_t *v, uint8_t len)
{
	f->given |= X25_FAC_CUG;
	memcpy(f->cug + 1, v, len);
	return 0;
}

static uint8_t x25_pkt_fac_nui(struct x25_facilities *f, const uint8_t *v, uint8_t len)
{
	if (len > sizeof(f->nui))
		return X25_DIAG_FACILITY_LENGTH;
	f->given |= X25_FAC_NUI;
	f->nui_len = len;
	memset(f->nui, 0, sizeof(f->nui));
	if (len)
		memcpy(f->nui, v, len);
	return 0;
}

static const struct {
	uint8_t code;
	uint8_t (*decode)(struct x25_facilities *f, const uint8_t *v, uint8_t len);
} facilities[] = {
	{0x01, x25_pkt_fac_select}, {0x02, x25_pkt_fac_throughput}, {0x03, x25_pkt_fac_cug},
	{0x41, x25_pkt_fac_cug},    {0x42, x25_pkt_fac_size},	    {0x43, x25_pkt_fac_window},
	{0x47, x25_pkt_fac_cug},    {0xc6, x25_pkt_fac_nui},
};

static uint8_t x25_pkt_decode_facility(struct x25_facilities *f, uint8_t code, const uint8_t *v,
				       uint8_t len)
{
	for (size_t i = 0; i < sizeof(facilities) / sizeof(*facilities); i++) {
		if (facilities[i].code != code)
			continue;
		if (facilities[i].decode == x25_pkt_fac_cug) {
			memset(f->cug, 0, sizeof(f->cug)); /* the last one in the packet counts */
			f->cug[0] = code;
		}
		return facilities[i].decode(f, v, len);
	}
	return 0; /* facilities for the network are ignored */
}

#define MARKER_DTE 0x0fu /* facilities of DTEs follow (X.25 annex G) */
#define CALLED_EXT 0xc9u
#define EXT_OTHER  0x80u /* not an OSI network address */
#define EXT_DIGITS 0x3fu

static const char sub_digits[] = "0123456789abcdef";

bool x25_sub_ok(const char *digits)
{
	size_t n = strlen(digits);

	return n && n <= X25_SUB && strspn(digits, sub_digits) == n;
}

/* Use and number of digits, then the digits, two an octet. */
static void x25_pkt_decode_sub(struct x25_facilities *f, const uint8_t *v, uint8_t len)
{
	unsigned n = len ? v[0] & EXT_DIGITS : 0;

	if (!n || n > X25_SUB || (n + 1) / 2 > len - 1u)
		return;
	for (unsigned i = 0; i < n; i++)
		f->sub[i] = sub_digits[i & 1 ? v[1 + i / 2] & 15 : v[1 + i / 2] >> 4];
	f->sub[n] = '\0';
}

/* Facilities after a marker (code 0) are those of other networks and of DTEs, for which they were
 * carried here: what is not understood is ignored. */
static void x25_pkt_decode_foreign(struct x25_facilities *f, struct rd *in, uint8_t marker)
{
	while (in->left) {
		uint8_t code, len;
		const uint8_t *v = x25_pkt_next_facility(in, &code, &len);

		if (!v)
			return;
		if (!code)
			marker = v[0];
		else if (marker == MARKER_DTE && code == CALLED_EXT)
			x25_pkt_decode_sub(f, v, len);
	}
}

static uint8_t x25_pkt_decode_facilities(struct x25_facilities *f, struct rd *r)
{
	struct rd in = rd_sub(r, rd_u8(r));

	if (r->bad)
		return X25_DIAG_FACILITY_LENGTH;
	while (in.left) {
		uint8_t code, len, diag;
		const uint8_t *v = x25_pkt_next_facility(&in, &code, &len);

		if (!v)
			return X25_DIAG_FACILITY_LENGTH;
		if (!code) {
			x25_pkt_decode_foreign(f, &in, v[0]);
			break;
		}
		diag = x25_pkt_decode_facility(f, code, v, len);
		if (diag)
			return diag;
	}
	return 0;
}

static void x25_pkt_put_pair(struct wr *w, uint8_t code, uint8_t a, uint8_t b)
{
	wr_u8(w, code);
	wr_u8(w, a);
	wr_u8(w, b);
}

static unsigned x25_pkt_digit(char c)
{
	return (unsigned)(strchr(sub_digits, c) - sub_digits);
}

static void x25_pkt_encode_sub(struct wr *w, const char *digits)
{
	unsigned n = (unsigned)strlen(digits);

	wr_u8(w, 0);
	wr_u8(w, MARKER_DTE);
	wr_u8(w, CALLED_EXT);
	wr_u8(w, (uint8_t)(1 + (n + 1) / 2));
	wr_u8(w, (uint8_t)(EXT_OTHER | n));
	for (unsigned i = 0; i < n; i += 2)
		wr_u8(w, (uint8_t)(x25_pkt_digit(digits[i]) << 4 |
				   (i + 1 < n ? x25_pkt_digit(digits[i + 1]) : 0)));
}

static void x25_pkt_encode_facilities(struct wr *w, const struct x25_facilities *f)
{
	size_t at = w->len;

	wr_u8(w, 0);
	if (f->given & (X25_FAC_REVERSE | X25_FAC_FAST)) {
		wr_u8(w, 0x01);
		wr_u8(w, (uint8_t)((f->given & X25_FAC_REVERSE ? 1 : 0) |
				   (f->given & X25_FAC_FAST ? 0x80 : 0) |
				   (f->given & X25_FAC_FAST_RESTRICTED ? 0x40 : 0)));
	}
	if (f->given & X25_FAC_THROUGHPUT) {
		wr_u8(w, 0x02);
		wr_u8(w, (uint8_t)(f->throughput_called << 4 | f->throughput_calling));
	}
	if (f->given & X25_FAC_CUG) {
		wr_u8(w, f->cug[0]);
		wr_bytes(w, f->cug + 1, (size_t)(f->cug[0] >> 6) + 1);
	}
	if (f->given & X25_FAC_SIZE)
		x25_pkt_put_pair(w, 0x42, f->size_called, f->size_calling);
	if (f->given & X25_FAC_WINDOW)
		x25_pkt_put_pair(w, 0x43, f->window_called, f->window_calling);
	if (f->given & X25_FAC_NUI) {
		wr_u8(w, 0xc6);
		wr_u8(w, f->nui_len);
		wr_bytes(w, f->nui, f->nui_len);
	}
	if (*f->sub)
		x25_pkt_encode_sub(w, f->sub);
	if (!w->bad)
		w->buf[at] = (uint8_t)(w->len - at - 1);
}

/* Classes of X.25 table 7-1. */
static const uint32_t throughput[16] = {
	[3] = 75,   [4] = 150,	 [5] = 300,    [6] = 600,    [7] = 1200,   [8] = 2400,
	[9] = 4800, [10] = 9600, [11] = 19200, [12] = 48000, [13] = 64000,
};

uint32_t x25_throughput_bps(uint8_t cls)
{
	return cls < 16 ? throughput[cls] : 0;
}

uint8_t x25_throughput_class(uint64_t bps)
{
	uint8_t cls = 13;

	while (cls > 3 && throughput[cls] > bps)
		cls--;
	return cls;
}

/* --- decode ----------------------------------------------------------------------------------- */

static enum x25_type x25_pkt_type(uint8_t octet, bool extended)
{
	if (!(octet & 1))
		return X25_DATA;
	for (int t = X25_RR; t < X25_UNKNOWN; t++) {
		uint8_t seen = types[t].shape == B_FLOW && !extended ? octet & 0x1f : octet;

		if (types[t].octet == seen)
			return (enum x25_type)t;
	}
	return X25_UNKNOWN;
}

static uint8_t x25_pkt_rest(struct x25_pkt *p, struct rd *r, size_t max)
{
	p->len = r->left;
	p->data = rd_take(r, r->left);
	if (r->bad)
		return X25_DIAG_TOO_SHORT;
	return p->len > max ? X25_DIAG_TOO_LONG : 0;
}

/* Data packets have no type octet: it holds P(R), M and P(S) (modulo 8), or P(S) (modulo 128). */
static void x25_pkt_decode_counters(struct x25_pkt *p, struct rd *r, uint8_t octet)
{
	if (p->extended) {
		uint8_t second = rd_u8(r);

		p->ps = octet >> 1;
		p->pr = second >> 1;
		p->m = second & 1;
	} else {
		p->pr = octet >> 5;
		p->m = octet & 0x10;
		p->ps = octet >> 1 & 7;
	}
}

static uint8_t x25_pkt_decode_flow(struct x25_pkt *p, struct rd *r, uint8_t octet)
{
	p->pr = p->extended ? rd_u8(r) >> 1 : octet >> 5;
	return x25_pkt_rest(p, r, 0);
}

static uint8_t x25_pkt_decode_cause(struct x25_pkt *p, struct rd *r, bool more)
{
	p->cause = rd_u8(r);
	if (r->left)
		p->diag = rd_u8(r);
	return x25_pkt_rest(p, r, more ? SIZE_MAX : 0);
}

/* A Call Accepted may end after the type octet or after the addresses. */
static uint8_t x25_pkt_decode_call(struct x25_pkt *p, struct rd *r)
{
	uint8_t diag = 0;

	if (p->type == X25_CALL_ACCEPTED && !r->left)
		return x25_pkt_rest(p, r, 0);
	diag = x25_pkt_decode_addresses(p, r);
	if (!diag && (r->left || p->type == X25_CALL))
		diag = x25_pkt_decode_facilities(&p->fac, r);
	if (diag)
		return diag;
	return x25_pkt_rest(p, r,
			    p->type == X25_CALL && !(p->fac.given & X25_FAC_FAST) ? X25_CUD
										  : X25_CUD_FAST);
}

static uint8_t x25_pkt_decode_body(struct x25_pkt *p, struct rd *r, uint8_t octet)
{
	switch (types[p->type].shape) {
	case B_DATA:
		x25_pkt_decode_counters(p, r, octet);
		return x25_pkt_rest(p, r, SIZE_MAX);
	case B_FLOW:
		return x25_pkt_decode_flow(p, r, octet);
	case B_CAUSE:
		return x25_pkt_decode_cause(p, r, false);
	case B_CAUSE_REQUIRED:
		return x25_pkt_decode_cause(p, r, true);
	case B_CALL:
		return x25_pkt_decode_call(p, r);
	case B_INTERRUPT:
		return r->left ? x25_pkt_rest(p, r, 32) : X25_DIAG_TOO_SHORT;
	case B_DIAGNOSTIC:
		p->diag = rd_u8(r);
		return x25_pkt_rest(p, r, SIZE_MAX);
	case B_NONE:
		return x25_pkt_rest(p, r, 0);
	default:
		return x25_pkt_rest(p, r, SIZE_MAX);
	}
}

uint8_t x25_decode(struct x25_pkt *p, const uint8_t *pkt, size_t len, bool extended)
{
	struct rd r = rd_init(pkt, len);
	uint16_t first = rd_u16(&r);
	uint8_t gfi = (uint8_t)(first >> 8), octet;

	memset(p, 0, sizeof(*p));
	p->type = X25_UNKNOWN;
	p->extended = extended;
	if (r.bad)
		return X25_DIAG_TOO_SHORT;
	p->lci = first & X25_LCI_MAX;
	if ((gfi & GFI_MODULO) != (extended ? GFI_MOD128 : GFI_MOD8))
		return X25_DIAG_GFI;
	octet = rd_u8(&r);
	if (r.bad)
		return X25_DIAG_TOO_SHORT;
	p->type = x25_pkt_type(octet, extended);
	p->q = gfi & GFI_Q;
	p->d = gfi & GFI_D;
	if (p->q && p->type != X25_DATA)
		return X25_DIAG_GFI;
	if (p->type == X25_UNKNOWN)
		return X25_DIAG_UNIDENTIFIABLE;
	if (types[p->type].zero_lci && p->lci)
		return X25_DIAG_LCI_NOT_ZERO;
	return x25_pkt_decode_body(p, &r, octet);
}

/* --- encode ----------------------------------------------------------------------------------- */

static void x25_pkt_put_start(struct wr *w, const struct x25_pkt *p)
{
	uint16_t gfi = (uint16_t)((p->q ? GFI_Q : 0) | (p->d ? GFI_D : 0) |
				  (p->extended ? GFI_MOD128 : GFI_MOD8));

	wr_u16(w, (uint16_t)(gfi << 8 | p->lci));
}

size_t x25_data_header(uint8_t out[4], const struct x25_pkt *p)
{
	struct wr w = wr_init(out, 4);

	x25_pkt_put_start(&w, p);
	if (p->extended) {
		wr_u8(&w, (uint8_t)(p->ps << 1));
		wr_u8(&w, (uint8_t)(p->pr << 1 | p->m));
	} else {
		wr_u8(&w, (uint8_t)(p->pr << 5 | (p->m ? 0x10 : 0) | p->ps << 1));
	}
	return w.len;
}

static void x25_pkt_encode_call(struct wr *w, const struct x25_pkt *p)
{
	if (p->type == X25_CALL_ACCEPTED && !p->fac.given && !*p->called && !*p->calling && !p->len)
		return;
	x25_pkt_encode_addresses(w, p);
	x25_pkt_encode_facilities(w, &p->fac);
	wr_bytes(w, p->data, p->len);
}

static void x25_pkt_encode_body(struct wr *w, const struct x25_pkt *p)
{
	switch (types[p->type].shape) {
	case B_CAUSE:
	case B_CAUSE_REQUIRED:
		wr_u8(w, p->cause);
		wr_u8(w, p->diag);
		break;
	case B_CALL:
		x25_pkt_encode_call(w, p);
		return;
	case B_DIAGNOSTIC:
		wr_u8(w, p->diag);
		break;
	case B_NONE:
		return;
	default:
		break;
	}
	wr_bytes(w, p->data, p->len);
}

bool x25_encode(struct wr *w, const struct x25_pkt *p)
{
	const struct type_row *t = &types[p->type];

	if (t->shape == B_DATA) {
		uint8_t h[4];

		wr_bytes(w, h, x25_data_header(h, p));
		wr_bytes(w, p->data, p->len);
		return !w->bad;
	}
	x25_pkt_put_start(w, p);
	if (t->shape == B_FLOW) {
		wr_u8(w, p->extended ? t->octet : (uint8_t)(t->octet | p->pr << 5));
		if (p->extended)
			wr_u8(w, (uint8_t)(p->pr << 1));
		return !w->bad;
	}
	wr_u8(w, t->octet);
	x25_pkt_encode_body(w, p);
	return !w->bad;
}
