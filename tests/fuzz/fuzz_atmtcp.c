/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The records of an atmtcp stream.  However the stream is cut into pieces, the same records come
 * out of it, inside the octets there are, and one put together again is the one that came.
 */
#include "transports/link/atmtcp.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void fuzz_atmtcp_check(bool ok)
{
	if (!ok)
		abort();
}

static void look_at(const struct atmtcp_record *rec, enum atmtcp_kind kind, const uint8_t *from,
		    const uint8_t *end)
{
	uint8_t hdr[ATMTCP_HDR_LEN];
	char words[40];

	fuzz_atmtcp_check(rec->data == from + ATMTCP_HDR_LEN &&
			  rec->len <= (size_t)(end - rec->data));
	fuzz_atmtcp_check((kind == ATMTCP_CONTROL) == !(rec->vpi | rec->vci));
	atmtcp_header(hdr, rec->vpi, rec->vci, rec->len);
	fuzz_atmtcp_check(!memcmp(hdr, from, sizeof(hdr)));
	atmtcp_words(words, sizeof(words), rec);
	fuzz_atmtcp_check(strlen(words) ==
			  (rec->len < sizeof(words) ? rec->len : sizeof(words) - 1));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct rd all = rd_init(data, size);
	enum atmtcp_kind kind, cut_kind;
	struct atmtcp_record rec, cut_rec;

	for (;;) {
		const uint8_t *from = all.p;
		struct rd cut = rd_init(from, all.left ? all.left - 1 : 0);

		kind = atmtcp_next(&all, &rec);
		if (kind != ATMTCP_SDU && kind != ATMTCP_CONTROL)
			break;
		look_at(&rec, kind, from, data + size);
		cut_kind = atmtcp_next(&cut, &cut_rec);
		if (all.left) /* the octet cut off is another record's */
			fuzz_atmtcp_check(cut_kind == kind && cut_rec.len == rec.len &&
					  cut.p == all.p);
		else
			fuzz_atmtcp_check(cut_kind == ATMTCP_MORE && cut.p == from);
	}
	fuzz_atmtcp_check(kind == ATMTCP_BAD || all.left < ATMTCP_RECORD_MAX);
	return 0;
}
