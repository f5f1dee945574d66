/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Settings that are wrong beyond what the key table can say, and words for each. */
#include "transports/serial/serial.h"

#include "tests/harness.h"
#include "tests/transports/keys.h"
#include "tests/transports/host.h"

#include <string.h>

#define LONG_WORD "x12345678901234567890123456789012345678901234567890123456789012345"

static void serial_conf_wrong(void)
{
	static const struct {
		const char *config[5], *words;
	} rows[] = {
		{{NULL}, "needs a device or a link"},
		{{"device=", NULL}, "needs a device"},
		{{"device=/dev/x", "speed=64000", NULL}, "speed: no tty has 64000 bit/s"},
		{{"device=/dev/x", "accm=", NULL}, "accm: \"\" is not 1 to 8 hexadecimal"},
		{{"device=/dev/x", "accm=123456789", NULL}, "is not 1 to 8 hexadecimal"},
		{{"device=/dev/x", "accm=0xfffffffg", NULL}, "is not 1 to 8 hexadecimal"},
		{{"device=/dev/x", "accm-in=-1", NULL}, "accm-in: \"-1\" is not"},
		{{"device=/dev/x", "accm=0", "flow=xon-xoff", NULL}, "needs 000a0000"},
		{{"device=/dev/x", "accm=00020000", "flow=xon-xoff", NULL}, "needs 000a0000"},
		{{"device=/dev/x", "retry=0", NULL}, "retry: not 0"},
		{{"device=/dev/x", "chat=OK AT", "chat=ABORT", NULL}, "chat: ABORT needs a text"},
		{{"device=/dev/x", "chat=" LONG_WORD, NULL}, "chat: a text is too long"},
		{{"device=/dev/x", "fcs=none", NULL}, "fcs: a device needs 16 or 32"},
		{{"link=loop:a", "device=/dev/x", NULL},
		 "device: a line has a device or a link, not both"},
		{{"link=loop:a", "chat=OK", NULL}, "chat: only of a line with a device"},
		{{"link=loop:a", "accm=0", NULL}, "accm: only of a line with a device"},
		{{"link=loop:a", "retry=2s", NULL}, "retry: only of a line with a device"},
		{{"device=/dev/x", "ethertype=0x88b6", NULL},
		 "ethertype: only of a line with a link"},
		{{"device=/dev/x", "impair-loss=1", NULL}, "impair: not on a tty"},
		{{"link=nothing:a", NULL}, "is none of udp:"},
		{{"link=atmtcp:127.0.0.1:1", NULL}, "carries AAL5 SDUs"},
		{{"link=loop:a", "@line l2tp", NULL}, "channel line: carries ppp only"},
		{{"device=/dev/x", "@line l2tp", NULL}, "channel line: carries ppp only"},
		{{"device=/dev/x", "@line l2tp ppp", NULL}, "carries ppp only"},
		{{"device=/dev/x", "@line ppp", "@line ppp", NULL}, "has one channel"},
		{{"device=/dev/x", "@5551212 ppp", NULL}, "the channel is named line"},
		{{"device=/dev/x", "chat='' ATD\\T", "@line ppp", NULL},
		 "channel line: not with a chat script that dials"},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char err[200] = "";
		struct fake_host h;

		CU_ASSERT_TRUE(fake_try(&h, &serial_transport, rows[i].config, err, sizeof(err)) <
			       0);
		if (!strstr(err, rows[i].words))
			CU_FAIL(err);
	}
}

static void serial_conf_right(void)
{
	static const char *const rows[][6] = {
		{"device=/nonexistent/tty", NULL},
		{"device=/nonexistent/tty", "@line ppp", NULL},
		{"device=/nonexistent/tty", "speed=115200", "flow=rts-cts", "accm=0", "@line ppp",
		 NULL},
		{"device=/nonexistent/tty", "flow=xon-xoff", "accm=0x000A0000", "accm-in=000a0000",
		 NULL},
		{"device=/nonexistent/tty", "fcs=32", NULL},
		/* defaults are handed over too */
		{"device=/nonexistent/tty", "ethertype=0x88b5", "impair-delay=0", NULL},
		{"link=loop:conf", "retry=1000000", "accm=ffffffff", NULL},
		{"link=loop:conf", "fcs=none", "speed=64000", "ethertype=0x88b6", "@line ppp",
		 NULL},
		{"link=loop:conf", "impair-loss=1", "max-payload=4470", NULL},
		{"device=/nonexistent/tty", "chat='' ATZ", "chat=OK ATD1", "chat=CONNECT", NULL},
		{"device=/nonexistent/tty", "chat='' ATD\\T", "chat=CONNECT", NULL},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct fake_host h;

		fake_open(&h, &serial_transport, rows[i]);
		fake_run(&h, fake_now);
		CU_ASSERT_EQUAL(h.errors, 0);
		fake_close(&h);
	}
}

/* What the manual says. */
static void serial_conf_defaults(void)
{
	static const struct {
		const char *key, *deflt;
	} rows[] = {
		{"flow", "none"},	 {"carrier", "auto"},	  {"accm", "ffffffff"},
		{"accm-in", "00000000"}, {"max-payload", "1500"}, {"retry", "1s"},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct ist_key *k = serial_transport.keys;

		while (k->name && strcmp(k->name, rows[i].key))
			k++;
		CU_ASSERT_PTR_NOT_NULL_FATAL(k->name);
		CU_ASSERT_STRING_EQUAL(k->deflt, rows[i].deflt);
	}
}

static void rows_of_the_key_table(void)
{
	static const struct key_row rows[] = {
		{"speed", "port number 300-1000000000"},
		{"max-payload", "port number 128-16384 =1500"},
		{"fcs", "port word"},
		{"device", "port text"},
		{"flow", "port word =none"},
		{"carrier", "port word =auto"},
		{"accm", "port text =ffffffff"},
		{"accm-in", "port text =00000000"},
		{"chat", "port list"},
		{"retry", "port time =1s"},
		{"link", "port text"},
		{"ethertype", "port text =0x88b5"},
		{"receive-ring", "port bool =yes"},
		{"qdisc-bypass", "port bool =no"},
		{"replay", "port word =recorded"},
		{"impair-direction", "port word =both"},
	};

	keys_are(&serial_transport, rows, sizeof(rows) / sizeof(*rows));
}

static const struct test_case cases[] = {
	{"rows_of_the_key_table", rows_of_the_key_table},
	{"wrong", serial_conf_wrong},
	{"right", serial_conf_right},
	{"defaults", serial_conf_defaults},
	{NULL, NULL},
};
const struct test_suite suite_serial_conf = {"serial_conf", cases};
