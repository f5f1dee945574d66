/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A pppoe port with our PPP engine on each session, for tests with foreign ends.  Real time passes
 * here: the fake host is told what the clock is.
 *
 *   pppoe-port SECONDS COUNT [dial=ADDRESS] SETTING...
 *
 * As a server it lets all sessions in, asks for CHAP, gives addresses and answers pings; COUNT
 * sessions are to be authenticated, pinged through and terminated by their peers.  As a client it
 * dials COUNT sessions one behind the other, pings the far end of each three times and hangs up.
 */
#include "tests/transports/host.h"
#include "ppp/frame.h"
#include "ppp/ppp.h"
#include "transports/pppoe/pppoe.h"

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>

#define USER	   "dsluser"
#define PASSWORD   "dslpass"
#define FRAME	   9300u
#define SESSIONS   16u
#define PINGS	   3u
#define PING_EVERY 200000u /* us */
#define LINGER	   500000u /* us: time for a client's own PADT */
#define LOCAL4	   0x0a4d0001u

static struct session {
	ist_channel channel;
	struct ppp *ppp;
	uint32_t peer4;
	unsigned up, authenticated, ip4, echoes, pings;
	uint64_t ping_at;
	enum ppp_why why;
	uint64_t hang_up_at; /* PPP has ended, and so shall the session */
} sessions[SESSIONS];
static unsigned count, begun, ended;
static bool client;
static const char *address;
static struct fake_host host;

static uint64_t pppoe_port_now_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000 + (uint64_t)t.tv_nsec / 1000;
}

/* --- the PPP engine's owner ------------------------------------------------------------------- */

static void pppoe_port_on_tx(void *ctx, const uint8_t *frame, size_t len)
{
	fake_send(&host, ((const struct session *)ctx)->channel, frame, len);
}

static void pppoe_port_on_random(void *ctx, void *buf, size_t len)
{
	(void)ctx;
	if (getrandom(buf, len, 0) != (ssize_t)len)
		abort();
}

static void pppoe_port_judge(struct session *s, const struct ppp_event *ev)
{
	struct ppp_auth_reply reply;
	bool ok = !strcmp(ev->auth->name, USER) &&
		  ppp_auth_check(ev->auth, PASSWORD, strlen(PASSWORD), &reply);

	ppp_auth_verdict(s->ppp, ok, ok ? &reply : NULL, NULL, ev->now);
}

static void pppoe_port_on_event(void *ctx, const struct ppp_event *ev)
{
	struct session *s = ctx;
	const struct ppp_addresses a = {.local4 = LOCAL4, .peer4 = s->peer4};

	if (ev->kind == PPP_EV_LCP_UP)
		printf("LCP peer-mru %u our-mru %u\n", ev->link->peer_mru, ev->link->our_mru);
	if (ev->kind == PPP_EV_AUTH)
		pppoe_port_judge(s, ev);
	if (ev->kind == PPP_EV_AUTH_OK) {
		s->authenticated++;
		if (!client)
			ppp_start_network(s->ppp, &a, ev->now);
	}
	if (ev->kind == PPP_EV_IP4_UP) {
		s->ip4++;
		s->peer4 = client ? ev->addr->peer4 : s->peer4;
		s->ping_at = client ? ev->now : UINT64_MAX;
	}
	if (ev->kind == PPP_EV_DOWN) {
		printf("PPP down: %s\n", ppp_why_words(ev->why));
		s->why = ev->why;
		s->ping_at = UINT64_MAX;
		s->hang_up_at = ev->now + (client ? 0 : LINGER);
	}
}

/* --- IP: echoes only -------------------------------------------------------------------------- */

static void pppoe_port_checksum(uint8_t *p, size_t at, size_t len)
{
	uint32_t sum = 0;

	wr_put16(p + at, 0);
	for (size_t i = 0; i < len; i++)
		sum += (uint32_t)p[i] << (i & 1 ? 0 : 8);
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	wr_put16(p + at, (uint16_t)~sum);
}

static void pppoe_port_ping(struct session *s, uint32_t local4)
{
	uint8_t f[2 + 28] = {0x00, 0x21, 0x45, [10] = 64, [11] = 1, [22] = 8};

	wr_put16(f + 4, 28);
	wr_put32(f + 14, local4);
	wr_put32(f + 18, s->peer4);
	pppoe_port_checksum(f + 2, 10, 20);
	wr_put16(f + 28, (uint16_t)++s->pings);
	pppoe_port_checksum(f + 22, 2, 8);
	fake_send(&host, s->channel, f, sizeof(f));
}

static void pppoe_port_on_ip(struct session *s, uint8_t *frame, size_t len)
{
	uint8_t *ip = frame + 2, swap[4];
	size_t head = len > 22 ? (size_t)(ip[0] & 15) * 4 : 0;

	if (len < 2 + head + 8 || head < 20 || ip[9] != 1)
		return;
	s->echoes += ip[head] == (client ? 0 : 8);
	if (client || ip[head] != 8)
		return;
	memcpy(swap, ip + 12, 4);
	memcpy(ip + 12, ip + 16, 4);
	memcpy(ip + 16, swap, 4);
	ip[head] = 0;
	pppoe_port_checksum(ip + head, 2, len - 2 - head);
	fake_send(&host, s->channel, frame, len);
}

static void pppoe_port_on_time(struct session *s)
{
	struct ppp_info info;

	if (!s->ppp || fake_now < s->ping_at)
		return;
	if (s->echoes >= PINGS) {
		s->ping_at = UINT64_MAX;
		ppp_close(s->ppp, fake_now);
		return;
	}
	ppp_get_info(s->ppp, &info);
	pppoe_port_ping(s, info.addr.local4);
	s->ping_at = fake_now + PING_EVERY;
}

/* --- the channels ----------------------------------------------------------------------------- */

static void pppoe_port_open_ppp(struct session *s)
{
	static const struct ppp_ops ops = {pppoe_port_on_tx, pppoe_port_on_event,
					   pppoe_port_on_random, NULL, NULL};
	uint16_t most = (uint16_t)(host.tr->mtu(host.port, s->channel) - 2);
	struct ppp_config c;

	ppp_config_default(&c);
	c.server = !client;
	c.mru = c.mtu = most;
	c.ipv6 = false;
	c.auth[0] = PPP_AUTH_CHAP_MD5;
	c.n_auth = 1;
	strcpy(c.name, client ? USER : "pppoe-port");
	strcpy(c.secret, PASSWORD);
	s->ppp = ppp_new(&c, &ops, s);
	if (!s->ppp)
		abort();
	ppp_open(s->ppp, fake_now);
}

static struct session *pppoe_port_new(ist_channel c)
{
	struct session *s = begun < SESSIONS ? &sessions[begun] : NULL;

	if (!s)
		abort();
	s->channel = c;
	s->peer4 = 0x0a4d0102 + begun++;
	s->ping_at = s->hang_up_at = UINT64_MAX;
	return s;
}

static struct session *pppoe_port_of(ist_channel c)
{
	for (unsigned i = 0; i < begun; i++)
		if (sessions[i].channel == c)
			return &sessions[i];
	return NULL;
}

static void pppoe_port_frame(struct session *s, const uint8_t *octets, size_t len)
{
	struct rd r = rd_init(octets, len);
	uint8_t frame[FRAME];
	struct wr w = wr_init(frame, sizeof(frame));
	uint16_t proto;

	if (!ppp_frame_split(&r, &proto))
		return;
	wr_u16(&w, proto);
	wr_bytes(&w, r.p, r.left);
	if (w.bad)
		return;
	if (proto == PPP_IP)
		pppoe_port_on_ip(s, frame, w.len);
	else
		ppp_rx(s->ppp, frame, w.len, fake_now);
}

static void pppoe_port_down(struct session *s, const struct fake_event *e)
{
	printf("DOWN %s\n", e->cause.words ? e->cause.words : "");
	s->channel = 0;
	if (s->ppp)
		ppp_lower_down(s->ppp, fake_now);
	ended++;
}

static void pppoe_port_on_report(struct fake_host *h, const struct fake_event *e)
{
	struct session *s = pppoe_port_of(e->channel);

	if (e->kind == FAKE_OFFER) {
		printf("OFFER called=%s calling=%s\n", e->attrs.called ? e->attrs.called : "",
		       e->attrs.calling);
		pppoe_port_new(e->channel);
		fake_answer(h, e->channel);
	} else if (s && e->kind == FAKE_UP) {
		printf("UP mtu %u\n", host.tr->mtu(host.port, e->channel));
		s->up++;
		pppoe_port_open_ppp(s);
	} else if (s && e->kind == FAKE_DOWN) {
		pppoe_port_down(s, e);
	} else if (s && s->ppp && e->kind == FAKE_FRAME) {
		pppoe_port_frame(s, e->data, e->len);
	}
}

static void pppoe_port_dial(void)
{
	ist_channel c;

	if (fake_connect(&host, address, IST_PAYLOAD_PPP, &c))
		abort();
	pppoe_port_new(c);
}

/* RFC 2516 7: when LCP terminates, the session is used no more. */
static void pppoe_port_hang_up(struct session *s)
{
	s->hang_up_at = UINT64_MAX;
	if (!s->channel)
		return;
	fake_disconnect(&host, s->channel);
	s->channel = 0;
	ended++;
}

/* Until something happens on a descriptor or it is time for somebody. */
static void pppoe_port_wait(void)
{
	uint64_t now = pppoe_port_now_us(), at = now + 50000;
	struct pollfd fds[16];
	nfds_t n = 0;

	for (size_t i = 0; i < 16; i++)
		if (host.watch[i].on_fd)
			fds[n++] = (struct pollfd){host.watch[i].fd, POLLIN, 0};
	for (size_t i = 0; i < 32; i++)
		if (host.timer[i].used && host.timer[i].at < at)
			at = host.timer[i].at;
	poll(fds, n, at > now ? (int)((at - now) / 1000) + 1 : 0);
}

static void pppoe_port_round(void)
{
	fake_run(&host, pppoe_port_now_us());
	for (unsigned i = 0; i < begun; i++) {
		struct session *s = &sessions[i];

		if (s->ppp)
			ppp_expire(s->ppp, fake_now);
		pppoe_port_on_time(s);
		if (fake_now >= s->hang_up_at)
			pppoe_port_hang_up(s);
	}
	if (client && begun == ended && begun < count)
		pppoe_port_dial();
	fake_forget(&host);
	pppoe_port_wait();
}

static bool pppoe_port_verdict(unsigned i, bool ok, const char *what)
{
	printf("%s pppoe: session %u: %s\n", ok ? "PASS" : "FAIL", i + 1, what);
	return ok;
}

static bool pppoe_port_judged(unsigned i)
{
	const struct session *s = &sessions[i];
	bool ok = pppoe_port_verdict(i, s->up, "opened");

	ok &= pppoe_port_verdict(i, s->authenticated && s->ip4, "authenticated, IPCP opened");
	ok &= pppoe_port_verdict(i, s->echoes >= PINGS, "pinged through");
	return ok & pppoe_port_verdict(i, s->why == (client ? PPP_WHY_LOCAL : PPP_WHY_PEER),
				       client ? "LCP terminated" : "terminated by the peer");
}

static const char *const *pppoe_port_settings(int argc, char **argv)
{
	static const char *config[32];
	unsigned n = 0;

	for (int i = 3; i < argc && n < 31; i++) {
		if (!strncmp(argv[i], "dial=", 5))
			address = argv[i] + 5;
		else
			config[n++] = argv[i];
	}
	client = address != NULL;
	return config;
}

int main(int argc, char **argv)
{
	const char *const *config = pppoe_port_settings(argc, argv);
	bool ok = true;
	uint64_t end;

	if (argc < 4) {
		fprintf(stderr, "usage: %s SECONDS COUNT [dial=ADDRESS] SETTING...\n", argv[0]);
		return 2;
	}
	setvbuf(stdout, NULL, _IOLBF, 0);
	count = (unsigned)strtoul(argv[2], NULL, 10);
	fake_now = pppoe_port_now_us();
	end = fake_now + strtoul(argv[1], NULL, 10) * UINT64_C(1000000);
	fake_open(&host, &pppoe_transport, config);
	host.on_event = pppoe_port_on_report;
	puts("READY");
	while (ended < count && pppoe_port_now_us() < end)
		pppoe_port_round();
	for (unsigned i = 0; i < count; i++) {
		ok &= pppoe_port_judged(i);
		if (sessions[i].ppp)
			ppp_free(sessions[i].ppp);
	}
	printf("STATUS %s\n", fake_status(&host));
	for (const struct ist_counter *c = host.tr->counters; c->name; c++)
		if (fake_count(&host, c->name))
			printf("COUNT %s %lu\n", c->name,
			       (unsigned long)fake_count(&host, c->name));
	fake_close(&host);
	return !ok;
}
