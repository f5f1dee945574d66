/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the serial transport is told, what is wrong with it beyond what a key table can say, and a
 * port from opening to closing.  A device itself is opened by the timer: one that is absent now
 * may be plugged in later.
 */
#include "transports/serial/serial_int.h"

#include "transports/kit/linktype.h"
#include "transports/kit/opening.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#define CONF_RX_LEAST	1500u /* octets of information that every PPP end takes (RFC 1661 6.1) */
#define CONF_QUEUE_MOST 8192u /* octets */
#define CONF_SCRIPT_MOST \
	(SERIAL_CHAT_STEPS * (SERIAL_CHAT_TEXT + SERIAL_CHAT_NUMBER)) /* octets a script sends */

/* clang-format off */
const struct ist_key serial_keys[] = {
	PORT_NUMBER("speed", 300, 1000000000, NULL,
		    "bit/s; without it the device keeps its speed, and L2TP peers are told none"),
	PORT_NUMBER("max-payload", 128, 16384, "1500", "largest PPP payload we send"),
	PORT_WORD("fcs", "none 16 32", NULL,
		  "bits of the frame check sequence: 16 unless given on a device, and none on a link, "
		  "where the device under it makes and checks its own"),
	/* Rows from here to `link` are of asynchronous lines, those behind it of synchronous ones. */
	{"device", IST_KEY_TEXT, IST_KEY_PORT, 0, 0, NULL, NULL,
	 "the tty or pty of an asynchronous line, e.g. /dev/ttyS0"},
	PORT_WORD("flow", "none rts-cts xon-xoff", "none", "flow control of the tty"),
	PORT_WORD("carrier", "auto ignore", "auto",
		  "auto: the line is up while DCD is on, if the device has modem lines; ignore: for "
		  "cables without it"),
	PORT_TEXT("accm", "ffffffff",
		  "control octets that are escaped when sending, in hexadecimal, bit n is octet n "
		  "(RFC 1662 7.1); PPP at the ends may agree on more, or on fewer than the default"),
	PORT_TEXT("accm-in", "00000000",
		  "control octets that the line inserts, and that are dropped when received"),
	{"chat", IST_KEY_LIST, IST_KEY_PORT, 0, 0, NULL, NULL,
	 "chat script before PPP: \"EXPECT SEND\", \"ABORT TEXT\" or \"TIMEOUT SECONDS\"; with \\T in "
	 "SEND, which stands for a number, the line is for outgoing calls to numbers"},
	PORT_TIME("retry", "1s",
		  "wait before the device is opened again, doubled up to a minute until the line is "
		  "up"),
	{"link", IST_KEY_TEXT, IST_KEY_PORT, 0, 0, NULL, NULL,
	 "the link of a synchronous line, whose frames stand between two flags: packet:, tun: or "
	 "tap:INTERFACE, udp:LOCAL>REMOTE, loop:NAME, pcap:IN>OUT"},
	PORT_TEXT("ethertype", "0x88b5", "of packet links over Ethernet and of tap links"),
	LINK_LINE_KEYS,
	{.name = NULL},
};
/* clang-format on */

static bool conf_accm(uint32_t *out, const char *hex)
{
	size_t len;

	if (hex[0] == '0' && (hex[1] | 0x20) == 'x')
		hex += 2;
	len = strlen(hex);
	if (!len || len > 8 || strspn(hex, "0123456789abcdefABCDEF") != len)
		return false;
	*out = (uint32_t)strtoul(hex, NULL, 16);
	return true;
}

static int conf_accms(struct ist_port *p, const struct settings *set, char *err, size_t err_len)
{
	const struct {
		const char *key;
		uint32_t *to;
	} rows[] = {{"accm", &p->accm_out}, {"accm-in", &p->accm_in}};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const char *text = settings_text(set, rows[i].key);

		if (!conf_accm(rows[i].to, text))
			return settings_error(err, err_len, EINVAL,
					      "%s: \"%s\" is not 1 to 8 hexadecimal digits",
					      rows[i].key, text);
	}
	if (p->flow == SERIAL_FLOW_XON_XOFF && (p->accm_out & SERIAL_XON_XOFF) != SERIAL_XON_XOFF)
		return settings_error(err, err_len, EINVAL,
				      "accm: flow = xon-xoff needs 000a0000 in it");
	return 0;
}

static int conf_chat(struct ist_port *p, const struct settings *set, char *err, size_t err_len)
{
	serial_chat_init(&p->chat, serial_put, p);
	for (unsigned i = 0; i < set->n; i++) {
		const char *entry = set->setting[i].value, *wrong;

		if (strcmp(set->setting[i].key, "chat"))
			continue;
		wrong = serial_chat_add(&p->chat, entry);
		/* The entry itself may be a password. */
		if (wrong)
			return settings_error(err, err_len, EINVAL, "chat: %s", wrong);
	}
	if (p->chat.dials)
		p->channel = 0;
	return 0;
}

static enum serial_flow conf_flow(const struct settings *set)
{
	if (settings_is(set, "flow", "rts-cts"))
		return SERIAL_FLOW_RTS_CTS;
	return settings_is(set, "flow", "xon-xoff") ? SERIAL_FLOW_XON_XOFF : SERIAL_FLOW_NONE;
}

static int conf_memory(struct ist_port *p, char *err, size_t err_len)
{
	uint32_t rx = p->max_payload > CONF_RX_LEAST ? p->max_payload : CONF_RX_LEAST;
	size_t tenth = p->bps / 10 / 10; /* ten bits an octet */

	p->rx_slot = SERIAL_ADDRESS + SERIAL_PROTOCOL + rx + hdlc_fcs_octets(p->fcs);
	p->tx_slot = SERIAL_ADDRESS + SERIAL_PROTOCOL + p->max_payload;
	p->tx_limit = tenth && tenth < CONF_QUEUE_MOST ? tenth : CONF_QUEUE_MOST;
	p->tx_room = p->tx_limit + HDLC_ROOM(p->tx_slot) + CONF_SCRIPT_MOST;
	p->rx_slots = calloc(SERIAL_BATCH, p->rx_slot);
	p->tx_frame = malloc(p->tx_slot);
	p->tx = malloc(p->tx_room);
	if (!p->rx_slots || !p->tx_frame || !p->tx)
		return settings_error(err, err_len, ENOMEM, "out of memory");
	hdlc_decoder_init(&p->rx, p->rx_slots, p->rx_slot, p->accm_in, p->fcs);
	return 0;
}

static size_t conf_row(const char *key)
{
	size_t i = 0;

	while (serial_keys[i].name && strcmp(serial_keys[i].name, key))
		i++;
	return i;
}

/* The host hands over defaults as well. */
static bool conf_is_default(const struct ist_key *k, const char *value)
{
	const struct ist_setting one = {k->name, value};
	const struct settings given = {serial_keys, &one, 1}, none = {serial_keys, NULL, 0};

	if (!k->deflt)
		return false;
	if (k->kind == IST_KEY_TIME)
		return settings_time(&given, k->name) == settings_time(&none, k->name);
	return !strcmp(value, k->deflt);
}

/* A key that was given and whose row is in [from, to); NULL = none. */
static const char *conf_given(const struct settings *set, size_t from, size_t to)
{
	for (unsigned i = 0; i < set->n; i++) {
		size_t row = conf_row(set->setting[i].key);

		if (row >= from && row < to &&
		    !conf_is_default(&serial_keys[row], set->setting[i].value))
			return set->setting[i].key;
	}
	return NULL;
}

/* Keys of the other kind of line mean nothing. */
static int conf_kind(const struct settings *set, bool sync, char *err, size_t err_len)
{
	size_t device = conf_row("device"), link = conf_row("link");
	const char *stray = sync ? conf_given(set, device, link) : conf_given(set, link, SIZE_MAX);

	if (!stray)
		return 0;
	if (!strncmp(stray, "impair", 6))
		return settings_error(err, err_len, EINVAL, "impair: not on a tty");
	if (!strcmp(stray, "device"))
		return settings_error(err, err_len, EINVAL,
				      "device: a line has a device or a link, not both");
	return settings_error(err, err_len, EINVAL, "%s: only of a line with a %s", stray,
			      sync ? "device" : "link");
}

static int conf_line(struct ist_port *p, const struct settings *set, char *err, size_t err_len)
{
	const char *device = settings_text(set, "device"), *link = settings_text(set, "link");
	const char *text = link ? link : device;

	if (!text || !*text)
		return settings_error(err, err_len, EINVAL, "needs a device or a link");
	p->device = strdup(text);
	if (!p->device)
		return settings_error(err, err_len, ENOMEM, "out of memory");
	p->bps = (uint32_t)settings_number(set, "speed");
	if (!link && p->bps && !serial_tty_has_speed(p->bps))
		return settings_error(err, err_len, EINVAL, "speed: no tty has %u bit/s", p->bps);
	p->fcs = link ? HDLC_FCS_NONE : HDLC_FCS_16;
	if (settings_text(set, "fcs"))
		p->fcs = settings_is(set, "fcs", "32")	 ? HDLC_FCS_32
			 : settings_is(set, "fcs", "16") ? HDLC_FCS_16
							 : HDLC_FCS_NONE;
	if (!link && p->fcs == HDLC_FCS_NONE)
		return settings_error(err, err_len, EINVAL, "fcs: a device needs 16 or 32");
	return conf_kind(set, link, err, err_len);
}

static int conf_circuits(const struct ist_port_config *cfg, char *err, size_t err_len)
{
	if (cfg->circuits > 1)
		return settings_error(err, err_len, EINVAL, "a serial line has one channel");
	if (cfg->circuits && cfg->circuit->payloads != 1u << IST_PAYLOAD_PPP)
		return settings_error(err, err_len, EINVAL, "channel line: carries ppp only");
	if (cfg->circuits && memcmp(&cfg->circuit->addr, &serial_address, sizeof(serial_address)))
		return settings_error(err, err_len, EINVAL, "the channel is named line");
	return 0;
}

static int conf_device(struct ist_port *p, const struct settings *set, char *err, size_t err_len)
{
	int r = 0;

	p->flow = conf_flow(set);
	p->ignore_carrier = settings_is(set, "carrier", "ignore");
	p->retry = p->wait = settings_time(set, "retry");
	if (!p->retry)
		r = settings_error(err, err_len, EINVAL, "retry: not 0");
	if (!r)
		r = conf_accms(p, set, err, err_len);
	if (!r)
		r = conf_chat(p, set, err, err_len);
	return r ? r : conf_memory(p, err, err_len);
}

static bool conf_sync(const struct ist_port_config *cfg)
{
	return settings_text(&(struct settings){serial_keys, cfg->setting, cfg->settings}, "link");
}

static struct link_conf conf_link(struct ist_port *p, const struct ist_port_config *cfg)
{
	return (struct link_conf){
		.host = p->host,
		.host_ctx = p->ctx,
		.user = &serial_sync_user,
		.ctx = p,
		.settings = {serial_keys, cfg->setting, cfg->settings},
		.linktype = LINKTYPE_PPP,
		.tun_type = 518,   /* ARPHRD_RAWHDLC */
		.tun_protocol = 3, /* ETH_P_ALL */
	};
}

static int conf_link_memory(struct ist_port *p, char *err, size_t err_len)
{
	p->tx_slot = SERIAL_ADDRESS + SERIAL_PROTOCOL + p->max_payload + HDLC_FCS_MAX;
	p->tx_frame = calloc(SERIAL_BATCH, p->tx_slot);
	return p->tx_frame ? 0 : settings_error(err, err_len, ENOMEM, "out of memory");
}

/* Everything but opening. */
static int conf_read(struct ist_port *p, const struct ist_port_config *cfg, char *err,
		     size_t err_len)
{
	const struct settings set = {serial_keys, cfg->setting, cfg->settings};
	int r = conf_line(p, &set, err, err_len);

	p->max_payload = (uint32_t)settings_number(&set, "max-payload");
	if (!r)
		r = conf_circuits(cfg, err, err_len);
	if (r)
		return r;
	r = conf_sync(cfg) ? conf_link_memory(p, err, err_len) : conf_device(p, &set, err, err_len);
	if (!r && p->chat.dials && cfg->circuits)
		r = settings_error(err, err_len, EINVAL,
				   "channel line: not with a chat script that dials (\\T)");
	return r;
}

void serial_close(struct ist_port *p)
{
	link_close(p->link);
	if (p->fd >= 0) {
		serial_watch(p, 0);
		if (p->frozen)
			close(p->fd); /* and no more: it is another's too */
		else
			serial_tty_close(p->fd);
	}
	if (p->timer)
		p->host->timer(p->ctx, &p->timer, UINT64_MAX, serial_on_time, p);
	explicit_bzero(&p->chat, sizeof(p->chat)); /* may hold a password */
	free(p->device);
	free(p->rx_slots);
	free(p->tx_frame);
	free(p->tx);
	free(p);
}

static struct ist_port *conf_new(void)
{
	struct ist_port *p = calloc(1, sizeof(*p));

	if (!p)
		return NULL;
	p->fd = -1;
	p->channel = SERIAL_CHANNEL;
	p->peer = serial_address;
	p->look_at = UINT64_MAX;
	return p;
}

int serial_check(const struct ist_port_config *cfg, struct ist_open *opens, unsigned n, char *err,
		 size_t err_len)
{
	struct ist_port *p = conf_new();
	struct link_conf link;
	unsigned there = 0;
	struct ist_open w;
	int r;

	if (!p)
		return settings_error(err, err_len, ENOMEM, "out of memory");
	r = conf_read(p, cfg, err, err_len);
	link = conf_link(p, cfg);
	if (!r && !conf_sync(cfg)) {
		w = opening_named(IST_OPEN_TTY, p->device);
		opening_list(&w, opens, n, &there);
		r = (int)there;
	} else if (!r)
		r = link_check_configured(&link, opens, n, err, err_len);
	serial_close(p);
	return r;
}

/* From conf_read() on. */
static int conf_open(struct ist_port *p, const struct ist_port_config *cfg, struct handover *from,
		     char *err, size_t err_len)
{
	struct link_conf link = conf_link(p, cfg);
	int r = 0;

	link.from = from;
	if (!conf_sync(cfg))
		serial_arm(p);
	else
		r = link_open_configured(&p->link, &link, err, err_len);
	if (p->link)
		p->link_mtu = link_mtu(p->link);
	return r;
}

int serial_open_from(struct ist_port **out, const struct ist_host *host, void *ctx,
		     const struct ist_port_config *cfg, struct handover *from, char *err,
		     size_t err_len)
{
	int r = settings_host_ok(host, err, err_len);
	struct ist_port *p;

	if (r < 0)
		return r;
	p = conf_new();
	if (!p)
		return settings_error(err, err_len, ENOMEM, "out of memory");
	p->host = host;
	p->ctx = ctx;
	p->open_at = host->now(ctx);
	r = conf_read(p, cfg, err, err_len);
	if (!r)
		r = conf_open(p, cfg, from, err, err_len);
	if (r < 0) {
		serial_close(p);
		return r;
	}
	*out = p;
	return 0;
}

int serial_open(struct ist_port **out, const struct ist_host *host, void *ctx,
		const struct ist_port_config *cfg, char *err, size_t err_len)
{
	return serial_open_from(out, host, ctx, cfg, NULL, err, err_len);
}
