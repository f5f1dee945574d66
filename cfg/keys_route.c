/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The keys of `route`: where PPP that arrives on a circuit or in a call goes. */
#include "cfg/keys.h"
#include "cfg/report.h"

#include <stddef.h>

static const struct cfg_key route_keys[] = {
	{"from", CFG_K_REF, CFG_KEY_LIST, .words = "port", .deflt = "any",
	 .help = "ports the circuit may be on", CFG_AT(struct cfg_route, from)},
	{"from-peer", CFG_K_REF, CFG_KEY_LIST, .words = "peer", .deflt = "none",
	 .help = "peers whose calls are switched to another tunnel, in place of circuits",
	 CFG_AT(struct cfg_route, from_peer)},
	{"called", CFG_K_TEXT, .max = 64, .deflt = "any",
	 .help = "pattern of the called address, * stands for anything",
	 CFG_AT(struct cfg_route, called)},
	{"calling", CFG_K_TEXT, .max = 64, .deflt = "any",
	 .help = "pattern of the calling address, * stands for anything",
	 CFG_AT(struct cfg_route, calling)},
	{"to", CFG_K_REF, CFG_KEY_LIST | CFG_KEY_REQUIRED, .words = "peer",
	 .help = "peers a call is placed to; the next one is tried when one refuses or is silent",
	 CFG_AT(struct cfg_route, to)},
};

const struct cfg_schema cfg_schema_route = {
	.section = CFG_S_ROUTE,
	.word = "route",
	.title = "NAME",
	.help = "where PPP of a circuit or a call goes; the first that fits is taken",
	.key = route_keys,
	.keys = CFG_ROWS(route_keys),
	.sub = cfg_no_sections,
	.size = sizeof(struct cfg_route),
};
