/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The table of calls as control changes it, and the addresses by which a TUN finds them. */
#include "gw/dp/data.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static void data_drop_call(struct call *c)
{
	if (c->more)
		free((struct dp_bundle_link *)(uintptr_t)c->more->bundle.link);
	free(c->more);
	slab_give(c);
}

static void data_free_call(struct rcu_head *head)
{
	rcu_grace_over();
	data_drop_call(IST_CONTAINER_OF(head, struct call, rcu));
	rcu_deferred_done();
}

static void data_free_state(struct rcu_head *head)
{
	rcu_grace_over();
	worker_retire(IST_CONTAINER_OF(head, struct call_state, rcu));
	rcu_deferred_done();
}

/* Control has emptied the slot of its counters. */
static struct call_state *data_make_state(struct data *data, const struct door_call_set *set,
					  struct worker *home)
{
	struct call_state *st = slab_take(&data->states);
	const struct dp_call *c = &set->call;

	if (!st)
		return NULL;
	st->tid = c->tid;
	st->sid = c->sid;
	st->home = home;
	st->n = &data->door->call[set->slot];
	l2tp_data_init(&st->data, &c->data);
	if (c->bundle.mrru)
		st->bundle = bundle_new(&c->bundle);
	if (c->bundle.mrru && !st->bundle) {
		slab_give(st);
		return NULL;
	}
	return st;
}

static struct call_state *data_new_state(struct data *data, const struct door_call_set *set,
					 struct worker *home)
{
	struct call_state *st = data_make_state(data, set, home);

	if (st)
		data_left_take(data, st);
	return st;
}

/* --- addresses of calls: what the TUN looks up ------------------------------------------------ */

static uint32_t data_key_of(const struct call *c)
{
	return call_key(c->c.tid, c->c.sid);
}

static bool data_names_addresses(const struct call *c)
{
	return c && c->tun && c->c.mode == DP_TERMINAL;
}

/* Each address is taken away only while it is still this call's. */
static void data_remove_addresses(const struct call *c)
{
	struct data_tun *t = c->tun;
	uint32_t key = data_key_of(c), mine = key;

	if (!data_names_addresses(c))
		return;
	atomic_compare_exchange_strong(&t->client, &mine, 0);
	if (addrtab_get4(&t->addr, c->c.peer4) == key)
		addrtab_set4(&t->addr, c->c.peer4, 0);
	if (map_get(&t->addr.prefix6, addr6_prefix(c->c.peer6)) == key)
		map_set(&t->addr.prefix6, addr6_prefix(c->c.peer6), 0);
	if (map_get(&t->addr.link_local, c->c.peer_iid) == key)
		map_set(&t->addr.link_local, c->c.peer_iid, 0);
}

/* A client chooses its interface identifier itself. The first client with an identifier keeps it,
 * or a second one could receive its packets. */
static bool data_add_link_local(struct data_tun *t, uint64_t iid, uint32_t key)
{
	return map_get(&t->addr.link_local, iid) || map_set(&t->addr.link_local, iid, key);
}

static bool data_add_addresses(const struct call *c)
{
	struct data_tun *t = c->tun;
	uint32_t key = data_key_of(c);

	if (!data_names_addresses(c))
		return true;
	if (c->c.client) {
		atomic_store_explicit(&t->client, key, memory_order_relaxed);
		return true;
	}
	return (!c->c.ip4 || !c->c.peer4 || addrtab_set4(&t->addr, c->c.peer4, key)) &&
	       (!c->c.ip6 || !c->c.has_peer6 ||
		map_set(&t->addr.prefix6, addr6_prefix(c->c.peer6), key)) &&
	       (!c->c.ip6 || !c->c.peer_iid || data_add_link_local(t, c->c.peer_iid, key));
}

/* Frames of a line are found by its channel; of two lines on one channel the later has it. */
static bool data_add_line(struct data *data, const struct call *c)
{
	return !call_is_line(c) || map_set(&data->lines_at, c->c.channel, (uintptr_t)c);
}

static void data_remove_line(struct data *data, const struct call *c)
{
	if (call_is_line(c) && map_get(&data->lines_at, c->c.channel) == (uintptr_t)c)
		map_set(&data->lines_at, c->c.channel, 0);
}

/* The entry before goes, and its state with it unless the new entry has it.  Its channel leads
 * nowhere unless the new entry has that. */
static void data_put_away(struct data *data, struct call *old, const struct call *fresh)
{
	struct data_tun *t = old->tun;

	data_remove_line(data, old);
	if (t) {
		t->calls--;
		data_tun_release(data, t);
	}
	call_give_filters(old);
	if (!fresh || fresh->st != old->st)
		rcu_defer(&old->st->rcu, data_free_state);
	rcu_defer(&old->rcu, data_free_call);
}

/* c was not published. */
static void data_unmake_call(struct call *c, const struct call *old)
{
	call_give_filters(c);
	if (c->st && (!old || c->st != old->st)) {
		free(c->st->bundle);
		free(c->st->bucket);
		slab_give(c->st);
	}
	data_drop_call(c);
}

/* A bundle stays where it is, whichever of its links come and go.  NULL = the channel is gone. */
static struct worker *data_home_of(const struct data *data, const struct dp_call *c)
{
	if (c->bundle.mrru)
		return data->worker[c->sid % data->n];
	return data_port_is_open(data, c->channel) ? data->port[dp_channel_port(c->channel)].home
						   : NULL;
}

static bool data_state_serves(const struct call_state *st, const struct dp_call *c,
			      const struct worker *home)
{
	return st->home == home && !st->bundle == !c->bundle.mrru;
}

/* The state before writes there until no worker sees it any more. */
static bool data_slot_is_free(const struct data *data, const struct call_state *old,
			      const struct door_call_set *set)
{
	return !old || old->n != &data->door->call[set->slot];
}

/* The packets of a link come whole by its bundle. */
static bool data_is_limited(const struct dp_call *want)
{
	bool limited = false;

	for (unsigned i = 0; want->mode != DP_MEMBER && i < DP_RATES; i++)
		limited |= want->rate[i];
	return limited;
}

static struct call_what data_call_what(const struct dp_call *want)
{
	struct call_what c;

#define X(member) c.member = want->member;
	CALL_WHAT(X)
#undef X
	c.mode = (uint8_t)want->mode;
	memcpy(c.peer6, want->peer6, sizeof(c.peer6));
	return c;
}

struct dp_call data_call_said(const struct call *c)
{
	struct dp_call said = {.channel = 0};

#define X(member) said.member = c->c.member;
	CALL_WHAT(X)
#undef X
	said.mode = (enum dp_mode)c->c.mode;
	memcpy(said.peer6, c->c.peer6, sizeof(said.peer6));
	if (!c->more)
		return said;
	said.bundle = c->more->bundle;
	said.discard = c->more->discard;
	said.rate_burst = c->more->rate_burst;
	memcpy(said.rate, c->more->said, sizeof(said.rate));
	return said;
}

/* What few calls have is elsewhere. */
static bool data_wants_more(const struct dp_call *want)
{
	bool more = want->bundle.mrru || want->discard || want->rate_burst;

	for (unsigned i = 0; i < DP_RATES; i++)
		more |= want->rate[i];
	for (unsigned i = 0; i < DP_FILTERS; i++)
		more |= want->filter[i];
	return more;
}

/* False without memory. */
static bool data_add_more(struct call *c, const struct door_call_set *set)
{
	const struct dp_call *want = &set->call;
	struct dp_bundle_link *link = want->bundle.mrru ? malloc(sizeof(set->link)) : NULL;
	struct call_more *more = calloc(1, sizeof(*more));

	if (!more || (want->bundle.mrru && !link)) {
		free(more);
		free(link);
		return false;
	}
	more->bundle = want->bundle;
	more->bundle.link = link ? memcpy(link, set->link, sizeof(set->link)) : NULL;
	more->discard = want->discard;
	more->rate_burst = want->rate_burst;
	memcpy(more->said, want->rate, sizeof(more->said));
	c->more = more;
	c->limited = data_is_limited(want);
	for (unsigned i = 0; c->limited && i < DP_RATES; i++)
		more->rate[i] = rate_of(want->rate[i], want->rate_burst, want->mtu);
	return true;
}

/* more: there will be filters. */
static struct call *data_make_call(struct data *data, const struct door_call_set *set, bool more)
{
	const struct dp_call *want = &set->call;
	struct call *c = slab_take(&data->calls);

	if (!c)
		return NULL;
	c->c = data_call_what(want);
	c->bundle = want->bundle.mrru;
	c->marked = want->dscp || want->discard;
	if ((!more && !data_wants_more(want)) || data_add_more(c, set))
		return c;
	data_drop_call(c);
	return NULL;
}

/* The state of a call that is limited has buckets, since the first time it was; false without
 * memory. */
static bool data_has_buckets(struct call *c)
{
	if (c->st && c->limited && !c->st->bucket)
		c->st->bucket = calloc(DP_RATES, sizeof(*c->st->bucket));
	return c->st && (!c->limited || c->st->bucket);
}

static int data_set_call(struct data *data, const struct door_call_set *set)
{
	const struct dp_call *want = &set->call;
	struct call *old = calltab_get(&data->tab, want->tid, want->sid), *c;
	struct worker *home;
	int rc = 0;

	/* A bundle that is a member, of itself perhaps, would bring its frames to itself. */
	if (!want->sid || !set->slot || (want->bundle.mrru && want->mode == DP_MEMBER))
		return -EINVAL;
	home = data_home_of(data, want);
	if (!home)
		return -ENOENT;
	c = data_make_call(data, set, false);
	if (!c)
		return -ENOMEM;
	c->claimed = data->attach;
	c->version = ++data->version;
	c->tun = data_tun_get(data, want->tun);
	if ((want->tun && !c->tun) || !call_take_filters(data, c, want->filter)) {
		data_drop_call(c);
		return -EINVAL;
	}
	if (old && data_state_serves(old->st, want, home))
		c->st = old->st;
	else if (data_slot_is_free(data, old ? old->st : NULL, set))
		c->st = data_new_state(data, set, home);
	if (!data_has_buckets(c) || !calltab_set(&data->tab, want->tid, want->sid, c)) {
		data_unmake_call(c, old);
		return -ENOMEM;
	}
	if (c->tun)
		c->tun->calls++;
	if (old)
		data_remove_addresses(old);
	if (!data_add_addresses(c) || !data_add_line(data, c))
		rc = -ENOMEM;
	if (old)
		data_put_away(data, old, c);
	else if (rc)
		data_call_forget(data, want->tid, want->sid);
	return rc;
}

void data_call_set(struct data *data, const struct door_msg *m, struct door_msg *answer)
{
	answer->answer.rc = data_set_call(data, &m->call_set);
}

void data_call_forget(struct data *data, uint16_t tid, uint16_t sid)
{
	struct call *c = calltab_get(&data->tab, tid, sid);

	if (!c)
		return;
	calltab_set(&data->tab, tid, sid, NULL);
	data_remove_addresses(c);
	data_put_away(data, c, NULL);
	slab_tidy(&data->calls);
	slab_tidy(&data->states);
}

void data_call_del(struct data *data, const struct door_msg *m, struct door_msg *answer)
{
	(void)answer;
	data_call_forget(data, m->leg.tid, m->leg.sid);
}

/* --- handed over -------------------------------------------------------------------------------- */

unsigned data_call_owns(const struct data *data, const struct call *c)
{
	const struct data_tun *t = c->tun;
	uint32_t key = data_key_of(c);
	unsigned owns = 0;

	if (call_is_line(c) && map_get(&data->lines_at, c->c.channel) == (uintptr_t)c)
		owns = DATA_OWNS_LINE;
	if (!data_names_addresses(c))
		return owns;
	if (atomic_load(&t->client) == key)
		owns |= DATA_OWNS_CLIENT;
	if (addrtab_get4(&t->addr, c->c.peer4) == key)
		owns |= DATA_OWNS_PEER4;
	if (map_get(&t->addr.prefix6, addr6_prefix(c->c.peer6)) == key)
		owns |= DATA_OWNS_PREFIX6;
	if (map_get(&t->addr.link_local, c->c.peer_iid) == key)
		owns |= DATA_OWNS_IID;
	return owns;
}

static bool data_call_own(struct data *data, struct call *c, unsigned owns)
{
	struct data_tun *t = c->tun;
	uint32_t key = data_key_of(c);

	if (owns & DATA_OWNS_LINE && !map_set(&data->lines_at, c->c.channel, (uintptr_t)c))
		return false;
	if (!data_names_addresses(c))
		return true;
	if (owns & DATA_OWNS_CLIENT)
		atomic_store(&t->client, key);
	return (!(owns & DATA_OWNS_PEER4) || addrtab_set4(&t->addr, c->c.peer4, key)) &&
	       (!(owns & DATA_OWNS_PREFIX6) ||
		map_set(&t->addr.prefix6, addr6_prefix(c->c.peer6), key)) &&
	       (!(owns & DATA_OWNS_IID) || map_set(&t->addr.link_local, c->c.peer_iid, key));
}

static struct call *data_call_rebuild(struct data *data, const struct door_call_set *set,
				      bool filtered)
{
	const struct dp_call *want = &set->call;
	struct worker *home = data_home_of(data, want);
	struct data_tun *t = data_tun_get(data, want->tun);
	uint64_t heard = atomic_load(&data->tab.heard[want->tid]);
	struct call *c;

	if (!home || !set->slot || (want->tun && !t) ||
	    (want->bundle.mrru && want->mode == DP_MEMBER) ||
	    calltab_get(&data->tab, want->tid, want->sid))
		return NULL;
	c = data_make_call(data, set, filtered);
	if (!c)
		return NULL;
	c->tun = t;
	c->version = ++data->version;
	c->st = data_make_state(data, set, home);
	if (!data_has_buckets(c) || !calltab_set(&data->tab, want->tid, want->sid, c)) {
		data_unmake_call(c, NULL);
		return NULL;
	}
	calltab_heard(&data->tab, want->tid, heard); /* the first call of a tunnel has cleared it */
	return c;
}

bool data_call_restore(struct data *data, const struct door_call_set *set, uint64_t claimed,
		       struct filter *const filter[DP_FILTERS], unsigned owns)
{
	bool filtered = false;
	struct call *c;

	for (unsigned i = 0; i < DP_FILTERS; i++)
		filtered |= filter[i] != NULL;
	c = data_call_rebuild(data, set, filtered);
	if (!c)
		return false;
	c->claimed = claimed;
	if (c->tun)
		c->tun->calls++;
	for (unsigned i = 0; filtered && i < DP_FILTERS; i++)
		call_set_filter(c, i, data_filter_hold(filter[i]));
	return data_call_own(data, c, owns);
}

void data_call_go_on(void *ctx, struct call *c)
{
	struct call_state *st = c->st;
	const struct call_rare *rare = door_rare(st->home->data->door, call_slot_no(st));
	struct l2tp_data *d = &st->data;
	uint64_t numbers = count_get(&st->n->numbers);

	(void)ctx;
	d->ns = (uint16_t)numbers;
	d->nr = (uint16_t)(numbers >> 16);
	d->sending_seq = numbers & DOOR_SENDING_SEQ;
	d->seen_seq = numbers & DOOR_SEEN_SEQ;
	d->lost = rare ? count_get(&rare->seq_lost) : 0;
	d->late = rare ? count_get(&rare->seq_late) : 0;
	d->reordered = rare ? count_get(&rare->seq_reordered) : 0;
	st->punted = atomic_load(&call_slot(st)->returned);
	atomic_store(&st->taken, atomic_load(&call_slot(st)->posted));
	st->version = c->version;
}
