/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A serial port on its way to another process: the open device, as it was set up, with the octets
 * that wait in it; how far the line has come, the chat script in the middle of a text perhaps; half
 * a frame that was received, and the octets that are still to be sent.  Of a synchronous line it is
 * the link.
 */
#include "transports/serial/serial.h"
#include "transports/serial/serial_int.h"

#include <stdio.h>
#include <unistd.h>

#define SERIAL_PART	    11u
#define SERIAL_PART_VERSION 1u
#define TIME_MOST	    86400000000u /* us */

/* --- what is on the line ------------------------------------------------------------------------ */

static void serial_freeze_rx(struct ist_port *p, struct handover *h)
{
	struct hdlc_decoder *d = &p->rx;

	if (h->thawing)
		hdlc_decoder_init(d, p->rx_slots, p->rx_slot, p->accm_in, p->fcs);
	d->accm = handover_word(h, d->accm, UINT32_MAX);
	d->escaped = handover_flag(h, d->escaped);
	d->hunting = handover_flag(h, d->hunting);
	d->len = handover_word(h, (uint32_t)d->len, (uint32_t)p->rx_slot);
	if (h->bad)
		d->len = 0;
	handover_octets(h, d->buf, d->len);
}

static void serial_freeze_tx(struct ist_port *p, struct handover *h)
{
	uint32_t left = handover_word(h, (uint32_t)(p->tx_len - p->tx_at), (uint32_t)p->tx_room);

	if (h->thawing) {
		p->tx_at = 0;
		p->tx_len = left;
	}
	handover_octets(h, p->tx + p->tx_at, left);
	p->accm_send = handover_word(h, p->accm_send, UINT32_MAX);
	p->blocked = handover_flag(h, p->blocked);
}

static void serial_freeze_errors(struct ist_port *p, struct handover *h)
{
	uint64_t now[IST_ERRORS];

	serial_line_errors(p, now);
	for (unsigned i = 0; i < IST_ERRORS; i++)
		handover_number(h, now[i] - p->errors_before[i]);
}

/* The driver's counts go on; ours begin anew here. */
static void serial_thaw_errors(struct ist_port *p, const uint64_t since_up[IST_ERRORS])
{
	uint64_t now[IST_ERRORS];

	serial_line_errors(p, now);
	for (unsigned i = 0; i < IST_ERRORS; i++)
		p->errors_before[i] = now[i] - since_up[i];
}

/* --- the line ----------------------------------------------------------------------------------- */

static void serial_freeze_times(struct ist_port *p, struct handover *h)
{
	p->linger = handover_time(h, p->linger, SERIAL_LINGER);
	p->wait = handover_number(h, p->wait);
	p->open_at = handover_time(h, p->open_at, TIME_MOST);
	p->look_at = handover_time(h, p->look_at, TIME_MOST);
	p->carrier_by = handover_time(h, p->carrier_by, TIME_MOST);
	if (h->thawing && (!p->wait || p->wait > TIME_MOST))
		h->bad = true;
}

/* Words of another process are kept here. */
static void serial_freeze_lost(struct ist_port *p, struct handover *h)
{
	bool lost = handover_flag(h, p->lost != NULL);

	if (!lost)
		return;
	if (!h->thawing)
		snprintf(p->lost_there, sizeof(p->lost_there), "%s", p->lost);
	handover_text(h, p->lost_there, sizeof(p->lost_there));
	p->lost = p->lost_there;
}

static void serial_freeze_call(struct ist_port *p, struct handover *h)
{
	bool placed = handover_flag(h, p->channel != 0);

	p->calls = (uint16_t)handover_word(h, p->calls, UINT16_MAX);
	p->fail_kind = (uint8_t)handover_word(h, p->fail_kind, IST_CAUSE_REFUSED);
	p->error = (int)handover_word(h, (uint32_t)p->error, INT16_MAX);
	if (!serial_chat_hand(&p->chat, h))
		h->bad = true;
	if (!h->thawing || !p->chat.dials)
		return;
	if (placed && (!p->calls || !*p->chat.number))
		h->bad = true;
	p->channel = placed ? (ist_channel)p->calls << 16 | 1 : 0;
	p->peer = (struct ist_addr){.len = (uint16_t)strlen(p->chat.number)};
	memcpy(p->peer.data, p->chat.number, p->peer.len);
}

static void serial_freeze_line(struct ist_port *p, struct handover *h)
{
	serial_freeze_call(p, h);
	serial_freeze_times(p, h);
	serial_freeze_lost(p, h);
	serial_freeze_rx(p, h);
	serial_freeze_tx(p, h);
}

/* Anything but closed needs the device. */
static bool serial_thaw_line(struct ist_port *p, int fd, unsigned watching, struct handover *h)
{
	if ((fd >= 0) != (p->state != SERIAL_CLOSED) || (fd >= 0 && !isatty(fd)) ||
	    (p->state == SERIAL_CHAT && !p->chat.steps)) {
		p->state = SERIAL_CLOSED;
		if (fd >= 0)
			close(fd);
		return false;
	}
	p->fd = fd;
	serial_freeze_line(p, h);
	if (!h->bad && fd >= 0)
		serial_watch(p, watching);
	return true;
}

/* --- the port ----------------------------------------------------------------------------------- */

static void serial_freeze_port(struct ist_port *p, struct handover *h)
{
	struct handover_part part;
	char device[IST_OPEN_NAME];

	if (p->link)
		link_hand(p->link, h);
	handover_open(h, &part, SERIAL_PART, SERIAL_PART_VERSION);
	snprintf(device, sizeof(device), "%s", p->device);
	handover_text(h, device, sizeof(device));
	handover_flag(h, p->link);
	handover_flag(h, p->chat.dials);
	handover_word(h, p->state, SERIAL_UP);
	serial_freeze_errors(p, h);
	if (!p->link) {
		handover_fd(h, p->fd);
		handover_word(h, p->watching, IST_READ | IST_WRITE);
		serial_freeze_line(p, h);
	}
	handover_close(h, &part);
}

static void serial_freeze_quiet(struct ist_port *p)
{
	p->frozen = true;
	if (p->link)
		link_quiet(p->link);
	if (p->fd >= 0)
		serial_watch(p, 0);
	if (p->timer)
		p->host->timer(p->ctx, &p->timer, UINT64_MAX, NULL, NULL);
}

/* Is it the line that is configured? */
static bool serial_thaw_is_same(const struct ist_port *p, struct handover *h)
{
	char device[IST_OPEN_NAME] = "";
	bool same;

	handover_text(h, device, sizeof(device));
	same = !strncmp(device, p->device, sizeof(device) - 1);
	same &= handover_flag(h, false) == (p->link != NULL);
	return (handover_flag(h, false) == p->chat.dials) & same;
}

static bool serial_thaw_device(struct ist_port *p, struct handover *h)
{
	int fd = handover_fd(h, -1);

	return serial_thaw_line(p, fd, handover_word(h, 0, IST_READ | IST_WRITE), h);
}

/* False: it begins anew. */
static bool serial_thaw_state(struct ist_port *p, struct handover *h)
{
	uint64_t errors[IST_ERRORS];

	p->state = (enum serial_state)handover_word(h, 0, SERIAL_UP);
	for (unsigned i = 0; i < IST_ERRORS; i++)
		errors[i] = handover_number(h, 0);
	if (p->link && link_up(p->link) && p->state != SERIAL_UP)
		h->bad = true;
	if (p->link ? !link_up(p->link) : !serial_thaw_device(p, h)) {
		p->state = SERIAL_CLOSED;
		return false;
	}
	serial_thaw_errors(p, errors);
	return true;
}

static int serial_thaw_port(struct ist_port *p, struct handover *h)
{
	struct handover_part part;
	bool went = false;

	if (handover_open(h, &part, SERIAL_PART, SERIAL_PART_VERSION)) {
		went = serial_thaw_is_same(p, h) && serial_thaw_state(p, h);
		handover_close(h, &part);
	}
	if (p->link && !went && link_up(p->link))
		link_renew(p->link);
	p->frozen = h->bad; /* then it is closed */
	p->announce = went && p->state == SERIAL_UP && p->channel;
	if (!h->bad && (!p->link || p->announce))
		serial_arm(p);
	return 0;
}

static uint64_t *serial_freeze_before(struct ist_port *p)
{
	return p->before;
}

static const struct handover_medium serial_medium = {
	&serial_transport,   serial_open_from, serial_freeze_port,
	serial_freeze_quiet, serial_thaw_port, serial_freeze_before,
};

int serial_freeze(struct ist_port *p, struct ist_frozen *f)
{
	return handover_freeze_port(&serial_medium, p, p->host->now(p->ctx), f);
}

int serial_thaw(struct ist_port **out, const struct ist_host *host, void *ctx,
		const struct ist_port_config *cfg, struct ist_frozen *f, char *err, size_t err_len)
{
	return handover_thaw_port(&serial_medium, out, host, ctx, cfg, f, err, err_len);
}
