/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "gw/aaa/realm.h"

#include <string.h>

static const struct {
	bool suffix, prefix;
} realm_rules[] = {
	[CFG_STRIP_NONE] = {false, false},
	[CFG_STRIP_SUFFIX] = {true, false},
	[CFG_STRIP_PREFIX] = {false, true},
	[CFG_STRIP_BOTH] = {true, true},
};

static const char *realm_last_at(const char *name, size_t len)
{
	while (len && name[len - 1] != '@')
		len--;
	return len ? name + len - 1 : NULL;
}

struct realm_name realm_split(const char *name, size_t len)
{
	struct realm_name n = {.user = rd_init(name, len), .realm = rd_init(name, 0)};
	const char *slash = len ? memchr(name, '\\', len) : NULL;
	const char *mark = slash ? slash : realm_last_at(name, len);
	size_t before = mark ? (size_t)(mark - name) : 0, behind = mark ? len - before - 1 : 0;

	if (!before || !behind)
		return n;
	n.prefix = slash;
	n.realm = n.prefix ? rd_init(name, before) : rd_init(mark + 1, behind);
	n.user = n.prefix ? rd_init(mark + 1, behind) : rd_init(name, before);
	return n;
}

static struct rd realm_strip_by(unsigned rule, bool suffix_stays, const char *name, size_t len)
{
	struct realm_name n = realm_split(name, len);

	if (n.realm.left && n.prefix ? realm_rules[rule].prefix
				     : realm_rules[rule].suffix && !suffix_stays)
		return n.user;
	return rd_init(name, len);
}

struct rd realm_strip(const struct cfg_service *s, const char *name, size_t len)
{
	return realm_strip_by(s ? s->strip_realm : CFG_STRIP_NONE, false, name, len);
}

struct rd realm_asked(const struct cfg_service *s, const struct ppp_auth_claim *claim)
{
	if (claim->method == PPP_AUTH_EAP)
		return rd_init(claim->name, claim->name_len);
	return realm_strip_by(s ? s->strip_realm : CFG_STRIP_NONE,
			      claim->method == PPP_AUTH_MSCHAPV2, claim->name, claim->name_len);
}
