/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The table of calls as messages change it, in a data side without workers that run: what a message
 * must not say, and which of several calls an address or a channel leads to.
 */
#include "gw/dp/image.h"
#include "tests/gw/dp/door_samples.h"
#include "tests/gw/dp/fake.h"
#include "tests/harness.h"
#include "tests/heap.h"

#include <errno.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/types.h>

#include <pcap/bpf.h> /* last: it needs the types of sys/types.h */

#define CHANNEL(n) ((uint64_t)1 << 32 | (n)) /* of port 0 */
#define TUN	   7u
#define IID	   UINT64_C(0x0200000000000001)

static struct {
	struct door *door;
	struct data *data;
	struct data_tun *tun;
} at;

static void data_call_begin(void)
{
	static uint8_t octets[256];
	struct door_msg port = {
		.kind = DOOR_PORT_OPEN,
		.port_open = {.transport = fake_frozen.name,
			      .cfg = {.size = sizeof(port.port_open.cfg), .name = "p"}}};
	const struct image_tun tun = {.no = TUN, .name = "tun0", .asked = "tun%d", .opened = true};
	size_t n = door_msg_encode(&port, octets, sizeof(octets));

	at.door = door_new(1);
	CU_ASSERT_PTR_NOT_NULL_FATAL(at.door);
	at.data = data_make(at.door, false);
	CU_ASSERT_PTR_NOT_NULL_FATAL(at.data);
	at.data->aside = true;
	CU_ASSERT_TRUE_FATAL(data_know(at.data, &fake_frozen));
	CU_ASSERT_TRUE_FATAL(
		data_port_restore(at.data, octets + DOOR_MSG_HEAD, n - DOOR_MSG_HEAD, 0));
	at.tun = data_tun_restore(at.data, &tun, eventfd(0, EFD_CLOEXEC));
	CU_ASSERT_PTR_NOT_NULL_FATAL(at.tun);
}

static void data_call_end(void)
{
	data_free(at.data);
	door_free(at.door);
}

/* An entry that is behind the device, with all that it can be found by. */
static struct door_call_set data_call_entry(uint16_t sid)
{
	return (struct door_call_set){.slot = sid,
				      .call = {.tid = 2,
					       .sid = sid,
					       .channel = CHANNEL(1),
					       .mode = DP_TERMINAL,
					       .mtu = 1400,
					       .tun = TUN,
					       .ip4 = true,
					       .ip6 = true,
					       .peer4 = 0x0a400002,
					       .has_peer6 = true,
					       .peer6 = {0x20, 1, 0x0d, 0xb8},
					       .peer_iid = IID}};
}

static int data_call_asks(const struct door_call_set *set)
{
	const struct door_msg m = {.kind = DOOR_CALL_SET, .call_set = *set};
	struct door_msg answer = {0};

	data_call_set(at.data, &m, &answer);
	return answer.answer.rc;
}

static struct call *data_call_of(uint16_t tid, uint16_t sid)
{
	return calltab_get(&at.data->tab, tid, sid);
}

static struct call *data_call_made(const struct door_call_set *set)
{
	CU_ASSERT_EQUAL(data_call_asks(set), 0);
	CU_ASSERT_PTR_NOT_NULL_FATAL(data_call_of(set->call.tid, set->call.sid));
	return data_call_of(set->call.tid, set->call.sid);
}

/* The key of the call that each of them leads to; 0 = none. */
static void leads_to(uint32_t address, uint32_t prefix, uint32_t iid)
{
	const struct door_call_set e = data_call_entry(1);

	CU_ASSERT_EQUAL(addrtab_get4(&at.tun->addr, e.call.peer4), address);
	CU_ASSERT_EQUAL(map_get(&at.tun->addr.prefix6, addr6_prefix(e.call.peer6)), prefix);
	CU_ASSERT_EQUAL(map_get(&at.tun->addr.link_local, IID), iid);
}

/* --- what cannot be ---------------------------------------------------------------------------- */

/* Nothing has changed then. */
static void entries_that_cannot_be(void)
{
	struct door_call_set e = data_call_entry(3), bad;
	const struct call *c;

	data_call_begin();
	c = data_call_made(&e);
	for (unsigned i = 0; i < 6; i++) {
		static const int rcs[] = {-EINVAL, -EINVAL, -EINVAL, -ENOENT, -EINVAL, -EINVAL};

		bad = e;
		if (i == 0)
			bad.call.sid = 0;
		else if (i == 1)
			bad.slot = 0;
		else if (i == 2) /* it would bring its frames to itself */
			bad.call.bundle.mrru = 1500, bad.call.mode = DP_MEMBER;
		else if (i == 3)
			bad.call.channel = (uint64_t)2 << 32 | 1;
		else if (i == 4)
			bad.call.tun = TUN + 1;
		else
			bad.call.filter[DP_FILTER_PPP_OUT] = 5;
		CU_ASSERT_EQUAL(data_call_asks(&bad), rcs[i]);
		CU_ASSERT_PTR_EQUAL(data_call_of(2, 3), c);
		CU_ASSERT_EQUAL(at.tun->calls, 1);
	}
	CU_ASSERT_PTR_NULL(data_call_of(2, 0));
	data_call_end();
}

/* --- addresses --------------------------------------------------------------------------------- */

/* The later call has address and prefix; the identifier stays the first one's, which has chosen it
 * first.  Each goes with the call that has it, and with no other. */
static void two_calls_with_one_address(void)
{
	const struct door_call_set a = data_call_entry(3), b = data_call_entry(4);
	const uint32_t first = call_key(2, 3), second = call_key(2, 4);
	const struct call *c, *d;

	data_call_begin();
	c = data_call_made(&a);
	leads_to(first, first, first);
	CU_ASSERT_EQUAL(data_call_owns(at.data, c),
			DATA_OWNS_PEER4 | DATA_OWNS_PREFIX6 | DATA_OWNS_IID);
	d = data_call_made(&b);
	leads_to(second, second, first);
	CU_ASSERT_EQUAL(data_call_owns(at.data, c), DATA_OWNS_IID);
	CU_ASSERT_EQUAL(data_call_owns(at.data, d), DATA_OWNS_PEER4 | DATA_OWNS_PREFIX6);
	data_call_forget(at.data, 2, 3);
	leads_to(second, second, 0);
	CU_ASSERT_EQUAL(at.tun->calls, 1);
	data_call_forget(at.data, 2, 3);
	CU_ASSERT_EQUAL(at.tun->calls, 1);
	data_call_forget(at.data, 2, 4);
	leads_to(0, 0, 0);
	CU_ASSERT_EQUAL(at.tun->calls, 0);
	data_call_end();
}

/* Only while its network protocol is open, and PPP ends here. */
static void a_call_without_addresses(void)
{
	const struct door_call_set e = data_call_entry(3);
	const uint32_t key = call_key(2, 3);
	struct door_call_set x;

	data_call_begin();
	for (unsigned i = 0; i < 7; i++) {
		data_call_made(&e);
		leads_to(key, key, key);
		x = e;
		if (i == 0)
			x.call.mode = DP_PUNT;
		else if (i == 1)
			x.call.tun = 0;
		else if (i == 2)
			x.call.ip4 = false;
		else if (i == 3)
			x.call.ip6 = false;
		else if (i == 4)
			x.call.has_peer6 = false;
		else if (i == 5)
			x.call.peer_iid = 0;
		else
			x.call.peer4 = 0;
		data_call_made(&x);
		leads_to(i == 0 || i == 1 || i == 2 || i == 6 ? 0 : key,
			 i == 0 || i == 1 || i == 3 || i == 4 ? 0 : key,
			 i == 0 || i == 1 || i == 3 || i == 5 ? 0 : key);
		CU_ASSERT_EQUAL(addrtab_get4(&at.tun->addr, 0), 0);
		CU_ASSERT_EQUAL(at.tun->calls, i != 1);
	}
	data_call_end();
}

/* A client gets all there is, and no address of its own is looked for. */
static void a_client_has_the_device(void)
{
	struct door_call_set e = data_call_entry(3), other = data_call_entry(4);
	const struct call *c;

	e.call.client = other.call.client = true;
	data_call_begin();
	c = data_call_made(&e);
	CU_ASSERT_EQUAL(atomic_load(&at.tun->client), call_key(2, 3));
	CU_ASSERT_EQUAL(data_call_owns(at.data, c), DATA_OWNS_CLIENT);
	leads_to(0, 0, 0);
	data_call_made(&other);
	CU_ASSERT_EQUAL(data_call_owns(at.data, c), 0);
	data_call_forget(at.data, 2, 3);
	CU_ASSERT_EQUAL(atomic_load(&at.tun->client), call_key(2, 4));
	data_call_forget(at.data, 2, 4);
	CU_ASSERT_EQUAL(atomic_load(&at.tun->client), 0);
	data_call_end();
}

/* It stays as long as a call names it. */
static void a_device_goes_with_its_last_call(void)
{
	const struct door_call_set a = data_call_entry(3), b = data_call_entry(4);

	data_call_begin();
	data_call_made(&a);
	data_call_made(&b);
	data_tun_forget(at.data, at.tun);
	data_call_forget(at.data, 2, 3);
	CU_ASSERT_PTR_EQUAL(data_tun_get(at.data, TUN), at.tun);
	data_call_forget(at.data, 2, 4);
	CU_ASSERT_PTR_NULL(data_tun_get(at.data, TUN));
	data_call_end();
}

/* --- lines ------------------------------------------------------------------------------------- */

static struct door_call_set data_call_line(uint16_t sid, unsigned channel)
{
	return (struct door_call_set){
		.slot = sid,
		.call = {.sid = sid, .channel = CHANNEL(channel), .mode = DP_PUNT, .mtu = 1400}};
}

static const struct call *data_call_line_on(unsigned channel)
{
	return (const struct call *)map_get(&at.data->lines_at, CHANNEL(channel));
}

/* Of two on one channel the later has it. */
static void lines_are_found_by_their_channel(void)
{
	struct door_call_set a = data_call_line(3, 1), b = data_call_line(4, 1);
	const struct door_call_set call = data_call_entry(5);
	const struct call *c, *d;

	data_call_begin();
	data_call_made(&call); /* which is no line */
	CU_ASSERT_PTR_NULL(data_call_line_on(1));
	c = data_call_made(&a);
	CU_ASSERT_PTR_EQUAL(data_call_line_on(1), c);
	CU_ASSERT_EQUAL(data_call_owns(at.data, c), DATA_OWNS_LINE);
	d = data_call_made(&b);
	CU_ASSERT_PTR_EQUAL(data_call_line_on(1), d);
	CU_ASSERT_EQUAL(data_call_owns(at.data, c), 0);
	data_call_forget(at.data, 0, 3);
	CU_ASSERT_PTR_EQUAL(data_call_line_on(1), d);
	b.call.channel = CHANNEL(2);
	d = data_call_made(&b);
	CU_ASSERT_PTR_NULL(data_call_line_on(1));
	CU_ASSERT_PTR_EQUAL(data_call_line_on(2), d);
	d = data_call_made(&b); /* the same once more is another entry */
	CU_ASSERT_PTR_EQUAL(data_call_line_on(2), d);
	data_call_forget(at.data, 0, 4);
	CU_ASSERT_PTR_NULL(data_call_line_on(2));
	data_call_end();
}

/* What becomes a bundle is no line any more; its channel leads nowhere. */
static void a_line_may_become_a_bundle(void)
{
	struct door_call_set e = data_call_line(3, 1);
	const struct call *c;

	data_call_begin();
	c = data_call_made(&e);
	CU_ASSERT_PTR_EQUAL(data_call_line_on(1), c);
	e.slot = 9;
	e.call.bundle.mrru = 1500;
	data_call_made(&e);
	CU_ASSERT_PTR_NULL(data_call_line_on(1));
	e.slot = 3;
	e.call.bundle.mrru = 0;
	c = data_call_made(&e);
	CU_ASSERT_PTR_EQUAL(data_call_line_on(1), c);
	data_call_end();
}

/* Its addresses find no memory: the entry is there, and the one before is nowhere. */
static void a_line_that_changes_without_memory(void)
{
	bool refused = true;

	for (unsigned skip = 0; refused; skip++) {
		struct door_call_set e = data_call_line(3, 1);
		const struct call *c, *on;

		CU_ASSERT_FATAL(skip < 50);
		e.call.mode = DP_TERMINAL;
		e.call.tun = TUN;
		e.call.ip4 = true;
		e.call.peer4 = 0x0a400002;
		data_call_begin();
		data_call_made(&e);
		e.call.peer4 = 0x0a400102; /* in another leaf of the table */
		heap_refuse(skip);
		data_call_asks(&e);
		refused = heap_refused();
		c = data_call_of(0, 3);
		on = data_call_line_on(1);
		CU_ASSERT_PTR_NOT_NULL(c);
		CU_ASSERT(!on || on == c);
		data_call_end();
	}
}

/* --- what a call has --------------------------------------------------------------------------- */

/* A change keeps numbers and counters; what becomes a bundle has others, in another slot, since the
 * workers write to the one before. */
static void a_change_keeps_the_state(void)
{
	struct door_call_set e = data_call_entry(3);
	const struct call_state *st;

	data_call_begin();
	at.data->attach = 77;
	st = data_call_made(&e)->st;
	CU_ASSERT_EQUAL(data_call_of(2, 3)->claimed, 77); /* by the control that is there */
	CU_ASSERT_PTR_EQUAL(st->n, &at.door->call[3]);
	CU_ASSERT(st->tid == 2 && st->sid == 3);
	e.call.mtu = 1000;
	CU_ASSERT_PTR_EQUAL(data_call_made(&e)->st, st);
	CU_ASSERT_EQUAL(data_call_of(2, 3)->c.mtu, 1000);
	e.call.bundle.mrru = 1500;
	CU_ASSERT_EQUAL(data_call_asks(&e), -ENOMEM);
	CU_ASSERT_PTR_EQUAL(data_call_of(2, 3)->st, st);
	e.slot = 9;
	CU_ASSERT_PTR_NOT_EQUAL(data_call_made(&e)->st, st);
	CU_ASSERT_PTR_NOT_NULL(data_call_of(2, 3)->st->bundle);
	CU_ASSERT_PTR_EQUAL(data_call_of(2, 3)->st->n, &at.door->call[9]);
	CU_ASSERT_TRUE(data_call_of(2, 3)->bundle);
	data_call_end();
}

/* All of it is there to be handed over but the numbers of filters, and nothing rare of most. */
static void what_control_has_said(void)
{
	struct door_call_set e = data_call_entry(3);
	struct door_msg m = {.kind = DOOR_CALL_SET}, again = {.kind = DOOR_CALL_SET};
	uint8_t was[4096], now[4096];
	struct dp_call said;
	size_t n;

	data_call_begin();
	CU_ASSERT_PTR_NULL(data_call_made(&e)->more);
	door_sample(&m, DOOR_CALL_SET);
	m.call_set.call.mode = DP_TERMINAL;
	m.call_set.call.tun = TUN;
	m.call_set.call.watched = true;
	memset(m.call_set.call.filter, 0, sizeof(m.call_set.call.filter));
	said = data_call_said(data_call_made(&m.call_set));
	again.no = m.no;
	again.call_set = door_call_set_of(&said, m.call_set.slot);
	n = door_msg_encode(&m, was, sizeof(was));
	CU_ASSERT_FATAL(n > 100 && door_msg_encode(&again, now, sizeof(now)) == n);
	CU_ASSERT_EQUAL(memcmp(was, now, n), 0);
	data_call_end();
}

/* A rate is of its direction; packets of a link come whole by its bundle, which has the rate. */
static void what_a_call_is_limited_by(void)
{
	struct door_call_set e = data_call_entry(3);

	data_call_begin();
	CU_ASSERT_FALSE(data_call_made(&e)->limited);
	for (unsigned i = 0; i < DP_RATES; i++) {
		e.call.rate[i] = 64000;
		CU_ASSERT_TRUE(data_call_made(&e)->limited);
		e.call.rate[i] = 0;
	}
	e.call.rate[0] = 64000;
	e.call.mode = DP_MEMBER;
	e.call.to_sid = 99;
	CU_ASSERT_FALSE(data_call_made(&e)->limited);
	CU_ASSERT_FALSE(data_call_of(2, 3)->marked);
	e.call.dscp = 46;
	CU_ASSERT_TRUE(data_call_made(&e)->marked);
	e.call.dscp = 0;
	e.call.discard = 1;
	CU_ASSERT_TRUE(data_call_made(&e)->marked);
	data_call_end();
}

/* --- handed over ------------------------------------------------------------------------------- */

static struct filter *const no_filter[DP_FILTERS];

/* It has what it owned, whatever it says besides; an entry that is there is not taken. */
static void what_a_call_had_is_its_own(void)
{
	const uint32_t key = call_key(2, 3);

	/* each by itself, then all together */
	for (unsigned i = 0, owns; i < 6; i++) {
		const struct door_call_set e = data_call_entry(3), line = data_call_line(4, 1);

		owns = i < 5 ? 1u << i : DATA_OWNS_ALL;
		data_call_begin();
		CU_ASSERT_TRUE(data_call_restore(at.data, &e, 5, no_filter,
						 owns & ~(unsigned)DATA_OWNS_LINE));
		leads_to(owns & DATA_OWNS_PEER4 ? key : 0, owns & DATA_OWNS_PREFIX6 ? key : 0,
			 owns & DATA_OWNS_IID ? key : 0);
		CU_ASSERT_EQUAL(atomic_load(&at.tun->client), owns & DATA_OWNS_CLIENT ? key : 0);
		CU_ASSERT_EQUAL(at.tun->calls, 1);
		CU_ASSERT_EQUAL(data_call_of(2, 3)->claimed, 5);
		CU_ASSERT_FALSE(data_call_restore(at.data, &e, 5, no_filter, owns));
		CU_ASSERT_EQUAL(at.tun->calls, 1);
		CU_ASSERT_TRUE(
			data_call_restore(at.data, &line, 5, no_filter, owns & DATA_OWNS_LINE));
		CU_ASSERT_PTR_EQUAL(data_call_line_on(1),
				    owns & DATA_OWNS_LINE ? data_call_of(0, 4) : NULL);
		data_call_end();
	}
}

/* Each of its filters at its place, held once more than by who gives it. */
static void a_call_is_restored_with_its_filters(void)
{
	static const struct bpf_insn all[] = {{0x06, 0, 0, 1}};
	const struct door_call_set e = data_call_entry(3);
	struct filter *f[DP_FILTERS];

	data_call_begin();
	for (unsigned i = 0; i < DP_FILTERS; i++) {
		const struct door_filter from = {i + 1, all, 1};

		f[i] = data_filter_restore(at.data, &from, false);
		CU_ASSERT_PTR_NOT_NULL_FATAL(f[i]);
	}
	CU_ASSERT_TRUE(data_call_restore(at.data, &e, 0, f, 0));
	for (unsigned i = 0; i < DP_FILTERS; i++) {
		CU_ASSERT_PTR_EQUAL(call_filter(data_call_of(2, 3), i), f[i]);
		data_filter_release(f[i]);
	}
	CU_ASSERT_EQUAL(data_call_of(2, 3)->filters, (1u << DP_FILTERS) - 1);
	data_call_end();
}

static void what_cannot_be_restored(void)
{
	struct door_call_set e;

	data_call_begin();
	for (unsigned i = 0; i < 4; i++) {
		e = data_call_entry(3);
		if (i == 0)
			e.slot = 0;
		else if (i == 1)
			e.call.tun = TUN + 1;
		else if (i == 2)
			e.call.channel = (uint64_t)2 << 32 | 1;
		else
			e.call.bundle.mrru = 1500, e.call.mode = DP_MEMBER;
		CU_ASSERT_FALSE(data_call_restore(at.data, &e, 0, no_filter, 0));
		CU_ASSERT_PTR_NULL(data_call_of(2, 3));
	}
	e = data_call_entry(3);
	calltab_heard(&at.data->tab, 2, 1234);
	CU_ASSERT_TRUE(data_call_restore(at.data, &e, 0, no_filter, 0));
	CU_ASSERT_EQUAL(atomic_load(&at.data->tab.heard[2]), 1234);
	data_call_end();
}

/* RFC 2661 5.4: Ns and Nr go on where the slot says that they are. */
static void numbers_go_on_from_the_slot(void)
{
	const struct door_call_set e = data_call_entry(3);
	struct call_counters *n;
	struct call_rare *rare;
	struct call *c;

	data_call_begin();
	c = data_call_made(&e);
	n = c->st->n;
	rare = call_rare(c->st);
	for (unsigned i = 0; i < 4; i++) {
		atomic_store(&n->numbers, UINT64_C(0x56781234) | (i & 1 ? DOOR_SENDING_SEQ : 0) |
						  (i & 2 ? DOOR_SEEN_SEQ : 0));
		atomic_store(&rare->seq_lost, 11);
		atomic_store(&rare->seq_late, 12);
		atomic_store(&rare->seq_reordered, 13);
		atomic_store(&call_slot(c->st)->returned, 14);
		atomic_store(&call_slot(c->st)->posted, 15);
		data_call_go_on(NULL, c);
		CU_ASSERT(c->st->data.ns == 0x1234 && c->st->data.nr == 0x5678);
		CU_ASSERT_EQUAL(c->st->data.sending_seq, i & 1);
		CU_ASSERT_EQUAL(c->st->data.seen_seq, i >> 1);
		CU_ASSERT(c->st->data.lost == 11 && c->st->data.late == 12);
		CU_ASSERT(c->st->data.reordered == 13 && c->st->punted == 14);
		CU_ASSERT_EQUAL(atomic_load(&c->st->taken), 15);
	}
	data_call_end();
}

static const struct test_case cases[] = {
	{"entries_that_cannot_be", entries_that_cannot_be},
	{"two_calls_with_one_address", two_calls_with_one_address},
	{"a_call_without_addresses", a_call_without_addresses},
	{"a_client_has_the_device", a_client_has_the_device},
	{"a_device_goes_with_its_last_call", a_device_goes_with_its_last_call},
	{"lines_are_found_by_their_channel", lines_are_found_by_their_channel},
	{"a_line_may_become_a_bundle", a_line_may_become_a_bundle},
	{"a_line_that_changes_without_memory", a_line_that_changes_without_memory},
	{"a_change_keeps_the_state", a_change_keeps_the_state},
	{"what_control_has_said", what_control_has_said},
	{"what_a_call_is_limited_by", what_a_call_is_limited_by},
	{"what_a_call_had_is_its_own", what_a_call_had_is_its_own},
	{"a_call_is_restored_with_its_filters", a_call_is_restored_with_its_filters},
	{"what_cannot_be_restored", what_cannot_be_restored},
	{"numbers_go_on_from_the_slot", numbers_go_on_from_the_slot},
	{NULL, NULL},
};
const struct test_suite suite_data_call = {"data_call", cases};
