/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cfg/keys.h"
#include "tests/cfg/media.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void unknown_keys(void)
{
	ASSERT_TOLD("worker = 1",
		    "t:1: top level: unknown key `worker`, did you mean `workers`?\n");
	ASSERT_TOLD("peer a {\n secrt = x }",
		    "t:2: peer a: unknown key `secrt`, did you mean `secret`?\n");
	ASSERT_TOLD("peer a { max_calls = 1 }",
		    "t:1: peer a: unknown key `max_calls`, did you mean `max-calls`?\n");
	ASSERT_TOLD("peer a { mtu = 1 }",
		    "t:1: peer a: unknown key `mtu`, it belongs in `service`\n");
	ASSERT_TOLD("peer a { zzzzz = 1 }", "t:1: peer a: unknown key `zzzzz`\n");
	ASSERT_TOLD("net n { listn = x }",
		    "t:1: net n: unknown key `listn`, did you mean `listen`?\n");
	ASSERT_TOLD("net n { lmi = none }",
		    "t:1: net n: unknown key `lmi`, it belongs in `line`\n");
	ASSERT_TOLD("line l { link = x dlci 16 { lmi = none } }",
		    "t:1: line l: dlci 16: unknown key `lmi`, it belongs in `line`\n");
	ASSERT_TOLD("line l { link = x cir = 1 }",
		    "t:1: line l: unknown key `cir`, it belongs in `channel`\n");
}

static void unknown_sections(void)
{
	ASSERT_TOLD("per a { whatever = { 1, 2 } x { y = 1 } }",
		    "t:1: top level: unknown section `per`, did you mean `peer`?\n");
	ASSERT_TOLD("dlci 16 { }", "t:1: top level: section `dlci` belongs in `line`\n");
	ASSERT_TOLD("line l { link = x dlc 16 { } }",
		    "t:1: line l: unknown section `dlc`, did you mean `dlci`?\n");
	ASSERT_TOLD("line l { link = x accept \"1*\" { } }",
		    "t:1: line l: section `accept` belongs in `net`\n");
	ASSERT_TOLD("atm a { }", "t:1: top level: unknown section `atm`\n");
}

static void keys_and_sections_are_not_mixed_up(void)
{
	ASSERT_TOLD("pool = x",
		    "t:1: top level: `pool` is a section: `pool { ... }`, without `=`\n");
	ASSERT_TOLD("workers { }", "t:1: top level: `workers` is a key: `workers = value`\n");
	ASSERT_TOLD("workers = { 1, 2 }", "t:1: workers: takes one value, not a list\n");
}

/* Told beside all other mistakes; what other sections have too is no key of this one. */
static void parts_that_are_logged(void)
{
	ASSERT_TOLD(
		"log { tunel = debug\n engine = debug }\npeer a { hello = x }\n"
		"user u { secret = x\n port = x }",
		"t:1: log: unknown key `tunel`, did you mean `tunnel`?\n"
		"t:2: log: unknown key `engine`; there are: all, main, port, transport, tunnel, "
		"call, ppp, aaa, client\n"
		"t:3: peer a: hello: `x` is not a time: a number and us, ms, s, m, h or d, as in "
		"500ms\n"
		"t:5: user u: unknown key `port`, it belongs in `peer`\n");
}

static void twice(void)
{
	ASSERT_TOLD("workers = 1\n\nworkers = 2", "t:3: workers: given twice, first on line 1\n");
	ASSERT_TOLD("peer a {\n secret = x\n secret = y }",
		    "t:3: peer a: secret: given twice, first on line 2\n");
	ASSERT_TOLD("peer a { secret = x }\npeer b { secret = x }\npeer a { }",
		    "t:2: peer b: has the same port, address and hostname as peer `a`, so it is "
		    "never chosen\n"
		    "t:3: peer a: given twice, first on line 1\n");
	ASSERT_TOLD("log { all = info\n all = debug }",
		    "t:2: log: all: given twice, first on line 1\n");
	ASSERT_TOLD("log { }\nlog { }", "t:2: log: given twice, first on line 1\n");
	/* ports are one space of names, and so are the two words for a circuit's address */
	ASSERT_TOLD("net a { }\nline a { link = x }",
		    "t:2: line a: given twice, first on line 1\n");
	ASSERT_TOLD("line a { link = x\n dlci 16 { }\n dlci 16 { }\n channel 16 { } }",
		    "t:3: line a: dlci 16: given twice, first on line 2\n"
		    "t:4: line a: channel 16: the same circuit as on line 2\n");
	/* the same name for things of two kinds is fine */
	ASSERT_TOLD("peer a { }\npool a { ranges = 10.0.0.0/8 }\nnet a { }", "");
}

static void names_titles(void)
{
	char text[512], want[512];

	ASSERT_TOLD("peer { }",
		    "t:1: top level: section `peer` needs a name: `peer NAME { ... }`\n");
	ASSERT_TOLD("vty x { }", "t:1: top level: section `vty` takes no name\n");
	ASSERT_TOLD("peer \"a b\" { }",
		    "t:1: top level: `a b` is not a name for a `peer`: letters, digits, "
		    "dots, dashes, at most 63\n");
	ASSERT_TOLD("peer \"\" { }",
		    "t:1: top level: `` is not a name for a `peer`: letters, digits, "
		    "dots, dashes, at most 63\n");
	ASSERT_TOLD("user \"a b@c\" { secret = x }", "");
	ASSERT_TOLD("user \"a\\nb\" { secret = x }",
		    "t:1: top level: `a?b` is not a name for a `user`\n");
	snprintf(text, sizeof(text), "user \"%0255d\" { secret = x }", 0);
	ASSERT_TOLD(text, "");
	snprintf(text, sizeof(text), "peer p%063d { }", 0);
	snprintf(want, sizeof(want),
		 "t:1: top level: `p%059d...` is not a name for a `peer`: letters, digits, dots, "
		 "dashes, "
		 "at most 63\n",
		 0);
	ASSERT_TOLD(text, want);
}

static void required_keys(void)
{
	ASSERT_TOLD("line l { }", "t:1: line l: `link` is missing: the wire\n");
	ASSERT_TOLD("service s {\n}",
		    "t:1: service s: `local` is missing: our IPv4 address on every link; "
		    "if it is in the pool, clients never get it\n");
	/* given wrongly is not missing */
	ASSERT_TOLD("service s { local = nowhere }",
		    "t:1: service s: local: `nowhere` is not an IPv4 address\n");
	ASSERT_TOLD("service s { local = { 10.0.0.1, 10.0.0.2 } }",
		    "t:1: service s: local: takes one value, not a list\n");
}

/* A section that a plugin would bring says why the plugin does not. */
static void sections_of_refused_plugins(void)
{
	static const struct cfg_absent absent[] = {{"ether", "its ABI is 2"}, {NULL, NULL}};
	static const char *const texts[][2] = {
		{"ether e { }", ":1: top level: unknown section `ether`, its plugin was refused: "
				"its ABI is 2\n"},
		{"net n { ether e { } }", ":1: net n: unknown section `ether`\n"},
		{"etherx e { }", ":1: top level: unknown section `etherx`\n"},
	};
	char file[] = "/tmp/ist-names-XXXXXX", want[256];
	int fd = mkstemp(file);

	CU_ASSERT_FATAL(fd >= 0);
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		static struct told t;
		size_t len = strlen(texts[i][0]);

		memset(&t, 0, sizeof(t));
		CU_ASSERT_FATAL(!ftruncate(fd, 0) &&
				pwrite(fd, texts[i][0], len, 0) == (ssize_t)len);
		CU_ASSERT_EQUAL(cfg_load_absent(&t.m, file, media, absent, told_add, &t), 1);
		snprintf(want, sizeof(want), "%s%s", file, texts[i][1]);
		ASSERT_TEXT(t.text, want);
	}
	close(fd);
	unlink(file);
}

/* What a plugin must not be called. */
static void our_own_sections(void)
{
	static const char *const ours[] = {"vty",     "log",  "peer",	"pool",
					   "service", "user", "client", "route"};

	for (size_t i = 0; i < sizeof(ours) / sizeof(ours[0]); i++)
		CU_ASSERT(cfg_is_section(ours[i]));
	CU_ASSERT_FALSE(cfg_is_section("net"));
	CU_ASSERT_FALSE(cfg_is_section("peers"));
	CU_ASSERT_FALSE(cfg_is_section(""));
}

static const struct test_case cases[] = {
	{"unknown_keys", unknown_keys},
	{"unknown_sections", unknown_sections},
	{"keys_and_sections_are_not_mixed_up", keys_and_sections_are_not_mixed_up},
	{"parts_that_are_logged", parts_that_are_logged},
	{"twice", twice},
	{"titles", names_titles},
	{"required_keys", required_keys},
	{"sections_of_refused_plugins", sections_of_refused_plugins},
	{"our_own_sections", our_own_sections},
	{NULL, NULL},
};
const struct test_suite suite_names = {"names", cases};
