/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The files of a capture: one, or a ring of them, of which the oldest is begun anew when the last
 * has its size.  Each is a pcapng file of its own.  Files are made as the first block of each is
 * written, in a folder that need not be ours: keeper makes them then.
 */
#ifndef GW_OPERATOR_CAPTURE_OUT_H
#define GW_OPERATOR_CAPTURE_OUT_H

#include "gw/operator/operator.h"
#include "gw/operator/pcapng.h"

#define CAPTURE_FILES	   16u
#define CAPTURE_FILE_LEAST 4096u
#define CAPTURE_INTERFACES 32u
#define CAPTURE_FILE_NAME  100u

struct capture_interface {
	const struct gw_port *port;
	uint16_t link_type;
	uint64_t frames; /* in this file */
};

struct capture_out {
	int folder;		    /* that files are made in; -1 = keeper makes them */
	struct keeper_link *keeper; /* NULL = we do */
	char name[CAPTURE_FILE_NAME];
	const char *of; /* what is captured, for the file; the caller's */
	unsigned ring;	/* files of a ring; 0 = one file */
	uint64_t size;	/* of each of a ring */
	int fd[CAPTURE_FILES];
	unsigned files, at; /* that there are; the one that is written */
	uint64_t good;	    /* octets of whole blocks in that */
	uint64_t begin;	    /* when it began, us since 1970 */
	uint64_t missed;    /* what capture_out_frame() was told when it began */
	struct capture_interface interface[CAPTURE_INTERFACES];
	unsigned interfaces;
};

/* Can a file of this name be made?  NULL, or words; the folder may be open all the same. */
const char *capture_out_begin(struct gw *gw, struct capture_out *o, const char *name);

struct capture_frame {
	const struct gw_port *port;
	uint16_t link_type;
	bool outbound;
	const uint8_t *octets;
	size_t len;
	uint64_t us; /* since 1970 */
	const char *comment;
	uint64_t missed; /* frames that the capture has not got so far, when a file begins */
	/* Changes a copy of the frame before it is written; NULL = nobody does. */
	void (*mask)(void *ctx, uint8_t *copy);
	void *ctx;
};
/* Does the next frame begin a file? */
bool capture_out_begins(const struct capture_out *o);
/* False with errno: nothing of it is written. */
bool capture_out_frame(struct capture_out *o, const struct capture_frame *f);
/* The last block of each file says what is in it and what is not; harmless before it has begun. */
void capture_out_end(struct capture_out *o, uint64_t us, uint64_t missed);

#endif
