/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The keys of `outgoing`: a client that a LAC calls for us, who are its LNS. */
#include "cfg/keys.h"
#include "cfg/value.h"

#include <stddef.h>

#define S	1000000LL /* in microseconds */
#define OUT(m)	CFG_AT(struct cfg_outgoing, m)
#define BPS_MAX UINT32_MAX

static void keys_outgoing_set_prefix(struct cfg_load *l, const struct cfg_item *it, void *obj,
				     const char *text)
{
	struct cfg_prefix p;

	(void)text;
	if (cfg_get_prefix(l, it, it->value, &p))
		((struct cfg_outgoing *)obj)->prefix6 = p;
}

static void keys_outgoing_set_routes(struct cfg_load *l, const struct cfg_item *it, void *obj,
				     const char *text)
{
	struct cfg_outgoing *o = obj;

	(void)text;
	o->route = cfg_get_prefixes(l, it, &o->routes);
}

/* The words of bearer and framing stand at the index that is their bit in RFC 2661 4.4.4. */
static const struct cfg_key outgoing_keys[] = {
	{"peer", CFG_K_REF, CFG_KEY_REQUIRED, .words = "peer",
	 .help = "the LAC that places the call, in a tunnel of its own or one we `dial`",
	 OUT(peer)},
	{"called", CFG_K_TEXT, CFG_KEY_REQUIRED, .max = 64, .help = "number the LAC calls",
	 OUT(called)},
	{"sub-address", CFG_K_TEXT, .max = 64, .help = "more to dial behind that number",
	 OUT(sub_address)},
	{"service", CFG_K_REF, CFG_KEY_REQUIRED, .words = "service",
	 .help = "service for its PPP, which ends here", OUT(service)},
	{"address", CFG_K_IPV4, .deflt = "one of the service's pool",
	 .help = "IPv4 address the client gets, of the service's pool; a packet to it places the "
		 "call",
	 OUT(address4)},
	{"prefix", CFG_K_PREFIX, .set = keys_outgoing_set_prefix,
	 .deflt = "one of the service's pool",
	 .help = "IPv6 /64 the client gets, of the service's pool; a packet to it places the call"},
	{"routes", CFG_K_PREFIX, CFG_KEY_LIST, .set = keys_outgoing_set_routes,
	 .help = "networks behind the client; a packet to one of them places the call"},
	{"minimum-bps", CFG_K_NUMBER, .min = 0, .max = BPS_MAX,
	 .help = "slowest line that will do, bit/s; 0 = any", OUT(min_bps)},
	{"maximum-bps", CFG_K_NUMBER, .min = 0, .max = BPS_MAX,
	 .help = "fastest line that will do, bit/s; 0 = any", OUT(max_bps)},
	{"bearer", CFG_K_WORD, .words = "any digital analog", .deflt = "any",
	 .help = "kind of line; any = one the LAC has", OUT(bearer)},
	{"framing", CFG_K_WORD, .words = "any synchronous asynchronous", .deflt = "any",
	 .help = "framing of PPP on the line; any = one the LAC has", OUT(framing)},
	{"retry", CFG_K_TIME, .min = S, .max = 3600 * S,
	 .help = "wait before another packet places a call, after one that failed; doubled each "
		 "time, up to 16 times",
	 OUT(retry)},
};

static void keys_outgoing_init(struct cfg_load *l, void *obj)
{
	(void)l;
	((struct cfg_outgoing *)obj)->retry = 10 * S;
}

const struct cfg_schema cfg_schema_outgoing = {
	.section = CFG_S_OUTGOING,
	.when_removed = CFG_WHEN_ENDS,
	.word = "outgoing",
	.title = "NAME",
	.help = "a client that we have a LAC call",
	.key = outgoing_keys,
	.keys = CFG_ROWS(outgoing_keys),
	.sub = cfg_no_sections,
	.size = sizeof(struct cfg_outgoing),
	.init = keys_outgoing_init,
};
