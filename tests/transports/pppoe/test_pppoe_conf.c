/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Settings that are wrong beyond what the key table can say, and words for each. */
#include "transports/pppoe/pppoe.h"

#include "tests/harness.h"
#include "tests/transports/keys.h"
#include "tests/transports/host.h"

#include <errno.h>
#include <stdio.h>
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
		{{"link=loop:x", "@* ppp", "@isp@* l2tp", NULL}, "channel isp@*: carries ppp only"},
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

/* 64 services are offered, 65 are refused; and names of the longest length. */
static void pppoe_conf_edges(void)
{
	static const char name[] =
		"nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn"; /* 56 */
	static const char word[] =
		"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"; /* 64 */
	char text[65][80], ac[2][80], uniq[2][160];
	const char *config[70] = {"link=loop:x", NULL};
	char err[200] = "";
	struct fake_host h;

	snprintf(ac[0], sizeof(ac[0]), "ac-name=%s", word);
	snprintf(ac[1], sizeof(ac[1]), "ac-name=%sa", word);
	snprintf(uniq[0], sizeof(uniq[0]), "host-uniq=%s%s", word, word);
	snprintf(uniq[1], sizeof(uniq[1]), "host-uniq=%s%saa", word, word);
	snprintf(text[0], sizeof(text[0]), "services=%s", name);
	for (int i = 1; i < 65; i++)
		snprintf(text[i], sizeof(text[i]), "services=s%d", i);
	for (int i = 0; i < 64; i++)
		config[i + 1] = text[i];
	config[65] = ac[0];
	fake_open(&h, &pppoe_transport, config);
	fake_close(&h);
	config[65] = text[64];
	CU_ASSERT_EQUAL(fake_try(&h, &pppoe_transport, config, err, sizeof(err)), -EINVAL);
	CU_ASSERT_STRING_EQUAL(err, "more than 64 services");
	CU_ASSERT_EQUAL(fake_try(&h, &pppoe_transport,
				 (const char *const[]){"link=loop:x", ac[1], NULL}, err,
				 sizeof(err)),
			-EINVAL);
	CU_ASSERT_STRING_EQUAL(err, "ac-name: not 1 to 64 octets long");
	for (int i = 0; i < 2; i++) {
		const char *const client[] = {"link=loop:x", "role=client", uniq[i], NULL};

		CU_ASSERT_EQUAL(fake_try(&h, &pppoe_transport, client, err, sizeof(err)),
				i ? -EINVAL : 0);
		if (!i)
			fake_close(&h);
	}
	CU_ASSERT_PTR_NOT_NULL(strstr(err, "is not 1 to 64 octets in hexadecimal"));
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

static void rows_of_the_key_table(void)
{
	static const struct key_row rows[] = {
		{"link", "required port text"},
		{"role", "port word =server"},
		{"services", "port list"},
		{"ac-name", "port text"},
		{"max-sessions", "port number 1-65534 =16000"},
		{"sessions-per-mac", "port number 0-65534 =8"},
		{"pado-delay", "port time =0"},
		{"cookie-life", "port time =60s"},
		{"max-payload", "port number 1492-9216 =1492"},
		{"discovery-wait", "port time =2s"},
		{"discovery-tries", "port number 1-20 =5"},
		{"host-uniq", "port text"},
		{"link-hold", "port time =5s"},
		{"ethertype", "none"},
	};

	keys_are(&pppoe_transport, rows, sizeof(rows) / sizeof(*rows));
}

static const struct test_case cases[] = {
	{"rows_of_the_key_table", rows_of_the_key_table},
	{"wrong_and_words", pppoe_conf_wrong},
	{"edges", pppoe_conf_edges},
	{"right", pppoe_conf_right},
	{"defaults", pppoe_conf_defaults},
	{NULL, NULL},
};
const struct test_suite suite_pppoe_conf = {"pppoe_conf", cases};
