/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What media say beside the frames they carry:
 *   Frame Relay  LMI on DLCI 0 or 1023: STATUS ENQUIRY and STATUS (Q.933 annex A, T1.617 annex D)
 *   LAPB         frames that set up and end the link, not those that carry and acknowledge
 *   X.25         packets that set up, end and reset calls, not data and its acknowledgements
 *   PPPoE        discovery (RFC 2516)
 */
#include "gw/words/words.h"

#include "transports/kit/linktype.h"

/* --- LMI ---------------------------------------------------------------------------------------- */

#define DLCI_OF_CONSORTIUM 1023u
#define LOCKING_SHIFT	   0x90u
#define ONE_OCTET	   0x80u /* of an element's identifier: it has no length */

static const struct words_name lmi_messages[] = {
	{0x75, "STATUS ENQUIRY"}, {0x7d, "STATUS"}, {0x7b, "UPDATE STATUS"}, {0, NULL}};
static const struct words_name lmi_reports[] = {
	{0, "full"}, {1, "link integrity"}, {2, "one PVC"}, {0, NULL}};

/* Two octets of address in annex A and D: six and four bits; sixteen plain bits otherwise. */
static void lmi_pvc(struct words *w, struct rd r, bool flat)
{
	unsigned dlci = rd_u8(&r), low = rd_u8(&r);
	uint8_t status = rd_u8(&r);

	dlci = flat ? dlci << 8 | low : (dlci & 0x3f) << 4 | (low >> 3 & 0x0f);
	if (r.bad)
		return;
	words_add(w, ", PVC %u%s%s%s", dlci, status & 0x08 ? " new" : "",
		  status & 0x04 ? " deleted" : "", status & 0x02 ? " active" : " inactive");
}

/* Annex A has its elements 50 higher. */
static void lmi_element(struct words *w, uint8_t id, struct rd r, bool flat)
{
	if (id == 0x01 || id == 0x51) {
		words_add(w, ", ");
		words_name(w, lmi_reports, rd_u8(&r), "report");
	} else if (id == 0x03 || id == 0x53) {
		uint8_t send = rd_u8(&r);

		words_add(w, ", send %u receive %u", send, rd_u8(&r));
	} else if (id == 0x07 || id == 0x57) {
		lmi_pvc(w, r, flat);
	}
}

static void lmi_elements(struct words *w, struct rd *r, bool flat)
{
	while (r->left) {
		uint8_t id = rd_u8(r);
		struct rd value;

		if (id & ONE_OCTET)
			continue;
		value = rd_sub(r, rd_u8(r));
		if (!value.bad)
			lmi_element(w, id, value, flat);
	}
	if (r->bad)
		words_add(w, " (malformed)");
}

/* The address has two to four octets, the last of which has its low bit set. */
static bool lmi_dlci(struct rd *r, unsigned *dlci)
{
	uint8_t a = rd_u8(r), b = rd_u8(r);

	*dlci = (unsigned)(a >> 2) << 4 | b >> 4;
	for (unsigned i = 0; i < 2 && !(b & 1); i++)
		if ((b = rd_u8(r)) >> 1)
			*dlci |= 1u << 20;
	return !r->bad && b & 1;
}

static bool medium_frelay(struct words *w, struct rd r)
{
	unsigned dlci;
	uint8_t control, protocol, reference, message;

	if (!lmi_dlci(&r, &dlci) || (dlci && dlci != DLCI_OF_CONSORTIUM))
		return false;
	control = rd_u8(&r);
	protocol = rd_u8(&r);
	reference = rd_u8(&r);
	message = rd_u8(&r);
	if (r.bad || control != 0x03 || (protocol != 0x08 && protocol != 0x09) || reference)
		return false;
	words_add(w, "LMI ");
	words_name(w, lmi_messages, message, "message");
	lmi_elements(w, &r, dlci == DLCI_OF_CONSORTIUM);
	return true;
}

/* --- LAPB and X.25 ------------------------------------------------------------------------------- */

#define LAPB_POLL 0x10u

static const struct words_name lapb_frames[] = {
	{0x2f, "SABM"}, {0x6f, "SABME"}, {0x43, "DISC"}, {0x63, "UA"},
	{0x0f, "DM"},	{0x87, "FRMR"},	 {0, NULL},
};

/* X.25 table 5-2; the names are those of the side that is the DTE. */
static const struct words_name x25_packets[] = {
	{0x0b, "Call Request"},
	{0x0f, "Call Accepted"},
	{0x13, "Clear Request"},
	{0x17, "Clear Confirmation"},
	{0x23, "Interrupt"},
	{0x27, "Interrupt Confirmation"},
	{0x1b, "Reset Request"},
	{0x1f, "Reset Confirmation"},
	{0xfb, "Restart Request"},
	{0xff, "Restart Confirmation"},
	{0xf1, "Diagnostic"},
	{0xf3, "Registration Request"},
	{0xf7, "Registration Confirmation"},
	{0, NULL},
};

static bool medium_lapb(struct words *w, struct rd r)
{
	uint8_t address = rd_u8(&r), control = rd_u8(&r);

	if (r.bad || (control & 3) != 3) /* frames of information and supervision */
		return false;
	words_add(w, "LAPB ");
	words_name(w, lapb_frames, control & ~LAPB_POLL, "frame");
	words_add(w, "%s, address %u", control & LAPB_POLL ? " P/F" : "", address);
	return true;
}

static void x25_digits(struct words *w, const char *what, const uint8_t *octets, unsigned from,
		       unsigned n)
{
	words_add(w, ", %s ", n ? what : "no");
	if (!n)
		words_add(w, "%s", what);
	for (unsigned i = from; i < from + n; i++)
		words_add(w, "%x", i & 1 ? octets[i / 2] & 15u : octets[i / 2] >> 4u);
}

/* Called and calling address, facilities, user data. */
static void x25_addresses(struct words *w, struct rd *r)
{
	uint8_t lengths = rd_u8(r), facilities;
	unsigned calling = lengths >> 4, called = lengths & 15;
	const uint8_t *digits = rd_take(r, (calling + called + 1) / 2);

	if (!digits)
		return;
	x25_digits(w, "called", digits, 0, called);
	x25_digits(w, "calling", digits, called, calling);
	facilities = rd_u8(r);
	rd_skip(r, facilities);
	if (!r->left)
		return;
	words_add(w, ", user data ");
	words_hex(w, r->p, r->left);
}

static bool x25_has_cause(uint8_t type)
{
	return type == 0x13 || type == 0x1b || type == 0xfb;
}

static bool medium_x25(struct words *w, struct rd r)
{
	uint16_t channel = rd_u16(&r) & 0x0fff;
	uint8_t type = rd_u8(&r), cause;

	if (r.bad || (type & 3) != 3) /* data and its acknowledgements */
		return false;
	words_add(w, "X.25 channel %u ", channel);
	words_name(w, x25_packets, type, "packet");
	if (x25_has_cause(type)) {
		cause = rd_u8(&r);
		words_add(w, ", cause %u", cause);
		if (r.left)
			words_add(w, " diagnostic %u", rd_u8(&r));
	} else if (type == 0xf1) {
		words_add(w, ", code %u", rd_u8(&r));
	} else if (type == 0x0b || (type == 0x0f && r.left)) {
		x25_addresses(w, &r);
	}
	if (r.bad)
		words_add(w, " (malformed)");
	return true;
}

/* --- PPPoE --------------------------------------------------------------------------------------- */

#define ETHERTYPE_DISCOVERY 0x8863u

static const struct words_name pppoe_codes[] = {{0x09, "PADI"}, {0x07, "PADO"}, {0x19, "PADR"},
						{0x65, "PADS"}, {0xa7, "PADT"}, {0, NULL}};
static const struct words_name pppoe_tags[] = {
	{0x0101, "Service-Name"},
	{0x0102, "AC-Name"},
	{0x0103, "Host-Uniq"},
	{0x0104, "AC-Cookie"},
	{0x0105, "Vendor-Specific"},
	{0x0110, "Relay-Session-Id"},
	{0x0120, "PPP-Max-Payload"},
	{0x0201, "Service-Name-Error"},
	{0x0202, "AC-System-Error"},
	{0x0203, "Generic-Error"},
	{0, NULL},
};

static bool pppoe_tag_is_text(uint16_t tag)
{
	return tag == 0x0101 || tag == 0x0102 || tag >> 8 == 0x02;
}

static void pppoe_tags_of(struct words *w, struct rd *r)
{
	while (r->left) {
		uint16_t tag = rd_u16(r), len = rd_u16(r);
		struct rd value = rd_sub(r, len);

		if (r->bad || !tag) /* End-Of-List, or a tag that does not fit */
			break;
		words_add(w, ", ");
		words_name(w, pppoe_tags, tag, "tag");
		words_add(w, " ");
		if (pppoe_tag_is_text(tag))
			words_quoted(w, value.p, value.left);
		else
			words_hex(w, value.p, value.left);
	}
	if (r->bad)
		words_add(w, " (malformed)");
}

static void pppoe_address(struct words *w, const char *what, const uint8_t *a)
{
	words_add(w, " %s %02x:%02x:%02x:%02x:%02x:%02x", what, a[0], a[1], a[2], a[3], a[4], a[5]);
}

static bool medium_ethernet(struct words *w, struct rd r)
{
	const uint8_t *to = rd_take(&r, 6), *from = rd_take(&r, 6);
	uint16_t type = rd_u16(&r), session, len;
	uint8_t version, code;
	struct rd tags;

	while (type == 0x8100 || type == 0x88a8) { /* VLANs */
		rd_skip(&r, 2);
		type = rd_u16(&r);
	}
	version = rd_u8(&r);
	code = rd_u8(&r);
	session = rd_u16(&r);
	len = rd_u16(&r);
	if (r.bad || type != ETHERTYPE_DISCOVERY || version != 0x11)
		return false;
	tags = rd_sub(&r, len);
	words_add(w, "PPPoE ");
	words_name(w, pppoe_codes, code, "code");
	pppoe_address(w, "from", from);
	pppoe_address(w, "to", to);
	if (session)
		words_add(w, ", session %u", session);
	pppoe_tags_of(w, &tags);
	return true;
}

/* --- link types ---------------------------------------------------------------------------------- */

static bool medium_upper(struct words *w, struct rd r)
{
	struct rd lapb = r, x25 = r;

	if (linktype_tags_decode(&lapb, "lapb"))
		return medium_lapb(w, lapb);
	return linktype_tags_decode(&x25, "x.25") && medium_x25(w, x25);
}

static const struct medium_row {
	uint16_t link_type;
	bool (*words)(struct words *w, struct rd r);
} media[] = {
	{LINKTYPE_ETHERNET, medium_ethernet},
	{LINKTYPE_FRELAY, medium_frelay},
	{LINKTYPE_UPPER_PDU, medium_upper},
};

bool words_medium(struct words *w, uint16_t link_type, const uint8_t *frame, size_t len)
{
	for (size_t i = 0; i < sizeof(media) / sizeof(media[0]); i++)
		if (media[i].link_type == link_type)
			return media[i].words(w, rd_init(frame, len));
	return false;
}
