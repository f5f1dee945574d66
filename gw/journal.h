/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Records for systemd's journal in its native protocol: a datagram of fields to a Unix socket.  A
 * field is a line NAME=value, or, when the value has a line end in it, NAME, the length in 64 bits
 * little endian, the value.  (systemd: "Native Journal Protocol".)
 */
#ifndef GW_JOURNAL_H
#define GW_JOURNAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define JOURNAL_SOCKET "/run/systemd/journal/socket"
#define JOURNAL_RECORD 4096u /* octets; what a line of the log may say, and its fields, fit */

struct journal_record {
	size_t len;
	uint8_t octets[JOURNAL_RECORD];
};

/* A field that does not fit is left out as a whole, and so is one without a value: "" or NULL. */
void journal_text(struct journal_record *r, const char *name, const char *value);
void journal_number(struct journal_record *r, const char *name, unsigned value);

/* A socket for journal_send(), or -errno.  It is made while sockets may be. */
int journal_open(void);
/* Send a record to the journal that listens at path.  Never waits: 0, -EAGAIN when the journal does
 * not read for the moment, or another -errno: there is no journal. */
int journal_send(int fd, const char *path, const struct journal_record *r);

/* Does the descriptor lead to the journal?  stream: what JOURNAL_STREAM of the environment says,
 * "device:inode"; NULL = it says nothing. */
bool journal_has(int fd, const char *stream);

/* For lines of standard error that are no lines of the log: what stands in front where that is the
 * journal's, which takes it for their priority, "<3>" for a mistake; else "". */
const char *journal_front(bool warning);

#endif
