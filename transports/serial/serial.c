/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The serial transport: what the host calls.  Frames are turned into the octets of the line when
 * they are sent, and one write takes as many as there are.  Few octets wait here, a tenth of a
 * second's worth when the speed is known: the queue stands in front of the port, not inside.
 */
#include "transports/serial/serial.h"

#include "transports/kit/linktype.h"
#include "transports/serial/serial_int.h"

#include <errno.h>
#include <stdio.h>
#include <unistd.h>

static const struct ist_counter counters[] = {
#define X(sym, name, words) {name, words},
	SERIAL_COUNTERS(X) LINK_COUNTERS(X)
#undef X
		{NULL, NULL},
};

/* --- sending ---------------------------------------------------------------------------------- */

/* Room for n more octets behind those that wait. */
static bool serial_make_room(struct ist_port *p, size_t n)
{
	if (p->tx_room - p->tx_len >= n)
		return true;
	p->tx_len -= p->tx_at;
	memmove(p->tx, p->tx + p->tx_at, p->tx_len);
	p->tx_at = 0;
	return p->tx_room - p->tx_len >= n;
}

void serial_put(void *port, const uint8_t *octets, size_t len)
{
	struct ist_port *p = port;

	if (!serial_make_room(p, len))
		return;
	memcpy(p->tx + p->tx_len, octets, len);
	p->tx_len += len;
}

void serial_flush(struct ist_port *p)
{
	while (p->tx_at < p->tx_len) {
		ssize_t n = write(p->fd, p->tx + p->tx_at, p->tx_len - p->tx_at);

		if (n <= 0 && errno == EINTR)
			continue;
		if (n < 0 && errno != EAGAIN)
			serial_lost(p, errno == EIO ? "hung up" : "the device is gone");
		if (n <= 0)
			break;
		p->tx_at += (size_t)n;
	}
	if (p->tx_at == p->tx_len)
		p->tx_at = p->tx_len = 0;
	serial_watch(p, (p->watching & ~(unsigned)IST_WRITE) | (p->tx_len ? IST_WRITE : 0));
}

/* LCP packets that set the link up go out as if nothing were agreed yet (RFC 1662 section 7). */
static uint32_t serial_accm_for(const struct ist_port *p, const uint8_t *ppp, size_t len)
{
	bool lcp = len >= 3 && ppp[0] == 0xc0 && ppp[1] == 0x21 && ppp[2] >= 1 && ppp[2] <= 7;

	return lcp ? SERIAL_ACCM_ALL : p->accm_send;
}

static void serial_queue(struct ist_port *p, const struct ist_frame *f)
{
	struct wr w = wr_init(p->tx_frame, p->tx_slot);
	const uint8_t *ppp = p->tx_frame + SERIAL_ADDRESS;

	wr_u8(&w, 0xff);
	wr_u8(&w, 0x03);
	if (f->head)
		wr_bytes(&w, f->head, f->head_len);
	wr_bytes(&w, f->payload, f->len);
	if (w.bad || !serial_make_room(p, HDLC_ROOM(w.len))) {
		p->count[SERIAL_C_TX_TOO_LONG]++;
		return;
	}
	if (*p->host->tap_on)
		p->host->tap(p->ctx, true, LINKTYPE_PPP, NULL, 0, p->tx_frame, (uint32_t)w.len);
	p->tx_len += hdlc_encode(p->tx + p->tx_len, p->tx_room - p->tx_len, p->tx_frame, w.len,
				 serial_accm_for(p, ppp, w.len - SERIAL_ADDRESS), p->fcs);
	p->count[SERIAL_C_TX]++;
	p->count[SERIAL_C_TX_OCTETS] += w.len - SERIAL_ADDRESS;
}

static bool serial_full(const struct ist_port *p)
{
	return p->tx_len - p->tx_at >= p->tx_limit;
}

static int serial_send(struct ist_port *p, const struct ist_frame *f, unsigned n)
{
	unsigned i = 0;

	if (n && f->channel != p->channel) {
		p->count[SERIAL_C_TX_STALE] += n;
		return -ESTALE;
	}
	if (p->link)
		return serial_sync_send(p, f, n);
	for (; i < n && p->state == SERIAL_UP && !p->lost; i++) {
		if (serial_full(p))
			serial_flush(p);
		if (serial_full(p))
			break;
		serial_queue(p, &f[i]);
	}
	if (p->state != SERIAL_UP || p->lost) {
		p->count[SERIAL_C_TX_DOWN] += n - i;
		return (int)n;
	}
	/* A short count comes after a flush that left octets: the descriptor is watched. */
	if (i < n)
		p->blocked = true;
	else
		serial_flush(p);
	return (int)i;
}

uint32_t serial_payload(const struct ist_port *p)
{
	uint32_t own = SERIAL_ADDRESS + hdlc_fcs_octets(p->fcs);
	uint32_t most = p->max_payload + SERIAL_PROTOCOL;
	uint32_t room = p->link_mtu > own ? p->link_mtu - own : 0;

	return p->link && room < most ? room : most;
}

static uint32_t serial_mtu(const struct ist_port *p, ist_channel c)
{
	return c == p->channel ? serial_payload(p) : 0;
}

/* --- the channel: the line itself, or a number that the chat script dials ---------------------- */

const struct ist_addr serial_address = {.len = 4, .data = "line"};

static int serial_addr_parse(struct ist_addr *out, const char *text)
{
	size_t len = strlen(text);

	if (strcmp(text, "line") && !serial_chat_is_number(text, len))
		return -EINVAL;
	*out = (struct ist_addr){.len = (uint16_t)len};
	memcpy(out->data, text, len);
	return 0;
}

static int serial_addr_format(const struct ist_addr *a, char *buf, size_t len)
{
	return snprintf(buf, len, "%.*s", (int)a->len, (const char *)a->data);
}

static bool serial_addr_calls(const struct ist_addr *a)
{
	return memcmp(a, &serial_address, sizeof(*a)) != 0;
}

static int serial_connect(struct ist_port *p, const struct ist_addr *to, uint8_t payload,
			  const struct ist_attrs *a, ist_channel *out)
{
	(void)a;
	if (payload != IST_PAYLOAD_PPP)
		return -EPROTONOSUPPORT;
	if (serial_addr_calls(to))
		return serial_line_call(p, to, out);
	if (p->chat.dials)
		return -EDESTADDRREQ;
	*out = p->channel;
	return 0;
}

/* The line's own channel is permanent, but a modem is told to hang up: for that the device is
 * closed.  Without a script and without modem lines there is nothing to hang up. */
static void serial_disconnect(struct ist_port *p, ist_channel c, const struct ist_cause *why)
{
	bool modem = p->chat.steps || p->look_at != UINT64_MAX;

	(void)why;
	if (c && c == p->channel && !p->link && modem)
		serial_line_hang_up(p);
}

/* --- the rest --------------------------------------------------------------------------------- */

static void serial_count(const struct ist_port *p, uint64_t *out, unsigned n)
{
	uint64_t all[SERIAL_C_COUNT + LINK_COUNTER_COUNT] = {0};

	memcpy(all, p->count, sizeof(p->count));
	serial_rx_counts(p, all);
	if (p->link)
		link_count(p->link, all + SERIAL_C_COUNT);
	handover_count(out, n, all, p->before, sizeof(all) / sizeof(all[0]));
}

static const char *const serial_fcs_words[] = {"no FCS of ours", "FCS-16", "FCS-32"};

static int serial_status(const struct ist_port *p, char *buf, size_t len)
{
	char speed[40] = "";

	if (p->bps)
		snprintf(speed, sizeof(speed), ", %u bit/s", p->bps);
	if (p->link)
		return snprintf(buf, len, "%s %s, %s%s", p->device,
				p->state == SERIAL_UP ? "up" : "down", serial_fcs_words[p->fcs],
				speed);
	if (p->chat.dials && !p->channel)
		return snprintf(buf, len, "%s waits for a number to call", p->device);
	switch (p->state) {
	case SERIAL_UP:
		return snprintf(buf, len, "%s up%s%s", p->device, speed,
				p->look_at == UINT64_MAX ? "" : ", carrier");
	case SERIAL_WAITING:
		return snprintf(buf, len, "%s waits for carrier%s", p->device, speed);
	case SERIAL_CHAT:
		return snprintf(buf, len, "%s%s%s chat script, step %u of %u%s", p->device,
				*p->chat.number ? " calls " : "", p->chat.number, p->chat.at + 1,
				p->chat.steps, speed);
	case SERIAL_CLOSED:
		break;
	}
	return snprintf(buf, len, "%s closed%s%s", p->device, p->error ? ": " : "",
			p->error ? strerror(p->error) : "");
}

static unsigned serial_offloads(const struct ist_port *p, struct ist_offload *out, unsigned n)
{
	return p->link ? link_offloads(p->link, out, n) : 0;
}

const struct ist_transport serial_transport = {
	.abi = IST_TRANSPORT_ABI,
	.size = sizeof(struct ist_transport),
	.name = "serial",
	.caps = IST_CAP_PPP | IST_CAP_FLOW | IST_CAP_CALLS,
	.keys = serial_keys,
	.counters = counters,
	.open = serial_open,
	.close = serial_close,
	.send = serial_send,
	.mtu = serial_mtu,
	.addr_parse = serial_addr_parse,
	.addr_format = serial_addr_format,
	.connect = serial_connect,
	.count = serial_count,
	.disconnect = serial_disconnect,
	.status = serial_status,
	.offloads = serial_offloads,
	.set_accm = serial_set_accm,
	.errors = serial_errors,
	.addr_calls = serial_addr_calls,
	.check = serial_check,
	.freeze = serial_freeze,
	.thaw = serial_thaw,
};
