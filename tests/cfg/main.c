/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/harness.h"
#include "tests/heap.h"

extern const struct test_suite suite_arena, suite_check, suite_diff, suite_dscp, suite_filter,
	suite_help, suite_item, suite_keys, suite_lex, suite_load, suite_man, suite_model,
	suite_names, suite_parse, suite_parts, suite_port, suite_preproc, suite_radius, suite_coa,
	suite_keys_ipv6, suite_report, suite_routes, suite_schema, suite_secret, suite_store,
	suite_suggest, suite_value, suite_bundle, suite_stamp, suite_check_pool, suite_check_port,
	suite_keys_metrics, suite_keys_outgoing, suite_keys_peer, suite_keys_ppp, suite_keys_route;

static const struct test_suite *const suites[] = {
	&suite_arena,
	&suite_suggest,
	&suite_value,
	&suite_lex,
	&suite_preproc,
	&suite_names,
	&suite_parse,
	&suite_keys,
	&suite_port,
	&suite_model,
	&suite_check,
	&suite_help,
	&suite_load,
	&suite_item,
	&suite_report,
	&suite_schema,
	&suite_secret,
	&suite_store,
	&suite_filter,
	&suite_diff,
	&suite_dscp,
	&suite_radius,
	&suite_man,
	&suite_parts,
	&suite_coa,
	&suite_keys_ipv6,
	&suite_routes,
	&suite_bundle,
	&suite_stamp,
	&suite_check_pool,
	&suite_check_port,
	&suite_keys_outgoing,
	&suite_keys_peer,
	&suite_keys_ppp,
	&suite_keys_route,
	&suite_keys_metrics,
	NULL,
};

int main(int argc, char **argv)
{
	heap_fence();
	return test_main(argc, argv, suites);
}
