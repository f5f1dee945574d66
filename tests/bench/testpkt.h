/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Test packets: IPv4 and UDP with valid checksums, and in them a flow, a sequence number, the time
 * of sending and a pattern.  The receiver's book says what was lost, doubled, reordered or changed.
 * No I/O and no clock.
 */
#ifndef TESTS_BENCH_TESTPKT_H
#define TESTS_BENCH_TESTPKT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define TESTPKT_IP_UDP 28u /* octets of both headers */
#define TESTPKT_MIN    64u /* least packet, with them */
#define TESTPKT_MAX    1500u
#define TESTPKT_PORT   4739u /* both ports of UDP */

struct testpkt_flow {
	uint32_t src, dst; /* host order */
	uint32_t id;	   /* below 2^24 */
};

/* Writes a packet of `size` octets; returns nothing that can fail. run: 8 bits, so that packets of
 * an earlier run are known. */
void testpkt_build(uint8_t *out, unsigned size, const struct testpkt_flow *f, uint8_t run,
		   uint32_t seq, uint64_t stamp);

struct testpkt_seen {
	uint32_t flow, seq;
	uint8_t run;
	uint64_t stamp;
};
/* The payload of UDP; false: it is not as it was built. */
bool testpkt_read(const uint8_t *payload, size_t len, struct testpkt_seen *out);
/* The whole packet; false also when a header or a checksum is wrong. */
bool testpkt_read_whole(const uint8_t *pkt, size_t len, struct testpkt_seen *out);

struct testpkt_book {
	struct testpkt_track {
		uint32_t next;	  /* sequence number after the highest seen */
		uint64_t seen[4]; /* of the 256 below it */
	} * track;
	unsigned flows;
	uint8_t run;
	uint64_t good, doubled, reordered, corrupt;
};
/* flows: ids are below it.  false: no memory. */
bool testpkt_book_new(struct testpkt_book *b, unsigned flows);
void testpkt_book_free(struct testpkt_book *b);
/* A new run begins: every sequence number from 0. */
void testpkt_book_clear(struct testpkt_book *b, uint8_t run);
/* Takes one packet that was read; of another run: nothing. */
void testpkt_book_add(struct testpkt_book *b, const struct testpkt_seen *s);

#endif
