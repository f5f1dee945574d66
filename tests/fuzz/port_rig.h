/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A whole port of a transport over a loop link, on the simulated clock, with octets from a fuzzer
 * at the far end of the link.  The first octet of the input chooses the configuration; commands
 * follow (port_rig.c).  Whatever comes: the port reports nothing from inside a call; frames come on
 * channels that are up; `down` follows `up`, an offer or a connect; what is delivered is what the
 * counters say; at the end no timer, descriptor or memory is left.
 */
#ifndef TESTS_FUZZ_PORT_RIG_H
#define TESTS_FUZZ_PORT_RIG_H

#include "tests/transports/host.h"

#include <stddef.h>

#define PORT_RIG_CONFIGS 8u

struct port_rig {
	const struct ist_transport *tr;
	/* Settings as fake_open takes them, without the link; the list ends with a NULL. */
	const char *const *config[PORT_RIG_CONFIGS];
	const char *dial; /* address of fake_connect */
	/* What the counters must add up to at the end; `config` is the one in use. */
	void (*conserves)(struct fake_host *port, const char *const *config);
};

/* Runs one input. */
void port_rig_run(const struct port_rig *rig, const uint8_t *data, size_t size);
/* The sum of the counters from `first` to `last`, as the transport lists them. */
uint64_t port_rig_sum(struct fake_host *h, const char *first, const char *last);
void port_rig_check(bool ok);

#endif
