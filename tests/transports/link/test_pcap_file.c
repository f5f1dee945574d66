/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The four kinds of classic capture file; octets by the format's description, not by our writer. */
#include "transports/link/pcap_file.h"

#include "tests/harness.h"

static void heads(void)
{
	static const struct {
		const char *hex;
		bool ok, swapped, nanoseconds;
		uint32_t link_type;
	} rows[] = {
		{"a1b2c3d4 0002 0004 00000000 00000000 0000ffff 0000006b", 1, 0, 0, 107},
		{"d4c3b2a1 0200 0400 00000000 00000000 ffff0000 6b000000", 1, 1, 0, 107},
		{"a1b23c4d 0002 0004 00000000 00000000 00040000 00000093", 1, 0, 1, 147},
		{"4d3cb2a1 0200 0400 00000000 00000000 00000400 93000000", 1, 1, 1, 147},
		/* what stands above the link type tells of check sequences */
		{"a1b2c3d4 0002 0004 00000000 00000000 0000ffff 2400006b", 1, 0, 0, 107},
		{"a1b2c3d4 0003 0004 00000000 00000000 0000ffff 0000006b", 0, 0, 0, 0},
		{"d4c3b2a1 0300 0400 00000000 00000000 ffff0000 6b000000", 0, 0, 0, 0},
		{"0a0d0d0a 0000 001c 1a2b3c4d 00010000 ffffffff ffffffff", 0, 0, 0, 0}, /* pcapng */
		{"a1b2cd34 0002 0004 00000000 00000000 0000ffff 0000006b", 0, 0, 0, 0},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		uint8_t head[PCAP_FILE_HEAD];
		struct pcap_file f;

		CU_ASSERT_EQUAL_FATAL(test_hex(head, sizeof(head), rows[i].hex), sizeof(head));
		CU_ASSERT_EQUAL(pcap_file_decode(&f, head), rows[i].ok);
		if (!rows[i].ok)
			continue;
		CU_ASSERT_EQUAL(f.swapped, rows[i].swapped);
		CU_ASSERT_EQUAL(f.nanoseconds, rows[i].nanoseconds);
		CU_ASSERT_EQUAL(f.link_type, rows[i].link_type);
	}
}

static void pcap_file_records(void)
{
	static const struct {
		const char *hex;
		struct pcap_file f;
		bool ok;
		struct pcap_record r;
	} rows[] = {
		{"00000002 0007a120 00000004 00000005", {0, 0, 107}, 1, {2500000, 4, 5}},
		{"02000000 20a10700 04000000 04000000", {1, 0, 107}, 1, {2500000, 4, 4}},
		{"00000002 1dcd6500 00000004 00000004", {0, 1, 107}, 1, {2500000, 4, 4}},
		{"ffffffff 00000000 00000000 00000000",
		 {0, 0, 107},
		 1,
		 {UINT64_C(4294967295000000), 0, 0}},
		{"00000002 0007a120 00040000 00040000", {0, 0, 107}, 1, {2500000, 262144, 262144}},
		{"00000002 0007a120 00040001 00040001", {0, 0, 107}, 0, {0, 0, 0}},
		{"00000002 0007a120 00000005 00000004", {0, 0, 107}, 0, {0, 0, 0}},
		{"00000002 0007a120 ffffffff ffffffff", {0, 0, 107}, 0, {0, 0, 0}},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		uint8_t head[PCAP_RECORD_HEAD];
		struct pcap_record r;

		CU_ASSERT_EQUAL_FATAL(test_hex(head, sizeof(head), rows[i].hex), sizeof(head));
		CU_ASSERT_EQUAL(pcap_record_decode(&rows[i].f, &r, head), rows[i].ok);
		if (!rows[i].ok)
			continue;
		CU_ASSERT_EQUAL(r.us, rows[i].r.us);
		CU_ASSERT_EQUAL(r.len, rows[i].r.len);
		CU_ASSERT_EQUAL(r.wire_len, rows[i].r.wire_len);
	}
}

static void written(void)
{
	const struct pcap_record r = {2500000, 4, 5};
	uint8_t got[PCAP_FILE_HEAD], want[PCAP_FILE_HEAD];
	size_t n = test_hex(want, sizeof(want),
			    "a1b2c3d4 0002 0004 00000000 00000000 00040000 0000006b");

	pcap_file_encode(got, 107);
	ASSERT_OCTETS(got, sizeof(got), want, n);
	n = test_hex(want, sizeof(want), "00000002 0007a120 00000004 00000005");
	pcap_record_encode(got, &r);
	ASSERT_OCTETS(got, PCAP_RECORD_HEAD, want, n);
}

static const struct test_case cases[] = {
	{"both_orders_both_fractions", heads},
	{"records_and_their_bounds", pcap_file_records},
	{"what_we_write", written},
	{NULL, NULL},
};
const struct test_suite suite_pcap_file = {"pcap_file", cases};
