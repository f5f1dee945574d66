/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/harness.h"

extern const struct test_suite suite_settings, suite_ip_head, suite_udp_addr, suite_udp_table,
	suite_udp, suite_delay, suite_impair, suite_loop, suite_cell, suite_oam, suite_aal5,
	suite_aal5_crc, suite_lapb, suite_xot, suite_x25_pkt, suite_x25;

static const struct test_suite *const suites[] = {
	&suite_settings,  &suite_ip_head, &suite_udp_addr,
	&suite_udp_table, &suite_udp,	  &suite_delay,
	&suite_impair,	  &suite_loop,	  &suite_cell,
	&suite_oam,	  &suite_aal5,	  &suite_aal5_crc,
	&suite_lapb,	  &suite_xot,	  &suite_x25_pkt,
	&suite_x25,	  NULL,
};

int main(int argc, char **argv)
{
	return test_main(argc, argv, suites);
}
