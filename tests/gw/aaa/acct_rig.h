/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Accounting without servers: one section, `isp`.  The owner's keeping is the test's, and says
 * which records were made.
 */
#ifndef TESTS_GW_AAA_ACCT_RIG_H
#define TESTS_GW_AAA_ACCT_RIG_H

#include "gw/aaa/acct.h"
#include "tests/gw/bench.h"

#define ACCT_RIG_MADE 64u
#define ACCT_RIG_KEPT 8u

/* What a record says; its Class attributes in a row, each behind its length. */
struct acct_made {
	uint64_t id, number[RADIUS_NAMES];
	bool has[RADIUS_NAMES];
	size_t user_len, classes_len;
	uint8_t user[256], classes[ACCT_CLASSES];
};

struct acct_rig {
	struct loop *loop;
	struct acct *acct;
	struct cfg_radius_server server;
	struct cfg_radius radius;
	struct acct_made made[ACCT_RIG_MADE];
	unsigned n, drops, asked;
	struct {
		uint64_t id;
		size_t len; /* 0 = none */
		uint8_t octets[ACCT_KEPT_MAX];
	} kept[ACCT_RIG_KEPT];
	struct acct_now now; /* of each that is asked about */
	void *asked_of;
	uint64_t asked_tag;
	bool hostile; /* what records say is anything */
};
extern struct acct_rig acct_rig;

/* At 1000 s, with nothing kept. */
void acct_rig_up(void);
void acct_rig_down(void);
/* A life that knows what is kept; left: somebody wanted it so. */
void acct_rig_life(bool left);
void acct_rig_kill(bool left);

/* Whom a server has let in, with two Class attributes. */
extern const struct acct_said acct_rig_ann;
/* Answers with acct_rig.now. */
void acct_rig_ask(void *ctx, uint64_t tag, struct acct_now *out);
struct acct_session *acct_rig_log_in(const struct acct_said *said);
struct acct_session *acct_rig_tagged(enum acct_of of, uint64_t tag);
/* n octets in, n << 32 out, 2n and 3n packets, 4n lost. */
void acct_rig_count(uint64_t n);

/* The last record, and a number that it has. */
const struct acct_made *acct_rig_last(void);
uint64_t acct_rig_says(enum radius_name name);
/* Log-ins that are started. */
unsigned acct_rig_started(void);

#endif
