/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * An asynchronous line's life: the device is opened, the chat script talks to the modem, carrier
 * comes, PPP runs. Whatever ends it, the device is closed and opened again after a pause: DTR falls
 * in between, so that a modem hangs up.  With a script that dials nothing is opened before a number
 * is to be called, and that call is its own channel.  Everything here runs from the timer or the
 * descriptor, and may report; what the host's `send` finds out is noted in `lost` and left to the
 * timer.
 */
#define _GNU_SOURCE
#include "transports/serial/serial_int.h"

#include "transports/kit/linktype.h"
#include "transports/kit/opening.h"

#include <errno.h>
#include <unistd.h>

#define LINE_LOOK	   200000u   /* us between two looks at the modem lines */
#define LINE_LINGER_LOOK   20000u    /* us between two looks whether all octets have left */
#define LINE_CARRIER	   10000000u /* us from the end of the script to carrier */
#define LINE_WAIT_MOST	   60000000u /* us between two attempts, unless the key asks for more */
#define LINE_READ	   4096u
#define LINE_READS_AT_ONCE 8

void serial_arm(struct ist_port *p)
{
	uint64_t now = p->host->now(p->ctx), at = UINT64_MAX;

	if (p->announce)
		at = now;
	else if (p->lost)
		at = now + (p->linger > now ? LINE_LINGER_LOOK : 0);
	else if (p->state == SERIAL_CLOSED)
		at = p->channel ? p->open_at : UINT64_MAX;
	else if (p->state == SERIAL_CHAT)
		at = p->chat.deadline;
	else
		at = p->look_at;
	if (at != UINT64_MAX)
		p->host->timer(p->ctx, &p->timer, at, serial_on_time, p);
}

void serial_lost(struct ist_port *p, const char *words)
{
	if (p->lost) {
		p->linger = p->linger ? 1 : 0; /* nothing leaves any more */
		return;
	}
	p->lost = words;
	serial_arm(p);
}

/* --- receiving -------------------------------------------------------------------------------- */

static void serial_line_next_slot(struct ist_port *p)
{
	p->rx.buf = p->rx_slots + p->rx_count * p->rx_slot;
}

void serial_deliver(struct ist_port *p)
{
	unsigned n = p->rx_count;

	p->rx_count = 0;
	if (n && p->channel) /* not of a call that is given up */
		p->host->frames(p->ctx, p->rx_frame, n);
}

/* Does it leave Address and Control out (RFC 1662 3.2)?  FF is never the first octet of a protocol
 * (RFC 1661 2). */
static bool serial_line_strip_address(struct ist_port *p, const uint8_t **frame, size_t *len)
{
	const uint8_t *f = *frame;

	if (f[0] != 0xff)
		return true;
	if (f[1] != 0x03) {
		p->count[SERIAL_C_RX_ADDRESS]++;
		return false;
	}
	*frame += SERIAL_ADDRESS;
	*len -= SERIAL_ADDRESS;
	p->count[SERIAL_C_RX_SHORT] += !*len;
	return *len;
}

void serial_received(struct ist_port *p, const uint8_t *frame, size_t len)
{
	if (*p->host->tap_on)
		p->host->tap(p->ctx, false, LINKTYPE_PPP, NULL, 0, frame, (uint32_t)len);
	if (!serial_line_strip_address(p, &frame, &len))
		return;
	p->count[SERIAL_C_RX]++;
	p->count[SERIAL_C_RX_OCTETS] += len;
	p->rx_frame[p->rx_count++] =
		(struct ist_frame){.channel = p->channel, .payload = frame, .len = (uint32_t)len};
	if (p->rx_count == SERIAL_BATCH)
		serial_deliver(p);
}

static void serial_line_decode(struct ist_port *p, const uint8_t *octets, size_t n)
{
	while (n) {
		size_t len, took = hdlc_decode(&p->rx, octets, n, &len);

		octets += took;
		n -= took;
		if (!len)
			continue;
		serial_received(p, p->rx.buf, len);
		serial_line_next_slot(p);
	}
}

/* A frame that is not whole yet moves to the first slot, so that a whole batch fits behind it. */
static void serial_line_end_batch(struct ist_port *p)
{
	uint8_t *at = p->rx.buf;

	serial_deliver(p);
	if (at == p->rx_slots)
		return;
	memcpy(p->rx_slots, at, p->rx.len);
	p->rx.buf = p->rx_slots;
}

void serial_rx_counts(const struct ist_port *p, uint64_t count[SERIAL_C_COUNT])
{
	count[SERIAL_C_RX_FCS] += p->rx.bad_fcs;
	count[SERIAL_C_RX_SHORT] += p->rx.too_short;
	count[SERIAL_C_RX_LONG] += p->rx.too_long;
	count[SERIAL_C_RX_ABORTED] += p->rx.aborted;
}

static void serial_line_begin_receiving(struct ist_port *p)
{
	serial_rx_counts(p, p->count);
	hdlc_decoder_init(&p->rx, p->rx_slots, p->rx_slot, p->accm_in, p->fcs);
	p->rx_count = 0;
}

/* --- what PPP and the LNS are told ------------------------------------------------------------ */

/* The default map is for a line of which nothing is known yet; another one is of the line. */
static uint32_t serial_line_accm(const struct ist_port *p)
{
	if (p->accm_out != SERIAL_ACCM_ALL)
		return p->accm_out;
	return p->flow == SERIAL_FLOW_XON_XOFF ? SERIAL_XON_XOFF : 0;
}

void serial_set_accm(struct ist_port *p, ist_channel c, uint32_t send, uint32_t receive)
{
	if (c != p->channel || p->link || p->state != SERIAL_UP)
		return;
	p->accm_send = serial_line_accm(p) | send;
	p->rx.accm = p->accm_in | receive;
}

/* RFC 2661 4.4.6, since the port was opened.  An aborted frame is one that was not framed to its
 * end. */
void serial_line_errors(const struct ist_port *p, uint64_t out[IST_ERRORS])
{
	uint64_t count[SERIAL_C_COUNT];
	struct serial_tty_errors tty = {0};

	memcpy(count, p->count, sizeof(count));
	serial_rx_counts(p, count);
	if (!p->link)
		serial_tty_errors(p->fd, &tty);
	memset(out, 0, IST_ERRORS * sizeof(*out));
	out[0] = count[SERIAL_C_RX_FCS];
	out[1] = count[SERIAL_C_RX_ABORTED] + tty.framing;
	out[2] = tty.hardware_overruns;
	out[3] = tty.buffer_overruns;
}

bool serial_errors(const struct ist_port *p, ist_channel c, uint32_t out[IST_ERRORS])
{
	uint64_t now[IST_ERRORS];

	if (c != p->channel || p->state != SERIAL_UP)
		return false;
	serial_line_errors(p, now);
	for (unsigned i = 0; i < IST_ERRORS; i++)
		out[i] = (uint32_t)(now[i] - p->errors_before[i]);
	return true;
}

/* --- up and down ------------------------------------------------------------------------------ */

static void serial_say_up(struct ist_port *p)
{
	const struct ist_attrs a = {
		.size = sizeof(a),
		.payload = IST_PAYLOAD_PPP,
		.permanent = !p->chat.dials,
		.local = serial_address,
		.peer = p->peer,
		.called = *p->chat.number ? p->chat.number : NULL,
		.tx_bps = p->bps,
		.rx_bps = p->bps,
		.async = !p->link,
	};

	p->host->up(p->ctx, p->channel, &a);
}

void serial_report_up(struct ist_port *p)
{
	p->state = SERIAL_UP;
	p->accm_send = p->accm_out;
	serial_line_errors(p, p->errors_before);
	p->count[SERIAL_C_UPS]++;
	p->host->log(p->ctx, 5, "%s: line up", p->device);
	serial_say_up(p);
}

/* A call that was given up meanwhile is nobody's. */
void serial_announce(struct ist_port *p)
{
	if (p->announce && p->channel)
		serial_say_up(p);
	p->announce = false;
}

static void serial_line_up(struct ist_port *p)
{
	p->wait = p->retry;
	serial_line_begin_receiving(p);
	serial_watch(p, p->watching | IST_READ);
	serial_report_up(p);
}

/* A frame that is on its way has one flag left to send, a whole one has two. */
static void serial_line_drop_queue(struct ist_port *p)
{
	unsigned flags = 0;

	for (size_t i = p->tx_at; i < p->tx_len; i++)
		flags += p->tx[i] == 0x7e;
	p->count[SERIAL_C_TX_LOST] += (flags + 1) / 2;
	p->tx_at = p->tx_len = 0;
	p->blocked = false;
}

static void serial_line_wait(struct ist_port *p)
{
	uint64_t most = p->retry > LINE_WAIT_MOST ? p->retry : LINE_WAIT_MOST;

	p->open_at = p->host->now(p->ctx) + p->wait;
	if (!p->chat.dials) /* a call is placed when somebody asks for it, no more often */
		p->wait = p->wait * 2 < most ? p->wait * 2 : most;
}

static void serial_line_close(struct ist_port *p)
{
	serial_watch(p, 0);
	serial_tty_close(p->fd);
	p->fd = -1;
	p->state = SERIAL_CLOSED;
	p->lost = NULL;
	p->linger = 0;
	p->fail_kind = IST_CAUSE_NONE;
	p->look_at = UINT64_MAX;
	serial_line_wait(p);
}

/* The device is closed: the call is over, whether it was up or not. */
static void serial_line_end_call(struct ist_port *p, const struct ist_cause *why)
{
	ist_channel gone = p->channel;

	serial_chat_set_number(&p->chat, NULL, 0);
	p->channel = 0;
	if (gone)
		p->host->down(p->ctx, gone, why, true);
}

static uint8_t serial_line_cause(const struct ist_port *p)
{
	if (p->linger)
		return IST_CAUSE_LOCAL;
	return p->fail_kind ? p->fail_kind : IST_CAUSE_LINK;
}

static void serial_line_down(struct ist_port *p)
{
	bool was_up = p->state == SERIAL_UP, ours = p->linger;
	const struct ist_cause why = {.kind = serial_line_cause(p), .words = p->lost};

	if (was_up)
		serial_line_drop_queue(p);
	p->tx_at = p->tx_len = 0;
	serial_line_close(p);
	p->host->log(p->ctx, was_up && !ours ? 4 : 5, "%s: %s", p->device, why.words);
	p->count[SERIAL_C_CARRIER_LOST] += was_up && !ours;
	if (p->chat.dials)
		serial_line_end_call(p, &why);
	else if (was_up)
		p->host->down(p->ctx, p->channel, &why, false);
}

/* Octets leave at the pace of the line; DTR must not fall before the last of them. */
static bool serial_line_lingers(struct ist_port *p, uint64_t now)
{
	if (!p->linger || now >= p->linger)
		return false;
	return p->tx_len || serial_tty_unsent(p->fd);
}

/* --- carrier ---------------------------------------------------------------------------------- */

/* Waiting: does it come?  Up: is it still there? */
static void serial_line_look(struct ist_port *p, uint64_t now)
{
	enum serial_carrier c = serial_tty_carrier(p->fd);
	bool on = c == SERIAL_CARRIER_ON || c == SERIAL_CARRIER_UNKNOWN || p->ignore_carrier;
	bool watch = c != SERIAL_CARRIER_UNKNOWN && !p->ignore_carrier;

	p->look_at = watch ? now + LINE_LOOK : UINT64_MAX;
	if (c == SERIAL_CARRIER_GONE) {
		serial_lost(p, "the device is gone");
	} else if (p->state == SERIAL_UP && !on) {
		serial_lost(p, "carrier lost");
	} else if (p->state == SERIAL_WAITING && on) {
		serial_line_up(p);
	} else if (p->state == SERIAL_WAITING && now >= p->carrier_by) {
		p->count[SERIAL_C_NO_CARRIER]++;
		p->fail_kind = IST_CAUSE_INACTIVE;
		serial_lost(p, "no carrier after the chat script");
	}
}

/* What comes before carrier stays in the kernel until then. */
static void serial_line_wait_for_carrier(struct ist_port *p, uint64_t now)
{
	p->state = SERIAL_WAITING;
	p->carrier_by = p->chat.steps ? now + LINE_CARRIER : UINT64_MAX;
	serial_watch(p, p->watching & ~(unsigned)IST_READ);
	serial_line_look(p, now);
}

/* What an ABORT text means for who has the number called: result codes of ITU-T V.250 table 1, and
 * the ones that older modems have in their place. */
static uint8_t serial_line_aborted(const struct serial_chat_text *t)
{
	static const struct {
		const char *text;
		uint8_t kind;
	} rows[] = {
		{"BUSY", IST_CAUSE_REFUSED},
		{"NO ANSWER", IST_CAUSE_TIMEOUT},
		{"NO DIALTONE", IST_CAUSE_LINK},
		{"NO DIAL TONE", IST_CAUSE_LINK},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (memmem(t->octets, t->len, rows[i].text, strlen(rows[i].text)))
			return rows[i].kind;
	return IST_CAUSE_INACTIVE;
}

static void serial_line_after_chat(struct ist_port *p, uint64_t now)
{
	static const struct {
		const char *words;
		unsigned counter;
		uint8_t kind;
	} failed[] = {
		[SERIAL_CHAT_ABORTED] = {"the chat script met an ABORT text", SERIAL_C_CHAT_ABORTED,
					 IST_CAUSE_INACTIVE},
		[SERIAL_CHAT_TIMED_OUT] = {"the chat script waited too long", SERIAL_C_CHAT_TIMEOUT,
					   IST_CAUSE_TIMEOUT},
		[SERIAL_CHAT_NO_NUMBER] = {"the chat script has no number to call",
					   SERIAL_C_CHAT_ABORTED, IST_CAUSE_LOCAL},
	};

	if (p->chat.state == SERIAL_CHAT_DONE) {
		serial_line_wait_for_carrier(p, now);
	} else if (p->chat.state != SERIAL_CHAT_TALKING) {
		p->count[failed[p->chat.state].counter]++;
		p->fail_kind =
			p->chat.why ? serial_line_aborted(p->chat.why) : failed[p->chat.state].kind;
		serial_lost(p, failed[p->chat.state].words);
	}
}

/* --- opening ---------------------------------------------------------------------------------- */

static void serial_line_open_failed(struct ist_port *p, int error)
{
	static const struct ist_cause why = {.kind = IST_CAUSE_LINK,
					     .words = "the device cannot be opened"};

	p->count[SERIAL_C_OPEN_FAILED]++;
	/* The same again is no news. */
	p->host->log(p->ctx, error == p->error ? 7 : 4, "%s: %s", p->device, strerror(error));
	p->error = error;
	serial_line_wait(p);
	if (p->chat.dials)
		serial_line_end_call(p, &why);
}

static void serial_line_open(struct ist_port *p, uint64_t now)
{
	const struct ist_open w = opening_named(IST_OPEN_TTY, p->device);
	int fd = serial_tty_take(opening_ask(p->host, p->ctx, &w), p->bps, p->flow);

	if (fd < 0) {
		serial_line_open_failed(p, -fd);
		return;
	}
	p->fd = fd;
	p->error = 0;
	if (!p->chat.steps) {
		serial_line_wait_for_carrier(p, now);
		return;
	}
	p->state = SERIAL_CHAT;
	serial_watch(p, IST_READ);
	serial_chat_start(&p->chat, now);
	serial_flush(p);
	serial_line_after_chat(p, now);
}

void serial_on_time(void *arg, uint64_t now)
{
	struct ist_port *p = arg;

	serial_announce(p);
	if (p->link)
		return;
	if (p->lost)
		;
	else if (p->state == SERIAL_CLOSED && p->channel && now >= p->open_at)
		serial_line_open(p, now);
	else if (p->state == SERIAL_CHAT) {
		serial_chat_expire(&p->chat, now);
		serial_line_after_chat(p, now);
	} else if (p->state == SERIAL_WAITING || p->state == SERIAL_UP) {
		serial_line_look(p, now);
	}
	if (p->lost && !serial_line_lingers(p, now))
		serial_line_down(p);
	serial_arm(p);
}

/* --- calls ------------------------------------------------------------------------------------ */

int serial_line_call(struct ist_port *p, const struct ist_addr *to, ist_channel *out)
{
	const char *number = (const char *)to->data;

	if (!serial_chat_is_number(number, to->len))
		return -ENOENT;
	if (!p->chat.dials)
		return -EOPNOTSUPP;
	if (p->channel || p->lost)
		return -EBUSY;
	serial_chat_set_number(&p->chat, number, to->len);
	p->peer = *to;
	p->calls = p->calls == UINT16_MAX ? 1 : p->calls + 1;
	p->channel = (ist_channel)p->calls << 16 | 1;
	*out = p->channel;
	serial_arm(p);
	return 0;
}

/* What has been sent may leave first, unless the call is not up.  Nobody hears more of a call, and
 * one whose device is not open yet is over. */
void serial_line_hang_up(struct ist_port *p)
{
	bool up = p->state == SERIAL_UP;

	if (p->lost || (!p->chat.dials && !up))
		return;
	if (p->chat.dials)
		p->channel = 0;
	if (p->state == SERIAL_CLOSED)
		return;
	p->linger = up ? p->host->now(p->ctx) + SERIAL_LINGER : 1;
	p->count[SERIAL_C_HUNG_UP] += up;
	serial_watch(p, p->watching & ~(unsigned)IST_READ);
	serial_lost(p, "we have hung up");
}

/* --- the descriptor --------------------------------------------------------------------------- */

static void serial_line_input(struct ist_port *p, const uint8_t *octets, size_t n)
{
	uint64_t now = p->host->now(p->ctx);

	if (p->state == SERIAL_CHAT) {
		size_t took = serial_chat_rx(&p->chat, octets, n, now);

		octets += took;
		n -= took;
		serial_flush(p);
		serial_line_after_chat(p, now);
	}
	if (p->state == SERIAL_UP)
		serial_line_decode(p, octets, n);
}

static void serial_line_read(struct ist_port *p)
{
	uint8_t octets[LINE_READ];
	ssize_t n = 1;

	for (int i = 0; i < LINE_READS_AT_ONCE && n > 0 && !p->lost && p->state != SERIAL_WAITING;
	     i++) {
		n = read(p->fd, octets, sizeof(octets));
		if (n > 0)
			serial_line_input(p, octets, (size_t)n);
	}
	if (n == 0)
		serial_lost(p, "hung up");
	else if (n < 0 && errno != EAGAIN && errno != EINTR)
		serial_lost(p, errno == EIO ? "hung up" : "the device is gone");
	serial_line_end_batch(p);
}

static void serial_line_on_fd(void *arg, unsigned ready)
{
	struct ist_port *p = arg;

	serial_announce(p);
	if (ready & IST_READ)
		serial_line_read(p);
	if (ready & IST_WRITE && (!p->lost || p->linger))
		serial_flush(p);
	if (p->lost) {
		if (!serial_line_lingers(p, p->host->now(p->ctx)))
			serial_line_down(p);
	} else if (p->blocked && p->tx_len - p->tx_at < p->tx_limit) {
		p->blocked = false;
		p->host->writable(p->ctx, p->channel);
	}
	serial_arm(p);
}

void serial_watch(struct ist_port *p, unsigned what)
{
	if (what == p->watching)
		return;
	p->watching = what;
	p->host->watch(p->ctx, p->fd, what, serial_line_on_fd, p);
}
