/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The files of a spool: two, of which one has the records (gw/aaa/radius/acct_record.h) behind a
 * head of 32 octets.  Records are appended; what becomes of one is written into its state.  When
 * most of them are over, those that are not move to the other file, whose head is written last and
 * has a higher number: whoever reads takes the file with the highest.  So a process that is killed
 * at any instant leaves each record in one file, and at most a torn one at its end.
 *
 *   magic 8, generation 8, highest serial 8, check 4, 0 4
 *
 * What is read may be anything.  Octets that are no record are skipped up to the next that is one.
 * A host that loses power loses what its kernel had not written yet.
 */
#ifndef GW_AAA_ACCT_FILE_H
#define GW_AAA_ACCT_FILE_H

#include "gw/aaa/radius/acct_queue.h"

#include <stdio.h>

#define ACCT_FILES	2u
#define ACCT_FILE_HEAD	32u
#define ACCT_FILE_EMPTY (1u << 16) /* octets from which one without waiting records is emptied */
#define ACCT_FILE_LEAST (1u << 20) /* octets from which a file is worth to be made smaller */

struct acct_file {
	int fd[ACCT_FILES];
	unsigned now; /* the one that counts */
	uint64_t generation;
	uint64_t size;
	uint64_t last;	  /* highest serial that was ever written */
	uint64_t skipped; /* octets that were no record when it was opened */
};

/* Descriptors of both, for reading and writing, are its own from now on, also when it fails.  What
 * waits goes to the end of q.  0 or -errno. */
int acct_file_open(struct acct_file *f, const int fd[ACCT_FILES], struct acct_queue *q);
void acct_file_close(struct acct_file *f);
/* Write those of q that are in no file yet, some of them with each call; their octets are freed.
 * How many, 0 when all are there, or -errno. */
int acct_file_append(struct acct_file *f, struct acct_queue *q);
/* This record is over. */
void acct_file_over(struct acct_file *f, const struct acct_item *it);
/* Read the record of it into buf, which has room for ACCT_RECORD_MAX.  False: it is not there any
 * more. */
bool acct_file_read(const struct acct_file *f, const struct acct_item *it, uint8_t *buf,
		    struct acct_record *out);
/* Make the file smaller when that is worth it.  0 or -errno: all is as before. */
int acct_file_tidy(struct acct_file *f, struct acct_queue *q);

#endif
