/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The control messages of a capture, pcap as libpcap reads it or pcapng, in memory: an SCCRQ is
 * played with its answer in sight, which comes later.
 */
#include "core/data.h"
#include "gw/replay/replay.h"
#include "transports/kit/linktype.h"

#include <errno.h>
#include <pcap/pcap.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

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

/* A circuit has a number on each interface; who sent a frame the capture may say. */
static void replay_file_sides(struct replay_msg *m, const struct replay_captured *c)
{
	uint8_t *from = m->from.system, *to = m->to.system;

	if (m->from.kind == REPLAY_IPV4 || m->from.kind == REPLAY_IPV6)
		return;
	from[1] = to[1] = (uint8_t)c->interface;
	if (*from != REPLAY_SIDE_UNKNOWN || (c->way != REPLAY_INBOUND && c->way != REPLAY_OUTBOUND))
		return;
	*from = c->way == REPLAY_OUTBOUND ? REPLAY_SIDE_A : REPLAY_SIDE_B;
	*to = c->way == REPLAY_OUTBOUND ? REPLAY_SIDE_B : REPLAY_SIDE_A;
}

static bool replay_file_frame(void *ctx, const struct replay_captured *c)
{
	struct replay_file *f = ctx;
	struct replay_msg m = {.us = c->us};

	f->frames++;
	if (!replay_frame(&m, c->link_type, c->octets, c->len) &&
	    !(c->link_type == LINKTYPE_UPPER_PDU &&
	      replay_x25_frame(f->x25, &m, c->octets, c->len))) {
		f->other++;
		return true;
	}
	if (!(m.pkt[0] & 0x80)) {
		f->data++;
		return true;
	}
	replay_file_sides(&m, c);
	return replay_file_messages(f, &m);
}

static bool replay_file_classic(struct replay_file *f, FILE *in, char *words, size_t cap)
{
	char err[PCAP_ERRBUF_SIZE] = "";
	pcap_t *p = pcap_fopen_offline(in, err);
	struct pcap_pkthdr *h;
	const uint8_t *frame;
	bool room = true;
	int rc = 0;

	if (!p) {
		snprintf(words, cap, "%s", err);
		fclose(in);
		return false;
	}
	while (room && (rc = pcap_next_ex(p, &h, &frame)) == 1) {
		struct replay_captured c = {.link_type = replay_file_link_type(p),
					    .us = (uint64_t)h->ts.tv_sec * 1000000u +
						  (uint64_t)h->ts.tv_usec,
					    .octets = frame,
					    .len = h->caplen};

		room = replay_file_frame(f, &c);
	}
	if (room && rc != PCAP_ERROR_BREAK)
		snprintf(words, cap, "%s", pcap_geterr(p));
	else if (!room)
		snprintf(words, cap, "more control messages than can be held");
	pcap_close(p); /* and `in` */
	return room && rc == PCAP_ERROR_BREAK;
}

static bool replay_file_ng(struct replay_file *f, FILE *in, char *words, size_t cap)
{
	const char *wrong;
	bool ok = replay_pcapng(in, replay_file_frame, f, &wrong);

	if (!ok)
		snprintf(words, cap, "%s", wrong);
	fclose(in);
	return ok;
}

/* The first octet of pcapng is a line end, in either order; none of the classic format is. Standard
 * input gets a descriptor of its own, since it will be closed. */
static bool replay_file_all(struct replay_file *f, const char *path, char *words, size_t cap)
{
	FILE *in = strcmp(path, "-") ? fopen(path, "rb") : fdopen(dup(STDIN_FILENO), "rb");
	int first = in ? getc(in) : EOF;

	if (!in) {
		snprintf(words, cap, "%s", strerror(errno));
		return false;
	}
	ungetc(first, in);
	return first == '\n' ? replay_file_ng(f, in, words, cap)
			     : replay_file_classic(f, in, words, cap);
}

bool replay_file_read(struct replay_file *f, const char *path, char *words, size_t cap)
{
	char why[PCAP_ERRBUF_SIZE] = "out of memory";
	bool ok;

	memset(f, 0, sizeof(*f));
	f->x25 = replay_x25_new();
	ok = f->x25 && replay_file_all(f, path, why, sizeof(why));
	free(f->x25);
	f->x25 = NULL;
	if (ok) {
		replay_sides(f);
		return true;
	}
	snprintf(words, cap, "%s: %s", path, why);
	replay_file_free(f);
	return false;
}
