/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config.h" /* first: GNU extensions */

#include "tests/gw/bench.h"

#include "gw/bind.h"
#include "tests/heap.h"
#include "transports/builtin.h"
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/stat.h>

struct bench bench;

static const struct cfg_model *model;
static uint64_t far_seed;

/* --- what is under way ------------------------------------------------------------------------ */

struct way {
	enum { TO_GW, TO_FAR, FRAME_TO_GW, FRAME_TO_FAR } what;
	uint16_t tid, sid; /* the receiver's */
	size_t len;
	uint8_t octets[2048];
};
static struct way way[256];
static unsigned ways, served;

static void send_off(int what, uint16_t tid, uint16_t sid, const uint8_t *p, size_t len)
{
	struct way *w = &way[ways % 256];

	if (bench.loses && ways - served == 256)
		return;
	ways++;
	if (len > sizeof(w->octets) || ways - served > 256) {
		fprintf(stderr, "the bench's way is full\n");
		abort();
	}
	w->what = what;
	w->tid = tid;
	w->sid = sid;
	w->len = len;
	memcpy(w->octets, p, len);
}

/* What the killed one had published; it goes on for a moment, and nobody hears of it. */
static int killed = -1;

static const uint8_t bench_boot[STORE_BOOT] = {1};

/* A copy of the store's memory as it is now, as its next owner finds it. */
static int bench_store_copy(void)
{
	int from = store_fd(bench.store),
	    to = memfd_create("test", MFD_CLOEXEC | MFD_ALLOW_SEALING);
	struct stat st;

	if (to < 0 || fstat(from, &st) || sendfile(to, from, &(off_t){0}, (size_t)st.st_size) < 0 ||
	    fcntl(to, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW))
		abort();
	return to;
}

/* False: it is dead. */
static bool bench_may_send(void)
{
	if (killed < 0 && bench.kill_at && ++bench.sent == bench.kill_at)
		killed = bench_store_copy();
	return killed < 0;
}

static void from_gw(l2tp_channel to, const uint8_t *pkt, size_t len)
{
	(void)to;
	if (bench_may_send())
		send_off(TO_FAR, 0, 0, pkt, len);
}

static void frame_from_gw(uint16_t tid, uint16_t sid, const uint8_t *frame, size_t len)
{
	const struct dp_call *e = fake_entry(tid, sid);

	if (bench_may_send())
		send_off(FRAME_TO_FAR, e->data.peer_tid, e->data.peer_sid, frame, len);
}

/* --- the far end ------------------------------------------------------------------------------ */

static void far_random(void *ctx, void *buf, size_t len)
{
	uint8_t *p = buf;

	(void)ctx;
	while (len--)
		*p++ = (uint8_t)test_rand(&far_seed);
}

static enum l2tp_tx far_tx(void *ctx, l2tp_channel to, const uint8_t *pkt, size_t len,
			   uint64_t cookie, uint8_t dscp)
{
	(void)ctx;
	(void)to;
	(void)cookie;
	(void)dscp;
	send_off(TO_GW, 0, 0, pkt, len);
	return L2TP_TX_TAKEN;
}

static bool far_peer(void *ctx, l2tp_channel from, const uint8_t *host, size_t len,
		     struct l2tp_peer_answer *out)
{
	(void)ctx;
	(void)from;
	(void)host;
	(void)len;
	*out = (struct l2tp_peer_answer){.policy = bench.policy, .peer = &bench};
	return true;
}

static void far_ppp_tx(void *ctx, const uint8_t *frame, size_t len)
{
	const struct far_call *c = ctx;
	struct l2tp_call_info i;
	struct l2tp_tunnel_info t;

	if (!c->call)
		return;
	l2tp_call_info(c->call, &i);
	l2tp_tunnel_info(i.tunnel, &t);
	send_off(FRAME_TO_GW, t.peer_id, i.peer_id, frame, len);
}

static void far_ppp_auth(struct far_call *c, const struct ppp_event *ev)
{
	struct ppp_auth_reply reply;
	bool ok = ppp_auth_check(ev->auth, c->cfg.secret, strlen(c->cfg.secret), &reply);

	ppp_auth_verdict(c->ppp, ok, &reply, NULL, ev->now);
}

/* Right behind our Ack: what the packet is does not matter here. */
static void far_packet(struct far_call *c, uint8_t proto)
{
	const uint8_t frame[2 + 40] = {0, proto, proto == PPP_IP ? 0x45 : 0x60};

	if (bench.packets_at_once)
		far_ppp_tx(c, frame, sizeof(frame));
}

static void far_ppp_event(void *ctx, const struct ppp_event *ev)
{
	struct far_call *c = ctx;

	switch (ev->kind) {
	case PPP_EV_AUTH:
		far_ppp_auth(c, ev);
		break;
	case PPP_EV_AUTH_OK:
		if (c->cfg.server)
			ppp_start_network(c->ppp, &c->give, ev->now);
		break;
	case PPP_EV_IP4_UP:
		c->got = *ev->addr;
		c->ip4 = true;
		far_packet(c, PPP_IP);
		break;
	case PPP_EV_IP6_UP:
		c->ip6 = true;
		far_packet(c, PPP_IPV6);
		break;
	case PPP_EV_PEER_CLOSES:
		snprintf(c->said, sizeof(c->said), "%s", ev->message ? ev->message : "");
		break;
	case PPP_EV_DOWN:
		c->down = true;
		c->why = ev->why;
		break;
	default:
		break;
	}
}

static void far_ppp_random(void *ctx, void *buf, size_t len)
{
	far_random(ctx, buf, len);
}

static const struct ppp_ops far_ppp_ops = {far_ppp_tx, far_ppp_event, far_ppp_random, NULL, NULL};

static void far_ppp_start(struct far_call *c, uint64_t now)
{
	if (c->ppp || (!c->cfg.name[0] && !c->cfg.server))
		return;
	c->ppp = ppp_new(&c->cfg, &far_ppp_ops, c);
	ppp_open(c->ppp, now);
}

/* When each has been used, one that is over. */
static struct far_call *far_place(void)
{
	struct far_call *c = bench.call;

	if (bench.calls < BENCH_CALLS)
		return &bench.call[bench.calls++];
	while (c->call)
		if (++c == bench.call + BENCH_CALLS)
			abort();
	ppp_free(c->ppp);
	*c = (struct far_call){0};
	return c;
}

static struct far_call *far_new(struct l2tp_call *call)
{
	struct far_call *c = far_place();
	struct l2tp_call_info i;
	struct l2tp_tunnel_info t;

	l2tp_call_info(call, &i);
	l2tp_tunnel_info(i.tunnel, &t);
	c->call = call;
	c->tid = t.local_id;
	c->sid = i.local_id;
	l2tp_call_set_user(call, c);
	return c;
}

static void far_text(const struct l2tp_msg *m, uint16_t type, char out[LEG_NUMBER_MAX + 1])
{
	const struct l2tp_avp *a = l2tp_msg_find(m, L2TP_IETF, type);

	snprintf(out, LEG_NUMBER_MAX + 1, "%.*s", a ? (int)a->len : 0,
		 a ? (const char *)a->val : "");
}

/* RFC 3308 4.1 */
static const struct l2tp_avp *far_phb(void)
{
	static uint8_t value[2];
	static struct l2tp_avp avp = {.type = 48, .val = value, .len = 2};

	wr_put16(value, bench.phb);
	return &avp;
}

static void far_phb_got(const struct l2tp_msg *m)
{
	const struct l2tp_avp *a = m ? l2tp_msg_find(m, L2TP_IETF, 48) : NULL;

	bench.phb_got = a && a->len == 2 ? a->val[0] << 8 | a->val[1] : -1;
}

static void far_phb_asked(const struct l2tp_msg *m)
{
	far_phb_got(m);
	bench.phb_asked = bench.phb_got;
}

static void far_channel_got(const struct l2tp_msg *m)
{
	const struct l2tp_avp *a = l2tp_msg_find(m, L2TP_IETF, L2TP_AVP_PHYSICAL_CHANNEL_ID);

	bench.reply_channel_len = a ? a->len : 0;
	if (a && a->len <= sizeof(bench.reply_channel))
		memcpy(bench.reply_channel, a->val, a->len);
}

/* OCRQ: the far end is the LAC, and the client is behind it. */
static void far_asked(struct far_call *c, const struct l2tp_event *ev)
{
	struct leg_out *q = &bench.ocrq;

	far_text(ev->msg, L2TP_AVP_CALLED_NUMBER, q->called);
	far_text(ev->msg, L2TP_AVP_SUB_ADDRESS, q->sub_address);
	l2tp_msg_u32(ev->msg, L2TP_IETF, L2TP_AVP_MINIMUM_BPS, &q->min_bps);
	l2tp_msg_u32(ev->msg, L2TP_IETF, L2TP_AVP_MAXIMUM_BPS, &q->max_bps);
	l2tp_msg_u32(ev->msg, L2TP_IETF, L2TP_AVP_BEARER_TYPE, &q->bearer);
	l2tp_msg_u32(ev->msg, L2TP_IETF, L2TP_AVP_FRAMING_TYPE, &q->framing);
	l2tp_msg_u32(ev->msg, L2TP_IETF, L2TP_AVP_CALL_SERIAL_NUMBER, &bench.ocrq_serial);
	ppp_config_default(&c->cfg);
	c->cfg.server = false;
	c->cfg.mru = bench.client_mru;
	c->cfg.n_auth = 1;
	c->cfg.auth[0] = PPP_AUTH_CHAP_MD5;
	snprintf(c->cfg.name, sizeof(c->cfg.name), "ann");
	snprintf(c->cfg.secret, sizeof(c->cfg.secret), "a password");
	far_phb_asked(ev->msg);
	if (bench.no_answer)
		return;
	l2tp_call_answer(ev->call, far_phb(), bench.phb != 0, ev->now);
	if (!bench.no_occn)
		l2tp_call_connected(ev->call, NULL, 0, ev->now);
}

/* A call offered to the far end: it is the LNS, its PPP the server. */
static void far_offered(const struct l2tp_event *ev)
{
	const struct l2tp_avp *passed =
		l2tp_msg_find(ev->msg, L2TP_EXAMPLE_VENDOR, L2TP_AVP_GATEWAYS_PASSED);
	struct far_call *c = far_new(ev->call);
	struct l2tp_call_info i;

	l2tp_call_info(ev->call, &i);
	if (i.kind == L2TP_OUTGOING) {
		far_asked(c, ev);
		return;
	}

	free(bench.icrq_got);
	bench.icrq_got = relay_new(ev->msg, NULL);
	bench.passed_len = passed ? passed->len : 0;
	if (passed && passed->len <= sizeof(bench.passed))
		memcpy(bench.passed, passed->val, passed->len);
	ppp_config_default(&c->cfg);
	c->cfg.server = !bench.no_ppp;
	c->cfg.n_auth = 1;
	c->cfg.auth[0] = PPP_AUTH_CHAP_MD5;
	snprintf(c->cfg.secret, sizeof(c->cfg.secret), "a password");
	c->give = (struct ppp_addresses){.local4 = 0x0a640001, .peer4 = 0x0a640002};
	far_phb_asked(ev->msg);
	if (!bench.no_answer)
		l2tp_call_answer(ev->call, far_phb(), bench.phb != 0, ev->now);
}

static void far_replied(struct far_call *c, const struct l2tp_event *ev)
{
	static const uint8_t speed[4] = {0, 1, 0, 0}, sync[4] = {0, 0, 0, 1},
			     async[4] = {0, 0, 0, 2};
	const uint8_t *framing = bench.iccn_async ? async : sync;
	static const uint8_t chap[2] = {0, 2}, id[2] = {0, 1}, octets[16] = {7};
	struct l2tp_avp avps[24] = {
		{.type = L2TP_AVP_TX_CONNECT_SPEED, .mandatory = true, .val = speed, .len = 4},
		{.type = L2TP_AVP_FRAMING_TYPE, .mandatory = true, .val = framing, .len = 4},
	};
	const char *user = bench.iccn_user ? bench.iccn_user : "ann";
	const struct l2tp_avp proxy[] = {
		{.type = L2TP_AVP_PROXY_AUTHEN_TYPE, .val = chap, .len = 2},
		{.type = L2TP_AVP_PROXY_AUTHEN_NAME,
		 .val = (const uint8_t *)user,
		 .len = (uint16_t)strlen(user)},
		{.type = L2TP_AVP_PROXY_AUTHEN_CHALLENGE, .val = octets, .len = 16},
		{.type = L2TP_AVP_PROXY_AUTHEN_ID, .val = id, .len = 2},
		{.type = L2TP_AVP_PROXY_AUTHEN_RESPONSE, .val = octets, .len = 16},
	};
	unsigned n = 2;

	if (bench.iccn_seq)
		avps[n++] =
			(struct l2tp_avp){.type = L2TP_AVP_SEQUENCING_REQUIRED, .mandatory = true};
	for (unsigned i = 0; bench.iccn_proxy && i < 5; i++)
		avps[n++] = proxy[i];
	for (unsigned i = 0; i < bench.iccn_avps; i++)
		avps[n++] = bench.iccn_avp[i];
	if (bench.early_frames)
		far_ppp_start(c, ev->now);
	if (!bench.no_iccn)
		l2tp_call_connected(ev->call, avps, n, ev->now);
}

static void far_call_down(struct far_call *c, const struct l2tp_event *ev)
{
	const struct l2tp_avp *a =
		ev->msg ? l2tp_msg_find(ev->msg, L2TP_IETF, L2TP_AVP_PPP_DISCONNECT_CAUSE) : NULL;

	c->call = NULL;
	c->up = false;
	c->result = ev->result;
	if (c->ppp)
		ppp_lower_down(c->ppp, ev->now);
	if (a && a->len <= sizeof(c->cause)) {
		c->cause_len = a->len;
		memcpy(c->cause, a->val, a->len);
	}
}

/* bit/s; -1 = the message has no such AVP */
static int64_t far_speed(const struct l2tp_msg *m, uint16_t type)
{
	const struct l2tp_avp *a = m ? l2tp_msg_find(m, L2TP_IETF, type) : NULL;
	struct rd r = rd_init(a ? a->val : NULL, a ? a->len : 0);

	return a ? (int64_t)rd_u32(&r) : -1;
}

static void far_link_info(const struct l2tp_msg *m, uint16_t type, uint8_t *out, size_t cap)
{
	const struct l2tp_avp *a = l2tp_msg_find(m, L2TP_IETF, type);

	bench.info_hidden = a && a->hidden;
	if (a && a->len == cap)
		memcpy(out, a->val, cap);
}

static void far_event(void *ctx, const struct l2tp_event *ev)
{
	struct l2tp_call_info i = {0};
	struct far_call *c;

	(void)ctx;
	if (ev->call)
		l2tp_call_info(ev->call, &i);
	c = i.user;
	if (ev->kind == L2TP_EV_TUNNEL_UP) {
		bench.tunnel = ev->tunnel;
		bench.tunnel_up = true;
		bench.tunnel_down = false;
	} else if (ev->kind == L2TP_EV_TUNNEL_DOWN && ev->tunnel == bench.tunnel) {
		bench.tunnel = NULL;
		bench.tunnel_up = false;
		bench.tunnel_down = true;
		bench.stop_result = ev->result;
	} else if (ev->kind == L2TP_EV_CALL_OFFERED) {
		far_offered(ev);
	} else if (c && ev->kind == L2TP_EV_CALL_REPLIED) {
		c->replied = true;
		far_phb_got(ev->msg);
		bench.phb_answered = bench.phb_got;
		far_channel_got(ev->msg);
		if (i.kind == L2TP_INCOMING)
			far_replied(c, ev);
	} else if (c && ev->kind == L2TP_EV_CALL_UP) {
		c->up = true;
		free(bench.iccn_got);
		bench.iccn_got = ev->msg ? relay_new(ev->msg, NULL) : NULL;
		if (bench.on_iccn && ev->msg)
			bench.on_iccn(ev->msg);
		bench.iccn_proxied = 0;
		for (unsigned k = 0; ev->msg && k < ev->msg->n; k++)
			bench.iccn_proxied +=
				ev->msg->avp[k].type >= L2TP_AVP_PROXY_AUTHEN_TYPE &&
				ev->msg->avp[k].type <= L2TP_AVP_PROXY_AUTHEN_RESPONSE;
		bench.iccn_tx = far_speed(ev->msg, L2TP_AVP_TX_CONNECT_SPEED);
		bench.iccn_rx = far_speed(ev->msg, L2TP_AVP_RX_CONNECT_SPEED);
		bench.iccn_seq =
			ev->msg && l2tp_msg_find(ev->msg, L2TP_IETF, L2TP_AVP_SEQUENCING_REQUIRED);
		far_ppp_start(c, ev->now);
	} else if (ev->kind == L2TP_EV_SLI) {
		far_link_info(ev->msg, L2TP_AVP_ACCM, bench.sli, sizeof(bench.sli));
		bench.slis++;
	} else if (ev->kind == L2TP_EV_WEN) {
		far_link_info(ev->msg, L2TP_AVP_CALL_ERRORS, bench.wen, sizeof(bench.wen));
		bench.wens++;
	} else if (c && ev->kind == L2TP_EV_CALL_DOWN) {
		free(bench.cdn_got);
		bench.cdn_got = ev->msg ? relay_new(ev->msg, NULL) : NULL;
		far_call_down(c, ev);
	}
}

static const struct l2tp_ops far_ops = {
	.tx = far_tx, .event = far_event, .peer = far_peer, .random = far_random};

/* --- time and delivery ------------------------------------------------------------------------ */

static struct far_call *far_by_id(uint16_t tid, uint16_t sid)
{
	unsigned i;

	for (i = 0; i < bench.calls; i++)
		if (bench.call[i].tid == tid && bench.call[i].sid == sid)
			return &bench.call[i];
	return NULL;
}

static void bench_deliver(const struct way *w)
{
	struct far_call *c;

	switch (w->what) {
	case TO_GW:
		if (bench.refusing)
			heap_refuse(bench.refuse);
		bind_dp_ops.control(bench.gw, FAR_CHANNEL, w->octets, w->len, clock_us);
		bench.refusing = bench.refusing && !heap_refused();
		break;
	case TO_FAR:
		if (!bench.silent)
			l2tp_engine_rx(bench.far, 3, w->octets, w->len, clock_us);
		break;
	case FRAME_TO_GW:
		/* The data plane finds an entry first. */
		if (bench.refusing)
			heap_refuse(bench.refuse);
		if (fake_entry(w->tid, w->sid))
			bind_dp_ops.ppp(bench.gw, w->tid, w->sid, w->octets, w->len, clock_us);
		bench.refusing = bench.refusing && !heap_refused();
		break;
	case FRAME_TO_FAR:
		c = far_by_id(w->tid, w->sid);
		if (c)
			c->frames++;
		if (c && c->ppp && !c->hold && !bench.silent)
			ppp_rx(c->ppp, w->octets, w->len, clock_us);
		break;
	}
}

static uint64_t next_deadline(void)
{
	uint64_t when = loop_deadline(bench.gw->loop), d = l2tp_engine_deadline(bench.far);
	unsigned i;

	for (i = 0; i < bench.calls; i++) {
		when = d < when ? d : when;
		d = bench.call[i].ppp ? ppp_deadline(bench.call[i].ppp) : UINT64_MAX;
	}
	return d < when ? d : when;
}

static void bench_bury(void)
{
	if (killed >= 0)
		bench_kill(NULL);
}

static void bench_serve(void)
{
	unsigned i;

	while (served < ways) {
		struct way w = way[served++ % 256];

		bench_deliver(&w);
		bench_bury();
	}
	loop_expire(bench.gw->loop, clock_us);
	bench_bury();
	if (l2tp_engine_deadline(bench.far) <= clock_us)
		l2tp_engine_expire(bench.far, clock_us);
	for (i = 0; i < bench.calls; i++)
		if (bench.call[i].ppp && ppp_deadline(bench.call[i].ppp) <= clock_us)
			ppp_expire(bench.call[i].ppp, clock_us);
}

void bench_pass(uint64_t us)
{
	uint64_t end = clock_us + us, next;

	for (;;) {
		do
			bench_serve();
		while ((bench.turn && bench.turn()) || served < ways ||
		       next_deadline() <= clock_us);
		next = next_deadline();
		if (next > end)
			break;
		clock_us = next;
	}
	clock_us = end;
}

/* --- beginning and end ------------------------------------------------------------------------ */

static void bench_on_mistake(void *ctx, const char *text)
{
	(void)ctx;
	if (!strstr(text, ": warning: "))
		fprintf(stderr, "%s\n", text);
}

static void bench_load(const char *conf)
{
	if (cfg_load_text(&model, "test.conf", conf, strlen(conf), ist_builtin_transports,
			  bench_on_mistake, NULL))
		abort();
}

static bool apart;

void bench_in_one_process(void)
{
	apart = false;
}

void bench_apart(void)
{
	apart = true;
}

/* fake_dp.c needs nothing of a door. */
struct gw *bench_gw_new(const struct cfg_model *m)
{
	const struct gw_door door = {.life = -1};

	return gw_new_apart(m, bench.store, apart ? &door : NULL);
}

static void bench_begin(const char *conf, struct store *store)
{
	memset(&bench, 0, sizeof(bench));
	bench.store = store;
	fake_reset();
	bench_log_forget();
	ways = served = 0;
	clock_us = 1000 * SEC;
	if (!far_seed)
		far_seed = test_seed();
	fake.packet = from_gw;
	fake.frame = frame_from_gw;
	l2tp_policy_default(&bench.policy);
	snprintf(bench.policy.host_name, sizeof(bench.policy.host_name), "far");
	bench.client_mru = 1500;
	bench_load(conf);
	bench.far = l2tp_engine_new(&far_ops, NULL, NULL);
	bench.gw = bench_gw_new(model);
	if (!bench.far || !bench.gw)
		abort();
	model->ports ? model->port[0].transport->addr_parse(&fake.peer, "192.0.2.9:1701") : 0;
}

void bench_start(const char *conf)
{
	bench_begin(conf, apart ? store_new(1000, bench_boot) : NULL);
}

void bench_start_kept(const char *conf)
{
	bench_begin(conf, store_new(1000, bench_boot));
}

bool bench_kill_may_fail;

/* Ports and filters of the next one have the same numbers. */
void bench_kill(const char *conf)
{
	int fd = killed < 0 ? bench_store_copy() : killed;
	const char *why = "";
	unsigned lines = fake.lines;

	killed = INT_MAX; /* what is freed sends nothing, and asks for nothing */
	gw_free(bench.gw);
	fake.lines = lines;
	killed = -1;
	store_free(bench.store);
	if (conf) {
		cfg_unload(model);
		bench_load(conf);
	}
	fake.ports_open = fake.filters = 0;
	bench.kill_at = 0;
	bench.kills++;
	bench.store = store_open(fd, bench_boot, &why);
	bench.gw = bench.store ? bench_gw_new(model) : NULL;
	if (!bench.gw && !bench_kill_may_fail) {
		fprintf(stderr, "no life after the kill: %s\n", why);
		abort();
	}
}

/* Whatever the gateway has said is well formed, and in its place. */
static void bench_far_understood(void)
{
	static const enum l2tp_reason wrong[] = {
		L2TP_R_AVP_SHORT,     L2TP_R_AVP_OVERRUN,   L2TP_R_AVP_RESERVED,
		L2TP_R_AVP_LENGTH,    L2TP_R_AVP_VALUE,	    L2TP_R_AVP_MISPLACED,
		L2TP_R_AVP_MISSING,   L2TP_R_AVP_DUPLICATE, L2TP_R_MSG_TYPE_NOT_FIRST,
		L2TP_R_MSG_UNKNOWN_M, L2TP_R_MSG_UNKNOWN,
	};
	struct l2tp_counters n;

	l2tp_engine_counters(bench.far, &n);
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		CU_ASSERT_EQUAL(n.reason[wrong[i]], 0);
}

void bench_stop(void)
{
	unsigned i;

	bench_far_understood();
	gw_free(bench.gw);
	store_free(bench.store);
	free(bench.cdn_got);
	free(bench.icrq_got);
	free(bench.iccn_got);
	l2tp_engine_free(bench.far);
	for (i = 0; i < bench.calls; i++)
		if (bench.call[i].ppp)
			ppp_free(bench.call[i].ppp);
	cfg_unload(model);
	model = NULL;
	log_brakes_reset();
	CU_ASSERT_EQUAL(fake.calls, 0);
}

bool bench_dial(const char *host)
{
	struct l2tp_peer_answer who = {.policy = bench.policy, .peer = &bench};
	enum l2tp_reason why;

	snprintf(who.policy.host_name, sizeof(who.policy.host_name), "%s", host);
	bench.tunnel = l2tp_tunnel_open(bench.far, 3, &who, NULL, clock_us, &why);
	bench_pass(0);
	return bench.tunnel_up;
}

static void is_user(struct far_call *c, const char *user, const char *secret)
{
	snprintf(c->cfg.name, sizeof(c->cfg.name), "%s", user);
	snprintf(c->cfg.secret, sizeof(c->cfg.secret), "%s", secret);
}

struct far_call *bench_call(const char *user, const char *secret, enum ppp_auth method)
{
	enum l2tp_reason why;
	struct l2tp_call *call = l2tp_call_new(bench.tunnel, NULL, &why);
	struct far_call *c = far_new(call);

	ppp_config_default(&c->cfg);
	c->cfg.server = false;
	c->cfg.mru = bench.client_mru;
	c->cfg.ask_acfc = c->cfg.ask_pfc = bench.client_compresses;
	c->cfg.n_auth = 1;
	c->cfg.auth[0] = (uint8_t)method;
	if (user)
		is_user(c, user, secret);
	l2tp_call_place(call, L2TP_INCOMING, bench.icrq, bench.icrq_avps, clock_us);
	bench_pass(0);
	return c;
}

struct far_call *bench_ask(const struct leg_out *ask)
{
	uint8_t value[4][4];
	const uint32_t number[] = {ask->min_bps, ask->max_bps, ask->bearer, ask->framing};
	static const uint16_t type[] = {L2TP_AVP_MINIMUM_BPS, L2TP_AVP_MAXIMUM_BPS,
					L2TP_AVP_BEARER_TYPE, L2TP_AVP_FRAMING_TYPE};
	struct l2tp_avp avps[9] = {{.type = L2TP_AVP_CALLED_NUMBER,
				    .mandatory = true,
				    .hidden = bench.asks_hidden,
				    .val = (const uint8_t *)ask->called,
				    .len = (uint16_t)strlen(ask->called)}};
	struct l2tp_call *call;
	enum l2tp_reason why;
	struct far_call *c;
	unsigned n = 1;

	for (unsigned i = 0; i < 4; i++)
		if (number[i]) {
			wr_put32(value[i], number[i]);
			avps[n++] = (struct l2tp_avp){
				.type = type[i], .mandatory = true, .val = value[i], .len = 4};
		}
	if (*ask->sub_address)
		avps[n++] = (struct l2tp_avp){.type = L2TP_AVP_SUB_ADDRESS,
					      .mandatory = true,
					      .val = (const uint8_t *)ask->sub_address,
					      .len = (uint16_t)strlen(ask->sub_address)};
	if (bench.phb)
		avps[n++] = *far_phb();
	for (unsigned i = 0; i < bench.icrq_avps && n < 9; i++)
		avps[n++] = bench.icrq[i];
	call = l2tp_call_new(bench.tunnel, NULL, &why);
	c = far_new(call);
	l2tp_call_place(call, L2TP_OUTGOING, avps, n, clock_us);
	bench_pass(0);
	return c;
}

void bench_redial(struct far_call *c, const char *user, const char *secret)
{
	ppp_free(c->ppp);
	c->ppp = NULL;
	c->ip4 = c->ip6 = false;
	is_user(c, user, secret);
	far_ppp_start(c, clock_us);
	bench_pass(0);
}

struct join *bench_join(void)
{
	return bench.gw->joins->n == 1 ? llist_entry(bench.gw->joins->head.next, struct join, entry)
				       : NULL;
}

void bench_hangup(struct far_call *c, enum l2tp_cdn_result result, const char *text)
{
	struct l2tp_result r = {.result = (uint16_t)result};

	snprintf(r.text, sizeof(r.text), "%s", text);
	l2tp_call_hangup(c->call, &r, NULL, 0, clock_us);
	bench_pass(0);
}

void bench_hangup_why(struct far_call *c, const char *cause_hex)
{
	const struct l2tp_result r = {.result = L2TP_CDN_LOST_CARRIER};
	uint8_t value[100];
	struct l2tp_avp cause = {.type = L2TP_AVP_PPP_DISCONNECT_CAUSE, .val = value};

	cause.len = (uint16_t)test_hex(value, sizeof(value), cause_hex);
	l2tp_call_hangup(c->call, &r, &cause, 1, clock_us);
	bench_pass(0);
}
