/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/core/shelf.h"

#include "tests/harness.h"

#include <stdlib.h>
#include <string.h>

static struct shelf_record *shelf_search(struct shelf_set *s, enum l2tp_keep what,
					 uint16_t tunnel_id, uint16_t call_id)
{
	for (unsigned i = 0; i < s->n; i++) {
		struct shelf_record *r = &s->rec[i];

		if (r->what == what && r->tunnel_id == tunnel_id && r->call_id == call_id)
			return r;
	}
	return NULL;
}

static void shelf_put(struct shelf_set *s, const struct l2tp_kept *k)
{
	struct shelf_record *r = shelf_search(s, k->what, k->tunnel_id, k->call_id);
	struct l2tp_tunnel_info i = {0};

	if (!r)
		r = &s->rec[s->n++];
	if (s->n == SHELF_RECORDS || k->len > sizeof(r->octets))
		abort();
	if (k->tunnel)
		l2tp_tunnel_info(k->tunnel, &i);
	*r = (struct shelf_record){.what = k->what,
				   .tunnel_id = k->tunnel_id,
				   .call_id = k->call_id,
				   .channel = i.channel,
				   .len = k->len};
	memcpy(r->octets, k->rec, k->len);
}

static void shelf_copy(struct shelf_set *to, const struct shelf_set *from)
{
	to->n = from->n;
	memcpy(to->rec, from->rec, from->n * sizeof(from->rec[0]));
}

unsigned shelf_count(const struct shelf *s, enum l2tp_keep what)
{
	unsigned n = 0;

	for (unsigned i = 0; i < s->valid.n; i++)
		n += s->valid.rec[i].what == what;
	return n;
}

void shelf_keep(struct shelf *s, const struct l2tp_kept *k)
{
	struct shelf_record *r;

	if (k->what == L2TP_KEEP_DONE) {
		shelf_copy(&s->valid, &s->open);
		s->done++;
		if (shelf_count(s, L2TP_KEEP_TUNNEL) > s->most_tunnels)
			s->most_tunnels = shelf_count(s, L2TP_KEEP_TUNNEL);
	} else if (k->len) {
		shelf_put(&s->open, k);
		s->kept++;
	} else {
		r = shelf_search(&s->open, k->what, k->tunnel_id, k->call_id);
		if (r)
			*r = s->open.rec[--s->open.n];
		s->deleted++;
	}
}

const struct shelf_record *shelf_find(const struct shelf *s, enum l2tp_keep what,
				      uint16_t tunnel_id, uint16_t call_id)
{
	return shelf_search((struct shelf_set *)&s->valid, what, tunnel_id, call_id);
}

size_t shelf_vector(const char *name, uint8_t *out, size_t cap)
{
	size_t len = 0, n = strlen(name);
	char *text = test_read_file("tests/vectors/engine-records-1.txt", &len);

	len = 0;
	for (char *save, *line = strtok_r(text, "\n", &save); line && !len;
	     line = strtok_r(NULL, "\n", &save))
		if (!strncmp(line, name, n) && line[n] == ' ')
			len = test_hex(out, cap, line + n);
	free(text);
	if (!len)
		abort();
	return len;
}

static void shelf_restore_calls(const struct shelf_set *life, struct l2tp_tunnel *t, uint16_t id,
				struct shelf_owner *o, uint64_t now)
{
	for (unsigned i = 0; i < life->n; i++) {
		const struct shelf_record *r = &life->rec[i];
		struct l2tp_call *c;

		if (r->what != L2TP_KEEP_CALL || r->tunnel_id != id)
			continue;
		c = l2tp_call_restore(t, r->octets, r->len, NULL, now);
		o->calls += c != NULL;
		if (c && o->call_back)
			o->call_back(o, c);
	}
}

static void shelf_restore_tunnels(const struct shelf_set *life, struct l2tp_engine *e,
				  struct shelf_owner *o, uint64_t now)
{
	for (unsigned i = 0; i < life->n; i++) {
		const struct shelf_record *r = &life->rec[i];
		struct l2tp_tunnel *t;

		if (r->what != L2TP_KEEP_TUNNEL)
			continue;
		t = l2tp_tunnel_restore(e, r->octets, r->len, r->channel, &o->who,
					o->tunnel_user ? o->tunnel_user(o) : NULL, now);
		o->tunnels += t != NULL;
		if (t)
			shelf_restore_calls(life, t, r->tunnel_id, o, now);
	}
}

void shelf_restore(struct shelf *s, struct l2tp_engine *e, struct shelf_owner *o, uint64_t now)
{
	struct shelf_set *life = malloc(sizeof(*life));

	if (!life)
		abort();
	shelf_copy(life, &s->valid);
	s->open.n = 0;
	for (unsigned i = 0; i < life->n; i++)
		if (life->rec[i].what == L2TP_KEEP_ENGINE)
			l2tp_engine_restore(e, life->rec[i].octets, life->rec[i].len);
	shelf_restore_tunnels(life, e, o, now);
	l2tp_engine_resume(e, now);
	free(life);
}
