/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The text forms of a UDP end point, taken apart in two steps: first into host, prefix length and
 * port (a colon is the port's only when it is the one colon or follows a bracket), then each by
 * itself.  inet_pton is strict, so "010.1.1.1" and names are refused.
 */
#include "transports/kit/udp_addr.h"

#include <arpa/inet.h>
#include <net/if.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct pieces {
	char host[80];
	int prefix; /* -1 = none */
	int port;   /* -1 = none */
};

static bool udp_addr_number(const char *s, size_t len, int max, int *out)
{
	int v = 0;

	if (!len || len > 5)
		return false;
	for (size_t i = 0; i < len; i++) {
		if (s[i] < '0' || s[i] > '9')
			return false;
		v = v * 10 + (s[i] - '0');
	}
	*out = v;
	return v <= max;
}

/* host[/prefix] of `len` octets. */
static bool udp_addr_split_host(struct pieces *p, const char *s, size_t len)
{
	const char *slash = memchr(s, '/', len);
	size_t host = slash ? (size_t)(slash - s) : len;

	if (!host || host >= sizeof(p->host))
		return false;
	memcpy(p->host, s, host);
	p->host[host] = '\0';
	return !slash || udp_addr_number(slash + 1, len - host - 1, 128, &p->prefix);
}

static bool udp_addr_split(struct pieces *p, const char *text)
{
	const char *end, *colon;
	size_t len = strlen(text);

	p->prefix = p->port = -1;
	if (text[0] == '[') {
		end = strchr(text, ']');
		if (!end || !udp_addr_split_host(p, text + 1, (size_t)(end - text - 1)))
			return false;
		if (!end[1])
			return true;
		return end[1] == ':' && udp_addr_number(end + 2, strlen(end + 2), 65535, &p->port);
	}
	colon = strchr(text, ':');
	if (!colon || strchr(colon + 1, ':'))
		return udp_addr_split_host(p, text, len);
	return udp_addr_split_host(p, text, (size_t)(colon - text)) &&
	       udp_addr_number(colon + 1, strlen(colon + 1), 65535, &p->port);
}

/* The interface after '%', by name or number. */
static bool udp_addr_parse_scope(struct udp_ep *out, char *host)
{
	char *percent = strchr(host, '%');
	int n;

	if (!percent)
		return true;
	*percent = '\0';
	out->scope = if_nametoindex(percent + 1);
	if (!out->scope && udp_addr_number(percent + 1, strlen(percent + 1), 99999, &n))
		out->scope = (uint32_t)n;
	return out->scope != 0;
}

static bool udp_addr_parse_host(struct udp_ep *out, char *host)
{
	if (inet_pton(AF_INET, host, out->ip) == 1) {
		out->family = 4;
		return true;
	}
	if (!udp_addr_parse_scope(out, host) || inet_pton(AF_INET6, host, out->ip) != 1)
		return false;
	out->family = 6;
	return true;
}

bool udp_ep_parse(struct udp_ep *out, const char *text, uint16_t default_port)
{
	struct pieces p;

	memset(out, 0, sizeof(*out));
	if (!udp_addr_split(&p, text) || p.prefix >= 0 || !udp_addr_parse_host(out, p.host)) {
		memset(out, 0, sizeof(*out));
		return false;
	}
	out->port = p.port < 0 ? default_port : (uint16_t)p.port;
	return true;
}

int udp_ep_format(const struct udp_ep *e, char *buf, size_t len)
{
	char host[INET6_ADDRSTRLEN] = "?", name[IF_NAMESIZE + 12] = "";

	if (e->family == 4) {
		inet_ntop(AF_INET, e->ip, host, sizeof(host));
		return snprintf(buf, len, "%s:%u", host, e->port);
	}
	inet_ntop(AF_INET6, e->ip, host, sizeof(host));
	if (e->scope) {
		name[0] = '%';
		if (!if_indextoname(e->scope, name + 1))
			snprintf(name + 1, sizeof(name) - 1, "%u", e->scope);
	}
	return snprintf(buf, len, "[%s%s]:%u", host, name, e->port);
}

bool udp_ep_wildcard(const struct udp_ep *e)
{
	static const uint8_t zero[16];

	return !memcmp(e->ip, zero, sizeof(zero));
}

socklen_t udp_ep_to_sock(const struct udp_ep *e, struct sockaddr_storage *out)
{
	memset(out, 0, sizeof(*out));
	if (e->family == 4) {
		struct sockaddr_in *in = (struct sockaddr_in *)out;

		in->sin_family = AF_INET;
		in->sin_port = htons(e->port);
		memcpy(&in->sin_addr, e->ip, sizeof(in->sin_addr));
		return sizeof(*in);
	}
	struct sockaddr_in6 *in6 = (struct sockaddr_in6 *)out;

	in6->sin6_family = AF_INET6;
	in6->sin6_port = htons(e->port);
	in6->sin6_scope_id = e->scope;
	memcpy(&in6->sin6_addr, e->ip, sizeof(in6->sin6_addr));
	return sizeof(*in6);
}

/* Octets of the address that tell sources apart. */
static size_t udp_ep_source_len(const struct udp_ep *e)
{
	static const uint8_t mapped[12] = {[10] = 0xff, [11] = 0xff}; /* IPv4 in IPv6 */

	if (e->family == 4)
		return 4;
	return memcmp(e->ip, mapped, sizeof(mapped)) ? 8 : 16;
}

bool udp_ep_same_source(const struct udp_ep *a, const struct udp_ep *b)
{
	return !udp_ep_source_order(a, b);
}

int udp_ep_source_order(const struct udp_ep *a, const struct udp_ep *b)
{
	if (a->family != b->family)
		return a->family < b->family ? -1 : 1;
	if (a->scope != b->scope)
		return a->scope < b->scope ? -1 : 1;
	if (udp_ep_source_len(a) != udp_ep_source_len(b))
		return udp_ep_source_len(a) < udp_ep_source_len(b) ? -1 : 1;
	return memcmp(a->ip, b->ip, udp_ep_source_len(a));
}

bool udp_ep_from_sock(struct udp_ep *out, const struct sockaddr_storage *ss)
{
	memset(out, 0, sizeof(*out));
	if (ss->ss_family == AF_INET) {
		const struct sockaddr_in *in = (const struct sockaddr_in *)ss;

		memcpy(out->ip, &in->sin_addr, sizeof(in->sin_addr));
		out->port = ntohs(in->sin_port);
		out->family = 4;
		return true;
	}
	if (ss->ss_family == AF_INET6) {
		const struct sockaddr_in6 *in6 = (const struct sockaddr_in6 *)ss;

		memcpy(out->ip, &in6->sin6_addr, sizeof(in6->sin6_addr));
		out->port = ntohs(in6->sin6_port);
		out->scope = in6->sin6_scope_id;
		out->family = 6;
		return true;
	}
	return false;
}

void udp_ep_to_addr(const struct udp_ep *e, struct ist_addr *out)
{
	memset(out, 0, sizeof(*out));
	out->len = sizeof(*e);
	memcpy(out->data, e, sizeof(*e));
}

bool udp_ep_from_addr(struct udp_ep *out, const struct ist_addr *a)
{
	if (a->len != sizeof(*out))
		return false;
	memcpy(out, a->data, sizeof(*out));
	return out->family == 4 || out->family == 6;
}

static bool udp_addr_same_bits(const uint8_t *a, const uint8_t *b, unsigned bits)
{
	unsigned rest = bits % 8;

	if (memcmp(a, b, bits / 8))
		return false;
	return !rest || !((a[bits / 8] ^ b[bits / 8]) >> (8 - rest));
}

bool udp_ep_match(const struct udp_ep *e, const char *pattern)
{
	struct udp_ep want;
	struct pieces p;
	int width = e->family == 4 ? 32 : 128;

	memset(&want, 0, sizeof(want));
	if (!strcmp(pattern, "*"))
		return true;
	if (!udp_addr_split(&p, pattern) || !udp_addr_parse_host(&want, p.host) ||
	    want.family != e->family)
		return false;
	if (p.prefix > width || (p.port >= 0 && p.port != e->port))
		return false;
	if (want.scope && want.scope != e->scope)
		return false;
	return udp_addr_same_bits(e->ip, want.ip, (unsigned)(p.prefix < 0 ? width : p.prefix));
}
