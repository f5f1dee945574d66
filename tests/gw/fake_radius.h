/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A RADIUS server for the bench: what is asked of any `radius` section is answered from the loop,
 * without a socket, as the test says.
 */
#ifndef TESTS_GW_FAKE_RADIUS_H
#define TESTS_GW_FAKE_RADIUS_H

#include "gw/aaa/radius_client.h"

struct fake_radius {
	bool on;	 /* else the real one is asked */
	bool silent;	 /* what is asked from now on gets no answer */
	bool unanswered; /* no server answers, and that is told */
	uint8_t code;
	const char *attrs; /* of the answer, in hex */
	/* In place of these: fill code and attrs for that question.  NULL = as they are */
	void (*judge)(const struct radius_question *q);
	unsigned asked;
	uint8_t question[RADIUS_MAX]; /* attributes of the last one */
	size_t question_len;
	uint8_t password[RADIUS_PASSWORD]; /* that goes with them */
	size_t password_len;
};
extern struct fake_radius fake_radius;

/* Every claim is accepted with these attributes from now on, on the bench that is. */
void fake_radius_accept(const char *attrs);
/* Has the last question attributes that begin so, in hex? */
bool fake_radius_asked(const char *hex);

#endif
