/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Message bodies for the tests of the decoder, put together attribute by attribute, and what the
 * decoder said about the last one.
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

/* Nothing in it, not even a Message Type. */
void empty(struct body *b);
/* A Message Type alone. */
void begin(struct body *b, uint16_t type);
/* With the attributes the message needs, so that only what a test adds is at fault. */
void begin_whole(struct body *b, uint16_t type);
/* flags: M, H, reserved bits. */
void avp(struct body *b, uint16_t flags, uint16_t vendor, uint16_t type, const char *hex);

/* With the secret "testsecret" and no leniency, or as said. */
enum l2tp_verdict decode(const struct body *b);
enum l2tp_verdict decode_with(const struct body *b, const char *secret, uint32_t quirks);

/* A general error with this error code, whose text names the culprit. */
void expect_close(const struct body *b, enum l2tp_reason why, uint16_t error, const char *names);
/* The message is fine, and the attribute was passed over for this reason. */
void expect_passed(const struct body *b, enum l2tp_reason why, uint16_t type);

#endif
