/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The classic capture file: a header of 24 octets, then each frame behind one of 16.  Either order
 * of octets, microseconds or nanoseconds are read; what we write is in network order with
 * microseconds. Byte code, no files.
 */
#ifndef TRANSPORTS_LINK_PCAP_FILE_H
#define TRANSPORTS_LINK_PCAP_FILE_H

#include "core/bytes.h"

#define PCAP_FILE_HEAD	 24u
#define PCAP_RECORD_HEAD 16u
#define PCAP_SNAP_MAX	 262144u /* octets of one frame: tcpdump's limit */

struct pcap_file {
	bool swapped; /* octets of the other order */
	bool nanoseconds;
	uint32_t link_type; /* enum linktype */
};

struct pcap_record {
	uint64_t us;
	uint32_t len;	   /* octets that follow */
	uint32_t wire_len; /* octets the frame had */
};

/* False: not a classic capture file. */
bool pcap_file_decode(struct pcap_file *f, const uint8_t head[PCAP_FILE_HEAD]);
void pcap_file_encode(uint8_t head[PCAP_FILE_HEAD], uint32_t link_type);
/* False: impossible lengths; the rest of the file has no meaning. */
bool pcap_record_decode(const struct pcap_file *f, struct pcap_record *r,
			const uint8_t head[PCAP_RECORD_HEAD]);
void pcap_record_encode(uint8_t head[PCAP_RECORD_HEAD], const struct pcap_record *r);

#endif
