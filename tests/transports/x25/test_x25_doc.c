/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The examples of transports/x25/x25.md, played to a port: lines with `<-` come from the far end,
 * lines with `->` must be what the port sends next.  What the port's user does is seen from what it
 * should send.
 */
#include "tests/transports/x25/x25_pair.h"
#include "transports/x25/x25_pkt.h"
#include "transports/x25/xot.h"

#include <stdlib.h>

#define L2TP  IST_PAYLOAD_L2TP
#define LINES 40

enum kind { PACKETS, FRAMES, XOT };

/* In the order of the text. */
static const struct {
	enum kind kind;
	const char *keys[5];
} examples[] = {
	{PACKETS, {"lci-two-way=1-1"}},
	{PACKETS, {"lci-two-way=1-1", "negotiate=no"}},
	{PACKETS, {"lci-two-way=1-1", "negotiate=no", "modulo=128"}},
	{PACKETS, {"lci-two-way=1-1", "negotiate=no", "encapsulation=multiplexed"}},
	{PACKETS, {"negotiate=no", "@1 l2tp"}},
	{PACKETS, {"negotiate=no"}},
	{FRAMES, {"framing=lapb"}},
	{FRAMES, {"framing=lapb", "lapb-modulo=128"}},
	{FRAMES, {"framing=pseudo-header"}},
	{XOT, {NULL}},
};
#define EXAMPLES (sizeof(examples) / sizeof(*examples))

struct line {
	bool ours, more; /* more: it ends in "..." */
	uint8_t octet[64];
	size_t len;
};
struct example {
	struct line line[LINES];
	unsigned lines;
};

/* Pairs of hex digits with one or two blanks between them; words behind three. */
static void parse_line(struct line *l, const char *text)
{
	char pair[3] = "";

	l->ours = *text == '-';
	for (text += 3; strspn(text, "0123456789ABCDEF") == 2; text += strspn(text, " ")) {
		memcpy(pair, text, 2);
		CU_ASSERT_FATAL(l->len < sizeof(l->octet));
		l->octet[l->len++] = (uint8_t)strtoul(pair, NULL, 16);
		text += 2;
		if (!strncmp(text, "   ", 3) || *text != ' ')
			return;
	}
	l->more = !strncmp(text, "...", 3);
	CU_ASSERT_TRUE(l->more);
}

/* Blocks that begin with an arrow. */
static unsigned x25_doc_parse(struct example *e, char *text)
{
	unsigned n = 0;
	bool inside = false, before = false;

	for (char *save, *l = strtok_r(text, "\n", &save); l; l = strtok_r(NULL, "\n", &save)) {
		bool arrow = !strncmp(l, "-> ", 3) || !strncmp(l, "<- ", 3);

		if (arrow && before && !inside) {
			CU_ASSERT_FATAL(n < EXAMPLES);
			inside = true;
			n++;
		}
		if (arrow && inside) {
			CU_ASSERT_FATAL(e[n - 1].lines < LINES);
			parse_line(&e[n - 1].line[e[n - 1].lines++], l);
		} else if (arrow) {
			CU_FAIL("an arrow outside of a block");
		}
		before = !strcmp(l, "```");
		inside = inside && arrow;
	}
	return n;
}

/* --- packets and frames at a port ------------------------------------------------------------- */

struct play {
	struct typed t;
	enum kind kind;
	bool extended, multiplexed;
	ist_channel c;
};

/* As the text has them: a frame with its first octet, a packet without. */
static size_t first_sent(struct play *p, uint8_t out[301])
{
	size_t at = p->kind == FRAMES;
	size_t len = p->t.len[0] < 300 ? p->t.len[0] : 300;

	out[0] = p->t.kind[0];
	memcpy(out + at, p->t.pkt[0], len);
	p->t.pkts--;
	memmove(p->t.pkt[0], p->t.pkt[1], p->t.pkts * sizeof(p->t.pkt[0]));
	memmove(p->t.len, p->t.len + 1, p->t.pkts * sizeof(p->t.len[0]));
	memmove(p->t.kind, p->t.kind + 1, p->t.pkts);
	return at + len;
}

static void send_message(struct play *p, const struct line *l)
{
	size_t head = (p->extended ? 4 : 3) + (p->multiplexed ? 6 : 0);
	uint8_t data[100] = {0};
	size_t len = l->len - head;

	CU_ASSERT_FATAL(l->len > head);
	memcpy(data, l->octet + head, len);
	if (!p->c)
		CU_ASSERT_EQUAL(fake_connect(&p->t.h, "1", L2TP, &p->c), 0);
	CU_ASSERT_EQUAL(fake_send(&p->t.h, p->c, data, l->more ? sizeof(data) : len), 1);
}

/* The packet that should come now is one that the user asks for. */
static void x25_doc_act(struct play *p, const struct line *l)
{
	switch (l->octet[2]) {
	case 0x0b:
		CU_ASSERT_EQUAL(fake_connect(&p->t.h, "5555", L2TP, &p->c), 0);
		break;
	case 0x0f:
		p->c = fake_channel(&p->t.h, FAKE_OFFER);
		CU_ASSERT_EQUAL(fake_answer(&p->t.h, p->c), 0);
		break;
	case 0x13:
		fake_disconnect(&p->t.h, p->c);
		break;
	default:
		if (!(l->octet[2] & 1))
			send_message(p, l);
	}
	fake_run(&p->t.h, fake_now + 1000);
}

static void ours(struct play *p, const struct line *l)
{
	uint8_t got[301];
	size_t len;

	if (p->kind == PACKETS && !p->t.pkts)
		x25_doc_act(p, l);
	CU_ASSERT_FATAL(p->t.pkts > 0);
	len = first_sent(p, got);
	ASSERT_OCTETS(got, l->more && len > l->len ? l->len : len, l->octet, l->len);
}

/* "..." with M is the rest of 128 octets of data, else some octets. */
static void theirs(struct play *p, const struct line *l)
{
	size_t head = p->extended ? 4 : 3;
	bool m = p->extended ? l->octet[3] & 1 : l->octet[2] & 0x10;
	uint8_t buf[1 + 4 + 128] = {0}, *pkt = buf + (p->kind == PACKETS);
	size_t len = !l->more ? l->len : m ? head + 128 : l->len + 9;
	struct link_frame f = {NULL, buf, 0, 0};

	memcpy(pkt, l->octet, l->len);
	f.len = (uint32_t)(pkt - buf + len);
	link_send(p->t.link, &f, 1);
	fake_run(&p->t.h, fake_now + 1000);
}

static void play(const struct example *e, size_t n)
{
	struct play *p = calloc(1, sizeof(*p));
	const char *const *keys = examples[n].keys;

	p->kind = examples[n].kind;
	for (size_t i = 0; keys[i]; i++) {
		p->extended |= !strcmp(keys[i], "modulo=128");
		p->multiplexed |= !strcmp(keys[i], "encapsulation=multiplexed");
	}
	typed_begin(&p->t, keys);
	while (p->t.pkts > 1) { /* what is repeated until somebody answers */
		uint8_t again[301];

		first_sent(p, again);
	}
	if (p->kind == PACKETS) {
		p->t.pkts = 0;
		typed_frame(&p->t, "01");
		p->t.pkts = 0;
		typed_rx(&p->t, p->extended ? "2000ff" : "1000ff");
		CU_ASSERT_EQUAL(p->t.pkts, 0);
	}
	for (unsigned i = 0; i < e->lines; i++)
		(e->line[i].ours ? ours : theirs)(p, &e->line[i]);
	CU_ASSERT_EQUAL(p->t.pkts, 0);
	typed_close(&p->t);
	free(p);
}

/* --- XOT: the header is right, and the packet behind it --------------------------------------- */

static void check_xot(const struct example *e)
{
	for (unsigned i = 0; i < e->lines; i++) {
		const struct line *l = &e->line[i];
		const uint8_t *data = l->octet, *pkt;
		size_t left = l->len, len;
		struct xot_in in;
		struct x25_pkt p;

		xot_in_init(&in);
		CU_ASSERT_EQUAL(xot_next_packet(&in, &data, &left, &pkt, &len), 1);
		CU_ASSERT_EQUAL(left, 0);
		CU_ASSERT_EQUAL(x25_decode(&p, pkt, len, false), 0);
	}
}

static void every_example_is_what_happens(void)
{
	struct example *e = calloc(EXAMPLES, sizeof(*e));
	char *text = test_read_file("transports/x25/x25.md", NULL);

	CU_ASSERT_EQUAL_FATAL(x25_doc_parse(e, text), EXAMPLES);
	for (size_t i = 0; i < EXAMPLES; i++) {
		CU_ASSERT_TRUE(e[i].lines >= 4);
		if (examples[i].kind == XOT)
			check_xot(&e[i]);
		else
			play(&e[i], i);
	}
	free(text);
	free(e);
}

static const struct test_case cases[] = {
	{"every_example_is_what_happens", every_example_is_what_happens},
	{NULL, NULL},
};
const struct test_suite suite_x25_doc = {"x25_doc", cases};
