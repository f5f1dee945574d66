/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The magic number says in which order the writer's machine had its octets, and by another value
 * that fractions of a second are nanoseconds.
 */
#include "transports/link/pcap_file.h"

#define MAGIC	      0xa1b2c3d4u
#define MAGIC_NANO    0xa1b23c4du
#define VERSION	      2u
#define SUBVERSION    4u
#define LINK_TYPE     0xffffu /* the bits above describe frame check sequences */
#define US_PER_SECOND 1000000u

static uint32_t pcap_file_turned(uint32_t v)
{
	return v >> 24 | (v >> 8 & 0xff00u) | (v << 8 & 0xff0000u) | v << 24;
}

static uint32_t pcap_file_get(struct rd *r, bool swapped)
{
	uint32_t v = rd_u32(r);

	return swapped ? pcap_file_turned(v) : v;
}

bool pcap_file_decode(struct pcap_file *f, const uint8_t head[PCAP_FILE_HEAD])
{
	struct rd r = rd_init(head, PCAP_FILE_HEAD);
	uint32_t magic = rd_u32(&r), version;

	f->swapped = magic == pcap_file_turned(MAGIC) || magic == pcap_file_turned(MAGIC_NANO);
	if (f->swapped)
		magic = pcap_file_turned(magic);
	f->nanoseconds = magic == MAGIC_NANO;
	version = pcap_file_get(&r, f->swapped);
	rd_skip(&r, 12); /* zone, accuracy, longest frame: writers leave them 0 */
	f->link_type = pcap_file_get(&r, f->swapped) & LINK_TYPE;
	/* The two halves of the version are a number each. */
	return (magic == MAGIC || magic == MAGIC_NANO) &&
	       (f->swapped ? version & 0xffff : version >> 16) == VERSION;
}

void pcap_file_encode(uint8_t head[PCAP_FILE_HEAD], uint32_t link_type)
{
	struct wr w = wr_init(head, PCAP_FILE_HEAD);

	wr_u32(&w, MAGIC);
	wr_u32(&w, (uint32_t)VERSION << 16 | SUBVERSION);
	wr_u64(&w, 0);
	wr_u32(&w, PCAP_SNAP_MAX);
	wr_u32(&w, link_type);
}

bool pcap_record_decode(const struct pcap_file *f, struct pcap_record *r,
			const uint8_t head[PCAP_RECORD_HEAD])
{
	struct rd in = rd_init(head, PCAP_RECORD_HEAD);
	uint32_t seconds = pcap_file_get(&in, f->swapped),
		 fraction = pcap_file_get(&in, f->swapped);

	r->us = (uint64_t)seconds * US_PER_SECOND + (f->nanoseconds ? fraction / 1000 : fraction);
	r->len = pcap_file_get(&in, f->swapped);
	r->wire_len = pcap_file_get(&in, f->swapped);
	return r->len <= PCAP_SNAP_MAX && r->len <= r->wire_len;
}

void pcap_record_encode(uint8_t head[PCAP_RECORD_HEAD], const struct pcap_record *r)
{
	struct wr w = wr_init(head, PCAP_RECORD_HEAD);

	wr_u32(&w, (uint32_t)(r->us / US_PER_SECOND));
	wr_u32(&w, (uint32_t)(r->us % US_PER_SECOND));
	wr_u32(&w, r->len);
	wr_u32(&w, r->wire_len);
}
