/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Values about IPv6 beside addresses: name servers, domains, prefixes to delegate. */
#include "cfg/keys.h"
#include "cfg/report.h"
#include "cfg/value.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <string.h>

#define LABEL_MAX  63u	/* RFC 1035 2.3.4 */
#define DOMAIN_MAX 255u /* the same, with all lengths */

void cfg_set_dns6(struct cfg_load *l, const struct cfg_item *it, void *obj, const char *text)
{
	struct cfg_service *s = obj;

	(void)text;
	for (unsigned i = 0; i < it->values; i++) {
		uint8_t addr[16];

		if (inet_pton(AF_INET6, it->value[i].text, addr) != 1) {
			cfg_wrong(l, it->value[i].line, it, "`%s` is not an IPv6 address",
				  cfg_shown(l, &it->value[i]));
		} else if (s->dns6s == CFG_DNS6) {
			cfg_wrong(l, it->value[i].line, it, "more than %u servers", CFG_DNS6);
			return;
		} else {
			memcpy(s->dns6[s->dns6s++], addr, sizeof(addr));
		}
	}
}

/* Octets of the label that begins here; 0: it is none. */
static size_t keys_ipv6_label(const char *text)
{
	size_t n = 0;

	while (isalnum((unsigned char)text[n]) || text[n] == '-' || text[n] == '_')
		n++;
	return n <= LABEL_MAX && *text != '-' && (!text[n] || text[n] == '.') ? n : 0;
}

/* RFC 1035 3.1.  Octets written; 0: it is no domain. */
static size_t keys_ipv6_domain(uint8_t out[DOMAIN_MAX], const char *text)
{
	size_t used = 0, n;

	do {
		n = keys_ipv6_label(text);
		if (!n || used + 1 + n >= DOMAIN_MAX)
			return 0;
		out[used++] = (uint8_t)n;
		memcpy(out + used, text, n);
		used += n;
		text += n + (text[n] == '.');
	} while (*text);
	out[used++] = 0;
	return used;
}

void cfg_set_domains(struct cfg_load *l, const struct cfg_item *it, void *obj, const char *text)
{
	uint8_t *all = arena_get(l->arena, CFG_DOMAINS), one[DOMAIN_MAX];
	struct cfg_service *s = obj;

	(void)text;
	s->domains = all;
	for (unsigned i = 0; i < it->values; i++) {
		size_t n = keys_ipv6_domain(one, it->value[i].text);

		if (!n) {
			cfg_wrong(l, it->value[i].line, it, "`%s` is no domain, as in example.net",
				  cfg_shown(l, &it->value[i]));
		} else if (n > CFG_DOMAINS - s->domains_len) {
			cfg_wrong(l, it->value[i].line, it, "all of them have more than %u octets",
				  CFG_DOMAINS);
			return;
		} else {
			memcpy(all + s->domains_len, one, n);
			s->domains_len = (uint16_t)(s->domains_len + n);
		}
	}
}

void cfg_set_delegate(struct cfg_load *l, const struct cfg_item *it, void *obj, const char *text)
{
	struct cfg_pool *p = obj;

	(void)text;
	p->delegate = cfg_get_prefixes(l, it, &p->delegates);
}
