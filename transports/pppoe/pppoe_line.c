/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "transports/pppoe/pppoe_line.h"

#include <stdio.h>

#define KBIT 1000u

enum {
	LINE_CIRCUIT_ID = 0x01,
	LINE_REMOTE_ID = 0x02,
	LINE_UPSTREAM = 0x81,
	LINE_DOWNSTREAM = 0x82,
};

static void pppoe_line_set(struct pppoe_line *l, uint8_t type, const uint8_t *p, uint8_t len)
{
	struct rd r = rd_init(p, len);

	if (type == LINE_CIRCUIT_ID)
		l->circuit = (struct pppoe_tag){p, len};
	else if (type == LINE_REMOTE_ID)
		l->remote = (struct pppoe_tag){p, len};
	else if (type == LINE_UPSTREAM && len == 4)
		l->upstream_bps = (uint64_t)rd_u32(&r) * KBIT;
	else if (type == LINE_DOWNSTREAM && len == 4)
		l->downstream_bps = (uint64_t)rd_u32(&r) * KBIT;
}

bool pppoe_line_get(struct pppoe_line *out, const struct pppoe_tag *tag)
{
	struct rd r = rd_init(tag->p, tag->len);

	memset(out, 0, sizeof(*out));
	while (r.left) {
		uint8_t type = rd_u8(&r), len = rd_u8(&r);
		const uint8_t *p = rd_take(&r, len);

		if (p)
			pppoe_line_set(out, type, p, len);
	}
	return !r.bad;
}

void pppoe_text(char *out, size_t cap, const uint8_t *p, size_t len)
{
	size_t n = len < cap - 1 ? len : cap - 1;

	for (size_t i = 0; i < n; i++)
		out[i] = p[i] < 0x20 || p[i] == 0x7f ? '?' : (char)p[i];
	out[n] = '\0';
}

void pppoe_line_calling(char out[PPPOE_CALLING_MAX], const uint8_t mac[6],
			const struct pppoe_line *l)
{
	char circuit[64], remote[64];

	pppoe_text(circuit, sizeof(circuit), l->circuit.p, l->circuit.len);
	pppoe_text(remote, sizeof(remote), l->remote.p, l->remote.len);
	snprintf(out, PPPOE_CALLING_MAX, "%02x:%02x:%02x:%02x:%02x:%02x%s%s%s%s", mac[0], mac[1],
		 mac[2], mac[3], mac[4], mac[5], *circuit || *remote ? "#" : "", circuit,
		 *remote ? "#" : "", remote);
}
