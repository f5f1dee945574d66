/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The octets of a record: those of version 1, and those that a stranger wrote. */
#include "ppp/link.h"
#include "tests/harness.h"
#include "tests/ppp/lone.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* --- the record ---------------------------------------------------------------------------------- */

/* The octets of a vector: hex in columns, words behind two blanks, comments. */
static size_t vector(const char *name, uint8_t *out, size_t cap)
{
	char *text = test_read_file(name, NULL), *hex = text, *from = text, *end;
	size_t n;

	for (char *line = text; *line; line = end) {
		end = line + strcspn(line, "\n");
		end += *end == '\n';
		from = line[0] == '#' ? end : line;
		for (; from < end && strncmp(from, "  ", 2); from++)
			*hex++ = *from == '\n' ? ' ' : *from;
	}
	*hex = 0;
	n = test_hex(out, cap, text);
	free(text);
	return n;
}

static void octets_of_version_1(void)
{
	uint8_t want[PPP_RECORD_MAX], rec[PPP_RECORD_MAX];
	size_t n = vector("tests/vectors/ppp-record-1.hex", want, sizeof(want));
	struct lone l;

	lone_proven(&l);
	ASSERT_OCTETS(rec, lone_record(&l, rec), want, n);
	CU_ASSERT_EQUAL(ppp_save(l.ppp, rec, n), n);
	CU_ASSERT_EQUAL(ppp_save(l.ppp, rec, n - 1), 0);
	lone_free(&l);
}

static void a_link_of_version_1_lives(void)
{
	uint8_t rec[PPP_RECORD_MAX];
	size_t n = vector("tests/vectors/ppp-record-1.hex", rec, sizeof(rec));
	struct lone blank, l;
	struct ppp_info i;

	lone_init(&blank, true);
	CU_ASSERT_FATAL(lone_restore(&l, &blank, rec, n));
	ppp_get_info(l.ppp, &i);
	CU_ASSERT_STRING_EQUAL(i.phase, "network");
	CU_ASSERT_STRING_EQUAL(i.lcp, "Opened");
	CU_ASSERT(i.ip4_up && i.ip6_up);
	CU_ASSERT_STRING_EQUAL(i.peer_name, "user");
	CU_ASSERT_EQUAL(i.link.auth, PPP_AUTH_CHAP_MD5);
	CU_ASSERT_EQUAL(i.addr.local4, 0x0a400001);
	CU_ASSERT_EQUAL(i.addr.peer4, 0x0a400002);
	CU_ASSERT_EQUAL(i.addr.dns4[0], 0x0a4000fe);
	CU_ASSERT_EQUAL(i.addr.local_iid, 0xa1);
	CU_ASSERT_EQUAL(i.addr.peer_iid, 0xb2);
	lone_wait(&l, 0);
	CU_ASSERT(lone_quiet(&l));
	lone_rx(&l, "c021 09 77 0008 a0a0a0a0");
	CU_ASSERT(lone_sent(&l, "c021 0a 77 0008 01010101"));
	CU_ASSERT_EQUAL(lone_counter(&l, PPP_R_MAGIC), 0);
	lone_free(&l);
}

/* What LCP agreed, with every member other than its default. */
static void all_that_lcp_agreed(void)
{
	static const struct ppp_link want = {
		.peer_mru = 1400,
		.our_mru = 1300,
		.tx_acfc = true,
		.rx_pfc = true,
		.tx_accm = 0x000a0000,
		.rx_accm = 0xffffffff,
		.our_magic = 0x01020304,
		.peer_magic = 0x05060708,
		.auth = PPP_AUTH_MSCHAPV2,
		.our_mrru = 1600,
		.peer_mrru = 1700,
		.tx_short = true,
		.endpoint = {.len = 3, .octets = {1, 0x61, 0x62}},
	};
	struct lone l, f;

	lone_proven(&l);
	l.ppp->link = want;
	CU_ASSERT_FATAL(lone_follow(&f, &l));
	ASSERT_OCTETS((const uint8_t *)&f.ppp->link, sizeof(want), (const uint8_t *)&want,
		      sizeof(want));
	lone_free(&f);
}

static void no_password_in_a_record(void)
{
	uint8_t rec[PPP_RECORD_MAX];
	struct lone l;
	size_t n;

	lone_init(&l, false);
	l.cfg.auth[0] = PPP_AUTH_CHAP_MD5;
	l.cfg.n_auth = 1;
	strcpy(l.cfg.secret, "hush-hush");
	lone_open(&l);
	lone_rx(&l, "c021 02 01 000a 050601010101");
	lone_rx(&l, "c021 01 01 000f 0305c22305 0506a0a0a0a0");
	lone_rx(&l, "c223 01 05 000d 04 01020304 67617465");
	lone_rx(&l, "c223 03 05 0004");
	n = lone_record(&l, rec);
	CU_ASSERT(n > 4);
	for (size_t i = 0; i + 4 <= n; i++)
		CU_ASSERT(memcmp(rec + i, "hush", 4));
	lone_free(&l);
}

/* --- a record of a later program, and of a stranger ---------------------------------------------- */

static void what_was_appended_is_skipped(void)
{
	uint8_t rec[PPP_RECORD_MAX];
	struct lone l, f;
	size_t n;

	lone_proven(&l);
	n = lone_record(&l, rec);
	memset(rec + n, 0xee, 16);
	CU_ASSERT(lone_restore(&f, &l, rec, n + 16)); /* behind the record */
	lone_free(&f);
	wr_put16(rec + 2, (uint16_t)(n + 16));
	CU_ASSERT(lone_restore(&f, &l, rec, n + 16)); /* in it */
	lone_free(&f);
	CU_ASSERT_FALSE(lone_restore(&f, &l, rec, n + 15));
	lone_free(&l);
}

static void records_that_are_refused(void)
{
	static const struct {
		const char *what;
		uint8_t at;
		const char *octets;
	} rows[] = {
		{"another type", 0, "71"},
		{"version 0", 1, "00"},
		{"a later version", 1, "02"},
		{"no length", 2, "0000"},
		{"shorter than its head", 2, "0003"},
		{"longer than there is", 2, "0073"},
		{"no state", 4, "00"},
		{"an unknown state", 4, "05"},
		{"of a client", 5, "08"},
		{"a member with IPCP", 4, "04"},
		{"an unknown state of IPCP", 6, "05"},
		{"an unknown state of IPV6CP", 7, "05"},
		{"the peer's MRU of 127", 14, "007f"},
		{"our MRU of 127", 16, "007f"},
		{"the peer's MRRU of 127", 18, "007f"},
		{"our MRRU of 127", 20, "007f"},
		{"an unknown method", 39, "05"},
		{"a discriminator of 22 octets", 40, "16"},
		{"no address given", 45, "00000000"},
		{"another address than the one given", 77, "0a400003"},
		{"no identifier of ours", 89, "0000000000000000"},
		{"no identifier of the peer", 97, "0000000000000000"},
		{"a name longer than the record", 105, "ff"},
		{"a text longer than the record", 110, "0003"},
	};
	uint8_t rec[PPP_RECORD_MAX];
	struct lone l, f;
	size_t n;
	bool taken;

	lone_proven(&l);
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		n = lone_record(&l, rec);
		test_hex(rec + rows[i].at, 8, rows[i].octets);
		taken = lone_restore(&f, &l, rec, n);
		if (taken) {
			printf("\n      %s: taken\n", rows[i].what);
			lone_free(&f);
		}
		CU_ASSERT_FALSE(taken);
	}
	lone_free(&l);
}

static void a_text_too_long_is_refused(void)
{
	uint8_t rec[PPP_RECORD_MAX] = {0};
	struct lone l, f;
	size_t n;

	lone_proven(&l);
	n = lone_record(&l, rec);
	wr_put16(rec + 2, (uint16_t)(n - 2 + AUTH_TEXT_MAX + 1));
	wr_put16(rec + n - 4, AUTH_TEXT_MAX + 1);
	CU_ASSERT_FALSE(lone_restore(&f, &l, rec, sizeof(rec)));
	wr_put16(rec + n - 4, AUTH_TEXT_MAX);
	CU_ASSERT(lone_restore(&f, &l, rec, sizeof(rec)));
	lone_free(&f);
	lone_free(&l);
}

static void ends(struct lone *l)
{
	lone_wait(l, 0);
	ppp_close(l->ppp, l->now);
	lone_wait(l, 60 * (uint64_t)SEC);
	CU_ASSERT(lone_phase_is(l, "dead"));
	CU_ASSERT_EQUAL(ppp_deadline(l->ppp), DEADLINE_NEVER);
}

/* Every octet of a record, with every value; every length.  In memory of its own size. */
static void each_octet_may_be_anything(void)
{
	uint8_t rec[PPP_RECORD_MAX];
	struct lone l, f;
	uint8_t *copy;
	size_t n;

	lone_proven(&l);
	n = lone_record(&l, rec);
	for (size_t at = 0; at <= n; at++) {
		copy = malloc(at ? at : 1);
		if (!copy)
			abort();
		memcpy(copy, rec, at);
		CU_ASSERT_EQUAL(lone_restore(&f, &l, copy, at), at == n);
		if (f.ppp)
			lone_free(&f);
		for (unsigned v = 0; at == n && v < 256 * n; v++) {
			memcpy(copy, rec, n);
			copy[v / 256] = (uint8_t)v;
			if (!lone_restore(&f, &l, copy, n))
				continue;
			ends(&f);
			lone_free(&f);
		}
		free(copy);
	}
	lone_free(&l);
}

static const struct test_case cases[] = {
	{"octets_of_version_1", octets_of_version_1},
	{"a_link_of_version_1_lives", a_link_of_version_1_lives},
	{"all_that_lcp_agreed", all_that_lcp_agreed},
	{"no_password_in_a_record", no_password_in_a_record},
	{"what_was_appended_is_skipped", what_was_appended_is_skipped},
	{"records_that_are_refused", records_that_are_refused},
	{"a_text_too_long_is_refused", a_text_too_long_is_refused},
	{"each_octet_may_be_anything", each_octet_may_be_anything},
	{NULL, NULL},
};
const struct test_suite suite_save_record = {"save_record", cases};
