/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What needs a privilege, done by keeper for the other processes: data asks for descriptors (struct
 * ist_open), control for addresses, routes and the state of network devices.  A request is decoded
 * as hostile, and only what the table allows is done; the table is made from the configuration
 * before the first process is started.  What is allowed is done by the functions of struct
 * opener_ops, since keeper links nothing else of the gateway.
 */
#ifndef GW_KEEPER_OPENER_H
#define GW_KEEPER_OPENER_H

#include "gw/keeper/keeper.h"
#include "transports/transport.h"

/* Kinds of requests.  An answer has no body; that of OPEN has a descriptor.  The body of CAPTURE is
 * "it is a trial" in one octet, then the name; that of CLOSED a device's name; that of SPOOL the
 * number of the file in one octet, then the path; that of SAS is one octet, of enum sa_xfrm; those
 * of OPEN, RELEASED and SOCKET say what. */
enum opener_kind {
	OPENER_OPEN = KEEPER_OPENER, /* of data */
	OPENER_LINK,		     /* of control, as are those that follow */
	OPENER_ADDRESS,
	OPENER_ROUTE,
	OPENER_CAPTURE,	 /* its answer has a descriptor, but for a trial */
	OPENER_CLOSED,	 /* of data: it has closed this device, which is to go */
	OPENER_SETTLED,	 /* of data: it has opened all that it wants of what its life before had */
	OPENER_SPOOL,	 /* of control: a file of a spool; its answer has a descriptor */
	OPENER_RELEASED, /* of data: a port that has asked for this is closed, for good */
	OPENER_SOCKET,	 /* of control: a bound socket, which keeper holds; its answer has a
			    descriptor */
	OPENER_SAS,	 /* of control: IPsec associations; its answer has a descriptor */
};

#define OPENER_DEVICE	    16u	 /* octets of a device's name with its NUL */
#define OPENER_CAPTURE_NAME 160u /* of a capture's file with its NUL */

/* IPv4 or IPv6 network or address; IPv4 in the last four octets. */
struct opener_net {
	bool v6;
	uint8_t bits;
	uint8_t addr[16];
};

/* A change of a network device. */
struct opener_change {
	uint8_t kind; /* enum opener_kind, without OPENER_OPEN */
	bool add;     /* LINK: up; the others: else it is removed */
	bool has_peer;
	uint16_t mtu;		/* LINK, with up: 0 = as it is */
	struct opener_net net;	/* ADDRESS: bits is the length of the network's prefix */
	struct opener_net peer; /* ADDRESS: the far end of a point-to-point device */
	char device[OPENER_DEVICE];
};

/* --- octets ----------------------------------------------------------------------------------- */

void opener_put_open(struct wr *w, const struct ist_open *what);
void opener_put_change(struct wr *w, const struct opener_change *c);
/* False for octets that are none: a kind, flag, length or number out of range, a name that is empty
 * or has a NUL in it, octets left over.  *out is as its sender had it. */
bool opener_get_open(struct rd *r, struct ist_open *out);
bool opener_get_change(struct rd *r, enum opener_kind kind, struct opener_change *out);

/* --- in keeper -------------------------------------------------------------------------------- */

struct opener_ops {
	/* A descriptor or -errno. */
	int (*open)(const struct ist_open *what);
	/* 0 or -errno. */
	int (*change)(const struct opener_change *c);
	/* The name of an open device.  0 or -errno.  NULL = devices are not held. */
	int (*device)(int fd, char *name);
	/* As sa_xfrm_open(). */
	int (*sas)(unsigned which);
};

struct opener;
struct opener *opener_new(const struct opener_ops *ops);
void opener_free(struct opener *o);
/* Allow this; device: a name, or with "%d" at its end those with a number there.  False without
 * memory.  The state of a device is allowed with any network for it. */
bool opener_may_open(struct opener *o, const struct ist_open *what);
/* Addresses inside this network, with any host as far end. */
bool opener_may_address(struct opener *o, const char *device, const struct opener_net *net);
/* Routes to networks inside this one. */
bool opener_may_route(struct opener *o, const char *device, const struct opener_net *net);

/* New files of captures in this folder.  False without memory. */
bool opener_may_capture(struct opener *o, const char *folder);

#define OPENER_SPOOL_PATH 320u /* octets of a spool's path with its NUL */
/* The files "PATH.0" and "PATH.1", to be read and written. */
bool opener_may_spool(struct opener *o, const char *path);
/* A socket for control, which stays bound while control is dead or replaced. */
bool opener_may_socket(struct opener *o, const struct ist_open *what);
/* Lists of IPsec security associations, and a socket that tells of changes; no key is in either. */
void opener_may_sas(struct opener *o);
/* Each allows from now on what the other one has, and a its own spools as well, which former
 * sections (gw/aaa/acct.h) may need; what is held stays, but sockets of control that are not
 * allowed any more. */
void opener_swap_rules(struct opener *a, struct opener *b);

bool opener_allows_open(const struct opener *o, const struct ist_open *what);
bool opener_allows_socket(const struct opener *o, const struct ist_open *what);
/* By a rule of its device: what is inside the rule's network, and the removal of any route. */
bool opener_allows_change(const struct opener *o, const struct opener_change *c);

/* Data is started, after another life of it: what that had open it is given again when it asks,
 * until it says SETTLED. */
void opener_data_begins(struct opener *o);

/* For struct keeper_config; its request_ctx is the opener.  Errors: EBADMSG for a body that is
 * none, EACCES for what is not allowed, else that of the operation. */
extern const struct keeper_request opener_requests[];

/* --- in the others ---------------------------------------------------------------------------- */

/* Ask keeper; link: the process's struct keeper_link.  As the functions of struct opener_ops. */
int opener_ask_open(void *link, const struct ist_open *what);
int opener_ask_change(void *link, const struct opener_change *c);
/* A device has been closed, or with NULL: all is open that was before and is wanted. */
void opener_say_closed(void *link, const char *device);
/* A port that has asked for this has been closed, and it is not to be held for the next life. */
void opener_say_released(void *link, const struct ist_open *what);
/* A new file in the folder of captures: its descriptor, or -errno.  trial: it is made and removed
 * again; 0 or -errno. */
int opener_ask_capture(struct keeper_link *l, const char *name, bool trial);
/* File `which` of a spool: its descriptor, which nobody else has, or -errno. */
int opener_ask_spool(void *link, const char *path, unsigned which);
/* The same here.  It is made when it is not there; -EBUSY: another gateway has it. */
int opener_open_spool(const char *path, unsigned which);
/* A socket that is allowed to control, always the same one: a descriptor or -errno. */
int opener_ask_socket(void *link, const struct ist_open *what);
/* As sa_xfrm_open(). */
int opener_ask_sas(void *link, unsigned which);
/* Letters, digits, `.`, `_` and `-` only, and not hidden: it stays in its folder. */
bool opener_plain_name(const char *name);

#endif
