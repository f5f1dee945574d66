/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A transport for tests that is nothing but a link: what it sends are the link's frames, what the
 * link brings are its frames, all on channel 1.  The other end of a link under test, octet by
 * octet.
 */
#ifndef TESTS_TRANSPORTS_RAW_H
#define TESTS_TRANSPORTS_RAW_H

#include "transports/transport.h"

extern const struct ist_transport raw_transport;

#endif
