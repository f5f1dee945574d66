/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ppp/ppp.h"

const struct ppp_reason_row ppp_reasons[PPP_R_COUNT] = {
#define X(sym, key, words) {key, words},
	PPP_REASONS(X)
#undef X
};
