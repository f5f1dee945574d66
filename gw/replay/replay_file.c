/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The control messages of a capture, pcap or pcapng as libpcap reads it, in memory: an SCCRQ is
 * played with its answer in sight, which comes later.
 */
#include "core/data.h"
#include "gw/replay/replay.h"
#include "transports/kit/linktype.h"

#include <arpa/inet.h>
#include <pcap/pcap.h>
#include <stdlib.h>
#include <string.h>

static void replay_end_address(const struct replay_end *e, bool alone, char *buf, size_t cap)
{
	bool six = e->kind == REPLAY_IPV6;
	char addr[INET6_ADDRSTRLEN] = "?";

	inet_ntop(six ? AF_INET6 : AF_INET, e->system, addr, sizeof(addr));
	if (alone)
		snprintf(buf, cap, "%s", addr);
	else
		snprintf(buf, cap, six ? "[%s]:%u" : "%s:%u", addr, e->at);
}

const char *replay_end_text(const struct replay_end *e, bool alone, char *buf, size_t cap)
{
	char side = "?ab"[e->system[0] % 3];

	if (e->kind == REPLAY_IPV4 || e->kind == REPLAY_IPV6)
		replay_end_address(e, alone, buf, cap);
	else if (alone || e->kind == REPLAY_BARE)
		snprintf(buf, cap, "%c", side);
	else if (e->kind == REPLAY_ATM)
		snprintf(buf, cap, "pvc %u/%u %c", e->at >> 16, e->at & 0xffffu, side);
	else
		snprintf(buf, cap, "%s %u %c", e->kind == REPLAY_X25 ? "lci" : "dlci", e->at, side);
	return buf;
}

static bool replay_file_grow(struct replay_file *f)
{
	size_t room = f->room ? f->room * 2 : 256;
	struct replay_msg *msg = realloc(f->msg, room * sizeof(*msg));

	if (!msg)
		return false;
	f->msg = msg;
	f->room = room;
	return true;
}

bool replay_file_add(struct replay_file *f, const struct replay_msg *m)
{
	uint8_t *copy;

	if (f->count == REPLAY_MOST || (f->count == f->room && !replay_file_grow(f)))
		return false;
	copy = malloc(m->len ? m->len : 1);
	if (!copy)
		return false;
	memcpy(copy, m->pkt, m->len);
	f->msg[f->count] = *m;
	f->msg[f->count++].pkt = copy;
	return true;
}

void replay_file_free(struct replay_file *f)
{
	for (size_t i = 0; i < f->count; i++)
		free((void *)(uintptr_t)f->msg[i].pkt);
	free(f->msg);
	memset(f, 0, sizeof(*f));
}

/* libpcap's own numbers differ from those in files for raw IP. */
static uint32_t replay_file_link_type(pcap_t *p)
{
	int dlt = pcap_datalink(p);

	return dlt == DLT_RAW ? LINKTYPE_RAW : (uint32_t)dlt;
}

/* Where the kernel cuts datagrams of one peer only behind the capture (UDP_SEGMENT), or has put
 * them together before it (UDP_GRO), they are one in it: the Length of each message says where the
 * next begins. */
static bool replay_file_messages(struct replay_file *f, struct replay_msg *m)
{
	struct l2tp_hdr h, next;
	size_t len;

	while (l2tp_hdr_decode(&h, m->pkt, m->len) == L2TP_HDR_IS_CONTROL) {
		struct replay_msg one = *m;

		len = h.hlen + h.len;
		if (len == m->len ||
		    l2tp_hdr_decode(&next, m->pkt + len, m->len - len) != L2TP_HDR_IS_CONTROL)
			break;
		one.len = len;
		if (!replay_file_add(f, &one))
			return false;
		m->pkt += len;
		m->len -= len;
	}
	return replay_file_add(f, m);
}

static bool replay_file_frame(struct replay_file *f, uint32_t link_type,
			      const struct pcap_pkthdr *h, const uint8_t *frame)
{
	struct replay_msg m = {.us = (uint64_t)h->ts.tv_sec * 1000000u + (uint64_t)h->ts.tv_usec};

	f->frames++;
	if (!replay_frame(&m, link_type, frame, h->caplen) &&
	    !(link_type == LINKTYPE_UPPER_PDU && replay_x25_frame(f->x25, &m, frame, h->caplen))) {
		f->other++;
		return true;
	}
	if (!(m.pkt[0] & 0x80)) {
		f->data++;
		return true;
	}
	return replay_file_messages(f, &m);
}

bool replay_file_read(struct replay_file *f, const char *path, char *words, size_t cap)
{
	char err[PCAP_ERRBUF_SIZE] = "";
	pcap_t *p = pcap_open_offline(path, err);
	struct pcap_pkthdr *h;
	const uint8_t *frame;
	int rc = 1;
	bool room = true;

	memset(f, 0, sizeof(*f));
	if (!p) {
		snprintf(words, cap, "%s", err);
		return false;
	}
	f->x25 = replay_x25_new();
	room = f->x25;
	while (room && (rc = pcap_next_ex(p, &h, &frame)) == 1)
		room = replay_file_frame(f, replay_file_link_type(p), h, frame);
	if (!room)
		snprintf(words, cap, "%s: more control messages than can be held", path);
	else if (rc != PCAP_ERROR_BREAK)
		snprintf(words, cap, "%s: %s", path, pcap_geterr(p));
	pcap_close(p);
	free(f->x25);
	f->x25 = NULL;
	if (room && rc == PCAP_ERROR_BREAK) {
		replay_sides(f);
		return true;
	}
	replay_file_free(f);
	return false;
}
