/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A whole synchronous serial port (port_rig.h), with each FCS.  Each frame of the link is delivered
 * or dropped for one reason.
 */
#include "tests/fuzz/port_rig.h"
#include "transports/serial/serial.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char *const none[] = {"@line ppp", NULL};
static const char *const fcs16[] = {"fcs=16", "@line ppp", NULL};
static const char *const fcs32[] = {"fcs=32", "@line ppp", NULL};
static const char *const small[] = {"fcs=16", "max-payload=128", NULL};

static void fuzz_serial_port_conserves(struct fake_host *h, const char *const *config)
{
	uint64_t known = fake_count(h, "rx-frames") + port_rig_sum(h, "rx-fcs", "rx-short") +
			 fake_count(h, "rx-address");

	(void)config;
	port_rig_check(known == fake_count(h, "link-rx"));
}

static const struct port_rig rig = {
	.tr = &serial_transport,
	.config = {none, fcs16, fcs32, small, none, fcs16, fcs32, small},
	.dial = "line",
	.conserves = fuzz_serial_port_conserves,
};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	port_rig_run(&rig, data, size);
	return 0;
}
