/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Blocks of a pcapng file (draft-ietf-opsawg-pcapng), with times in us.  A block that does not fit
 * sets the writer's error.  Pure functions.
 */
#ifndef GW_OPERATOR_PCAPNG_H
#define GW_OPERATOR_PCAPNG_H

#include "core/bytes.h"

#define PCAPNG_SNAP 65535u /* octets of a frame that are kept */
/* Octets of a block beside its frame and its texts. */
#define PCAPNG_BLOCK_MAX 128u

/* Section Header Block; comment NULL = none, here and below. */
void pcapng_section(struct wr *w, const char *application, const char *comment);

struct pcapng_interface {
	uint16_t link_type;
	const char *name, *description;
};
/* Interface Description Block; the first of a section has number 0. */
void pcapng_interface(struct wr *w, const struct pcapng_interface *i);

struct pcapng_frame {
	uint32_t interface;
	uint64_t us; /* since 1970 */
	bool outbound;
	const uint8_t *octets;
	size_t len;
	const char *comment;
};
/* Enhanced Packet Block.  Where the frame's octets are in it; NULL = it does not fit. */
uint8_t *pcapng_frame(struct wr *w, const struct pcapng_frame *f);

struct pcapng_statistics {
	uint32_t interface;
	uint64_t begin, end; /* us since 1970 */
	uint64_t received, dropped;
	const char *comment;
};
/* Interface Statistics Block. */
void pcapng_statistics(struct wr *w, const struct pcapng_statistics *s);

#endif
