/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A whole ATM port (port_rig.h), for cells, PDUs and SDUs.  Each frame of the link that is a PDU or
 * an SDU is delivered or dropped for one reason; cells are each known for what they are.
 */
#include "tests/fuzz/port_rig.h"
#include "transports/atm/atm.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define CIRCUITS \
	"@0/35 l2tp ppp", "@1/40 ppp", "encapsulation=vc-mux", "@1/41 l2tp", "aal5-crc=ignore"
#define OAM "oam-interval=1000000", "oam-misses=1"

static const char *const cells[] = {"framing=cells", "header=uni", CIRCUITS, NULL};
static const char *const many[] = {
	"framing=cells", "cells-per-frame=28", "header=nni", CIRCUITS, OAM, NULL};
static const char *const paced[] = {"framing=cells",
				    "reassembly-timeout=1000000",
				    "@0/35 ppp",
				    "pcr=100",
				    "sdu-max=96",
				    "aal5-crc=ignore",
				    NULL};
static const char *const pdus[] = {"framing=pdus", CIRCUITS, OAM, NULL};
static const char *const sdus[] = {"framing=sdus", CIRCUITS, NULL};

static void fuzz_atm_port_conserves(struct fake_host *h, const char *const *config)
{
	uint64_t sdu = fake_count(h, "rx-frames") + port_rig_sum(h, "rx-down", "rx-short") +
		       port_rig_sum(h, "aal5-crc", "aal5-cpi");
	uint64_t apart = port_rig_sum(h, "rx-hec", "rx-idle") + port_rig_sum(h, "rx-vc", "rx-rm") +
			 fake_count(h, "oam-rx");

	/* of the answers, none is without its question */
	port_rig_check(port_rig_sum(h, "oam-bad", "oam-rdi") + fake_count(h, "oam-cc") +
			       fake_count(h, "oam-looped") + fake_count(h, "oam-answered") ==
		       fake_count(h, "oam-rx"));
	port_rig_check(fake_count(h, "oam-rdi-sent") <= fake_count(h, "oam-ais"));
	if (!strcmp(config[0], "framing=cells"))
		port_rig_check(apart <= fake_count(h, "rx-cells"));
	else
		port_rig_check(sdu + apart + fake_count(h, "rx-cut") == fake_count(h, "link-rx"));
}

static const struct port_rig rig = {
	.tr = &atm_transport,
	.config = {cells, many, paced, pdus, sdus},
	.dial = "0/35",
	.conserves = fuzz_atm_port_conserves,
};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	port_rig_run(&rig, data, size);
	return 0;
}
