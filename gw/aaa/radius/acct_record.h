/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A record of accounting as it is kept until a server has it: in memory, in the store that outlives
 * the process, and in the files of a spool; the same octets everywhere.
 *
 *   magic 4, version 1, state 1, status 1, 0, length of the attributes 2, 0 2, check 4,
 *   serial 8, session 8, when 8, attributes
 *
 * Integers are in network order.  The check is over all the rest with state as 0, so that state can
 * be changed where it lies.  What is read may be anything: it was on a disk.
 */
#ifndef GW_AAA_RADIUS_ACCT_RECORD_H
#define GW_AAA_RADIUS_ACCT_RECORD_H

#include "core/bytes.h"

#define ACCT_MAGIC	 0x49416363u /* "IAcc" */
#define ACCT_HEAD	 40u
#define ACCT_ATTRS_MAX	 3800u /* octets of attributes: with head and store's key they fit there */
#define ACCT_RECORD_MAX	 (ACCT_HEAD + ACCT_ATTRS_MAX)
#define ACCT_STATE_AT	 5u
#define ACCT_STATE_WAITS 0u
#define ACCT_STATE_OVER	 1u /* a server has it, or it was given up */

struct acct_record {
	uint64_t serial;  /* no other record of this gateway has it; a later one has a higher one */
	uint64_t session; /* Acct-Session-Id */
	uint64_t when;	  /* seconds since 1970 */
	uint8_t state;	  /* ACCT_STATE_ */
	uint8_t status;	  /* Acct-Status-Type */
	const uint8_t *attrs;
	size_t len;
};

/* Octets written to buf, which has room for ACCT_HEAD + r->len; 0: it has too many attributes. */
size_t acct_record_write(uint8_t *buf, size_t cap, const struct acct_record *r);
/* Octets of the record at the beginning of buf; 0: there is none.  Its attributes stay there. */
size_t acct_record_read(struct acct_record *r, const void *buf, size_t len);
/* The first octet from `from` on where a record could begin; len: there is none. */
size_t acct_record_seek(const uint8_t *buf, size_t len, size_t from);

#endif
