/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Duplicates of what data has open, for its next life: sockets that are bound, which go on
 * receiving while data is dead, those of packets among them, and devices, which stay with their
 * addresses, their routes and what waits in them.
 */
#ifndef GW_KEEPER_OPENER_HELD_H
#define GW_KEEPER_OPENER_HELD_H

#include "gw/keeper/opener.h"

struct opener_held {
	struct ist_open what;	  /* as it was asked for */
	char made[OPENER_DEVICE]; /* of a device: its name, perhaps with a number; else "" */
	int fd;
	bool given; /* to this life */
};

/* All zeros holds nothing. */
struct opener_helds {
	struct opener_held *at;
	unsigned n;
};

/* What a life before had open, and this one asks for: a descriptor of the caller's; -1 = there is
 * none.  A device that somebody has removed or renamed is none. */
int opener_held_take(struct opener_helds *h, const struct opener_ops *ops,
		     const struct ist_open *what);
/* Before it is opened anew: of as many as data may have of this, `most`, one must be closed. */
void opener_held_make_room(struct opener_helds *h, const struct ist_open *what, unsigned most);
/* Hold a duplicate of fd, if it is of a kind that the next life can go on with; without memory or
 * descriptors it does without. */
void opener_held_keep(struct opener_helds *h, const struct opener_ops *ops,
		      const struct ist_open *what, int fd);
/* Data has closed what it got of this, for good: the one it got last, if it got several. */
void opener_held_release(struct opener_helds *h, const struct ist_open *what);
/* Close all that is none of these n. */
void opener_held_only(struct opener_helds *h, const struct ist_open *what, unsigned n);
/* Data has closed the device of this name. */
void opener_held_closed(struct opener_helds *h, const char *device);
/* A new life: nothing has been given to it. */
void opener_held_begin(struct opener_helds *h);
/* It has asked for all that it wants: close the rest. */
void opener_held_settle(struct opener_helds *h);
void opener_held_free(struct opener_helds *h);

#endif
