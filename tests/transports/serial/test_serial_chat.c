/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Chat scripts: how entries read, what is wrong with them, and conversations with a modem. */
#include "transports/serial/serial_chat.h"

#include "tests/harness.h"

#include <stdio.h>
#include <string.h>

#define SECOND UINT64_C(1000000)

static char said[4096];
static size_t said_len;

static void chat_said(void *ctx, const uint8_t *octets, size_t len)
{
	(void)ctx;
	memcpy(said + said_len, octets, len);
	said_len += len;
}

static void chat_open(struct serial_chat *c, const char *const *script)
{
	said_len = 0;
	serial_chat_init(c, chat_said, NULL);
	for (unsigned i = 0; script[i]; i++)
		CU_ASSERT_PTR_NULL(serial_chat_add(c, script[i]));
	serial_chat_start(c, 0);
}

static void chat_hear(struct serial_chat *c, const char *text, uint64_t now)
{
	size_t len = strlen(text);

	CU_ASSERT_EQUAL(serial_chat_rx(c, (const uint8_t *)text, len, now), len);
}

#define ASSERT_SAID(text)                                          \
	do {                                                       \
		ASSERT_OCTETS(said, said_len, text, strlen(text)); \
		said_len = 0;                                      \
	} while (0)

static void chat_words(void)
{
	static const struct {
		const char *entry, *expect, *send;
	} rows[] = {
		{"OK ATDT5551212", "OK", "ATDT5551212\r"},
		{"  OK   ATZ  ", "OK", "ATZ\r"},
		{"CONNECT", "CONNECT", ""},
		{"'NO DIALTONE' 'AT H0'", "NO DIALTONE", "AT H0\r"},
		{"'' ATZ", "", "ATZ\r"},
		{"word: ''", "word:", "\r"},
		{"ogin:\\s ppp\\c", "ogin: ", "ppp"},
		{"\\r\\nOK\\\\ a\\tb\\n\\c", "\r\nOK\\", "a\tb\n"},
		{"'ABORT' 'TIMEOUT'", "ABORT", "TIMEOUT\r"},
		{"CONNECT \\c", "CONNECT", ""},
		{"OK ATDT\\T", "OK", "ATDT\r"}, /* the number is put in when it is sent */
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct serial_chat c;

		serial_chat_init(&c, chat_said, NULL);
		CU_ASSERT_PTR_NULL_FATAL(serial_chat_add(&c, rows[i].entry));
		CU_ASSERT_EQUAL_FATAL(c.steps, 1);
		ASSERT_OCTETS(c.step->expect.octets, c.step->expect.len, rows[i].expect,
			      strlen(rows[i].expect));
		ASSERT_OCTETS(c.step->send.octets, c.step->send.len, rows[i].send,
			      strlen(rows[i].send));
	}
}

static void chat_wrong(void)
{
	static const struct {
		const char *entry, *words;
	} rows[] = {
		{"", "an entry has one or two words"},
		{"   ", "an entry has one or two words"},
		{"a b c", "an entry has one or two words"},
		{"'OK ATZ", "a ' is missing"},
		{"OK \\q", "after \\ comes one of"},
		{"OK \\", "after \\ comes one of"},
		{"OK AT\\T\\T", "\\T stands twice in a text"},
		{"\\T OK", "\\T is only for what is sent"},
		{"ABORT \\T", "\\T is only for what is sent"},
		{"TIMEOUT 3\\T", "\\T is only for what is sent"},
		{"ABORT", "ABORT needs a text"},
		{"ABORT ''", "ABORT needs a text"},
		{"TIMEOUT", "TIMEOUT needs seconds"},
		{"TIMEOUT -1", "TIMEOUT needs seconds"},
		{"TIMEOUT 3s", "TIMEOUT needs seconds"},
		{"TIMEOUT 3601", "TIMEOUT needs seconds"},
		{"TIMEOUT 99999999999999999999", "TIMEOUT needs seconds"},
		{"x1234567890123456789012345678901234567890123456789012345678901234", "too long"},
		/* 64 octets, and no room for the carriage return */
		{"OK 1234567890123456789012345678901234567890123456789012345678901234", "too long"},
	};
	struct serial_chat c;

	serial_chat_init(&c, chat_said, NULL);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const char *words = serial_chat_add(&c, rows[i].entry);

		if (!words || !strstr(words, rows[i].words))
			CU_FAIL(rows[i].entry);
	}
	CU_ASSERT_EQUAL(c.steps + c.aborts, 0);
}

static void chat_is_bounded(void)
{
	struct serial_chat c;

	serial_chat_init(&c, chat_said, NULL);
	for (unsigned i = 0; i < 32; i++)
		CU_ASSERT_PTR_NULL(serial_chat_add(&c, "OK AT"));
	CU_ASSERT_STRING_EQUAL(serial_chat_add(&c, "OK AT"), "there are more than 32 steps");
	for (unsigned i = 0; i < 16; i++)
		CU_ASSERT_PTR_NULL(serial_chat_add(&c, "ABORT BUSY"));
	CU_ASSERT_STRING_EQUAL(serial_chat_add(&c, "ABORT BUSY"), "there are more than 16 ABORTs");
}

static void chat_dials(void)
{
	static const char *const script[] = {"ABORT BUSY", "'' ATZ", "OK ATDT1", "CONNECT", NULL};
	static const char last[] = "OCONNECT\x7e\xff";
	struct serial_chat c;

	chat_open(&c, script);
	ASSERT_SAID("ATZ\r");
	chat_hear(&c, "ATZ\r\r\nO", 1);
	CU_ASSERT_EQUAL(said_len, 0);
	chat_hear(&c, "K", 2);
	ASSERT_SAID("ATDT1\r");
	CU_ASSERT_EQUAL(c.deadline, 2 + 45 * SECOND);
	chat_hear(&c, "\r\nRINGING\r\nCONNEC\r\nC", 3);
	/* octets behind the last text are PPP's */
	CU_ASSERT_EQUAL(serial_chat_rx(&c, (const uint8_t *)last, sizeof(last) - 1, 4), 8);
	CU_ASSERT_EQUAL(c.state, SERIAL_CHAT_DONE);
	CU_ASSERT_EQUAL(c.deadline, UINT64_MAX);
	CU_ASSERT_EQUAL(serial_chat_rx(&c, (const uint8_t *)last, 3, 5), 0);
}

/* The same texts that came before a step began do not count for it. */
static void chat_each_step_hears_anew(void)
{
	static const char *const script[] = {"OK a", "KO b", NULL};
	struct serial_chat c;

	chat_open(&c, script);
	chat_hear(&c, "OK", 1);
	ASSERT_SAID("a\r");
	chat_hear(&c, "O", 2);
	CU_ASSERT_EQUAL(c.state, SERIAL_CHAT_TALKING);
	chat_hear(&c, "KO", 3);
	ASSERT_SAID("b\r");
	CU_ASSERT_EQUAL(c.state, SERIAL_CHAT_DONE);
}

static void chat_answers(void)
{
	static const char *const script[] = {"TIMEOUT 0", "RING ATA", "TIMEOUT 30", "CONNECT",
					     NULL};
	struct serial_chat c;

	chat_open(&c, script);
	CU_ASSERT_EQUAL(c.deadline, UINT64_MAX);
	serial_chat_expire(&c, 100000 * SECOND);
	CU_ASSERT_EQUAL(c.state, SERIAL_CHAT_TALKING);
	chat_hear(&c, "\r\nRING\r\n", 5 * SECOND);
	ASSERT_SAID("ATA\r");
	CU_ASSERT_EQUAL(c.deadline, 35 * SECOND);
	serial_chat_expire(&c, 35 * SECOND - 1);
	CU_ASSERT_EQUAL(c.state, SERIAL_CHAT_TALKING);
	serial_chat_expire(&c, 35 * SECOND);
	CU_ASSERT_EQUAL(c.state, SERIAL_CHAT_TIMED_OUT);
	/* and once more from its start */
	serial_chat_start(&c, 40 * SECOND);
	chat_hear(&c, "RINGCONNECT", 41 * SECOND);
	CU_ASSERT_EQUAL(c.state, SERIAL_CHAT_DONE);
}

static void chat_aborts(void)
{
	static const char *const script[] = {"ABORT BUSY", "ABORT 'NO CARRIER'", "'' ATD1",
					     "CONNECT", NULL};
	struct serial_chat c;

	chat_open(&c, script);
	CU_ASSERT_EQUAL(serial_chat_rx(&c, (const uint8_t *)"\r\nNO CARRIER\r\n", 14, 1), 12);
	CU_ASSERT_EQUAL(c.state, SERIAL_CHAT_ABORTED);
	CU_ASSERT_PTR_EQUAL(c.why, &c.abort[1]);
	CU_ASSERT_EQUAL(serial_chat_rx(&c, (const uint8_t *)"CONNECT", 7, 2), 0);
	CU_ASSERT_EQUAL(c.state, SERIAL_CHAT_ABORTED);
}

/* chat(8): \T is the number, wherever it stands in what is sent. */
static void chat_calls_a_number(void)
{
	static const char *const script[] = {"'' AT",  "OK ATD\\T;H", "OK \\T\\c",
					     "OK \\T", "CONNECT",     NULL};
	struct serial_chat c;

	chat_open(&c, script);
	CU_ASSERT_TRUE(c.dials);
	CU_ASSERT_EQUAL(c.state, SERIAL_CHAT_NO_NUMBER);
	CU_ASSERT_EQUAL(c.deadline, UINT64_MAX);
	CU_ASSERT_EQUAL(said_len, 0);
	CU_ASSERT_TRUE(serial_chat_set_number(&c, "0W,5551212", 10));
	serial_chat_start(&c, 0);
	ASSERT_SAID("AT\r");
	chat_hear(&c, "OK", 1);
	ASSERT_SAID("ATD0W,5551212;H\r");
	chat_hear(&c, "OK", 1);
	ASSERT_SAID("0W,5551212");
	/* a number that is none changes nothing */
	CU_ASSERT_FALSE(serial_chat_set_number(&c, "1;H", 3));
	chat_hear(&c, "OK", 1);
	ASSERT_SAID("0W,5551212\r");
	chat_hear(&c, "CONNECT", 1);
	CU_ASSERT_EQUAL(c.state, SERIAL_CHAT_DONE);
	CU_ASSERT_TRUE(serial_chat_set_number(&c, NULL, 0));
	serial_chat_start(&c, 2);
	CU_ASSERT_EQUAL(c.state, SERIAL_CHAT_NO_NUMBER);
	CU_ASSERT_EQUAL(said_len, 0);
}

/* Of a peer's number a modem must understand no command: V.250 ends one at a carriage return or at
 * `;`, and letters in it have meanings of their own. */
static void chat_numbers(void)
{
	static const struct {
		const char *text;
		bool number;
	} rows[] = {
		{"1", true},
		{"+4930123456", true},
		{"*21*5551212#", true},
		{"0,,5551212", true},
		{"9W5551212", true},
		{"", false},
		{"+", false},
		{"W,", false},
		{"49+30", false},
		{"+++ATH", false},
		{"1+++", false},
		{"5551212\rATH", false},
		{"5551212\nATH", false},
		{"5551212;H0", false},
		{"5551212 H0", false},
		{"5551212ATH", false},
		{"5551212w", false},
		{"5551212P", false},
		{"5551212!", false},
		{"5551212@", false},
		{"\\T", false},
		{"555\x80", false},
		{"12345678901234567890123456789012345678901234567890123456789012", true},
		{"123456789012345678901234567890123456789012345678901234567890123", false},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (serial_chat_is_number(rows[i].text, strlen(rows[i].text)) != rows[i].number)
			CU_FAIL(rows[i].text);
	CU_ASSERT_FALSE(serial_chat_is_number("1\0", 2));
	for (int octet = 0; octet < 256; octet++) {
		const char text[] = {'1', (char)octet};

		CU_ASSERT_EQUAL(serial_chat_is_number(text, 2),
				(octet >= '0' && octet <= '9') || octet == '*' || octet == '#' ||
					octet == ',' || octet == 'W');
	}
}

/* One end dials, the other answers: their texts meet, each is done. */
static void chat_both_ways(void)
{
	static const char *const dial[] = {"'' hello\\c", "name: ann", "word: secret", "welcome",
					   NULL};
	static const char *const answer[] = {"hello name:\\c", "ann\\r word:\\c",
					     "secret\\r welcome\\c", NULL};
	struct serial_chat a, b;
	char text[4096];
	size_t len;

	chat_open(&a, dial);
	len = said_len;
	memcpy(text, said, len);
	chat_open(&b, answer);
	for (int i = 0; i < 8 && len; i++) {
		said_len = 0;
		serial_chat_rx(i % 2 ? &a : &b, (const uint8_t *)text, len, 0);
		len = said_len;
		memcpy(text, said, len);
	}
	CU_ASSERT_EQUAL(a.state, SERIAL_CHAT_DONE);
	CU_ASSERT_EQUAL(b.state, SERIAL_CHAT_DONE);
}

/* Whatever the far end says, memory stays in bounds and a text is found behind it. */
static void chat_noise(void)
{
	static const char *const script[] = {
		"ABORT BUSY", "1234567890123456789012345678901234567890123456789012345678901234",
		NULL};
	uint64_t seed = test_seed();
	struct serial_chat c;

	chat_open(&c, script);
	for (unsigned i = 0; i < 20000; i++) {
		uint8_t octet = (uint8_t)(test_rand(&seed) | 0x80);

		serial_chat_rx(&c, &octet, 1, i);
	}
	CU_ASSERT_EQUAL(c.state, SERIAL_CHAT_TALKING);
	chat_hear(&c, script[1], 1);
	CU_ASSERT_EQUAL(c.state, SERIAL_CHAT_DONE);
}

static const struct test_case cases[] = {
	{"words", chat_words},
	{"wrong_entries", chat_wrong},
	{"is_bounded", chat_is_bounded},
	{"dials", chat_dials},
	{"each_step_hears_anew", chat_each_step_hears_anew},
	{"answers", chat_answers},
	{"aborts", chat_aborts},
	{"calls_a_number", chat_calls_a_number},
	{"numbers", chat_numbers},
	{"both_ways", chat_both_ways},
	{"noise", chat_noise},
	{NULL, NULL},
};
const struct test_suite suite_serial_chat = {"serial_chat", cases};
