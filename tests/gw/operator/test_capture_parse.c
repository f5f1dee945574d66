/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The words of `capture`, and what they ask for. */
#include "gw/operator/capture.h"
#include "tests/harness.h"

#include <stdio.h>
#include <string.h>

/* "KIND|WHO|FILE|FILTER|RING|SECRETS", or what is wrong. */
static const char *parse_says(const char *line)
{
	static char out[2000], text[CAPTURE_TEXT], copy[2000];
	struct capture_wish w;
	const char *word[300], *wrong;
	unsigned n = 0;

	snprintf(copy, sizeof(copy), "%s", line);
	for (char *at = strtok(copy, " "); at; at = strtok(NULL, " "))
		word[n++] = at;
	wrong = capture_parse(&w, text, word, n);
	if (wrong)
		return strstr(wrong, "to FILE") ? "usage" : wrong;
	snprintf(out, sizeof(out), "%s|%s|%s|%s|%llux%u|%d", capture_kind_names[w.kind], w.who,
		 w.file, w.filter ? w.filter : "-", (unsigned long long)w.ring_size, w.ring_files,
		 w.secrets);
	return out;
}

static void what_words_ask_for(void)
{
	static const struct {
		const char *line, *says;
	} rows[] = {
		{"fr0 a.pcap", "port|fr0|a.pcap|-|0x0|0"},
		{"port a.pcap", "port|port|a.pcap|-|0x0|0"},
		{"port fr0 to a", "port|fr0|a|-|0x0|0"},
		{"call 5 7 to a", "call|5 7|a|-|0x0|0"},
		{"tunnel 5 to a", "tunnel|5|a|-|0x0|0"},
		{"user ann@isp to a", "user|ann@isp|a|-|0x0|0"},
		{"circuit fr0 100 to a", "circuit|fr0 100|a|-|0x0|0"},
		{"user ann filter icmp or udp port 53 to a",
		 "user|ann|a|icmp or udp port 53|0x0|0"},
		{"user ann ring 1Mx4 to a", "user|ann|a|-|1048576x4|0"},
		{"user ann ring 5000x16 to a", "user|ann|a|-|5000x16|0"},
		{"user ann with secrets to a", "user|ann|a|-|0x0|1"},
		{"user ann with secrets filter icmp ring 64kx2 to a", "user|ann|a|icmp|65536x2|1"},
		{"user to to to", "user|to|to|-|0x0|0"},
		{"fr0", "usage"},
		{"port fr0 a.pcap", "usage"},
		{"port to a", "usage"},
		{"line 5 to a", "usage"},
		{"user filter icmp to a", "usage"},
		{"user ann filter to a", "usage"},
		{"user ann with love to a", "usage"},
		{"user ann with secrets now to a", "usage"},
		{"user ann ring to a", "usage"},
		{"user ann ring 1M to a", "a ring is SIZExFILES, as 1Mx4"},
		{"user ann ring 1Mx to a", "a ring is SIZExFILES, as 1Mx4"},
		{"user ann ring x4 to a", "a ring is SIZExFILES, as 1Mx4"},
		{"user ann ring -1x4 to a", "a ring is SIZExFILES, as 1Mx4"},
		{"user ann ring 1Mx4s to a", "a ring is SIZExFILES, as 1Mx4"},
		{"user ann ring 99999999999999999999x4 to a", "a ring is SIZExFILES, as 1Mx4"},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		CU_ASSERT_STRING_EQUAL(parse_says(rows[i].line), rows[i].says);
}

static void texts_that_are_too_long(void)
{
	char line[1600];

	snprintf(line, sizeof(line), "user ann filter %01015d to a", 1);
	CU_ASSERT_STRING_NOT_EQUAL(parse_says(line), "usage");
	snprintf(line, sizeof(line), "user ann filter %01020d to a", 1);
	CU_ASSERT_STRING_EQUAL(parse_says(line), "usage");
	snprintf(line, sizeof(line), "user %01024d to a", 1);
	CU_ASSERT_STRING_EQUAL(parse_says(line), "usage");
	snprintf(line, sizeof(line), "user %01023d filter icmp to a", 1);
	CU_ASSERT_STRING_EQUAL(parse_says(line), "usage");
}

static const struct test_case cases[] = {
	{"what_words_ask_for", what_words_ask_for},
	{"texts_that_are_too_long", texts_that_are_too_long},
	{NULL, NULL},
};
const struct test_suite suite_capture_parse = {"capture_parse", cases};
