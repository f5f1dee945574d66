/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h" /* first: GNU extensions */

#include "tests/gw/dp/xdp/xdp_bench.h"

#include "core/bytes.h"
#include "tests/harness.h"

#include <linux/bpf.h>
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

const uint8_t xdp_us[6] = {2, 0, 0, 0, 0, 1}, xdp_core[6] = {2, 0, 0, 0, 0, 0x0c};
const uint8_t xdp_router[6] = {2, 0, 0, 0, 0, 9}, xdp_peer[6] = {2, 0, 0, 0, 0, 0x77};

static struct xdp_call xdp_bench_call(void)
{
	struct xdp_call c = {.flags = XDP_IP4 | XDP_IP6, .mtu = 1000, .ttl = 64};

	test_hex((uint8_t *)&c.local, 4, "c0000201");
	test_hex((uint8_t *)&c.far, 4, "c000024d");
	test_hex((uint8_t *)&c.local_port, 2, "06a5");
	test_hex((uint8_t *)&c.far_port, 2, "06a6");
	test_hex((uint8_t *)&c.tid, 2, "0002");
	test_hex((uint8_t *)&c.peer_tid, 2, "0a0b");
	test_hex((uint8_t *)&c.peer_sid, 2, "0c0d");
	test_hex((uint8_t *)&c.peer4, 4, "0a400005");
	test_hex(c.peer6, 8, "20010db800640005");
	return c;
}

bool xdp_bench_load(struct xdp_bench *x, const char *test)
{
	char why[256];
	int err = xdp_load(x->fd, why, sizeof(why));

	x->call = xdp_bench_call();
	x->t = NULL;
	/* A program that the verifier refuses is a failure; that there is no right to ask it, or no
	 * such kernel, is not. */
	if (err == -ENOTSUP || err == -EPERM || err == -ENOSYS) {
		test_skip(test, why);
		return false;
	}
	if (err)
		printf("\n      %s", why);
	CU_ASSERT_EQUAL_FATAL(err, 0);
	x->t = xdp_table_new(x->fd);
	CU_ASSERT_PTR_NOT_NULL_FATAL(x->t);
	CU_ASSERT_EQUAL(xdp_table_device(x->t, 1, xdp_us), 0);
	return true;
}

void xdp_bench_unload(struct xdp_bench *x)
{
	xdp_table_free(x->t);
	xdp_close(x->fd);
}

void xdp_bench_network(struct xdp_bench *x, const char *near)
{
	static const char setup[] =
		"set -e\n"
		"for d in core away; do ip link add $d type veth peer name $d-far\n"
		"ip link set $d up; ip link set $d-far up; done\n"
		"ip link set core address 02:00:00:00:00:0c\n"
		"ip link set away address 02:00:00:00:00:0a\n"
		"echo 1 >/proc/sys/net/ipv4/ip_forward\n"
		"echo 1 >/proc/sys/net/ipv6/conf/all/forwarding\n"
		"ip addr add 192.0.2.1/24 dev core; ip addr add 198.51.100.1/24 dev away\n"
		"ip -6 addr add 2001:db8:2::1/64 dev core nodad\n"
		"ip neigh add 192.0.2.77 lladdr 02:00:00:00:00:77 nud permanent dev core\n"
		"ip neigh add 192.0.2.9 lladdr 02:00:00:00:00:09 nud permanent dev core\n"
		"ip neigh add 198.51.100.9 lladdr 02:00:00:00:00:09 nud permanent dev away\n"
		"ip -6 neigh add 2001:db8:2::9 lladdr 02:00:00:00:00:09 nud permanent dev core\n"
		"ip route replace 10.99.0.1 via 192.0.2.9\n"
		"ip route add 10.98.0.1 via 192.0.2.9 mtu lock 68\n"
		"ip route add 10.97.0.1 via 192.0.2.66\n"
		"ip route add 10.96.0.1 via 198.51.100.9\n"
		"ip -6 route add 2001:db8:99::/64 via 2001:db8:2::9\n"
		/* what comes from the call's device goes by rules of its own */
		"ip rule add iif %s lookup 100\n"
		"ip route add 10.94.0.1 via 192.0.2.9 table 100\n";
	char script[2048];

	CU_ASSERT_FATAL(snprintf(script, sizeof(script), setup, near) < (int)sizeof(script));
	CU_ASSERT_EQUAL_FATAL(system(script), 0);
	x->call.tun = if_nametoindex(near);
	CU_ASSERT_NOT_EQUAL_FATAL(x->call.tun, 0);
	CU_ASSERT_EQUAL(xdp_table_device(x->t, if_nametoindex("core"), xdp_core), 0);
}

void xdp_bench_run(struct xdp_bench *x, const uint8_t *frame, size_t len, unsigned times,
		   struct xdp_seen *out)
{
	union bpf_attr attr;

	memset(&attr, 0, sizeof(attr));
	attr.test.prog_fd = (uint32_t)x->fd[XDP_FD_PROGRAM];
	attr.test.data_in = (uintptr_t)frame;
	attr.test.data_size_in = (uint32_t)len;
	attr.test.data_out = (uintptr_t)out->octets;
	attr.test.data_size_out = sizeof(out->octets);
	attr.test.repeat = times;
	CU_ASSERT_EQUAL_FATAL(syscall(SYS_bpf, BPF_PROG_TEST_RUN, &attr, sizeof(attr)), 0);
	out->verdict = attr.test.retval;
	out->len = attr.test.data_size_out;
	out->ns = attr.test.duration;
}
