/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The keys of `route`: where PPP that arrives on a circuit or in a call goes. */
#include "cfg/filter.h"
#include "cfg/join.h"
#include "cfg/keys.h"
#include "cfg/rate.h"
#include "cfg/report.h"
#include "cfg/value.h"

#include <stddef.h>
#include <string.h>

#define S 1000000LL /* in microseconds */
#define H (3600 * S)

/* The first is CFG_DENY_SILENT; the others are the Result Codes of a CDN from 1 on (RFC 2661
 * 4.4.2). */
#define DENIALS                                                                                   \
	"silent lost-carrier general-error administrative no-facilities no-facilities-permanent " \
	"invalid-destination no-carrier busy no-dial-tone timeout no-framing"
#define DENIALS_DEFAULT                                                                       \
	(CFG_DENY_SILENT | 1u << L2TP_CDN_GENERAL_ERROR | 1u << L2TP_CDN_NO_FACILITIES_TEMP | \
	 1u << L2TP_CDN_NO_FACILITIES_PERM)

static void keys_route_set_deny(struct cfg_load *l, const struct cfg_item *it, void *obj,
				const char *text)
{
	struct cfg_route *r = obj;
	unsigned bit;

	(void)text;
	r->deny = 0;
	for (unsigned i = 0; i < it->values; i++)
		if (cfg_get_word(l, it, &it->value[i], &bit))
			r->deny |= 1u << bit;
}

/* Into the struct cfg_numbers at the row's offset. */
static void keys_route_set_numbers(struct cfg_load *l, const struct cfg_item *it, void *obj,
				   const char *text)
{
	struct cfg_numbers *to = (struct cfg_numbers *)((char *)obj + it->key->offset);
	uint32_t *at = arena_get(l->arena, it->values * sizeof(*at));
	uint64_t n;

	(void)text;
	for (unsigned i = 0; i < it->values; i++)
		if (cfg_get_number(l, it, &it->value[i], &n))
			at[i] = (uint32_t)n;
	*to = (struct cfg_numbers){at, it->values};
}

static void keys_route_set_password(struct cfg_load *l, const struct cfg_item *it, void *obj,
				    const char *text)
{
	if (strlen(text) > 128) /* RFC 2865 5.2 */
		cfg_wrong(l, it->line, it, "longer than 128 octets");
	else
		((struct cfg_route *)obj)->ask_password = cfg_keep(l, text);
}

/* In the order of enum cfg_ask. */
#define CFG_ASK_WORDS "user realm called calling circuit"

#define PATTERN(m) .max = 255, .deflt = "any", CFG_AT(struct cfg_route, m)

static const struct cfg_key route_keys[] = {
	{"from", CFG_K_REF, CFG_KEY_LIST, .words = "port", .deflt = "any",
	 .help = "ports the circuit may be on", CFG_AT(struct cfg_route, from)},
	{"from-peer", CFG_K_REF, CFG_KEY_LIST, .words = "peer", .deflt = "none",
	 .help = "peers whose calls are switched to another tunnel, in place of circuits",
	 CFG_AT(struct cfg_route, from_peer)},
	{"circuit", CFG_K_TEXT, .help = "pattern of the circuit's address on its port",
	 PATTERN(circuit)},
	{"called", CFG_K_TEXT, .help = "pattern of the called address, * stands for anything",
	 PATTERN(called)},
	{"calling", CFG_K_TEXT, .help = "pattern of the calling address", PATTERN(calling)},
	{"service-name", CFG_K_TEXT,
	 .help = "pattern of the service that a PPPoE client asks for, which is its called address",
	 PATTERN(called)},
	{"user", CFG_K_TEXT,
	 .help = "pattern of the user name, which a circuit with `lcp = proxy` and the far LAC of "
		 "a call know",
	 PATTERN(user)},
	{"realm", CFG_K_TEXT,
	 .help = "pattern of the user's realm: isp.example, or *@isp.example which is the same",
	 PATTERN(realm)},
	{"to", CFG_K_REF, CFG_KEY_LIST, .words = "peer",
	 .help = "peers a call is placed to; the next one is tried when one refuses or is silent",
	 CFG_AT(struct cfg_route, to)},
	{"radius", CFG_K_REF, .words = "radius", .deflt = "none",
	 .help = "servers that say which LNSs a call may go to (RFC 2868); `to` is then for calls "
		 "that they name none for, or that none of them answers about",
	 CFG_AT(struct cfg_route, radius)},
	{"ask", CFG_K_WORD, .words = CFG_ASK_WORDS, .deflt = "user",
	 .help = "what the servers are asked about: the user with his proof, which takes `lcp = "
		 "proxy`; his realm, the called or the calling address, or the circuit",
	 CFG_AT(struct cfg_route, ask)},
	{"ask-password", CFG_K_SECRET, .set = keys_route_set_password,
	 .help = "password sent with what is no user; default: the name that is asked about"},
	{"template", CFG_K_REF, .words = "peer", .deflt = "none",
	 .help = "peer section whose keys hold for tunnels to an LNS that no section dials; it is "
		 "for nothing else",
	 CFG_AT(struct cfg_route, like)},
	{"to-circuit", CFG_K_TEXT, .set = cfg_set_join,
	 .help = "in place of `to`, for outgoing calls that `from-peer` asks for: the circuit they "
		 "are placed on, port and address, as in \"fr0 200\"; \"x0 *\" calls the number "
		 "asked for",
	 CFG_AT(struct cfg_route, to_circuit)},
	{"priority", CFG_K_NUMBER, CFG_KEY_LIST, .min = 0, .max = 65535, .deflt = "all the same",
	 .set = keys_route_set_numbers,
	 .help = "one number for each of `to`: those with the lowest are tried first",
	 CFG_AT(struct cfg_route, priority)},
	{"weight", CFG_K_NUMBER, CFG_KEY_LIST, .min = 1, .max = 65535, .deflt = "all the same",
	 .set = keys_route_set_numbers,
	 .help = "one number for each of `to`: its share of the calls with `balance = weight`",
	 CFG_AT(struct cfg_route, weight)},
	{"balance", CFG_K_WORD, .words = "first weight round", .deflt = "first",
	 .help = "of the peers of one priority: always the first first, by chance in proportion "
		 "to weight, or each in turn",
	 CFG_AT(struct cfg_route, balance)},
	{"on-refuse", CFG_K_WORD, .words = "next end", .deflt = "next",
	 .help = "a peer has refused the call: try the next one, or refuse it",
	 CFG_AT(struct cfg_route, ends_on_refusal)},
	{"max-calls", CFG_K_NUMBER, .min = 0, .max = 10000000,
	 .help = "calls by this route at a time, after which the next route that fits is taken; 0 "
		 "= no limit",
	 CFG_AT(struct cfg_route, max_calls)},
	{"deny-for", CFG_K_TIME, .min = 0, .max = 24 * H,
	 .help = "pass a peer over for this long, in every route, after it has answered this route "
		 "as `deny` says; 0 = never",
	 CFG_AT(struct cfg_route, deny_for)},
	{"deny", CFG_K_WORD, CFG_KEY_LIST, .words = DENIALS,
	 .deflt = "silent, general-error, no-facilities, no-facilities-permanent",
	 .set = keys_route_set_deny,
	 .help = "results of a call after which a peer is passed over: Result Codes of its CDN, "
		 "and "
		 "silent = no answer or not reached"},
	CFG_FILTER_ROWS_PPP(struct cfg_route, CFG_FILTER_NONE),
	CFG_RATE_ROWS(struct cfg_route, NULL, CFG_WHEN_LIVE),
	CFG_RATE_BURST_ROW(struct cfg_route, CFG_WHEN_LIVE),
};

static void keys_route_init(struct cfg_load *l, void *obj)
{
	(void)l;
	((struct cfg_route *)obj)->deny = DENIALS_DEFAULT;
}

/* RFC 2661 4.4.3: Bearer Capabilities are for who places outgoing calls when he is asked to. */
static void keys_route_finish(struct cfg_load *l, const struct cfg_item *it)
{
	const struct cfg_route *r = it->object;

	(void)l;
	if (r->like) {
		struct cfg_peer *like = (struct cfg_peer *)(uintptr_t)r->like;

		like->is_template = true;
		like->anybody = false;
	}
	for (unsigned i = 0; i < r->from_peer.n; i++)
		((struct cfg_peer *)r->from_peer.at[i])->policy.bearer_caps =
			L2TP_BEARER_DIGITAL | L2TP_BEARER_ANALOG;
}

const struct cfg_schema cfg_schema_route = {
	.section = CFG_S_ROUTE,
	.when = CFG_WHEN_NEW,
	.word = "route",
	.title = "NAME",
	.help = "where PPP of a circuit or a call goes; the first that fits is taken",
	.key = route_keys,
	.keys = CFG_ROWS(route_keys),
	.sub = cfg_no_sections,
	.size = sizeof(struct cfg_route),
	.init = keys_route_init,
	.finish = keys_route_finish,
};
