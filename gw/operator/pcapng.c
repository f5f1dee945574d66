/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A block is its type, its length, a body, and its length again; all of it in words of four octets.
 */
#include "gw/operator/pcapng.h"

#include "gw/replay/pcapng_format.h"

#define LENGTH_UNKNOWN UINT64_MAX

static void pcapng_u16(struct wr *w, uint16_t v)
{
	wr_bytes(w, &v, sizeof(v));
}

static void pcapng_u32(struct wr *w, uint32_t v)
{
	wr_bytes(w, &v, sizeof(v));
}

/* A time is two words, the high one first. */
static void pcapng_time(struct wr *w, uint64_t us)
{
	pcapng_u32(w, (uint32_t)(us >> 32));
	pcapng_u32(w, (uint32_t)us);
}

/* Returns where the block begins. */
static size_t pcapng_begin(struct wr *w, enum pcapng_block type)
{
	size_t at = w->len;

	pcapng_u32(w, type);
	pcapng_u32(w, 0);
	return at;
}

static void pcapng_end(struct wr *w, size_t at)
{
	uint32_t len = (uint32_t)(w->len - at) + 4;

	pcapng_u32(w, len);
	if (!w->bad)
		memcpy(w->buf + at + 4, &len, sizeof(len));
}

static void pcapng_padded(struct wr *w, const void *octets, size_t len)
{
	static const uint8_t zeros[3];

	wr_bytes(w, octets, len);
	wr_bytes(w, zeros, (4 - len % 4) % 4);
}

static void pcapng_option(struct wr *w, uint16_t code, const void *value, size_t len)
{
	pcapng_u16(w, code);
	pcapng_u16(w, (uint16_t)len);
	pcapng_padded(w, value, len);
}

static void pcapng_text(struct wr *w, uint16_t code, const char *text)
{
	if (text)
		pcapng_option(w, code, text, strlen(text));
}

static void pcapng_number(struct wr *w, uint16_t code, uint64_t v)
{
	pcapng_option(w, code, &v, sizeof(v));
}

static void pcapng_when(struct wr *w, uint16_t code, uint64_t us)
{
	const uint32_t words[] = {(uint32_t)(us >> 32), (uint32_t)us};

	pcapng_option(w, code, words, sizeof(words));
}

void pcapng_section(struct wr *w, const char *application, const char *comment)
{
	size_t at = pcapng_begin(w, PCAPNG_SHB);

	pcapng_u32(w, PCAPNG_BYTE_ORDER);
	pcapng_u16(w, 1); /* version 1.0 */
	pcapng_u16(w, 0);
	pcapng_time(w, LENGTH_UNKNOWN);
	pcapng_text(w, PCAPNG_SHB_USERAPPL, application);
	pcapng_text(w, PCAPNG_COMMENT, comment);
	pcapng_option(w, PCAPNG_END, NULL, 0);
	pcapng_end(w, at);
}

void pcapng_interface(struct wr *w, const struct pcapng_interface *i)
{
	size_t at = pcapng_begin(w, PCAPNG_IDB);

	pcapng_u16(w, i->link_type);
	pcapng_u16(w, 0);
	pcapng_u32(w, PCAPNG_SNAP);
	pcapng_text(w, PCAPNG_IF_NAME, i->name);
	pcapng_text(w, PCAPNG_IF_DESCRIPTION, i->description);
	pcapng_option(w, PCAPNG_END, NULL, 0);
	pcapng_end(w, at);
}

uint8_t *pcapng_frame(struct wr *w, const struct pcapng_frame *f)
{
	uint32_t flags = f->outbound ? PCAPNG_OUTBOUND : PCAPNG_INBOUND;
	size_t at = pcapng_begin(w, PCAPNG_EPB), kept, octets;

	kept = f->len < PCAPNG_SNAP ? f->len : PCAPNG_SNAP;
	pcapng_u32(w, f->interface);
	pcapng_time(w, f->us);
	pcapng_u32(w, (uint32_t)kept);
	pcapng_u32(w, (uint32_t)f->len);
	octets = w->len;
	pcapng_padded(w, f->octets, kept);
	pcapng_option(w, PCAPNG_EPB_FLAGS, &flags, sizeof(flags));
	pcapng_text(w, PCAPNG_COMMENT, f->comment);
	pcapng_option(w, PCAPNG_END, NULL, 0);
	pcapng_end(w, at);
	return w->bad ? NULL : w->buf + octets;
}

void pcapng_statistics(struct wr *w, const struct pcapng_statistics *s)
{
	size_t at = pcapng_begin(w, PCAPNG_ISB);

	pcapng_u32(w, s->interface);
	pcapng_time(w, s->end);
	pcapng_when(w, PCAPNG_ISB_STARTTIME, s->begin);
	pcapng_when(w, PCAPNG_ISB_ENDTIME, s->end);
	pcapng_number(w, PCAPNG_ISB_IFRECV, s->received);
	pcapng_number(w, PCAPNG_ISB_IFDROP, s->dropped);
	pcapng_text(w, PCAPNG_COMMENT, s->comment);
	pcapng_option(w, PCAPNG_END, NULL, 0);
	pcapng_end(w, at);
}
