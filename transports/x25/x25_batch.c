/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * SDUs wait here until the packets at hand are read, so that the host gets many at a time: it
 * writes what belongs together by one system call.  Reports keep their order: what was noted before
 * an SDU goes before it (an `up`), and a batch goes before what was noted after it.
 */
#include "transports/x25/x25_port.h"

void x25_batch_report(struct ist_port *p)
{
	struct x25_batch *b = &p->batch;
	unsigned n = b->n;

	b->n = 0;
	b->used = 0;
	if (n)
		p->host->frames(p->ctx, b->f, n);
}

void x25_batch_add(struct ist_port *p, ist_channel c, const uint8_t *sdu, uint32_t len)
{
	struct x25_batch *b = &p->batch;

	if (p->noted_first)
		x25_circuit_report_all(p);
	if (b->n == X25_BATCH || len > X25_BATCH_ROOM - b->used)
		x25_batch_report(p);
	if (!x25_circuit_get(p, c))
		return; /* the host has ended it in one of these reports */
	memcpy(b->octets + b->used, sdu, len);
	b->f[b->n++] = (struct ist_frame){.channel = c, .payload = b->octets + b->used, .len = len};
	b->used += len;
}
