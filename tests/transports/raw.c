/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/transports/raw.h"

#include "transports/link/link.h"

#include <stdlib.h>
#include <string.h>

static const struct ist_key keys[] = {LINK_KEYS, {NULL, 0, 0, 0, 0, NULL, NULL, NULL}};
static const struct ist_counter counters[] = {{NULL, NULL}};

struct ist_port {
	const struct ist_host *host;
	void *ctx;
	struct link *link;
};

static void raw_on_frames(void *ctx, const struct link_frame *f, unsigned n)
{
	struct ist_port *p = ctx;

	for (unsigned i = 0; i < n; i++) {
		const struct ist_frame out = {
			.channel = 1, .payload = f[i].payload, .len = f[i].len};

		p->host->frames(p->ctx, &out, 1);
	}
}

static void raw_on_carrier(void *ctx, bool up, const char *words)
{
	(void)ctx;
	(void)up;
	(void)words;
}

static const struct link_user user = {raw_on_frames, raw_on_carrier};

static int raw_open(struct ist_port **out, const struct ist_host *host, void *ctx,
		    const struct ist_port_config *cfg, char *err, size_t err_len)
{
	struct ist_port *p = calloc(1, sizeof(*p));
	struct link_conf conf = {.host = host, .host_ctx = ctx, .user = &user, .ctx = p};

	conf.settings = (struct settings){keys, cfg->setting, cfg->settings};
	conf.ethertype = 0x88b5;
	conf.sdus = true;
	p->host = host;
	p->ctx = ctx;
	*out = p;
	return link_open(&p->link, settings_text(&conf.settings, "link"), &conf, err, err_len);
}

static void raw_close(struct ist_port *p)
{
	link_close(p->link);
	free(p);
}

static int raw_send(struct ist_port *p, const struct ist_frame *f, unsigned n)
{
	for (unsigned i = 0; i < n; i++) {
		const struct link_frame out = {NULL, f[i].payload, 0, f[i].len};

		link_send(p->link, &out, 1);
	}
	return (int)n;
}

static uint32_t raw_mtu(const struct ist_port *p, ist_channel c)
{
	(void)c;
	return link_mtu(p->link);
}

static int raw_addr_parse(struct ist_addr *out, const char *text)
{
	(void)text;
	memset(out, 0, sizeof(*out));
	return 0;
}

static int raw_addr_format(const struct ist_addr *a, char *buf, size_t len)
{
	(void)a;
	if (len)
		*buf = '\0';
	return 0;
}

static int raw_connect(struct ist_port *p, const struct ist_addr *to, uint8_t payload,
		       const struct ist_attrs *a, ist_channel *out)
{
	(void)p;
	(void)to;
	(void)payload;
	(void)a;
	*out = 1;
	return 0;
}

static void raw_count(const struct ist_port *p, uint64_t *out, unsigned n)
{
	(void)p;
	memset(out, 0, n * sizeof(*out));
}

static void raw_disconnect(struct ist_port *p, ist_channel c, const struct ist_cause *why)
{
	(void)p;
	(void)c;
	(void)why;
}

const struct ist_transport raw_transport = {.abi = IST_TRANSPORT_ABI,
					    .size = sizeof(struct ist_transport),
					    .name = "raw",
					    .caps = IST_CAP_L2TP,
					    .keys = keys,
					    .counters = counters,
					    .open = raw_open,
					    .close = raw_close,
					    .send = raw_send,
					    .mtu = raw_mtu,
					    .addr_parse = raw_addr_parse,
					    .addr_format = raw_addr_format,
					    .connect = raw_connect,
					    .count = raw_count,
					    .disconnect = raw_disconnect};
