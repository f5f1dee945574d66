/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Bringing a pair of ports up and moving frames over it.  A configuration text is read by the
 * daemon's own reader, so keys are checked as they will be.  Which channel of side B belongs to one
 * of side A is not asked but found out, by a frame with a mark sent down each of A's until it has
 * been seen at B.
 */
#define _GNU_SOURCE
#include "tests/conformance/pair.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MARK	  "isthmus-channel-"
#define MARK_LEN  20u
#define WINDOW	  32u /* frames on their way, all channels together */
#define UP_WITHIN 30000000u
#define SEND_MAX  70000u

uint64_t pair_rand(struct pair *p)
{
	uint64_t z = (p->seed += 0x9e3779b97f4a7c15u);

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
	z = (z ^ z >> 27) * 0x94d049bb133111ebu;
	return z ^ z >> 31;
}

bool fail(struct pair *p, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	if (!p->why[0])
		vsnprintf(p->why, sizeof(p->why), fmt, ap);
	va_end(ap);
	return false;
}

bool skip(struct pair *p, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(p->skipped, sizeof(p->skipped), fmt, ap);
	va_end(ap);
	return true;
}

/* --- frames made from numbers ----------------------------------------------------------------- */

/* L2TP version 2, or PPP with IPv4: what looks at the first octets sees what it may expect. */
static void pair_fill(uint8_t *out, const struct link *l, unsigned link, unsigned from,
		      struct sent s)
{
	uint64_t x = ((uint64_t)s.seq << 32 | link << 1 | from) * 0x9e3779b97f4a7c15u + s.len;

	for (uint32_t i = 0; i < s.len; i++) {
		if (!(i & 7)) {
			x ^= x << 13;
			x ^= x >> 7;
			x ^= x << 17;
		}
		out[i] = (uint8_t)(x >> 8 * (i & 7));
	}
	if (s.len >= 2) {
		out[0] = 0;
		out[1] = l->payload == IST_PAYLOAD_L2TP ? 0x02 : 0x21;
	}
}

static struct sent *sent_at(const struct way *w, unsigned i)
{
	return &w->on_way[(w->first + i) % w->room];
}

static void pair_push(struct way *w, struct sent s)
{
	if (w->n == w->room) {
		unsigned room = w->room ? 2 * w->room : 64;
		struct sent *on_way = calloc(room, sizeof(*on_way));

		if (!on_way)
			abort();
		for (unsigned i = 0; i < w->n; i++)
			on_way[i] = *sent_at(w, i);
		free(w->on_way);
		w->on_way = on_way;
		w->room = room;
		w->first = 0;
	}
	w->n++;
	*sent_at(w, w->n - 1) = s;
}

static void pair_drop(struct way *w, unsigned n)
{
	w->first = (w->first + n) % (w->room ? w->room : 1);
	w->n -= n;
}

/* The frame is the i-th of those on their way; those before it are lost, or late. */
static void arrived_as(struct pair *p, struct way *w, unsigned i)
{
	w->got++;
	if (!p->unordered) {
		w->lost += i;
		pair_drop(w, i + 1);
		return;
	}
	for (w->late += i > 0; i > 0; i--)
		*sent_at(w, i) = *sent_at(w, i - 1);
	pair_drop(w, 1);
}

static bool is(struct link *l, unsigned link, unsigned from, struct sent s,
	       const struct ist_frame *f)
{
	static uint8_t want[SEND_MAX];

	if (s.len != f->len)
		return false;
	pair_fill(want, l, link, from, s);
	return !memcmp(want, f->payload, f->len);
}

/* Is it one of the 4096 frames before this one? */
static bool pair_is_before(struct pair *p, unsigned link, unsigned from, uint32_t seq,
			   const struct ist_frame *f)
{
	for (uint32_t back = 1; back <= 4096 && back <= seq; back++)
		if (is(&p->link[link], link, from, (struct sent){seq - back, f->len}, f)) {
			p->link[link].way[from].late++;
			return true;
		}
	return false;
}

/* A frame that was forgotten while it was on its way, before its channel leads anywhere again. */
static bool pair_is_forgotten(struct pair *p, unsigned from, const struct ist_frame *f)
{
	for (unsigned i = 0; i < p->links; i++)
		if (pair_is_before(p, i, from, p->link[i].way[from].old, f))
			return true;
	return false;
}

static void pair_arrived(struct pair *p, unsigned link, unsigned from, const struct ist_frame *f)
{
	struct link *l = &p->link[link];
	struct way *w = &l->way[from];

	p->progress = check_now();
	for (unsigned i = 0; i < w->n; i++)
		if (is(l, link, from, *sent_at(w, i), f)) {
			arrived_as(p, w, i);
			return;
		}
	if (pair_is_before(p, link, from, p->unordered ? w->seq : w->old, f))
		return;
	w->wrong++;
	check_fault(&p->side[!from], "a frame of %u octets that was not sent so", f->len);
}

static void pair_on_frame(struct check_host *h, const struct ist_frame *f)
{
	struct pair *p = h->user;
	unsigned side = h == &p->side[B];
	struct check_chan *c = check_chan(h, f->channel);
	uint32_t mark;

	if (f->len == MARK_LEN && !memcmp(f->payload, MARK, sizeof(MARK) - 1)) {
		memcpy(&mark, f->payload + 16, 4);
		if (side == B && p->pairing && mark < p->links) {
			p->link[mark].id[B] = f->channel;
			c->user = (void *)(uintptr_t)(mark + 1);
			p->progress = check_now();
		}
		return;
	}
	if (p->on_frame) {
		p->on_frame(p, side, c, f);
		return;
	}
	if (!c->user) {
		if (pair_is_forgotten(p, !side, f))
			return;
		check_fault(h, "a frame on channel %#x, where nobody sends", f->channel);
		return;
	}
	mark = (uint32_t)(uintptr_t)c->user - 1;
	pair_arrived(p, mark, !side, f);
	if (p->echo && side == B)
		pair_try(p, &p->link[mark], B, f->len, 0, 0);
}

/* --- sending ---------------------------------------------------------------------------------- */

bool pair_try(struct pair *p, struct link *l, unsigned from, uint32_t len, uint32_t head_len,
	      uint32_t flags)
{
	static uint8_t octets[SEND_MAX];
	struct way *w = &l->way[from];
	struct sent s = {w->seq, len};
	struct ist_frame f = {.channel = l->id[from],
			      .flags = flags,
			      .payload = octets + head_len,
			      .len = len - head_len,
			      .head = head_len ? octets : NULL,
			      .head_len = head_len};
	int r;

	pair_fill(octets, l, (unsigned)(l - p->link), from, s);
	check_chan(&p->side[from], l->id[from])->writable = false;
	r = check_send(&p->side[from], &f, 1);
	if (r < 0)
		return fail(p, "side %s: send: %s", p->side[from].side, strerror(-r));
	memset(octets, 0xa5, len); /* consumed or copied by now */
	if (r != 1)
		return false;
	w->seq++;
	pair_push(w, s);
	return true;
}

static struct check_host *sides(struct pair *p, unsigned bits, struct check_host *out[2],
				unsigned *n)
{
	*n = 0;
	for (unsigned k = 0; k < 2; k++)
		if (bits & 1u << k && p->side[k].port)
			out[(*n)++] = &p->side[k];
	return out[0];
}

bool pair_serve(struct pair *p, unsigned bits, uint64_t until)
{
	struct check_host *h[2];
	unsigned n;

	sides(p, bits, h, &n);
	return n && check_serve(h, n, until);
}

void pair_settle(struct pair *p, unsigned bits)
{
	p->progress = check_now();
	while (check_now() < p->progress + QUIET)
		pair_serve(p, bits, p->progress + QUIET);
}

/* A channel may push back, but the line behind it need not: nobody owes us more than a few frames.
 */
static unsigned pair_most(uint32_t len)
{
	return len > 4000 ? 1 : WINDOW;
}

/* Until it is no more than `n` on its way, or nothing has come for too long. */
static bool pair_down_to(struct pair *p, unsigned n)
{
	p->progress = check_now();
	while (pair_on_way(p) > n && !p->side[A].fault[0] && !p->side[B].fault[0]) {
		if (check_now() > p->progress + PATIENCE)
			return fail(p, "%u frames never arrive", pair_on_way(p));
		pair_serve(p, 3, p->progress + PATIENCE);
	}
	return !p->side[A].fault[0] && !p->side[B].fault[0];
}

bool pair_drain(struct pair *p)
{
	if (!pair_down_to(p, 0))
		return false;
	for (unsigned i = 0; i < p->links; i++)
		for (unsigned k = 0; k < 2; k++)
			if (p->link[i].way[k].lost)
				return fail(p, "%" PRIu64 " frames are lost",
					    p->link[i].way[k].lost);
	return true;
}

bool pair_send(struct pair *p, struct link *l, unsigned from, uint32_t len, uint32_t head_len,
	       uint32_t flags)
{
	struct check_chan *c = check_chan(&p->side[from], l->id[from]);

	if (!pair_down_to(p, pair_most(len) - 1))
		return false;
	p->progress = check_now();
	while (!pair_try(p, l, from, len, head_len, flags)) {
		while (!c->writable && !p->why[0] && check_now() < p->progress + PATIENCE)
			pair_serve(p, 3, p->progress + PATIENCE);
		if (!c->writable)
			return fail(p, "send took less, and `writable` never came");
	}
	return true;
}

bool pair_send_batch(struct pair *p, struct link *l, unsigned from, uint32_t len, unsigned n)
{
	struct check_chan *c = check_chan(&p->side[from], l->id[from]);
	struct ist_frame *f = calloc(n, sizeof(*f));
	uint8_t *octets = malloc((size_t)n * len);
	unsigned done = 0;

	for (unsigned i = 0; f && octets && i < n; i++) {
		pair_fill(octets + (size_t)i * len, l, (unsigned)(l - p->link), from,
			  (struct sent){l->way[from].seq + i, len});
		f[i] = (struct ist_frame){
			.channel = l->id[from], .payload = octets + (size_t)i * len, .len = len};
	}
	for (unsigned i = 0; i < n; i++)
		pair_push(&l->way[from], (struct sent){l->way[from].seq++, len});
	p->progress = check_now();
	while (done < n && !p->why[0]) {
		int r;

		c->writable = false;
		r = check_send(&p->side[from], f + done, n - done);
		if (r < 0)
			fail(p, "side %s: send: %s", p->side[from].side, strerror(-r));
		done += r > 0 ? (unsigned)r : 0;
		while (r >= 0 && done < n && !c->writable && !p->why[0]) {
			if (check_now() > p->progress + PATIENCE)
				fail(p, "send took less, and `writable` never came");
			pair_serve(p, 3, p->progress + PATIENCE);
		}
	}
	free(f);
	free(octets);
	return done == n;
}

void pair_forget(struct pair *p)
{
	for (unsigned i = 0; i < p->links; i++)
		for (unsigned k = 0; k < 2; k++) {
			struct way *w = &p->link[i].way[k];

			pair_drop(w, w->n);
			w->lost = 0;
			w->old = w->seq;
		}
}

unsigned pair_on_way(const struct pair *p)
{
	unsigned n = 0;

	for (unsigned i = 0; i < p->links; i++)
		n += p->link[i].way[A].n + p->link[i].way[B].n;
	return n;
}

void pair_count(struct pair *p)
{
	uint64_t now[CHECK_COUNTERS];

	for (unsigned k = 0; k < 2; k++) {
		unsigned n = p->side[k].port ? check_count(&p->side[k], now) : 0;

		for (unsigned i = 0; i < n; i++) {
			if (now[i] < p->count[k][i])
				check_fault(&p->side[k], "counter %s went backwards",
					    p->spec->t->counters[i].name);
			p->count[k][i] = now[i];
		}
	}
}

uint32_t pair_mtu(struct pair *p, const struct link *l)
{
	uint32_t a = check_mtu(&p->side[A], l->id[A]), b = check_mtu(&p->side[B], l->id[B]);
	uint32_t mtu = a < b ? a : b;

	return mtu < SEND_MAX - 64 ? mtu : SEND_MAX - 64;
}

struct link *pair_link_of(struct pair *p, const struct check_chan *c)
{
	uintptr_t mark = (uintptr_t)c->user;

	return mark && mark <= p->links ? &p->link[mark - 1] : NULL;
}

bool pair_has_key(const struct spec *s, const char *name)
{
	for (const struct ist_key *k = s->t->keys; k->name; k++)
		if (!strcmp(k->name, name))
			return true;
	return false;
}

/* --- configuration ---------------------------------------------------------------------------- */

void pair_init(struct pair *p, const struct spec *s)
{
	memset(p, 0, sizeof(*p));
	p->spec = s;
	p->seed = check_now();
	check_init(&p->side[A], "A", s->t);
	check_init(&p->side[B], "B", s->t);
}

static void mistake(void *ctx, const char *text)
{
	fail(ctx, "%s", text);
}

/* %: the number; %h and %l: the number by 250, and what is left of it plus one. */
static void pair_many_circuits(FILE *out, const char *many)
{
	unsigned first, last;
	int at = 0;

	if (sscanf(many, "%u-%u:%n", &first, &last, &at) < 2 || !at)
		return;
	for (unsigned n = first; n <= last; n++) {
		for (const char *s = many + at; *s; s++) {
			if (*s != '%')
				fputc(*s, out);
			else if (s[1] == 'h' || s[1] == 'l')
				fprintf(out, "%u", *++s == 'h' ? n / 250 : n % 250 + 1);
			else
				fprintf(out, "%u", n);
		}
		fputc('\n', out);
	}
}

static void pair_uncheck(struct pair *p)
{
	const struct ist_transport *t = p->spec->t;

	p->unchecked = (struct ist_transport){.check = NULL};
	memcpy(&p->unchecked, t, t->size < sizeof(*t) ? t->size : sizeof(*t));
	p->unchecked.check = NULL;
}

bool pair_configure(struct pair *p, const char *extra, bool many)
{
	pair_uncheck(p);
	for (unsigned k = 0; k < 2; k++) {
		const struct ist_transport *const list[] = {&p->unchecked, NULL};
		char name[] = {'s', 'i', 'd', 'e', ' ', (char)('A' + k), '\0'}, *text = NULL;
		size_t len = 0;
		FILE *f = open_memstream(&text, &len);

		if (!f)
			abort();
		fprintf(f, "%s port { %s %s\n", p->spec->t->name, p->spec->text[k],
			extra ? extra : "");
		if (many)
			pair_many_circuits(f, p->spec->many);
		fprintf(f, "}\n");
		fclose(f);
		cfg_unload(p->model[k]);
		p->model[k] = NULL;
		cfg_load_text(&p->model[k], name, text, len, list, mistake, p);
		free(text);
		if (!p->model[k])
			return fail(p, "%s is not configured", name);
	}
	return true;
}

/* --- up --------------------------------------------------------------------------------------- */

static void pair_on_offer(struct check_host *h, ist_channel c, const struct ist_attrs *a)
{
	struct pair *p = h->user;

	(void)a;
	p->offers++;
	if (check_answer(h, c, !p->refuse))
		check_fault(h, "an offered channel cannot be %s",
			    p->refuse ? "refused" : "answered");
}

/* A stranger's channel is kept, so that it is not given to another. */
static void pair_on_up(struct check_host *h, struct check_chan *c, const struct ist_attrs *a)
{
	(void)a;
	if (h->t->caps & IST_CAP_UNKNOWN && !(h->t->caps & IST_CAP_SWITCHED))
		check_answer(h, c->id, true);
}

static void pair_on_tap(struct check_host *h, const uint8_t *frame, size_t len)
{
	struct pair *p = h->user;

	if (p->on_tap)
		p->on_tap(p->tap_arg, frame, len);
}

/* The circuits of such a transport are not configured: they are who we dial. */
static bool dials_anybody(const struct pair *p)
{
	return pair_has(p, IST_CAP_UNKNOWN) && !pair_has(p, IST_CAP_SWITCHED);
}

static struct ist_port_config config_of(const struct pair *p, unsigned k)
{
	struct ist_port_config cfg = p->model[k]->port[0].config;

	if (dials_anybody(p))
		cfg.circuits = 0;
	return cfg;
}

bool pair_open_side(struct pair *p, unsigned k)
{
	const struct ist_port_config cfg = config_of(p, k);
	struct check_host *h = &p->side[k];
	char err[300];

	h->user = p;
	h->on_frame = pair_on_frame;
	h->on_offer = pair_on_offer;
	h->on_up = pair_on_up;
	h->on_tap = pair_on_tap;
	memset(p->count[k], 0, sizeof(p->count[k]));
	if (check_open(h, &cfg, err, sizeof(err)))
		return fail(p, "side %s cannot be opened: %s", h->side, err);
	return true;
}

bool pair_to_another(struct pair *p, unsigned k)
{
	const struct ist_port_config cfg = config_of(p, k);
	struct check_host *h = &p->side[k];
	char err[300];
	int r = check_hand_over(h, &cfg, err, sizeof(err));

	if (r == -EOPNOTSUPP)
		return skip(p, "%s", h->words[0] ? h->words : "it begins anew in another process");
	return !r || fail(p, "side %s is not thawed: %s", h->side, err[0] ? err : strerror(-r));
}

static void list_links(struct pair *p)
{
	const struct ist_port_config *c = &p->model[A]->port[0].config;

	free(p->link);
	p->link = calloc(2 * c->circuits + 1, sizeof(*p->link));
	p->links = 0;
	if (!p->link)
		abort();
	for (unsigned i = 0; i < c->circuits; i++)
		for (uint8_t k = IST_PAYLOAD_L2TP; k <= IST_PAYLOAD_PPP; k++)
			if (c->circuit[i].payloads & 1u << k)
				p->link[p->links++] =
					(struct link){.circuit = &c->circuit[i], .payload = k};
}

/* A channel that is there and not dead is kept.  False: not now; a line that is not up yet takes no
 * calls. */
static bool pair_dial(struct pair *p, struct link *l)
{
	struct check_chan *c = l->id[A] ? check_chan(&p->side[A], l->id[A]) : NULL;
	int r;

	if (c && c->state != CHAN_DEAD)
		return true;
	r = check_connect(&p->side[A], &l->circuit->addr, l->payload, &l->id[A]);
	if (r && !(pair_has(p, IST_CAP_SWITCHED) && (r == -ENETDOWN || r == -EAGAIN)))
		fail(p, "side A: connect: %s", strerror(-r));
	return !r;
}

static void mark(struct pair *p, unsigned i)
{
	struct link *l = &p->link[i];
	uint8_t octets[MARK_LEN] = MARK;
	struct ist_frame f = {.channel = l->id[A], .payload = octets, .len = MARK_LEN};
	uint32_t no = i;

	memcpy(octets + 16, &no, 4);
	check_chan(&p->side[A], l->id[A])->user = (void *)(uintptr_t)(i + 1);
	check_send(&p->side[A], &f, 1);
}

static bool pair_ready(struct pair *p, const struct link *l)
{
	uint8_t state = check_chan(&p->side[A], l->id[A])->state;

	return state == CHAN_UP || (state == CHAN_NEW && dials_anybody(p));
}

/* Mark those that are up and have not been seen at B, not all at once. */
static unsigned mark_all(struct pair *p)
{
	unsigned missing = 0;

	for (unsigned i = 0; i < p->links; i++) {
		if (p->link[i].id[B])
			continue;
		if (missing++ >= WINDOW)
			continue;
		if (pair_dial(p, &p->link[i]) && pair_ready(p, &p->link[i]))
			mark(p, i);
	}
	return missing;
}

static unsigned unseen(const struct pair *p)
{
	unsigned n = 0;

	for (unsigned i = 0; i < p->links; i++)
		n += !p->link[i].id[B];
	return n;
}

bool pair_links(struct pair *p)
{
	uint64_t start = check_now(), again = 0;
	unsigned missing = p->links, before = 0;

	if (!p->links)
		return fail(p, "side A has no circuit: give `channel \"ADDRESS\" { }`");
	p->pairing = true;
	for (unsigned i = 0; i < p->links; i++)
		p->link[i].id[B] = 0;
	for (p->progress = start;
	     missing && !p->why[0] && !p->side[A].fault[0] && !p->side[B].fault[0];) {
		if (check_now() >= again || before != missing) {
			before = mark_all(p);
			again = check_now() + 100000;
		}
		pair_serve(p, 3, again);
		missing = unseen(p);
		if (missing && check_now() > p->progress + UP_WITHIN)
			return fail(p, "%u of %u channels do not come up%s%s", missing, p->links,
				    p->side[A].words[0] ? ": " : "", p->side[A].words);
	}
	p->pairing = false;
	return !p->why[0] && !p->side[A].fault[0] && !p->side[B].fault[0];
}

bool pair_open(struct pair *p, const char *extra, bool many)
{
	if (!pair_configure(p, extra, many) || !pair_open_side(p, A) || !pair_open_side(p, B))
		return false;
	list_links(p);
	return pair_links(p);
}

void pair_close_side(struct pair *p, unsigned k)
{
	pair_count(p);
	check_close(&p->side[k]);
	for (unsigned i = 0; i < p->links; i++)
		p->link[i].id[k] = 0;
}

void pair_end(struct pair *p)
{
	for (unsigned k = 0; k < 2; k++) {
		pair_close_side(p, k);
		if (p->side[k].fault[0])
			fail(p, "%s", p->side[k].fault);
		check_fini(&p->side[k]);
		cfg_unload(p->model[k]);
	}
	for (unsigned i = 0; i < p->links; i++) {
		free(p->link[i].way[A].on_way);
		free(p->link[i].way[B].on_way);
	}
	free(p->link);
}
