/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The keys of the frame-relay transport, the checks that the key table cannot express, and opening
 * and closing a port.
 */
#include "transports/frame-relay/fr_int.h"

#include <errno.h>
#include <stdlib.h>

const struct ist_key fr_keys[] = {
	LINK_KEYS,
	{"lmi", IST_KEY_WORD, IST_KEY_PORT, 0, 0, "none auto annex-a annex-d cisco", "annex-a",
	 "management of the link: Q.933 Annex A, T1.617 Annex D, the consortium's, auto to find "
	 "out"},
	{"role", IST_KEY_WORD, IST_KEY_PORT, 0, 0, "user network nni", "user",
	 "our side of the LMI; nni: both"},
	{"n391", IST_KEY_NUMBER, IST_KEY_PORT, 1, 255, NULL, "6", "polls to one full status"},
	{"n392", IST_KEY_NUMBER, IST_KEY_PORT, 1, 10, NULL, "3", "errors that take the link down"},
	{"n393", IST_KEY_NUMBER, IST_KEY_PORT, 1, 10, NULL, "4", "events n392 is counted over"},
	{"t391", IST_KEY_TIME, IST_KEY_PORT, 0, 0, NULL, "10s", "user: time between polls"},
	{"t392", IST_KEY_TIME, IST_KEY_PORT, 0, 0, NULL, "15s", "network: time to wait for a poll"},
	{"mtu", IST_KEY_NUMBER, IST_KEY_PORT, 262, 9216, NULL, "1564",
	 "octets of a frame behind its address; at least 1526 with L2TP"},
	{"fragment", IST_KEY_NUMBER, IST_KEY_PORT, 0, 9216, NULL, "0",
	 "longest frame that goes whole, others go in fragments (FRF.12); 0 = all go whole"},
	{"address-octets", IST_KEY_NUMBER, IST_KEY_PORT, 2, 4, NULL, "2",
	 "octets of the Q.922 address"},
	{"pad", IST_KEY_BOOL, IST_KEY_PORT, 0, 0, NULL, "yes",
	 "send the pad octet of RFC 3070; received frames may have it or not"},
	{"cir", IST_KEY_NUMBER, IST_KEY_CIRCUIT, 0, 10000000000, NULL, "0",
	 "committed information rate, bit/s, as the network promised it; told to L2TP peers as the "
	 "connect speed; 0 = not known"},
	{.name = NULL},
};

/* DLCIs for users, by address length (Q.922 table 1). */
static const struct {
	uint32_t first, last;
} users[Q922_FORMATS] = {
	[Q922_2_OCTETS] = {16, 1007},
	[Q922_3_OCTETS] = {1024, 63487},
	[Q922_4_OCTETS] = {131072, 8126463},
};

static int fr_conf_add_circuits(struct ist_port *p, const struct ist_port_config *cfg, char *err,
				size_t err_len)
{
	uint32_t first = users[p->format].first, last = users[p->format].last, twice;

	if (cfg->circuits > CIRCUITS_MOST)
		return settings_error(err, err_len, EINVAL, "more than %u circuits", CIRCUITS_MOST);
	p->circuit = calloc((size_t)cfg->circuits + 1, sizeof(*p->circuit));
	if (!p->circuit)
		return settings_error(err, err_len, ENOMEM, "out of memory");
	for (unsigned i = 0; i < cfg->circuits; i++) {
		struct fr_circuit *c = &p->circuit[p->circuits++];

		c->dlci = fr_dlci_of(&cfg->circuit[i].addr);
		c->payloads = cfg->circuit[i].payloads;
		c->cir = settings_number(&(struct settings){fr_keys, cfg->circuit[i].setting,
							    cfg->circuit[i].settings},
					 "cir");
		if (c->dlci < first || c->dlci > last)
			return settings_error(err, err_len, EINVAL, "dlci %u: not %u to %u",
					      c->dlci, first, last);
		if (c->payloads & 1u << IST_PAYLOAD_L2TP && p->mtu < FR_MTU_RFC3070)
			return settings_error(
				err, err_len, EINVAL,
				"mtu: %u is under %u, the least for L2TP (RFC 3070 5)", p->mtu,
				FR_MTU_RFC3070);
	}
	if (!circuits_sort(p->circuit, p->circuits, sizeof(*p->circuit), &twice))
		return settings_error(err, err_len, EINVAL, "dlci %u: is there twice", twice);
	return 0;
}

static int fr_conf_start_lmi(struct ist_port *p, const struct settings *set, char *err,
			     size_t err_len)
{
	struct lmi_conf conf = {
		.role = settings_is(set, "role", "network") ? LMI_NETWORK : LMI_USER,
		.n391 = (unsigned)settings_number(set, "n391"),
		.n392 = (unsigned)settings_number(set, "n392"),
		.n393 = (unsigned)settings_number(set, "n393"),
		.t391 = settings_time(set, "t391"),
		.t392 = settings_time(set, "t392"),
		.address = p->format,
	};
	bool nni = settings_is(set, "role", "nni");
	const char *wrong;
	uint32_t *dlci;
	int r;

	for (unsigned i = 0; i < LMI_KINDS; i++)
		if (settings_is(set, "lmi", lmi_variants[i].name)) {
			conf.kind = (enum lmi_kind)i;
			p->has_lmi = true;
		}
	if (settings_is(set, "lmi", "auto")) {
		conf.kind = LMI_CISCO; /* the one with the longest elements, for the check below */
		p->has_lmi = conf.automatic = true;
	}
	if (!p->has_lmi)
		return 0;
	wrong = lmi_sides_check(&conf, nni);
	if (!wrong && (p->circuits > LMI_MSG_PVCS ||
		       lmi_msg_octets(conf.kind, p->format, p->circuits) > p->mtu))
		wrong = "mtu: a full status cannot list so many circuits";
	if (wrong)
		return settings_error(err, err_len, EINVAL, "%s", wrong);
	dlci = calloc((size_t)p->circuits + 1, sizeof(*dlci));
	for (unsigned i = 0; dlci && i < p->circuits; i++)
		dlci[i] = p->circuit[i].dlci;
	r = dlci ? lmi_sides_init(&p->lmi, &conf, nni, &fr_lmi_ops, p, dlci, p->circuits) : -ENOMEM;
	free(dlci);
	return r < 0 ? settings_error(err, err_len, -r, "out of memory") : 0;
}

static struct link_conf fr_conf_link(struct ist_port *p, const struct settings *set)
{
	return (struct link_conf){
		.host = p->host,
		.host_ctx = p->ctx,
		.user = &fr_link_user,
		.ctx = p,
		.settings = *set,
		.linktype = LINKTYPE_FRELAY,
		.tun_type = 770,   /* ARPHRD_FRAD */
		.tun_protocol = 3, /* ETH_P_ALL */
	};
}

void fr_close(struct ist_port *p)
{
	if (!p)
		return;
	link_close(p->link);
	if (p->timer)
		p->host->timer(p->ctx, &p->timer, UINT64_MAX, NULL, NULL);
	if (p->announce_timer)
		p->host->timer(p->ctx, &p->announce_timer, UINT64_MAX, NULL, NULL);
	lmi_sides_free(&p->lmi);
	for (unsigned i = 0; i < p->circuits; i++)
		free(p->circuit[i].gather.buf);
	free(p->circuit);
	free(p);
}

/* A port with all its settings but the link; *out is to be closed whatever comes of it. */
static int fr_conf_read(struct ist_port **out, const struct ist_port_config *cfg, char *err,
			size_t err_len)
{
	const struct settings set = {fr_keys, cfg->setting, cfg->settings};
	uint64_t octets = settings_number(&set, "address-octets");
	struct ist_port *p = *out = calloc(1, sizeof(*p));
	int r;

	if (!p)
		return settings_error(err, err_len, ENOMEM, "out of memory");
	p->why = "link down";
	p->mtu = (uint32_t)settings_number(&set, "mtu");
	p->pad = settings_bool(&set, "pad");
	p->format = octets == 4 ? Q922_4_OCTETS : octets == 3 ? Q922_3_OCTETS : Q922_2_OCTETS;
	p->fragment = (uint32_t)settings_number(&set, "fragment");
	if (p->fragment && p->fragment < FRF12_LEAST)
		return settings_error(err, err_len, EINVAL, "fragment: must be 0 or at least %u",
				      FRF12_LEAST);
	r = fr_conf_add_circuits(p, cfg, err, err_len);
	return r ? r : fr_conf_start_lmi(p, &set, err, err_len);
}

int fr_check(const struct ist_port_config *cfg, struct ist_open *opens, unsigned n, char *err,
	     size_t err_len)
{
	const struct settings set = {fr_keys, cfg->setting, cfg->settings};
	struct link_conf link;
	struct ist_port *p;
	int r = fr_conf_read(&p, cfg, err, err_len);

	if (!r) {
		link = fr_conf_link(p, &set);
		r = link_check_configured(&link, opens, n, err, err_len);
	}
	fr_close(p);
	return r;
}

int fr_open_from(struct ist_port **out, const struct ist_host *host, void *ctx,
		 const struct ist_port_config *cfg, struct handover *from, char *err,
		 size_t err_len)
{
	const struct settings set = {fr_keys, cfg->setting, cfg->settings};
	int r = settings_host_ok(host, err, err_len);
	struct link_conf link;
	struct ist_port *p;

	if (r < 0)
		return r;
	r = fr_conf_read(&p, cfg, err, err_len);
	if (!r) {
		p->host = host;
		p->ctx = ctx;
		link = fr_conf_link(p, &set);
		link.from = from;
		r = link_open_configured(&p->link, &link, err, err_len);
	}
	if (r < 0) {
		fr_close(p);
		return r;
	}
	p->link_mtu = link_mtu(p->link);
	*out = p;
	return 0;
}

int fr_open(struct ist_port **out, const struct ist_host *host, void *ctx,
	    const struct ist_port_config *cfg, char *err, size_t err_len)
{
	return fr_open_from(out, host, ctx, cfg, NULL, err, err_len);
}
