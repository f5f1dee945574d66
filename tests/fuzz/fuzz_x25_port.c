/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A whole X.25 port (port_rig.h), over LAPB and behind the pseudo-header.  No more PDUs are
 * delivered than data packets came; each LAPB frame of the link that is no valid one is counted.
 */
#include "tests/fuzz/port_rig.h"
#include "transports/x25/x25_transport.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define TIMERS                                                                                  \
	"lci-two-way=3-20", "call-timer=5000000", "clear-timer=5000000", "reset-timer=5000000", \
		"hold-down=1000000"

static const char *const dce[] = {
	"framing=pseudo-header", "role=dce", TIMERS, "@1 l2tp", "@2 ppp", NULL};
static const char *const dte[] = {"framing=pseudo-header", "role=dte", TIMERS,
				  "encapsulation=multiplexed", NULL};
static const char *const wide[] = {
	"framing=pseudo-header",       "role=dce", TIMERS, "modulo=128", "inactivity=10000000",
	"accept-reverse-charging=yes", NULL};
static const char *const lapb_dce[] = {"framing=lapb", "role=dce", TIMERS, "@1 l2tp", NULL};
static const char *const lapb_dte[] = {"framing=lapb", "role=dte", TIMERS, "lapb-window=1", NULL};
static const char *const lapb_wide[] = {"framing=lapb", "role=dce", TIMERS, "lapb-modulo=128",
					NULL};

static void fuzz_x25_port_conserves(struct fake_host *h, const char *const *config)
{
	uint64_t pdus = fake_count(h, "rx-frames") + port_rig_sum(h, "rx-other", "rx-early");

	(void)config;
	port_rig_check(pdus <= fake_count(h, "x25-data-rx"));
	port_rig_check(fake_count(h, "x25-data-rx") <= fake_count(h, "link-rx"));
	port_rig_check(fake_count(h, "lapb-i-rx") +
			       port_rig_sum(h, "lapb-bad-address", "lapb-state") <=
		       fake_count(h, "link-rx"));
	port_rig_check(port_rig_sum(h, "refused-protocol", "refused-host") <=
		       fake_count(h, "x25-calls-in"));
}

static const struct port_rig rig = {
	.tr = &x25_transport,
	.config = {dce, dte, wide, lapb_dce, lapb_dte, lapb_wide},
	.dial = "31101111",
	.conserves = fuzz_x25_port_conserves,
};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	port_rig_run(&rig, data, size);
	return 0;
}
