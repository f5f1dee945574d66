/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The Frame Relay transport ties the pieces together: a link brings frames; q922.c takes the
 * address off, lmi.c gets what comes on its DLCI, fr_encap.c says what the rest is, and the host
 * gets L2TP and PPP.  The other way a head is built on the stack and goes out in front of the
 * payload.
 */
#include "transports/frame_relay.h"

#include "transports/fr_encap.h"
#include "transports/handle.h"
#include "transports/link.h"
#include "transports/lmi.h"
#include "transports/q922.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BATCH	     32u
#define HEAD_MAX     (Q922_MAX_OCTETS + FR_ENCAP_MAX + IST_HEAD_MAX)
#define DLT_FRELAY   107
#define MTU_RFC3070  1526u
#define CIRCUITS_MAX 30000u

#define FR_COUNTERS(X)                                                                       \
	X(RX, "rx-frames", "frames delivered")                                               \
	X(RX_OCTETS, "rx-octets", "octets delivered")                                        \
	X(TX, "tx-frames", "frames handed to the link")                                      \
	X(TX_OCTETS, "tx-octets", "octets handed to the link")                               \
	X(RX_FECN, "rx-fecn", "frames with forward congestion notification")                 \
	X(RX_BECN, "rx-becn", "frames with backward congestion notification")                \
	X(RX_DE, "rx-de", "frames marked discard eligible")                                  \
	X(RX_ADDRESS, "rx-address", "frames dropped, address cut off or of another length")  \
	X(RX_DL_CORE, "rx-dl-core", "DL-CORE control frames dropped")                        \
	X(RX_DLCI, "rx-dlci", "frames dropped, DLCI not configured")                         \
	X(RX_INACTIVE, "rx-inactive", "frames dropped, PVC not active")                      \
	X(RX_NOT_CARRIED, "rx-not-carried", "L2TP or PPP frames where the circuit has none") \
	X(RX_LMI, "rx-lmi-stray", "Q.933 frames dropped, not on the LMI's DLCI")             \
	X(RX_IPV4, "rx-ipv4", "IPv4 frames dropped")                                         \
	X(RX_IPV6, "rx-ipv6", "IPv6 frames dropped")                                         \
	X(RX_OSI, "rx-osi", "CLNP, ES-IS and IS-IS frames dropped")                          \
	X(RX_FRAGMENT, "rx-fragment", "FRF.12 fragments dropped")                            \
	X(RX_COMPRESSED, "rx-compressed", "FRF.9 compressed frames dropped")                 \
	X(RX_BRIDGED, "rx-bridged", "bridged frames dropped")                                \
	X(RX_ETHERTYPE, "rx-ethertype", "SNAP frames with an ethertype dropped")             \
	X(RX_SNAP, "rx-snap", "SNAP frames of other kinds dropped")                          \
	X(RX_NLPID, "rx-nlpid", "frames with an unknown NLPID dropped")                      \
	X(RX_SHORT, "rx-short", "frames dropped, cut off in the encapsulation")              \
	X(RX_CONTROL, "rx-control", "frames dropped, control field not UI")                  \
	X(RX_NLPID_ZERO, "rx-nlpid-zero", "frames dropped, NLPID 0")                         \
	X(RX_EMPTY, "rx-empty", "frames dropped, nothing behind the encapsulation")          \
	X(TX_STALE, "tx-stale", "frames for a channel that is not there")                    \
	X(TX_DOWN, "tx-down", "frames dropped, PVC not active")                              \
	X(TX_TOO_LONG, "tx-too-long", "frames dropped, longer than the MTU")

enum counter {
#define X(sym, name, words) C_##sym,
	FR_COUNTERS(X)
#undef X
		C_COUNT
};

static const struct ist_counter counters[] = {
#define X(sym, name, words) {name, words},
	FR_COUNTERS(X) LMI_COUNTERS(X) LINK_COUNTERS(X)
#undef X
		{NULL, NULL},
};

/* What a frame that is not for us is counted as. */
static const uint8_t dropped[FR_KINDS] = {
	[FR_LMI] = C_RX_LMI,
	[FR_IPV4] = C_RX_IPV4,
	[FR_IPV6] = C_RX_IPV6,
	[FR_OSI] = C_RX_OSI,
	[FR_FRAGMENT] = C_RX_FRAGMENT,
	[FR_COMPRESSED] = C_RX_COMPRESSED,
	[FR_BRIDGED] = C_RX_BRIDGED,
	[FR_ETHERTYPE] = C_RX_ETHERTYPE,
	[FR_SNAP_OTHER] = C_RX_SNAP,
	[FR_NLPID_OTHER] = C_RX_NLPID,
	[FR_SHORT] = C_RX_SHORT,
	[FR_NOT_UI] = C_RX_CONTROL,
	[FR_NLPID_ZERO] = C_RX_NLPID_ZERO,
};

static const struct ist_key keys[] = {
	LINK_KEYS,
	{"lmi", IST_KEY_WORD, IST_KEY_PORT, 0, 0, "none auto annex-a annex-d cisco", "annex-a",
	 "management of the link: Q.933 Annex A, T1.617 Annex D, the consortium's, which of them "
	 "is "
	 "found out, or none"},
	{"role", IST_KEY_WORD, IST_KEY_PORT, 0, 0, "user network", "user", "our side of the LMI"},
	{"n391", IST_KEY_NUMBER, IST_KEY_PORT, 1, 255, NULL, "6", "polls to one full status"},
	{"n392", IST_KEY_NUMBER, IST_KEY_PORT, 1, 10, NULL, "3", "errors that take the link down"},
	{"n393", IST_KEY_NUMBER, IST_KEY_PORT, 1, 10, NULL, "4", "events n392 is counted over"},
	{"t391", IST_KEY_TIME, IST_KEY_PORT, 0, 0, NULL, "10s", "user: time between polls"},
	{"t392", IST_KEY_TIME, IST_KEY_PORT, 0, 0, NULL, "15s", "network: time to wait for a poll"},
	{"mtu", IST_KEY_NUMBER, IST_KEY_PORT, 262, 9216, NULL, "1564",
	 "octets of a frame behind its address; at least 1526 with L2TP"},
	{"address-octets", IST_KEY_NUMBER, IST_KEY_PORT, 2, 4, NULL, "2",
	 "octets of the Q.922 address"},
	{"pad", IST_KEY_BOOL, IST_KEY_PORT, 0, 0, NULL, "yes",
	 "send the pad octet of RFC 3070; received frames may have it or not"},
	{NULL, 0, 0, 0, 0, NULL, NULL, NULL},
};

/* DLCIs for users, by address length (Q.922 table 1). */
static const struct {
	uint32_t first, last;
} users[Q922_FORMATS] = {
	[Q922_2_OCTETS] = {16, 1007},
	[Q922_3_OCTETS] = {1024, 63487},
	[Q922_4_OCTETS] = {131072, 8126463},
};

struct circuit {
	uint32_t dlci;
	uint32_t payloads;
	bool up;
};

struct ist_port {
	const struct ist_host *host;
	void *ctx;
	struct link *link;
	struct circuit *circuit; /* ascending DLCI */
	unsigned circuits;
	enum q922_format format;
	uint32_t mtu, link_mtu;
	bool pad, has_lmi;
	struct lmi lmi;
	uint32_t timer;
	const char *why; /* the link is down */
	uint64_t count[C_COUNT];
	struct ist_frame rx[BATCH]; /* gathered, not delivered yet */
	unsigned rx_count;
};

/* Two channels a circuit: index 2i is L2TP, 2i + 1 is PPP. */
static ist_channel channel(const struct ist_port *p, const struct circuit *c, uint8_t payload)
{
	return handle_make((uint32_t)(c - p->circuit) * 2 + (payload == IST_PAYLOAD_PPP), 1);
}

static struct circuit *circuit_of(const struct ist_port *p, ist_channel c, uint8_t *payload)
{
	uint32_t i = handle_index(c);

	if (handle_generation(c) != 1 || i / 2 >= p->circuits)
		return NULL;
	*payload = i % 2 ? IST_PAYLOAD_PPP : IST_PAYLOAD_L2TP;
	return p->circuit[i / 2].payloads & 1u << *payload ? &p->circuit[i / 2] : NULL;
}

static int compare(const void *a, const void *b)
{
	uint32_t x = ((const struct circuit *)a)->dlci, y = ((const struct circuit *)b)->dlci;

	return (x > y) - (x < y);
}

static struct circuit *find(const struct ist_port *p, uint32_t dlci)
{
	const struct circuit key = {.dlci = dlci};

	return bsearch(&key, p->circuit, p->circuits, sizeof(key), compare);
}

static enum fr_kind kind_of(uint8_t payload)
{
	return payload == IST_PAYLOAD_PPP ? FR_PPP : FR_L2TP;
}

/* Octets of information field, by configuration and by what the link takes. */
static uint32_t information(const struct ist_port *p)
{
	uint32_t most = p->link_mtu - q922_octets(p->format);

	return p->mtu < most ? p->mtu : most;
}

/* --- addresses -----------------------------------------------------------------------------------
 */

static void addr_of(uint32_t dlci, struct ist_addr *out)
{
	struct wr w = wr_init(out->data, sizeof(out->data));

	memset(out, 0, sizeof(*out));
	wr_u32(&w, dlci);
	out->len = 4;
}

static uint32_t dlci_of(const struct ist_addr *a)
{
	struct rd r = rd_init(a->data, a->len <= sizeof(a->data) ? a->len : 0);

	return rd_u32(&r);
}

static int fr_addr_parse(struct ist_addr *out, const char *text)
{
	char *end;
	unsigned long v = strtoul(text, &end, 10);

	if (*text < '0' || *text > '9' || *end || v > users[Q922_4_OCTETS].last)
		return -EINVAL;
	addr_of((uint32_t)v, out);
	return 0;
}

static int fr_addr_format(const struct ist_addr *a, char *buf, size_t len)
{
	return snprintf(buf, len, "%u", dlci_of(a));
}

/* --- up and down ------------------------------------------------------------------------------ */

static void report(struct ist_port *p, const struct circuit *c, uint8_t payload,
		   const struct ist_cause *why)
{
	struct ist_attrs a = {.size = sizeof(a), .payload = payload, .permanent = 1};

	if (!(c->payloads & 1u << payload))
		return;
	if (!c->up) {
		p->host->down(p->ctx, channel(p, c, payload), why, false);
		return;
	}
	addr_of(c->dlci, &a.local);
	a.peer = a.local;
	p->host->up(p->ctx, channel(p, c, payload), &a);
}

static void set_circuit(struct ist_port *p, struct circuit *c, bool up)
{
	const struct ist_cause why = {
		.kind = p->why ? IST_CAUSE_LINK : IST_CAUSE_INACTIVE,
		.words = p->why	     ? p->why
			 : p->lmi.up ? "PVC inactive"
				     : "LMI down",
	};

	if (c->up == up)
		return;
	c->up = up;
	report(p, c, IST_PAYLOAD_L2TP, &why);
	report(p, c, IST_PAYLOAD_PPP, &why);
}

static void lmi_rearm(struct ist_port *p);

static void on_lmi_time(void *arg, uint64_t now)
{
	struct ist_port *p = arg;

	lmi_expire(&p->lmi, now);
	lmi_rearm(p);
}

static void lmi_rearm(struct ist_port *p)
{
	if (lmi_deadline(&p->lmi) != UINT64_MAX || p->timer)
		p->host->timer(p->ctx, &p->timer, lmi_deadline(&p->lmi), on_lmi_time, p);
}

static void lmi_tx(void *ctx, const uint8_t *pdu, size_t len)
{
	struct ist_port *p = ctx;
	const struct q922_addr a = {.dlci = lmi_variants[p->lmi.conf.kind].dlci};
	uint8_t head[Q922_MAX_OCTETS];
	struct wr w = wr_init(head, sizeof(head));
	struct link_frame f;

	q922_put(&w, p->format, &a);
	f = (struct link_frame){head, pdu, (uint32_t)w.len, (uint32_t)len};
	if (*p->host->tap_on)
		p->host->tap(p->ctx, true, DLT_FRELAY, head, f.head_len, pdu, f.len);
	link_send(p->link, &f, 1);
}

static void lmi_link(void *ctx, bool up)
{
	struct ist_port *p = ctx;

	p->host->log(p->ctx, up ? 5 : 4, "LMI %s", up ? "up" : "down");
}

static void lmi_pvc(void *ctx, uint32_t dlci, bool up)
{
	struct ist_port *p = ctx;
	struct circuit *c = find(p, dlci);

	if (c)
		set_circuit(p, c, up);
}

static const struct lmi_ops lmi_ops = {lmi_tx, lmi_link, lmi_pvc};

static void check_link_mtu(struct ist_port *p)
{
	uint32_t was = information(p);

	p->link_mtu = link_mtu(p->link);
	if (information(p) < MTU_RFC3070)
		p->host->log(p->ctx, 4, "link leaves %u octets a frame, RFC 3070 wants %u",
			     information(p), MTU_RFC3070);
	for (unsigned i = 0; i < p->circuits && was != information(p); i++)
		for (uint8_t kind = IST_PAYLOAD_L2TP; kind <= IST_PAYLOAD_PPP; kind++)
			if (p->circuit[i].payloads & 1u << kind)
				p->host->mtu_changed(p->ctx, channel(p, &p->circuit[i], kind));
}

static void on_carrier(void *ctx, bool up, const char *words)
{
	struct ist_port *p = ctx;

	p->host->log(p->ctx, up ? 5 : 4, up ? "link up" : "link down: %s", words);
	p->why = up ? NULL : "link down";
	if (up)
		check_link_mtu(p);
	if (p->has_lmi && up)
		lmi_start(&p->lmi, p->host->now(p->ctx));
	else if (p->has_lmi)
		lmi_stop(&p->lmi);
	if (p->has_lmi)
		lmi_rearm(p);
	for (unsigned i = 0; i < p->circuits && !p->has_lmi; i++)
		set_circuit(p, &p->circuit[i], up);
}

/* --- receiving -------------------------------------------------------------------------------- */

static void flush(struct ist_port *p)
{
	unsigned n = p->rx_count;

	p->rx_count = 0;
	if (n)
		p->host->frames(p->ctx, p->rx, n);
}

static uint32_t flags_of(struct ist_port *p, const struct q922_addr *a)
{
	p->count[C_RX_FECN] += a->fecn;
	p->count[C_RX_BECN] += a->becn;
	p->count[C_RX_DE] += a->de;
	return (a->fecn || a->becn ? IST_FRAME_CONGESTED : 0) | (a->de ? IST_FRAME_DISCARD : 0);
}

/* r is behind the address.  C_RX when it was delivered, else why not. */
static enum counter payload_in(struct ist_port *p, const struct q922_addr *a, struct rd *r)
{
	struct circuit *c = find(p, a->dlci);
	enum fr_kind kind;
	uint8_t nlpid, payload;

	if (!c)
		return C_RX_DLCI;
	kind = fr_encap_get(r, &nlpid);
	if (kind != FR_L2TP && kind != FR_PPP)
		return (enum counter)dropped[kind];
	payload = kind == FR_PPP ? IST_PAYLOAD_PPP : IST_PAYLOAD_L2TP;
	if (!(c->payloads & 1u << payload))
		return C_RX_NOT_CARRIED;
	if (!c->up)
		return C_RX_INACTIVE;
	if (!r->left)
		return C_RX_EMPTY;
	p->rx[p->rx_count++] = (struct ist_frame){
		.channel = channel(p, c, payload),
		.flags = flags_of(p, a),
		.payload = r->p,
		.len = (uint32_t)r->left,
	};
	p->count[C_RX_OCTETS] += r->left;
	return C_RX;
}

static void frame_in(struct ist_port *p, const struct link_frame *f)
{
	struct rd r = rd_init(f->payload, f->len);
	struct q922_addr a;
	enum q922_result address = q922_get(&r, p->format, &a);

	if (*p->host->tap_on)
		p->host->tap(p->ctx, false, DLT_FRELAY, NULL, 0, f->payload, f->len);
	if (address != Q922_OK) {
		p->count[address == Q922_DL_CORE ? C_RX_DL_CORE : C_RX_ADDRESS]++;
		return;
	}
	if (p->has_lmi && lmi_on_dlci(&p->lmi, a.dlci)) {
		flush(p); /* it may take circuits down */
		lmi_rx(&p->lmi, r.p, r.left, p->host->now(p->ctx));
		lmi_rearm(p);
		return;
	}
	p->count[payload_in(p, &a, &r)]++;
	if (p->rx_count == BATCH)
		flush(p);
}

static void on_frames(void *ctx, const struct link_frame *f, unsigned n)
{
	for (unsigned i = 0; i < n; i++)
		frame_in(ctx, &f[i]);
	flush(ctx);
}

static const struct link_user link_user = {on_frames, on_carrier};

/* --- sending ---------------------------------------------------------------------------------- */

/* The head of one frame; f becomes what the link is to send. */
static bool build(struct ist_port *p, const struct circuit *c, uint8_t payload,
		  const struct ist_frame *in, uint8_t head[HEAD_MAX], struct link_frame *out)
{
	const struct q922_addr a = {.dlci = c->dlci, .de = in->flags & IST_FRAME_DISCARD};
	uint32_t head_len = in->head ? in->head_len : 0;
	struct wr w = wr_init(head, HEAD_MAX);

	q922_put(&w, p->format, &a);
	fr_encap_put(&w, kind_of(payload), p->pad);
	wr_bytes(&w, in->head, head_len);
	if (w.bad || w.len - q922_octets(p->format) + in->len > information(p)) {
		p->count[C_TX_TOO_LONG]++;
		return false;
	}
	*out = (struct link_frame){head, in->payload, (uint32_t)w.len, in->len};
	p->count[C_TX]++;
	p->count[C_TX_OCTETS] += head_len + in->len;
	if (*p->host->tap_on)
		p->host->tap(p->ctx, true, DLT_FRELAY, head, out->head_len, in->payload, in->len);
	return true;
}

static int fr_send(struct ist_port *p, const struct ist_frame *f, unsigned n)
{
	uint8_t head[BATCH][HEAD_MAX], payload = 0;
	const struct circuit *c = n ? circuit_of(p, f->channel, &payload) : NULL;
	struct link_frame out[BATCH];
	unsigned k = 0;

	if (!n)
		return 0;
	if (!c) {
		p->count[C_TX_STALE] += n;
		return -ESTALE;
	}
	if (!c->up) {
		p->count[C_TX_DOWN] += n;
		return (int)n;
	}
	for (unsigned i = 0; i < n; i++) {
		k += build(p, c, payload, &f[i], head[k], &out[k]);
		if (k == BATCH || (k && i + 1 == n)) {
			link_send(p->link, out, k);
			k = 0;
		}
	}
	return (int)n;
}

static uint32_t fr_mtu(const struct ist_port *p, ist_channel ch)
{
	uint8_t payload;

	if (!circuit_of(p, ch, &payload))
		return 0;
	return information(p) - fr_encap_octets(kind_of(payload), p->pad);
}

static int fr_connect(struct ist_port *p, const struct ist_addr *to, uint8_t payload,
		      const struct ist_attrs *a, ist_channel *out)
{
	const struct circuit *c = find(p, dlci_of(to));

	(void)a;
	if (!c || !(c->payloads & 1u << payload))
		return -ENOENT;
	*out = channel(p, c, payload);
	return 0;
}

/* Circuits are permanent: giving one up leaves it where it is. */
static void fr_disconnect(struct ist_port *p, ist_channel c, const struct ist_cause *why)
{
	(void)p;
	(void)c;
	(void)why;
}

/* --- opening ---------------------------------------------------------------------------------- */

static int add_circuits(struct ist_port *p, const struct ist_port_config *cfg, char *err,
			size_t err_len)
{
	uint32_t first = users[p->format].first, last = users[p->format].last;

	if (cfg->circuits > CIRCUITS_MAX)
		return settings_error(err, err_len, EINVAL, "more than %u circuits", CIRCUITS_MAX);
	p->circuit = calloc((size_t)cfg->circuits + 1, sizeof(*p->circuit));
	if (!p->circuit)
		return settings_error(err, err_len, ENOMEM, "out of memory");
	for (unsigned i = 0; i < cfg->circuits; i++) {
		struct circuit *c = &p->circuit[p->circuits++];

		c->dlci = dlci_of(&cfg->circuit[i].addr);
		c->payloads = cfg->circuit[i].payloads;
		if (c->dlci < first || c->dlci > last)
			return settings_error(err, err_len, EINVAL, "dlci %u is not %u to %u",
					      c->dlci, first, last);
		if (c->payloads & 1u << IST_PAYLOAD_L2TP && p->mtu < MTU_RFC3070)
			return settings_error(err, err_len, EINVAL,
					      "mtu %u is under %u, the least for L2TP (RFC 3070 5)",
					      p->mtu, MTU_RFC3070);
	}
	qsort(p->circuit, p->circuits, sizeof(*p->circuit), compare);
	for (unsigned i = 1; i < p->circuits; i++)
		if (p->circuit[i].dlci == p->circuit[i - 1].dlci)
			return settings_error(err, err_len, EINVAL, "dlci %u is there twice",
					      p->circuit[i].dlci);
	return 0;
}

static int start_lmi(struct ist_port *p, const struct settings *set, char *err, size_t err_len)
{
	struct lmi_conf conf = {
		.role = settings_is(set, "role", "network") ? LMI_NETWORK : LMI_USER,
		.n391 = (unsigned)settings_number(set, "n391"),
		.n392 = (unsigned)settings_number(set, "n392"),
		.n393 = (unsigned)settings_number(set, "n393"),
		.t391 = settings_time(set, "t391"),
		.t392 = settings_time(set, "t392"),
	};
	const char *wrong = lmi_conf_check(&conf);
	uint32_t *dlci;
	int r;

	for (unsigned i = 0; i < LMI_KINDS; i++)
		if (settings_is(set, "lmi", lmi_variants[i].name)) {
			conf.kind = (enum lmi_kind)i;
			p->has_lmi = true;
		}
	if (settings_is(set, "lmi", "auto")) {
		conf.kind = LMI_CISCO; /* the one with the longest elements, for the check below */
		p->has_lmi = conf.automatic = true;
	}
	if (!p->has_lmi)
		return 0;
	if (!wrong && p->format != Q922_2_OCTETS)
		wrong = "an LMI needs address-octets = 2";
	if (!wrong && lmi_msg_octets(conf.kind, p->circuits) > p->mtu)
		wrong = "more circuits than a full status of this mtu can list";
	if (wrong)
		return settings_error(err, err_len, EINVAL, "%s", wrong);
	dlci = calloc((size_t)p->circuits + 1, sizeof(*dlci));
	for (unsigned i = 0; dlci && i < p->circuits; i++)
		dlci[i] = p->circuit[i].dlci;
	r = dlci ? lmi_init(&p->lmi, &conf, &lmi_ops, p, dlci, p->circuits) : -ENOMEM;
	free(dlci);
	return r < 0 ? settings_error(err, err_len, -r, "out of memory") : 0;
}

static int start_link(struct ist_port *p, const struct settings *set, char *err, size_t err_len)
{
	struct link_conf conf = {
		.host = p->host,
		.host_ctx = p->ctx,
		.user = &link_user,
		.ctx = p,
		.settings = *set,
	};
	uint64_t ethertype = settings_number(set, "ethertype");
	int r;

	if (ethertype < 0x600 || ethertype > 0xffff)
		return settings_error(err, err_len, EINVAL,
				      "ethertype: \"%s\" is not 0x0600 to 0xffff",
				      settings_text(set, "ethertype"));
	if (!settings_text(set, "link"))
		return settings_error(err, err_len, EINVAL, "needs a link");
	conf.ethertype = (uint16_t)ethertype;
	r = link_open(&p->link, settings_text(set, "link"), &conf, err, err_len);
	if (!r)
		p->link_mtu = link_mtu(p->link);
	return r;
}

static void fr_close(struct ist_port *p)
{
	link_close(p->link);
	if (p->timer)
		p->host->timer(p->ctx, &p->timer, UINT64_MAX, on_lmi_time, p);
	lmi_free(&p->lmi);
	free(p->circuit);
	free(p);
}

static int fr_open(struct ist_port **out, const struct ist_host *host, void *ctx,
		   const struct ist_port_config *cfg, char *err, size_t err_len)
{
	const struct settings set = {keys, cfg->setting, cfg->settings};
	int r = settings_host_ok(host, err, err_len);
	uint64_t octets = settings_number(&set, "address-octets");
	struct ist_port *p;

	if (r < 0)
		return r;
	p = calloc(1, sizeof(*p));
	if (!p)
		return -ENOMEM;
	p->host = host;
	p->ctx = ctx;
	p->why = "link down";
	p->mtu = (uint32_t)settings_number(&set, "mtu");
	p->pad = settings_bool(&set, "pad");
	p->format = octets == 4 ? Q922_4_OCTETS : octets == 3 ? Q922_3_OCTETS : Q922_2_OCTETS;
	r = add_circuits(p, cfg, err, err_len);
	if (!r)
		r = start_lmi(p, &set, err, err_len);
	if (!r)
		r = start_link(p, &set, err, err_len);
	if (r < 0) {
		fr_close(p);
		return r;
	}
	*out = p;
	return 0;
}

/* --- the rest --------------------------------------------------------------------------------- */

static void fr_count(const struct ist_port *p, uint64_t *out, unsigned n)
{
	uint64_t all[C_COUNT + LMI_COUNTER_COUNT + LINK_COUNTER_COUNT];

	memcpy(all, p->count, sizeof(p->count));
	memcpy(all + C_COUNT, p->lmi.count, sizeof(p->lmi.count));
	link_count(p->link, all + C_COUNT + LMI_COUNTER_COUNT);
	for (unsigned i = 0; i < n; i++)
		out[i] = i < sizeof(all) / sizeof(all[0]) ? all[i] : 0;
}

static int fr_status(const struct ist_port *p, char *buf, size_t len)
{
	const struct lmi *l = &p->lmi;
	char small[40] = "";
	unsigned up = 0;

	for (unsigned i = 0; i < p->circuits; i++)
		up += p->circuit[i].up;
	/* Too small for PPP of 1500 octets in L2TP: worth seeing without a log. */
	if (information(p) < MTU_RFC3070)
		snprintf(small, sizeof(small), ", frames of only %u octets", information(p));
	if (!p->has_lmi)
		return snprintf(buf, len, "link %s, no LMI, %u of %u DLCIs up%s",
				link_up(p->link) ? "up" : "down", up, p->circuits, small);
	return snprintf(buf, len, "link %s, LMI %s %s %s, %u of %u DLCIs up%s",
			link_up(p->link) ? "up" : "down", lmi_name(l),
			l->conf.role == LMI_NETWORK ? "network" : "user", l->up ? "up" : "down", up,
			p->circuits, small);
}

const struct ist_transport frame_relay_transport = {
	.abi = IST_TRANSPORT_ABI,
	.size = sizeof(struct ist_transport),
	.name = "frame-relay",
	.caps = IST_CAP_L2TP | IST_CAP_PPP,
	.keys = keys,
	.circuit_word = "dlci",
	.counters = counters,
	.open = fr_open,
	.close = fr_close,
	.send = fr_send,
	.mtu = fr_mtu,
	.addr_parse = fr_addr_parse,
	.addr_format = fr_addr_format,
	.connect = fr_connect,
	.count = fr_count,
	.disconnect = fr_disconnect,
	.status = fr_status,
};
