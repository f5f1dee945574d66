/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/harness.h"

extern const struct test_suite suite_avp;
extern const struct test_suite suite_avp_table;
extern const struct test_suite suite_build;
extern const struct test_suite suite_bytes;
extern const struct test_suite suite_container;
extern const struct test_suite suite_data;
extern const struct test_suite suite_hdr;
extern const struct test_suite suite_hide;
extern const struct test_suite suite_ids;
extern const struct test_suite suite_msg;
extern const struct test_suite suite_msg_avp;
extern const struct test_suite suite_msg_table;
extern const struct test_suite suite_reason;
extern const struct test_suite suite_deadline;
extern const struct test_suite suite_reliable;
extern const struct test_suite suite_cc_table;
extern const struct test_suite suite_call_table;
extern const struct test_suite suite_htab;
extern const struct test_suite suite_idtab;
extern const struct test_suite suite_tie;
extern const struct test_suite suite_restart;
extern const struct test_suite suite_reauth;
extern const struct test_suite suite_tunnel;
extern const struct test_suite suite_call;
extern const struct test_suite suite_engine;
extern const struct test_suite suite_call_msg;
extern const struct test_suite suite_events;
extern const struct test_suite suite_info;
extern const struct test_suite suite_output;
extern const struct test_suite suite_policy;
extern const struct test_suite suite_setup;
extern const struct test_suite suite_half_open;
extern const struct test_suite suite_quota;
extern const struct test_suite suite_stranger;
extern const struct test_suite suite_malformed;
extern const struct test_suite suite_memory;
extern const struct test_suite suite_spare;
extern const struct test_suite suite_phb;
extern const struct test_suite suite_restore;
extern const struct test_suite suite_restore_cells;
extern const struct test_suite suite_restore_checks;
extern const struct test_suite suite_keep;
extern const struct test_suite suite_save;

static const struct test_suite *const suites[] = {
	&suite_avp,
	&suite_avp_table,
	&suite_build,
	&suite_bytes,
	&suite_container,
	&suite_data,
	&suite_hdr,
	&suite_hide,
	&suite_ids,
	&suite_msg,
	&suite_msg_avp,
	&suite_msg_table,
	&suite_reason,
	&suite_deadline,
	&suite_reliable,
	&suite_cc_table,
	&suite_call_table,
	&suite_htab,
	&suite_idtab,
	&suite_tie,
	&suite_restart,
	&suite_reauth,
	&suite_tunnel,
	&suite_call,
	&suite_engine,
	&suite_call_msg,
	&suite_events,
	&suite_info,
	&suite_output,
	&suite_policy,
	&suite_setup,
	&suite_half_open,
	&suite_quota,
	&suite_stranger,
	&suite_malformed,
	&suite_memory,
	&suite_spare,
	&suite_phb,
	&suite_restore,
	&suite_restore_cells,
	&suite_restore_checks,
	&suite_keep,
	&suite_save,
	NULL,
};

int main(int argc, char **argv)
{
	return test_main(argc, argv, suites);
}
