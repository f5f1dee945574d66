/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One door and one control; the data side behind the door is handed over to another one of this
 * program while control is there.
 */
#ifndef TESTS_GW_DP_PASS_H
#define TESTS_GW_DP_PASS_H

#include "gw/dp/data.h"
#include "tests/gw/dp/fake.h"

struct pass {
	struct door *door;
	struct data *data;
	bool first; /* data uses the door that the test has made */
	struct rig r;
	const struct dp_ops *ops; /* NULL = rig_ops */
};

/* Those of fake.h that a data side knows here. */
extern const struct ist_transport *const pass_known[];

/* A data side with so many workers, a control, and a port of t; with the channel 7 up, which is
 * line 0. */
void pass_begin(struct pass *p, unsigned workers, const struct ist_transport *t);
void pass_begin_up(struct pass *p, const struct ist_transport *t);
void pass_end(struct pass *p);
void pass_attach(struct pass *p);
int pass_port(struct pass *p, const struct ist_transport *t, const char *name);
/* Duplicates of the door's descriptors. */
void pass_door(struct pass *p, int fd[DOOR_FDS], unsigned *n);

/* Hand over.  0: another data side serves now, which knows these transports. */
int pass_on_to(struct pass *p, const struct ist_transport *const *transports);
void pass_on(struct pass *p);
/* This one serves now: the one before is freed. */
void pass_taken(struct pass *p, struct data *data);

void pass_line_is(struct pass *p, unsigned i, const char *want);
void pass_no_more_lines(struct pass *p, unsigned n);
/* Call 2/3 on channel 7; what it sends is sequenced, and data answers its LCP echoes. */
struct dp_call pass_call_of(const struct pass *p);
void pass_call(struct pass *p);
/* An LCP echo: its answer is the frame i that is sent, and has this Ns. */
extern const char pass_echo[];
void pass_echoes(struct pass *p, unsigned i, unsigned ns);

#endif
