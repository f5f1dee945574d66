/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "gw/aaa/addrpool.h"
#include "tests/harness.h"
#include "tests/heap.h"

#include <stdio.h>
#include <string.h>

#define IP(a, b, c, d) ((uint32_t)(a) << 24 | (b) << 16 | (c) << 8 | (d))

static const struct cfg_prefix small = {.bits = 29, .addr = {[12] = 10, 64, 0, 0}};
static const struct cfg_prefix v6_62 = {
	.v6 = true, .bits = 62, .addr = {0x20, 1, 0x0d, 0xb8, 0, 0x64}};

static void first_and_last_are_not_hosts(void)
{
	struct addrpool *p = addrpool_new("p", &small, 1);
	unsigned i;

	for (i = 1; i <= 6; i++)
		CU_ASSERT_EQUAL(addrpool_take4(p), IP(10, 64, 0, i));
	CU_ASSERT_EQUAL(addrpool_take4(p), 0);
	addrpool_free(p);
}

static void host_route_and_pair_are_whole(void)
{
	static const struct cfg_prefix r[2] = {{.bits = 32, .addr = {[12] = 10, 0, 0, 9}},
					       {.bits = 31, .addr = {[12] = 10, 0, 0, 20}}};
	struct addrpool *p = addrpool_new("p", r, 2);

	CU_ASSERT_EQUAL(addrpool_take4(p), IP(10, 0, 0, 9));
	CU_ASSERT_EQUAL(addrpool_take4(p), IP(10, 0, 0, 20));
	CU_ASSERT_EQUAL(addrpool_take4(p), IP(10, 0, 0, 21));
	CU_ASSERT_EQUAL(addrpool_take4(p), 0);
	addrpool_free(p);
}

static void fresh_before_used_oldest_free_first(void)
{
	struct addrpool *p = addrpool_new("p", &small, 1);
	unsigned i;

	for (i = 1; i <= 4; i++)
		addrpool_take4(p);
	addrpool_give4(p, IP(10, 64, 0, 3));
	addrpool_give4(p, IP(10, 64, 0, 1));
	CU_ASSERT_EQUAL(addrpool_take4(p), IP(10, 64, 0, 5));
	CU_ASSERT_EQUAL(addrpool_take4(p), IP(10, 64, 0, 6));
	CU_ASSERT_EQUAL(addrpool_take4(p), IP(10, 64, 0, 3));
	CU_ASSERT_EQUAL(addrpool_take4(p), IP(10, 64, 0, 1));
	CU_ASSERT_EQUAL(addrpool_take4(p), 0);
	addrpool_free(p);
}

static void given_back_twice_or_never_taken_is_harmless(void)
{
	struct addrpool *p = addrpool_new("p", &small, 1);
	struct addrpool_stats s;
	unsigned i, n = 0;

	addrpool_give4(p, IP(10, 64, 0, 2));
	addrpool_give4(p, IP(192, 0, 2, 1));
	CU_ASSERT_EQUAL(addrpool_take4(p), IP(10, 64, 0, 1));
	addrpool_give4(p, IP(10, 64, 0, 1));
	addrpool_give4(p, IP(10, 64, 0, 1));
	addrpool_stats(p, &s);
	CU_ASSERT_EQUAL(s.used4, 0);
	for (i = 0; i < 10; i++)
		n += addrpool_take4(p) != 0;
	CU_ASSERT_EQUAL(n, 6);
	addrpool_free(p);
}

static void held_address_is_for_one_only(void)
{
	struct addrpool *p = addrpool_new("p", &small, 1);
	struct addrpool_stats s;
	unsigned i;

	addrpool_hold4(p, IP(10, 64, 0, 2));
	addrpool_hold4(p, IP(10, 64, 0, 2));
	for (i = 0; i < 5; i++)
		CU_ASSERT_NOT_EQUAL(addrpool_take4(p), IP(10, 64, 0, 2));
	CU_ASSERT_EQUAL(addrpool_take4(p), 0);
	CU_ASSERT_TRUE(addrpool_take4_fixed(p, IP(10, 64, 0, 2)));
	CU_ASSERT_FALSE(addrpool_take4_fixed(p, IP(10, 64, 0, 2)));
	addrpool_give4(p, IP(10, 64, 0, 2));
	CU_ASSERT_EQUAL(addrpool_take4(p), 0);
	CU_ASSERT_TRUE(addrpool_take4_fixed(p, IP(10, 64, 0, 2)));
	addrpool_stats(p, &s);
	CU_ASSERT_EQUAL(s.held4, 1);
	CU_ASSERT_EQUAL(s.used4, 6);
	addrpool_free(p);
}

static const char *pool_says(struct addrpool *p)
{
	static char words[64];
	bool full = false;
	const char *what = addrpool_news(p, &full);

	snprintf(words, sizeof(words), "%s%s", what ? what : "", !what ? "" : full ? " -" : " +");
	return words;
}

/* Full is when somebody got none, not when the last one is gone; each change is said once. */
static void news_of_a_pool_that_is_full(void)
{
	const struct cfg_prefix ranges[] = {small, v6_62};
	struct addrpool *p = addrpool_new("p", ranges, 2);
	uint8_t prefix[16];

	addrpool_hold4(p, IP(10, 64, 0, 6));
	for (unsigned i = 1; i <= 5; i++)
		CU_ASSERT_TRUE(addrpool_take4(p));
	CU_ASSERT_STRING_EQUAL(pool_says(p), "");
	CU_ASSERT_FALSE(addrpool_take4(p));
	CU_ASSERT_STRING_EQUAL(pool_says(p), "IPv4 address -");
	CU_ASSERT_FALSE(addrpool_take4(p));
	CU_ASSERT_STRING_EQUAL(pool_says(p), "");
	CU_ASSERT_TRUE(addrpool_take4_fixed(p, IP(10, 64, 0, 6)));
	addrpool_give4(p, IP(10, 64, 0, 6)); /* kept for one alone */
	CU_ASSERT_STRING_EQUAL(pool_says(p), "");
	addrpool_give4(p, IP(10, 64, 0, 3));
	CU_ASSERT_STRING_EQUAL(pool_says(p), "IPv4 address +");
	CU_ASSERT_STRING_EQUAL(pool_says(p), "");
	for (unsigned i = 0; i < 4; i++)
		CU_ASSERT_TRUE(addrpool_take6(p, prefix));
	CU_ASSERT_FALSE(addrpool_take6(p, prefix));
	CU_ASSERT_STRING_EQUAL(pool_says(p), "IPv6 prefix -");
	addrpool_free(p);
}

/* Where there are no ranges of a kind, none can run out. */
static void no_news_of_what_a_pool_has_not(void)
{
	struct addrpool *p = addrpool_new("p", &small, 1);
	struct cfg_prefix delegated;
	uint8_t prefix[16];

	CU_ASSERT_FALSE(addrpool_take6(p, prefix));
	CU_ASSERT_FALSE(addrpool_take_prefix(p, &delegated));
	CU_ASSERT_STRING_EQUAL(pool_says(p), "");
	addrpool_free(p);
}

static void hold_takes_from_the_middle_of_the_free_ones(void)
{
	struct addrpool *p = addrpool_new("p", &small, 1);
	unsigned i;

	for (i = 0; i < 6; i++)
		addrpool_take4(p);
	for (i = 1; i <= 3; i++)
		addrpool_give4(p, IP(10, 64, 0, i));
	addrpool_hold4(p, IP(10, 64, 0, 2));
	CU_ASSERT_EQUAL(addrpool_take4(p), IP(10, 64, 0, 1));
	CU_ASSERT_EQUAL(addrpool_take4(p), IP(10, 64, 0, 3));
	CU_ASSERT_EQUAL(addrpool_take4(p), 0);
	addrpool_free(p);
}

static void a_client_chooses_what_is_kept_for_nobody(void)
{
	struct addrpool *p = addrpool_new("p", &small, 1);

	addrpool_hold4(p, IP(10, 64, 0, 2));
	CU_ASSERT_TRUE(addrpool_take4_chosen(p, IP(10, 64, 0, 1)));
	CU_ASSERT_FALSE(addrpool_take4_chosen(p, IP(10, 64, 0, 1)));
	CU_ASSERT_FALSE(addrpool_take4_chosen(p, IP(10, 64, 0, 2)));
	CU_ASSERT_TRUE(addrpool_take4_fixed(p, IP(10, 64, 0, 2)));
	CU_ASSERT_TRUE(addrpool_take4_chosen(p, IP(192, 0, 2, 7)));
	CU_ASSERT_FALSE(addrpool_take4_chosen(p, IP(192, 0, 2, 7)));
	addrpool_free(p);
}

static void fixed_outside_every_range(void)
{
	struct addrpool *p = addrpool_new("p", NULL, 0);
	struct addrpool_stats s;

	CU_ASSERT_FALSE(addrpool_covers4(p, IP(192, 0, 2, 7)));
	CU_ASSERT_TRUE(addrpool_take4_fixed(p, IP(192, 0, 2, 7)));
	CU_ASSERT_TRUE(addrpool_take4_fixed(p, IP(192, 0, 2, 8)));
	CU_ASSERT_FALSE(addrpool_take4_fixed(p, IP(192, 0, 2, 7)));
	addrpool_stats(p, &s);
	CU_ASSERT_EQUAL(s.outside, 2);
	addrpool_give4(p, IP(192, 0, 2, 7));
	CU_ASSERT_TRUE(addrpool_take4_fixed(p, IP(192, 0, 2, 7)));
	CU_ASSERT_EQUAL(addrpool_take4(p), 0);
	addrpool_free(p);
}

static void covers_what_it_gives(void)
{
	struct addrpool *p = addrpool_new("p", &small, 1);

	CU_ASSERT_FALSE(addrpool_covers4(p, IP(10, 64, 0, 0)));
	CU_ASSERT_TRUE(addrpool_covers4(p, IP(10, 64, 0, 1)));
	CU_ASSERT_TRUE(addrpool_covers4(p, IP(10, 64, 0, 6)));
	CU_ASSERT_FALSE(addrpool_covers4(p, IP(10, 64, 0, 7)));
	addrpool_free(p);
}

static void one_64_per_client(void)
{
	struct addrpool *p = addrpool_new("p", &v6_62, 1);
	uint8_t got[4][16], want[16] = {0x20, 1, 0x0d, 0xb8, 0, 0x64}, again[16];
	unsigned i;

	for (i = 0; i < 4; i++) {
		CU_ASSERT_TRUE_FATAL(addrpool_take6(p, got[i]));
		want[7] = (uint8_t)i;
		ASSERT_OCTETS(got[i], 16, want, 16);
	}
	CU_ASSERT_FALSE(addrpool_take6(p, again));
	addrpool_give6(p, got[2]);
	CU_ASSERT_TRUE(addrpool_take6(p, again));
	ASSERT_OCTETS(again, 16, got[2], 16);
	addrpool_free(p);
}

static void a_64_of_ones_own(void)
{
	struct addrpool *p = addrpool_new("p", &v6_62, 1);
	uint8_t own[16] = {0x20, 1, 0x0d, 0xb8, 0, 0x64, 0, 1}, got[16];
	static const uint8_t outside[16] = {0x20, 1, 0x0d, 0xb8, 0, 0x65};
	struct addrpool_stats s;

	addrpool_hold6(p, own);
	addrpool_hold6(p, outside);
	for (unsigned i = 0; i < 3; i++) {
		CU_ASSERT_TRUE(addrpool_take6(p, got));
		CU_ASSERT_NOT_EQUAL(got[7], 1);
	}
	CU_ASSERT_FALSE(addrpool_take6(p, got));
	/* one that is in no range is of nobody else either */
	CU_ASSERT_FALSE(addrpool_covers6(p, outside));
	CU_ASSERT_TRUE(addrpool_covers6(p, own));
	CU_ASSERT_TRUE(addrpool_take6_fixed(p, outside));
	CU_ASSERT_FALSE(addrpool_take6_fixed(p, outside));
	addrpool_stats(p, &s);
	CU_ASSERT_EQUAL(s.outside, 1);
	addrpool_give6(p, outside);
	CU_ASSERT_TRUE(addrpool_take6_fixed(p, outside));
	CU_ASSERT_TRUE(addrpool_take6_fixed(p, own));
	CU_ASSERT_FALSE(addrpool_take6_fixed(p, own));
	addrpool_give6(p, own);
	CU_ASSERT_FALSE(addrpool_take6(p, got));
	CU_ASSERT_TRUE(addrpool_take6_fixed(p, own));
	addrpool_stats(p, &s);
	CU_ASSERT_EQUAL(s.used6, 4);
	addrpool_free(p);
}

/* A range written with one of its own addresses begins where the prefix begins. */
static void bits_behind_the_prefix_do_not_count(void)
{
	static const struct cfg_prefix r[2] = {
		{.v6 = true, .bits = 62, .addr = {0x20, 1, 0x0d, 0xb8, 0, 0x64, 0, 0x37, 9}},
		{.bits = 29, .addr = {[12] = 10, 64, 0, 5}}};
	static const uint8_t want[16] = {0x20, 1, 0x0d, 0xb8, 0, 0x64, 0, 0x34};
	struct addrpool *p = addrpool_new("p", r, 2);
	uint8_t got[16];

	CU_ASSERT_TRUE(addrpool_take6(p, got));
	ASSERT_OCTETS(got, 16, want, 16);
	CU_ASSERT_EQUAL(addrpool_take4(p), IP(10, 64, 0, 1));
	addrpool_free(p);
}

static void families_do_not_mix_and_large_ranges_are_cut(void)
{
	static const struct cfg_prefix r[3] = {
		{.bits = 8, .addr = {[12] = 10}},
		{.v6 = true, .bits = 32, .addr = {0x20, 1, 0x0d, 0xb8}},
		{.bits = 30, .addr = {[12] = 192, 0, 2, 0}}};
	struct addrpool *p = addrpool_new("p", r, 3);
	struct addrpool_stats s;

	addrpool_stats(p, &s);
	CU_ASSERT_EQUAL(s.size4, ADDRPOOL_RANGE_MAX + 2);
	CU_ASSERT_EQUAL(s.size6, ADDRPOOL_RANGE_MAX);
	CU_ASSERT_TRUE(addrpool_covers4(p, IP(192, 0, 2, 2)));
	CU_ASSERT_STRING_EQUAL(addrpool_name(p), "p");
	addrpool_free(p);
}

/* Whatever the order of wishes: no address has two owners, and the counts are those of a plain set.
 */
static void random_walk_against_a_set(void)
{
	static const struct cfg_prefix r = {.bits = 26, .addr = {[12] = 10, 1, 0, 0}};
	struct addrpool *p = addrpool_new("p", &r, 1);
	uint64_t seed = test_seed();
	struct addrpool_stats s;
	bool used[64] = {false};
	unsigned i, n = 0;

	for (i = 0; i < 20000; i++) {
		uint32_t at = IP(10, 1, 0, test_rand(&seed) % 64), got;

		switch (test_rand(&seed) % 3) {
		case 0:
			got = addrpool_take4(p);
			CU_ASSERT_EQUAL(got == 0, n == 62);
			if (got) {
				CU_ASSERT_FALSE(used[got & 63]);
				used[got & 63] = true;
				n++;
			}
			break;
		case 1:
			if (!addrpool_covers4(p, at))
				break;
			CU_ASSERT_EQUAL(addrpool_take4_fixed(p, at), !used[at & 63]);
			n += !used[at & 63];
			used[at & 63] = true;
			break;
		default:
			addrpool_give4(p, at);
			n -= used[at & 63];
			used[at & 63] = false;
		}
	}
	addrpool_stats(p, &s);
	CU_ASSERT_EQUAL(s.used4, n);
	addrpool_free(p);
}

/* A prefix longer than /64 is one /64; one of /44 and shorter has as many as a range may have. */
static void how_many_a_prefix_has(void)
{
	static const struct {
		uint8_t bits;
		uint32_t size;
	} rows[] = {{128, 1},	    {65, 1},	    {64, 1},	    {63, 2},	  {45, 1u << 19},
		    {44, 1u << 20}, {43, 1u << 20}, {32, 1u << 20}, {1, 1u << 20}};
	static const struct {
		uint8_t bits;
		uint32_t size;
	} rows4[] = {{32, 1},
		     {31, 2},
		     {30, 2},
		     {29, 6},
		     {13, (1u << 19) - 2},
		     {12, (1u << 20) - 2},
		     {11, 1u << 20},
		     {8, 1u << 20}};
	struct addrpool_stats s;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct cfg_prefix r = {.v6 = true, .bits = rows[i].bits, .addr = {0x20, 1}};
		struct addrpool *p = addrpool_new("p", &r, 1);

		addrpool_stats(p, &s);
		CU_ASSERT_EQUAL(s.size6, rows[i].size);
		CU_ASSERT_EQUAL(s.size4, 0);
		addrpool_free(p);
	}
	for (size_t i = 0; i < sizeof(rows4) / sizeof(rows4[0]); i++) {
		struct cfg_prefix r = {.bits = rows4[i].bits, .addr = {[12] = 10}};
		struct addrpool *p = addrpool_new("p", &r, 1);

		addrpool_stats(p, &s);
		CU_ASSERT_EQUAL(s.size4, rows4[i].size);
		CU_ASSERT_EQUAL(s.size6, 0);
		addrpool_free(p);
	}
}

/* Three ranges of a family: each number is found in its own. */
static void several_ranges(void)
{
	static const struct cfg_prefix r[4] = {{.bits = 32, .addr = {[12] = 10, 0, 0, 9}},
					       {.v6 = true, .bits = 64, .addr = {0x20, 1}},
					       {.bits = 31, .addr = {[12] = 10, 0, 0, 20}},
					       {.bits = 32, .addr = {[12] = 9, 0, 0, 1}}};
	static const uint32_t all[] = {IP(10, 0, 0, 9), IP(10, 0, 0, 20), IP(10, 0, 0, 21),
				       IP(9, 0, 0, 1)};
	static const uint32_t others[] = {IP(10, 0, 0, 8),
					  IP(10, 0, 0, 10),
					  IP(10, 0, 0, 19),
					  IP(10, 0, 0, 22),
					  IP(9, 0, 0, 0),
					  IP(9, 0, 0, 2),
					  0};
	struct addrpool *p = addrpool_new("p", r, 4);

	for (unsigned i = 0; i < 4; i++)
		CU_ASSERT_EQUAL(addrpool_take4(p), all[i]);
	CU_ASSERT_EQUAL(addrpool_take4(p), 0);
	for (unsigned i = 4; i-- > 0;)
		addrpool_give4(p, all[i]);
	for (unsigned i = 4; i-- > 0;)
		CU_ASSERT_EQUAL(addrpool_take4(p), all[i]); /* oldest first */
	for (unsigned i = 0; i < 7; i++)
		CU_ASSERT_FALSE(addrpool_covers4(p, others[i]));
	addrpool_free(p);
}

/* 2001:db8:100::/54 and 2001:db8:200::/55 in prefixes of /56 */
static struct addrpool *pool_of_prefixes(void)
{
	static const struct cfg_prefix r[2] = {
		{.v6 = true, .bits = 54, .addr = {0x20, 1, 0x0d, 0xb8, 1}},
		{.v6 = true, .bits = 55, .addr = {0x20, 1, 0x0d, 0xb8, 2}}};
	struct addrpool *p = addrpool_new("p", NULL, 0);

	CU_ASSERT_FALSE(addrpool_delegates(p));
	CU_ASSERT_TRUE_FATAL(addrpool_delegate(p, r, 2, 56));
	CU_ASSERT_TRUE(addrpool_delegates(p));
	return p;
}

static struct cfg_prefix prefix_at(uint8_t fifth, uint8_t seventh, uint8_t bits)
{
	return (struct cfg_prefix){
		.v6 = true, .bits = bits, .addr = {0x20, 1, 0x0d, 0xb8, fifth, 0, seventh}};
}

static bool takes_prefix(struct addrpool *p, uint8_t fifth, uint8_t seventh)
{
	const struct cfg_prefix want = prefix_at(fifth, seventh, 56);
	struct cfg_prefix got;

	return addrpool_take_prefix(p, &got) && !memcmp(&got, &want, sizeof(got));
}

static bool takes_fixed(struct addrpool *p, uint8_t fifth, uint8_t seventh, uint8_t bits)
{
	const struct cfg_prefix want = prefix_at(fifth, seventh, bits);

	return addrpool_take_prefix_fixed(p, &want);
}

static void gives_back(struct addrpool *p, uint8_t fifth, uint8_t seventh, uint8_t bits)
{
	const struct cfg_prefix what = prefix_at(fifth, seventh, bits);

	addrpool_give_prefix(p, &what);
}

static void prefixes_to_delegate(void)
{
	struct addrpool *p = pool_of_prefixes();
	struct addrpool_stats n;
	struct cfg_prefix got;

	CU_ASSERT_TRUE(takes_prefix(p, 1, 0));
	CU_ASSERT_TRUE(takes_prefix(p, 1, 1));
	CU_ASSERT_TRUE(takes_prefix(p, 1, 2));
	CU_ASSERT_TRUE(takes_prefix(p, 1, 3));
	CU_ASSERT_TRUE(takes_prefix(p, 2, 0));
	CU_ASSERT_TRUE(takes_prefix(p, 2, 1));
	CU_ASSERT_FALSE(addrpool_take_prefix(p, &got));
	addrpool_stats(p, &n);
	CU_ASSERT_EQUAL(n.prefixes, 6);
	CU_ASSERT_EQUAL(n.delegated, 6);
	CU_ASSERT_EQUAL(n.size6, 0);
	gives_back(p, 2, 0, 56);
	gives_back(p, 1, 2, 56);
	CU_ASSERT_TRUE(takes_prefix(p, 2, 0));
	CU_ASSERT_TRUE(takes_prefix(p, 1, 2));
	addrpool_free(p);
}

/* One of another length takes all that have something in common with it. */
static void a_prefix_of_ones_own(void)
{
	struct addrpool *p = pool_of_prefixes();
	const struct cfg_prefix in = prefix_at(1, 2, 60), out = prefix_at(3, 0, 56),
				all = prefix_at(1, 0, 48), same = prefix_at(2, 1, 56);
	struct addrpool_stats n;

	CU_ASSERT_TRUE(addrpool_covers_prefix(p, &in) && addrpool_covers_prefix(p, &all));
	CU_ASSERT_FALSE(addrpool_covers_prefix(p, &out));
	CU_ASSERT_TRUE(addrpool_has_prefix(p, &same));
	CU_ASSERT_FALSE(addrpool_has_prefix(p, &in) || addrpool_has_prefix(p, &out) ||
			addrpool_has_prefix(p, &all));
	CU_ASSERT_TRUE(takes_fixed(p, 1, 2, 60));
	CU_ASSERT_FALSE(takes_fixed(p, 1, 2, 56));
	CU_ASSERT_FALSE(takes_fixed(p, 1, 0, 48)); /* and what it has taken until then is free */
	CU_ASSERT_TRUE(takes_fixed(p, 1, 0, 56));
	gives_back(p, 1, 0, 56);
	gives_back(p, 1, 2, 60);
	CU_ASSERT_TRUE(takes_fixed(p, 1, 0, 48));
	addrpool_stats(p, &n);
	CU_ASSERT_EQUAL(n.delegated, 4);
	CU_ASSERT_TRUE(takes_prefix(p, 2, 0));
	gives_back(p, 1, 0, 48);
	addrpool_stats(p, &n);
	CU_ASSERT_EQUAL(n.delegated, 1);
	/* of nobody */
	CU_ASSERT_TRUE(takes_fixed(p, 3, 0, 56));
	CU_ASSERT_FALSE(takes_fixed(p, 3, 0, 56));
	gives_back(p, 3, 0, 56);
	CU_ASSERT_TRUE(takes_fixed(p, 3, 0, 56));
	addrpool_free(p);
}

static void an_address_pool_needs_memory(void)
{
	static const struct cfg_prefix r[2] = {{.bits = 29, .addr = {[12] = 10, 64}},
					       {.v6 = true, .bits = 62, .addr = {0x20, 1}}};
	unsigned refused = 0;
	struct addrpool *p;
	bool more = true;

	for (; more; refused += more) {
		heap_refuse(refused);
		p = addrpool_new("p", r, 2);
		more = heap_refused();
		CU_ASSERT_EQUAL(p == NULL, more);
		addrpool_free(p);
	}
	CU_ASSERT_EQUAL(refused, 11); /* the pool, its name, and three of each of three kinds */
	for (p = addrpool_new("p", r, 2), more = true, refused = 0; more; refused += more) {
		heap_refuse(refused);
		more = !addrpool_delegate(p, r + 1, 1, 64);
		CU_ASSERT_EQUAL(heap_refused(), more);
	}
	CU_ASSERT_EQUAL(refused, 3);
	addrpool_free(p);
	p = addrpool_new("p", r, 2);
	heap_refuse(0);
	CU_ASSERT_FALSE(addrpool_take4_fixed(p, IP(192, 0, 2, 7)));
	CU_ASSERT_TRUE(heap_refused());
	CU_ASSERT_TRUE(addrpool_take4_fixed(p, IP(192, 0, 2, 7)));
	addrpool_free(p);
}

static const struct test_case cases[] = {
	{"first_and_last_are_not_hosts", first_and_last_are_not_hosts},
	{"host_route_and_pair_are_whole", host_route_and_pair_are_whole},
	{"fresh_before_used_oldest_free_first", fresh_before_used_oldest_free_first},
	{"given_back_twice_or_never_taken_is_harmless",
	 given_back_twice_or_never_taken_is_harmless},
	{"held_address_is_for_one_only", held_address_is_for_one_only},
	{"news_of_a_pool_that_is_full", news_of_a_pool_that_is_full},
	{"no_news_of_what_a_pool_has_not", no_news_of_what_a_pool_has_not},
	{"hold_takes_from_the_middle_of_the_free_ones",
	 hold_takes_from_the_middle_of_the_free_ones},
	{"a_client_chooses_what_is_kept_for_nobody", a_client_chooses_what_is_kept_for_nobody},
	{"fixed_outside_every_range", fixed_outside_every_range},
	{"covers_what_it_gives", covers_what_it_gives},
	{"one_64_per_client", one_64_per_client},
	{"a_64_of_ones_own", a_64_of_ones_own},
	{"prefixes_to_delegate", prefixes_to_delegate},
	{"a_prefix_of_ones_own", a_prefix_of_ones_own},
	{"bits_behind_the_prefix_do_not_count", bits_behind_the_prefix_do_not_count},
	{"families_do_not_mix_and_large_ranges_are_cut",
	 families_do_not_mix_and_large_ranges_are_cut},
	{"random_walk_against_a_set", random_walk_against_a_set},
	{"how_many_a_prefix_has", how_many_a_prefix_has},
	{"several_ranges", several_ranges},
	{"an_address_pool_needs_memory", an_address_pool_needs_memory},
	{NULL, NULL},
};
const struct test_suite suite_addrpool = {"addrpool", cases};
