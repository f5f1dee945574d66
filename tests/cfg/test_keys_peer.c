/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Peers: attributes that are left out or added for them, their limits, and who may be one. */
#include "tests/cfg/media.h"

#include <stdio.h>
#include <string.h>

#define US UINT64_C(1000000)

static struct told t;

/* The peer of these keys, which are right. */
static const struct cfg_peer *peer_told(const char *keys)
{
	static char text[4000];

	snprintf(text, sizeof(text), "net n { }\npeer a { %s }", keys);
	tell(&t, text);
	ASSERT_TEXT(t.text, "");
	CU_ASSERT_TRUE_FATAL(t.m && t.m->peers == 1);
	return t.m->peer;
}

static void peer_faults(const char *keys, unsigned faults)
{
	static char text[4000];

	snprintf(text, sizeof(text), "net n { }\npeer a { %s }", keys);
	tell(&t, text);
	CU_ASSERT_EQUAL(t.faults, faults);
	if (t.faults != faults)
		printf("\n      %s: %s", keys, t.text);
	told_end(&t);
}

/* --- suppress ---------------------------------------------------------------------------------- */

/* Numbers: RFC 2661 4.4. */
static void attributes_that_are_left_out(void)
{
	static const struct {
		const char *name;
		uint16_t vendor, type;
	} rows[] = {
		{"Vendor-Name", 0, 8},
		{"\"Vendor Name\"", 0, 8},
		{"vendor-name", 0, 8},
		{"\"VENDOR NAME\"", 0, 8},
		{"8", 0, 8},
		{"0:8", 0, 8},
		{"Firmware-Revision", 0, 6},
		{"tie-breaker", 0, 5},
		{"0:5", 0, 5},
		{"9:1", 9, 1},
		{"65535:65535", 65535, 65535},
		{"9:0", 9, 0},
	};

	for (unsigned i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct cfg_peer *p;
		char keys[100];

		snprintf(keys, sizeof(keys), "suppress = %s", rows[i].name);
		p = peer_told(keys);
		CU_ASSERT_EQUAL(p->policy.suppressed, 1);
		CU_ASSERT_EQUAL(p->policy.suppress[0].vendor, rows[i].vendor);
		CU_ASSERT_EQUAL(p->policy.suppress[0].type, rows[i].type);
		told_end(&t);
	}
}

/* RFC 2661 section 6: Message Type is of every message, Protocol Version, Host Name, Framing
 * Capabilities and Assigned Tunnel ID of an SCCRQ, Call Serial Number of an ICRQ, Result Code of a
 * CDN. */
static void attributes_that_are_required(void)
{
	static const char *const rows[] = {
		"Message-Type",		"0",   "Protocol-Version",   "2", "Host-Name",
		"Framing-Capabilities", "0:3", "Assigned-Tunnel-ID", "9", "Call-Serial-Number",
		"Result-Code"};

	for (unsigned i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char keys[100];

		snprintf(keys, sizeof(keys), "suppress = %s", rows[i]);
		peer_faults(keys, 1);
	}
	ASSERT_TOLD(
		"peer a { suppress = host-name }",
		"t:1: peer a: suppress: RFC 2661 requires `Host Name`, it cannot be left out\n");
}

static void attributes_that_are_none(void)
{
	static const char *const rows[] = {
		"9:",	":1",	  "9:65536",	      "65536:1", "9:1:1",
		"9:x",	"x:9",	  "0:65535",	      "65536",	 "4294967304",
		"9:-1", "Vendor", "\"Vendor Name \"", "nonsense"};

	for (unsigned i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char keys[100];

		snprintf(keys, sizeof(keys), "suppress = %s", rows[i]);
		peer_faults(keys, 1);
	}
	ASSERT_TOLD("peer a { suppress = vendor-nam }",
		    "t:1: peer a: suppress: unknown attribute `vendor-nam`, did you mean `Vendor "
		    "Name`?\n");
	ASSERT_TOLD("peer a { suppress = \"9:\" }",
		    "t:1: peer a: suppress: `9:` is no attribute of a vendor: two numbers up to "
		    "65535, as in 9:1\n");
}

static void as_many_attributes_as_fit(void)
{
	char keys[1000], *at = keys + sprintf(keys, "suppress = { 9:1");

	for (unsigned i = 2; i <= 32; i++)
		at += sprintf(at, ", 9:%u", i);
	strcpy(at, " }");
	CU_ASSERT_EQUAL(peer_told(keys)->policy.suppressed, 32);
	CU_ASSERT_EQUAL(t.m->peer->policy.suppress[31].type, 32);
	told_end(&t);
	strcpy(at, ", 9:33 }");
	peer_faults(keys, 1);
	for (unsigned more = 0; more < 2; more++) {
		at = keys + sprintf(keys, "add = { \"9:1=x\"");
		for (unsigned i = 2; i <= 16 + more; i++)
			at += sprintf(at, ", \"9:%u=x\"", i);
		strcpy(at, " }");
		peer_faults(keys, more);
	}
}

/* --- add --------------------------------------------------------------------------------------- */

/* RFC 2661 4.4.4: Called Number 21 is text, Physical Channel ID 25 and Rx Connect Speed 38 have
 * four octets, Private Group ID 37 any. */
static void attributes_sent_besides(void)
{
	static const struct {
		const char *text;
		uint16_t vendor, type;
		const char *hex;
	} rows[] = {
		{"Called Number=555", 0, 21, "353535"},
		{"called-number=0x31", 0, 21, "30783331"},
		{"Called Number=a=b", 0, 21, "613d62"},
		{"25=7", 0, 25, "00000007"},
		{"Rx Connect Speed=4294967295", 0, 38, "ffffffff"},
		{"0:38=9600", 0, 38, "00002580"},
		{"Private Group ID=blue", 0, 37, "626c7565"},
		{"9:1=abc", 9, 1, "616263"},
		{"9:1=0x00ff7F", 9, 1, "00ff7f"},
		{"9:1=12", 9, 1, "3132"},
		{"65535:65535=x", 65535, 65535, "78"},
	};

	for (unsigned i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct cfg_peer *p;
		uint8_t want[20];
		size_t n = test_hex(want, sizeof(want), rows[i].hex);
		char keys[100];

		snprintf(keys, sizeof(keys), "add = \"%s\"", rows[i].text);
		p = peer_told(keys);
		CU_ASSERT_EQUAL_FATAL(p->adds, 1);
		CU_ASSERT_EQUAL(p->add->key.vendor, rows[i].vendor);
		CU_ASSERT_EQUAL(p->add->key.type, rows[i].type);
		ASSERT_OCTETS(p->add->val, p->add->len, want, n);
		told_end(&t);
	}
}

/* What is the engine's own to say, or about a tunnel, and values that are none. */
static void attributes_that_cannot_be_added(void)
{
	static const char *const rows[] = {"Called Number",
					   "Assigned Session ID=1",
					   "14=1",
					   "Assigned Tunnel ID=1",
					   "Message Type=10",
					   "Host Name=x",
					   "Result Code=x",
					   "Rx Connect Speed=x",
					   "Rx Connect Speed=4294967296",
					   "Rx Connect Speed=",
					   "25=0x00000007x",
					   "9:1=0xabc",
					   "9:1=0xzz",
					   "nonsense=1",
					   "65536:1=x",
					   "0:65535=x",
					   "Minimum BPS=9600"};

	for (unsigned i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char keys[100];

		snprintf(keys, sizeof(keys), "add = \"%s\"", rows[i]);
		peer_faults(keys, 1);
	}
	ASSERT_TOLD("peer a { add = \"9:1\" }",
		    "t:1: peer a: add: `9:1` has no value: NAME=VALUE\n");
	ASSERT_TOLD("peer a { add = \"9:1=0xz0\" }",
		    "t:1: peer a: add: `9:1=0xz0` has no value of this attribute\n");
	ASSERT_TOLD("peer a { add = \"Host Name=x\" }",
		    "t:1: peer a: add: `Host Name=x` is not for the configuration to send\n");
}

/* RFC 2661 4.1: the length of an AVP has ten bits, and six octets are its head. */
static void the_longest_value(void)
{
	static char keys[1200];

	for (unsigned n = 1017; n < 1019; n++) {
		char *at = keys + sprintf(keys, "add = \"9:1=");

		memset(at, 'x', n);
		strcpy(at + n, "\"");
		peer_faults(keys, n > 1017);
	}
}

/* --- secrets, quirks --------------------------------------------------------------------------- */

static void a_secret_of_any_length(void)
{
	const unsigned most = sizeof(((struct l2tp_secret *)0)->octets);
	char keys[400];

	peer_faults("secret = \"\"", 1);
	for (unsigned n = most; n < most + 2; n++) {
		int at = sprintf(keys, "secret = ");

		memset(keys + at, 'x', n);
		keys[at + (int)n] = '\0';
		if (n > most) {
			peer_faults(keys, 1);
			continue;
		}
		CU_ASSERT_EQUAL(peer_told(keys)->policy.secret.len, n);
		ASSERT_OCTETS(t.m->peer->policy.secret.octets, n, keys + at, n);
		told_end(&t);
	}
}

/* Those beside the default ones, or in their place, whatever stands first. */
static void quirks_and_strict(void)
{
	static const struct {
		const char *keys;
		uint32_t want;
	} rows[] = {
		{"", L2TP_QUIRKS_DEFAULT},
		{"quirks = tid-zero", L2TP_QUIRKS_DEFAULT | L2TP_QUIRK_TID_ZERO},
		{"quirks = strict", 0},
		{"quirks = { strict, tid-zero }", L2TP_QUIRK_TID_ZERO},
		{"quirks = { tid-zero, long-response, strict }",
		 L2TP_QUIRK_TID_ZERO | L2TP_QUIRK_LONG_RESPONSE},
		{"quirks = { strict, short-result }", L2TP_QUIRK_SHORT_RESULT},
	};

	for (unsigned i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		CU_ASSERT_EQUAL(peer_told(rows[i].keys)->policy.quirks, rows[i].want);
		told_end(&t);
	}
}

/* --- limits ------------------------------------------------------------------------------------ */

/* One whom anybody can be has fewer, and one source of it half, rounded up, so that others have
 * room. */
static void limits_that_nobody_has_set(void)
{
	static const struct {
		const char *keys;
		bool anybody;
		unsigned tunnels, calls, source_tunnels, source_calls;
	} rows[] = {
		{"", true, 64, 1024, 32, 512},
		{"secret = x", false, 1024, 65535, 0, 0},
		{"address = 192.0.2.0/24", false, 64, 1024, 0, 0},
		{"hostname = x", true, 64, 1024, 32, 512},
		{"max-tunnels = 5 max-peer-calls = 7", true, 5, 7, 3, 4},
		{"max-tunnels = 0 max-peer-calls = 0", true, 0, 0, 0, 0},
		{"max-tunnels = 65535 max-peer-calls = 10000000", true, 65535, 10000000, 32768,
		 5000000},
		{"max-tunnels-per-source = 9 max-calls-per-source = 8", true, 64, 1024, 9, 8},
		{"max-tunnels-per-source = 0 max-calls-per-source = 0", true, 64, 1024, 0, 0},
	};

	for (unsigned i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct cfg_peer *p = peer_told(rows[i].keys);

		CU_ASSERT_EQUAL(p->anybody, rows[i].anybody);
		CU_ASSERT_EQUAL(p->policy.max_tunnels, rows[i].tunnels);
		CU_ASSERT_EQUAL(p->policy.max_peer_calls, rows[i].calls);
		CU_ASSERT_EQUAL(p->policy.max_source_tunnels, rows[i].source_tunnels);
		CU_ASSERT_EQUAL(p->policy.max_source_calls, rows[i].source_calls);
		told_end(&t);
	}
}

/* A stranger reaches `net`, and not the circuits of `line`, nor `sw`, which has to be called. */
static void where_anybody_may_come_from(void)
{
	static const struct {
		const char *conf;
		bool anybody;
	} rows[] = {
		{"peer a { }", false},
		{"net n { }\npeer a { }", true},
		{"net n { }\npeer a { port = n }", true},
		{"line l { link = x dlci 100 { carries = l2tp } }\npeer a { }", false},
		{"line l { link = x dlci 100 { carries = l2tp } }\nnet n { }\npeer a { port = l }",
		 false},
		{"line l { link = x dlci 100 { carries = l2tp } }\nnet n { }\npeer a { }", true},
	};

	for (unsigned i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		tell(&t, rows[i].conf);
		ASSERT_TEXT(t.text, "");
		CU_ASSERT_TRUE_FATAL(t.m && t.m->peers == 1);
		CU_ASSERT_EQUAL(t.m->peer->anybody, rows[i].anybody);
		told_end(&t);
	}
}

/* RFC 2661 4.4.3: a window of 0 is not valid; 5.8: the cap is 8 seconds or more. */
static void ranges_of_a_peer(void)
{
	static const struct {
		const char *key, *least, *most, *under, *over;
	} rows[] = {
		{"window", "1", "1024", "0", "1025"},
		{"hide-padding", "0", "255", "-1", "256"},
		{"retransmit-max", "8s", "10m", "7999ms", "600001ms"},
		{"retransmit-count", "1", "50", "0", "51"},
		{"hello", "0", "24h", "-1s", "86401s"},
		{"setup-timeout", "1s", "1h", "999ms", "3601s"},
		{"idle-close", "0", "30d", "-1s", "2592001s"},
		{"hold", "0", "1h", "-1s", "3601s"},
		{"max-tunnels", "0", "65535", "-1", "65536"},
		{"max-peer-calls", "0", "10000000", "-1", "10000001"},
		{"max-calls", "0", "65535", "-1", "65536"},
		{"reorder-timeout", "1ms", "10s", "0", "10001ms"},
	};

	for (unsigned i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const char *const values[] = {rows[i].least, rows[i].most, rows[i].under,
					      rows[i].over};

		for (unsigned k = 0; k < 4; k++) {
			char keys[100];

			snprintf(keys, sizeof(keys), "%s = %s", rows[i].key, values[k]);
			peer_faults(keys, k > 1);
		}
	}
}

/* RFC 2867: who is told has to keep accounts. */
static void servers_without_accounting(void)
{
	tell(&t, "radius r { server 192.0.2.1 { secret = 0123456789abcdef } }\n"
		 "peer a { radius = r }");
	CU_ASSERT_EQUAL(t.faults, 1);
	CU_ASSERT_PTR_NOT_NULL(
		strstr(t.text, "t:2: peer a: radius: `r` has no `accounting = yes`"));
	told_end(&t);
	tell(&t, "radius r { accounting = yes server 192.0.2.1 { secret = 0123456789abcdef } }\n"
		 "peer a { radius = r }");
	CU_ASSERT_EQUAL(t.faults, 0);
	told_end(&t);
}

static const struct test_case cases[] = {
	{"attributes_that_are_left_out", attributes_that_are_left_out},
	{"attributes_that_are_required", attributes_that_are_required},
	{"attributes_that_are_none", attributes_that_are_none},
	{"as_many_attributes_as_fit", as_many_attributes_as_fit},
	{"attributes_sent_besides", attributes_sent_besides},
	{"attributes_that_cannot_be_added", attributes_that_cannot_be_added},
	{"the_longest_value", the_longest_value},
	{"a_secret_of_any_length", a_secret_of_any_length},
	{"quirks_and_strict", quirks_and_strict},
	{"limits_that_nobody_has_set", limits_that_nobody_has_set},
	{"where_anybody_may_come_from", where_anybody_may_come_from},
	{"ranges_of_a_peer", ranges_of_a_peer},
	{"servers_without_accounting", servers_without_accounting},
	{NULL, NULL},
};
const struct test_suite suite_keys_peer = {"keys_peer", cases};
