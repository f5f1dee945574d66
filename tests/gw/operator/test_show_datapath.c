/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "gw/bind.h"
#include "gw/operator/vty.h"
#include "tests/gw/operator/says.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#define CONF                                                                   \
	"host-name = gw\n"                                                     \
	"udp wan { listen = \"192.0.2.1:1701\" }\n"                            \
	"udp b { listen = \"192.0.2.1:1702\" }\n"                              \
	"pool p { ranges = { \"10.64.0.0/24\" } }\n"                           \
	"service one { local = 10.64.0.1  pool = p  auth = none  tun = t1 }\n" \
	"peer lac { port = wan  service = one  hostname = lac }\n"

#define TITLES "Subject Feature State Size Hint\n"
#define PORTS                                                   \
	"udp wan magic active - -\n"                            \
	"udp wan wand off by configuration - wand = yes\n"      \
	"udp wan hat not offered by this kernel - -\n"          \
	"udp wan broom refused: Operation not permitted 17 -\n" \
	"udp wan cauldron smaller than asked for 8 of 9 grow\n"
#define TSO	   "tun t1 TCP packets as super-packets (TSO) "
#define USO	   "tun t1 UDP packets as super-packets (USO) "
#define GRO	   "device eth7 packets received together (rx-gro) "
#define FORWARDING "device eth7 datagrams received together (rx-udp-gro-forwarding) "

/* Each subject in each state. */
static void datapath_in_each_state(void)
{
	vty_begin(CONF);
	fake.workers = 2;
	fake.tun_wanted = fake.tun_has = DP_TUN_OFFLOADS;
	fake.gro = fake.gro_forwarding = 1;
	CU_ASSERT_TRUE(vty_rows("show datapath",
				TITLES PORTS TSO "active - -\n" USO "active - -\n" GRO
						 "active - -\n" FORWARDING "active - -\n"
						 "worker 0 ports: wan a thread of its own - -\n"
						 "worker 1 ports: b a thread of its own - -\n"));
	fake.workers = 0;
	fake.tun_wanted = DP_TUN_UDP;
	fake.tun_has = 0;
	fake.gro = fake.gro_forwarding = 0;
	CU_ASSERT_TRUE(vty_rows("show datapath", TITLES PORTS TSO
				"off by configuration - tun-offload = auto\n" USO
				"not offered by this kernel - Linux 6.2 has it\n" GRO
				"off - ethtool -K eth7 gro on\n" FORWARDING
				"off - ethtool -K eth7 rx-udp-gro-forwarding on\n"
				"worker 0 ports: wan in the main loop (workers = 0) - -\n"));
	fake.tun_wanted = DP_TUN_TCP;
	fake.gro = -ENOENT; /* a device that does not know it */
	CU_ASSERT_TRUE(
		vty_rows("show datapath", TITLES PORTS TSO
			 "not offered by this kernel - a kernel with TUNSETOFFLOAD has it\n" USO
			 "off by configuration - tun-offload = auto\n" FORWARDING
			 "off - ethtool -K eth7 rx-udp-gro-forwarding on\n"
			 "worker 0 ports: wan in the main loop (workers = 0) - -\n"));
	vty_end();
}

/* A port that is not open has no rows. */
static void a_port_that_failed(void)
{
	vty_begin(CONF);
	fake.port_refuses = true;
	fake.gro = fake.gro_forwarding = -ENOENT;
	bind_dp_ops.port_failed(bench.gw, 0, -5, "cable cut", clock_us);
	CU_ASSERT_TRUE(vty_rows("show datapath",
				TITLES TSO "off by configuration - tun-offload = auto\n" USO
					   "off by configuration - tun-offload = auto\n"
					   "worker 0 ports: a thread of its own - -\n"));
	vty_end();
}

/* Devices of a port with `accelerate`, which lo and one that is not there stand for. */
static void devices_with_a_program(void)
{
	static const char conf[] =
		"host-name = gw\n"
		"udp wan { listen = \"192.0.2.1:1701\"  accelerate = xdp  core = { \"lo\", \"no0\" "
		"} }\n"
		"pool p { ranges = { \"10.64.0.0/24\" } }\n"
		"service one { local = 10.64.0.1  pool = p  auth = none  tun = t1 }\n"
		"peer lac { port = wan  service = one  hostname = lac }\n";
	static const struct {
		uint32_t program;
		const char *want;
	} rows[] = {
		{1, "device lo frames of calls by a program (XDP) active, in the driver - -\n"},
		{77,
		 "device lo frames of calls by a program (XDP) not run by its driver - what the "
		 "log says at the start\n"},
		{0,
		 "device lo frames of calls by a program (XDP) not loaded - what the log says at "
		 "the start\n"},
	};

	vty_begin(conf);
	fake.gro = fake.gro_forwarding = -ENOENT;
	for (unsigned i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char want[2048];

		fake.program = rows[i].program;
		snprintf(want, sizeof(want), "%s%s",
			 TITLES PORTS TSO "off by configuration - tun-offload = auto\n" USO
					  "off by configuration - tun-offload = auto\n",
			 rows[i].want);
		strcat(want,
		       "device no0 frames of calls by a program (XDP) there is no such device - "
		       "what the log says at the start\n"
		       "worker 0 ports: wan a thread of its own - -\n");
		CU_ASSERT_TRUE(vty_rows("show datapath", want));
	}
	vty_end();
}

static const struct test_case cases[] = {
	{"in_each_state", datapath_in_each_state},
	{"a_port_that_failed", a_port_that_failed},
	{"devices_with_a_program", devices_with_a_program},
	{NULL, NULL},
};
const struct test_suite suite_show_datapath = {"show_datapath", cases};
