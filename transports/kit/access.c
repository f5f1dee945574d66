/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "transports/kit/access.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static bool access_is_pattern(const char *text)
{
	char address[64];
	size_t n = strcspn(text, "/");
	struct udp_ep ep;

	if (n >= sizeof(address))
		return false;
	memcpy(address, text, n);
	address[n] = '\0';
	return udp_ep_parse(&ep, address, 1) && strspn(text + n, "/0123456789") == strlen(text + n);
}

int access_read(struct access *a, const struct settings *set, const char *key, char *err,
		size_t err_len)
{
	*a = (struct access){.pattern = calloc((size_t)set->n + 1, sizeof(*a->pattern))};
	if (!a->pattern)
		return settings_error(err, err_len, ENOMEM, "out of memory");
	for (unsigned i = 0; i < set->n; i++) {
		const char *text = set->setting[i].value;

		if (strcmp(set->setting[i].key, key))
			continue;
		if (!access_is_pattern(text))
			return settings_error(err, err_len, EINVAL,
					      "%s: \"%s\" is no address or prefix", key, text);
		a->pattern[a->n] = strdup(text);
		if (!a->pattern[a->n])
			return settings_error(err, err_len, ENOMEM, "out of memory");
		a->n++;
	}
	return 0;
}

void access_free(struct access *a)
{
	for (unsigned i = 0; i < a->n; i++)
		free(a->pattern[i]);
	free(a->pattern);
	*a = (struct access){.pattern = NULL};
}

bool access_allows(const struct access *a, const struct udp_ep *from)
{
	for (unsigned i = 0; i < a->n; i++)
		if (udp_ep_match(from, a->pattern[i]))
			return true;
	return !a->n;
}

bool access_starved(int err)
{
	return err == EMFILE || err == ENFILE || err == ENOMEM || err == ENOBUFS;
}
