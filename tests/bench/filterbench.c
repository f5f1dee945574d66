/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a packet filter costs, or a limited rate: a call without one and with each of several, in
 * turn, several times each, in one process without threads.  Frames of one size come by a port that
 * costs nothing, and leave by another channel of it (a LAC) or into a TUN device (an LNS).  The
 * ratios are what to look at.  For the device it needs the right to make one: run it in a network
 * namespace.
 *
 *   filterbench [FRAME-OCTETS [REPETITIONS]]
 */
#include "core/bytes.h"
#include "gw/dp/dp.h"

#include <pcap/pcap.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define BATCH	32u
#define BATCHES 1000u /* of a run */
#define REPS	25u   /* most */
#define LINE	1u    /* channels of the port */
#define CALL	2u
#define HEAD	10u /* RFC 2661 3.1 without options, FF 03 and the protocol */

struct way {
	const char *name, *text; /* NULL = no filter */
	uint64_t rate;		 /* 0 = no limit */
};
static const struct way ways[] = {
	{"none", NULL, 0},
	{"a rate", NULL, DP_RATE_MAX},
	{"one port", "not udp port 53", 0},
	{"twenty ports",
	 "not udp portrange 1-2 and not udp port (53 or 67 or 68 or 69 or 123 or 135 "
	 "or 137 or 138 or 139 or 161 or 162 or 389 or 445 or 500 or 514 or 520 or "
	 "1900 or 4500)",
	 0},
	{"networks",
	 "not net 192.0.2.0/24 and not net 198.51.100.0/24 and not net 203.0.113.0/24 "
	 "and not (tcp and dst port 25)",
	 0},
};
#define WAYS (sizeof(ways) / sizeof(ways[0]))

struct ist_port {
	const struct ist_host *host;
	void *ctx;
	uint64_t sent;
	bool flood; /* else the channels come up */
};
static struct ist_port port;
static struct ist_frame frames[BATCH];
static uint8_t octets[2048];
static uint64_t into_device;

/* --- the port --------------------------------------------------------------------------------- */

static int filterbench_open(struct ist_port **out, const struct ist_host *host, void *ctx,
			    const struct ist_port_config *cfg, char *err, size_t err_len)
{
	(void)cfg, (void)err, (void)err_len;
	port.host = host;
	port.ctx = ctx;
	*out = &port;
	return 0;
}

static void filterbench_close(struct ist_port *p)
{
	p->host = NULL;
}

static int filterbench_send(struct ist_port *p, const struct ist_frame *f, unsigned n)
{
	(void)f;
	p->sent += n;
	return (int)n;
}

static uint32_t filterbench_mtu(const struct ist_port *p, ist_channel c)
{
	(void)p, (void)c;
	return sizeof(octets);
}

static void filterbench_wake(struct ist_port *p)
{
	struct ist_attrs a = {.size = sizeof(a)};

	if (p->flood) {
		p->host->frames(p->ctx, frames, BATCH);
		return;
	}
	a.payload = IST_PAYLOAD_PPP;
	p->host->up(p->ctx, LINE, &a);
	a.payload = IST_PAYLOAD_L2TP;
	p->host->up(p->ctx, CALL, &a);
}

static const struct ist_transport filterbench_transport = {
	.abi = IST_TRANSPORT_ABI,
	.size = sizeof(struct ist_transport),
	.name = "filterbench",
	.caps = IST_CAP_L2TP | IST_CAP_PPP,
	.open = filterbench_open,
	.close = filterbench_close,
	.send = filterbench_send,
	.mtu = filterbench_mtu,
	.on_wake = filterbench_wake,
};

/* --- the data plane --------------------------------------------------------------------------- */

static void filterbench_control(void *ctx, l2tp_channel from, const uint8_t *pkt, size_t len,
				uint64_t now)
{
	(void)ctx, (void)from, (void)pkt, (void)len, (void)now;
}

static void filterbench_ppp(void *ctx, uint16_t tid, uint16_t sid, const uint8_t *frame, size_t len,
			    uint64_t now)
{
	(void)ctx, (void)tid, (void)sid, (void)frame, (void)len, (void)now;
}

static const struct dp_ops ops = {.control = filterbench_control, .ppp = filterbench_ppp};

static void die(const char *what)
{
	fprintf(stderr, "filterbench: %s\n", what);
	exit(1);
}

/* A UDP packet of 10.64.0.5 to 10.64.0.1 in a data message of call 2/3. */
static void filterbench_frame(size_t len)
{
	uint8_t *ip = octets + HEAD;

	if (len < HEAD + 28 || len > sizeof(octets))
		die("a frame has 38 to 2048 octets");
	memcpy(octets, "\x00\x02\x00\x02\x00\x03\xff\x03\x00\x21", HEAD);
	memcpy(ip, "\x45\0\0\0\0\0\0\0\x40\x11\0\0\x0a\x40\0\x05\x0a\x40\0\x01", 20);
	wr_put16(ip + 2, (uint16_t)(len - HEAD));
	wr_put16(ip + 20, 1024);
	wr_put16(ip + 22, 1025);
	wr_put16(ip + 24, (uint16_t)(len - HEAD - 20));
	for (unsigned i = 0; i < BATCH; i++)
		frames[i] = (struct ist_frame){
			.channel = CALL, .payload = octets, .len = (uint32_t)len};
}

static uint32_t filterbench_filter(struct dp *dp, const char *text, int link_type)
{
	struct bpf_program p;
	uint32_t no = 0;
	pcap_t *pcap;

	if (!text)
		return 0;
	pcap = pcap_open_dead(link_type, 65535);
	if (!pcap || pcap_compile(pcap, &p, text, 1, PCAP_NETMASK_UNKNOWN) < 0 ||
	    dp_filter_add(dp, p.bf_insns, p.bf_len, &no))
		die(pcap ? pcap_geterr(pcap) : "no memory");
	pcap_freecode(&p);
	pcap_close(pcap);
	return no;
}

static void filterbench_calls(struct dp *dp, unsigned number, uint32_t filter, uint64_t rate,
			      uint32_t tun)
{
	l2tp_channel at = (uint64_t)(number + 1) << 32;
	struct dp_call line = {.sid = 7,
			       .channel = at | LINE,
			       .mode = DP_FORWARD,
			       .to_tid = 2,
			       .to_sid = 3,
			       .no_address = true,
			       .mtu = 2000};
	struct dp_call call = {.tid = 2,
			       .sid = 3,
			       .channel = at | CALL,
			       .mode = tun ? DP_TERMINAL : DP_FORWARD,
			       .to_sid = tun ? 0 : 7,
			       .mtu = 2000,
			       .tun = tun,
			       .ip4 = tun,
			       .peer4 = 0x0a400005};

	call.rate[DP_RATE_UP] = rate;
	call.filter[tun ? DP_FILTER_IP_IN : DP_FILTER_PPP_IN] = filter;
	if (dp_call_set(dp, &line) || dp_call_set(dp, &call))
		die("no entry");
}

/* ns of processor time for a frame. */
static double filterbench_run(struct dp *dp, uint32_t tun)
{
	uint64_t before = port.sent, told;
	struct dp_call_stats s, t;
	struct timespec from, to;

	dp_call_stats(dp, 2, 3, &s);
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &from);
	for (unsigned i = 0; i < BATCHES; i++) {
		port.host->wake(port.ctx);
		dp_poll(dp);
	}
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &to);
	dp_call_stats(dp, 2, 3, &t);
	told = tun ? t.rx_frames - s.rx_frames - (t.drops - s.drops) : port.sent - before;
	into_device += tun ? told : 0;
	if (told != BATCH * BATCHES)
		die("frames were lost: the figures say nothing");
	return ((double)(to.tv_sec - from.tv_sec) * 1e9 + (double)(to.tv_nsec - from.tv_nsec)) /
	       (BATCH * BATCHES);
}

static int by_value(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static void filterbench_all(struct dp *dp, unsigned number, unsigned reps, uint32_t tun)
{
	static double ns[WAYS][REPS];
	uint32_t filter[WAYS];

	for (unsigned w = 0; w < WAYS; w++)
		filter[w] = filterbench_filter(dp, ways[w].text, tun ? DLT_RAW : DLT_PPP);
	for (unsigned r = 0; r < reps; r++)
		for (unsigned w = 0; w < WAYS; w++) {
			filterbench_calls(dp, number, filter[w], ways[w].rate, tun);
			ns[w][r] = filterbench_run(dp, tun);
		}
	printf("%s\n", tun ? "into a TUN device, filter-in" : "to another leg, ppp-filter-in");
	for (unsigned w = 0; w < WAYS; w++)
		qsort(ns[w], reps, sizeof(double), by_value);
	for (unsigned w = 0; w < WAYS; w++)
		printf("  %-13s %7.0f ns a frame [%.0f-%.0f], %.2f times the first, %+.0f ns\n",
		       ways[w].name, ns[w][reps / 2], ns[w][0], ns[w][reps - 1],
		       ns[w][reps / 2] / ns[0][reps / 2], ns[w][reps / 2] - ns[0][reps / 2]);
}

int main(int argc, char **argv)
{
	const struct ist_port_config cfg = {.size = sizeof(cfg), .name = "p"};
	unsigned reps = argc > 2 ? (unsigned)strtoul(argv[2], NULL, 10) : 9;
	struct dp *dp = dp_new(0, &ops, NULL);
	char err[100] = "no data plane";
	uint32_t tun;
	int number = dp ? dp_port_open(dp, &filterbench_transport, &cfg, err, sizeof(err)) : -1;

	if (number < 0 || !reps || reps > REPS)
		die(number < 0 ? err : "1 to 25 repetitions");
	filterbench_frame(argc > 1 ? strtoul(argv[1], NULL, 10) : 138);
	port.host->wake(port.ctx);
	dp_poll(dp);
	port.flood = true;
	filterbench_all(dp, (unsigned)number, reps, 0);
	tun = dp_tun_open(dp, "fb%d", 1500, DP_TUN_OFFLOADS, err, sizeof(err));
	if (tun)
		filterbench_all(dp, (unsigned)number, reps, tun);
	else
		printf("no TUN device: %s\n", err);
	dp_free(dp);
	return 0;
}
