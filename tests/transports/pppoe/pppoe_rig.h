/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * An engine of PPPoE under test: frames typed in hex go in, what it sends and reports is kept.  Our
 * station is 00:00:5e:00:53:02 in the role of the access concentrator, ...:01 in that of the host.
 */
#ifndef TESTS_TRANSPORTS_PPPOE_PPPOE_RIG_H
#define TESTS_TRANSPORTS_PPPOE_PPPOE_RIG_H

#include "tests/harness.h"
#include "tests/transports/recorder.h"
#include "transports/pppoe/pppoe_ac.h"
#include "transports/pppoe/pppoe_client.h"

#define HOST "00005e005301"
#define AC   "00005e005302"
#define ALL  "ffffffffffff"
#define S    UINT64_C(1000000)

struct rig {
	struct pppoe_end e;
	struct pppoe_ac ac;
	struct pppoe_client client;
	struct recorder out;
	uint64_t now;
	unsigned offers, ups, downs;
	struct pppoe_session *last; /* of the last report; dangling after `down` */
	char calling[PPPOE_CALLING_MAX], said[64];
	struct ist_cause why;	       /* of the last `down` */
	struct pppoe_session *hang_up; /* inside the next `down`; NULL = none */
};

/* Zero for what the test does not care about; sessions at once: most. */
void rig_ac(struct rig *r, uint32_t most, const struct pppoe_ac_conf *conf);
void rig_client(struct rig *r, uint32_t most, const struct pppoe_client_conf *conf);
void rig_close(struct rig *r);
/* A frame comes; false when its heads or tags are malformed. */
bool rig_rx(struct rig *r, const char *hex);
/* A frame of these pieces: heads and tags in hex, LENGTH is made here. */
void rig_discovery(struct rig *r, const char *dst, const char *src, uint8_t code, uint16_t session,
		   const char *tags);
/* The oldest frame sent, taken away and read; it stays valid until the next call. */
struct rig_frame {
	struct pppoe_pkt p;
	struct pppoe_tags t;
	size_t len;
};
const struct rig_frame *rig_sent(struct rig *r);
/* Does the tag have this value? */
bool rig_tag(const struct rig_frame *f, enum pppoe_tag_kind kind, const char *hex);
/* The value of a tag in hex, for a frame to come; a static buffer. */
const char *rig_hex(const struct pppoe_tag *t);
/* The deadline passes. */
void rig_expire(struct rig *r);
uint64_t rig_count(const struct rig *r, enum pppoe_counter c);

#endif
