/* SPDX-License-Identifier: GPL-2.0-or-later */
/* An address without a mark has the octets that it had before there were marks. */
#include "transports/udp/udp_peer.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void udp_peer_to_addr(const struct udp_ep *e, uint32_t mark, struct ist_addr *out)
{
	udp_ep_to_addr(e, out);
	if (!mark)
		return;
	memcpy(out->data + out->len, &mark, sizeof(mark));
	out->len += sizeof(mark);
}

bool udp_peer_from_addr(struct udp_ep *e, uint32_t *mark, const struct ist_addr *a)
{
	struct ist_addr plain = *a;

	*mark = 0;
	if (a->len == sizeof(*e) + sizeof(*mark)) {
		memcpy(mark, a->data + sizeof(*e), sizeof(*mark));
		plain.len = sizeof(*e);
		if (!*mark)
			return false;
	}
	return udp_ep_from_addr(e, &plain);
}

/* Decimal, or hexadecimal behind 0x. */
static bool udp_peer_parse_mark(const char *text, uint32_t *out)
{
	unsigned long v;
	char *end;

	if (*text < '0' || *text > '9')
		return false;
	errno = 0;
	v = strtoul(text, &end, text[0] == '0' && text[1] == 'x' ? 16 : 10);
	*out = (uint32_t)v;
	return !*end && !errno && v && v <= UINT32_MAX;
}

bool udp_peer_parse(struct ist_addr *out, const char *text)
{
	const char *hash = strchr(text, '#');
	size_t len = hash ? (size_t)(hash - text) : strlen(text);
	uint32_t mark = 0;
	struct udp_ep e;
	char plain[96];

	if (len >= sizeof(plain) || (hash && !udp_peer_parse_mark(hash + 1, &mark)))
		return false;
	memcpy(plain, text, len);
	plain[len] = '\0';
	if (!udp_ep_parse(&e, plain, UDP_PORT_L2TP))
		return false;
	udp_peer_to_addr(&e, mark, out);
	return true;
}

int udp_peer_format(const struct ist_addr *a, char *buf, size_t len)
{
	struct udp_ep e;
	uint32_t mark;
	int n;

	if (!udp_peer_from_addr(&e, &mark, a))
		return -EINVAL;
	n = udp_ep_format(&e, buf, len);
	if (!mark)
		return n;
	return n + snprintf((size_t)n < len ? buf + n : NULL, (size_t)n < len ? len - (size_t)n : 0,
			    "#0x%x", mark);
}
