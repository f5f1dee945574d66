/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Configurations of ports that no reader of a configuration file has seen.  Those of the examples
 * fit; what breaks the promises of struct ist_key does not.
 */
#include "cfg/cfg.h"
#include "gw/dp/port_check.h"
#include "tests/harness.h"
#include "tests/srcdir.h"
#include "transports/builtin.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct ist_key keys[] = {
	{"device", IST_KEY_TEXT, IST_KEY_PORT | IST_KEY_REQUIRED, 0, 0, NULL, NULL, ""},
	{"speed", IST_KEY_NUMBER, IST_KEY_PORT, 300, 115200, NULL, "9600", ""},
	{"any", IST_KEY_NUMBER, IST_KEY_PORT, 0, 0, NULL, NULL, ""},
	{"below", IST_KEY_NUMBER, IST_KEY_PORT, -5, 5, NULL, NULL, ""},
	{"fast", IST_KEY_BOOL, IST_KEY_PORT | IST_KEY_CIRCUIT, 0, 0, NULL, NULL, ""},
	{"lmi", IST_KEY_WORD, IST_KEY_PORT, 0, 0, "none annex-a annex-d", NULL, ""},
	{"wait", IST_KEY_TIME, IST_KEY_PORT, 1000, 60000000, NULL, NULL, ""},
	{"ever", IST_KEY_TIME, IST_KEY_PORT, 0, 0, NULL, NULL, ""},
	{"listen", IST_KEY_LIST, IST_KEY_PORT, 0, 0, NULL, NULL, ""},
	{"cir", IST_KEY_NUMBER, IST_KEY_CIRCUIT | IST_KEY_REQUIRED, 0, 1000, NULL, NULL, ""},
	{NULL, 0, 0, 0, 0, NULL, NULL, NULL},
};

/* A letter. */
static int fake_addr_parse(struct ist_addr *out, const char *text)
{
	if (!*text || text[1])
		return -EINVAL;
	*out = (struct ist_addr){.len = 1, .data = {(uint8_t)*text}};
	return 0;
}

static int fake_addr_format(const struct ist_addr *a, char *buf, size_t len)
{
	return snprintf(buf, len, "%c", a->data[0]);
}

static int fake_check(const struct ist_port_config *cfg, struct ist_open *opens, unsigned n,
		      char *err, size_t err_len)
{
	(void)opens;
	(void)n;
	if (strcmp(cfg->name, "wrong"))
		return 0;
	snprintf(err, err_len, "name: is wrong");
	return -EDOM;
}

static const struct ist_transport fake = {
	.abi = IST_TRANSPORT_ABI,
	.size = sizeof(fake),
	.name = "fake",
	.caps = IST_CAP_PPP,
	.keys = keys,
	.circuit_word = "dlci",
	.addr_parse = fake_addr_parse,
	.addr_format = fake_addr_format,
	.check = fake_check,
};

/* --- settings --------------------------------------------------------------------------------- */

/* What is wrong with `device`, `speed` and these two; "" = nothing. */
static const char *port_check_of(const char *key, const char *value, const char *key2,
				 const char *value2)
{
	static char err[128];
	struct ist_setting s[4] = {{"device", ""}, {"speed", "9600"}, {key, value}, {key2, value2}};
	struct ist_port_config cfg = {sizeof(cfg), "p", s, key2 ? 4 : key ? 3 : 2, NULL, 0};
	int rc;

	err[0] = '\0';
	rc = port_check(&fake, &cfg, err, sizeof(err));
	CU_ASSERT_EQUAL(rc, err[0] ? -EINVAL : 0);
	return err;
}

static const char *const good[][2] = {
	{"any", "0"},
	{"any", "999999999999999999"},
	{"below", "5"},
	{"fast", "yes"},
	{"fast", "no"},
	{"lmi", "none"},
	{"lmi", "annex-d"},
	{"wait", "1000"},
	{"wait", "60000000"},
	{"ever", "0"},
	{"ever", "315360000000000"},
	{"listen", ""},
};

static const char *const bad[][3] = {
	{"colour", "red", "colour: is no key of this transport"},
	{"", "", ": is no key of this transport"},
	{"cir", "5", "cir: is no key of this transport"}, /* of a circuit */
	{"any", "", "any: its value is not in range"},
	{"any", "5x", "any: its value is not in range"},
	{"any", " 5", "any: its value is not in range"},
	{"any", "-5", "any: its value is not in range"},
	{"any", "1000000000000000000", "any: its value is not in range"},
	{"any", "18446744073709551617", "any: its value is not in range"},
	{"below", "6", "below: its value is not in range"},
	{"fast", "true", "fast: its value is not in range"},
	{"fast", "", "fast: its value is not in range"},
	{"lmi", "annex", "lmi: its value is not in range"},
	{"lmi", "none annex-a", "lmi: its value is not in range"},
	{"lmi", "", "lmi: its value is not in range"},
	{"wait", "999", "wait: its value is not in range"},
	{"wait", "60000001", "wait: its value is not in range"},
	{"wait", "10s", "wait: its value is not in range"},
	{"ever", "315360000000001", "ever: its value is not in range"},
	{"device", "b", "device: is given twice"},
};

static void port_check_values(void)
{
	CU_ASSERT_STRING_EQUAL(port_check_of(NULL, NULL, NULL, NULL), "");
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++)
		CU_ASSERT_STRING_EQUAL(port_check_of(good[i][0], good[i][1], NULL, NULL), "");
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		CU_ASSERT_STRING_EQUAL(port_check_of(bad[i][0], bad[i][1], NULL, NULL), bad[i][2]);
	CU_ASSERT_STRING_EQUAL(port_check_of("listen", "a", "listen", "b"), "");
}

static int port_check_fake(struct ist_port_config *cfg, const char *want)
{
	char err[128] = "";
	int rc = port_check(&fake, cfg, err, sizeof(err));

	CU_ASSERT_STRING_EQUAL(err, want);
	return rc;
}

static void port_check_presence(void)
{
	struct ist_setting s[2] = {{"device", "a"}, {"speed", "300"}};
	struct ist_port_config cfg = {sizeof(cfg), "p", s, 2, NULL, 0};

	CU_ASSERT_EQUAL(port_check_fake(&cfg, ""), 0);
	cfg.settings = 1; /* a key with a default is always there */
	CU_ASSERT_EQUAL(port_check_fake(&cfg, "speed: is missing"), -EINVAL);
	cfg.settings = 0;
	CU_ASSERT_EQUAL(port_check_fake(&cfg, "device: is missing"), -EINVAL);
}

static void port_check_circuits(void)
{
	struct ist_setting s[2] = {{"device", "a"}, {"speed", "300"}}, cir = {"cir", "64"};
	struct ist_circuit_config c[2] = {{{1, "a"}, 1u << IST_PAYLOAD_PPP, &cir, 1},
					  {{1, "b"}, 1u << IST_PAYLOAD_PPP, &cir, 1}};
	struct ist_port_config cfg = {sizeof(cfg), "p", s, 2, c, 2};

	CU_ASSERT_EQUAL(port_check_fake(&cfg, ""), 0);
	c[1].payloads = 1u << IST_PAYLOAD_L2TP;
	CU_ASSERT_EQUAL(port_check_fake(&cfg, "dlci: this transport does not carry its payload"),
			-EINVAL);
	c[1].payloads = 0;
	CU_ASSERT_EQUAL(port_check_fake(&cfg, "dlci: this transport does not carry its payload"),
			-EINVAL);
	c[1].payloads = 1u << IST_PAYLOAD_PPP;
	c[1].addr.data[40] = 1; /* not zero padded */
	CU_ASSERT_EQUAL(port_check_fake(&cfg, "dlci: its address is none of this transport"),
			-EINVAL);
	c[1].addr = (struct ist_addr){0};
	CU_ASSERT_EQUAL(port_check_fake(&cfg, "dlci: its address is none of this transport"),
			-EINVAL);
	c[1].addr = c[0].addr;
	c[1].settings = 0;
	CU_ASSERT_EQUAL(port_check_fake(&cfg, "cir: is missing"), -EINVAL);
}

static void the_transport_is_asked_last(void)
{
	struct ist_setting s[2] = {{"device", "a"}, {"speed", "300"}};
	struct ist_port_config cfg = {sizeof(cfg), "wrong", s, 2, NULL, 0};

	CU_ASSERT_EQUAL(port_check_fake(&cfg, "name: is wrong"), -EDOM);
}

/* --- the transports there are ------------------------------------------------------------------ */

static void port_check_report(void *ctx, const char *text)
{
	(void)ctx;
	printf("\n      %s\n", text);
	CU_FAIL("an example is refused");
}

static void port_check_example(const char *name)
{
	const struct cfg_model *m = NULL;
	char path[300], err[256] = "", *text;
	size_t len;

	snprintf(path, sizeof(path), "cfg/examples/%s", name);
	text = test_read_file(path, &len);
	CU_ASSERT_EQUAL(
		cfg_load_text(&m, path, text, len, ist_builtin_transports, port_check_report, NULL),
		0);
	CU_ASSERT_PTR_NOT_NULL_FATAL(m);
	for (unsigned i = 0; i < m->ports; i++) {
		CU_ASSERT_EQUAL(
			port_check(m->port[i].transport, &m->port[i].config, err, sizeof(err)), 0);
		CU_ASSERT_STRING_EQUAL(err, "");
	}
	cfg_unload(m);
	free(text);
}

static void the_examples_fit(void)
{
	char path[300];
	struct dirent **at;
	int n;

	snprintf(path, sizeof(path), "%s/cfg/examples", test_srcdir());
	n = scandir(path, &at, NULL, alphasort);
	CU_ASSERT_TRUE_FATAL(n > 10);
	for (int i = 0; i < n; i++) {
		if (strstr(at[i]->d_name, ".conf"))
			port_check_example(at[i]->d_name);
		free(at[i]);
	}
	free(at);
}

/* Whatever octets: no transport takes what it would not have written itself. */
static void addresses_of_every_transport(void)
{
	uint64_t seed = test_seed();

	for (unsigned k = 0; ist_builtin_transports[k]; k++) {
		const struct ist_transport *t = ist_builtin_transports[k];

		for (unsigned i = 0; i < 2000; i++) {
			struct ist_addr a = {.len = (uint16_t)(test_rand(&seed) % 80)};
			char text[256];

			for (unsigned j = 0; j < sizeof(a.data) && (j < a.len || !(i & 7)); j++)
				a.data[j] = (uint8_t)test_rand(&seed);
			if (!port_check_addr(t, &a))
				continue;
			CU_ASSERT_TRUE(a.len <= sizeof(a.data));
			CU_ASSERT_TRUE(t->addr_format(&a, text, sizeof(text)) > 0);
		}
	}
}

static const struct {
	const char *transport, *text;
} addresses[] = {
	{"udp", "192.0.2.1"},
	{"udp", "192.0.2.1:1702"},
	{"udp", "2001:db8::1"},
	{"udp", "[2001:db8::1]:1702"},
	{"udp", "[fe80::1%1]:1702"},
	{"frame-relay", "16"},
	{"frame-relay", "1007"},
	{"atm", "0/32"},
	{"atm", "255/65535"},
	{"x25", "31103"},
	{"x25", "311030000000001"},
	{"serial", "line"},
	{"serial", "+4912345"},
	{"pppoe", "*"},
	{"pppoe", "isp@*"},
	{"pppoe", "02:00:00:00:00:01"},
	{"pppoe", "isp@02:00:00:00:00:01"},
};

static void what_is_parsed_is_an_address(void)
{
	for (size_t i = 0; i < sizeof(addresses) / sizeof(addresses[0]); i++) {
		const struct ist_transport *t = NULL;
		struct ist_addr a = {0};

		for (unsigned k = 0; ist_builtin_transports[k]; k++)
			if (!strcmp(ist_builtin_transports[k]->name, addresses[i].transport))
				t = ist_builtin_transports[k];
		CU_ASSERT_PTR_NOT_NULL_FATAL(t);
		if (t->addr_parse(&a, addresses[i].text) || !port_check_addr(t, &a)) {
			printf("\n      %s\n", addresses[i].text);
			CU_FAIL("an address is refused");
		}
		a.data[sizeof(a.data) - 1] ^= 1;
		CU_ASSERT_FALSE(port_check_addr(t, &a));
	}
}

static const struct test_case cases[] = {
	{"values", port_check_values},
	{"presence", port_check_presence},
	{"circuits", port_check_circuits},
	{"the_transport_is_asked_last", the_transport_is_asked_last},
	{"the_examples_fit", the_examples_fit},
	{"what_is_parsed_is_an_address", what_is_parsed_is_an_address},
	{"addresses_of_every_transport", addresses_of_every_transport},
	{NULL, NULL},
};
const struct test_suite suite_port_check = {"port_check", cases};
