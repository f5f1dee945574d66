/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Codepoints: names of RFC 2474, 2597, 3246, 5865 and 8622, or numbers. */
#include "cfg/dscp.h"
#include "tests/cfg/media.h"

#include <stdio.h>
#include <string.h>

static void names_and_numbers(void)
{
	static const struct {
		const char *text;
		int value;
	} row[] = {{"cs0", 0},	 {"0", 0},     {"63", 63},   {"64", -1},   {"ef", 46}, {"46", 46},
		   {"af11", 10}, {"af23", 22}, {"af43", 38}, {"cs6", 48},  {"va", 44}, {"le", 1},
		   {"EF", -1},	 {"", -1},     {"af14", -1}, {"copy", -1}, {"-1", -1}};

	for (unsigned i = 0; i < sizeof(row) / sizeof(row[0]); i++)
		CU_ASSERT_EQUAL(cfg_parse_dscp(row[i].text), row[i].value);
}

/* RFC 2474 4.2.2.1: the class selectors; RFC 2597 6: class and drop precedence. */
static void names_of_whole_groups(void)
{
	char name[32];

	for (int i = 0; i < 8; i++) {
		snprintf(name, sizeof(name), "cs%d", i);
		CU_ASSERT_EQUAL(cfg_parse_dscp(name), 8 * i);
	}
	for (int class = 1; class <= 4; class ++)
		for (int drop = 1; drop <= 3; drop++) {
			snprintf(name, sizeof(name), "af%d%d", class, drop);
			CU_ASSERT_EQUAL(cfg_parse_dscp(name), 8 * class + 2 * drop);
		}
}

static void marks_of_a_peer(void)
{
	static const struct {
		const char *text;
		uint8_t value;
	} row[] = {{"", 0},
		   {"dscp = 46", 46},
		   {"dscp = af41", 34},
		   {"dscp = copy", CFG_DSCP_COPY},
		   {"dscp = peer", CFG_DSCP_PEER}};
	struct told t;
	char conf[200];

	for (unsigned i = 0; i < sizeof(row) / sizeof(row[0]); i++) {
		snprintf(conf, sizeof(conf),
			 "peer p { secret = x  %s  discard-eligible = { af12, 63 } }", row[i].text);
		tell(&t, conf);
		CU_ASSERT_PTR_NOT_NULL_FATAL(t.m);
		CU_ASSERT_EQUAL(t.m->peer[0].dscp, row[i].value);
		CU_ASSERT_EQUAL(t.m->peer[0].discard, UINT64_C(1) << 12 | UINT64_C(1) << 63);
		told_end(&t);
	}
}

static void mistakes(void)
{
	ASSERT_TOLD("peer p { secret = x  dscp = af14 }",
		    "t:1: peer p: dscp: `af14` is no codepoint, did you mean `af11`?\n");
	ASSERT_TOLD("peer p { secret = x  dscp = 64 }",
		    "t:1: peer p: dscp: `64` is no codepoint: 0 to 63, or a name as ef, af11 or "
		    "cs6\n");
	ASSERT_TOLD("peer p { secret = x  dscp = cpoy }",
		    "t:1: peer p: dscp: `cpoy` is no codepoint, did you mean `copy`?\n");
	ASSERT_TOLD("peer p { secret = x  dscp = pere }",
		    "t:1: peer p: dscp: `pere` is no codepoint, did you mean `peer`?\n");
	ASSERT_TOLD("peer p { secret = x\n discard-eligible = { af12,\n copy } }",
		    "t:3: peer p: discard-eligible: `copy` is no codepoint: 0 to 63, or a name as "
		    "ef, af11 or cs6\n");
}

static const struct test_case cases[] = {
	{"names_and_numbers", names_and_numbers},
	{"names_of_whole_groups", names_of_whole_groups},
	{"marks_of_a_peer", marks_of_a_peer},
	{"mistakes", mistakes},
	{NULL, NULL},
};
const struct test_suite suite_dscp = {"dscp", cases};
