/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The data plane of the gateway, with a transport played by hand (fake.h). */
#include "tests/gw/dp/apart.h"
#include "tests/harness.h"
#include "tests/heap.h"
#include "tests/strict.h"

extern const struct test_suite suite_addrtab, suite_calltab, suite_dp, suite_dp_bundle,
	suite_dp_call, suite_dp_chan, suite_dp_filter, suite_dp_forward, suite_dp_media,
	suite_dp_memory, suite_dp_report, suite_dp_send, suite_dp_tun, suite_host, suite_ip,
	suite_ip_networks, suite_map, suite_netif, suite_netif_feature, suite_offloads_same,
	suite_path, suite_pool, suite_prefixtab, suite_sa, suite_sa_xfrm, suite_rate, suite_ring,
	suite_ip_path, suite_worker, suite_door_msg, suite_dp_echo, suite_port_check, suite_door,
	suite_data_side, suite_attach, suite_data_left, suite_hand_over, suite_take_over,
	suite_image, suite_data_port, suite_super, suite_gather, suite_stress, suite_tun_super;

static const struct test_suite *const suites[] = {
	&suite_addrtab,
	&suite_attach,
	&suite_calltab,
	&suite_dp,
	&suite_dp_bundle,
	&suite_dp_call,
	&suite_dp_chan,
	&suite_dp_forward,
	&suite_dp_media,
	&suite_dp_report,
	&suite_dp_send,
	&suite_ip,
	&suite_netif_feature,
	&suite_offloads_same,
	&suite_path,
	&suite_map,
	&suite_netif,
	&suite_sa,
	&suite_sa_xfrm,
	&suite_pool,
	&suite_ring,
	&suite_ip_path,
	&suite_worker,
	&suite_dp_filter,
	&suite_dp_memory,
	&suite_dp_tun,
	&suite_host,
	&suite_prefixtab,
	&suite_rate,
	&suite_ip_networks,
	&suite_door_msg,
	&suite_dp_echo,
	&suite_port_check,
	&suite_door,
	&suite_data_side,
	&suite_data_left,
	&suite_hand_over,
	&suite_take_over,
	&suite_image,
	&suite_data_port,
	&suite_super,
	&suite_gather,
	&suite_stress,
	&suite_tun_super,
	NULL,
};

int main(int argc, char **argv)
{
	int rc;

	heap_used = strict_saw;
	rc = apart_main(argc, argv); /* this may be the other process of a test */
	return rc < 0 ? test_main(argc, argv, suites) : rc;
}
