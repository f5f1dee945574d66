/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/core/rig.h"

/* One suite for each test file, named like it: those with a whole engine that are not about its
 * records, which run in each form of it, */
#define ENGINE_SUITES(X) \
	X(tie)           \
	X(restart)       \
	X(reauth)        \
	X(tunnel)        \
	X(call)          \
	X(engine)        \
	X(call_msg)      \
	X(events)        \
	X(info)          \
	X(output)        \
	X(setup)         \
	X(half_open)     \
	X(quota)         \
	X(stranger)      \
	X(malformed)     \
	X(memory)        \
	X(spare)         \
	X(phb)

/* and the others. */
#define OTHER_SUITES(X)   \
	X(avp)            \
	X(avp_table)      \
	X(build)          \
	X(bytes)          \
	X(container)      \
	X(data)           \
	X(hdr)            \
	X(hide)           \
	X(ids)            \
	X(msg)            \
	X(msg_avp)        \
	X(msg_table)      \
	X(reason)         \
	X(deadline)       \
	X(reliable)       \
	X(cc_table)       \
	X(call_table)     \
	X(htab)           \
	X(idtab)          \
	X(policy)         \
	X(restore)        \
	X(restore_cells)  \
	X(restore_checks) \
	X(keep)           \
	X(save)

#define X(name) extern const struct test_suite suite_##name;
ENGINE_SUITES(X)
OTHER_SUITES(X)
#undef X

#define X(name) &suite_##name,
static const struct test_suite *const suites[] = {OTHER_SUITES(X) ENGINE_SUITES(X) NULL};
static const struct test_suite *const engine_suites[] = {ENGINE_SUITES(X) NULL};
#undef X

static const struct test_form forms[] = {
	{"", suites, rig_keeps_records},
	{"nothing kept", engine_suites, rig_keeps_nothing},
	{NULL, NULL, NULL},
};

int main(int argc, char **argv)
{
	return test_main_forms(argc, argv, forms);
}
