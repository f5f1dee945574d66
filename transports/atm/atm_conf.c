/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The keys of `atm`, and circuits from the configuration: addresses "VPI/VCI", the settings of
 * each, and what may not be together.
 */
#include "transports/atm/atm_int.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#define SDU_RFC3355 1514u /* PPP of MRU 1500 with protocol, FF 03 and the L2TP header around it */

const struct ist_key atm_keys[] = {
	LINK_KEYS,
	{"atmtcp-from", IST_KEY_LIST, IST_KEY_PORT, 0, 0, NULL, NULL,
	 "atmtcp-listen links: IP addresses that may connect; none = all"},
	PORT_TIME("atmtcp-idle", "30s",
		  "atmtcp-listen links: a far end that has sent no record for so long gives way to "
		  "another address that connects; 0s = never"),
	{"framing", IST_KEY_WORD, IST_KEY_PORT, 0, 0, "cells pdus sdus", "cells",
	 "content of a link's frame: 53-octet cells, whole CPCS-PDUs, or SDUs"},
	{"header", IST_KEY_WORD, IST_KEY_PORT, 0, 0, "uni nni", "uni",
	 "cell header: user-network (8 bits of VPI) or network-node (12); emulated routers use "
	 "nni"},
	{"cells-per-frame", IST_KEY_NUMBER, IST_KEY_PORT, 1, ATM_CELLS_MAX, NULL, "1",
	 "cells sent in one frame of the link; emulated routers take 1, an Ethernet 28"},
	{"reassembly-timeout", IST_KEY_TIME, IST_KEY_PORT, 0, 0, NULL, "10s",
	 "time a PDU may take from its first cell to its last; 0s = for ever"},
	{"encapsulation", IST_KEY_WORD, IST_KEY_CIRCUIT, 0, 0, "llc vc-mux", "llc",
	 "llc: an LLC header names the payload; vc-mux: one payload, no header"},
	{"aal5-crc", IST_KEY_WORD, IST_KEY_CIRCUIT, 0, 0, "strict reflected ignore", "strict",
	 "I.363.5, the reflected CRC of some emulated routers, or not checked"},
	{"sdu-max", IST_KEY_NUMBER, IST_KEY_CIRCUIT, 48, AAL5_SDU_MAX, NULL, "9216",
	 "octets of the largest AAL5 SDU, encapsulation included"},
	{"pcr", IST_KEY_NUMBER, IST_KEY_CIRCUIT, 0, 10000000, NULL, "0",
	 "peak cell rate, cells a second; 0 = not shaped"},
	{"oam-interval", IST_KEY_TIME, IST_KEY_CIRCUIT, 0, 0, NULL, "0s",
	 "time between F5 loopback cells, which check that the far end answers; 0s = send none"},
	{"oam-flow", IST_KEY_WORD, IST_KEY_CIRCUIT, 0, 0, "end-to-end segment", "end-to-end",
	 "far end of loopback cells: that of the circuit, or that of the segment, the next switch"},
	{"oam-misses", IST_KEY_NUMBER, IST_KEY_CIRCUIT, 1, 255, NULL, "3",
	 "loopback cells unanswered in a row that take the circuit down; as many answers bring it "
	 "up"},
	{.name = NULL},
};

const struct ist_counter atm_counters[] = {
#define X(sym, name, words) {name, words},
	ATM_COUNTERS(X) AAL5_ERRORS(X) LINK_COUNTERS(X)
#undef X
		{NULL, NULL},
};

/* --- addresses -------------------------------------------------------------------------------- */

void atm_addr_of(uint32_t key, struct ist_addr *out)
{
	memset(out, 0, sizeof(*out));
	wr_put32(out->data, key);
	out->len = 4;
}

uint32_t atm_addr_key(const struct ist_addr *a)
{
	struct rd r = rd_init(a->data, a->len <= sizeof(a->data) ? a->len : 0);

	return rd_u32(&r);
}

int atm_addr_parse(struct ist_addr *out, const char *text)
{
	uint16_t vpi, vci;

	if (!cell_addr_parse(text, CELL_NNI, &vpi, &vci))
		return -EINVAL;
	atm_addr_of((uint32_t)vpi << 16 | vci, out);
	return 0;
}

int atm_addr_format(const struct ist_addr *a, char *buf, size_t len)
{
	uint32_t key = atm_addr_key(a);

	return snprintf(buf, len, "%u/%u", key >> 16, key & 0xffff);
}

/* --- circuits --------------------------------------------------------------------------------- */

/* The mistake in a circuit's settings, in words; NULL = none. */
static const char *atm_conf_wrong_with(const struct ist_port *p, const struct atm_vc *v)
{
	if ((v->key & 0xffff) < 32)
		return "VCIs 0 to 31 are reserved (signalling, ILMI, OAM)";
	if (p->format == CELL_UNI && v->key >> 16 > 255)
		return "VPIs over 255 need header = nni";
	if (v->mux == ATM_VC_MUX && v->payloads & (v->payloads - 1))
		return "vc-mux carries one payload; l2tp and ppp together need encapsulation = llc";
	if (v->live.interval && p->framing == ATM_SDUS)
		return "oam-interval needs cells or PDUs: between SDUs there is no loopback cell";
	if (v->payloads & 1u << IST_PAYLOAD_L2TP &&
	    v->sdu_max < SDU_RFC3355 + atm_encap_octets(v->mux, IST_PAYLOAD_L2TP))
		return "sdu-max is too small for L2TP with PPP frames of 1500 octets (RFC 3355)";
	return NULL;
}

void atm_make_heads(struct atm_vc *v, enum cell_format f)
{
	for (unsigned i = 0; i < 4; i++) {
		const struct cell_hdr h = {.vpi = (uint16_t)(v->key >> 16),
					   .vci = (uint16_t)v->key,
					   .clp = i / 2,
					   .pti = i % 2 ? CELL_PTI_LAST : 0};

		cell_encode(v->head[i / 2][i % 2], &h, f);
	}
}

static void atm_conf_fill(struct ist_port *p, struct atm_vc *v, const struct ist_circuit_config *c)
{
	const struct settings set = {atm_keys, c->setting, c->settings};
	uint64_t now = p->host ? p->host->now(p->ctx) : 0; /* NULL: the settings are checked */
	uint8_t misses = (uint8_t)settings_number(&set, "oam-misses");

	v->key = atm_addr_key(&c->addr);
	atm_make_heads(v, p->format);
	v->payloads = c->payloads;
	v->mux = settings_is(&set, "encapsulation", "vc-mux") ? ATM_VC_MUX : ATM_LLC;
	v->crc = settings_is(&set, "aal5-crc", "reflected") ? AAL5_CRC_REFLECTED
		 : settings_is(&set, "aal5-crc", "ignore")  ? AAL5_CRC_IGNORE
							    : AAL5_CRC_STRICT;
	v->sdu_max = (uint32_t)settings_number(&set, "sdu-max");
	v->oam_flow = settings_is(&set, "oam-flow", "segment") ? CELL_PTI_F5_SEGMENT
							       : CELL_PTI_F5_END_TO_END;
	v->in.deadline = UINT64_MAX;
	atm_shape_init(&v->shape, (uint32_t)settings_number(&set, "pcr"), now);
	oam_live_init(&v->live, settings_time(&set, "oam-interval"), misses, misses, now);
}

static int atm_conf_add_circuits(struct ist_port *p, const struct ist_port_config *cfg, char *err,
				 size_t err_len)
{
	uint32_t twice;

	p->vc = calloc((size_t)cfg->circuits + 1, sizeof(*p->vc));
	if (!p->vc || !due_init(&p->due, cfg->circuits))
		return settings_error(err, err_len, ENOMEM, "out of memory");
	for (; p->vcs < cfg->circuits; p->vcs++) {
		struct atm_vc *v = &p->vc[p->vcs];
		const char *wrong;

		atm_conf_fill(p, v, &cfg->circuit[p->vcs]);
		wrong = atm_conf_wrong_with(p, v);
		if (wrong)
			return settings_error(err, err_len, EINVAL, "pvc %u/%u: %s", v->key >> 16,
					      v->key & 0xffff, wrong);
	}
	if (!circuits_sort(p->vc, p->vcs, sizeof(*p->vc), &twice))
		return settings_error(err, err_len, EINVAL, "pvc %u/%u: is there twice",
				      twice >> 16, twice & 0xffff);
	return 0;
}

int atm_configure(struct ist_port *p, const struct ist_port_config *cfg, char *err, size_t err_len)
{
	const struct settings set = {atm_keys, cfg->setting, cfg->settings};

	if (cfg->circuits > CIRCUITS_MOST)
		return settings_error(err, err_len, EINVAL, "more than %u circuits", CIRCUITS_MOST);
	p->framing = settings_is(&set, "framing", "pdus")   ? ATM_PDUS
		     : settings_is(&set, "framing", "sdus") ? ATM_SDUS
							    : ATM_CELLS;
	p->format = settings_is(&set, "header", "nni") ? CELL_NNI : CELL_UNI;
	p->cells_per_frame = (unsigned)settings_number(&set, "cells-per-frame");
	p->reassembly = settings_time(&set, "reassembly-timeout");
	return atm_conf_add_circuits(p, cfg, err, err_len);
}
