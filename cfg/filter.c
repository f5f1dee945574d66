/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Filter expressions, compiled by libpcap.  Names of hosts are looked up once, here: a program
 * holds addresses.
 */
#include "cfg/filter.h"
#include "cfg/report.h"

#include <pcap/pcap.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SNAPLEN 65535

/* libpcap writes `protochain` as a jump back. */
static bool filter_loops(const struct bpf_insn *insn, unsigned n)
{
	for (unsigned i = 0; i < n; i++)
		if (insn[i].code == BPF_JMP + BPF_JA && insn[i].k >= n)
			return true;
	return false;
}

static bool filter_keep(struct cfg_filter *out, const char *text, const struct bpf_program *p,
			char *err, size_t cap)
{
	if (filter_loops(p->bf_insns, p->bf_len)) {
		snprintf(err, cap, "`protochain` makes a loop, which no packet may wait for");
		return false;
	}
	out->n = p->bf_len;
	out->text = strdup(text);
	out->insn = malloc(p->bf_len * sizeof(*out->insn));
	if (out->text && out->insn) {
		memcpy(out->insn, p->bf_insns, p->bf_len * sizeof(*out->insn));
		return true;
	}
	snprintf(err, cap, "out of memory");
	cfg_filter_free(out);
	return false;
}

bool cfg_filter_compile(struct cfg_filter *out, const char *text, bool ppp, char *err, size_t cap)
{
	pcap_t *pcap = pcap_open_dead(ppp ? DLT_PPP : DLT_RAW, SNAPLEN);
	struct bpf_program p;
	bool ok = false;

	*out = (struct cfg_filter){0};
	if (!pcap) {
		snprintf(err, cap, "out of memory");
		return false;
	}
	if (pcap_compile(pcap, &p, text, 1, PCAP_NETMASK_UNKNOWN) < 0) {
		snprintf(err, cap, "%s", pcap_geterr(pcap));
	} else {
		ok = filter_keep(out, text, &p, err, cap);
		pcap_freecode(&p);
	}
	pcap_close(pcap);
	return ok;
}

void cfg_filter_free(struct cfg_filter *f)
{
	free(f->text);
	free(f->insn);
	*f = (struct cfg_filter){0};
}

static void filter_set(struct cfg_load *l, const struct cfg_item *it, void *obj, const char *text,
		       bool ppp)
{
	struct cfg_filter *to = (struct cfg_filter *)((char *)obj + it->key->offset), made;
	char err[PCAP_ERRBUF_SIZE];

	if (!cfg_filter_compile(&made, text, ppp, err, sizeof(err))) {
		cfg_wrong(l, it->value->line, it, "`%s`: %s", cfg_shown(l, it->value),
			  cfg_clean(l, err, strlen(err)));
		return;
	}
	to->n = made.n;
	to->text = arena_text(l->arena, text, strlen(text));
	to->insn = arena_get(l->arena, made.n * sizeof(*made.insn));
	memcpy(to->insn, made.insn, made.n * sizeof(*made.insn));
	cfg_filter_free(&made);
}

void cfg_filter_set_ip(struct cfg_load *l, const struct cfg_item *it, void *obj, const char *text)
{
	filter_set(l, it, obj, text, false);
}

void cfg_filter_set_ppp(struct cfg_load *l, const struct cfg_item *it, void *obj, const char *text)
{
	filter_set(l, it, obj, text, true);
}
