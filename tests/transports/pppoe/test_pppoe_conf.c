/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Settings that are wrong beyond what the key table can say, and words for each. */
#include "transports/pppoe/pppoe.h"

#include "tests/harness.h"
#include "tests/transports/host.h"

#include <errno.h>
#include <string.h>

static void pppoe_conf_wrong(void)
{
	static const struct {
		const char *config[4], *words;
	} rows[] = {
		{{NULL}, "needs a link"},
		{{"link=tun:x", NULL}, "no tun:INTERFACE with this transport"},
		{{"link=atmtcp:127.0.0.1:1", NULL}, "carries AAL5 SDUs"},
		{{"link=loop:x", "services=", NULL}, "services: \"\" is not 1 to 56 octets long"},
		{{"link=loop:x",
		  "services=nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn", NULL},
		 "is not 1 to 56 octets long"},
		{{"link=loop:x", "ac-name=", NULL}, "ac-name: not 1 to 64 octets long"},
		{{"link=loop:x", "role=client", "services=isp", NULL},
		 "a client names the service in each address"},
		{{"link=loop:x", "role=client", "discovery-wait=0", NULL}, "discovery-wait: not 0"},
		{{"link=loop:x", "role=client", "host-uniq=abc", NULL}, "in hexadecimal"},
		{{"link=loop:x", "role=client", "host-uniq=zz", NULL}, "in hexadecimal"},
		{{"link=loop:x", "role=client", "host-uniq=", NULL}, "in hexadecimal"},
		{{"link=loop:x", "role=client", "@isp@* l2tp", NULL},
		 "channel isp@*: carries ppp only"},
		{{"link=loop:x", "role=client", "@* l2tp ppp", NULL}, "carries ppp only"},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char err[200] = "";
		struct fake_host h;

		CU_ASSERT_TRUE(fake_try(&h, &pppoe_transport, rows[i].config, err, sizeof(err)) <
			       0);
		if (!strstr(err, rows[i].words))
			CU_FAIL(err);
	}
}

static void pppoe_conf_right(void)
{
	static const char *const rows[][6] = {
		{"link=loop:x", NULL},
		{"link=loop:x", "@isp@* ppp", NULL},
		{"link=loop:x", "services=isp", "services=voip", "ac-name=bras 1", NULL},
		{"link=loop:x", "role=client", "host-uniq=00FFab", "@isp@* ppp", "@* ppp", NULL},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct fake_host h;

		fake_open(&h, &pppoe_transport, rows[i]);
		fake_run(&h, fake_now);
		CU_ASSERT_EQUAL(h.errors, 0);
		fake_close(&h);
	}
}

/* Defaults stand in the key table, and are what the manual says. */
static void pppoe_conf_defaults(void)
{
	static const struct {
		const char *key, *deflt;
	} rows[] = {
		{"role", "server"},  {"max-sessions", "16000"}, {"sessions-per-mac", "8"},
		{"pado-delay", "0"}, {"max-payload", "1492"},	{"discovery-wait", "2s"},
		{"link-hold", "5s"}, {"cookie-life", "60s"},	{"discovery-tries", "5"},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct ist_key *k = pppoe_transport.keys;

		while (k->name && strcmp(k->name, rows[i].key))
			k++;
		CU_ASSERT_PTR_NOT_NULL_FATAL(k->name);
		CU_ASSERT_STRING_EQUAL(k->deflt, rows[i].deflt);
	}
}

static const struct test_case cases[] = {
	{"wrong_and_words", pppoe_conf_wrong},
	{"right", pppoe_conf_right},
	{"defaults", pppoe_conf_defaults},
	{NULL, NULL},
};
const struct test_suite suite_pppoe_conf = {"pppoe_conf", cases};
