/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The maps from the side that writes them.  Arrays are mapped into memory; the others are the
 * kernel's, by system calls.
 *
 * The program may be anywhere while the maps change.  So a slot that the index names is not written
 * to: other settings are another slot.  One that is named no more rests until no run of the program
 * can have it any more (grace_wait), and that is asked for once for all that rest, when slots are
 * wanted.  Until then what the program still counts there is the call's: the resting slots of a
 * call are a chain, and what they have counted is added to its slot when they are free again.
 *
 * The first slot of a call is that of its own number, if nothing rests there (xdp_maps.h); others
 * are in a list, or have never been used.
 *
 * So all that is known of a call is in the maps, and a table that is made of them goes on where the
 * one before it has ended, however that ended.  A call that is held back keeps its slot in the
 * upper half of its word of the index, which the program does not read.
 */
#include "config.h" /* first: GNU extensions */

#include "gw/dp/xdp/xdp.h"

#include <errno.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <linux/bpf.h>

#define US   1000u /* ns */
#define REST 8192u /* slots that rest, which are worth a wait: some 20 ms */

/* What is known of a session id, and of a slot. */
struct table_id {
	uint32_t resting; /* the first slot of its chain; 0 = none */
};
struct table_slot {
	uint32_t next; /* of the free ones, or of all that rest */
	uint32_t same; /* the next one of the same call that rests */
	uint16_t sid;  /* whose it was; 0 = of a call that has gone */
	bool taken;    /* by a call, or it rests */
};

struct xdp_table {
	int fd[XDP_FDS];
	_Atomic uint64_t *index;
	_Atomic uint64_t *near4; /* NULL: the program does not know it */
	struct xdp_call *call;
	const __u64 *heard, *passed;
	struct table_id *id;
	struct table_slot *slot;
	uint32_t free, resting; /* first slots; 0 = none */
	uint32_t rest;		/* how many do */
	uint32_t fresh;		/* from here on slots have never been used */
};

void xdp_close(int fd[XDP_FDS])
{
	for (unsigned i = 0; i < XDP_FDS; i++) {
		if (fd[i] >= 0)
			close(fd[i]);
		fd[i] = -1;
	}
}

const struct xdp_reason xdp_reasons[XDP_W_COUNT] = {
#define X(sym, key, words) [XDP_W_##sym] = {key, words},
	XDP_WHYS(X)
#undef X
};

/* --- the kernel's maps ------------------------------------------------------------------------ */

static int table_bpf(int command, union bpf_attr *attr)
{
	return syscall(SYS_bpf, command, attr, sizeof(*attr)) < 0 ? -errno : 0;
}

static int table_map(int command, int fd, const void *key, const void *value)
{
	union bpf_attr attr;

	memset(&attr, 0, sizeof(attr));
	attr.map_fd = (uint32_t)fd;
	attr.key = (uintptr_t)key;
	attr.value = (uintptr_t)value;
	return table_bpf(command, &attr);
}

/* The kernel waits until each run of a program has ended before it says that an inner map has been
 * replaced. */
static int table_wait_grace(struct xdp_table *t)
{
	uint32_t key = 0, nothing = (uint32_t)t->fd[XDP_FD_NOTHING];

	return table_map(BPF_MAP_UPDATE_ELEM, t->fd[XDP_FD_GRACE], &key, &nothing);
}

static int table_address(struct xdp_table *t, enum xdp_fd map, const void *addr, uint16_t sid)
{
	uint32_t value = sid;

	return table_map(BPF_MAP_UPDATE_ELEM, t->fd[map], addr, &value);
}

/* It may be another call's by now. */
static void table_address_gone(struct xdp_table *t, enum xdp_fd map, const void *addr, uint16_t sid)
{
	uint32_t has = 0;

	if (!table_map(BPF_MAP_LOOKUP_ELEM, t->fd[map], addr, &has) && has == sid)
		table_map(BPF_MAP_DELETE_ELEM, t->fd[map], addr, NULL);
}

static _Atomic uint64_t *table_near4(struct xdp_table *t, __be32 addr)
{
	const uint8_t *p = (const uint8_t *)&addr;
	uint32_t at = (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];

	return t->near4 ? &t->near4[at % XDP_NEAR4] : NULL;
}

static bool table_near4_has(uint64_t word, __be32 addr)
{
	return (uint16_t)word && word >> 32 == addr;
}

/* Its word, when that is nobody else's. */
static int table_address4(struct xdp_table *t, __be32 addr, uint16_t sid)
{
	_Atomic uint64_t *near = table_near4(t, addr);
	uint64_t word = near ? atomic_load(near) : 0;
	int err;

	if (near && (!(uint16_t)word || table_near4_has(word, addr))) {
		atomic_store(near, (uint64_t)addr << 32 | (word & XDP_MORE) | sid);
		return 0;
	}
	err = table_address(t, XDP_FD_ADDR4, &addr, sid);
	if (near && !err)
		atomic_fetch_or(near, XDP_MORE);
	return err;
}

static void table_address4_gone(struct xdp_table *t, __be32 addr, uint16_t sid)
{
	_Atomic uint64_t *near = table_near4(t, addr);
	uint64_t word = near ? atomic_load(near) : XDP_MORE;

	if (table_near4_has(word, addr) && (uint16_t)word == sid)
		atomic_store(near, word & XDP_MORE);
	if (word & XDP_MORE)
		table_address_gone(t, XDP_FD_ADDR4, &addr, sid);
}

void xdp_table_device_is(struct xdp_table *t, uint32_t ifindex, const uint8_t mac[6])
{
	struct xdp_device d = {.room = 0};

	if (!table_map(BPF_MAP_LOOKUP_ELEM, t->fd[XDP_FD_DEVICES], &ifindex, &d) &&
	    memcmp(d.mac, mac, sizeof(d.mac)))
		xdp_table_device(t, ifindex, mac);
}

bool xdp_table_has_device(const struct xdp_table *t, uint32_t ifindex)
{
	struct xdp_device d = {.room = 0};

	return !table_map(BPF_MAP_LOOKUP_ELEM, t->fd[XDP_FD_DEVICES], &ifindex, &d);
}

int xdp_table_device(struct xdp_table *t, uint32_t ifindex, const uint8_t mac[6])
{
	struct xdp_device d = {.room = 0};

	if (!mac)
		return table_map(BPF_MAP_DELETE_ELEM, t->fd[XDP_FD_DEVICES], &ifindex, NULL);
	memcpy(d.mac, mac, sizeof(d.mac));
	return table_map(BPF_MAP_UPDATE_ELEM, t->fd[XDP_FD_DEVICES], &ifindex, &d);
}

/* --- slots ------------------------------------------------------------------------------------ */

static uint64_t table_read(const __u64 *n)
{
	return __atomic_load_n(n, __ATOMIC_RELAXED);
}

static void table_sum(struct xdp_count *to, const struct xdp_call *c)
{
	uint64_t last = table_read(&c->last_rx) / US;

	to->rx_frames += table_read(&c->rx_frames);
	to->rx_octets += table_read(&c->rx_octets);
	to->tx_frames += table_read(&c->tx_frames);
	to->tx_octets += table_read(&c->tx_octets);
	to->spoofed += table_read(&c->spoofed);
	if (last > to->last_rx)
		to->last_rx = last;
}

/* The slot of a call, held back or not; 0 = it has none. */
static uint32_t table_slot_of(const struct xdp_table *t, uint16_t sid)
{
	uint64_t word = atomic_load(&t->index[sid]);
	uint32_t no = (uint32_t)word ? (uint32_t)word : (uint32_t)(word >> 32);

	return no < XDP_SLOTS ? no : 0;
}

/* The program may be counting there at the same time. */
static void table_add(struct xdp_call *to, const struct xdp_call *from)
{
	__atomic_fetch_add(&to->rx_frames, table_read(&from->rx_frames), __ATOMIC_RELAXED);
	__atomic_fetch_add(&to->rx_octets, table_read(&from->rx_octets), __ATOMIC_RELAXED);
	__atomic_fetch_add(&to->tx_frames, table_read(&from->tx_frames), __ATOMIC_RELAXED);
	__atomic_fetch_add(&to->tx_octets, table_read(&from->tx_octets), __ATOMIC_RELAXED);
	__atomic_fetch_add(&to->spoofed, table_read(&from->spoofed), __ATOMIC_RELAXED);
	if (table_read(&from->last_rx) > table_read(&to->last_rx))
		__atomic_store_n(&to->last_rx, table_read(&from->last_rx), __ATOMIC_RELAXED);
}

static void table_rest(struct xdp_table *t, uint32_t no, uint16_t sid)
{
	struct table_slot *s = &t->slot[no];

	s->sid = sid;
	s->same = t->id[sid].resting;
	t->id[sid].resting = no;
	s->next = t->resting;
	t->resting = no;
	t->rest++;
}

/* Slots of a number are found by it, and are in no list. */
static void table_free_slot(struct xdp_table *t, uint32_t no)
{
	t->call[no].sid = 0;
	t->slot[no].taken = false;
	if (no < XDP_IDS)
		return;
	t->slot[no].next = t->free;
	t->free = no;
}

/* All that rest are free now. */
static void table_settle(struct xdp_table *t)
{
	uint32_t no, next;

	if (!t->resting || table_wait_grace(t))
		return;
	for (no = t->resting; no; no = next) {
		struct table_slot *s = &t->slot[no];

		next = s->next;
		if (s->sid) {
			table_add(&t->call[table_slot_of(t, s->sid)], &t->call[no]);
			t->id[s->sid].resting = 0;
		}
		table_free_slot(t, no);
	}
	t->resting = t->rest = 0;
}

/* 0 = there is none. */
static uint32_t table_other_slot(struct xdp_table *t)
{
	uint32_t no;

	if (!t->free && t->fresh < XDP_SLOTS)
		return t->fresh++;
	if (!t->free)
		table_settle(t);
	no = t->free;
	if (no)
		t->free = t->slot[no].next;
	return no;
}

static uint32_t table_take_slot(struct xdp_table *t, uint16_t sid)
{
	uint32_t no;

	if (t->slot[sid].taken && t->rest >= REST)
		table_settle(t);
	no = t->slot[sid].taken ? table_other_slot(t) : sid;
	t->slot[no].taken = no;
	return no;
}

/* The call has gone: nobody asks what its slots count. */
static void table_forget(struct xdp_table *t, uint16_t sid)
{
	for (uint32_t no = t->id[sid].resting; no; no = t->slot[no].same)
		t->slot[no].sid = t->call[no].sid = 0;
	memset(&t->id[sid], 0, sizeof(t->id[sid]));
}

/* --- calls ------------------------------------------------------------------------------------ */

static bool table_has(const struct xdp_call *c, unsigned flag)
{
	return c && c->flags & flag;
}

static int table_addresses(struct xdp_table *t, uint16_t sid, const struct xdp_call *was,
			   const struct xdp_call *is)
{
	int err = 0;

	if (table_has(was, XDP_IP4) && (!table_has(is, XDP_IP4) || was->peer4 != is->peer4))
		table_address4_gone(t, was->peer4, sid);
	if (table_has(was, XDP_IP6) &&
	    (!table_has(is, XDP_IP6) || memcmp(was->peer6, is->peer6, sizeof(is->peer6))))
		table_address_gone(t, XDP_FD_ADDR6, was->peer6, sid);
	if (table_has(is, XDP_IP4))
		err = table_address4(t, is->peer4, sid);
	if (!err && table_has(is, XDP_IP6))
		err = table_address(t, XDP_FD_ADDR6, is->peer6, sid);
	return err;
}

static bool table_is_same(const struct xdp_call *a, const struct xdp_call *b)
{
	struct xdp_call is = *b;

	is.sid = a->sid;
	return !memcmp(a, &is, offsetof(struct xdp_call, rx_frames));
}

int xdp_table_set(struct xdp_table *t, uint16_t sid, const struct xdp_call *c)
{
	uint32_t old = table_slot_of(t, sid), no;
	struct xdp_call *to;
	int err;

	if (!sid)
		return -EINVAL;
	if (old && t->call[old].tid != c->tid)
		return -EEXIST;
	no = old && table_is_same(&t->call[old], c) ? old : table_take_slot(t, sid);
	if (!no) {
		xdp_table_del(t, sid, NULL);
		return -ENOSPC;
	}
	to = &t->call[no];
	if (no != old) {
		*to = *c;
		to->sid = sid;
		memset(&to->rx_frames, 0, sizeof(*to) - offsetof(struct xdp_call, rx_frames));
		to->plain = old ? table_read(&t->call[old].plain) : c->plain;
		to->sequenced = table_read(old ? &t->call[old].sequenced : &c->sequenced);
	}
	atomic_store(&t->index[sid], no);
	if (old && no != old)
		table_rest(t, old, sid);
	err = table_addresses(t, sid, old ? &t->call[old] : NULL, to);
	if (err)
		xdp_table_del(t, sid, NULL);
	return err;
}

void xdp_table_del(struct xdp_table *t, uint16_t sid, struct xdp_count *last)
{
	uint32_t old = table_slot_of(t, sid);

	if (last)
		memset(last, 0, sizeof(*last));
	if (!old)
		return;
	table_addresses(t, sid, &t->call[old], NULL);
	atomic_store(&t->index[sid], 0);
	table_rest(t, old, sid);
	if (last) {
		for (uint32_t no = t->id[sid].resting; no; no = t->slot[no].same)
			table_sum(last, &t->call[no]);
	}
	table_forget(t, sid);
}

void xdp_table_hold_back(struct xdp_table *t, uint16_t sid, bool on)
{
	uint64_t no = table_slot_of(t, sid);

	if (no)
		atomic_store(&t->index[sid], on ? no << 32 : no);
}

bool xdp_table_has(const struct xdp_table *t, uint16_t sid, uint16_t tid)
{
	const uint8_t wire[] = {(uint8_t)(tid >> 8), (uint8_t)tid};
	uint32_t no = table_slot_of(t, sid);

	return no && !memcmp(&t->call[no].tid, wire, sizeof(wire));
}

bool xdp_table_count(const struct xdp_table *t, uint16_t sid, struct xdp_count *out)
{
	uint32_t slot = table_slot_of(t, sid);

	memset(out, 0, sizeof(*out));
	if (!slot)
		return false;
	table_sum(out, &t->call[slot]);
	for (uint32_t no = t->id[sid].resting; no; no = t->slot[no].same)
		table_sum(out, &t->call[no]);
	return true;
}

bool xdp_table_sequenced(const struct xdp_table *t, uint16_t sid)
{
	return table_read(&t->call[table_slot_of(t, sid)].sequenced);
}

uint64_t xdp_table_heard(const struct xdp_table *t, uint16_t tid)
{
	return table_read(&t->heard[tid]) / US;
}

uint64_t xdp_table_passed(const struct xdp_table *t, enum xdp_why why)
{
	return table_read(&t->passed[why]);
}

/* --- birth and death -------------------------------------------------------------------------- */

static void *table_mapped(int fd, size_t len, int protection)
{
	void *p = mmap(NULL, len, protection, MAP_SHARED, fd, 0);

	return p == MAP_FAILED ? NULL : p;
}

#define INDEX_OCTETS  ((size_t)XDP_IDS * sizeof(uint64_t))
#define NEAR4_OCTETS  ((size_t)XDP_NEAR4 * sizeof(uint64_t))
#define CALLS_OCTETS  ((size_t)XDP_SLOTS * sizeof(struct xdp_call))
#define HEARD_OCTETS  ((size_t)XDP_IDS * sizeof(uint64_t))
#define PASSED_OCTETS (XDP_W_COUNT * sizeof(uint64_t))

/* A slot of the table before this one: a call's, or what a call has counted before its settings
 * were changed, or nobody's. */
static void table_take_over(struct xdp_table *t, uint32_t no)
{
	struct xdp_call *c = &t->call[no];
	uint32_t owner = table_slot_of(t, c->sid);

	t->slot[no].taken = c->sid && owner == no;
	if (t->slot[no].taken)
		return;
	if (c->sid && owner && t->call[owner].tid == c->tid)
		table_add(&t->call[owner], c);
	table_free_slot(t, no);
}

/* False: these words are no table's. */
static bool table_take_over_all(struct xdp_table *t)
{
	uint32_t last = XDP_SLOTS - 1;

	for (uint32_t sid = 1; sid < XDP_IDS; sid++) {
		uint32_t no = table_slot_of(t, (uint16_t)sid);

		if (!no || t->call[no].sid != sid)
			atomic_store(&t->index[sid], 0);
	}
	if (table_wait_grace(t))
		return false;
	while (last >= XDP_IDS && !t->call[last].sid)
		last--;
	t->fresh = last + 1;
	for (uint32_t no = last; no; no--)
		table_take_over(t, no);
	return true;
}

struct xdp_table *xdp_table_new(const int fd[XDP_FDS])
{
	struct xdp_table *t = calloc(1, sizeof(*t));

	if (!t)
		return NULL;
	memcpy(t->fd, fd, sizeof(t->fd));
	t->id = calloc(XDP_IDS, sizeof(*t->id));
	t->slot = calloc(XDP_SLOTS, sizeof(*t->slot));
	t->index = table_mapped(fd[XDP_FD_INDEX], INDEX_OCTETS, PROT_READ | PROT_WRITE);
	t->call = table_mapped(fd[XDP_FD_CALLS], CALLS_OCTETS, PROT_READ | PROT_WRITE);
	if (fd[XDP_FD_NEAR4] >= 0)
		t->near4 = table_mapped(fd[XDP_FD_NEAR4], NEAR4_OCTETS, PROT_READ | PROT_WRITE);
	t->heard = table_mapped(fd[XDP_FD_HEARD], HEARD_OCTETS, PROT_READ);
	t->passed = table_mapped(fd[XDP_FD_PASSED], PASSED_OCTETS, PROT_READ);
	if (t->id && t->slot && (t->near4 || fd[XDP_FD_NEAR4] < 0) && t->index && t->call &&
	    t->heard && t->passed && table_take_over_all(t))
		return t;
	xdp_table_free(t);
	return NULL;
}

void xdp_table_free(struct xdp_table *t)
{
	if (!t)
		return;
	if (t->index)
		munmap((void *)t->index, INDEX_OCTETS);
	if (t->near4)
		munmap((void *)t->near4, NEAR4_OCTETS);
	if (t->call)
		munmap(t->call, CALLS_OCTETS);
	if (t->heard)
		munmap((void *)t->heard, HEARD_OCTETS);
	if (t->passed)
		munmap((void *)t->passed, PASSED_OCTETS);
	free(t->id);
	free(t->slot);
	free(t);
}
