/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The data plane of the gateway, with a transport played by hand (fake.h). */
#include "tests/gw/dp/apart.h"
#include "tests/harness.h"
#include "tests/heap.h"
#include "tests/strict.h"

/* The suites, in the order in which they run. */
#define SUITES(X)        \
	X(addrtab)       \
	X(attach)        \
	X(calltab)       \
	X(dp)            \
	X(dp_batch)      \
	X(dp_bundle)     \
	X(dp_call)       \
	X(dp_chan)       \
	X(dp_forward)    \
	X(dp_media)      \
	X(dp_report)     \
	X(dp_send)       \
	X(ip)            \
	X(netif_feature) \
	X(offloads_same) \
	X(path)          \
	X(map)           \
	X(netif)         \
	X(netif_change)  \
	X(netif_xdp)     \
	X(sa)            \
	X(sa_xfrm)       \
	X(pool)          \
	X(ring)          \
	X(ip_path)       \
	X(worker)        \
	X(dp_filter)     \
	X(dp_memory)     \
	X(dp_tun)        \
	X(host)          \
	X(prefixtab)     \
	X(slab)          \
	X(rate)          \
	X(rcu)           \
	X(ip_networks)   \
	X(door_codec)    \
	X(door_msg)      \
	X(dp_echo)       \
	X(port_check)    \
	X(door)          \
	X(data_side)     \
	X(data_call)     \
	X(data_left)     \
	X(hand)          \
	X(hand_over)     \
	X(take_over)     \
	X(image)         \
	X(image_load)    \
	X(image_save)    \
	X(data_filter)   \
	X(data_report)   \
	X(data_tun)      \
	X(dp_fast)       \
	X(data_port)     \
	X(super)         \
	X(gather)        \
	X(stress)        \
	X(tun_super)     \
	X(filter_safe)   \
	X(fast)          \
	X(impaired)      \
	X(worker_impair) \
	X(xdp_attach)    \
	X(xdp_kern)      \
	X(xdp_load)      \
	X(xdp_table)

#define X(name) extern const struct test_suite suite_##name;
SUITES(X)
#undef X

static const struct test_suite *const suites[] = {
#define X(name) &suite_##name,
	SUITES(X)
#undef X
		NULL,
};

int main(int argc, char **argv)
{
	int rc;

	heap_used = strict_saw;
	rc = apart_main(argc, argv); /* this may be the other process of a test */
	return rc < 0 ? test_main(argc, argv, suites) : rc;
}
