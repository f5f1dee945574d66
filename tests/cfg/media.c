/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/cfg/media.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int number_parse(struct ist_addr *out, const char *text, unsigned long min,
			unsigned long max)
{
	char *end;
	unsigned long n = strtoul(text, &end, 10);

	memset(out, 0, sizeof(*out));
	if (end == text || *end || n < min || n > max)
		return -EINVAL;
	out->len = 8;
	for (unsigned i = 0; i < 8; i++)
		out->data[i] = (uint8_t)((uint64_t)n >> 8 * i);
	return 0;
}

static int dlci_parse(struct ist_addr *out, const char *text)
{
	return number_parse(out, text, 16, 1007);
}

static int x121_parse(struct ist_addr *out, const char *text)
{
	return number_parse(out, text, 1, 999999999999999);
}

/* "192.0.2.1:1701" */
static int net_parse(struct ist_addr *out, const char *text)
{
	char host[16];
	int port, n = 0;

	memset(out, 0, sizeof(*out));
	if (sscanf(text, "%15[0-9.]:%d%n", host, &port, &n) != 2 || text[n] ||
	    inet_pton(AF_INET, host, out->data) != 1)
		return -EINVAL;
	out->len = 6;
	out->data[4] = (uint8_t)(port >> 8);
	out->data[5] = (uint8_t)port;
	return 0;
}

static bool modem_calls(const struct ist_addr *a)
{
	return a->data[0] != 1;
}

static const struct ist_key net_keys[] = {
	{"listen", IST_KEY_TEXT, IST_KEY_PORT, 0, 0, NULL, "0.0.0.0:1701", "where to listen"},
	{"rcvbuf", IST_KEY_NUMBER, IST_KEY_PORT, 4096, 65536, NULL, NULL, "octets"},
	{NULL, 0, 0, 0, 0, NULL, NULL, NULL},
};

static const struct ist_key line_keys[] = {
	{"link", IST_KEY_TEXT, IST_KEY_PORT | IST_KEY_REQUIRED, 0, 0, NULL, NULL, "the wire"},
	{"lmi", IST_KEY_WORD, IST_KEY_PORT, 0, 0, "none annex-a", "none", "who says what is alive"},
	{"n391", IST_KEY_NUMBER, IST_KEY_PORT, 1, 255, NULL, "6", "full status every so often"},
	{"t391", IST_KEY_TIME, IST_KEY_PORT, 5000000, 30000000, NULL, "10s", "polling"},
	{"fast", IST_KEY_BOOL, IST_KEY_PORT, 0, 0, NULL, "no", "hurry"},
	{"alarm", IST_KEY_LIST, IST_KEY_PORT, 0, 0, NULL, NULL, "whom to tell"},
	{"mtu", IST_KEY_NUMBER, IST_KEY_PORT | IST_KEY_CIRCUIT, 262, 8188, NULL, "1564",
	 "octets of a frame"},
	{"cir", IST_KEY_NUMBER, IST_KEY_CIRCUIT, 0, 0, NULL, NULL, "bits a second"},
	{NULL, 0, 0, 0, 0, NULL, NULL, NULL},
};

static const char *media_setting(const struct ist_setting *s, unsigned n, const char *key)
{
	for (unsigned i = 0; i < n; i++)
		if (!strcmp(s[i].key, key))
			return s[i].value;
	return "";
}

/* What no table can say: the wire's name does not begin with "wet", an odd n391 needs t391 = 20s,
 * DLCI 666 is nobody's, and all together carry a million at most. */
static int line_check(const struct ist_port_config *cfg, struct ist_open *opens, unsigned n,
		      char *err, size_t err_len)
{
	const char *link = media_setting(cfg->setting, cfg->settings, "link");
	unsigned long cir = 0;

	(void)opens;
	(void)n;
	if (!strncmp(link, "wet", 3))
		return snprintf(err, err_len, "link: \"%s\" is no dry one", link), -EINVAL;
	if (atoi(media_setting(cfg->setting, cfg->settings, "n391")) % 2 &&
	    strcmp(media_setting(cfg->setting, cfg->settings, "t391"), "20000000"))
		return snprintf(err, err_len, "t391: must be 20s with an odd n391"), -EINVAL;
	for (unsigned i = 0; i < cfg->circuits; i++) {
		const struct ist_circuit_config *c = &cfg->circuit[i];
		unsigned dlci = c->addr.data[0] | c->addr.data[1] << 8;

		if (dlci == 666)
			return snprintf(err, err_len, "dlci 666: is nobody's"), -EINVAL;
		cir += strtoul(media_setting(c->setting, c->settings, "cir"), NULL, 10);
	}
	return cir > 1000000 ? snprintf(err, err_len, "carries a million at most"), -EINVAL : 0;
}

static const struct ist_transport net = {.abi = IST_TRANSPORT_ABI,
					 .size = sizeof(net),
					 .name = "net",
					 .caps = IST_CAP_L2TP | IST_CAP_UNKNOWN,
					 .keys = net_keys,
					 .addr_parse = net_parse};
static const struct ist_transport line = {.abi = IST_TRANSPORT_ABI,
					  .size = sizeof(line),
					  .name = "line",
					  .caps = IST_CAP_L2TP | IST_CAP_PPP,
					  .keys = line_keys,
					  .circuit_word = "dlci",
					  .addr_parse = dlci_parse,
					  .check = line_check};
static const struct ist_transport sw = {.abi = IST_TRANSPORT_ABI,
					.size = sizeof(sw),
					.name = "sw",
					.caps = IST_CAP_PPP | IST_CAP_SWITCHED,
					.addr_parse = x121_parse};

static const struct ist_transport modem = {.abi = IST_TRANSPORT_ABI,
					   .size = sizeof(modem),
					   .name = "modem",
					   .caps = IST_CAP_PPP | IST_CAP_CALLS,
					   .addr_parse = x121_parse,
					   .addr_calls = modem_calls};
/* Of the time before addr_calls. */
static const struct ist_transport old_modem = {.abi = IST_TRANSPORT_ABI,
					       .size = offsetof(struct ist_transport, addr_calls),
					       .name = "old-modem",
					       .caps = IST_CAP_PPP | IST_CAP_CALLS,
					       .addr_parse = x121_parse,
					       .addr_calls = modem_calls};

const struct ist_transport *const media[] = {&net, &line, &sw, &modem, &old_modem, NULL};

void media_each_key(const struct cfg_schema *s,
		    void (*each)(const struct cfg_schema *, const struct cfg_key *))
{
	for (unsigned i = 0; i < s->keys; i++)
		each(s, &s->key[i]);
	for (const struct cfg_schema *const *sub = s->sub; *sub; sub++)
		media_each_key(*sub, each);
}

void assert_same_text(const char *got, const char *want, const char *file, unsigned line_no)
{
	bool same = !strcmp(got, want);

	CU_assertImplementation(same, line_no, "texts differ", file, "", CU_FALSE);
	if (!same)
		printf("\n--- got\n%s\n--- want\n%s\n", got, want);
}
