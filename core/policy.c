/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The default policy: RFC 2661's values for everything but names and secret, which have no default.
 */
#include "core/engine.h"

#define SECOND 1000000u

void l2tp_policy_default(struct l2tp_policy *p)
{
	*p = (struct l2tp_policy){
		.receive_window = 64,
		.framing_caps = 3,
		.retransmit = SECOND,
		.retransmit_max = 8 * SECOND,
		.retransmit_count = 5,
		.hello = 60 * SECOND,
		.setup_timeout = 60 * SECOND,
		.hold = 60 * SECOND, /* a circuit's recovery may be noticed 45 s late */
		.hide_padding = 16,
		.quirks = L2TP_QUIRKS_DEFAULT,
	};
}
