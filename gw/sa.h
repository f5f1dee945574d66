/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * IPsec security associations (RFC 4301) as the kernel has them, without keys: which one carries a
 * peer's datagrams, and how much room ESP leaves (RFC 4303).
 *
 * Who may ask the kernel writes a list into a file without a name (sa_list_new()), and control
 * reads it.  Records may grow at their end; a reader takes what it knows.
 */
#ifndef GW_SA_H
#define GW_SA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SA_NAME 64u /* octets of an algorithm's name with its NUL */

struct sa {
	uint8_t v6, encap; /* encap: in UDP (RFC 3948) */
	uint8_t unused[2];
	uint32_t spi, reqid;
	uint32_t mark;		  /* of what goes out by it, or has come in by it */
	uint32_t bits;		  /* of the key of enc, as its algorithm counts them */
	uint32_t icv;		  /* octets of the integrity check value */
	uint64_t added;		  /* s since 1970 */
	uint8_t src[16], dst[16]; /* IPv4: the first four octets */
	char enc[SA_NAME];	  /* as the kernel names it: "cbc(aes)", "rfc4106(gcm(aes))" */
	char auth[SA_NAME];	  /* "" when enc does both */
};

/* A descriptor of a new file with these, which cannot be changed, or -errno. */
int sa_list_new(const struct sa *sa, unsigned n);

struct sa_table {
	struct sa *sa; /* by mark, then the newest first */
	unsigned n;
};
/* Read such a file into an empty table; false: it is none, or no memory. */
bool sa_table_read(struct sa_table *t, int fd);
void sa_table_free(struct sa_table *t);
bool sa_table_same(const struct sa_table *a, const struct sa_table *b);

/* The newest of each direction; NULL = there is none. */
struct sa_pair {
	const struct sa *in, *out;
};
struct sa_pair sa_find(const struct sa_table *t, bool v6, const uint8_t peer[16], uint32_t mark);

/* Octets of UDP payload that fit into one packet of `path` octets, ESP and all. */
uint32_t sa_room(const struct sa *out, uint32_t path);
/* "spi 0x.. in, 0x.. out, mark 0x1, reqid 1, cbc(aes) 256, hmac(sha1), in UDP"; snprintf rules. */
int sa_text(char *buf, size_t cap, const struct sa_pair *p);

#endif
