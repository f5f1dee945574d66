/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/core/kat.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void kat_open(struct kat *k, const char *name)
{
	char path[256];

	snprintf(path, sizeof(path), "tests/vectors/%s", name);
	k->text = k->next = test_read_file(path, NULL);
	k->line = NULL;
}

bool kat_next(struct kat *k)
{
	char *comment;

	while (k->next && *k->next) {
		k->line = strsep(&k->next, "\n");
		k->line[strcspn(k->line, "\r")] = '\0';
		if ((comment = strstr(k->line, " #")))
			*comment = '\0';
		if (k->line[0] == '#')
			continue;
		if (k->line[strspn(k->line, " \t")])
			return true;
	}
	free(k->text);
	k->text = NULL;
	return false;
}

bool kat_starts(const struct kat *k, const char *word)
{
	size_t n = strlen(word);

	return !strncmp(k->line, word, n) && (k->line[n] == ' ' || !k->line[n]);
}

void kat_text(const struct kat *k, const char *key, char *buf, size_t cap)
{
	char want[64];
	const char *p;
	size_t n;

	snprintf(want, sizeof(want), " %s=", key);
	p = strstr(k->line, want);
	if (!p) {
		fprintf(stderr, "no %s in: %s\n", key, k->line);
		abort();
	}
	p += strlen(want);
	n = strcspn(p, " ");
	if (n >= cap)
		abort();
	memcpy(buf, p, n);
	buf[n] = '\0';
}

size_t kat_hex(const struct kat *k, const char *key, uint8_t *out, size_t cap)
{
	char buf[2048];

	kat_text(k, key, buf, sizeof(buf));
	return test_hex(out, cap, buf);
}

size_t kat_last_hex(const struct kat *k, uint8_t *out, size_t cap)
{
	const char *p = strrchr(k->line, ' ');

	return test_hex(out, cap, p ? p : k->line);
}

unsigned long kat_number(const struct kat *k, const char *key)
{
	char buf[32];

	kat_text(k, key, buf, sizeof(buf));
	return strtoul(buf, NULL, 10);
}

struct l2tp_secret kat_secret(const char *text)
{
	struct l2tp_secret s = {.len = (uint8_t)strlen(text)};

	memcpy(s.octets, text, s.len);
	return s;
}
