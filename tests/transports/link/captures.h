/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Capture files of a test, in a directory of its own. */
#ifndef TESTS_TRANSPORTS_LINK_CAPTURES_H
#define TESTS_TRANSPORTS_LINK_CAPTURES_H

#include "tests/transports/link/ends.h"
#include "transports/link/pcap_file.h"

#define DLT 147 /* what ends.c says it has */

/* The first and the last test of a suite that has files. */
void captures_begin(void);
void captures_end(void);
/* Of a file in the directory; valid for four calls. */
const char *path(const char *name);
void put_file(const char *name, const void *octets, size_t len);
/* Octets of it. */
size_t get_file(const char *name, uint8_t *out, size_t cap);

/* A capture in memory. */
struct capture {
	uint8_t octets[PCAP_FILE_HEAD + 200 * (PCAP_RECORD_HEAD + 64) + 2 * 40000];
	struct wr w;
};

void capture_begin(struct capture *c, uint32_t link_type);
void capture_add(struct capture *c, uint64_t us, const void *frame, uint32_t len,
		 uint32_t wire_len);
/* The link of these two files or pipes; NULL = none. */
void capture_link(struct end *e, const char *in, const char *out, const char *const *pairs);

#endif
