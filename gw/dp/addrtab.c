/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Three levels of pages for IPv4, each an array of 256 but for the top; all words are atomics, set
 * by the control thread and read by workers without more.  IPv6 goes by two maps, because a /64 per
 * client is sparse in any array.
 */
#include "gw/dp/addrtab.h"

#include "core/bytes.h"

#include <errno.h>
#include <stdlib.h>

#define TOP	   65536u
#define LINK_LOCAL 0xfe80000000000000u

struct leaf {
	_Atomic uint32_t key[256];
};
struct addrtab_page {
	_Atomic(struct leaf *) leaf[256];
};

int addrtab_init(struct addrtab *t)
{
	t->top = calloc(TOP, sizeof(*t->top)); /* untouched pages cost nothing */
	map_init(&t->prefix6, true);
	map_init(&t->link_local, true);
	return t->top ? 0 : -ENOMEM;
}

static void addrtab_free_page(struct addrtab_page *p)
{
	for (unsigned i = 0; p && i < 256; i++)
		free(atomic_load_explicit(&p->leaf[i], memory_order_relaxed));
	free(p);
}

void addrtab_free(struct addrtab *t)
{
	for (unsigned i = 0; t->top && i < TOP; i++)
		addrtab_free_page(atomic_load_explicit(&t->top[i], memory_order_relaxed));
	free(t->top);
	t->top = NULL;
	map_free(&t->prefix6);
	map_free(&t->link_local);
}

static struct leaf *addrtab_get_leaf(const struct addrtab *t, uint32_t addr)
{
	struct addrtab_page *p = atomic_load_explicit(&t->top[addr >> 16], memory_order_acquire);

	if (!p)
		return NULL;
	return atomic_load_explicit(&p->leaf[addr >> 8 & 255], memory_order_acquire);
}

static struct leaf *addrtab_make_leaf(struct addrtab *t, uint32_t addr)
{
	struct addrtab_page *p = atomic_load_explicit(&t->top[addr >> 16], memory_order_relaxed);
	struct leaf *l;

	if (!p) {
		p = calloc(1, sizeof(*p));
		if (!p)
			return NULL;
		atomic_store_explicit(&t->top[addr >> 16], p, memory_order_release);
	}
	l = calloc(1, sizeof(*l));
	if (l)
		atomic_store_explicit(&p->leaf[addr >> 8 & 255], l, memory_order_release);
	return l;
}

bool addrtab_set4(struct addrtab *t, uint32_t addr, uint32_t key)
{
	struct leaf *l = addrtab_get_leaf(t, addr);

	if (!l && !key)
		return true;
	if (!l)
		l = addrtab_make_leaf(t, addr);
	if (!l)
		return false;
	atomic_store_explicit(&l->key[addr & 255], key, memory_order_relaxed);
	return true;
}

uint32_t addrtab_get4(const struct addrtab *t, uint32_t addr)
{
	struct leaf *l = addrtab_get_leaf(t, addr);

	return l ? atomic_load_explicit(&l->key[addr & 255], memory_order_relaxed) : 0;
}

uint64_t addr6_prefix(const uint8_t addr[16])
{
	struct rd r = rd_init(addr, 8);

	return rd_u64(&r);
}

uint64_t addr6_iid(const uint8_t addr[16])
{
	struct rd r = rd_init(addr + 8, 8);

	return rd_u64(&r);
}

bool addr6_is_link_local(const uint8_t addr[16])
{
	return addr6_prefix(addr) ==
	       LINK_LOCAL; /* fe80::/64, as PPP forms it (RFC 5072 section 5) */
}

uint32_t addrtab_get6(const struct addrtab *t, const uint8_t addr[16])
{
	if (addr6_is_link_local(addr))
		return (uint32_t)map_get(&t->link_local, addr6_iid(addr));
	return (uint32_t)map_get(&t->prefix6, addr6_prefix(addr));
}
