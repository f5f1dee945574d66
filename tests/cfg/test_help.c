/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cfg/keys.h"
#include "tests/cfg/media.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static char *help;

static void print(void)
{
	size_t len;
	FILE *f = open_memstream(&help, &len);

	if (!f)
		abort();
	cfg_print_help(f, media);
	fclose(f);
}

static void help_has(const char *text)
{
	bool there = strstr(help, text) != NULL;

	CU_ASSERT(there);
	if (!there)
		printf("\n      not in the help: %s\n", text);
}

static void has_section(const struct cfg_schema *s)
{
	char text[256];

	for (unsigned i = 0; i < s->keys; i++) {
		snprintf(text, sizeof(text), "  %s = ", s->key[i].name);
		help_has(text);
		help_has(s->key[i].help);
	}
	help_has(s->word);
	for (const struct cfg_schema *const *sub = s->sub; *sub; sub++)
		has_section(*sub);
}

static void every_key_is_there(void)
{
	struct arena *a = arena_new();

	print();
	has_section(cfg_schema_new(a, media));
	arena_free(a);
	free(help);
}

static void kinds_ranges_and_defaults(void)
{
	print();
	help_has("\n  max-tunnels = number, 1 to 65535 (default: 32768) [live]\n");
	help_has("\n  host-name = text (default: the system's host name) [new-calls]\n");
	help_has("\n  all = debug | info | notice | error (default: notice) [live]\n"
		 "      every part of the program");
	help_has("\n  tunnel = debug | info | notice | error (default: notice) [live]\n"
		 "      L2TP control connections\n");
	help_has("\n  workers = number, 0 to 64 (default: auto) [restart]\n");
	help_has("\npeer NAME { }\n");
	help_has("\n  window = number, 1 to 1024 (default: 64) [new-calls]\n");
	help_has("\n  retransmit = time, 50ms to 1m (default: 1s) [live]\n");
	help_has("\n  hide = yes | no (default: no) [new-calls]\n");
	help_has("\n  challenge = yes | no (default: yes with a secret) [new-calls]\n");
	help_has("\n  service = name of a service [new-calls]\n");
	help_has("\n  ranges = prefix, or a list { a, b } (default: none) [new-calls]\n");
	help_has("\n  local = IPv4 address (required) [new-calls]\n");
	help_has("\n  tun = text (default: ist%d) [new-calls]\n");
	help_has("\n  redial = time, 0 to 1d (default: 30s) [new-calls]\n");
	help_has("\nline NAME { }\n    a port of transport line\n");
	help_has("\n  t391 = time, 5s to 30s (default: 10s) [reopens-port]\n");
	help_has("\n  channel ADDRESS { }\n      a circuit; `dlci` is another word for it\n");
	help_has("\n    cir = number [reopens-port]\n        bits a second\n");
	help_has("\n  accept PATTERN { }\n");
	free(help);
}

/* What is printed as the default is what a text without the key gives. */
static void defaults_are_true(void)
{
	static struct told a, b;

	tell(&a, "host-name = x peer p { }");
	tell(&b, "host-name = x peer p { hide = no window = 64 retransmit = 1s retransmit-max = 8s "
		 "retransmit-count = 5 hello = 1m setup-timeout = 1m idle-close = 0 reauth = 0 "
		 "single-tunnel = no max-calls = 0 max-tunnels = 64 max-peer-calls = 1024 reorder "
		 "= 0 reorder-timeout = 100ms "
		 "quirks = { short-result, misplaced-avp, clear-setup } }");
	CU_ASSERT_FATAL(!a.faults && !b.faults);
	CU_ASSERT(!memcmp(&a.m->peer[0].policy, &b.m->peer[0].policy, sizeof(a.m->peer[0].policy)));
	CU_ASSERT_EQUAL(a.m->peer[0].reorder_timeout, b.m->peer[0].reorder_timeout);
	told_end(&a);
	told_end(&b);
	tell(&a, "host-name = x service s { local = 10.0.0.1 }");
	tell(&b,
	     "host-name = x service s { local = 10.0.0.1 mtu = 1400 auth = chap rechallenge = 0 }");
	CU_ASSERT_FATAL(!a.faults && !b.faults);
	CU_ASSERT(!memcmp(&a.m->service[0].ppp, &b.m->service[0].ppp, sizeof(a.m->service[0].ppp)));
	told_end(&a);
	told_end(&b);
}

static const struct test_case cases[] = {
	{"every_key_is_there", every_key_is_there},
	{"kinds_ranges_and_defaults", kinds_ranges_and_defaults},
	{"defaults_are_true", defaults_are_true},
	{NULL, NULL},
};
const struct test_suite suite_help = {"help", cases};
