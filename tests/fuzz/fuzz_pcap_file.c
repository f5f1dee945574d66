/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Capture files: whatever headers are believed, the frames lie inside the file, and behind tags
 * inside the record; what is in our own form is written again as it was.
 */
#include "transports/kit/linktype.h"
#include "transports/link/pcap_file.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void fuzz_pcap_file_check(bool ok)
{
	if (!ok)
		abort();
}

static void fuzz_pcap_file_same_again(const struct pcap_record *rec, const uint8_t *head)
{
	uint8_t back[PCAP_RECORD_HEAD];
	struct rd r = rd_init(head + 4, 4);

	pcap_record_encode(back, rec);
	if (rd_u32(&r) < 1000000)
		fuzz_pcap_file_check(!memcmp(back, head, sizeof(back)));
}

static void fuzz_pcap_file_tags(struct rd frame)
{
	struct rd r = frame;

	if (linktype_tags_decode(&r, "x.25"))
		fuzz_pcap_file_check(r.p >= frame.p + 8 && r.p + r.left == frame.p + frame.left);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct rd r = rd_init(data, size);
	const uint8_t *head = rd_take(&r, PCAP_FILE_HEAD);
	struct pcap_record rec;
	struct pcap_file f;

	if (!head || !pcap_file_decode(&f, head))
		return 0;
	fuzz_pcap_file_check(f.link_type <= 0xffff);
	while ((head = rd_take(&r, PCAP_RECORD_HEAD)) && pcap_record_decode(&f, &rec, head)) {
		fuzz_pcap_file_check(rec.len <= PCAP_SNAP_MAX && rec.len <= rec.wire_len);
		if (!f.swapped && !f.nanoseconds)
			fuzz_pcap_file_same_again(&rec, head);
		fuzz_pcap_file_tags(rd_sub(&r, rec.len));
	}
	return 0;
}
