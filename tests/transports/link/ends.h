/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One end of a link under test: a fake host, the link, and what it heard.  Every report is checked
 * not to come from inside a call.
 */
#ifndef TESTS_TRANSPORTS_LINK_ENDS_H
#define TESTS_TRANSPORTS_LINK_ENDS_H

#include "tests/transports/host.h"
#include "transports/link/link.h"

#define S UINT64_C(1000000)

struct end {
	struct fake_host h;
	struct link *l;
	struct ist_setting set[4];
	unsigned ups, downs, frames, most; /* most: frames of one report */
	char why[100];
	uint8_t last[4 + 65535]; /* the longest of any link */
	uint32_t last_len;
	uint32_t sum; /* of all octets of all frames, in their order */
	bool echo;
};

/* The medium of the ends that are opened from now on: ether, little_endian, short_frames,
 * tun_type and tun_protocol; all zero unless a test says so, and resets it. */
extern struct link_conf end_like;
/* Who opens things for them; NULL = they do it themselves. */
extern int (*end_opener)(void *host, const struct ist_open *what);

/* pairs: key, value, key, value ... NULL; NULL = none. */
int end_try(struct end *e, const char *text, const char *const *pairs, char *err, size_t len);
/* The call (kernel.h) fails with EPERM, which no waiting helps: the link does not open, says so,
 * and leaves no descriptor. */
void end_refused(const char *text, const char *const *pairs, const char *call,
		 unsigned long number);
void end_open(struct end *e, const char *text, const char *const *pairs);
/* Also looks whether the link has left anything behind. */
void end_close(struct end *e);
/* To another process; between the two calls there is no link.  False: it starts anew there. */
void end_freeze(struct end *e, struct fake_frozen *f);
bool end_thaw(struct end *e, const char *text, const char *const *pairs, struct fake_frozen *f);
/* Both; it goes on. */
void end_hand_over(struct end *e, const char *text, const char *const *pairs);
uint32_t end_sum(uint32_t sum, const uint8_t *frame, size_t len);
void end_send(struct end *e, const void *data, uint32_t len);
void end_send_frames(struct end *e, const struct link_frame *f, unsigned n);
uint64_t end_count(const struct end *e, enum link_counter c);
/* When the link looks at its carrier next. */
uint64_t end_next_look(const struct end *e);
/* Runs e, the clock standing still, until the condition holds or 5 s of real time went by. */
#define END_UNTIL(e, condition)                        \
	for (int tries_ = 0; !(condition); tries_++) { \
		CU_ASSERT_FATAL(tries_ < 5000);        \
		end_wait(e);                           \
	}
/* Until a descriptor of the end, or of those joined to it, is ready; at most a millisecond. */
void end_wait(struct end *e);

#endif
