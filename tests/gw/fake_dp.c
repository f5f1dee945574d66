/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Every function of dp.h and netif.h that the control side calls, remembering. */
#include "gw/netif.h"
#include "gw/netif_feature.h"
#include "tests/gw/bench.h"

#include "gw/text.h"
#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

struct fake_dp fake;

#define FAKE_TUNS 32u

/* A control packet, or with sid a frame. */
struct fake_mail {
	struct fake_mail *next;
	l2tp_channel to;
	uint16_t tid, sid;
	size_t len;
	uint8_t octets[];
};

struct dp {
	int fd;
	void (*leaving)(void *ctx);
	void *ctx;
	struct fake_mail *mail, **mail_end;
	char tun[FAKE_TUNS][32];
};

const struct dp_reason_row dp_reasons[DP_R_COUNT] = {
#define X(sym, key, words) [DP_R_##sym] = {key, words},
	DP_REASONS(X)
#undef X
};

static void __attribute__((format(printf, 1, 2))) fake_dp_say(const char *fmt, ...)
{
	va_list ap;

	if (fake.lines == FAKE_LINES)
		return;
	va_start(ap, fmt);
	vsnprintf(fake.line[fake.lines++], sizeof(fake.line[0]), fmt, ap);
	va_end(ap);
}

const char *fake_port_absent;

void fake_reset(void)
{
	memset(&fake, 0, sizeof(fake));
	fake.port_absent = fake_port_absent;
	fake.mtu = 1472;
	fake.count = (struct dp_counters){.rx_frames = 12};
	fake.count.reason[DP_R_SPOOF] = 7;
	fake.workers = 1;
	fake.stats = (struct dp_call_stats){.rx_frames = 3, .tx_frames = 4, .drops = 5};
}

void fake_circuit(l2tp_channel c, const struct ist_addr *peer)
{
	fake.circuit[fake.circuits].channel = c;
	fake.circuit[fake.circuits++].peer = *peer;
}

static struct dp_call *entry(uint16_t tid, uint16_t sid)
{
	unsigned i;

	for (i = 0; i < fake.calls; i++)
		if (fake.call[i].tid == tid && fake.call[i].sid == sid)
			return &fake.call[i];
	return NULL;
}

const struct dp_call *fake_entry(uint16_t tid, uint16_t sid)
{
	return entry(tid, sid);
}

int fake_line(const char *begin, unsigned from)
{
	for (; from < fake.lines; from++)
		if (!strncmp(fake.line[from], begin, strlen(begin)))
			return (int)from;
	return -1;
}

unsigned fake_said(const char *begin)
{
	unsigned n = 0;
	int at = -1;

	while ((at = fake_line(begin, (unsigned)(at + 1))) >= 0)
		n++;
	return n;
}

struct dp *dp_new(unsigned workers, const struct dp_ops *ops, void *ctx)
{
	struct dp *dp = calloc(1, sizeof(*dp));

	(void)workers;
	if (!dp)
		return NULL;
	dp->fd = eventfd(0, EFD_CLOEXEC);
	dp->leaving = ops->leaving;
	dp->ctx = ctx;
	dp->mail_end = &dp->mail;
	fake.set_at = 0;
	return dp;
}

struct dp *dp_attach(const int *fd, unsigned n, int gone, const struct dp_ops *ops, void *ctx)
{
	(void)gone;
	while (n)
		close(fd[--n]);
	return dp_new(1, ops, ctx);
}

static void fake_give(const struct fake_mail *m, const uint8_t *octets)
{
	if (!m->sid && fake.packet)
		fake.packet(m->to, octets, m->len);
	if (m->sid && entry(m->tid, m->sid) && fake.frame)
		fake.frame(m->tid, m->sid, octets, m->len);
}

void dp_push(struct dp *dp)
{
	struct fake_mail *m, *next = dp->mail;

	dp->mail = NULL;
	dp->mail_end = &dp->mail;
	if (next)
		dp->leaving(dp->ctx);
	while ((m = next)) {
		next = m->next;
		fake_give(m, m->octets);
		free(m);
	}
}

static void fake_post(struct dp *dp, const struct fake_mail *head, const uint8_t *octets)
{
	struct fake_mail *m;

	if (!fake.gathers) {
		dp->leaving(dp->ctx);
		fake_give(head, octets);
		return;
	}
	m = malloc(sizeof(*m) + head->len);
	if (!m)
		abort();
	*m = *head;
	memcpy(m->octets, octets, head->len);
	*dp->mail_end = m;
	dp->mail_end = &m->next;
}

void dp_free(struct dp *dp)
{
	fake.gathers = false;
	dp_push(dp);
	close(dp->fd);
	free(dp);
}

int dp_fd(const struct dp *dp)
{
	return dp->fd;
}

void dp_poll(struct dp *dp)
{
	eventfd_t n;

	fake.polls += eventfd_read(dp->fd, &n) == 0;
}

uint64_t dp_now(void)
{
	return clock_us;
}

int dp_port_open(struct dp *dp, const struct ist_transport *t, const struct ist_port_config *cfg,
		 char *err, size_t err_len)
{
	(void)dp;
	(void)t;
	fake_dp_say("open %s", cfg->name);
	if (fake.port_in_use && !strcmp(cfg->name, fake.port_in_use)) {
		snprintf(err, err_len, "in use");
		return -EADDRINUSE;
	}
	if (fake.port_absent && !strcmp(cfg->name, fake.port_absent)) {
		snprintf(err, err_len, "no such address");
		return -EADDRNOTAVAIL;
	}
	if (fake.port_refuses) {
		snprintf(err, err_len, "no such wire");
		return -ENODEV;
	}
	return (int)fake.ports_open++;
}

void dp_port_close(struct dp *dp, unsigned port)
{
	(void)dp;
	fake_dp_say("close %u", port);
}

int dp_connect(struct dp *dp, unsigned port, const struct ist_addr *to, const char *sub_address,
	       uint8_t payload, l2tp_channel *out)
{
	(void)dp;
	(void)payload;
	fake_dp_say("connect %u%s%s", port, sub_address ? " sub " : "",
		    sub_address ? sub_address : "");
	if (fake.connect_refuses)
		return fake.connect_error ? -fake.connect_error : -ENETDOWN;
	fake.peer = *to;
	*out = (l2tp_channel)(port + 1) << 32 | 7;
	for (unsigned i = 0; i < fake.circuits; i++)
		if (fake.circuit[i].channel >> 32 == port + 1 &&
		    !memcmp(&fake.circuit[i].peer, to, sizeof(*to)))
			*out = fake.circuit[i].channel;
	return 0;
}

int dp_resume(struct dp *dp, unsigned port, const struct ist_addr *to, uint8_t payload,
	      const uint8_t *ticket, size_t len, l2tp_channel *out)
{
	(void)dp;
	(void)to;
	(void)payload;
	fake_dp_say("resume %u %.*s", port, (int)len, (const char *)ticket);
	for (unsigned i = 0; i < fake.circuits; i++)
		if (fake.circuit[i].ticket && strlen(fake.circuit[i].ticket) == len &&
		    !memcmp(fake.circuit[i].ticket, ticket, len)) {
			*out = fake.circuit[i].channel;
			return 0;
		}
	return -ESTALE;
}

size_t dp_channel_ticket(const struct dp *dp, l2tp_channel c, const uint8_t **ticket)
{
	(void)dp;
	for (unsigned i = 0; i < fake.circuits; i++)
		if (fake.circuit[i].channel == c && fake.circuit[i].ticket) {
			*ticket = (const uint8_t *)fake.circuit[i].ticket;
			return strlen(fake.circuit[i].ticket);
		}
	return 0;
}

int dp_port_tap(struct dp *dp, unsigned port, bool on)
{
	(void)dp;
	fake_dp_say("tap %u %s", port, on ? "on" : "off");
	return on && fake.tap_refuses ? -ENOMEM : 0;
}

static struct dp_impair_row *fake_impair(const struct ist_addr *circuit, enum dp_impair_way way)
{
	for (unsigned i = 0; i < fake.impairs; i++)
		if (fake.impair[i].way == way &&
		    !memcmp(&fake.impair[i].circuit, circuit, sizeof(*circuit)))
			return &fake.impair[i];
	return NULL;
}

int dp_impair_set(struct dp *dp, unsigned port, const struct ist_addr *circuit,
		  enum dp_impair_way way, const struct dp_impair *set, bool configured)
{
	struct dp_impair_row *row = fake_impair(circuit, way);

	(void)dp;
	fake_dp_say("impair %u %s", port, set ? "on" : "off");
	if (!set && !row)
		return -ENOENT;
	if (!set) {
		fake.impair_port[row - fake.impair] = fake.impair_port[--fake.impairs];
		*row = fake.impair[fake.impairs];
		return 0;
	}
	if (!row && fake.impairs == sizeof(fake.impair) / sizeof(fake.impair[0]))
		return -ENOSPC;
	row = row ? row : &fake.impair[fake.impairs++];
	*row = (struct dp_impair_row){.circuit = *circuit,
				      .way = (uint8_t)way,
				      .configured = configured,
				      .on = true,
				      .set = *set};
	fake.impair_port[row - fake.impair] = port;
	return 0;
}

unsigned dp_impair_rows(struct dp *dp, unsigned port, struct dp_impair_row *out, unsigned n)
{
	unsigned k = 0;

	(void)dp;
	fake.impair_asked += !port;
	for (unsigned i = 0; i < fake.impairs && k < n; i++)
		if (fake.impair_port[i] == port)
			out[k++] = fake.impair[i];
	return k;
}

void dp_attached(struct dp *dp)
{
	(void)dp;
	fake_dp_say("attached");
}

void dp_answer(struct dp *dp, l2tp_channel c)
{
	(void)dp;
	fake_dp_say("answer %llx", (unsigned long long)c);
}

void dp_refuse(struct dp *dp, l2tp_channel c, const struct ist_cause *why)
{
	(void)dp;
	fake_dp_say("refuse %llx %d %s", (unsigned long long)c, why->kind, why->words);
}

void dp_disconnect(struct dp *dp, l2tp_channel c, const struct ist_cause *why)
{
	(void)dp;
	fake_dp_say("disconnect %llx %d %s", (unsigned long long)c, why ? why->kind : -1,
		    why ? why->words : "");
}

bool dp_channel_peer(struct dp *dp, l2tp_channel c, struct ist_addr *out)
{
	(void)dp;
	*out = fake.peer;
	for (unsigned i = 0; i < fake.circuits; i++)
		if (fake.circuit[i].channel == c)
			*out = fake.circuit[i].peer;
	return !fake.no_peer;
}

bool dp_channel_permanent(const struct dp *dp, l2tp_channel c)
{
	(void)dp;
	(void)c;
	return fake.permanent;
}

uint32_t dp_channel_mtu(struct dp *dp, l2tp_channel c)
{
	(void)dp;
	(void)c;
	return fake.mtu;
}

bool dp_line_accm(struct dp *dp, l2tp_channel c, uint32_t send, uint32_t receive)
{
	(void)dp;
	fake_dp_say("accm %llx %08x %08x", (unsigned long long)c, send, receive);
	return true;
}

bool dp_line_errors(struct dp *dp, l2tp_channel c, uint32_t out[IST_ERRORS])
{
	(void)dp;
	(void)c;
	memcpy(out, fake.errors, sizeof(fake.errors));
	return fake.counts_errors;
}

struct dp_speed dp_channel_speed(struct dp *dp, l2tp_channel c)
{
	(void)dp;
	return c == FAR_CHANNEL ? fake.speed : (struct dp_speed){0, 0};
}

enum l2tp_tx dp_send(struct dp *dp, l2tp_channel to, const uint8_t *pkt, size_t len,
		     uint64_t cookie, uint8_t dscp)
{
	fake.control_dscp = dscp;
	fake_dp_say("send %zu", len);
	if (fake.tx_waits) {
		fake.cookie = cookie;
		return L2TP_TX_WAITING;
	}
	fake_post(dp, &(struct fake_mail){.to = to, .len = len}, pkt);
	return L2TP_TX_TAKEN;
}

bool dp_ppp_send(struct dp *dp, uint16_t tid, uint16_t sid, const uint8_t *frame, size_t len)
{
	if (!entry(tid, sid))
		return false;
	fake_dp_say("ppp %02x%02x", frame[0], frame[1]);
	fake_post(dp, &(struct fake_mail){.tid = tid, .sid = sid, .len = len}, frame);
	return true;
}

bool dp_ip_rx(struct dp *dp, uint16_t tid, uint16_t sid, const uint8_t *frame, size_t len)
{
	const struct dp_call *e = entry(tid, sid);

	(void)dp;
	if (!e || len < 2)
		return false;
	fake_dp_say("ip %02x%02x %s", frame[0], frame[1],
		    e->tun && (frame[1] == PPP_IP ? e->ip4 : e->ip6) ? "open" : "closed");
	return true;
}

bool fake_same_entry(const struct dp_call *a, const struct dp_call *b)
{
	struct dp_call x = *a, y = *b;

	x.bundle.link = y.bundle.link = NULL;
	return !memcmp(&x, &y, sizeof(x)) && !a->bundle.link == !b->bundle.link &&
	       (!a->bundle.link ||
		!memcmp(a->bundle.link, b->bundle.link, MP_LINKS * sizeof(struct dp_bundle_link)));
}

static bool fake_is_link(const struct dp_call *member)
{
	const struct dp_call *b = entry(member->to_tid, member->to_sid);
	bool is = false;

	for (unsigned i = 0; b && b->bundle.link && i < MP_LINKS; i++)
		is |= b->bundle.link[i].tid == member->tid && b->bundle.link[i].sid == member->sid;
	return is;
}

int dp_call_set(struct dp *dp, const struct dp_call *c)
{
	static struct dp_bundle_link links[256][MP_LINKS]; /* of the last ones */
	static unsigned n;
	struct dp_call *e = entry(c->tid, c->sid);

	(void)dp;
	if (fake.call_refuses || (fake.set_refused && !--fake.set_refused))
		return -ENOMEM;
	if (!e && fake.calls == FAKE_CALLS)
		return -ENOMEM;
	if (!e)
		e = &fake.call[fake.calls++];
	*e = *c;
	fake.set_at = clock_us;
	if (c->bundle.link) /* as they are now */
		e->bundle.link = memcpy(links[n++ % 256], c->bundle.link, sizeof(links[0]));
	fake.strangers += c->mode == DP_MEMBER && !fake_is_link(c);
	fake_dp_say("set %s", c->mode == DP_PUNT       ? "punt"
			      : c->mode == DP_TERMINAL ? "terminal"
			      : c->mode == DP_MEMBER   ? "member"
						       : "forward");
	return 0;
}

void dp_flush(struct dp *dp)
{
	(void)dp;
	fake.set_at = 0;
}

void dp_call_del(struct dp *dp, uint16_t tid, uint16_t sid)
{
	struct dp_call *e = entry(tid, sid);

	(void)dp;
	fake_dp_say("del");
	if (e)
		*e = fake.call[--fake.calls];
}

/* Every program is one more number; 0 instructions would be no program. */
int dp_filter_add(struct dp *dp, const struct bpf_insn *insn, unsigned n, uint32_t *no)
{
	(void)dp;
	(void)insn;
	if (!n || fake.filter_refuses)
		return -EINVAL;
	*no = ++fake.filters;
	fake_dp_say("filter %u", *no);
	return 0;
}

void dp_filter_del(struct dp *dp, uint32_t no)
{
	(void)dp;
	if (no)
		fake_dp_say("unfilter %u", no);
}

bool dp_filter_count(const struct dp *dp, uint32_t no, struct dp_filter_counters *out)
{
	(void)dp;
	*out = (struct dp_filter_counters){.passed = 10 * no, .dropped = no};
	for (unsigned i = 0; i < fake.calls; i++)
		for (unsigned k = 0; k < DP_FILTERS; k++)
			out->calls += no && fake.call[i].filter[k] == no;
	return no;
}

uint64_t dp_tunnel_heard(const struct dp *dp, uint16_t tid)
{
	(void)dp;
	(void)tid;
	return fake.heard;
}

void dp_fast_by(const int *fd)
{
	(void)fd;
}

bool dp_call_fast(const struct dp *dp, uint16_t tid, uint16_t sid, const char **why)
{
	(void)dp;
	*why = entry(tid, sid) ? fake.slow : NULL;
	return fake.fast;
}

bool dp_fast_reason(const struct dp *dp, unsigned i, struct dp_fast_reason *out)
{
	(void)dp;
	*out = (struct dp_fast_reason){"syn", "first of a connection", i ? fake.passed : 0};
	return i < 2 && fake.passed;
}

bool dp_fast_loaded(const struct dp *dp)
{
	(void)dp;
	return fake.program;
}

bool dp_fast_device(const struct dp *dp, uint32_t ifindex)
{
	(void)dp;
	return ifindex && ifindex == fake.program;
}

void dp_fast_device_is(struct dp *dp, uint32_t ifindex, const uint8_t mac[6])
{
	(void)dp;
	fake_dp_say("device %u %02x", ifindex, mac[0]);
}

bool dp_call_stats(struct dp *dp, uint16_t tid, uint16_t sid, struct dp_call_stats *out)
{
	(void)dp;
	if (!entry(tid, sid))
		return false;
	*out = fake.stats;
	return true;
}

void dp_count(struct dp *dp, struct dp_counters *out)
{
	(void)dp;
	*out = fake.count;
}

void dp_port_count(struct dp *dp, unsigned port, uint64_t *out, unsigned n)
{
	(void)dp;
	memset(out, 0, n * sizeof(*out));
	out[0] = 100 + port;
}

int dp_port_status(struct dp *dp, unsigned port, char *buf, size_t len)
{
	(void)dp;
	(void)port;
	return snprintf(buf, len, "fine") - (fake.no_status ? 4 : 0);
}

unsigned dp_port_fill(struct dp *dp, unsigned port, struct ist_fill *out, unsigned n)
{
	(void)dp;
	(void)port;
	CU_ASSERT_TRUE(n >= 2);
	out[0] = (struct ist_fill){"sessions", 3, 100, 2, 8};
	out[1] = (struct ist_fill){"calls", 5, 7, 0, 0};
	return 2;
}

unsigned dp_port_offloads(struct dp *dp, unsigned port, struct ist_offload *out, unsigned n)
{
	(void)dp;
	CU_ASSERT_TRUE(n >= 5);
	if (port)
		return 0;
	out[0] = (struct ist_offload){"magic", IST_OFFLOAD_ACTIVE, 0, 0, 0, NULL};
	out[1] = (struct ist_offload){"wand", IST_OFFLOAD_OFF, 0, 0, 0, "wand = yes"};
	out[2] = (struct ist_offload){"hat", IST_OFFLOAD_ABSENT, 0, 0, 0, NULL};
	out[3] = (struct ist_offload){"broom", IST_OFFLOAD_REFUSED, EPERM, 0, 17, NULL};
	out[4] = (struct ist_offload){"cauldron", IST_OFFLOAD_SMALLER, 0, 9, 8, "grow"};
	return 5;
}

unsigned dp_port_worker(const struct dp *dp, unsigned port)
{
	(void)dp;
	return port == 1;
}

unsigned dp_workers(const struct dp *dp)
{
	(void)dp;
	return fake.workers;
}

static const char *fake_tun(const struct dp *dp, uint32_t no)
{
	return no && no <= FAKE_TUNS ? dp->tun[no - 1] : "";
}

uint32_t dp_tun_open(struct dp *dp, const char *name, uint16_t mtu, unsigned offload, char *err,
		     size_t len)
{
	uint32_t no = 1;

	while (no <= FAKE_TUNS && dp->tun[no - 1][0])
		no++;
	if (fake.tun_refuses || no > FAKE_TUNS) {
		snprintf(err, len, "%s: no more devices", name);
		return 0;
	}
	snprintf(dp->tun[no - 1], sizeof(dp->tun[0]), "%s", name);
	if (offload == DP_TUN_OFFLOADS)
		fake_dp_say("tun %s mtu %u", name, mtu);
	else
		fake_dp_say("tun %s mtu %u offload %u", name, mtu, offload);
	fake.gone = NULL; /* made again */
	return no;
}

void dp_tun_close(struct dp *dp, uint32_t no)
{
	if (!*fake_tun(dp, no))
		return;
	fake_dp_say("untun %s", fake_tun(dp, no));
	dp->tun[no - 1][0] = '\0';
}

unsigned dp_tun_offload(const struct dp *dp, uint32_t no)
{
	return *fake_tun(dp, no) ? fake.tun_has : 0;
}

unsigned dp_tun_wanted(const struct dp *dp, uint32_t no)
{
	return *fake_tun(dp, no) ? fake.tun_wanted : 0;
}

uint32_t dp_tun_next(const struct dp *dp, uint32_t no)
{
	while (++no <= FAKE_TUNS)
		if (*fake_tun(dp, no))
			return no;
	return 0;
}

bool dp_tun_gone(const struct dp *dp, uint32_t no)
{
	return fake.gone && !strcmp(fake_tun(dp, no), fake.gone);
}

bool dp_port_is_left(const struct dp *dp, const struct ist_transport *t, const char *name)
{
	(void)dp;
	(void)t;
	return fake.port_left && !strcmp(name, fake.port_left);
}

bool dp_ports_close_left(struct dp *dp)
{
	(void)dp;
	fake_dp_say("close left");
	fake.port_in_use = NULL;
	return fake.others_left;
}

bool dp_tun_any_gone(const struct dp *dp)
{
	(void)dp;
	return fake.gone;
}

bool dp_tun_unroute(struct dp *dp, uint32_t no, const struct dp_prefix *to)
{
	fake_dp_say("unlead %s %s%016" PRIx64 "/%u", fake_tun(dp, no), to->v6 ? "v6 " : "", to->top,
		    to->bits);
	return true;
}

bool dp_tun_route(struct dp *dp, uint32_t no, const struct dp_prefix *to, uint16_t tid,
		  uint16_t sid)
{
	char what[64];

	snprintf(what, sizeof(what), "%s%016" PRIx64 "/%u", to->v6 ? "v6 " : "", to->top, to->bits);
	if (sid)
		fake_dp_say("lead %s %s to %u/%u", fake_tun(dp, no), what, tid, sid);
	else
		fake_dp_say("watch %s %s", fake_tun(dp, no), what);
	return !fake.route_refuses;
}

const char *dp_tun_name(const struct dp *dp, uint32_t no)
{
	return fake_tun(dp, no);
}

/* What the line said last asks for. */
static int fake_netif(void)
{
	const char *begin = fake.netif_fails;

	if (!begin || strncmp(fake.line[fake.lines - 1], begin, strlen(begin)))
		return 0;
	if (!fake.netif_keeps)
		fake.netif_fails = NULL;
	return fake.netif_error;
}

int netif_set(const char *name, bool up, uint16_t mtu)
{
	fake_dp_say("if %s %s mtu %u", name, up ? "up" : "down", mtu);
	return fake_netif();
}

int netif_addr(const char *name, const struct cfg_prefix *addr, const struct cfg_prefix *peer,
	       bool add)
{
	char a[GW_TEXT_MAX], p[GW_TEXT_MAX] = "";

	if (peer)
		gw_prefix_text(p, sizeof(p), peer);
	/* Else the first packets find nobody. */
	if (add && fake.set_at && fake.set_at == clock_us)
		CU_FAIL("an address before the data plane knows the call");
	fake_dp_say("addr %s %s %s%.40s %.40s", name, add ? "add" : "del",
		    addr->v6 ? "link-local " : "", gw_prefix_text(a, sizeof(a), addr), p);
	return fake_netif();
}

int netif_route(const char *name, const struct cfg_prefix *to, bool add)
{
	char text[GW_TEXT_MAX];

	fake_dp_say("route %s %s %.60s", name, add ? "add" : "del",
		    gw_prefix_text(text, sizeof(text), to));
	return fake_netif();
}

int netif_feature(const char *device, const char *feature)
{
	CU_ASSERT_STRING_EQUAL(device, "eth7");
	if (!strcmp(feature, "rx-gro"))
		return fake.gro;
	CU_ASSERT_STRING_EQUAL(feature, "rx-udp-gro-forwarding");
	return fake.gro_forwarding;
}

unsigned netif_ethers(char (*name)[IF_NAMESIZE], unsigned n)
{
	CU_ASSERT_FATAL(n > 0);
	snprintf(name[0], IF_NAMESIZE, "eth7");
	return 1;
}
