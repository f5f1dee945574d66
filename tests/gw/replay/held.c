/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/gw/replay/held.h"

#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>

static uint64_t held_time(const struct replay_file *f)
{
	return f->count ? f->msg[f->count - 1].us + 1000 : 1000000;
}

static struct replay_end held_end(char *text)
{
	struct replay_end e = {.kind = REPLAY_IPV4};
	char *colon = strchr(text, ':');

	*colon = '\0';
	if (inet_pton(AF_INET, text, e.system) != 1)
		abort();
	e.at = (uint32_t)strtoul(colon + 1, NULL, 10);
	return e;
}

static void held_line(struct replay_file *f, char *line)
{
	uint8_t pkt[1500];
	char *to = strchr(line, '>'), *octets = strchr(line, ' ');
	struct replay_msg m = {.us = held_time(f), .pkt = pkt};

	if (line[0] == '#' || !to || !octets)
		return;
	*to = *octets = '\0';
	m.from = held_end(line);
	m.to = held_end(to + 1);
	m.len = test_hex(pkt, sizeof(pkt), octets + 1);
	if (pkt[0] & 0x80 && !replay_file_add(f, &m))
		abort();
}

void held_open(struct replay_file *f, const char *name)
{
	char path[128], *text, *rest, *line;

	memset(f, 0, sizeof(*f));
	snprintf(path, sizeof(path), "tests/vectors/%s", name);
	text = rest = test_read_file(path, NULL);
	while ((line = strsep(&rest, "\n")))
		held_line(f, line);
	free(text);
}

void held_add(struct replay_file *f, uint8_t from, uint8_t to, const uint8_t *pkt, size_t len)
{
	struct replay_msg m = {.us = held_time(f),
			       .from = {REPLAY_IPV4, {192, 0, 2, from}, 1701},
			       .to = {REPLAY_IPV4, {192, 0, 2, to}, 1701},
			       .pkt = pkt,
			       .len = len};

	if (!replay_file_add(f, &m))
		abort();
}

enum replay_verdict held_play(const struct replay_file *f, const char *secret, const char *as,
			      bool explain, char **text)
{
	struct replay_wish w = {.explain = explain, .as = as};
	size_t len;
	FILE *out = open_memstream(text, &len);
	enum replay_verdict v;

	if (secret) {
		w.secret.len = (uint8_t)strlen(secret);
		memcpy(w.secret.octets, secret, w.secret.len);
	}
	v = replay_play(f, &w, out);
	fclose(out);
	return v;
}

bool held_says(const char *text, const char *a, const char *b)
{
	while (*text) {
		size_t len = strcspn(text, "\n");
		char *line = strndup(text, len);
		bool both = strstr(line, a) && strstr(line, b);

		free(line);
		if (both)
			return true;
		text += len + (text[len] == '\n');
	}
	return false;
}
