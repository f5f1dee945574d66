/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Captures: the frames of a port, written to a pcap file by libpcap.  A file has one link
 * type; a port that has several (ATM: by LLC and by VC) gets a file for each, named after the type.
 * A capture ends by itself at CAPTURE_MOST octets.  What cannot be written is counted as lost and
 * leaves no half record behind; a second later it is tried again.  Control thread only.
 */
#ifndef GW_OPERATOR_CAPTURE_H
#define GW_OPERATOR_CAPTURE_H

#include "gw/operator/operator.h"

#define CAPTURE_MOST  (100u * 1024 * 1024)
#define CAPTURE_FILES 4u

struct capture {
	struct capture *next;
	unsigned port; /* the data plane's number */
	char name[64]; /* of the port */
	char file_name[100];
	int folder;		    /* that files are made in */
	struct keeper_link *keeper; /* makes its files; NULL = we do */
	struct capture_file {
		uint16_t link_type;
		void *dead, *dump; /* libpcap's */
		long good;	   /* octets of whole records */
	} file[CAPTURE_FILES];
	unsigned files;
	uint64_t frames, octets, lost; /* lost: over the limit, or the disk did not take them */
	int error;		       /* errno of the last write; 0 = it went well */
	uint64_t again;		       /* when to try the next one after that, us */
};

/* Begin a capture of a port into `file`, a plain name in the configured folder, where it must not
 * be yet; NULL with *words when that cannot be. */
struct capture *capture_start(struct gw *gw, const char *port, const char *file,
			      const char **words);
/* False when none is running on that port. */
bool capture_stop(struct gw *gw, const char *port);

#endif
