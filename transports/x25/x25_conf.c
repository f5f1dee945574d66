/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Keys of an x25 port, and its settings as numbers, checked.  A circuit section is a permanent
 * circuit, whose address is its logical channel, or with `kind = svc` the encapsulation of calls to
 * an X.121 address.
 */
#include "transports/x25/x25_port.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define LCI_DEFAULT_HIGH 1024u

const struct ist_key x25_keys[] = {
	LINK_KEYS_FOR("0x6000", ", xot: or xot-listen:ADDRESS, x25-socket: (the kernel's AF_X25)"),
	PORT_WORD("framing", "auto lapb pseudo-header", "auto",
		  "frames of the link: LAPB, or packets with the Linux kernel's one-octet "
		  "pseudo-header; auto: pseudo-header on tun, udp and loop links, else LAPB"),
	PORT_WORD("role", "dte dce", "dte", "our role; towards a Linux kernel it must be dce"),
	PORT_TEXT("address", NULL, "our X.121 address, the calling address of our calls"),
	PORT_WORD("modulo", "8 128", "8", "modulo of P(S) and P(R)"),
	PORT_TEXT("lci-incoming", NULL, "logical channels for calls of the DCE, e.g. \"1-10\""),
	PORT_TEXT("lci-two-way", NULL,
		  "logical channels for calls of DCE and DTE; default: from the permanent circuits "
		  "to 1024"),
	PORT_TEXT("lci-outgoing", NULL, "logical channels for calls of the DTE"),
	PORT_NUMBER("packet-size", 16, 4096, "128", "octets in a data packet without negotiation"),
	PORT_NUMBER("packet-size-want", 16, 4096, "1024",
		    "packet size to ask for, and the largest to agree to"),
	PORT_NUMBER("window", 1, 127, "2", "packets unacknowledged without negotiation"),
	PORT_NUMBER("window-want", 1, 127, "7", "window to ask for, and the largest to agree to"),
	PORT_BOOL("negotiate", "yes", "negotiate packet size and window in calls"),
	PORT_NUMBER("throughput", 0, 64000, "0", "throughput class to ask for, bit/s; 0 = none"),
	PORT_NUMBER("closed-user-group", 0, 9999, NULL, "closed user group of our calls"),
	PORT_TEXT("network-user-id", NULL, "network user identification (NUI) of our calls"),
	PORT_BOOL("reverse-charging", "no", "ask the called end to pay for our calls"),
	PORT_BOOL("accept-reverse-charging", "no", "accept calls with reverse charging"),
	{"encapsulation", IST_KEY_WORD, IST_KEY_PORT | IST_KEY_CIRCUIT, 0, 0,
	 "dedicated multiplexed", NULL,
	 "L2TP alone on a circuit (the default), or with a SNAP header on each PDU"},
	PORT_NUMBER("mtu", 1600, 9216, "1620", "octets of a PDU, encapsulation included"),
	PORT_TIME("hold-down", "10s", "after a failed call, time before the next to the address"),
	PORT_TIME("inactivity", "5m",
		  "clear a call without traffic after this time, longer than the peer's hello; "
		  "0 = never"),
	PORT_TIME("restart-timer", NULL, "T20 (DTE, 180 s) or T10 (DCE, 60 s)"),
	PORT_TIME("call-timer", NULL, "T21 (DTE, 200 s) or T11 (DCE, 180 s)"),
	PORT_TIME("reset-timer", NULL, "T22 (DTE, 180 s) or T12 (DCE, 60 s)"),
	PORT_TIME("clear-timer", NULL, "T23 (DTE, 180 s) or T13 (DCE, 60 s)"),
	PORT_TIME("window-timer", NULL,
		  "T25 (DTE, 200 s): reset when data stay unacknowledged; 0 = never"),
	PORT_WORD("lapb-modulo", "8 128", "8", "modulo of N(S) and N(R)"),
	PORT_NUMBER("lapb-window", 1, 127, "7", "k: frames unacknowledged"),
	PORT_TIME("lapb-t1", "3s", "T1: wait for an acknowledgement"),
	PORT_TIME("lapb-t3", "30s", "T3: time without a frame before a poll; 0 = never"),
	PORT_TIME("lapb-retry", "30s", "time before the next set-up after giving up"),
	PORT_NUMBER("lapb-n2", 1, 255, "20", "N2: tries before the link is given up"),
	PORT_NUMBER("xot-connections", 1, 30000, "1024", "most TCP connections at once"),
	PORT_NUMBER("xot-per-source", 1, 30000, "256",
		    "most TCP connections accepted from one IPv4 address or IPv6 /64"),
	{"xot-from", IST_KEY_LIST, IST_KEY_PORT, 0, 0, NULL, NULL,
	 "IP addresses or prefixes that may connect; none = all"},
	PORT_TIME("xot-retry", "5m", "time before a permanent circuit is set up again"),
	PORT_NUMBER("socket-calls", 1, 4095, "1024", "most calls at once on x25-socket links"),
	{"kind", IST_KEY_WORD, IST_KEY_CIRCUIT, 0, 0, "pvc svc", "pvc",
	 "permanent circuit (address = logical channel), or calls to this X.121 address"},
	{"xot-interface", IST_KEY_TEXT, IST_KEY_CIRCUIT, 0, 0, NULL, NULL,
	 "XOT: name of the far end's interface that has this permanent circuit"},
	{"xot-lci", IST_KEY_NUMBER, IST_KEY_CIRCUIT, 1, 4095, NULL, NULL,
	 "XOT: its logical channel at the far end; default: the same"},
	{.name = NULL},
};

/* --- addresses -------------------------------------------------------------------------------- */

void x25_addr_set(struct ist_addr *out, const char *digits)
{
	size_t n = strlen(digits);

	memset(out, 0, sizeof(*out));
	out->len = (uint16_t)(n <= X25_DIGITS ? n : X25_DIGITS);
	memcpy(out->data, digits, out->len);
}

void x25_addr_digits(const struct ist_addr *a, char out[X25_DIGITS + 1])
{
	size_t n = a->len <= X25_DIGITS ? a->len : X25_DIGITS;

	memcpy(out, a->data, n);
	out[n] = '\0';
}

struct x25_known *x25_conf_find(const struct x25_conf *c, const struct ist_addr *a, bool pvc)
{
	for (unsigned i = 0; i < c->knowns; i++)
		if (c->known[i].pvc == pvc && !memcmp(&c->known[i].addr, a, sizeof(*a)))
			return &c->known[i];
	return NULL;
}

/* --- the packet layer ------------------------------------------------------------------------- */

static bool x25_conf_range(const struct settings *set, const char *key, uint16_t *low,
			   uint16_t *high)
{
	const char *text = settings_text(set, key);
	unsigned long a, b;
	char *end;

	*low = *high = 0;
	if (!text)
		return true;
	a = b = strtoul(text, &end, 10);
	if (*end == '-')
		b = strtoul(end + 1, &end, 10);
	if (*text < '0' || *text > '9' || *end || !a || a > b || b > X25_LCI_MAX)
		return false;
	*low = (uint16_t)a;
	*high = (uint16_t)b;
	return true;
}

/* Order of the ranges (X.25 annex A): PVC < incoming < two-way < outgoing, without gaps. */
static int x25_conf_channels(struct x25_conf *c, const struct settings *set, char *err,
			     size_t err_len)
{
	struct {
		const char *key;
		uint16_t low, high;
	} r[] = {{"lci-incoming", 0, 0}, {"lci-two-way", 0, 0}, {"lci-outgoing", 0, 0}};
	uint16_t last = c->pvc_max;

	for (size_t i = 0; i < 3; i++)
		if (!x25_conf_range(set, r[i].key, &r[i].low, &r[i].high))
			return settings_error(err, err_len, EINVAL,
					      "%s: \"%s\" is not FIRST-LAST of 1 to %u", r[i].key,
					      settings_text(set, r[i].key), X25_LCI_MAX);
	if (!r[0].low && !r[1].low && !r[2].low) {
		r[1].low = (uint16_t)(c->pvc_max + 1);
		r[1].high = r[1].low > LCI_DEFAULT_HIGH ? r[1].low : LCI_DEFAULT_HIGH;
	}
	for (size_t i = 0; i < 3; i++) {
		if (!r[i].low)
			continue;
		if (c->x.lci_low ? r[i].low != last + 1 : r[i].low <= last)
			return settings_error(err, err_len, EINVAL,
					      "%s: must begin right after channel %u", r[i].key,
					      last);
		if (!c->x.lci_low)
			c->x.lci_low = r[i].low;
		last = c->x.lci_high = r[i].high;
	}
	/* Without a two-way range: an empty one between its neighbours. */
	c->x.two_way_low = r[1].low ? r[1].low : r[0].high ? (uint16_t)(r[0].high + 1) : r[2].low;
	c->x.two_way_high = r[1].low ? r[1].high : (uint16_t)(c->x.two_way_low - 1);
	return 0;
}

static bool x25_conf_power(uint64_t octets, uint8_t *out)
{
	for (*out = 4; *out <= 12; ++*out)
		if (octets == 1u << *out)
			return true;
	return false;
}

static int x25_conf_flow(struct x25_conf *c, const struct settings *set, char *err, size_t err_len)
{
	uint64_t windows = c->x.extended ? 127 : 7;

	const struct {
		const char *size, *window;
		uint8_t *to;
	} rows[] = {{"packet-size", "window", &c->x.size},
		    {"packet-size-want", "window-want", &c->x.size_want}};

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		if (!x25_conf_power(settings_number(set, rows[i].size), rows[i].to))
			return settings_error(err, err_len, EINVAL,
					      "%s: a power of two, 16 to 4096", rows[i].size);
		if (settings_number(set, rows[i].window) > windows)
			return settings_error(err, err_len, EINVAL, "%s: at most %u with modulo %u",
					      rows[i].window, (unsigned)windows,
					      (unsigned)windows + 1);
	}
	c->x.window = (uint8_t)settings_number(set, "window");
	c->x.window_want = (uint8_t)settings_number(set, "window-want");
	c->x.flow_facilities = settings_bool(set, "negotiate");
	if (settings_number(set, "throughput"))
		c->x.throughput = x25_throughput_class(settings_number(set, "throughput"));
	return 0;
}

static uint8_t x25_conf_bcd(unsigned two_digits)
{
	return (uint8_t)(two_digits / 10 << 4 | two_digits % 10);
}

static int x25_conf_facilities(struct x25_conf *c, const struct settings *set, char *err,
			       size_t err_len)
{
	const char *nui = settings_text(set, "network-user-id");
	unsigned group = (unsigned)settings_number(set, "closed-user-group");
	struct x25_facilities *f = &c->x.ask;

	if (settings_text(set, "closed-user-group")) {
		f->given |= X25_FAC_CUG;
		f->cug[0] = group > 99 ? 0x47 : 0x03;
		f->cug[1] = x25_conf_bcd(group > 99 ? group / 100 : group);
		f->cug[2] = x25_conf_bcd(group % 100);
	}
	if (nui && strlen(nui) > sizeof(f->nui))
		return settings_error(err, err_len, EINVAL,
				      "network-user-id: longer than %zu octets", sizeof(f->nui));
	if (nui) {
		f->given |= X25_FAC_NUI;
		f->nui_len = (uint8_t)strlen(nui);
		memcpy(f->nui, nui, f->nui_len);
	}
	f->given |= settings_bool(set, "reverse-charging") ? X25_FAC_REVERSE : 0;
	return 0;
}

static void x25_conf_timers(struct x25_timers *t, const struct settings *set)
{
	const struct {
		const char *key;
		uint64_t *at;
	} rows[] = {{"restart-timer", &t->restart},
		    {"call-timer", &t->call},
		    {"reset-timer", &t->reset},
		    {"clear-timer", &t->clear},
		    {"window-timer", &t->window}};

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		if (settings_text(set, rows[i].key))
			*rows[i].at = settings_time(set, rows[i].key);
}

static int x25_conf_packet_layer(struct x25_conf *c, const struct settings *set, char *err,
				 size_t err_len)
{
	int r;

	x25_config_default(&c->x, settings_is(set, "role", "dce"));
	c->x.lci_low = 0;
	c->x.extended = settings_is(set, "modulo", "128");
	c->x.pvc = c->pvc_max;
	c->x.sdu_max = c->mtu;
	x25_conf_timers(&c->x.timers, set);
	r = x25_conf_channels(c, set, err, err_len);
	if (!r)
		r = x25_conf_flow(c, set, err, err_len);
	return r ? r : x25_conf_facilities(c, set, err, err_len);
}

/* --- the link layer --------------------------------------------------------------------------- */

static int x25_conf_link_layer(struct x25_conf *c, const struct settings *set, char *err,
			       size_t err_len)
{
	struct lapb_config *l = &c->lapb;
	uint8_t size = c->x.size > c->x.size_want ? c->x.size : c->x.size_want;

	lapb_config_default(l);
	l->dce = c->x.dce;
	l->extended = settings_is(set, "lapb-modulo", "128");
	if (settings_number(set, "lapb-window") > (l->extended ? 127 : 7))
		return settings_error(err, err_len, EINVAL, "lapb-window: at most %u",
				      l->extended ? 127 : 7);
	l->k = (uint8_t)settings_number(set, "lapb-window");
	/* at least 256 octets: a Call with all facilities is longer than a small data packet */
	l->n1 = (uint16_t)((1u << (size > 8 ? size : 8)) + 4);
	l->n2 = (uint8_t)settings_number(set, "lapb-n2");
	l->t1 = settings_time(set, "lapb-t1");
	l->t3 = settings_time(set, "lapb-t3");
	l->retry = settings_time(set, "lapb-retry");
	if (!l->t1 || !l->retry)
		return settings_error(err, err_len, EINVAL, "%s: not 0",
				      l->t1 ? "lapb-retry" : "lapb-t1");
	return 0;
}

/* --- circuits --------------------------------------------------------------------------------- */

static int x25_conf_permanent(struct x25_known *k, uint32_t payloads, char *err, size_t err_len)
{
	char digits[X25_DIGITS + 1];
	unsigned long lci;

	x25_addr_digits(&k->addr, digits);
	lci = strtoul(digits, NULL, 10);
	if (!lci || lci > X25_LCI_MAX)
		return settings_error(err, err_len, EINVAL, "pvc %s: not a channel of 1 to %u",
				      digits, X25_LCI_MAX);
	k->lci = (uint16_t)lci;
	if (payloads != 1u << IST_PAYLOAD_L2TP && payloads != 1u << IST_PAYLOAD_PPP)
		return settings_error(err, err_len, EINVAL, "pvc %s: carries l2tp or ppp, not both",
				      digits);
	k->payload = payloads == 1u << IST_PAYLOAD_PPP ? IST_PAYLOAD_PPP : IST_PAYLOAD_L2TP;
	if (k->payload == IST_PAYLOAD_PPP)
		k->encap = X25_ENCAP_PPP;
	if (!k->far_lci)
		k->far_lci = k->lci;
	return 0;
}

/* 3 and 03 are two addresses and one channel. */
static bool x25_conf_has_channel(const struct x25_conf *c, const struct x25_known *k)
{
	for (unsigned i = 0; i < c->knowns; i++)
		if (k->pvc && c->known[i].pvc && c->known[i].lci == k->lci)
			return true;
	return false;
}

static enum x25_encap x25_conf_encap_of(const struct settings *set, enum x25_encap deflt)
{
	const char *text = settings_text(set, "encapsulation");

	if (!text)
		return deflt;
	return !strcmp(text, "multiplexed") ? X25_ENCAP_MULTIPLEXED : X25_ENCAP_DEDICATED;
}

static int x25_conf_add_known(struct x25_conf *c, const struct ist_circuit_config *cc, char *err,
			      size_t err_len)
{
	const struct settings set = {x25_keys, cc->setting, cc->settings};
	const char *name = settings_text(&set, "xot-interface");
	struct x25_known *k = &c->known[c->knowns];
	int r = 0;

	*k = (struct x25_known){.addr = cc->addr,
				.pvc = !settings_is(&set, "kind", "svc"),
				.encap = x25_conf_encap_of(&set, c->encap),
				.far_lci = (uint16_t)settings_number(&set, "xot-lci")};
	if (x25_conf_find(c, &k->addr, k->pvc))
		return settings_error(err, err_len, EINVAL, "%s %.*s: is there twice",
				      k->pvc ? "pvc" : "channel", (int)k->addr.len,
				      (const char *)k->addr.data);
	if (name && strlen(name) > 255)
		return settings_error(err, err_len, EINVAL, "xot-interface: longer than 255");
	if (k->pvc)
		r = x25_conf_permanent(k, cc->payloads, err, err_len);
	if (!r && x25_conf_has_channel(c, k))
		r = settings_error(err, err_len, EINVAL, "pvc %.*s: is there twice",
				   (int)k->addr.len, (const char *)k->addr.data);
	if (r)
		return r;
	k->far_name = name ? strdup(name) : NULL;
	c->knowns++;
	if (k->lci > c->pvc_max)
		c->pvc_max = k->lci;
	return name && !k->far_name ? settings_error(err, err_len, ENOMEM, "out of memory") : 0;
}

/* --- all -------------------------------------------------------------------------------------- */

static enum x25_framing x25_conf_framing_of(const struct settings *set)
{
	static const char *const packets[] = {"tun:", "udp:", "loop:"};
	const char *spec = settings_text(set, "link");

	if (!strncmp(spec, "xot", 3))
		return X25_XOT;
	if (!strncmp(spec, "x25-socket:", 11))
		return X25_SOCKETS;
	if (settings_is(set, "framing", "lapb"))
		return X25_LAPB;
	if (settings_is(set, "framing", "pseudo-header"))
		return X25_PSEUDO_HEADER;
	for (size_t i = 0; i < sizeof(packets) / sizeof(*packets); i++)
		if (!strncmp(spec, packets[i], strlen(packets[i])))
			return X25_PSEUDO_HEADER;
	return X25_LAPB;
}

static int x25_conf_general(struct x25_conf *c, const struct settings *set, char *err,
			    size_t err_len)
{
	const char *address = settings_text(set, "address");

	if (!settings_text(set, "link"))
		return settings_error(err, err_len, EINVAL, "needs a link");
	if (address && !x25_digits_ok(address))
		return settings_error(err, err_len, EINVAL, "address: \"%s\" is not 1 to %u digits",
				      address, X25_DIGITS);
	if (address)
		memcpy(c->address, address, strlen(address) + 1);
	c->framing = x25_conf_framing_of(set);
	c->encap = x25_conf_encap_of(set, X25_ENCAP_DEDICATED);
	c->mtu = (uint32_t)settings_number(set, "mtu");
	c->reverse_accepted = settings_bool(set, "accept-reverse-charging");
	c->hold_down = settings_time(set, "hold-down");
	c->inactivity = settings_time(set, "inactivity");
	c->xot_retry = settings_time(set, "xot-retry");
	c->xot_connections = (uint32_t)settings_number(set, "xot-connections");
	c->xot_per_source = (uint32_t)settings_number(set, "xot-per-source");
	c->socket_calls = (uint32_t)settings_number(set, "socket-calls");
	return 0;
}

int x25_conf_read(struct x25_conf *c, const struct ist_port_config *cfg, char *err, size_t err_len)
{
	const struct settings set = {x25_keys, cfg->setting, cfg->settings};
	int r;

	memset(c, 0, sizeof(*c));
	c->known = calloc((size_t)cfg->circuits + 1, sizeof(*c->known));
	if (!c->known)
		return -ENOMEM;
	r = x25_conf_general(c, &set, err, err_len);
	for (unsigned i = 0; i < cfg->circuits && !r; i++)
		r = x25_conf_add_known(c, &cfg->circuit[i], err, err_len);
	if (!r)
		r = x25_conf_packet_layer(c, &set, err, err_len);
	return r ? r : x25_conf_link_layer(c, &set, err, err_len);
}

void x25_conf_free(struct x25_conf *c)
{
	for (unsigned i = 0; i < c->knowns; i++)
		free((void *)(uintptr_t)c->known[i].far_name);
	free(c->known);
	c->known = NULL;
}
