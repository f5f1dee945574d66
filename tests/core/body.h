/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Message bodies for tests of the decoder, built attribute by attribute, and the decoder's result
 * for the last one.
 */
#ifndef TESTS_CORE_BODY_H
#define TESTS_CORE_BODY_H

#include "core/msg.h"
#include "tests/core/kat.h"

#define M 0x8000u
#define H 0x4000u

extern struct l2tp_msg m;
extern struct l2tp_fault fault;

struct body {
	uint8_t octets[L2TP_MSG_MAX + 64];
	struct wr w;
};

/* An empty body, without even a Message Type. */
void empty(struct body *b);
/* A Message Type alone. */
void begin(struct body *b, uint16_t type);
/* With all attributes the message requires, so that only what a test adds can be at fault. */
void begin_whole(struct body *b, uint16_t type);
/* flags: M, H, reserved bits. */
void avp(struct body *b, uint16_t flags, uint16_t vendor, uint16_t type, const char *hex);

/* Decode with the secret "testsecret" and no quirks, or with those given. */
enum l2tp_verdict decode(const struct body *b);
enum l2tp_verdict decode_with(const struct body *b, const char *secret, uint32_t quirks);

/* Expect a general error with this error code, whose text contains `names`. */
void expect_close(const struct body *b, enum l2tp_reason why, uint16_t error, const char *names);
/* Expect a good message in which the attribute was passed over for this reason. */
void expect_passed(const struct body *b, enum l2tp_reason why, uint16_t type);

#endif
