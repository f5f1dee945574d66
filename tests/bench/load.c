/* SPDX-License-Identifier: GPL-2.0-or-later */
#define _GNU_SOURCE
#include "tests/bench/load.h"

#include "tests/bench/frames.h"
#include "tests/bench/meter.h"
#include "tests/bench/testpkt.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/if_packet.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <netinet/udp.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define SECOND	 1000000000ull
#define WARM_UP	 (SECOND / 8)	  /* before the window, at most */
#define SETTLE	 (SECOND / 20)	  /* nothing has come for so long: all is there */
#define PATIENCE (30ull * SECOND) /* a gateway may keep what it gets for seconds */
#define L2TP_PPP 10u		  /* octets of the header and of PPP's */
#define BATCH	 32u		  /* messages at a time */
#define OUT	 65000u
#define SAMPLES	 (1u << 20)
#define BULK	 0x0a620001u /* 10.98.0.1: a blackhole */
#define SINK	 0x0a630001u /* 10.99.0.1: our socket */

struct load_order {
	bool up, gso, random, mixed, frames;
	char count[8], device[16], in[16], out[16], mac[18], pids[128];
	double seconds;
	unsigned size, burst, rate, calls, share, at, plain;
};

struct load {
	int near, sink, source; /* source: a packet socket behind the LNS, made when it is needed */
	int home, away;		/* namespaces */
	struct sockaddr_ll
		behind; /* to whom the source sends; no family = a device without addresses */
	struct frames *frames; /* while such are sent */
	struct frames_sink *drain;
	struct load_call *call;
	unsigned calls;
	struct testpkt_book book;
	uint32_t *seq[2]; /* of each call: to nobody, to the sink */
	uint8_t run;
	struct load_order o;
	uint64_t sent, watched, turn, dice, bursts;
	uint32_t *delay; /* ns */
	unsigned delays;
	uint8_t *out[BATCH], *in[BATCH];
	struct mmsghdr tx[BATCH], rx[BATCH];
	struct iovec tx_iov[BATCH], rx_iov[BATCH];
	union load_control {
		struct cmsghdr head;
		uint8_t room[CMSG_SPACE(sizeof(int))];
	} tx_control[BATCH], rx_control[BATCH];
};

static uint64_t load_now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * SECOND + (uint64_t)t.tv_nsec;
}

/* --- what comes out --------------------------------------------------------------------------- */

static void load_seen(struct load *l, const struct testpkt_seen *s, bool good)
{
	uint64_t now;

	if (!good) {
		l->book.corrupt++;
		return;
	}
	testpkt_book_add(&l->book, s);
	if (s->run != l->run || !l->o.rate || l->delays == SAMPLES)
		return;
	now = load_now();
	l->delay[l->delays++] =
		now - s->stamp > UINT32_MAX ? UINT32_MAX : (uint32_t)(now - s->stamp);
}

static void load_payload_in(struct load *l, const uint8_t *p, size_t len)
{
	struct testpkt_seen s;
	bool good = testpkt_read(p, len, &s);

	load_seen(l, &s, good);
}

/* A data message of the LNS; control and PPP's own packets are none of ours. */
static void load_l2tp_in(struct load *l, const uint8_t *p, size_t len)
{
	size_t at = 6;
	struct testpkt_seen s;
	bool good;

	if (len < 12 || p[0] & 0x80)
		return;
	at += p[0] & 0x40 ? 2u : 0u;
	at += p[0] & 0x08 ? 4u : 0u;
	if (p[0] & 0x02 && at + 2 <= len)
		at += 2u + ((unsigned)p[at] << 8 | p[at + 1]);
	if (at + 4 <= len && p[at] == 0xff && p[at + 1] == 0x03)
		at += 2;
	if (at + 2 <= len && p[at] == 0x00)
		at++;
	if (at + 1 > len || p[at] != 0x21)
		return;
	good = testpkt_read_whole(p + at + 1, len - at - 1, &s);
	load_seen(l, &s, good);
}

static unsigned load_segment_of(const struct msghdr *m, unsigned len)
{
	struct cmsghdr *c = m->msg_controllen ? CMSG_FIRSTHDR(m) : NULL;
	int size;

	if (!c || c->cmsg_level != SOL_UDP || c->cmsg_type != UDP_GRO)
		return len;
	memcpy(&size, CMSG_DATA(c), sizeof(size));
	return size > 0 ? (unsigned)size : len;
}

static int load_receive(struct load *l, int fd)
{
	for (unsigned i = 0; i < BATCH; i++) {
		l->rx[i].msg_hdr = (struct msghdr){.msg_iov = &l->rx_iov[i],
						   .msg_iovlen = 1,
						   .msg_control = &l->rx_control[i],
						   .msg_controllen = sizeof(l->rx_control[i])};
		l->rx_iov[i] = (struct iovec){l->in[i], 65536};
	}
	return recvmmsg(fd, l->rx, BATCH, MSG_DONTWAIT, NULL);
}

/* Takes what has come; how many messages. */
static int load_drain(struct load *l)
{
	int n = load_receive(l, l->o.up ? l->sink : l->near);
	unsigned len, part;

	for (int i = 0; i < n; i++) {
		part = load_segment_of(&l->rx[i].msg_hdr, l->rx[i].msg_len);
		for (unsigned at = 0; at < l->rx[i].msg_len; at += part) {
			len = l->rx[i].msg_len - at < part ? l->rx[i].msg_len - at : part;
			if (l->o.up)
				load_payload_in(l, l->in[i] + at, len);
			else
				load_l2tp_in(l, l->in[i] + at, len);
		}
	}
	return n;
}

/* --- what goes in ----------------------------------------------------------------------------- */

static unsigned load_pick(struct load *l)
{
	if (!l->o.random)
		return (unsigned)(l->turn++ % l->o.calls);
	l->dice = l->dice * 6364136223846793005 + 1442695040888963407;
	return (unsigned)((l->dice >> 33) % l->o.calls);
}

static unsigned load_size(struct load *l)
{
	return l->o.mixed ? TESTPKT_MIN + (unsigned)(l->turn * 211 % 1337) : l->o.size;
}

/* One packet of the next call, with its L2TP when it goes up; its octets. */
static unsigned load_packet(struct load *l, uint8_t *p, bool watched, uint64_t now)
{
	unsigned size = load_size(l), i = load_pick(l);
	const struct load_call *c = &l->call[i];
	struct testpkt_flow f = {.id = i};
	const uint8_t head[L2TP_PPP] = {0,
					2,
					(uint8_t)(c->tid >> 8),
					(uint8_t)c->tid,
					(uint8_t)(c->sid >> 8),
					(uint8_t)c->sid,
					0xff,
					0x03,
					0,
					0x21};

	f.src = l->o.up ? c->addr : SINK;
	f.dst = !l->o.up ? c->addr : watched ? SINK : BULK;
	if (l->o.up)
		memcpy(p, head, sizeof(head));
	testpkt_build(p + (l->o.up ? L2TP_PPP : 0), size, &f, l->run, l->seq[watched][i]++, now);
	return size + (l->o.up ? L2TP_PPP : 0);
}

static void load_message(struct load *l, unsigned m, unsigned packets, bool watched, uint64_t now)
{
	unsigned len = 0, part = 0;
	struct cmsghdr *c = &l->tx_control[m].head;
	uint16_t size;

	for (unsigned i = 0; i < packets; i++)
		len += part = load_packet(l, l->out[m] + len, watched, now);
	l->tx_iov[m] = (struct iovec){l->out[m], len};
	l->tx[m].msg_hdr = (struct msghdr){.msg_iov = &l->tx_iov[m], .msg_iovlen = 1};
	if (!l->o.up && l->behind.sll_family) {
		l->tx[m].msg_hdr.msg_name = &l->behind;
		l->tx[m].msg_hdr.msg_namelen = sizeof(l->behind);
	}
	if (packets < 2)
		return;
	size = (uint16_t)part;
	*c = (struct cmsghdr){.cmsg_level = SOL_UDP,
			      .cmsg_type = UDP_SEGMENT,
			      .cmsg_len = CMSG_LEN(sizeof(size))};
	memcpy(CMSG_DATA(c), &size, sizeof(size));
	l->tx[m].msg_hdr.msg_control = c;
	l->tx[m].msg_hdr.msg_controllen = CMSG_SPACE(sizeof(size));
}

/* Gives all to the kernel, what it refuses too: then it is lost there. */
static void load_give(int fd, struct mmsghdr *m, unsigned n)
{
	unsigned done = 0;
	int took;

	while (done < n) {
		took = sendmmsg(fd, m + done, n - done, 0);
		done += took > 0 ? (unsigned)took : 1;
	}
}

/* `burst` packets. */
static void load_burst(struct load *l)
{
	bool watched = !l->o.up || l->bursts++ % l->o.share == 0;
	unsigned most = l->o.gso ? (OUT / (l->o.size + L2TP_PPP)) : 1, left = l->o.burst, n = 0, k;
	uint64_t now = load_now();

	most = most > 64 ? 64 : most;
	while (left) {
		k = left < most ? left : most;
		load_message(l, n++, k, watched, now);
		left -= k;
		if (n == BATCH || !left) {
			load_give(l->o.up ? l->near : l->source, l->tx, n);
			n = 0;
		}
	}
	l->sent += l->o.burst;
	l->watched += watched ? l->o.burst : 0;
}

/* Until `end`; rate 0: as fast as both ends of this process can. */
static void load_pump(struct load *l, uint64_t end)
{
	uint64_t step = l->o.rate ? SECOND * l->o.burst / l->o.rate : 0, now = load_now(),
		 due = now;

	while (now < end) {
		if (now >= due) {
			load_burst(l);
			due += step;
			if (now >
			    due + SECOND / 50) /* we were away: do not catch up in one burst */
				due = now;
		}
		if (load_drain(l) < (int)BATCH)
			now = load_now();
	}
}

/* --- frames ----------------------------------------------------------------------------------- */

static int load_enter(int ns)
{
	return setns(ns, CLONE_NEWNET);
}

static bool load_mac(const char *text, uint8_t mac[6])
{
	return sscanf(text, "%2hhx:%2hhx:%2hhx:%2hhx:%2hhx:%2hhx", mac, mac + 1, mac + 2, mac + 3,
		      mac + 4, mac + 5) == 6;
}

#define LOAD_UDP 28u /* octets of the outer IP and UDP headers */

static void load_put16(uint8_t *p, uint32_t v)
{
	p[0] = (uint8_t)(v >> 8);
	p[1] = (uint8_t)v;
}

static uint16_t load_sum(const uint8_t *p, size_t len, uint32_t sum)
{
	for (size_t i = 0; i < len; i++)
		sum += i & 1 ? p[i] : (uint32_t)p[i] << 8;
	sum = (sum >> 16) + (sum & 0xffff);
	return (uint16_t) ~((sum >> 16) + sum);
}

/* IP, UDP with a checksum, and L2TP in front of a packet that is there. */
static void load_outer(const struct load *l, const struct load_call *c, uint8_t *ip, unsigned len)
{
	static const uint8_t fixed[] = {0x45, 0, 0, 0, 0, 0, 0x40, 0, 64, 17, 0, 0};
	const uint8_t l2tp[] = {0,
				2,
				(uint8_t)(c->tid >> 8),
				(uint8_t)c->tid,
				(uint8_t)(c->sid >> 8),
				(uint8_t)c->sid,
				0xff,
				3,
				0,
				0x21};
	struct sockaddr_in near, far;
	socklen_t size = sizeof(near);

	getsockname(l->near, (struct sockaddr *)&near, &size);
	getpeername(l->near, (struct sockaddr *)&far, &size);
	memcpy(ip, fixed, sizeof(fixed));
	load_put16(ip + 2, len);
	memcpy(ip + 12, &near.sin_addr, 4);
	memcpy(ip + 16, &far.sin_addr, 4);
	load_put16(ip + 10, load_sum(ip, 20, 0));
	memcpy(ip + 20, &near.sin_port, 2);
	memcpy(ip + 22, &far.sin_port, 2);
	load_put16(ip + 24, len - 20);
	load_put16(ip + 26, 0);
	memcpy(ip + 28, l2tp, sizeof(l2tp));
	load_put16(ip + 26, load_sum(ip + 12, len - 12, 17 + len - 20));
}

static unsigned load_frame_octets(const struct load *l)
{
	return ETH_HLEN + l->o.size + (l->o.up && !l->o.plain ? LOAD_UDP + L2TP_PPP : 0);
}

static void load_frame(void *ctx, unsigned no, uint8_t *p)
{
	const struct load *l = ctx;
	const struct load_call *c = &l->call[no];
	struct testpkt_flow f = {.src = l->o.up ? c->addr : SINK, .dst = l->o.up ? BULK : c->addr};
	static const uint8_t from[] = {2, 0, 0, 0, 0, 0x77, 8, 0};
	unsigned at = load_frame_octets(l) - l->o.size;

	load_mac(l->o.mac, p);
	memcpy(p + 6, from, sizeof(from));
	testpkt_build(p + at, l->o.size, &f, 0, 0, 0);
	if (at > ETH_HLEN)
		load_outer(l, c, p + ETH_HLEN, LOAD_UDP + L2TP_PPP + l->o.size);
}

static void load_frames_end(struct load *l)
{
	frames_free(l->frames);
	frames_sink_free(l->drain);
	l->frames = NULL;
	l->drain = NULL;
	if (load_enter(l->home))
		abort();
}

/* What goes down has the heads of a tunnel when it comes out; they differ in length. */
static bool load_frames_begin(struct load *l)
{
	unsigned least = ETH_HLEN + l->o.size + (l->o.up ? 0 : LOAD_UDP + 8);

	if (!load_enter(l->o.up ? l->away : l->home))
		l->drain = frames_sink_new(if_nametoindex(l->o.out), least);
	if (l->drain && !load_enter(l->o.up ? l->home : l->away))
		l->frames = frames_new(if_nametoindex(l->o.in), l->drain, l->o.calls,
				       load_frame_octets(l), l->o.random, load_frame, l);
	if (!l->frames)
		load_frames_end(l);
	else if (load_enter(l->home))
		abort();
	return l->frames;
}

static void load_pump_frames(struct load *l, uint64_t end)
{
	if (load_enter(l->o.up ? l->home : l->away) || !frames_start(l->frames) ||
	    load_enter(l->home))
		abort();
	while (load_now() < end)
		frames_wait(l->frames);
	l->sent = frames_sent(l->frames);
}

/* --- a command -------------------------------------------------------------------------------- */

/* A packet socket on the device behind the LNS. */
static int load_source(struct load *l)
{
	struct sockaddr_ll to = {.sll_family = AF_PACKET, .sll_protocol = htons(ETH_P_IP)};
	int fd = -1, on = 1, size = 4 << 20;

	if (!load_enter(l->away)) {
		to.sll_ifindex = (int)if_nametoindex(l->o.device);
		fd = socket(AF_PACKET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	}
	if (load_enter(l->home))
		abort();
	if (fd >= 0 && to.sll_ifindex && !bind(fd, (struct sockaddr *)&to, sizeof(to)) &&
	    !setsockopt(fd, SOL_PACKET, PACKET_QDISC_BYPASS, &on, sizeof(on)) &&
	    !setsockopt(fd, SOL_SOCKET, SO_SNDBUFFORCE, &size, sizeof(size))) {
		l->behind = to;
		l->behind.sll_halen = 6;
		if (!load_mac(l->o.mac, l->behind.sll_addr))
			l->behind.sll_family = 0;
		return fd;
	}
	fprintf(stderr, "no packets into %s\n", l->o.device);
	if (fd >= 0)
		close(fd);
	return -1;
}

static int load_compare(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return x < y ? -1 : x > y;
}

/* Packets that came out in the window.  A large packet that is written into a TUN counts once, but
 * with the octets of one header and of all payloads. */
static uint64_t load_delivered(const struct load *l, const struct meter_at *a,
			       const struct meter_at *b)
{
	uint64_t octets = b->rx_octets - a->rx_octets, packets = b->rx_packets - a->rx_packets;

	if (!strcmp(l->o.count, "far"))
		return b->far_packets - a->far_packets;
	if (!strcmp(l->o.count, "near"))
		return b->near_packets - a->near_packets;
	return octets > packets * TESTPKT_IP_UDP
		       ? (octets - packets * TESTPKT_IP_UDP) / (l->o.size - TESTPKT_IP_UDP)
		       : 0;
}

/* a, b: begin and end of the window; all: before the first packet and after the last. */
static void load_answer(struct load *l, const struct meter_at *a, const struct meter_at *b,
			const struct meter_at *all, uint64_t offered)
{
	const struct testpkt_book *k = &l->book;
	uint64_t lost = l->watched > k->good ? l->watched - k->good : 0;
	unsigned n = l->delays;

	qsort(l->delay, n, sizeof(*l->delay), load_compare);
	printf("ns=%llu cpu_ns=%llu offered=%llu delivered=%llu size=%u watched=%llu good=%llu "
	       "lost=%llu doubled=%llu reordered=%llu corrupt=%llu far_drops=%llu near_drops=%llu "
	       "p50_ns=%u p99_ns=%u sent=%llu through=%llu\n",
	       (unsigned long long)(b->ns - a->ns), (unsigned long long)(b->cpu_ns - a->cpu_ns),
	       (unsigned long long)offered, (unsigned long long)load_delivered(l, a, b), l->o.size,
	       (unsigned long long)l->watched, (unsigned long long)k->good,
	       (unsigned long long)lost, (unsigned long long)k->doubled,
	       (unsigned long long)k->reordered, (unsigned long long)k->corrupt,
	       (unsigned long long)(all[1].far_drops - all[0].far_drops),
	       (unsigned long long)(all[1].near_drops - all[0].near_drops), n ? l->delay[n / 2] : 0,
	       n ? l->delay[n - 1 - n / 100] : 0, (unsigned long long)l->sent,
	       (unsigned long long)load_delivered(l, &all[0], &all[1]));
	fflush(stdout);
}

static void load_begin(struct load *l)
{
	int on = 1, fd = l->o.up ? l->sink : l->near;

	setsockopt(fd, SOL_UDP, UDP_GRO, &on, sizeof(on));
	while (load_receive(l, fd) > 0)
		; /* of an earlier run */
	testpkt_book_clear(&l->book, ++l->run);
	memset(l->seq[0], 0, l->calls * sizeof(uint32_t));
	memset(l->seq[1], 0, l->calls * sizeof(uint32_t));
	l->sent = l->watched = l->turn = l->bursts = 0;
	l->delays = 0;
}

static void load_meter(const struct load *l, const struct meter *m, struct meter_at *out)
{
	meter_read(m, out);
	if (l->drain)
		out->near_packets = frames_sink_count(l->drain);
}

/* What waits in buffers comes out, and is not taken for the next run's. */
static void load_settle(struct load *l, const struct meter *m, const struct meter_at *begin,
			struct meter_at *end)
{
	uint64_t until = load_now() + PATIENCE, quiet, was;

	load_meter(l, m, end);
	do {
		was = load_delivered(l, begin, end);
		for (quiet = load_now() + SETTLE; load_now() < quiet;)
			load_drain(l);
		load_meter(l, m, end);
	} while (load_delivered(l, begin, end) != was && load_now() < until);
}

static void load_fill(struct load *l, uint64_t end)
{
	if (l->frames)
		load_pump_frames(l, end);
	else
		load_pump(l, end);
}

static void load_run(struct load *l)
{
	struct meter m;
	struct meter_at a, b, all[2];
	uint64_t offered, window = (uint64_t)(l->o.seconds * SECOND);
	int off = 0;

	meter_set(&m, l->o.pids, l->o.device);
	if (l->o.at)
		m.at = (int)l->o.at;
	load_begin(l);
	load_meter(l, &m, &all[0]);
	load_fill(l, load_now() + (window / 2 < WARM_UP ? window / 2 : WARM_UP));
	offered = l->sent;
	load_meter(l, &m, &a);
	load_fill(l, a.ns + window);
	load_meter(l, &m, &b);
	if (l->frames)
		frames_stop(l->frames);
	offered = l->sent - offered;
	load_settle(l, &m, &all[0], &all[1]);
	setsockopt(l->near, SOL_UDP, UDP_GRO, &off, sizeof(off));
	load_answer(l, &a, &b, all, offered);
}

static bool load_set(struct load_order *o, const char *key, const char *v)
{
	const struct {
		const char *key;
		unsigned *to;
	} numbers[] = {{"burst", &o->burst}, {"rate", &o->rate}, {"calls", &o->calls},
		       {"share", &o->share}, {"at", &o->at},	 {"size", &o->size},
		       {"plain", &o->plain}};
	const struct {
		const char *key;
		char *to;
		size_t room;
	} texts[] = {
		{"count", o->count, sizeof(o->count)}, {"device", o->device, sizeof(o->device)},
		{"in", o->in, sizeof(o->in)},	       {"out", o->out, sizeof(o->out)},
		{"mac", o->mac, sizeof(o->mac)},       {"pids", o->pids, sizeof(o->pids)}};

	if (!strcmp(key, "mode"))
		return o->gso = !strcmp(v, "gso"), o->frames = !strcmp(v, "frames"), true;
	if (!strcmp(key, "order"))
		return o->random = !strcmp(v, "random"), true;
	if (!strcmp(key, "seconds"))
		return (o->seconds = atof(v)) > 0;
	if (!strcmp(key, "size") && !strcmp(v, "mix"))
		return o->mixed = true;
	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++)
		if (!strcmp(key, numbers[i].key))
			return *numbers[i].to = (unsigned)strtoul(v, NULL, 10), true;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		if (!strcmp(key, texts[i].key))
			return snprintf(texts[i].to, texts[i].room, "%s", v), true;
	return false;
}

static bool load_parse(struct load *l, char *line)
{
	struct load_order *o = &l->o;
	char *keep, *word = strtok_r(line, " \n", &keep), *is;

	*o = (struct load_order){.seconds = 1,
				 .size = TESTPKT_MIN,
				 .burst = 64,
				 .calls = l->calls,
				 .share = 16,
				 .gso = true};
	if (!word || (strcmp(word, "up") != 0 && strcmp(word, "down") != 0))
		return false;
	o->up = !strcmp(word, "up");
	snprintf(o->count, sizeof(o->count), "%s", o->up ? "device" : "near");
	while ((word = strtok_r(NULL, " \n", &keep))) {
		is = strchr(word, '=');
		if (!is)
			return false;
		*is = '\0';
		if (!load_set(o, word, is + 1))
			return false;
	}
	o->gso = o->gso && o->up && !o->mixed;
	if (o->frames)
		snprintf(o->count, sizeof(o->count), "near"); /* the sink's */
	o->calls = o->calls > l->calls ? l->calls : o->calls;
	return o->calls && o->burst && o->burst <= 4096 && o->share && o->size >= TESTPKT_MIN &&
	       o->size <= TESTPKT_MAX;
}

bool load_command(struct load *l, const char *line)
{
	char copy[512];

	snprintf(copy, sizeof(copy), "%s", line);
	if (!load_parse(l, copy) || (l->o.frames && !load_frames_begin(l)))
		return false;
	if (l->o.frames) {
		load_run(l);
		load_frames_end(l);
		return true;
	}
	if (!l->o.up && (l->source = load_source(l)) < 0)
		return false;
	load_run(l);
	if (!l->o.up)
		close(l->source);
	return true;
}

/* --- begin and end ---------------------------------------------------------------------------- */

static int load_open_sink(struct load *l)
{
	struct sockaddr_in at = {.sin_family = AF_INET, .sin_port = htons(TESTPKT_PORT)};
	int fd, size = 32 << 20;

	if (load_enter(l->away))
		return -1;
	fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (load_enter(l->home))
		abort();
	if (fd >= 0 && !bind(fd, (struct sockaddr *)&at, sizeof(at)) &&
	    !setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof(size)))
		return fd;
	return -1;
}

static bool load_memory(struct load *l, const struct load_call *calls, unsigned n)
{
	bool ok = true;

	l->calls = n;
	l->call = calloc(n, sizeof(*calls));
	l->seq[0] = calloc(n, sizeof(uint32_t));
	l->seq[1] = calloc(n, sizeof(uint32_t));
	l->delay = calloc(SAMPLES, sizeof(uint32_t));
	ok = l->call && l->seq[0] && l->seq[1] && l->delay && testpkt_book_new(&l->book, n);
	for (unsigned i = 0; i < BATCH; i++) {
		l->out[i] = calloc(1, 65536);
		l->in[i] = calloc(1, 65536);
		ok = ok && l->out[i] && l->in[i];
	}
	if (ok)
		memcpy(l->call, calls, n * sizeof(*calls));
	return ok;
}

struct load *load_new(int near, const char *far, const struct load_call *calls, unsigned n)
{
	struct load *l = calloc(1, sizeof(*l));
	char path[64];
	int size = 32 << 20;

	if (!l)
		return NULL;
	snprintf(path, sizeof(path), "/run/netns/%s", far);
	l->near = near;
	l->home = open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC);
	l->away = open(path, O_RDONLY | O_CLOEXEC);
	l->sink = -1;
	setsockopt(near, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof(size));
	setsockopt(near, SOL_SOCKET, SO_SNDBUFFORCE, &size, sizeof(size));
	if (l->home >= 0 && l->away >= 0 && load_memory(l, calls, n) &&
	    (l->sink = load_open_sink(l)) >= 0)
		return l;
	fprintf(stderr, "no load into %s: %s\n", far, strerror(errno));
	load_free(l);
	return NULL;
}

void load_free(struct load *l)
{
	if (!l)
		return;
	for (unsigned i = 0; i < BATCH; i++) {
		free(l->out[i]);
		free(l->in[i]);
	}
	testpkt_book_free(&l->book);
	free(l->call);
	free(l->seq[0]);
	free(l->seq[1]);
	free(l->delay);
	if (l->sink >= 0)
		close(l->sink);
	close(l->home);
	close(l->away);
	free(l);
}
