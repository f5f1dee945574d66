/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The keys of `peer NAME { }`: which peers may open tunnels, which are dialled, and how.  Most rows
 * store straight into struct l2tp_policy, which the engine copies into each tunnel; its defaults
 * are those of l2tp_policy_default().
 */
#include "cfg/dscp.h"
#include "cfg/keys.h"
#include "cfg/report.h"
#include "cfg/suggest.h"
#include "cfg/value.h"
#include "core/data.h"

#include <ctype.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#define MS 1000
#define S  (1000 * MS)
#define M  (60 * S)
#define H  (60LL * M)
#define D  (24 * H)

static void keys_peer_set_addresses(struct cfg_load *l, const struct cfg_item *it, void *obj,
				    const char *text)
{
	const char **a = arena_get(l->arena, it->values * sizeof(*a));
	struct cfg_peer *p = obj;

	(void)text;
	for (unsigned i = 0; i < it->values; i++)
		a[i] = cfg_keep(l, it->value[i].text);
	p->address = a;
	p->addresses = it->values;
}

static void keys_peer_set_secret(struct cfg_load *l, const struct cfg_item *it, void *obj,
				 const char *text)
{
	struct l2tp_secret *s = &((struct cfg_peer *)obj)->policy.secret;
	size_t len = strlen(text);

	if (!len || len > sizeof(s->octets)) {
		cfg_wrong(l, it->line, it, "a secret has 1 to %zu octets, this one has %zu",
			  sizeof(s->octets), len);
		return;
	}
	memcpy(s->octets, text, len);
	s->len = (uint8_t)len;
}

/* RFC 2661 section 5.8: the cap on the interval must be no less than 8 seconds. */
#define RETRANSMIT_MAX_LEAST (8 * S)

static void keys_peer_set_retransmit_max(struct cfg_load *l, const struct cfg_item *it, void *obj,
					 const char *text)
{
	uint64_t us;

	if (cfg_parse_time(&us, text) && us < RETRANSMIT_MAX_LEAST)
		cfg_wrong(l, it->line, it,
			  "`%s` is too short: RFC 2661 section 5.8 requires 8s or more",
			  cfg_shown(l, it->value));
	else if (cfg_get_time(l, it, it->value, &us))
		((struct cfg_peer *)obj)->policy.retransmit_max = us;
}

/* In the order of the bits of enum l2tp_quirk. */
#define QUIRKS                                                                              \
	"short-result swapped-result long-response unknown-mandatory stopccn-tid tid-zero " \
	"misplaced-avp clear-setup strict"
#define QUIRK_STRICT L2TP_QUIRKS

static void keys_peer_set_quirks(struct cfg_load *l, const struct cfg_item *it, void *obj,
				 const char *text)
{
	struct l2tp_policy *p = &((struct cfg_peer *)obj)->policy;
	uint32_t more = 0;
	unsigned bit;

	(void)text;
	for (unsigned i = 0; i < it->values; i++)
		if (cfg_get_word(l, it, &it->value[i], &bit))
			more |= 1u << bit;
	if (more & 1u << QUIRK_STRICT)
		p->quirks = 0;
	p->quirks |= more & ~(1u << QUIRK_STRICT);
}

/* "vendor-name", "Vendor Name" and "vendor name" are one name. */
static bool keys_peer_same_name(const char *a, const char *b)
{
	for (; *a || *b; a++, b++) {
		char x = *a == ' ' ? '-' : (char)tolower((unsigned char)*a);
		char y = *b == ' ' ? '-' : (char)tolower((unsigned char)*b);

		if (x != y)
			return false;
	}
	return true;
}

/* Message Type is of every message, and in no list. */
static bool keys_peer_avp_required(uint16_t type)
{
	if (type == L2TP_AVP_MESSAGE_TYPE)
		return true;
	for (unsigned m = 0; m < L2TP_MSG_TYPES; m++) {
		const uint16_t *r = l2tp_msg_table[m].name ? l2tp_msg_table[m].required : NULL;

		for (; r && *r != L2TP_NO_AVP; r++)
			if (*r == type)
				return true;
	}
	return false;
}

/* The attribute with this name, or of the IETF with this number; NULL is reported. */
static const struct l2tp_avp_row *keys_peer_known_avp(struct cfg_load *l, const struct cfg_item *it,
						      const struct cfg_value *v, const char *name)
{
	struct suggest s;
	uint64_t n;

	suggest_init(&s, name);
	if (cfg_parse_number(&n, name) && n <= UINT16_MAX && l2tp_avp_row(L2TP_IETF, (uint16_t)n))
		return l2tp_avp_row(L2TP_IETF, (uint16_t)n);
	for (size_t i = 0; i < l2tp_avp_table_len; i++) {
		const struct l2tp_avp_row *r = &l2tp_avp_table[i];

		if (keys_peer_same_name(r->name, name))
			return r;
		suggest_offer(&s, r->name);
	}
	if (s.best)
		cfg_wrong(l, v->line, it, "unknown attribute `%s`, did you mean `%s`?",
			  cfg_shown(l, v), s.best);
	else
		cfg_wrong(l, v->line, it,
			  "unknown attribute `%s`: neither a name nor a number of RFC 2661",
			  cfg_shown(l, v));
	return NULL;
}

/* `vendor:type`, both numbers.  False when the text is not that. */
static bool keys_peer_vendor_avp(struct l2tp_avp_key *out, const char *text)
{
	const char *colon = strchr(text, ':');
	char vendor[8];
	uint64_t v, t;

	if (!colon || (size_t)(colon - text) >= sizeof(vendor))
		return false;
	memcpy(vendor, text, (size_t)(colon - text));
	vendor[colon - text] = '\0';
	if (!cfg_parse_number(&v, vendor) || !cfg_parse_number(&t, colon + 1) || v > UINT16_MAX ||
	    t > UINT16_MAX)
		return false;
	*out = (struct l2tp_avp_key){(uint16_t)v, (uint16_t)t};
	return true;
}

/* One value of `suppress`; false is reported. */
static bool keys_peer_suppressible(struct cfg_load *l, const struct cfg_item *it,
				   const struct cfg_value *v, struct l2tp_avp_key *out)
{
	const char *name = v->text;
	const struct l2tp_avp_row *row;

	if (strchr(name, ':')) {
		if (!keys_peer_vendor_avp(out, name)) {
			cfg_wrong(l, v->line, it,
				  "`%s` is no attribute of a vendor: two numbers up to %u, as in "
				  "9:1",
				  cfg_shown(l, v), UINT16_MAX);
			return false;
		}
		if (out->vendor != L2TP_IETF)
			return true;
		name = strchr(name, ':') + 1;
	}
	row = keys_peer_known_avp(l, it, v, name);
	if (!row)
		return false;
	*out = (struct l2tp_avp_key){row->vendor, row->type};
	if (row->vendor == L2TP_IETF && keys_peer_avp_required(row->type))
		cfg_wrong(l, v->line, it, "RFC 2661 requires `%s`, it cannot be left out",
			  row->name);
	return true;
}

static void keys_peer_set_suppress(struct cfg_load *l, const struct cfg_item *it, void *obj,
				   const char *text)
{
	struct l2tp_policy *p = &((struct cfg_peer *)obj)->policy;
	struct l2tp_avp_key key;

	(void)text;
	for (unsigned i = 0; i < it->values; i++) {
		if (p->suppressed == L2TP_SUPPRESS_MAX) {
			cfg_wrong(l, it->value[i].line, it, "at most %u attributes can be left out",
				  L2TP_SUPPRESS_MAX);
			return;
		}
		if (keys_peer_suppressible(l, it, &it->value[i], &key))
			p->suppress[p->suppressed++] = key;
	}
}

/* --- add --------------------------------------------------------------------------------------- */

/* A number, text or octets in hex, as the row's shape asks; of a vendor's text or hex.  False: it
 * is none. */
static bool keys_peer_avp_value(struct arena *a, const struct l2tp_avp_row *row, const char *text,
				struct cfg_avp *out)
{
	bool hex = !strncmp(text, "0x", 2) && (!row || row->shape == L2TP_SHAPE_OCTETS);
	size_t len = hex ? (strlen(text) - 2) / 2 : strlen(text);
	bool number = row && row->min == row->max && row->shape != L2TP_SHAPE_OCTETS;
	uint8_t *val = arena_get(a, len > 8 ? len : 8);
	uint64_t n;

	out->val = val;
	out->len = (uint16_t)(number ? row->min : len);
	if (number && (!cfg_parse_number(&n, text) || (row->min < 8 && n >> 8 * row->min)))
		return false;
	for (size_t i = 0; number && i < row->min; i++)
		val[i] = (uint8_t)(n >> 8 * (row->min - 1 - i));
	for (size_t i = 0; hex && i < len; i++)
		if (sscanf(text + 2 + 2 * i, "%2hhx", &val[i]) != 1)
			return false;
	if (!number && !hex)
		memcpy(val, text, len);
	return len <= L2TP_AVP_VALUE_MAX && (!hex || strlen(text) % 2 == 0) &&
	       (!row || l2tp_avp_length_ok(row, out->len));
}

/* Attributes that describe a call and go with it are for the administrator to add. */
static bool keys_peer_addable(const struct l2tp_avp_row *row)
{
	return row->on_switch == L2TP_SWITCH_RELAY &&
	       row->messages & (1u << L2TP_ICRQ | 1u << L2TP_ICCN);
}

/* "NAME=VALUE" or "VENDOR:TYPE=VALUE"; false is reported. */
static bool keys_peer_addition(struct cfg_load *l, const struct cfg_item *it,
			       const struct cfg_value *v, struct cfg_avp *out)
{
	const char *equals = strchr(v->text, '=');
	const struct l2tp_avp_row *row;
	const char *name;

	if (!equals) {
		cfg_wrong(l, v->line, it, "`%s` has no value: NAME=VALUE", cfg_shown(l, v));
		return false;
	}
	name = arena_text(l->scratch, v->text, (size_t)(equals - v->text));
	if (keys_peer_vendor_avp(&out->key, name)) {
		row = l2tp_avp_row(out->key.vendor, out->key.type);
	} else {
		row = keys_peer_known_avp(l, it, v, name);
		if (!row)
			return false;
		out->key = (struct l2tp_avp_key){row->vendor, row->type};
	}
	if (row ? !keys_peer_addable(row) : out->key.vendor == L2TP_IETF)
		cfg_wrong(l, v->line, it, "`%s` is not for the configuration to send",
			  cfg_shown(l, v));
	else if (!keys_peer_avp_value(l->arena, row, equals + 1, out))
		cfg_wrong(l, v->line, it, "`%s` has no value of this attribute", cfg_shown(l, v));
	else
		return true;
	return false;
}

static void keys_peer_set_add(struct cfg_load *l, const struct cfg_item *it, void *obj,
			      const char *text)
{
	struct cfg_avp *add = arena_get(l->arena, it->values * sizeof(*add));
	struct cfg_peer *p = obj;

	(void)text;
	if (it->values > CFG_ADD_MAX) {
		cfg_wrong(l, it->line, it, "at most %u attributes can be added", CFG_ADD_MAX);
		return;
	}
	p->add = add;
	for (unsigned i = 0; i < it->values; i++)
		p->adds += keys_peer_addition(l, it, &it->value[i], &add[p->adds]);
}

#define POLICY(m) CFG_AT(struct cfg_peer, policy.m)

static const struct cfg_key peer_keys[] = {
	{"port", CFG_K_REF, .words = "port", .deflt = "any",
	 .help = "the port this peer is reached through; needed with `dial` when there are several",
	 CFG_AT(struct cfg_peer, port)},
	{"address", CFG_K_TEXT, CFG_KEY_LIST, .deflt = "any", .set = keys_peer_set_addresses,
	 .help = "addresses its SCCRQ may come from: a prefix, or an address or pattern of the "
		 "medium"},
	{"hostname", CFG_K_TEXT, .min = 1, .max = 255, .deflt = "any",
	 .help = "Host Name the peer must send; * matches any text",
	 CFG_AT(struct cfg_peer, hostname)},
	{"dial", CFG_K_TEXT,
	 .help = "address to open tunnels to; without it this peer is only answered",
	 CFG_AT(struct cfg_peer, dial)},
	{"secret", CFG_K_SECRET, .when = CFG_WHEN_ENDS, .set = keys_peer_set_secret,
	 .help = "shared secret for tunnel authentication and for hiding attributes"},
	{"secret-file", CFG_K_SECRET_FILE, .when = CFG_WHEN_ENDS, .set = keys_peer_set_secret,
	 .help = "file whose first line is the secret; others may not read or write it"},
	{"challenge", CFG_K_BOOL, .deflt = "yes with a secret",
	 .help = "require the peer to prove that it knows the secret", POLICY(challenge)},
	{"hide", CFG_K_BOOL, .help = "hide every attribute that may be hidden", POLICY(hide)},
	{"hide-padding", CFG_K_NUMBER, .min = 0, .max = L2TP_PAD_MAX,
	 .help = "pad hidden values to a multiple of this many octets, so that their length does "
		 "not show; 0 = no padding, for peers that cannot take it",
	 POLICY(hide_padding)},
	{"service", CFG_K_REF, .words = "service",
	 .help = "service for calls from this peer; without it they are refused",
	 CFG_AT(struct cfg_peer, service)},
	{"radius", CFG_K_REF, .words = "radius", .deflt = "none",
	 .help = "servers, with `accounting = yes`, that are told of its tunnels and calls (RFC "
		 "2867)",
	 CFG_AT(struct cfg_peer, radius)},
	{"window", CFG_K_NUMBER, .min = 1, .max = 1024, .help = "Receive Window Size to offer",
	 POLICY(receive_window)},
	{"retransmit", CFG_K_TIME, .when = CFG_WHEN_LIVE, .min = 50 * MS, .max = M,
	 .help = "first wait for an acknowledgement; each further wait is twice as long, up to "
		 "retransmit-max",
	 POLICY(retransmit)},
	{"retransmit-max", CFG_K_TIME, .when = CFG_WHEN_LIVE, .min = RETRANSMIT_MAX_LEAST,
	 .max = 10 * M, .deflt = "8s", .set = keys_peer_set_retransmit_max,
	 .help = "longest wait for an acknowledgement; RFC 2661 requires 8s or more"},
	{"retransmit-count", CFG_K_NUMBER, .when = CFG_WHEN_LIVE, .min = 1, .max = 50,
	 .help = "times a message is sent again before the peer is given up",
	 POLICY(retransmit_count)},
	{"hello", CFG_K_TIME, .when = CFG_WHEN_LIVE, .min = 0, .max = D,
	 .help = "send a HELLO after hearing nothing for this long; 0 = never", POLICY(hello)},
	{"setup-timeout", CFG_K_TIME, .min = S, .max = H,
	 .help = "time that setting up a tunnel or call may take", POLICY(setup_timeout)},
	{"idle-close", CFG_K_TIME, .when = CFG_WHEN_LIVE, .min = 0, .max = 30 * D,
	 .help = "close the tunnel this long after its last call ended; 0 = keep it open",
	 POLICY(idle_close)},
	{"reauth", CFG_K_TIME, .when = CFG_WHEN_LIVE, .min = 0, .max = 30 * D,
	 .help = "authenticate the peer again this often, by opening a second tunnel; 0 = never; "
		 "not with single-tunnel",
	 POLICY(reauth)},
	{"hold", CFG_K_TIME, .when = CFG_WHEN_LIVE, .min = 0, .max = H,
	 .help = "time a tunnel is kept after its circuit went down; more than four times t391",
	 POLICY(hold)},
	{"single-tunnel", CFG_K_BOOL,
	 .help = "send a Tie Breaker, so that only one of two tunnels opened at once is kept",
	 POLICY(single_tunnel)},
	{"max-tunnels", CFG_K_NUMBER, .when = CFG_WHEN_LIVE, .min = 0, .max = 65535,
	 .deflt = "1024, 64 without a secret",
	 .help = "tunnels of all peers of this section; 0 = no limit", POLICY(max_tunnels)},
	{"max-peer-calls", CFG_K_NUMBER, .when = CFG_WHEN_LIVE, .min = 0, .max = 10000000,
	 .deflt = "65535, 1024 without a secret",
	 .help = "calls in all tunnels of this section; 0 = no limit", POLICY(max_peer_calls)},
	{"max-tunnels-per-source", CFG_K_NUMBER, .when = CFG_WHEN_LIVE, .min = 0, .max = 65535,
	 .deflt = "half of max-tunnels where anybody may send, else 0",
	 .help = "of these, opened by one IPv4 address, IPv6 /64 or circuit; 0 = no limit",
	 POLICY(max_source_tunnels)},
	{"max-calls-per-source", CFG_K_NUMBER, .when = CFG_WHEN_LIVE, .min = 0, .max = 10000000,
	 .deflt = "half of max-peer-calls where anybody may send, else 0",
	 .help = "of the calls, in tunnels that one of them has opened; 0 = no limit",
	 POLICY(max_source_calls)},
	{"max-calls", CFG_K_NUMBER, .when = CFG_WHEN_LIVE, .min = 0, .max = 65535,
	 .help = "calls allowed in one tunnel; 0 = no limit", POLICY(max_calls)},
	{"quirks", CFG_K_WORD, CFG_KEY_LIST, .words = QUIRKS,
	 .deflt = "short-result, misplaced-avp, clear-setup", .set = keys_peer_set_quirks,
	 .help = "departures from RFC 2661 to tolerate beside the default ones; strict = not even "
		 "those"},
	{"suppress", CFG_K_TEXT, CFG_KEY_LIST, .set = keys_peer_set_suppress,
	 .help = "attributes never sent to this peer: name or number of RFC 2661, or vendor:type"},
	{"add", CFG_K_TEXT, CFG_KEY_LIST, .set = keys_peer_set_add,
	 .help = "attributes sent in each call placed to this peer, in place of what the line "
		 "says: "
		 "\"NAME=VALUE\" or \"VENDOR:TYPE=VALUE\", octets as 0x..."},
	{"length-bit", CFG_K_BOOL,
	 .help = "send the Length field in data messages, for media that pad",
	 CFG_AT(struct cfg_peer, length_bit)},
	{"ff03", CFG_K_WORD, .words = "learn yes no", .deflt = "learn",
	 .help = "FF 03 before the PPP frames we send: learn = as its own frames have it, "
		 "and with a client or service here as LCP agrees; else always or never",
	 CFG_AT(struct cfg_peer, ff03)},
	{"sequencing", CFG_K_BOOL, .help = "as LNS: send sequence numbers in data messages",
	 CFG_AT(struct cfg_peer, sequencing)},
	{"sequencing-required", CFG_K_BOOL,
	 .help = "as LAC: require sequence numbers in data messages",
	 CFG_AT(struct cfg_peer, sequencing_required)},
	{"dscp", CFG_K_TEXT, .set = cfg_dscp_set, .deflt = "0",
	 .help = "codepoint of the UDP packets that carry data: 0 to 63, a name (ef, af11, cs6), "
		 "copy = that of the packet inside, or peer = what the peer asks for (RFC 3308); "
		 "a codepoint is asked for in our calls",
	 CFG_AT(struct cfg_peer, dscp)},
	{"control-dscp", CFG_K_TEXT, .set = cfg_dscp_set_control, .deflt = "0",
	 .help = "codepoint of the UDP packets of the control connection: 0 to 63, a name, or peer "
		 "= what the peer asks for (RFC 3308); a codepoint is asked for in our SCCRQ",
	 POLICY(control_dscp)},
	CFG_DISCARD_ROW(struct cfg_peer),
	{"reorder", CFG_K_NUMBER, .min = 0, .max = L2TP_REORDER_MAX,
	 .help = "data messages held back while an earlier one is missing; 0 = none",
	 CFG_AT(struct cfg_peer, reorder)},
	{"reorder-timeout", CFG_K_TIME, .min = MS, .max = 10 * S,
	 .help = "time to wait for the missing message", CFG_AT(struct cfg_peer, reorder_timeout)},
};

const struct cfg_port *cfg_peer_open_port(const struct cfg_model *m, const struct cfg_peer *p)
{
	for (unsigned i = 0; i < m->ports; i++) {
		const struct cfg_port *port = &m->port[i];

		if ((!p->port || p->port == port) && port->transport->caps & IST_CAP_UNKNOWN &&
		    !(port->transport->caps & IST_CAP_SWITCHED))
			return port;
	}
	return NULL;
}

static void keys_peer_init_peer(struct cfg_load *l, void *obj)
{
	struct cfg_peer *p = obj;

	(void)l;
	l2tp_policy_default(&p->policy);
	p->reorder_timeout = 100 * MS;
}

static void keys_peer_finish(struct cfg_load *l, const struct cfg_item *it)
{
	struct cfg_peer *p = it->object;
	size_t len = strlen(l->m->host_name);

	memcpy(p->policy.host_name, l->m->host_name, len + 1);
	if (p->radius && !p->radius->accounting)
		cfg_wrong(l, cfg_given(it, "radius")->line, cfg_given(it, "radius"),
			  "`%s` has no `accounting = yes`, and a peer's tunnels are told to no "
			  "others",
			  p->radius->name);
	if (p->policy.secret.len && !cfg_given(it, "challenge"))
		p->policy.challenge = true;
	if (!cfg_given(it, "max-tunnels"))
		p->policy.max_tunnels = p->policy.secret.len ? 1024 : 64;
	if (!cfg_given(it, "max-peer-calls"))
		p->policy.max_peer_calls = p->policy.secret.len ? 65535 : 1024;
	p->anybody = !p->is_template && !p->policy.secret.len && !p->addresses &&
		     cfg_peer_open_port(l->m, p);
	if (!p->anybody)
		return;
	/* One of them leaves room for others. */
	if (!cfg_given(it, "max-tunnels-per-source"))
		p->policy.max_source_tunnels = (uint16_t)((p->policy.max_tunnels + 1u) / 2);
	if (!cfg_given(it, "max-calls-per-source"))
		p->policy.max_source_calls =
			p->policy.max_peer_calls / 2 + p->policy.max_peer_calls % 2;
}

const struct cfg_schema cfg_schema_peer = {
	.section = CFG_S_PEER,
	.when_removed = CFG_WHEN_ENDS,
	.word = "peer",
	.title = "NAME",
	.help = "an L2TP peer that may open tunnels to us, or that we dial",
	.key = peer_keys,
	.keys = CFG_ROWS(peer_keys),
	.sub = cfg_no_sections,
	.size = sizeof(struct cfg_peer),
	.init = keys_peer_init_peer,
	.finish = keys_peer_finish,
};
