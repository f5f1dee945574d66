/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a data side has, written down for the one that goes on with it: rows in sealed memory.
 *
 * There are two images.  The first has what the message thread keeps: ports and their settings,
 * filters, devices, routes and entries of calls, most of them as the table message that made them.
 * Workers carry frames meanwhile.  The second has what changes with each frame and is written when
 * they have stopped: ports as their transports froze them, channels, sequence numbers, reports that
 * wait.  A row is kind (2 octets), length of the rest (4), and the fields of its kind.
 *
 * Rows are decoded as what a stranger has written: a field that is out of its range, or a length
 * that does not fit, ends the image.  Whether a port, a call or a device is there is for the reader
 * to know.
 */
#ifndef GW_DP_IMAGE_H
#define GW_DP_IMAGE_H

#include "gw/dp/data.h"

#define IMAGE_VERSION 1u
#define IMAGE_MOST    (1u << 30) /* octets of one */

enum image_kind {
	/* the first image */
	IMAGE_HEAD = 1,
	IMAGE_PORT,
	IMAGE_FILTER,
	IMAGE_TUN,
	IMAGE_ROUTE,
	IMAGE_CALL,
	/* the second one */
	IMAGE_FROZEN,
	IMAGE_CHAN,
	IMAGE_QUEUED,
	IMAGE_STATE,
	IMAGE_BUNDLE,
	IMAGE_REPORT,
	/* both: all is there */
	IMAGE_END,
	IMAGE_IMPAIR, /* second image */
	IMAGE_KINDS
};

struct image_octets {
	const uint8_t *p;
	uint32_t len;
};

struct image_head {
	uint32_t version, messages; /* IMAGE_VERSION, DOOR_MSG_VERSION */
	uint32_t workers;
	uint64_t attach;
	uint32_t last_tun;
	bool lines;
};
struct image_port {
	uint64_t claimed;
	struct image_octets settings; /* a PORT_OPEN behind its head */
};
struct image_filter {
	bool registered;	 /* else only calls have it */
	struct image_octets msg; /* FILTER_ADD */
};
struct image_tun {
	uint32_t no, home;
	const char *name, *asked;
	bool opened, claims, gone;
	uint32_t fd;	 /* which of the descriptors that come with the image */
	uint8_t offload; /* enum tun_offload */
};
struct image_route {
	uint32_t no;
	uint8_t table; /* bit 0: IPv6; bit 1: of those claimed */
	uint8_t bits;
	uint64_t top;
	uint32_t key;
};
struct image_call {
	uint64_t claimed;
	uint8_t owns;		     /* enum data_owns */
	uint32_t filter[DP_FILTERS]; /* rows of filters so far, from 1 on; 0 = none */
	struct image_octets msg;     /* CALL_SET without filters */
};
struct image_frozen {
	uint32_t port;
	bool frozen; /* else it is opened anew */
	struct image_octets octets;
	uint32_t fd, fds; /* the first of its descriptors, and how many it has */
	bool tap_on, failed;
	int32_t err;
	const char *words; /* of the failure */
};
struct image_chan {
	l2tp_channel channel;
	uint8_t payload;
	bool permanent, told;
	struct ist_addr peer;
	uint64_t claimed, refilled;
	uint32_t tokens;
	struct image_octets story;
};
struct image_queued { /* struct cmd_rec */
	l2tp_channel channel;
	bool control, want_sent;
	uint32_t flags;
	uint64_t cookie, after;
	struct image_octets octets;
};
/* A state that says more than the slot of its counters does; most say no more.  In the order of
 * struct l2tp_data and struct call_state. */
struct image_state {
	uint16_t tid, sid;
	bool lns, send_seq;
	uint8_t reorder;
	uint64_t reorder_timeout;
	uint16_t ns, nr;
	bool sending_seq, seen_seq;
	uint16_t far_next, far_run;
	uint64_t lost, late, reordered, no_seq, resyncs;
	uint32_t punted, taken;
	uint8_t early;
	/* early and lcp_version are of the entry as it is */
	bool is_early, lcp, told_unsequenced, plain;
};
struct image_bundle {
	uint16_t tid, sid;
	uint32_t key[MP_LINKS], last[MP_LINKS];
	uint32_t next, heard, tx_seq;
	uint64_t lost, late, broken;
};
struct image_report {
	uint32_t worker;
	bool birth; /* the first of its channel */
	struct image_octets msg;
};

/* What it has counted, and frames that waited, stay behind. */
struct image_impair {
	uint32_t port;
	struct dp_impair_row row;
};

struct image_row {
	uint16_t kind; /* enum image_kind */
	union {
		struct image_head head;
		struct image_port port;
		struct image_filter filter;
		struct image_tun tun;
		struct image_route route;
		struct image_call call;
		struct image_frozen frozen;
		struct image_chan chan;
		struct image_queued queued;
		struct image_state state;
		struct image_bundle bundle;
		struct image_report report;
		struct image_impair impair;
	};
};

/* --- memory ------------------------------------------------------------------------------------- */

struct image {
	int fd;
	uint8_t *mem;
	size_t len, room;
	bool bad; /* no memory, or a row that cannot be */
	struct rd r;
};

/* To be written.  False without memory. */
bool image_new(struct image *im);
void image_put(struct image *im, const struct image_row *row);
/* All is written: from now on it is only read.  False when something went wrong before. */
bool image_seal(struct image *im);
/* What another has sealed; takes fd over.  False: not such memory. */
bool image_open(struct image *im, int fd);
/* The same of octets that stay the caller's. */
void image_read(struct image *im, const void *octets, size_t len);
/* The next row; its text and octets are in the image.  False: there is none, or `bad`. */
bool image_next(struct image *im, struct image_row *row);
void image_again(struct image *im); /* from the first row on */
void image_free(struct image *im);

/* --- to and from the data side -------------------------------------------------------------------- */

/* Descriptors that go with an image, in the order of its rows. */
struct image_fds {
	int *fd;
	unsigned n, room;
};
/* Its number, or -1 without memory. */
int image_fds_add(struct image_fds *f, int fd);

/* The first image, while workers run; and the second, when they have stopped.  Descriptors are only
 * named, they stay where they are.  Ports that cannot be frozen are closed. */
void image_save_tables(struct data *data, struct image *im, struct image_fds *fds);
void image_save_state(struct data *data, struct image *im, struct image_fds *fds);
/* Build what the first image says, in a data side that has nothing; and what the second says, which
 * workers take up when they start.  Descriptors that are taken become -1.  0, or -errno: the data
 * side is to be freed. */
int image_load_tables(struct data *data, struct image *im, struct image_fds *fds);
int image_load_state(struct data *data, struct image *im, struct image_fds *fds);
/* Of the second image only the ports, into the data side that wrote it and goes on. */
void image_take_back(struct data *data, struct image *im, const struct image_fds *fds);
/* The workers are about to start: tell which ports have begun anew, or could not be opened. */
void image_begin(struct data *data);

#endif
