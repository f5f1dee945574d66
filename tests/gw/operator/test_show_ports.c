/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "gw/bind.h"
#include "gw/operator/capture.h"
#include "gw/plugin.h"
#include "tests/gw/operator/says.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define PORTS                                                   \
	"host-name = gw\n"                                      \
	"udp wan { listen = \"192.0.2.1:1701\" }\n"             \
	"loop l { pair = x  channel \"1\" { carries = l2tp }\n" \
	"  channel \"2\" { carries = l2tp } }\n"                \
	"udp b { listen = \"192.0.2.1:1702\" }\n"

/* A port that is not open shows why; its circuits are those configured. */
static void ports(void)
{
	vty_begin(PORTS);
	fake.port_refuses = true;
	bind_dp_ops.port_failed(bench.gw, 0, -5, "cable cut", clock_us);
	CU_ASSERT_TRUE(vty_equals("show ports",
				  "Port  Transport  State   Circuits      Failures  Status\n"
				  "wan   udp        failed  any                  1  cable cut\n"
				  "l     loop       open    2 configured         0  fine\n"
				  "b     udp        open    any                  0  fine\n"));
	fake.no_status = true;
	CU_ASSERT_TRUE(vty_equals("show ports",
				  "Port  Transport  State   Circuits      Failures  Status\n"
				  "wan   udp        failed  any                  1  cable cut\n"
				  "l     loop       open    2 configured         0  -\n"
				  "b     udp        open    any                  0  -\n"));
	vty_end();
}

static void ports_unlink(const char *name)
{
	char path[80];

	snprintf(path, sizeof(path), "%s/%s", vty_folder, name);
	unlink(path);
}

/* Newest first, each with its own state. */
static void captures(void)
{
	vty_begin(PORTS);
	CU_ASSERT_TRUE(vty_equals("capture wan x.pcap", ""));
	CU_ASSERT_TRUE(vty_equals("capture b y.pcap", ""));
	CU_ASSERT_TRUE(vty_equals("capture l z.pcap", ""));
	CU_ASSERT_TRUE(vty_equals("capture wan x2.pcap", "% wan: a capture of it is running\n"));
	CU_ASSERT_EQUAL(vty_result, CMD_WARNING);
	capture_tap(bench.gw, 0, true, 101, (const uint8_t *)"frame", 5, clock_us);
	capture_tap(bench.gw, 0, true, 50, (const uint8_t *)"fr", 2, clock_us);
	bench.gw->capture->octets = CAPTURE_MOST;
	capture_tap(bench.gw, 1, true, 101, (const uint8_t *)"x", 1, clock_us);
	bench.gw->capture->next->error = ENOSPC;
	CU_ASSERT_TRUE(vty_rows("show captures", "Port File Files Frames Octets Lost State\n"
						 "l z.pcap 0 0 104857600 1 at its limit\n"
						 "b y.pcap 0 0 0 0 No space left on device\n"
						 "wan x.pcap 1 2 7 0 running\n"));
	bench.gw->capture->octets--;
	CU_ASSERT_TRUE(vty_rows("show captures", "Port File Files Frames Octets Lost State\n"
						 "l z.pcap 0 0 104857599 1 running\n"
						 "b y.pcap 0 0 0 0 No space left on device\n"
						 "wan x.pcap 1 2 7 0 running\n"));
	CU_ASSERT_TRUE(vty_equals("no capture wan", ""));
	CU_ASSERT_EQUAL(fake_said("tap 0 off"), 1);
	CU_ASSERT_TRUE(vty_equals("no capture wan", "% No capture of wan\n"));
	CU_ASSERT_TRUE(vty_equals("no capture b", ""));
	CU_ASSERT_EQUAL(fake_said("tap 2 off"), 1);
	CU_ASSERT_TRUE(vty_equals("no capture l", ""));
	ports_unlink("x.pcap");
	vty_end();
}

static void plugins(void)
{
	static const struct ist_transport transport = {.name = "tin-can"};
	struct plugin list[] = {
		{.path = (char *)"/p/a.so", .transport = &transport, .name = "tin-can"},
		{.path = (char *)"/p/b.so", .name = "b", .why = "it may be written by others"},
	};
	struct plugins ps = {.dir = (char *)"/p", .plugin = list, .n = 2};

	vty_begin(PORTS);
	bench.gw->plugins = NULL;
	CU_ASSERT_TRUE(vty_equals("show plugins", "No plugin-dir is configured.\n"));
	bench.gw->plugins = &ps;
	CU_ASSERT_TRUE(vty_equals("show plugins",
				  "Transport  State    File     Refused because\n"
				  "tin-can    loaded   /p/a.so  -\n"
				  "b          refused  /p/b.so  it may be written by others\n"));
	CU_ASSERT_EQUAL(vty_result, CMD_SUCCESS);
	ps.dir = NULL;
	CU_ASSERT_TRUE(vty_equals("show plugins", "No plugin-dir is configured.\n"));
	CU_ASSERT_EQUAL(vty_result, CMD_SUCCESS);
	bench.gw->plugins = NULL;
	vty_end();
}

static const struct test_case cases[] = {
	{"ports", ports},
	{"captures", captures},
	{"plugins", plugins},
	{NULL, NULL},
};
const struct test_suite suite_show_ports = {"show_ports", cases};
