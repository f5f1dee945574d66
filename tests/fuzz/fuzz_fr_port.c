/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A whole Frame Relay port (port_rig.h).  Each frame of the link is delivered, dropped for one
 * reason, a fragment, or the LMI's.
 */
#include "tests/fuzz/port_rig.h"
#include "transports/frame-relay/frame_relay.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define CIRCUITS "@100 l2tp ppp", "@200 ppp", "@300 l2tp", NULL

static const char *const none[] = {"lmi=none", CIRCUITS};
static const char *const fragments[] = {"lmi=none", "fragment=300", "mtu=1600", CIRCUITS};
static const char *const user[] = {"lmi=annex-a", "role=user", "n391=2", CIRCUITS};
static const char *const network[] = {"lmi=annex-d", "role=network", CIRCUITS};
static const char *const nni[] = {"lmi=annex-a", "role=nni", CIRCUITS};
static const char *const cisco[] = {"lmi=cisco", "role=network", CIRCUITS};
static const char *const any[] = {"lmi=auto", "role=user", CIRCUITS};
static const char *const wide[] = {"lmi=none", "address-octets=4", "@200000 l2tp ppp", NULL};

static void fuzz_fr_port_conserves(struct fake_host *h, const char *const *config)
{
	uint64_t link = fake_count(h, "link-rx"), fragments_in = fake_count(h, "rx-fragments");
	uint64_t known = fake_count(h, "rx-frames") + port_rig_sum(h, "rx-address", "rx-ipv6") +
			 fake_count(h, "rx-osi") + port_rig_sum(h, "rx-fragment-bad", "rx-empty");

	port_rig_check(known <= link);
	if (!strcmp(config[0], "lmi=none"))
		port_rig_check(link <= known + fragments_in);
}

static const struct port_rig rig = {
	.tr = &frame_relay_transport,
	.config = {none, fragments, user, network, nni, cisco, any, wide},
	.dial = "100",
	.conserves = fuzz_fr_port_conserves,
};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	port_rig_run(&rig, data, size);
	return 0;
}
