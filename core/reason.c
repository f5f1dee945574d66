/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/reason.h"

const struct l2tp_reason_row l2tp_reasons[L2TP_R_COUNT] = {
#define X(sym, key, words) {key, words},
	L2TP_REASONS(X)
#undef X
};
