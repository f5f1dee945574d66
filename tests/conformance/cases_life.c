/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Cases about ports, channels, addresses and counters: coming, going, and what is none. */
#include "tests/conformance/cases.h"
#include "tests/conformance/hostile.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

bool case_open_close(struct pair *p)
{
	if (!pair_configure(p, NULL, false))
		return false;
	for (unsigned i = 0; i < 50; i++) {
		if (!pair_open_side(p, i & 1))
			return false;
		if (i % 3)
			pair_serve(p, 3, 0);
		pair_close_side(p, i & 1);
	}
	return true;
}

/* A third port with the configuration of a side that is open: most media have no room for it. */
bool case_twice(struct pair *p)
{
	struct ist_port_config cfg;
	struct check_host third;
	char err[300];
	int r;

	if (!pair_open(p, NULL, false))
		return false;
	cfg = p->model[A]->port[0].config;
	if (!pair_has(p, IST_CAP_SWITCHED) && pair_has(p, IST_CAP_UNKNOWN))
		cfg.circuits = 0;
	check_init(&third, "A again", p->spec->t);
	r = check_open(&third, &cfg, err, sizeof(err));
	if (r > 0)
		fail(p, "open gives %d", r);
	if (r && !strcmp(err + strlen(err) - (strlen(err) > 14 ? 14 : 0), "without a word"))
		fail(p, "an open that fails leaves no words");
	if (!r)
		check_close(&third);
	if (third.fault[0])
		fail(p, "%s", third.fault);
	check_fini(&third);
	return !p->why[0];
}

static bool addr_rules(struct pair *p, const struct ist_addr *a)
{
	const struct ist_transport *t = p->spec->t;
	char text[300], cut[8];
	struct ist_addr again;
	int n = t->addr_format(a, text, sizeof(text));

	if (n <= 0 || n >= (int)sizeof(text) || strlen(text) != (size_t)n)
		return fail(p, "addr_format gives %d", n);
	memset(cut, 'x', sizeof(cut));
	if (t->addr_format(a, cut, 4) != n || memchr(cut, '\0', 4) == NULL || cut[4] != 'x' ||
	    strncmp(cut, text, strlen(cut)))
		return fail(p, "addr_format into 4 octets is not like snprintf for \"%s\"", text);
	memset(&again, 0xa5, sizeof(again));
	if (t->addr_parse(&again, text))
		return fail(p, "\"%s\" is written but not read", text);
	if (memcmp(&again, a, sizeof(again)))
		return fail(p, "\"%s\" is read as another address", text);
	return true;
}

bool case_addresses(struct pair *p)
{
	char text[80];
	struct ist_addr a;

	for (unsigned i = 0; i < p->links; i++)
		if (!addr_rules(p, &p->link[i].circuit->addr))
			return false;
	for (unsigned i = 0; i < 20000; i++) {
		size_t len = pair_rand(p) % sizeof(text);

		for (size_t k = 0; k < len; k++)
			text[k] = i & 1 ? "0123456789./:[]@-af%"[pair_rand(p) % 20]
					: (char)(1 + pair_rand(p) % 255);
		text[len] = '\0';
		memset(&a, 0xa5, sizeof(a));
		if (!p->spec->t->addr_parse(&a, text) && !addr_rules(p, &a))
			return false;
	}
	return true;
}

static bool works(struct pair *p)
{
	for (unsigned i = 0; i < p->links; i++)
		for (unsigned from = A; from <= B; from++)
			for (unsigned n = 0; n < 20; n++)
				if (!pair_send(p, &p->link[i], from, 100, n, 0))
					return false;
	return pair_drain(p);
}

static bool is_ours(const struct pair *p, ist_channel c)
{
	for (unsigned i = 0; i < p->links; i++)
		if (p->link[i].id[A] == c)
			return true;
	return false;
}

bool case_stale(struct pair *p)
{
	uint8_t octet = 0;

	for (unsigned i = 0; i < 2000; i++) {
		ist_channel c = p->link[i % p->links].id[A];
		struct ist_frame f = {.payload = &octet, .len = 1};

		c = i < 40 ? c ^ 1u << i % 32 : i < 80 ? i - 41 : (ist_channel)pair_rand(p);
		f.channel = c;
		if (is_ours(p, c))
			continue;
		if (check_send(&p->side[A], &f, 1) >= 0 && !check_chan(&p->side[A], c))
			return fail(p, "send takes a frame for channel %#x, which is not there", c);
		check_mtu(&p->side[A], c);
		check_disconnect(&p->side[A], c);
		if (pair_has(p, IST_CAP_SWITCHED))
			check_answer(&p->side[A], c, i & 1);
	}
	return works(p);
}

#define OFFLOADS_MOST 32u

/* What it tells of its offloads: words, and a state that there is. */
static bool offloads_rules(struct pair *p)
{
	struct ist_offload o[OFFLOADS_MOST + 1] = {{0}};
	const struct ist_transport *t = p->spec->t;
	unsigned n, k;

	if (!IST_HAS(t, offloads) || !t->offloads)
		return true;
	n = t->offloads(p->side[A].port, o, 0);
	if (n > OFFLOADS_MOST)
		return fail(p, "it tells of %u offloads", n);
	for (unsigned room = 0; room <= n; room++) {
		memset(o, 0, sizeof(o));
		if (t->offloads(p->side[A].port, o, room) != n)
			return fail(p, "how many offloads it has depends on the room for them");
		for (k = 0; k < room && o[k].words; k++)
			if (o[k].state < IST_OFFLOAD_ACTIVE || o[k].state > IST_OFFLOAD_SMALLER ||
			    (o[k].state == IST_OFFLOAD_REFUSED) != (o[k].err != 0))
				return fail(p, "offload \"%s\" is in state %u with error %u",
					    o[k].words, o[k].state, o[k].err);
		if (k != room || o[k].words)
			return fail(p, "of %u offloads it writes another number with room for %u",
				    n, room);
	}
	return true;
}

bool case_counters(struct pair *p)
{
	uint64_t few[CHECK_COUNTERS], before = 0, after = 0;
	unsigned n;

	pair_count(p);
	for (unsigned i = 0; i < CHECK_COUNTERS; i++)
		before += p->count[A][i];
	if (!works(p))
		return false;
	pair_count(p);
	for (unsigned i = 0; i < CHECK_COUNTERS; i++)
		after += p->count[A][i];
	if (after < before + 40)
		return fail(p, "40 frames move the counters by %llu",
			    (unsigned long long)(after - before));
	memset(few, 0xa5, sizeof(few));
	n = check_count(&p->side[A], few);
	for (unsigned k = 0; k <= n; k++) {
		memset(few, 0xa5, sizeof(few));
		p->spec->t->count(p->side[A].port, few, k);
		for (unsigned i = k; i < CHECK_COUNTERS; i++)
			if (few[i] != 0xa5a5a5a5a5a5a5a5u)
				return fail(p, "asked for %u counters, it writes more", k);
	}
	return offloads_rules(p);
}

/* Frames are on their way both ways, and nobody has looked at them yet. */
static void load_up(struct pair *p)
{
	for (unsigned n = 0; n < 20; n++)
		for (unsigned i = 0; i < p->links && i < 8; i++)
			for (unsigned from = A; from <= B; from++)
				pair_try(p, &p->link[i], from, 200, 0, 0);
}

bool case_close_busy(struct pair *p)
{
	for (unsigned k = A; k <= B; k++) {
		load_up(p);
		pair_close_side(p, k);
		pair_settle(p, 3);
		pair_close_side(p, !k);
		pair_forget(p);
		if (!pair_open_side(p, A) || !pair_open_side(p, B) || !pair_links(p))
			return false;
	}
	return works(p);
}

/* Nobody is there to take it: neither harm nor report may come of that.  What was on its way before
 * may still arrive. */
static void into_the_void(struct pair *p, unsigned side)
{
	for (unsigned n = 0; n < 100; n++) {
		struct link *l = &p->link[n % p->links];
		struct check_chan *c = check_chan(&p->side[side], l->id[side]);

		if (c && c->state != CHAN_DEAD)
			pair_try(p, l, side, 100, 0, 0);
		pair_serve(p, 3, 0);
	}
	pair_settle(p, 3);
	pair_forget(p);
	p->why[0] = '\0'; /* send may refuse */
}

bool case_far_restart(struct pair *p)
{
	for (unsigned n = 0; n < 3; n++) {
		load_up(p);
		pair_close_side(p, B);
		into_the_void(p, A);
		if (!pair_open_side(p, B) || !pair_links(p) || !works(p))
			return false;
	}
	return true;
}

bool case_near_restart(struct pair *p)
{
	for (unsigned n = 0; n < 3; n++) {
		load_up(p);
		pair_close_side(p, A);
		into_the_void(p, B);
		if (!pair_open_side(p, A) || !pair_links(p) || !works(p))
			return false;
	}
	return true;
}

/* Frames are on their way meanwhile, and the other side notices nothing. */
bool case_hand_over(struct pair *p)
{
	for (unsigned n = 0; n < 8 && !p->skipped[0]; n++) {
		for (unsigned i = 0; i < p->links; i++)
			for (unsigned from = A; from <= B; from++)
				for (unsigned k = 0; k < 10; k++)
					if (!pair_send(p, &p->link[i], from, 100, k, 0))
						return false;
		if (!pair_to_another(p, n % 3 ? A : B) || !pair_drain(p) || !works(p))
			return false;
		check_all_again(&p->side[A]);
		check_all_again(&p->side[B]);
		pair_count(p);
	}
	return true;
}

/* --- a process that dies ------------------------------------------------------------------------ */

struct ticket {
	uint8_t octets[IST_TICKET_MAX];
	uint32_t len;
	ist_channel far;
};

/* Of each link at that side; false = some channel has none. */
static bool collect_tickets(struct pair *p, unsigned side, struct ticket *out)
{
	for (unsigned i = 0; i < p->links; i++) {
		const struct check_chan *c = check_chan(&p->side[side], p->link[i].id[side]);

		if (!c || !c->ticket_len)
			return false;
		memcpy(out[i].octets, c->ticket, c->ticket_len);
		out[i].len = c->ticket_len;
		out[i].far = p->link[i].id[!side];
	}
	return true;
}

static bool cut_tickets_are_none(struct pair *p, unsigned side, const struct ticket *t)
{
	ist_channel c = 0;

	for (uint32_t len = 0; len < t->len; len++)
		if (check_resume(&p->side[side], t->octets, len, &c) != -EINVAL)
			return fail(p, "a ticket cut from %u to %u octets is taken", t->len, len);
	return true;
}

static bool resume_links(struct pair *p, unsigned side, const struct ticket *t)
{
	for (unsigned i = 0; i < p->links; i++) {
		ist_channel *c = &p->link[i].id[side], again = 0;
		int r;

		if (!cut_tickets_are_none(p, side, &t[i]))
			return false;
		r = check_resume(&p->side[side], t[i].octets, t[i].len, c);
		if (r)
			return fail(p, "resume: %s", strerror(-r));
		r = check_resume(&p->side[side], t[i].octets, t[i].len, &again);
		if (r || again != *c)
			return fail(p, "resumed once more it is another channel");
	}
	return true;
}

static bool same_links(struct pair *p, unsigned side, const struct ticket *t)
{
	for (unsigned i = 0; i < p->links; i++)
		if (p->link[i].id[!side] != t[i].far)
			return fail(p, "the far side has another channel");
	return true;
}

/* By its link: nothing was said to it. */
static bool far_side_has_seen(struct pair *p, unsigned side, const struct ticket *t)
{
	bool seen = false;

	pair_settle(p, 1u << !side);
	for (unsigned i = 0; i < p->links; i++)
		seen |= check_chan(&p->side[!side], t[i].far)->state != CHAN_UP;
	return seen;
}

static bool kill_side(struct pair *p, unsigned side, struct ticket *t)
{
	if (!collect_tickets(p, side, t))
		return skip(p, "its channels come up without tickets");
	if (check_kill(&p->side[side]))
		return skip(p, "it cannot be made to stand still");
	if (far_side_has_seen(p, side, t))
		return skip(p, "its link goes down with it");
	return pair_open_side(p, side) && resume_links(p, side, t) && pair_links(p) &&
	       same_links(p, side, t) && works(p);
}

bool case_killed(struct pair *p)
{
	struct ticket *t;
	bool ok = true;

	if (!IST_HAS(p->spec->t, resume) || !p->spec->t->resume)
		return skip(p, "it resumes nothing");
	t = calloc(p->links, sizeof(*t));
	for (unsigned n = 0; n < 4 && t && ok && !p->skipped[0]; n++)
		ok = kill_side(p, n & 1 ? A : B, t);
	free(t);
	return ok;
}

/* --- switched media --------------------------------------------------------------------------- */

static bool goes_dead(struct pair *p, unsigned side, ist_channel c)
{
	struct check_chan *ch = check_chan(&p->side[side], c);
	uint64_t end = check_now() + PATIENCE;

	while (ch && ch->state != CHAN_DEAD && check_now() < end)
		pair_serve(p, 3, end);
	return ch && ch->state == CHAN_DEAD;
}

bool case_refused(struct pair *p)
{
	struct link *l = &p->link[0];
	ist_channel c = l->id[A], far = l->id[B];

	if (check_chan(&p->side[A], c)->permanent)
		return skip(p, "its circuits are permanent");
	check_disconnect(&p->side[A], c);
	if (!goes_dead(p, B, far))
		return fail(p, "hung up, but the far side does not go down");
	p->refuse = true;
	p->offers = 0;
	if (check_connect(&p->side[A], &l->circuit->addr, l->payload, &c))
		return fail(p, "no call can be placed");
	if (!goes_dead(p, A, c) || !p->offers)
		return fail(p, "a refused call does not go down forever");
	p->refuse = false;
	l->id[A] = 0;
	return pair_links(p) && works(p);
}

bool case_redial(struct pair *p)
{
	if (check_chan(&p->side[A], p->link[0].id[A])->permanent)
		return skip(p, "its circuits are permanent");
	for (unsigned n = 0; n < 20; n++) {
		struct link *l = &p->link[n % p->links];
		unsigned by = n & 1;

		check_disconnect(&p->side[by], l->id[by]);
		if (!goes_dead(p, !by, l->id[!by]))
			return fail(p, "hung up by side %c, but the other does not go down",
				    'A' + (char)by);
		l->id[A] = 0;
		if (!pair_links(p))
			return false;
	}
	return works(p);
}

/* --- anybody's octets ------------------------------------------------------------------------- */

#define ATTACKS 5u

struct sample {
	struct pair *p;
	uint8_t frame[64][HOSTILE_ROOM / 2];
	size_t len[64];
	unsigned n;
};

static void keep_sample(void *arg, const uint8_t *frame, size_t len)
{
	struct sample *s = arg;
	unsigned i = s->n++ % 64;

	s->len[i] = len < sizeof(s->frame[i]) ? len : sizeof(s->frame[i]);
	memcpy(s->frame[i], frame, s->len[i]);
}

/* Half of them random, half real ones with some octets changed, cut or lengthened. */
static size_t hostile_frame(struct sample *s, uint8_t out[HOSTILE_ROOM])
{
	unsigned i = s->n ? (unsigned)(pair_rand(s->p) % (s->n < 64 ? s->n : 64)) : 0;
	size_t len = pair_rand(s->p) % 200;

	for (size_t k = 0; k < HOSTILE_ROOM; k++)
		out[k] = (uint8_t)pair_rand(s->p);
	if (!s->n || pair_rand(s->p) & 1)
		return len;
	memcpy(out, s->frame[i], s->len[i]);
	len = s->len[i];
	for (uint64_t k = pair_rand(s->p) % 4; k > 0 && len; k--)
		out[pair_rand(s->p) % (len < 40 ? len : 40)] = (uint8_t)pair_rand(s->p);
	if (!(pair_rand(s->p) % 3))
		len = pair_rand(s->p) % (len + 50);
	return len;
}

/* Every octet is looked at, so that a sanitizer sees when it is nobody's. */
static void nobodys_frame(struct check_host *h, const struct ist_frame *f)
{
	struct pair *p = h->user;

	for (uint32_t i = 0; i < f->len; i++)
		p->seed += f->payload[i];
}

/* What side B itself says is on the wire just as it is to be: what it says when nobody answers, and
 * to channels it still has. */
static void listen_to_b(struct sample *s, struct hostile *h)
{
	uint8_t heard[HOSTILE_ROOM];
	size_t len;

	for (unsigned i = 0; i < 64; i++) {
		struct link *l = &s->p->link[i % s->p->links];
		struct check_chan *c = check_chan(&s->p->side[B], l->id[B]);

		if (c && c->state == CHAN_UP)
			pair_try(s->p, l, B, 50, 0, 0);
		pair_serve(s->p, 2, 0);
		if ((len = hostile_hear(h, heard)))
			keep_sample(s, heard, len);
	}
	pair_forget(s->p);
	s->p->why[0] = '\0'; /* send may refuse */
}

static void attack(struct sample *s, struct hostile *h)
{
	uint8_t out[HOSTILE_ROOM];
	unsigned refused = 0;

	for (unsigned i = 0; i < 20000 && refused < 2000; i++) {
		size_t len = hostile_frame(s, out);

		if (!hostile_send(h, out, len, pair_rand(s->p))) {
			refused++;
			pair_serve(s->p, 2, check_now() + 1000);
		}
		if (!(i % 16))
			pair_serve(s->p, 2, 0);
		if (!(i % 64))
			hostile_hear(h, out);
	}
}

/* All that side B has counted. */
static uint64_t cases_life_counted(struct pair *p)
{
	uint64_t sum = 0;

	pair_count(p);
	for (unsigned i = 0; i < CHECK_COUNTERS; i++)
		sum += p->count[B][i];
	return sum;
}

bool case_hostile(struct pair *p)
{
	struct sample *s = calloc(1, sizeof(*s));
	struct hostile h;
	uint64_t before;

	if (!s)
		abort();
	s->p = p;
	p->tap_arg = s;
	p->on_tap = keep_sample;
	p->side[A].tap_on = true;
	works(p);
	p->side[A].tap_on = false;
	p->on_tap = NULL;
	pair_close_side(p, A);
	p->side[B].on_frame = nobodys_frame;
	if (!hostile_open(&h, p->spec->hostile)) {
		fail(p, "cannot be hostile by \"%s\"", p->spec->hostile);
	} else {
		listen_to_b(s, &h);
		before = cases_life_counted(p);
		/* A stream that the port has broken off takes its time to begin anew. */
		for (unsigned i = 0; i < ATTACKS && cases_life_counted(p) < before + 100; i++) {
			attack(s, &h);
			pair_settle(p, 2);
		}
		if (cases_life_counted(p) < before + 100)
			fail(p, "only %llu of it reach side B's counters",
			     (unsigned long long)(cases_life_counted(p) - before));
	}
	hostile_close(&h);
	free(s);
	pair_close_side(p, B);
	return !p->why[0] && pair_open_side(p, B) && pair_open_side(p, A) && pair_links(p) &&
	       works(p);
}
