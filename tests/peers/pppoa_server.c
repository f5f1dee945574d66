/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A PPPoA server for tests/peers/pppoa: the atm transport with two circuits, 0/35 multiplexed by VC
 * and 0/36 by LLC, and our PPP engine on the ppp channel of each.  The client is a real kernel's.
 * Each circuit is to be authenticated, get its addresses, have its pings answered and be terminated
 * by the client; then the link is to go away.  Real time passes here: the fake host is told what
 * the clock is.
 *
 *   pppoa-server LINK AUTH-OF-35 AUTH-OF-36 SECONDS
 */
#include "tests/transports/host.h"
#include "ppp/frame.h"
#include "ppp/ppp.h"
#include "transports/atm/atm.h"

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>

#define USER	 "dsluser"
#define PASSWORD "dslpass"
#define FRAME	 2048u

static struct line {
	const char *name, *address;
	uint32_t peer4;
	ist_channel channel;
	struct ppp *ppp;
	unsigned carrier, authenticated, ip4, ip6, echoes, losses;
	enum ppp_why why;
	bool ended;
} lines[] = {
	{.name = "vc-mux", .address = "0/35", .peer4 = 0x0a4d2302},
	{.name = "llc", .address = "0/36", .peer4 = 0x0a4d2402},
};
#define LINES (sizeof(lines) / sizeof(lines[0]))

static struct fake_host host;

static uint64_t pppoa_server_now_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000 + (uint64_t)t.tv_nsec / 1000;
}

/* --- the PPP engine's owner ------------------------------------------------------------------- */

static void pppoa_server_on_tx(void *ctx, const uint8_t *frame, size_t len)
{
	const struct line *l = ctx;

	/* AAL5 carries the frame as the engine writes it: a whole protocol field, no FF 03 */
	fake_send(&host, l->channel, frame, len);
}

static void pppoa_server_on_random(void *ctx, void *buf, size_t len)
{
	(void)ctx;
	if (getrandom(buf, len, 0) != (ssize_t)len)
		abort();
}

static void pppoa_server_judge(struct line *l, const struct ppp_event *ev)
{
	struct ppp_auth_reply reply;
	bool ok = !strcmp(ev->auth->name, USER) &&
		  ppp_auth_check(ev->auth, PASSWORD, strlen(PASSWORD), &reply);

	printf("%s: %s says %s by %s\n", l->name, ok ? "good" : "bad", ev->auth->name,
	       ppp_auth_name(ev->auth->method));
	ppp_auth_verdict(l->ppp, ok, ok ? &reply : NULL, NULL, ev->now);
}

static void pppoa_server_on_event(void *ctx, const struct ppp_event *ev)
{
	struct line *l = ctx;
	const struct ppp_addresses a = {.local4 = 0x0a4d0001, .peer4 = l->peer4};

	if (ev->kind == PPP_EV_AUTH)
		pppoa_server_judge(l, ev);
	if (ev->kind == PPP_EV_AUTH_OK) {
		l->authenticated++;
		ppp_start_network(l->ppp, &a, ev->now);
	}
	l->ip4 += ev->kind == PPP_EV_IP4_UP;
	l->ip6 += ev->kind == PPP_EV_IP6_UP;
	if (ev->kind == PPP_EV_DOWN) {
		printf("%s: down: %s\n", l->name, ppp_why_words(ev->why));
		l->why = ev->why;
		l->ended = true;
	}
}

/* --- IP: echoes only -------------------------------------------------------------------------- */

static uint16_t pppoa_server_checksum(const uint8_t *p, size_t len)
{
	uint32_t sum = 0;

	for (size_t i = 0; i < len; i++)
		sum += (uint32_t)p[i] << (i & 1 ? 0 : 8);
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return (uint16_t)~sum;
}

static void answer_echo(struct line *l, uint8_t *frame, size_t len)
{
	uint8_t *ip = frame + 2, swap[4];
	size_t head = len > 22 ? (size_t)(ip[0] & 15) * 4 : 0, rest = len - 2 - head;

	if (len < 2 + head + 8 || head < 20 || ip[9] != 1 || ip[head] != 8)
		return;
	memcpy(swap, ip + 12, 4);
	memcpy(ip + 12, ip + 16, 4);
	memcpy(ip + 16, swap, 4);
	ip[head] = 0;
	wr_put16(ip + head + 2, 0);
	wr_put16(ip + head + 2, pppoa_server_checksum(ip + head, rest));
	fake_send(&host, l->channel, frame, len);
	l->echoes++;
}

/* --- the channels ----------------------------------------------------------------------------- */

static void open_line(struct line *l, const char *method)
{
	static const struct ppp_ops ops = {pppoa_server_on_tx, pppoa_server_on_event,
					   pppoa_server_on_random, NULL, NULL};
	struct ppp_config c;

	ppp_config_default(&c);
	strcpy(c.name, "pppoa-server");
	for (c.auth[0] = PPP_AUTH_PAP; c.auth[0] < PPP_AUTH_EAP; c.auth[0]++)
		if (!strcmp(method, ppp_auth_name(c.auth[0])))
			break;
	c.n_auth = 1;
	c.passive = true;
	l->ppp = ppp_new(&c, &ops, l);
	if (!l->ppp || c.auth[0] == PPP_AUTH_EAP ||
	    fake_connect(&host, l->address, IST_PAYLOAD_PPP, &l->channel))
		abort();
}

static void pppoa_server_on_frame(struct line *l, const uint8_t *octets, size_t len)
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
		answer_echo(l, frame, w.len);
	else
		ppp_rx(l->ppp, frame, w.len, fake_now);
}

static void pppoa_server_on_report(struct fake_host *h, const struct fake_event *e)
{
	(void)h;
	for (struct line *l = lines; l < lines + LINES; l++) {
		if (l->channel != e->channel)
			continue;
		if (e->kind == FAKE_UP) {
			l->carrier++;
			ppp_open(l->ppp, fake_now);
		} else if (e->kind == FAKE_DOWN) {
			l->losses++;
			ppp_lower_down(l->ppp, fake_now);
		} else if (e->kind == FAKE_FRAME) {
			pppoa_server_on_frame(l, e->data, e->len);
		}
	}
}

static bool finished(void)
{
	bool all = true;

	for (size_t i = 0; i < LINES; i++)
		all &= lines[i].ended && lines[i].losses;
	return all;
}

/* Until something happens on a descriptor or it is time for somebody. */
static void wait_for_more(void)
{
	struct pollfd fds[16];
	nfds_t n = 0;
	uint64_t at = pppoa_server_now_us() + 1000000;

	for (size_t i = 0; i < 16; i++)
		if (host.watch[i].on_fd)
			fds[n++] = (struct pollfd){
				host.watch[i].fd,
				(short)((host.watch[i].what & IST_READ ? POLLIN : 0) |
					(host.watch[i].what & IST_WRITE ? POLLOUT : 0)),
				0};
	for (size_t i = 0; i < 32; i++)
		if (host.timer[i].used && host.timer[i].at < at)
			at = host.timer[i].at;
	for (size_t i = 0; i < LINES; i++)
		if (ppp_deadline(lines[i].ppp) < at)
			at = ppp_deadline(lines[i].ppp);
	poll(fds, n,
	     at > pppoa_server_now_us() ? (int)((at - pppoa_server_now_us()) / 1000) + 1 : 0);
}

static bool pppoa_server_verdict(const struct line *l, bool ok, const char *what)
{
	printf("%s pppoa: %s: %s\n", ok ? "PASS" : "FAIL", l->name, what);
	return ok;
}

static bool judge_line(const struct line *l)
{
	bool ok = pppoa_server_verdict(l, l->carrier, "the channel came up");

	ok &= pppoa_server_verdict(l, l->authenticated, "LCP opened, the client was authenticated");
	ok &= pppoa_server_verdict(l, l->ip4 && l->ip6, "IPCP and IPV6CP opened");
	ok &= pppoa_server_verdict(l, l->echoes >= 3, "pings arrived");
	ok &= pppoa_server_verdict(l, l->why == PPP_WHY_PEER, "terminated by the client");
	ok &= pppoa_server_verdict(l, l->losses, "the channel went down with the connection");
	return ok;
}

int main(int argc, char **argv)
{
	static char link[100];
	const char *const config[] = {
		link,	     "framing=sdus",	  "@0/35 ppp", "encapsulation=vc-mux",
		"@0/36 ppp", "encapsulation=llc", NULL};
	uint64_t end;
	bool ok = true;

	if (argc != 5) {
		fprintf(stderr, "usage: %s LINK AUTH-OF-35 AUTH-OF-36 SECONDS\n", argv[0]);
		return 2;
	}
	setvbuf(stdout, NULL, _IOLBF, 0);
	snprintf(link, sizeof(link), "link=%s", argv[1]);
	fake_now = pppoa_server_now_us();
	end = fake_now + strtoul(argv[4], NULL, 10) * UINT64_C(1000000);
	fake_open(&host, &atm_transport, config);
	host.on_event = pppoa_server_on_report;
	for (size_t i = 0; i < LINES; i++)
		open_line(&lines[i], argv[2 + i]);
	puts("READY");
	while (!finished() && pppoa_server_now_us() < end) {
		fake_run(&host, pppoa_server_now_us());
		for (size_t i = 0; i < LINES; i++)
			ppp_expire(lines[i].ppp, fake_now);
		fake_forget(&host);
		wait_for_more();
	}
	for (size_t i = 0; i < LINES; i++) {
		ok &= judge_line(&lines[i]);
		ppp_free(lines[i].ppp);
	}
	printf("link-control %lu, link-rx-bad %lu, rx-vc %lu\n",
	       (unsigned long)fake_count(&host, "link-control"),
	       (unsigned long)fake_count(&host, "link-rx-bad"),
	       (unsigned long)fake_count(&host, "rx-vc"));
	fake_close(&host);
	return !ok;
}
