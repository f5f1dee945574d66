/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "transports/builtin.h"

const struct ist_transport *const ist_builtin_transports[] = {
	NULL,
};
