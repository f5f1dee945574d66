/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A RADIUS server that is a socket of the test's on the loopback. */
#ifndef TESTS_GW_RADIUS_FAR_H
#define TESTS_GW_RADIUS_FAR_H

#include "gw/aaa/radius/radius_acct.h"

#include <netinet/in.h>

/* What came, and from where; packet points into octets. */
struct radius_far_got {
	struct sockaddr_in from;
	struct radius_packet packet;
	uint8_t octets[RADIUS_MAX];
};

/* What a record says; 0 and "" = it does not. */
struct radius_far_record {
	uint32_t status, delay, when, seconds, in, out, in_giga, out_giga, cause, address4;
	char session[RADIUS_ACCT_ID], user[64];
	unsigned classes;
};

/* A packet of this code with these attributes in hex, in octets. */
void radius_far_make(struct radius_packet *p, uint8_t octets[RADIUS_MAX], enum radius_code code,
		     const char *attrs);
/* A socket and its port. */
int radius_far_open(uint16_t *port);
/* The next packet that waits there, which has to be well formed.  False: there is none. */
bool radius_far_take(int fd, struct radius_far_got *got);
void radius_far_read(struct radius_far_record *out, const struct radius_packet *p);
/* With these attributes in hex; the secret. */
void radius_far_answer(int fd, const struct radius_far_got *to, enum radius_code code,
		       const char *attrs, const char *secret);

#endif
