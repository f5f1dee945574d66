/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Programs of the classic BPF machine that a data plane may run. */
#ifndef GW_DP_FILTER_SAFE_H
#define GW_DP_FILTER_SAFE_H

#include <stdbool.h>

struct bpf_insn;

/* False for one that could leave its bounds or not end, or is too long (DP_FILTER_INSNS). */
bool filter_is_safe(const struct bpf_insn *insn, unsigned n);

#endif
