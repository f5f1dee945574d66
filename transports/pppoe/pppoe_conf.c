/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the pppoe transport is told: its keys, what is wrong with them beyond what a table can say,
 * and a port from opening to closing.
 */
#include "transports/pppoe/pppoe_int.h"

#include "transports/kit/linktype.h"
#include "transports/pppoe/pppoe_addr.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/random.h>

const struct ist_key pppoe_keys[] = {
	{"link", IST_KEY_TEXT, IST_KEY_REQUIRED | IST_KEY_PORT, 0, 0, NULL, NULL,
	 "what it runs on: packet: or tap:INTERFACE; udp:LOCAL>REMOTE, loop:NAME or pcap:IN>OUT "
	 "carry "
	 "whole Ethernet frames"},
	LINK_LINE_KEYS,
	PORT_WORD("role", "server client", "server",
		  "server: access concentrator, lets sessions in; client: host, asks for them"),
	{"services", IST_KEY_LIST, IST_KEY_PORT, 0, 0, NULL, NULL,
	 "server: service names offered; none = every name is served"},
	PORT_TEXT("ac-name", NULL,
		  "server: our AC-Name, default our MAC address; client: the only one to take"),
	PORT_NUMBER("max-sessions", 1, PPPOE_SESSIONS_MAX, "16000", "most sessions at once"),
	PORT_NUMBER("sessions-per-mac", 0, PPPOE_SESSIONS_MAX, "8",
		    "server: most sessions of one station; 0 = no limit"),
	PORT_TIME("pado-delay", "0", "server: wait so long before answering a PADI"),
	PORT_TIME("cookie-life", "60s", "server: time between PADO and PADR, at most"),
	PORT_NUMBER("max-payload", 1492, 9216, "1492",
		    "largest PPP payload to agree to (RFC 4638); the link's MTU must be 8 more"),
	PORT_TIME("discovery-wait", "2s",
		  "client: time until a PADI or PADR is sent again, doubled each time"),
	PORT_NUMBER("discovery-tries", 1, 20, "5", "client: most PADIs, and PADRs, of one round"),
	PORT_TEXT("host-uniq", NULL,
		  "client: Host-Uniq in hexadecimal, for networks that ask for a certain one"),
	PORT_TIME("link-hold", "5s", "sessions outlive a link that is down for less than this"),
	{.name = NULL},
};

/* --- the pieces ------------------------------------------------------------------------------- */

static int pppoe_conf_services(struct ist_port *p, const struct settings *set, char *err,
			       size_t err_len)
{
	unsigned n = 0;

	for (unsigned i = 0; i < set->n; i++) {
		const char *name = set->setting[i].value;

		if (strcmp(set->setting[i].key, "services"))
			continue;
		if (!*name || strlen(name) > PPPOE_SERVICE_MAX)
			return settings_error(err, err_len, EINVAL,
					      "services: \"%s\" is not 1 to %u octets long", name,
					      PPPOE_SERVICE_MAX);
		if (n == PPPOE_SERVICES_MAX)
			return settings_error(err, err_len, EINVAL, "more than %u services",
					      PPPOE_SERVICES_MAX);
		p->service[n] = strdup(name);
		if (!p->service[n++])
			return settings_error(err, err_len, ENOMEM, "out of memory");
	}
	return 0;
}

static int pppoe_conf_names(struct ist_port *p, const struct settings *set, char *err,
			    size_t err_len)
{
	const char *name = settings_text(set, "ac-name");

	if (name && (!*name || strlen(name) > PPPOE_AC_NAME_MAX))
		return settings_error(err, err_len, EINVAL, "ac-name: not 1 to %u octets long",
				      PPPOE_AC_NAME_MAX);
	if (name)
		memcpy(p->ac_name, name, strlen(name) + 1);
	p->ac_named = name != NULL;
	return pppoe_conf_services(p, set, err, err_len);
}

static bool pppoe_conf_uniq(struct pppoe_client_conf *c, const char *hex)
{
	size_t len = hex ? strlen(hex) : 0;

	if (!hex)
		return true;
	if (!len || len % 2 || len > 2 * (size_t)PPPOE_UNIQ_MAX)
		return false;
	for (size_t i = 0; i < len; i += 2)
		if (!pppoe_addr_octet(&c->uniq[c->uniq_len++], hex + i))
			return false;
	return true;
}

static int pppoe_conf_client(struct ist_port *p, const struct settings *set, char *err,
			     size_t err_len)
{
	struct pppoe_client_conf c = {
		.ac_name = p->ac_named ? p->ac_name : NULL,
		.wait = settings_time(set, "discovery-wait"),
		.tries = (uint32_t)settings_number(set, "discovery-tries"),
	};

	if (!c.wait)
		return settings_error(err, err_len, EINVAL, "discovery-wait: not 0");
	if (!pppoe_conf_uniq(&c, settings_text(set, "host-uniq")))
		return settings_error(err, err_len, EINVAL,
				      "host-uniq: \"%s\" is not 1 to %u octets in hexadecimal",
				      settings_text(set, "host-uniq"), PPPOE_UNIQ_MAX);
	if (p->service[0])
		return settings_error(err, err_len, EINVAL,
				      "services: a client names the service in each address");
	return pppoe_client_init(&p->dialer, &p->end, &c)
		       ? settings_error(err, err_len, ENOMEM, "out of memory")
		       : 0;
}

static void pppoe_conf_server(struct ist_port *p, const struct settings *set)
{
	struct pppoe_ac_conf c = {
		.name = p->ac_name,
		.service = (const char *const *)p->service,
		.per_mac = (uint32_t)settings_number(set, "sessions-per-mac"),
		.pado_delay = settings_time(set, "pado-delay"),
		.cookie_life = settings_time(set, "cookie-life"),
	};

	while (c.services < PPPOE_SERVICES_MAX && p->service[c.services])
		c.services++;
	pppoe_ac_init(&p->ac, &p->end, &c);
}

/* A circuit that is configured is an address, which says nothing to us: whom the host connects to,
 * or what it does with an offer. */
static int pppoe_conf_circuits(const struct ist_port_config *cfg, char *err, size_t err_len)
{
	for (unsigned i = 0; i < cfg->circuits; i++) {
		char text[80];

		pppoe_addr_format(&cfg->circuit[i].addr, text, sizeof(text));
		if (cfg->circuit[i].payloads != 1u << IST_PAYLOAD_PPP)
			return settings_error(err, err_len, EINVAL, "channel %s: carries ppp only",
					      text);
	}
	return 0;
}

static int pppoe_conf_end(struct ist_port *p, const struct settings *set, char *err, size_t err_len)
{
	uint32_t most = (uint32_t)settings_number(set, "max-sessions");
	uint8_t key[PPPOE_KEY];

	if (getrandom(key, sizeof(key), 0) != (ssize_t)sizeof(key))
		return settings_error(err, err_len, EIO, "no random octets from the system");
	p->noted = calloc(most, sizeof(*p->noted));
	if (!p->noted || pppoe_end_init(&p->end, most, key, &pppoe_port_ops, p))
		return settings_error(err, err_len, ENOMEM, "out of memory");
	return 0;
}

static struct link_conf pppoe_conf_link(struct ist_port *p, const struct ist_port_config *cfg)
{
	return (struct link_conf){
		.host = p->host,
		.host_ctx = p->ctx,
		.user = &pppoe_link_user,
		.ctx = p,
		.settings = {pppoe_keys, cfg->setting, cfg->settings},
		.ether = {PPPOE_DISCOVERY, PPPOE_SESSION},
		.linktype = LINKTYPE_ETHERNET,
	};
}

/* --- all -------------------------------------------------------------------------------------- */

/* Everything but the link. */
static int pppoe_conf_read(struct ist_port *p, const struct ist_port_config *cfg, char *err,
			   size_t err_len)
{
	const struct settings set = {pppoe_keys, cfg->setting, cfg->settings};
	int r = pppoe_conf_names(p, &set, err, err_len);

	p->client = settings_is(&set, "role", "client");
	p->max_payload = (uint32_t)settings_number(&set, "max-payload");
	p->link_hold = settings_time(&set, "link-hold");
	if (!r)
		r = pppoe_conf_circuits(cfg, err, err_len);
	if (!r)
		r = pppoe_conf_end(p, &set, err, err_len);
	if (r)
		return r;
	if (p->client)
		r = pppoe_conf_client(p, &set, err, err_len);
	else
		pppoe_conf_server(p, &set);
	return r;
}

static struct ist_port *pppoe_conf_new(void)
{
	struct ist_port *p = calloc(1, sizeof(*p));

	if (p)
		p->timer_at = p->lost_at = UINT64_MAX;
	return p;
}

void pppoe_close(struct ist_port *p)
{
	for (uint32_t i = 1; p->link && !p->frozen && i < p->end.slots.fresh; i++)
		if (p->end.session[i])
			pppoe_end_hang_up(&p->end, p->end.session[i], "port closed");
	link_close(p->link);
	if (p->timer)
		p->host->timer(p->ctx, &p->timer, UINT64_MAX, pppoe_on_time, p);
	pppoe_ac_free(&p->ac);
	pppoe_client_free(&p->dialer);
	pppoe_end_free(&p->end);
	for (unsigned i = 0; i < PPPOE_SERVICES_MAX; i++)
		free(p->service[i]);
	free(p->noted);
	free(p);
}

int pppoe_check(const struct ist_port_config *cfg, struct ist_open *opens, unsigned n, char *err,
		size_t err_len)
{
	struct ist_port *p = pppoe_conf_new();
	struct link_conf link;
	int r;

	if (!p)
		return settings_error(err, err_len, ENOMEM, "out of memory");
	r = pppoe_conf_read(p, cfg, err, err_len);
	link = pppoe_conf_link(p, cfg);
	if (!r)
		r = link_check_configured(&link, opens, n, err, err_len);
	pppoe_close(p);
	return r;
}

int pppoe_open_from(struct ist_port **out, const struct ist_host *host, void *ctx,
		    const struct ist_port_config *cfg, struct handover *from, char *err,
		    size_t err_len)
{
	int r = settings_host_ok(host, err, err_len);
	struct link_conf link;
	struct ist_port *p;

	if (r < 0)
		return r;
	p = pppoe_conf_new();
	if (!p)
		return settings_error(err, err_len, ENOMEM, "out of memory");
	p->host = host;
	p->ctx = ctx;
	r = pppoe_conf_read(p, cfg, err, err_len);
	link = pppoe_conf_link(p, cfg);
	link.from = from;
	if (!r)
		r = link_open_configured(&p->link, &link, err, err_len);
	if (r < 0) {
		pppoe_close(p);
		return r;
	}
	pppoe_look_at_link(p);
	p->end.padt_at = host->now(ctx) + PPPOE_QUIET;
	*out = p;
	return 0;
}

int pppoe_open(struct ist_port **out, const struct ist_host *host, void *ctx,
	       const struct ist_port_config *cfg, char *err, size_t err_len)
{
	return pppoe_open_from(out, host, ctx, cfg, NULL, err, err_len);
}
